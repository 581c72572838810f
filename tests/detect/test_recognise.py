"""Which head it is, told from shapes and values."""

from __future__ import annotations

import pytest

from camwatch.detect.heads import Family
from camwatch.detect.recognise import Head, Seen, outputs_said, recognise, usual_person

SQUARE = (640, 640)
LOGITS = {"low": -9.0, "high": 3.0}


def one(*shape: int, name: str = "output0", low: float = 0.0, high: float = 1.0) -> list[Seen]:
    return [Seen(name, shape, low, high)]


CASES: list[tuple[str, list[Seen], tuple[int, int], Head]] = [
    ("YOLOX", one(1, 8400, 85, high=5.0), SQUARE, Head(Family.YOLOX, ("output0",), 80)),
    ("YOLOX-Nano", one(1, 3549, 85), (416, 416), Head(Family.YOLOX, ("output0",), 80)),
    (
        "YOLOX, decoded",
        one(1, 8400, 85, high=640.0),
        SQUARE,
        Head(Family.YOLOX_DECODED, ("output0",), 80),
    ),
    ("YOLOX, people only", one(1, 8400, 6), SQUARE, Head(Family.YOLOX, ("output0",), 1)),
    ("YOLOv5", one(1, 25200, 85, high=640.0), SQUARE, Head(Family.YOLOV5, ("output0",), 80)),
    ("YOLOv5, own classes", one(1, 25200, 12), SQUARE, Head(Family.YOLOV5, ("output0",), 7)),
    (
        "YOLOv5 with its steps",
        [*one(1, 25200, 85), Seen("a", (1, 3, 80, 80, 85)), Seen("b", (1, 3, 40, 40, 85))],
        SQUARE,
        Head(Family.YOLOV5, ("output0",), 80),
    ),
    ("YOLOv8", one(1, 84, 8400, high=640.0), SQUARE, Head(Family.YOLOV8, ("output0",), 80)),
    ("YOLOv8, 16:9", one(1, 84, 5040), (640, 384), Head(Family.YOLOV8, ("output0",), 80)),
    ("YOLOv8, turned", one(1, 8400, 84), SQUARE, Head(Family.YOLOV8, ("output0",), 80)),
    ("YOLOv8, people only", one(1, 5, 8400), SQUARE, Head(Family.YOLOV8, ("output0",), 1)),
    ("YOLOv8, own classes", one(1, 11, 8400), SQUARE, Head(Family.YOLOV8, ("output0",), 7)),
    ("YOLOv8-pose", one(1, 56, 8400), SQUARE, Head(Family.YOLOV8, ("output0",), 1)),
    (
        "YOLOv8-seg",
        [*one(1, 116, 8400), Seen("output1", (1, 32, 160, 160))],
        SQUARE,
        Head(Family.YOLOV8, ("output0",), 80),
    ),
    ("YOLOv10", one(1, 300, 6), SQUARE, Head(Family.YOLO_END_TO_END, ("output0",), None)),
    (
        "SSD",
        [Seen("scores", (1, 3000, 21)), Seen("boxes", (1, 3000, 4), -0.1, 1.1)],
        (300, 300),
        Head(Family.SSD, ("boxes", "scores"), 21),
    ),
    (
        "TensorFlow",
        [
            Seen("num_detections:0", (1,)),
            Seen("detection_scores:0", (1, 100)),
            Seen("detection_boxes:0", (1, 100, 4)),
            Seen("detection_classes:0", (1, 100)),
        ],
        (300, 300),
        Head(
            Family.TENSORFLOW,
            (
                "detection_boxes:0",
                "detection_classes:0",
                "detection_scores:0",
                "num_detections:0",
            ),
            None,
        ),
    ),
    ("Caffe", one(1, 1, 100, 7), (300, 300), Head(Family.DETECTION_OUTPUT, ("output0",), None)),
    (
        "TensorFlow in OpenCV, with its left-overs",
        [Seen("PriorBox_5/4d/nchw", (1, 1, 2, 24)), Seen("detection_out", (1, 1, 100, 7))],
        (300, 300),
        Head(Family.DETECTION_OUTPUT, ("detection_out",), None),
    ),
    (
        "RT-DETR by Hugging Face",
        [Seen("logits", (1, 300, 80), **LOGITS), Seen("pred_boxes", (1, 300, 4))],
        SQUARE,
        Head(Family.DETR, ("logits", "pred_boxes"), 80),
    ),
    (
        "RF-DETR",
        [Seen("dets", (1, 300, 4)), Seen("labels", (1, 300, 91), **LOGITS)],
        (560, 560),
        Head(Family.DETR, ("labels", "dets"), 91),
    ),
    (
        "DETR",
        [
            Seen("last_hidden_state", (1, 100, 256), **LOGITS),
            Seen("logits", (1, 100, 92), **LOGITS),
            Seen("pred_boxes", (1, 100, 4)),
        ],
        SQUARE,
        Head(Family.DETR_SOFTMAX, ("logits", "pred_boxes"), 92),
    ),
    (
        "RT-DETR and D-FINE by their authors",
        [
            Seen("labels", (1, 300), 0, 79),
            Seen("boxes", (1, 300, 4), -3, 640),
            Seen("scores", (1, 300)),
        ],
        SQUARE,
        Head(Family.LABELLED, ("boxes", "labels", "scores"), None),
    ),
    (
        "MMDetection",
        [Seen("dets", (1, 100, 5), 0, 640), Seen("labels", (1, 100), 0, 79)],
        SQUARE,
        Head(Family.LABELLED, ("dets", "labels"), None),
    ),
    (
        "CenterNet",
        [Seen("hm", (1, 80, 128, 128)), Seen("wh", (1, 2, 128, 128)), Seen("r", (1, 2, 128, 128))],
        (512, 512),
        Head(Family.CENTERNET, ("hm", "wh", "r"), 80),
    ),
    (
        "CenterNet in another order",
        [Seen("reg", (1, 2, 80, 80)), Seen("hm", (1, 1, 80, 80)), Seen("wh", (1, 2, 80, 80))],
        (320, 320),
        Head(Family.CENTERNET, ("hm", "wh", "reg"), 1),
    ),
    (
        "NanoDet-Plus",
        one(1, 3598, 112),
        (416, 416),
        Head(Family.NANODET, ("output0",), 80, 8),
    ),
    (
        "NanoDet-g in one",
        one(1, 3549, 124),
        (416, 416),
        Head(Family.NANODET, ("output0",), 80, 11),
    ),
    (
        "the bundled one",
        [Seen("s8", (1, 45, 32, 52)), Seen("s16", (1, 45, 16, 26)), Seen("s32", (1, 45, 8, 13))],
        (416, 256),
        Head(Family.NANODET, ("s8", "s16", "s32"), 1, 11),
    ),
    (
        "NanoDet-m in pairs, mixed up",
        [
            Seen("dis8", (1, 1600, 32), **LOGITS),
            Seen("cls8", (1, 1600, 80)),
            Seen("cls32", (1, 100, 80)),
            Seen("cls16", (1, 400, 80)),
            Seen("dis16", (1, 400, 32), **LOGITS),
            Seen("dis32", (1, 100, 32), **LOGITS),
        ],
        (320, 320),
        Head(Family.NANODET, ("cls8", "dis8", "cls16", "dis16", "cls32", "dis32"), 80, 8),
    ),
]


