"""How right a detector is on pictures whose people are known.

A labelled folder holds `images/` and `labels/`. For each picture there is a text file of
the same stem with one row a person: centre x, centre y, width, height, relative to the
picture, 0 to 1. An empty file means an empty picture; without a file the picture is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from camwatch.detect.detector import Detector
from camwatch.detect.geometry import overlaps
from camwatch.domain import Boxes, Detections, Pixels

LOWEST_SCORE = 0.02
"""Boxes below this are not looked at for the precision; they would hardly change it."""

HEIGHTS = (0.15, 0.35)
"""Between them people are of middle height, in parts of the picture's height; below the first
they are far away."""

_ENOUGH_OVERLAP = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class LabelledPicture:
    """A picture and its people.

    Attributes:
        file: Where the picture is.
        people: float32, shape (n, 4), x1 y1 x2 y2 relative to the picture; n may be 0.
    """

    file: Path
    people: Boxes

    def pixels(self) -> Pixels:
        """Read the picture: uint8, shape (height, width, 3), BGR.

        Raises:
            ValueError: It is not a picture.
            OSError: It cannot be read.
        """
        data = np.frombuffer(self.file.read_bytes(), np.uint8)
        pixels = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        if pixels is None:
            raise ValueError(f"{self.file} is not a picture")
        return np.asarray(pixels, np.uint8)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a detector achieved on a labelled folder.

    Attributes:
        pictures: How many pictures there were.
        people: How many people are in them.
        ap50: Average precision at an overlap of one half, 0 to 1.
        threshold: Lowest score that was counted, for the four below.
        mean_count_error: Mean distance of the count from the truth, people per picture.
        exact_share: Share of the pictures whose count is exact, 0 to 1.
        false_alarm_share: Share of the empty pictures in which somebody was counted;
            0 if there are no empty pictures.
        found_share: Share of the people who were found, 0 to 1, of those below the first of
            `HEIGHTS`, between the two, and above; None where there are no such people.
    """

    pictures: int
    people: int
    ap50: float
    threshold: float
    mean_count_error: float
    exact_share: float
    false_alarm_share: float
    found_share: tuple[float | None, float | None, float | None]


def labelled_pictures(folder: Path) -> Iterator[LabelledPicture]:
    """Yield the pictures of a labelled folder by name.

    Raises:
        ValueError: A label is not four numbers.
        OSError: The folder cannot be read.
    """
    for file in sorted((folder / "images").iterdir()):
        labels = folder / "labels" / f"{file.stem}.txt"
        if not labels.exists():
            continue
        rows = [line.split() for line in labels.read_text("ascii").splitlines() if line.strip()]
        if any(len(row) != 4 for row in rows):
            raise ValueError(f"{labels}: a row is not four numbers")
        centre_size = np.array(rows, np.float32).reshape(-1, 4)
        centre, half = centre_size[:, :2], centre_size[:, 2:] / 2
        yield LabelledPicture(file, np.hstack([centre - half, centre + half]))


def average_precision(found: Sequence[Detections], truth: Sequence[Boxes]) -> float:
    """Return the area under the curve of precision over recall.

    Boxes are matched as in COCO: over all pictures the best-scored box first, each to
    the free person of its picture that it overlaps most, if by one half or more. The
    curve is made falling and summed over all its points, not at 101 of them.

    Args:
        found: For each picture what was found, best first, down to low scores.
        truth: For each picture the people, in the same pixels.

    Returns:
        0 to 1; 0 if there are no people at all.
    """
    scores = np.concatenate([one.scores for one in found] or [np.empty(0, np.float32)])
    hits = np.concatenate(
        [_hits(one.boxes, people) for one, people in zip(found, truth, strict=True)]
        or [np.empty(0, np.bool_)]
    )
    people_count = sum(len(people) for people in truth)
    if not people_count or not len(scores):
        return 0.0
    hits = hits[np.argsort(-scores, kind="stable")]
    true_so_far = np.cumsum(hits)
    precision = true_so_far / np.arange(1, len(hits) + 1)
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    # Each hit raises the recall by one person.
    return float(falling[hits].sum() / people_count)


def _hits(boxes: Boxes, people: Boxes) -> npt.NDArray[np.bool_]:
    """Tell for each box, best first, whether it finds a person whom no better one found."""
    return _whom(boxes, people) >= 0


def _whom(boxes: Boxes, people: Boxes) -> npt.NDArray[np.intp]:
    """Return for each box, best first, which person it finds; -1 if nobody new."""
    shared = overlaps(boxes, people)
    whom = np.full(len(boxes), -1, np.intp)
    if not len(people):
        return whom
    for index in range(len(boxes)):
        best = int(shared[index].argmax())
        if shared[index, best] >= _ENOUGH_OVERLAP:
            whom[index] = best
            shared[:, best] = 0
    return whom


def evaluate(detector: Detector, folder: Path, thresholds: Sequence[float]) -> list[Accuracy]:
    """Search each picture of a labelled folder once and judge the counts at each threshold.

    Raises:
        ModelUnfit: The detector cannot be run.
        ValueError: The folder holds no labelled pictures, or a damaged one.
        OSError: The folder cannot be read.
    """
    found: list[Detections] = []
    truth: list[Boxes] = []
    heights: list[npt.NDArray[np.float32]] = []
    for picture in labelled_pictures(folder):
        pixels = picture.pixels()
        height, width = pixels.shape[:2]
        found.append(detector.detect(pixels, LOWEST_SCORE))
        truth.append(picture.people * np.array([width, height, width, height], np.float32))
        heights.append(picture.people[:, 3] - picture.people[:, 1])
    if not found:
        raise ValueError(f"{folder} holds no labelled pictures")
    ap50 = average_precision(found, truth)
    return [
        _judged(found, truth, np.concatenate(heights), ap50, threshold) for threshold in thresholds
    ]


def _judged(
    found: Sequence[Detections],
    truth: Sequence[Boxes],
    heights: npt.NDArray[np.float32],
    ap50: float,
    threshold: float,
) -> Accuracy:
    """Judge the counts at one threshold; heights are those of all people, picture by picture."""
    counts = np.array([np.count_nonzero(one.scores >= threshold) for one in found])
    people = np.array([len(boxes) for boxes in truth])
    is_empty = people == 0
    is_found = np.concatenate(
        [_is_found(one, boxes, threshold) for one, boxes in zip(found, truth, strict=True)]
    )
    band = np.digitize(heights, HEIGHTS)
    near, middle, far = (_share(is_found[band == which]) for which in (2, 1, 0))
    return Accuracy(
        pictures=len(people),
        people=int(people.sum()),
        ap50=ap50,
        threshold=threshold,
        mean_count_error=float(np.abs(counts - people).mean()),
        exact_share=float((counts == people).mean()),
        false_alarm_share=float((counts[is_empty] > 0).mean()) if is_empty.any() else 0.0,
        found_share=(far, middle, near),
    )


def _is_found(one: Detections, people: Boxes, threshold: float) -> npt.NDArray[np.bool_]:
    """Tell for each person of a picture whether a box that counts finds them."""
    is_found = np.zeros(len(people), np.bool_)
    whom = _whom(one.boxes[one.scores >= threshold], people)
    is_found[whom[whom >= 0]] = True
    return is_found


def _share(is_found: npt.NDArray[np.bool_]) -> float | None:
    return float(is_found.mean()) if len(is_found) else None
