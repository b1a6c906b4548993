"""Calls of registered trunks: out with a password or from a contact, in to the contacts."""

import asyncio

from conftest import until
from phones import BEHIND_NAT, CALLEE, CALLER, call_in, call_out, invites

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.digest import Login
from sbc.lab.net import SIP_PORT
from sbc.lab.sip import Address, Message, new_tag
from sbc.lab.softphone import call
from sbc.lab.wire import open_wire


def test_a_call_is_challenged_and_passes_with_the_password_which_goes_no_further(site):
    trunk = site.registered(challenge_invites=True)
    site.register(trunk)

    trace = call_out(site, trunk)

    assert call_out(site, trunk, password="").status == 407
    assert call_out(site, trunk, password="wrong").status == 407
    statuses = [seen.first_line.split()[1] for seen in trace.seen if seen.direction == "received"]
    assert statuses[0] == "407"
    assert trace.answered
    [invite] = set(invites(site.carrier.trace(trace.call_id).seen))
    assert "authorization" not in invite.lower()
    [record] = site.records(trunk)
    assert (record.direction, record.caller, record.callee, record.code) == ("outbound", CALLER, CALLEE, 200)


def test_a_call_counts_on_the_trunk_that_its_password_proves(site):
    trunk, other = site.registered(channels=0), site.registered()

    assert call_out(site, trunk).status == 503
    assert call_out(site, other).answered


def again(site, trace, phone, login=None, challenge=None, **changes):
    """The answer to another call that shows the digest of `trace`, or the answer of `login` to `challenge`."""
    raw = [seen.raw for seen in trace.seen if seen.first_line.startswith("INVITE ")][-1]
    for old, new in {trace.call_id: "another-call", "branch=z9hG4bK": f"branch=z9hG4bK{new_tag()}", **changes}.items():
        raw = raw.replace(old, new)
    message = Message.parse(raw)
    shown = message["Proxy-Authorization"]
    if login:
        _, shown = login.credentials(challenge, "INVITE", message.first.split()[1])
    kept = [header for header in message.headers if header[0] not in ("Content-Length", "Proxy-Authorization")]
    message.headers = [*kept, ("Proxy-Authorization", shown)]
    return asyncio.run(final_answer(site, phone, message))


async def final_answer(site, phone, message):
    inbox = asyncio.Queue()
    wire = await open_wire(phone, lambda answer, _: inbox.put_nowait(answer))
    wire.send(message, site.address)
    async with asyncio.timeout(5):
        while (answer := await inbox.get()).status < 200:
            pass
    wire.close()
    return answer


def test_a_password_shown_for_one_call_is_of_no_use_for_another(site):
    trunk = site.registered(challenge_invites=True)
    trace = call_out(site, trunk)
    assert trace.answered
    same_call, elsewhere = {"another-call": trace.call_id}, {f"INVITE sip:{CALLEE}@": "INVITE sip:13125559876@"}

    answers = [again(site, trace, trunk.phone, **changes) for changes in ({}, elsewhere, elsewhere | same_call)]

    assert [answer.status for answer in answers] == [407] * 3


def test_who_shows_a_password_is_that_user_even_from_a_static_trunks_address(site):
    static, trunk = site.place(), site.registered(channels=0)
    neighbour = Address(static.source, 5098)
    trace = call_out(site, trunk)

    asked = again(site, trace, neighbour)
    answer = again(site, trace, neighbour, Login(trunk.id, "secret"), asked)

    assert (asked.status, answer.status) == (407, 503)
    assert [record.code for record in site.records(trunk)] == [503, 503]
    assert site.records(static) == []


def test_without_the_challenge_a_call_passes_from_its_contact_and_from_nowhere_else(site):
    trunk, other = site.registered(challenge_invites=False), site.registered(challenge_invites=False)
    site.register(trunk)

    def first_answer(**options):
        return call_out(site, trunk, password="", **options).status

    assert first_answer(caller=trunk.id) == 200
    assert first_answer(caller=trunk.id, phone=Address(trunk.phone.host, 5099)) == 407
    assert first_answer(caller=other.id) == 407
    assert first_answer(caller=CALLER) == 407
    assert call_out(site, trunk).answered
    site.register(trunk, expires=0)
    assert first_answer(caller=trunk.id) == 407


def test_a_call_in_goes_to_where_the_phone_registered_from_whatever_its_contact_says(site):
    trunk = site.registered()
    site.register(trunk, contact=BEHIND_NAT)

    trace, [seen] = call_in(site, trunk, contact=BEHIND_NAT)

    assert trace.answered
    assert invites(seen)[0].startswith(f"INVITE sip:+{trunk.number}@{BEHIND_NAT} SIP/2.0")
    assert {"ACK", "BYE"} <= {message.first_line.split()[0] for message in seen}
    [record] = site.records(trunk)
    assert (record.direction, record.code, record.hop) == ("inbound", 200, str(trunk.phone))
    until(lambda: site.up(trunk) == 0)


def test_the_other_side_can_hang_up_on_a_phone_behind_a_nat(site):
    trunk = site.registered()
    gateway = Address(site.net.carrier(4), SIP_PORT)
    site.gateways(gateway.host)

    async def scenario():
        async with Answerer(gateway, lambda _: Reaction(hang_up_after=0.2)):
            login = Login(trunk.id, "secret")
            local = trunk.phone
            return await call(local, site.address, CALLER, CALLEE, hold_seconds=5, login=login, contact=BEHIND_NAT)

    trace = asyncio.run(scenario())

    assert trace.answered
    assert [seen.direction for seen in trace.seen if seen.first_line.startswith("BYE ")] == ["received"]


def test_a_call_in_rings_at_all_contacts(site):
    trunk = site.registered()
    phones = [trunk.phone, Address(trunk.phone.host, 5070)]
    for phone in phones:
        site.register(trunk, phone=phone)

    trace, seen = call_in(site, trunk, *phones)

    assert trace.answered
    assert [len(set(invites(messages))) for messages in seen] == [1, 1]


def test_a_call_in_to_a_trunk_without_a_contact_is_told_why(site):
    trunk = site.registered()

    trace = site.call_in(trunk)

    assert trace.status == 480
    assert 'Reason: SIP;cause=480;text="Not Registered";why=not-registered' in trace.seen[-2].raw
    assert [record.code for record in site.records(trunk)] == [480]
    assert site.up(trunk) == 0


def test_a_call_in_to_a_contact_that_does_not_answer(site):
    trunk = site.registered()
    site.register(trunk)

    assert site.call_in(trunk).status == 480
    assert [record.code for record in site.records(trunk)] == [480]
