"""Calls over TLS, with Python's ssl module at the other end."""

import asyncio
import contextlib
import itertools
import socket
import ssl
import time

import pytest
from conftest import until, until_equal
from phones import invites

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.authority import Authority
from sbc.lab.digest import Login
from sbc.lab.net import SIP_PORT, TLS_PORT
from sbc.lab.registering import Registering
from sbc.lab.samples import sample_trunk
from sbc.lab.sip import Address, Message, new_tag
from sbc.lab.softphone import call
from sbc.lab.tls_wire import Tls

CALLER, CALLEE = "13125550100", "13125551234"
_names = itertools.count(1)


@pytest.fixture
def phone(authority):
    """Equipment that only connects."""
    return Tls(trusted=authority.path)


@pytest.fixture
def shows(tmp_path, authority):
    """Equipment that shows a certificate for the names."""

    def make(*names, by=authority, **options):
        stem = f"cert{next(_names)}"
        cert, key = tmp_path / f"{stem}.pem", tmp_path / f"{stem}.key"
        by.issue(cert, key, *names, **options)
        return Tls(trusted=authority.path, cert=cert, key=key)

    return make


@pytest.fixture
def stranger(tmp_path):
    """An authority that no node believes."""
    return Authority(tmp_path / "stranger", "Stranger")


def call_out(site, trunk, node, **options):
    return asyncio.run(call(Address(trunk.source, 0), node, CALLER, CALLEE, hold_seconds=0.05, **options))


def call_in(site, trunk, *equipment, meanwhile=None, hold_seconds=0.05, decide=lambda _: Reaction()):
    """Call the trunk's number while its destinations show these certificates; the trace, and the phones."""

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            hosts = [Address(address_of(site, host), TLS_PORT) for host in trunk.destinations]
            phones = [
                await stack.enter_async_context(Answerer(host, decide, tls=tls))
                for host, tls in zip(hosts, equipment, strict=True)
            ]
            if meanwhile:
                task = asyncio.create_task(meanwhile(phones[0]))
            trace = await asyncio.to_thread(site.call_in, trunk, hold_seconds=hold_seconds)
            if meanwhile:
                await task
            return trace, phones

    return asyncio.run(scenario())


def address_of(site, host):
    return site.names.get(host, host)


@pytest.fixture
def site(site):
    site.names = {}
    return site


def named(site, destinations=1, **changes):
    """A trunk whose first destination is a host name, at an address of its own."""
    trunk = site.place(tls=True, destinations=destinations, **changes)
    name = f"pbx{next(_names)}.example.com"
    site.names[name] = trunk.destinations[0]
    site.name_server.set(name, "A", trunk.destinations[0])
    trunk.destinations[0] = name
    site.change(trunk, tls=True, **changes)
    until_equal(lambda: site.knows(name, TLS_PORT, tls=True), [f"{site.names[name]}:{TLS_PORT}"])
    return trunk


def lines(seen, direction="received"):
    return [message.first_line for message in seen if message.direction == direction]


def refusals(site, trunk):
    """The words in the node's records of the trunk's refused calls."""
    return [record.why for record in site.records(trunk) if record.code == 403]


# Out of the trunk


def test_a_tls_trunk_calls_over_tls_and_only_over_tls(site, phone):
    trunk = site.place(tls=True)
    assert call_out(site, trunk, site.tls_address, tls=phone).answered
    refused = call_out(site, trunk, site.address)
    assert (refused.status, refused.reason) == (403, "TLS Required")
    answer = next(message.raw for message in refused.seen if " 403 " in message.first_line)
    assert 'Reason: SIP;cause=403;text="TLS Required";why=tls-required' in answer
    assert call_out(site, trunk, site.tls_address, tls=phone).answered
    until_equal(lambda: refusals(site, trunk), ["tls-required"])


def test_a_udp_trunk_calls_over_udp_and_only_over_udp(site, phone):
    trunk = site.place()
    assert call_out(site, trunk, site.address).answered
    refused = call_out(site, trunk, site.tls_address, tls=phone)
    assert (refused.status, refused.reason) == (403, "TLS Not Ordered")
    answer = next(message.raw for message in refused.seen if " 403 " in message.first_line)
    assert 'Reason: SIP;cause=403;text="TLS Not Ordered";why=tls-not-ordered' in answer
    assert call_out(site, trunk, site.address).answered
    until_equal(lambda: refusals(site, trunk), ["tls-not-ordered"])


