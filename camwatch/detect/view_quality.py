"""Says whether a camera's pictures still show its view: black, too bright, covered, out of focus.

People cannot be found in such pictures, and a count of nought would pass for an empty room.
The small grey picture of the motion gate is enough to tell, so that nothing more is decoded.

The limits leave room: of 128 photographs of people, a film, and six simulated places, the one
that comes nearest to one that raises a notice is still a third away from it.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass

import cv2
import numpy as np

from camwatch.detect.motion import Grey, shrunk
from camwatch.domain import Notice

CHANGES_AFTER_S = 5.0
"""A notice appears, or goes, when this much time spoke for it without a break,"""

CHANGES_AFTER_PICTURES = 3
"""and at least so many pictures."""

MEASURED_EVERY_S = 0.5
"""Pictures that follow faster are not measured: a lens is not covered for so short a time."""

# After a longer pause than this, or than three pictures, what spoke for a change does not count.
_LONGEST_PAUSE_S = 10.0
_LONGEST_PAUSE_PICTURES = 3

_BLACK = 24  # grey levels; 99 of 100 pixels are darker; the black of television is 16
_WHITE = 250  # grey levels; a sensor that can take no more light gives 250 to 255
_MOST_WHITE = 0.5  # of the pixels; bright sky and snow stay below 0.2
_FEWEST_SHADES = 6.0  # grey levels, spread of the coarse picture; ordinary views have 8 to 50
_FLAT = 0.05  # the same in parts of the mean, for dim views have less; ordinary ones 0.1 to 0.8
_MANY_EDGES = 200.0  # square grey levels; a covered lens leaves fewer than 20, and saves time
_COARSE_WH = (48, 27)
_NEIGHBOURHOOD = (9, 9)

_LEAST_SPREAD = 12.0  # grey levels; there are no edges to judge in a picture with less
_LEAST_SHARP = 0.02  # a camera that never had more was never sharp; ordinary ones have 0.02 to 5
_LOST = 0.25  # of its own level; people and light leave 0.5 or more, a blur of a pixel 0.1
_LEARNT_AFTER_S = 60.0
_LEARNT_PICTURES = 20
_FOLLOWS_S = 600.0  # the level follows the hours of the day,
_FORGETS_S = 6 * 3600.0  # but a blurred lens must not become the usual thing soon

_SAME_SHAPE = 0.03  # by which width through height may differ; encoders round to 16 pixels

_SQUARES = np.arange(256, dtype=np.float32) ** 2


@dataclass(frozen=True, slots=True)
class Measures:
    """What one small grey picture is like.

    Attributes:
        dark: 99 of 100 pixels are no brighter, grey levels.
        white: Share of the pixels that took all the light they can, 0 to 1.
        mean: Mean brightness, grey levels.
        spread: Standard deviation, grey levels.
        shades: How much neighbouring parts of the picture differ, grey levels; infinite where
            there are so many edges that nothing can cover them.
        sharp: Energy of the edges through that of the whole picture.
        sharp_at_least: The same without what noise may have added.
    """

    dark: int
    white: float
    mean: float
    spread: float
    shades: float
    sharp: float
    sharp_at_least: float


def measure(grey: Grey) -> Measures:
    """Measure a grey picture: uint8, shape (height, width), best of about `motion.GREY_WH`.

    Sources:
        Variance of the Laplacian as a measure of focus: J. L. Pech-Pacheco et al., "Diatom
        autofocusing in brightfield microscopy", ICPR 2000. Only its positive half is taken,
        which 8 bits can hold. It is divided by the variance of the picture, so that neither
        brightness nor contrast matters.
        Noise from the median of what should be flat: D. L. Donoho, "De-noising by
        soft-thresholding", IEEE Transactions on Information Theory, 1995.
    """
    grey = shrunk(grey)
    brightness = _histogram(grey)
    total = float(brightness[-1])
    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    height = grey.shape[0]
    # Sky and floor have few edges; the middle half has most of them.
    middle = grey[height // 4 : height - height // 4]
    edges = _histogram(np.asarray(cv2.Laplacian(middle, cv2.CV_8U, ksize=1), np.uint8))
    count = float(edges[-1])
    energy = 2 * float(np.diff(edges, prepend=np.float32(0)) @ _SQUARES) / count
    # Half of all are cut off at nought: the median of all is the third quarter of these.
    noise = 1.4826 * int(np.searchsorted(edges, 0.75 * count))
    variance = deviation**2 + 4
    edge_energy = max(energy - noise**2, 0.0)
    return Measures(
        dark=int(np.searchsorted(brightness, 0.99 * total)),
        white=1 - float(brightness[_WHITE - 1]) / total,
        mean=mean,
        spread=deviation,
        shades=math.inf if edge_energy > _MANY_EDGES else _shades(grey),
        sharp=energy / variance,
        sharp_at_least=edge_energy / variance,
    )


def _shades(grey: Grey) -> float:
    """Return how much neighbouring parts of a picture differ, grey levels."""
    coarse = cv2.resize(grey, _COARSE_WH, interpolation=cv2.INTER_AREA).astype(np.float32)
    return float(cv2.meanStdDev(coarse - cv2.blur(coarse, _NEIGHBOURHOOD))[1][0, 0])


def _histogram(grey: Grey) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Count a quarter of the pixels: float32, shape (256,), how many are no brighter."""
    quarter = np.ascontiguousarray(grey[::2, ::2])
    counts = cv2.calcHist([quarter], [0], None, [256], [0, 256])
    return np.cumsum(counts.ravel(), dtype=np.float32)


