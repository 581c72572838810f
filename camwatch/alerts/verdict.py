"""What can be said of a condition at a moment. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from camwatch.alerts.signals import Usual


class Verdict(Enum):
    """What can be said of a condition."""

    HOLDS = "holds"
    NEAR = "near"
    """It does not hold, but has not come back by its hysteresis either."""
    OVER = "over"
    UNKNOWN = "unknown"
    """Nothing can be said: what is open stays open, and nothing begins."""


@dataclass(slots=True)
class Judgement:
    """How a condition stands with one subject at a moment.

    Attributes:
        value: What was measured; None if unknown, or nothing is measured.
        threshold: What it was compared with; None where there is nothing to compare.
        back_at: The number at which it is over.
        coverage: Share of the condition's time that was measured, 0 to 1; None where nothing is.
        is_critical: It is critical whatever the rule's severity.
        reason: Why, of a camera or the program; "" if there is none.
        shared: What at this computer keeps all cameras away, such as "the network of this computer";
            "" if it lies elsewhere.
        usual: What is usual; None but for `Unusual`.
        lacks_history: It is unknown because too few weeks are stored.
    """

    verdict: Verdict
    value: float | None = None
    threshold: float | None = None
    back_at: float | None = None
    coverage: float | None = None
    is_critical: bool = False
    reason: str = ""
    shared: str = ""
    usual: Usual | None = None
    lacks_history: bool = False
