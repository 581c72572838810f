"""Looking back: what is asked, what is drawn, what is said."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QDate, QDateTime, Qt, QTime, QTimeZone
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDateTimeEdit
from pytestqt.qtbot import QtBot

from camwatch.domain import Bucket, BucketSize, CameraId
from camwatch.errors import DatabaseBusy
from camwatch.events import Bus, CamerasChanged, HistorySaved
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts.chart_area import ChartArea
from camwatch.ui.charts.history_page import HistoryPage
from camwatch.ui.charts.periods import Period
from camwatch.ui.charts.subjects import ALL, Subject
from tests.ui.screen_edges import (
    NOON,
    Clock,
    CommandDesk,
    HeldWork,
    PromptWork,
    a_camera,
    a_session,
)

BERLIN = ZoneInfo("Europe/Berlin")
STEPS = {
    BucketSize.MINUTE: timedelta(minutes=1),
    BucketSize.FIVE_MINUTES: timedelta(minutes=5),
    BucketSize.QUARTER: timedelta(minutes=15),
    BucketSize.HOUR: timedelta(hours=1),
    BucketSize.DAY: timedelta(days=1),
    BucketSize.WEEK: timedelta(weeks=1),
}


def steady(size: BucketSize, start: datetime, end: datetime) -> list[Bucket]:
    """Two people all the time, except in the third step, in which nothing was measured."""
    step = STEPS[size]
    buckets = []
    for number in range(math.ceil((end - start) / step)):
        at = start + number * step
        if number == 2:
            buckets.append(Bucket(at, step.total_seconds(), None, None, None, 0, 0.0))
        else:
            buckets.append(Bucket(at, step.total_seconds(), 2.0, 5, 0, 60, 1.0))
    return buckets


class Bench:
    """The page with its edges, on 1 July 2026, 14:00 in Berlin."""

    def __init__(self, qtbot: QtBot, work: HeldWork | None = None) -> None:
        self.bus = Bus()
        self.bridge = EventBridge(self.bus)
        self.clock = Clock(NOON)
        self.desk = CommandDesk([a_camera(1, "Gate"), a_camera(2, "Hall")])
        self.desk.buckets = steady
        self.page = HistoryPage(
            self.desk,
            a_session(),
            work or PromptWork(),
            self.bridge,
            zone=BERLIN,
            clock=self.clock,
        )
        qtbot.addWidget(self.page)
        self.page.resize(1200, 700)

    def show(self) -> Bench:
        self.page.show()
        return self

    @property
    def area(self) -> ChartArea:
        return self.page.area

    def choose(self, period: Period) -> None:
        self.page.range.choose(period)

    def steps(self, size: BucketSize | None) -> None:
        self.page.controls.steps.choose(size)

    def whose(self, *numbers: int) -> None:
        """Chart these cameras, each as a line of its own; all for none."""
        several = [Subject(None, (CameraId(number),)) for number in numbers] or [ALL]
        self.page.subjects.show_subject(several[0], several[1:])
        self.page.subjects.changed.emit()

    def zoom(self, start: datetime, end: datetime) -> None:
        """Look at a part of the time, and let the wait before it is asked for be over."""
        self.area.current.plot.look_at((start.timestamp(), end.timestamp()))
        self.page._zoom_timer.stop()
        self.page._on_zoomed()

    def questions(self) -> list[tuple[Any, ...]]:
        return [asked[1:] for asked in self.desk.asked if asked[0] == "history"]


def utc(day: int, hour: int, minute: int = 0, month: int = 7) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def enter(field: QDateTimeEdit, day: int, hour: int, month: int = 7) -> None:
    field.setDateTime(QDateTime(QDate(2026, month, day), QTime(hour, 0), QTimeZone.utc()))


def test_nothing_is_read_before_anybody_looks(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    assert bench.desk.asked == []
    bench.show()
    assert bench.questions() == [
        (None, BucketSize.QUARTER, utc(30, 22, month=6), utc(1, 12), BERLIN)
    ]


@pytest.mark.parametrize(
    ("period", "size", "start"),
    [
        (Period.LAST_HOUR, BucketSize.MINUTE, utc(1, 11)),
        (Period.YESTERDAY, BucketSize.QUARTER, utc(29, 22, month=6)),
        (Period.LAST_7_DAYS, BucketSize.HOUR, utc(24, 22, month=6)),
        (Period.LAST_30_DAYS, BucketSize.DAY, utc(1, 22, month=6)),
        (Period.LAST_365_DAYS, BucketSize.DAY, datetime(2025, 7, 1, 22, tzinfo=UTC)),
    ],
)
def test_each_time_is_asked_for_in_steps_that_suit_it(
    qtbot: QtBot, period: Period, size: BucketSize, start: datetime
) -> None:
    bench = Bench(qtbot).show()
    bench.choose(period)
    asked = bench.questions()[-1]
    assert asked[1] is size
    assert asked[2] == start


def test_the_steps_can_be_chosen_and_stay_where_they_fit(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    box = bench.page.controls.steps
    assert [box.itemText(number) for number in range(box.count())] == [
        "Fitting (by 15 minutes)",
        "By minute",
        "By 5 minutes",
        "By 15 minutes",
        "By hour",
    ]
    bench.steps(BucketSize.MINUTE)
    assert bench.questions()[-1][1] is BucketSize.MINUTE
    bench.clock.forward(60)
    bench.page.reload()
    assert bench.questions()[-1][1] is BucketSize.MINUTE
    bench.choose(Period.LAST_30_DAYS)
    assert bench.questions()[-1][1] is BucketSize.DAY, "minutes of a month would be too many"
    bench.choose(Period.LAST_HOUR)
    assert bench.questions()[-1][1] is BucketSize.MINUTE


def test_the_plotted_mean_and_peak_have_gaps_and_no_zeros(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    chart = bench.area.chart
    x, mean = chart.mean_line.getData()
    peak = chart.peak_line.getData()[1]
    assert set(mean[~np.isnan(mean)]) == {2.0}
    assert set(peak[~np.isnan(peak)]) == {5.0}
    gap = (x > utc(1, 0).timestamp()) & (x < utc(1, 1).timestamp())
    assert np.isnan(mean[4:6]).all()
    assert np.isnan(peak[4:6]).all()
    assert np.isnan(mean[gap]).all()
    assert chart.plot.gaps.bands == [(utc(1, 0).timestamp(), utc(1, 1).timestamp())]
    assert chart.mean_line.isVisible()
    assert not chart.bars.isVisible()
    assert chart.mean_line.opts["connect"] == "finite"


def test_days_are_bars_and_a_day_without_measurement_has_none(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.LAST_30_DAYS)
    chart = bench.area.chart
    assert chart.line is not None
    assert chart.bars.isVisible()
    assert not chart.mean_line.isVisible()
    assert len(chart.line.mean) == 30
    assert chart.bars.opts["height"].tolist() == [2.0] * 29


def test_totals_say_mean_peak_and_coverage(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    figures = bench.area.figures
    # 14 hours, one of them not measured.
    assert figures.mean.value.text() == "2.0"
    assert figures.hours.value.text() == "26"
    assert figures.peak.value.text() == "5"
    assert figures.peak.name.text() == "Peak, at most"
    assert figures.coverage.value.text() == "92 %"
    bench.whose(2)
    assert bench.questions()[-1][0] == [CameraId(2)]
    assert figures.peak.name.text() == "Peak"


def test_the_first_answer_may_come_before_it_is_known_of_how_many_cameras(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = Bench(qtbot, work).show()
    assert work.waiting == 2
    work.finish(1)  # the numbers, and then whose they are
    work.finish_all()
    assert bench.area.figures.peak.name.text() == "Peak, at most"


def test_the_names_of_the_cameras_are_read_again_when_they_change(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bar = bench.page.subjects
    bench.whose(2)
    bench.desk.stored.insert(0, a_camera(3, "Attic"))
    bench.bus.publish(CamerasChanged(NOON))
    qtbot.waitUntil(lambda: len(bar.known.cameras) == 3)
    assert bar.whose_button.text() == "Hall"
    bench.desk.stored.pop()
    bench.bus.publish(CamerasChanged(NOON))
    qtbot.waitUntil(lambda: len(bar.known.cameras) == 2)
    assert bar.whose_button.text() == "All cameras"
    assert bench.questions()[-1][0] is None


def test_a_newer_question_makes_an_older_answer_worthless(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = Bench(qtbot, work).show()
    work.finish_all()
    bench.choose(Period.LAST_HOUR)
    bench.choose(Period.LAST_7_DAYS)
    assert bench.page.busy.isVisible()
    work.finish(1)
    assert not bench.page.busy.isVisible()
    line = bench.area.chart.line
    assert line is not None
    assert len(line.mean) == 7 * 24 - 10
    bench.desk.fail("history", DatabaseBusy("locked"))
    work.finish(0)
    assert bench.area.chart.line is line
    assert not bench.page.notice.isVisible()


def test_an_empty_time_says_so(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.buckets = lambda _size, start, end: [
        Bucket(start, (end - start).total_seconds(), None, None, None, 0, 0.0)
    ]
    bench.show()
    plot = bench.area.chart.plot
    assert plot._empty.text().startswith("Nothing was recorded in this time.")
    assert plot._empty.isVisible()
    assert bench.area.figures.mean.value.text() == "–"
    assert bench.area.figures.coverage.value.text() == "0 %"


def test_no_bucket_at_all_is_an_empty_time_too(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.buckets = lambda *_: []
    bench.show()
    assert bench.area.chart.plot._empty.isVisible()


def test_a_failure_is_told_and_can_be_tried_again(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.fail("history", DatabaseBusy("locked"))
    bench.show()
    assert bench.page.notice.title.text() == "The database is in use"
    assert not bench.page.busy.isVisible()
    bench.page.notice.button.click()
    assert not bench.page.notice.isVisible()
    assert bench.area.figures.mean.value.text() == "2.0"


def test_a_time_of_ones_own_is_the_sites_clock_and_ends_now(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.CUSTOM)
    custom = bench.page.range.custom
    assert custom.isVisible()
    # It begins with what was shown before: today.
    assert bench.questions()[-1][2] == utc(30, 22, month=6)
    enter(custom.start, 1, 10)
    enter(custom.end, 2, 10)
    custom.show_button.click()
    _, size, start, end, _ = bench.questions()[-1]
    assert (size, start, end) == (BucketSize.MINUTE, utc(1, 8), utc(1, 12))
    bench.choose(Period.TODAY)
    assert not custom.isVisible()


@pytest.mark.parametrize("is_shown", [False, True])
def test_the_hours_around_a_moment_of_one_camera_can_be_shown(qtbot: QtBot, is_shown: bool) -> None:
    bench = Bench(qtbot)
    if is_shown:
        bench.show()
    bench.page.show_at(CameraId(2), utc(1, 9, 30))
    bench.show()
    asked = bench.questions()[-1]
    assert asked == ([CameraId(2)], BucketSize.MINUTE, utc(1, 8, 30), utc(1, 10, 30), BERLIN)
    assert bench.page.period is Period.CUSTOM
    assert bench.page.range.custom.isVisible()
    # What is not over yet ends now.
    bench.page.show_at(CameraId(2), utc(1, 11, 59))
    assert bench.questions()[-1][2:4] == (utc(1, 10, 59), utc(1, 12))


def test_a_time_that_is_none_is_told_at_the_field(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.CUSTOM)
    custom = bench.page.range.custom
    asked = len(bench.questions())
    enter(custom.start, 1, 10)
    enter(custom.end, 1, 9)
    custom.show_button.click()
    assert custom.message.text() == "The end must be after the start."
    assert custom.message.isVisible()
    assert custom.window().focusWidget() is custom.end
    enter(custom.start, 20, 9)
    assert not custom.message.isVisible()
    custom.show_button.click()
    assert custom.message.text() == "The start is in the future."
    assert len(bench.questions()) == asked


def test_an_hour_that_this_day_leaves_out_is_the_one_after_it(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    custom = bench.page.range.custom
    enter(custom.start, 29, 2, month=3)
    enter(custom.end, 29, 4, month=3)
    stretch = custom.range(NOON)
    assert stretch is not None
    assert stretch.start == utc(29, 1, month=3)
    assert stretch.end == utc(29, 2, month=3)


def test_it_keeps_up_only_when_something_was_saved_and_it_ends_now(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    page = bench.page
    asked = len(bench.questions())
    page._on_time()
    assert len(bench.questions()) == asked
    bench.bus.publish(HistorySaved(NOON, 10))
    qtbot.waitUntil(lambda: page._has_news)
    page._on_time()
    assert len(bench.questions()) == asked + 1
    page._on_time()
    assert len(bench.questions()) == asked + 1
    assert page._timer.isActive()
    page.hide()
    assert not page._timer.isActive()


def test_the_keys_read_the_values(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    plot = bench.area.chart.plot
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot._hint.text() == (
        "Wed 1 Jul, 00:00 to 01:00   mean 2.0, peak at most 5, coverage 100 %"
    )
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot._hint.text() == (
        "Wed 1 Jul, 02:00 to 03:00   not measured (CamWatch did not run, or nothing was stored)"
    )


def test_the_coverage_strip_stands_exactly_under_the_plot(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    qtbot.waitExposed(bench.page)
    chart = bench.area.chart
    left, right = chart.plot.span()
    image = chart.strip.grab().toImage()
    ratio = image.devicePixelRatio()

    def shade(hour: float) -> tuple[int, int, int]:
        at = round((left + (right - left) * hour / 14) * ratio)
        color = image.pixelColor(at, 2)
        return color.red(), color.green(), color.blue()

    measured = shade(0.5)
    assert shade(1.5) == measured
    assert shade(13.5) == measured
    assert shade(2.5) != measured


def test_the_table_has_all_of_the_width_when_a_part_is_looked_at(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.whose(1, 2)
    bench.zoom(utc(1, 6), utc(1, 8))
    assert bench.area.zoomed.isVisible()
    assert bench.area.zoomed.y() >= bench.area.table.geometry().bottom()
