"""What polls the cameras, has people counted and the counts saved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from camwatch.auth.secrets import SecretStore
from camwatch.away_room import AwayRoom, password_reader
from camwatch.cameras.polling import PollStats
from camwatch.commands.snapshot import Snapshot
from camwatch.commands.storage_desk import Recording
from camwatch.commands.system import SystemAccess
from camwatch.config import Settings
from camwatch.counting_room import CountingRoom
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, Picture
from camwatch.errors import CameraError, CamWatchError, DatabaseAway, DatabaseBusy
from camwatch.events import Bus, CamerasChanged, CameraStateChanged, HistorySaved
from camwatch.history_room import make_store
from camwatch.paths import Profile
from camwatch.scene import PrivacyRecord, SceneRecord
from camwatch.simulated_room import SimulatedRoom
from camwatch.workers.base import Worker
from camwatch.workers.focus import FocusRoom
from camwatch.workers.pictures import TileFeed
from camwatch.workers.poller import PollerWorker
from camwatch.workers.queries import QueryPool
from camwatch.workers.recorder import RecorderWorker
from camwatch.workers.store import Store
from camwatch.workers.supervisor import Supervisor
from camwatch.workers.throughput import Throughput
from camwatch.workers.watch import WatchWorker

log = logging.getLogger(__name__)

_READ_AGAIN_MS = 5000

_Read = tuple[Sequence[Camera], Sequence[SceneRecord], Sequence[PrivacyRecord]]


class CameraRoom(QObject):
    """Knows the cameras, and has the workers that make counts of them.

    Attributes:
        counting: Finds people in pictures.
        focus: Brings the best pictures of one camera.
        poller: Polls the cameras; None until it was made.
        cameras: As they were read last.

    Args:
        feed: Carries pictures to the tiles.
        supervisor: Runs the workers.
        away: What is known while the server with the history is away.
        simulated: Serves the simulated cameras among them; None in a demonstration, which does
            that itself.
        secrets: Returns where the cameras' passwords are.

    Signals:
        troubled: The CamWatchError for which the cameras cannot be read.
    """

    troubled = Signal(object)
    _stale = Signal()

    def __init__(  # noqa: PLR0917 - all that counting stands on
        self,
        profile: Profile,
        settings: Settings,
        bus: Bus,
        queries: QueryPool,
        supervisor: Supervisor,
        feed: TileFeed,
        away: AwayRoom,
        simulated: SimulatedRoom | None,
        secrets: Callable[[], SecretStore],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._profile = profile
        self._settings = settings
        self._bus = bus
        self._queries = queries
        self._supervisor = supervisor
        self._away = away
        self._simulated = simulated
        self._secrets = secrets
        self._throughput = Throughput(bus, self)
        self.counting = CountingRoom(profile, settings, feed, self._on_undecodable, bus, self)
        self.focus = FocusRoom(self._fetch_focus, self.counting.gate, self)
        self.poller: PollerWorker | None = None
        self.cameras: Sequence[Camera] = ()
        self.is_counting = False
        """The recorder and what makes counts are posted."""
        self._focused: CameraId | None = None
        self._database: Database | None = None
        self._access: SystemAccess | None = None
        self._recorder: RecorderWorker | None = None
        self._saved_at: datetime | None = None
        self._is_reading = False
        self._must_read_again = False
        bus.subscribe(HistorySaved, self._on_saved)
        bus.subscribe(CamerasChanged, lambda _event: self._stale.emit())
        self._stale.connect(self.reload)

    def opened(self, database: Database, access: SystemAccess) -> None:
        """Read from this history from now on."""
        self._database, self._access = database, access

    def closed(self) -> None:
        """Read nothing any more."""
        self._database = self._access = None

    def poll_stats(self) -> PollStats:
        """Return what the poller did so far.

        Raises:
            RuntimeError: The history is not open yet, so there is no poller.
        """
        if self.poller is None:
            raise RuntimeError("the poller has not been started")
        return self.poller.stats()

    # ---------------------------------------------------------------- workers

    def count_without(self, snapshot: Snapshot) -> None:
        """Count what was known last while the server with the history is away."""
        self.cameras = snapshot.cameras
        self.counting.set_cameras(snapshot.cameras, snapshot.scenes, None)
        self.add_recorder()
        self.add_producers()
        self._supervisor.start()

    def add_recorder(self) -> None:
        """Post what takes counts, before what makes them."""
        recorded = self._away.history
        store = make_store(
            recorded, self._note_disk_error, self._profile, self._settings.history, self._bus
        )
        self._supervisor.add(partial(self._make_recorder, store))

    def add_producers(self) -> None:
        """Put what makes counts in order, after those that take them."""
        self.is_counting = True
        for make in self.counting.posts():
            self._supervisor.add(make)
        self._supervisor.add(self._make_poller)
        self._supervisor.add(lambda: WatchWorker(self._bus))

    def _make_recorder(self, store: Store) -> Worker:
        self._recorder = RecorderWorker(store, self._bus, self._settings.history.queue_rows)
        return self._recorder

    def _make_poller(self) -> Worker:
        self.poller = PollerWorker(
            self._settings.cameras,
            password_reader(self._secrets),
            self._deliver,
            self._bus,
            deliver_focus=self.focus.take_best,
        )
        self.poller.set_cameras(self.cameras)
        self.poller.focus(self._focused)
        return self.poller

    def _note_disk_error(self, words: str) -> None:
        """Write down that a disk reported an error; in the recorder's thread."""
        access = self._access
        if access is not None:
            access.note_disk_error(words)

    def recording(self) -> Recording:
        """Tell how saving goes; from any thread."""
        recorder = self._recorder
        if recorder is None:
            return Recording(saved_at=self._saved_at)
        return Recording(recorder.waiting_rows, recorder.spooled_rows, self._saved_at)

    def _on_saved(self, event: HistorySaved) -> None:
        self._saved_at = event.at

    # ---------------------------------------------------------------- pictures

    def _on_undecodable(self, picture: Picture, error: CameraError) -> None:
        """Tell the poller of a picture that its decoder refused, in a picture thread."""
        if self.poller is not None:
            self.poller.picture_failed(picture, error)

    def _deliver(self, picture: Picture) -> None:
        """Take a picture from the poller, in its thread."""
        self._throughput.picture_arrived()
        self.counting.take(picture)
        self.focus.take_counted(picture)

    def _fetch_focus(self, camera_id: CameraId | None) -> None:
        """Let the poller pull the best pictures of the camera that is looked at closely."""
        self._focused = camera_id
        if self.poller is not None:
            self.poller.focus(camera_id)

    def note_blocked(self, access: SystemAccess, event: CameraStateChanged) -> None:
        """Write down where a camera tried to lead to. Runs on the pool."""
        camera = next((one for one in self.cameras if one.id == event.camera_id), None)
        if camera is not None:
            access.note_blocked(camera, event)

    # ---------------------------------------------------------------- reading

    def reload(self) -> None:
        """Read the cameras again; one reading at a time, so that no older answer comes last."""
        if self._is_reading:
            self._must_read_again = True
        elif self._access is not None:
            self._is_reading = True
            access = self._access

            def read() -> _Read:
                return access.camera_list(), access.scene_list(), access.privacy_list()

            self._queries.run(read, self._on_cameras, self._on_no_cameras, owner=self)

    def _on_cameras(self, answer: _Read) -> None:
        cameras, scenes, privacy = answer
        self.cameras = cameras
        if self._simulated is not None:
            self._simulated.look(cameras)
        self.counting.set_cameras(cameras, scenes, privacy)
        if self.poller is not None:
            self.poller.set_cameras(cameras)
        if self._database is not None:
            self._away.remember(self._database, cameras, scenes)
        self._end_reading()

    def _on_no_cameras(self, error: CamWatchError) -> None:
        if isinstance(error, DatabaseAway | DatabaseBusy):
            # It ends by itself, and so does what the window says of the history meanwhile.
            log.warning("the cameras cannot be read: %s [%s]", error, error.error_id)
        else:
            self.troubled.emit(error)
        self._is_reading = False
        QTimer.singleShot(_READ_AGAIN_MS, self.reload)

    def _end_reading(self) -> None:
        self._is_reading = False
        if self._must_read_again:
            self._must_read_again = False
            self.reload()
