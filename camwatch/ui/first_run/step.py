"""What all steps of the set-up have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from camwatch.alerts.rules import Rule
from camwatch.auth.session import Session
from camwatch.domain import Camera, utc_now
from camwatch.errors import CamWatchError
from camwatch.scene import Scene
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice
from camwatch.ui.scene.live_view import LatestPictures

if TYPE_CHECKING:
    from camwatch.ui.first_run.commands import SetUpCommands

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Means:
    """What the steps work with.

    Attributes:
        pictures: Where the newest pictures are; None where there are none.
    """

    commands: SetUpCommands
    session: Session
    background: Background
    bridge: EventBridge
    pictures: LatestPictures | None


class Made(QObject):
    """What was set up so far; the steps read and fill it.

    Signals:
        changed: Something of it is another one.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.began_at: datetime = utc_now()
        self.camera: Camera | None = None
        self.scene: Scene = Scene()
        self.rule: Rule | None = None

    def take_camera(self, camera: Camera) -> None:
        """Go on with a camera; what was drawn in the view of another one is not of this one."""
        if self.camera is None or self.camera.id != camera.id:
            self.scene = Scene()
        self.camera = camera
        self.changed.emit()

    def take_scene(self, scene: Scene) -> None:
        """Note what is drawn in the camera's view."""
        self.scene = scene
        self.changed.emit()

    def take_rule(self, rule: Rule) -> None:
        """Note the rule that was stored."""
        self.rule = rule
        self.changed.emit()


class Step(QWidget):
    """One step: what is done in it, why, and what is wrong with it.

    Attributes:
        heading: What is done, a few words.
        why: Why it is there, whole sentences.
        action: Words of the button that goes on.
        skip: Words of the button that goes on without; "" if it cannot be left out.
        leads_on: The keyboard goes to the button that goes on as soon as one can.
        notice: Tells what went wrong.
        body: Everything else goes here.

    Signals:
        changed: Whether one can go on may be another.
        finished: It is done, so the next one may come.
    """

    changed = Signal()
    finished = Signal()

    def __init__(self, means: Means, made: Made, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = ""
        self.why = ""
        self.action = ""
        self.skip = ""
        self.leads_on = False
        self.means, self.made = means, made
        self.is_busy = False
        self.notice = Notice(self)
        self.body = QVBoxLayout()
        self.body.setSpacing(2 * theme.current().space)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.current().space)
        column.addLayout(self.body, 1)
        column.addWidget(self.notice)

    @property
    def is_ready(self) -> bool:
        """True if one can go on."""
        return True

    def enter(self) -> None:
        """Begin to be shown."""

    def leave(self) -> None:
        """Be shown no more."""

    def commit(self) -> None:
        """Do what the step is for, then tell that it is finished."""
        self.finished.emit()

    def run(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """Do something in the background; what goes wrong is told in the step."""
        self.notice.hide()
        self._set_busy(True)

        def take(answer: T) -> None:
            self._set_busy(False)
            done(answer)

        self.means.background.run(job, take, self._on_failed, owner=self)

    def _set_busy(self, is_busy: bool) -> None:
        self.is_busy = is_busy
        self.changed.emit()

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_busy(False)
        self.show_error(error)

    def show_error(self, error: CamWatchError) -> None:
        """Tell what went wrong; at the field, where there is one."""
        self.notice.show_error(text_for(error))
