"""The vault file: what opens it, what is found out, and that nothing is lost or left readable."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import subprocess
import sys
import threading
import unicodedata
from pathlib import Path

import pytest
from keyring.errors import PasswordDeleteError

from camwatch.auth import vault_format
from camwatch.auth.passphrase import SHORTEST, check_new_passphrase, passphrase_bytes
from camwatch.auth.vault import Vault, VaultState
from camwatch.auth.vault_format import USUAL_COST, Cost, read_head
from camwatch.domain import Secret
from camwatch.errors import (
    InvalidSetting,
    SecretsUnavailable,
    VaultLocked,
    VaultOlder,
    VaultUnfit,
    WrongPassphrase,
)

RIGHT = Secret("seven grey geese over the fen")
OTHER = Secret("nine brown hens under a hedge")
SERVICE = "camwatch"
# Real Argon2id, only with less memory: most tests are not about what a guess costs.
CHEAP = Cost(1024, 1, 1)
HEAD_SIZE = vault_format._HEAD


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "profile"
    folder.mkdir()
    return folder / "vault.bin"


@pytest.fixture
def seen(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def vault(file: Path, seen: Path) -> Vault:
    made = Vault(file, seen, cost=CHEAP)
    made.create(RIGHT)
    return made


def again(file: Path, seen: Path | None = None, passphrase: Secret = RIGHT) -> Vault:
    """Open a vault as the next start of the program does."""
    found = Vault(file, seen, cost=CHEAP)
    found.unlock(passphrase)
    return found


# ---------------------------------------------------------------- keeping


def test_what_is_put_in_comes_out_after_the_next_start(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid-1", "first")
    vault.set_password(SERVICE, "uid-2", "sécond \x00 \ud800 😀")
    vault.set_password("other", "uid-1", "of another service")
    vault.set_password(SERVICE, "uid-1", "changed")
    later = again(file)
    assert later.get_password(SERVICE, "uid-1") == "changed"
    assert later.get_password(SERVICE, "uid-2") == "sécond \x00 \ud800 😀"
    assert later.get_password("other", "uid-1") == "of another service"
    assert later.get_password(SERVICE, "uid-3") is None
    later.delete_password(SERVICE, "uid-1")
    assert again(file).get_password(SERVICE, "uid-1") is None
    with pytest.raises(PasswordDeleteError):
        later.delete_password(SERVICE, "uid-1")


def test_the_usual_cost_is_real_and_stands_in_the_file(file: Path) -> None:
    Vault(file).create(RIGHT)
    assert read_head(file.read_bytes()).cost == USUAL_COST
    assert USUAL_COST.memory_kib >= 64 * 1024
    again(file)


def test_the_file_holds_no_password_no_name_and_not_how_many(vault: Vault, file: Path) -> None:
    empty = len(file.read_bytes())
    for number in range(20):
        vault.set_password(SERVICE, f"uid-of-{number}", f"password-of-{number}")
    data = file.read_bytes()
    assert len(data) == empty
    for text in (SERVICE, "uid-of", "password-of", RIGHT.reveal()):
        assert text.encode() not in data


def test_each_writing_has_a_nonce_of_its_own(vault: Vault, file: Path) -> None:
    found = set()
    for _ in range(50):
        vault.set_password(SERVICE, "uid", "the same")
        found.add(vault_format._FIELDS.unpack_from(file.read_bytes())[8])
    assert len(found) == 50


def test_a_locked_vault_gives_nothing_and_takes_nothing(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    vault.lock()
    assert vault.state is VaultState.LOCKED
    before = file.read_bytes()
    with pytest.raises(VaultLocked):
        vault.get_password(SERVICE, "uid")
    with pytest.raises(VaultLocked):
        vault.set_password(SERVICE, "uid", "never")
    with pytest.raises(VaultLocked):
        vault.delete_password(SERVICE, "uid")
    assert file.read_bytes() == before
    vault.unlock(RIGHT)
    assert vault.get_password(SERVICE, "uid") == "kept"


def test_a_second_vault_does_not_take_the_place_of_the_first(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    with pytest.raises(SecretsUnavailable, match="vault for passwords already"):
        Vault(file, cost=CHEAP).create(OTHER)
    assert again(file).get_password(SERVICE, "uid") == "kept"


def test_what_does_not_fit_is_refused_and_the_rest_stays(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    with pytest.raises(VaultUnfit, match="too large"):
        vault.set_password(SERVICE, "huge", "x" * vault_format.LARGEST_FILE)
    assert again(file).entries() == {SERVICE: {"uid": "kept"}}


# ---------------------------------------------------------------- the passphrase


def test_another_passphrase_is_told_from_a_damaged_file(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    with pytest.raises(WrongPassphrase):
        again(file, passphrase=OTHER)
    data = bytearray(file.read_bytes())
    data[-20] ^= 1
    file.write_bytes(data)
    with pytest.raises(VaultUnfit, match="damaged, or was changed"):
        again(file)


@pytest.mark.fault("F117")
@pytest.mark.parametrize("text", ["", "x" * 1_000_000, "é" * 600, "fifteen letters\ud800 and half"])
def test_what_cannot_be_a_passphrase_is_wrong_before_anything_is_hashed(
    vault: Vault, file: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise AssertionError("it was hashed")

    monkeypatch.setattr(vault_format, "hash_secret_raw", refuse)
    with pytest.raises(WrongPassphrase):
        again(file, passphrase=Secret(text))
    with pytest.raises(InvalidSetting) as refused:
        check_new_passphrase(Secret(text))
    assert refused.value.field == "passphrase"
    assert not text or text not in str(refused.value)


@pytest.mark.fault("F117")
def test_a_passphrase_is_the_same_however_it_is_typed(file: Path) -> None:
    composed, apart = (
        Secret(unicodedata.normalize(form, "sieben graue Gänse über dem Moor"))
        for form in ("NFC", "NFD")
    )
    assert composed != apart
    Vault(file, cost=CHEAP).create(composed)
    again(file, passphrase=apart)
    assert passphrase_bytes(composed) == passphrase_bytes(apart)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x" * (SHORTEST - 1), "at least 15"),
        ("abcdefghijklmnopqrstuvwxyz" * 5, "128 characters at most"),
        ("aaaaaaaaaaaaaaaaaaaaaa", "same few characters"),
        ("password passphrase", "easy to guess"),
    ],
)
def test_a_poor_passphrase_is_refused_and_no_file_is_made(file: Path, text: str, why: str) -> None:
    with pytest.raises(InvalidSetting, match=why) as refused:
        Vault(file, cost=CHEAP).create(Secret(text))
    assert refused.value.field == "passphrase"
    assert "user name" not in refused.value.reason
    assert not file.exists()


def test_a_changed_passphrase_opens_and_the_old_one_does_not(
    vault: Vault, file: Path, seen: Path
) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    before = read_head(file.read_bytes())
    with pytest.raises(WrongPassphrase):
        vault.change_passphrase(OTHER, OTHER)
    with pytest.raises(InvalidSetting):
        vault.change_passphrase(RIGHT, Secret("short"))
    vault.change_passphrase(RIGHT, OTHER)
    assert vault.get_password(SERVICE, "uid") == "kept"
    after = read_head(file.read_bytes())
    assert (after.uid, after.generation) == (before.uid, before.generation + 1)
    assert after.salt != before.salt
    with pytest.raises(WrongPassphrase):
        again(file, seen)
    assert again(file, seen, OTHER).get_password(SERVICE, "uid") == "kept"


def test_another_program_that_has_it_open_asks_for_the_new_passphrase(
    vault: Vault, file: Path
) -> None:
    window = again(file)
    vault.set_password(SERVICE, "uid", "kept")
    vault.change_passphrase(RIGHT, OTHER)
    with pytest.raises(VaultLocked, match="changed by another CamWatch"):
        window.get_password(SERVICE, "uid")
    assert window.state is VaultState.LOCKED
    window.unlock(OTHER)
    assert window.get_password(SERVICE, "uid") == "kept"


@pytest.mark.expects_warning
def test_the_passphrase_is_kept_out_of_the_log(file: Path, log_file: Path) -> None:
    made = Vault(file, cost=CHEAP)
    made.create(RIGHT)
    with pytest.raises(WrongPassphrase):
        made.unlock(OTHER)
    logging.getLogger("test").warning("it is %s", RIGHT.reveal())
    assert "it is ***" in log_file.read_text("utf-8")
    with pytest.raises(WrongPassphrase):
        made.unlock(Secret("camwatch"))
    logging.getLogger("test").warning("of camwatch")
    assert "of camwatch" in log_file.read_text("utf-8")


# ---------------------------------------------------------------- damage and tampering


def test_every_changed_byte_and_every_cut_is_found_out(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    good = file.read_bytes()
    spots = [*range(HEAD_SIZE), HEAD_SIZE, len(good) // 2, len(good) - 1]
    for spot in spots:
        file.write_bytes(good[:spot] + bytes([good[spot] ^ 0x40]) + good[spot + 1 :])
        with pytest.raises(VaultUnfit):
            vault.get_password(SERVICE, "uid")
        with pytest.raises(VaultUnfit):
            vault.set_password(SERVICE, "uid", "never")
    for length in (0, 1, HEAD_SIZE - 1, HEAD_SIZE, len(good) - 1):
        file.write_bytes(good[:length])
        with pytest.raises(VaultUnfit):
            again(file)
    file.write_bytes(good + b"x")
    with pytest.raises(VaultUnfit):
        again(file)
    file.write_bytes(good)
    assert vault.get_password(SERVICE, "uid") == "kept"


def forged(data: bytes, **fields: int) -> bytes:
    """Change fields of a head, with a checksum that fits."""
    names = ("magic", "version", "uid", "salt", "memory", "rounds", "lanes", "generation")
    values = list(vault_format._FIELDS.unpack_from(data))
    for name, value in fields.items():
        values[names.index(name)] = value
    head = vault_format._FIELDS.pack(*values)
    return head + hashlib.sha256(head).digest() + data[HEAD_SIZE:]


@pytest.mark.parametrize(
    "fields",
    [
        {"memory": 2**32 - 1},
        {"memory": 257 * 1024},
        {"rounds": 2**32 - 1},
        {"rounds": 17},
        {"rounds": 0},
        {"lanes": 255},
        {"lanes": 0},
        {"memory": 1},
    ],
)
def test_a_head_that_asks_for_too_much_is_refused_before_anything_is_hashed(
    vault: Vault, file: Path, monkeypatch: pytest.MonkeyPatch, fields: dict[str, int]
) -> None:
    def refuse(*_: object, **__: object) -> bytes:
        raise AssertionError("it was hashed")

    monkeypatch.setattr(vault_format, "hash_secret_raw", refuse)
    file.write_bytes(forged(file.read_bytes(), **fields))
    with pytest.raises(VaultUnfit, match="more memory or time"):
        again(file)


def test_a_cheaper_key_and_another_generation_are_not_believed(vault: Vault, file: Path) -> None:
    good = file.read_bytes()
    file.write_bytes(forged(good, memory=8, rounds=1))
    with pytest.raises(WrongPassphrase):
        again(file)
    file.write_bytes(forged(good, generation=1000))
    with pytest.raises(VaultUnfit, match="damaged, or was changed"):
        again(file)
    file.write_bytes(forged(good, version=2))
    with pytest.raises(VaultUnfit, match="newer CamWatch"):
        again(file)


def test_the_vault_of_somebody_else_is_not_taken(vault: Vault, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    Vault(other, cost=CHEAP).create(RIGHT)
    file.write_bytes(other.read_bytes())
    with pytest.raises(VaultLocked):
        vault.get_password(SERVICE, "uid")
    with pytest.raises(VaultLocked):
        vault.set_password(SERVICE, "uid", "never")
    assert file.read_bytes() == other.read_bytes()


def test_an_older_copy_is_found_out_while_it_runs(vault: Vault, file: Path) -> None:
    vault.set_password(SERVICE, "uid", "old")
    old = file.read_bytes()
    vault.set_password(SERVICE, "uid", "new")
    file.write_bytes(old)
    with pytest.raises(VaultOlder):
        vault.get_password(SERVICE, "uid")
    with pytest.raises(VaultOlder):
        vault.set_password(SERVICE, "uid", "newer")
    assert file.read_bytes() == old


@pytest.mark.expects_warning
def test_an_older_copy_is_found_out_at_the_next_start_and_taken_only_if_wished(
    vault: Vault, file: Path, seen: Path
) -> None:
    vault.set_password(SERVICE, "uid", "old")
    old = file.read_bytes()
    vault.set_password(SERVICE, "uid", "new")
    file.write_bytes(old)
    later = Vault(file, seen, cost=CHEAP)
    with pytest.raises(VaultOlder, match="older copy"):
        later.unlock(RIGHT)
    assert later.state is VaultState.LOCKED
    later.unlock(RIGHT, accepts_older=True)
    assert later.get_password(SERVICE, "uid") == "old"
    assert again(file, seen).get_password(SERVICE, "uid") == "old"


def test_on_another_computer_a_copy_is_as_good_as_any(vault: Vault, file: Path, seen: Path) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    (note,) = seen.iterdir()
    note.unlink()
    assert again(file, seen).get_password(SERVICE, "uid") == "kept"
    assert note.exists()


@pytest.mark.expects_warning
@pytest.mark.parametrize("text", ["", "999", "999 " + "0" * 64, "\xff"])
def test_a_note_that_somebody_else_wrote_locks_nobody_out(
    vault: Vault, file: Path, seen: Path, text: str
) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    (note,) = seen.iterdir()
    note.write_text(text, encoding="latin-1")
    assert again(file, seen).get_password(SERVICE, "uid") == "kept"


# ---------------------------------------------------------------- the file and its rights

posix_only = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


@posix_only
@pytest.mark.fault("F119")
def test_a_vault_that_is_missing_is_made_for_its_owner_only(vault: Vault, file: Path) -> None:
    old = os.umask(0)
    try:
        vault.set_password(SERVICE, "uid", "kept")
    finally:
        os.umask(old)
    assert {one.name: stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()} == {
        "vault.bin": 0o600,
        "vault.lock": 0o600,
    }


@posix_only
@pytest.mark.fault("F119")
def test_on_a_disk_that_keeps_nothing_from_others_no_vault_is_made(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(target: Path, data: bytes) -> None:
        target.write_bytes(data)
        target.chmod(0o755)  # as a disk without rights shows every file

    monkeypatch.setattr("camwatch.auth.vault.write_aside", write)
    made = Vault(file, cost=CHEAP)
    with pytest.raises(VaultUnfit, match="0755"):
        made.create(RIGHT)
    assert made.state is VaultState.ABSENT
    assert not file.exists()


@posix_only
@pytest.mark.fault("F119")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o622])
def test_a_vault_that_others_may_read_is_refused_with_its_path(
    vault: Vault, file: Path, mode: int
) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    file.chmod(mode)
    with pytest.raises(VaultUnfit) as refused:
        again(file)
    assert str(file) in str(refused.value)
    assert f"{mode:04o}" in str(refused.value)
    with pytest.raises(VaultUnfit):
        vault.get_password(SERVICE, "uid")
    file.chmod(0o600)
    assert vault.get_password(SERVICE, "uid") == "kept"


@posix_only
@pytest.mark.fault("F119")
def test_a_vault_that_cannot_be_read_is_refused_with_its_path(vault: Vault, file: Path) -> None:
    file.unlink()
    with pytest.raises(VaultUnfit, match="not there any more") as refused:
        vault.get_password(SERVICE, "uid")
    assert str(file) in str(refused.value)
    with pytest.raises(VaultUnfit):
        vault.set_password(SERVICE, "uid", "never")
    assert not file.exists()
    file.mkdir()
    with pytest.raises(VaultUnfit, match="cannot be read") as refused:
        again(file)
    assert str(file) in str(refused.value)


@posix_only
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may read everything")
@pytest.mark.fault("F119")
def test_a_vault_without_any_right_is_refused(vault: Vault, file: Path) -> None:
    file.chmod(0)
    with pytest.raises(VaultUnfit, match="Permission denied"):
        again(file)


@pytest.mark.fault("F94")
def test_a_writing_that_fails_leaves_the_old_file(
    vault: Vault, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.set_password(SERVICE, "uid", "old")
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(VaultUnfit, match="cannot be written: No space left"):
        vault.set_password(SERVICE, "uid", "new")
    with pytest.raises(VaultUnfit):
        vault.change_passphrase(RIGHT, OTHER)
    monkeypatch.undo()
    assert file.read_bytes() == before
    assert {one.name for one in file.parent.iterdir()} == {"vault.bin", "vault.lock"}
    assert vault.get_password(SERVICE, "uid") == "old"
    vault.set_password(SERVICE, "uid", "new")
    assert again(file).get_password(SERVICE, "uid") == "new"


# ---------------------------------------------------------------- several at once

_WRITER = """
import sys
from pathlib import Path
from camwatch.auth.vault import Vault
from camwatch.domain import Secret
vault = Vault(Path(sys.argv[1]))
vault.unlock(Secret(sys.stdin.readline().rstrip("\\n")))
print("open", flush=True)
sys.stdin.readline()
for number in range(40):
    vault.set_password("camwatch", f"{sys.argv[2]}-{number}", f"password {number}")
"""


def test_two_programs_and_two_threads_lose_nothing(vault: Vault, file: Path) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(file), name],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two")
    ]
    for program in programs:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(f"{RIGHT.reveal()}\n")
        program.stdin.flush()
        assert program.stdout.readline() == "open\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()

    def write(name: str) -> None:
        for number in range(40):
            vault.set_password(SERVICE, f"{name}-{number}", f"password {number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in ("three", "four")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for program in programs:
        program.communicate(timeout=60)
        assert program.returncode == 0
    assert vault.entries() == {
        SERVICE: {
            f"{name}-{number}": f"password {number}"
            for name in ("one", "two", "three", "four")
            for number in range(40)
        }
    }


def test_a_destroyed_vault_is_gone_but_not_before_all_of_it_is_elsewhere(
    vault: Vault, file: Path, seen: Path
) -> None:
    vault.set_password(SERVICE, "uid", "kept")
    kept = vault.entries()
    again(file, seen).set_password(SERVICE, "late", "by another program")
    with pytest.raises(SecretsUnavailable, match="meanwhile"):
        vault.destroy(kept)
    assert file.exists()
    vault.destroy(vault.entries())
    assert vault.state is VaultState.ABSENT
    assert not file.exists()
    assert list(seen.iterdir()) == []
