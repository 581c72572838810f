"""Saves the list of cameras as a CSV file, without passwords."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.auth.session import Session
from camwatch.commands.camera_table import save_list
from camwatch.errors import CamWatchError
from camwatch.ui.background import Background


class ExportCommands(Protocol):
    """What saving asks of `camwatch.commands.Commands`."""

    def export_cameras(self, session: Session) -> bytes:
        """Return all cameras as a CSV file."""
        ...


class ExportSaver(QFileDialog):
    """Asks where to save the list of cameras, and saves it there.

    Signals:
        saved: The Path of the file.
        not_saved: The CamWatchError that prevented it.
    """

    saved = Signal(object)
    not_saved = Signal(object)

    def __init__(
        self, commands: ExportCommands, session: Session, background: Background, parent: QWidget
    ) -> None:
        title = "Export the list of cameras, without passwords"
        super().__init__(parent, title, QDir.homePath(), "CSV files (*.csv)")
        self._commands = commands
        self._session = session
        self._background = background
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix("csv")
        self.selectFile("cameras.csv")
        self.fileSelected.connect(self.save)
        self.rejected.connect(self.deleteLater)

    @Slot(str)
    def save(self, name: str) -> None:
        """Save the list, in the background."""
        file = Path(name)

        def job() -> Path:
            save_list(file, self._commands.export_cameras(self._session))
            return file

        self._background.run(job, self._on_saved, self._on_failed, owner=self)

    def _on_saved(self, file: Path) -> None:
        self.saved.emit(file)
        self.deleteLater()

    def _on_failed(self, error: CamWatchError) -> None:
        self.not_saved.emit(error)
        self.deleteLater()
