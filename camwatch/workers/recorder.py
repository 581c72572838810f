"""The only writer of the history: a batch a second, and nothing lost while the disk is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
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
)
from camwatch.events import (
    Bus,
    CamerasMeasured,
    CameraStateChanged,
    ClockJumped,
    CountMeasured,
    NoticesChanged,
    PassageSeen,
    PassagesSettled,
    TrailsGathered,
)
from camwatch.history.batches import Row
from camwatch.mailbox import Backlog
from camwatch.workers.base import Worker
from camwatch.workers.saving import USUAL, Saver, Timing
from camwatch.workers.store import Store

log = logging.getLogger(__name__)

_PERIOD_S = 1.0


class RecorderWorker(Worker):
    """Takes counts, passages, trails and states from the bus and saves them.

    While saving fails, rows wait in their order, in memory for some seconds and then on the
    disk, and saving is tried again. When no more may wait, the newest are lost, counted and
    told of. What waits at the end of the program waits for the next start.

    Args:
        store: Where to; what waits in its spool from an earlier run is saved first.
        bus: Where counts and states come from, and troubles are told.
        queue_rows: So many rows wait in memory at most.
        timing: How patient it is.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        queue_rows: int,
        timing: Timing = USUAL,
        parent: QObject | None = None,
    ) -> None:
        super().__init__("recorder", parent)
        self._queue_rows = queue_rows
        self._queue: Backlog[Row] = Backlog(queue_rows)
        self._saver = Saver(store, bus, timing, leave=self.stop_event.wait)
        self._states: dict[CameraId, tuple[CameraState, Reason]] = {}
        self._twice_until: datetime | None = None
        self._notices: dict[CameraId, frozenset[Notice]] = {}
        self._counting = threading.Lock()
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
        return self._saver.spooled_rows + self._in_memory()

    @property
    def spooled_rows(self) -> int:
        """How many of them are on the disk beside the history."""
        return self._saver.spooled_rows

    def _in_memory(self) -> int:
        return self._saver.held_rows + len(self._queue)

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

    def _put(self, row: Row) -> bool:
        """Queue a row from any thread; count it as lost if no more may wait."""
        with self._counting:
            if self._in_memory() < self._queue_rows and self._queue.put(row):
                return True
            is_first = self._saver.lose(1) == 1
        if is_first:
            log.error("no more than %d rows of history may wait: rows are lost", self._queue_rows)
        return False

    def work(self) -> None:
        """Save once a second what has come; at the end once more."""
        saver = self._saver
        try:
            saver.begin()
            while not (self._queue.is_closed and not self._queue):
                if (row := self._queue.take(saver.wait_s())) is not None:
                    saver.add((row,))
                    self.stop_event.wait(_PERIOD_S)
                    saver.add(self._queue.take_all())
                if not self.stop_event.is_set():
                    saver.step()
            saver.finish()
        finally:
            # After a bug another recorder takes over, and this one must not listen any more.
            self.request_stop()
            if self._in_memory():
                saver.add(self._queue.take_all())
                saver.shelter()
            if rows := self._in_memory():
                log.error("%d rows of history are lost", rows)
