"""Who may sign in while the login service is away, and files that somebody meddled with."""

from __future__ import annotations

import json
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.entitlement import (
    FILE,
    ClockSetBack,
    Entitled,
    Entitlements,
    FileChanged,
    NotKept,
    entry_of,
    service_digest,
)
from camwatch.auth.secrets import SecretStore
from camwatch.config import RemoteLogin
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, PASSWORD, Clock

SERVICE = service_digest(RemoteLogin(url="https://login.example.com"))


def entitled(name: str = "anna", hours: float = 12, role: str = "viewer") -> Entitled:
    until = NOON + timedelta(hours=hours)
    return Entitled(
        (), name, f"uid of {name}", role, SERVICE, NOON.isoformat(), until.isoformat(), ""
    )


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyring() -> MemoryKeyring:
    return MemoryKeyring()


@pytest.fixture
def make(
    tmp_path: Path, keyring: MemoryKeyring, clock: Clock, make_store: Callable[..., SecretStore]
) -> Callable[..., Entitlements]:
    """Return what opens the file as another start of the program does."""

    def open_(computer: str = "pc-1", ring: MemoryKeyring | None = None) -> Entitlements:
        return Entitlements(tmp_path, make_store(lambda: ring or keyring), computer, clock)

    return open_


@pytest.fixture
def book(make: Callable[..., Entitlements]) -> Entitlements:
    return make()


def find(book: Entitlements, name: str = "anna", password: str = PASSWORD) -> Entitled | None:
    return book.find(name, password, SERVICE, 12)


def keep(book: Entitlements, name: str = "anna", typed: str = "") -> None:
    book.keep(typed or name, PASSWORD, entitled(name))


def test_whoever_was_let_in_is_found_again_in_the_next_run(
    book: Entitlements, make: Callable[..., Entitlements], tmp_path: Path
) -> None:
    keep(book, typed="Anna@Site.example")
    keep(book, "omar")
    for one in (book, make()):
        for typed in ("anna", "ANNA", "anna@site.example"):
            found = find(one, typed)
            assert found is not None
            assert (found.name, found.role) == ("anna", "viewer")
        assert find(one, password="a wrong one") is None
        assert find(one, "nobody") is None
    text = (tmp_path / FILE).read_text()
    assert PASSWORD not in text
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_without_a_file_nobody_is_found(book: Entitlements) -> None:
    assert find(book) is None
    assert not book.has_any()
    book.note_time()
    assert not book.has_any()


@pytest.mark.expects_warning
@pytest.mark.fault("F90", "F105")
def test_without_a_keyring_nothing_is_kept(
    make: Callable[..., Entitlements], keyring: MemoryKeyring, tmp_path: Path
) -> None:
    keyring.refuses = RuntimeError("no keyring")
    with pytest.raises(NotKept):
        keep(make())
    assert not (tmp_path / FILE).exists()


def test_it_counts_until_its_end_and_no_longer(book: Entitlements, clock: Clock) -> None:
    keep(book)
    clock.advance(hours=12, seconds=-1)
    assert find(book) is not None
    clock.advance(seconds=1)
    assert find(book) is None


def test_shorter_hours_count_at_once(book: Entitlements, clock: Clock) -> None:
    keep(book)
    clock.advance(hours=3)
    assert book.find("anna", PASSWORD, SERVICE, 4) is not None
    assert book.find("anna", PASSWORD, SERVICE, 2) is None


def test_what_another_service_said_does_not_count(book: Entitlements) -> None:
    keep(book)
    settings = RemoteLogin(url="https://login.example.com")
    for change in (
        {"url": "https://other.example.com"},
        {"audience": "other"},
        {"issuer": "other"},
        {"roles_claim": "groups"},
        {"mapping": {"staff": "administrator"}},
    ):
        other = service_digest(settings.model_copy(update=change))
        assert book.find("anna", PASSWORD, other, 12) is None


