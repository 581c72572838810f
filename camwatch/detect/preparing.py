"""From a picture to the input of any model: size, channels, scale."""

from __future__ import annotations

import math
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.detect.geometry import Letterbox, fit_letterbox
from camwatch.detect.recipe import Preparation, Recipe
from camwatch.domain import Pixels

SIDE_STEP = 32
"""Sides of an input that follows the picture are multiples of this: the largest usual cell."""

Layout = Literal["nchw", "nhwc"]


def fit_input(frame_wh: tuple[int, int], recipe: Recipe) -> Letterbox:
    """Decide how a picture gets into a model's input.

    Args:
        frame_wh: Width and height of the picture, each at least 1 pixel.
        recipe: Whose input.

    Raises:
        ValueError: A side of the picture is less than 1 pixel.
    """
    if min(frame_wh) < 1:
        raise ValueError(f"frame_wh: {frame_wh}")
    is_stretched = recipe.preparation.fit == "stretch"
    if recipe.input_wh is None:
        fit = fit_letterbox(frame_wh, recipe.long_side, SIDE_STEP)
        return Letterbox(frame_wh, fit.input_wh, fit.input_wh) if is_stretched else fit
    if is_stretched:
        return Letterbox(frame_wh, recipe.input_wh, recipe.input_wh)
    scale = min(room / side for room, side in zip(recipe.input_wh, frame_wh, strict=True))
    width, height = (max(1, math.floor(side * scale + 0.5)) for side in frame_wh)
    content_wh = (min(width, recipe.input_wh[0]), min(height, recipe.input_wh[1]))
    return Letterbox(frame_wh, content_wh, recipe.input_wh)


def as_tensor(
    canvas: Pixels, preparation: Preparation, layout: Layout, element: npt.DTypeLike
) -> npt.NDArray[Any]:
    """Return a network's input, shape (1, 3, height, width), or (1, height, width, 3) for nhwc.

    Args:
        canvas: uint8, shape (height, width, 3), BGR, of the input's size.
        preparation: What is done to the values.
        layout: Which direction comes first.
        element: Type of the values: float32, float16 or uint8.
    """
    blob = cv2.dnn.blobFromImage(canvas, swapRB=preparation.order == "rgb")
    mean, std = (np.array(values, np.float32) for values in (preparation.mean, preparation.std))
    factor, offset = np.float32(preparation.scale) / std, mean / std
    if (factor != 1).any():
        blob *= factor[:, None, None]
    if offset.any():
        blob -= offset[:, None, None]
    tensor = blob if layout == "nchw" else np.ascontiguousarray(blob.transpose(0, 2, 3, 1))
    return tensor.astype(element, copy=False)
