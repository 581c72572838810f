"""A small pool that does the screens' reading, writing and hashing off the GUI thread."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from camwatch.errors import CamWatchError, UnexpectedError
from camwatch.health import QueueReading
from camwatch.logs import log_crash
from camwatch.mailbox import Backlog
from camwatch.workers.base import Worker

T = TypeVar("T")

_MOST_WAITING = 256


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    call: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[CamWatchError], None]
    owner: QObject


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    job: _Job
    value: Any
    error: CamWatchError | None


class _QueryWorker(Worker):
    """Takes one job after the other and signals each answer.

    Whatever a job holds, its owner above all, is let go of in the GUI thread only: a window
    whose last holder is here would be destroyed in this thread, which Qt does not survive.

    Signals:
        answered: The outbox, in which there is one more `_Answer` that nothing here holds.
    """

    answered = Signal(object)

    def __init__(self, name: str, jobs: Backlog[_Job]) -> None:
        super().__init__(name)
        self._jobs = jobs
        self._outbox: deque[_Answer] = deque()

    def work(self) -> None:
        while self._answer_next():
            self.answered.emit(self._outbox)

    def _answer_next(self) -> bool:
        """Do one job and put its answer into the outbox; False once there are no more.

        What this function holds is gone when it returns, before anybody is told to look.
        """
        job = self._jobs.take()
        if job is None:
            return False
        try:
            answer = _Answer(job, job.call(), None)
        except CamWatchError as error:
            answer = _Answer(job, None, error)
        except Exception as error:  # noqa: BLE001 - a bug in one job must reach its asker
            answer = _Answer(job, None, UnexpectedError(log_crash(self.objectName(), error)))
        self._outbox.append(answer)
        return True

    def request_stop(self) -> None:
        super().request_stop()
        self._jobs.close()


class QueryPool(QObject):
    """Runs jobs on a few threads and brings the answers to the GUI thread.

    Lives in the GUI thread. An answer whose owner is gone meanwhile is dropped.
    """

    def __init__(self, threads: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: Backlog[_Job] = Backlog(_MOST_WAITING)
        self._numbers = itertools.count(1)
        self._threads = threads

    def queue(self) -> QueueReading:
        """Tell how many jobs wait; from any thread."""
        jobs = self._jobs
        return QueueReading("jobs", len(jobs), jobs.limit, jobs.refused, is_loss=True)

    def posts(self) -> list[Callable[[], Worker]]:
        """Return what makes each thread of the pool; its owner starts and stops them."""
        return [self._make_worker] * self._threads

    def _make_worker(self) -> Worker:
        worker = _QueryWorker(f"queries-{next(self._numbers)}", self._jobs)
        worker.answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        return worker

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        """Run the job in the background, then `done` or `failed` on the GUI thread.

        Neither is called once `owner` is gone, or when the program is closing.
        """
        if not self._jobs.put(_Job(job, done, failed, owner)) and not self._jobs.is_closed:
            error_id = log_crash("queries", RuntimeError(f"{_MOST_WAITING} jobs are waiting"))
            failed(UnexpectedError(error_id))

    @Slot(object)
    def _on_answered(self, outbox: deque[_Answer]) -> None:
        answer = outbox.popleft()
        if self._jobs.is_closed or not isValid(answer.job.owner):
            return
        if answer.error is not None:
            answer.job.failed(answer.error)
        else:
            answer.job.done(answer.value)
