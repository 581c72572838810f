"""RTSP as far as it matters for safety: asking what a camera has, and signing in.

FFmpeg reads the video, but it would follow a redirect to any host and take the password along,
send it unencrypted to whoever asks, and check no certificate. So it never meets the camera: it
talks to a relay here, on the loopback, and the relay talks to the camera (`rtsp_relay`). This
module has what both the relay and the first question to a camera need.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import ssl
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from camwatch import __version__
from camwatch.cameras.answers import distrust_of, origin_of, reason_of
from camwatch.cameras.connections import open_checked
from camwatch.cameras.pinning import (
    CertificateFacts,
    certificate_of,
    check_peer,
    pinned_context,
    ssl_context_for,
    unknown,
)
from camwatch.cameras.sign_in import best_digest, parse_challenges
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from camwatch.language import tr

USER_AGENT = f"CamWatch/{__version__}"
MOST_HEAD_BYTES = 16 * 1024
MOST_BODY_BYTES = 64 * 1024

_STATUS = re.compile(r"RTSP/[12]\.\d ([1-5]\d\d)(?: .*)?")
_CODEC = re.compile(r"a=rtpmap:\d+ ([A-Za-z0-9.-]+)/", re.IGNORECASE)
_KNOWN = {"H264": "H.264", "H265": "H.265", "JPEG": "JPEG"}
_JPEG_PAYLOAD = "26"
_BY_STATUS = {
    401: Reason.UNAUTHORIZED,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.NOT_FOUND,
    415: Reason.UNSUPPORTED,
    453: Reason.BUSY,
    461: Reason.UNSUPPORTED,
    503: Reason.BUSY,
}
_DIGESTS: dict[str, Callable[[bytes], str]] = {
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
    "SHA-512": lambda data: hashlib.sha512(data).hexdigest(),
}


@dataclass(slots=True)
class Head:
    """The first line and the headers of a request or an answer, and its body.

    Attributes:
        headers: In their order, with names as they came.
    """

    first: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def parse(cls, data: bytes) -> Head:
        """Read a head up to its blank line.

        Raises:
            CameraError: PROTOCOL.
        """
        first, *lines = data.decode("utf-8", "replace").strip("\r\n").replace("\r", "").split("\n")
        head = cls(first)
        for line in lines:
            name, colon, value = line.partition(":")
            if not colon:
                raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP"))
            head.headers.append((name.strip(), value.strip()))
        return head

    def all(self, name: str) -> list[str]:
        """Return the values of all headers of a name."""
        return [value for known, value in self.headers if known.lower() == name.lower()]

    def get(self, name: str) -> str:
        """Return the value of the first header of a name; "" if there is none."""
        return next(iter(self.all(name)), "")

    def set(self, name: str, value: str | None) -> None:
        """Replace all headers of a name, or remove them."""
        self.headers = [one for one in self.headers if one[0].lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))

    @property
    def status(self) -> int:
        """The status of an answer.

        Raises:
            CameraError: PROTOCOL; this is no answer.
        """
        found = _STATUS.fullmatch(self.first)
        if found is None:
            raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP"))
        return int(found[1])

    @property
    def body_bytes(self) -> int:
        """How many bytes of body follow.

        Raises:
            CameraError: TOO_LARGE or PROTOCOL.
        """
        text = self.get("Content-Length") or "0"
        if not (text.isascii() and text.isdigit()):
            raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP"))
        if int(text[:10]) > MOST_BODY_BYTES:
            raise CameraError(Reason.TOO_LARGE, tr("a description of {text} bytes", text=text[:10]))
        return int(text)

    def to_bytes(self) -> bytes:
        """Return it as it goes over the wire."""
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


class RtspSignIn:
    """Signs the requests of one connection to a camera; the password goes nowhere else.

    Args:
        settings: Names the user, and whether Basic may go unencrypted.
        password: Needed if the settings name a user.

    Raises:
        CameraError: PASSWORD_MISSING.
    """

    def __init__(self, settings: CameraSettings, password: Secret | None) -> None:
        if settings.username and password is None:
            raise CameraError(Reason.PASSWORD_MISSING)
        self._username = settings.username
        self._password = password
        self._may_use_basic = settings.scheme == "rtsps" or settings.allow_basic
        self._digest: dict[str, str] | None = None
        self._is_basic = False
        self._was_accepted = False
        self._uses = 0

    def learn(self, answer: Head) -> bool:
        """Take note of how a camera wants to be signed in to.

        Args:
            answer: Its refusal, 401.

        Returns:
            False if a signed request was refused: another try would be refused too.

        Raises:
            CameraError: UNAUTHORIZED or BASIC_NOT_ALLOWED, if there is no way to sign in.
        """
        if self._password is None:
            raise CameraError(Reason.UNAUTHORIZED, tr("RTSP 401, and no user name is set"))
        challenges = parse_challenges(answer.all("WWW-Authenticate"))
        offers_basic = any(one.scheme == "basic" for one in challenges)
        try:
            header = best_digest(challenges)
        except CameraError:
            if not (offers_basic and self._may_use_basic):
                raise
            header = None
        if header is not None:
            (digest,) = parse_challenges([header])
            is_first = self._digest is None
            is_stale = any(one.parameters.get("stale", "").lower() == "true" for one in challenges)
            # A camera that took the password before only wants it under another nonce.
            may_try = is_first or is_stale or self._was_accepted
            self._digest, self._uses, self._was_accepted = digest.parameters, 0, False
            return may_try
        if not offers_basic:
            raise CameraError(Reason.UNAUTHORIZED, tr("its sign-in is not known here"))
        if not self._may_use_basic:
            raise CameraError(Reason.BASIC_NOT_ALLOWED, tr("the camera offers only Basic sign-in"))
        was_basic, self._is_basic = self._is_basic, True
        return not was_basic

    def accepted(self) -> None:
        """Take note that the camera took a signed request."""
        self._was_accepted = self._digest is not None

    def authorization(self, method: str, uri: str) -> str | None:
        """Return the header for a request; None if nothing was asked for yet."""
        if self._password is None:
            return None
        if self._is_basic:
            pair = f"{self._username}:{self._password.reveal()}"
            return "Basic " + b64encode(pair.encode()).decode("ascii")
        if self._digest is None:
            return None
        return self._digest_header(self._password.reveal(), method, uri)

    def _digest_header(self, password: str, method: str, uri: str) -> str:
        """Answer a challenge.

        Source:
            RFC 7616, sections 3.4.1 to 3.4.3; RFC 2326, section 14, takes it from HTTP.
        """
        asked = self._digest or {}
        realm, nonce = asked.get("realm", ""), asked["nonce"]
        algorithm = asked.get("algorithm", "MD5")
        name, is_session = algorithm.upper().removesuffix("-SESS"), "-SESS" in algorithm.upper()
        digest = _DIGESTS[name]
        self._uses += 1
        count, own = f"{self._uses:08x}", secrets.token_hex(8)
        user = digest(f"{self._username}:{realm}:{password}".encode())
        if is_session:
            user = digest(f"{user}:{nonce}:{own}".encode())
        what = digest(f"{method}:{uri}".encode())
        protection = asked.get("qop", "")
        middle = f"{nonce}:{count}:{own}:{protection}" if protection else nonce
        parts = [
            ("username", self._username),
            ("realm", realm),
            ("nonce", nonce),
            ("uri", uri),
            ("response", digest(f"{user}:{middle}:{what}".encode())),
        ]
        if "opaque" in asked:
            parts.append(("opaque", asked["opaque"]))
        text = ", ".join(f'{name}="{_quoted(value)}"' for name, value in parts)
        if "algorithm" in asked:
            text += f", algorithm={algorithm}"
        if protection:
            text += f', qop={protection}, nc={count}, cnonce="{own}"'
        elif is_session:
            text += f', cnonce="{own}"'
        return f"Digest {text}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


class RtspConnection:
    """One connection to a camera."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._number = 0

    async def ask(self, method: str, uri: str, sign_in: RtspSignIn, *headers: str) -> Head:
        """Send a request, signed once the camera asks for that, and return the answer.

        Raises:
            CameraError: With the reason, for every status but 200 to 299.
        """
        while True:
            self._number += 1
            request = Head(f"{method} {uri} RTSP/1.0", [("CSeq", str(self._number))])
            request.headers += [("User-Agent", USER_AGENT)]
            for header in headers:
                name, _, value = header.partition(": ")
                request.headers.append((name, value))
            request.set("Authorization", sign_in.authorization(method, uri))
            self.writer.write(request.to_bytes())
            await self.writer.drain()
            answer = await read_head(self.reader)
            if answer.status != 401 or not sign_in.learn(answer):
                check_status(answer)
                sign_in.accepted()
                return answer

    def close(self) -> None:
        """Close it, without saying goodbye."""
        self.writer.transport.abort()


