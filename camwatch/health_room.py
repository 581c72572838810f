"""The part of the composition root that knows how the program itself is doing."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from camwatch import __version__, language
from camwatch.commands import Commands
from camwatch.commands.health_desk import HealthSources
from camwatch.commands.trail import Trail
from camwatch.commands.update_desk import UpdateDesk
from camwatch.config import Settings
from camwatch.counting_room import CountingRoom
from camwatch.data.engine import Database
from camwatch.domain import CameraId, utc_now
from camwatch.events import (
    Bus,
    CameraStateChanged,
    ClockJumped,
    DetectorChanged,
    ThroughputMeasured,
)
from camwatch.health import QueueReading
from camwatch.health.chronicle import Chronicle
from camwatch.health.last_run import RunMarker
from camwatch.language import tr
from camwatch.outgoing.updates import read_keys
from camwatch.paths import Profile, resources
from camwatch.workers.base import Worker
from camwatch.workers.health import BusyMeter, HealthWorker, UpdateWorker
from camwatch.workers.sleep_guard import SleepGuard
from camwatch.workers.supervisor import Supervisor

_MOST_JUMPS = 20


class HealthRoom(QObject):
    """Gathers what the parts of the program tell of themselves, from its start on.

    Args:
        profile: Where it remembers.
        settings: As loaded.
        marker: Says whether the last run ended as it should; None in a demonstration.
        supervisor: Of the workers.
        counting: What counts people.
        bus: Where the parts tell.
        zone: The name of the site's time zone.
        is_passing: The profile is thrown away at the end.
    """

    def __init__(  # noqa: PLR0917 - all that it gathers from
        self,
        profile: Profile,
        settings: Settings,
        marker: RunMarker | None,
        supervisor: Supervisor,
        counting: CountingRoom,
        bus: Bus,
        zone: str,
        parent: QObject | None = None,
        *,
        is_passing: bool = False,
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._settings = settings
        self._marker = marker
        self._supervisor = supervisor
        self._counting = counting
        self._bus = bus
        self._is_passing = is_passing
        self._zone = zone
        self._lock = threading.Lock()
        self._states: dict[CameraId, CameraStateChanged] = {}
        self._jumps: deque[ClockJumped] = deque(maxlen=_MOST_JUMPS)
        self._detector: DetectorChanged | None = None
        self._speed: ThroughputMeasured | None = None
        self._meter = BusyMeter()
        self.queues: list[Callable[[], QueueReading]] = []
        """Where further work waits, beside that of the counting."""
        desktop = settings.desktop
        self.guard = SleepGuard(
            self._is_counting,
            keeps_awake=desktop.keep_awake,
            keeps_screen_on=desktop.keep_screen_on,
        )
        bus.subscribe(CameraStateChanged, self._on_state)
        bus.subscribe(ClockJumped, self._jumps.append)
        bus.subscribe(DetectorChanged, self._on_detector)
        bus.subscribe(ThroughputMeasured, self._on_speed)

    def posts(self, database: Database, commands: Commands) -> list[Callable[[], Worker]]:
        """Join what looks with what is to be looked at, and return what makes the workers."""
        desk = commands.health_desk
        updates = UpdateDesk(
            self._settings.updates,
            None if self._is_passing else self._profile.updates_file,
            read_keys(update_keys_folder()),
            Trail(database.audit),
            utc_now,
            __version__,
        )
        desk.sources = HealthSources(
            workers=lambda: self._meter.measured(self._supervisor.readings()),
            queues=self._queues(commands),
            states=self._known_states,
            detector=lambda: self._counting.detector,
            model_error=lambda: None if self._detector is None else self._detector.error,
            speed=self._speed_words,
            jumps=lambda: tuple(self._jumps),
            awake=lambda: self.guard.state,
            update=updates.state,
            crash=lambda: None if self._marker is None else self._marker.found,
            dismiss_crash=lambda: None if self._marker is None else self._marker.dismiss(),
            zone=self._zone,
        )
        desk.chronicle = Chronicle(None if self._is_passing else self._profile.health_file)
        touch = (lambda: None) if self._marker is None else self._marker.touch
        made: list[Callable[[], Worker]] = [lambda: HealthWorker(desk, self._bus, touch)]
        if not self._is_passing:  # a demonstration asks nobody anything
            made += self.guard.posts()
            if updates.is_on:
                made.append(lambda: UpdateWorker(updates, self._bus))
        return made

    def _queues(self, commands: Commands) -> Callable[[], Sequence[QueueReading]]:
        rows = self._settings.history.queue_rows

        def read() -> Sequence[QueueReading]:
            recording = commands.storage.recording()
            in_memory = max(0, recording.waiting_rows - recording.spooled_rows)
            return [
                *self._counting.queues(),
                QueueReading("rows", in_memory, rows, 0),
                *(queue() for queue in self.queues),
            ]

        return read

    def _is_counting(self) -> bool:
        with self._lock:
            return any(one.state.is_live for one in self._states.values())

    def _known_states(self) -> dict[CameraId, CameraStateChanged]:
        with self._lock:
            return dict(self._states)

    def _on_state(self, event: CameraStateChanged) -> None:
        with self._lock:
            self._states[event.camera_id] = event

    def _on_detector(self, event: DetectorChanged) -> None:
        self._detector = event

    def _on_speed(self, event: ThroughputMeasured) -> None:
        self._speed = event

    def _speed_words(self) -> str:
        speed = self._speed
        if speed is None:
            return ""
        if speed.analysed_share is None:
            return tr("{rate} pictures a second", rate=language.number(speed.pictures_per_s, ".1f"))
        return tr(
            "{rate} pictures a second, {percent} % searched for people",
            rate=language.number(speed.pictures_per_s, ".1f"),
            percent=round(speed.analysed_share * 100),
        )


def update_keys_folder() -> Path:
    """Return the folder of the keys whose signatures of update news count."""
    return resources() / "update-keys"
