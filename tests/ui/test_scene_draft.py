"""What is drawn, right or wrong, and the steps that lead there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from camwatch.domain import Boxes
from camwatch.errors import InvalidSettings
from camwatch.scene import Gate, Line, Scene, SpotBox, Zone
from camwatch.ui.scene.draft import Draft, Shape, ShapeKind
from camwatch.ui.scene.model import NOTHING, Choice, SceneModel

SQUARE = ((0.2, 0.2), (0.6, 0.2), (0.6, 0.6), (0.2, 0.6))
BOW = ((0.2, 0.2), (0.6, 0.6), (0.6, 0.2), (0.2, 0.6))
FULL = Scene(
    lines=(Line("Door", (0.3, 0.1), (0.3, 0.9), once=True, u_turn_s=4.0),),
    gates=(
        Gate(
            "Gate",
            Line("outer", (0.5, 0.1), (0.5, 0.9)),
            Line("inner", (0.6, 0.1), (0.6, 0.9)),
            within_s=7.0,
        ),
    ),
    zones=(Zone("Queue", SQUARE),),
    masks=(Zone("Mirror", ((0.7, 0.0), (1.0, 0.0), (1.0, 0.3))),),
    never=((0.1, 0.1, 0.2, 0.4),),
    threshold=0.37,
    far_people=True,
    recheck_s=0.0,
    smoothing_s=5.0,
)


def zone(key: int, name: str = "Zone", points: tuple[tuple[float, float], ...] = SQUARE) -> Shape:
    return Shape(key, ShapeKind.ZONE, name, points)


def boxes(*rows: SpotBox) -> Boxes:
    return np.array(rows, np.float32).reshape(-1, 4)


def test_a_scene_comes_back_from_its_draft_as_it_was() -> None:
    assert Draft.of(FULL).scene() == FULL
    assert Draft.of(Scene()).scene() == Scene()


def test_swapping_exchanges_in_and_out_of_lines_and_gates() -> None:
    line, gate = Draft.of(FULL).shapes[:2]
    swapped = line.swapped().value()
    assert isinstance(swapped, Line)
    assert swapped == FULL.lines[0].swapped
    turned = gate.swapped().value()
    assert isinstance(turned, Gate)
    # Who comes from the right passes 0.6 first now, and both lines count that way as in.
    assert turned.outer.start[0] == 0.6
    assert turned.outer.depth(0.4, 0.5) > 0
    assert turned.inner.depth(0.4, 0.5) > 0
    assert turned.inner.depth(0.7, 0.5) < 0


def test_a_shape_is_moved_no_farther_than_the_picture_reaches_and_keeps_its_form() -> None:
    moved = zone(1).moved(-0.5, 0.1)
    assert moved.points == ((0.0, 0.3), (0.4, 0.3), (0.4, 0.7), (0.0, 0.7))
    assert zone(1).moved(0.0, 5.0).points[2] == (0.6, 1.0)
    assert zone(1).with_corner(0, -1.0, 0.5).points[0] == (0.0, 0.5)


def test_what_is_wrong_is_told_of_the_shape_itself() -> None:
    draft = Draft(
        (zone(1), zone(2, "Bow", BOW), zone(3, " "), Shape(4, ShapeKind.LINE, "L", BOW[:2]))
    )
    problems = draft.problems()
    assert set(problems) == {2, 3}
    assert "cross" in problems[2].reason
    assert problems[3].field == "name"
    with pytest.raises(InvalidSettings) as refused:
        draft.scene()
    assert len(refused.value.problems) == 2


def test_of_two_equal_names_the_second_is_wrong_but_masks_may_share_one() -> None:
    twice = Draft((zone(1, "Hall"), Shape(2, ShapeKind.LINE, " hall", BOW[:2])))
    assert set(twice.problems()) == {2}
    assert twice.problems()[2].field == "name"
    mask = Shape(3, ShapeKind.MASK, "Hall", SQUARE)
    assert Draft((zone(1, "Hall"), mask, replace(mask, key=4))).problems() == {}


def test_what_is_wrong_with_the_camera_as_a_whole_belongs_to_no_shape() -> None:
    assert Draft(recheck_s=0.5).problems()[None].field == "recheck_s"
    many = Draft(tuple(zone(key, f"Zone {key}") for key in range(33)))
    assert many.problems()[None].field == "zones"


def test_the_draft_counts_by_feet_and_leaves_out_masks_and_spots() -> None:
    in_zone, beside = (0.3, 0.1, 0.4, 0.5), (0.8, 0.1, 0.9, 0.5)
    draft = Draft((zone(1), zone(2, "", SQUARE), zone(3, "Bow", BOW)))
    # A zone without a name counts already; one whose edges cross cannot.
    assert draft.zone_counts(boxes(in_zone, beside)) == {1: 1, 2: 1}
    assert draft.zone_counts(boxes()) == {1: 0, 2: 0}
    masked = draft.with_shape(Shape(4, ShapeKind.MASK, "Mask", SQUARE))
    assert masked.counted(boxes(in_zone, beside)).tolist() == [False, True]
    assert masked.zone_counts(boxes(in_zone, beside)) == {1: 0, 2: 0}
    never = replace(draft, never=(beside,))
    assert never.counted(boxes(in_zone, beside)).tolist() == [True, False]


def test_free_names_count_on() -> None:
    draft = Draft((zone(1, "zone 2"),))
    assert draft.free_name(ShapeKind.ZONE) == "Zone 3"
    assert draft.free_name(ShapeKind.LINE) == "Line 1"


# ---------------------------------------------------------------- steps


@pytest.fixture
def model(qapp: QApplication) -> SceneModel:
    model = SceneModel()
    model.start(FULL)
    return model


def test_each_step_is_undone_and_done_again(model: SceneModel) -> None:
    states = [model.draft]
    for number in range(3):
        model.put(zone(model.new_key(), f"New {number}"))
        states.append(model.draft)
    for state in reversed(states[:-1]):
        model.undo()
        assert model.draft == state
    assert not model.can_undo
    assert not model.is_changed
    for state in states[1:]:
        model.redo()
        assert model.draft == state
    assert not model.can_redo


def test_changes_of_one_name_are_one_step_until_it_ends(model: SceneModel) -> None:
    first = model.draft
    door = model.draft.shapes[0]
    for name in ("E", "En", "Ent"):
        model.put(replace(door, name=name), step="name")
    model.end_step()
    model.put(replace(door, name="Entrance"), step="name")
    model.undo()
    assert model.draft.shapes[0].name == "Ent"
    model.undo()
    assert model.draft == first


def test_a_new_step_after_undo_forgets_what_was_undone(model: SceneModel) -> None:
    model.put(zone(model.new_key(), "One"))
    model.undo()
    model.put(zone(model.new_key(), "Two"))
    assert not model.can_redo


def test_what_changes_nothing_is_no_step(model: SceneModel) -> None:
    model.put(model.draft.shapes[0])
    assert not model.can_undo


def test_the_choice_never_points_to_what_is_gone(model: SceneModel) -> None:
    added = zone(model.new_key())
    model.put(added, Choice(added.key, 3))
    model.remove_chosen()
    assert len(model.draft.shapes[-1].points) == 3
    assert model.choice == Choice(added.key)
    model.choose(Choice(added.key, 2))
    model.remove_chosen()  # three corners are the fewest, so the shape itself goes
    assert model.draft.shape(added.key) is None
    assert model.choice == NOTHING
    model.undo()
    model.choose(Choice(added.key, 2))
    model.undo()
    model.undo()
    assert model.choice == NOTHING
    model.choose(Choice(spot=0))
    model.remove_chosen()
    assert model.draft.never == ()
    assert model.choice == NOTHING


def test_keys_are_not_given_out_again(model: SceneModel) -> None:
    key = model.new_key()
    model.put(zone(key))
    model.undo()
    assert model.new_key() > key > max(shape.key for shape in model.draft.shapes)


def test_problems_are_those_of_the_present_draft(model: SceneModel) -> None:
    assert model.problems == {}
    model.put(zone(model.new_key(), "Bow", BOW))
    assert len(model.problems) == 1
    model.undo()
    assert model.problems == {}
