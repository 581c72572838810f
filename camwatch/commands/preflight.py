"""Opens a model in a process of its own first: what kills that does not kill CamWatch.

A model is a program for the engine that runs it. A damaged or hostile one can end the
process, eat all memory, or never come back, and no check of its file can foresee that.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from camwatch.detect.model_files import Contents, ModelFiles
from camwatch.errors import GivenUp, OwnModelUnfit
from camwatch.language import tr

LONGEST_S = 180.0
"""A model that is not loaded and run once by then is refused, seconds."""

_LOOK_S = 0.05


def preflight(
    files: ModelFiles,
    contents: Contents,
    cancel: threading.Event | None = None,
    *,
    longest_s: float = LONGEST_S,
    program: Sequence[str] | None = None,
) -> None:
    """Let `camwatch models check` open a model.

    Args:
        files: Where it is.
        contents: What it was when it was read; the other process must have seen the same.
        cancel: Set it when nobody waits any more.
        longest_s: How long it may take, seconds.
        program: What is started instead of this CamWatch.

    Raises:
        GivenUp: cancel was set.
        OwnModelUnfit: The other process refused it, did not survive it, took too long, or
            saw other files.
    """
    command = [*(program or _camwatch()), "models", "check", str(files.main), "--alone", "--json"]
    with subprocess.Popen(  # noqa: S603 - this program, with a path as one argument
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ) as process:
        try:
            answer = _answer(process, files.main, cancel, time.monotonic() + longest_s)
        finally:
            if process.poll() is None:
                process.kill()
    if "reason" in answer:
        raise OwnModelUnfit(Path(str(answer["path"])), str(answer["reason"]))
    if answer.get("sha256") != dict(contents.sha256):
        raise OwnModelUnfit(files.main, tr("was changed while it was tested"))


def _answer(
    process: subprocess.Popen[bytes], file: Path, cancel: threading.Event | None, until_s: float
) -> dict[str, Any]:
    """Wait for what the other process says."""
    while True:
        if cancel is not None and cancel.is_set():
            raise GivenUp
        if time.monotonic() > until_s:
            raise OwnModelUnfit(file, tr("takes too long to be loaded and run once"))
        try:
            out, _ = process.communicate(timeout=_LOOK_S)
            break
        except subprocess.TimeoutExpired:
            continue
    try:
        answer = json.loads(out)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        reason = tr(
            "ends the process that runs it (code {returncode}), so it is not used",
            returncode=process.returncode,
        )
        raise OwnModelUnfit(file, reason)
    return answer


def _camwatch() -> list[str]:
    """Return how this program is started."""
    is_frozen = getattr(sys, "frozen", False)
    return [sys.executable] if is_frozen else [sys.executable, "-m", "camwatch"]
