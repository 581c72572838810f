"""Which addresses may be asked, and what may be entered for a camera."""

from __future__ import annotations

import ipaddress
import math
import posixpath
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath, PureWindowsPath
from types import MappingProxyType
from typing import Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit

from camwatch.addresses import AddressKind, kind_of
from camwatch.domain import CameraSettings, Reason, Secret, SourceKind
from camwatch.errors import CameraError, InvalidSetting, InvalidSettings
from camwatch.language import table, tr

T = TypeVar("T")

SCHEMES = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
"""The schemes a camera is asked by, with their usual ports."""

_HTTP = ("http", "https")
KIND_SCHEMES: Mapping[SourceKind, tuple[str, ...]] = MappingProxyType(
    {
        SourceKind.SNAPSHOT: _HTTP,
        SourceKind.MJPEG: _HTTP,
        SourceKind.RTSP: ("rtsp", "rtsps"),
        SourceKind.USB: (),
        SourceKind.FILE: (),
    }
)
"""The schemes of each kind of camera."""

TRANSPORTS = ("tcp", "udp")
"""How an RTSP stream's pictures may come."""

LONGEST_NAME = 100
LONGEST_LOCATION = 200
LONGEST_USERNAME = 128
LONGEST_PATH = 1024
LONGEST_URL = 2048
LONGEST_HARDWARE_ID = 128
LONGEST_DEVICE = 1024
SHORTEST_INTERVAL_S = 0.2
SHORTEST_STREAM_INTERVAL_S = 0.04
LONGEST_INTERVAL_S = 3600.0

_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.IGNORECASE)
_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_PIN = re.compile(r"[0-9a-f]{64}")
_USB_DEVICE = re.compile(
    r"[0-9]{1,3}|/dev/video[0-9]{1,3}|/dev/v4l/by-(?:id|path)/(?!\.)[^/]{1,200}"
)
_SCOPE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_SYSTEM_FOLDERS = ("dev", "proc", "sys")
_PATH_SAFE = "/?:@!$&'()*+,;=-._~%[]"

LEFT_OUT = "***"
"""Stands in a path for a password that is not told."""

_KEY = re.compile(r"([^?&;/=]+)=")
_WORDS = r"password|passwd|passcode|passphrase|pass|pas|pwd|psw|pw|credentials?"
_NAMES_PASSWORD = re.compile(rf"(?:{_WORDS})\Z", re.IGNORECASE)
_NAMES_SECRET = re.compile(rf"(?:{_WORDS}|secret|token|key|auth)\Z", re.IGNORECASE)


def check_address(address: str, *, allow_local: bool) -> None:
    """Check the address a connection would go to.

    Args:
        address: IPv4 or IPv6 literal, the latter with or without a scope.
        allow_local: Loopback and link-local addresses are allowed too.

    Raises:
        CameraError: ADDRESS; cameras live in the local network or on the Internet, and
            a camera's record must not become a way to reach this computer itself.
    """
    problem = _address_problem(address, allow_local)
    if problem:
        raise CameraError(Reason.ADDRESS, f"{address} {problem}")


_PROBLEMS: Mapping[AddressKind, str] = table(
    lambda: {
        AddressKind.NO_ADDRESS: tr("is not an address"),
        AddressKind.METADATA: tr("belongs to the host's own administration"),
        AddressKind.NO_DEVICE: tr("is no address of a device"),
    }
)
_LOCAL: Mapping[AddressKind, str] = table(
    lambda: {AddressKind.LOOPBACK: tr("this computer"), AddressKind.LINK_LOCAL: tr("link-local")}
)


def _address_problem(address: str, allow_local: bool) -> str:
    """Tell what is wrong with the address, "" if nothing is."""
    kind = kind_of(address)
    if kind in _LOCAL:
        return "" if allow_local else tr("is a local address ({local})", local=_LOCAL[kind])
    return _PROBLEMS.get(kind, "")


