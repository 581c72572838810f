"""One question over HTTP: one deadline, a small answer, no surprises."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from camwatch import __version__
from camwatch.outgoing.calls import Call, Calls, Wire
from camwatch.outgoing.connecting import Reach, connect
from camwatch.outgoing.faults import OutgoingFault, late, not_waited_for, translated

USER_AGENT = f"CamWatch/{__version__}"
LARGEST_ANSWER = 64 * 2**10
_PIECE = 4096
_SECONDS_OF_A_WAIT = 10

# The library writes whole addresses into its log, and a query may hold a secret.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


class End(StrEnum):
    """How the body of an answer ended."""

    WHOLE = "whole"
    TOO_LARGE = "too_large"
    """Only the first 64 KiB were read."""
    LATE = "late"
    """The time was over before its end."""
    BROKEN = "broken"
    """The connection broke off before its end."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back.

    Attributes:
        status: Of HTTP.
        body: As it came, at most 64 KiB; not all of it unless `end` is WHOLE.
        end: How it ended.
        encoding: How the body is compressed, "" if it is not; it never was wished.
        retry_after: What it says about when to come again, as it came; "" for nothing.
    """

    status: int
    body: bytes
    end: End
    encoding: str = ""
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class HttpQuestion:
    """What is asked.

    Attributes:
        url: Whole address, checked.
        headers: Beyond those that every question has.
        body: What is posted; None only reads.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes | None = None

    def __repr__(self) -> str:
        return "HttpQuestion(***)"


class _Adapter(HTTPAdapter):
    """Makes connections to addresses that may be asked, by schemes that may be used."""

    def __init__(
        self, context: ssl.SSLContext, reach: Reach, wire: Wire, allows_http: bool
    ) -> None:
        self._context = context
        self._reach = reach
        self._wire = wire
        self._allows_http = allows_http
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool with the context, for the schemes that may be used."""
        kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, **kwargs)
        reach, wire = self._reach, self._wire

        def connected(connection: HTTPConnection) -> socket.socket:
            limit_s = connection.timeout
            made = connect(connection.host, connection.port, reach, float(limit_s or 0) or 60.0)
            wire.take(made)
            return made

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return connected(self)

        class Encrypted(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return connected(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class EncryptedPool(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        pools: dict[str, Any] = {"https": EncryptedPool}
        if self._allows_http:
            pools["http"] = PlainPool
        self.poolmanager.pool_classes_by_scheme = pools

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the context as it is: the base adds the authorities that requests ships with."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
        conn.ca_cert_dir = None


class HttpClient:
    """Asks other computers. May be used from any thread; each question has its own connection.

    No redirect is followed, no proxy, stored password or cookie is used.

    Args:
        name: Of the threads in which it asks.
        context: Checks certificates.
        reach: Which addresses may be asked.
        allows_http: Questions may go without encryption.
    """

    def __init__(
        self, name: str, context: ssl.SSLContext, reach: Reach, *, allows_http: bool = False
    ) -> None:
        self._context = context
        self._reach = reach
        self._allows_http = allows_http
        self._calls = Calls(name)

    def ask(self, question: HttpQuestion, limit_s: float) -> HttpAnswer:
        """Ask, and wait for the answer.

        Args:
            question: What is asked.
            limit_s: From looking up the name to the last byte, seconds. An answer whose head
                came in time counts, with as much of its body as did.

        Raises:
            OutgoingError: There is no answer.
        """

        def work(call: Call[HttpAnswer]) -> HttpAnswer:
            try:
                return self._ask(question, call, limit_s)
            except (requests.RequestException, HTTPError, OSError, ValueError) as error:
                found = translated(error)
                # The library's own clock runs beside the deadline, and can be the first.
                raise late(limit_s) if found.fault is OutgoingFault.TIMEOUT else found from None

        return self._calls.carry_out(work, limit_s, lambda _step: late(limit_s))

    def cut(self) -> None:
        """Let all questions end at once, as if the others were away; never waits."""
        self._calls.cut(not_waited_for)

    def close(self) -> None:
        """Let all questions end at once, also those that would begin later; never waits."""
        self._calls.close(not_waited_for)

    def _ask(self, question: HttpQuestion, call: Call[HttpAnswer], limit_s: float) -> HttpAnswer:
        with requests.Session() as session:
            session.trust_env = False  # neither proxies nor passwords of the surroundings
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.headers.clear()
            session.adapters.clear()
            adapter = _Adapter(self._context, self._reach, call.wire, self._allows_http)
            session.mount("https://", adapter)
            if self._allows_http:
                session.mount("http://", adapter)
            with session.request(
                "GET" if question.body is None else "POST",
                question.url,
                data=question.body,
                headers={
                    "User-Agent": USER_AGENT,
                    "Accept-Encoding": "identity",
                    **question.headers,
                },
                timeout=limit_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read(response, call)


def _read(response: requests.Response, call: Call[HttpAnswer]) -> HttpAnswer:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()

    def answer(end: End) -> HttpAnswer:
        return HttpAnswer(
            response.status_code,
            bytes(body[:LARGEST_ANSWER]),
            end,
            "" if encoding == "identity" else encoding,
            response.headers.get("Retry-After", "").strip(),
        )

    body = bytearray()
    call.has(answer(End.LATE))
    try:
        while piece := response.raw.read1(_PIECE, decode_content=False):
            body += piece
            if len(body) > LARGEST_ANSWER:
                return answer(End.TOO_LARGE)
            call.has(answer(End.LATE))
    except (HTTPError, OSError, ValueError):
        return answer(End.BROKEN)
    return answer(End.WHOLE)


def seconds_until(retry_after: str, now: datetime, longest_s: float) -> float | None:
    """Read when to come again: a number of seconds, or a moment.

    Args:
        retry_after: The header.
        now: UTC.
        longest_s: No more than so many seconds are believed.

    Returns:
        Seconds; None if it cannot be read.
    """
    if retry_after.isascii() and retry_after.isdigit():
        return min(float(retry_after), longest_s) if len(retry_after) < _SECONDS_OF_A_WAIT else None
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, TypeError, IndexError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), longest_s)
