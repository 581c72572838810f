"""Which passwords are accepted, and how they are stored."""

import unicodedata
from typing import Literal

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.auth.passwords import (
    DUMMY_HASH,
    _prepared,
    check_new_password,
    hash_password,
    needs_rehash,
    typed_name_digest,
    verify_password,
)
from camwatch.errors import InvalidSetting

GOOD = "brown kettle sings"


def test_only_the_right_password_is_verified() -> None:
    stored = hash_password(GOOD)
    assert verify_password(stored, GOOD)
    assert not verify_password(stored, GOOD + " ")
    assert not verify_password(stored, GOOD.upper())
    assert not verify_password(stored, "")


def test_a_hash_carries_its_cost_and_holds_no_password() -> None:
    stored = hash_password(GOOD)
    cost = extract_parameters(stored)
    assert (cost.type, cost.memory_cost, cost.time_cost, cost.parallelism) == (
        Type.ID,
        19_456,
        2,
        1,
    )
    assert (cost.salt_len, cost.hash_len) == (16, 32)
    assert "kettle" not in stored
    assert hash_password(GOOD) != stored


def test_a_hash_of_another_cost_is_still_verified_and_asks_to_be_renewed() -> None:
    weaker = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(GOOD)
    assert verify_password(weaker, GOOD)
    assert needs_rehash(weaker)
    assert not needs_rehash(hash_password(GOOD))


def test_the_dummy_costs_as_much_as_a_real_hash_and_fits_nothing() -> None:
    assert extract_parameters(DUMMY_HASH) == extract_parameters(hash_password(GOOD))
    assert not verify_password(DUMMY_HASH, "")
    assert not verify_password(DUMMY_HASH, GOOD)


def test_two_ways_to_type_a_letter_are_one_password() -> None:
    composed = "caf\u00e9 creme br\u00fbl\u00e9e"
    taken_apart = unicodedata.normalize("NFD", composed)
    assert composed != taken_apart
    assert verify_password(hash_password(composed), taken_apart)


@given(st.text(max_size=200), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_all_forms_of_a_password_are_the_same_bytes(
    text: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]
) -> None:
    other = unicodedata.normalize(form, text)
    assert _prepared(text) == _prepared(other)


def test_blanks_at_the_ends_and_a_nul_count() -> None:
    stored = hash_password(" \x00 brown kettle ")
    assert verify_password(stored, " \x00 brown kettle ")
    assert not verify_password(stored, "\x00 brown kettle")
    assert not verify_password(stored, " ")


@pytest.mark.parametrize(
    "impossible", ["x" * 1025, "x" * 1_000_000, "brown kettle \ud800", "€" * 342]
)
def test_what_cannot_be_a_password_is_wrong_and_not_an_error(impossible: str) -> None:
    assert not verify_password(hash_password(GOOD), impossible)
    with pytest.raises(ValueError, match="cannot be a password"):
        hash_password(impossible)


@pytest.mark.expects_warning
@pytest.mark.parametrize(
    "damaged", ["", "plain", "$argon2id$v=19$m=19456,t=2,p=1$xx", "$2b$12$abc"]
)
def test_a_damaged_stored_hash_lets_nobody_in(damaged: str) -> None:
    assert not verify_password(damaged, GOOD)


@pytest.mark.parametrize(
    "accepted",
    [
        GOOD,
        "x7!kQ2#pL9@z",
        "brown kettle sings " * 6 + "loudly now",
        " leading and trailing ",
        "пароль из слов",
        "\U0001f600 smile, kettle!",
        "annabel likes trains",  # holds "anna", but much more than that
    ],
)
def test_a_password_is_accepted(accepted: str) -> None:
    check_new_password("anna", accepted)


@pytest.mark.parametrize(
    ("refused", "why"),
    [
        ("", "at least 12"),
        ("short pass!", "at least 12"),
        ("e\u0301" * 11, "at least 12"),  # 22 code points, but 11 letters
        ("brown kettle " * 9 + "sings again!", "128 characters at most"),
        ("x" * 10_000, "128 characters at most"),
        ("\ufdfa" * 60, "too long"),
        ("brown kettle \udcff", "cannot be stored"),
        ("aaaaaaaaaaaaaa", "same few characters"),
        ("abababababab", "same few characters"),
        ("kettles-kettles-", "repeats itself"),
        ("Kettle-kettle-KETTLE-", "repeats itself"),
        ("camwatch-anna-2024", "easy to guess"),
        ("AnnaAnna2024!?", "easy to guess"),
        ("Administrator1!", "easy to guess"),
        ("password123456", "easy to guess"),
        ("Camera-Admin-99", "easy to guess"),
    ],
)
def test_a_password_is_refused_with_the_reason(refused: str, why: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        check_new_password("anna", refused)
    assert caught.value.field == "password"
    assert why in caught.value.reason
    assert not refused or refused not in str(caught.value)


def test_a_name_of_two_letters_does_not_forbid_texts_that_hold_it() -> None:
    check_new_password("an", "an anchor and a canoe")


@settings(max_examples=200)
@given(st.text(max_size=300))
def test_any_text_is_accepted_or_refused_but_breaks_nothing(text: str) -> None:
    try:
        check_new_password("anna", text)
    except InvalidSetting:
        return
    assert 12 <= len(unicodedata.normalize("NFKC", text)) <= 128


def test_a_digest_stands_for_all_spellings_of_a_name_and_hides_it() -> None:
    digest = typed_name_digest("Jane")
    assert digest == typed_name_digest("jANE") == typed_name_digest("\uff4aane")
    assert len(digest) == 32
    assert int(digest, 16)
    assert len({digest, typed_name_digest("janet"), typed_name_digest("")}) == 3
