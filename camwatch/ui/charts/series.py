"""The numbers behind the charts: slots, sums over cameras, gaps and coverage. Knows no Qt.

Unknown is not zero: where nothing was measured there is NaN, and a sum over
cameras in which one of them is missing is kept apart from a complete one.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from camwatch import language
from camwatch.domain import Bucket, CameraId, FlowBucket
from camwatch.language import tr

Values = npt.NDArray[np.float64]
"""float64, shape (n,); NaN where nothing is known."""

Flags = npt.NDArray[np.bool_]
"""bool, shape (n,)."""

_MEASURED_SHARE = 0.5
"""A camera speaks for a slot of which at least this share was measured."""


def percent(share: float) -> str:
    """Say a share as "97 %"; only all is called 100 %, and only nothing 0 %."""
    if 0 < share < 0.01:
        return tr("under 1 %")
    return language.percent(math.floor(share * 100 + 0.05) / 100)


def gaps(edges: Values, values: Values) -> list[tuple[float, float]]:
    """Return the stretches without a value, longest possible, first to last.

    Args:
        edges: Start of each value and the end of the last one, seconds; one more than values.
        values: NaN where there is none.
    """
    missing = np.isnan(values).astype(np.int8)
    turns = np.flatnonzero(np.diff(missing, prepend=0, append=0))
    return [
        (float(edges[first]), float(edges[after]))
        for first, after in zip(turns[::2], turns[1::2], strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Occupancy:
    """Occupancy over time, of one camera or of several added up.

    Attributes:
        edges: Start of each slot and the end of the last one, seconds since 1970.
        people: Sum over the cameras that were measured; NaN where none was.
        complete: True where every camera was measured.
        coverage: Measured time divided by time, over all cameras, 0 to 1.
    """

    edges: Values
    people: Values
    complete: Flags
    coverage: Values

    @property
    def solid(self) -> Values:
        """The people of complete slots, NaN elsewhere."""
        return np.where(self.complete, self.people, np.nan)

    @property
    def partial(self) -> Values:
        """The people of slots in which a camera is missing, NaN elsewhere."""
        return np.where(self.complete, np.nan, self.people)

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """The stretches in which no camera was measured, seconds since 1970."""
        return gaps(self.edges, self.people)

    @property
    def mean_coverage(self) -> float:
        """Coverage of the whole time, 0 to 1; 0 if there is no time at all."""
        return float(self.coverage.mean()) if len(self.coverage) else 0.0


class SlotRing:
    """The newest measurements of all cameras, in slots of equal length.

    A slot is addressed by its number since 1970, so late samples find their place
    and a clock that is set back or forth does no harm. Memory is bounded:
    32 bytes a slot and camera.

    Attributes:
        slots: How many slots `window` gives.
        slot_s: Length of a slot, seconds.
    """

    def __init__(self, slots: int = 720, slot_s: float = 5.0) -> None:
        self.slots = slots
        self.slot_s = slot_s
        self._rows: dict[CameraId, int] = {}
        # Twice the window, since a measurement reaches into the future: it stands
        # for the time until the next one, and must not displace the oldest slots.
        self._columns = 2 * slots
        self._numbers = np.full(self._columns, -1, np.int64)
        # Both of shape (cameras, columns): people x seconds, and measured seconds.
        self._people_s = np.zeros((0, self._columns))
        self._covered_s = np.zeros((0, self._columns))

    @property
    def cameras(self) -> tuple[CameraId, ...]:
        """The cameras that are kept, in the order they were given."""
        return tuple(self._rows)

    def set_cameras(self, cameras: Iterable[CameraId]) -> None:
        """Keep these cameras; those that were kept before keep their slots."""
        ids = list(dict.fromkeys(cameras))
        people_s = np.zeros((len(ids), self._columns))
        covered_s = np.zeros((len(ids), self._columns))
        for row, camera_id in enumerate(ids):
            if (old := self._rows.get(camera_id)) is not None:
                people_s[row] = self._people_s[old]
                covered_s[row] = self._covered_s[old]
        self._rows = {camera_id: row for row, camera_id in enumerate(ids)}
        self._people_s, self._covered_s = people_s, covered_s

    def _number_at(self, moment_s: float) -> int:
        return math.floor(moment_s / self.slot_s)

    def _columns_of(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return where these slots are kept, emptied of other slots that were there."""
        columns = numbers % self._columns
        foreign = columns[self._numbers[columns] != numbers]
        self._people_s[:, foreign] = 0
        self._covered_s[:, foreign] = 0
        self._numbers[columns] = numbers
        return columns

    def add(self, camera_id: CameraId, start_s: float, people: float, seconds: float) -> None:
        """Add a measurement that stands for the time from `start_s` on.

        It is spread over all slots it reaches into; one of a camera that is not
        kept is passed over.

        Args:
            camera_id: Whose it is.
            start_s: Seconds since 1970.
            people: People in view.
            seconds: The time it stands for; more than the window is cut.
        """
        row = self._rows.get(camera_id)
        if row is None or seconds <= 0:
            return
        end_s = start_s + min(seconds, self.slots * self.slot_s)
        first = self._number_at(start_s)
        # The last slot is one that is reached into, not one that is merely touched.
        last = max(math.ceil(end_s / self.slot_s) - 1, first)
        # One or two slots as a rule: numbers one by one are ten times as fast as arrays there.
        for number in range(first, last + 1):
            column = number % self._columns
            if self._numbers[column] != number:
                self._people_s[:, column] = 0
                self._covered_s[:, column] = 0
                self._numbers[column] = number
            slot_start_s = number * self.slot_s
            inside = min(end_s, slot_start_s + self.slot_s) - max(start_s, slot_start_s)
            self._people_s[row, column] += people * inside
            self._covered_s[row, column] += inside

    def load(self, slots: Sequence[tuple[CameraId, datetime, float, float]]) -> None:
        """Take stored slots; where more was measured meanwhile, that is kept.

        Args:
            slots: Camera, start of the slot, mean occupancy, measured seconds;
                slots as long as those here.
        """
        known = [slot for slot in slots if slot[0] in self._rows and slot[3] > 0]
        if not known:
            return
        rows = np.array([self._rows[camera_id] for camera_id, *_ in known])
        starts = np.array([start.timestamp() for _, start, *_ in known])
        means = np.array([mean for *_, mean, _ in known])
        covered_s = np.array([covered for *_, covered in known])
        numbers = np.floor(starts / self.slot_s).astype(np.int64)
        self._columns_of(np.unique(numbers))
        columns = numbers % self._columns
        better = covered_s > self._covered_s[rows, columns]
        rows, columns = rows[better], columns[better]
        self._people_s[rows, columns] = means[better] * covered_s[better]
        self._covered_s[rows, columns] = covered_s[better]

    def window(self, now_s: float, cameras: Collection[CameraId] | None = None) -> Occupancy:
        """Return the slots up to now, of some cameras or of all added up.

        The running slot, and the one before it, whose last pictures may be in the
        detector at this moment, are left out until every camera has been measured
        in them: they would look like a gap otherwise.

        Args:
            now_s: Seconds since 1970.
            cameras: Which are added up; None is all. Those that are not kept are passed over.
        """
        newest = self._number_at(now_s)
        numbers = np.arange(newest - self.slots + 1, newest + 1)
        rows = [row for one, row in self._rows.items() if cameras is None or one in cameras]
        people_s = np.zeros((len(rows), self.slots))
        covered_s = np.zeros((len(rows), self.slots))
        columns = numbers % self._columns
        held = self._numbers[columns] == numbers
        people_s[:, held] = self._people_s[np.ix_(rows, columns[held])]
        covered_s[:, held] = self._covered_s[np.ix_(rows, columns[held])]
        lengths = np.full(self.slots, self.slot_s)
        lengths[-1] = max(now_s - newest * self.slot_s, self.slot_s / 100)
        edges = np.append(numbers, newest + 1) * self.slot_s
        return _settled(_sum(edges, people_s, covered_s, lengths))


