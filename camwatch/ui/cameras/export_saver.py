"""Saves the list of cameras as a CSV file, without passwords."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.commands.camera_table import save_list
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.saving import FileSaver


class ExportCommands(Protocol):
    """What saving asks of `camwatch.commands.Commands`."""

    def export_cameras(self, session: Session) -> bytes:
        """Return all cameras as a CSV file."""
        ...


class ExportSaver(FileSaver):
    """Asks where to save the list of cameras, and saves it there."""

    def __init__(
        self, commands: ExportCommands, session: Session, background: Background, parent: QWidget
    ) -> None:
        title = tr("Export the list of cameras, without passwords")
        super().__init__(title, tr("CSV files (*.csv)"), "cameras.csv", background, parent)
        self._commands = commands
        self._session = session

    def write(self, file: Path) -> Path:
        """Write the list."""
        save_list(file, self._commands.export_cameras(self._session))
        return file
