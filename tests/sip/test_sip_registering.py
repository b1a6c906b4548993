"""REGISTER: who may register, for how long, and what ends a registration."""

import asyncio
import contextlib
import re
import time

import pytest
from conftest import TIMERS, until, until_equal
from phones import call_in, call_out

from sbc.client import Unavailable
from sbc.documents import EarlierHa1
from sbc.lab.digest import Login
from sbc.lab.net import SIP_PORT
from sbc.lab.registering import Registering
from sbc.lab.samples import ha1
from sbc.lab.sip import Address
from sbc.lab.wire import open_wire

GUESSES = int(TIMERS["FREE_FAILURES"])


def earlier(trunk, password, until):
    return (EarlierHa1(ha1(trunk.id, password), "0" * 64, int(until)),)


@pytest.mark.parametrize("which", ["primary", "backup"])
def test_where_a_phone_registered_can_be_read(pair, which):
    site = pair[which == "backup"]
    trunk = site.registered()

    answer = site.register(trunk)

    assert answer.first == "SIP/2.0 200 OK"
    until(lambda: site.contacts(trunk))
    [found] = site.contacts(trunk)
    assert (found.contact, found.source) == (f"sip:{trunk.id}@{trunk.phone}", str(trunk.phone))
    assert found.user_agent == "Trunkline softphone"
    assert found.since == found.refreshed_at == found.expires_at - 3600


def test_a_refreshed_registration_keeps_its_beginning_and_an_ended_one_is_gone(site):
    trunk = site.registered()
    site.register(trunk)
    until(lambda: site.contacts(trunk))
    [first] = site.contacts(trunk)

    until(lambda: time.time() > first.since + 1)
    site.register(trunk)

    until(lambda: site.contacts(trunk)[0].refreshed_at > first.refreshed_at)
    assert (site.contacts(trunk)[0].since, len(site.contacts(trunk))) == (first.since, 1)
    site.register(trunk, expires=0)
    until_equal(lambda: site.contacts(trunk), [])


def test_a_wrong_password_and_an_unknown_user_hear_the_same(site):
    trunk = site.registered()

    def heard(**who):
        answer = str(site.register(trunk, **who))
        return re.sub(r'nonce="[^"]*"|(tag|branch)=[^;\r]+|Call-ID: .*|nobody-here|' + trunk.id, "", answer)

    assert site.register(trunk).status == 200
    assert heard(password="wrong") == heard(username="nobody-here")
    assert site.register(trunk, password="wrong").status == 401
    assert site.register(trunk).status == 200


def test_an_old_nonce_is_told_so_and_a_new_one_is_taken(site):
    trunk = site.registered()

    async def scenario():
        inbox = asyncio.Queue()
        wire = await open_wire(trunk.phone, lambda message, _: inbox.put_nowait(message))
        phone = Registering(wire, inbox, site.address, Login(trunk.id, "secret"), trunk.phone)
        challenge = await phone.ask(60)
        async with asyncio.timeout(10):
            while (stale := await phone.ask(60, challenge)).status == 200:  # noqa: ASYNC110 - the answer is the event
                await asyncio.sleep(0.2)
        answer = await phone.ask(60, stale)
        wire.close()
        return stale, answer

    stale, answer = asyncio.run(scenario())
    assert (stale.status, answer.status) == (401, 200)
    assert "stale=true" in stale["WWW-Authenticate"]


@pytest.mark.parametrize(("asked", "given"), [(5, 60), (600, 600), (90000, 3600)])
def test_how_long_a_registration_lasts_has_bounds(site, asked, given):
    answer = site.register(site.registered(), expires=asked)

    assert f";expires={given}" in answer["Contact"]


def test_five_contacts_and_not_one_more(site):
    trunk = site.registered()

    answers = [site.register(trunk, phone=Address(trunk.phone.host, 5060 + port)).status for port in range(6)]

    assert answers == [200] * 5 + [503]


@pytest.mark.parametrize("admin_status", ["DISABLED", "SYSTEM_DISABLED"])
def test_a_disabled_trunk_loses_its_contacts_at_once_and_gets_no_new_ones(site, admin_status):
    trunk, other = site.registered(), site.registered()
    site.register(trunk)
    site.register(other)

    site.change_registered(trunk, admin_status=admin_status)

    assert site.register(trunk).status == 403
    assert site.register(trunk, password="wrong").status == 401
    assert call_in(site, trunk)[0].status == 403
    assert call_out(site, trunk).status == 403
    site.change_registered(trunk)
    assert call_in(site, trunk)[0].status == 480
    assert call_in(site, other)[0].answered
    until(lambda: (len(site.contacts(trunk)), len(site.contacts(other))) == (0, 1))


