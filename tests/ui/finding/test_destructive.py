"""Nothing is lost without a way back or a question that names it: all commands, one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import camwatch.ui
from camwatch.alerts.people import ChannelKind, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.rules import Occupancy, Rule, Side
from camwatch.alerts.settings import Channel, EmailSettings, Encryption, WebhookSettings
from camwatch.auth.accounts import RoleDraft
from camwatch.auth.permissions import Permission, built_in_role
from camwatch.auth.session import Session
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.commands import BulkChange, Commands
from camwatch.commands.past_pictures import PastPictureStore, as_allowed
from camwatch.config import History, RemoteLogin, Security
from camwatch.data.engine import Database
from camwatch.domain import Role
from camwatch.history.keeping import Retention
from camwatch.history.moments import PictureKeeping
from camwatch.history.reports import ReportPlan, ReportSpan
from camwatch.scene import Line, Scene
from camwatch.ui.main_window import MainWindow
from camwatch.ui.undo.kinds import KINDS
from camwatch.ui.undo.recording import RecordingCommands
from camwatch.ui.undo.room import UndoRoom
from camwatch.walls import Wall
from tests.commands.test_permission_matrix import COMMANDS, GUARDED, OWN_ARGUMENTS
from tests.commands.values import NOON, Clock, found_at, settings
from tests.support.stage import put_away, stage
from tests.ui.finding.losses import ASKED, Site, default_button, said
from tests.ui.screen_edges import PromptWork

# Without a screen Qt cannot bring windows to the front, and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

LOOKS = frozenset(
    {
        *("accounts", "alert_beside", "alert_details", "alert_evidence", "alerts", "appearance"),
        *("audit_kinds", "audits", "badges", "camera_states", "cameras", "channel_proofs"),
        *("channels", "check_history", "check_privacy", "chosen_model", "corrections"),
        *("diagnostics", "discover_cameras", "drill_report", "dwell", "explain_rule"),
        *("export_cameras", "export_wall", "export_workspace", "find_audit_entries", "find_moved"),
        *("flow_history", "handover", "health", "heat", "history", "last_crash", "last_handover"),
        *("login_service", "measured_at", "models", "moment", "moment_pictures"),
        *("occupancy_series", "open_recording", "open_sessions", "open_time_machine", "outbox"),
        *("passed_since", "picture_stock", "places", "plans", "present_session", "preview_audit"),
        *("preview_export", "preview_import", "preview_mapping", "preview_operators"),
        *("preview_picture_keeping", "preview_retention", "preview_text", "preview_workspace"),
        *("privacy", "ptz", "recipient_groups", "recipients", "recording_folder", "recordings"),
        *("report", "report_plans", "roles", "rules", "scene", "scenes", "security"),
        *("settings_state", "signing_key", "site_stations", "sites", "state_changes"),
        *("storage_status", "stored_history", "stored_pictures", "test_camera"),
        *("threshold_advice", "try_database_server", "try_login_service", "usual_band"),
        *("verify_audit", "walls", "week_map", "workspace_to_take_back", "workstations"),
        *("zone_history",),
    }
)
"""Change nothing."""

ADDS = frozenset(
    {
        # What is new can be removed again.
        *("add_camera", "add_cameras", "add_correction", "add_model", "add_operator", "add_role"),
        *("back_up", "comment_alert", "create_vault", "import_cameras", "import_operators"),
        *("import_wall", "keep_recording", "start_recording", "store_audit"),
        # What was said or sent stays said; nothing is gone by it.
        *("acknowledge_alerts", "hand_over", "popup_shown", "prove_channels", "send_report_now"),
        *("sign_report", "simulated_camera", "start_drill", "test_channel", "try_model"),
        # One's own account and session.
        *("ask_keyring_again", "begin_second_factor", "confirm_password", "finish_second_factor"),
        *("leave_kiosk", "lock", "still_here"),
    }
)
"""Add something, and take nothing away."""

SET_BACK: Mapping[str, str] = {
    # Each with what undoes it, in the same place of the window.
    "change_privacy": "the dialog sets the former mode again, and no stored picture goes by it",
    "change_settings": "the page of settings offers undo, and each row its default",
    "dismiss_crash": "the health page still shows the report",
    "end_privacy_lift": "the same dialog lifts it again; what is hidden meanwhile is not lost",
    "import_workspace": "the list of differences comes first, and the import can be rolled back",
    "keep_truth": "keeps what is counted, each time more of it",
    "lift_privacy": "the same dialog ends it",
    "own_alerts": "the inbox offers undo",
    "ptz_goto_preset": "the camera moves back",
    "ptz_home": "the camera moves back",
    "ptz_move": "the camera moves back",
    "ptz_stop": "the camera moves on",
    "set_appearance": "the same dialog sets it back; nothing is lost by how the screen looks",
    "shelve_alerts": "the inbox offers undo",
    "stop_test": "the test can be run again, and leaves nothing",
    "unshelve_alerts": "the inbox offers undo",
}

FILES = frozenset({"export_audit", "export_history", "save_diagnostics", "save_picture"})
"""Write a file that the operator names: the dialog for it asks before one is overwritten."""

GRAVE = (
    *("remove_", "delete_", "discard_", "drop_", "withdraw_", "reset_", "rebuild_", "force_"),
    *("move_", "stop_", "end_", "new_", "take_", "use_", "set_", "edit_", "change_", "save_"),
    *("switch_", "assign_", "trust_", "clear_", "replace_", "purge_"),
)


def test_each_command_is_harmless_or_can_be_undone_or_asks_first() -> None:
    """A new command must be put into one of the tables; and what sounds grave not into these."""
    harmless = (LOOKS, ADDS, frozenset(SET_BACK), FILES)
    safe = frozenset(KINDS) | frozenset(ASKED)
    assert frozenset(GUARDED) | frozenset(OWN_ARGUMENTS) == safe.union(*harmless)
    assert sum(len(one) for one in harmless) == len(frozenset().union(*harmless) - safe)
    assert [name for name in LOOKS | ADDS if name.startswith(GRAVE)] == []
    assert [name for name in COMMANDS if name.startswith(("remove_", "delete_", "discard_"))] == [
        name for name in COMMANDS if name in ASKED and name.startswith(GRAVE[:3])
    ]


def test_no_file_is_overwritten_without_a_question() -> None:
    """The dialogs that ask for a file's name ask once more for one that is there."""
    folder = Path(camwatch.ui.__file__).parent
    texts = {one.name: one.read_text("utf-8") for one in folder.rglob("*.py")}
    assert [name for name, text in texts.items() if "DontConfirmOverwrite" in text] == []


