"""Undo on real commands and a real history."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from camwatch.alerts.people import Recipient
from camwatch.alerts.rules import Occupancy, Rule, Side
from camwatch.auth.accounts import RoleDraft
from camwatch.auth.permissions import Permission, built_in_role
from camwatch.auth.session import Session
from camwatch.commands import BulkChange, Commands, KeepPassword
from camwatch.data.engine import Database
from camwatch.domain import Camera, Role, Secret
from camwatch.errors import CamWatchError, ChangedMeanwhile, DatabaseBusy, PasswordNeeded
from camwatch.scene import Line, Scene
from camwatch.ui.undo.room import MOST_EDITS, UndoProvider, UndoRoom
from tests.commands.values import NOON, settings
from tests.ui.screen_edges import PromptWork

DOOR = Line("Door", (0.5, 0.0), (0.5, 1.0))
CROWD = Rule("", "Crowd", Occupancy(Side.ABOVE, 30, for_s=120))


@pytest.fixture
def boss(commands: Commands, database: Database) -> Session:
    """Return the session of an administrator, without the time that passwords take."""
    user = database.operators.add("boss", Role.ADMINISTRATOR, "not to be signed in with")
    return commands.guard._sessions.start(user, built_in_role(Role.ADMINISTRATOR), NOON)


class Desk:
    """A window's history of changes, with the commands that write it."""

    def __init__(self, qtbot: QtBot, commands: Commands, session: Session) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.room = UndoRoom(self.window)
        self.room.serve(lambda: session, PromptWork())
        self.room.bar.setParent(self.window)
        self.refused: list[CamWatchError] = []
        self.room.refused.connect(self.refused.append)
        self.bare = commands
        self.commands = self.room.recording(commands)
        self.session = session

    @property
    def said(self) -> list[str]:
        return [edit.title for edit in self.room.edits]

    def undo(self) -> None:
        assert self.room.undo_shown()


@pytest.fixture
def desk(qtbot: QtBot, commands: Commands, boss: Session) -> Desk:
    return Desk(qtbot, commands, boss)


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate", username=""))


def found(desk: Desk, camera: Camera) -> Camera:
    return next(one for one in desk.bare.cameras(desk.session) if one.id == camera.id)


def test_a_changed_camera_is_put_back_by_an_audited_command(
    desk: Desk, gate: Camera, database: Database
) -> None:
    wanted = replace(gate.settings, name="Gate 3", location="Yard")
    desk.commands.edit_camera(desk.session, gate.id, wanted, None)
    assert desk.said == ["“Gate” was changed"]
    assert desk.room.bar.text == "“Gate” was changed."
    assert found(desk, gate).settings == wanted

    desk.undo()
    assert found(desk, gate).settings == gate.settings
    assert desk.said == []
    assert "Put back" in desk.room.bar.text
    done = [one.action for one in database.audit.newest() if one.action == "edit_camera"]
    assert len(done) == 2


def test_what_somebody_else_changed_meanwhile_is_left_alone(desk: Desk, gate: Camera) -> None:
    desk.commands.edit_camera(desk.session, gate.id, replace(gate.settings, location="Yard"), None)
    theirs = replace(gate.settings, location="Roof")
    desk.bare.edit_camera(desk.session, gate.id, theirs, None)

    desk.undo()
    assert found(desk, gate).settings == theirs
    assert isinstance(desk.refused[0], ChangedMeanwhile)
    assert desk.refused[0].name == "Gate"
    assert desk.said == []
    assert not desk.room.undo_shown()


@pytest.mark.parametrize(
    ("trouble", "is_told"), [(DatabaseBusy("busy"), True), (PasswordNeeded(), False)]
)
def test_what_was_not_undone_for_trouble_that_passes_can_be_undone_later(
    desk: Desk, gate: Camera, monkeypatch: pytest.MonkeyPatch, trouble: CamWatchError, is_told: bool
) -> None:
    desk.commands.edit_camera(desk.session, gate.id, replace(gate.settings, name="Gate 3"), None)

    def fail(*_args: object) -> None:
        raise trouble

    with monkeypatch.context() as patch:
        patch.setattr(desk.bare, "edit_camera", fail)
        desk.undo()
    assert desk.refused == [trouble] * is_told
    assert found(desk, gate).name == "Gate 3"
    desk.undo()
    assert found(desk, gate).name == "Gate"


def test_nothing_is_offered_that_would_need_a_password_that_is_gone(
    desk: Desk, commands: Commands
) -> None:
    camera = commands.add_camera(desk.session, settings("Vault"), Secret("old"))
    desk.commands.edit_camera(desk.session, camera.id, camera.settings, Secret("new"))
    moved = replace(camera.settings, host="10.0.0.8")
    desk.commands.edit_camera(desk.session, camera.id, moved, Secret("new"))
    assert desk.said == []

    quiet = replace(moved, location="Cellar")
    desk.commands.edit_camera(desk.session, camera.id, quiet, KeepPassword())
    assert desk.said == ["“Vault” was changed"]
    desk.undo()
    assert found(desk, camera).settings == moved


def test_several_cameras_are_put_back_together(
    desk: Desk, gate: Camera, database: Database
) -> None:
    hall = database.cameras.add(replace(settings("Hall", username=""), location="First floor"))
    change = BulkChange(location="Yard", interval_s=2.0)
    desk.commands.edit_cameras(desk.session, [gate.id, hall.id], change)
    assert desk.said == ["2 cameras were changed"]

    desk.undo()
    assert found(desk, gate).settings == gate.settings
    assert found(desk, hall).settings == hall.settings


