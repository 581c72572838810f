"""Fields that only cameras have: an address, a pace, a USB device, a file or folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QPushButton, QWidget

from camwatch.cameras.policy import (
    LONGEST_INTERVAL_S,
    SHORTEST_INTERVAL_S,
    SHORTEST_STREAM_INTERVAL_S,
)
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.forms import CalmComboBox, CalmDoubleSpinBox

_SLOWEST_PER_S = 0.01
_NUMBERED_DEVICES = 4
_SEEN = Path("/dev")
_FILES = marked(
    "Videos and pictures (*.mp4 *.mkv *.avi *.mov *.m4v *.webm *.ts *.mjpg *.mjpeg "
    "*.jpg *.jpeg *.png);;All files (*)"
)


class AddressEdit(QLineEdit):
    """A line for a host that tells when something was pasted.

    Signals:
        pasted: Its text came from the clipboard.
    """

    pasted = Signal()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Tell of a paste by keyboard at once; one by mouse is seen on leaving the field."""
        super().keyPressEvent(event)
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit()


class PaceEdit(CalmDoubleSpinBox):
    """How often a picture is counted: seconds between snapshots, or pictures a second.

    What was set and not changed is given back exactly, though it is shown rounded.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_per_second = False
        self._set_s = 1.0
        self._shown = 0.0
        self.show_as_seconds()

    @property
    def interval_s(self) -> float:
        """Time from one picture to the next, seconds."""
        if self.value() == self._shown:
            return self._set_s
        return 1 / self.value() if self._is_per_second else self.value()

    def set_interval_s(self, seconds: float) -> None:
        """Show this time from one picture to the next."""
        self.setValue(1 / seconds if self._is_per_second else seconds)
        shortest_s = SHORTEST_STREAM_INTERVAL_S if self._is_per_second else SHORTEST_INTERVAL_S
        self._set_s, self._shown = max(seconds, shortest_s), self.value()

    def show_as_seconds(self) -> None:
        """Ask for the time between two pictures."""
        self._show_as(False, SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S, 1, " s")

    def show_per_second(self) -> None:
        """Ask for pictures per second."""
        self._show_as(True, _SLOWEST_PER_S, 1 / SHORTEST_STREAM_INTERVAL_S, 2, "")

    def _show_as(
        self, is_per_second: bool, least: float, most: float, decimals: int, suffix: str
    ) -> None:
        seconds = self.interval_s
        self._is_per_second = is_per_second
        self.setDecimals(decimals)
        self.setSuffix(suffix)
        self.setRange(least, most)
        self.set_interval_s(seconds)


def usb_devices(folder: Path = _SEEN) -> list[str]:
    """Return the cameras plugged into this computer, as far as its folder of devices tells.

    A computer without such a folder numbers them: then the first numbers are returned.
    """
    if not folder.is_dir():
        return [str(number) for number in range(_NUMBERED_DEVICES)]
    found = [one for one in folder.glob("video*") if one.name.removeprefix("video").isdigit()]
    return [str(one) for one in sorted(found, key=lambda one: int(one.name.removeprefix("video")))]


class UsbBox(CalmComboBox):
    """Offers the USB cameras that are there; another number or device can be typed."""

    def __init__(self, device: str, devices: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.addItems(list(devices))
        self.setEditText(device or (devices[0] if devices else ""))
        line = self.lineEdit()
        if line is not None:
            line.setPlaceholderText(tr("0 or /dev/video0"))


class FileEdit(QWidget):
    """A line for the path of a file or folder, with buttons that look for either.

    Signals:
        path_changed: The path is another one.
    """

    path_changed = Signal(str)

    def __init__(self, path: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(path, self)
        self.line.textChanged.connect(self.path_changed)
        self.button = QPushButton(tr("Browse…"), self)
        self.button.setAutoDefault(False)
        menu = QMenu(self.button)
        menu.addAction(tr("A video or picture…"), self.browse_file)
        menu.addAction(tr("A folder of pictures…"), self.browse_folder)
        self.button.setProperty("role", "menu")
        self.button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """Return the path that is entered."""
        return self.line.text()

    @Slot()
    def browse_file(self) -> None:
        """Let a file be chosen."""
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), self._start(), tr(_FILES))
        if path:
            self.line.setText(path)

    @Slot()
    def browse_folder(self) -> None:
        """Let a folder be chosen."""
        path = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self._start())
        if path:
            self.line.setText(path)

    def _start(self) -> str:
        """Return where to begin to look."""
        return str(Path(self.text()).parent) if self.text() else str(Path.home())
