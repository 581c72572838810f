"""Saves entries of the audit log as a CSV file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui.background import Background


class AuditExportCommands(Protocol):
    """What saving asks of `camwatch.commands.Commands`."""

    def export_audit(self, session: Session, query: AuditQuery, file: Path) -> int:
        """Write the entries that fit to a CSV file; return how many."""
        ...


class AuditSaver(QFileDialog):
    """Asks where to save the entries that are looked for, and saves them there.

    Signals:
        saved: The Path of the file, and how many entries are in it.
        not_saved: The CamWatchError that prevented it.
    """

    saved = Signal(object, int)
    not_saved = Signal(object)

    def __init__(
        self,
        commands: AuditExportCommands,
        session: Session,
        background: Background,
        query: AuditQuery,
        parent: QWidget,
    ) -> None:
        super().__init__(
            parent, tr("Export the audit log"), QDir.homePath(), tr("CSV files (*.csv)")
        )
        self._commands = commands
        self._session = session
        self._background = background
        self._query = query
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix("csv")
        self.selectFile("who-did-what.csv")
        self.fileSelected.connect(self.save)
        self.rejected.connect(self.deleteLater)

    @Slot(str)
    def save(self, name: str) -> None:
        """Save the entries, in the background."""
        file = Path(name)
        self._background.run(
            lambda: (file, self._commands.export_audit(self._session, self._query, file)),
            self._on_saved,
            self._on_failed,
            owner=self,
        )

    def _on_saved(self, answer: tuple[Path, int]) -> None:
        self.saved.emit(*answer)
        self.deleteLater()

    def _on_failed(self, error: CamWatchError) -> None:
        self.not_saved.emit(error)
        self.deleteLater()
