"""Stretches of time that the database adds up, in a temporary table of the connection."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    cast,
    delete,
    func,
    insert,
    select,
    text,
)

from camwatch.data.cuts import minutes_of
from camwatch.data.dialect import is_postgresql
from camwatch.data.schema import stretch

_FROM_LISTS = text(
    "INSERT INTO stretch (index, first, stop) "
    "SELECT number - 1, first, stop FROM unnest(CAST(:firsts AS bigint[]), "
    "CAST(:stops AS bigint[])) WITH ORDINALITY AS lists (first, stop, number)"
)


def put_stretches(connection: Connection, edges: Sequence[int]) -> None:
    """Put the stretches between limits into the table `stretch`, numbered from 0.

    Grouping by them in the order of their key takes half the time of grouping by a computed
    number, which has to be sorted.

    Args:
        connection: One for reading; the stretches of an earlier question are taken out.
        edges: Milliseconds since 1970 UTC, ascending; a part of a minute belongs to the
            stretch before it.
    """
    minutes = minutes_of(edges)
    connection.execute(delete(stretch))
    if is_postgresql(connection):
        # One statement with two lists: single rows would each be an answer to wait for.
        connection.execute(_FROM_LISTS, {"firsts": minutes[:-1], "stops": minutes[1:]})
        return
    connection.execute(
        insert(stretch),
        [
            {"index": index, "first": first, "stop": stop}
            for index, (first, stop) in enumerate(pairwise(minutes))
        ],
    )


def numbered(at: ColumnElement[int]) -> tuple[ColumnElement[int], ColumnElement[bool]]:
    """Return the number of the stretch in which a minute lies, and whether it lies in any.

    For PostgreSQL: it knows nothing of how few rows lie in a stretch, and would look at all pairs
    of them. So it searches the limits instead.
    """
    # Loaded only for a server.
    from sqlalchemy.dialects.postgresql import aggregate_order_by  # noqa: PLC0415

    first = cast(stretch.c.first, BigInteger)
    limits = select(func.array_agg(aggregate_order_by(first, stretch.c.index))).scalar_subquery()
    inside = and_(
        at >= select(func.min(stretch.c.first)).scalar_subquery(),
        at < select(func.max(stretch.c.stop)).scalar_subquery(),
    )
    return func.width_bucket(cast(at, BigInteger), limits) - 1, inside
