"""Proves of a camera that only counts that no picture of it is written."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.picture_watch import PictureWatch, WrittenPicture
from camwatch.commands.privacy_commands import PrivacyDesk
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from camwatch.events import Bus, CountMeasured
from camwatch.language import tr
from camwatch.scene import PrivacyMode

_LOOK_S = 0.2
_LONGER_S = 60.0
_EVIDENCE, _AUDITS = "evidence", "audits"


@dataclass(frozen=True, slots=True)
class PrivacyProof:
    """What came of watching.

    Attributes:
        camera: Its name.
        at: When it began, UTC.
        seconds: How long it was watched.
        counted: In how many of its pictures people were counted meanwhile.
        files: How many files were looked at.
        folders: Which folders were watched with all that is in them.
        written: Where pictures were written.
        unread: Files that changed and could not be looked at.
    """

    camera: str
    at: datetime
    seconds: float
    counted: int
    files: int
    folders: tuple[Path, ...]
    written: tuple[WrittenPicture, ...]
    unread: tuple[Path, ...]

    @property
    def is_passed(self) -> bool:
        """True if pictures came, were counted, and none was written anywhere."""
        return self.counted > 0 and not self.written and not self.unread


def watch(  # noqa: PLR0917 - what is watched, and for how long
    camera: str,
    camera_id: CameraId | None,
    folders: tuple[Sequence[Path], Sequence[Path]],
    bus: Bus,
    seconds: float,
    now: datetime,
    *,
    cancel: threading.Event | None = None,
    is_of_another: Callable[[Path], bool] = lambda _file: False,
    is_enough: Callable[[], bool] = lambda: True,
) -> PrivacyProof:
    """Watch the whole program at work for a while. Blocks.

    Args:
        camera: Name of the camera, for the proof.
        camera_id: Whose counts are waited for; None for those of any.
        folders: What is watched beside all open files: own folders, and those that are shared
            with other programs, see `PictureWatch`.
        bus: Tells of counts.
        seconds: How long.
        now: UTC.
        cancel: Set it when nobody waits any more.
        is_of_another: Tells of a file with a picture whether it is known to be another camera's.
        is_enough: Tells whether all has happened that was waited for; it is waited for a minute
            longer at most.
    """
    counted = 0

    def on_count(event: CountMeasured) -> None:
        nonlocal counted
        counted += camera_id in (None, event.camera_id)

    watched = PictureWatch(*folders)
    watched.begin()
    began_s = time.monotonic()
    stop = cancel or threading.Event()
    end = bus.subscribe(CountMeasured, on_count)
    try:
        while not stop.wait(_LOOK_S):
            watched.look()
            took_s = time.monotonic() - began_s
            if took_s >= seconds and (is_enough() or took_s >= seconds + _LONGER_S):
                break
    finally:
        end()
    written = tuple(one for one in watched.written() if not is_of_another(one.file))
    return PrivacyProof(
        camera,
        now,
        round(time.monotonic() - began_s, 1),
        counted,
        watched.files,
        (*folders[0], *folders[1]),
        written,
        tuple(sorted(watched.unread)),
    )


class PrivacyCheckCommands:
    """Mixed into `Commands`, whose errors it shares."""

    guard: Guard
    privacy_desk: PrivacyDesk
    _privacy_profile: Path | None

    @needs(Permission.EDIT_SCENES)
    def check_privacy(
        self,
        session: Session,
        camera_id: CameraId,
        seconds: float = 10.0,
        *,
        cancel: threading.Event | None = None,
    ) -> PrivacyProof:
        """Watch the program for a while at work with a camera that only counts.

        The outcome goes into the audit log, which proves when it was and what was looked at.

        Args:
            session: Who asks.
            camera_id: Which camera.
            seconds: How long, 1 to 120.
            cancel: Set it when nobody waits any more.

        Raises:
            InvalidSetting: The camera does not only count, or the time is another.
            NotFound: The camera is gone.
        """
        desk = self.privacy_desk
        camera = desk.database.cameras.get(camera_id)
        if desk.database.privacy.get(camera_id).privacy.mode is not PrivacyMode.COUNT_ONLY:
            raise InvalidSetting("privacy", tr("of this camera is not “count only”"))
        if not 1 <= seconds <= 120:
            raise InvalidSetting("duration", tr("is not from 1 to 120 seconds"))
        profile = self._privacy_profile
        folders = ([] if profile is None else [profile]), [Path(tempfile.gettempdir())]
        others = _Others(desk, camera_id)
        proof = watch(
            camera.name,
            camera_id,
            folders,
            desk.bus,
            seconds,
            desk.clock(),
            cancel=cancel,
            is_of_another=others.owns,
        )
        desk.trail.record(
            session.actor,
            "check_privacy",
            camera.name,
            "passed" if proof.is_passed else "failed",
            seconds=f"{proof.seconds:g}",
            counted=str(proof.counted),
            files=str(proof.files),
            folders="; ".join(map(str, proof.folders))[:300],
            written="; ".join(one.file.name for one in proof.written)[:300],
        )
        return proof


class _Others:
    """Knows which picture files are of other cameras, which may go on keeping theirs."""

    def __init__(self, desk: PrivacyDesk, camera_id: CameraId) -> None:
        self._desk = desk
        self._camera_id = camera_id
        only_counts = {
            one.camera_id
            for one in desk.database.privacy.all()
            if one.privacy.mode is PrivacyMode.COUNT_ONLY
        }
        self._has_others = any(one.id not in only_counts for one in desk.database.cameras.all())

    def owns(self, file: Path) -> bool:
        """Tell whether a file with a picture is known to be another camera's."""
        desk = self._desk
        if file.parent.name == _EVIDENCE:
            of_this = desk.database.evidence.of_camera(self._camera_id)
            return file.name not in of_this and bool(desk.database.evidence.known([file.name]))
        if file.parent.parent.name == _AUDITS:
            return file.parent.name in {
                one.uid
                for one in desk.recorder.recordings()
                if one.plan.camera_id != self._camera_id
            }
        # What keeps small pictures in the history itself says how many are of this camera.
        is_history = file.suffix.startswith(".sqlite3")
        of_this_camera = sum(store.count(self._camera_id) for store in desk.stores)
        return is_history and self._has_others and not of_this_camera
