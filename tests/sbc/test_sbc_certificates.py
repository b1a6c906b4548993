"""The files of a node's certificate."""

import logging
import ssl
import stat

from sbc.agent.certificates import CertificateFiles, prepare_certificates
from sbc.lab.authority import Authority


def test_a_node_without_a_certificate_makes_one_and_says_so(tmp_path, caplog):
    with caplog.at_level(logging.ERROR):
        prepare_certificates(tmp_path, ["node1", "192.0.2.1"])

    found = CertificateFiles(tmp_path).read()
    assert (found.subject, found.issuer, found.names) == ("CN=node1", "CN=node1", ["node1", "192.0.2.1"])
    assert found.authority == (tmp_path / "tls/cert.pem").read_text()
    assert "no PBX trusts" in caplog.text
    assert stat.S_IMODE((tmp_path / "tls/key.pem").stat().st_mode) == 0o600
    assert (tmp_path / "tls/trusted.pem").exists()
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "tls/cert.pem", tmp_path / "tls/key.pem")


def test_who_writes_into_the_trusted_authorities_overwrites_nobody_elses(tmp_path):
    prepare_certificates(tmp_path, ["node1"])
    trusted = tmp_path / "tls/trusted.pem"

    assert not trusted.is_symlink()
    assert "BEGIN CERTIFICATE" in trusted.read_text()


def test_authorities_of_ones_own_are_kept_and_copied_ones_are_renewed(tmp_path):
    prepare_certificates(tmp_path, ["node1"])
    trusted = tmp_path / "tls/trusted.pem"
    copied = trusted.read_text()
    trusted.write_text(copied.splitlines()[0] + "\n")

    prepare_certificates(tmp_path, ["node1"])
    renewed = trusted.read_text()
    trusted.write_text("my own")
    prepare_certificates(tmp_path, ["node1"])

    assert renewed == copied
    assert trusted.read_text() == "my own"


def test_a_certificate_that_is_there_is_kept(tmp_path, caplog):
    authority, folder = Authority(tmp_path / "ca"), tmp_path / "tls"
    authority.issue(folder / "cert.pem", folder / "key.pem", "sip.example.com")
    (folder / "ca.pem").write_bytes(authority.path.read_bytes())
    before = [(folder / name).read_bytes() for name in ("cert.pem", "key.pem", "ca.pem")]

    prepare_certificates(tmp_path, ["node1"])

    assert [(folder / name).read_bytes() for name in ("cert.pem", "key.pem", "ca.pem")] == before
    found = CertificateFiles(tmp_path).read()
    assert (found.subject, found.issuer) == ("CN=sip.example.com", "CN=Trunkline lab authority")
    assert caplog.text == ""


def test_a_file_that_is_no_certificate_is_not_read(tmp_path):
    prepare_certificates(tmp_path, ["node1"])
    (tmp_path / "tls/cert.pem").write_text("nothing")
    assert CertificateFiles(tmp_path).read() is None


def test_replacing_a_file_is_noticed(tmp_path):
    prepare_certificates(tmp_path, ["node1"])
    files = CertificateFiles(tmp_path)
    before = files.written_at()
    (tmp_path / "tls/key.pem").write_text("new")
    assert files.written_at() != before
