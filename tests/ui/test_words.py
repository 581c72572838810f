from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtGui import QTextDocument

from camwatch.domain import CameraState, Reason
from camwatch.ui import words


def test_every_state_and_reason_has_words() -> None:
    assert set(words.STATES) == set(CameraState)
    assert set(words.REASONS) == set(Reason)
    assert len(set(words.STATES.values())) == len(CameraState)


def test_a_missing_password_is_not_called_a_refused_one() -> None:
    missing = words.state_word(CameraState.AUTH_FAILED, Reason.PASSWORD_MISSING)
    refused = words.state_word(CameraState.AUTH_FAILED, Reason.UNAUTHORIZED)

    assert (missing, refused) == ("Password missing", "Sign-in refused")
    for state in CameraState:
        assert words.state_word(state, Reason.NONE) == words.STATES[state]


@pytest.mark.parametrize("reason", [one for one in Reason if one is not Reason.NONE])
def test_every_reason_is_short_and_says_what_helps(reason: Reason) -> None:
    said = words.REASONS[reason]

    assert 0 < len(said.short) <= 40
    assert not said.short.endswith(".")
    if reason is not Reason.STARTING:
        assert said.advice.endswith(".")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1.0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60.0, "1 min"),
        (3599.0, "59 min"),
        (3600.0, "1 h"),
        (200_000.0, "2 days"),
    ],
)
def test_a_span_is_told_in_one_unit(seconds: float, said: str) -> None:
    assert words.span(seconds) == said


def test_the_clock_is_that_of_the_site() -> None:
    at = datetime(2026, 7, 1, 10, 4, 7, tzinfo=UTC)

    assert words.clock_time(at, ZoneInfo("Europe/Berlin")) == "12:04:07"


def test_a_tooltip_shows_markup_as_text() -> None:
    document = QTextDocument()
    document.setHtml(words.tooltip("<b>Gate</b> & Co\nNorth"))

    assert document.toPlainText() == "<b>Gate</b> & Co\nNorth"


def test_numbers_and_people() -> None:
    assert words.number(1234567) == "1\u202f234\u202f567"
    assert words.people(1) == "1 person"
    assert words.people(0) == "0 people"


def test_a_long_text_is_cut_short() -> None:
    assert words.shortened("gate", 4) == "gate"
    assert words.shortened("gates", 4) == "gat…"
