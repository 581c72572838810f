"""What proves that alerts would come through, what watches the disk, and what tidies up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.config import AlertPolicy
from camwatch.errors import DatabaseBusy
from camwatch.events import Bus, DiskLow
from camwatch.workers.alert_chores import Chores, ChoresWorker, DiskWatch

MIB = 2**20
BERLIN = ZoneInfo("Europe/Berlin")


def webhook(uid: str, alive_min: int, *, is_enabled: bool = True) -> Channel:
    return Channel(uid, uid, WebhookSettings("https://x.test", alive_min=alive_min), is_enabled)


class House:
    """Chores with clocks that are set by hand."""

    def __init__(self, folder: Path, policy: AlertPolicy) -> None:
        self.now = datetime(2026, 3, 27, 6, 30, tzinfo=UTC)
        self.now_s = 1000.0
        self.beat_s = self.now_s
        self.free = 10_000 * MIB
        self.channels: list[Channel] = []
        self.alive: list[str] = []
        self.canaries: list[datetime] = []
        self.tidied = 0
        self.woken = 0
        self.is_away = False
        self.disks: list[DiskLow] = []
        bus = Bus()
        bus.subscribe(DiskLow, self.disks.append)
        chores = Chores(
            policy,
            BERLIN,
            folder,
            lambda: self.channels,
            lambda: self.beat_s,
            lambda uid, _text: self.alive.append(uid),
            self.wake,
        )
        self.worker = ChoresWorker(
            self, bus, chores, lambda: self.now, lambda: self.now_s, lambda _folder: self.free
        )

    def wake(self) -> None:
        self.woken += 1

    def queue_canaries(self, now: datetime) -> int:
        if self.is_away:
            raise DatabaseBusy("away")
        self.canaries.append(now)
        return 2

    def tidy(self, _now: datetime) -> int:
        self.tidied += 1
        if self.is_away:
            raise DatabaseBusy("away")
        return 1

    def live_on(self, seconds: float, step_s: float = 30.0) -> None:
        ends_s = self.now_s + seconds
        while self.now_s < ends_s:
            self.now_s += step_s
            self.beat_s = self.now_s
            self.now += timedelta(seconds=step_s)
            self.worker.do_what_is_due()


@pytest.fixture
def house(qapp: object, tmp_path: Path) -> House:
    return House(tmp_path, AlertPolicy(canary_hour=9, low_disk_mib=1000))


def test_the_daily_proof_comes_at_its_hour_by_the_clocks_of_the_site(house: House) -> None:
    house.worker.do_what_is_due()
    assert house.canaries == []  # half past seven in Berlin
    house.live_on(2 * 86_400, 60.0)
    walls = [one.astimezone(BERLIN) for one in house.canaries]
    # The clocks are set forwards on the third morning; the hour is that of the site all the same.
    assert [(one.day, one.hour, one.minute) for one in walls] == [(27, 9, 0), (28, 9, 0)]
    house.live_on(86_400, 60.0)
    last = house.canaries[-1].astimezone(BERLIN)
    assert (last.day, last.hour, last.minute) == (29, 9, 0)
    assert house.woken == 3


def test_a_start_after_that_hour_proves_at_once_and_hour_minus_one_never(
    house: House, tmp_path: Path
) -> None:
    house.now += timedelta(hours=6)
    house.worker.do_what_is_due()
    assert len(house.canaries) == 1
    never = House(tmp_path, AlertPolicy(canary_hour=-1))
    never.live_on(2 * 86_400, 3600.0)
    assert never.canaries == []


@pytest.mark.expects_warning
def test_a_proof_that_cannot_be_stored_comes_a_minute_later(house: House) -> None:
    house.now += timedelta(hours=6)
    house.is_away = True
    house.live_on(300.0)
    assert house.canaries == []
    house.is_away = False
    house.live_on(60.0)
    assert len(house.canaries) == 1


def test_each_webhook_that_waits_for_it_hears_that_camwatch_is_alive(house: House) -> None:
    house.channels = [
        webhook("five", 5),
        webhook("ten", 10),
        webhook("none", 0),
        webhook("off", 5, is_enabled=False),
    ]
    house.worker.do_what_is_due()
    assert sorted(house.alive) == ["five", "ten"]
    house.live_on(1800.0)
    assert (house.alive.count("five"), house.alive.count("ten")) == (7, 4)
    house.channels = []
    house.live_on(1800.0)
    assert len(house.alive) == 11


@pytest.mark.expects_warning
def test_while_alerts_stand_still_nobody_is_told_that_all_is_well(house: House) -> None:
    house.channels = [webhook("five", 5)]
    house.live_on(30.0)
    for _ in range(60):
        house.now_s += 30.0  # and no sign of the alert worker
        house.worker.do_what_is_due()
    assert house.alive == ["five", "five"][: len(house.alive)]
    assert len(house.alive) == 1
    house.live_on(120.0)
    assert len(house.alive) == 2


@pytest.mark.expects_warning
@pytest.mark.fault("F70")
def test_the_disk_runs_low_once_and_has_room_again_once(house: House) -> None:
    house.worker.do_what_is_due()
    assert [one.is_low for one in house.disks] == [False]  # an alert of an earlier run returns
    for free, told in ((999, 2), (1001, 2), (1050, 2), (999, 2), (1099, 2), (1100, 3), (1001, 3)):
        house.free = free * MIB
        house.live_on(60.0)
        assert len(house.disks) == told, free
    assert [(one.is_low, one.free_bytes // MIB) for one in house.disks[1:]] == [
        (True, 999),
        (False, 1100),
    ]


def test_a_limit_of_nothing_is_never_reached() -> None:
    watch = DiskWatch(0)
    assert watch.look(0) is False
    assert watch.look(0) is None


@pytest.mark.expects_warning
def test_it_tidies_up_once_an_hour_also_after_trouble(house: House) -> None:
    house.is_away = True
    house.live_on(3 * 3600.0)
    assert house.tidied == 3