def test_the_order_of_the_mapping_counts_too() -> None:
    one = RemoteLogin(mapping={"a": "viewer", "b": "administrator"})
    two = RemoteLogin(mapping={"b": "administrator", "a": "viewer"})
    assert service_digest(one) != service_digest(two)


def test_a_clock_that_was_set_back_is_noticed(
    book: Entitlements, make: Callable[..., Entitlements], clock: Clock
) -> None:
    keep(book)
    clock.advance(hours=10)
    book.note_time()
    clock.advance(hours=-2)
    for one in (book, make()):
        with pytest.raises(ClockSetBack):
            find(one)
        assert find(one, password="a wrong one") is None, "a stranger learns nothing"
    clock.advance(hours=2, seconds=-60)
    assert find(book) is not None, "a clock may be set right by a little"


def test_a_clock_before_the_sign_in_is_noticed(book: Entitlements, clock: Clock) -> None:
    keep(book)
    clock.advance(days=-300)
    with pytest.raises(ClockSetBack):
        find(book)


def test_a_clock_that_was_wrong_once_is_forgiven_when_the_service_agrees(
    book: Entitlements, clock: Clock
) -> None:
    keep(book)
    clock.advance(days=300)
    book.note_time()
    clock.advance(days=-300)
    with pytest.raises(ClockSetBack):
        find(book)
    keep(book)
    assert find(book) is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["entries"][0].update(role="administrator"),
        lambda body: body["entries"][0].update(expires_at="2099-01-01T00:00:00+00:00"),
        lambda body: body["entries"][0]["names"].append("mallory"),
        lambda body: body["entries"].append(body["entries"][0]),
        lambda body: body["entries"].clear(),
        lambda body: body.update(latest="2020-01-01T00:00:00+00:00"),
        lambda body: body.update(computer="pc-2"),
    ],
)
def test_a_file_that_was_edited_lets_nobody_in(
    book: Entitlements,
    make: Callable[..., Entitlements],
    tmp_path: Path,
    change: Callable[[dict[str, object]], None],
) -> None:
    keep(book)
    sealed = json.loads((tmp_path / FILE).read_text())
    change(sealed["body"])
    (tmp_path / FILE).write_text(json.dumps(sealed))
    for one in (book, make()):
        with pytest.raises(FileChanged):
            find(one)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"body": {}, "mac": 7}',
        b" " * 2**21,
    ],
)
def test_a_file_that_is_damaged_lets_nobody_in(
    book: Entitlements, tmp_path: Path, data: bytes
) -> None:
    keep(book)
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(FileChanged):
        find(book)
    keep(book)
    assert find(book) is not None, "the next sign-in at the service mends it"


def test_a_file_of_another_computer_or_keyring_lets_nobody_in(
    book: Entitlements, make: Callable[..., Entitlements], keyring: MemoryKeyring
) -> None:
    keep(book)
    with pytest.raises(FileChanged):
        find(make("pc-2"))
    with pytest.raises(FileChanged):
        find(make(ring=MemoryKeyring()))
    another = MemoryKeyring()
    another.entries = dict.fromkeys(keyring.entries, "ab" * 32)
    with pytest.raises(FileChanged):
        find(make(ring=another))


def test_an_older_copy_with_somebody_who_was_taken_out_lets_nobody_in(
    book: Entitlements, make: Callable[..., Entitlements], tmp_path: Path
) -> None:
    keep(book)
    keep(book, "omar")
    shutil.copy(tmp_path / FILE, tmp_path / "copy")
    book.drop("uid of anna")
    assert find(book) is None
    assert find(book, "omar") is not None
    shutil.copy(tmp_path / "copy", tmp_path / FILE)
    for one in (book, make()):
        with pytest.raises(FileChanged):
            find(one)


