"""Room that is held back on the disk, to be given free when the disk is full."""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger(__name__)

_MIB = 2**20
_PIECE = b"\0" * _MIB


def free_bytes(folder: Path) -> int | None:
    """Return how much room is left for this account on the disk of a folder; None if unknown."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


class Reserve:
    """A file that only takes up room.

    On a full disk not even old rows can be deleted, since that needs room for a while. This
    gives some.

    Args:
        file: Where; on the disk whose room it holds back.
        most_bytes: How large it is; 0 for none at all.
    """

    def __init__(self, file: Path, most_bytes: int) -> None:
        self.file = file
        self._bytes = most_bytes

    def make(self) -> bool:
        """Take up the room unless that would fill the disk; True if it is there.

        It is not made where less than as much again would be left: it would take the room it
        is to give.
        """
        if not self._bytes:
            return False
        if self._size() >= self._bytes:
            return True
        free = free_bytes(self.file.parent)
        if free is None or free < 2 * self._bytes:
            return False
        try:
            self._write()
        except OSError as error:
            log.warning("no room is held back in %s: %s", self.file, error.strerror)
            self.file.unlink(missing_ok=True)
            return False
        log.info("%d MiB are held back in %s", self._bytes // _MIB, self.file)
        return True

    def free(self) -> int:
        """Give the room free; return how many bytes that are, 0 if there was none."""
        size = self._size()
        if size:
            try:
                self.file.unlink()
            except OSError as error:
                log.warning("%s cannot be deleted: %s", self.file, error.strerror)
                return 0
            log.warning("the disk is full: %d MiB that were held back are free", size // _MIB)
        return size

    def _size(self) -> int:
        try:
            found = self.file.stat()
        except OSError:
            return 0
        # A file with holes takes up no room, such as one that was copied here.
        blocks: int = getattr(found, "st_blocks", found.st_size // 512 + 1)
        return found.st_size if blocks * 512 >= found.st_size else 0

    def _write(self) -> None:
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(handle, 0, self._bytes)
            else:
                for first in range(0, self._bytes, _MIB):
                    os.write(handle, _PIECE[: self._bytes - first])
            os.fsync(handle)
        finally:
            os.close(handle)
