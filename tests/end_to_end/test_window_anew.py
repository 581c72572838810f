"""Another look or language makes the window anew: the operator is where they were."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from camwatch import running
from camwatch.app import Application
from camwatch.config import Desktop, Display, History, Settings
from camwatch.domain import utc_now
from camwatch.paths import Profile
from camwatch.ui.appearance import Appearance
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import ALERTS, SETTINGS
from camwatch.ui.undo.edit import Edit
from tests.support.applications import end

pytestmark = pytest.mark.end_to_end

NAME, PASSWORD = "olga", "walks-past-gate-three"


@pytest.fixture
def run(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> Iterator[Application]:
    profile = Profile(tmp_path)
    profile.create()
    appearance = Appearance(qapp)
    settings = Settings(desktop=Desktop(close_to_tray=True, keep_awake=False))
    run = Application(profile, settings, None, appearance)
    run.start()
    qtbot.waitUntil(lambda: run.windows.sign_in is not None, timeout=20_000)
    assert run.commands is not None
    assert run.windows.sign_in is not None
    run.windows.sign_in.hide()
    run.windows.open_window(run.commands.create_first_administrator(NAME, PASSWORD))
    yield run
    end(run)
    appearance.put_on(Display())


def free() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def opened(run: Application) -> MainWindow:
    assert run.window is not None
    return run.window


def shown(kind: type) -> list[object]:
    return [one for one in QApplication.topLevelWidgets() if one.isVisible() and type(one) is kind]


@pytest.mark.expects_warning
def test_the_operator_is_where_they_were_and_no_window_is_left(
    run: Application, qtbot: QtBot
) -> None:
    session = opened(run).sessions.session
    opened(run).show_page(SETTINGS)
    opened(run).settings_page.search.setText("frozen")
    edit = Edit("1", "“Gate” was changed", utc_now(), lambda _session: None)
    opened(run).undo_room.note(edit)
    assert opened(run).wall_room.windows.can_open
    opened(run).wall_room.open_window()
    gone: list[weakref.ref[MainWindow]] = []
    gc.disable()
    try:
        for display in (Display(theme="light"), Display(language="de"), Display()):
            before = opened(run)
            qtbot.waitUntil(lambda: bool(opened(run).wall_room.windows.windows))
            gone.append(weakref.ref(before))
            run.windows.set_display(display)
            free()
            assert opened(run) is not before
            assert shown(MainWindow) == [opened(run)]
            del before
            assert gone[-1]() is None  # without the collector of cycles
            assert opened(run).page == SETTINGS
            assert opened(run).settings_page.search.text() == "frozen"
            assert opened(run).undo_room.edits == (edit,)
            assert opened(run).sessions.session is session
    finally:
        gc.enable()

    opened(run).show_page(ALERTS)
    opened(run).locking.lock()
    run.windows.set_display(Display(theme="contrast"))
    assert opened(run).locking.is_locked
    assert opened(run).stage.wanted_page == ALERTS

    opened(run).sign_out_requested.emit()
    free()
    assert run.window is None
    qtbot.waitUntil(lambda: run.windows.sign_in is not None and run.windows.sign_in.isVisible())
    assert shown(MainWindow) == []


@pytest.mark.parametrize("open_it", [running.run_demo, running.run_sample])
def test_what_is_thrown_away_never_goes_into_the_site_s_database(
    open_it: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Profile, Settings]] = []

    def opens(profile: Profile, settings: Settings, *_more: object, **_: object) -> object:
        asked.append((profile, settings))
        return 0, ()

    monkeypatch.setattr(running, "_run", opens)
    history = History(database_url="postgresql+psycopg://history.example/camwatch")
    assert callable(open_it)
    assert open_it(Settings(history=history)) == 0
    ((profile, settings),) = asked
    assert settings.history.database_url == ""
    assert settings.history.server_host == ""
    assert not profile.folder.exists()
