"""Brings events of the bus, which come in any thread, to the GUI thread as Qt signals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from camwatch.events import (
    Bus,
    CamerasChanged,
    CamerasMeasured,
    CameraStateChanged,
    ClockJumped,
    CommonCause,
    ComputerResumed,
    CountMeasured,
    DetectorChanged,
    Event,
    HistorySaved,
    NoticesChanged,
    PollFailed,
    StorageTroubled,
    ThroughputMeasured,
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
    StorageTroubled: lambda _: None,
    DetectorChanged: lambda _: None,
    ThroughputMeasured: lambda _: None,
    WorkerStopped: lambda event: event.worker,
    CommonCause: lambda event: event.key,
    ComputerResumed: lambda _: None,
    ClockJumped: lambda _: None,
}
"""What an event is about: a newer one of the same kind replaces it while it waits."""

_LASTING = (
    CountMeasured,
    CameraStateChanged,
    PollFailed,
    NoticesChanged,
    HistorySaved,
    StorageTroubled,
    DetectorChanged,
    CamerasMeasured,
    CommonCause,
)
"""Kinds that tell how things are until the next one comes; a new window must know them."""


class EventBridge(QObject):
    """Emits each event on the thread this object lives in, the newest of its kind and camera.

    What waits is bounded by the number of cameras, workers and troubles, however long the
    GUI thread is busy; the GUI thread is woken once for all that waits.

    Signals:
        count_measured: CountMeasured
        camera_state_changed: CameraStateChanged
        poll_failed: PollFailed
        notices_changed: NoticesChanged
        cameras_changed: CamerasChanged
        cameras_measured: CamerasMeasured
        history_saved: HistorySaved
        storage_troubled: StorageTroubled
        detector_changed: DetectorChanged
        throughput_measured: ThroughputMeasured
        worker_stopped: WorkerStopped
        common_cause: CommonCause
        computer_resumed: ComputerResumed
        clock_jumped: ClockJumped
    """

    count_measured = Signal(object)
    camera_state_changed = Signal(object)
    poll_failed = Signal(object)
    notices_changed = Signal(object)
    cameras_changed = Signal(object)
    cameras_measured = Signal(object)
    history_saved = Signal(object)
    storage_troubled = Signal(object)
    detector_changed = Signal(object)
    throughput_measured = Signal(object)
    worker_stopped = Signal(object)
    common_cause = Signal(object)
    computer_resumed = Signal(object)
    clock_jumped = Signal(object)

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
            StorageTroubled: self.storage_troubled,
            DetectorChanged: self.detector_changed,
            ThroughputMeasured: self.throughput_measured,
            WorkerStopped: self.worker_stopped,
            CommonCause: self.common_cause,
            ComputerResumed: self.computer_resumed,
            ClockJumped: self.clock_jumped,
        }
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._unsubscribes = [bus.subscribe(kind, self._keep) for kind in _ABOUT]

    def close(self) -> None:
        """Stop listening and forget what waits; call it before the object goes."""
        for unsubscribe in self._unsubscribes:
            unsubscribe()
        with self._lock:
            self._waiting.clear()

    def replay(self) -> None:
        """Emit once more how things are: each camera's newest state and count, and the like.

        For a window that opens while everything is running.
        """
        for event in list(self._lasting.values()):
            self._signals[type(event)].emit(event)

    def _keep(self, event: Event) -> None:
        """Take an event in the publisher's thread."""
        key = type(event), _ABOUT[type(event)](event)
        with self._lock:
            must_wake = not self._waiting
            # A newer event goes to the end, so that the order between kinds stays.
            self._waiting.pop(key, None)
            self._waiting[key] = event
        if must_wake:
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            events = list(self._waiting.values())
            self._waiting.clear()
        for event in events:
            if isinstance(event, _LASTING):
                self._lasting[type(event), _ABOUT[type(event)](event)] = event
            if isinstance(event, CommonCause) and not event.camera_ids:
                del self._lasting[CommonCause, event.key]  # it is over; no other has its key
            self._signals[type(event)].emit(event)
