"""Every command, with every role: deny by default."""

from __future__ import annotations

import dataclasses
import inspect
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from camwatch.accuracy import AuditKind, Truth
from camwatch.accuracy.plan import RecordingPlan
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.people import USUAL, Recipient, RecipientGroup
from camwatch.alerts.rules import Occupancy, Rule, Side
from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.auth.accounts import AuditQuery, OperatorRow, OperatorTable, RoleDraft
from camwatch.auth.permissions import Permission, built_in_role
from camwatch.auth.session import Session
from camwatch.cameras.discovery import DiscoveryRequest
from camwatch.commands import BulkChange, Commands, KeepPassword
from camwatch.commands.camera_table import ImportPreview
from camwatch.commands.guard import OpenToAll, OpenToSignedIn, who_may
from camwatch.config import RemoteLogin, Security
from camwatch.data.engine import Database
from camwatch.domain import BucketSize, CameraId, Picture, PlaceId, Role, Secret, SiteId, UserId
from camwatch.errors import (
    CameraError,
    CamWatchError,
    DatabaseAway,
    FilesTroubled,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    OwnModelMissing,
    PermissionDenied,
    SecretsUnavailable,
    SessionExpired,
    StorageError,
)
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.history.exports import ExportContent, ExportKind, ExportRequest
from camwatch.history.keeping import DatabaseServer, Retention, Tls
from camwatch.history.moments import PictureKeeping
from camwatch.history.reports import ReportPlan, ReportRequest, ReportSpan
from camwatch.scene import Scene
from camwatch.walls import Wall
from tests.accuracy.values import picture, recording
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, PASSWORD, Clock, forbid, found_at, settings, sql

COMMANDS = {
    name: method
    for name, method in inspect.getmembers(Commands, inspect.isfunction)
    if not name.startswith("_")
}
GUARDED = {
    name: permission
    for name, method in COMMANDS.items()
    if isinstance(permission := who_may(method), Permission)
}

# These do not fit together: a truth about passages, and people in view.
RECORDING = recording(AuditKind.OCCUPANCY, [picture(0), picture(1)], duration_s=2)
PASSED = Truth(AuditKind.PASSAGES)

PICTURE = Picture(CameraId(1), 1, b"\xff\xd8", (16, 16), NOON, 0.0, 1.0)

NO_USER = UserId(99)

EXPORT = ExportRequest(
    ExportContent.COUNTS,
    ExportKind.CSV,
    None,
    NOON - timedelta(days=1),
    NOON,
    BucketSize.HOUR,
    ZoneInfo("UTC"),
)
REPORT = ReportRequest(ReportSpan.DAY, NOON.date(), None, (), ZoneInfo("UTC"))
REPORT_PLAN = ReportPlan(
    "", "Monday", ReportSpan.WEEK, 6, None, "no-such-uid", ("anna@site.example",)
)
EXCLUSION = CorrectionDraft(
    CameraId(1), None, NOON - timedelta(hours=1), NOON, CorrectionKind.EXCLUDE, "A dirty lens."
)

RULE = Rule("", "Crowd", Occupancy(Side.ABOVE, 30))
WEBHOOK = Channel("", "Wall board", WebhookSettings("https://board.example/alerts"))

