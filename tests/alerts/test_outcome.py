"""Signals that belong together become one, in the right order."""

from __future__ import annotations

from dataclasses import replace

from camwatch.alerts.alert import AlertPart, Subject
from camwatch.alerts.outcome import Outcome
from camwatch.alerts.rules import CameraCondition, CameraTrouble, Severity
from camwatch.alerts.signals import Raised, Returned, Signal
from camwatch.domain import CameraId
from tests.alerts.driving import NOON, Drive, camera, returned, rule

FIRST, SECOND = (Subject.of_camera(CameraId(number)) for number in (1, 2))
NEW = Raised("a", "r", True, Severity.WARNING, (AlertPart(FIRST, "1", NOON),))
JOINS = Raised(
    "a", "r", False, Severity.CRITICAL, (AlertPart(SECOND, "2", NOON),), "x", 50.0, is_worse=True
)
GONE = Returned("a", "r", (FIRST,), False)


def put_together(*signals: Signal) -> list[Signal]:
    outcome = Outcome()
    for one in signals:
        outcome.add(one)
    return outcome.signals()


def test_what_joins_a_new_alert_at_once_is_part_of_it() -> None:
    assert put_together(NEW, replace(NEW, alert_uid="b"), JOINS) == [
        replace(JOINS, is_new=True, parts=NEW.parts + JOINS.parts, is_worse=False),
        replace(NEW, alert_uid="b"),
    ]


def test_what_joins_an_older_alert_makes_it_worse() -> None:
    old = replace(NEW, is_new=False)
    assert put_together(old, JOINS) == [replace(JOINS, parts=NEW.parts + JOINS.parts)]


def test_what_comes_and_goes_keeps_its_order() -> None:
    assert put_together(NEW, GONE, JOINS) == [NEW, GONE, JOINS]


def test_what_returns_together_is_over_with_the_last() -> None:
    last = Returned("a", "r", (SECOND,), True)
    assert put_together(GONE, last) == [replace(last, subjects=(FIRST, SECOND))]


def test_what_returns_for_other_reasons_is_told_apart() -> None:
    down = rule(CameraCondition(CameraTrouble.DOWN, 0))
    site = Drive([down], [camera(1), camera(2), camera(3)])
    for number in (1, 2, 3):
        site.offline(of=number)
    found = returned(site.set_cameras(camera(1, is_enabled=False), camera(3)))
    assert [one.why for one in found] == ["camera switched off", "camera removed"]
