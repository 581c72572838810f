"""An administrator tries a server and chooses it: settings and keyring change, the log tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from camwatch.auth.secrets import SecretStore
from camwatch.commands.server_desk import ServerDesk
from camwatch.commands.trail import Trail
from camwatch.commands.where import SERVER_PASSWORD, open_database
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.errors import (
    DatabaseAway,
    DatabaseReadOnly,
    DatabaseRefuses,
    FilesTroubled,
    InvalidSettings,
    SecretsUnavailable,
)
from camwatch.history.keeping import DatabaseServer, Tls
from camwatch.paths import Profile
from tests.auth.keyrings import MemoryKeyring
from tests.support.postgres import GUARDED, OWNER, PASSWORD, PostgresServer


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = Profile(tmp_path / "profile")
    profile.create()
    return profile


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def secrets(keyring: MemoryKeyring) -> SecretStore:
    return SecretStore(lambda: keyring)


@pytest.fixture
def desk(profile: Profile, secrets: SecretStore, database: Database) -> ServerDesk:
    return ServerDesk(profile.settings_file, secrets, Trail(database.audit))


@pytest.fixture
def server(postgres: PostgresServer) -> DatabaseServer:
    return DatabaseServer("127.0.0.1", postgres.port, OWNER, GUARDED, Tls.OFF)


def entries(database: Database) -> str:
    return repr(database.audit.newest())


def test_trying_says_what_is_there_and_changes_nothing(
    desk: ServerDesk, server: DatabaseServer, profile: Profile, database: Database
) -> None:
    said = desk.try_server("ada", server, Secret(PASSWORD))
    assert said.startswith("PostgreSQL ")
    assert "is empty" in said
    assert not profile.settings_file.exists()
    assert PASSWORD not in entries(database)
    assert database.audit.newest()[0].details["host"] == "127.0.0.1"


def test_a_server_with_a_history_says_so(
    desk: ServerDesk, postgres_url: str, server: DatabaseServer, database: Database
) -> None:
    name = postgres_url.rpartition("/")[2].partition("?")[0]
    there = DatabaseServer(server.host, server.port, name, OWNER, Tls.OFF)
    assert "holds a history of CamWatch" in desk.try_server("ada", there, None)


def test_what_refuses_says_why_and_the_log_tells(
    desk: ServerDesk, server: DatabaseServer, database: Database, postgres: PostgresServer
) -> None:
    with pytest.raises(DatabaseRefuses, match="password"):
        desk.try_server("ada", server, Secret("hunter2hunter2"))
    assert database.audit.newest()[0].result == "failed"
    assert "hunter2" not in entries(database)
    with pytest.raises(DatabaseAway, match="refused"):
        desk.try_server("ada", DatabaseServer("127.0.0.1", 1, tls=Tls.OFF), None)
    postgres.do(f"ALTER ROLE {GUARDED} SET default_transaction_read_only = on")
    try:
        with pytest.raises(DatabaseReadOnly, match="standby"):
            desk.try_server("ada", server, Secret(PASSWORD))
    finally:
        postgres.do(f"ALTER ROLE {GUARDED} RESET default_transaction_read_only")


def test_each_refused_field_is_named(desk: ServerDesk) -> None:
    with pytest.raises(InvalidSettings) as caught:
        desk.try_server("ada", DatabaseServer("db:5432", 0, "", "", ca_file="/gone.pem"), None)
    assert {one.field for one in caught.value.problems} == {
        "host",
        "port",
        "database",
        "user",
        "ca_file",
    }


def test_a_chosen_server_is_opened_at_the_next_start(
    desk: ServerDesk, server: DatabaseServer, profile: Profile, secrets: SecretStore
) -> None:
    desk.set_server("ada", server, Secret(PASSWORD))
    assert PASSWORD not in profile.settings_file.read_text()
    history = load_settings(profile.settings_file, {}).history
    with open_database(profile, history, lambda: secrets) as opened:
        assert opened.place == f"the database {OWNER} on 127.0.0.1:{server.port}"
    desk.set_server("ada", None, None)
    assert secrets.get(SERVER_PASSWORD) is None
    with open_database(profile, load_settings(profile.settings_file, {}).history) as opened:
        assert opened.file == profile.database_file


@pytest.mark.expects_warning
def test_without_a_keyring_nothing_changes(
    desk: ServerDesk,
    server: DatabaseServer,
    keyring: MemoryKeyring,
    profile: Profile,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("locked")

    monkeypatch.setattr(keyring, "set_password", refuse)
    with pytest.raises(SecretsUnavailable):
        desk.set_server("ada", server, Secret(PASSWORD))
    assert not profile.settings_file.exists()


def test_settings_that_cannot_be_written_leave_the_old_password(
    desk: ServerDesk, server: DatabaseServer, profile: Profile, secrets: SecretStore
) -> None:
    desk.set_server("ada", server, Secret("the old one"))
    profile.settings_file.write_text("no = [toml")
    with pytest.raises(FilesTroubled):
        desk.set_server("ada", server, Secret("the new one"))
    assert secrets.get(SERVER_PASSWORD) == Secret("the old one")
