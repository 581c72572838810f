"""Locking, unlocking and a rest after wrong passwords: a real process, driven by keys alone."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.screen import MAIN_WINDOW, Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "olga", "walks-past-gate-three"


def written(profile: Path, action: str) -> list[str]:
    """Return how often something was tried went, as the audit log has it."""
    file = f"file:{profile / 'camwatch.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as history:
        found = history.execute("SELECT result FROM audit WHERE action = ? ORDER BY 1", (action,))
        return [str(row[0]) for row in found]


def test_a_window_is_locked_and_unlocked_and_wrong_passwords_are_counted_down(
    screen: Screen, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(profile)],
        cwd=ROOT,
        env=screen.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        screen.wait_for_window("first start")
        for text in (NAME, PASSWORD):
            screen.type(text)
            screen.press("Tab")
        screen.press("Tab")  # past the button that shows the password
        screen.type(PASSWORD)
        screen.press("Return")
        window = screen.wait_for_window(MAIN_WINDOW)

        # A dialog is open, with something typed into it: Ctrl+L works there as well.
        screen.press("ctrl+n")
        screen.wait_for_window("Add a camera")
        screen.type("Half typed")
        screen.press("ctrl+l")
        wait_until(lambda: not screen.windows("Add a camera"), "the dialog to go")
        wait_until(lambda: bool(written(profile, "lock")), "the lock")
        screen.wait_for_window(MAIN_WINDOW)
        screen.press("ctrl+l")
        screen.picture("1 locked")
        screen.type("this is not it")
        screen.press("Return")
        wait_until(lambda: "failed" in written(profile, "unlock"), "the refusal")
        screen.picture("2 refused")
        screen.press("ctrl+a")
        screen.type(PASSWORD)
        screen.press("Return")
        screen.wait_for_window("Add a camera")
        screen.picture("3 as it was")
        screen.close(screen.windows("Add a camera")[-1])
        screen.close(window)
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said


def test_a_rest_is_counted_down_in_the_window_for_signing_in(
    screen: Screen, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    made = subprocess.run(
        [sys.executable, "-c", _MAKE, str(profile)],
        cwd=ROOT,
        env=screen.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout) == NAME
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(profile)],
        cwd=ROOT,
        env=screen.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        window = screen.wait_for_window("sign in")
        screen.type(NAME)
        screen.press("Tab")
        for number in range(1, 6):
            screen.type("this is not it")
            screen.press("Return")
            wait_until(
                lambda number=number: len(written(profile, "sign_in")) >= number,  # type: ignore[misc]
                f"refusal {number}",
            )
            screen.picture(f"{number} refused")
        # The sixth is not looked at any more, and the seventh is not even sent.
        for _ in range(2):
            screen.type("this is not it")
            screen.press("Return")
            wait_until(lambda: "locked" in written(profile, "sign_in"), "the rest")
        screen.picture("6 resting")
        assert len(written(profile, "sign_in")) == 6
        screen.close(window)
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said


_MAKE = f"""
import json, sys
from pathlib import Path
from camwatch.auth.passwords import hash_password
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.paths import Profile

profile = Profile(Path(sys.argv[1]))
profile.create()
with Database.open(profile.database_file) as database:
    made = database.operators.add({NAME!r}, Role.ADMINISTRATOR, hash_password({PASSWORD!r}))
print(json.dumps(made.name))
"""
