"""The daily proof that each channel in use works: a message through the whole way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.language import marked, tr

SUBJECT = marked("CamWatch: the daily proof of this channel")
TEXT = marked(
    "This message proves that alerts of CamWatch arrive here. It comes once a day; if it does "
    "not, look at the page Alerts, under Channels."
)


def proofs_of(reach: Reach, now: datetime) -> list[NewNotification]:
    """Return the proof of each channel in use: it is switched on, and a plan names it.

    Mail and text messages go to one of those whom the plans name, not to all: they cost time
    and money.
    """
    found = []
    for channel in reach.channels.values():
        settings = channel.settings
        is_only_alive = isinstance(settings, WebhookSettings) and not settings.sends_alerts
        if not channel.is_enabled or is_only_alive or not _is_used(channel, reach):
            continue
        addresses = _addresses(channel, reach)
        if channel.kind.has_recipients and not addresses:
            continue
        found.append(
            NewNotification(
                alert_uid="",
                purpose=Purpose.CANARY,
                channel=channel.kind,
                channel_uid=channel.uid,
                addresses=addresses,
                severity=Severity.INFORMATION,
                subject=tr(SUBJECT),
                text=tr(TEXT),
                due_at=now,
            )
        )
    return found


def _is_used(channel: Channel, reach: Reach) -> bool:
    return any(
        step.channel_uid == channel.uid for plan in reach.plans.values() for step in plan.steps
    )


def _addresses(channel: Channel, reach: Reach) -> tuple[str, ...]:
    """Return the first address that a plan's step over this channel leads to."""
    if not channel.kind.has_recipients:
        return ()
    for plan in reach.plans.values():
        for step in plan.steps:
            if step.channel_uid != channel.uid:
                continue
            for uid in step.to:
                group = reach.groups.get(uid)
                for one in group.members if group is not None else (uid,):
                    person = reach.recipients.get(one)
                    if person is None or not person.is_enabled:
                        continue
                    is_mail = channel.kind is ChannelKind.EMAIL
                    if address := person.email if is_mail else person.phone:
                        return (address,)
    return ()


def queue_proofs(database: Database, reach: Reach, now: datetime) -> int:
    """Put a proof of each channel in use into the outbox now; returns how many.

    Raises:
        StorageError: None was put there.
    """
    return _queue(database, proofs_of(reach, now), now)


def queue_daily_proofs(
    database: Database, reach: Reach, now: datetime, hour: int, zone: ZoneInfo
) -> int:
    """Put the proof of each channel into the outbox that had none today; returns how many.

    Args:
        database: The history.
        reach: Which channels there are.
        now: UTC.
        hour: Not before this hour of the day; -1 for never.
        zone: Whose clocks.

    Raises:
        StorageError: None was put there.
    """
    local = now.astimezone(zone)
    if hour < 0 or local.hour < hour:
        return 0
    before = database.proofs.canaries()
    new = [one for one in proofs_of(reach, now) if not _had(before, one.channel_uid, local, zone)]
    return _queue(database, new, now)


def _had(before: Mapping[str, datetime | None], uid: str, local: datetime, zone: ZoneInfo) -> bool:
    at = before.get(uid)
    return at is not None and at.astimezone(zone).date() == local.date()


def _queue(database: Database, new: list[NewNotification], now: datetime) -> int:
    if not new:
        return 0
    with database.alerts.changing(now) as book:
        book.queue([Queued(one) for one in new])
        book.note_canaries([one.channel_uid for one in new])
    return len(new)
