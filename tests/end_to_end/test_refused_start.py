"""The program cannot start, and says so in a window, with what is wrong and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch import cli, logs, running
from camwatch.app import Application
from camwatch.config import Settings, load_settings
from camwatch.data import mounts
from camwatch.data.engine import Database
from camwatch.paths import Profile
from camwatch.ui import qt_log
from tests.data.disks import make_read_only, small_disk
from tests.support.applications import end

pytestmark = [pytest.mark.end_to_end, pytest.mark.sqlite_only, pytest.mark.expects_warning]


def read_and_close(said: list[str]) -> QTimer:
    """Read the next message box, and close it."""
    timer = QTimer()

    def look() -> None:
        for box in QApplication.topLevelWidgets():
            if isinstance(box, QMessageBox) and box.isVisible():
                said.append(f"{box.text()}\n{box.informativeText()}")
                box.accept()

    timer.timeout.connect(look)
    timer.start(50)
    return timer


def newer(file: Path, _monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def on_a_network_drive(_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "mounts", lambda: [mounts.Mount("/", "nfs4")])


@pytest.mark.fault("F78")
@pytest.mark.fault("F82")
@pytest.mark.parametrize(
    ("spoil", "words"), [(newer, "its schema is 9999"), (on_a_network_drive, "PostgreSQL")]
)
def test_a_history_that_is_refused_is_told_with_the_way_out(
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path, pytest.MonkeyPatch], None],
    words: str,
) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    Database.open(profile.database_file).close()
    spoil(profile.database_file, monkeypatch)
    said: list[str] = []
    timer = read_and_close(said)
    application = Application(profile, Settings(), demo=None)
    application.start()
    qtbot.waitUntil(lambda: bool(said), timeout=20_000)
    timer.stop()
    qtbot.waitUntil(lambda: application.exit_code == 1, timeout=20_000)
    end(application)
    assert words in said[0]
    assert str(profile.database_file) in said[0]


@pytest.mark.fault("F71")
def test_a_folder_that_may_only_be_read_is_told_by_window_and_commands(
    qapp: QApplication, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del qapp
    with small_disk(tmp_path / "disk", mib=4) as disk:
        profile = Profile(disk / "profile")
        profile.create()
        Database.open(profile.database_file).close()
        make_read_only(disk)
        said: list[str] = []
        timer = read_and_close(said)
        assert running.run(profile, Settings()) == 1
        timer.stop()
        assert str(profile.folder) in said[0]
        assert "Read-only" in said[0]
        assert cli.run(["users", "list", "--profile", str(profile.folder)]) == 1
        assert cli.run(["db", "salvage", "--profile", str(profile.folder)]) == 1
        err = capsys.readouterr().err
        assert "is running" not in err
        assert err.count("Read-only") == 3


@pytest.mark.fault("F83")
def test_a_history_is_used_by_one_profile_alone(
    qapp: QApplication,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The lock of a profile does not keep another profile away from the same file."""
    # There can be only one in a process, and its log is that of the tests.
    monkeypatch.setattr(running, "make_qt_application", lambda: qapp)
    monkeypatch.setattr(logs, "set_up", lambda *_: None)
    monkeypatch.setattr(qt_log, "install", lambda: None)
    file = tmp_path / "shared.sqlite3"
    Database.open(file).close()
    profile = Profile(tmp_path / "second")
    profile.create()
    named = f'database_url = "sqlite:///{file}"'
    profile.settings_file.write_text(f"[history]\n{named}\n", encoding="utf-8")
    first = QLockFile(f"{file}.lock")
    assert first.tryLock(0)
    said: list[str] = []
    timer = read_and_close(said)
    assert running.run(profile, load_settings(profile.settings_file)) == 1
    timer.stop()
    assert "with another profile" in said[0]
    command = ["cameras", "remove", "--profile", str(profile.folder), "Gate"]
    assert cli.run(command) == 1
    assert "with another profile" in capsys.readouterr().err
    first.unlock()
    assert cli.run(command) == 2  # there is no such camera
    assert "with another profile" not in capsys.readouterr().err
