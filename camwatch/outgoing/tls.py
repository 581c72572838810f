"""Whose certificates are believed."""

from __future__ import annotations

import ssl
from datetime import datetime
from pathlib import Path

import truststore
from cryptography import x509

from camwatch.errors import InvalidSetting
from camwatch.language import tr

_LARGEST_CA_FILE = 2**20


def check_ca_file(name: str, now: datetime) -> None:
    """Look whether a file holds certificates that can be trusted; "" is this computer's own.

    Raises:
        InvalidSetting: It does not; `field` is "ca_file".
    """
    if not name:
        return
    file = Path(name)
    if not file.is_absolute():
        raise InvalidSetting("ca_file", tr("must be named with its whole path"))
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST_CA_FILE + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else tr("its name cannot be one")
        raise InvalidSetting("ca_file", tr("cannot be read: {reason}", reason=reason)) from error
    if len(data) > _LARGEST_CA_FILE:
        raise InvalidSetting(
            "ca_file", tr("is larger than 1 MiB, so it is no list of certificates")
        )
    try:
        found = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise InvalidSetting("ca_file", tr("holds no certificate in PEM form")) from error
    if all(one.not_valid_after_utc <= now for one in found):
        raise InvalidSetting("ca_file", tr("holds only certificates that have expired"))


def tls_context(ca_file: str) -> ssl.SSLContext:
    """Return what checks the certificate and the name of another computer.

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
