"""The long part of the details: facts, what it is about, picture, history, messages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from camwatch.alerts.alert import Alert, AlertPart
from camwatch.alerts.inbox import AlertDetails
from camwatch.alerts.notification import Notification, NotificationState
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.evidence_panel import EvidencePanel
from camwatch.ui.forms import plain_label
from camwatch.ui.operators.wording import breakable

_ICON = 16
_MOST_PARTS = 60
_MOST_LINES = 100


class Section(QWidget):
    """A heading and lines under it; hidden while there are none."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.heading = plain_label(title, "muted", self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, space // 2, 0, 0)
        self._column.setSpacing(space // 2)
        self._column.addWidget(self.heading)
        self._content = QWidget(self)
        self._column.addWidget(self._content)

    def add(self, part: QWidget) -> None:
        """Put something below the lines."""
        self._column.addWidget(part)

    def show_rows(self, rows: Sequence[tuple[QWidget, QWidget]]) -> None:
        """Show rows of a mark and words, instead of those before."""
        content = QWidget(self)
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.current().space)
        grid.setVerticalSpacing(theme.current().space // 2)
        grid.setColumnStretch(1, 1)
        for place, (mark, words) in enumerate(rows):
            for column, part in enumerate((mark, words)):
                part.setParent(content)
                grid.addWidget(part, place, column, Qt.AlignmentFlag.AlignTop)
        self._column.replaceWidget(self._content, content)
        self._content.hide()
        self._content.deleteLater()
        self._content = content
        content.show()
        self.setVisible(bool(rows))


class DetailsBody(QWidget):
    """What scrolls below the head of the details.

    Args:
        zone: The site's time zone.
        evidence: Shows the pictures.
    """

    def __init__(
        self, zone: ZoneInfo, evidence: EvidencePanel, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._zone = zone
        self._evidence = evidence
        space = theme.current().space
        self.message = _words("")
        self.facts = Section("", self)
        self.facts.heading.hide()
        self.picture = Section(tr("Picture of the moment"), self)
        self.parts = Section(tr("What it is about"), self)
        self.history = Section(tr("History"), self)
        self.sent = Section(tr("Messages"), self)
        self.picture.add(evidence)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(space)
        column.addWidget(self.message)
        for section in self._sections:
            column.addWidget(section)
        column.addStretch(1)

    @property
    def _sections(self) -> tuple[Section, ...]:
        return self.picture, self.facts, self.parts, self.history, self.sent

    def clear(self) -> None:
        """Show nothing."""
        for section in self._sections:
            section.show_rows([])
        self.say("")

    def say(self, text: str) -> None:
        """Show a few words and nothing else."""
        self.message.setText(breakable(text))
        self.message.setVisible(bool(text))

    def show_alert(self, alert: Alert, details: AlertDetails | None, now: datetime) -> None:
        """Show all of an alert.

        Args:
            alert: The newest version.
            details: Its history and messages; None while they are not read.
            now: UTC.
        """
        message = wording.shown(alert.message)
        self.say("" if message == wording.title(alert) else message)
        facts = wording.states_line(alert, self._zone, now)
        self.facts.show_rows([(_name(name), _words(value)) for name, value in facts])
        self.picture.show()
        count = len(alert.parts)
        self.parts.heading.setText(
            tr("What it is about ({count})", count=count) if count > 1 else tr("What it is about")
        )
        self.parts.show_rows(list(self._part_rows(alert, now)))
        entries = details.entries if details is not None else ()
        lines = [wording.entry_line(one, self._zone, now) for one in reversed(entries)]
        self.history.heading.setText(tr("History, newest first"))
        self.history.show_rows(_lines(lines, "history"))
        self.sent.show_rows(
            [self._sent_row(one, now) for one in details.notifications[-_MOST_LINES:]]
            if details is not None
            else []
        )

    def _part_rows(self, alert: Alert, now: datetime) -> Iterable[tuple[QWidget, QWidget]]:
        # Those that still hold come first: they are what can be acted on.
        parts = sorted(alert.parts, key=lambda one: one.returned_at is not None)
        for part in parts[:_MOST_PARTS]:
            yield _part_mark(part), _words(wording.part_line(part, self._zone, now))
        if (more := len(parts) - _MOST_PARTS) > 0:
            yield QLabel(), _words(tr("and {more} more; “Copy text” has all of them.", more=more))

    def _sent_row(self, sent: Notification, now: datetime) -> tuple[QWidget, QWidget]:
        tokens = theme.current()
        color = {
            NotificationState.DELIVERED: tokens.ok,
            NotificationState.FAILED: tokens.critical,
            NotificationState.EXPIRED: tokens.critical,
            NotificationState.WAITING: tokens.warning,
        }.get(sent.state, tokens.muted)
        return _mark(wording.channel_look(sent.new.channel).icon, color), _words(
            wording.sent_line(sent, self._zone, now)
        )


def _lines(lines: Sequence[str], icon: str) -> list[tuple[QWidget, QWidget]]:
    muted = theme.current().muted
    rows: list[tuple[QWidget, QWidget]] = [
        (_mark(icon, muted), _words(line)) for line in lines[:_MOST_LINES]
    ]
    if (more := len(lines) - _MOST_LINES) > 0:
        rows.append(
            (QLabel(), _words(tr("and {more} more; “Copy text” has all of them.", more=more)))
        )
    return rows


def _part_mark(part: AlertPart) -> QLabel:
    tokens = theme.current()
    if part.returned_at is None:
        return _mark("circle-alert", tokens.warning, "holds")
    return _mark("circle-check", tokens.ok, "over")


def _mark(icon: str, color: str, word: str = "") -> QLabel:
    label = QLabel()
    label.setPixmap(icons.pixmap(icon, _ICON, color, label.devicePixelRatioF()))
    label.setAccessibleName(word)
    return label


def _name(text: str) -> QLabel:
    label = plain_label(text, "muted")
    label.setWordWrap(False)
    return label


def _words(text: str) -> QLabel:
    label = plain_label(breakable(text))
    label.setMinimumWidth(1)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse
        | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
    return label