def is_local(address: str) -> bool:
    """Tell whether an address literal is this computer's own, or link-local."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    # By their network alone: what a cloud tells its machines is at a link-local address, too.
    return ip.is_loopback or ip.is_link_local


@dataclass(frozen=True, slots=True)
class ParsedUrl:
    """A pasted camera address, taken apart.

    Attributes:
        host: Name or address literal, without brackets.
        path: With its query; "" if the address names none.
        username: "" if the address names none.
        password: None if the address names none.
    """

    scheme: str
    host: str
    port: int
    path: str
    username: str
    password: Secret | None


def parse_camera_url(text: str) -> ParsedUrl:
    """Take a pasted address apart, such as "http://user:pw@10.0.0.7:8080/snap.jpg".

    Without a scheme it is taken for http.

    Raises:
        InvalidSetting: "address", with the reason.
    """
    text = text.strip()
    try:
        return _parse(text)
    except InvalidSetting as error:
        raise InvalidSetting("address", error.reason) from error


def _parse(text: str) -> ParsedUrl:
    if not text:
        raise _refused(tr("is missing"))
    if len(text) > LONGEST_URL:
        raise _refused(tr("is longer than {longest_url} characters", longest_url=LONGEST_URL))
    _printable(text)
    if "\\" in text or " " in text:
        raise _refused(tr("must not contain spaces or backslashes"))
    scheme, separator, _ = text.partition("://")
    if not separator:
        scheme, text = "http", f"http://{text}"
    if scheme.lower() not in SCHEMES:
        raise _refused(
            tr("must start with http://, https://, rtsp:// or rtsps://; other kinds are not read")
        )
    if "#" in text:
        raise _refused(
            tr(
                "must not contain #; if it is part of the password, enter the password in its own field"
            )
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _refused(tr("cannot be read; write it like http://10.0.0.7:8080/snapshot")) from None
    if not parts.hostname:
        raise _refused(tr("names no host"))
    host = _host(_written_host(parts.hostname))
    if port is None:
        port = SCHEMES[parts.scheme]
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return ParsedUrl(
        parts.scheme,
        host,
        _port(port),
        _path(path) if path else "",
        _username(unquote(parts.username or "")),
        None if parts.password is None else Secret(unquote(parts.password)),
    )


def _written_host(text: str) -> str:
    """Return the host that stands in an address.

    Behind an IPv6 address a percent sign begins the interface, "fe80::1%eth0" or "fe80::1%12":
    RFC 6874 has it written %25, many write it as it is, and no other sign is encoded there.
    """
    if ":" not in text:
        return unquote(text)
    address, separator, scope = text.partition("%")
    if scope.startswith("25") and len(scope) > len("25"):
        scope = scope.removeprefix("25")
    return f"{address}{separator}{scope}"


def names_password(path: str) -> bool:
    """Tell whether a path has a password in it, by what is written before it.

    Tokens and keys are not meant: what a device calls so in its own addresses is mostly the
    name of one of its streams.
    """
    plain = unquote(path)
    return any(
        _NAMES_PASSWORD.search(key[1])
        and plain[key.end() : key.end() + 1] not in ("", "&", ";", "/")
        for key in _KEY.finditer(plain)
    )


def without_secrets(path: str) -> str:
    """Return a path with what may be a password in it replaced by asterisks.

    What is percent-encoded is looked through: cameras read it, too.
    """
    shown = _masked(path)
    plain = unquote(shown)
    masked = _masked(plain)
    return shown if masked == plain else quote(masked, safe=_PATH_SAFE)


def _masked(path: str) -> str:
    at = 0
    while key := _KEY.search(path, at):
        at = key.end()
        if _NAMES_SECRET.search(unquote(key[1])):
            rest = re.search(r"[&;].*", path[at:], re.DOTALL)
            path = f"{path[:at]}{LEFT_OUT}{rest[0] if rest else ''}"
            at += len(LEFT_OUT)
    return path


def is_allowed_target(url: str, *, allow_local: bool) -> bool:
    """Tell whether a camera could be asked at an address that another one points to."""
    try:
        parsed = parse_camera_url(url)
        _allowed_host(parsed.host, allow_local=allow_local)
    except InvalidSetting:
        return False
    return parsed.scheme in _HTTP


def validate_camera(settings: CameraSettings) -> CameraSettings:
    """Check what was entered for a camera.

    Returns:
        The settings with blanks at the ends removed and paths and names in one form.

    Raises:
        InvalidSettings: With every refused field.
    """
    problems: list[InvalidSetting] = []

    def checked(field: str, check: Callable[[T], T], value: T) -> T:
        try:
            return check(value)
        except InvalidSetting as error:
            problems.append(InvalidSetting(field, error.reason))
            return value

    kind = settings.kind
    shortest_s = SHORTEST_STREAM_INTERVAL_S if kind.is_stream else SHORTEST_INTERVAL_S
    clean = replace(
        settings,
        name=checked("name", lambda text: _text(text, 1, LONGEST_NAME), settings.name),
        location=checked(
            "location", lambda text: _text(text, 1, LONGEST_LOCATION), settings.location
        ),
        username=checked("username", _username, settings.username),
        interval_s=checked("interval_s", partial(_interval, shortest_s), settings.interval_s),
        site=checked("site", lambda text: _text(text, 0, LONGEST_NAME), settings.site),
        hardware_id=checked(
            "hardware_id", lambda text: _text(text, 0, LONGEST_HARDWARE_ID), settings.hardware_id
        ),
    )
    clean = _of_network(clean, checked) if kind.is_networked else _of_this_computer(clean, checked)
    if problems:
        raise InvalidSettings(problems, settings.name)
    return clean


class _Check(Protocol):
    """Checks one field's value; a problem is kept, and the value returned as it is."""

    def __call__(self, field: str, check: Callable[[T], T], value: T) -> T: ...