# ----------------------------------------------------------------------------------------- undo

_MAC = "02:00:00:00:00:07"


def changes(
    commands: Commands, session: Session, database: Database
) -> Mapping[str, tuple[Any, ...]]:
    """Make something to be changed, and return how each command that can be undone changes it."""
    gate = database.cameras.add(replace(settings("Gate", username=""), hardware_id=_MAC))
    vera = database.operators.add("vera", Role.VIEWER, "not to be signed in with")
    role = commands.add_role(session, RoleDraft("Guard", frozenset({Permission.VIEW_CAMERAS})))
    rule = commands.save_rule(session, Rule("", "Crowd", Occupancy(Side.ABOVE, 30, for_s=120)))
    anna = commands.save_recipient(session, Recipient("", "Anna", "anna@example.org"))
    ben = commands.save_recipient(session, Recipient("", "Ben", "ben@example.org"))
    team = commands.save_recipient_group(session, RecipientGroup("", "Team", (anna.uid, ben.uid)))
    usual = commands.plans(session)[0]
    board = WebhookSettings("https://board.example/alerts", is_signed=False)
    channel = commands.save_channel(session, Channel("", "Board", board), None)
    mail = EmailSettings("mail.example.org", 587, Encryption.STARTTLS, "cam@example.org")
    by = commands.save_channel(session, Channel("", "Mail", mail), None).uid
    told = PlanStep(300.0, ChannelKind.EMAIL, by, (anna.uid, team.uid))
    night = replace(usual, uid="", name="Night", version=0, steps=(*usual.steps, told))
    night = commands.save_plan(session, night)
    report = ReportPlan("", "Monday", ReportSpan.WEEK, 6, None, by, ("anna@example.org",))
    report = commands.save_report_plan(session, report)
    wall = commands.save_wall(session, Wall("", "Doors", 2, 2))
    line = Line("Door", (0.5, 0.0), (0.5, 1.0))
    return {
        "apply_threshold": (gate.id, 0.4),
        "edit_camera": (gate.id, replace(gate.settings, location="Yard"), None),
        "edit_cameras": ([gate.id], BulkChange(location="Roof")),
        "edit_role": (role.key, RoleDraft("Night guard", frozenset({Permission.VIEW_ALERTS}))),
        "follow": (gate.id, found_at("10.0.0.8", _MAC)),
        "remove_plan": (night.uid,),
        "remove_recipient": (anna.uid,),
        "remove_recipient_group": (team.uid,),
        "remove_rule": (rule.uid,),
        "save_channel": (replace(channel, name="Wall board"), None),
        "save_plan": (replace(night, name="Late"),),
        "save_recipient": (replace(anna, email="a@example.org"),),
        "save_recipient_group": (replace(team, name="Night team"),),
        "save_report_plan": (replace(report, hour=7),),
        "save_rule": (replace(rule, name="Too many"),),
        "save_scene": (gate.id, Scene(lines=(line,))),
        "save_wall": (replace(wall, columns=3),),
        "set_disabled": (vera.id,),
        "set_login_service": (RemoteLogin(name="House", mapping={"staff": "viewer"}),),
        "set_picture_keeping": (PictureKeeping(60, 1024, 5),),
        "set_retention": (Retention(sample_days=1),),
        "set_role": (vera.id, Role.SUPERVISOR),
        "set_security": (Security(session_hours=3),),
        "set_site_zone": (gate.site_id, "Asia/Kolkata"),
        "switch_rule": (rule.uid, False),
        "trust_certificate": (gate.id, "ab" * 32),
    }


