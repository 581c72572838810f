"""All pages and dialogs of the real program: translated, named, reached by keys, in their room."""

from __future__ import annotations

import platform
import re
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QHeaderView, QWidget
from shiboken6 import isValid

import camwatch.ui
from camwatch import language
from camwatch.alerts.rules import TEMPLATE_FIELDS, Severity
from camwatch.cameras.makes import MAKES
from camwatch.config import Display
from camwatch.health import Grade
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.appearance import Appearance
from camwatch.ui.health.wording import look_of
from camwatch.ui.pages import PAGES
from camwatch.ui.words import STATES
from tests.support import access, texts
from tests.support.further_sights import further_sights
from tests.support.stage import put_away, sights, stage, wait

# Without a screen Qt cannot bring windows to the front, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
KNOWN = (
    # What people named, and what the demonstration calls its places.
    *("Demonstration site", "Checkout", "Corridor", "Entrance", "Foyer", "Gate 3", "Hall"),
    *("Ground floor, tills 1 to 6", "Ground floor, main door", "First floor", "Ground floor"),
    *("lifts", "departures", "west wing", "Door", "Queue", "Counter", "demo"),
    # Rules that are there from the beginning.
    *("Alerts do not get through", "Camera cannot see", "Camera down"),
    # Names of techniques and makes, which are the same everywhere.
    *("CamWatch", "E-mail", "MJPEG", "RTSP", "USB", "ONVIF", "UTC", "SQLite", "CSV"),
    *("OpenCV", "ONNX Runtime", "Apache-2.0", "HOG", "NanoDet", "nanodet-g", "nanodet", "hog"),
    *("int8", "ONNX", "onnxruntime", "SQLAlchemy", "Python", "Qt", "MiB"),
    *("http", "https", "snapshot", "cam/", "Deutsch", "English", "auto", "open", "roles"),
    *("about.txt", "health.txt", "versions.txt", "camwatch", "anna@example.org"),
    *("db.example.com", "eth0"),
    # Examples in fields.
    *("smtp.example.org", "https://hooks.example.org/camwatch", "https://api.twilio.com"),
    *("EUR", "DE"),
    *("IP Webcam (Android)", "vm"),
    *zoneinfo.available_timezones(),
    *(make.name for make in MAKES),
    *(f"${name}" for name in TEMPLATE_FIELDS),
    # Rules that are there from the beginning, and the program's threads.
    *("Camera frozen", "Camera too slow", "Clock was set", "Disk nearly full"),
    *("History not saved", "People not counted", "Demonstration: a crowd in the Hall"),
    *("alert chores", "alert rules", "alerts", "analysis-", "audit recorder", "drill", "focus"),
    *("health", "housekeeper", "login watch", "notifier", "past-pictures", "pictures-"),
    *("poller", "queries-", "recorder", "simulator", "watch", platform.node()),
)
QT_SAYS = ("OK", "Cancel", "Close", "Save", "Scroll Left", "Scroll Right", "Ctrl", "Shift", "Alt")
"""Is translated by Qt's own files."""
PROFILE = "camwatch-stage-"
"""Part of the path of the stage's folder."""
LIMIT = 1280


class Pseudo(Appearance):
    """Speaks a language that nobody speaks, whatever the settings say."""

    def put_on(self, display: Display) -> None:
        """Take up the settings, but for the language."""
        super().put_on(display)
        language.install("qq", texts.pseudo)
        self._app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def cut_headings(shown: QWidget) -> list[str]:
    """Name the headings of tables for which their columns have no room."""
    return [
        str(header.model().headerData(at, Qt.Orientation.Horizontal))
        for header in shown.findChildren(QHeaderView)
        if header.isVisible() and header.orientation() is Qt.Orientation.Horizontal
        for at in range(header.count())
        if not header.isSectionHidden(at)
        # What fills the rest has to do with it.
        and header.sectionResizeMode(at) is not QHeaderView.ResizeMode.Stretch
        and not (header.stretchLastSection() and at == header.count() - 1)
        and header.sectionSize(at) < header.sectionSizeHint(at)
    ]


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
    cut: list[str] = field(default_factory=list)

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
            (cut_headings(shown), self.cut),
        ):
            before = {one.partition(": ")[2] for one in told}
            new = (one for one in found if one not in before and PROFILE not in one)
            told += [f"{name}: {one}" for one in new]
        if max(shown.width(), shown.minimumSizeHint().width()) > LIMIT:
            self.wide.append(f"{name}: {shown.width()}, {shown.minimumSizeHint().width()}")


def looked_at(qapp: QApplication) -> Seen:
    """Run the program, and look at what it shows; at its pages also from right to left."""
    seen = Seen()
    with stage(Pseudo) as run:
        QAccessible.setActive(True)
        window = run.window
        assert window is not None
        window.resize(LIMIT, 800)
        for sight in sights():
            shown = sight.show(window)
            wait(0.04)
            seen.look(sight.name, shown or window)
            put_away(window)
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        for page, info in enumerate(PAGES):
            window.show_page(page)
            wait(0.02)
            if max(window.width(), window.minimumSizeHint().width()) > LIMIT:
                seen.wide.append(f"{info.icon} from right to left")
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        for further in further_sights():
            shown = further.show(window)
            wait(0.02)
            seen.look(further.name, shown or window)
            further.leave(window)
            put_away(window)
            if shown is not None and isValid(shown) and isinstance(shown, QDialog):
                shown.close()  # has no parent
    return seen


@pytest.fixture(scope="module")
def seen(qapp: QApplication) -> Iterator[Seen]:
    """All of it, in a language that nobody speaks."""
    try:
        yield looked_at(qapp)
    finally:
        language.install("en", None)
        qapp.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)


def test_no_text_is_left_in_english(seen: Seen) -> None:
    assert len(seen.names) > 95
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


def test_headings_of_tables_have_room(seen: Seen) -> None:
    assert seen.cut == []


@pytest.mark.fault("F136")
def test_long_texts_find_their_room(seen: Seen) -> None:
    assert seen.wide == []


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


def test_no_state_is_told_by_its_colour_alone() -> None:
    """Each has a shape and a word of its own, for those who see no red and no green."""
    severities = [severity_look(one) for one in Severity]
    assert len({one.icon for one in severities}) == len(severities)
    assert len({one.word for one in severities}) == len(severities)
    assert len({look_of(one).icon for one in Grade}) == len(Grade)
    assert len({STATES[one] for one in STATES}) == len(STATES)
