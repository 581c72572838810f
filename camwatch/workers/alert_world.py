"""Reads what rules are judged by, beside the way of the facts: weeks of history take a while."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject

from camwatch.alerts.rules import PlaceRef
from camwatch.commands.alert_desk import AlertWorld
from camwatch.domain import CameraId, PlaceId
from camwatch.errors import StorageError
from camwatch.events import Bus, CamerasChanged, RulesChanged
from camwatch.mailbox import Latest
from camwatch.resilience import Backoff
from camwatch.scene import SceneRecord
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

EVERY_S = 3600.0
"""Without any change it is read so often: what is usual, and who has passed, goes on."""

_GATHER_S = 0.1
_RETRY = Backoff(first_s=1.0, factor=2.0, longest_s=30.0)


@dataclass(frozen=True, slots=True)
class World:
    """What rules are judged by, and the stored places of each view.

    Attributes:
        known: From the database.
        places: Lines, gates and zones by their stored ids.
    """

    known: AlertWorld
    places: dict[PlaceId, PlaceRef] = field(default_factory=dict)

    @property
    def camera_ids(self) -> frozenset[CameraId]:
        """The cameras there are."""
        return frozenset(camera.id for camera in self.known.cameras)


class WorldWorker(Worker):
    """Reads it at the start, when rules or cameras changed, and once an hour.

    Args:
        read: Reads what rules are judged by; may take seconds.
        scenes: Reads the places of all views.
        bus: Tells of changes.
        tell: Given each reading, in this thread; must not wait.
    """

    def __init__(
        self,
        read: Callable[[], AlertWorld],
        scenes: Callable[[], Sequence[SceneRecord]],
        bus: Bus,
        tell: Callable[[World], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__("alert rules", parent)
        self._read = read
        self._scenes = scenes
        self._tell = tell
        self._is_stale = threading.Event()
        self._is_stale.set()
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._unsubscribes = (
            bus.subscribe(CamerasChanged, lambda _event: self._is_stale.set()),
            bus.subscribe(RulesChanged, lambda _event: self._is_stale.set()),
        )

    def work(self) -> None:
        """Read until asked to stop."""
        failures = 0
        wait_s = EVERY_S
        try:
            while True:
                self._is_stale.wait(wait_s)
                if self.stop_event.wait(_GATHER_S):
                    return
                self._is_stale.clear()
                try:
                    world = World(self._read(), _places(self._scenes()))
                except StorageError as error:
                    failures += 1
                    wait_s = _RETRY.wait_s(failures, self._chance)
                    log.error("rules cannot be read: %s [%s]", error, error.error_id)  # noqa: TRY400
                else:
                    failures, wait_s = 0, EVERY_S
                    self._tell(world)
        finally:
            for unsubscribe in self._unsubscribes:
                unsubscribe()

    def read_now(self) -> None:
        """Read it soon, whatever has changed; never waits."""
        self._is_stale.set()

    def request_stop(self) -> None:
        """Ask the worker to end."""
        super().request_stop()
        self._is_stale.set()


def _places(scenes: Sequence[SceneRecord]) -> dict[PlaceId, PlaceRef]:
    return {
        place_id: PlaceRef(record.camera_id, name)
        for record in scenes
        for name, place_id in record.ids.items()
    }


class WorldShelf:
    """The newest reading, for whoever needs it. For any thread."""

    def __init__(self) -> None:
        self._new: Latest[World] = Latest()
        self.present: World | None = None
        """None until it was read for the first time."""

    def put(self, world: World) -> None:
        """Keep a reading in place of the one before."""
        self.present = world
        self._new.put(world)

    def forget(self) -> None:
        """Have nothing until it is read again: who has passed today is not of now."""
        self.present = None
        self._new.take()

    def take_new(self) -> World | None:
        """Return the newest reading if nobody took it yet."""
        return self._new.take()