class _Level:
    """How sharp a camera's pictures usually are; small numbers and large ones weigh alike."""

    def __init__(self) -> None:
        self._log = 0.0
        self._log_at_least = 0.0
        self._pictures = 0
        self._for_s = 0.0

    @property
    def is_learnt(self) -> bool:
        return self._pictures >= _LEARNT_PICTURES and self._for_s >= _LEARNT_AFTER_S

    def is_lost(self, found: Measures) -> bool:
        """Tell whether a picture is far less sharp than is usual.

        Noise looks sharp, and comes and goes with the light. So edges must be missing both
        with what noise may have added and without it.
        """
        usual, usual_at_least = math.exp(self._log), math.exp(self._log_at_least)
        return (
            self.is_learnt
            and found.spread >= _LEAST_SPREAD
            and min(usual, usual_at_least) >= _LEAST_SHARP
            and found.sharp < _LOST * usual
            and found.sharp_at_least < _LOST * usual_at_least
        )

    def learn(self, found: Measures, elapsed_s: float, *, is_lost: bool) -> None:
        """Follow what is usual."""
        if found.spread < _LEAST_SPREAD:
            return
        follows_s = _FORGETS_S if is_lost else _FOLLOWS_S
        weight = max(-math.expm1(-elapsed_s / follows_s), 0.0)
        if not self.is_learnt:
            weight = max(weight, 1 / (self._pictures + 1))
        self._pictures += 1
        self._for_s += elapsed_s
        tiny = 1e-4
        self._log += weight * (math.log(found.sharp + tiny) - self._log)
        self._log_at_least += weight * (math.log(found.sharp_at_least + tiny) - self._log_at_least)


class ViewQuality:
    """Follows one camera's pictures. For one thread at a time.

    Attributes:
        notices: What is wrong now, as it was told last.
    """

    def __init__(self) -> None:
        self.notices: frozenset[Notice] = frozenset()
        self._is_news = False
        # Since when, and by how many pictures, the contrary was seen.
        self._contrary: dict[Notice, tuple[float, int]] = {}
        self._seen: frozenset[Notice] = frozenset()
        self._level = _Level()
        self._at_s = self._measured_s = -math.inf
        self._places: Hashable = ()
        self._shape = 0.0

    def look(  # noqa: PLR0917 - all that is known of a picture
        self,
        grey: Grey | None,
        at_s: float,
        wh: tuple[int, int],
        interval_s: float = 1.0,
        places: Hashable = (),
        notices: frozenset[Notice] = frozenset(),
    ) -> frozenset[Notice]:
        """Take the next picture.

        Args:
            grey: The small picture, uint8, shape (height, width); None if it is the same
                picture as before.
            at_s: When it was taken, on the monotonic clock, seconds.
            wh: Width and height of the picture itself.
            interval_s: Time from one picture to the next as it should be.
            places: What is drawn on the view; empty if nothing is.
            notices: What is known to be wrong from how the picture came.

        Returns:
            All that is wrong with this picture.
        """
        pause_s = at_s - self._at_s
        self._at_s = at_s
        if not 0 <= pause_s <= max(_LONGEST_PAUSE_S, _LONGEST_PAUSE_PICTURES * interval_s):
            self._contrary.clear()
        if grey is not None and not 0 <= at_s - self._measured_s < MEASURED_EVERY_S:
            self._seen = self._judge(measure(grey), at_s, interval_s)
            self._measured_s = at_s
        seen = self._seen | notices
        if self._is_reshaped(wh, places):
            seen |= {Notice.RESHAPED}
        self._settle(seen, at_s)
        return self.notices | notices

    def take_change(self) -> frozenset[Notice] | None:
        """Return what is wrong now if that is news; None if it was told before."""
        if not self._is_news:
            return None
        self._is_news = False
        return self.notices

    def _judge(self, found: Measures, at_s: float, interval_s: float) -> frozenset[Notice]:
        """Say what is wrong with the view: one thing, for a black picture is not sharp either."""
        if found.dark <= _BLACK:
            return frozenset({Notice.BLACK})
        if found.white >= _MOST_WHITE:
            return frozenset({Notice.OVEREXPOSED})
        if found.shades < _FEWEST_SHADES and found.shades < _FLAT * found.mean:
            return frozenset({Notice.COVERED})
        is_lost = self._level.is_lost(found)
        # What was not seen while the camera was away does not count.
        elapsed_s = min(max(at_s - self._measured_s, 0.0), max(interval_s, _LONGEST_PAUSE_S))
        self._level.learn(found, elapsed_s, is_lost=is_lost)
        return frozenset({Notice.DEFOCUSED}) if is_lost else frozenset()

    def _is_reshaped(self, wh: tuple[int, int], places: Hashable) -> bool:
        """Tell whether what is drawn was drawn on pictures of another shape."""
        if not places:
            self._places, self._shape = (), 0.0
            return False
        shape = wh[0] / wh[1]
        if places != self._places:
            self._places, self._shape = places, shape
        return abs(shape / self._shape - 1) > _SAME_SHAPE

    def _settle(self, seen: frozenset[Notice], at_s: float) -> None:
        """Take up what is seen for long enough, and let go what is not."""
        for notice in self.notices | seen | self._contrary.keys():
            if (notice in seen) == (notice in self.notices):
                self._contrary.pop(notice, None)
                continue
            since_s, pictures = self._contrary.get(notice, (at_s, 0))
            pictures += 1
            if pictures >= CHANGES_AFTER_PICTURES and at_s - since_s >= CHANGES_AFTER_S:
                self._contrary.pop(notice, None)
                self.notices ^= {notice}
                self._is_news = True
            else:
                self._contrary[notice] = since_s, pictures
