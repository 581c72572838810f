"""Whether an access token is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import jwt
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    InvalidTokenError,
    MissingRequiredClaimError,
    PyJWTError,
)

from camwatch.auth.remote.keys import KeySet
from camwatch.errors import LoginFault, LoginServiceError
from camwatch.language import marked, tr

LEEWAY_S = 30
LONGEST_TOKEN = 16 * 2**10
REQUIRED = ("exp", "iat", "nbf", "sub", "aud", "iss", "jti")
TYPE = "at+jwt"

# Where a token says where its own key is. Nothing of it is looked at, so such a token is odd.
_KEY_ELSEWHERE = frozenset({"jku", "jwk", "x5u", "x5c"})


@dataclass(frozen=True, slots=True)
class TokenRules:
    """What tokens must say.

    Attributes:
        issuer: Who they are from.
        audience: Whom they are for.
    """

    issuer: str
    audience: str


def _refuse(detail: str) -> NoReturn:
    raise LoginServiceError(LoginFault.TOKEN_REFUSED, detail)


def _head(token: str) -> Mapping[str, Any]:
    """Return the head of a token whose kind is right; nothing in it is proven."""
    if len(token) > LONGEST_TOKEN:
        _refuse(tr("it is too large"))
    try:
        head = jwt.get_unverified_header(token)
    except PyJWTError:
        _refuse(tr("it is none"))
    if str(head.get("alg", "")).lower() in {"", "none"}:
        _refuse(tr("it is not signed"))
    if _KEY_ELSEWHERE & head.keys():
        _refuse(tr("it names a key of its own"))
    if "crit" in head:
        _refuse(tr("it asks for what is not known here"))
    if head.get("typ") != TYPE:
        _refuse(tr("it is no access token"))
    return head


def check_token(token: str, keys: KeySet | None, rules: TokenRules) -> Mapping[str, Any]:
    """Check an access token.

    Args:
        token: As it came.
        keys: The trusted keys; None where the service itself has just vouched for this very
            token, so that only what it says is left to check.
        rules: What it must say.

    Returns:
        Its claims.

    Raises:
        LoginServiceError: It is not believed; `fault` says whether it has run out, is of a
            clock that goes wrong, of a key that is not trusted, or refused otherwise.
    """
    head = _head(token)
    options: Any = {"require": list(REQUIRED)}
    key: Any = ""
    algorithms: list[str] | None = None
    if keys is None:
        options |= {"verify_signature": False}
        options |= {f"verify_{name}": True for name in REQUIRED}
    else:
        kid = head.get("kid")
        if not isinstance(kid, str):
            _refuse(tr("it does not name its key"))
        trusted = keys.get(kid)
        if trusted is None:
            raise LoginServiceError(LoginFault.KEYS_CHANGED, tr("it is signed with another key"))
        key, algorithms = trusted.key, [trusted.algorithm]
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=algorithms,
            options=options,
            audience=rules.audience,
            issuer=rules.issuer,
            leeway=LEEWAY_S,
        )
    except PyJWTError as error:
        raise _translated(error) from error
    for name in ("sub", "jti"):
        if not claims.get(name):
            _refuse(tr("its {name} is empty", name=name))
    return claims


def merged(claims: Mapping[str, Any], said: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return claims with what the service says of the operator now.

    Args:
        claims: Of a token, checked.
        said: What came when the service was asked about that token; None if nothing did.
            Whom the token is about, and for how long, stays as the token says.
    """
    return {**claims, **(said or {}), **{name: claims[name] for name in REQUIRED}}


def check_clock(claims: Mapping[str, Any], now_s: float, took_s: float) -> None:
    """Compare the service's clock with this computer's by a token that was made just now.

    Args:
        claims: Of the token.
        now_s: This computer's clock, seconds since 1970.
        took_s: How long it took to get the token, seconds.

    Raises:
        LoginServiceError: They are more than `LEEWAY_S` apart.
    """
    # Whole seconds are all that most services write.
    behind_s = now_s - float(claims["iat"]) - took_s - 1.0
    if behind_s > LEEWAY_S:
        detail = tr("it is {seconds:.0f} s ahead of the login service's", seconds=behind_s)
        raise LoginServiceError(LoginFault.CLOCK, detail)


_REFUSALS: tuple[tuple[type[PyJWTError], LoginFault, str], ...] = (
    (ExpiredSignatureError, LoginFault.TOKEN_EXPIRED, ""),
    (ImmatureSignatureError, LoginFault.CLOCK, marked("it is behind the login service's")),
    (InvalidAudienceError, LoginFault.TOKEN_REFUSED, marked("it is for another program")),
    (InvalidIssuerError, LoginFault.TOKEN_REFUSED, marked("it is from somebody else")),
    (InvalidSignatureError, LoginFault.TOKEN_REFUSED, marked("its signature is wrong")),
    (InvalidTokenError, LoginFault.TOKEN_REFUSED, marked("its form is wrong")),
    (PyJWTError, LoginFault.TOKEN_REFUSED, marked("it cannot be checked")),
)


def _translated(error: PyJWTError) -> LoginServiceError:
    if isinstance(error, MissingRequiredClaimError):
        return LoginServiceError(
            LoginFault.TOKEN_REFUSED, tr("its {claim} is missing", claim=error.claim)
        )
    return next(
        LoginServiceError(fault, tr(detail))
        for kind, fault, detail in _REFUSALS
        if isinstance(error, kind)
    )
