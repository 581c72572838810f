"""Audits without a screen: playing by the clock, what is entered, what differs, the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.accuracy import (
    AuditKind,
    Badge,
    Estimate,
    GroupResult,
    Light,
    SetupPart,
    Step,
    TruePassage,
    Truth,
)
from camwatch.accuracy.plan import RecordingEnd, RecordingState, RecordingStatus
from camwatch.detect.audit import Audit, compare
from camwatch.domain import CameraId
from camwatch.scene import Direction
from camwatch.ui.accuracy.badge import badge_text
from camwatch.ui.accuracy.differences import differences
from camwatch.ui.accuracy.draft import OccupancyDraft, PassageDraft, PictureDraft
from camwatch.ui.accuracy.playback import Playback
from camwatch.ui.accuracy.wording import recording_words, tendency, time_left
from tests.ui.audit_bench import START, a_recording
from tests.workers.audit_site import a_plan

BERLIN = ZoneInfo("Europe/Berlin")
GATE = CameraId(1)


class Monotonic:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Monotonic:
    return Monotonic()


def a_film(clock: Monotonic, pictures: int = 50, every_s: float = 0.2) -> Playback:
    times = [number * every_s for number in range(pictures)]
    return Playback(times, pictures * every_s, clock)


@pytest.mark.parametrize(("speed", "index"), [(0.25, 1), (0.5, 2), (1.0, 5), (2.0, 10), (4.0, 20)])
def test_it_keeps_the_time_at_each_speed(clock: Monotonic, speed: float, index: int) -> None:
    film = a_film(clock)
    film.speed = speed
    film.play()
    clock.now_s += 1.05
    film.advance()
    assert film.index == index
    assert film.place_s == pytest.approx(1.05 * speed)


def test_pictures_are_left_out_when_the_screen_is_late(clock: Monotonic) -> None:
    film = a_film(clock)
    film.play()
    clock.now_s += 7.0
    film.advance()
    assert film.index == 35


def test_changing_the_speed_goes_on_from_the_same_place(clock: Monotonic) -> None:
    film = a_film(clock)
    film.play()
    clock.now_s += 2
    film.speed = 4.0
    assert film.place_s == pytest.approx(2)
    clock.now_s += 1
    assert film.place_s == pytest.approx(6)


def test_it_rests_at_the_end_and_can_be_played_again_from_before(clock: Monotonic) -> None:
    film = a_film(clock)
    film.play()
    clock.now_s += 60
    film.advance()
    assert (film.is_playing, film.is_at_end, film.index) == (False, True, 49)
    film.play()
    assert not film.is_playing
    film.seek(1.0)
    film.play()
    assert film.is_playing


def test_steps_go_from_picture_to_picture_and_rest(clock: Monotonic) -> None:
    film = a_film(clock, pictures=3)
    film.play()
    film.step(1)
    assert (film.index, film.is_playing) == (1, False)
    film.step(-1)
    film.step(-1)
    assert film.index == 0
    film.step(2)
    assert (film.index, film.is_at_end) == (2, False)
    film.step(1)
    assert film.is_at_end


def test_a_gap_in_which_no_pictures_came_is_jumped_over_and_told(clock: Monotonic) -> None:
    film = Playback([0.0, 0.2, 0.4, 60.0, 60.2], 60.4, clock)
    film.play()
    clock.now_s += 0.5
    film.advance()
    assert (film.index, film.skipped_s) == (2, 0.0)
    clock.now_s += 0.3
    film.advance()
    assert film.skipped_s == pytest.approx(59.6)
    assert film.index == 3
    film.advance()
    assert film.skipped_s == 0.0


def test_slow_cameras_have_no_gaps_between_their_usual_pictures(clock: Monotonic) -> None:
    film = Playback([0.0, 10.0, 20.0, 30.0], 40.0, clock)
    film.play()
    clock.now_s += 5
    film.advance()
    assert film.place_s == pytest.approx(5)
    assert film.skipped_s == 0.0


def test_what_comes_next_is_known_ahead(clock: Monotonic) -> None:
    film = a_film(clock)
    assert film.coming(12, 0.033) == [0, 1, 2]
    film.speed = 4.0
    assert film.coming(12, 0.033) == list(range(9))


def test_passages_are_kept_in_the_order_of_time(clock: Monotonic) -> None:
    draft = PassageDraft()
    draft.add(5.0, Direction.IN)
    draft.add(2.0, Direction.OUT)
    draft.add(9.0, Direction.IN)
    assert draft.remove_last()
    draft.watched_s = 8.0
    truth = draft.truth(is_whole=False)
    assert truth.passages == (TruePassage(2.0, Direction.OUT), TruePassage(5.0, Direction.IN))
    assert truth.until_s == 8.0
    again = PassageDraft(truth)
    assert (again.total(Direction.IN), again.total(Direction.OUT)) == (1, 1)
    assert again.watched_s == 8.0
    assert PassageDraft().truth(is_whole=True).passages == ()


def test_a_number_holds_until_the_next_and_begins_at_the_start() -> None:
    draft = OccupancyDraft()
    assert draft.people_at(0.0) is None
    draft.enter(0.4, 2)
    draft.enter(3.0, 3)
    draft.change(5.0, -1)
    draft.change(6.0, -9)
    draft.enter(6.5, 0)  # nothing new
    assert draft.truth(is_whole=True).steps == (
        Step(0.0, 2),
        Step(3.0, 3),
        Step(5.0, 2),
        Step(6.0, 0),
    )
    assert [draft.people_at(t_s) for t_s in (0.0, 2.9, 3.0, 5.5, 99.0)] == [2, 2, 3, 2, 0]


def test_going_back_corrects_only_up_to_the_next_number() -> None:
    draft = OccupancyDraft()
    for t_s, people in ((0.0, 1), (10.0, 4)):
        draft.enter(t_s, people)
    draft.enter(5.0, 2)
    assert [draft.people_at(t_s) for t_s in (4.0, 6.0, 11.0)] == [1, 2, 4]
    assert draft.remove_last()
    assert draft.people_at(6.0) == 1
    assert draft.remove_last()
    assert not draft.remove_last()  # the number at the start stays


def test_pictures_can_be_passed_over_and_corrected() -> None:
    draft = PictureDraft(4)
    draft.enter(0, 3)
    draft.pass_over(1)
    draft.enter(2, 0)
    assert (draft.done, draft.left, draft.next_open) == (2, 1, 3)
    draft.pass_over(0)
    draft.enter(1, 5)
    assert [(one.index, one.people) for one in draft.truth().pictures] == [(1, 5), (2, 0)]
    assert PictureDraft(4, draft.truth()).people(1) == 5


def test_the_moments_that_differ_are_found_worst_first(tmp_path: Path) -> None:
    counts = [1] * 30 + [4] * 25 + [2] * 25
    opened = a_recording(tmp_path, counts=counts, camera=GATE)
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0.0, 1),))
    report = compare(opened.recording, truth, Audit("u", START, "maria"))
    found = differences(report, opened.recording, truth)
    assert found[0].text == "0:06  You: 1 person, the program: 4"
    assert found[0].picture == 30
    assert [one.t_s for one in found] != []
    assert all(one.t_s >= 6 for one in found)


def test_missed_and_false_passages_are_told_in_order(tmp_path: Path) -> None:
    opened = a_recording(
        tmp_path,
        AuditKind.PASSAGES,
        counts=[1] * 100,
        passages=[(4.0, Direction.IN), (12.0, Direction.OUT)],
        camera=GATE,
    )
    truth = Truth(
        AuditKind.PASSAGES,
        passages=(TruePassage(4.3, Direction.IN), TruePassage(8.0, Direction.IN)),
    )
    report = compare(opened.recording, truth, Audit("u", START, "maria"))
    assert [one.text for one in differences(report, opened.recording, truth)] == [
        "0:08  In: you saw it, the program missed it",
        "0:12  Out: counted, but you saw nobody",
    ]


def a_badge() -> Badge:
    return Badge(
        camera_id=GATE,
        audit_uid="u",
        kind=AuditKind.PASSAGES,
        place="Door",
        audited_at=datetime(2026, 11, 11, 23, 30, tzinfo=UTC),
        accuracy=Estimate(0.96, 0.94, 0.97),
        nobody_came=False,
        intervals=60,
        lights=(Light.DAYLIGHT,),
        changed=(),
        is_setup_known=True,
        is_old=False,
        has_few=False,
    )


NOW = datetime(2026, 11, 20, tzinfo=UTC)


def test_a_badge_says_how_right_when_and_in_which_light() -> None:
    words = badge_text(a_badge(), BERLIN, NOW)
    assert words.number == "96 % ± 2"
    assert words.short == "96 % ± 2 · audited 12 Nov · daylight"
    assert "passing “Door”" in words.long
    assert "94 to 97 %" in words.long
    assert words.warning == ""


def test_a_badge_warns_of_what_has_changed() -> None:
    badge = replace(
        a_badge(),
        changed=(SetupPart.MODEL, SetupPart.THRESHOLD),
        is_old=True,
        has_few=True,
        lights=(Light.DAYLIGHT, Light.DARK),
    )
    words = badge_text(badge, BERLIN, NOW.replace(year=2027))
    assert words.short == "96 % ± 2 · audited 12 Nov 2026 · daylight and dark"
    for part in ("the model and the threshold", "90 days", "fewer than 10"):
        assert part in words.warning


def test_a_badge_without_a_number_claims_none() -> None:
    nobody = replace(a_badge(), accuracy=None, nobody_came=True)
    assert badge_text(nobody, BERLIN, NOW).short.startswith("Nobody came · audited 12 Nov")
    unsure = replace(a_badge(), accuracy=None)
    assert badge_text(unsure, BERLIN, NOW).number == "unsure"
    assert badge_text(None, BERLIN, NOW).short == "Not audited yet"
    for badge in (nobody, unsure, None):
        assert "%" not in badge_text(badge, BERLIN, NOW).short


def test_a_tendency_is_claimed_only_where_it_is_sure() -> None:
    result = GroupResult(None, None, 20, 20.0, 30.0, Estimate(0.5, -0.2, 1.2), None, None)
    assert "cannot be told" in tendency(result)
    many = replace(result, signed=Estimate(0.5, 0.1, 0.9))
    assert tendency(many) == "It counts too many people on the whole."
    few = replace(result, signed=Estimate(-0.5, -0.9, -0.1))
    assert tendency(few) == "It counts too few people on the whole."
    assert tendency(replace(result, signed=None)) == ""


def test_a_recording_says_how_long_it_still_takes() -> None:
    status = RecordingStatus("u", a_plan(seconds=600), RecordingState.RUNNING, START, pictures=3)
    assert recording_words(status, START + timedelta(minutes=7)) == "recording, 3 min left"
    assert recording_words(status, START + timedelta(minutes=10)) == "recording, nearly done"
    ended = replace(status, state=RecordingState.READY, end=RecordingEnd.COMPLETE)
    assert recording_words(ended, START) == "ready to count"
    assert "no pictures" in recording_words(replace(ended, pictures=0), START)
    assert [time_left(seconds) for seconds in (0.2, 40, 89.6, 150, 7500)] == [
        "1 s",
        "40 s",
        "90 s",
        "2 min",
        "2 h 5 min",
    ]
