from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from camwatch.config import Detection
from camwatch.detect.counting import PictureCount, count_source, summarise
from camwatch.detect.detector import open_detector
from camwatch.domain import Detections, Pixels
from camwatch.paths import bundled_models
from tests.detect.scene import THREE, scene


@dataclass(frozen=True)
class Still:
    index: int
    name: str | None
    t_s: float
    pixels: Pixels


def counted(people: int, processing_s: float = 0.01) -> PictureCount:
    boxes = np.zeros((people, 4), np.float32)
    return PictureCount(0, None, 0.0, Detections(boxes, boxes[:, 0]), processing_s)


def test_each_picture_is_counted_in_order() -> None:
    detector = open_detector(Detection(), bundled_models())
    stills = [
        Still(0, "three.png", 0.0, scene((1280, 720), THREE)[0]),
        Still(4, None, 0.4, scene((960, 540))[0]),
    ]
    first, second = count_source(detector, stills, Detection().threshold)
    assert (first.index, first.name, first.t_s, first.people.count) == (0, "three.png", 0.0, 3)
    assert (second.index, second.name, second.t_s, second.people.count) == (4, None, 0.4, 0)
    assert first.processing_s > 0


def test_the_summary_of_several_counts() -> None:
    summary = summarise([counted(0, 0.01), counted(3, 0.02), counted(0, 0.03)])
    assert (summary.mean_count, summary.max_count) == (1.0, 3)
    assert summary.median_s == pytest.approx(0.02)
    assert summary.p95_s == pytest.approx(0.029)


def test_of_nothing_there_is_no_summary() -> None:
    with pytest.raises(ValueError, match="no counts"):
        summarise([])
