"""Measure the motion gate on this machine; print one JSON object.

    python benchmarks/motion.py                   # a simulated camera
    python benchmarks/motion.py --video FILE      # and a video, at 10, 2 and 1 pictures a second

`ms` is the time of one 1080p JPEG snapshot: `decode_grey` at an eighth of its size, in the ways
that there are, `gate` of a still picture, `gate_light` of one after a change of light, `repeated`
for bytes that came before. `gated` is decoding and gate together; `detected` is what a picture
costs that is analysed, decoding at half size and detector.

For each source every picture is analysed, and beside it only those that the gate asks for:
`differing_share` is the share of the pictures whose count is another one with the gate,
`most_late_s` the longest time for which somebody who is found was not counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from camwatch.cameras.decode import decode_bytes, decode_grey, encode_jpeg
from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.cameras.stream import SourceError, SourcePicture, VideoFile
from camwatch.config import Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.motion import GREY_WH, RECHECK_S, Grey, MotionGate
from camwatch.domain import Boxes, Pixels
from camwatch.paths import bundled_models

SIZE = (1920, 1080)
SIMULATED_SIZE = (1280, 720)
DETECTOR_WH = (640, 360)
NOBODY: Boxes = np.empty((0, 4), np.float32)

Shown = tuple[float, bytes, int | None]
"""When a picture was taken, seconds; its JPEG file; how many people are there, if known."""


def milliseconds(call: Callable[[int], object], runs: int) -> float:
    """Return the median time of a call in milliseconds; it is told which run it is."""
    times_ms = []
    for run in range(runs):
        started = time.perf_counter()
        call(run)
        times_ms.append((time.perf_counter() - started) * 1000)
    return round(float(np.median(times_ms)), 3)


def speed(detector: Detector, runs: int) -> dict[str, Any]:
    """Measure each stage on 1080p snapshots of one still scene, in two lights."""
    painter = Painter(Scene(0, SIZE), "Hall")
    empty_s = next(t for t in range(120) if not painter.scene.people_at(t))
    files = [
        # The noise is another one at each moment.
        encode_jpeg((painter.pixels(empty_s + run / 10) * gain).astype(np.uint8), 82)
        for run, gain in enumerate((1.0, 1.0, 0.9))
    ]
    greys = [decode_grey(data, GREY_WH) for data in files]
    buffer = np.frombuffer(files[0], np.uint8)

    gate = MotionGate(1e9)
    for second in range(2):
        gate.look(str(second).encode(), lambda: greys[0], second)
        gate.analysed(NOBODY)

    def look(grey: Grey, run: int) -> None:
        gate.look(b"new" + run.to_bytes(4, "big") + files[0], lambda: grey, 2.0)

    ms = {
        "decode_grey": milliseconds(lambda _: decode_grey(files[0], GREY_WH), runs),
        "decode_grey_opencv": milliseconds(
            lambda _: cv2.imdecode(buffer, cv2.IMREAD_REDUCED_GRAYSCALE_8), runs
        ),
        "gate": milliseconds(partial(look, greys[1]), runs),
        "gate_light": milliseconds(partial(look, greys[2]), runs),
        "gated": milliseconds(
            lambda run: look(decode_grey(files[run % 2], GREY_WH), run + runs),
            runs,
        ),
        "detected": milliseconds(
            lambda _: detector.detect(decode_bytes(files[0], DETECTOR_WH), 0.33), runs // 4
        ),
    }
    gate.look(files[0], lambda: greys[0], 3.0)
    gate.analysed(NOBODY)
    ms["repeated"] = milliseconds(lambda _: gate.look(files[0], lambda: greys[0], 4.0), runs)
    return {"picture_kib": len(files[0]) // 1024, "ms": ms}


def walking(seed: int, seconds: int) -> Iterator[Shown]:
    """Yield a picture a second of a place that is hardly ever still."""
    painter = Painter(Scene(seed, SIMULATED_SIZE), "Hall")
    for second in range(seconds):
        yield second, painter.jpeg(second), painter.scene.occupancy_at(second)


def resting(seed: int, seconds: int) -> Iterator[Shown]:
    """Yield a picture a second: people walk for 20 s, stand for 100 s, and all are gone for 120 s.

    A second clock runs all the time, and the noise is another one in each picture.
    """
    painter = Painter(Scene(seed, SIMULATED_SIZE), "Hall")
    scene, chance = painter.scene, np.random.default_rng(seed)
    busy_s = next(t for t in range(120) if scene.occupancy_at(t) == 3)
    empty_s = next(t for t in range(120) if not scene.people_at(t))
    for second in range(seconds):
        within = second % 240
        t = busy_s + min(within, 20) if within < 120 else empty_s
        noisy = painter.pixels(t) + chance.normal(0, 1.5, (SIMULATED_SIZE[1], SIMULATED_SIZE[0], 1))
        picture: Pixels = noisy.clip(0, 255).astype(np.uint8)
        clock = f"{second // 60:02}:{second % 60:02}"
        cv2.putText(picture, clock, (20, 700), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (255,) * 3, 3)
        yield second, encode_jpeg(picture, 82), scene.occupancy_at(t)


def footage(file: Path, fps: float) -> Iterator[Shown]:
    """Yield a video's pictures, each as the JPEG file that a camera would send."""
    for one in VideoFile(file, fps).pictures():
        if isinstance(one, SourcePicture):
            yield one.t_s, encode_jpeg(one.pixels), None


