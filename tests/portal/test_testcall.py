"""Who may place a test call, and of which trunk. The calls themselves are in tests/sip."""

import io
from html import unescape

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import freshworks, genesys, make_specification, open_data_centre, order_trunk, registered
from tests.trunks.states import settle


@pytest.fixture
def trunk(account, settings):
    settings.LAB, settings.MEMORY_NODES = True, True
    cache.clear()
    return settle(order_trunk(account, make_specification(open_data_centre())))


def test_call_url(trunk):
    return reverse("portal:test_call", args=[trunk.pk])


test_call_url.__test__ = False


def test_with_simulated_nodes_no_call_is_placed(alice, trunk):
    page = alice.post(test_call_url(trunk))

    assert page.status_code == 200
    assert page.content.decode().count("Test calls need a lab with real nodes") == 2


def test_htmx_gets_only_the_result(alice, trunk):
    part = alice.post(test_call_url(trunk), headers={"HX-Request": "true"}).content.decode()

    assert part.startswith('<div class="stack" id="test-call">')
    assert "<html" not in part


def test_two_in_a_row_wait(alice, trunk):
    alice.post(test_call_url(trunk))

    assert alice.post(test_call_url(trunk)).status_code == 429


def test_a_reload_leads_back_to_the_trunk(alice, trunk):
    response = alice.get(test_call_url(trunk))

    assert response.status_code == 302
    assert response.url == reverse("trunks:detail", args=[trunk.pk])


def test_a_member_who_only_looks_is_refused(bob, trunk):
    assert bob.post(test_call_url(trunk)).status_code == 403


def test_a_strangers_trunk_is_not_there(charlie, trunk):
    assert charlie.post(test_call_url(trunk)).status_code == 404


def test_outside_the_lab_there_is_no_such_page(alice, trunk, settings):
    settings.LAB = False

    assert alice.post(test_call_url(trunk)).status_code == 404


@pytest.mark.parametrize("real", [True, False])
def test_the_trunk_page_has_the_button_only_with_real_nodes(alice, trunk, settings, real):
    settings.MEMORY_NODES = not real

    page = alice.get(reverse("trunks:detail", args=[trunk.pk])).content.decode()

    assert ("Place a test call" in page) == real


def test_a_member_who_only_looks_sees_no_button(bob, trunk, settings):
    settings.MEMORY_NODES = False

    assert "Place a test call" not in bob.get(reverse("trunks:detail", args=[trunk.pk])).content.decode()


IMPOSSIBLE = [
    (registered, {}, "on a registered trunk: the lab has no telephone that registers with your password"),
    (freshworks, {}, "on this trunk: the lab has no telephone that stands in for Freshworks"),
    (genesys, {}, "on this trunk: the lab has no telephone that stands in for Genesys PureCloud"),
]


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_page_button_and_command_say_why_no_call_is_possible(alice, account, trunk, settings, case):
    specification, changes, why = case
    settings.MEMORY_NODES = False
    other = settle(order_trunk(account, specification(trunk.data_centre, **changes)))
    out = io.StringIO()

    page = unescape(alice.get(reverse("trunks:detail", args=[other.pk])).content.decode())
    pressed = unescape(alice.post(test_call_url(other)).content.decode())
    call_command("testcall", other.reference, stdout=out)

    for said in (page, pressed, out.getvalue()):
        assert said.count(f"A test call is not possible {why}") == 1
        assert "Place a test call" not in said


def test_a_trunk_that_is_being_made_has_no_button_yet(alice, account, trunk, settings):
    settings.MEMORY_NODES = False
    second = order_trunk(account, make_specification(trunk.data_centre))

    page = alice.get(reverse("trunks:detail", args=[second.pk])).content.decode()

    assert "Place a test call" not in page


@pytest.mark.parametrize("said", [lambda t: str(t.pk), lambda t: t.reference, lambda t: t.name.upper()])
def test_the_command_finds_the_trunk_by(trunk, said):
    out = io.StringIO()

    call_command("testcall", said(trunk), stdout=out)

    assert out.getvalue().count("Test calls need a lab") == 2


def test_the_command_does_not_guess(trunk, stranger_account):
    order_trunk(stranger_account, make_specification(trunk.data_centre, name=trunk.name))

    with pytest.raises(CommandError, match=f"several trunks(.|\n)*{trunk.reference}"):
        call_command("testcall", trunk.name)
    with pytest.raises(CommandError, match="There is no trunk 'nothing'"):
        call_command("testcall", "nothing")


def test_the_command_refuses_a_number_that_is_not_there(trunk):
    with pytest.raises(CommandError, match="is not a number of ours"):
        call_command("testcall", trunk.reference, "--number", "+13125559999")
