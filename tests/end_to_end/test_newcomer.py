"""A newcomer: from a fresh profile to a popup, in a real window, by mouse and keyboard alone.

Nothing of the history or of a file is touched on the way: what comes next is known by the window's
title, which names the step, and by the colour of the button that leads on. Only when the program
has ended, its history is read, to see that the popup was one of the newcomer's own rule.
"""

from __future__ import annotations

import logging
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage

from camwatch.ui import theme
from tests.support.screen import Screen, missing_tools, wait_until

log = logging.getLogger(__name__)

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

ROOT = Path(__file__).resolve().parents[2]
NAME, PASSWORD = "olga", "walks-past-gate-three"
FOOT = 130
"""Height of the lowest part of the window, with the button that leads on, in pixels."""
BUTTON = 20
"""Pixels in the colour of what leads on: a button that can be pressed is larger, both ways."""
EDGE = 60
"""Pixels: the edge of a popup is longer, nothing else of its colour is as long there."""


def same(picture: QImage, color: str) -> npt.NDArray[np.bool_]:
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint32)
    pixels = pixels.reshape(picture.height(), picture.width())
    found: npt.NDArray[np.bool_] = (pixels & 0xFFFFFF) == int(color[1:], 16)
    return found


class Newcomer:
    """Does what a person does who has only the screen, a keyboard and a mouse."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._window = ""

    def step(self, number: int) -> None:
        """Wait until a step of the set-up is shown."""
        self._window = self._screen.wait_for_window(f"set up, step {number} of 6")
        self._screen.picture(f"step {number}")

    @property
    def area(self) -> tuple[int, int, int, int]:
        """Where the window is."""
        return self._screen.area(self._window)

    def can_go_on(self) -> bool:
        """Tell whether the button that leads on can be pressed."""
        left, top, width, height = self.area
        # On the left: popups on the right have buttons of their own.
        foot = self._screen.picture("foot").copy(left, top + height - FOOT, width // 2, FOOT)
        columns = same(foot, theme.current().accent).sum(axis=0)
        return int((columns > BUTTON).sum()) > BUTTON

    def go_on(self, what: str) -> None:
        """Press the button that leads on, once it can be pressed."""
        wait_until(self.can_go_on, what, 60)
        self._screen.press("alt+n")

    def sees_popup(self) -> bool:
        """Tell whether a popup with a warning stands in the corner."""
        left, top, width, height = self.area
        picture = self._screen.picture("popup").copy(
            left + width // 2, top + height // 3, width // 2, height * 2 // 3
        )
        return int(same(picture, theme.current().warning).sum(axis=0).max()) > EDGE


def stored(profile: Path, query: str) -> list[tuple[str, ...]]:
    """Read what the program has left behind."""
    file = f"file:{profile / 'camwatch.sqlite3'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as history:
        return history.execute(query).fetchall()


def test_a_newcomer_gets_from_nothing_to_a_popup(screen: Screen, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    program = subprocess.Popen(
        [sys.executable, "-m", "camwatch", "--profile", str(profile)],
        cwd=ROOT,
        env=screen.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    newcomer = Newcomer(screen)
    try:
        screen.wait_for_window("first start")
        began_s = time.monotonic()
        screen.type(NAME)
        screen.press("Tab")
        screen.type(PASSWORD)
        screen.press("Tab", "Tab")  # past the button that shows the password
        screen.type(PASSWORD)
        screen.press("Return")

        newcomer.step(1)
        screen.press("alt+b")
        newcomer.step(2)
        screen.press("alt+m", "alt+a")
        newcomer.go_on("the live picture of the simulated camera")

        newcomer.step(3)
        left, top, width, height = newcomer.area
        x, y = left + width * 6 // 10, top + height // 2
        screen.drag((x, y - height // 6), (x, y + height // 5))
        newcomer.go_on("a line that can be saved")

        newcomer.step(4)
        screen.press("alt+m", "Tab", "ctrl+a")
        screen.type("0")
        newcomer.go_on("a rule with its number")

        newcomer.step(5)
        screen.press("alt+t")
        newcomer.go_on("the test alert to get through")

        newcomer.step(6)
        wait_until(newcomer.sees_popup, "the popup of the rule", 60)
        took_s = time.monotonic() - began_s
        screen.picture("told")
        screen.press("alt+g")
        window = screen.wait_for_window("^CamWatch$")
        screen.picture("live")
        screen.close(window)
        _, said = program.communicate(timeout=20)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0, said
    assert said == ""
    assert stored(profile, "SELECT kind FROM place WHERE retired_at IS NULL") == [("line",)]
    told = stored(
        profile,
        "SELECT name, answer FROM notification JOIN alert_rule ON alert_rule.uid = rule_uid"
        " WHERE channel = 'popup'",
    )
    assert told[0] == ("More than 0 people: Simulated camera", f"message in the window, to {NAME}")
    log.info("from the first window to the popup: %.1f s", took_s)
