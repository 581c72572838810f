"""Texts, numbers and dates in the language in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from camwatch import language
from camwatch.language import listed, marked, table, tr, worded

GERMAN = {
    "Cameras": "Kameras",
    "{count} cameras of {site}": "{site}: {count} Kameras",
    "{share:.1f} % of {rows:,} rows": "{share:.1f} % von {rows:,} Zeilen",
    "broken {name}": "kaputt {nmae}",
    "{day} {at:%b %Y}": "{day}. {at:%b %Y}",
    "Mar|March": "Mär|März",
    "Mon|Monday": "Mo|Montag",
}
WORDS = table(lambda: {1: tr("Cameras")})
STEPS = listed(lambda: (tr("Cameras"), tr("Lines")))
ALONE = marked("Cameras")
MADE = worded(lambda: [tr("Cameras")])


@pytest.fixture
def german() -> Iterator[None]:
    language.install("de", lambda text: GERMAN.get(text, ""), decimal=",", group=".")
    yield
    language.install("en", None)


def test_without_a_language_texts_are_english() -> None:
    assert language.code() == "en"
    assert tr("Cameras") == "Cameras"
    assert tr("{share:.1f} % of {rows:,} rows", share=2.5, rows=1200) == "2.5 % of 1\u202f200 rows"


@pytest.mark.usefixtures("german")
def test_texts_numbers_and_dates_are_of_the_language() -> None:
    assert language.code() == "de"
    assert tr("{count} cameras of {site}", count=3, site="Nord") == "Nord: 3 Kameras"
    assert tr("{share:.1f} % of {rows:,} rows", share=2.5, rows=1200) == "2,5 % von 1.200 Zeilen"
    assert tr("{day} {at:%b %Y}", day=2, at=datetime(2026, 3, 2, tzinfo=UTC)) == "2. Mär 2026"
    assert tr("{day:%A}", day=date(2026, 3, 2)) == "Montag"
    assert tr("{day:%H 100 %% %d}", day=datetime(2026, 3, 2, 7, tzinfo=UTC)) == "07 100 % 02"


@pytest.mark.usefixtures("german")
def test_texts_from_outside_stay_as_they_are() -> None:
    assert tr("{count} cameras of {site}", count=1.5, site="A.B,C {x}") == "A.B,C {x}: 1,5 Kameras"


@pytest.mark.fault("F136")
@pytest.mark.usefixtures("german")
def test_what_is_not_translated_or_translated_badly_is_english() -> None:
    assert tr("Lines") == "Lines"
    assert tr("{count} lines", count=2) == "2 lines"
    assert tr("broken {name}", name="x") == "broken x"
    assert tr("") == ""


def test_tables_follow_the_language(german: None) -> None:
    assert (WORDS[1], list(STEPS), tr(ALONE), MADE()) == (
        "Kameras",
        ["Kameras", "Lines"],
        "Kameras",
        ["Kameras"],
    )
    assert MADE() is MADE()
    language.install("en", None)
    assert (WORDS[1], list(STEPS), tr(ALONE), MADE()) == (
        "Cameras",
        ["Cameras", "Lines"],
        "Cameras",
        ["Cameras"],
    )
    assert (len(WORDS), len(STEPS), dict(WORDS), STEPS[1:]) == (
        1,
        2,
        {1: "Cameras"},
        ("Lines",),
    )


def test_texts_without_values_keep_their_braces() -> None:
    assert tr("$name or {name}") == "$name or {name}"


def test_a_percent_sign_stands_as_in_the_language(german: None) -> None:
    assert tr("{share:.1%} known", share=0.125) == "12,5\u202f% known"
    assert tr("{name} known", name="50%") == "50% known"
    assert language.percent(-0.04, "+.0%") == "-4\u202f%"
    assert language.within("Kein Bild") == "Kein Bild"
    language.install("en", None)
    assert tr("{share:.1%} known", share=0.125) == "12.5% known"
    assert language.percent(-0.04, "+.0%") == "-4 %"
    assert language.within("No picture") == "no picture"
