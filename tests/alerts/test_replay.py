"""Decisions that are given again: whatever was stored of them, the outcome is the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import Alert, AlertPart, Subject
from camwatch.alerts.replay import carried_out
from camwatch.alerts.rules import Occupancy, Rule, Severity, Side
from camwatch.alerts.signals import Raised, Returned, Signal
from camwatch.domain import CameraId

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
RULE = Rule("rule-1", "Too many", Occupancy(Side.ABOVE, 30))

# Which camera, and how serious it is; None for one that returns.
Step = tuple[int, Severity | None]
STEPS = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from([None, *Severity])), min_size=1, max_size=12
)


def decided(steps: Sequence[Step]) -> list[Signal]:
    """Return what an engine decides: what holds already is not raised, nor what does not over."""
    holding: dict[int, datetime] = {}
    found: list[Signal] = []
    worst = Severity.INFORMATION
    for second, (camera, severity) in enumerate(steps):
        subject = Subject.of_camera(CameraId(camera))
        if severity is not None and (camera not in holding or severity.rank > worst.rank):
            since = holding.get(camera, NOON + timedelta(seconds=second))
            part = AlertPart(subject, f"Camera {camera}", since)
            worst = max(worst, severity, key=lambda one: one.rank)
            is_worse = camera in holding
            found.append(Raised("a", "rule-1", not found, severity, (part,), is_worse=is_worse))
            holding[camera] = since
        elif severity is None and camera in holding:
            del holding[camera]
            found.append(Returned("a", "rule-1", (subject,), not holding))
    return found


def follow(alert: Alert | None, signals: Sequence[Signal]) -> Alert | None:
    for signal in signals:
        if isinstance(signal, Raised):
            alert = lifecycle.raised(alert, signal, RULE, "Title", "Text", NOON).alert
        elif alert is not None:
            alert = lifecycle.returned(alert, signal, NOON).alert
    return alert and dataclasses.replace(alert, version=0)


@given(STEPS, st.data())
@settings(max_examples=300, deadline=None)
def test_however_many_were_stored_before_the_outcome_is_the_same(
    steps: Sequence[Step], data: st.DataObject
) -> None:
    signals = decided(steps)
    stored = data.draw(st.integers(0, len(signals)), "stored before")
    before = follow(None, signals[:stored])
    rest = signals[carried_out(before, signals, NOON) :]
    assert follow(before, rest) == follow(None, signals)


@given(STEPS)
@settings(max_examples=100, deadline=None)
def test_what_was_stored_whole_is_not_done_again(steps: Sequence[Step]) -> None:
    signals = decided(steps)
    assert carried_out(follow(None, signals), signals, NOON) == len(signals)


def test_what_was_decided_after_the_last_change_is_new() -> None:
    signals = decided([(1, Severity.WARNING)])
    alert = follow(None, signals)
    assert carried_out(alert, signals, NOON) == 1
    assert carried_out(alert, signals, NOON + timedelta(seconds=1)) == 0
    assert carried_out(None, signals, NOON) == 0
