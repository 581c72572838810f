"""Stands between FFmpeg and an RTSP camera, so that FFmpeg can do nothing but read video.

FFmpeg connects here, on the loopback, and is given no password. What it asks is signed on the
way; what the camera answers is passed on unless it is a redirect. So the camera's address is
the one that was checked, the password goes to it alone and in a way that is allowed, Digest
works with every algorithm, and its certificate is checked as that of any other camera.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import OrderedDict
from types import TracebackType
from typing import Self

from camwatch.cameras.answers import reason_of
from camwatch.cameras.connections import CONNECT_TIMEOUT_S
from camwatch.cameras.rtsp import (
    MOST_BODY_BYTES,
    MOST_HEAD_BYTES,
    USER_AGENT,
    Head,
    RtspConnection,
    RtspSignIn,
    check_status,
    connect,
)
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError
from camwatch.language import tr

_AT_ONCE = 256 * 1024
_BREATH_S = 0.01
"""Pause between two readings: a camera sends a hundred packets a second, each of which would
wake this thread."""

_MOST_WAITING = MOST_HEAD_BYTES + MOST_BODY_BYTES
_MOST_OPEN_REQUESTS = 32
_INTERLEAVED = 0x24  # "$": the beginning of a packet of video among the words
_SOURCE = re.compile(r";source=[^;]*")


class RtspRelay:
    """Serves one FFmpeg with one camera; used with `async with`.

    Attributes:
        error: Why the camera's stream cannot be had, once that is known.
        token: What FFmpeg must call itself; another program of this computer does not know it.

    Args:
        settings: Of the camera.
        password: Of its user.
    """

    def __init__(self, settings: CameraSettings, password: Secret | None) -> None:
        self._settings = settings
        self._password = password
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._is_taken = False
        self.error: CameraError | None = None
        self.token = secrets.token_hex(16)

    async def __aenter__(self) -> Self:
        """Open the port.

        Raises:
            CameraError: OPEN_FILES or UNREACHABLE; this computer gives none.
        """
        try:
            self._server = await asyncio.start_server(
                self._on_client, "127.0.0.1", 0, limit=MOST_HEAD_BYTES, backlog=2
            )
        except OSError as error:
            raise reason_of(error, limit_s=0, has_begun=False) from error
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close everything at once."""
        if self._server is not None:
            self._server.close()
        serving = tuple(self._serving)
        for task in serving:
            task.cancel()
        if serving:
            await asyncio.wait(serving)

    @property
    def _origin(self) -> str:
        if self._server is None:
            raise RuntimeError("the relay is not open")
        return f"rtsp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def url(self) -> str:
        """What FFmpeg is to open."""
        settings = self._settings
        return f"{self._origin}{settings.base_path}{settings.stream_path}"

    async def _on_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:  # pragma: no cover - there is always one
            return
        self._serving.add(task)
        try:
            await self._serve(reader, writer)
        except CameraError as error:
            self.error = self.error or error
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # FFmpeg left, or never was one
        except asyncio.CancelledError:
            pass  # the relay is closed
        finally:
            self._serving.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry words and video until one side ends.

        Raises:
            CameraError: The camera's stream cannot be had.
            OSError: FFmpeg left.
        """
        first = await _read_request(reader)
        if self._is_taken or first.get("User-Agent") != self.token:
            return  # another program of this computer
        self._is_taken = True
        try:
            camera = await connect(self._settings, limit=_AT_ONCE)
        except OSError as error:
            raise reason_of(error, limit_s=CONNECT_TIMEOUT_S, has_begun=False) from error
        try:
            await _Carrying(self._settings, self._password, self._origin, camera, writer).run(
                first, reader
            )
        finally:
            camera.close()


class _Carrying:
    """One FFmpeg's conversation with its camera."""

    def __init__(
        self,
        settings: CameraSettings,
        password: Secret | None,
        own_origin: str,
        camera: RtspConnection,
        client: asyncio.StreamWriter,
    ) -> None:
        self._settings = settings
        self._own_origin = own_origin
        self._camera = camera
        self._client = client
        self._sign_in = RtspSignIn(settings, password)
        self._open: OrderedDict[str, Head] = OrderedDict()
        peer = camera.writer.get_extra_info("peername")
        self._peer = str(peer[0]) if peer else ""

    async def run(self, first: Head, reader: asyncio.StreamReader) -> None:
        """Carry both ways until one side ends."""
        await self._ask(first)
        ways = {
            asyncio.create_task(self._to_camera(reader)),
            asyncio.create_task(self._from_camera()),
        }
        try:
            done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in done:
                way.result()
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _to_camera(self, reader: asyncio.StreamReader) -> None:
        """Carry FFmpeg's requests, and the few packets of its own."""
        while True:
            start = await reader.readexactly(1)
            if start[0] == _INTERLEAVED:
                packet = await reader.readexactly(3)
                size = int.from_bytes(packet[1:])
                self._camera.writer.write(start + packet + await reader.readexactly(size))
                await self._camera.writer.drain()
            else:
                await self._ask(await _read_request(reader, start))

    async def _ask(self, request: Head) -> None:
        """Send FFmpeg's request to the camera, under the camera's name and signed."""
        method, _, rest = request.first.partition(" ")
        uri, _, version = rest.partition(" ")
        if uri.startswith(self._own_origin):
            uri = self._settings.origin + uri.removeprefix(self._own_origin)
        request.first = f"{method} {uri} {version}"
        request.set("User-Agent", USER_AGENT)
        self._open[request.get("CSeq")] = request
        while len(self._open) > _MOST_OPEN_REQUESTS:
            self._open.popitem(last=False)
        await self._send(request)

    async def _send(self, request: Head) -> None:
        method, uri, *_ = request.first.split(" ")
        request.set("Authorization", self._sign_in.authorization(method, uri))
        self._camera.writer.write(request.to_bytes())
        await self._camera.writer.drain()

    async def _from_camera(self) -> None:
        """Carry the camera's answers and its video."""
        buffer = bytearray()
        while data := await self._camera.reader.read(_AT_ONCE):
            buffer += data
            at = 0
            while at < len(buffer):
                if buffer[at] == _INTERLEAVED:
                    size = _packets_size(buffer, at)
                    self._client.write(bytes(buffer[at : at + size]))
                else:
                    size = await self._answer(buffer, at)
                if not size:
                    break
                at += size
            if len(buffer) - at > _MOST_WAITING:
                raise CameraError(Reason.PROTOCOL, tr("the answer is not RTSP"))
            del buffer[:at]
            await self._client.drain()
            await asyncio.sleep(_BREATH_S)
        raise CameraError(Reason.DISCONNECTED, tr("the camera closed the stream"))

    async def _answer(self, buffer: bytearray, at: int) -> int:
        """Pass on the answer that begins here; return how long it is, 0 if not all is there.

        Raises:
            CameraError: It is no answer that can be passed on.
        """
        blank = buffer.find(b"\r\n\r\n", at, at + MOST_HEAD_BYTES)
        if blank < 0:
            return 0
        end = blank + 4
        answer = Head.parse(bytes(buffer[at:end]))
        if len(buffer) < end + answer.body_bytes:
            return 0
        answer.body = bytes(buffer[end : end + answer.body_bytes])
        size = end + answer.body_bytes - at
        if not answer.first.startswith("RTSP/"):
            return size  # a camera that asks something: FFmpeg would not answer it
        request = self._open.pop(answer.get("CSeq"), None)
        if answer.status == 401 and request is not None and self._sign_in.learn(answer):
            self._open[request.get("CSeq")] = request
            await self._send(request)
            return size
        method = request.first.partition(" ")[0] if request is not None else ""
        if method in ("OPTIONS", "GET_PARAMETER", "SET_PARAMETER") and 400 <= answer.status != 401:
            pass  # cameras that do not know a question are asked others
        else:
            check_status(answer)
            self._sign_in.accepted()
        self._name_source(answer)
        self._client.write(answer.to_bytes())
        return size

    def _name_source(self, answer: Head) -> None:
        """Tell FFmpeg where the packets of UDP come from; it only knows this relay."""
        transport = answer.get("Transport")
        if "server_port" in transport:
            host = f"[{self._peer}]" if ":" in self._peer else self._peer
            answer.set("Transport", f"{_SOURCE.sub('', transport)};source={host}")


def _packets_size(buffer: bytearray, at: int) -> int:
    """Return how long the whole packets of video are that begin here, together."""
    start, length = at, len(buffer)
    while at + 4 <= length and buffer[at] == _INTERLEAVED:
        end = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
        if end > length:
            break
        at = end
    return at - start


async def _read_request(reader: asyncio.StreamReader, start: bytes = b"") -> Head:
    """Read one of FFmpeg's requests."""
    head = Head.parse(start + await reader.readuntil(b"\r\n\r\n"))
    head.body = await reader.readexactly(head.body_bytes)
    return head
