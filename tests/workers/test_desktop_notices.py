"""Notifications of a real notification service (dunst), and desktops without one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from camwatch.alerts.rules import Severity
from camwatch.events import Bus
from camwatch.workers.desktop_notices import DesktopNotices
from camwatch.workers.supervisor import Supervisor
from tests.support.screen import Screen, missing_tools, virtual_screen, wait_until
from tests.support.session_bus import start_bus

MISSING = [name for name in ("dunst", "dunstctl", "dbus-daemon") if shutil.which(name) is None]


class Desktop:
    """A desktop with a bus; the notification service is started by the test."""

    def __init__(self, folder: Path, screen: Screen) -> None:
        self.environ = {
            **screen.environment,
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "XDG_CONFIG_HOME": str(folder),
        }
        self._bus, address = start_bus(folder, self.environ)
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = address
        self._service: subprocess.Popen[bytes] | None = None

    def start_service(self) -> None:
        self._service = subprocess.Popen(
            ["dunst"], env=self.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(lambda: bool(self.control("count")), "the notification service")

    def control(self, *words: str) -> str:
        done = subprocess.run(
            ["dunstctl", *words],
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        return done.stdout if done.returncode == 0 else ""

    @property
    def shown(self) -> int:
        return int(self.control("count", "displayed") or 0)

    def end(self) -> None:
        for process in (self._service, self._bus):
            if process is not None:
                process.terminate()
                process.wait(10)
                if process.stdout is not None:
                    process.stdout.close()


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    if MISSING or missing_tools():
        pytest.skip(f"not installed: {', '.join([*MISSING, *missing_tools()])}")
    with virtual_screen(tmp_path) as screen:
        made = Desktop(tmp_path, screen)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", made.environ["DBUS_SESSION_BUS_ADDRESS"])
        yield made
        made.end()


@pytest.fixture
def notices(qapp: object) -> Iterator[DesktopNotices]:
    made = DesktopNotices()
    supervisor = Supervisor(Bus())
    for make in made.posts():
        supervisor.add(make)
    supervisor.start()
    yield made
    assert supervisor.stop() == []


def test_a_notification_is_shown_replaced_clicked_and_taken_back(
    desktop: Desktop, notices: DesktopNotices, qtbot: QtBot
) -> None:
    desktop.start_service()
    with qtbot.waitSignal(notices.answered, timeout=20_000) as answered:
        notices.show_notice("a", "Gate <b>3</b>", "37 people & more <img src=x>", Severity.CRITICAL)
    assert answered.args == ["a", ""]
    assert desktop.shown == 1
    with qtbot.waitSignal(notices.answered, timeout=20_000):
        notices.show_notice("a", "Gate 3", "38 people", Severity.CRITICAL)
    assert desktop.shown == 1
    with qtbot.waitSignal(notices.clicked, timeout=20_000) as clicked:
        desktop.control("action")
    assert clicked.args == ["a"]
    with qtbot.waitSignal(notices.answered, timeout=20_000):
        notices.show_notice("b", "Gate 4", "It is offline.", Severity.CRITICAL)
    notices.take_back("a")
    notices.take_back("b")
    qtbot.waitUntil(lambda: desktop.shown == 0, timeout=20_000)


@pytest.mark.fault("F103")
def test_a_desktop_without_the_service_says_so_and_is_asked_again(
    desktop: Desktop, notices: DesktopNotices, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(notices.answered, timeout=20_000) as answered:
        notices.show_notice("a", "Gate 3", "37 people", Severity.WARNING)
    assert answered.args == ["a", "there is no notification service"]
    desktop.start_service()
    with qtbot.waitSignal(notices.answered, timeout=20_000) as answered:
        notices.show_notice("a", "Gate 3", "37 people", Severity.WARNING)
    assert answered.args == ["a", ""]


@pytest.mark.fault("F103")
def test_a_session_without_a_bus_says_so(
    notices: DesktopNotices, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ
    with qtbot.waitSignal(notices.answered, timeout=20_000) as answered:
        notices.show_notice("a", "Gate 3", "37 people", Severity.WARNING)
    assert answered.args == ["a", "this session has no D-Bus"]
