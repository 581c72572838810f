"""The motion gate: says which pictures of a camera must be analysed.

A still scene keeps its count, so that the detector's time goes to cameras where something
happens. The gate compares each picture with the last one that was *analysed*, not with the
one before: whoever creeps in adds up. It errs to one side: a picture analysed in vain costs
milliseconds, a person overlooked costs a wrong count.

Whom it cannot see: a person who differs from the ground by less than about five grey levels.
Their count is late by `recheck_s` and one picture at most.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from enum import StrEnum
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.detect.raster import regions_of
from camwatch.domain import Boxes

Grey = npt.NDArray[np.uint8]
"""uint8, shape (height, width): brightness, 0 to 255."""

GREY_WH = (240, 135)
"""The small picture should be no smaller: the smallest person whom the detector finds, a
twelfth of its height, is then 11 by 4 pixels. A larger one costs time and gains nothing."""

RECHECK_S = 10.0
"""A still scene is analysed again after this time."""

_LONGEST_SIDE = 400  # a longer picture is shrunk by a whole number, which is quick
_BLOCK = 5  # pixels; the smallest person covers two blocks or more, one above the other
_NEAR = np.ones((3, 3), np.uint8)

_LEAST_CHANGE = 5.0  # grey levels, mean over a block; still scenes by day stay below 3
_LEAST_BLOCKS = 2  # changed ones among nine neighbours; a lone one is a speck
_SHAKE = 0.5  # pixels that the camera may have moved by; this covers its noise as well

_LIGHT_STEP = 0.7  # grey levels; a smaller change of light is left to the other limits
_FITS = 3
_LEAST_SPREAD = 5.0  # grey levels; a picture of one grey tells no gain from an offset
_LEAST_GAIN, _MOST_GAIN = 0.5, 2.0
_DRIFT = 8.0  # grey levels that the light of one region may change by on its own
_REGION = 0.2  # size of a region in parts of the picture's longer side

_MOST_LOOKS = 3  # analyses until two agree, after motion

_FAMILIAR_SHARE = 0.1  # of the analyses: such motion was seen here before and was nobody
_RESTLESS_SHARE = 0.25  # of the analyses: change is this block's habit
_HABIT_S = 20.0  # time over which these shares are taken,
_HABIT_PICTURES = 16  # and pictures over which they are taken at least
_FADE_S = 600.0  # time in which the usual amount of change fades to a third
_USUAL_FACTOR = 1.25  # a restless block has news when it exceeds its usual amount by this
_MOST_RESTLESS = 0.25  # share of the blocks; a gate more blind than this is none

_Blocks = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.bool_]


class Verdict(StrEnum):
    """Whether a picture must be analysed or its count may be carried over, and why."""

    REPEATED = "repeated"
    STILL = "still"
    FIRST = "first"
    MOTION = "motion"
    SETTLING = "settling"
    RECHECK = "recheck"

    @property
    def must_analyse(self) -> bool:
        """False if the camera's last count holds for this picture too."""
        return self not in (Verdict.REPEATED, Verdict.STILL)


class _View:
    """A small picture, and the mean of each of its blocks."""

    def __init__(self, grey: Grey) -> None:
        self.grey = shrunk(grey)
        self.means = by_block(self.grey)
        self.mean = float(cv2.mean(self.means)[0])

    @cached_property
    def edges(self) -> Grey:
        """What each pixel changes by at most when the camera shakes, grey levels."""
        steps = cv2.morphologyEx(self.grey, cv2.MORPH_GRADIENT, _NEAR)
        return np.asarray(cv2.convertScaleAbs(steps, alpha=_SHAKE), np.uint8)


