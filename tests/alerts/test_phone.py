"""Phone numbers, and what fits into a text message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.alerts.phone import (
    Alphabet,
    TextSize,
    alphabet_of,
    check_phone,
    cost_of,
    cut_to,
    size_of,
    written_simply,
)
from camwatch.errors import InvalidSetting


@pytest.mark.parametrize(
    ("typed", "region", "kept"),
    [
        ("+49 30 123456", "", "+4930123456"),
        ("030 / 12 34 56", "de", "+4930123456"),
        ("(0151) 12345678", "DE", "+4915112345678"),
        ("0049 30 123456", "DE", "+4930123456"),
        ("+1 212 555 2368", "DE", "+12125552368"),
        (" +44 20 7946 0018 ", "", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
    ],
)
def test_a_number_is_kept_in_one_form(typed: str, region: str, kept: str) -> None:
    assert check_phone(typed, region) == kept


@pytest.mark.parametrize(
    ("typed", "region", "field"),
    [
        ("", "", "phone"),
        ("030 123456", "", "phone"),
        ("anna", "DE", "phone"),
        ("+49", "", "phone"),
        ("+49 30 1", "", "phone"),
        ("+999 12345678", "", "phone"),
        ("110", "DE", "phone"),
        ("+49 30 123456 ext. 7", "", "phone"),
        ("+49 30\n123456", "", "phone"),
        ("+4930123456" * 20, "", "phone"),
        ("030 123456", "XX", "region"),
        ("030 123456", "Germany", "region"),
    ],
)
def test_what_is_no_number_is_refused(typed: str, region: str, field: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_phone(typed, region)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", TextSize(Alphabet.GSM_7, 0, 1, 160)),
        ("a" * 160, TextSize(Alphabet.GSM_7, 160, 1, 160)),
        ("a" * 161, TextSize(Alphabet.GSM_7, 161, 2, 153)),
        ("a" * 306, TextSize(Alphabet.GSM_7, 306, 2, 153)),
        ("a" * 307, TextSize(Alphabet.GSM_7, 307, 3, 153)),
        ("Grüße für Å und Ω @£$", TextSize(Alphabet.GSM_7, 21, 1, 160)),
        ("€" * 80, TextSize(Alphabet.GSM_7, 160, 1, 160)),
        # 153 is odd: an escape and its sign never end in two parts, so a part has 152.
        ("€" * 153, TextSize(Alphabet.GSM_7, 306, 3, 153)),
        ("[31] {30} ~ ^ | \\", TextSize(Alphabet.GSM_7, 25, 1, 160)),
        ("“" * 70, TextSize(Alphabet.UCS_2, 70, 1, 70)),
        ("“" * 71, TextSize(Alphabet.UCS_2, 71, 2, 67)),
        ("“" * 134, TextSize(Alphabet.UCS_2, 134, 2, 67)),
        ("“" * 135, TextSize(Alphabet.UCS_2, 135, 3, 67)),
        ("🚨" * 35, TextSize(Alphabet.UCS_2, 70, 1, 70)),
        # 67 is odd: the halves of a pair stay together, so a part has 66.
        ("🚨" * 67, TextSize(Alphabet.UCS_2, 134, 3, 67)),
        ("a`", TextSize(Alphabet.UCS_2, 2, 1, 70)),
        ("a\tb", TextSize(Alphabet.UCS_2, 3, 1, 70)),
    ],
)
def test_a_text_is_counted_as_the_network_does(text: str, size: TextSize) -> None:
    assert size_of(text) == size


def test_the_whole_default_alphabet_is_known() -> None:
    signs = "".join(chr(at) for at in range(0x20, 0x7F) if chr(at) != "`")
    assert alphabet_of(signs) is Alphabet.GSM_7
    assert size_of(signs).units == len(signs) + len("[]{}\\~^|")


def test_a_text_is_cut_where_too_much_would_be_paid() -> None:
    assert cut_to("a" * 160, 1) == "a" * 160
    assert cut_to("a" * 161, 1) == "a" * 157 + "..."
    assert cut_to("a" * 500, 2) == "a" * 303 + "..."
    assert cut_to("€" * 200, 1) == "€" * 78 + "..."
    assert cut_to("“" * 100, 1) == "“" * 69 + "…"
    assert cut_to("🚨" * 100, 1) == "🚨" * 34 + "…"
    assert cut_to("“" + "👩\u200d🚒" * 40, 1) == "“" + "👩\u200d🚒" * 13 + "…"


def test_good_typography_is_given_up_where_that_saves_parts() -> None:
    assert written_simply("“Hall” \u2013 31\u00a0people…\tnow") == '"Hall" - 31 people... now'
    # It would save nothing here.
    assert written_simply("“Hall” 🚨") == "“Hall” 🚨"
    assert written_simply("Grüße, 5 €") == "Grüße, 5 €"


@given(st.text(max_size=900), st.integers(1, 10))
def test_a_cut_text_always_fits_and_is_the_beginning(text: str, parts: int) -> None:
    kept = cut_to(text, parts)
    assert size_of(kept).parts <= parts
    if kept != text:
        assert text.startswith(kept.removesuffix("...").removesuffix("…"))
        assert alphabet_of(kept.rstrip("….")) is Alphabet.GSM_7 or alphabet_of(text) is not (
            Alphabet.GSM_7
        )


@given(st.text("aé€[“🚨", max_size=700))
def test_no_part_holds_more_than_its_room(text: str) -> None:
    size = size_of(text)
    assert size.units <= size.parts * size.room
    assert size.parts == 1 or size.units > (size.parts - 1) * (size.room - 1)


def test_each_part_to_each_number_is_paid() -> None:
    assert cost_of(2, 3, 7.5) == 45.0
