"""Operators and roles: who may change whom, what the audit log says, and who must stay."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from camwatch.auth.accounts import Account, OperatorRow, OperatorTable, RoleDraft
from camwatch.auth.one_time_codes import normal_code
from camwatch.auth.passwords import hash_password, verify_password
from camwatch.auth.permissions import ROLE_PERMISSIONS, WHOLE_PROGRAM, OperatorRole, Permission
from camwatch.auth.secrets import SERVICE
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, Role, SiteId, UserId
from camwatch.errors import (
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PermissionDenied,
    SessionExpired,
    StorageError,
)
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, PASSWORD, Clock, forbid, heal, settings, sql

VIEWS = frozenset({Permission.VIEW_CAMERAS})


@pytest.fixture
def account(commands: Commands, boss: Session) -> Callable[[str], Account]:
    """Return what finds an operator by name."""

    def find(name: str) -> Account:
        return next(one for one in commands.accounts(boss) if one.user.name == name)

    return find


@pytest.fixture
def personnel(commands: Commands, database: Database, boss: Session) -> Session:
    """Return a session of somebody who manages operators, and else only looks."""
    permissions = VIEWS | {Permission.MANAGE_OPERATORS}
    role = commands.add_role(boss, RoleDraft("Personnel", permissions))
    database.operators.add("olga", role.key, hash_password(PASSWORD))
    return commands.sign_in("olga", PASSWORD)


def newest(database: Database) -> AuditEntry:
    return database.audit.newest(1)[0]


def hash_of(database: Database, name: str) -> str:
    record = database.operators.find(name)
    assert record is not None
    return record.password_hash


# ---------------------------------------------------------------- adding


def test_an_operator_is_added_with_a_code_that_is_kept_nowhere(
    commands: Commands,
    database: Database,
    boss: Session,
    account: Callable[[str], Account],
    file: Path,
) -> None:
    code = commands.add_operator(boss, " Anna ", Role.SUPERVISOR)
    assert (code.name, code.expires_at) == ("Anna", NOON + timedelta(hours=24))
    text = code.code.reveal()
    assert normal_code(text.upper().replace("-", " ")) == text
    assert verify_password(hash_of(database, "anna"), text)
    anna = account("Anna")
    assert anna.role.key == Role.SUPERVISOR
    assert anna.user.must_change
    assert anna.code_expires_at == code.expires_at
    entry = newest(database)
    assert (entry.actor, entry.action, entry.target) == ("boss", "add_operator", "Anna")
    assert entry.details == {"role": "Supervisor"}
    stored = b"".join(path.read_bytes() for path in file.parent.glob("camwatch.sqlite3*"))
    assert text.encode() not in stored
    assert text not in repr(code)


@pytest.mark.parametrize(
    ("name", "role", "field"),
    [
        ("", Role.VIEWER, "name"),
        ("an na", Role.VIEWER, "name"),
        ("BOSS", Role.VIEWER, "name"),
        ("system", Role.VIEWER, "name"),
        ("anna", "no-such-role", "role"),
        ("anna", "", "role"),
    ],
)
def test_what_cannot_be_added_is_refused_at_its_field(
    commands: Commands, boss: Session, name: str, role: str, field: str
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        commands.add_operator(boss, name, role)
    assert refused.value.field == field
    assert len(commands.accounts(boss)) == 1


def test_what_cannot_be_audited_is_not_done(
    commands: Commands, database: Database, boss: Session, file: Path
) -> None:
    anna = commands.add_operator(boss, "anna", Role.VIEWER)
    user = database.operators.find("anna")
    assert user is not None
    forbid(file, "INSERT", "audit")
    for work in (
        lambda: commands.add_operator(boss, "ben", Role.VIEWER),
        lambda: commands.set_role(boss, user.user.id, Role.SUPERVISOR),
        lambda: commands.set_disabled(boss, user.user.id, is_disabled=True),
        lambda: commands.reset_password(boss, user.user.id),
        lambda: commands.remove_operator(boss, user.user.id),
        lambda: commands.add_role(boss, RoleDraft("Door", VIEWS)),
    ):
        with pytest.raises(StorageError):
            work()
    heal(file, "INSERT", "audit")
    assert database.operators.find("anna") == user
    assert [one.user.name for one in commands.accounts(boss)] == ["anna", "boss"]
    assert len(commands.roles(boss)) == len(Role)
    assert verify_password(hash_of(database, "anna"), anna.code.reveal())


def test_what_fails_after_its_entry_is_said_to_have_failed(
    commands: Commands, database: Database, boss: Session, file: Path
) -> None:
    commands.add_operator(boss, "anna", Role.VIEWER)
    user = database.operators.find("anna")
    assert user is not None
    forbid(file, "UPDATE", "user")
    with pytest.raises(StorageError):
        commands.set_role(boss, user.user.id, Role.SUPERVISOR)
    done, failed = reversed(database.audit.newest(2))
    assert (done.result, failed.result) == ("done", "failed")
    assert (failed.action, failed.target) == ("set_role", "anna")


# ---------------------------------------------------------------- changing


def test_each_change_ends_the_sessions_of_whom_it_changes_and_is_put_into_words(
    commands: Commands, database: Database, sessions: dict[Role, Session], boss: Session
) -> None:
    changes: list[tuple[Callable[[UserId], object], str, dict[str, str]]] = [
        (
            lambda one: commands.set_disabled(boss, one, is_disabled=True),
            "set_disabled",
            {"disabled": "yes"},
        ),
        (
            lambda one: commands.reset_password(boss, one),
            "reset_password",
            {"code_expires_at": (NOON + timedelta(hours=24)).isoformat()},
        ),
        (lambda one: commands.force_password_change(boss, one), "force_password_change", {}),
        (
            lambda one: commands.reset_second_factor(boss, one),
            "reset_second_factor",
            {"had_one": "no"},
        ),
        (lambda one: commands.remove_operator(boss, one), "remove_operator", {}),
    ]
    for number, (change, action, details) in enumerate(changes):
        name = f"anna{number}"
        user = database.operators.add(name, Role.VIEWER, hash_password(PASSWORD))
        anna = commands.sign_in(name, PASSWORD)
        other = commands.sign_in(name, PASSWORD)
        assert commands.cameras(anna) == []
        assert [one.open_sessions for one in commands.accounts(boss) if one.user.id == user.id] == [
            2
        ]
        change(user.id)
        entry = newest(database)
        assert (entry.actor, entry.action, entry.target) == ("boss", action, name)
        assert details.items() <= entry.details.items()
        for session in (anna, other):
            with pytest.raises(SessionExpired):
                commands.cameras(session)
        assert name not in [one.actor for one in commands.open_sessions(boss)]
    assert commands.cameras(sessions[Role.VIEWER]) == []


def test_another_role_counts_at_once_and_ends_no_session(
    commands: Commands, database: Database, sessions: dict[Role, Session], boss: Session
) -> None:
    viewer = sessions[Role.VIEWER]
    with pytest.raises(PermissionDenied):
        commands.recordings(viewer)
    changed = commands.set_role(boss, viewer.user.id, Role.SUPERVISOR)
    assert changed.role.key == Role.SUPERVISOR
    assert commands.recordings(viewer) == []
    entry = newest(database)
    assert entry.details == {"role": "Supervisor", "role_before": "Viewer"}


def test_who_is_let_in_again_keeps_the_password_but_no_session(
    commands: Commands, sessions: dict[Role, Session], boss: Session
) -> None:
    viewer = sessions[Role.VIEWER]
    assert commands.set_disabled(boss, viewer.user.id, is_disabled=True).user.is_disabled
    assert not commands.set_disabled(boss, viewer.user.id, is_disabled=False).user.is_disabled
    with pytest.raises(SessionExpired):
        commands.cameras(viewer)
    assert commands.cameras(commands.sign_in("viewer", PASSWORD)) == []


def test_a_reset_ends_the_password_and_the_rest_after_failures(
    commands: Commands,
    database: Database,
    boss: Session,
    account: Callable[[str], Account],
    clock: Clock,
) -> None:
    user = database.operators.add("anna", Role.VIEWER, hash_password(PASSWORD))
    database.operators.set_throttle(user.id, 9, NOON + timedelta(minutes=8))
    assert account("anna").locked_until == NOON + timedelta(minutes=8)
    code = commands.reset_password(boss, user.id)
    stored = hash_of(database, "anna")
    assert not verify_password(stored, PASSWORD)
    assert verify_password(stored, code.code.reveal())
    shown = account("anna")
    assert (shown.failures, shown.locked_until, shown.user.must_change) == (0, None, True)
    again = commands.reset_password(boss, user.id)
    assert again.code.reveal() != code.code.reveal()
    assert not verify_password(hash_of(database, "anna"), code.code.reveal())
    clock.advance(minutes=1)
    database.operators.set_throttle(user.id, 5, NOON)
    assert account("anna").locked_until is None


def test_a_second_factor_goes_with_all_that_belongs_to_it(
    commands: Commands,
    database: Database,
    boss: Session,
    keyring: MemoryKeyring,
    file: Path,
) -> None:
    for name, change in (
        ("anna", commands.reset_second_factor),
        ("ben", commands.remove_operator),
    ):
        user = database.operators.add(name, Role.VIEWER, hash_password(PASSWORD))
        keyring.entries[SERVICE, f"totp-{user.uid}"] = "JBSWY3DPEHPK3PXP"
        sql(file, "UPDATE user SET has_second_factor = 1, totp_step = 7 WHERE id = ?", user.id)
        sql(file, "INSERT INTO recovery_code (user_id, code_hash) VALUES (?, 'x')", user.id)
        change(boss, user.id)
        assert (SERVICE, f"totp-{user.uid}") not in keyring.entries
        assert sql(file, "SELECT count(*) FROM recovery_code") == [(0,)]
    found = database.operators.find("anna")
    assert found is not None
    assert not found.user.has_second_factor
    assert sql(file, "SELECT totp_step FROM user WHERE name = 'anna'") == [(0,)]
    assert database.operators.find("ben") is None
    # The name is free again; the audit log still knows the one before.
    assert commands.add_operator(boss, "ben", Role.VIEWER).name == "ben"


@pytest.mark.expects_warning
def test_a_keyring_that_is_away_keeps_nobody_in(
    commands: Commands, database: Database, boss: Session, keyring: MemoryKeyring, file: Path
) -> None:
    user = database.operators.add("anna", Role.VIEWER, hash_password(PASSWORD))
    sql(file, "UPDATE user SET has_second_factor = 1 WHERE id = ?", user.id)
    keyring.is_locked = True
    commands.remove_operator(boss, user.id)
    assert database.operators.find("anna") is None


def test_who_is_gone_cannot_be_changed(commands: Commands, boss: Session) -> None:
    gone = UserId(99)
    for work in (
        lambda: commands.set_role(boss, gone, Role.VIEWER),
        lambda: commands.set_disabled(boss, gone, is_disabled=True),
        lambda: commands.remove_operator(boss, gone),
        lambda: commands.reset_password(boss, gone),
        lambda: commands.force_password_change(boss, gone),
        lambda: commands.reset_second_factor(boss, gone),
    ):
        with pytest.raises(NotFound):
            work()


# ---------------------------------------------------------------- the last administrator


def lowerings(commands: Commands, by: Session) -> list[Callable[[UserId], object]]:
    return [
        lambda one: commands.set_role(by, one, Role.SUPERVISOR),
        lambda one: commands.set_disabled(by, one, is_disabled=True),
        lambda one: commands.remove_operator(by, one),
    ]


def test_the_last_administrator_must_stay_one(
    commands: Commands, database: Database, boss: Session, account: Callable[[str], Account]
) -> None:
    assert account("boss").is_last_administrator
    before = database.operators.find("boss")
    for lower in lowerings(commands, boss):
        with pytest.raises(InvalidSetting) as refused:
            lower(boss.user.id)
        assert refused.value.field == "user"
        assert newest(database).result == "denied"
    assert database.operators.find("boss") == before
    # The same role again lowers nobody.
    commands.set_role(boss, boss.user.id, Role.ADMINISTRATOR)


@pytest.mark.parametrize(
    "why", ["is_disabled = 1", "code_expires_at = 1", "role = 'supervisor'", "role = 'no-role'"]
)
def test_another_administrator_who_cannot_come_in_does_not_count(
    commands: Commands, database: Database, boss: Session, file: Path, why: str
) -> None:
    database.operators.add("anna", Role.ADMINISTRATOR, hash_password(PASSWORD))
    sql(file, f"UPDATE user SET {why} WHERE name = 'anna'")
    for lower in lowerings(commands, boss):
        with pytest.raises(InvalidSetting):
            lower(boss.user.id)


@pytest.mark.parametrize("number", range(3))
def test_with_another_one_an_administrator_may_go(
    commands: Commands, database: Database, boss: Session, number: int
) -> None:
    code = commands.add_operator(boss, "anna", Role.ADMINISTRATOR)
    assert code.expires_at > NOON
    lowerings(commands, boss)[number](boss.user.id)
    found = database.operators.find("boss")
    assert found is None or found.user.is_disabled or found.user.role == Role.SUPERVISOR
    assert database.operators.count() > 0


@pytest.mark.parametrize("number", range(3))
def test_of_two_who_lower_each_other_at_once_one_stays(
    commands: Commands, database: Database, boss: Session, file: Path, number: int
) -> None:
    anna = database.operators.add("anna", Role.ADMINISTRATOR, hash_password(PASSWORD))
    hers = commands.sign_in("anna", PASSWORD)
    for _ in range(8):
        both = threading.Barrier(2)

        def lower(by: Session, whom: UserId, both: threading.Barrier = both) -> bool:
            both.wait()
            try:
                lowerings(commands, by)[number](whom)
            except (InvalidSetting, SessionExpired, PermissionDenied, NotFound):
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            tried = [pool.submit(lower, boss, anna.id), pool.submit(lower, hers, boss.user.id)]
            assert sum(one.result() for one in tried) == 1
        left = sql(file, "SELECT name FROM user WHERE role = 'administrator' AND is_disabled = 0")
        assert len(left) == 1
        if number == 2:
            break  # one of them is gone
        sql(file, "UPDATE user SET role = 'administrator', is_disabled = 0")
        boss, hers = commands.sign_in("boss", PASSWORD), commands.sign_in("anna", PASSWORD)


# ---------------------------------------------------------------- how far one may go


def test_nobody_makes_a_code_for_somebody_who_may_do_more(
    commands: Commands, database: Database, personnel: Session, boss: Session
) -> None:
    before = database.operators.find("boss")
    deeds: list[Callable[[UserId], object]] = [
        *lowerings(commands, personnel),
        lambda one: commands.reset_password(personnel, one),
        lambda one: commands.force_password_change(personnel, one),
        lambda one: commands.reset_second_factor(personnel, one),
    ]
    for work in deeds:
        with pytest.raises(PermissionDenied):
            work(boss.user.id)
        entry = newest(database)
        assert (entry.actor, entry.target, entry.result) == ("olga", "boss", "denied")
    assert database.operators.find("boss") == before


def test_nobody_gives_what_they_have_not(
    commands: Commands, database: Database, personnel: Session, boss: Session
) -> None:
    viewers = RoleDraft("Lookers", VIEWS)
    lookers = commands.add_role(personnel, viewers)
    code = commands.add_operator(personnel, "anna", lookers.key)
    anna = database.operators.find("anna")
    assert anna is not None
    for role in Role:
        with pytest.raises(InvalidSetting, match="you may not do yourself") as refused:
            commands.add_operator(personnel, "ben", role)
        assert refused.value.field == "role"
        with pytest.raises(InvalidSetting, match="you may not do yourself"):
            commands.set_role(personnel, anna.user.id, role)
        with pytest.raises(InvalidSetting, match="you may not do yourself"):
            commands.set_role(personnel, personnel.user.id, role)
        with pytest.raises(PermissionDenied):
            commands.edit_role(personnel, role, RoleDraft("Viewer", VIEWS))
    with pytest.raises(InvalidSetting) as beyond:
        commands.add_role(
            personnel, replace(viewers, name="More", permissions=VIEWS | {Permission.VIEW_COUNTS})
        )
    assert beyond.value.field == "permissions"
    with pytest.raises(InvalidSetting):
        commands.edit_role(
            personnel, lookers.key, replace(viewers, permissions=frozenset(Permission))
        )
    table = commands.preview_operators(personnel, b"name,role\ncarl,administrator\n")
    assert not table.is_sound
    forced = OperatorTable((OperatorRow(2, "carl", Role.ADMINISTRATOR),))
    with pytest.raises(InvalidSettings, match="may not do yourself"):
        commands.import_operators(personnel, forced)
    with pytest.raises(InvalidSetting) as instead:
        commands.remove_role(personnel, lookers.key, Role.ADMINISTRATOR)
    assert instead.value.field == "instead"
    assert hash_of(database, "anna")
    assert verify_password(hash_of(database, "anna"), code.code.reveal())


# ---------------------------------------------------------------- roles


@pytest.fixture
def site(database: Database) -> SiteId:
    return database.cameras.add(settings(username="")).site_id


def test_a_role_is_made_changed_and_removed_on_the_record(
    commands: Commands, database: Database, boss: Session, site: SiteId, clock: Clock
) -> None:
    made = commands.add_role(boss, RoleDraft(" Door staff ", VIEWS, frozenset({site})))
    assert made == OperatorRole(made.key, "Door staff", VIEWS, frozenset({site}))
    assert newest(database).details == {
        "name": "Door staff",
        "permissions": "view_cameras",
        "sites": "Main site",
        "second_factor": "not needed",
    }
    assert len(made.key) <= 32
    commands.add_operator(boss, "anna", made.key)
    clock.advance(hours=1)
    wider = RoleDraft("Door", VIEWS | {Permission.VIEW_COUNTS}, None, needs_second_factor=True)
    changed = commands.edit_role(boss, made.key, wider)
    assert changed in commands.roles(boss)
    details = newest(database).details
    assert details["permissions_before"] == "view_cameras"
    assert details["permissions"] == "view_cameras, view_counts"
    assert (details["sites_before"], details["sites"]) == ("Main site", "all")
    moved = commands.remove_role(boss, made.key, Role.VIEWER)
    assert [(one.user.name, one.role.key) for one in moved] == [("anna", Role.VIEWER)]
    assert newest(database).details == {"instead": "Viewer"}
    assert [role.key for role in commands.roles(boss)] == list(Role)
    with pytest.raises(NotFound):
        commands.edit_role(boss, made.key, wider)
    with pytest.raises(NotFound):
        commands.remove_role(boss, made.key, Role.VIEWER)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (RoleDraft("", VIEWS), "name"),
        (RoleDraft("x" * 65, VIEWS), "name"),
        (RoleDraft("Do\nor", VIEWS), "name"),
        (RoleDraft("VIEWER", VIEWS), "name"),
        (RoleDraft("no role", VIEWS), "name"),
        (RoleDraft("Taken", VIEWS), "name"),
        (RoleDraft("\uff34aken", VIEWS), "name"),
        (RoleDraft("Door", frozenset()), "permissions"),
        (RoleDraft("Door", VIEWS, frozenset()), "sites"),
        (RoleDraft("Door", VIEWS, frozenset({SiteId(77)})), "sites"),
        *[
            (RoleDraft("Door", VIEWS | {one}, frozenset({SiteId(1)})), "permissions")
            for one in sorted(WHOLE_PROGRAM)
        ],
    ],
)
def test_a_role_that_cannot_be_is_refused_at_its_field(
    commands: Commands, boss: Session, site: SiteId, draft: RoleDraft, field: str
) -> None:
    commands.add_role(boss, RoleDraft("Taken", VIEWS))
    own = commands.add_role(boss, RoleDraft("Own", VIEWS))
    with pytest.raises(InvalidSetting) as refused:
        commands.add_role(boss, draft)
    assert refused.value.field == field
    with pytest.raises(InvalidSetting) as refused:
        commands.edit_role(boss, own.key, draft)
    assert refused.value.field == field
    assert own in commands.roles(boss)


def test_of_roles_that_are_always_there_only_the_second_factor_changes(
    commands: Commands, database: Database, boss: Session, site: SiteId
) -> None:
    viewer = RoleDraft("Viewer", ROLE_PERMISSIONS[Role.VIEWER])
    for draft, field in (
        (replace(viewer, name="Watcher"), "name"),
        (replace(viewer, permissions=VIEWS), "permissions"),
        (replace(viewer, sites=frozenset({site})), "sites"),
    ):
        with pytest.raises(InvalidSetting) as refused:
            commands.edit_role(boss, Role.VIEWER, draft)
        assert refused.value.field == field
    with pytest.raises(InvalidSetting):
        commands.remove_role(boss, Role.VIEWER, Role.SUPERVISOR)
    changed = commands.edit_role(boss, Role.VIEWER, replace(viewer, needs_second_factor=True))
    assert (changed.key, changed.needs_second_factor) == (Role.VIEWER, True)
    assert newest(database).details == {
        "second_factor": "needed",
        "second_factor_before": "not needed",
    }
    assert commands.roles(boss)[0].needs_second_factor
    commands.edit_role(boss, Role.VIEWER, viewer)
    assert not commands.roles(boss)[0].needs_second_factor


def test_a_role_goes_only_for_one_that_stays(commands: Commands, boss: Session) -> None:
    made = commands.add_role(boss, RoleDraft("Door", VIEWS))
    for instead in (made.key, "no-such-role", ""):
        with pytest.raises(InvalidSetting) as refused:
            commands.remove_role(boss, made.key, instead)
        assert refused.value.field == "instead"
    assert made in commands.roles(boss)


# ---------------------------------------------------------------- tables


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_as_spreadsheets_write_it(
    commands: Commands, boss: Session, encoding: str, delimiter: str
) -> None:
    text = "Role,E-mail,User name\r\nViewer,x,J\u00fcrgen\r\n\r\nsupervisor,,'@anna\r\n"
    table = commands.preview_operators(boss, text.replace(",", delimiter).encode(encoding))
    assert table.is_sound
    assert table.rows == (
        OperatorRow(2, "J\u00fcrgen", Role.VIEWER),
        OperatorRow(4, "@anna", Role.SUPERVISOR),
    )


def test_every_problem_of_a_table_is_named_with_its_line(commands: Commands, boss: Session) -> None:
    text = (
        "name,role\nanna,viewer\nANNA,viewer\nboss,viewer\nb en,viewer\ncarl,king\ndora,\n"
        ",viewer\nemil,viewer,x\n"
    )
    table = commands.preview_operators(boss, text.encode())
    assert not table.is_sound
    assert [(row.line, row.problems) for row in table.rows] == [
        (2, ()),
        (3, ("The name stands in line 2 as well.",)),
        (4, ("The name is already used by another user.",)),
        (5, ("The name may have only letters, digits and . _ - @, and no blanks.",)),
        (6, ("There is no role “king”.",)),
        (7, ("The role is missing.",)),
        (8, ("The name is needed.",)),
        (9, ("The line has more cells than there are columns.",)),
    ]
    with pytest.raises(InvalidSettings) as refused:
        commands.import_operators(boss, table)
    assert [one.field for one in refused.value.problems][:2] == ["line 3", "line 4"]
    assert len(commands.accounts(boss)) == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"name,role\n", "has no user"),
        (b"name\nanna\n", "has no column “role”"),
        (b"name,role,name\nanna,viewer,x\n", "twice"),
        (b"name,role,password\nanna,viewer,secret\n", "“password”; take it out"),
        (b"PK\x03\x04", "is a workbook"),
        (b"name,role\n" + b"anna,viewer\n" * 1001, "more than 1000 users"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MiB"),
    ],
)
def test_what_is_no_table_is_refused(
    commands: Commands, boss: Session, data: bytes, reason: str
) -> None:
    with pytest.raises(InvalidSetting, match=reason) as refused:
        commands.preview_operators(boss, data)
    assert refused.value.field == "file"
    assert "secret" not in str(refused.value)


def test_a_table_is_added_whole(
    commands: Commands, database: Database, boss: Session, account: Callable[[str], Account]
) -> None:
    role = commands.add_role(boss, RoleDraft("Door", VIEWS))
    table = commands.preview_operators(boss, b"name,role\nanna,DOOR\nben,viewer\n")
    codes = commands.import_operators(boss, table)
    assert [code.name for code in codes] == ["anna", "ben"]
    assert len({code.code.reveal() for code in codes}) == 2
    assert account("anna").role == role
    first, second = database.audit.newest(2)
    assert {first.action, second.action} == {"import_operators"}
    assert {first.target, second.target} == {"anna", "ben"}
    with pytest.raises(InvalidSettings) as refused:
        commands.import_operators(boss, table)
    assert len(refused.value.problems) == 2


def test_a_table_is_added_whole_or_not_at_all(
    commands: Commands, database: Database, boss: Session, file: Path
) -> None:
    table = commands.preview_operators(boss, b"name,role\nanna,viewer\nben,viewer\n")
    sql(
        file,
        "CREATE TRIGGER no_ben BEFORE INSERT ON user WHEN new.name = 'ben' "
        "BEGIN SELECT RAISE(ABORT, 'no ben'); END",
    )
    with pytest.raises(Exception, match="no ben"):
        commands.import_operators(boss, table)
    assert [one.user.name for one in commands.accounts(boss)] == ["boss"]
