"""What keeps the house in order: when it works, that it rests, and that it stops at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from camwatch.errors import DatabaseBusy, DiskFull, GivenUp
from camwatch.events import (
    Bus,
    ClockJumped,
    DiskLow,
    HouseworkTroubled,
    ReserveFreed,
    StorageTroubled,
)
from camwatch.history.housework import Chore, Due, HouseBook, rest_s
from camwatch.workers.housekeeper import HousekeeperWorker

BERLIN = ZoneInfo("Europe/Berlin")
EVENING = datetime(2026, 3, 27, 20, tzinfo=UTC)


class House:
    """A housekeeper with clocks that are set by hand, and chores that say what they did."""

    def __init__(self, *chores: Chore) -> None:
        self.now = EVENING
        self.now_s = 1000.0
        self.done: list[str] = []
        self.errors: dict[str, Exception] = {}
        self.told: list[HouseworkTroubled] = []
        self.book = HouseBook()
        self.bus = Bus()
        self.bus.subscribe(HouseworkTroubled, self.told.append)
        self.worker = HousekeeperWorker(
            chores
            or [
                self.chore("sweep", Due.START | Due.NIGHT | Due.CHANGED | Due.FULL, trusts=True),
                self.chore("copy", Due.START | Due.NIGHT),
                self.chore("check", Due.NIGHT),
                self.chore("roll up", Due.OFTEN),
            ],
            self.bus,
            BERLIN,
            self.book,
            lambda: self.now,
            lambda: self.now_s,
        )

    def chore(self, name: str, due: Due, *, trusts: bool = False) -> Chore:
        def work(_given_up: Callable[[], bool]) -> Generator[float]:
            if (error := self.errors.get(name)) is not None:
                raise error
            self.done.append(name)
            yield 0.0

        return Chore(name, work, due, needs_right_clock=trusts)

    def look(self, *, after: timedelta = timedelta()) -> list[str]:
        """Let time pass, and return what is done then."""
        self.now += after
        self.now_s += after.total_seconds()
        self.done.clear()
        self.worker.do_what_is_due()
        return list(self.done)


@pytest.fixture
def house() -> House:
    return House()


def test_what_is_due_at_the_start_is_done_once(house: House) -> None:
    assert house.look() == ["sweep", "copy"]
    assert house.look() == []


def test_once_a_night_from_the_quiet_hour_of_the_sites_clocks_on(house: House) -> None:
    house.look()
    # 3 o'clock in Berlin is 2 o'clock in UTC.
    assert "check" not in house.look(after=timedelta(hours=5, minutes=50))
    assert {"sweep", "copy", "check"} <= set(house.look(after=timedelta(minutes=11)))
    assert "check" not in house.look(after=timedelta(hours=20))
    # In this night the clocks change: there is no 2 o'clock, and 3 o'clock is an hour earlier.
    assert house.now == datetime(2026, 3, 28, 22, 1, tzinfo=UTC)
    assert "check" not in house.look(after=timedelta(hours=2, minutes=58))
    assert "check" in house.look(after=timedelta(minutes=2))
    assert "check" not in house.look(after=timedelta(hours=1))


def test_a_night_that_was_slept_through_is_made_up_for(house: House) -> None:
    house.look()
    assert {"sweep", "check"} <= set(house.look(after=timedelta(days=3)))


def test_what_is_due_often_is_done_every_few_minutes(house: House) -> None:
    house.look()
    assert house.look(after=timedelta(minutes=4)) == []
    assert house.look(after=timedelta(minutes=2)) == ["roll up"]
    assert house.look() == []


def test_another_retention_and_a_full_disk_hurry(house: House) -> None:
    house.look()
    house.worker.hurry(Due.CHANGED)
    assert house.look() == ["sweep"]
    for _ in range(5):  # saving fails again and again
        house.bus.publish(StorageTroubled(house.now, DiskFull("full"), 1))
        house.bus.publish(DiskLow(house.now, 100, is_low=True))
    assert house.look() == ["sweep"]
    assert house.look() == []
    house.bus.publish(StorageTroubled(house.now, DatabaseBusy("busy"), 1))
    house.bus.publish(DiskLow(house.now, 10**9, is_low=False))
    assert house.look() == []
    house.bus.publish(ReserveFreed(house.now, 64 * 2**20))
    assert house.look() == ["sweep"]
    house.now_s += 61
    house.bus.publish(StorageTroubled(house.now, DiskFull("full"), 1))
    assert house.look() == ["sweep"]


@pytest.mark.expects_warning
def test_a_chore_that_fails_is_told_of_once_and_tried_again_while_others_go_on(
    house: House,
) -> None:
    house.errors["sweep"] = DatabaseBusy("another program is using it")
    assert house.look() == ["copy"]
    assert [(one.chore, one.reason) for one in house.told] == [
        ("sweep", "another program is using it")
    ]
    assert house.look(after=timedelta(minutes=4)) == []
    house.look(after=timedelta(minutes=7))  # tried again, in vain
    assert len(house.told) == 1
    assert house.book.results()[-1].trouble == "another program is using it"
    del house.errors["sweep"]
    assert "sweep" in house.look(after=timedelta(minutes=11))
    assert [one.reason for one in house.told] == ["another program is using it", ""]


@pytest.mark.expects_warning
def test_a_bug_in_one_chore_does_not_stop_the_others(house: House) -> None:
    house.errors["sweep"] = ZeroDivisionError()
    assert house.look() == ["copy"]
    assert "inside CamWatch" in house.told[0].reason


def test_who_gives_up_is_no_trouble(house: House) -> None:
    house.errors["copy"] = GivenUp()
    assert house.look() == ["sweep"]
    assert house.told == []


def test_after_a_clock_that_was_set_far_ahead_nothing_is_deleted_for_a_day(house: House) -> None:
    house.look()
    house.now += timedelta(days=400)
    house.bus.publish(ClockJumped(house.now, 400 * 86_400.0))
    assert "sweep" not in house.look()
    house.worker.hurry(Due.FULL)
    assert "sweep" not in house.look(after=timedelta(hours=20))
    assert "sweep" in house.look(after=timedelta(hours=30))


def test_a_clock_that_is_put_right_is_trusted_at_once(house: House) -> None:
    house.look()
    house.bus.publish(ClockJumped(house.now, 400 * 86_400.0))
    house.bus.publish(ClockJumped(house.now, -400 * 86_400.0))
    house.worker.hurry(Due.CHANGED)
    assert house.look() == ["sweep"]


def test_summer_time_is_no_jump_to_fear(house: House) -> None:
    house.look()
    house.bus.publish(ClockJumped(house.now, 3600.0))
    house.worker.hurry(Due.CHANGED)
    assert house.look() == ["sweep"]


def test_others_have_the_database_for_twice_as_long() -> None:
    assert rest_s(0.02) == pytest.approx(0.04)
    assert rest_s(0.0) > 0


def test_it_stops_after_the_step_that_it_is_in(qtbot: QtBot) -> None:
    begun, steps = threading.Event(), []

    def endless(_given_up: Callable[[], bool]) -> Generator[float]:
        while True:
            steps.append(1)
            begun.set()
            yield 60.0  # so the rest after it is two minutes

    chore = Chore("endless", endless, Due.CHANGED)
    worker = HousekeeperWorker([chore], Bus(), BERLIN, HouseBook(), settle_s=600.0)
    worker.start()
    worker.hurry(Due.CHANGED)
    assert begun.wait(10)
    worker.request_stop()
    assert worker.wait(5000)
    assert steps == [1]
