"""Channels, plans, weeks and text messages in words."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from camwatch.alerts.people import ChannelKind, PlanStep
from camwatch.alerts.rules import Severity
from camwatch.alerts.schedule import WHOLE_DAY, Schedule
from camwatch.alerts.settings import ChannelProof, SmsSettings
from camwatch.commands.channel_commands import ChannelStatus
from camwatch.errors import DeliveryError, DeliveryFault
from camwatch.ui.alerts.delivery.ladder_words import (
    World,
    ladder_words,
    plan_warnings,
    rungs,
)
from camwatch.ui.alerts.delivery.phone_words import in_full, number_words
from camwatch.ui.alerts.delivery.sms_words import bill_words
from camwatch.ui.alerts.delivery.week_words import nobody_there, week_words
from camwatch.ui.alerts.delivery.words import after_words, standing_of
from camwatch.ui.error_text import text_for
from tests.ui.delivery_edges import ANNA, BEN, DAY, HOOK, MAIL, NIGHT, NIGHTLY, NOON, SHIFTS, TEXTS

BERLIN = ZoneInfo("Europe/Berlin")
WORLD = World(
    {one.uid: one for one in (MAIL, TEXTS, HOOK)},
    {one.uid: one for one in (ANNA, BEN)},
    {SHIFTS.uid: SHIFTS},
)


def status(**changes: object) -> ChannelStatus:
    proof = replace(ChannelProof("mail"), **changes)  # type: ignore[arg-type]
    return ChannelStatus(MAIL, proof, has_secret=True)


def test_a_channel_says_how_it_does() -> None:
    def words(one: ChannelStatus) -> str:
        return standing_of(one, NOON, BERLIN).words

    assert words(status()) == "Never used yet"
    assert words(status(proven_at=NOON - timedelta(hours=3))) == "Proven today 09:00"
    failing = status(failing_since=NOON - timedelta(days=1), answer="Server offers no encryption.")
    assert words(failing) == "Failing since yesterday 12:00: server offers no encryption"
    assert words(status(failing_since=NOON, answer="535 5.7.8 no")).endswith(": 535 5.7.8 no")
    refused = status(failing_since=NOON, answer="sign in: 535 5.7.8 no")
    assert words(refused).endswith(": user name or password was refused: 535 5.7.8 no")
    off = replace(failing, channel=replace(MAIL, is_enabled=False))
    assert words(off) == "Switched off"
    gone = replace(off, channel=replace(MAIL, disabled_why="It answered with HTTP 410."))
    assert words(gone) == "Switched itself off: it answered with HTTP 410"
    assert words(replace(status(), has_secret=False)) == "No password is kept for it"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "at once"),
        (45, "after 45 s"),
        (90, "after 90 s"),
        (300, "after 5 min"),
        (5400, "after 1 h 30 min"),
    ],
)
def test_a_time_of_a_plan_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert after_words(seconds) == words


def test_a_week_is_said_day_by_day_where_days_differ() -> None:
    assert week_words([WHOLE_DAY] * 7) == "always"
    assert week_words([0] * 7) == "never"
    assert week_words([DAY] * 5 + [0, 0]) == "Mon to Fri 6:00 to 22:00"
    assert (
        week_words([0] * 5 + [WHOLE_DAY, NIGHT])
        == "Sat all day, Sun 0:00 to 6:00 and 22:00 to 24:00"
    )
    assert week_words([1 << 47, 1 << 47, *[0] * 5]) == "Mon and Tue 23:30 to 24:00"


def test_hours_without_anybody_are_found() -> None:
    both = nobody_there([Schedule((DAY,) * 7), Schedule((NIGHT,) * 5 + (0, 0))])
    assert week_words(both) == "Sat and Sun 0:00 to 6:00 and 22:00 to 24:00"
    assert nobody_there([]) == (WHOLE_DAY,) * 7


def test_a_plan_says_who_hears_when_and_what_is_odd_about_it() -> None:
    assert ladder_words(NIGHTLY, WORLD) == (
        "at once popup on the screen; after 1 min sound; after 5 min e-mail to All shifts; "
        "after 15 min text message to Anna and Ben"
    )
    _popup, sound, mail, texts = rungs(NIGHTLY.steps, WORLD)
    assert sound.text.endswith("signed in, if it is a warning or worse.")
    assert mail.text == "An e-mail goes to All shifts by Office mail."
    assert mail.warnings == (
        (
            "Nobody of them is on call Sat and Sun 0:00 to 6:00 and 22:00 to 24:00. "
            "The next step comes at once then."
        ),
    )
    assert texts.warnings[0] == "No phone number is known of Ben."
    assert texts.warnings[1].endswith("22:00 to 24:00. Nobody else is told then.")
    assert plan_warnings(NIGHTLY.steps) == []


def test_a_plan_that_tells_nobody_is_noticed() -> None:
    late = [PlanStep(60.0, ChannelKind.EMAIL, "gone", (), Severity.CRITICAL)]
    (rung,) = rungs(late, WORLD)
    assert rung.warnings[0].startswith("The channel is gone")
    assert rung.warnings[1].startswith("Nobody is named")
    said = " ".join(plan_warnings(late))
    assert "Nothing happens at once" in said
    assert "information and warning are told to nobody" in said
    assert plan_warnings([]) == ["There is no step, so nobody is told."]
    off = World(
        {"mail": replace(MAIL, is_enabled=False)}, {"anna": replace(ANNA, is_enabled=False)}
    )
    (rung,) = rungs([PlanStep(0.0, ChannelKind.EMAIL, "mail", ("anna",))], off)
    assert rung.warnings == (
        "Office mail is switched off, so this step tells nobody now.",
        "Anna is switched off.",
        "So nobody can be told by this step.",
    )


def test_a_text_message_says_its_length_and_cost() -> None:
    settings = TEXTS.settings
    assert isinstance(settings, SmsSettings)
    assert (
        bill_words(settings, "x" * 160) == "160 characters, 1 part. EUR 0.075 for each recipient."
    )
    said = bill_words(settings, "x" * 161, 2)
    assert said == "161 characters, 2 parts. EUR 0.30 for 2 recipients together."
    assert "less goes into a part" in bill_words(settings, "Д" * 71)
    assert "It is cut to 3 parts. EUR 0.225" in bill_words(settings, "x" * 1000)
    assert "unknown" in bill_words(replace(settings, cost_per_part=0.0), "x")
    assert "JPY 8 for" in bill_words(replace(settings, cost_per_part=8, currency="JPY"), "x")


def test_a_phone_number_is_read_as_it_is_typed() -> None:
    assert number_words("") == ""
    assert number_words("030 123456") != ""
    assert "must begin with +" in number_words("030 123456")
    assert number_words("030 123456", "DE") == "+49 30 123456, Germany."
    assert in_full("030 123456", "DE") == "+4930123456"
    assert in_full(" 030 ", "") == "030"


@pytest.mark.parametrize("fault", list(DeliveryFault))
def test_each_fault_of_delivery_has_words_of_its_own(fault: DeliveryFault) -> None:
    words = text_for(DeliveryError(fault, "250 secret-of-the-other-side"))
    assert words.title
    assert words.sentence.endswith(".")
    assert words.what_to_do.endswith(".")
    assert "secret-of-the-other-side" not in words.whole


def test_a_number_of_no_country_names_none_and_towns_are_not_loaded() -> None:
    assert number_words("+800 12345678") == "+800 1234 5678."
    # They take 150 MB of memory.
    assert "phonenumbers.geocoder" not in sys.modules
