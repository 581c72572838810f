"""Numbers, times, reasons and names in the words of an alert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.alerts.rules import CameraTrouble, ProgramTrouble, Severity
from camwatch.domain import Notice, Reason
from camwatch.language import MONTHS, WEEKDAYS, table, tr

MOST_NAMES = 3
"""So many of many names are told one by one."""

SEVERITIES: Mapping[Severity, str] = table(
    lambda: {
        Severity.INFORMATION: tr("Information"),
        Severity.WARNING: tr("Warning"),
        Severity.CRITICAL: tr("Critical"),
    }
)

CAMERA_TROUBLES: Mapping[CameraTrouble, str] = table(
    lambda: {
        CameraTrouble.DOWN: tr("no picture"),
        CameraTrouble.FROZEN: tr("the picture is frozen"),
        CameraTrouble.BLIND: tr("the camera cannot see"),
        CameraTrouble.TOO_SLOW: tr("too slow to count who passes"),
    }
)
"""What goes behind a camera's name and a colon."""

CAMERA_TROUBLES_OF_MANY: Mapping[CameraTrouble, str] = table(
    lambda: {
        CameraTrouble.DOWN: tr("No picture"),
        CameraTrouble.FROZEN: tr("Frozen pictures"),
        CameraTrouble.BLIND: tr("No clear view"),
        CameraTrouble.TOO_SLOW: tr("Too few pictures to count who passes"),
    }
)
"""What goes before "at 12 cameras"."""

CAMERA_ADVICE: Mapping[CameraTrouble, str] = table(
    lambda: {
        CameraTrouble.DOWN: tr(
            "Nothing is counted there meanwhile. Check power, cable and network of the camera."
        ),
        CameraTrouble.FROZEN: tr(
            "The camera sends the same picture again and again, so nothing is "
            "counted there. Restarting the camera usually helps."
        ),
        CameraTrouble.BLIND: tr(
            "Counts there are doubtful. Look whether the lens is covered, dirty "
            "or out of focus, or the light has failed."
        ),
        CameraTrouble.TOO_SLOW: tr(
            "Its pictures come too seldom to tell who passes its lines, so "
            "passages are not counted. Ask it more often, or lighten the network."
        ),
    }
)

PROGRAM_TROUBLES: Mapping[ProgramTrouble, str] = table(
    lambda: {
        ProgramTrouble.STORAGE: tr("The history is not being saved"),
        ProgramTrouble.DELIVERY: tr("Alerts do not get through"),
        ProgramTrouble.MODEL: tr("People are not being counted"),
        ProgramTrouble.CLOCK: tr("The clock of this computer was set"),
        ProgramTrouble.DISK: tr("The disk is nearly full"),
    }
)

PROGRAM_ADVICE: Mapping[ProgramTrouble, str] = table(
    lambda: {
        ProgramTrouble.STORAGE: tr(
            "Check that the disk of the profile is there, is not full, and "
            "may be written. Counts are kept aside until it works again, for a while."
        ),
        ProgramTrouble.DELIVERY: tr(
            "Open Alerts, Delivery, and send a test over this channel. "
            "What waits is sent as soon as it works again."
        ),
        ProgramTrouble.MODEL: tr(
            "Cameras are shown, but nobody is counted. Look at Health for "
            "what is wrong with the model."
        ),
        ProgramTrouble.CLOCK: tr(
            "Times of what was stored around it may be off. Switch the "
            "automatic setting of the clock on."
        ),
        ProgramTrouble.DISK: tr(
            "Make room on the disk of the profile, or keep the history for "
            "fewer days; when it is full, nothing more is saved."
        ),
    }
)

