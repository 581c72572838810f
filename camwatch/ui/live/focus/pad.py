"""The pad that moves a camera's head while a button is held."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.cameras.onvif.ptz_values import PtzAbilities
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import CalmComboBox, plain_label
from camwatch.ui.live.focus.head import Head, Speeds
from camwatch.ui.shortcuts import spoken

_BUTTON = 44
_STEPS = 10
_USUAL = 5

_MOVES: tuple[tuple[str, str, int, int, Speeds], ...] = (
    ("chevron-up", marked("Tilt up"), 0, 1, (0.0, 1.0, 0.0)),
    ("chevron-left", marked("Pan left"), 1, 0, (-1.0, 0.0, 0.0)),
    ("chevron-right", marked("Pan right"), 1, 2, (1.0, 0.0, 0.0)),
    ("chevron-down", marked("Tilt down"), 2, 1, (0.0, -1.0, 0.0)),
)
_ZOOMS: tuple[tuple[str, str, int, int, Speeds], ...] = (
    ("zoom-in", marked("Zoom the lens in"), 0, 3, (0.0, 0.0, 1.0)),
    ("zoom-out", marked("Zoom the lens out"), 2, 3, (0.0, 0.0, -1.0)),
)
_KEYS: dict[Speeds, str] = {
    (0.0, 1.0, 0.0): "Ctrl+↑",
    (-1.0, 0.0, 0.0): "Ctrl+←",
    (1.0, 0.0, 0.0): "Ctrl+→",
    (0.0, -1.0, 0.0): "Ctrl+↓",
    (0.0, 0.0, 1.0): "Ctrl++",
    (0.0, 0.0, -1.0): "Ctrl+-",
}
_PICK = marked("Go to a place…")


class MovePad(QWidget):
    """Moves a camera; hidden until the camera has said that it can be moved."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head: Head | None = None
        space = theme.current().space
        heading = QLabel(tr("Move the camera"), self)
        heading.setProperty("role", "heading")
        grid = QGridLayout()
        grid.setSpacing(space // 2)
        self.moves = [self._mover(grid, *move) for move in _MOVES]
        self.zooms = [self._mover(grid, *zoom) for zoom in _ZOOMS]
        self.home = self._button("house", tr("Go to the home position"))
        self.home.clicked.connect(self._on_home)
        grid.addWidget(self.home, 1, 1)
        grid.setColumnStretch(4, 1)

        self.speed = QSlider(Qt.Orientation.Horizontal, self)
        self.speed.setRange(1, _STEPS)
        self.speed.setValue(_USUAL)
        self.speed.setAccessibleName(tr("Speed"))
        speed_row = QHBoxLayout()
        speed_row.setSpacing(space)
        speed_row.addWidget(plain_label(tr("Speed"), "muted", self))
        speed_row.addWidget(self.speed, 1)

        self.places = CalmComboBox(self)
        self.places.setAccessibleName(tr("Places the camera knows"))
        self.places.activated.connect(self._on_place)
        self.trouble = plain_label("", "error", self)
        self.trouble.setWordWrap(True)

        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(heading)
        column.addLayout(grid)
        column.addLayout(speed_row)
        column.addWidget(self.places)
        column.addWidget(self.trouble)
        self.trouble.hide()
        self.hide()

    def _button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(20))
        button.setFixedSize(icons.size(_BUTTON))
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _mover(  # noqa: PLR0917 - as they stand in the table
        self, grid: QGridLayout, icon: str, name: str, row: int, column: int, speeds: Speeds
    ) -> QToolButton:
        button = self._button(icon, tr(name))
        key = _KEYS[speeds]
        button.setToolTip(
            tr("{name}, as long as it is held ({key})", name=tr(name), key=spoken(key))
        )
        button.pressed.connect(partial(self._on_pressed, speeds))
        button.released.connect(self._on_released)
        grid.addWidget(button, row, column)
        return button

    def control(self, head: Head | None) -> None:
        """Move this camera from now on; None for one that cannot be moved."""
        if self._head is not None:
            self._head.stop()
        self._head = head
        self.hide()
        if head is not None:
            head.known.connect(self._on_known)
            head.failed.connect(self._on_failed)
            head.obeyed.connect(self.trouble.hide)
            head.ask()

    @Slot(object)
    def _on_known(self, abilities: PtzAbilities) -> None:
        for button in self.moves:
            button.setVisible(abilities.can_move)
        for button in self.zooms:
            button.setVisible(abilities.can_zoom)
        self.home.setVisible(abilities.has_home)
        self.places.clear()
        self.places.addItem(tr(_PICK), None)
        for preset in abilities.presets:
            self.places.addItem(preset.name, preset.token)
        self.places.setVisible(bool(abilities.presets))
        self.trouble.hide()
        self.setVisible(abilities.has_any)

    @Slot(object)
    def _on_failed(self, error: CamWatchError) -> None:
        self.trouble.setText(tr("The camera did not obey. {whole}", whole=text_for(error).whole))
        self.trouble.show()

    def _on_pressed(self, speeds: Speeds) -> None:
        if self._head is not None:
            share = self.speed.value() / _STEPS
            pan, tilt, zoom = (one * share for one in speeds)
            self._head.move((pan, tilt, zoom))

    @Slot()
    def _on_released(self) -> None:
        if self._head is not None:
            self._head.stop()

    @Slot(object)
    def drive(self, speeds: Speeds) -> None:
        """Move it so from now on, as by a button that is held; nothing if it cannot be moved."""
        if self.isVisible():
            self._on_pressed(speeds)

    @Slot()
    def go_home(self) -> None:
        """Send it to its home position, if it has one."""
        if self.isVisible() and not self.home.isHidden():
            self._on_home()

    @Slot()
    def _on_home(self) -> None:
        if self._head is not None:
            self._head.go_home()

    @Slot(int)
    def _on_place(self, row: int) -> None:
        token = self.places.itemData(row)
        self.places.setCurrentIndex(0)
        if self._head is not None and isinstance(token, str):
            self._head.go_to(token)

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Stop the camera when its buttons go while one of them is held."""
        super().hideEvent(event)
        self._on_released()
