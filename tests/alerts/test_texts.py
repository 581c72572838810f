"""What alerts say, and that nothing in a text is ever carried out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from camwatch.alerts import words
from camwatch.alerts.alert import TOGETHER, AlertPart, Subject, SubjectKind
from camwatch.alerts.rules import (
    LONGEST_TEMPLATE,
    TEMPLATE_FIELDS,
    Balance,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    ProgramTrouble,
    Rule,
    Severity,
    Side,
    Unusual,
    Way,
)
from camwatch.alerts.signals import Raised, WatchedCamera
from camwatch.alerts.texts import (
    LONGEST_MESSAGE,
    LONGEST_TITLE,
    check_template,
    fields_of,
    message_of,
    title_of,
)
from camwatch.domain import CameraId, Notice, Reason, SiteId
from camwatch.errors import InvalidSetting

SINCE = datetime(2026, 3, 2, 13, 3, 5, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
NAMES = ["Gate", "Hall", "Yard", *(f"Camera {n}" for n in range(4, 51))]
CAMERAS = {
    CameraId(n): WatchedCamera(CameraId(n), name, SiteId(1), "North")
    for n, name in enumerate(NAMES, 1)
}


def camera_part(number: int, reason: str = "", value: float | None = None) -> AlertPart:
    return AlertPart(Subject.of_camera(CameraId(number)), NAMES[number - 1], SINCE, value, reason)


PLACE = AlertPart(Subject.of_place(PlaceRef(CameraId(2), "Door")), "Hall: Door", SINCE)
DOWN = CameraCondition(CameraTrouble.DOWN)


def a_rule(condition: Condition, template: str = "") -> Rule:
    return Rule("r-1", "Night watch", condition, template=template)


def a_signal(
    *parts: AlertPart, value: float | None = None, threshold: float | None = None, common: str = ""
) -> Raised:
    chosen = parts or (camera_part(1),)
    return Raised(
        "a-1", "r-1", True, Severity.WARNING, chosen, common, value, threshold, coverage=None
    )


@pytest.mark.parametrize(
    ("condition", "part", "value", "threshold", "title"),
    [
        (Occupancy(Side.ABOVE, 30), camera_part(2), 31, 30, "Hall: 31 people (limit 30)"),
        (Occupancy(Side.BELOW, 5), camera_part(2), 1, 5, "Hall: only 1 person (limit 5)"),
        (Occupancy(Side.BELOW, 0), camera_part(2), 0, 0, "Hall: nobody (limit 0)"),
        (
            Crossings(Way.IN, Side.ABOVE, 1000, 900),
            PLACE,
            1204,
            1000,
            "Door (Hall): 1 204 went in within 15 minutes (limit 1 000)",
        ),
        (
            Balance(Side.ABOVE, 200),
            PLACE,
            210,
            200,
            "Door (Hall): 210 more in than out since midnight (limit 200)",
        ),
        (
            Unusual(),
            camera_part(1),
            31,
            22.4,
            "Gate: 31 people, more than usual at this hour (limit 22.4)",
        ),
        (
            Occupancy(Side.ABOVE, 100),
            AlertPart(TOGETHER, "", SINCE),
            120,
            100,
            "All together: 120 people (limit 100)",
        ),
        (DOWN, camera_part(1, "timeout"), None, None, "Gate: no picture"),
        (
            CameraCondition(CameraTrouble.FROZEN),
            camera_part(1),
            None,
            None,
            "Gate: the picture is frozen",
        ),
        (
            ProgramCondition(ProgramTrouble.DELIVERY),
            AlertPart(Subject(SubjectKind.PROGRAM, part="u-1"), "Office mail", SINCE),
            None,
            None,
            "Alerts do not get through: Office mail",
        ),
        (
            ProgramCondition(ProgramTrouble.STORAGE),
            AlertPart(Subject(SubjectKind.PROGRAM, part="storage"), "", SINCE),
            None,
            None,
            "The history is not being saved",
        ),
    ],
)
def test_titles(
    condition: Condition, part: AlertPart, value: float | None, threshold: float | None, title: str
) -> None:
    signal = a_signal(part, value=value, threshold=threshold)
    assert title_of(signal, a_rule(condition), CAMERAS, BERLIN) == title


def test_many_cameras_are_one_line_that_names_what_they_have_in_common() -> None:
    parts = [camera_part(n, "timeout") for n in range(1, 51)]
    signal = a_signal(*parts, common="network 10.0.3.0/24")
    assert title_of(signal, a_rule(DOWN), CAMERAS, BERLIN) == (
        "No picture at 50 cameras (network 10.0.3.0/24): Gate, Hall, Yard and 47 more"
    )
    text = message_of(signal, a_rule(DOWN), CAMERAS, BERLIN)
    assert "Cause in common: network 10.0.3.0/24. Look there first." in text
    assert "- Gate, since 14:03:05 CET: no answer in time\n" in text
    assert "- and 30 more\n" in text
    assert text.count("\n- ") == 21


def test_the_usual_message_says_what_since_when_why_and_what_to_do() -> None:
    signal = a_signal(camera_part(1, "unauthorized"))
    assert message_of(signal, a_rule(DOWN), CAMERAS, BERLIN) == (
        "Gate: no picture. Since 14:03:05 CET on Monday, 2 March 2026. Reason: it refuses the "
        "password. It lasted 1 minute before this alert.\n\nNothing is counted there meanwhile. "
        "Check power, cable and network of the camera."
    )


def test_numbers_that_were_measured_in_part_say_so() -> None:
    signal = replace(a_signal(PLACE, value=7, threshold=5), coverage=0.87)
    rule = a_rule(Crossings(Way.BOTH, Side.ABOVE, 5, 3600))
    assert "Only 87% of this time was measured." in message_of(signal, rule, CAMERAS, BERLIN)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "14:03:05 CET"),
        ("UTC", "13:03:05 UTC"),
        ("Asia/Kathmandu", "18:48:05 UTC+05:45"),
        ("America/Sao_Paulo", "10:03:05 UTC-03:00"),
    ],
)
def test_times_are_the_sites_and_say_so(zone: str, shown: str) -> None:
    assert words.clock_time(SINCE, ZoneInfo(zone)) == shown


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (90, "90 seconds"),
        (150, "2 minutes"),
        (5400, "90 minutes"),
        (7200, "2 hours"),
        (86_400, "1 day"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


def test_names_are_listed() -> None:
    assert words.spoken_list([]) == ""
    assert words.spoken_list(["A"]) == "A"
    assert words.spoken_list(["A", "B", "A"]) == "A and B"
    assert words.spoken_list(["A", "B", "C", "D"]) == "A, B, C and D"
    assert words.spoken_list(["A", "B", "C", "D", "E"]) == "A, B, C and 2 more"


@pytest.mark.parametrize("reason", [*Reason, *Notice])
def test_every_reason_has_words(reason: str) -> None:
    assert "_" not in words.reason_words(reason)


def test_every_condition_has_title_and_text() -> None:
    conditions: list[Condition] = [
        *(Occupancy(side, 3) for side in Side),
        *(Crossings(way, side, 3, 60) for way in Way for side in Side),
        *(Balance(side, 3) for side in Side),
        *(Unusual(side) for side in Side),
        *(CameraCondition(trouble) for trouble in CameraTrouble),
        *(ProgramCondition(trouble) for trouble in ProgramTrouble),
    ]
    for condition in conditions:
        for value in (None, 0.0, -3.0, 4.5):
            signal = a_signal(PLACE, camera_part(1), value=value, threshold=3)
            assert title_of(signal, a_rule(condition), {}, BERLIN)
            assert len(message_of(signal, a_rule(condition), {}, BERLIN)) > 20


# ---------------------------------------------------------------- templates


def said(template: str, signal: Raised | None = None) -> str:
    rule = a_rule(Occupancy(Side.ABOVE, 30, for_s=120), template)
    chosen = signal or a_signal(camera_part(2), value=31, threshold=30)
    return message_of(chosen, rule, CAMERAS, BERLIN)


def test_a_template_is_filled_in() -> None:
    template = "$severity: $subject at ${site} has ${value}/$threshold ($duration), $time. $$5, $5"
    check_template(template)
    assert said(template) == (
        "warning: Hall at North has 31/30 (2 minutes), 14:03:05 CET on Monday, 2 March 2026. $5, $5"
    )


def test_there_is_a_value_for_every_field() -> None:
    signal = a_signal(*(camera_part(n, "timeout", 1.0) for n in range(1, 30)), common="switch 3")
    fields = fields_of(signal, a_rule(DOWN), CAMERAS, BERLIN)
    assert set(fields) == set(TEMPLATE_FIELDS)
    assert fields["camera"] == "Gate, Hall, Yard and 26 more"
    assert fields["cameras"].endswith("Camera 20 and 9 more")
    assert fields["number"] == "29"
    assert fields["reason"] == "no answer in time"
    assert fields["value"] == "unknown"
    assert fields_of(a_signal(PLACE), a_rule(DOWN), CAMERAS, BERLIN)["zone"] == "Door"


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("$camra is down", "has $camra, which is no field; did you mean $camera?"),
        ("${ value }", "has ${ value }, which is no field; did you mean $value?"),
        ("$Severity", "has $Severity, which is no field; did you mean $severity?"),
        ("${0.__class__}", "has ${0.__class__}, which is no field; write $$ for a dollar sign"),
        ("${camera.name}", "has ${camera.name}, which is no field; did you mean $camera?"),
        ("${jndi:ldap://x}", "has ${jndi:ldap://x}, which is no field; write $$ for a dollar sign"),
        ("$__init__", "has $__init__, which is no field; write $$ for a dollar sign"),
        ("x" * (LONGEST_TEMPLATE + 1), "may have 8\u202f192 characters at most"),
        ("$camera " * 1_000_000, "may have 8\u202f192 characters at most"),
        ("a\u202eb", "may have no invisible characters"),
        ("a\u200bb", "may have no invisible characters"),
        ("a\0b", "may have no invisible characters"),
        ("a\ud800b", "may have no invisible characters"),
        ("a\rb", "may have no invisible characters"),
    ],
)
def test_bad_templates_are_refused(template: str, told: str) -> None:
    with pytest.raises(InvalidSetting) as refused:
        check_template(template)
    assert (refused.value.field, refused.value.reason) == ("template", told)


@pytest.mark.parametrize(
    "template",
    [
        "{0.__class__}",
        "{{config}}",
        "{{7*7}}",
        "{value}",
        "%s%n %(value)s",
        "<img src=x onerror=alert(1)>",
        "' OR 1=1--",
        "=cmd|'/c calc'!A1",
        "../../etc/passwd",
        "100 $ or $5, ${",
        "e\u0301 👩\u200d🔧",
    ],
)
def test_what_is_no_field_stands_for_itself(template: str) -> None:
    stored = check_template(template)
    assert said(stored) == stored


def test_a_field_of_another_version_stands_for_itself() -> None:
    assert said("$weather and ${weather}") == "$weather and ${weather}"


def test_a_value_that_looks_like_a_field_is_not_filled_in_again() -> None:
    cameras = {**CAMERAS, CameraId(2): replace(CAMERAS[CameraId(2)], name="$value {0} \u202e%s")}
    rule = a_rule(Occupancy(Side.ABOVE, 30), "$camera: $value")
    signal = a_signal(camera_part(2), value=31, threshold=30)
    assert message_of(signal, rule, cameras, BERLIN) == "$value {0} %s: 31"
    assert title_of(signal, rule, cameras, BERLIN) == "$value {0} %s: 31 people (limit 30)"


def test_texts_have_an_end() -> None:
    many = a_signal(*(camera_part(n) for n in range(1, 51)))
    assert len(said("$cameras" * (LONGEST_TEMPLATE // 8), many)) == LONGEST_MESSAGE
    cameras = {CameraId(1): replace(CAMERAS[CameraId(1)], name="W" * 5000 + "\n\n")}
    assert len(title_of(a_signal(), a_rule(DOWN), cameras, BERLIN)) <= LONGEST_TITLE
