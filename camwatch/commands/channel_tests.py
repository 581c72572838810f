"""Test messages: to whom, with which words, and how they are stopped."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from datetime import datetime

from camwatch.alerts.channels import Sender
from camwatch.alerts.checking import Problems
from camwatch.alerts.mail_address import check_mail_address
from camwatch.alerts.notification import NewNotification, Notification, Outgoing, Purpose
from camwatch.alerts.people import MOST_ADDRESSES
from camwatch.alerts.phone import check_phone
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel, SmsSettings
from camwatch.language import marked, tr

TEST_SUBJECT = marked("CamWatch: a test of this channel")
TEST_TEXT = marked(
    "This is a test that somebody has sent by hand. Alerts of CamWatch will arrive like this; "
    "nothing has happened."
)


class RunningTests:
    """The tests that are running, by session, so that they can be ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, list[Sender]] = {}

    def begin(self, session_id: str, sender: Sender) -> None:
        """Note that a session tests with a sender."""
        with self._lock:
            self._running.setdefault(session_id, []).append(sender)

    def end(self, session_id: str, sender: Sender) -> None:
        """Note that it does not any more."""
        with self._lock:
            left = [one for one in self._running.pop(session_id, []) if one is not sender]
            if left:
                self._running[session_id] = left

    def stop(self, session_id: str) -> None:
        """Let what a session tests end at once; never waits."""
        with self._lock:
            senders = list(self._running.get(session_id, ()))
        for sender in senders:
            sender.close()


def checked_addresses(channel: Channel, typed: Sequence[str]) -> tuple[str, ...]:
    """Check to whom a test is sent.

    Raises:
        InvalidSettings: "addresses".
    """
    if not channel.kind.has_recipients:
        return ()
    settings = channel.settings
    problems = Problems()
    if not typed:
        problems.add("addresses", tr("are needed: write one at least"))
    if len(typed) > MOST_ADDRESSES:
        problems.add(
            "addresses", tr("may be {most_addresses} at most", most_addresses=MOST_ADDRESSES)
        )
    found = []
    for one in typed[:MOST_ADDRESSES]:
        if isinstance(settings, SmsSettings):
            found.append(problems.take("", check_phone, one, settings.region, "addresses"))
        else:
            found.append(problems.take("", check_mail_address, one, "addresses"))
    problems.tell()
    return tuple(dict.fromkeys(found))


def test_message(channel: Channel, addresses: tuple[str, ...], now: datetime) -> Outgoing:
    """Return what is sent to try a channel."""
    new = NewNotification(
        "",
        Purpose.TEST,
        channel.kind,
        channel.uid,
        addresses,
        Severity.INFORMATION,
        tr(TEST_SUBJECT),
        tr(TEST_TEXT),
        now,
    )
    return Outgoing(Notification(str(uuid.uuid4()), new, now), now)
