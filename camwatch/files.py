"""Writing a file so that nobody ever finds half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def writing_aside(file: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there in one step when the block ends.

    It is readable by its owner only. A power cut leaves the old file or the new one; so does
    an error in the block.

    Raises:
        OSError: It cannot be written; what was there before still is.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_aside(file: Path, data: bytes) -> None:
    """Write a whole file; see `writing_aside`.

    Raises:
        OSError: It cannot be written; what was there before still is.
    """
    with writing_aside(file) as stream:
        stream.write(data)
