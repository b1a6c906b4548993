"""A call that is up is a way from one party to the other, and to nobody else."""

import asyncio

import pytest
from conftest import until, until_equal
from parties import end_by_node, talking
from phones import BEHIND_NAT

from sbc.documents import ProviderSource
from sbc.lab.answerer import Answerer
from sbc.lab.sip import Message, offer


def tricks(site, talk):
    """Ways to ask for a third host."""
    third, node = talk.third.local, site.node.address
    return {
        "request-uri": {"target": f"sip:x@{third}"},
        "route": {"routes": [f"<sip:{node};lr>", f"<sip:{third};lr>"]},
        "both": {"target": f"sip:x@{third}", "routes": [f"<sip:{node};lr>", f"<sip:{third};lr>"]},
        "strict route": {"target": f"sip:{node}", "routes": [f"<sip:x@{third}>"]},
        "no route": {"target": f"sip:x@{third}", "routes": []},
        "maddr": {"target": f"sip:x@{talk.callee.local};maddr={third.host}"},
        "alias": {"target": f"sip:x@{talk.callee.local};alias={third.host}~5060~1"},
    }


TRICKS = ["request-uri", "route", "both", "strict route", "no route", "maddr", "alias"]


@pytest.mark.parametrize("side", ["caller", "callee"])
@pytest.mark.parametrize("trick", TRICKS)
def test_a_message_of_a_call_reaches_the_other_party_whatever_it_asks_for(site, trick, side):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            sender, other = (talk.caller, talk.callee) if side == "caller" else (talk.callee, talk.caller)
            for method in ("INVITE", "ACK", "OPTIONS", "BYE"):
                body = offer(sender.local) if method == "INVITE" else ""
                sender.send(method, body=body, **tricks(site, talk)[trick])
                if method != "ACK":
                    assert (await sender.answer()).status == 200
            await asyncio.sleep(0.1)
            return talk.third.methods(), other.heard

    third, heard = asyncio.run(scenario())

    assert third == []
    # Those that follow each other at once may overtake each other in the node's processes.
    assert {message.method for message in heard} >= {"INVITE", "ACK", "OPTIONS", "BYE"}
    assert all("Route" not in dict(message.headers) for message in heard)
    until_equal(lambda: site.up(trunk), 0)


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "BYE"])
@pytest.mark.parametrize("pretends", ["caller", "callee"])
def test_who_has_overheard_a_call_cannot_speak_in_it(site, method, pretends):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            party, other = (talk.caller, talk.callee) if pretends == "caller" else (talk.callee, talk.caller)
            party.contact = talk.third.local
            before = other.methods()
            answer = await party.ask(method, sender=talk.third)
            party.send("ACK", sender=talk.third)
            await asyncio.sleep(0.2)
            assert site.up(trunk) == 1
            return answer.status, other.methods() == before

    assert asyncio.run(scenario()) == (200 if method == "OPTIONS" else 481, True)


@pytest.mark.parametrize(("provider", "status"), [("GENESYS_CLOUD", 200), ("FRESHWORKS", 481)])
def test_a_provider_goes_on_from_any_of_its_addresses_and_nobody_elses(site, provider, status):
    trunk = site.place(provider="GENESYS_CLOUD", trunk_kind="PROVIDER", provider_key=site.node.address)
    hosts = {trunk.source: "GENESYS_CLOUD", site.net.customer(30200): provider}
    site.providers = tuple(ProviderSource(name, host, "") for host, name in hosts.items())

    async def scenario():
        async with talking(site, trunk) as talk:
            answer = await talk.caller.ask("INVITE", body=offer(talk.caller.local), sender=talk.third)
            talk.caller.send("ACK")
            return answer.status

    assert asyncio.run(scenario()) == status
    site.delete("trunk", trunk.id)  # another has its key then


def test_an_acknowledgement_that_the_hang_up_overtook_goes_nowhere(site):
    """The parties of a call that is over are not written back any more."""
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            await talk.caller.ask("BYE")
            talk.caller.numbers = 1
            talk.caller.send("ACK")
            await asyncio.sleep(0.2)
            return talk.callee.methods()

    assert asyncio.run(scenario()) == ["INVITE", "ACK", "BYE"]


