"""The composition root: makes every part, joins them, starts and stops them in turn."""

from __future__ import annotations

import logging
import os
import platform
import secrets as random_secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import psutil
from PySide6.QtCore import QLockFile, QObject, Qt, QTimer, Signal, qVersion
from PySide6.QtWidgets import QApplication, QMessageBox

from camwatch import __version__, demonstration, heap, logs
from camwatch.alert_room import AlertRoom, take_mail_variables
from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.auth.vault import VaultState
from camwatch.away_room import AwayRoom, password_reader
from camwatch.cameras.open_files import raise_limit
from camwatch.cameras.polling import PollStats
from camwatch.cameras.simulator import SimulatedSite
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.model_desk import desk_for
from camwatch.commands.past_pictures import PastPictureStore
from camwatch.commands.snapshot import Snapshot
from camwatch.commands.storage_desk import Recording, StorageOptions
from camwatch.commands.system import SystemAccess
from camwatch.commands.vault_commands import VaultStatus
from camwatch.commands.where import open_database, secrets_of
from camwatch.config import Display, Settings
from camwatch.counting_room import CountingRoom
from camwatch.data.engine import Database
from camwatch.data.place import backup_folder, history_lock
from camwatch.domain import Camera, CameraId, Picture, utc_now
from camwatch.errors import CameraError, CamWatchError, DatabaseAway, DatabaseBusy
from camwatch.events import Bus, CamerasChanged, CameraStateChanged, HistorySaved
from camwatch.health.last_run import RunMarker, crash_file
from camwatch.health_room import HealthRoom
from camwatch.history_room import make_store, others_desk
from camwatch.housekeeping_room import HousekeepingRoom
from camwatch.language import marked, tr
from camwatch.paths import Profile, profile_at
from camwatch.scene import PrivacyRecord, SceneRecord
from camwatch.settings_room import SettingsRoom
from camwatch.simulated_room import SimulatedRoom
from camwatch.storage_room import StorageRoom
from camwatch.ui import qt_log, theme
from camwatch.ui.appearance import Appearance, of_this_process
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.desktop.autostart import command_line, keep_to
from camwatch.ui.error_text import text_for
from camwatch.ui.first_run.room import SetUpOptions
from camwatch.ui.first_window import FirstWindow, raise_window, show_first_window
from camwatch.ui.main_window import MainWindow, WindowOptions
from camwatch.ui.report.pages import render_pdf
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.start_refusal import refusal_words, show_refusal
from camwatch.ui.vault.unlock_dialog import UnlockDialog
from camwatch.walls import StartWish
from camwatch.workers.base import Worker
from camwatch.workers.counted_by import CountedByKeeper
from camwatch.workers.desktop_notices import DesktopNotices
from camwatch.workers.focus import FocusRoom
from camwatch.workers.login_watch import LoginWatchWorker
from camwatch.workers.others import OthersWorker
from camwatch.workers.past_pictures import PastPictureWorker
from camwatch.workers.pictures import TileFeed
from camwatch.workers.poller import PollerWorker
from camwatch.workers.queries import QueryPool
from camwatch.workers.recorder import RecorderWorker
from camwatch.workers.reporter import ReporterWorker
from camwatch.workers.security_watch import SecurityWatch
from camwatch.workers.simulator import SimulatorWorker
from camwatch.workers.store import Store
from camwatch.workers.supervisor import Supervisor
from camwatch.workers.throughput import Throughput
from camwatch.workers.watch import WatchWorker

log = logging.getLogger(__name__)

_STOP_WITHIN_S = 2.5
_READ_AGAIN_MS = 5000
_SETTLED_MS = 15_000
_MOVE = marked(
    "This computer has a keyring by now. “Vault for passwords…” in the operator menu moves all "
    "passwords from the vault into it; nobody enters the vault's passphrase then any more."
)
_SHARED = marked(
    "Another CamWatch, with another profile, uses the history that belongs to {file}. Two of them "
    "would damage it: close that one first. Several computers can share a history on a PostgreSQL "
    "server."
)
_NO_MAIL = marked(
    "E-mail that the variables SMTP_* set up is not used, since something is wrong with them: "
)


