"""Saves the picture that is on the screen to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from camwatch.auth.session import Session
from camwatch.domain import Camera, Picture
from camwatch.errors import CamWatchError
from camwatch.ui.background import Background
from camwatch.ui.words import file_stem

_PNG = b"\x89PNG"


class SavingCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def save_picture(self, session: Session, picture: Picture, file: Path) -> Path:
        """Write a picture to a file."""
        ...


class PictureSaving(QFileDialog):
    """Asks where to, and saves the picture there in the background; ends itself after that.

    Signals:
        saved: The Path.
        not_saved: The CamWatchError.
    """

    saved = Signal(object)
    not_saved = Signal(object)

    def __init__(  # noqa: PLR0917 - whose picture, who asks, what does it
        self,
        commands: SavingCommands,
        session: Session,
        background: Background,
        camera: Camera,
        picture: Picture,
        zone: ZoneInfo,
        parent: QWidget,
    ) -> None:
        suffix = "png" if picture.data.startswith(_PNG) else "jpg"
        kinds = {"png": "PNG pictures (*.png)", "jpg": "JPEG pictures (*.jpg)"}
        super().__init__(parent, "Save this picture", QDir.homePath(), kinds[suffix])
        self._commands = commands
        self._session = session
        self._background = background
        self._picture = picture
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setDefaultSuffix(suffix)
        self.selectFile(file_name(camera, picture, zone, suffix))
        self.fileSelected.connect(self._save)
        self.rejected.connect(self.deleteLater)

    @Slot(str)
    def _save(self, name: str) -> None:
        commands, session = self._commands, self._session
        picture, file = self._picture, Path(name)
        self._background.run(
            lambda: commands.save_picture(session, picture, file),
            self._on_saved,
            self._on_failed,
            owner=self,
        )

    def _on_saved(self, file: Path) -> None:
        self.saved.emit(file)
        self.deleteLater()

    def _on_failed(self, error: CamWatchError) -> None:
        self.not_saved.emit(error)
        self.deleteLater()


def file_name(camera: Camera, picture: Picture, zone: ZoneInfo, suffix: str) -> str:
    """Return a name for the file: "gate-2026-11-12-140211.jpg"."""
    name = file_stem(camera.name)
    return f"{name}-{picture.captured_at.astimezone(zone):%Y-%m-%d-%H%M%S}.{suffix}"
