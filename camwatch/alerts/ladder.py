"""The steps of an escalation plan: which are due, and whom they tell. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.notification import Purpose
from camwatch.alerts.people import MOST_ADDRESSES, ChannelKind, Plan, PlanStep
from camwatch.alerts.reach import Reach
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel, WebhookSettings

_GATHERS = timedelta(minutes=1)
"""Who was told outside of the window of one camera learns of those that join so soon after it,
whatever the cool-down; what is shown on the screen changes by itself."""

_CLOCKS_DIFFER = timedelta(minutes=1)
"""So far the clocks of computers with one history may be apart."""


def steps_of(ladder: Plan) -> list[PlanStep]:
    """Return the steps of a plan, by time."""
    return sorted(ladder.steps, key=lambda step: step.after_s)


def is_for(step: PlanStep, alert: Alert) -> bool:
    """Tell whether an alert is serious enough for a step."""
    return alert.severity.rank >= step.from_severity.rank


def due_at(step: PlanStep, alert: Alert, now: datetime | None = None) -> datetime:
    """Return when an alert takes a step, UTC.

    Of an alert that was raised before the clock was set back nobody knows how old it is. Its
    steps are due at once: rather told too early than years later.

    Args:
        step: Of its plan.
        alert: Which is not closed.
        now: UTC; None takes the clock for right.
    """
    begun_at = _begun_at(alert)
    if now is not None and alert.shelving is None and begun_at > now + _CLOCKS_DIFFER:
        return now
    return begun_at + timedelta(seconds=step.after_s)


def _begun_at(alert: Alert) -> datetime:
    """Return the moment that the steps of its plan count from."""
    begun = alert.again_at or alert.raised_at
    if alert.shelving is not None:  # the time that it was put aside does not count
        begun = max(begun, alert.shelving.until)
    return begun


def is_put_aside(alert: Alert) -> bool:
    """Tell whether nothing was done with it since its shelving was to end."""
    return alert.shelving is not None and alert.changed_at < alert.shelving.until


def comes_out(alert: Alert, now: datetime) -> bool:
    """Tell whether its shelving has just ended."""
    return alert.shelving is not None and alert.shelving.until <= now and is_put_aside(alert)


def goes_on(alert: Alert, now: datetime) -> bool:
    """Tell whether somebody is still to be told of an alert."""
    return not alert.is_shelved(now) and not alert.state.is_seen


def goes_on_to(step: PlanStep, alert: Alert) -> bool:
    """Tell whether an alert in its state comes to a step.

    What is over and is not critical wakes nobody later on; that it was there is told.
    """
    if alert.state is AlertState.RETURNED:
        return alert.severity is Severity.CRITICAL or step.after_s == 0
    return not alert.state.is_seen


def is_cooling(alert: Alert, cool_down_s: float, now: datetime) -> bool:
    """Tell whether it was told lately, and is no more serious than then."""
    if alert.told_at is None:
        return False
    if alert.told_severity is not None and alert.severity.rank > alert.told_severity.rank:
        return False
    # Told in the future means that the clock was set back: rather told twice than never.
    return alert.told_at <= now < alert.told_at + timedelta(seconds=cool_down_s)


@dataclass(frozen=True, slots=True)
class Telling:
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
class Moment:
    """An alert, and what its plan comes to now."""

    alert: Alert
    plan: Plan
    reach: Reach
    now: datetime
    zone: ZoneInfo

    def due(self) -> tuple[int, list[Telling]]:
        """Return how many steps are taken after this moment, and what they tell."""
        steps = steps_of(self.plan)
        taken, found, is_hurried = self.alert.step, [], False
        for step in steps[self.alert.step :]:
            is_due = due_at(step, self.alert, self.now) <= self.now
            if not (is_due or is_hurried) or not goes_on_to(step, self.alert):
                break
            taken += 1
            if not is_for(step, self.alert):
                continue
            purpose = Purpose.ESCALATION if step.after_s and is_due else Purpose.ALERT
            telling = self._telling(step, purpose)
            if telling is not None:
                found.append(telling)
            is_hurried = telling is None
        if is_hurried and taken == len(steps):
            found.append(Telling(Purpose.ALERT, ChannelKind.POPUP))
        return taken, found

    def again(self) -> list[Telling]:
        """Return what tells those anew who were told before, and who is told of such alerts."""
        found = self._of_taken(Purpose.ALERT)
        if not found and self.alert.step:
            return [Telling(Purpose.ALERT, ChannelKind.POPUP)]  # nobody of them is left
        return found

    def joined(self, *, is_quiet: bool) -> list[Telling]:
        """Return what tells of more subjects than before."""
        if self.now - _begun_at(self.alert) <= _GATHERS:
            return [one for one in self._of_taken(Purpose.ALERT) if not one.channel.is_local]
        return [] if is_quiet else self.again()

    def over(self) -> list[Telling]:
        """Return what tells those who were told that it is over."""
        found = self._of_taken(Purpose.RETURNED)
        return [one for one in found if one.channel is not ChannelKind.SOUND]

    def _of_taken(self, purpose: Purpose) -> list[Telling]:
        taken = steps_of(self.plan)[: self.alert.step]
        found = [self._telling(step, purpose) for step in taken if is_for(step, self.alert)]
        return [one for one in found if one is not None]

    def _telling(self, step: PlanStep, purpose: Purpose) -> Telling | None:
        """Return whom a step tells now; None if nobody is left."""
        if step.channel.is_local:
            return Telling(purpose, step.channel)
        channel = self.reach.channels.get(step.channel_uid)
        if channel is None or not _is_usable(channel, step.channel):
            return None
        if not step.channel.has_recipients:
            return Telling(purpose, step.channel, channel.uid)
        names: dict[str, str] = {}
        for one in self.reach.people(step.to):
            address = one.email if step.channel is ChannelKind.EMAIL else one.phone
            if address and one.is_enabled and one.on_call.is_on(self.now, self.zone):
                names.setdefault(address, one.name)
        if not names:
            return None
        people = tuple(names.values())
        return Telling(purpose, step.channel, channel.uid, tuple(names), people)


def _is_usable(channel: Channel, kind: ChannelKind) -> bool:
    settings = channel.settings
    is_only_alive = isinstance(settings, WebhookSettings) and not settings.sends_alerts
    return channel.is_enabled and channel.kind is kind and not is_only_alive


def put_together(tellings: Sequence[Telling]) -> list[Telling]:
    """Put together what would go over one channel at once: one message, to all of them."""
    found: dict[tuple[ChannelKind, str], Telling] = {}
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
