"""Recognises which head a model has from what it puts out for one picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from camwatch.detect.heads import Family, nanodet, yolox
from camwatch.detect.heads.query import count_cells
from camwatch.detect.onnx_file import dimensions

_BINS = (8, 11)
"""Of NanoDet's distances: 0 to 7 cells, or 0 to 10."""

_CLASSES = (1, 20, 80)
"""Of data sets without a background class: one's own people, Pascal VOC, COCO."""

_YOLOV5_BOXES_A_CELL = 3
_FINISHED_COLUMNS = 6
_POSE_ROWS = 4 + 1 + 17 * 3
_MASKS = 32
_MOST_FINISHED = 1000
_RAW_BELOW = 64.0
"""YOLOX tells a centre from its cell; a finished one reaches up to the input's width."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An output as it came for a grey picture.

    Attributes:
        name: As the network calls it; matters little, for names are a matter of taste.
        shape: All directions, the picture first where it has one.
        low, high: Least and greatest value; 0 where there is none.
        reach: Greatest distance from nought among the first four values of a row, which are
            a box in most outputs; 0 where there is none.
    """

    name: str
    shape: tuple[int, ...]
    low: float = 0.0
    high: float = 1.0
    reach: float = 0.0


@dataclass(frozen=True, slots=True)
class Head:
    """What was recognised.

    Attributes:
        family: Which decoder reads it.
        outputs: Names of its outputs, in the decoder's order.
        classes: How many classes it tells apart, with the background where it has one;
            None where the outputs do not tell.
        bins: Of NanoDet's distances.
    """

    family: Family
    outputs: tuple[str, ...]
    classes: int | None
    bins: int = 8


def recognise(seen: Sequence[Seen], input_wh: tuple[int, int]) -> Head | None:
    """Return the head with these outputs, None if there is no such.

    Args:
        seen: All outputs.
        input_wh: Width and height of the input for which they came, pixels.
    """
    for look in _LOOKS:
        if head := look(seen, input_wh):
            return head
    return None


def outputs_said(seen: Sequence[Seen]) -> str:
    """Say what the outputs are: "boxes 1 x 300 x 4, labels 1 x 300"."""
    return ", ".join(f"{_shown(one.name)} {dimensions(one.shape)}" for one in seen)


def _shown(name: str) -> str:
    """Return a name from a file as it can be shown anywhere."""
    return name if name.isprintable() else ascii(name)


def usual_person(head: Head, *, is_told_size: bool = False) -> int | None:
    """Return the class that is a person in the data sets that are used most.

    COCO has 80 classes, person first; 90 with gaps in their numbers, from 1; 91 or 81 with
    the background. Pascal VOC has 20, of which person is the fifteenth, and 21 with the
    background.

    Args:
        head: What was recognised.
        is_told_size: Whether the network has an input for the size to answer in, as
            RT-DETR has, which starts at 0; torchvision's detectors start at 1.

    Returns:
        None where the number of classes says nothing.
    """
    match head.family:
        case Family.YOLO_END_TO_END:
            return 0
        case Family.TENSORFLOW:
            return 1
        case Family.DETECTION_OUTPUT:
            return 15
        case Family.LABELLED:
            return 0 if is_told_size or len(head.outputs) < 3 else 1
        case Family.SSD:
            return {2: 1, 21: 15, 81: 1, 91: 1}.get(head.classes or 0)
        case _:
            return {1: 0, 20: 14, 80: 0, 90: 0, 91: 1, 92: 1}.get(head.classes or 0)


# ---------------------------------------------------------------- one look a family


def _tensorflow(seen: Sequence[Seen], _wh: tuple[int, int]) -> Head | None:
    """Its outputs have names that everybody keeps."""
    wanted = ("detection_boxes", "detection_classes", "detection_scores", "num_detections")
    named = {
        want: one.name for want in wanted for one in seen if one.name.split(":")[0].endswith(want)
    }
    if not {*wanted[:3]} <= set(named):
        return None
    return Head(Family.TENSORFLOW, tuple(named[want] for want in wanted if want in named), None)


def _detection_output(seen: Sequence[Seen], _wh: tuple[int, int]) -> Head | None:
    """Beside it, OpenCV leaves over what a TensorFlow graph was rewritten from."""
    rows = [one for one in seen if one.shape[:2] == (1, 1) and one.shape[3:] == (7,)]
    return Head(Family.DETECTION_OUTPUT, (rows[0].name,), None) if len(rows) == 1 else None


def _labelled(seen: Sequence[Seen], _wh: tuple[int, int]) -> Head | None:
    """Boxes with one class and one score each."""
    boxes = [one for one in seen if len(one.shape) == 3 and one.shape[2] in (4, 5)]
    boxes = boxes or [one for one in seen if len(one.shape) == 2 and one.shape[1] in (4, 5)]
    if len(boxes) != 1:
        return None
    count = boxes[0].shape[-2]
    singles = [one for one in seen if one.shape[-1:] == (count,) and len(one.shape) <= 2]
    labels = [one for one in singles if "label" in one.name.lower() or "class" in one.name.lower()]
    scores = [one for one in singles if "score" in one.name.lower()]
    if len(labels) != 1:
        return None
    if boxes[0].shape[-1] == 5:
        return Head(Family.LABELLED, (boxes[0].name, labels[0].name), None)
    if len(scores) != 1:
        return None
    return Head(Family.LABELLED, (boxes[0].name, labels[0].name, scores[0].name), None)


