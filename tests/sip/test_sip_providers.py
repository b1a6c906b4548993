"""Calls of providers: whose they are, and the limit that several trunks of Freshworks share on the way out."""

import asyncio
import itertools
from contextlib import contextmanager
from dataclasses import asdict

import pytest
from conftest import until_equal
from phones import invites

from sbc.documents import ProviderSource
from sbc.lab.answerer import Answerer
from sbc.lab.net import SIP_PORT, TLS_PORT
from sbc.lab.samples import sample_group, sample_node
from sbc.lab.sdp import Session
from sbc.lab.sip import Address
from sbc.lab.softphone import call
from sbc.lab.tls_wire import Tls
from trunks.providers import provider_of

HEADER = "X-Twilio-AccountSid"
SID, OTHER_SID = "AC" + "1" * 32, "AC" + "2" * 32
_organisations = itertools.count(1)


@pytest.fixture
def site(site):
    """Twilio calls from a network of four addresses, Genesys from one."""
    hosts = site.net.customer(31100), site.net.customer(31200)
    sources = ProviderSource("FRESHWORKS", f"{hosts[0]}/30", HEADER), ProviderSource("GENESYS_CLOUD", hosts[1], "")
    gateway = (site.net.carrier(1), SIP_PORT)
    site.put(sample_node(gateway, provider_sources=sources))
    return site


def freshworks(site, group, sid, *channels):
    """Trunks with so many channels each, the first of them the oldest."""
    trunks = [site.place(provider="FRESHWORKS", trunk_kind="PROVIDER", channels=each) for each in channels]
    site.put(sample_group(group, sid, sum(channels), trunks[0].id))
    return trunks


async def from_twilio(site, sid, hold_seconds=0.1):
    local, more = Address(site.net.customer(31101), 0), [(HEADER, sid)] if sid else []
    numbers = "13125550100", "13125551234"
    return await call(local, site.address, *numbers, hold_seconds=hold_seconds, more=more)


@contextmanager
def held(site, group, sid, calls):
    """So many calls of Twilio for an account are up."""

    async def scenario(calls):
        return await asyncio.gather(*[from_twilio(site, sid, hold_seconds=2) for _ in range(calls)])

    yield asyncio.run(scenario(calls))
    until_equal(lambda: site.client.calls().get(group, 0), 0)


def test_calls_of_freshworks_share_the_sum_of_the_channels_and_count_as_the_oldest_trunks(site):
    older, newer = freshworks(site, "fw-1", SID, 1, 2)

    with held(site, "fw-1", SID, 5) as traces:
        statuses = sorted(trace.status for trace in traces)

    assert statuses == [200] * 3 + [503] * 2
    until_equal(lambda: sorted(record.code for record in site.records(older)), statuses)
    assert site.records(newer) == []


def test_calls_of_a_group_do_what_an_enabled_trunk_may_and_are_booked_on_the_oldest_of_all(site):
    sid = "AC" + "4" * 32
    older, newer = freshworks(site, "fw-4", sid, 1, 2)
    site.change(older, provider="FRESHWORKS", trunk_kind="PROVIDER", admin_status="DISABLED")
    site.put(sample_group("fw-4", sid, 2, newer.id, booked_on=older.id))

    trace = asyncio.run(from_twilio(site, sid))

    assert trace.status == 200
    until_equal(lambda: [record.code for record in site.records(older)], [200])
    assert site.records(newer) == []


def test_inbound_each_trunk_of_freshworks_has_its_own_limit_beside_the_groups(site):
    _older, newer = freshworks(site, "fw-2", OTHER_SID, 1, 1)

    async def scenario():
        async with Answerer(Address(newer.destinations[0], SIP_PORT)):
            out = [asyncio.create_task(from_twilio(site, OTHER_SID, hold_seconds=3)) for _ in range(2)]
            await asyncio.to_thread(until_equal, lambda: site.client.calls().get("fw-2"), 2)
            into = asyncio.create_task(asyncio.to_thread(site.call_in, newer, hold_seconds=2))
            await asyncio.to_thread(until_equal, lambda: site.up(newer), 1)
            one_more = await asyncio.to_thread(site.call_in, newer)
            return [await each for each in [*out, into]], one_more

    up, one_more = asyncio.run(scenario())

    assert [trace.status for trace in up] == [200] * 3
    assert one_more.status == 486


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("{}.calls.example.com", 200),
        ("{}.CALLS.Example.com", 200),
        ("{}.byoc.example.com", 403),
        ("x.{}.calls.example.com", 403),
    ],
)
def test_a_call_of_genesys_is_known_by_the_name_that_it_asks_for(site, host, answer):
    organisation = f"acme-{next(_organisations)}"
    key = f"{organisation}.calls.example.com"
    trunk = site.place(provider="GENESYS_CLOUD", trunk_kind="PROVIDER", provider_key=key)

    status = asyncio.run(from_genesys(site, host.format(organisation)))

    assert status == answer
    until_equal(lambda: [record.code for record in site.records(trunk)], [200] if answer == 200 else [])


async def from_genesys(site, host):
    """The answer to a call for a number at the host, by way of the node's address."""
    local = Address(site.net.customer(31200), 0)
    trace = await call(local, site.address, "13125550100", "13125551234", hold_seconds=0.1, host=host)
    return trace.status


@pytest.mark.parametrize("sid", ["AC" + "9" * 32, ""])
def test_a_provider_call_without_a_known_key_is_refused_with_the_reason_and_recorded(site, sid):
    refused = asyncio.run(from_twilio(site, sid))

    assert refused.status == 403
    assert any("why=provider-key-unknown" in message.raw for message in refused.seen)
    until_equal(lambda: {record.code for record in site.node.records() if record.call_id == refused.call_id}, {403})


def test_the_header_of_a_provider_means_nothing_from_elsewhere(site):
    freshworks(site, "fw-3", "AC" + "3" * 32, 1)
    stranger = Address(site.net.customer(31110), 0)

    trace = asyncio.run(call(stranger, site.address, "13125550100", "13125551234", more=[(HEADER, "AC" + "3" * 32)]))

    assert trace.status == 407


@pytest.mark.parametrize(("code", "transport"), [("FRESHWORKS", "RTP/AVP"), ("GENESYS_CLOUD", "RTP/SAVP")])
def test_a_provider_is_called_as_its_presets_say(site, authority, tmp_path, code, transport):
    preset = asdict(provider_of(code).preset)
    trunk = site.place(provider=code, trunk_kind="PROVIDER", **preset)
    tls = shown_by(authority, tmp_path) if preset["tls"] else None

    invite = asyncio.run(arriving(site, trunk, tls))

    offer = Session.parse(invite.partition("\n\n")[2] or invite)
    assert (offer.transport, offer.codecs) == (transport, ("PCMU", "PCMA", "telephone-event"))
    assert invite.startswith(f"INVITE sip:+{trunk.number}@")


def shown_by(authority, folder):
    """Equipment that speaks TLS."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    authority.issue(cert, key, "provider.example")
    return Tls(trusted=authority.path, cert=cert, key=key)


async def arriving(site, trunk, tls):
    """The INVITE of a call for the trunk's number, as its provider gets it."""
    async with Answerer(Address(trunk.destinations[0], TLS_PORT if tls else SIP_PORT), tls=tls) as provider:
        await asyncio.to_thread(site.call_in, trunk)
        return invites(provider.wire.seen)[0]
