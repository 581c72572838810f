"""A lock between processes, so that two programs do not write the same file at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> None:
        # Tries for 10 seconds by itself.
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _take(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)


@contextmanager
def file_lock(file: Path) -> Iterator[None]:
    """Be the only one, on this computer, who holds the lock of this name; waits for others.

    The operating system gives it back when a program ends, however that may be.

    Raises:
        OSError: The file cannot be made.
    """
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        _take(descriptor)
        yield
    finally:
        os.close(descriptor)
