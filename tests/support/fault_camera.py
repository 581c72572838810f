"""A camera on a raw socket that goes wrong in the way a test asks for.

It speaks only as much HTTP as it needs to break it, so no library of either side
smooths over what it sends. The numbers are those of the project's fault list.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self, cast

import numpy as np

from camwatch.cameras.decode import encode_jpeg
from camwatch.domain import CameraSettings


def jpeg(seed: int = 0, wh: tuple[int, int] = (64, 48)) -> bytes:
    """Return a small picture; another one for each seed."""
    noise = np.random.default_rng(seed).integers(0, 255, (wh[1] // 8, wh[0] // 8, 3), np.uint8)
    return encode_jpeg(np.ascontiguousarray(noise.repeat(8, 0).repeat(8, 1)))


def answer(
    body: bytes = b"",
    *headers: str,
    status: str = "200 OK",
    length: int | None = None,
    kind: str = "image/jpeg",
) -> bytes:
    """Return a whole answer; `length` lies about the body's size."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Connection(asyncio.Protocol):
    """One client; its replies are sent one after another until it leaves."""

    def __init__(self, camera: FaultCamera) -> None:
        self.camera = camera
        self._received = b""
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._sending: asyncio.Task[None] | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.camera.connections += 1
        self.camera.open_connections.add(self)
        if self.camera.speaks_first:
            self._sending = asyncio.ensure_future(self.answer(""))

    def connection_lost(self, exc: Exception | None) -> None:
        self.camera.open_connections.discard(self)
        if self._sending is not None:
            self._sending.cancel()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, self._received = self._received.partition(b"\r\n\r\n")
        if not end:
            self._received = head
            return
        if self.camera.speaks_first:
            return
        text = head.decode("latin-1")
        self.camera.requests.append(text)
        self._sending = asyncio.ensure_future(self.answer(text))

    async def answer(self, head: str) -> None:
        """Reply as the camera does now."""
        reply = self.camera.reply
        if isinstance(reply, bytes):
            await self.write(reply)
        else:
            await reply(self, head)

    async def write(self, data: bytes) -> None:
        """Send, no faster than the client takes it; never return once it has left."""
        if self.transport.is_closing():
            await asyncio.Event().wait()
        self.transport.write(data)
        self.camera.sent += len(data)
        await self._may_write.wait()

    def pause_writing(self) -> None:
        self._may_write.clear()

    def resume_writing(self) -> None:
        self._may_write.set()


Reply = Callable[[Connection, str], Awaitable[None]]


def hang_after(start: bytes = b"") -> Reply:
    """Send the first bytes and then nothing more (F03, F04, F05)."""

    async def reply(connection: Connection, _head: str) -> None:
        if start:
            await connection.write(start)
        await asyncio.Event().wait()

    return reply


def trickle(data: bytes, at_once: int = 0, pause_s: float = 0.02) -> Reply:
    """Send a byte at a time, which keeps every single read alive (F06, F07)."""

    async def reply(connection: Connection, _head: str) -> None:
        if at_once:
            await connection.write(data[:at_once])
        for at in range(at_once, len(data)):
            await connection.write(data[at : at + 1])
            await asyncio.sleep(pause_s)

    return reply


def close_after(start: bytes = b"") -> Reply:
    """Send the first bytes and close (F08)."""

    async def reply(connection: Connection, _head: str) -> None:
        if start:
            await connection.write(start)
        connection.transport.close()

    return reply


def endless_chunks(size: int = 64 * 1024) -> Reply:
    """Send a chunked body that never ends (F10)."""

    async def reply(connection: Connection, _head: str) -> None:
        await connection.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = f"{size:x}\r\n".encode() + b"\xff" * size + b"\r\n"
        while True:
            await connection.write(chunk)

    return reply


def by_request(choose: Callable[[str], bytes]) -> Reply:
    """Answer each request by its head."""

    async def reply(connection: Connection, head: str) -> None:
        await connection.write(choose(head))

    return reply


def ticking(picture: bytes) -> Reply:
    """Send the same view each time in another file, as a camera before a still scene does."""
    count = 0

    async def reply(connection: Connection, _head: str) -> None:
        nonlocal count
        count += 1
        await connection.write(answer(remarked(picture, count)))

    return reply


