"""The alerts that are listed now: what was read, and what has changed since. Knows no Qt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import MOST_ALERTS
from camwatch.ui.alerts.inbox.filter_bar import Wanted
from camwatch.ui.alerts.inbox.order import rank


class Listing:
    """Keeps what fits, in order, and no more than can be listed.

    Attributes:
        is_cut: There are more than are listed.
        last: The newest of all alerts, as far as known; None if there was never one.
    """

    def __init__(self) -> None:
        self._kept: dict[str, Alert] = {}
        self.is_cut = False
        self.last: Alert | None = None

    def begin(self, alerts: Iterable[Alert], *, is_cut: bool, last: Alert | None) -> None:
        """Take what was read, instead of all before."""
        self._kept = {alert.uid: alert for alert in alerts}
        self.is_cut = is_cut
        self.last = last

    def take(self, alerts: Iterable[Alert]) -> None:
        """Take in what has changed."""
        for alert in alerts:
            self._kept[alert.uid] = alert
            if self.last is None or alert.raised_at > self.last.raised_at:
                self.last = alert

    def fitting(self, wanted: Wanted, now: datetime) -> list[Alert]:
        """Return what is to be listed, from the top, and forget the rest."""
        found = [one for one in self._kept.values() if wanted.takes(one, now)]
        if len(found) > MOST_ALERTS:
            found.sort(key=lambda one: one.raised_at, reverse=True)
            del found[MOST_ALERTS:]
            self.is_cut = True
        found.sort(key=lambda one: rank(one, now))
        self._kept = {one.uid: one for one in found}
        return found

    def order(self, now: datetime) -> list[str]:
        """Return the uids of what is listed in the order of this moment."""
        return [one.uid for one in sorted(self._kept.values(), key=lambda one: rank(one, now))]
