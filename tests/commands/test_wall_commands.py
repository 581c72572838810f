"""Saved walls: whose they are, who sees what of them, and their files."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data import layouts
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import Camera, CameraId, Role
from camwatch.errors import (
    ChangedMeanwhile,
    InvalidSetting,
    NotFound,
    PermissionDenied,
    StorageError,
)
from camwatch.walls import Spot, Wall, WallTile
from tests.commands.values import PASSWORD, forbid, settings


@pytest.fixture
def cameras(database: Database) -> list[Camera]:
    made = []
    for number, (name, site) in enumerate(
        (("Gate", "North"), ("Yard", "North"), ("Vault", "South"))
    ):
        wanted = replace(settings(name, username="", host=f"10.0.0.{number + 1}"), site=site)
        made.append(database.cameras.add(wanted))
    return made


@pytest.fixture
def guard(database: Database, commands: Commands, cameras: list[Camera]) -> Session:
    """Return a session of an operator who sees the site "North" only, and may share walls."""
    may = {Permission.VIEW_CAMERAS, Permission.ARRANGE_WALLS, Permission.SHARE_WALLS}
    names = frozenset(one.value for one in may)
    database.roles.put(
        RoleRecord("north", "North", names, frozenset({cameras[0].site_id}), False), "north"
    )
    database.operators.add("guard", "north", hash_password(PASSWORD))
    return commands.sign_in("guard", PASSWORD)


@pytest.fixture
def viewer(database: Database, commands: Commands) -> Session:
    database.operators.add("vera", Role.VIEWER, hash_password(PASSWORD))
    return commands.sign_in("vera", PASSWORD)


def wall_of(*cameras: Camera, name: str = "Doors", is_shared: bool = False) -> Wall:
    tiles = tuple(WallTile(one.id, Spot(0, place)) for place, one in enumerate(cameras))
    return Wall("", name, 4, 2, tiles, is_shared=is_shared)


def test_a_wall_is_stored_changed_and_deleted_and_all_of_it_is_in_the_audit_log(
    commands: Commands, boss: Session, cameras: list[Camera], database: Database
) -> None:
    stored = commands.save_wall(boss, wall_of(*cameras[:2], name="  Main   doors "))
    assert (stored.name, stored.owner, stored.version) == ("Main doors", "boss", 1)
    large = replace(stored, tiles=(WallTile(cameras[2].id, Spot(0, 0, 3, 2)),))
    changed = commands.save_wall(boss, large)
    assert commands.walls(boss) == [changed]
    with pytest.raises(ChangedMeanwhile):
        commands.save_wall(boss, stored)
    commands.remove_wall(boss, stored.uid)
    assert commands.walls(boss) == []
    actions = [entry.action for entry in database.audit.newest(3)]
    assert actions == ["remove_wall", "edit_wall", "add_wall"]


def test_what_is_not_in_the_audit_log_is_not_done(
    commands: Commands, boss: Session, cameras: list[Camera], database: Database
) -> None:
    stored = commands.save_wall(boss, wall_of(*cameras))
    forbid(database.file, "INSERT", "audit")
    with pytest.raises(StorageError):
        commands.save_wall(boss, replace(stored, name="Other"))
    with pytest.raises(StorageError):
        commands.save_wall(boss, wall_of(name="New"))
    with pytest.raises(StorageError):
        commands.remove_wall(boss, stored.uid)
    assert [one.name for one in commands.walls(boss)] == ["Doors"]


def test_own_walls_are_nobody_elses_and_shared_ones_can_only_be_looked_at(
    commands: Commands, boss: Session, viewer: Session, cameras: list[Camera]
) -> None:
    own = commands.save_wall(boss, wall_of(cameras[0], name="Own"))
    shared = commands.save_wall(boss, wall_of(cameras[1], name="For all", is_shared=True))
    assert commands.walls(viewer) == [shared]
    for uid in (own.uid, "no-such-uid"):
        with pytest.raises(NotFound):
            commands.export_wall(viewer, uid)
        with pytest.raises(NotFound):
            commands.remove_wall(viewer, uid)
    with pytest.raises(PermissionDenied):
        commands.remove_wall(viewer, shared.uid)
    with pytest.raises(PermissionDenied):
        commands.save_wall(viewer, wall_of(cameras[0], is_shared=True))
    # A copy of it is the viewer's own, though it says that it is the boss's.
    copy = commands.save_wall(viewer, replace(shared, uid="", version=0, is_shared=False))
    assert copy.owner == "vera"
    assert {one.name for one in commands.walls(viewer)} == {"For all"}
    assert len(commands.walls(viewer)) == 2


@pytest.mark.fault("F130")
def test_who_sees_one_site_meets_nothing_of_the_others(
    commands: Commands, boss: Session, guard: Session, cameras: list[Camera]
) -> None:
    gate, _yard, vault = cameras
    both = commands.save_wall(boss, wall_of(gate, vault, name="Both", is_shared=True))
    secret = commands.save_wall(boss, wall_of(vault, name="The vault", is_shared=True))
    (seen,) = commands.walls(guard)
    assert [tile.camera_id for tile in seen.tiles] == [gate.id]
    assert "Vault" not in commands.export_wall(guard, both.uid)
    for refused in (
        lambda: commands.export_wall(guard, secret.uid),
        lambda: commands.remove_wall(guard, secret.uid),
        lambda: commands.save_wall(guard, wall_of(vault)),
    ):
        with pytest.raises(NotFound):
            refused()
    # What the guard changes leaves the tile alone that the guard does not see.
    moved = replace(seen, tiles=(WallTile(gate.id, Spot(1, 0)),))
    commands.save_wall(guard, moved)
    after = next(one for one in commands.walls(boss) if one.uid == both.uid)
    assert after.spot_of(vault.id) == Spot(0, 1)
    assert after.spot_of(gate.id) == Spot(1, 0)


def test_a_file_brings_a_wall_back_and_names_what_is_not_here(
    commands: Commands, boss: Session, cameras: list[Camera], database: Database
) -> None:
    stored = commands.save_wall(boss, wall_of(*cameras))
    text = commands.export_wall(boss, stored.uid)
    assert "password" not in text
    database.cameras.remove(cameras[1].id)
    imported = commands.import_wall(boss, text)
    assert imported.missing == ("Yard",)
    assert imported.wall.name == "Doors 2"
    assert [one.camera_id for one in imported.wall.tiles] == [cameras[0].id, cameras[2].id]
    assert imported.wall.spot_of(cameras[2].id) == Spot(0, 2)


def test_cameras_of_a_file_are_matched_by_name_and_address_then_by_one_of_them(
    commands: Commands, boss: Session, cameras: list[Camera]
) -> None:
    content = json.loads(
        commands.export_wall(boss, commands.save_wall(boss, wall_of(*cameras)).uid)
    )
    content["tiles"][0]["camera"] = "Renamed"
    content["tiles"][1]["address"] = "10.9.9.9:80"
    imported = commands.import_wall(boss, json.dumps(content))
    assert not imported.missing
    assert {one.camera_id for one in imported.wall.tiles} == {one.id for one in cameras}


@pytest.mark.fault("F135")
@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"version": 2},
        {"version": True},
        {"columns": 13},
        {"columns": "4"},
        {"name": ""},
        {"name": "x" * 61},
        {"name": "a\u202eb"},
        {"tiles": None},
        {"tiles": [{}]},
        {"tiles": [{"camera": "Gate", "address": "", "row": 0, "column": 0, "wide": 9, "high": 1}]},
        {
            "tiles": [{"camera": "x", "address": "", "row": 0, "column": 0, "wide": 1, "high": 1}]
            * 65
        },
    ],
)
def test_a_file_that_is_no_wall_is_refused_with_a_reason(
    commands: Commands, boss: Session, cameras: list[Camera], change: dict[str, object]
) -> None:
    content = json.loads(
        commands.export_wall(boss, commands.save_wall(boss, wall_of(*cameras)).uid)
    )
    with pytest.raises(InvalidSetting) as refused:
        commands.import_wall(boss, json.dumps(content | change))
    assert refused.value.field == "file"
    assert len(commands.walls(boss)) == 1


@pytest.mark.fault("F135")
@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "x" * 300_000])
def test_what_is_not_even_a_json_object_is_refused(
    commands: Commands, boss: Session, text: str
) -> None:
    with pytest.raises(InvalidSetting):
        commands.import_wall(boss, text)


@pytest.mark.parametrize(
    "tiles",
    [
        (WallTile(CameraId(1), Spot(0, 0, 2, 1)), WallTile(CameraId(2), Spot(0, 1))),
        (WallTile(CameraId(1), Spot(0, 0)), WallTile(CameraId(1), Spot(0, 1))),
        (WallTile(CameraId(1), Spot(1, 3, 2, 1)),),
        (WallTile(CameraId(1), Spot(-1, 0)),),
        (WallTile(CameraId(1), Spot(0, 0, 0, 1)),),
    ],
)
def test_tiles_that_do_not_fit_are_refused(
    commands: Commands, boss: Session, cameras: list[Camera], tiles: tuple[WallTile, ...]
) -> None:
    assert cameras
    with pytest.raises(InvalidSetting):
        commands.save_wall(boss, Wall("", "Doors", 4, 2, tiles))


def test_more_walls_than_anybody_needs_are_refused(
    commands: Commands, boss: Session, guard: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layouts, "MOST_WALLS", 2)
    first = commands.save_wall(boss, wall_of(name="One"))
    commands.save_wall(boss, wall_of(name="Two"))
    with pytest.raises(InvalidSetting, match="you have 2 walls already") as refused:
        commands.save_wall(boss, wall_of(name="Three"))
    assert refused.value.field == "name"
    with pytest.raises(InvalidSetting, match="2 walls already"):
        commands.import_wall(boss, commands.export_wall(boss, first.uid))
    assert [one.name for one in commands.walls(boss)] == ["One", "Two"]
    # Those that are there can be changed, and others have walls of their own.
    assert commands.save_wall(boss, replace(first, rows=3)).rows == 3
    assert commands.save_wall(guard, wall_of(name="Three")).owner == "guard"
