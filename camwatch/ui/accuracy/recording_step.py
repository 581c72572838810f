"""The second step of an audit: the recording runs, and one sees that it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from camwatch.accuracy.plan import RecordingState, RecordingStatus
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.accuracy.picture_view import PictureView
from camwatch.ui.accuracy.wording import missing_words, pictures, recording_words, size
from camwatch.ui.forms import Notice, plain_label
from camwatch.ui.words import number, sentence

_LOOK_MS = 500
_GOES_ON = marked(
    "You can close this window and do something else: the recording goes on, and this page "
    "tells when it is ready to be counted."
)
_NOBODY_CAME = marked(
    "The camera gave no picture that could be counted in this time. Discard the recording, see "
    "to the camera, and begin again."
)


class RecordingStep(QWidget):
    """Shows a recording that runs or has ended.

    Signals:
        stop_requested: End it now, if the operator is sure.
        discard_requested: Delete it.
        count_requested: It has ended; begin to count.

    Args:
        folder: Of the recording's pictures.
        status: As it is.
        clock: The wall clock, aware UTC.
    """

    stop_requested = Signal()
    discard_requested = Signal()
    count_requested = Signal()

    def __init__(
        self,
        folder: Path,
        status: RecordingStatus,
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self.status = status
        self._build(folder)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._update)
        self._timer.start()
        self.show_status(status)

    def _build(self, folder: Path) -> None:
        space = theme.current().space
        self.heading = plain_label("", "heading", self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(space)
        self.bar.setAccessibleName(tr("How much is recorded"))
        self.facts = plain_label("", "muted", self)
        self.view = PictureView(folder, self)
        self.view.say(tr("Waiting for the first picture …"))
        self.explanation = plain_label(tr(_GOES_ON), "muted", self)
        self.notice = Notice(self)
        self.stop_button = QPushButton(tr("&Stop now and count what there is"), self)
        self.stop_button.clicked.connect(self.stop_requested)
        self.discard_button = QPushButton(tr("&Discard"), self)
        self.discard_button.setProperty("role", "danger")
        self.discard_button.clicked.connect(self.discard_requested)
        self.count_button = QPushButton(tr("&Begin to count"), self)
        self.count_button.setProperty("role", "primary")
        self.count_button.setDefault(True)
        self.count_button.clicked.connect(self.count_requested)
        foot = QHBoxLayout()
        foot.setSpacing(space + space // 2)
        foot.addWidget(self.discard_button)
        foot.addStretch(1)
        foot.addWidget(self.stop_button)
        foot.addWidget(self.count_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(self.heading)
        column.addWidget(self.bar)
        column.addWidget(self.facts)
        column.addWidget(self.view, 1)
        column.addWidget(self.explanation)
        column.addWidget(self.notice)
        column.addLayout(foot)

    def show_status(self, status: RecordingStatus) -> None:
        """Show how far it is."""
        self.status = status
        if status.last_picture:
            self.view.say("")
            self.view.show_picture([status.last_picture])
        self._update()

    @Slot()
    def _update(self) -> None:
        status, now = self.status, self._clock()
        is_running = status.state is RecordingState.RUNNING
        self.heading.setText(sentence(recording_words(status, now)))
        share = 1 - status.left_s(now) / status.plan.seconds
        if status.plan.pictures is not None and is_running:
            share = status.pictures / status.plan.pictures
        self.bar.setValue(round(1000 * share))
        so_far = pictures(status.pictures)
        if status.plan.pictures is not None:
            so_far = tr(
                "{number} of {pictures}",
                number=number(status.pictures),
                pictures=pictures(status.plan.pictures),
            )
        self.facts.setText(f"{so_far}, {size(status.size)}")
        self.stop_button.setVisible(is_running)
        self.count_button.setVisible(not is_running)
        self.count_button.setEnabled(status.pictures > 0)
        self.explanation.setVisible(is_running)
        if missing := missing_words(status):
            self.notice.show_text("info", tr("Some things to know"), missing)
        elif not is_running and not status.pictures:
            self.notice.show_text("warning", tr("Nothing was recorded"), tr(_NOBODY_CAME))
        else:
            self.notice.hide()

    def show_stopping(self) -> None:
        """Say that the recording ends."""
        self.stop_button.setEnabled(False)
        self.stop_button.setText(tr("Waiting for the last counts …"))

    def close_step(self) -> None:
        """End the thread that loads pictures."""
        self._timer.stop()
        self.view.close_loader()


def first_focus(step: RecordingStep) -> None:
    """Put the keyboard where the operator goes on."""
    button = step.count_button if step.count_button.isVisible() else step.stop_button
    button.setFocus(Qt.FocusReason.OtherFocusReason)
