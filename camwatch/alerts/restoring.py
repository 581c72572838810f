"""What was open before a new start, until rules and cameras are known again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from camwatch.alerts.alert import Alert, Subject
from camwatch.alerts.book import Known
from camwatch.alerts.now import Now
from camwatch.alerts.outcome import Outcome
from camwatch.alerts.readings import Readings
from camwatch.alerts.rules import PlaceRef
from camwatch.alerts.scoping import Watched, kind_of
from camwatch.alerts.signals import Returned
from camwatch.alerts.standing import Moment, Post, Standing, shared_key
from camwatch.alerts.trouble import SHARED
from camwatch.language import tr


class Restored:
    """Keeps what was open before a new start, until it can be handed out to the rules."""

    def __init__(self) -> None:
        self._alerts: list[Alert] = []
        self._passed: Mapping[PlaceRef, tuple[int, int]] = {}
        self._day = date.min

    @property
    def is_waiting(self) -> bool:
        """True if something is kept."""
        return bool(self._alerts or self._passed)

    def take(
        self,
        alerts: Sequence[Alert],
        passed_today: Mapping[PlaceRef, tuple[int, int]],
        today: date,
    ) -> None:
        """Keep these.

        Args:
            alerts: See `Engine.restore`.
            passed_today: See `Engine.restore`.
            today: By the clocks of the site.
        """
        self._alerts = list(alerts)
        self._passed, self._day = passed_today, today

    def hand_out(
        self,
        standings: Mapping[str, Standing],
        readings: Readings,
        moment: Moment,
        outcome: Outcome,
    ) -> None:
        """Give each rule its alerts; what no rule owns any more returns."""
        if self._day == moment.local.date():
            for place, (came, went) in self._passed.items():
                if (passages := readings.passages.get(place)) is not None:
                    passages.passed_in += came
                    passages.passed_out += went
        self._passed = {}
        for alert in sorted(self._alerts, key=lambda one: one.raised_at):
            standing = standings.get(alert.rule_uid)
            holding = [part.subject for part in alert.parts if part.returned_at is None]
            if standing is None or alert.kind != kind_of(standing.rule):
                why = tr("rule removed") if standing is None else tr("rule changed")
                if holding:
                    outcome.add(Returned(alert.uid, alert.rule_uid, tuple(holding), True, why))
            else:
                _hand_over(alert, standing, holding, moment.now)
        self._alerts = []


def _hand_over(alert: Alert, standing: Standing, holding: Sequence[Subject], now: Now) -> None:
    opened_s = now.elapsed_at(alert.raised_at)
    known = Known(
        alert.uid,
        alert.severity,
        opened_s,
        opened_s,
        now.elapsed_at(alert.changed_at),
        None if alert.told_at is None else now.elapsed_at(alert.told_at),
        _is_asked(alert, standing.rule.cool_down_s, now),
        alert.common,
        shared_key(alert.common) if alert.common in SHARED.values() else "",
        dict.fromkeys(holding),
        since={part.subject: part.since for part in alert.parts},
    )
    if alert.times > 1 and alert.told_at is not None:
        # What came back after it was told is told of once the cool-down is over.
        since = {part.subject: part.since for part in alert.parts}
        known.again = {one: None for one in holding if since[one] > alert.told_at}
    returned = [part.subject for part in alert.parts if part.returned_at is not None]
    standing.book.restore(known, returned, now.elapsed_s)
    for part in alert.parts:
        if part.returned_at is None:
            # Its cameras and places are filled in once the rule looks what it watches.
            post = Post(Watched(part.subject, part.name), now.elapsed_at(part.since))
            post.shared = alert.common if known.cause else ""
            standing.posts.setdefault(part.subject, post)


def _is_asked(alert: Alert, cool_down_s: float, now: Now) -> bool:
    """Tell whether a message about an alert may wait to be delivered."""
    told_at = alert.told_at
    if told_at is None or alert.severity is not alert.told_severity:
        return True
    over_at = told_at + timedelta(seconds=cool_down_s)
    # What began after it was told was told of anew if it held when the cool-down was over.
    return any(
        part.since > told_at and (part.returned_at or now.wall) >= over_at for part in alert.parts
    )
