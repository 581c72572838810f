"""What is asked before something is done to alerts: until when, why, who."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QTime, QTimeZone, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDateTimeEdit,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from camwatch.alerts.alert import Alert
from camwatch.alerts.lifecycle import LONGEST_COMMENT, LONGEST_REASON, LONGEST_SHELVING_H
from camwatch.auth.session import Session
from camwatch.errors import InvalidSetting
from camwatch.language import listed, marked, tr, within
from camwatch.ui import theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.background import Background
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import CalmComboBox, Field, bare_line
from camwatch.ui.operators.form_dialog import FormDialog
from camwatch.ui.operators.wording import breakable
from camwatch.ui.words import sentence, shortened

SHIFT_ENDS = (time(6), time(14), time(22))
"""When shifts end, by the clocks of the site."""

_WIDTH = 480
_LONGEST_TITLE = 120
_TEXT_HEIGHT = 96
_REASONS = listed(
    lambda: (
        tr("Being repaired"),
        tr("Cleaning or building work"),
        tr("Expected: an event at the site"),
        tr("Known, and can wait"),
        tr("False alarm: the rule is being corrected"),
    )
)


class ActCommands(Protocol):
    """What these dialogs ask of `camwatch.commands.Commands`."""

    def acknowledge_alerts(
        self, session: Session, alert_uids: Sequence[str], comment: str = ""
    ) -> list[Alert]:
        """Say that somebody knows."""
        ...

    def shelve_alerts(
        self, session: Session, alert_uids: Sequence[str], until: datetime, comment: str
    ) -> list[Alert]:
        """Put alerts aside until a moment."""
        ...

    def comment_alert(self, session: Session, alert_uid: str, comment: str) -> Alert:
        """Add a comment to an alert."""
        ...

    def own_alerts(self, session: Session, alert_uids: Sequence[str], owner: str) -> list[Alert]:
        """Say who takes care of alerts."""
        ...


def about(alerts: Sequence[Alert]) -> str:
    """Say which alerts are meant."""
    if len(alerts) == 1:
        title = shortened(wording.title(alerts[0]), _LONGEST_TITLE)
        return breakable(f"{sentence(wording.name(alerts[0]))}: {title}")
    return severities(alerts)


def severities(alerts: Sequence[Alert]) -> str:
    """Say "12 alerts: 2 critical, 10 warning"."""
    counts = {alert.severity: 0 for alert in sorted(alerts, key=lambda one: -one.severity.rank)}
    for alert in alerts:
        counts[alert.severity] += 1
    parts = [
        f"{count} {within(severity_look(severity).word)}" for severity, count in counts.items()
    ]
    return f"{wording.alerts(len(alerts))}: {', '.join(parts)}"


def end_of_shift(now: datetime, zone: ZoneInfo) -> datetime:
    """Return when the shift that is on now ends, at least a quarter of an hour from now."""
    local = now.astimezone(zone)
    ends = (
        datetime.combine(local.date() + timedelta(days=days), at, zone)
        for days in (0, 1)
        for at in SHIFT_ENDS
    )
    return next(end for end in ends if end.timestamp() - now.timestamp() >= 15 * 60)


class MomentEdit(QDateTimeEdit):
    """A moment on the site's clock.

    Args:
        zone: The site's time zone.
    """

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self.setDisplayFormat(tr("dd.MM.yyyy  HH:mm"))
        self.setCalendarPopup(True)
        bare_line(self.lineEdit())
        # What is entered is the site's clock, whatever this computer's zone is: Qt must not
        # refuse an hour that this computer leaves out in spring.
        self.setTimeZone(QTimeZone.utc())

    def set_moment(self, at: datetime) -> None:
        """Show a moment."""
        wall = at.astimezone(self._zone)
        day, clock = QDate(wall.year, wall.month, wall.day), QTime(wall.hour, wall.minute)
        self.setDateTime(QDateTime(day, clock, QTimeZone.utc()))

    def moment(self) -> datetime:
        """Return the moment that is entered, in the site's zone."""
        day, clock = self.date(), self.time()
        return datetime(
            day.year(), day.month(), day.day(), clock.hour(), clock.minute(), tzinfo=self._zone
        )