# What each guarded command is called with, after the session.
ARGUMENTS: dict[str, tuple[object, ...]] = {
    "storage_status": (),
    "preview_retention": (Retention(),),
    "set_retention": (Retention(sample_days=20),),
    "try_database_server": (DatabaseServer("127.0.0.1", 1, tls=Tls.OFF), Secret("x")),
    "set_database_server": (None, None),
    "back_up": (),
    "check_history": (),
    "delete_backup": (Path("no-such-copy.sqlite3"),),
    "rebuild_history": (),
    "rules": (),
    "save_rule": (RULE,),
    "switch_rule": ("no-such-uid", True),
    "remove_rule": ("no-such-uid",),
    "preview_text": (RULE,),
    "stored_history": (RULE, 1),
    "explain_rule": ("no-such-uid", NOON),
    "workstations": (),
    "site_stations": (),
    "assign_site": (SiteId(77), 1),
    "channels": (),
    "save_channel": (WEBHOOK, None),
    "remove_channel": ("no-such-uid",),
    # Refused before anything is sent.
    "test_channel": (dataclasses.replace(WEBHOOK, name=""), None, ()),
    "stop_test": (),
    "outbox": (),
    "channel_proofs": (),
    "prove_channels": (),
    "recipients": (),
    "save_recipient": (Recipient("", "Anna", "anna@site.example"),),
    "remove_recipient": ("no-such-uid",),
    "recipient_groups": (),
    "save_recipient_group": (RecipientGroup("", "Team", ("no-such-uid",)),),
    "remove_recipient_group": ("no-such-uid",),
    "plans": (),
    "save_plan": (USUAL,),
    "remove_plan": ("no-such-uid",),
    "cameras": (),
    "sites": (),
    "set_site_zone": (SiteId(1), "Asia/Kolkata"),
    "add_camera": (settings("New", username=""), None),
    "edit_camera": (CameraId(1), settings("Gate", username=""), KeepPassword()),
    "remove_camera": (CameraId(1),),
    "trust_certificate": (CameraId(1), "ab" * 32),
    "preview_import": (b"name,location,address\nNew,Yard,10.0.0.9/a.jpg\n",),
    "import_cameras": (ImportPreview((), "utf-8", "comma"),),
    "export_cameras": (),
    "add_cameras": ([(settings("New", username=""), None)],),
    "edit_cameras": ([CameraId(1)], BulkChange(interval_s=2.0)),
    "remove_cameras": ([CameraId(1)],),
    # A scheme that is refused before anything is asked.
    "test_camera": (dataclasses.replace(settings(), scheme="ftp"), None),
    # Neither networks nor multicast: refused before anything is asked.
    "discover_cameras": (
        DiscoveryRequest(use_multicast=False),
        print,
        print,
        threading.Event(),
    ),
    "find_moved": (threading.Event(),),
    "follow": (CameraId(1), found_at("10.0.0.8")),
    "ptz": (CameraId(1),),
    "ptz_move": (CameraId(1), 0.5, 0.0, 0.0),
    "ptz_stop": (CameraId(1),),
    "ptz_goto_preset": (CameraId(1), "door"),
    "ptz_home": (CameraId(1),),
    "occupancy_series": (None, NOON - timedelta(hours=1), NOON, 10),
    "history": (None, BucketSize.HOUR, NOON - timedelta(days=1), NOON, ZoneInfo("UTC")),
    "state_changes": (CameraId(1), NOON - timedelta(hours=1), NOON),
    "camera_states": (CameraId(1), NOON - timedelta(hours=1), NOON),
    "find_audit_entries": (AuditQuery(),),
    "audit_kinds": (),
    "verify_audit": (),
    "export_audit": (AuditQuery(), Path("no-such-folder/log.csv")),
    "set_security": (Security(),),
    "login_service": (),
    "set_login_service": (RemoteLogin(),),
    # Refused before anything is asked.
    "try_login_service": (RemoteLogin(url="http://127.0.0.1"),),
    "preview_mapping": (RemoteLogin(mapping={"staff": "viewer"}), {"roles": ["staff"]}),
    "scene": (CameraId(1),),
    "scenes": (),
    "save_scene": (CameraId(1), Scene(smoothing_s=4)),
    "apply_threshold": (CameraId(1), 0.4),
    "places": (),
    "passed_since": (NOON - timedelta(hours=1),),
    "flow_history": (
        PlaceId(1),
        BucketSize.HOUR,
        NOON - timedelta(days=1),
        NOON,
        ZoneInfo("UTC"),
    ),
    "heat": (CameraId(1), NOON - timedelta(hours=1), NOON),
    "dwell": (CameraId(1), NOON - timedelta(hours=1), NOON),
    "models": (),
    "chosen_model": (),
    "try_model": ("no such model",),
    "add_model": (Path("no-such-model.onnx"),),
    "use_model": ("no such model",),
    "recordings": (),
    "start_drill": (),
    "stop_drill": (),
    "drill_report": (),
    "start_recording": (RecordingPlan(CameraId(1), "Gate", AuditKind.OCCUPANCY, None, 60.0),),
    "stop_recording": ("no-such-uid",),
    "discard_recording": ("no-such-uid",),
    "keep_recording": ("no-such-uid",),
    "open_recording": ("no-such-uid",),
    "recording_folder": ("no-such-uid",),
    "keep_truth": ("no-such-uid", PASSED),
    "preview_audit": (RECORDING, PASSED),
    "audits": (CameraId(1),),
    "badges": (),
    "store_audit": (RECORDING, PASSED),
    "threshold_advice": (CameraId(1),),
    "signing_key": (),
    "sign_report": ("no-such-uid", b"%PDF-1.7"),
    "save_picture": (PICTURE, Path("no-such-folder/picture.jpg")),
    "accounts": (),
    "add_operator": ("newcomer", Role.VIEWER),
    "set_disabled": (NO_USER,),
    "set_role": (NO_USER, Role.VIEWER),
    "remove_operator": (NO_USER,),
    "reset_password": (NO_USER,),
    "force_password_change": (NO_USER,),
    "reset_second_factor": (NO_USER,),
    "preview_operators": (b"name,role\nanna,viewer\n",),
    "import_operators": (OperatorTable((OperatorRow(2, "anna", "viewer"),)),),
    "open_sessions": (),
    "end_session": ("no-such-uid",),
    "roles": (),
    "add_role": (RoleDraft("Door", frozenset({Permission.VIEW_CAMERAS})),),
    "edit_role": ("no-such-role", RoleDraft("Door", frozenset({Permission.VIEW_CAMERAS}))),
    "remove_role": ("no-such-role", Role.VIEWER),
    "create_vault": (Secret("seven grey geese over the fen"),),
    "change_vault_passphrase": (Secret("seven grey geese"), Secret("nine brown hens in a hedge")),
    "move_vault_to_keyring": (),
    "alerts": (AlertQuery(),),
    "alert_details": ("no-such-uid",),
    "alert_evidence": ("no-such-uid",),
    "acknowledge_alerts": (["no-such-uid"],),
    "shelve_alerts": (["no-such-uid"], NOON + timedelta(hours=1), "works"),
    "unshelve_alerts": (["no-such-uid"],),
    "comment_alert": ("no-such-uid", "seen to"),
    "own_alerts": (["no-such-uid"], "anna"),
    "popup_shown": ("no-such-uid", "banner in the window"),
    "handover": (NOON - timedelta(hours=8), "Ben"),
    "hand_over": (NOON - timedelta(hours=8), "Ben"),
    "last_handover": (),
    "preview_export": (EXPORT, None),
    "export_history": (EXPORT, Path("no-such-folder/counts.csv"), print, threading.Event()),
    "report": (REPORT,),
    "walls": (),
    "save_wall": (Wall("", "Doors", 2, 2),),
    "remove_wall": ("no-such-uid",),
    "export_wall": ("no-such-uid",),
    "import_wall": ("no wall",),
    "leave_kiosk": (),
    "report_plans": (),
    "save_report_plan": (REPORT_PLAN,),
    "remove_report_plan": ("no-such-uid",),
    "send_report_now": ("no-such-uid",),
    "week_map": (None, NOON - timedelta(days=7), NOON, ZoneInfo("UTC")),
    "usual_band": (None, BucketSize.HOUR, NOON - timedelta(days=1), NOON, ZoneInfo("UTC")),
    "measured_at": (CameraId(1), NOON),
    "open_time_machine": (NOON,),
    "moment": (NOON, [CameraId(1)]),
    "moment_pictures": (NOON, [CameraId(1)]),
    "alert_beside": (NOON, True),
    "picture_stock": (),
    "preview_picture_keeping": (PictureKeeping(),),
    "set_picture_keeping": (PictureKeeping(30),),
    "corrections": (None, NOON - timedelta(days=1), NOON),
    "add_correction": (EXCLUSION,),
    "withdraw_correction": ("no-such-uid", "It was right."),
    "zone_history": (
        PlaceId(1),
        BucketSize.HOUR,
        NOON - timedelta(days=1),
        NOON,
        ZoneInfo("UTC"),
    ),
}