_REASONS: Mapping[str, str] = table(
    lambda: {
        Reason.REFUSED: tr("it refuses the connection"),
        Reason.TIMEOUT: tr("no answer in time"),
        Reason.DNS: tr("its name is not known in the network"),
        Reason.UNREACHABLE: tr("there is no way to it in the network"),
        Reason.DISCONNECTED: tr("the connection broke off"),
        Reason.TLS: tr("the encrypted connection fails"),
        Reason.ADDRESS: tr("its address may not be asked"),
        Reason.REDIRECT: tr("it sends us elsewhere"),
        Reason.UNAUTHORIZED: tr("it refuses the password"),
        Reason.PASSWORD_MISSING: tr("its password is missing"),
        Reason.PASSWORD_LOCKED: tr("its password is locked away"),
        Reason.BASIC_NOT_ALLOWED: tr("it wants the password unencrypted"),
        Reason.FORBIDDEN: tr("it refuses this user"),
        Reason.NOT_FOUND: tr("there is no picture at its address"),
        Reason.BUSY: tr("it is busy"),
        Reason.SERVER_ERROR: tr("it reports a fault of its own"),
        Reason.WEB_PAGE: tr("it sends a web page instead of a picture"),
        Reason.EMPTY: tr("it sends nothing"),
        Reason.SHORT_BODY: tr("its pictures break off"),
        Reason.TRUNCATED: tr("its pictures break off"),
        Reason.CORRUPT: tr("its pictures are damaged"),
        Reason.FORMAT: tr("it sends no JPEG or PNG picture"),
        Reason.FROZEN: tr("the same picture again and again"),
        Reason.OVERLOADED: tr("this computer is too busy"),
        Reason.CIRCUIT_OPEN: tr("it failed too often and rests"),
        Reason.CERTIFICATE_UNKNOWN: tr("its certificate is not known"),
        Reason.CERTIFICATE_CHANGED: tr("its certificate was changed"),
        Reason.OTHER_DEVICE: tr("another device answers in its place"),
        Reason.STALLED: tr("its stream stands still"),
        Reason.NO_DEVICE: tr("it is not plugged in"),
        Reason.DEVICE_BUSY: tr("another program uses it"),
        Reason.ENDED: tr("its file has ended"),
        Reason.HOST_OFFLINE: tr("this computer has no network"),
        Reason.ASLEEP: tr("this computer slept"),
        Reason.ELSEWHERE: tr("another workstation counts it"),
        Notice.BLACK: tr("the picture is black"),
        Notice.OVEREXPOSED: tr("the picture is far too bright"),
        Notice.COVERED: tr("the lens is covered"),
        Notice.DEFOCUSED: tr("the picture is out of focus"),
        Notice.RESHAPED: tr("the picture has another shape than before"),
        Notice.DAMAGED: tr("parts of the picture are damaged"),
        Notice.CERTIFICATE_EXPIRED: tr("its certificate has expired"),
    }
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
        told = [*told[:MOST_NAMES], tr("{value:,} more", value=len(told) - MOST_NAMES)]
    if len(told) < 2:
        return "".join(told)
    return tr("{names} and {told}", names=", ".join(told[:-1]), told=told[-1])


def number(value: float) -> str:
    """Say "31", "1 204" or "22.4"."""
    return language.number(value, ",.0f" if float(value).is_integer() else ",.1f")


def people(value: float) -> str:
    """Say "nobody", "1 person" or "31 people"."""
    if value == 0:
        return tr("nobody")
    return tr("1 person") if value == 1 else tr("{number} people", number=number(value))


def duration(seconds: float) -> str:
    """Say "45 seconds", "1 minute", "90 minutes" or "2 hours"."""
    whole = round(seconds)
    if whole >= 86_400 and whole % 86_400 == 0:
        count = whole // 86_400
        return tr("1 day") if count == 1 else tr("{count:,} days", count=count)
    if whole >= 3600 and whole % 3600 == 0:
        count = whole // 3600
        return tr("1 hour") if count == 1 else tr("{count:,} hours", count=count)
    if whole > 120 or whole in {60, 120}:
        count = round(whole / 60)
        return tr("1 minute") if count == 1 else tr("{count:,} minutes", count=count)
    return tr("1 second") if whole == 1 else tr("{count:,} seconds", count=whole)


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
    day = tr(
        "{weekday}, {day} {month} {year}",
        weekday=WEEKDAYS[local.weekday()],
        day=local.day,
        month=MONTHS[local.month - 1],
        year=str(local.year),
    )
    return tr("{clock_time} on {day}", clock_time=clock_time(moment, zone), day=day)
