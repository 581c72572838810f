"""Boxes and letterboxes: how a frame gets into a model's input, and its boxes back out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes, Pixels, Scores

PADDING_GREY = 114
"""Grey of the bars beside the picture, on all three channels."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """How a frame is fitted into a model's input: at the upper left, bars right and below.

    Attributes:
        frame_wh: Width and height of the frame in pixels.
        content_wh: Width and height in pixels that the frame has inside the input.
        input_wh: Width and height of the input in pixels.
    """

    frame_wh: tuple[int, int]
    content_wh: tuple[int, int]
    input_wh: tuple[int, int]


def fit_letterbox(frame_wh: tuple[int, int], long_side: int, step: int) -> Letterbox:
    """Choose an input of the frame's own shape, so that little is spent on bars.

    Args:
        frame_wh: Width and height of the frame, each at least 1 pixel.
        long_side: Pixels of the input's longer side, a multiple of step.
        step: The shorter side is rounded up to a multiple of this.

    Raises:
        ValueError: A side of the frame is less than 1 pixel.
    """
    if min(frame_wh) < 1:
        raise ValueError(f"frame_wh: {frame_wh}")
    scale = long_side / max(frame_wh)
    width, height = (max(1, round(side * scale)) for side in frame_wh)
    input_wh = (math.ceil(width / step) * step, math.ceil(height / step) * step)
    return Letterbox(frame_wh, (width, height), input_wh)


def letterboxed(pixels: Pixels, fit: Letterbox) -> Pixels:
    """Return the frame in its letterbox.

    Args:
        pixels: uint8, shape (height, width, 3).
        fit: Made for this frame's size.

    Returns:
        uint8, shape (input height, input width, 3), channels in the same order.
    """
    width, height = fit.content_wh
    canvas: Pixels = np.empty((fit.input_wh[1], fit.input_wh[0], 3), np.uint8)
    content = canvas[:height, :width]
    if fit.frame_wh == fit.content_wh:
        content[:] = pixels
    else:
        cv2.resize(pixels, fit.content_wh, dst=content, interpolation=cv2.INTER_LINEAR)
    canvas[height:] = PADDING_GREY
    canvas[:height, width:] = PADDING_GREY
    return canvas


def boxes_in_frame(boxes: Boxes, fit: Letterbox) -> Boxes:
    """Map boxes from the model's input back onto the frame.

    Args:
        boxes: float32, shape (n, 4), x1 y1 x2 y2 in input pixels; n may be 0.
        fit: As the frame was fitted.

    Returns:
        float32, shape (n, 4), x1 y1 x2 y2 in frame pixels, cut at its edges.

    Raises:
        ValueError: boxes is not of shape (n, 4).
    """
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes: {boxes.shape}")
    (width, height), (inner_width, inner_height) = fit.frame_wh, fit.content_wh
    across, down = width / inner_width, height / inner_height
    mapped: Boxes = boxes * np.array([across, down, across, down], np.float32)
    np.maximum(mapped, 0, out=mapped)
    np.minimum(mapped, np.array([width, height, width, height], np.float32), out=mapped)
    return mapped


def overlaps(boxes: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Return the intersection over union of each box with each of the others.

    Args:
        boxes: float32, shape (n, 4), x1 y1 x2 y2.
        others: float32, shape (m, 4), in the same pixels.

    Returns:
        float32, shape (n, m), 0 to 1; 0 where both boxes are empty.
    """
    shared, united = _shared_and_united(boxes, others)
    ratio: npt.NDArray[np.float32] = np.divide(
        shared, united, out=np.zeros_like(shared), where=united > 0
    )
    return ratio


def _shared_and_united(
    boxes: Boxes, others: Boxes
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return the areas of intersection and union of each pair; float32, shape (n, m)."""
    # Columns of their own and few calls: for a few boxes each call costs more than its work.
    x1, y1, x2, y2 = boxes.T[:, :, None]
    left, top, right, bottom = others.T[:, None, :]
    width = np.minimum(x2, right)
    width -= np.maximum(x1, left)
    height = np.minimum(y2, bottom)
    height -= np.maximum(y1, top)
    shared = np.maximum(width, 0, out=width)
    shared *= np.maximum(height, 0, out=height)
    return shared, (x2 - x1) * (y2 - y1) + (right - left) * (bottom - top) - shared


def best_of_each(
    boxes: Boxes, scores: Scores, most_overlap: float, limit: int = 1000
) -> npt.NDArray[np.intp]:
    """Keep the best box of each heap that overlaps: greedy non-maximum suppression.

    Args:
        boxes: float32, shape (n, 4), x1 y1 x2 y2; n may be 0.
        scores: float32, shape (n,).
        most_overlap: A box that shares more than this with a better one is dropped.
        limit: Only so many of the best boxes are looked at, which bounds the work.

    Returns:
        Indices of the boxes to keep, best first; equal scores keep their order.
    """
    order = np.argsort(-scores, kind="stable")[:limit]
    if len(order) < 2:
        return order
    ranked = boxes[order]
    shared, united = _shared_and_united(ranked, ranked)
    return order[~dropped_by_better(shared > most_overlap * united)]


def dropped_by_better(covers: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Go through boxes from the best to the worst, and drop what one that was kept covers.

    Args:
        covers: Shape (n, n), boxes from best to worst; whether two are one person. Only what
            a better box says of a worse one is read.

    Returns:
        Shape (n,), True for boxes that are dropped. A dropped box drops no other.
    """
    is_dropped = np.zeros(len(covers), np.bool_)
    # Boxes that cover no other than perhaps themselves need no turn; they are the most.
    for place in (covers.sum(axis=1) > covers.diagonal()).nonzero()[0].tolist():
        if not is_dropped[place]:
            is_dropped[place + 1 :] |= covers[place, place + 1 :]
    return is_dropped


def covered(boxes: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Return how much of each box the others hide, each for itself and then added up.

    Args:
        boxes: float32, shape (n, 4), not empty in area.
        others: float32, shape (m, 4).

    Returns:
        float32, shape (n,), 0 or more.
    """
    upper_left = np.maximum(boxes[:, None, :2], others[None, :, :2])
    lower_right = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(lower_right - upper_left, 0, None).prod(axis=2).sum(axis=1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    shares: npt.NDArray[np.float32] = shared / areas
    return shares
