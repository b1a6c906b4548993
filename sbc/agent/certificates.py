"""The node's certificate: what Kamailio shows to a PBX that comes over TLS, and what it believes of others.

In the node's folder, tls/cert.pem (with its chain) and tls/key.pem are the node's own, tls/ca.pem is what a PBX must
trust to believe them, tls/trusted.pem what a PBX with a host name must be signed by. Replace them whenever you like.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

log = logging.getLogger(__name__)

FOLDER = "tls"
FILES = ("cert.pem", "key.pem", "ca.pem", "trusted.pem")
_PUBLIC_ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's ca-certificates
_COPIED = b"# The public authorities of this machine, copied at each start. Replace the file to trust others.\n"
_SELF_SIGNED_DAYS = 825
_EARLIER = timedelta(hours=1)  # clocks of PBXs differ


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a customer may see of a node's certificate. `names` are the host names and addresses that it is good for;
    times are Unix seconds; `authority` is the PEM text to trust.
    """

    subject: str
    issuer: str
    names: list[str]
    begins_at: int
    ends_at: int
    fingerprint: str
    authority: str


def prepare_certificates(node_folder: Path, names: Sequence[str]) -> None:
    """Make what is missing, so that a node always starts: a certificate signed by nobody else for `names`."""
    folder = node_folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    cert, key, authority, trusted = (folder / name for name in FILES)
    if not (cert.exists() and key.exists()):
        _write_self_signed(cert, key, names)
        authority.write_bytes(cert.read_bytes())
        log.error("%s was missing: made one that no PBX trusts by itself; put a certificate of your own there", cert)
    if not authority.exists():
        authority.write_bytes(cert.read_bytes())
    if trusted.is_symlink() or not trusted.exists() or trusted.read_bytes().startswith(_COPIED):
        _copy_public_roots(trusted, authority)


def _copy_public_roots(trusted: Path, authority: Path) -> None:
    """At every start, unless somebody put a file of his own there. A copy: whoever writes into it must not overwrite
    what the whole machine trusts.
    """
    trusted.unlink(missing_ok=True)
    if _PUBLIC_ROOTS.exists():
        trusted.write_bytes(_COPIED + _PUBLIC_ROOTS.read_bytes())
    else:
        trusted.write_bytes(authority.read_bytes())
        log.error("%s: no public authorities on this machine (Debian: ca-certificates)", trusted)


class Certificates(Protocol):
    """What the agent needs to know of the files."""

    def written_at(self) -> tuple[int, ...]:
        """Another value whenever one of them was replaced."""

    def read(self) -> Certificate | None:
        """The certificate that the node shows; None when it cannot be read."""


class CertificateFiles:
    """Those in a node's folder."""

    def __init__(self, node_folder: Path) -> None:
        self._folder = node_folder / FOLDER

    def written_at(self) -> tuple[int, ...]:
        """As in Certificates: nanoseconds, 0 for a file that is missing."""
        paths = [self._folder / name for name in FILES]
        return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in paths)

    def read(self) -> Certificate | None:
        """As in Certificates."""
        try:
            found = x509.load_pem_x509_certificate((self._folder / "cert.pem").read_bytes())
            return _certificate(found, (self._folder / "ca.pem").read_text())
        except (OSError, ValueError) as error:
            log.warning("the certificate cannot be read: %s", error)
            return None


def _certificate(found: x509.Certificate, authority: str) -> Certificate:
    return Certificate(
        subject=found.subject.rfc4514_string(),
        issuer=found.issuer.rfc4514_string(),
        names=_names(found),
        begins_at=int(found.not_valid_before_utc.timestamp()),
        ends_at=int(found.not_valid_after_utc.timestamp()),
        fingerprint=found.fingerprint(hashes.SHA256()).hex(":").upper(),
        authority=authority,
    )


def alternative_names(names: Sequence[str]) -> x509.SubjectAlternativeName:
    """Host names and IP addresses as a certificate has them."""
    return x509.SubjectAlternativeName([_general_name(name) for name in names])


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """For its owner only, from the first moment on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


def _write_self_signed(cert: Path, key: Path, names: Sequence[str]) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(subject, subject, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + timedelta(days=_SELF_SIGNED_DAYS))
        .add_extension(alternative_names(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    write_key(key, private)
    cert.write_bytes(builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    addresses = [str(address) for address in found.get_values_for_type(x509.IPAddress)]
    return [*found.get_values_for_type(x509.DNSName), *addresses]
