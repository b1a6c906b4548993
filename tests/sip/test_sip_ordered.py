"""What is ordered in the portal is what calls meet on a real node, and what the trunk's page says of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from provisioning import engine
from provisioning.models import DataCentre, Gateway, ProviderSource, SbcNode
from provisioning.sweeps import look_after
from sbc.lab.authority import Authority
from sbc.lab.net import SIP_PORT, TLS_PORT, LabNet, first_free_net
from sbc.lab.node import LabNode
from sbc.lab.sip import Address
from sbc.lab.softphone import call
from sbc.lab.tls_wire import Tls
from tests.factories import freshworks, genesys, make_member, make_specification, open_data_centre, order_trunk
from tests.lab import phone_network
from tests.provisioning.scene import wait_until
from trunks.groups import want_changed_groups
from trunks.models import Trunk
from trunks.services import disable_trunk

FIRST_NET = 115
PBX, TWILIO, GENESYS = 1, 2, 3  # among the customers' addresses
NUMBERS = "13125550100", "13125551234"
pytestmark = pytest.mark.django_db


class Lab(NamedTuple):
    net: LabNet
    node: LabNode
    authority: Authority


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A net, a node and a phone network of its own."""
    net, folder = first_free_net(FIRST_NET), tmp_path_factory.mktemp("or")
    authority = Authority(folder / "ca")
    node = LabNode("ordered", net.node(1), folder / "n", 8300, django_settings.NODE_TOKEN or "t", authority=authority)
    with phone_network(net, folder):
        node.start()
        yield Lab(net, node, authority)
        node.stop()


@pytest.fixture
def place(lab: Lab, settings: Any) -> DataCentre:
    """Where the node is. The same in every test, for the node outlives the database of each."""
    net, node, _authority = lab
    settings.LAB, settings.LAB_NET, settings.NODE_TOKEN = True, net.network, node.token
    data_centre = open_data_centre(primary=node.agent_url)
    data_centre.nodes.filter(role="BACKUP").delete()
    data_centre.nodes.update(static_address=node.address)
    Gateway.objects.create(data_centre=data_centre, name="Lab", host=net.carrier(1))
    ProviderSource.objects.create(provider="FRESHWORKS", network=net.customer(TWILIO))
    ProviderSource.objects.create(provider="GENESYS_CLOUD", network=net.customer(GENESYS))
    return data_centre


def settle() -> None:
    """Bring everything to the node and read what it says, as worker and sweep do."""
    while engine.run():
        pass
    want_changed_groups()
    SbcNode.objects.update(swept_at=None, checked_at=None, facts_read_at=None)
    for node in SbcNode.objects.select_related("data_centre"):
        look_after(node)


def status(lab: Lab, caller: int, **options: Any) -> int:
    """The answer to a call from one of the customers' addresses."""
    node = Address(lab.node.address, TLS_PORT if "tls" in options else SIP_PORT)
    options = {"hold_seconds": 0.1} | options
    return asyncio.run(call(Address(lab.net.customer(caller), 0), node, *NUMBERS, **options)).status


def booked(lab: Lab, trunk: Trunk) -> list[int]:
    return [record.code for record in lab.node.records() if record.trunk == str(trunk.pk)]


def channels_shown(client: Client, trunk: Trunk) -> str:
    """What the trunk's page says after the next reading."""
    settle()
    page = client.get(reverse("trunks:detail", args=[trunk.pk])).content.decode()
    found = re.search(r"\d+ of \d+ channels in use", page)
    return found[0] if found else ""


def test_a_call_that_is_up_is_on_the_page_with_the_next_reading_and_gone_with_the_one_after_its_end(
    lab: Lab, account: Account, place: DataCentre, alice: Client
) -> None:
    own = {"source_hosts": [lab.net.customer(PBX)], "destinations": [], "channels": 7}
    trunk = order_trunk(account, make_specification(place, **own))
    settle()

    with ThreadPoolExecutor() as pool:
        ended = pool.submit(status, lab, PBX, hold_seconds=3)
        wait_until(lambda: lab.node.client().calls() == {str(trunk.pk): 1})
        meanwhile = channels_shown(alice, trunk)
        ended.result()
    wait_until(lambda: lab.node.client().calls() == {})

    assert (meanwhile, channels_shown(alice, trunk)) == ("1 of 7 channels in use", "0 of 7 channels in use")


def test_a_call_of_freshworks_passes_while_a_trunk_is_enabled_and_is_booked_on_the_oldest(
    lab: Lab, account: Account, place: DataCentre
) -> None:
    sid = "AC" + "a1" * 16
    facts = [{"account_sid": sid, "sip_domain": f"{name}.sip.twilio.com"} for name in ("older", "newer")]
    older, newer = (order_trunk(account, freshworks(place, provider_facts=each)) for each in facts)
    settle()
    disable_trunk(older, make_member(account))
    settle()

    answer = status(lab, TWILIO, more=[("X-Twilio-AccountSid", sid)])

    assert answer == 200
    wait_until(lambda: booked(lab, older) == [200])
    assert booked(lab, newer) == []


@pytest.mark.parametrize(("asks_for", "answer"), [("outbound_fqdn", 200), ("inbound_identifier", 403)])
def test_a_call_of_genesys_is_known_by_the_name_that_was_entered_there(
    lab: Lab, account: Account, place: DataCentre, asks_for: str, answer: int
) -> None:
    trunk = order_trunk(account, genesys(place, tls=True))
    settle()

    host, tls = trunk.provider_facts[asks_for], Tls(trusted=lab.authority.path)

    assert status(lab, GENESYS, host=host, tls=tls) == answer
