"""Killed at any moment between the decision and the sending: nothing is lost, nothing comes twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from pytestqt.qtbot import QtBot

from camwatch.alerts.notification import NotificationState
from camwatch.workers.alerts import Gate
from camwatch.workers.notifier import NotifierWorker
from tests.data.values import Clock
from tests.support.webhook_server import WebhookServer
from tests.workers.alert_site import AlertSite, hook
from tests.workers.alerts_child import APART_S, BEGIN

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 100


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def ask(pipe: IO[str] | None) -> int:
    assert pipe is not None
    return int(pipe.readline())


@pytest.mark.fault("F102")
def test_a_hundred_kills_between_decision_and_sending_lose_nothing(
    qtbot: QtBot, tmp_path: Path
) -> None:
    chance = random.Random()
    seed = chance.randrange(10**9)
    chance.seed(seed)
    confirmed_file = tmp_path / "confirmed"
    with WebhookServer() as server:
        site = AlertSite(tmp_path, hook("board", f"{server.url}/a"))
        site.close()
        command = [sys.executable, "-m", "tests.workers.alerts_child", str(tmp_path)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        ) as zygote:
            assert zygote.stdin is not None
            waiting_at_kill = 0
            for number in range(KILLS):
                before = len(lines(confirmed_file))
                size = confirmed_file.stat().st_size if before else 0
                # Each kill may have left one that is stored and was not said to be.
                zygote.stdin.write(f"{before + 2 * number}\n")
                zygote.stdin.flush()
                pid = ask(zygote.stdout)
                while not confirmed_file.exists() or confirmed_file.stat().st_size == size:
                    time.sleep(0.001)
                time.sleep(chance.uniform(0.0, 0.015))
                os.kill(pid, signal.SIGKILL)
                assert ask(zygote.stdout) == signal.SIGKILL
                posted = {one.body["data"]["alert"] for one in list(server.posted[-100:])}
                waiting_at_kill += not set(lines(confirmed_file)[before:]) <= posted
            zygote.stdin.close()

        so_many = len(lines(confirmed_file)) + 2 * KILLS
        clock = Clock(BEGIN + timedelta(seconds=so_many * APART_S))
        site = AlertSite(tmp_path, clock=clock, is_new=False)
        notifier = NotifierWorker(site.desk, site.bus, Gate(), clock=clock)
        notifier.start()
        try:
            qtbot.waitUntil(
                lambda: all(one.state is not NotificationState.WAITING for one in site.of("board")),
                timeout=10_000,
            )
        finally:
            notifier.request_stop()
            assert notifier.wait(5000)
        stored = {one.uid: one for one in site.of("board")}
        opened = {alert.uid for alert in site.desk.open_alerts()}
        site.close()

    confirmed = lines(confirmed_file)
    assert len(set(confirmed)) == len(confirmed) >= KILLS
    assert set(confirmed) <= opened, f"decided and not there (seed {seed})"
    # A target that honours the key takes each key once.
    taken = {one.key: one.body["data"]["alert"] for one in server.posted}
    per_alert = Counter(taken.values())
    assert set(confirmed) <= per_alert.keys(), f"decided and not sent (seed {seed})"
    assert set(per_alert.values()) == {1}, f"sent twice under two keys (seed {seed})"
    assert taken.keys() == stored.keys()
    assert {one.state for one in stored.values()} == {NotificationState.DELIVERED}
    assert waiting_at_kill, "no kill came between a decision and its sending"