async def read_head(reader: asyncio.StreamReader) -> Head:
    """Read an answer with its body.

    Raises:
        CameraError: PROTOCOL, HEADERS_TOO_LARGE, TOO_LARGE or DISCONNECTED.
    """
    try:
        data = await reader.readuntil(b"\r\n\r\n")
        if not data.startswith(b"RTSP/"):
            raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP"))
        head = Head.parse(data)
        head.body = await reader.readexactly(head.body_bytes)
    except asyncio.LimitOverrunError as error:
        if not (await reader.read(5)).startswith(b"RTSP/"):
            raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP")) from error
        raise CameraError(Reason.HEADERS_TOO_LARGE) from error
    except asyncio.IncompleteReadError as error:
        if error.partial and not error.partial.startswith(b"RTSP/"[: len(error.partial)]):
            raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP")) from error
        raise CameraError(Reason.DISCONNECTED, tr("closed without an answer")) from error
    return head


def check_status(answer: Head) -> None:
    """Let an answer pass that grants what was asked for.

    Raises:
        CameraError: For every status but 200 to 299.
    """
    status = answer.status
    if 200 <= status < 300:
        return
    detail = f"RTSP {status}"
    if 300 <= status < 400:
        where = origin_of(answer.get("Location"))
        raise CameraError(Reason.REDIRECT, tr("{detail} to {where}", detail=detail, where=where))
    usual = Reason.SERVER_ERROR if status >= 500 else Reason.HTTP_STATUS
    raise CameraError(_BY_STATUS.get(status, usual), detail)


