"""Who may let more or less of people be seen, and what is written down of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.privacy_commands import PrivacyChange
from camwatch.data.engine import Database
from camwatch.domain import Camera, Role
from camwatch.errors import InvalidSetting, PermissionDenied
from camwatch.scene import Privacy, PrivacyMode, Zone
from tests.commands.values import Clock, settings

WINDOW = Zone("Window", ((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2)))
DOOR = Zone("Door", ((0.5, 0.5), (0.7, 0.5), (0.7, 0.7), (0.5, 0.7)))


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate"))


def privacy(database: Database, camera: Camera) -> Privacy:
    return database.privacy.get(camera.id).privacy


def test_to_hide_more_needs_no_reason_and_less_needs_role_and_reason(
    commands: Commands, sessions: Mapping[Role, Session], database: Database, gate: Camera
) -> None:
    blurred = PrivacyChange(PrivacyMode.BLURRED, (WINDOW,))
    commands.change_privacy(sessions[Role.SUPERVISOR], [gate.id], blurred)
    assert privacy(database, gate) == Privacy(PrivacyMode.BLURRED, (WINDOW,))

    opened = PrivacyChange(PrivacyMode.OPEN)
    with pytest.raises(PermissionDenied):
        commands.change_privacy(sessions[Role.SUPERVISOR], [gate.id], opened, "because")
    with pytest.raises(InvalidSetting, match="reason"):
        commands.change_privacy(sessions[Role.ADMINISTRATOR], [gate.id], opened)
    # What was hidden beneath the old place would be seen.
    moved = PrivacyChange(covers=(DOOR,))
    with pytest.raises(PermissionDenied):
        commands.change_privacy(sessions[Role.SUPERVISOR], [gate.id], moved, "because")
    assert privacy(database, gate) == Privacy(PrivacyMode.BLURRED, (WINDOW,))

    boss = sessions[Role.ADMINISTRATOR]
    commands.change_privacy(boss, [gate.id], opened, "the works council agreed")
    assert privacy(database, gate) == Privacy(PrivacyMode.OPEN, (WINDOW,))
    entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == (boss.actor, "change_privacy", "Gate")
    assert entry.details["hides"] == "less"
    assert entry.details["mode_before"] == "blurred"
    assert entry.details["reason"] == "the works council agreed"


def test_a_lift_says_who_why_and_until_when_and_ends_by_itself(
    commands: Commands,
    sessions: Mapping[Role, Session],
    database: Database,
    clock: Clock,
    gate: Camera,
) -> None:
    boss = sessions[Role.ADMINISTRATOR]
    commands.change_privacy(boss, [gate.id], PrivacyChange(PrivacyMode.COUNT_ONLY))
    with pytest.raises(PermissionDenied):
        commands.lift_privacy(sessions[Role.SUPERVISOR], gate.id, 30, "a theft")
    for minutes in (4, 481):
        with pytest.raises(InvalidSetting, match="duration"):
            commands.lift_privacy(boss, gate.id, minutes, "a theft")
    with pytest.raises(InvalidSetting, match="reason"):
        commands.lift_privacy(boss, gate.id, 30, "  ")

    lifted = commands.lift_privacy(boss, gate.id, 30, "a theft")
    now = clock()
    assert lifted.lift is not None
    assert (lifted.lift.by, lifted.lift.reason) == (boss.actor, "a theft")
    assert lifted.live(now).mode is PrivacyMode.OPEN
    assert lifted.privacy.mode is PrivacyMode.COUNT_ONLY
    entry = database.audit.newest(1)[0]
    assert (entry.action, entry.details["reason"]) == ("lift_privacy", "a theft")
    # Asked again, as after a restart: nothing but the clock ends it.
    assert database.privacy.get(gate.id) == lifted
    assert lifted.live(now + timedelta(minutes=30)).mode is PrivacyMode.COUNT_ONLY


def test_a_lift_is_ended_by_hand_by_anybody_and_by_signing_out(
    commands: Commands, sessions: Mapping[Role, Session], database: Database, gate: Camera
) -> None:
    boss = sessions[Role.ADMINISTRATOR]
    commands.change_privacy(boss, [gate.id], PrivacyChange(PrivacyMode.BLURRED))
    commands.lift_privacy(boss, gate.id, 30, "a theft")
    assert commands.end_privacy_lift(sessions[Role.VIEWER], gate.id).lift is None
    assert database.audit.newest(1)[0].action == "end_privacy_lift"

    commands.lift_privacy(boss, gate.id, 30, "a theft")
    commands.sign_out(boss)
    assert database.privacy.get(gate.id).lift is None


def test_a_change_of_the_mode_keeps_the_hidden_areas_and_the_lift(
    commands: Commands, sessions: Mapping[Role, Session], database: Database, gate: Camera
) -> None:
    boss = sessions[Role.ADMINISTRATOR]
    blurred = PrivacyChange(PrivacyMode.BLURRED, (WINDOW,))
    commands.change_privacy(boss, [gate.id], blurred)
    lifted = commands.lift_privacy(boss, gate.id, 30, "a theft")
    commands.change_privacy(boss, [gate.id], PrivacyChange(PrivacyMode.SILHOUETTES))
    now = database.privacy.get(gate.id)
    assert now.privacy == Privacy(PrivacyMode.SILHOUETTES, (WINDOW,))
    assert now.lift == lifted.lift


def test_new_cameras_have_the_privacy_of_the_settings(database: Database) -> None:
    database.cameras.new_privacy = PrivacyMode.SILHOUETTES
    hall = database.cameras.add(settings("Hall"))
    assert privacy(database, hall).mode is PrivacyMode.SILHOUETTES


@pytest.mark.expects_warning
def test_what_cannot_be_read_hides_everything(
    commands: Commands, sessions: Mapping[Role, Session], database: Database, gate: Camera
) -> None:
    boss = sessions[Role.ADMINISTRATOR]
    commands.change_privacy(boss, [gate.id], PrivacyChange(PrivacyMode.BLURRED))
    with database._connections.writing() as connection:
        connection.exec_driver_sql("UPDATE camera_privacy SET mode = 'of a later version'")
    assert privacy(database, gate).mode is PrivacyMode.COUNT_ONLY
