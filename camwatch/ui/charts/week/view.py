"""The map of the hours of the week, with its legend and its reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.history.asking import WeekMap
from camwatch.ui.background import Background
from camwatch.ui.charts.ranges import Range


class WeekMapCommands(Protocol):
    """What this view asks of `camwatch.commands.Commands`."""

    def week_map(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekMap:
        """Return how many people there are at each hour of the week."""
        ...


class WeekMapView(QWidget):
    """Shows how many people there are at each hour of the week.

    Args:
        zone: The site's time zone.
        clock: Tells the time, UTC.
    """

    def __init__(
        self,
        commands: WeekMapCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._clock = clock

    def show_map(
        self, camera_ids: Sequence[CameraId] | None, title: str, stretch: Range
    ) -> None:
        """Read and show the map of a stretch of time.

        Args:
            camera_ids: Which cameras are added up; None for all.
            title: What they are called together.
            stretch: UTC.
        """
        raise NotImplementedError
