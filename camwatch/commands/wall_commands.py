"""The walls that operators save, share and take with them; and who may leave a kiosk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import visible
from camwatch.commands.trail import DONE, Trail
from camwatch.commands.wall_file import free_name, read_wall, write_wall
from camwatch.data.engine import Database
from camwatch.data.names import place_key
from camwatch.domain import Camera, CameraId
from camwatch.errors import NotFound, PermissionDenied, StorageError
from camwatch.events import Bus, WallsChanged
from camwatch.language import tr
from camwatch.walls import ImportedWall, Wall, check_wall

_LOOKS_ITSELF = About(why="tells only of tiles whose cameras the operator sees, and looks itself")
_OF_NONE = About(why="is about no camera")


class WallCommands:
    """Commands about walls, mixed into `Commands`, whose errors they share."""

    guard: Guard
    _wall_database: Database
    _wall_trail: Trail
    _wall_bus: Bus
    _wall_clock: Callable[[], datetime]

    def _init_walls(
        self, database: Database, trail: Trail, bus: Bus, clock: Callable[[], datetime]
    ) -> None:
        self._wall_database = database
        self._wall_trail = trail
        self._wall_bus = bus
        self._wall_clock = clock

    @needs(Permission.VIEW_CAMERAS, about=_LOOKS_ITSELF)
    def walls(self, session: Session) -> list[Wall]:
        """Return the operator's own walls and the shared ones, by name.

        Tiles of cameras that were removed, or that the operator does not see, are empty places;
        a wall of others of which nothing is left is not told of, for its name could say much.
        """
        seen = self._seen(session)
        found = []
        for wall in self._wall_database.layouts.of(session.actor):
            rest = wall.only(seen)
            if wall.owner == session.actor or rest.tiles or not wall.tiles:
                found.append(rest)
        return found

    @needs(Permission.ARRANGE_WALLS, about=_LOOKS_ITSELF)
    def save_wall(self, session: Session, wall: Wall) -> Wall:
        """Store a wall, new or changed. The owner is who made it, whatever the wall says.

        Raises:
            InvalidSetting: What is wrong with it.
            NotFound: It was removed meanwhile, or shows a camera that is not there.
            ChangedMeanwhile: Somebody else has changed it.
        """
        wall = check_wall(wall)
        seen = self._seen(session)
        for tile in wall.tiles:
            if tile.camera_id not in seen:
                raise NotFound(tr("camera {camera_id}", camera_id=tile.camera_id))
        before = self._own(session, wall.uid) if wall.uid else None
        if wall.is_shared is not (before is not None and before.is_shared):
            self._need_sharing(session)
        if before is None:
            wall = replace(wall, uid="", owner=session.actor, version=0)
        else:
            wall = replace(_with_unseen(wall, before, seen), owner=before.owner)
        action = "add_wall" if before is None else "edit_wall"
        return self._store(session, action, before, wall)

    @needs(Permission.ARRANGE_WALLS, about=_LOOKS_ITSELF)
    def remove_wall(self, session: Session, uid: str) -> None:
        """Delete a wall.

        Raises:
            NotFound: There is none that this operator may delete.
        """
        before = self._own(session, uid)
        self._wall_database.layouts.remove(uid)
        try:
            self._wall_trail.record(
                session.actor, "remove_wall", before.name, DONE, uid=uid, owner=before.owner
            )
        except StorageError:
            # What is not in the audit log is not done.
            self._wall_database.layouts.put(replace(before, version=0))
            raise
        self._tell()

    @needs(Permission.ARRANGE_WALLS, about=_LOOKS_ITSELF)
    def export_wall(self, session: Session, uid: str) -> str:
        """Return a wall as the text of a file.

        Raises:
            NotFound: There is none that this operator sees.
        """
        seen = {camera.id: camera for camera in self._cameras(session)}
        wall = self._wall_database.layouts.find(uid)
        if wall is None or not (wall.owner == session.actor or wall.is_shared):
            raise NotFound(tr("the wall"))
        if wall.owner != session.actor and wall.tiles and not wall.only(seen).tiles:
            raise NotFound(tr("the wall"))
        return write_wall(wall, seen)

    @needs(Permission.ARRANGE_WALLS, about=_LOOKS_ITSELF)
    def import_wall(self, session: Session, text: str) -> ImportedWall:
        """Store a wall that was exported, perhaps on another computer, as the operator's own.

        Only cameras that the operator sees are matched. A name that is taken gets a number.

        Raises:
            InvalidSetting: "file": why it cannot be used.
        """
        wall, missing = read_wall(text, self._cameras(session))
        taken = {
            place_key(one.name)
            for one in self._wall_database.layouts.of(session.actor)
            if one.owner == session.actor
        }
        wall = replace(wall, name=free_name(wall.name, taken), owner=session.actor)
        return ImportedWall(self._store(session, "import_wall", None, wall), missing)

    @needs(Permission.ARRANGE_WALLS, fresh=True, about=_OF_NONE)
    def leave_kiosk(self, session: Session) -> None:
        """Let the operator out of kiosk mode: only who knows the password gets to the rest.

        Raises:
            PasswordNeeded: It was not entered lately.
        """
        self._wall_trail.record(session.actor, "leave_kiosk", "", DONE)

    # ------------------------------------------------------------ inside

    def _store(self, session: Session, action: str, before: Wall | None, wall: Wall) -> Wall:
        layouts = self._wall_database.layouts
        after = layouts.put(wall)
        try:
            self._wall_trail.record(
                session.actor,
                action,
                after.name,
                DONE,
                uid=after.uid,
                tiles=str(len(after.tiles)),
                shared="yes" if after.is_shared else "no",
            )
        except StorageError:
            # What is not in the audit log is not done.
            layouts.remove(after.uid)
            if before is not None:
                layouts.put(replace(before, version=0))
            raise
        self._tell()
        return after

    def _tell(self) -> None:
        self._wall_bus.publish(WallsChanged(self._wall_clock()))

    def _cameras(self, session: Session) -> list[Camera]:
        return visible(session.role, self._wall_database.cameras.all())

    def _seen(self, session: Session) -> frozenset[CameraId]:
        return frozenset(camera.id for camera in self._cameras(session))

    def _need_sharing(self, session: Session) -> None:
        if not session.may(Permission.SHARE_WALLS):
            raise PermissionDenied(Permission.SHARE_WALLS.value)

    def _own(self, session: Session, uid: str) -> Wall:
        """Return a wall that the operator may change: an own one, or with a permission a shared one."""
        wall = self._wall_database.layouts.find(uid)
        if wall is None or not (wall.owner == session.actor or wall.is_shared):
            raise NotFound(tr("the wall"))
        if wall.owner != session.actor:
            if wall.tiles and not wall.only(self._seen(session)).tiles:
                raise NotFound(tr("the wall"))
            self._need_sharing(session)
        return wall


def _with_unseen(wall: Wall, before: Wall, seen: frozenset[CameraId]) -> Wall:
    """Keep the tiles that the operator could not see, where nothing else stands now."""
    kept = [
        tile
        for tile in before.tiles
        if tile.camera_id not in seen
        and wall.holds(tile.spot)
        and not any(tile.spot.meets(one.spot) for one in wall.tiles)
    ]
    return replace(wall, tiles=(*wall.tiles, *kept)) if kept else wall