# What some are called with by name.
KEYWORDS: dict[str, dict[str, object]] = {"set_disabled": {"is_disabled": True}}
# What each command is called with that any operator may give who is signed in.
OWN_ARGUMENTS: dict[str, tuple[object, ...]] = {
    "lock": (),
    "confirm_password": (PASSWORD,),
    "change_password": (PASSWORD, "seven lanterns in fog"),
    "begin_second_factor": (),
    "finish_second_factor": ("123456",),
    "drop_second_factor": (),
    "new_recovery_codes": (),
    "security": (),
    "present_session": (),
    "still_here": (),
    "ask_keyring_again": (),
}

# Of them, what is refused because nothing was begun before.
OWN_REFUSED = {"finish_second_factor", "new_recovery_codes"}

# What some of them are refused for, once let through: what they are asked for is not there.
REFUSED: dict[str, type[CamWatchError]] = {
    "assign_site": NotFound,
    "try_database_server": DatabaseAway,
    "test_camera": InvalidSettings,
    "test_channel": InvalidSettings,
    "save_recipient_group": InvalidSettings,
    "try_login_service": InvalidSettings,
    "discover_cameras": InvalidSettings,
    "follow": InvalidSetting,
    # The camera has no ONVIF.
    **dict.fromkeys(("ptz_move", "ptz_stop", "ptz_goto_preset", "ptz_home"), CameraError),
    "try_model": OwnModelMissing,
    "add_model": OwnModelMissing,
    "use_model": OwnModelMissing,
    "start_recording": InvalidSetting,
    "start_drill": InvalidSetting,
    # These tests have no profile that could hold a vault.
    "create_vault": SecretsUnavailable,
    "change_vault_passphrase": SecretsUnavailable,
    "save_picture": FilesTroubled,
    "export_audit": FilesTroubled,
    "export_history": FilesTroubled,
    "save_report_plan": InvalidSettings,
    "import_wall": InvalidSetting,
    "preview_audit": InvalidSetting,
    "store_audit": InvalidSetting,
    **dict.fromkeys(
        (
            "stop_recording",
            "discard_recording",
            "keep_recording",
            "open_recording",
            "recording_folder",
            "keep_truth",
            "sign_report",
            "remove_wall",
            "export_wall",
            "set_role",
            "set_disabled",
            "remove_operator",
            "reset_password",
            "force_password_change",
            "reset_second_factor",
            "edit_role",
            "remove_role",
            "switch_rule",
            "remove_rule",
            "explain_rule",
            "remove_channel",
            "remove_recipient",
            "remove_recipient_group",
            "remove_plan",
            "alert_details",
            "alert_evidence",
            "acknowledge_alerts",
            "shelve_alerts",
            "unshelve_alerts",
            "comment_alert",
            "own_alerts",
            "popup_shown",
            "delete_backup",
            "remove_report_plan",
            "send_report_now",
            "withdraw_correction",
        ),
        NotFound,
    ),
}


