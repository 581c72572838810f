"""Models of one's own, of every family, from a real file to people in the picture."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from camwatch.cameras.simulator.sample import known_picture
from camwatch.detect.accuracy import evaluate
from camwatch.detect.detector import open_nanodet
from camwatch.detect.geometry import boxes_in_frame, overlaps
from camwatch.detect.heads import FEWEST_OUTPUTS, Family
from camwatch.detect.heads.units import UnitJudge
from camwatch.detect.model_files import CAFFE_PAIR, SUFFIXES, Kind, files_of, models_in
from camwatch.detect.opening import open_own
from camwatch.detect.own import OwnDetector
from camwatch.detect.preparing import as_tensor, fit_input
from camwatch.detect.recipe import USUAL, Preparation, Recipe
from camwatch.detect.sidecar import EXAMPLE, Sidecar, read_sidecar
from camwatch.detect.tiles import FixedDetector, ScalableDetector, TiledDetector
from camwatch.domain import Boxes, Detections, Pixels
from camwatch.errors import ModelUnfit, OwnModelMissing, OwnModelUnfit
from camwatch.paths import bundled_models
from tests.detect.own_models import (
    PICTURE_WH,
    SIDE,
    Array,
    TensorProto,
    blind_model,
    caffe_model,
    centred,
    detection_rows,
    good_model,
    helper,
    numpy_helper,
    onnx_model,
    people_in_input,
    save,
    tensorflow_graph,
    yolov8_outputs,
)
from tests.detect.scene import scene

PIXELS, PEOPLE = known_picture()


def opened(file: Path, **options: Any) -> OwnDetector:
    return open_own(files_of(file), **options)


def reason(file: Path) -> str:
    with pytest.raises(OwnModelUnfit) as caught:
        opened(file)
    return caught.value.reason


def same_people(boxes: Boxes, within: float = 1.0) -> None:
    """Check that these are the people of the test picture, to the pixel, in any order."""
    assert boxes.shape == PEOPLE.shape
    by_x = boxes[np.argsort(boxes[:, 0])]
    np.testing.assert_allclose(by_x, PEOPLE[np.argsort(PEOPLE[:, 0])], atol=within)


# ---------------------------------------------------------------- every family in ONNX


def yolox() -> dict[str, Array]:
    rows = np.zeros((1, 8400, 85), np.float32)
    for x, y, width, height in centred(people_in_input()) / 8:
        column, row = int(x), int(y)
        place = rows[0, row * 80 + column]
        place[:6] = [x - column, y - row, np.log(width), np.log(height), 0.9, 1.0]
    return {"output": rows}


def yolov5() -> dict[str, Array]:
    rows = np.zeros((1, 25200, 85), np.float32)
    rows[0, :4, :4], rows[0, :4, 4:6] = centred(people_in_input()), [0.9, 1.0]
    return {"output0": rows}


def yolov8() -> dict[str, Array]:
    return yolov8_outputs(people_in_input())


def end_to_end() -> dict[str, Array]:
    rows = np.zeros((1, 300, 6), np.float32)
    rows[0, :4, :4], rows[0, :4, 4] = people_in_input(), 0.9
    rows[0, 4] = [0, 0, 50, 50, 0.99, 7]
    return {"output0": rows}


def ssd() -> dict[str, Array]:
    boxes, scores = np.zeros((1, 3000, 4), np.float32), np.zeros((1, 3000, 21), np.float32)
    boxes[0, :4] = people_in_input(is_stretched=True) / SIDE
    scores[0, :4, 15] = 0.9
    return {"scores": scores, "boxes": boxes}


def tensorflow_zoo() -> dict[str, Array]:
    boxes = np.zeros((1, 100, 4), np.float32)
    boxes[0, :4] = (people_in_input(is_stretched=True) / SIDE)[:, [1, 0, 3, 2]]
    scores, classes = np.zeros((1, 100), np.float32), np.ones((1, 100), np.float32)
    scores[0, :5], classes[0, 4] = 0.9, 18
    return {
        "detection_boxes": boxes,
        "detection_classes": classes,
        "detection_scores": scores,
        "num_detections": np.array([5], np.float32),
    }


def detr(classes: int, person: int) -> Callable[[], dict[str, Array]]:
    def outputs() -> dict[str, Array]:
        logits = np.full((1, 300, classes), -9, np.float32)
        boxes = np.full((1, 300, 4), 0.5, np.float32)
        logits[0, :4, person], boxes[0, :4] = 4, centred(people_in_input(is_stretched=True)) / SIDE
        if classes == 92:
            logits[0, 4:, -1] = 4
        return {"pred_boxes": boxes, "pred_logits": logits}

    return outputs


def centernet() -> dict[str, Array]:
    heat = np.zeros((1, 80, 160, 160), np.float32)
    size, offset = np.zeros((1, 2, 160, 160), np.float32), np.zeros((1, 2, 160, 160), np.float32)
    for x, y, width, height in centred(people_in_input()) / 4:
        place = int(y), int(x)
        heat[0, 0][place] = 0.9
        size[0, :, place[0], place[1]] = width, height
        offset[0, :, place[0], place[1]] = x - int(x), y - int(y)
    return {"hm": heat, "wh": size, "reg": offset}


def nanodet_plus() -> dict[str, Array]:
    """Each box from a cell of 64 inside it; its distances, in cells, as a mean of two bins."""
    boxes = people_in_input()
    rows = np.full((1, 8500, 112), -9, np.float32)
    rows[..., :80] = 0
    for left, top, right, bottom in boxes:
        column, row = round((left + right) / 128), round((top + bottom) / 128)
        x, y = column * 64, row * 64
        cell = 8400 + row * 10 + column
        rows[0, cell, 0] = 0.9
        for side, reach in enumerate((x - left, y - top, right - x, bottom - y)):
            below, share = divmod(max(float(reach), 0) / 64, 1)
            bins = rows[0, cell, 80 + side * 8 : 88 + side * 8]
            bins[int(below)] = np.log(max(1 - share, 1e-6))
            bins[int(below) + 1] = np.log(max(share, 1e-6))
    return {"output": rows}


FAMILIES: dict[str, tuple[Callable[[], dict[str, Array]], Family, int]] = {
    "yolox": (yolox, Family.YOLOX, 0),
    "yolov5": (yolov5, Family.YOLOV5, 0),
    "yolov8": (yolov8, Family.YOLOV8, 0),
    "end-to-end": (end_to_end, Family.YOLO_END_TO_END, 0),
    "ssd": (ssd, Family.SSD, 15),
    "tensorflow": (tensorflow_zoo, Family.TENSORFLOW, 1),
    "rt-detr": (detr(80, 0), Family.DETR, 0),
    "rf-detr": (detr(91, 1), Family.DETR, 1),
    "detr": (detr(92, 1), Family.DETR_SOFTMAX, 1),
    "centernet": (centernet, Family.CENTERNET, 0),
}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_model_of_each_family_finds_the_people(name: str, tmp_path: Path) -> None:
    outputs, family, person = FAMILIES[name]
    detector = opened(save(onnx_model(outputs()), tmp_path / f"{name}.onnx"))
    assert (detector.name, detector.runtime, detector.is_poor) == (name, "onnxruntime", False)
    assert (detector.recipe.family, detector.recipe.person) == (family, person)
    assert detector.input_wh(PICTURE_WH) == (SIDE, SIDE)
    found = detector.detect(PIXELS, detector.recipe.threshold)
    same_people(found.boxes)
    assert found.scores == pytest.approx([0.9] * 4, abs=0.1)


def test_nanodet_plus_finds_the_people(tmp_path: Path) -> None:
    detector = opened(save(onnx_model(nanodet_plus()), tmp_path / "plus.onnx"))
    assert detector.recipe.family is Family.NANODET
    assert detector.recipe.preparation.mean[0] == pytest.approx(103.53)
    # A cell of 64 may lie outside a narrow person, whose near side it then cannot reach.
    assert detector.detect(PIXELS, 0.5).count == 4


def test_a_model_that_is_told_the_size_answers_in_it(tmp_path: Path) -> None:
    """The boxes come out of the network as parts of the size it was told."""
    parts = (people_in_input(is_stretched=True) / SIDE)[None]
    nodes = [
        helper.make_node("Cast", ["orig_target_sizes"], ["size"], to=TensorProto.FLOAT),
        helper.make_node("Concat", ["size", "size"], ["sizes"], axis=1),
        helper.make_node("Unsqueeze", ["sizes", "one"], ["by"]),
        helper.make_node("Mul", ["parts", "by"], ["boxes"]),
    ]
    model = onnx_model(
        {"labels": np.zeros((1, 4), np.int64), "scores": np.full((1, 4), 0.9, np.float32)},
        more_inputs=[helper.make_tensor_value_info("orig_target_sizes", TensorProto.INT64, (1, 2))],
        more_nodes=nodes,
        shape=(1, 3, 320, 640),
    )
    model.graph.initializer.append(numpy_helper.from_array(parts, "parts"))
    model.graph.initializer.append(numpy_helper.from_array(np.array([1]), "one"))
    model.graph.output.append(helper.make_tensor_value_info("boxes", TensorProto.FLOAT, (1, 4, 4)))
    detector = opened(save(model, tmp_path / "d-fine.onnx"))
    assert (detector.recipe.family, detector.recipe.person) == (Family.LABELLED, 0)
    same_people(detector.detect(PIXELS, 0.5).boxes)


def test_the_bundled_network_as_ones_own_finds_what_it_finds(tmp_path: Path) -> None:
    file = tmp_path / "mine.onnx"
    file.write_bytes((bundled_models() / "nanodet_g_person_float32.onnx").read_bytes())
    for runtime in ("onnxruntime", "opencv"):
        detector = opened(file, runtime=runtime)
        assert detector.runtime == runtime
        assert detector.recipe.input_wh is None
        assert detector.input_wh(PICTURE_WH) == (416, 256)
        same_people(detector.detect(PIXELS, 0.4).boxes, within=20)


def test_onnx_in_opencv_gives_the_same(tmp_path: Path) -> None:
    detector = opened(save(good_model(), tmp_path / "good.onnx"), runtime="opencv")
    assert detector.runtime == "opencv"
    same_people(detector.detect(PIXELS, 0.4).boxes)


def test_several_threads_get_the_same(tmp_path: Path) -> None:
    detector = opened(save(good_model(), tmp_path / "good.onnx"))
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(lambda _: detector.detect(PIXELS, 0.4), range(16)):
            same_people(found.boxes)


def test_half_and_byte_inputs_are_fed_as_they_want(tmp_path: Path) -> None:
    for element in (TensorProto.FLOAT16, TensorProto.UINT8):
        model = onnx_model(yolov8(), element=element)
        same_people(opened(save(model, tmp_path / "x.onnx")).detect(PIXELS, 0.4).boxes)
    model = onnx_model(yolov8(), element=TensorProto.UINT8, shape=(1, SIDE, SIDE, 3))
    same_people(opened(save(model, tmp_path / "nhwc.onnx")).detect(PIXELS, 0.4).boxes)


def test_a_model_that_only_says_it_takes_any_size_gets_the_one_it_takes(tmp_path: Path) -> None:
    model = onnx_model(yolov8(), shape=(1, 3, "h", "w"))
    detector = opened(save(model, tmp_path / "any.onnx"))
    # Its output is of 640 x 640 whatever comes in: no error, and the shape is as it was tried.
    assert detector.input_wh((640, 640)) == (640, 640)


# ---------------------------------------------------------------- at several scales


def bundled(folder: Path, sidecar: str = "threshold = 0.4\n", precision: str = "float32") -> Path:
    """Return the bundled network as if it were one's own; it takes inputs of any size."""
    file = folder / "mine.onnx"
    file.write_bytes((bundled_models() / f"nanodet_g_person_{precision}.onnx").read_bytes())
    file.with_suffix(".toml").write_text(sidecar)
    return file


