"""Reads the history for files of other programs, a bounded part at a time.

Each part is read in a transaction of its own and is over in milliseconds. One long transaction
for the whole file would see one moment, but for as long as it lasts SQLite could not empty its
WAL file: a slow export would let it grow without limit, and in the end stop the recording.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_

from camwatch.accuracy import AuditReport
from camwatch.data.accuracy import AuditResultRepository
from camwatch.data.corrected import CorrectedRepository
from camwatch.data.counts import CountRepository
from camwatch.data.edges import bucket_edges
from camwatch.data.export_subjects import Corrected, Place, Subject, corrected, places, subjects
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.passages import PassageRepository
from camwatch.data.schema import camera_state, hour, minute, sample
from camwatch.data.store import Store
from camwatch.domain import Bucket, BucketSize, CameraId, FlowBucket
from camwatch.history.export_columns import format_of
from camwatch.history.exports import ExportContent, ExportRequest

Cell: TypeAlias = str | int | float | bool | datetime | None
Row: TypeAlias = tuple[Cell, ...]
"""The cells of one row, in the order of `COLUMNS`; None is what is not known."""

_AT_ONCE = 10_000
_DAYS_AT_ONCE = {
    BucketSize.MINUTE: 7,
    BucketSize.FIVE_MINUTES: 35,
    BucketSize.QUARTER: 105,
    BucketSize.HOUR: 420,
}
"""So many days hold about ten thousand buckets; those of longer ones are read all at once."""

_SECONDS = {
    BucketSize.MINUTE: 60,
    BucketSize.FIVE_MINUTES: 300,
    BucketSize.QUARTER: 900,
    BucketSize.HOUR: 3600,
    BucketSize.DAY: 86_400,
    BucketSize.WEEK: 7 * 86_400,
    BucketSize.MONTH: 30.44 * 86_400,
}


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of time that is read at once; it begins and ends where buckets do."""

    start: datetime
    end: datetime