def _sum(
    edges: Values,
    people_s: npt.NDArray[np.float64],
    covered_s: npt.NDArray[np.float64],
    lengths: Values,
) -> Occupancy:
    """Add up cameras; both tables are of shape (cameras, slots)."""
    cameras = len(people_s)
    measured = covered_s > 0
    means = np.divide(people_s, covered_s, out=np.zeros_like(people_s), where=measured)
    people = np.where(measured.any(axis=0), means.sum(axis=0), np.nan)
    # Pictures that come a little early overlap: a slot is never more than covered.
    covered_s = np.minimum(covered_s, lengths)
    spoken = covered_s >= _MEASURED_SHARE * lengths
    complete: Flags = np.asarray(spoken.all(axis=0) & (cameras > 0), np.bool_)
    coverage = covered_s.sum(axis=0) / (max(cameras, 1) * lengths)
    return Occupancy(edges, people, complete, coverage)


def _settled(all_slots: Occupancy) -> Occupancy:
    """Leave out up to two of the newest slots that are still being filled."""
    count = len(all_slots.people)
    while count > len(all_slots.people) - 2 and not all_slots.complete[count - 1]:
        count -= 1
    return Occupancy(
        all_slots.edges[: count + 1],
        all_slots.people[:count],
        all_slots.complete[:count],
        all_slots.coverage[:count],
    )


