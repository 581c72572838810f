"""Brings rows into the history in their order and once, however long it is away. No Qt."""

from __future__ import annotations

import logging
import random
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from camwatch.domain import elapsed_s, utc_now
from camwatch.errors import DatabaseBusy, DiskFailing, DiskFull, StorageError
from camwatch.events import Bus, HistorySaved, ReserveFreed, StorageSuspect, StorageTroubled
from camwatch.history.batches import Batch, Row, new_uid
from camwatch.language import tr
from camwatch.resilience import Backoff
from camwatch.workers.store import Store

log = logging.getLogger(__name__)

# After a long trouble many rows wait; written in pieces, an operator's own change gets its
# turn in between.
_MOST_ROWS_AT_ONCE = 5000
_TURN_S = 0.5
_LAST_TURN_S = 1.0
_RETRY = Backoff(first_s=1.0, factor=2.0, longest_s=10.0)


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient saving is, seconds.

    Attributes:
        delayed_s: A history that is only in use is not spoken of for so long; after this time
            rows go to the spool, whatever is wrong.
        look_s: So often it is looked whether the history is where it was.
        reserve_s: So often room is held back again.
        tell_s: So often it is told how many rows wait.
        leave_s: So long others may write between two batches from the spool.
    """

    delayed_s: float = 5.0
    look_s: float = 30.0
    reserve_s: float = 60.0
    tell_s: float = 2.0
    leave_s: float = 0.005


USUAL = Timing()


class Saver:
    """A line of rows that wait: first the spool's, then those in memory.

    While the spool has any, new rows go behind them; so the history gets all in their order.
    For one thread; only the numbers may be asked for, and rows be called lost, by any.

    Args:
        store: Where to.
        bus: Told how it goes.
        timing: How patient it is.
        clock_s: A clock that nobody sets, seconds.
        leave: Waits so many seconds, and less once the program ends.
    """

    def __init__(
        self,
        store: Store,
        bus: Bus,
        timing: Timing = USUAL,
        clock_s: Callable[[], float] = elapsed_s,
        leave: Callable[[float], object] = lambda _: None,
    ) -> None:
        self._store = store
        self._bus = bus
        self._timing = timing
        self._clock_s = clock_s
        self._leave = leave
        self._chance = random.Random()  # noqa: S311 - spreads retries, guards nothing
        # Given to the history or written to the spool under this uid, and perhaps there.
        self._sealed: Batch | None = None
        self._loose: deque[Row] = deque()
        self._settled: list[str] = []

        self._error: StorageError | None = None
        self._since: datetime | None = None
        self._since_s = 0.0
        self._failures = 0
        self._retry_s = 0.0
        self._look_s = self._reserve_s = clock_s()
        self._spool_s = 0.0  # not before, after the spool failed
        self._is_spool_failing = False
        self._check: threading.Thread | None = None
        self._is_checked = False
        self._to_note = ""

        self._counting = threading.Lock()
        self._lost_rows = 0
        self._told = ("", 0)
        self._told_rows = 0
        self._told_s = 0.0

    # ---------------------------------------------------------------- numbers

    @property
    def held_rows(self) -> int:
        """How many rows wait in memory."""
        sealed = self._sealed
        return len(self._loose) + (0 if sealed is None else len(sealed.rows))

    @property
    def spooled_rows(self) -> int:
        """How many rows wait on the disk."""
        return self._store.spool.waiting_rows if self._store.spool is not None else 0

    @property
    def lost_rows(self) -> int:
        """How many rows are lost since saving began to fail."""
        return self._lost_rows

    def lose(self, rows: int) -> int:
        """Count rows that found no room as lost; return how many there are now."""
        with self._counting:
            self._lost_rows += rows
            return self._lost_rows

    def wait_s(self) -> float:
        """Return after which time `step` has something to do, without any new row."""
        now_s = self._clock_s()
        due_s = min(self._look_s, self._reserve_s)
        if self._error is not None:
            due_s = self._retry_s
            if self.held_rows and self._store.spool is not None and not self._is_spool_failing:
                due_s = min(due_s, self._since_s + self._timing.delayed_s)
        elif self.held_rows or self._has_spooled():
            due_s = now_s
        return max(0.0, due_s - now_s)

    # ---------------------------------------------------------------- work

    def begin(self) -> None:
        """Look through what an earlier run left behind, and hold room back."""
        if self._store.reserve is not None:
            self._store.reserve.make()
        if self._store.spool is not None:
            try:
                self._store.spool.open()
            except StorageError as error:
                self._spool_failed(error)

    def add(self, rows: Iterable[Row]) -> None:
        """Put rows at the end of the line."""
        self._loose.extend(rows)

    def step(self) -> None:
        """Save for a while, or have rows wait on the disk where that does not work."""
        now_s = self._clock_s()
        if self._check is not None and self._check.is_alive():
            self._spool_held(now_s)
            self._retry_s = now_s + _RETRY.first_s
            self._tell()
            return
        self._check = None
        if self._is_behind(now_s):
            self._spool_held(now_s)
        if self._error is None or now_s >= self._retry_s:
            self._turn(now_s, _TURN_S)
        if self._error is None and now_s >= self._reserve_s:
            self._reserve_s = now_s + self._timing.reserve_s
            if self._store.reserve is not None:
                self._store.reserve.make()
        self._tell()

    def finish(self) -> None:
        """Save what is in memory, or put it on the disk, or count it as lost: the program ends.

        The program may be ended before saving is done, so first all goes to the disk.
        """
        now_s = self._clock_s()
        is_checking = self._check is not None and self._check.is_alive()
        is_behind = self._has_spooled() or is_checking
        self._is_checked = True  # nobody would wait for the answer
        self._spool_held(now_s, is_last=True)
        # What waited before is left to the next start.
        if not is_checking and (self.held_rows or (self._has_spooled() and not is_behind)):
            self._turn(now_s, _LAST_TURN_S)
        if self.held_rows:
            self._spool_held(now_s, is_last=True)
        if rows := self.held_rows:
            self._sealed = None
            self._loose.clear()
            self.lose(rows)
            log.error("CamWatch ends while its disk is away: %d rows of history are lost", rows)
        self._tell(is_last=True)
        if self._store.spool is not None:
            self._store.spool.close()

    def shelter(self) -> None:
        """After a bug: have on the disk what is in memory, for who takes over."""
        if self._store.spool is not None:
            self._spool_held(self._clock_s(), is_last=True)
            self._store.spool.close()

    def _turn(self, now_s: float, longest_s: float) -> None:
        """Save batch after batch until none waits, one fails, or the time is up."""
        saved: int | None = None
        try:
            if self._error is not None or now_s >= self._look_s:
                self._look_s = now_s + self._timing.look_s
                self._store.look()
            self._know_history()
            while (batch := self._next()) is not None:
                saved = (saved or 0) + self._save(batch)
                if self._clock_s() - now_s >= longest_s:
                    break
        except StorageError as error:
            self._failed(error, now_s)
        else:
            self._worked()
        if saved is not None:
            self._bus.publish(HistorySaved(utc_now(), saved))

    def _know_history(self) -> None:
        spool = self._store.spool
        if spool is not None and not spool.history:
            spool.history = self._store.identity()

    def _has_spooled(self) -> bool:
        return self._store.spool is not None and bool(self._store.spool)

    def _next(self) -> Batch | None:
        """Return the first batch of the line."""
        if self._store.spool is not None and self._store.spool:
            try:
                if (batch := self._store.spool.first()) is not None:
                    return batch
            except StorageError as error:
                self._spool_failed(error)
        return self._seal()

    def _seal(self) -> Batch | None:
        """Return the first rows in memory as a batch: always the same rows under one uid."""
        if self._sealed is None and self._loose:
            rows = min(len(self._loose), _MOST_ROWS_AT_ONCE)
            self._sealed = Batch(new_uid(), tuple(self._loose.popleft() for _ in range(rows)))
        return self._sealed

    def _save(self, batch: Batch) -> int:
        """Store one batch; return how many rows are new."""
        spool = self._store.spool
        if spool is not None:
            self._settled += spool.take_settled()
        settled = tuple(self._settled)
        try:
            rows = self._store.save(
                batch.samples,
                batch.changes,
                batch.passages,
                batch.trails,
                batch.notices,
                batch_uid=batch.uid,
                settled=settled,
            )
        except StorageError:
            raise
        except Exception:
            # A bug, and trying again would not help: the others must not wait behind it.
            if spool is not None and spool.keep_refused(batch) is not None:
                self._go(batch)
            raise
        del self._settled[: len(settled)]
        if self._go(batch):
            self._leave(self._timing.leave_s)
        else:
            self._settled.append(batch.uid)
        return rows

    def _go(self, batch: Batch) -> bool:
        """Take a batch out of the line; True if it came from the spool."""
        if batch is self._sealed:
            self._sealed = None
            return False
        if self._store.spool is not None:
            try:
                self._store.spool.done()
            except StorageError as error:
                log.warning("%s [%s]", error, error.error_id)
        return True

    # ---------------------------------------------------------------- trouble

    def _is_behind(self, now_s: float) -> bool:
        """Tell whether rows in memory are to go to the spool."""
        if self._has_spooled():
            return True
        return self._error is not None and now_s - self._since_s >= self._timing.delayed_s

    def _spool_held(self, now_s: float, *, is_last: bool = False) -> None:
        """Put what is in memory on the disk, batch after batch, as far as it goes."""
        spool = self._store.spool
        if spool is None or (now_s < self._spool_s and not is_last):
            return
        while (batch := self._seal()) is not None:
            try:
                spool.append(batch)
            except StorageError as error:
                self._spool_failed(error)
                return
            self._sealed = None
        if self._is_spool_failing:
            self._is_spool_failing = False
            log.info("rows can wait on the disk again")

    def _spool_failed(self, error: StorageError) -> None:
        self._spool_s = self._clock_s() + self._timing.delayed_s
        if not self._is_spool_failing:
            self._is_spool_failing = True
            log.warning("rows have to wait in memory: %s [%s]", error, error.error_id)

    def _failed(self, error: StorageError, now_s: float) -> None:
        if self._error is None:
            self._since, self._since_s = utc_now(), now_s
        self._error = error
        self._failures += 1
        self._retry_s = self._clock_s() + _RETRY.wait_s(self._failures, self._chance)
        if isinstance(error, DiskFull) and self._store.reserve is not None:
            if freed := self._store.reserve.free():
                self._retry_s = now_s
                self._bus.publish(ReserveFreed(utc_now(), freed))
        elif isinstance(error, DiskFailing) and not self._is_checked:
            self._is_checked = True
            self._spool_held(now_s)
            self._check = threading.Thread(
                target=self._look_through, args=(error,), name="history check", daemon=True
            )
            self._check.start()

    def _look_through(self, error: StorageError) -> None:
        """Look whether the file is sound after the disk reported an error. In its own thread.

        It may take minutes, in which rows go to the spool.
        """
        try:
            found = self._store.check()
        except StorageError as again:
            found = str(again)
        sound = tr("The history was looked through and is sound.")
        verdict = sound if found == "ok" else tr("The history is not sound: {found}.", found=found)
        words = f"{error} {verdict}"
        log.error("storage may be failing: %s [%s]", words, error.error_id)
        self._to_note = words
        self._bus.publish(
            StorageSuspect(utc_now(), "disk", tr("Storage may be failing. {words}", words=words))
        )

    def _worked(self) -> None:
        self._error = self._since = None
        self._failures = 0
        self._is_checked = False
        if self._to_note:
            self._store.note(self._to_note)
            self._to_note = ""

    def _tell(self, *, is_last: bool = False) -> None:
        """Tell how saving goes if that is news: other words, more lost rows, or other numbers."""
        error, now_s = self._error, self._clock_s()
        waits = now_s - self._since_s
        if isinstance(error, DatabaseBusy) and waits < self._timing.delayed_s and not is_last:
            return
        with self._counting:
            lost_rows = self._lost_rows
            if error is None:
                self._lost_rows = 0
        spooled = self.spooled_rows
        waiting = spooled + self.held_rows
        words = "" if error is None else str(error)
        is_news = (words, lost_rows) != self._told
        # What is in memory only while all is well does not wait.
        counted = waiting if error is not None else spooled
        is_due = counted != self._told_rows and (
            now_s - self._told_s >= self._timing.tell_s or not counted
        )
        if not (is_news or is_due):
            return
        if is_news and error is None:
            log.info("the history is saved again; %d rows were lost", lost_rows)
        elif words != self._told[0]:
            log.warning("the history is not saved: %s [%s]", error, error and error.error_id)
        self._told = (words, 0 if error is None else lost_rows)
        self._told_rows, self._told_s = counted, now_s
        self._bus.publish(
            StorageTroubled(utc_now(), error, counted, lost_rows, spooled, self._since)
        )
