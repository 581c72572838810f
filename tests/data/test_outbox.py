"""The outbox: what waits comes in time, is bounded, and says what came of it."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from camwatch.alerts.notification import (
    LIVES,
    NewNotification,
    Notification,
    NotificationState,
    Purpose,
)
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import ENVIRONMENT
from camwatch.data import post
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.data.post import OUTBOX_FULL
from camwatch.errors import NotFound
from tests.data.values import NOON

MINUTE = timedelta(minutes=1)


def message(channel: ChannelKind = ChannelKind.EMAIL, **changes: object) -> NewNotification:
    new = NewNotification(
        "alert-1",
        Purpose.ALERT,
        channel,
        "" if channel.is_local else "mail",
        () if channel.is_local else ("anna@example.org", "ben@example.org"),
        Severity.WARNING,
        "Subject",
        "Text",
        NOON,
    )
    return dataclasses.replace(new, **changes)  # type: ignore[arg-type]


def put(
    database: Database, *messages: NewNotification, at: datetime = NOON, rule: str = "rule-1"
) -> None:
    with database.alerts.changing(at) as book:
        book.queue([Queued(one, rule) for one in messages])


def texts(messages: list[Notification]) -> list[str]:
    return [one.new.text for one in messages]


def by_text(database: Database) -> dict[str, Notification]:
    return {one.new.text: one for one in database.outbox.newest(100)}


def test_what_is_due_comes_by_its_time_and_of_channels_that_are_wanted(
    database: Database,
) -> None:
    put(
        database,
        message(text="second", due_at=NOON + MINUTE),
        message(text="first", data={"a": [1, None]}),
        message(text="later", due_at=NOON + 9 * MINUTE),
        message(text="off", channel_uid="off"),
        message(ChannelKind.POPUP, text="popup", due_at=NOON + 2 * MINUTE),
    )
    now = NOON + 2 * MINUTE
    assert texts(database.outbox.due(now, ["mail"], 10)) == ["first", "second", "popup"]
    assert texts(database.outbox.due(now, ["mail"], 1)) == ["first"]
    assert texts(database.outbox.due(now, [], 10)) == ["popup"]
    assert texts(database.outbox.due(now, ["mail"], 10, is_local=True)) == ["popup"]
    assert texts(database.outbox.due(now, ["mail"], 10, is_local=False)) == ["first", "second"]
    first = database.outbox.due(now, ["mail"], 1)[0]
    assert first.new == message(text="first", data={"a": [1, None]})
    assert database.outbox.get(first.uid) == first
    assert database.outbox.waiting() == {"mail": 3, "off": 1}
    with pytest.raises(NotFound):
        database.outbox.get("never")


def test_what_failed_comes_again_at_its_time_until_it_is_given_up(database: Database) -> None:
    put(database, message())
    (one,) = database.outbox.due(NOON, ["mail"], 10)
    database.outbox.note_failed(one.uid, "timeout", NOON + MINUTE, NOON)
    assert database.outbox.due(NOON, ["mail"], 10) == []
    (again,) = database.outbox.due(NOON + MINUTE, ["mail"], 10)
    assert (again.attempts, again.answer, again.uid) == (1, "timeout", one.uid)
    database.outbox.note_failed(one.uid, "refused", None, NOON + MINUTE)
    last = database.outbox.get(one.uid)
    assert (last.state, last.attempts) == (NotificationState.FAILED, 2)
    assert database.outbox.due(NOON + LIVES / 2, ["mail"], 10) == []


def test_after_a_day_a_message_is_given_up_and_never_before(database: Database) -> None:
    put(database, message(), message(ChannelKind.POPUP))
    assert database.outbox.expire(NOON + LIVES - MINUTE) == 0
    assert len(database.outbox.due(NOON + LIVES - MINUTE, ["mail"], 10)) == 2
    assert database.outbox.due(NOON + LIVES, ["mail"], 10) == []
    assert database.outbox.expire(NOON + LIVES) == 2
    assert {one.state for one in database.outbox.newest(10)} == {NotificationState.EXPIRED}


def test_a_full_outbox_drops_the_oldest_popups_first(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "MOST_WAITING", 4)
    put(database, message(text="mail 1"), message(text="mail 2"))
    put(database, message(ChannelKind.POPUP, text="popup 1"), at=NOON + MINUTE)
    put(database, message(ChannelKind.SOUND, text="sound 2"), at=NOON + 2 * MINUTE)
    put(
        database,
        message(ChannelKind.POPUP, text="popup 3", alert_uid="alert-3"),
        at=NOON + 3 * MINUTE,
    )
    found = by_text(database)
    gone = found.pop("popup 1")
    assert (gone.state, gone.answer) == (NotificationState.CANCELLED, OUTBOX_FULL)
    assert {one.state for one in found.values()} == {NotificationState.WAITING}
    # Only when no popups are left is it the turn of the oldest others: it stays bounded.
    put(
        database,
        *(message(text=f"mail {n}", alert_uid=f"alert-{n}") for n in (3, 4, 5)),
        at=NOON + 4 * MINUTE,
    )
    left = {name for name, one in by_text(database).items() if not one.answer}
    assert len(left) == 4
    assert left >= {"mail 3", "mail 4", "mail 5"}


def test_what_was_stored_before_the_clock_was_set_back_is_due_at_once(database: Database) -> None:
    put(database, message(text="before"), at=NOON + timedelta(days=300))
    put(database, message(text="later", due_at=NOON + MINUTE))
    assert texts(database.outbox.due(NOON, ["mail"], 10)) == ["before"]
    uid = by_text(database)["before"].uid
    database.outbox.note_failed(uid, "timeout", NOON + 2 * MINUTE, NOON)
    assert texts(database.outbox.due(NOON + MINUTE, ["mail"], 10)) == ["later"]


def test_what_calls_for_somebody_is_cancelled_and_what_tells_goes_on(database: Database) -> None:
    put(
        database,
        message(ChannelKind.POPUP, text="popup"),
        message(ChannelKind.SOUND, text="sound"),
        message(text="mail"),
        message(text="escalation", purpose=Purpose.ESCALATION),
        message(ChannelKind.POPUP, text="over", purpose=Purpose.RETURNED),
        message(ChannelKind.POPUP, text="of another", alert_uid="alert-2"),
    )
    with database.alerts.changing(NOON) as book:
        book.cancel_calls("alert-1", "Seen.")
    cancelled = {
        name
        for name, one in by_text(database).items()
        if one.state is NotificationState.CANCELLED and one.answer == "Seen."
    }
    assert cancelled == {"popup", "sound", "escalation"}
    # What was on its way meanwhile got there all the same.
    uid = by_text(database)["escalation"].uid
    with database.alerts.changing(NOON) as book:
        assert book.note_delivered(uid, "250 OK") is not None
    assert database.outbox.get(uid).state is NotificationState.DELIVERED


def test_what_got_through_is_noted_once_and_proves_the_channel(database: Database) -> None:
    put(database, message(channel_uid=ENVIRONMENT))
    (one,) = database.outbox.newest(10)
    database.outbox.note_failed(one.uid, "refused", NOON, NOON, is_channel_failing=False)
    assert ENVIRONMENT not in database.proofs.all()
    for minute in (1, 2):
        at = NOON + minute * MINUTE
        database.outbox.note_failed(one.uid, f"timeout {minute}", at, at)
    proof = database.proofs.all()[ENVIRONMENT]
    assert (proof.proven_at, proof.failing_since) == (None, NOON + MINUTE)
    assert proof.answer == "timeout 2"
    with database.alerts.changing(NOON + 3 * MINUTE) as book:
        before = book.note_delivered(one.uid, "250 OK")
        assert before is not None
        assert before.attempts == 3
        assert book.note_delivered(one.uid, "250 again") is None
    after = database.outbox.get(one.uid)
    assert (after.answer, after.delivered_at) == ("250 OK", NOON + 3 * MINUTE)
    assert after.attempts == 4
    proof = database.proofs.all()[ENVIRONMENT]
    assert (proof.proven_at, proof.failing_since) == (NOON + 3 * MINUTE, None)
    # A failure that comes to be noted after that does not bring it back.
    database.outbox.note_failed(one.uid, "late", None, NOON)
    assert database.outbox.get(one.uid).state is NotificationState.DELIVERED


def test_the_flood_limit_knows_what_was_and_what_will_be_due(database: Database) -> None:
    put(database, message(), at=NOON)
    put(database, message(due_at=NOON + 30 * MINUTE, purpose=Purpose.FLOOD), at=NOON)
    put(database, message(ChannelKind.POPUP, purpose=Purpose.CANARY), at=NOON)
    with database.alerts.changing(NOON + 5 * MINUTE) as book:
        assert [(one.at, one.channel_key) for one in book.lately] == [
            (NOON, "email:mail"),
            (NOON + 30 * MINUTE, "email:mail"),
        ]
        book.queue([Queued(message(ChannelKind.POPUP, due_at=book.now), "rule-2")])
        newest = book.lately[-1]
        assert (newest.rule_uid, newest.channel_key) == ("rule-2", "popup:")
    with database.alerts.changing(NOON + 11 * MINUTE) as book:
        assert [one.at for one in book.lately] == [NOON + 5 * MINUTE, NOON + 30 * MINUTE]


def test_what_tells_of_a_flood_joins_what_waits_of_its_kind(database: Database) -> None:
    flood = message(purpose=Purpose.FLOOD, due_at=NOON + MINUTE)

    def merge(waiting: NewNotification, more: NewNotification) -> NewNotification:
        return dataclasses.replace(waiting, text=f"{waiting.text} + {more.text}")

    for rule in ("rule-1", "rule-1", "rule-2"):
        with database.alerts.changing(NOON) as book:
            book.queue([Queued(flood, rule)], merge)
    assert sorted(by_text(database)) == ["Text", "Text + Text"]
    merged = by_text(database)["Text + Text"]
    # One that was tried is on its way: what comes then is a message of its own.
    database.outbox.note_failed(merged.uid, "timeout", NOON + MINUTE, NOON)
    with database.alerts.changing(NOON) as book:
        book.queue([Queued(flood, "rule-1")], merge)
    assert len(database.outbox.newest(10)) == 3
    # And one whose time has come may be on its way already.
    with database.alerts.changing(NOON + MINUTE) as book:
        book.queue([Queued(flood, "rule-2")], merge)
    assert len(database.outbox.newest(10)) == 4


def test_what_waits_for_a_channel_is_cancelled_with_it(database: Database) -> None:
    put(database, message(), message(channel_uid="other"), message(ChannelKind.POPUP))
    assert database.outbox.cancel_channel("mail", "The channel was removed.") == 1
    assert database.outbox.waiting() == {"other": 1}
    assert [one.state for one in database.outbox.of_alert("alert-1")].count(
        NotificationState.CANCELLED
    ) == 1


def test_only_finished_messages_about_no_alert_are_forgotten(database: Database) -> None:
    canary = message(alert_uid="", purpose=Purpose.CANARY)
    put(database, canary, canary, message())
    done = next(one for one in database.outbox.newest(9) if one.new.purpose is Purpose.CANARY)
    database.outbox.note_failed(done.uid, "refused", None, NOON)
    assert database.outbox.forget(NOON, 10) == 0
    assert database.outbox.forget(NOON + MINUTE, 10) == 1
    assert len(database.outbox.newest(10)) == 2


def test_a_channel_of_the_environment_can_be_switched_off(database: Database) -> None:
    assert database.proofs.disable(ENVIRONMENT, "HTTP 410")
    assert not database.proofs.disable(ENVIRONMENT, "again")
    assert not database.proofs.disable("never", "x")
    assert database.proofs.disabled() == {ENVIRONMENT: "HTTP 410"}
