"""Writes the audit log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from camwatch.data.audit import AuditRepository, NewEntry
from camwatch.errors import StorageError

log = logging.getLogger(__name__)

DONE = "done"
FAILED = "failed"
DENIED = "denied"
LOCKED = "locked"
PENDING = "pending"
"""The password was right, and another step of signing in is needed."""
ALARM = "alarm"
SYSTEM = "system"
"""The actor of what the program does by itself."""
ANONYMOUS = "anonymous"
"""The actor of what nobody who is signed in did."""


class Trail:
    """The audit log, as the commands write it."""

    def __init__(self, audit: AuditRepository) -> None:
        self._audit = audit

    def record(self, actor: str, action: str, target: str, result: str, **details: str) -> None:
        """Write an entry.

        Raises:
            StorageError: It is not written; the caller undoes what it did, or does not do it.
        """
        self._audit.append(actor, action, target, result, details)

    def record_all(
        self, actor: str, action: str, result: str, facts: Sequence[tuple[str, Mapping[str, str]]]
    ) -> None:
        """Write an entry for each of several things, all or none.

        Args:
            actor: Who did it.
            action: The same for all.
            result: The same for all.
            facts: Each thing's name, and its details; at least one.

        Raises:
            StorageError: None is written; see `record`.
        """
        self._audit.append_all(
            [NewEntry(actor, action, target, result, details) for target, details in facts]
        )

    def try_to_record(
        self, actor: str, action: str, target: str, result: str, **details: str
    ) -> None:
        """Write an entry about something that is refused or over in any case."""
        try:
            self.record(actor, action, target, result, **details)
        except StorageError as error:
            log.error("%s by %s (%s) is not in the audit log: %s", action, actor, result, error)  # noqa: TRY400
