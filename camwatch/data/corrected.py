"""The history as corrected: what was measured, with what people said of it laid over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from camwatch.data import overlay
from camwatch.data.buckets import so_far_ms
from camwatch.data.corrections import CorrectionRepository, Excluded, counted_people
from camwatch.data.counts import CountRepository
from camwatch.data.levels import FINE
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.overlay import Left, LeftFlow
from camwatch.data.passages import PassageRepository
from camwatch.data.remains import (
    HOUR_MIN,
    IN_VIEW,
    IN_ZONE,
    PASSING,
    Source,
    Sums,
    held_by,
    left_of,
)
from camwatch.data.schema import camera
from camwatch.data.store import Store
from camwatch.domain import Bucket, BucketSize, CameraId, FlowBucket, PlaceId
from camwatch.history.corrections import Correction


class CorrectedRepository:
    """Reads one history as corrected; arguments and errors as for what was measured."""

    def __init__(
        self,
        connections: Store,
        counts: CountRepository,
        passages: PassageRepository,
        corrections: CorrectionRepository,
        clock: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._counts = counts
        self._passages = passages
        self._corrections = corrections
        self._clock = clock

    def buckets(
        self,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[Bucket]:
        """Return every bucket that touches a stretch of time, see `CountRepository.buckets`."""
        found = self._counts.buckets(camera_ids, size, start, end, zone)
        edges = _edges(found)
        if not edges:
            return found
        excluded = self._corrections.excluded(camera_ids, _asked(size, edges))
        if not excluded:
            return found
        changes: dict[int, list[tuple[Bucket, Bucket]]] = {}
        for camera_id, gone in excluded.items():
            self._hold(IN_VIEW, camera_id, size, gone)
            indexes = overlay.touched(edges, gone.stretches)
            if not indexes:
                continue
            first, stop = indexes[0], indexes[-1] + 1
            own = found[first:stop]
            if camera_ids is None or len(camera_ids) > 1:
                # One question for all that is between: a question takes longer than a bucket.
                own = self._counts.buckets([camera_id], size, own[0].start, _end(own[-1]), zone)
            before = [own[index - first] for index in indexes]
            after = self._without(IN_VIEW, camera_id, before, gone)
            for index, change in zip(indexes, zip(before, after, strict=True), strict=True):
                changes.setdefault(index, []).append(change)
        if camera_ids is not None and len(camera_ids) == 1:
            for index, [(_, new)] in changes.items():
                found[index] = new
            return found
        return self._in_sums(found, changes, camera_ids)

    def _in_sums(
        self,
        found: list[Bucket],
        changes: dict[int, list[tuple[Bucket, Bucket]]],
        camera_ids: Sequence[CameraId] | None,
    ) -> list[Bucket]:
        query = select(camera.c.created_at, camera.c.removed_at)
        if camera_ids is not None:
            query = query.where(camera.c.id.in_(camera_ids))
        with self._connections.reading() as connection:
            lives = connection.execute(query).all()
        for index, some in changes.items():
            bucket = found[index]
            there = sum(
                created < _end(bucket) and (removed is None or removed >= bucket.start)
                for created, removed in lives
            )
            found[index] = overlay.in_sum(bucket, some, there, self._possible_ms(bucket))
        return found

    def occupancy(
        self,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[Bucket]:
        """Return the people in one zone, see `PassageRepository.occupancy`."""
        found = self._passages.occupancy(place_id, size, start, end, zone)
        edges = _edges(found)
        gone, _ = self._of_place(place_id, _asked(size, edges))
        if gone.stretches:
            self._hold(IN_ZONE, place_id, size, gone)
            indexes = overlay.touched(edges, gone.stretches)
            before = [found[index] for index in indexes]
            after = self._without(IN_ZONE, place_id, before, gone)
            for index, bucket in zip(indexes, after, strict=True):
                found[index] = bucket
        return found

    def flow(
        self,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[FlowBucket]:
        """Return who passed a line or gate, see `PassageRepository.flow`."""
        found = self._passages.flow(place_id, size, start, end, zone)
        edges = _edges(found)
        gone, passed = self._of_place(place_id, edges)
        if gone.stretches:
            with self._connections.reading() as connection:
                for index in overlay.touched(edges, gone.stretches):
                    bucket = (edges[index], edges[index + 1])
                    left = left_of(connection, PASSING, place_id, bucket, gone.stretches, gone.kept)
                    found[index] = overlay.flow(
                        found[index], LeftFlow(**left.values), self._possible_ms(found[index])
                    )
        if passed:
            found = overlay.add_passed(found, edges, self._passed(place_id, passed))
        return found

    def _passed(self, place_id: PlaceId, corrections: Sequence[Correction]) -> list[overlay.Passed]:
        """Look up where people were counted who did not pass."""
        stretches = [
            (to_ms(one.draft.start) // MINUTE_MS, to_ms(one.draft.end) // MINUTE_MS)
            for one in corrections
        ]
        # All of each stretch, not only what is asked for.
        whole = (min(first for first, _ in stretches), max(stop for _, stop in stretches))
        gone, _ = self._of_place(place_id, whole)
        found = []
        with self._connections.reading() as connection:
            for one, stretch in zip(corrections, stretches, strict=True):
                draft = one.draft
                counted: tuple[list[tuple[int, int]], list[tuple[int, int]]] = ([], [])
                if draft.inwards < 0 or draft.outwards < 0:
                    counted = counted_people(connection, place_id, stretch, gone.stretches)
                found.append(overlay.Passed(stretch, draft.inwards, draft.outwards, *counted))
        return found

    def _of_place(
        self, place_id: PlaceId, edges: Sequence[int]
    ) -> tuple[Excluded, list[Correction]]:
        if not edges:
            return Excluded(), []
        found = self._corrections.of_places([place_id], (edges[0], edges[-1]))
        return found.get(place_id, (Excluded(), []))

    def _hold(self, source: Source, whose: int, size: BucketSize, gone: Excluded) -> None:
        """Take out, too, what follows an excluded picture and is known from that one alone."""
        if size in FINE:
            with self._connections.reading() as connection:
                gone.stretches = held_by(connection, source, whose, gone.stretches)

    def _without(
        self, source: Source, whose: int, buckets: Sequence[Bucket], gone: Excluded
    ) -> list[Bucket]:
        """Return buckets of one camera or zone without what is excluded."""
        found = []
        now = -(-to_ms(self._clock()) // MINUTE_MS)
        with self._connections.reading() as connection:
            for bucket in buckets:
                first, stop = _edges([bucket])
                left: Left | None = None
                if bucket.mean is not None and overlay.without(
                    gone.stretches, first, max(first + 1, min(stop, now))
                ):
                    left = _left(
                        left_of(connection, source, whose, (first, stop), gone.stretches, gone.kept)
                    )
                found.append(overlay.alone(bucket, left, self._possible_ms(bucket)))
        return found

    def _possible_ms(self, bucket: Bucket | FlowBucket) -> int:
        return so_far_ms(to_ms(bucket.start), to_ms(_end(bucket)), to_ms(self._clock()))


def _asked(size: BucketSize, edges: Sequence[int]) -> overlay.Stretch:
    """Return the time whose corrections matter: a slow camera's picture stands for later time."""
    if not edges:
        return 0, 0
    return edges[0] - HOUR_MIN * (size in FINE), edges[-1]


def _left(sums: Sums) -> Left | None:
    if sums.is_empty or sums.lowest is None or sums.peak is None:
        return None
    return Left(lowest=sums.lowest, peak=sums.peak, **sums.values)


def _edges(buckets: Sequence[Bucket] | Sequence[FlowBucket]) -> list[int]:
    """Return the limits of buckets, whole minutes since 1970 UTC."""
    if not buckets:
        return []
    starts = [to_ms(bucket.start) for bucket in buckets]
    return overlay.edges_in_minutes([*starts, to_ms(_end(buckets[-1]))])


def _end(bucket: Bucket | FlowBucket) -> datetime:
    return bucket.start + timedelta(seconds=bucket.seconds)
