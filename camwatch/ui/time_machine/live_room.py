"""The place of the live page in the window: the present, or the past in front of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.ui.background import Background
from camwatch.ui.live.page import LivePage
from camwatch.ui.shortcuts import Key, bind
from camwatch.ui.time_machine.commands import MomentCommands
from camwatch.ui.time_machine.view import TimeMachine

_A_MOMENT_AGO = timedelta(seconds=30)


class LiveRoom(QStackedWidget):
    """Holds the live page, and puts the time machine in front of it and away again.

    Attributes:
        machine: Shows the past.

    Signals:
        past_changed: True when the past is shown from now on, False when the present is.
    """

    past_changed = Signal(bool)

    def __init__(  # noqa: PLR0917 - who asks, where, of which wall
        self,
        commands: MomentCommands,
        session: Session,
        background: Background,
        live: LivePage,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self.machine = machine = TimeMachine(commands, session, background, live.grid, zone)
        self.addWidget(live)
        self.addWidget(machine)
        machine.left.connect(self.back_to_live)
        machine.camera_wanted.connect(live.grid.toggle_camera)
        live.conditions_changed.connect(self._on_conditions)
        live.past_requested.connect(self.go_to)
        bind(live, Key.LOOK_BACK, self.look_back)

    @property
    def shows_past(self) -> bool:
        """True while the past is in front of the live page."""
        return self.currentWidget() is self.machine

    @Slot()
    def look_back(self) -> None:
        """Begin with what was half a minute ago."""
        self.go_to(utc_now() - _A_MOMENT_AGO)

    @Slot(object)
    def go_to(self, at: datetime, camera_id: CameraId | None = None) -> None:
        """Show a moment of the past, UTC; and one camera alone, if one is meant."""
        if camera_id is not None:
            self._live.show_camera(camera_id)
        self._on_conditions()
        if self.shows_past:
            self.machine.go_to(at)
            return
        self.setCurrentWidget(self.machine)
        self.machine.open_at(at)
        self.machine.timeline.setFocus()
        self.past_changed.emit(True)

    @Slot()
    def back_to_live(self) -> None:
        """Show the present; harmless if it is shown already."""
        if not self.shows_past:
            return
        self.machine.reader.forget()
        self.setCurrentWidget(self._live)
        self._live.take_keyboard()
        self.past_changed.emit(False)

    def take_keyboard(self) -> None:
        """Put the keyboard on what is shown."""
        if self.shows_past:
            self.machine.timeline.setFocus()
        else:
            self._live.take_keyboard()

    @Slot()
    def _on_conditions(self) -> None:
        conditions = self._live.conditions
        self.machine.set_cameras(
            {one.camera.id: one.camera.name for one in conditions},
            {one.camera.id: one.badge for one in conditions if one.badge},
        )
