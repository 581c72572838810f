"""Who is told of an alert, when and by which way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts import flood
from camwatch.alerts.alert import Alert, AlertEntry, AlertState, Deed
from camwatch.alerts.flood import (
    PER_MINUTE,
    PER_TEN_MINUTES,
    SentLately,
    counted,
    merged_flood,
)
from camwatch.alerts.letters import letter
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import (
    MOST_ADDRESSES,
    USUAL,
    ChannelKind,
    Plan,
    PlanStep,
    Recipient,
    RecipientGroup,
)
from camwatch.alerts.rules import USUAL_PLAN, Severity
from camwatch.alerts.settings import Channel, EmailSettings, WebhookSettings

__all__ = [
    "PER_MINUTE",
    "PER_TEN_MINUTES",
    "Planned",
    "Reach",
    "SentLately",
    "counted",
    "merged_flood",
    "next_step_at",
    "plan",
]

_ANEW = frozenset({Deed.RAISED_AGAIN, Deed.WORSENED})
"""Those who were told already are told again of these."""

_GATHERS = timedelta(minutes=1)
"""Who was told outside of the window of one camera learns of those that join so soon after it,
whatever the cool-down; what is shown on the screen changes by itself."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who and what can be reached.

    Attributes:
        plans: By uid; the usual one is there in any case.
        recipients: By uid.
        groups: By uid.
        channels: By uid.
    """

    plans: Mapping[str, Plan] = field(default_factory=dict)
    recipients: Mapping[str, Recipient] = field(default_factory=dict)
    groups: Mapping[str, RecipientGroup] = field(default_factory=dict)
    channels: Mapping[str, Channel] = field(default_factory=dict)

    def plan(self, uid: str) -> Plan:
        """Return a plan; the usual one instead of one that is gone."""
        return self.plans.get(uid) or self.plans.get(USUAL_PLAN, USUAL)

    def people(self, uids: Sequence[str]) -> list[Recipient]:
        """Return recipients, and those of groups, each once; who is gone is left out."""
        found: dict[str, Recipient] = {}
        for uid in uids:
            group = self.groups.get(uid)
            for one in group.members if group is not None else (uid,):
                if one in self.recipients:
                    found[one] = self.recipients[one]
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be stored together.

    Attributes:
        change: The alert with the steps it has taken now, and the entries about them.
        notifications: For the outbox. One with `Purpose.FLOOD` is put together with one for the
            same rule and channel that waits there untried, if there is one: see `merged_flood`.
        held_back: How many messages the flood limit held back; a message with `Purpose.FLOOD`
            tells their number as soon as the limit allows.
    """

    change: Change
    notifications: tuple[NewNotification, ...]
    held_back: int = 0


def plan(  # noqa: PLR0917 - the alert, whom it may be told, and what was told before
    change: Change,
    rule_cool_down_s: float,
    plan_uid: str,
    reach: Reach,
    lately: Sequence[SentLately],
    now: datetime,
    zone: ZoneInfo,
) -> Planned:
    """Take the steps of the plan that are due for an alert as it is now.

    An alert that is acknowledged, shelved or closed takes no further step; one that has returned
    unseen only goes on if it is critical, and is told once in any case. One that was raised
    again within its cool-down takes none either, unless it became more serious. Recipients who
    are not on call are passed over; a step that nobody is left for lets the next one come at
    once, so that no alert falls between two shifts; behind the last one it is the screen.
    When a shelving is over, those who were told before are told again, and the plan goes on.

    Args:
        change: The alert after what happened last; with empty entries if only time passed.
        rule_cool_down_s: Of its rule, seconds.
        plan_uid: Of its rule.
        reach: Who and what can be reached.
        lately: Oldest first; also of what was planned for other alerts in the same moment, see
            `counted`.
        now: UTC.
        zone: Whose clocks on-call hours go by.
    """
    moment = _Moment(change.alert, reach.plan(plan_uid), reach, now, zone)
    deeds = {entry.deed for entry in change.entries}
    tellings: list[_Telling] = []
    step = change.alert.step
    is_quiet = _is_cooling(change.alert, rule_cool_down_s, now)
    if _goes_on(change.alert, now):
        if _comes_out(change.alert, now) or (not is_quiet and not deeds.isdisjoint(_ANEW)):
            tellings += moment.again()
        elif Deed.JOINED in deeds:
            tellings += moment.joined(is_quiet=is_quiet)
        if not (is_quiet and step == 0):
            step, taken = moment.due()
            tellings += taken
    elif Deed.RETURNED in deeds and moment.plan.tells_return and not change.alert.is_shelved(now):
        tellings += moment.over()
    return _planned(change, moment, step, tellings, lately)


def next_step_at(change: Change, plan_uid: str, reach: Reach) -> datetime | None:
    """Return when the next step of an alert is due, UTC; None if there is none."""
    alert = change.alert
    if alert.shelving is not None and not alert.state.is_seen and _is_put_aside(alert):
        return alert.shelving.until
    for step in _steps(reach.plan(plan_uid))[alert.step :]:
        if _is_for(step, alert) and _goes_on_to(step, alert):
            return _due_at(step, alert)
    return None