def shrunk(grey: Grey) -> Grey:
    """Return a picture of 400 pixels a side at most; such a one as it is, a larger one shrunk."""
    factor = math.ceil(max(grey.shape) / _LONGEST_SIDE)
    if factor <= 1:
        return grey
    size = (max(1, grey.shape[1] // factor), max(1, grey.shape[0] // factor))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)


def by_block(grey: Grey) -> _Blocks:
    """Return the mean of each block: float32, shape (rows, columns), at least one of each."""
    height, width = grey.shape
    grid = (max(1, width // _BLOCK), max(1, height // _BLOCK))
    values = grey.astype(np.float32)
    return np.asarray(cv2.resize(values, grid, interpolation=cv2.INTER_AREA), np.float32)


def _middle(values: _Blocks) -> float:
    """Return the median, the upper one of two; twice as fast as numpy's."""
    place = values.size // 2
    return float(np.partition(values, place, axis=None)[place])


def fit_light(before: _Blocks, after: _Blocks) -> tuple[float, float]:
    """Find the gain and offset by which the light, or the camera's exposure, has changed.

    What moved does not matter as long as it fills less than half of the picture.

    Args:
        before: float32, grey levels, one value a block.
        after: The same blocks in the later picture.

    Returns:
        Gain and offset: after is about gain * before + offset.
    """
    x, y = before.ravel(), after.ravel()
    gain, offset = 1.0, _middle(y - x)
    for _ in range(_FITS):
        misfit = np.abs(y - (gain * x + offset))
        kept = misfit <= max(2.0, 1.5 * _middle(misfit))
        kept_x, kept_y = x[kept], y[kept]
        mean_x, mean_y = float(kept_x.mean()), float(kept_y.mean())
        spread = kept_x - mean_x
        square = float(spread @ spread)
        gain = 1.0
        if square > _LEAST_SPREAD**2 * len(spread):
            gain = float(spread @ (kept_y - mean_y)) / square
            gain = min(max(gain, _LEAST_GAIN), _MOST_GAIN)
        offset = mean_y - gain * mean_x
    return gain, offset


def _difference(before: _View, after: _View) -> Grey:
    """Return by how much each pixel changed, apart from the light: grey levels."""
    gain, offset = 1.0, 0.0
    expected = before.grey
    if abs(after.mean - before.mean) > _LIGHT_STEP:
        gain, offset = fit_light(before.means, after.means)
        # Ends at 0 and 255, as the camera's own levels do.
        levels = np.clip(np.arange(256) * gain + offset, 0, 255).round().astype(np.uint8)
        expected = np.asarray(cv2.LUT(expected, levels), np.uint8)
    # A cloud's shadow, a lamp: the light of one region. What a person changes is mostly
    # more than this allows, so it is cut off and hardly passes for light.
    drift = np.clip(after.means - (gain * before.means + offset), -_DRIFT, _DRIFT)
    region = max(3, round(_REGION * max(drift.shape)))
    drift = np.asarray(cv2.blur(drift, (region, region)), np.float32)
    if np.abs(drift).max() > _LIGHT_STEP:
        height, width = expected.shape
        lit = cv2.resize(drift, (width, height), interpolation=cv2.INTER_LINEAR) + expected
        expected = np.clip(lit, 0, 255).round().astype(np.uint8)
    return np.asarray(cv2.absdiff(after.grey, expected), np.uint8)


class _Habits:
    """Which blocks change all the time though nobody is there, and by how much.

    Args:
        shape: Rows and columns of blocks.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._share = np.zeros(shape, np.float32)
        self._usual = np.zeros(shape, np.float32)

    @property
    def is_familiar(self) -> _Mask:
        """Blocks that changed before and nobody was there."""
        return self._share > _FAMILIAR_SHARE

    def news(self, change: _Blocks) -> _Mask:
        """Return the blocks that changed, and by more than is usual for them."""
        # What waves here may wave beside it next time.
        is_restless = np.asarray(cv2.dilate(self._share, _NEAR)) > _RESTLESS_SHARE
        if is_restless.mean() > _MOST_RESTLESS:
            return change > _LEAST_CHANGE
        usual = np.asarray(cv2.dilate(self._usual, _NEAR), np.float32)
        usual *= _USUAL_FACTOR * is_restless
        return change > usual + np.float32(_LEAST_CHANGE)

    def learn(self, change: _Blocks, is_changed: _Mask, is_free: _Mask, elapsed_s: float) -> None:
        """Learn from an analysed picture.

        Args:
            change: Grey levels by which each block changed.
            is_changed: Whether that is worth mentioning.
            is_free: Where nobody is, nor was in the picture before.
            elapsed_s: Time since the last analysis.
        """
        self._count(is_changed, is_free, elapsed_s)
        more = change - self._usual
        np.add(self._usual, more / 2, out=self._usual, where=is_free & is_changed & (more > 0))

    def keep(self, is_changed: _Mask, is_free: _Mask, elapsed_s: float) -> None:
        """From a picture that was not analysed no block turns restless; one may stay so.

        Args:
            is_changed: As in `learn`.
            is_free: As in `learn`.
            elapsed_s: Time since the last picture.
        """
        is_restless = self._share > _RESTLESS_SHARE
        if is_restless.any():
            self._count(is_changed, is_free & is_restless, elapsed_s)

    def fade(self, elapsed_s: float) -> None:
        """Forget a little of how much is usual."""
        self._usual *= math.exp(-elapsed_s / _FADE_S)

    def _count(self, is_changed: _Mask, where: _Mask, elapsed_s: float) -> None:
        weight = min(1 - math.exp(-elapsed_s / _HABIT_S), 1 / _HABIT_PICTURES)
        np.add(self._share, weight * (is_changed - self._share), out=self._share, where=where)


class MotionGate:
    """Decides for one camera, picture by picture. Used by one thread at a time.

    For each picture `look` is asked first. If the picture must be analysed and was,
    `analysed` is told what was found in it. If that failed, nothing is told, and the next
    picture is compared with the same one as before, or is the first if the size changed.

    After motion, analyses go on until two in a row agree, three at most, so that the count
    that is carried over is that of the still scene.

    Some places change all the time: a clock in the picture, a fan, leaves. A block that
    keeps changing while nobody is found there becomes restless, and then has news only
    when it changes by more than its usual amount. What keeps that safe: blocks turn
    restless by analysed pictures alone, and only outside of the people found in this one
    and the one before, so that nobody whom the detector finds is learned as unrest; blocks
    farther than the next one have news as ever, and a person is wider than a digit of a
    clock; when the restless ones fill a quarter of the picture, every change is news again;
    and a still scene is analysed every `recheck_s` in any case.

    Args:
        recheck_s: A still scene is analysed again after this time.

    Raises:
        ValueError: recheck_s is not positive.
    """

    _habits: _Habits
    _change: _Blocks
    _is_changed: _Mask
    _is_news: _Mask
    _is_people: _Mask

    def __init__(self, recheck_s: float = RECHECK_S) -> None:
        if not recheck_s > 0:
            raise ValueError(f"recheck_s: {recheck_s}")
        self._recheck_s = recheck_s
        # The last picture that was looked at.
        self._view: _View | None = None
        self._sum: tuple[int, int] | None = None
        self._at_s = self._elapsed_s = 0.0
        self._verdict = Verdict.FIRST
        # The last one that was analysed, and what was found in it.
        self._reference: _View | None = None
        self._analysed_sum: tuple[int, int] | None = None
        self._analysed_s = 0.0
        self._count: int | None = None
        self._looks_left = 0
        # The last one whose count is known, analysed or carried over.
        self._known_sum: tuple[int, int] | None = None
        self._start_over((1, 1))

    def look(self, data: bytes, grey: Callable[[], Grey], at_s: float) -> Verdict:
        """Take the next picture.

        Args:
            data: The picture's file; the same bytes are the same picture.
            grey: Gives the small picture, uint8, shape (height, width), of about `GREY_WH`;
                called only where the bytes are new.
            at_s: When it was taken, on the monotonic clock, seconds.

        Returns:
            Whether it must be analysed, and why.

        Raises:
            CameraError: As `grey` raises it; the picture counts as not seen.
        """
        is_due = at_s - self._analysed_s >= self._recheck_s
        checksum = (len(data), zlib.crc32(data))
        if checksum == self._analysed_sum:
            return Verdict.REPEATED
        if checksum == self._known_sum and not is_due:
            return Verdict.REPEATED
        self._view = _View(grey())
        self._sum = checksum
        self._elapsed_s, self._at_s = max(0.0, at_s - self._at_s), at_s
        self._verdict = self._judge(self._view, is_due=is_due)
        self._habits.fade(self._elapsed_s)
        if not self._verdict.must_analyse:
            self._known_sum = checksum
            self._habits.keep(self._is_changed, ~self._is_people, self._elapsed_s)
        return self._verdict

    def analysed(self, boxes: Boxes) -> None:
        """Tell what was found in the picture that was looked at last.

        Args:
            boxes: float32, shape (n, 4), x1 y1 x2 y2 relative to the picture, 0 to 1.

        Raises:
            ValueError: No picture was looked at yet.
        """
        if self._view is None:
            raise ValueError("no picture was looked at")
        is_people = self._covered(boxes)
        is_free = ~(is_people | self._is_people)
        is_quiet = self._verdict is not Verdict.MOTION or self._is_habit(is_free)
        if is_quiet and len(boxes) == self._count:
            self._looks_left = 0
        elif self._verdict is Verdict.SETTLING:
            self._looks_left -= 1
        else:
            self._looks_left = _MOST_LOOKS
        elapsed_s = max(0.0, self._at_s - self._analysed_s)
        self._habits.learn(self._change, self._is_changed, is_free, elapsed_s)
        self._count, self._is_people = len(boxes), is_people
        self._reference, self._analysed_s = self._view, self._at_s
        self._analysed_sum = self._known_sum = self._sum

    @property
    def moved(self) -> Boxes | None:
        """Where the picture that was looked at last differs from the one analysed last.

        Returns:
            float32, shape (n, 4), x1 y1 x2 y2 in parts of the picture, a box around each
            region; None where the whole picture is to be searched.
        """
        return regions_of(self._is_changed) if self._verdict is Verdict.MOTION else None

    def _judge(self, view: _View, *, is_due: bool) -> Verdict:
        """Compare the picture with the one analysed last."""
        if self._reference is None or self._reference.grey.shape != view.grey.shape:
            # Should this one not be analysed, the next may be of the old shape again: what was
            # learned of that is gone, so that it is the first, too.
            self._reference = None
            self._start_over(view.means.shape)
            return Verdict.FIRST
        difference = _difference(self._reference, view)
        self._change = by_block(difference)
        if self._change.max() > _LEAST_CHANGE:
            # An edge that both pictures have may seem to move; that of a person who came
            # or went is in one of them only, and counts in full.
            edges = cv2.min(self._reference.edges, view.edges)
            self._change = by_block(np.asarray(cv2.subtract(difference, edges), np.uint8))
        self._is_changed = self._change > _LEAST_CHANGE
        self._is_news = self._news()
        if self._is_news.any():
            return Verdict.MOTION
        if self._looks_left:
            return Verdict.SETTLING
        return Verdict.RECHECK if is_due else Verdict.STILL

    def _news(self) -> _Mask:
        """Return the blocks that have news and a neighbour that has, too."""
        if not self._is_changed.any():
            return self._is_changed
        is_news = self._habits.news(self._change)
        near = cv2.boxFilter(
            is_news.astype(np.uint8), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT
        )
        return is_news & (np.asarray(near) >= _LEAST_BLOCKS)

    def _is_habit(self, is_free: _Mask) -> bool:
        """Say whether all that moved has moved before, away from people."""
        return bool((is_free & self._habits.is_familiar)[self._is_news].all())

    def _covered(self, boxes: Boxes) -> _Mask:
        """Return the blocks that people cover, in whole or in part."""
        mask = np.zeros_like(self._is_changed)
        rows, columns = mask.shape
        for x1, y1, x2, y2 in boxes.tolist():
            across = slice(math.floor(x1 * columns), math.ceil(x2 * columns))
            mask[math.floor(y1 * rows) : math.ceil(y2 * rows), across] = True
        return mask

    def _start_over(self, shape: tuple[int, ...]) -> None:
        """Forget what was learned: nothing is known about a picture of these blocks."""
        self._habits = _Habits(shape)
        self._change = np.zeros(shape, np.float32)
        self._is_changed = self._is_news = self._is_people = np.zeros(shape, np.bool_)
