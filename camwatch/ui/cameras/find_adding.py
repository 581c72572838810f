"""The fourth step of finding cameras: they are added, all of them or none."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QProgressBar, QPushButton, QVBoxLayout, QWidget

from camwatch.errors import CamWatchError, GivenUp, SecretsUnavailable
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice, plain_label
from camwatch.ui.vault.offer import SecretsOffer
from camwatch.ui.words import cameras as cameras_words

_WIDTH = 560


class AddingStep(QWidget):
    """Shows how far the adding is, and what came of it.

    Signals:
        stop_requested: The adding is to be given up.
    """

    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.sign = plain_label("", "", self)
        self.title = plain_label("", "heading", self)
        self.words = plain_label("", "muted", self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Cameras added"))
        self.stop_button = QPushButton(tr("&Stop"), self)
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.stop_requested)
        self.notice = Notice(self)
        self.keep_in_memory = QCheckBox(tr("Keep passwords onl&y until CamWatch closes"), self)
        self.keep_in_memory.hide()
        self.offer: SecretsOffer | None = None
        """What is offered without a safe place for passwords; the dialog sets it."""
        column = QVBoxLayout(self)
        column.setSpacing(space + space // 2)
        column.addStretch(1)
        for part in (self.sign, self.title, self.words):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        for wide in (self.progress, self.notice):
            wide.setFixedWidth(theme.px(_WIDTH))
            column.addWidget(wide, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.stop_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.keep_in_memory, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def begin(self, count: int) -> None:
        """Show that cameras are being added."""
        self.sign.hide()
        self.title.setText(
            tr("{cameras_words} are being added …", cameras_words=cameras_words(count))
        )
        self.words.setText(tr("The password of each goes into this computer's keyring."))
        self.progress.setRange(0, count)
        self.progress.setValue(0)
        self.progress.show()
        self.stop_button.setEnabled(True)
        self.stop_button.show()
        self.notice.hide()
        self.keep_in_memory.hide()

    def show_progress(self, done: int, count: int) -> None:
        """Show how many are done."""
        self.progress.setValue(done)
        self.words.setText(
            tr("{done} of {cameras_words}", done=done, cameras_words=cameras_words(count))
        )

    def show_stopping(self) -> None:
        """Show that what was done is being undone."""
        self.stop_button.setEnabled(False)
        self.words.setText(tr("What was done is being undone …"))

    def show_done(self, count: int) -> None:
        """Show that all of them are added."""
        ok = icons.pixmap("check", 48, theme.current().ok, self.devicePixelRatioF())
        self.sign.setPixmap(ok)
        self.sign.show()
        self.title.setText(
            tr("1 camera is added")
            if count == 1
            else tr("{cameras_words} are added", cameras_words=cameras_words(count))
        )
        self.words.setText(tr("Their pictures come within the next seconds, on the page Live."))
        self.progress.hide()
        self.stop_button.hide()

    def show_error(self, error: CamWatchError) -> None:
        """Show why none of them is added."""
        self.sign.hide()
        self.progress.hide()
        self.stop_button.hide()
        self.title.setText(tr("No camera is added"))
        self.words.setText(tr("Go back to change something, or try again."))
        words = text_for(error)
        match error:
            case GivenUp():
                self.words.setText(tr("The adding was stopped, and all is as it was before."))
            case SecretsUnavailable():
                if self.offer is not None:
                    self.offer.show(error)
            case _:
                self.notice.show_error(words)
