"""What can be done to alerts from the inbox: asks, opens the dialogs, does it, takes it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from camwatch.alerts.alert import Alert, Shelving
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.dialogs import (
    ActCommands,
    CommentDialog,
    OwnerDialog,
    ShelveDialog,
    severities,
)
from camwatch.ui.background import Background
from camwatch.ui.pages import may_not
from camwatch.ui.shortcuts import Key


class InboxActCommands(ActCommands, Protocol):
    """What acting asks of `camwatch.commands.Commands`."""

    def unshelve_alerts(self, session: Session, alert_uids: Sequence[str]) -> list[Alert]:
        """Take alerts out again."""
        ...


class Act(Enum):
    """What can be done: words of the button, its icon, its key, and what it means."""

    ACKNOWLEDGE = (
        marked("Acknowledge"),
        "check",
        Key.ACKNOWLEDGE,
        marked("Say that you know. One that is over is closed with it."),
    )
    SHELVE = (
        marked("Shelve…"),
        "archive",
        Key.SHELVE,
        marked("Put aside for some time, with a reason"),
    )
    UNSHELVE = (
        marked("Unshelve"),
        "undo-2",
        Key.UNSHELVE,
        marked("Take from the shelf: it tells people again"),
    )
    OWN = (
        marked("Own"),
        "user-check",
        Key.OWN,
        marked("Say that you take care of it; again, that you do not"),
    )
    COMMENT = (
        marked("Comment…"),
        "message-square",
        Key.COMMENT,
        marked("Add a comment to the history"),
    )

    def __init__(self, words: str, icon: str, key: Key, hint: str) -> None:
        self._words = words
        self.icon = icon
        self.key = key
        self._hint = hint

    @property
    def words(self) -> str:
        """Words of the button."""
        return tr(self._words)

    @property
    def hint(self) -> str:
        """What it means."""
        return tr(self._hint)


def why_not(act: Act, alerts: Sequence[Alert], session: Session, now: datetime) -> str:
    """Say why something cannot be done to these alerts; "" if it can."""
    if not session.may(Permission.HANDLE_ALERTS):
        return may_not(Permission.HANDLE_ALERTS)
    if not alerts:
        return tr("Select an alert first.")
    if not reached(act, alerts, now):
        return {
            Act.ACKNOWLEDGE: tr("It is acknowledged already."),
            Act.SHELVE: tr("A closed alert tells nobody, so it need not be shelved."),
            Act.UNSHELVE: tr("It is not on the shelf."),
        }.get(act, tr("It is closed."))
    if act is Act.COMMENT and len(alerts) > 1:
        return tr("A comment belongs to one alert. Select only one.")
    return ""


def reached(act: Act, alerts: Sequence[Alert], now: datetime) -> list[Alert]:
    """Return those of the alerts to which something would be done."""
    match act:
        case Act.ACKNOWLEDGE:
            return [one for one in alerts if not one.state.is_seen]
        case Act.SHELVE | Act.OWN:
            return [one for one in alerts if one.state.is_open]
        case Act.UNSHELVE:
            return [one for one in alerts if one.state.is_open and one.is_shelved(now)]
        case Act.COMMENT:
            return list(alerts)


class InboxActs(QObject):
    """Does what is asked for to the alerts that are selected.

    Signals:
        began: Something is being changed.
        changed: The alerts as they are now, as a list.
        said: What was done, as a sentence, and what takes it back (None if nothing does).
        failed: The CamWatchError that prevented it.

    Args:
        page: Over which dialogs open.
        zone: The site's time zone.
        clock: The wall clock, aware UTC.
    """

    began = Signal()
    changed = Signal(object)
    said = Signal(str, object)
    failed = Signal(object)

    def __init__(  # noqa: PLR0917 - who asks, where, whose clocks
        self,
        commands: InboxActCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock, self._page = zone, clock, page

    def do(self, act: Act, alerts: Sequence[Alert]) -> None:
        """Do it to the alerts it can be done to; nothing happens where that is none."""
        now = self._clock()
        if why_not(act, alerts, self._session, now):
            return
        wanted = reached(act, alerts, now)
        match act:
            case Act.ACKNOWLEDGE:
                self._sure(
                    tr("Acknowledge"),
                    tr("Acknowledge {alerts}?", alerts=wording.alerts(len(wanted))),
                    wanted,
                    partial(self._acknowledge, wanted),
                )
            case Act.SHELVE:
                self._shelve(wanted)
            case Act.UNSHELVE:
                self._sure(
                    tr("Unshelve"),
                    tr("Take {alerts} off the shelf?", alerts=wording.alerts(len(wanted))),
                    wanted,
                    partial(self._unshelve, wanted),
                )
            case Act.OWN:
                self._own(wanted)
            case Act.COMMENT:
                self._comment(wanted, acknowledges=False)

    def acknowledge_with_comment(self, alerts: Sequence[Alert]) -> None:
        """Ask for a comment, and acknowledge with it."""
        now = self._clock()
        if not why_not(Act.ACKNOWLEDGE, alerts, self._session, now):
            self._comment(reached(Act.ACKNOWLEDGE, alerts, now), acknowledges=True)

    def give_owner(self, alerts: Sequence[Alert]) -> None:
        """Ask who takes care of these."""
        now = self._clock()
        if why_not(Act.OWN, alerts, self._session, now):
            return
        wanted = reached(Act.OWN, alerts, now)
        dialog = OwnerDialog(self._commands, self._session, self._background, wanted, self._page)
        dialog.acted.connect(partial(self._on_owned, wanted))
        self._open(dialog)

    # ---------------------------------------------------------------- doing it

    def _run(self, job: Callable[[], list[Alert]], done: Callable[[list[Alert]], object]) -> None:
        def on_done(alerts: list[Alert]) -> None:
            self.changed.emit(alerts)
            done(alerts)

        self.began.emit()
        self._background.run(job, on_done, self._on_failed, owner=self)

    def _on_failed(self, error: CamWatchError) -> None:
        self.failed.emit(error)

    def _acknowledge(self, alerts: Sequence[Alert]) -> None:
        commands, session, uids = self._commands, self._session, _uids(alerts)
        self._run(lambda: commands.acknowledge_alerts(session, uids), self._on_acknowledged)

    def _on_acknowledged(self, alerts: Sequence[Alert]) -> None:
        closed = sum(not alert.state.is_open for alert in alerts)
        text = tr("Acknowledged {these}.", these=_these(alerts))
        if closed:
            text = f"{text} {_closed(closed, len(alerts))}"
        self.said.emit(text, None)

    def _shelve(self, alerts: Sequence[Alert]) -> None:
        dialog = ShelveDialog(
            self._commands,
            self._session,
            self._background,
            alerts,
            self._zone,
            self._clock(),
            self._page,
        )
        dialog.acted.connect(self._on_shelved)
        self._open(dialog)

    def _on_shelved(self, alerts: Sequence[Alert], until: datetime) -> None:
        self.changed.emit(alerts)
        words = wording.until(until, self._zone, self._clock())
        self.said.emit(
            tr("Shelved {these} until {words}.", these=_these(alerts), words=words),
            partial(self._unshelve, alerts),
        )

    def _unshelve(self, alerts: Sequence[Alert]) -> None:
        commands, session, uids = self._commands, self._session, _uids(alerts)
        self._run(
            lambda: commands.unshelve_alerts(session, uids),
            lambda now: self.said.emit(
                tr("Took {these} off the shelf.", these=_these(now)),
                partial(self._shelve_again, alerts),
            ),
        )

    def _shelve_again(self, before: Sequence[Alert]) -> None:
        """Put each alert aside until when and for what it was before."""
        by_shelving: dict[Shelving, list[str]] = {}
        for alert in before:
            if alert.shelving is not None:
                by_shelving.setdefault(alert.shelving, []).append(alert.uid)
        commands, session = self._commands, self._session

        def shelve() -> list[Alert]:
            shelved: list[Alert] = []
            for one, uids in by_shelving.items():
                shelved += commands.shelve_alerts(session, uids, one.until, one.reason)
            return shelved

        self._run(
            shelve,
            lambda now: self.said.emit(tr("Put {these} aside again.", these=_these(now)), None),
        )

    def _own(self, alerts: Sequence[Alert]) -> None:
        me = self._session.user.name
        owner = "" if all(alert.owner == me for alert in alerts) else me
        commands, session, uids = self._commands, self._session, _uids(alerts)
        self._run(
            lambda: commands.own_alerts(session, uids, owner),
            lambda now: self._say_owned(alerts, now),
        )

    def _on_owned(self, before: Sequence[Alert], now: list[Alert]) -> None:
        self.changed.emit(now)
        self._say_owned(before, now)

    def _say_owned(self, before: Sequence[Alert], now: Sequence[Alert]) -> None:
        owner = now[0].owner if now else ""
        these = _these(now)
        text = (
            tr("{who} takes care of {these}.", who=wording.one_line(owner), these=these)
            if owner
            else tr("Nobody takes care of {these}.", these=these)
        )
        self.said.emit(text, partial(self._give_back, before))

    def _give_back(self, before: Sequence[Alert]) -> None:
        """Let each alert have the owner that it had."""
        by_owner: dict[str, list[str]] = {}
        for alert in before:
            by_owner.setdefault(alert.owner, []).append(alert.uid)
        commands, session = self._commands, self._session

        def give() -> list[Alert]:
            given: list[Alert] = []
            for owner, uids in by_owner.items():
                given += commands.own_alerts(session, uids, owner)
            return given

        self._run(give, lambda _now: self.said.emit(tr("The owner is the former one again."), None))

    def _comment(self, alerts: Sequence[Alert], *, acknowledges: bool) -> None:
        dialog = CommentDialog(
            self._commands,
            self._session,
            self._background,
            alerts,
            acknowledges=acknowledges,
            parent=self._page,
        )
        dialog.acted.connect(self._on_noted if acknowledges else self._on_commented)
        self._open(dialog)

    def _on_noted(self, alerts: list[Alert]) -> None:
        self.changed.emit(alerts)
        self._on_acknowledged(alerts)

    def _on_commented(self, alerts: list[Alert]) -> None:
        self.changed.emit(alerts)
        self.said.emit(tr("The comment was added."), None)

    # ---------------------------------------------------------------- asking

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _sure(
        self, does: str, asked: str, alerts: Sequence[Alert], do: Callable[[], object]
    ) -> None:
        """Ask once where many alerts are meant."""
        if len(alerts) == 1:
            do()
            return
        box = QMessageBox(self._page)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(does)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(asked)
        box.setInformativeText(f"{severities(alerts)}.")
        yes = box.addButton(does, QMessageBox.ButtonRole.AcceptRole)
        no = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(yes)
        box.setEscapeButton(no)
        yes.clicked.connect(lambda _checked: do())
        box.open()


def _uids(alerts: Sequence[Alert]) -> list[str]:
    return [alert.uid for alert in alerts]


def _closed(closed: int, acknowledged: int) -> str:
    """Say how many of the acknowledged alerts were over, so that this closed them."""
    if acknowledged == 1:
        return tr("It is closed.")
    if closed == 1:
        return tr("1 of them is closed, as it was over.")
    return tr("{closed} of them are closed, as they were over.", closed=closed)


def _these(alerts: Sequence[Alert]) -> str:
    return wording.name(alerts[0]) if len(alerts) == 1 else wording.alerts(len(alerts))
