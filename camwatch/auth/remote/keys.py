"""The keys with which a login service signs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from camwatch.errors import LoginFault, LoginServiceError
from camwatch.language import tr

_MOST_KEYS = 16
_LONGEST_KID = 256
_SHORTEST_RSA_BITS = 2048

PublicKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey | RSAPublicKey


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A key of the service.

    Attributes:
        key: The public half.
        algorithm: The only one it is used with; what a token says of it does not matter.
        fingerprint: SHA-256 of the key (SubjectPublicKeyInfo, DER), 64 hexadecimal digits.
    """

    key: PublicKey
    algorithm: str
    fingerprint: str


KeySet: TypeAlias = Mapping[str, ServiceKey]
"""By kid."""


def read_key_set(value: Mapping[str, Any]) -> KeySet:
    """Read a JSON Web Key Set; keys that cannot be used here are left out.

    Raises:
        LoginServiceError: It is none, or one name stands for two keys.
    """
    entries = value.get("keys")
    if not isinstance(entries, Sequence) or isinstance(entries, str) or len(entries) > _MOST_KEYS:
        raise LoginServiceError(LoginFault.BAD_ANSWER, tr("its key set cannot be read"))
    found: dict[str, ServiceKey] = {}
    for entry in entries:
        kid = entry.get("kid") if isinstance(entry, Mapping) else None
        if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
            continue
        key = _usable(entry)
        if key is None:
            continue
        if kid in found:
            raise LoginServiceError(LoginFault.BAD_ANSWER, tr("two of its keys have one name"))
        found[kid] = key
    return found


def pinned(offered: KeySet, pins: Mapping[str, str]) -> KeySet:
    """Return those of the offered keys that an administrator trusts, by their fingerprints."""
    return {kid: key for kid, key in offered.items() if pins.get(kid) == key.fingerprint}


def fingerprints(keys: KeySet) -> dict[str, str]:
    """Return the fingerprint of each key, by kid."""
    return {kid: key.fingerprint for kid, key in keys.items()}


def _usable(entry: Mapping[str, Any]) -> ServiceKey | None:
    """Return the key if it is public, strong, and meant for signatures."""
    if entry.get("use", "sig") != "sig" or "d" in entry or "k" in entry:
        return None
    try:
        found = _read(entry)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    if found is None:
        return None
    key, algorithm = found
    said = entry.get("alg", algorithm)
    if said != algorithm and not (algorithm == "EdDSA" and said == "Ed25519"):
        return None
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return ServiceKey(key, algorithm, hashlib.sha256(der).hexdigest())


def _read(entry: Mapping[str, Any]) -> tuple[PublicKey, str] | None:
    kind = entry.get("kty")
    if kind == "OKP":
        found: object = OKPAlgorithm.from_jwk(dict(entry))
        return (found, "EdDSA") if isinstance(found, Ed25519PublicKey) else None
    if kind == "EC":
        found = ECAlgorithm.from_jwk(dict(entry))
        if isinstance(found, EllipticCurvePublicKey) and isinstance(found.curve, SECP256R1):
            return found, "ES256"
        return None
    if kind == "RSA":
        found = RSAAlgorithm.from_jwk(dict(entry))
        if isinstance(found, RSAPublicKey) and found.key_size >= _SHORTEST_RSA_BITS:
            return found, "RS256"
    return None
