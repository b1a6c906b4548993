"""A number with a route: its entries are tried in order, until somebody takes the call."""

import pytest
from conftest import until_equal
from hunting import ANSWERS, EVERY_REASON, GATEWAY, PHONE, RINGS, SILENT, answers, entry, hunt, phone

from sbc.lab.samples import sample_number
from sbc.lab.sip import Address


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
    assert found.tried == ([*before, at(unreachable), gateway] if on_busy else before)
    assert found.status == (200 if on_busy else 486)
    assert "CANCEL" in found.methods(at(rings))
    records = home.recorded(lambda record: record.route == routed.id)
    if on_busy:
        inbound, forwarded = sorted(records, key=lambda record: record.direction)
        assert (inbound.entry, inbound.trunk, inbound.code, inbound.hop) == (10, "", 200, f"{gateway}:5060")
        assert (forwarded.callee_e164, forwarded.number, forwarded.code) == (PHONE, f"+{routed.number}", 200)
    else:
        assert [(record.entry, record.trunk, record.code) for record in records] == [(6, busy.id, 486)]


REASONS = {
    "UNREACHABLE": [SILENT],
    "TIMEOUT": [RINGS, answers(408), answers(480)],
    "ERROR": [answers(500), answers(501), answers(503), answers(580)],
    "BUSY": [answers(486), answers(600)],
}


@pytest.mark.parametrize(
    ("reason", "reaction"), [(reason, reaction) for reason, reactions in REASONS.items() for reaction in reactions]
)
def test_a_call_goes_on_for_the_reasons_of_its_entry_only(home, reason, reaction):
    first, second = home.place(), home.place()
    others = [other for other in EVERY_REASON if other != reason]
    going_on, staying = (
        home.route(entry(first, reason), entry(second)),
        home.route(entry(first, *others), entry(second)),
    )
    reactions = {at(first): reaction, at(second): ANSWERS}

    stayed, went_on = hunt(home, staying, reactions), None
    home.node.switch().call("htable.flush", "dead")
    went_on = hunt(home, going_on, reactions)

    assert (stayed.status >= 400, stayed.tried) == (True, [at(first)])
    assert (went_on.status, went_on.tried) == (200, [at(first), at(second)])
    assert [record.trunk for record in home.recorded(lambda record: record.route == staying.id)] == [first.id]
    [record] = home.recorded(lambda record: record.route == going_on.id)
    assert (record.trunk, record.entry, record.code, record.tried) == (second.id, 2, 200, 1)


@pytest.mark.parametrize("status", [404, 403, 488, 603])
def test_any_other_answer_is_the_callers(home, status):
    first, second = home.place(), home.place()

    found = hunt(home, home.route(entry(first), entry(second)), {at(first): answers(status), at(second): ANSWERS})

    assert (found.status, found.tried) == (status, [at(first)])


def test_the_caller_hears_what_the_last_one_said(home):
    full, busy, error, dead = home.place(channels=0), home.place(), home.place(), home.place()
    reactions = {at(busy): answers(486), at(error): answers(501), at(dead): SILENT}
    said = [
        ((busy, error), (501, "")),
        ((error, busy), (486, "")),
        ((busy, full), (486, "channels-busy")),
        ((full, busy), (486, "")),
        ((full, dead), (480, "destination-unreachable")),
    ]

    for trunks, answer in said:
        found = hunt(home, home.route(*map(entry, trunks)), reactions)
        assert (found.status, found.why) == answer, trunks


def test_the_record_of_a_call_that_was_tried_nowhere_says_who_refused_it(home):
    full, disabled = home.place(channels=0), home.place(admin_status="DISABLED")
    routed = home.route(entry(full), entry(disabled))

    assert hunt(home, routed, {}).why == "trunk-disabled"

    records = home.recorded(lambda record: record.route == routed.id)
    assert [(record.trunk, record.entry, record.why, record.tried) for record in records] == [
        (disabled.id, 2, "trunk-disabled", 0)
    ]


def test_an_entry_over_its_rate_is_passed_over(home):
    slow, other = home.place(calls_per_second=0), home.place()

    found = hunt(home, home.route(entry(slow), entry(other)), {at(slow): ANSWERS, at(other): ANSWERS})

    assert (found.status, found.tried) == (200, [at(other)])


