"""Calls of a device's ONVIF services: SOAP over the cameras' own HTTP session.

The libraries for ONVIF make their own connections, past the check of addresses, the caps
and the deadlines that hold for cameras here; and of all that SOAP can, devices use an
envelope, a body, and a fault.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from xml.sax.saxutils import escape

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

from camwatch.cameras.answers import check_status, reason_of
from camwatch.cameras.connections import asking
from camwatch.cameras.http import read_body
from camwatch.cameras.onvif.xml import Node, parse_xml
from camwatch.cameras.pinning import pinned_context
from camwatch.cameras.policy import LONGEST_PATH
from camwatch.cameras.sign_in import SignIn, parse_challenges
from camwatch.domain import CameraSettings, Reason, Secret, utc_now
from camwatch.errors import CameraError
from camwatch.language import tr

MOST_BYTES = 1024 * 1024
"""Longest answer."""

MOST_REFUSALS = 4
"""So many in a row are a password that was changed, where the user was let in before."""

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"

_ENVELOPE = "http://www.w3.org/2003/05/soap-envelope"
_OF_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
_EXTENSION = f"{_OF_PROFILE}wssecurity-secext-1.0.xsd"
_UTILITY = f"{_OF_PROFILE}wssecurity-utility-1.0.xsd"
_DIGEST = f"{_OF_PROFILE}username-token-profile-1.0#PasswordDigest"
_BASE64 = f"{_OF_PROFILE}soap-message-security-1.0#Base64Binary"
_CAPABILITIES = {"Media": MEDIA, "PTZ": PTZ}
_NOT_THERE = ("ActionNotSupported", "OptionalActionNotImplemented", "NoSuchService")
SAID_IN_SOAP = "not authorised"
"""Detail of UNAUTHORIZED where the device said so as only an ONVIF device does."""

_NOT_SOAP = "HTTP 401"
_MAY_BE_OLD = (
    Reason.UNSUPPORTED,
    Reason.SERVER_ERROR,
    Reason.HTTP_STATUS,
    Reason.PROTOCOL,
)
_NOT_ALLOWED = ("OperationProhibited", "Forbidden")
_TELLING = 4
_LONGEST_OFFSET = timedelta(days=100 * 365)


class OnvifClient:
    """The ONVIF services of one device.

    The password goes out only as a digest, and never a second time once it was refused:
    many cameras lock an account after a few wrong ones. Where the camera itself is reached by
    TLS, it does not go out over plain http, where nobody proves to be the camera.

    Args:
        session: As `connections.open_session` makes it.
        settings: Names the device service and the user; as `policy.validate_camera` lets
            them pass.
        password: Of that user; None asks without signing in.
        limit_s: Longest time for one call, seconds.

    Raises:
        ValueError: The settings name no ONVIF service.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: CameraSettings,
        password: Secret | None,
        limit_s: float = 5.0,
    ) -> None:
        url = settings.onvif_url
        if url is None:
            raise ValueError("the camera has no ONVIF service")
        self.settings = settings
        self._session = session
        self._limit_s = limit_s
        self._url = URL(url, encoded=True)
        self._password = password if settings.username and not settings.is_onvif_weaker else None
        self._paths: dict[str, str] | None = None
        self._ahead: timedelta | None = None
        self._http: SignIn | None = None
        self._has_token = False
        self._refused: CameraError | None = None
        self._was_accepted = False
        self._refusals = 0

    @property
    def has_password(self) -> bool:
        """True if it signs in where the device wants that."""
        return self._password is not None

    def gives_away(self, text: str) -> bool:
        """Tell whether the password stands in a text; very short ones stand in many."""
        return self._password is not None and (
            len(self._password.reveal()) >= _TELLING and self._password.reveal() in text
        )

    async def clock_ahead(self) -> timedelta:
        """Return how far the device's clock is ahead of ours; asked once, without signing in.

        Raises:
            CameraError: The device did not answer, or not with ONVIF; UNAUTHORIZED if it
                tells only users, against the standard.
        """
        if self._ahead is None:
            try:
                async with self._deadline():
                    answer = await self._send(
                        DEVICE, "GetSystemDateAndTime", "", self._url.raw_path
                    )
            except _Challenged as challenge:
                raise CameraError(Reason.UNAUTHORIZED, challenge.detail) from None
            if answer.first("GetSystemDateAndTimeResponse") is None:
                raise CameraError(Reason.PROTOCOL, tr("the answer is not ONVIF"))
            self._ahead = _offset(answer)
        return self._ahead

    async def call(self, service: str, action: str, body: str = "") -> Node:
        """Call an action.

        Args:
            service: Namespace of the service.
            action: Such as "GetProfiles".
            body: XML inside the action's element, with the prefixes `s` of the service and
                `tt` of the schema.

        Returns:
            The response's element.

        Raises:
            CameraError: UNAUTHORIZED for a refused user, FORBIDDEN for what this user may not
                do, UNSUPPORTED for what the device cannot do, and all that a request can end
                with; within `limit_s`, whatever has to be asked first.
        """
        async with self._deadline():
            return await self._call(service, action, body)

    @contextlib.asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        """Set one deadline for all that is asked inside."""
        try:
            async with asyncio.timeout(self._limit_s):
                yield
        except TimeoutError as error:
            raise reason_of(error, limit_s=self._limit_s, has_begun=False) from error

    async def _call(self, service: str, action: str, body: str) -> Node:
        if self._refused is not None:
            raise self._refused
        path = self._url.raw_path
        if service != DEVICE:
            path = (await self.services()).get(service, "")
            if not path:
                raise CameraError(Reason.UNSUPPORTED, tr("the device has no such service"))
        try:
            answer = await self._send(service, action, body, path)
        except _Challenged as challenge:
            if self._signs:
                raise self._give_up(challenge) from None
            await self._choose_sign_in(challenge)
            try:
                answer = await self._send(service, action, body, path)
            except _Challenged as again:
                raise self._give_up(again) from None
        if self._signs:
            self._was_accepted, self._refusals = True, 0
        found = answer.first(f"{action}Response")
        if found is None:
            raise CameraError(
                Reason.PROTOCOL, tr("the answer to {action} is not ONVIF", action=action)
            )
        return found

    async def services(self) -> dict[str, str]:
        """Return the path of each service by its namespace; asked once.

        Only the path is taken from what the device says: its services are asked where the
        device was asked, so that it cannot send the password elsewhere, and because a device
        behind a router names an address that is not to be reached.
        """
        if self._paths is None:
            try:
                answer = await self.call(
                    DEVICE, "GetServices", "<s:IncludeCapability>false</s:IncludeCapability>"
                )
                found = {
                    service.text_at("Namespace"): service.text_at("XAddr")
                    for service in answer.all("Service")
                }
            except CameraError as error:
                if error.reason not in _MAY_BE_OLD:
                    raise
                found = await self._capabilities()  # devices older than GetServices
            self._paths = {name: path for name, url in found.items() if (path := _path_of(url))}
        return self._paths

    async def _capabilities(self) -> dict[str, str]:
        answer = await self.call(DEVICE, "GetCapabilities", "<s:Category>All</s:Category>")
        found = {
            name: answer.text_at("Capabilities", part, "XAddr")
            for part, name in _CAPABILITIES.items()
        }
        return {name: url for name, url in found.items() if url}

    async def _choose_sign_in(self, challenge: _Challenged) -> None:
        """Choose how to sign in from how the device refused a call without."""
        if self.settings.is_onvif_weaker and self.settings.username:
            raise CameraError(
                Reason.TLS,
                tr("its ONVIF service is set to plain http, which its password is not sent over"),
            )
        if self._password is None:
            raise CameraError(
                Reason.UNAUTHORIZED,
                tr("{detail}, and no user name is set", detail=challenge.detail),
            )
        offered = {one.scheme for one in parse_challenges(challenge.offers)}
        settings = replace(self.settings, scheme=self._url.scheme)
        may_use_basic = settings.scheme == "https" or settings.allow_basic
        if "digest" in offered or ("basic" in offered and may_use_basic):
            self._http = SignIn(settings, self._password)
            return
        try:
            await self.clock_ahead()
        except CameraError as error:
            if error.reason in (Reason.TIMEOUT, Reason.REFUSED, Reason.DISCONNECTED):
                raise
            self._ahead = challenge.clock_ahead
        self._has_token = True

    def _give_up(self, challenge: _Challenged) -> CameraError:
        """Return why the user was refused; after that nothing more is asked as that user.

        One who was let in before may only not do this: devices say so in the same words.
        """
        self._refusals += 1
        if self._was_accepted and self._refusals < MOST_REFUSALS:
            return CameraError(Reason.FORBIDDEN, tr("this user may not do that"))
        self._refused = CameraError(Reason.UNAUTHORIZED, challenge.detail)
        return self._refused

    @property
    def _signs(self) -> bool:
        """True if calls are signed: how was found out."""
        return self._http is not None or self._has_token

    async def _send(self, service: str, action: str, body: str, path: str) -> Node:
        """Send one request; return what is in the answer's body.

        Raises:
            _Challenged: The device wants a sign-in, or another.
            CameraError: With the reason.
        """
        token = ""
        if self._has_token and self._password is not None:
            at = utc_now() + (self._ahead or timedelta())
            token = username_token(self.settings.username, self._password, at)
        envelope = (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<e:Envelope xmlns:e="{_ENVELOPE}" xmlns:s="{service}" xmlns:tt="{SCHEMA}">'
            f"<e:Header>{token}</e:Header>"
            f"<e:Body><s:{action}>{body}</s:{action}></e:Body></e:Envelope>"
        )
        kind = f'application/soap+xml; charset=utf-8; action="{service}/{action}"'
        status, headers, data = await self._post(path, envelope.encode(), kind)
        try:
            answer = parse_xml(data)
        except CameraError:
            if status == 401:
                raise _Challenged(headers, _NOT_SOAP) from None
            raise
        found = answer.first("Envelope", "Body")
        fault = None if found is None else found.first("Fault")
        if status == 401 or (fault is not None and _has_code(fault, "NotAuthorized")):
            raise _Challenged(headers, _NOT_SOAP if fault is None else SAID_IN_SOAP)
        if fault is not None:
            raise _meaning(fault)
        if found is None:
            raise CameraError(Reason.PROTOCOL, tr("the answer is not SOAP"))
        return found

    async def _post(
        self, path: str, envelope: bytes, kind: str
    ) -> tuple[int, CIMultiDictProxy[str], bytes]:
        """Return the answer's status, headers and body."""
        response: aiohttp.ClientResponse | None = None
        url = URL(f"{self._url.origin()}{path}", encoded=True)
        pin = self.settings.pin
        with asking(self.settings.allow_local, pin) as on_behalf:
            try:
                response = await self._session.post(
                    url,
                    data=envelope,
                    headers={"Content-Type": kind, "Accept": "application/soap+xml, text/xml"},
                    allow_redirects=False,
                    middlewares=() if self._http is None else (self._http,),
                    ssl=pinned_context(pin) if pin else True,
                )
                # A fault comes with 400 or 500, and says more than they do.
                if response.status not in (400, 401, 500):
                    check_status(response)
                data = await read_body(response, MOST_BYTES)
                if response.status in (400, 500) and b"Fault" not in data:
                    check_status(response)
            except (aiohttp.ClientError, OSError) as error:
                if on_behalf.refused is not None:
                    raise on_behalf.refused from error
                has_begun = response is not None
                raise reason_of(error, limit_s=self._limit_s, has_begun=has_begun) from error
            finally:
                if response is not None:
                    response.close()
        return response.status, response.headers, data