@dataclass(frozen=True, slots=True, eq=False)
class HistoryLine:
    """Buckets of the history, ready to be drawn.

    Attributes:
        edges: Start of each bucket and the end of the last one, seconds since 1970.
        mean: Mean occupancy, NaN where nothing was measured.
        peak: Highest count, NaN where nothing was measured.
        coverage: Measured time divided by time so far, 0 to 1.
        still: Of the measured time, the share in which the view was still, 0 to 1.
        seconds: How long each bucket is, or was until now.
        corrected: True where people corrected what was counted.
        people_s: People times the seconds they were in view, of the measured time.
    """

    edges: Values
    mean: Values
    peak: Values
    coverage: Values
    still: Values
    seconds: Values
    corrected: Flags
    people_s: Values

    def first(self, count: int) -> HistoryLine:
        """Return its first so many buckets."""
        return HistoryLine(
            self.edges[: count + 1],
            self.mean[:count],
            self.peak[:count],
            self.coverage[:count],
            self.still[:count],
            self.seconds[:count],
            self.corrected[:count],
            self.people_s[:count],
        )

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """The stretches in which nothing was measured, seconds since 1970."""
        return gaps(self.edges, self.mean)


@dataclass(frozen=True, slots=True)
class Totals:
    """What a range of history comes to.

    Attributes:
        mean: Mean occupancy over the measured time; None if none was measured.
        peak: Highest count; None if none was measured.
        coverage: Measured time divided by time, 0 to 1.
        people_hours: People times the hours they were in view, of the measured time; None if
            none was measured.
    """

    mean: float | None
    peak: int | None
    coverage: float
    people_hours: float | None = None


B = TypeVar("B", Bucket, FlowBucket)


def begun_until(buckets: Sequence[B], now: datetime) -> tuple[list[B], Values, Values]:
    """Leave out the buckets that have not begun yet.

    Args:
        buckets: In the order of time, without holes between them.
        now: The running bucket counts until here, UTC.

    Returns:
        The others; the start of each and the end of the last one, seconds since 1970; and how
        long each is, or was until now.
    """
    begun = [bucket for bucket in buckets if bucket.start < now]
    starts = np.array([bucket.start.timestamp() for bucket in begun])
    lengths = np.array([bucket.seconds for bucket in begun])
    edges = np.append(starts, starts[-1:] + lengths[-1:])
    return begun, edges, np.minimum(lengths, now.timestamp() - starts)


def history_line(buckets: Sequence[Bucket], now: datetime) -> HistoryLine:
    """Put buckets into arrays; those that have not begun yet are left out.

    Args:
        buckets: In the order of time, without holes between them.
        now: The running bucket counts until here, UTC.
    """
    begun, edges, seconds = begun_until(buckets, now)
    return HistoryLine(
        edges=edges,
        mean=np.array([np.nan if b.mean is None else b.mean for b in begun], np.float64),
        peak=np.array([np.nan if b.peak is None else b.peak for b in begun], np.float64),
        coverage=np.array([bucket.coverage for bucket in begun], np.float64),
        still=np.array([bucket.still for bucket in begun], np.float64),
        seconds=seconds,
        corrected=corrected_among(begun),
        people_s=np.array(
            [_people_s(one, length_s) for one, length_s in zip(begun, seconds, strict=True)],
            np.float64,
        ),
    )


def _people_s(bucket: Bucket, length_s: float) -> float:
    if bucket.people_s is not None:
        return bucket.people_s
    return (bucket.mean or 0.0) * bucket.coverage * length_s


def corrected_among(buckets: Sequence[Bucket] | Sequence[FlowBucket]) -> Flags:
    """Tell which buckets are not as they were measured: people corrected them."""
    return np.array([one.is_corrected for one in buckets], np.bool_)


def stretches(edges: Values, flags: Flags) -> list[tuple[float, float]]:
    """Return where flags are set, longest possible stretches, first to last."""
    return gaps(edges, np.where(flags, np.nan, 0.0))


def totals(line: HistoryLine) -> Totals:
    """Sum up a range; the mean weighs each bucket by the time measured in it."""
    time_s = float(line.seconds.sum())
    measured = ~np.isnan(line.mean)
    weights = (line.coverage * line.seconds)[measured]
    measured_s = float(weights.sum())
    coverage = float((line.coverage * line.seconds).sum()) / time_s if time_s else 0.0
    if not measured_s:
        return Totals(None, None, coverage)
    mean = float((line.mean[measured] * weights).sum()) / measured_s
    return Totals(mean, int(np.nanmax(line.peak)), coverage, float(line.people_s.sum()) / 3600)
