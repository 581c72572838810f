"""An audit in the real program, from recording to badge, by the keyboard alone."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.demonstration import demonstration
from tests.support.screen import Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]


class Demonstration:
    """What a running demonstration has on the disk."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def status(self) -> dict[str, Any]:
        """Return how the recording is; empty while there is none."""
        for file in self._home.glob("camwatch-demo-*/audits/*/status.json"):
            found: dict[str, Any] = json.loads(file.read_text())
            return found
        return {}

    def truth(self) -> dict[str, Any]:
        """Return what was counted so far; empty while nothing was."""
        for file in self._home.glob("camwatch-demo-*/audits/*/truth.json"):
            found: dict[str, Any] = json.loads(file.read_text())
            return found
        return {}

    def is_counted(self) -> bool:
        """Tell whether the recording was watched to its end."""
        truth = self.truth()
        return bool(truth) and truth["until_s"] is None

    def reports(self) -> list[dict[str, Any]]:
        """Return the stored audits."""
        (file,) = self._home.glob("camwatch-demo-*/camwatch.sqlite3")
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT report FROM accuracy_audit").fetchall()
        return [json.loads(text) for (text,) in rows]

    def pictures(self) -> int:
        return len(list(self._home.glob("camwatch-demo-*/audits/*/*.jpg")))


def test_an_operator_audits_a_camera(screen: Screen, tmp_path: Path) -> None:
    home = tmp_path / "temporary"
    home.mkdir()
    demo = Demonstration(home)
    with demonstration(screen, home):
        screen.press("ctrl+5")
        wait_until(lambda: _opens_plan(screen), "the dialog of an audit", 40)
        screen.picture("plan")
        screen.press("alt+r")  # Start recording
        # Enough for a badge with a number: five intervals of 5 s.
        wait_until(lambda: int(demo.status().get("pictures", 0)) >= 55, "recorded pictures", 90)
        screen.picture("recording")
        screen.press("alt+s")  # Stop now
        screen.wait_for_window("^CamWatch$")
        screen.press("Tab", "Return")  # past "Go on recording"
        wait_until(lambda: demo.status()["state"] == "ready", "the end of the recording", 20)
        screen.press("alt+b")  # Begin to count
        # The first key that the counting takes is the one that is kept.
        wait_until(lambda: _keeps(screen, demo, "1", "period"), "a count that is kept", 20)
        screen.press("Up", "Up", "space")
        screen.picture("counting")
        wait_until(demo.is_counted, "the end of the recording", 40)
        screen.press("alt+r")  # Show the result
        wait_until(lambda: _stores(screen, demo), "a stored audit", 40)
        (report,) = demo.reports()
        assert report["kind"] == "occupancy"
        assert report["overall"]["truth"] > 0
        assert report["overall"]["accuracy"] is not None
        assert report["overall"]["intervals"] >= 5
        assert report["setup"]["model"] != ""
        wait_until(lambda: demo.pictures() == 0, "deleted pictures", 20)
        screen.wait_for_window("CamWatch: demonstration")
        screen.picture("badge")


def _opens_plan(screen: Screen) -> bool:
    """Press the button of the page, which works once a camera is read, until the dialog is there."""
    if not screen.windows("Audit of"):
        screen.press("alt+a")
    return bool(screen.windows("Audit of"))


def _keeps(screen: Screen, demo: Demonstration, *keys: str) -> bool:
    screen.press(*keys)
    return bool(demo.truth())


def _stores(screen: Screen, demo: Demonstration) -> bool:
    screen.picture("result")
    screen.press("alt+s")  # Store the audit
    return bool(demo.reports())
