"""Tries a PostgreSQL server, and notes it for the next start; its password goes to the keyring."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from camwatch.auth.secrets import SecretStore
from camwatch.commands.keeping_rules import server_values
from camwatch.commands.settings_file import write_values
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.commands.where import SERVER_PASSWORD
from camwatch.config import History
from camwatch.domain import Secret
from camwatch.errors import (
    CamWatchError,
    FilesTroubled,
    InvalidSetting,
    InvalidSettings,
    StorageError,
)
from camwatch.history.keeping import DatabaseServer, Tls
from camwatch.language import tr

_FIELDS = ("host", "port", "database", "user", "tls", "ca_file")
_TARGET = "database server"


class ServerDesk:
    """For the commands; all methods block.

    Args:
        settings_file: What is changed; None where nothing is kept.
        secrets: Where the password is.
        trail: Where it is noted who did what; never with the password.
    """

    def __init__(self, settings_file: Path | None, secrets: SecretStore, trail: Trail) -> None:
        self._settings_file = settings_file
        self._secrets = secrets
        self._trail = trail

    def try_server(self, actor: str, server: DatabaseServer, password: Secret | None) -> str:
        """See `StorageCommands.try_database_server`."""
        check_server(server)
        known = self._secrets.get(SERVER_PASSWORD) if password is None else password
        # What speaks with servers is loaded only for one.
        from camwatch.data.server_probe import probe  # noqa: PLC0415

        try:
            found = probe(server, known)
        except StorageError as error:
            self._trail.try_to_record(
                actor, "try_database_server", _TARGET, FAILED, **_facts(server), why=error.type
            )
            raise
        self._trail.record(actor, "try_database_server", _TARGET, DONE, **_facts(server))
        return found

    def set_server(
        self, actor: str, server: DatabaseServer | None, password: Secret | None
    ) -> None:
        """See `StorageCommands.set_database_server`."""
        if server is not None:
            check_server(server)
        facts = {"host": ""} if server is None else _facts(server)
        self._trail.record(actor, "set_database_server", _TARGET, DONE, **facts)
        take_back = None
        try:
            if server is not None and password is not None:
                take_back = self._secrets.put(SERVER_PASSWORD, password)
            self._write(server)
        except CamWatchError:
            if take_back is not None:
                take_back()
            self._trail.try_to_record(actor, "set_database_server", _TARGET, FAILED)
            raise
        if server is None:
            self._secrets.forget(SERVER_PASSWORD)

    def _write(self, server: DatabaseServer | None) -> None:
        if self._settings_file is None:
            return
        try:
            write_values(self._settings_file, "history", server_values(server))
        except InvalidSettings as error:
            raise FilesTroubled(tr("{error}. The server was not changed.", error=error)) from error


def check_server(server: DatabaseServer) -> None:
    """Refuse a server that the settings would refuse.

    Raises:
        InvalidSettings: With every refused field, by its name in `DatabaseServer`.
    """
    problems = []
    if not server.host.strip():
        problems.append(InvalidSetting("host", tr("must not be empty")))
    elif any(sign in server.host for sign in "/,@ :?=\\'") and not _is_address(server.host):
        problems.append(InvalidSetting("host", tr("must be one name or address, without a port")))
    try:
        History.model_validate(server_values(server))
    except ValidationError as error:
        for one in error.errors(include_url=False, include_input=False):
            field = str(one["loc"][-1]).removeprefix("server_")
            problems.append(InvalidSetting(field, one["msg"][0].lower() + one["msg"][1:]))
    if server.ca_file and server.tls is Tls.VERIFY and not Path(server.ca_file).is_file():
        problems.append(InvalidSetting("ca_file", tr("is no file that can be read here")))
    if problems:
        raise InvalidSettings(problems)


def _is_address(host: str) -> bool:
    """Tell an IPv6 address, in which there are colons, from a name with a port."""
    return host.count(":") >= 2 and all(sign in "0123456789abcdefABCDEF:.%" for sign in host)


def _facts(server: DatabaseServer) -> dict[str, str]:
    return {name: str(getattr(server, name)) for name in _FIELDS if getattr(server, name)}
