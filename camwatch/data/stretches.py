"""Stretches of time that the database adds up, in a temporary table of the connection."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Connection, insert

from camwatch.data.moments import MINUTE_MS
from camwatch.data.schema import stretch


def put_stretches(connection: Connection, edges: Sequence[int]) -> None:
    """Put the stretches between limits into the table `stretch`, numbered from 0.

    Grouping by them in the order of their key takes half the time of grouping by a computed
    number, which has to be sorted.

    Args:
        connection: One for reading, whose transaction has put none yet.
        edges: Milliseconds since 1970 UTC, ascending; a part of a minute belongs to the
            stretch before it.
    """
    minutes = [-(-edge // MINUTE_MS) for edge in edges]
    connection.execute(
        insert(stretch),
        [
            {"index": index, "first": first, "stop": stop}
            for index, (first, stop) in enumerate(pairwise(minutes))
        ],
    )
