"""`camwatch accuracy`: compares the counts of labelled clips with the truth, without a window."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

from camwatch.accuracy import AuditKind, AuditReport, Estimate, GroupResult
from camwatch.accuracy.clips import ENDING, ClipFile, read_clips
from camwatch.cameras.stream import SkippedPicture, SourceError, SourcePicture, VideoFile
from camwatch.cli import application, numbers
from camwatch.config import Detection, load_settings
from camwatch.detect.audit import Audit, compare, summed_up, worsening
from camwatch.detect.clips import count_clip
from camwatch.detect.confidence import FEWEST
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.own import OwnDetector
from camwatch.domain import utc_now
from camwatch.errors import CameraError, CamWatchError, InvalidSetting, StorageError, UserError
from camwatch.paths import bundled_models, profile_at

_KINDS = {
    AuditKind.PASSAGES: "passages",
    AuditKind.OCCUPANCY: "people in view",
    AuditKind.PICTURES: "people in single pictures",
}


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "accuracy",
        help="compare the counts of labelled clips with the truth",
        description="Tells how right the counts are, on videos whose people are known.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    action = actions.add_parser(
        "run",
        help="count all clips of a folder",
        description="Counts each clip as a camera is counted, and compares with its truth.",
        epilog=f"A clip is a video and a file NAME{ENDING}; docs/accuracy.md describes it. "
        "Exit codes: 0 done, 1 failed or worse than the baseline, 2 bad usage.",
    )
    action.add_argument("folder", metavar="FOLDER", type=Path, help="holds the clips")
    action.add_argument(
        "--model", metavar="NAME", help="auto, nanodet, hog, or one of your own (default: auto)"
    )
    action.add_argument(
        "--threshold",
        type=numbers.threshold,
        metavar="T",
        help="lowest score of a box that is counted (default: the settings')",
    )
    action.add_argument(
        "--fps",
        type=numbers.fps,
        metavar="F",
        help="analyse F pictures per second of a video (default: all of them)",
    )
    action.add_argument(
        "--baseline",
        type=Path,
        metavar="OLD.json",
        help="what an earlier run with --json printed; a clip that got worse makes this fail",
    )
    action.add_argument(
        "--json", action="store_true", help="print one JSON object and nothing else"
    )
    application.add_profile_option(action, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed or worse, 2 bad usage."""
    try:
        baseline = _Baseline.read(arguments.baseline) if arguments.baseline else None
        outcome = _compared(arguments)
        changes = list(baseline.changes(outcome)) if baseline else None
    except (CamWatchError, KeyboardInterrupt) as error:
        print(f"camwatch accuracy: {_words(error)}.", file=sys.stderr)
        return 2 if isinstance(error, UserError) else 1
    worse = [change for change in changes or () if change.is_worse]
    if arguments.json:
        print(json.dumps(_as_json(outcome, changes), ensure_ascii=False, allow_nan=False))
    else:
        _print_table(outcome, changes)
    for change in worse:
        print(f"camwatch accuracy: {change.name} got worse.", file=sys.stderr)
    return 1 if worse else 0


