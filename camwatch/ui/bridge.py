"""Brings events of the bus, which come in any thread, to the GUI thread as Qt signals."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from camwatch.events import (
    AlertChanged,
    Bus,
    CamerasChanged,
    CamerasMeasured,
    CameraStateChanged,
    ChannelTroubled,
    ClockJumped,
    CommonCause,
    ComputerResumed,
    CorrectionsChanged,
    CountedElsewhere,
    CountMeasured,
    DetectorChanged,
    DiskLow,
    DrillProgressed,
    Event,
    HistoryDamaged,
    HistorySaved,
    HouseworkTroubled,
    NoticesChanged,
    PollFailed,
    PopupDue,
    RulesChanged,
    SessionChanged,
    StorageSuspect,
    StorageTroubled,
    ThroughputMeasured,
    WallsChanged,
    WorkerStopped,
)

_ABOUT: dict[type[Event], Callable[[Any], Hashable]] = {
    CountMeasured: lambda event: event.camera_id,
    CameraStateChanged: lambda event: event.camera_id,
    PollFailed: lambda event: event.camera_id,
    NoticesChanged: lambda event: event.camera_id,
    CamerasChanged: lambda _: None,
    CamerasMeasured: lambda _: None,
    HistorySaved: lambda _: None,
    HistoryDamaged: lambda _: None,
    StorageTroubled: lambda _: None,
    StorageSuspect: lambda event: event.about,
    DetectorChanged: lambda _: None,
    CorrectionsChanged: lambda event: (event.camera_id, event.start, event.end),
    ThroughputMeasured: lambda _: None,
    WorkerStopped: lambda event: event.worker,
    CommonCause: lambda event: event.key,
    ComputerResumed: lambda _: None,
    ClockJumped: lambda _: None,
    SessionChanged: lambda event: event.user_uid,
    AlertChanged: lambda event: event.alert.uid,
    PopupDue: lambda event: event.notification.uid,
    RulesChanged: lambda _: None,
    WallsChanged: lambda _: None,
    ChannelTroubled: lambda event: event.channel_uid,
    DiskLow: lambda _: None,
    DrillProgressed: lambda _: None,
    CountedElsewhere: lambda _: None,
    HouseworkTroubled: lambda event: event.chore,
}
"""What an event is about: a newer one of the same kind replaces it while it waits."""

_LASTING = (
    CountMeasured,
    CameraStateChanged,
    PollFailed,
    NoticesChanged,
    HistorySaved,
    HistoryDamaged,
    StorageTroubled,
    StorageSuspect,
    DetectorChanged,
    CamerasMeasured,
    CommonCause,
    ChannelTroubled,
    DiskLow,
    DrillProgressed,
    CountedElsewhere,
)
"""Kinds that tell how things are until the next one comes; a new window must know them."""

_TELLS_CAUSES = "poller"

_GATHER_MS = 40
"""For so long events are gathered before they are told of: waking the GUI thread for each of
hundreds a second would cost more than what it then does."""

_TURN_S = 0.006
"""After this time the GUI thread does other things before it is told more."""

_MOST_COUNTS = 32
"""So many counts are told of at once, so that a turn ends in time."""


class EventBridge(QObject):
    """Emits each event on the thread this object lives in, the newest of its kind and camera.

    What waits is bounded by the number of cameras, workers and troubles, however long the
    GUI thread is busy; the GUI thread is woken once for all that waits, and does other things
    in between when there is much.

    Signals:
        count_measured: CountMeasured
        counts_measured: The same, several at once: a tuple of CountMeasured. For who takes the
            counts of all cameras.
        camera_state_changed: CameraStateChanged
        poll_failed: PollFailed
        notices_changed: NoticesChanged
        cameras_changed: CamerasChanged
        cameras_measured: CamerasMeasured
        history_saved: HistorySaved
        history_damaged: HistoryDamaged
        storage_troubled: StorageTroubled
        storage_suspect: StorageSuspect
        detector_changed: DetectorChanged
        corrections_changed: CorrectionsChanged
        throughput_measured: ThroughputMeasured
        worker_stopped: WorkerStopped
        common_cause: CommonCause
        computer_resumed: ComputerResumed
        clock_jumped: ClockJumped
        session_changed: SessionChanged
        alert_changed: AlertChanged
        popup_due: PopupDue
        rules_changed: RulesChanged
        walls_changed: WallsChanged
        channel_troubled: ChannelTroubled
        disk_low: DiskLow
        drill_progressed: DrillProgressed
        counted_elsewhere: CountedElsewhere
        housework_troubled: HouseworkTroubled
    """

    count_measured = Signal(object)
    counts_measured = Signal(object)
    camera_state_changed = Signal(object)
    poll_failed = Signal(object)
    notices_changed = Signal(object)
    cameras_changed = Signal(object)
    cameras_measured = Signal(object)
    history_saved = Signal(object)
    history_damaged = Signal(object)
    storage_troubled = Signal(object)
    storage_suspect = Signal(object)
    detector_changed = Signal(object)
    corrections_changed = Signal(object)
    throughput_measured = Signal(object)
    worker_stopped = Signal(object)
    common_cause = Signal(object)
    computer_resumed = Signal(object)
    clock_jumped = Signal(object)
    session_changed = Signal(object)
    alert_changed = Signal(object)
    popup_due = Signal(object)
    rules_changed = Signal(object)
    walls_changed = Signal(object)
    channel_troubled = Signal(object)
    disk_low = Signal(object)
    drill_progressed = Signal(object)
    counted_elsewhere = Signal(object)
    housework_troubled = Signal(object)

    _woken = Signal()

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[tuple[type[Event], Hashable], Event] = {}
        self._lasting: dict[tuple[type[Event], Hashable], Event] = {}
        self._signals = {
            CountMeasured: self.count_measured,
            CameraStateChanged: self.camera_state_changed,
            PollFailed: self.poll_failed,
            NoticesChanged: self.notices_changed,
            CamerasChanged: self.cameras_changed,
            CamerasMeasured: self.cameras_measured,
            HistorySaved: self.history_saved,
            HistoryDamaged: self.history_damaged,
            StorageTroubled: self.storage_troubled,
            StorageSuspect: self.storage_suspect,
            DetectorChanged: self.detector_changed,
            CorrectionsChanged: self.corrections_changed,
            ThroughputMeasured: self.throughput_measured,
            WorkerStopped: self.worker_stopped,
            CommonCause: self.common_cause,
            ComputerResumed: self.computer_resumed,
            ClockJumped: self.clock_jumped,
            SessionChanged: self.session_changed,
            AlertChanged: self.alert_changed,
            PopupDue: self.popup_due,
            RulesChanged: self.rules_changed,
            WallsChanged: self.walls_changed,
            ChannelTroubled: self.channel_troubled,
            DiskLow: self.disk_low,
            DrillProgressed: self.drill_progressed,
            CountedElsewhere: self.counted_elsewhere,
            HouseworkTroubled: self.housework_troubled,
        }
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._deliver)
        self._woken.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self._unsubscribes = [bus.subscribe(kind, self._keep) for kind in _ABOUT]

    def close(self) -> None:
        """Stop listening and forget what waits; call it before the object goes."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        with self._lock:
            self._waiting.clear()

    def replay(self) -> None:
        """Tell once more how things are: each camera's newest state and count, and the like.

        For a window that opens while everything is running; it is told soon.
        """
        with self._lock:
            # What waits is newer.
            self._waiting = self._lasting | self._waiting
        self._woken.emit()

    def _keep(self, event: Event) -> None:
        """Take an event in the publisher's thread."""
        key = type(event), _ABOUT[type(event)](event)
        with self._lock:
            must_wake = not self._waiting
            if isinstance(event, WorkerStopped) and event.worker == _TELLS_CAUSES:
                self._end_causes(event)
            # A newer event goes to the end, so that the order between kinds stays.
            self._waiting.pop(key, None)
            self._waiting[key] = event
        if must_wake:
            self._woken.emit()

    def _end_causes(self, stopped: WorkerStopped) -> None:
        """End what nobody would end: who is put in its place begins to number them anew."""
        for key, event in (self._lasting | self._waiting).items():
            if isinstance(event, CommonCause) and event.camera_ids:
                self._waiting[key] = replace(event, at=stopped.at, camera_ids=())

    @Slot()
    def _gather(self) -> None:
        if not self._timer.isActive():
            self._timer.start(_GATHER_MS)

    @Slot()
    def _deliver(self) -> None:
        ends_s = time.perf_counter() + _TURN_S
        while events := self._take():
            if isinstance(events[0], CountMeasured):
                self.counts_measured.emit(events)
            for event in events:
                self._signals[type(event)].emit(event)
            if time.perf_counter() > ends_s:
                self._timer.start(0)
                return

    def _take(self) -> tuple[Event, ...]:
        """Remove the oldest event that waits, with the counts right behind it if it is one."""
        with self._lock:
            first = next(iter(self._waiting.values()), None)
            if first is None:
                return ()
            is_count = isinstance(first, CountMeasured)
            counts = itertools.takewhile(
                lambda event: isinstance(event, CountMeasured), self._waiting.values()
            )
            events = tuple(itertools.islice(counts, _MOST_COUNTS)) if is_count else (first,)
            for event in events:
                key = type(event), _ABOUT[type(event)](event)
                del self._waiting[key]
                if isinstance(event, CommonCause) and not event.camera_ids:
                    self._lasting.pop(key, None)  # it is over; no other has its key
                elif isinstance(event, _LASTING):
                    self._lasting[key] = event
        return events
