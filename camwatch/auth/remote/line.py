"""One question to the login service: over TLS, within one deadline, with a small answer."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from camwatch.domain import Secret, utc_now
from camwatch.errors import LoginFault, LoginServiceError
from camwatch.language import table, tr
from camwatch.outgoing.connecting import Reach
from camwatch.outgoing.faults import OutgoingError, OutgoingFault
from camwatch.outgoing.http import End, HttpAnswer, HttpClient, HttpQuestion, seconds_until

_LONGEST_REST_S = 3600.0

# An administrator says where it is, and most are in the local network.
_ANYWHERE = Reach(allows_private=True)

_FAULTS: Mapping[OutgoingFault, LoginFault] = MappingProxyType(
    {
        OutgoingFault.UNREACHABLE: LoginFault.UNREACHABLE,
        OutgoingFault.TIMEOUT: LoginFault.TIMEOUT,
        OutgoingFault.CERTIFICATE: LoginFault.TLS,
        OutgoingFault.NO_ENCRYPTION: LoginFault.TLS,
        OutgoingFault.ADDRESS: LoginFault.NOT_SET_UP,
        OutgoingFault.BAD_ANSWER: LoginFault.BAD_ANSWER,
    }
)
_ENDS: Mapping[End, tuple[LoginFault, str]] = table(
    lambda: {
        End.TOO_LARGE: (LoginFault.BAD_ANSWER, tr("it is larger than 64 KiB")),
        End.LATE: (LoginFault.TIMEOUT, tr("its answer did not end in time")),
        End.BROKEN: (LoginFault.UNREACHABLE, tr("the connection broke off")),
    }
)


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
        self._client = HttpClient("login service", context, _ANYWHERE)

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
        headers = {"Accept": "application/json"}
        body: bytes | None = None
        if question is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(question).encode()
        if bearer is not None:
            headers["Authorization"] = f"Bearer {bearer.reveal()}"
        try:
            answer = self._client.ask(
                HttpQuestion(self._address + path, headers, body), timeout_s or self._timeout_s
            )
        except OutgoingError as error:
            raise LoginServiceError(_FAULTS[error.fault], error.detail) from error
        return _read(answer)

    def cut(self) -> None:
        """Let all questions that are being asked end at once, as if the service were away."""
        self._client.cut()


def _read(answer: HttpAnswer) -> Answer:
    status = answer.status
    if 300 <= status < 400:
        raise LoginServiceError(LoginFault.REDIRECTED, f"HTTP {status}")
    if status >= 500:
        raise LoginServiceError(LoginFault.SERVER_ERROR, f"HTTP {status}")
    if status != 200:
        return Answer(status, {}, seconds_until(answer.retry_after, utc_now(), _LONGEST_REST_S))
    if answer.encoding:
        raise LoginServiceError(LoginFault.BAD_ANSWER, tr("it is compressed"))
    if answer.end is not End.WHOLE:
        raise LoginServiceError(*_ENDS[answer.end])
    try:
        value = json.loads(answer.body, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise LoginServiceError(LoginFault.BAD_ANSWER, tr("it is no JSON")) from error
    if not isinstance(value, dict):
        raise LoginServiceError(LoginFault.BAD_ANSWER, tr("it is no JSON object"))
    return Answer(status, value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object; a name that comes twice would be read differently by others."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number of JSON")