def test_of_several_cameras_none_is_put_back_if_one_was_changed(
    desk: Desk, gate: Camera, database: Database
) -> None:
    hall = database.cameras.add(settings("Hall", username=""))
    desk.commands.edit_cameras(desk.session, [gate.id, hall.id], BulkChange(location="Yard"))
    desk.bare.edit_camera(desk.session, hall.id, replace(hall.settings, location="Roof"), None)
    desk.undo()
    assert found(desk, gate).settings.location == "Yard"
    assert found(desk, hall).settings.location == "Roof"
    assert isinstance(desk.refused[0], ChangedMeanwhile)


def test_lines_come_back_as_they_were_drawn(desk: Desk, gate: Camera) -> None:
    desk.bare.save_scene(desk.session, gate.id, Scene(lines=(DOOR,)))
    desk.commands.save_scene(desk.session, gate.id, Scene())
    desk.commands.apply_threshold(desk.session, gate.id, 0.7)
    assert desk.said == ["Lines and zones of “Gate” were changed"] * 2

    desk.undo()
    older = desk.room.edits[0]
    desk.room.undo(older)
    assert desk.bare.scene(desk.session, gate.id).scene == Scene(lines=(DOOR,))
    assert desk.refused == []


def test_rules_go_come_back_and_are_as_before(desk: Desk) -> None:
    session, commands = desk.session, desk.commands

    def rules() -> list[Rule]:
        return [replace(one, version=0) for one in desk.bare.rules(session)]

    before = rules()
    made = commands.save_rule(session, CROWD)
    assert desk.said[0] == "“Crowd” was added"
    desk.undo()
    assert rules() == before

    made = desk.bare.save_rule(session, replace(CROWD, uid=""))
    full = rules()
    commands.switch_rule(session, made.uid, False)
    assert desk.said[0] == "“Crowd” was switched off"
    desk.undo()
    assert rules() == full

    commands.remove_rule(session, made.uid)
    assert desk.said[0] == "“Crowd” was removed"
    desk.undo()
    assert sorted(rules(), key=lambda one: one.uid) == sorted(full, key=lambda one: one.uid)
    assert desk.refused == []


def test_people_who_are_told_come_back(desk: Desk) -> None:
    session = desk.session
    anna = desk.bare.save_recipient(session, Recipient("", "Anna", email="anna@example.org"))
    desk.commands.remove_recipient(session, anna.uid)
    assert desk.said == ["“Anna” was removed"]
    desk.undo()
    assert [one.name for one in desk.bare.recipients(session)] == ["Anna"]


def test_users_roles_and_how_people_sign_in(desk: Desk, database: Database) -> None:
    session, commands = desk.session, desk.commands
    vera = database.operators.add("vera", Role.VIEWER, "not to be signed in with")
    commands.set_role(session, vera.id, Role.SUPERVISOR)
    assert desk.said[0] == "vera has another role"
    desk.undo()
    commands.set_disabled(session, vera.id, is_disabled=True)
    assert desk.said[0] == "vera may not sign in any more"
    desk.undo()
    account = next(one for one in desk.bare.accounts(session) if one.user.id == vera.id)
    assert account.user.role == Role.VIEWER
    assert not account.user.is_disabled

    role = desk.bare.add_role(session, RoleDraft("Guard", frozenset({Permission.VIEW_CAMERAS})))
    draft = RoleDraft("Night guard", frozenset({Permission.VIEW_ALERTS}))
    commands.edit_role(session, role.key, draft)
    desk.undo()
    known = next(one for one in desk.bare.roles(session) if one.key == role.key)
    assert (known.name, known.permissions) == ("Guard", frozenset({Permission.VIEW_CAMERAS}))

    security = desk.bare.security(session)
    commands.set_security(session, security.model_copy(update={"session_hours": 3}))
    desk.undo()
    assert desk.bare.security(session) == security
    assert desk.refused == []


def test_a_sites_clock_is_put_back(desk: Desk, gate: Camera) -> None:
    desk.commands.set_site_zone(desk.session, gate.site_id, "Asia/Tokyo")
    desk.undo()
    (site,) = (one for one in desk.bare.sites(desk.session) if one.id == gate.site_id)
    assert site.time_zone == ""


def test_a_change_that_changed_nothing_is_no_change(desk: Desk, gate: Camera) -> None:
    desk.commands.edit_camera(desk.session, gate.id, gate.settings, None)
    assert desk.said == []
    assert desk.room.bar.text == ""


def test_only_the_last_changes_are_kept_and_found_by_name(desk: Desk, gate: Camera) -> None:
    for number in range(MOST_EDITS + 2):
        known = found(desk, gate).settings
        desk.commands.edit_camera(
            desk.session, gate.id, replace(known, location=f"Place {number}"), None
        )
    assert len(desk.room.edits) == MOST_EDITS
    results = UndoProvider(desk.room, ZoneInfo("UTC")).results()
    assert [one.title for one in results] == ["Undo: “Gate” was changed"] * MOST_EDITS
    desk.room.hide()
    assert not desk.room.undo_shown()
    results[0].run()
    assert found(desk, gate).settings.location == f"Place {MOST_EDITS}"


def test_who_may_not_read_it_changes_it_all_the_same(
    qtbot: QtBot, commands: Commands, boss: Session, database: Database
) -> None:
    desk = Desk(qtbot, commands, boss)
    rule = desk.bare.save_rule(boss, CROWD)
    blind = built_in_role(Role.VIEWER)
    blind = replace(blind, permissions=frozenset({Permission.EDIT_RULES}))
    session = replace(boss, role=blind)
    desk.commands.switch_rule(session, rule.uid, False)
    assert desk.said == []
    denied = [one for one in database.audit.newest() if one.result == "denied"]
    assert denied == []
