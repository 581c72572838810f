from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.config import Detection
from camwatch.detect.accuracy import evaluate
from camwatch.detect.detector import open_detector
from camwatch.detect.geometry import fit_letterbox, overlaps
from camwatch.detect.raster import TALLEST, Raster, Tile, regions_of
from camwatch.detect.tiles import ScalableDetector, TiledDetector, also_seen
from camwatch.domain import Boxes, Detections, Pixels
from camwatch.errors import ModelUnfit
from camwatch.paths import bundled_models
from tests.detect.scene import THREE, Person, scene

THRESHOLD = Detection().threshold
NOWHERE = np.empty((0, 4), np.float32)
NOBODY = Detections(NOWHERE, np.empty(0, np.float32))
OBLONG = [(960, 540), (640, 480), (540, 960), (1200, 300), (641, 427)]
SIZES = [*OBLONG, (600, 600)]


class Box(NamedTuple):
    """A person in pixels."""

    x1: int
    y1: int
    x2: int
    y2: int


def as_boxes(*people: Box) -> Boxes:
    return np.array(people, np.float32).reshape(-1, 4)


def painted(wh: tuple[int, int], people: list[Box]) -> Pixels:
    """Return a black picture with a rectangle of its own colour for each person."""
    pixels = np.zeros((wh[1], wh[0], 3), np.uint8)
    for number, (x1, y1, x2, y2) in enumerate(people, 1):
        pixels[y1:y2, x1:x2] = number
    return pixels


class SeesRectangles:
    """Sees whatever part of a painted person is in the pixels it is given.

    Args:
        overlooks: In pictures of this size it sees nobody: in the whole, all are too small.
    """

    name, runtime, precision, is_poor = "rectangles", "none", "-", False
    fingerprint = "0123456789abcdef"

    def __init__(self, overlooks: tuple[int, int] | None = None) -> None:
        self.overlooks = overlooks
        self.searched: list[tuple[int, int]] = []

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        wh = (pixels.shape[1], pixels.shape[0])
        self.searched.append(wh)
        return NOBODY if wh == self.overlooks else self.look(pixels)

    def look(self, pixels: Pixels) -> Detections:
        boxes = []
        plane = pixels[..., 0]
        for number in range(1, int(plane.max()) + 1):
            rows, columns = np.nonzero(plane == number)
            if len(rows):
                boxes.append(Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1))
        return Detections(as_boxes(*boxes), np.full(len(boxes), 0.9, np.float32))


class SeesAtAnyScale(SeesRectangles):
    """The same, for a model whose input may have any size."""

    long_side = 416

    def __init__(self, overlooks: tuple[int, int] | None = None) -> None:
        super().__init__(overlooks)
        self.inputs: list[tuple[int, int]] = []

    def detect_at(self, pixels: Pixels, threshold: float, long_side: int) -> Detections:
        fit = fit_letterbox((pixels.shape[1], pixels.shape[0]), long_side, 32)
        self.inputs.append(fit.input_wh)
        return self.look(pixels)


def assert_each_once(found: Detections, people: list[Box]) -> None:
    expected = sorted(as_boxes(*people).tolist())
    np.testing.assert_allclose(sorted(found.boxes.tolist()), expected, atol=0.01)


Crowd = tuple[tuple[int, int], list[Box]]


