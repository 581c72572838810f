"""Brings popups and sounds to the attention of whoever sits here, and says how."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance, Slot
from PySide6.QtWidgets import QApplication, QWidget

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertDetails
from camwatch.alerts.notification import Notification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, NotFound
from camwatch.events import AlertChanged, PopupDue
from camwatch.language import marked, tr
from camwatch.ui import words
from camwatch.ui.alerts.popups.player import Player
from camwatch.ui.alerts.popups.sound_settings import SoundChoice
from camwatch.ui.alerts.popups.toast import ToastContent, ToastStack
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge

log = logging.getLogger(__name__)

_IN_WINDOW = marked("message in the window")
_KNOWN = marked("somebody knew already")
_ON_DESKTOP = marked("notification of the desktop, message in the window")
_HIDDEN_TITLE = marked("An alert has come in")
_HIDDEN_TEXT = marked("Unlock CamWatch to see it.")
_LOOK_MS = 1000
_FORGET_AFTER = 500
_OF_NO_ALERT = "message:"
"""Before the uid of a message that is about no single alert."""


class PopupCommands(Protocol):
    """What popups ask of `camwatch.commands.Commands`."""

    def alert_details(self, session: Session, alert_uid: str) -> AlertDetails:
        """Return all that is known of an alert that this operator sees."""
        ...

    def acknowledge_alerts(
        self, session: Session, alert_uids: list[str], comment: str = ""
    ) -> list[Alert]:
        """Say that somebody knows."""
        ...

    def popup_shown(self, session: Session, notification_uid: str, how: str) -> None:
        """Say that a message was brought to the operator's attention."""
        ...


class DesktopNoticeSource(Protocol):
    """Has notifications shown by the desktop; see `workers.desktop_notices`."""

    @property
    def answered(self) -> SignalInstance:
        """Tag, and why it is not shown; "" if it is."""
        ...

    @property
    def clicked(self) -> SignalInstance:
        """Tag of what the operator clicked on."""
        ...

    def show_notice(self, tag: str, title: str, text: str, severity: Severity) -> None:
        """Have a notification shown."""
        ...

    def take_back(self, tag: str) -> None:
        """Have a notification closed."""
        ...


