"""Finds out whether pictures were written anywhere in some folders, or into any open file.

Looks at bytes and not at names: a picture is found in a file of any name, in the middle of a
database, in its log, and in a file that was deleted while it is open.
"""

from __future__ import annotations

import logging
import mmap
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

log = logging.getLogger(__name__)

_LARGEST = 2 * 1024**3
"""A larger file is not read through; that it changed is told as not looked at."""

# The start of a JPEG with its next segment, PNG, WebP, GIF and TIFF; BMP has too few of its own.
_PICTURES = re.compile(
    rb"\xff\xd8\xff[\xc0-\xfe]|\x89PNG\r\n\x1a\n|RIFF....WEBP|GIF8[79]a[^\x00]|II\*\x00\x08|MM\x00\*\x00",
    re.DOTALL,
)
_JPEG = b"\xff\xd8"


@dataclass(frozen=True, slots=True)
class _Known:
    size: int
    changed_ns: int
    pictures: int


@dataclass(frozen=True, slots=True)
class WrittenPicture:
    """A file that has a picture in it that was not there before.

    Attributes:
        file: Where; its last known name if it is deleted by now.
        pictures: How many more are in it than before.
    """

    file: Path
    pictures: int


@dataclass(slots=True)
class PictureWatch:
    """Watches folders, and the files that this program and its children have open.

    Args:
        folders: With all that is below them.
        shared: Folders that other programs use as well, such as the system's for passing
            files: only what is in them directly, and in folders called camwatch….

    Attributes:
        files: How many files were looked at.
        unread: Files that changed and could not be looked at: nothing is proven of them.
    """

    folders: Sequence[Path]
    shared: Sequence[Path] = ()
    files: int = 0
    unread: set[Path] = field(default_factory=set)
    _known: dict[Path, _Known] = field(default_factory=dict)
    _found: dict[Path, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Remember what is there now."""
        for file in self._all_files():
            self._known[file] = self._look(file)
        self.unread.clear()

    def look(self) -> None:
        """Look at what has changed; call it often, for files may be gone soon."""
        for file in self._all_files():
            before = self._known.get(file, _Known(-1, -1, 0))
            try:
                state = file.stat()
            except OSError:
                continue
            if (state.st_size, state.st_mtime_ns) == (before.size, before.changed_ns):
                continue
            now = self._look(file)
            self._known[file] = now
            if now.pictures > before.pictures:
                more = now.pictures - before.pictures
                self._found[file] = self._found.get(file, 0) + more
        for deleted in _deleted_but_open():
            count = _count(deleted)
            if count:
                self._found[deleted.readlink()] = count

    def written(self) -> list[WrittenPicture]:
        """Return where pictures were written since the beginning."""
        self.look()
        return [WrittenPicture(file, count) for file, count in sorted(self._found.items())]

    def _all_files(self) -> Iterator[Path]:
        seen: set[Path] = set()
        for folder in self.folders:
            for where, _, names in os.walk(folder):
                seen.update(Path(where, name) for name in names)
        for folder in self.shared:
            for one in folder.iterdir():
                if one.is_dir() and one.name.startswith("camwatch"):
                    seen.update(below for below in one.rglob("*"))
                else:
                    seen.add(one)
        seen.update(_open_files())
        self.files = max(self.files, len(seen))
        return (file for file in sorted(seen) if file.is_file() and not file.is_symlink())

    def _look(self, file: Path) -> _Known:
        try:
            state = file.stat()
            if state.st_size > _LARGEST:
                self.unread.add(file)
                return _Known(state.st_size, state.st_mtime_ns, 0)
            return _Known(state.st_size, state.st_mtime_ns, _count(file))
        except FileNotFoundError:
            return _Known(-1, -1, 0)
        except OSError as error:
            log.info("%s cannot be looked at: %s", file, error)
            self.unread.add(file)
            return _Known(-1, -1, 0)


def _count(file: Path) -> int:
    """Return how many pictures begin in a file; raises OSError."""
    with file.open("rb") as stream:
        if os.fstat(stream.fileno()).st_size == 0:
            return 0
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return sum(_is_picture(data, at.start()) for at in _PICTURES.finditer(data))


def _is_picture(data: mmap.mmap, at: int) -> bool:
    """Tell whether a JPEG's second segment follows its first: four bytes may be there by chance."""
    if data[at : at + 2] != _JPEG:
        return True
    length = int.from_bytes(data[at + 4 : at + 6])
    end = at + 4 + length
    return length >= 2 and (end >= len(data) or data[end : end + 1] == b"\xff")


def _open_files() -> Iterator[Path]:
    me = psutil.Process()
    try:
        for process in (me, *me.children(recursive=True)):
            for one in process.open_files():
                if not one.path.startswith(("/proc/", "/dev/", "/sys/")):
                    yield Path(one.path)
    except psutil.Error as error:
        log.info("not all open files can be listed: %s", error)


def _deleted_but_open() -> Iterator[Path]:
    if sys.platform != "linux":
        return
    for link in Path("/proc/self/fd").iterdir():
        try:
            target = link.readlink()
            if target.name.endswith(" (deleted)") and link.is_file():
                yield link
        except OSError:
            continue
