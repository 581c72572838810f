"""The key and the head of the audit log: with a keyring, without, and with one that hangs."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from camwatch.auth.audit_check import AuditFault, AuditState, Unchecked
from camwatch.auth.audit_key import ENTRY, lasting_key
from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.commands import Commands
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_head import read_text
from camwatch.commands.audit_keeper import AuditKeeper, head_entry, seal_log, verify_profile
from camwatch.data.engine import Database
from camwatch.domain import utc_now
from tests.auth.conftest import wait_for
from tests.auth.secret_service import SecretService
from tests.commands.audit_site import AuditSite
from tests.commands.values import Clock

TREE = Path(__file__).resolve().parents[2]


@pytest.fixture
def site(tmp_path: Path) -> AuditSite:
    return AuditSite(tmp_path / "profile")


def unseal(site: AuditSite, count: int) -> None:
    """Make of a new history one of an older CamWatch with some entries, as an update finds it."""
    Database.open(site.file).close()
    with closing(sqlite3.connect(site.file)) as connection, connection:
        connection.executemany(
            "INSERT INTO audit (at, actor, action, target, result, details) "
            "VALUES (?, 'ada', 'sign_in', 'ada', 'done', '{}')",
            [(number,) for number in range(count)],
        )


def test_the_key_is_made_once_and_stays_in_the_keyring(site: AuditSite) -> None:
    site.write("A")
    kept = site.keyring.entries[SERVICE, ENTRY]
    site.write("B")
    assert site.keyring.entries[SERVICE, ENTRY] == kept
    secret = kept.partition(".")[2]
    for file in site.profile.folder.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes()
    with site.store() as store:
        key = lasting_key(store)
    assert key.key.hex() not in repr(key)
    assert site.asked("SELECT DISTINCT key_id FROM audit") == [(key.key_id,)]
    assert site.asked("SELECT DISTINCT computer FROM audit") == [("desk",)]


def test_the_head_is_in_the_profile_and_in_the_keyring(site: AuditSite) -> None:
    site.write("A", "B")
    newest = site.asked("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1")
    in_keyring = site.keyring.entries[SERVICE, head_entry(site.profile.folder)]
    for text in (site.head_file.read_text(), in_keyring):
        head = read_text(text)
        assert head is not None
        assert [(head.seq, head.mac)] == newest


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_entries_are_linked_and_it_is_said_what_that_proves(
    site: AuditSite,
) -> None:
    with Database.open(site.file, clock=site.clock) as database:
        store = SecretStore()
        keeper = seal_log(database.audit, store, AccessOptions(site.profile.folder), site.clock)
        assert keeper is not None
        for name in ("A", "B", "C"):
            database.audit.append("ada", "sign_in", name, "done")
        check = keeper.verify()
        keeper.close()
        store.close()
    assert (check.state, check.why) == (AuditState.SOUND, None)
    assert (check.entries, check.without_key) == (3, 3)
    site.tamper("UPDATE audit SET actor = 'eve' WHERE seq = 2")
    with Database.open_audit(site.file) as reader:
        check = verify_profile(reader, None, site.profile.folder, site.clock)
    assert [(one.fault, one.first) for one in check.findings] == [(AuditFault.CHANGED, 2)]


@pytest.mark.expects_warning
def test_a_keyring_that_answers_later_seals_from_then_on(site: AuditSite) -> None:
    now_s = [0.0]
    site.keyring.is_locked = True
    with site.store() as store, Database.open(site.file, clock=site.clock) as database:
        keeper = AuditKeeper(
            database.audit,
            store,
            site.profile.folder,
            site.clock,
            monotonic_s=lambda: now_s[0],
        )
        database.audit.seal_with(keeper)
        database.audit.append("ada", "sign_in", "A", "done")
        site.keyring.is_locked = False
        database.audit.append("ada", "sign_in", "B", "done")
        asked = site.keyring.questions
        now_s[0] = 61.0
        store.probe()  # somebody has unlocked it, and CamWatch has noticed
        seen = threading.Event()
        number = 0
        while not seen.is_set():  # the test's own time limit ends this
            number += 1
            database.audit.append("ada", "sign_in", str(number), "done")
            if site.asked("SELECT key_id FROM audit ORDER BY seq DESC LIMIT 1") != [("",)]:
                seen.set()
        keeper.close()
    assert asked >= 1
    check = site.check()
    assert (check.state, check.without_key) == (AuditState.SOUND, check.entries - 1)


def test_a_keyring_that_hangs_holds_up_one_entry_and_none_after_it(site: AuditSite) -> None:
    is_free = threading.Event()

    asked: list[str] = []

    class Hanging:
        def get_password(self, _service: str, name: str) -> str | None:
            asked.append(name)
            is_free.wait()
            return None

        def set_password(self, _service: str, _name: str, _password: str) -> None:
            is_free.wait()

        def delete_password(self, _service: str, _name: str) -> None:
            is_free.wait()

    store = SecretStore(Hanging, deadline_s=0.3)
    with Database.open(site.file, clock=site.clock) as database:
        keeper = seal_log(database.audit, store, AccessOptions(site.profile.folder), site.clock)
        assert keeper is not None
        for name in ("A", "B", "C"):
            database.audit.append("ada", "sign_in", name, "done")
        assert asked == [ENTRY], "nobody waits for it again"
        keeper.close()
    is_free.set()
    store.close()
    assert site.asked("SELECT DISTINCT key_id FROM audit") == [("",)]


def test_entries_of_an_older_camwatch_are_sealed_once_and_that_is_written_down(
    site: AuditSite,
) -> None:
    unseal(site, 12_000)
    check = site.check()
    assert (check.state, check.why, check.entries) == (
        AuditState.UNCHECKED,
        Unchecked.NOT_SEALED,
        12_000,
    )
    site.write("A", "B")
    check = site.check()
    assert (check.state, check.entries, check.sealed_later) == (AuditState.SOUND, 12_003, 12_000)
    assert site.asked("SELECT seq, actor, details FROM audit WHERE action = 'audit_sealed'") == [
        (12_001, "system", '{"count": "12000"}')
    ]
    site.tamper("UPDATE audit SET actor = 'eve' WHERE seq = 6000")
    assert [(one.fault, one.first) for one in site.found()] == [(AuditFault.CHANGED, 6000)]


def test_a_log_whose_seals_were_taken_away_is_not_sealed_anew_in_silence(site: AuditSite) -> None:
    site.write("A", "B", "C")
    site.tamper("UPDATE audit SET mac = '', key_id = '', previous = '', actor = 'eve'")
    assert site.check().state is AuditState.BROKEN
    site.write("D")
    found = site.found()
    assert found[0].fault is AuditFault.FOUND_EARLIER


def test_entries_that_are_not_stored_leave_no_gap_and_no_note(site: AuditSite) -> None:
    site.write("A", "B")
    with site.run() as (audit, _):
        audit._clock = lambda: 1 / 0  # type: ignore[assignment, return-value]
        with pytest.raises(ZeroDivisionError):
            audit.append("ada", "sign_in", "C", "done")
        audit._clock = site.clock
        audit.append("ada", "sign_in", "D", "done")
    check = site.check()
    assert (check.state, check.entries) == (AuditState.SOUND, 3)


@pytest.mark.expects_warning
@pytest.mark.skipif(os.name != "posix", reason="folders cannot be made unwritable so")
def test_a_note_that_cannot_be_written_does_not_stop_the_work(site: AuditSite) -> None:
    site.write("A")
    folder = site.head_file
    kept = folder.read_bytes()
    with site.run() as (audit, keeper):
        folder.unlink()
        folder.mkdir()  # nothing can be put in the place of a folder
        (folder / "x").touch()
        audit.append("ada", "sign_in", "B", "done")
        (folder / "x").unlink()
        folder.rmdir()
        folder.write_bytes(kept)
        assert keeper.verify().state is AuditState.SOUND
        audit.append("ada", "sign_in", "C", "done")
        assert keeper.verify().known_outside == 3


def child(site: AuditSite, name: str, count: int) -> subprocess.Popen[str]:
    """Start another program that writes into the log; it has begun when this returns."""
    key = site.keyring.entries[SERVICE, ENTRY]
    started = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.commands.audit_child",
            str(site.profile.folder),
            name,
            str(count),
            key,
        ],
        cwd=TREE,
        env={**os.environ, "PYTHONPATH": str(TREE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


def test_several_programs_write_one_chain(site: AuditSite) -> None:
    site.write("A")
    children = [child(site, name, 40) for name in ("bob", "cleo")]
    with site.run() as (audit, _):
        for number in range(40):
            audit.append("ada", "sign_in", str(number), "done")
    for one in children:
        one.communicate()
    check = site.check()
    assert (check.state, check.entries, check.without_key) == (AuditState.SOUND, 121, 0)


@pytest.mark.skipif(os.name != "posix", reason="nobody is killed so elsewhere")
def test_a_program_that_is_killed_anywhere_leaves_a_sound_log(site: AuditSite) -> None:
    site.write("A")
    written = 1
    for _ in range(3):
        with child(site, "bob", 100_000) as victim:
            before = written
            while written < before + 5:  # the test's own time limit ends this
                ((written,),) = site.asked("SELECT count(*) FROM audit")  # type: ignore[assignment]
            victim.send_signal(signal.SIGKILL)
        check = site.check()
        assert (check.state, check.findings) == (AuditState.SOUND, ())
        assert check.known_outside >= check.entries - 1, "it is one behind at most"


def test_a_passing_profile_leaves_nothing_of_its_log_in_the_keyring(site: AuditSite) -> None:
    with site.store() as store, Database.open(site.file, clock=site.clock) as database:
        access = AccessOptions(site.profile.folder, is_passing=True)
        keeper = seal_log(database.audit, store, access, site.clock)
        assert keeper is not None
        database.audit.append("ada", "sign_in", "A", "done")
        keeper.close(wait_s=30.0)
        key_id = lasting_key(store).key_id
    assert {name.removesuffix(key_id) for _, name in site.keyring.entries} == {ENTRY, f"{ENTRY}-"}
    assert site.check().state is AuditState.SOUND


def test_commands_without_a_profile_keep_nothing_outside(
    commands: Commands, database: Database, clock: Clock
) -> None:
    assert commands.audit_keeper is None
    database.audit.append("ada", "sign_in", "A", "done")
    check = verify_profile(database.audit, None, None, clock)
    assert (check.state, check.entries, check.without_key) == (AuditState.SOUND, 1, 1)
    assert database.audit.newest()[0].computer


def test_with_a_real_keyring(
    secret_service: SecretService, make_store: Callable[..., SecretStore], site: AuditSite
) -> None:
    assert secret_service.environ
    store = make_store(deadline_s=30.0)
    wait_for(store)
    with Database.open(site.file) as database:
        keeper = seal_log(database.audit, store, AccessOptions(site.profile.folder), utc_now)
        assert keeper is not None
        database.audit.append("ada", "sign_in", "A", "done")
        keeper.close(wait_s=30.0)
        check = keeper.verify()
    assert (check.state, check.without_key, check.known_outside) == (AuditState.SOUND, 0, 1)
    assert store.get(head_entry(site.profile.folder)) is not None


def test_the_keyring_and_the_log_file_are_told_at_first_hourly_and_at_the_end(
    site: AuditSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "camwatch")
    now_s = [0.0]

    def known() -> int:
        text = site.keyring.entries.get((SERVICE, head_entry(site.profile.folder)))
        head = None if text is None else read_text(text)
        return 0 if head is None else head.seq

    with site.store() as store, Database.open(site.file, clock=site.clock) as database:
        keeper = AuditKeeper(
            database.audit, store, site.profile.folder, site.clock, monotonic_s=lambda: now_s[0]
        )
        database.audit.seal_with(keeper)
        database.audit.append("ada", "sign_in", "1", "done")
        wait_for_state(lambda: known() == 1)
        now_s[0] = 3599.0
        database.audit.append("ada", "sign_in", "2", "done")
        now_s[0] = 3601.0
        database.audit.append("ada", "sign_in", "3", "done")
        wait_for_state(lambda: known() == 3)
        database.audit.append("ada", "sign_in", "4", "done")
        keeper.close(wait_s=30.0)
        assert known() == 4
        keeper.close()
    told = [one.getMessage() for one in caplog.records if "newest entry" in one.getMessage()]
    assert [text.split(" is ")[1].split(",")[0] for text in told] == ["1", "3", "4"]


def wait_for_state(is_so: Callable[[], bool]) -> None:
    """Return once it is so; the test's own time limit ends this."""
    pause = threading.Event()
    while not is_so():
        pause.wait(0.01)
