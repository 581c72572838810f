"""What follows from one fact or one moment, put together to few signals."""

from __future__ import annotations

from dataclasses import replace

from camwatch.alerts.signals import Raised, Returned, Signal


class Outcome:
    """Gathers signals; those that belong together become one, in the right order."""

    def __init__(self) -> None:
        self._signals: list[Signal] = []
        self._newest: dict[str, int] = {}

    def add(self, signal: Signal) -> None:
        """Add a signal, to the newest one of its alert if that is of the same kind."""
        place = self._newest.get(signal.alert_uid)
        joined = None if place is None else _joined(self._signals[place], signal)
        if place is not None and joined is not None:
            self._signals[place] = joined
            return
        self._newest[signal.alert_uid] = len(self._signals)
        self._signals.append(signal)

    def signals(self) -> list[Signal]:
        """Return what was gathered, oldest first."""
        return self._signals


def _joined(before: Signal, after: Signal) -> Signal | None:
    """Return two signals of one alert as one; None if they cannot be."""
    if isinstance(before, Returned) and isinstance(after, Returned):
        if before.why != after.why:
            return None
        return replace(after, subjects=before.subjects + after.subjects)
    if isinstance(before, Raised) and isinstance(after, Raised):
        is_higher = after.severity.rank > before.severity.rank
        parts = {part.subject: part for part in (*before.parts, *after.parts)}
        return replace(
            after if is_higher else before,
            is_new=before.is_new,
            parts=tuple(parts.values()),
            common=after.common or before.common,
            is_worse=not before.is_new and (before.is_worse or after.is_worse),
        )
    return None
