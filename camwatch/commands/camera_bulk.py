"""Many cameras at once: added, imported, exported, changed and removed, all or none."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import partial

from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.cameras.policy import validate_camera
from camwatch.commands.camera_editing import changes_between, checked_password, quietly
from camwatch.commands.camera_row import ImportRow
from camwatch.commands.camera_table import (
    ImportPreview,
    name_key,
    name_problem,
    names_in_use,
    read_list,
    write_list,
)
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import NOT_YOUR_SITE, visible
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.commands.written_passwords import WrittenPasswords
from camwatch.data.cameras import DEFAULT_SITE, CameraRepository
from camwatch.data.names import place_key
from camwatch.domain import Camera, CameraId, CameraSettings, Secret
from camwatch.errors import (
    ChangedMeanwhile,
    GivenUp,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PasswordsUncertain,
    StorageError,
)
from camwatch.events import Bus, CamerasChanged
from camwatch.language import tr

NewCamera = tuple[CameraSettings, Secret | None]
"""Settings as entered, and the password; None is none, with a user name an empty one."""

Progress = Callable[[int, int], None]
"""Called with how many cameras are done, and how many there are."""

_LOOKS_ITSELF = About("it names only cameras that the session's role sees")


def _no_progress(_done: int, _all: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What is to be changed of several cameras; None leaves a thing as it is with each.

    Attributes:
        site: Name of the site; "" is the default site.
        location: Where they hang.
        interval_s: Time from one counted picture to the next.
        is_enabled: Whether they are watched.
        username: "" takes the sign-in away, with its password. A new name alone keeps each
            camera's password.
        password: A new one, for every camera that has a user name then.
        allow_basic: As in `CameraSettings`, like those below.
        allow_local: Also.
        transport: Of RTSP streams.
        one_session: Also.
        loops: Of files.
    """

    site: str | None = None
    location: str | None = None
    interval_s: float | None = None
    is_enabled: bool | None = None
    username: str | None = None
    password: Secret | None = None
    allow_basic: bool | None = None
    allow_local: bool | None = None
    transport: str | None = None
    one_session: bool | None = None
    loops: bool | None = None

    @property
    def is_empty(self) -> bool:
        """True if nothing is to be changed."""
        return all(getattr(self, field.name) is None for field in fields(self))

    def applied_to(self, settings: CameraSettings) -> CameraSettings:
        """Return a camera's settings with the change, unchecked."""
        wanted = {
            field.name: value
            for field in fields(self)
            if field.name != "password" and (value := getattr(self, field.name)) is not None
        }
        return replace(settings, **wanted)


def problems_of(new: NewCamera, taken: Mapping[str, str]) -> tuple[InvalidSetting, ...]:
    """Tell what keeps a camera from being added.

    Args:
        new: As entered.
        taken: The names in use, see `names_in_use`.
    """
    settings, password = new
    found: list[InvalidSetting] = []
    try:
        validate_camera(settings)
    except InvalidSettings as error:
        found += error.problems
    try:
        checked_password(settings, password)
    except InvalidSetting as error:
        found.append(error)
    problem = name_problem(settings.name, taken)
    return (*found, problem) if problem else tuple(found)