def call(commands: Commands, name: str, session: Session) -> object:
    method: Callable[..., object] = getattr(commands, name)
    return method(session, *ARGUMENTS[name], **KEYWORDS.get(name, {}))


def call_allowed(commands: Commands, name: str, session: Session) -> None:
    """Call what the session may call; what it asks for may not be there."""
    if name in REFUSED:
        with pytest.raises(REFUSED[name]):
            call(commands, name, session)
    else:
        call(commands, name, session)


def test_every_command_says_who_may_give_it() -> None:
    assert [name for name, method in COMMANDS.items() if who_may(method) is None] == []
    assert set(GUARDED) == set(ARGUMENTS)


def test_only_signing_in_and_out_are_open_to_all_and_each_says_why() -> None:
    found = {name: who_may(method) for name, method in COMMANDS.items()}
    open_ones = {name: one.why for name, one in found.items() if isinstance(one, OpenToAll)}
    assert set(open_ones) == {
        "is_first_start",
        "create_first_administrator",
        "sign_in",
        "sign_out",
        # Steps of signing in, which need a ticket.
        "sign_in_ways",
        "give_code",
        "choose_password",
        "begin_set_up_code",
        "finish_set_up_code",
        "sign_in_remotely",
        "vault_status",
        "unlock_vault",
    }
    assert all(open_ones.values())


def test_what_every_operator_may_do_says_why_and_is_about_the_own_account() -> None:
    found = {name: who_may(method) for name, method in COMMANDS.items()}
    own = {name: one.why for name, one in found.items() if isinstance(one, OpenToSignedIn)}
    assert set(own) == set(OWN_ARGUMENTS)
    assert all(own.values())


@pytest.mark.parametrize("name", sorted(OWN_ARGUMENTS))
@pytest.mark.parametrize("role", Role)
def test_every_role_may_do_what_is_about_the_own_account(
    commands: Commands, sessions: dict[Role, Session], name: str, role: Role
) -> None:
    method: Callable[..., object] = getattr(commands, name)
    if name in OWN_REFUSED:
        with pytest.raises(InvalidSetting):
            method(sessions[role], *OWN_ARGUMENTS[name])
    else:
        method(sessions[role], *OWN_ARGUMENTS[name])


@pytest.mark.parametrize("name", sorted(OWN_ARGUMENTS))
def test_nobody_does_anything_with_an_account_without_a_session_that_lasts(
    commands: Commands, boss: Session, clock: Clock, name: str
) -> None:
    method: Callable[..., object] = getattr(commands, name)
    with pytest.raises(SessionExpired):
        method(dataclasses.replace(boss, id="A" * 43), *OWN_ARGUMENTS[name])
    clock.advance(hours=12)
    with pytest.raises(SessionExpired):
        method(boss, *OWN_ARGUMENTS[name])


