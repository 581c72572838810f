"""Camera passwords in a real keyring, and what happens when there is none."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import keyring.backends.null
import keyring.core
import pytest

from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable
from tests.auth.keyrings import FileKeyring, MemoryKeyring
from tests.auth.secret_service import SecretService

MakeStore = Callable[..., SecretStore]

# ------------------------------------------------------------ a real Secret Service


@pytest.mark.parametrize(
    "text",
    [
        "secret",
        "",
        " ",
        "@:/?#%&+ \"'\\",
        "tab\tand\nline",
        "a\x00b",
        "\U0001f600" * 128,
        "x" * 512,
    ],
)
def test_a_password_comes_back_byte_for_byte(store: SecretStore, text: str) -> None:
    store.put("uid-1", Secret(text))
    found = store.get("uid-1")
    assert found is not None
    assert found.reveal() == text


def test_each_camera_has_its_own_entry(store: SecretStore) -> None:
    store.put("uid-1", Secret("first one"))
    store.put("uid-2", Secret("second one"))
    store.put("uid-1", Secret("changed one"))
    assert store.get("uid-1") == Secret("changed one")
    assert store.get("uid-2") == Secret("second one")
    assert store.get("uid-3") is None
    store.delete("uid-1")
    store.delete("uid-1")
    assert store.get("uid-1") is None
    assert store.get("uid-2") == Secret("second one")


def test_the_probe_names_the_keyring_and_leaves_nothing_behind(store: SecretStore) -> None:
    assert store.probe() == "keyring.backends.SecretService.Keyring"
    import secretstorage  # noqa: PLC0415 - Linux only

    connection = secretstorage.dbus_init()
    try:
        found = secretstorage.search_items(connection, {"service": SERVICE})
        assert [item.get_label() for item in found] == []
    finally:
        connection.close()


def test_an_entry_deleted_by_another_program_is_simply_not_there(store: SecretStore) -> None:
    store.put("uid-1", Secret("kept for now"))
    keyring.core.load_keyring("keyring.backends.SecretService.Keyring").delete_password(
        SERVICE, "uid-1"
    )
    assert store.get("uid-1") is None


def test_a_keyring_that_hangs_is_given_up_and_works_again_later(
    store: SecretStore, secret_service: SecretService, make_store: MakeStore
) -> None:
    store.put("uid-1", Secret("still here"))
    hasty = make_store(deadline_s=0.2)
    assert hasty.get("uid-1") == Secret("still here")
    secret_service.hang()
    with pytest.raises(SecretsUnavailable, match="does not answer"):
        hasty.get("uid-1")
    with pytest.raises(SecretsUnavailable, match="does not answer"):
        hasty.put("uid-2", Secret("another one"))
    secret_service.go_on()
    assert store.get("uid-1") == Secret("still here")
    while True:
        try:
            assert hasty.get("uid-1") == Secret("still here")
            break
        except SecretsUnavailable:
            continue
    assert store.get("uid-2") is None


@pytest.mark.expects_warning
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_locked_keyring_is_told_from_an_absent_one(
    store: SecretStore, secret_service: SecretService
) -> None:
    store.put("uid-1", Secret("behind the lock"))
    secret_service.end_keyring()
    with pytest.raises(SecretsUnavailable, match="InitError"):
        store.get("uid-1")
    with pytest.raises(SecretsUnavailable, match="offers no keyring"):
        store.get("uid-1")
    secret_service.lock()
    while True:
        with pytest.raises(SecretsUnavailable) as refused:
            store.get("uid-1")
        if "offers no keyring" not in str(refused.value):
            break
    assert "is locked" in str(refused.value)


@pytest.mark.expects_warning
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_keyring_that_was_never_set_up_counts_as_locked(
    secret_service: SecretService, make_store: MakeStore
) -> None:
    secret_service.lock()  # before anything was kept: there is no collection at all
    store = make_store()
    while True:
        with pytest.raises(SecretsUnavailable) as refused:
            store.put("uid-1", Secret("nowhere to go"))
        if "offers no keyring" not in str(refused.value):
            break
    assert "is locked" in str(refused.value)


_HANGING_PROGRAM = """
import sys
from camwatch.auth.secrets import SecretStore
from camwatch.errors import SecretsUnavailable
store = SecretStore(deadline_s=0.2)
try:
    store.get("uid-1")
except SecretsUnavailable as error:
    print(error)
