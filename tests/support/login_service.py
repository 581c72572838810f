"""The reference login service: real HTTPS on loopback, with users, a key set and all faults on demand.

It is a double of the protocol in `docs/login-service.md` for tests and for trying it out, no product.
By hand:

    python -m tests.support.login_service

prints its address, its authority's file and its users, and takes commands from standard input.
"""

from __future__ import annotations

import http.server
import json
import ssl
import threading
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import jwt

from tests.support.certificates import Authority
from tests.support.login_tokens import Forgery, KeyKind, SigningKey, TokenMaker

BASE = "/api/v1/auth"


class Fault(StrEnum):
    """What the service does instead of answering."""

    SILENT = "silent"
    DRIP = "drip"
    DRIP_HEAD = "drip-head"
    HTML = "html"
    NO_JSON = "no-json"
    WRONG_JSON = "wrong-json"
    DEEP_JSON = "deep-json"
    TWICE = "twice"
    SERVER_ERROR = "500"
    TOO_MANY = "429"
    REDIRECT = "redirect"
    ENDLESS = "endless"
    ZIPPED = "zipped"
    HANG_UP = "hang-up"
    NOT_FOUND = "404"


@dataclass
class ServiceUser:
    """Somebody the service knows."""

    name: str
    password: str
    roles: list[str]
    email: str = ""
    is_disabled: bool = False
    subject: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class _Family:
    """The tokens that came of one sign-in."""

    user: ServiceUser
    refresh: str
    is_ended: bool = False


class _Refused(Exception):
    """The answer is no."""