def test_after_a_party_has_moved_the_other_finds_it(site):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            moved = talk.third.local
            talk.caller.contact = moved
            assert (await talk.caller.ask("INVITE", body=offer(moved))).status == 200
            assert (await talk.callee.ask("OPTIONS")).status == 200
            return talk.third.methods()

    assert asyncio.run(scenario()) == ["OPTIONS"]


def test_a_proxy_that_wants_to_stay_in_the_call_does(site):
    trunk = site.place()
    proxy = f"<sip:{site.net.customer(30200)};lr>"

    async def scenario():
        async with talking(site, trunk, proxy=proxy) as talk:
            await talk.caller.ask("BYE")
            return talk.third.heard, talk.callee.local

    heard, callee = asyncio.run(scenario())

    assert [message.method for message in heard] == ["ACK", "BYE"]
    assert {message["Route"] for message in heard} == {proxy}
    assert {message.first.split()[1] for message in heard} == {f"sip:{callee}"}


def test_the_way_of_a_call_is_hidden_in_later_messages_too(site):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk) as talk:
            await talk.caller.ask("INVITE", body=offer(talk.caller.local))
            await talk.callee.ask("INVITE", body=offer(talk.callee.local))
            return talk.caller, talk.callee

    caller, callee = asyncio.run(scenario())

    for party, other in ((caller, callee), (callee, caller)):
        [invite] = [message for message in party.heard if message.method == "INVITE"][-1:]
        assert other.local.host not in "".join(f"{name}: {value}" for name, value in invite.headers)


def test_a_pbx_behind_a_nat_hears_what_its_calls_have_to_say(site):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk, contact=BEHIND_NAT) as talk:
            await talk.callee.ask("OPTIONS")
            assert (await talk.caller.ask("INVITE", body=offer(talk.caller.local))).status == 200
            await talk.callee.ask("BYE")
            return talk.caller.heard

    heard = asyncio.run(scenario())
    assert [message.first for message in heard] == [
        f"{method} sip:{BEHIND_NAT} SIP/2.0" for method in ("OPTIONS", "BYE")
    ]


@pytest.mark.parametrize("contact", [None, BEHIND_NAT])
def test_a_call_that_the_node_ends_is_ended_for_both(site, contact):
    trunk = site.place()

    async def scenario():
        async with talking(site, trunk, contact=contact) as talk:
            await talk.caller.ask("INVITE", body=offer(talk.caller.local))
            await talk.callee.ask("OPTIONS")
            end_by_node(site, talk.caller.first)
            await asyncio.sleep(0.5)
            return talk.caller.heard[-1], talk.callee.heard[-1], talk.callee.heard[0]

    at_caller, at_callee, invited = asyncio.run(scenario())
    for bye, number in ((at_caller, 3), (at_callee, 3)):
        assert (bye.method, bye["CSeq"]) == ("BYE", f"{number} BYE")
        assert "Route" not in dict(bye.headers)
    assert trunk.source not in str(at_callee)
    assert at_callee["From"].partition(";")[0] == invited["From"].partition(";")[0]
    assert at_callee["To"].partition(";")[0] == invited["To"]
    until_equal(lambda: site.up(trunk), 0)


def test_a_call_that_the_node_ends_is_ended_for_a_telephone_behind_a_nat(site):
    trunk = site.registered()
    site.register(trunk, contact=BEHIND_NAT)

    async def scenario():
        async with Answerer(trunk.phone, contact=BEHIND_NAT) as phone:
            calling = asyncio.create_task(asyncio.to_thread(site.call_in, trunk, hold_seconds=20))
            await asyncio.to_thread(until, lambda: "ACK" in [seen.first_line.split()[0] for seen in phone.wire.seen])
            [answer] = [seen.raw for seen in phone.wire.seen if seen.raw.startswith("SIP/2.0 200 ")]
            end_by_node(site, Message.parse(answer))
            trace = await calling
            return [
                next(message.first_line for message in seen if message.first_line.startswith("BYE "))
                for seen in (phone.wire.seen, [message for message in trace.seen if message.direction == "received"])
            ]

    at_phone, at_carrier = asyncio.run(scenario())
    assert at_phone == f"BYE sip:{BEHIND_NAT} SIP/2.0"
    assert at_carrier.startswith("BYE ")
    until_equal(lambda: site.up(trunk), 0)
