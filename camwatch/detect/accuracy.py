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
        threshold: Lowest score that was counted, for the three below.
        mean_count_error: Mean distance of the count from the truth, people per picture.
        exact_share: Share of the pictures whose count is exact, 0 to 1.
        false_alarm_share: Share of the empty pictures in which somebody was counted;
            0 if there are no empty pictures.
    """

    pictures: int
    people: int
    ap50: float
    threshold: float
    mean_count_error: float
    exact_share: float
    false_alarm_share: float


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
    shared = overlaps(boxes, people)
    hits = np.zeros(len(boxes), np.bool_)
    if not len(people):
        return hits
    for index in range(len(boxes)):
        best = int(shared[index].argmax())
        if shared[index, best] >= _ENOUGH_OVERLAP:
            hits[index] = True
            shared[:, best] = 0
    return hits


def evaluate(detector: Detector, folder: Path, thresholds: Sequence[float]) -> list[Accuracy]:
    """Search each picture of a labelled folder once and judge the counts at each threshold.

    Raises:
        ModelUnfit: The detector cannot be run.
        ValueError: The folder holds no labelled pictures, or a damaged one.
        OSError: The folder cannot be read.
    """
    found: list[Detections] = []
    truth: list[Boxes] = []
    for picture in labelled_pictures(folder):
        pixels = picture.pixels()
        height, width = pixels.shape[:2]
        found.append(detector.detect(pixels, LOWEST_SCORE))
        truth.append(picture.people * np.array([width, height, width, height], np.float32))
    if not found:
        raise ValueError(f"{folder} holds no labelled pictures")
    ap50 = average_precision(found, truth)
    return [_judged(found, truth, ap50, threshold) for threshold in thresholds]


def _judged(
    found: Sequence[Detections], truth: Sequence[Boxes], ap50: float, threshold: float
) -> Accuracy:
    counts = np.array([np.count_nonzero(one.scores >= threshold) for one in found])
    people = np.array([len(boxes) for boxes in truth])
    is_empty = people == 0
    return Accuracy(
        pictures=len(people),
        people=int(people.sum()),
        ap50=ap50,
        threshold=threshold,
        mean_count_error=float(np.abs(counts - people).mean()),
        exact_share=float((counts == people).mean()),
        false_alarm_share=float((counts[is_empty] > 0).mean()) if is_empty.any() else 0.0,
    )
