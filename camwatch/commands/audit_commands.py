"""Commands about the audit log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.audit_check import AuditCheck
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.audit_export import export_entries
from camwatch.commands.audit_keeper import AuditKeeper, verify_profile
from camwatch.commands.guard import Guard, needs
from camwatch.commands.trail import Trail
from camwatch.data.audit import AuditRepository
from camwatch.domain import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditKinds:
    """What one can choose from when searching the audit log, each by name."""

    actors: tuple[str, ...]
    actions: tuple[str, ...]
    results: tuple[str, ...]


class AuditCommands:
    """Commands about the audit log, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _audit_log: AuditRepository
    _audit_keeper: AuditKeeper | None
    _audit_trail: Trail
    _audit_clock: Callable[[], datetime]

    def _init_audit(
        self,
        audit: AuditRepository,
        keeper: AuditKeeper | None,
        trail: Trail,
        clock: Callable[[], datetime],
    ) -> None:
        self._audit_log = audit
        self._audit_keeper = keeper
        self._audit_trail = trail
        self._audit_clock = clock

    @needs(Permission.VIEW_AUDIT)
    def find_audit_entries(
        self, session: Session, query: AuditQuery, limit: int = 200, before: int | None = None
    ) -> list[AuditEntry]:
        """Return one page of the entries that fit, newest first.

        Args:
            session: Who asks.
            query: Which ones.
            limit: At most so many, 1 to 1000.
            before: `seq` of the last entry of the page before; None for the first page.
        """
        del session
        return self._audit_log.find(query, limit, before=before)

    @needs(Permission.VIEW_AUDIT)
    def audit_kinds(self, session: Session) -> AuditKinds:
        """Return who did anything so far, what was done, and how it went."""
        del session
        return AuditKinds(*map(tuple, self._audit_log.kinds()))

    @needs(Permission.VIEW_AUDIT)
    def verify_audit(self, session: Session) -> AuditCheck:
        """Check whether the log is the one that was written. Takes seconds when it is long.

        Each entry, each link from one to the next, and what is known of the newest one
        outside of the history.
        """
        del session
        if self._audit_keeper is None:
            return verify_profile(self._audit_log, None, None, self._audit_clock)
        return self._audit_keeper.verify()

    @needs(Permission.VIEW_AUDIT, fresh=True)
    def export_audit(self, session: Session, query: AuditQuery, file: Path) -> int:
        """Write the entries that fit to a CSV file, oldest first; return how many.

        Entries that are added meanwhile are left out, also the one about this.

        Raises:
            FilesDiskFull: There is no room; the file is as before.
            FilesTroubled: It cannot be written; nothing is left of it.
        """
        return export_entries(self._audit_log, self._audit_trail, session.actor, query, file)
