"""The test call of the lab, with a real node and the stand-in phone network."""

import io
import itertools
import re

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.launcher.lab import AUTHORITY
from portal.test_calls import place_calls
from provisioning import engine
from provisioning.models import Gateway, SbcNode
from provisioning.sweeps import look_after
from routing.models import Number
from routing.services import assign_number
from sbc.lab.authority import Authority
from sbc.lab.net import LabNet, first_free_net
from sbc.lab.node import LabNode
from tests.factories import make_specification, open_data_centre, order_trunk
from tests.lab import phone_network
from trunks.services import disable_trunk

ANSWERED = re.compile(r"The call was answered after \d+ ms and ended normally")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A net, a node and a phone network of its own, where the portal expects them."""
    net = first_free_net(110)
    folder = tmp_path_factory.mktemp("tc")
    authority = Authority(folder / AUTHORITY)
    node = LabNode("tc", net.node(1), folder / "n", 8300, django_settings.NODE_TOKEN or "token", authority=authority)
    with phone_network(net, folder):
        node.start()
        yield net, node
        node.stop()


@pytest.fixture
def trunk(lab, account, settings):
    """On the node, with one source and one destination."""
    return ordered(lab, account, settings, 5060)


def ordered(lab, account, settings, port, **choices):
    net, node = lab
    settings.LAB, settings.LAB_NET, settings.NODE_TOKEN = True, net.network, node.token
    settings.VAR_DIR = node.folder.parent
    data_centre = open_data_centre(primary=node.agent_url)
    data_centre.nodes.filter(role="BACKUP").delete()
    data_centre.nodes.update(static_address=node.address)
    Gateway.objects.create(data_centre=data_centre, name="Lab", host=net.carrier(1))
    made = order_trunk(
        account,
        make_specification(
            data_centre, source_hosts=[_host(net)], destinations=[(net.customer(9000), port)], **choices
        ),
    )
    settle()
    made.refresh_from_db()
    return made


_used = itertools.count(10)


def _host(net: LabNet) -> str:
    return net.customer(8000 + next(_used))


def settle():
    """Bring everything to the nodes, as worker and sweep do."""
    while engine.run():
        pass
    SbcNode.objects.update(swept_at=None, checked_at=None)
    for node in SbcNode.objects.select_related("data_centre"):
        look_after(node)


def point_number_at(trunk):
    """A fresh one: the node outlives the database of a test."""
    number = Number.objects.create(e164=f"+131255501{next(_used):02}", data_centre=trunk.data_centre)
    assign_number(number, trunk, None)
    settle()


@pytest.mark.django_db
def test_a_call_goes_out_and_one_comes_in(trunk):
    point_number_at(trunk)

    out, back = place_calls(trunk)

    for call in (out, back):
        assert ANSWERED.fullmatch(call.verdict), call.verdict
    invites = [(line.sender, line.receiver) for line in out.lines if line.first_line.startswith("INVITE")]
    assert invites[0] == ("Your equipment", "Primary node")
    assert invites[-1] == ("Primary node", "Phone network")
    assert back.lines[0].sender == "Phone network"
    assert ("Primary node", "Your equipment") in {(line.sender, line.receiver) for line in back.lines}
    assert [line.offset_ms for line in out.lines] == sorted(line.offset_ms for line in out.lines)
    assert out.lines[0].offset_ms == 0


@pytest.mark.django_db
def test_a_tls_trunk_is_called_over_tls(lab, account, settings):
    trunk = ordered(lab, account, settings, 5061, tls=True)
    point_number_at(trunk)

    out, back = place_calls(trunk)

    for call in (out, back):
        assert ANSWERED.fullmatch(call.verdict), call.verdict
        assert any("SIP/2.0/TLS" in line.raw for line in call.lines)


@pytest.mark.django_db
def test_without_a_number_no_call_comes_in(trunk):
    out, back = place_calls(trunk)

    assert ANSWERED.fullmatch(out.verdict)
    assert (back.verdict, back.tone) == ("No number points to this trunk", "none")


@pytest.mark.django_db
def test_a_disabled_trunk_is_refused_and_enabled_again_is_not(trunk, account):
    assert place_calls(trunk)[0].tone == "good"
    disable_trunk(trunk, account.members.first())
    settle()

    refused = place_calls(trunk)[0]

    assert refused.verdict == "Refused with 403 Trunk Disabled: the trunk is disabled"
    assert refused.tone == "bad"


@pytest.mark.django_db
def test_an_address_that_is_not_the_trunks_is_refused_in_words(trunk, lab):
    point_number_at(trunk)
    trunk.wanted.source_hosts = [_host(lab[0])]

    out, back = place_calls(trunk)

    refusal = "Refused with 407 Proxy Authentication Required: this address is not a source address"
    assert out.verdict.startswith(refusal)
    assert back.tone == "good"


@pytest.mark.django_db
def test_nothing_is_called_outside_the_lab(trunk):
    Gateway.objects.update(host="192.0.2.1")

    assert [call.verdict for call in place_calls(trunk)] == ["192.0.2.1 is not an address of the lab"] * 2


@pytest.mark.django_db
def test_the_command_shows_both_calls(trunk):
    point_number_at(trunk)
    out = io.StringIO()

    call_command("testcall", trunk.reference, stdout=out)

    assert len(ANSWERED.findall(out.getvalue())) == 2
    assert "INVITE sip:" in out.getvalue()


@pytest.mark.django_db
def test_the_command_fails_when_a_call_does(trunk, account):
    disable_trunk(trunk, account.members.first())
    settle()

    with pytest.raises(CommandError):
        call_command("testcall", trunk.name, stdout=io.StringIO())


def test_the_button_shows_the_calls_message_by_message(trunk, alice):
    point_number_at(trunk)
    cache.clear()

    page = alice.post(reverse("portal:test_call", args=[trunk.pk]))

    assert page.status_code == 200
    assert len(ANSWERED.findall(page.content.decode())) == 2
    assert '<ol class="trace">' in page.content.decode()
