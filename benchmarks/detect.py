"""Measure the detectors on this machine; print one JSON object.

    python benchmarks/detect.py                     # speed only
    python benchmarks/detect.py --people FOLDER     # also how right they are

FOLDER holds `images/` and `labels/` as `camwatch.detect.accuracy` describes.
Stages are those of one 1080p JPEG picture: `decode` at half size, as the program does it,
`prepare` into the network's input, `network`, and `decode_output` to boxes.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_args

import cv2
import numpy as np

from camwatch.config import Detection
from camwatch.detect import nanodet
from camwatch.detect.accuracy import evaluate
from camwatch.detect.catalogue import Precision, Runtime, read_catalogue
from camwatch.detect.detector import Detector, open_nanodet, open_network
from camwatch.detect.geometry import best_of_each, boxes_in_frame, fit_letterbox, letterboxed
from camwatch.detect.hog import Hog
from camwatch.detect.networks import Tensor
from camwatch.domain import Boxes, Pixels
from camwatch.paths import bundled_models

PICTURE_WH = (1920, 1080)
T = TypeVar("T")


def scene() -> bytes:
    """Return a 1080p JPEG file of smooth shapes, about as large as a camera's."""
    width, height = PICTURE_WH
    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (height // 40, width // 40, 3), np.uint8)
    pixels = cv2.resize(coarse, PICTURE_WH, interpolation=cv2.INTER_CUBIC)
    encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return bytes(encoded)


def timed(stage: list[float], call: Callable[[], T]) -> T:
    """Return what the call returns; add its time in milliseconds to the list."""
    started = time.perf_counter()
    result = call()
    stage.append((time.perf_counter() - started) * 1000)
    return result


def summary(times_ms: list[float]) -> dict[str, float]:
    """Return median and 95th percentile in milliseconds."""
    median, p95 = np.percentile(times_ms, [50, 95])
    return {"median": round(float(median), 2), "p95": round(float(p95), 2)}


def measure(runtime: Runtime, precision: Precision, threads: int, runs: int) -> dict[str, Any]:
    """Take a picture through all stages many times.

    Returns:
        The input's height and width, the whole step's and each stage's times.
    """
    cv2.setNumThreads(threads)
    network, *_ = open_network(bundled_models(), runtime, precision, threads)
    data = np.frombuffer(scene(), np.uint8)
    stages: dict[str, list[float]] = {
        name: [] for name in ("decode", "prepare", "network", "decode_output")
    }

    def decoded() -> Pixels:
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_REDUCED_COLOR_2), np.uint8)

    height, width = decoded().shape[:2]
    fit = fit_letterbox((width, height), nanodet.LONG_SIDE, nanodet.SIDE_STEP)

    def prepared(pixels: Pixels) -> Tensor:
        return nanodet.as_input(letterboxed(pixels, fit))

    def finished(outputs: Sequence[Tensor]) -> Boxes:
        boxes, scores = nanodet.decode(outputs, Detection().threshold)
        return boxes_in_frame(boxes[best_of_each(boxes, scores, nanodet.MOST_OVERLAP)], fit)

    for _ in range(runs):
        pixels = timed(stages["decode"], decoded)
        tensor = timed(stages["prepare"], partial(prepared, pixels))
        outputs = timed(stages["network"], partial(network.run, tensor))
        timed(stages["decode_output"], partial(finished, outputs))
    whole = [sum(times) for times in zip(*stages.values(), strict=True)]
    return {
        "input": [fit.input_wh[1], fit.input_wh[0]],
        "ms": summary(whole),
        "stages_ms": {name: summary(times) for name, times in stages.items()},
    }


def variants() -> list[tuple[Runtime, Precision]]:
    """Return each runtime with each precision that it can run."""
    return [
        (runtime, entry.precision)
        for entry in read_catalogue(bundled_models()).models
        for runtime in get_args(Runtime)
        if runtime in entry.runtimes
    ]


def speed(runtime: Runtime, precision: Precision, runs: int) -> dict[str, Any]:
    """Measure one variant with one and with two threads."""
    by_threads = {threads: measure(runtime, precision, threads, runs) for threads in (1, 2)}
    one = by_threads[1]
    return {
        "model": nanodet.NAME,
        "runtime": runtime,
        "precision": precision,
        "input": one["input"],
        "threads": {
            str(threads): {"ms": result["ms"], "stages_ms": result["stages_ms"]}
            for threads, result in by_threads.items()
        },
        "stages_ms": {name: times["median"] for name, times in one["stages_ms"].items()},
        "pictures_per_s": round(1000 / one["ms"]["median"], 1),
    }


def accuracy(detector: Detector, folder: Path, thresholds: list[float]) -> dict[str, Any]:
    """Judge one detector; the first threshold is the default."""
    results = evaluate(detector, folder, thresholds)
    first = dataclasses.asdict(results[0])
    return {
        "model": detector.name,
        "runtime": detector.runtime,
        "precision": detector.precision,
        **{name: round(value, 4) for name, value in first.items()},
        "mean_count_error_at": {
            str(result.threshold): round(result.mean_count_error, 3) for result in results
        },
    }


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=Path, metavar="FOLDER", help="labelled pictures")
    parser.add_argument("--runs", type=int, default=100, help="runs a measurement (default: 100)")
    arguments = parser.parse_args()
    found = variants()
    measured = [speed(runtime, precision, arguments.runs) for runtime, precision in found]
    result: dict[str, Any] = measured[0] | {"variants": measured}
    if arguments.people:
        cv2.setNumThreads(2)
        thresholds = [Detection().threshold, *(round(0.25 + 0.01 * n, 2) for n in range(16))]
        detectors: list[Detector] = [
            open_nanodet(bundled_models(), runtime, precision, threads=2)
            for runtime, precision in found
        ]
        try:
            result["accuracy"] = [
                accuracy(detector, arguments.people, thresholds) for detector in (*detectors, Hog())
            ]
        except (OSError, ValueError) as error:
            sys.exit(f"{arguments.people}: {error}")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
