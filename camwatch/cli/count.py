"""`camwatch count`: counts people in pictures and videos without a window."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from camwatch.cameras import stream
from camwatch.cameras.live import USUAL_FPS, LiveStream
from camwatch.cameras.stream import SkippedPicture, Source, SourceError, SourcePicture
from camwatch.cli import numbers
from camwatch.cli.places import read_places
from camwatch.config import BUILT_IN_MODELS, MODEL_NAME, Detection, Settings, load_settings
from camwatch.detect.counting import (
    LineCount,
    PictureCount,
    count_lines,
    count_source,
    summarise,
)
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.flow import FlowCounter
from camwatch.detect.modes import Pace
from camwatch.detect.own import OwnDetector
from camwatch.detect.zones import ZoneCounter
from camwatch.errors import (
    CameraError,
    CamWatchError,
    InvalidSetting,
    InvalidSettings,
    ModelError,
    UserError,
)
from camwatch.logs import scrub
from camwatch.paths import bundled_models, profile_at
from camwatch.scene import Mode
from camwatch.scene.lines import LONGEST_U_TURN_S
from camwatch.ui.words import REASONS

_USUAL_SECONDS = 10.0


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "count",
        help="count people in a picture, a folder of pictures, a video, a camera's snapshot or stream",
        description="Counts the people in each picture of SOURCE.",
        epilog="In the JSON, boxes are x1 y1 x2 y2 in pixels of the picture, then the score. "
        "Damaged pictures are listed under 'skipped'; they are never counted as zero. "
        "Pictures are taken as they are stored: a rotation noted in them is not applied. "
        "Coordinates of lines and zones are parts of the picture, 0 to 1 from the left and from the "
        "top. A line is passed inwards from its right-hand to its left-hand side, as seen by who "
        "walks along it: --line door:0.5,0,0.5,1 counts people who walk to the right as in. A gate "
        "is passed inwards from its first line to its second. Lines and gates need a video; where "
        "pictures come too slowly for the numbers to be right, there are none.",
    )
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a picture (JPEG, PNG), a folder of pictures, a video file, the http(s) address of a "
        "snapshot, or the address of a stream: rtsp(s), or http(s) of an MJPEG stream with --seconds",
    )
    parser.add_argument(
        "--threshold",
        type=numbers.threshold,
        metavar="T",
        help="lowest score of a box that is counted, 0.05 to 0.95 "
        f"(default: the settings', else {Detection().threshold})",
    )
    parser.add_argument(
        "--model",
        type=_model,
        metavar="NAME",
        help=f"the model: {', '.join(BUILT_IN_MODELS)}, or one of your own; hog is a last resort that "
        f"counts poorly (default: the settings', else {Detection().model})",
    )
    parser.add_argument(
        "--fps",
        type=numbers.fps,
        metavar="F",
        help="analyse F pictures per second of a video (default: all of them) or a stream "
        f"(default: {USUAL_FPS:g})",
    )
    parser.add_argument(
        "--seconds",
        type=numbers.seconds,
        metavar="S",
        help=f"watch a stream for S seconds (default: {_USUAL_SECONDS:g})",
    )
    parser.add_argument(
        "--line",
        action="append",
        default=[],
        metavar="NAME:x1,y1,x2,y2",
        help="count who passes this line of a video; may be given several times",
    )
    parser.add_argument(
        "--gate",
        action="append",
        default=[],
        metavar="NAME:x1,y1,x2,y2;x1,y1,x2,y2",
        help="count who passes both of these lines of a video; put it in quotes; may be given "
        "several times",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="count each person once in each direction at most at a line or gate",
    )
    parser.add_argument(
        "--u-turn",
        type=numbers.u_turn_s,
        default=0.0,
        metavar="S",
        help="count neither in nor out who passes a line or gate and comes back within S seconds, "
        f"0 to {LONGEST_U_TURN_S:g} (default: 0, count both)",
    )
    parser.add_argument(
        "--zone",
        action="append",
        default=[],
        metavar="NAME:x,y;x,y;x,y...",
        help="count who stands in this polygon; put it in quotes; may be given several times",
    )
    parser.add_argument("--boxes", action="store_true", help="put the boxes into the JSON")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Count; return the exit code: 0 done, 1 failed, 2 bad usage."""
    try:
        outcome = _count(arguments)
    except (CamWatchError, KeyboardInterrupt) as error:
        sentence, code = _explained(error, scrub(arguments.source))
        print(f"camwatch count: {sentence}.", file=sys.stderr)
        return code
    if outcome.detector.is_poor:
        print("camwatch count: this model counts poorly; do not rely on it.", file=sys.stderr)
    if arguments.json:
        result = _as_json(outcome, scrub(arguments.source), with_boxes=arguments.boxes)
        print(json.dumps(result, ensure_ascii=False, allow_nan=False))
    else:
        _print_table(outcome)
    return 0


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What was counted, and with what; there is at least one count."""

    counts: list[PictureCount]
    skipped: list[SkippedPicture]
    source: Source
    detector: Detector
    threshold: float
    lines: list[LineCount]
    zones: list[ZoneCounter]
    pace: Pace
    total_s: float

    @property
    def mode(self) -> Mode:
        """What can be counted; without lines and gates, nobody asked for more than the occupancy."""
        return self.pace.mode if self.lines else Mode.OCCUPANCY


def _count(arguments: argparse.Namespace) -> _Outcome:
    """Count as the arguments say, and the settings where those say nothing.

    Raises:
        CamWatchError: It cannot be done.
    """
    started = time.perf_counter()
    places = read_places(
        arguments.line,
        arguments.gate,
        arguments.zone,
        once=arguments.once,
        u_turn_s=arguments.u_turn,
    )
    if (arguments.once or arguments.u_turn) and not places.passages:
        option = "--once" if arguments.once else "--u-turn"
        raise InvalidSetting(option, "says how a --line or --gate counts, and there is none")
    profile = profile_at(getattr(arguments, "profile", None))
    settings = load_settings(profile.settings_file)
    source = _open(arguments.source, arguments.fps, arguments.seconds, settings)
    is_video = isinstance(source, stream.VideoFile | LiveStream)
    if arguments.fps is not None and not is_video:
        raise InvalidSetting("--fps", "is for videos and streams only; leave it away here")
    if arguments.seconds is not None and not isinstance(source, LiveStream):
        raise InvalidSetting("--seconds", "is for streams only; leave it away here")
    wanted = {} if arguments.model is None else {"model": arguments.model}
    detector = open_detector(
        settings.detection.model_copy(update=wanted), bundled_models(), own=profile.models_folder
    )
    threshold = arguments.threshold or settings.detection.threshold
    if wanted and not arguments.threshold and isinstance(detector, OwnDetector):
        threshold = detector.recipe.threshold  # the settings' one suits the settings' model
    skipped: list[SkippedPicture] = []
    # A recording is judged as a whole, however long it is.
    flow = FlowCounter(
        threshold,
        places.lines if is_video else (),
        places.zones,
        places.gates if is_video else (),
        window_s=math.inf,
    )
    counts = list(count_source(detector, _readable(source, skipped), threshold, flow))
    if not counts:
        raise _nothing_read(skipped)
    crossings = [crossing for one in counts for crossing in one.crossings] + [*flow.finish()]
    pace = flow.pace
    line_counts = count_lines(places.passages, crossings, pace)
    total_s = time.perf_counter() - started
    return _Outcome(
        counts, skipped, source, detector, threshold, line_counts, flow.zones, pace, total_s
    )


def _nothing_read(skipped: Sequence[SkippedPicture]) -> CameraError:
    first = skipped[0]
    if len(skipped) == 1:
        return first.error
    sentence = f"no picture can be read; {first.name}: {_words(first.error)}"
    return SourceError(first.error.reason, sentence)


def _open(text: str, fps: float | None, seconds: float | None, settings: Settings) -> Source:
    if text.lower().startswith(("rtsp://", "rtsps://")) or ("://" in text and seconds is not None):
        return LiveStream(text, settings.cameras, seconds or _USUAL_SECONDS, fps)
    if "://" in text:
        return stream.Snapshot(text, settings.cameras)
    return stream.open_source(Path(text), fps)


def _explained(error: BaseException, source: str) -> tuple[str, int]:
    """Return a sentence without its full stop, and the exit code."""
    code = 2 if isinstance(error, UserError) else 1
    match error:
        case KeyboardInterrupt():
            sentence = "stopped before the end, so there is no count"
        case InvalidSettings(source="arguments"):
            sentence = str(error)
        case InvalidSettings():
            sentence = f"the settings must be put right first: {error}"
        case InvalidSetting(field="address"):
            sentence = f"{source}: the address {error.reason}"
        case CameraError():
            sentence = f"{source}: {_words(error)}"
        case ModelError():
            place = f" ({error.path})" if error.path else ""
            sentence = f"people cannot be counted: {error}{place}"
        case _:
            sentence = str(error)
    return sentence, code


def _readable(source: Source, skipped: list[SkippedPicture]) -> Iterator[SourcePicture]:
    """Yield the pictures that can be read; put the others into the list."""
    for picture in source.pictures():
        if isinstance(picture, SkippedPicture):
            skipped.append(picture)
        else:
            yield picture


def _as_json(outcome: _Outcome, source: str, *, with_boxes: bool) -> dict[str, Any]:
    summary = summarise(outcome.counts)
    return {
        "source": source,
        "model": outcome.detector.name,
        "runtime": outcome.detector.runtime,
        "precision": outcome.detector.precision,
        "is_poor": outcome.detector.is_poor,
        "threshold": outcome.threshold,
        "frames": outcome.source.frames,
        "fps": outcome.source.fps,
        "samples": [_sample(one, with_boxes=with_boxes) for one in outcome.counts],
        "skipped": [
            {"name": one.name, "reason": one.error.reason.value, "message": _words(one.error)}
            for one in outcome.skipped
        ],
        "lines": [_line(one) for one in outcome.lines],
        "zones": [
            {"name": one.zone.name, "mean": round(one.mean, 4), "max": one.highest}
            for one in outcome.zones
        ],
        "summary": {
            "mean_count": round(summary.mean_count, 4),
            "max_count": summary.max_count,
            "detect_ms": {
                "median": round(summary.median_s * 1000, 2),
                "p95": round(summary.p95_s * 1000, 2),
            },
            "total_s": round(outcome.total_s, 3),
            "mode": outcome.mode.value,
        },
    }


def _line(one: LineCount) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind.value,
        "in": one.inwards,
        "out": one.outwards,
        "crossings": [
            {"t": round(crossing.t_s, 3), "direction": crossing.direction.value}
            for crossing in one.crossings or ()
        ],
        "note": one.note,
    }


def _sample(one: PictureCount, *, with_boxes: bool) -> dict[str, Any]:
    sample: dict[str, Any] = {
        "index": one.index,
        "name": one.name,
        "t": round(one.t_s, 3),
        "count": one.people.count,
        "confidence": round(one.people.confidence, 4),
        "processing_time": round(one.processing_s, 5),
    }
    if with_boxes:
        sample["boxes"] = [
            [*(round(side, 1) for side in box), round(score, 4)]
            for box, score in zip(
                one.people.boxes.tolist(), one.people.scores.tolist(), strict=True
            )
        ]
    return sample


def _print_table(outcome: _Outcome) -> None:
    """Print a line for each picture file, or for each stretch of a video with the same count."""
    counts, detector = outcome.counts, outcome.detector
    is_video = isinstance(outcome.source, stream.VideoFile)
    for _, group in groupby(counts, key=lambda one: one.name or one.people.count):
        stretch = list(group)
        first, last = stretch[0], stretch[-1]
        place = first.name or (
            f"{first.t_s:8.1f} s to {last.t_s:8.1f} s" if is_video else "snapshot"
        )
        confidence = sum(one.people.confidence for one in stretch) / len(stretch)
        trust = f"   confidence {confidence:.2f}" if first.people.count else ""
        print(f"{place:<28}  {_people(first.people.count)}{trust}")
    for one in outcome.skipped:
        print(f"{one.name:<28}  not counted: {_words(one.error)}")
    for line in outcome.lines:
        print(
            f"{line.kind} {line.name:<23}  {line.note or f'{line.inwards} in, {line.outwards} out'}"
        )
    for zone in outcome.zones:
        print(
            f"zone {zone.zone.name:<23}  {zone.mean:.2f} people on average, {zone.highest} at most"
        )
    summary = summarise(counts)
    print(
        f"\n{len(counts)} {'picture' if len(counts) == 1 else 'pictures'} counted: "
        f"{summary.mean_count:.2f} people on average, {summary.max_count} at most.\n"
        f"{detector.name} {detector.precision} in {detector.runtime}: "
        f"{summary.median_s * 1000:.1f} ms a picture, 95 % within {summary.p95_s * 1000:.1f} ms."
    )


def _people(count: int) -> str:
    return "1 person " if count == 1 else f"{count} people"


def _words(error: CameraError) -> str:
    """Return what is wrong, without a full stop."""
    if isinstance(error, SourceError):
        return error.detail
    short = REASONS[error.reason].short
    return short if error.detail in ("", short) else f"{short} ({error.detail})"


def _model(text: str) -> str:
    """Read a name that a model can have."""
    if not MODEL_NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a model")
    return text
