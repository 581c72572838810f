"""Workspace files: out and in again, hostile ones, all or nothing, and taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from camwatch.alerts.rules import Occupancy, PlaceRef, Rule, Scope, Side
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.commands.workspace_diff import DiffItem, Part, Verdict, WorkspaceDiff
from camwatch.commands.workspace_layouts import WallKeeper
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import CameraId, Secret
from camwatch.errors import (
    ChangedMeanwhile,
    InvalidSetting,
    InvalidSettings,
    PermissionDenied,
    StorageError,
)
from camwatch.events import Bus
from camwatch.paths import Profile
from camwatch.scene import Line, Scene, Zone
from camwatch.walls import Spot, Wall, WallTile
from tests.commands.values import PASSWORD, Clock, forbid, heal, settings

ALL = frozenset(Part)
DOOR = Scene(
    lines=(Line("Door", (0.1, 0.5), (0.9, 0.5)),),
    zones=(Zone("Till", ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))),),
)


@dataclass
class Site:
    """A site that is set up, and who does it."""

    commands: Commands
    boss: Session
    database: Database
    secrets: SecretStore
    file: Path
    history: Path

    def export(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.commands.export_workspace(self.boss))
        return found

    def preview(self, document: object) -> WorkspaceDiff:
        return self.commands.preview_workspace(self.boss, packed(document))

    def bring_in(self, document: object, parts: frozenset[Part] = ALL) -> Any:
        mark = self.preview(document).mark
        return self.commands.import_workspace(self.boss, packed(document), parts, mark)

    def item(self, document: object, part: Part, name: str) -> DiffItem:
        (found,) = (
            one for one in self.preview(document).items if (one.part, one.name) == (part, name)
        )
        return found


def rule_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in document["rules"] if one["name"] == name)
    return found


def packed(document: object) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


@pytest.fixture
def site(  # noqa: PLR0917 - what a site is made of
    tmp_path: Path,
    file: Path,
    database: Database,
    secrets: SecretStore,
    counting: Counting,
    clock: Clock,
) -> Site:
    profile = Profile(tmp_path / "profile")
    profile.create()
    profile.settings_file.write_text("[cameras]\nfrozen_after = 20\n[history]\nbackups = 9\n")
    options = AccessOptions(profile.folder, profile.settings_file, environ={}, is_passing=True)
    commands = Commands(database, secrets, CameraPolicy(), Bus(), counting, clock, access=options)
    boss = commands.create_first_administrator("boss", PASSWORD)
    gate = commands.add_camera(
        boss, replace(settings("Gate"), username="viewer"), Secret("hush hush")
    )
    commands.add_camera(
        boss, replace(settings("Hall"), snapshot_path="/snap?user=a&pwd=hushed", port=81), None
    )
    commands.save_scene(boss, gate.id, DOOR)
    commands.save_rule(
        boss,
        Rule(
            "",
            "Too full",
            Occupancy(Side.ABOVE, 4),
            Scope(places=frozenset({PlaceRef(gate.id, "Till")})),
        ),
    )
    return Site(commands, boss, database, secrets, profile.settings_file, file)


def test_the_file_holds_the_site_and_no_secret(site: Site) -> None:
    text = site.commands.export_workspace(site.boss).decode()
    found = json.loads(text)
    assert [one["name"] for one in found["cameras"]] == ["Gate", "Hall"]
    assert found["cameras"][0]["has_password"] is True
    assert found["scenes"][0]["lines"][0]["name"] == "Door"
    assert rule_of(found, "Too full")["scope"]["places"] == [{"camera": "Gate", "name": "Till"}]
    assert found["settings"] == {"cameras.frozen_after": 20}  # the copies are this computer's
    assert "hush" not in text


def test_a_file_of_this_site_changes_nothing(site: Site) -> None:
    diff = site.preview(site.export())
    assert {one.verdict for one in diff.items} == {Verdict.SAME}
    assert site.bring_in(site.export()).changed == 0


def test_a_difference_tells_what_was_and_what_would_be(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["location"] = "Back yard"
    document["cameras"].pop(1)
    document["settings"]["cameras.frozen_after"] = 30
    gate = site.item(document, Part.CAMERAS, "Gate")
    assert gate.verdict is Verdict.CHANGED
    assert [(name, after) for name, _, after in gate.changes] == [("location", "Back yard")]
    assert not gate.needs_password
    assert site.item(document, Part.CAMERAS, "Hall").verdict is Verdict.ONLY_HERE
    frozen = site.item(document, Part.SETTINGS, "cameras.frozen_after")
    assert frozen.changes == (("cameras.frozen_after", "20", "30"),)


def test_all_of_it_is_brought_in_and_taken_back_in_one_step(site: Site) -> None:
    before = site.export()
    text = site.file.read_text()
    document = json.loads(json.dumps(before))
    document["cameras"][0]["location"] = "Back yard"
    new = {**document["cameras"][0], "name": "Yard", "host": "10.0.0.77"}
    new["uid"] = "00000000-0000-4000-8000-000000000001"
    document["cameras"].append(new)
    document["sites"][0]["time_zone"] = "Europe/Berlin"
    document["scenes"].append({**document["scenes"][0], "camera": "Yard"})
    document["scenes"][0]["lines"] = []
    rule = {**rule_of(document, "Too full"), "name": "Yard full", "uid": ""}
    rule["scope"] = {"cameras": ["Yard"]}
    document["rules"].append(rule)
    document["settings"] = {"cameras.frozen_after": 30, "alerts.keep_days": 30}
    done = site.bring_in(document)
    assert done.need_password == ("Yard",)
    after = site.export()
    assert [one["name"] for one in after["cameras"]] == ["Gate", "Hall", "Yard"]
    assert after["sites"][0]["time_zone"] == "Europe/Berlin"
    assert [one["camera"] for one in after["scenes"]] == ["Gate", "Yard"]
    assert rule_of(after, "Yard full")["scope"]["cameras"] == ["Yard"]
    assert after["settings"] == {"cameras.frozen_after": 30, "alerts.keep_days": 30}
    told = [one for one in site.database.audit.newest(100) if one.action == "import_workspace"]
    assert len(told) == done.changed == 8

    offer = site.commands.workspace_to_take_back(site.boss)
    assert offer is not None
    assert site.commands.take_back_workspace(site.boss, offer.id).left == ()
    back = site.export()
    assert {k: back[k] for k in back if k != "made_at"} == {
        k: before[k] for k in before if k != "made_at"
    }
    assert site.file.read_text().strip() == text.strip() + "\n\n[alerts]" or (
        "keep_days" not in site.file.read_text()
    )
    assert site.commands.workspace_to_take_back(site.boss) is None


def test_what_was_changed_since_is_left_and_named(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["location"] = "Back yard"
    document["cameras"][1]["location"] = "Stairs"
    site.bring_in(document)
    (gate, _) = site.commands.cameras(site.boss)
    site.database.cameras.update(gate.id, replace(gate.settings, location="Mine"))
    offer = site.commands.workspace_to_take_back(site.boss)
    assert offer is not None
    assert site.commands.take_back_workspace(site.boss, offer.id).left == ("Gate",)
    assert [one.settings.location for one in site.commands.cameras(site.boss)] == [
        "Mine",
        settings("Hall").location,
    ]


def test_parts_can_be_left_out(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["location"] = "Back yard"
    document["settings"]["cameras.frozen_after"] = 30
    assert site.bring_in(document, frozenset({Part.SETTINGS})).changed == 1
    assert site.export()["cameras"][0]["location"] != "Back yard"
    assert "frozen_after = 30" in site.file.read_text()


def test_a_password_never_goes_to_another_address(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["host"] = "10.9.9.9"
    assert site.item(document, Part.CAMERAS, "Gate").needs_password
    site.bring_in(document)
    uid = site.commands.cameras(site.boss)[0].uid
    assert site.secrets.get(uid) == Secret("")


def test_a_camera_is_known_by_its_address_when_its_name_is_another(site: Site) -> None:
    document = site.export()
    document["cameras"][0].update(name="Front gate", uid="")
    document["scenes"] = document["rules"] = []
    item = site.item(document, Part.CAMERAS, "Front gate")
    assert item.verdict is Verdict.CHANGED
    assert ("name", "Gate", "Front gate") in item.changes


def test_when_the_end_fails_nothing_was_changed(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["location"] = "Back yard"
    document["settings"]["cameras.frozen_after"] = 30
    text = site.file.read_text()
    forbid(site.history, "INSERT", "workspace_import")
    with pytest.raises(StorageError):
        site.bring_in(document)
    heal(site.history, "INSERT", "workspace_import")
    assert site.export()["cameras"][0]["location"] != "Back yard"
    assert site.file.read_text() == text


def test_an_import_of_what_was_not_seen_is_refused(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["location"] = "Back yard"
    seen = site.preview(document).mark
    (_, hall) = site.commands.cameras(site.boss)
    site.commands.edit_camera(site.boss, hall.id, replace(hall.settings, location="Stairs"), None)
    with pytest.raises(ChangedMeanwhile):
        site.commands.import_workspace(site.boss, packed(document), ALL, seen)


def test_one_thing_that_cannot_be_taken_keeps_its_part_out(site: Site) -> None:
    document = site.export()
    document["cameras"][0]["port"] = 70_000
    document["settings"]["cameras.frozen_after"] = 30
    assert site.item(document, Part.CAMERAS, "Gate").verdict is Verdict.REFUSED
    with pytest.raises(InvalidSettings):
        site.bring_in(document)
    assert site.bring_in(document, frozenset({Part.SETTINGS})).changed == 1


def test_what_was_left_out_of_a_path_is_kept_here_and_refused_elsewhere(site: Site) -> None:
    document = site.export()
    document["cameras"][1]["location"] = "Stairs"
    site.bring_in(document)
    hall = site.commands.cameras(site.boss)[1].settings
    assert hall.snapshot_path == "/snap?user=a&pwd=hushed"
    document["cameras"][1].update(uid="", name="Cellar", port=8081)
    assert site.item(document, Part.CAMERAS, "Cellar").verdict is Verdict.REFUSED


def a_wall(name: str, *cameras: CameraId, is_shared: bool = False) -> Wall:
    tiles = tuple(WallTile(one, Spot(0, place)) for place, one in enumerate(cameras))
    return Wall("", name, 3, 2, tiles, is_shared=is_shared)


def walled(site: Site) -> list[Wall]:
    """Save a wall of the boss, a shared one of Ann, and one that is hers alone."""
    gate, hall = (one.id for one in site.commands.cameras(site.boss))
    own = site.commands.save_wall(site.boss, a_wall("Doors", gate, hall))
    anns = replace(a_wall("All", hall, is_shared=True), owner="ann")
    shared = site.database.layouts.put(anns)
    site.database.layouts.put(replace(a_wall("Hers", gate), owner="ann"))
    return [shared, own]


def tile_in(document: dict[str, Any], wall: str, camera: str, column: int) -> None:
    (found,) = (one for one in document["layouts"] if one["name"] == wall)
    found["tiles"].append({"camera": camera, "row": 1, "column": column})


def without_moment(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "made_at"}


def test_own_and_shared_walls_are_in_the_file_and_change_nothing_here(site: Site) -> None:
    walled(site)
    document = site.export()
    assert [one["name"] for one in document["layouts"]] == ["All", "Doors"]
    assert document["layouts"][0]["tiles"] == [{"camera": "Hall", "row": 0, "column": 0}]
    assert {one.verdict for one in site.preview(document).items} == {Verdict.SAME}
    document["layouts"].pop()
    assert site.item(document, Part.LAYOUTS, "Doors").verdict is Verdict.ONLY_HERE


def test_walls_come_in_with_their_cameras_and_are_taken_back(site: Site) -> None:
    shared, own = walled(site)
    before = site.export()
    document = json.loads(json.dumps(before))
    yard = {**document["cameras"][0], "name": "Yard", "host": "10.0.0.77", "uid": ""}
    document["cameras"].append(yard)
    tile_in(document, "Doors", "Yard", 0)
    tile_in(document, "Doors", "Nowhere", 1)
    document["layouts"][0]["is_shared"] = False
    new = {**document["layouts"][0], "name": "Night", "is_shared": True}
    new["uid"] = "00000000-0000-4000-8000-000000000002"
    document["layouts"].append(new)
    doors = site.item(document, Part.LAYOUTS, "Doors")
    assert doors.verdict is Verdict.CHANGED
    assert [name for name, _, _ in doors.changes] == ["tiles.Yard"]
    assert "Nowhere" in doors.reason
    assert site.item(document, Part.LAYOUTS, "Night").verdict is Verdict.ADDED

    assert site.bring_in(document).changed == 4
    layouts = site.database.layouts
    yard_id = site.commands.cameras(site.boss)[-1].id
    after = layouts.find(own.uid)
    assert after is not None
    assert after.spot_of(yard_id) == Spot(1, 0)
    assert len(after.tiles) == 3
    night = layouts.find(new["uid"])
    assert night is not None
    assert (night.owner, night.is_shared) == ("boss", True)
    told = [one for one in site.database.audit.newest(100) if one.action == "import_workspace"]
    assert {"Doors", "All", "Night"} < {one.target for one in told}

    offer = site.commands.workspace_to_take_back(site.boss)
    assert offer is not None
    assert offer.is_about_shared
    assert site.commands.take_back_workspace(site.boss, offer.id).left == ()
    assert without_moment(site.export()) == without_moment(before)
    back = layouts.find(shared.uid)
    assert back is not None
    assert (back.owner, back.is_shared) == ("ann", True)


def test_a_wall_that_was_changed_since_is_left_and_named(site: Site) -> None:
    _, own = walled(site)
    document = site.export()
    for one in document["layouts"]:
        one["rows"] = 4
    site.bring_in(document, frozenset({Part.LAYOUTS}))
    now = site.database.layouts.find(own.uid)
    assert now is not None
    site.commands.save_wall(site.boss, replace(now, rows=5))
    offer = site.commands.workspace_to_take_back(site.boss)
    assert offer is not None
    assert site.commands.take_back_workspace(site.boss, offer.id).left == ("Doors",)
    assert [one.rows for one in site.commands.walls(site.boss)] == [2, 5]


def test_walls_of_one_name_get_a_number_and_come_in_once(site: Site) -> None:
    """Two operators may have a wall of one name; both become the importer's."""
    walled(site)
    document = site.export()
    for number, one in enumerate(document["layouts"]):
        one.update(name="Day", uid=f"00000000-0000-4000-8000-00000000000{number}")
    site.bring_in(document)
    names = [one.name for one in site.commands.walls(site.boss)]
    assert names == ["All", "Day", "Day 2", "Doors"]
    assert site.bring_in(document).changed == 0


