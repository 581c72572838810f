"""One part of CamWatch on the Health page."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.health import Finding, Grade, HealthReport, Part
from camwatch.language import number, tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label
from camwatch.ui.health.timeline import TimeLine
from camwatch.ui.health.wording import GRADES, PARTS, look_of
from camwatch.ui.storage.words import moment_of

_ICON = 20
_SMALL_ICON = 14

_LISTED = 12
"""So many numbers stand on a card at most; of 200 cameras that are down, others count."""


class PartCard(QFrame):
    """State by shape and word, a sentence, what to do, since when, and how it was lately.

    The numbers behind it are shown when they are asked for, and at once where something is wrong.

    Signals:
        details_requested: The part has a button for more, which was pressed.
    """

    details_requested = Signal()

    def __init__(self, part: Part, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = part
        self._zone = zone
        self._finding: Finding | None = None
        self._was_chosen = False
        self.setProperty("role", "card")
        space = theme.current().space
        self._sign = QLabel(self)
        self._sign.setFixedSize(icons.size(_ICON))
        self.title = plain_label(PARTS[part], "heading", self)
        self.title.setWordWrap(False)
        self.state = plain_label("", "", self)
        self.state.setWordWrap(False)
        self.toggle = QToolButton(self)
        self.toggle.setCheckable(True)
        self.toggle.setAccessibleName(PARTS[part])
        self.toggle.setIconSize(icons.size(16))
        policy = self.toggle.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # the words of all cards stand below each other
        self.toggle.setSizePolicy(policy)
        self.toggle.clicked.connect(self._on_clicked)
        self.sentence = plain_label("", "", self)
        self.sentence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.advice = plain_label("", "", self)
        self.since = plain_label("", "muted", self)
        self.line = TimeLine(zone, self)
        self._facts = QWidget(self)
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(0, space, 0, 0)
        self._grid.setHorizontalSpacing(space)
        self._grid.setVerticalSpacing(space // 2)
        self._grid.setColumnStretch(2, 3)
        self._grid.setColumnStretch(1, 2)
        head = QHBoxLayout()
        head.setSpacing(space)
        head.addWidget(self._sign)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.state)
        head.addWidget(self.toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space + space // 2, 2 * space, space + space // 2)
        column.setSpacing(space // 2)
        column.addLayout(head)
        for widget in (self.sentence, self.advice, self.since, self.line, self._facts):
            column.addWidget(widget)
        column.addStretch(1)
        self._facts.hide()

    def show_report(self, report: HealthReport, finding: Finding) -> None:
        """Show what was found."""
        self.line.show_changes(report.changes.get(self.part, ()), report.at)
        if not self._was_chosen:
            self.toggle.setChecked(finding.grade in (Grade.WARNING, Grade.FAILED))
        self.since.setText(_since_words(finding, report, self._zone))
        self.since.setVisible(bool(self.since.text()))
        if finding == self._finding:
            self._open()
            return
        self._finding = finding
        look = look_of(finding.grade)
        ratio = self.devicePixelRatioF()
        self._sign.setPixmap(icons.pixmap(look.icon, _ICON, look.color, ratio))
        self.state.setText(GRADES[finding.grade])
        self.state.setStyleSheet(f"color: {look.color}; font-weight: 600;")
        self.sentence.setText(breakable(finding.sentence))
        self.advice.setText(finding.advice)
        self.advice.setVisible(bool(finding.advice))
        self.setAccessibleName(
            tr(
                "{part}: {grade}. {message}",
                part=PARTS[self.part],
                grade=GRADES[finding.grade],
                message=finding.message,
            )
        )
        self._fill(finding)
        self._open()

    def _on_clicked(self) -> None:
        self._was_chosen = True
        self._open()

    def _open(self) -> None:
        has_facts = self._finding is not None and bool(self._finding.facts)
        is_open = self.toggle.isChecked()
        self.toggle.setVisible(has_facts)
        self._facts.setVisible(has_facts and is_open)
        self.toggle.setIcon(icons.icon("chevron-up" if is_open else "chevron-down"))
        name = tr("Hide the numbers") if is_open else tr("Show the numbers")
        self.toggle.setToolTip(name)
        self.toggle.setAccessibleName(tr("{part}: {action}", part=PARTS[self.part], action=name))

    def _fill(self, finding: Finding) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        # Those that are wrong come first where there are too many for a card.
        order = (
            sorted(finding.facts, key=lambda fact: fact.grade in (None, Grade.OK))
            if len(finding.facts) > _LISTED
            else finding.facts
        )
        for row, fact in enumerate(order[:_LISTED]):
            name = plain_label(fact.name, "muted", self._facts)
            value = plain_label(breakable(fact.value), "", self._facts)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            said = fact.value
            if fact.grade is not None and fact.grade is not Grade.OK:
                look = look_of(fact.grade)
                sign = QLabel(self._facts)
                ratio = self.devicePixelRatioF()
                sign.setPixmap(icons.pixmap(look.icon, _SMALL_ICON, look.color, ratio))
                self._grid.addWidget(sign, row, 0, top)
                said = f"{GRADES[fact.grade]}: {fact.value}"
            value.setAccessibleName(f"{fact.name}: {said}")
            self._grid.addWidget(name, row, 1, top)
            self._grid.addWidget(value, row, 2, top)
        left = len(order) - _LISTED
        if left > 0:
            words = tr("{count} more are not listed here.", count=number(left))
            self._grid.addWidget(plain_label(words, "muted", self._facts), _LISTED, 1, 1, 2)


def breakable(text: str) -> str:
    """Return a text whose paths can be broken over lines."""
    return text.replace("/", "/\u200b").replace("\\", "\\\u200b")


def _since_words(finding: Finding, report: HealthReport, zone: ZoneInfo) -> str:
    since: datetime | None = finding.since
    if since is None:
        return ""
    if report.known_from is not None and since <= report.known_from:
        return tr("So since before {moment}", moment=moment_of(since, zone))
    return tr("So since {moment}", moment=moment_of(since, zone))
