"""`camwatch bench detect`: how fast people are found here, and how rightly."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.cli import application
from camwatch.config import Detection, load_settings
from camwatch.detect import bench
from camwatch.detect.accuracy import Accuracy, evaluate, labelled_pictures
from camwatch.detect.bench import Steps, Times
from camwatch.detect.detector import Detector, open_detector, open_nanodet
from camwatch.detect.hog import Hog
from camwatch.detect.nanodet import NanoDet
from camwatch.detect.tiles import TiledDetector
from camwatch.domain import Pixels
from camwatch.errors import CamWatchError, UserError
from camwatch.paths import bundled_models, profile_at
from camwatch.workers.pictures import DETECTOR_WH

PICTURE_WH = (1920, 1080)
_SEED = 1
_MOMENTS_S = tuple(range(0, 60, 10))
_ROUNDS = 5
_ROUND_S = 0.8
_RUN_S = 0.02  # a round is no longer than the runs asked for would take, about
_MOST_OF = 0.9
_THRESHOLDS = tuple(round(0.25 + 0.01 * step, 2) for step in range(16))


@dataclass(frozen=True, slots=True)
class Variant:
    """One model in one precision and one runtime, with one and with two threads in a run.

    Attributes:
        by_threads: The detectors; only the first for a model that can use no more.
    """

    by_threads: dict[int, Detector]

    @property
    def first(self) -> Detector:
        """The detector as the program uses it: one thread a run, for pictures share the cores."""
        return self.by_threads[1]

    @property
    def label(self) -> dict[str, str]:
        """What it is, for the JSON."""
        one = self.first
        return {"model": one.name, "runtime": one.runtime, "precision": one.precision}


def add_parser(subjects: Any) -> None:
    """Add what is measured to `camwatch bench`."""
    parser = subjects.add_parser(
        "detect",
        help="how many pictures a second are searched for people, and how long each step takes",
        description="Takes a camera's picture of 1920 x 1080 through all steps, from the JPEG file "
        "to the people, as the program does it.",
        epilog="FOLDER holds images/ and labels/: for each picture a text file of the same stem with "
        "one row a person, centre x, centre y, width and height as parts of the picture.",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser.add_argument(
        "--runs",
        type=_runs,
        default=100,
        metavar="N",
        help="pictures a measurement (default: 100)",
    )
    parser.add_argument(
        "--people",
        type=_folder,
        metavar="FOLDER",
        help="labelled pictures: measure as well how right the counts are",
    )
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="auto, nanodet, hog, or one of your own (default: the settings', else "
        f"{Detection().model})",
    )
    application.add_profile_option(parser, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Measure; return the exit code: 0 done, 1 failed, 2 bad usage."""
    try:
        result = _measured(arguments)
    except (CamWatchError, OSError, ValueError) as error:
        print(f"camwatch bench: {str(error).removesuffix('.')}.", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, allow_nan=False))
    else:
        _print(result)
    return 0


