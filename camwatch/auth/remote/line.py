"""One question to the login service: over TLS, within one deadline, with a small answer."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.exceptions import SSLError as UrllibSslError

from camwatch.domain import Secret
from camwatch.errors import LoginFault, LoginServiceError

log = logging.getLogger(__name__)

LARGEST_ANSWER = 64 * 2**10
_MOST_AT_ONCE = 8
_LONGEST_REST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        status: Of HTTP.
        value: The JSON object; empty unless the status is 200.
        retry_after_s: For how long not to ask again, if the service said so, seconds.
    """

    status: int
    value: Mapping[str, Any]
    retry_after_s: float | None = None


class _Wire:
    """The connection of one question, which can be cut from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._is_cut = False

    def take(self, connection: socket.socket) -> None:
        """Remember a connection; cut it at once if that was wished meanwhile."""
        with self._lock:
            # Encryption takes the socket's handle away from it; a second one stays good.
            self._ends.append(connection.dup())
            is_cut = self._is_cut
        if is_cut:
            self.cut()

    def cut(self) -> None:
        """Break the connection off, so that whoever reads from it wakes up."""
        with self._lock:
            self._is_cut = True
            for end in self._ends:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of what was taken."""
        with self._lock:
            for end in self._ends:
                end.close()
            self._ends.clear()


class _OnlyHttps(HTTPAdapter):
    """Makes connections that check certificates with one context, and no others."""

    def __init__(self, context: ssl.SSLContext, wire: _Wire) -> None:
        self._context = context
        self._wire = wire
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pool with the context; it knows no scheme but https."""
        kwargs["ssl_context"] = self._context
        super().init_poolmanager(*args, **kwargs)
        wire = self._wire

        class Connection(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                made = super()._new_conn()
                wire.take(made)
                return made

        class Pool(HTTPSConnectionPool):
            ConnectionCls = Connection

        self.poolmanager.pool_classes_by_scheme = {"https": Pool}

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Leave the context as it is: the base adds the authorities that requests ships with."""
        del url, verify, cert
        conn.cert_reqs = "CERT_REQUIRED"
        conn.ca_certs = None
        conn.ca_cert_dir = None


