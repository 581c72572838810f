"""Decisions that wait to be stored: in order, bounded, and none blocks those behind it for ever."""

from __future__ import annotations

import pytest

from camwatch.alerts.alert import AlertPart, Subject
from camwatch.alerts.rules import Severity
from camwatch.alerts.signals import Raised, Returned
from camwatch.domain import CameraId
from camwatch.workers.alert_pending import PendingSignals
from tests.data.values import NOON

GATE = Subject.of_camera(CameraId(1))


def raised(uid: str, *, is_new: bool = True) -> Raised:
    part = AlertPart(GATE, "Gate", NOON)
    return Raised(uid, "r", is_new, Severity.WARNING, (part,))


def returned(uid: str) -> Returned:
    return Returned(uid, "r", (GATE,), is_over=True)


def drained(pending: PendingSignals) -> list[str]:
    found = []
    while (decided := pending.first()) is not None:
        found += [one.alert_uid for one in decided.signals]
        pending.stored()
    return found


def test_they_come_out_in_order_and_stay_until_they_are_stored() -> None:
    pending = PendingSignals()
    pending.add([raised("a"), raised("b")], NOON)
    pending.add([], NOON)
    pending.add([returned("a")], NOON)
    for _ in range(10):  # the disk is away
        first = pending.first()
        assert first is not None
        assert [one.alert_uid for one in first.signals] == ["a", "b"]
        pending.failed()
    assert drained(pending) == ["a", "b", "a"]
    assert len(pending) == pending.lost == 0


@pytest.mark.expects_warning
def test_when_room_is_short_what_is_merely_repeated_goes_first() -> None:
    pending = PendingSignals(most=10)
    for n in range(6):
        pending.add([raised(f"a{n}")], NOON)
    pending.add([raised("a0", is_new=False), returned("a0")], NOON)
    assert (len(pending), pending.lost) == (7, 1)
    pending.add([raised(f"b{n}") for n in range(5)], NOON)
    assert (len(pending), pending.lost) == (10, 3)
    assert drained(pending) == [*(f"a{n}" for n in range(6)), "a0", "b0", "b1", "b2"]


@pytest.mark.expects_warning
def test_what_breaks_the_worker_twice_is_passed_over() -> None:
    pending = PendingSignals()
    pending.add([raised("bad")], NOON)
    pending.add([raised("good")], NOON)
    for _ in range(2):
        first = pending.first()
        assert first is not None
        assert first.signals[0].alert_uid == "bad"  # and the worker breaks here
    assert drained(pending) == ["good"]
    assert pending.lost == 1
