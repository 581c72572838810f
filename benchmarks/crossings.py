"""Measures how right crossings of a line are counted; prints one JSON object.

    python benchmarks/crossings.py                     # walkers on paper, and the simulated site
    python benchmarks/crossings.py --footage FOLDER    # also recorded footage
    python benchmarks/crossings.py --movement          # also by how far people move
    python benchmarks/crossings.py --seed 1000         # other people than those it was tuned on

FOLDER holds a video and `NAME-truth.json` beside it, which names the video, its pictures a
second, and for lines named `line_x…` at which picture somebody passes. Walkers are those
of `walkers.py`; the site is the simulator's, with one to eight people, looked at through the
default detector. A crossing counts as found if one of the same direction is counted at its
time, give or take a second and a picture; each counted one is used once. `modes` is what the
program would say; `shown` is over the recordings alone of which it would show in and out.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from walkers import LINE_X, Passage, World

from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.simulator.film import Film
from camwatch.cameras.stream import SourcePicture, VideoFile
from camwatch.config import Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.flow import FlowCounter
from camwatch.detect.tracker import WEAK_SHARE
from camwatch.domain import Detections
from camwatch.paths import bundled_models
from camwatch.scene import Crossing, Direction, Line, Mode

THRESHOLD = Detection().threshold
WALKER_RATES = (25.0, 10.0, 5.0, 3.0, 2.0, 1.0)
MOVEMENT_RATES = (1.0, 2.0, 5.0)
MOVEMENTS = (0.3, 0.5, 0.7, 0.9, 1.1, 1.3, 1.5)  # box widths from picture to picture
MOST_PEOPLE = 8
FOOTAGE_STEPS = (1, 2, 3, 5, 10)
SITE_FILMS = ((25.0, (1,)), (10.0, (1, 2, 5, 10)))  # pictures a second; of which each n-th
SITE_WH = (1280, 720)

Recording = Sequence[tuple[float, Detections]]
"""Times in seconds, and boxes in parts of the picture, unsure ones included."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was counted in one recording.

    Attributes:
        truth: How many crossings there were.
        found: How many of them were counted.
        inwards: How many were counted inwards, right or wrong.
        outwards: How many were counted outwards.
        mode: What the program would say.
    """

    truth: int
    found: int
    inwards: int
    outwards: int
    mode: Mode


def counted(recording: Recording, line_x: float) -> tuple[list[Crossing], Mode]:
    """Count who passes an upright line in a recording; return the crossings and the mode."""
    line = Line("line", (line_x, 0), (line_x, 1))
    flow = FlowCounter(THRESHOLD, [line], window_s=math.inf)
    crossings: list[Crossing] = []
    for t_s, found in recording:
        crossings += flow.add(t_s, found, (1, 1)).crossings
    crossings += flow.finish()
    return crossings, flow.pace.mode


def judged(
    recording: Recording, line_x: float, truth: Iterable[Passage], picture_s: float
) -> Outcome:
    """Count a recording and compare it with the truth.

    Args:
        recording: What was seen.
        line_x: Where the line is, in parts of the picture's width.
        truth: Who passed it.
        picture_s: Time from picture to picture, seconds.
    """
    crossings, mode = counted(recording, line_x)
    inwards = sum(one.direction is Direction.IN for one in crossings)
    free, slack_s = list(crossings), 1 + picture_s
    passages = sorted(truth, key=lambda passage: passage.first_s)
    for passage in passages:
        direction = Direction.IN if passage.to_the_right else Direction.OUT
        for crossing in free:
            if crossing.direction is direction and (
                passage.first_s - slack_s <= crossing.t_s <= passage.last_s + slack_s
            ):
                free.remove(crossing)
                break
    found = len(crossings) - len(free)
    return Outcome(len(passages), found, inwards, len(crossings) - inwards, mode)


def shares(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return how many crossings there were, and recall and precision, over several recordings."""
    truth, found = sum(one.truth for one in outcomes), sum(one.found for one in outcomes)
    given = sum(one.inwards + one.outwards for one in outcomes)
    return {
        "crossings": truth,
        "counted": given,
        "recall": round(found / truth, 4) if truth else None,
        "precision": round(found / given, 4) if given else None,
    }


def summed(by_people: Mapping[int, Sequence[Outcome]]) -> dict[str, Any]:
    """Return the shares of all recordings, of those that are shown, and by number of people."""
    everything = [one for outcomes in by_people.values() for one in outcomes]
    return {
        **shares(everything),
        "modes": modes(everything),
        "shown": shares([one for one in everything if one.mode is Mode.IN_OUT]),
        "by_people": {
            str(people): {**shares(outcomes), "modes": modes(outcomes)}
            for people, outcomes in by_people.items()
        },
    }


