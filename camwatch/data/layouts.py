"""The saved walls of operators."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from camwatch.data.names import place_key
from camwatch.data.schema import wall
from camwatch.data.store import Store
from camwatch.domain import CameraId
from camwatch.errors import ChangedMeanwhile, DatabaseDamaged, InvalidSetting, NotFound
from camwatch.language import tr
from camwatch.walls import Spot, Wall, WallTile, check_wall

MOST_WALLS = 200
"""One operator saves so many at most."""


class LayoutRepository:
    """The walls of one history, of all operators.

    Args:
        connections: The history.
        clock: The wall clock, aware UTC.
    """

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def of(self, owner: str) -> list[Wall]:
        """Return an operator's walls and those that are shared, by name.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(wall)
            .where(or_(wall.c.owner == owner, wall.c.is_shared))
            .order_by(wall.c.name_key, wall.c.uid)
        )
        with self._connections.reading() as connection:
            return [_read(row) for row in connection.execute(query)]

    def find(self, uid: str) -> Wall | None:
        """Return a wall; None if there is none of this uid.

        Raises:
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return _find(connection, uid)

    def put(self, new: Wall) -> Wall:
        """Store a wall, new (version 0) or changed; it was checked before.

        Returns:
            With its uid and new version.

        Raises:
            InvalidSetting: "name": the owner has another one of this name, or too many.
            NotFound: It was removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            return self.put_within(connection, new)

    def put_within(self, connection: Connection, new: Wall) -> Wall:
        """Store a wall as a part of more; see `put`."""
        before = _find(connection, new.uid)
        if before is None and new.version:
            raise NotFound(tr("the wall"))
        if before is not None and before.version != new.version:
            raise ChangedMeanwhile(before.name)
        if before is None and _count(connection, new.owner) >= MOST_WALLS:
            raise InvalidSetting(
                "name", tr("cannot be added: you have {most} walls already", most=MOST_WALLS)
            )
        key = place_key(new.name)
        same = select(wall.c.uid).where(
            wall.c.name_key == key, wall.c.owner == new.owner, wall.c.uid != new.uid
        )
        if connection.execute(same).first() is not None:
            raise InvalidSetting("name", tr("is already used by another wall of yours"))
        stored = replace(new, uid=new.uid or str(uuid.uuid4()), version=new.version + 1)
        row = {
            "name": stored.name,
            "name_key": key,
            "owner": stored.owner,
            "is_shared": stored.is_shared,
            "body": _written(stored),
            "changed_at": self._clock(),
            "version": stored.version,
        }
        if before is None:
            connection.execute(insert(wall).values(uid=stored.uid, **row))
        else:
            connection.execute(update(wall).where(wall.c.uid == stored.uid).values(**row))
        return stored

    def remove(self, uid: str) -> Wall:
        """Remove a wall; returns what it was.

        Raises:
            NotFound: There is none of this uid.
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            return self.remove_within(connection, uid)

    @staticmethod
    def find_within(connection: Connection, uid: str) -> Wall | None:
        """Return a wall as a part of more; see `find`."""
        return _find(connection, uid)

    @staticmethod
    def remove_within(connection: Connection, uid: str) -> Wall:
        """Remove a wall as a part of more; see `remove`."""
        found = _find(connection, uid)
        if found is None:
            raise NotFound(tr("the wall"))
        connection.execute(delete(wall).where(wall.c.uid == uid))
        return found


def _count(connection: Connection, owner: str) -> int:
    query = select(func.count()).select_from(wall).where(wall.c.owner == owner)
    return int(connection.execute(query).scalar_one())


def _find(connection: Connection, uid: str) -> Wall | None:
    row = connection.execute(select(wall).where(wall.c.uid == uid)).first()
    return None if row is None else _read(row)


def _written(stored: Wall) -> str:
    tiles = [
        [one.camera_id, one.spot.row, one.spot.column, one.spot.wide, one.spot.high]
        for one in stored.tiles
    ]
    return json.dumps({"columns": stored.columns, "rows": stored.rows, "tiles": tiles})


def _read(row: Row[Any]) -> Wall:
    try:
        body = json.loads(row.body)
        tiles = tuple(
            WallTile(CameraId(int(camera_id)), Spot(*map(int, spot)))
            for camera_id, *spot in body["tiles"]
        )
        return check_wall(
            Wall(
                row.uid,
                row.name,
                int(body["columns"]),
                int(body["rows"]),
                tiles,
                row.owner,
                bool(row.is_shared),
                row.version,
            )
        )
    except (ValueError, TypeError, KeyError, RecursionError, InvalidSetting) as error:
        raise DatabaseDamaged(
            f"The history holds a wall {row.uid} that cannot be read ({error}). Put your newest "
            "copy of the history in its place."
        ) from error
