"""Puts together why a rule fired or did not: what the engine saw, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import TOGETHER, Alert, AlertEntry, AlertState, Deed, Subject
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.alerts.notification import Notification, NotificationState, Purpose
from camwatch.alerts.rules import ProgramCondition, Rule
from camwatch.alerts.scopes import cameras_in
from camwatch.alerts.signals import Block, Explanation, RuleTrace, Told, WatchedCamera
from camwatch.commands.replay import Replay, reach_back
from camwatch.data.engine import Database
from camwatch.domain import CameraId

_SHORTLY = timedelta(minutes=5)
"""What is sent so soon after a moment belongs to it."""

_LONGEST_OPEN = timedelta(days=90)
_MOST_TOLD = 20
_TELLS = frozenset({Purpose.ALERT, Purpose.ESCALATION, Purpose.FLOOD})


def traces(
    database: Database,
    rule: Rule,
    cameras: Sequence[WatchedCamera],
    at: datetime,
    zone: ZoneInfo,
) -> list[RuleTrace]:
    """Tell how a rule stood with each of its subjects at a moment, and what came of it.

    Args:
        database: The history.
        rule: As it is now.
        cameras: Those that may be looked at.
        at: UTC.
        zone: The site's time zone.

    Raises:
        StorageError: It cannot be read.
    """
    wanted = _about(rule, cameras)
    start = reach_back(rule, at, zone)
    alerts = _alerts_of(database, rule, at)
    replay = Replay(database, rule, wanted, zone)
    usual = database.usual.for_rules([replace(rule, is_enabled=True)], wanted, zone)
    found = replay.explain(
        at, [_as_of(one, start) for one in alerts if _is_open(one, start)], usual
    )
    entries = database.alerts.entries([one.uid for one in alerts])
    messages = {one.uid: database.outbox.about(one) for one in alerts}
    return [
        _trace(one, rule, at, alerts, entries, messages, _seen(one.subject, replay.seen))
        for one in found
    ]


def _about(rule: Rule, cameras: Sequence[WatchedCamera]) -> list[WatchedCamera]:
    """Return only cameras that the rule is about: the others need not be read."""
    if rule.scope.places:
        ids = {place.camera_id for place in rule.scope.places}
        return [one for one in cameras if one.id in ids]
    return cameras_in(rule.scope, cameras)


def _seen(subject: Subject, seen: Mapping[CameraId, datetime]) -> datetime | None:
    if subject == TOGETHER:
        return max(seen.values(), default=None)
    return seen.get(subject.camera_id) if subject.camera_id is not None else None


def _alerts_of(database: Database, rule: Rule, at: datetime) -> list[Alert]:
    """Return the alerts that the rule had raised by a moment, and that may matter then."""
    query = AlertQuery(
        states=frozenset(AlertState),
        rule_uid=rule.uid,
        since=at - _LONGEST_OPEN,
        until=at + timedelta(milliseconds=1),
        limit=MOST_ALERTS,
    )
    cool_down = timedelta(seconds=rule.cool_down_s)
    return [
        one
        for one in database.alerts.find(query, at)
        if one.returned_at is None or one.returned_at + cool_down >= at - _SHORTLY
    ]


def _is_open(alert: Alert, at: datetime) -> bool:
    return alert.raised_at <= at and (alert.returned_at is None or alert.returned_at > at)


def _as_of(alert: Alert, at: datetime) -> Alert:
    """Return an alert as it was at a moment, as far as the engine goes by it."""
    parts = tuple(
        replace(part, returned_at=None) if part.returned_at and part.returned_at > at else part
        for part in alert.parts
        if part.since <= at
    )
    told_at = alert.told_at if alert.told_at is not None and alert.told_at <= at else None
    return replace(
        alert, parts=parts, state=AlertState.UNACKNOWLEDGED, returned_at=None, told_at=told_at
    )


def _holds(alert: Alert, subject: Subject, at: datetime) -> bool:
    return any(
        part.subject == subject
        and part.since <= at
        and (part.returned_at is None or part.returned_at > at)
        for part in alert.parts
    )


def _trace(  # noqa: PLR0917 - a trace is made of all of these
    one: Explanation,
    rule: Rule,
    at: datetime,
    alerts: Sequence[Alert],
    entries: Mapping[str, Sequence[AlertEntry]],
    messages: Mapping[str, Sequence[Notification]],
    seen_at: datetime | None,
) -> RuleTrace:
    if isinstance(rule.condition, ProgramCondition) and not any(
        _holds(alert, one.subject, at) for alert in alerts
    ):
        # Nothing but its alerts is stored of the program: all well, or not long enough.
        one = replace(one, held_s=0.0)
    about = [alert for alert in alerts if any(part.subject == one.subject for part in alert.parts)]
    told_at = max((_told_at(messages[alert.uid], at) for alert in about), default=None, key=_key)
    left_s = 0.0
    if told_at is not None:
        left_s = max(rule.cool_down_s - (at - told_at).total_seconds(), 0.0)
    one = replace(one, cool_down_left_s=left_s)
    alert = next((alert for alert in about if _holds(alert, one.subject, at)), None)
    if alert is None:
        return RuleTrace(one, at, seen_at, told_at=told_at, cool_down_s=rule.cool_down_s)
    shelved = _shelved(alert, entries.get(alert.uid, ()), at)
    block = Block.SHELVED if shelved else Block.COOL_DOWN if _is_quiet(left_s, alert, at) else ""
    return RuleTrace(
        replace(one, is_raised=True, block=block),
        at,
        seen_at,
        alert_uid=alert.uid,
        alert_number=alert.number,
        raised_at=alert.raised_at,
        told_at=told_at,
        cool_down_s=rule.cool_down_s,
        shelved_by=shelved[0] if shelved else "",
        shelved_until=shelved[1] if shelved else None,
        shelved_why=shelved[2] if shelved else "",
        told=_told(messages[alert.uid], at),
    )


def _key(moment: datetime | None) -> float:
    return moment.timestamp() if moment is not None else float("-inf")


def _is_quiet(left_s: float, alert: Alert, at: datetime) -> bool:
    """Tell whether an alert that came back within the cool-down has not been told yet."""
    newest = max((part.since for part in alert.parts if part.since <= at), default=at)
    told_at = alert.told_at
    return left_s > 0 and told_at is not None and newest > told_at


def _told_at(messages: Sequence[Notification], at: datetime) -> datetime | None:
    """Return when anybody was last told before a moment."""
    moments = [
        one.delivered_at
        for one in messages
        if one.delivered_at is not None and one.delivered_at <= at and one.new.purpose in _TELLS
    ]
    return max(moments, default=None)


def _shelved(
    alert: Alert, entries: Sequence[AlertEntry], at: datetime
) -> tuple[str, datetime, str] | None:
    """Return who had put an alert aside, until when and why; None if it was not."""
    before = [one for one in entries if one.at <= at and one.deed in (Deed.SHELVED, Deed.UNSHELVED)]
    if not before or before[-1].deed is Deed.UNSHELVED:
        return None
    entry = before[-1]
    after = [one.at for one in entries if one.at > at and one.deed is Deed.UNSHELVED]
    shelving = alert.shelving
    if shelving is not None and shelving.by == entry.actor and shelving.reason == entry.text:
        until = min([shelving.until, *after])
        return (entry.actor, until, entry.text) if at < until else None
    return (entry.actor, after[0], entry.text) if after else None


def _told(messages: Sequence[Notification], at: datetime) -> tuple[Told, ...]:
    wanted = [one for one in messages if one.created_at <= at + _SHORTLY]
    return tuple(
        Told(
            one.delivered_at or one.new.due_at,
            one.new.channel.value,
            ", ".join(one.new.addresses),
            _state_at(one, at).value,
            one.answer,
        )
        for one in wanted[-_MOST_TOLD:]
    )


def _state_at(message: Notification, at: datetime) -> NotificationState:
    """Return how far a message was, told with the five minutes that belong to the moment."""
    if message.delivered_at is not None and message.delivered_at > at + _SHORTLY:
        return NotificationState.WAITING
    return message.state
