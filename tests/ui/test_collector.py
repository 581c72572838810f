"""Garbage that holds parts of a window is destroyed in the thread of the window."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.ui.collector import Collector


@pytest.fixture
def few() -> Iterator[None]:
    """Let a search fall due after few objects."""
    usual = gc.get_threshold()
    gc.collect()
    gc.set_threshold(100, 1, 1)
    yield
    gc.set_threshold(*usual)


class Ring:
    """A part of a window that holds itself."""

    def __init__(self, ended: list[int]) -> None:
        self.widget = QWidget()
        self.self = self
        weakref.finalize(self, lambda: ended.append(threading.get_ident()))


def make_objects() -> None:
    """Make so many objects at once that Python would look for garbage many times."""
    kept = [[number] for number in range(20_000)]
    del kept


@pytest.mark.usefixtures("few")
def test_garbage_is_found_in_the_thread_of_the_window_only(qtbot: QtBot) -> None:
    collector = Collector()
    ended: list[int] = []
    try:
        Ring(ended)
        other = threading.Thread(target=make_objects)
        other.start()
        other.join()
        assert ended == []
        kept: list[list[int]] = []

        def is_found() -> bool:
            # Anew each time: windows of tests before this one may set aside all that there is.
            Ring(ended)
            kept.extend([[number] for number in range(1_000)])
            return bool(ended)

        qtbot.waitUntil(is_found, timeout=20_000)
    finally:
        collector.end()
    assert set(ended) == {threading.get_ident()}
    assert gc.isenabled()


@pytest.mark.usefixtures("few")
def test_the_old_are_searched_now_and_then(qtbot: QtBot) -> None:
    collector = Collector()
    ended: list[int] = []
    kept: list[list[int]] = []
    try:

        def is_found() -> bool:
            ring = Ring(ended)
            gc.collect(0)
            gc.collect(1)  # with the oldest now
            del ring
            kept.extend([[number] for number in range(1_000)])
            return bool(ended)

        qtbot.waitUntil(is_found, timeout=20_000)
    finally:
        collector.end()
