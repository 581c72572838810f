"""Adding, changing and removing cameras, with their passwords, all or nothing."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from functools import partial

from camwatch.auth.secrets import SecretStore
from camwatch.cameras.pinning import short
from camwatch.cameras.policy import validate_camera
from camwatch.cameras.trial import ConnectionTest, test_connection
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.commands.written_passwords import forget_old
from camwatch.config import CameraPolicy
from camwatch.data.cameras import CameraRepository
from camwatch.domain import Camera, CameraId, CameraSettings, Secret
from camwatch.errors import (
    CamWatchError,
    InvalidSetting,
    NotFound,
    StorageError,
)
from camwatch.language import marked, tr

log = logging.getLogger(__name__)

LONGEST_PASSWORD = 512
"""In characters: what every keyring and every known camera takes."""

_ENTER_AGAIN = marked(
    "must be entered again, because the address changed: the old one is not sent to another device"
)


@dataclass(frozen=True, slots=True)
class KeepPassword:
    """Stands for the password that is kept already, in an edit that does not change it."""


class CameraEditing:
    """Changes the list of cameras for operators who were let through.

    The keyring comes first and the list second: what fails in between leaves at worst
    a keyring entry that no camera uses, never a camera without its password.
    """

    def __init__(
        self, cameras: CameraRepository, secrets: SecretStore, limits: CameraPolicy, trail: Trail
    ) -> None:
        self._cameras = cameras
        self._secrets = secrets
        self._limits = limits
        self._trail = trail

    def add(
        self, actor: str, settings: CameraSettings, password: Secret | None, *, in_memory: bool
    ) -> Camera:
        """See `Commands.add_camera`."""
        settings = validate_camera(settings)
        secret = checked_password(settings, password)
        uid = str(uuid.uuid4())
        with ExitStack() as undo:
            if secret is not None:
                self._keep(undo, uid, secret, in_memory=in_memory)
            camera = self._cameras.add(settings, uid=uid)
            undo.callback(quietly, partial(self._cameras.remove, camera.id))
            pin = {"certificate": short(settings.pin)} if settings.pin else {}
            self._trail.record(
                actor,
                "add_camera",
                camera.name,
                DONE,
                uid=uid,
                address=camera.settings.origin,
                **pin,
            )
            undo.pop_all()
        return camera

    def edit(
        self,
        actor: str,
        camera_id: CameraId,
        settings: CameraSettings,
        password: Secret | KeepPassword | None,
        *,
        in_memory: bool,
    ) -> Camera:
        """See `Commands.edit_camera`."""
        settings = validate_camera(settings)
        old = self._cameras.get(camera_id)
        has_moved = settings.reaches_beyond(old.settings)
        secret: Secret | None = None
        if not isinstance(password, KeepPassword):
            secret = checked_password(settings, password)
        elif not old.settings.username:
            secret = checked_password(settings, None)  # there is none to keep
        elif settings.username and has_moved:
            raise InvalidSetting("password", tr(_ENTER_AGAIN))
        with ExitStack() as undo:
            if secret is not None:
                # An entry of a camera that had no sign-in is left over, from wherever it was.
                if in_memory and (has_moved or not old.settings.username):
                    undo.callback(quietly, forget_old(self._secrets, old.uid))
                self._keep(undo, old.uid, secret, in_memory=in_memory)
            camera = self._replace(undo, old, settings)
            self._trail.record(
                actor,
                "edit_camera",
                camera.name,
                DONE,
                uid=old.uid,
                **changes_between(
                    old.settings, camera.settings, is_password_new=secret is not None
                ),
            )
            undo.pop_all()
        if old.settings.username and not settings.username:
            quietly(partial(self._secrets.forget, old.uid))
        return camera

    def follow(self, actor: str, camera_id: CameraId, host: str) -> Camera:
        """Give a camera that was known again by its hardware its new address.

        Its password goes with it, unlike in an edit: it is the same device. A certificate
        that is trusted stays the only one that is.
        """
        old = self._cameras.get(camera_id)
        settings = validate_camera(replace(old.settings, host=host))
        with ExitStack() as undo:
            camera = self._replace(undo, old, settings)
            self._trail.record(
                actor,
                "follow_camera",
                camera.name,
                DONE,
                uid=old.uid,
                hardware=old.settings.hardware_id,
                address=camera.settings.origin,
                address_before=old.settings.origin,
            )
            undo.pop_all()
        return camera

    def remove(self, actor: str, camera_id: CameraId) -> None:
        """See `Commands.remove_camera`."""
        camera = self._cameras.get(camera_id)
        # Audited first, for a removal cannot be taken back.
        self._trail.record(actor, "remove_camera", camera.name, DONE, uid=camera.uid)
        try:
            self._cameras.remove(camera_id)
        except (NotFound, StorageError):
            self._trail.try_to_record(actor, "remove_camera", camera.name, FAILED, uid=camera.uid)
            raise
        if camera.settings.username:
            quietly(partial(self._secrets.forget, camera.uid))

    def trust(self, actor: str, camera_id: CameraId, fingerprint: str) -> Camera:
        """See `Commands.trust_certificate`."""
        old = self._cameras.get(camera_id)
        if not fingerprint.strip():
            raise InvalidSetting("pin", tr("is missing"))
        settings = validate_camera(replace(old.settings, pin=fingerprint))
        with ExitStack() as undo:
            camera = self._replace(undo, old, settings)
            self._trail.record(
                actor,
                "trust_certificate",
                camera.name,
                DONE,
                uid=old.uid,
                **_pins(old.settings, settings),
            )
            undo.pop_all()
        return camera

    def test(
        self,
        settings: CameraSettings,
        password: Secret | None,
        camera_id: CameraId | None,
        cancel: threading.Event | None,
    ) -> ConnectionTest:
        """See `Commands.test_camera`."""
        settings = validate_camera(settings)
        if password is None and camera_id is not None and settings.username:
            stored = self._cameras.get(camera_id)
            if stored.settings.username:
                if settings.reaches_beyond(stored.settings):
                    raise InvalidSetting("password", tr(_ENTER_AGAIN))
                secret = self._secrets.get(stored.uid)
                return test_connection(settings, secret, self._limits, cancel=cancel)
        return test_connection(
            settings, checked_password(settings, password), self._limits, cancel=cancel
        )

    def _replace(self, undo: ExitStack, old: Camera, settings: CameraSettings) -> Camera:
        """Store new settings that were made from a camera as it was read, and only from that.

        Raises:
            ChangedMeanwhile: Somebody else has changed it since then.
        """
        camera = self._cameras.update(old.id, settings, seen=old.settings)
        back = partial(self._cameras.update, old.id, old.settings, seen=camera.settings)
        undo.callback(quietly, back)
        return camera

    def _keep(self, undo: ExitStack, uid: str, secret: Secret, *, in_memory: bool) -> None:
        keep = self._secrets.remember if in_memory else self._secrets.put
        undo.callback(quietly, keep(uid, secret))


def checked_password(settings: CameraSettings, password: Secret | None) -> Secret | None:
    """Return what is to be kept for these settings; without a user name it is nothing.

    A user name without a password has an empty one: there are such cameras.
    """
    text = "" if password is None else password.reveal()
    if not settings.username:
        if text:
            raise InvalidSetting("username", tr("is missing; a password needs one"))
        return None
    if len(text) > LONGEST_PASSWORD:
        raise InvalidSetting(
            "password",
            tr("may have {longest_password} characters at most", longest_password=LONGEST_PASSWORD),
        )
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair is no character
        raise InvalidSetting("password", tr("has characters that cannot be sent")) from None
    return Secret(text)


def changes_between(
    old: CameraSettings, new: CameraSettings, *, is_password_new: bool
) -> dict[str, str]:
    """Name what was changed; values only where they cannot hold a secret, as a path may."""
    names = [
        field.name
        for field in fields(CameraSettings)
        if getattr(old, field.name) != getattr(new, field.name)
    ]
    if is_password_new:
        names.append("password")
    details = {"changed": ", ".join(names)}
    if old.name != new.name:
        details["name_before"] = old.name
    if old.origins != new.origins:
        details |= {"address": _addresses(new), "address_before": _addresses(old)}
    if old.pin != new.pin:
        details |= _pins(old, new)
    return details


def _addresses(settings: CameraSettings) -> str:
    """Name every place that the password may be sent to."""
    return ", ".join(dict.fromkeys(settings.origins))


def _pins(old: CameraSettings, new: CameraSettings) -> dict[str, str]:
    """Name the certificate that is trusted from now on, and the one before."""
    return {
        "certificate": short(new.pin) if new.pin else "none",
        "certificate_before": short(old.pin) if old.pin else "none",
    }


def quietly(step: Callable[[], object]) -> None:
    """Take a step of tidying up; the operator is told of what made it necessary instead."""
    try:
        step()
    except CamWatchError as error:
        log.warning("tidying up after a change of cameras failed: %s", error)