@pytest.mark.parametrize("runtime", ["onnxruntime", "opencv"])
def test_a_model_for_any_size_is_searched_without_seams(runtime: Any, tmp_path: Path) -> None:
    detector = opened(bundled(tmp_path), runtime=runtime)
    assert isinstance(detector, ScalableDetector)
    assert detector.long_side == 416
    assert len(TiledDetector(detector).tiles((1920, 1080))) == 1
    # Just as the same network does it that ships with CamWatch.
    shipped = open_nanodet(bundled_models(), runtime, "float32")
    pixels, _ = scene((1280, 720), ((0, 300, 100), (1, 900, 90)))
    for long_side in (224, 416, 608):
        found = detector.detect_at(pixels, 0.3, long_side)
        same = shipped.detect_at(pixels, 0.3, long_side)
        np.testing.assert_allclose(found.boxes, same.boxes, atol=0.5)
    found = TiledDetector(detector).detect(pixels, 0.3)
    same = TiledDetector(shipped).detect(pixels, 0.3)
    assert found.count == same.count == 2
    np.testing.assert_allclose(found.boxes, same.boxes, atol=0.5)


def test_a_model_of_one_size_is_searched_in_two_tiles(tmp_path: Path) -> None:
    detector = opened(bundled(tmp_path, "input = [416, 416]\n"))
    assert not isinstance(detector, ScalableDetector)
    assert isinstance(detector, FixedDetector)
    assert detector.fixed_wh == (416, 416)
    tiled = TiledDetector(detector)
    assert len(tiled.tiles((1280, 720))) == 2
    pixels, truth = scene((1280, 720), ((0, 300, 100), (1, 900, 90)))
    found = tiled.detect(pixels, 0.33)
    assert found.count == 2
    assert (overlaps(truth, found.boxes).max(axis=1) > 0.6).all()


