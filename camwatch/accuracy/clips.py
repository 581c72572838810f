"""Labelled clips: videos whose people are known, on which releases are compared.

docs/accuracy.md describes the files.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from camwatch.accuracy.recording import AuditKind
from camwatch.accuracy.stored import Stored
from camwatch.accuracy.truth import PictureTruth, Step, TruePassage, Truth
from camwatch.errors import InvalidSetting, StorageError
from camwatch.language import tr
from camwatch.scene import Direction, Line

ENDING = ".truth.json"
_OLD_ENDING = "-truth.json"
_OLD_LINE = re.compile(r"line_x(\d+)_\w+")


@dataclass(frozen=True, slots=True)
class ClipLine:
    """A line of a clip, and who passed it.

    Attributes:
        name: Of the line.
        start: x and y in parts of the picture, as for `Line`.
        end: Likewise.
        passages: In order of time, seconds from the first picture.
    """

    name: str
    start: tuple[float, float]
    end: tuple[float, float]
    passages: tuple[TruePassage, ...]

    @property
    def line(self) -> Line:
        """The line as it is counted."""
        return Line(self.name, self.start, self.end)

    @property
    def truth(self) -> Truth:
        """Who passed it."""
        return Truth(AuditKind.PASSAGES, passages=self.passages)


@dataclass(frozen=True, slots=True)
class Clip(Stored):
    """What is known of a video; at least one of the three lists is filled.

    Attributes:
        video: Name of the file, in the same folder.
        tolerance_s: So far apart a real and a counted passage may be.
        lines: Who passed which line.
        occupancy: How many people are in view, from the first picture on.
        pictures: How many people are in single pictures, by their number from 0.

    Raises:
        InvalidSetting: A value is refused; the field says which.
    """

    FORMAT: ClassVar[str] = "camwatch-clip"

    video: str
    tolerance_s: float
    lines: tuple[ClipLine, ...]
    occupancy: tuple[Step, ...]
    pictures: tuple[PictureTruth, ...]

    def __post_init__(self) -> None:
        """Check all that is said."""
        if not self.video or Path(self.video).name != self.video or "\\" in self.video:
            raise InvalidSetting(
                "video", tr("{video!r} is no name of a file in this folder", video=self.video)
            )
        if not 0 < self.tolerance_s <= 60:
            raise InvalidSetting(
                "tolerance_s",
                tr("{tolerance_s:g} is not above 0 and up to 60", tolerance_s=self.tolerance_s),
            )
        if not (self.lines or self.occupancy or self.pictures):
            raise InvalidSetting("lines", tr("are missing, and so is every other truth"))
        if len({one.line.name for one in self.lines}) != len(self.lines):
            raise InvalidSetting("lines", tr("have the same name twice"))
        self.truths()

    def truths(self) -> list[Truth]:
        """Return the truths: of each line, then of the people in view, then of pictures."""
        found = [one.truth for one in self.lines]
        if self.occupancy:
            found.append(Truth(AuditKind.OCCUPANCY, steps=self.occupancy))
        if self.pictures:
            found.append(Truth(AuditKind.PICTURES, pictures=self.pictures))
        return found


@dataclass(frozen=True, slots=True)
class ClipFile:
    """A clip with its files.

    Attributes:
        name: Of the truth's file, without its ending.
        video: Where the video is.
        clip: What is known of it.
    """

    name: str
    video: Path
    clip: Clip


def read_clips(folder: Path) -> list[ClipFile]:
    """Return the clips of a folder, by name.

    Raises:
        InvalidSetting: There are none, or a file is damaged; the field is its name.
        StorageError: The folder cannot be read.
    """
    try:
        files = sorted(
            file for file in folder.iterdir() if file.name.endswith((ENDING, _OLD_ENDING))
        )
        clips = [_read(file) for file in files]
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror}") from error
    if not clips:
        raise InvalidSetting(
            folder.name, tr("holds no clip: there is no file NAME{ending}", ending=ENDING)
        )
    return clips


def _read(file: Path) -> ClipFile:
    try:
        text = file.read_text("utf-8")
        if file.name.endswith(ENDING):
            name, clip = file.name.removesuffix(ENDING), Clip.from_json(text)
        else:
            name, clip = file.name.removesuffix(_OLD_ENDING), _old_clip(json.loads(text))
        _check_there(video := file.parent / clip.video)
    except InvalidSetting as error:
        raise InvalidSetting(file.name, f"{error.field} {error.reason}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidSetting(file.name, tr("is damaged ({error})", error=error)) from error
    return ClipFile(name, video, clip)


def _check_there(video: Path) -> None:
    if not video.is_file():
        raise InvalidSetting("video", tr("{name} is not in the folder", name=video.name))


def _old_clip(about: Mapping[str, Any]) -> Clip:
    """Read a truth in numbers of pictures, whose lines are upright and passed to the right only."""
    fps, width = float(about["fps"]), float(about["width"])
    lines = []
    for key, line in about.items():
        if not (found := _OLD_LINE.fullmatch(key)):
            continue
        if line["right_to_left"]:
            raise InvalidSetting(key, tr("is passed both ways, which this form cannot tell"))
        x = int(found[1]) / width
        passages = tuple(TruePassage(one["frame"] / fps, Direction.IN) for one in line["crossings"])
        lines.append(ClipLine(f"x{found[1]}", (x, 0.0), (x, 1.0), passages))
    changes: Counter[float] = Counter()
    for one in about["visible"]:
        changes[one["first"] / fps] += 1
        changes[(one["last"] + 1) / fps] -= 1
    people, steps = 0, [Step(0.0, 0)]
    for t_s, change in sorted(changes.items()):
        people += change
        if t_s == 0:
            steps.clear()
        steps.append(Step(t_s, people))
    return Clip(about["video"], 2.0, tuple(lines), tuple(steps), ())