class Records:
    """Who is known, and which tokens hold.

    Args:
        users: Who is known.
        maker: Makes tokens.

    Attributes:
        is_terse: `validate` says whether a token holds, and nothing else.
    """

    def __init__(self, users: list[ServiceUser], maker: TokenMaker) -> None:
        self.users = {user.name: user for user in users}
        self.maker = maker
        self.is_terse = False
        self._lock = threading.Lock()
        self._by_refresh: dict[str, _Family] = {}
        self._by_access: dict[str, _Family] = {}

    def login(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return tokens for a name, or e-mail address, and a password."""
        typed = str(asked.get("username", ""))
        user = next((one for one in self.users.values() if typed in (one.name, one.email)), None)
        if user is None or user.is_disabled or user.password != asked.get("password"):
            raise _Refused
        with self._lock:
            return self._tokens(_Family(user, ""))

    def refresh(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return new tokens for a refresh token; one that was used before ends its family."""
        token = str(asked.get("refresh_token", ""))
        with self._lock:
            family = self._by_refresh.get(token)
            if family is None or family.is_ended or family.user.is_disabled:
                raise _Refused
            if family.refresh != token:
                family.is_ended = True
                raise _Refused
            return self._tokens(family)

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Return what holds of a token now: the roles are those of this moment."""
        token = str(asked.get("token", ""))
        with self._lock:
            family = self._by_access.get(token)
            if family is None or family.is_ended or family.user.is_disabled:
                raise _Refused
        claims = _claims_in(token)
        expires = claims.get("exp")
        if isinstance(expires, int) and expires < self.maker.now():
            raise _Refused
        if self.is_terse:
            return {"valid": True}
        return {"valid": True, "claims": {**claims, "roles": family.user.roles}}

    def logout(self, asked: dict[str, Any]) -> dict[str, Any]:
        """End the family of a refresh token."""
        with self._lock:
            family = self._by_refresh.get(str(asked.get("refresh_token", "")))
            if family is not None:
                family.is_ended = True
        return {}

    def end_sessions(self, name: str) -> None:
        """End all of somebody's tokens, as a sign-out elsewhere or a changed password does."""
        with self._lock:
            for family in self._by_refresh.values():
                if family.user.name == name:
                    family.is_ended = True

    def forget_access(self) -> None:
        """Let no access token hold any longer; refresh tokens do."""
        with self._lock:
            self._by_access.clear()

    def open_families(self) -> int:
        """Return how many sign-ins have not ended."""
        with self._lock:
            return len({id(one) for one in self._by_refresh.values() if not one.is_ended})

    def _tokens(self, family: _Family) -> dict[str, Any]:
        user = family.user
        family.refresh = f"rt-{uuid.uuid4().hex}{uuid.uuid4().hex}"
        self._by_refresh[family.refresh] = family
        access = self.maker.make(self.maker.claims(user.subject, user.name, user.roles))
        self._by_access[access] = family
        return {
            "access_token": access,
            "refresh_token": family.refresh,
            "token_type": "Bearer",
            "expires_in": int(self.maker.life_s),
        }


def _claims_in(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        raise _Refused from None


def example_users() -> list[ServiceUser]:
    """Return one user of each kind, with a password each."""
    return [
        ServiceUser("anna", "green bicycle rides", ["admins"], "anna@site.example"),
        ServiceUser("omar", "silver lantern glows", ["shift-leads", "staff"], "omar@site.example"),
        ServiceUser("lena", "quiet harbour wakes", ["staff"], "lena@site.example"),
        ServiceUser("gast", "purple teapot whistles", ["guests"], "gast@site.example"),
    ]


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    context: ssl.SSLContext
    service: LoginService

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the request's own thread; who does not like the certificate leaves."""
        with suppress(OSError):
            request.settimeout(30.0)
            with self.context.wrap_socket(request, server_side=True) as secure:
                self.service.note_connection()
                _Handler(secure, client_address, self)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class LoginService:
    """Serves on loopback until it is left.

    Args:
        kind: What it signs with.
        users: Who is known; None for `example_users`.
        folder: Gets its authority's file.
        port: Where; 0 takes a free one.

    Attributes:
        authority: Signs its certificate.
        ca_file: The authority's certificate.
        records: Who is known, and which tokens hold.
        keys: The key set; the first signs.
        fault: What it does instead of answering; None answers.
        faulty_paths: Only these paths have the fault, such as "/login"; empty for all.
        retry_after: What it says with 429; "" for nothing.
        asked: Every request's path.
        cookies: Every Cookie header that came.
        connections: How many handshakes came about.
    """

    def __init__(
        self,
        folder: Path,
        kind: KeyKind = KeyKind.EDDSA,
        users: list[ServiceUser] | None = None,
        port: int = 0,
    ) -> None:
        self.authority = Authority()
        self.ca_file = folder / "login-service-ca.pem"
        self.ca_file.write_bytes(self.authority.pem)
        self.kind = kind
        self.keys = [SigningKey.new(kind)]
        self.fault: Fault | None = None
        self.faulty_paths: set[str] = set()
        self.retry_after = ""
        self.asked: list[str] = []
        self.cookies: list[str] = []
        self.connections = 0
        self._context = self.authority.context("localhost")
        self._released = threading.Event()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._port = port
        maker = TokenMaker(self.keys[0], "")
        self.records: Records = Records(example_users() if users is None else users, maker)
        self.come_up()
        maker.issuer = self.url

    @property
    def url(self) -> str:
        """Its address."""
        return f"https://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.go_down()

    def come_up(self) -> None:
        """Serve, again at the same port; nothing happens while it does."""
        if self._server is not None:
            return
        self._released.clear()
        server = _Server(("127.0.0.1", self._port), _Handler)
        server.context = self._context
        server.service = self
        self._port = server.server_address[1]
        self._server = server
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.02,), name="login service"
        )
        self._thread.start()

    def go_down(self) -> None:
        """Close the port, and let go of who waits."""
        server, self._server = self._server, None
        self._released.set()
        if server is not None and self._thread is not None:
            server.shutdown()
            server.server_close()
            self._thread.join()

    def show(self, context: ssl.SSLContext) -> None:
        """Serve with another certificate from the next connection on."""
        self._context = context
        if self._server is not None:
            self._server.context = context

    def rotate(self, *, keeps_old: bool = False) -> SigningKey:
        """Sign with a new key from now on; the key set has it alone, or before the old ones."""
        key = SigningKey.new(self.kind)
        self.keys = [key, *self.keys] if keeps_old else [key]
        self.records.maker.key = key
        return key

    def forge(self, forgery: Forgery | None) -> None:
        """Hand out tokens with something wrong."""
        self.records.maker.forgery = forgery

    def user(self, name: str) -> ServiceUser:
        """Return somebody it knows."""
        return self.records.users[name]

    def note_connection(self) -> None:
        """Count a handshake that came about."""
        self.connections += 1

    def has_fault(self, path: str) -> Fault | None:
        """Return what to do instead of answering at this path."""
        return self.fault if not self.faulty_paths or path in self.faulty_paths else None

    def wait_for_release(self, seconds: float) -> bool:
        """Wait; True once it goes down."""
        return self._released.wait(seconds)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer what is only read."""
        self._serve(None)

    def do_POST(self) -> None:
        """Answer what carries something."""
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        try:
            asked = json.loads(body)
        except ValueError:
            asked = None
        self._serve(asked if isinstance(asked, dict) else {})

    def _serve(self, asked: dict[str, Any] | None) -> None:
        service = self.server.service
        service.asked.append(self.path)
        service.cookies.extend(self.headers.get_all("Cookie") or [])
        self.close_connection = True
        path = self.path.removeprefix(BASE)
        fault = service.has_fault(path)
        if fault is not None:
            self._misbehave(fault)
            return
        try:
            answer = self._answer(path, asked)
        except _Refused:
            self._json(401, {"valid": False, "error": "refused"})
            return
        self._json(404 if answer is None else 200, answer or {})

    def _answer(self, path: str, asked: dict[str, Any] | None) -> dict[str, Any] | None:
        service = self.server.service
        if path == "/jwks" and asked is None and service.kind is not KeyKind.NONE:
            return {"keys": [key.jwk() for key in service.keys]}
        records = service.records
        actions = {
            "/login": records.login,
            "/refresh": records.refresh,
            "/validate": records.validate,
            "/logout": records.logout,
        }
        if asked is None or path not in actions:
            return None
        return {"ok": True, **actions[path](asked)}

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode("utf-8"), "application/json")

    def _send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "follow=me; Path=/")
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _misbehave(self, fault: Fault) -> None:
        service = self.server.service
        if fault is Fault.SILENT:
            service.wait_for_release(60)
        elif fault in (Fault.DRIP, Fault.DRIP_HEAD):
            self._drip(with_head=fault is Fault.DRIP)
        elif fault is Fault.ENDLESS:
            self._endless()
        elif fault is Fault.REDIRECT:
            self._send(307, b"", "text/plain", Location=f"{service.url}/elsewhere")
        elif fault is Fault.TOO_MANY:
            headers = {"Retry_After": service.retry_after} if service.retry_after else {}
            self._send(429, b"{}", "application/json", **headers)
        elif fault is Fault.ZIPPED:
            self._send(200, b"\x1f\x8b" + bytes(40), "application/json", Content_Encoding="gzip")
        elif fault is not Fault.HANG_UP:
            self._send(*_ODD_ANSWERS[fault])

    def _drip(self, *, with_head: bool) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
        with suppress(OSError):
            if with_head:
                self.wfile.write(head)
            for byte in (b" " * 9000) if with_head else head:
                self.wfile.write(bytes([byte]))
                if self.server.service.wait_for_release(0.05):
                    return

    def _endless(self) -> None:
        with suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while not self.server.service.wait_for_release(0):
                self.wfile.write(b" " * 65_536)


_ODD_ANSWERS: dict[Fault, tuple[int, bytes, str]] = {
    Fault.HTML: (200, b"<html><body>Welcome to the hotel's network</body></html>", "text/html"),
    Fault.NO_JSON: (200, b'{"access_token": ', "application/json"),
    Fault.WRONG_JSON: (200, b'["access_token", 7]', "application/json"),
    Fault.DEEP_JSON: (200, b"[" * 30_000 + b"]" * 30_000, "application/json"),
    Fault.TWICE: (200, b'{"access_token": "a", "access_token": "b"}', "application/json"),
    Fault.SERVER_ERROR: (500, b"<pre>Traceback: secret-of-the-service</pre>", "text/html"),
    Fault.NOT_FOUND: (404, b"{}", "application/json"),
}


if __name__ == "__main__":
    from tests.support.login_console import main

    raise SystemExit(main())
