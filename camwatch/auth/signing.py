"""Signs reports with a key of this installation, so that a changed report is found out.

The key is made here and certifies itself: it proves that a report came from this installation
and was not changed since, not who runs it. Whoever wants to be sure compares the fingerprint,
which the reports show, with the one on CamWatch's own screen.
"""

from __future__ import annotations

import base64
import io
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from camwatch.auth.secrets import SecretStore
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting, SecretsUnavailable
from camwatch.language import tr

log = logging.getLogger(__name__)

ENTRY = "report-signing-key"
"""The keyring's entry; cameras have theirs under UUIDs."""

LARGEST_PDF = 64 * 2**20

_FORM = "1"  # of the entry: form, key and certificate, of a size that Windows keeps as well
_VALID_FOR = timedelta(days=20 * 365)
_CLOCK_SLACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """What reports are signed with.

    Attributes:
        fingerprint: SHA-256 of the certificate, 64 hexadecimal digits.
        made_at: Since when it has been there, UTC.
        is_lasting: It is kept in the keyring; False: it is gone when the program closes.
    """

    fingerprint: str
    made_at: datetime
    is_lasting: bool


@dataclass(frozen=True, slots=True)
class _Identity:
    """The key itself, with its certificate."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()


class ReportSigner:
    """Signs reports; makes its key when it is first needed. May be used from any thread.

    Without a keyring a key is made that is kept in memory only, and a new one in the next
    run: a key in a file could sign anything for whoever reads the file.

    Args:
        secrets: Keeps the key.
        clock: The wall clock, aware UTC.
    """

    def __init__(self, secrets: SecretStore, clock: Callable[[], datetime]) -> None:
        self._secrets = secrets
        self._clock = clock
        self._lock = threading.Lock()
        self._lasting: _Identity | None = None
        self._passing: _Identity | None = None

    def key(self) -> SigningKey:
        """Return what reports are signed with now."""
        with self._lock:
            identity = self._identity()
            return SigningKey(
                identity.fingerprint,
                identity.certificate.not_valid_before_utc + _CLOCK_SLACK,
                identity is self._lasting,
            )

    def sign(self, pdf: bytes, operator: str, reason: str) -> bytes:
        """Sign a PDF file.

        Args:
            pdf: The finished file; it stands unchanged in what is returned.
            operator: Who had it made; stands in the signature.
            reason: What for; stands in the signature.

        Raises:
            InvalidSetting: This is no PDF file, or it is too large.
        """
        if not pdf.startswith(b"%PDF-") or len(pdf) > LARGEST_PDF:
            raise InvalidSetting("pdf", tr("is no PDF file, or is too large"))
        with self._lock:
            identity = self._identity()
            is_lasting = identity is self._lasting
        note = "" if is_lasting else " (without a keyring: key of one run of CamWatch)"
        return _signed(pdf, identity, operator, reason + note)

    def _identity(self) -> _Identity:
        """Return the lasting key if the keyring gives or takes one, else that of this run."""
        if self._lasting is None:
            try:
                self._lasting = self._kept() or self._keep_new()
            except SecretsUnavailable as error:
                if self._passing is None:
                    log.info("reports are signed with a key of this run: %s", error)
                    self._passing = _new_identity(self._clock())
                return self._passing
        return self._lasting

    def _kept(self) -> _Identity | None:
        found = self._secrets.get(ENTRY)
        if found is None:
            return None
        try:
            return _read(found.reveal())
        except ValueError:
            log.warning("the key for signing reports is damaged; a new one is made")
            return None

    def _keep_new(self) -> _Identity:
        identity = _new_identity(self._clock())
        self._secrets.put(ENTRY, Secret(_written(identity)))
        return identity


def _new_identity(now: datetime) -> _Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"CamWatch installation {token_hex(4)}")]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return _Identity(key, certificate)


def _written(identity: _Identity) -> str:
    parts = (
        identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        identity.certificate.public_bytes(Encoding.DER),
    )
    return ".".join([_FORM, *(base64.b64encode(part).decode("ascii") for part in parts)])


def _read(text: str) -> _Identity:
    """Read what `_written` wrote.

    Raises:
        ValueError: It is something else, or key and certificate do not belong together.
    """
    form, *parts = text.split(".")
    if form != _FORM or len(parts) != 2:
        raise ValueError("not a key of this form")
    key_data, certificate_data = (base64.b64decode(part, validate=True) for part in parts)
    key = load_der_private_key(key_data, None)
    certificate = x509.load_der_x509_certificate(certificate_data)
    if (
        not isinstance(key, ec.EllipticCurvePrivateKey)
        or certificate.public_key() != key.public_key()
    ):
        raise ValueError("key and certificate do not belong together")
    return _Identity(key, certificate)


def _signed(pdf: bytes, identity: _Identity, operator: str, reason: str) -> bytes:
    # Loaded when first needed: half a second, which no start should wait for.
    from pyhanko.keys import (  # noqa: PLC0415
        load_certs_from_pemder_data,
        load_private_key_from_pemder_data,
    )
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415
    from pyhanko.pdf_utils.misc import PdfReadError  # noqa: PLC0415
    from pyhanko.sign import signers  # noqa: PLC0415
    from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: PLC0415

    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    (certificate,) = load_certs_from_pemder_data(identity.certificate.public_bytes(Encoding.DER))
    stores: Any = SimpleCertificateStore
    signer = signers.SimpleSigner(
        signing_cert=certificate,
        signing_key=load_private_key_from_pemder_data(key, None),
        cert_registry=stores.from_certs([certificate]),
    )
    about = signers.PdfSignatureMetadata(
        field_name="CamWatch", md_algorithm="sha256", name=operator, reason=reason
    )
    try:
        writer: Any = IncrementalPdfFileWriter(io.BytesIO(pdf))
        output = signers.sign_pdf(writer, about, signer)
    except PdfReadError as error:
        raise InvalidSetting("pdf", tr("cannot be read ({error})", error=error)) from error
    return bytes(output.getvalue())
