"""Puts what was found in order: what was used lately first, then what answers best."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from camwatch.ui.palette.match import cost
from camwatch.ui.palette.results import Result

MOST_SHOWN = 60
MOST_RECENT = 12
_RECENT_HELPS = 60
_GREYED_COSTS = 150
_RANK_COSTS = 8


class Recent:
    """Remembers the keys of what was used, the newest first."""

    def __init__(self, keys: Iterable[str] = ()) -> None:
        self._keys = [key for key in keys if key][:MOST_RECENT]

    @property
    def keys(self) -> Sequence[str]:
        """The newest first."""
        return tuple(self._keys)

    def note(self, key: str) -> None:
        """Something was used just now."""
        if key in self._keys:
            self._keys.remove(key)
        self._keys.insert(0, key)
        del self._keys[MOST_RECENT:]

    def place(self, key: str) -> int | None:
        """Return how many were used later; None if it was not used."""
        return self._keys.index(key) if key in self._keys else None


def ranked(query: str, results: Iterable[Result], recent: Recent) -> list[Result]:
    """Return what answers a query, the best first, at most `MOST_SHOWN`.

    Without a query what was used lately comes first, and then everything that cannot be typed for
    (rank 0), in the order in which it is offered.
    """
    if not query.strip():
        offered = list(results)
        used = [one for one in offered if recent.place(one.key) is not None]
        used.sort(key=lambda one: recent.place(one.key) or 0)
        # What is meant only for those who look for it would bury the rest.
        others = [one for one in offered if recent.place(one.key) is None and one.rank < 1]
        return (used + others)[:MOST_SHOWN]
    found: list[tuple[int, int, int, Result]] = []
    for place, one in enumerate(results):
        price = cost(query, one.texts)
        if price is None:
            continue
        used_at = recent.place(one.key)
        price += one.rank * _RANK_COSTS
        price += _GREYED_COSTS if one.why_not else 0
        price -= max(_RECENT_HELPS - 4 * used_at, 0) if used_at is not None else 0
        found.append((price, one.rank, place, one))
    found.sort(key=lambda row: row[:3])
    return [row[3] for row in found[:MOST_SHOWN]]
