"""Who did what: rows are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection, bindparam, func, insert, select, update

from camwatch.data.audit_chain import START, Link, Mark, NoSealer, Seal, Sealer
from camwatch.data.audit_rows import (
    distinct_in,
    entry_of,
    entry_query,
    links_in,
    matching,
    newest_number,
    remember_number,
)
from camwatch.data.moments import from_ms, to_ms
from camwatch.data.schema import audit
from camwatch.data.store import ReadingStore, Store
from camwatch.domain import AuditEntry

SEALED = "audit_sealed"
"""The action of the entry that says that entries of an older CamWatch were sealed."""
BREAK_FOUND = "audit_break_found"
"""The action of the entry that says that the log is not the one it was."""

_SYSTEM = "system"
_DONE = "done"
_FOUND = "failed"
_NO_DETAILS: Mapping[str, str] = MappingProxyType({})
_SEALED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One entry to be added; see `AuditRepository.append` for its parts."""

    actor: str
    action: str
    target: str
    result: str
    details: Mapping[str, str]


class EntryFilter(Protocol):
    """Which entries are wanted: those that fit all of it; see `camwatch.auth.accounts`."""

    @property
    def text(self) -> str:
        """Stands anywhere in an entry, in capitals or not; "" for any."""

    @property
    def actions_of_text(self) -> tuple[str, ...]:
        """Actions that fit the text as well."""

    @property
    def actor(self) -> str:
        """Who; "" for anybody."""

    @property
    def action(self) -> str:
        """What; "" for anything."""

    @property
    def result(self) -> str:
        """How it went; "" for any."""

    @property
    def start(self) -> datetime | None:
        """First moment, UTC."""

    @property
    def end(self) -> datetime | None:
        """The moment after the last, UTC."""


