"""Which database holds the history: that of the URL, else the server of the settings, else a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from camwatch import __version__
from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import Vault
from camwatch.commands.keeping_rules import server_of
from camwatch.config import History
from camwatch.data.audit import AuditReader
from camwatch.data.backups import Backups
from camwatch.data.engine import Database
from camwatch.data.place import backup_folder, history_file
from camwatch.data.soundness import refuse_lost
from camwatch.domain import utc_now
from camwatch.errors import (
    DatabaseRefuses,
    FilesTroubled,
    SecretsLocked,
    SecretsUnavailable,
    VaultLocked,
)
from camwatch.language import tr
from camwatch.paths import Profile, state_folder
from camwatch.workstation import this_workstation

SERVER_PASSWORD = "database-server"  # noqa: S105 - under which name it is kept
"""The name of the server's password in the keyring."""


def secrets_of(profile: Profile) -> SecretStore:
    """Return where the passwords of a profile are."""
    return SecretStore(vault=Vault(profile.vault_file, state_folder()))


def has_history(profile: Profile, history: History) -> bool:
    """Tell whether there is a history to open; one that is elsewhere is taken to be there.

    So is one whose file is gone although copies of it are there: opening it says so.
    """
    file = profile.database_file
    return bool(
        history.database_url
        or history.server_host
        or file.exists()
        or Backups(file, backup_folder(profile, history)).list()
    )


def is_on_server(history: History) -> bool:
    """Tell whether the settings name a server, by a URL or by its host."""
    return history.database_url.startswith("postgres") or (
        not history.database_url and bool(history.server_host)
    )


def open_database(
    profile: Profile,
    history: History,
    secrets: Callable[[], SecretStore] | None = None,
    zone: ZoneInfo | None = None,
) -> Database:
    """Open the history that the settings name, on a server as one of its workstations.

    Args:
        profile: Whose file it is where nothing else is named.
        history: The settings.
        secrets: Gives the password of a server; None for those of the profile.
        zone: Whose clocks sites have that name none; None if nothing is to be counted.

    Raises:
        InvalidSetting: The URL names no database.
        DatabaseDamaged: The file is none, or it is gone although copies of it are there.
        DatabaseAway: The server cannot be reached, or refuses, or its password cannot be had.
        FilesTroubled: Which workstation this is cannot be remembered.
        StorageError: It cannot be opened for another reason.
    """
    file = history_file(profile, history)
    if file is not None:
        copies = Backups(file, backup_folder(profile, history)).list()
        refuse_lost(file, has_copies=bool(copies))
    database = Database.open(**_place(profile, history, secrets), zone=zone)
    if database.is_on_server:
        try:
            this = this_workstation(profile.workstation_file)
            database.workstations.join(this.uid, this.computer, __version__, utc_now())
        except OSError as error:
            database.close()
            raise FilesTroubled(
                tr(
                    "{workstation_file} cannot be written: {strerror}.",
                    workstation_file=profile.workstation_file,
                    strerror=error.strerror,
                )
            ) from error
        except BaseException:
            database.close()
            raise
    return database


def open_audit(
    profile: Profile, history: History, secrets: Callable[[], SecretStore] | None = None
) -> AbstractContextManager[AuditReader | None]:
    """Open only the audit log of that history, only to read; see `open_database`."""
    return Database.open_audit(**_place(profile, history, secrets))


def _place(
    profile: Profile, history: History, secrets: Callable[[], SecretStore] | None
) -> dict[str, Any]:
    if history.database_url:
        return {"file": None, "url": history.database_url}
    server = server_of(history)
    file: Path = profile.database_file
    if server is None:
        return {"file": file}
    store = secrets_of(profile) if secrets is None else secrets()
    try:
        password = store.get(SERVER_PASSWORD)
    except VaultLocked as error:
        raise DatabaseRefuses(
            tr(
                "The password of the database server {host} is in the vault, which is locked.",
                host=server.host,
            ),
            tr("Unlock the vault with its passphrase."),
        ) from error
    except SecretsUnavailable as error:
        raise DatabaseRefuses(
            tr(
                "The password of the database server {host} cannot be read: {error}",
                host=server.host,
                error=error,
            ),
            tr("Unlock the keyring of this computer.")
            if isinstance(error, SecretsLocked)
            else tr("“camwatch vault create” makes a vault without a window."),
        ) from error
    finally:
        if secrets is None:
            store.close()
    return {"file": None, "server": server, "password": password}
