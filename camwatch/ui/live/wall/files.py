"""Walls to files and back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.errors import CamWatchError, FilesTroubled, InvalidSetting
from camwatch.files import write_aside
from camwatch.language import tr
from camwatch.ui.live.wall.book import WallBook
from camwatch.ui.saving import FileSaver
from camwatch.walls import ImportedWall, Wall

_MOST_BYTES = 1024 * 1024
_MOST_NAME = 40


def _kinds() -> str:
    return tr("Walls (*.json)")


def file_name(wall: Wall) -> str:
    """Return a name for a wall's file that every system takes."""
    kept = "".join(one if one.isalnum() else "-" for one in wall.name).strip("-")
    return f"{kept[:_MOST_NAME].strip('-') or 'wall'}.json"


class WallSaver(FileSaver):
    """Asks where to write a wall, and writes it."""

    def __init__(self, book: WallBook, wall: Wall, parent: QWidget) -> None:
        super().__init__(tr("Export a wall"), _kinds(), file_name(wall), book.background, parent)
        self._book = book
        self._wall = wall

    def write(self, file: Path) -> Path:
        """Write the wall, on a thread of the background."""
        text = self._book.commands.export_wall(self._book.session, self._wall.uid)
        try:
            write_aside(file, text.encode())
        except OSError as error:
            raise FilesTroubled(f"{file}: {error.strerror or error}") from error
        return file


class WallOpener(QFileDialog):
    """Asks for a file with a wall, and stores what is in it.

    Signals:
        taken: The `ImportedWall`.
        refused: The CamWatchError for which it was not taken.
    """

    taken = Signal(object)
    refused = Signal(object)

    def __init__(self, book: WallBook, parent: QWidget) -> None:
        super().__init__(parent, tr("Import a wall"), QDir.homePath(), _kinds())
        self._book = book
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        self.setFileMode(QFileDialog.FileMode.ExistingFile)
        self.fileSelected.connect(self.open_file)
        self.rejected.connect(self.deleteLater)

    @Slot(str)
    def open_file(self, name: str) -> None:
        """Take in this file."""
        book = self._book

        def job() -> ImportedWall:
            return book.commands.import_wall(book.session, _read(Path(name)))

        book.background.run(job, self._on_taken, self._on_refused, owner=self)

    def _on_taken(self, imported: ImportedWall) -> None:
        self._book.read()
        self.taken.emit(imported)
        self.deleteLater()

    def _on_refused(self, error: CamWatchError) -> None:
        self.refused.emit(error)
        self.deleteLater()


def _read(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise FilesTroubled(f"{file}: {error.strerror or error}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidSetting("file", tr("is no wall that CamWatch has saved")) from None
