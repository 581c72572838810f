"""How cameras are reached: name look-up, the check of each address, and one session for all.

The address that is checked is the address that is connected to: the check sits where
the socket is made, behind every look-up, so a name that answers differently the
second time gains nothing. The certificate of a camera is checked in the same place, before
the first byte of a request.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
import weakref
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler
from aiohttp.client_reqrep import ClientRequest
from aiohttp.connector import AddrInfoType, Connection
from aiohttp.tracing import Trace

from camwatch import __version__
from camwatch.cameras.background import call_in_thread
from camwatch.cameras.open_files import with_reserve
from camwatch.cameras.pinning import (
    CertificateFacts,
    certificate_of,
    check_pin,
    trusting_context,
    unknown,
)
from camwatch.cameras.policy import check_address
from camwatch.errors import CameraError

CONNECT_TIMEOUT_S = 3.0
"""Longest time for one connection to be made; the deadline of the whole poll counts too."""

MAX_HEADER_BYTES = 8190
"""Longest status line and longest header line; there may be 128 of them."""

MOST_LOOK_UPS = 512
"""So many names are looked up at a time, each in a thread: one for each camera of a large site."""

_Question = tuple[str, int, socket.AddressFamily]
_KEEP_ALIVE_S = 30.0
_END_OF_HEAD = b"\r\n\r\n"
_READ_BUFFER = 512 * 1024  # most pictures then need no pause while they are received


@dataclass(slots=True)
class Asking:
    """For whom a connection is made.

    Attributes:
        allow_local: The camera may have a loopback or link-local address.
        pin: Fingerprint of the certificate it must show; "" if it is checked otherwise.
        distrust: Why its certificate is not trusted; it is only looked at, and nothing is sent.
        closes: Its connection is not kept for the next poll: it serves one client only.
        refused: Why an address was refused, if one was.
        certificate: The one it showed last.
    """

    allow_local: bool
    pin: str = ""
    distrust: str = ""
    closes: bool = False
    refused: CameraError | None = None
    certificate: CertificateFacts | None = None

    def check(self, address: str) -> None:
        """Check an address, and remember a refusal.

        Raises:
            CameraError: ADDRESS.
        """
        try:
            check_address(address, allow_local=self.allow_local)
        except CameraError as error:
            self.refused = error
            raise

    def check_certificate(self, ssl_object: ssl.SSLObject | None) -> None:
        """Check whom a connection over TLS leads to, before anything is sent over it.

        Raises:
            CameraError: CERTIFICATE_CHANGED or CERTIFICATE_UNKNOWN.
        """
        if ssl_object is None:
            return
        if self.distrust:
            raise unknown(self.distrust, ssl_object)
        check_pin(self.pin, ssl_object)
        self.certificate = certificate_of(ssl_object)


_asking: ContextVar[Asking] = ContextVar("asking")
_NOBODY = Asking(allow_local=False)


@contextlib.contextmanager
def asking(
    allow_local: bool, pin: str = "", distrust: str = "", *, closes: bool = False
) -> Iterator[Asking]:
    """Apply a camera's address policy and pin to the connections made inside.

    Args:
        allow_local: It may have a loopback or link-local address.
        pin: Fingerprint of the certificate it must show; "" if it is checked otherwise.
        distrust: Why its certificate is not trusted, if it is only to be looked at.
        closes: The connections are not kept for later.
    """
    on_behalf = Asking(allow_local, pin, distrust, closes)
    token = _asking.set(on_behalf)
    try:
        yield on_behalf
    finally:
        _asking.reset(token)


def _open_socket(info: AddrInfoType) -> socket.socket:
    """Make the socket for one address, if it may be connected to."""
    family, kind, protocol, _, address = info
    try:
        _asking.get(_NOBODY).check(str(address[0]))
    except CameraError as error:
        raise OSError(errno.EACCES, str(error)) from error
    return with_reserve(socket.socket(family, kind, protocol))


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own, so that slow names hold up nobody else.

    A name has one look-up at a time: whoever asks for it meanwhile waits for the same answer,
    so that a camera whose name takes half a minute has one thread, not one a poll.
    """

    def __init__(self) -> None:
        self._running: dict[_Question, asyncio.Task[list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a name's addresses.

        Raises:
            OSError: It has none, or nobody knows.
        """
        question = (host, port, family)
        running = self._running.get(question)
        if running is None:
            if len(self._running) >= MOST_LOOK_UPS:
                raise socket.gaierror(socket.EAI_AGAIN, "too many names are being looked up")
            running = asyncio.create_task(_look_up(*question), name=f"look-up {host}")
            self._running[question] = running
            running.add_done_callback(partial(self._has_ended, question))
        # The look-up outlives a poll that is given up, since its thread does.
        return await asyncio.shield(running)

    def _has_ended(self, question: _Question, task: asyncio.Task[list[ResolveResult]]) -> None:
        del self._running[question]
        if not task.cancelled():
            task.exception()  # nobody may be left who waits for it

    async def close(self) -> None:
        """Give up what is being looked up: the threads end by themselves."""
        for task in tuple(self._running.values()):
            task.cancel()


_resolvers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Resolver] = (
    weakref.WeakKeyDictionary()
)
"""Who looks up names for streams, one for each event loop."""


async def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[ResolveResult]:
    try:
        found = await call_in_thread(
            "look-up", lambda: socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)
        )
    except CameraError as error:  # no thread can be started
        raise OSError(errno.EMFILE, error.detail) from error
    results = []
    for kind, _, protocol, _, address in found:
        literal = str(address[0])
        scope = address[3] if len(address) == 4 else 0
        if scope and "%" not in literal:
            literal = f"{literal}%{scope}"
        results.append(
            ResolveResult(
                hostname=host,
                host=literal,
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
        )
    return results


class _HeadFirst(ResponseHandler):
    """Takes in the head of an answer apart from what came with it.

    When more bytes come than were announced, aiohttp throws away all that was in the same read.
    Of a small picture, or when this computer is busy, that would be the whole answer.
    """

    def data_received(self, data: bytes) -> None:
        """Take in what came."""
        end = data.find(_END_OF_HEAD) + len(_END_OF_HEAD) if data.startswith(b"HTTP/") else 0
        if len(_END_OF_HEAD) <= end < len(data):
            super().data_received(data[:end])
            data = data[end:]
        super().data_received(data)


class _CheckedConnector(aiohttp.TCPConnector):
    """Also checks connections that are used again, and leaves none behind."""

    def __init__(self) -> None:
        super().__init__(
            limit=0,
            ssl=trusting_context(),
            resolver=_Resolver(),
            keepalive_timeout=_KEEP_ALIVE_S,
            socket_factory=_open_socket,
        )
        make: Callable[..., ResponseHandler] = _HeadFirst
        self._factory = partial(make, loop=asyncio.get_running_loop())
        self._opened: weakref.WeakSet[asyncio.Transport] = weakref.WeakSet()

    async def connect(
        self,
        req: ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the signature is aiohttp's
    ) -> Connection:
        """Get a connection from the pool or make one.

        Raises:
            CameraError: ADDRESS, for one that was made for a camera with other rights;
                CERTIFICATE_CHANGED or CERTIFICATE_UNKNOWN, for whom must not be talked to.
        """
        while True:
            connection = await super().connect(req, traces, timeout)
            protocol, transport = connection.protocol, connection.transport
            # Bytes that came unasked would be taken for the next answer, which may
            # be that of another camera behind the same recorder.
            if protocol is None or transport is None or protocol.should_close:
                connection.close()
                continue
            self._opened.add(transport)
            peer = transport.get_extra_info("peername")
            on_behalf = _asking.get(_NOBODY)
            try:
                on_behalf.check(str(peer[0]) if peer else "")
                on_behalf.check_certificate(transport.get_extra_info("ssl_object"))
            except CameraError:
                connection.close()
                raise
            if _asking.get(_NOBODY).closes:
                protocol.force_close()
            return connection

    def drop(self, *, but_local: bool) -> None:
        """Close all connections, idle ones too; they may have died without a word.

        Args:
            but_local: Leave those to addresses of this computer.
        """
        for transport in tuple(self._opened):
            peer = transport.get_extra_info("peername")
            if but_local and peer and ipaddress.ip_address(str(peer[0]).split("%")[0]).is_loopback:
                continue
            with contextlib.suppress(AttributeError):
                transport.abort()

    async def close(self, *, abort_ssl: bool = True) -> None:
        """Close all connections at once, those too that still say goodbye over TLS."""
        await super().close(abort_ssl=abort_ssl)
        for transport in tuple(self._opened):
            # Python 3.11.2 cannot abort a TLS transport that has come to its end by itself.
            with contextlib.suppress(AttributeError):
                transport.abort()
        await asyncio.sleep(0)  # lets the loop close their sockets before it ends itself


async def open_checked(
    host: str,
    port: int,
    *,
    allow_local: bool,
    context: ssl.SSLContext | None,
    limit: int,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to a camera that does not speak HTTP.

    Args:
        host: Name or address literal.
        port: Its port.
        allow_local: It may have a loopback or link-local address.
        context: How its certificate is checked; None without encryption.
        limit: Longest line to be read, bytes.

    Raises:
        CameraError: ADDRESS.
        OSError: There is no connection to be had; a TimeoutError after `CONNECT_TIMEOUT_S`.
    """
    failure: OSError = OSError(errno.EHOSTUNREACH, "no address")
    resolver = _resolvers.setdefault(asyncio.get_running_loop(), _Resolver())
    for found in await resolver.resolve(host, port):
        check_address(found["host"], allow_local=allow_local)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                return await asyncio.open_connection(
                    sock=await _connected(found, port),
                    limit=limit,
                    ssl=context,
                    server_hostname=host if context is not None else None,
                )
        except OSError as error:
            failure = error
    raise failure


async def _connected(found: ResolveResult, port: int) -> socket.socket:
    """Connect to one address.

    Raises:
        OSError: It cannot be reached, or the last open files are not for cameras.
    """
    opened = with_reserve(socket.socket(found["family"], socket.SOCK_STREAM, found["proto"]))
    try:
        opened.setblocking(False)
        await asyncio.get_running_loop().sock_connect(opened, (found["host"], port))
    except BaseException:
        opened.close()
        raise
    return opened


def drop_connections(session: aiohttp.ClientSession, *, but_local: bool) -> None:
    """Close the connections of a session, idle ones too: they may have died without a word.

    Args:
        session: From `open_session`.
        but_local: Leave those to addresses of this computer.
    """
    if isinstance(session.connector, _CheckedConnector):
        session.connector.drop(but_local=but_local)


def open_session() -> aiohttp.ClientSession:
    """Open the session that all cameras are asked through; needs a running event loop.

    It keeps connections alive, has no bound on their number (there is at most one poll
    per camera at a time), takes no cookies, and knows no proxy and no .netrc.
    """
    return aiohttp.ClientSession(
        connector=_CheckedConnector(),
        cookie_jar=aiohttp.DummyCookieJar(),
        # The deadlines of a whole poll are set around each.
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_TIMEOUT_S),
        headers={
            "User-Agent": f"CamWatch/{__version__}",
            "Accept": "image/jpeg, image/png, */*;q=0.5",
            "Accept-Encoding": "identity",
        },
        trust_env=False,
        auto_decompress=False,
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
        read_bufsize=_READ_BUFFER,
    )