class ExportRepository:
    """Rows for files, of one history.

    Args:
        connections: To it.
        counts: Reads people in view as measured.
        passages: Reads who passed, and who is in zones, as measured.
        corrected: Reads both as corrected.
        audits: Tells how right cameras are.
        clock: The wall clock, aware UTC.
    """

    def __init__(  # noqa: PLR0917 - all that rows are made of
        self,
        connections: Store,
        counts: CountRepository,
        passages: PassageRepository,
        corrected: CorrectedRepository,
        audits: AuditResultRepository,
        clock: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._counts = counts
        self._passages = passages
        self._corrected = corrected
        self._audits = audits
        self._clock = clock

    def cameras(self, camera_ids: Sequence[CameraId] | None) -> list[Subject]:
        """Return cameras by site and name, those that were removed, too; None is all.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            return subjects(connection, camera_ids)

    def lines(self, cameras: Sequence[Subject]) -> list[Place]:
        """Return the lines and gates of cameras in all their versions.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            return places(connection, cameras, is_zone=False)

    def estimate(self, request: ExportRequest) -> int:
        """Return about how many rows there will be.

        Raises:
            StorageError: The history cannot be read.
        """
        end = min(request.end, self._clock())
        if request.content in _OF_MOMENTS:
            with self._connections.reading() as connection:
                ids = [one.id for one in subjects(connection, request.camera_ids)]
                query = _OF_MOMENTS[request.content].where(_within(request, ids))
                return connection.execute(query).scalar_one()
        with self._connections.reading() as connection:
            owners = self._owners(request, subjects(connection, request.camera_ids))
        total = 0.0
        for owner in owners:
            first = max(request.start, owner.created_at)
            last = end if owner.removed_at is None else min(end, owner.removed_at)
            if (lasts_s := (last - first).total_seconds()) > 0:
                total += max(1.0, lasts_s / _SECONDS[request.size])
        return round(total)

    def rows(self, request: ExportRequest) -> Iterator[list[Row]]:
        """Yield the rows by camera, place and time; at most about ten thousand at once.

        Buckets begin with the one in which the start lies. Those that are still to come are not
        there, nor are those in which a camera was not there and nothing was measured.

        Raises:
            InvalidSetting: These are too many days.
            StorageError: The history cannot be read.
        """
        with self._connections.reading() as connection:
            found = subjects(connection, request.camera_ids)
            overlays = corrected(connection, [one.id for one in found], request)
        audits = {report.camera_id: report for report in self._audits.newest_of_each()}
        read = _READERS[request.content]
        for subject in found:
            proof = _proof(audits.get(subject.id))
            for owner in self._owners(request, [subject]):
                yield from read(self, request, owner, proof, overlays)

    def _counts_of(self, request: ExportRequest) -> CountRepository | CorrectedRepository:
        return self._corrected if request.with_corrections else self._counts

    def _passages_of(self, request: ExportRequest) -> PassageRepository | CorrectedRepository:
        return self._corrected if request.with_corrections else self._passages

    def _owners(
        self, request: ExportRequest, found: Sequence[Subject]
    ) -> Sequence[Subject | Place]:
        """Return whose rows are written: the cameras, or their lines or zones."""
        if request.content not in (ExportContent.PASSAGES, ExportContent.ZONES):
            return found
        with self._connections.reading() as connection:
            return places(connection, found, is_zone=request.content is ExportContent.ZONES)

    # ---------------------------------------------------------------- buckets

    def _count_rows(
        self, request: ExportRequest, owner: Subject, proof: Row, overlays: Corrected
    ) -> Iterator[list[Row]]:
        head, last = owner.cells, (format_of(request.content),)
        for part in self._parts(request):
            buckets = self._counts_of(request).buckets(
                [owner.id], request.size, part.start, part.end, request.zone
            )
            doubtful_s = self._doubtful_s(owner.id, request.size, buckets)
            yield [
                (
                    one.start,
                    one.start,
                    *head,
                    round(one.seconds),
                    *_people(one),
                    one.coverage,
                    None if one.mean is None else one.still,
                    None if one.mean is None else _share(doubtful_s.get(index, 0.0), one),
                    *proof,
                    one.is_corrected or overlays.touches(owner.id, None, one.start, one.seconds),
                    *last,
                )
                for index, one in enumerate(buckets)
                if _is_there(owner, one, is_known=one.samples > 0)
            ]

    def _doubtful_s(
        self, camera_id: CameraId, size: BucketSize, buckets: Sequence[Bucket]
    ) -> dict[int, float]:
        """Return in how much of each bucket something was wrong with the pictures, by its number.

        Only what is not zero is read, which is little: most cameras are well most of the time.
        """
        if not buckets:
            return {}
        table, key = (minute, minute.c.minute) if size in _FINE else (hour, hour.c.start)
        starts = [to_ms(one.start) // MINUTE_MS for one in buckets]
        stop = starts[-1] + round(buckets[-1].seconds / 60)
        query = select(key, table.c.flagged_ms).where(
            table.c.camera_id == camera_id, key >= starts[0], key < stop, table.c.flagged_ms > 0
        )
        found: dict[int, float] = defaultdict(float)
        with self._connections.reading() as connection:
            for at, flagged_ms in connection.execute(query):
                found[bisect_right(starts, at) - 1] += flagged_ms / 1000
        return found

    def _passage_rows(
        self, request: ExportRequest, owner: Place, proof: Row, overlays: Corrected
    ) -> Iterator[list[Row]]:
        head, last = owner.cells, (format_of(request.content),)
        for part in self._parts(request):
            buckets = self._passages_of(request).flow(
                owner.id, request.size, part.start, part.end, request.zone
            )
            yield [
                (
                    one.start,
                    one.start,
                    *head,
                    round(one.seconds),
                    one.inwards,
                    one.outwards,
                    one.coverage,
                    *proof,
                    one.is_corrected
                    or overlays.touches(owner.camera_id, owner.id, one.start, one.seconds),
                    *last,
                )
                for one in buckets
                if _is_there(owner, one, is_known=one.inwards is not None)
            ]

    def _zone_rows(
        self, request: ExportRequest, owner: Place, proof: Row, overlays: Corrected
    ) -> Iterator[list[Row]]:
        head, last = owner.cells, (format_of(request.content),)
        for part in self._parts(request):
            buckets = self._passages_of(request).occupancy(
                owner.id, request.size, part.start, part.end, request.zone
            )
            yield [
                (
                    one.start,
                    one.start,
                    *head,
                    round(one.seconds),
                    *_people(one),
                    one.coverage,
                    *proof,
                    one.is_corrected
                    or overlays.touches(owner.camera_id, owner.id, one.start, one.seconds),
                    *last,
                )
                for one in buckets
                if _is_there(owner, one, is_known=one.samples > 0)
            ]

    def _parts(self, request: ExportRequest) -> Iterator[_Part]:
        """Cut the time into parts at midnights, at which buckets of all sizes begin."""
        end = min(request.end, self._clock())
        if end <= request.start:
            return
        days = _DAYS_AT_ONCE.get(request.size)
        if days is None:
            yield _Part(request.start, end)
            return
        edges = bucket_edges(BucketSize.DAY, request.start, end, request.zone)
        for index in range(0, len(edges) - 1, days):
            stop = min(index + days, len(edges) - 1)
            yield _Part(max(from_ms(edges[index]), request.start), min(from_ms(edges[stop]), end))

    # ---------------------------------------------------------------- single rows

    def _sample_rows(
        self, request: ExportRequest, owner: Subject, proof: Row, overlays: Corrected
    ) -> Iterator[list[Row]]:
        head, last = owner.cells, (format_of(request.content),)
        key = tuple_(sample.c.ts, sample.c.workstation)
        query = (
            select(sample)
            .where(sample.c.camera_id == owner.id, sample.c.ts < to_ms(request.end))
            .order_by(sample.c.ts, sample.c.workstation)
            .limit(_AT_ONCE)
        )
        after = (to_ms(request.start), -1)
        while True:
            with self._connections.reading() as connection:
                found = connection.execute(query.where(key > after)).all()
            rows: list[Row] = []
            for one in found:
                at = from_ms(one.ts)
                is_out = overlays.excludes(owner.id, at)
                is_hidden = is_out and request.with_corrections
                # By its name `count` is a method of rows.
                people = one._mapping["count"]  # noqa: SLF001 - so the library calls it
                shown = people if one.shown is None else one.shown
                rows.append(
                    (
                        at,
                        at,
                        *head,
                        None if is_hidden else people,
                        None if is_hidden else shown,
                        one.confidence / 1000,
                        one.interval_ms / 1000,
                        bool(one.is_carried),
                        bool(one.is_flagged),
                        *proof,
                        is_out,
                        *last,
                    )
                )
            yield rows
            if len(found) < _AT_ONCE:
                return
            after = (found[-1].ts, found[-1].workstation)

    def _state_rows(
        self, request: ExportRequest, owner: Subject, _proof: Row, _overlays: Corrected
    ) -> Iterator[list[Row]]:
        """Yield the state at the start with the moment it began, and all changes after it."""
        head, last = owner.cells, (format_of(request.content),)
        start_ms, end_ms = to_ms(request.start), to_ms(request.end)
        of_camera = camera_state.c.camera_id == owner.id
        query = (
            select(camera_state)
            .where(of_camera, camera_state.c.ts < end_ms)
            .order_by(camera_state.c.ts)
            .limit(_AT_ONCE + 1)
        )
        with self._connections.reading() as connection:
            at_start = select(func.max(camera_state.c.ts)).where(
                of_camera, camera_state.c.ts <= start_ms
            )
            from_ms_ = connection.execute(at_start).scalar()
        next_ms = start_ms if from_ms_ is None else from_ms_
        while True:
            with self._connections.reading() as connection:
                found = connection.execute(query.where(camera_state.c.ts >= next_ms)).all()
            is_more = len(found) > _AT_ONCE
            rows: list[Row] = []
            for index, one in enumerate(found[:_AT_ONCE]):
                at = from_ms(one.ts)
                after = found[index + 1].ts if index + 1 < len(found) else None
                lasted = None if after is None else (after - one.ts) / 1000
                rows.append((at, at, *head, one.state, one.reason, lasted, *last))
            yield rows
            if not is_more:
                return
            next_ms = found[_AT_ONCE].ts


_READERS: dict[ExportContent, Callable[..., Iterator[list[Row]]]] = {
    ExportContent.COUNTS: ExportRepository._count_rows,  # noqa: SLF001 - of this module
    ExportContent.PASSAGES: ExportRepository._passage_rows,  # noqa: SLF001
    ExportContent.ZONES: ExportRepository._zone_rows,  # noqa: SLF001
    ExportContent.SAMPLES: ExportRepository._sample_rows,  # noqa: SLF001
    ExportContent.STATES: ExportRepository._state_rows,  # noqa: SLF001
}

_OF_MOMENTS: dict[ExportContent, Select[int]] = {
    ExportContent.SAMPLES: select(func.count()).select_from(sample),
    ExportContent.STATES: select(func.count()).select_from(camera_state),
}


def _within(request: ExportRequest, camera_ids: Sequence[int]) -> ColumnElement[bool]:
    table = sample if request.content is ExportContent.SAMPLES else camera_state
    return and_(
        table.c.camera_id.in_(camera_ids),
        table.c.ts >= to_ms(request.start),
        table.c.ts < to_ms(request.end),
    )


_FINE = frozenset({BucketSize.MINUTE, BucketSize.FIVE_MINUTES, BucketSize.QUARTER})
"""Sizes of which an hour holds several."""


def _share(doubtful_s: float, one: Bucket) -> float:
    measured_s = one.coverage * one.seconds
    return min(1.0, doubtful_s / measured_s) if measured_s else 0.0


def _people(one: Bucket) -> Row:
    return one.mean, one.peak, one.lowest, one.samples


def _is_there(owner: Subject | Place, one: Bucket | FlowBucket, *, is_known: bool) -> bool:
    """Tell whether a bucket belongs into the file: a gap, too, while its owner was there."""
    if is_known:
        return True
    if one.start + timedelta(seconds=one.seconds) <= owner.created_at:
        return False
    return owner.removed_at is None or one.start < owner.removed_at


def _proof(report: AuditReport | None) -> Row:
    """Return how right a camera is: accuracy, of what, and when that was found out."""
    if report is None:
        return None, None, None
    accuracy = report.overall.accuracy
    return (
        None if accuracy is None else accuracy.value,
        report.kind.value,
        report.made_at,
    )
