"""Signing in to a camera: Digest where it is offered, Basic where that is allowed.

The digests themselves are computed by aiohttp; this module reads what the camera
offers, which comes in every order, letter case and number, and picks the best.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import aiohttp

from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from camwatch.language import tr

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientRequest, ClientResponse

_ALGORITHMS = ("SHA-512-SESS", "SHA-512", "SHA-256-SESS", "SHA-256", "MD5-SESS", "MD5")
"""The digests that can be computed here, best first."""

_PART = re.compile(
    r"""[\s,]*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)
        (?:\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s,]*)))?""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
_MOST_REFUSAL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to sign in that a server offers.

    Attributes:
        scheme: In lower case, such as "digest".
        parameters: With names in lower case.
    """

    scheme: str
    parameters: dict[str, str]


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """Read WWW-Authenticate headers, each of which may hold several challenges.

    Source:
        RFC 9110, section 11.6.1; a name without "=" starts the next challenge.
    """
    challenges: list[Challenge] = []
    for header in headers:
        at = 0
        while (part := _PART.match(header, at)) is not None:
            at = part.end()
            name, quoted, plain = part["name"].lower(), part["quoted"], part["plain"]
            if quoted is None and plain is None:
                challenges.append(Challenge(name, {}))
            elif challenges:
                value = plain if quoted is None else _ESCAPED.sub(r"\1", quoted)
                challenges[-1].parameters.setdefault(name, value)
    return challenges


def best_digest(challenges: Iterable[Challenge]) -> str | None:
    """Return the strongest Digest challenge that can be answered, as one header.

    None if Digest is not offered. What cameras get wrong is put right: `auth` is taken
    where both kinds of protection are offered, for many that offer `auth-int` cannot
    do it, and `domain` is left out, so that the answer is good for the whole camera.

    Raises:
        CameraError: UNAUTHORIZED; Digest is offered only in ways unknown here.
    """
    offered = [one.parameters for one in challenges if one.scheme == "digest"]
    if not offered:
        return None
    usable = [one for one in offered if _algorithm(one) in _ALGORITHMS and one.get("nonce")]
    if not usable:
        names = ", ".join(sorted({_algorithm(one)[:20] for one in offered}))
        raise CameraError(
            Reason.UNAUTHORIZED, tr("its sign-in is not known here: Digest {names}", names=names)
        )
    best = min(usable, key=lambda one: _ALGORITHMS.index(_algorithm(one)))
    parts = {"realm": best.get("realm", ""), "nonce": best["nonce"]}
    if "algorithm" in best:
        parts["algorithm"] = best["algorithm"]
    if "opaque" in best:
        parts["opaque"] = best["opaque"]
    if protection := {word.strip().lower() for word in best.get("qop", "").split(",")} - {""}:
        parts["qop"] = "auth" if "auth" in protection else ",".join(sorted(protection))
    return "Digest " + ", ".join(f'{name}="{_quotable(text)}"' for name, text in parts.items())


def _algorithm(parameters: dict[str, str]) -> str:
    return parameters.get("algorithm", "MD5").upper()


def _quotable(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the digest code looks at in a response; `response` is the response itself."""

    response: ClientResponse
    status: int
    headers: dict[str, str]
    url: Any


class SignIn:
    """Signs the requests to one camera; remembers how, so that most need no second try.

    Used as client middleware. The credentials go to the camera's own origin only:
    redirects are not followed, and another origin is passed by.

    Args:
        settings: Names the origin, the user, and whether Basic may go unencrypted.
        password: Of that user.
    """

    def __init__(self, settings: CameraSettings, password: Secret) -> None:
        self._username = settings.username
        self._password = password
        self._may_use_basic = settings.scheme == "https" or settings.allow_basic
        self._digest = aiohttp.DigestAuthMiddleware(settings.username, password.reveal())
        self._basic: str | None = None

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send the request, signed as far as is known; sign in if the camera asks for it.

        Returns:
            The response, whatever its status.

        Raises:
            CameraError: UNAUTHORIZED for an unknown kind of sign-in, BASIC_NOT_ALLOWED.
        """
        if self._basic is not None:
            request.headers["Authorization"] = self._basic
            return await handler(request)
        offers_basic = False

        async def ask(request: ClientRequest) -> ClientResponse:
            nonlocal offers_basic
            response = await handler(request)
            headers: dict[str, str] = {}
            if response.status == 401:
                challenges = parse_challenges(response.headers.getall("WWW-Authenticate", ()))
                offers_basic = any(one.scheme == "basic" for one in challenges)
                try:
                    header = best_digest(challenges)
                except CameraError:
                    if not (offers_basic and self._may_use_basic):
                        response.close()
                        raise
                    header = None
                if header is not None:
                    headers["www-authenticate"] = header
                await _discard_body(response)
            answer = _Answer(response, response.status, headers, response.url)
            return cast("ClientResponse", answer)

        answer = cast("_Answer", await self._digest(request, ask))
        if answer.status != 401 or answer.headers or not offers_basic:
            return answer.response
        if not self._may_use_basic:
            raise CameraError(Reason.BASIC_NOT_ALLOWED, tr("the camera offers only Basic sign-in"))
        self._basic = aiohttp.encode_basic_auth(
            self._username, self._password.reveal(), encoding="utf-8"
        )
        request.headers["Authorization"] = self._basic
        return await handler(request)


async def _discard_body(response: ClientResponse) -> None:
    """Read a refusal's short text, so that its connection can be used for the next try."""
    left = _MOST_REFUSAL_BYTES
    try:
        while not response.content.at_eof() and left > 0:
            left -= len(await response.content.readany())
    except aiohttp.ClientPayloadError:
        left = 0
    if left <= 0:
        response.close()
