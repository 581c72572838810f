"""Files and reports of the history."""

from __future__ import annotations

import threading
from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.camera_bulk import Progress
from camwatch.commands.guard import Guard, needs
from camwatch.history.exports import ExportPreview, ExportRequest
from camwatch.history.reports import Report, ReportPlan, ReportPlanStatus, ReportRequest


class ExportCommands:
    """Commands about files and reports, mixed into `Commands`, whose errors they share."""

    guard: Guard

    @needs(Permission.EXPORT_HISTORY)
    def preview_export(
        self, session: Session, request: ExportRequest, file: Path | None
    ) -> ExportPreview:
        """Tell what an export would write, and whether there is room for it.

        Raises:
            InvalidSetting: The stretch of time is empty, or has too many buckets.
        """
        raise NotImplementedError

    @needs(Permission.EXPORT_HISTORY, fresh=True)
    def export_history(
        self,
        session: Session,
        request: ExportRequest,
        file: Path,
        progress: Progress,
        cancelled: threading.Event,
    ) -> int:
        """Write the history into a file, beside it first, and renamed when it is whole.

        Args:
            session: Who asks.
            request: What.
            file: Where; an older one is replaced at the end.
            progress: Told of rows done and rows in all.
            cancelled: Set to give up.

        Returns:
            How many rows.

        Raises:
            InvalidSetting: As `preview_export`, or the kind of file needs a package that is
                not there.
            GivenUp: It was cancelled; no file was changed.
            FilesTroubled: The file cannot be written; no file was changed.
        """
        raise NotImplementedError

    @needs(Permission.VIEW_COUNTS)
    def report(self, session: Session, request: ReportRequest) -> Report:
        """Put a report together.

        Raises:
            NotFound: There is no such site or camera.
        """
        raise NotImplementedError

    @needs(Permission.EXPORT_HISTORY)
    def report_plans(self, session: Session) -> list[ReportPlanStatus]:
        """Return the reports that are sent by themselves, by name."""
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def save_report_plan(self, session: Session, plan: ReportPlan) -> ReportPlan:
        """Store a plan.

        Raises:
            InvalidSettings: With every refused field.
            ChangedMeanwhile: Somebody else changed it.
        """
        raise NotImplementedError

    @needs(Permission.MANAGE_CHANNELS)
    def remove_report_plan(self, session: Session, uid: str) -> None:
        """Remove a plan.

        Raises:
            NotFound: There is none of this uid.
        """
        raise NotImplementedError
