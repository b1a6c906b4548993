"""A small certificate authority for labs and tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sbc.agent.certificates import alternative_names, write_key

_DAYS = 825


class Authority:
    """Signs certificates for anybody. Kept in `folder` as ca.pem and ca-key.pem; what exists is used again."""

    def __init__(self, folder: Path, name: str = "Trunkline lab authority") -> None:
        self.path = folder / "ca.pem"
        self._key_path = folder / "ca-key.pem"
        if not self.path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._found(name)
        self._cert = x509.load_pem_x509_certificate(self.path.read_bytes())
        key = serialization.load_pem_private_key(self._key_path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self._key_path} is not a key of ours")
        self._key = key

    def issue(self, cert: Path, key: Path, *names: str, days: float = _DAYS) -> None:
        """Write a certificate for host names and addresses, the first of which is its subject, and its key."""
        private = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        ends = now + timedelta(days=days)
        builder = (
            x509.CertificateBuilder(
                self._cert.subject, _name(names[0]), private.public_key(), x509.random_serial_number()
            )
            .not_valid_before(min(now, ends) - timedelta(days=1))
            .not_valid_after(ends)
            .add_extension(alternative_names(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        cert.parent.mkdir(parents=True, exist_ok=True)
        write_key(key, private)
        cert.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _found(self, name: str) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder(_name(name), _name(name), private.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=10 * 365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        )
        write_key(self._key_path, private)
        self.path.write_bytes(builder.sign(private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])
