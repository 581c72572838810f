"""The audit log of a computer that has now a keyring, now a vault, and now both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from camwatch.auth.audit_check import AuditCheck, AuditFault, AuditState, Unchecked
from camwatch.auth.audit_key import ENTRY, AuditKeys, kept_key
from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.vault import Vault, VaultState
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_keeper import seal_log, verify_profile
from camwatch.data.engine import Database
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable
from tests.auth.test_vault import CHEAP
from tests.commands.audit_site import AuditSite

RIGHT = Secret("canary: seven grey geese over the fen")


class Place(AuditSite):
    """A profile on a computer whose keyring comes and goes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.has_keyring = True
        self.is_unlocked = True

    @contextmanager
    def store(self) -> Iterator[SecretStore]:
        def keyring() -> object:
            if not self.has_keyring:
                raise SecretsUnavailable("none")
            return self.keyring

        vault = Vault(self.profile.vault_file, self.profile.folder / "state", cost=CHEAP)
        if self.is_unlocked and vault.state is VaultState.LOCKED:
            vault.unlock(RIGHT)
        store = SecretStore(keyring, vault=vault)  # type: ignore[arg-type]
        try:
            yield store
        finally:
            store.close()

    def make_vault(self) -> None:
        with self.store() as store:
            assert store.vault is not None
            store.vault.create(RIGHT)

    def state(self) -> tuple[AuditState, list[AuditFault], Unchecked | None]:
        check: AuditCheck = self.check()
        return check.state, [one.fault for one in check.findings], check.why

    def keys(self) -> int:
        return len(self.asked("SELECT DISTINCT key_id FROM audit WHERE key_id != ''"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "profile")


SOUND: tuple[AuditState, list[AuditFault], None] = (AuditState.SOUND, [], None)


def test_first_nothing_then_a_vault_that_is_locked_at_times(place: Place) -> None:
    place.has_keyring = False
    place.write("A")
    place.make_vault()
    place.write("B")
    place.is_unlocked = False
    place.write("C")
    assert place.state() == (AuditState.UNCHECKED, [], Unchecked.NO_KEYRING)
    place.is_unlocked = True
    place.write("D")
    assert place.state() == SOUND
    assert place.keys() == 1


def test_a_vault_that_was_made_while_the_keyring_was_away(place: Place) -> None:
    place.write("A")
    place.has_keyring = False
    place.make_vault()
    place.write("B")
    assert place.keys() == 2
    # The other key may be in the keyring, and nobody can look there now.
    assert place.state() == (AuditState.UNCHECKED, [], Unchecked.NO_KEYRING)
    place.has_keyring = True
    place.write("C")
    assert place.state() == SOUND
    with place.store() as store:
        store.move_to_keyring()
    place.write("D")
    assert place.state() == SOUND
    assert place.keys() == 2


def test_another_profile_of_the_same_keyring_stays_sound(place: Place, tmp_path: Path) -> None:
    other = AuditSite(tmp_path / "other")
    other.keyring = place.keyring
    other.write("A")
    place.has_keyring = False
    place.make_vault()
    place.write("A")
    place.has_keyring = True
    with place.store() as store:
        store.move_to_keyring()
    other.write("B")
    assert other.check().state is AuditState.SOUND


def test_codes_that_were_all_made_anew_are_found_out_with_a_vault_too(place: Place) -> None:
    place.write("A", "B")
    place.make_vault()
    intruder = SecretStore(lambda: AuditSite(place.profile.folder).keyring)
    place.tamper("DELETE FROM audit")
    place.head_file.unlink()
    with Database.open(place.file, clock=place.clock) as database:
        access = AccessOptions(place.profile.folder)
        keeper = seal_log(database.audit, intruder, access, place.clock)
        assert keeper is not None
        database.audit.append("ada", "sign_in", "A", "done")
        keeper.close()
    intruder.close()
    state, faults, _ = place.state()
    assert state is AuditState.BROKEN
    assert AuditFault.UNKNOWN_KEY in faults


@pytest.mark.expects_warning
def test_names_of_keys_are_not_believed(place: Place) -> None:
    place.write("A")
    with place.store() as store:
        key = kept_key(store)
        assert key is not None
        keys = AuditKeys(store)
        assert keys.find(key.key_id) == key
        assert [keys.find(name) for name in ("", "../x", "0" * 16)] == [None] * 3
        # Its entry holds the key of another name.
        place.keyring.entries[SERVICE, f"{ENTRY}-{'0' * 16}"] = place.keyring.entries[
            SERVICE, ENTRY
        ]
        assert AuditKeys(store).find("0" * 16) is None
        assert keys.are_all_here


def test_a_log_is_checked_without_any_place_for_keys(place: Place) -> None:
    place.write("A")
    with Database.open_audit(place.file) as reader:
        check = verify_profile(reader, None, None, place.clock)
    assert [one.fault for one in check.findings] == [AuditFault.UNKNOWN_KEY]
