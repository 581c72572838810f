"""The computer stays awake while people are counted: over a real bus, with stand-in services."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from camwatch.commands.health_live import check_awake
from camwatch.health import Grade
from camwatch.workers.sleep_guard import SleepGuard, SleepGuardWorker
from tests.support.session_bus import start_bus
from tests.workers.sleep_services import LOGIND, POWER, SCREEN

SERVICE = Path(__file__).with_name("sleep_services.py")


class Service:
    """A stand-in service that runs as a process of its own."""

    def __init__(self, name: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVICE), name], stdout=subprocess.PIPE, text=True
        )
        assert self.line() == "ready"

    def line(self) -> str:
        """Wait for the next thing that was asked."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.kill()
        self._process.wait(10)
        if self._process.stdout is not None:
            self._process.stdout.close()


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("not installed: dbus-daemon")
    daemon, address = start_bus(tmp_path, os.environ)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    yield
    daemon.terminate()
    daemon.wait(10)
    if daemon.stdout is not None:
        daemon.stdout.close()


@pytest.fixture
def services() -> Iterator[list[Service]]:
    made: list[Service] = []
    yield made
    for one in made:
        one.end()


def started(guard: SleepGuard) -> SleepGuardWorker:
    worker = SleepGuardWorker(guard, look_s=0.05)
    worker.start()
    return worker


def end(worker: SleepGuardWorker) -> None:
    worker.request_stop()
    assert worker.wait(20_000)


@pytest.mark.usefixtures("bus")
def test_logind_holds_while_people_are_counted_and_no_longer(
    qtbot: QtBot, services: list[Service]
) -> None:
    services.append(Service(LOGIND))
    counting = [True]
    guard = SleepGuard(lambda: counting[0], keeps_awake=True, keeps_screen_on=False)
    worker = started(guard)
    assert services[0].line() == "Inhibit|sleep|CamWatch|People are being counted|block"
    qtbot.waitUntil(lambda: guard.state.holder == "systemd-logind", timeout=20_000)
    assert check_awake(guard.state).grade is Grade.OK
    counting[0] = False
    assert services[0].line() == "let go"
    qtbot.waitUntil(lambda: not guard.state.is_wanted, timeout=20_000)
    counting[0] = True
    assert services[0].line().startswith("Inhibit|")
    end(worker)
    assert services[0].line() == "let go"


@pytest.mark.usefixtures("bus")
def test_without_logind_the_desktop_holds_and_the_screen_too_if_wished(
    qtbot: QtBot, services: list[Service]
) -> None:
    services += [Service(POWER), Service(SCREEN)]
    guard = SleepGuard(lambda: True, keeps_awake=True, keeps_screen_on=True)
    worker = started(guard)
    qtbot.waitUntil(lambda: guard.state.holder == f"{POWER}, {SCREEN}", timeout=20_000)
    end(worker)
    for service in services:
        assert service.line() == "Inhibit|CamWatch|People are being counted"
        assert service.line() == "UnInhibit|77"


@pytest.mark.usefixtures("bus")
def test_a_service_that_goes_is_noticed(qtbot: QtBot, services: list[Service]) -> None:
    services.append(Service(POWER))
    guard = SleepGuard(lambda: True, keeps_awake=True, keeps_screen_on=False)
    worker = started(guard)
    qtbot.waitUntil(lambda: guard.state.holder == POWER, timeout=20_000)
    services[0].end()
    qtbot.waitUntil(lambda: not guard.state.holder, timeout=20_000)
    found = check_awake(guard.state)
    assert found.grade is Grade.WARNING
    assert "may fall asleep" in found.sentence
    end(worker)
