"""In and out over time: bars, gaps, totals, and what is offered to be charted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from pytestqt.qtbot import QtBot

from camwatch.domain import BucketSize, CameraId, FlowBucket, PlaceId
from camwatch.events import Passing
from camwatch.scene import Mode, PlaceKind, PlaceRecord
from camwatch.ui.charts.flow import FlowTotals, flow_line, flow_totals
from camwatch.ui.charts.flow_chart import FlowChart
from camwatch.ui.charts.periods import Period
from camwatch.ui.charts.place_box import PlaceBox
from tests.ui.live_edges import counted
from tests.ui.screen_edges import NOON
from tests.ui.test_history_page import Bench, steady

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


def hours(*values: tuple[int | None, int | None, float]) -> list[FlowBucket]:
    return [
        FlowBucket(NOON - (len(values) - number) * HOUR, 3600, inwards, outwards, coverage)
        for number, (inwards, outwards, coverage) in enumerate(values)
    ]


def test_a_gap_is_a_gap_and_totals_leave_it_out() -> None:
    line = flow_line(hours((3, 2, 1.0), (None, None, 0.0), (0, 1, 0.5)), NOON)
    assert line.inwards[[0, 2]].tolist() == [3, 0]
    assert np.isnan(line.inwards[1])
    assert line.gaps == [((NOON - 2 * HOUR).timestamp(), (NOON - HOUR).timestamp())]
    assert flow_totals(line) == FlowTotals(3, 3, 0.5)


def test_where_nobody_could_be_counted_there_is_no_nought() -> None:
    assert flow_totals(flow_line(hours((None, None, 0.0)), NOON)) == FlowTotals(None, None, 0.0)
    assert flow_totals(flow_line([], NOON)) == FlowTotals(None, None, 0.0)


def test_hours_that_have_not_begun_are_left_out() -> None:
    buckets = [*hours((1, 1, 1.0)), FlowBucket(NOON + HOUR, 3600, None, None, 0.0)]
    assert len(flow_line(buckets, NOON).inwards) == 1


def test_in_and_out_stand_side_by_side(qtbot: QtBot) -> None:
    chart = FlowChart(BERLIN)
    qtbot.addWidget(chart)
    chart.resize(800, 400)
    chart.show()
    buckets = hours((3, 2, 1.0), (None, None, 0.0), (0, 1, 0.5))
    chart.show_line(flow_line(buckets, NOON), BucketSize.HOUR)
    assert chart.in_bars.opts["height"].tolist() == [3, 0]
    assert chart.out_bars.opts["height"].tolist() == [2, 1]
    assert chart.in_bars.opts["x1"].tolist() == chart.out_bars.opts["x0"].tolist()
    assert len(chart.plot.gaps.bands) == 1
    chart.plot.pointed.emit(0)
    assert "in 3 out 2, coverage 100 %" in chart.plot.accessibleDescription()
    chart.plot.pointed.emit(1)
    assert "not counted" in chart.plot.accessibleDescription()
    chart.show_line(flow_line(hours((None, None, 0.0)), NOON), BucketSize.HOUR)
    assert chart.plot._empty.text().startswith("Nobody could be counted in this time.")


def place(
    number: int, camera: int, kind: PlaceKind, name: str, until: datetime | None = None
) -> PlaceRecord:
    return PlaceRecord(PlaceId(number), CameraId(camera), kind, name, NOON - 9 * HOUR, until)


PLACES = [
    place(1, 1, PlaceKind.LINE, "Door", until=datetime(2026, 6, 20, 9, tzinfo=UTC)),
    place(2, 1, PlaceKind.LINE, "Door"),
    place(3, 1, PlaceKind.ZONE, "Queue"),
    place(4, 2, PlaceKind.GATE, "Lock"),
]


def asked_last(bench: Bench, command: str) -> tuple[object, ...]:
    """Return what the numbers were asked for with last, which must have been by this command."""
    asked = [one for one in bench.desk.asked if one[0].endswith("history")]
    assert asked[-1][0] == command
    return asked[-1][1:]


def texts(box: PlaceBox) -> list[str]:
    return [box.itemText(index) for index in range(box.count())]


def test_what_is_offered_is_the_camera_s_and_former_lines_say_until_when(qtbot: QtBot) -> None:
    box = PlaceBox(BERLIN)
    qtbot.addWidget(box)
    box.set_places(PLACES)
    assert texts(box) == ["People in view"]
    assert not box.isEnabled()
    assert "Choose one camera" in box.toolTip()
    box.show_camera(CameraId(1))
    assert texts(box) == [
        "People in view",
        "Door: in and out",
        "Queue: people in the zone",
        "Door: in and out (until Sat 20 Jun, 11:00)",
    ]
    box.setCurrentIndex(2)
    assert box.chosen == PLACES[2]
    assert "Queue: people in the zone" in box.toolTip(), "it may be too long for the box"
    box.set_places([*PLACES, place(5, 1, PlaceKind.LINE, "Back")])
    assert box.chosen == PLACES[2]
    box.show_camera(CameraId(2))
    assert box.chosen is None


def test_a_line_is_charted_as_in_and_out_and_a_zone_as_people(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.drawn = PLACES
    bench.desk.flow = lambda *_: hours((3, 2, 1.0), (0, 1, 0.5))
    page = bench.show().page
    area, places = page.area, page.subjects.place_box
    bench.whose(1)
    bench.steps(BucketSize.HOUR)
    places.setCurrentIndex(1)
    assert bench.desk.asked[-1][:3] == ("flow_history", PlaceId(2), BucketSize.HOUR)
    assert area.flow_chart.isVisible()
    assert not area.chart.isVisible()
    shown = [
        (figure.name.text(), figure.value.text())
        for figure in (area.figures.mean, area.figures.peak, area.figures.coverage)
    ]
    assert shown == [("In", "3"), ("Out", "3"), ("Coverage", "75 %")]
    assert not area.figures.hours.isVisible()
    bench.choose(Period.LAST_30_DAYS)
    bench.steps(BucketSize.DAY)
    assert bench.desk.asked[-1][:3] == ("flow_history", PlaceId(2), BucketSize.DAY)

    places.setCurrentIndex(2)
    assert asked_last(bench, "zone_history")[0] == PlaceId(3)
    assert area.chart.isVisible()
    assert (area.figures.mean.name.text(), area.figures.mean.value.text()) == ("Mean", "2.0")

    bench.whose()
    assert asked_last(bench, "history")[0] is None
    assert not places.isEnabled()


def test_it_says_above_a_line_s_chart_why_nobody_is_counted_now(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.drawn = PLACES
    page = bench.show().page
    bench.whose(1)
    places = page.subjects.place_box
    slow = Passing(Mode.OCCUPANCY, "in and out are not counted: people need 2 pictures a second")
    for passing in (slow, Passing(Mode.IN_OUT)):
        with qtbot.waitSignal(bench.bridge.count_measured):
            bench.bus.publish(replace(counted(1), passing=passing))
        places.setCurrentIndex(1)
        is_slow = passing is slow
        assert page.advice.isVisible() is is_slow
        assert ("need 2 pictures a second." in page.advice.text()) is is_slow
        places.setCurrentIndex(2)
        assert not page.advice.isVisible()


def test_the_pointer_tells_how_much_was_taken_over_from_still_views(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.desk.buckets = lambda size, start, end: [
        replace(bucket, still=0.4) for bucket in steady(size, start, end)
    ]
    chart = bench.show().area.chart
    chart.plot.pointed.emit(0)
    assert "coverage 100 %, 40 % of it still" in chart.plot.accessibleDescription()
