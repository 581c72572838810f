"""Which names operators may have."""

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.auth.names import check_operator_name, name_key
from camwatch.errors import InvalidSetting


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("jane", "jane"),
        ("Jane.Doe-2@site", "Jane.Doe-2@site"),
        ("ｊａｎｅ", "jane"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("илиян7", "илиян7"),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_name_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert check_operator_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "is needed"),
        (" ", "only letters"),
        ("admin ", "only letters"),
        ("a b", "only letters"),
        ("a\x00b", "only letters"),
        ("a\r\nb", "only letters"),
        ("a\n", "only letters"),
        ("ab\u202e", "only letters"),
        ("ab\u200b", "only letters"),
        ("ab\ud800", "only letters"),
        ("<img src=x>", "only letters"),
        ("' OR 1=1--", "only letters"),
        ("../../etc/passwd", "only letters"),
        ("jane\U0001f600", "only letters"),
        ("x" * 65, "64 characters"),
        ("x" * 10_000, "64 characters"),
        ("\u2075" * 60 + "\ufdfa", "only letters"),  # the last becomes 18, with blanks
        ("\ufb03" * 40, "64 characters"),  # one ligature becomes three letters
        ("System", "CamWatch itself"),
        ("ANONYMOUS", "CamWatch itself"),
        ("ｓｙｓｔｅｍ", "CamWatch itself"),
        ("аdmin", "look alike"),
        ("αdmin", "look alike"),
    ],
)
def test_a_name_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_operator_name(typed)
    assert refused.value.field == "name"
    assert why in refused.value.reason


def test_names_that_look_the_same_have_one_key() -> None:
    assert name_key("JANE") == name_key("jane") == name_key("Jane")
    assert name_key("Zoe\u0308") == name_key("ZO\u00cb")
    assert name_key("jane") != name_key("janet")


@given(st.text(max_size=40), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_all_forms_of_a_name_have_one_key(
    name: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]
) -> None:
    key = name_key(name)
    assert name_key(unicodedata.normalize(form, name)) == key
    assert name_key(key) == key


@given(st.text(max_size=70))
def test_a_name_that_is_kept_is_kept_as_it_is(name: str) -> None:
    try:
        kept = check_operator_name(name)
    except InvalidSetting:
        return
    assert check_operator_name(kept) == kept
    assert name_key(kept) == name_key(name)