class CameraBulk:
    """Changes many cameras for operators who were let through.

    As in `CameraEditing`, the keyring comes first, then the list in one transaction, then
    the audit log in one; what was done is undone when a later step fails.
    """

    def __init__(
        self,
        cameras: CameraRepository,
        secrets: SecretStore,
        trail: Trail,
        bus: Bus,
        clock: Callable[[], datetime],
    ) -> None:
        self._cameras = cameras
        self._secrets = secrets
        self._trail = trail
        self._bus = bus
        self._clock = clock

    def preview(self, data: bytes, role: OperatorRole) -> ImportPreview:
        """See `CameraBulkCommands.preview_import`."""
        cameras = self._cameras.all()
        seen = visible(role, cameras)
        hidden = [camera for camera in cameras if not role.sees(camera.site_id)]
        preview = read_list(data, seen, hidden)
        if role.sites is None:
            return preview
        sites = {place_key(one.name) for one in self._cameras.sites() if role.sees(one.id)}
        rows = (_within(row, sites) for row in preview.rows)
        return replace(preview, rows=tuple(rows))

    def export(self, actor: str, role: OperatorRole | None = None) -> bytes:
        """See `CameraBulkCommands.export_cameras`; without a role, all cameras."""
        cameras = self._cameras.all()
        if role is not None:
            cameras = visible(role, cameras)
        self._trail.record(actor, "export_cameras", "", DONE, cameras=str(len(cameras)))
        return write_list([camera.settings for camera in cameras])

    def add(
        self,
        actor: str,
        new: Sequence[NewCamera],
        *,
        action: str = "add_cameras",
        in_memory: bool = False,
        progress: Progress = _no_progress,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """See `CameraBulkCommands.add_cameras`."""
        if not new:
            return []
        entries = self._checked(new)
        with ExitStack() as undo:
            written = WrittenPasswords(self._secrets, in_memory=in_memory)
            undo.callback(written.take_back)  # what is left over, no camera uses
            for done, (uid, settings, password) in enumerate(entries):
                _go_on(cancel)
                progress(done, len(entries))
                if settings.username and password is not None:
                    written.write(settings.name, uid, password)
            _go_on(cancel)
            cameras = self._cameras.add_many([(uid, settings) for uid, settings, _ in entries])
            ids = [camera.id for camera in cameras]
            undo.callback(quietly, partial(self._cameras.remove_many, ids))
            self._trail.record_all(
                actor,
                action,
                DONE,
                [
                    (camera.name, {"uid": camera.uid, "address": camera.settings.origin})
                    for camera in cameras
                ],
            )
            undo.pop_all()
        progress(len(entries), len(entries))
        self._bus.publish(CamerasChanged(self._clock()))
        return cameras

    def edit(
        self,
        actor: str,
        camera_ids: Collection[CameraId],
        change: BulkChange,
        *,
        in_memory: bool = False,
        progress: Progress = _no_progress,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """See `CameraBulkCommands.edit_cameras`."""
        before = self._found(camera_ids)
        if not before or change.is_empty:
            return before
        edits = [_edited(camera, change) for camera in before]
        with ExitStack() as undo:
            written = WrittenPasswords(self._secrets, in_memory=in_memory)
            undo.callback(self._take_back, actor, written)
            for done, (camera, (_, password)) in enumerate(zip(before, edits, strict=True)):
                _go_on(cancel)
                progress(done, len(before))
                if password is not None:
                    is_first = not camera.settings.username
                    written.write(camera.name, camera.uid, password, is_first=is_first)
            _go_on(cancel)
            # The keyring was slow: what was changed of the cameras meanwhile has to stay.
            changed = self._cameras.change_many(
                [
                    (camera.id, partial(_edited_now, change, camera, password))
                    for camera, (_, password) in zip(before, edits, strict=True)
                ]
            )
            back = [(now.id, partial(_as_before, was, now)) for was, now in changed]
            undo.callback(quietly, partial(self._cameras.change_many, back))
            self._trail.record_all(
                actor,
                "edit_cameras",
                DONE,
                [
                    (
                        camera.name,
                        {
                            "uid": camera.uid,
                            **changes_between(
                                was.settings, camera.settings, is_password_new=password is not None
                            ),
                        },
                    )
                    for (was, camera), (_, password) in zip(changed, edits, strict=True)
                ],
            )
            undo.pop_all()
        for was, camera in changed:
            if was.settings.username and not camera.settings.username:
                quietly(partial(self._secrets.forget, was.uid))
        progress(len(before), len(before))
        self._bus.publish(CamerasChanged(self._clock()))
        return [camera for _, camera in changed]

    def _take_back(self, actor: str, written: WrittenPasswords) -> None:
        """Make the passwords what they were before a change that failed.

        Raises:
            PasswordsUncertain: The keyring did not let all of them.
        """
        if names := written.take_back():
            self._trail.try_to_record(
                actor, "edit_cameras", "", FAILED, password_may_be_new=", ".join(names)
            )
            raise PasswordsUncertain(names)

    def remove(self, actor: str, camera_ids: Collection[CameraId]) -> None:
        """See `CameraBulkCommands.remove_cameras`."""
        cameras = self._found(camera_ids)
        if not cameras:
            return
        facts = [(camera.name, {"uid": camera.uid}) for camera in cameras]
        # Audited first, for a removal cannot be taken back.
        self._trail.record_all(actor, "remove_cameras", DONE, facts)
        try:
            self._cameras.remove_many([camera.id for camera in cameras])
        except (NotFound, StorageError):
            self._trail.try_to_record(
                actor, "remove_cameras", "", FAILED, cameras=str(len(cameras))
            )
            raise
        self._bus.publish(CamerasChanged(self._clock()))
        for camera in cameras:
            if camera.settings.username:
                quietly(partial(self._secrets.forget, camera.uid))

    def _checked(self, new: Sequence[NewCamera]) -> list[tuple[str, CameraSettings, Secret | None]]:
        """Return each camera with its new uid, in its stored form.

        Raises:
            InvalidSettings: With all that is wrong with the first camera that is refused,
                and its name as the source.
        """
        taken = names_in_use(self._cameras.all())
        entries = []
        for settings, password in new:
            if problems := problems_of((settings, password), taken):
                raise InvalidSettings(problems, settings.name or settings.origin)
            clean = validate_camera(settings)
            taken[name_key(clean.name)] = tr("another one of these cameras")
            entries.append((str(uuid.uuid4()), clean, checked_password(clean, password)))
        return entries

    def _found(self, camera_ids: Collection[CameraId]) -> list[Camera]:
        """Return the cameras of these ids, by name.

        Raises:
            NotFound: One of them is gone.
        """
        wanted = set(camera_ids)
        found = [camera for camera in self._cameras.all() if camera.id in wanted]
        for missing in wanted - {camera.id for camera in found}:
            raise NotFound(tr("camera {missing}", missing=missing))
        return found


def _edited(camera: Camera, change: BulkChange) -> tuple[CameraSettings, Secret | None]:
    """Return a camera's new settings, and its new password; None if it keeps what it has.

    Raises:
        InvalidSettings: With every refused field, and the camera's name as the source.
    """
    settings = validate_camera(change.applied_to(camera.settings))
    is_new = bool(settings.username) and not camera.settings.username
    if change.password is None and not is_new:
        return settings, None
    if change.password is not None and settings.kind.is_networked and not settings.username:
        reason = tr("is missing; a password needs one")
        raise InvalidSettings([InvalidSetting("username", reason)], camera.name)
    try:
        password = checked_password(settings, change.password if settings.username else None)
    except InvalidSetting as error:
        raise InvalidSettings([error], camera.name) from error
    return settings, password


def _edited_now(
    change: BulkChange, seen: Camera, written: Secret | None, now: Camera
) -> CameraSettings:
    """Return the new settings of a camera as it is when they are stored.

    Args:
        change: What is to be changed.
        seen: The camera as it was when its password was written.
        written: That password, None if it keeps the one it has.
        now: The camera as it is.

    Raises:
        InvalidSettings: As `_edited`.
        ChangedMeanwhile: The password that was written is not what it needs, or it could go
            to another address than was looked at.
    """
    settings, password = _edited(now, change)
    if password != written or (written is not None and settings.reaches_beyond(seen.settings)):
        raise ChangedMeanwhile(now.name)
    return settings


def _as_before(before: Camera, after: Camera, now: Camera) -> CameraSettings:
    """Return what a camera was before a change, unless somebody has changed it since."""
    return before.settings if now.settings == after.settings else now.settings


def _within(row: ImportRow, sites: Collection[str]) -> ImportRow:
    """Return a row of a list; refused if its site is none of these."""
    if row.settings is None or place_key(row.settings.site or DEFAULT_SITE) in sites:
        return row
    problems = (*row.problems, InvalidSetting("site", NOT_YOUR_SITE))
    return replace(row, settings=None, password=None, problems=problems)


def _go_on(cancel: threading.Event | None) -> None:
    """Raise GivenUp if nobody waits any more."""
    if cancel is not None and cancel.is_set():
        raise GivenUp


class CameraBulkCommands:
    """Commands about many cameras, mixed into `Commands`, whose errors they share.

    Those that write passwords ask the keyring once for each camera, which takes a while:
    they tell how far they are, and can be given up, which leaves all as it was.
    """

    guard: Guard
    _bulk: CameraBulk

    @needs(Permission.EDIT_CAMERAS, about=_LOOKS_ITSELF)
    def preview_import(self, session: Session, data: bytes) -> ImportPreview:
        """Tell what a list of cameras would add, and what is wrong with which line.

        Args:
            session: Who asks.
            data: The file, as docs/many-cameras.md describes it.

        Raises:
            InvalidSetting: "file": it is no such list, or larger than is read.
        """
        return self._bulk.preview(data, session.role)

    @needs(Permission.EDIT_CAMERAS)
    def import_cameras(
        self,
        session: Session,
        preview: ImportPreview,
        *,
        only_good: bool = False,
        keep_in_memory: bool = False,
        progress: Progress = _no_progress,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """Add the cameras of a list: all of them, or none.

        Args:
            session: Who asks.
            preview: What `preview_import` returned; everything is checked once more.
            only_good: Leave out lines with problems, instead of refusing the list.
            keep_in_memory: As in `add_camera`.
            progress: See `Progress`; called in this thread.
            cancel: Set it to give up.

        Raises:
            InvalidSettings: Of the first line that is refused.
            SecretsUnavailable: A password was not kept, and no camera was added.
            GivenUp: It was cancelled, and no camera was added.
            PasswordNeeded: Passwords are given, and the operator's own was not entered lately.
        """
        if preview.bad and not only_good:
            row = preview.bad[0]
            raise InvalidSettings(row.problems, tr("line {line}", line=row.line))
        new = [(row.settings, row.password) for row in preview.good if row.settings is not None]
        if any(password for _, password in new):
            self.guard.require_fresh(session)
        return self._bulk.add(
            session.actor,
            new,
            action="import_cameras",
            in_memory=keep_in_memory,
            progress=progress,
            cancel=cancel,
        )

    @needs(Permission.EDIT_CAMERAS, fresh=True, about=_LOOKS_ITSELF)
    def export_cameras(self, session: Session) -> bytes:
        """Return the cameras as a CSV file that `preview_import` reads; no secret is in it.

        It has the cameras that the operator sees.

        Raises:
            PasswordNeeded: The operator's password was not entered lately.
        """
        return self._bulk.export(session.actor, session.role)

    @needs(Permission.EDIT_CAMERAS)
    def add_cameras(
        self,
        session: Session,
        new: Sequence[NewCamera],
        *,
        keep_in_memory: bool = False,
        progress: Progress = _no_progress,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """Add several cameras: all of them, or none.

        Args:
            session: Who asks.
            new: Each with its password; see `problems_of` for checking them beforehand.
            keep_in_memory: As in `add_camera`.
            progress: See `Progress`; called in this thread.
            cancel: Set it to give up.

        Raises:
            InvalidSettings: Of the first camera that is refused; its name is the source.
            SecretsUnavailable: A password was not kept, and no camera was added.
            GivenUp: It was cancelled, and no camera was added.
            PasswordNeeded: As in `import_cameras`.
        """
        if any(password for _, password in new):
            self.guard.require_fresh(session)
        return self._bulk.add(
            session.actor, new, in_memory=keep_in_memory, progress=progress, cancel=cancel
        )

    @needs(Permission.EDIT_CAMERAS)
    def edit_cameras(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: BulkChange,
        *,
        keep_in_memory: bool = False,
        progress: Progress = _no_progress,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        """Change the same things of several cameras: of all of them, or of none.

        Args:
            session: Who asks.
            camera_ids: Which ones.
            change: What is to be changed.
            keep_in_memory: As in `add_camera`.
            progress: See `Progress`; called in this thread.
            cancel: Set it to give up.

        Raises:
            InvalidSettings: Of the first camera that is refused; its name is the source.
            NotFound: One of the cameras is gone.
            ChangedMeanwhile: Somebody has changed a camera so that its password does not fit.
            SecretsUnavailable: A password was not kept, and nothing was changed.
            GivenUp: It was cancelled, and nothing was changed.
            PasswordsUncertain: Nothing was changed of the cameras, but the keyring did not
                take back all passwords.
            PasswordNeeded: A password is given, and the operator's own was not entered lately.
        """
        if change.password:
            self.guard.require_fresh(session)
        return self._bulk.edit(
            session.actor,
            camera_ids,
            change,
            in_memory=keep_in_memory,
            progress=progress,
            cancel=cancel,
        )

    @needs(Permission.EDIT_CAMERAS)
    def remove_cameras(self, session: Session, camera_ids: Collection[CameraId]) -> None:
        """Take several cameras out of the list, or none; see `remove_camera`.

        Raises:
            NotFound: One of them is gone already.
        """
        self._bulk.remove(session.actor, camera_ids)
