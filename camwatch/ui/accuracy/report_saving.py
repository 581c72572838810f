"""Saves the report of an audit as a signed PDF file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.accuracy import AuditReport
from camwatch.accuracy.keeping import disk_errors
from camwatch.auth.session import Session
from camwatch.auth.signing import SigningKey
from camwatch.errors import CamWatchError
from camwatch.files import write_aside
from camwatch.ui.accuracy.pdf import render_pdf
from camwatch.ui.background import Background
from camwatch.ui.words import file_stem


class SavingCommands(Protocol):
    """What saving asks of `camwatch.commands.Commands`."""

    def signing_key(self, session: Session) -> SigningKey:
        """Return what reports are signed with."""
        ...

    def sign_report(self, session: Session, uid: str, pdf: bytes) -> bytes:
        """Sign the PDF file of an audit."""
        ...


class ReportSaver(QFileDialog):
    """Asks where to save a report, and saves it there.

    Signals:
        saved: The Path of the file.
        not_saved: The CamWatchError that prevented it.
    """

    saved = Signal(object)
    not_saved = Signal(object)

    def __init__(  # noqa: PLR0917 - what signs, who asks, what is saved
        self,
        commands: SavingCommands,
        session: Session,
        background: Background,
        report: AuditReport,
        zone: ZoneInfo,
        parent: QWidget,
    ) -> None:
        super().__init__(parent, "Save the signed report", QDir.homePath(), "PDF files (*.pdf)")
        self._commands = commands
        self._session = session
        self._background = background
        self._report = report
        self._zone = zone
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix("pdf")
        self.selectFile(file_name(report, zone))
        self.fileSelected.connect(self._save)
        self.rejected.connect(self.deleteLater)

    @Slot(str)
    def _save(self, name: str) -> None:
        commands, session = self._commands, self._session
        report, zone, file = self._report, self._zone, Path(name)

        def job() -> Path:
            pdf = render_pdf(report, zone, commands.signing_key(session))
            signed = commands.sign_report(session, report.uid, pdf)
            with disk_errors(file):
                write_aside(file, signed)
            return file

        self._background.run(job, self._on_saved, self._on_failed, owner=self)

    def _on_saved(self, file: Path) -> None:
        self.saved.emit(file)
        self.deleteLater()

    def _on_failed(self, error: CamWatchError) -> None:
        self.not_saved.emit(error)
        self.deleteLater()


def file_name(report: AuditReport, zone: ZoneInfo) -> str:
    """Return a name for the file: "audit-gate-2026-11-12.pdf"."""
    name = file_stem(report.camera_name)
    return f"audit-{name}-{report.made_at.astimezone(zone):%Y-%m-%d}.pdf"
