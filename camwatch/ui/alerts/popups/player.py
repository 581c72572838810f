"""Plays a sound with what the system has for it.

Qt's own player comes with 180 MB of other things (PySide6-Addons), so it is not used.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QTimer
from PySide6.QtWidgets import QApplication

from camwatch.alerts.rules import Severity
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui.alerts.popups.sound_file import sound_of
from camwatch.ui.background import Background

log = logging.getLogger(__name__)

PLAYERS: Sequence[tuple[str, ...]] = (
    ("afplay",) if sys.platform == "darwin" else (),
    ("pw-play",),
    ("paplay",),
    ("aplay", "-q"),
)
"""Programs that play a WAV file, the best first."""

_LONGEST_MS = 10_000


def find_player() -> tuple[str, ...] | None:
    """Return the program with its options that plays a WAV file; None if there is none."""
    if sys.platform == "win32":
        # Comes with every Windows; the file's name is put behind as one argument.
        script = "(New-Object Media.SoundPlayer $args[0]).PlaySync()"
        return ("powershell", "-NoProfile", "-NonInteractive", "-Command", f"& {{{script}}}")
    for player in PLAYERS:
        if player and (found := shutil.which(player[0])):
            return (found, *player[1:])
    return None


def _make_file(severity: Severity, volume: float) -> Path | None:
    """Write the sound into a file of its own, which whoever plays it deletes; None: no room."""
    try:
        number, name = tempfile.mkstemp(prefix="camwatch-", suffix=".wav")
        with os.fdopen(number, "wb") as file:
            file.write(sound_of(severity, volume))
    except OSError as error:
        log.info("a sound cannot be written: %s", error.strerror)
        return None
    return Path(name)


def _delete(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.info("%s cannot be deleted: %s", file.name, error.strerror)


class Player(QObject):
    """Plays one sound at a time; a more serious one breaks off a less serious one.

    Where nothing can play it, the desktop's own beep is better than silence.
    """

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._process: QProcess | None = None
        self._playing: Severity | None = None
        self._command = find_player()
        self._too_long = QTimer(self, singleShot=True, interval=_LONGEST_MS)
        self._too_long.timeout.connect(self.stop)

    @property
    def has_player(self) -> bool:
        """True if sounds can be played; else the desktop only beeps."""
        return self._command is not None

    def play(self, severity: Severity, volume: float) -> str:
        """Play the sound of a severity; never waits.

        Args:
            severity: Whose sound.
            volume: 0 to 1; at 0 nothing is played.

        Returns:
            What was done, as a few words.
        """
        if volume <= 0:
            return tr("volume is 0")
        if self._command is None:
            QApplication.beep()
            return tr("beep of the desktop")
        if self._playing is not None and severity.rank <= self._playing.rank:
            return tr("joined the sound that is being played")
        self.stop()
        self._playing = severity
        self._background.run(
            partial(_make_file, severity, volume), self._start, self._on_failed, owner=self
        )
        return "sound"

    def _start(self, file: Path | None) -> None:
        if self._command is None or file is None:
            self._playing = None
            QApplication.beep()
            return
        process = QProcess(self)
        self._process = process
        process.finished.connect(partial(self._on_over, process, file))
        process.errorOccurred.connect(partial(self._on_error, process, file))
        process.start(self._command[0], [*self._command[1:], str(file)])
        self._too_long.start()

    def _on_error(self, process: QProcess, file: Path, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            QApplication.beep()
            self._on_over(process, file)

    def _on_over(self, process: QProcess, file: Path, *_: object) -> None:
        self._background.run(partial(_delete, file), _done, self._on_failed, owner=self)
        process.deleteLater()
        if process is self._process:
            self._process = self._playing = None
            self._too_long.stop()

    def _on_failed(self, error: CamWatchError) -> None:
        log.error("a sound was not played: %s [%s]", error, error.error_id)
        self._playing = None
        QApplication.beep()

    def stop(self) -> None:
        """Break off what is being played."""
        if self._process is not None:
            self._process.kill()


def _done(_none: None) -> None:
    """Nobody waits for it."""
