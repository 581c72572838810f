"""What a camera's answer, or its failure to answer, means."""

from __future__ import annotations

import errno
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
from aiohttp.http_exceptions import LineTooLong
from yarl import URL

from camwatch.cameras.connections import CONNECT_TIMEOUT_S
from camwatch.cameras.policy import is_allowed_target
from camwatch.domain import CameraSettings, Reason, utc_now
from camwatch.errors import CameraError
from camwatch.language import tr

_BY_STATUS = {
    401: Reason.UNAUTHORIZED,
    403: Reason.FORBIDDEN,
    404: Reason.NOT_FOUND,
    410: Reason.NOT_FOUND,
    429: Reason.BUSY,
    503: Reason.BUSY,
}
_BY_ERRNO = {
    errno.ECONNREFUSED: Reason.REFUSED,
    errno.ECONNRESET: Reason.DISCONNECTED,
    errno.ECONNABORTED: Reason.DISCONNECTED,
    errno.EPIPE: Reason.DISCONNECTED,
    errno.ETIMEDOUT: Reason.TIMEOUT,
}
_OLD_TLS = frozenset(
    {
        "NO_PROTOCOLS_AVAILABLE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_SSL_VERSION",
    }
)
_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE)
_LONGEST_TARGET = 2048


class RedirectError(CameraError):
    """A camera points elsewhere; nobody goes there by itself.

    Attributes:
        target: The whole address it points to, without credentials; "" if it is none over
            HTTP. Only for showing it to an administrator: it may hold a secret.
        is_downgrade: It would leave an encrypted connection for an open one.
    """

    def __init__(self, detail: str, target: str, *, is_downgrade: bool) -> None:
        super().__init__(Reason.REDIRECT, detail)
        self.target = target
        self.is_downgrade = is_downgrade


def check_status(response: aiohttp.ClientResponse) -> None:
    """Let an answer with a body to read pass.

    Raises:
        CameraError: For every status but 200 to 299.
    """
    status = response.status
    if 200 <= status < 300:
        return
    detail = f"HTTP {status}"
    if 300 <= status < 400 and "Location" in response.headers:
        raise _redirect(response, detail)
    if status in _BY_STATUS:
        reason = _BY_STATUS[status]
    else:
        reason = Reason.SERVER_ERROR if 500 <= status < 600 else Reason.HTTP_STATUS
    wait_s = None
    if reason is Reason.BUSY:
        wait_s = retry_after_s(response.headers.get("Retry-After", ""), utc_now())
    raise CameraError(reason, detail, retry_after_s=wait_s)


def usable_target(error: CameraError, settings: CameraSettings) -> str:
    """Return the address that a camera points to, if an administrator may take it over.

    Returns:
        The whole address; "" if there is none, it is not allowed, or it is less safe.
    """
    if not isinstance(error, RedirectError) or error.is_downgrade:
        return ""
    is_allowed = is_allowed_target(error.target, allow_local=settings.allow_local)
    return error.target if is_allowed else ""


def _redirect(response: aiohttp.ClientResponse, status: str) -> RedirectError:
    """Name where a redirect points to."""
    location = response.headers["Location"]
    where = origin_of(location)
    target = _target_of(response.url, location)
    is_downgrade = response.url.scheme == "https" and target.startswith("http://")
    detail = tr("{status} to {where}", status=status, where=where)
    if is_downgrade:
        detail += tr(", out of encryption")
    return RedirectError(detail, target, is_downgrade=is_downgrade)


def _target_of(asked: URL, location: str) -> str:
    """Return the whole address a redirect points to, without credentials; "" if it is no HTTP."""
    if len(location) > _LONGEST_TARGET or not location.isprintable():
        return ""
    try:
        target = asked.join(URL(location))
        # One that points to itself leads nowhere.
        if target.scheme not in ("http", "https") or not target.host or target == asked:
            return ""
        return str(target.with_user(None).with_fragment(None))
    except ValueError:
        return ""


