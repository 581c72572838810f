from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from camwatch.config import Detection
from camwatch.detect.catalogue import ModelEntry, Runtime, read_catalogue
from camwatch.detect.counting import count_source
from camwatch.detect.detector import Detector, open_detector, open_nanodet, open_network
from camwatch.detect.geometry import overlaps
from camwatch.detect.nanodet import NanoDet
from camwatch.detect.networks import OpenCvNetwork, OrtNetwork, Tensor
from camwatch.detect.tiles import TiledDetector
from camwatch.domain import Detections, Pixels
from camwatch.errors import ModelMissing, ModelUnfit
from camwatch.paths import bundled_models
from tests.detect.scene import THREE, Person, scene

THRESHOLD = Detection().threshold
SETTINGS = Detection()


@pytest.fixture(scope="module", params=["onnxruntime", "opencv"])
def detector(request: pytest.FixtureRequest) -> Detector:
    return open_detector(SETTINGS, bundled_models(), runtime=request.param)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """Return a copy of the models that a test may damage."""
    return Path(shutil.copytree(bundled_models(), tmp_path / "models"))


# ---------------------------------------------------------------- finding people


@pytest.mark.parametrize(
    ("wh", "people"),
    [
        ((1280, 720), THREE),
        ((960, 540), ((1, 300, 300),)),
        ((1200, 300), ((0, 500, 280), (1, 800, 280), (2, 100, 280))),
        ((540, 960), ((0, 100, 560),)),
    ],
    ids=["16:9", "small", "4:1", "portrait"],
)
def test_people_are_found_where_they_stand(
    detector: Detector, wh: tuple[int, int], people: tuple[Person, ...]
) -> None:
    pixels, truth = scene(wh, people)
    found = detector.detect(pixels, THRESHOLD)
    assert found.count == len(people)
    assert (overlaps(truth, found.boxes).max(axis=1) > 0.75).all()
    assert (np.diff(found.scores) <= 0).all()
    assert (found.boxes[:, 2:] <= wh).all()
    assert (found.boxes >= 0).all()


def test_an_empty_scene_has_nobody(detector: Detector) -> None:
    pixels, _ = scene((960, 540))
    found = detector.detect(pixels, THRESHOLD)
    assert (found.count, found.confidence) == (0, 0.0)
    assert found.boxes.shape == (0, 4)


@pytest.mark.parametrize("shape", [(1, 1, 3), (16, 3000, 3), (3000, 16, 3), (17, 31, 3)])
def test_odd_shapes_are_searched_too(detector: Detector, shape: tuple[int, int, int]) -> None:
    assert detector.detect(np.full(shape, 90, np.uint8), THRESHOLD).count == 0


def test_the_picture_is_left_as_it_is(detector: Detector) -> None:
    pixels, _ = scene((960, 540), ((1, 300, 300),))
    before = pixels.copy()
    pixels.setflags(write=False)
    detector.detect(pixels, THRESHOLD)
    assert (pixels == before).all()


def test_a_higher_threshold_finds_the_best_of_them(detector: Detector) -> None:
    pixels, _ = scene((1280, 720), THREE)
    many = detector.detect(pixels, 0.2)
    cut = float(many.scores[0]) - 0.001
    few = detector.detect(pixels, cut)
    assert 0 < few.count < many.count
    assert few.boxes.tolist() == many.boxes[: few.count].tolist()


