"""A window tells that it is still there, and hears that its session is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.domain import SiteId
from camwatch.errors import CamWatchError, DatabaseBusy, SessionExpired
from camwatch.ui.session_pulse import SessionPulse
from tests.ui.live_edges import HeldBackground, session


class Desk:
    """Counts the questions, and answers them with an error if there is one."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: CamWatchError | None = None
        self.role: OperatorRole | None = None

    def still_here(self, session: Session) -> OperatorRole:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.role or session.role


def test_it_asks_by_itself_one_question_at_a_time(qtbot: QtBot) -> None:
    desk, background = Desk(), HeldBackground()
    pulse = SessionPulse(desk, session(), background, every_ms=1)
    qtbot.waitUntil(lambda: bool(background.waiting))
    pulse.ask()
    pulse.ask()
    assert background.waiting == 1
    background.finish()
    qtbot.waitUntil(lambda: bool(background.waiting))
    background.finish()
    assert desk.asked == 2


def test_a_history_that_is_away_ends_nothing_and_it_asks_on(qtbot: QtBot) -> None:
    desk, background = Desk(), HeldBackground()
    pulse = SessionPulse(desk, session(), background, every_ms=1)
    ended = []
    pulse.ended.connect(lambda: ended.append(True))
    desk.error = DatabaseBusy("busy")
    for _ in range(3):
        pulse.ask()
        background.finish()
    assert ended == []
    assert desk.asked >= 3


def test_a_session_that_was_ended_elsewhere_ends_the_window(qtbot: QtBot) -> None:
    desk, background = Desk(), HeldBackground()
    pulse = SessionPulse(desk, session(), background, every_ms=1)
    desk.error = SessionExpired()
    pulse.ask()
    with qtbot.waitSignal(pulse.ended):
        background.finish()
    asked = desk.asked
    qtbot.wait(20)
    assert background.waiting == 0
    assert desk.asked == asked


NORTH, SOUTH = SiteId(1), SiteId(2)
SOME = frozenset({Permission.VIEW_CAMERAS, Permission.VIEW_COUNTS})


@pytest.mark.parametrize(
    ("before", "now", "ends"),
    [
        ((SOME, None), (SOME, None), False),
        ((SOME, None), (SOME | {Permission.MOVE_CAMERAS}, None), False),
        ((SOME, frozenset({NORTH})), (SOME, None), False),
        ((SOME, frozenset({NORTH})), (SOME, frozenset({NORTH, SOUTH})), False),
        ((SOME, None), (SOME - {Permission.VIEW_COUNTS}, None), True),
        ((SOME, None), (SOME, frozenset({NORTH})), True),
        ((SOME, frozenset({NORTH, SOUTH})), (SOME, frozenset({NORTH})), True),
    ],
)
def test_who_may_do_or_see_less_than_before_signs_in_again(
    qtbot: QtBot,
    before: tuple[frozenset[Permission], frozenset[SiteId] | None],
    now: tuple[frozenset[Permission], frozenset[SiteId] | None],
    ends: bool,
) -> None:
    desk, background = Desk(), HeldBackground()
    signed_in = replace(session(), role=OperatorRole("own", "Own", *before))
    pulse = SessionPulse(desk, signed_in, background, every_ms=60_000)
    ended = []
    pulse.ended.connect(lambda: ended.append(True))
    desk.role = OperatorRole("own", "Own", *now, needs_second_factor=True)
    pulse.ask()
    background.finish()
    assert ended == [True] * ends
