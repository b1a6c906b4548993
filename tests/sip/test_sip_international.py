"""The international block goes by numbering plan, and fails safe: a number of no known country counts as abroad."""

import asyncio

import pytest
from conftest import until_equal

from sbc.lab.answerer import Answerer
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address
from sbc.lab.softphone import call

US = "13125550100"
FOREIGN = {
    "442079460000": "Great Britain",
    "31244412121": "the Netherlands",
    "14165550100": "Canada",
    "12045550100": "Canada",
    "18765550100": "Jamaica",
    "18095550100": "the Dominican Republic",
    "12425550100": "the Bahamas",
    "17875550100": "Puerto Rico",
    "13405550100": "the US Virgin Islands",
    "16715550100": "Guam",
    "17105550100": "the US government's own",
    "12115550100": "no area code",
    "13120550100": "no exchange code",
    "8821612345678": "a satellite",
}
NOWHERE = {
    "1312555010": "too short",
    "131255501000": "too long",
    "01144207946000": "dialled with an international prefix",
    "911": "a short number",
    "2101234567": "no country code at all",
}
AMERICAN = ["12125550100", "+12125550100", "19075550100", "18085550100", "12025550100", "18005550100", "18775550100"]


def status(site, trunk, caller, callee):
    calling = call(Address(trunk.source, 0), site.address, caller, callee, hold_seconds=0)
    return asyncio.run(calling).status


@pytest.fixture
def blocked(site):
    return site.place(international=False)


@pytest.mark.parametrize("number", FOREIGN, ids=FOREIGN.get)
def test_a_blocked_trunk_calls_nobody_abroad(site, blocked, number):
    assert status(site, blocked, US, "12125550123") == 200
    assert status(site, blocked, US, number) == 403
    assert status(site, blocked, number, US) == 403
    assert status(site, blocked, US, "12125550123") == 200


def test_a_caller_without_a_number_hears_that_it_is_missing(site, blocked):
    assert status(site, blocked, "anonymous", US) == 403

    until_equal(lambda: [record.why for record in site.records(blocked)], ["caller-missing"])


@pytest.mark.parametrize("number", NOWHERE, ids=NOWHERE.get)
@pytest.mark.parametrize("international", [True, False])
def test_a_number_that_fits_no_numbering_plan_is_refused_at_either_end(site, number, international):
    trunk = site.place(international=international)
    assert status(site, trunk, US, number) == 404
    assert status(site, trunk, number, US) == 403
    assert status(site, trunk, US, US) == 200


@pytest.mark.parametrize("number", AMERICAN)
def test_a_blocked_trunk_calls_americans(site, blocked, number):
    assert status(site, blocked, US, number) == 200


def test_nobody_abroad_calls_a_blocked_trunk(site, blocked):
    async def scenario():
        async with Answerer(Address(blocked.destinations[0], SIP_PORT)) as phone:
            callers = [US, "442079460000", "14165550100", "anonymous", "3125550100", US]
            traces = [await asyncio.to_thread(site.call_in, blocked, caller) for caller in callers]
            return [trace.status for trace in traces], len(phone.calls())

    assert asyncio.run(scenario()) == ([200, 403, 403, 403, 403, 200], 2)


def test_an_open_trunk_calls_everybody(site):
    trunk = site.place()
    for number in FOREIGN:
        assert status(site, trunk, US, number) == 200


def test_a_trunk_in_us_domestic_format_leaves_the_country_code_out(site):
    trunk = site.place(international=False, number_format="US_NATIONAL")
    assert status(site, trunk, "3125550100", "2125550100") == 200
    assert status(site, trunk, "3125550100", "4165550100") == 403
    assert status(site, trunk, "3125550100", "442079460000") == 403


def test_the_block_can_be_lifted(site, blocked):
    assert status(site, blocked, US, "442079460000") == 403
    site.change(blocked)
    assert status(site, blocked, US, "442079460000") == 200