def codec_in(description: bytes) -> str:
    """Return the codec of the video that a camera describes: "H.264", "H.265" or "JPEG".

    Raises:
        CameraError: UNSUPPORTED, with the name of another codec; or there is no video.

    Source:
        RFC 8866; payload type 26 is JPEG by RFC 3551.
    """
    names: list[str] = []
    is_video = False
    for line in description.decode("utf-8", "replace").splitlines():
        if line.startswith("m="):
            parts = line.split()
            is_video = parts[0] == "m=video"
            if is_video and _JPEG_PAYLOAD in parts[3:]:
                names.append("JPEG")
        elif is_video and (found := _CODEC.match(line)) is not None:
            names.append(found[1].upper())
    for name in names:
        if name in _KNOWN:
            return _KNOWN[name]
    if not names:
        raise CameraError(Reason.UNSUPPORTED, tr("it offers no video"))
    told = ", ".join(sorted(set(names)))[:60]
    raise CameraError(Reason.UNSUPPORTED, tr("its video is {told}", told=told))


async def connect(settings: CameraSettings, limit: int = MOST_HEAD_BYTES) -> RtspConnection:
    """Connect to a camera whose address may be connected to.

    Args:
        settings: Of the camera.
        limit: About so many bytes are received before they are read.

    Raises:
        CameraError: ADDRESS, CERTIFICATE_CHANGED or CERTIFICATE_UNKNOWN.
        OSError: There is no connection to be had.
    """
    context = ssl_context_for(settings) if settings.scheme == "rtsps" else None
    try:
        connection = await _opened(settings, context, limit)
    except ssl.SSLCertVerificationError as error:
        # It is looked at once more, over a connection that nothing is sent on.
        connection = await _opened(settings, pinned_context(""), limit)
        ssl_object = connection.writer.get_extra_info("ssl_object")
        connection.close()
        raise unknown(distrust_of(error), ssl_object) from error
    try:
        check_peer(settings, connection.writer.get_extra_info("ssl_object"))
    except CameraError:
        connection.close()
        raise
    return connection


async def _opened(
    settings: CameraSettings, context: ssl.SSLContext | None, limit: int
) -> RtspConnection:
    reader, writer = await open_checked(
        settings.host,
        settings.port,
        allow_local=settings.allow_local,
        context=context,
        limit=limit,
    )
    return RtspConnection(reader, writer)


@dataclass(frozen=True, slots=True)
class Description:
    """What a camera says of its stream.

    Attributes:
        codec: "H.264", "H.265" or "JPEG".
        certificate: What it showed over TLS; None without.
    """

    codec: str
    certificate: CertificateFacts | None = None


async def describe(settings: CameraSettings, sign_in: RtspSignIn, limit_s: float) -> Description:
    """Ask a camera for the description of its stream, before FFmpeg is started for it.

    Args:
        settings: Of the camera.
        sign_in: Knows the user.
        limit_s: Longest time, seconds.

    Raises:
        CameraError: With the reason.
    """
    connection: RtspConnection | None = None
    try:
        async with asyncio.timeout(limit_s):
            connection = await connect(settings)
            uri = settings.stream_url
            await connection.ask("OPTIONS", uri, sign_in)
            answer = await connection.ask("DESCRIBE", uri, sign_in, "Accept: application/sdp")
            ssl_object = connection.writer.get_extra_info("ssl_object")
            return Description(codec_in(answer.body), certificate_of(ssl_object))
    except OSError as error:
        raise reason_of(error, limit_s=limit_s, has_begun=False) from error
    finally:
        if connection is not None:
            with suppress(OSError):
                connection.close()
