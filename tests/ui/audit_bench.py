"""Audits on a real history, with real recordings of a simulated camera and real threads."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from camwatch.accuracy import (
    AuditKind,
    RecordedPassage,
    RecordedPicture,
    Recording,
    Setup,
    Truth,
    scene_key,
    write_recording,
)
from camwatch.accuracy.keeping import BOXES, OpenedRecording, box_line, write_status
from camwatch.accuracy.plan import RecordingEnd, RecordingState, RecordingStatus
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.model_desk import desk_for
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, Role, utc_now
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.scene import Direction, Line, Scene
from camwatch.ui.bridge import EventBridge
from camwatch.workers.audit_recorder import AuditRecorder
from camwatch.workers.audit_recordings import AuditRecordings
from camwatch.workers.audit_writing import RecordingLimits
from camwatch.workers.queries import QueryPool
from tests.auth.keyrings import MemoryKeyring
from tests.data.values import settings
from tests.workers.audit_site import a_plan, a_setup, jpeg

START = datetime(2026, 11, 12, 9, 0, tzinfo=UTC)
DOOR = Line("Door", (0.5, 0.1), (0.5, 0.9))


def audit_setup(threshold: float = 0.4, scene: Scene | None = None) -> Setup:
    """What counts the people of a camera with this scene, or with a line at its door."""
    key = scene_key(scene or Scene(lines=(DOOR,)))
    return dataclasses.replace(a_setup(threshold), scene_key=key)


class AuditBench:
    """Everything between the screens and the disk, as the program joins it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "audits"
        self.database = Database.open(folder / "camwatch.sqlite3")
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        keyring = MemoryKeyring()
        self.secrets = SecretStore(lambda: keyring)
        self.recordings = AuditRecordings(
            self.folder, self.bus, limits=RecordingLimits(start_free=1, stop_free=1)
        )
        self.setup: Setup | None = audit_setup()
        counting = Counting(
            desk_for(Profile(folder)), self.recordings, lambda _camera: self.setup, lambda: 0.4
        )
        policy = CameraPolicy()
        self.commands = Commands(self.database, self.secrets, policy, self.bus, counting)
        self.session = self.sign_in("maria", Role.ADMINISTRATOR)
        self.camera = self.add_camera("Gate")
        self.pool = QueryPool()
        self._workers = [make() for make in self.pool.posts()]
        self._workers.append(AuditRecorder(self.recordings))

    def sign_in(self, name: str, role: Role) -> Session:
        """Make an operator and let them in, without the second that a password takes."""
        user = self.database.operators.add(name, role, "")
        return self.commands.guard._sessions.start(user, built_in_role(role), utc_now())

    def start(self) -> None:
        for worker in self._workers:
            worker.start()

    def stop(self) -> None:
        for worker in self._workers:
            worker.request_stop()
        for worker in self._workers:
            assert worker.wait(10_000)
        self.bridge.close()
        self.secrets.close()
        self.database.close()

    def add_camera(self, name: str) -> Camera:
        camera = self.database.cameras.add(dataclasses.replace(settings(name), interval_s=0.2))
        self.database.scenes.save(camera.id, Scene(lines=(DOOR,)))
        return camera

    def record(
        self,
        kind: AuditKind = AuditKind.OCCUPANCY,
        *,
        counts: Sequence[int] = (1,) * 20,
        passages: Sequence[tuple[float, Direction]] = (),
        every_s: float = 0.2,
        duration_s: float | None = None,
        camera: CameraId | None = None,
        started_at: datetime | None = None,
        scene: Scene | None = None,
    ) -> OpenedRecording:
        """Leave a finished recording as an earlier run did; before `start`."""
        return a_recording(
            self.folder,
            kind,
            counts=counts,
            passages=passages,
            every_s=every_s,
            duration_s=duration_s,
            camera=self.camera.id if camera is None else camera,
            started_at=started_at or utc_now() - timedelta(hours=1),
            scene=scene,
        )


def a_recording(
    parent: Path,
    kind: AuditKind = AuditKind.OCCUPANCY,
    *,
    counts: Sequence[int],
    passages: Sequence[tuple[float, Direction]] = (),
    every_s: float = 0.2,
    duration_s: float | None = None,
    camera: CameraId,
    started_at: datetime = START,
    truth: Truth | None = None,
    scene: Scene | None = None,
) -> OpenedRecording:
    """Write a recording whose pictures are those of the simulated camera."""
    uid = str(uuid.uuid4())
    folder = parent / uid
    folder.mkdir(parents=True)
    lasts_s = len(counts) * every_s if duration_s is None else duration_s
    pictures = []
    lines = []
    for number, count in enumerate(counts):
        file = f"{number + 1:06d}.jpg"
        (folder / file).write_bytes(jpeg(number % 100))
        at = started_at + timedelta(seconds=number * every_s)
        scores = (0.9,) * count + (0.3,)
        pictures.append(RecordedPicture(at, file, count, count, 0.5, 0.1, scores))
        box = (0.1, 0.2, 0.2, 0.8)
        lines.append(box_line(file, tuple((box[0] + 0.1 * n, *box[1:]) for n in range(count))))
    (folder / BOXES).write_text("".join(lines))
    is_passing = kind is AuditKind.PASSAGES
    recording = Recording(
        uid=uid,
        camera_id=camera,
        camera_name="Gate",
        kind=kind,
        place="Door" if is_passing else None,
        started_at=started_at,
        ended_at=started_at + timedelta(seconds=lasts_s),
        setup=audit_setup(scene=scene),
        pictures=tuple(pictures),
        passages=tuple(
            RecordedPassage(started_at + timedelta(seconds=t_s), "Door", way)
            for t_s, way in passages
        ),
    )
    write_recording(folder, recording)
    wanted = len(counts) if kind is AuditKind.PICTURES else None
    status = RecordingStatus(
        uid,
        a_plan(kind, lasts_s, pictures=wanted, camera=camera),
        RecordingState.READY,
        started_at,
        recording.ended_at,
        pictures=len(counts),
        size=len(counts) * len(jpeg(0)),
        last_picture=pictures[-1].file,
        end=RecordingEnd.COMPLETE,
    )
    write_status(folder, status)
    boxes = {one.file: () for one in pictures}
    return OpenedRecording(folder, status, recording, truth, boxes)