def test_the_number_of_a_wall_that_is_not_seen_is_not_taken_from_it(site: Site) -> None:
    walled(site)
    (hers,) = (one for one in site.database.layouts.of("ann") if one.name == "Hers")
    document = site.export()
    document["layouts"].append({**document["layouts"][1], "uid": hers.uid, "name": "Mine now"})
    site.bring_in(document)
    assert site.database.layouts.find(hers.uid) == hers
    assert "Mine now" in [one.name for one in site.commands.walls(site.boss)]


def test_a_wall_without_the_part_of_its_new_camera_comes_without_its_tile(site: Site) -> None:
    walled(site)
    document = site.export()
    yard = {**document["cameras"][0], "name": "Yard", "host": "10.0.0.77", "uid": ""}
    document["cameras"].append(yard)
    tile_in(document, "Doors", "Yard", 0)
    document["layouts"][1]["columns"] = 4
    assert site.bring_in(document, frozenset({Part.LAYOUTS})).changed == 1
    (_, doors) = site.commands.walls(site.boss)
    assert (doors.columns, len(doors.tiles)) == (4, 2)


def test_who_may_not_share_walls_gets_shared_ones_as_own(site: Site) -> None:
    walled(site)
    document = site.export()
    names = frozenset(one.value for one in Permission if one is not Permission.SHARE_WALLS)
    site.database.roles.put(RoleRecord("keeper", "Keeper", names, None, False), "keeper")
    site.database.operators.add("kim", "keeper", hash_password(PASSWORD))
    kim = site.commands.sign_in("kim", PASSWORD)
    data = packed(document)
    diff = site.commands.preview_workspace(kim, data)
    (added,) = (one for one in diff.items if one.name == "All" and one.verdict is Verdict.ADDED)
    assert "may not share" in added.reason
    site.commands.import_workspace(kim, data, {Part.LAYOUTS}, diff.mark)
    mine = [one for one in site.commands.walls(kim) if one.owner == "kim"]
    assert [(one.name, one.is_shared) for one in mine] == [("All", False), ("Doors", False)]