_Read = tuple[Sequence[Camera], Sequence[SceneRecord], Sequence[PrivacyRecord]]


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

    Signals:
        crashed: The log's id of an error that nobody caught; emitted in the thread it is from.
    """

    crashed = Signal(str)
    _cameras_stale = Signal()
    _is_crash_told = False

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        demo: SimulatedSite | None,
        appearance: Appearance | None = None,
        marker: RunMarker | None = None,
        *,
        is_sample: bool = False,
    ) -> None:
        super().__init__()
        self._profile = profile
        self._settings = settings
        self._demo = demo
        self._is_sample = is_sample
        self._demo_sign_in: tuple[str, str] | None = None
        self._system: _System | None = None
        self.window: MainWindow | None = None
        """The operator's window; None while nobody is signed in."""
        self._sign_in: SignInDialog | None = None
        self._unlock: UnlockDialog | None = None
        self._poller: PollerWorker | None = None
        self._security: SecurityWatch | None = None
        self._cameras: Sequence[Camera] = ()
        self._is_reading = False
        self._must_read_again = False
        self.start_wish = StartWish()
        """How its windows open; set before `start`."""
        self.exit_code = 0
        """What the process ends with."""
        self.late_workers: list[str] = []
        """Names of the workers that had not ended when `stop` returned."""

        self._appearance = appearance
        self.bus = Bus()
        self._queries = QueryPool(parent=self)
        self._supervisor = Supervisor(self.bus, self)
        self._feed = TileFeed(self)
        self._focused: CameraId | None = None
        self._desktop = DesktopNotices(self)
        self._bridge = EventBridge(self.bus, self)
        self._throughput = Throughput(self.bus, self)
        self._counting = CountingRoom(
            profile, settings, self._feed, self._on_undecodable, self.bus, self
        )
        self._focus = FocusRoom(self._fetch_focus, self._counting.gate, self)
        self._zone = site_zone(settings.display.time_zone)
        self._alerts = AlertRoom(profile, settings, self._counting, self._zone, self.bus)
        self._storage = StorageRoom(profile, settings, self._queries, self.bus, self._zone, self)
        self._away = AwayRoom(profile, settings, self._queries, self._kept_secrets, self)
        self._simulated = SimulatedRoom(self._add_worker, self)
        self._simulated.refused.connect(self._on_notice)
        self._health = HealthRoom(
            profile,
            settings,
            marker,
            self._supervisor,
            self._counting,
            self.bus,
            self._zone.key or "UTC",
            self,
            is_passing=demo is not None,
        )
        self._health.queues += [self._queries.queue, self._desktop.queue]
        self._secrets: SecretStore | None = None
        self._is_counting = False
        self._recorder: RecorderWorker | None = None
        self._saved_at: datetime | None = None
        self.bus.subscribe(HistorySaved, self._on_saved)
        self._mail_variables = take_mail_variables(os.environ)
        self.crashed.connect(self._on_crashed)
        self.bus.subscribe(CamerasChanged, lambda _event: self._cameras_stale.emit())
        self._cameras_stale.connect(self._reload_cameras)

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
        return self._demo_sign_in if self._sign_in is not None else None

    def poll_stats(self) -> PollStats:
        """Return what the poller did so far.

        Raises:
            RuntimeError: The history is not open yet, so there is no poller.
        """
        if self._poller is None:
            raise RuntimeError("the poller has not been started")
        return self._poller.stats()

    def waiting_pictures(self) -> Mapping[CameraId, int]:
        """Return how many pictures of each camera wait to be counted; not of those without."""
        return self._counting.waiting()

    # ---------------------------------------------------------------- starting

    def start(self) -> None:
        """Open the history in the background; the rest follows when it is open."""
        for make in self._queries.posts():
            self._supervisor.add(make)
        self._supervisor.start()
        self._open_history()

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
        room = self._counting
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
            is_passing=self._demo is not None,
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
            alerts=self._alerts.options(self._mail_variables if self._demo is None else {}),
            storage=self._storage_options(),
        )
        commands.drills = self._alerts.drills
        commands.simulator = self._simulated if self._demo is None else None
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
        if self._away.wait(
            error, self._count_without, self._open_history, partial(self._end_with, 1)
        ):
            return
        if self._storage.repair(error, self._open_history, partial(self._end_with, 1)):
            return
        show_refusal(*refusal_words(error))
        self._end_with(1)

    def _count_without(self, snapshot: Snapshot) -> None:
        """Count what was known last while the server with the history is away."""
        self._cameras = snapshot.cameras
        self._counting.set_cameras(snapshot.cameras, snapshot.scenes, None)
        self._add_recorder()
        self._add_producers()
        self._supervisor.start()

    def _end_with(self, code: int) -> None:
        self.exit_code = code
        self.stop()

    def _on_opened(self, system: _System) -> None:
        self._system = system
        system.commands.settings.applies.append(SettingsRoom(lambda: self._poller))
        self._away.opened(system.database)
        self._storage.opened(system.database)
        self._security = SecurityWatch(
            self.bus, self._queries, partial(self._note_blocked, system.access), self
        )
        self._counted_by = CountedByKeeper(
            system.database.counted_by.add,
            self._queries,
            self.bus,
            self._counting.precision_and_threshold,
            system.database.station,
            parent=self,
        )
        self._add_workers(system)
        self._supervisor.start()
        if self._demo is None:
            self._keep_to_autostart()
            self._reload_cameras()
            self._queries.run(
                system.commands.vault_status, self._on_vault, self._on_no_vault, owner=self
            )

    def _keep_to_autostart(self) -> None:
        """Have CamWatch started at sign-in or not, as the settings say."""
        usual = self._profile.folder == profile_at("").folder
        command = command_line(None if usual else self._profile.folder)
        wanted = self._settings.desktop.autostart
        self._queries.run(
            lambda: keep_to(wanted, command), lambda _done: None, self._on_trouble, owner=self
        )

    def _add_workers(self, system: _System) -> None:
        """Put the workers in order: consumers before producers."""
        add = self._supervisor.add
        history = self._settings.history
        was_counting = self._is_counting
        if not was_counting:
            self._add_recorder()
        desk = system.commands.storage
        desk.recording = self._recording
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
            *self._focus.posts(),
            partial(self._make_past_pictures, system.commands.moments.pictures),
            *self._health.posts(system.database, system.commands),
        )
        for make in makers:
            add(make)
        if not was_counting:
            self._add_producers()
        if system.database.is_on_server:
            add(lambda: OthersWorker(others_desk(system.database), self.bus))
        watch = system.commands.remote_watch
        add(lambda: LoginWatchWorker(watch.look, watch.hurry, watch.close))
        if self._demo is None:  # which sends nothing to anybody who is really there
            add(lambda: ReporterWorker(system.commands.report_plan_desk, render_pdf))
        if self._demo is not None:
            add(partial(self._make_simulator, self._demo))

    def _make_past_pictures(self, store: PastPictureStore) -> Worker:
        return PastPictureWorker(store, self._counting.shelf, self.bus)

    def _add_recorder(self) -> None:
        recorded = self._away.history
        store = make_store(
            recorded, self._note_disk_error, self._profile, self._settings.history, self.bus
        )
        self._supervisor.add(partial(self._make_recorder, store))

    def _note_disk_error(self, words: str) -> None:
        """Write down that a disk reported an error; in the recorder's thread."""
        if self._system is not None:
            self._system.access.note_disk_error(words)

    def _add_producers(self) -> None:
        """Put what makes counts in order, after those that take them."""
        self._is_counting = True
        for make in self._counting.posts():
            self._supervisor.add(make)
        self._supervisor.add(self._make_poller)
        self._supervisor.add(lambda: WatchWorker(self.bus))

    def _make_recorder(self, store: Store) -> Worker:
        self._recorder = RecorderWorker(store, self.bus, self._settings.history.queue_rows)
        return self._recorder

    def _recording(self) -> Recording:
        """Tell how saving goes; from any thread."""
        recorder = self._recorder
        if recorder is None:
            return Recording(saved_at=self._saved_at)
        return Recording(recorder.waiting_rows, recorder.spooled_rows, self._saved_at)

    def _on_saved(self, event: HistorySaved) -> None:
        self._saved_at = event.at

    def _on_undecodable(self, picture: Picture, error: CameraError) -> None:
        """Tell the poller of a picture that its decoder refused, in a picture thread."""
        if self._poller is not None:
            self._poller.picture_failed(picture, error)

    def _note_blocked(self, access: SystemAccess, event: CameraStateChanged) -> None:
        """Write down where a camera tried to lead to. Runs on the pool."""
        camera = next((one for one in self._cameras if one.id == event.camera_id), None)
        if camera is not None:
            access.note_blocked(camera, event)

    def _make_poller(self) -> Worker:
        self._poller = PollerWorker(
            self._settings.cameras,
            password_reader(self._kept_secrets),
            self._deliver,
            self.bus,
            deliver_focus=self._focus.take_best,
        )
        self._poller.set_cameras(self._cameras)
        self._poller.focus(self._focused)
        return self._poller

    def _make_simulator(self, site: SimulatedSite) -> Worker:
        worker = SimulatorWorker(site)
        worker.serving.connect(self._on_simulator_serving)
        return worker

    def _add_worker(self, make: Callable[[], Worker]) -> None:
        """Post a worker while the others run."""
        self._supervisor.add(make)
        self._supervisor.start()

    def _deliver(self, picture: Picture) -> None:
        """Take a picture from the poller, in its thread."""
        self._throughput.picture_arrived()
        self._counting.take(picture)
        self._focus.take_counted(picture)

    def _fetch_focus(self, camera_id: CameraId | None) -> None:
        """Let the poller pull the best pictures of the camera that is looked at closely."""
        self._focused = camera_id
        if self._poller is not None:
            self._poller.focus(camera_id)

    # ---------------------------------------------------------------- cameras

    def _reload_cameras(self) -> None:
        """Read the cameras again; one reading at a time, so that no older answer comes last."""
        if self._is_reading:
            self._must_read_again = True
        elif self._system is not None:
            self._is_reading = True
            access = self._system.access

            def read() -> _Read:
                return access.camera_list(), access.scene_list(), access.privacy_list()

            self._queries.run(read, self._on_cameras, self._on_no_cameras, owner=self)

    def _on_cameras(self, answer: _Read) -> None:
        cameras, scenes, privacy = answer
        self._cameras = cameras
        if self._demo is None:
            self._simulated.look(cameras)
        self._counting.set_cameras(cameras, scenes, privacy)
        if self._poller is not None:
            self._poller.set_cameras(cameras)
        if self._system is not None:
            self._away.remember(self._system.database, cameras, scenes)
        self._end_reading()

    def _on_no_cameras(self, error: CamWatchError) -> None:
        if isinstance(error, DatabaseAway | DatabaseBusy):
            # It ends by itself, and so does what the window says of the history meanwhile.
            log.warning("the cameras cannot be read: %s [%s]", error, error.error_id)
        else:
            self._on_trouble(error)
        self._is_reading = False
        QTimer.singleShot(_READ_AGAIN_MS, self._reload_cameras)

    def _end_reading(self) -> None:
        self._is_reading = False
        if self._must_read_again:
            self._must_read_again = False
            self._reload_cameras()

    # ---------------------------------------------------------------- operators

    def _on_simulator_serving(self, addresses: list[str]) -> None:
        """Fill the throw-away profile of a demonstration, then ask to sign in."""
        if self._system is None or self._demo_sign_in is not None:
            return
        self._demo_sign_in = ("demo", random_secrets.token_urlsafe(12))
        fill = partial(self._fill, self._system.commands, self._demo_sign_in, addresses)
        self._queries.run(
            fill, lambda _none: self._ask_to_sign_in(), self._on_open_failed, owner=self
        )

    def _fill(self, commands: Commands, sign_in: tuple[str, str], addresses: Sequence[str]) -> None:
        """Fill a throw-away profile. Runs on the pool."""
        camera_ids = demonstration.fill(commands, sign_in, addresses)
        if self._is_sample:
            file = self._profile.database_file
            demonstration.fill_past(file, camera_ids, self._zone, utc_now())

    def _on_vault(self, status: VaultStatus) -> None:
        """Ask for the vault's passphrase first, once: cameras wait for it, whoever signs in."""
        if self._system is None or status.state is not VaultState.LOCKED:
            self._ask_to_sign_in()
            return
        self._unlock = UnlockDialog(self._system.commands, self._queries)
        self._unlock.finished.connect(self._on_vault_asked)
        self._unlock.show()

    def _on_no_vault(self, error: CamWatchError) -> None:
        self._on_trouble(error)
        self._ask_to_sign_in()

    def _on_vault_asked(self, _result: int) -> None:
        if self._unlock is not None:
            self._unlock.deleteLater()
            self._unlock = None
        self._ask_to_sign_in()

    def _ask_to_sign_in(self) -> None:
        if self._system is None:
            return
        self._sign_in = SignInDialog(
            self._system.commands,
            self._queries,
            prefill=self._demo_sign_in,
            is_demo=self._demo is not None,
            is_sample=self._is_sample,
            window_file=self._profile.window_file,
        )
        self._sign_in.accepted.connect(self._on_signed_in)
        self._sign_in.rejected.connect(self.stop)
        self._sign_in.show()

    def _on_signed_in(self) -> None:
        if self._system is None or self._sign_in is None:
            return
        session = self._sign_in.session
        self._sign_in.deleteLater()
        self._sign_in = None
        if session is not None:
            self.open_window(session)

    def open_window(self, session: Session) -> None:
        """Open the main window for an operator who has signed in."""
        if self._system is None:
            return
        window = self._make_window(self._system, session, self.start_wish)
        window.show()
        if self._alerts.mail_trouble and session.may(Permission.MANAGE_CHANNELS):
            window.show_notice(tr(_NO_MAIL) + self._alerts.mail_trouble)
        if session.may(Permission.MANAGE_SECURITY):
            self._queries.run(
                self._system.commands.vault_status, self._offer_move, self._on_trouble, owner=window
            )

    def _make_window(self, system: _System, session: Session, start: StartWish) -> MainWindow:
        options = WindowOptions(
            is_demo=self._demo is not None,
            window_file=self._profile.window_file,
            time_zone=self._settings.display.time_zone,
            set_up=SetUpOptions(
                is_offered=self._demo is None,
                file=self._profile.window_file,
                sample=sample_command() if self._demo is None else (),
            ),
            is_sample=self._is_sample,
            start=start,
            keeps_in_tray=self._settings.desktop.close_to_tray,
            tells_crash=not self._is_crash_told,
        )
        window = self.window = MainWindow(
            system.commands,
            session,
            self._queries,
            self._feed,
            self._bridge,
            options,
            pictures=self._counting.shown,
            focus=self._focus,
            desktop=self._desktop if self._desktop.posts() else None,
            feeds=self._feed,
        )
        window.closed.connect(self.stop)
        window.crash_told.connect(self._on_crash_told)
        window.model_chosen.connect(self._on_model_chosen)
        # Queued: the window that tells it is taken away for it.
        window.appearance_changed.connect(self.set_display, Qt.ConnectionType.QueuedConnection)
        self._counting.recordings.changed.connect(
            window.accuracy_page.on_recording_changed, Qt.ConnectionType.QueuedConnection
        )
        window.sign_out_requested.connect(partial(self._sign_out, session))
        heap.settle()
        # By then the cameras' tiles, rows and counters are there, to stay as well.
        QTimer.singleShot(_SETTLED_MS, window, heap.set_aside)
        return window

    def _on_crash_told(self) -> None:
        self._is_crash_told = True

    def set_display(self, display: Display) -> None:
        """Show everything in another look or language, and make the open window anew for it.

        What the operator has open, where it can be kept, is open again; the session goes on.

        Args:
            display: The settings as they are from now on.
        """
        self._settings = self._settings.model_copy(update={"display": display})
        if self._appearance is None:
            self._appearance = of_this_process()
        self._appearance.put_on(display)
        if self.window is not None and self._system is not None:
            session, place = self.window.sessions.session, self.window.place
            self._close_window(self.window)
            start = StartWish(is_kiosk=place.is_kiosk)
            window = self._make_window(self._system, session, start)
            window.return_to(place)
            window.show()

    def _close_window(self, window: MainWindow) -> None:
        """Take the window away; the session, and what counts, go on."""
        window.remember()
        window.hide()
        window.give_up()
        window.deleteLater()
        self.window = None

    def _offer_move(self, status: VaultStatus) -> None:
        """Tell an administrator of a keyring that came after the vault; nothing moves by itself."""
        if status.can_move and self.window is not None:
            self.window.show_notice(tr(_MOVE))

    def _on_model_chosen(self, _name: str) -> None:
        """Count with the model that the settings name from now on."""
        self._queries.run(
            self._counting.change_model, self._on_model_changed, self._on_trouble, owner=self
        )

    def _on_model_changed(self, _none: None) -> None:
        # The badges say whether their audits still hold.
        self.bus.publish(CamerasChanged(utc_now()))

    def _sign_out(self, session: Session) -> None:
        if self._system is None or self.window is None:
            return
        self._close_window(self.window)
        self._queries.run(
            partial(self._system.commands.sign_out, session),
            lambda _none: self._ask_to_sign_in(),
            self._on_sign_out_failed,
            owner=self,
        )

    def _on_sign_out_failed(self, error: CamWatchError) -> None:
        """Ask for the next operator all the same: the last one has left."""
        self._on_trouble(error)
        self._ask_to_sign_in()

    # ---------------------------------------------------------------- trouble and end

    def _on_trouble(self, error: CamWatchError) -> None:
        log.error("%s [%s]", error, error.error_id)
        words = text_for(error)
        if self.window is not None:
            self.window.show_notice(
                tr(
                    "{title}. {whole} (Error {error_id})",
                    title=words.title,
                    whole=words.whole,
                    error_id=words.error_id,
                )
            )

    def _on_notice(self, text: str) -> None:
        if self.window is not None:
            self.window.show_notice(text)

    def _on_crashed(self, error_id: str) -> None:
        if self.window is not None:
            self.window.show_notice(
                tr(
                    "Something went wrong inside CamWatch. It goes on; if it happens again, "
                    "send the log to your support with this number: {error_id}",
                    error_id=error_id,
                )
            )

    def show_itself(self) -> None:
        """Bring what is open to the front: another CamWatch was started with this profile."""
        raise_window(self.window)

    def stop(self) -> None:
        """Close the windows, stop the workers, producers first, and end the event loop.

        Harmless when called again.
        """
        if self.window is not None:
            self.window.remember()
            self.window.give_up()  # or it would outlast the workers, and leave half a file
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
        log.info("CamWatch ends")
        QApplication.quit()


