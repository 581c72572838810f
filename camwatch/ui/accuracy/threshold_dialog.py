"""The dialog that says which threshold fits a camera, and applies it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.accuracy import Doubt, Estimate, ThresholdAdvice
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId
from camwatch.errors import CamWatchError
from camwatch.language import marked, table, tr
from camwatch.scene import SceneRecord
from camwatch.ui import theme
from camwatch.ui.accuracy.asking import ask
from camwatch.ui.accuracy.wording import signed
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.words import number

_WIDTH = 560
_WHAT = marked(
    "The program is never quite sure whether something is a person. Whoever it is less sure of "
    "than this threshold, from 0 to 1, is not counted: a higher one misses more people, a lower "
    "one takes more things for people."
)
_DOUBTS: Mapping[Doubt, tuple[str, str]] = table(
    lambda: {
        Doubt.NO_DATA: (
            tr("No audit tells yet"),
            (
                tr(
                    "Audit people in view or random pictures of this camera, as it is set up now. "
                    "Then this page can say which threshold fits it."
                )
            ),
        ),
        Doubt.TOO_FEW: (
            tr("There is too little to say"),
            (
                tr(
                    "The audits of this camera hold too few pictures or people. Audit it once more, "
                    "when more people are there."
                )
            ),
        ),
        Doubt.NO_GAIN: (
            tr("The present threshold fits"),
            tr("No other one is surely better for this camera."),
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
        self.setWindowTitle(tr("Threshold of {name}", name=camera.name))
        self.setFixedWidth(theme.px(_WIDTH))
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
        self.heading = plain_label(tr("Looking at the audits …"), "heading", self)
        self.sentence = plain_label("", "", self)
        self.rests_on = plain_label("", "muted", self)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.apply_button = QPushButton(self)
        self.apply_button.setProperty("role", "primary")
        self.apply_button.clicked.connect(self.ask_to_apply)
        self.apply_button.hide()
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(
            plain_label(tr("Threshold of {name}", name=self._camera.name), "title", self)
        )
        column.addWidget(plain_label(tr(_WHAT), "muted", self))
        column.addWidget(self.busy)
        column.addWidget(self.heading)
        column.addWidget(self.sentence)
        column.addWidget(self.rests_on)
        column.addWidget(self.notice)
        column.addStretch(1)
        column.addLayout(buttons)

    def _on_advice(self, advice: ThresholdAdvice) -> None:
        self.busy.hide()
        self._advice = advice
        if advice.doubt is not None or advice.suggested is None:
            title, text = _DOUBTS[advice.doubt or Doubt.NO_GAIN]
            self.heading.setText(title)
            self.sentence.setText(
                tr("{text} It is {present:.2f} now.", text=text, present=advice.present)
            )
        else:
            self.heading.setText(
                tr(
                    "{suggested:.2f} instead of {present:.2f} fits this camera better",
                    suggested=advice.suggested,
                    present=advice.present,
                )
            )
            self.sentence.setText(change_words(advice))
            self.apply_button.setText(tr("Use {suggested:.2f}…", suggested=advice.suggested))
            self.apply_button.setVisible(self._may_apply)
        if advice.pictures:
            self.rests_on.setText(
                tr(
                    "This rests on {number} pictures with {number2} "
                    "people, which you or others counted in audits.",
                    number=number(advice.pictures),
                    number2=number(advice.people),
                )
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
            tr(
                "Count “{name}” with a threshold of {suggested:.2f}?",
                name=self._camera.name,
                suggested=self._advice.suggested,
            ),
            tr(
                "It holds from the next picture on; numbers that are stored already stay as they "
                "are. Until the next audit, the badge says that the threshold has changed."
            ),
            (tr("Change it"), tr("Leave it")),
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
            tr(
                "Now {bias} in a picture on average; then it would be {bias_then}.",
                bias=_bias(advice.bias_now),
                bias_then=_bias_then(advice.bias_then),
            )
        )
    if advice.error_now is not None and advice.error_then is not None:
        told.append(
            tr(
                "The usual size of the error would go from {value:.2f} to {value2:.2f} people.",
                value=advice.error_now.value,
                value2=advice.error_then.value,
            )
        )
    if advice.change is not None:
        told.append(
            tr(
                "That is a change of {signed}, with a certainty of 95 % from "
                "{signed2} to {signed3}.",
                signed=signed(advice.change.value),
                signed2=signed(advice.change.low),
                signed3=signed(advice.change.high),
            )
        )
    return " ".join(told)


def _bias(bias: Estimate) -> str:
    value = abs(bias.value)
    if value < 0.005:
        return tr("as many people are counted as there are")
    if bias.value > 0:
        return tr("{value:.2f} people too many are counted", value=value)
    return tr("{value:.2f} people too few are counted", value=value)


def _bias_then(bias: Estimate) -> str:
    value = abs(bias.value)
    if value < 0.005:
        return tr("none")
    if bias.value > 0:
        return tr("{value:.2f} too many", value=value)
    return tr("{value:.2f} too few", value=value)
