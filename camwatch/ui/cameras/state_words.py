"""The history of a camera's states in words. Knows no Qt."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.commands.state_history import Outage, StateHistory
from camwatch.domain import Camera, CameraState, Reason
from camwatch.ui.charts.axis import day_text
from camwatch.ui.words import NOTICES, REASONS, sentence, state_word

NOT_KNOWN = "Not known"
_LEAST_SAID_S = 60


def lasted(seconds: float) -> str:
    """Say how long: "40 s", "5 min", "2 h 05 min", "3 days 4 h"."""
    if seconds < 60:
        return f"{max(seconds, 0):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes:02} min"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h" if hours else f"{days} days"


def times(count: int) -> str:
    """Say "once", "twice", "14 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Say "Mon 24 Nov, 02:03:07" by the site's clock."""
    local = at.astimezone(zone)
    return f"{day_text(local.date())}, {local:%H:%M:%S}"


def hours(first: int, after: int) -> str:
    """Say from when to when, such as from 22:00 to 24:00, which is not called 0."""
    return f"{first:02}:00–{after or 24:02}:00"  # noqa: RUF001 - an en dash


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
        return f"Nothing is known of this camera {span}."
    parts = [_downs(history, _since(history, span, zone), zone)]
    if history.unwatched_s >= _LEAST_SAID_S:
        parts.append(f"For {lasted(history.unwatched_s)} nobody looked: {_unwatched(history)}.")
    off_s = history.seconds_in(CameraState.DISABLED)
    if off_s >= _LEAST_SAID_S:
        parts.append(f"For {lasted(off_s)} it was switched off.")
    doubtful: dict[str, float] = {}
    for one in history.doubts:
        said = NOTICES[one.notice].short
        seconds = (one.end - one.start).total_seconds()
        doubtful[said] = doubtful.get(said, 0.0) + seconds
    parts += [f"For {lasted(seconds)}, {said}." for said, seconds in doubtful.items()]
    return " ".join(parts)


def _unwatched(history: StateHistory) -> str:
    """Say why nobody looked."""
    reasons = {one.reason for one in history.stretches if one.state is None}
    words = [REASONS[reason].short for reason in sorted(reasons) if REASONS[reason].short]
    if Reason.NONE in reasons:
        words.insert(0, "CamWatch was not running")
    return " or ".join(words)


def _since(history: StateHistory, span: str, zone: ZoneInfo) -> str:
    """Say which time is meant: not the whole span if the camera was not there yet."""
    first = next(one.start for one in history.stretches if one.state is not None)
    if (first - history.start).total_seconds() < _LEAST_SAID_S:
        return span
    local = first.astimezone(zone)
    return f"since it was first watched on {day_text(local.date())}, {local:%H:%M}"


def _downs(history: StateHistory, span: str, zone: ZoneInfo) -> str:
    count = len(history.outages)
    if not count:
        return f"Not down once {span}."
    text = f"Down {times(count)} {span}, {lasted(history.down_s)}"
    text += " in all" if count > 1 else ""
    common = history.common_hours(zone)
    if common is not None:
        text += f", mostly {hours(*common)}"
    reason = history.common_reason
    short = REASONS[reason].short if reason is not None else ""
    if short:
        text += f"; most often: {short}" if count > 1 else f": {short}"
    return f"{text}."


def as_text(camera: Camera, history: StateHistory, span: str, zone: ZoneInfo) -> str:
    """Write the history down, for a letter or a mail; columns are divided by tabs."""
    lines = [
        f"{camera.name}, {camera.settings.location}",
        f"{moment(history.start, zone)} to {moment(history.end, zone)} ({zone.key})",
        summary(history, span, zone),
        "",
        "From\tTo\tDuration\tState\tReason",
    ]
    lines += [
        "\t".join(
            (
                moment(one.start, zone),
                "not over yet" if one.goes_on else moment(one.end, zone),
                lasted(one.seconds),
                state_word(one.state, one.reason),
                reason_of(one),
            )
        )
        for one in history.outages
    ]
    return "\n".join(lines) + "\n"
