"""Certificates of cameras: whom to believe, and the one that an administrator trusts.

Most cameras have a certificate of their own making that nobody vouches for. An administrator
may trust such a one: its fingerprint, the pin, is then stored with the camera, and takes the
place of the chain, the name and the dates. The pin is compared after the handshake and before
the first byte of a request, so that a stranger is never told a password.

This is the only module that makes a TLS context which checks nothing by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import ssl
import warnings
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import NameOID

from camwatch.domain import CameraSettings, Notice, Reason, utc_now
from camwatch.errors import CameraError

_LONGEST_NAME = 120
_SHORT = 16  # hexadecimal digits; enough to tell two certificates apart in a line of text
_MOST_CONTEXTS = 1024


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a camera's certificate says of itself; nothing of it is proven.

    Attributes:
        fingerprint: SHA-256 of the certificate, 64 hexadecimal digits in lower case.
        subject: Whom it is for; "" if it cannot be read.
        issuer: Who made it; likewise.
        not_before: From when it is valid, UTC; None if it cannot be read.
        not_after: Until when; likewise.
        is_self_signed: It names itself as its maker.
        problem: Why it is not trusted, without a full stop; "" if it is.
    """

    fingerprint: str
    subject: str = ""
    issuer: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    is_self_signed: bool = False
    problem: str = ""

    def is_expired(self, now: datetime) -> bool:
        """Tell whether it is not valid any more."""
        return self.not_after is not None and now > self.not_after


class CertificateError(CameraError):
    """A camera's certificate is not trusted, or is another than the one that is.

    Attributes:
        certificate: The one it showed.
    """

    def __init__(self, reason: Reason, detail: str, certificate: CertificateFacts) -> None:
        super().__init__(reason, detail)
        self.certificate = certificate


def grouped(fingerprint: str) -> str:
    """Write a fingerprint as cameras and browsers do: "AB:CD:…"."""
    return ":".join(fingerprint[at : at + 2].upper() for at in range(0, len(fingerprint), 2))


def short(fingerprint: str) -> str:
    """Write the beginning of a fingerprint: "AB:CD:EF:01:23:45:67:89…"."""
    return f"{grouped(fingerprint[:_SHORT])}…"


def trusting_context() -> ssl.SSLContext:
    """Return a context that believes whom this computer believes, for their own names only."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@lru_cache(maxsize=_MOST_CONTEXTS)
def pinned_context(pin: str) -> ssl.SSLContext:
    """Return the context of a pin, always the same; `check_peer` must follow the handshake.

    Connections are kept for later by their context, so that those of two pins never mix.

    Args:
        pin: As stored; "" for looking at a certificate without a word said.
    """
    del pin
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@lru_cache(maxsize=1)
def _shared_context(paths: ssl.DefaultVerifyPaths) -> ssl.SSLContext:
    """Return one context for all openings: reading the certificates takes 20 ms.

    Args:
        paths: Where this computer keeps those it believes.
    """
    del paths
    return trusting_context()


def ssl_context_for(settings: CameraSettings) -> ssl.SSLContext:
    """Return the context to reach a camera with; `check_peer` must follow the handshake."""
    if settings.pin:
        return pinned_context(settings.pin)
    return _shared_context(ssl.get_default_verify_paths())


def check_peer(settings: CameraSettings, ssl_object: ssl.SSLObject | ssl.SSLSocket | None) -> None:
    """Check the certificate that a camera showed in the handshake, before anything is sent.

    Args:
        settings: With the pin, if one is trusted.
        ssl_object: Of the connection.

    Raises:
        CertificateError: CERTIFICATE_CHANGED; it is not the pinned one, or there is none.
            CERTIFICATE_UNKNOWN; nothing is pinned, and the context checked nothing either.
    """
    check_pin(settings.pin, ssl_object)


def check_pin(pin: str, ssl_object: ssl.SSLObject | ssl.SSLSocket | None) -> None:
    """Compare a connection's certificate with the pin; without one, see that it was checked.

    Raises:
        CertificateError: As `check_peer`.
    """
    if not pin:
        if ssl_object is not None and ssl_object.context.verify_mode is ssl.CERT_NONE:
            raise unknown("nobody checked it", ssl_object)
        return
    shown = _shown(ssl_object)
    fingerprint = hashlib.sha256(shown).hexdigest()
    if not hmac.compare_digest(fingerprint.encode(), pin.lower().encode()):
        raise CertificateError(
            Reason.CERTIFICATE_CHANGED,
            f"trusted was {short(pin)}, shown is {short(fingerprint)}",
            facts_of(shown),
        )


def unknown(problem: str, ssl_object: ssl.SSLObject | ssl.SSLSocket | None) -> CertificateError:
    """Return the error of a certificate that nobody here trusts.

    Args:
        problem: Why, without a full stop.
        ssl_object: Of a connection on which nothing was sent.
    """
    facts = replace(facts_of(_shown(ssl_object)), problem=problem)
    return CertificateError(
        Reason.CERTIFICATE_UNKNOWN, f"{problem}; SHA-256 {short(facts.fingerprint)}", facts
    )


def certificate_of(ssl_object: ssl.SSLObject | ssl.SSLSocket | None) -> CertificateFacts | None:
    """Return what the certificate of a connection says; None without TLS."""
    return None if ssl_object is None else facts_of(_shown(ssl_object))


def notices_of(pin: str, certificate: CertificateFacts | None) -> frozenset[Notice]:
    """Return what is wrong with a certificate that is trusted all the same."""
    if pin and certificate is not None and certificate.is_expired(utc_now()):
        return frozenset({Notice.CERTIFICATE_EXPIRED})
    return frozenset()


def _shown(ssl_object: ssl.SSLObject | ssl.SSLSocket | None) -> bytes:
    """Return the certificate in DER; b"", which has no pin, if there is none."""
    return b"" if ssl_object is None else ssl_object.getpeercert(binary_form=True) or b""


@lru_cache(maxsize=_MOST_CONTEXTS)
def facts_of(certificate: bytes) -> CertificateFacts:
    """Read a certificate in DER; one that cannot be read has a fingerprint all the same."""
    fingerprint = hashlib.sha256(certificate).hexdigest()
    try:
        with warnings.catch_warnings():
            # What cameras get wrong in their certificates is theirs, and no news here.
            warnings.simplefilter("ignore", CryptographyDeprecationWarning)
            read = x509.load_der_x509_certificate(certificate)
            return CertificateFacts(
                fingerprint,
                _name(read.subject),
                _name(read.issuer),
                read.not_valid_before_utc,
                read.not_valid_after_utc,
                read.subject == read.issuer,
            )
    except ValueError:
        return CertificateFacts(fingerprint)


def _name(name: x509.Name) -> str:
    """Return who is meant in one printable line: the common name, or all there is."""
    common = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    text = str(common[0].value) if common else name.rfc4514_string()
    return "".join(one for one in text if one.isprintable()).strip()[:_LONGEST_NAME]
