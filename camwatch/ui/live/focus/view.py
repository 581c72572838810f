"""One camera alone: its best picture, and what can be done with it beside."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, SourceKind
from camwatch.errors import CamWatchError
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import plain_label, scrolled, set_role
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.focus.facts import AlertsOfCamera, FocusFacts
from camwatch.ui.live.focus.head import Head, HeadCommands
from camwatch.ui.live.focus.pad import MovePad
from camwatch.ui.live.focus.saving import PictureSaving, SavingCommands
from camwatch.ui.live.focus.source import FocusSource
from camwatch.ui.live.focus.tile import FocusTile
from camwatch.ui.live.focus.viewport import STEP, Viewport
from camwatch.ui.pages import may_not

_SIDE = 264
_LOOK_MS = 500

_STREAMS = table(
    lambda: {
        SourceKind.SNAPSHOT: tr("Single pictures"),
        SourceKind.MJPEG: tr("MJPEG stream"),
        SourceKind.RTSP: tr("RTSP stream"),
        SourceKind.USB: tr("USB camera"),
        SourceKind.FILE: tr("Recording"),
    }
)


class FocusCommands(HeadCommands, SavingCommands, AlertsOfCamera, Protocol):
    """What this view asks of `camwatch.commands.Commands`."""


class FocusView(QWidget):
    """Shows one camera at full detail; fetches its best pictures only while it is visible.

    Args:
        source: Where the pictures come from.
        zone: The site's time zone; None is this computer's.

    Signals:
        open_requested: The camera's id; the operator wants to go back to all.
    """

    open_requested = Signal(object)

    def __init__(
        self,
        source: FocusSource,
        commands: FocusCommands,
        session: Session,
        background: Background,
        *,
        zone: ZoneInfo | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = source
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone or site_zone()
        self._may_move = session.may(Permission.MOVE_CAMERAS)
        self._may_save = session.may(Permission.SAVE_PICTURES)
        self._has_boxes = True
        self._condition: CameraCondition | None = None
        self.tile: FocusTile | None = None
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._tell)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        heading = QLabel(tr("Picture"), self)
        heading.setProperty("role", "heading")
        self.facts = plain_label("", "muted", self)
        self.facts.setWordWrap(True)
        self.out_button = self._tool("zoom-out", tr("Zoom out (-)"))
        self.out_button.clicked.connect(lambda: self._zoom(1 / STEP))
        self.whole_button = self._tool("maximize", tr("All of the picture (0)"))
        self.whole_button.clicked.connect(self._show_whole)
        self.in_button = self._tool("zoom-in", tr("Zoom in (+)"))
        self.in_button.clicked.connect(lambda: self._zoom(STEP))
        self.zoom_label = plain_label("", "muted", self)
        zooms = QHBoxLayout()
        zooms.setSpacing(space // 2)
        for button in (self.out_button, self.whole_button, self.in_button):
            zooms.addWidget(button)
        zooms.addSpacing(space)
        zooms.addWidget(self.zoom_label)
        zooms.addStretch(1)
        self.save_button = QPushButton(icons.icon("download"), tr("&Save picture…"), self)
        self.save_button.setIconSize(icons.button_size())
        self.save_button.clicked.connect(self.save_picture)
        self.save_button.setToolTip("" if self._may_save else may_not(Permission.SAVE_PICTURES))
        self.said = plain_label("", "muted", self)
        self.said.setWordWrap(True)
        self.said.hide()
        self.pad = MovePad(self)
        self.facts_panel = FocusFacts(
            self._commands, self._session, self._background, self._zone, self
        )

        content = QWidget()
        side = QFrame(self)
        side.setProperty("role", "card")
        around = QVBoxLayout(side)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(scrolled(content, side))
        # Wider with larger letters, never so wide that little is left of the picture.
        side.setFixedWidth(theme.px(_SIDE))
        column = QVBoxLayout(content)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(heading)
        column.addWidget(self.facts)
        column.addLayout(zooms)
        column.addWidget(self.save_button)
        column.addWidget(self.said)
        column.addSpacing(space)
        column.addWidget(self.pad)
        column.addWidget(self.facts_panel)
        column.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(space)
        self._row.addWidget(side)

    def _tool(self, icon: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setAccessibleName(name.partition(" (")[0])
        button.setToolTip(name)
        return button

    # ---------------------------------------------------------------- which camera

    @property
    def camera_id(self) -> CameraId | None:
        """The camera it shows; None if it shows none."""
        return None if self._condition is None else self._condition.camera.id

    def show_camera(self, condition: CameraCondition | None) -> None:
        """Show this camera; None for none. The same camera only takes up its new record."""
        before, self._condition = self._condition, condition
        if condition is not None and before is not None and self.tile is not None:
            same = before.camera.id == condition.camera.id
            if same and before.camera.settings == condition.camera.settings:
                self.tile.set_condition(condition)
                self.facts_panel.show_camera(condition)
                return
        self._end()
        if condition is None:
            return
        self.tile = FocusTile(condition, self._source, self)
        self.tile.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.tile.set_boxes_shown(self._has_boxes)
        self.tile.open_requested.connect(self.open_requested)
        self.tile.viewport_changed.connect(self._tell)
        self.tile.drive_requested.connect(self.pad.drive)
        self.tile.home_requested.connect(self.pad.go_home)
        self._row.insertWidget(0, self.tile, 1)
        self.said.hide()
        if self.isVisible():
            self._begin()

    def _begin(self) -> None:
        if self._condition is None or self.tile is None:
            return
        camera = self._condition.camera
        self._source.watch(camera.id)
        self._timer.start()
        self.facts_panel.show_camera(self._condition)
        self._tell()
        self.pad.control(self._head_of(camera))

    def _end(self) -> None:
        self._timer.stop()
        self.pad.control(None)
        self._source.watch(None)
        if self.tile is not None:
            self.tile.hide()
            self.tile.deleteLater()
            self.tile = None

    def _head_of(self, camera: Camera) -> Head | None:
        if not self._may_move or not camera.settings.onvif_scheme:
            return None
        return Head(self._commands, self._session, self._background, camera.id, self)

    # ---------------------------------------------------------------- what it is told

    def set_boxes_shown(self, is_shown: bool) -> None:
        """Frame the counted people, or leave the picture as it is."""
        self._has_boxes = is_shown
        if self.tile is not None:
            self.tile.set_boxes_shown(is_shown)

    def refresh(self) -> None:
        """Bring words and ages up to now."""
        if self.tile is not None:
            self.tile.refresh()

    def take_keyboard(self) -> None:
        """Put the keyboard on the picture."""
        if self.tile is not None:
            self.tile.setFocus()

    @Slot()
    def _tell(self) -> None:
        """Say what is seen: its size, how often it comes, how far it is zoomed."""
        if self.tile is None or self._condition is None:
            return
        width, height = self.tile.whole_wh
        kind = _STREAMS[self._condition.camera.settings.kind]
        size = (
            tr("{width} × {height} pixels", width=width, height=height)
            if width
            else tr("No picture yet")
        )
        self.facts.setText(
            tr(
                "{kind}\n{size}\n{rate:.1f} pictures a second",
                kind=kind,
                size=size,
                rate=self.tile.rate(),
            )
        )
        self.facts_panel.refresh()
        view = self.tile.viewport
        self.zoom_label.setText(f"{view.zoom * 100:.0f} %")
        self.out_button.setEnabled(not view.is_whole)
        self.whole_button.setEnabled(not view.is_whole)
        self.save_button.setEnabled(self._may_save and width > 0)

    # ---------------------------------------------------------------- what is asked of it

    def _zoom(self, factor: float) -> None:
        if self.tile is not None:
            self.tile.zoom(factor)

    @Slot()
    def _show_whole(self) -> None:
        if self.tile is not None:
            self.tile.look_at(Viewport())

    @Slot()
    def save_picture(self) -> None:
        """Save the newest picture as the camera sent it."""
        if self._condition is None or not self._may_save:
            return
        camera = self._condition.camera
        picture = self._source.latest(camera.id)
        if picture is None:
            return
        dialog = PictureSaving(
            self._commands, self._session, self._background, camera, picture, self._zone, self
        )
        dialog.saved.connect(self._on_saved)
        dialog.not_saved.connect(self._on_not_saved)
        dialog.open()

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self._say(tr("Saved as {name}", name=file.name), "muted")

    @Slot(object)
    def _on_not_saved(self, error: CamWatchError) -> None:
        self._say(tr("Not saved. {whole}", whole=text_for(error).whole), "error")

    def _say(self, text: str, role: str) -> None:
        set_role(self.said, role)
        self.said.setText(text)
        self.said.show()

    # ---------------------------------------------------------------- Qt's calls

    def showEvent(self, event: QShowEvent, /) -> None:
        """Fetch pictures from now on."""
        super().showEvent(event)
        self._begin()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Fetch none any more, and leave the camera's head alone."""
        super().hideEvent(event)
        self._timer.stop()
        self.pad.control(None)
        self._source.watch(None)
