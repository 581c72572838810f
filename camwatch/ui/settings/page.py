"""The page of all settings: one can look for them, change them, and take a change back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.commands.settings_commands import APPEARANCE
from camwatch.commands.settings_described import SECTIONS, SettingValue, described
from camwatch.commands.settings_state import SettingsChange, SettingsState
from camwatch.errors import CamWatchError, ChangedMeanwhile, InvalidSettings
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import (
    BusyBar,
    Notice,
    in_tab_order,
    name_line_buttons,
    plain_label,
    scrolled,
)
from camwatch.ui.help.button import HelpButton
from camwatch.ui.settings.links import SettingsLinks
from camwatch.ui.settings.row import SettingRow

_TYPING_MS = 150


class SettingsPageCommands(Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def settings_state(self, session: Session) -> SettingsState:
        """Return the settings as they are."""
        ...

    def change_settings(
        self, session: Session, changes: Mapping[str, SettingValue | None], mark: str
    ) -> SettingsChange:
        """Change settings: all of these, or none."""
        ...


@dataclass(frozen=True, slots=True)
class SettingsPlace:
    """Where an operator was on the page, to come back there in a window that is made anew.

    Attributes:
        search: What was looked for.
        only_changed: Only what is not the default was shown.
        scrolled: How far down, pixels.
        undo: What takes the last change back.
    """

    search: str = ""
    only_changed: bool = False
    scrolled: int = 0
    undo: Mapping[str, SettingValue | None] | None = None


class SettingsPage(QWidget):
    """Lists the settings by section; reads them whenever it is shown.

    Signals:
        appearance_changed: The Display section as it is now; the window must be made anew.
        security_changed: The Security section as it is now.
        counting_changed: How people are found was changed; "", as the model is the same.
        dialog_wanted: The name of a dialog that changes what is not changed here.
    """

    appearance_changed = Signal(object)
    security_changed = Signal(object)
    counting_changed = Signal(str)
    dialog_wanted = Signal(str)

    def __init__(
        self,
        commands: SettingsPageCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._mark = ""
        self._rows: dict[str, SettingRow] = {}
        self._cards: dict[str, QWidget] = {}
        self._undo: Mapping[str, SettingValue | None] | None = None
        self._place: SettingsPlace | None = None
        self._wanted_key = ""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._filter)
        self._build()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = plain_label(tr("Settings"), "title", self)
        title.setWordWrap(False)
        self.summary = plain_label("", "muted", self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search settings"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.search.setMinimumWidth(32 * space)
        self.search.textChanged.connect(self._typing.start)
        self.only_changed = QCheckBox(tr("Changed only"), self)
        self.only_changed.toggled.connect(self._filter)
        self.busy = BusyBar(self)
        self.trouble = Notice(self)
        self.trouble.action_requested.connect(self.reload)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._on_notice)
        self.links = SettingsLinks(self._session, self)
        self.links.wanted.connect(self.dialog_wanted)
        content = QWidget(self)
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(0, 0, space, 0)
        self._column.setSpacing(2 * space)
        self._column.addWidget(self.links)
        self._column.addStretch(1)
        self._area = scrolled(content, self)
        self.empty = EmptyTable("search", self)
        self.empty.pressed.connect(self._show_all)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._area)
        self._stack.addWidget(self.empty)
        self._bar = self._save_bar()

        head = QHBoxLayout()
        head.setSpacing(2 * space)
        head.addWidget(title)
        head.addWidget(HelpButton("settings", self))
        head.addWidget(self.summary, 1)
        head.addWidget(self.only_changed)
        head.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        for part in (self.busy, self.trouble, self.notice):
            column.addWidget(part)
        column.addLayout(self._stack, 1)
        column.addWidget(self._bar)
        in_tab_order(self.search, self.only_changed)
        self.setFocusProxy(self.search)

    def _save_bar(self) -> QFrame:
        space = theme.current().space
        bar = QFrame(self)
        bar.setProperty("role", "card")
        self.unsaved = plain_label("", "", bar)
        self.discard_button = QPushButton(tr("Discard"), bar)
        self.discard_button.clicked.connect(self.discard)
        self.save_button = QPushButton(tr("&Save"), bar)
        self.save_button.setProperty("role", "primary")
        self.save_button.clicked.connect(self.save)
        row = QHBoxLayout(bar)
        row.setContentsMargins(2 * space, space, 2 * space, space)
        row.setSpacing(space)
        row.addWidget(self.unsaved, 1)
        row.addWidget(self.discard_button)
        row.addWidget(self.save_button)
        bar.hide()
        return bar

    def _make_rows(self, state: SettingsState) -> None:
        space = theme.current().space
        cards: dict[str, QVBoxLayout] = {}
        for one in state.settings:
            section = one.about.section
            if section not in cards:
                card = QFrame(self)
                card.setProperty("role", "card")
                column = cards[section] = QVBoxLayout(card)
                column.setContentsMargins(2 * space, 2 * space, 2 * space, space)
                column.setSpacing(0)
                title, text = SECTIONS.get(section, (section, ""))
                column.addWidget(plain_label(title, "heading", card))
                column.addWidget(plain_label(text, "muted", card))
                self._cards[section] = card
                self._column.insertWidget(self._column.count() - 2, card)
            row = self._rows[one.about.key] = SettingRow(one, self._session, self)
            row.edited.connect(self._on_edited)
            row.dialog_wanted.connect(self.dialog_wanted)
            cards[section].addWidget(row)

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read anew whenever somebody looks: the file can be changed by hand."""
        super().showEvent(event)
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read the settings; what was entered and not saved stays."""
        self.busy.show()
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.settings_state(session), self._on_read, self._on_failed, owner=self
        )

    def _on_read(self, state: SettingsState) -> None:
        self.busy.hide()
        self._mark = state.mark
        if not self._rows:
            self._make_rows(state)
        for one in state.settings:
            self._rows[one.about.key].keep_entry(one)
        if state.problems:
            named = "\n".join(f"{one.field} {one.reason}" for one in state.problems)
            self.trouble.show_text(
                "warning",
                tr("settings.toml has a mistake; its last good copy is used"),
                tr("Put it right in the file, or here where the setting is listed.\n{named}",
                   named=named),
                action=tr("Read again"),
            )  # fmt: skip
        else:
            self.trouble.hide()
        self._filter()
        self._on_edited()
        self._return()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.trouble.show_error(text_for(error), action=tr("Read again"))

    # ---------------------------------------------------------------- looking for

    @Slot()
    def _filter(self) -> None:
        self._typing.stop()
        words = self.search.text().casefold().split()
        only_changed = self.only_changed.isChecked()
        shown: set[str] = set()
        for row in self._rows.values():
            fits = row.fits(words, only_changed=only_changed)
            row.setVisible(fits)
            if fits:
                shown.add(row.state.about.section)
        for section, card in self._cards.items():
            card.setVisible(section in shown)
        is_link = not only_changed and self.links.has(words)
        self.links.setVisible(is_link)
        self._stack.setCurrentIndex(0 if shown or is_link or not self._rows else 1)
        self.empty.tell(
            tr("No setting fits"),
            tr("Try another word, or show all settings."),
            tr("Show all"),
        )
        self._summarise()

    def _summarise(self) -> None:
        if not self._rows:
            return
        changed = sum(row.state.is_changed for row in self._rows.values())
        waiting = sum(row.state.waits for row in self._rows.values())
        text = tr("{count} settings, {changed} changed", count=len(self._rows), changed=changed)
        if waiting:
            waits = tr("{count} hold after CamWatch is opened anew", count=waiting)
            text = f"{text}; {waits}"
        self.summary.setText(text)

    @Slot()
    def _show_all(self) -> None:
        self.only_changed.setChecked(False)
        self.search.clear()
        self._filter()

    def show_setting(self, key: str) -> None:
        """Show one setting, found elsewhere, with the keyboard in its field."""
        about = described(key)
        self.search.setText("" if about is None else about.key)
        self._wanted_key = key
        self._filter()
        self._go_to_wanted()

    def _go_to_wanted(self) -> None:
        row = self._rows.get(self._wanted_key)
        if row is not None:
            self._wanted_key = ""
            self._area.ensureWidgetVisible(row)
            if self.isVisible():  # the settings may be read after the operator has left
                row.entry.input.setFocus()

    # ---------------------------------------------------------------- coming back

    @property
    def place(self) -> SettingsPlace:
        """Where the operator is, for the page of a window that is made anew."""
        return SettingsPlace(
            self.search.text(),
            self.only_changed.isChecked(),
            self._area.verticalScrollBar().value(),
            self._undo,
        )

    def return_to(self, place: SettingsPlace) -> None:
        """Be there again once the settings are read."""
        self.search.setText(place.search)
        self.only_changed.setChecked(place.only_changed)
        self._place = place

    def _return(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            if place.undo is not None:
                self._offer_undo(place.undo, ())
            QTimer.singleShot(
                0, self, lambda: self._area.verticalScrollBar().setValue(place.scrolled)
            )
        self._go_to_wanted()

    # ---------------------------------------------------------------- changing

    @property
    def edited(self) -> dict[str, SettingValue | None]:
        """What is entered and not saved."""
        return {key: row.wanted for key, row in self._rows.items() if row.is_edited}

    @Slot()
    def _on_edited(self) -> None:
        count = len(self.edited)
        self._bar.setVisible(bool(count))
        self.unsaved.setText(
            tr("One change is not saved yet.")
            if count == 1
            else tr("{count} changes are not saved yet.", count=count)
        )

    @Slot()
    def discard(self) -> None:
        """Show what holds; what was entered is gone."""
        for row in self._rows.values():
            row.show_state(row.state)
        self._on_edited()

    @Slot()
    def save(self) -> None:
        """Write what was entered."""
        self._change(self.edited)

    def _change(self, changes: Mapping[str, SettingValue | None]) -> None:
        if not changes:
            return
        self.notice.hide()
        self.busy.show()
        self._bar.setEnabled(False)
        commands, session, mark = self._commands, self._session, self._mark
        self._background.run(
            lambda: commands.change_settings(session, changes, mark),
            self._on_changed,
            self._on_not_changed,
            owner=self,
        )

    def _on_changed(self, change: SettingsChange) -> None:
        self._bar.setEnabled(True)
        for key in change.keys:
            row = self._rows[key]
            row.show_state(row.state)  # so that it is not taken for entered
        self._offer_undo(change.before, change.restart)
        self._tell(change)
        self.reload()

    def _tell(self, change: SettingsChange) -> None:
        keys = set(change.keys)
        if any(key.startswith("security.") for key in keys):
            self.security_changed.emit(change.settings.security)
        if "detection.threshold" in keys:
            self.counting_changed.emit("")
        if keys & {f"display.{name}" for name in APPEARANCE}:
            self.appearance_changed.emit(change.settings.display)

    def _offer_undo(
        self, before: Mapping[str, SettingValue | None], restart: tuple[str, ...]
    ) -> None:
        self._undo = before
        titles = [about.title for key in before if (about := described(key)) is not None]
        text = tr("Changed: {names}.", names=", ".join(titles))
        if restart:
            later = [about.title for key in restart if (about := described(key)) is not None]
            text += "\n" + tr(
                "This holds once CamWatch is closed and opened again: {names}.",
                names=", ".join(later),
            )
        self.notice.show_text("ok", tr("The settings are saved"), text, action=tr("Undo"))

    @Slot()
    def _on_notice(self) -> None:
        undo, self._undo = self._undo, None
        self.notice.hide()
        if undo is not None:
            self._change(undo)

    def _on_not_changed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self._bar.setEnabled(True)
        if isinstance(error, ChangedMeanwhile):
            self.notice.show_text(
                "warning",
                tr("settings.toml was changed meanwhile"),
                tr(
                    "It was not written over. What it says now is shown; what you entered is "
                    "still here: look at it, and save again."
                ),
            )
            self.reload()
            return
        if isinstance(error, InvalidSettings):
            left = []
            for one in error.problems:
                row = self._rows.get(one.field)
                if row is None:
                    left.append(f"{one.field} {one.reason}")
                else:
                    row.show_problem(one.reason)
            first = next((self._rows[one.field] for one in error.problems
                          if one.field in self._rows), None)  # fmt: skip
            if first is not None:
                self._area.ensureWidgetVisible(first)
                first.entry.input.setFocus(Qt.FocusReason.OtherFocusReason)
            if left:
                self.notice.show_text("error", tr("Nothing was saved"), "\n".join(left))
            return
        self.notice.show_error(text_for(error))
