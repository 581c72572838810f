"""The saved walls of a workspace file: written, and compared with those that are here. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from camwatch.commands.wall_file import free_name
from camwatch.commands.workspace_diff import DiffBook, Part, twice
from camwatch.data.layouts import MOST_WALLS
from camwatch.data.names import place_key
from camwatch.data.workspaces import ComingTile, LayoutStep
from camwatch.domain import Camera, CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.walls import MOST_TILES, Spot, Wall, WallTile, check_wall

_FIELDS = frozenset({"uid", "name", "is_shared", "columns", "rows", "tiles"})
_TILE_FIELDS = frozenset({"camera", "row", "column", "wide", "high"})
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class WallKeeper:
    """Who takes walls out and brings them in.

    Attributes:
        actor: As the audit log names them; what comes in is theirs.
        may_share: They may share walls, and change those that others share.
        has_own: They are an operator. The command line is none: nobody would ever see its own walls.
    """

    actor: str
    may_share: bool = True
    has_own: bool = True

    def may_change(self, wall: Wall) -> bool:
        """Tell whether a wall that they see is theirs to change."""
        return wall.owner == self.actor or (wall.is_shared and self.may_share)


def layout_values(wall: Wall, cameras: Mapping[CameraId, str]) -> dict[str, Any]:
    """Return a wall as the file holds it; without tiles of cameras that have no name here."""
    tiles = []
    for tile in wall.tiles:
        if tile.camera_id in cameras:
            spot = tile.spot
            values = {"camera": cameras[tile.camera_id], "row": spot.row, "column": spot.column}
            # Most span one cell, and a file has so many lines at most.
            spans = {"wide": spot.wide, "high": spot.high}
            tiles.append(values | {name: span for name, span in spans.items() if span != 1})
    return {
        "uid": wall.uid,
        "name": wall.name,
        "is_shared": wall.is_shared,
        "columns": wall.columns,
        "rows": wall.rows,
        "tiles": tiles,
    }


def compare_layouts(
    book: DiffBook,
    layouts: Sequence[Mapping[str, Any]],
    walls: Sequence[Wall],
    names: Mapping[str, Camera | None],
    keeper: WallKeeper,
) -> None:
    """Note what would become of each wall.

    Args:
        book: Where it is noted.
        layouts: Of the file.
        walls: That are here, the keeper's own and the shared ones.
        names: Who each name of the file is, None for a camera that is new.
        keeper: Whose walls they become.
    """
    here = _Here(walls, keeper, frozenset(str(one.get("uid", "")) for one in layouts))
    labels = {one.id: one.name for one in names.values() if one is not None}
    doubled = twice([str(one["uid"]) for one in layouts if one.get("uid")])
    nobodys = []
    for values in layouts:
        name = str(values.get("name", ""))[:_LONGEST]
        if str(values.get("uid", "")) in doubled:
            book.refuse(Part.LAYOUTS, name, tr("is there twice in the file"))
            continue
        try:
            read = _read(values, names)
            if not read.wall.is_shared and not keeper.has_own:
                nobodys.append(read.wall.name)
                continue
            known = here.known(read.wall)
            wall = here.placed(read.wall, known)
        except InvalidSetting as error:
            book.refuse(Part.LAYOUTS, name, error)
            continue
        step = LayoutStep(wall, known, read.coming)
        before = None if known is None else _texts(known.only(labels), labels)
        after = _texts(wall, labels, read.coming)
        reason = "; ".join(_reasons(read, wall))
        if book.note(Part.LAYOUTS, wall.name, before, after, reason=reason):
            book.layouts.append(step)
    for one in here.unmatched():
        book.only_here(Part.LAYOUTS, one.name)
    if nobodys:
        book.remarks.append(
            tr(
                "These walls belong to one operator and are left out here; bring the file in "
                "with the window to have them: {names}.",
                names=", ".join(nobodys),
            )
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """A wall of the file.

    Attributes:
        wall: With the tiles of cameras that are here.
        coming: Those of cameras that come with the file.
        missing: Cameras that are neither.
    """

    wall: Wall
    coming: tuple[ComingTile, ...]
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Here:
    """The walls that are here, each found once.

    Attributes:
        uids: Of the file: a wall that is told so is no other one's, whatever its name.
    """

    walls: Sequence[Wall]
    keeper: WallKeeper
    uids: frozenset[str]
    _matched: set[str] = field(default_factory=set)
    _coming: list[Wall] = field(default_factory=list)
    _added: int = 0

    def known(self, wall: Wall) -> Wall | None:
        """Return the wall here that is meant: of the same number, else an own or shared one's name."""
        key, actor = place_key(wall.name), self.keeper.actor
        ways: tuple[Callable[[Wall], bool], ...] = (
            lambda one: one.uid == wall.uid,
            lambda one: one.owner == actor and self._is_called(one, key),
            lambda one: wall.is_shared and one.is_shared and self._is_called(one, key),
        )
        for fits in ways:
            found = [
                one
                for one in self.walls
                if self.keeper.may_change(one) and one.uid not in self._matched and fits(one)
            ]
            if len(found) == 1:
                self._matched.add(found[0].uid)
                return found[0]
        return None

    def _is_called(self, one: Wall, key: str) -> bool:
        return one.uid not in self.uids and place_key(one.name) == key

    def placed(self, wall: Wall, known: Wall | None) -> Wall:
        """Return a wall as it would be stored: whose it is, and with a name that is free.

        Raises:
            InvalidSetting: Nobody has so many walls.
        """
        owner = self.keeper.actor if known is None else known.owner
        if known is None:
            own = sum(one.owner == owner for one in self.walls)
            if own + self._added >= MOST_WALLS:
                raise InvalidSetting(
                    "name", tr("cannot be added: you have {most} walls already", most=MOST_WALLS)
                )
            self._added += 1
        taken = {
            place_key(one.name)
            for one in (*self.walls, *self._coming)
            if one.owner == owner and one is not known
        }
        is_shared = wall.is_shared
        if not self.keeper.may_share:
            is_shared = known is not None and known.is_shared
        wall = replace(
            wall,
            uid=wall.uid if known is None else known.uid,
            name=free_name(wall.name, taken),
            owner=owner,
            is_shared=is_shared,
            version=0 if known is None else known.version,
        )
        self._coming.append(wall)
        return wall

    def unmatched(self) -> list[Wall]:
        """Return those that are not in the file."""
        return [one for one in self.walls if one.uid not in self._matched]


