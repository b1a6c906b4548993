"""The agent over mutual TLS, with certificates that bin/certificates made."""

import socket
import subprocess
from contextlib import closing

import pytest
import urllib3

from sbc.agent.settings import Settings
from sbc.client import NodeClient, Tls, Unavailable
from sbc.lab.process import PACKAGE_ROOT, Child

HOST = "127.0.0.1"
NODE = {"TRUNKLINE_NODE_NAME": "n1", "TRUNKLINE_NODE_STATE": "/nowhere", "TRUNKLINE_AGENT_TOKEN": "secret"}
CERTIFICATE = {f"TRUNKLINE_AGENT_{part}": f"/{part}" for part in ("CERTIFICATE", "KEY", "CA")}


def made(folder, *hosts):
    subprocess.run([PACKAGE_ROOT / "bin" / "certificates", folder, *hosts], check=True, capture_output=True)
    return folder


def shown(ca, name, key=None):
    return Tls(str(ca / "ca.pem"), str(name), str(key or name.with_suffix(".key")))


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    return made(tmp_path_factory.mktemp("ours"), HOST, "elsewhere.example")


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    return made(tmp_path_factory.mktemp("strangers"), HOST)


@pytest.fixture(scope="module")
def agent(tmp_path_factory, ours):
    """Its address."""
    folder = tmp_path_factory.mktemp("agent")
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    files = {"CERTIFICATE": ours / f"{HOST}.pem", "KEY": ours / f"{HOST}.key", "CA": ours / "ca.pem"}
    environ = NODE | {f"TRUNKLINE_AGENT_{part}": str(path) for part, path in files.items()}
    environ |= {"TRUNKLINE_NODE_STATE": str(folder), "TRUNKLINE_AGENT_HOST": HOST, "TRUNKLINE_AGENT_PORT": str(port)}
    child = Child.python("sbc.agent", folder=folder, log="agent.log", environ=environ)
    child.wait_until(lambda: answers(f"https://{HOST}:{port}", shown(ours, ours / "portal.pem")))
    yield f"https://{HOST}:{port}"
    child.stop()


def answers(url, tls, token="secret"):
    with closing(NodeClient(url, token, tls=tls)) as client:
        try:
            client.status()
        except Unavailable:
            return False
        return True


def test_the_portal_is_let_in(agent, ours):
    assert answers(agent, shown(ours, ours / "portal.pem"))


def test_a_certificate_of_another_authority_is_refused(agent, ours, strangers):
    assert not answers(agent, shown(ours, strangers / "portal.pem"))
    assert answers(agent, shown(ours, ours / "portal.pem"))


def test_a_node_is_not_the_portal(agent, ours):
    assert not answers(agent, shown(ours, ours / "elsewhere.example.pem"))


def test_without_a_certificate_nothing_is_told(agent, ours):
    pool = urllib3.PoolManager(ca_certs=str(ours / "ca.pem"), retries=False)
    with pool, pytest.raises(urllib3.exceptions.HTTPError):
        pool.request("GET", f"{agent}/v1/status", headers={"Authorization": "Bearer secret"})


def test_plain_http_gets_nowhere(agent):
    assert not answers(agent.replace("https:", "http:"), None)


def test_the_portal_believes_only_its_own_authority(agent, ours, strangers):
    assert not answers(agent, shown(strangers, ours / "portal.pem"))


def test_the_portal_believes_a_certificate_only_for_the_address_it_calls(agent, ours):
    assert not answers(agent.replace(HOST, "127.0.0.2"), shown(ours, ours / "portal.pem"))
    assert not answers(agent.replace(HOST, "localhost"), shown(ours, ours / "portal.pem"))


def test_a_portal_that_was_given_no_certificates_reaches_nobody(agent):
    assert not answers(agent, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "node.example"])
def test_the_agent_does_not_listen_in_clear_where_others_can_hear(host):
    open_to_all = NODE | {"TRUNKLINE_AGENT_HOST": host}
    with pytest.raises(SystemExit, match="in clear"):
        Settings.read(open_to_all).check()
    Settings.read(open_to_all | {"TRUNKLINE_AGENT_PLAIN": "1"}).check()
    Settings.read(open_to_all | CERTIFICATE).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.64.1.1", "::1", "localhost"])
def test_on_loopback_a_token_is_enough(host):
    Settings.read(NODE | {"TRUNKLINE_AGENT_HOST": host}).check()


@pytest.mark.parametrize("missing", CERTIFICATE)
def test_half_a_set_of_certificates_is_named(missing):
    with pytest.raises(SystemExit, match=f"{missing} is not set"):
        Settings.read(NODE | {name: path for name, path in CERTIFICATE.items() if name != missing})
