"""Moves a history from one database to another, and compares the two in the end."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from camwatch.data import postgres_upgrade
from camwatch.data.moving.ends import Source, reading
from camwatch.data.moving.tables import MovedTable, moved_tables
from camwatch.data.moving.targets import Target, writing
from camwatch.data.server_address import ServerAddress
from camwatch.errors import GivenUp, StorageError
from camwatch.language import tr

log = logging.getLogger(__name__)

_ROWS_AT_ONCE = 10_000
_SMALL = 20_000
"""Tables of so many rows are compared row by row, larger ones by count and sums."""

Progress = Callable[[int, int, str], None]
"""Is told how many rows are done, of how many, and of which table."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved.

    Attributes:
        tables: Names and rows of all tables with something in them.
        resumed_rows: So many were there already when it was gone on with.
        seconds: How long it took, the comparison included.
    """

    tables: tuple[tuple[str, int], ...]
    resumed_rows: int
    seconds: float

    @property
    def rows(self) -> int:
        """How many rows the history has."""
        return sum(rows for _, rows in self.tables)


def move_history(
    source: Path | ServerAddress,
    target: Path | ServerAddress,
    *,
    progress: Progress = lambda _done, _total, _table: None,
    is_given_up: Callable[[], bool] = lambda: False,
) -> Moved:
    """Copy a history; the source stays as it is.

    What was broken off, however that was, is gone on with when it is called again with the same
    two places. Until all of it is there and was compared, no CamWatch opens the target.

    Args:
        source: Has the present schema; nobody changes it meanwhile.
        target: Empty, or not there.
        progress: Told after each piece.
        is_given_up: Asked between pieces.

    Raises:
        GivenUp: As asked for; it can be gone on with.
        StorageError: One of them cannot be read or written, the target holds another history,
            or they differ in the end.
    """
    started_s = time.monotonic()
    tables = moved_tables()
    with reading(source) as origin:
        if origin.schema() != postgres_upgrade.head():
            raise StorageError(
                tr(
                    "{place} has the schema {schema} and not {head}; "
                    "let this CamWatch open it once, which brings it up to date",
                    place=origin.place,
                    schema=origin.schema(),
                    head=postgres_upgrade.head(),
                )
            )
        with writing(target, tables) as goal:
            _check_whose(origin, goal)
            rows = {table.name: origin.count(table) for table in tables}
            done = _Counted(progress, sum(rows.values()))
            resumed = sum(goal.filled.count(table) for table in tables)
            done.add(resumed, "")
            for table in tables:
                _copy(origin, goal, table, done, is_given_up)
            _compare(origin, goal.filled, tables)
            goal.finish(origin.next_numbers())
    there = tuple((name, count) for name, count in rows.items() if count)
    return Moved(there, resumed, time.monotonic() - started_s)


class _Counted:
    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, rows: int, table: str) -> None:
        self._done += rows
        self._progress(self._done, self._total, table)


def _check_whose(origin: Source, goal: Target) -> None:
    whose, present = origin.whose(), goal.whose()
    if present is None:
        goal.begin(whose)
    elif present != whose:
        raise StorageError(
            tr(
                "another history was being moved to {place}; go on with that one, or empty it",
                place=goal.place,
            )
        )


def _copy(
    origin: Source,
    goal: Target,
    table: MovedTable,
    done: _Counted,
    is_given_up: Callable[[], bool],
) -> None:
    key, is_done = goal.reached(table)
    while not is_done:
        if is_given_up():
            raise GivenUp
        rows = origin.rows_after(table, key, _ROWS_AT_ONCE)
        is_done = len(rows) < _ROWS_AT_ONCE
        goal.add(table, rows, is_done=is_done)
        if rows:
            key = table.key_of(rows[-1])
        done.add(len(rows), table.name)


def _compare(origin: Source, filled: Source, tables: Sequence[MovedTable]) -> None:
    """Compare counts and sums of all tables, and each row of small ones.

    Raises:
        StorageError: They differ.
    """
    for table in tables:
        sums = origin.sums(table)
        is_same = sums == filled.sums(table)
        if is_same and sums[0] <= _SMALL:
            is_same = origin.digest(table) == filled.digest(table)
        if not is_same:
            raise StorageError(
                tr(
                    "The table {name} differs after it was moved: the history was changed "
                    "while that was broken off, or a disk fails. Move it once more to an empty place",
                    name=table.name,
                )
            )
        log.info("%s: %d rows are the same", table.name, sums[0])
