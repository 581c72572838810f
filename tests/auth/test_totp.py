"""Codes of an operator's device, and recovery codes."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camwatch.auth.totp import (
    RECOVERY_CODES,
    hash_recovery_code,
    looks_like_code,
    matching_recovery_code,
    matching_step,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
    typed_form,
)
from camwatch.domain import Secret

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
STEP = int(NOON.timestamp()) // 30
RFC_SECRET = Secret(base64.b32encode(b"12345678901234567890").decode("ascii"))


def code(secret: Secret, step: int = STEP) -> str:
    """Return the code a device shows in a step."""
    return pyotp.TOTP(secret.reveal()).generate_otp(step)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, shown: str) -> None:
    """The last six digits of the values in appendix B of RFC 6238."""
    now = datetime.fromtimestamp(seconds, UTC)
    assert matching_step(RFC_SECRET, shown, now, 0) == seconds // 30


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_one_step_either_way_is_accepted(off: int) -> None:
    assert matching_step(RFC_SECRET, code(RFC_SECRET, STEP + off), NOON, 0) == STEP + off


@pytest.mark.parametrize("off", [-1000, -3, -2, 2, 3, 1000])
def test_two_steps_are_too_many(off: int) -> None:
    assert matching_step(RFC_SECRET, code(RFC_SECRET, STEP + off), NOON, 0) is None


def test_a_code_and_those_before_it_are_used_up() -> None:
    shown = code(RFC_SECRET)
    assert matching_step(RFC_SECRET, shown, NOON, STEP - 1) == STEP
    assert matching_step(RFC_SECRET, shown, NOON, STEP) is None
    assert matching_step(RFC_SECRET, code(RFC_SECRET, STEP - 1), NOON, STEP) is None
    assert matching_step(RFC_SECRET, code(RFC_SECRET, STEP + 1), NOON, STEP) == STEP + 1


@pytest.mark.parametrize("form", ["{a} {b}", " {a}{b} ", "{a}-{b}", "{a}\u00a0{b}"])
def test_blanks_in_a_code_do_not_matter(form: str) -> None:
    shown = code(RFC_SECRET)
    typed = form.format(a=shown[:3], b=shown[3:])
    assert looks_like_code(typed)
    assert matching_step(RFC_SECRET, typed, NOON, 0) == STEP


def test_digits_of_another_width_are_the_same_digits() -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code(RFC_SECRET))
    assert matching_step(RFC_SECRET, wide, NOON, 0) == STEP


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "٣٤٥٦٧٨", "\ud800" * 6])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert not looks_like_code(typed)
    assert matching_step(RFC_SECRET, typed, NOON, 0) is None


@given(st.text(max_size=80))
def test_any_text_is_looked_at_without_an_error(typed: str) -> None:
    looks_like_code(typed)
    assert matching_step(RFC_SECRET, typed, NOON, STEP + 2) is None
    assert matching_recovery_code(typed, ["sha256$00$00", "", "md5$a"]) is None


def test_a_secret_is_new_each_time_and_has_160_bits() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(base64.b32decode(one.reveal())) == 20
    assert typed_form(one).reveal().replace(" ", "") == one.reveal()
    assert max(map(len, typed_form(one).reveal().split())) == 4


def test_the_picture_says_what_a_device_needs() -> None:
    secret = new_secret()
    read = pyotp.parse_uri(provisioning_uri(secret, "jané@site").reveal())
    assert isinstance(read, pyotp.TOTP)
    assert (read.issuer, read.name) == ("CamWatch", "jané@site")
    assert read.secret == secret.reveal()
    assert read.at(NOON) == code(secret)


def test_ten_recovery_codes_of_80_bits_are_made() -> None:
    codes = {one.reveal() for one in new_recovery_codes()}
    assert len(codes) == RECOVERY_CODES == 10
    for one in codes:
        assert [len(group) for group in one.split("-")] == [4, 4, 4, 4]
        assert not set(one) & set("OILU")


def test_a_recovery_code_is_found_however_it_is_typed() -> None:
    codes = [Secret("0123-4567-89AB-CDEF"), Secret("GHJK-MNPQ-RSTV-WXYZ")]
    stored = [hash_recovery_code(one) for one in codes]
    assert matching_recovery_code("ghjk mnpq rstv wxyz", stored) == 1
    assert matching_recovery_code("O I 2 3 4 5 6 7 89ABCDEF", stored) == 0
    assert matching_recovery_code("GHJKMNPQRSTVWXY", stored) is None
    assert matching_recovery_code("GHJKMNPQRSTVWXY0", stored) is None
    assert matching_recovery_code("", stored) is None
    assert matching_recovery_code("GHJK-MNPQ-RSTV-WXYZ", []) is None


def test_what_is_stored_of_a_recovery_code_is_salted_and_does_not_hold_it() -> None:
    one = Secret("0123-4567-89AB-CDEF")
    first, second = hash_recovery_code(one), hash_recovery_code(one)
    assert first != second
    assert "4567" not in first.split("$")[2] or "89AB" not in first
    assert "0123456789ABCDEF" not in first + second


def test_a_damaged_recovery_code_lets_nobody_in() -> None:
    stored = hash_recovery_code(Secret("0123-4567-89AB-CDEF"))
    for damaged in ("", "sha256", stored[:-1], stored.replace("sha256", "plain"), "$$$"):
        assert matching_recovery_code("0123-4567-89AB-CDEF", [damaged]) is None


def test_a_clock_of_long_ago_or_far_ahead_is_no_error() -> None:
    for now in (NOON - timedelta(days=9000), NOON + timedelta(days=9000)):
        matching_step(RFC_SECRET, "123456", now, STEP)