def remarked(picture: bytes, number: int) -> bytes:
    """Return a JPEG with a remark of this number in it, which changes no pixel."""
    return picture[:2] + b"\xff\xfe\x00\x0a" + number.to_bytes(8) + picture[2:]


def streaming(
    picture: bytes, *, boundary: bytes = b"--frame", tells_length: bool = True, pause_s: float = 0.1
) -> Reply:
    """Send an MJPEG stream of a still view until the camera's reply is another; then that one."""

    async def reply(connection: Connection, head: str) -> None:
        kind = b"multipart/x-mixed-replace; boundary=frame"
        await connection.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n")
        count = 0
        while connection.camera.reply is reply:
            count += 1
            part = remarked(picture, count)
            length = b"Content-Length: %d\r\n" % len(part) if tells_length else b""
            start = b"\r\n" + boundary + b"\r\nContent-Type: image/jpeg\r\n" + length + b"\r\n"
            await connection.write(start + part)
            await asyncio.sleep(pause_s)
        await connection.answer(head)

    return reply


def endless(start: bytes = b"", size: int = 64 * 1024) -> Reply:
    """Send a stream that begins like this and never makes sense again."""

    async def reply(connection: Connection, _head: str) -> None:
        kind = b"multipart/x-mixed-replace; boundary=frame"
        await connection.write(b"HTTP/1.1 200 OK\r\nContent-Type: " + kind + b"\r\n\r\n" + start)
        while True:
            await connection.write(bytes(size))
            await asyncio.sleep(0.01)

    return reply


def moving() -> Reply:
    """Send another picture each time, as a sound camera does."""
    seed = 0

    async def reply(connection: Connection, _head: str) -> None:
        nonlocal seed
        seed += 1
        await connection.write(answer(jpeg(seed)))

    return reply


@contextmanager
def black_hole() -> Iterator[int]:
    """Give a port where packets that open a connection vanish, as behind a firewall (F02).

    Its queue of one is full, so the system drops what comes further.
    """
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(server.getsockname())
        yield server.getsockname()[1]


class FaultCamera:
    """Serves on 127.0.0.1, or where it is told, from a thread of its own; used with `with`.

    Attributes:
        port: Chosen by the system.
        reply: What every request gets, from now on; may be changed at any time.
        speaks_first: Send the reply to each connection before it asks for anything.
        requests: Heads of the requests so far.
        connections: How many connections there were.
        open_connections: Those there are now.
        sent: Bytes handed to the system so far.
    """

    def __init__(
        self, reply: bytes | Reply, *, speaks_first: bool = False, address: str = "127.0.0.1"
    ) -> None:
        self.reply = reply
        self._address = address
        self.speaks_first = speaks_first
        self.port = 0
        self.requests: list[str] = []
        self.connections = 0
        self.open_connections: set[Connection] = set()
        self.sent = 0
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault camera")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(5.0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._loop is not None and self._stop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5.0)

    def refuse(self) -> None:
        """Refuse connections, and cut those there are, as after the camera's program ended."""
        self._call(self._close_port)

    def accept(self) -> None:
        """Take connections again, at the same port."""
        self._call(self._open_port)

    def _call(self, what: Callable[[], Awaitable[None]]) -> None:
        assert self._loop is not None

        async def run() -> None:
            await what()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(5.0)

    def settings(
        self,
        path: str = "/snapshot",
        *,
        name: str = "Gate",
        host: str = "127.0.0.1",
        username: str = "",
        interval_s: float = 0.2,
        allow_local: bool = True,
        allow_basic: bool = False,
    ) -> CameraSettings:
        """Return the settings of a camera that is asked here."""
        return CameraSettings(
            name=name,
            location="Test",
            host=host,
            port=self.port,
            snapshot_path=path,
            username=username,
            interval_s=interval_s,
            allow_local=allow_local,
            allow_basic=allow_basic,
        )

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        await self._open_port()
        self._ready.set()
        await self._stop.wait()
        await self._close_port()

    async def _open_port(self) -> None:
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(
                lambda: Connection(self), self._address, self.port, reuse_address=True
            )
            self.port = self._server.sockets[0].getsockname()[1]

    async def _close_port(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self.open_connections):
            connection.transport.abort()
