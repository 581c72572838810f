"""Writes the audit log."""

from __future__ import annotations

import logging

from camwatch.data.audit import AuditRepository
from camwatch.errors import StorageError

log = logging.getLogger(__name__)

DONE = "done"
FAILED = "failed"
DENIED = "denied"
LOCKED = "locked"
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

    def try_to_record(
        self, actor: str, action: str, target: str, result: str, **details: str
    ) -> None:
        """Write an entry about something that is refused or over in any case."""
        try:
            self.record(actor, action, target, result, **details)
        except StorageError as error:
            log.error("%s by %s (%s) is not in the audit log: %s", action, actor, result, error)  # noqa: TRY400
