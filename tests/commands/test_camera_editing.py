"""Cameras and their passwords are changed together, or not at all."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.backends import KeyringAbsent, trusted_backend
from camwatch.auth.secrets import SERVICE, SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting, KeepPassword
from camwatch.commands.camera_editing import CameraEditing
from camwatch.commands.system import camera_password
from camwatch.commands.trail import Trail
from camwatch.config import CameraPolicy
from camwatch.data.cameras import CameraRepository
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, Camera, CameraId, CameraSettings, Reason, Secret
from camwatch.errors import (
    ChangedMeanwhile,
    DatabaseDamaged,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    SecretsUnavailable,
)
from camwatch.events import Bus, CamerasChanged
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import Clock, forbid, heal, settings
from tests.support.fault_camera import FaultCamera, answer, by_request, jpeg

OLD = Secret("the old password")
NEW = Secret("the new password")


@pytest.fixture
def gate(commands: Commands, boss: Session, changes: list[CamerasChanged]) -> Camera:
    """Return a camera that was added with a password."""
    camera = commands.add_camera(boss, settings(), OLD)
    changes.clear()
    return camera


def kept(keyring: MemoryKeyring) -> dict[str, str]:
    assert all(service == SERVICE for service, _ in keyring.entries)
    return {uid: text for (_, uid), text in keyring.entries.items()}


def last(commands: Commands, boss: Session) -> AuditEntry:
    return commands.find_audit_entries(boss, AuditQuery(), 1)[0]


# ------------------------------------------------------------ adding


def test_a_camera_is_added_with_its_password_in_the_keyring_only(
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
    clock: Clock,
) -> None:
    camera = commands.add_camera(boss, replace(settings(), name="  Gate "), OLD)
    assert camera.settings == replace(settings(), site="Main site")
    assert commands.cameras(boss) == [camera]
    assert [site.name for site in commands.sites(boss)] == ["Main site"]
    assert kept(keyring) == {camera.uid: "the old password"}
    assert changes == [CamerasChanged(clock.now)]
    entry = last(commands, boss)
    assert (entry.actor, entry.action, entry.target, entry.result) == (
        *("boss", "add_camera", "Gate"),
        "done",
    )
    assert entry.details == {"uid": camera.uid, "address": "http://10.0.0.7:80"}


def test_a_camera_without_a_user_name_needs_no_keyring(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    open_one = commands.add_camera(boss, settings("Open", username=""), None)
    other = commands.add_camera(boss, settings("Other", username=""), Secret(""))
    commands.edit_camera(boss, open_one.id, settings("Opened", username=""), KeepPassword())
    commands.remove_camera(boss, other.id)
    assert [camera.name for camera in commands.cameras(boss)] == ["Opened"]
    assert keyring.questions == 0


def test_a_user_name_without_a_password_has_an_empty_one(
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    database: Database,
    secrets: SecretStore,
) -> None:
    camera = commands.add_camera(boss, settings(), None)
    assert kept(keyring) == {camera.uid: ""}
    assert camera_password(secrets, camera) == Secret("")


@pytest.mark.parametrize(
    ("entered", "password", "fields"),
    [
        (replace(settings(), name="", port=0), OLD, ["name", "port"]),
        (replace(settings(), host="127.0.0.1"), OLD, ["host"]),
        (settings(username=""), OLD, ["username"]),
        (settings(), Secret("x" * 513), ["password"]),
        (settings(), Secret("half \ud800"), ["password"]),
    ],
)
def test_what_is_refused_is_neither_stored_nor_kept(
    *,
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    entered: CameraSettings,
    password: Secret,
    fields: list[str],
) -> None:
    with pytest.raises((InvalidSetting, InvalidSettings)) as refused:
        commands.add_camera(boss, entered, password)
    error = refused.value
    problems = error.problems if isinstance(error, InvalidSettings) else [error]
    assert [getattr(problem, "field", "") for problem in problems] == fields
    assert keyring.writes == 0
    assert commands.cameras(boss) == []
    assert last(commands, boss).action == "create_first_administrator"


def test_a_password_of_512_characters_is_kept_whole(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    text = "\U0001f600 '\"%&\\" + "x" * 505
    camera = commands.add_camera(boss, settings(), Secret(text))
    assert kept(keyring) == {camera.uid: text}


@pytest.mark.expects_warning
def test_a_keyring_that_refuses_leaves_no_camera(
    commands: Commands, boss: Session, keyring: MemoryKeyring, changes: list[CamerasChanged]
) -> None:
    keyring.refuses = OSError("the wallet is full")
    with pytest.raises(SecretsUnavailable):
        commands.add_camera(boss, settings(), OLD)
    assert commands.cameras(boss) == []
    assert changes == []
    assert last(commands, boss).action == "create_first_administrator"
    keyring.refuses = None
    commands.add_camera(boss, settings(), OLD)


@pytest.mark.parametrize("table", ["camera", "audit"])
@pytest.mark.parametrize("in_memory", [False, True])
def test_a_history_that_refuses_leaves_neither_camera_nor_password(
    *,
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    file: Path,
    changes: list[CamerasChanged],
    table: str,
    in_memory: bool,
) -> None:
    forbid(file, "INSERT", table)
    with pytest.raises(DatabaseDamaged):
        commands.add_camera(boss, settings(), OLD, keep_in_memory=in_memory)
    assert commands.cameras(boss) == []
    assert kept(keyring) == {}
    assert changes == []
    heal(file, "INSERT", table)
    commands.add_camera(boss, settings(), OLD)


def test_a_name_in_use_leaves_no_second_password(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    with pytest.raises(InvalidSetting) as refused:
        commands.add_camera(boss, settings("GATE"), NEW)
    assert refused.value.field == "name"
    assert kept(keyring) == {gate.uid: OLD.reveal()}


# ------------------------------------------------------------ editing


def test_an_edit_can_keep_the_password(
    commands: Commands,
    boss: Session,
    gate: Camera,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
) -> None:
    wished = replace(settings("Main gate"), interval_s=2.5, snapshot_path="/new", username="other")
    edited = commands.edit_camera(boss, gate.id, wished, KeepPassword())
    assert (edited.id, edited.uid) == (gate.id, gate.uid)
    assert edited.settings == replace(wished, site="Main site")
    assert kept(keyring) == {gate.uid: OLD.reveal()}
    assert len(changes) == 1
    entry = last(commands, boss)
    assert (entry.action, entry.target, entry.result) == ("edit_camera", "Main gate", "done")
    assert entry.details == {
        "uid": gate.uid,
        "changed": "name, snapshot_path, username, interval_s",
        "name_before": "Gate",
    }


MOVED = [
    replace(settings(), host="10.0.0.8"),
    replace(settings(), port=81),
    replace(settings(), scheme="https", port=80),
    replace(settings(), scheme="https", port=443, host="10.0.0.8"),
]


@pytest.mark.parametrize("moved", MOVED)
def test_a_kept_password_does_not_follow_a_camera_to_another_address(
    *,
    commands: Commands,
    boss: Session,
    gate: Camera,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
    moved: CameraSettings,
) -> None:
    with pytest.raises(InvalidSetting, match="entered again") as refused:
        commands.edit_camera(boss, gate.id, moved, KeepPassword())
    assert refused.value.field == "password"
    assert commands.cameras(boss) == [gate]
    assert changes == []
    edited = commands.edit_camera(boss, gate.id, moved, NEW)
    assert edited.settings.origin == moved.origin
    assert kept(keyring) == {gate.uid: NEW.reveal()}
    assert last(commands, boss).details["address_before"] == "http://10.0.0.7:80"
    assert last(commands, boss).details["address"] == moved.origin
    assert "password" in last(commands, boss).details["changed"]


ONVIF = replace(settings(), onvif_scheme="http", onvif_port=80)


@pytest.mark.parametrize(
    "moved",
    [replace(ONVIF, onvif_port=8899), replace(ONVIF, onvif_scheme="https", onvif_port=443)],
)
def test_a_kept_password_does_not_go_to_another_onvif_service(
    commands: Commands, boss: Session, keyring: MemoryKeyring, moved: CameraSettings
) -> None:
    camera = commands.add_camera(boss, ONVIF, OLD)
    with pytest.raises(InvalidSetting, match="entered again"):
        commands.edit_camera(boss, camera.id, moved, KeepPassword())
    with pytest.raises(InvalidSetting, match="entered again"):
        commands.test_camera(boss, moved, None, camera.id)
    assert commands.cameras(boss) == [camera]
    commands.edit_camera(boss, camera.id, moved, NEW, keep_in_memory=True)
    assert kept(keyring) == {}, "the old one would go there at the next start"
    details = last(commands, boss).details
    assert details["address_before"] == "http://10.0.0.7:80"
    assert details["address"] == f"http://10.0.0.7:80, {moved.origins[1]}"
    # A place less is no new place.
    commands.edit_camera(boss, camera.id, settings(), KeepPassword())


def test_a_camera_that_moves_without_a_user_name_forgets_its_password(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    moved = settings(username="", host="10.0.0.8")
    commands.edit_camera(boss, gate.id, moved, KeepPassword())
    assert kept(keyring) == {}
    # Nor does it come back when a user name does.
    commands.edit_camera(boss, gate.id, replace(moved, username="viewer"), KeepPassword())
    assert kept(keyring) == {gate.uid: ""}


def test_an_edit_can_empty_the_password(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    commands.edit_camera(boss, gate.id, settings(), None)
    assert kept(keyring) == {gate.uid: ""}


@pytest.mark.expects_warning
def test_a_keyring_that_refuses_leaves_camera_and_password_as_they_were(
    commands: Commands,
    boss: Session,
    gate: Camera,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
) -> None:
    keyring.refuses = OSError("the wallet is full")
    with pytest.raises(SecretsUnavailable):
        commands.edit_camera(boss, gate.id, settings("Renamed"), NEW)
    assert commands.cameras(boss) == [gate]
    assert kept(keyring) == {gate.uid: OLD.reveal()}
    assert changes == []
    assert last(commands, boss).action == "add_camera"


@pytest.mark.parametrize(("event", "table"), [("UPDATE", "camera"), ("INSERT", "audit")])
@pytest.mark.parametrize("in_memory", [False, True])
def test_a_history_that_refuses_leaves_camera_and_password_as_they_were(
    *,
    commands: Commands,
    boss: Session,
    gate: Camera,
    keyring: MemoryKeyring,
    file: Path,
    database: Database,
    secrets: SecretStore,
    event: str,
    table: str,
    in_memory: bool,
) -> None:
    forbid(file, event, table)
    moved = settings("Renamed", host="10.0.0.8")
    with pytest.raises(DatabaseDamaged):
        commands.edit_camera(boss, gate.id, moved, NEW, keep_in_memory=in_memory)
    assert commands.cameras(boss) == [gate]
    assert kept(keyring) == {gate.uid: OLD.reveal()}
    assert camera_password(secrets, gate) == OLD


def test_a_camera_that_is_gone_cannot_be_edited(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    commands.remove_camera(boss, gate.id)
    with pytest.raises(NotFound):
        commands.edit_camera(boss, gate.id, settings(), NEW)
    with pytest.raises(NotFound):
        commands.edit_camera(boss, CameraId(99), settings(), KeepPassword())
    assert kept(keyring) == {}


class Meanwhile(threading.Event):
    """Lets something happen once, just before a password is written."""

    def __init__(self, happens: Callable[[], object]) -> None:
        super().__init__()
        self._happens: Callable[[], object] | None = happens

    def wait(self, timeout: float | None = None) -> bool:
        happens, self._happens = self._happens, None
        if happens is not None:
            happens()
        return True


def test_an_edit_does_not_undo_what_somebody_else_did_meanwhile(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    keyring.may_write = Meanwhile(lambda: commands.trust_certificate(boss, gate.id, "ab" * 32))
    with pytest.raises(ChangedMeanwhile, match="Gate was changed"):
        commands.edit_camera(boss, gate.id, settings("Renamed"), NEW)
    (now,) = commands.cameras(boss)
    assert now.settings == replace(gate.settings, pin="ab" * 32)
    assert kept(keyring) == {gate.uid: OLD.reveal()}


class Interrupted(CameraRepository):
    """Lets somebody else be faster: after each look at a camera, it is another one."""

    def get(self, camera_id: CameraId) -> Camera:
        seen = super().get(camera_id)
        self.update(camera_id, replace(seen.settings, host="10.0.0.99"))
        return seen


@pytest.mark.parametrize(
    "command",
    [
        lambda editing, gate: editing.trust("boss", gate.id, "ab" * 32),
        lambda editing, gate: editing.follow("boss", gate.id, "10.0.0.8"),
    ],
    ids=["trust", "follow"],
)
def test_neither_trust_nor_a_new_address_is_given_to_what_was_not_looked_at(
    *,
    database: Database,
    secrets: SecretStore,
    clock: Clock,
    gate: Camera,
    command: Callable[[CameraEditing, Camera], Camera],
) -> None:
    cameras = Interrupted(database._connections, clock)
    editing = CameraEditing(cameras, secrets, CameraPolicy(), Trail(database.audit))
    with pytest.raises(ChangedMeanwhile):
        command(editing, gate)
    assert database.cameras.get(gate.id).settings == replace(gate.settings, host="10.0.0.99")
    assert database.audit.newest(1)[0].action == "add_camera"


# ------------------------------------------------------------ kept in memory


@pytest.mark.expects_warning
def test_without_a_keyring_a_password_can_be_kept_for_this_run(
    commands: Commands,
    boss: Session,
    keyring: MemoryKeyring,
    database: Database,
    secrets: SecretStore,
) -> None:
    keyring.is_locked = True
    camera = commands.add_camera(boss, settings(), OLD, keep_in_memory=True)
    assert camera_password(secrets, camera) == OLD
    commands.edit_camera(boss, camera.id, settings("Renamed"), NEW, keep_in_memory=True)
    assert camera_password(secrets, camera) == NEW
    assert keyring.questions == 0
    next_start = SecretStore(lambda: keyring)
    with pytest.raises(SecretsUnavailable):
        camera_password(next_start, camera)
    next_start.close()


def test_a_camera_that_moves_with_a_password_in_memory_leaves_none_in_the_keyring(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    commands.edit_camera(boss, gate.id, settings("Renamed"), NEW, keep_in_memory=True)
    assert kept(keyring) == {gate.uid: OLD.reveal()}
    moved = settings(host="10.0.0.8")
    commands.edit_camera(boss, gate.id, moved, NEW, keep_in_memory=True)
    assert kept(keyring) == {}


@pytest.mark.expects_warning
def test_what_is_left_of_an_old_sign_in_is_not_found_at_the_next_start(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    moved = settings(username="", host="10.0.0.8")
    commands.edit_camera(boss, gate.id, moved, None)
    assert kept(keyring) == {gate.uid: OLD.reveal()}, "it could not be removed then"
    moved = replace(moved, username="viewer")
    with pytest.raises(SecretsUnavailable, match="old password cannot be removed"):
        commands.edit_camera(boss, gate.id, moved, NEW, keep_in_memory=True)
    keyring.is_locked = False
    commands.edit_camera(boss, gate.id, moved, NEW, keep_in_memory=True)
    assert kept(keyring) == {}


@pytest.mark.expects_warning
def test_it_does_not_move_while_the_old_password_cannot_be_removed(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    with pytest.raises(SecretsUnavailable, match="old password cannot be removed"):
        commands.edit_camera(boss, gate.id, settings(host="10.0.0.8"), NEW, keep_in_memory=True)
    assert commands.cameras(boss) == [gate]


@pytest.mark.expects_warning
@pytest.mark.usefixtures("no_keyring")
def test_it_moves_where_there_is_no_keyring_at_all(
    *,
    database: Database,
    boss: Session,
    commands: Commands,
    bus: Bus,
    counting: Counting,
    clock: Clock,
) -> None:
    with pytest.raises(KeyringAbsent):
        trusted_backend()
    store = SecretStore()
    here = Commands(database, store, CameraPolicy(), bus, counting, clock)
    session = here.sign_in("boss", "brown kettle sings")
    camera = here.add_camera(session, settings(), OLD, keep_in_memory=True)
    moved = here.edit_camera(
        session, camera.id, settings(host="10.0.0.8"), NEW, keep_in_memory=True
    )
    assert moved.settings.host == "10.0.0.8"
    assert camera_password(store, moved) == NEW
    forbid(database.file, "UPDATE", "camera")
    with pytest.raises(DatabaseDamaged):
        here.edit_camera(session, camera.id, settings(), OLD, keep_in_memory=True)
    assert camera_password(store, moved) == NEW
    store.close()


@pytest.mark.expects_warning
@pytest.mark.usefixtures("no_keyring")
@pytest.mark.parametrize("is_removed", [True, False], ids=["removed", "user name taken away"])
def test_a_password_in_memory_is_forgotten_where_there_is_no_keyring(
    *,
    database: Database,
    boss: Session,
    commands: Commands,
    bus: Bus,
    counting: Counting,
    clock: Clock,
    is_removed: bool,
) -> None:
    store = SecretStore()
    here = Commands(database, store, CameraPolicy(), bus, counting, clock)
    session = here.sign_in("boss", "brown kettle sings")
    camera = here.add_camera(session, settings(), OLD, keep_in_memory=True)
    assert store.get(camera.uid) == OLD
    if is_removed:
        here.remove_camera(session, camera.id)
    else:
        here.edit_camera(session, camera.id, settings(username=""), None)
    with pytest.raises(KeyringAbsent):
        store.get(camera.uid)
    store.close()


# ------------------------------------------------------------ removing


def test_removing_a_camera_forgets_its_password(
    commands: Commands,
    boss: Session,
    gate: Camera,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
) -> None:
    commands.remove_camera(boss, gate.id)
    assert commands.cameras(boss) == []
    assert kept(keyring) == {}
    assert len(changes) == 1
    entry = last(commands, boss)
    assert (entry.action, entry.target, entry.result) == ("remove_camera", "Gate", "done")
    assert entry.details == {"uid": gate.uid}
    with pytest.raises(NotFound):
        commands.remove_camera(boss, gate.id)
    again = commands.add_camera(boss, settings(), NEW)
    assert again.uid != gate.uid


@pytest.mark.expects_warning
def test_a_camera_can_be_removed_while_the_keyring_is_locked(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    commands.remove_camera(boss, gate.id)
    assert commands.cameras(boss) == []


def test_a_removal_that_fails_keeps_the_password_and_says_so_in_the_audit(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring, file: Path
) -> None:
    forbid(file, "UPDATE", "camera")
    with pytest.raises(DatabaseDamaged):
        commands.remove_camera(boss, gate.id)
    assert commands.cameras(boss) == [gate]
    assert kept(keyring) == {gate.uid: OLD.reveal()}
    found = commands.find_audit_entries(boss, AuditQuery(), 2)
    assert [(entry.action, entry.result) for entry in found] == [
        ("remove_camera", "failed"),
        ("remove_camera", "done"),
    ]


def test_a_removal_that_cannot_be_audited_is_not_done(
    commands: Commands, boss: Session, gate: Camera, file: Path
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.remove_camera(boss, gate.id)
    assert commands.cameras(boss) == [gate]


# ------------------------------------------------------------ trying a camera


def locked_camera(password: Callable[[], str]) -> FaultCamera:
    """Make a camera that wants Basic sign-in and then gives a picture."""

    def choose(head: str) -> bytes:
        wanted = base64.b64encode(f"viewer:{password()}".encode()).decode()
        if f"Basic {wanted}" in head:
            return answer(jpeg())
        return answer(status="401 Unauthorized", kind="text/plain", length=0).replace(
            b"\r\n\r\n", b'\r\nWWW-Authenticate: Basic realm="camera"\r\n\r\n'
        )

    return FaultCamera(by_request(choose))


def served_by(camera: FaultCamera) -> CameraSettings:
    return replace(
        settings(), host="127.0.0.1", port=camera.port, allow_local=True, allow_basic=True
    )


def test_a_new_camera_is_tried_with_what_was_entered_and_nothing_is_stored(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    with locked_camera(NEW.reveal) as camera:
        good = commands.test_camera(boss, served_by(camera), NEW)
        bad = commands.test_camera(boss, served_by(camera), OLD)
        none = commands.test_camera(boss, served_by(camera), None)
    assert good.is_ok
    assert good.wh == (64, 48)
    assert (bad.reason, none.reason) == (Reason.UNAUTHORIZED, Reason.UNAUTHORIZED)
    assert commands.cameras(boss) == []
    assert keyring.writes == 0


def test_an_edited_camera_is_tried_with_its_kept_password(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    with locked_camera(OLD.reveal) as camera:
        stored = commands.add_camera(boss, served_by(camera), OLD)
        entered = replace(stored.settings, name="Renamed", interval_s=5.0)
        assert commands.test_camera(boss, entered, None, stored.id).is_ok
        assert not commands.test_camera(boss, entered, NEW, stored.id).is_ok
        keyring.entries.clear()
        gone = commands.test_camera(boss, entered, None, stored.id)
        assert gone.reason is Reason.PASSWORD_MISSING


def test_a_kept_password_is_not_tried_on_another_device(commands: Commands, boss: Session) -> None:
    with locked_camera(OLD.reveal) as camera, locked_camera(OLD.reveal) as stranger:
        stored = commands.add_camera(boss, served_by(camera), OLD)
        elsewhere = [
            served_by(stranger),
            replace(served_by(camera), scheme="https"),
            replace(served_by(camera), host="localhost"),
        ]
        for entered in elsewhere:
            with pytest.raises(InvalidSetting, match="entered again") as refused:
                commands.test_camera(boss, entered, None, stored.id)
            assert refused.value.field == "password"
        assert stranger.connections == 0
        assert camera.connections == 0
        assert commands.test_camera(boss, served_by(stranger), OLD, stored.id).is_ok


def test_a_trial_that_nobody_waits_for_is_not_made(commands: Commands, boss: Session) -> None:
    cancel = threading.Event()
    cancel.set()
    with FaultCamera(answer(jpeg(1))) as camera:
        entered = replace(camera.settings(), username="")
        result = commands.test_camera(boss, entered, None, cancel=cancel)
        assert (result.reason, result.detail) == (Reason.TIMEOUT, "given up")
        assert camera.connections == 0


def test_settings_that_are_refused_are_not_tried(commands: Commands, boss: Session) -> None:
    with locked_camera(OLD.reveal) as camera:
        entered = replace(served_by(camera), allow_local=False)
        with pytest.raises(InvalidSettings):
            commands.test_camera(boss, entered, OLD)
        with pytest.raises(NotFound):
            commands.test_camera(boss, served_by(camera), None, CameraId(5))
        assert camera.connections == 0


@pytest.mark.expects_warning
def test_a_kept_password_that_cannot_be_read_is_told(
    commands: Commands, boss: Session, gate: Camera, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    with pytest.raises(SecretsUnavailable, match="is locked"):
        commands.test_camera(boss, gate.settings, None, gate.id)


# ------------------------------------------------------------ certificates


@pytest.mark.fault("F39")
def test_a_certificate_is_trusted_and_the_audit_log_has_both(
    commands: Commands,
    boss: Session,
    gate: Camera,
    keyring: MemoryKeyring,
    changes: list[CamerasChanged],
) -> None:
    first, second = "ab" * 32, "cd" * 32
    assert commands.trust_certificate(boss, gate.id, first.upper()).settings.pin == first
    assert last(commands, boss).details["certificate_before"] == "none"
    trusted = commands.trust_certificate(boss, gate.id, second)
    assert trusted.settings == replace(gate.settings, pin=second)
    assert commands.cameras(boss) == [trusted]
    entry = last(commands, boss)
    assert (entry.actor, entry.action, entry.target) == ("boss", "trust_certificate", gate.name)
    assert entry.details["certificate"] == "CD:CD:CD:CD:CD:CD:CD:CD…"
    assert entry.details["certificate_before"] == "AB:AB:AB:AB:AB:AB:AB:AB…"
    assert len(changes) == 2
    assert kept(keyring) == {gate.uid: OLD.reveal()}


@pytest.mark.parametrize("fingerprint", ["", " ", "ab" * 31, "zz" * 32])
def test_what_is_no_fingerprint_is_not_trusted(
    commands: Commands, boss: Session, gate: Camera, fingerprint: str
) -> None:
    with pytest.raises((InvalidSetting, InvalidSettings)):
        commands.trust_certificate(boss, gate.id, fingerprint)
    assert commands.cameras(boss) == [gate]


def test_a_certificate_is_not_trusted_without_an_entry_in_the_audit_log(
    commands: Commands, boss: Session, gate: Camera, file: Path
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(DatabaseDamaged):
        commands.trust_certificate(boss, gate.id, "ab" * 32)
    heal(file, "INSERT", "audit")
    assert commands.cameras(boss) == [gate]


def test_a_certificate_that_is_trusted_by_an_edit_is_named_in_the_audit_log(
    commands: Commands, boss: Session, gate: Camera
) -> None:
    settings = replace(gate.settings, pin="ef" * 32)
    commands.edit_camera(boss, gate.id, settings, KeepPassword())
    details = last(commands, boss).details
    assert details["changed"] == "pin"
    assert details["certificate"].startswith("EF:EF:")
    assert details["certificate_before"] == "none"
