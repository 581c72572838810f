"""The limit of how much is sent, and what tells of that which was held back. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from camwatch.alerts.alert import Alert
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import MOST_ADDRESSES
from camwatch.alerts.plain import one_line
from camwatch.alerts.rules import Severity
from camwatch.language import marked, tr

PER_MINUTE = 1
"""Messages that one rule may send to one channel within a minute; popups and sounds: 10."""

PER_TEN_MINUTES = 30
"""Messages to one channel within ten minutes, of all rules together; popups and sounds: 60."""

LOCAL_PER_MINUTE = 10
LOCAL_PER_TEN_MINUTES = 60

KEPT_FOR_CRITICAL = 5
"""Of those within ten minutes so many are only for critical alerts: others cannot block them."""

_MINUTE = timedelta(minutes=1)
_TEN_MINUTES = timedelta(minutes=10)
_MOST_TITLES = 10
_MOST_ALERTS = 100
_LONGEST_TITLE = 200
_HELD_BACK = marked("This was held back for a short while, so that you are not flooded.")


@dataclass(frozen=True, slots=True)
class SentLately:
    """What was put into the outbox in the last ten minutes, for the flood limit.

    Attributes:
        at: When it is due, UTC: of what tells of a flood this may lie ahead.
        rule_uid: Whose alert it was about.
        channel_key: Kind and uid, such as "email:…" or "popup:".
    """

    at: datetime
    rule_uid: str
    channel_key: str


def channel_key(message: NewNotification) -> str:
    """Return by which messages to one channel are counted."""
    return f"{message.channel.value}:{message.channel_uid}"


def counted(messages: Iterable[NewNotification], rule_uid: str) -> list[SentLately]:
    """Return how messages that were just planned count for those that come next."""
    return [SentLately(one.due_at, rule_uid, channel_key(one)) for one in messages]


def free_at(
    message: NewNotification, rule_uid: str, lately: Sequence[SentLately], now: datetime
) -> datetime:
    """Return when a message may be sent at the earliest: now, or later, UTC."""
    is_local = message.channel.is_local
    key = channel_key(message)
    same = [one for one in lately if one.channel_key == key]
    per_minute = LOCAL_PER_MINUTE if is_local else PER_MINUTE
    per_ten = LOCAL_PER_TEN_MINUTES if is_local else PER_TEN_MINUTES
    if message.severity is not Severity.CRITICAL:
        per_ten -= KEPT_FOR_CRITICAL
    of_rule = [one.at for one in same if one.rule_uid == rule_uid]
    return max(
        _free(of_rule, per_minute, _MINUTE, now),
        _free([one.at for one in same], per_ten, _TEN_MINUTES, now),
    )


def _free(moments: Iterable[datetime], most: int, window: timedelta, now: datetime) -> datetime:
    """Return the first moment at which one more fits, so that no window holds more than `most`."""
    # What lies ahead counts as well: else it and this one could come within one window.
    within = sorted(one for one in moments if one > now - window)
    if len(within) < most:
        return now
    ends = (one + window for one in within)
    return next(at for at in (now, *ends) if at >= now and _fits(at, within, most, window))


def _fits(at: datetime, within: Sequence[datetime], most: int, window: timedelta) -> bool:
    around = sorted([*(one for one in within if at - window < one < at + window), at])
    return all(
        bisect_left(around, begin + window) - place <= most
        for place, begin in enumerate(around)
        if begin <= at
    )


def summed_up(message: NewNotification, alert: Alert, due_at: datetime) -> NewNotification:
    """Return what tells later of a message that is held back."""
    data: dict[str, object] = {
        **message.data,
        "held_back": 1,
        "rule": alert.rule_name,
        "titles": [one_line(message.subject, _LONGEST_TITLE)],
        "alerts": [alert.uid],
        "is_drill": alert.is_drill,
    }
    text = f"{message.text}\n\n{tr(_HELD_BACK)}"
    return replace(message, purpose=Purpose.FLOOD, due_at=due_at, text=text, data=data)


def merged_flood(waiting: NewNotification, more: NewNotification) -> NewNotification:
    """Put what tells of held back messages together with what waits untried in the outbox.

    Both are for the same rule and channel. Of one alert only the newest words are told; of
    several, how many there are, and the titles of the first.

    Args:
        waiting: With `Purpose.FLOOD`.
        more: Likewise, of one alert.
    """
    held = dict(zip(_texts(waiting.data, "alerts"), _texts(waiting.data, "titles"), strict=False))
    news = dict(zip(_texts(more.data, "alerts"), _texts(more.data, "titles"), strict=False))
    count = _count(waiting.data) + len(news.keys() - held.keys())
    held |= news
    merged = replace(
        more,
        alert_uid=waiting.alert_uid,
        addresses=_addresses(waiting, more),
        severity=max(waiting.severity, more.severity, key=lambda one: one.rank),
        due_at=min(waiting.due_at, more.due_at),
    )
    if count == 1:
        return merged
    data: dict[str, object] = {
        "held_back": count,
        "rule": more.data.get("rule", ""),
        "titles": list(held.values())[:_MOST_ALERTS],
        "alerts": list(held)[:_MOST_ALERTS],
        "is_drill": bool(waiting.data.get("is_drill")) and bool(more.data.get("is_drill")),
    }
    return _worded(replace(merged, has_picture=False), data)


def _worded(message: NewNotification, data: Mapping[str, object]) -> NewNotification:
    count, rule = _count(data), data["rule"]
    titles = Counter(_texts(data, "titles"))
    told = [
        f"- {title}" if times == 1 else tr("- {title} ({times} times)", title=title, times=times)
        for title, times in list(titles.items())[:_MOST_TITLES]
    ]
    if (left := count - sum(list(titles.values())[:_MOST_TITLES])) > 0:
        told.append(tr("- and {left:,} more", left=left))
    begin = tr(
        "{count:,} alerts of the rule “{rule}” were held back, so that you are not flooded:",
        count=count,
        rule=rule,
    )
    text = "\n\n".join([begin, "\n".join(told), tr("The page Alerts shows all of them.")])
    subject = tr("{count:,} more alerts of the rule “{rule}”", count=count, rule=rule)
    return replace(message, subject=subject, text=text, data=data)


def _count(data: Mapping[str, object]) -> int:
    found = data.get("held_back")
    return found if isinstance(found, int) else 1


def _texts(data: Mapping[str, object], name: str) -> list[str]:
    found = data.get(name)
    return [str(one) for one in found] if isinstance(found, list | tuple) else []


def _addresses(one: NewNotification, other: NewNotification) -> tuple[str, ...]:
    found = {each.casefold(): each for each in (*other.addresses, *one.addresses)}
    return tuple(found.values())[:MOST_ADDRESSES]
