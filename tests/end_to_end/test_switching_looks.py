"""Another theme or language: the window is made anew, and nothing of the old one stays."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QObject, QTranslator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from camwatch.app import Application
from camwatch.config import Display, Settings
from camwatch.paths import Profile
from camwatch.ui.appearance import Appearance
from camwatch.ui.main_window import MainWindow
from tests.support.applications import end

NAME, PASSWORD = "boss", "correct horse battery staple"
USUAL = Display(theme="dark", language="en")


@pytest.fixture
def elsewhere() -> list[MainWindow]:
    """Return the windows that tests before this one have left in the process."""
    return windows()


@pytest.fixture
def application(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Application]:
    appearance = Appearance(qapp)
    application = Application(Profile(tmp_path), Settings(), None, appearance)
    application.start()
    qtbot.waitUntil(lambda: application.commands is not None, timeout=20_000)
    assert application.commands is not None
    boss = application.commands.create_first_administrator(NAME, PASSWORD)
    application.windows.open_window(boss)
    yield application
    end(application)
    appearance.put_on(USUAL)


def kept() -> list[object]:
    """Return all that Python holds, also what was set aside when a window was opened."""
    gc.unfreeze()
    gc.collect()
    return gc.get_objects()


def windows() -> list[MainWindow]:
    """Return all main windows that Python holds."""
    return [one for one in kept() if type(one) is MainWindow]


def remains() -> Counter[str]:
    """Count all of our and Qt's objects that Python holds."""
    return Counter(
        type(one).__qualname__
        for one in kept()
        if isinstance(one, shiboken6.Object) and type(one).__module__.startswith("camwatch.")
    )


def strays(application: Application) -> int:
    """Count the widgets that belong to no window that is open."""
    return sum(application.window not in parents(widget) for widget in QApplication.allWidgets())


def parents(widget: QObject) -> list[QObject]:
    """Return a widget and all that it lies in."""
    found = [widget]
    while (parent := found[-1].parent()) is not None:
        found.append(parent)
    return found


def test_nothing_of_a_window_outlives_the_change_of_theme_and_language(
    qtbot: QtBot, elsewhere: list[MainWindow], application: Application
) -> None:
    def switch(display: Display) -> None:
        application.windows.set_display(display)
        assert application.window is not None
        qtbot.waitExposed(application.window)

    switch(Display(theme="light", language="de"))  # what is made only once is there from now on
    before, strays_before = remains(), strays(application)
    switch(USUAL)
    # What was asked for in the background keeps who asked until it is answered.
    qtbot.waitUntil(lambda: not remains() - before, timeout=60_000)
    assert [one for one in windows() if one not in elsewhere] == [application.window]
    assert strays(application) <= strays_before
    qapp = QApplication.instance()
    assert qapp is not None
    assert qapp.findChildren(QTranslator) == []
