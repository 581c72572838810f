"""Which models there are, and that one's own counts only as it was tested."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from camwatch.cameras.simulator.sample import known_picture
from camwatch.config import Detection
from camwatch.detect import library as library_module
from camwatch.detect.catalogue import read_catalogue
from camwatch.detect.detector import open_detector
from camwatch.detect.library import ModelInfo, ModelLibrary, ModelState
from camwatch.detect.model_files import CAFFE_PAIR
from camwatch.detect.opening import WantedRuntime, open_own
from camwatch.detect.records import FILE, Record, read_records
from camwatch.detect.trial import Trial, try_detector
from camwatch.domain import Detections
from camwatch.errors import InvalidSetting, ModelUnfit, OwnModelMissing, OwnModelUnfit
from camwatch.files import write_aside
from camwatch.paths import bundled_models
from tests.detect.own_models import (
    PICTURE_WH,
    blind_model,
    caffe_model,
    detection_rows,
    good_model,
    save,
)

PIXELS, PEOPLE = known_picture()
NOON = datetime(2026, 11, 12, 12, 0, tzinfo=UTC)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "profile" / "models"


@pytest.fixture
def library(own: Path) -> ModelLibrary:
    return ModelLibrary(bundled_models(), own, clock=lambda: NOON)


def remember(library: ModelLibrary, name: str, *, accept: bool = True) -> Record:
    """Test a model that stands in the folder."""
    files = library.find(name)
    _, contents = library.incoming(files.main)
    detector = open_own(files, contents=contents)
    trial = try_detector(detector, PIXELS, detector.recipe.threshold, PEOPLE)
    return library.remember(detector, contents, trial, PICTURE_WH, accept=accept)


def info(library: ModelLibrary, name: str) -> ModelInfo:
    return next(one for one in library.models() if one.name == name)


def test_what_ships_with_camwatch_is_always_listed(library: ModelLibrary) -> None:
    models = library.models()
    assert [(one.name, one.state, one.is_own) for one in models] == [
        ("nanodet", ModelState.READY, False),
        ("hog", ModelState.READY, False),
    ]
    assert models[0].threshold == 0.33
    assert models[0].licence == "Apache-2.0"
    assert models[0].size_bytes > 10_000_000


def test_a_shipped_model_whose_file_is_gone_is_missing(tmp_path: Path, own: Path) -> None:
    (tmp_path / "models.json").write_bytes((bundled_models() / "models.json").read_bytes())
    assert info(ModelLibrary(tmp_path, own), "nanodet").state is ModelState.MISSING


def test_a_model_dropped_into_the_folder_is_new_and_may_not_count(
    library: ModelLibrary, own: Path
) -> None:
    save(good_model(), own / "gate.onnx")
    assert info(library, "gate").state is ModelState.NEW
    assert "not been tested and accepted yet" in info(library, "gate").note
    with pytest.raises(OwnModelUnfit, match="not been tested"):
        library.open("gate")
    with pytest.raises(OwnModelUnfit, match="not been tested"):
        library.accept("gate")


def test_a_model_that_was_tested_and_accepted_counts(library: ModelLibrary, own: Path) -> None:
    save(good_model(), own / "gate.onnx")
    record = remember(library, "gate")
    assert (record.known, record.found, record.false_alarms) == (4, 4, 0)
    assert record.tested_at == NOON
    assert record.input == (640, 640)
    one = info(library, "gate")
    assert (one.state, one.family, one.runtime) == (ModelState.READY, "yolov8", "onnxruntime")
    assert one.is_usable
    assert one.ms is not None
    assert one.ms > 0
    detector = open_detector(Detection(model="gate"), bundled_models(), own=own)
    assert detector.name == "gate"
    assert detector.fingerprint == record.files["gate.onnx"][:16]
    assert detector.detect(PIXELS, 0.4).count == 4


@pytest.mark.parametrize("change", ["model", "sidecar added", "sidecar changed", "sidecar gone"])
def test_a_changed_file_is_unfit_and_never_replaced(
    change: str, library: ModelLibrary, own: Path
) -> None:
    file, sidecar = save(good_model(), own / "gate.onnx"), own / "gate.toml"
    if change in ("sidecar changed", "sidecar gone"):
        sidecar.write_text("threshold = 0.4\n")
    remember(library, "gate")
    match change:
        case "model":
            save(blind_model(), file)
        case "sidecar gone":
            sidecar.unlink()
        case _:
            sidecar.write_text("threshold = 0.5\n")
    assert info(library, "gate").state is ModelState.CHANGED
    for _ in range(2):
        with pytest.raises(OwnModelUnfit, match="changed after it had been tested"):
            open_detector(Detection(model="gate"), bundled_models(), own=own)
    with pytest.raises(OwnModelUnfit, match="changed"):
        library.accept("gate")
    remember(library, "gate")
    assert library.open("gate").name == "gate"


def test_a_model_that_is_gone_is_missing_and_never_replaced(
    library: ModelLibrary, own: Path
) -> None:
    file = save(good_model(), own / "gate.onnx")
    remember(library, "gate")
    file.unlink()
    assert info(library, "gate").state is ModelState.MISSING
    with pytest.raises(OwnModelMissing) as caught:
        open_detector(Detection(model="gate"), bundled_models(), own=own)
    assert caught.value.name == "gate"
    with pytest.raises(OwnModelMissing):
        open_detector(Detection(model="never-there"), bundled_models())


def test_a_weak_model_counts_only_once_it_is_accepted(library: ModelLibrary, own: Path) -> None:
    save(blind_model(), own / "blind.onnx")
    record = remember(library, "blind", accept=False)
    assert (record.found, record.false_alarms, record.is_recommended) == (2, 1, False)
    assert info(library, "blind").state is ModelState.WEAK
    with pytest.raises(OwnModelUnfit, match="accepted"):
        library.open("blind")
    assert library.open("blind", confirmed=True).name == "blind"
    assert library.accept("blind").is_accepted
    assert library.open("blind").detect(PIXELS, 0.4).count == 3


def test_a_file_that_cannot_be_used_is_listed_as_such(library: ModelLibrary, own: Path) -> None:
    own.mkdir(parents=True)
    (own / "link.onnx").symlink_to("/etc/hostname")
    (own / "empty.onnx").touch()
    assert info(library, "link").state is ModelState.UNFIT
    assert "link" in info(library, "link").note
    assert info(library, "empty").note == "is empty"


def test_the_caffe_pair_is_offered_from_either_folder(tmp_path: Path, own: Path) -> None:
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "models.json").write_bytes((bundled_models() / "models.json").read_bytes())
    library = ModelLibrary(shipped, own)
    text, weights = caffe_model(detection_rows(PEOPLE, 15))
    (shipped / CAFFE_PAIR[0]).write_text(text)
    assert "mobilenet-ssd" not in [one.name for one in library.models()]
    (shipped / CAFFE_PAIR[1]).write_bytes(weights)
    assert info(library, "mobilenet-ssd").state is ModelState.NEW
    remember(library, "mobilenet-ssd")
    assert library.open("mobilenet-ssd").detect(PIXELS, 0.5).count == 4
    assert (own / FILE).exists()
    assert not (shipped / FILE).exists()


# ---------------------------------------------------------------- adding


def test_a_model_is_copied_as_it_was_read(library: ModelLibrary, own: Path, tmp_path: Path) -> None:
    file = save(good_model(), tmp_path / "download" / "gate.onnx")
    (file.parent / "gate.toml").write_text("threshold = 0.5\n")
    files, contents = library.incoming(file)
    save(blind_model(), file)  # somebody changes it meanwhile
    library.keep(files, contents)
    assert (own / "gate.onnx").read_bytes() == contents.main != file.read_bytes()
    assert (own / "gate.toml").read_text() == "threshold = 0.5\n"
    assert sorted(one.name for one in own.iterdir()) == ["gate.onnx", "gate.toml"]


def in_a_cache(folder: Path, name: str = "gate.onnx") -> Path:
    """Lay a model down as download caches do; return the link by which it is known."""
    blob = save(good_model(), folder / "blobs" / "3f1c")
    link = folder / "snapshots" / "main" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(Path("..", "..", "blobs", blob.name))
    return link


def test_a_link_that_is_named_is_followed_and_becomes_a_plain_file(
    library: ModelLibrary, own: Path, tmp_path: Path
) -> None:
    link = in_a_cache(tmp_path / "cache")
    files, contents = library.incoming(link)
    library.keep(files, contents)
    kept = own / "gate.onnx"
    assert not kept.is_symlink()
    assert contents.sha256 == {"gate.onnx": hashlib.sha256(link.read_bytes()).hexdigest()}
    link.resolve().unlink()  # the cache is emptied
    assert remember(library, "gate").files == dict(contents.sha256)
    assert info(library, "gate").state is ModelState.READY


def test_a_link_in_the_folder_of_models_is_refused_also_if_it_is_named(
    library: ModelLibrary, own: Path, tmp_path: Path
) -> None:
    own.mkdir(parents=True)
    (own / "gate.onnx").symlink_to(in_a_cache(tmp_path / "cache").resolve())
    assert info(library, "gate").state is ModelState.UNFIT
    way_round = tmp_path / "alias"
    way_round.symlink_to(own)
    for file in (own / "gate.onnx", way_round / "gate.onnx"):
        with pytest.raises((OwnModelUnfit, InvalidSetting), match=r"link|there already"):
            library.incoming(file)


def test_a_link_beside_a_named_file_is_refused(library: ModelLibrary, tmp_path: Path) -> None:
    link = in_a_cache(tmp_path / "cache")
    secret = tmp_path / "secret"
    secret.write_text('licence = "secret"\n')
    link.with_suffix(".toml").symlink_to(secret)
    with pytest.raises(OwnModelUnfit, match="link"):
        library.incoming(link)


def test_links_that_lead_nowhere_are_told(library: ModelLibrary, own: Path) -> None:
    own.mkdir(parents=True)
    (own / "circle.onnx").symlink_to(own / "circle.onnx")
    (own / "gone.onnx").symlink_to(own / "nothing")
    assert {info(library, name).state for name in ("circle", "gone")} == {ModelState.UNFIT}
    with pytest.raises(OwnModelUnfit, match="cannot be read"):
        library.incoming(own / "circle.onnx")
    with pytest.raises(OwnModelMissing):
        library.incoming(own / "gone.onnx")


def test_a_second_model_of_a_name_is_refused(
    library: ModelLibrary, own: Path, tmp_path: Path
) -> None:
    save(good_model(), own / "gate.onnx")
    file = save(good_model(), tmp_path / "download" / "Gate.onnx")
    with pytest.raises(InvalidSetting, match="there already: gate"):
        library.incoming(file)


def test_a_copy_that_fails_leaves_nothing(
    library: ModelLibrary, own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = save(good_model(), tmp_path / "download" / "gate.onnx")
    (file.parent / "gate.toml").write_text("threshold = 0.5\n")

    def full(file: Path, data: bytes) -> None:
        if file.suffix == ".toml":
            raise OSError(28, "No space left on device")
        write_aside(file, data)

    monkeypatch.setattr(library_module, "write_aside", full)
    files, contents = library.incoming(file)
    with pytest.raises(OwnModelUnfit, match="No space left"):
        library.keep(files, contents)
    assert list(own.iterdir()) == []


# ---------------------------------------------------------------- the record


@pytest.mark.parametrize("text", ["", "{", '{"models": [{"name": "x"}]}', "[1]"])
def test_a_damaged_record_is_told(text: str, library: ModelLibrary, own: Path) -> None:
    save(good_model(), own / "gate.onnx")
    (own / FILE).write_text(text)
    for ask in (library.models, lambda: library.open("gate")):
        with pytest.raises(ModelUnfit, match="damaged"):
            ask()


def test_a_record_keeps_the_others(library: ModelLibrary, own: Path) -> None:
    save(good_model(), own / "a.onnx")
    save(blind_model(), own / "b.onnx")
    remember(library, "a")
    remember(library, "b", accept=False)
    assert {name: one.is_accepted for name, one in read_records(own).items()} == {
        "a": True,
        "b": False,
    }
    assert json.loads((own / FILE).read_text())["models"][0]["name"] == "a"


def test_a_trial_of_a_picture_nobody_knows_is_not_recorded(
    library: ModelLibrary, own: Path
) -> None:
    file = save(good_model(), own / "a.onnx")
    files, contents = library.incoming(file)
    detector = open_own(files, contents=contents)
    trial = try_detector(detector, PIXELS, 0.4)
    assert (trial.known, trial.is_recommended, trial.people.count) == (None, False, 4)
    with pytest.raises(ValueError, match="without known people"):
        library.remember(detector, contents, trial, PICTURE_WH, accept=True)


# ---------------------------------------------------------------- trials


@pytest.mark.parametrize(
    ("known", "found", "false_alarms", "is_recommended"),
    [
        (4, 4, 0, True),
        (4, 3, 0, False),
        (4, 4, 1, False),
        (0, 0, 0, True),
        (None, None, None, False),
    ],
)
def test_a_model_is_recommended_if_it_finds_all_and_nobody_else(
    known: int | None, found: int | None, false_alarms: int | None, is_recommended: bool
) -> None:
    nobody = Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32))
    trial = Trial(nobody, 0.4, 1.0, known, found, false_alarms)
    assert trial.is_recommended is is_recommended


def test_the_bundled_model_passes_its_own_test() -> None:
    trial = try_detector(open_detector(Detection(), bundled_models()), PIXELS, 0.33, PEOPLE)
    assert trial.is_recommended
    assert (trial.known, trial.people.count) == (4, 4)


def test_two_boxes_of_one_person_are_one_found_and_one_false() -> None:
    class Double:
        name = runtime = precision = fingerprint = "x"
        is_poor = False

        def detect(self, pixels: object, threshold: float) -> Detections:
            return Detections(PEOPLE[[0, 0]], np.array([0.9, 0.8], np.float32))

    trial = try_detector(Double(), PIXELS, 0.4, PEOPLE)
    assert (trial.found, trial.false_alarms) == (1, 1)


# ---------------------------------------------------------------- fingerprints


@pytest.mark.parametrize(("runtime", "entry"), [("onnxruntime", 0), ("opencv", 1)])
def test_the_fingerprint_is_that_of_the_file(runtime: WantedRuntime, entry: int) -> None:
    detector = open_detector(Detection(), bundled_models(), runtime=runtime)
    file = bundled_models() / read_catalogue(bundled_models()).models[entry].file
    assert detector.fingerprint == hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def test_what_has_no_file_has_a_fingerprint_all_the_same() -> None:
    assert open_detector(Detection(model="hog"), bundled_models()).fingerprint == "opencv-hog"
