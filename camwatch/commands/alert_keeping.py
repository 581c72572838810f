"""Changes alerts for operators and workers alike, and tells whoever shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import Answer, Notification, Purpose
from camwatch.data.alert_book import AlertBook
from camwatch.data.engine import Database
from camwatch.events import AlertChanged, Bus
from camwatch.language import marked, stored_text, tr

LONGEST_ANSWER = 500
TRY_AGAIN_AFTER = timedelta(minutes=1)
"""Addresses that may take a message later are tried then for the first time."""

_SEEN = marked("Somebody has acknowledged the alert.")
_PUT_ASIDE = marked("The alert was put aside.")
_TELLS = frozenset({Purpose.ALERT, Purpose.ESCALATION, Purpose.DRILL, Purpose.FLOOD})


class AlertKeeping:
    """What changing an alert comes with, whoever does it.

    Args:
        database: The history.
        bus: Told of each alert that changed, once it is stored.
    """

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    def change(
        self, uids: Sequence[str], deed: Callable[[Alert], Change], now: datetime
    ) -> list[Alert]:
        """Do something with alerts, all or none.

        Args:
            uids: Which alerts; the order of the answer.
            deed: What becomes of each.
            now: UTC.

        Raises:
            NotFound: One is not there.
            StorageError: Nothing was stored.
        """
        changed = []
        found = []
        with self._database.alerts.changing(now) as book:
            for uid in dict.fromkeys(uids):
                before = book.get(uid)
                after = book.store(before, deed(before))
                cancel_calls(book, after, now)
                found.append(after)
                if after != before:
                    changed.append(after)
        self.tell(changed, now)
        return found

    def delivered(self, uid: str, answer: Answer, now: datetime) -> Alert | None:
        """Note that a message got through; returns its alert if it counts as told now.

        Raises:
            NotFound: There is no such message.
            StorageError: It is not noted.
        """
        told: list[Alert] = []
        with self._database.alerts.changing(now) as book:
            message = book.note_delivered(uid, _answer_text(answer))
            if message is None:
                return None
            if answer.try_again and message.new.channel.has_recipients:
                book.send_again(message, answer.try_again, now + TRY_AGAIN_AFTER)
            for alert_uid in _told_of(message):
                before = book.find(alert_uid)
                if before is not None:
                    told.append(book.store(before, Change(_told(before, message, now), ())))
        self.tell(told, now)
        return next((one for one in told if one.uid == message.new.alert_uid), None)

    def tell(self, alerts: Sequence[Alert], now: datetime) -> None:
        """Tell whoever shows alerts."""
        for alert in alerts:
            self._bus.publish(AlertChanged(now, alert))


def cancel_calls(book: AlertBook, alert: Alert, now: datetime) -> None:
    """Cancel popups and escalations of an alert that somebody knows of, or put aside."""
    if alert.state in {AlertState.ACKNOWLEDGED, AlertState.CLOSED}:
        book.cancel_calls(alert.uid, stored_text(_SEEN))
    elif alert.is_shelved(now):
        book.cancel_calls(alert.uid, stored_text(_PUT_ASIDE))


def _told(alert: Alert, message: Notification, now: datetime) -> Alert:
    """Return an alert that was told: its cool-down begins now."""
    # One message about several is as serious as the most serious of them.
    is_of_many = message.new.purpose is Purpose.FLOOD
    severity = alert.severity if is_of_many else message.new.severity
    if alert.told_severity is not None and alert.told_severity.rank > severity.rank:
        severity = alert.told_severity  # a mail from before it became worse
    return replace(alert, told_at=now, told_severity=severity)


def _told_of(message: Notification) -> tuple[str, ...]:
    """Return the alerts that a message told of, by uid."""
    new = message.new
    return new.alert_uids if new.purpose in _TELLS else ()


def _answer_text(answer: Answer) -> str:
    """Return the words of the other side, with the addresses that it refused."""
    parts = [answer.text]
    parts += [
        tr("Not to {address}: {words}", address=address, words=words)
        for address, words in answer.refused.items()
    ]
    return " | ".join(part for part in parts if part)[:LONGEST_ANSWER]
