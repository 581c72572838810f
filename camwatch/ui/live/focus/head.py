"""Moves a camera's head, one order at a time and the newest first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from camwatch.auth.session import Session
from camwatch.cameras.onvif.ptz_values import PtzAbilities
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError
from camwatch.ui.background import Background

Speeds = tuple[float, float, float]
"""To the right, upwards, into the picture: -1 to 1 each."""

STILL: Speeds = (0.0, 0.0, 0.0)


class HeadCommands(Protocol):
    """What this asks of `camwatch.commands.Commands`."""

    def ptz(self, session: Session, camera_id: CameraId) -> PtzAbilities:
        """Ask a camera how it can be moved."""
        ...

    def ptz_move(
        self, session: Session, camera_id: CameraId, pan: float, tilt: float, zoom: float
    ) -> None:
        """Let it move until it is stopped."""
        ...

    def ptz_stop(self, session: Session, camera_id: CameraId) -> None:
        """Stop it."""
        ...

    def ptz_goto_preset(self, session: Session, camera_id: CameraId, token: str) -> None:
        """Send it to a place."""
        ...

    def ptz_home(self, session: Session, camera_id: CameraId) -> None:
        """Send it home."""
        ...


class Head(QObject):
    """The head of one camera.

    Orders run in the background one after the other, so that a stop can never overtake the
    move before it; of moves that wait, only the newest is given.

    Signals:
        known: The PtzAbilities of the camera.
        failed: A CamWatchError; the last order was not carried out.
        obeyed: An order was carried out.
    """

    known = Signal(object)
    failed = Signal(object)
    obeyed = Signal()

    def __init__(
        self,
        commands: HeadCommands,
        session: Session,
        background: Background,
        camera_id: CameraId,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera_id = camera_id
        self._wanted = STILL
        self._told = STILL
        self._is_busy = False

    def ask(self) -> None:
        """Find out what the camera can do."""
        commands, session, camera_id = self._commands, self._session, self._camera_id
        self._background.run(
            lambda: commands.ptz(session, camera_id), self.known.emit, self.failed.emit, owner=self
        )

    def move(self, speeds: Speeds) -> None:
        """Move with these speeds from now on; STILL stops it."""
        self._wanted = speeds
        self._give_next()

    def stop(self) -> None:
        """Stop it, if it moves."""
        self.move(STILL)

    def go_to(self, token: str) -> None:
        """Send it to a place."""
        commands, session, camera_id = self._commands, self._session, self._camera_id
        self._give(lambda: commands.ptz_goto_preset(session, camera_id, token))

    def go_home(self) -> None:
        """Send it to its home position."""
        commands, session, camera_id = self._commands, self._session, self._camera_id
        self._give(lambda: commands.ptz_home(session, camera_id))

    def _give_next(self) -> None:
        if self._is_busy or self._wanted == self._told:
            return
        commands, session, camera_id = self._commands, self._session, self._camera_id
        speeds = self._told = self._wanted
        self._is_busy = True

        def job() -> None:
            if speeds == STILL:
                commands.ptz_stop(session, camera_id)
            else:
                commands.ptz_move(session, camera_id, *speeds)

        self._background.run(job, self._on_done, self._on_failed, owner=self)

    def _give(self, job: Callable[[], None]) -> None:
        self._background.run(job, lambda _: self.obeyed.emit(), self.failed.emit, owner=self)

    def _on_done(self, _none: None) -> None:
        self._is_busy = False
        self.obeyed.emit()
        self._give_next()

    def _on_failed(self, error: CamWatchError) -> None:
        self._is_busy = False
        self.failed.emit(error)
        self._give_next()
