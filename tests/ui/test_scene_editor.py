"""Drawing what is counted in a camera's view, by mouse and by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from camwatch.errors import DatabaseBusy, InvalidSetting, PermissionDenied
from camwatch.scene import Gate, Line, Point, Scene, Zone
from camwatch.ui.scene.draft import ShapeKind
from camwatch.ui.scene.model import NOTHING, Choice
from tests.ui.scene_edges import SceneBench, a_picture
from tests.ui.screen_edges import CommandDesk, HeldWork

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
QUEUE = Scene(zones=(Zone("Queue", SQUARE),))
DOOR = Scene(lines=(Line("Door", (0.3, 0.2), (0.3, 0.8)),))
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def bench(qtbot: QtBot) -> SceneBench:
    return SceneBench(qtbot, picture=a_picture())


def opened(qtbot: QtBot, scene: Scene) -> SceneBench:
    return SceneBench(qtbot, scene, picture=a_picture())


def near(points: tuple[Point, ...], *wanted: Point) -> bool:
    """Tell whether points are where they should be, up to a pixel or two."""
    pairs = zip(points, wanted, strict=True)
    return all(abs(x - u) < 0.004 and abs(y - v) < 0.006 for (x, y), (u, v) in pairs)


# ---------------------------------------------------------------- drawing by mouse


def test_a_line_is_drawn_by_dragging_and_saved(qtbot: QtBot, bench: SceneBench) -> None:
    bench.editor.tools.buttons[ShapeKind.LINE].click()
    bench.drag((0.5, 0.2), (0.5, 0.4), (0.5, 0.8))
    assert [shape.kind for shape in bench.shapes] == [ShapeKind.LINE]
    assert near(bench.shapes[0].points, (0.5, 0.2), (0.5, 0.8))
    assert bench.editor.tools.buttons[None].isChecked()
    assert bench.model.chosen == bench.shapes[0]
    with qtbot.waitSignal(bench.editor.scene_saved) as saved:
        bench.editor.save_button.click()
    scene = bench.saved
    assert scene is not None
    assert [line.name for line in scene.lines] == ["Line 1"]
    # Drawn downwards: to the right is in.
    assert scene.lines[0].depth(0.7, 0.5) > 0
    assert saved.args[0].scene == scene
    assert bench.editor.result() == QDialog.DialogCode.Accepted


def test_a_slip_of_the_mouse_is_no_line(bench: SceneBench) -> None:
    bench.canvas.take_tool(ShapeKind.LINE)
    bench.drag((0.5, 0.5), (0.505, 0.5))
    assert bench.count == 0
    assert "too short" in bench.editor.hint.text()
    assert bench.canvas.kind is ShapeKind.LINE


def test_the_second_line_of_a_gate_is_offered_and_taken_by_a_click(bench: SceneBench) -> None:
    bench.canvas.take_tool(ShapeKind.GATE)
    bench.drag((0.4, 0.2), (0.4, 0.5), (0.4, 0.8))
    assert bench.count == 0
    assert "second line" in bench.editor.hint.text()
    bench.click(0.9, 0.9)
    gate = bench.shapes[0].value()
    assert isinstance(gate, Gate)
    assert near((gate.outer.start, gate.outer.end), (0.4, 0.2), (0.4, 0.8))
    assert near((gate.inner.start, gate.inner.end), (0.48, 0.2), (0.48, 0.8))


def test_the_second_line_of_a_gate_can_be_drawn_and_is_put_in_order(bench: SceneBench) -> None:
    bench.canvas.take_tool(ShapeKind.GATE)
    bench.drag((0.4, 0.2), (0.4, 0.8))
    # On the outer side and against the first line's direction.
    bench.drag((0.2, 0.7), (0.2, 0.3))
    gate = bench.shapes[0].value()
    assert isinstance(gate, Gate)
    assert near((gate.outer.start, gate.outer.end), (0.2, 0.3), (0.2, 0.7))
    assert near((gate.inner.start, gate.inner.end), (0.4, 0.2), (0.4, 0.8))
    assert gate.outer.depth(0.4, 0.5) > 0


@pytest.mark.parametrize(
    ("start", "end"),
    [((0.99, 0.0), (0.99, 1.0)), ((0.0, 0.0), (1.0, 1.0)), ((0.0, 0.0), (1.0, 0.0))],
)
def test_a_gate_is_offered_within_the_picture_wherever_its_first_line_is(
    bench: SceneBench, start: Point, end: Point
) -> None:
    bench.canvas.take_tool(ShapeKind.GATE)
    bench.drag(start, end)
    bench.key(Qt.Key.Key_Return)
    gate = bench.shapes[0].value()
    assert isinstance(gate, Gate)
    middle = [(a + b) / 2 for a, b in zip(gate.inner.start, gate.inner.end, strict=True)]
    assert gate.outer.depth(middle[0], middle[1]) > 0.02
    assert bench.model.problems == {}


def test_a_zone_is_drawn_corner_by_corner_and_closed_by_a_double_click(bench: SceneBench) -> None:
    bench.canvas.take_tool(ShapeKind.ZONE)
    for point in SQUARE[:3]:
        bench.click(*point)
    bench.double_click(*SQUARE[3])
    assert bench.shapes[0].kind is ShapeKind.ZONE
    assert near(bench.shapes[0].points, *SQUARE)
    assert bench.model.problems == {}


def test_a_mask_is_closed_by_enter_or_at_its_first_corner(bench: SceneBench) -> None:
    for end in ("enter", "first corner"):
        bench.canvas.take_tool(ShapeKind.MASK)
        for point in SQUARE[:3]:
            bench.click(*point)
        if end == "enter":
            bench.key(Qt.Key.Key_Return)
        else:
            bench.click(*SQUARE[0])
    assert [shape.kind for shape in bench.shapes] == [ShapeKind.MASK] * 2
    assert all(near(shape.points, *SQUARE[:3]) for shape in bench.shapes)


def test_backspace_and_undo_take_back_a_corner_and_escape_gives_up(bench: SceneBench) -> None:
    bench.canvas.take_tool(ShapeKind.ZONE)
    for point in (*SQUARE[:3], (0.9, 0.9), (0.8, 0.1)):
        bench.click(*point)
    bench.key(Qt.Key.Key_Backspace)
    bench.key(Qt.Key.Key_Z, CTRL)
    bench.key(Qt.Key.Key_Return)
    assert near(bench.shapes[0].points, *SQUARE[:3])
    bench.canvas.take_tool(ShapeKind.ZONE)
    bench.click(0.5, 0.5)
    bench.key(Qt.Key.Key_Escape)
    assert bench.editor.tools.buttons[ShapeKind.ZONE].isChecked()
    bench.key(Qt.Key.Key_Escape)
    assert bench.editor.tools.buttons[None].isChecked()
    assert bench.count == 1
    assert bench.editor.isVisible()


def test_two_corners_make_no_zone(bench: SceneBench) -> None:
    bench.canvas.take_tool(ShapeKind.ZONE)
    bench.click(0.2, 0.2)
    bench.double_click(0.6, 0.2)
    bench.key(Qt.Key.Key_Return)
    assert bench.count == 0
    bench.click(0.6, 0.6)
    bench.key(Qt.Key.Key_Return)
    assert near(bench.shapes[0].points, *SQUARE[:3])


# ---------------------------------------------------------------- reshaping by mouse


def test_corners_and_whole_shapes_are_dragged_and_each_drag_is_one_step(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    before = bench.model.draft
    bench.drag((0.2, 0.2), (0.15, 0.15), (0.1, 0.1))
    assert near(bench.shapes[0].points, (0.1, 0.1), *SQUARE[1:])
    bench.drag((0.5, 0.5), (0.55, 0.5), (0.6, 0.55))
    assert near(bench.shapes[0].points, (0.2, 0.15), (0.7, 0.25), (0.7, 0.65), (0.3, 0.65))
    bench.key(Qt.Key.Key_Z, CTRL)
    assert near(bench.shapes[0].points, (0.1, 0.1), *SQUARE[1:])
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.model.draft == before
    assert not bench.editor.tools.undo_button.isEnabled()
    bench.key(Qt.Key.Key_Z, CTRL | SHIFT)
    bench.editor.tools.redo_button.click()
    assert near(bench.shapes[0].points, (0.2, 0.15), (0.7, 0.25), (0.7, 0.65), (0.3, 0.65))


def test_a_shape_stops_at_the_edge_of_the_picture(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.drag((0.4, 0.4), (0.1, 0.4), (-0.2, 0.4))
    assert near(bench.shapes[0].points, (0.0, 0.2), (0.4, 0.2), (0.4, 0.6), (0.0, 0.6))


def test_a_double_click_on_an_edge_adds_a_corner_and_del_removes_it(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.double_click(0.4, 0.2)
    assert near(bench.shapes[0].points, SQUARE[0], (0.4, 0.2), *SQUARE[1:])
    assert bench.model.choice.corner == 1
    bench.key(Qt.Key.Key_Delete)
    assert near(bench.shapes[0].points, *SQUARE)
    bench.key(Qt.Key.Key_Delete)
    assert bench.count == 0
    bench.key(Qt.Key.Key_Z, CTRL)
    assert list(bench.shapes[0].points) == list(SQUARE)


def test_of_two_zones_the_inner_one_is_chosen(qtbot: QtBot) -> None:
    large = Zone("Large", ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)))
    bench = opened(qtbot, Scene(zones=(QUEUE.zones[0], large)))
    bench.click(0.4, 0.4)
    assert bench.model.chosen is not None
    assert bench.model.chosen.name == "Queue"
    bench.click(0.8, 0.8)
    assert bench.model.chosen.name == "Large"
    bench.click(0.95, 0.95)
    assert bench.model.choice == NOTHING


# ---------------------------------------------------------------- keys and numbers alone


def test_a_line_is_made_placed_named_and_saved_without_a_mouse(bench: SceneBench) -> None:
    assert bench.editor.focusWidget() is bench.canvas
    bench.keys(Qt.Key.Key_L, Qt.Key.Key_Return)
    assert bench.shapes[0].points == ((0.5, 0.3), (0.5, 0.7))
    bench.keys(Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert bench.shapes[0].points == ((0.51, 0.3), (0.51, 0.7))
    bench.keys(Qt.Key.Key_Space, Qt.Key.Key_Up)
    bench.key(Qt.Key.Key_Left, SHIFT)
    assert bench.shapes[0].points == ((0.509, 0.295), (0.51, 0.7))
    assert "start of the line: 50.9 % from the left, 29.5 % from the top" in (
        bench.canvas.accessibleDescription()
    )
    for _ in range(6):
        bench.key(Qt.Key.Key_Tab)
        if bench.editor.focusWidget() is bench.panel.form.name:
            break
    assert bench.editor.focusWidget() is bench.panel.form.name
    QTest.keyClicks(bench.panel.form.name, "Door")
    bench.key(Qt.Key.Key_S, CTRL)
    assert bench.saved == Scene(lines=(Line("Door", (0.509, 0.295), (0.51, 0.7)),))


@pytest.mark.parametrize("kind", list(ShapeKind))
def test_every_kind_can_be_made_by_enter_and_is_right(bench: SceneBench, kind: ShapeKind) -> None:
    for _ in range(9):
        bench.canvas.take_tool(kind)
        bench.key(Qt.Key.Key_Return)
    assert len({shape.points for shape in bench.shapes}) >= 8
    assert bench.model.problems == {}
    assert {shape.kind for shape in bench.shapes} == {kind}


def test_tab_visits_all_that_is_drawn_and_then_leaves_the_picture(qtbot: QtBot) -> None:
    bench = opened(qtbot, Scene(lines=DOOR.lines, zones=QUEUE.zones, never=((0.7, 0.1, 0.8, 0.3),)))
    bench.find((0.85, 0.3, 0.95, 0.8))
    seen = []
    while bench.editor.focusWidget() is bench.canvas:
        bench.key(Qt.Key.Key_Tab)
        seen.append(bench.model.choice)
    keys = [shape.key for shape in bench.shapes]
    assert [choice.shape for choice in seen[:2]] == keys
    assert seen[2].spot == 0
    assert seen[3].person is not None
    assert len(seen) == 5
    bench.keys(Qt.Key.Key_Backtab, Qt.Key.Key_Backtab)
    assert bench.editor.focusWidget() is bench.canvas
    assert bench.model.choice == Choice(spot=0)


def test_numbers_place_a_corner_and_undo_goes_back_from_within_the_field(qtbot: QtBot) -> None:
    bench = opened(qtbot, DOOR)
    bench.model.choose(Choice(bench.shapes[0].key))
    left, _top = bench.panel.form.corners.boxes[0]
    assert left.value() == 30.0
    left.setFocus()
    left.selectAll()
    QTest.keyClicks(left, "45.5")
    assert bench.shapes[0].points[0] == (0.455, 0.2)
    assert bench.model.choice.corner == 0
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.shapes[0].points[0] == (0.3, 0.2)
    assert left.value() == 30.0


def test_tab_goes_through_the_numbers_in_their_order(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.model.choose(Choice(bench.shapes[0].key))
    form = bench.panel.form
    form.name.setFocus()
    wanted = [box for row in form.corners.boxes for box in row]
    for box in wanted:
        bench.key(Qt.Key.Key_Tab)
        assert bench.editor.focusWidget() is box, box.accessibleName()
    bench.key(Qt.Key.Key_Tab)
    assert bench.editor.focusWidget() is form.add_corner_button


def test_typing_a_name_is_undone_as_one_step(qtbot: QtBot) -> None:
    bench = opened(qtbot, DOOR)
    bench.model.choose(Choice(bench.shapes[0].key))
    bench.panel.form.focus_name()
    QTest.keyClicks(bench.panel.form.name, "Entrance")
    assert bench.shapes[0].name == "Entrance"
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.shapes[0].name == "Door"
    assert bench.panel.form.name.text() == "Door"


# ---------------------------------------------------------------- the form


def test_the_options_of_a_line_are_saved(qtbot: QtBot) -> None:
    bench = opened(qtbot, DOOR)
    bench.panel.list.setCurrentRow(0)
    form = bench.panel.form
    form.swap_button.click()
    form.once.click()
    form.u_turn.setValue(4.5)
    assert not form.within.isVisible()
    bench.editor.save()
    assert bench.saved == Scene(
        lines=(Line("Door", (0.3, 0.8), (0.3, 0.2), once=True, u_turn_s=4.5),)
    )


def test_the_options_of_a_gate_and_of_the_camera_are_saved(qtbot: QtBot) -> None:
    lines = Line("outer", (0.4, 0.1), (0.4, 0.9)), Line("inner", (0.5, 0.1), (0.5, 0.9))
    bench = opened(qtbot, Scene(gates=(Gate("Gate", *lines),)))
    bench.panel.list.setCurrentRow(0)
    bench.panel.form.within.setValue(4.0)
    counting = bench.panel.counting
    assert not counting.threshold.isEnabled()
    counting.is_inherited.click()
    counting.threshold.setValue(36.5)
    counting.far_people.click()
    counting.recheck.setValue(30)
    counting.smoothing.setValue(0)
    bench.editor.save()
    assert bench.saved == Scene(
        gates=(Gate("Gate", *lines, within_s=4.0),),
        threshold=0.365,
        far_people=True,
        recheck_s=30.0,
        smoothing_s=0.0,
    )


def test_changing_how_people_are_counted_leaves_that_tab_in_front(qtbot: QtBot) -> None:
    bench = opened(qtbot, DOOR)
    bench.panel.list.setCurrentRow(0)
    bench.panel.show_counting()
    bench.panel.counting.far_people.click()
    assert bench.panel.counting.isVisible()
    bench.editor.set_far_advice("Many people here are small.")
    assert bench.panel.counting.far_advice.text() == "Many people here are small."
    assert bench.panel.counting.far_advice.isVisible()


def test_corners_are_added_and_removed_by_buttons(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.model.choose(Choice(bench.shapes[0].key, 1))
    bench.panel.form.add_corner_button.click()
    assert list(bench.shapes[0].points) == [*SQUARE[:2], (0.6, 0.4), *SQUARE[2:]]
    assert len(bench.panel.form.corners.boxes) == 5
    bench.panel.form.remove_corner_button.click()
    assert list(bench.shapes[0].points) == list(SQUARE)
    bench.panel.form.remove_button.click()
    assert bench.count == 0


# ---------------------------------------------------------------- what is wrong


def test_crossing_edges_are_told_and_cannot_be_saved(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.drag((0.2, 0.2), (0.5, 0.5), (0.9, 0.4))
    place = bench.canvas.picture_rect()
    sentence = bench.editor.hint.text()
    assert "cross or touch" in sentence
    assert bench.panel.form.points_problem.text() == sentence
    assert "cannot be saved yet" in bench.panel.list.item(0).text()
    drawn, at = bench.canvas.grab().toImage(), bench.at(0.6, 0.3)
    # The edge runs aslant: its middle may be a pixel or two beside.
    near = [QColor(drawn.pixel(at.x() + x, at.y())) for x in range(-2, 3)]
    red = max(near, key=lambda color: color.red() - color.blue())
    assert red.red() > 200
    assert red.red() > red.blue() + 60
    bench.editor.save()
    assert bench.saved is None
    assert "Queue: The corners make edges" in bench.editor.notice.text.text()
    assert bench.editor.notice.isVisible()
    QApplication.sendPostedEvents()
    assert bench.canvas.picture_rect() == place, "the picture must not move under the pointer"
    bench.key(Qt.Key.Key_Z, CTRL)
    assert bench.editor.notice.isHidden()
    bench.editor.save()
    assert bench.saved == QUEUE


def test_an_empty_or_second_name_is_told_at_its_field(qtbot: QtBot) -> None:
    bench = opened(qtbot, Scene(lines=DOOR.lines, zones=QUEUE.zones))
    bench.panel.list.setCurrentRow(1)
    bench.panel.form.focus_name()
    QTest.keyClick(bench.panel.form.name, Qt.Key.Key_Backspace)
    assert bench.panel.form.name_field.problem == "The name is missing."
    QTest.keyClicks(bench.panel.form.name, "door")
    assert bench.panel.form.name_field.problem == "The name door is there twice."
    QTest.keyClicks(bench.panel.form.name, "s")
    assert not bench.panel.form.name_field.problem


def test_saving_leads_to_what_is_wrong(qtbot: QtBot) -> None:
    bench = opened(qtbot, Scene(lines=DOOR.lines, zones=QUEUE.zones))
    bench.panel.list.setCurrentRow(0)
    bench.panel.form.name.selectAll()
    bench.panel.form.name.setFocus()
    bench.key(Qt.Key.Key_Delete)
    bench.model.choose(NOTHING)
    bench.panel.show_counting()
    bench.editor.save()
    assert bench.model.choice == Choice(bench.shapes[0].key)
    assert bench.panel.form.isVisible()


# ---------------------------------------------------------------- saving


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (DatabaseBusy("locked"), "The database is in use"),
        (PermissionDenied("edit_scenes"), "Your role does not allow this"),
    ],
)
def test_all_is_kept_when_saving_fails(qtbot: QtBot, error: Exception, title: str) -> None:
    work, desk = HeldWork(), CommandDesk()
    bench = SceneBench(qtbot, QUEUE, picture=a_picture(), work=work, desk=desk)
    work.finish_all()
    desk.trouble["save_scene"] = [error]  # type: ignore[list-item]
    bench.model.put(bench.shapes[0].moved(0.1, 0.1))
    work.finish_all()
    draft = bench.model.draft
    bench.editor.save()
    assert not bench.canvas.isEnabled()
    assert bench.editor.busy.isVisible()
    bench.editor.reject()
    bench.editor.save()
    assert bench.editor.isVisible()
    work.finish_all()
    assert bench.editor.notice.title.text() == title
    assert bench.editor.isVisible()
    assert bench.canvas.isEnabled()
    assert bench.model.draft == draft
    assert bench.model.can_undo
    bench.editor.save()
    work.finish_all()
    assert bench.editor.result() == QDialog.DialogCode.Accepted


def test_a_refusal_from_behind_stands_at_its_field(qtbot: QtBot) -> None:
    bench = opened(qtbot, DOOR)
    bench.desk.fail("save_scene", InvalidSetting("threshold", "is too low for this model"))
    bench.editor.save()
    assert bench.panel.counting.threshold_field.problem == (
        "The certainty is too low for this model."
    )
    assert bench.panel.counting.isVisible()
    assert "The certainty is too low" in bench.editor.notice.text.text()
    assert bench.editor.isVisible()


def test_what_cannot_be_read_is_told_and_nothing_can_be_overwritten(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("scene", DatabaseBusy("locked"))
    bench = SceneBench(qtbot, QUEUE, desk=desk)
    assert bench.editor.notice.title.text() == "The database is in use"
    assert not bench.canvas.isEnabled()
    bench.editor.save()
    assert bench.saved is None
    bench.editor.notice.button.click()
    assert bench.canvas.isEnabled()
    assert [shape.name for shape in bench.shapes] == ["Queue"]


def test_what_could_not_be_read_can_be_closed(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.fail("scene", DatabaseBusy("locked"))
    bench = SceneBench(qtbot, QUEUE, desk=desk)
    bench.editor.cancel_button.click()
    assert not bench.editor.isVisible()


# ---------------------------------------------------------------- closing


def question_of(bench: SceneBench) -> QMessageBox:
    question = bench.editor.findChild(QMessageBox)
    assert isinstance(question, QMessageBox)
    return question


def press(question: QMessageBox, words: str) -> None:
    next(one for one in question.findChildren(QPushButton) if one.text() == words).click()


def test_unsaved_changes_are_asked_about(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.model.put(bench.shapes[0].moved(0.1, 0.0))
    assert bench.editor.isWindowModified()
    bench.editor.close()
    question = question_of(bench)
    assert question.defaultButton().text() == "Keep editing"
    press(question, "Keep editing")
    assert bench.editor.isVisible()
    qtbot.waitUntil(lambda: bench.editor.findChild(QMessageBox) is None)
    bench.editor.cancel_button.click()
    press(question_of(bench), "Discard changes")
    assert not bench.editor.isVisible()
    assert bench.saved is None


def test_without_changes_it_just_closes(qtbot: QtBot) -> None:
    bench = opened(qtbot, QUEUE)
    bench.model.put(bench.shapes[0].moved(0.1, 0.0))
    bench.model.undo()
    bench.keys(Qt.Key.Key_Escape)
    assert not bench.editor.isVisible()
    assert bench.editor.findChild(QMessageBox) is None


def test_every_button_has_a_name(bench: SceneBench) -> None:
    for button in bench.editor.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.text().strip() or button.accessibleName(), button.objectName()
    assert bench.canvas.accessibleName() == "Picture of Entrance"
