"""From the bus to the inbox and to people, with the real engine, desk, outbox and servers."""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.engine import Engine
from camwatch.alerts.lifecycle import acknowledged
from camwatch.alerts.notification import Answer, NotificationState
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    ProgramCondition,
    ProgramTrouble,
    Rule,
    Severity,
)
from camwatch.alerts.settings import Channel
from camwatch.cameras.decode import encode_jpeg
from camwatch.commands.alert_keeping import AlertKeeping
from camwatch.config import AlertPolicy
from camwatch.domain import CameraId, CameraState, Picture, Reason, elapsed_s
from camwatch.errors import DatabaseBusy
from camwatch.events import (
    AlertChanged,
    CamerasChanged,
    CameraStateChanged,
    ChannelTroubled,
    CountMeasured,
    PopupDue,
    RulesChanged,
    WorkerStopped,
)
from camwatch.workers.alert_facts import FactBox
from camwatch.workers.alert_pending import PendingSignals
from camwatch.workers.alert_pictures import counted_in
from camwatch.workers.alert_world import World, WorldShelf, WorldWorker
from camwatch.workers.alerts import AlertWorker, Gate, Outlet
from camwatch.workers.notifier import NotifierWorker
from camwatch.workers.pictures import PictureShelf
from tests.data.values import settings
from tests.support.certificates import Authority
from tests.support.mail_server import MailServer
from tests.support.webhook_server import WebhookServer
from tests.workers.alert_site import CROWD, UTC_ZONE, AlertSite, hook, mail

JPEG = encode_jpeg(np.full((72, 128, 3), 90, np.uint8))
BOXES = np.array([[0.1, 0.1, 0.2, 0.4], [0.5, 0.1, 0.6, 0.4]], np.float32)


