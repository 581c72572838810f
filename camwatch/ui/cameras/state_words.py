"""The history of a camera's states in words. Knows no Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.commands.state_history import Outage, StateHistory
from camwatch.domain import Camera, CameraState, Reason
from camwatch.language import marked, tr
from camwatch.ui.charts.axis import day_text
from camwatch.ui.words import NOTICES, REASONS, sentence, state_word

NOT_KNOWN = marked("Not known")
_LEAST_SAID_S = 60


def lasted(seconds: float) -> str:
    """Say how long: "40 s", "5 min", "2 h 05 min", "3 days 4 h"."""
    if seconds < 60:
        return tr("{seconds:.0f} s", seconds=max(seconds, 0))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return tr("{hours} h {minutes:02} min", hours=hours, minutes=minutes)
    days, hours = divmod(hours, 24)
    return (
        tr("{days} days {hours} h", days=days, hours=hours)
        if hours
        else tr("{days} days", days=days)
    )


def times(count: int) -> str:
    """Say "once", "twice", "14 times"."""
    return {1: tr("once"), 2: tr("twice")}.get(count, tr("{count} times", count=count))


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say "Mon 24 Nov, 02:03:07" by the site's clock."""
    local = at.astimezone(zone)
    return f"{day_text(local.date())}, {local:%H:%M:%S}"


def hours(first: int, after: int) -> str:
    """Say from when to when, such as from 22:00 to 24:00, which is not called 0."""
    return f"{first:02}:00–{after or 24:02}:00"


def reason_of(outage: Outage) -> str:
    """Say why a camera was down."""
    short = REASONS[outage.reason].short
    return sentence(short) if short else state_word(outage.state, outage.reason)


def summary(history: StateHistory, span: str, zone: ZoneInfo) -> str:
    """Say how a camera did: "Down 14 times in the last 7 days, 2 h 05 min in all, …".

    Args:
        history: How it did.
        span: Which time that is, such as "in the last 7 days".
        zone: Whose clocks are meant.
    """
    if all(one.state is None for one in history.stretches):
        return tr("Nothing is known of this camera {span}.", span=span)
    parts = [_downs(history, _since(history, span, zone), zone)]
    if history.unwatched_s >= _LEAST_SAID_S:
        parts.append(
            tr(
                "For {lasted} nobody looked: {unwatched}.",
                lasted=lasted(history.unwatched_s),
                unwatched=_unwatched(history),
            )
        )
    off_s = history.seconds_in(CameraState.DISABLED)
    if off_s >= _LEAST_SAID_S:
        parts.append(tr("For {lasted} it was switched off.", lasted=lasted(off_s)))
    doubtful: dict[str, float] = {}
    for one in history.doubts:
        said = NOTICES[one.notice].short
        seconds = (one.end - one.start).total_seconds()
        doubtful[said] = doubtful.get(said, 0.0) + seconds
    parts += [
        tr("For {lasted}, {said}.", lasted=lasted(seconds), said=said)
        for said, seconds in doubtful.items()
    ]
    return " ".join(parts)


def _unwatched(history: StateHistory) -> str:
    """Say why nobody looked."""
    reasons = {one.reason for one in history.stretches if one.state is None}
    words = [REASONS[reason].short for reason in sorted(reasons) if REASONS[reason].short]
    if Reason.NONE in reasons:
        words.insert(0, tr("CamWatch was not running"))
    return tr(" or ").join(words)


def _since(history: StateHistory, span: str, zone: ZoneInfo) -> str:
    """Say which time is meant: not the whole span if the camera was not there yet."""
    first = next(one.start for one in history.stretches if one.state is not None)
    if (first - history.start).total_seconds() < _LEAST_SAID_S:
        return span
    local = first.astimezone(zone)
    return tr(
        "since it was first watched on {day_text}, {local:%H:%M}",
        day_text=day_text(local.date()),
        local=local,
    )


def _downs(history: StateHistory, span: str, zone: ZoneInfo) -> str:
    count = len(history.outages)
    if not count:
        return tr("Not down once {span}.", span=span)
    text = tr(
        "Down {times} {span}, {lasted}",
        times=times(count),
        span=span,
        lasted=lasted(history.down_s),
    )
    text += tr(" in all") if count > 1 else ""
    common = history.common_hours(zone)
    if common is not None:
        text += tr(", mostly {hours}", hours=hours(*common))
    reason = history.common_reason
    short = REASONS[reason].short if reason is not None else ""
    if short:
        text += tr("; most often: {short}", short=short) if count > 1 else f": {short}"
    return f"{text}."


def as_text(camera: Camera, history: StateHistory, span: str, zone: ZoneInfo) -> str:
    """Write the history down, for a letter or a mail; columns are divided by tabs."""
    lines = [
        f"{camera.name}, {camera.settings.location}",
        tr(
            "{moment} to {moment2} ({key})",
            moment=moment(history.start, zone),
            moment2=moment(history.end, zone),
            key=zone.key,
        ),
        summary(history, span, zone),
        "",
        tr("From\tTo\tDuration\tState\tReason"),
    ]
    lines += [
        "\t".join(
            (
                moment(one.start, zone),
                tr("not over yet") if one.goes_on else moment(one.end, zone),
                lasted(one.seconds),
                state_word(one.state, one.reason),
                reason_of(one),
            )
        )
        for one in history.outages
    ]
    return "\n".join(lines) + "\n"