def make_qt_application() -> QApplication:
    """Make the QApplication of this process, themed, ending only when told to."""
    heap.share_arenas()
    # A thread that holds the interpreter gives it up after this time when another waits: at the
    # usual 5 ms, three busy workers make the window wait for up to a film picture's time.
    sys.setswitchinterval(0.0005)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("CamWatch")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("camwatch")
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application)
    return application


def _log_platform() -> None:
    log.info(
        "CamWatch %s on %s, Python %s, Qt %s, %d cores, %.1f GiB",
        __version__,
        platform.platform(),
        platform.python_version(),
        qVersion(),
        os.cpu_count() or 1,
        psutil.virtual_memory().total / 2**30,
    )


def run(profile: Profile, settings: Settings, wish: StartWish | None = None) -> int:
    """Open the window on a profile; return the exit code when it is closed."""
    return _end(*_run(profile, settings, None, wish))


def _thrown_away(settings: Settings) -> Settings:
    """Return the settings for a profile that is thrown away."""
    # Never into the site's own database: what is made up must not lie beside what was counted.
    # Neither copies nor held-back room are of use for what is thrown away.
    own = {"backups": 0, "reserve_mib": 0, "database_url": "", "server_host": ""}
    return settings.model_copy(update={"history": settings.history.model_copy(update=own)})


