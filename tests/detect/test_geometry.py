from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.detect.geometry import (
    PADDING_GREY,
    best_of_each,
    boxes_in_frame,
    fit_letterbox,
    letterboxed,
    overlaps,
)

sides = st.integers(1, 4000)


@pytest.mark.parametrize(
    ("frame_wh", "content_wh", "input_wh"),
    [
        ((1920, 1080), (416, 234), (416, 256)),
        ((1080, 1920), (234, 416), (256, 416)),
        ((640, 480), (416, 312), (416, 320)),
        ((416, 416), (416, 416), (416, 416)),
        ((8192, 16), (416, 1), (416, 32)),
        ((100, 50), (416, 208), (416, 224)),
    ],
)
def test_the_input_has_the_frame_s_own_shape(
    frame_wh: tuple[int, int], content_wh: tuple[int, int], input_wh: tuple[int, int]
) -> None:
    fit = fit_letterbox(frame_wh, 416, 32)
    assert (fit.content_wh, fit.input_wh) == (content_wh, input_wh)


@given(sides, sides)
def test_every_shape_fits_with_less_than_a_step_of_bar(width: int, height: int) -> None:
    fit = fit_letterbox((width, height), 416, 32)
    assert max(fit.content_wh) == 416
    for content, side in zip(fit.content_wh, fit.input_wh, strict=True):
        assert side % 32 == 0
        assert 0 <= side - content < 32


def test_a_frame_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="frame_wh"):
        fit_letterbox((0, 10), 416, 32)


def test_the_picture_lies_at_the_upper_left_and_grey_beside_it() -> None:
    pixels = np.full((108, 192, 3), (10, 20, 30), np.uint8)
    canvas = letterboxed(pixels, fit_letterbox((192, 108), 416, 32))
    assert canvas.shape == (256, 416, 3)
    assert (canvas[:234] == (10, 20, 30)).all()
    assert (canvas[234:] == PADDING_GREY).all()


def test_a_picture_of_the_right_size_is_not_changed() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (320, 416, 3), np.uint8)
    assert (letterboxed(pixels, fit_letterbox((416, 320), 416, 32)) == pixels).all()


@given(sides, sides)
def test_a_box_comes_back_where_it_was(width: int, height: int) -> None:
    fit = fit_letterbox((width, height), 416, 32)
    inside = np.array([[0, 0, *fit.content_wh]], np.float32)
    whole = boxes_in_frame(inside, fit)
    np.testing.assert_allclose(whole, [[0, 0, width, height]], rtol=1e-5)
    assert whole.dtype == np.float32


def test_boxes_are_cut_at_the_frame_s_edges() -> None:
    fit = fit_letterbox((832, 468), 416, 32)
    boxes = boxes_in_frame(np.array([[-5, 10, 430, 250]], np.float32), fit)
    assert boxes.tolist() == [[0, 20, 832, 468]]


def test_no_boxes_stay_no_boxes() -> None:
    fit = fit_letterbox((640, 480), 416, 32)
    none = np.empty((0, 4), np.float32)
    assert boxes_in_frame(none, fit).shape == (0, 4)
    assert overlaps(none, none).shape == (0, 0)
    assert best_of_each(none, np.empty(0, np.float32), 0.5).shape == (0,)


def test_boxes_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="boxes"):
        boxes_in_frame(np.zeros((3, 5), np.float32), fit_letterbox((640, 480), 416, 32))


def test_overlap_is_intersection_over_union() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 5, 5, 5]], np.float32)
    others = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30], [5, 5, 5, 5]], np.float32)
    expected = np.array([[1, 50 / 150, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_allclose(overlaps(boxes, others), expected, rtol=1e-6)


def test_only_the_best_of_a_heap_is_kept() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 0, 60, 10], [2, 0, 12, 10]], np.float32)
    scores = np.array([0.5, 0.9, 0.6, 0.7], np.float32)
    assert best_of_each(boxes, scores, 0.55).tolist() == [1, 2]


def test_a_dropped_box_drops_no_other() -> None:
    # Each overlaps the next by 0.6, but the first and the third share only 0.33.
    boxes = np.array([[0, 0, 8, 10], [2, 0, 10, 10], [4, 0, 12, 10]], np.float32)
    scores = np.array([0.9, 0.8, 0.7], np.float32)
    assert best_of_each(boxes, scores, 0.55).tolist() == [0, 2]


def test_no_more_than_the_limit_is_looked_at() -> None:
    boxes = np.array([[n * 20, 0, n * 20 + 10, 10] for n in range(50)], np.float32)
    scores = np.linspace(0.1, 0.9, 50, dtype=np.float32)
    assert best_of_each(boxes, scores, 0.5, limit=3).tolist() == [49, 48, 47]