def test_threads_share_a_detector(detector: Detector) -> None:
    scenes = [scene((1280, 720), THREE)[0], scene((540, 960), ((0, 100, 560),))[0]]
    alone = [detector.detect(pixels, THRESHOLD) for pixels in scenes]
    together: list[tuple[int, Detections]] = []

    def search(which: int) -> None:
        together.extend((which, detector.detect(scenes[which], THRESHOLD)) for _ in range(5))

    threads = [threading.Thread(target=search, args=(n % 2,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 20
    for which, found in together:
        assert found.boxes.tolist() == alone[which].boxes.tolist()
        assert found.scores.tolist() == alone[which].scores.tolist()


def test_both_runtimes_give_the_float_model_s_result() -> None:
    pixels, _ = scene((1280, 720), THREE)
    one = open_nanodet(bundled_models(), "onnxruntime", "float32").detect(pixels, THRESHOLD)
    other = open_nanodet(bundled_models(), "opencv", "float32").detect(pixels, THRESHOLD)
    np.testing.assert_allclose(one.scores, other.scores, atol=1e-3)
    np.testing.assert_allclose(one.boxes, other.boxes, atol=0.2)


def test_int8_is_close_to_float() -> None:
    pixels, _ = scene((1280, 720), THREE)
    exact = open_nanodet(bundled_models(), "onnxruntime", "float32").detect(pixels, THRESHOLD)
    short = open_nanodet(bundled_models(), "onnxruntime", "int8").detect(pixels, THRESHOLD)
    assert short.count == exact.count == 3
    assert (overlaps(exact.boxes, short.boxes).max(axis=1) > 0.85).all()
    assert abs(short.confidence - exact.confidence) < 0.1


def test_hog_finds_somebody_and_says_that_it_is_poor() -> None:
    hog = open_detector(Detection(model="hog"), bundled_models())
    assert (hog.name, hog.runtime, hog.precision, hog.is_poor) == ("hog", "opencv", "-", True)
    pixels, truth = scene((480, 400), ((0, 180, 240),))
    pixels = np.vstack([pixels, pixels[-1:].repeat(60, axis=0)])  # room around the feet
    found = hog.detect(pixels, 0.2)
    assert overlaps(truth, found.boxes).max() > 0.6
    assert ((found.scores >= 0.2) & (found.scores < 1)).all()
    assert hog.detect(np.full((20, 30, 3), 90, np.uint8), THRESHOLD).count == 0


# ---------------------------------------------------------------- which one is opened


def test_the_default_is_the_int8_model() -> None:
    found = open_detector(SETTINGS, bundled_models())
    assert (found.name, found.runtime, found.precision, found.is_poor) == (
        "nanodet-g",
        "onnxruntime",
        "int8",
        False,
    )


def test_without_onnx_runtime_the_float_model_runs_in_opencv(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # importing it fails now
    found = open_detector(SETTINGS, bundled_models())
    assert (found.name, found.runtime, found.precision) == ("nanodet-g", "opencv", "float32")
    with pytest.raises(ModelUnfit, match="not installed"):
        open_detector(SETTINGS, bundled_models(), runtime="onnxruntime")


def test_the_listed_threshold_is_the_default_of_the_settings() -> None:
    assert {entry.threshold for entry in read_catalogue(bundled_models()).models} == {THRESHOLD}


def test_the_readme_tells_the_models_that_are_there() -> None:
    text = (bundled_models() / "README.md").read_text("utf-8")
    for entry in read_catalogue(bundled_models()).models:
        size = (bundled_models() / entry.file).stat().st_size
        assert f"`{entry.file}` | `{entry.sha256}` | {size:,} |" in text


# ---------------------------------------------------------------- broken models


@pytest.mark.fault("F64")
@pytest.mark.parametrize("runtime", ["auto", "onnxruntime", "opencv"])
def test_a_missing_model_is_told_and_not_replaced(models: Path, runtime: str) -> None:
    for file in models.glob("*.onnx"):
        file.unlink()
    with pytest.raises(ModelMissing) as caught:
        open_detector(SETTINGS, models, runtime=runtime)  # type: ignore[arg-type]
    assert caught.value.path is not None
    assert caught.value.path.suffix == ".onnx"


def test_the_missing_int8_model_is_not_replaced_by_the_float_one(models: Path) -> None:
    (models / "nanodet_g_person_int8.onnx").unlink()
    with pytest.raises(ModelMissing):
        open_detector(SETTINGS, models)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        open_detector(SETTINGS, tmp_path / "nowhere")


@pytest.mark.fault("F64")
@pytest.mark.parametrize("runtime", ["onnxruntime", "opencv"])
def test_one_changed_bit_is_noticed(models: Path, runtime: str) -> None:
    for file in models.glob("*.onnx"):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
    with pytest.raises(ModelUnfit, match="SHA-256"):
        open_detector(SETTINGS, models, runtime=runtime)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "{", "{}", '{"models": [{"name": "nanodet-g"}]}', "[1]"])
def test_a_damaged_list_is_told(models: Path, text: str) -> None:
    (models / "models.json").write_text(text, "utf-8")
    with pytest.raises(ModelUnfit, match="list of models is damaged"):
        open_detector(SETTINGS, models)


def test_a_file_outside_the_folder_cannot_be_listed(models: Path) -> None:
    listed = json.loads((models / "models.json").read_text("utf-8"))
    listed["models"][0]["file"] = "../elsewhere.onnx"
    (models / "models.json").write_text(json.dumps(listed), "utf-8")
    with pytest.raises(ModelUnfit):
        open_detector(SETTINGS, models)


def test_int8_is_never_given_to_opencv() -> None:
    with pytest.raises(ModelMissing):
        open_network(bundled_models(), "opencv", "int8")


@pytest.mark.fault("F64")
@pytest.mark.parametrize("kind", [OrtNetwork, OpenCvNetwork])
@pytest.mark.parametrize("data", [b"", b"not a model at all", b"\x08\x07\x12\x04" * 100])
def test_what_is_no_model_is_unfit(kind: type[OrtNetwork | OpenCvNetwork], data: bytes) -> None:
    with pytest.raises(ModelUnfit):
        kind(data, ("s8",), Path("some.onnx"))


def test_an_input_that_does_not_fit_is_told() -> None:
    for runtime in ("onnxruntime", "opencv"):
        network, *_ = open_network(bundled_models(), runtime, "float32")
        with pytest.raises(ModelUnfit):
            network.run(np.zeros((1, 7, 32, 32), np.float32))


class BadNetwork:
    """Gives outputs of the right shape that turn bad after the warm-up."""

    runtime: Runtime = "opencv"

    def __init__(self, bins: int = 44) -> None:
        self.bins = bins
        self.value = 0.0

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        height, width = tensor.shape[2:]
        return [
            np.full((1, 1 + self.bins, height // s, width // s), self.value, np.float32)
            for s in (8, 16, 32)
        ]


def _opened(network: BadNetwork) -> NanoDet:
    entry: ModelEntry = read_catalogue(bundled_models()).models[0]
    return NanoDet(network, entry, Path("bad.onnx"))


@pytest.mark.fault("F65")
def test_a_result_that_is_no_number_is_unfit_and_never_zero_people() -> None:
    network = BadNetwork()
    opened = _opened(network)
    network.value = float("nan")
    with pytest.raises(ModelUnfit, match="no usable result"):
        opened.detect(np.zeros((64, 64, 3), np.uint8), THRESHOLD)


class BreakingNetwork(BadNetwork):
    """Works until it is broken."""

    is_broken = False

    def run(self, tensor: Tensor) -> Sequence[Tensor]:
        if self.is_broken:
            raise ModelUnfit(Path("bad.onnx"), "the network cannot be run")
        return super().run(tensor)


@dataclass(frozen=True)
class OnePicture:
    """A picture of a row."""

    pixels: Pixels
    index: int = 0
    name: str | None = None
    t_s: float = 0.0


@pytest.mark.fault("F65")
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf"), None])
@pytest.mark.parametrize("with_tiles", [False, True])
def test_who_fails_or_gives_no_numbers_gives_no_count(bad: float | None, with_tiles: bool) -> None:
    network = BreakingNetwork()
    opened = _opened(network)
    detector: Detector = TiledDetector(opened) if with_tiles else opened
    picture = OnePicture(np.zeros((64, 64, 3), np.uint8))
    (counted,) = count_source(detector, [picture], THRESHOLD)
    assert counted.people.count == 0
    if bad is None:
        network.is_broken = True
    else:
        network.value = bad
    with pytest.raises(ModelUnfit):
        detector.detect(picture.pixels, THRESHOLD)
    with pytest.raises(ModelUnfit):
        list(count_source(detector, [picture], THRESHOLD))


def test_one_bad_number_among_thousands_is_noticed() -> None:
    class OneBadCell(BadNetwork):
        is_bad = False

        def run(self, tensor: Tensor) -> Sequence[Tensor]:
            outputs = super().run(tensor)
            if self.is_bad:
                outputs[0][0, 0, -1, -1] = np.nan
            return outputs

    network = OneBadCell()
    opened = _opened(network)
    network.is_bad = True
    with pytest.raises(ModelUnfit, match="s8: a score"):
        opened.detect(np.zeros((64, 64, 3), np.uint8), THRESHOLD)


def test_a_network_of_another_shape_is_refused_on_opening() -> None:
    with pytest.raises(ModelUnfit, match="gives"):
        _opened(BadNetwork(bins=32))
