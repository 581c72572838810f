"""A user is added on the Users page and signs in with the code: a real process, by keys alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from camwatch.auth.passwords import hash_password
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.paths import Profile
from tests.support.screen import MAIN_WINDOW, Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]
BOSS, PASSWORD = "olga", "walks-past-gate-three"
NEWCOMER, CHOSEN = "lena.berg", "nine-quiet-herons-fish"


def results(profile: Profile, who: str, action: str) -> list[str]:
    """Return how it went each time that somebody tried something, oldest first."""
    with closing(sqlite3.connect(f"file:{profile.database_file}?mode=ro", uri=True)) as history:
        query = "SELECT result FROM audit WHERE actor = ? AND action = ? ORDER BY seq"
        return [str(row[0]) for row in history.execute(query, (who, action))]


def fill_in(screen: Screen, *texts: str) -> None:
    """Type texts into fields that follow each other, and press Enter."""
    for place, text in enumerate(texts):
        if place:
            screen.press("Tab")
        if text:
            screen.type(text)
    screen.press("Return")


def copied(screen: Screen) -> str:
    """Return the text in the clipboard of the screen."""
    done = subprocess.run(
        [sys.executable, "-c", _READ_CLIPBOARD],
        env={**screen.environment, "QT_QPA_PLATFORM": "xcb"},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return done.stdout


_READ_CLIPBOARD = """
from PySide6.QtGui import QGuiApplication
print(QGuiApplication([]).clipboard().text(), end="")
"""


@contextmanager
def running(screen: Screen, profile: Profile) -> Iterator[None]:
    """Start the program; afterwards close its window and see it end in order."""
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(profile.folder)],
        cwd=ROOT,
        env=screen.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        screen.wait_for_window("sign in")
        yield
        screen.close(screen.windows(MAIN_WINDOW)[-1])
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said


def _adds_a_user(screen: Screen) -> bool:
    """Ask for the form, which nobody gets while the page is not there yet."""
    if not screen.windows("Add a user"):
        screen.press("ctrl+6", "ctrl+shift+n")
    return bool(screen.windows("Add a user"))


def test_a_new_user_signs_in_with_the_code_and_chooses_a_password(
    screen: Screen, tmp_path: Path
) -> None:
    profile = Profile(tmp_path / "profile")
    profile.create()
    with Database.open(profile.database_file) as database:
        database.operators.add(BOSS, Role.ADMINISTRATOR, hash_password(PASSWORD))

    with running(screen, profile):
        fill_in(screen, BOSS, PASSWORD)
        screen.wait_for_window(MAIN_WINDOW)
        wait_until(lambda: _adds_a_user(screen), "a form for a user")
        screen.wait_for_window("Add a user")
        fill_in(screen, NEWCOMER)
        screen.wait_for_window("One-time code")
        screen.picture("1 code")
        screen.press("alt+c")
        wait_until(lambda: copied(screen).count("-") == 3, "the code in the clipboard")
        code = copied(screen)
        screen.press("alt+d")
        screen.wait_for_window(MAIN_WINDOW)
        screen.picture("2 users")
    assert results(profile, BOSS, "add_operator") == ["done"]

    with running(screen, profile):
        fill_in(screen, NEWCOMER, code)
        wait_until(lambda: results(profile, NEWCOMER, "sign_in") == ["pending"], "the next step")
        time.sleep(0.5)  # the step is there a moment after it was written down
        screen.picture("3 choose")
        fill_in(screen, CHOSEN, "", CHOSEN)  # past the button that shows the password
        screen.wait_for_window(MAIN_WINDOW)
        screen.picture("4 in")
    assert results(profile, NEWCOMER, "sign_in")[-1] == "done"

    with running(screen, profile):
        fill_in(screen, NEWCOMER, code)
        wait_until(lambda: "failed" in results(profile, NEWCOMER, "sign_in"), "the refusal")
        screen.press("ctrl+a")
        fill_in(screen, CHOSEN)
        screen.wait_for_window(MAIN_WINDOW)
