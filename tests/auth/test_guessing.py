"""How soon a password is guessed."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.auth.guessing import FEWEST_GUESSES_LOG10, guesses_log10, is_common, prepare
from camwatch.auth.names import name_key
from camwatch.auth.passwords import check_new_password
from camwatch.errors import InvalidSetting


def refusal(password: str, *context: str) -> str:
    """Return why a password is refused, "" if it is not."""
    try:
        check_new_password("anna", password, context)
    except InvalidSetting as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "key",
    [
        "qwertyuiop",
        "iloveyou",
        "1q2w3e4r5t6y",
        "2024iloveyou!",
        "iloveyouiloveyou",
        "uoyevoli",
        "--uoyevoli99",
        "123monkey456",
    ],
)
def test_a_common_password_is_known_in_whatever_stands_around_it(key: str) -> None:
    assert is_common(key)


@pytest.mark.parametrize(
    "key", ["", "brown kettle sings", "x7!kq2#pl9@z", "!!!!", "1234x", "83#19$-monkey-47!902"]
)
def test_what_is_not_common_is_not_called_so(key: str) -> None:
    assert not is_common(key)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("1q2w3e4r5t6y", "many people use"),
        ("Qwertyuiop-123", "many people use"),
        ("ＱＷＥＲＴＹＵＩＯＰ-123", "many people use"),
        ("123Monkey456", "many people use"),
        ("123Monkey456!", "common words"),
        ("Iloveyou2024", "many people use"),
        ("monkeyyeknom", "common words"),
        ("Summer-Winter", "common words"),
        ("January-2026", "common words"),
        ("qwertzuiopü+", "common words"),
        ("michael19851", "many people use"),
        ("f00tb@ll-2023", "common words"),
        ("abcdefghijklm", "common words"),
        ("zaq12wsxcde3", "common words"),
        ("P@ssw0rd2024!", "easy to guess"),
    ],
)
def test_a_password_that_is_soon_guessed_is_refused_with_the_reason(
    password: str, why: str
) -> None:
    assert why in refusal(password)


@pytest.mark.parametrize(
    "password",
    [
        "summer and winter",
        "january rain on tin",
        "x7!kQ2#pL9@z",
        "пароль из слов",
        "12 monkeys sing",
        "83#19$-monkey-47!902",
        "passwordpasswordpassword unrelated tail of words",
    ],
)
def test_a_password_that_takes_long_is_accepted(password: str) -> None:
    assert refusal(password) == ""


@pytest.mark.parametrize(
    ("password", "context"),
    [
        ("NorthGate-2026!", "North Gate"),
        ("north-gate-1234", "North Gate"),
        ("desk-17-desk-17!", "desk-17"),
        ("CamWatch-Anna-99", "elsewhere"),
    ],
)
def test_names_of_the_place_are_no_password(password: str, context: str) -> None:
    assert "easy to guess" in refusal(password, context)


def test_names_of_other_places_are_no_matter() -> None:
    password = "southquay brass lantern"
    assert refusal(password, "North Gate", "desk-17", "") == ""
    assert refusal(password, "Southquay") == ""  # there is enough besides it
    assert refusal("southquay 1", "Southquay").startswith("needs at least")


def test_words_that_are_given_count_as_the_first_to_be_tried() -> None:
    assert guesses_log10("zorblax-grumpf", ["zorblax", "grumpf"]) < FEWEST_GUESSES_LOG10
    assert guesses_log10("zorblax-grumpf") > FEWEST_GUESSES_LOG10


def test_what_was_given_for_one_operator_is_not_known_for_another() -> None:
    before = guesses_log10("quuxfrobnitz")
    assert guesses_log10("quuxfrobnitz", ["quuxfrobnitz"]) < before
    assert guesses_log10("quuxfrobnitz") == before


def test_of_a_long_password_the_better_end_counts() -> None:
    weak, strong = "qwertyuiopasdfghjkl;", "x7!kq2#pl9@zv4&tm8^w"
    assert guesses_log10(weak) < FEWEST_GUESSES_LOG10
    assert guesses_log10(weak + weak[::-1]) < FEWEST_GUESSES_LOG10
    assert guesses_log10(weak + strong) >= FEWEST_GUESSES_LOG10
    assert guesses_log10(strong + weak) >= FEWEST_GUESSES_LOG10


def test_passwords_are_judged_from_several_threads_at_once() -> None:
    prepare()
    found: list[float] = []

    def judge(number: int) -> None:
        found.extend(guesses_log10("brown kettle sings", [f"word{number}"]) for _ in range(20))

    threads = [threading.Thread(target=judge, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert len(set(found)) == 1


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=140))
def test_any_text_can_be_judged(text: str) -> None:
    assert guesses_log10(name_key(text), ["word", name_key(text)[:9]]) >= 0
    is_common(name_key(text))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="4@8({[<369!1|7$5+0%2aeiost", min_size=12, max_size=128))
def test_a_text_of_signs_that_stand_for_letters_is_judged_as_any_other(text: str) -> None:
    assert guesses_log10(text) >= 0


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["iloveyou", "qwertyuiop", "football", "sunshine"]), st.data())
def test_no_spelling_of_a_common_password_gets_by(word: str, data: st.DataObject) -> None:
    wide = {letter: chr(ord(letter) + 0xFEE0) for letter in word}
    spelt = "".join(
        data.draw(st.sampled_from([letter, letter.upper(), wide[letter]])) for letter in word
    )
    tail = "".join(data.draw(st.lists(st.sampled_from("0123456789!-."), min_size=4, max_size=8)))
    assert refusal(spelt + tail) != ""
