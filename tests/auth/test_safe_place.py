"""The store of secrets on computers with a vault, a keyring, both or neither."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.vault import Vault, VaultState
from camwatch.auth.vault_format import Cost
from camwatch.domain import Secret
from camwatch.errors import SecretsLocked, SecretsUnavailable, VaultLocked, VaultUnfit
from tests.auth.conftest import wait_for
from tests.auth.keyrings import MemoryKeyring
from tests.auth.secret_service import SecretService

MakeStore = Callable[..., SecretStore]
RIGHT = Secret("seven grey geese over the fen")
CHEAP = Cost(1024, 1, 1)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Return a vault that does not exist yet."""
    return Vault(tmp_path / "vault.bin", tmp_path / "state", cost=CHEAP)


# ---------------------------------------------------------------- no keyring


@pytest.mark.fault("F90")
def test_without_a_keyring_a_vault_is_offered_and_nothing_is_written(
    no_keyring: None, make_store: MakeStore, vault: Vault, tmp_path: Path
) -> None:
    store = make_store(vault=vault)
    with pytest.raises(SecretsUnavailable, match="make a vault") as refused:
        store.put("uid-1", Secret("never kept"))
    # Nobody can unlock what is not there: cameras must not wait for it.
    assert not isinstance(refused.value, SecretsLocked)
    assert not store.has_keyring()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("F90")
def test_without_a_keyring_the_vault_keeps_passwords_over_the_next_start(
    no_keyring: None, make_store: MakeStore, vault: Vault
) -> None:
    store = make_store(vault=vault)
    with pytest.raises(SecretsUnavailable):
        store.put("uid-1", Secret("too early"))
    vault.create(RIGHT)
    take_back = store.put("uid-1", Secret("the first"))
    take_back()
    assert store.get("uid-1") is None
    store.put("uid-1", Secret("the first"))
    undo = store.put("uid-1", Secret("the second"))
    undo()
    assert store.get("uid-1") == Secret("the first")
    assert store.probe() == "camwatch.auth.vault.Vault"
    assert vault.entries() == {SERVICE: {"uid-1": "the first"}}

    later = Vault(vault.file, cost=CHEAP)
    waiting = make_store(vault=later)
    for call in (waiting.probe, lambda: waiting.get("uid-1"), lambda: waiting.delete("uid-1")):
        with pytest.raises(VaultLocked):
            call()
    with pytest.raises(VaultLocked):
        waiting.put("uid-2", Secret("never kept"))
    waiting.remember("uid-3", Secret("for this run"))
    assert waiting.get("uid-3") == Secret("for this run")
    later.unlock(RIGHT)
    assert waiting.get("uid-1") == Secret("the first")
    waiting.delete("uid-1")
    assert store.get("uid-1") is None


@pytest.mark.fault("F94")
@pytest.mark.parametrize("before", [None, "the old one"])
def test_a_vault_that_cannot_be_written_keeps_the_old_password(
    no_keyring: None,
    make_store: MakeStore,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
    before: str | None,
) -> None:
    vault.create(RIGHT)
    store = make_store(vault=vault)
    if before is not None:
        store.put("uid-1", Secret(before))
    data = vault.file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(VaultUnfit, match="No space left"):
        store.put("uid-1", Secret("the new one"))
    monkeypatch.undo()
    assert vault.file.read_bytes() == data
    assert store.get("uid-1") == (Secret(before) if before else None)


# ---------------------------------------------------------------- vault and keyring


def test_what_the_vault_holds_comes_first_and_all_new_goes_into_it(
    make_store: MakeStore, vault: Vault
) -> None:
    keyring = MemoryKeyring()
    keyring.entries = {(SERVICE, "uid-1"): "from before", (SERVICE, "uid-2"): "still good"}
    vault.create(RIGHT)
    store = make_store(lambda: keyring, vault=vault)
    assert store.get("uid-1") == Secret("from before")
    store.put("uid-1", Secret("newer"))
    assert store.get("uid-1") == Secret("newer")
    assert store.get("uid-2") == Secret("still good")
    assert keyring.entries[SERVICE, "uid-1"] == "from before"
    vault.lock()
    # The keyring's is older: sent to the camera, it would be refused and lock the account.
    with pytest.raises(VaultLocked):
        store.get("uid-1")
    vault.unlock(RIGHT)
    store.delete("uid-1")
    assert store.get("uid-1") is None
    assert keyring.entries == {(SERVICE, "uid-2"): "still good"}