def modes(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Return of how many recordings the program would say what."""
    return dict(Counter(one.mode.value for one in outcomes))


def walked(world: World, rate: float) -> Outcome:
    """Count the walkers of one world at one rate."""
    recording = [(t_s, Detections(boxes, scores)) for t_s, boxes, scores in world.pictures(rate)]
    return judged(recording, LINE_X, world.passages(), 1 / rate)


def paper(rates: Sequence[float], seeds: Sequence[int], seconds: float) -> Iterator[dict[str, Any]]:
    """Measure the walkers on paper: 1 to 8 people at once, several worlds of each."""
    for rate in rates:
        by_people = {
            people: [walked(World(seed, people, seconds), rate) for seed in seeds]
            for people in range(1, MOST_PEOPLE + 1)
        }
        yield {"pictures_per_s": rate, **summed(by_people)}


def movement(seeds: Sequence[int], seconds: float) -> Iterator[dict[str, Any]]:
    """Measure walkers on paper who all move equally far from picture to picture."""
    for rate in MOVEMENT_RATES:
        for people in (2, 4, 8):
            by_movement: dict[str, Any] = {}
            for step in MOVEMENTS:
                speeds = (step * rate * 0.98, step * rate * 1.02)
                outcomes = [walked(World(seed, people, seconds, speeds), rate) for seed in seeds]
                by_movement[str(step)] = {**shares(outcomes), "modes": modes(outcomes)}
            yield {"pictures_per_s": rate, "people": people, "by_movement": by_movement}


def site(detector: Detector, seed: int, seconds: float) -> Iterator[dict[str, Any]]:
    """Measure the simulated site through the detector, from each possible first picture."""
    for fps, steps in SITE_FILMS:
        recordings = {
            people: recorded(
                Film(1, SITE_WH, fps=fps, seed=seed + people, cache_bytes=0, most_people=people),
                detector,
                seconds,
            )
            for people in range(1, MOST_PEOPLE + 1)
        }
        for step in steps:
            by_people = {
                people: [
                    judged(recording[start::step], LINE_X, truth, step / fps)
                    for start in range(step)
                ]
                for people, (recording, truth) in recordings.items()
            }
            yield {"pictures_per_s": fps / step, **summed(by_people)}


def recorded(film: Film, detector: Detector, seconds: float) -> tuple[Recording, Sequence[Passage]]:
    """Look at the site's first camera; return what was seen, and who passed the line."""
    seen, truth = [], []
    before = film.moment(0, 0).crossings
    for frame in range(int(seconds * film.fps)):
        moment = film.moment(0, frame)
        pixels = decode_bytes(film.picture(0, frame), (SITE_WH[0] // 2, SITE_WH[1] // 2))
        seen.append((moment.t, relative(detector, pixels)))
        since, before = moment.crossings.since(before), moment.crossings
        truth += [Passage(moment.t, moment.t, True)] * since.inwards
        truth += [Passage(moment.t, moment.t, False)] * since.outwards
    return seen, truth


def footage(detector: Detector, truth_file: Path) -> Iterator[dict[str, Any]]:
    """Measure one video at several rates, from each first picture, at each of its lines."""
    about = json.loads(truth_file.read_text("utf-8"))
    fps, width = float(about["fps"]), float(about["width"])
    recording = [
        (picture.index / fps, relative(detector, picture.pixels))
        for picture in VideoFile(truth_file.parent / about["video"]).pictures()
        if isinstance(picture, SourcePicture)
    ]
    for step in FOOTAGE_STEPS:
        for name, line in about.items():
            if not name.startswith("line_x"):
                continue
            line_x = float(name.removeprefix("line_x").split("_")[0]) / width
            slack_s = line["tolerance_frames"] / fps
            truth = [
                Passage(crossing["frame"] / fps - slack_s, crossing["frame"] / fps + slack_s, True)
                for crossing in line["crossings"]
            ]
            outcomes = [
                judged(recording[start::step], line_x, truth, step / fps) for start in range(step)
            ]
            yield {
                "pictures_per_s": round(fps / step, 2),
                "line": name,
                "truth": [line["left_to_right"], line["right_to_left"]],
                "in": [one.inwards for one in outcomes],
                "out": [one.outwards for one in outcomes],
                "right": [one.found for one in outcomes],
                "mean_in": round(float(np.mean([one.inwards for one in outcomes])), 2),
                "modes": modes(outcomes),
            }


def relative(detector: Detector, pixels: Any) -> Detections:
    """Return what the detector finds, with boxes in parts of the picture."""
    found = detector.detect(pixels, THRESHOLD * WEAK_SHARE)
    return Detections(found.relative((pixels.shape[1], pixels.shape[0])), found.scores)


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--footage", type=Path, metavar="FOLDER", help="video and its truth")
    parser.add_argument("--movement", action="store_true", help="also by movement")
    parser.add_argument("--worlds", type=int, default=4, help="for each number of people (4)")
    parser.add_argument("--seconds", type=float, default=120, help="of each recording (120)")
    parser.add_argument("--rates", type=float, nargs="*", default=WALKER_RATES, help="of walkers")
    parser.add_argument("--no-site", action="store_true", help="leave out the simulated site")
    parser.add_argument("--seed", type=int, default=0, help="of the first world and place (0)")
    arguments = parser.parse_args()
    detector = open_detector(Detection(), bundled_models())
    seeds = range(arguments.seed, arguments.seed + arguments.worlds)
    result: dict[str, Any] = {"walkers": list(paper(arguments.rates, seeds, arguments.seconds))}
    if arguments.movement:
        result["movement"] = list(movement(seeds, arguments.seconds))
    if not arguments.no_site:
        result["site"] = list(site(detector, arguments.seed, arguments.seconds))
    if arguments.footage:
        truths = sorted(arguments.footage.glob("*-truth.json"))
        if not truths:
            sys.exit(f"{arguments.footage}: there is no NAME-truth.json in it")
        result["footage"] = [line for truth in truths for line in footage(detector, truth)]
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
