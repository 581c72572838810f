"""Builds the hours and days of cameras anew from the minutes that are still there.

That is due once for a history that has only minutes, and for a camera whose site gets another
time zone. Hours whose minutes are not kept any more stay as they were cut: what nobody can know
more finely is not thrown away. They belong to the new day in which they begin.
"""

from __future__ import annotations

import logging
import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import (
    Connection,
    Integer,
    Table,
    bindparam,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from camwatch.data.cache import About, AnswerCache
from camwatch.data.chosen import zone_named
from camwatch.data.cuts import minutes_of
from camwatch.data.dialect import total, upsert
from camwatch.data.edges import bucket_edges
from camwatch.data.moments import MINUTE_MS, from_ms
from camwatch.data.rolling import COUNTS, PASSED, STOOD, Levels
from camwatch.data.schema import camera, minute, place, site
from camwatch.data.store import Store
from camwatch.data.workstations import is_own
from camwatch.domain import BucketSize, CameraId
from camwatch.errors import StorageError

log = logging.getLogger(__name__)

SMALL = 200_000
"""So many minutes are built within a second or so, while the history is opened."""

_HOUR_MIN = 60
_LONGEST_DAY_MIN = 25 * 60


class RollupRepository:
    """The hours and days of one history.

    Args:
        connections: Where it is.
        zone: For sites without a time zone; None if it is not known, then their cameras are left
            as they are.
        cache: Forgets what it knows of a camera that is built anew.
    """

    def __init__(self, connections: Store, zone: ZoneInfo | None, cache: AnswerCache) -> None:
        self._connections = connections
        self._zone = zone
        self._cache = cache

    def outdated(self) -> list[CameraId]:
        """Return the cameras whose hours and days are not those of their site's clocks yet.

        Raises:
            StorageError: The history cannot be read.
        """
        with self._connections.reading() as connection:
            return [camera_id for camera_id, _ in self._outdated(connection)]

    def rebuild_next(self) -> bool:
        """Build the hours and days of one camera that needs it, in one transaction.

        Returns:
            False if none needs it.

        Raises:
            StorageError: They are as they were.
        """
        with self._connections.reading() as connection:
            following = next(self._outdated(connection), None)
        if following is None:
            return False
        camera_id, zone = following
        with self._connections.writing() as connection:
            rebuild(connection, camera_id, zone)
        self._cache.invalidate(About(frozenset({camera_id}), 0, sys.maxsize))
        log.info("the hours and days of camera %d are those of %s now", camera_id, zone.key)
        return True

    def rebuild_if_small(self) -> None:
        """Build all that needs it if that takes no time worth mentioning.

        If it cannot be done now, it is left for later: the minutes answer all questions, too.
        """
        try:
            self._rebuild_if_small()
        except StorageError as error:
            log.info("hours and days are built later: %s [%s]", error, error.error_id)

    def _rebuild_if_small(self) -> None:
        with self._connections.reading() as connection:
            ids = [camera_id for camera_id, _ in self._outdated(connection)]
            some = select(literal(1)).where(minute.c.camera_id.in_(ids)).limit(SMALL).subquery()
            is_small = not ids or (
                connection.execute(select(func.count()).select_from(some)).scalar_one() < SMALL
            )
        while is_small and self.rebuild_next():
            pass

    def _outdated(self, connection: Connection) -> Iterator[tuple[CameraId, ZoneInfo]]:
        has_minutes = select(literal(1)).where(minute.c.camera_id == camera.c.id).exists()
        query = (
            select(camera.c.id, camera.c.rolled_zone, site.c.time_zone)
            .join(site)
            # A new camera gets its zone with its first minute.
            .where(or_(camera.c.rolled_zone != "", has_minutes))
            # Where a site names no zone, it is that of the workstation which counts it.
            .where(or_(site.c.time_zone != "", is_own(site, self._connections.station)))
            .order_by(camera.c.id)
        )
        for camera_id, rolled_zone, time_zone in connection.execute(query).all():
            zone = zone_named(time_zone) or self._zone
            if zone is not None and zone.key != rolled_zone:
                yield CameraId(camera_id), zone


def rebuild(connection: Connection, camera_id: CameraId, zone: ZoneInfo) -> None:
    """Build the hours and days of a camera and its lines, gates and zones by other clocks.

    Args:
        connection: One for writing.
        camera_id: Which camera.
        zone: The clocks; the camera's rolled_zone says so from now on.
    """
    # Whoever adds to its hours waits until this is committed, and sees the new zone then.
    one = select(camera.c.id).where(camera.c.id == camera_id).with_for_update()
    connection.execute(one).all()
    _rebuild(connection, COUNTS, camera_id, zone)
    places = select(place.c.id).where(place.c.camera_id == camera_id).order_by(place.c.id)
    for place_id in connection.execute(places).scalars().all():
        for levels in (PASSED, STOOD):
            _rebuild(connection, levels, place_id, zone)
    connection.execute(update(camera).where(camera.c.id == camera_id).values(rolled_zone=zone.key))


def _rebuild(connection: Connection, levels: Levels, owner: int, zone: ZoneInfo) -> None:
    """Build hours from the minutes, as far as these reach back, and all days from the hours."""
    oldest, newest = _reach(connection, levels.minutes, owner)
    if oldest is not None and newest is not None:
        first = _whole_from(connection, levels, owner, oldest)
        _delete_from(connection, levels.hours, owner, first)
        limits = pairwise(minutes_of(_edges(BucketSize.HOUR, first, newest, zone)))
        _sum_up(connection, levels.minutes, levels.hours, owner, limits, first)
    oldest, newest = _reach(connection, levels.hours, owner)
    if oldest is not None and newest is not None:
        _delete_from(connection, levels.days, owner, oldest - _LONGEST_DAY_MIN + 1)
        limits = pairwise(minutes_of(_edges(BucketSize.DAY, oldest, newest, zone)))
        _sum_up(connection, levels.hours, levels.days, owner, limits, oldest)


def fill_gaps(connection: Connection) -> None:
    """Build hours and days that are missing in the midst of others, where what they add up is there.

    Only a history that was damaged has such gaps. What is there is left as it is: its minutes may
    be what was lost.

    Args:
        connection: One for writing.
    """
    query = select(camera.c.id, camera.c.rolled_zone).where(camera.c.rolled_zone != "")
    for camera_id, rolled_zone in connection.execute(query).all():
        zone = zone_named(rolled_zone)
        if zone is None:
            continue
        places = select(place.c.id).where(place.c.camera_id == camera_id)
        _fill(connection, COUNTS, camera_id, zone)
        for place_id in connection.execute(places).scalars().all():
            for levels in (PASSED, STOOD):
                _fill(connection, levels, place_id, zone)


def _fill(connection: Connection, levels: Levels, owner: int, zone: ZoneInfo) -> None:
    for fine, coarse, size in (
        (levels.minutes, levels.hours, BucketSize.HOUR),
        (levels.hours, levels.days, BucketSize.DAY),
    ):
        oldest, newest = _reach(connection, fine, owner)
        if oldest is None or newest is None:
            continue
        owned, start = list(coarse.primary_key)
        there = sorted(connection.execute(select(start).where(owned == owner)).scalars())
        missing = [
            (begins, stop)
            for begins, stop in pairwise(minutes_of(_edges(size, oldest, newest, zone)))
            # One that was cut by the clocks of an earlier zone may reach into it.
            if not _is_any_between(there, begins - (stop - begins), stop)
        ]
        if missing:
            _sum_up(connection, fine, coarse, owner, missing, oldest)


def _is_any_between(sorted_starts: Sequence[int], after: int, before: int) -> bool:
    place_of = bisect_right(sorted_starts, after)
    return place_of < len(sorted_starts) and sorted_starts[place_of] < before


def _edges(size: BucketSize, first: int, newest: int, zone: ZoneInfo) -> list[int]:
    return bucket_edges(size, from_ms(first * MINUTE_MS), from_ms((newest + 1) * MINUTE_MS), zone)


def _reach(connection: Connection, table: Table, owner: int) -> tuple[int | None, int | None]:
    """Return where the rows of a camera or place begin and end."""
    owned, at = list(table.primary_key)
    oldest = connection.execute(select(func.min(at)).where(owned == owner)).scalar()
    newest = connection.execute(select(func.max(at)).where(owned == owner)).scalar()
    return oldest, newest


def _delete_from(connection: Connection, table: Table, owner: int, first: int) -> None:
    owned, start = list(table.primary_key)
    connection.execute(delete(table).where(owned == owner, start >= first))


def _whole_from(connection: Connection, levels: Levels, owner: int, oldest: int) -> int:
    """Return the minute from which the minutes are whole.

    The hour in which they begin may have lost some of them. Then it stays as it is, and they
    count from the next one on.
    """
    owned, start = list(levels.hours.primary_key)
    before = select(func.max(start)).where(owned == owner, start <= oldest)
    begins: int | None = connection.execute(before).scalar()
    if begins is None:
        return oldest
    after = select(func.min(start)).where(owned == owner, start > oldest)
    following = connection.execute(after).scalar()
    stop = begins + _HOUR_MIN if following is None else min(begins + _HOUR_MIN, following)
    if oldest >= stop:
        return oldest
    known = _sums(connection, levels.hours, owner, begins, begins + 1)
    is_whole = _sums(connection, levels.minutes, owner, begins, stop) == known
    return begins if is_whole else stop


def _sums(connection: Connection, table: Table, owner: int, first: int, stop: int) -> list[int]:
    """Return all sums of a stretch, to tell whether two tables know the same of it."""
    owned, at = list(table.primary_key)
    sums = [total(table.c[name]) for name in _added(table)]
    query = select(*sums).where(owned == owner, at >= first, at < stop)
    return list(connection.execute(query).one())


def _added(table: Table) -> list[str]:
    keys = {column.name for column in table.primary_key}
    names = [column.name for column in table.c]
    return [name for name in names if name not in keys | {"count_min", "count_max"}]


def _sum_up(  # noqa: PLR0917 - from where, to where, whose, and which stretches
    connection: Connection,
    fine: Table,
    coarse: Table,
    owner: int,
    limits: Iterable[tuple[int, int]],
    first: int,
) -> None:
    """Let the database add up the fine rows from a minute on to coarse ones."""
    owned, at = list(fine.primary_key)
    keys = list(coarse.primary_key)
    added = _added(coarse)
    extremes = [name for name in ("count_min", "count_max") if name in coarse.c]
    sums = [total(fine.c[name]) for name in added]
    sums += [
        func.min(fine.c[name]) if name == "count_min" else func.max(fine.c[name])
        for name in extremes
    ]
    within = select(literal(owner, Integer), bindparam("begins", type_=Integer), *sums).where(
        owned == owner, at >= bindparam("low"), at < bindparam("high")
    )
    statement = upsert(connection, coarse).from_select(
        [*(key.name for key in keys), *added, *extremes], within.having(func.count() > 0)
    )
    new = statement.excluded
    changes = {name: coarse.c[name] + new[name] for name in added}
    for name in extremes:
        old = coarse.c[name]
        is_new = new[name] < old if name == "count_min" else new[name] > old
        changes[name] = case((is_new, new[name]), else_=old)
    connection.execute(
        # A short hour that stays may begin where a new one does.
        statement.on_conflict_do_update(index_elements=keys, set_=changes),
        [{"begins": begins, "low": max(begins, first), "high": stop} for begins, stop in limits],
    )
