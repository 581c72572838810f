"""A site whose cameras go wrong all at once, each in its own way, and what is then true of each.

The real parts run as in the program: one poller, picture and analysis threads with the bundled
model, the recorder and its database, under their supervisor. Only the window is not there. Forty
faults at once take no longer than one, and show that none of them disturbs its neighbours.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from camwatch.config import CameraPolicy, Settings
from camwatch.counting_room import CountingRoom
from camwatch.data.engine import Database
from camwatch.data.moments import to_ms
from camwatch.domain import (
    Camera,
    CameraId,
    CameraState,
    Picture,
    Reason,
    Secret,
    SourceKind,
    utc_now,
)
from camwatch.errors import CameraError
from camwatch.events import Bus, CameraStateChanged, CountMeasured, PollFailed
from camwatch.logs import FORMAT, ScrubbingFormatter
from camwatch.paths import Profile
from camwatch.workers.base import Worker
from camwatch.workers.pictures import TileFeed
from camwatch.workers.poller import PollerWorker
from camwatch.workers.recorder import RecorderWorker
from camwatch.workers.store import Store
from camwatch.workers.supervisor import Supervisor
from tests.support.fault_camera import FaultCamera, Reply, jpeg, streaming, ticking

INTERVAL_S = 0.5
LIMITS = CameraPolicy(
    snapshot_timeout_s=1.2,
    stream_stall_timeout_s=1.5,
    max_picture_mib=1,
    breaker_pause_s=0.5,
    auth_pause_s=0.5,
    frozen_after=3,
)
CANARY = "canary-7f3a9b-of-the-cameras"
VIEW = jpeg(1, (320, 176))
_HEALTHY = SourceKind.SNAPSHOT


def _sound(kind: SourceKind) -> Reply:
    return streaming(VIEW) if kind is SourceKind.MJPEG else ticking(VIEW)


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Something a camera does wrong from one moment to another.

    Attributes:
        name: In a word or two.
        reply: What it answers then; None if it refuses connections.
        state: The state that it leads to; OK if it must do no harm.
        reason: The reason that is shown beside it.
        kind: Snapshots, or an MJPEG stream.
    """

    name: str
    reply: bytes | Reply | None
    state: CameraState
    reason: Reason
    kind: SourceKind = SourceKind.SNAPSHOT


@dataclass(slots=True, eq=False)
class Story:
    """What became of one camera.

    Attributes:
        states: All that was told of it, in order.
        failures: All polls that failed.
        arrivals_s: When its pictures came, on the monotonic clock.
        counted_at: When the pictures were taken in which people were counted.
    """

    states: list[CameraStateChanged] = field(default_factory=list)
    failures: list[PollFailed] = field(default_factory=list)
    arrivals_s: list[float] = field(default_factory=list)
    counted_at: list[datetime] = field(default_factory=list)

    @property
    def state(self) -> tuple[CameraState, Reason] | None:
        """What was told last."""
        return (self.states[-1].state, self.states[-1].reason) if self.states else None


class Heartbeat:
    """Beats in the GUI thread twenty times a second.

    Attributes:
        longest_s: The longest time between two beats.
    """

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last_s = time.monotonic()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(50)

    def _beat(self) -> None:
        now_s = time.monotonic()
        self.longest_s = max(self.longest_s, now_s - self._last_s)
        self._last_s = now_s

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()


def spin(condition: Callable[[], bool], what: str, within_s: float = 30.0) -> None:
    """Run the GUI thread's event loop until something is so.

    Raises:
        AssertionError: It did not become so in time.
    """
    loop, timer = QEventLoop(), QTimer()
    ends_s = time.monotonic() + within_s

    def look() -> None:
        if condition() or time.monotonic() > ends_s:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(20)
    loop.exec()
    timer.stop()
    assert condition(), f"not within {within_s:g} s: {what}"


