"""The second step of finding cameras: what was found, and the sign-in for it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.cameras.discovery import Found
from camwatch.domain import Secret
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.cameras.find_table import FoundCamera, FoundTable
from camwatch.ui.forms import (
    Field,
    Notice,
    PasswordEdit,
    in_a_row,
    in_tab_order,
    name_line_buttons,
    plain_label,
)
from camwatch.ui.words import cameras as cameras_words
from camwatch.ui.words import number

_SIGN_IN = marked(
    "It is tried once on each ticked camera that needs one. Cameras lock an account after several "
    "wrong passwords, so try it on one first if you are not sure."
)
_NONE_FOUND = marked(
    "Look whether the cameras are switched on and in this network. Cameras in another network are "
    "found by its addresses; a camera can also be added by itself, by its address."
)


class ResultsStep(QWidget):
    """Shows the cameras as they are found; the ticked ones are to be added.

    Signals:
        stop_requested: The search is to end with what there is.
        sign_in_requested: The ticked cameras that need one are to be asked with the sign-in.
    """

    stop_requested = Signal()
    sign_in_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.is_searching = False
        self._is_trying = False
        self.summary = plain_label("", "heading", self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Filter"))
        self.search.setAccessibleName(tr("Filter the cameras that were found"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.search.setFixedWidth(26 * space)
        self.all_button = self._button(tr("Tick &all"))
        self.none_button = self._button(tr("Tick n&one"))
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Addresses asked"))
        self.progress_words = plain_label("", "muted", self)
        self.stop_button = self._button(tr("&Stop"))
        self.table = FoundTable(self)
        self.notice = Notice(self)
        self.username = QLineEdit(self)
        self.password = PasswordEdit(self)
        self.username_field = Field(tr("&User name"), self.username, self)
        self.password_field = Field(tr("&Password"), self.password, self)
        self.try_button = self._button("")
        self._lay_out()
        self.search.textChanged.connect(self._on_filter)
        self.all_button.clicked.connect(lambda: self.table.cameras.tick_all(True))
        self.none_button.clicked.connect(lambda: self.table.cameras.tick_all(False))
        self.stop_button.clicked.connect(self.stop_requested)
        self.try_button.clicked.connect(self.sign_in_requested)
        self.username.textChanged.connect(self.update_words)
        self.table.cameras.ticks_changed.connect(self.update_words)
        in_tab_order(
            self.search,
            self.all_button,
            self.none_button,
            self.stop_button,
            self.table,
            self.username,
            self.password.line,
            self.try_button,
        )
        self.update_words()

    def _button(self, words: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        return button

    def _lay_out(self) -> None:
        space = theme.current().space
        above = QHBoxLayout()
        above.setSpacing(space + space // 2)
        above.addWidget(self.summary, 1)
        for part in (self.search, self.all_button, self.none_button):
            above.addWidget(part)
        self.running = QWidget(self)
        running = QHBoxLayout(self.running)
        running.setContentsMargins(0, 0, 0, 0)
        running.setSpacing(space + space // 2)
        running.addWidget(self.progress, 1)
        running.addWidget(self.progress_words)
        running.addWidget(self.stop_button)
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        self.sign_in = QFrame(self)
        self.sign_in.setProperty("role", "card")
        words = QVBoxLayout()
        words.setSpacing(space // 2)
        words.addWidget(plain_label(tr("Common sign-in"), "heading", self))
        words.addWidget(plain_label(tr(_SIGN_IN), "muted", self))
        words.addStretch(1)
        row = QHBoxLayout(self.sign_in)
        row.setContentsMargins(2 * space, space + space // 2, 2 * space, space + space // 2)
        row.setSpacing(2 * space)
        row.addLayout(words, 3)
        row.addLayout(in_a_row([(self.username_field, 1), (self.password_field, 1)]), 3)
        row.addWidget(self.try_button, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space + space // 2)
        column.addLayout(above)
        column.addWidget(self.running)
        column.addWidget(card, 1)
        column.addWidget(self.notice)
        column.addWidget(self.sign_in)

    # ---------------------------------------------------------------- the search

    def begin(self, *, is_new: bool) -> None:
        """Show that cameras are being asked.

        Args:
            is_new: A search begins from nothing; else ticked cameras are asked once more.
        """
        self.is_searching = True
        self._is_trying = not is_new
        if is_new:
            self.table.cameras.clear()
            self.search.clear()
        self.notice.hide()
        self.progress.setRange(0, 0)
        self.progress_words.setText("")
        self.update_words()

    def show_progress(self, done: int, count: int) -> None:
        """Show how many addresses are done."""
        self.progress.setRange(0, count)
        self.progress.setValue(done)
        self.progress_words.setText(
            tr("{number} of {number2} addresses", number=number(done), number2=number(count))
        )

    def take(self, found: Sequence[Found], username: str, password: Secret | None) -> None:
        """Show cameras that were found.

        Args:
            found: As they were found.
            username: With which they were asked; "" for none.
            password: Of that user.
        """
        self.table.cameras.take(found, username, password)

    def end(self) -> None:
        """Show that nothing is being asked any more."""
        self.is_searching = False
        self.update_words()
        if not self.table.cameras.all:
            self.notice.show_text("info", tr("No camera was found"), tr(_NONE_FOUND))

    # ---------------------------------------------------------------- the sign-in

    @property
    def without_sign_in(self) -> list[FoundCamera]:
        """The ticked cameras that need a sign-in which nobody gave yet, or a right one."""
        return [one for one in self.table.cameras.ticked if one.found.needs_sign_in]

    def entered(self) -> tuple[str, Secret | None]:
        """Return the common user name, and the password."""
        name = self.username.text().strip()
        return name, Secret(self.password.text()) if name else None

    @Slot(str)
    def _on_filter(self, text: str) -> None:
        self.table.shown.setFilterFixedString(text.strip())

    @Slot()
    def update_words(self) -> None:
        """Say how many there are, and let be done what can be done."""
        rows = self.table.cameras.all
        ticked = len(self.table.cameras.ticked)
        if self.is_searching and not rows:
            self.summary.setText(tr("Looking for cameras …"))
        else:
            known = sum(not one.is_new for one in rows)
            parts = [
                tr("{cameras_words} found", cameras_words=cameras_words(len(rows))),
                tr("{ticked} ticked", ticked=ticked),
            ]
            if known:
                parts.append(tr("{known} in the list already", known=known))
            self.summary.setText(", ".join(parts))
        waiting = len(self.without_sign_in)
        self.running.setVisible(self.is_searching)
        self.sign_in.setVisible(any(one.found.needs_sign_in and one.is_new for one in rows))
        self.try_button.setText(
            tr("&Try it on {cameras_words}", cameras_words=cameras_words(waiting))
            if waiting
            else tr("&Try it")
        )
        can_try = bool(waiting and self.username.text().strip()) and not self.is_searching
        self.try_button.setEnabled(can_try)
        has_new = any(one.is_new for one in rows)
        self.all_button.setEnabled(has_new)
        self.none_button.setEnabled(ticked > 0)
