"""Who passed since midnight: asked for in time, one question at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from camwatch.domain import Passed, PlaceId
from camwatch.errors import CamWatchError, DatabaseBusy
from camwatch.ui.live.passed_today import PassedToday
from tests.ui.live_edges import CameraShelf, HeldBackground, session

DOOR = PlaceId(4)


def test_it_asks_since_the_site_s_midnight_and_once_at_a_time(qtbot: QtBot) -> None:
    shelf, background = CameraShelf(passed={DOOR: Passed(3, 1, 0.9)}), HeldBackground()
    parent = QObject()
    told: list[Mapping[PlaceId, Passed]] = []
    asking = PassedToday(
        shelf,
        session(),
        background,
        zone=ZoneInfo("Europe/Berlin"),
        clock=lambda: datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        parent=parent,
    )
    asking.changed.connect(told.append)
    asking.ask()
    asking.ask()
    background.finish()
    assert told == [{DOOR: Passed(3, 1, 0.9)}]
    assert shelf.asked_since == [datetime(2026, 7, 1, 22, tzinfo=UTC)]
    # Just asked: the next saving of a batch asks nothing.
    asking.ask_in_time()
    background.finish()
    assert len(told) == 1
    asking.ask()
    background.finish()
    assert len(told) == 2


def test_a_day_with_two_midnights_begins_with_the_first(qtbot: QtBot) -> None:
    # Havana's clocks go back from 1:00 to 0:00; it is 0:30 for the second time.
    now = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    shelf, background, parent = CameraShelf(), HeldBackground(), QObject()
    asking = PassedToday(
        shelf,
        session(),
        background,
        zone=ZoneInfo("America/Havana"),
        clock=lambda: now,
        parent=parent,
    )
    asking.ask()
    background.finish()
    (midnight,) = shelf.asked_since
    assert midnight.astimezone(UTC) == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_when_a_line_was_drawn_is_told_by_the_site_s_clocks(qtbot: QtBot) -> None:
    drawn = datetime(2026, 7, 1, 10, 5, tzinfo=UTC)
    shelf = CameraShelf(passed={DOOR: Passed(0, 0, 1.0, since=drawn)})
    background, parent = HeldBackground(), QObject()
    told: list[Mapping[PlaceId, Passed]] = []
    asking = PassedToday(
        shelf, session(), background, zone=ZoneInfo("Europe/Berlin"), parent=parent
    )
    asking.changed.connect(told.append)
    asking.ask()
    background.finish()
    assert f"{told[0][DOOR].since:%H:%M}" == "12:05"


def test_a_failure_is_told_and_the_next_question_is_asked(qtbot: QtBot) -> None:
    class Broken(CameraShelf):
        def passed_since(self, _session: object, start: datetime) -> Mapping[PlaceId, Passed]:
            raise DatabaseBusy("locked")

    background, parent = HeldBackground(), QObject()
    failures: list[CamWatchError] = []
    asking = PassedToday(Broken(), session(), background, zone=ZoneInfo("UTC"), parent=parent)
    asking.failed.connect(failures.append)
    for _ in range(2):
        asking.ask()
        background.finish()
    assert [type(error) for error in failures] == [DatabaseBusy, DatabaseBusy]
