"""Scenes are changed by whoever may, and the audit log tells what was changed."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import CameraId, Role
from camwatch.errors import InvalidSetting, NotFound
from camwatch.events import CamerasChanged
from camwatch.scene import Line, Scene, Zone
from tests.commands.values import settings

DOOR = Line("Door", (0.5, 0), (0.5, 1), u_turn_s=5)
ROUND = Zone(
    "Round",
    tuple(
        (0.5 + 0.4 * math.cos(math.tau * n / 64), 0.5 + 0.4 * math.sin(math.tau * n / 64))
        for n in range(64)
    ),
)


def test_a_moved_line_is_in_the_audit_log_as_it_was_and_as_it_is(
    commands: Commands,
    sessions: dict[Role, Session],
    database: Database,
    changes: list[CamerasChanged],
) -> None:
    who = sessions[Role.SUPERVISOR]
    gate = database.cameras.add(settings())
    commands.save_scene(who, gate.id, Scene(lines=(DOOR,)))
    saved = commands.save_scene(who, gate.id, Scene(lines=(replace(DOOR, end=(0.6, 1)),)))
    assert commands.scene(who, gate.id) == saved
    assert len(changes) == 2
    moved, drawn = database.audit.newest(2)
    assert (moved.actor, moved.action, moved.target) == (who.user.name, "save_scene", gate.name)
    assert drawn.details == {"line Door": "0.500,0.000,0.500,1.000 u-turn 5 s"}
    assert moved.details == {
        "line Door_before": "0.500,0.000,0.500,1.000 u-turn 5 s",
        "line Door": "0.500,0.000,0.600,1.000 u-turn 5 s",
    }


def test_a_zone_of_many_corners_that_is_removed_is_in_the_audit_log(
    commands: Commands, sessions: dict[Role, Session], database: Database
) -> None:
    gate = database.cameras.add(settings())
    commands.save_scene(sessions[Role.SUPERVISOR], gate.id, Scene(zones=(ROUND,)))
    commands.save_scene(sessions[Role.SUPERVISOR], gate.id, Scene())
    (removed,) = database.audit.newest(1)
    assert list(removed.details) == ["zone Round_before"]


def test_a_threshold_leaves_the_rest_of_the_scene_as_it_is(
    commands: Commands,
    sessions: dict[Role, Session],
    database: Database,
    changes: list[CamerasChanged],
) -> None:
    who = sessions[Role.SUPERVISOR]
    gate = database.cameras.add(settings())
    before = commands.save_scene(who, gate.id, Scene(lines=(DOOR,), zones=(ROUND,), recheck_s=0))
    after = commands.apply_threshold(who, gate.id, 0.42)
    assert after.scene == replace(before.scene, threshold=0.42)
    assert after.ids == before.ids
    assert database.audit.newest(1)[0].details == {"threshold_before": "usual", "threshold": "0.42"}
    for refused in (0.96, math.nan):
        with pytest.raises(InvalidSetting):
            commands.apply_threshold(who, gate.id, refused)
    assert commands.scene(who, gate.id) == after
    assert len(changes) == 2


def test_the_scene_of_a_camera_that_is_gone_is_refused_and_not_audited(
    commands: Commands, sessions: dict[Role, Session], database: Database
) -> None:
    with pytest.raises(NotFound):
        commands.save_scene(sessions[Role.SUPERVISOR], CameraId(7), Scene())
    assert "save_scene" not in {entry.action for entry in database.audit.newest()}
