"""A web server that does what a test wants, down to the bytes."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.support.loopback_server import LoopbackServer

SLOW = "slow"
"""Nothing at all comes back for half a minute."""
DRIP_HEAD = "drip head"
"""One byte after the other, each in time, never the end of the head."""
DRIP_BODY = "drip body"
"""A whole head, then one byte after the other."""
ENDLESS = "endless"
"""A whole head, then as much as fits through, without end."""
HANG_UP = "hang up"
BREAK_OFF = "break off"
"""A whole head, and half of the body that it promises."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came.

    Attributes:
        line: Its first line.
        headers: In lower case by name; a name that came twice has both values in one.
    """

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """Return an answer with its head; underscores in names stand for hyphens."""
    lines = [f"HTTP/1.1 {status} So", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class FaultWebServer(LoopbackServer):
    """Answers on loopback until it is left.

    Args:
        context: Encrypts; None for a server that does not.
        answer: What it sends, what it does, or what makes an answer of a request.

    Attributes:
        asked: The requests that came.
    """

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        answer: bytes | str | Callable[[Asked], bytes] = b"HTTP/1.1 204 Done\r\n\r\n",
    ) -> None:
        super().__init__("fault web server")
        self._context = context
        self.answer = answer
        self.asked: list[Asked] = []
        self.sent = 0
        """Bytes that went out where there is no end of them."""
        self.reached = threading.Event()

    @property
    def url(self) -> str:
        """Its address."""
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.port}/alerts"

    def _serve(self, end: socket.socket, other: socket.socket) -> None:
        try:
            if self._context is not None:
                end = self._context.wrap_socket(end, server_side=True)
            asked = _read(end)
            if asked is not None:
                self.asked.append(asked)
                self.reached.set()
                self._answer(end, asked)
        except (OSError, ValueError):
            pass
        finally:
            with suppress(OSError):
                # Not at once: what was sent last is to arrive.
                other.shutdown(socket.SHUT_WR)
            end.close()

    def _answer(self, end: socket.socket, asked: Asked) -> None:
        meant = self.answer
        if callable(meant):
            end.sendall(meant(asked))
        elif isinstance(meant, bytes):
            end.sendall(meant)
        elif meant == SLOW:
            self._over.wait(30)
        elif meant == BREAK_OFF:
            end.sendall(answer(200, b"x" * 100)[:-50])
        elif meant in (DRIP_HEAD, DRIP_BODY):
            head = b"HTTP/1.1 200 So\r\nContent-Length: 9000\r\n"
            end.sendall(head + (b"\r\n" if meant == DRIP_BODY else b""))
            while not self._over.wait(0.02):
                end.sendall(b"x")
        elif meant == ENDLESS:
            end.sendall(b"HTTP/1.1 200 So\r\n\r\n")
            while not self._over.is_set():
                end.sendall(b"y" * 4096)
                self.sent += 4096


def _read(end: socket.socket) -> Asked | None:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = end.recv(65_536)
        if not piece:
            return None
        data += piece
        if data[:1] == b"\x16":  # the beginning of encryption, which is none of HTTP
            end.sendall(answer(400, b"no HTTP"))
            return None
    head, _, body = data.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    for one in lines:
        name, _, value = one.partition(":")
        name = name.lower()
        headers[name] = f"{headers[name]}, {value.strip()}" if name in headers else value.strip()
    while len(body) < int(headers.get("content-length", "0")):
        body += end.recv(65_536)
    return Asked(line, headers, body)