def test_all_of_the_vault_moves_into_a_keyring_that_appears(
    make_store: MakeStore, vault: Vault
) -> None:
    keyring = MemoryKeyring()
    keyring.entries = {(SERVICE, "uid-1"): "from before"}
    vault.create(RIGHT)
    store = make_store(lambda: keyring, vault=vault)
    for number in range(1, 4):
        store.put(f"uid-{number}", Secret(f"password {number}"))
    assert store.has_keyring()
    assert store.move_to_keyring() == 3
    assert keyring.entries == {(SERVICE, f"uid-{n}"): f"password {n}" for n in range(1, 4)}
    assert vault.state is VaultState.ABSENT
    assert not vault.file.exists()
    assert store.get("uid-2") == Secret("password 2")
    store.put("uid-9", Secret("into the keyring"))
    assert keyring.entries[SERVICE, "uid-9"] == "into the keyring"
    assert store.move_to_keyring() == 0


@pytest.mark.expects_warning
@pytest.mark.fault("F94")
def test_a_keyring_that_does_not_take_all_leaves_the_vault_as_it_is(
    make_store: MakeStore, vault: Vault
) -> None:
    keyring = MemoryKeyring()
    vault.create(RIGHT)
    store = make_store(lambda: keyring, vault=vault)
    store.put("uid-1", Secret("short"))
    store.put("uid-2", Secret("longer than twelve"))
    before = vault.entries()
    keyring.longest = 12
    with pytest.raises(SecretsUnavailable, match="did not keep it"):
        store.move_to_keyring()
    keyring.longest, keyring.refuses = 1000, OSError("the wallet is full")
    with pytest.raises(SecretsUnavailable, match="OSError"):
        store.move_to_keyring()
    assert vault.entries() == before
    assert store.get("uid-2") == Secret("longer than twelve")


# ---------------------------------------------------------------- a real Secret Service


@pytest.mark.expects_warning
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.fault("F89", "F91")
def test_a_real_locked_keyring_asks_once_and_cameras_wait(
    store: SecretStore,
    secret_service: SecretService,
    make_store: MakeStore,
    vault: Vault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from secretstorage.collection import Collection  # noqa: PLC0415 - Linux only

    asked: list[int] = []
    unlock = Collection.unlock

    def count(collection: Collection, **how: float) -> bool:
        asked.append(1)
        return bool(unlock(collection, **how))

    monkeypatch.setattr(Collection, "unlock", count)
    store.put("uid-1", Secret("behind the lock"))
    secret_service.lock()
    later = make_store(vault=vault, deadline_s=30.0)
    while True:  # until the locked keyring has taken the place of the other one
        with pytest.raises(SecretsUnavailable) as refused:
            later.get("uid-0")
        if "is locked" in str(refused.value):
            break
    asked.clear()
    for number in range(64):
        with pytest.raises(SecretsLocked, match="is locked"):
            later.get(f"uid-{number}")
    assert asked == []  # the one question was put above, and was dismissed
    with pytest.raises(SecretsLocked):
        later.probe()  # an operator wants to try again
    assert len(asked) == 1
    del refused  # it holds on to an open connection


@pytest.mark.fault("F92")
def test_a_real_keyring_that_hangs_makes_cameras_wait_and_holds_up_nobody(
    store: SecretStore, secret_service: SecretService, make_store: MakeStore, vault: Vault
) -> None:
    store.put("uid-1", Secret("still here"))
    hasty = make_store(vault=vault, deadline_s=0.2)
    assert hasty.get("uid-1") == Secret("still here")
    secret_service.hang()
    for _ in range(64):
        with pytest.raises(SecretsLocked, match="does not answer"):
            hasty.get("uid-1")
    secret_service.go_on()
    assert store.get("uid-1") == Secret("still here")


@pytest.mark.fault("F93")
def test_an_entry_deleted_from_the_real_keyring_is_not_there_which_is_no_reason_to_wait(
    secret_service: SecretService, make_store: MakeStore, vault: Vault
) -> None:
    import secretstorage  # noqa: PLC0415 - Linux only

    store = make_store(vault=vault, deadline_s=30.0)
    wait_for(store)
    store.put("uid-1", Secret("kept for now"))
    connection = secretstorage.dbus_init()
    try:
        for item in secretstorage.search_items(connection, {"service": SERVICE}):
            item.delete()
    finally:
        connection.close()
    assert store.get("uid-1") is None


def test_the_vault_moves_into_the_real_keyring(
    secret_service: SecretService, make_store: MakeStore, vault: Vault
) -> None:
    store = make_store(vault=vault, deadline_s=30.0)
    wait_for(store)
    vault.create(RIGHT)
    store.put("uid-1", Secret("kept"))
    assert store.move_to_keyring() == 1
    assert make_store(deadline_s=30.0).get("uid-1") == Secret("kept")
    assert not vault.file.exists()
