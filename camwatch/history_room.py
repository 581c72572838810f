"""What the recorder stores into in a run of the program: the history and what stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from camwatch.commands.where import is_on_server
from camwatch.config import History
from camwatch.data.engine import Database
from camwatch.data.reserve import Reserve
from camwatch.data.spool import Spool
from camwatch.domain import utc_now
from camwatch.events import Bus, StorageSuspect
from camwatch.paths import Profile
from camwatch.workers.others import OthersDesk
from camwatch.workers.store import Save, Store

_MIB = 2**20


class RecordedHistory(Protocol):
    """What is recorded into: a `camwatch.data.engine.Database`, or one that is opened later."""

    @property
    def save(self) -> Save:
        """Stores a batch."""
        ...

    def look(self) -> None:
        """Raise StorageError if it is not where it was."""
        ...

    def check(self) -> str:
        """Look for faults inside it."""
        ...

    def identity(self) -> str:
        """Tell which history it is."""
        ...


def make_store(
    recorded: RecordedHistory,
    note: Callable[[str], None],
    profile: Profile,
    settings: History,
    bus: Bus,
) -> Store:
    """Join the history with its spool and its held-back room in the profile.

    Made once for a run: when a recorder breaks, the next one goes on with the same.

    Args:
        recorded: The history.
        note: Writes into the audit log that the disk reported an error.
        profile: Where counts wait on the disk.
        settings: How large that may become.
        bus: Told of what is wrong with what waits.
    """

    def tell(words: str) -> None:
        bus.publish(StorageSuspect(utc_now(), "spool", words))

    # The disk of a server is not this one.
    has_reserve = settings.reserve_mib and not is_on_server(settings)
    reserve = Reserve(profile.reserve_file, settings.reserve_mib * _MIB) if has_reserve else None
    return Store(
        recorded.save,
        Spool(profile.spool_folder, settings.spool_mib * _MIB, tell),
        reserve,
        look=recorded.look,
        check=recorded.check,
        identity=recorded.identity,
        note=note,
    )


def others_desk(database: Database) -> OthersDesk:
    """Join what notices the other workstations of a history to that history."""
    return OthersDesk(
        database.listen,
        database.alerts.changed_since,
        database.others.counts,
        database.workstations.note_seen,
    )
