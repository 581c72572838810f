"""Gathers where people were in one view, which way they walked, and how long they stayed."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from camwatch.detect.tracker import Progress, Waypoint
from camwatch.detect.visits import BRIDGED_S, Visit, VisitWatch
from camwatch.domain import Boxes, CameraId, PlaceId
from camwatch.scene.dwell import Dwell, HourTrails
from camwatch.scene.heat import (
    ASPECT,
    COLUMNS,
    HEIGHT_BINS,
    ROWS,
    SECTORS,
    Heat,
    by_sector,
    cell_of,
)
from camwatch.scene.zones import Zone

log = logging.getLogger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_FORGOTTEN_S = 10.0  # the tracker has given up everybody long before
_MOST_HOURS = 48  # are kept if nobody takes them
_STEP = 0.75  # box widths; a box that jitters on the spot does not walk
_EDGE = 0.5  # box widths; who is first or last seen so near to the edge came or went there


@dataclass(slots=True)
class _Walker:
    """One person who is followed.

    Attributes:
        first: Where they were seen first.
        last: Where they were seen last.
        at: When that was, by the wall clock.
        anchor: Up to where their way is in the heat; x and y in parts of the picture.
        is_born: It is settled whether they came over the picture's edge.
        has_walked: They were at least a box width away from where they were first.
        watches: One for each zone.
    """

    first: Waypoint
    last: Waypoint
    at: datetime
    anchor: tuple[float, float]
    watches: Mapping[PlaceId, VisitWatch]
    is_born: bool = False
    has_walked: bool = False


def _grid(*planes: int) -> npt.NDArray[np.float64]:
    return np.zeros((*planes, ROWS, COLUMNS))


@dataclass(slots=True)
class _Hour:
    """What is gathered of one hour."""

    presence_s: npt.NDArray[np.float64] = field(default_factory=_grid)
    born: npt.NDArray[np.float64] = field(default_factory=_grid)
    lost: npt.NDArray[np.float64] = field(default_factory=_grid)
    walked: npt.NDArray[np.float64] = field(default_factory=lambda: _grid(SECTORS))
    heights: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(HEIGHT_BINS))
    walks: int = 0
    watched_s: float = 0.0
    dwell: dict[PlaceId, Dwell] = field(default_factory=dict)

    def heat(self) -> Heat:
        return Heat(
            self.presence_s.astype(np.float32),
            self.born.astype(np.float32),
            self.lost.astype(np.float32),
            self.walked.astype(np.float32),
            self.heights.astype(np.float32),
            float(self.walks),
            self.watched_s,
        )


class TrailKeeper:
    """Gathers the trails in one camera's view. Not for several threads at once.

    What it keeps goes with the people who are followed and with what is taken; what nobody
    takes for two days is let go, the oldest first.

    Args:
        camera_id: Whose view it is.
        zones: In which stays are measured. When they change, take a new keeper.
    """

    def __init__(self, camera_id: CameraId, zones: Mapping[PlaceId, Zone]) -> None:
        self._camera_id = camera_id
        self._zones = dict(zones)
        self._hours: dict[int, _Hour] = {}
        self._walkers: dict[int, _Walker] = {}
        self._last_s: float | None = None
        self._last_at: datetime | None = None

    @property
    def remembered(self) -> int:
        """Of how many people and hours something is kept."""
        return len(self._walkers) + len(self._hours)

    def add(
        self, at: datetime, t_s: float, interval_s: float, boxes: Boxes, progress: Progress | None
    ) -> None:
        """Take in one picture, also one that is still and whose people were carried over.

        It stands for the time since the one before. If that is longer than two intervals,
        pictures are missing: then it stands for one interval, and the rest is not known.

        Args:
            at: When the picture was taken, aware.
            t_s: The same moment on the clock that the tracker is given, seconds.
            interval_s: Time from picture to picture as the camera is set, seconds.
            boxes: Of the people who are counted: float32, shape (n, 4), in parts of the
                picture; n may be 0.
            progress: What the tracker made of the picture; None if nobody is followed.
        """
        before_s = self._last_s
        elapsed_s = math.inf if before_s is None else t_s - before_s
        stands_s = elapsed_s if 0 <= elapsed_s <= 2 * interval_s else interval_s
        self._last_s, self._last_at = t_s, at
        hour = self._hour(at)
        hour.watched_s += stands_s
        for x, foot_y, height in np.column_stack(
            [(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3], boxes[:, 3] - boxes[:, 1]]
        ).tolist():
            hour.presence_s[cell_of(x, foot_y)] += stands_s
            hour.heights[min(max(int(height * HEIGHT_BINS), 0), HEIGHT_BINS - 1)] += 1
        if progress is None:
            return
        if stands_s <= BRIDGED_S:
            # Nobody who is in a zone is missed: from now on, no visits means no visits.
            for place in self._zones:
                hour.dwell.setdefault(place, Dwell())
        self._follow(at, t_s, progress.waypoints)
        for track in progress.ended:
            if (walker := self._walkers.pop(track, None)) is not None:
                self._gone(walker, stands_s)

    def take(self, now: datetime) -> list[HourTrails]:
        """Hand over what was gathered since it was taken last, by hour.

        A stay that goes on is kept until it ends. When no pictures come any more, everybody
        is taken to have been gone since they were last seen.

        Args:
            now: Aware.
        """
        if self._last_at is not None and (now - self._last_at).total_seconds() > _FORGOTTEN_S:
            self._forget()
        gathered, self._hours = self._hours, {}
        return [
            HourTrails(self._camera_id, number, hour.heat(), hour.dwell)
            for number, hour in sorted(gathered.items())
        ]

    def finish(self, now: datetime) -> list[HourTrails]:
        """End all stays, because counting ends or is set otherwise; hand over what is left."""
        self._forget()
        return self.take(now)

    def _forget(self) -> None:
        for walker in self._walkers.values():
            self._gone(walker, 0.0)
        self._walkers.clear()

    def _hour(self, at: datetime) -> _Hour:
        number = (at - _EPOCH) // _HOUR
        if number not in self._hours:
            while len(self._hours) >= _MOST_HOURS:
                oldest = min(self._hours)
                log.warning("trails of hour %d are lost: nobody took them", oldest)
                del self._hours[oldest]
            self._hours[number] = _Hour()
        return self._hours[number]

    # ------------------------------------------------------------ people

    def _follow(self, at: datetime, t_s: float, places: Sequence[Waypoint]) -> None:
        stands_in = self._inside(places)
        for index, place in enumerate(places):
            when = at - timedelta(seconds=t_s - place.t_s)
            walker = self._walkers.get(place.track)
            if walker is None:
                walker = self._walkers[place.track] = _Walker(
                    place,
                    place,
                    when,
                    (place.x, place.y),
                    {zone: VisitWatch() for zone in self._zones},
                )
            else:
                self._walk(walker, place, when)
            for zone, watch in walker.watches.items():
                visit = watch.seen(place.t_s, is_inside=bool(stands_in[zone][index]))
                self._visited(zone, visit, walker)
        # The tracker names all who are gone. Should it be exchanged, it cannot.
        for track, walker in list(self._walkers.items()):
            if abs(t_s - walker.last.t_s) > _FORGOTTEN_S:
                self._gone(self._walkers.pop(track), 0.0)

    def _inside(self, places: Sequence[Waypoint]) -> dict[PlaceId, npt.NDArray[np.bool_]]:
        """Tell for each zone who stands in it."""
        if not places:
            return {}
        x = np.array([place.x for place in places], np.float64)
        foot_y = np.array([place.y + place.height / 2 for place in places], np.float64)
        return {number: zone.holds(x, foot_y) for number, zone in self._zones.items()}

    def _walk(self, walker: _Walker, place: Waypoint, when: datetime) -> None:
        """Take in that somebody was seen again."""
        if not walker.is_born:
            self._born(walker, place.speed * (place.t_s - walker.first.t_s))
        walker.last, walker.at = place, when
        if not walker.has_walked and (
            _distance((walker.first.x, walker.first.y), (place.x, place.y)) >= place.width
        ):
            walker.has_walked = True
            self._hour(when).walks += 1
        if _distance(walker.anchor, (place.x, place.y)) >= _STEP * place.width:
            self._go(walker)

    def _go(self, walker: _Walker) -> None:
        """Put somebody's way since the anchor into the heat."""
        start, end = walker.anchor, (walker.last.x, walker.last.y)
        dx, dy = (end[0] - start[0]) * COLUMNS, (end[1] - start[1]) * ROWS
        sectors = by_sector(dx, dy)
        walked = self._hour(walker.at).walked
        # Cut where it comes into the next cell.
        cuts = [0.0, *_cuts(start[0] * COLUMNS, dx), *_cuts(start[1] * ROWS, dy), 1.0]
        for before, after in pairwise(sorted(cuts)):
            middle = (before + after) / 2
            row, column = cell_of(
                start[0] + middle * (end[0] - start[0]), start[1] + middle * (end[1] - start[1])
            )
            for sector, cells in sectors:
                walked[sector, row, column] += cells * (after - before)
        walker.anchor = end

    def _born(self, walker: _Walker, step: float) -> None:
        """Settle whether somebody came over the edge, with the step after it, in box sizes."""
        walker.is_born = True
        if not _is_at_edge(walker.first, step):
            self._hour(walker.at).born[cell_of(walker.first.x, walker.first.y)] += 1

    def _gone(self, walker: _Walker, picture_s: float) -> None:
        """Take in that somebody is gone; pictures come every picture_s seconds."""
        if not walker.is_born:
            self._born(walker, 0.0)
        if walker.has_walked:
            self._go(walker)
        if not _is_at_edge(walker.last, walker.last.speed * picture_s):
            self._hour(walker.at).lost[cell_of(walker.last.x, walker.last.y)] += 1
        for zone, watch in walker.watches.items():
            self._visited(zone, watch.end(), walker)

    def _visited(self, zone: PlaceId, visit: Visit | None, walker: _Walker) -> None:
        """Count a visit for the hour in which it began."""
        if visit is None:
            return
        began = walker.at - timedelta(seconds=walker.last.t_s - visit.entered_s)
        dwell = self._hour(began).dwell
        dwell[zone] = dwell.get(zone, Dwell()) + Dwell.of(visit.left_s - visit.entered_s)


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two points are from each other, in widths of a picture of 16:9."""
    return math.hypot(other[0] - one[0], (other[1] - one[1]) / ASPECT)


def _cuts(start: float, way: float) -> list[float]:
    """Return at which shares of a way, above 0 and below 1, it passes a whole number."""
    low, high = sorted((start, start + way))
    return [(whole - start) / way for whole in range(math.floor(low) + 1, math.ceil(high))]


def _is_at_edge(place: Waypoint, step: float) -> bool:
    """Tell whether somebody came or went over the edge from here.

    Args:
        place: Where they were seen first or last.
        step: How far they walk from picture to picture, box sizes; a whole one at most.
    """
    step = min(abs(step), 1.0)
    beside = min(place.x, 1 - place.x) - place.width / 2
    above = min(place.y, 1 - place.y) - place.height / 2
    return (
        beside <= (_EDGE + step) * place.width
        or above <= _EDGE * place.width * ASPECT + step * place.height
    )