def _of_network(settings: CameraSettings, checked: _Check) -> CameraSettings:
    """Check how a camera in the network is reached."""

    def host(text: str) -> str:
        return _allowed_host(text, allow_local=settings.allow_local)

    kind = settings.kind
    is_stream = kind.is_stream
    return replace(
        settings,
        scheme=checked("scheme", partial(_scheme, KIND_SCHEMES[kind]), settings.scheme),
        host=checked("host", host, settings.host),
        port=checked("port", _port, settings.port),
        base_path=checked("base_path", _base_path, settings.base_path),
        snapshot_path=checked(
            "snapshot_path", _optional_path if is_stream else _path, settings.snapshot_path
        ),
        status_path=checked("status_path", _optional_path, settings.status_path),
        stream_path=checked(
            "stream_path", _path if is_stream else _optional_path, settings.stream_path
        ),
        main_path=checked("main_path", _optional_path, settings.main_path),
        transport=checked("transport", _transport, settings.transport),
        onvif_scheme=checked("onvif_scheme", _onvif_scheme, settings.onvif_scheme),
        onvif_port=checked("onvif_port", _port, settings.onvif_port),
        onvif_path=checked("onvif_path", _path, settings.onvif_path),
        pin=checked("pin", _pin, settings.pin),
        device="",
    )


def _of_this_computer(settings: CameraSettings, checked: _Check) -> CameraSettings:
    """Check where a USB camera or a file is; what only a network has is left out."""
    usual = CameraSettings(name="", location="", host="")
    is_usb = settings.kind is SourceKind.USB
    return replace(
        settings,
        device=checked("device", _usb_device if is_usb else _file, settings.device),
        scheme=usual.scheme,
        host="",
        port=usual.port,
        base_path="",
        snapshot_path="",
        status_path="",
        stream_path="",
        main_path="",
        username="",
        onvif_scheme="",
        pin="",
    )


def _refused(reason: str) -> InvalidSetting:
    """Make an error whose field the caller names."""
    return InvalidSetting("", reason)


def _printable(text: str) -> None:
    if any(unicodedata.category(character) in _UNSEEN for character in text):
        raise _refused(tr("must not contain control or invisible characters"))


def _text(text: str, shortest: int, longest: int) -> str:
    """Trim; the length is checked before normalising, which is slow on hostile texts."""
    text = text.strip()
    if len(text) < shortest:
        raise _refused(tr("is missing"))
    if len(text) > longest:
        raise _refused(tr("is longer than {longest} characters", longest=longest))
    _printable(text)
    return unicodedata.normalize("NFC", text)


def _one_of(allowed: tuple[str, ...]) -> str:
    if len(allowed) == 1:
        return tr("must be {name}", name=allowed[0])
    *others, last = allowed
    return tr("must be {names} or {last}", names=", ".join(others), last=last)


def _scheme(allowed: tuple[str, ...], text: str) -> str:
    scheme = text.strip().lower()
    if scheme not in allowed:
        raise _refused(_one_of(allowed))
    return scheme


def _onvif_scheme(text: str) -> str:
    return _scheme(_HTTP, text) if text.strip() else ""


def _transport(text: str) -> str:
    if text not in TRANSPORTS:
        raise _refused(_one_of(TRANSPORTS))
    return text


def _pin(text: str) -> str:
    text = text.strip().lower().replace(":", "")
    if text and not _PIN.fullmatch(text):
        raise _refused(tr("must be a SHA-256 fingerprint of 64 hexadecimal digits"))
    return text