class AlertPopups(QObject):
    """Lives as long as the window of a session.

    A message counts as shown once the desktop has taken it, or the window that shows it can be
    seen. Until then it comes again, also after a new start. What this operator does not see is
    left to others.

    Args:
        window: Where toasts stand.
        toasts: They stand in its corner.
        desktop: None where there is none.
        sounds: How loud it is.

    Signals:
        alert_wanted: Uid of an alert whose details the operator wants to see; "" for the inbox.
        failed: CamWatchError: something that the operator asked for was not done.
        desktop_missing: Why the desktop shows no notifications, as a few words; told once.
    """

    alert_wanted = Signal(str)
    failed = Signal(object)
    desktop_missing = Signal(str)

    def __init__(  # noqa: PLR0917 - all that popups stand on
        self,
        window: QWidget,
        commands: PopupCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        toasts: ToastStack,
        sounds: SoundChoice,
        desktop: DesktopNoticeSource | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(window)
        self._commands = commands
        self._session = session
        self._background = background
        self._toasts = toasts
        self._sounds = sounds
        self._desktop = desktop
        self._clock = clock
        self._is_hidden = False
        self._desktop_problem = ""
        self._is_desktop_told = False
        self._seen: dict[str, None] = {}
        self._unseen: dict[str, str] = {}
        self._on_desktop: dict[str, str] = {}
        self.player = Player(background, self)
        self._looking = QTimer(self)
        self._looking.timeout.connect(self._confirm_what_is_seen)
        self._looking.start(_LOOK_MS)
        bridge.popup_due.connect(self._on_due)
        bridge.alert_changed.connect(self._on_alert)
        toasts.acknowledged.connect(self._acknowledge)
        toasts.details_wanted.connect(self._want)
        toasts.arranged.connect(self._confirm_what_is_seen)
        toasts.all_wanted.connect(lambda: self.alert_wanted.emit(""))
        if desktop is not None:
            desktop.answered.connect(self._on_desktop_answered)
            desktop.clicked.connect(self._on_desktop_clicked)

    def set_session(self, session: Session) -> None:
        """Show what this session sees from now on."""
        self._session = session

    def set_locked(self, *, is_locked: bool, is_hidden: bool) -> None:
        """Tell nothing of what is hidden while the window is locked."""
        self._is_hidden = is_hidden
        self._toasts.set_locked(is_locked=is_locked, is_hidden=is_hidden)

    # ---------------------------------------------------------------- showing

    @Slot(object)
    def _on_due(self, event: PopupDue) -> None:
        notification = event.notification
        if notification.uid in self._seen or notification.uid in self._unseen:
            return
        if not self._session.may(Permission.VIEW_ALERTS):
            return
        if not notification.new.alert_uid:
            self._show_without_alert(notification)
            return
        self._run(
            partial(self._details, self._session, notification.new.alert_uids),
            partial(self._show, notification),
        )

    def _details(self, session: Session, alert_uids: Sequence[str]) -> AlertDetails:
        """Return the first alert that this operator sees and nobody knows of. Runs on the pool.

        Raises:
            NotFound: The operator sees none of them.
        """
        found: AlertDetails | None = None
        for uid in alert_uids:
            try:
                details = self._commands.alert_details(session, uid)
            except NotFound:
                continue  # it is about cameras of others
            if not details.alert.state.is_seen:
                return details
            found = found or details
        if found is None:
            raise NotFound(tr("the alert"))
        return found

    def _show(self, notification: Notification, details: AlertDetails) -> None:
        alert, new = details.alert, notification.new
        if alert.state.is_seen and new.purpose is not Purpose.RETURNED:
            self._confirm(notification.uid, tr(_KNOWN))
            return
        if new.channel is ChannelKind.SOUND:
            self._sound(notification)
            return
        notes = [
            *(["drill"] if alert.is_drill or new.purpose is Purpose.DRILL else []),
            *(["late"] if notification.is_late(self._clock()) else []),
            *(["over"] if new.purpose is Purpose.RETURNED else []),
        ]
        if len(new.alert_uids) > 1:
            self._put(notification, self._of_several(notification, alert, ", ".join(notes)))
            return
        # Not the text that was made for everybody: a role may see only some of the cameras.
        title = alert.title if self._sees_all else new_title(alert)
        text = alert.message if self._sees_all else ""
        self._put(
            notification, ToastContent(alert.uid, new.severity, title, text, ", ".join(notes))
        )

    def _of_several(self, notification: Notification, alert: Alert, note: str) -> ToastContent:
        """Return what tells of alerts that were held back; it leads to the inbox."""
        new = notification.new
        title, text = new.subject, new.text
        if not self._sees_all:
            title = tr("More alerts of the rule “{rule_name}”", rule_name=alert.rule_name)
            text = tr("They were held back, so that you are not flooded.")
        return ToastContent(f"{_OF_NO_ALERT}{notification.uid}", new.severity, title, text, note)

    @property
    def _sees_all(self) -> bool:
        return self._session.role.sites is None

    def _show_without_alert(self, notification: Notification) -> None:
        new = notification.new
        if new.channel is ChannelKind.SOUND:
            self._sound(notification)
        elif new.purpose is Purpose.CANARY:
            self._confirm(notification.uid, tr("the window is open"))
        else:
            note = tr("drill") if new.purpose is Purpose.DRILL else tr("test")
            uid = f"{_OF_NO_ALERT}{notification.uid}"
            self._put(notification, ToastContent(uid, new.severity, new.subject, new.text, note))

    def _put(self, notification: Notification, content: ToastContent) -> None:
        is_of_one = not content.alert_uid.startswith(_OF_NO_ALERT)
        may = self._session.may(Permission.HANDLE_ALERTS) and is_of_one
        self._toasts.put(content, can_acknowledge=may)
        self._unseen[notification.uid] = content.alert_uid
        if self._desktop is None:
            self._confirm_what_is_seen()
        else:
            title, text = content.title, content.text
            if self._is_hidden:
                title, text = tr(_HIDDEN_TITLE), tr(_HIDDEN_TEXT)
            self._on_desktop[notification.uid] = content.alert_uid
            self._desktop.show_notice(notification.uid, title, text, content.severity)

    def _sound(self, notification: Notification) -> None:
        chosen, severity = self._sounds.settings, notification.new.severity
        if chosen.is_muted(self._clock()):
            how = tr(
                "muted on this workstation until {muted_until:%H:%M} UTC",
                muted_until=chosen.muted_until,
            )
        else:
            how = self.player.play(severity, chosen.volumes[severity])
        self._confirm(notification.uid, how)

    # ---------------------------------------------------------------- what was seen

    @Slot(str, str)
    def _on_desktop_answered(self, tag: str, problem: str) -> None:
        if not problem:
            if self._unseen.pop(tag, None) is not None:
                self._confirm(tag, tr(_ON_DESKTOP))
            return
        self._on_desktop.pop(tag, None)
        if not self._is_desktop_told:
            self._is_desktop_told = True
            self.desktop_missing.emit(problem)
        self._confirm_what_is_seen()

    @Slot()
    def _confirm_what_is_seen(self) -> None:
        """Say of messages in the window that they were shown, once it can be seen."""
        waiting = [uid for uid in self._unseen if uid not in self._on_desktop]
        if not waiting:
            return
        is_in_sight = self._toasts.can_be_seen
        for uid in waiting:
            # One that has gone was seen: none goes by itself while it is covered.
            if is_in_sight or not self._toasts.holds(self._unseen[uid]):
                del self._unseen[uid]
                self._confirm(uid, tr(_IN_WINDOW))
        window = self.parent()
        if self._unseen and isinstance(window, QWidget):
            QApplication.alert(window)

    def _confirm(self, uid: str, how: str) -> None:
        self._seen[uid] = None
        while len(self._seen) > _FORGET_AFTER:
            del self._seen[next(iter(self._seen))]
        self._background.run(
            partial(self._commands.popup_shown, self._session, uid, how),
            _done,
            partial(self._on_not_confirmed, uid),
            owner=self,
        )

    def _on_not_confirmed(self, uid: str, error: CamWatchError) -> None:
        # It will come again, and is shown again: better twice than never.
        self._seen.pop(uid, None)
        log.info("a popup was shown, which could not be noted: %s", error)

    # ---------------------------------------------------------------- what becomes of them

    @Slot(object)
    def _on_alert(self, event: AlertChanged) -> None:
        alert = event.alert
        if not alert.state.is_seen and not alert.is_shelved(self._clock()):
            return
        self._toasts.take_away(alert.uid)
        for tag, uid in list(self._unseen.items()):
            if uid == alert.uid and tag not in self._on_desktop:
                del self._unseen[tag]
                self._confirm(tag, tr(_KNOWN))
        for tag, uid in list(self._on_desktop.items()):
            if uid == alert.uid:
                del self._on_desktop[tag]
                self._unseen.pop(tag, None)
                if self._desktop is not None:
                    self._desktop.take_back(tag)

    @Slot(str)
    def _acknowledge(self, alert_uid: str) -> None:
        self._toasts.take_away(alert_uid)
        self._background.run(
            partial(self._commands.acknowledge_alerts, self._session, [alert_uid]),
            _done,
            self.failed.emit,
            owner=self,
        )

    @Slot(str)
    def _want(self, alert_uid: str) -> None:
        self._toasts.take_away(alert_uid)
        self.alert_wanted.emit("" if alert_uid.startswith(_OF_NO_ALERT) else alert_uid)

    @Slot(str)
    def _on_desktop_clicked(self, tag: str) -> None:
        alert_uid = self._on_desktop.get(tag)
        if alert_uid is not None:
            self._want(alert_uid)

    def _run(self, job: Callable[[], AlertDetails], done: Callable[[AlertDetails], None]) -> None:
        self._background.run(job, done, self._on_not_read, owner=self)

    def _on_not_read(self, error: CamWatchError) -> None:
        if not isinstance(error, NotFound):  # else it is about cameras of others
            log.error("a popup cannot be shown: %s [%s]", error, error.error_id)


def new_title(alert: Alert) -> str:
    """Return a title of those parts alone that an operator of some sites sees."""
    names = [part.name for part in alert.parts[:3]]
    return f"{alert.rule_name}: {words.and_more(names, len(alert.parts) - 3)}"


def _done(_none: object) -> None:
    """Nobody waits for it."""