def fresh(name: str, given: tuple[Any, ...], kind_now: Any) -> tuple[Any, ...]:
    """Return the arguments with the version that the thing has by now."""
    first, *rest = given
    if name.startswith("save_") and hasattr(first, "version"):
        return (replace(first, version=kind_now.version), *rest)
    return given


def test_what_can_be_undone_is_as_it_was_before(
    qtbot: QtBot, commands: Commands, database: Database, clock: Clock, tmp_path: Path
) -> None:
    may_keep = as_allowed(database, PrivacyGate())
    past = PastPictureStore(tmp_path, database, History(), may_keep, clock)
    commands.moments.pictures = past
    user = database.operators.add("boss", Role.ADMINISTRATOR, "not to be signed in with")
    session = commands.guard._sessions.start(user, built_in_role(Role.ADMINISTRATOR), NOON)
    window = QWidget()
    qtbot.addWidget(window)
    room = UndoRoom(window)
    room.bar.setParent(window)
    room.serve(lambda: session, PromptWork())
    recorded = room.recording(commands)
    refused: list[object] = []
    room.refused.connect(refused.append)
    table = changes(commands, session, database)
    # Of whose site another computer counts there is none to be told of in a file.
    assert set(KINDS) - set(table) == {"assign_site"}
    for name, given in table.items():
        kind = KINDS[name]
        args = dict(zip(kind.names, given, strict=False))
        now = kind.find(commands, session, args)
        before = kind.plain(now)
        keywords = {"is_disabled": True} if name == "set_disabled" else {}
        getattr(recorded, name)(session, *fresh(name, given, now), **keywords)
        assert kind.plain(kind.find(commands, session, args)) != before, name
        assert room.undo_shown(), name
        assert refused == [], name
        assert kind.plain(kind.find(commands, session, args)) == before, name
        assert not room.edits, name


# ------------------------------------------------------------------------------------ questions


@pytest.fixture(scope="module")
def window(qapp: object) -> Iterator[MainWindow]:
    """The window of the demonstration."""
    del qapp
    with stage(has_counted=False) as run:
        assert run.window is not None
        yield run.window


@pytest.fixture(scope="module")
def site(window: MainWindow) -> Site:
    """With something in it that could be lost."""
    return Site(window)


def test_the_window_offers_undo_for_all_that_its_pages_change(window: MainWindow) -> None:
    assert isinstance(window._base.commands, RecordingCommands)
    assert window.wall_room.book.commands is window._base.commands


@pytest.mark.parametrize("name", sorted(ASKED))
def test_a_question_names_what_is_lost_and_enter_keeps_it(
    name: str, site: Site, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(Commands, name, lambda *_args, **_named: done.append(name))
    dialog = ASKED[name].show(site)
    try:
        words = said(dialog)
        assert [part for part in ASKED[name].says if part not in words] == [], words
        button = default_button(dialog)
        if button is not None and button.isEnabled():
            button.click()
        assert done == []
    finally:
        put_away(window)
