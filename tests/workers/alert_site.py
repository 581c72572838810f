"""A history with rules, plans and channels, and the real desk on it, for tests of the workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import AlertPart, Subject
from camwatch.alerts.notification import Notification
from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient
from camwatch.alerts.rules import USUAL_PLAN, Occupancy, Rule, Severity, Side
from camwatch.alerts.settings import Channel, EmailSettings, Encryption, WebhookSettings
from camwatch.alerts.signals import Raised
from camwatch.auth.secrets import SecretStore
from camwatch.commands.alert_desk import AlertDesk
from camwatch.commands.alert_setup import SetupReader
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.config import AlertPolicy
from camwatch.data.engine import Database
from camwatch.domain import Camera
from camwatch.events import Bus, RulesChanged
from tests.auth.keyrings import MemoryKeyring
from tests.data.values import Clock, settings

UTC_ZONE = ZoneInfo("UTC")
CROWD = Rule("crowd", "Crowd", Occupancy(Side.ABOVE, 5), plan_uid=USUAL_PLAN, cool_down_s=0.0)
ANNA = Recipient("anna", "Anna", "anna@site.example", "+4930123456")


def hook(uid: str, url: str, **more: object) -> Channel:
    made = WebhookSettings(url, allow_private=True, allow_http=True)
    return Channel(uid, uid, replace(made, **more))  # type: ignore[arg-type]


def mail(
    uid: str,
    port: int,
    ca_file: Path | None = None,
    *,
    digest_min: int = 0,
    username: str = "",
) -> Channel:
    made = EmailSettings(
        "127.0.0.1",
        port,
        Encryption.STARTTLS,
        "camwatch@site.example",
        username=username,
        ca_file=str(ca_file or ""),
        digest_min=digest_min,
    )
    return Channel(uid, uid, made)


class AlertSite:
    """A history in a folder, with one camera and one rule that goes by the usual plan.

    Args:
        folder: Where it is kept.
        channels: All of them are told at once.
        clock: The wall clock; None for the real one.
        rules: Instead of the usual one.
        policy: What alerts keep and send.
        steps: More steps of the plan.
        is_new: False for one that was set up before, by another process.
    """

    def __init__(
        self,
        folder: Path,
        *channels: Channel,
        clock: Clock | None = None,
        rules: tuple[Rule, ...] = (CROWD,),
        policy: AlertPolicy | None = None,
        steps: tuple[PlanStep, ...] = (),
        is_new: bool = True,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.database = Database.open(folder / "camwatch.sqlite3")
        found = self.database.cameras.all()
        self.camera: Camera = (
            found[0]
            if found
            else self.database.cameras.add(replace(settings("Hall"), is_enabled=True))
        )
        self.bus = Bus()
        if is_new:
            self.set_up(*channels, rules=rules, steps=steps)
        self.policy = policy or AlertPolicy()
        more = {} if clock is None else {"clock": clock}
        self.setup = SetupReader(self.database, self.database.alert_setup, None, self.bus)
        keyring = MemoryKeyring()
        self.secrets = SecretStore(lambda: keyring)
        self.desk = AlertDesk(
            self.database,
            self.secrets,
            self.setup,
            EvidenceStore(folder / "evidence", self.database, self.policy),
            self.bus,
            self.policy,
            UTC_ZONE,
            **more,
        )

    def set_up(
        self, *channels: Channel, rules: tuple[Rule, ...], steps: tuple[PlanStep, ...] = ()
    ) -> None:
        """Store rules, channels, and a plan that tells all of them at once."""
        told = [
            PlanStep(0.0, one.kind, one.uid, (ANNA.uid,) if one.kind.has_recipients else ())
            for one in channels
        ]
        plan = Plan(USUAL_PLAN, "All at once", (PlanStep(0.0, ChannelKind.POPUP), *told, *steps))
        with self.database.alert_setup.changing() as book:
            for rule in book.rules.all():
                book.rules.remove(rule.uid)
            for rule in rules:
                book.rules.put(replace(rule, version=0))
            if book.recipients.find(ANNA.uid) is None:
                book.recipients.put(ANNA)
            for channel in channels:
                present = book.channels.find(channel.uid)
                version = 0 if present is None else present.version
                book.channels.put(replace(channel, version=version))
            present_plan = book.plans.find(USUAL_PLAN)
            book.plans.put(replace(plan, version=present_plan.version if present_plan else 0))

    def tell_also(self, channel_uid: str, *people: Recipient) -> None:
        """Let the plan tell more people over a channel."""
        with self.database.alert_setup.changing() as book:
            for one in people:
                book.recipients.put(one)
            plan = book.plans.get(USUAL_PLAN)
            more = tuple(one.uid for one in people)
            steps = tuple(
                replace(step, to=step.to + more) if step.channel_uid == channel_uid else step
                for step in plan.steps
            )
            book.plans.put(replace(plan, steps=steps))
        self.bus.publish(RulesChanged(datetime.now(UTC)))

    def changed(self, now: datetime) -> None:
        """Tell that rules or channels were changed."""
        self.bus.publish(RulesChanged(now))

    def raised(
        self, uid: str, at: datetime, *, value: float = 7.0, severity: Severity = Severity.WARNING
    ) -> Raised:
        """Return what the engine says of a new alert about the camera."""
        part = AlertPart(Subject.of_camera(self.camera.id), "Hall", at, value)
        return Raised(uid, CROWD.uid, True, severity, (part,), value=value, threshold=5.0)

    def messages(self) -> list[Notification]:
        """Return what is in the outbox, oldest first."""
        return list(reversed(self.database.outbox.newest(10_000)))

    def of(self, channel_uid: str) -> list[Notification]:
        """Return what is in the outbox for a channel, oldest first."""
        return [one for one in self.messages() if one.new.channel_uid == channel_uid]

    def close(self) -> None:
        """Close the history."""
        self.database.close()
