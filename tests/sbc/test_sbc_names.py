"""What a host name leads to, as name servers say it: services by priority, hosts, and silence."""

import asyncio
import time

import pytest

from sbc.agent import names
from sbc.agent.names import Lost, Name, NameServers
from sbc.lab.dns import NameServer


@pytest.fixture
def server():
    server = NameServer("127.0.0.1", port=0)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def look_up(server):
    """A name as in Kamailio's table: its places as text, and how long they are good."""
    servers = NameServers([(server.address, server.port)])

    def ask(key, **options):
        found = asyncio.run(servers.look_up(Name.parse(key), **options))
        return [f"{address} {port}" for address, port in found.places], found.ttl

    return ask


def test_a_name_with_a_port_is_a_host(server, look_up):
    server.set("pbx.example.com", "A", "192.0.2.1", "192.0.2.2", ttl=300)

    assert look_up("pbx.example.com:5070") == (["192.0.2.1 5070", "192.0.2.2 5070"], 300)
    assert server.asked == ["pbx.example.com A"]


def test_a_name_without_a_port_is_a_service_and_its_lowest_priority_comes_first(server, look_up):
    server.set("_sip._udp.example.com", "SRV", "20 0 5062 b.example.com.", "10 0 5061 a.example.com.", ttl=900)
    server.set("a.example.com", "A", "192.0.2.1", ttl=600)
    server.set("b.example.com", "A", "192.0.2.2", ttl=700)

    assert look_up("example.com") == (["192.0.2.1 5061", "192.0.2.2 5062"], 600)


def test_services_of_one_priority_are_first_as_often_as_their_weight_says(server, look_up):
    server.set("_sip._udp.example.com", "SRV", "1 90 5060 a.example.com.", "1 10 5060 b.example.com.")
    server.set("a.example.com", "A", "192.0.2.1")
    server.set("b.example.com", "A", "192.0.2.2")

    first = [look_up("example.com")[0][0] for _ in range(100)]

    assert 70 < first.count("192.0.2.1 5060") < 100


@pytest.mark.parametrize(("key", "port"), [("example.com", 5060), ("example.com/tls", 5061)])
def test_a_name_without_services_is_a_host_with_the_usual_port(server, look_up, key, port):
    server.set("example.com", "A", "192.0.2.1")

    assert look_up(key)[0] == [f"192.0.2.1 {port}"]


def test_over_tls_another_service_is_asked_for(server, look_up):
    server.set("_sips._tcp.example.com", "SRV", "1 0 5071 a.example.com.")
    server.set("a.example.com", "A", "192.0.2.1")

    assert look_up("example.com/tls")[0] == ["192.0.2.1 5071"]


def test_a_service_whose_first_host_is_unknown_is_its_second(server, look_up):
    server.set("_sip._udp.example.com", "SRV", "1 0 5060 gone.example.com.", "2 0 5060 b.example.com.")
    server.set("b.example.com", "A", "192.0.2.2")

    assert look_up("example.com")[0] == ["192.0.2.2 5060"]


def test_ipv6_is_asked_for_only_where_it_can_be_called(server, look_up):
    server.set("pbx.example.com", "A", "192.0.2.1")
    server.set("pbx.example.com", "AAAA", "2001:db8::1")

    assert look_up("pbx.example.com:5060")[0] == ["192.0.2.1 5060"]
    assert look_up("pbx.example.com:5060", ipv6=True)[0] == ["192.0.2.1 5060", "2001:db8::1 5060"]


def test_a_host_with_one_kind_of_address_has_that(server, look_up):
    server.set("pbx.example.com", "AAAA", "2001:db8::1")

    assert look_up("pbx.example.com:5060", ipv6=True)[0] == ["2001:db8::1 5060"]


def test_no_more_addresses_count_than_a_call_could_try(server, look_up):
    server.set("pbx.example.com", "A", *[f"192.0.2.{number}" for number in range(1, 30)])

    assert len(look_up("pbx.example.com:5060")[0]) == names.MOST


@pytest.mark.parametrize("key", ["gone.example.com:5060", "gone.example.com", "none.example.com", "x" * 70 + ":5060"])
def test_a_name_that_leads_nowhere_is_lost(server, look_up, key):
    server.set("_sip._udp.none.example.com", "SRV", "0 0 0 .")  # decidedly no such service

    with pytest.raises(Lost):
        look_up(key)


def test_a_name_server_that_will_not_say_is_no_answer(server, look_up):
    server.set("pbx.example.com", "A", "192.0.2.1")
    server.refusing = True

    with pytest.raises(Lost):
        look_up("pbx.example.com:5060")


def test_nobody_waits_long_for_a_silent_name_server(server, look_up, monkeypatch):
    monkeypatch.setattr(names, "LONGEST_SECONDS", 0.5)
    began = time.monotonic()

    with server.silence(), pytest.raises(Lost):
        look_up("pbx.example.com")

    assert time.monotonic() - began < 1
