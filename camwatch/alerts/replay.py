"""Tells which decisions were carried out before, so that none is carried out twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from camwatch.alerts.alert import Alert, AlertPart, Subject
from camwatch.alerts.signals import Raised, Signal


def carried_out(alert: Alert | None, signals: Sequence[Signal], at: datetime) -> int:
    """Return how many of the first signals about an alert it bears already.

    A decision whose storing failed with an unknown outcome is given again. What an alert bears
    is told by its parts: each begins at its own moment and returns once.

    Args:
        alert: As it is stored; None if it is not.
        signals: About this alert, in their order.
        at: When they were decided, UTC; the same when they are given again.
    """
    if alert is None or alert.changed_at < at:
        # What was done to it was done before that. It may be told anew what it bears.
        return 0
    parts = {part.subject: part for part in alert.parts}
    begun: dict[Subject, datetime] = {}
    behind: set[Subject] = set()
    found = 0
    for count, signal in enumerate(signals, 1):
        is_over = not isinstance(signal, Raised)
        if isinstance(signal, Raised):
            if signal.severity.rank > alert.severity.rank:
                break
            begun |= {part.subject: part.since for part in signal.parts}
            subjects = tuple(part.subject for part in signal.parts)
        else:
            subjects = signal.subjects
        for subject in subjects:
            if _is_as_far(parts.get(subject), begun.get(subject), is_over):
                behind.discard(subject)
            else:
                behind.add(subject)
        if not behind:
            found = count
    return found


def _is_as_far(part: AlertPart | None, since: datetime | None, over: bool) -> bool:
    if part is None:
        return since is None  # what was never raised cannot return
    if since is not None and part.since != since:
        return part.since > since
    return not over or part.returned_at is not None
