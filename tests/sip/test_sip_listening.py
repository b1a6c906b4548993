"""A node listens for SIP and for its agent's clients, and nowhere else."""

import stat
from pathlib import Path

from sbc.lab.net import SIP_PORT, TLS_PORT


def family(pid):
    """A process and all below it."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return {pid}.union(*(family(int(child)) for child in children))


def sockets_of(pids):
    """The inodes of their open sockets."""
    links = [link for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()]
    names = [str(link.readlink()) for link in links if link.is_symlink()]
    return {name[8:-1] for name in names if name.startswith("socket:[")}


def bound(protocol, inodes):
    """(address, port) of sockets that listen (TCP), or take datagrams from anybody (UDP)."""
    found = set()
    for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
        _, local, remote, state, *rest = line.split()
        if rest[5] in inodes and (state == "0A" or (protocol[:3] == "udp" and remote.endswith(":0000"))):
            host, _, port = local.partition(":")
            found.add((".".join(str(byte) for byte in reversed(bytes.fromhex(host))), int(port, 16)))
    return found


def test_nothing_listens_but_sip_and_the_agent(site):
    kamailio = sockets_of(family(site.node.kamailio_pid))
    agent = sockets_of(family(site.node.agent_pid))

    assert kamailio
    assert bound("udp", kamailio) == {(site.node.address, SIP_PORT)}
    assert bound("tcp", kamailio) == {(site.node.address, TLS_PORT)}
    assert bound("tcp6", kamailio) == bound("udp6", kamailio) == set()
    assert bound("tcp", agent) == {(site.node.address, site.node.agent_port)}
    assert bound("udp", agent) == bound("udp6", agent) == bound("tcp6", agent) == set()


def test_json_rpc_is_for_one_user_of_this_machine_only(site):
    for name in ("rpc.sock", "rpc.fifo"):
        assert stat.S_IMODE((site.node.folder / name).stat().st_mode) == 0o600