def test_an_import_of_shared_walls_is_rolled_back_only_by_who_may_share(site: Site) -> None:
    shared, _ = walled(site)
    document = site.export()
    document["layouts"][0]["rows"] = 4
    site.bring_in(document, frozenset({Part.LAYOUTS}))
    names = frozenset(one.value for one in Permission if one is not Permission.SHARE_WALLS)
    site.database.roles.put(RoleRecord("keeper", "Keeper", names, None, False), "keeper")
    site.database.operators.add("kim", "keeper", hash_password(PASSWORD))
    kim = site.commands.sign_in("kim", PASSWORD)
    offer = site.commands.workspace_to_take_back(kim)
    assert offer is not None
    assert offer.is_about_shared
    before = site.database.layouts.of("boss")
    with pytest.raises(PermissionDenied) as denied:
        site.commands.take_back_workspace(kim, offer.id)
    assert denied.value.permission == Permission.SHARE_WALLS.value
    assert site.database.layouts.of("boss") == before
    assert site.commands.take_back_workspace(site.boss, offer.id).left == ()
    back = site.database.layouts.find(shared.uid)
    assert back is not None
    assert back.rows == shared.rows


def test_the_command_line_has_shared_walls_only_and_names_the_others(site: Site) -> None:
    walled(site)
    document = site.export()
    document["layouts"][0]["rows"] = 4
    keeper = WallKeeper("command line", has_own=False)
    desk = site.commands.workspace
    assert [one["name"] for one in json.loads(desk.export(keeper))["layouts"]] == ["All"]
    diff = desk.preview(packed(document), keeper)
    assert "Doors" in diff.remarks[0]
    assert desk.apply(keeper, packed(document), ALL, diff.mark).changed == 1


