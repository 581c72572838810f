"""Rules, cameras, and whom to tell, as those read them who work with alerts."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import Rule
from camwatch.alerts.settings import ENVIRONMENT, Channel
from camwatch.alerts.signals import WatchedCamera
from camwatch.commands.watched import watched_cameras
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Secret
from camwatch.events import Bus, CamerasChanged, Event, RulesChanged
from camwatch.scene import SceneRecord

EnvironmentChannel = tuple[Channel, Secret | None]


class StoredSetup(Protocol):
    """What administrators have set up for alerts; part of the history."""

    def rules(self) -> Sequence[Rule]:
        """Return all rules, by name."""

    def reach(self) -> Reach:
        """Return plans, recipients, groups and channels."""


@dataclass(frozen=True, slots=True)
class Known:
    """What alerts are judged and told by, read together.

    Attributes:
        rules: By uid.
        cameras: By id.
        reach: With the channel of the environment, if there is one.
        scenes: Of all cameras.
    """

    rules: Mapping[str, Rule]
    cameras: Mapping[CameraId, WatchedCamera]
    reach: Reach
    scenes: tuple[SceneRecord, ...]

    def cameras_of(self, rule: Rule) -> frozenset[CameraId]:
        """Return the cameras that a rule is about now."""
        scope = rule.scope
        chosen = scope.cameras | {place.camera_id for place in scope.places}
        return frozenset(
            one.id
            for one in self.cameras.values()
            if scope.is_everything or one.site_id in scope.sites or one.id in chosen
        )


class SetupReader:
    """Reads it anew after it was changed. All methods block; for any thread.

    Args:
        database: The history.
        stored: What administrators have set up.
        environment: The e-mail channel that variables set up, with its password; None without.
        bus: Tells when something was changed.
    """

    def __init__(
        self,
        database: Database,
        stored: StoredSetup,
        environment: EnvironmentChannel | None,
        bus: Bus,
    ) -> None:
        self._database = database
        self._stored = stored
        self.environment = environment
        self._lock = threading.Lock()
        self._known: Known | None = None
        self._changes = 0
        bus.subscribe(CamerasChanged, self._on_changed)
        bus.subscribe(RulesChanged, self._on_changed)

    def _on_changed(self, _event: Event) -> None:
        with self._lock:
            self._known = None
            self._changes += 1

    def known(self) -> Known:
        """Return what is set up now.

        Raises:
            StorageError: It cannot be read.
        """
        with self._lock:
            known, changes = self._known, self._changes
        if known is None:
            known = self._read()
            with self._lock:
                if changes == self._changes:  # nothing was changed while it was read
                    self._known = known
        return known

    def read(self) -> Known:
        """Read it anew in any case.

        Raises:
            StorageError: It cannot be read.
        """
        with self._lock:
            self._known = None
        return self.known()

    def rule(self, uid: str) -> Rule | None:
        """Return a rule; None if there is none.

        Raises:
            StorageError: It cannot be read.
        """
        return self.known().rules.get(uid)

    def _read(self) -> Known:
        scenes = tuple(self._database.scenes.all())
        reach = self._stored.reach()
        if self.environment is not None:
            channel = self._of_environment(self.environment[0])
            reach = replace(reach, channels={**reach.channels, channel.uid: channel})
        return Known(
            rules={rule.uid: rule for rule in self._stored.rules()},
            cameras=watched_cameras(self._database, scenes),
            reach=reach,
            scenes=scenes,
        )

    def _of_environment(self, channel: Channel) -> Channel:
        """Return the channel of the environment, which may have been switched off since."""
        why = self._database.proofs.disabled().get(ENVIRONMENT)
        return channel if why is None else replace(channel, is_enabled=False, disabled_why=why)
