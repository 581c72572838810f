"""Who did what: rows are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, insert, select

from camwatch.data.connections import Connections
from camwatch.data.schema import audit
from camwatch.domain import AuditEntry

_NO_DETAILS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One entry to be added; see `AuditRepository.append` for its parts."""

    actor: str
    action: str
    target: str
    result: str
    details: Mapping[str, str]


class AuditRepository:
    """The audit log of one history."""

    def __init__(self, connections: Connections, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def append(
        self,
        actor: str,
        action: str,
        target: str,
        result: str,
        details: Mapping[str, str] = _NO_DETAILS,
    ) -> None:
        """Add one entry, of now.

        Args:
            actor: Name of the operator, or "system".
            action: What was done, such as "camera.add".
            target: To which thing.
            result: How it went, such as "done" or "denied".
            details: More facts; never a secret.

        Raises:
            StorageError: It is not written; what was to be done must not be done then.
        """
        self.append_all([NewEntry(actor, action, target, result, details)])

    def append_all(self, entries: Sequence[NewEntry]) -> None:
        """Add entries of now, all or none.

        Raises:
            StorageError: None is written; what was to be done must not be done then.
        """
        now = self._clock()
        rows = [
            {
                "at": now,
                "actor": entry.actor,
                "action": entry.action,
                "target": entry.target,
                "result": entry.result,
                # Always the same text for the same facts, so that it can be signed one day.
                "details": json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True),
            }
            for entry in entries
        ]
        with self._connections.writing() as connection:
            connection.execute(insert(audit), rows)

    def newest(self, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """Return one page of entries, newest first.

        Args:
            limit: At most so many, 1 to 1000.
            before: `seq` of the last entry of the page before; None for the first page.

        Raises:
            ValueError: limit is not from 1 to 1000.
            StorageError: The log cannot be read.
        """
        if not 1 <= limit <= 1000:
            raise ValueError(f"limit: {limit}")
        query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.seq < before)
        with self._connections.reading() as connection:
            return [_entry(row) for row in connection.execute(query)]


def _entry(row: Row[Any]) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        target=row.target,
        result=row.result,
        details=json.loads(row.details),
    )
