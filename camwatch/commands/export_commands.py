"""Files and reports of the history."""

from __future__ import annotations

import threading
from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.camera_bulk import Progress
from camwatch.commands.export_desk import ExportDesk
from camwatch.commands.guard import Guard, needs
from camwatch.commands.report_desk import Parts, ReportDesk
from camwatch.commands.report_plan_desk import ReportPlanDesk
from camwatch.errors import PermissionDenied
from camwatch.history.exports import ExportContent, ExportPreview, ExportRequest
from camwatch.history.reports import Report, ReportPlan, ReportPlanStatus, ReportRequest


class ExportCommands:
    """Commands about files and reports, mixed into `Commands`, whose errors they share."""

    guard: Guard
    report_plan_desk: ReportPlanDesk
    """What the worker that sends reports stands on; not for screens."""
    _export_desk: ExportDesk
    _report_desk: ReportDesk

    def _init_exports(
        self, exports: ExportDesk, reports: ReportDesk, plans: ReportPlanDesk
    ) -> None:
        self._export_desk = exports
        self._report_desk = reports
        self.report_plan_desk = plans

    @needs(Permission.EXPORT_HISTORY)
    def preview_export(
        self, session: Session, request: ExportRequest, file: Path | None
    ) -> ExportPreview:
        """Tell what an export would write, and whether there is room for it.

        Raises:
            InvalidSetting: The stretch of time is empty, or has too many buckets.
        """
        _check_states(session, request)
        return self._export_desk.preview(request, file)

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
        _check_states(session, request)
        return self._export_desk.export(session.actor, request, file, progress, cancelled)

    @needs(Permission.VIEW_COUNTS)
    def report(self, session: Session, request: ReportRequest) -> Report:
        """Put a report together.

        Raises:
            NotFound: There is no such site or camera.
        """
        parts = Parts(
            alerts=session.may(Permission.VIEW_ALERTS),
            accuracy=session.may(Permission.VIEW_ACCURACY),
        )
        return self._report_desk.make(request, session.actor, parts)

    @needs(Permission.EXPORT_HISTORY)
    def report_plans(self, session: Session) -> list[ReportPlanStatus]:
        """Return the reports that are sent by themselves, by name."""
        del session
        return self.report_plan_desk.plans()

    @needs(Permission.MANAGE_CHANNELS)
    def save_report_plan(self, session: Session, plan: ReportPlan) -> ReportPlan:
        """Store a plan.

        Raises:
            InvalidSettings: With every refused field.
            ChangedMeanwhile: Somebody else changed it.
        """
        return self.report_plan_desk.save(session.actor, plan)

    @needs(Permission.MANAGE_CHANNELS)
    def remove_report_plan(self, session: Session, uid: str) -> None:
        """Remove a plan.

        Raises:
            NotFound: There is none of this uid.
        """
        self.report_plan_desk.remove(session.actor, uid)

    @needs(Permission.MANAGE_CHANNELS)
    def send_report_now(self, session: Session, uid: str) -> None:
        """Have the report of the span that ended last sent now; what comes of it, the plans tell.

        Raises:
            NotFound: There is none of this uid.
            InvalidSetting: Nothing is ever sent here, as in a demonstration.
        """
        self.report_plan_desk.ask_now(session.actor, uid)


def _check_states(session: Session, request: ExportRequest) -> None:
    """Let nobody find out by a file how cameras were who may not see it on the screen."""
    needed = Permission.VIEW_CAMERA_STATES
    if request.content is ExportContent.STATES and not session.may(needed):
        raise PermissionDenied(needed.value)
