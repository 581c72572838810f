"""Asks where to save something, and saves it there in the background."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.errors import CamWatchError
from camwatch.ui.background import Background


class FileSaver(QFileDialog):
    """Ends itself once the file is written, or is not to be written after all.

    Args:
        title: Of the window.
        kinds: What is saved, such as "CSV files (*.csv)"; its ending is added to a name without.
        name: What the file is called unless the operator says otherwise.
        background: Where it is written.
        parent: Whose window it is.

    Signals:
        saved: The Path of the file.
        not_saved: The CamWatchError that prevented it.
    """

    saved = Signal(object)
    not_saved = Signal(object)

    def __init__(
        self, title: str, kinds: str, name: str, background: Background, parent: QWidget
    ) -> None:
        super().__init__(parent, title, QDir.homePath(), kinds)
        self._background = background
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        self.selectFile(name)
        self.fileSelected.connect(self.save)
        self.rejected.connect(self.deleteLater)

    @abstractmethod
    def write(self, file: Path) -> Path:
        """Write the file, on a thread of the background; return where it is now."""

    @Slot(str)
    def save(self, name: str) -> None:
        """Save it under this name."""
        file = Path(name)
        self._background.run(lambda: self.write(file), self._on_saved, self._on_failed, owner=self)

    def _on_saved(self, file: Path) -> None:
        self.saved.emit(file)
        self.deleteLater()

    def _on_failed(self, error: CamWatchError) -> None:
        self.not_saved.emit(error)
        self.deleteLater()
