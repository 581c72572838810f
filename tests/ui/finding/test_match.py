"""What is found for what was typed, and in which order."""

from __future__ import annotations

import pytest

from camwatch.ui.palette.match import LONGEST_QUERY, cost, folded
from camwatch.ui.palette.ranking import MOST_RECENT, MOST_SHOWN, Recent, ranked
from camwatch.ui.palette.results import Result


def result(title: str, key: str = "", **more: object) -> Result:
    return Result(key or title, title, "Thing", "plus", lambda: None, **more)  # type: ignore[arg-type]


def titles(query: str, *results: Result, recent: Recent | None = None) -> list[str]:
    return [one.title for one in ranked(query, results, recent or Recent())]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("char", "Charts"),
        ("CHARTS", "charts"),
        ("cafe", "Café"),
        ("café", "CAFE"),
        ("strasse", "Straße 3"),
        ("ny", "New York"),
        ("chrt", "Charts"),
        ("zon", "Lines and zones"),
        ("zones lines", "Lines and zones of a camera"),
        ("gate 12", "Gate 12 North"),
        ("gate12", "Gate 12 North"),
    ],
)
def test_it_is_found(query: str, text: str) -> None:
    assert cost(query, [text]) is not None


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("xyz", "Charts"),
        ("charts alerts", "Charts"),
        ("gate 13", "Gate 12 North"),
        ("rts", "A rather long sentence that holds these letters too"),
        ("a", "Charts"),
    ],
)
def test_it_is_not_found(query: str, text: str) -> None:
    assert cost(query, [text]) is None


def test_the_beginning_comes_before_a_word_and_a_word_before_scattered_letters() -> None:
    found = titles(
        "cam",
        result("Calm admin mode"),
        result("Incamera"),
        result("Add a camera"),
        result("Cameras"),
        result("cam"),
    )
    assert found == ["cam", "Cameras", "Add a camera", "Calm admin mode", "Incamera"]


def test_a_title_comes_before_a_synonym_and_a_synonym_finds() -> None:
    found = titles("exit", result("Quit", synonyms=("exit",)), result("Exit door: live"))
    assert set(found) == {"Quit", "Exit door: live"}
    assert titles("exit", result("Beenden", synonyms=("exit",))) == ["Beenden"]


def test_what_was_used_lately_is_first_without_a_query_and_wins_a_tie() -> None:
    recent = Recent()
    one, other = result("Gate A"), result("Gate B")
    assert titles("gate", one, other, recent=recent) == ["Gate A", "Gate B"]
    recent.note(other.key)
    assert titles("gate", one, other, recent=recent) == ["Gate B", "Gate A"]
    hidden = result("Only looked for", rank=2)
    recent.note(hidden.key)
    assert titles("", one, other, hidden, recent=recent) == ["Only looked for", "Gate B", "Gate A"]


def test_without_a_query_nothing_is_listed_that_must_be_looked_for() -> None:
    assert titles("  ", result("Live"), result("Entrance", rank=1)) == ["Live"]


def test_what_cannot_be_done_now_stands_behind_what_can() -> None:
    found = titles("edit", result("Edit", why_not="Choose one first."), result("Editor"))
    assert found == ["Editor", "Edit"]


def test_recent_forgets_the_oldest_and_names_each_thing_once() -> None:
    recent = Recent()
    for number in range(MOST_RECENT + 3):
        recent.note(str(number))
    recent.note("5")
    assert recent.keys[0] == "5"
    assert len(recent.keys) == MOST_RECENT == len(set(recent.keys))


def test_many_results_and_a_pasted_page_are_cut() -> None:
    many = [result(f"Camera {number}") for number in range(500)]
    assert len(ranked("camera", many, Recent())) == MOST_SHOWN
    assert cost("charts" + "x" * 10_000, ["Charts"]) is None
    assert cost("c" * LONGEST_QUERY * 2, ["c" * LONGEST_QUERY]) is not None


def test_marks_and_capitals_are_taken_off() -> None:
    assert folded("ÀÉÎõü Łódź Øre") == "aeiou lodz ore"