def test_when_a_wall_cannot_be_stored_nothing_was_changed(site: Site) -> None:
    walled(site)
    document = site.export()
    document["cameras"][0]["location"] = "Back yard"
    document["layouts"].append({**document["layouts"][0], "name": "Night", "uid": ""})
    before, text = site.export(), site.file.read_text()
    forbid(site.history, "INSERT", "wall")
    with pytest.raises(StorageError):
        site.bring_in(document)
    heal(site.history, "INSERT", "wall")
    assert without_moment(site.export()) == without_moment(before)
    assert site.file.read_text() == text


FRAME = {"format": "camwatch-workspace", "version": 1}


@pytest.mark.fault("F135")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b"\xff\xfe{\0}\0",
        b"PK\x03\x04 a zip with ../../etc/passwd in it",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b'{"format": "camwatch-workspace", "version": 1, "version": 1}',
        b'{"format": "camwatch-workspace", "version": NaN}',
        b"[" * 100_000,
        b"1" * 10_000,
        b"\n" * 100_000 + json.dumps(FRAME).encode(),
        b" " * (10 * 1024 * 1024 + 1),
        packed({"format": "another", "version": 1}),
        packed({**FRAME, "version": 2}),
        packed({**FRAME, "version": "1"}),
        packed({**FRAME, "cameras": {"name": "Gate"}}),
        packed({**FRAME, "cameras": [[]]}),
        packed({**FRAME, "cameras": [{"name": str(n)} for n in range(1001)]}),
        packed({**FRAME, "cameras": [{"name": "Gate", "password": "x"}]}),
        packed({**FRAME, "rules": [{"name": "r", "condition": {"api_token": "x"}}]}),
        packed({**FRAME, "settings": []}),
        packed({**FRAME, "layouts": [{"a": [[[[[[[[[[[[[[[]]]]]]]]]]]]]]]}]}),
    ],
    ids=lambda one: one[:30].decode("latin-1"),
)
def test_a_file_made_to_do_harm_is_refused_as_a_whole(site: Site, data: bytes) -> None:
    with pytest.raises(InvalidSetting) as refused:
        site.preview(data)
    assert refused.value.field == "file"
    assert len(refused.value.reason) < 200