class Counted:
    """Counts how often a detector is run."""

    def __init__(self, detector: OwnDetector) -> None:
        self._detector = detector
        self.name, self.runtime = detector.name, detector.runtime
        self.precision, self.is_poor = detector.precision, detector.is_poor
        self.fingerprint, self.fixed_wh = detector.fingerprint, detector.fixed_wh
        self.runs = 0

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        self.runs += 1
        return self._detector.detect(pixels, threshold)


@pytest.mark.needs_shared
def test_far_people_are_found_with_an_input_of_one_size(shared_data: Path, tmp_path: Path) -> None:
    """Recall of 0.40 below 15 % of the height, at three runs a picture at most, as issue 3 asks."""
    detector = Counted(opened(bundled(tmp_path, "input = [416, 416]\n", "int8")))
    (plain,) = evaluate(detector, shared_data / "people", [0.33])
    detector.runs = 0
    (tiled,) = evaluate(TiledDetector(detector), shared_data / "people", [0.33])
    before, after = plain.found_share[0], tiled.found_share[0]
    assert before is not None
    assert after is not None
    assert after >= 0.40 > before
    assert plain.pictures < detector.runs <= 3 * plain.pictures
    assert tiled.mean_count_error <= plain.mean_count_error
    assert tiled.ap50 >= plain.ap50


def only_so_wide(wide: int) -> Any:
    """Return a model that says it takes any size, but takes one width only."""
    row = numpy_helper.from_array(np.zeros((1, 1, 1, wide), np.float32), "row")
    nodes = [
        helper.make_node("Add", ["images", "row"], ["summed"]),
        helper.make_node("ReduceMax", ["summed"], ["most"], keepdims=0),
    ]
    model = onnx_model(yolov8(), shape=(1, 3, "h", "w"), more_nodes=nodes)
    model.graph.initializer.append(row)
    model.graph.output.append(helper.make_tensor_value_info("most", TensorProto.FLOAT, ()))
    return model


