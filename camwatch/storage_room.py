"""What the program does about the history's file: looking at it, and repairing it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog

from camwatch.commands.storage_opening import StorageOpening
from camwatch.commands.trail import Trail
from camwatch.config import Settings
from camwatch.data.engine import Database
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError
from camwatch.events import Bus, HistoryDamaged
from camwatch.paths import Profile
from camwatch.ui.storage_repair.dialog import RepairDialog
from camwatch.workers.queries import QueryPool

log = logging.getLogger(__name__)

_VERDICT_MS = 20_000


class StorageRoom(QObject):
    """Stands around the opening of the history.

    Args:
        profile: Where the history is, unless the settings say otherwise.
        settings: As loaded.
        queries: Runs what takes time.
        bus: Where damage that is found later is told.
        zone: Whose clocks are shown.

    Attributes:
        dialog: Asks what is to be done about damage; None while none does.
    """

    def __init__(  # noqa: PLR0917 - the composition root hands over what it has
        self,
        profile: Profile,
        settings: Settings,
        queries: QueryPool,
        bus: Bus,
        zone: ZoneInfo,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._opening = StorageOpening(profile, settings.history)
        self._queries = queries
        self._bus = bus
        self._zone = zone
        self.dialog: RepairDialog | None = None

    def look(self) -> None:
        """Look for damage before the file is opened. Runs on the pool.

        Raises:
            DatabaseDamaged: With what is wrong.
            StorageError: A folder cannot be read.
        """
        self._opening.look()

    def repair(
        self, error: CamWatchError, again: Callable[[], None], give_up: Callable[[], None]
    ) -> bool:
        """Ask what is to be done about a history that cannot be opened.

        Args:
            error: What opening it said.
            again: Called once it can be opened.
            give_up: Called if CamWatch is to end.

        Returns:
            False if nothing can be done about this.
        """
        desk = self._opening.desk
        if desk is None or not self._opening.can_repair(error):
            return False
        self.dialog = RepairDialog(desk, self._queries, str(error), self._zone)
        self.dialog.finished.connect(partial(self._on_finished, again, give_up))
        self.dialog.show()
        self.dialog.begin()
        return True

    def opened(self, database: Database) -> None:
        """Note what was repaired; look through what was too large to do so before."""
        self._queries.run(
            partial(self._opening.opened, Trail(database.audit)),
            lambda _none: None,
            self._on_trouble,
            owner=self,
        )
        if self._opening.must_be_checked:
            # It reads the whole file, and computes as long: not while people wait for pictures.
            QTimer.singleShot(_VERDICT_MS, self, partial(self._ask_for_verdict, database))

    def _ask_for_verdict(self, database: Database) -> None:
        self._queries.run(
            partial(self._opening.verdict, database),
            self._on_verdict,
            self._on_trouble,
            owner=self,
        )

    def _on_finished(
        self, again: Callable[[], None], give_up: Callable[[], None], result: int
    ) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
        (again if result == QDialog.DialogCode.Accepted else give_up)()

    def _on_verdict(self, verdict: str) -> None:
        if verdict != "ok":
            log.error("the history is damaged: %s", verdict)
            self._bus.publish(HistoryDamaged(utc_now(), verdict))

    @staticmethod
    def _on_trouble(error: CamWatchError) -> None:
        log.error("%s [%s]", error, error.error_id)
