"""Who is signed in, and until when."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from camwatch.auth.permissions import built_in_role
from camwatch.auth.session import Session, Sessions
from camwatch.domain import Role, User, UserId
from camwatch.errors import SessionExpired

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
JANE = User(UserId(1), "jane", Role.VIEWER, False, NOON)


class Clock:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def test_a_session_lasts_twelve_hours_and_no_longer() -> None:
    sessions = Sessions(Clock())
    session = sessions.start(JANE, built_in_role(JANE.role), NOON)
    assert session.expires_at == NOON + timedelta(hours=12)
    assert sessions.check(session, NOON + timedelta(hours=11, minutes=59)) is session
    with pytest.raises(SessionExpired):
        sessions.check(session, NOON + timedelta(hours=12))
    with pytest.raises(SessionExpired):
        sessions.check(session, NOON)


def test_a_clock_put_back_makes_no_session_longer() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    session = sessions.start(JANE, built_in_role(JANE.role), NOON)
    clock.s += 12 * 3600
    with pytest.raises(SessionExpired):
        sessions.check(session, NOON - timedelta(days=1))


def test_an_ended_session_is_over_and_can_end_only_once() -> None:
    sessions = Sessions(Clock())
    jane, other = (
        sessions.start(JANE, built_in_role(JANE.role), NOON),
        sessions.start(JANE, built_in_role(JANE.role), NOON),
    )
    assert jane.id != other.id
    assert sessions.end(jane) is jane
    assert sessions.end(jane) is None
    with pytest.raises(SessionExpired):
        sessions.check(jane, NOON)
    assert sessions.check(other, NOON) is other


def test_a_session_that_was_made_up_or_changed_is_worth_nothing() -> None:
    sessions = Sessions(Clock())
    session = sessions.start(JANE, built_in_role(JANE.role), NOON)
    with pytest.raises(SessionExpired):
        sessions.check(Session("0" * 43, JANE, NOON, NOON + timedelta(days=999)), NOON)
    boss = dataclasses.replace(JANE, role=Role.ADMINISTRATOR)
    forged = dataclasses.replace(session, user=boss, expires_at=NOON + timedelta(days=999))
    assert sessions.check(forged, NOON).user.role == Role.VIEWER
    with pytest.raises(SessionExpired):
        sessions.check(forged, NOON + timedelta(hours=12))


def test_sessions_that_ran_out_are_not_collected_for_ever() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    first = sessions.start(JANE, built_in_role(JANE.role), NOON)
    clock.s += 12 * 3600
    second = sessions.start(JANE, built_in_role(JANE.role), NOON)
    assert sessions.end(first) is None
    assert sessions.end(second) is second


def test_the_id_is_not_shown() -> None:
    session = Sessions(Clock()).start(JANE, built_in_role(JANE.role), NOON)
    assert len(session.id) == 43
    assert session.id not in repr(session)
