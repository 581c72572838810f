"""What stands beside the pictures of a recording: its status, its boxes, the truth so far."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from camwatch.accuracy.folder import read_recording
from camwatch.accuracy.plan import RecordingStatus
from camwatch.accuracy.recording import Recording
from camwatch.accuracy.truth import Truth
from camwatch.errors import FilesDiskFull, FilesTroubled, InvalidSetting
from camwatch.files import write_aside
from camwatch.language import tr

STATUS = "status.json"
TRUTH = "truth.json"
BOXES = "boxes.jsonl"

_LARGEST_TEXT = 64 * 2**20

RecordedBox = tuple[float, float, float, float]
"""x1 y1 x2 y2 in parts of the picture, 0 to 1."""


@dataclass(frozen=True, slots=True)
class OpenedRecording:
    """A finished recording, made ready to be counted.

    Attributes:
        folder: Where its pictures are.
        status: How it went.
        recording: The pictures, and what the program counted.
        truth: What the operator has counted so far; None if nothing.
        boxes: Whom the program counted in each picture, by its file.
    """

    folder: Path
    status: RecordingStatus
    recording: Recording
    truth: Truth | None
    boxes: Mapping[str, tuple[RecordedBox, ...]]


def open_recording(folder: Path) -> OpenedRecording:
    """Read a recording with all that stands beside it.

    Raises:
        InvalidSetting: It is damaged, or is something else.
        FilesTroubled: It cannot be read.
    """
    recording = read_recording(folder)
    status = read_status(folder)
    truth_file = folder / TRUTH
    truth = None
    if truth_file.is_file():
        truth = Truth.from_json(_read(truth_file))
        if truth.kind is not recording.kind:
            raise InvalidSetting(TRUTH, tr("is of another kind than the recording"))
    return OpenedRecording(folder, status, recording, truth, _read_boxes(folder / BOXES))


def read_status(folder: Path) -> RecordingStatus:
    """Read how far a recording is.

    Raises:
        InvalidSetting: It is damaged, or of another recording.
        FilesTroubled: It cannot be read.
    """
    status = RecordingStatus.from_json(_read(folder / STATUS))
    if status.uid != folder.name:
        raise InvalidSetting(STATUS, tr("is of another recording"))
    return status


def write_status(folder: Path, status: RecordingStatus) -> None:
    """Keep how far a recording is.

    Raises:
        FilesDiskFull: There is no room.
        FilesTroubled: It cannot be written.
    """
    _write(folder / STATUS, status.to_json())


def write_truth(folder: Path, truth: Truth) -> None:
    """Keep what the operator has counted so far.

    Raises:
        FilesDiskFull: There is no room; what was kept before is still there.
        FilesTroubled: It cannot be written; likewise.
    """
    _write(folder / TRUTH, truth.to_json())


def box_line(file: str, boxes: tuple[RecordedBox, ...]) -> str:
    """Return the line that tells whom the program counted in a picture."""
    return json.dumps({"file": file, "boxes": boxes}) + "\n"


@contextmanager
def disk_errors(place: Path) -> Iterator[None]:
    """Turn trouble with the disk into FilesDiskFull or FilesTroubled."""
    try:
        yield
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        kind = FilesDiskFull if is_full else FilesTroubled
        raise kind(f"{place}: {error.strerror or error}") from error


def write_new(file: Path, data: bytes) -> None:
    """Write a file that only its owner may read; OSError where that is impossible."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(data)


def _write(file: Path, text: str) -> None:
    with disk_errors(file.parent):
        write_aside(file, text.encode())


def _read(file: Path) -> str:
    with disk_errors(file.parent):
        if file.stat().st_size > _LARGEST_TEXT:
            raise InvalidSetting(file.name, tr("is too large"))
        try:
            return file.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidSetting(file.name, tr("is not text")) from error


def _read_boxes(file: Path) -> Mapping[str, tuple[RecordedBox, ...]]:
    """Read the boxes; they only help to look at errors, so a line that broke off is left out."""
    found: dict[str, tuple[RecordedBox, ...]] = {}
    if not file.is_file():
        return found
    for line in _read(file).splitlines():
        try:
            entry = json.loads(line)
            boxes = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in entry["boxes"])
            found[str(entry["file"])] = boxes
        except (ValueError, TypeError, KeyError):
            continue
    return found