def test_a_model_that_takes_one_scale_only_is_not_searched_at_others(tmp_path: Path) -> None:
    detector = opened(save(only_so_wide(SIDE), tmp_path / "wide.onnx"))
    assert type(detector) is OwnDetector
    assert not isinstance(detector, ScalableDetector)
    assert detector.fixed_wh is None
    assert detector.input_wh((1280, 720)) == (640, 384)
    assert detector.detect(PIXELS, 0.4).count == 4


def test_the_scale_follows_what_is_asked_for(tmp_path: Path) -> None:
    """Its boxes are of the same size in the input, so that they shrink as that grows."""
    detector = opened(save(onnx_model(yolov8(), shape=(1, 3, "h", "w")), tmp_path / "any.onnx"))
    assert isinstance(detector, ScalableDetector)
    assert detector.long_side == SIDE
    usual = detector.detect(PIXELS, 0.4).boxes
    same_people(usual)
    finer = detector.detect_at(PIXELS, 0.4, 2 * SIDE).boxes
    np.testing.assert_allclose(finer, usual / 2, atol=1)


# ---------------------------------------------------------------- pixels or parts


def listed(boxes: Boxes) -> dict[str, Array]:
    """Return what SSD of the ONNX model zoo gives: boxes, labels from 1, scores."""
    rows = np.zeros((1, 200, 4), np.float32)
    scores, labels = np.zeros((1, 200), np.float32), np.ones((1, 200), np.int64)
    rows[0, :4], scores[0, :4] = boxes, 0.9
    return {"bboxes": rows, "labels": labels, "scores": scores}


def parts_of_input() -> Boxes:
    boxes: Boxes = people_in_input(is_stretched=True) / np.float32(SIDE)
    return boxes


def end_to_end_in_parts() -> dict[str, Array]:
    outputs = end_to_end()
    outputs["output0"][0, :, :4] /= SIDE
    return outputs


def yolov8_in_parts() -> dict[str, Array]:
    return yolov8_outputs(people_in_input() / np.float32(SIDE))


def yolov5_in_parts() -> dict[str, Array]:
    outputs = yolov5()
    outputs["output0"][0, :, :4] /= SIDE
    return outputs


def ssd_in_pixels() -> dict[str, Array]:
    outputs = ssd()
    return outputs | {"boxes": outputs["boxes"] * SIDE}


@pytest.mark.parametrize(
    ("outputs", "family", "unit"),
    [
        (lambda: listed(parts_of_input()), Family.LABELLED, "relative"),
        (lambda: listed(parts_of_input() * SIDE), Family.LABELLED, "pixels"),
        (end_to_end_in_parts, Family.YOLO_END_TO_END, "relative"),
        (end_to_end, Family.YOLO_END_TO_END, "pixels"),
        (yolov8_in_parts, Family.YOLOV8, "relative"),
        (yolov8, Family.YOLOV8, "pixels"),
        (yolov5_in_parts, Family.YOLOV5, "relative"),
        (yolov5, Family.YOLOV5, "pixels"),
        (ssd, Family.SSD, "relative"),
        (ssd_in_pixels, Family.SSD, "pixels"),
    ],
)
def test_boxes_in_parts_of_the_input_are_told_from_pixels(
    outputs: Callable[[], dict[str, Array]], family: Family, unit: str, tmp_path: Path
) -> None:
    detector = opened(save(onnx_model(outputs()), tmp_path / "m.onnx"))
    assert (detector.recipe.family, detector.recipe.boxes) == (family, unit)
    same_people(detector.detect(PIXELS, 0.4).boxes)


def bright_only(outputs: dict[str, Array], name: str) -> Any:
    """Return a model that gives nought for this output on grey, and all of it for a bright picture."""
    nodes = [
        helper.make_node("ReduceMax", ["as_float"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "limit"], ["is_bright"]),
        helper.make_node("Cast", ["is_bright"], ["factor"], to=TensorProto.FLOAT),
    ]
    model = onnx_model(outputs, more_nodes=nodes)
    model.graph.initializer.append(numpy_helper.from_array(np.float32(0.6).reshape(()), "limit"))
    (add,) = (node for node in model.graph.node if f"{name}_sum" in node.output)
    add.output[0] = f"{name}_all"
    place = list(model.graph.node).index(add) + 1
    model.graph.node.insert(
        place, helper.make_node("Mul", [f"{name}_all", "factor"], [f"{name}_sum"])
    )
    return model


@pytest.mark.parametrize("factor", [1, SIDE])
def test_a_model_that_shows_no_box_on_grey_is_judged_by_the_first_person(
    factor: int, tmp_path: Path
) -> None:
    outputs = listed(parts_of_input() * np.float32(factor))
    detector = opened(save(bright_only(outputs, "bboxes"), tmp_path / "m.onnx"))
    assert detector.recipe.boxes is None
    same_people(detector.detect(PIXELS, 0.4).boxes)