def _read(values: Mapping[str, Any], names: Mapping[str, Camera | None]) -> _Read:
    """Return a checked wall of the file.

    Raises:
        InvalidSetting: It cannot be taken.
    """
    _refuse_unknown(values, _FIELDS)
    name, shared, tiles = values.get("name"), values.get("is_shared", False), values.get("tiles")
    if not isinstance(name, str):
        raise InvalidSetting("name", tr("is missing, or not of its kind"))
    if not isinstance(shared, bool):
        raise InvalidSetting("is_shared", tr("is not of its kind"))
    if not isinstance(tiles, list):
        raise InvalidSetting("tiles", tr("is missing, or not of its kind"))
    if len(tiles) > MOST_TILES:
        raise InvalidSetting("tiles", tr("can be {most} at most", most=MOST_TILES))
    columns, rows = _number(values, "columns"), _number(values, "rows")
    here: list[WallTile] = []
    coming: list[ComingTile] = []
    missing: list[str] = []
    for one in tiles:
        camera, spot = _tile(one)
        known = names.get(place_key(camera))
        if known is not None:
            here.append(WallTile(known.id, spot))
        elif place_key(camera) in names:
            coming.append(ComingTile(camera, spot))
        else:
            missing.append(camera[:_LONGEST])
    # Cameras that come have no numbers yet; they are tried with some that nobody has.
    keys = list(dict.fromkeys(place_key(one.camera) for one in coming))
    tried = [WallTile(CameraId(-1 - keys.index(place_key(c.camera))), c.spot) for c in coming]
    wall = Wall("", name, columns, rows, (*here, *tried), is_shared=shared)
    checked = check_wall(wall)
    wall = replace(
        checked, uid=_uid(values), tiles=tuple(t for t in checked.tiles if t.camera_id > 0)
    )
    return _Read(wall, tuple(coming), tuple(missing))


def _tile(values: object) -> tuple[str, Spot]:
    if not isinstance(values, dict):
        raise InvalidSetting("tiles", tr("is not of its kind"))
    _refuse_unknown(values, _TILE_FIELDS)
    camera = values.get("camera")
    if not isinstance(camera, str):
        raise InvalidSetting("tiles.camera", tr("is missing, or not of its kind"))
    spans = {"wide": 1, "high": 1, **values}
    row, column, wide, high = (_number(spans, one) for one in ("row", "column", "wide", "high"))
    return camera, Spot(row, column, wide, high)


def _refuse_unknown(values: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = values.keys() - known
    if unknown:
        raise InvalidSetting(min(unknown)[:40], tr("is no field of a wall"))


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise InvalidSetting(name, tr("is missing, or not of its kind"))


def _uid(values: Mapping[str, Any]) -> str:
    """Return the wall's number in its usual form; "" if it has none, or one that is none."""
    try:
        return str(uuid.UUID(str(values.get("uid", ""))))
    except ValueError:
        return ""


def _texts(
    wall: Wall, labels: Mapping[CameraId, str], coming: Sequence[ComingTile] = ()
) -> dict[str, str]:
    spots = [(labels[one.camera_id], one.spot) for one in wall.tiles]
    spots += [(one.camera, one.spot) for one in coming]
    texts = {
        "name": wall.name,
        "is_shared": str(wall.is_shared),
        "columns": str(wall.columns),
        "rows": str(wall.rows),
    }
    for name, spot in spots:
        texts[f"tiles.{name}"] = tr(
            "row {row}, column {column}, {wide} wide, {high} high",
            row=spot.row + 1,
            column=spot.column + 1,
            wide=spot.wide,
            high=spot.high,
        )
    return texts


def _reasons(read: _Read, wall: Wall) -> list[str]:
    """Say what else there is to know of a wall that can be taken."""
    reasons = []
    if read.missing:
        names = ", ".join(read.missing)
        reasons.append(tr("without these cameras, which are not here: {names}", names=names))
    if read.coming:
        names = ", ".join(one.camera for one in read.coming)
        reasons.append(
            tr("these cameras only if cameras are brought in, too: {names}", names=names)
        )
    if wall.name != read.wall.name:
        reasons.append(tr("its name is taken: it is called “{name}” here", name=wall.name))
    if read.wall.is_shared and not wall.is_shared:
        reasons.append(tr("it becomes your own: your role may not share walls"))
    return reasons
