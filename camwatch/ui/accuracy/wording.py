"""What audits are about, and what they found, in the words of an operator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch import language
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
from camwatch.language import SHORT_MONTHS, table, tr
from camwatch.ui.words import number, sentence

KINDS: Mapping[AuditKind, str] = table(
    lambda: {
        AuditKind.OCCUPANCY: tr("people in view"),
        AuditKind.PASSAGES: tr("people passing"),
        AuditKind.PICTURES: tr("people in random pictures"),
    }
)

LIGHTS: Mapping[Light, str] = table(
    lambda: {Light.DAYLIGHT: tr("daylight"), Light.DIM: tr("dim light"), Light.DARK: tr("dark")}
)

CROWDINGS: Mapping[Crowding, str] = table(
    lambda: {
        Crowding.EMPTY: tr("nobody"),
        Crowding.FEW: tr("1 or 2 people"),
        Crowding.SOME: tr("3 to 5 people"),
        Crowding.MANY: tr("6 people or more"),
    }
)

PARTS: Mapping[SetupPart, str] = table(
    lambda: {
        SetupPart.MODEL: tr("the model"),
        SetupPart.RUNTIME: tr("what runs the model"),
        SetupPart.THRESHOLD: tr("the threshold"),
        SetupPart.FAR_PEOPLE: tr("the search for far people"),
        SetupPart.SCENE: tr("lines, zones or masks"),
        SetupPart.SMOOTHING: tr("the smoothing"),
        SetupPart.PICTURE_SIZE: tr("the size of the picture"),
    }
)

ENDS: Mapping[RecordingEnd, str] = table(
    lambda: {
        RecordingEnd.COMPLETE: "",
        RecordingEnd.STOPPED: tr("It was stopped early."),
        RecordingEnd.TOO_LARGE: tr("It was ended because it became too large."),
        RecordingEnd.DISK_FULL: tr("It was ended because the disk is nearly full."),
        RecordingEnd.SETUP_CHANGED: (
            tr(
                "It was ended because people are counted otherwise now: the model, the threshold, a "
                "line or the size of the pictures was changed."
            )
        ),
        RecordingEnd.INTERRUPTED: tr("It was interrupted because CamWatch was closed."),
    }
)


def day(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Say "12 Nov"; with the year if it is not that of `now`."""
    local = at.astimezone(zone)
    is_this_year = now is None or local.year == now.astimezone(zone).year
    month = SHORT_MONTHS[local.month - 1]
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
    return tr(
        "{value} to {value2} %", value=round(100 * estimate.low), value2=round(100 * estimate.high)
    )


def signed(value: float) -> str:
    """Say "+0.4", "−0.4" or "0.0"."""  # noqa: RUF002 - a minus sign is meant
    text = language.number(abs(value), ".1f")
    if float(text) == 0:
        return text
    return f"+{text}" if value > 0 else f"−{text}"


def tendency(result: GroupResult) -> str:
    """Say which way the errors go on average, as a sentence; "" if that is not known."""
    if result.signed is None:
        return ""
    value = result.signed.value
    if result.signed.low <= 0 <= result.signed.high:
        return tr("Whether it counts too many or too few on the whole cannot be told from this.")
    if value > 0:
        return tr("It counts too many people on the whole.")
    return tr("It counts too few people on the whole.")


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
        return tr("Nobody was there to be counted, so there is no accuracy in per cent.")
    if result.accuracy is None:
        return tr("There was too little to say how right the numbers are.")
    counts = {
        AuditKind.OCCUPANCY: (
            tr(
                "On average {mean_truth:.1f} people were there, "
                "and the program showed {mean_counted:.1f}.",
                mean_truth=result.mean_truth,
                mean_counted=result.mean_counted,
            )
        ),
        AuditKind.PASSAGES: (
            tr(
                "{truth:.0f} people passed, and the program counted {counted:.0f}.",
                truth=result.truth,
                counted=result.counted,
            )
        ),
        AuditKind.PICTURES: (
            tr(
                "There were {truth:.0f} people in {pictures}, "
                "and the program counted {counted:.0f}.",
                truth=result.truth,
                pictures=pictures(result.intervals),
                counted=result.counted,
            )
        ),
    }
    return counts[report.kind]


def recording_words(status: RecordingStatus, now: datetime) -> str:
    """Say how a recording is, in a few words: "recording, 3 min left"."""
    match status.state:
        case RecordingState.RUNNING:
            left_s = status.left_s(now)
            if left_s <= 0:
                return tr("recording, nearly done")
            return tr("recording, {time_left} left", time_left=time_left(left_s))
        case RecordingState.READY:
            return tr("ready to count") if status.pictures else tr("recorded, but no pictures came")
        case RecordingState.KEPT:
            return tr("counted, pictures kept")
        case RecordingState.EXPIRED:
            return tr("deleted, nobody counted it for 7 days")


def time_left(seconds: float) -> str:
    """Say how long something still takes: "40 s", "3 min", "2 h 5 min"."""
    if seconds < 90:
        return tr("{seconds} s", seconds=max(round(seconds), 1))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    return (
        tr("{hours} h {minutes} min", hours=hours, minutes=minutes)
        if minutes
        else tr("{hours} h", hours=hours)
    )


def size(of_bytes: float) -> str:
    """Say how large something is: "40 MB", "1.2 GB"."""
    if of_bytes >= 10**9:
        return tr("{value:.1f} GB", value=of_bytes / 10**9)
    return tr("{value} MB", value=max(round(of_bytes / 10**6), 1))


def pictures(count: int) -> str:
    """Say "1 picture" or "12 pictures"."""
    return tr("1 picture") if count == 1 else tr("{number} pictures", number=number(count))


def missing_words(status: RecordingStatus) -> str:
    """Say which pictures a recording lacks, in whole sentences; "" if none."""
    told = []
    if status.dropped:
        told.append(
            tr(
                "Came too fast to be recorded, so missing: {pictures}.",
                pictures=pictures(status.dropped),
            )
        )
    if status.uncounted:
        told.append(
            tr("Not counted in time, so left out: {pictures}.", pictures=pictures(status.uncounted))
        )
    if status.end is not None and ENDS[status.end]:
        told.append(ENDS[status.end])
    return sentence(" ".join(told))
