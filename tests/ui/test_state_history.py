"""The window with the history of a camera's states."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from camwatch.commands.state_history import Doubt, Outage, StateHistory, Stretch
from camwatch.domain import CameraState, Notice, Reason
from camwatch.errors import DatabaseBusy
from camwatch.ui.cameras.state_bar import StateBar
from camwatch.ui.cameras.state_history import OutageColumn, OutageModel, StateHistoryDialog
from camwatch.ui.cameras.state_words import as_text, hours, lasted, summary
from tests.ui.screen_edges import (
    NOON,
    Clock,
    CommandDesk,
    HeldWork,
    PromptWork,
    a_camera,
    a_session,
)

BERLIN = ZoneInfo("Europe/Berlin")
OFFLINE = CameraState.OFFLINE


def down(start: datetime, minutes: float, reason: Reason = Reason.TIMEOUT) -> Outage:
    return Outage(start, start + timedelta(minutes=minutes), minutes * 60, OFFLINE, reason)


def did(start: datetime, end: datetime, *outages: Outage) -> StateHistory:
    stretches, at = [], start
    for one in outages:
        stretches += [
            Stretch(at, one.start, CameraState.OK),
            Stretch(one.start, one.end, one.state, one.reason),
        ]
        at = one.end
    return StateHistory(start, end, (*stretches, Stretch(at, end, CameraState.OK)), outages)


WEEK = NOON - timedelta(days=7)
NIGHTLY = did(WEEK, NOON, *(down(WEEK.replace(hour=0) + timedelta(days=n), 9) for n in range(1, 8)))


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (12, "12 s"),
        (300, "5 min"),
        (7500, "2 h 05 min"),
        (3599, "1 h 00 min"),
        (48 * 3600, "2 days"),
        (76 * 3600, "3 days 4 h"),
    ],
)
def test_durations_are_told_in_two_units_at_most(seconds: float, said: str) -> None:
    assert lasted(seconds) == said


def test_hours_end_at_24() -> None:
    assert hours(22, 0) == "22:00–24:00"
    assert hours(23, 2) == "23:00–02:00"


def test_the_sentence_tells_how_often_how_long_when_and_why() -> None:
    assert summary(NIGHTLY, "in the last 7 days", BERLIN) == (
        "Down 7 times in the last 7 days, 1 h 03 min in all, mostly 02:00–03:00; "
        "most often: it did not answer in time."
    )


def test_the_sentence_tells_of_one_outage_of_none_and_of_not_knowing() -> None:
    once = did(WEEK, NOON, down(NOON - timedelta(hours=5), 30, Reason.REFUSED))
    assert summary(once, "in the last 7 days", BERLIN) == (
        "Down once in the last 7 days, 30 min: it refused the connection."
    )
    assert summary(did(WEEK, NOON), "in the last 7 days", BERLIN) == (
        "Not down once in the last 7 days."
    )
    unknown = StateHistory(WEEK, NOON, (Stretch(WEEK, NOON, None),), ())
    assert summary(unknown, "today", BERLIN) == "Nothing is known of this camera today."


def test_the_sentence_of_a_new_camera_begins_when_it_was_first_watched() -> None:
    added = NOON - timedelta(hours=5)
    stretches = (Stretch(WEEK, added, None), Stretch(added, NOON, CameraState.OK))
    assert summary(StateHistory(WEEK, NOON, stretches, ()), "in the last 7 days", BERLIN) == (
        "Not down once since it was first watched on Wed 1 Jul, 09:00."
    )


def test_the_sentence_tells_what_else_was_not_as_it_should_be() -> None:
    at = [NOON - timedelta(hours=hour) for hour in (9, 8, 5, 3, 0)]
    states = (CameraState.OK, None, CameraState.DISABLED, CameraState.OK)
    stretches = tuple(Stretch(at[n], at[n + 1], state) for n, state in enumerate(states))
    doubts = (Doubt(at[3], at[3] + timedelta(minutes=40), Notice.COVERED),)
    assert summary(StateHistory(at[0], NOON, stretches, (), doubts), "today", BERLIN) == (
        "Not down once today. For 3 h 00 min nobody looked: CamWatch was not running. "
        "For 2 h 00 min it was switched off. For 40 min, the lens is covered."
    )


def test_the_sentence_tells_what_lay_with_this_computer() -> None:
    at = [NOON - timedelta(hours=hour) for hour in (4, 3, 1, 0)]
    stretches = (
        Stretch(at[0], at[1], CameraState.OK),
        Stretch(at[1], at[2], None, Reason.ASLEEP),
        Stretch(at[2], at[3], CameraState.OK),
    )
    assert summary(StateHistory(at[0], NOON, stretches, ()), "today", BERLIN) == (
        "Not down once today. For 2 h 00 min nobody looked: this computer was asleep."
    )


def test_the_text_has_a_line_for_each_outage() -> None:
    lines = as_text(a_camera(1, "Gate"), NIGHTLY, "in the last 7 days", BERLIN).splitlines()
    assert lines[0] == "Gate, Ground floor"
    assert "(Europe/Berlin)" in lines[1]
    assert lines[2].startswith("Down 7 times")
    assert lines[5].split("\t") == [
        "Thu 25 Jun, 02:00:00",
        "Thu 25 Jun, 02:09:00",
        "9 min",
        "Offline",
        "It did not answer in time",
    ]
    assert len(lines) == 12


def test_the_model_keeps_qts_rules(qtmodeltester: ModelTester, qtbot: QtBot) -> None:
    model = OutageModel(BERLIN)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]
    model.show_outages(NIGHTLY.outages)
    assert model.index(0, OutageColumn.START).data() == "Wed 1 Jul, 02:00:00"
    going_on = Outage(NOON, NOON, 0, OFFLINE, Reason.TIMEOUT, goes_on=True)
    model.show_outages([going_on])
    assert model.index(0, OutageColumn.END).data() == "not over yet"
    hint = model.index(0, OutageColumn.REASON).data(Qt.ItemDataRole.ToolTipRole)
    assert "network cable" in hint


def test_a_short_outage_is_seen_in_a_long_time(qtbot: QtBot) -> None:
    bar = StateBar(BERLIN)
    qtbot.addWidget(bar)
    bar.resize(720, bar.sizeHint().height())
    middle = WEEK + (NOON - WEEK) / 2
    bar.show_history(did(WEEK, NOON, down(middle, 1)), "Down once.")
    bar.show()
    image = bar.grab().toImage()
    row = [QColor(image.pixel(x, 20)) for x in range(720)]
    reddish = [x for x, color in enumerate(row) if color.red() > 200 and color.green() < 160]
    assert len(reddish) >= 2
    assert all(abs(x - 360) <= 3 for x in reddish)
    found = bar.stretch_at(359)
    assert found is not None
    assert found.state is OFFLINE
    assert bar.accessibleDescription() == "Down once."


def open_dialog(
    qtbot: QtBot, desk: CommandDesk, work: HeldWork | None = None
) -> StateHistoryDialog:
    dialog = StateHistoryDialog(
        desk,
        a_session(),
        work or PromptWork(),
        a_camera(1, "Gate"),
        zone=BERLIN,
        clock=Clock(),
    )
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def test_the_dialog_reads_the_chosen_span_and_points_to_an_outage(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.states = lambda _start, _end: NIGHTLY
    dialog = open_dialog(qtbot, desk)
    assert desk.asked[-1] == ("camera_states", 1, WEEK, NOON)
    assert dialog.summary.text().startswith("Down 7 times in the last 7 days")
    assert dialog.model.rowCount() == 7
    dialog.table.setFocus()
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    assert dialog.table.currentIndex().row() >= 0
    dialog.spans["Last 30 days"].click()
    assert desk.asked[-1][2] == NOON - timedelta(days=30)
    dialog.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("Gate, Ground floor\n")
    assert dialog.copy_button.text() == "Copied"


def test_the_dialog_says_when_nothing_was_wrong(qtbot: QtBot) -> None:
    desk = CommandDesk()
    desk.states = did
    dialog = open_dialog(qtbot, desk)
    assert dialog.nothing.isVisible()
    assert not dialog.table.isVisible()
    assert dialog.nothing.text() == "It was not down in this time."


def test_only_the_newest_question_is_answered_and_a_failure_can_be_tried_again(
    qtbot: QtBot,
) -> None:
    desk, work = CommandDesk(), HeldWork()
    desk.fail("camera_states", DatabaseBusy("locked"))
    dialog = open_dialog(qtbot, desk, work)
    assert dialog.busy.isVisible()
    dialog.spans["Last 24 hours"].click()
    work.finish(0)
    assert dialog.busy.isVisible()
    assert not dialog.notice.isVisible()
    desk.fail("camera_states", DatabaseBusy("locked"))
    work.finish()
    assert dialog.notice.title.text() == "The database is in use"
    dialog.notice.button.click()
    work.finish()
    assert not dialog.notice.isVisible()
    assert dialog.summary.text() == "Nothing is known of this camera in the last 24 hours."
