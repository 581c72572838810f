"""The demonstration as a process of its own, signed in, and closed by its window."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.screen import Screen

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def demonstration(screen: Screen, home: Path) -> Iterator[None]:
    """Start it and sign in; afterwards close its window and see that it ends without a word.

    Args:
        screen: Where its window opens.
        home: An empty folder, which gets its temporary files.
    """
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--demo"],
        cwd=ROOT,
        env={**screen.environment, "TMPDIR": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        screen.wait_for_window("sign in")
        screen.press("Return")
        window = screen.wait_for_window("CamWatch: demonstration")
        yield
        screen.close(window)
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said
    assert said == ""
