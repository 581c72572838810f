"""Why a question to another computer found no answer."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Sequence
from enum import StrEnum
from http.client import HTTPException, RemoteDisconnected

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.exceptions import SSLError as UrllibSslError

from camwatch.errors import ExternalError
from camwatch.language import listed, tr


class OutgoingFault(StrEnum):
    """What went wrong on the way."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    NO_ENCRYPTION = "no_encryption"
    """No encrypted connection came about, for another reason than the certificate."""
    ADDRESS = "address"
    """The address may not be asked."""
    BAD_ANSWER = "bad_answer"


class OutgoingError(ExternalError):
    """There is no answer. Whoever asked says it in the words of their own errors.

    Attributes:
        fault: What went wrong.
        detail: Facts; never a secret, an address with a query, or a body.
    """

    type = "outgoing_error"

    def __init__(self, fault: OutgoingFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail


def late(limit_s: float) -> OutgoingError:
    """Return the error of a question whose time is over."""
    return OutgoingError(
        OutgoingFault.TIMEOUT, tr("no answer within {limit_s:g} s", limit_s=limit_s)
    )


def not_waited_for() -> OutgoingError:
    """Return the error of a question that was cut."""
    return OutgoingError(OutgoingFault.UNREACHABLE, tr("it was not waited for"))


_TROUBLES: Sequence[tuple[tuple[type[BaseException], ...], OutgoingFault, str]] = listed(
    lambda: (
        (
            (ssl.SSLError, UrllibSslError),
            OutgoingFault.NO_ENCRYPTION,
            tr("no encrypted connection came about"),
        ),
        ((TimeoutError, ReadTimeoutError, requests.Timeout), OutgoingFault.TIMEOUT, ""),
        ((socket.gaierror,), OutgoingFault.UNREACHABLE, tr("its name is not known")),
        (
            (ConnectionRefusedError,),
            OutgoingFault.UNREACHABLE,
            tr("nothing answers at its address"),
        ),
        ((RemoteDisconnected,), OutgoingFault.UNREACHABLE, tr("the connection broke off")),
        ((HTTPException,), OutgoingFault.BAD_ANSWER, tr("it does not speak HTTP")),
        (
            (requests.ConnectionError, HTTPError, OSError),
            OutgoingFault.UNREACHABLE,
            tr("the connection broke off"),
        ),
        ((Exception,), OutgoingFault.BAD_ANSWER, tr("it cannot be understood")),
    )
)


def translated(error: Exception) -> OutgoingError:
    """Say in our words what the libraries raised."""
    causes = list(_causes(error))
    for one in causes:
        if isinstance(one, ssl.SSLCertVerificationError):
            return OutgoingError(OutgoingFault.CERTIFICATE, one.verify_message)
    # What a request could not be made of, or an answer could not be read as, is an OSError, too.
    is_odd = isinstance(error, requests.RequestException) and not isinstance(
        error, requests.ConnectionError | requests.Timeout
    )
    return next(
        OutgoingError(fault, detail)
        for kinds, fault, detail in (_TROUBLES[-1:] if is_odd else _TROUBLES)
        if any(isinstance(one, kinds) for one in causes)
    )


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
