"""The part of the composition root that bridges the time in which a server is away at the start."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog

from camwatch.auth.secrets import SecretStore
from camwatch.commands.snapshot import Snapshot, keep_snapshot, read_snapshot
from camwatch.commands.system import camera_password
from camwatch.commands.vault_commands import VaultStatus
from camwatch.commands.where import is_on_server
from camwatch.config import History, Settings
from camwatch.data.engine import Database
from camwatch.domain import Camera, NoticeChange, Passage, Sample, Secret, StateChange
from camwatch.errors import (
    CamWatchError,
    DatabaseAway,
    DatabaseReadOnly,
    SecretsUnavailable,
    VaultLocked,
)
from camwatch.language import tr
from camwatch.paths import Profile
from camwatch.scene import SceneRecord
from camwatch.scene.dwell import HourTrails
from camwatch.ui.away_dialog import AwayDialog
from camwatch.ui.vault.unlock_dialog import UnlockDialog
from camwatch.workers.queries import QueryPool

log = logging.getLogger(__name__)


class LateHistory:
    """Stands for a history that is opened later; for any thread.

    Attributes:
        database: The open history; None until then.
    """

    def __init__(self) -> None:
        self.database: Database | None = None
        self.error: CamWatchError = DatabaseAway(tr("The history is not open yet."), tr("Wait."))
        self.known_identity = ""

    def save(
        self,
        samples: Sequence[Sample],
        changes: Sequence[StateChange],
        passages: Sequence[Passage] = (),
        trails: Sequence[HourTrails] = (),
        notices: Sequence[NoticeChange] = (),
        *,
        batch_uid: str = "",
        settled: Sequence[str] = (),
    ) -> int:
        """Store a batch, as `CountRepository.save`.

        Raises:
            StorageError: It is not stored; the history may not be open yet.
        """
        return self._open().counts.save(
            samples, changes, passages, trails, notices, batch_uid=batch_uid, settled=settled
        )

    def look(self) -> None:
        """See `Database.check_still_there`."""
        self._open().check_still_there()

    def check(self) -> str:
        """See `Database.check`."""
        return self._open().check()

    def identity(self) -> str:
        """Tell which history it is, or will be."""
        return self.known_identity if self.database is None else self.database.identity()

    def _open(self) -> Database:
        if self.database is None:
            error = self.error
            if isinstance(error, DatabaseAway):
                raise DatabaseAway(error.happened, error.remedy)
            raise error
        return self.database


class VaultDoor:
    """Unlocks the vault before there is a history in which that could be noted."""

    def __init__(self, secrets: Callable[[], SecretStore]) -> None:
        self._secrets = secrets

    def vault_status(self) -> VaultStatus:
        """Not asked for here."""
        raise NotImplementedError

    def unlock_vault(self, passphrase: Secret, *, accepts_older: bool = False) -> None:
        """Open the vault until the program ends; see `VaultCommands.unlock_vault`."""
        vault = self._secrets().vault
        if vault is None:
            raise SecretsUnavailable(tr("There is no vault on this computer."))
        vault.unlock(passphrase, accepts_older=accepts_older)
        log.info("the vault was unlocked while the database server was not open yet")


class AwayRoom(QObject):
    """Keeps what is known of the cameras of a server, and waits for a server that is away.

    Args:
        profile: Where what is known is kept.
        settings: As loaded.
        queries: Runs what takes time.
        secrets: Where passwords are.
        parent: Owns it.

    Attributes:
        history: What is saved into, open or not.
        dialog: Says what is wrong; None while nothing is.
    """

    def __init__(
        self,
        profile: Profile,
        settings: Settings,
        queries: QueryPool,
        secrets: Callable[[], SecretStore],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._secrets = secrets
        self._file = profile.snapshot_file
        self._place = place_of(settings.history)
        self._is_on_server = is_on_server(settings.history)
        self._queries = queries
        self.history = LateHistory()
        self.dialog: AwayDialog | None = None

    def remember(
        self, database: Database, cameras: Sequence[Camera], scenes: Sequence[SceneRecord]
    ) -> None:
        """Keep what is counted, for a start without the server."""
        if not database.is_on_server:
            return

        def keep() -> None:
            snapshot = Snapshot(self._place, database.identity(), tuple(cameras), tuple(scenes))
            keep_snapshot(self._file, snapshot)

        self._queries.run(keep, lambda _none: None, self._on_trouble, owner=self)

    def wait(
        self,
        error: CamWatchError,
        begin: Callable[[Snapshot], None],
        again: Callable[[], None],
        give_up: Callable[[], None],
    ) -> bool:
        """Show what is wrong until the server is back.

        Args:
            error: What opening the history said.
            begin: Counts what was known last; called once at most.
            again: Opens the history once more, and calls this again if that fails.
            give_up: Called if CamWatch is to end.

        Returns:
            False if this is no trouble that ends by waiting.
        """
        if not self._is_on_server or not isinstance(error, DatabaseAway | DatabaseReadOnly):
            return False
        self.history.error = error
        if self.dialog is not None:
            self.dialog.show_failure(error)
            return True
        snapshot = read_snapshot(self._file, self._place)
        has_vault = isinstance(error.__cause__, VaultLocked)
        self.dialog = AwayDialog(error, is_counting=snapshot is not None, has_vault=has_vault)
        self.dialog.try_wanted.connect(again)
        self.dialog.unlock_wanted.connect(self._unlock)
        self.dialog.finished.connect(
            lambda result: give_up() if result == QDialog.DialogCode.Rejected else None
        )
        self.dialog.show()
        if snapshot is not None:
            self.history.known_identity = snapshot.identity
            begin(snapshot)
        return True

    def _unlock(self) -> None:
        """Ask for the vault's passphrase; with it the password can be had at the next try."""
        unlock = UnlockDialog(VaultDoor(self._secrets), self._queries, self.dialog)
        unlock.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.dialog is not None:
            unlock.accepted.connect(self.dialog.try_now)
        unlock.open()

    def opened(self, database: Database) -> None:
        """Go on with the history; what waited is saved into it."""
        self.history.database = database
        if self.dialog is not None:
            self.dialog.accept()
            self.dialog.deleteLater()
            self.dialog = None

    @staticmethod
    def _on_trouble(error: CamWatchError) -> None:
        log.warning("%s [%s]", error, error.error_id)


def place_of(history: History) -> str:
    """Return which history the settings lead to, without a password."""
    if history.database_url:
        _, _, after = history.database_url.rpartition("@")
        return after.partition("?")[0]
    return f"{history.server_host}:{history.server_port}/{history.server_database}"


def password_reader(secrets: Callable[[], SecretStore]) -> Callable[[Camera], Secret | None]:
    """Return what reads the password of a camera, of which nothing is in the history."""
    return lambda camera: camera_password(secrets(), camera)