def _measured(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure what the arguments ask for.

    Raises:
        CamWatchError: The settings or the model cannot be used.
        OSError: The labelled pictures cannot be read.
        ValueError: There are none, or they are damaged.
    """
    profile = profile_at(arguments.profile)
    settings = load_settings(profile.settings_file).detection
    if arguments.model is not None:
        settings = settings.model_copy(update={"model": arguments.model})
    chosen = open_detector(settings, bundled_models(), own=profile.models_folder)
    variants = list(_variants(chosen))
    threshold = settings.threshold
    folder: Path | None = arguments.people
    if folder:
        list(labelled_pictures(folder))  # trouble with them shows before the long measuring
    painter = Painter(Scene(_SEED, PICTURE_WH), "Bench")
    file = painter.jpeg(_MOMENTS_S[-1])
    decode = partial(decode_bytes, file, DETECTOR_WH)
    measured = [_speed(variant, decode, threshold, arguments.runs) for variant in variants]
    height, width = decode().shape[:2]
    result: dict[str, Any] = measured[0] | {
        "picture": {"wh": PICTURE_WH, "bytes": len(file), "decoded_wh": [width, height]},
        "cores": bench.cores(),
        "variants": measured,
        "tiles": _tiles(chosen, decode, threshold, arguments.runs),
    }
    judged = _accuracies(variants, folder, threshold) if folder else []
    result["agreement"] = _agreements(variants, _pictures(painter), threshold, judged)
    if folder:
        result["accuracy"] = [entry for entry in judged if entry["threads"] == 1]
    return result


def _variants(chosen: Detector) -> Iterator[Variant]:
    """Yield what is measured: the chosen model, then the others if it is the bundled one."""
    if not isinstance(chosen, NanoDet):
        yield Variant({1: chosen})
        return
    models = bundled_models()
    own = (chosen.runtime, chosen.precision)
    found = bench.bundled_variants(models)
    for runtime, precision in sorted(found, key=lambda one: one != own):
        by_threads: dict[int, Detector] = {}
        for threads in (1, 2):
            try:
                by_threads[threads] = open_nanodet(models, runtime, precision, threads)
            except ImportError:  # ONNX Runtime is an extra that may be missing
                break
        if by_threads:
            yield Variant(by_threads)


def _pictures(painter: Painter) -> list[Pixels]:
    """Return pictures of one place with other people each time."""
    return [decode_bytes(painter.jpeg(at_s), DETECTOR_WH) for at_s in _MOMENTS_S]


def _speed(
    variant: Variant, decode: Callable[[], Pixels], threshold: float, runs: int
) -> dict[str, Any]:
    threads: dict[str, Any] = {}
    for count, detector in variant.by_threads.items():
        with bench.opencv_threads(count):
            steps = bench.step_times(detector, decode, threshold, runs)
        threads[str(count)] = {"ms": _times(steps.whole), "stages_ms": _stages(steps)}
        if count == 1:
            first = steps
    seconds = min(_ROUND_S, runs * _RUN_S)
    rates = [
        bench.rate(variant.first, decode, threshold, threads=bench.cores(), seconds=seconds)
        for _ in range(_ROUNDS)
    ]
    input_wh = first.input_wh
    return variant.label | {
        "input": [input_wh[1], input_wh[0]] if input_wh else None,
        "threads": threads,
        "stages_ms": {
            name: times and times["median"] for name, times in threads["1"]["stages_ms"].items()
        },
        "pictures_per_s": round(median(rate.pictures_per_s for rate in rates), 1),
        "pictures_per_s_best": round(max(rate.pictures_per_s for rate in rates), 1),
        "cores_got": round(median(rate.cores_got for rate in rates), 2),
    }


def _tiles(
    detector: Detector, decode: Callable[[], Pixels], threshold: float, runs: int
) -> dict[str, Any]:
    """Measure the search for far people, in turn with the plain one."""
    tiled = TiledDetector(detector)
    pixels = decode()
    plain, finer = bench.alternating(
        [
            partial(detector.detect, pixels, threshold),
            partial(tiled.detect, pixels, threshold),
        ],
        runs,
    )
    return {
        "ms": _times(finer),
        "plain_ms": _times(plain),
        "cost_times": round(finer.median / plain.median, 2),
        "cost_times_best": round(finer.best / plain.best, 2),
    }


def _agreements(
    variants: Sequence[Variant],
    pictures: Sequence[Pixels],
    threshold: float,
    judged: Sequence[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Compare each variant with one and with two threads, and runtimes of the same precision."""
    pairs = [(variant, 1, variant, 2) for variant in variants if set(variant.by_threads) >= {1, 2}]
    pairs += [
        (one, 1, other, 1)
        for place, one in enumerate(variants)
        for other in variants[place + 1 :]
        if one.first.precision == other.first.precision
    ]
    result = []
    for one, threads, other, other_threads in pairs:
        found = bench.agreement(
            one.by_threads[threads], other.by_threads[other_threads], pictures, threshold
        )
        entry: dict[str, Any] = {
            "between": [one.label | {"threads": threads}, other.label | {"threads": other_threads}],
            **asdict(found),
        }
        if judged:
            ap50 = [
                next(row["ap50"] for row in judged if _is_of(row, variant, count))
                for variant, count in ((one, threads), (other, other_threads))
            ]
            entry["ap50_difference"] = round(abs(ap50[0] - ap50[1]), 5)
        result.append(entry)
    return result


def _is_of(row: dict[str, Any], variant: Variant, threads: int) -> bool:
    wanted = variant.label | {"threads": threads, "tiles": False}
    return all(row[key] == value for key, value in wanted.items())


def _accuracies(
    variants: Sequence[Variant], folder: Path, threshold: float
) -> list[dict[str, Any]]:
    """Judge all variants with one and two threads, tiles, and what OpenCV brings along."""
    thresholds = [threshold, *_THRESHOLDS]
    rows = []
    for variant in variants:
        for threads, detector in variant.by_threads.items():
            with bench.opencv_threads(threads):
                rows.append(_judged(detector, folder, thresholds, threads))
    rows.append(_judged(TiledDetector(variants[0].first), folder, thresholds, 1) | {"tiles": True})
    if isinstance(variants[0].first, NanoDet):
        rows.append(_judged(Hog(), folder, thresholds, 1))
    return rows


def _judged(
    detector: Detector, folder: Path, thresholds: Sequence[float], threads: int
) -> dict[str, Any]:
    """Judge one detector; the first threshold is the one that counts."""
    results = evaluate(detector, folder, thresholds)
    far, middle, near = results[0].found_share
    return {
        "model": detector.name,
        "runtime": detector.runtime,
        "precision": detector.precision,
        "threads": threads,
        "tiles": False,
        **_rounded(results[0]),
        "found_share": {"below_15": far, "15_to_35": middle, "above_35": near},
        "mean_count_error_at": {
            str(result.threshold): round(result.mean_count_error, 3) for result in results
        },
    }


def _rounded(result: Accuracy) -> dict[str, Any]:
    values = asdict(result)
    del values["found_share"]
    return {name: round(value, 5) for name, value in values.items()}


def _times(times: Times) -> dict[str, float]:
    return {
        "median": round(times.median, 3),
        "p95": round(times.p95, 3),
        "best": round(times.best, 3),
    }


def _stages(steps: Steps) -> dict[str, dict[str, float] | None]:
    stages = {
        "decode": steps.decode,
        "prepare": steps.prepare,
        "network": steps.network,
        "decode_output": steps.decode_output,
    }
    return {name: _times(times) if times else None for name, times in stages.items()}


def _print(result: dict[str, Any]) -> None:
    """Print the figures for people."""
    width, height = result["picture"]["wh"]
    size = result["picture"]["bytes"] / 1000
    print(f"A picture of {width} x {height} ({size:.0f} kB), milliseconds, median of one thread:\n")
    print(
        f"{'':36}{'decode':>8}{'prepare':>9}{'network':>9}{'output':>8}{'all':>8}{'pictures/s':>12}"
    )
    for one in result["variants"]:
        name = f"{one['model']} {one['precision']} in {one['runtime']}"
        stages = "".join(
            f"{'-' if one['stages_ms'][stage] is None else format(one['stages_ms'][stage], '.2f'):>{room}}"
            for stage, room in (("decode", 8), ("prepare", 9), ("network", 9), ("decode_output", 8))
        )
        whole = one["threads"]["1"]["ms"]["median"]
        print(f"{name:36}{stages}{whole:>8.1f}{one['pictures_per_s']:>12.0f}")
    tiles = result["tiles"]
    print(
        f"\nPictures a second are those of {result['cores']} cores together. Searching for far people "
        f"takes {tiles['cost_times']:.1f} times as long."
    )
    got = min(one["cores_got"] for one in result["variants"])
    if got < _MOST_OF * result["cores"]:
        print(
            f"Other programs were at work: at times only {got:.1f} of {result['cores']} cores were to "
            "be had. Close them, and measure again."
        )
    for row in result.get("accuracy", ()):
        name = f"{row['model']} {row['precision']} in {row['runtime']}"
        with_tiles = ", far people" if row["tiles"] else ""
        print(
            f"{name}{with_tiles}: AP50 {row['ap50']:.3f}, count error "
            f"{row['mean_count_error']:.2f}, exact in {row['exact_share']:.0%} of "
            f"{row['pictures']} pictures."
        )


def _runs(text: str) -> int:
    """Read how often."""
    if not (text.isdecimal() and 1 <= int(text) <= 100_000):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 100000")
    return int(text)


def _folder(text: str) -> Path:
    """Read the name of a folder that holds labelled pictures."""
    folder = Path(text)
    if not ((folder / "images").is_dir() and (folder / "labels").is_dir()):
        raise argparse.ArgumentTypeError(f"{text!r} holds no images/ and labels/")
    return folder