# ---------------------------------------------------------------- which steps


def _steps(ladder: Plan) -> list[PlanStep]:
    return sorted(ladder.steps, key=lambda step: step.after_s)


def _is_for(step: PlanStep, alert: Alert) -> bool:
    return alert.severity.rank >= step.from_severity.rank


def _due_at(step: PlanStep, alert: Alert) -> datetime:
    return _begun_at(alert) + timedelta(seconds=step.after_s)


def _begun_at(alert: Alert) -> datetime:
    """Return the moment that the steps of its plan count from."""
    begun = alert.again_at or alert.raised_at
    if alert.shelving is not None:  # the time that it was put aside does not count
        begun = max(begun, alert.shelving.until)
    return begun


def _is_put_aside(alert: Alert) -> bool:
    """Tell whether nothing was done with it since its shelving was to end."""
    return alert.shelving is not None and alert.changed_at < alert.shelving.until


def _comes_out(alert: Alert, now: datetime) -> bool:
    return alert.shelving is not None and alert.shelving.until <= now and _is_put_aside(alert)


def _goes_on(alert: Alert, now: datetime) -> bool:
    return not alert.is_shelved(now) and not alert.state.is_seen


def _goes_on_to(step: PlanStep, alert: Alert) -> bool:
    """Tell whether an alert in its state comes to a step.

    What is over and is not critical wakes nobody later on; that it was there is told.
    """
    if alert.state is AlertState.RETURNED:
        return alert.severity is Severity.CRITICAL or step.after_s == 0
    return not alert.state.is_seen


def _is_cooling(alert: Alert, cool_down_s: float, now: datetime) -> bool:
    """Tell whether it was told lately, and is no more serious than then."""
    if alert.told_at is None:
        return False
    if alert.told_severity is not None and alert.severity.rank > alert.told_severity.rank:
        return False
    # Told in the future means that the clock was set back: rather told twice than never.
    return alert.told_at <= now < alert.told_at + timedelta(seconds=cool_down_s)


@dataclass(frozen=True, slots=True)
class _Telling:
    """One message that is to be sent, before the flood limit has looked at it.

    Attributes:
        people: Whose addresses these are; or what is told where nobody is named.
        left_out: How many more than one message may have.
    """

    purpose: Purpose
    channel: ChannelKind
    channel_uid: str = ""
    addresses: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Moment:
    """An alert, and what its plan comes to now."""

    alert: Alert
    plan: Plan
    reach: Reach
    now: datetime
    zone: ZoneInfo

    def due(self) -> tuple[int, list[_Telling]]:
        """Return how many steps are taken after this moment, and what they tell."""
        steps = _steps(self.plan)
        taken, found, is_hurried = self.alert.step, [], False
        for step in steps[self.alert.step :]:
            is_due = _due_at(step, self.alert) <= self.now
            if not (is_due or is_hurried) or not _goes_on_to(step, self.alert):
                break
            taken += 1
            if not _is_for(step, self.alert):
                continue
            purpose = Purpose.ESCALATION if step.after_s and is_due else Purpose.ALERT
            telling = self._telling(step, purpose)
            if telling is not None:
                found.append(telling)
            is_hurried = telling is None
        if is_hurried and taken == len(steps):
            found.append(_Telling(Purpose.ALERT, ChannelKind.POPUP))
        return taken, found

    def again(self) -> list[_Telling]:
        """Return what tells those anew who were told before, and who is told of such alerts."""
        found = self._of_taken(Purpose.ALERT)
        if not found and self.alert.step:
            return [_Telling(Purpose.ALERT, ChannelKind.POPUP)]  # nobody of them is left
        return found

    def joined(self, *, is_quiet: bool) -> list[_Telling]:
        """Return what tells of more subjects than before."""
        if self.now - _begun_at(self.alert) <= _GATHERS:
            return [one for one in self._of_taken(Purpose.ALERT) if not one.channel.is_local]
        return [] if is_quiet else self.again()

    def over(self) -> list[_Telling]:
        """Return what tells those who were told that it is over."""
        found = self._of_taken(Purpose.RETURNED)
        return [one for one in found if one.channel is not ChannelKind.SOUND]

    def _of_taken(self, purpose: Purpose) -> list[_Telling]:
        taken = _steps(self.plan)[: self.alert.step]
        found = [self._telling(step, purpose) for step in taken if _is_for(step, self.alert)]
        return [one for one in found if one is not None]

    def _telling(self, step: PlanStep, purpose: Purpose) -> _Telling | None:
        """Return whom a step tells now; None if nobody is left."""
        if step.channel.is_local:
            return _Telling(purpose, step.channel)
        channel = self.reach.channels.get(step.channel_uid)
        if channel is None or not _is_usable(channel, step.channel):
            return None
        if not step.channel.has_recipients:
            return _Telling(purpose, step.channel, channel.uid)
        names: dict[str, str] = {}
        for one in self.reach.people(step.to):
            address = one.email if step.channel is ChannelKind.EMAIL else one.phone
            if address and one.is_enabled and one.on_call.is_on(self.now, self.zone):
                names.setdefault(address, one.name)
        if not names:
            return None
        people = tuple(names.values())
        return _Telling(purpose, step.channel, channel.uid, tuple(names), people)


