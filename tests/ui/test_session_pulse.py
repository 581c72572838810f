"""A window tells that it is still there, and hears that its session is not."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, DatabaseBusy, SessionExpired
from camwatch.ui.session_pulse import SessionPulse
from tests.ui.live_edges import HeldBackground, session


class Desk:
    """Counts the questions, and answers them with an error if there is one."""

    def __init__(self) -> None:
        self.asked = 0
        self.error: CamWatchError | None = None

    def still_here(self, _session: Session) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error


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
