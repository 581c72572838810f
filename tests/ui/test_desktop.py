"""CamWatch on the desktop: closing into the tray, starting at sign-in."""

from __future__ import annotations

import configparser
import plistlib
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.ui.desktop.autostart import (
    FilePlace,
    command_line,
    entry_of,
    keep_to,
    place_of_system,
)
from camwatch.ui.desktop.presence import DesktopPresence, TrayExplanation
from camwatch.ui.tray import Tray


class Shelf(Tray):
    """A tray that is there or not, as the test wants: no desktop of a test has one."""

    there = True

    @property
    def is_there(self) -> bool:
        return self.there


class Window(QWidget):
    def __init__(self, *, keeps_in_tray: bool) -> None:
        super().__init__()
        self.tray = Shelf(self)
        self.presence = DesktopPresence(self, self.tray, keeps_in_tray=keeps_in_tray)
        self.is_closed = False

    def closeEvent(self, event: QCloseEvent, /) -> None:  # noqa: N802 - Qt's own name
        if not self.presence.stays(event):
            self.is_closed = True


def shown(qtbot: QtBot, *, keeps_in_tray: bool = True) -> Window:
    window = Window(keeps_in_tray=keeps_in_tray)
    qtbot.addWidget(window, before_close_func=lambda one: one.presence.end())
    window.show()
    return window


def test_closing_explains_once_and_then_hides(qtbot: QtBot, tmp_path: Path) -> None:
    window = shown(qtbot)
    window.close()
    assert window.isVisible()
    (dialog,) = window.findChildren(TrayExplanation)
    dialog.go_on_button.click()
    assert not window.isVisible()
    assert not window.is_closed
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    window.presence.save(settings)
    later = shown(qtbot)
    later.presence.restore(settings)
    later.close()
    assert not later.isVisible()
    assert not later.is_closed
    # The tray goes away: the window comes back, or nobody would find it.
    later.tray.there = False
    later.presence._look()
    assert later.isVisible()


@pytest.mark.parametrize(("keeps", "there"), [(False, True), (True, False)])
def test_without_the_wish_or_a_tray_closing_closes(qtbot: QtBot, keeps: bool, there: bool) -> None:
    window = shown(qtbot, keeps_in_tray=keeps)
    window.tray.there = there
    window.close()
    assert window.is_closed


def test_quitting_is_not_held_up(qtbot: QtBot) -> None:
    window = shown(qtbot)
    window.presence.end()
    window.close()
    assert window.is_closed


def test_it_starts_at_sign_in_only_while_that_is_wished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    place = place_of_system()
    assert isinstance(place, FilePlace)
    command = command_line(tmp_path / "a profile")
    assert keep_to(False, command)
    assert not place.file.exists()
    assert keep_to(True, command)
    assert place.file == tmp_path / "autostart" / "camwatch.desktop"
    # An entry of another profile, whose settings wish it, is left alone.
    assert keep_to(False, command_line(None))
    assert place.file.exists()
    assert keep_to(False, command)
    assert not place.file.exists()


def test_a_place_that_cannot_be_written_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    place = FilePlace(tmp_path / "file" / "camwatch.desktop")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("camwatch.ui.desktop.autostart.log.warning", print)
        assert not keep_to(True, ["camwatch"], place)
        assert not keep_to(True, ["a\nb"], place)


@pytest.mark.parametrize(
    "word", ["plain", "a b", 'quo"te', "do$llar", "back\\slash", "100%", "`x`"]
)
def test_an_entry_starts_exactly_what_was_meant(word: str) -> None:
    command = ["/opt/camwatch/camwatch", "--profile", word]
    reader = configparser.RawConfigParser()
    reader.optionxform = str  # type: ignore[assignment,method-assign]
    reader.read_string(entry_of(command, "linux").decode())
    line = reader["Desktop Entry"]["Exec"]
    # As the specification has it: first the string, then the quoting, as of a shell, then the
    # fields.
    unescaped = line.replace("\\\\", "\\")
    said = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\n' {unescaped}"], capture_output=True, text=True, check=True
    )
    assert said.stdout.replace("%%", "%").splitlines() == command
    agent = plistlib.loads(entry_of(command, "darwin"))
    assert agent["ProgramArguments"] == command
    assert agent["RunAtLoad"] is True
    assert entry_of(command, "win32").startswith(b"/opt/camwatch/camwatch --profile ")
