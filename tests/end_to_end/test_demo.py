"""The demonstration as a new user starts it: a real process, a real window, keys and mouse."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from tests.support.demonstration import demonstration
from tests.support.screen import Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]


def rows(database: Path, query: str) -> list[tuple[int, ...]]:
    """Read the history of a running program; empty until it is there."""
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    except sqlite3.OperationalError:
        return []
    try:
        return connection.execute(query).fetchall()
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def colors(image: QImage) -> int:
    """Count different colours on a coarse grid: a blank window has a handful."""
    return len(
        {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    )


def test_the_demonstration_counts_people_and_closes(screen: Screen, tmp_path: Path) -> None:
    home = tmp_path / "temporary"
    home.mkdir()
    with demonstration(screen, home):

        def counted_cameras() -> set[int]:
            query = "SELECT camera_id, max(count) FROM sample GROUP BY camera_id"
            return {
                camera_id
                for file in home.glob("camwatch-demo-*/camwatch.sqlite3")
                for camera_id, most in rows(file, query)
                if most > 0
            }

        wait_until(lambda: len(counted_cameras()) >= 3, "people on three cameras", 60)
        wait_until(lambda: colors(screen.picture("running")) > 500, "pictures on the tiles", 20)
    assert list(home.glob("camwatch-demo-*")) == [], "a demonstration keeps nothing"


def test_without_a_screen_it_says_what_to_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "camwatch"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "no screen" in done.stderr
    assert "Traceback" not in done.stderr


def test_wrong_settings_are_all_named_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[detection]\nthreshold = 7\nmodle = 'hog'\n")
    done = subprocess.run(
        [sys.executable, "-m", "camwatch", "--profile", str(tmp_path)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "detection.threshold" in done.stderr
    assert "did you mean model?" in done.stderr


@pytest.mark.fault("F83")
def test_a_second_start_on_the_same_profile_leaves_the_first_alone(
    screen: Screen, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    command = [sys.executable, "-m", "camwatch", "--profile", str(profile)]
    first = subprocess.Popen(command, cwd=ROOT, env=screen.environment)
    second = None
    try:
        screen.wait_for_window("first start")
        second = subprocess.Popen(command, cwd=ROOT, env=screen.environment)
        assert second.wait(40) == 0
        screen.close(screen.wait_for_window("first start"))
        assert first.wait(20) == 0
    finally:
        for process in (first, second):
            if process is not None:
                process.kill()
                process.wait()


def test_a_history_that_cannot_be_opened_is_told_and_ends_with_an_error(
    screen: Screen, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    profile.mkdir()
    (profile / "camwatch.sqlite3").write_bytes(b"this is no database" * 100)
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(profile)],
        cwd=ROOT,
        env=screen.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        screen.wait_for_window("the history is damaged")
        screen.picture("damaged")
        screen.press("Return")
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 1, said
    assert (profile / "camwatch.sqlite3").read_bytes().startswith(b"this is no database")
