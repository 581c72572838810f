"""Deletes what is too old, in steps so small that recording never waits for one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select

from camwatch.data.cache import About, AnswerCache, NoCache
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.schema import counted_by
from camwatch.data.shelves import SHELVES, STATES, Shelf, kept_from
from camwatch.data.store import Store
from camwatch.errors import DatabaseBusy
from camwatch.history.keeping import Retention, RowClass

log = logging.getLogger(__name__)

WANTED_S = 0.02
"""A step that holds the write lock longer is followed by a smaller one; see docs/retention.md."""

_FIRST_ROWS = 500
_FEWEST_ROWS = 20
_MOST_ROWS = 20_000
_SAVE_WAIT_S = 2.0
"""A step waits so long for others that write; the next try is not far."""

_MOST_REFUSALS = 20
"""So often in one table a step may find the database in use for all that time."""

_COUNTED_AT_MOST = 20_000
"""So many rows of one camera and table are counted; more are estimated from their time."""

_OTHER_KEEPER = 0x63616D77
"""Key of the lock by which workstations that share a server take turns in keeping house."""


@dataclass(frozen=True, slots=True)
class Swept:
    """One small step.

    Attributes:
        kind: Of which class; None for notes that belong to none.
        rows: So many were deleted.
        held_back: So many are old enough, and stay: what they add up to is not there.
        held_s: How long nobody else could write.
    """

    kind: RowClass | None
    rows: int
    held_back: int
    held_s: float


class RetentionRepository:
    """What of one history is too old."""

    def __init__(
        self,
        connections: Store,
        clock_s: Callable[[], float] = time.perf_counter,
        cache: AnswerCache | None = None,
    ) -> None:
        self._connections = connections
        self._cache: AnswerCache = NoCache() if cache is None else cache
        self._clock_s = clock_s
        self._rows_at_once: dict[str, int] = {}

    # ---------------------------------------------------------------- deleting

    def sweep(self, retention: Retention, now: datetime) -> Generator[Swept]:
        """Delete what is too old, a small step each time the next value is asked for.

        Whoever asks rests in between, so that others can write, and may stop at any time. What
        is there is never worse for it: samples go before their minutes, and minutes before
        their hours.

        Args:
            retention: How long what is kept.
            now: The present moment.

        Raises:
            StorageError: The step was not done; those before it were.
        """
        for shelf in SHELVES:
            limit = kept_from(shelf.kind, retention, now)
            if limit is not None:
                yield from self._sweep_shelf(shelf, shelf.before(limit))
                self._cache.invalidate(About(None, 0, to_ms(limit) // MINUTE_MS))
        yield from self._sweep_notes(retention, now)

    def _sweep_shelf(self, shelf: Shelf, limit: int) -> Iterator[Swept]:
        refusals = 0
        for owner, oldest in self._with_old_rows(shelf, limit):
            first = oldest
            while first < limit:
                stop = self._stop_of_step(shelf, owner, first, limit)
                try:
                    step = self._delete(shelf, owner, first, stop)
                except DatabaseBusy:
                    # Recording comes first. After a rest it is tried again, but not for ever.
                    refusals += 1
                    if refusals > _MOST_REFUSALS:
                        raise
                    yield Swept(shelf.kind, 0, 0, 0.0)
                    continue
                if step is None:
                    return  # another workstation keeps house
                yield step
                first = stop

    def _with_old_rows(self, shelf: Shelf, limit: int) -> list[tuple[int, int]]:
        """Return whose rows are too old, and the oldest key of each."""
        found = []
        with self._connections.reading() as connection:
            for owner in connection.execute(shelf.owners()).scalars().all():
                oldest = _edge(connection, shelf, owner, is_newest=False)
                if oldest is not None and oldest < limit:
                    found.append((owner, oldest))
        return found

    def _stop_of_step(self, shelf: Shelf, owner: int, first: int, limit: int) -> int:
        """Return the key before which the step ends that begins at another key."""
        rows = self._rows_at_once.get(shelf.table.name, _FIRST_ROWS)
        query = (
            select(shelf.key)
            .where(shelf.owner == owner, shelf.key >= first, shelf.key < limit)
            .order_by(shelf.key)
            .limit(1)
            .offset(rows)
        )
        with self._connections.reading() as connection:
            stop = connection.execute(query).scalar()
        # Several rows may have one key: people who passed a line at one moment.
        return limit if stop is None else max(stop, first + 1)

    def _delete(self, shelf: Shelf, owner: int, first: int, stop: int) -> Swept | None:
        where = (shelf.owner == owner, shelf.key >= first, shelf.key < stop)
        statement = delete(shelf.table).where(*where)
        is_rolled_up = shelf.is_rolled_up()
        held_back = 0
        with self._connections.writing(_SAVE_WAIT_S, beside=True) as connection:
            began_s = self._clock_s()
            if not _is_keeper(connection):
                return None
            if is_rolled_up is not None:
                statement = statement.where(is_rolled_up)
            rows = connection.execute(statement).rowcount
            if is_rolled_up is not None:
                left = select(func.count()).select_from(shelf.table).where(*where)
                held_back = connection.execute(left).scalar_one()
        held_s = self._clock_s() - began_s
        self._adapt(shelf.table.name, rows, held_s)
        if held_back:
            log.debug(
                "%d rows of %s stay: their minutes are not there", held_back, shelf.table.name
            )
        return Swept(shelf.kind, rows, held_back, held_s)

    def _adapt(self, name: str, rows: int, held_s: float) -> None:
        """Make the next step smaller or larger, by how long this one took."""
        at_once = self._rows_at_once.get(name, _FIRST_ROWS)
        if held_s > WANTED_S:
            at_once = max(_FEWEST_ROWS, at_once // 2)
        elif held_s < WANTED_S / 2 and rows >= at_once:
            at_once = min(_MOST_ROWS, at_once * 3 // 2)
        self._rows_at_once[name] = at_once

    def _sweep_notes(self, retention: Retention, now: datetime) -> Generator[Swept]:
        """Delete what belongs to no class: old states, and what counted long ago."""
        limit = kept_from(RowClass.SAMPLES, retention, now)
        if limit is not None:
            yield from self._note_step(_drop_models, to_ms(limit))
        limit = kept_from(RowClass.HOURS, retention, now)
        if limit is not None:
            yield from self._note_step(_drop_states, to_ms(limit))

    def _note_step(self, drop: Callable[[Connection, int], int], before: int) -> Iterator[Swept]:
        with self._connections.writing(_SAVE_WAIT_S, beside=True) as connection:
            began_s = self._clock_s()
            if not _is_keeper(connection):
                return
            rows = drop(connection, before)
        yield Swept(None, rows, 0, self._clock_s() - began_s)

    # ---------------------------------------------------------------- counting

    def outdated(self, retention: Retention, now: datetime) -> tuple[dict[RowClass, int], int]:
        """Return about how many rows of each class are too old, and the room they take, bytes.

        Rows of one camera are counted up to a limit; beyond it their number is estimated from
        the time that they span.

        Raises:
            StorageError: The history cannot be read.
        """
        rows: dict[RowClass, int] = {}
        room = 0
        for shelf in SHELVES:
            moment = kept_from(shelf.kind, retention, now)
            if moment is None:
                continue
            count = self._about(shelf, shelf.before(moment))
            room += count * shelf.row_bytes
            if count:
                rows[shelf.kind] = rows.get(shelf.kind, 0) + count
        return rows, room

    def stock(self) -> dict[RowClass, tuple[int, datetime]]:
        """Return about how many rows of each class there are, and the oldest moment of each.

        Raises:
            StorageError: The history cannot be read.
        """
        found: dict[RowClass, tuple[int, datetime]] = {}
        for shelf in SHELVES:
            with self._connections.reading() as connection:
                for owner in connection.execute(_everybody(shelf).owners()).scalars().all():
                    oldest = _edge(connection, shelf, owner, is_newest=False)
                    if oldest is None:
                        continue
                    rows = _rows_below(connection, shelf, owner, oldest, None)
                    moment = shelf.at(oldest)
                    before, first = found.get(shelf.kind, (0, moment))
                    found[shelf.kind] = (before + rows, min(first, moment))
        return found

    def _about(self, shelf: Shelf, limit: int) -> int:
        rows = 0
        for owner, oldest in self._with_old_rows(shelf, limit):
            with self._connections.reading() as connection:
                rows += _rows_below(connection, shelf, owner, oldest, limit)
        return rows


def _everybody(shelf: Shelf) -> Shelf:
    """Return the shelf as it is for counting, where nothing has to be built first."""
    return Shelf(shelf.kind, shelf.table, shelf.unit_ms, shelf.row_bytes)


def _edge(connection: Connection, shelf: Shelf, owner: int, *, is_newest: bool) -> int | None:
    """Return the oldest or newest key of an owner; None without rows."""
    edge = func.max(shelf.key) if is_newest else func.min(shelf.key)
    found: int | None = connection.execute(select(edge).where(shelf.owner == owner)).scalar()
    return found


def _rows_below(
    connection: Connection, shelf: Shelf, owner: int, oldest: int, limit: int | None
) -> int:
    """Return about how many rows an owner has below a limit, None for all."""
    where = [shelf.owner == owner]
    if limit is not None:
        where.append(shelf.key < limit)
    some = select(shelf.key).where(*where).order_by(shelf.key).limit(_COUNTED_AT_MOST).subquery()
    rows, last = connection.execute(
        select(func.count(), func.max(some.c[0])).select_from(some)
    ).one()
    newest = _edge(connection, shelf, owner, is_newest=True)
    if rows < _COUNTED_AT_MOST or last is None or newest is None or last <= oldest:
        return int(rows)
    end = newest if limit is None else min(limit, newest)
    estimate: int = round(rows * (end - oldest) / (last - oldest))
    return max(int(rows), estimate)


def _is_keeper(connection: Connection) -> bool:
    """Tell whether this transaction keeps house: on a server, one at a time does."""
    if connection.dialect.name != "postgresql":
        return True
    lock = select(func.pg_try_advisory_xact_lock(_OTHER_KEEPER))
    return bool(connection.execute(lock).scalar())


def _drop_models(connection: Connection, before: int) -> int:
    """Delete what counted before the oldest sample, but the last of each workstation."""
    newest = (
        select(counted_by.c.workstation, func.max(counted_by.c.ts).label("ts"))
        .where(counted_by.c.ts < before)
        .group_by(counted_by.c.workstation)
        .subquery()
    )
    held = select(newest.c.ts).where(newest.c.workstation == counted_by.c.workstation)
    older = delete(counted_by).where(counted_by.c.ts < held.scalar_subquery())
    return int(connection.execute(older).rowcount)


def _drop_states(connection: Connection, before: int) -> int:
    """Delete how cameras were before the oldest hour, but the last word on each."""
    rows = 0
    for table in STATES:
        # Another word for the same row: the table is asked about itself.
        other = table.alias()
        same = [other.c.camera_id == table.c.camera_id]
        if "notice" in table.c:
            same.append(other.c.notice == table.c.notice)
        newest = select(func.max(other.c.ts)).where(*same, other.c.ts < before)
        older = delete(table).where(table.c.ts < newest.scalar_subquery())
        rows += int(connection.execute(older).rowcount)
    return rows
