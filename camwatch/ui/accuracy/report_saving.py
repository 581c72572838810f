"""Saves the report of an audit as a signed PDF file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from camwatch.accuracy import AuditReport
from camwatch.auth.session import Session
from camwatch.auth.signing import SigningKey
from camwatch.language import tr
from camwatch.ui.accuracy.pdf import render_pdf
from camwatch.ui.background import Background
from camwatch.ui.saving import SheetSaver
from camwatch.ui.words import file_stem


class SavingCommands(Protocol):
    """What saving asks of `camwatch.commands.Commands`."""

    def signing_key(self, session: Session) -> SigningKey:
        """Return what reports are signed with."""
        ...

    def sign_report(self, session: Session, uid: str, pdf: bytes) -> bytes:
        """Sign the PDF file of an audit."""
        ...


class ReportSaver(SheetSaver):
    """Asks where to save a report, and saves it there."""

    def __init__(  # noqa: PLR0917 - what signs, who asks, what is saved
        self,
        commands: SavingCommands,
        session: Session,
        background: Background,
        report: AuditReport,
        zone: ZoneInfo,
        parent: QWidget,
    ) -> None:
        name = file_name(report, zone)
        super().__init__(
            tr("Save the signed report"), tr("PDF files (*.pdf)"), name, background, parent
        )
        self._commands = commands
        self._session = session
        self._report = report
        self._zone = zone

    def read(self) -> Callable[[], bytes]:
        """Read what it will be signed with."""
        key = self._commands.signing_key(self._session)
        return lambda: render_pdf(self._report, self._zone, key)

    def content(self, pdf: bytes) -> bytes:
        """Sign the report."""
        return self._commands.sign_report(self._session, self._report.uid, pdf)


def file_name(report: AuditReport, zone: ZoneInfo) -> str:
    """Return a name for the file: "audit-gate-2026-11-12.pdf"."""
    name = file_stem(report.camera_name)
    return f"audit-{name}-{report.made_at.astimezone(zone):%Y-%m-%d}.pdf"
