"""The Charts page as a supervisor uses it: several at once, compared, zoomed, looked at closely."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from camwatch.commands.state_history import StateHistory, Stretch
from camwatch.domain import Bucket, BucketSize, CameraId, CameraState, Reason, SiteId
from camwatch.errors import DatabaseBusy
from camwatch.events import CorrectionsChanged
from camwatch.history.asking import UsualPoint
from camwatch.history.exports import ExportContent, ExportRequest
from camwatch.history.reports import ReportRequest, ReportSpan
from camwatch.ui import theme
from camwatch.ui.accuracy.badge import BadgeText
from camwatch.ui.charts.comparing import Compare
from camwatch.ui.charts.periods import Period
from camwatch.ui.charts.picture import chart_sheet, for_paper, png_bytes
from camwatch.ui.charts.plot import TimePlot
from camwatch.ui.charts.subject_picker import CompareDialog, WhoseDialog
from camwatch.ui.charts.subjects import ALL, Known, Subject
from camwatch.ui.paper import to_images
from tests.ui.screen_edges import NOON, SITES, HeldWork, a_camera
from tests.ui.test_flow_chart import PLACES
from tests.ui.test_history_page import Bench, steady, utc

CAMERAS = [a_camera(number, f"Camera {number:03}") for number in range(1, 201)]
KNOWN = Known({one.id: one for one in CAMERAS}, {one.id: one.name for one in SITES}, PLACES)


def camera(*numbers: int) -> Subject:
    return Subject(None, tuple(CameraId(number) for number in numbers))


def cells(bench: Bench) -> dict[str, tuple[str, ...]]:
    return {row.name: row.cells for row in bench.area.table.rows}


# ---------------------------------------------------------------- whose numbers


def test_one_of_200_cameras_is_found_with_the_keyboard_alone(qtbot: QtBot) -> None:
    dialog = WhoseDialog(KNOWN, ALL)
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClicks(dialog.find_field, "era 142")
    shown = [item.text(0) for item in dialog.items() if not item.isHidden()]
    assert shown == ["Main site", "Camera 142"]
    QTest.keyClick(dialog.find_field, Qt.Key.Key_Return)
    assert dialog.chosen == camera(142)
    assert not dialog.isVisible()


def test_what_is_checked_is_added_up_and_a_whole_site_stays_a_site(qtbot: QtBot) -> None:
    dialog = WhoseDialog(KNOWN, camera(3, 5))
    qtbot.addWidget(dialog)
    assert dialog.ok_button.text() == "Show 2 cameras"
    dialog.find_field.setText("Camera 19")
    dialog.check_shown.click()
    assert dialog.ok_button.text() == "Show 14 cameras"
    dialog.check_none.click()
    assert not dialog.ok_button.isEnabled()
    dialog.find_field.setText("Store North")
    dialog.check_shown.click()
    assert dialog.ok_button.text() == "Show 100 cameras"
    dialog.ok_button.click()
    assert dialog.chosen == Subject(SiteId(2))
    nothing = WhoseDialog(KNOWN, ALL)
    qtbot.addWidget(nothing)
    nothing.find_field.setText("nobody")
    assert nothing.message.text() == "Nothing is called that."


def test_no_more_can_be_compared_than_can_be_told_apart(qtbot: QtBot) -> None:
    dialog = CompareDialog(KNOWN, camera(1), [camera(3)])
    qtbot.addWidget(dialog)
    names = [item.text(0) for item in dialog.items()]
    assert "Queue" in names, "a zone has people as a camera has"
    assert "Door" not in names, "a line has none"
    dialog.tree.blockSignals(False)
    free = [item for item in dialog.items() if item.text(0).startswith("Camera 00")]
    for item in free[:7]:
        item.setCheckState(0, Qt.CheckState.Checked)
    assert not dialog.ok_button.isEnabled()
    assert "there is room for 5" in dialog.message.text()
    for item in dialog.checked()[5:]:
        item.setCheckState(0, Qt.CheckState.Unchecked)
    dialog.ok_button.click()
    assert dialog.chosen is not None
    assert len(dialog.chosen) == 5
    lines = CompareDialog(KNOWN, Subject(None, (CameraId(1),), PLACES[1]), [])
    qtbot.addWidget(lines)
    boxes = [
        item.text(0) for item in lines.items() if item.flags() & Qt.ItemFlag.ItemIsUserCheckable
    ]
    assert "Lock" in boxes
    assert "Queue" not in boxes


def test_a_site_is_charted_with_the_cameras_it_has_now(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.page.subjects.show_subject(Subject(SiteId(2)))
    bench.page.subjects.changed.emit()
    assert bench.questions()[-1][0] == [CameraId(1)]
    assert bench.page.subjects.whose_button.text() == "Store North"
    assert bench.area.figures.peak.name.text() == "Peak"


def test_several_have_lines_of_their_own_and_a_legend_with_numbers(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    bench.page.set_badges({CameraId(2): BadgeText("91 % ± 4", "short", "It was right.", "Old.")})
    bench.whose(1, 2)
    assert [asked[0] for asked in bench.questions()[-2:]] == [[CameraId(1)], [CameraId(2)]]
    assert bench.area.several_chart.isVisible()
    assert cells(bench) == {
        "Gate": ("2.0", "26", "5", "92 %", "not audited"),
        "Hall": ("2.0", "26", "5", "92 %", "91 % ± 4"),
    }
    curves = [one for one in bench.area.several_chart.curves if one.isVisible()]
    assert [curve.opts["pen"].color().name() for curve in curves] == list(
        theme.current().series[:2]
    )
    assert len({tuple(curve.opts["pen"].dashPattern()) for curve in curves}) == 2
    plot = bench.area.several_chart.plot
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert "Gate: mean 2.0, peak 5, coverage 100 %\nHall: mean 2.0" in plot.accessibleDescription()
    (remove,) = (
        one
        for one in bench.area.table.findChildren(QToolButton)
        if one.accessibleName() == "Take Gate away"
    )
    remove.click()
    assert bench.page.subjects.subjects == [camera(2)]
    assert bench.area.chart.isVisible()


def test_colours_differ_in_lightness_for_who_cannot_tell_hues() -> None:
    shades = sorted(
        0.299 * one.red() + 0.587 * one.green() + 0.114 * one.blue()
        for one in map(QColor, theme.current().series)
    )
    assert len(set(theme.current().series)) == 6
    assert shades[0] > 120, "all can be seen on the dark ground"


def test_a_line_is_not_compared_with_people(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.drawn = PLACES
    bench.show()
    bench.whose(1, 2)
    bench.page.subjects.place_box.setCurrentIndex(1)
    assert [one.is_flow for one in bench.page.subjects.subjects] == [True]


# ---------------------------------------------------------------- comparing times


def test_a_day_is_compared_with_the_same_day_of_the_week_before(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    day_before = utc(23, 22, month=6)

    def buckets(size: BucketSize, start: datetime, end: datetime) -> list[Bucket]:
        found = steady(size, start, end)
        if start < day_before:
            return [replace(one, mean=one.mean and 1.0) for one in found]
        return found

    bench.desk.buckets = buckets
    bench.show()
    bench.choose(Period.YESTERDAY)
    bench.steps(BucketSize.HOUR)
    bench.page.range.choose_compare(Compare.WEEK)
    now, then = bench.questions()[-2:]
    assert now[2] - then[2] == timedelta(days=7)
    assert now[3] - then[3] == timedelta(days=7)
    assert cells(bench)["Tue 30 Jun 2026"][:2] == ("2.0", "46")
    assert cells(bench)["Tue 23 Jun 2026"][:2] == ("1.0", "23")
    assert cells(bench)["Difference"] == ("+1.0 (+100 %)", "+23 (+100 %)", "±0", "±0")
    item = bench.area.chart.other_line.item
    line = bench.area.chart.line
    assert line is not None
    assert item.getData()[0][0] == line.edges[0], "laid over it, and not a week before"
    bench.area.chart.plot.pointed.emit(0)
    assert "the other time: mean 1.0" in bench.area.chart.plot.accessibleDescription()
    bench.page.range.choose_compare(Compare.NOTHING)
    assert not item.isVisible()
    assert bench.area.figures.isVisible()


def test_a_day_that_is_not_over_is_compared_up_to_now(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    bench.page.range.choose_compare(Compare.BEFORE)
    # 14 hours of both, one of them not measured.
    assert cells(bench)["Wed 1 Jul 2026"][1] == "26"
    assert cells(bench)["Tue 30 Jun 2026"][1] == "26"
    assert "up to the same time of the clock" in bench.area.table.note.text()
    assert bench.area.current.plot.view[1] == utc(1, 22).timestamp(), "the rest of the day is seen"


def test_no_percentage_is_pretended_where_less_was_measured(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.buckets = lambda size, start, end: [
        replace(one, coverage=0.6) if start < utc(28, 0, month=6) else one
        for one in steady(size, start, end)
    ]
    bench.show()
    bench.choose(Period.YESTERDAY)
    bench.page.range.choose_compare(Compare.CUSTOM, date(2026, 6, 2))
    assert bench.page.range.other_button.text() == "Tue 2 Jun 2026"
    assert not any("(" in cell for cell in cells(bench)["Difference"])
    assert cells(bench)["Difference"][-1].endswith("points")
    assert bench.area.table.note.isVisible()
    assert "Not as much was measured" in bench.area.table.note.text()


# ---------------------------------------------------------------- what is usual


def band(
    low: float, high: float, size: BucketSize, start: datetime, end: datetime
) -> list[UsualPoint]:
    return [UsualPoint(one.start, low, low, high, 11) for one in steady(size, start, end)]


def test_what_is_not_usual_is_marked_by_shape_and_listed(qtbot: QtBot) -> None:
    bench = Bench(qtbot)

    def usual(size: BucketSize, start: datetime, end: datetime) -> list[UsualPoint]:
        points = band(1.5, 2.5, size, start, end)
        points[1] = replace(points[1], high=1.8)
        points[2] = replace(points[2], high=1.8)  # nothing was measured there
        points[4] = replace(points[4], low=2.2)
        points[5] = replace(points[5], low=None, high=None, weeks=0)
        return points

    bench.desk.usual = usual
    bench.show()
    bench.steps(BucketSize.HOUR)
    assert not any(asked[0] == "usual_band" for asked in bench.desk.asked), "not unless wished"
    bench.page.controls.usual.click()
    marks = bench.area.chart.usual.marks
    assert [one["symbol"] for one in marks.data] == ["t1", "t"]
    bar = bench.area.unusual
    assert bar.text.text() == "2 unusual hours · usual from the 11 weeks before"
    plot = bench.area.chart.plot
    bar.forward.click()
    assert "usually 1.5 to 1.8: more than usual" in plot.accessibleDescription()
    bar.forward.click()
    assert "04:00 to 05:00" in plot.accessibleDescription()
    assert "fewer than usual" in plot.accessibleDescription()
    bar.back.click()
    assert "01:00 to 02:00" in plot.accessibleDescription()
    bench.page.controls.usual.click()
    assert not bar.isVisible()
    assert len(marks.data) == 0


def test_it_says_when_nothing_is_known_of_what_is_usual(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.page.controls.usual.click()
    assert bench.area.unusual.text.text().startswith("Not enough weeks are known yet")
    bench.choose(Period.LAST_30_DAYS)
    assert "choose shorter steps" in bench.area.unusual.text.text()


# ---------------------------------------------------------------- gaps and corrections


def test_a_gap_says_why(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.states = lambda start, end: StateHistory(
        start, end, (Stretch(start, end, CameraState.OFFLINE, Reason.REFUSED),), ()
    )
    bench.show()
    bench.whose(1)
    bench.steps(BucketSize.HOUR)
    bench.area.chart.plot.pointed.emit(2)
    assert "not measured (offline: it refused the connection)" in (
        bench.area.chart.plot.accessibleDescription()
    )


def test_states_are_asked_for_only_where_they_explain_something(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.buckets = lambda size, start, end: [
        replace(one, mean=1.0, peak=1, coverage=1.0) for one in steady(size, start, end)
    ]
    bench.show()
    assert not any(asked[0] == "camera_states" for asked in bench.desk.asked)


def test_corrected_numbers_are_marked_and_can_be_seen_as_measured(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    measured = bench.page.controls.measured
    assert not measured.isVisible(), "nothing is corrected"
    bench.desk.buckets = lambda size, start, end: [
        replace(one, is_corrected=number in {4, 5})
        for number, one in enumerate(steady(size, start, end))
    ]
    bench.steps(BucketSize.HOUR)
    start = bench.area.chart.edges()[4]
    assert bench.area.chart.corrected.bands == [(start, start + 7200)]
    bench.area.chart.plot.pointed.emit(4)
    assert "corrected" in bench.area.chart.plot.accessibleDescription()
    assert bench.desk.is_corrected == [True] * len(bench.desk.is_corrected)
    measured.click()
    assert bench.desk.is_corrected[-2:] == [True, False]
    assert measured.isVisible(), "there is a way back"


def test_a_correction_is_seen_at_once(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    asked = len(bench.questions())
    bench.area.point_chosen.emit(5)
    side = bench.page.side
    title = side.title.text()
    assert "coverage 100 %" in side.text.text()
    bench.desk.buckets = lambda size, start, end: [
        replace(one, coverage=0.4) for one in steady(size, start, end)
    ]
    bench.bus.publish(CorrectionsChanged(NOON, CameraId(1), utc(1, 8), utc(1, 9)))
    qtbot.waitUntil(lambda: len(bench.questions()) == asked + 1)
    assert (side.title.text(), side.isVisible()) == (title, True)
    assert "coverage 40 %" in side.text.text(), "what is beside the chart is corrected, too"


# ---------------------------------------------------------------- zoom


def turn(plot: TimePlot, notches: int, share: float = 0.5) -> None:
    """Turn the wheel over a place of the plot."""
    surface = plot._view.viewport()
    left, right = plot.span()
    at = QPointF(left + (right - left) * share, surface.height() / 2)
    QApplication.sendEvent(
        surface,
        QWheelEvent(
            at,
            QPointF(surface.mapToGlobal(at.toPoint())),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def test_the_wheel_comes_nearer_and_the_steps_follow(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.LAST_7_DAYS)
    asked = len(bench.questions())
    plot = bench.area.current.plot
    before = bench.area.chart.line
    for _ in range(12):
        turn(plot, 1)
    assert bench.area.chart.line is before, "the old picture stays until the new numbers are there"
    qtbot.waitUntil(lambda: len(bench.questions()) == asked + 1)
    assert bench.questions()[-1][1] is BucketSize.MINUTE
    assert bench.area.zoomed.isVisible()
    assert "In view:" in bench.area.zoomed.text.text()
    line = bench.area.chart.line
    assert line is not None
    assert len(line.mean) < 200
    assert bench.page.range.period is Period.LAST_7_DAYS
    QTest.keyClick(plot, Qt.Key.Key_Home)
    qtbot.waitUntil(lambda: len(bench.questions()) == asked + 2)
    assert not bench.area.zoomed.isVisible()
    assert bench.questions()[-1][1] is BucketSize.HOUR


def test_keys_zoom_and_move_and_the_pointer_takes_the_view_along(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.YESTERDAY)
    plot = bench.area.current.plot
    whole = plot.view
    for _ in range(4):
        QTest.keyClick(plot, Qt.Key.Key_Plus)
    near = plot.view
    assert near[1] - near[0] == pytest.approx((whole[1] - whole[0]) * 0.7**4)
    QTest.keyClick(plot, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert plot.view[0] == pytest.approx(near[0] + (near[1] - near[0]) / 4)
    QTest.keyClick(plot, Qt.Key.Key_PageUp)
    assert plot.view[0] < near[0]
    QTest.keyClick(plot, Qt.Key.Key_End)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    assert plot.view[0] > near[0] - (near[1] - near[0]) * 0.9, "it follows the pointer's line"
    QTest.keyClick(plot, Qt.Key.Key_Minus)
    QTest.keyClick(plot, Qt.Key.Key_Home)
    assert plot.view == whole
    bench.page._zoom_timer.stop()


def test_dragging_moves_the_view_and_with_shift_marks_what_is_wanted(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.YESTERDAY)
    qtbot.waitExposed(bench.page)
    plot = bench.area.current.plot
    surface = plot._view.viewport()
    left, right = plot.span()
    middle = surface.height() // 2
    whole = plot.view

    def drag(start: float, end: float, keys: Qt.KeyboardModifier) -> None:
        places = [QPoint(round(left + (right - left) * one), middle) for one in (start, end)]
        QTest.mousePress(surface, Qt.MouseButton.LeftButton, keys, places[0])
        QTest.mouseMove(surface, (places[0] + places[1]) / 2)
        QTest.mouseMove(surface, places[1])
        QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, keys, places[1])

    drag(0.25, 0.75, Qt.KeyboardModifier.ShiftModifier)
    length = whole[1] - whole[0]
    assert plot.view[0] == pytest.approx(whole[0] + length / 4, abs=length / 200)
    assert plot.view[1] == pytest.approx(whole[1] - length / 4, abs=length / 200)
    near = plot.view
    drag(0.5, 0.25, Qt.KeyboardModifier.NoModifier)
    assert plot.view[0] == pytest.approx(near[0] + (near[1] - near[0]) / 4, abs=length / 100)
    bench.page._zoom_timer.stop()
    assert not bench.page.side.isVisible(), "a drag is no click"


def test_a_zoomed_part_is_compared_with_the_same_hours(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.choose(Period.YESTERDAY)
    bench.page.range.choose_compare(Compare.WEEK)
    bench.zoom(utc(30, 6, month=6), utc(30, 9, month=6))
    now, then = bench.questions()[-2:]
    assert now[1:4] == (BucketSize.MINUTE, utc(30, 6, month=6), utc(30, 9, month=6))
    assert then[2:4] == (utc(23, 6, month=6), utc(23, 9, month=6))
    assert "Tue 30 Jun 2026, 08:00 to 11:00" in cells(bench)
    assert "Tue 23 Jun 2026, 08:00 to 11:00" in cells(bench)


def test_an_answer_that_comes_after_more_zooming_does_not_move_the_view(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = Bench(qtbot, work).show()
    work.finish_all()
    plot = bench.area.current.plot
    plot.zoom(0.5)
    bench.page._zoom_timer.stop()
    bench.page._on_zoomed()
    plot.zoom(0.5)
    view = plot.view
    work.finish_all()
    assert plot.view == view
    bench.page._zoom_timer.stop()


# ---------------------------------------------------------------- points


def test_a_click_shows_what_was_counted_then(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    qtbot.waitExposed(bench.page)
    plot = bench.area.current.plot
    side = bench.page.side
    left, right = plot.span()
    at = QPoint(round(left + (right - left) * 4.5 / 14), plot._view.viewport().height() // 2)
    QTest.mouseClick(plot._view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert side.isVisible()
    assert side.title.text() == "Wed 1 Jul, 04:00 to 05:00"
    assert side.text.text() == "mean 2.0, peak at most 5, coverage 100 %"
    assert not side.card.isVisible(), "several cameras have no single measurement"
    bench.whose(1)
    assert not side.isVisible()
    QTest.keyClick(plot, Qt.Key.Key_Home)
    QTest.keyClick(plot, Qt.Key.Key_Return)
    assert ("measured_at", CameraId(1), utc(30, 22, 30, month=6)) in bench.desk.asked
    assert side.card.isVisible()
    asked = len(bench.desk.asked)
    bench.area.point_chosen.emit(2)
    assert len(bench.desk.asked) == asked, "there is nothing to be read of a gap"
    assert not side.card.isVisible()
    QTest.keyClick(side, Qt.Key.Key_Escape)
    assert not side.isVisible()


# ---------------------------------------------------------------- time


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_one_can_go_back_and_on_with_buttons_keys_and_the_calendar(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bar = bench.page.range
    assert not bar.forward_button.isEnabled()
    bar.back_button.click()
    assert bar.day_button.text() == "Tue 30 Jun 2026"
    assert bar.period is Period.YESTERDAY
    with qtbot.waitActive(bench.page):
        bench.page.activateWindow()
    QTest.keyClick(bench.page, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert bar.day_button.text() == "Mon 29 Jun 2026"
    assert bar.period_box.currentIndex() == -1
    assert bar.period_box.placeholderText() == "One day"
    assert bench.questions()[-1][2] == utc(28, 22, month=6)
    bar.day_button.day_chosen.emit(date(2026, 6, 20))
    assert bar.day_button.text() == "Sat 20 Jun 2026"
    bar.day_button.open_calendar()
    calendar = bar.day_button.calendar
    assert calendar is not None
    assert calendar.selectedDate().toPython() == date(2026, 6, 20)
    calendar.window().close()
    asked = len(bench.questions())
    bench.clock.forward(86_400)
    bench.page._has_news = True
    bench.page._on_time()
    assert len(bench.questions()) == asked, "a day that is over does not change"


def test_today_goes_on_to_the_next_day(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.clock.forward(86_400)
    bench.page._has_news = True
    bench.page._on_time()
    assert bench.page.range.day_button.text() == "Thu 2 Jul 2026"


def test_the_hours_of_the_week_are_of_the_same_cameras_and_of_more_than_a_day(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.whose(2)
    bench.page.controls.week.click()
    asked = [one for one in bench.desk.asked if one[0] == "week_map"]
    assert asked[-1][1] == [CameraId(2)]
    assert bench.page.period is Period.LAST_30_DAYS
    assert bench.page.week_map.isVisible()
    assert not bench.page.controls.tools.isVisible()
    bench.page.controls.over_time.click()
    assert bench.area.chart.isVisible()


# ---------------------------------------------------------------- states of the page


def test_without_a_camera_it_tells_what_to_do(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.stored.clear()
    bench.show()
    assert bench.page.empty.isVisible()
    assert "Cameras are added under Cameras" in bench.page.empty.text.text()
    assert not bench.page.busy.isVisible()
    bench.desk.stored.append(a_camera(1, "Gate"))
    bench.page._load_cameras()
    assert bench.area.isVisible()


def test_a_failure_leaves_the_old_picture(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    line = bench.area.chart.line
    bench.desk.fail("history", DatabaseBusy("locked"))
    bench.choose(Period.YESTERDAY)
    assert bench.page.notice.isVisible()
    assert bench.area.chart.line is line


def test_it_is_drawn_again_and_again_without_new_items(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    plot = bench.area.chart.plot
    bench.choose(Period.LAST_7_DAYS)
    before = len(plot._view.scene().items()), len(bench.page.findChildren(QObject))
    for number in range(6):
        bench.zoom(utc(26, number, month=6), utc(28, number, month=6))
        plot.show_all()
        bench.page._on_zoomed()
    bench.page._zoom_timer.stop()
    QApplication.processEvents()
    assert (len(plot._view.scene().items()), len(bench.page.findChildren(QObject))) == before


# ---------------------------------------------------------------- pictures and files


def test_a_picture_says_what_it_shows(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    bench.steps(BucketSize.HOUR)
    bench.page.controls.tools.copy_button.click()
    image = QGuiApplication.clipboard().image()
    assert image.width() > 2 * bench.area.chart.width()
    caption = bench.page.output.caption()
    assert caption.title == "All cameras · Wed 1 Jul 2026"
    assert dict(zip(caption.heads, caption.rows[0][1], strict=True)) == {
        "Mean": "2.0",
        "People-hours": "26",
        "Peak": "5",
        "Coverage": "92 %",
    }
    assert caption.notes[-1].startswith(
        "Times: Europe/Berlin. Made on Wed 1 Jul 2026, 14:00, by maria"
    )
    assert png_bytes(image).startswith(b"\x89PNG")
    bench.zoom(utc(1, 6), utc(1, 9))
    assert bench.page.output.caption().title.endswith("Wed 1 Jul 2026, 08:00 to 11:00")


def test_paper_is_white_and_has_the_numbers(qtbot: QtBot) -> None:
    bench = Bench(qtbot).show()
    size = bench.area.chart.size()
    pages, count = to_images(bench.page.output.sheet(), 600, 1)
    assert count == 1
    assert bench.area.chart.size() == size, "the window stays as it was"
    page = pages[0].convertToFormat(QImage.Format.Format_Grayscale8)
    shades = np.frombuffer(page.bits(), np.uint8)
    assert np.median(shades) == 255
    assert (shades < 128).sum() > 500, "there is something on it"
    sheet = chart_sheet(QImage(4, 4, QImage.Format.Format_RGB32), bench.page.output.caption())
    assert "98 %" in sheet.html, "the coverage"


def test_light_and_dark_are_exchanged_and_hues_stay() -> None:
    image = QImage(2, 1, QImage.Format.Format_RGB32)
    image.setPixel(0, 0, 0xFF12151A)
    image.setPixel(1, 0, 0xFF5EB1FF)
    light = for_paper(image)
    assert light.pixelColor(0, 0).name() == "#ffffff"
    blue = light.pixelColor(1, 0)
    assert abs(blue.hue() - image.pixelColor(1, 0).hue()) <= 6
    assert blue.lightness() < image.pixelColor(1, 0).lightness()


def test_files_and_reports_are_asked_for_as_charted(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.drawn = PLACES
    bench.show()
    tools = bench.page.controls.tools
    assert not tools.export_button.isVisible(), "nobody listens"
    bench.page.offer_files()
    bench.choose(Period.LAST_WEEK)
    bench.whose(1, 2)
    with qtbot.waitSignal(bench.page.export_requested) as asked:
        tools.export_button.click()
    request = asked.args[0]
    assert isinstance(request, ExportRequest)
    assert request.camera_ids == (CameraId(1), CameraId(2))
    assert (request.start, request.end) == (utc(21, 22, month=6), utc(28, 22, month=6))
    assert (request.content, request.size) == (ExportContent.COUNTS, BucketSize.HOUR)
    with qtbot.waitSignal(bench.page.report_requested) as asked:
        tools.report_button.click()
    report = asked.args[0]
    assert isinstance(report, ReportRequest)
    assert (report.span, report.first) == (ReportSpan.WEEK, date(2026, 6, 22))
    assert report.camera_ids == (CameraId(1),)
    bench.whose(1)
    bench.page.subjects.place_box.setCurrentIndex(1)
    assert bench.page.output.export_request().content is ExportContent.PASSAGES
