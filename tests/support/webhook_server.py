"""A web server on loopback that takes webhooks, and answers what a test wants."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answers.

    Attributes:
        hangs: It says nothing until it is left.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"taken"
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Posted:
    """What was posted."""

    path: str
    key: str
    body: dict[str, Any] = field(hash=False)


class WebhookServer:
    """Takes webhooks until it is left.

    Attributes:
        replies: By path; the usual answer is 200.
        posted: What came, in order.
    """

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.posted: list[Posted] = []
        self._left = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # whoever sent it is gone
                    self.close_connection = True
                    return
                key = self.headers["Idempotency-Key"]
                outer.posted.append(Posted(self.path, key, json.loads(body)))
                reply = outer.replies.get(self.path, Reply())
                if reply.hangs:
                    outer._left.wait(30)
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as it is called
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def of(self, path: str) -> list[Posted]:
        """Return what was posted to a path."""
        return [one for one in self.posted if one.path == path]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
