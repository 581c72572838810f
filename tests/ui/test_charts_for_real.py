"""The Charts page on a real history: the question of the supervisor, and whether it can be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import BucketSize, CameraState, Reason, Sample, StateChange
from camwatch.events import Bus
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.comparing import Compare
from camwatch.ui.charts.history_page import HistoryPage
from camwatch.ui.charts.periods import Period
from camwatch.ui.charts.ranges import midnight
from camwatch.ui.charts.subjects import Subject
from camwatch.workers.queries import QueryPool
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, Clock, counting_in, settings

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY, SATURDAY_BEFORE = date(2026, 2, 28), date(2026, 2, 21)
MINUTE = timedelta(minutes=1)


class Works:
    """Everything between the page and the disk, as the program joins it."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.clock = Clock()
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        store = SecretStore(MemoryKeyring)
        self.database = Database.open(folder / "camwatch.sqlite3", clock=self.clock)
        self.commands = Commands(
            self.database,
            store,
            CameraPolicy(),
            self.bus,
            counting_in(folder, self.bus),
            self.clock,
        )
        self.store = store
        self.boss = self.commands.create_first_administrator("boss", PASSWORD)
        self.clock.now = midnight(SATURDAY_BEFORE, BERLIN) - timedelta(days=1)
        self.gate = self.database.cameras.add(settings("Gate", username=""))
        self.clock.now = datetime(2026, 3, 2, 12, tzinfo=UTC)
        self.pool = QueryPool()
        self._workers = [make() for make in self.pool.posts()]
        for worker in self._workers:
            worker.start()
        self.page = HistoryPage(
            self.commands, self.boss, self.pool, self.bridge, zone=BERLIN, clock=self.clock
        )
        qtbot.addWidget(self.page)
        self.page.resize(1200, 700)

    def count(self, day: date, people: int, first_hour: int, last_hour: int) -> None:
        """Count so many people in each minute of some hours of a day, as the clock shows them."""
        start = midnight(day, BERLIN)
        samples = [
            Sample(self.gate.id, start + number * MINUTE, people, 0.8, 0.02, 60.0)
            for number in range(first_hour * 60, last_hour * 60)
        ]
        self.database.counts.save(samples, [])

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.page.busy.isVisible())

    def cells(self) -> dict[str, tuple[str, ...]]:
        return {row.name: row.cells for row in self.page.area.table.rows}

    def close(self) -> None:
        """Stop the threads and close the history."""
        self.page.hide()
        for worker in self._workers:
            worker.request_stop()
        for worker in self._workers:
            assert worker.wait(10_000)
        self.bridge.close()
        if (keeper := self.commands.audit_keeper) is not None:
            keeper.close()
        self.store.close()
        self.database.close()


@pytest.fixture
def works(qtbot: QtBot, tmp_path: Path) -> Iterator[Works]:
    made = Works(qtbot, tmp_path)
    yield made
    made.close()


def test_how_many_last_saturday_compared_with_the_one_before_and_can_it_be_trusted(
    works: Works,
) -> None:
    works.count(SATURDAY_BEFORE, 2, 0, 24)
    works.count(SATURDAY, 3, 0, 12)
    works.count(SATURDAY, 5, 15, 24)
    noon = midnight(SATURDAY, BERLIN) + timedelta(hours=12)
    works.database.counts.save(
        [], [StateChange(works.gate.id, noon, CameraState.OFFLINE, Reason.REFUSED)]
    )
    page = works.page
    page.show()
    works.settle()
    page.subjects.show_subject(Subject(None, (works.gate.id,)))
    page.range.choose(Period.YESTERDAY)
    page.range.jump(SATURDAY)
    page.controls.steps.choose(BucketSize.HOUR)
    page.range.choose_compare(Compare.WEEK)
    works.qtbot.waitUntil(lambda: "Sat 21 Feb 2026" in works.cells())
    assert works.cells()["Sat 28 Feb 2026"] == ("3.9", "81", "5", "87 %")
    assert works.cells()["Sat 21 Feb 2026"] == ("2.0", "48", "2", "100 %")
    # Three hours are missing: that is said, and no percentage is pretended.
    assert works.cells()["Difference"] == ("+1.9", "+33", "+3", "\u221212 points")
    assert "Not as much was measured" in page.area.table.note.text()
    chart = page.area.chart
    assert chart.plot.gaps.bands == [(noon.timestamp(), (noon + timedelta(hours=3)).timestamp())]

    def said(hour: int) -> str:
        chart.plot.point_at(None)
        chart.plot.point_at(hour)
        return chart.plot.accessibleDescription()

    works.qtbot.waitUntil(lambda: "refused the connection" in said(13))
    assert "the other time: mean 2.0, peak 2, coverage 100 %" in said(13)


def test_a_correction_is_a_gap_until_the_measured_numbers_are_wished(works: Works) -> None:
    works.count(SATURDAY, 4, 0, 24)
    page = works.page
    page.show()
    works.settle()
    page.subjects.show_subject(Subject(None, (works.gate.id,)))
    page.range.choose(Period.YESTERDAY)
    page.range.jump(SATURDAY)
    page.controls.steps.choose(BucketSize.HOUR)
    figures = page.area.figures
    works.qtbot.waitUntil(lambda: figures.hours.value.text() == "96")
    start = midnight(SATURDAY, BERLIN) + timedelta(hours=6)
    works.commands.add_correction(
        works.boss,
        CorrectionDraft(
            works.gate.id,
            None,
            start,
            start + timedelta(hours=2),
            CorrectionKind.EXCLUDE,
            "A poster with faces hung there.",
        ),
    )
    works.qtbot.waitUntil(lambda: figures.hours.value.text() == "88")
    assert figures.coverage.value.text() == "91 %"
    assert page.area.chart.plot.gaps.bands == page.area.chart.corrected.bands
    assert page.controls.measured.isVisible()
    page.controls.measured.click()
    works.qtbot.waitUntil(lambda: figures.hours.value.text() == "96")
    assert page.area.chart.plot.gaps.bands == []


def test_a_year_is_zoomed_to_the_minute_and_a_minute_says_what_proves_it(works: Works) -> None:
    works.count(SATURDAY, 4, 10, 11)
    page = works.page
    page.show()
    works.settle()
    page.subjects.show_subject(Subject(None, (works.gate.id,)))
    page.range.choose(Period.LAST_365_DAYS)
    works.qtbot.waitUntil(lambda: len(page.area.chart.edges()) == 366)
    plot = page.area.chart.plot
    ten = (midnight(SATURDAY, BERLIN) + timedelta(hours=10)).timestamp()
    plot.look_at((ten, ten + 1800))
    works.qtbot.waitUntil(lambda: len(page.area.chart.edges()) == 31)
    assert page.area.asked is not None
    assert page.area.asked.size is BucketSize.MINUTE
    assert page.area.figures.mean.value.text() == "4.0"
    plot.choose(7)
    card = page.side.card
    works.qtbot.waitUntil(lambda: card.count.text() == "4 people")
    assert page.side.title.text() == "Sat 28 Feb, 10:07"
    plot.show_all()
    works.qtbot.waitUntil(lambda: len(page.area.chart.edges()) == 366)