@pytest.mark.parametrize(("told", "factor"), [("pixels", 1), ("relative", SIDE)])
def test_a_wrong_unit_is_told_and_never_nobody(told: str, factor: int, tmp_path: Path) -> None:
    file = save(onnx_model(listed(parts_of_input() * np.float32(factor))), tmp_path / "m.onnx")
    (tmp_path / "m.toml").write_text(f'boxes = "{told}"\n')
    right = {"pixels": "relative", "relative": "pixels"}[told]
    assert f'boxes = "{right}"' in reason(file)
    (tmp_path / "m.toml").write_text(f'boxes = "{right}"\n')
    same_people(opened(file).detect(PIXELS, 0.4).boxes)


def test_a_unit_is_refused_where_there_is_only_one(tmp_path: Path) -> None:
    file = save(onnx_model(yolox()), tmp_path / "m.onnx")
    (tmp_path / "m.toml").write_text('boxes = "relative"\n')
    assert "always in one unit" in reason(file)


def test_one_sure_person_settles_the_unit_for_good() -> None:
    judge = UnitJudge(None, sure=0.5)
    person = np.array([[0.1, 0.2, 0.3, 0.4]], np.float32)
    speck = np.array([[0.2, 0.2, 1, 1]], np.float32)
    sure, unsure = np.array([0.9], np.float32), np.array([0.1], np.float32)
    # An odd, unsure box settles nothing.
    np.testing.assert_allclose(judge.in_pixels(90 * speck, unsure, (100, 50)), 90 * speck)
    np.testing.assert_allclose(judge.in_pixels(person, sure, (100, 50)), [[10, 10, 30, 20]])
    np.testing.assert_allclose(judge.in_pixels(person, unsure, (100, 50)), [[10, 10, 30, 20]])
    with pytest.raises(ValueError, match="not parts of the picture but in pixels"):
        judge.in_pixels(90 * speck, sure, (100, 50))
    nobody = np.empty((0, 4), np.float32)
    assert judge.in_pixels(nobody, sure[:0], (100, 50)).shape == (0, 4)


def test_too_few_outputs_for_a_family_are_told(tmp_path: Path) -> None:
    file = save(onnx_model({"rows": np.zeros((1, 9, 4))}), tmp_path / "m.onnx")
    for family in FEWEST_OUTPUTS:
        (tmp_path / "m.toml").write_text(f'family = "{family}"\nperson = 0\n')
        assert "too few outputs" in reason(file)


# ---------------------------------------------------------------- Caffe and TensorFlow


def caffe_pair(folder: Path, person: int = 15) -> Path:
    text, weights = caffe_model(detection_rows(PEOPLE, person))
    (folder / CAFFE_PAIR[0]).write_text(text)
    (folder / CAFFE_PAIR[1]).write_bytes(weights)
    return folder / CAFFE_PAIR[1]


def test_the_caffe_pair_is_offered_by_its_usual_name(tmp_path: Path) -> None:
    detector = opened(caffe_pair(tmp_path))
    assert detector.name == "mobilenet-ssd"
    assert detector.runtime == "opencv"
    assert detector.input_wh(PICTURE_WH) == (300, 300)
    assert detector.recipe.person == 15
    preparation = detector.recipe.preparation
    assert (preparation.order, preparation.fit) == ("bgr", "stretch")
    tensor = as_tensor(np.full((1, 1, 3), 255, np.uint8), preparation, "nchw", np.float32)
    assert tensor == pytest.approx((255 - 127.5) * 0.007843, abs=1e-4)
    same_people(detector.detect(PIXELS, 0.5).boxes)


def test_caffe_weights_alone_are_refused(tmp_path: Path) -> None:
    file = caffe_pair(tmp_path)
    (tmp_path / CAFFE_PAIR[0]).unlink()
    assert ".prototxt" in reason(file)


def test_a_caffe_text_that_is_none_is_told(tmp_path: Path) -> None:
    file = caffe_pair(tmp_path)
    (tmp_path / CAFFE_PAIR[0]).write_bytes(b"\x00\xff")
    with pytest.raises(OwnModelUnfit, match="no text"):
        opened(file)
    (tmp_path / CAFFE_PAIR[0]).write_text("layer { type: ")
    assert "refused by OpenCV" in reason(file)


def test_a_frozen_graph_of_tensorflow_runs_in_opencv(tmp_path: Path) -> None:
    file = tmp_path / "frozen.pb"
    file.write_bytes(tensorflow_graph(detection_rows(PEOPLE, person=1)))
    detector = opened(file)
    assert (detector.recipe.family, detector.recipe.person) == (Family.DETECTION_OUTPUT, 1)
    assert detector.recipe.preparation == Preparation("rgb", 1.0, fit="stretch")
    same_people(detector.detect(PIXELS, 0.5).boxes)


# ---------------------------------------------------------------- what goes in


