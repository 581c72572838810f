"""Saves the picture that is on the screen to a file."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.domain import Camera, Picture
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.saving import FileSaver
from camwatch.ui.words import file_stem


class SavingCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def save_picture(self, session: Session, picture: Picture, file: Path) -> Path:
        """Write a picture to a file."""
        ...


class PictureSaving(FileSaver):
    """Asks where to, and saves the picture there."""

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
        suffix = "png" if picture.is_png else "jpg"
        kinds = {"png": tr("PNG pictures (*.png)"), "jpg": tr("JPEG pictures (*.jpg)")}
        name = file_name(camera, picture, zone, suffix)
        super().__init__(tr("Save this picture"), kinds[suffix], name, background, parent)
        self._commands = commands
        self._session = session
        self._picture = picture

    def write(self, file: Path) -> Path:
        """Write the picture."""
        return self._commands.save_picture(self._session, self._picture, file)


def file_name(camera: Camera, picture: Picture, zone: ZoneInfo, suffix: str) -> str:
    """Return a name for the file: "gate-2026-11-12-140211.jpg"."""
    name = file_stem(camera.name)
    return f"{name}-{picture.captured_at.astimezone(zone):%Y-%m-%d-%H%M%S}.{suffix}"
