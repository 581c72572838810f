"""What the recorder stores into in a run of the program: the history and what stands in for it."""

from __future__ import annotations

from camwatch.commands.system import SystemAccess
from camwatch.config import History
from camwatch.data.engine import Database
from camwatch.data.reserve import Reserve
from camwatch.data.spool import Spool
from camwatch.domain import utc_now
from camwatch.events import Bus, StorageSuspect
from camwatch.paths import Profile
from camwatch.workers.store import Store

_MIB = 2**20


def make_store(
    database: Database, access: SystemAccess, profile: Profile, settings: History, bus: Bus
) -> Store:
    """Join the history with its spool and its held-back room in the profile.

    Made once for a run: when a recorder breaks, the next one goes on with the same.
    """

    def tell(words: str) -> None:
        bus.publish(StorageSuspect(utc_now(), "spool", words))

    return Store(
        database.counts.save,
        Spool(profile.spool_folder, settings.spool_mib * _MIB, tell),
        Reserve(profile.reserve_file, settings.reserve_mib * _MIB),
        look=database.check_still_there,
        check=database.check,
        identity=database.identity,
        note=access.note_disk_error,
    )
