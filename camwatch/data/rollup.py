"""What samples add up to in a minute. Pure: from rows to rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, case

from camwatch.data.dialect import Upsert, upsert
from camwatch.data.moments import MINUTE_MS, to_ms
from camwatch.data.schema import minute
from camwatch.domain import Sample

IntRow = dict[str, int]
"""One row of a table of numbers: column name to value."""

_SUMS = ("samples", "count_sum", "people_ms", "covered_ms", "confidence_sum", "carried_ms")


def sample_row(sample: Sample) -> IntRow:
    """Return the row of table `sample`: milliseconds, microseconds, score per mille."""
    return {
        "camera_id": sample.camera_id,
        "ts": to_ms(sample.at),
        "count": sample.count,
        "confidence": round(sample.confidence * 1000),
        "processing_us": round(sample.processing_s * 1_000_000),
        # Never 0: the mean is weighted by it.
        "interval_ms": max(1, round(sample.interval_s * 1000)),
        "shown": sample.count if sample.shown is None else sample.shown,
        "is_carried": int(sample.is_carried),
        "is_flagged": int(sample.is_flagged),
    }


def minute_rows(rows: Iterable[IntRow]) -> list[IntRow]:
    """Add up rows of table `sample` to rows of table `minute`.

    A sample counts wholly for the minute in which its picture was taken.
    """
    sums: dict[tuple[int, int], IntRow] = {}
    for row in rows:
        at = row["ts"] // MINUTE_MS
        count, interval_ms = row["count"], row["interval_ms"]
        total = sums.get((row["camera_id"], at))
        if total is None:
            sums[row["camera_id"], at] = {
                "camera_id": row["camera_id"],
                "minute": at,
                "samples": 1,
                "count_sum": count,
                "count_min": count,
                "count_max": count,
                "people_ms": count * interval_ms,
                "covered_ms": interval_ms,
                "confidence_sum": row["confidence"],
                "carried_ms": interval_ms * row["is_carried"],
            }
            continue
        total["samples"] += 1
        total["count_sum"] += count
        total["count_min"] = min(total["count_min"], count)
        total["count_max"] = max(total["count_max"], count)
        total["people_ms"] += count * interval_ms
        total["covered_ms"] += interval_ms
        total["confidence_sum"] += row["confidence"]
        total["carried_ms"] += interval_ms * row["is_carried"]
    # In one order for all that write, so that two programs never wait for each other.
    return [sums[key] for key in sorted(sums)]


def add_to_minutes(connection: Connection) -> Upsert:
    """Return the statement that adds such a row to what is stored for its minute."""
    statement = upsert(connection, minute)
    new = statement.excluded
    # Not min(a, b), which PostgreSQL spells otherwise.
    changes = {name: minute.c[name] + new[name] for name in _SUMS}
    changes["count_min"] = case(
        (new.count_min < minute.c.count_min, new.count_min), else_=minute.c.count_min
    )
    changes["count_max"] = case(
        (new.count_max > minute.c.count_max, new.count_max), else_=minute.c.count_max
    )
    return statement.on_conflict_do_update(
        index_elements=[minute.c.camera_id, minute.c.minute], set_=changes
    )
