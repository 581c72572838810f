"""Who is told of an alert, when and by which way. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts import flood
from camwatch.alerts.alert import Alert, AlertEntry, Deed
from camwatch.alerts.flood import (
    PER_MINUTE,
    PER_TEN_MINUTES,
    SentLately,
    counted,
    merged_flood,
)
from camwatch.alerts.ladder import (
    Moment,
    Telling,
    comes_out,
    due_at,
    goes_on,
    goes_on_to,
    is_cooling,
    is_for,
    is_put_aside,
    put_together,
    steps_of,
)
from camwatch.alerts.letters import letter
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import (
    ChannelKind,
)
from camwatch.alerts.reach import Reach
from camwatch.alerts.settings import EmailSettings
from camwatch.language import table, tr

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
    before: Alert | None = None,
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
        before: The alert as it was before what happened last; None if only time passed.
    """
    moment = Moment(change.alert, reach.plan(plan_uid), reach, now, zone)
    deeds = {entry.deed for entry in change.entries}
    tellings: list[Telling] = []
    step = change.alert.step
    is_quiet = is_cooling(change.alert, rule_cool_down_s, now)
    if goes_on(change.alert, now):
        # What happened just after its shelving had ended must not hide that it comes out.
        if comes_out(before or change.alert, now) or (not is_quiet and not deeds.isdisjoint(_ANEW)):
            tellings += moment.again()
        elif Deed.JOINED in deeds:
            tellings += moment.joined(is_quiet=is_quiet)
        if not (is_quiet and step == 0):
            step, taken = moment.due()
            tellings += taken
    elif Deed.RETURNED in deeds and moment.plan.tells_return and not change.alert.is_shelved(now):
        tellings += moment.over()
    return _planned(change, moment, step, tellings, lately)


def next_step_at(
    change: Change, plan_uid: str, reach: Reach, now: datetime | None = None
) -> datetime | None:
    """Return when the next step of an alert is due, UTC; None if there is none.

    Args:
        change: The alert after what happened last.
        plan_uid: Of its rule.
        reach: Who and what can be reached.
        now: See `ladder.due_at`.
    """
    alert = change.alert
    if alert.shelving is not None and not alert.state.is_seen and is_put_aside(alert):
        return alert.shelving.until
    for step in steps_of(reach.plan(plan_uid))[alert.step :]:
        if is_for(step, alert) and goes_on_to(step, alert):
            return due_at(step, alert, now)
    return None


# ---------------------------------------------------------------- what is sent


def _planned(
    change: Change,
    moment: Moment,
    step: int,
    tellings: Sequence[Telling],
    lately: Sequence[SentLately],
) -> Planned:
    alert = change.alert
    notifications: list[NewNotification] = []
    told: list[str] = []
    held_back = 0
    sent = list(lately)
    for telling in put_together(tellings):
        message = _message(alert, telling, moment)
        due = flood.free_at(message, alert.rule_uid, sent, moment.now)
        how = _how(telling, moment.reach)
        if due > moment.now:
            held_back += 1
            told.append(tr("{how}: held back, so that it is not flooded", how=how))
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


def _message(alert: Alert, telling: Telling, moment: Moment) -> NewNotification:
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


_WAYS = table(
    lambda: {
        ChannelKind.POPUP: tr("on the screens"),
        ChannelKind.SOUND: tr("sound"),
        ChannelKind.EMAIL: tr("e-mail"),
        ChannelKind.SMS: tr("text message"),
        ChannelKind.WEBHOOK: tr("webhook"),
    }
)


def _how(telling: Telling, reach: Reach) -> str:
    """Say "e-mail “Office” to Anna and Ben"."""
    way = _WAYS[telling.channel]
    channel = reach.channels.get(telling.channel_uid)
    if channel is not None:
        way = f"{way} “{channel.name}”"
    if telling.people:
        way = tr("{way} to {names}", way=way, names=", ".join(telling.people))
    if telling.left_out:
        way = tr(
            "{way} ({left_out} more than one message may have were left out)",
            way=way,
            left_out=telling.left_out,
        )
    return way
