"""A number with a route: its entries are tried in order, until somebody takes the call."""

import asyncio

import pytest
from conftest import until, until_equal
from hunting import ANSWERS, CALLER, EVERY_REASON, GATEWAY, PHONE, RINGS, SILENT, answers, entry, hunt, phone
from hunting import place as placed

from sbc.lab.net import SIP_PORT
from sbc.lab.samples import sample_number
from sbc.lab.sip import Address, Message


@pytest.fixture
def home(site):
    """The primary with a gateway that these tests listen at."""
    site.gateways(site.net.carrier(GATEWAY))
    return site


def user_of(header):
    return header.partition("sip:")[2].partition("@")[0]


def at(trunk):
    return trunk.destinations[0]


def found_dead(site, *trunks):
    """Each was called a moment ago, and nobody answered."""
    for trunk in trunks:
        hunt(site, trunk, {at(trunk): SILENT})


@pytest.mark.parametrize("on_busy", [True, False])
def test_ten_entries_of_which_nine_do_not_take_the_call(home, on_busy):
    """The order of attempts is that of the INVITEs at all the places together, those that must get none included."""
    silent = home.place(options=True)
    until_equal(lambda: home.checks(silent)[0].alive, False)
    full, disabled = home.place(channels=0), home.place(admin_status="DISABLED")
    dead, error, rings, busy, unreachable = (home.place() for _ in range(5))
    unregistered = home.registered()
    entries = [entry(trunk) for trunk in (dead, full, disabled, error, rings)]
    entries += [entry(busy, *EVERY_REASON[: 4 if on_busy else 3])]
    entries += [entry(trunk) for trunk in (unregistered, silent, unreachable)]
    routed = home.route(*entries, phone())
    found_dead(home, dead)

    found = hunt(
        home,
        routed,
        {
            at(dead): SILENT,
            at(full): ANSWERS,
            at(disabled): ANSWERS,
            at(error): answers(503),
            at(rings): RINGS,
            at(busy): answers(486),
            str(unregistered.phone.host): ANSWERS,
            at(silent): SILENT,
            at(unreachable): SILENT,
        },
    )

    before = [at(error), at(rings), at(busy)]
    gateway = home.net.carrier(GATEWAY)
    assert found.tried == (before + [at(unreachable), gateway] if on_busy else before)
    assert found.status == (200 if on_busy else 486)
    assert "CANCEL" in found.methods(at(rings))
    records = home.recorded(lambda record: record.route == routed.id)
    if on_busy:
        inbound, forwarded = sorted(records, key=lambda record: record.direction)
        assert (inbound.entry, inbound.trunk, inbound.code, inbound.hop) == (10, "", 200, f"{gateway}:5060")
        assert (forwarded.callee_e164, forwarded.number, forwarded.code) == (PHONE, f"+{routed.number}", 200)
    else:
        assert [(record.entry, record.trunk, record.code) for record in records] == [(6, busy.id, 486)]
