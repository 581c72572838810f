"""From what a network puts out to boxes of people: one module a family of networks.

Each decoder is a pure function of the outputs and a `Query`. It returns the boxes whose
person score reaches the threshold, in input pixels, without dropping those that overlap. Only
of the families in EITHER_UNIT they come as the network has them, see `units`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from camwatch.detect.heads import centernet, detr, labelled, nanodet, ssd, yolo, yolox
from camwatch.detect.heads.query import Decoder


class Family(StrEnum):
    """How a network says where somebody is."""

    YOLOX = "yolox"
    YOLOX_DECODED = "yolox-decoded"
    YOLOV5 = "yolov5"
    YOLOV8 = "yolov8"
    YOLO_END_TO_END = "yolo-end-to-end"
    SSD = "ssd"
    TENSORFLOW = "tensorflow"
    DETECTION_OUTPUT = "detection-output"
    DETR = "detr"
    DETR_SOFTMAX = "detr-softmax"
    LABELLED = "labelled"
    CENTERNET = "centernet"
    NANODET = "nanodet"


DECODERS: Mapping[Family, Decoder] = MappingProxyType(
    {
        Family.YOLOX: yolox.decode,
        Family.YOLOX_DECODED: yolo.decode_with_objectness,
        Family.YOLOV5: yolo.decode_with_objectness,
        Family.YOLOV8: yolo.decode_columns,
        Family.YOLO_END_TO_END: yolo.decode_finished,
        Family.SSD: ssd.decode_scored,
        Family.TENSORFLOW: ssd.decode_tensorflow,
        Family.DETECTION_OUTPUT: ssd.decode_detection_output,
        Family.DETR: detr.decode_sigmoid,
        Family.DETR_SOFTMAX: detr.decode_softmax,
        Family.LABELLED: labelled.decode,
        Family.CENTERNET: centernet.decode,
        Family.NANODET: nanodet.decode,
    }
)

EITHER_UNIT = frozenset(
    {Family.YOLOV5, Family.YOLOV8, Family.YOLO_END_TO_END, Family.SSD, Family.LABELLED}
)
"""Families of which there are exports with boxes in pixels and such with parts of the input."""

FEWEST_OUTPUTS: Mapping[Family, int] = MappingProxyType(
    {
        Family.SSD: 2,
        Family.TENSORFLOW: 3,
        Family.DETR: 2,
        Family.DETR_SOFTMAX: 2,
        Family.LABELLED: 2,
        Family.CENTERNET: 3,
    }
)
"""So many outputs a decoder reads at least; those left out read at least one."""

__all__ = ["DECODERS", "EITHER_UNIT", "FEWEST_OUTPUTS", "Decoder", "Family"]
