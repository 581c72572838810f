"""What the dialogs of this room have in common: fields, what is wrong with them, two buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence, text_for
from camwatch.ui.forms import BusyBar, Field, Notice, plain_label, set_role

T = TypeVar("T")


def make_button(
    words: str, icon: str, call: Callable[[], object], parent: QWidget | None = None
) -> QPushButton:
    """Return a button that Enter presses only where the keyboard is on it.

    Args:
        words: With an & before the letter that jumps here.
        icon: Its icon; "" for none.
        call: What it does.
        parent: Where it belongs.
    """
    button = QPushButton(words, parent)
    button.setAutoDefault(False)
    if icon:
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.button_size())
    # A click tells whether the button is checked, which nobody here wants to know.
    button.clicked.connect(lambda _is_checked: call())
    return button


class FormDialog(QDialog):
    """A title, what it is about, a form, and a button that does it in the background.

    Attributes:
        fields: By the name under which a command refuses them.
        body: Where the form goes.
        buttons: The row of buttons; `insertWidget(0, …)` puts one at the left.

    Args:
        background: Does the work.
        title: Of the window and above the form.
        about: Sentences under the title.
        does: Words of the button.
    """

    def __init__(
        self,
        background: Background,
        title: str,
        about: str,
        does: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._is_busy = False
        self.fields: dict[str, Field] = {}
        self.setWindowTitle(title)
        space = theme.current().space
        self.about = plain_label(about, "muted", self)
        self.about.setVisible(bool(about))
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self._untouched: object = None
        self._is_shown_first = True
        self.cancel_button = make_button(tr("Cancel"), "", self.discard, self)
        self.do_button = make_button(does, "", self.submit, self)
        self.do_button.setProperty("role", "primary")
        self.do_button.setDefault(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(2 * space)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(space + space // 2)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.cancel_button)
        self.buttons.addWidget(self.do_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addWidget(plain_label(title, "title", self))
        column.addWidget(self.about)
        column.addLayout(self.body, 1)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addLayout(self.buttons)

    def add_field(self, name: str, field: Field) -> Field:
        """Let a field show what is wrong with the value of this name."""
        self.fields[name] = field
        if isinstance(field.input, QLineEdit):
            field.input.textEdited.connect(field.clear_problem)
        elif isinstance(field.input, QComboBox):
            field.input.activated.connect(field.clear_problem)
        return field

    # ---------------------------------------------------------------- leaving it

    def entered(self) -> object:
        """Return all that is entered, to be compared; who does so is asked before it is lost."""
        return None

    def showEvent(self, event: QShowEvent, /) -> None:
        """Remember what is entered before anybody has typed."""
        super().showEvent(event)
        if self._is_shown_first:
            self._is_shown_first = False
            self._untouched = self.entered()

    def reject(self) -> None:
        """Close without doing it, such as on Esc; ask first if something would be lost."""
        if self.isVisible() and self.entered() != self._untouched:
            self._ask_to_discard()
        else:
            super().reject()

    @Slot()
    def discard(self) -> None:
        """Close without doing it, whatever was entered: who presses Cancel means it."""
        self._untouched = self.entered()
        self.reject()

    def _ask_to_discard(self) -> None:
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Question)
        question.setWindowTitle(tr("Not saved"))
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(tr("Discard what you have entered?"))
        question.setInformativeText(tr("It was not saved, and would be lost."))
        discard = question.addButton(tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        set_role(discard, "danger")
        keep = question.addButton(tr("Keep editing"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        discard.clicked.connect(self.discard)
        question.open()

    # ---------------------------------------------------------------- doing it

    @Slot()
    def submit(self) -> None:
        """Do what the dialog is for; a dialog that does something says here what."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None] | None = None,
    ) -> None:
        """Do a job in the background; meanwhile nothing else can be begun here.

        Args:
            job: May block; touches no widget.
            done: Called with its result.
            failed: Called instead with what went wrong; None shows it.
        """
        if self._is_busy:
            return
        self.clear_problems()
        self._set_busy(True)

        def on_done(result: T) -> None:
            self._set_busy(False)
            done(result)

        def on_failed(error: CamWatchError) -> None:
            self._set_busy(False)
            (failed or self.show_error)(error)

        self._background.run(job, on_done, on_failed, owner=self)

    @property
    def is_busy(self) -> bool:
        """True while a job is under way."""
        return self._is_busy

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        self.do_button.setEnabled(not is_busy)
        self.update_buttons()

    def update_buttons(self) -> None:
        """Say what can be done now; called when a job begins or ends."""

    # ---------------------------------------------------------------- what is wrong

    def clear_problems(self) -> None:
        """Take all messages away."""
        self.notice.hide()
        for field in self.fields.values():
            field.clear_problem()

    def show_error(self, error: CamWatchError) -> None:
        """Show refused values at their fields, and all else in a box."""
        if isinstance(error, InvalidSetting):
            problems: tuple[InvalidSetting, ...] = (error,)
        elif isinstance(error, InvalidSettings):
            problems = error.problems
        else:
            self.notice.show_error(text_for(error))
            return
        self.show_problems(problems)

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Show refused values at their fields; the keyboard goes to the first of them."""
        left: list[str] = []
        first: Field | None = None
        for problem in problems:
            field = self.field_of(problem.field)
            if field is None:
                left.append(field_sentence(problem))
                continue
            field.show_problem(_under(problem))
            first = first or field
        if first is not None:
            first.input.setFocus()
            bring_into_view(first.message)
        if left:
            self.notice.show_text("error", tr("This cannot be done"), " ".join(left))

    def field_of(self, name: str) -> Field | None:
        """Return the field of a value, whether or not its section is named as well."""
        return self.fields.get(name) or self.fields.get(name.rpartition(".")[2])


def bring_into_view(widget: QWidget) -> None:
    """Scroll to a widget that was just shown, once it has its place."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    if above is not None:
        area = above
        QTimer.singleShot(0, widget, lambda: area.ensureWidgetVisible(widget))


def _under(problem: InvalidSetting) -> str:
    """Say what is wrong with a value, without the section of the settings it belongs to."""
    return field_sentence(InvalidSetting(problem.field.rpartition(".")[2], problem.reason))