class Line:
    """Asks one login service. May be used from any thread; each question has its own connection.

    Args:
        address: As `check_address` returns it.
        context: Checks its certificate.
        timeout_s: The longest time for one question, from look-up to its last byte, seconds.
    """

    def __init__(self, address: str, context: ssl.SSLContext, timeout_s: float) -> None:
        self._address = address
        self._context = context
        self._timeout_s = timeout_s
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._asked: set[_Call] = set()

    def ask(
        self,
        path: str,
        question: Mapping[str, str] | None = None,
        *,
        bearer: Secret | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        """Ask, and wait for the answer.

        Args:
            path: Behind the address.
            question: Is sent as JSON; None only reads.
            bearer: Whose token goes along.
            timeout_s: Another longest time, seconds.

        Raises:
            LoginServiceError: There is no answer that can be used.
        """
        # The library's own time limits begin anew with each byte that arrives.
        limit_s = timeout_s or self._timeout_s
        late = LoginServiceError(LoginFault.TIMEOUT, f"no answer within {limit_s:g} s")
        if not self._free.acquire(timeout=limit_s):
            raise late
        call = _Call(self._address + path, question, bearer, self._context, limit_s)
        with self._lock:
            self._asked.add(call)
        threading.Thread(
            target=call.carry_out, args=(self._free,), name="login service", daemon=True
        ).start()
        if not call.is_over.wait(limit_s):
            call.give_up(late)
        with self._lock:
            self._asked.discard(call)
        return call.outcome()

    def cut(self) -> None:
        """Let all questions that are being asked end at once, as if the service were away."""
        with self._lock:
            asked = list(self._asked)
        for call in asked:
            call.give_up(LoginServiceError(LoginFault.UNREACHABLE, "it was not waited for"))


class _Call:
    """One question, carried out in a thread of its own."""

    def __init__(
        self,
        url: str,
        question: Mapping[str, str] | None,
        bearer: Secret | None,
        context: ssl.SSLContext,
        timeout_s: float,
    ) -> None:
        self._url = url
        self._question = question
        self._bearer = bearer
        self._context = context
        self._timeout_s = timeout_s
        self._wire = _Wire()
        self._lock = threading.Lock()
        self._outcome: Answer | Exception | None = None
        self.is_over = threading.Event()

    def carry_out(self, free: threading.BoundedSemaphore) -> None:
        """Ask; what goes wrong is kept for whoever waits."""
        try:
            self._settle(self._ask())
        except LoginServiceError as error:
            self._settle(error)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            self._settle(_translated(error))
        except Exception as error:  # noqa: BLE001 - a bug is raised where it is waited for
            self._settle(error)
        finally:
            self._wire.close()
            free.release()

    def give_up(self, error: LoginServiceError) -> None:
        """Let whoever waits go on with this error, and break the connection off."""
        self._settle(error)
        self._wire.cut()

    def outcome(self) -> Answer:
        """Return what came of it; once it is over."""
        if isinstance(self._outcome, Answer):
            return self._outcome
        raise self._outcome or LoginServiceError(LoginFault.TIMEOUT)

    def _settle(self, outcome: Answer | Exception) -> None:
        """Keep what came of it, unless something did before."""
        with self._lock:
            if self._outcome is None:
                self._outcome = outcome
        self.is_over.set()

    def _ask(self) -> Answer:
        headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if self._bearer is not None:
            headers["Authorization"] = f"Bearer {self._bearer.reveal()}"
        with requests.Session() as session:
            session.trust_env = False  # neither proxies nor passwords of the surroundings
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            session.adapters.clear()
            session.mount("https://", _OnlyHttps(self._context, self._wire))
            with session.request(
                "GET" if self._question is None else "POST",
                self._url,
                json=self._question,
                headers=headers,
                timeout=self._timeout_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                return _read(response)


def _read(response: requests.Response) -> Answer:
    status = response.status_code
    if 300 <= status < 400:
        raise LoginServiceError(LoginFault.REDIRECTED, f"HTTP {status}")
    if status >= 500:
        raise LoginServiceError(LoginFault.SERVER_ERROR, f"HTTP {status}")
    if status != 200:
        return Answer(status, {}, _seconds(response.headers.get("Retry-After", "")))
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise LoginServiceError(LoginFault.BAD_ANSWER, "it is compressed")
    body = response.raw.read(LARGEST_ANSWER + 1, decode_content=False)
    if len(body) > LARGEST_ANSWER:
        raise LoginServiceError(LoginFault.BAD_ANSWER, "it is larger than 64 KiB")
    try:
        value = json.loads(body, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise LoginServiceError(LoginFault.BAD_ANSWER, "it is no JSON") from error
    if not isinstance(value, dict):
        raise LoginServiceError(LoginFault.BAD_ANSWER, "it is no JSON object")
    return Answer(status, value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a name that comes twice would be read differently by others."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")


def _seconds(retry_after: str) -> float | None:
    """Read Retry-After where it is a number of seconds; an hour at most."""
    text = retry_after.strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return min(float(text), _LONGEST_REST_S)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it."""
    waiting: list[BaseException] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting.extend(each for each in inner if isinstance(each, BaseException))


_TROUBLES: tuple[tuple[tuple[type[BaseException], ...], LoginFault, str], ...] = (
    ((ssl.SSLError, UrllibSslError), LoginFault.TLS, "no encrypted connection came about"),
    ((TimeoutError, ReadTimeoutError, requests.Timeout), LoginFault.TIMEOUT, ""),
    ((socket.gaierror,), LoginFault.UNREACHABLE, "its name is not known"),
    ((ConnectionRefusedError,), LoginFault.UNREACHABLE, "nothing answers at its address"),
    ((requests.ConnectionError, HTTPError), LoginFault.UNREACHABLE, "the connection broke off"),
    ((requests.RequestException,), LoginFault.BAD_ANSWER, "it cannot be understood"),
    ((OSError,), LoginFault.UNREACHABLE, "the connection broke off"),
    ((Exception,), LoginFault.BAD_ANSWER, "it cannot be understood"),
)


def _translated(error: Exception) -> LoginServiceError:
    """Say in our words what the libraries raised."""
    causes = list(_causes(error))
    for one in causes:
        if isinstance(one, ssl.SSLCertVerificationError):
            return LoginServiceError(LoginFault.TLS, one.verify_message)
    return next(
        LoginServiceError(fault, detail)
        for kinds, fault, detail in _TROUBLES
        if any(isinstance(one, kinds) for one in causes)
    )