"""


def test_a_program_ends_while_its_keyring_hangs(
    store: SecretStore, secret_service: SecretService
) -> None:
    secret_service.hang()
    ended = subprocess.run(
        [sys.executable, "-c", _HANGING_PROGRAM],
        env={**secret_service.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert "does not answer" in ended.stdout


# ------------------------------------------------------------ no keyring to be trusted


def test_without_a_keyring_the_operator_is_told_what_to_do(
    no_keyring: None, make_store: MakeStore
) -> None:
    store = make_store()
    for call in (
        store.probe,
        lambda: store.get("uid-1"),
        lambda: store.put("uid-1", Secret("never kept")),
        lambda: store.delete("uid-1"),
    ):
        with pytest.raises(SecretsUnavailable) as refused:
            call()
        assert "offers no keyring" in str(refused.value)
        assert "make a vault" in str(refused.value)


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ("keyring.backends.null.Keyring", "does not keep passwords safe"),
        ("keyring.backends.fail.Keyring", "does not keep passwords safe"),
        ("tests.auth.keyrings.FileKeyring", "does not keep passwords safe"),
        ("no.such.module.Keyring", "cannot be used"),
        ("keyring.backends.null.NoSuch", "cannot be used"),
        ("nonsense", "cannot be used"),
    ],
)
def test_a_keyring_that_is_not_trusted_is_refused_by_name(
    no_keyring: None,
    make_store: MakeStore,
    monkeypatch: pytest.MonkeyPatch,
    chosen: str,
    why: str,
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", chosen)
    with pytest.raises(SecretsUnavailable, match=why):
        make_store().put("uid-1", Secret("never written"))
    assert FileKeyring.written == []


def test_a_keyring_that_is_not_trusted_is_refused_also_from_the_users_file(
    no_keyring: None, make_store: MakeStore, tmp_path: Path
) -> None:
    file = tmp_path / "config" / "python_keyring" / "keyringrc.cfg"
    file.parent.mkdir(parents=True)
    file.write_text(f"[backend]\ndefault-keyring={keyring.backends.null.__name__}.Keyring\n")
    with pytest.raises(SecretsUnavailable, match=r"keyring\.backends\.null\.Keyring"):
        make_store().probe()


def test_a_plain_text_keyring_that_is_merely_installed_is_not_taken(
    no_keyring: None, make_store: MakeStore
) -> None:
    assert FileKeyring.viable
    with pytest.raises(SecretsUnavailable, match="offers no keyring"):
        make_store().put("uid-1", Secret("never written"))
    assert FileKeyring.written == []


# ------------------------------------------------------------ memory, log, deadlines


def test_what_is_remembered_needs_no_keyring_and_ends_with_the_store(
    no_keyring: None, make_store: MakeStore
) -> None:
    store = make_store()
    store.remember("uid-1", Secret("for this run"))
    assert store.get("uid-1") == Secret("for this run")
    with pytest.raises(SecretsUnavailable):
        make_store().get("uid-1")
    with pytest.raises(SecretsUnavailable):
        store.delete("uid-1")
    assert store.get("uid-1") == Secret("for this run")


def test_what_is_forgotten_leaves_the_memory_also_without_a_keyring(
    no_keyring: None, make_store: MakeStore
) -> None:
    store = make_store()
    store.remember("uid-1", Secret("for this run"))
    with pytest.raises(SecretsUnavailable):
        store.forget("uid-1")
    with pytest.raises(SecretsUnavailable):
        store.get("uid-1")


def test_what_is_forgotten_leaves_memory_and_keyring(make_store: MakeStore) -> None:
    backend = MemoryKeyring()
    store = make_store(lambda: backend)
    store.put("uid-1", Secret("from before"))
    store.remember("uid-1", Secret("for this run"))
    store.forget("uid-1")
    assert store.get("uid-1") is None
    assert backend.entries == {}


def test_a_kept_password_takes_the_place_of_a_remembered_one(make_store: MakeStore) -> None:
    backend = MemoryKeyring()
    store = make_store(lambda: backend)
    store.remember("uid-1", Secret("for this run"))
    store.put("uid-1", Secret("from now on"))
    assert store.get("uid-1") == Secret("from now on")
    assert backend.entries == {(SERVICE, "uid-1"): "from now on"}


@pytest.mark.expects_warning
@pytest.mark.parametrize("way", ["put", "get", "remember", "refused"])
def test_a_password_that_passed_through_is_hidden_in_the_log(
    make_store: MakeStore, log_file: Path, canary: Secret, way: str
) -> None:
    backend = MemoryKeyring()
    store = make_store(lambda: backend)
    if way == "put":
        store.put("uid-1", canary)
    elif way == "get":
        backend.entries[SERVICE, "uid-1"] = canary.reveal()
        store.get("uid-1")
    elif way == "remember":
        store.remember("uid-1", canary)
    else:
        backend.refuses = RuntimeError(f"cannot write {canary.reveal()}")
        with pytest.raises(SecretsUnavailable) as refused:
            store.put("uid-1", canary)
        assert canary.reveal() not in str(refused.value)
        logging.getLogger("test").error("it failed", exc_info=refused.value)
    logging.getLogger("test").info("value %s, %r", canary.reveal(), canary)
    text = log_file.read_text(encoding="utf-8")
    assert "value ***, Secret('***')" in text
    assert canary.reveal() not in text


@pytest.mark.expects_warning
def test_a_refused_write_leaves_the_old_password(make_store: MakeStore) -> None:
    backend = MemoryKeyring()
    store = make_store(lambda: backend)
    store.put("uid-1", Secret("the old one"))
    backend.refuses = OSError("the wallet is full")
    with pytest.raises(SecretsUnavailable, match="OSError"):
        store.put("uid-1", Secret("the new one"))
    backend.refuses = None
    assert store.get("uid-1") == Secret("the old one")


@pytest.mark.parametrize("before", [None, "the old one"])
def test_a_keyring_that_keeps_something_else_is_found_out(
    make_store: MakeStore, before: str | None
) -> None:
    backend = MemoryKeyring()
    if before is not None:
        backend.entries[SERVICE, "uid-1"] = before
    backend.longest = 12
    store = make_store(lambda: backend)
    with pytest.raises(SecretsUnavailable, match="did not keep it"):
        store.put("uid-1", Secret("longer than twelve"))
    assert backend.entries == ({(SERVICE, "uid-1"): before} if before else {})
    with pytest.raises(SecretsUnavailable, match="did not keep it"):
        store.probe()


@pytest.mark.parametrize("before", [None, "the old one"])
def test_a_write_that_ends_too_late_is_taken_back(
    make_store: MakeStore, before: str | None
) -> None:
    backend = MemoryKeyring()
    if before is not None:
        backend.entries[SERVICE, "uid-1"] = before
    backend.may_write.clear()
    store = make_store(lambda: backend, deadline_s=0.05)
    with pytest.raises(SecretsUnavailable, match="does not answer"):
        store.put("uid-1", Secret("the late one"))
    backend.may_write.set()
    assert backend.idle.acquire(timeout=30)  # the late write
    assert backend.idle.acquire(timeout=30)  # and what takes it back
    assert backend.entries == ({(SERVICE, "uid-1"): before} if before else {})


def test_calls_behind_one_that_hangs_fail_at_once_and_are_never_made(
    make_store: MakeStore,
) -> None:
    backend = MemoryKeyring()
    backend.may_write.clear()
    hanging = make_store(lambda: backend, deadline_s=0.05)
    with pytest.raises(SecretsUnavailable):
        hanging.put("uid-1", Secret("hangs here"))
    for number in range(1000):
        with pytest.raises(SecretsUnavailable):
            hanging.put(f"uid-{number}", Secret("never made"))
    backend.may_write.set()
    assert backend.idle.acquire(timeout=30)
    assert backend.idle.acquire(timeout=30)
    assert backend.entries == {}
    assert backend.writes == 1


@pytest.mark.expects_warning
def test_a_dismissed_question_is_put_again_only_when_the_operator_acts(
    make_store: MakeStore,
) -> None:
    backend = MemoryKeyring()
    store = make_store(lambda: backend)
    store.put("uid-1", Secret("behind the lock"))
    backend.is_locked = True
    backend.questions = 0
    for number in range(64):
        with pytest.raises(SecretsUnavailable, match="is locked"):
            store.get(f"uid-{number}")
    assert backend.questions == 1
    with pytest.raises(SecretsUnavailable, match="is locked"):
        store.probe()
    assert backend.questions == 2
    backend.is_locked = False
    with pytest.raises(SecretsUnavailable, match="is locked"):
        store.get("uid-1")
    store.probe()
    assert store.get("uid-1") == Secret("behind the lock")


def test_many_threads_share_one_keyring_thread(make_store: MakeStore) -> None:
    backend = MemoryKeyring()
    store = make_store(lambda: backend)
    found: list[Secret | None] = []

    def use(number: int) -> None:
        store.put(f"uid-{number}", Secret(f"password {number}"))
        found.append(store.get(f"uid-{number}"))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {secret.reveal() for secret in found if secret} == {f"password {n}" for n in range(16)}
    assert backend.threads == {"keyring"}
