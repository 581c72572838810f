"""Whatever happens to an alert in whatever order, it is closed only once it was seen and is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import Alert, AlertPart, AlertState, Deed, Subject
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.rules import Occupancy, Severity, Side
from camwatch.alerts.signals import Raised, Returned
from camwatch.domain import CameraId
from tests.alerts.driving import NOON, rule

CROWD = rule(Occupancy(Side.ABOVE, 30))

Deedable = Callable[[Alert], Change]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens: what, to which cameras, and how serious it is."""

    what: str
    cameras: frozenset[int]
    severity: Severity = Severity.WARNING
    common: str = ""


steps = st.builds(
    Step,
    st.sampled_from(
        [
            "raise",
            "raise",
            "return",
            "return",
            "over",
            "see",
            "shelve",
            "unshelve",
            "own",
            "say",
            "tell",
        ]
    ),
    st.frozensets(st.integers(1, 4), min_size=1),
    st.sampled_from(Severity),
    st.sampled_from(["", "", "network 10.0.3.0/24"]),
)


def doing(step: Step, at: datetime) -> Deedable:
    subjects = [Subject.of_camera(CameraId(number)) for number in sorted(step.cameras)]
    parts = tuple(AlertPart(one, f"Camera {one.camera_id}", at) for one in subjects)
    again = Raised("a", "r", False, step.severity, parts, step.common)
    return {
        "raise": lambda one: lifecycle.raised(one, again, CROWD, "title", "message", at),
        "return": lambda one: lifecycle.returned(
            one, Returned("a", "r", tuple(subjects), False), at
        ),
        "over": lambda one: lifecycle.returned(one, Returned("a", "r", (), True), at),
        "see": lambda one: lifecycle.acknowledged(one, "ada", at),
        "shelve": lambda one: lifecycle.shelved(one, "ada", at, at + timedelta(hours=1), "why"),
        "unshelve": lambda one: lifecycle.unshelved(one, "ada", at),
        "own": lambda one: lifecycle.owned(one, "ada", at, "ben"),
        "say": lambda one: lifecycle.commented(one, "ada", at, "hello"),
        "tell": lambda one: Change(replace(one, told_at=at), ()),
    }[step.what]


def holding(alert: Alert) -> set[Subject]:
    return {part.subject for part in alert.parts if part.returned_at is None}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, max_size=25))
def test_no_order_of_deeds_closes_what_is_unseen_or_holds(taken: list[Step]) -> None:
    first = Raised(
        "a", "r", True, Severity.WARNING, (AlertPart(Subject.of_camera(CameraId(1)), "1", NOON),)
    )
    alert = lifecycle.raised(None, first, CROWD, "title", "message", NOON).alert
    was_seen = False
    holds = {Subject.of_camera(CameraId(1))}
    for number, step in enumerate(taken, 1):
        at = NOON + timedelta(seconds=number)
        before = alert
        deed = doing(step, at)
        change = deed(before)
        alert = change.alert

        # A plain record of what holds, and of whether anybody has seen it since.
        named = {Subject.of_camera(CameraId(one)) for one in step.cameras}
        if step.what == "raise":
            if not holds or step.severity.rank > before.severity.rank:
                was_seen = False
            if named - {part.subject for part in before.parts} and not before.common:
                was_seen = False
            holds = holds | named
        elif step.what in ("return", "over"):
            holds = holds - named if step.what == "return" else set()
        elif step.what == "see":
            was_seen = True

        assert holding(alert) == holds
        assert (
            alert.state
            is {
                (True, True): AlertState.ACKNOWLEDGED,
                (True, False): AlertState.UNACKNOWLEDGED,
                (False, True): AlertState.CLOSED,
                (False, False): AlertState.RETURNED,
            }[bool(holds), was_seen]
        )
        assert (alert.returned_at is None) == bool(holds)
        assert (alert.closed_at is None) == alert.state.is_open
        assert (alert.acknowledged_by == "ada") == was_seen
        assert alert.severity.rank >= before.severity.rank
        assert {part.subject for part in before.parts} <= {part.subject for part in alert.parts}
        assert Deed.CLOSED not in [entry.deed for entry in change.entries] or not holds
        if step.what != "say":
            assert deed(alert).entries == (), "done again it changes nothing"
