"""Numbers and identities on the wire: each trunk in its format, the carrier in E.164."""

import asyncio

import pytest
from conftest import until_equal

from sbc.lab.answerer import Answerer
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address, Message
from sbc.lab.softphone import call

CALLER, CALLEE = "13125550100", "13125551234"
WRITTEN = {"E164": "+1{}", "INTERNATIONAL": "1{}", "US_NATIONAL": "{}"}
HEADERS = {
    "REMOTE_PARTY_ID": "Remote-Party-ID",
    "ASSERTED_IDENTITY": "P-Asserted-Identity",
    "PREFERRED_IDENTITY": "P-Preferred-Identity",
}


def call_out(site, trunk, caller, callee, *more):
    """The INVITE that the carrier got, and the caller's trace."""
    trace = asyncio.run(call(Address(trunk.source, 0), site.address, caller, callee, hold_seconds=0, more=more))
    seen = [one for one in site.carrier.trace(trace.call_id).seen if one.direction == "received"]
    return next((Message.parse(one.raw) for one in seen), None), trace


def call_in(site, trunk, caller, *more):
    """The INVITE that the trunk got."""

    async def scenario():
        async with Answerer(Address(trunk.destinations[0], SIP_PORT)) as phone:
            carrier = Address(site.net.carrier(1), 0)
            await call(carrier, site.address, caller, f"+{trunk.number}", hold_seconds=0, more=more)
            return Message.parse(next(one.raw for one in phone.wire.seen if one.first_line.startswith("INVITE ")))

    return asyncio.run(scenario())


def user_of(header):
    return header.partition("sip:")[2].partition("@")[0]


@pytest.mark.parametrize(("number_format", "written"), WRITTEN.items())
def test_a_trunk_calls_in_its_format_and_the_carrier_hears_e164(site, number_format, written):
    trunk = site.place(number_format=number_format)

    invite, trace = call_out(site, trunk, written.format(CALLER[1:]), written.format(CALLEE[1:]))

    assert trace.answered
    assert {user_of(invite.first), user_of(invite["To"])} == {f"+{CALLEE}"}
    assert {user_of(invite["From"]), user_of(invite["P-Asserted-Identity"])} == {f"+{CALLER}"}
    until_equal(
        lambda: [(one.caller_e164, one.callee_e164) for one in site.records(trunk)], [(f"+{CALLER}", f"+{CALLEE}")]
    )


@pytest.mark.parametrize(("number_format", "written"), WRITTEN.items())
def test_a_trunk_is_called_in_its_format(site, number_format, written):
    trunk = site.place(number_format=number_format)

    invite = call_in(site, trunk, "+13125559999")

    caller, callee = written.format("3125559999"), written.format(trunk.number[1:])
    assert [user_of(value) for value in (invite.first, invite["From"], invite["To"])] == [callee, caller, callee]


def test_what_the_us_domestic_format_cannot_express_keeps_its_country_code(site):
    trunk = site.place(number_format="US_NATIONAL")

    assert user_of(call_in(site, trunk, "442079460000")["From"]) == "+442079460000"


def test_each_side_keeps_its_own_parties_for_the_whole_call(site):
    trunk = site.place(number_format="US_NATIONAL")

    _, trace = call_out(site, trunk, "3125550100", "3125551234")

    ours = {(m["From"].partition(";")[0], user_of(m["To"])) for m in (Message.parse(one.raw) for one in trace.seen)}
    assert ours == {(f"<sip:3125550100@{trunk.source}>", "3125551234")}
    theirs = [Message.parse(one.raw) for one in site.carrier.trace(trace.call_id).seen]
    assert {message.method for message in theirs} == {"INVITE", "ACK", "BYE"}
    assert {(user_of(m["From"]), user_of(m["To"])) for m in theirs} == {(f"+{CALLER}", f"+{CALLEE}")}


@pytest.mark.parametrize(("privacy", "header"), HEADERS.items())
def test_a_trunk_says_who_calls_in_the_header_it_chose(site, privacy, header):
    trunk = site.place(privacy=privacy)

    invite, _ = call_out(site, trunk, "pbx", CALLEE, (header, f"<sip:{CALLER}@{trunk.source}>"))

    assert user_of(invite["P-Asserted-Identity"]) == f"+{CALLER}"
    assert [invite[other] for other in HEADERS.values() if other != "P-Asserted-Identity"] == ["", ""]


