"""Reads where people walked, and judges lines by it while they are drawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.errors import InvalidSetting
from camwatch.scene import Gate, Line
from camwatch.scene.heat import Heat
from camwatch.scene.line_advice import LineWarning, suggest, warnings
from camwatch.ui.background import Background
from camwatch.ui.scene.draft import Shape
from camwatch.ui.scene.heat_layer import heat_layer
from camwatch.ui.scene.model import SceneModel

LOOK_BACK = timedelta(days=7)
_REST_MS = 200
"""A line is judged when it has been left alone for so long."""


class HeatCommands(Protocol):
    """What the advisor asks of `camwatch.commands.Commands`."""

    def heat(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_id: CameraId,
        start: datetime,
        end: datetime,
        hours: tuple[int, int] | None = None,
        zone: ZoneInfo | None = None,
    ) -> Heat:
        """Return where people were in this time."""
        ...


class LineAdvisor(QObject):
    """Says what may be wrong with the chosen line, and where a good one would be.

    Signals:
        heat_read: The Heat of the last days.
        failed: CamWatchError; it could not be read.
        advised: List of LineWarning; of the chosen line or gate as it is now.
        suggested: LineSuggestion, or None if there is no good place.
        layer_drawn: HeatLayer of where people walked, or None if nobody did.
    """

    heat_read = Signal(object)
    failed = Signal(object)
    advised = Signal(object)
    suggested = Signal(object)
    layer_drawn = Signal(object)

    def __init__(  # noqa: PLR0917 - its edges, and what it is about
        self,
        commands: HeatCommands,
        session: Session,
        background: Background,
        camera_id: CameraId,
        model: SceneModel,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera_id = camera_id
        self._model = model
        self._clock = clock
        self._question = 0
        self._judged: Shape | None = None
        self.heat: Heat | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self.judge)
        model.changed.connect(self._on_changed)
        model.choice_changed.connect(self._on_changed)

    @Slot()
    def read(self) -> None:
        """Read where people walked in the last days, if the operator may know."""
        if not self._session.may(Permission.VIEW_COUNTS):
            return
        end = self._clock()
        self._background.run(
            lambda: self._commands.heat(self._session, self._camera_id, end - LOOK_BACK, end),
            self._on_read,
            self.failed.emit,
            owner=self,
        )

    def _on_read(self, heat: Heat) -> None:
        self.heat = heat
        self.heat_read.emit(heat)
        self.judge()

    @Slot()
    def suggest(self) -> None:
        """Look for a good place for a line; needs the heat."""
        heat = self.heat
        if heat is not None:
            self._background.run(
                lambda: suggest(heat), self.suggested.emit, self.failed.emit, owner=self
            )

    @Slot()
    def draw_layer(self) -> None:
        """Draw where people walked; needs the heat."""
        heat = self.heat
        if heat is not None:
            self._background.run(
                lambda: heat_layer(heat), self.layer_drawn.emit, self.failed.emit, owner=self
            )

    @Slot()
    def _on_changed(self) -> None:
        shape = self._model.chosen
        if shape is None or self._judged is None or shape.key != self._judged.key:
            self.judge()
        elif shape.points != self._judged.points:
            self._timer.start()

    @Slot()
    def judge(self) -> None:
        """Judge the chosen line as it is now; the answer to an older question is thrown away."""
        self._question += 1
        self._judged = shape = self._model.chosen
        lines = _lines(shape) if shape is not None else []
        heat = self.heat
        if heat is None or not lines:
            self.advised.emit([])
            return
        self._background.run(
            lambda: _judged(lines, heat),
            partial(self._on_judged, self._question),
            self.failed.emit,
            owner=self,
        )

    def _on_judged(self, question: int, found: list[LineWarning]) -> None:
        if question == self._question:
            self.advised.emit(found)


def _lines(shape: Shape) -> list[Line]:
    """Return the lines of a shape; none if it is an area, or not right yet."""
    try:
        value = shape.value()
    except InvalidSetting:
        return []
    match value:
        case Line():
            return [value]
        case Gate():
            return [value.outer, value.inner]
        case _:
            return []


def _judged(lines: list[Line], heat: Heat) -> list[LineWarning]:
    """Return what may be wrong with any of the lines, each kind once."""
    found: dict[str, LineWarning] = {}
    for line in lines:
        for warning in warnings(line, heat):
            found.setdefault(warning.kind, warning)
    return list(found.values())
