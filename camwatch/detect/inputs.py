"""Fits frames into a network's input, in memory that is used again.

Half of the time that went into preparing a picture went into fresh memory and into turning
channels into planes one float at a time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

import cv2
import numpy as np

from camwatch.detect.geometry import PADDING_GREY, Letterbox
from camwatch.detect.networks import Tensor
from camwatch.domain import Pixels

_KEPT = 4
"""Sizes a thread keeps memory for: cameras of two shapes, each as a whole and in parts."""

_Size = tuple[tuple[int, int], tuple[int, int]]


class _Workspace:
    """The memory for one size of input; its bars are grey from the start and stay so."""

    def __init__(self, fit: Letterbox) -> None:
        width, height = fit.content_wh
        self.content: Pixels = np.empty((height, width, 3), np.uint8)
        self.planes = [np.empty((height, width), np.uint8) for _ in range(3)]
        self.tensor: Tensor = np.full(
            (1, 3, fit.input_wh[1], fit.input_wh[0]), PADDING_GREY, np.float32
        )


class InputBuffers:
    """Makes inputs; may be used from several threads at once, each has its own memory."""

    def __init__(self) -> None:
        self._local = threading.local()

    def filled(self, pixels: Pixels, fit: Letterbox) -> Tensor:
        """Return a frame as the network's input.

        Args:
            pixels: uint8, shape (height, width, 3), BGR; not changed.
            fit: Made for this frame's size.

        Returns:
            float32, shape (1, 3, input height, input width), BGR, 0 to 255, the frame at the
            upper left and grey beside it. It is overwritten by this thread's next call.
        """
        work = self._workspace(fit)
        content = pixels
        if fit.frame_wh != fit.content_wh:
            cv2.resize(pixels, fit.content_wh, dst=work.content, interpolation=cv2.INTER_LINEAR)
            content = work.content
        cv2.split(content, work.planes)
        width, height = fit.content_wh
        for plane, target in zip(work.planes, work.tensor[0], strict=True):
            target[:height, :width] = plane
        return work.tensor

    def _workspace(self, fit: Letterbox) -> _Workspace:
        kept: OrderedDict[_Size, _Workspace] | None = getattr(self._local, "kept", None)
        if kept is None:
            kept = self._local.kept = OrderedDict()
        size = (fit.content_wh, fit.input_wh)
        work = kept.get(size)
        if work is None:
            work = kept[size] = _Workspace(fit)
            if len(kept) > _KEPT:
                kept.popitem(last=False)
        kept.move_to_end(size)
        return work
