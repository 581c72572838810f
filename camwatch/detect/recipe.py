"""How a model is to be used: what goes in, which head it has, what counts as a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from camwatch.detect.heads import Family
from camwatch.detect.heads.units import Unit

Order = Literal["rgb", "bgr"]
Fit = Literal["letterbox", "stretch"]
Triple = tuple[float, float, float]

MOST_OVERLAP = 0.55
"""Two boxes that share more than this are one person, as for the bundled model."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """How a picture becomes a network's input: (value * scale - mean) / std for each channel.

    Attributes:
        order: Of the channels; mean and std are in this order.
        scale: For values of 0 to 255.
        mean: Taken off after scaling.
        std: Divided by at last; none is 0.
        fit: "letterbox" keeps the picture's shape, "stretch" does not.
    """

    order: Order = "rgb"
    scale: float = 1 / 255
    mean: Triple = (0.0, 0.0, 0.0)
    std: Triple = (1.0, 1.0, 1.0)
    fit: Fit = "letterbox"


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that is to be known about a model besides its file.

    Attributes:
        family: Which decoder reads its outputs.
        outputs: Names of the outputs, in the decoder's order.
        input_wh: Width and height of its input in pixels; None follows the picture.
        long_side: Pixels of the longer side where the input follows the picture.
        person: Number of the class that is a person.
        preparation: What its input looks like.
        threshold: Lowest score to count.
        most_overlap: A box that shares more with a better one is dropped; 1 drops none.
        bins: Of NanoDet's distances.
        licence: Of its weights, as far as it was told.
        boxes: What its boxes are in, of a family in EITHER_UNIT; None if that shows only
            when it sees somebody.
    """

    family: Family
    outputs: tuple[str, ...]
    input_wh: tuple[int, int] | None
    long_side: int
    person: int
    preparation: Preparation
    threshold: float
    most_overlap: float
    bins: int
    licence: str
    boxes: Unit | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a family; a sidecar file may say otherwise.

    Attributes:
        preparation, threshold, most_overlap: As in `Recipe`.
        long_side: As in `Recipe`.
    """

    preparation: Preparation
    threshold: float = 0.4
    most_overlap: float = MOST_OVERLAP
    long_side: int = 640


# Means and deviations of ImageNet's pictures, red first, 0 to 1 and 0 to 255.
_IMAGENET = Preparation(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), fit="stretch")
_IMAGENET_BGR = Preparation(
    "bgr", 1.0, (103.53, 116.28, 123.675), (57.375, 57.12, 58.395), "letterbox"
)
_PLAIN = Preparation()
_STRETCHED = Preparation(fit="stretch")
_NO_SUPPRESSION = 1.0

CAFFE = Preparation("bgr", 1 / 127.5, (1.0, 1.0, 1.0), fit="stretch")
"""Of MobileNetSSD: (value - 127.5) * 0.007843."""

FROZEN_GRAPH = Preparation("rgb", 1.0, fit="stretch")
"""Of TensorFlow's graphs, which scale by themselves."""

FOLDED = Preparation("bgr", 1.0)
"""Of a NanoDet that scales by itself, as the bundled one does."""

IMAGENET = _IMAGENET
"""Of DETR and RF-DETR."""

USUAL: Mapping[Family, Usual] = MappingProxyType(
    {
        Family.YOLOX: Usual(Preparation("bgr", 1.0)),
        Family.YOLOX_DECODED: Usual(Preparation("bgr", 1.0)),
        Family.YOLOV5: Usual(_PLAIN),
        Family.YOLOV8: Usual(_PLAIN),
        Family.YOLO_END_TO_END: Usual(_PLAIN, most_overlap=_NO_SUPPRESSION),
        Family.SSD: Usual(
            Preparation("rgb", 1 / 128, (127 / 128, 127 / 128, 127 / 128), fit="stretch"),
            0.5,
            long_side=300,
        ),
        Family.TENSORFLOW: Usual(FROZEN_GRAPH, 0.5),
        Family.DETECTION_OUTPUT: Usual(CAFFE, 0.5, long_side=300),
        Family.DETR: Usual(_STRETCHED, 0.5, _NO_SUPPRESSION),
        Family.DETR_SOFTMAX: Usual(_IMAGENET, 0.7, _NO_SUPPRESSION),
        Family.LABELLED: Usual(_STRETCHED, 0.5, _NO_SUPPRESSION),
        Family.CENTERNET: Usual(
            Preparation("bgr", 1 / 255, (0.408, 0.447, 0.470), (0.289, 0.274, 0.278)),
            0.35,
            long_side=512,
        ),
        Family.NANODET: Usual(_IMAGENET_BGR, long_side=416),
    }
)
