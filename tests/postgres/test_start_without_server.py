"""The whole program starts while the server is away, counts, and goes on when it is back."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from camwatch.app import Application
from camwatch.commands.snapshot import read_snapshot
from camwatch.config import History, Settings
from camwatch.data.engine import Database
from camwatch.domain import CameraId, utc_now
from camwatch.events import CountMeasured, StorageTroubled
from camwatch.paths import Profile
from camwatch.scene import Scene, Zone
from camwatch.ui.away_dialog import AwayDialog
from camwatch.ui.sign_in import SignInDialog
from tests.data.values import settings
from tests.support.applications import end
from tests.support.postgres import PostgresServer

pytestmark = [pytest.mark.fault("F84"), pytest.mark.expects_warning]

SQUARE = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Profile:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    profile = Profile(tmp_path / "profile")
    profile.create()
    return profile


def shown(kind: type[QDialog]) -> list[QDialog]:
    return [
        one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()
    ]


def the_away_dialog(qtbot: QtBot) -> AwayDialog:
    qtbot.waitUntil(lambda: bool(shown(AwayDialog)), timeout=30_000)
    (dialog,) = shown(AwayDialog)
    assert isinstance(dialog, AwayDialog)
    return dialog


def a_history(url: str) -> None:
    with Database.open(None, url) as database:
        camera = database.cameras.add(settings("Gate"))
        database.scenes.save(camera.id, Scene(zones=(Zone("Door", SQUARE),)))


def run_once(qtbot: QtBot, profile: Profile, url: str) -> Application:
    """Start with the server, so that its cameras are known, and end.

    Returns:
        What ran: to be held until the end of the test, or a worker of the next run may happen to
        collect it, and Qt does not survive that its objects end in another thread.
    """
    application = Application(profile, Settings(history=History(database_url=url)), demo=None)
    application.start()
    try:
        qtbot.waitUntil(profile.snapshot_file.exists, timeout=30_000)
        qtbot.waitUntil(lambda: bool(shown(SignInDialog)), timeout=30_000)
    finally:
        end(application)
    return application


def counted(camera_id: CameraId, at: datetime, count: int) -> CountMeasured:
    return CountMeasured(
        at=at,
        camera_id=camera_id,
        seq=count,
        count=count,
        confidence=0.9,
        processing_s=0.01,
        interval_s=1.0,
        boxes=np.zeros((0, 4), np.float32),
        scores=np.zeros(0, np.float32),
        model="test",
    )


def test_cameras_are_counted_and_the_counts_saved_when_the_server_is_back(
    qtbot: QtBot, profile: Profile, fragile: PostgresServer
) -> None:
    url = fragile.url(fragile.fresh())
    a_history(url)
    first = run_once(qtbot, profile, url)
    assert b"hunter2" not in profile.snapshot_file.read_bytes()
    assert profile.snapshot_file.stat().st_mode & 0o777 == 0o600
    fragile.stop()

    application = Application(profile, Settings(history=History(database_url=url)), demo=None)
    told: list[StorageTroubled] = []
    application.bus.subscribe(StorageTroubled, told.append)
    application.start()
    try:
        dialog = the_away_dialog(qtbot)
        assert "are counted meanwhile" in dialog.counting.text()
        assert "refused" in dialog.happened.text()
        assert application.commands is None
        now = utc_now()
        (camera,) = application._cameras.cameras
        for second in range(3):
            at = now + timedelta(seconds=second)
            application.bus.publish(counted(camera.id, at, second))
        qtbot.waitUntil(lambda: bool(told), timeout=30_000)
        fragile.start_again()
        dialog.try_button.click()
        qtbot.waitUntil(lambda: bool(shown(SignInDialog)), timeout=30_000)
        assert shown(AwayDialog) == []

        def saved() -> list[int]:
            system = application._system
            assert system is not None
            with system.database._connections.reading() as connection:
                query = text("SELECT count FROM sample ORDER BY ts")
                return list(connection.execute(query).scalars())

        qtbot.waitUntil(lambda: saved() == [0, 1, 2], timeout=30_000)
    finally:
        end(application)
    assert (application.late_workers, first.late_workers) == ([], [])


def test_nobody_knows_the_cameras_of_a_server_that_was_never_seen(
    qtbot: QtBot, profile: Profile, fragile: PostgresServer
) -> None:
    url = fragile.url(fragile.fresh())
    a_history(url)
    first = run_once(qtbot, profile, url)
    fragile.stop()
    another = url.replace("/of_test", "/another_of_test")
    assert read_snapshot(profile.snapshot_file, "elsewhere") is None
    application = Application(profile, Settings(history=History(database_url=another)), demo=None)
    application.start()
    dialog = the_away_dialog(qtbot)
    assert "Nothing is counted" in dialog.counting.text()
    dialog.quit_button.click()
    end(application)
    assert (application.exit_code, first.exit_code) == (1, 0)
