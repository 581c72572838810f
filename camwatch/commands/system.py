"""What the program itself may without anybody being signed in: polling does not stop at night."""

from __future__ import annotations

from camwatch.auth.secrets import SecretStore
from camwatch.commands.trail import ALARM, DENIED, SYSTEM, Trail
from camwatch.data.engine import Database
from camwatch.domain import Camera, Secret
from camwatch.events import CameraStateChanged
from camwatch.scene import PrivacyRecord, SceneRecord


def camera_password(secrets: SecretStore, camera: Camera) -> Secret | None:
    """Return a camera's password.

    Returns:
        None if the camera asks for none, or if none is kept any more.

    Raises:
        SecretsUnavailable: The keyring cannot be read now.
    """
    if not camera.settings.username:
        return None
    return secrets.get(camera.uid)


class SystemAccess:
    """For the workers only; screens go through `Commands`. All methods block."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._trail = Trail(database.audit)

    def camera_list(self) -> list[Camera]:
        """Return the cameras to poll, by name.

        Raises:
            StorageError: They cannot be read.
        """
        return self._database.cameras.all()

    def scene_list(self) -> list[SceneRecord]:
        """Return what is counted in the view of each camera.

        Raises:
            StorageError: It cannot be read.
        """
        return self._database.scenes.all()

    def privacy_list(self) -> list[PrivacyRecord]:
        """Return what of each camera's pictures may be seen.

        Raises:
            StorageError: It cannot be read.
        """
        return self._database.privacy.all()

    def note_blocked(self, camera: Camera, event: CameraStateChanged) -> None:
        """Put into the audit log that CamWatch did not go where a camera led, or was led."""
        self._trail.try_to_record(
            SYSTEM,
            "camera_blocked",
            camera.name,
            DENIED,
            uid=camera.uid,
            address=camera.settings.origin,
            reason=event.reason.value,
            detail=event.detail,
        )

    def note_disk_error(self, words: str) -> None:
        """Put into the audit log that the disk of the history reported an error."""
        self._trail.try_to_record(SYSTEM, "disk_error", "history", ALARM, detail=words)