def run_demo(settings: Settings, wish: StartWish | None = None) -> int:
    """Open the window on a throw-away profile with a simulated site."""
    settings = _thrown_away(settings)
    with tempfile.TemporaryDirectory(prefix="camwatch-demo-", ignore_cleanup_errors=True) as folder:
        ended = _run(Profile(Path(folder)), settings, demonstration.make_site(), wish)
    return _end(*ended)


def run_sample(settings: Settings, wish: StartWish | None = None) -> int:
    """Open the window on a throw-away profile with a simulated site and a made-up past."""
    settings = _thrown_away(settings)
    with tempfile.TemporaryDirectory(
        prefix="camwatch-sample-", ignore_cleanup_errors=True
    ) as folder:
        site = demonstration.make_site()
        ended = _run(Profile(Path(folder)), settings, site, wish, is_sample=True)
    return _end(*ended)


def sample_command() -> tuple[str, ...]:
    """Return what opens the sample in a process of its own."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--sample")
    return (sys.executable, "-m", "camwatch", "--sample")


def _end(code: int, late_workers: Sequence[str]) -> int:
    """Return the exit code, or leave at once if a thread hangs.

    A thread that hangs in a library would keep the process for as long as it hangs.
    """
    if late_workers:
        logging.shutdown()
        os._exit(code)
    return code


def _no_folder(profile: Profile, why: str) -> tuple[int, Sequence[str]]:
    """Say that the profile's folder cannot be used: where it was started from, and in a window."""
    words = tr(
        "The profile folder {folder} cannot be used: {why}. Allow your account to write "
        "it, or choose another with --profile DIR.",
        folder=profile.folder,
        why=why,
    )
    sys.stderr.write(tr("camwatch: {words}\n", words=words))
    if QApplication.instance() is None:
        make_qt_application()
    show_refusal(tr("CamWatch cannot start"), words)
    return 1, ()


