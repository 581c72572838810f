"""Corrections as they are listed, entered and withdrawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraId, Role
from camwatch.errors import DatabaseBusy, InvalidSetting, InvalidSettings
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.ui.charts.corrections import CorrectionsDialog
from camwatch.ui.charts.corrections.form import CorrectionForm
from camwatch.ui.charts.corrections.withdrawal import WithdrawalDialog
from camwatch.ui.charts.ranges import Range
from tests.data.values import NOON
from tests.ui.history_edges import (
    BERLIN,
    DOOR,
    GATE,
    HALL,
    HOUR,
    TILL,
    HistoryShelf,
    RoleSession,
    correction,
)
from tests.ui.live_edges import HeldBackground

DAY = Range(NOON - timedelta(hours=24), NOON)
DIRTY = CorrectionDraft(GATE, None, NOON - HOUR, NOON, CorrectionKind.EXCLUDE, "Dirty.")
PASSED = CorrectionDraft(GATE, DOOR, NOON - HOUR, NOON, CorrectionKind.PASSED, "By hand.", -4, 2)


@pytest.fixture
def shelf() -> HistoryShelf:
    return HistoryShelf()


@pytest.fixture
def background() -> HeldBackground:
    return HeldBackground()


def make(
    qtbot: QtBot,
    shelf: HistoryShelf,
    background: HeldBackground,
    draft: CorrectionDraft | None = None,
    role: Role = Role.SUPERVISOR,
) -> CorrectionsDialog:
    dialog = CorrectionsDialog(
        cast("Any", shelf),
        cast("Any", RoleSession(role)),
        background,
        BERLIN,
        None,
        DAY,
        draft,
        clock=lambda: NOON,
    )
    qtbot.addWidget(dialog)
    dialog.show()
    background.finish()
    return dialog


def form_of(dialog: CorrectionsDialog) -> CorrectionForm:
    [form] = dialog.findChildren(CorrectionForm)
    return form


def cells(dialog: CorrectionsDialog, row: int) -> list[str]:
    shown = dialog.shown
    return [str(shown.index(row, n).data()) for n in range(shown.columnCount())]


def test_the_list_says_who_corrected_what_when_and_why(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    ended = correction(
        "u2",
        draft=CorrectionDraft(
            GATE, DOOR, NOON - 6 * HOUR, NOON - 5 * HOUR, CorrectionKind.PASSED, "By hand.", -4, 2
        ),
        withdrawn_at=NOON,
        withdrawn_by="ben",
        withdrawn_why="The other door.",
    )
    shelf.stored = [correction(), ended]
    dialog = make(qtbot, shelf, background)
    assert cells(dialog, 0) == [
        "Mon 2 Mar 2026, 10:00 to 12:00",
        "Gate north",
        "Left out",
        "The lens was dirty.",
        "anna",
        "Holds",
    ]
    assert cells(dialog, 1)[1:3] == ["Gate north, line Door", "in \u22124, out +2"]
    assert cells(dialog, 1)[-1] == "Withdrawn"
    assert not dialog.withdraw_button.isEnabled()
    dialog.table.choose(1)
    assert not dialog.withdraw_button.isEnabled()  # it is withdrawn already
    assert "Withdrawn by ben" in dialog.details.text()
    assert "The other door." in dialog.details.text()
    dialog.table.choose(0)
    assert dialog.withdraw_button.isEnabled()


def test_a_correction_is_withdrawn_with_a_reason(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    shelf.stored = [correction()]
    dialog = make(qtbot, shelf, background)
    dialog.table.choose(0)
    dialog.withdraw_button.click()
    [question] = dialog.findChildren(WithdrawalDialog)
    shelf.error = InvalidSettings([InvalidSetting("why", "is needed")])
    question.do_button.click()
    background.finish()
    assert question.fields["why"].problem == "The reason is needed."
    shelf.error = None
    question.why.setText("It was clean.")
    with qtbot.waitSignal(dialog.changed):
        question.do_button.click()
        background.finish()
    assert shelf.withdrawn == [("u1", "It was clean.")]
    assert cells(dialog, 0)[-1] == "Withdrawn"


def test_without_corrections_it_leads_on_and_a_viewer_only_looks(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    dialog = make(qtbot, shelf, background)
    assert dialog.empty.title.text() == "Nothing was corrected in this time"
    dialog.empty.button.click()
    draft = form_of(dialog).draft
    assert (draft.camera_id, draft.start, draft.end) == (GATE, NOON - HOUR, NOON)
    only_looks = make(qtbot, shelf, background, DIRTY, Role.VIEWER)
    assert not only_looks.correct_button.isVisible()
    assert not only_looks.empty.button.isVisible()
    assert only_looks.findChildren(CorrectionForm) == []


def test_a_point_that_was_clicked_is_where_the_form_begins(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    dialog = make(qtbot, shelf, background, DIRTY)
    form = form_of(dialog)
    assert form.draft == DIRTY
    with qtbot.waitSignal(dialog.changed):
        form.do_button.click()
        background.finish()
    assert shelf.added == [DIRTY]
    assert cells(dialog, 0)[3] == "Dirty."


def test_the_form_says_what_a_correction_would_do(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    form = form_of(make(qtbot, shelf, background, PASSED))

    def says(text: str) -> None:
        qtbot.waitUntil(lambda: background.waiting > 0)
        background.finish()
        assert form.preview.text() == text

    until_now = "Measured: 214 in, 202 out. As corrected until now: 212 in, 202 out."
    says(f"{until_now} Then: 208 in, 204 out.")
    form.inwards.setValue(3)
    says(f"{until_now} Then: 215 in, 204 out.")
    form.kind.setCurrentIndex(form.kind.findData("exclude"))
    assert not form.amounts.isVisible()
    says(f"{until_now} Then: unknown, and a gap in charts, until somebody tells who passed.")
    form.place.setCurrentIndex(form.place.findData(int(TILL)))
    says(
        "Measured: 3.2 people on average, at most 5, 93 % of the time known. "
        "Then: unknown for these 1 h, and a gap in charts."
    )
    form.start.setDateTime(form.end.dateTime())
    qtbot.waitUntil(lambda: form.preview.text() == "The end must be after the start.")


def test_only_lines_and_gates_are_passed(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    form = form_of(make(qtbot, shelf, background, PASSED))
    assert form.kind.count() == 2
    assert form.draft == PASSED
    form.place.setCurrentIndex(0)
    assert form.kind.count() == 1
    assert not form.kind.isEnabled()
    assert (form.draft.kind, form.draft.inwards) == (CorrectionKind.EXCLUDE, 0)
    form.camera.setCurrentIndex(form.camera.findData(int(HALL)))
    assert [form.place.itemText(n) for n in range(form.place.count())] == ["People in view"]


def test_refused_values_are_shown_at_their_fields_and_nothing_typed_is_lost(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    form = form_of(make(qtbot, shelf, background, DIRTY))
    shelf.error = InvalidSettings(
        [
            InvalidSetting("end", "must not be in the future"),
            InvalidSetting("inwards", "is needed"),
            InvalidSetting("reason", "is needed"),
        ]
    )
    form.do_button.click()
    background.finish()
    assert form.fields["corrected_end"].problem == "The end must not be in the future."
    assert form.fields["reason"].problem == "The reason is needed."
    assert form.draft == DIRTY
    shelf.error = DatabaseBusy("another program holds it")
    form.do_button.click()
    background.finish()
    assert form.notice.isVisible()
    assert form.draft == DIRTY


def test_a_camera_that_was_removed_can_still_be_corrected(
    qtbot: QtBot, shelf: HistoryShelf, background: HeldBackground
) -> None:
    gone = CorrectionDraft(
        CameraId(9), None, NOON - HOUR, NOON, CorrectionKind.EXCLUDE, "It was the test."
    )
    form = form_of(make(qtbot, shelf, background, gone))
    assert form.draft == gone
    assert form.camera.currentText() == "Camera 9"
