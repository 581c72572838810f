"""Opens the dialogs that make files and reports of what is charted."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from camwatch.history.exports import ExportRequest
from camwatch.history.reports import ReportRequest
from camwatch.ui.background import Background
from camwatch.ui.charts.history_page import HistoryPage
from camwatch.ui.charts.ranges import Range
from camwatch.ui.export.export_dialog import ExportDialog, ExportDialogCommands
from camwatch.ui.report.report_dialog import ReportDialog, ReportDialogCommands
from camwatch.ui.session_watch import SessionWatch


class ChartFilesCommands(ExportDialogCommands, ReportDialogCommands, Protocol):
    """What these dialogs ask of `camwatch.commands.Commands`."""


class ChartFiles(QObject):
    """Listens to the Charts page of a window.

    Args:
        page: The page.
        commands: What the dialogs ask.
        sessions: Knows who looks now.
        background: Does what takes time.
        zone: Whose clocks.

    Signals:
        dialog_made: A QDialog that is to be opened over the window.
    """

    dialog_made = Signal(object)

    def __init__(  # noqa: PLR0917 - all that the dialogs stand on
        self,
        page: HistoryPage,
        commands: ChartFilesCommands,
        sessions: SessionWatch,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._sessions = sessions
        self._background = background
        self._zone = zone
        page.export_requested.connect(self._export)
        page.report_requested.connect(self._report)
        page.offer_files()

    @property
    def _window(self) -> QWidget | None:
        # Not kept: the window keeps this, and must go when nobody else has it.
        parent = self.parent()
        return parent if isinstance(parent, QWidget) else None

    def give_up(self) -> None:
        """Give up what is being written: nobody is there any more who would get it."""
        window = self._window
        for dialog in window.findChildren(ExportDialog) if window is not None else ():
            dialog.stop()

    @Slot(object)
    def _export(self, wanted: ExportRequest) -> None:
        self.dialog_made.emit(
            ExportDialog(
                self._commands,
                self._sessions.session,
                self._background,
                self._zone,
                Range(wanted.start, wanted.end),
                self._window,
                camera_ids=wanted.camera_ids,
                size=wanted.size,
                content=wanted.content,
            )
        )

    @Slot(object)
    def _report(self, wanted: ReportRequest) -> None:
        self.dialog_made.emit(
            ReportDialog(
                self._commands,
                self._sessions.session,
                self._background,
                self._zone,
                self._window,
                span=wanted.span,
                day=wanted.first,
                site_id=wanted.site_id,
            )
        )
