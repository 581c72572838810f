"""Asks where CamWatch's makers publish it whether there is a newer version; never fetches one.

What is asked for is a small signed file. A file counts only if one of the keys that ship with
CamWatch has signed it, if it has not expired, and if it is no older than the newest that was seen:
whoever answers in the makers' place can hold news back for a while, but never make any.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from camwatch.errors import InvalidSetting
from camwatch.outgoing.connecting import Reach
from camwatch.outgoing.faults import OutgoingError
from camwatch.outgoing.http import End, HttpClient, HttpQuestion
from camwatch.outgoing.tls import tls_context
from camwatch.outgoing.urls import check_url

FORMAT = 1
PRODUCT = "camwatch"
CONTEXT = b"camwatch-update-1\n"
"""Stands before what is signed, so that a signature of these keys is good for nothing else."""

_LONGEST_TEXT = 500
_LIMIT_S = 15.0
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){1,3}")


class Refusal(StrEnum):
    """Why an answer does not count."""

    NO_KEY = "no_key"
    """This CamWatch came without a key to check signatures with."""
    UNREACHABLE = "unreachable"
    STATUS = "status"
    """HTTP says something else than 200."""
    CUT = "cut"
    """The answer broke off, or is too large."""
    NOT_ONE = "not_one"
    """It is no such file: a page to sign in to a network, for example."""
    SIGNATURE = "signature"
    EXPIRED = "expired"
    OLDER = "older"
    """It is older than one that was seen before."""


class UpdateRefused(Exception):
    """An answer does not count.

    Attributes:
        refusal: Why.
        detail: Facts for the log.
    """

    def __init__(self, refusal: Refusal, detail: str = "") -> None:
        super().__init__(f"{refusal.value}: {detail}" if detail else refusal.value)
        self.refusal = refusal
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Offer:
    """What is published.

    Attributes:
        version: The newest, such as "1.4.0".
        sequence: Goes up with each file that is signed.
        expires_at: Not to be believed after this, UTC.
        notes_url: A page that tells what is new; https.
        summary: The same in a few words.
        is_security: It closes a hole.
    """

    version: str
    sequence: int
    expires_at: datetime
    notes_url: str = ""
    summary: str = ""
    is_security: bool = False


def parts_of(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared; () if it is none."""
    if not _VERSION.fullmatch(version):
        return ()
    numbers = [int(part) for part in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def is_newer(version: str, than: str) -> bool:
    """Tell whether a version is newer than another; never for what is none."""
    mine = re.match(r"[\d.]*\d", than)
    return bool(parts_of(version)) and parts_of(version) > parts_of(mine.group() if mine else "")


def read_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """Read the keys that ship with CamWatch, by the names of their files; none are fine, too."""
    found = {}
    for file in sorted(folder.glob("*.pem")) if folder.is_dir() else ():
        try:
            key = load_pem_public_key(file.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(key, Ed25519PublicKey):
            found[file.stem] = key
    return found


def check(
    body: bytes,
    keys: Mapping[str, Ed25519PublicKey],
    now: datetime,
    least_sequence: int = 0,
) -> Offer:
    """Read a signed file.

    Args:
        body: As it came.
        keys: Which signatures count.
        now: UTC.
        least_sequence: Of the newest file that was seen.

    Raises:
        UpdateRefused: It does not count.
    """
    if not keys:
        raise UpdateRefused(Refusal.NO_KEY)
    try:
        envelope = json.loads(body.decode("utf-8"))
        signed = base64.b64decode(envelope["signed"], validate=True)
        signatures = {
            str(one["key"]): base64.b64decode(one["signature"], validate=True)
            for one in envelope["signatures"]
        }
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        binascii.Error,
        RecursionError,
    ) as error:
        raise UpdateRefused(Refusal.NOT_ONE, type(error).__name__) from None
    # Nothing inside is looked at before it is known whose it is.
    if not any(
        _is_good(keys[name], found, signed) for name, found in signatures.items() if name in keys
    ):
        raise UpdateRefused(Refusal.SIGNATURE, ", ".join(sorted(signatures))[:100])
    offer = _offer(signed)
    if offer.expires_at <= now:
        raise UpdateRefused(Refusal.EXPIRED, f"{offer.expires_at:%Y-%m-%d %H:%M} UTC")
    if offer.sequence < least_sequence:
        raise UpdateRefused(Refusal.OLDER, f"{offer.sequence} after {least_sequence}")
    return offer


def _is_good(key: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        key.verify(signature, CONTEXT + signed)
    except InvalidSignature:
        return False
    return True


def _offer(signed: bytes) -> Offer:
    try:
        values: dict[str, Any] = json.loads(signed.decode("utf-8"))
        if values["format"] != FORMAT or values["product"] != PRODUCT:
            raise UpdateRefused(Refusal.NOT_ONE, "another format")
        offer = Offer(
            version=str(values["version"]),
            sequence=int(values["sequence"]),
            expires_at=datetime.fromisoformat(values["expires_at"]),
            notes_url=str(values.get("notes_url", "")),
            summary=" ".join(str(values.get("summary", ""))[:_LONGEST_TEXT].split()),
            is_security=values.get("is_security") is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UpdateRefused(Refusal.NOT_ONE, type(error).__name__) from None
    if not parts_of(offer.version) or offer.expires_at.tzinfo is None:
        raise UpdateRefused(Refusal.NOT_ONE, "version or expiry")
    if offer.notes_url and not offer.notes_url.startswith("https://"):
        raise UpdateRefused(Refusal.NOT_ONE, "address of the notes")
    return offer


def check_address(typed: str) -> str:
    """Check where is asked: over https, or on this computer itself.

    Returns:
        The address in one form; "" for "".

    Raises:
        InvalidSetting: It is refused; `field` is "url".
    """
    if not typed.strip():
        return ""
    try:
        return check_url(typed, allows_http=False, allows_private=True)
    except InvalidSetting:
        address = check_url(typed, allows_http=True, allows_private=True)
        if _is_here(address):
            return address
        raise


def _is_here(address: str) -> bool:
    return address.startswith(
        ("http://127.", "http://localhost:", "http://localhost/", "http://[::1]")
    )


def fetch(address: str, context: ssl.SSLContext | None = None) -> bytes:
    """Fetch the signed file; waits for seconds.

    Args:
        address: As `check_address` returned it.
        context: Checks certificates; None for those of this computer.

    Raises:
        UpdateRefused: There is none.
    """
    # A mirror in the company's own network is fine: what counts is the signature.
    client = HttpClient(
        "update check",
        context or tls_context(""),
        Reach(allows_private=True),
        allows_http=_is_here(address),
    )
    try:
        answer = client.ask(HttpQuestion(address, {"Accept": "application/json"}), _LIMIT_S)
    except OutgoingError as error:
        raise UpdateRefused(Refusal.UNREACHABLE, str(error)) from None
    finally:
        client.close()
    if answer.status != 200:
        raise UpdateRefused(Refusal.STATUS, f"HTTP {answer.status}")
    if answer.end is not End.WHOLE or answer.encoding:
        raise UpdateRefused(Refusal.CUT, answer.end.value)
    return answer.body
