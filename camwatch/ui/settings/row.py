"""One setting on the page: what it is, its field, its default, and where its value comes from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.commands.settings_described import SECTIONS, SettingValue
from camwatch.commands.settings_state import SettingState, Source
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label, set_role
from camwatch.ui.pages import may_not
from camwatch.ui.settings.entry import entry_for
from camwatch.ui.settings.words import (
    APPLIES,
    OPENS,
    default_words,
    source_words,
    value_words,
)


class SettingRow(QWidget):
    """Shows a setting and lets it be changed; writes nothing itself.

    Signals:
        edited: What is entered is another value, or the one there was again.
        dialog_wanted: The name of the dialog that changes it.
    """

    edited = Signal()
    dialog_wanted = Signal(str)

    def __init__(
        self, state: SettingState, session: Session, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.state = state
        about = state.about
        self.title = plain_label(about.title, "", self)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.mark = plain_label("", "mark", self)
        self.mark.setWordWrap(False)
        self.text = plain_label(about.description, "muted", self)
        self.entry = entry_for(about, self)
        self.title.setBuddy(self.entry.input)
        self.entry.changed.connect(self._on_changed)
        self.note = plain_label("", "muted", self)
        self.message = plain_label("", "error", self)
        self.message.hide()
        self.default_button = QPushButton(tr("Back to default"), self)
        self.default_button.setProperty("role", "link")
        self.default_button.setAccessibleName(tr("Back to default: {what}", what=about.title))
        self.default_button.clicked.connect(self._to_default)
        self.open_button = QPushButton(OPENS.get(about.about.opens, ""), self)
        self.open_button.setAccessibleName(
            tr("{dialog} for: {what}", dialog=self.open_button.text(), what=about.title)
        )
        self.open_button.setVisible(bool(about.about.opens))
        self.open_button.clicked.connect(self._open)

        self._lay_out()
        missing = about.needs if about.needs and not session.may(about.needs) else None
        self._may_not = "" if missing is None else may_not(missing)
        self._is_default_wanted = False
        self.show_state(state)

    def _lay_out(self) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space)
        head.addWidget(self.title, 1)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(space // 2)
        words.addLayout(head)
        words.addWidget(self.text)
        words.addStretch(1)
        field = QVBoxLayout()
        field.setSpacing(space // 2)
        field.addWidget(self.entry)
        field.addWidget(self.message)
        field.addWidget(self.note)
        links = QHBoxLayout()
        links.setSpacing(2 * space)
        links.addWidget(self.default_button)
        links.addWidget(self.open_button)
        links.addStretch(1)
        field.addLayout(links)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, space, 0, space)
        grid.setHorizontalSpacing(4 * space)
        grid.addLayout(words, 0, 0)
        grid.addLayout(field, 0, 1)
        grid.setColumnStretch(0, 5)
        grid.setColumnStretch(1, 5)

    # ---------------------------------------------------------------- what is entered

    @property
    def is_edited(self) -> bool:
        """True if what is entered is not what holds."""
        if not self.entry.isEnabled() or not self._can_edit:
            return False
        if self._is_default_wanted:
            return self.state.written is not None
        return self.entry.value() != self.state.value

    @property
    def wanted(self) -> SettingValue | None:
        """What is to be written; None for "nothing", so that the default holds."""
        value = self.entry.value()
        is_default = value == self.state.about.default
        return None if self._is_default_wanted or is_default else value

    @property
    def _can_edit(self) -> bool:
        about = self.state.about.about
        is_free = self.state.source is not Source.VARIABLE
        return is_free and not (about.opens or about.is_secret or self._may_not)

    def show_state(self, state: SettingState) -> None:
        """Show how the setting is; what was entered is gone."""
        self.state = state
        self._is_default_wanted = False
        self.entry.show_value(state.value)
        self.message.hide()
        self.entry.set_editable(is_editable=self._can_edit)
        self._tell()

    def keep_entry(self, state: SettingState) -> None:
        """Show how the setting is, and leave what was entered."""
        entered = self.entry.value()
        is_edited = self.is_edited
        self.show_state(state)
        if is_edited:
            self.entry.show_value(entered)
            self._tell()

    def show_problem(self, reason: str) -> None:
        """Say at the field what is wrong with it."""
        self.message.setText(reason)
        self.message.show()
        set_role(self.entry.input, "error")
        self.entry.input.setAccessibleDescription(reason)

    @Slot()
    def _on_changed(self) -> None:
        self._is_default_wanted = False
        self._clear_problem()
        self._tell()
        self.edited.emit()

    @Slot()
    def _to_default(self) -> None:
        self.entry.show_value(self.state.about.default)
        self._is_default_wanted = True
        self._clear_problem()
        self._tell()
        self.edited.emit()
        self.entry.input.setFocus()

    @Slot()
    def _open(self) -> None:
        self.dialog_wanted.emit(self.state.about.about.opens)

    def _clear_problem(self) -> None:
        self.message.hide()
        set_role(self.entry.input, "")
        self.entry.input.setAccessibleDescription(self.state.about.description)

    def _tell(self) -> None:
        state, about = self.state, self.state.about
        marks = (
            (self.is_edited, tr("Not saved yet")),
            (state.waits, tr("After a restart")),
            (state.is_changed, tr("Changed")),
        )
        mark = next((words for holds, words in marks if holds), "")
        self.mark.setText(mark)
        self.mark.setVisible(bool(mark))
        set_role(self.mark, "warning" if self.is_edited or state.waits else "mark")
        if state.source is Source.VARIABLE:
            note = source_words(state)
        elif self._may_not:
            note = self._may_not
        else:
            parts = (default_words(about), APPLIES[about.about.applies], source_words(state))
            note = " · ".join(one for one in parts if one)
        self.note.setText(note)
        is_default = self.entry.value() == about.default and (
            self._is_default_wanted or state.written is None
        )
        self.default_button.setVisible(self._can_edit and not is_default)

    # ---------------------------------------------------------------- looking for it

    def fits(self, words: list[str], *, only_changed: bool) -> bool:
        """Tell whether it is looked for.

        Args:
            words: All of them stand in what is said of it; lower case.
            only_changed: Only what is not the default, or is being changed.
        """
        state, about = self.state, self.state.about
        if only_changed and not (state.is_changed or self.is_edited):
            return False
        section = " ".join(SECTIONS.get(about.section, (about.section, "")))
        value = value_words(about, state.value)
        text = f"{about.title} {about.description} {about.key} {section} {value}".casefold()
        return all(word in text for word in words)
