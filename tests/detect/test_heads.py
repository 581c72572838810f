"""Every head, with outputs whose boxes are worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from camwatch.detect.heads import (
    DECODERS,
    Family,
    centernet,
    detr,
    labelled,
    nanodet,
    ssd,
    yolo,
    yolox,
)
from camwatch.detect.heads.query import Query, cells, count_cells

Array = npt.NDArray[np.float32]
WH = (64, 32)


def query(person: int = 0, threshold: float = 0.5, bins: int = 8) -> Query:
    return Query(WH, person, threshold, bins)


def logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


def check(
    found: tuple[Array, Array], boxes: Sequence[Sequence[float]], scores: Sequence[float]
) -> None:
    assert found[0].dtype == found[1].dtype == np.float32
    assert found[0].shape == (len(boxes), 4)
    np.testing.assert_allclose(found[0], np.array(boxes).reshape(-1, 4), rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(found[1], scores, rtol=1e-4)


def test_every_family_has_a_decoder() -> None:
    assert set(DECODERS) == set(Family)


def test_cells_come_stride_by_stride_and_row_by_row() -> None:
    grid = cells((20, 16), (8, 16))
    assert grid.tolist() == [
        [0, 0, 8], [1, 0, 8], [2, 0, 8], [0, 1, 8], [1, 1, 8], [2, 1, 8], [0, 0, 16], [1, 0, 16]
    ]  # fmt: skip
    assert count_cells((20, 16), (8, 16)) == len(grid)


# ---------------------------------------------------------------- YOLO


def test_yolox_tells_from_the_cell() -> None:
    # 8 x 4 cells of 8 pixels, 4 x 2 of 16, 2 x 1 of 32.
    rows = np.zeros((1, 42, 7), np.float32)
    rows[0, 8 + 3] = [0.5, 0.25, np.log(2), np.log(3), 0.9, 0.1, 0.8]  # column 3, row 1, of 8
    rows[0, 32 + 4 + 1] = [0, 0, 0, 0, 1.0, 0.2, 0.6]  # column 1, row 1, of 16
    rows[0, 40] = [0, 0, 0, 0, 0.5, 0.0, 0.9]  # scores 0.45
    found = yolox.decode([rows], query(person=1))
    check(found, [[20, -2, 36, 22], [8, 8, 24, 24]], [0.72, 0.6])


def test_yolov5_has_finished_boxes_and_two_shares() -> None:
    rows = np.zeros((1, 3, 85), np.float32)
    rows[0, 0, :6] = [30, 16, 20, 10, 0.9, 0.8]
    rows[0, 1, :6] = [30, 16, 20, 10, 0.9, 0.5]  # 0.45 only
    rows[0, 2, :7] = [30, 16, 20, 10, 1.0, 0.1, 1.0]  # a bicycle
    check(yolo.decode_with_objectness([rows], query()), [[20, 11, 40, 21]], [0.72])


@pytest.mark.parametrize("is_turned", [False, True])
def test_yolov8_has_columns(is_turned: bool) -> None:
    columns = np.zeros((1, 84, 100), np.float32)
    columns[0, :5, 7] = [30, 16, 20, 10, 0.8]
    columns[0, :6, 9] = [10, 10, 4, 4, 0.1, 0.9]
    output = columns.transpose(0, 2, 1) if is_turned else columns
    check(yolo.decode_columns([output], query()), [[20, 11, 40, 21]], [0.8])
    check(yolo.decode_columns([output], query(person=1)), [[8, 8, 12, 12]], [0.9])


def test_end_to_end_rows_carry_score_and_class() -> None:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, 0] = [1, 2, 30, 31, 0.9, 0]
    rows[0, 1] = [1, 2, 30, 31, 0.9, 16]
    rows[0, 2] = [5, 6, 7, 8, 0.4, 0]
    check(yolo.decode_finished([rows], query()), [[1, 2, 30, 31]], [0.9])


# ---------------------------------------------------------------- SSD


def test_ssd_scores_each_box_for_each_class() -> None:
    boxes = np.array([[[0.25, 0.5, 0.5, 1.0], [0, 0, 1, 1]]], np.float32)
    scores = np.array([[[0.1, 0.2, 0.7], [0.5, 0.4, 0.1]]], np.float32)
    check(ssd.decode_scored([boxes, scores], query(person=2)), [[0.25, 0.5, 0.5, 1]], [0.7])


def test_tensorflow_turns_x_and_y_round_and_says_how_many_there_are() -> None:
    boxes = np.array([[[0.5, 0.25, 1.0, 0.5], [0, 0, 1, 1], [0.1, 0.1, 0.2, 0.2]]], np.float32)
    classes = np.array([[1, 18, 1]], np.float32)
    scores = np.array([[0.9, 0.8, 0.7]], np.float32)
    number = np.array([2], np.float32)
    expected = [[16.0, 16.0, 32.0, 32.0]]
    check(ssd.decode_tensorflow([boxes, classes, scores, number], query(person=1)), expected, [0.9])
    more = ssd.decode_tensorflow([boxes, classes, scores], query(person=1))
    check(more, [*expected, [6.4, 3.2, 12.8, 6.4]], [0.9, 0.7])


def test_detection_output_has_seven_values() -> None:
    rows = np.zeros((1, 1, 3, 7), np.float32)
    rows[0, 0, 0] = [0, 15, 0.9, 0.25, 0.5, 0.5, 1.0]
    rows[0, 0, 1] = [0, 8, 0.9, 0.25, 0.5, 0.5, 1.0]
    rows[0, 0, 2] = [0, 15, 0.2, 0.25, 0.5, 0.5, 1.0]
    check(ssd.decode_detection_output([rows], query(person=15)), [[16, 16, 32, 32]], [0.9])
    nothing = np.zeros((1, 1, 0, 7), np.float32)
    check(ssd.decode_detection_output([nothing], query(person=15)), [], [])


# ---------------------------------------------------------------- DETR


def test_detr_takes_each_class_for_itself() -> None:
    logits = np.full((1, 3, 80), -8.0, np.float32)
    logits[0, 1, 0], logits[0, 1, 1] = logit(0.8), logit(0.9)
    logits[0, 2, 0] = logit(0.49)
    boxes = np.array([[[0.5] * 4, [0.5, 0.5, 0.25, 0.5], [0.5] * 4]], np.float32)
    check(detr.decode_sigmoid([logits, boxes], query()), [[24, 8, 40, 24]], [0.8])


def test_detr_with_nothing_as_a_class_takes_shares() -> None:
    logits = np.zeros((1, 2, 3), np.float32)
    logits[0, 0] = np.log([0.1, 0.7, 0.2])
    logits[0, 1] = np.log([0.1, 0.3, 0.6])
    boxes = np.array([[[0.5, 0.5, 0.25, 0.5], [0.5] * 4]], np.float32)
    check(detr.decode_softmax([logits, boxes], query(person=1)), [[24, 8, 40, 24]], [0.7])


def test_finished_boxes_with_labels() -> None:
    boxes = np.array([[[1, 2, 3, 4], [5, 6, 7, 8], [9, 9, 9, 9]]], np.float32)
    labels = np.array([[0, 2, 0]], np.int64)
    scores = np.array([[0.9, 0.9, 0.1]], np.float32)
    check(labelled.decode([boxes, labels, scores], query()), [[1, 2, 3, 4]], [0.9])
    with_score = np.concatenate([boxes, scores[..., None]], axis=2)
    check(labelled.decode([with_score[0], labels[0]], query()), [[1, 2, 3, 4]], [0.9])


# ---------------------------------------------------------------- CenterNet


@pytest.mark.parametrize("is_logit", [False, True])
def test_centernet_takes_the_peaks(is_logit: bool) -> None:
    heat = np.full((1, 3, 8, 16), 0.01, np.float32)
    heat[0, 0, 3, 5], heat[0, 0, 3, 6] = 0.9, 0.8  # a neighbour is no second person
    heat[0, 0, 6, 12] = 0.7
    heat[0, 1, 1, 1] = 0.99  # of another class
    size, offset = np.zeros((1, 2, 8, 16), np.float32), np.zeros((1, 2, 8, 16), np.float32)
    size[0, :, 3, 5], offset[0, :, 3, 5] = [2, 4], [0.5, 0.25]
    size[0, :, 6, 12] = [1, 2]
    output = np.log(heat / (1 - heat)) if is_logit else heat
    found = centernet.decode([output, size, offset], query())
    check(found, [[18, 5, 26, 21], [46, 20, 50, 28]], [0.9, 0.7])


# ---------------------------------------------------------------- NanoDet


def distances(bins: int, *reach: int) -> list[float]:
    """Return the logits of four distances of so many cells."""
    table = np.full((4, bins), -50.0)
    for side, cell in enumerate(reach):
        table[side, cell] = 50.0
    return list(table.reshape(-1))


def nanodet_rows(wh: tuple[int, int], strides: Sequence[int], classes: int, bins: int) -> Array:
    rows = np.zeros((1, count_cells(wh, strides), classes + 4 * bins), np.float32)
    rows[..., classes:] = 1.0
    return rows


@pytest.mark.parametrize("bins", [8, 11])
def test_nanodet_reckons_from_the_middle_of_a_cell(bins: int) -> None:
    rows = nanodet_rows(WH, (8, 16, 32), 80, bins)
    rows[0, 8 + 3, 0] = 0.9  # column 3, row 1, of 8: its middle is at 28, 12
    rows[0, 8 + 3, 80:] = distances(bins, 2, 1, 3, 2)
    rows[0, 41, 0] = 0.6  # column 1 of 32: its middle is at 48, 16
    rows[0, 41, 80:] = distances(bins, 0, 0, 1, 1)
    found = nanodet.decode([rows], query(bins=bins))
    check(found, [[12, 4, 52, 28], [48, 16, 80, 48]], [0.9, 0.6])


def test_nanodet_plus_reckons_from_the_corner_and_has_cells_of_64() -> None:
    rows = nanodet_rows(WH, (8, 16, 32, 64), 80, 8)
    assert rows.shape[1] == 32 + 8 + 2 + 1
    rows[0, 8 + 3, 0] = 0.9
    rows[0, 8 + 3, 80:] = distances(8, 2, 1, 3, 2)
    rows[0, 42, 0] = 0.7
    rows[0, 42, 80:] = distances(8, 0, 0, 1, 1)
    check(nanodet.decode([rows], query()), [[8, 0, 48, 24], [0, 0, 64, 64]], [0.9, 0.7])


def test_nanodet_in_maps_and_in_pairs_is_the_same() -> None:
    rows = nanodet_rows(WH, (8, 16, 32), 20, 8)
    rows[0, 8 + 3, 14] = 0.9
    rows[0, 8 + 3, 20:] = distances(8, 2, 1, 3, 2)
    maps, pairs, start = [], [], 0
    for stride in (8, 16, 32):
        columns, lines = WH[0] // stride, WH[1] // stride
        piece = rows[:, start : start + columns * lines]
        start += columns * lines
        maps.append(piece[0].T.reshape(1, -1, lines, columns))
        pairs += [piece[..., :20], piece[..., 20:]]
    expected = nanodet.decode([rows], query(person=14))
    check(expected, [[12, 4, 52, 28]], [0.9])
    for outputs in (maps, pairs):
        check(nanodet.decode(outputs, query(person=14)), expected[0].tolist(), [0.9])


# ---------------------------------------------------------------- what cannot be

GOOD: dict[Family, list[Array]] = {
    Family.YOLOX: [np.zeros((1, 42, 85), np.float32)],
    Family.YOLOX_DECODED: [np.zeros((1, 42, 85), np.float32)],
    Family.YOLOV5: [np.zeros((1, 126, 85), np.float32)],
    Family.YOLOV8: [np.zeros((1, 84, 100), np.float32)],
    Family.YOLO_END_TO_END: [np.zeros((1, 300, 6), np.float32)],
    Family.SSD: [np.zeros((1, 9, 4), np.float32), np.zeros((1, 9, 21), np.float32)],
    Family.TENSORFLOW: [np.zeros(shape, np.float32) for shape in ((1, 9, 4), (1, 9), (1, 9))],
    Family.DETECTION_OUTPUT: [np.zeros((1, 1, 9, 7), np.float32)],
    Family.DETR: [np.full((1, 9, 80), -9, np.float32), np.zeros((1, 9, 4), np.float32)],
    Family.DETR_SOFTMAX: [np.zeros((1, 9, 92), np.float32), np.zeros((1, 9, 4), np.float32)],
    Family.LABELLED: [np.zeros(shape, np.float32) for shape in ((1, 9, 4), (1, 9), (1, 9))],
    Family.CENTERNET: [np.zeros((1, count, 8, 16), np.float32) for count in (80, 2, 2)],
    Family.NANODET: [np.zeros((1, 42, 80 + 32), np.float32)],
}


@pytest.mark.parametrize("family", list(Family))
def test_nobody_is_an_empty_list(family: Family) -> None:
    check(DECODERS[family](GOOD[family], query()), [], [])


SCORES = {Family.SSD: 1, Family.TENSORFLOW: 2, Family.LABELLED: 2}
"""Which output holds the scores, where that is not the first."""


@pytest.mark.parametrize("family", list(Family))
def test_a_score_that_is_no_number_is_told(family: Family) -> None:
    outputs = [output.copy() for output in GOOD[family]]
    outputs[SCORES.get(family, 0)][:] = np.nan
    with pytest.raises(ValueError, match="a score is not a number"):
        DECODERS[family](outputs, query())


def test_a_box_that_is_no_number_is_told() -> None:
    columns = np.zeros((1, 84, 100), np.float32)
    columns[0, :5, 7] = [np.inf, 16, 20, 10, 0.8]
    with pytest.raises(ValueError, match="a box is not a number"):
        yolo.decode_columns([columns], query())


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("shape", [(1, 3), (2, 9, 4), (1, 2, 3, 4, 5), (1, 1, 1, 1)])
def test_outputs_of_another_shape_are_told(family: Family, shape: tuple[int, ...]) -> None:
    outputs = [np.zeros(shape, np.float32) for _ in GOOD[family]]
    with pytest.raises(ValueError, match=r"shape|there are|not tell"):
        DECODERS[family](outputs, query(person=14))


def test_an_enormous_yolox_box_is_told_and_not_warned_of() -> None:
    rows = np.zeros((1, 42, 85), np.float32)
    rows[0, 0, 2:6] = [800, 0, 1, 1]
    with pytest.raises(ValueError, match="a box is not a number"):
        yolox.decode([rows], query())
