"""The life of an alert, from being raised until it is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import Alert, AlertPart, AlertState, Deed, Shelving, Subject
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.rules import CameraCondition, CameraTrouble, Severity
from camwatch.alerts.signals import Raised, Returned
from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from tests.alerts.driving import NOON, rule

DOWN = rule(CameraCondition(CameraTrouble.DOWN))
FIRST, SECOND = (Subject.of_camera(CameraId(number)) for number in (1, 2))


def part(subject: Subject, after_s: float = 0, reason: str = "timeout") -> AlertPart:
    return AlertPart(
        subject, f"Camera {subject.camera_id}", NOON + timedelta(seconds=after_s), None, reason
    )


def raising(*parts: AlertPart, is_new: bool = False, common: str = "") -> Raised:
    return Raised("a", "r", is_new, Severity.WARNING, parts, common)


def returning(*subjects: Subject, is_over: bool = False, why: str = "") -> Returned:
    return Returned("a", "r", subjects, is_over, why)


def deeds(change: Change) -> list[Deed]:
    return [entry.deed for entry in change.entries]


def take(before: Alert | None, signal: Raised, after_s: float = 0) -> Change:
    at = NOON + timedelta(seconds=after_s)
    return lifecycle.raised(before, signal, DOWN, "title", "message", at)


def opened(*subjects: Subject, common: str = "") -> Alert:
    parts = [part(one) for one in subjects or (FIRST,)]
    return take(None, raising(*parts, is_new=True, common=common)).alert


def test_a_new_alert_is_unacknowledged() -> None:
    change = take(None, raising(part(FIRST), is_new=True, common="network 10.0.3.0/24"))
    alert = change.alert
    assert (alert.uid, alert.rule_name, alert.kind) == ("a", "Rule r", "camera:down")
    assert (alert.state, alert.raised_at, alert.changed_at) == (
        AlertState.UNACKNOWLEDGED,
        NOON,
        NOON,
    )
    assert (alert.title, alert.message, alert.common) == (
        "title",
        "message",
        "network 10.0.3.0/24",
    )
    assert [(one.actor, one.deed, one.text) for one in change.entries] == [
        ("system", Deed.RAISED, "Camera 1")
    ]


def test_it_closes_once_it_was_seen_and_returned() -> None:
    seen = lifecycle.acknowledged(opened(), "ada", NOON, " on my way ")
    assert (seen.alert.state, seen.alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "ada")
    assert seen.entries[0].text == "on my way"
    over = lifecycle.returned(seen.alert, returning(FIRST, is_over=True), NOON)
    assert deeds(over) == [Deed.RETURNED, Deed.CLOSED]
    assert (over.alert.state, over.alert.closed_at) == (AlertState.CLOSED, NOON)


def test_it_waits_for_somebody_to_see_it_after_it_returned() -> None:
    over = lifecycle.returned(opened(), returning(FIRST, is_over=True, why="rule removed"), NOON)
    assert (over.alert.state, over.alert.returned_at) == (AlertState.RETURNED, NOON)
    assert over.entries[0].text == "Camera 1: rule removed"
    seen = lifecycle.acknowledged(over.alert, "ada", NOON)
    assert deeds(seen) == [Deed.ACKNOWLEDGED, Deed.CLOSED]
    assert seen.alert.state is AlertState.CLOSED


def test_a_part_returns_before_the_others() -> None:
    change = lifecycle.returned(opened(FIRST, SECOND), returning(SECOND), NOON)
    assert deeds(change) == [Deed.PART_RETURNED]
    assert change.alert.state is AlertState.UNACKNOWLEDGED
    assert [one.returned_at for one in change.alert.parts] == [None, NOON]


def test_what_is_over_leaves_no_part_behind() -> None:
    change = lifecycle.returned(opened(FIRST, SECOND), returning(SECOND, is_over=True), NOON)
    assert change.alert.state is AlertState.RETURNED
    assert all(one.returned_at for one in change.alert.parts)


def test_more_subjects_join_it() -> None:
    change = take(opened(), raising(part(SECOND, 3)), 3)
    assert deeds(change) == [Deed.JOINED]
    assert [one.subject for one in change.alert.parts] == [FIRST, SECOND]
    assert change.alert.times == 1


def test_what_joins_is_unseen_unless_it_has_the_cause_in_common() -> None:
    seen = lifecycle.acknowledged(opened(), "ada", NOON).alert
    joined = take(seen, raising(part(SECOND, 3)), 3).alert
    assert (joined.state, joined.acknowledged_by) == (AlertState.UNACKNOWLEDGED, "")
    seen = lifecycle.acknowledged(opened(common="network 10.0.3.0/24"), "ada", NOON).alert
    assert take(seen, raising(part(SECOND, 3)), 3).alert.state is AlertState.ACKNOWLEDGED


def test_one_that_was_closed_and_holds_again_is_unseen_and_its_plan_begins_anew() -> None:
    seen = replace(lifecycle.acknowledged(opened(), "ada", NOON).alert, step=2)
    closed = lifecycle.returned(seen, returning(FIRST, is_over=True), NOON).alert
    change = take(closed, raising(part(FIRST, 9)), 9)
    alert = change.alert
    assert deeds(change) == [Deed.RAISED_AGAIN]
    assert (alert.state, alert.times, alert.step) == (AlertState.UNACKNOWLEDGED, 2, 0)
    assert (alert.closed_at, alert.returned_at, alert.acknowledged_at) == (None, None, None)
    assert (alert.raised_at, alert.again_at) == (NOON, NOON + timedelta(seconds=9))
    assert alert.parts == (part(FIRST, 9),)


def test_one_that_returned_unseen_and_holds_again_goes_on_with_its_plan() -> None:
    over = replace(lifecycle.returned(opened(), returning(FIRST, is_over=True), NOON).alert, step=2)
    alert = take(over, raising(part(FIRST, 9)), 9).alert
    assert (alert.state, alert.times, alert.step) == (AlertState.UNACKNOWLEDGED, 2, 2)
    assert (alert.returned_at, alert.again_at) == (None, None)


def test_a_part_that_comes_back_while_others_hold_is_seen_already() -> None:
    seen = lifecycle.acknowledged(opened(FIRST, SECOND), "ada", NOON).alert
    half = lifecycle.returned(seen, returning(SECOND), NOON).alert
    change = take(half, raising(part(SECOND, 9)), 9)
    assert (change.alert.state, change.alert.times) == (AlertState.ACKNOWLEDGED, 2)
    assert deeds(change) == [Deed.RAISED_AGAIN]


def test_one_that_becomes_more_serious_must_be_seen_again() -> None:
    seen = lifecycle.acknowledged(opened(), "ada", NOON).alert
    worse = replace(raising(part(FIRST, 9)), severity=Severity.CRITICAL, is_worse=True, value=41.0)
    change = take(seen, worse, 9)
    assert deeds(change) == [Deed.WORSENED]
    assert (change.alert.severity, change.alert.value) == (Severity.CRITICAL, 41)
    assert change.alert.state is AlertState.UNACKNOWLEDGED
    assert change.alert.parts[0].since == NOON
    assert take(change.alert, raising(part(FIRST, 9)), 9).alert.severity is Severity.CRITICAL


def test_a_common_part_is_named_without_a_line_in_the_history() -> None:
    change = take(opened(), raising(common="network 10.0.3.0/24"), 9)
    assert change.alert.common == "network 10.0.3.0/24"
    assert change.entries == ()


def test_what_nobody_has_seen_is_told_again_after_the_cool_down() -> None:
    told = replace(opened(), told_at=NOON)
    change = take(told, raising(part(FIRST)), 600)
    assert deeds(change) == [Deed.RAISED_AGAIN]
    assert change.alert.times == 1
    seen = lifecycle.acknowledged(told, "ada", NOON).alert
    assert take(seen, raising(part(FIRST)), 600) == Change(seen, ())
    assert take(told, raising(part(FIRST), is_new=True), 600) == Change(told, ())


@pytest.mark.parametrize("is_new", [True, False])
def test_the_same_signal_again_changes_nothing(*, is_new: bool) -> None:
    before = None if is_new else opened()
    signal = raising(part(SECOND, 3), is_new=is_new)
    once = take(before, signal, 3).alert
    assert take(once, signal, 3) == Change(once, ())
    gone = returning(SECOND, is_over=is_new)
    over = lifecycle.returned(once, gone, NOON).alert
    assert lifecycle.returned(over, gone, NOON) == Change(over, ())
    assert take(over, signal, 3) == Change(over, ())


def test_words_are_made_of_all_that_holds() -> None:
    before = lifecycle.returned(
        opened(FIRST, SECOND, common="network 10.0.3.0/24"), returning(FIRST), NOON
    ).alert
    third = part(Subject.of_camera(CameraId(3)), 3)
    whole = lifecycle.whole(before, raising(third))
    assert [one.name for one in whole.parts] == ["Camera 2", "Camera 3"]
    assert whole.common == "network 10.0.3.0/24"
    assert lifecycle.whole(None, raising(third)) == raising(third)


def test_many_names_are_cut_short() -> None:
    parts = [part(Subject.of_camera(CameraId(number))) for number in range(1, 51)]
    change = take(None, raising(*parts, is_new=True))
    assert change.entries[0].text.endswith("Camera 9, Camera 10 and 40 more")


# -------------------------------------------------------------------- operators


def test_seeing_it_twice_is_harmless() -> None:
    seen = lifecycle.acknowledged(opened(), "ada", NOON).alert
    assert lifecycle.acknowledged(seen, "ben", NOON) == Change(seen, ())
    assert deeds(lifecycle.acknowledged(seen, "ben", NOON, "me too")) == [Deed.COMMENTED]


def test_it_can_be_put_aside_for_a_time_with_a_reason() -> None:
    until = NOON + timedelta(hours=8)
    change = lifecycle.shelved(opened(), "ada", NOON, until, " mason at work ")
    assert change.alert.shelving == Shelving(until, "ada", "mason at work")
    assert change.alert.is_shelved(NOON)
    assert not change.alert.is_shelved(until)
    out = lifecycle.unshelved(change.alert, "ben", NOON)
    assert (out.alert.shelving, deeds(out)) == (None, [Deed.UNSHELVED])
    assert lifecycle.unshelved(out.alert, "ben", NOON) == Change(out.alert, ())
    assert lifecycle.unshelved(change.alert, "ben", until) == Change(change.alert, ())


def test_one_that_is_closed_is_not_put_aside() -> None:
    over = lifecycle.returned(opened(), returning(FIRST, is_over=True), NOON).alert
    closed = lifecycle.acknowledged(over, "ada", NOON).alert
    until = NOON + timedelta(hours=8)
    assert lifecycle.shelved(closed, "ada", NOON, until, "why not") == Change(closed, ())


@pytest.mark.parametrize(
    ("hours", "reason", "field"),
    [
        (0, "mason", "until"),
        (-1, "mason", "until"),
        (24 * 7 + 0.1, "mason", "until"),
        (8, "  ", "reason"),
        (8, "x" * 501, "reason"),
        (8, "one\ntwo", "reason"),
        (8, "a\x1b[2J", "reason"),
    ],
)
def test_shelving_without_measure_is_refused(hours: float, reason: str, field: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        lifecycle.shelved(opened(), "ada", NOON, NOON + timedelta(hours=hours), reason)
    assert refused.value.field == field


def test_somebody_takes_care_of_it() -> None:
    mine = lifecycle.owned(opened(), "ada", NOON, "ben")
    assert (mine.alert.owner, mine.entries[0].text) == ("ben", "ben")
    assert lifecycle.owned(mine.alert, "ada", NOON, "ben").entries == ()
    assert lifecycle.owned(mine.alert, "ada", NOON, "").alert.owner == ""
    with pytest.raises(InvalidSetting):
        lifecycle.owned(opened(), "ada", NOON, "x" * 101)


def test_comments_have_lines_and_any_letters() -> None:
    change = lifecycle.commented(
        opened(), "ada", NOON, "Tor offen\r\nनमस्ते \U0001f469\u200d\U0001f527 "
    )
    assert change.entries[0].text == "Tor offen\nनमस्ते \U0001f469\u200d\U0001f527"


@pytest.mark.parametrize(
    "comment", ["", " \n ", "x" * 2001, "a\x00b", "a\u202eb", "a\u2028b", "a\x1b[31m"]
)
def test_other_comments_are_refused(comment: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        lifecycle.commented(opened(), "ada", NOON, comment)
    assert refused.value.field == "comment"
    if comment.strip():
        with pytest.raises(InvalidSetting):
            lifecycle.acknowledged(opened(), "ada", NOON, comment)
