"""A desk for alerts on a real history, with rules and plans that a test sets up."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.alerts.alert import Alert, AlertPart, Subject
from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import USUAL_PLAN, Occupancy, Rule, Severity, Side
from camwatch.alerts.settings import Channel, EmailSettings, Encryption
from camwatch.alerts.signals import Raised, Returned
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.decode import encode_jpeg
from camwatch.commands.alert_desk import AlertDesk
from camwatch.commands.alert_keeping import AlertKeeping
from camwatch.commands.alert_setup import EnvironmentChannel, SetupReader
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.config import AlertPolicy
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Picture
from camwatch.events import AlertChanged, Bus, RulesChanged
from tests.commands.values import NOON, Clock

RULE = Rule("rule-1", "Too many", Occupancy(Side.ABOVE, 30))
ANNA = Recipient("anna", "Anna", email="anna@example.org", phone="+4930123456")
MAIL = Channel(
    "mail",
    "Office",
    EmailSettings("mail.example", 465, Encryption.TLS, "camwatch@example.org", username="camwatch"),
)
LADDER = Plan(
    USUAL_PLAN,
    "Ladder",
    (
        PlanStep(0.0, ChannelKind.POPUP),
        PlanStep(0.0, ChannelKind.EMAIL, "mail", ("anna",)),
        PlanStep(60.0, ChannelKind.SOUND),
    ),
)


@dataclass(slots=True)
class Setup:
    """What administrators have set up, in memory."""

    all_rules: list[Rule] = field(default_factory=lambda: [RULE])
    all_reach: Reach = field(
        default_factory=lambda: Reach(
            plans={LADDER.uid: LADDER}, recipients={"anna": ANNA}, channels={"mail": MAIL}
        )
    )

    def rules(self) -> Sequence[Rule]:
        return self.all_rules

    def reach(self) -> Reach:
        return self.all_reach


class Site:
    """The desk, and all that it stands on.

    Attributes:
        told: Each alert that was told of on the bus.
        rules_changed: How often it was told that rules were changed.
    """

    def __init__(  # noqa: PLR0917 - all that a desk stands on
        self,
        database: Database,
        secrets: SecretStore,
        bus: Bus,
        clock: Clock,
        folder: Path,
        policy: AlertPolicy | None = None,
        environment: EnvironmentChannel | None = None,
        zone: str = "Europe/Berlin",
    ) -> None:
        policy = policy or AlertPolicy()
        self.database = database
        self.bus = bus
        self.clock = clock
        self.folder = folder
        self.setup = Setup()
        self.reader = SetupReader(database, self.setup, environment, bus)
        self.evidence = EvidenceStore(folder, database, policy)
        self.keeping = AlertKeeping(database, bus)
        self.desk = AlertDesk(
            database, secrets, self.reader, self.evidence, bus, policy, ZoneInfo(zone), clock
        )
        self.told: list[Alert] = []
        self.rules_changed = 0
        bus.subscribe(AlertChanged, lambda event: self.told.append(event.alert))
        bus.subscribe(RulesChanged, self._on_rules_changed)

    def _on_rules_changed(self, _event: RulesChanged) -> None:
        self.rules_changed += 1

    def change_rule(self, **changes: object) -> None:
        """Change the rule as an administrator does."""
        rule = self.setup.all_rules[0]
        self.setup.all_rules = [dataclasses.replace(rule, **changes)]  # type: ignore[arg-type]
        self.bus.publish(RulesChanged(self.clock()))

    def change_mail(self, channel: Channel) -> None:
        """Change the e-mail channel likewise."""
        self.setup.all_reach = dataclasses.replace(
            self.setup.all_reach, channels={channel.uid: channel}
        )
        self.bus.publish(RulesChanged(self.clock()))


def raised(
    *cameras: CameraId,
    uid: str = "alert-1",
    at_s: float = 0.0,
    is_new: bool = True,
    severity: Severity = Severity.WARNING,
) -> Raised:
    parts = tuple(
        AlertPart(
            Subject.of_camera(one), f"Camera {one}", NOON + timedelta(seconds=at_s), value=31.0
        )
        for one in cameras
    )
    return Raised(uid, "rule-1", is_new, severity, parts, value=31.0, threshold=30.0)


def returned(*cameras: CameraId, uid: str = "alert-1", is_over: bool = True) -> Returned:
    return Returned(uid, "rule-1", tuple(Subject.of_camera(one) for one in cameras), is_over)


def a_picture(camera_id: CameraId, at: datetime = NOON, brightness: int = 200) -> Picture:
    pixels = np.full((48, 64, 3), brightness, np.uint8)
    return Picture(camera_id, 1, encode_jpeg(pixels), (64, 48), at, 0.0, 1.0)
