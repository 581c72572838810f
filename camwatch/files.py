"""Writing a file so that nobody ever finds half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_aside(file: Path, data: bytes) -> None:
    """Write a file beside its place, then put it there in one step.

    It is readable by its owner only. A power cut leaves the old file or the new one.

    Raises:
        OSError: It cannot be written; what was there before still is.
    """
    handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