def _usb_device(text: str) -> str:
    text = _text(text, 1, LONGEST_DEVICE)
    if not _USB_DEVICE.fullmatch(text):
        raise _refused(tr("must be a number such as 0, or a device such as /dev/video0"))
    return text


def _file(text: str) -> str:
    text = _text(text, 1, LONGEST_DEVICE)
    if not (PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()):
        raise _refused(tr("must be a whole path from the root, such as /home/cam/door.mp4"))
    if problem := path_problem(text):
        raise _refused(problem)
    return text


def path_problem(path: str) -> str:
    """Tell what keeps a path from being played as a video or picture, "" if nothing does.

    Another computer's folder is asked for with this user's own sign-in, and what the system
    keeps as files, such as a microphone or a process's memory, is no recording.

    Args:
        path: A whole path, of this system or another.
    """
    if path[:1] in ("/", "\\") and path[1:2] in ("/", "\\"):
        return tr("must be on this computer, not on another in the network")
    parts = PurePosixPath(posixpath.normpath(path)).parts[1:]
    if path.startswith("/") and parts and parts[0] in _SYSTEM_FOLDERS:
        return tr(
            "must not be below /{parts}, where the system keeps no recordings", parts=parts[0]
        )
    return ""


def _port(port: int) -> int:
    if isinstance(port, bool) or not isinstance(port, int) or not 1 <= port <= 65_535:
        raise _refused(tr("must be a whole number from 1 to 65535"))
    return port


def _interval(shortest_s: float, seconds: float) -> float:
    if not (math.isfinite(seconds) and shortest_s <= seconds <= LONGEST_INTERVAL_S):
        raise _refused(
            tr(
                "must be from {shortest_s:g} to {longest_interval_s:g} seconds",
                shortest_s=shortest_s,
                longest_interval_s=LONGEST_INTERVAL_S,
            )
        )
    return float(seconds)


def _username(text: str) -> str:
    text = _text(text, 0, LONGEST_USERNAME)
    if ":" in text:
        raise _refused(tr("must not contain a colon; sign-in over HTTP cannot carry it"))
    return text


def _host(text: str) -> str:
    """Check a host name or address literal; names beyond ASCII become their xn-- form."""
    text = _text(text, 1, 255).removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(text)
    except ValueError:
        pass
    else:
        _, separator, scope = text.partition("%")
        if separator and not _SCOPE.fullmatch(scope):
            # Any text passes for a scope, also one that makes an address name another host.
            raise _refused(tr("must name an interface behind %, such as fe80::1%eth0"))
        return text.lower()
    if not text.isascii():
        try:
            text = text.encode("idna").decode("ascii")
        except UnicodeError:
            raise _refused(tr("is not a host name")) from None
    labels = text.removesuffix(".").split(".")
    if len(text) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(tr("is neither a host name nor an address such as 192.168.1.20"))
    if _LIKE_A_NUMBER.fullmatch(labels[-1]):
        # Old look-up functions read 127.1 and 0x7f.1 as addresses.
        raise _refused(
            tr("is not a complete address; write all four numbers, such as 192.168.1.20")
        )
    return text.lower()


def _allowed_host(text: str, *, allow_local: bool) -> str:
    """Check a host; an address that no poll would be allowed to go to is refused at once."""
    host = _host(text)
    name = host.removesuffix(".")
    is_local_name = name == "localhost" or name.endswith(".localhost")
    if ":" not in host and not is_local_name and not host.replace(".", "").isdigit():
        return host
    address = "127.0.0.1" if is_local_name else host
    if problem := _address_problem(address, allow_local):
        if _address_problem(address, allow_local=True):
            raise _refused(tr("{problem} and cannot be a camera", problem=problem))
        raise _refused(
            tr("{problem}; allow local addresses for this camera if that is meant", problem=problem)
        )
    return host


def _path(text: str) -> str:
    """Check a path with its query; what an address may not hold is percent-encoded."""
    text = _text(text, 1, LONGEST_PATH)
    if not text.startswith("/"):
        raise _refused(tr("must start with /"))
    if "\\" in text or "#" in text:
        raise _refused(tr("must not contain a backslash or #"))
    return quote(text, safe=_PATH_SAFE)


def _optional_path(text: str) -> str:
    return _path(text) if text.strip() else ""


def _base_path(text: str) -> str:
    text = text.strip().rstrip("/")
    if "?" in text:
        raise _refused(tr("must not contain ?; put the query into the paths"))
    return _path(text) if text else ""
