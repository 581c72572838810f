"""A line in the real program: drawn with the mouse, counted, and seen in the chart."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtGui import QColor, QImage

from camwatch.domain import BucketSize, utc_now
from camwatch.ui import theme
from camwatch.ui.charts.ranges import Preset, best_size, preset_range
from camwatch.ui.charts.zones import site_zone
from tests.support.demonstration import demonstration
from tests.support.screen import Screen, missing_tools, wait_until

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(bool(missing_tools()), reason=f"not installed: {missing_tools()}"),
]

NAME = "North"
ACROSS = 0.3
"""Where the line is drawn, in parts of the picture from the left."""
PANEL = 458
"""Width of all that is not picture in the editor, in pixels."""
LEFT = 26
TALLEST_SAMPLE = 30
TO_PLACES = 11
STEPS_MS = {
    BucketSize.MINUTE: 60_000,
    BucketSize.FIVE_MINUTES: 300_000,
    BucketSize.QUARTER: 900_000,
    BucketSize.HOUR: 3_600_000,
}
"""Pixels of a bar in the legend and of letters are fewer one below the other."""


class Demonstration:
    """What a running demonstration has in its history."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        (file,) = self._home.glob("camwatch-demo-*/camwatch.sqlite3")
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return connection.execute(query, {"name": NAME}).fetchall()

    def line(self) -> dict[str, list[float]]:
        """Return start and end of the drawn line; empty while it is not stored."""
        rows = self._rows("SELECT shape FROM place WHERE name = :name AND retired_at IS NULL")
        return json.loads(str(rows[0][0])) if rows else {}

    def passed(self) -> tuple[int, int]:
        """Return how many passed the drawn line, in and out."""
        rows = self._rows(
            "SELECT is_inwards FROM passage JOIN place ON place.id = place_id WHERE name = :name"
        )
        inwards = sum(bool(row[0]) for row in rows)
        return inwards, len(rows) - inwards

    def most_in_a_step(self) -> tuple[int, int]:
        """Return how many passed it in, and how many out, in the busiest bar of each."""
        zone = site_zone("")
        size = best_size(preset_range(Preset.TODAY, utc_now(), zone))
        step_ms = STEPS_MS[size]
        rows = self._rows(
            f"SELECT ts / {step_ms}, is_inwards FROM passage JOIN place ON place.id = place_id"
            " WHERE name = :name"
        )
        inwards, outwards = (
            Counter(row[0] for row in rows if bool(row[1]) is direction)
            for direction in (True, False)
        )
        return max(inwards.values(), default=0), max(outwards.values(), default=0)


def longest_run(is_there: npt.NDArray[np.bool_]) -> int:
    """Return how many are there one below the other in any column at most."""
    run = np.zeros(is_there.shape[1], int)
    most = 0
    for row in is_there:
        run = np.where(row, run + 1, 0)
        most = max(most, int(run.max()))
    return most


def bars(image: QImage) -> tuple[int, int]:
    """Return how high the highest bars of in and of out are in a chart, in pixels."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    flat = np.frombuffer(image.constBits(), np.uint8)
    rows = flat.reshape(image.height(), image.bytesPerLine() // 4, 4)[:, : image.width(), 2::-1]
    seen = rows.astype(int)
    tokens = theme.current()
    accent, text, back = (
        np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)])
        for color in (tokens.accent, tokens.text, tokens.background)
    )
    fill = back + (accent - back) * 190 // 255
    # Lines of the grid shine through the bars.
    inwards = longest_run((abs(seen - fill) < 24).all(axis=2))
    outwards = longest_run((abs(seen - text) < 24).all(axis=2))
    return inwards, outwards


def test_a_drawn_line_counts_who_passes_it(screen: Screen, tmp_path: Path) -> None:
    home = tmp_path / "temporary"
    home.mkdir()
    demo = Demonstration(home)
    with demonstration(screen, home):
        screen.press("ctrl+4")
        wait_until(lambda: _opens_editor(screen), "the editor of the corridor", 30)
        screen.wait_for_window("Lines and zones of Corridor")
        wait_until(lambda: _waits_for_a_line(screen), "the scene in the editor", 20)
        _draw(screen)
        # A star tells that something is not saved yet.
        wait_until(lambda: bool(screen.windows(r"of Corridor\*")), "a line that is drawn", 20)
        screen.press("alt+n", "ctrl+a")  # Name
        screen.type(NAME)
        screen.picture("drawn")
        screen.press("ctrl+s")
        wait_until(lambda: bool(demo.line()), "a line that is stored", 20)
        line = demo.line()
        assert line["start"][0] == pytest.approx(ACROSS, abs=0.02)
        assert line["end"][0] == pytest.approx(ACROSS, abs=0.02)
        assert line["start"][1] < 0.3
        assert line["end"][1] > 0.7

        wait_until(lambda: min(demo.passed()) >= 1, "people both ways", 60)
        screen.wait_for_window("CamWatch: demonstration")
        screen.press("ctrl+2")
        wait_until(lambda: _charts(screen, demo), "its bars in the chart", 120)


def _opens_editor(screen: Screen) -> bool:
    """Find the camera by its name and open its editor, which works once the cameras are read."""
    if not screen.windows("Lines and zones of Corridor"):
        # From the search to what it found.
        screen.press("ctrl+1", "ctrl+4", "ctrl+a")
        screen.type("Corridor")
        screen.press("Down", "ctrl+shift+l")
    return bool(screen.windows("Lines and zones of Corridor"))


def _corner(screen: Screen) -> tuple[int, int, int]:
    """Return where the picture's frame is half way down its left side, and the picture's width."""
    (window,) = screen.windows("Lines and zones of Corridor")
    left, top, width, height = screen.area(window)
    return left + LEFT, top + height // 2, width - PANEL


def _waits_for_a_line(screen: Screen) -> bool:
    """Tell whether the picture has the keyboard, which it gets once the scene is read."""
    x, y, _ = _corner(screen)
    frame = screen.picture("editor").copy(x - 4, y, 8, 1)
    accent = QColor(theme.current().accent)
    return any(frame.pixelColor(at, 0) == accent for at in range(frame.width()))


def _draw(screen: Screen) -> None:
    """Draw a line downwards, most of the picture long."""
    left, middle, width = _corner(screen)
    x, reach = left + round(ACROSS * width), round(0.2 * width)
    screen.press("l")
    screen.drag((x, middle - reach), (x, middle + reach))


def _charts(screen: Screen, demo: Demonstration) -> bool:
    """Choose the line anew, and tell whether the chart shows as many as the history has.

    A bar of today stands for a minute in the night, and for an hour later in the day. The camera
    is chosen anew as well: while its places are not read yet, there are fewer stops on the way.
    """
    screen.press("ctrl+f")
    dialog = screen.wait_for_window("Whose numbers")
    screen.type("Corridor")
    screen.press("Return")
    wait_until(lambda: dialog not in screen.windows(".*"), "the choice", 20)
    # Past the buttons of the page, to the box of places.
    screen.press(*["Tab"] * TO_PLACES, "Home", "End")
    inwards, outwards = demo.most_in_a_step()
    in_high, out_high = bars(screen.picture("chart"))
    if (inwards, outwards) != demo.most_in_a_step() or min(in_high, out_high) < TALLEST_SAMPLE:
        return False
    return abs(in_high * outwards - out_high * inwards) < 0.03 * in_high * outwards
