"""The pictures show what the scene says."""

from __future__ import annotations

import numpy as np
import pytest

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.simulator import lettering
from camwatch.cameras.simulator.ground import draw_ground
from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.cameras.simulator.visitors import FIGURES, LONG_STEP, STANDING, Look, cutout
from camwatch.domain import Pixels

SIZE = (640, 360)
CAPTION_ROWS = 16
CLEARLY = 20


def painter(seed: int, size: tuple[int, int] = SIZE) -> Painter:
    return Painter(Scene(seed, size), "Hall")


def difference(a: Pixels, b: Pixels) -> Pixels:
    """Return the largest difference of the three colours, with the caption left out."""
    found: Pixels = np.abs(a.astype(np.int16) - b).max(axis=2).astype(np.uint8)
    found[:CAPTION_ROWS] = 0
    return found


def empty_moment(scene: Scene) -> float:
    return next(t / 10 for t in range(1200) if not scene.people_at(t / 10))


def busy_moment(scene: Scene) -> float:
    return max((t / 2 for t in range(240)), key=lambda t: len(scene.people_at(t)))


def test_the_same_seed_and_moment_give_the_same_bytes() -> None:
    assert painter(3).jpeg(17.0) == painter(3).jpeg(17.0)
    assert painter(3).jpeg(17.0) != painter(4).jpeg(17.0)


def test_no_two_frames_of_a_loop_are_alike() -> None:
    paints = painter(0, (320, 180))
    assert len({paints.jpeg(second) for second in range(120)}) == 120


@pytest.mark.parametrize("seed", range(4))
def test_people_are_where_their_boxes_are_and_nowhere_else(seed: int) -> None:
    paints = painter(seed)
    scene = paints.scene
    t = busy_moment(scene)
    people = scene.people_at(t)
    assert len(people) >= 4
    changed = difference(paints.pixels(t), paints.pixels(empty_moment(scene))) > CLEARLY
    elsewhere = changed.copy()
    for person in people:
        x1, y1, x2, y2 = (
            round(edge * side) for edge, side in zip(person.box, (*SIZE, *SIZE), strict=True)
        )
        inside = changed[y1:y2, x1:x2]
        if person.visible > 0.5:
            assert inside.mean() > 0.3
            # The outline reaches all four sides of the box, or the box is too large.
            rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
            assert rows[0] <= 4
            assert rows[-1] >= inside.shape[0] - 5
            assert columns[0] <= 5
            assert columns[-1] >= inside.shape[1] - 6
        # A shadow lies around the feet.
        reach, low = round(0.2 * person.height * SIZE[1]), round(0.08 * person.height * SIZE[1])
        elsewhere[max(0, y1 - 1) : y2 + low, max(0, x1 - reach) : x2 + reach] = False
    assert elsewhere.mean() < 0.0005


def test_a_picture_has_the_size_it_should_and_passes_the_gate() -> None:
    data = painter(1).jpeg(3.0)
    assert check_picture(data, max_bytes=2**20) == SIZE
    assert decode_bytes(data).shape == (360, 640, 3)


def test_places_differ_by_seed_and_are_neither_dark_nor_blank() -> None:
    grounds = [draw_ground(seed, SIZE) for seed in range(5)]
    for ground in grounds:
        assert ground.shape == (360, 640, 3)
        assert 90 < ground.mean() < 200
        assert ground.std() > 20
        assert 8 <= ground.min() <= ground.max() <= 247
    for index, ground in enumerate(grounds):
        for other in grounds[index + 1 :]:
            assert (difference(ground, other) > CLEARLY).mean() > 0.1


def test_noise_moves_but_leaves_the_place_as_it_is() -> None:
    paints = painter(2)
    t = empty_moment(paints.scene)
    first, second = paints.pixels(t), paints.pixels(t + paints.scene.loop_s / 1e5)
    change = difference(first, second)
    assert change.any()
    assert change.max() <= 12


def test_the_clock_and_the_name_are_written_into_the_picture() -> None:
    paints = painter(2, (1280, 720))
    t = empty_moment(paints.scene)
    plain = draw_ground(2, (1280, 720))
    changed = np.abs(paints.pixels(t).astype(np.int16) - plain).max(axis=2) > 60
    assert changed[:40, :300].mean() > 0.01
    assert changed[:40, -300:].mean() > 0.05
    assert not changed[:40, 400:800].any()


def test_the_clock_changes_from_second_to_second() -> None:
    a, b = (np.zeros((120, 320, 3), np.uint8) for _ in range(2))
    lettering.write(a, "09:00:00", at_right=True)
    lettering.write(b, "09:00:01", at_right=True)
    changed = np.argwhere((a != b).any(axis=2))
    assert len(changed) > 5
    assert changed[:, 1].min() > 300  # only the last digit


def test_a_text_too_long_for_the_picture_is_cut() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    lettering.write(pixels, "A NAME OF MORE LETTERS THAN FIT")
    assert (pixels > 200).any()


@pytest.mark.parametrize("figure", range(len(FIGURES)))
def test_a_figure_comes_in_any_size_colour_and_direction(figure: int) -> None:
    look, other = Look(figure, 0, 0, 0, 0), Look(figure, 3, 2, 1, 1)
    small, large = (
        cutout(look, STANDING, height, faces_left=False, light=1.0) for height in (90, 360)
    )
    assert small.wh[1] == 90
    assert large.wh[1] == 360
    assert small.wh[0] * 4 == pytest.approx(large.wh[0], abs=4)
    mirrored = cutout(look, STANDING, 360, faces_left=True, light=1.0)
    assert np.array_equal(mirrored.colour[:, ::-1], large.colour)
    dressed = cutout(other, STANDING, 360, faces_left=False, light=1.0)
    assert np.array_equal(dressed.clear, large.clear)
    assert np.abs(dressed.colour.astype(int) - large.colour).mean() > 2000
    stride = cutout(look, LONG_STEP, 360, faces_left=False, light=1.0)
    assert stride.wh != large.wh


def test_a_person_on_the_brightest_and_darkest_ground_never_runs_over() -> None:
    figure = cutout(Look(0, 7, 0, 3, 0), STANDING, 200, faces_left=False, light=1.0)
    for value in (8, 247):
        blend = value * figure.clear.astype(np.uint32) + figure.colour
        assert blend.max() < 2**16
        assert (blend >> 8).min() >= 6
        assert (blend >> 8).max() <= 249


def test_a_black_picture_is_black_but_for_its_caption() -> None:
    pixels = decode_bytes(painter(0).black(0.0))
    assert pixels[CAPTION_ROWS + 8 :].max() <= 2
    assert pixels[:CAPTION_ROWS].max() > 150
