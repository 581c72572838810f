"""The only writer of the history: a batch a second, and nothing lost while the disk is away."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QObject

from camwatch.domain import (
    CameraId,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    Reason,
    Sample,
    StateChange,
    utc_now,
)
from camwatch.errors import StorageError
from camwatch.events import (
    Bus,
    CamerasMeasured,
    CameraStateChanged,
    ClockJumped,
    CountMeasured,
    HistorySaved,
    NoticesChanged,
    PassageSeen,
    PassagesSettled,
    StorageTroubled,
    TrailsGathered,
)
from camwatch.mailbox import Backlog
from camwatch.resilience import Backoff
from camwatch.scene.dwell import HourTrails
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_Row = Sample | StateChange | Passage | HourTrails | NoticeChange

Save = Callable[
    [
        Sequence[Sample],
        Sequence[StateChange],
        Sequence[Passage],
        Sequence[HourTrails],
        Sequence[NoticeChange],
    ],
    int,
]

_PERIOD_S = 1.0
# After a long trouble many rows wait; written in pieces, an operator's own change gets its
# turn in between.
_MOST_ROWS_AT_ONCE = 5000
_RETRY = Backoff(first_s=1.0, factor=2.0, longest_s=10.0)


class RecorderWorker(Worker):
    """Takes counts, passages, trails and states from the bus and saves them.

    While saving fails, rows wait in memory in their order, and saving is tried again. When
    no more may wait, the newest are lost, counted and told of. Saving a batch again must
    change nothing.

    Args:
        save: Stores a batch or nothing of it: samples, state changes, passages, trails,
            notices; returns how many rows are new.
        bus: Where counts and states come from, and troubles are told.
        queue_rows: So many rows wait at most.
    """

    def __init__(
        self,
        save: Save,
        bus: Bus,
        queue_rows: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("recorder", parent)
        self._save = save
        self._bus = bus
        self._queue_rows = queue_rows
        self._queue: Backlog[_Row] = Backlog(queue_rows)
        # Taken from the queue but not stored yet. Changed by this thread only.
        self._held: list[_Row] = []
        self._states: dict[CameraId, tuple[CameraState, Reason]] = {}
        self._twice_until: datetime | None = None
        self._notices: dict[CameraId, frozenset[Notice]] = {}
        self._counting = threading.Lock()
        self._lost_rows = 0
        self._failures = 0
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        self._told = ("", 0)
        self._unsubscribe = (
            bus.subscribe(CountMeasured, self._on_count),
            bus.subscribe(CameraStateChanged, self._on_state),
            bus.subscribe(ClockJumped, self._on_clock_jumped),
            bus.subscribe(CamerasMeasured, self._on_measured),
            bus.subscribe(NoticesChanged, self._on_notices),
            bus.subscribe(PassagesSettled, self._on_passages),
            bus.subscribe(TrailsGathered, self._on_trails),
        )

    def request_stop(self) -> None:
        """Ask the worker to save what waits, once, and to end; never waits."""
        super().request_stop()
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._queue.close()

    @property
    def waiting_rows(self) -> int:
        """How many rows are not stored yet."""
        return len(self._held) + len(self._queue)

    def _on_count(self, event: CountMeasured) -> None:
        self._put(
            Sample(
                event.camera_id,
                event.at,
                event.count,
                event.confidence,
                event.processing_s,
                event.interval_s,
                event.number,
                event.is_carried,
                tuple((zone.place_id, zone.count) for zone in event.zones),
                event.passing.watched if event.passing else (),
                event.is_flagged,
            )
        )
        self._put_passages(event.passing.passages if event.passing else ())

    def _on_passages(self, event: PassagesSettled) -> None:
        self._put_passages(event.passages)

    def _put_passages(self, passages: Sequence[PassageSeen]) -> None:
        for one in passages:
            self._put(Passage(one.place_id, one.at, one.track, one.is_inwards))

    def _on_trails(self, event: TrailsGathered) -> None:
        for hour in event.trails:
            self._put(hour)

    def _on_state(self, event: CameraStateChanged) -> None:
        if event.reason is Reason.ELSEWHERE:
            self._states.pop(event.camera_id, None)
            return  # the other workstation stores how it is
        new = (event.state, event.reason)
        # The same state with other details, such as the time of the next try, is no news.
        if self._states.get(event.camera_id) != new:
            change = StateChange(event.camera_id, event.at, event.state, event.reason)
            if self._put(change):
                self._states[event.camera_id] = new

    def _on_clock_jumped(self, event: ClockJumped) -> None:
        """Say anew how all cameras do when the clock was set back.

        What was stored until now lies ahead then, and would be the last word once more when
        the clock gets there; so it is said again behind that, too.
        """
        if event.by_s < 0:
            until = event.at - timedelta(seconds=event.by_s)
            self._twice_until = max(until, self._twice_until or until)
            self._store_states_anew(event.at)

    def _on_measured(self, event: CamerasMeasured) -> None:
        if self._twice_until is not None and event.at > self._twice_until:
            self._twice_until = None
            self._store_states_anew(event.at)

    def _store_states_anew(self, at: datetime) -> None:
        for camera_id, (state, reason) in list(self._states.items()):
            self._put(StateChange(camera_id, at, state, reason))

    def _on_notices(self, event: NoticesChanged) -> None:
        known = self._notices.get(event.camera_id, frozenset())
        changed = sorted(known ^ event.notices)
        for one in changed:
            is_present = one in event.notices
            if self._put(NoticeChange(event.camera_id, event.at, one, is_present)):
                known ^= {one}
        self._notices[event.camera_id] = known

    def _put(self, row: _Row) -> bool:
        """Queue a row from any thread; count it as lost if no more may wait."""
        with self._counting:
            if self.waiting_rows < self._queue_rows and self._queue.put(row):
                return True
            self._lost_rows += 1
            is_first = self._lost_rows == 1
        if is_first:
            log.error("no more than %d rows of history may wait: rows are lost", self._queue_rows)
        return False

    def work(self) -> None:
        """Save once a second what has come; at the end once more."""
        try:
            while (row := self._queue.take()) is not None:
                self._held = [row]
                self.stop_event.wait(_PERIOD_S)
                self._held += self._queue.take_all()
                self._save_held()
        finally:
            # After a bug another recorder takes over, and this one must not listen any more.
            self.request_stop()
            if self.waiting_rows:
                log.error("%d rows of history are lost", self.waiting_rows)

    def _save_held(self) -> None:
        """Save what is held, trying until it works or the last try is over."""
        while self._held:
            is_last_try = self.stop_event.is_set()
            batch = self._held[:_MOST_ROWS_AT_ONCE]
            try:
                rows = self._save(
                    [row for row in batch if isinstance(row, Sample)],
                    [row for row in batch if isinstance(row, StateChange)],
                    [row for row in batch if isinstance(row, Passage)],
                    [row for row in batch if isinstance(row, HourTrails)],
                    [row for row in batch if isinstance(row, NoticeChange)],
                )
            except StorageError as error:
                if is_last_try:
                    self._give_up()
                self._tell(error)
                self._failures += 1
                self.stop_event.wait(_RETRY.wait_s(self._failures, self._chance))
            else:
                del self._held[: len(batch)]
                self._failures = 0
                self._tell(None)
                self._bus.publish(HistorySaved(utc_now(), rows))

    def _give_up(self) -> None:
        """Count what still waits as lost: the program ends and the disk is away."""
        with self._counting:
            rows = len(self._held) + len(self._queue.take_all())
            self._held.clear()
            self._lost_rows += rows
        log.error("CamWatch ends while its disk is away: %d rows of history are lost", rows)

    def _tell(self, error: StorageError | None) -> None:
        """Tell how saving goes if that is news: other words of an error, or more lost rows."""
        with self._counting:
            lost_rows = self._lost_rows
            if error is None:
                self._lost_rows = 0
        words = "" if error is None else str(error)
        if (words, lost_rows) == self._told:
            return
        if error is None:
            log.info("the history is saved again; %d rows were lost", lost_rows)
        elif words != self._told[0]:
            log.warning("the history is not saved: %s [%s]", error, error.error_id)
        self._told = (words, 0 if error is None else lost_rows)
        self._bus.publish(StorageTroubled(utc_now(), error, self.waiting_rows, lost_rows))