def test_an_input_is_scaled_shifted_and_divided_per_channel() -> None:
    canvas = np.random.default_rng(1).integers(0, 256, (4, 6, 3)).astype(np.uint8)
    preparation = Preparation("rgb", 1 / 255, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7))
    expected = (canvas[..., ::-1] / 255 - [0.1, 0.2, 0.3]) / [0.5, 0.6, 0.7]
    nhwc = as_tensor(canvas, preparation, "nhwc", np.float32)
    np.testing.assert_allclose(nhwc[0], expected, atol=1e-5)
    nchw = as_tensor(canvas, preparation, "nchw", np.float32)
    np.testing.assert_array_equal(nchw.transpose(0, 2, 3, 1), nhwc)
    plain = as_tensor(canvas, Preparation("bgr", 1.0), "nhwc", np.uint8)
    np.testing.assert_array_equal(plain[0], canvas)


def recipe(fit: Any, input_wh: tuple[int, int] | None) -> Recipe:
    return Recipe(Family.YOLOV8, ("x",), input_wh, 640, 0, Preparation(fit=fit), 0.4, 0.55, 8, "")


@pytest.mark.parametrize(
    ("fit", "input_wh", "content", "room"),
    [
        ("letterbox", (640, 640), (640, 360), (640, 640)),
        ("letterbox", (320, 640), (320, 180), (320, 640)),
        ("letterbox", (640, 320), (569, 320), (640, 320)),
        ("letterbox", None, (640, 360), (640, 384)),
        ("stretch", (300, 300), (300, 300), (300, 300)),
        ("stretch", None, (640, 384), (640, 384)),
    ],
)
def test_a_picture_gets_into_the_input_and_its_boxes_back(
    fit: str,
    input_wh: tuple[int, int] | None,
    content: tuple[int, int],
    room: tuple[int, int],
) -> None:
    box = fit_input((1280, 720), recipe(fit, input_wh))
    assert (box.content_wh, box.input_wh) == (content, room)
    whole = np.array([[0, 0, *content]], np.float32)
    assert boxes_in_frame(whole, box).tolist() == [[0, 0, 1280, 720]]


