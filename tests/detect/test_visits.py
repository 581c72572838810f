"""How long somebody was in a zone, from when they were seen inside and outside."""

from __future__ import annotations

import pytest

from camwatch.detect.visits import Visit, VisitWatch


def visits(*seen: tuple[float, bool]) -> list[Visit]:
    """Let somebody be seen at these times, inside or not, and then be gone."""
    watch = VisitWatch()
    found = [watch.seen(t_s, is_inside=is_inside) for t_s, is_inside in seen]
    return [visit for visit in (*found, watch.end()) if visit]


def test_a_visit_is_from_coming_in_to_going_out() -> None:
    seen = [(t, 4 <= t <= 9) for t in range(13)]
    assert visits(*seen) == [Visit(3.5, 9.5)]


def test_who_appears_and_vanishes_inside_was_there_as_long_as_they_were_seen() -> None:
    assert visits((5, True), (6, True), (8, True)) == [Visit(5, 8)]


@pytest.mark.parametrize("away_s", [0.5, 1.5, 2.9])
def test_a_short_absence_is_bridged(away_s: float) -> None:
    assert visits((0, True), (1, True), (1 + away_s / 2, False), (1 + away_s, True), (9, True)) == [
        # From 1 + away_s to 9 nobody saw them: that is too long, and a visit of its own.
        Visit(0, 1 + away_s),
        Visit(9, 9),
    ]
    assert visits((0, True), (1, True), (1 + away_s, True), (3 + away_s, True)) == [
        Visit(0, 3 + away_s)
    ]


def test_a_long_absence_makes_two_visits() -> None:
    seen = [(0, True), (1, True), *((t, False) for t in range(2, 6)), (6, True), (7, True)]
    assert visits(*seen) == [Visit(0, 1.5), Visit(5.5, 7)]


def test_who_is_outside_has_no_visit() -> None:
    assert visits(*((t, False) for t in range(20))) == []


def test_a_visit_is_over_as_soon_as_it_cannot_go_on() -> None:
    watch = VisitWatch()
    assert watch.seen(0, is_inside=True) is None
    assert watch.seen(2, is_inside=True) is None
    assert watch.seen(3, is_inside=False) is None
    assert watch.seen(5, is_inside=False) is None
    assert watch.seen(5.5, is_inside=False) == Visit(0, 2.5)
    assert watch.end() is None


def test_where_somebody_was_long_ago_says_nothing_about_when_they_came_in() -> None:
    assert visits((0, False), (10, True), (11, True)) == [Visit(10, 11)]
