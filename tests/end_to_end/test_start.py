"""The way from an empty screen to the window: one types before the history is open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from camwatch import __version__
from camwatch.auth.passwords import hash_password
from camwatch.config import Desktop, Settings
from camwatch.data.engine import Database
from camwatch.domain import CameraSettings, Role
from camwatch.health.last_run import RunMarker
from camwatch.paths import Profile
from camwatch.start_room import StartRoom
from camwatch.ui.appearance import Appearance
from camwatch.ui.main_window import MainWindow
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.storage_repair.dialog import RepairDialog
from camwatch.walls import StartWish

pytestmark = [pytest.mark.end_to_end, pytest.mark.sqlite_only]

NAME, PASSWORD = "olga", "walks-past-gate-three"


def shown(kind: type[QWidget]) -> list[QWidget]:
    return [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    profile = Profile(tmp_path / "profile")
    profile.create()
    with Database.open(profile.database_file) as database:
        database.operators.add(NAME, Role.ADMINISTRATOR, hash_password(PASSWORD))
    return profile


@pytest.fixture
def start(qapp: QApplication, qtbot: QtBot, profile: Profile) -> Iterator[StartRoom]:
    del qtbot
    room = StartRoom(
        profile,
        Settings(desktop=Desktop(keep_awake=False)),
        Appearance(qapp),
        RunMarker(profile.folder, profile.log_file.parent, __version__),
        StartWish(),
        is_demo=False,
        is_sample=False,
    )
    yield room
    room.stop()
    assert room.late_workers == []
    if room.application is not None:
        room.application.deleteLater()
    room.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


def test_what_is_typed_before_the_history_is_open_signs_in(start: StartRoom, qtbot: QtBot) -> None:
    start.begin()
    (dialog,) = shown(SignInDialog)
    assert isinstance(dialog, SignInDialog)
    assert start.application is None
    assert dialog._form is not None
    QTest.keyClicks(dialog._form.name, NAME)
    QTest.keyClicks(dialog._form.password.line, PASSWORD)
    QTest.keyClick(dialog._form.password.line, Qt.Key.Key_Return)
    assert not dialog.is_open
    qtbot.waitUntil(lambda: bool(shown(MainWindow)), timeout=30_000)
    assert shown(SignInDialog) == []
    (window,) = shown(MainWindow)
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: window.is_whole, timeout=30_000)
    assert len(window.pages.all) == 9


def test_cameras_are_asked_though_what_was_typed_lets_nobody_in(
    start: StartRoom, qtbot: QtBot, profile: Profile
) -> None:
    """Cameras wait for the window of who has signed in early, but not for ever."""
    with Database.open(profile.database_file) as database:
        database.cameras.add(CameraSettings("Gate", "Yard", "192.0.2.7", is_enabled=False))
    start.begin()
    (dialog,) = shown(SignInDialog)
    assert isinstance(dialog, SignInDialog)
    assert dialog._form is not None
    QTest.keyClicks(dialog._form.name, NAME)
    QTest.keyClicks(dialog._form.password.line, "something else")
    QTest.keyClick(dialog._form.password.line, Qt.Key.Key_Return)
    assert dialog.is_sent
    qtbot.waitUntil(
        lambda: start.application is not None and len(start.application._cameras.cameras) == 1,
        timeout=30_000,
    )
    assert start.application is not None
    assert start.application.window is None


def test_closing_the_first_window_ends_the_start(start: StartRoom, qtbot: QtBot) -> None:
    start.begin()
    (dialog,) = shown(SignInDialog)
    assert isinstance(dialog, SignInDialog)
    dialog.reject()
    assert shown(SignInDialog) == []
    qtbot.waitUntil(lambda: not start._loader.isRunning(), timeout=20_000)
    QCoreApplication.processEvents()
    assert start.application is None
    assert start.exit_code == 0


@pytest.mark.fault("F78")
@pytest.mark.expects_warning
def test_a_damaged_history_is_told_in_the_place_of_the_sign_in(
    start: StartRoom, qtbot: QtBot, profile: Profile
) -> None:
    profile.database_file.write_bytes(b"no history at all" * 1000)
    start.begin()
    assert len(shown(SignInDialog)) == 1
    qtbot.waitUntil(lambda: bool(shown(RepairDialog) or shown(QMessageBox)), timeout=30_000)
    assert shown(SignInDialog) == []
