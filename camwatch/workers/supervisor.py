"""Owns the workers: starts consumers before producers, restarts what breaks, stops in turn."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from camwatch.domain import utc_now
from camwatch.events import Bus, WorkerStopped
from camwatch.health import WorkerReading
from camwatch.workers.base import Worker

log = logging.getLogger(__name__)

_RESTARTS = 5
_WITHIN_S = 60.0
_LOOK_EVERY_MS = 500


@dataclass(eq=False)
class _Post:
    """One place to be filled: how to make its worker, and who fills it now."""

    make: Callable[[], Worker]
    worker: Worker | None = None
    name: str = ""
    restarts: int = 0
    crashed_s: deque[float] = field(default_factory=lambda: deque(maxlen=_RESTARTS + 1))


class Supervisor(QObject):
    """Lives in the GUI thread.

    A worker that crashes is made anew, at most five times a minute; then it stays
    off, which is shown. One that hangs for good is left behind, and made anew likewise.
    """

    def __init__(self, bus: Bus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = bus
        self._posts: list[_Post] = []
        self._left_behind: list[Worker] = []
        self._is_stopping = False
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._look)

    def add(self, make: Callable[[], Worker]) -> None:
        """Put a post behind the present ones; consumers are added before producers.

        Args:
            make: Makes the worker, and makes it anew after a crash.
        """
        self._posts.append(_Post(make))

    def start(self) -> None:
        """Start all workers that do not run yet, in the order they were added."""
        for post in self._posts:
            if post.worker is None:
                self._fill(post)
        self._looking.start(_LOOK_EVERY_MS)

    def _fill(self, post: _Post) -> None:
        post.worker = post.make()
        post.name = post.worker.objectName()
        post.worker.setParent(self)
        post.worker.crashed.connect(self._on_crashed, Qt.ConnectionType.QueuedConnection)
        post.worker.start()
        log.debug("%s started", post.worker.objectName())

    @Slot(str)
    def _on_crashed(self, error_id: str) -> None:
        broken = self.sender()
        post = next((one for one in self._posts if one.worker is broken), None)
        if post is None or post.worker is None or self._is_stopping:
            return
        post.worker.wait()
        post.worker.deleteLater()
        self._replace(post, post.worker, error_id)

    @Slot()
    def _look(self) -> None:
        """Leave workers behind that hang."""
        for post in self._posts:
            worker = post.worker
            if worker is None or (error_id := worker.give_up_if_stuck()) is None:
                continue
            # It tells nobody any more, and must not be destroyed while it runs.
            worker.crashed.disconnect(self._on_crashed)
            worker.setParent(None)
            self._left_behind.append(worker)
            self._replace(post, worker, error_id)
        self._left_behind = [worker for worker in self._left_behind if worker.isRunning()]

    def _replace(self, post: _Post, worker: Worker, error_id: str) -> None:
        """Make a worker anew that broke, unless that happened too often; tell of it."""
        name = worker.objectName()
        post.worker = None
        now_s = time.monotonic()
        post.crashed_s.append(now_s)
        is_often = len(post.crashed_s) > _RESTARTS and now_s - post.crashed_s[0] <= _WITHIN_S
        if not is_often:
            post.restarts += 1
            self._fill(post)
        log.warning("%s %s", name, "stays off: it broke too often" if is_often else "restarted")
        self._bus.publish(WorkerStopped(utc_now(), name, error_id, is_off=is_often))

    def readings(self) -> list[WorkerReading]:
        """Tell how each worker is doing; from any thread, so nothing of Qt is asked."""
        found = []
        for post in tuple(self._posts):
            worker = post.worker
            if not post.name:
                continue  # it was not started yet
            number = None if worker is None else worker.native_id
            found.append(WorkerReading(post.name, worker is not None, post.restarts, number))
        return found

    def stop(self, deadline_s: float = 2.5) -> list[str]:
        """Stop all workers, producers first.

        Each is asked only when those after it have ended, so that a consumer still
        takes what its producers left.

        Returns:
            Names of workers that did not end within the deadline; they still run.
        """
        self._is_stopping = True
        self._looking.stop()
        ends_s = time.monotonic() + deadline_s
        late = []
        for post in reversed(self._posts):
            worker, post.worker = post.worker, None
            if worker is None:
                continue
            worker.request_stop()
            left_ms = max(50, int((ends_s - time.monotonic()) * 1000))
            if not worker.wait(left_ms):
                late.append(worker.objectName())
                # Destroying a running QThread aborts the process: let it outlive us.
                worker.setParent(None)
                _outliving.append(worker)
        late += [worker.objectName() for worker in self._left_behind if worker.isRunning()]
        _outliving.extend(self._left_behind)
        if late:
            log.error("did not end in time: %s", ", ".join(late))
        return late


_outliving: list[Worker] = []
