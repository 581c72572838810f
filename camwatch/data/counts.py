"""What was counted and how the cameras did: written in batches, read as series and buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, Connection, Row, Select, cast, func, select

from camwatch.data.adding import Question
from camwatch.data.answers import answer_buckets, answer_week_hours
from camwatch.data.batches import note_batch
from camwatch.data.buckets import Cell, hold
from camwatch.data.by_moment import add_by_moment
from camwatch.data.cache import About, AnswerCache, NoCache
from camwatch.data.chosen import chosen_cameras
from camwatch.data.dialect import total, upsert
from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, from_ms, to_ms
from camwatch.data.places import add_passages, add_places
from camwatch.data.rolling import Rolling, add_counted
from camwatch.data.rollup import SAMPLE, sample_row
from camwatch.data.schema import camera, camera_notice, camera_state, sample
from camwatch.data.store import Store
from camwatch.data.trails import add_trails
from camwatch.data.week_hours import WeekHours
from camwatch.domain import (
    Bucket,
    BucketSize,
    CameraId,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    Reason,
    Sample,
    StateChange,
)
from camwatch.scene.dwell import HourTrails

_SAVE_WAIT_S = 0.5
"""The recorder tries again anyway, and must end soon when the program ends."""

_ROWS_AT_ONCE = 10_000
_LONGEST_INTERVAL_MIN = 60
"""A camera is asked at least so often; its sample stands for the minutes that follow."""


class CountRepository:
    """The counts of one history.

    Args:
        connections: Where it is.
        clock: Tells the present moment.
        zone: Cuts the hours and days of sites that have no time zone of their own; None if it is
            not known, then those of a new camera are cut later.
        cache: Keeps answers; None for none.
    """

    def __init__(
        self,
        connections: Store,
        clock: Callable[[], datetime],
        zone: ZoneInfo | None = None,
        cache: AnswerCache | None = None,
    ) -> None:
        self._connections = connections
        self._clock = clock
        self._zone = zone
        self._cache: AnswerCache = NoCache() if cache is None else cache

    def save(
        self,
        samples: Sequence[Sample],
        changes: Sequence[StateChange],
        passages: Sequence[Passage] = (),
        trails: Sequence[HourTrails] = (),
        notices: Sequence[NoticeChange] = (),
        *,
        batch_uid: str = "",
        settled: Sequence[str] = (),
    ) -> int:
        """Store a batch with its roll-ups, all of it or nothing.

        A batch may be given again: under a uid that was stored it changes nothing. Without a
        uid, what is stored already changes nothing but trails, which are no measurements but
        tell where people were, and are added once more. Another measurement of a camera at a
        millisecond that is taken, since the clock was set back, gets the next one that is free.

        Args:
            samples: Measurements.
            changes: Of cameras' states.
            passages: Who passed.
            trails: Where people were.
            notices: What is wrong with pictures.
            batch_uid: Whose rows these are.
            settled: Batches that nobody will give again; their uids are forgotten.

        Returns:
            How many rows were not there before.

        Raises:
            StorageError: Nothing was stored, or it was and the disk could not say so.
        """
        # The samples of a file, which only one computer writes, need not say who counted.
        station = self._connections.station
        columns, counted_here = ((*SAMPLE, "workstation"), (station,)) if station else (SAMPLE, ())
        rows = [sample_row(one) + counted_here for one in samples]
        try:
            with self._connections.writing(_SAVE_WAIT_S, beside=True) as connection:
                if batch_uid and not note_batch(connection, batch_uid, settled, self._clock()):
                    return 0
                rolling = Rolling(connection, samples, passages, self._zone)
                stored = add_by_moment(connection, sample, columns, rows)
                new = [row[: len(SAMPLE)] for row in stored if row is not None]
                add_counted(connection, sorted(new), rolling)
                add_places(connection, _at_places(stored, samples), rolling)
                added = add_passages(connection, passages, rolling)
                add_trails(connection, trails)
                _add_notices(connection, notices)
                return len(new) + added + _add_changes(connection, changes)
        finally:
            # After an error, too: then nobody knows whether it was stored.
            if rows:
                self._cache.invalidate(_about(rows))

    def series(
        self,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        slot_s: int,
    ) -> list[tuple[CameraId, datetime, float, float]]:
        """Return the mean of the shown numbers per camera and slot, from the samples themselves.

        Args:
            camera_ids: Which cameras; None for all.
            start: Lies in the first slot.
            end: Exclusive.
            slot_s: Length of a slot, seconds; slots begin at its multiples since 1970.

        Returns:
            Camera, start of the slot (UTC), mean count and measured seconds, by camera
            and time. A slot in which nothing was measured is not there.

        Raises:
            ValueError: slot_s is not positive.
            StorageError: The history cannot be read.
        """
        if slot_s <= 0:
            raise ValueError(f"slot_s: {slot_s}")
        slot_ms = slot_s * 1000
        first, end_ms = to_ms(start) // slot_ms, to_ms(end)
        stop = -(-min(end_ms, to_ms(self._clock())) // slot_ms)
        found = []
        with self._connections.reading() as connection:
            from_here_ms = first * slot_ms - _look_back_ms(connection, camera_ids, slot_ms)
            slot = (sample.c.ts // slot_ms).label("slot")
            shown = func.coalesce(sample.c.shown, sample.c.count)
            query = (
                select(
                    sample.c.camera_id,
                    slot,
                    func.count(),
                    total(cast(shown, BigInteger) * sample.c.interval_ms),
                    total(sample.c.interval_ms),
                    func.min(shown),
                    func.max(shown),
                )
                .where(sample.c.camera_id.in_(_chosen(camera_ids)))
                .where(sample.c.ts >= from_here_ms, sample.c.ts < end_ms)
                .group_by(sample.c.camera_id, slot)
                .order_by(sample.c.camera_id, slot)
            )
            for cell in hold(_cells(connection, query), slot_ms, stop):
                if cell.index >= first:
                    at = from_ms(cell.index * slot_ms)
                    covered_s = min(cell.covered_ms, slot_ms) / 1000
                    found.append((CameraId(cell.camera_id), at, cell.mean, covered_s))
        return found

    def buckets(
        self,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[Bucket]:
        """Return every bucket that touches a stretch of time.

        Args:
            camera_ids: Which cameras are added up; None for all, removed ones too.
            size: Minutes, or hours or longer by the zone's clocks.
            start: Lies in the first bucket.
            end: The last bucket begins before it.
            zone: Whose clocks cut hours and days.

        Raises:
            InvalidSetting: These are more than a million buckets.
            StorageError: The history cannot be read.
        """
        edges = bucket_edges(size, start, end, zone)
        if not edges:
            return []
        asked = Question(size, edges, zone, to_ms(self._clock()))
        ticket = self._cache.ticket()
        with self._connections.reading() as connection:
            cameras = chosen_cameras(connection, camera_ids)
            return answer_buckets(connection, cameras, asked, self._cache, ticket)

    def week_hours(
        self,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekHours:
        """Return what cameras measured at each hour of the week, from the hours.

        Args:
            camera_ids: Which cameras; None for all, removed ones too.
            start: Lies in the first hour.
            end: The last hour begins before it.
            zone: Whose hours.

        Raises:
            InvalidSetting: These are more than a million hours.
            StorageError: The history cannot be read.
        """
        ticket = self._cache.ticket()
        with self._connections.reading() as connection:
            return answer_week_hours(
                connection,
                chosen_cameras(connection, camera_ids),
                start,
                end,
                zone=zone,
                now_ms=to_ms(self._clock()),
                cache=self._cache,
                ticket=ticket,
            )

    def state_changes(
        self, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[StateChange]:
        """Return the changes of a camera's state from start to end (exclusive), oldest first.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(camera_state)
            .where(camera_state.c.camera_id == camera_id)
            .where(camera_state.c.ts >= to_ms(start), camera_state.c.ts < to_ms(end))
            .order_by(camera_state.c.ts)
        )
        with self._connections.reading() as connection:
            return [_change(row) for row in connection.execute(query)]

    def notice_changes(
        self, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[NoticeChange]:
        """Return what became wrong with a camera's pictures, or right again, oldest first.

        Args:
            camera_id: Which camera.
            start: From here.
            end: Exclusive.

        Raises:
            StorageError: The history cannot be read.
        """
        query = (
            select(camera_notice)
            .where(camera_notice.c.camera_id == camera_id)
            .where(camera_notice.c.ts >= to_ms(start), camera_notice.c.ts < to_ms(end))
            .order_by(camera_notice.c.ts)
        )
        with self._connections.reading() as connection:
            return [
                NoticeChange(camera_id, from_ms(row.ts), Notice(row.notice), row.is_present)
                for row in connection.execute(query)
            ]

    def last_states(self) -> list[StateChange]:
        """Return the newest change of each camera that was not removed, by camera.

        Raises:
            StorageError: The history cannot be read.
        """
        newest = (
            select(func.max(camera_state.c.ts))
            .where(camera_state.c.camera_id == camera.c.id)
            .correlate(camera)
            .scalar_subquery()
        )
        query = (
            select(camera_state)
            .join(camera)
            .where(camera.c.removed_at.is_(None), camera_state.c.ts == newest)
            .order_by(camera_state.c.camera_id)
        )
        with self._connections.reading() as connection:
            return [_change(row) for row in connection.execute(query)]


def _add_changes(connection: Connection, changes: Sequence[StateChange]) -> int:
    """Store state changes; of two in the same millisecond the last comes a millisecond later."""
    rows = [(one.camera_id, to_ms(one.at), one.state.value, one.reason.value) for one in changes]
    stored = add_by_moment(connection, camera_state, ("camera_id", "ts", "state", "reason"), rows)
    return sum(row is not None for row in stored)


def _about(rows: Sequence[tuple[int, ...]]) -> About:
    """Return what changes with new samples: also for how long an earlier one stands."""
    moments = [row[1] for row in rows]
    stop = max(moments) // MINUTE_MS + 1 + _LONGEST_INTERVAL_MIN
    cameras = frozenset(CameraId(row[0]) for row in rows)
    return About(cameras, min(moments) // MINUTE_MS, stop)


def _at_places(
    stored: Sequence[tuple[Any, ...] | None], samples: Sequence[Sample]
) -> list[tuple[int, int, Sample]]:
    """Return the new samples that tell of zones, lines or gates: with milliseconds and interval."""
    return [
        (row[1], row[5], one)
        for row, one in zip(stored, samples, strict=True)
        if row is not None and (one.zones or one.watched)
    ]


def _add_notices(connection: Connection, notices: Sequence[NoticeChange]) -> None:
    rows = [
        {
            "camera_id": one.camera_id,
            "ts": to_ms(one.at),
            "notice": one.notice.value,
            "is_present": one.is_present,
        }
        for one in notices
    ]
    if rows:
        rows.sort(key=lambda row: (row["camera_id"], row["ts"], row["notice"]))
        connection.execute(upsert(connection, camera_notice).on_conflict_do_nothing(), rows)


def _chosen(camera_ids: Sequence[CameraId] | None) -> Select[tuple[int]]:
    query = select(camera.c.id)
    return query if camera_ids is None else query.where(camera.c.id.in_(camera_ids))


def _look_back_ms(
    connection: Connection, camera_ids: Sequence[CameraId] | None, stretch_ms: int
) -> int:
    """Return how far before the first stretch a sample can lie that still stands for it."""
    query = select(func.max(camera.c.interval_ms)).where(camera.c.id.in_(_chosen(camera_ids)))
    longest = connection.execute(query).scalar() or 0
    return longest if longest > stretch_ms else 0


def _cells(connection: Connection, query: Select[Any]) -> Iterator[Cell]:
    """Read the rows of a query as cells, many at once."""
    for rows in connection.execute(query).partitions(_ROWS_AT_ONCE):
        for row in rows:
            yield Cell(*row)


def _change(row: Row[Any]) -> StateChange:
    return StateChange(
        camera_id=CameraId(row.camera_id),
        at=from_ms(row.ts),
        state=CameraState(row.state),
        reason=Reason(row.reason),
    )