@pytest.mark.parametrize(
    ("seen", "wh", "head"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_a_head_is_recognised(seen: list[Seen], wh: tuple[int, int], head: Head) -> None:
    assert recognise(seen, wh) == head


@pytest.mark.parametrize(
    "seen",
    [
        [],
        one(1, 1000),  # a classifier
        one(1, 3, 640, 640),  # a picture
        one(1, 19, 19, 425),  # YOLOv2
        one(2, 84, 8400),  # two pictures
        one(1, 84, 8399),
        [Seen("boxes", (1, 300, 4)), Seen("scores", (1, 299, 80))],
        [Seen("a", (1, 80, 10, 10)), Seen("b", (1, 2, 10, 10)), Seen("c", (1, 2, 20, 20))],
    ],
)
def test_what_is_unknown_is_not_guessed(seen: list[Seen]) -> None:
    assert recognise(seen, SQUARE) is None


@pytest.mark.parametrize(
    ("family", "classes", "person"),
    [
        (Family.YOLOX, 80, 0),
        (Family.YOLOV8, 1, 0),
        (Family.YOLOV5, 20, 14),
        (Family.YOLOV8, 7, None),
        (Family.YOLO_END_TO_END, None, 0),
        (Family.SSD, 21, 15),
        (Family.SSD, 2, 1),
        (Family.SSD, 91, 1),
        (Family.SSD, 80, None),
        (Family.TENSORFLOW, None, 1),
        (Family.DETECTION_OUTPUT, None, 15),
        (Family.DETR, 80, 0),
        (Family.DETR, 91, 1),
        (Family.DETR_SOFTMAX, 92, 1),
        (Family.CENTERNET, 80, 0),
    ],
)
def test_the_person_is_where_the_usual_data_sets_have_it(
    family: Family, classes: int | None, person: int | None
) -> None:
    assert usual_person(Head(family, ("x",), classes)) == person


def test_finished_boxes_start_at_nought_where_the_size_is_told() -> None:
    head = Head(Family.LABELLED, ("boxes", "labels", "scores"), None)
    assert usual_person(head, is_told_size=True) == 0
    assert usual_person(head) == 1
    assert usual_person(Head(Family.LABELLED, ("dets", "labels"), None)) == 0


def test_outputs_are_told_in_words() -> None:
    assert outputs_said([Seen("a", (1, 2)), Seen("b", ())]) == "a 1 x 2, b one value"