def _run(
    profile: Profile,
    settings: Settings,
    demo: SimulatedSite | None,
    wish: StartWish | None = None,
    *,
    is_sample: bool = False,
) -> tuple[int, Sequence[str]]:
    """Run until the window is closed; return the exit code and which workers hang."""
    try:
        profile.create()
    except OSError as error:
        return _no_folder(profile, str(error.strerror))
    marker = RunMarker(profile.folder, profile.log_file.parent, __version__)
    logs.set_up(profile.log_file, settings.logging.level)
    qt_log.install()
    open_files = raise_limit()
    _log_platform()
    log.info("%s open files", "no limit of" if open_files is None else f"at most {open_files}")
    qt_application = make_qt_application()
    appearance = Appearance(qt_application)
    appearance.put_on(settings.display)

    lock = QLockFile(str(profile.folder / "camwatch.lock"))
    if not lock.tryLock(0):
        if lock.error() is not QLockFile.LockError.LockFailedError:
            return _no_folder(profile, tr("it may not be written"))
        if show_first_window(profile.folder):
            log.info("CamWatch runs with this profile already; its window was shown")
            return 0, ()
        QMessageBox.information(
            None,
            "CamWatch",
            tr(
                "CamWatch is already running with this profile. "
                "Look for its window, or start this one with --profile and another folder."
            ),
        )
        return 1, ()

    shared = history_lock(profile, settings.history)
    history = None if shared is None else QLockFile(str(shared))
    if (
        history is not None
        and not history.tryLock(0)
        # A folder that may not be written is told when the history is opened.
        and history.error() is QLockFile.LockError.LockFailedError
    ):
        show_refusal(tr("The history is in use"), tr(_SHARED).format(file=shared))
        return 1, ()

    marker.begin()
    with crash_file(marker.crash_file):
        application = Application(profile, settings, demo, appearance, marker, is_sample=is_sample)
        application.start_wish = wish or StartWish()
        first_window = FirstWindow(profile.folder, application)
        first_window.asked.connect(application.show_itself)
        logs.install_last_resorts(application.crashed.emit)
        # Python runs signal handlers only between byte codes; the timer gives it some.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: application.stop())
        awake = QTimer()
        awake.timeout.connect(lambda: None)
        awake.start(250)
        QTimer.singleShot(0, application.start)
        qt_application.exec()
    marker.end()
    first_window.close()
    if history is not None:
        history.unlock()
    lock.unlock()
    return application.exit_code, application.late_workers
