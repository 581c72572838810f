"""Tokens of the reference login service: sound ones, and forged ones of every known kind."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

LIFE_S = 900


class KeyKind(StrEnum):
    """What the service signs with; NONE offers no key set, so that tokens are asked about."""

    EDDSA = "EdDSA"
    ES256 = "ES256"
    RS256 = "RS256"
    NONE = "none"


class Forgery(StrEnum):
    """What is wrong with the access tokens that the service hands out."""

    ALG_NONE = "none"
    ALG_NONE_CAPITAL = "None"
    ALG_NONE_MIXED = "nOnE"
    HS256_WITH_PUBLIC_KEY = "hs256-with-public-key"
    OTHER_KEY = "other-key"
    OTHER_ALGORITHM = "other-algorithm"
    CHANGED = "changed-after-signing"
    AUDIENCE = "audience"
    ISSUER = "issuer"
    TYP = "typ"
    REFRESH = "refresh-token"
    NO_EXP = "no-exp"
    NO_IAT = "no-iat"
    NO_NBF = "no-nbf"
    NO_SUB = "no-sub"
    NO_JTI = "no-jti"
    NO_KID = "no-kid"
    KID_PATH = "kid-path"
    KID_SQL = "kid-sql"
    KID_UNKNOWN = "kid-unknown"
    KID_NUMBER = "kid-number"
    JKU = "jku"
    X5U = "x5u"
    JWK = "jwk"
    CRIT = "crit"
    EXPIRED = "expired"
    GARBAGE = "garbage"
    HUGE = "huge"


_LEFT_OUT = {
    Forgery.NO_EXP: "exp",
    Forgery.NO_IAT: "iat",
    Forgery.NO_NBF: "nbf",
    Forgery.NO_SUB: "sub",
    Forgery.NO_JTI: "jti",
}
_HEADS: Mapping[Forgery, Mapping[str, object]] = {
    Forgery.TYP: {"typ": "JWT"},
    Forgery.REFRESH: {"typ": "rt+jwt"},
    Forgery.KID_PATH: {"kid": "../../dev/null"},
    Forgery.KID_SQL: {"kid": "1' UNION SELECT 'secret' --"},
    Forgery.KID_UNKNOWN: {"kid": "nobody-knows"},
}


def _part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _json_part(value: Mapping[str, object]) -> str:
    return _part(json.dumps(value).encode("utf-8"))


@dataclass
class SigningKey:
    """A key pair of the service.

    Attributes:
        kid: Its name in the key set.
        kind: What it signs with.
        private: The key itself.
    """

    kid: str
    kind: KeyKind
    private: Any

    @classmethod
    def new(cls, kind: KeyKind) -> SigningKey:
        """Make another one."""
        made: PrivateKeyTypes
        if kind is KeyKind.ES256:
            made = ec.generate_private_key(ec.SECP256R1())
        elif kind is KeyKind.RS256:
            made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        else:
            made = ed25519.Ed25519PrivateKey.generate()
        return cls(f"key-{secrets.token_hex(4)}", kind, made)

    @property
    def algorithm(self) -> str:
        """What stands in the head of a token; a service without a key set signs as well."""
        return KeyKind.EDDSA.value if self.kind is KeyKind.NONE else self.kind.value

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, 64 hexadecimal digits."""
        der = self.private.public_key().public_bytes(
            Encoding.DER, PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(der).hexdigest()

    def jwk(self) -> dict[str, object]:
        """Return the public half as the key set has it."""
        makers: dict[KeyKind, Callable[..., Any]] = {
            KeyKind.ES256: ECAlgorithm.to_jwk,
            KeyKind.RS256: RSAAlgorithm.to_jwk,
            KeyKind.EDDSA: OKPAlgorithm.to_jwk,
        }
        found: dict[str, object] = makers[self.kind](self.private.public_key(), as_dict=True)
        found.pop("key_ops", None)
        return {**found, "kid": self.kid, "use": "sig", "alg": self.algorithm}


@dataclass
class TokenMaker:
    """Makes access tokens.

    Attributes:
        key: What they are signed with.
        issuer: Who they are from.
        audience: Whom they are for.
        skew_s: By how much the clock of the service is ahead.
        life_s: How long they hold.
        forgery: What is wrong with them.
    """

    key: SigningKey
    issuer: str
    audience: str = "camwatch"
    skew_s: float = 0.0
    life_s: float = LIFE_S
    forgery: Forgery | None = None

    def now(self) -> float:
        """Return the time of the service."""
        return time.time() + self.skew_s

    def claims(self, subject: str, name: str, roles: list[str]) -> dict[str, object]:
        """Return what a sound token says."""
        now = int(self.now())
        return {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": subject,
            "preferred_username": name,
            "roles": roles,
            "iat": now,
            "nbf": now,
            "exp": now + int(self.life_s),
            "jti": secrets.token_hex(16),
        }

    def make(self, claims: dict[str, object]) -> str:
        """Return a token, forged if that is wished."""
        forgery = self.forgery
        claims = dict(claims)
        if forgery is Forgery.GARBAGE:
            return "not.a.token"
        if forgery in _LEFT_OUT:
            del claims[_LEFT_OUT[forgery]]
        if forgery is Forgery.AUDIENCE:
            claims["aud"] = "another program"
        if forgery is Forgery.ISSUER:
            claims["iss"] = "https://somebody.else.example"
        if forgery is Forgery.EXPIRED:
            claims["exp"] = int(self.now()) - 120
        if forgery is Forgery.HUGE:
            claims["padding"] = "x" * 40_000
        head: dict[str, Any] = {"typ": "at+jwt", "kid": self.key.kid}
        head |= dict(_HEADS.get(forgery, {})) if forgery is not None else {}
        if forgery in (Forgery.ALG_NONE, Forgery.ALG_NONE_CAPITAL, Forgery.ALG_NONE_MIXED):
            return f"{_json_part({**head, 'alg': forgery.value})}.{_json_part(claims)}."
        if forgery is Forgery.HS256_WITH_PUBLIC_KEY:
            return self._hmac(head, claims)
        return self._signed(head, claims)

    def _signed(self, head: dict[str, Any], claims: dict[str, object]) -> str:
        key = self.key
        if self.forgery is Forgery.NO_KID:
            del head["kid"]
        if self.forgery is Forgery.OTHER_KEY:
            key = SigningKey.new(key.kind)
        if self.forgery is Forgery.OTHER_ALGORITHM:
            other = KeyKind.EDDSA if key.kind is KeyKind.ES256 else KeyKind.ES256
            key = SigningKey.new(other)
        if self.forgery in (Forgery.JKU, Forgery.X5U):
            head[self.forgery.value] = f"{self.issuer}/forged.json"
        if self.forgery is Forgery.JWK:
            key = SigningKey.new(KeyKind.EDDSA)
            head["jwk"] = key.jwk()
        if self.forgery in (Forgery.CRIT, Forgery.KID_NUMBER):
            # The library would refuse to write these.
            odd = {"crit": ["exp"]} if self.forgery is Forgery.CRIT else {"kid": 7}
            return self._by_hand({**head, **odd, "alg": key.algorithm}, claims)
        token = jwt.encode(claims, key.private, algorithm=key.algorithm, headers=head)
        if self.forgery is Forgery.CHANGED:
            parts = token.split(".")
            parts[1] = _json_part({**claims, "roles": ["admins"], "preferred_username": "root"})
            token = ".".join(parts)
        return token

    def _by_hand(self, head: dict[str, Any], claims: dict[str, object]) -> str:
        """Sign a head that the library would not write; for EdDSA keys."""
        text = f"{_json_part(head)}.{_json_part(claims)}"
        return f"{text}.{_part(self.key.private.sign(text.encode('ascii')))}"

    def _hmac(self, head: dict[str, Any], claims: dict[str, object]) -> str:
        """Sign with the public key as if it were a secret, which fools naive checks."""
        pem = self.key.private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        text = f"{_json_part({**head, 'alg': 'HS256'})}.{_json_part(claims)}"
        return f"{text}.{_part(hmac.digest(pem, text.encode('ascii'), 'sha256'))}"
