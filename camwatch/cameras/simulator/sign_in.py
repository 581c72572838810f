"""How simulated cameras ask for a password: not at all, Basic, or Digest.

Source:
    RFC 7617 (Basic), RFC 7616 (Digest with MD5 and SHA-256, qop "auth").
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

USERNAME = "operator"
PASSWORD = "camwatch-demo"  # noqa: S105 - of simulated cameras only, and printed at their start
REALM = "CamWatch simulated camera"

AuthKind = Literal["none", "basic", "digest"]

_NONCE_LIFE_S = 300.0
_MOST_NONCES = 10_000
_FIELD = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')
_HASHES: Mapping[str, Callable[[bytes], str]] = {
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may pass, and what to ask for if not.

    Attributes:
        challenges: Values of the WWW-Authenticate headers, best first.
    """

    is_allowed: bool
    challenges: tuple[str, ...] = ()


_PASS = Verdict(True)


class Gatekeeper:
    """Checks the Authorization headers of requests.

    Args:
        kind: What is asked for.
        clock: A clock in seconds that never goes back.
    """

    def __init__(self, kind: AuthKind, clock: Callable[[], float] = time.monotonic) -> None:
        self._kind = kind
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._opaque = secrets.token_hex(16)
        self._used: dict[str, set[str]] = {}

    def check(self, method: str, target: str, header: str | None) -> Verdict:
        """Judge one request.

        Args:
            method: Such as "GET".
            target: Path and query as they stood in the request line.
            header: Value of the Authorization header, None if there was none.
        """
        if self._kind == "none":
            return _PASS
        if self._kind == "basic":
            return _PASS if _is_basic(header) else self.refusal()
        return self._check_digest(method, target, header)

    def refusal(self, *, is_stale: bool = False) -> Verdict:
        """Return a refusal with the challenges; stale means: same password, newer nonce."""
        if self._kind != "digest":
            return Verdict(False, (f'Basic realm="{REALM}", charset="UTF-8"',))
        nonce = self._new_nonce()
        stale = ", stale=true" if is_stale else ""
        return Verdict(
            False,
            tuple(
                f'Digest realm="{REALM}", nonce="{nonce}", opaque="{self._opaque}", '
                f'qop="auth", algorithm={name}{stale}'
                for name in _HASHES
            ),
        )

    def _check_digest(self, method: str, target: str, header: str | None) -> Verdict:
        scheme, _, rest = (header or "").partition(" ")
        if scheme.lower() != "digest":
            return self.refusal()
        fields = {
            name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else plain
            for name, quoted, plain in _FIELD.findall(rest)
        }
        if not self._is_right_answer(fields, method, target):
            return self.refusal()
        # Only who knows the password is told that the nonce has grown old.
        if not self._use_nonce(fields["nonce"], fields["nc"]):
            return self.refusal(is_stale=True)
        return _PASS

    def _is_right_answer(self, fields: Mapping[str, str], method: str, target: str) -> bool:
        digest = _HASHES.get(fields.get("algorithm", "MD5").upper())
        needed = {"username", "realm", "nonce", "uri", "response", "cnonce", "nc"}
        if digest is None or not needed <= fields.keys() or fields.get("qop") != "auth":
            return False
        if fields["uri"] != target or fields["realm"] != REALM:
            return False
        if not re.fullmatch(r"[0-9a-fA-F]{8}", fields["nc"]):
            return False

        def joined(*parts: str) -> str:
            return digest(":".join(parts).encode())

        wanted = joined(
            joined(USERNAME, REALM, PASSWORD),
            fields["nonce"],
            fields["nc"],
            fields["cnonce"],
            "auth",
            joined(method, target),
        )
        same_user = hmac.compare_digest(fields["username"].encode(), USERNAME.encode())
        return same_user & hmac.compare_digest(fields["response"].lower().encode(), wanted.encode())

    def _new_nonce(self) -> str:
        stamp = struct.pack(">d", self._clock()) + secrets.token_bytes(6)
        return base64.urlsafe_b64encode(stamp + self._seal(stamp)).decode()

    def _seal(self, stamp: bytes) -> bytes:
        return hmac.digest(self._key, stamp, "sha256")[:16]

    def _use_nonce(self, nonce: str, count: str) -> bool:
        """Use a nonce with a count; False if it is not ours, too old, or used with it before."""
        try:
            raw = base64.urlsafe_b64decode(nonce)
        except (binascii.Error, ValueError):
            return False
        stamp, seal = raw[:14], raw[14:]
        if len(stamp) != 14 or not hmac.compare_digest(seal, self._seal(stamp)):
            return False
        if self._age_s(stamp) > _NONCE_LIFE_S:
            return False
        if nonce not in self._used and len(self._used) >= _MOST_NONCES:
            self._forget_old()
        counts = self._used.setdefault(nonce, set())
        if count in counts:
            return False
        counts.add(count)
        return True

    def _age_s(self, stamp: bytes) -> float:
        (made,) = struct.unpack(">d", stamp[:8])
        return self._clock() - float(made)

    def _forget_old(self) -> None:
        """Drop nonces that have grown old; failing that all, whose owners then get new ones."""
        fresh = {
            nonce: counts
            for nonce, counts in self._used.items()
            if self._age_s(base64.urlsafe_b64decode(nonce)[:14]) <= _NONCE_LIFE_S
        }
        if len(fresh) >= _MOST_NONCES:
            self._key = secrets.token_bytes(32)
            fresh = {}
        self._used = fresh


def _is_basic(header: str | None) -> bool:
    scheme, _, token = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(token.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(given, f"{USERNAME}:{PASSWORD}".encode())
