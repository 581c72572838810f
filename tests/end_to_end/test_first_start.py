"""From the first start to a running grid: a real process, driven by keys alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from camwatch.cameras.simulator import ThreadedSite
from tests.support.screen import MAIN_WINDOW, Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "olga", "walks-past-gate-three"


def stored(profile: Path, query: str) -> list[tuple[object, ...]]:
    file = f"file:{profile / 'camwatch.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as history:
        return history.execute(query).fetchall()


def test_a_new_administrator_gets_to_the_first_counted_person(
    screen: Screen, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    with ThreadedSite(cameras=1, size=(1280, 720), fps=2.0, seed=3) as site:
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
            screen.picture("1 first start")
            screen.press("Return")
            window = screen.wait_for_window(MAIN_WINDOW)
            screen.picture("2 nothing yet")

            screen.press("ctrl+n")
            screen.wait_for_window("Add a camera")
            screen.type("Entrance")
            screen.press("alt+o")
            screen.type("Ground floor")
            screen.press("alt+a")
            screen.type(f"{site.base_url(1)}/snapshot")
            screen.press("Tab", "alt+l", "alt+t")
            wait_until(lambda: site.served(1).snapshots > 0, "the test of the connection")
            screen.picture("3 tested")
            screen.press("alt+s")

            def has_counted() -> bool:
                return stored(profile, "SELECT max(count) FROM sample")[0][0] not in (None, 0)

            wait_until(has_counted, "the first counted person", 60)
            screen.wait_for_window(MAIN_WINDOW)
            screen.press("ctrl+1")
            screen.picture("4 running")
            screen.close(window)
            _, said = program.communicate(timeout=20)
        finally:
            program.kill()
            program.wait()
    assert program.returncode == 0, said
    assert stored(profile, "SELECT name, host, port FROM camera")[0][:2] == (
        "Entrance",
        "127.0.0.1",
    )
    actions = [row[0] for row in stored(profile, "SELECT action FROM audit ORDER BY seq")]
    assert actions[:1] == ["create_first_administrator"]
    assert "add_camera" in actions
    everything = b"".join(file.read_bytes() for file in profile.rglob("*") if file.is_file())
    assert PASSWORD.encode() not in everything
