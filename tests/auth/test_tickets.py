"""Sign-ins that are under way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from camwatch.auth.tickets import LASTS_S, MOST_OPEN, Ticket, Tickets
from camwatch.domain import Role, Secret, User, UserId
from camwatch.errors import SessionExpired, SignInStep

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
JANE = Ticket(User(UserId(1), "jane", Role.VIEWER, False, NOON), SignInStep.CODE)


class Clock:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


def test_a_ticket_holds_for_five_minutes_on_a_clock_that_nobody_sets() -> None:
    clock = Clock()
    tickets = Tickets(clock)
    token = tickets.issue(JANE)
    clock.s += LASTS_S - 1
    assert tickets.find(token, SignInStep.CODE) is JANE
    clock.s += 1
    for _ in range(2):
        with pytest.raises(SessionExpired):
            tickets.find(token, SignInStep.CODE)


def test_a_ticket_is_worth_nothing_for_another_step() -> None:
    tickets = Tickets()
    token = tickets.issue(JANE)
    for step in (SignInStep.NEW_PASSWORD, SignInStep.SET_UP_CODE):
        with pytest.raises(SessionExpired):
            tickets.find(token, step)
    assert tickets.find(token, SignInStep.CODE) is JANE


def test_a_ticket_that_has_ended_is_gone() -> None:
    tickets = Tickets()
    token = tickets.issue(JANE)
    tickets.end(token)
    tickets.end(token)
    tickets.keep_secret(token, Secret("late"))
    with pytest.raises(SessionExpired):
        tickets.find(token, SignInStep.CODE)


@pytest.mark.parametrize("token", ["", "A" * 43, "\ud800"])
def test_a_ticket_cannot_be_made_up(token: str) -> None:
    tickets = Tickets()
    assert len(tickets.issue(JANE)) == 43  # 256 bits
    with pytest.raises(SessionExpired):
        tickets.find(token, SignInStep.CODE)


def test_of_too_many_tickets_the_oldest_ends() -> None:
    tickets = Tickets()
    tokens = [tickets.issue(JANE) for _ in range(MOST_OPEN + 1)]
    assert len(set(tokens)) == MOST_OPEN + 1
    with pytest.raises(SessionExpired):
        tickets.find(tokens[0], SignInStep.CODE)
    for token in tokens[1:]:
        tickets.find(token, SignInStep.CODE)
