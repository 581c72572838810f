"""The composition root: makes every part, joins them, starts and stops them in turn."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from camwatch.alert_room import AlertRoom, take_mail_variables
from camwatch.auth.passwords import make_up_sign_in
from camwatch.auth.secrets import SecretStore
from camwatch.away_room import AwayRoom
from camwatch.camera_room import CameraRoom
from camwatch.cameras.polling import PollStats
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.model_desk import desk_for
from camwatch.commands.past_pictures import PastPictureStore
from camwatch.commands.storage_desk import StorageOptions
from camwatch.commands.system import SystemAccess
from camwatch.commands.where import open_database, secrets_of
from camwatch.config import Settings
from camwatch.data.engine import Database
from camwatch.data.place import backup_folder
from camwatch.demonstration_room import DemonstrationRoom
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.events import Bus, CamerasChanged
from camwatch.health.last_run import RunMarker
from camwatch.health_room import HealthRoom
from camwatch.history_room import others_desk
from camwatch.housekeeping_room import HousekeepingRoom
from camwatch.paths import Profile, profile_at
from camwatch.settings_room import SettingsRoom
from camwatch.simulated_room import SimulatedRoom
from camwatch.storage_room import StorageRoom
from camwatch.ui.appearance import Appearance
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.desktop.autostart import command_line, keep_to
from camwatch.ui.first_window import raise_window
from camwatch.ui.report.pages import render_pdf
from camwatch.ui.start_refusal import refusal_words, show_refusal
from camwatch.window_room import Early, Kind, Sources, WindowRoom
from camwatch.workers.base import Worker
from camwatch.workers.counted_by import CountedByKeeper
from camwatch.workers.desktop_notices import DesktopNotices
from camwatch.workers.login_watch import LoginWatchWorker
from camwatch.workers.others import OthersWorker
from camwatch.workers.past_pictures import PastPictureWorker
from camwatch.workers.pictures import TileFeed
from camwatch.workers.queries import QueryPool
from camwatch.workers.reporter import ReporterWorker
from camwatch.workers.security_watch import SecurityWatch
from camwatch.workers.supervisor import Supervisor

if TYPE_CHECKING:
    from camwatch.cameras.simulator import SimulatedSite
    from camwatch.ui.main_window import MainWindow  # which `window_room` loads, when it is time

log = logging.getLogger(__name__)

_STOP_WITHIN_S = 2.5
_WINDOW_WITHIN_MS = 1_500
"""So long cameras wait for a window at most."""


@dataclass(frozen=True, slots=True)
class _System:
    """What stands between the screens and the outside once the history is open."""

    database: Database
    commands: Commands
    access: SystemAccess


class Application(QObject):
    """One run of the program, from opening the history to the last thread's end.

    Args:
        profile: Where this run keeps things; its folder exists.
        settings: As loaded.
        demo: The simulated site of a demonstration, else None.
        appearance: What gave the process its look and language so far.
        marker: Says how the last run ended; None does not say it.
        is_sample: The demonstration has a made-up past.
        early: What is shown already.

    Signals:
        crashed: The log's id of an error that nobody caught; emitted in the thread it is from.
    """

    crashed = Signal(str)

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        demo: SimulatedSite | None,
        appearance: Appearance | None = None,
        marker: RunMarker | None = None,
        *,
        is_sample: bool = False,
        early: Early | None = None,
    ) -> None:
        super().__init__()
        self._profile = profile
        self._settings = settings
        self._system: _System | None = None
        self._security: SecurityWatch | None = None
        self._secrets: SecretStore | None = None
        self.exit_code = 0
        """What the process ends with."""
        self.late_workers: list[str] = []
        """Names of the workers that had not ended when `stop` returned."""

        self.bus = Bus()
        self._queries = QueryPool(parent=self)
        self._supervisor = Supervisor(self.bus, self)
        self._feed = TileFeed(self)
        self._desktop = DesktopNotices(self)
        self._bridge = EventBridge(self.bus, self)
        self._away = AwayRoom(profile, settings, self._queries, self._kept_secrets, self)
        self._simulated = SimulatedRoom(self._add_worker, self)
        self._cameras = CameraRoom(
            profile,
            settings,
            self.bus,
            self._queries,
            self._supervisor,
            self._feed,
            self._away,
            self._simulated if demo is None else None,
            self._kept_secrets,
            self,
        )
        counting = self._cameras.counting
        self._zone = site_zone(settings.display.time_zone)
        self._alerts = AlertRoom(profile, settings, counting, self._zone, self.bus)
        self._storage = StorageRoom(profile, settings, self._queries, self.bus, self._zone, self)
        self._health = HealthRoom(
            profile,
            settings,
            marker,
            self._supervisor,
            counting,
            self.bus,
            self._zone.key or "UTC",
            self,
            is_passing=demo is not None,
        )
        self._health.queues += [self._queries.queue, self._desktop.queue]
        self._mail_variables = take_mail_variables(os.environ)
        self.windows = WindowRoom(
            profile,
            settings,
            self._queries,
            Sources(self._feed, self._cameras.focus, self._bridge, self._desktop, counting),
            Kind(is_demo=demo is not None, is_sample=is_sample),
            appearance,
            lambda: self._alerts.mail_trouble,
            self,
            early=early,
        )
        """What operators see."""
        self.windows.ended.connect(self.stop)
        self._demonstration: DemonstrationRoom | None = None
        if demo is not None:
            self._demonstration = self._make_demonstration(demo, has_past=is_sample)
        self.windows.model_chosen.connect(self._on_model_chosen)
        self._cameras.troubled.connect(self.windows.tell_trouble)
        self._simulated.refused.connect(self.windows.tell)
        self.crashed.connect(self.windows.tell_crash)

    def _make_demonstration(self, site: SimulatedSite, *, has_past: bool) -> DemonstrationRoom:
        sign_in = self.windows.prefill = self.windows.prefill or make_up_sign_in()
        room = DemonstrationRoom(
            site, self._profile, self._queries, sign_in, self._zone, self, has_past=has_past
        )
        room.can_sign_in.connect(self.windows.ask_to_sign_in)
        room.failed.connect(self._on_open_failed)
        return room

    @property
    def window(self) -> MainWindow | None:
        """The operator's window; None while nobody is signed in."""
        return self.windows.window

    @property
    def commands(self) -> Commands | None:
        """What operators may ask for; None until the history is open."""
        return self._system.commands if self._system is not None else None

    @property
    def feed(self) -> TileFeed:
        """What carries pictures to the tiles."""
        return self._feed

    @property
    def demo_sign_in(self) -> tuple[str, str] | None:
        """Name and password of a demonstration, once one can sign in."""
        sign_in = self.windows.sign_in
        return self.windows.prefill if sign_in is not None and sign_in.is_open else None

    def poll_stats(self) -> PollStats:
        """Return what the poller did so far; see `CameraRoom.poll_stats`."""
        return self._cameras.poll_stats()

    def waiting_pictures(self) -> Mapping[CameraId, int]:
        """Return how many pictures of each camera wait to be counted; not of those without."""
        return self._cameras.counting.waiting()

    # ---------------------------------------------------------------- starting

    def start(self) -> None:
        """Open the history in the background; the rest follows when it is open."""
        for make in self._queries.posts():
            self._supervisor.add(make)
        if self._demonstration is not None:
            # While the history is opened: painting a site takes as long.
            for make in self._demonstration.posts():
                self._supervisor.add(make)
        self._supervisor.start()
        self._open_history()
        self.windows.load()

    def _open_history(self) -> None:
        self._queries.run(self._open, self._on_opened, self._on_open_failed, owner=self)

    def _open(self) -> _System:
        """Open what may take a while. Runs on the pool."""
        self._storage.look()
        secrets = self._kept_secrets()
        database = open_database(
            self._profile, self._settings.history, self._kept_secrets, self._zone
        )
        access = SystemAccess(database)
        room = self._cameras.counting
        counting = Counting(
            desk_for(self._profile),
            room.recordings,
            room.setup_of,
            lambda: room.usual_threshold,
            room.gate,
        )
        options = AccessOptions(
            self._profile.folder,
            self._profile.settings_file,
            self._settings.security,
            self._settings.remote_login,
            is_passing=self._demonstration is not None,
            settings=self._settings,
        )
        commands = Commands(
            database,
            secrets,
            self._settings.cameras,
            self.bus,
            counting,
            access=options,
            # A demonstration sends nothing to anybody who is really there.
            alerts=self._alerts.options(
                self._mail_variables if self._demonstration is None else {}
            ),
            storage=self._storage_options(),
        )
        commands.drills = self._alerts.drills
        commands.simulator = self._simulated if self._demonstration is None else None
        return _System(database, commands, access)

    def _kept_secrets(self) -> SecretStore:
        """Return where passwords are; the same for whoever asks, or a vault would be open twice."""
        if self._secrets is None:
            self._secrets = secrets_of(self._profile)
        return self._secrets

    def _storage_options(self) -> StorageOptions:
        history = self._settings.history
        return StorageOptions(history, backup_folder(self._profile, history))

    def _on_open_failed(self, error: CamWatchError) -> None:
        log.error("the history cannot be opened: %s [%s]", error, error.error_id)
        self.windows.put_off()
        if self._away.wait(
            error, self._cameras.count_without, self._open_history, partial(self._end_with, 1)
        ):
            return
        if self._storage.repair(error, self._open_history, partial(self._end_with, 1)):
            return
        show_refusal(*refusal_words(error))
        self._end_with(1)

    def _end_with(self, code: int) -> None:
        self.exit_code = code
        self.stop()

    def _on_opened(self, system: _System) -> None:
        self._system = system
        system.commands.settings.applies.append(SettingsRoom(lambda: self._cameras.poller))
        self._cameras.opened(system.database, system.access)
        self.windows.opened(system.commands)
        self._away.opened(system.database)
        self._storage.opened(system.database)
        self._security = SecurityWatch(
            self.bus, self._queries, partial(self._cameras.note_blocked, system.access), self
        )
        self._counted_by = CountedByKeeper(
            system.database.counted_by.add,
            self._queries,
            self.bus,
            self._cameras.counting.precision_and_threshold,
            system.database.station,
            parent=self,
        )
        self._add_workers(system)
        self._supervisor.start()
        if self._demonstration is not None:
            self._demonstration.opened(system.commands)
        else:
            self._keep_to_autostart()
            self._begin_cameras()
            self._queries.run(
                system.commands.vault_status,
                self.windows.on_vault,
                self.windows.on_no_vault,
                owner=self,
            )

    def _begin_cameras(self) -> None:
        """Ask the cameras now, or right after the window that somebody waits for."""
        if not self.windows.is_awaited:
            self._cameras.reload()
            return
        # Hundreds of first pictures would make the window late, and themselves be seen later.
        once = Qt.ConnectionType.SingleShotConnection
        self.windows.shown.connect(self._cameras.reload, once)
        QTimer.singleShot(_WINDOW_WITHIN_MS, self._cameras.reload)

    def _keep_to_autostart(self) -> None:
        """Have CamWatch started at sign-in or not, as the settings say."""
        usual = self._profile.folder == profile_at("").folder
        command = command_line(None if usual else self._profile.folder)
        wanted = self._settings.desktop.autostart
        self._queries.run(
            lambda: keep_to(wanted, command),
            lambda _done: None,
            self.windows.tell_trouble,
            owner=self,
        )

    def _add_workers(self, system: _System) -> None:
        """Put the workers in order: consumers before producers."""
        add = self._supervisor.add
        history = self._settings.history
        was_counting = self._cameras.is_counting
        if not was_counting:
            self._cameras.add_recorder()
        desk = system.commands.storage
        desk.recording = self._cameras.recording
        house = HousekeepingRoom(
            system.database,
            desk,
            history,
            self._zone,
            self.bus,
            pictures=system.commands.moments.pictures,
        )
        makers: tuple[Callable[[], Worker], ...] = (
            *house.posts(),
            *self._desktop.posts(),
            *self._alerts.posts(system.database, system.commands.alert_desk),
            *self._cameras.focus.posts(),
            partial(self._make_past_pictures, system.commands.moments.pictures),
            *self._health.posts(system.database, system.commands),
        )
        for make in makers:
            add(make)
        if not was_counting:
            self._cameras.add_producers()
        if system.database.is_on_server:
            add(lambda: OthersWorker(others_desk(system.database), self.bus))
        watch = system.commands.remote_watch
        add(lambda: LoginWatchWorker(watch.look, watch.hurry, watch.close))
        if self._demonstration is None:  # which sends nothing to anybody who is really there
            add(lambda: ReporterWorker(system.commands.report_plan_desk, render_pdf))

    def _make_past_pictures(self, store: PastPictureStore) -> Worker:
        return PastPictureWorker(store, self._cameras.counting.shelf, self.bus)

    def _add_worker(self, make: Callable[[], Worker]) -> None:
        """Post a worker while the others run."""
        self._supervisor.add(make)
        self._supervisor.start()

    # ---------------------------------------------------------------- the end

    def _on_model_chosen(self) -> None:
        """Count with the model that the settings name from now on."""
        self._queries.run(
            self._cameras.counting.change_model,
            self._on_model_changed,
            self.windows.tell_trouble,
            owner=self,
        )

    def _on_model_changed(self, _none: None) -> None:
        # The badges say whether their audits still hold.
        self.bus.publish(CamerasChanged(utc_now()))

    def show_itself(self) -> None:
        """Bring what is open to the front: another CamWatch was started with this profile."""
        raise_window(self.window)

    def stop(self) -> None:
        """Close the windows, stop the workers, producers first, and end the event loop.

        Harmless when called again.
        """
        self.windows.leave()
        if self._security is not None:
            self._security.close()
        for widget in QApplication.topLevelWidgets():
            widget.hide()
        self.late_workers = self._supervisor.stop(_STOP_WITHIN_S)
        if self._system is not None:
            self._system.commands.ptz_control.close()
            if not self.late_workers:
                self._system.commands.register.close_all_here(is_ending=True)
            if (keeper := self._system.commands.audit_keeper) is not None:
                keeper.close()
            if not self.late_workers:
                self._system.database.close()
        self._system = None
        self._cameras.closed()
        self.windows.closed()
        log.info("CamWatch ends")
        QApplication.quit()