def test_an_entry_that_may_not_be_called_from_abroad_is_passed_over(home):
    domestic, other = home.place(international=False), home.place()
    reactions = {at(domestic): ANSWERS, at(other): ANSWERS}
    routed = home.route(entry(domestic), entry(other))

    assert hunt(home, routed, reactions, caller="+442079460000").tried == [at(other)]
    assert hunt(home, routed, reactions, caller="+13125550100").tried == [at(domestic)]


def test_the_last_entry_that_could_take_the_call_is_tried_even_if_nobody_answered_there_lately(home):
    first, second, full = home.place(), home.place(), home.place(channels=0)
    routed = home.route(entry(first), entry(second), entry(full))
    found_dead(home, first, second)

    found = hunt(home, routed, {at(first): ANSWERS, at(second): ANSWERS, at(full): ANSWERS})

    assert (found.status, found.tried) == (200, [at(second)])


def test_a_silent_entry_is_not_tried_once_a_later_one_was(home):
    silent, busy = home.place(), home.place()
    routed = home.route(entry(silent), entry(busy))
    found_dead(home, silent)

    found = hunt(home, routed, {at(silent): ANSWERS, at(busy): answers(486)})

    assert (found.status, found.tried) == (486, [at(busy)])


def test_all_destinations_of_an_entry_have_their_turn_before_the_next_entry(home):
    first, second = home.place(destinations=3), home.place(strategy="ROUND_ROBIN", destinations=2)
    reactions = dict.fromkeys(first.destinations, answers(503)) | dict.fromkeys(second.destinations, answers(503))
    routed = home.route(entry(first, "ERROR"), entry(second))

    ways = [hunt(home, routed, reactions).tried for _ in range(2)]

    assert ways == [[*first.destinations, *second.destinations], [*first.destinations, *second.destinations[::-1]]]


def test_an_entry_rings_for_its_time_however_many_of_its_destinations_ring(home):
    first, second = home.place(destinations=2), home.place()
    routed = home.route(entry(first, ring_seconds=2), entry(second))
    there = first.destinations[1]
    reactions = {first.destinations[0]: answers(503, ring_seconds=1.2), there: RINGS, at(second): ANSWERS}

    found = hunt(home, routed, reactions)

    assert found.tried == [*first.destinations, at(second)]
    rang, cancelled = (
        next(one.at for one in found.seen[there] if one.first_line.startswith(begin))
        for begin in ("SIP/2.0 180", "CANCEL")
    )
    assert 0.5 < cancelled - rang < 1.6


def test_a_number_that_leads_to_a_route_that_is_not_there_leads_nowhere(home):
    routed = home.route(entry(home.place()))
    home.delete("route", routed.id)

    assert (hunt(home, routed, {}).status, hunt(home, routed, {}).why) == (404, "number-unassigned")
    home.put(sample_number(f"+{routed.number}"))
    assert hunt(home, routed, {}).why == "number-unassigned"


def test_a_deleted_trunk_is_passed_over(home):
    gone, other = home.place(), home.place()
    routed = home.route(entry(gone), entry(other))
    home.delete("trunk", gone.id)

    assert hunt(home, routed, {at(gone): ANSWERS, at(other): ANSWERS}).tried == [at(other)]


def test_a_registered_trunk_rings_at_all_contacts_before_the_call_goes_on(home):
    registered, other = home.registered(channels=1), home.place()
    phones = [registered.phone, Address(registered.phone.host, 5070)]
    for contact in phones:
        home.register(registered, phone=contact)
    routed = home.route(entry(registered), entry(other))

    found = hunt(home, routed, {**dict.fromkeys(phones, RINGS), at(other): ANSWERS})

    assert sorted(map(str, found.tried)) == sorted([*map(str, phones), at(other)])
    assert (found.status, found.tried[-1]) == (200, at(other))
    assert [found.methods(contact)[:1] for contact in phones] == [["INVITE"]] * 2
    assert all("CANCEL" in found.methods(contact) for contact in phones)


def test_whoever_answers_too_late_does_not_have_the_call(home):
    """The entry was given up; it answers just as the CANCEL comes."""
    late, other = home.place(channels=1), home.place()
    routed = home.route(entry(late), entry(other))

    found = hunt(home, routed, {at(late): answers(200, ring_seconds=1.02), at(other): answers(200, ring_seconds=0.6)})

    assert found.status == 200
    [record] = home.recorded(lambda record: record.route == routed.id)
    assert record.hop == f"{at(other) if len(found.tried) == 2 else at(late)}:5060"
