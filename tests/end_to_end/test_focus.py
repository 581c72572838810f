"""One camera seen closely in the real program: opened, zoomed, its picture saved, all by keys."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from camwatch.cameras.gate import check_picture
from tests.support.demonstration import demonstration
from tests.support.screen import Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]


def saved_by(home: Path) -> list[tuple[str, str]]:
    """Return who saved pictures of which camera."""
    (file,) = home.glob("camwatch-demo-*/camwatch.sqlite3")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(
            "SELECT actor, target FROM audit WHERE action = 'save_picture'"
        ).fetchall()


def differing(one: QImage, other: QImage) -> float:
    """Return the share of looked-at pixels in the middle of the screen that differ."""
    points = [
        (x, y)
        for x in range(one.width() // 4, one.width() * 3 // 4, 23)
        for y in range(one.height() // 4, one.height() // 2, 19)
    ]
    return sum(one.pixel(x, y) != other.pixel(x, y) for x, y in points) / len(points)


def test_a_camera_is_opened_zoomed_and_its_picture_saved(screen: Screen, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with demonstration(screen, home):
        wait_until(lambda: len(list(home.glob("camwatch-demo-*/camwatch.sqlite3"))) == 1, "history")
        screen.wait_for_window("CamWatch: demonstration")
        screen.press("Return")
        whole = screen.picture("whole")
        screen.press("plus", "plus", "plus", "plus", "plus", "plus")
        wait_until(lambda: differing(whole, screen.picture("zoomed")) > 0.5, "the zoomed picture")
        wait_until(lambda: _opens_saving(screen), "the question where to", 40)
        screen.wait_for_window("Save this picture")
        file = tmp_path / "closely.jpg"
        screen.type(str(file))
        screen.press("Return")
        wait_until(file.exists, "the saved picture")
        data = file.read_bytes()
        assert check_picture(data, max_bytes=8 * 2**20) == (1280, 720)
        wait_until(lambda: bool(saved_by(home)), "the entry in the audit log")
        assert [actor for actor, _ in saved_by(home)] == ["demo"]
        screen.press("Escape")
        wait_until(lambda: differing(whole, screen.picture("back")) > 0.2, "all cameras once more")


def _opens_saving(screen: Screen) -> bool:
    """Ask to save the picture, which works once there is one, and tell whether that opened."""
    if not screen.windows("Save this picture"):
        screen.press("alt+s")
        time.sleep(0.4)
    return bool(screen.windows("Save this picture"))
