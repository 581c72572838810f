"""The window that shows where people are: what it asks, draws and says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QModelIndex, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from camwatch.auth.session import Session
from camwatch.domain import CameraId, Picture
from camwatch.errors import CamWatchError, DatabaseBusy
from camwatch.scene import Zone
from camwatch.scene.dwell import Dwell, ZoneDwell
from camwatch.scene.heat import COLUMNS, ROWS, Heat
from camwatch.ui import theme
from camwatch.ui.heat.choices import Look
from camwatch.ui.heat.dialog import HeatDialog
from camwatch.ui.heat.map_view import backdrop
from camwatch.ui.heat.zone_table import Column, ZoneStays, ZoneTableModel, busiest_words, stays_of
from tests.ui.screen_edges import NOON, Clock, HeldWork, PromptWork, a_camera, a_session

BERLIN = ZoneInfo("Europe/Berlin")
QUEUE = Zone("Queue", ((0.5, 0.5), (0.9, 0.5), (0.9, 0.9), (0.5, 0.9)))
DOOR = Zone("Door", ((0.05, 0.1), (0.3, 0.1), (0.3, 0.4), (0.05, 0.4)))
HOT = (20, 30)
"""The cell in which people stood."""

Hours = tuple[int, int] | None


def heat(seconds: float = 600.0, lost: float = 0.0) -> Heat:
    presence = np.zeros((ROWS, COLUMNS), np.float32)
    presence[HOT] = seconds
    gone = np.zeros((ROWS, COLUMNS), np.float32)
    gone[4, 6] = lost
    return replace(Heat.empty(), presence_s=presence, lost=gone, walks=7.0, watched_s=5400.0)


def stays(*seconds: float) -> Dwell:
    total = Dwell()
    for one in seconds:
        total += Dwell.of(one)
    return total


def jpeg(color: str = "#20c040") -> bytes:
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


class Desk:
    """Commands and pictures that answer as the test says."""

    def __init__(self) -> None:
        self.answer = heat()
        self.zones: list[ZoneDwell] = []
        self.data: bytes | None = jpeg()
        self.asked: list[tuple[CameraId, datetime, datetime, Hours, ZoneInfo | None]] = []
        self.trouble: list[CamWatchError] = []

    def heat(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_id: CameraId,
        start: datetime,
        end: datetime,
        hours: Hours = None,
        zone: ZoneInfo | None = None,
    ) -> Heat:
        self.asked.append((camera_id, start, end, hours, zone))
        if self.trouble:
            raise self.trouble.pop()
        return self.answer

    def dwell(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[ZoneDwell]:
        return self.zones

    def latest(self, camera_id: CameraId) -> Picture | None:
        if self.data is None:
            return None
        return Picture(camera_id, 1, self.data, (640, 360), NOON, 0.0, 1.0)


class Bench:
    """The window with its edges, on 1 July 2026, 14:00 in Berlin."""

    def __init__(
        self, qtbot: QtBot, desk: Desk | None = None, work: HeldWork | None = None
    ) -> None:
        self.desk = desk or Desk()
        self.dialog = HeatDialog(
            self.desk,
            a_session(),
            work or PromptWork(),
            self.desk,
            a_camera(3, "Gate"),
            zone=BERLIN,
            clock=Clock(NOON),
        )
        qtbot.addWidget(self.dialog)
        self.dialog.resize(1240, 720)
        self.dialog.show()

    def color_at(self, x: float, y: float) -> QColor:
        """Return what the map shows at a point in parts of the picture."""
        view = self.dialog.map
        place = view.place
        at = QPointF(place.left() + x * place.width(), place.top() + y * place.height())
        shown = view.grab(QRect(at.toPoint(), at.toPoint() + QPoint(1, 1))).toImage()
        return shown.pixelColor(0, 0)

    def spot(self, cell: tuple[int, int]) -> QPoint:
        place = self.dialog.map.place
        return QPointF(
            place.left() + (cell[1] + 0.5) / COLUMNS * place.width(),
            place.top() + (cell[0] + 0.5) / ROWS * place.height(),
        ).toPoint()


def utc(day: int, hour: int, month: int = 7) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_the_map_is_bright_where_people_stood_and_grey_elsewhere(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    hot = bench.color_at((HOT[1] + 0.5) / COLUMNS, (HOT[0] + 0.5) / ROWS)
    assert hot.lightness() > 140
    assert hot.hslSaturation() > 80
    cold = bench.color_at(0.2, 0.2)
    # The green picture is there, without its colour, and dim.
    assert cold.hslSaturation() < 10
    assert 30 < cold.lightness() < 90
    dialog = bench.dialog
    assert dialog.brightest.text() == "Brightest spot: 10 min"
    assert dialog.bar.words == ["0", "30 s", "2 min", "5 min", "10 min"]
    assert dialog.stays.minutes.value.text() == "10"
    assert dialog.stays.walks.value.text() == "7"
    assert dialog.stays.watched.value.text() == "1 h 30 min"
    assert not dialog.notice.isVisible()


@pytest.mark.parametrize(
    ("button", "start"), [(0, utc(30, 22, 6)), (1, utc(24, 22, 6)), (2, utc(1, 22, 6))]
)
def test_the_time_is_in_days_of_the_site(qtbot: QtBot, button: int, start: datetime) -> None:
    bench = Bench(qtbot)
    bench.dialog.choices.preset_buttons.button(button).click()
    assert bench.desk.asked[-1] == (CameraId(3), start, NOON, None, BERLIN)


def test_the_hours_of_the_day_can_be_chosen_by_keys(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    choices = bench.dialog.choices
    choices.from_box.setFocus()
    for _ in range(8):
        QTest.keyClick(choices.from_box, Qt.Key.Key_Down)
    choices.to_box.setFocus()
    for _ in range(6):
        QTest.keyClick(choices.to_box, Qt.Key.Key_Up)
    assert bench.desk.asked[-1][3] == (8, 18)
    choices.to_box.setCurrentIndex(choices.to_box.findData(6))
    assert bench.desk.asked[-1][3] == (8, 6)
    # From eight to eight is all day.
    choices.to_box.setCurrentIndex(choices.to_box.findData(8))
    assert bench.desk.asked[-1][3] is None


def test_people_who_get_lost_have_a_map_of_their_own(qtbot: QtBot) -> None:
    desk = Desk()
    desk.answer = heat(lost=9.0)
    bench = Bench(qtbot, desk)
    before = len(desk.asked)
    bench.dialog.choices.look_buttons.button(list(Look).index(Look.LOST)).click()
    assert len(desk.asked) == before
    hot = bench.color_at((HOT[1] + 0.5) / COLUMNS, (HOT[0] + 0.5) / ROWS)
    assert hot.hslSaturation() < 10
    assert bench.color_at(6.5 / COLUMNS, 4.5 / ROWS).hslSaturation() > 80
    assert bench.dialog.brightest.text() == "Brightest spot: 9"
    assert bench.dialog.bar.words == ["0", "2", "5"]
    desk.answer = heat()
    bench.dialog.choices.refresh_button.click()
    assert bench.dialog.bar.words == []
    assert "all is well" in bench.dialog.brightest.text()


def test_what_is_not_known_is_not_shown_as_nought(qtbot: QtBot) -> None:
    desk = Desk()
    desk.answer, desk.data = Heat.empty(), None
    dialog = Bench(qtbot, desk).dialog
    assert dialog.notice.isVisible()
    assert dialog.notice.title.text() == "Nothing is known of this time yet"
    assert "fills while people are counted" in dialog.notice.text.text()
    assert dialog.stays.minutes.value.text() == "–"
    assert dialog.stays.watched.value.text() == "not at all"
    assert dialog.hint.text() == ""
    assert dialog.stays.no_zones.isVisible()
    assert not dialog.stays.table.isVisible()


def test_where_nobody_came_that_is_said(qtbot: QtBot) -> None:
    desk = Desk()
    desk.answer = replace(Heat.empty(), watched_s=7200.0)
    dialog = Bench(qtbot, desk).dialog
    assert dialog.notice.title.text() == "Nobody was seen in this time"
    assert dialog.notice.text.text() == "It was watched for 2 h 00 min."
    assert dialog.stays.minutes.value.text() == "0"


def test_an_older_answer_does_not_replace_a_newer_one(qtbot: QtBot) -> None:
    work, desk = HeldWork(), Desk()
    bench = Bench(qtbot, desk, work)
    assert bench.dialog.busy.isVisible()
    bench.dialog.choices.preset_buttons.button(1).click()
    assert work.waiting == 2
    desk.answer = heat(120.0)
    work.finish(1)
    desk.answer = heat(6000.0)
    work.finish(0)
    assert bench.dialog.brightest.text() == "Brightest spot: 2 min"
    assert not bench.dialog.busy.isVisible()


def test_trouble_is_told_and_can_be_tried_again(qtbot: QtBot) -> None:
    desk = Desk()
    desk.trouble = [DatabaseBusy("locked")]
    dialog = Bench(qtbot, desk).dialog
    assert dialog.notice.isVisible()
    assert dialog.notice.button.text() == "Try again"
    assert not dialog.busy.isVisible()
    dialog.notice.button.click()
    assert not dialog.notice.isVisible()
    assert dialog.brightest.text() == "Brightest spot: 10 min"


def test_a_spot_can_be_read_with_the_pointer_and_with_keys(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    view, words = bench.dialog.map, bench.dialog.spot
    QTest.mouseMove(view, bench.spot((3, 3)))
    qtbot.waitUntil(lambda: words.text() == "At this spot: 0 s, everybody added up")
    QTest.mouseMove(view, bench.spot(HOT))
    qtbot.waitUntil(lambda: words.text() == "At this spot: 10 min, everybody added up")
    view.setFocus()
    view._read(None)
    assert words.text() == ""
    # The first key goes to the brightest spot, the next one a step on.
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert words.text() == "At this spot: 10 min, everybody added up"
    assert view.accessibleDescription() == words.text()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert words.text() == "At this spot: 0 s, everybody added up"


def test_zones_are_drawn_and_their_stays_told(qtbot: QtBot) -> None:
    desk = Desk()
    at = utc(1, 8)
    desk.zones = [
        ZoneDwell(DOOR, {}),
        ZoneDwell(QUEUE, {at: stays(30, 40, 100), at + timedelta(hours=1): stays(700)}),
    ]
    bench = Bench(qtbot, desk)
    table = bench.dialog.stays.table
    shown = [
        [str(table.zones.index(row, column).data()) for column in (0, 1, 2, 3)] for row in (0, 1)
    ]
    assert shown == [["Door", "–", "–", "–"], ["Queue", "4", "1 min", "12 min"]]
    # On the left edge of the queue there is a light line, beside it the dim picture.
    assert bench.color_at(0.5, 0.75).lightness() > 150
    assert bench.color_at(0.48, 0.75).lightness() < 90
    table.selectRow(1)
    accent = QColor(theme.current().accent)
    edge = bench.color_at(0.5, 0.75)
    assert abs(edge.hslHue() - accent.hslHue()) < 15
    # The choice outlives another reading.
    bench.dialog.choices.refresh_button.click()
    assert bench.dialog.stays.chosen == "Queue"
    assert abs(bench.color_at(0.5, 0.75).hslHue() - accent.hslHue()) < 15


def test_the_hours_also_choose_among_the_visits(qtbot: QtBot) -> None:
    desk = Desk()
    # Ten and eleven o'clock in Berlin.
    desk.zones = [ZoneDwell(QUEUE, {utc(1, 8): stays(30), utc(1, 9): stays(5, 5)})]
    bench = Bench(qtbot, desk)
    bench.dialog.choices.from_box.setCurrentIndex(11)
    table = bench.dialog.stays.table
    assert table.zones.index(0, Column.VISITS).data() == "2"


def test_each_hour_of_the_day_has_a_bar_unless_nothing_is_known(qtbot: QtBot) -> None:
    desk = Desk()
    hours = {utc(day, hour): stays(*([9] * hour)) for day in (29, 30) for hour in (2, 4, 8)}
    desk.zones = [ZoneDwell(QUEUE, {**hours, utc(30, 5): Dwell()})]
    dialog = Bench(qtbot, desk).dialog
    table = dialog.stays.table
    index = table.zones.index(0, Column.HOURS)
    place = table.visualRect(index)
    image = table.viewport().grab(place).toImage()
    accent = QColor(theme.current().accent)

    def bar(hour: int) -> int:
        """Return how high the bar of an hour is."""
        left = 8 + (hour + 0.5) * (place.width() - 16) / 24
        return sum(image.pixelColor(int(left), y) == accent for y in range(2, image.height() - 2))

    # Two hours later in Berlin; two days are added up.
    heights = {hour: bar(hour) for hour in (3, 4, 6, 7, 10)}
    assert heights[3] == heights[7] == 0
    assert 0 < heights[4] < heights[6] < heights[10]
    assert heights[10] == pytest.approx(4 * heights[4], abs=4)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Most visits from 10:00 to 11:00: 16"


def test_stays_are_added_up_by_the_hour_of_the_sites_day() -> None:
    zone = ZoneDwell(QUEUE, {utc(1, 22): stays(4), utc(2, 22): stays(8, 9), utc(1, 3): Dwell()})
    found = stays_of(zone, BERLIN, None)
    assert found.total == stays(4, 8, 9)
    assert found.by_hour[0] == 3
    assert found.by_hour[5] == 0
    assert found.by_hour[22] is None
    assert stays_of(zone, BERLIN, (4, 6)).total == Dwell()
    assert stays_of(zone, BERLIN, (23, 2)).total == stays(4, 8, 9)
    assert stays_of(zone, BERLIN, (8, 9)) == ZoneStays("Queue", None)


def test_the_busiest_hour_is_said_in_words() -> None:
    unknown: Sequence[int | None] = [None] * 24
    assert busiest_words(unknown) == "Nothing is known of any hour."
    assert busiest_words([0, *unknown[1:]]) == "No visits."
    assert busiest_words([1, 5, 5, *unknown[3:]]) == "Most visits from 01:00 to 02:00: 5"


def test_the_model_of_the_table_is_sound(qtbot: QtBot) -> None:
    model = ZoneTableModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show([ZoneStays("Queue", stays(4)), ZoneStays("<b>Door</b>", None)])
    assert model.rowCount() == 2
    assert "<b>" not in model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    model.show([])
    assert model.rowCount() == 0
    assert model.data(QModelIndex()) is None


def test_a_picture_that_cannot_be_decoded_leaves_the_map_without_one(qtbot: QtBot) -> None:
    assert backdrop(b"no picture").isNull()
    desk = Desk()
    desk.data = b"no picture"
    bench = Bench(qtbot, desk)
    assert bench.color_at(0.2, 0.2) == QColor(theme.current().picture)
    assert bench.color_at((HOT[1] + 0.5) / COLUMNS, (HOT[0] + 0.5) / ROWS).lightness() > 140


def test_the_picture_is_dim_and_grey_and_not_larger_than_needed() -> None:
    image = QImage(3200, 1800, QImage.Format.Format_RGB32)
    image.fill(QColor("#ff2020"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    dim = backdrop(bytes(buffer.data().data()))
    assert (dim.width(), dim.height()) == (1600, 900)
    color = dim.pixelColor(800, 450)
    assert color.red() == color.green() == color.blue()
    assert 20 < color.red() < 80


def test_everything_can_be_reached_by_keys_and_has_a_name(qtbot: QtBot) -> None:
    desk = Desk()
    desk.zones = [ZoneDwell(QUEUE, {})]
    dialog = Bench(qtbot, desk).dialog
    stops = [*dialog.choices.widgets, dialog.map, dialog.stays.table, dialog.close_button]
    stops[0].setFocus()
    visited = [stops[0]]
    for _ in stops[1:]:
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        visited.append(dialog.focusWidget())
    assert visited == stops
    for part in (dialog.choices.refresh_button, dialog.map, dialog.stays.table):
        assert part.accessibleName()
