"""States, reasons and times in the words of an operator."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from camwatch.domain import CameraState, Notice, Reason
from camwatch.scene import Mode

UNKNOWN_COUNT = "?"
NOT_COUNTED_YET = "–"  # noqa: RUF001 - an en dash is meant


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """Why a camera gives no picture.

    Attributes:
        short: A few words for a tile, without a full stop; empty if there is nothing to say.
        advice: What to do about it, in whole sentences; empty if there is nothing to do.
    """

    short: str
    advice: str = ""


STATES: Mapping[CameraState, str] = MappingProxyType(
    {
        CameraState.CONNECTING: "Connecting",
        CameraState.OK: "Live",
        CameraState.SLOW: "Slow",
        CameraState.STALE: "Frozen",
        CameraState.BAD_DATA: "Unusable picture",
        CameraState.AUTH_FAILED: "Sign-in refused",
        CameraState.TLS_CHANGED: "Certificate changed",
        CameraState.BLOCKED: "Blocked",
        CameraState.OFFLINE: "Offline",
        CameraState.DISABLED: "Switched off",
    }
)

_CHECK_PATH = "Check the path of the snapshot in the camera's settings."
_CHECK_PICTURE = "Set the camera to send JPEG pictures of an ordinary size."

REASONS: Mapping[Reason, ReasonWords] = MappingProxyType(
    {
        Reason.NONE: ReasonWords(""),
        Reason.STARTING: ReasonWords("waiting for the first picture"),
        Reason.SWITCHED_OFF: ReasonWords(
            "switched off in its settings", "An administrator can switch it on under Cameras."
        ),
        Reason.REFUSED: ReasonWords(
            "it refused the connection",
            "Check that the camera is running and that its port is right.",
        ),
        Reason.TIMEOUT: ReasonWords(
            "it did not answer in time", "Check the camera's power and network cable."
        ),
        Reason.DNS: ReasonWords(
            "its name was not found in the network",
            "Check the host name, or enter the camera's IP address instead.",
        ),
        Reason.UNREACHABLE: ReasonWords(
            "its network cannot be reached", "Check the address and this computer's network."
        ),
        Reason.DISCONNECTED: ReasonWords(
            "it broke off the connection",
            "If this goes on, restart the camera and check its network cable.",
        ),
        Reason.PROTOCOL: ReasonWords(
            "its answer is not HTTP", "Check the port, and whether it needs http or https."
        ),
        Reason.TLS: ReasonWords(
            "no secure connection",
            "Check the camera's certificate and clock, and whether it needs http or https.",
        ),
        Reason.ADDRESS: ReasonWords(
            "its address is not allowed",
            "An administrator can allow local addresses in the camera's settings.",
        ),
        Reason.REDIRECT: ReasonWords(
            "it points to another address",
            "Enter the address that gives the picture itself.",
        ),
        Reason.UNAUTHORIZED: ReasonWords(
            "user name or password refused",
            "Enter the user name and password again in the camera's settings.",
        ),
        Reason.PASSWORD_MISSING: ReasonWords(
            "no password on this computer",
            "Enter the camera's password again in its settings.",
        ),
        Reason.PASSWORD_LOCKED: ReasonWords(
            "waiting for the keyring or the vault",
            "Unlock the place where this computer keeps passwords.",
        ),
        Reason.BASIC_NOT_ALLOWED: ReasonWords(
            "it wants the password in the clear",
            "Use https, or allow Basic sign-in in the camera's settings.",
        ),
        Reason.FORBIDDEN: ReasonWords(
            "its user may not see pictures", "Give the camera's user the right to see pictures."
        ),
        Reason.NOT_FOUND: ReasonWords("no picture at this path", _CHECK_PATH),
        Reason.BUSY: ReasonWords("it is busy", "If this goes on, ask for its picture less often."),
        Reason.SERVER_ERROR: ReasonWords(
            "it reports a fault of its own", "If this goes on, restart the camera."
        ),
        Reason.HTTP_STATUS: ReasonWords("unexpected answer", _CHECK_PATH),
        Reason.HEADERS_TOO_LARGE: ReasonWords("its answer is out of bounds", _CHECK_PATH),
        Reason.ENCODED: ReasonWords(
            "its answer is compressed", "Switch off compression in the camera's web server."
        ),
        Reason.WEB_PAGE: ReasonWords("a web page instead of a picture", _CHECK_PATH),
        Reason.EMPTY: ReasonWords("an empty answer", _CHECK_PATH),
        Reason.SHORT_BODY: ReasonWords(
            "the picture broke off on the way", "Check the camera's network cable."
        ),
        Reason.TOO_LARGE: ReasonWords(
            "the picture's file is too large", "Lower the resolution or quality in the camera."
        ),
        Reason.FORMAT: ReasonWords("neither JPEG nor PNG", _CHECK_PICTURE),
        Reason.TRUNCATED: ReasonWords(
            "the picture is cut off", "If this goes on, restart the camera."
        ),
        Reason.CORRUPT: ReasonWords(
            "the picture is damaged", "If this goes on, restart the camera."
        ),
        Reason.TOO_SMALL: ReasonWords("the picture is too small", _CHECK_PICTURE),
        Reason.TOO_MANY_PIXELS: ReasonWords(
            "the picture has too many pixels", "Lower the resolution in the camera."
        ),
        Reason.TOO_MANY_SCANS: ReasonWords("the picture is built oddly", _CHECK_PICTURE),
        Reason.FROZEN: ReasonWords("the same picture over and over", "Restart the camera."),
        Reason.OVERLOADED: ReasonWords(
            "this computer cannot keep up", "Ask for pictures less often, or use fewer cameras."
        ),
        Reason.CIRCUIT_OPEN: ReasonWords(
            "left alone after many failures",
            "It is tried again by itself. Check the camera's power and network cable.",
        ),
        Reason.CERTIFICATE_UNKNOWN: ReasonWords(
            "its certificate is not trusted yet",
            "An administrator can compare its fingerprint and trust it in the camera's settings.",
        ),
        Reason.CERTIFICATE_CHANGED: ReasonWords(
            "its certificate is another one",
            "No password was sent. If the camera got a new certificate, an administrator can "
            "trust it in the camera's settings; if not, somebody else may be answering for it.",
        ),
        Reason.OTHER_DEVICE: ReasonWords(
            "another device answers at its address",
            "Search for the camera's new address under Cameras. If it was replaced, edit it and "
            "say so.",
        ),
        Reason.STALLED: ReasonWords(
            "its stream stopped", "If this goes on, restart the camera and check its network cable."
        ),
        Reason.UNSUPPORTED: ReasonWords(
            "its kind of video is not understood", "Set the camera to H.264, H.265 or MJPEG."
        ),
        Reason.READER_BROKE: ReasonWords(
            "reading its stream broke off",
            "It is tried again by itself. If this goes on, set the camera to H.264.",
        ),
        Reason.MEMORY: ReasonWords(
            "its picture needs too much memory", "Lower the resolution in the camera."
        ),
        Reason.OPEN_FILES: ReasonWords(
            "too many connections are open here",
            "Close other programs, or ask the administrator to raise the limit of open files.",
        ),
        Reason.NO_DEVICE: ReasonWords(
            "it is not plugged in", "Plug it in, or choose another device in its settings."
        ),
        Reason.DEVICE_BUSY: ReasonWords(
            "another program uses it", "Close the other program that shows its picture."
        ),
        Reason.ENDED: ReasonWords(
            "the recording has come to its end", "Let it repeat in its settings to see it again."
        ),
        Reason.HOST_OFFLINE: ReasonWords(
            "this computer has no network", "Check this computer's network cable or Wi-Fi."
        ),
        Reason.ELSEWHERE: ReasonWords(
            "another workstation counts it",
            "Its numbers are in the charts. Which workstation counts a site is set under "
            "\u201cHistory and storage\u201d.",
        ),
        Reason.ASLEEP: ReasonWords(
            "this computer was asleep", "Nothing needs to be done: it is asked again by itself."
        ),
    }
)

NOTICES: Mapping[Notice, ReasonWords] = MappingProxyType(
    {
        Notice.BLACK: ReasonWords("the picture is black", "Check the light and the lens cap."),
        Notice.OVEREXPOSED: ReasonWords(
            "the picture is too bright", "Check the exposure in the camera's settings."
        ),
        Notice.COVERED: ReasonWords("the lens is covered", "Look whether something hangs over it."),
        Notice.DEFOCUSED: ReasonWords(
            "the picture is out of focus", "Clean the lens and set its focus."
        ),
        Notice.RESHAPED: ReasonWords(
            "the picture has another shape", "Draw its lines and zones again."
        ),
        Notice.DAMAGED: ReasonWords(
            "parts of the picture are damaged", "Check the camera's network cable."
        ),
        Notice.CERTIFICATE_EXPIRED: ReasonWords(
            "its certificate has expired", "It is still trusted here; renew it in the camera."
        ),
    }
)
"""What is wrong with pictures that come."""

MODES: Mapping[Mode, str] = MappingProxyType(
    {
        Mode.IN_OUT: "In and out counted",
        Mode.OCCUPANCY: "Only people in view",
        Mode.TOO_SLOW: "Too slow to count",
    }
)
"""What can be counted where there is a line, in a few words for a tile."""


def in_out(inwards: int | None, outwards: int | None) -> str:
    """Say "in 214 out 202", with "?" for what is not known."""
    came, left = (
        UNKNOWN_COUNT if value is None else number(value) for value in (inwards, outwards)
    )
    return f"in {came} out {left}"


def state_word(state: CameraState, reason: Reason) -> str:
    """Say in a word or two how a camera is doing.

    Without a password nobody was asked, so nobody refused it either.
    """
    if state is CameraState.AUTH_FAILED and reason is Reason.PASSWORD_MISSING:
        return "Password missing"
    if reason is Reason.ELSEWHERE:
        return "Counted elsewhere"
    if state is CameraState.CONNECTING and reason is Reason.PASSWORD_LOCKED:
        return "Password locked"
    return STATES[state]


def span(seconds: float) -> str:
    """Say how long: "0.4 s", "12 s", "2 min", "3 h", "5 days"; never below nought."""
    seconds = max(seconds, 0.0)
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    if seconds < 59.5:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{max(seconds // 60, 1):.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600:.0f} h"
    return f"{seconds // 86400:.0f} days"


def whole_span(seconds: float) -> str:
    """Say how long without parts of a second: "8 s", "2 min"."""
    return span(seconds) if seconds >= 9.95 else f"{max(seconds, 0.0):.0f} s"


def sentence(text: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def number(count: int) -> str:
    """Say "12 345": in groups of three, divided by spaces that do not break."""
    return f"{count:,}".replace(",", "\u202f")


def people(count: int) -> str:
    """Say "1 person" or "12 people"."""
    return "1 person" if count == 1 else f"{count} people"


def cameras(count: int) -> str:
    """Say "1 camera" or "12 cameras"."""
    return "1 camera" if count == 1 else f"{count} cameras"


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """Say "12:04:07" as the clocks of this zone show it."""
    return f"{at.astimezone(zone):%H:%M:%S}"


def file_stem(name: str) -> str:
    """Make of a camera's name what may begin a file's name anywhere: "gate-3-north"."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "camera"


def tooltip(text: str) -> str:
    """Prepare a text from outside for a tooltip, which would take "<b>" for bold."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>"


def without_mnemonic(text: str) -> str:
    """Prepare a text from outside for a button or menu, which would take "&" for a key."""
    return text.replace("&", "&&")


def shortened(text: str, longest: int) -> str:
    """Cut a long text from outside, which would push what is beside it out of the window."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
