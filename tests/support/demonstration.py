"""The demonstration as a process of its own, signed in, and closed by its window."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from camwatch import demonstration as demonstrated
from tests.support.screen import Screen, wait_until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def demonstration(screen: Screen, home: Path) -> Iterator[None]:
    """Start it, sign in, and wait until each camera has a number.

    Afterwards close its window and see that it ends without a word.

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
        wait_until(lambda: _counted(home) == demonstrated.CAMERAS, "numbers of all cameras", 40)
        yield
        screen.close(window)
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said
    assert said == ""


def _counted(home: Path) -> int:
    """Return of how many cameras a number is stored."""
    files = list(home.glob("camwatch-demo-*/camwatch.sqlite3"))
    if not files:
        return 0
    try:
        with closing(sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True)) as connection:
            query = "SELECT count(DISTINCT camera_id) FROM sample"
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.OperationalError:  # it is being made
        return 0