@st.composite
def crowds(draw: st.DrawFn, tallest: float = TALLEST) -> Crowd:
    """Draw a picture's size and people anywhere in it who do not overlap."""
    width, height = draw(st.sampled_from(OBLONG))
    people: list[Box] = []
    for _ in range(draw(st.integers(1, 6))):
        high = draw(st.integers(8, math.floor(tallest * height)))
        wide = draw(st.integers(3, max(3, high // 2)))
        left, top = draw(st.integers(0, width - wide)), draw(st.integers(0, height - high))
        box = Box(left, top, left + wide, top + high)
        if not overlaps(as_boxes(box), as_boxes(*people)).any():
            people.append(box)
    return (width, height), people


# ---------------------------------------------------------------- each person once


@settings(max_examples=60, deadline=None)
@given(crowds(), st.booleans())
def test_whoever_stands_on_a_seam_or_a_corner_is_found_once(
    crowd: Crowd, is_overlooked: bool
) -> None:
    wh, people = crowd
    detector = SeesRectangles(wh if is_overlooked else None)
    found = TiledDetector(detector).detect(painted(wh, people), THRESHOLD)
    assert_each_once(found, people)
    assert len(detector.searched) > 2


@settings(max_examples=60, deadline=None)
@given(crowds(0.15), st.data())
def test_whoever_moved_a_limb_is_found_once_wherever_the_tiles_are(
    crowd: Crowd, data: st.DataObject
) -> None:
    (width, height), people = crowd
    moved = []
    for x1, y1, x2, y2 in people:
        left, right = sorted((data.draw(st.integers(x1, x2)), data.draw(st.integers(x1, x2))))
        top, bottom = sorted((data.draw(st.integers(y1, y2)), data.draw(st.integers(y1, y2))))
        moved.append((left / width, top / height, right / width, bottom / height))
    where = np.array(moved, np.float32)
    for detector in (SeesRectangles((width, height)), SeesAtAnyScale((width, height))):
        found = TiledDetector(detector).detect(
            painted((width, height), people), THRESHOLD, where=where
        )
        assert_each_once(found, people)


@pytest.mark.parametrize("wh", [(800, 500), (500, 800)])
def test_the_seams_are_there_and_people_stand_on_them(wh: tuple[int, int]) -> None:
    tiles = TiledDetector(SeesRectangles()).tiles(wh)
    assert len(tiles) == 2
    detector = SeesRectangles(overlooks=wh)
    for left in range(150, 420, 20):
        for top in range(120, 300, 20):
            people = [Box(left, top, left + 60, top + 150)]
            found = TiledDetector(detector).detect(painted(wh, people), THRESHOLD)
            assert_each_once(found, people)


class SeesInputsOfOneSize(SeesRectangles):
    """The same, for a model that tells the one size of its input."""

    def __init__(self, fixed_wh: tuple[int, int] | None) -> None:
        super().__init__()
        self.fixed_wh = fixed_wh


@st.composite
def regions(draw: st.DrawFn) -> Boxes:
    """Draw what moved: none to four regions of any size, relative to the picture."""
    moved = []
    for _ in range(draw(st.integers(0, 4))):
        left, right = sorted((draw(st.integers(0, 100)), draw(st.integers(0, 100))))
        top, bottom = sorted((draw(st.integers(0, 100)), draw(st.integers(0, 100))))
        moved.append((left, top, right, bottom))
    return np.array(moved, np.float32).reshape(-1, 4) / np.float32(100)


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.integers(1, 2000), st.integers(1, 2000)),
    regions(),
    st.sampled_from([None, (640, 640), (640, 384), (320, 640)]),
)
def test_a_model_of_one_size_is_run_three_times_at_most(
    wh: tuple[int, int], where: Boxes, fixed_wh: tuple[int, int] | None
) -> None:
    tiled = TiledDetector(SeesInputsOfOneSize(fixed_wh))
    everywhere, some = tiled.tiles(wh), tiled.tiles(wh, where)
    assert len(everywhere) in (0, 2)
    assert len(some) <= (len(everywhere) if len(where) else 0)
    sizes = {(right - left, bottom - top) for left, top, right, bottom in [*everywhere, *some]}
    assert len(sizes) <= 1  # or a person would come and go with what else moves
    if everywhere:
        both = everywhere[0].united(everywhere[1])
        assert all(both.united(tile) == both for tile in some)


@settings(max_examples=60, deadline=None)
@given(crowds(0.15), st.data())
def test_one_window_holds_all_that_moved_if_it_can(crowd: Crowd, data: st.DataObject) -> None:
    (width, height), people = crowd
    person = data.draw(st.sampled_from(people))
    size = np.array([width, height, width, height], np.float32)
    where: Boxes = np.divide(as_boxes(person), size, dtype=np.float32)
    detector = SeesRectangles(overlooks=(width, height))
    found = TiledDetector(detector).detect(painted((width, height), people), THRESHOLD, where=where)
    assert len(detector.searched) == 2
    assert (overlaps(as_boxes(person), found.boxes) == 1).any()


@pytest.mark.parametrize(
    ("wh", "fixed_wh", "count"),
    [
        ((1920, 1080), (640, 640), 2),
        ((640, 480), (640, 640), 2),
        ((1080, 1920), (640, 640), 2),
        ((1080, 1920), (640, 384), 2),
        ((1920, 1080), (320, 640), 2),
        ((600, 600), (640, 640), 0),  # two halves of a square are as high as it is
        ((1920, 1080), (640, 384), 0),  # and these as high as the input, which is as wide
        ((1920, 1080), None, 2),
    ],
)
def test_two_tiles_are_searched_where_they_enlarge_the_picture(
    wh: tuple[int, int], fixed_wh: tuple[int, int] | None, count: int
) -> None:
    assert len(TiledDetector(SeesInputsOfOneSize(fixed_wh)).tiles(wh)) == count


def test_a_picture_is_decoded_as_large_as_a_model_of_one_size_can_use() -> None:
    assert TiledDetector(SeesInputsOfOneSize((640, 640))).needed_wh((1920, 1080))[0] > 800
    assert TiledDetector(SeesInputsOfOneSize((320, 320))).needed_wh((1920, 1080))[0] < 500


def test_a_tall_person_is_left_to_the_whole_and_not_counted_in_parts() -> None:
    for wh in SIZES:
        tall = Box(wh[0] // 3, 5, wh[0] * 2 // 3, wh[1] - 5)
        for detector in (SeesRectangles(), SeesAtAnyScale()):
            found = TiledDetector(detector).detect(painted(wh, [tall]), THRESHOLD)
            assert_each_once(found, [tall])


class Says:
    """Says of the whole and of its finer search what it was told to say."""

    name, runtime, precision, is_poor = "says", "none", "-", False
    fingerprint, long_side = "0123456789abcdef", 416

    def __init__(self, whole: Detections, finer: Detections) -> None:
        self.whole, self.finer = whole, finer

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        return self.whole

    def detect_at(self, pixels: Pixels, threshold: float, long_side: int) -> Detections:
        return self.finer


@pytest.mark.parametrize(
    ("whole", "finer", "count"),
    [
        (Box(100, 100, 120, 150), Box(101, 104, 122, 152), 1),  # one person, two looks
        (Box(100, 100, 120, 150), Box(101, 100, 119, 130), 1),  # head and shoulders of the same
        (Box(100, 100, 120, 150), Box(125, 100, 145, 150), 2),  # side by side
        (Box(100, 100, 250, 500), Box(150, 300, 180, 380), 2),  # a small one before a tall one
        (Box(100, 100, 120, 150), Box(300, 100, 400, 400), 1),  # tall ones come from the whole
    ],
)
def test_two_looks_at_one_person_are_one_person(whole: Box, finer: Box, count: int) -> None:
    score = np.array([0.6], np.float32)
    says = Says(Detections(as_boxes(whole), score), Detections(as_boxes(finer), score))
    found = TiledDetector(says).detect(np.zeros((540, 960, 3), np.uint8), THRESHOLD)
    assert found.count == count
    assert found.boxes[0].tolist() == list(whole)
    assert (np.diff(found.scores) <= 0).all()


def test_two_people_whom_one_search_tells_apart_stay_two() -> None:
    pair = Detections(
        as_boxes(Box(100, 100, 140, 180), Box(115, 100, 155, 180)), np.array([0.8, 0.7], np.float32)
    )
    assert overlaps(pair.boxes, pair.boxes)[0, 1] > 0.4
    found = TiledDetector(Says(pair, pair)).detect(np.zeros((540, 960, 3), np.uint8), THRESHOLD)
    assert found.boxes.tolist() == pair.boxes.tolist()


# ---------------------------------------------------------------- where is searched


def test_without_motion_only_the_whole_is_searched() -> None:
    detector = SeesAtAnyScale()
    TiledDetector(detector).detect(painted((960, 540), []), THRESHOLD, where=NOWHERE)
    assert (detector.searched, detector.inputs) == ([(960, 540)], [])


@pytest.mark.parametrize("wh", [*SIZES, (1920, 1080), (4096, 2160)])
def test_the_finer_search_costs_twice_the_whole_at_most(wh: tuple[int, int]) -> None:
    detector = SeesAtAnyScale()
    tiled = TiledDetector(detector)
    tiled.detect(painted(wh, []), THRESHOLD)
    (finer,) = detector.inputs
    plain = fit_letterbox(wh, 416, 32).input_wh
    assert 1.5 <= math.prod(finer) / math.prod(plain) <= 2.05


def test_a_little_motion_costs_little() -> None:
    detector = SeesAtAnyScale()
    where = np.array([[0.5, 0.1, 0.52, 0.15]], np.float32)
    TiledDetector(detector).detect(painted((1920, 1080), []), THRESHOLD, where=where)
    (finer,) = detector.inputs
    assert math.prod(finer) < 0.5 * math.prod(fit_letterbox((1920, 1080), 416, 32).input_wh)


def test_regions_far_apart_are_tiles_of_their_own_and_near_ones_share_one() -> None:
    tiled = TiledDetector(SeesAtAnyScale())
    corners = np.array([[0, 0, 0.02, 0.05], [0.97, 0.9, 1, 1]], np.float32)
    assert len(tiled.tiles((1920, 1080), corners)) == 2
    near = np.array([[0.4, 0.1, 0.42, 0.15], [0.45, 0.1, 0.48, 0.15]], np.float32)
    assert len(tiled.tiles((1920, 1080), near)) == 1
    many = np.random.default_rng(0).uniform(0, 0.9, (200, 2))
    scattered = np.hstack([many, many + 0.05]).astype(np.float32)
    assert tiled.tiles((1920, 1080), scattered) == tiled.tiles((1920, 1080))


def test_tiles_are_whole_cells_and_lie_in_the_picture() -> None:
    for wh in [*SIZES, (1, 1), (7, 3000)]:
        raster = Raster.over(wh, 608)
        x1, y1, x2, y2 = raster.corners(raster.whole)
        assert (x1, y1, x2, y2) == (0, 0, *wh)
        x1, y1, x2, y2 = raster.corners(Tile(0, 0, 1, 1))
        assert (x1, y1) == (0, 0)
        assert 0 < x2 <= wh[0]
        assert 0 < y2 <= wh[1]
    with pytest.raises(ValueError, match="frame_wh"):
        Raster.over((0, 3), 608)


@pytest.mark.parametrize(
    ("frame_wh", "needed"),
    [((1920, 1080), (608, 342)), ((3840, 2160), (608, 342)), ((320, 240), (320, 240))],
)
def test_a_picture_is_decoded_as_large_as_the_finer_search(
    frame_wh: tuple[int, int], needed: tuple[int, int]
) -> None:
    assert TiledDetector(SeesAtAnyScale()).needed_wh(frame_wh) == needed


@pytest.mark.parametrize(
    "where", [np.zeros(4, np.float32), np.zeros((2, 3), np.float32), np.full((1, 4), np.nan, "f4")]
)
def test_regions_that_are_none_are_refused(where: Boxes) -> None:
    tiled = TiledDetector(SeesAtAnyScale())
    with pytest.raises(ValueError, match="where"):
        tiled.detect(painted((960, 540), []), THRESHOLD, where=where)


def test_small_people_are_looked_for_where_they_were() -> None:
    moved = np.array([[0, 0, 0.1, 0.1]], np.float32)
    people = np.array([[0.5, 0.5, 0.52, 0.6], [0.1, 0.1, 0.3, 0.9]], np.float32)
    where = also_seen(moved, people)
    assert where.tolist() == [*moved.tolist(), people[0].tolist()]
    assert also_seen(NOWHERE, NOWHERE).shape == (0, 4)


def test_what_moved_becomes_regions() -> None:
    mask = np.zeros((27, 48), np.bool_)
    mask[3:5, 10:12] = True
    mask[5, 12] = True  # touches the first by a corner
    mask[20:, 40:] = True
    regions = regions_of(mask)
    expected = [[10 / 48, 3 / 27, 13 / 48, 6 / 27], [40 / 48, 20 / 27, 1, 1]]
    np.testing.assert_allclose(regions, expected, rtol=1e-6)
    assert regions.dtype == np.float32
    assert regions_of(np.zeros((27, 48), np.bool_)).shape == (0, 4)


# ---------------------------------------------------------------- with the real model


def test_the_default_model_is_searched_without_seams() -> None:
    detector = open_detector(Detection(), bundled_models())
    assert isinstance(detector, ScalableDetector)
    assert len(TiledDetector(detector).tiles((1920, 1080))) == 1
    tiled = TiledDetector(detector)
    assert tiled.fingerprint == f"{detector.fingerprint}+tiles"
    assert (tiled.name, tiled.runtime, tiled.precision, tiled.is_poor) == (
        detector.name,
        detector.runtime,
        detector.precision,
        False,
    )


@pytest.mark.parametrize(
    ("wh", "people"),
    [((1280, 720), THREE), ((1280, 720), ()), ((1280, 720), ((0, 300, 210), (1, 900, 200)))],
    ids=["near", "nobody", "far"],
)
def test_the_count_of_people_who_are_found_anyway_stays_right(
    wh: tuple[int, int], people: tuple[Person, ...]
) -> None:
    pixels, truth = scene(wh, people)
    pixels.setflags(write=False)
    tiled = TiledDetector(open_detector(Detection(), bundled_models()))
    found = tiled.detect(pixels, THRESHOLD)
    assert found.count == len(people)
    assert (overlaps(truth, found.boxes).max(axis=1, initial=0) > 0.6).all()


class ModelOfOneSize:
    """The default model as if its input could have one size only, so that there are seams."""

    name, runtime, precision, is_poor = "nanodet-g", "onnxruntime", "int8", False
    fingerprint = "0123456789abcdef"

    def __init__(self) -> None:
        self._detector = open_detector(Detection(), bundled_models())

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        return self._detector.detect(pixels, threshold)


def test_a_walk_across_the_seams_is_one_person_all_the_way() -> None:
    tiled = TiledDetector(ModelOfOneSize())
    assert len(tiled.tiles((960, 540))) == 2
    for left in range(330, 560, 16):  # both inner edges lie between
        pixels, truth = scene((960, 540), ((0, left, 155),))
        found = tiled.detect(pixels, THRESHOLD)
        assert found.count == 1, left
        assert overlaps(truth, found.boxes)[0, 0] > 0.6


@pytest.mark.needs_shared
def test_far_people_are_found_and_the_count_is_no_worse(shared_data: Path) -> None:
    detector = open_detector(Detection(), bundled_models())
    (plain,) = evaluate(detector, shared_data / "people", [THRESHOLD])
    (tiled,) = evaluate(TiledDetector(detector), shared_data / "people", [THRESHOLD])
    before, after = plain.found_share[0], tiled.found_share[0]
    assert before is not None
    assert after is not None
    assert after >= 0.40 > before
    assert tiled.mean_count_error <= plain.mean_count_error
    assert tiled.ap50 >= plain.ap50


# ---------------------------------------------------------------- failures


class FailsInTiles(SeesAtAnyScale):
    def look(self, pixels: Pixels) -> Detections:
        if pixels.shape[:2] == (540, 960):
            return super().look(pixels)
        raise ModelUnfit(Path("bad.onnx"), "the model gave no usable result")


def test_a_failure_in_one_tile_is_no_count_at_all() -> None:
    tiled = TiledDetector(FailsInTiles())
    pixels = painted((960, 540), [Box(100, 100, 150, 200)])
    assert tiled.detect(pixels, THRESHOLD).count == 1
    where = np.array([[0.1, 0.1, 0.2, 0.2]], np.float32)
    with pytest.raises(ModelUnfit):
        tiled.detect(pixels, THRESHOLD, where=where)
