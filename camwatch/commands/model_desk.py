"""Lists, tries, adds and chooses models, for whoever was let through."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.gate import check_picture
from camwatch.commands.preflight import preflight
from camwatch.commands.settings_file import write_values
from camwatch.config import BUILT_IN_MODELS, CameraPolicy, Detection, load_settings
from camwatch.detect.catalogue import read_catalogue
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.geometry import fit_letterbox
from camwatch.detect.library import ModelInfo, ModelLibrary, ModelState
from camwatch.detect.model_files import SUFFIXES, Contents, ModelFiles, read
from camwatch.detect.nanodet import SIDE_STEP, NanoDet
from camwatch.detect.opening import open_own
from camwatch.detect.own import OwnDetector
from camwatch.detect.trial import Trial, try_detector
from camwatch.domain import Boxes, Pixels, Scores
from camwatch.errors import GivenUp
from camwatch.paths import Profile, bundled_models

__all__ = [
    "SUFFIXES",
    "ChosenModel",
    "ModelDesk",
    "ModelInfo",
    "ModelState",
    "TriedModel",
    "desk_for",
]

VARIABLE = "CAMWATCH_DETECTION_MODEL"

_MOST_PICTURE_BYTES = CameraPolicy().max_picture_bytes

Preflight = Callable[[ModelFiles, Contents, threading.Event | None], None]

Note = Callable[[str, Mapping[str, str]], None]
"""Is told the model's name and the details, just before anything is changed."""


def _quiet(_name: str, _details: Mapping[str, str], /) -> None:
    """Take no note."""


@dataclass(frozen=True, slots=True, eq=False)
class TriedModel:
    """How a model did on one picture.

    Attributes:
        name: Of the model.
        family, runtime, precision: How it is run.
        fingerprint: First 16 hexadecimal digits of the SHA-256 of its file.
        input_wh: Width and height of its input for this picture; None where it has none.
        threshold: Lowest score that was counted.
        ms: Median time of a picture, milliseconds.
        boxes: float32, shape (n, 4), x1 y1 x2 y2 in parts of the picture, best first.
        scores: float32, shape (n,).
        known, found, false_alarms: People in the picture, those found, and boxes of nobody;
            None for a picture of which nobody knows who is in it.
        is_accepted: Whether it may count.
        picture: The picture as a JPEG file.
    """

    name: str
    family: str
    runtime: str
    precision: str
    fingerprint: str
    input_wh: tuple[int, int] | None
    threshold: float
    ms: float
    boxes: Boxes
    scores: Scores
    known: int | None
    found: int | None
    false_alarms: int | None
    is_accepted: bool
    picture: bytes

    @property
    def count(self) -> int:
        """How many people it found."""
        return len(self.boxes)

    @property
    def is_recommended(self) -> bool:
        """Whether it found everybody in the test picture, and nobody else."""
        return self.known is not None and (self.found, self.false_alarms) == (self.known, 0)


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """What was written into the settings.

    Attributes:
        name: Of the model.
        threshold: The lowest score that suits it.
        is_overridden: A variable of this process names a model as well, and wins.
    """

    name: str
    threshold: float
    is_overridden: bool


