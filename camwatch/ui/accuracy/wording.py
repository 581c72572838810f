"""What audits are about, and what they found, in the words of an operator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from camwatch.accuracy import (
    AuditKind,
    AuditReport,
    Crowding,
    Estimate,
    GroupResult,
    Light,
    SetupPart,
)
from camwatch.accuracy.plan import RecordingEnd, RecordingState, RecordingStatus
from camwatch.ui.words import number, sentence

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

KINDS: Mapping[AuditKind, str] = MappingProxyType(
    {
        AuditKind.OCCUPANCY: "people in view",
        AuditKind.PASSAGES: "people passing",
        AuditKind.PICTURES: "people in random pictures",
    }
)

LIGHTS: Mapping[Light, str] = MappingProxyType(
    {Light.DAYLIGHT: "daylight", Light.DIM: "dim light", Light.DARK: "dark"}
)

CROWDINGS: Mapping[Crowding, str] = MappingProxyType(
    {
        Crowding.EMPTY: "nobody",
        Crowding.FEW: "1 or 2 people",
        Crowding.SOME: "3 to 5 people",
        Crowding.MANY: "6 people or more",
    }
)

PARTS: Mapping[SetupPart, str] = MappingProxyType(
    {
        SetupPart.MODEL: "the model",
        SetupPart.RUNTIME: "what runs the model",
        SetupPart.THRESHOLD: "the threshold",
        SetupPart.FAR_PEOPLE: "the search for far people",
        SetupPart.SCENE: "lines, zones or masks",
        SetupPart.SMOOTHING: "the smoothing",
        SetupPart.PICTURE_SIZE: "the size of the picture",
    }
)

ENDS: Mapping[RecordingEnd, str] = MappingProxyType(
    {
        RecordingEnd.COMPLETE: "",
        RecordingEnd.STOPPED: "It was stopped early.",
        RecordingEnd.TOO_LARGE: "It was ended because it became too large.",
        RecordingEnd.DISK_FULL: "It was ended because the disk is nearly full.",
        RecordingEnd.SETUP_CHANGED: (
            "It was ended because people are counted otherwise now: the model, the threshold, a "
            "line or the size of the pictures was changed."
        ),
        RecordingEnd.INTERRUPTED: "It was interrupted because CamWatch was closed.",
    }
)


def spoken_list(words: Sequence[str]) -> str:
    """Say "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def day(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Say "12 Nov"; with the year if it is not that of `now`."""
    local = at.astimezone(zone)
    is_this_year = now is None or local.year == now.astimezone(zone).year
    month = _MONTHS[local.month - 1]
    return f"{local.day} {month}" if is_this_year else f"{local.day} {month} {local.year}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say "12 Nov, 14:05"."""
    return f"{day(at, zone)}, {at.astimezone(zone):%H:%M}"


def percent(estimate: Estimate) -> str:
    """Say "96 %" of a share from 0 to 1."""
    return f"{round(100 * estimate.value)} %"


def spread(estimate: Estimate) -> str:
    """Say "± 2": the longer half of the interval, in per cent, rounded up to 1 at least."""
    wider = max(estimate.high - estimate.value, estimate.value - estimate.low)
    return f"± {max(round(100 * wider), 1)}"


def between(estimate: Estimate) -> str:
    """Say "93 to 98 %"."""
    return f"{round(100 * estimate.low)} to {round(100 * estimate.high)} %"


def signed(value: float) -> str:
    """Say "+0.4", "−0.4" or "0.0"."""  # noqa: RUF002 - a minus sign is meant
    text = f"{abs(value):.1f}"
    if float(text) == 0:
        return text
    return f"+{text}" if value > 0 else f"−{text}"  # noqa: RUF001 - a minus sign is meant


def tendency(result: GroupResult) -> str:
    """Say which way the errors go on average, as a sentence; "" if that is not known."""
    if result.signed is None:
        return ""
    value = result.signed.value
    if result.signed.low <= 0 <= result.signed.high:
        return "Whether it counts too many or too few on the whole cannot be told from this."
    return f"It counts too {'many' if value > 0 else 'few'} people on the whole."


def clock(seconds: float) -> str:
    """Say a place in a recording: "1:05" or "1:02:05"."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def subject(kind: AuditKind, place: str | None) -> str:
    """Say what is audited: "people in view" or "people passing “Door”"."""
    return f"{KINDS[kind]} “{place}”" if place is not None else KINDS[kind]


def result_sentence(report: AuditReport) -> str:
    """Say what an audit found, for somebody who reads one sentence of it."""
    result = report.overall
    if result.nobody_came:
        return "Nobody was there to be counted, so there is no accuracy in per cent."
    if result.accuracy is None:
        return "There was too little to say how right the numbers are."
    counts = {
        AuditKind.OCCUPANCY: (
            f"On average {result.mean_truth:.1f} people were there, "
            f"and the program showed {result.mean_counted:.1f}."
        ),
        AuditKind.PASSAGES: (
            f"{result.truth:.0f} people passed, and the program counted {result.counted:.0f}."
        ),
        AuditKind.PICTURES: (
            f"There were {result.truth:.0f} people in {pictures(result.intervals)}, "
            f"and the program counted {result.counted:.0f}."
        ),
    }
    return counts[report.kind]


def recording_words(status: RecordingStatus, now: datetime) -> str:
    """Say how a recording is, in a few words: "recording, 3 min left"."""
    match status.state:
        case RecordingState.RUNNING:
            left_s = status.left_s(now)
            if left_s <= 0:
                return "recording, nearly done"
            return f"recording, {time_left(left_s)} left"
        case RecordingState.READY:
            return "ready to count" if status.pictures else "recorded, but no pictures came"
        case RecordingState.KEPT:
            return "counted, pictures kept"
        case RecordingState.EXPIRED:
            return "deleted, nobody counted it for 7 days"


def time_left(seconds: float) -> str:
    """Say how long something still takes: "40 s", "3 min", "2 h 5 min"."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def size(of_bytes: float) -> str:
    """Say how large something is: "40 MB", "1.2 GB"."""
    if of_bytes >= 10**9:
        return f"{of_bytes / 10**9:.1f} GB"
    return f"{max(round(of_bytes / 10**6), 1)} MB"


def pictures(count: int) -> str:
    """Say "1 picture" or "12 pictures"."""
    return "1 picture" if count == 1 else f"{number(count)} pictures"


def missing_words(status: RecordingStatus) -> str:
    """Say which pictures a recording lacks, in whole sentences; "" if none."""
    told = []
    if status.dropped:
        told.append(f"Came too fast to be recorded, so missing: {pictures(status.dropped)}.")
    if status.uncounted:
        told.append(f"Not counted in time, so left out: {pictures(status.uncounted)}.")
    if status.end is not None and ENDS[status.end]:
        told.append(ENDS[status.end])
    return sentence(" ".join(told))
