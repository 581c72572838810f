"""Commands about the vault: who may, what is audited, what goes on afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.auth.audit_check import AuditState
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.auth.vault import Vault, VaultState
from camwatch.auth.vault_format import Cost
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.system import camera_password
from camwatch.commands.vault_commands import VaultStatus
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Role, Secret
from camwatch.errors import (
    InvalidSetting,
    PasswordNeeded,
    PermissionDenied,
    SecretsUnavailable,
    SessionExpired,
    StorageError,
    VaultLocked,
    WrongPassphrase,
)
from camwatch.events import Bus, CamerasChanged
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, Clock, forbid, settings

RIGHT = Secret("seven grey geese over the fen")
OTHER = Secret("nine brown hens under a hedge")
CHEAP = Cost(1024, 1, 1)


class Keyrings:
    """The keyring of this computer; there is none until the test says so."""

    def __init__(self) -> None:
        self.keyring: MemoryKeyring | None = None

    def open(self) -> MemoryKeyring:
        if self.keyring is None:
            raise SecretsUnavailable("This computer offers no keyring.")
        return self.keyring


@pytest.fixture
def keyrings() -> Keyrings:
    return Keyrings()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault.bin", tmp_path / "state", cost=CHEAP)


@pytest.fixture
def secrets(keyrings: Keyrings, vault: Vault) -> Iterator[SecretStore]:
    store = SecretStore(keyrings.open, vault=vault)
    yield store
    store.close()


@pytest.fixture
def make_commands(
    database: Database, bus: Bus, counting: Counting, clock: Clock
) -> Callable[[SecretStore], Commands]:
    def make(store: SecretStore) -> Commands:
        return Commands(database, store, CameraPolicy(), bus, counting, clock)

    return make


def trail(database: Database) -> list[tuple[str, str, str]]:
    return [
        (entry.actor, entry.action, entry.result)
        for entry in reversed(database.audit.newest(50))
        if "vault" in entry.action
    ]


@pytest.mark.fault("F90")
def test_from_no_safe_place_to_a_camera_with_a_password_and_over_the_next_start(  # noqa: PLR0917 - fixtures
    commands: Commands,
    boss: Session,
    database: Database,
    vault: Vault,
    keyrings: Keyrings,
    make_commands: Callable[[SecretStore], Commands],
    changes: list[CamerasChanged],
) -> None:
    with pytest.raises(SecretsUnavailable):
        commands.add_camera(boss, settings(), Secret("pw of the gate"))
    assert database.cameras.all() == []
    assert commands.vault_status() == VaultStatus(VaultState.ABSENT)
    commands.create_vault(boss, RIGHT)
    assert commands.vault_status() == VaultStatus(VaultState.OPEN)
    gate = commands.add_camera(boss, settings(), Secret("pw of the gate"))

    later = SecretStore(keyrings.open, vault=Vault(vault.file, cost=CHEAP))
    again = make_commands(later)
    assert again.vault_status() == VaultStatus(VaultState.LOCKED)
    with pytest.raises(VaultLocked):
        camera_password(later, gate)
    assert camera_password(later, replace(gate, settings=settings(username=""))) is None
    told = len(changes)
    with pytest.raises(WrongPassphrase):
        again.unlock_vault(OTHER)
    assert len(changes) == told
    again.unlock_vault(RIGHT)
    assert len(changes) == told + 1  # cameras that wait look again
    assert camera_password(later, gate) == Secret("pw of the gate")
    later.close()
    assert trail(database) == [
        ("boss", "create_vault", "done"),
        ("anonymous", "unlock_vault", "failed"),
        ("anonymous", "unlock_vault", "done"),
    ]


def test_a_refused_passphrase_makes_no_vault(
    commands: Commands, boss: Session, database: Database, vault: Vault
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        commands.create_vault(boss, Secret("short"))
    assert refused.value.field == "passphrase"
    assert not vault.file.exists()
    assert [entry[2] for entry in trail(database)] == ["done", "failed"]


def test_what_cannot_be_audited_is_not_done(
    commands: Commands, boss: Session, file: Path, vault: Vault
) -> None:
    commands.create_vault(boss, RIGHT)
    vault.lock()
    forbid(file, "INSERT", "audit")
    with pytest.raises(StorageError):
        commands.unlock_vault(RIGHT)
    assert vault.state is VaultState.LOCKED
    before = vault.file.read_bytes()
    with pytest.raises(StorageError):
        commands.change_vault_passphrase(boss, RIGHT, OTHER)
    assert vault.file.read_bytes() == before
    vault.file.unlink()
    with pytest.raises(StorageError):
        commands.create_vault(boss, RIGHT)
    assert not vault.file.exists()


def test_the_passphrase_is_changed_by_who_manages_security(
    commands: Commands, sessions: dict[Role, Session], vault: Vault
) -> None:
    boss = sessions[Role.ADMINISTRATOR]
    commands.create_vault(boss, RIGHT)
    with pytest.raises(PermissionDenied):
        commands.change_vault_passphrase(sessions[Role.SUPERVISOR], RIGHT, OTHER)
    with pytest.raises(WrongPassphrase):
        commands.change_vault_passphrase(boss, OTHER, OTHER)
    commands.change_vault_passphrase(boss, RIGHT, OTHER)
    vault.lock()
    commands.unlock_vault(OTHER)


def test_all_is_moved_into_a_keyring_that_appears_if_that_is_wished(  # noqa: PLR0917 - fixtures
    commands: Commands,
    boss: Session,
    database: Database,
    vault: Vault,
    keyrings: Keyrings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands.create_vault(boss, RIGHT)
    gate = commands.add_camera(boss, settings(), Secret("pw of the gate"))
    assert not commands.vault_status().can_move
    keyrings.keyring = MemoryKeyring()
    assert commands.vault_status().can_move
    assert keyrings.keyring.entries == {}  # nothing moves by itself
    assert commands.move_vault_to_keyring(boss) == 1
    assert list(keyrings.keyring.entries.values()) == ["pw of the gate"]
    assert commands.vault_status() == VaultStatus(VaultState.ABSENT)
    assert commands._secrets.get(gate.uid) == Secret("pw of the gate")
    assert trail(database)[-1] == ("boss", "move_vault_to_keyring", "done")
    sessions = commands.guard._sessions
    monkeypatch.setattr(sessions, "is_confirmed", lambda _session: False)
    with pytest.raises(PasswordNeeded):
        commands.move_vault_to_keyring(boss)


@pytest.mark.expects_warning
@pytest.mark.fault("F91")
def test_any_operator_lets_the_keyring_ask_again(
    commands: Commands,
    sessions: dict[Role, Session],
    keyrings: Keyrings,
    changes: list[CamerasChanged],
) -> None:
    keyring = keyrings.keyring = MemoryKeyring()
    keyring.is_locked = True
    viewer = sessions[Role.VIEWER]
    with pytest.raises(SecretsUnavailable, match="is locked"):
        commands.ask_keyring_again(viewer)
    with pytest.raises(SecretsUnavailable):
        commands._secrets.get("uid-1")
    assert keyring.questions == 1
    keyring.is_locked = False
    with pytest.raises(SecretsUnavailable):
        commands._secrets.get("uid-1")  # not asked by itself
    told = len(changes)
    commands.ask_keyring_again(viewer)
    assert len(changes) == told + 1
    assert commands._secrets.get("uid-1") is None
    with pytest.raises(SessionExpired):
        commands.ask_keyring_again(replace(viewer, id="forged"))


@pytest.mark.fault("F94")
def test_a_password_that_is_not_kept_saves_no_half_of_a_camera(
    commands: Commands,
    boss: Session,
    database: Database,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands.create_vault(boss, RIGHT)
    gate = commands.add_camera(boss, settings(), Secret("the old one"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SecretsUnavailable, match="No space left"):
        commands.add_camera(boss, settings("Hall"), Secret("never kept"))
    with pytest.raises(SecretsUnavailable, match="No space left"):
        commands.edit_camera(boss, gate.id, settings("Renamed"), Secret("the new one"))
    monkeypatch.undo()
    assert database.cameras.all() == [gate]
    assert commands._secrets.get(gate.uid) == Secret("the old one")


@pytest.mark.fault("F117")
def test_a_camera_has_its_password_as_it_was_typed_or_none_at_all(
    commands: Commands, boss: Session, database: Database, vault: Vault
) -> None:
    commands.create_vault(boss, RIGHT)
    before = vault.file.read_bytes()
    for refused in ("x" * 1_000_000, "half \ud800"):
        with pytest.raises(InvalidSetting) as error:
            commands.add_camera(boss, settings(), Secret(refused))
        assert error.value.field == "password"
    assert database.cameras.all() == []
    assert vault.file.read_bytes() == before
    # What the camera hashes is its own affair: nothing is composed or taken apart here.
    for number, text in enumerate(("a\x00b", "G\u00e4nse", "Ga\u0308nse")):
        camera = commands.add_camera(boss, settings(f"Gate {number}"), Secret(text))
        kept = commands._secrets.get(camera.uid)
        assert kept is not None
        assert kept.reveal() == text


def test_with_an_open_vault_the_audit_log_is_sealed_at_once(  # noqa: PLR0917 - fixtures
    database: Database,
    secrets: SecretStore,
    bus: Bus,
    counting: Counting,
    clock: Clock,
    vault: Vault,
) -> None:
    def start(folder: Path) -> Commands:
        access = AccessOptions(folder)
        return Commands(database, secrets, CameraPolicy(), bus, counting, clock, access=access)

    def newest_key() -> str:
        (link,) = database.audit.links(database.audit.newest_number() - 1)
        return link.key_id

    folder = vault.file.parent / "profile"
    folder.mkdir()
    commands = start(folder)
    session = commands.create_first_administrator("boss", PASSWORD)
    assert newest_key() == ""
    commands.create_vault(session, RIGHT)
    commands.sign_out(session)
    key_id = newest_key()
    assert key_id != ""

    vault.lock()
    commands = start(folder)
    with pytest.raises(WrongPassphrase):
        commands.unlock_vault(OTHER)
    assert newest_key() == ""
    commands.unlock_vault(RIGHT)
    session = commands.sign_in("boss", PASSWORD)
    assert newest_key() == key_id
    check = commands.verify_audit(session)
    assert (check.state, check.findings) == (AuditState.SOUND, ())
