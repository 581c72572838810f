"""The part of the composition root in which alerts are raised and told, from facts to people."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from zoneinfo import ZoneInfo

from camwatch.alerts.channels.environment import email_from_environment
from camwatch.alerts.engine import Engine
from camwatch.alerts.settings import Channel
from camwatch.commands.alert_desk import AlertDesk
from camwatch.commands.alert_room import AlertOptions
from camwatch.commands.alert_setup import EnvironmentChannel
from camwatch.commands.drill_desk import DrillDesk
from camwatch.config import Settings
from camwatch.counting_room import CountingRoom
from camwatch.data.engine import Database
from camwatch.domain import elapsed_s
from camwatch.errors import InvalidSettings
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.workers.alert_chores import Chores, ChoresWorker
from camwatch.workers.alert_facts import FactBox
from camwatch.workers.alert_pending import PendingSignals
from camwatch.workers.alert_pictures import counted_in
from camwatch.workers.alert_world import WorldShelf, WorldWorker
from camwatch.workers.alerts import AlertWorker, Gate, Outlet
from camwatch.workers.base import Worker
from camwatch.workers.drill import CAMERA, DrillBoard, DrillMeans, DrillWorker
from camwatch.workers.notifier import NotifierWorker

log = logging.getLogger(__name__)


def take_mail_variables(environ: MutableMapping[str, str]) -> dict[str, str]:
    """Return SMTP_HOST and the other variables, and take the password out of them.

    Everybody of the same account can read the variables of the programs that CamWatch starts,
    such as the one that plays sounds, and none of these needs it.
    """
    found = {name: text for name, text in environ.items() if name.startswith("SMTP_")}
    environ.pop("SMTP_PASSWORD", None)
    return found


def mail_of_environment(environ: Mapping[str, str]) -> tuple[EnvironmentChannel | None, str]:
    """Read the e-mail channel that SMTP_HOST and the other variables set up.

    They may be there for other programs, too: what is wrong with them is told, and CamWatch goes
    on without that channel.

    Returns:
        The channel and its password, None without; and what is wrong, "" for nothing.
    """
    try:
        return email_from_environment(environ), ""
    except InvalidSettings as error:
        log.error("no e-mail by the variables SMTP_*: %s", error)  # noqa: TRY400
        return None, str(error)


class AlertRoom:
    """Makes what raises and tells alerts, and keeps what outlives a worker that breaks.

    It listens from the moment it is made, so that nothing is missed before the rules are read.

    Args:
        profile: Whose disk is watched.
        settings: As loaded.
        counting: Where pictures are, and what counts people.
        zone: Of the site.
        bus: Where everything comes from, and alerts are told.

    Attributes:
        drills: Where drills are asked for.
        mail_trouble: What is wrong with the variables that set up e-mail; "" for nothing.
    """

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        counting: CountingRoom,
        zone: ZoneInfo,
        bus: Bus,
    ) -> None:
        self._profile = profile
        self._settings = settings
        self._counting = counting
        self._zone = zone
        self._bus = bus
        self._box = FactBox(bus, counted_in(counting.shelf))
        self._worlds = WorldShelf()
        self._pending = PendingSignals()
        self._gate = Gate()
        self._notifier: NotifierWorker | None = None
        self._alerts: AlertWorker | None = None
        self._world: WorldWorker | None = None
        self.drills = DrillBoard(bus)
        self.mail_trouble = ""

    def options(self, environ: Mapping[str, str]) -> AlertOptions:
        """Return how alerts are set up, with the e-mail channel of these variables."""
        environment, self.mail_trouble = mail_of_environment(environ)
        return AlertOptions(self._settings.alerts, self._zone, environment)

    def posts(self, database: Database, desk: AlertDesk) -> list[Callable[[], Worker]]:
        """Return what makes each worker, consumers before producers.

        Args:
            database: The history.
            desk: Stores alerts in it.
        """
        drill_desk = DrillDesk(database, desk.reach, self._zone, CAMERA, self._bus)
        means = DrillMeans(
            desk=drill_desk,
            detector=lambda: self._counting.detector,
            limits=self._settings.cameras,
            threshold=lambda: self._counting.usual_threshold,
            zone=self._zone,
            wake=self._wake,
        )
        return [
            partial(self._make_notifier, desk),
            partial(self._make_alerts, desk),
            partial(self._make_world, database, desk),
            partial(self._make_chores, desk),
            lambda: DrillWorker(self.drills, means),
        ]

    def _make_notifier(self, desk: AlertDesk) -> Worker:
        self._notifier = NotifierWorker(desk, self._bus, self._gate)
        return self._notifier

    def _make_world(self, database: Database, desk: AlertDesk) -> Worker:
        self._world = WorldWorker(desk.world, database.scenes.all, self._bus, self._worlds.put)
        return self._world

    def _make_alerts(self, desk: AlertDesk) -> Worker:
        if self._world is not None:
            # In place of one that broke: it must know who has passed until now.
            self._worlds.forget()
            self._world.read_now()
        self._alerts = AlertWorker(
            lambda: Engine(self._zone, lambda: str(uuid.uuid4())),
            desk,
            self._box,
            self._worlds,
            self._pending,
            self._counting.shelf,
            Outlet(self._wake, self._gate.holding),
        )
        return self._alerts

    def _make_chores(self, desk: AlertDesk) -> Worker:
        chores = Chores(
            policy=self._settings.alerts,
            zone=self._zone,
            folder=self._profile.folder,
            channels=self._channels,
            beat_s=lambda: elapsed_s() if self._alerts is None else self._alerts.beat_s,
            say_alive=self._say_alive,
            wake=self._wake,
        )
        return ChoresWorker(desk, self._bus, chores)

    def _channels(self) -> list[Channel]:
        world = self._worlds.present
        return [] if world is None else list(world.known.reach.channels.values())

    def _wake(self) -> None:
        """Have the outbox looked into; from any thread."""
        if self._notifier is not None:
            self._notifier.wake()

    def _say_alive(self, channel_uid: str, text: str) -> None:
        if self._notifier is not None:
            self._notifier.say_alive(channel_uid, text)
