"""Alerts, plans and recipients for tests of what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert, AlertEntry, AlertPart, Deed, Subject
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import Severity
from camwatch.alerts.schedule import Schedule
from camwatch.alerts.settings import Channel, EmailSettings, Encryption, WebhookSettings
from camwatch.domain import CameraId

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
NEVER = Schedule((0,) * 7)

MAIL = Channel(
    "mail",
    "Office mail",
    EmailSettings("mail.example", 587, Encryption.STARTTLS, "camwatch@site.example"),
)
HOOK = Channel("hook", "Wall board", WebhookSettings("https://board.example/alerts"))

ANNA = Recipient("anna", "Anna", "anna@site.example", "+4930123456")
BEN = Recipient("ben", "Ben", "ben@site.example")
NIGHT = Recipient("night", "Night shift", "night@site.example", on_call=NEVER)


def an_alert(severity: Severity = Severity.CRITICAL, **more: object) -> Alert:
    part = AlertPart(Subject.of_camera(CameraId(1)), "Gate", MONDAY)
    alert = Alert(
        "a-1",
        "r-1",
        "Camera down",
        "camera:down",
        severity,
        MONDAY,
        MONDAY,
        (part,),
        "Gate: no picture",
        "Gate: no picture. Since noon.",
    )
    return replace(alert, **more)  # type: ignore[arg-type]


def raised(alert: Alert, *deeds: Deed) -> Change:
    """Return an alert as something has just happened to it."""
    chosen = deeds or (Deed.RAISED,)
    return Change(alert, tuple(AlertEntry(MONDAY, "system", deed) for deed in chosen))


def at(seconds: float) -> datetime:
    return MONDAY + timedelta(seconds=seconds)


def a_plan(*steps: PlanStep, tells_return: bool = False) -> Plan:
    return Plan("p-1", "Night", steps, tells_return)


def a_reach(plan: Plan, *channels: Channel) -> Reach:
    people = {one.uid: one for one in (ANNA, BEN, NIGHT)}
    group = RecipientGroup("all", "All", ("anna", "ben", "night", "gone"))
    ways = channels or (MAIL, HOOK)
    return Reach({plan.uid: plan}, people, {"all": group}, {one.uid: one for one in ways})


def mail(after_s: float, *to: str, least: Severity = Severity.INFORMATION) -> PlanStep:
    return PlanStep(after_s, ChannelKind.EMAIL, "mail", to, least)


def popup(after_s: float = 0.0) -> PlanStep:
    return PlanStep(after_s, ChannelKind.POPUP)