def test_neither_side_learns_the_others_address_or_transport(site, phone):
    trunk = site.place(tls=True)
    trace = call_out(site, trunk, site.tls_address, tls=phone)
    answer = next(message.raw for message in trace.seen if "200 OK" in message.first_line)
    assert site.net.carrier(1) not in answer.partition("\r\n\r\n")[0]
    received = [message.raw for message in site.carrier.trace(trace.call_id).seen if message.direction == "received"]
    assert [raw.split()[0] for raw in received] == ["INVITE", "ACK", "BYE"]
    for raw in received:
        head = raw.partition("\r\n\r\n")[0]
        assert trunk.source not in head
        assert "TLS" not in head


def test_a_long_message_passes_over_tls(site, phone):
    trunk = site.place(tls=True)
    padding = [(f"X-Padding-{number}", "x" * 1000) for number in range(10)]
    assert call_out(site, trunk, site.tls_address, tls=phone, more=padding).answered


@pytest.mark.parametrize(("newest", "passes"), [("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)])
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_is_spoken_from_version_1_2_on(site, phone, newest, passes):
    context = Tls(phone.trusted, newest=getattr(ssl.TLSVersion, newest)).connecting()
    with socket.create_connection(site.tls_address, timeout=5) as plain:
        if passes:
            with context.wrap_socket(plain, server_hostname=site.node.address) as connection:
                assert connection.version() == newest.replace("_", ".")
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                context.wrap_socket(plain, server_hostname=site.node.address)


@pytest.mark.parametrize("port", [SIP_PORT, 8080])
def test_nothing_listens_on_plain_tcp(site, port):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((site.node.address, port), timeout=5)


def test_what_is_not_tls_gets_nowhere_on_the_tls_port(site):
    with socket.create_connection(site.tls_address, timeout=5) as plain:
        plain.sendall(b"OPTIONS sip:x@example.com SIP/2.0\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            assert b"SIP/2.0" not in plain.recv(100)


@pytest.mark.parametrize("stays", [True, False])
def test_the_carrier_hangs_up_over_the_callers_connection_or_to_its_contact(site, phone, shows, stays):
    trunk, gateway = site.place(tls=True), Address(site.net.carrier(3), SIP_PORT)
    site.gateways(gateway.host)
    listens = Address(trunk.source, TLS_PORT)

    async def scenario():
        hangs_up = Answerer(gateway, lambda _: Reaction(hang_up_after=0.5))
        async with hangs_up, Answerer(listens, tls=shows("any.example")) as pbx:
            calling = call(
                Address(trunk.source, 0), site.tls_address, CALLER, CALLEE, hold_seconds=2, tls=phone, contact=listens,
                break_off=None if stays else 0.2,
            )  # fmt: skip
            return await calling, lines(pbx.wire.seen)

    trace, at_contact = asyncio.run(scenario())
    assert trace.answered
    over_connection = [line.split()[0] for line in lines(trace.seen) if line.startswith("BYE")]
    to_contact = [line.split()[0] for line in at_contact]
    assert (over_connection, to_contact) == ((["BYE"], []) if stays else ([], ["BYE"]))
    until_equal(lambda: site.up(trunk), 0)


# Into the trunk


def test_a_call_reaches_a_tls_destination_over_tls(site, shows):
    trunk = site.place(tls=True)
    trace, [phone] = call_in(site, trunk, shows("anything.example"))
    assert trace.answered
    invite = phone.wire.seen[0].raw
    assert invite.startswith(f"INVITE sip:+{trunk.number}@{trunk.destinations[0]}:5061;transport=tls SIP/2.0")
    assert f"Via: SIP/2.0/TLS {site.node.address}:5061" in invite
    assert lines(phone.wire.seen)[-1].startswith("BYE ")
    assert phone.wire.seen[0].remote.startswith(f"{site.node.address}:")


def test_the_next_destination_takes_over_from_one_that_takes_no_connection(site, shows):
    trunk = site.place(tls=True, destinations=2)
    gone, trunk.destinations[:] = trunk.destinations[0], trunk.destinations[1:]
    document = [(gone, TLS_PORT), (trunk.destinations[0], TLS_PORT)]
    site.put(sample_trunk(trunk.id, [trunk.source], document, tls=True))
    trace, [phone] = call_in(site, trunk, shows("anything.example"))
    assert trace.answered
    assert lines(phone.wire.seen)[0].startswith("INVITE ")


def test_the_next_destination_takes_over_from_one_that_does_not_speak_tls(site, shows):
    trunk = site.place(tls=True, destinations=2)
    mute, speaks = trunk.destinations

    async def scenario():
        server = await asyncio.start_server(lambda _reader, _writer: None, mute, TLS_PORT)
        async with server, Answerer(Address(speaks, TLS_PORT), tls=shows("any.example")) as phone:
            trace = await asyncio.to_thread(site.call_in, trunk, hold_seconds=0.05)
            return trace, phone.calls()

    trace, calls = asyncio.run(scenario())
    assert trace.answered
    assert calls == [trace.call_id]


def test_both_ends_can_hang_up(site, shows):
    trunk = site.place(tls=True)
    trace, [phone] = call_in(
        site, trunk, shows("any.example"), hold_seconds=5, decide=lambda _: Reaction(hang_up_after=0.1)
    )
    assert lines(trace.seen)[-1].startswith("BYE ")
    assert lines(phone.wire.seen)[-1] == "SIP/2.0 200 OK"
    assert phone.wire.accepted == 1
    assert phone.wire.opened == 0


def test_a_call_outlives_its_connection(site, shows):
    trunk = site.place(tls=True)

    async def break_off(phone):
        acknowledged = lambda: any(line.startswith("ACK ") for line in lines(phone.wire.seen))  # noqa: E731
        await asyncio.to_thread(until, acknowledged)
        phone.wire.hang_up()

    trace, [phone] = call_in(site, trunk, shows("any.example"), meanwhile=break_off, hold_seconds=0.5)
    assert trace.answered
    assert phone.wire.accepted == 2
    assert lines(phone.wire.seen)[-1].startswith("BYE ")
    until_equal(lambda: site.up(trunk), 0)


@pytest.mark.parametrize("knows_the_name", [True, False])
def test_a_new_connection_in_a_call_needs_the_certificate_of_the_name_that_was_called(
    site, shows, stranger, knows_the_name
):
    trunk = named(site)
    [name] = trunk.destinations
    elsewhere = Address(site.net.customer(30400), TLS_PORT)

    async def scenario():
        shown = shows(name) if knows_the_name else shows(name, by=stranger)
        second = Answerer(elsewhere, tls=shown)
        async with second, Answerer(Address(site.names[name], TLS_PORT), tls=shows(name), contact=elsewhere) as first:
            calling = asyncio.create_task(asyncio.to_thread(site.call_in, trunk, hold_seconds=0.5))
            await asyncio.to_thread(until, lambda: any(line.startswith("ACK ") for line in lines(first.wire.seen)))
            first.wire.hang_up()
            assert (await calling).answered
            return [line.split()[0] for line in lines(second.wire.seen)]

    assert asyncio.run(scenario()) == (["BYE"] if knows_the_name else [])
    until_equal(lambda: site.up(trunk), 0)


# Whom the node believes


@pytest.mark.parametrize("names", [("{}",), ("a.example", "{}", "z.example"), ("*.example.com",)])
def test_a_host_name_with_its_certificate_gets_the_call(site, shows, names):
    trunk = named(site)
    trace, [phone] = call_in(site, trunk, shows(*[name.format(trunk.destinations[0]) for name in names]))
    assert trace.answered
    assert phone.wire.accepted == 1


@pytest.mark.parametrize("names", [("other.example.com",), ("{}.evil.example", "x{}"), ("*.com", "*.evil.example")])
def test_a_certificate_for_another_name_gets_no_call(site, shows, names):
    trunk = named(site)
    certificate = shows(*[name.format(trunk.destinations[0]) for name in names])
    trace, [phone] = call_in(site, trunk, certificate)
    assert (trace.status, trace.reason) == (480, "Destination Unreachable")
    assert not any(line.startswith("ACK") for line in lines(phone.wire.seen))
    right, _ = call_in(site, trunk, shows(trunk.destinations[0]))
    assert right.answered


def test_a_certificate_that_nobody_vouches_for_does_not_even_get_the_invite(site, shows, stranger):
    trunk = named(site)
    trace, [phone] = call_in(site, trunk, shows(trunk.destinations[0], by=stranger))
    assert trace.status == 480
    assert lines(phone.wire.seen) == []
    expired, [phone] = call_in(site, trunk, shows(trunk.destinations[0], days=-1))
    assert (expired.status, lines(phone.wire.seen)) == (480, [])
    right, _ = call_in(site, trunk, shows(trunk.destinations[0]))
    assert right.answered


def test_a_stranger_who_answers_late_gets_no_call_either(site, shows):
    trunk = named(site, destinations=2)
    name, address = trunk.destinations

    async def scenario():
        answers_late, later = lambda _: Reaction(ring_seconds=0.9), lambda _: Reaction(ring_seconds=1.5)
        late = Answerer(Address(site.names[name], TLS_PORT), answers_late, tls=shows("bad.example"))
        ringing = Answerer(Address(address, TLS_PORT), later, tls=shows("any.example"))
        async with late, ringing:
            trace = await asyncio.to_thread(site.call_in, trunk, hold_seconds=0.05)
            return trace, lines(late.wire.seen), lines(ringing.wire.seen)

    trace, at_stranger, at_address = asyncio.run(scenario())
    assert trace.answered
    assert [line.split()[0] for line in at_stranger if line.startswith(("ACK", "BYE"))] == []
    assert at_address[-1].startswith("BYE ")


def test_an_ip_address_may_show_any_certificate(site, shows, stranger):
    trunk = site.place(tls=True)
    trace, _ = call_in(site, trunk, shows("self.signed", by=stranger))
    assert trace.answered


def test_a_name_and_its_address_may_share_a_connection(site, shows):
    trunk, other = named(site), site.place(tls=True)
    address = site.names[trunk.destinations[0]]
    other.destinations[:] = [address]
    site.change(other, tls=True)

    async def scenario():
        async with Answerer(Address(address, TLS_PORT), tls=shows(trunk.destinations[0])) as phone:
            traces = [await asyncio.to_thread(site.call_in, each, hold_seconds=0.05) for each in (other, trunk)]
            return [trace.status for trace in traces], phone.wire.accepted

    assert asyncio.run(scenario()) == ([200, 200], 1)


# Registered


def test_a_phone_registers_over_tls_and_is_called_back_on_its_connection(site, phone):
    trunk = site.registered(tls=True)

    async def scenario():
        async with Answerer(Address(trunk.phone.host, 0), tls=phone) as answerer:
            answers = await register_on(answerer, site, trunk)
            trace = await asyncio.to_thread(site.call_in, trunk, hold_seconds=0.05)
            return answers, trace, answerer.wire

    answers, trace, wire = asyncio.run(scenario())
    assert answers == [401, 200]
    assert trace.answered
    assert (wire.opened, wire.accepted) == (1, 0)
    assert "transport=tls" in invites(wire.seen)[0].splitlines()[0]


def test_a_phone_whose_connection_is_gone_is_not_registered_any_more(site, phone):
    trunk = site.registered(tls=True)

    async def scenario():
        async with Answerer(Address(trunk.phone.host, 0), tls=phone) as answerer:
            assert await register_on(answerer, site, trunk) == [401, 200]
            assert (await asyncio.to_thread(site.call_in, trunk, hold_seconds=0.05)).answered

    asyncio.run(scenario())
    until(lambda: site.call_in(trunk).reason == "Not Registered")
    until_equal(lambda: site.contacts(trunk), [])


async def register_on(answerer, site, trunk):
    """Over the answerer's own connection, so that calls come back on it."""
    inbox = asyncio.Queue()
    answerer.wire._handler = lambda message, remote: (
        inbox.put_nowait(message) if message.method == "REGISTER" else answerer._receive(message, remote)
    )
    login, wire = Login(trunk.id, "secret"), answerer.wire
    registering = Registering(wire, inbox, site.tls_address, login, wire.local)
    challenge = await registering.ask(60)
    return [challenge.status, (await registering.ask(60, challenge)).status]


async def asking(site, host, phone):
    """A connection on which somebody asked with OPTIONS and was answered."""
    reader, writer = await asyncio.open_connection(*site.tls_address, ssl=phone.connecting(), local_addr=(host, 0))
    via = f"SIP/2.0/TLS {host}:5061;branch=z9hG4bK{new_tag()}"
    headers = [("Via", via), ("Max-Forwards", "70"), ("From", "<sip:a@b.example>;tag=1"), ("To", "<sip:c@d.example>")]
    headers += [("Call-ID", new_tag()), ("CSeq", "1 OPTIONS")]
    writer.write(str(Message("OPTIONS sip:d.example SIP/2.0", headers)).encode())
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"SIP/2.0 200 ")
    return reader


def test_connections_of_nobody_are_closed_and_those_of_trunks_stay(site, phone):
    trunk, static = site.registered(tls=True), site.place(tls=True)

    async def scenario():
        async with Answerer(Address(trunk.phone.host, 0), tls=phone) as answerer:
            assert await register_on(answerer, site, trunk) == [401, 200]
            opened = [asyncio.open_connection(*site.tls_address, ssl=phone.connecting()) for _ in range(45)]
            opened += [asyncio.open_connection(*site.tls_address) for _ in range(5)]
            readers = [reader for reader, _ in await asyncio.gather(*opened)]
            readers.append(await asking(site, site.net.customer(30500), phone))
            pbx = await asking(site, static.source, phone)
            async with asyncio.timeout(40):
                assert [await reader.read() for reader in readers] == [b""] * 51
            assert not pbx.at_eof()
            trace = await asyncio.to_thread(site.call_in, trunk, hold_seconds=0.05)
            return trace, answerer.wire

    trace, wire = asyncio.run(scenario())
    assert trace.answered
    assert (wire.opened, wire.accepted) == (1, 0)


def test_a_registration_needs_the_transport_of_its_trunk(site, phone):
    encrypted, plain = site.registered(tls=True), site.registered()
    over_udp = site.register(encrypted)
    assert over_udp.first == "SIP/2.0 403 TLS Required"
    assert over_udp["Reason"].endswith("why=tls-required")
    assert site.register(plain).status == 200
    over_tls = site.register(plain, node=site.tls_address, tls=phone, phone=Address(plain.phone.host, 0))
    assert over_tls.first == "SIP/2.0 403 TLS Not Ordered"
    assert over_tls["Reason"].endswith("why=tls-not-ordered")
    over_tls = site.register(encrypted, node=site.tls_address, tls=phone, phone=Address(encrypted.phone.host, 0))
    assert over_tls.status == 200


# OPTIONS


def test_tls_destinations_are_asked_over_tls(site, shows):
    trunk = named(site, options=True, destinations=3)
    good, silent, bad = trunk.destinations
    name = f"wrong{next(_names)}.example.com"
    site.name_server.set(name, "A", bad)
    trunk.destinations[2] = name
    site.names[name] = bad
    site.change(trunk, tls=True, options=True)

    async def scenario():
        async with (
            Answerer(Address(site.names[good], TLS_PORT), tls=shows(good)) as phone,
            Answerer(Address(bad, TLS_PORT), tls=shows("other.example.com")),
        ):
            await asyncio.to_thread(
                until_equal, lambda: [check.alive for check in site.checks(trunk)], [True, False, False]
            )
            return lines(phone.wire.seen)[0]

    assert asyncio.run(scenario()).startswith("OPTIONS ")
    assert [check.host for check in site.checks(trunk)] == [good, silent, name]


# The node's own certificate


def test_a_certificate_that_was_replaced_is_shown_without_a_restart(backup, authority, phone):
    folder = backup.node.folder / "tls"

    def shown():
        context = phone.connecting()
        plain = socket.create_connection(backup.tls_address, timeout=5)
        try:
            with context.wrap_socket(plain, server_hostname=backup.node.address) as connection:
                return connection.getpeercert()["subject"][0][0][1]
        except OSError:  # in the moment of the change
            return ""

    assert shown() == backup.node.name
    authority.issue(folder / "cert.pem", folder / "key.pem", "renewed", backup.node.address)
    started = time.monotonic()
    until_equal(shown, "renewed")
    assert time.monotonic() - started < 5