def origin_of(location: str) -> str:
    """Return a redirect's scheme and host, without path, query or credentials."""
    try:
        parts = urlsplit(location)
        host = parts.hostname or ""
    except ValueError:
        return tr("an address that cannot be read")
    text = f"{parts.scheme}://{host}" if parts.scheme else host
    if not text:
        return tr("another path")
    return "".join(c for c in text[:100] if c.isprintable())


def retry_after_s(header: str, now: datetime) -> float | None:
    """Read a Retry-After header: seconds, or a date.

    Returns:
        The wait in seconds, not negative; None if the header says nothing.
    """
    header = header.strip()
    if header.isascii() and header.isdigit():
        wait_s = float(header[:9])
    else:
        try:
            until = parsedate_to_datetime(header)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        wait_s = (until - now).total_seconds()
    return max(wait_s, 0.0)


def reason_of(error: Exception, *, limit_s: float, has_begun: bool) -> CameraError:
    """Say what went wrong with a request.

    Args:
        error: What aiohttp or the operating system raised.
        limit_s: The deadline that applied, seconds.
        has_begun: The camera's answer had begun to arrive.
    """
    match error:
        case TimeoutError():
            found = _late(error, limit_s, has_begun=has_begun)
        case aiohttp.ClientConnectorCertificateError():
            found = _untrusted(error.certificate_error)
        case aiohttp.ClientConnectorError():
            found = _by_cause(error.os_error)
        case aiohttp.ClientResponseError():
            found = _not_http(error)
        case aiohttp.ClientPayloadError():
            found = CameraError(Reason.SHORT_BODY)
        case aiohttp.ServerDisconnectedError():
            found = CameraError(Reason.DISCONNECTED, tr("closed without an answer"))
        case OSError():
            found = _by_cause(error)
        case _:
            found = CameraError(Reason.PROTOCOL, type(error).__name__)
    return found


def _late(error: TimeoutError, limit_s: float, *, has_begun: bool) -> CameraError:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return CameraError(
            Reason.TIMEOUT,
            tr("no connection within {connect_timeout_s:g} s", connect_timeout_s=CONNECT_TIMEOUT_S),
        )
    what = tr("the answer was not complete") if has_begun else tr("no answer")
    return CameraError(
        Reason.TIMEOUT, tr("{what} within {limit_s:g} s", what=what, limit_s=limit_s)
    )


def _not_http(error: aiohttp.ClientResponseError) -> CameraError:
    if isinstance(_root(error), LineTooLong) or "Too many headers" in error.message:
        return CameraError(Reason.HEADERS_TOO_LARGE)
    return CameraError(Reason.PROTOCOL, tr("the answer is not HTTP"))


def _by_cause(error: OSError) -> CameraError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error)
    if isinstance(error, ssl.SSLError):
        if error.reason in _OLD_TLS:
            return CameraError(Reason.TLS, tr("it only knows a version of TLS older than 1.2"))
        # What the library calls it is English, and written as the name of a constant.
        detail = error.reason.lower().replace("_", " ") if error.reason else ""
        return CameraError(Reason.TLS, (detail or tr("the handshake failed"))[:100])
    if isinstance(error, socket.gaierror):
        return CameraError(Reason.DNS, tr("the name is not known"))
    if error.errno in _OUT_OF_FILES:
        return CameraError(Reason.OPEN_FILES, (error.strerror or "")[:100])
    reason = _BY_ERRNO.get(error.errno or 0, Reason.UNREACHABLE)
    return CameraError(reason, (error.strerror or "")[:100] if reason is Reason.UNREACHABLE else "")


def _untrusted(error: Exception) -> CameraError:
    return CameraError(Reason.CERTIFICATE_UNKNOWN, distrust_of(error))


def distrust_of(error: BaseException) -> str:
    """Say why a certificate is not trusted, without a full stop."""
    why = str(getattr(error, "verify_message", "") or "") or tr("it cannot be checked")
    return "".join(one for one in why if one.isprintable())[:200].removesuffix(".")


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error