@pytest.mark.parametrize(("privacy", "header"), HEADERS.items())
def test_a_trunk_is_told_who_calls_in_the_header_it_chose(site, privacy, header):
    trunk = site.place(privacy=privacy)

    invite = call_in(site, trunk, "+13125559999")

    assert {name: user_of(invite[name]) for name in HEADERS.values() if invite[name]} == {header: "+13125559999"}


def test_a_trunk_without_a_privacy_header_gets_none(site):
    invite = call_in(site, site.place(), "+13125559999", ("P-Asserted-Identity", "<sip:+13125559999@carrier>"))

    assert [invite[name] for name in HEADERS.values()] == ["", "", ""]


def test_a_withheld_number_reaches_the_carrier_but_not_the_person_called(site):
    trunk = site.place(privacy="ASSERTED_IDENTITY")
    identity = ("P-Asserted-Identity", f"<sip:{CALLER}@{trunk.source}>")

    invite, _ = call_out(site, trunk, "anonymous", CALLEE, identity, ("Privacy", "id"))

    assert user_of(invite["From"]) == "anonymous"
    assert user_of(invite["P-Asserted-Identity"]) == f"+{CALLER}"
    assert invite["Privacy"] == "id"


def test_a_withheld_number_is_not_shown_to_a_trunk(site):
    trunk = site.place(privacy="ASSERTED_IDENTITY")
    identity = ("P-Asserted-Identity", "<sip:+13125559999@carrier>")

    invite = call_in(site, trunk, "+13125559999", identity, ("Privacy", "id"))

    assert user_of(invite["From"]) == "anonymous"
    assert "3125559999" not in str(invite)
    until_equal(lambda: [(one.caller, one.caller_e164) for one in site.records(trunk)], [("", "")])


def test_a_call_that_fits_no_plan_says_so_in_its_reason(site):
    trunk = site.place()

    invite, trace = call_out(site, trunk, CALLER, "99999999")

    assert (invite, trace.status) == (None, 404)
    assert 'cause=404;text="Number Fits No Numbering Plan";why=number-invalid' in trace.seen[-2].raw
    until_equal(lambda: [(one.code, one.why) for one in site.records(trunk)], [(404, "number-invalid")])


@pytest.mark.parametrize(
    ("callee", "why"), [("99999999", "number-invalid"), ("911", "number-short"), ("sales", "number-not-telephone")]
)
def test_whatever_was_called_the_record_says_who_called(site, callee, why):
    trunk = site.place()

    site.refused(trunk, 404, caller="13125550100", callee=callee)

    until_equal(
        lambda: [
            (record.why, record.caller, record.caller_e164, record.caller_country) for record in site.records(trunk)
        ],
        [(why, "13125550100", "+13125550100", "US")],
    )


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"admin_status": "DISABLED"}, "trunk-disabled"),
        ({"tls": True}, "tls-required"),
    ],
)
def test_a_call_that_is_refused_before_its_numbers_are_read_is_recorded_with_them(site, settings, why):
    trunk = site.place(**settings)

    call_out(site, trunk, "+13125550100", "+13125551234")

    until_equal(
        lambda: [(record.why, record.caller, record.callee) for record in site.records(trunk)],
        [(why, "+13125550100", "+13125551234")],
    )


@pytest.mark.parametrize(("written", "number_format"), [("+1{}", "E164"), ("1{}", "E164"), ("{}", "US_NATIONAL")])
def test_the_record_says_numbers_as_they_were_written_and_in_e164(site, written, number_format):
    trunk = site.place(number_format=number_format)

    call_out(site, trunk, written.format("3125550100"), written.format("3125551234"))

    until_equal(
        lambda: [
            (record.caller, record.caller_e164, record.callee, record.callee_e164) for record in site.records(trunk)
        ],
        [(written.format("3125550100"), "+13125550100", written.format("3125551234"), "+13125551234")],
    )