class AuditReader:
    """Reads the audit log of one history, which may be of an older CamWatch."""

    def __init__(self, connections: ReadingStore) -> None:
        self._readers = connections

    def newest(self, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
        """Return one page of entries, newest first.

        Args:
            limit: At most so many, 1 to 1000.
            before: `seq` of the last entry of the page before; None for the first page.

        Raises:
            ValueError: limit is not from 1 to 1000.
            StorageError: The log cannot be read.
        """
        return self.find(None, limit, before=before)

    def find(
        self,
        wanted: EntryFilter | None,
        limit: int = 100,
        *,
        before: int | None = None,
        after: int | None = None,
    ) -> list[AuditEntry]:
        """Return one page of the entries that fit.

        Args:
            wanted: Which ones; None for all.
            limit: At most so many, 1 to 1000.
            before: Only older ones than this `seq`, newest first.
            after: Only newer ones than this `seq`, oldest first.

        Raises:
            ValueError: limit is not from 1 to 1000.
            StorageError: The log cannot be read.
        """
        if not 1 <= limit <= 1000:
            raise ValueError(f"limit: {limit}")
        query = entry_query().limit(limit)
        if wanted is not None:
            query = query.where(*matching(wanted))
        if before is not None:
            query = query.where(audit.c.seq < before)
        if after is not None:
            query = query.where(audit.c.seq > after)
        query = query.order_by(audit.c.seq.desc() if after is None else audit.c.seq)
        with self._readers.reading() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def kinds(self) -> tuple[list[str], list[str], list[str]]:
        """Return which actors, actions and results there are, each by name.

        Raises:
            StorageError: The log cannot be read.
        """
        with self._readers.reading() as connection:
            return (
                distinct_in(connection, "actor"),
                distinct_in(connection, "action"),
                distinct_in(connection, "result"),
            )

    def links(self, after: int, limit: int = 2000) -> list[Link]:
        """Return one page of rows exactly as they are stored, oldest first.

        Args:
            after: Only rows after this `seq`.
            limit: At most so many.

        Raises:
            StorageError: The log cannot be read.
        """
        with self._readers.reading() as connection:
            return links_in(connection, after, limit)

    def newest_number(self) -> int:
        """Return the highest number that an entry ever had here, as the database remembers it.

        Raises:
            StorageError: The log cannot be read.
        """
        with self._readers.reading() as connection:
            return newest_number(connection)


class AuditRepository(AuditReader):
    """The audit log of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(connections)
        self._connections = connections
        self._clock = clock
        self._sealer: Sealer = NoSealer()
        self._computer = ""

    def seal_with(self, sealer: Sealer, computer: str = "") -> None:
        """Seal what is added from now on.

        Args:
            sealer: Gives the key, and keeps the head of the log outside of the history.
            computer: On which computer things are done.
        """
        self._sealer = sealer
        self._computer = computer

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
        """Add entries of now, all or none, each linked to the one before.

        What does not fit what is known of the log outside of it is not hidden by going
        on: an entry that says so comes first.

        Raises:
            StorageError: None is written; what was to be done must not be done then.
        """
        if not entries:
            return
        seal = self._sealer.seal()
        with self._connections.writing() as connection:
            # Other processes add entries, too: the newest is known only under the lock.
            newest, number = _newest(connection), newest_number(connection)
            remember_number(connection, number)
            trouble = self._sealer.check(seal, newest, lambda seq: _mark_at(connection, seq))
            first: list[NewEntry] = []
            if newest is START and number:
                count, newest = _seal_old(connection, seal)
                if count:
                    first.append(NewEntry(_SYSTEM, SEALED, "", _DONE, {"count": str(count)}))
            if trouble is not None:
                first.append(NewEntry(_SYSTEM, BREAK_FOUND, "", _FOUND, trouble))
            # Numbers are never used twice, so that a gap tells of rows that were removed.
            newest = self._add(connection, seal, replace(newest, seq=number), [*first, *entries])
        self._sealer.appended(seal, newest)

    def _add(
        self, connection: Connection, seal: Seal, newest: Mark, entries: Sequence[NewEntry]
    ) -> Mark:
        now_ms = to_ms(self._clock())
        rows = []
        for entry in entries:
            link, newest = _sealed(
                seal,
                newest,
                Link(
                    newest.seq + 1,
                    now_ms,
                    entry.actor,
                    entry.action,
                    entry.target,
                    entry.result,
                    # Always the same text for the same facts.
                    json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True),
                    self._computer,
                ),
            )
            rows.append(_stored(link))
        connection.execute(insert(audit), rows)
        return newest


def _sealed(seal: Seal, newest: Mark, link: Link) -> tuple[Link, Mark]:
    """Link a row to the one before; return it, and its mark."""
    link = replace(link, key_id=seal.key_id, previous=newest.mac)
    link = replace(link, mac=seal.mac(link.sealed_text()))
    return link, Mark(link.seq, link.key_id, link.mac)


def _stored(link: Link) -> dict[str, Any]:
    return {
        "seq": link.seq,
        "at": from_ms(link.at_ms),
        "actor": link.actor,
        "action": link.action,
        "target": link.target,
        "result": link.result,
        "details": link.details,
        "computer": link.computer,
        "key_id": link.key_id,
        "previous": link.previous,
        "mac": link.mac,
    }


_MARK = select(audit.c.seq, audit.c.key_id, audit.c.mac)
_NEWEST = _MARK.order_by(audit.c.seq.desc()).limit(1)
_ANY_SEALED = select(func.count()).select_from(
    select(audit.c.seq).where(audit.c.mac != "").limit(1).subquery()
)


def _newest(connection: Connection) -> Mark:
    """Return the newest row, `START` if there is none, or none was ever sealed."""
    row = connection.execute(_NEWEST).first()
    if row is None:
        return START
    if not row.mac and not connection.scalar(_ANY_SEALED):
        return START
    return Mark(*row)


def _mark_at(connection: Connection, seq: int) -> Mark | None:
    row = connection.execute(_MARK.where(audit.c.seq == seq)).first()
    return None if row is None else Mark(*row)


_SEAL_ROW = (
    update(audit)
    .where(audit.c.seq == bindparam("which"))
    .values(
        key_id=bindparam("new_key_id"),
        previous=bindparam("new_previous"),
        mac=bindparam("new_mac"),
    )
)


def _seal_old(connection: Connection, seal: Seal) -> tuple[int, Mark]:
    """Seal the rows of an older CamWatch; return how many, and the newest."""
    count, newest = 0, START
    while links := links_in(connection, newest.seq, _SEALED_AT_ONCE):
        changes = []
        for link in links:
            sealed, newest = _sealed(seal, newest, link)
            changes.append(
                {
                    "which": sealed.seq,
                    "new_key_id": sealed.key_id,
                    "new_previous": sealed.previous,
                    "new_mac": sealed.mac,
                }
            )
        connection.execute(_SEAL_ROW, changes)
        count += len(links)
    return count, newest