def test_a_deleted_trunk_loses_its_contacts(site):
    trunk = site.registered()
    site.register(trunk)

    site.delete("trunk", trunk.id)

    assert site.register(trunk).status == 401
    site.change_registered(trunk)
    assert call_in(site, trunk)[0].status == 480


def test_a_reset_without_overlap_signs_out_whoever_knows_the_old_password(site):
    trunk = site.registered()
    site.register(trunk)

    site.change_registered(trunk, password="new")

    assert call_in(site, trunk)[0].status == 480
    assert site.register(trunk).status == 401
    assert site.register(trunk, password="new").status == 200
    assert call_in(site, trunk)[0].answered


def test_an_earlier_password_is_good_until_its_time_and_not_after(site):
    trunk = site.registered()
    site.register(trunk)
    ends = time.time() + 4

    site.change_registered(trunk, password="new", earlier_ha1s=earlier(trunk, "secret", ends))

    assert call_in(site, trunk)[0].answered
    assert site.register(trunk).status == 200
    assert call_out(site, trunk).answered
    until(lambda: site.register(trunk).status == 401)
    assert time.time() >= int(ends)
    assert call_out(site, trunk).status == 407
    assert site.register(trunk, password="new").status == 200


def test_of_several_earlier_passwords_each_has_its_own_end(site):
    trunk = site.registered()
    over, good = earlier(trunk, "oldest", time.time() - 1), earlier(trunk, "secret", time.time() + 60)

    site.change_registered(trunk, password="new", earlier_ha1s=over + good)

    answers = [site.register(trunk, password=password).status for password in ("oldest", "secret", "new")]
    assert answers == [401, 200, 200]


def test_contacts_survive_a_killed_node(site):
    trunk, disabled = site.registered(), site.registered()
    site.register(trunk)
    site.register(disabled)
    until(lambda: site.contacts(trunk) and site.contacts(disabled))
    before = site.contacts(trunk)

    site.node.kill()
    site.node.start()
    site.change_registered(disabled, admin_status="DISABLED")

    assert site.contacts(trunk) == before
    assert call_in(site, trunk)[0].answered
    until_equal(lambda: site.contacts(disabled), [])


def test_contacts_that_should_not_be_there_are_dropped_without_being_asked(site):
    trunk = site.registered()
    site.register(trunk)
    until(lambda: site.contacts(trunk))
    site.node.stop_kamailio()
    with contextlib.suppress(Unavailable):
        site.change_registered(trunk, admin_status="DISABLED")

    site.node.start_kamailio()

    until_equal(lambda: site.contacts(trunk), [])


def test_a_guesser_is_slowed_down_and_nobody_else_is(site):
    trunk, other = site.registered(), site.registered()
    heard = [site.register(trunk, password=f"guess {n}").status for n in range(GUESSES + 3)]
    assert heard[:GUESSES] == [401] * GUESSES
    assert 403 in heard[GUESSES:]

    assert site.register(trunk).status == 403
    assert site.register(trunk, phone=other.phone).status == 200
    assert site.register(other, phone=trunk.phone).status == 200
    until(lambda: site.register(trunk).status == 200)


def test_a_guessers_call_is_refused_with_a_reason(site):
    trunk = site.registered()
    for _guess in range(GUESSES):
        call_out(site, trunk, password="wrong")

    refused = next(
        trace for trace in (call_out(site, trunk, password="wrong") for _ in range(3)) if trace.status == 403
    )

    [answer] = [message.raw for message in refused.seen if " 403 " in message.first_line]
    assert 'Reason: SIP;cause=403;text="Too Many Failures";why=too-many-failures' in answer
    assert "Retry-After: 10" in answer


def test_guessing_users_that_are_not_there_is_slowed_down_alike(site):
    trunk = site.registered()

    heard = [site.register(trunk, username=f"{trunk.id}-no").status for _ in range(GUESSES + 3)]

    assert heard[:GUESSES] == [401] * GUESSES
    assert 403 in heard[GUESSES:]


def test_failed_sign_ins_are_counted_per_trunk_and_address_for_calls_too(site):
    trunk = site.registered()
    elsewhere = Address(site.net.customer(30400), SIP_PORT)

    for phone in (trunk.phone, trunk.phone, elsewhere):
        site.register(trunk, password="wrong", phone=phone)
    call_out(site, trunk, password="wrong")
    site.register(trunk)

    found = {(failed.source, failed.count) for failed in site.client.failures().latest if failed.trunk_id == trunk.id}
    assert found == {(trunk.phone.host, 3), (elsewhere.host, 1)}
