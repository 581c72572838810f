"""A drill: a known event through the whole chain, and what came of each step. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from camwatch.alerts.rules import USUAL_PLAN, Occupancy, Rule, Scope, Severity, Side
from camwatch.domain import CameraId

DRILL_RULE = "drill"
"""Uid of the rule that only drills go by; it is stored nowhere."""

DRILL_CAMERA = CameraId(-1)
"""Id of the simulated camera of a drill; no camera that is stored has it."""

DRILL_CAMERA_NAME = "Camera of the drill"

RULE = Rule(
    DRILL_RULE,
    "Drill",
    Occupancy(Side.ABOVE, 1),
    Scope(cameras=frozenset({DRILL_CAMERA})),
    Severity.WARNING,
    cool_down_s=0.0,
    plan_uid=USUAL_PLAN,
    keeps_picture=False,
)


@dataclass(frozen=True, slots=True)
class DrillStep:
    """What came of one step.

    Attributes:
        name: What was done, as a short text that stands for itself.
        ok: It went as it should.
        detail: Facts: what was seen, or what the other side said.
        seconds: What it took.
    """

    name: str
    ok: bool
    detail: str
    seconds: float


@dataclass(frozen=True, slots=True)
class DrillReport:
    """How far a drill is, or what came of it.

    Attributes:
        number: Tells drills of one run of the program apart.
        actor: Who began it.
        began_at: UTC.
        steps: What is done, in order.
        doing: What is being done now; "" when it is over.
        is_over: Nothing more comes.
    """

    number: int
    actor: str
    began_at: datetime
    steps: tuple[DrillStep, ...] = ()
    doing: str = ""
    is_over: bool = False

    @property
    def is_passed(self) -> bool:
        """True if it is over and all went as it should."""
        return self.is_over and bool(self.steps) and all(step.ok for step in self.steps)
