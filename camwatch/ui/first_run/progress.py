"""How far the set-up of a profile is, kept from one start to the next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QSettings

from camwatch.domain import CameraId

_GROUP = "first_run"


class Stage(StrEnum):
    """What became of the set-up."""

    NEW = "new"
    BEGUN = "begun"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is.

    Attributes:
        stage: Whether it is under way.
        step: The step that is shown next, from 0.
        camera_id: Of the camera it is about; None before there is one.
        rule_uid: Of the rule that was made; "" before there is one.
    """

    stage: Stage = Stage.NEW
    step: int = 0
    camera_id: CameraId | None = None
    rule_uid: str = ""


class ProgressFile:
    """Keeps the progress beside the window's size. What cannot be read counts as never begun.

    Args:
        file: Where windows are remembered; None remembers nothing.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def read(self) -> Progress:
        """Return how far it is."""
        if self._file is None:
            return Progress()
        settings = self._settings(self._file)
        try:
            camera = int(str(settings.value(f"{_GROUP}/camera", 0)))
            return Progress(
                Stage(str(settings.value(f"{_GROUP}/stage", Stage.NEW))),
                int(str(settings.value(f"{_GROUP}/step", 0))),
                CameraId(camera) if camera else None,
                str(settings.value(f"{_GROUP}/rule", "")),
            )
        except ValueError:
            return Progress()

    def write(self, progress: Progress) -> None:
        """Keep how far it is."""
        if self._file is None:
            return
        settings = self._settings(self._file)
        settings.setValue(f"{_GROUP}/stage", progress.stage.value)
        settings.setValue(f"{_GROUP}/step", progress.step)
        settings.setValue(f"{_GROUP}/camera", int(progress.camera_id or 0))
        settings.setValue(f"{_GROUP}/rule", progress.rule_uid)

    @staticmethod
    def _settings(file: Path) -> QSettings:
        return QSettings(str(file), QSettings.Format.IniFormat)
