"""Asking a camera over HTTP: one picture, one status, or a stream of pictures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
from yarl import URL

from camwatch.cameras.answers import check_status, distrust_of, reason_of
from camwatch.cameras.connections import asking, open_session
from camwatch.cameras.gate import is_picture
from camwatch.cameras.multipart import MultipartParser
from camwatch.cameras.pinning import (
    CertificateError,
    CertificateFacts,
    grouped,
    notices_of,
    pinned_context,
)
from camwatch.cameras.sign_in import SignIn
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Notice, Reason, Secret
from camwatch.errors import CameraError
from camwatch.language import tr

__all__ = ["CameraStatus", "HttpCamera", "open_session"]

log = logging.getLogger(__name__)

_MOST_STATUS_BYTES = 64 * 1024
_LONGEST_STATUS = 200

_BREATH_S = 0.01
"""Pause between two readings of a stream, so that one that floods us leaves time for others."""

_PLAYLISTS = ("mpegurl", "dash+xml")


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """What a camera says about itself.

    Attributes:
        text: The first words of its answer, printable, one line; may be empty.
        http_status: Status code of the answer.
    """

    text: str
    http_status: int


class HttpCamera:
    """One camera, asked over HTTP or HTTPS.

    Args:
        settings: As `policy.validate_camera` lets them pass.
        password: Needed if the settings name a user.
        limits: Deadlines and sizes.

    Attributes:
        certificate: The certificate it showed last; None if it showed none.
    """

    def __init__(
        self, settings: CameraSettings, password: Secret | None, limits: CameraPolicy
    ) -> None:
        self._settings = settings
        self._password = password
        self._limits = limits
        self._max_bytes = limits.max_picture_bytes
        # The path goes out as it was entered: some cameras know only one spelling.
        self._snapshot_url = URL(settings.snapshot_url, encoded=True)
        self._status_url = (
            URL(settings.status_url, encoded=True) if settings.status_url is not None else None
        )
        # A camera that serves one client only must not find its place taken by an idle one.
        self._headers = {"Connection": "close"} if settings.one_session else None
        self._sign_in: SignIn | None = None
        self._distrusted = ""
        self.certificate: CertificateFacts | None = None

    @property
    def notices(self) -> frozenset[Notice]:
        """What is wrong with the camera although its pictures come."""
        return notices_of(self._settings.pin, self.certificate)

    async def snapshot(self, session: aiohttp.ClientSession) -> bytes:
        """Fetch one picture.

        Returns:
            A file that begins like a JPEG or PNG; `gate.check_picture` comes next.

        Raises:
            CameraError: With the reason; within `snapshot_timeout_s` in any case.
        """
        limit_s = self._limits.snapshot_timeout_s
        async with self._answer(session, self._snapshot_url, limit_s) as (response, _):
            kind = response.headers.get("Content-Type", "").lower()
            if kind.startswith("multipart/"):
                raise CameraError(
                    Reason.FORMAT, tr("a video stream; a snapshot's address is needed")
                )
            data = await read_body(response, self._max_bytes)
        if not data:
            raise CameraError(Reason.EMPTY)
        # Some cameras name a wrong type, so what the bytes are goes before what they are called.
        is_page = kind.startswith("text/html") or data[:256].lstrip().startswith(b"<")
        if is_page and not is_picture(data):
            raise CameraError(Reason.WEB_PAGE)
        return data

    async def status(self, session: aiohttp.ClientSession) -> CameraStatus:
        """Ask the camera how it is.

        Raises:
            CameraError: With the reason; within `status_timeout_s` in any case.
            ValueError: The settings have no status path.
        """
        if self._status_url is None:
            raise ValueError("the camera has no status path")
        limit_s = self._limits.status_timeout_s
        async with self._answer(session, self._status_url, limit_s) as (response, _):
            data = await read_body(response, _MOST_STATUS_BYTES)
        return CameraStatus(_one_line(data), response.status)

    async def stream(
        self,
        session: aiohttp.ClientSession,
        url: str,
        stall_s: float,
        on_picture: Callable[[bytes], Awaitable[None]],
    ) -> None:
        """Receive an MJPEG stream for as long as it goes well.

        Args:
            session: What cameras are asked through.
            url: Of the stream.
            stall_s: Longest time from one whole picture to the next; the first must come
                within `stream_open_timeout_s`.
            on_picture: Gets each picture as it came; `gate.check_picture` comes next.

        Raises:
            CameraError: With the reason; this never returns without one.
        """
        has_pictures = False
        try:
            limit_s = self._limits.stream_open_timeout_s
            async with self._answer(session, URL(url, encoded=True), limit_s) as (response, until):
                _check_stream_kind(response)
                parser = MultipartParser(self._max_bytes)
                async for chunk in response.content.iter_any():
                    for picture in parser.feed(chunk):
                        has_pictures = True
                        until.reschedule(asyncio.get_running_loop().time() + stall_s)
                        await on_picture(picture)
                    await asyncio.sleep(_BREATH_S)
        except CameraError as error:
            if has_pictures and error.reason is Reason.TIMEOUT:
                detail = f"no whole picture for {stall_s:g} s"
                raise CameraError(Reason.STALLED, detail) from error
            if error.reason is Reason.SHORT_BODY:
                raise CameraError(Reason.DISCONNECTED, tr("the stream broke off")) from error
            raise
        raise CameraError(
            Reason.DISCONNECTED if has_pictures else Reason.EMPTY, tr("the stream ended")
        )

    @asynccontextmanager
    async def _answer(
        self, session: aiohttp.ClientSession, url: URL, limit_s: float
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, asyncio.Timeout]]:
        """Give the checked response whose body is next, and the one deadline for all inside."""
        response: aiohttp.ClientResponse | None = None
        pin, closes = self._settings.pin, self._settings.one_session
        with asking(self._settings.allow_local, pin, closes=closes) as on_behalf:
            try:
                async with asyncio.timeout(limit_s) as deadline:
                    try:
                        response = await session.get(
                            url,
                            allow_redirects=False,
                            middlewares=self._middlewares(),
                            headers=self._headers,
                            ssl=pinned_context(pin) if pin else True,
                        )
                    except aiohttp.ClientConnectorCertificateError as error:
                        await self._look(session, url, distrust_of(error.certificate_error))
                        raise
                    self.certificate = on_behalf.certificate
                    check_status(response)
                    yield response, deadline
            except CameraError as error:
                if isinstance(error, CertificateError):
                    self._note(error)
                if error.reason is Reason.UNAUTHORIZED:
                    self._sign_in = None  # so that the next try makes one guess, not two
                    if not self._settings.username:
                        detail = f"{error.detail}, and no user name is set"
                        raise CameraError(Reason.UNAUTHORIZED, detail) from error
                raise
            except (aiohttp.ClientError, OSError) as error:
                if on_behalf.refused is not None:
                    raise on_behalf.refused from error
                has_begun = response is not None
                raise reason_of(error, limit_s=limit_s, has_begun=has_begun) from error
            finally:
                # Does nothing to a connection whose answer was read to its end.
                if response is not None:
                    response.close()

    async def _look(self, session: aiohttp.ClientSession, url: URL, distrust: str) -> None:
        """Look at a certificate that is not trusted, over a connection that nothing is sent on.

        Raises:
            CertificateError: CERTIFICATE_UNKNOWN, with what the certificate says.
        """
        with asking(self._settings.allow_local, distrust=distrust):
            try:
                (await session.get(url, allow_redirects=False, ssl=pinned_context(""))).close()
            except (aiohttp.ClientError, OSError):
                return  # it does not show it a second time; why it was refused is known

    def _note(self, error: CertificateError) -> None:
        """Log the whole fingerprint, for whoever has no window to read it in; once a certificate."""
        self.certificate = error.certificate
        fingerprint = error.certificate.fingerprint
        if fingerprint != self._distrusted:
            self._distrusted = fingerprint
            log.info(
                "the certificate at %s is not trusted (%s): SHA-256 %s",
                self._settings.origin,
                error.reason,
                grouped(fingerprint),
            )

    def _middlewares(self) -> tuple[SignIn, ...]:
        if not self._settings.username:
            return ()
        if self._password is None:
            raise CameraError(Reason.PASSWORD_MISSING)
        if self._sign_in is None:
            self._sign_in = SignIn(self._settings, self._password)
        return (self._sign_in,)


def _check_encoding(response: aiohttp.ClientResponse) -> None:
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("identity", ""):
        raise CameraError(Reason.ENCODED, tr("packed as {encoding}", encoding=encoding[:20]))


def _check_stream_kind(response: aiohttp.ClientResponse) -> None:
    """Refuse what is no stream of pictures; some cameras name a type that is none at all."""
    _check_encoding(response)
    kind = response.headers.get("Content-Type", "").lower().partition(";")[0].strip()
    if kind in ("image/jpeg", "image/jpg", "image/png"):
        raise CameraError(Reason.FORMAT, tr("a single picture; a video stream's address is needed"))
    if kind == "text/html":
        raise CameraError(Reason.WEB_PAGE)
    if any(kind.endswith(playlist) for playlist in _PLAYLISTS):
        raise CameraError(Reason.FORMAT, tr("a play list; an MJPEG stream's address is needed"))


async def read_body(response: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """Read the body, never more than the cap."""
    _check_encoding(response)
    announced = response.content_length
    if announced is not None and announced > max_bytes:
        raise CameraError(
            Reason.TOO_LARGE,
            tr("{announced} bytes, at most {max_bytes}", announced=announced, max_bytes=max_bytes),
        )
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > max_bytes:
            raise CameraError(
                Reason.TOO_LARGE, tr("more than {max_bytes} bytes", max_bytes=max_bytes)
            )
        chunks.append(chunk)
    return b"".join(chunks)


def _one_line(data: bytes) -> str:
    """Return what a camera says as a short line without anything unprintable."""
    text = data[: 4 * _LONGEST_STATUS].decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        return ""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words[:_LONGEST_STATUS]
