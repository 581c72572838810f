"""What the dialogs about the vault have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.language import tr, within
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence, text_for
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import BusyBar, Field, Notice, PasswordEdit, in_tab_order, plain_label

_WIDTH = 460
_SYMBOL = 28


class PassphraseDialog(QDialog):
    """Asks for passphrases, and does one thing with them in the background.

    A passphrase takes a good part of a second to check. What was typed stays until it is
    accepted.

    Args:
        background: Runs what takes time.
        title: Of the window and above its words.
        words: What this is about.
        do_it: Words of the button that does it.
        leave: Words of the other button.
    """

    def __init__(  # noqa: PLR0917 - the words of one dialog
        self,
        background: Background,
        title: str,
        words: str,
        do_it: str,
        leave: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._is_busy = False
        self.fields: dict[str, Field] = {}
        self._stops: list[QWidget] = []
        self.setWindowTitle(tr("CamWatch: {title}", title=within(title)))
        self.setWindowIcon(icons.app_icon())
        space = theme.current().space
        symbol = QLabel(self)
        symbol.setPixmap(
            icons.pixmap("lock", _SYMBOL, theme.current().accent, self.devicePixelRatioF())
        )
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(symbol)
        head.addWidget(plain_label(title, "title", self), 1)
        self.words = plain_label(words, "muted", self)
        self.notice = Notice(self)
        self.form = QVBoxLayout()
        self.form.setSpacing(2 * space)
        self.busy = BusyBar(self)
        self.leave_button = QPushButton(leave, self)
        self.leave_button.setAutoDefault(False)
        self.leave_button.clicked.connect(self.reject)
        self.button = QPushButton(do_it, self)
        self.button.setProperty("role", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self.submit)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        buttons.addWidget(self.leave_button)
        buttons.addWidget(self.button)

        content = QWidget(self)
        content.setFixedWidth(theme.px(_WIDTH))
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.notice)
        column.addLayout(self.form)
        column.addWidget(self.busy)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        # The window is always as high as what it says.
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)
        self.setModal(parent is not None)

    def add_field(self, name: str, label: str, hint: str = "") -> QLineEdit:
        """Put a line for a passphrase under those that are there; return it."""
        entry = PasswordEdit(self)
        field = Field(label, entry, self, hint=hint)
        self.fields[name] = field
        self.form.addWidget(field)
        self._stops += [entry.line, entry.show_button]
        entry.line.textEdited.connect(field.clear_problem)
        entry.line.textChanged.connect(self._update_button)
        return entry.line

    def finish_form(self) -> None:
        """Put the keyboard into the first line, once all are there."""
        in_tab_order(*self._stops, self.button, self.leave_button)
        self._stops[0].setFocus()
        self._update_button()

    def text(self, name: str) -> str:
        """Return what is typed in a line."""
        entry = self.fields[name].input
        return entry.text() if isinstance(entry, QLineEdit) else ""

    @Slot()
    def submit(self) -> None:
        """Do it in the background; the dialog closes once that is done."""
        if not self.button.isEnabled():
            return
        self.notice.hide()
        for field in self.fields.values():
            field.clear_problem()
        if "repeat" in self.fields and self.text("repeat") != self.text("passphrase"):
            self.show_problem("repeat", tr("Both entries must be the same."))
            return
        self.run(self.job())

    @abstractmethod
    def job(self) -> Callable[[], None]:
        """Return what is to be done with what is typed now."""

    def run(self, job: Callable[[], None]) -> None:
        """Run a job in the background, then close."""
        self._set_busy(True)
        self._background.run(job, self._on_done, self._on_failed, owner=self)

    def show_failure(self, error: CamWatchError) -> None:
        """Say what went wrong, at its line if it has one."""
        match error:
            case InvalidSetting() if error.field in self.fields:
                self.show_problem(error.field, field_sentence(error))
            case _:
                self.notice.show_error(text_for(error))

    def show_problem(self, name: str, sentence: str) -> None:
        """Say under a line what is wrong with it, and go there."""
        field = self.fields[name]
        field.show_problem(sentence)
        field.input.setFocus()
        if isinstance(field.input, QLineEdit):
            field.input.selectAll()

    @Slot()
    def reject(self) -> None:
        """Close; not while it is being done, for that cannot be given up."""
        if not self._is_busy:
            super().reject()

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        for field in self.fields.values():
            field.setEnabled(not is_busy)
        self.leave_button.setEnabled(not is_busy)
        self._update_button()

    @Slot()
    def _update_button(self) -> None:
        is_filled = all(self.text(name) for name in self.fields)
        self.button.setEnabled(is_filled and not self._is_busy)

    def _on_done(self, _none: None) -> None:
        self._set_busy(False)
        for field in self.fields.values():
            if isinstance(field.input, QLineEdit):
                field.input.clear()
        self.accept()

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_busy(False)
        next(iter(self.fields.values())).input.setFocus(Qt.FocusReason.OtherFocusReason)
        self.show_failure(error)
