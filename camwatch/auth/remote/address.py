"""Which address a login service may have, and whose certificates are believed."""

from __future__ import annotations

import re
import ssl
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import truststore
from cryptography import x509

from camwatch.errors import InvalidSetting

LONGEST_ADDRESS = 2048
_LARGEST_CA_FILE = 2**20
_ODD = re.compile(r"[\s\\\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff]")
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def check_address(typed: str) -> str:
    """Check the address of a login service.

    Returns:
        The address that paths are put behind, without a slash at its end.

    Raises:
        InvalidSetting: It is refused; `field` is "url".
    """
    text = typed.strip()
    if not text:
        raise InvalidSetting("url", "is needed")
    if len(text) > LONGEST_ADDRESS:
        raise InvalidSetting("url", f"may have {LONGEST_ADDRESS} characters at most")
    if _ODD.search(text):
        raise InvalidSetting("url", "may have no blanks, backslashes or invisible characters")
    try:
        parts = urlsplit(text)
        port = parts.port
        host = parts.hostname or ""
        # A name that no certificate could be for is found out here, not at the next sign-in.
        ascii_host = host if ":" in host else host.encode("idna").decode("ascii")
    except ValueError as error:
        raise InvalidSetting("url", "is no address, such as https://login.example.com") from error
    if parts.scheme != "https":
        raise InvalidSetting("url", "must begin with https://, so that nobody can listen in")
    if not ascii_host or port == 0:
        raise InvalidSetting("url", "names no host, such as https://login.example.com")
    if "@" in parts.netloc:
        raise InvalidSetting("url", "may not hold a user name or a password")
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise InvalidSetting("url", "may have neither ? nor #")
    path = parts.path.removesuffix("/")
    if not _PATH.fullmatch(path) or any(step in {".", ".."} for step in path.split("/")):
        raise InvalidSetting("url", "has a path that cannot be one, such as // or ..")
    literal = f"[{ascii_host}]" if ":" in ascii_host else ascii_host
    return f"https://{literal}" + ("" if port in (None, 443) else f":{port}") + path


def check_ca_file(name: str, now: datetime) -> None:
    """Look whether a file holds certificates that can be trusted; "" is this computer's own.

    Raises:
        InvalidSetting: It does not; `field` is "ca_file".
    """
    if not name:
        return
    file = Path(name)
    if not file.is_absolute():
        raise InvalidSetting("ca_file", "must be named with its whole path")
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST_CA_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name cannot be one"
        raise InvalidSetting("ca_file", f"cannot be read: {reason}") from error
    if len(data) > _LARGEST_CA_FILE:
        raise InvalidSetting("ca_file", "is larger than 1 MiB, so it is no list of certificates")
    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise InvalidSetting("ca_file", "holds no certificate in PEM form") from error
    if all(one.not_valid_after_utc <= now for one in found):
        raise InvalidSetting("ca_file", "holds only certificates that have expired")


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return what checks the certificate of the login service.

    Args:
        ca_file: Certificates to trust, PEM, and no others; "" for those of this computer.

    Raises:
        OSError: The file cannot be read.
        ssl.SSLError: It holds no certificates.
    """
    context: ssl.SSLContext
    if ca_file:
        context = ssl.create_default_context(cafile=ca_file)
    else:
        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
