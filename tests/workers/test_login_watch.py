"""The worker that keeps sessions to what the login service says."""

from __future__ import annotations

import threading

import pytest
from pytestqt.qtbot import QtBot

from camwatch.workers.login_watch import LoginWatchWorker


def test_it_looks_again_and_again_and_leaves_at_the_end(qtbot: QtBot) -> None:
    done: list[str] = []
    worker = LoginWatchWorker(
        lambda: done.append("look"),
        lambda: done.append("hurry"),
        lambda: done.append("leave"),
        period_s=0.01,
    )
    worker.start()
    qtbot.waitUntil(lambda: done.count("look") >= 3)
    worker.request_stop()
    assert worker.wait(10_000)
    assert done[-1] == "leave"
    assert "hurry" in done


@pytest.mark.fault("F105")
def test_a_look_that_waits_for_the_service_ends_when_asked(qtbot: QtBot) -> None:
    waits, is_hurried = threading.Event(), threading.Event()

    def look() -> None:
        waits.set()
        is_hurried.wait(60)

    worker = LoginWatchWorker(look, is_hurried.set, lambda: None, period_s=0.01)
    worker.start()
    qtbot.waitUntil(waits.is_set)
    worker.request_stop()
    assert worker.wait(10_000)