@pytest.mark.parametrize(("channels", "count"), [("rgb", 1), ("bgr", 0)])
def test_colours_arrive_in_the_order_that_is_asked_for(
    channels: str, count: int, tmp_path: Path
) -> None:
    """A model whose score is how red the picture is."""
    boxes = np.zeros((1, 4, 8400), np.float32)
    boxes[0, :, 0] = [320, 320, 100, 100]
    nodes = [
        helper.make_node("Slice", ["as_float", "from", "to", "axis"], ["first"]),
        helper.make_node("ReduceMean", ["first"], ["redness"], axes=[2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["redness", "axis2"], ["column"]),
        helper.make_node("Mul", ["column", "mask"], ["scores"]),
        helper.make_node("Concat", ["boxes_sum", "scores"], ["output0"], axis=1),
    ]
    mask = np.zeros((1, 1, 8400), np.float32)
    mask[..., 0] = 1
    model = onnx_model({"boxes": boxes})
    model.graph.node.extend(nodes)
    for name, array in {
        "from": np.array([0]), "to": np.array([1]), "axis": np.array([1]),
        "axis2": np.array([2]), "mask": mask,
    }.items():  # fmt: skip
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    del model.graph.output[:]
    model.graph.output.append(
        helper.make_tensor_value_info("output0", TensorProto.FLOAT, (1, 5, 8400))
    )
    file = save(model, tmp_path / "red.onnx")
    (tmp_path / "red.toml").write_text(f'channels = "{channels}"\n')
    red: npt.NDArray[np.uint8] = np.zeros((640, 640, 3), np.uint8)
    red[..., 2] = 255
    assert opened(file).detect(red, 0.9).count == count


# ---------------------------------------------------------------- the sidecar file


def test_a_sidecar_says_what_the_model_does_not(tmp_path: Path) -> None:
    boxes = people_in_input()
    rows = np.zeros((1, 8400, 12), np.float32)  # seven classes of one's own
    rows[0, :4, :4], rows[0, :4, 4 + 3] = centred(boxes), 0.6
    file = save(onnx_model({"out": rows}), tmp_path / "gate.onnx")
    assert "person = 0" in reason(file)
    (tmp_path / "gate.toml").write_text(
        'person = 3\nthreshold = 0.55\nnms = 1.0\nlicence = "CC0-1.0"\nchannels = "bgr"\n'
        'scale = 1.0\nmean = [1, 2, 3]\nstd = [4.0, 5.0, 6.0]\nfit = "letterbox"\n'
    )
    detector = opened(file)
    same_people(detector.detect(PIXELS, 0.55).boxes)
    assert detector.recipe.preparation == Preparation("bgr", 1.0, (1, 2, 3), (4, 5, 6), "letterbox")
    assert (detector.recipe.threshold, detector.recipe.licence) == (0.55, "CC0-1.0")


def test_the_person_is_found_by_the_names_of_the_classes(tmp_path: Path) -> None:
    rows = np.zeros((1, 7, 8400), np.float32)
    rows[0, :4, :4], rows[0, 4 + 2, :4] = centred(people_in_input()).T, 0.9
    model = onnx_model({"output0": rows})
    file = save(model, tmp_path / "own.onnx")
    assert "tells 3 classes apart" in reason(file)
    model.metadata_props.add(key="names", value="{0: 'car', 1: 'bus', 2: 'Person'}")
    detector = opened(save(model, file))
    assert detector.recipe.person == 2
    same_people(detector.detect(PIXELS, 0.4).boxes)
    model.metadata_props[0].value = "{0: 'car', 1: 'person', 2: 'human'}"  # which of them?
    save(model, file)
    assert "tells 3 classes apart" in reason(file)


def test_a_family_can_be_named_where_it_is_not_recognised(tmp_path: Path) -> None:
    rows = np.zeros((1, 700, 6), np.float32)
    rows[0, :4, :4], rows[0, :4, 4:] = centred(people_in_input()), [0.9, 1.0]
    other = np.zeros((1, 3), np.float32)
    file = save(onnx_model({"extra": other, "rows": rows}), tmp_path / "odd.onnx")
    (tmp_path / "odd.toml").write_text('family = "yolov5"\nperson = 0\noutputs = ["rows"]\n')
    same_people(opened(file).detect(PIXELS, 0.4).boxes)
    (tmp_path / "odd.toml").write_text('family = "yolov5"\nperson = 0\noutputs = ["raws"]\n')
    assert "extra 1 x 3, rows 1 x 700 x 6" in reason(file)


def test_a_model_of_an_unknown_kind_is_told_with_what_was_seen(tmp_path: Path) -> None:
    file = save(onnx_model({"probabilities": np.zeros((1, 1000))}), tmp_path / "cats.onnx")
    said = reason(file)
    assert "probabilities 1 x 1000" in said
    assert "640 x 640" in said
    assert "cats.toml" in said


def test_a_size_that_the_model_does_not_take_is_told(tmp_path: Path) -> None:
    file = save(good_model(), tmp_path / "good.onnx")
    for text in ("input = [320, 320]", 'input = "dynamic"'):
        (tmp_path / "good.toml").write_text(text)
        assert "640 x 640 pixels only" in reason(file)


def test_the_example_is_a_sidecar() -> None:
    said = read_sidecar(EXAMPLE.encode())
    assert said.family is Family.YOLOV8
    assert said.input == (640, 640)
    for family in set(Family) - {Family.YOLOV8}:
        assert f" {family}" in EXAMPLE


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("family = 'yolo9000'", "family"),
        ("famly = 'yolov8'", "famly is unknown; did you mean family?"),
        ("input = [640]", "input must be [width, height]"),
        ("input = 640", "input must be"),
        ("input = [8, 640]", "input must be"),
        ("mean = [0, 0]", "mean"),
        ("std = [1, 0, 1]", "std"),
        ("scale = 0", "scale"),
        ("scale = inf", "scale"),
        ("channels = 'rbg'", "channels"),
        ("person = -1", "person"),
        ("threshold = 1.5\nnms = 2", "nms"),
        ("threshold = 1.5\nnms = 2", "threshold"),
        ('licence = "a\\nb"', "licence must be one line"),
        ("= 1", "not TOML"),
        ("a = " + "[" * 8000, "nested too deeply"),
        ("person = " + "9" * 6000, "not TOML"),
        ('"\\u001b[2J" = 1', r"'\x1b[2J' is unknown"),
        (f"outputs = ['{'x' * 1000}']", "outputs"),
        ("boxes = 'inches'", "boxes"),
        ("\udcff", "not TOML"),
        ("#" * 20_000, "too large"),
    ],
)
def test_mistakes_in_a_sidecar_are_named(text: str, named: str, tmp_path: Path) -> None:
    file = save(good_model(), tmp_path / "good.onnx")
    (tmp_path / "good.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert named in reason(file)


# ---------------------------------------------------------------- files that are not taken


def test_a_pickle_is_never_loaded(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "exploded",))

    for protocol in (2, 3, 4, 5):
        (tmp_path / "m.onnx").write_bytes(pickle.dumps(Bomb(), protocol))
        assert "pickle" in reason(tmp_path / "m.onnx")
    with zipfile.ZipFile(tmp_path / "torch.onnx", "w") as archive:
        archive.writestr("data.pkl", pickle.dumps(Bomb()))
    assert "PyTorch" in reason(tmp_path / "torch.onnx")
    (tmp_path / "m.pt").write_bytes(b"x")
    with pytest.raises(OwnModelUnfit, match="export it to ONNX"):
        files_of(tmp_path / "m.pt")
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\x89HDF\r\n", "Keras"),
        (b"\x20\x00\x00\x00TFL3", "TensorFlow Lite"),
        (b"version https://git-lfs.github.com/spec/v1\n", "pointer"),
        (b"\x7fELF\x02", "program"),
        (b"<?xml version", "text file"),
        (b"\x08\x07\x12\x03abc", "no ONNX file"),
    ],
)
def test_files_of_other_kinds_are_named(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(data)
    assert said in reason(tmp_path / "m.onnx")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = save(good_model(), tmp_path / "outside" / "good.onnx")
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "good.onnx").symlink_to(outside)
    assert "link" in reason(folder / "good.onnx")
    (folder / "good.onnx").unlink()
    save(good_model(), folder / "real.onnx")
    (folder / "good.onnx").symlink_to(folder / "real.onnx")
    same_people(opened(folder / "good.onnx").detect(PIXELS, 0.4).boxes)
    (folder / "real.toml").symlink_to("/etc/hostname")
    assert "link" in reason(folder / "real.onnx")