def _is_usable(channel: Channel, kind: ChannelKind) -> bool:
    settings = channel.settings
    is_only_alive = isinstance(settings, WebhookSettings) and not settings.sends_alerts
    return channel.is_enabled and channel.kind is kind and not is_only_alive


# ---------------------------------------------------------------- what is sent


def _joined(tellings: Sequence[_Telling]) -> list[_Telling]:
    """Put together what would go over one channel at once: one message, to all of them."""
    found: dict[tuple[ChannelKind, str], _Telling] = {}
    for one in tellings:
        key = one.channel, one.channel_uid
        before = found.setdefault(key, one)
        if before is not one:
            addresses = dict.fromkeys((*before.addresses, *one.addresses))
            people = dict.fromkeys((*before.people, *one.people))
            found[key] = replace(before, addresses=tuple(addresses), people=tuple(people))
    return [
        replace(
            one,
            addresses=one.addresses[:MOST_ADDRESSES],
            left_out=max(0, len(one.addresses) - MOST_ADDRESSES),
        )
        for one in found.values()
    ]


def _planned(
    change: Change,
    moment: _Moment,
    step: int,
    tellings: Sequence[_Telling],
    lately: Sequence[SentLately],
) -> Planned:
    alert = change.alert
    notifications: list[NewNotification] = []
    told: list[str] = []
    held_back = 0
    sent = list(lately)
    for telling in _joined(tellings):
        message = _message(alert, telling, moment)
        due = flood.free_at(message, alert.rule_uid, sent, moment.now)
        how = _how(telling, moment.reach)
        if due > moment.now:
            held_back += 1
            told.append(f"{how}: held back, so that it is not flooded")
            if telling.channel is ChannelKind.SOUND:
                continue  # what was to be heard is heard with the others
            message = flood.summed_up(message, alert, due)
        else:
            told.append(how)
        notifications.append(message)
        sent.extend(counted([message], alert.rule_uid))
    if step == alert.step and not told:
        return Planned(change, ())
    entry = AlertEntry(moment.now, "system", Deed.ESCALATED, "; ".join(told))
    # A change that something made has its version already; one that only time made has not.
    version = alert.version if change.entries else alert.version + 1
    after = replace(alert, step=step, version=version, changed_at=moment.now)
    entries = (*change.entries, *([entry] if told else []))
    return Planned(Change(after, entries), tuple(notifications), held_back)


def _message(alert: Alert, telling: _Telling, moment: _Moment) -> NewNotification:
    purpose = Purpose.DRILL if alert.is_drill else telling.purpose
    subject, text = letter(alert, telling.purpose, moment.now, moment.zone)
    channel = moment.reach.channels.get(telling.channel_uid)
    return NewNotification(
        alert.uid,
        purpose,
        telling.channel,
        telling.channel_uid,
        telling.addresses,
        alert.severity,
        subject,
        text,
        moment.now,
        data=_facts(alert),
        has_picture=channel is not None
        and isinstance(channel.settings, EmailSettings)
        and channel.settings.attaches_picture
        and bool(alert.camera_ids),
    )


def _facts(alert: Alert) -> dict[str, object]:
    """Return what a webhook gets beside the words."""
    return {
        "alert": alert.uid,
        "rule": alert.rule_name,
        "kind": alert.kind,
        "state": alert.state.value,
        "raised_at": alert.raised_at.isoformat(),
        "subjects": [part.name for part in alert.parts],
        "cameras": list(alert.camera_ids),
        "common": alert.common,
        "value": alert.value,
        "threshold": alert.threshold,
        "coverage": alert.coverage,
        "is_drill": alert.is_drill,
    }


_WAYS = {
    ChannelKind.POPUP: "on the screens",
    ChannelKind.SOUND: "sound",
    ChannelKind.EMAIL: "e-mail",
    ChannelKind.SMS: "text message",
    ChannelKind.WEBHOOK: "webhook",
}


def _how(telling: _Telling, reach: Reach) -> str:
    """Say "e-mail “Office” to Anna and Ben"."""
    way = _WAYS[telling.channel]
    channel = reach.channels.get(telling.channel_uid)
    if channel is not None:
        way = f"{way} “{channel.name}”"
    if telling.people:
        way = f"{way} to {', '.join(telling.people)}"
    if telling.left_out:
        way = f"{way} ({telling.left_out} more than one message may have were left out)"
    return way