class _Challenged(Exception):
    """The device wants a sign-in.

    Attributes:
        offers: Its WWW-Authenticate headers.
        clock_ahead: How far its web server's clock is ahead of ours.
        detail: How it said so.
    """

    def __init__(self, headers: CIMultiDictProxy[str], detail: str) -> None:
        super().__init__(detail)
        self.offers = tuple(headers.getall("WWW-Authenticate", ()))
        self.clock_ahead = _offset_of_header(headers.get("Date", ""))
        self.detail = detail


def username_token(username: str, password: Secret, at: datetime) -> str:
    """Return the header that signs one call.

    Args:
        username: Who asks.
        password: Theirs; only its digest is in the header.
        at: Now, by the device's clock, UTC.

    Source:
        OASIS Web Services Security UsernameToken Profile 1.0: the digest is
        Base64(SHA-1(nonce + created + password)); SHA-1 is what devices know.
    """
    nonce = secrets.token_bytes(16)
    created = at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
    plain = nonce + created.encode() + password.reveal().encode()
    digest = base64.b64encode(hashlib.sha1(plain).digest()).decode()  # noqa: S324 - the profile's
    return (
        f'<w:Security e:mustUnderstand="true" xmlns:w="{_EXTENSION}" xmlns:u="{_UTILITY}">'
        f"<w:UsernameToken><w:Username>{escape(username)}</w:Username>"
        f'<w:Password Type="{_DIGEST}">{digest}</w:Password>'
        f'<w:Nonce EncodingType="{_BASE64}">{base64.b64encode(nonce).decode()}</w:Nonce>'
        f"<u:Created>{created}</u:Created></w:UsernameToken></w:Security>"
    )


