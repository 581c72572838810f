"""Walls: which camera's tile stands where on the live page. Values and arithmetic only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from camwatch.domain import CameraId
from camwatch.errors import InvalidSetting
from camwatch.language import tr

MOST_SIDE = 12
"""Cells in a row or a column of a wall, at most."""

MOST_TILES = 64
LONGEST_NAME = 60

SIDES = (1, 2, 3, 4, 5, 6, 7, 8)
"""Tiles along each side of the even layouts: 1 to 64 tiles."""

AROUND = (3, 4, 5)
"""Cells along each side of the layouts with one large tile and small ones round it."""


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A place on a grid of cells.

    Attributes:
        row, column: Of its upper left cell, from 0.
        wide, high: How many cells it spans.
    """

    row: int
    column: int
    wide: int = 1
    high: int = 1

    def cells(self) -> Iterator[tuple[int, int]]:
        """Yield row and column of all its cells."""
        for row in range(self.row, self.row + self.high):
            for column in range(self.column, self.column + self.wide):
                yield row, column

    def meets(self, other: Spot) -> bool:
        """Tell whether they have a cell in common."""
        return (
            self.column < other.column + other.wide
            and other.column < self.column + self.wide
            and self.row < other.row + other.high
            and other.row < self.row + self.high
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """A layout that fills itself with cameras in their order, page by page.

    Attributes:
        columns, rows: Cells of the grid.
        spots: Where the tiles stand, the first camera's first.
    """

    columns: int
    rows: int
    spots: tuple[Spot, ...]

    @property
    def name(self) -> str:
        """What it is called on the command line: "3x3" or "1+5"."""
        if len(self.spots) == self.columns * self.rows:
            return f"{self.columns}x{self.rows}"
        return f"1+{len(self.spots) - 1}"


def even(columns: int, rows: int | None = None) -> Plan:
    """Return a layout of tiles of one size."""
    rows = columns if rows is None else rows
    return Plan(
        columns, rows, tuple(Spot(row, column) for row in range(rows) for column in range(columns))
    )


def around(side: int) -> Plan:
    """Return a layout of one large tile, and small ones to the right of it and below."""
    large = side - 1
    right = [Spot(row, large) for row in range(side)]
    below = [Spot(large, column) for column in range(large)]
    return Plan(side, side, (Spot(0, 0, large, large), *right, *below))


PLANS = tuple(even(side) for side in SIDES) + tuple(around(side) for side in AROUND)


def plan_named(name: str) -> Plan | None:
    """Return the layout that is called so; None if none is. Spaces and "×" do not matter."""  # noqa: RUF002 - a multiplication sign is meant
    wanted = name.replace(" ", "").replace("×", "x").lower()
    return next((plan for plan in PLANS if plan.name == wanted), None)


@dataclass(frozen=True, slots=True)
class WallTile:
    """A camera and where its tile stands."""

    camera_id: CameraId
    spot: Spot


@dataclass(frozen=True, slots=True)
class Wall:
    """A saved wall. Cells without a tile are empty places.

    Attributes:
        uid: UUID text; "" until it is stored.
        name: As its owner called it.
        columns, rows: Cells of the grid.
        tiles: None overlaps another, and each camera stands there once.
        owner: Who made it, as the audit log names operators.
        is_shared: Everybody may look at it.
        version: Goes up with each change that is stored.
    """

    uid: str
    name: str
    columns: int
    rows: int
    tiles: tuple[WallTile, ...] = ()
    owner: str = ""
    is_shared: bool = False
    version: int = 0

    def spot_of(self, camera_id: CameraId) -> Spot | None:
        """Return where a camera stands; None if it does not."""
        return next((one.spot for one in self.tiles if one.camera_id == camera_id), None)

    def at(self, row: int, column: int) -> CameraId | None:
        """Return the camera whose tile covers a cell; None if none does."""
        cell = Spot(row, column)
        return next((one.camera_id for one in self.tiles if one.spot.meets(cell)), None)

    def holds(self, spot: Spot) -> bool:
        """Tell whether a place lies within the grid."""
        return (
            spot.row >= 0
            and spot.column >= 0
            and spot.wide >= 1
            and spot.high >= 1
            and spot.row + spot.high <= self.rows
            and spot.column + spot.wide <= self.columns
        )

    def empty_cells(self) -> list[Spot]:
        """Return the cells that no tile covers, row by row."""
        taken = {cell for tile in self.tiles for cell in tile.spot.cells()}
        return [
            one for one in even(self.columns, self.rows).spots if (one.row, one.column) not in taken
        ]

    def only(self, cameras: Iterable[CameraId]) -> Wall:
        """Return it without the tiles of other cameras."""
        seen = frozenset(cameras)
        return replace(self, tiles=tuple(one for one in self.tiles if one.camera_id in seen))


def check_wall(wall: Wall) -> Wall:
    """Return a wall that can be stored.

    Raises:
        InvalidSetting: "name" or "tiles": why it cannot.
    """
    name = " ".join(wall.name.split())
    if not name:
        raise InvalidSetting("name", tr("is needed, so that the wall can be found again"))
    if len(name) > LONGEST_NAME:
        raise InvalidSetting("name", tr("can have {most} characters at most", most=LONGEST_NAME))
    if not name.isprintable():
        raise InvalidSetting("name", tr("can have letters, digits and signs only"))
    if not (1 <= wall.columns <= MOST_SIDE and 1 <= wall.rows <= MOST_SIDE):
        raise InvalidSetting(
            "tiles", tr("can stand on a grid of 1 to {most} rows and columns", most=MOST_SIDE)
        )
    if len(wall.tiles) > MOST_TILES:
        raise InvalidSetting("tiles", tr("can be {most} at most", most=MOST_TILES))
    taken: set[tuple[int, int]] = set()
    cameras: set[CameraId] = set()
    for tile in wall.tiles:
        if not wall.holds(tile.spot):
            raise InvalidSetting("tiles", tr("must lie within the wall"))
        cells = set(tile.spot.cells())
        if cells & taken:
            raise InvalidSetting("tiles", tr("must not cover one another"))
        if tile.camera_id in cameras:
            raise InvalidSetting("tiles", tr("must show each camera only once"))
        taken |= cells
        cameras.add(tile.camera_id)
    tiles = tuple(sorted(wall.tiles, key=lambda one: one.spot))
    return replace(wall, name=name, tiles=tiles)


def filled(plan: Plan, cameras: Sequence[CameraId], name: str = "") -> Wall:
    """Return a wall with these cameras on the places of a layout, as far as they go."""
    tiles = (
        WallTile(camera_id, spot) for camera_id, spot in zip(cameras, plan.spots, strict=False)
    )
    return Wall("", name, plan.columns, plan.rows, tuple(tiles))


@dataclass(frozen=True, slots=True)
class ImportedWall:
    """What became of a wall from a file.

    Attributes:
        wall: As it is stored now.
        missing: Names of cameras of the file that are not here.
    """

    wall: Wall
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StartWish:
    """How the window shall open, as the command line says it.

    Attributes:
        layout: A saved wall's name or a layout's, such as "3x3"; "" for what was there last.
        screen: Number of the screen, from 1; None for what was there last.
        is_kiosk: In kiosk mode.
    """

    layout: str = ""
    screen: int | None = None
    is_kiosk: bool = False
