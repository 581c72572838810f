"""The chart of the last hour."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId
from camwatch.ui import theme
from camwatch.ui.charts.live_chart import LiveChart
from tests.ui.screen_edges import NOON, Clock

GATE, HALL = CameraId(1), CameraId(2)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def chart(qtbot: QtBot, clock: Clock) -> LiveChart:
    chart = LiveChart(zone=BERLIN, clock=clock)
    qtbot.addWidget(chart)
    chart.resize(800, 240)
    chart.set_cameras([GATE, HALL], {GATE: "Gate", HALL: "Hall"})
    return chart


def measure(chart: LiveChart, camera_id: CameraId, people: int, *, ago_s: int, for_s: int) -> None:
    for second in range(for_s):
        at = NOON - timedelta(seconds=ago_s - second)
        chart.add_sample(camera_id, at, people, 1.0)


def test_the_plotted_line_has_gaps_and_no_zeros(chart: LiveChart) -> None:
    for camera_id in (GATE, HALL):
        measure(chart, camera_id, 3, ago_s=600, for_s=300)
        measure(chart, camera_id, 4, ago_s=120, for_s=120)
    chart.show()
    x, y = chart.solid_line.getData()
    people = {float(value) for value in y[~np.isnan(y)]}
    assert people == {6.0, 8.0}
    now_s = NOON.timestamp()
    inside_gap = (x > now_s - 295) & (x < now_s - 125)
    assert inside_gap.any()
    assert np.isnan(y[inside_gap]).all()
    assert chart.solid_line.opts["connect"] == "finite"
    assert chart.plot.gaps.bands == [
        (now_s - 3595, now_s - 600),
        (now_s - 300, now_s - 120),
    ]
    assert np.isnan(chart.partial_line.getData()[1]).all()


def test_a_sum_without_a_camera_is_dotted_and_its_coverage_is_told(chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=60, for_s=60)
    measure(chart, HALL, 4, ago_s=60, for_s=30)
    chart.show()
    solid, partial = chart.solid_line.getData()[1], chart.partial_line.getData()[1]
    assert set(solid[~np.isnan(solid)]) == {7.0}
    assert set(partial[~np.isnan(partial)]) == {3.0}
    # 60 + 30 of two cameras' 3,590 s: the newest two slots are not settled yet.
    assert chart.summary.text() == "mean 7.0 · peak 7 · coverage 1 %"
    # Where there is no room for all of it, none of it is shown: no number is cut off.
    chart.setMinimumSize(320, 200)
    chart.resize(400, 240)
    assert not chart.summary.isVisible()
    assert chart.title.toolTip() == chart.summary.text()
    chart.resize(1200, 240)
    assert chart.summary.isVisible()
    assert chart.partial_line.opts["pen"].style() == Qt.PenStyle.CustomDashLine


def test_one_camera_can_be_shown_alone(chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=60, for_s=60)
    chart.show()
    chart.show_camera(GATE)
    assert chart.title.text() == "Occupancy, Gate, last hour"
    solid = chart.solid_line.getData()[1]
    assert set(solid[~np.isnan(solid)]) == {3.0}
    chart.show_camera(None)
    assert chart.title.text() == "Occupancy, all cameras, last hour"
    assert np.isnan(chart.solid_line.getData()[1]).all()


def test_the_shown_camera_may_go(chart: LiveChart) -> None:
    chart.show_camera(HALL)
    chart.set_cameras([GATE], {GATE: "Gate"})
    assert chart.title.text() == "Occupancy, all cameras, last hour"


def test_the_empty_chart_says_why(chart: LiveChart, clock: Clock) -> None:
    chart.show()
    assert chart.plot._empty.text() == "Nothing was measured in the last hour."
    chart.set_cameras([])
    assert chart.plot._empty.text() == "No camera is switched on."
    assert chart.plot._empty.isVisible()
    chart.set_cameras([GATE])
    measure(chart, GATE, 0, ago_s=60, for_s=60)
    chart.refresh()
    assert not chart.plot._empty.isVisible()


def test_the_history_fills_what_was_before_the_program_started(chart: LiveChart) -> None:
    chart.show()
    start = NOON - timedelta(minutes=30)
    stored = [
        (camera_id, start + timedelta(seconds=5 * number), 2.0, 5.0)
        for camera_id in (GATE, HALL)
        for number in range(12)
    ]
    chart.load(stored)
    x, y = chart.solid_line.getData()
    shown = x[~np.isnan(y)]
    assert (shown.min(), shown.max()) == (start.timestamp(), start.timestamp() + 60)
    assert np.nanmax(y) == 4.0


def test_it_is_drawn_by_its_timer_and_only_while_it_is_visible(
    qtbot: QtBot, chart: LiveChart, clock: Clock
) -> None:
    chart.show()
    assert chart._timer.isActive()
    assert chart._timer.interval() == 1000
    measure(chart, GATE, 3, ago_s=60, for_s=60)
    measure(chart, HALL, 4, ago_s=60, for_s=60)
    assert np.isnan(chart.solid_line.getData()[1]).all()
    qtbot.waitUntil(lambda: not np.isnan(chart.solid_line.getData()[1]).all())
    chart.hide()
    assert not chart._timer.isActive()


def test_the_axis_counts_people_from_0_and_tells_the_sites_time(chart: LiveChart) -> None:
    measure(chart, GATE, 20, ago_s=60, for_s=60)
    chart.show_camera(GATE)
    chart.show()
    (left, right), (low, high) = chart.plot._view.viewRange()
    assert (left, right) == (NOON.timestamp() - 3600, NOON.timestamp())
    assert low == 0
    assert high == pytest.approx(22.4)
    ((_, values),) = chart.plot._view.getAxis("left").tickValues(0, high, 200)
    assert values == [0, 5, 10, 15, 20]
    clock_axis = chart.plot._view.getAxis("bottom")
    ((_, moments),) = clock_axis.tickValues(left, right, 600)
    assert clock_axis.tickStrings(moments, 1, 1)[:2] == ["13:00", "13:10"]


def test_the_arrow_keys_read_the_values(qtbot: QtBot, chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=20, for_s=20)
    measure(chart, HALL, 4, ago_s=20, for_s=20)
    chart.show()
    QTest.keyClick(chart.plot, Qt.Key.Key_End)
    assert chart.plot._hint.text() == "13:59:55   7.0 people, coverage 100 %"
    QTest.keyClick(chart.plot, Qt.Key.Key_Home)
    assert chart.plot._hint.text() == "13:00:05   not measured"
    assert chart.plot.accessibleDescription() == "13:00:05   not measured"
    QTest.keyClick(chart.plot, Qt.Key.Key_Right)
    assert chart.plot._hint.text().startswith("13:00:10")
    QTest.keyClick(chart.plot, Qt.Key.Key_Left)
    assert chart.plot._hint.text().startswith("13:00:05")
    QTest.keyClick(chart.plot, Qt.Key.Key_Escape)
    assert not chart.plot._hint.isVisible()


def test_the_tab_key_shows_where_the_keyboard_is(qtbot: QtBot, chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=20, for_s=20)
    chart.show_camera(GATE)
    chart.show()
    qtbot.waitExposed(chart)
    chart.activateWindow()
    qtbot.waitUntil(chart.isActiveWindow)
    chart.plot.clearFocus()
    chart.plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert chart.plot._hint.text().startswith("13:59:55   3.0 people")
    chart.plot.clearFocus()
    assert not chart.plot._hint.isVisible()


def test_a_partial_sum_is_called_at_least(qtbot: QtBot, chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=60, for_s=60)
    chart.show()
    QTest.keyClick(chart.plot, Qt.Key.Key_End)
    assert chart.plot._hint.text().endswith("at least 3.0 people, coverage 50 %")


def test_the_pointer_reads_the_values_and_takes_them_along(qtbot: QtBot, chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=3500, for_s=3500)
    chart.show_camera(GATE)
    chart.show()
    qtbot.waitExposed(chart)
    left, right = chart.plot.span()
    viewport = chart.plot._view.viewport()
    middle = QPoint(round((left + right) / 2), viewport.height() // 2)
    QTest.mouseMove(viewport, middle)
    qtbot.waitUntil(chart.plot._hint.isVisible)
    assert chart.plot._hint.text().startswith("13:30")
    assert "3.0 people" in chart.plot._hint.text()
    assert chart.plot._hint.geometry().right() <= chart.plot.width()


def test_gaps_are_hatched_and_the_line_is_seen(chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=1800, for_s=1800)
    chart.show_camera(GATE)
    chart.show()
    chart.plot.repaint()
    image = chart.plot.grab().toImage()
    left, right = chart.plot.span()
    ratio = image.devicePixelRatio()

    def colors(from_share: float, to_share: float) -> set[str]:
        xs = range(
            round((left + (right - left) * from_share) * ratio),
            round((left + (right - left) * to_share) * ratio),
        )
        ys = range(round(20 * ratio), round((image.height() / ratio - 40) * ratio))
        return {QColor(image.pixel(x, y)).name() for x in xs for y in ys}

    accent = theme.current().accent
    assert accent in colors(0.6, 0.9)
    assert accent not in colors(0.1, 0.4)
    # The hatching is there: more than the bare background and its grid.
    assert len(colors(0.1, 0.4)) > len({theme.current().background, theme.current().line})


def test_64_cameras_fit_into_bounded_memory(qtbot: QtBot, clock: Clock) -> None:
    chart = LiveChart(zone=BERLIN, clock=clock)
    qtbot.addWidget(chart)
    ids = [CameraId(number) for number in range(64)]
    chart.set_cameras(ids)
    before = chart._ring._people_s.nbytes + chart._ring._covered_s.nbytes
    for second in range(0, 7200, 60):
        for camera_id in ids:
            chart.add_sample(camera_id, NOON - timedelta(seconds=7200 - second), 1, 60.0)
    assert chart._ring._people_s.nbytes + chart._ring._covered_s.nbytes == before
    assert before <= 64 * 1440 * 16
    chart.show()
    solid = chart.solid_line.getData()[1]
    assert set(solid[~np.isnan(solid)]) == {64.0}


def test_some_cameras_are_added_up_under_their_name_with_a_way_back(chart: LiveChart) -> None:
    measure(chart, GATE, 3, ago_s=600, for_s=600)
    measure(chart, HALL, 4, ago_s=600, for_s=600)
    chart.show()
    assert not chart.all_button.isVisible()
    chart.show_group([HALL, CameraId(9)], "Store North")
    assert chart.title.text() == "Occupancy, Store North, last hour"
    y = chart.solid_line.getData()[1]
    assert {float(value) for value in y[~np.isnan(y)]} == {4.0}
    chart.all_button.click()
    assert chart.group == ""
    y = chart.solid_line.getData()[1]
    assert {float(value) for value in y[~np.isnan(y)]} == {7.0}
    chart.show_group([HALL], "Store North")
    chart.set_cameras([GATE], {GATE: "Gate"})
    assert chart.title.text() == "Occupancy, all cameras, last hour", "none of them is left"