def _has_code(fault: Node, code: str) -> bool:
    """Tell whether a fault has this code, at any depth; SOAP 1.1 calls it otherwise."""
    values = [*fault.all("Value"), *fault.all("faultcode")]
    return any(value.text.rpartition(":")[2] == code for value in values)


def _meaning(fault: Node) -> CameraError:
    """Say what a fault that is not about signing in means."""
    said = fault.words_at("Reason", "Text") or fault.words_at("faultstring")
    if any(_has_code(fault, code) for code in _NOT_THERE):
        return CameraError(Reason.UNSUPPORTED, said)
    if any(_has_code(fault, code) for code in _NOT_ALLOWED):
        return CameraError(Reason.FORBIDDEN, said)
    return CameraError(Reason.SERVER_ERROR, said or tr("the device refused the call"))


def _offset(answer: Node) -> timedelta:
    """Return how far a device's clock is ahead of ours; nothing if it does not tell."""
    found = next(answer.all("UTCDateTime"), None)
    if found is None:
        return timedelta()
    year, month, day = (found.number_at("Date", part) for part in ("Year", "Month", "Day"))
    hour, minute, second = (found.number_at("Time", part) for part in ("Hour", "Minute", "Second"))
    try:
        ahead = datetime(year, month, day, hour, minute, second, tzinfo=UTC) - utc_now()
    except (ValueError, OverflowError):
        return timedelta()
    return ahead if abs(ahead) < _LONGEST_OFFSET else timedelta()


def _offset_of_header(date: str) -> timedelta:
    """Return the same from a Date header; nothing if it cannot be read."""
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return timedelta()
    ahead = (at if at.tzinfo is not None else at.replace(tzinfo=UTC)) - utc_now()
    return ahead if abs(ahead) < _LONGEST_OFFSET else timedelta()


def _path_of(url: str) -> str:
    """Return the path of a service's address, "" if it is none."""
    try:
        path = URL(url, encoded=True).raw_path_qs
    except ValueError:
        return ""
    is_fit = path.startswith("/") and len(path) <= LONGEST_PATH
    return path if is_fit and path.isascii() and path.isprintable() and " " not in path else ""
