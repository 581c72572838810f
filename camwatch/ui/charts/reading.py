"""What the charts ask of the history, and the answers ready to be drawn. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.auth.session import Session
from camwatch.commands.state_history import StateHistory
from camwatch.domain import BucketSize, CameraId, Site
from camwatch.history.asking import UsualPoint
from camwatch.scene import PlaceKind
from camwatch.ui.charts.comparing import laid_over
from camwatch.ui.charts.count_commands import CountCommands
from camwatch.ui.charts.flow import FlowLine, flow_line
from camwatch.ui.charts.gap_reasons import MOST_CAMERAS
from camwatch.ui.charts.periods import Span
from camwatch.ui.charts.ranges import Range, aligned
from camwatch.ui.charts.series import HistoryLine, Values, history_line
from camwatch.ui.charts.subjects import Known, Subject
from camwatch.ui.charts.zoom import View

Line = HistoryLine | FlowLine


class HistoryCommands(CountCommands, Protocol):
    """What the charts ask of `camwatch.commands.Commands`."""

    def sites(self, session: Session) -> list[Site]:
        """Return all sites."""
        ...

    def usual_band(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[UsualPoint]:
        """Return what is usual for each bucket."""
        ...

    def camera_states(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> StateHistory:
        """Return how a camera did."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked, so that the answer is drawn as that.

    Attributes:
        number: Rises; an answer to an older one is thrown away.
        subjects: Whose numbers, one at least.
        size: Steps of the chart.
        wide: The time that is read: whole steps, UTC.
        whole: From where to where there is anything to see, seconds since 1970.
        span: The charted time.
        other: The time that is compared with; None for none.
        other_wide: The part of it that is read, UTC; None likewise.
        zone: Whose clock.
        as_measured: Leave out what people corrected.
        now: When it was asked, UTC; later buckets are left out.
    """

    number: int
    subjects: tuple[Subject, ...]
    size: BucketSize
    wide: Range
    whole: View
    span: Span
    other: Span | None
    other_wide: Range | None
    zone: ZoneInfo
    as_measured: bool
    now: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What is drawn.

    Attributes:
        lines: The numbers of each subject.
        other: The first subject's in the time that is compared with; None for none.
        other_edges: Where its steps are drawn.
    """

    lines: tuple[Line, ...]
    other: Line | None
    other_edges: Values


def other_part(view: Range, span: Span, other: Span, size: BucketSize, zone: ZoneInfo) -> Range:
    """Return which part of another time lies over a view, in whole steps."""

    def wall(moment: datetime) -> datetime:
        return moment.astimezone(zone).replace(tzinfo=None)

    shift = wall(other.start) - wall(span.start)
    start, end = (
        (wall(one) + shift).replace(tzinfo=zone).astimezone(UTC) for one in (view.start, view.end)
    )
    return aligned(Range(start, end), size, zone)


def read_known(commands: HistoryCommands, session: Session) -> Known:
    """Read which cameras, sites and places there are. Runs in the background."""
    cameras = {one.id: one for one in commands.cameras(session)}
    sites = {one.id: one.name for one in commands.sites(session)}
    return Known(cameras, sites, commands.places(session))


def read(commands: HistoryCommands, session: Session, known: Known, asked: Asked) -> Answer:
    """Read what was asked for. Runs in the background."""
    lines = tuple(_line(commands, session, known, one, asked, asked.wide) for one in asked.subjects)
    if asked.other is None or asked.other_wide is None:
        return Answer(lines, None, np.zeros(0))
    other = _line(commands, session, known, asked.subjects[0], asked, asked.other_wide)
    # By whole steps: the first of one time lies over the first of the other.
    edges = laid_over(other.edges, asked.size, asked.wide.start, asked.other_wide.start, asked.zone)
    return Answer(lines, other, edges)


def _line(  # noqa: PLR0917 - of whom, and what
    commands: HistoryCommands,
    session: Session,
    known: Known,
    subject: Subject,
    asked: Asked,
    wide: Range,
) -> Line:
    steps = asked.size, wide.start, wide.end, asked.zone
    is_corrected = not asked.as_measured
    place = subject.place
    if place is None:
        found = commands.history(session, known.ids(subject), *steps, is_corrected=is_corrected)
        return history_line(found, asked.now)
    if place.kind is PlaceKind.ZONE:
        return history_line(
            commands.zone_history(session, place.id, *steps, is_corrected=is_corrected), asked.now
        )
    return flow_line(
        commands.flow_history(session, place.id, *steps, is_corrected=is_corrected), asked.now
    )


def read_band(
    commands: HistoryCommands, session: Session, known: Known, asked: Asked
) -> list[UsualPoint]:
    """Read what is usual for the first subject. Runs in the background."""
    return commands.usual_band(
        session,
        known.ids(asked.subjects[0]),
        asked.size,
        asked.wide.start,
        asked.wide.end,
        asked.zone,
    )


def cameras_to_explain(known: Known, asked: Asked, answer: Answer) -> list[CameraId]:
    """Return the cameras whose states say why there are gaps; none where there is no gap."""
    if not any(line.gaps for line in answer.lines):
        return []
    found: dict[CameraId, None] = {}
    for subject in asked.subjects:
        ids = known.ids(subject)
        found |= dict.fromkeys(known.cameras if ids is None else ids)
    return list(found) if len(found) <= MOST_CAMERAS else []


def read_states(
    commands: HistoryCommands,
    session: Session,
    known: Known,
    asked: Asked,
    camera_ids: Sequence[CameraId],
) -> Mapping[str, StateHistory]:
    """Read how cameras were, by their names. Runs in the background."""
    end = min(asked.wide.end, asked.now)
    return {
        known.cameras[one].name: commands.camera_states(session, one, asked.wide.start, end)
        for one in camera_ids
        if one in known.cameras
    }
