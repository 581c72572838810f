"""Codes for one sign-in."""

from __future__ import annotations

import math

import pytest

from camwatch.auth.one_time_codes import make_code, normal_code


def test_a_code_is_made_of_words_that_can_be_spoken() -> None:
    for _ in range(200):
        words = make_code().split("-")
        assert len(words) == 4
        for word in words:
            assert len(word) == 5
            assert all(
                letter in ("aiou" if place % 2 else "bdfghjklmnprstvz")
                for place, letter in enumerate(word)
            )


def test_a_code_has_more_than_sixty_bits_and_all_of_them_vary() -> None:
    codes = [make_code().replace("-", "") for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    bits = sum(math.log2(len({code[place] for code in codes})) for place in range(20))
    assert bits == 64


@pytest.mark.parametrize(
    "typed",
    [
        "lusab-babad-gutih-tugad",
        "LUSAB BABAD GUTIH TUGAD",
        " lusabbabadgutihtugad\n",
        "Lusab--babad - gutih tugad",
    ],
)
def test_a_code_may_be_typed_in_any_way(typed: str) -> None:
    assert normal_code(typed) == "lusab-babad-gutih-tugad"


@pytest.mark.parametrize(
    "text", ["", "lusab", "A password - of one's own", "lusab-babad-gutih-tugae", "x" * 10_000]
)
def test_what_is_no_code_stays_as_it_is(text: str) -> None:
    assert normal_code(text) == text
