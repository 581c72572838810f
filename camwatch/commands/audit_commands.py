"""Commands about the audit log."""

from __future__ import annotations

from pathlib import Path

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.domain import AuditEntry


class AuditCommands:
    """Commands about the audit log, mixed into `Commands`, whose errors they share."""

    guard: Guard

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
        raise NotImplementedError

    @needs(Permission.VIEW_AUDIT, fresh=True)
    def export_audit(self, session: Session, query: AuditQuery, file: Path) -> int:
        """Write the entries that fit to a CSV file, oldest first; return how many.

        Raises:
            FilesTroubled: It cannot be written; nothing is left of it.
        """
        raise NotImplementedError
