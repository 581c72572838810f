"""All pages and dialogs of the real program: translated, named, reached by keys, in their room."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QWidget

import camwatch.ui
from camwatch import language
from camwatch.config import Display
from camwatch.ui.appearance import Appearance
from tests.support import access, texts
from tests.support.stage import put_away, sights, stage, wait

KNOWN = (
    # What people named, and what the demonstration calls its places.
    *("Demonstration site", "Checkout", "Corridor", "Entrance", "Foyer", "Gate 3", "Hall"),
    *("Ground floor, tills 1 to 6", "Ground floor, main door", "First floor", "Ground floor"),
    *("lifts", "departures", "west wing", "Door", "Queue", "Counter", "demo"),
    *("Administrator", "Supervisor", "Viewer"),  # roles that are there from the beginning
    *("Alerts do not get through", "Camera cannot see", "Camera down"),  # and rules
    # Names of techniques and makes, which are the same everywhere.
    *("CamWatch", "E-mail", "MJPEG", "RTSP", "USB", "ONVIF", "UTC", "SQLite", "CSV", "Ctrl"),
    *("OpenCV", "ONNX Runtime", "Apache-2.0", "HOG", "NanoDet", "nanodet-g", "nanodet", "hog"),
    *("int8", "ONNX", "onnxruntime", "SQLAlchemy", "Python", "Qt", "MiB"),
    *("http", "https", "snapshot", "cam/", "Deutsch", "English", "auto", "open", "roles"),
    *("about.txt", "health.txt", "versions.txt", "camwatch", "anna@example.org"),
    *("db.example.com", "eth0"),
    *zoneinfo.available_timezones(),
)
QT_SAYS = ("OK", "Cancel", "Close", "Save", "Scroll Left", "Scroll Right")
"""Is translated by Qt's own files."""
LIMIT = 1280


class Pseudo(Appearance):
    """Speaks a language that nobody speaks, whatever the settings say."""

    is_rtl = False

    def put_on(self, display: Display) -> None:
        """Take up the settings, but for the language."""
        super().put_on(display)
        language.install("qq", lambda text: texts.pseudo(text, is_rtl=self.is_rtl))
        way = Qt.LayoutDirection.RightToLeft if self.is_rtl else Qt.LayoutDirection.LeftToRight
        self._app.setLayoutDirection(way)


class FromTheRight(Pseudo):
    """The same, from right to left."""

    is_rtl = True


@dataclass
class Seen:
    """What was found where; each with the name of what was looked at."""

    names: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    nameless: list[str] = field(default_factory=list)
    roleless: list[str] = field(default_factory=list)
    unreachable: list[str] = field(default_factory=list)
    traps: list[str] = field(default_factory=list)
    mute: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)

    def look(self, name: str, shown: QWidget) -> None:
        """Look at a page or dialog."""
        self.names.append(name)
        for found, told in (
            (texts.forgotten(shown, *KNOWN, *QT_SAYS), self.forgotten),
            (access.nameless(shown), self.nameless),
            (access.roleless(shown), self.roleless),
            (access.unreachable(shown), self.unreachable),
            (access.traps(shown), self.traps),
            (access.mute_pictures(shown), self.mute),
        ):
            told += [f"{name}: {one}" for one in found]
        if max(shown.width(), shown.minimumSizeHint().width()) > LIMIT:
            self.wide.append(f"{name}: {shown.width()}, {shown.minimumSizeHint().width()}")


def looked_at(appear: type[Pseudo], only: str) -> Seen:
    """Run the program, and look at what it shows."""
    seen = Seen()
    with stage(appear) as run:
        QAccessible.setActive(True)
        assert run.window is not None
        run.window.resize(LIMIT, 800)
        for sight in sights():
            if sight.name.startswith(only):
                shown = sight.show(run.window)
                wait(0.05)
                seen.look(sight.name, shown or run.window)
                put_away(run.window)
    return seen


@pytest.fixture(scope="module")
def seen(qapp: QApplication) -> Iterator[Seen]:
    """All of it, in a language that nobody speaks."""
    try:
        yield looked_at(Pseudo, "")
    finally:
        language.install("en", None)
        qapp.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)


def test_no_text_is_left_in_english(seen: Seen) -> None:
    assert len(seen.names) > 45
    assert seen.forgotten == []


def test_all_controls_have_names(seen: Seen) -> None:
    assert seen.nameless == []


def test_what_is_painted_says_its_numbers(seen: Seen) -> None:
    assert seen.roleless == []


def test_keys_lead_to_every_control_and_on(seen: Seen) -> None:
    assert seen.unreachable == []
    assert seen.traps == []


def test_pictures_have_words(seen: Seen) -> None:
    assert seen.mute == []


@pytest.mark.fault("F136")
def test_long_texts_find_their_room(seen: Seen) -> None:
    assert seen.wide == []


@pytest.mark.fault("F136")
def test_long_texts_from_the_right_find_their_room(qapp: QApplication) -> None:
    try:
        assert looked_at(FromTheRight, "page").wide == []
    finally:
        language.install("en", None)
        qapp.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)


def test_nothing_moves_that_does_not_ask_whether_it_may() -> None:
    """Nothing glides or blinks: what would begin to must ask `theme.current().motion`."""
    folder = Path(camwatch.ui.__file__).parent
    moving = re.compile(r"Q\w*Animation\b|QTimeLine|blink", re.IGNORECASE)
    found = [
        file.name
        for file in folder.rglob("*.py")
        if moving.search(text := file.read_text("utf-8")) and ".motion" not in text
    ]
    assert found == []
