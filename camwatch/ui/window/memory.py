"""Remembers how the window was left, from one start to the next."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QByteArray, QObject, QSettings, QSize
from PySide6.QtWidgets import QWidget

_GEOMETRY = "window/geometry"


class Remembering(Protocol):
    """A part of the window that remembers something."""

    def restore(self, settings: QSettings) -> None:
        """Take up what was kept."""
        ...

    def save(self, settings: QSettings) -> None:
        """Keep it."""
        ...


class WindowMemory(QObject):
    """Keeps size and place of the window, which is its parent, and what its parts remember.

    Args:
        file: Where; None remembers nothing.
    """

    def __init__(self, file: Path | None, window: QWidget) -> None:
        super().__init__(window)
        self._file = file
        self._parts: list[Remembering] = []

    def add(self, part: Remembering) -> None:
        """Have a part take up what it remembers, and remember it from now on."""
        settings = self._settings()
        if settings is not None:
            part.restore(settings)
        self._parts.append(part)

    def _settings(self) -> QSettings | None:
        return (
            None if self._file is None else QSettings(str(self._file), QSettings.Format.IniFormat)
        )

    def restore(self) -> None:
        """Take up size and place of the window; without these, fill most of the screen."""
        window = self.parent()
        if not isinstance(window, QWidget):
            return
        # Less than the screen, so that the window manager's frame finds room as well.
        room = window.screen().availableSize() - QSize(16, 48)
        window.resize(QSize(1440, 900).boundedTo(room))
        settings = self._settings()
        if settings is None:
            return
        geometry = settings.value(_GEOMETRY)
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)

    def save(self) -> None:
        """Keep how the window was left for the next time."""
        window, settings = self.parent(), self._settings()
        if settings is None or not isinstance(window, QWidget):
            return
        settings.setValue(_GEOMETRY, window.saveGeometry())
        for part in self._parts:
            part.save(settings)