class Chain:
    """All workers of alerts on a real history; both clocks can be put forwards."""

    def __init__(self, folder: Path, *channels: Channel, **more: object) -> None:
        self.site = AlertSite(folder, *channels, **more)  # type: ignore[arg-type]
        self.camera_id = self.site.camera.id
        self.ahead_s = 0.0
        self.bus = self.site.bus
        self.shelf = PictureShelf()
        self.box = FactBox(self.bus, counted_in(self.shelf), self.clock_s)
        self.worlds = WorldShelf()
        self.pending = PendingSignals()
        self.gate = Gate()
        self.popups: list[PopupDue] = []
        self.changes: list[Alert] = []
        self.bus.subscribe(PopupDue, self.popups.append)
        self.bus.subscribe(AlertChanged, lambda event: self.changes.append(event.alert))
        self.seq = 0
        self.notifier = NotifierWorker(self.site.desk, self.bus, self.gate, clock=self.clock)
        self.world = WorldWorker(
            self.site.desk.world, self.site.database.scenes.all, self.bus, self.worlds.put
        )
        self.alerts = self.make_alerts()

    def make_alerts(self) -> AlertWorker:
        return AlertWorker(
            lambda: Engine(UTC_ZONE, lambda: str(uuid.uuid4())),
            self.site.desk,
            self.box,
            self.worlds,
            self.pending,
            self.shelf,
            Outlet(self.notifier.wake, self.gate.holding),
            self.clock,
            self.clock_s,
        )

    def clock(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def clock_s(self) -> float:
        return elapsed_s() + self.ahead_s

    def start(self) -> None:
        for worker in (self.notifier, self.alerts, self.world):
            worker.start()

    def stop(self) -> None:
        for worker in (self.world, self.alerts, self.notifier):
            worker.request_stop()
            assert worker.wait(5000)
        self.box.close()
        self.site.close()

    def count(self, people: int, camera_id: CameraId | None = None) -> None:
        self.seq += 1
        camera = self.camera_id if camera_id is None else camera_id
        now = self.clock()
        self.shelf.put(Picture(camera, self.seq, JPEG, (128, 72), now, float(self.seq), 1.0))
        self.bus.publish(
            CountMeasured(
                now, camera, self.seq, people, 0.5, 0.01, 60.0, BOXES, np.ones(2, np.float32), "t"
            )
        )

    def state(self, state: CameraState, reason: Reason) -> None:
        now = self.clock()
        self.bus.publish(CameraStateChanged(now, self.camera_id, state, reason, now))

    def opened(self) -> list[Alert]:
        return self.site.desk.open_alerts()


@pytest.fixture
def chains(qapp: object, tmp_path: Path) -> Iterator[Callable[..., Chain]]:
    with ExitStack() as stack:

        def make(*channels: Channel, **more: object) -> Chain:
            chain = Chain(tmp_path, *channels, **more)
            stack.callback(chain.stop)
            return chain

        yield make


def test_a_crowd_becomes_an_alert_with_popup_webhook_and_its_picture(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    with WebhookServer() as server:
        chain = chains(hook("board", f"{server.url}/a"))
        chain.start()
        chain.count(2)
        chain.count(7)
        qtbot.waitUntil(lambda: bool(server.posted) and bool(chain.popups))
        (alert,) = chain.opened()
        assert (alert.state, alert.value, alert.camera_ids) == (
            AlertState.UNACKNOWLEDGED,
            7.0,
            (chain.camera_id,),
        )
        assert server.posted[0].body["data"]["alert"] == alert.uid
        assert chain.popups[0].notification.new.alert_uid == alert.uid
        (kept,) = chain.site.database.evidence.of_alerts([alert.uid])
        assert kept.count == 7
        assert np.array_equal(kept.boxes, BOXES)
        # Delivered, so its cool-down has begun.
        qtbot.waitUntil(lambda: chain.opened()[0].told_at is not None)
        chain.count(1)
        qtbot.waitUntil(lambda: chain.opened()[0].state is AlertState.RETURNED)


def test_what_came_before_the_rules_were_read_is_judged_too(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    chain = chains()
    chain.count(7)
    chain.alerts.start()
    chain.notifier.start()
    assert not chain.alerts.wait(100)
    chain.world.start()
    qtbot.waitUntil(lambda: len(chain.opened()) == 1)


def test_a_change_while_open_alerts_are_read_is_not_missed(
    qtbot: QtBot, chains: Callable[..., Chain], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = chains()
    read = chain.site.desk.alerts_to_go_on
    new = chain.site.database.cameras.add(replace(settings("New"), is_enabled=False))

    def change_meanwhile() -> list[Alert]:
        chain.site.database.cameras.update(new.id, replace(settings("New"), is_enabled=True))
        chain.bus.publish(CamerasChanged(chain.clock()))
        chain.worlds.put(World(chain.site.desk.world()))
        return read()

    monkeypatch.setattr(chain.site.desk, "alerts_to_go_on", change_meanwhile)
    chain.worlds.put(World(chain.site.desk.world()))
    chain.alerts.start()

    def is_raised() -> bool:
        chain.count(7, new.id)
        return any(new.id in one.camera_ids for one in chain.opened())

    qtbot.waitUntil(is_raised)


@pytest.mark.expects_warning
def test_while_the_history_is_away_decisions_wait_in_order_and_none_comes_twice(
    qtbot: QtBot, chains: Callable[..., Chain], monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = chains()
    is_away = threading.Event()
    tried = threading.Semaphore(0)
    carry_out = chain.site.desk.carry_out

    def sometimes(signals: object, at: datetime) -> list[Alert]:
        if is_away.is_set():
            tried.release()
            raise DatabaseBusy("away")
        return carry_out(signals, at)  # type: ignore[arg-type]

    monkeypatch.setattr(chain.site.desk, "carry_out", sometimes)
    chain.start()
    qtbot.waitUntil(lambda: chain.worlds.present is not None)
    is_away.set()
    chain.count(7)
    assert tried.acquire(timeout=5)
    chain.count(1)  # it returns, and nobody has stored yet that it was raised
    qtbot.waitUntil(lambda: len(chain.pending) == 2)
    beat_s = chain.alerts.beat_s
    chain.count(9)
    qtbot.waitUntil(lambda: len(chain.pending) == 3)
    assert chain.opened() == []
    # What is not stored is told to nobody: then nobody is told either that all is well.
    assert chain.alerts.beat_s == beat_s
    is_away.clear()
    qtbot.waitUntil(lambda: not len(chain.pending), timeout=15_000)
    qtbot.waitUntil(lambda: chain.alerts.beat_s > beat_s)
    alerts = chain.opened()
    deeds = [
        entry.deed.value
        for entries in chain.site.database.alerts.entries([one.uid for one in alerts]).values()
        for entry in entries
    ]
    assert deeds.count("raised") == len(alerts)
    assert deeds.count("returned") == 1
    assert any(one.state is AlertState.UNACKNOWLEDGED for one in alerts)
    assert chain.pending.lost == 0
    # The picture is that of the moment, not of when it could be stored.
    kept = chain.site.database.evidence.of_alerts([alerts[0].uid])
    assert [one.count for one in kept] == [7]


def test_after_a_restart_an_open_alert_goes_on_and_is_not_raised_anew(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    down = Rule(
        "down", "Camera down", CameraCondition(CameraTrouble.DOWN, 0.0), severity=Severity.CRITICAL
    )
    chain = chains(rules=(down,))
    with chain.site.database.alert_setup.changing():
        pass
    chain.site.database.cameras.update(chain.camera_id, replace(settings("Hall"), is_enabled=True))
    chain.start()
    chain.state(CameraState.OFFLINE, Reason.TIMEOUT)
    qtbot.waitUntil(lambda: len(chain.opened()) == 1, timeout=10_000)
    (alert,) = chain.opened()
    chain.alerts.request_stop()
    assert chain.alerts.wait(5000)
    chain.alerts = chain.make_alerts()
    chain.alerts.start()
    chain.ahead_s += 120.0
    chain.state(CameraState.OFFLINE, Reason.REFUSED)
    chain.ahead_s += 1.0
    chain.state(CameraState.OK, Reason.NONE)
    qtbot.waitUntil(lambda: chain.opened()[0].state is AlertState.RETURNED, timeout=10_000)
    assert [one.uid for one in chain.opened()] == [alert.uid]


def test_a_cool_down_goes_on_after_a_restart_also_of_an_alert_that_was_closed(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    chain = chains(rules=(replace(CROWD, cool_down_s=600.0),))
    chain.start()
    chain.count(7)
    qtbot.waitUntil(lambda: len(chain.popups) == 1)
    told, desk = chain.popups[0].notification, chain.site.desk
    assert desk.delivered(told.uid, Answer("seen"), chain.clock()) is not None
    chain.count(1)
    qtbot.waitUntil(lambda: chain.opened()[0].state is AlertState.RETURNED)
    keeping = AlertKeeping(chain.site.database, chain.bus)
    alert_uid = told.new.alert_uid
    keeping.change([alert_uid], lambda one: acknowledged(one, "anna", chain.clock()), chain.clock())
    assert chain.opened() == []
    chain.alerts.request_stop()
    assert chain.alerts.wait(5000)
    chain.alerts = chain.make_alerts()
    chain.alerts.start()
    chain.count(9)
    qtbot.waitUntil(lambda: len(chain.opened()) == 1)
    assert [one.uid for one in chain.opened()] == [alert_uid]
    assert len(chain.popups) == 1


@pytest.mark.expects_warning
def test_an_alert_about_a_channel_ends_when_that_is_switched_off_also_after_a_restart(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    rule = Rule("told", "Not told", ProgramCondition(ProgramTrouble.DELIVERY), cool_down_s=0.0)
    channels = [hook("one", "http://127.0.0.1:9/a"), hook("two", "http://127.0.0.1:9/b")]
    chain = chains(rules=(rule,))
    chain.site.set_up(*channels, rules=(rule,))
    chain.start()
    for channel in channels:
        chain.bus.publish(ChannelTroubled(chain.clock(), channel.uid, channel.name, "no answer"))
    chain.bus.publish(WorkerStopped(chain.clock(), "alert rules", "id", is_off=True))

    def holding() -> set[str]:
        parts = (part for alert in chain.opened() for part in alert.parts)
        return {part.subject.part for part in parts if part.returned_at is None}

    qtbot.waitUntil(lambda: holding() == {"one", "two", "alert rules"})
    chain.site.set_up(replace(channels[0], is_enabled=False), rules=(rule,))
    chain.bus.publish(RulesChanged(chain.clock()))
    qtbot.waitUntil(lambda: holding() == {"two", "alert rules"})
    # A new run: what broke was started again, and the channel is as it was.
    chain.alerts.request_stop()
    assert chain.alerts.wait(5000)
    chain.box.close()
    chain.box = FactBox(chain.bus, counted_in(chain.shelf), chain.clock_s)
    chain.alerts = chain.make_alerts()
    chain.alerts.start()
    qtbot.waitUntil(lambda: holding() == {"two"})
    chain.site.set_up(replace(channels[1], is_enabled=False), rules=(rule,))
    chain.bus.publish(RulesChanged(chain.clock()))
    qtbot.waitUntil(lambda: holding() == set())


def test_a_rule_that_is_switched_off_lets_its_alerts_return(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    chain = chains()
    chain.start()
    chain.count(7)
    qtbot.waitUntil(lambda: len(chain.opened()) == 1)
    chain.site.set_up(rules=(replace(CROWD, is_enabled=False),))
    chain.bus.publish(RulesChanged(chain.clock()))
    qtbot.waitUntil(lambda: chain.opened()[0].state is AlertState.RETURNED)


def test_a_new_camera_is_watched_from_when_it_is_told_of(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    chain = chains()
    chain.start()
    qtbot.waitUntil(lambda: chain.worlds.present is not None)
    new = chain.site.database.cameras.add(replace(settings("New"), is_enabled=True))
    chain.bus.publish(CamerasChanged(chain.clock()))
    qtbot.waitUntil(
        lambda: chain.worlds.present is not None and new.id in chain.worlds.present.camera_ids
    )

    def is_raised() -> bool:
        chain.count(7, new.id)
        return any(new.id in one.camera_ids for one in chain.opened())

    qtbot.waitUntil(is_raised)


@pytest.mark.fault("L10", "F104")
def test_a_storm_of_crossings_is_one_mail_a_minute_and_rule_with_numbers(
    qtbot: QtBot, chains: Callable[..., Chain], tmp_path: Path
) -> None:
    authority = Authority()
    ca_file = tmp_path / "authority.pem"
    ca_file.write_bytes(authority.pem)
    with MailServer(authority.context("127.0.0.1")) as server:
        chain = chains(mail("office", server.port, ca_file))
        database = chain.site.database
        cameras = [chain.camera_id]
        cameras += [
            database.cameras.add(replace(settings(f"Hall {n}"), is_enabled=True)).id
            for n in range(19)
        ]
        chain.start()
        qtbot.waitUntil(lambda: chain.worlds.present is not None)
        for n in range(1000):
            chain.count(9 if n // len(cameras) % 2 else 0, cameras[n % len(cameras)])
            time.sleep(0.001)
        qtbot.waitUntil(lambda: len(server.mails) == 1)
        qtbot.waitUntil(lambda: not len(chain.pending))
        assert len(chain.site.messages()) < 100

        def one_waits() -> bool:  # all others are one message, which waits for its minute
            states = [one.state for one in chain.site.of("office")]
            return states.count(NotificationState.WAITING) == 1

        qtbot.waitUntil(one_waits)
        assert len(server.mails) == 1
        popups = [one for one in chain.site.of("") if one.new.channel is ChannelKind.POPUP]
        assert len(popups) <= 11  # ten, and one that tells of all the others
        chain.ahead_s += 61.0
        chain.notifier.wake()
        qtbot.waitUntil(lambda: len(server.mails) == 2)
        told = re.fullmatch(r"(\d+) more alerts of the rule “Crowd”", server.mails[1]["Subject"])
        assert told is not None
        assert int(told[1]) >= len(cameras) - 1


def test_pictures_stay_where_the_settings_forbid_them(
    qtbot: QtBot, chains: Callable[..., Chain]
) -> None:
    chain = chains(policy=AlertPolicy(keep_pictures=False))
    chain.start()
    chain.count(7)
    qtbot.waitUntil(lambda: bool(chain.popups))
    (alert,) = chain.opened()
    assert list(chain.site.database.evidence.of_alerts([alert.uid])) == []