def rest(seconds: float) -> None:
    """Let time pass while the GUI thread's event loop runs."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class FaultySite:
    """Cameras that go wrong, others that do not, and all of the program but its window.

    Used with `with`; afterwards the history can be read still.

    Args:
        folder: Empty; gets the history and the log.
        faults: One camera for each.
        healthy: So many more that never go wrong.
        interval_s: Of all cameras.
    """

    def __init__(
        self, folder: Path, faults: Sequence[Fault], healthy: int, interval_s: float = INTERVAL_S
    ) -> None:
        self.profile = Profile(folder)
        self.profile.create()
        self.faults = faults
        self.interval_s = interval_s
        self.stories: defaultdict[CameraId, Story] = defaultdict(Story)
        self.late: list[str] = []
        self.stopping_s = 0.0
        self._stack = ExitStack()
        self._number = len(faults) + healthy
        self._sources: list[FaultCamera] = []
        self._poller: PollerWorker | None = None
        self._parent = QObject()
        self.bus = Bus()
        self.supervisor = Supervisor(self.bus, self._parent)

    def __enter__(self) -> Self:
        self._log_to_file()
        database = self._stack.enter_context(Database.open(self.profile.database_file))
        self.cameras: list[Camera] = []
        for number in range(1, self._number + 1):
            kind = self.faults[number - 1].kind if number <= len(self.faults) else _HEALTHY
            source = self._stack.enter_context(FaultCamera(_sound(kind)))
            self._sources.append(source)
            settings = source.settings(
                name=f"Camera {number:02}", username="op", interval_s=self.interval_s
            )
            if kind is SourceKind.MJPEG:
                settings = replace(settings, kind=kind, stream_path="/stream", snapshot_path="")
            self.cameras.append(database.cameras.add(settings))
        self.bus.subscribe(CameraStateChanged, self._on_state)
        self.bus.subscribe(PollFailed, self._on_failure)
        self.bus.subscribe(CountMeasured, self._on_count)
        room = CountingRoom(
            self.profile,
            Settings(cameras=LIMITS),
            TileFeed(self._parent),
            self._on_undecodable,
            self.bus,
            self._parent,
        )
        self._room = room
        room.set_cameras(self.cameras, [], [])
        self.supervisor.add(lambda: RecorderWorker(Store(database.counts.save), self.bus, 100_000))
        for make in room.posts():
            self.supervisor.add(make)
        self.supervisor.add(self._make_poller)
        self.supervisor.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        self._stack.close()

    def stop(self) -> None:
        """End all workers as the program does; harmless when called again."""
        if not self.stopping_s:
            started_s = time.monotonic()
            self.late = self.supervisor.stop()
            self.stopping_s = time.monotonic() - started_s

    # ---------------------------------------------------------------- what is done to it

    def inject(self) -> None:
        """Let each fault begin."""
        for fault, source in zip(self.faults, self._sources, strict=False):
            if fault.reply is None:
                source.refuse()
            else:
                source.reply = fault.reply

    def lift(self) -> None:
        """Let all cameras be sound again."""
        for source, camera in zip(self._sources, self.cameras, strict=True):
            source.reply = _sound(camera.settings.kind)
            source.accept()

    # ---------------------------------------------------------------- what is true of it

    def faulty(self) -> list[tuple[Fault, Camera]]:
        """Return each fault with its camera."""
        return list(zip(self.faults, self.cameras, strict=False))

    def healthy(self) -> list[Camera]:
        """Return the cameras that never go wrong."""
        return self.cameras[len(self.faults) :]

    def wait_until_live(self, since: datetime) -> None:
        """Wait until each camera is live and was counted since."""

        def missing() -> list[tuple[str, object]]:
            return [
                (camera.name, story.state)
                for camera in self.cameras
                for story in (self.stories[camera.id],)
                if story.state is None
                or not story.state[0].is_live
                or not story.counted_at
                or story.counted_at[-1] < since
            ]

        try:
            spin(lambda: not missing(), "all cameras live and counted")
        except AssertionError as error:
            raise AssertionError(f"{error}; {missing()}") from None

    def wait_until_down(self) -> None:
        """Wait until each fault is told of as it should be."""

        def missing() -> list[tuple[str, object]]:
            return [
                (fault.name, self.stories[camera.id].state)
                for fault, camera in self.faulty()
                if self.stories[camera.id].state != (fault.state, fault.reason)
            ]

        try:
            spin(lambda: not missing(), "each fault is told")
        except AssertionError as error:
            raise AssertionError(f"{error}; {missing()}") from None

    def wait_for_failures(self, count: int) -> None:
        """Wait until each faulty camera has failed so many more times."""
        before = {camera.id: len(self.stories[camera.id].failures) for camera in self.cameras}
        spin(
            lambda: all(
                len(self.stories[camera.id].failures) >= before[camera.id] + count
                for _, camera in self.faulty()
            ),
            f"{count} failures each",
        )

    def wait_for_pictures(self, count: int) -> None:
        """Wait until each camera has sent so many more good pictures."""
        before = {camera.id: len(self.stories[camera.id].arrivals_s) for camera in self.cameras}
        spin(
            lambda: all(
                len(self.stories[camera.id].arrivals_s) >= before[camera.id] + count
                for camera in self.cameras
            ),
            f"{count} pictures each",
        )

    def lateness_ms(self, camera: Camera, start_s: float, end_s: float) -> list[float]:
        """Return how much later than ever each picture came on its grid, milliseconds."""
        arrivals = self.stories[camera.id].arrivals_s
        phases = [arrival_s % self.interval_s for arrival_s in arrivals]
        # A camera's grid may begin anywhere; turned so that no phase is near its end.
        turn = self.interval_s / 4 - phases[0]
        turned = [(phase + turn) % self.interval_s for phase in phases]
        earliest = min(turned)
        return [
            (phase - earliest) * 1000
            for phase, arrival_s in zip(turned, arrivals, strict=True)
            if start_s <= arrival_s < end_s
        ]

    # ---------------------------------------------------------------- what it left behind

    def samples(self, camera: Camera, start: datetime, end: datetime) -> list[int]:
        """Return the stored counts of a stretch of time."""
        return [
            count
            for (count,) in self._query(
                "SELECT count FROM sample WHERE camera_id = ? AND ts > ? AND ts < ?",
                *(camera.id, to_ms(start), to_ms(end)),
            )
        ]

    def stored_states(
        self, camera: Camera, start: datetime, end: datetime
    ) -> list[tuple[Any, ...]]:
        """Return the stored states of a stretch of time, each with its reason."""
        return self._query(
            "SELECT state, reason FROM camera_state"
            " WHERE camera_id = ? AND ts >= ? AND ts <= ? ORDER BY ts",
            *(camera.id, to_ms(start), to_ms(end)),
        )

    def logged_failures(self, camera: Camera) -> dict[str, int]:
        """Return how many lines the log has of a camera's failed polls, by their reason."""
        lines: defaultdict[str, int] = defaultdict(int)
        pattern = rf"camera {camera.id} '[^']*': no picture: (\w+)"
        for reason in re.findall(pattern, self.profile.log_file.read_text(encoding="utf-8")):
            lines[reason] += 1
        return dict(lines)

    def secrets_found(self) -> list[str]:
        """Return where the cameras' password can be read: files, and what processes show."""
        secret = CANARY.encode()
        places = [path for path in self.profile.folder.rglob("*") if path.is_file()]
        found = [str(path) for path in places if secret in path.read_bytes()]
        for process in [psutil.Process(), *psutil.Process().children(recursive=True)]:
            found += [
                f"{part} of {process.name()}"
                for part in ("cmdline", "environ")
                if secret in Path(f"/proc/{process.pid}/{part}").read_bytes()
            ]
        return found

    def _query(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.profile.database_file, timeout=30)) as history:
            return history.execute(text, values).fetchall()

    # ---------------------------------------------------------------- how it is joined

    def _make_poller(self) -> Worker:
        self._poller = PollerWorker(LIMITS, self._password_for, self._deliver, self.bus)
        self._poller.set_cameras(self.cameras)
        return self._poller

    @staticmethod
    def _password_for(_camera: Camera) -> Secret | None:
        return Secret(CANARY)

    def _deliver(self, picture: Picture) -> None:
        self.stories[picture.camera_id].arrivals_s.append(picture.captured_s)
        self._room.take(picture)

    def _on_undecodable(self, picture: Picture, error: CameraError) -> None:
        if self._poller is not None:
            self._poller.picture_failed(picture, error)

    def _on_state(self, event: CameraStateChanged) -> None:
        self.stories[event.camera_id].states.append(event)

    def _on_failure(self, event: PollFailed) -> None:
        self.stories[event.camera_id].failures.append(event)

    def _on_count(self, event: CountMeasured) -> None:
        self.stories[event.camera_id].counted_at.append(event.at)

    def _log_to_file(self) -> None:
        logger = logging.getLogger("camwatch")
        handler = logging.FileHandler(self.profile.log_file, encoding="utf-8")
        handler.setFormatter(ScrubbingFormatter(FORMAT))
        level = logger.level
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)

        def restore() -> None:
            logger.removeHandler(handler)
            logger.setLevel(level)
            handler.close()

        self._stack.callback(restore)


@dataclass(frozen=True, slots=True)
class Moments:
    """When things were done to a site, UTC and on the monotonic clock.

    Attributes:
        injected: The faults began.
        told: Each of them was told of as it should be.
        lifted: They ended.
        back: All cameras were live again.
    """

    injected: datetime
    told: datetime
    lifted: datetime
    back: datetime
    began_s: float
    injected_s: float
    lifted_s: float


def one_outage(site: FaultySite, calm_s: float, outage_s: float) -> Moments:
    """Let all faults begin and end once.

    Args:
        site: Its workers run.
        calm_s: How long all is well before.
        outage_s: How long the faults go on once all of them are told.
    """
    began_s = time.monotonic()
    site.wait_until_live(utc_now())
    rest(calm_s)
    injected, injected_s = utc_now(), time.monotonic()
    site.inject()
    site.wait_until_down()
    told = utc_now()
    rest(outage_s)
    lifted, lifted_s = utc_now(), time.monotonic()
    site.lift()
    site.wait_until_live(lifted + timedelta(milliseconds=1))
    return Moments(injected, told, lifted, utc_now(), began_s, injected_s, lifted_s)
