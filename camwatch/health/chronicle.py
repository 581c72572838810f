"""How the grade of each part changed in the last days.

In a small file of the profile and not in the history: it must be told most of all when the history
is away or damaged, and it is about this computer, not about what several computers share.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from camwatch.files import write_aside
from camwatch.health.findings import Change, Finding, Grade, Part

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
MOST_CHANGES = 100
"""No more changes of one part are kept, however often it changes."""

_FREE_EVERY = timedelta(hours=1)
_MOST_FREE = 200
_KNOWN_ENOUGH = timedelta(hours=12)
_LEAST_LOST = 2**20
_FARTHEST_DAYS = 365.0


class Chronicle:
    """Remembers changes. For any thread; each call writes the file only if something changed.

    Args:
        file: Where they are kept; None keeps them in memory only.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._changes: dict[Part, list[Change]] = {}
        self._free: deque[tuple[datetime, int]] = deque(maxlen=_MOST_FREE)
        self._from: datetime | None = None
        self._read()

    def note(self, findings: Iterable[Finding], at: datetime) -> None:
        """Take in what was found at a moment, UTC; never raises."""
        with self._lock:
            is_changed = self._from is None
            if self._from is None:
                self._from = at
            for one in findings:
                known = self._changes.setdefault(one.part, [])
                if known and known[-1].grade is one.grade:
                    continue
                known.append(Change(one.since or at, one.part, one.grade))
                is_changed = True
            self._forget(at)
            if is_changed:
                self._write()

    def note_free(self, free_bytes: int, at: datetime) -> None:
        """Remember how much room the disk had at a moment, UTC: once an hour is enough."""
        with self._lock:
            if self._free and timedelta() <= at - self._free[-1][0] < _FREE_EVERY:
                return
            self._free.append((at, free_bytes))
            self._write()

    def days_until_full(self, free_bytes: int, now: datetime) -> float | None:
        """Tell when the disk is full if it fills as it did lately.

        Returns:
            Days; None if it does not fill, or is not known for long enough.
        """
        with self._lock:
            known = [one for one in self._free if timedelta() <= now - one[0] <= KEPT]
        if not known or now - known[0][0] < _KNOWN_ENOUGH:
            return None
        days = (now - known[0][0]) / timedelta(days=1)
        lost_a_day = (known[0][1] - free_bytes) / days
        if lost_a_day < _LEAST_LOST:
            return None
        found = free_bytes / lost_a_day
        return found if found < _FARTHEST_DAYS else None

    def all(self) -> dict[Part, tuple[Change, ...]]:
        """Return the changes of each part, the oldest first."""
        with self._lock:
            return {part: tuple(changes) for part, changes in self._changes.items()}

    def since(self, part: Part) -> datetime | None:
        """Return since when a part has the grade it has, UTC; None if that is not known."""
        with self._lock:
            changes = self._changes.get(part)
            return changes[-1].at if changes else None

    @property
    def known_from(self) -> datetime | None:
        """Since when changes are known, UTC."""
        return self._from

    def _forget(self, now: datetime) -> None:
        for part, changes in self._changes.items():
            fresh = [one for one in changes if now - one.at <= KEPT]
            # The last one before says how it was at the beginning of what is kept.
            before = changes[: len(changes) - len(fresh)]
            self._changes[part] = (before[-1:] + fresh)[-MOST_CHANGES:]

    def _read(self) -> None:
        if self._file is None:
            return
        try:
            kept: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
            self._from = datetime.fromisoformat(kept["from"])
            for at, part, grade in kept["changes"]:
                change = Change(datetime.fromisoformat(at), Part(part), Grade(grade))
                self._changes.setdefault(change.part, []).append(change)
            for at, free in kept["free"]:
                self._free.append((datetime.fromisoformat(at), int(free)))
        except FileNotFoundError:
            return
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.info("what changed earlier is not known: %s", error)
            self._changes, self._from = {}, None
            self._free.clear()

    def _write(self) -> None:
        if self._file is None or self._from is None:
            return
        changes = sorted(
            (one for several in self._changes.values() for one in several), key=lambda one: one.at
        )
        kept = {
            "from": self._from.isoformat(),
            "free": [(at.isoformat(), free) for at, free in self._free],
            "changes": [(one.at.isoformat(), one.part.value, one.grade.value) for one in changes],
        }
        try:
            write_aside(self._file, json.dumps(kept).encode())
        except OSError as error:
            log.info("%s cannot be written: %s", self._file, error)
