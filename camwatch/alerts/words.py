"""Numbers, times, reasons and names in the words of an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from camwatch.alerts.rules import CameraTrouble, ProgramTrouble, Severity
from camwatch.domain import Notice, Reason

MOST_NAMES = 3
"""So many of many names are told one by one."""

SEVERITIES: Mapping[Severity, str] = MappingProxyType(
    {
        Severity.INFORMATION: "Information",
        Severity.WARNING: "Warning",
        Severity.CRITICAL: "Critical",
    }
)

CAMERA_TROUBLES: Mapping[CameraTrouble, str] = MappingProxyType(
    {
        CameraTrouble.DOWN: "no picture",
        CameraTrouble.FROZEN: "the picture is frozen",
        CameraTrouble.BLIND: "the camera cannot see",
        CameraTrouble.TOO_SLOW: "too slow to count who passes",
    }
)
"""What goes behind a camera's name and a colon."""

CAMERA_TROUBLES_OF_MANY: Mapping[CameraTrouble, str] = MappingProxyType(
    {
        CameraTrouble.DOWN: "No picture",
        CameraTrouble.FROZEN: "Frozen pictures",
        CameraTrouble.BLIND: "No clear view",
        CameraTrouble.TOO_SLOW: "Too few pictures to count who passes",
    }
)
"""What goes before "at 12 cameras"."""

CAMERA_ADVICE: Mapping[CameraTrouble, str] = MappingProxyType(
    {
        CameraTrouble.DOWN: "Nothing is counted there meanwhile. Check power, cable and network "
        "of the camera.",
        CameraTrouble.FROZEN: "The camera sends the same picture again and again, so nothing is "
        "counted there. Restarting the camera usually helps.",
        CameraTrouble.BLIND: "Counts there are doubtful. Look whether the lens is covered, dirty "
        "or out of focus, or the light has failed.",
        CameraTrouble.TOO_SLOW: "Its pictures come too seldom to tell who passes its lines, so "
        "passages are not counted. Ask it more often, or lighten the network.",
    }
)

PROGRAM_TROUBLES: Mapping[ProgramTrouble, str] = MappingProxyType(
    {
        ProgramTrouble.STORAGE: "The history is not being saved",
        ProgramTrouble.DELIVERY: "Alerts do not get through",
        ProgramTrouble.MODEL: "People are not being counted",
        ProgramTrouble.CLOCK: "The clock of this computer was set",
        ProgramTrouble.DISK: "The disk is nearly full",
    }
)

PROGRAM_ADVICE: Mapping[ProgramTrouble, str] = MappingProxyType(
    {
        ProgramTrouble.STORAGE: "Check that the disk of the profile is there, is not full, and "
        "may be written. Counts are kept aside until it works again, for a while.",
        ProgramTrouble.DELIVERY: "Open Alerts, Delivery, and send a test over this channel. "
        "What waits is sent as soon as it works again.",
        ProgramTrouble.MODEL: "Cameras are shown, but nobody is counted. Look at Health for "
        "what is wrong with the model.",
        ProgramTrouble.CLOCK: "Times of what was stored around it may be off. Switch the "
        "automatic setting of the clock on.",
        ProgramTrouble.DISK: "Make room on the disk of the profile, or keep the history for "
        "fewer days; when it is full, nothing more is saved.",
    }
)

