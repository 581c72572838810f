"""The map of the hours of the week: what is seen, what is read, and what is not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId
from camwatch.errors import DatabaseBusy
from camwatch.history.asking import WeekMap
from camwatch.ui.charts.ranges import Range
from camwatch.ui.charts.week import WeekMapView
from camwatch.ui.charts.week.paint import ink, shade
from camwatch.ui.charts.week.reading import (
    amount,
    cell_words,
    day_words,
    marks,
    percent,
    scale_top,
    stretch_words,
    summary,
)
from tests.data.values import NOON
from tests.ui.history_edges import BERLIN, HistoryShelf, RoleSession, week
from tests.ui.live_edges import HeldBackground

MONTH = Range(NOON - timedelta(days=28), NOON)


@pytest.fixture
def shelf() -> HistoryShelf:
    return HistoryShelf()


@pytest.fixture
def background() -> HeldBackground:
    return HeldBackground()


@pytest.fixture
def view(qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground) -> WeekMapView:
    view = WeekMapView(
        cast("Any", shelf), cast("Any", RoleSession()), background, BERLIN, clock=lambda: NOON
    )
    qtbot.addWidget(view)
    view.resize(1180, 560)
    view.show()
    return view


def some_week() -> WeekMap:
    """Return a week with a busy Saturday, an unknown Sunday morning and a doubtful Friday."""
    found = week(2.0, 0.95)
    found.mean[:, :6] = 0.0
    found.mean[5, 14] = 40.0
    found.mean[6, 8] = np.nan
    found.coverage[6, 8] = 0.0
    found.coverage[4, 9] = 0.3
    return found


def colour(view: WeekMapView, day: int, hour: int) -> QColor:
    """Return what a cell is filled with, beside its words and its hatch."""
    cell = view.grid.cell(day, hour)
    image = view.grid.grab().toImage()
    ratio = view.devicePixelRatioF()
    return image.pixelColor(round((cell.left() + 4) * ratio), round((cell.top() + 4) * ratio))


# ---------------------------------------------------------------- words


def test_unknown_is_not_zero_in_words() -> None:
    found = some_week()
    assert amount(float("nan")) == "?"
    assert cell_words(found, 6, 8) == (
        "Sunday, 8:00 to 9:00: unknown. Nothing was measured in 5 such hours."
    )
    assert cell_words(found, 0, 0) == (
        "Monday, 0:00 to 1:00: 0 people on average, from 5 such hours, 95 % of the time measured."
    )
    assert "Less than half is known" in cell_words(found, 4, 9)
    found.weeks[0, 0] = 0
    assert "no such hour" in cell_words(found, 0, 0)
    assert "busiest from 14:00 to 15:00 with 40" in day_words(found, 5)
    assert day_words(found, 6).endswith("Of its 24 hours, 23 are known.")


def test_a_share_is_all_or_nothing_only_if_it_is() -> None:
    assert [percent(one) for one in (0.0, 0.001, 0.5, 0.999, 1.0)] == [
        "0 %",
        "1 %",
        "50 %",
        "99 %",
        "100 %",
    ]
    assert summary(week(1.0, 0.9)) == "Each hour from 5 weeks · 90 % measured"


def test_amounts_and_scales_are_round() -> None:
    assert [amount(one) for one in (0.0, 0.42, 9.96, 12.3, 3.0)] == ["0", "0.4", "10", "12", "3"]
    assert scale_top(some_week()) == 40.0
    assert scale_top(week(0.0)) == 1.0
    assert scale_top(week(float("nan"))) == 1.0
    assert marks(40.0) == [(0.0, "0"), (0.25, "10"), (0.5, "20"), (0.75, "30"), (1.0, "40")]
    assert stretch_words(NOON - timedelta(days=2), NOON, BERLIN) == "28 Feb to 2 Mar 2026"
    assert stretch_words(NOON, NOON + timedelta(minutes=1), BERLIN) == "2 Mar 2026"


def test_the_scale_gets_lighter_and_words_on_it_can_be_read() -> None:
    def light(color: QColor) -> float:
        parts = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (color.redF(), color.greenF(), color.blueF())
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    steps = [light(shade(one / 50)) for one in range(51)]
    assert steps == sorted(steps)
    for one in range(51):
        low, high = sorted((light(shade(one / 50)), light(ink(shade(one / 50)))))
        assert (high + 0.05) / (low + 0.05) >= 4.5


# ---------------------------------------------------------------- the view


def test_the_map_shows_much_little_nothing_and_unknown(
    view: WeekMapView, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.week = some_week()
    view.show_map([CameraId(1)], "Store North", MONTH)
    assert view.busy.isVisible()
    background.finish()
    assert not view.busy.isVisible()
    assert shelf.asked == [([CameraId(1)], MONTH.start, MONTH.end, BERLIN)]
    assert view.title.text() == "Store North, hours of the week, 2 Feb to 2 Mar 2026"
    most, zero, unknown = (colour(view, *at) for at in ((5, 14), (0, 0), (6, 8)))
    assert most.lightnessF() > 0.6
    assert zero.blueF() > zero.greenF() * 2  # the dark violet of the scale
    # Neither the colour of zero nor any other of the scale.
    assert abs(unknown.blueF() - zero.blueF()) > 0.15
    assert view.grid.top == 40.0
    assert "40 people" in view.legend.accessibleName()


def test_every_cell_is_read_by_keys(
    qtbot: QtBot, view: WeekMapView, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.week = some_week()
    view.show_map(None, "All", MONTH)
    background.finish()
    view.grid.setFocus()
    keys = Qt.Key
    QTest.keyClick(view.grid, keys.Key_Right)
    assert view.grid.cursor_cell == (0, 0)
    assert view.reading.text().startswith("Monday, 0:00 to 1:00: 0 people")
    QTest.keyClick(view.grid, keys.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert view.grid.cursor_cell == (6, 23)
    for _ in range(15):
        QTest.keyClick(view.grid, keys.Key_Left)
    assert view.grid.accessibleDescription() == view.reading.text()
    assert "Sunday, 8:00 to 9:00: unknown" in view.reading.text()
    QTest.keyClick(view.grid, keys.Key_Up)
    for _ in range(30):
        QTest.keyClick(view.grid, keys.Key_Right)
    assert view.reading.text().startswith("Saturday: ")  # the mean of the day
    QTest.keyClick(view.grid, keys.Key_Escape)
    assert view.reading.text().startswith("Point at an hour")


def test_a_cell_is_read_by_pointer(
    qtbot: QtBot, view: WeekMapView, shelf: HistoryShelf, background: HeldBackground
) -> None:
    view.show_map(None, "All", MONTH)
    background.finish()
    at: QPointF = view.grid.cell(2, 5).center()
    QTest.mouseMove(view.grid, at.toPoint())
    qtbot.waitUntil(lambda: view.reading.text().startswith("Wednesday, 5:00"))
    QTest.mouseClick(view.grid, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert view.grid.cursor_cell == (2, 5)


def test_it_is_copied_as_a_picture(
    qtbot: QtBot, view: WeekMapView, background: HeldBackground
) -> None:
    view.show_map(None, "All", MONTH)
    background.finish()
    QTest.mouseClick(view.copy_button, Qt.MouseButton.LeftButton)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (
        round(view.panel.width() * view.devicePixelRatioF()),
        round(view.panel.height() * view.devicePixelRatioF()),
    )
    assert "clipboard" in view.reading.text()


def test_without_data_it_says_what_to_do(
    view: WeekMapView, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.week = week(float("nan"), 0.0)
    view.show_map(None, "All", MONTH)
    background.finish()
    assert view.empty.isVisible()
    assert view.empty.title.text() == "Nothing was measured in this time"
    shelf.week = week()
    view.reload()
    background.finish()
    assert view.grid.isVisible()


def test_an_older_answer_does_not_replace_a_newer_one_and_trouble_is_told(
    view: WeekMapView, shelf: HistoryShelf, background: HeldBackground
) -> None:
    view.show_map(None, "All", MONTH)
    shelf.week = week(80.0)
    view.show_map(None, "All", MONTH)
    background._jobs.reverse()
    background._jobs[0]()
    shelf.week = week(1.0)
    background._jobs[1]()
    background._jobs.clear()
    assert view.grid.top == 80.0
    shelf.error = DatabaseBusy("another program holds it")
    view.reload()
    background.finish()
    assert view.notice.isVisible()
    shelf.error = None
    view.notice.button.click()
    background.finish()
    assert not view.notice.isVisible()
