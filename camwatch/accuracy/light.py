"""How bright and how colourful a picture is."""

from __future__ import annotations

import numpy as np

from camwatch.domain import Pixels

_ABOUT = 128  # rows and columns that are looked at


def brightness_and_colour(pixels: Pixels) -> tuple[float, float]:
    """Measure what `Light` is told from; takes well under a millisecond.

    Args:
        pixels: uint8, shape (height, width, 3), BGR or RGB.

    Returns:
        Mean brightness and colourfulness, both 0 to 1. Colourfulness is the mean distance
        of a pixel's strongest from its weakest channel: 0 in a grey picture.
    """
    height, width = pixels.shape[:2]
    few = pixels[:: max(height // _ABOUT, 1), :: max(width // _ABOUT, 1)].astype(np.float32)
    spread = few.max(axis=2) - few.min(axis=2)
    return float(few.mean()) / 255, float(spread.mean()) / 255
