"""The commands that turn cameras, each with who may give it."""

from __future__ import annotations

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.cameras.onvif.ptz_values import PtzAbilities
from camwatch.commands.guard import Guard, needs
from camwatch.domain import CameraId


class PtzCommands:
    """Part of `Commands`; whoever inherits it has a `guard`.

    Each command blocks until the camera has answered, a few seconds at most, and can raise
    CameraError and NotFound.
    """

    guard: Guard

    @needs(Permission.MOVE_CAMERAS)
    def ptz(self, session: Session, camera_id: CameraId) -> PtzAbilities:
        """Ask a camera how it can be moved; a camera without ONVIF can nothing, unasked."""
        raise NotImplementedError

    @needs(Permission.MOVE_CAMERAS)
    def ptz_move(
        self, session: Session, camera_id: CameraId, pan: float, tilt: float, zoom: float
    ) -> None:
        """Let a camera move on until `ptz_stop`, or until it stops by itself after some seconds.

        Args:
            session: Who asks.
            camera_id: Which camera.
            pan: Speed from -1 (to the left) to 1 (to the right); 0 does not move.
            tilt: Speed from -1 (down) to 1 (up).
            zoom: Speed from -1 (out) to 1 (in).
        """
        raise NotImplementedError

    @needs(Permission.MOVE_CAMERAS)
    def ptz_stop(self, session: Session, camera_id: CameraId) -> None:
        """Stop a camera. Tried in any case, and tried again once."""
        raise NotImplementedError

    @needs(Permission.MOVE_CAMERAS)
    def ptz_goto_preset(self, session: Session, camera_id: CameraId, token: str) -> None:
        """Send a camera to one of its presets."""
        raise NotImplementedError

    @needs(Permission.MOVE_CAMERAS)
    def ptz_home(self, session: Session, camera_id: CameraId) -> None:
        """Send a camera to its home position."""
        raise NotImplementedError
