"""Every kind of trunk through its whole life in a browser, on real nodes, with the customer's equipment calling."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Account
from provisioning import engine
from provisioning.models import DataCentre, Gateway, SbcNode
from provisioning.sweeps import look_after
from sbc.documents import GROUP, TRUNK, Fence
from sbc.lab.net import SIP_PORT, LabNet, first_free_net
from sbc.lab.node import LabNode
from tests.e2e.equipment import NoEquipment, Pbx, Sbc
from tests.e2e.hands import Mouse
from tests.e2e.life import KINDS, NO_OVERLAP, Life
from tests.e2e.living import live
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.lab import phone_network
from trunks.groups import want_changed_groups

TOKEN = "e2e"
# Far from the networks of tests/sip, which may run beside.
FIRST_NET = 120


@pytest.fixture(scope="module")
def net() -> LabNet:
    return first_free_net(FIRST_NET)


@pytest.fixture(scope="module")
def pair(net: LabNet, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[LabNode]]:
    """Primary and backup, and a phone network behind them."""
    folder = tmp_path_factory.mktemp("lab")
    nodes = [LabNode(name, net.node(at), folder / name, 8300, TOKEN) for at, name in enumerate("pb", start=1)]
    with phone_network(net, folder):
        for node in nodes:
            node.start()
        yield nodes
        for node in nodes:
            node.stop()


@pytest.fixture
def new_york(transactional_db: None, net: LabNet, pair: Sequence[LabNode], settings: Any) -> DataCentre:
    """With the real nodes, which know their gateway."""
    settings.LAB_NET, settings.NODE_TOKEN, settings.NODE_TIMEOUT_SECONDS = net.network, TOKEN, 2.0
    for node in pair:
        empty(node)
    data_centre = open_data_centre("NEW_YORK", primary=pair[0].agent_url, backup=pair[1].agent_url)
    for node in pair:
        SbcNode.objects.filter(agent_url=node.agent_url).update(static_address=node.address)
    Gateway.objects.create(data_centre=data_centre, name="Lab", host=net.carrier(1))
    look_round()
    return data_centre


@pytest.fixture
def work(new_york: DataCentre) -> Callable[[], None]:
    """Does what worker and sweep would do now."""

    def drain() -> None:
        while engine.run():
            pass
        want_changed_groups()
        look_round()

    return drain


def empty(node: LabNode) -> None:
    """Of what a test that failed left there."""
    with closing(node.client()) as client:
        for kind in (TRUNK, GROUP):
            for left in client.list(kind):
                client.delete(kind, left.id, Fence(left.fence.generation + 1, 0))


def look_round() -> None:
    SbcNode.objects.update(swept_at=None, facts_read_at=None)
    for node in SbcNode.objects.select_related("data_centre"):
        look_after(node)


def equipment(kind: str, net: LabNet, pair: Sequence[LabNode]) -> NoEquipment | Sbc:
    if kind == "static":
        return Sbc(pair, net.customer(1), net.customer(2))
    if kind == "registered":
        return Pbx(pair, net.customer(3), "")
    return NoEquipment()


@pytest.mark.parametrize("kind", KINDS)
def test_the_life_of_each_kind(
    visit: Any, work: Callable[[], None], net: LabNet, pair: Sequence[LabNode], kind: str
) -> None:
    life = Life(KINDS[kind], Mouse(visit()), work, equipment(kind, net, pair))

    live(life, pair, NO_OVERLAP)


def test_the_button_of_the_page_places_a_call(
    visit: Any, work: Callable[[], None], account: Account, new_york: DataCentre, net: LabNet
) -> None:
    hosts = {"source_hosts": [net.customer(5)], "destinations": [(net.customer(6), SIP_PORT)]}
    trunk = order_trunk(account, make_specification(new_york, **hosts))
    work()
    page = visit()
    page.goto(reverse("trunks:detail", args=[trunk.pk]))

    page.get_by_role("button", name="Place a test call").click()

    expect(page.get_by_text("and ended normally")).to_be_visible()
