"""The commands that turn cameras, each with who may give it."""

from __future__ import annotations

from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.cameras.onvif.control import PtzControl
from camwatch.cameras.onvif.ptz_values import PtzAbilities
from camwatch.commands.guard import Guard, needs
from camwatch.data.cameras import CameraRepository
from camwatch.domain import CameraId


class PtzCommands:
    """Part of `Commands`; whoever inherits it has a `guard`.

    Each command blocks until the camera has answered, a few seconds at most, and can raise
    CameraError, NotFound and SecretsUnavailable. What they do is not audited: an operator who
    follows somebody with a camera gives hundreds of such orders.

    Attributes:
        ptz_control: Keeps cameras ready that are moved; to be closed when the program ends.
    """

    guard: Guard

    def _init_ptz(self, cameras: CameraRepository, secrets: SecretStore) -> None:
        """Take what these commands work with."""
        self._ptz_cameras = cameras
        self.ptz_control = PtzControl(lambda camera: secrets.get(camera.uid))

    @needs(Permission.MOVE_CAMERAS)
    def ptz(self, session: Session, camera_id: CameraId) -> PtzAbilities:
        """Ask a camera how it can be moved; one without ONVIF cannot, and is not asked."""
        del session
        return self.ptz_control.abilities(self._ptz_cameras.get(camera_id))

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
        del session
        self.ptz_control.move(self._ptz_cameras.get(camera_id), pan, tilt, zoom)

    @needs(Permission.MOVE_CAMERAS)
    def ptz_stop(self, session: Session, camera_id: CameraId) -> None:
        """Stop a camera. Tried in any case, and tried again once."""
        del session
        self.ptz_control.stop(self._ptz_cameras.get(camera_id))

    @needs(Permission.MOVE_CAMERAS)
    def ptz_goto_preset(self, session: Session, camera_id: CameraId, token: str) -> None:
        """Send a camera to one of its presets."""
        del session
        self.ptz_control.go_to(self._ptz_cameras.get(camera_id), token)

    @needs(Permission.MOVE_CAMERAS)
    def ptz_home(self, session: Session, camera_id: CameraId) -> None:
        """Send a camera to its home position."""
        del session
        self.ptz_control.go_home(self._ptz_cameras.get(camera_id))
