"""Makes a picture of a grid of values, to be laid over a camera's picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from camwatch.ui.heat.scale import SHADES, Scale, ramp

ALPHA = 0.85
"""How much of what is beneath the colours is covered by them."""

FINER = 10
"""Points of the image for each cell, both ways."""

_FAINT = 0.15  # of the colours; below it they fade out


def heat_image(values: npt.NDArray[np.float32], scale: Scale) -> QImage:
    """Draw values; between the middles of the cells they change evenly.

    Args:
        values: float32, shape (rows, columns), 0 or more.
        scale: What the colours mean.

    Returns:
        ARGB32_Premultiplied, `FINER` points for each cell, transparent where the values are 0.
    """
    shade = scale.shade(_finer(values.astype(np.float64)))
    colours = ramp()[np.rint(shade * (SHADES - 1)).astype(np.intp)]
    alpha = ALPHA * np.clip(shade / _FAINT, 0, 1)
    height, width = shade.shape
    points = np.empty((height, width, 4), np.uint8)
    # In memory a point is blue, green, red, alpha.
    points[..., :3] = np.rint(colours[..., ::-1] * alpha[..., None])
    points[..., 3] = np.rint(alpha * 255)
    return QImage(
        points.tobytes(), width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied
    ).copy()


def _finer(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return values at `FINER` times as many points, interpolated both ways."""
    for axis in (0, 1):
        cells = values.shape[axis]
        at = np.clip((np.arange(cells * FINER) + 0.5) / FINER - 0.5, 0, cells - 1)
        low = np.floor(at).astype(np.intp)
        high = np.minimum(low + 1, cells - 1)
        share = np.expand_dims(at - low, 1 - axis)
        values = np.take(values, low, axis) * (1 - share) + np.take(values, high, axis) * share
    return values
