"""Pictures to calibrate the quantisation with, made from the samples inside scikit-image.

They come with a package from PyPI, and no picture that the model is judged on is among
them. Only the ranges of the activations that they cause get into the model.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

SAMPLES = (
    "astronaut.png",
    "camera.png",
    "coffee.png",
    "chelsea.png",
    "rocket.jpg",
    "motorcycle_left.png",
    "motorcycle_right.png",
    "page.png",
    "retina.jpg",
    "hubble_deep_field.jpg",
    "coins.png",
    "moon.png",
    "gravel.png",
    "grass.png",
)


def samples_folder() -> Path:
    """Return scikit-image's folder of sample pictures.

    Raises:
        ModuleNotFoundError: scikit-image is not installed.
    """
    found = importlib.util.find_spec("skimage")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("scikit-image is not installed: uv sync --group models")
    return Path(found.origin).parent / "data"


def calibration_pictures() -> Iterator[npt.NDArray[Any]]:
    """Yield six views of each sample: whole, mirrored, two crops, darker, brighter.

    Yields:
        uint8, shape (height, width, 3), BGR.

    Raises:
        FileNotFoundError: A sample is not there.
        ValueError: A sample is not a picture.
    """
    folder = samples_folder()
    for name in SAMPLES:
        # Python opens folders of any name, which OpenCV does not on Windows.
        data = np.frombuffer((folder / name).read_bytes(), np.uint8)
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR)
        if picture is None:
            raise ValueError(f"{name} is not a picture")
        height, width = picture.shape[:2]
        yield picture
        yield picture[:, ::-1]
        yield picture[: height * 2 // 3, : width * 2 // 3]
        yield picture[height // 3 :, width // 3 :]
        yield cv2.convertScaleAbs(picture, alpha=0.5)
        yield cv2.convertScaleAbs(picture, alpha=1.3, beta=20)
