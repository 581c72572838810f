"""The picture in the editor, who is found on it, and what the draft would count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from camwatch.errors import DatabaseBusy
from camwatch.scene import Line, Scene, Zone
from camwatch.scene.heat import COLUMNS, HEIGHT_BINS, ROWS, SECTORS, Heat
from camwatch.ui.scene.draft import ShapeKind
from camwatch.ui.scene.heat_layer import heat_layer
from camwatch.ui.scene.model import Choice
from tests.ui.scene_edges import SceneBench, a_picture
from tests.ui.screen_edges import CommandDesk

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
QUEUE = Scene(zones=(Zone("Queue", SQUARE),))
INSIDE, BESIDE = (0.35, 0.1, 0.45, 0.5), (0.7, 0.2, 0.8, 0.7)


def color_at(bench: SceneBench, x: float, y: float) -> QColor:
    image = bench.canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    point = bench.at(x, y)
    return image.pixelColor(round(point.x() * ratio), round(point.y() * ratio))


def test_the_newest_picture_is_shown_and_replaced(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    assert color_at(bench, 0.5, 0.5).red() > 240
    bench.pictures.picture = a_picture(2, bgr=(200, 0, 0))
    bench.editor.live.look()
    shown = color_at(bench, 0.5, 0.5)
    assert shown.blue() > 150
    assert shown.red() < 60


def test_a_high_picture_is_shown_whole(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture(wh=(600, 1200)))
    picture = bench.canvas.picture_rect()
    assert picture.height() / picture.width() == pytest.approx(2, abs=0.02)
    assert bench.canvas.rect().toRectF().contains(picture)


def test_without_a_picture_it_says_so_and_can_be_drawn_on(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot)
    words = bench.canvas.grab().toImage()
    bench.canvas.take_tool(ShapeKind.LINE)
    bench.drag((0.5, 0.2), (0.5, 0.8))
    assert bench.count == 1
    assert bench.model.problems == {}
    bench.pictures.picture = a_picture()
    bench.editor.live.look()
    assert bench.canvas.grab().toImage() != words
    assert color_at(bench, 0.2, 0.5).red() > 240


def test_a_picture_that_cannot_be_decoded_leaves_the_one_before(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    broken = a_picture(2)
    object.__setattr__(broken, "data", b"no picture")
    bench.pictures.picture = broken
    bench.editor.live.look()
    assert color_at(bench, 0.5, 0.5).red() > 240


def test_an_old_picture_has_no_colours_and_says_how_old_it_is(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    before = bench.canvas.grab().toImage()
    bench.clock.forward(30)
    bench.editor.live.look()
    shown = color_at(bench, 0.5, 0.5)
    assert shown.saturation() < 20
    assert shown.lightness() > 60
    words = bench.canvas.picture_rect().bottomLeft().toPoint() + QPoint(30, -14)
    area = QRect(words - QPoint(20, 6), words + QPoint(30, 6))
    assert bench.canvas.grab(area).toImage() != before.copy(area)


def test_each_zone_says_how_many_it_would_hold_before_it_is_saved(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, QUEUE, picture=a_picture())
    key = bench.shapes[0].key
    assert bench.editor.found.text() == ""
    bench.find(INSIDE, BESIDE)
    assert bench.editor.live.counts == {key: 1}
    assert bench.editor.found.text() == "Found now: 2"
    bench.model.put(bench.shapes[0].moved(0.25, 0.2))
    assert bench.editor.live.counts == {key: 1}
    bench.model.put(bench.shapes[0].moved(-0.45, 0.2))
    assert bench.editor.live.counts == {key: 0}
    assert bench.desk.asked[-1][0] != "save_scene"


def test_people_of_another_camera_or_of_long_ago_are_not_shown(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, QUEUE, picture=a_picture())
    bench.find(INSIDE, age_s=30)
    assert bench.editor.live.counts is None
    assert bench.canvas.people == []
    bench.find(INSIDE)
    assert len(bench.canvas.people) == 1
    bench.clock.forward(30)
    bench.editor.live.look()
    assert bench.canvas.people == []
    assert bench.editor.live.counts is None


def test_one_click_on_a_box_offers_never_a_person_here(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, QUEUE, picture=a_picture())
    bench.find(INSIDE, BESIDE)
    assert not bench.canvas.never_button.isVisible()
    bench.click(0.75, 0.4)
    assert bench.canvas.never_button.isVisible()
    bench.canvas.never_button.click()
    assert not bench.canvas.never_button.isVisible()
    spot = bench.model.draft.never[0]
    assert spot == pytest.approx(BESIDE)
    assert bench.editor.found.text() == "Found now: 2, of which 1 left out"
    assert "Never a person" in bench.panel.list.item(1).text()
    bench.editor.save()
    assert bench.saved is not None
    assert bench.saved.never == (spot,)


def test_a_click_on_somebody_in_a_zone_means_them_and_a_drag_means_the_zone(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, QUEUE, picture=a_picture())
    bench.find(INSIDE)
    bench.click(0.4, 0.4)
    assert bench.model.choice.person is not None
    bench.drag((0.4, 0.4), (0.45, 0.4), (0.5, 0.4))
    assert bench.model.choice == Choice(bench.shapes[0].key)
    assert bench.shapes[0].points[0][0] == pytest.approx(0.3, abs=0.005)


def test_a_spot_is_marked_and_removed_by_keys(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    bench.find(BESIDE)
    bench.keys(Qt.Key.Key_Tab, Qt.Key.Key_Return)
    assert len(bench.model.draft.never) == 1
    assert bench.model.choice == Choice(spot=0)
    bench.key(Qt.Key.Key_Delete)
    assert not len(bench.model.draft.never)
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert len(bench.model.draft.never) == 1
    bench.panel.list.setCurrentRow(0)
    assert bench.panel.form.remove_button.text() == "Count people here again"
    bench.panel.form.remove_button.click()
    assert not len(bench.model.draft.never)


def test_a_box_that_reaches_beyond_the_picture_makes_a_right_spot(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    bench.find((0.9, 0.5, 1.02, 1.01))
    bench.keys(Qt.Key.Key_Tab, Qt.Key.Key_Return)
    assert bench.model.draft.never[0][2:] == (1.0, 1.0)
    assert bench.model.problems == {}


# ---------------------------------------------------------------- advice


def walkers(count: int) -> Heat:
    """Return the heat of people who walked from left to right across the middle."""
    walked = np.zeros((SECTORS, ROWS, COLUMNS), np.float32)
    walked[0, 10:17, :] = count / 7
    presence = np.zeros((ROWS, COLUMNS), np.float32)
    presence[16, :] = count
    heights = np.zeros(HEIGHT_BINS, np.float32)
    heights[6] = 10 * count
    nothing = np.zeros((ROWS, COLUMNS), np.float32)
    return Heat(presence, nothing, nothing, walked, heights, walks=count, watched_s=3600.0)


def test_a_line_along_the_walk_is_warned_of_and_one_across_is_not(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.heat_seen = walkers(70)
    lines = Line("Along", (0.1, 0.5), (0.9, 0.52)), Line("Across", (0.5, 0.2), (0.5, 0.8))
    bench = SceneBench(qtbot, Scene(lines=lines), desk=desk)
    bench.panel.list.setCurrentRow(0)
    advice = bench.panel.form.advice
    assert advice.isVisible()
    assert advice.title.text() == "This line may count badly"
    assert "nearly along it" in advice.text.text()
    bench.panel.list.setCurrentRow(1)
    assert not advice.isVisible()


def test_before_enough_people_walked_it_is_not_known(qtbot: QtBot) -> None:
    desk = CommandDesk()
    bench = SceneBench(qtbot, Scene(lines=(Line("L", (0.5, 0.2), (0.5, 0.8)),)), desk=desk)
    bench.panel.list.setCurrentRow(0)
    assert bench.panel.form.advice.title.text() == "Not known yet whether it counts well"
    assert "Nobody walked here so far" in bench.panel.form.advice.text.text()


def test_a_moved_line_is_judged_again(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.heat_seen = walkers(70)
    bench = SceneBench(qtbot, Scene(lines=(Line("L", (0.5, 0.2), (0.5, 0.8)),)), desk=desk)
    bench.panel.list.setCurrentRow(0)
    assert not bench.panel.form.advice.isVisible()
    key = bench.shapes[0].key
    bench.model.put(bench.shapes[0].with_corner(0, 0.0, 0.5).with_corner(1, 1.0, 0.5), Choice(key))
    qtbot.waitUntil(bench.panel.form.advice.isVisible)


def test_a_suggested_line_is_drawn_across_the_walk_and_can_be_undone(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.heat_seen = walkers(70)
    bench = SceneBench(qtbot, desk=desk, picture=a_picture())
    bench.editor.tools.suggest_button.click()
    line = bench.shapes[0].value()
    assert isinstance(line, Line)
    assert abs(line.start[0] - line.end[0]) < 0.05
    assert line.depth(1.0, 0.5) > 0
    assert "of the 70 people" in bench.editor.notice.text.text()
    assert not bench.panel.form.advice.isVisible()
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert bench.count == 0


def test_no_line_is_suggested_where_nobody_walked(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    bench.editor.tools.suggest_button.click()
    assert bench.count == 0
    assert bench.editor.notice.title.text() == "No line to suggest"


def test_where_people_walk_is_laid_over_the_picture_and_taken_away(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.heat_seen = walkers(70)
    bench = SceneBench(qtbot, desk=desk, picture=a_picture(bgr=(0, 0, 0)))
    walked, elsewhere = (0.5, 16.5 / ROWS), (0.5, 0.2)
    bench.editor.tools.heat_button.click()
    assert color_at(bench, *walked).lightness() > 60
    assert color_at(bench, *elsewhere).lightness() < 20
    assert "away from crosses" in bench.editor.legend.text()
    assert bench.editor.legend.isVisible()
    bench.editor.tools.heat_button.click()
    assert color_at(bench, *walked).lightness() < 20
    assert not bench.editor.legend.isVisible()


def test_crosses_mark_where_walks_break_off() -> None:
    lost = np.zeros((ROWS, COLUMNS), np.float32)
    lost[13, 24], lost[3, 3] = 20, 1
    layer = heat_layer(replace(walkers(70), lost=lost))
    assert layer is not None
    assert layer.broken == ((24.5 / COLUMNS, 13.5 / ROWS),)
    assert heat_layer(Heat.empty()) is None


@pytest.mark.parametrize(("small", "words"), [(0, "hardly worth it"), (200, "worth it here")])
def test_how_many_people_are_small_is_said_where_far_people_are_looked_for(
    qtbot: QtBot, small: int, words: str
) -> None:
    desk = CommandDesk()
    heights = walkers(70).heights.copy()
    heights[1] = small
    desk.heat_seen = replace(walkers(70), heights=heights)
    bench = SceneBench(qtbot, desk=desk, picture=a_picture())
    bench.panel.show_counting()
    advice = bench.panel.counting.far_advice
    assert advice.isVisible()
    assert words in advice.text()
    assert f"{100 * small / (small + 700):.0f} % of the people" in advice.text()


def test_that_nobody_was_seen_is_said(qtbot: QtBot) -> None:
    bench = SceneBench(qtbot, picture=a_picture())
    bench.editor.tools.heat_button.click()
    assert bench.editor.notice.title.text() == "Nobody was seen here in the last 7 days"
    assert not bench.editor.tools.heat_button.isChecked()


def test_missing_heat_is_told_only_to_who_asks_for_it(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("heat", DatabaseBusy("locked"), DatabaseBusy("locked"))
    bench = SceneBench(qtbot, QUEUE, desk=desk)
    assert not bench.editor.notice.isVisible()
    bench.editor.tools.suggest_button.click()
    assert bench.editor.notice.title.text() == "The database is in use"
    bench.editor.tools.suggest_button.click()
    assert bench.editor.notice.title.text() == "No line to suggest"
