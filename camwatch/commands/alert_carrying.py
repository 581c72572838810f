"""Carries out what the rule engine decides, and takes the steps of plans that are due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts import lifecycle, planner, texts
from camwatch.alerts.alert import Alert, AlertState, SubjectKind
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.planner import Reach
from camwatch.alerts.replay import carried_out
from camwatch.alerts.rules import USUAL_PLAN, Rule, Severity
from camwatch.alerts.settings import EmailSettings
from camwatch.alerts.signals import Raised, Signal
from camwatch.commands.alert_keeping import AlertKeeping, cancel_calls
from camwatch.commands.alert_setup import Known, SetupReader
from camwatch.data.alert_book import AlertBook
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.domain import CameraId
from camwatch.events import AlertChanged, Bus, CamerasChanged, Event, RulesChanged

log = logging.getLogger(__name__)

_USUAL_COOL_DOWN_S = 600.0
_LONGEST_DIGEST = timedelta(hours=12)
_GATHERED = frozenset({Purpose.ALERT, Purpose.ESCALATION, Purpose.RETURNED, Purpose.FLOOD})

_IN_ONE_TRANSACTION = 200
"""So many alerts: others wait to write meanwhile."""

_CALM_AT_MOST = timedelta(seconds=30)
"""After this time it is looked again which steps are due: another computer may do something."""


class _Calm:
    """Remembers until when no step is due, so that a thousand alerts are not read each second."""

    def __init__(self, bus: Bus) -> None:
        self._lock = threading.Lock()
        self._changes = 0
        self._span: tuple[datetime, datetime] | None = None
        bus.subscribe(AlertChanged, self._on_changed)
        bus.subscribe(RulesChanged, self._on_changed)
        bus.subscribe(CamerasChanged, self._on_changed)

    def _on_changed(self, _event: Event) -> None:
        with self._lock:
            self._changes += 1
            self._span = None

    def look(self, now: datetime) -> tuple[bool, int]:
        """Tell whether nothing can be due; and give the mark for `set`."""
        with self._lock:
            is_calm = self._span is not None and self._span[0] <= now < self._span[1]
            return is_calm, self._changes

    def set(self, mark: int, now: datetime, next_at: datetime | None) -> None:
        """Know when the next step is due, unless something was changed since the mark."""
        latest = now + _CALM_AT_MOST
        with self._lock:
            if mark == self._changes:
                self._span = now, min(next_at or latest, latest)


class Carrying:
    """Stores alerts with their history and whom to tell. All methods block; for any thread.

    Args:
        database: The history.
        setup: Rules, cameras, and whom to tell.
        keeping: Tells of what changed.
        bus: Tells of what was changed by others.
        zone: The site's time zone.
    """

    def __init__(
        self,
        database: Database,
        setup: SetupReader,
        keeping: AlertKeeping,
        bus: Bus,
        zone: ZoneInfo,
    ) -> None:
        self._database = database
        self._setup = setup
        self._keeping = keeping
        self._zone = zone
        self._calm = _Calm(bus)

    def carry_out(self, signals: Sequence[Signal], at: datetime) -> list[Alert]:
        """See `AlertDesk.carry_out`."""
        by_alert: dict[str, list[Signal]] = {}
        for signal in signals:
            by_alert.setdefault(signal.alert_uid, []).append(signal)
        known = self._setup.known()
        changed = []
        uids = list(by_alert)
        for start in range(0, len(uids), _IN_ONE_TRANSACTION):
            some = {uid: by_alert[uid] for uid in uids[start : start + _IN_ONE_TRANSACTION]}
            changed += self._carry_out_some(some, known, at)
        return changed

    def _carry_out_some(
        self, by_alert: Mapping[str, Sequence[Signal]], known: Known, at: datetime
    ) -> list[Alert]:
        """Store what the engine wants of some alerts, in one transaction."""
        with self._database.alerts.changing(at) as book:
            book.load(by_alert)
            before = {uid: book.find(uid) for uid in by_alert}
            for uid, signals in by_alert.items():
                alert = before[uid]
                for signal in signals[carried_out(alert, signals, at) :]:
                    alert = self._follow(book, alert, signal, known, at)
            book.flush()
            after = [alert for uid in by_alert if (alert := book.find(uid)) is not None]
        changed = [alert for alert in after if alert != before[alert.uid]]
        self._keeping.tell(changed, at)
        return changed

    def _follow(
        self, book: AlertBook, before: Alert | None, signal: Signal, known: Known, at: datetime
    ) -> Alert | None:
        """Do what one signal wants; returns the alert as it is then."""
        rule = known.rules.get(signal.rule_uid)
        cameras: Collection[CameraId] = ()
        if isinstance(signal, Raised):
            if rule is None:
                log.info("alert %s is not raised: its rule was removed", signal.alert_uid)
                return before
            whole = lifecycle.whole(before, signal)
            title = texts.title_of(whole, rule, known.cameras, self._zone)
            message = texts.message_of(whole, rule, known.cameras, self._zone)
            change = lifecycle.raised(before, signal, rule, title, message, at)
            if any(part.subject.kind is SubjectKind.TOGETHER for part in signal.parts):
                cameras = known.cameras_of(rule)
        elif before is None:
            log.info("alert %s cannot return: it is not there", signal.alert_uid)
            return None
        else:
            change = lifecycle.returned(before, signal, at)
        return self._plan(book, before, change, rule, known, at, cameras)

    def _plan(  # noqa: PLR0917 - the alert before and after, and whom it may be told
        self,
        book: AlertBook,
        before: Alert | None,
        change: Change,
        rule: Rule | None,
        known: Known,
        now: datetime,
        cameras: Collection[CameraId] = (),
    ) -> Alert:
        """Store an alert with whom to tell of it now."""
        cool_down_s, plan_uid = _plan_of(rule)
        planned = planner.plan(
            change, cool_down_s, plan_uid, known.reach, book.lately, now, self._zone, before
        )
        stored = book.store(before, planned.change, cameras)
        cancel_calls(book, stored, now)
        book.queue(
            [
                self._queued(book, one, stored.rule_uid, known.reach)
                for one in planned.notifications
            ],
            planner.merged_flood,
        )
        return stored

    def _queued(self, book: AlertBook, new: NewNotification, rule_uid: str, reach: Reach) -> Queued:
        """Return a message for the outbox; mail that is gathered waits for its time."""
        channel = reach.channels.get(new.channel_uid)
        settings = channel.settings if channel is not None else None
        if (
            not isinstance(settings, EmailSettings)
            or settings.digest_min <= 0
            or new.severity is Severity.CRITICAL
            or new.purpose not in _GATHERED
        ):
            return Queued(new, rule_uid)
        at = book.waiting_digest_at(new.channel_uid)
        if at is None:
            at = book.now + min(timedelta(minutes=settings.digest_min), _LONGEST_DIGEST)
        return Queued(new, rule_uid, max(at, new.due_at))

    def escalate(self, now: datetime) -> list[Alert]:
        """See `AlertDesk.escalate`."""
        is_calm, mark = self._calm.look(now)
        if is_calm:
            return []
        known = self._setup.known()
        moments = {
            alert.uid: at
            for alert in self._database.alerts.open()
            if (at := _next_step_at(alert, known, now)) is not None
        }
        due = [uid for uid, at in moments.items() if at <= now]
        if not due:
            self._calm.set(mark, now, min(moments.values(), default=None))
            return []
        changed = []
        with self._database.alerts.changing(now) as book:
            some = due[:_IN_ONE_TRANSACTION]  # the others are due again in a moment
            book.load(some)
            for uid in some:
                before = book.find(uid)
                at = None if before is None else _next_step_at(before, known, now)
                if before is None or at is None or at > now:
                    continue  # somebody was faster
                rule = known.rules.get(before.rule_uid)
                after = self._plan(book, before, Change(before, ()), rule, known, now)
                if after != before:
                    changed.append(after)
        self._keeping.tell(changed, now)
        return changed


def _next_step_at(alert: Alert, known: Known, now: datetime) -> datetime | None:
    """Return when the next step of an alert's plan is due, UTC; None if there is none."""
    if alert.state is AlertState.CLOSED:
        return None
    _, plan_uid = _plan_of(known.rules.get(alert.rule_uid))
    return planner.next_step_at(Change(alert, ()), plan_uid, known.reach, now)


def _plan_of(rule: Rule | None) -> tuple[float, str]:
    """Return cool-down and plan of an alert's rule; the usual ones if it was removed."""
    if rule is None:
        return _USUAL_COOL_DOWN_S, USUAL_PLAN
    return rule.cool_down_s, rule.plan_uid
