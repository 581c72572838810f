"""What can be looked at of the chosen camera: its view, where people are, how it did."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog, QPushButton, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera
from camwatch.language import tr
from camwatch.ui import icons
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.state_history import StateCommands, StateHistoryDialog
from camwatch.ui.heat.dialog import HeatCommands, HeatDialog
from camwatch.ui.pages import may_not
from camwatch.ui.scene.editor import SceneCommands, SceneEditor
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.shortcuts import Key, bind, sequence_of


class ViewCommands(SceneCommands, HeatCommands, StateCommands, Protocol):
    """What these dialogs ask of `camwatch.commands.Commands`."""


class ViewActions(QObject):
    """Three buttons, and the dialogs that they open.

    Args:
        chosen: Returns the camera that is selected.
        page: On which the buttons are; it also owns the dialogs.
        pictures: Where the newest pictures are; without it, no view can be looked at.
        zone: The site's time zone; None is this computer's.
    """

    def __init__(
        self,
        commands: ViewCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        page: QWidget,
        *,
        chosen: Callable[[], Camera | None],
        pictures: LatestPictures | None,
        zone: ZoneInfo | None,
    ) -> None:
        super().__init__(page)
        self._commands = commands
        self._session = session
        self._background = background
        self._bridge = bridge
        self._page = page
        self._chosen = chosen
        self._pictures = pictures
        self._zone = zone
        self._may_draw = session.may(Permission.EDIT_SCENES)
        self._may_count = session.may(Permission.VIEW_COUNTS)
        self.scene_button = self._button(tr("&Lines and zones…"), "slash", self.edit_scene)
        self.heat_button = self._button(tr("&Where people are…"), "footprints", self.show_heat)
        self.states_button = self._button(tr("&History of states…"), "rotate-ccw", self.show_states)
        self._may_look = session.may(Permission.VIEW_CAMERA_STATES)
        when = tr("When and why it was down")
        self.states_button.setToolTip(
            when if self._may_look else may_not(Permission.VIEW_CAMERA_STATES)
        )
        key = tr(
            "What is counted in its view ({sequence_of})",
            sequence_of=sequence_of(Key.LINES_AND_ZONES),
        )
        self.scene_button.setToolTip(key if self._may_draw else may_not(Permission.EDIT_SCENES))
        self.heat_button.setToolTip("" if self._may_count else may_not(Permission.VIEW_COUNTS))
        bind(page, Key.LINES_AND_ZONES, self.edit_scene)

    def _button(self, words: str, icon: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self._page)
        button.setIconSize(icons.button_size())
        button.clicked.connect(slot)
        return button

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """All of them, from the left."""
        return (self.scene_button, self.heat_button, self.states_button)

    def update_buttons(self) -> None:
        """Let the buttons be pressed while there is a view to look at."""
        is_one = self._chosen() is not None
        has_view = is_one and self._pictures is not None
        self.states_button.setEnabled(self._may_look and is_one)
        self.scene_button.setEnabled(self._may_draw and has_view)
        self.heat_button.setEnabled(self._may_count and has_view)

    @Slot()
    def edit_scene(self) -> None:
        """Open the editor of what is counted in the view of the selected camera."""
        camera, pictures = self._chosen(), self._pictures
        if self._may_draw and camera is not None and pictures is not None:
            self._open(
                SceneEditor(
                    self._commands,
                    self._session,
                    self._background,
                    camera,
                    pictures,
                    self._bridge,
                    self._page,
                )
            )

    @Slot()
    def show_heat(self) -> None:
        """Show where people are in the view of the selected camera, and how long they stay."""
        camera, pictures = self._chosen(), self._pictures
        if self._may_count and camera is not None and pictures is not None:
            self._open(
                HeatDialog(
                    self._commands,
                    self._session,
                    self._background,
                    pictures,
                    camera,
                    self._page,
                    zone=self._zone,
                )
            )

    @Slot()
    def show_states(self) -> None:
        """Show how the selected camera did."""
        camera = self._chosen()
        if self._may_look and camera is not None:
            self._open(
                StateHistoryDialog(
                    self._commands,
                    self._session,
                    self._background,
                    camera,
                    self._page,
                    zone=self._zone,
                )
            )

    @staticmethod
    def _open(dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
