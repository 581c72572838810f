"""A certificate authority of its own for a test, and certificates of servers that are right or wrong."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


class Authority:
    """Signs certificates of servers.

    Args:
        ends: When its own certificate expires, from now.

    Attributes:
        pem: Its own certificate, for whoever is to trust it.
    """

    def __init__(self, ends: timedelta = timedelta(days=30)) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = _name("Authority of a test")
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(self._subject)
            .issuer_name(self._subject)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + ends)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        self.pem = made.public_bytes(Encoding.PEM)

    def context(
        self,
        *names: str,
        addresses: tuple[str, ...] = ("127.0.0.1",),
        ends: timedelta = timedelta(days=20),
    ) -> ssl.SSLContext:
        """Return what serves with a new certificate.

        Args:
            names: Host names it is for.
            addresses: IP addresses it is for.
            ends: When it expires, from now.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as folder:
            both = Path(folder) / "both.pem"
            both.write_bytes(self.server_pem(*names, addresses=addresses, ends=ends))
            context.load_cert_chain(both)
        return context

    def server_pem(
        self,
        *names: str,
        addresses: tuple[str, ...] = ("127.0.0.1",),
        ends: timedelta = timedelta(days=20),
    ) -> bytes:
        """Return a new certificate and its key, for a server that is another program."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        meant = [
            *(x509.DNSName(name) for name in names),
            *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses),
        ]
        made = (
            x509.CertificateBuilder()
            .subject_name(_name("server of a test"))
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=300))
            .not_valid_after(now + ends)
            .add_extension(x509.SubjectAlternativeName(meant), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        return made.public_bytes(Encoding.PEM) + key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
