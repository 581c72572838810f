"""No order of facts, clock jumps, edits or restarts loses an alert, or makes one of nothing.

The engine is compared with plain judges that look at the whole past anew at each moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from camwatch.alerts.alert import Subject
from camwatch.alerts.rules import CameraCondition, CameraTrouble, Occupancy, Scope, Side
from camwatch.alerts.signals import CauseFact, Raised, Returned
from camwatch.domain import CameraId, CameraState, Reason
from tests.alerts.driving import Drive, camera, rule

STALLED_S = 30.0
LONGEST_GAP_S = 2.0

Step = tuple[float, str, int, int]
"""So long passes; then this happens to that camera, with a number."""


def steps(*whats: str, most: int, cameras: int = 2) -> st.SearchStrategy[list[Step]]:
    return st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.5, 1.0, 1.0, 1.0, 2.0, 2.5, 45.0]),
            st.sampled_from(whats),
            st.integers(1, cameras),
            st.integers(0, 6),
        ),
        max_size=most,
    )


def holding(site: Drive) -> set[tuple[str, Subject]]:
    return {
        (alert.rule_uid, part.subject)
        for alert in site.open
        for part in alert.parts
        if part.returned_at is None
    }


def check_signals(site: Drive) -> None:
    """Check what must be so whatever happened."""
    holds: Counter[tuple[str, Subject]] = Counter()
    opened: list[float] = []
    for at, signal in site.signals:
        if isinstance(signal, Raised):
            opened += [at] if signal.is_new else []
            for part in signal.parts:
                holds[signal.alert_uid, part.subject] = 1
        else:
            assert isinstance(signal, Returned)
            for subject in signal.subjects:
                assert holds[signal.alert_uid, subject], "what returns was raised before"
                holds[signal.alert_uid, subject] = 0
            left = [one for (uid, one), is_on in holds.items() if is_on and uid == signal.alert_uid]
            assert signal.is_over == (not left)
    for first, last in zip(opened, opened[20:], strict=False):
        assert last - first >= 60, "no more than 20 new alerts of a rule in a minute"


# ---------------------------------------------------------------------- numbers


@dataclass
class Oracle:
    """Judges people at one camera by looking at the whole past, at each moment anew."""

    condition: Occupancy
    moments: list[tuple[float, int | None]] = field(default_factory=list)
    is_open: bool = False

    def look(self, at: float, value: int | None, *, is_cut: bool) -> None:
        """Look at a moment; after a cut nothing before it counts."""
        if is_cut:
            self.moments.clear()
        self.moments.append((at, value))
        if value is None:
            return
        if self.is_open:
            self.is_open = not self._is_back(value)
        elif self._holds(value):
            since = at
            for before, then in reversed(self.moments):
                if then is None or not self._holds(then):
                    break
                since = before
            self.is_open = at - since >= self.condition.for_s - 1e-6

    def _holds(self, value: int) -> bool:
        limit = self.condition.threshold
        return value >= limit if self.condition.side is Side.ABOVE else value <= limit

    def _is_back(self, value: int) -> bool:
        by = self.condition.hysteresis
        if self._holds(value):
            return False
        if self.condition.side is Side.ABOVE:
            return value <= max(self.condition.threshold - by, 0)
        return value >= self.condition.threshold + by


conditions = st.builds(
    Occupancy,
    st.sampled_from(Side),
    st.integers(0, 5),
    st.integers(1, 3),
    st.sampled_from([0.0, 1.0, 3.0]),
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    conditions,
    steps("count", "count", "count", "count", "tick", "jump", "restart", "see", "edit", most=40),
)
def test_a_number_fires_exactly_when_it_must(condition: Occupancy, taken: list[Step]) -> None:
    site = Drive([rule(condition)], [camera(1), camera(2)])
    oracles = {1: Oracle(condition), 2: Oracle(condition)}
    numbers: dict[int, tuple[float, int]] = {}
    called_s = site.s
    for wait_s, what, who, number in taken:
        site.wait(wait_s, ticks=False, step_s=wait_s or 1)
        is_stalled = site.s - called_s > STALLED_S

        def look(*, is_cut: bool) -> None:
            for one, oracle in oracles.items():
                at, value = numbers.get(one, (float("-inf"), 0))
                is_known = site.s - at <= LONGEST_GAP_S
                oracle.look(site.s, value if is_known else None, is_cut=is_cut)

        if what == "restart":
            numbers.clear()
            site.restart()
            look(is_cut=True)
        else:
            look(is_cut=is_stalled)
            site.tick()
        if what == "count":
            numbers[who] = (site.s, number)
            site.people(number, of=who)
        elif what == "jump":
            site.set_clock((number - 3) * 20_000)
        elif what == "edit":
            site.set_rules(replace(site.rules["r"], name=f"Name {number}"))
        elif what == "see" and site.open:
            site.acknowledge(site.open[number % len(site.open)].uid)
        look(is_cut=False)
        called_s = site.s
        must = {
            ("r", Subject.of_camera(CameraId(one)))
            for one, oracle in oracles.items()
            if oracle.is_open
        }
        assert holding(site) == must
    check_signals(site)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(Side),
    st.integers(0, 8),
    steps("count", "count", "count", "tick", "jump", most=40),
)
def test_added_up_numbers_never_fire_on_what_is_not_known(
    side: Side, threshold: int, taken: list[Step]
) -> None:
    together = rule(Occupancy(side, threshold), Scope(is_together=True))
    site = Drive([together], [camera(1), camera(2)])
    numbers: dict[int, tuple[float, int]] = {}
    for wait_s, what, who, number in taken:
        site.wait(wait_s)
        seen = len(site.signals)
        if what == "count":
            numbers[who] = (site.s, number)
            site.people(number, of=who)
        elif what == "jump":
            site.set_clock((number - 3) * 20_000)
        known = [value for at, value in numbers.values() if site.s - at <= LONGEST_GAP_S]
        for _, signal in site.signals[seen:]:
            if isinstance(signal, Raised) and side is Side.ABOVE:
                assert sum(known) >= threshold
            elif isinstance(signal, Raised):
                assert len(known) == 2
                assert sum(known) <= threshold
        # Surely so: then it must be open.
        if known and side is Side.ABOVE and sum(known) >= threshold:
            assert holding(site)
        if len(known) == 2 and side is Side.BELOW and sum(known) <= threshold:
            assert holding(site)
    check_signals(site)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([0.0, 3.0, 10.0]),
    st.one_of(
        steps("count", "count", "count", "deliver", "jump", "see", most=60),
        steps("count", "count", "count", "deliver", "restart", "see", most=60),
    ),
)
def test_a_camera_is_told_once_in_each_cool_down(cool_down_s: float, taken: list[Step]) -> None:
    one = rule(Occupancy(Side.ABOVE, 3), cool_down_s=cool_down_s)
    site = Drive([one], [camera(1)], tells=False)
    for wait_s, what, _, number in taken:
        site.wait(wait_s)
        if what == "count":
            site.people(number)
        elif what == "deliver":
            site.deliver()
        elif what == "jump":
            site.set_clock((number - 3) * 20_000)
        elif what == "restart":
            site.restart()
        elif site.open:
            site.acknowledge(site.open[0].uid)
    site.deliver()
    if cool_down_s:
        assert all(after - before >= cool_down_s for (before, _), (after, _) in pairwise(site.told))
    told = {uid for _, uid in site.told}
    assert told == set(site.alerts), "every alert is told at least once"
    check_signals(site)


# ---------------------------------------------------------------------- cameras


@dataclass
class Watch:
    """What an engine can know of a camera, from when it began."""

    state: CameraState | None = None
    moments: list[tuple[float, bool]] = field(default_factory=list)
    is_open: bool = False

    def look(self, at: float, after_s: float, *, is_cut: bool) -> None:
        """Look at a moment; after a cut nothing before it counts."""
        if is_cut:
            self.moments.clear()
        self.moments.append((at, self.state is CameraState.OFFLINE))
        if self.state is CameraState.OK:
            self.is_open = False
        elif self.state is CameraState.OFFLINE and not self.is_open:
            since = at
            for before, is_down in reversed(self.moments):
                if not is_down:
                    break
                since = before
            self.is_open = at - since >= after_s - 1e-6


def change(site: Drive, what: str, who: int, number: int) -> None:
    """Do something that must not lose an alert, nor make one."""
    if what == "jump":
        site.set_clock((number - 3) * 20_000)
    elif what == "cause":
        members = tuple(CameraId(one) for one in (1, 2, 3)[: number % 4])
        site.take(CauseFact(str(who), members, f"network {who}"))
    elif what == "edit":
        site.set_rules(replace(site.rules["r"], name=f"Name {number}"))
    elif what == "see" and site.open:
        site.acknowledge(site.open[number % len(site.open)].uid)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([0.0, 3.0]),
    steps(
        *("offline", "offline", "well", "calling", "jump", "restart", "cause", "see", "edit"),
        most=40,
        cameras=3,
    ),
)
def test_a_camera_that_is_down_is_told_and_returns(after_s: float, taken: list[Step]) -> None:
    site = Drive(
        [rule(CameraCondition(CameraTrouble.DOWN, after_s))], [camera(1), camera(2), camera(3)]
    )
    watches = {number: Watch() for number in (1, 2, 3)}
    states = {
        "offline": CameraState.OFFLINE,
        "well": CameraState.OK,
        "calling": CameraState.CONNECTING,
    }
    called_s = site.s

    def look(*, is_cut: bool) -> None:
        for watch in watches.values():
            watch.look(site.s, after_s, is_cut=is_cut)

    for wait_s, what, who, number in [*taken, *[(45.0, "well", one, 0) for one in (1, 2, 3)]]:
        site.wait(wait_s, ticks=False, step_s=wait_s or 1)
        if what == "restart":
            for watch in watches.values():
                watch.state = None
            site.restart()
            look(is_cut=True)
        else:
            look(is_cut=site.s - called_s > STALLED_S)
            site.tick()
        if what in states:
            watches[who].state = states[what]
            reason = Reason.TIMEOUT if what == "offline" else Reason.NONE
            site.state(states[what], reason, of=who)
        else:
            change(site, what, who, number)
        look(is_cut=False)
        called_s = site.s
        must = {
            ("r", Subject.of_camera(CameraId(one)))
            for one, watch in watches.items()
            if watch.is_open
        }
        assert holding(site) == must
    assert not holding(site), "nothing stays open once all returned"
    check_signals(site)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([0.0, 1.0, 6.0, 30.0]),
            st.lists(st.integers(1, 30), min_size=1, max_size=30),
            st.booleans(),
        ),
        max_size=15,
    ),
    st.sampled_from([0.0, 60.0]),
    st.booleans(),
)
def test_no_storm_opens_more_than_may_be(
    taken: Sequence[tuple[float, list[int], bool]], cool_down_s: float, is_of_numbers: bool
) -> None:
    condition = (
        Occupancy(Side.ABOVE, 1) if is_of_numbers else CameraCondition(CameraTrouble.DOWN, 0)
    )
    one = rule(condition, cool_down_s=cool_down_s)
    site = Drive([one], [camera(number) for number in range(1, 31)])
    is_up: dict[int, bool] = {}
    for wait_s, who, is_on in taken:
        site.wait(wait_s)
        for number in who:
            is_up[number] = is_on
            if is_of_numbers:
                site.people(int(is_on), of=number)
            elif is_on:
                site.offline(of=number)
            else:
                site.well(of=number)
        must = {Subject.of_camera(CameraId(number)) for number, is_so in is_up.items() if is_so}
        assert {subject for _, subject in holding(site)} == must
    check_signals(site)