def _boxes_and_classes(seen: Sequence[Seen], _wh: tuple[int, int]) -> Head | None:
    """DETR's logits or SSD's shares, beside boxes of four values."""
    rows = [one for one in seen if len(one.shape) == 3 and one.shape[0] == 1]
    for boxes in (one for one in rows if one.shape[2] == 4):
        for classes in rows:
            if classes is boxes or classes.shape[1] != boxes.shape[1]:
                continue
            number = classes.shape[2]
            if "hidden" in classes.name.lower():
                continue
            is_logits = "logit" in classes.name.lower() or classes.low < 0 or classes.high > 1
            if not is_logits:
                return Head(Family.SSD, (boxes.name, classes.name), number)
            family = Family.DETR_SOFTMAX if number == 92 else Family.DETR
            return Head(family, (classes.name, boxes.name), number)
    return None


def _centernet(seen: Sequence[Seen], _wh: tuple[int, int]) -> Head | None:
    maps = [one for one in seen if len(one.shape) == 4 and one.shape[0] == 1]
    if len(maps) != 3 or len({one.shape[2:] for one in maps}) != 1:
        return None
    heats = [one for one in maps if one.shape[1] != 2]
    pairs = [one for one in maps if one.shape[1] == 2]
    if len(heats) != 1 or len(pairs) != 2:
        return None
    # Without a telling name, sizes come before offsets, as the authors have them.
    is_swapped = any(part in pairs[0].name.lower() for part in ("reg", "off"))
    size, offset = reversed(pairs) if is_swapped else pairs
    return Head(Family.CENTERNET, (heats[0].name, size.name, offset.name), heats[0].shape[1])


def _nanodet(seen: Sequence[Seen], wh: tuple[int, int]) -> Head | None:
    return _nanodet_maps(seen, wh) or _nanodet_pairs(seen, wh) or _nanodet_rows(seen, wh)


def _split(width: int) -> tuple[int, int] | None:
    """Return classes and bins that add up to so many values a cell."""
    for bins in _BINS:
        if width - 4 * bins in _CLASSES:
            return width - 4 * bins, bins
    return None


def _nanodet_maps(seen: Sequence[Seen], wh: tuple[int, int]) -> Head | None:
    """One map a stride."""
    strides = nanodet.STRIDES if len(seen) == 3 else nanodet.PLUS_STRIDES
    if len(seen) != len(strides) or any(len(one.shape) != 4 for one in seen):
        return None
    ordered = sorted(seen, key=lambda one: -one.shape[2] * one.shape[3])
    width = ordered[0].shape[1]
    expected = [(1, width, -(-wh[1] // stride), -(-wh[0] // stride)) for stride in strides]
    split = _split(width)
    if split is None or [one.shape for one in ordered] != expected:
        return None
    return Head(Family.NANODET, tuple(one.name for one in ordered), *split)


def _nanodet_pairs(seen: Sequence[Seen], wh: tuple[int, int]) -> Head | None:
    """Classes and distances apart, for each stride."""
    strides = nanodet.STRIDES if len(seen) == 6 else nanodet.PLUS_STRIDES
    if len(seen) != 2 * len(strides) or any(len(one.shape) != 3 for one in seen):
        return None
    names: list[str] = []
    classes = bins = 0
    for stride in strides:
        pair = [one for one in seen if one.shape[1] == count_cells(wh, (stride,))]
        if len(pair) != 2:
            return None
        distances = [one for one in pair if one.shape[2] in [4 * bins for bins in _BINS]]
        if not distances:
            return None
        # Where both could be distances, the wider are not: no data set has so few classes.
        distance = min(distances, key=lambda one: one.shape[2])
        score = next(one for one in pair if one is not distance)
        classes, bins = score.shape[2], distance.shape[2] // 4
        names += [score.name, distance.name]
    return Head(Family.NANODET, tuple(names), classes, bins)


def _nanodet_rows(seen: Sequence[Seen], wh: tuple[int, int]) -> Head | None:
    """All in one."""
    match seen:
        case [Seen(shape=(1, cells, width)) as only] if split := _split(width):
            for strides in (nanodet.STRIDES, nanodet.PLUS_STRIDES):
                if cells == count_cells(wh, strides):
                    return Head(Family.NANODET, (only.name,), *split)
    return None


def _yolo(seen: Sequence[Seen], wh: tuple[int, int]) -> Head | None:
    """One output of rows or of columns; others beside it are masks or steps on the way."""
    has_masks = any(len(one.shape) == 4 and one.shape[1] == _MASKS for one in seen)
    for one in seen:
        if len(one.shape) == 3 and one.shape[0] == 1 and (head := _one_yolo(one, wh, has_masks)):
            return head
    return None


def _one_yolo(one: Seen, wh: tuple[int, int], has_masks: bool) -> Head | None:
    cells = count_cells(wh, yolox.STRIDES)
    more = _MASKS if has_masks else 0
    _, first, second = one.shape
    family, classes = None, second - 5 - more
    is_yolov5 = first == _YOLOV5_BOXES_A_CELL * cells and classes > 0
    if second == _FINISHED_COLUMNS and first <= _MOST_FINISHED and first != cells and not is_yolov5:
        return Head(Family.YOLO_END_TO_END, (one.name,), None)
    if is_yolov5 or (first > second and classes in _CLASSES and first != cells):
        family = Family.YOLOV5
    elif first > second and classes in _CLASSES:
        family = Family.YOLOX if one.high < _RAW_BELOW else Family.YOLOX_DECODED
    elif max(first, second) == cells and min(first, second) > 4 + more:
        family = Family.YOLOV8
        rows = min(first, second)
        classes = 1 if rows == _POSE_ROWS else rows - 4 - more
    return Head(family, (one.name,), classes) if family else None


_Look = Callable[[Sequence[Seen], tuple[int, int]], Head | None]

_LOOKS: tuple[_Look, ...] = (
    _tensorflow,
    _detection_output,
    _labelled,
    _boxes_and_classes,
    _centernet,
    _nanodet,
    _yolo,
)
