"""What stands in each column of the list of cameras, and what it is sorted by. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from camwatch.domain import CameraReading, CameraState, Picture, SourceKind
from camwatch.language import table, tr
from camwatch.ui.cameras.kinds import KINDS
from camwatch.ui.charts.axis import day_text
from camwatch.ui.live.condition import CameraCondition, old_after_s
from camwatch.ui.words import span


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    STATE = 1
    SITE = 2
    LOCATION = 3
    KIND = 4
    ADDRESS = 5
    LATENCY = 6
    RATE = 7
    LAST = 8
    SINCE = 9


HEADINGS: Mapping[Column, tuple[str, str]] = table(
    lambda: {
        Column.NAME: (tr("Name"), ""),
        Column.STATE: (tr("State"), tr("How it is doing, and why")),
        Column.SITE: (tr("Site"), ""),
        Column.LOCATION: (tr("Location"), tr("Where it hangs")),
        Column.KIND: (tr("Kind"), tr("How its pictures come")),
        Column.ADDRESS: (tr("Address"), ""),
        Column.LATENCY: (
            tr("Delay"),
            tr("From when a picture is due until it is here: the median"),
        ),
        Column.RATE: (tr("Rate"), tr("Good pictures a second")),
        Column.LAST: (tr("Last picture"), tr("The newest picture, and how old it is")),
        Column.SINCE: (tr("Since"), tr("When it went into its state")),
    }
)
"""The heading of each column, and what it means where that is not plain."""

AT_RIGHT = (Column.LATENCY, Column.RATE)
LIVE_COLUMNS = (Column.STATE, Column.LATENCY, Column.RATE, Column.LAST, Column.SINCE)
"""Those that change by themselves."""
SEARCHED = (
    Column.NAME,
    Column.STATE,
    Column.SITE,
    Column.LOCATION,
    Column.KIND,
    Column.ADDRESS,
)

_GRAVITY = {
    CameraState.SLOW: 2,
    CameraState.STALE: 1,
    CameraState.CONNECTING: 3,
    CameraState.OK: 4,
    CameraState.DISABLED: 5,
}
"""Order of states when sorted: what needs somebody comes first; those not listed at 0."""

SortKey = tuple[bool, str | float]
"""True for what is not known, then what is sorted by."""


@dataclass(slots=True, eq=False)
class Listed:
    """A camera in the list, with all that is known of it.

    Attributes:
        condition: Its state.
        site: Name of its site.
        reading: How its pictures came in the last few seconds; None if that is not known.
        order: Its place when nothing else decides.
    """

    condition: CameraCondition
    site: str
    order: int = 0
    reading: CameraReading | None = None


def since_text(at: datetime, now: datetime) -> str:
    """Say when something began, by this computer's clock: "14:02:11" or "Sun 22 Nov, 14:02"."""
    local = at.astimezone()
    if local.date() == now.astimezone().date():
        return f"{local:%H:%M:%S}"
    return f"{day_text(local.date())}, {local:%H:%M}"


def rate_text(per_s: float) -> str:
    """Say how many pictures a second: "8.3/s"; "every 60 s" where that tells more."""
    if per_s <= 0:
        return tr("none")
    return (
        tr("{rate:.1f}/s", rate=per_s)
        if per_s >= 0.095
        else tr("every {value:.0f} s", value=1 / per_s)
    )


def is_old(one: Listed, picture: Picture, now: datetime) -> bool:
    """Tell whether a picture must not pass for the present."""
    age_s = (now - picture.captured_at).total_seconds()
    return not one.condition.is_live or age_s > old_after_s(picture.interval_s)


def cell_text(  # noqa: PLR0911 - one a column
    one: Listed, column: Column, picture: Picture | None, now: datetime
) -> str:
    """Return what stands in a cell."""
    condition, settings = one.condition, one.condition.camera.settings
    match column:
        case Column.NAME:
            return settings.name
        case Column.STATE:
            is_said = condition.kind is CameraState.DISABLED
            parts = (condition.state_word, "" if is_said else condition.reason_words)
            return " · ".join(part for part in parts if part)
        case Column.SITE:
            return one.site
        case Column.LOCATION:
            return settings.location
        case Column.KIND:
            return KINDS[settings.kind].short
        case Column.ADDRESS:
            return settings.origin if settings.kind.is_networked else settings.device
        case Column.LAST:
            if picture is None:
                return ""
            return tr("{span} ago", span=span((now - picture.captured_at).total_seconds()))
        case Column.SINCE:
            return since_text(condition.state.since, now) if condition.state else ""
        case _:
            return _reading_text(one, column)


def _reading_text(one: Listed, column: Column) -> str:
    reading = one.reading
    if reading is None or one.condition.kind is CameraState.DISABLED:
        return ""
    if column is Column.RATE:
        return rate_text(reading.pictures_per_s)
    return (
        ""
        if reading.latency_ms is None
        else tr("{latency_ms:.0f} ms", latency_ms=reading.latency_ms)
    )


def hint_text(one: Listed, column: Column, text: str) -> str:
    """Return what is said of a cell when the pointer rests on it."""
    settings = one.condition.camera.settings
    match column:
        case Column.STATE:
            parts = (text, one.condition.detail, one.condition.advice)
            return "\n".join(part for part in parts if part)
        case Column.NAME:
            return f"{settings.name}\n{settings.location}"
        case Column.KIND:
            return KINDS[settings.kind].name
        case Column.ADDRESS if settings.kind is SourceKind.SNAPSHOT:
            return settings.snapshot_url
        case Column.ADDRESS if settings.kind.is_networked:
            return settings.stream_url
        case _:
            return text


def sort_key(  # noqa: PLR0911 - one a column
    one: Listed, column: Column, picture: Picture | None, now: datetime
) -> SortKey:
    """Return what a row is sorted by; what is not known comes last."""
    condition, settings = one.condition, one.condition.camera.settings
    match column:
        case Column.STATE:
            return False, float(_GRAVITY.get(condition.kind, 0))
        case Column.SINCE:
            state = condition.state
            return state is None, state.since.timestamp() if state else 0.0
        case Column.LAST:
            return picture is None, picture.captured_at.timestamp() if picture else 0.0
        case Column.LATENCY:
            latency_ms = one.reading.latency_ms if one.reading else None
            return latency_ms is None, latency_ms or 0.0
        case Column.RATE:
            return one.reading is None, one.reading.pictures_per_s if one.reading else 0.0
        case Column.ADDRESS if settings.kind.is_networked:
            # Numbers of an address count as numbers: 10.0.0.9 before 10.0.0.10.
            parts = [part.zfill(3) for part in settings.host.split(".")]
            return False, f"{'.'.join(parts)}:{settings.port:05}"
        case _:
            return False, cell_text(one, column, picture, now).casefold()
