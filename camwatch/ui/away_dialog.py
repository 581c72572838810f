"""Shown in the sign-in's place while the server with the history is away."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import BusyBar, plain_label

_WIDTH = 520
_SYMBOL = 28
_EVERY_S = 10
_COUNTED = marked(
    "Your cameras are counted meanwhile, as they were set up last. The counts wait on this "
    "computer, and are saved in their order when the server is back."
)
_NOT_COUNTED = marked(
    "Nothing is counted meanwhile: this computer has not yet seen which cameras there are. Once "
    "it has, it counts also while the server is away."
)


class AwayDialog(QDialog):
    """Asks for another try, every ten seconds by itself; rejected if CamWatch is to end.

    Args:
        error: What opening the history said.
        is_counting: Cameras are counted meanwhile.
        has_vault: The password is in the vault, which is locked and can be unlocked from here.

    Signals:
        try_wanted: The history is to be opened once more; `show_failure` follows, or the end.
        unlock_wanted: The operator wants to unlock the vault, in which the password is.
    """

    try_wanted = Signal()
    unlock_wanted = Signal()

    def __init__(self, error: CamWatchError, *, is_counting: bool, has_vault: bool = False) -> None:
        super().__init__()
        self.setWindowTitle(tr("CamWatch: the database server is away"))
        self.setWindowIcon(icons.app_icon())
        self.title = plain_label("", "title", self)
        self.happened = plain_label("", "", self)
        self.remedy = plain_label("", "", self)
        self.counting = plain_label(
            tr(_COUNTED) if is_counting else tr(_NOT_COUNTED), "muted", self
        )
        self.status = plain_label("", "muted", self)
        self.busy = BusyBar(self)
        self.quit_button = QPushButton(tr("&Quit"), self)
        self.unlock_button = QPushButton(tr("&Unlock the vault…"), self)
        self.unlock_button.setVisible(has_vault)
        self.try_button = QPushButton(tr("&Try now"), self)
        self.try_button.setProperty("role", "primary")
        self.try_button.setDefault(True)
        self._left_s = 0
        self._had_keyboard = True
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._lay_out()
        self._clock.timeout.connect(self._tick)
        self.try_button.clicked.connect(self.try_now)
        self.unlock_button.clicked.connect(self.unlock_wanted)
        self.quit_button.clicked.connect(self.reject)
        self.show_failure(error)

    def _lay_out(self) -> None:
        tokens = theme.current()
        space = tokens.space
        symbol = QLabel(self)
        symbol.setPixmap(
            icons.pixmap("triangle-alert", _SYMBOL, tokens.warning, self.devicePixelRatioF())
        )
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(symbol)
        head.addWidget(self.title, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        for button in (self.quit_button, self.unlock_button, self.try_button):
            buttons.addWidget(button)
        content = QWidget(self)
        content.setFixedWidth(theme.px(_WIDTH))
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addLayout(head)
        for part in (self.happened, self.remedy, self.counting, self.status, self.busy):
            column.addWidget(part)
        self.happened.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        # The window is always as high as what it says.
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)

    def show_failure(self, error: CamWatchError) -> None:
        """Say what is wrong now, and when it is tried again."""
        words = text_for(error)
        self.title.setText(words.title)
        self.happened.setText(words.sentence)
        self.remedy.setText(words.what_to_do)
        self.busy.hide()
        self.try_button.setEnabled(True)
        if self._had_keyboard:
            self.try_button.setFocus()
        self._left_s = _EVERY_S
        self._show_left()
        self._clock.start()

    @Slot()
    def try_now(self) -> None:
        """Ask for another try."""
        self._clock.stop()
        # A button that is switched off loses the keyboard to the next one, which quits.
        self._had_keyboard = self.try_button.hasFocus()
        if self._had_keyboard:
            self.setFocus()
        self.try_button.setEnabled(False)
        self.status.setText(tr("Trying to reach the server…"))
        self.busy.show()
        self.try_wanted.emit()

    @Slot()
    def _tick(self) -> None:
        self._left_s -= 1
        if self._left_s <= 0:
            self.try_now()
        else:
            self._show_left()

    def _show_left(self) -> None:
        seconds = (
            tr("1 second") if self._left_s == 1 else tr("{left_s} seconds", left_s=self._left_s)
        )
        self.status.setText(tr("Tried again by itself in {seconds}.", seconds=seconds))

    def done(self, result: int) -> None:
        """End, either way; closing the window means to quit."""
        self._clock.stop()
        super().done(result)
