"""Walls as files, to be taken to another computer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from camwatch.data.names import place_key
from camwatch.domain import Camera, CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.walls import LONGEST_NAME, MOST_TILES, Spot, Wall, WallTile, check_wall

FORMAT = "camwatch-wall"
VERSION = 1
MOST_BYTES = 256 * 1024
_LONGEST_TOLD = 200


def write_wall(wall: Wall, cameras: Mapping[CameraId, Camera]) -> str:
    """Return a wall as text; tiles of cameras that are not given are left out.

    Cameras are told by name and address, since their ids are others on another computer. Neither
    user names nor passwords nor what follows the host of an address are in it.
    """
    tiles = [
        {
            "camera": cameras[tile.camera_id].name,
            "address": _address(cameras[tile.camera_id]),
            "row": tile.spot.row,
            "column": tile.spot.column,
            "wide": tile.spot.wide,
            "high": tile.spot.high,
        }
        for tile in wall.tiles
        if tile.camera_id in cameras
    ]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "name": wall.name,
        "columns": wall.columns,
        "rows": wall.rows,
        "tiles": tiles,
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def read_wall(text: str, cameras: Iterable[Camera]) -> tuple[Wall, tuple[str, ...]]:
    """Read a wall from a file, and match its cameras with these.

    A camera is the one of the same name and address; else the only one of that address; else the
    only one of that name. What fits to nobody becomes an empty place.

    Returns:
        The wall, checked and not stored, and the names of cameras that are not here.

    Raises:
        InvalidSetting: "file": it is none, from a newer version, or too large.
    """
    content = _content(text)
    tiles = content.get("tiles")
    if not isinstance(tiles, list) or len(tiles) > MOST_TILES:
        raise _bad(tr("must have {most} tiles at most", most=MOST_TILES))
    known = _Known(cameras)
    placed: list[WallTile] = []
    missing: list[str] = []
    for tile in tiles:
        spot, camera, address = _tile(tile)
        camera_id = known.take(camera, address)
        if camera_id is None:
            missing.append(camera[:_LONGEST_TOLD] or address[:_LONGEST_TOLD])
        else:
            placed.append(WallTile(camera_id, spot))
    name = content.get("name")
    try:
        columns, rows = _number(content.get("columns")), _number(content.get("rows"))
        return check_wall(Wall("", _text(name), columns, rows, tuple(placed))), tuple(missing)
    except InvalidSetting as error:
        raise _bad(
            tr("cannot be used: {field} {reason}", field=error.field, reason=error.reason)
        ) from None


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name, with a number if it is taken.

    Args:
        name: As it should be.
        taken: Keys of the names that are in use.
    """
    number, free = 2, name
    while place_key(free) in taken:
        ending = f" {number}"
        free = name[: LONGEST_NAME - len(ending)] + ending
        number += 1
    return free


def _content(text: str) -> dict[str, Any]:
    """Return what stands in a file of this format and of a version that is known."""
    if len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise _bad(tr("is too large for a wall: {most} KiB at most", most=MOST_BYTES // 1024))
    try:
        content = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise _bad(tr("is no wall that CamWatch has saved")) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _bad(tr("is no wall that CamWatch has saved"))
    if _number(content.get("version")) > VERSION:
        raise _bad(tr("comes from a newer CamWatch; bring this one up to date first"))
    return content


class _Known:
    """Finds the cameras of a file, each once."""

    def __init__(self, cameras: Iterable[Camera]) -> None:
        self._free = {camera.id: (camera.name, _address(camera)) for camera in cameras}

    def take(self, name: str, address: str) -> CameraId | None:
        ways: tuple[Callable[[tuple[str, str]], bool], ...] = (
            lambda one: one == (name, address),
            lambda one: one[1] == address,
            lambda one: one[0] == name,
        )
        for fits in ways:
            found = [camera_id for camera_id, one in self._free.items() if fits(one)]
            if len(found) == 1:
                del self._free[found[0]]
                return found[0]
        return None


def _address(camera: Camera) -> str:
    return f"{camera.settings.host}:{camera.settings.port}"


def _tile(tile: Any) -> tuple[Spot, str, str]:
    if not isinstance(tile, dict):
        raise _bad(tr("has a tile that cannot be read"))
    row, column, wide, high = (_number(tile.get(one)) for one in ("row", "column", "wide", "high"))
    return Spot(row, column, wide, high), _text(tile.get("camera")), _text(tile.get("address"))


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _bad(tr("lacks a number where one must be"))


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise _bad(tr("lacks a name where one must be"))


def _bad(reason: str) -> InvalidSetting:
    return InvalidSetting("file", reason)
