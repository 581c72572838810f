from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from camwatch.accuracy import (
    AuditKind,
    AuditReport,
    Crowding,
    Light,
    PictureTruth,
    Recording,
    Step,
    TruePassage,
    Truth,
)
from camwatch.detect.audit import Audit, compare, interval_length_s, summed_up, worsening
from camwatch.detect.matching import Pair, pair_up
from camwatch.errors import InvalidSetting
from tests.accuracy.values import (
    IN,
    OUT,
    REPORT_UID,
    START,
    Way,
    picture,
    recording,
    true_passages,
)

AUDIT = Audit(REPORT_UID, START, "Ada", "from the tests")


def compared(recorded: Recording, truth: Truth) -> AuditReport:
    report = compare(recorded, truth, AUDIT)
    assert AuditReport.from_json(report.to_json()) == report
    return report


def passages(counted: Sequence[Way], real: Sequence[Way], duration_s: float = 600) -> AuditReport:
    recorded = recording(
        AuditKind.PASSAGES,
        [picture(t_s) for t_s in range(int(duration_s))],
        duration_s=duration_s,
        passages=counted,
    )
    return compared(recorded, Truth(AuditKind.PASSAGES, passages=true_passages(real)))


def test_passages_that_were_all_counted_are_100_percent_and_never_surely_so() -> None:
    ways: list[Way] = [(10.0 * index + 5, IN if index % 3 else OUT) for index in range(60)]
    report = passages(ways, [(t_s - 0.4, way) for t_s, way in ways])
    assert report.overall.accuracy is not None
    assert report.overall.accuracy.value == report.overall.accuracy.high == 1
    assert 0.9 < report.overall.accuracy.low < 0.95
    assert (report.overall.truth, report.overall.counted) == (60, 60)
    assert (report.interval_s, report.overall.intervals) == (10, 60)
    found = report.passages
    assert found is not None
    assert (found.matched, found.missed, found.false) == (60, (), ())
    assert (found.inwards, found.outwards) == ((40, 40), (20, 20))
    assert found.recall == found.precision
    assert found.recall is not None
    assert found.recall.low < 0.95


def test_errors_in_both_directions_do_not_cancel_out() -> None:
    real: list[Way] = [(5, IN), (105, IN), (205, IN), (305, IN)]
    counted: list[Way] = [(5, IN), (105, IN), (205, OUT), (305, IN), (405, IN)]
    report = passages(counted, real)
    assert (report.overall.truth, report.overall.counted) == (4, 5)
    accuracy, signed, absolute = (
        report.overall.accuracy,
        report.overall.signed,
        report.overall.absolute,
    )
    assert accuracy is not None
    assert signed is not None
    assert absolute is not None
    assert accuracy.value == pytest.approx(1 - 3 / 4)
    assert signed.value == pytest.approx(1 / 60)
    assert absolute.value == pytest.approx(3 / 60)
    assert report.passages is not None
    assert report.passages.missed == (TruePassage(205, IN),)
    assert report.passages.false == (TruePassage(205, OUT), TruePassage(405, IN))
    assert report.passages.recall is not None
    assert report.passages.recall.value == pytest.approx(0.75)
    assert report.passages.precision is not None
    assert report.passages.precision.value == pytest.approx(0.6)


def test_a_passage_at_the_border_of_two_intervals_is_no_error() -> None:
    report = passages([(9.9, IN)], [(10.6, IN)])
    assert [one.absolute for one in report.intervals if one.absolute] == []


def test_of_nobody_there_is_no_percentage() -> None:
    quiet = passages([], [])
    assert quiet.overall.nobody_came
    assert quiet.overall.accuracy is None
    assert quiet.overall.absolute is not None
    assert quiet.passages is not None
    assert (quiet.passages.recall, quiet.passages.precision) == (None, None)
    wrong = passages([(5, IN)], [])
    assert wrong.overall.nobody_came
    assert wrong.overall.accuracy is None
    assert wrong.passages is not None
    assert wrong.passages.precision is not None
    assert wrong.passages.precision.value == 0


def test_too_few_intervals_give_totals_without_a_percentage() -> None:
    report = passages([(5, IN)], [(5, IN)], duration_s=20)
    assert report.overall.intervals == 4
    assert (report.overall.truth, report.overall.counted) == (1, 1)
    assert report.overall.accuracy is None
    assert report.overall.signed is None


def test_more_errors_than_people_are_0_percent_and_not_less() -> None:
    report = passages([(10.0 * index, OUT) for index in range(50)], [(5, IN)])
    assert report.overall.accuracy is not None
    assert report.overall.accuracy.value == report.overall.accuracy.low == 0


def test_what_comes_after_the_counting_was_stopped_is_not_compared() -> None:
    recorded = recording(
        AuditKind.PASSAGES,
        [picture(t_s) for t_s in range(600)],
        duration_s=600,
        passages=[(100, IN), (300.5, IN), (400, OUT)],
    )
    real = true_passages([(100, IN), (299.5, IN)])
    report = compared(recorded, Truth(AuditKind.PASSAGES, passages=real, until_s=300))
    assert report.duration_s == 300
    assert (report.overall.truth, report.overall.counted) == (2, 2)