def test_a_role_that_was_lowered_is_lower_here_too(
    book: Entitlements, make: Callable[..., Entitlements]
) -> None:
    book.keep("anna", PASSWORD, entitled(role="administrator"))
    keep(book, "omar")
    book.set_role("uid of anna", "viewer")
    book.set_role("uid of nobody", "administrator")
    for one in (book, make()):
        found, other = find(one), find(one, "omar")
        assert found is not None
        assert other is not None
        assert (found.role, other.role) == ("viewer", "viewer")


def test_who_cannot_be_taken_out_takes_all_others_along(
    book: Entitlements, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keep(book)
    keep(book, "omar")

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("camwatch.auth.entitlement.write_aside", full)
    with pytest.raises(NotKept):
        book.drop("uid of anna")
    assert not (tmp_path / FILE).exists()


def test_a_new_password_takes_the_place_of_the_old_one(book: Entitlements) -> None:
    keep(book, typed="anna@site.example")
    book.keep("anna", "another kettle sings", entitled())
    assert find(book) is None
    assert find(book, "anna@site.example", "another kettle sings") is not None


def test_those_whose_time_is_over_are_not_kept(
    book: Entitlements, clock: Clock, tmp_path: Path
) -> None:
    keep(book)
    clock.advance(hours=13)
    late = replace(
        entitled("omar"),
        let_in_at=clock.now.isoformat(),
        expires_at=(clock.now + timedelta(hours=12)).isoformat(),
    )
    book.keep("omar", PASSWORD, late)
    assert "anna" not in (tmp_path / FILE).read_text()
    assert find(book, "omar") is not None


def test_a_file_that_cannot_be_written_leaves_the_old_one_good(
    book: Entitlements, monkeypatch: pytest.MonkeyPatch, make: Callable[..., Entitlements]
) -> None:
    keep(book)

    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("camwatch.auth.entitlement.write_aside", full)
        with pytest.raises(NotKept):
            keep(book, "omar")
    for one in (book, make()):
        assert find(one) is not None


@pytest.mark.expects_warning
def test_whoever_is_refused_while_the_keyring_is_locked_does_not_come_in_later(
    book: Entitlements, make: Callable[..., Entitlements], keyring: MemoryKeyring
) -> None:
    keep(book)
    keyring.is_locked = True
    with pytest.raises(NotKept):
        make().drop("uid of anna")
    keyring.is_locked = False
    assert find(make()) is None


def test_two_profiles_of_one_keyring_do_not_disturb_each_other(
    keyring: MemoryKeyring, clock: Clock, tmp_path: Path, make_store: Callable[..., SecretStore]
) -> None:
    profiles = [tmp_path / name for name in ("one", "two")]
    for folder in profiles:
        folder.mkdir()
        keep(Entitlements(folder, make_store(lambda: keyring), "pc-1", clock))
    for folder in profiles:
        book = Entitlements(folder, make_store(lambda: keyring), "pc-1", clock)
        assert find(book) is not None


def test_all_can_be_forgotten(book: Entitlements) -> None:
    keep(book)
    book.forget()
    book.forget()
    assert not book.has_any()
    assert find(book) is None


def test_a_run_that_keeps_no_files_keeps_nobody(
    keyring: MemoryKeyring, clock: Clock, make_store: Callable[..., SecretStore]
) -> None:
    book = Entitlements(None, make_store(lambda: keyring), "pc-1", clock)
    with pytest.raises(NotKept):
        keep(book)
    with pytest.raises(NotKept):
        find(book)
    book.note_time()
    book.forget()


@pytest.mark.usefixtures("secret_service")
def test_a_real_keyring_keeps_the_key(store: SecretStore, clock: Clock, tmp_path: Path) -> None:
    keep(Entitlements(tmp_path, store, "pc-1", clock))
    again = Entitlements(tmp_path, store, "pc-1", clock)
    assert find(again) is not None
    store.delete(entry_of(tmp_path))
    with pytest.raises(FileChanged):
        find(Entitlements(tmp_path, store, "pc-1", clock))
