"""The card of one measurement: what was counted, when, by what, and the picture if it is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.history.asking import Measurement
from camwatch.ui.background import Background


class PointCommands(Protocol):
    """What this card asks of `camwatch.commands.Commands`."""

    def measured_at(
        self, session: Session, camera_id: CameraId, at: datetime
    ) -> Measurement | None:
        """Return the measurement that stands for a moment."""
        ...


class PointCard(QFrame):
    """Shows the measurement that stands for a moment of a camera.

    Signals:
        alert_requested: Uid of an alert that is to be opened.
        correct_requested: Camera id and moment (UTC) of a number that is to be corrected.
        closed: The operator does not need it any more.

    Args:
        zone: The site's time zone.
    """

    alert_requested = Signal(str)
    correct_requested = Signal(object, object)
    closed = Signal()

    def __init__(
        self,
        commands: PointCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone

    def show_point(self, camera_id: CameraId, at: datetime) -> None:
        """Read and show what was measured.

        Args:
            camera_id: Whose.
            at: UTC.
        """
        raise NotImplementedError