def test_a_guarded_command_takes_the_session_first() -> None:
    for name in {**GUARDED, **OWN_ARGUMENTS}:
        assert list(inspect.signature(COMMANDS[name]).parameters)[:2] == ["self", "session"]


@pytest.mark.parametrize("name", sorted(GUARDED))
@pytest.mark.parametrize("role", Role)
def test_a_role_can_do_what_it_may_and_nothing_else(
    commands: Commands,
    database: Database,
    sessions: dict[Role, Session],
    name: str,
    role: Role,
) -> None:
    gate = database.cameras.add(settings(username=""))
    if built_in_role(role).allows(GUARDED[name]):
        call_allowed(commands, name, sessions[role])
        assert database.audit.newest(1)[0].result != "denied"
        return
    with pytest.raises(PermissionDenied) as denied:
        call(commands, name, sessions[role])
    assert denied.value.permission == GUARDED[name].value
    assert database.cameras.all() == [gate]
    newest = database.audit.newest(1)[0]
    assert (newest.actor, newest.action, newest.result) == (role.value, name, "denied")
    assert newest.details == {"permission": GUARDED[name].value}


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_no_command_works_without_a_session_that_lasts(
    commands: Commands, boss: Session, clock: Clock, name: str
) -> None:
    forged = dataclasses.replace(boss, id="A" * 43)
    with pytest.raises(SessionExpired):
        call(commands, name, forged)
    clock.advance(hours=12)
    with pytest.raises(SessionExpired):
        call(commands, name, boss)
    again = commands.sign_in("boss", PASSWORD)
    commands.sign_out(again)
    with pytest.raises(SessionExpired):
        call(commands, name, again)


@pytest.mark.parametrize("name", sorted(GUARDED))
def test_a_role_that_was_lowered_counts_at_once(
    commands: Commands, sessions: dict[Role, Session], file: Path, name: str
) -> None:
    sql(file, "UPDATE user SET role = 'viewer' WHERE name = 'boss'")
    if built_in_role(Role.VIEWER).allows(GUARDED[name]):
        call_allowed(commands, name, sessions[Role.ADMINISTRATOR])
    else:
        with pytest.raises(PermissionDenied):
            call(commands, name, sessions[Role.ADMINISTRATOR])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE user SET is_disabled = 1 WHERE name = 'viewer'",
        "DELETE FROM user WHERE name = 'viewer'",
        "UPDATE user SET id = 77 WHERE name = 'viewer'",
    ],
)
def test_an_operator_who_is_disabled_or_gone_is_out_at_once_and_for_good(
    commands: Commands, sessions: dict[Role, Session], file: Path, change: str
) -> None:
    viewer = sessions[Role.VIEWER]
    assert commands.cameras(viewer) == []
    sql(file, change)
    with pytest.raises(SessionExpired):
        commands.cameras(viewer)
    sql(file, "UPDATE user SET is_disabled = 0")
    with pytest.raises(SessionExpired):
        commands.cameras(viewer)


def test_a_session_with_a_role_written_into_it_is_no_better(
    commands: Commands, sessions: dict[Role, Session]
) -> None:
    viewer = sessions[Role.VIEWER]
    raised = dataclasses.replace(
        viewer, user=dataclasses.replace(viewer.user, name="boss", role=Role.ADMINISTRATOR)
    )
    with pytest.raises(PermissionDenied):
        commands.add_camera(raised, settings(username=""), None)
    entry = commands.find_audit_entries(sessions[Role.ADMINISTRATOR], AuditQuery(), 1)[0]
    assert (entry.actor, entry.action, entry.result) == ("viewer", "add_camera", "denied")


def test_while_the_records_cannot_be_read_nobody_is_let_through(
    commands: Commands, boss: Session, database: Database, keyring: MemoryKeyring
) -> None:
    database.close()
    with pytest.raises(StorageError):
        commands.cameras(boss)
    with pytest.raises(StorageError):
        commands.add_camera(boss, settings(), None)
    assert keyring.writes == 0


@pytest.mark.expects_warning
def test_a_denial_stands_even_when_it_cannot_be_audited(
    commands: Commands, sessions: dict[Role, Session], file: Path
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(PermissionDenied):
        commands.find_audit_entries(sessions[Role.VIEWER], AuditQuery())
