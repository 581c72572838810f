"""What counted people from which moment on: written when it changes, read to prove a number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from camwatch.data.dialect import upsert
from camwatch.data.moments import from_ms, to_ms
from camwatch.data.schema import counted_by
from camwatch.data.store import Store


@dataclass(frozen=True, slots=True)
class CountedBy:
    """What counted people at one workstation from a moment on.

    Attributes:
        at: UTC.
        model: Its name; "" if nothing counted.
        runtime: What ran it; "" likewise.
        precision: What it computed in, such as "int8"; "" if that is not known.
        threshold: Lowest score that counted, where a view has none of its own; None if it is not
            known.
        workstation: Which one.
    """

    at: datetime
    model: str
    runtime: str = ""
    precision: str = ""
    threshold: float | None = None
    workstation: int = 0


class CountedByRepository:
    """What counted in one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def add(self, fact: CountedBy) -> None:
        """Store what counts from a moment on; the same once more changes nothing.

        Raises:
            StorageError: It is not stored.
        """
        row = {
            "workstation": fact.workstation,
            "ts": to_ms(fact.at),
            "model": fact.model[:64],
            "details": json.dumps(
                {
                    "runtime": fact.runtime,
                    "precision": fact.precision,
                    "threshold": fact.threshold,
                }
            ),
        }
        with self._connections.writing() as connection:
            connection.execute(upsert(connection, counted_by).on_conflict_do_nothing(), row)

    def at(self, moment: datetime, workstation: int = 0) -> CountedBy | None:
        """Return what counted at a moment; None if that is not known.

        Raises:
            StorageError: It cannot be read.
        """
        query = (
            select(counted_by)
            .where(counted_by.c.workstation == workstation, counted_by.c.ts <= to_ms(moment))
            .order_by(counted_by.c.ts.desc())
            .limit(1)
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _fact(row)


def _fact(row: Row[Any]) -> CountedBy:
    details = json.loads(row.details)
    return CountedBy(
        from_ms(row.ts),
        row.model,
        details.get("runtime") or "",
        details.get("precision") or "",
        details.get("threshold"),
        row.workstation,
    )
