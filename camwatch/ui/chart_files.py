"""Opens the dialogs that make files and reports of what is charted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QDialog, QWidget

from camwatch.auth.session import Session
from camwatch.history.exports import ExportRequest
from camwatch.history.reports import ReportRequest
from camwatch.ui.background import Background
from camwatch.ui.charts.history_page import HistoryPage
from camwatch.ui.charts.ranges import Range
from camwatch.ui.export.export_dialog import ExportDialog, ExportDialogCommands
from camwatch.ui.report.report_dialog import ReportDialog, ReportDialogCommands


class ChartFilesCommands(ExportDialogCommands, ReportDialogCommands, Protocol):
    """What these dialogs ask of `camwatch.commands.Commands`."""


class ChartFiles(QObject):
    """Listens to the Charts page of a window.

    Args:
        page: The page.
        commands: What the dialogs ask.
        session: Tells who looks now.
        background: Does what takes time.
        zone: Whose clocks.
        show: Opens a dialog over the window.
    """

    def __init__(  # noqa: PLR0917 - all that the dialogs stand on
        self,
        page: HistoryPage,
        commands: ChartFilesCommands,
        session: Callable[[], Session],
        background: Background,
        zone: ZoneInfo,
        show: Callable[[QDialog], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._show = show
        self._window = parent
        page.export_requested.connect(self._export)
        page.report_requested.connect(self._report)
        page.offer_files()

    def give_up(self) -> None:
        """Give up what is being written: nobody is there any more who would get it."""
        for dialog in self._window.findChildren(ExportDialog):
            dialog.stop()

    @Slot(object)
    def _export(self, wanted: ExportRequest) -> None:
        self._show(
            ExportDialog(
                self._commands,
                self._session(),
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
        self._show(
            ReportDialog(
                self._commands,
                self._session(),
                self._background,
                self._zone,
                self._window,
                span=wanted.span,
                day=wanted.first,
                site_id=wanted.site_id,
            )
        )
