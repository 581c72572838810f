"""Alerts in the words, shapes and colours of an operator."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch import language
from camwatch.alerts.alert import Alert, AlertEntry, AlertPart, AlertState, Deed
from camwatch.alerts.notification import Notification, NotificationState, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.domain import Reason
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.accuracy.wording import day
from camwatch.ui.alerts.look import Look
from camwatch.ui.words import REASONS, and_more, sentence, whole_span

SYSTEM = "system"
"""The actor of what the program does by itself."""

_MOST_NAMES = 3


def state_look(alert: Alert, now: datetime) -> Look:
    """Return how an alert's state looks; that it is shelved goes before."""
    tokens = theme.current()
    if alert.state.is_open and alert.is_shelved(now):
        return Look("archive", tr("Shelved"), tokens.muted)
    return {
        AlertState.UNACKNOWLEDGED: Look("bell-ring", tr("Unacknowledged"), tokens.text),
        AlertState.ACKNOWLEDGED: Look("check", tr("Acknowledged"), tokens.ok),
        AlertState.RETURNED: Look("rotate-ccw", tr("Over, unseen"), tokens.warning),
        AlertState.CLOSED: Look("circle-check", tr("Closed"), tokens.muted),
    }[alert.state]


STATE_HINTS: Mapping[AlertState, str] = table(
    lambda: {
        AlertState.UNACKNOWLEDGED: tr("It holds, and nobody has said that they know."),
        AlertState.ACKNOWLEDGED: tr("It still holds, and somebody knows."),
        AlertState.RETURNED: tr("It is over, but nobody has seen it yet. Acknowledging closes it."),
        AlertState.CLOSED: tr("It is over, and somebody has seen it."),
    }
)

_DEEDS: Mapping[Deed, str] = table(
    lambda: {
        Deed.RAISED: tr("raised the alert"),
        Deed.JOINED: tr("added to it"),
        Deed.RAISED_AGAIN: tr("raised it again"),
        Deed.WORSENED: tr("made it more serious"),
        Deed.PART_RETURNED: tr("noted a return"),
        Deed.RETURNED: tr("noted that it is over"),
        Deed.ACKNOWLEDGED: tr("acknowledged it"),
        Deed.SHELVED: tr("shelved it"),
        Deed.UNSHELVED: tr("took it off the shelf"),
        Deed.OWNED: tr("changed who takes care of it"),
        Deed.COMMENTED: tr("commented"),
        Deed.ESCALATED: tr("told the next ones"),
        Deed.CLOSED: tr("closed it"),
    }
)

_CHANNELS: Mapping[ChannelKind, Look] = table(
    lambda: {
        ChannelKind.POPUP: Look("message-square", tr("Popup"), ""),
        ChannelKind.SOUND: Look("volume-2", tr("Sound"), ""),
        ChannelKind.EMAIL: Look("mail", "E-mail", ""),
        ChannelKind.SMS: Look("phone", "SMS", ""),
        ChannelKind.WEBHOOK: Look("webhook", tr("Webhook"), ""),
    }
)

_SENT: Mapping[NotificationState, str] = table(
    lambda: {
        NotificationState.WAITING: tr("waiting"),
        NotificationState.DELIVERED: tr("delivered"),
        NotificationState.FAILED: tr("refused for good"),
        NotificationState.EXPIRED: tr("given up: not delivered in time"),
        NotificationState.CANCELLED: tr("not needed any more"),
    }
)

_PURPOSES: Mapping[Purpose, str] = table(
    lambda: {
        Purpose.ESCALATION: tr("escalation"),
        Purpose.RETURNED: tr("that it is over"),
        Purpose.FLOOD: tr("about those held back"),
        Purpose.DRILL: tr("drill"),
        Purpose.TEST: tr("test"),
        Purpose.CANARY: tr("daily proof"),
    }
)


def shown(text: str) -> str:
    """Prepare a text from outside for the screen or paper, where it must not play tricks.

    Signs that turn the direction of writing, or cannot be seen, are shown by their number;
    a line break stays.
    """
    if text.isprintable():
        return text
    return "".join(
        one
        if one == "\n" or unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
        else f"⟨{ord(one):04X}⟩"
        for one in text.replace("\r\n", "\n")
    )


def one_line(text: str) -> str:
    """Return a text from outside as one line."""
    return shown(" ".join(text.split("\n")))


def actor(name: str) -> str:
    """Say who did something."""
    return "CamWatch" if name == SYSTEM else one_line(name)


def moment(at: datetime, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Say "14:02:07" of today, else "2026-11-26 14:02:07", on the site's clock."""
    local = at.astimezone(zone)
    is_today = now is not None and local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M:%S}" if is_today else f"{local:%Y-%m-%d %H:%M:%S}"


def short_moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Say "14:02:07" of today, else "26 Nov, 14:02", with the year if it is another one."""
    local = at.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%H:%M:%S}"
    return f"{day(at, zone, now)}, {local:%H:%M}"


def until(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Say "15:00" of today, else "2026-11-27 15:00"."""
    local = at.astimezone(zone)
    return (
        f"{local:%H:%M}"
        if local.date() == now.astimezone(zone).date()
        else f"{local:%Y-%m-%d %H:%M}"
    )


def age(alert: Alert, now: datetime) -> str:
    """Say for how long an alert is there, or how long it was."""
    end = alert.returned_at if alert.returned_at is not None else now
    return whole_span((end - alert.raised_at).total_seconds())


