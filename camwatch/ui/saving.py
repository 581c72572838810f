"""Asks where to save something, and saves it there in the background."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.accuracy.keeping import disk_errors
from camwatch.errors import CamWatchError
from camwatch.files import write_aside
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


class SheetSaver(FileSaver):
    """Asks where to save a PDF file of laid out words, and saves it there.

    It is laid out in the window's thread. In the background that holds Python's lock and waits for
    one of Qt's, which the window holds while it takes a dialog away and waits for Python's: it has
    been seen to stop the whole program.
    """

    _pdf = b""

    @abstractmethod
    def read(self) -> Callable[[], bytes]:
        """Read what it tells, on a thread of the background; return what lays it out as PDF."""

    def content(self, pdf: bytes) -> bytes:
        """Return the file's content, on a thread of the background: here what was laid out."""
        return pdf

    @Slot(str)
    def save(self, name: str) -> None:
        """Save it under this name."""
        self._background.run(self.read, partial(self._on_read, name), self._on_failed, owner=self)

    def _on_read(self, name: str, lay_out: Callable[[], bytes]) -> None:
        self._pdf = lay_out()
        super().save(name)

    def write(self, file: Path) -> Path:
        """Write what was laid out."""
        data = self.content(self._pdf)
        with disk_errors(file):
            write_aside(file, data)
        return file
