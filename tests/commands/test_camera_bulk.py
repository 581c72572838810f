"""Many cameras are added, changed and removed together, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.session import Session
from camwatch.commands import BulkChange, Commands
from camwatch.commands.camera_bulk import NewCamera
from camwatch.commands.system import camera_password
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, Camera, CameraId, CameraSettings, Secret, SourceKind
from camwatch.errors import (
    ChangedMeanwhile,
    DatabaseDamaged,
    GivenUp,
    InvalidSettings,
    NotFound,
    PasswordsUncertain,
    SecretsUnavailable,
)
from camwatch.events import Bus, CamerasChanged
from tests.auth.conftest import wait_for
from tests.auth.keyrings import MemoryKeyring
from tests.auth.secret_service import SecretService
from tests.commands.values import PASSWORD, Clock, counting_in, forbid, heal, settings

LIST = (
    b"name,location,site,address,username,password\n"
    b"Gate,Yard,North,10.0.0.7/a.jpg,op,canary-1\n"
    b"Hall,House,North,rtsp://op:canary-2@10.0.0.8/sub,,\n"
    b"Roof,House,South,10.0.0.9/a.jpg,,\n"
)


def kept(keyring: MemoryKeyring) -> list[str]:
    assert all(service == SERVICE for service, _ in keyring.entries)
    return sorted(keyring.entries.values())


def newest(commands: Commands, boss: Session, count: int) -> list[AuditEntry]:
    return commands.find_audit_entries(boss, AuditQuery(), count)


def some(count: int, password: str = "") -> list[NewCamera]:
    """Return cameras that can be added; without a password they ask for no sign-in."""
    return [
        (
            settings(f"Camera {n:03}", "op" if password else "", f"10.0.{n // 200}.{n % 200 + 1}"),
            Secret(f"{password}-{n}") if password else None,
        )
        for n in range(count)
    ]


@pytest.fixture
def three(commands: Commands, boss: Session, changes: list[CamerasChanged]) -> list[Camera]:
    """Return three cameras with passwords of their own."""
    cameras = commands.add_cameras(boss, some(3, "old"))
    changes.clear()
    return cameras


# ------------------------------------------------------------ importing lists


def test_a_list_is_imported_with_its_passwords_in_the_keyring_only(
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
    clock: Clock,
) -> None:
    steps: list[tuple[int, int]] = []
    preview = commands.preview_import(boss, LIST)
    assert commands.cameras(boss) == []
    cameras = commands.import_cameras(
        boss, preview, progress=lambda done, count: steps.append((done, count))
    )
    assert [camera.name for camera in cameras] == ["Gate", "Hall", "Roof"]
    assert commands.cameras(boss) == cameras
    assert [site.name for site in commands.sites(boss)] == ["North", "South"]
    assert kept(keyring) == ["canary-1", "canary-2"]
    assert changes == [CamerasChanged(clock.now)]
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    entries = newest(commands, boss, 3)
    assert [(one.action, one.target) for one in entries] == [
        ("import_cameras", name) for name in ("Roof", "Hall", "Gate")
    ]
    assert entries[1].details == {"uid": cameras[1].uid, "address": "rtsp://10.0.0.8:554"}


@pytest.mark.fault("F135")
def test_one_bad_line_keeps_the_whole_list_out_unless_the_good_ones_are_wanted(
    commands: Commands, boss: Session, keyring: MemoryKeyring, changes: list[CamerasChanged]
) -> None:
    preview = commands.preview_import(boss, LIST.replace(b"10.0.0.9/a.jpg", b"http://127.1/a"))
    with pytest.raises(InvalidSettings) as refused:
        commands.import_cameras(boss, preview)
    assert refused.value.source == "line 4"
    assert (commands.cameras(boss), kept(keyring), changes) == ([], [], [])
    good = commands.import_cameras(boss, preview, only_good=True)
    assert [camera.name for camera in good] == ["Gate", "Hall"]


def test_a_name_that_was_taken_after_the_preview_keeps_the_list_out(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    preview = commands.preview_import(boss, LIST)
    other = commands.add_camera(boss, settings("HALL", username=""), None)
    with pytest.raises(InvalidSettings) as refused:
        commands.import_cameras(boss, preview)
    assert refused.value.source == "Hall"
    assert [problem.field for problem in refused.value.problems] == ["name"]
    assert commands.cameras(boss) == [other]
    assert kept(keyring) == []


def test_what_was_exported_can_be_imported_and_holds_no_password(
    commands: Commands, boss: Session
) -> None:
    before = commands.import_cameras(boss, commands.preview_import(boss, LIST))
    data = commands.export_cameras(boss)
    assert b"canary" not in data
    assert newest(commands, boss, 1)[0].details == {"cameras": "3"}
    assert [row.problems[0].field for row in commands.preview_import(boss, data).bad] == [
        "name"
    ] * 3
    commands.remove_cameras(boss, [camera.id for camera in before])
    after = commands.import_cameras(boss, commands.preview_import(boss, data))
    assert [camera.settings for camera in after] == [camera.settings for camera in before]


def test_no_password_of_a_list_reaches_database_or_log(
    commands: Commands, boss: Session, file: Path, log_file: Path
) -> None:
    commands.import_cameras(boss, commands.preview_import(boss, LIST))
    bad = LIST.replace(b"10.0.0", b"http://x:canary-3@127.0.0").replace(b"Gate", b"Gate 2")
    with pytest.raises(InvalidSettings) as refused:
        commands.import_cameras(boss, commands.preview_import(boss, bad))
    assert "canary" not in str(refused.value) + repr(refused.value)
    for place in (file, file.with_name(f"{file.name}-wal"), log_file):
        assert b"canary-" not in place.read_bytes(), place


# ------------------------------------------------------------ all or nothing


def test_nothing_to_add_is_nothing_done(
    commands: Commands, boss: Session, changes: list[CamerasChanged]
) -> None:
    assert commands.add_cameras(boss, []) == []
    assert changes == []
    assert newest(commands, boss, 1)[0].action == "create_first_administrator"


def test_giving_up_halfway_leaves_neither_cameras_nor_passwords(
    commands: Commands, boss: Session, keyring: MemoryKeyring, changes: list[CamerasChanged]
) -> None:
    cancel = threading.Event()

    def stop_at_five(done: int, _count: int) -> None:
        if done == 5:
            cancel.set()

    with pytest.raises(GivenUp):
        commands.add_cameras(boss, some(20, "pw"), progress=stop_at_five, cancel=cancel)
    assert keyring.writes == 6
    assert (commands.cameras(boss), kept(keyring), changes) == ([], [], [])


@pytest.mark.expects_warning
def test_a_keyring_that_fails_halfway_leaves_nothing(
    commands: Commands, boss: Session, keyring: MemoryKeyring, changes: list[CamerasChanged]
) -> None:
    def fail_at_five(done: int, _count: int) -> None:
        if done == 5:
            keyring.refuses = OSError("the wallet is full")

    with pytest.raises(SecretsUnavailable):
        commands.add_cameras(boss, some(20, "pw"), progress=fail_at_five)
    assert (commands.cameras(boss), kept(keyring), changes) == ([], [], [])


@pytest.mark.parametrize("table", ["camera", "audit"])
def test_a_history_that_fails_leaves_nothing(
    *,
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    file: Path,
    changes: list[CamerasChanged],
    table: str,
) -> None:
    forbid(file, "INSERT", table)
    with pytest.raises(DatabaseDamaged):
        commands.add_cameras(boss, some(3, "pw"))
    assert (commands.cameras(boss), kept(keyring), changes) == ([], [], [])
    heal(file, "INSERT", table)
    assert len(commands.add_cameras(boss, some(3, "pw"))) == 3


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (lambda one: (replace(one[0], host="127.0.0.1"), one[1]), "host"),
        (lambda one: (replace(one[0], name=" camera 000"), one[1]), "name"),
        (lambda one: (replace(one[0], username=""), one[1]), "username"),
        (lambda one: (one[0], Secret("x" * 513)), "password"),
    ],
)
def test_one_camera_that_is_refused_keeps_all_out_and_is_named(
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    spoil: Callable[[NewCamera], NewCamera],
    field: str,
) -> None:
    new = some(3, "pw")
    new[2] = spoil(new[2])
    with pytest.raises(InvalidSettings) as refused:
        commands.add_cameras(boss, new)
    assert refused.value.source == new[2][0].name
    assert [problem.field for problem in refused.value.problems] == [field]
    assert commands.cameras(boss) == []
    assert keyring.writes == 0


def test_passwords_can_be_kept_until_the_program_ends(
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    database: Database,
    secrets: SecretStore,
) -> None:
    keyring.is_locked = True
    cameras = commands.add_cameras(boss, some(3, "pw"), keep_in_memory=True)
    assert [camera_password(secrets, camera) for camera in cameras] == [
        Secret(f"pw-{n}") for n in range(3)
    ]
    assert keyring.questions == 0


# ------------------------------------------------------------ changing


def test_several_cameras_get_the_same_and_keep_the_rest(
    commands: Commands,
    boss: Session,
    three: list[Camera],
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
) -> None:
    change = BulkChange(site="North", interval_s=2.5, is_enabled=False, allow_basic=True)
    after = commands.edit_cameras(boss, [three[0].id, three[2].id], change)
    for was, camera in zip((three[0], three[2]), after, strict=True):
        wanted = replace(
            was.settings, site="North", interval_s=2.5, is_enabled=False, allow_basic=True
        )
        assert (camera.id, camera.uid, camera.settings) == (was.id, was.uid, wanted)
    assert commands.cameras(boss)[1] == three[1]
    assert kept(keyring) == ["old-0", "old-1", "old-2"]
    assert len(changes) == 1
    entries = newest(commands, boss, 2)
    assert [(one.action, one.target) for one in entries] == [
        ("edit_cameras", "Camera 002"),
        ("edit_cameras", "Camera 000"),
    ]
    assert entries[0].details == {
        "uid": three[2].uid,
        "changed": "interval_s, allow_basic, is_enabled, site",
    }


def test_a_common_sign_in_replaces_each_password(
    commands: Commands, boss: Session, three: list[Camera], keyring: MemoryKeyring
) -> None:
    change = BulkChange(username="viewer", password=Secret("new"))
    after = commands.edit_cameras(boss, [camera.id for camera in three], change)
    assert {camera.settings.username for camera in after} == {"viewer"}
    assert kept(keyring) == ["new", "new", "new"]
    assert "password" in newest(commands, boss, 1)[0].details["changed"]
    commands.edit_cameras(boss, [three[0].id], BulkChange(username="other"))
    assert kept(keyring) == ["new", "new", "new"]
    commands.edit_cameras(boss, [three[0].id], BulkChange(username=""))
    assert kept(keyring) == ["new", "new"]


def test_a_password_alone_needs_user_names(
    commands: Commands, boss: Session, three: list[Camera], keyring: MemoryKeyring
) -> None:
    open_one = commands.add_camera(boss, settings("Open", username=""), None)
    desk = CameraSettings("Desk", "Office", "", kind=SourceKind.USB, device="0")
    usb = commands.add_camera(boss, desk, None)
    ids = [*(camera.id for camera in three), open_one.id, usb.id]
    with pytest.raises(InvalidSettings) as refused:
        commands.edit_cameras(boss, ids, BulkChange(password=Secret("new")))
    assert refused.value.source == "Open"
    assert kept(keyring) == ["old-0", "old-1", "old-2"]
    commands.edit_cameras(boss, [*ids[:3], usb.id], BulkChange(password=Secret("new")))
    assert kept(keyring) == ["new", "new", "new"]
    commands.edit_cameras(boss, [open_one.id], BulkChange(username="op"))
    assert kept(keyring) == ["", "new", "new", "new"]


def test_a_change_that_one_camera_cannot_have_changes_none(
    commands: Commands, boss: Session, three: list[Camera], changes: list[CamerasChanged]
) -> None:
    stream = replace(
        settings("Stream", ""), kind=SourceKind.RTSP, scheme="rtsp", stream_path="/s", port=554
    )
    commands.add_camera(boss, stream, None)
    before = commands.cameras(boss)
    changes.clear()
    with pytest.raises(InvalidSettings) as refused:
        commands.edit_cameras(boss, [one.id for one in before], BulkChange(interval_s=0.05))
    assert refused.value.source == "Camera 000"
    with pytest.raises(NotFound):
        commands.edit_cameras(boss, [three[0].id, CameraId(99)], BulkChange(interval_s=3.0))
    assert commands.cameras(boss) == before
    assert changes == []
    assert commands.edit_cameras(boss, [three[0].id], BulkChange()) == [three[0]]
    assert changes == []


@pytest.mark.expects_warning
@pytest.mark.parametrize("trouble", ["keyring", "camera", "audit", "cancel"])
def test_a_change_that_fails_leaves_cameras_and_passwords_as_they_were(
    *,
    commands: Commands,
    boss: Session,
    three: list[Camera],
    keyring: MemoryKeyring,
    file: Path,
    changes: list[CamerasChanged],
    trouble: str,
) -> None:
    cancel = threading.Event()

    def strike(done: int, _count: int) -> None:
        if done != 1:
            return
        match trouble:
            case "keyring":
                keyring.refuses = OSError("the wallet is full")
            case "cancel":
                cancel.set()
            case table:
                forbid(file, "UPDATE" if table == "camera" else "INSERT", table)

    change = BulkChange(username="viewer", password=Secret("new"))
    ids = [camera.id for camera in three]
    with pytest.raises((PasswordsUncertain, DatabaseDamaged, GivenUp)) as failed:
        commands.edit_cameras(boss, ids, change, progress=strike, cancel=cancel)
    keyring.refuses = None
    assert changes == []
    assert commands.cameras(boss) == three
    if trouble == "keyring":
        # It refused to take the old one back, too: that much is beyond anybody's power, but told.
        assert isinstance(failed.value, PasswordsUncertain)
        assert failed.value.names == ("Camera 000",)
        entry = newest(commands, boss, 1)[0]
        assert (entry.action, entry.result) == ("edit_cameras", "failed")
        assert entry.details == {"password_may_be_new": "Camera 000"}
        return
    assert kept(keyring) == ["old-0", "old-1", "old-2"]


@pytest.mark.expects_warning
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "silent"])
def test_a_keyring_that_does_not_answer_is_not_asked_for_each_camera(
    *,
    database: Database,
    keyring: MemoryKeyring,
    bus: Bus,
    tmp_path: Path,
    clock: Clock,
    is_locked: bool,
) -> None:
    store = SecretStore(lambda: keyring, deadline_s=0.3)
    commands = Commands(database, store, CameraPolicy(), bus, counting_in(tmp_path, bus), clock)
    boss = commands.create_first_administrator("boss", PASSWORD)
    cameras = commands.add_cameras(boss, some(40, "old"))

    def strike(done: int, _count: int) -> None:
        if done == 30:
            keyring.is_locked = is_locked
            if not is_locked:
                keyring.may_write.clear()

    ids = [camera.id for camera in cameras]
    with pytest.raises(PasswordsUncertain) as failed:
        commands.edit_cameras(boss, ids, BulkChange(password=Secret("new")), progress=strike)
    assert failed.value.names == tuple(camera.name for camera in cameras[:30])
    assert keyring.questions <= 2
    assert commands.cameras(boss) == cameras
    keyring.may_write.set()
    store.close()


def test_what_is_changed_while_the_keyring_is_slow_stays(
    commands: Commands, boss: Session, three: list[Camera], keyring: MemoryKeyring
) -> None:
    def meanwhile(done: int, _count: int) -> None:
        if done == 2:
            commands.trust_certificate(boss, three[0].id, "ab" * 32)

    change = BulkChange(site="North", password=Secret("new"))
    ids = [camera.id for camera in three]
    after = commands.edit_cameras(boss, ids, change, progress=meanwhile)
    assert after[0].settings == replace(three[0].settings, site="North", pin="ab" * 32)
    assert commands.cameras(boss) == after
    assert kept(keyring) == ["new", "new", "new"]


@pytest.mark.parametrize("other", [settings("Camera 000", ""), settings("Camera 000", "op")])
def test_a_password_is_not_left_to_a_camera_that_became_another_one_meanwhile(
    *,
    commands: Commands,
    boss: Session,
    three: list[Camera],
    keyring: MemoryKeyring,
    other: CameraSettings,
) -> None:
    other = replace(other, host="10.0.0.99", site="Main site")

    def meanwhile(done: int, _count: int) -> None:
        if done == 2:
            commands.edit_camera(
                boss, three[0].id, other, Secret("its own") if other.username else None
            )

    change = BulkChange(username="viewer", password=Secret("new"))
    with pytest.raises(ChangedMeanwhile):
        commands.edit_cameras(boss, [one.id for one in three], change, progress=meanwhile)
    assert commands.cameras(boss) == [replace(three[0], settings=other), *three[1:]]
    assert kept(keyring) == [*(["its own"] if other.username else []), "old-1", "old-2"]


@pytest.mark.expects_warning
def test_what_is_left_of_an_old_sign_in_is_not_found_at_the_next_start(
    commands: Commands, boss: Session, three: list[Camera], keyring: MemoryKeyring
) -> None:
    ids = [camera.id for camera in three]
    keyring.is_locked = True
    commands.edit_cameras(boss, ids, BulkChange(username=""))
    assert len(kept(keyring)) == 3, "they could not be removed then"
    change = BulkChange(username="op", password=Secret("new"))
    with pytest.raises(SecretsUnavailable, match="old password cannot be removed"):
        commands.edit_cameras(boss, ids, change, keep_in_memory=True)
    keyring.is_locked = False
    commands.edit_cameras(boss, ids, change, keep_in_memory=True)
    assert kept(keyring) == []


# ------------------------------------------------------------ removing


def test_several_cameras_are_removed_with_their_passwords(
    commands: Commands,
    boss: Session,
    three: list[Camera],
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
) -> None:
    commands.remove_cameras(boss, [three[0].id, three[1].id])
    assert commands.cameras(boss) == [three[2]]
    assert kept(keyring) == ["old-2"]
    assert len(changes) == 1
    assert [one.target for one in newest(commands, boss, 2)] == ["Camera 001", "Camera 000"]
    with pytest.raises(NotFound):
        commands.remove_cameras(boss, [three[1].id, three[2].id])
    assert commands.cameras(boss) == [three[2]]


def test_a_removal_that_fails_removes_none_and_is_audited(
    commands: Commands,
    boss: Session,
    three: list[Camera],
    keyring: MemoryKeyring,
    file: Path,
) -> None:
    forbid(file, "UPDATE", "camera")
    with pytest.raises(DatabaseDamaged):
        commands.remove_cameras(boss, [camera.id for camera in three])
    assert commands.cameras(boss) == three
    assert len(kept(keyring)) == 3
    last = newest(commands, boss, 1)[0]
    assert (last.action, last.result) == ("remove_cameras", "failed")


# ------------------------------------------------------------ a real keyring


def test_a_list_goes_into_a_real_keyring_and_out_of_it(
    secret_service: SecretService, database: Database, tmp_path: Path, clock: Clock
) -> None:
    store = SecretStore(deadline_s=30.0)
    wait_for(store)
    bus = Bus()
    commands = Commands(database, store, CameraPolicy(), bus, counting_in(tmp_path, bus), clock)
    boss = commands.create_first_administrator("boss", PASSWORD)
    lines = [f"Camera {n:02},Yard,http://10.0.0.{n + 1}/a,op,canary-{n}" for n in range(30)]
    data = "\n".join(["name,location,address,username,password", *lines]).encode()
    cameras = commands.import_cameras(boss, commands.preview_import(boss, data))
    assert [camera_password(store, camera) for camera in cameras] == [
        Secret(f"canary-{n}") for n in range(30)
    ]
    cancel = threading.Event()
    with pytest.raises(GivenUp):
        commands.add_cameras(
            boss,
            [(replace(one, name=f"{one.name} again"), secret) for one, secret in some(20, "pw")],
            progress=lambda done, _count: cancel.set() if done == 3 else None,
            cancel=cancel,
        )
    assert commands.cameras(boss) == cameras
    commands.remove_cameras(boss, [camera.id for camera in cameras])
    assert [camera_password(store, camera) for camera in cameras] == [None] * 30
    store.close()
