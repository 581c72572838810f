"""CamWatch is started twice with one profile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.ui import first_window
from camwatch.ui.first_window import FirstWindow, raise_window, show_first_window

ROOT = Path(__file__).resolve().parents[2]
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from camwatch.ui.first_window import show_first_window
application = QCoreApplication([])
sys.exit(0 if show_first_window(Path(sys.argv[1])) else 3)
"""


@pytest.mark.fault("F83")
def test_the_second_one_is_answered_and_the_first_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstWindow(tmp_path)
    with qtbot.waitSignal(first.asked, timeout=30_000):
        second = subprocess.Popen([sys.executable, "-c", SECOND, str(tmp_path)], cwd=ROOT)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.returncode == 0
    first.close()


@pytest.mark.fault("F83")
def test_another_profile_s_window_is_not_asked(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_window, "_TRIES", 1)
    first = FirstWindow(tmp_path / "one")
    with qtbot.assertNotEmitted(first.asked):
        assert not show_first_window(tmp_path / "two")
    first.close()
    assert not show_first_window(tmp_path / "one")


@pytest.mark.fault("F83")
def test_what_a_killed_one_left_is_in_nobody_s_way(qtbot: QtBot, tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from PySide6.QtCore import QCoreApplication\n"
        "from camwatch.ui.first_window import FirstWindow\n"
        "a = QCoreApplication([]); f = FirstWindow(Path(sys.argv[1])); os._exit(9)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False
        ).returncode
        == 9
    )
    first = FirstWindow(tmp_path)
    with qtbot.waitSignal(first.asked, timeout=30_000):
        second = subprocess.Popen([sys.executable, "-c", SECOND, str(tmp_path)], cwd=ROOT)
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
    assert second.returncode == 0
    first.close()


def test_nothing_but_that_can_be_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    first = FirstWindow(tmp_path)
    socket = QLocalSocket()
    with qtbot.assertNotEmitted(first.asked), qtbot.waitSignal(socket.disconnected):
        socket.connectToServer(first_window._name_of(tmp_path))
        socket.write(b"quit\n" * 1000)
    first.close()


def test_only_this_account_may_ask(tmp_path: Path, qtbot: QtBot) -> None:
    first = FirstWindow(tmp_path)
    (server,) = first.findChildren(QLocalServer)
    assert Path(server.fullServerName()).stat().st_mode & 0o077 == 0
    first.close()


@pytest.mark.qt_log_ignore("does not support raise")
def test_a_minimised_window_comes_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.showMinimized()
    raise_window(window)
    assert window.isVisible()
    assert not window.isMinimized()
