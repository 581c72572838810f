"""Stores who passed lines and gates and who was in the zones, with what it adds up to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection

from camwatch.data.dialect import upsert
from camwatch.data.many import Row
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.rolling import PASSED, STOOD, Rolling
from camwatch.data.schema import passage
from camwatch.domain import Passage, Sample


def add_places(
    connection: Connection, rows: Iterable[tuple[int, int, Sample]], rolling: Rolling
) -> None:
    """Add new samples to the minutes of their zones, and to the watched time of their lines.

    Args:
        connection: One for writing.
        rows: Each with its milliseconds since 1970 and the milliseconds it stands for.
        rolling: What is added up to hours and days.
    """
    watched: dict[tuple[int, int], int] = defaultdict(int)
    zones: dict[tuple[int, int], Row] = {}
    for ts, interval_ms, sample in rows:
        at = ts // MINUTE_MS
        for place_id in sample.watched:
            watched[place_id, at] += interval_ms
        for place_id, count in sample.zones:
            new = (place_id, at, 1, count * interval_ms, interval_ms, count, count)
            known = zones.get((place_id, at))
            zones[place_id, at] = new if known is None else merge_stood(known, new)
    _add_passed(connection, {key: (0, 0, ms) for key, ms in watched.items()}, rolling)
    if zones:
        rolling.add(connection, STOOD, [zones[key] for key in sorted(zones)], merge_stood)


def merge_stood(one: Row, other: Row) -> Row:
    """Add up two rows of one zone and stretch."""
    place_id, at, samples, people_ms, covered_ms, lowest, highest = other
    return (
        place_id,
        at,
        one[2] + samples,
        one[3] + people_ms,
        one[4] + covered_ms,
        min(one[5], lowest),
        max(one[6], highest),
    )


def _merge_passed(one: Row, other: Row) -> Row:
    return (*one[:2], one[2] + other[2], one[3] + other[3], one[4] + other[4])


def add_passages(connection: Connection, passages: Sequence[Passage], rolling: Rolling) -> int:
    """Store passages and add the new ones to their minutes; return how many are new."""
    if not passages:
        return 0
    rows = {
        (one.place_id, to_ms(one.at), one.track): {
            "place_id": one.place_id,
            "ts": to_ms(one.at),
            "track": one.track,
            "is_inwards": one.is_inwards,
        }
        for one in passages
    }
    statement = (
        upsert(connection, passage)
        .on_conflict_do_nothing()
        .returning(passage.c.place_id, passage.c.ts, passage.c.is_inwards)
    )
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    new = connection.execute(statement, [rows[key] for key in sorted(rows)]).all()
    for place_id, ts, is_inwards in new:
        sums[place_id, ts // MINUTE_MS][0 if is_inwards else 1] += 1
    _add_passed(connection, {key: (n, m, 0) for key, (n, m) in sums.items()}, rolling)
    return len(new)


def _add_passed(
    connection: Connection,
    sums: Mapping[tuple[int, int], tuple[int, int, int]],
    rolling: Rolling,
) -> None:
    if sums:
        rows = [(*key, *sums[key]) for key in sorted(sums)]
        rolling.add(connection, PASSED, rows, _merge_passed)
