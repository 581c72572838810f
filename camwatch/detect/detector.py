"""What a detector is, and opening the one that the settings ask for."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from camwatch.config import BUILT_IN_MODELS, Detection
from camwatch.detect import nanodet
from camwatch.detect.catalogue import ModelEntry, Precision, Runtime, entry_for, read_model
from camwatch.detect.hog import Hog
from camwatch.detect.library import ModelLibrary
from camwatch.detect.nanodet import NanoDet
from camwatch.detect.networks import Network, OpenCvNetwork, OrtNetwork
from camwatch.detect.opening import WantedRuntime
from camwatch.domain import Detections, Pixels
from camwatch.errors import ModelUnfit
from camwatch.language import tr

log = logging.getLogger(__name__)


class Detector(Protocol):
    """Finds people in pictures; may be used from several threads at once."""

    @property
    def name(self) -> str:
        """Name of the model: "nanodet-g", "hog", or what an administrator's own is called."""

    @property
    def runtime(self) -> str:
        """What runs it: "onnxruntime" or "opencv"."""

    @property
    def precision(self) -> str:
        """What it computes in: "int8", "float16", "float32", or "-" where that says nothing."""

    @property
    def is_poor(self) -> bool:
        """True for a last resort whose counts are not to be trusted."""

    @property
    def fingerprint(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 of the model's file; "opencv-hog" for HOG."""

    def detect(self, pixels: Pixels, threshold: float) -> Detections:
        """Find the people in a picture.

        Args:
            pixels: uint8, shape (height, width, 3), BGR, any size; not changed.
            threshold: Lowest score of a box that is returned, above 0 and below 1.

        Returns:
            Boxes in pixels of the given picture, best first; there may be none.

        Raises:
            ModelUnfit: The model cannot be run or gives no numbers.
        """


def open_detector(
    settings: Detection,
    models: Path,
    *,
    runtime: WantedRuntime = "auto",
    own: Path | None = None,
) -> Detector:
    """Load the detector and run it once, so that the first picture is not slow.

    Args:
        settings: Which model is wanted.
        models: Folder of the model files and their list.
        runtime: What shall run the model. "auto" takes the int8 model in ONNX Runtime,
            or the float model in OpenCV where ONNX Runtime is not installed. A missing
            or damaged file is never replaced by another model: counts would change
            without anybody knowing.
        own: Folder of the administrator's own models; None if there is none.

    Raises:
        ModelMissing: The model file is not there.
        ModelUnfit: The file is not the listed one, or the runtime cannot run it; or it is
            one's own and was not tested and accepted as it is now.
    """
    if settings.model == "hog":
        return Hog()
    if settings.model not in BUILT_IN_MODELS:
        return ModelLibrary(models, own or models).open(settings.model, runtime=runtime)
    if runtime != "opencv":
        try:
            return open_nanodet(models, "onnxruntime", "int8")
        except ImportError as error:
            if runtime == "onnxruntime":
                raise ModelUnfit(
                    None, tr("ONNX Runtime is not installed: {error}", error=error)
                ) from error
            log.info("ONNX Runtime is not installed; the slower float model runs in OpenCV")
    return open_nanodet(models, "opencv", "float32")


def open_nanodet(models: Path, runtime: Runtime, precision: Precision, threads: int = 1) -> NanoDet:
    """Load NanoDet in a certain runtime and precision; arguments and errors as `open_network`."""
    return NanoDet(*open_network(models, runtime, precision, threads))


def open_network(
    models: Path, runtime: Runtime, precision: Precision, threads: int = 1
) -> tuple[Network, ModelEntry, Path]:
    """Check and load NanoDet's network.

    Args:
        models: Folder of the model files and their list.
        runtime: What shall run it.
        precision: Which of the files.
        threads: Threads inside one run of ONNX Runtime; OpenCV goes by `cv2.setNumThreads`.

    Returns:
        The network, its entry in the list, and its file.

    Raises:
        ImportError: ONNX Runtime is not installed.
        ModelMissing: The file is not there, or none is listed for this runtime.
        ModelUnfit: The file is not the listed one, or the runtime cannot run it.
    """
    entry = entry_for(models, nanodet.NAME, runtime, precision)
    file = models / entry.file
    data = read_model(models, entry)
    if runtime == "onnxruntime":
        return OrtNetwork(data, nanodet.OUTPUTS, file, threads), entry, file
    return OpenCvNetwork(data, nanodet.OUTPUTS, file), entry, file