_REASONS: Mapping[str, str] = MappingProxyType(
    {
        Reason.REFUSED: "it refuses the connection",
        Reason.TIMEOUT: "no answer in time",
        Reason.DNS: "its name is not known in the network",
        Reason.UNREACHABLE: "there is no way to it in the network",
        Reason.DISCONNECTED: "the connection broke off",
        Reason.TLS: "the encrypted connection fails",
        Reason.ADDRESS: "its address may not be asked",
        Reason.REDIRECT: "it sends us elsewhere",
        Reason.UNAUTHORIZED: "it refuses the password",
        Reason.PASSWORD_MISSING: "its password is missing",
        Reason.PASSWORD_LOCKED: "its password is locked away",
        Reason.BASIC_NOT_ALLOWED: "it wants the password unencrypted",
        Reason.FORBIDDEN: "it refuses this user",
        Reason.NOT_FOUND: "there is no picture at its address",
        Reason.BUSY: "it is busy",
        Reason.SERVER_ERROR: "it reports a fault of its own",
        Reason.WEB_PAGE: "it sends a web page instead of a picture",
        Reason.EMPTY: "it sends nothing",
        Reason.SHORT_BODY: "its pictures break off",
        Reason.TRUNCATED: "its pictures break off",
        Reason.CORRUPT: "its pictures are damaged",
        Reason.FORMAT: "it sends no JPEG or PNG picture",
        Reason.FROZEN: "the same picture again and again",
        Reason.OVERLOADED: "this computer is too busy",
        Reason.CIRCUIT_OPEN: "it failed too often and rests",
        Reason.CERTIFICATE_UNKNOWN: "its certificate is not known",
        Reason.CERTIFICATE_CHANGED: "its certificate was changed",
        Reason.OTHER_DEVICE: "another device answers in its place",
        Reason.STALLED: "its stream stands still",
        Reason.NO_DEVICE: "it is not plugged in",
        Reason.DEVICE_BUSY: "another program uses it",
        Reason.ENDED: "its file has ended",
        Reason.HOST_OFFLINE: "this computer has no network",
        Reason.ASLEEP: "this computer slept",
        Reason.ELSEWHERE: "another workstation counts it",
        Notice.BLACK: "the picture is black",
        Notice.OVEREXPOSED: "the picture is far too bright",
        Notice.COVERED: "the lens is covered",
        Notice.DEFOCUSED: "the picture is out of focus",
        Notice.RESHAPED: "the picture has another shape than before",
        Notice.DAMAGED: "parts of the picture are damaged",
        Notice.CERTIFICATE_EXPIRED: "its certificate has expired",
    }
)

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def reason_words(reason: str) -> str:
    """Return a reason in words; what is no known one is a sentence already, or several words."""
    if reason in {"", Reason.NONE, Reason.STARTING}:
        return ""
    return _REASONS.get(reason, reason.replace("_", " "))


def spoken_list(names: Sequence[str]) -> str:
    """Say "Gate", "Gate and Hall", or "Gate, Hall, Yard and 9 more"."""
    told = list(dict.fromkeys(names))
    if len(told) > MOST_NAMES + 1:  # "and 1 more" is no shorter than the name
        told = [*told[:MOST_NAMES], f"{len(told) - MOST_NAMES:,} more"]
    if len(told) < 2:
        return "".join(told)
    return f"{', '.join(told[:-1])} and {told[-1]}"


def number(value: float) -> str:
    """Say "31", "1,204" or "22.4"."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def people(value: float) -> str:
    """Say "nobody", "1 person" or "31 people"."""
    if value == 0:
        return "nobody"
    return "1 person" if value == 1 else f"{number(value)} people"


def duration(seconds: float) -> str:
    """Say "45 seconds", "1 minute", "90 minutes" or "2 hours"."""
    whole = round(seconds)
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if whole >= size and whole % size == 0:
            return _counted(whole // size, name)
    if whole > 120:
        return _counted(round(whole / 60), "minute")
    return _counted(whole, "second")


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def zone_name(moment: datetime, zone: ZoneInfo) -> str:
    """Say "CET", or "UTC+05:45" where the clocks there have no name."""
    local = moment.astimezone(zone)
    name = local.tzname() or ""
    if name and name[0] not in "+-":
        return name
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """Say "14:03:05 CET"."""
    return f"{moment.astimezone(zone):%H:%M:%S} {zone_name(moment, zone)}"


def date_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """Say "14:03:05 CET on Monday, 2 March 2026", whatever the language of this computer."""
    local = moment.astimezone(zone)
    day = f"{_DAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{clock_time(moment, zone)} on {day}"
