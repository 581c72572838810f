"""Decodes pictures of a recording beside the GUI thread, ahead of when they are needed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QThread, Signal
from PySide6.QtGui import QImage, QImageReader

_KEPT = 16
"""Pictures in memory at most; in the size of the view, so some 100 MB at worst."""


class PictureLoader(QThread):
    """Reads the pictures that are wanted, in that order, each in the size of the view.

    Whatever is wanted replaces what was wanted before, so that nothing piles up. Its owner
    calls `close`, which waits for the picture that is being decoded.

    Signals:
        loaded: Name of the file that can be had now, or that cannot be read.
    """

    loaded = Signal(str)

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setObjectName("picture loader")
        self._folder = folder
        self._changed = threading.Condition()
        self._wanted: tuple[str, ...] = ()
        self._wh = (0, 0)
        self._images: dict[str, QImage] = {}
        self._is_closed = False

    def want(self, files: Sequence[str], wh: tuple[int, int]) -> None:
        """Say which pictures are needed next, most urgent first; never waits.

        Args:
            files: Names in the folder; only the first ones are kept in memory.
            wh: Width and height of the view in device pixels.
        """
        with self._changed:
            if wh != self._wh:
                self._images.clear()
                self._wh = wh
            self._wanted = tuple(files[:_KEPT])
            self._changed.notify()
        if not self.isRunning() and not self._is_closed:
            self.start()

    def image(self, file: str) -> QImage | None:
        """Return a picture that is loaded; a null image if it cannot be read, None before."""
        with self._changed:
            return self._images.get(file)

    def close(self) -> None:
        """Stop the thread and wait for it."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """Load what is wanted until closed."""
        threading.current_thread().name = self.objectName()
        while (task := self._next()) is not None:
            file, wh = task
            image = read_image(self._folder / file, wh)
            with self._changed:
                if wh != self._wh:
                    continue
                self._images[file] = image
                for old in [name for name in self._images if name not in self._wanted]:
                    if len(self._images) > _KEPT:
                        del self._images[old]
            self.loaded.emit(file)

    def _next(self) -> tuple[str, tuple[int, int]] | None:
        """Wait for a picture that is wanted and not there; None once closed."""
        with self._changed:
            while not self._is_closed:
                if min(self._wh) > 0:
                    for file in self._wanted:
                        if file not in self._images:
                            return file, self._wh
                self._changed.wait()
            return None


def read_image(file: Path, wh: tuple[int, int]) -> QImage:
    """Decode a picture as large as fits into a view; a null image if it cannot be read.

    Args:
        file: JPEG.
        wh: Width and height of the view in pixels, above 0.
    """
    reader = QImageReader(str(file))
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        return QImage()
    # JPEG is decoded at a smaller scale at once, which costs a part of the time.
    reader.setScaledSize(size.scaled(QSize(*wh), Qt.AspectRatioMode.KeepAspectRatio))
    return reader.read().convertToFormat(QImage.Format.Format_RGB32)