@dataclass(frozen=True, slots=True)
class _JudgedClip:
    """A clip with its reports."""

    name: str
    pictures: int
    note: str | None
    reports: Sequence[AuditReport]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What came out, and with what; there is at least one clip."""

    folder: str
    detector: Detector
    threshold: float
    clips: Sequence[_JudgedClip]

    @property
    def reports(self) -> list[AuditReport]:
        """All reports."""
        return [report for clip in self.clips for report in clip.reports]

    def overall(self) -> Iterator[tuple[AuditKind, GroupResult]]:
        """Yield all clips together, for each kind of truth."""
        for kind in AuditKind:
            intervals = [
                interval
                for report in self.reports
                if report.kind is kind
                for interval in report.intervals
            ]
            if intervals:
                yield kind, summed_up(intervals, kind)


def _compared(arguments: argparse.Namespace) -> _Outcome:
    clips = read_clips(arguments.folder)
    profile = profile_at(getattr(arguments, "profile", None))
    settings = load_settings(profile.settings_file).detection
    # The program's own model unless another is asked for, so that releases can be compared.
    wanted = Detection(model=arguments.model or "auto")
    detector = open_detector(wanted, bundled_models(), own=profile.models_folder)
    threshold = arguments.threshold or settings.threshold
    if not arguments.threshold and isinstance(detector, OwnDetector):
        threshold = detector.recipe.threshold
    return _Outcome(
        str(arguments.folder),
        detector,
        threshold,
        [_judged(one, detector, threshold, arguments.fps) for one in clips],
    )


def _judged(file: ClipFile, detector: Detector, threshold: float, fps: float | None) -> _JudgedClip:
    pictures = _pictures(file.video, fps)
    counted = count_clip(file.name, file.clip, pictures, detector, threshold)
    reports = [
        compare(
            recording,
            truth,
            Audit(str(uuid4()), utc_now(), "camwatch accuracy run"),
            tolerance_s=file.clip.tolerance_s,
        )
        for recording, truth in counted.compared
    ]
    return _JudgedClip(file.name, counted.pictures, counted.note, reports)


def _pictures(video: Path, fps: float | None) -> Iterator[SourcePicture]:
    """Yield the pictures of a clip; a damaged one would make another clip of it.

    Raises:
        SourceError: It is no video, or a picture of it is damaged.
    """
    try:
        for picture in VideoFile(video, fps).pictures():
            yield _sound(picture)
    except SourceError as error:
        raise SourceError(error.reason, f"{video.name}: {error.detail}") from error


def _sound(picture: SourcePicture | SkippedPicture) -> SourcePicture:
    if isinstance(picture, SkippedPicture):
        raise SourceError(picture.error.reason, f"{picture.name} cannot be read")
    return picture


@dataclass(frozen=True, slots=True)
class _Change:
    """How a clip did in comparison with the baseline.

    Attributes:
        name: Of the clip, what was counted, and where.
        change: By how much the error of an interval grew; None if it cannot be said: it was
            not in the baseline, or is too short.
    """

    name: str
    change: Estimate | None

    @property
    def is_worse(self) -> bool:
        """True if the error surely grew."""
        return self.change is not None and self.change.low > 0

    @property
    def verdict(self) -> str:
        """In one word."""
        if self.change is None:
            return "unknown"
        if self.is_worse:
            return "worse"
        return "better" if self.change.high < 0 else "same"


@dataclass(frozen=True, slots=True)
class _Baseline:
    """The reports of an earlier run."""

    reports: dict[str, AuditReport]

    @classmethod
    def read(cls, file: Path) -> _Baseline:
        """Read what an earlier run printed.

        Raises:
            InvalidSetting: It is something else.
            StorageError: It cannot be read.
        """
        try:
            found = json.loads(file.read_text("utf-8"))
            texts = [json.dumps(report) for clip in found["clips"] for report in clip["reports"]]
            reports = [AuditReport.from_json(text) for text in texts]
        except OSError as error:
            raise StorageError(f"{file}: {error.strerror}") from error
        except (InvalidSetting, KeyError, TypeError, ValueError) as error:
            reason = f"{file.name} is not what an earlier run printed ({error})"
            raise InvalidSetting("--baseline", reason) from error
        return cls({_name(report): report for report in reports})

    def changes(self, outcome: _Outcome) -> Iterator[_Change]:
        """Yield how each report compares, and then all of a kind together.

        Raises:
            InvalidSetting: A clip of the same name had another truth.
        """
        for report in outcome.reports:
            before = self.reports.get(_name(report))
            yield _Change(_name(report), self._change([before] if before else [], [report]))
        for kind in AuditKind:
            after = [
                one for one in outcome.reports if one.kind is kind and _name(one) in self.reports
            ]
            before_all = [self.reports[_name(one)] for one in after]
            if len(after) > 1:
                yield _Change(f"all clips, {_KINDS[kind]}", self._change(before_all, after))

    @staticmethod
    def _change(before: Sequence[AuditReport], after: Sequence[AuditReport]) -> Estimate | None:
        old, new = (list(chain(*(one.intervals for one in some))) for some in (before, after))
        if not before or len(new) < FEWEST:
            return None
        try:
            return worsening(old, new, after[0].kind)
        except InvalidSetting as error:
            raise InvalidSetting("--baseline", f"{_name(after[0])}: {error}") from error


def _name(report: AuditReport) -> str:
    place = f" at {report.place}" if report.place else ""
    return f"{report.camera_name}, {_KINDS[report.kind]}{place}"


def _as_json(outcome: _Outcome, changes: Sequence[_Change] | None) -> dict[str, Any]:
    return {
        "folder": outcome.folder,
        "model": outcome.detector.name,
        "fingerprint": outcome.detector.fingerprint,
        "runtime": outcome.detector.runtime,
        "precision": outcome.detector.precision,
        "threshold": outcome.threshold,
        "clips": [
            {
                "name": clip.name,
                "pictures": clip.pictures,
                "note": clip.note,
                "reports": [json.loads(report.to_json()) for report in clip.reports],
            }
            for clip in outcome.clips
        ],
        "overall": [
            {
                "kind": kind.value,
                "intervals": result.intervals,
                "truth": round(result.truth, 4),
                "counted": round(result.counted, 4),
                "signed": _estimate(result.signed),
                "absolute": _estimate(result.absolute),
                "accuracy": _estimate(result.accuracy),
            }
            for kind, result in outcome.overall()
        ],
        "baseline": None
        if changes is None
        else [
            {"name": one.name, "change": _estimate(one.change), "verdict": one.verdict}
            for one in changes
        ],
    }


def _estimate(estimate: Estimate | None) -> dict[str, float] | None:
    if estimate is None:
        return None
    return {
        "value": round(estimate.value, 4),
        "low": round(estimate.low, 4),
        "high": round(estimate.high, 4),
    }


def _print_table(outcome: _Outcome, changes: Sequence[_Change] | None) -> None:
    for clip in outcome.clips:
        print(f"{clip.name}: {clip.pictures} pictures")
        for report in clip.reports:
            place = f" at {report.place}" if report.place else ""
            print(f"  {_KINDS[report.kind] + place:<34}  {_result(report.kind, report.overall)}")
            if (match := report.passages) is not None and (match.missed or match.false):
                missed = ", ".join(f"{one.t_s:.1f} s {one.direction}" for one in match.missed)
                false = ", ".join(f"{one.t_s:.1f} s {one.direction}" for one in match.false)
                print(f"    missed: {missed or 'none'}; false: {false or 'none'}")
        if clip.note:
            print(f"  {clip.note}")
    print("\nAll clips")
    for kind, result in outcome.overall():
        print(f"  {_KINDS[kind]:<34}  {_result(kind, result)}")
    if changes is not None:
        print("\nIn comparison with the baseline, error of an interval")
        for change in changes:
            found = change.change
            numbers_ = (
                f"{found.value:+.3f} ({found.low:+.3f} to {found.high:+.3f})" if found else ""
            )
            print(f"  {change.name:<50}  {change.verdict:<8}{numbers_}")
    detector = outcome.detector
    print(
        f"\n{detector.name} {detector.precision} in {detector.runtime}, from a score of "
        f"{outcome.threshold:g}. In brackets: where the real value lies, with 95 % confidence."
    )


def _result(kind: AuditKind, result: GroupResult) -> str:
    if kind is AuditKind.PASSAGES:
        totals = f"{result.counted:g} counted of {result.truth:g}"
    else:
        totals = f"{result.mean_counted:.2f} counted of {result.mean_truth:.2f} on average"
    if result.nobody_came:
        return f"{totals}; nobody came, so there is no accuracy"
    if (found := result.accuracy) is None:
        return f"{totals}; too short for an accuracy"
    return f"{totals}; accuracy {found.value:.1%} ({found.low:.1%} to {found.high:.1%})"


def _words(error: BaseException) -> str:
    match error:
        case KeyboardInterrupt():
            return "stopped before the end, so there is no report"
        case CameraError() if error.detail:
            return error.detail
        case _:
            return str(error)