@pytest.mark.fault("F135")
@pytest.mark.parametrize(
    ("part", "value"),
    [
        (Part.CAMERAS, {"name": "Gate", "location": "x"}),
        (Part.CAMERAS, {"name": "X", "location": "x", "host": "10.0.0.9", "colour": "red"}),
        (Part.CAMERAS, {"name": "X", "location": "x", "host": "10.0.0.9", "port": "; rm -rf"}),
        (Part.CAMERAS, {"name": "X", "location": "x", "host": "127.0.0.1"}),
        (Part.CAMERAS, {"name": "X", "location": "x", "host": "", "kind": "file",
                        "device": "/proc/self/environ"}),
        (Part.CAMERAS, {"name": "", "location": "x", "host": "10.0.0.9"}),
        (Part.SITES, {"name": "Main site", "time_zone": "../../etc/passwd"}),
        (Part.SITES, {"name": "Main site", "time_zone": 5}),
        (Part.SCENES, {"camera": "Nowhere"}),
        (Part.SCENES, {"camera": "Gate", "threshold": 7}),
        (Part.SCENES, {"camera": "Gate", "lines": "all of them"}),
        (Part.RULES, {"name": "r", "condition": {"kind": "boom"}}),
        (Part.RULES, {"name": "r", "condition": {"kind": "program", "trouble": "disk"},
                      "scope": {"cameras": ["Nowhere"]}}),
        (Part.RULES, {"name": "r", "scope": "all"}),
        (Part.LAYOUTS, {"name": "", "columns": 1, "rows": 1, "tiles": []}),
        (Part.LAYOUTS, {"name": "w", "columns": 13, "rows": 1, "tiles": []}),
        (Part.LAYOUTS, {"name": "w", "columns": "1", "rows": True, "tiles": []}),
        (Part.LAYOUTS, {"name": "w", "columns": 1, "rows": 1, "tiles": {}}),
        (Part.LAYOUTS, {"name": "w", "columns": 1, "rows": 1, "tiles": [], "owner": "boss"}),
        (Part.LAYOUTS, {"name": "w", "columns": 1, "rows": 1, "tiles": [], "is_shared": 1}),
        (Part.LAYOUTS, {"name": "w", "columns": 1, "rows": 1, "tiles": [{}] * 65}),
        (Part.LAYOUTS, {"name": "w", "columns": 2, "rows": 1, "tiles": [
            {"camera": "Gate", "row": 0, "column": 0, "wide": 10**9}]}),
        (Part.LAYOUTS, {"name": "w", "columns": 2, "rows": 1, "tiles": [
            {"camera": "Gate", "row": 0, "column": 0}, {"camera": "GATE", "row": 0, "column": 1}]}),
        (Part.LAYOUTS, {"name": "w", "columns": 2, "rows": 1, "tiles": [
            {"camera": "Gate", "row": 0, "column": 0}, {"camera": "Hall", "row": 0, "column": 0}]}),
    ],
)  # fmt: skip
def test_a_thing_that_is_wrong_is_named_with_its_reason(
    site: Site, part: Part, value: dict[str, object]
) -> None:
    diff = site.preview({**FRAME, part.value: [value]})
    (refused,) = diff.refused
    assert refused.part is part
    assert refused.reason


@pytest.mark.fault("F135")
def test_two_of_a_name_are_both_refused(site: Site) -> None:
    gate = site.export()["cameras"][0]
    diff = site.preview({**FRAME, "cameras": [gate, {**gate, "name": "GATE "}]})
    assert [one.verdict for one in diff.items if one.verdict is Verdict.REFUSED]
    assert len(diff.refused) == 2


@pytest.mark.fault("F135")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("history.server_host", "evil.example"),
        ("history.database_url", "postgresql://x"),
        ("remote_login.url", "https://evil.example"),
        ("history.backup_folder", "../../etc"),
        ("cameras.frozen_after", 1),
        ("cameras.frozen_after", [1]),
        ("no.such", 1),
        ("plain", 1),
    ],
)
def test_settings_that_do_not_travel_are_refused(site: Site, key: str, value: object) -> None:
    diff = site.preview({**FRAME, "settings": {key: value}})
    assert [one.name for one in diff.refused] == [key]
