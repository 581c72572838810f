"""Recordings on disk: a folder with `recording.json` and the JPEG files it names."""

from __future__ import annotations

import errno
from pathlib import Path

from camwatch.accuracy.recording import Recording
from camwatch.errors import DiskFull, InvalidSetting, StorageError
from camwatch.files import write_aside
from camwatch.language import tr

DESCRIPTION = "recording.json"
_LARGEST_DESCRIPTION = 64 * 2**20
_LARGEST_PICTURE = 32 * 2**20
_JPEG_START, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


def write_recording(folder: Path, recording: Recording) -> None:
    """Write the description into the folder of the pictures, all of it or nothing.

    Args:
        folder: Made if it is not there; the pictures are written before this.
        recording: The finished recording.

    Raises:
        DiskFull: There is no room.
        StorageError: It cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_aside(folder / DESCRIPTION, recording.to_json().encode())
    except OSError as error:
        kind = DiskFull if error.errno == errno.ENOSPC else StorageError
        raise kind(f"{folder}: {error}") from error


def read_recording(folder: Path) -> Recording:
    """Read a recording and make sure that all its pictures are there and whole.

    Raises:
        InvalidSetting: The folder is damaged, or holds something else; the field is the
            folder or the file.
        StorageError: It cannot be read.
    """
    description = folder / DESCRIPTION
    try:
        if not description.is_file() or description.is_symlink():
            raise InvalidSetting(
                folder.name,
                tr("holds no {description}, so it is no recording", description=DESCRIPTION),
            )
        if description.stat().st_size > _LARGEST_DESCRIPTION:
            raise InvalidSetting(description.name, tr("is too large for a recording"))
        recording = Recording.from_json(description.read_text("utf-8"))
        for picture in recording.pictures:
            if picture.file:
                _check_picture(folder / picture.file)
    except UnicodeDecodeError as error:
        raise InvalidSetting(description.name, tr("is not text")) from error
    except OSError as error:
        raise StorageError(f"{folder}: {error}") from error
    return recording


def _check_picture(file: Path) -> None:
    if not file.is_file() or file.is_symlink():
        raise InvalidSetting(file.name, tr("is missing"))
    size = file.stat().st_size
    if size > _LARGEST_PICTURE:
        raise InvalidSetting(file.name, tr("is too large for a picture"))
    with file.open("rb") as stream:
        start = stream.read(3)
        stream.seek(max(size - 2, 0))
        if start != _JPEG_START or stream.read(2) != _JPEG_END:
            raise InvalidSetting(file.name, tr("is not a whole JPEG file"))
