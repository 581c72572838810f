"""Keeps in the history what counted people from when on, so that each number can tell."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from camwatch.data.counted_by import CountedBy
from camwatch.errors import CamWatchError
from camwatch.events import Bus, DetectorChanged, HistorySaved

log = logging.getLogger(__name__)

T = TypeVar("T")

_MOST_WAITING = 100
"""A model that comes and goes while the disk is away is not told of for ever."""


class Pool(Protocol):
    """Runs jobs on a few threads; see `workers.queries.QueryPool`."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        """Run the job in the background, then `done` or `failed` on the GUI thread."""
        ...


class CountedByKeeper(QObject):
    """Stores each change of what counts; what cannot be stored is tried again with the history.

    Lives in the GUI thread; events come in any.

    Args:
        save: Stores one fact; may block.
        pool: Does so in the background.
        bus: Tells of changes, and when the history can be written.
        setup: Tells precision and usual threshold of what counts now; called in any thread.
        workstation: Which one this is.
    """

    _changed = Signal(object)
    _saved = Signal()

    def __init__(  # noqa: PLR0917 - where from, where to
        self,
        save: Callable[[CountedBy], None],
        pool: Pool,
        bus: Bus,
        setup: Callable[[], tuple[str, float | None]],
        workstation: int = 0,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._save, self._pool, self._setup = save, pool, setup
        self._workstation = workstation
        self._waiting: list[CountedBy] = []
        self._is_busy = False
        queued = Qt.ConnectionType.QueuedConnection
        self._changed.connect(self._keep, queued)
        self._saved.connect(self._store, queued)
        self._unsubscribe = (
            bus.subscribe(DetectorChanged, self._on_changed),
            bus.subscribe(HistorySaved, self._on_saved),
        )

    def close(self) -> None:
        """Listen no more; call it before the object goes."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    @property
    def waiting(self) -> int:
        """How many changes are not stored yet."""
        return len(self._waiting)

    def _on_changed(self, event: DetectorChanged) -> None:
        precision, threshold = self._setup() if event.model else ("", None)
        self._changed.emit(
            CountedBy(event.at, event.model, event.runtime, precision, threshold, self._workstation)
        )

    def _on_saved(self, _event: HistorySaved) -> None:
        if self._waiting:
            self._saved.emit()

    @Slot(object)
    def _keep(self, fact: CountedBy) -> None:
        self._waiting.append(fact)
        del self._waiting[:-_MOST_WAITING]
        self._store()

    @Slot()
    def _store(self) -> None:
        if self._is_busy or not self._waiting:
            return
        fact, save = self._waiting[0], self._save
        self._is_busy = True
        self._pool.run(
            lambda: save(fact), lambda _: self._on_stored(fact), self._on_failed, owner=self
        )

    def _on_stored(self, fact: CountedBy) -> None:
        self._is_busy = False
        self._waiting = [one for one in self._waiting if one is not fact]
        self._store()

    def _on_failed(self, error: CamWatchError) -> None:
        # The recorder tells of a history that cannot be written; this waits until it can.
        log.info("what counts is not stored yet: %s [%s]", error, error.error_id)
        self._is_busy = False
