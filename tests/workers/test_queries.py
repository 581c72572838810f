"""Background jobs: answers come back on the GUI thread, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from camwatch.errors import CamWatchError, DiskFull, UnexpectedError
from camwatch.workers.base import Worker
from camwatch.workers.queries import QueryPool


@pytest.fixture
def pool(qtbot: QtBot) -> Iterator[QueryPool]:
    pool = QueryPool()
    workers: list[Worker] = [make() for make in pool.posts()]
    for worker in workers:
        worker.start()
    yield pool
    for worker in workers:
        worker.request_stop()
    for worker in workers:
        assert worker.wait(5000)


class Asker(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.values: list[tuple[object, str]] = []
        self.errors: list[CamWatchError] = []

    def done(self, value: object) -> None:
        self.values.append((value, threading.current_thread().name))

    def failed(self, error: CamWatchError) -> None:
        self.errors.append(error)


def test_an_answer_comes_back_on_the_gui_thread(pool: QueryPool, qtbot: QtBot) -> None:
    asker = Asker()
    pool.run(lambda: threading.current_thread().name, asker.done, asker.failed, owner=asker)
    qtbot.waitUntil(lambda: bool(asker.values))
    worked_in, answered_in = asker.values[0]
    assert str(worked_in).startswith("queries-")
    assert answered_in == threading.main_thread().name


def test_a_foreseen_error_reaches_the_asker(pool: QueryPool, qtbot: QtBot) -> None:
    asker = Asker()
    error = DiskFull("no room")

    def job() -> None:
        raise error

    pool.run(job, asker.done, asker.failed, owner=asker)
    qtbot.waitUntil(lambda: bool(asker.errors))
    assert asker.errors == [error]
    assert asker.values == []


@pytest.mark.expects_warning
def test_a_bug_is_logged_and_reaches_the_asker_with_its_id(
    pool: QueryPool, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    asker = Asker()

    def job() -> None:
        raise KeyError("bug in a job")

    pool.run(job, asker.done, asker.failed, owner=asker)
    qtbot.waitUntil(lambda: bool(asker.errors))
    assert isinstance(asker.errors[0], UnexpectedError)
    assert asker.errors[0].error_id in caplog.text
    assert "bug in a job" in caplog.text


def test_an_answer_whose_asker_is_gone_is_dropped(pool: QueryPool, qtbot: QtBot) -> None:
    gone, other = Asker(), Asker()
    may_end = threading.Event()
    values: list[object] = []
    pool.run(lambda: may_end.wait(5), values.append, other.failed, owner=gone)
    delete(gone)
    may_end.set()
    # Two more, so that both threads have answered everything that came before.
    pool.run(lambda: 1, other.done, other.failed, owner=other)
    pool.run(lambda: 2, other.done, other.failed, owner=other)
    qtbot.waitUntil(lambda: len(other.values) == 2)
    assert values == []


def test_what_a_job_held_goes_in_the_gui_thread(pool: QueryPool, qtbot: QtBot) -> None:
    """A window whose last holder is a worker would be destroyed in its thread: a crash."""
    gone_in: list[str] = []

    class Held(QObject):
        def __del__(self) -> None:
            gone_in.append(threading.current_thread().name)

        def work(self) -> int:
            return 1

    asker = Asker()
    count = 100
    for number in range(count):
        held = Held()
        pool.run(held.work, lambda _value: None, asker.failed, owner=held)
        # Its caller lets go of it, as of a dialog that has done its work; the next job follows.
        del held
        pool.run(lambda: number, asker.done, asker.failed, owner=asker)  # noqa: B023
        qtbot.waitUntil(lambda: len(asker.values) > number)  # noqa: B023
    qtbot.waitUntil(lambda: len(gone_in) == count)
    assert set(gone_in) == {threading.main_thread().name}