def test_people_in_view_are_compared_by_interval_light_and_crowding() -> None:
    pictures = [
        picture(t_s, 2 if t_s < 300 else 6, brightness=0.5 if t_s < 300 else 0.2)
        for t_s in range(600)
    ]
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0, 2), Step(150, 3), Step(300, 6)))
    report = compared(recording(AuditKind.OCCUPANCY, pictures, duration_s=600), truth)
    assert report.interval_s == 10
    day, dim = report.by_light
    assert (day.light, dim.light) == (Light.DAYLIGHT, Light.DIM)
    assert (day.intervals, dim.intervals) == (30, 30)
    assert day.signed is not None
    assert day.signed.value == pytest.approx(-0.5)
    assert dim.signed is not None
    assert dim.signed.value == 0
    assert [one.crowding for one in report.by_crowding] == [
        Crowding.FEW,
        Crowding.SOME,
        Crowding.MANY,
    ]
    assert report.lights == (Light.DAYLIGHT, Light.DIM)
    assert report.overall.accuracy is not None
    assert report.overall.accuracy.value == pytest.approx(1 - 15 / (30 + 45 + 180))


def test_an_interval_without_a_picture_is_unknown_and_not_zero() -> None:
    pictures = [picture(t_s, 1) for t_s in range(300) if not 100 <= t_s < 150]
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0, 1),))
    report = compared(recording(AuditKind.OCCUPANCY, pictures, duration_s=300), truth)
    assert report.interval_s == 5
    assert report.overall.intervals == 50
    assert report.overall.counted == 50


def test_single_pictures_are_compared_one_by_one_and_keep_their_scores() -> None:
    pictures = [picture(3600 * index, 1, scores=(0.8, 0.2)) for index in range(12)]
    real = tuple(PictureTruth(index, 2 if index == 4 else 1) for index in range(10))
    recorded = recording(AuditKind.PICTURES, pictures, duration_s=3600 * 12)
    report = compared(recorded, Truth(AuditKind.PICTURES, pictures=real))
    assert report.overall.intervals == 10
    assert (report.overall.truth, report.overall.counted) == (11, 10)
    assert report.interval_s == 0
    assert [one.people for one in report.scored] == [1, 1, 1, 1, 2, 1, 1, 1, 1, 1]
    assert report.scored[4].scores == (0.8, 0.2)


def test_what_does_not_fit_together_is_refused() -> None:
    pictures = recording(AuditKind.PICTURES, [picture(0, 1)], duration_s=1)
    with pytest.raises(InvalidSetting, match="passages"):
        compare(pictures, Truth(AuditKind.PASSAGES), AUDIT)
    with pytest.raises(InvalidSetting, match="no 1"):
        compare(pictures, Truth(AuditKind.PICTURES, pictures=(PictureTruth(1, 1),)), AUDIT)
    with pytest.raises(InvalidSetting, match="no part"):
        compare(pictures, Truth(AuditKind.PICTURES), AUDIT)
    with pytest.raises(InvalidSetting, match="missing"):
        compare(replace(pictures, pictures=()), Truth(AuditKind.PICTURES), AUDIT)


@pytest.mark.parametrize(
    ("duration_s", "length_s"),
    [(60, 5), (300, 5), (301, 10), (900, 15), (3600, 60), (86_400, 1800), (10 * 86_400, 14_400)],
)
def test_there_are_60_intervals_at_most(duration_s: float, length_s: float) -> None:
    assert interval_length_s(duration_s) == length_s


def test_as_many_passages_as_possible_are_paired_up() -> None:
    real = true_passages([(1, IN), (2, IN), (2, OUT), (9, IN)])
    counted = true_passages([(2.5, IN), (3.9, IN), (20, IN)])
    one, two, three = (TruePassage(t_s, IN) for t_s in (1, 2, 9))
    assert pair_up(real, counted, 2) == [
        Pair(one, counted[0]),
        Pair(two, counted[1]),
        Pair(TruePassage(2, OUT), None),
        Pair(three, None),
        Pair(None, counted[2]),
    ]


def test_two_runs_are_compared_interval_by_interval() -> None:
    ways: list[Way] = [(10.0 * index + 5, IN) for index in range(60)]
    good, bad = passages(ways, ways).intervals, passages(ways[:30], ways).intervals
    same = worsening(good, good, AuditKind.PASSAGES)
    assert same.low < same.value == 0 < same.high
    worse = worsening(good, bad, AuditKind.PASSAGES)
    assert worse.value == pytest.approx(0.5)
    assert worse.low > 0
    assert worsening(bad, good, AuditKind.PASSAGES).high < 0
    other = passages([], ways[:59]).intervals
    with pytest.raises(InvalidSetting, match="same recording"):
        worsening(good, other, AuditKind.PASSAGES)


def test_several_audits_are_summed_up_as_one() -> None:
    ways: list[Way] = [(10.0 * index + 5, IN) for index in range(60)]
    intervals = (*passages(ways, ways).intervals, *passages(ways[:30], ways).intervals)
    together = summed_up(intervals, AuditKind.PASSAGES)
    assert (together.intervals, together.truth, together.counted) == (120, 120, 90)
    with pytest.raises(ValueError, match="no intervals"):
        summed_up([], AuditKind.PASSAGES)
