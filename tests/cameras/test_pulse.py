"""The event loop's pulse tells load from a standstill."""

from __future__ import annotations

import pytest

from camwatch.cameras.pulse import Pulse


@pytest.mark.fault("F60")
def test_some_late_beats_soon_after_one_another_are_a_strain_that_passes() -> None:
    pulse = Pulse(0.0)
    for second in range(100):
        pulse.beat(second, 0.6 if second in (10, 12) else 0.1)
    assert not pulse.is_strained
    for second in range(100, 104):
        pulse.beat(second, 0.6)
    strained = []
    for second in range(104, 140):
        pulse.beat(second, 0.1)
        strained.append(pulse.is_strained)
    assert strained == [True] * 29 + [False] * 7


def test_late_beats_now_and_then_are_none() -> None:
    pulse = Pulse(0.0)
    for second in range(0, 1000, 10):
        pulse.beat(second, 2.0)
        assert not pulse.is_strained


@pytest.mark.fault("F57")
def test_a_long_silence_is_a_standstill_and_a_short_one_is_not() -> None:
    pulse = Pulse(0.0)
    pulse.beat(1.0, 0.0)
    assert pulse.stood_still_s(9.0) is None
    assert pulse.stood_still_s(31.0) == 30.0
