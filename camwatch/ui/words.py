"""States, reasons and times in the words of an operator."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.domain import CameraState, Notice, Reason
from camwatch.language import marked, table, tr
from camwatch.scene import Mode

UNKNOWN_COUNT = "?"
NOT_COUNTED_YET = "–"


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """Why a camera gives no picture.

    Attributes:
        short: A few words for a tile, without a full stop; empty if there is nothing to say.
        advice: What to do about it, in whole sentences; empty if there is nothing to do.
    """

    short: str
    advice: str = ""


STATES: Mapping[CameraState, str] = table(
    lambda: {
        CameraState.CONNECTING: tr("Connecting"),
        CameraState.OK: tr("Live"),
        CameraState.SLOW: tr("Slow"),
        CameraState.STALE: tr("Frozen"),
        CameraState.BAD_DATA: tr("Unusable picture"),
        CameraState.AUTH_FAILED: tr("Sign-in refused"),
        CameraState.TLS_CHANGED: tr("Certificate changed"),
        CameraState.BLOCKED: tr("Blocked"),
        CameraState.OFFLINE: tr("Offline"),
        CameraState.DISABLED: tr("Switched off"),
    }
)

_CHECK_PATH = marked("Check the path of the snapshot in the camera's settings.")
_CHECK_PICTURE = marked("Set the camera to send JPEG pictures of an ordinary size.")

REASONS: Mapping[Reason, ReasonWords] = table(
    lambda: {
        Reason.NONE: ReasonWords(""),
        Reason.STARTING: ReasonWords(tr("waiting for the first picture")),
        Reason.SWITCHED_OFF: ReasonWords(
            tr("switched off in its settings"),
            tr("An administrator can switch it on under Cameras."),
        ),
        Reason.REFUSED: ReasonWords(
            tr("it refused the connection"),
            tr("Check that the camera is running and that its port is right."),
        ),
        Reason.TIMEOUT: ReasonWords(
            tr("it did not answer in time"), tr("Check the camera's power and network cable.")
        ),
        Reason.DNS: ReasonWords(
            tr("its name was not found in the network"),
            tr("Check the host name, or enter the camera's IP address instead."),
        ),
        Reason.UNREACHABLE: ReasonWords(
            tr("its network cannot be reached"),
            tr("Check the address and this computer's network."),
        ),
        Reason.DISCONNECTED: ReasonWords(
            tr("it broke off the connection"),
            tr("If this goes on, restart the camera and check its network cable."),
        ),
        Reason.PROTOCOL: ReasonWords(
            tr("its answer is not HTTP"), tr("Check the port, and whether it needs http or https.")
        ),
        Reason.TLS: ReasonWords(
            tr("no secure connection"),
            tr("Check the camera's certificate and clock, and whether it needs http or https."),
        ),
        Reason.ADDRESS: ReasonWords(
            tr("its address is not allowed"),
            tr("An administrator can allow local addresses in the camera's settings."),
        ),
        Reason.REDIRECT: ReasonWords(
            tr("it points to another address"),
            tr("Enter the address that gives the picture itself."),
        ),
        Reason.UNAUTHORIZED: ReasonWords(
            tr("user name or password refused"),
            tr("Enter the user name and password again in the camera's settings."),
        ),
        Reason.PASSWORD_MISSING: ReasonWords(
            tr("no password on this computer"),
            tr("Enter the camera's password again in its settings."),
        ),
        Reason.PASSWORD_LOCKED: ReasonWords(
            tr("waiting for the keyring or the vault"),
            tr("Unlock the place where this computer keeps passwords."),
        ),
        Reason.BASIC_NOT_ALLOWED: ReasonWords(
            tr("it wants the password in the clear"),
            tr("Use https, or allow Basic sign-in in the camera's settings."),
        ),
        Reason.FORBIDDEN: ReasonWords(
            tr("its user may not see pictures"),
            tr("Give the camera's user the right to see pictures."),
        ),
        Reason.NOT_FOUND: ReasonWords(tr("no picture at this path"), tr(_CHECK_PATH)),
        Reason.BUSY: ReasonWords(
            tr("it is busy"), tr("If this goes on, ask for its picture less often.")
        ),
        Reason.SERVER_ERROR: ReasonWords(
            tr("it reports a fault of its own"), tr("If this goes on, restart the camera.")
        ),
        Reason.HTTP_STATUS: ReasonWords(tr("unexpected answer"), tr(_CHECK_PATH)),
        Reason.HEADERS_TOO_LARGE: ReasonWords(tr("its answer is out of bounds"), tr(_CHECK_PATH)),
        Reason.ENCODED: ReasonWords(
            tr("its answer is compressed"), tr("Switch off compression in the camera's web server.")
        ),
        Reason.WEB_PAGE: ReasonWords(tr("a web page instead of a picture"), tr(_CHECK_PATH)),
        Reason.EMPTY: ReasonWords(tr("an empty answer"), tr(_CHECK_PATH)),
        Reason.SHORT_BODY: ReasonWords(
            tr("the picture broke off on the way"), tr("Check the camera's network cable.")
        ),
        Reason.TOO_LARGE: ReasonWords(
            tr("the picture's file is too large"),
            tr("Lower the resolution or quality in the camera."),
        ),
        Reason.FORMAT: ReasonWords(tr("neither JPEG nor PNG"), tr(_CHECK_PICTURE)),
        Reason.TRUNCATED: ReasonWords(
            tr("the picture is cut off"), tr("If this goes on, restart the camera.")
        ),
        Reason.CORRUPT: ReasonWords(
            tr("the picture is damaged"), tr("If this goes on, restart the camera.")
        ),
        Reason.TOO_SMALL: ReasonWords(tr("the picture is too small"), tr(_CHECK_PICTURE)),
        Reason.TOO_MANY_PIXELS: ReasonWords(
            tr("the picture has too many pixels"), tr("Lower the resolution in the camera.")
        ),
        Reason.TOO_MANY_SCANS: ReasonWords(tr("the picture is built oddly"), tr(_CHECK_PICTURE)),
        Reason.FROZEN: ReasonWords(tr("the same picture over and over"), tr("Restart the camera.")),
        Reason.OVERLOADED: ReasonWords(
            tr("this computer cannot keep up"),
            tr("Ask for pictures less often, or use fewer cameras."),
        ),
        Reason.CIRCUIT_OPEN: ReasonWords(
            tr("left alone after many failures"),
            tr("It is tried again by itself. Check the camera's power and network cable."),
        ),
        Reason.CERTIFICATE_UNKNOWN: ReasonWords(
            tr("its certificate is not trusted yet"),
            tr(
                "An administrator can compare its fingerprint and trust it in the camera's settings."
            ),
        ),
        Reason.CERTIFICATE_CHANGED: ReasonWords(
            tr("its certificate is another one"),
            tr(
                "No password was sent. If the camera got a new certificate, an administrator can "
                "trust it in the camera's settings; if not, somebody else may be answering for it."
            ),
        ),
        Reason.OTHER_DEVICE: ReasonWords(
            tr("another device answers at its address"),
            tr(
                "Search for the camera's new address under Cameras. If it was replaced, edit it and "
                "say so."
            ),
        ),
        Reason.STALLED: ReasonWords(
            tr("its stream stopped"),
            tr("If this goes on, restart the camera and check its network cable."),
        ),
        Reason.UNSUPPORTED: ReasonWords(
            tr("its kind of video is not understood"),
            tr("Set the camera to H.264, H.265 or MJPEG."),
        ),
        Reason.READER_BROKE: ReasonWords(
            tr("reading its stream broke off"),
            tr("It is tried again by itself. If this goes on, set the camera to H.264."),
        ),
        Reason.MEMORY: ReasonWords(
            tr("its picture needs too much memory"), tr("Lower the resolution in the camera.")
        ),
        Reason.OPEN_FILES: ReasonWords(
            tr("too many connections are open here"),
            tr("Close other programs, or ask the administrator to raise the limit of open files."),
        ),
        Reason.NO_DEVICE: ReasonWords(
            tr("it is not plugged in"), tr("Plug it in, or choose another device in its settings.")
        ),
        Reason.DEVICE_BUSY: ReasonWords(
            tr("another program uses it"), tr("Close the other program that shows its picture.")
        ),
        Reason.ENDED: ReasonWords(
            tr("the recording has come to its end"),
            tr("Let it repeat in its settings to see it again."),
        ),
        Reason.HOST_OFFLINE: ReasonWords(
            tr("this computer has no network"), tr("Check this computer's network cable or Wi-Fi.")
        ),
        Reason.ELSEWHERE: ReasonWords(
            tr("another workstation counts it"),
            tr(
                "Its numbers are in the charts. Which workstation counts a site is set under "
                "\u201cHistory and storage\u201d."
            ),
        ),
        Reason.ASLEEP: ReasonWords(
            tr("this computer was asleep"),
            tr("Nothing needs to be done: it is asked again by itself."),
        ),
    }
)

NOTICES: Mapping[Notice, ReasonWords] = table(
    lambda: {
        Notice.BLACK: ReasonWords(
            tr("the picture is black"), tr("Check the light and the lens cap.")
        ),
        Notice.OVEREXPOSED: ReasonWords(
            tr("the picture is too bright"), tr("Check the exposure in the camera's settings.")
        ),
        Notice.COVERED: ReasonWords(
            tr("the lens is covered"), tr("Look whether something hangs over it.")
        ),
        Notice.DEFOCUSED: ReasonWords(
            tr("the picture is out of focus"), tr("Clean the lens and set its focus.")
        ),
        Notice.RESHAPED: ReasonWords(
            tr("the picture has another shape"), tr("Draw its lines and zones again.")
        ),
        Notice.DAMAGED: ReasonWords(
            tr("parts of the picture are damaged"), tr("Check the camera's network cable.")
        ),
        Notice.CERTIFICATE_EXPIRED: ReasonWords(
            tr("its certificate has expired"),
            tr("It is still trusted here; renew it in the camera."),
        ),
    }
)
"""What is wrong with pictures that come."""

MODES: Mapping[Mode, str] = table(
    lambda: {
        Mode.IN_OUT: tr("In and out counted"),
        Mode.OCCUPANCY: tr("Only people in view"),
        Mode.TOO_SLOW: tr("Too slow to count"),
    }
)
"""What can be counted where there is a line, in a few words for a tile."""


def in_out(inwards: int | None, outwards: int | None) -> str:
    """Say "in 214 out 202", with "?" for what is not known."""
    came, left = (
        UNKNOWN_COUNT if value is None else number(value) for value in (inwards, outwards)
    )
    return tr("in {came} out {left}", came=came, left=left)


def state_word(state: CameraState, reason: Reason) -> str:
    """Say in a word or two how a camera is doing.

    Without a password nobody was asked, so nobody refused it either.
    """
    if state is CameraState.AUTH_FAILED and reason is Reason.PASSWORD_MISSING:
        return tr("Password missing")
    if reason is Reason.ELSEWHERE:
        return tr("Counted elsewhere")
    if state is CameraState.CONNECTING and reason is Reason.PASSWORD_LOCKED:
        return tr("Password locked")
    return STATES[state]


def span(seconds: float) -> str:
    """Say how long: "0.4 s", "12 s", "2 min", "3 h", "5 days"; never below nought."""
    seconds = max(seconds, 0.0)
    if seconds < 9.95:
        return tr("{seconds:.1f} s", seconds=seconds)
    if seconds < 59.5:
        return tr("{seconds:.0f} s", seconds=seconds)
    if seconds < 3600:
        return tr("{value:.0f} min", value=max(seconds // 60, 1))
    if seconds < 48 * 3600:
        return tr("{value:.0f} h", value=seconds // 3600)
    return tr("{value:.0f} days", value=seconds // 86400)


def whole_span(seconds: float) -> str:
    """Say how long without parts of a second: "8 s", "2 min"."""
    return span(seconds) if seconds >= 9.95 else tr("{seconds:.0f} s", seconds=max(seconds, 0.0))


def sentence(text: str) -> str:
    """Begin with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def number(count: int) -> str:
    """Say "12 345": in groups of three, divided by spaces that do not break."""
    return language.number(count)


def people(count: int) -> str:
    """Say "1 person" or "12 people"."""
    return tr("1 person") if count == 1 else tr("{count} people", count=count)


def spoken_list(names: Iterable[str]) -> str:
    """Join names for a sentence: "a", "a and b", "a, b and c"."""
    every = list(names)
    return tr(" and ").join(filter(None, (", ".join(every[:-1]), *every[-1:])))


def and_more(names: Iterable[str], more: int) -> str:
    """Join the first of many names: "a, b and 3 more"; more: how many are not named."""
    told = ", ".join(names)
    return tr("{names} and {more} more", names=told, more=more) if more > 0 else told


def cameras(count: int) -> str:
    """Say "1 camera" or "12 cameras"."""
    return tr("1 camera") if count == 1 else tr("{count} cameras", count=count)


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