class Until(StrEnum):
    """For how long alerts are put aside; the value is what the operator reads."""

    QUARTER = marked("15 minutes")
    HOUR = marked("1 hour")
    SHIFT = marked("End of shift")
    DATE = marked("Other…")


class ShelveDialog(FormDialog):
    """Asks until when and why alerts are put aside, and does it.

    Signals:
        acted: The alerts as they are now, and the moment until which they are put aside.
    """

    acted = Signal(object, object)

    def __init__(  # noqa: PLR0917 - who asks, where, which alerts, whose clocks
        self,
        commands: ActCommands,
        session: Session,
        background: Background,
        alerts: Sequence[Alert],
        zone: ZoneInfo,
        now: datetime,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Shelve")
            if len(alerts) == 1
            else tr("Shelve {alerts}", alerts=wording.alerts(len(alerts))),
            tr(
                "{about}\nUntil then it tells nobody, and does not escalate. Everything about "
                "it is still recorded.",
                about=about(alerts),
            ),
            tr("Shelve"),
            parent,
        )
        self._commands, self._session = commands, session
        self._uids = [alert.uid for alert in alerts]
        self._now = now
        self._shift = end_of_shift(now, zone)
        space = theme.current().space
        choices = QWidget(self)
        row = FlowRow(space, choices)
        self.choices: dict[Until, QPushButton] = {}
        group = QButtonGroup(self)
        for choice in Until:
            words = tr(choice.value)
            if choice is Until.SHIFT:
                words = f"{words} ({self._shift:%H:%M})"
            button = QPushButton(words, choices)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("role", "choice")
            group.addButton(button)
            row.addWidget(button)
            self.choices[choice] = button
        self.choices[Until.HOUR].setChecked(True)
        group.buttonToggled.connect(self._on_choice)
        self.moment = MomentEdit(zone, self)
        self.moment.set_moment(now + timedelta(days=1))
        self.reason = CalmComboBox(self)
        line = QLineEdit(self.reason)
        self.reason.setLineEdit(line)
        bare_line(line)
        self.reason.addItems(_REASONS)
        self.reason.setCurrentIndex(-1)
        line.setMaxLength(LONGEST_REASON)
        line.setPlaceholderText(tr("Choose a reason, or write your own"))
        days = LONGEST_SHELVING_H // 24
        self._until = Field(tr("&Until"), choices)
        self._date = self.add_field(
            "until",
            Field(
                tr("&Date and time"),
                self.moment,
                hint=tr("{days} days from now at most.", days=days),
            ),
        )
        self._date.hide()
        self.body.addWidget(self._until)
        self.body.addWidget(self._date)
        self.body.addWidget(self.add_field("reason", Field(tr("&Reason"), self.reason)))
        line.textEdited.connect(self.fields["reason"].clear_problem)
        self.setMinimumWidth(theme.px(_WIDTH))
        self.reason.setFocus()

    @property
    def until(self) -> datetime:
        """Until when they are put aside."""
        chosen = next(one for one, button in self.choices.items() if button.isChecked())
        match chosen:
            case Until.QUARTER:
                return self._now + timedelta(minutes=15)
            case Until.HOUR:
                return self._now + timedelta(hours=1)
            case Until.SHIFT:
                return self._shift
            case Until.DATE:
                return self.moment.moment()

    @Slot()
    def _on_choice(self) -> None:
        self._date.setVisible(self.choices[Until.DATE].isChecked())
        self._date.clear_problem()

    @Slot()
    def submit(self) -> None:
        """Put them aside."""
        until, reason = self.until, self.reason.currentText().strip()
        if not reason:
            self.show_problems((InvalidSetting("reason", tr("is needed: others must know why")),))
            return
        commands, session, uids = self._commands, self._session, self._uids
        self.run(
            lambda: commands.shelve_alerts(session, uids, until, reason),
            lambda alerts: self._on_done(alerts, until),
        )

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Show a refused moment where it can be changed."""
        if any(one.field.endswith("until") for one in problems):
            self.choices[Until.DATE].setChecked(True)
        super().show_problems(problems)

    def _on_done(self, alerts: list[Alert], until: datetime) -> None:
        self.acted.emit(alerts, until)
        self.accept()


class CommentDialog(FormDialog):
    """Asks for a comment, and adds it; with it, alerts can be acknowledged at once.

    Signals:
        acted: The alerts as they are now.

    Args:
        acknowledges: The alerts are acknowledged; then the comment may be empty.
    """

    acted = Signal(object)

    def __init__(
        self,
        commands: ActCommands,
        session: Session,
        background: Background,
        alerts: Sequence[Alert],
        *,
        acknowledges: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Acknowledge with a comment") if acknowledges else tr("Comment"),
            about(alerts),
            tr("Acknowledge") if acknowledges else tr("Add the comment"),
            parent,
        )
        self._commands, self._session = commands, session
        self._uids = [alert.uid for alert in alerts]
        self._acknowledges = acknowledges
        self.text = QPlainTextEdit(self)
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(theme.px(_TEXT_HEIGHT))
        self._field = self.add_field(
            "comment",
            Field(
                tr("&Comment"),
                self.text,
                hint=tr("Stands in the history and on the hand-over sheet."),
            ),
        )
        self.text.textChanged.connect(self._field.clear_problem)
        self.body.addWidget(self._field)
        self.setMinimumWidth(theme.px(_WIDTH))
        self.text.setFocus()

    def entered(self) -> str:
        """Return the comment as it is typed so far."""
        return self.text.toPlainText()

    @Slot()
    def submit(self) -> None:
        """Add it."""
        comment = self.text.toPlainText().strip()
        if not comment and not self._acknowledges:
            self.show_problems((InvalidSetting("comment", tr("is empty")),))
            return
        if len(comment) > LONGEST_COMMENT:
            reason = tr(
                "may have {longest_comment} characters; it has {count}",
                longest_comment=LONGEST_COMMENT,
                count=len(comment),
            )
            self.show_problems((InvalidSetting("comment", reason),))
            return
        commands, session, uids = self._commands, self._session, self._uids
        if self._acknowledges:
            self.run(lambda: commands.acknowledge_alerts(session, uids, comment), self._on_done)
        else:
            self.run(lambda: [commands.comment_alert(session, uids[0], comment)], self._on_done)

    def _on_done(self, alerts: list[Alert]) -> None:
        self.acted.emit(alerts)
        self.accept()


class OwnerDialog(FormDialog):
    """Asks who takes care of alerts.

    Signals:
        acted: The alerts as they are now.
    """

    acted = Signal(object)

    def __init__(
        self,
        commands: ActCommands,
        session: Session,
        background: Background,
        alerts: Sequence[Alert],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background, tr("Who takes care of it?"), about(alerts), tr("Set owner"), parent
        )
        self._commands, self._session = commands, session
        self._uids = [alert.uid for alert in alerts]
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(tr("Nobody"))
        owners = {alert.owner for alert in alerts}
        self.name.setText(owners.pop() if len(owners) == 1 else "")
        self.body.addWidget(
            self.add_field(
                "owner", Field(tr("&Owner"), self.name, hint=tr("Left empty, it is nobody."))
            )
        )
        self.setMinimumWidth(theme.px(_WIDTH))
        self.name.setFocus()

    @Slot()
    def submit(self) -> None:
        """Set it."""
        commands, session, uids = self._commands, self._session, self._uids
        owner = self.name.text().strip()
        self.run(lambda: commands.own_alerts(session, uids, owner), self._on_done)

    def _on_done(self, alerts: list[Alert]) -> None:
        self.acted.emit(alerts)
        self.accept()
