"""A camera behind TLS whose certificate is whatever a test needs, and which counts what it is told."""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from camwatch.domain import CameraSettings
from tests.support.fault_camera import answer, jpeg

_NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate with its key.

    Attributes:
        context: Serves with it.
        pem: Certificate alone.
        fingerprint: SHA-256, 64 hexadecimal digits.
    """

    context: ssl.SSLContext
    pem: bytes
    fingerprint: str


def certificate(
    name: str = "camera",
    address: str = "127.0.0.1",
    *,
    starts: timedelta = timedelta(days=-400),
    ends: timedelta = timedelta(days=30),
) -> Certificate:
    """Make a certificate; each call makes another, even of the same name.

    Args:
        name: Common name of subject and issuer.
        address: IP address it is for.
        starts: When it becomes valid, from now.
        ends: When it expires, from now.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_NOW + starts)
        .not_valid_after(_NOW + ends)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(Encoding.PEM)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        both = Path(folder) / "both.pem"
        both.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        context.load_cert_chain(both)
    der = made.public_bytes(Encoding.DER)
    return Certificate(context, pem, hashlib.sha256(der).hexdigest())


class TlsCamera:
    """Serves pictures over TLS on loopback, in a thread of its own.

    Args:
        shown: The certificate that it shows first.

    Attributes:
        shown: The certificate that the next connection is shown; None never shakes hands.
        reply: Makes the answer to a request's head.
        received: Every byte that came out of the encryption.
        connections: How many were made.
    """

    def __init__(self, shown: Certificate | None) -> None:
        self.shown = shown
        self.reply: Callable[[str], bytes] = lambda _head: answer(jpeg(self.connections))
        self.received = b""
        self.connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="tls camera")]

    def settings(self, **changes: object) -> CameraSettings:
        """Return settings that reach it over https."""
        usual = CameraSettings(
            "TLS", "here", "127.0.0.1", self.port, "https", allow_local=True, status_path=""
        )
        return replace(usual, **changes)  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(5.0)
        for one in self._open:
            one.close()

    def hang_up(self) -> None:
        """Break off all connections; who comes again sees the certificate that is shown now."""
        for one in self._open.copy():
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(client)
            if self.shown is not None:
                thread = threading.Thread(target=self._serve, args=(client, self.shown.context))
                self._threads.append(thread)
                thread.start()

    def _serve(self, client: socket.socket, context: ssl.SSLContext) -> None:
        head = b""
        # Whoever does not like the certificate leaves; so does this camera at its end.
        with suppress(OSError), context.wrap_socket(client, server_side=True) as secure:
            self._open.append(secure)
            while data := secure.recv(4096):
                self.received += data
                head += data
                if head.endswith(b"\r\n\r\n"):
                    secure.sendall(self.reply(head.decode("latin-1")))
                    head = b""