class ModelDesk:
    """Does what is asked of models. All methods block, for seconds, and may run in any thread.

    Args:
        library: The models there are.
        settings_file: Where the chosen one is written.
        environ: Variables of this process.
        preflight: Opens a model that was never tested where it can do no harm.
    """

    def __init__(
        self,
        library: ModelLibrary,
        settings_file: Path,
        environ: Mapping[str, str] = os.environ,
        preflight: Preflight = preflight,
    ) -> None:
        self._library = library
        self._preflight = preflight
        self._settings_file = settings_file
        self._environ = environ

    def models(self) -> list[ModelInfo]:
        """Return all models, those that ship with CamWatch first.

        Raises:
            ModelMissing: The list of shipped models is gone.
            ModelUnfit: A list of models is damaged.
        """
        return self._library.models()

    def chosen(self) -> str:
        """Return the name of the model that the settings ask for, such as "auto".

        Raises:
            InvalidSettings: The settings cannot be read.
        """
        return load_settings(self._settings_file, self._environ).detection.model

    def test(
        self,
        name: str,
        picture: bytes | None = None,
        *,
        confirmed: bool = False,
        note: Note = _quiet,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Try a model; on the test picture this is what it must pass to be accepted.

        Args:
            name: Of the model.
            picture: A JPEG or PNG file to try it on instead; nothing is recorded then.
            confirmed: Accept it although it does not find exactly the people there are.
            note: Told before the outcome is recorded.
            cancel: Set it when nobody waits any more.

        Raises:
            OwnModelMissing: There is no model of this name.
            ModelMissing: The file of a shipped model is gone.
            ModelUnfit: The model cannot be used.
            CameraError: The picture cannot be read.
            GivenUp: cancel was set.
        """
        pixels, people = _known_picture() if picture is None else (_decoded(picture), None)
        if name in BUILT_IN_MODELS:
            settings = Detection(model=name)
            detector = open_detector(settings, self._library.bundled)
            trial = try_detector(detector, pixels, self._threshold(name), people, cancel)
            return _tried(detector, trial, pixels, is_accepted=True)
        files = self._library.find(name)
        contents = read(files)
        if not self._library.is_tested(name, contents):
            self._preflight(files, contents, cancel)
        own = open_own(files, contents=contents)
        trial = try_detector(own, pixels, own.recipe.threshold, people, cancel)
        if people is None:
            return _tried(own, trial, pixels, is_accepted=self._is_ready(name))
        return self._recorded(own, files, contents, trial, pixels, confirmed=confirmed, note=note)

    def add(
        self,
        file: Path,
        *,
        confirmed: bool = False,
        note: Note = _quiet,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Try a model file, then copy it into the models folder, with what stands beside it.

        A file that cannot be used is not copied. One that does not find exactly the people
        of the test picture is, but may not count before that is confirmed.

        Args:
            file: An .onnx, .caffemodel or .pb file, anywhere.
            confirmed: Accept it in any case.
            note: Told before it is copied.
            cancel: Set it when nobody waits any more: then nothing was copied.

        Raises:
            InvalidSetting: There is another model of its name; the field is "file".
            OwnModelMissing: It is not there.
            OwnModelUnfit: It cannot be used.
            ModelUnfit: The record of own models is damaged.
            GivenUp: cancel was set.
        """
        pixels, people = _known_picture()
        files, contents = self._library.incoming(file)
        self._preflight(files, contents, cancel)
        detector = open_own(files, contents=contents)
        trial = try_detector(detector, pixels, detector.recipe.threshold, people, cancel)
        return self._recorded(
            detector, files, contents, trial, pixels, confirmed=confirmed, note=note, cancel=cancel
        )

    def use(self, name: str, *, confirmed: bool = False, note: Note = _quiet) -> ChosenModel:
        """Write a model into the settings, with the threshold that suits it.

        It is opened first, so that one that cannot be used is never chosen.

        Args:
            name: "auto", "nanodet", "hog", or a model of one's own.
            confirmed: Accept a model that was tested and did not find exactly the people
                of the test picture.
            note: Told before the settings are changed.

        Raises:
            OwnModelMissing: There is no model of this name.
            ModelMissing: The file of a shipped model is gone.
            ModelUnfit: It cannot be used, or was not tested and accepted.
            InvalidSettings: The settings cannot be changed.
        """
        if name in BUILT_IN_MODELS:
            open_detector(Detection(model=name), self._library.bundled)
            threshold = self._threshold(name)
        else:
            threshold = self._library.open(name, confirmed=confirmed).recipe.threshold
        note(name, {"threshold": f"{threshold:g}", "confirmed": "yes" if confirmed else "no"})
        if confirmed and name not in BUILT_IN_MODELS:
            self._library.accept(name)
        write_values(self._settings_file, "detection", {"model": name, "threshold": threshold})
        is_overridden = self._environ.get(VARIABLE, name) != name
        return ChosenModel(name, threshold, is_overridden)

    def _recorded(
        self,
        detector: OwnDetector,
        files: ModelFiles,
        contents: Contents,
        trial: Trial,
        pixels: Pixels,
        *,
        confirmed: bool,
        note: Note,
        cancel: threading.Event | None = None,
    ) -> TriedModel:
        """Keep the files where they are not kept yet, and what came of the trial."""
        accept = trial.is_recommended or confirmed
        if cancel is not None and cancel.is_set():
            raise GivenUp
        note(
            files.name,
            {
                "sha256": contents.sha256[files.main.name],
                "family": detector.recipe.family.value,
                "found": f"{trial.found} of {trial.known}, {trial.false_alarms} false",
                "accepted": "yes" if accept else "no",
            },
        )
        if files.main.parent not in (self._library.own, self._library.bundled):
            self._library.keep(files, contents)
        height, width = pixels.shape[:2]
        self._library.remember(detector, contents, trial, (width, height), accept=accept)
        return _tried(detector, trial, pixels, is_accepted=accept)

    def _threshold(self, name: str) -> float:
        """Return the score that suits a model that ships with CamWatch."""
        if name == "hog":
            return Detection().threshold
        return read_catalogue(self._library.bundled).models[0].threshold

    def _is_ready(self, name: str) -> bool:
        return any(one.name == name and one.is_usable for one in self.models())


def desk_for(profile: Profile) -> ModelDesk:
    """Return the desk of a profile, with the models that ship with CamWatch."""
    library = ModelLibrary(bundled_models(), profile.models_folder)
    return ModelDesk(library, profile.settings_file)


def _known_picture() -> tuple[Pixels, Boxes]:
    """Paint it; what paints people is loaded only for those who try a model."""
    from camwatch.cameras.simulator.sample import known_picture  # noqa: PLC0415

    return known_picture()


def _decoded(picture: bytes) -> Pixels:
    check_picture(picture, max_bytes=_MOST_PICTURE_BYTES)
    return decode_bytes(picture)


def _tried(detector: Detector, trial: Trial, pixels: Pixels, *, is_accepted: bool) -> TriedModel:
    height, width = pixels.shape[:2]
    edges = np.array([width, height, width, height], np.float32)
    boxes: Boxes = np.divide(trial.people.boxes, edges, dtype=np.float32)
    match detector:
        case OwnDetector():
            family = detector.recipe.family.value
            input_wh: tuple[int, int] | None = detector.input_wh((width, height))
        case NanoDet():
            family = "nanodet"
            input_wh = fit_letterbox((width, height), detector.long_side, SIDE_STEP).input_wh
        case _:
            family, input_wh = detector.name, None
    return TriedModel(
        detector.name,
        family,
        detector.runtime,
        detector.precision,
        detector.fingerprint,
        input_wh,
        trial.threshold,
        trial.ms,
        boxes,
        trial.people.scores,
        trial.known,
        trial.found,
        trial.false_alarms,
        is_accepted,
        encode_jpeg(pixels),
    )
