"""The dialog that says which threshold fits a camera, and applies it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.accuracy import Doubt, Estimate, ThresholdAdvice
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId
from camwatch.errors import CamWatchError
from camwatch.scene import SceneRecord
from camwatch.ui import theme
from camwatch.ui.accuracy.asking import ask
from camwatch.ui.accuracy.wording import signed
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.words import number

_WIDTH = 560
_WHAT = (
    "The program is never quite sure whether something is a person. Whoever it is less sure of "
    "than this threshold, from 0 to 1, is not counted: a higher one misses more people, a lower "
    "one takes more things for people."
)
_DOUBTS: Mapping[Doubt, tuple[str, str]] = MappingProxyType(
    {
        Doubt.NO_DATA: (
            "No audit tells yet",
            (
                "Audit people in view or random pictures of this camera, as it is set up now. "
                "Then this page can say which threshold fits it."
            ),
        ),
        Doubt.TOO_FEW: (
            "There is too little to say",
            (
                "The audits of this camera hold too few pictures or people. Audit it once more, "
                "when more people are there."
            ),
        ),
        Doubt.NO_GAIN: (
            "The present threshold fits",
            "No other one is surely better for this camera.",
        ),
    }
)


class ThresholdCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def threshold_advice(self, session: Session, camera_id: CameraId) -> ThresholdAdvice:
        """Say which threshold fits a camera."""
        ...

    def apply_threshold(
        self, session: Session, camera_id: CameraId, threshold: float
    ) -> SceneRecord:
        """Count people of a camera from this score on."""
        ...


class ThresholdDialog(QDialog):
    """Asks for advice when it opens.

    Signals:
        applied: The threshold was changed.
    """

    applied = Signal()

    def __init__(
        self,
        commands: ThresholdCommands,
        session: Session,
        background: Background,
        camera: Camera,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera = camera
        self._advice: ThresholdAdvice | None = None
        self._may_apply = session.may(Permission.EDIT_SCENES)
        self.setWindowTitle(f"Threshold of {camera.name}")
        self.setFixedWidth(_WIDTH)
        self._build()
        self.busy.show()
        background.run(
            lambda: commands.threshold_advice(session, camera.id),
            self._on_advice,
            self._on_failed,
            owner=self,
        )

    def _build(self) -> None:
        space = theme.current().space
        self.heading = plain_label("Looking at the audits …", "heading", self)
        self.sentence = plain_label("", "", self)
        self.rests_on = plain_label("", "muted", self)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.apply_button = QPushButton(self)
        self.apply_button.setProperty("role", "primary")
        self.apply_button.clicked.connect(self.ask_to_apply)
        self.apply_button.hide()
        self.close_button = QPushButton("Close", self)
        self.close_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(f"Threshold of {self._camera.name}", "title", self))
        column.addWidget(plain_label(_WHAT, "muted", self))
        column.addWidget(self.busy)
        column.addWidget(self.heading)
        column.addWidget(self.sentence)
        column.addWidget(self.rests_on)
        column.addWidget(self.notice)
        column.addLayout(buttons)

    def _on_advice(self, advice: ThresholdAdvice) -> None:
        self.busy.hide()
        self._advice = advice
        if advice.doubt is not None or advice.suggested is None:
            title, text = _DOUBTS[advice.doubt or Doubt.NO_GAIN]
            self.heading.setText(title)
            self.sentence.setText(f"{text} It is {advice.present:.2f} now.")
        else:
            self.heading.setText(
                f"{advice.suggested:.2f} instead of {advice.present:.2f} fits this camera better"
            )
            self.sentence.setText(change_words(advice))
            self.apply_button.setText(f"Use {advice.suggested:.2f}…")
            self.apply_button.setVisible(self._may_apply)
        if advice.pictures:
            self.rests_on.setText(
                f"This rests on {number(advice.pictures)} pictures with {number(advice.people)} "
                "people, which you or others counted in audits."
            )
        self.rests_on.setVisible(bool(advice.pictures))

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.apply_button.setEnabled(True)
        if self._advice is None:
            self.heading.hide()
        self.notice.show_error(text_for(error))

    @Slot()
    def ask_to_apply(self) -> None:
        """Ask whether to change the threshold, and do it."""
        if self._advice is None or self._advice.suggested is None:
            return
        ask(
            self,
            f"Count “{self._camera.name}” with a threshold of {self._advice.suggested:.2f}?",
            "It holds from the next picture on; numbers that are stored already stay as they "
            "are. Until the next audit, the badge says that the threshold has changed.",
            ("Change it", "Leave it"),
            self._apply,
            is_deletion=False,
        )

    @Slot()
    def _apply(self) -> None:
        if self._advice is None or self._advice.suggested is None:
            return
        value = self._advice.suggested
        self.apply_button.setEnabled(False)
        self.busy.show()
        self._background.run(
            lambda: self._commands.apply_threshold(self._session, self._camera.id, value),
            lambda _record: self._on_applied(),
            self._on_failed,
            owner=self,
        )

    def _on_applied(self) -> None:
        self.accept()
        self.applied.emit()


def change_words(advice: ThresholdAdvice) -> str:
    """Say what another threshold would change, in whole sentences."""
    told = []
    if advice.bias_now is not None and advice.bias_then is not None:
        told.append(
            f"Now {_bias(advice.bias_now)} in a picture on average; "
            f"then it would be {_bias_then(advice.bias_then)}."
        )
    if advice.error_now is not None and advice.error_then is not None:
        told.append(
            f"The usual size of the error would go from {advice.error_now.value:.2f} to "
            f"{advice.error_then.value:.2f} people."
        )
    if advice.change is not None:
        told.append(
            f"That is a change of {signed(advice.change.value)}, with a certainty of 95 % from "
            f"{signed(advice.change.low)} to {signed(advice.change.high)}."
        )
    return " ".join(told)


def _bias(bias: Estimate) -> str:
    value = abs(bias.value)
    if value < 0.005:
        return "as many people are counted as there are"
    return f"{value:.2f} people too {'many' if bias.value > 0 else 'few'} are counted"


def _bias_then(bias: Estimate) -> str:
    value = abs(bias.value)
    return "none" if value < 0.005 else f"{value:.2f} too {'many' if bias.value > 0 else 'few'}"
