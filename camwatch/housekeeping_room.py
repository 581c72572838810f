"""Makes what keeps the history's house in order, and joins it to what tells of it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.commands.past_pictures import PastPictureStore
from camwatch.commands.storage_desk import StorageDesk
from camwatch.config import History
from camwatch.data.connections import open_raw
from camwatch.data.copying import quick_check
from camwatch.data.engine import Database
from camwatch.data.faults import storage_errors
from camwatch.domain import utc_now
from camwatch.errors import DatabaseDamaged
from camwatch.events import Bus, HistoryDamaged
from camwatch.history.housework import Chore, Due
from camwatch.workers.base import Worker
from camwatch.workers.housekeeper import HousekeeperWorker

GivenUp = Callable[[], bool]

_WHOLLY_CHECKED_BYTES = 4 * 2**30
_REBUILT_UNASKED_BYTES = 200 * 2**20
"""A file of an older CamWatch up to this size is written anew at night: that takes seconds."""

_SUNDAY = 6


class HousekeepingRoom:
    """Keeps what outlives a housekeeper that breaks.

    Args:
        database: The history.
        desk: Knows for how long what is kept, and how it is doing.
        history: The settings.
        zone: Of the site.
        bus: Told of trouble; tells of full disks.
        clock: The wall clock, aware UTC.
        pictures: Those that are kept to see the past again; None without.
    """

    def __init__(  # noqa: PLR0917 - all that keeping house stands on
        self,
        database: Database,
        desk: StorageDesk,
        history: History,
        zone: ZoneInfo,
        bus: Bus,
        clock: Callable[[], datetime] = utc_now,
        pictures: PastPictureStore | None = None,
    ) -> None:
        self._database = database
        self._desk = desk
        self._history = history
        self._zone = zone
        self._bus = bus
        self._pictures = pictures
        self._clock = clock
        self._worker: HousekeeperWorker | None = None
        desk.hurry = self._on_retention_changed

    def posts(self) -> list[Callable[[], Worker]]:
        """Return what makes the worker."""
        return [self._make]

    def _make(self) -> Worker:
        self._worker = HousekeeperWorker(self.chores(), self._bus, self._zone, self._desk.book)
        return self._worker

    def _on_retention_changed(self) -> None:
        if self._worker is not None:
            self._worker.hurry(Due.CHANGED)

    def chores(self) -> list[Chore]:
        """Return what is done, in its order: hours are built before their minutes go."""
        always = Due.START | Due.NIGHT | Due.CHANGED
        return [
            Chore("Adding up hours and days", self._roll_up, always | Due.OFTEN),
            Chore(
                "Deleting what is too old",
                self._desk.sweep,
                always | Due.FULL,
                needs_right_clock=True,
            ),
            Chore(
                "Deleting old pictures of the past",
                self._tidy_pictures,
                always | Due.OFTEN | Due.FULL,
                needs_right_clock=True,
            ),
            Chore("Giving room back to the disk", self._give_back, always | Due.FULL),
            Chore("Making the daily copy", self._copy, Due.START | Due.NIGHT),
            Chore("Looking for faults", self._check, Due.NIGHT),
            Chore("Writing an older file anew", self._rebuild, Due.NIGHT),
            Chore("Learning how rows are spread", self._tune, Due.NIGHT),
        ]

    def _roll_up(self, given_up: GivenUp) -> Generator[float]:
        while not given_up() and self._database.rollups.rebuild_next():
            yield 0.0

    def _tidy_pictures(self, given_up: GivenUp) -> Generator[float]:
        if self._pictures is not None:
            yield from self._pictures.tidy(given_up)

    def _give_back(self, given_up: GivenUp) -> Generator[float]:
        free = self._database.room.facts().free_bytes
        is_full = free is not None and free < 2 * self._history.reserve_mib * 2**20
        for held_s in self._database.room.give_back(all_of_it=is_full):
            yield held_s
            if given_up():
                return

    def _copy(self, given_up: GivenUp) -> Generator[float]:
        backups = self._desk.backups
        if backups is None or not self._history.backups or not backups.is_due():
            return
        backups.make(is_given_up=given_up)
        yield 0.0
        backups.thin_out(self._history.backups)

    def _check(self, given_up: GivenUp) -> Generator[float]:
        """Look through the file with a connection of its own, which can be told to give up."""
        if self._database.is_on_server:
            return  # it looks after its own files
        file = self._database.file
        try:
            with storage_errors(file), closing(open_raw(file, "ro")) as connection:
                # The quick look misses some faults; the whole one takes several times as long.
                is_whole = file.stat().st_size <= _WHOLLY_CHECKED_BYTES
                verdict = quick_check(connection, given_up, is_whole=is_whole)
        except DatabaseDamaged as error:
            verdict = str(error)
        self._desk.note_check(verdict)
        self._bus.publish(HistoryDamaged(self._clock(), verdict))
        yield 0.0

    def _rebuild(self, given_up: GivenUp) -> Generator[float]:
        room = self._database.room
        if given_up() or room.facts().file_bytes > _REBUILT_UNASKED_BYTES or not room.can_rebuild():
            return
        room.rebuild()
        yield 0.0

    def _tune(self, given_up: GivenUp) -> Generator[float]:
        if not given_up() and self._clock().astimezone(self._zone).weekday() == _SUNDAY:
            self._database.room.tune()
            yield 0.0
