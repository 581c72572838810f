"""An alert in the real program: its popup, a key that acknowledges it, and what is kept of it."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QImage

from camwatch.ui import theme
from tests.support.demonstration import demonstration
from tests.support.screen import Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

RIGHT, BELOW = 0.55, 0.4
"""Where popups and details stand, in parts of the screen."""
EDGE = 60
"""Pixels: the edge of a popup is longer, nothing else of its colour is as long there."""
BOX = 200
"""Pixels: the boxes around four people have more, letters and icons have none."""


def rows(home: Path, query: str) -> list[tuple[str, ...]]:
    """Read what a running demonstration has stored."""
    (file,) = home.glob("camwatch-demo-*/camwatch.sqlite3")
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def marked(picture: QImage, color: str) -> npt.NDArray[np.bool_]:
    """Return which pixels at the lower right have a colour."""
    picture = picture.convertToFormat(QImage.Format.Format_RGB32)
    width, height = picture.width(), picture.height()
    pixels = np.frombuffer(picture.constBits(), np.uint32).reshape(height, width)
    here = pixels[round(height * BELOW) :, round(width * RIGHT) :]
    same: npt.NDArray[np.bool_] = (here & 0xFFFFFF) == int(color[1:], 16)
    return same


def popup_edge(picture: QImage) -> int:
    """Return how long the edge of a popup with a warning is, in pixels; a few without a popup."""
    return int(marked(picture, theme.current().warning).sum(axis=0).max())


def box_pixels(picture: QImage) -> int:
    """Return how many pixels have the colour of a box around a person."""
    return int(marked(picture, theme.current().box).sum())


def test_a_crowd_is_told_acknowledged_and_can_be_looked_at(screen: Screen, tmp_path: Path) -> None:
    home = tmp_path / "temporary"
    home.mkdir()
    with demonstration(screen, home):

        def shown() -> list[tuple[str, ...]]:
            return rows(home, "SELECT answer FROM notification WHERE channel = 'popup'")

        # To take many pictures of the screen would keep the program from counting.
        wait_until(lambda: any(answer for (answer,) in shown()), "an alert to be told", 60)
        assert shown() == [("message in the window, to demo",)]
        wait_until(lambda: popup_edge(screen.picture("popup")) > EDGE, "the popup")
        screen.press("F6", "Return")

        def known_by() -> str:
            return str(json.loads(rows(home, "SELECT body FROM alert")[0][0])["acknowledged_by"])

        wait_until(lambda: known_by() == "demo", "the alert to be acknowledged")
        wait_until(lambda: popup_edge(screen.picture("gone")) < EDGE, "the popup to go")

        # Among all alerts: it may be over by now, which closes it.
        screen.press("ctrl+3", "ctrl+f", *["shift+Tab"] * 4, "End", "Escape", "Return")
        wait_until(lambda: box_pixels(screen.picture("details")) > BOX, "the picture with boxes")
        screen.press("b")
        wait_until(lambda: box_pixels(screen.picture("bare")) == 0, "the picture without boxes")
    assert list(home.glob("camwatch-demo-*")) == [], "a demonstration keeps nothing"
