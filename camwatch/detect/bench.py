"""Measures detectors on this machine: time by stages, pictures a second, agreement."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import cv2
import numpy as np

from camwatch.detect.catalogue import Precision, Runtime, read_catalogue
from camwatch.detect.detector import Detector
from camwatch.detect.geometry import overlaps
from camwatch.detect.nanodet import NanoDet
from camwatch.domain import Detections, Pixels

_WARM_UP = 3
"""The first runs allocate memory, and meet a processor that still sleeps."""


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, several times; milliseconds."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Half of the times are longer."""
        return float(np.median(self.values))

    @property
    def p95(self) -> float:
        """One of twenty times is longer."""
        return float(np.percentile(self.values, 95))

    @property
    def best(self) -> float:
        """What it takes when no other program is in the way."""
        return min(self.values)


@dataclass(frozen=True, slots=True)
class Steps:
    """Times of one picture after the other.

    Attributes:
        whole: From the file to the people.
        decode: From the file to pixels.
        prepare: From pixels to the network's input.
        network: From its input to its outputs.
        decode_output: From its outputs to people. The last three are None for a detector
            that does not tell its stages.
        input_wh: Width and height of the network's input in pixels, None likewise.
    """

    whole: Times
    decode: Times
    prepare: Times | None = None
    network: Times | None = None
    decode_output: Times | None = None
    input_wh: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast several threads were together.

    Attributes:
        pictures_per_s: Pictures decoded and searched in a second.
        cores_got: How many cores' time this process had meanwhile; other programs had the rest.
    """

    pictures_per_s: float
    cores_got: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two detectors agree on the same pictures.

    Attributes:
        pictures: How many pictures there were.
        same_counts: How many of them got the same count.
        score_difference: Largest difference of the scores of two boxes of one person.
        least_overlap: Least overlap of two such boxes, 0 to 1; 1 if there are none.
    """

    pictures: int
    same_counts: int
    score_difference: float
    least_overlap: float


def bundled_variants(models: Path) -> list[tuple[Runtime, Precision]]:
    """Return each runtime with each precision that it can run, the default first.

    Raises:
        ModelMissing: There is no list of models.
        ModelUnfit: The list is damaged.
    """
    return [
        (runtime, entry.precision)
        for entry in read_catalogue(models).models
        for runtime in get_args(Runtime)
        if runtime in entry.runtimes
    ]


@contextmanager
def opencv_threads(count: int) -> Iterator[None]:
    """Let each call of OpenCV use so many threads for a while."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(count)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def step_times(
    detector: Detector, decode: Callable[[], Pixels], threshold: float, runs: int
) -> Steps:
    """Take a picture through all stages many times.

    Args:
        detector: What is measured.
        decode: Makes the pixels from the file, as the program does it.
        threshold: Lowest score that counts.
        runs: How often, at least once.

    Raises:
        ModelUnfit: The detector cannot be run.
    """
    if not isinstance(detector, NanoDet):
        return _whole_times(detector, decode, threshold, runs)
    rows = []
    input_wh = (0, 0)
    for _ in range(_WARM_UP + runs):
        started = time.perf_counter()
        pixels = decode()
        decoded = time.perf_counter()
        tensor, fit = detector.prepare(pixels)
        prepared = time.perf_counter()
        outputs = detector.network.run(tensor)
        run = time.perf_counter()
        detector.people(outputs, fit, threshold)
        ended = time.perf_counter()
        rows.append((started, decoded, prepared, run, ended))
        input_wh = fit.input_wh
    moments = np.array(rows[_WARM_UP:]) * 1000
    stages = (Times(tuple(column)) for column in np.diff(moments, axis=1).T.tolist())
    decode_ms, prepare_ms, network_ms, output_ms = stages
    whole = Times(tuple((moments[:, -1] - moments[:, 0]).tolist()))
    return Steps(whole, decode_ms, prepare_ms, network_ms, output_ms, input_wh)


def _whole_times(
    detector: Detector, decode: Callable[[], Pixels], threshold: float, runs: int
) -> Steps:
    decoding, whole = [], []
    for _ in range(_WARM_UP + runs):
        started = time.perf_counter()
        pixels = decode()
        decoding.append((time.perf_counter() - started) * 1000)
        detector.detect(pixels, threshold)
        whole.append((time.perf_counter() - started) * 1000)
    return Steps(Times(tuple(whole[_WARM_UP:])), Times(tuple(decoding[_WARM_UP:])))


def alternating(calls: Sequence[Callable[[], object]], runs: int) -> list[Times]:
    """Time several calls in turn, so that another program disturbs all of them alike."""
    times: list[list[float]] = [[] for _ in calls]
    for number in range(_WARM_UP + runs):
        for call, own in zip(calls, times, strict=True):
            started = time.perf_counter()
            call()
            if number >= _WARM_UP:
                own.append((time.perf_counter() - started) * 1000)
    return [Times(tuple(own)) for own in times]


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def rate(
    detector: Detector,
    decode: Callable[[], Pixels],
    threshold: float,
    *,
    threads: int,
    seconds: float,
) -> Rate:
    """Let threads that share a detector decode and search pictures for a while.

    Raises:
        ModelUnfit: The detector cannot be run.
    """
    detector.detect(decode(), threshold)
    until_s = time.perf_counter() + seconds

    def analyse() -> int:
        count = 0
        while time.perf_counter() < until_s:
            detector.detect(decode(), threshold)
            count += 1
        return count

    started_s, computed_s = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(threads, "bench") as pool:
        done = [pool.submit(analyse) for _ in range(threads)]
        total = sum(one.result() for one in done)
    elapsed_s = time.perf_counter() - started_s
    return Rate(total / elapsed_s, (time.process_time() - computed_s) / elapsed_s)


def agreement(
    one: Detector, other: Detector, pictures: Sequence[Pixels], threshold: float
) -> Agreement:
    """Compare what two detectors find.

    Raises:
        ModelUnfit: One of them cannot be run.
    """
    pairs = [
        (one.detect(pixels, threshold), other.detect(pixels, threshold)) for pixels in pictures
    ]
    differences = [_difference(*pair) for pair in pairs if pair[0].count and pair[1].count]
    return Agreement(
        pictures=len(pairs),
        same_counts=sum(a.count == b.count for a, b in pairs),
        score_difference=max((score for score, _ in differences), default=0.0),
        least_overlap=min((overlap for _, overlap in differences), default=1.0),
    )


def _difference(one: Detections, other: Detections) -> tuple[float, float]:
    """Return the largest difference of scores and the least overlap of boxes that belong together."""
    shared = overlaps(one.boxes, other.boxes)
    partner = shared.argmax(axis=1)
    scores = np.abs(one.scores - other.scores[partner])
    return float(scores.max()), float(shared.max(axis=1).min())
