"""The alerts that are open or may be raised again, and which alert a new trouble belongs to.

All times are seconds on the clock that nobody sets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from camwatch.alerts.alert import Subject
from camwatch.alerts.notification import LIVES
from camwatch.alerts.rules import Severity
from camwatch.domain import CameraId

GROUP_S = 5.0
"""Troubles of cameras that begin within this time under one rule become one alert."""

MOST_NEW = 20
"""A rule opens at most so many alerts in a minute; more subjects join the newest of them."""

_MINUTE_S = 60.0

_APART = timedelta(milliseconds=2)

_CAUSE_LAGS_S = 120.0
"""A common cause is recognised so long after its first cameras were told of, at most."""


@dataclass(slots=True)
class Known:
    """An alert as the engine knows it.

    Attributes:
        uid: UUID text.
        severity: The highest that it reached.
        opened_s: When it was made.
        began_s: Since when its first subject had held then.
        active_s: When something about it was last raised or returned.
        told_s: When it was last delivered; None if nobody was told yet.
        is_asked: Somebody is to be told, and was not yet since.
        common: What its cameras have in common, as it was told.
        cause: Key of the cause that its cameras share; "" for none.
        holding: The subjects that hold.
        again: Those of them that were raised within the cool-down, when nobody was to be told.
        since: Since when each of its subjects held when it was raised last, by the wall clock.
    """

    uid: str
    severity: Severity
    opened_s: float
    began_s: float
    active_s: float
    told_s: float | None = None
    is_asked: bool = True
    common: str = ""
    cause: str = ""
    holding: dict[Subject, None] = field(default_factory=dict)
    again: dict[Subject, None] = field(default_factory=dict)
    since: dict[Subject, datetime] = field(default_factory=dict)

    def begin(self, subject: Subject, since: datetime) -> None:
        """Note since when a subject holds; never the same moment as the time before.

        By this moment a signal that is given twice is told from one that is new.
        """
        before = self.since.get(subject)
        if before is not None and abs(since - before) < _APART:
            since = before + _APART
        self.since[subject] = since


@dataclass(frozen=True, slots=True)
class Trouble:
    """What begins to be told of.

    Attributes:
        began_s: Since when it holds.
        is_grouped: It joins others that begin at the same time.
        cause: Key of a cause that goes on and that covers it; "" for none.
        common: What the cause's cameras have in common.
    """

    subject: Subject
    severity: Severity
    began_s: float
    is_grouped: bool
    cause: str = ""
    common: str = ""


class Book:
    """The alerts of one rule.

    Args:
        new_uid: Makes the uid of a new alert.
    """

    def __init__(self, new_uid: Callable[[], str]) -> None:
        self._new_uid = new_uid
        self.alerts: dict[str, Known] = {}
        self._last: dict[Subject, str] = {}
        self._by_cause: dict[str, str] = {}
        self._opened: deque[float] = deque(maxlen=MOST_NEW)
        self._newest = ""

    # ------------------------------------------------------------------ asking

    def cool_down_left_s(self, subject: Subject, cool_down_s: float, now_s: float) -> float:
        """Return for how long a subject tells nobody anew; 0.0 if it may."""
        alert = self.alerts.get(self._last.get(subject, ""))
        if alert is None or alert.told_s is None:
            return 0.0
        return max(alert.told_s + cool_down_s - now_s, 0.0)

    def is_flooded(self, now_s: float) -> bool:
        """Tell whether so many alerts were opened within a minute that no more may be."""
        return len(self._opened) == MOST_NEW and now_s - self._opened[0] < _MINUTE_S

    def alert_of(self, subject: Subject) -> Known | None:
        """Return the alert in which a subject holds; None if it does in none."""
        alert = self.alerts.get(self._last.get(subject, ""))
        return alert if alert is not None and subject in alert.holding else None

    # ----------------------------------------------------------------- changing

    def admit(self, trouble: Trouble, cool_down_s: float, now_s: float) -> tuple[Known, bool]:
        """Let a trouble join the alert that it belongs to, or open one; True if it is new.

        In this order it joins the alert of the cause that covers it; the one that it was part of
        when its cool-down goes on; the one that was opened just now; if too many were opened,
        the newest.
        """
        alert = self._home_of(trouble, cool_down_s, now_s)
        is_new = alert is None
        if alert is None:
            uid = self._new_uid()
            alert = Known(uid, trouble.severity, now_s, trouble.began_s, now_s)
            alert.cause, alert.common = trouble.cause, trouble.common
            self.alerts[uid] = alert
            self._newest = uid
            self._opened.append(now_s)
            if trouble.cause:
                self._by_cause[trouble.cause] = uid
        elif alert.told_s is not None and now_s < alert.told_s + cool_down_s:
            alert.again[trouble.subject] = None
        else:
            alert.is_asked = True
        alert.holding[trouble.subject] = None
        alert.active_s = now_s
        self._last[trouble.subject] = alert.uid
        return alert, is_new

    def _home_of(self, trouble: Trouble, cool_down_s: float, now_s: float) -> Known | None:
        by_cause = self.alerts.get(self._by_cause.get(trouble.cause, ""))
        if by_cause is not None:
            return by_cause
        last = self.alerts.get(self._last.get(trouble.subject, ""))
        if last is not None and self._is_quiet(last, cool_down_s, now_s):
            return last
        newest = self.alerts.get(self._newest)
        if newest is None:
            return None
        is_together = (
            now_s - newest.opened_s <= GROUP_S or abs(trouble.began_s - newest.began_s) <= GROUP_S
        )
        if trouble.is_grouped and is_together and newest.cause == trouble.cause:
            return newest
        return newest if self.is_flooded(now_s) else None

    @staticmethod
    def _is_quiet(alert: Known, cool_down_s: float, now_s: float) -> bool:
        """Tell whether what comes back belongs to the alert that it was part of.

        While a message about it waits to be delivered, its cool-down has not even begun; but
        once such a message is given up, what comes back is a new alert.
        """
        if cool_down_s <= 0:
            return False
        if alert.told_s is not None and now_s < alert.told_s + cool_down_s:
            return True
        lives_s = max(LIVES.total_seconds(), cool_down_s)
        return alert.is_asked and now_s - alert.active_s < lives_s

    def let_go(self, subject: Subject, now_s: float) -> Known | None:
        """Note that a subject does not hold any more; returns its alert, None if it had none."""
        alert = self.alert_of(subject)
        if alert is None:
            return None
        del alert.holding[subject]
        alert.again.pop(subject, None)
        alert.active_s = now_s
        return alert

    def part_with(self, subject: Subject) -> None:
        """Let the next trouble of a subject be another matter than its last one."""
        self._last.pop(subject, None)

    def told(self, alert_uid: str, now_s: float) -> None:
        """Note that an alert was delivered."""
        if (alert := self.alerts.get(alert_uid)) is not None:
            alert.told_s = now_s
            alert.is_asked = False
            alert.again.clear()

    def due_again(self, cool_down_s: float, now_s: float) -> list[tuple[Known, list[Subject]]]:
        """Return alerts whose cool-down is over, with what came back within it and holds still."""
        return [
            (alert, list(alert.again))
            for alert in self.alerts.values()
            if alert.again and alert.told_s is not None and now_s >= alert.told_s + cool_down_s
        ]

    @staticmethod
    def tell_again(alert: Known, subject: Subject, now_s: float) -> None:
        """Note that a subject that came back within the cool-down is told of now."""
        alert.again.pop(subject, None)
        alert.is_asked, alert.active_s = True, now_s

    def forget(self, cool_down_s: float, now_s: float) -> None:
        """Drop alerts that nothing can join any more."""
        kept = {self._newest} if self._opened and now_s - self._opened[-1] < _MINUTE_S else set()
        kept.update(self._by_cause.values())
        self.alerts = {
            uid: alert
            for uid, alert in self.alerts.items()
            if alert.holding or uid in kept or self._is_quiet(alert, cool_down_s, now_s)
        }
        self._last = {one: uid for one, uid in self._last.items() if uid in self.alerts}

    # ------------------------------------------------------------------- causes

    def cover(
        self, key: str, words: str, before: str, camera_ids: Collection[CameraId], now_s: float
    ) -> Known | None:
        """Know that cameras have a common cause.

        Args:
            key: Of the cause.
            words: What they have in common.
            before: What was said of this cause before; "" if it is new.
            camera_ids: That it covers.
            now_s: Now.

        Returns:
            The alert whose common part is another one now; None if there is none.
        """
        alert = self.alerts.get(self._by_cause.get(key, ""))
        if alert is None:
            alert = self._best_for(words, camera_ids, now_s)
            if alert is None:
                return None
            self._by_cause[key] = alert.uid
            alert.cause = alert.cause or key
        if alert.common == words or alert.common not in ("", before) or not alert.holding:
            return None
        alert.common = words
        return alert

    def _best_for(self, words: str, camera_ids: Collection[CameraId], now_s: float) -> Known | None:
        """Return the alert that most of these cameras are part of, if it began with them."""
        best, most = None, 0
        for alert in self.alerts.values():
            is_of_it = now_s - alert.opened_s <= _CAUSE_LAGS_S or alert.common == words
            count = sum(subject.camera_id in camera_ids for subject in alert.holding)
            if is_of_it and count > most:
                best, most = alert, count
        return best

    def uncover(self, key: str) -> None:
        """Know that a common cause is over; what it covered and fails now is another matter."""
        self._by_cause.pop(key, None)

    # ------------------------------------------------------------------ restart

    def restore(self, alert: Known, returned: Collection[Subject], now_s: float) -> None:
        """Take in an alert that was open before a restart; the oldest first."""
        self.alerts[alert.uid] = alert
        for subject in (*returned, *alert.holding):
            self._last[subject] = alert.uid
        if alert.cause and alert.holding:
            self._by_cause[alert.cause] = alert.uid
        if now_s - alert.opened_s < _MINUTE_S:
            self._newest = alert.uid
            self._opened.append(alert.opened_s)
