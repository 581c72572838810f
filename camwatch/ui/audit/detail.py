"""All that an entry of the audit log says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from camwatch.domain import AuditEntry
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.audit.wording import (
    action_words,
    actor_words,
    detail_words,
    result_words,
    value_words,
)
from camwatch.ui.forms import plain_label, scrolled
from camwatch.ui.words import number

_NONE = marked("Choose an entry to see all of it.")


class EntryDetail(QFrame):
    """The chosen entry, one fact below the other; texts can be copied.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self.setProperty("role", "card")
        self.setMinimumWidth(30 * theme.current().space)
        self.title = plain_label("", "heading", self)
        self._content = QWidget(self)
        self._facts = QVBoxLayout(self._content)
        self._facts.setContentsMargins(0, 0, theme.current().space, 0)
        self._facts.setSpacing(theme.current().space // 4)
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, 2 * space, space, space)
        column.setSpacing(space)
        column.addWidget(self.title)
        column.addWidget(scrolled(self._content, self), 1)
        self.show_entry(None)

    def show_entry(self, entry: AuditEntry | None) -> None:
        """Show all of an entry; None shows that none is chosen."""
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.title.setText(
            tr("No entry chosen")
            if entry is None
            else tr("Entry {number}", number=number(entry.seq))
        )
        if entry is None:
            self._facts.addWidget(plain_label(tr(_NONE), "muted", self._content))
            self._facts.addStretch(1)
            return
        for name, value in self._facts_of(entry):
            if value:
                self._facts.addWidget(plain_label(name, "muted", self._content))
                self._facts.addWidget(self._value(value))
        self._facts.addStretch(1)

    def texts(self) -> list[str]:
        """Return what is shown, from the top."""
        found = []
        for place in range(self._facts.count()):
            item = self._facts.itemAt(place)
            widget = None if item is None else item.widget()
            if isinstance(widget, QLabel):
                found.append(widget.text())
        return found

    def _value(self, text: str) -> QLabel:
        # A long word, such as an identity, has no place to be broken at.
        label = plain_label(text, "", self._content)
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        label.setContentsMargins(0, 0, 0, theme.current().space // 2)
        label.setMinimumWidth(1)
        return label

    def _facts_of(self, entry: AuditEntry) -> list[tuple[str, str]]:
        at = entry.at.astimezone(self._zone)
        return [
            (tr("When"), f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03} ({at.tzname()})"),
            (tr("Who"), actor_words(entry.actor)),
            (tr("What"), action_words(entry.action)),
            (tr("Which"), entry.target),
            (tr("How it went"), result_words(entry.result)),
            (tr("Computer"), entry.computer),
            *(
                (detail_words(name), value_words(name, value))
                for name, value in sorted(entry.details.items())
            ),
            (tr("Name of the action"), entry.action),
        ]
