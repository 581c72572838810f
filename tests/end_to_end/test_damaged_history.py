"""The whole program starts on a damaged history, is repaired and goes on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from camwatch.app import Application
from camwatch.config import Settings
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.paths import Profile
from camwatch.ui.first_window import FirstWindow
from camwatch.ui.sign_in import SignInDialog
from camwatch.ui.storage_repair.dialog import RepairDialog
from tests.data.values import sample, settings
from tests.support.applications import end

pytestmark = [pytest.mark.end_to_end, pytest.mark.sqlite_only]

ROOT = Path(__file__).resolve().parents[2]


def shown(kind: type[RepairDialog | SignInDialog]) -> list[RepairDialog | SignInDialog]:
    return [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    profile = Profile(tmp_path / "profile")
    profile.create()
    return profile


@pytest.mark.fault("F74")
@pytest.mark.fault("F75")
@pytest.mark.expects_warning
def test_a_damaged_history_is_put_right_at_the_start(qtbot: QtBot, profile: Profile) -> None:
    with Database.open(profile.database_file) as database:
        gate = database.cameras.add(settings())
        database.counts.save([sample(gate, second) for second in range(5000)], [])
        Backups(profile.database_file, profile.backup_folder).make()
    with profile.database_file.open("r+b") as stream:
        stream.seek(-10 * 4096, os.SEEK_END)
        stream.write(b"\xa5" * 4096)
    application = Application(profile, Settings(), demo=None)
    application.start()
    try:
        qtbot.waitUntil(lambda: bool(shown(RepairDialog)), timeout=20_000)
        (dialog,) = shown(RepairDialog)
        assert isinstance(dialog, RepairDialog)
        qtbot.waitUntil(dialog.restore.button.isVisible, timeout=20_000)
        dialog.restore.button.click()
        qtbot.waitUntil(lambda: bool(shown(SignInDialog)), timeout=20_000)
        assert shown(RepairDialog) == []
    finally:
        end(application)
    assert len(list(profile.folder.glob("camwatch.sqlite3.corrupt-*Z"))) == 1
    with Database.open(profile.database_file) as database:
        assert database.check() == "ok"
        with database._connections.reading() as connection:
            entries = connection.exec_driver_sql(
                "SELECT count(*) FROM audit WHERE action = 'restore_history'"
            ).scalar()
    assert entries == 1


@pytest.mark.fault("F83")
def test_a_second_start_shows_the_first_window_and_ends(qtbot: QtBot, profile: Profile) -> None:
    lock = QLockFile(str(profile.folder / "camwatch.lock"))
    assert lock.tryLock(0)
    first = FirstWindow(profile.folder)
    environment = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(profile.folder), "PATH": "/usr/bin"}
    command = [sys.executable, "-m", "camwatch", "--profile", str(profile.folder)]
    with qtbot.waitSignal(first.asked, timeout=60_000):
        second = subprocess.Popen(command, cwd=ROOT, env=environment)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=60_000)
    assert second.returncode == 0
    assert "its window was shown" in profile.log_file.read_text()
    assert not profile.database_file.exists()  # it did not come so far
    first.close()
    lock.unlock()
