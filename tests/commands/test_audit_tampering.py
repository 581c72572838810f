"""Whatever is done to the audit log behind CamWatch's back is found out and named."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.auth.audit_check import AuditFault, AuditFinding, AuditState, Unchecked
from camwatch.auth.audit_key import ENTRY, AuditKey
from camwatch.auth.secrets import SERVICE
from camwatch.commands.audit_head import make_head
from camwatch.commands.audit_keeper import head_entry
from camwatch.data.audit_chain import Link, Mark, PlainSeal
from camwatch.data.engine import Database
from tests.commands.audit_site import AuditSite


@pytest.fixture
def site(tmp_path: Path) -> AuditSite:
    """Return a profile with ten sound entries."""
    site = AuditSite(tmp_path / "profile")
    site.write(*(f"Camera {number}" for number in range(1, 11)))
    return site


def first(site: AuditSite) -> tuple[AuditFault, int, int]:
    check = site.check()
    assert check.state is AuditState.BROKEN
    return check.findings[0].fault, check.findings[0].first, check.findings[0].last


def test_a_log_that_nobody_touched_is_sound(site: AuditSite) -> None:
    check = site.check()
    assert (check.state, check.entries, check.without_key) == (AuditState.SOUND, 10, 0)
    assert (check.findings, check.known_outside) == ((), 10)
    assert site.head_file.stat().st_mode & 0o777 == 0o600 or os.name != "posix"
    site.write("Camera 11")
    assert site.check().known_outside == 11


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'eve'",
        "action = 'sign_in'",
        "target = 'Gate'",
        "result = 'failed'",
        "details = '{}'",
        "computer = 'elsewhere'",
        "at = at + 1",
        "mac = replace(mac, substr(mac, 1, 1), 'x')",
        "target = CAST(x'ff' AS TEXT)",
    ],
)
def test_a_changed_entry_is_named(site: AuditSite, change: str) -> None:
    site.tamper(f"UPDATE audit SET {change} WHERE seq = 4")
    assert first(site) == (AuditFault.CHANGED, 4, 4)
    assert [one.first for one in site.found()] == [4] or "mac" in change


def test_one_flipped_byte_in_the_file_is_named(site: AuditSite) -> None:
    with closing(sqlite3.connect(site.file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = site.file.read_bytes()
    assert data.count(b"Camera 7") == 1
    site.file.write_bytes(data.replace(b"Camera 7", b"Camera 6"))
    assert first(site) == (AuditFault.CHANGED, 7, 7)


def test_a_deleted_entry_is_named(site: AuditSite) -> None:
    site.tamper("DELETE FROM audit WHERE seq = 5")
    assert site.found() == [AuditFinding(AuditFault.MISSING, 5, 5)]
    site.tamper("DELETE FROM audit WHERE seq IN (1, 2, 4)")
    assert [(one.first, one.last) for one in site.found()] == [(1, 2), (4, 5)]


def test_a_deleted_entry_whose_number_another_one_takes_is_named(site: AuditSite) -> None:
    site.tamper(
        "DELETE FROM audit WHERE seq = 5",
        "UPDATE audit SET seq = -seq WHERE seq > 5",
        "UPDATE audit SET seq = -seq - 1 WHERE seq < 0",
    )
    assert first(site) == (AuditFault.SWAPPED, 5, 5)
    assert site.found()[0].other == 6


@pytest.mark.parametrize("is_whole", [True, False])
def test_two_swapped_entries_are_named(site: AuditSite, is_whole: bool) -> None:
    if is_whole:
        site.tamper(
            "UPDATE audit SET seq = 99 WHERE seq = 3",
            "UPDATE audit SET seq = 3 WHERE seq = 8",
            "UPDATE audit SET seq = 8 WHERE seq = 99",
        )
    else:
        site.tamper(
            "CREATE TEMP TABLE kept AS SELECT * FROM audit WHERE seq IN (3, 8)",
            "UPDATE audit SET (at, target) = (SELECT at, target FROM kept WHERE seq = 8) "
            "WHERE seq = 3",
            "UPDATE audit SET (at, target) = (SELECT at, target FROM kept WHERE seq = 3) "
            "WHERE seq = 8",
        )
    found = [(one.fault, one.first, one.other) for one in site.found()]
    assert found[:2] == [(AuditFault.SWAPPED, 3, 8), (AuditFault.SWAPPED, 8, 3)]


def test_an_entry_of_somebody_else_is_named(site: AuditSite) -> None:
    site.tamper(
        "INSERT INTO audit (at, actor, action, target, result, details) "
        "VALUES (0, 'ada', 'sign_out', 'ada', 'done', '{}')"
    )
    assert first(site) == (AuditFault.ADDED, 11, 11)
    site.write("Camera 12")
    assert [one.first for one in site.found()] == [11], "what comes after it is sound"


@pytest.mark.parametrize("is_number_changed", [True, False])
def test_a_tail_that_was_cut_off_is_named(site: AuditSite, is_number_changed: bool) -> None:
    site.tamper(
        "DELETE FROM audit WHERE seq > 7",
        *(["UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'"] if is_number_changed else []),
    )
    (one,) = site.found()
    assert (one.first, one.last, one.other) == (8, 10, 10)
    assert one.fault is (AuditFault.OLD_COPY if is_number_changed else AuditFault.CUT_OFF)


def test_a_tail_that_was_cut_off_stays_known_when_the_log_goes_on(site: AuditSite) -> None:
    site.tamper(
        "DELETE FROM audit WHERE seq > 7",
        "UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'",
    )
    site.write("A", "B", "C", "D", "E")
    one, again = site.found()
    assert (one.fault, one.first, one.other) == (AuditFault.FOUND_EARLIER, 8, 10)
    assert one.detail == "cut_off:file"
    assert again.detail.endswith(":keyring"), "each place that knows better is a proof of its own"
    (row,) = site.asked("SELECT actor, action, result, details FROM audit WHERE seq = 8")
    assert row[:3] == ("system", "audit_break_found", "failed")
    assert json.loads(str(row[3])) == {
        "fault": "cut_off",
        "where": "file",
        "newest": "7",
        "known": "10",
        "noted_at": "2026-03-02T12:00:10+00:00",
    }
    site.write("F")
    assert len(site.found()) == 2, "it is told once"


def test_an_emptied_log_is_named(site: AuditSite) -> None:
    site.tamper("DELETE FROM audit", "DELETE FROM sqlite_sequence WHERE name = 'audit'")
    assert first(site) == (AuditFault.CUT_OFF, 1, 10)


def test_a_history_that_is_gone_is_named(site: AuditSite) -> None:
    site.file.unlink()
    assert first(site) == (AuditFault.CUT_OFF, 1, 10)
    site.write("New")
    assert site.found()[0].fault is AuditFault.FOUND_EARLIER


def test_an_old_copy_of_the_history_alone_is_named(site: AuditSite, tmp_path: Path) -> None:
    put_back = site.copy(tmp_path / "copy")
    site.write("Camera 11", "Camera 12")
    put_back(with_note=False)
    (one,) = site.found()
    assert one == AuditFinding(AuditFault.OLD_COPY, 11, 12, 12, "both")
    site.write("Something else", "and more", "and more")
    assert {one.fault for one in site.found()} == {AuditFault.FOUND_EARLIER}


def test_an_old_copy_with_its_note_is_named_by_the_keyring(site: AuditSite, tmp_path: Path) -> None:
    put_back = site.copy(tmp_path / "copy")
    site.write("Camera 11", "Camera 12")
    put_back(with_note=True)
    (one,) = site.found()
    assert one == AuditFinding(AuditFault.OLD_COPY, 11, 12, 12, "keyring")


@pytest.mark.parametrize("more", [1, 2, 5])
def test_an_old_copy_with_its_note_stays_known_when_the_log_goes_on(
    site: AuditSite, tmp_path: Path, more: int
) -> None:
    put_back = site.copy(tmp_path / "copy")
    site.write("Camera 11", "Camera 12")
    put_back(with_note=True)
    site.write(*map(str, range(more)))
    (one,) = site.found()
    assert one.fault is AuditFault.FOUND_EARLIER
    assert one.detail.endswith(":keyring")


def test_a_log_that_was_written_anew_without_the_key_is_named(site: AuditSite) -> None:
    """Somebody changes an entry and makes all codes anew, with no key or an own one."""
    forged = AuditKey(b"x" * 32)
    for seal in (PlainSeal(), forged):
        previous, statements, mark = "", [], Mark(0, "", "")
        for row in site.asked("SELECT * FROM audit ORDER BY seq"):
            link = Link(*row)  # type: ignore[arg-type]
            link = replace(link, actor="eve", key_id=seal.key_id, previous=previous)
            previous = seal.mac(link.sealed_text())
            mark = Mark(link.seq, seal.key_id, previous)
            statements.append(
                f"UPDATE audit SET actor = 'eve', key_id = '{seal.key_id}', "
                f"previous = '{link.previous}', mac = '{previous}' WHERE seq = {link.seq}"
            )
        site.tamper(*statements)
        site.head_file.write_text(make_head(mark, seal, site.clock()).text())
        found = site.found()
        assert AuditFinding(AuditFault.OTHER_PAST, 10, 10, 10, "keyring") in found
        if seal is forged:
            assert found[0] == AuditFinding(AuditFault.UNKNOWN_KEY, 1, 10)


def test_one_entry_that_was_sealed_anew_without_the_key_is_named(site: AuditSite) -> None:
    (row,) = site.asked("SELECT * FROM audit WHERE seq = 6")
    link = replace(Link(*row), actor="eve", key_id="")  # type: ignore[arg-type]
    mac = PlainSeal.mac(link.sealed_text())
    site.tamper(f"UPDATE audit SET actor = 'eve', key_id = '', mac = '{mac}' WHERE seq = 6")
    assert site.found() == [AuditFinding(AuditFault.CHANGED, 6, 6)]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (None, AuditFault.HEAD_MISSING),
        (b"", AuditFault.HEAD_CHANGED),
        (b"[]", AuditFault.HEAD_CHANGED),
        (b"\xff\x00", AuditFault.HEAD_CHANGED),
    ],
)
def test_a_note_that_is_gone_or_damaged_is_named(
    site: AuditSite, data: bytes | None, fault: AuditFault
) -> None:
    site.head_file.unlink()
    if data is not None:
        site.head_file.write_bytes(data)
    assert [one.fault for one in site.found()] == [fault]
    site.write("Camera 11")
    (one,) = site.found()
    assert (one.fault, one.detail) == (AuditFault.FOUND_EARLIER, f"{fault.value}:file")


@pytest.mark.parametrize("part", ["seq", "mac", "at", "proof", "key_id"])
def test_a_note_that_was_changed_is_named(site: AuditSite, part: str) -> None:
    note = json.loads(site.head_file.read_text())
    note[part] = 4 if part == "seq" else ""
    site.head_file.write_text(json.dumps(note))
    assert {one.fault for one in site.found()} <= {AuditFault.HEAD_CHANGED, AuditFault.OTHER_PAST}
    assert site.found() != []


def test_a_cut_behind_a_note_that_was_made_without_the_key_is_named(site: AuditSite) -> None:
    """Not even the note of an empty log, which every log is ahead of, can be put there."""
    del site.keyring.entries[SERVICE, head_entry(site.profile.folder)]
    site.tamper(
        "DELETE FROM audit WHERE seq > 7",
        "UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'",
    )
    site.head_file.write_text(make_head(Mark(0, "", ""), PlainSeal(), site.clock()).text())
    assert [one.fault for one in site.found()] == [AuditFault.HEAD_CHANGED]
    site.write("Camera 11")
    assert [one.fault for one in site.found()] == [AuditFault.FOUND_EARLIER]


@pytest.mark.parametrize("details", ["", "[]", '{"known": "many", "count": -1}', "\x00"])
@pytest.mark.parametrize("action", ["audit_break_found", "audit_sealed"])
def test_whatever_somebody_adds_without_the_key_is_counted_as_such(
    site: AuditSite, action: str, details: str
) -> None:
    (row,) = site.asked("SELECT * FROM audit WHERE seq = 10")
    link = Link(11, 0, "system", action, "", "done", details, previous=str(row[-1]))
    with closing(sqlite3.connect(site.file)) as connection, connection:
        connection.execute(
            "INSERT INTO audit VALUES (11, 0, 'system', ?, '', 'done', ?, '', '', ?, ?)",
            (action, details, link.previous, PlainSeal.mac(link.sealed_text())),
        )
    check = site.check()
    assert check.without_key == 1
    assert check.sealed_later == 0
    assert (check.state is AuditState.BROKEN) == (action == "audit_break_found")


def test_a_program_that_dies_between_entry_and_note_is_not_called_an_intruder(
    site: AuditSite,
) -> None:
    before = site.head_file.read_bytes()
    kept = dict(site.keyring.entries)
    site.write("Camera 11")
    site.head_file.write_bytes(before)
    site.keyring.entries.update(kept)
    check = site.check()
    assert (check.state, check.entries, check.known_outside) == (AuditState.SOUND, 11, 10)
    site.write("Camera 12")
    check = site.check()
    assert (check.state, check.entries, check.known_outside) == (AuditState.SOUND, 12, 12)


def test_a_key_that_is_gone_from_the_keyring_is_named(site: AuditSite) -> None:
    for name in [name for _, name in site.keyring.entries if name.startswith(ENTRY)]:
        del site.keyring.entries[SERVICE, name]
    assert first(site) == (AuditFault.UNKNOWN_KEY, 1, 10)
    site.write("Camera 11")
    assert site.found() == [AuditFinding(AuditFault.UNKNOWN_KEY, 1, 10)]
    other = base64.b64encode(b"y" * 32).decode()
    site.keyring.entries[SERVICE, ENTRY] = f"1.{other}"
    # The key of entry 11 is kept under its name too.
    assert first(site) == (AuditFault.UNKNOWN_KEY, 1, 10)


@pytest.mark.expects_warning
def test_while_the_keyring_is_locked_nothing_is_claimed(site: AuditSite) -> None:
    site.keyring.is_locked = True
    check = site.check()
    assert (check.state, check.why) == (AuditState.UNCHECKED, Unchecked.NO_KEYRING)
    site.tamper("DELETE FROM audit WHERE seq = 5")
    assert first(site) == (AuditFault.MISSING, 5, 5), "for that no key is needed"


def test_a_copy_of_an_older_schema_is_named(site: AuditSite, tmp_path: Path) -> None:
    site.tamper()
    with closing(sqlite3.connect(site.file)) as connection, connection:
        connection.execute("DROP TABLE audit")
        connection.execute(
            "CREATE TABLE audit (seq INTEGER PRIMARY KEY AUTOINCREMENT, at BIGINT, actor TEXT, "
            "action TEXT, target TEXT, result TEXT, details TEXT)"
        )
        connection.execute("INSERT INTO audit VALUES (1, 0, 'ada', 'sign_in', '', 'done', '{}')")
    assert site.check().state is AuditState.BROKEN


def test_the_log_can_be_checked_while_the_program_writes_it(site: AuditSite) -> None:
    with site.run() as (audit, keeper):
        for number in range(20):
            audit.append("ada", "sign_in", str(number), "done")
            assert site.check().state is AuditState.SOUND
        assert keeper.verify().entries == 30


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit SET mac = '' WHERE seq = 3",
        "UPDATE audit SET mac = 'ab' WHERE seq = 3",
        "UPDATE audit SET actor = 'eve' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        (
            "INSERT OR REPLACE INTO audit SELECT seq, at, 'eve', action, target, result, "
            "details, computer, key_id, previous, mac FROM audit WHERE seq = 3"
        ),
        "UPDATE OR REPLACE audit SET seq = 3 WHERE seq = 4",
    ],
)
def test_the_database_forbids_it_in_the_first_place(site: AuditSite, change: str) -> None:
    before = site.asked("SELECT * FROM audit")
    with (
        closing(sqlite3.connect(site.file)) as connection,
        pytest.raises(sqlite3.IntegrityError, match="never changed"),
        connection,
    ):
        connection.execute(change)
    assert site.asked("SELECT * FROM audit") == before


def test_an_unsealed_row_may_be_sealed_and_nothing_else_be_changed_of_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "history"
    Database.open(file).close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "INSERT INTO audit (at, actor, action, target, result, details) "
            "VALUES (0, 'ada', 'sign_in', 'ada', 'done', '{}')"
        )
    allowed: Callable[[str], str] = "UPDATE audit SET {}".format
    for change in (
        "mac = ''",
        "key_id = 'k'",
        "mac = 'm', actor = 'eve'",
        "mac = 'm', at = 1",
        "mac = 'm', computer = 'x'",
        "mac = 'm', seq = 9",
    ):
        with (
            closing(sqlite3.connect(file)) as connection,
            pytest.raises(sqlite3.IntegrityError, match="never changed"),
            connection,
        ):
            connection.execute(allowed(change))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(allowed("mac = 'm', previous = 'p', key_id = 'k'"))
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            connection.execute(allowed("mac = 'n'"))