def alerts(count: int) -> str:
    """Say "1 alert" or "12 alerts"."""
    return tr("1 alert") if count == 1 else tr("{count:,} alerts", count=count)


def name(alert: Alert) -> str:
    """Say "alert 214"."""
    return tr("alert {number}", number=alert.number) if alert.number else tr("this alert")


def title(alert: Alert) -> str:
    """Return an alert's title as one line."""
    return one_line(alert.title)


def subjects(alert: Alert) -> str:
    """Name what an alert is about in a few words: "Hall, Gate and 4 more"."""
    names = list(dict.fromkeys(one_line(part.name) for part in alert.parts if part.name))
    more = len(names) - _MOST_NAMES
    return and_more(names[:_MOST_NAMES], more)


def number(value: float) -> str:
    """Say "31" or "2.5"."""
    return language.number(value, ".0f" if value == int(value) else ".1f")


def reason(code: str) -> str:
    """Say why, of a camera's reason or the program's own sentence."""
    try:
        return REASONS[Reason(code)].short
    except (ValueError, KeyError):
        return one_line(code)


def part_line(part: AlertPart, zone: ZoneInfo, now: datetime) -> str:
    """Say all of one part: "Hall: since 14:02:07, 31, it did not answer in time"."""
    facts = [tr("since {moment}", moment=moment(part.since, zone, now))]
    if part.value is not None:
        facts.append(tr("value {number}", number=number(part.value)))
    if part.reason and (why := reason(part.reason)):
        facts.append(why)
    if part.returned_at is not None:
        facts.append(tr("over since {moment}", moment=moment(part.returned_at, zone, now)))
    name = one_line(part.name) or tr("All together")
    return f"{name}: {', '.join(facts)}"


def entry_line(entry: AlertEntry, zone: ZoneInfo, now: datetime | None = None) -> str:
    """Say "14:02:07 maria shelved it: cleaning"."""
    text = f": {shown(entry.text)}" if entry.text else ""
    return f"{moment(entry.at, zone, now)}  {actor(entry.actor)} {_DEEDS[entry.deed]}{text}"


def channel_look(kind: ChannelKind) -> Look:
    """Return how a channel looks."""
    return _CHANNELS[kind]


def sent_line(sent: Notification, zone: ZoneInfo, now: datetime) -> str:
    """Say how far a message is: by what, to whom, how often tried, what was answered."""
    new = sent.new
    parts = [_CHANNELS[new.channel].word]
    if new.addresses:
        parts[0] += tr(" to {names}", names=", ".join(one_line(one) for one in new.addresses))
    if new.purpose in _PURPOSES:
        parts[0] += f" ({_PURPOSES[new.purpose]})"
    state = _SENT[sent.state]
    if sent.state is NotificationState.DELIVERED and sent.delivered_at is not None:
        state += f" {moment(sent.delivered_at, zone, now)}"
        if sent.is_late(sent.delivered_at):
            state += tr(", late")
    elif sent.state is NotificationState.WAITING:
        if sent.next_at is not None and sent.attempts:
            state = tr("tried again {moment}", moment=moment(max(sent.next_at, now), zone, now))
        if sent.is_late(now):
            state += tr(", late")
    parts.append(state)
    if sent.attempts > 1:
        parts.append(tr("{attempts} attempts", attempts=sent.attempts))
    line = ", ".join(parts)
    return f"{line}: {shown(tr(sent.answer))}" if sent.answer else line


def states_line(alert: Alert, zone: ZoneInfo, now: datetime) -> Sequence[tuple[str, str]]:
    """Return when each thing happened to an alert, as names and values; those that did."""
    facts = [(tr("Raised"), moment(alert.raised_at, zone, now))]
    if alert.times > 1:
        facts.append((tr("How often"), tr("{times} times", times=alert.times)))
    if alert.acknowledged_at is not None:
        by = actor(alert.acknowledged_by) if alert.acknowledged_by else tr("somebody")
        facts.append(
            (
                tr("Acknowledged"),
                tr("{moment} by {by}", moment=moment(alert.acknowledged_at, zone, now), by=by),
            )
        )
    if alert.returned_at is not None:
        facts.append((tr("Over since"), moment(alert.returned_at, zone, now)))
    if alert.closed_at is not None:
        facts.append((tr("Closed"), moment(alert.closed_at, zone, now)))
    if alert.told_at is not None:
        facts.append((tr("Last delivered"), moment(alert.told_at, zone, now)))
    if alert.shelving is not None and alert.is_shelved(now):
        shelf = alert.shelving
        facts.append(
            (
                tr("Shelved"),
                tr(
                    "until {until} by {actor}: {shown}",
                    until=until(shelf.until, zone, now),
                    actor=actor(shelf.by),
                    shown=shown(shelf.reason),
                ),
            )
        )
    facts.append((tr("Owner"), one_line(alert.owner) or tr("nobody")))
    if alert.value is not None:
        limit = (
            tr(" (limit {number})", number=number(alert.threshold))
            if alert.threshold is not None
            else ""
        )
        facts.append((tr("Measured"), f"{number(alert.value)}{limit}"))
    if alert.coverage is not None:
        facts.append(
            (tr("Coverage"), tr("{coverage:.0%} of the time was measured", coverage=alert.coverage))
        )
    if alert.common:
        facts.append((tr("In common"), sentence(one_line(alert.common))))
    facts.append((tr("Rule"), one_line(alert.rule_name)))
    return facts