def compared(detector: Detector, pictures: Iterator[Shown], threshold: float) -> dict[str, Any]:
    """Count in every picture, and beside it only in those that the gate asks for."""
    gate = MotionGate()
    every, gated, truth = [], [], []
    verdicts: Counter[str] = Counter()
    shown, late_since_s, most_late_s = 0, None, 0.0
    for at_s, data, people in pictures:
        pixels = decode_bytes(data, DETECTOR_WH)
        found = detector.detect(pixels, threshold)
        verdict = gate.look(data, partial(decode_grey, data, GREY_WH), at_s)
        verdicts[verdict.value] += 1
        if verdict.must_analyse:
            gate.analysed(found.relative((pixels.shape[1], pixels.shape[0])))
            shown = found.count
        if shown >= found.count:
            late_since_s = None
        else:
            late_since_s = at_s if late_since_s is None else late_since_s
            most_late_s = max(most_late_s, at_s - late_since_s)
        every.append(found.count)
        gated.append(shown)
        if people is not None:
            truth.append(people)
    off = np.abs(np.subtract(every, gated))
    carried = verdicts["still"] + verdicts["repeated"]
    result = {
        "pictures": len(every),
        "analysed_share": round(1 - carried / len(every), 4),
        "verdicts": dict(verdicts),
        "differing_share": round(float((off > 0).mean()), 4),
        "mean_difference": round(float(off.mean()), 4),
        "most_late_s": round(most_late_s, 2),
    }
    if truth:
        result["mean_error"] = {
            "every": round(float(np.abs(np.subtract(every, truth)).mean()), 4),
            "gated": round(float(np.abs(np.subtract(gated, truth)).mean()), 4),
        }
    return result


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--video", type=Path, metavar="FILE", help="a video to count in as well")
    parser.add_argument("--runs", type=int, default=200, help="runs a measurement (default: 200)")
    parser.add_argument(
        "--seconds", type=int, default=480, help="length of the simulated films (default: 480)"
    )
    arguments = parser.parse_args()
    threshold = Detection().threshold
    detector = open_detector(Detection(), bundled_models())
    result = speed(detector, arguments.runs)
    result["recheck_s"] = RECHECK_S
    sources = {
        "simulated, walking": walking(0, min(120, arguments.seconds)),
        "simulated, resting": resting(3, arguments.seconds),
    }
    if arguments.video:
        sources |= {
            f"{arguments.video.name}, {fps} a second": footage(arguments.video, fps)
            for fps in (10.0, 2.0, 1.0)
        }
    try:
        result["sources"] = {
            name: compared(detector, pictures, threshold) for name, pictures in sources.items()
        }
    except SourceError as error:
        sys.exit(f"{arguments.video}: {error}")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
