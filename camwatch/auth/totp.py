"""Codes of an operator's device (RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import datetime

import pyotp

from camwatch.domain import Secret

ISSUER = "CamWatch"
STEP_S = 30
DIGITS = 6
RECOVERY_CODES = 10

_DRIFT = 1  # steps by which the device's clock may be off, either way
_LONGEST_TYPED = 64
_SALT_BYTES = 16
_RECOVERY_CHARACTERS = 16
_GROUP = 4
# Crockford's: no letter that is taken for a digit, and no U. 16 of these 32 are 80 bits.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TAKEN_FOR = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_secret() -> Secret:
    """Return a new secret for a device: 160 random bits, as RFC 4226 wants, in base 32."""
    return Secret(pyotp.random_base32())


def provisioning_uri(secret: Secret, name: str) -> Secret:
    """Return what the picture says that the device's camera reads.

    Args:
        secret: Of `new_secret`.
        name: Of the operator; the device shows it.
    """
    return Secret(_totp(secret).provisioning_uri(name=name, issuer_name=ISSUER))


def typed_form(secret: Secret) -> Secret:
    """Return a secret in groups of four, to be typed into a device."""
    return Secret(_grouped(secret.reveal(), " "))


def looks_like_code(typed: str) -> bool:
    """Tell whether this is a code of a device, and not a recovery code."""
    return len(_digits(typed)) == DIGITS


def matching_step(secret: Secret, typed: str, now: datetime, last: int) -> int | None:
    """Find the step whose code was typed.

    Args:
        secret: Of the operator's device.
        typed: As typed; blanks do not matter.
        now: UTC.
        last: Step of the last code that was used: that one and earlier ones are used up.

    Returns:
        The step, None if the code is none of those that are right now.

    Source:
        RFC 6238: HMAC-SHA-1, 30 s a step, 6 digits; one step either way is accepted
        (section 6), and each code only once (section 5.2).
    """
    digits = _digits(typed)
    if len(digits) != DIGITS:
        return None
    present = int(now.timestamp()) // STEP_S
    found: int | None = None
    totp = _totp(secret)
    # All are compared, whichever fits, so that the time of the answer says nothing.
    for step in range(present - _DRIFT, present + _DRIFT + 1):
        is_same = hmac.compare_digest(totp.generate_otp(step).encode("ascii"), digits)
        if is_same and step > last and found is None:
            found = step
    return found


def new_recovery_codes() -> list[Secret]:
    """Return new codes that stand in for a device, once each: 80 random bits in groups of four."""
    return [
        Secret(_grouped("".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_CHARACTERS))))
        for _ in range(RECOVERY_CODES)
    ]


def hash_recovery_code(code: Secret) -> str:
    """Return what is stored of a recovery code.

    A salted SHA-256 is enough: unlike a password a code is random, and nobody tries 2^80 of
    them. A slow hash would have to be made ten times for each try.
    """
    salt = secrets.token_hex(_SALT_BYTES)
    return f"sha256${salt}${_digest(salt, _recovery_key(code.reveal()))}"


def matching_recovery_code(typed: str, stored: Iterable[str]) -> int | None:
    """Find a recovery code among those that are stored.

    Args:
        typed: As typed; capitals, blanks and hyphens do not matter, nor O for 0 or I for 1.
        stored: What `hash_recovery_code` returned.

    Returns:
        Which one, from 0; None if it is none of them.
    """
    key = _recovery_key(typed)
    found: int | None = None
    for number, text in enumerate(stored):
        form, salt, digest = (*text.split("$"), "", "", "")[:3]
        is_same = hmac.compare_digest(digest, _digest(salt, key))
        if is_same and form == "sha256" and len(key) == _RECOVERY_CHARACTERS:
            found = number
    return found


def _totp(secret: Secret) -> pyotp.TOTP:
    return pyotp.TOTP(secret.reveal(), digits=DIGITS, digest=hashlib.sha1, interval=STEP_S)


def _plain(typed: str) -> str:
    """Return what was typed in NFKC, without blanks and hyphens, in capitals."""
    text = unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED])
    return "".join(one for one in text if not one.isspace() and one != "-").upper()


def _digits(typed: str) -> bytes:
    """Return the digits of a code, nothing if other characters are among them."""
    text = _plain(typed)
    return text.encode("ascii") if text.isascii() and text.isdigit() else b""


def _recovery_key(typed: str) -> str:
    text = _plain(typed).translate(_TAKEN_FOR)
    return text if set(text) <= set(_ALPHABET) else ""


def _digest(salt: str, key: str) -> str:
    return hashlib.sha256(f"{salt}${key}".encode()).hexdigest()


def _grouped(text: str, between: str = "-") -> str:
    return between.join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