def test_a_file_beyond_the_cap_is_refused_unread(tmp_path: Path) -> None:
    file = tmp_path / "huge.onnx"
    with file.open("wb") as stream:
        stream.truncate((512 << 20) + 1)
    assert "too large" in reason(file)


def test_a_folder_or_nothing_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").mkdir()
    assert "no file" in reason(tmp_path / "m.onnx")
    with pytest.raises(OwnModelMissing):
        opened(tmp_path / "gone.onnx")


@pytest.mark.parametrize("name", ["auto", "HOG", "nanodet", "two words", ".hidden", "a" * 70, "ä"])
def test_names_that_mean_something_else_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(OwnModelUnfit):
        files_of(tmp_path / f"{name}.onnx")


def test_models_are_found_with_what_stands_beside_them(tmp_path: Path) -> None:
    for name in ("b.onnx", "b.toml", "a.pb", "a.pbtxt", "notes.txt", ".c.onnx", "auto.onnx"):
        (tmp_path / name).write_bytes(b"x")
    caffe_pair(tmp_path)
    found = models_in(tmp_path)
    assert [(one.name, one.kind) for one in found] == [
        ("a", Kind.TENSORFLOW),
        ("b", Kind.ONNX),
        ("mobilenet-ssd", Kind.CAFFE),
    ]
    assert [len(one.all) for one in found] == [2, 2, 2]
    assert models_in(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ((1, 1, 640, 640), "colour"),
        ((8, 3, 640, 640), "8 pictures"),
        ((1, 3, 640), "inputs"),
    ],
)
def test_inputs_that_are_no_picture_are_told(
    shape: tuple[int, ...], said: str, tmp_path: Path
) -> None:
    model = onnx_model({"o": np.zeros((1, 5))}, shape=shape)
    assert said in reason(save(model, tmp_path / "m.onnx"))


def test_external_data_never_reaches_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = good_model()
    weights = numpy_helper.from_array(np.zeros(1, np.float32), "w")
    weights.data_location = TensorProto.EXTERNAL
    weights.external_data.add(key="location", value="../../etc/passwd")
    model.graph.initializer.append(weights)
    file = save(model, tmp_path / "m.onnx")
    monkeypatch.setattr("onnxruntime.InferenceSession", None)  # whoever calls it now fails
    assert "another file" in reason(file)


def test_a_model_that_gives_text_is_told(tmp_path: Path) -> None:
    model = onnx_model({"o": np.zeros((1, 2))})
    model.graph.node.append(helper.make_node("Cast", ["o"], ["said"], to=TensorProto.STRING))
    model.graph.output.append(helper.make_tensor_value_info("said", TensorProto.STRING, (1, 2)))
    assert "text instead of numbers" in reason(save(model, tmp_path / "m.onnx"))


def test_an_operator_that_nobody_has_is_told(tmp_path: Path) -> None:
    model = good_model()
    model.graph.node.append(helper.make_node("Teleport", ["images"], ["x"]))
    assert "cannot be loaded" in reason(save(model, tmp_path / "m.onnx"))


class Fickle:
    """Answers well while it is opened and tried, then with something else."""

    runtime: Any = "onnxruntime"
    outputs: tuple[str, ...] = ("output0",)
    layout: Any = "nchw"
    element: npt.DTypeLike = np.float32
    input_wh: tuple[int, int] | None = (SIDE, SIDE)
    is_told_size = False

    def __init__(self) -> None:
        self.answer = yolov8()["output0"]

    def run(self, tensor: Array) -> list[Array]:
        return [self.answer]


@pytest.mark.parametrize("answer", [np.full((1, 84, 8400), np.nan), np.zeros((1, 3)), np.zeros(())])
def test_a_result_that_means_nothing_is_unfit_and_never_zero_people(answer: Array) -> None:
    network = Fickle()
    usual = USUAL[Family.YOLOV8]
    made = Recipe(
        Family.YOLOV8, ("output0",), (SIDE, SIDE), 640, 0, usual.preparation, 0.4, 0.55, 8, ""
    )
    detector = OwnDetector(
        "x", network, made, Path("x.onnx"), precision="float32", fingerprint="0" * 16
    )
    same_people(detector.detect(PIXELS, 0.4).boxes)
    network.answer = answer.astype(np.float32)
    with pytest.raises(ModelUnfit, match="no usable result"):
        detector.detect(PIXELS, 0.4)


def test_a_blind_model_is_a_model_all_the_same(tmp_path: Path) -> None:
    assert opened(save(blind_model(), tmp_path / "blind.onnx")).detect(PIXELS, 0.4).count == 3


def test_the_document_tells_of_every_family_and_every_line_of_a_sidecar() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "models.md").read_text("utf-8")
    section = text[text.index("## Your own model") : text.index("## Measuring again")]
    for family in Family:
        assert f"| `{family}` |" in section
    example = section.split("```toml\n")[1].split("```")[0]
    said = read_sidecar(example.encode())
    assert said.model_fields_set == set(Sidecar.model_fields)
    assert all(suffix in section for suffix in SUFFIXES)
