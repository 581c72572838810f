"""Imports of workspace files: all of one in one transaction, with what takes it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from camwatch.alerts.rules import Rule
from camwatch.alerts.stored import from_text, to_text
from camwatch.data.alert_setup import SetupBook
from camwatch.data.cameras import CameraRepository
from camwatch.data.layouts import LayoutRepository
from camwatch.data.names import place_key
from camwatch.data.scenes import SceneRepository
from camwatch.data.schema import camera, site, workspace_import
from camwatch.data.store import Store
from camwatch.domain import CameraId, CameraSettings, SiteId
from camwatch.errors import ChangedMeanwhile, InvalidSetting, NotFound
from camwatch.language import tr
from camwatch.scene import Scene
from camwatch.walls import Spot, Wall, WallTile, check_wall

SettingText = str | int | float | bool
"""A setting as it stands in the file of the settings."""


@dataclass(frozen=True, slots=True)
class CameraStep:
    """What became of a camera: added without a before, else changed.

    Attributes:
        camera_id: Which; 0 of one that is still to be added.
        uid: Of a new one, under which its password is kept already.
    """

    after: CameraSettings
    before: CameraSettings | None = None
    camera_id: int = 0
    uid: str = ""


@dataclass(frozen=True, slots=True)
class SiteStep:
    """Another time zone of a site, by its name."""

    name: str
    after: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class SceneStep:
    """What is counted in the view of a camera, by the name it has after the import."""

    camera: str
    after: Scene
    before: Scene | None = None
    camera_id: int = 0


@dataclass(frozen=True, slots=True)
class RuleStep:
    """A rule: added without a before, else changed."""

    after: Rule
    before: Rule | None = None


@dataclass(frozen=True, slots=True)
class ComingTile:
    """A tile whose camera is still to be added, by its name."""

    camera: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class LayoutStep:
    """A saved wall: added without a before, else changed.

    Attributes:
        after: With the tiles of cameras that are there; a new one has the uid of the file.
        coming: Its other tiles; none once it is stored.
    """

    after: Wall
    before: Wall | None = None
    coming: tuple[ComingTile, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceSteps:
    """All that one import does, with what there was before.

    Attributes:
        settings: What stands in the file of the settings afterwards, by key; None for nothing.
        settings_before: And before.
    """

    cameras: tuple[CameraStep, ...] = ()
    sites: tuple[SiteStep, ...] = ()
    scenes: tuple[SceneStep, ...] = ()
    rules: tuple[RuleStep, ...] = ()
    settings: dict[str, SettingText | None] | None = None
    settings_before: dict[str, SettingText | None] | None = None
    layouts: tuple[LayoutStep, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredImport:
    """An import that was done.

    Attributes:
        taken_back_at: When it was taken back; None while it holds.
    """

    id: int
    imported_at: datetime
    actor: str
    steps: WorkspaceSteps
    taken_back_at: datetime | None


Ids = tuple[Mapping[str, CameraId], Mapping[str, SiteId]]
"""Cameras and sites by the keys of their names."""
RulesOf = Callable[[Ids], Sequence[RuleStep]]
"""Makes the rules once all cameras are there that they may be about."""


class WorkspaceRepository:
    """The imports into one history."""

    def __init__(
        self,
        connections: Store,
        cameras: CameraRepository,
        scenes: SceneRepository,
        layouts: LayoutRepository,
        clock: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._cameras = cameras
        self._scenes = scenes
        self._layouts = layouts
        self._clock = clock

    def apply(
        self,
        actor: str,
        wanted: WorkspaceSteps,
        rules_of: RulesOf,
        write_settings: Callable[[], dict[str, SettingText | None]],
    ) -> StoredImport:
        """Do all of an import, or nothing.

        Args:
            actor: Who does it.
            wanted: Cameras, sites, scenes and walls; what is there must still be as they say.
            rules_of: Makes the rules.
            write_settings: Called last; returns what stood there before. When the transaction
                fails after it, whoever calls this puts that back.

        Raises:
            ChangedMeanwhile: Somebody has changed a camera or a wall since.
            InvalidSetting: A name is in use.
            NotFound: Something is gone.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            steps = WorkspaceSteps(
                cameras=tuple(self._camera(connection, one) for one in wanted.cameras),
                sites=tuple(_zone(connection, one) for one in wanted.sites),
            )
            ids = _ids(connection)
            steps = replace(
                steps, scenes=tuple(self._scene(connection, one, ids) for one in wanted.scenes)
            )
            book = SetupBook(connection)
            rules = tuple(replace(one, after=book.rules.put(one.after)) for one in rules_of(ids))
            layouts = tuple(self._layout(connection, one, ids) for one in wanted.layouts)
            steps = replace(steps, rules=rules, layouts=layouts, settings=wanted.settings)
            steps = replace(steps, settings_before=write_settings())
            now = self._clock()
            row = {"imported_at": now, "actor": actor, "body": to_text(steps)}
            number = connection.execute(
                insert(workspace_import).returning(workspace_import.c.id), row
            ).scalar_one()
        return StoredImport(int(number), now, actor, steps, None)

    def newest(self) -> StoredImport | None:
        """Return the newest import that was not taken back; None without one."""
        query = (
            select(workspace_import)
            .where(workspace_import.c.taken_back_at.is_(None))
            .order_by(workspace_import.c.id.desc())
            .limit(1)
        )
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        steps = from_text(WorkspaceSteps, row.body)
        return StoredImport(row.id, row.imported_at, row.actor, steps, row.taken_back_at)

    def take_back(
        self, done: StoredImport, restore_settings: Callable[[], Sequence[str]]
    ) -> tuple[str, ...]:
        """Make all as it was before an import, but for what somebody has changed since.

        Args:
            done: Which import.
            restore_settings: Called last; returns what was left as it is.

        Returns:
            Names of what was left, because it is no longer as the import made it.

        Raises:
            NotFound: It was taken back already.
            StorageError: Nothing was stored.
        """
        left: list[str] = []
        with self._connections.writing() as connection:
            open_one = workspace_import.c.id == done.id, workspace_import.c.taken_back_at.is_(None)
            marked = connection.execute(
                update(workspace_import).where(*open_one).values(taken_back_at=self._clock())
            )
            if not marked.rowcount:
                raise NotFound(tr("the import"))
            for layout in done.steps.layouts:
                left += self._layout_back(connection, layout)
            book = SetupBook(connection)
            for rule in done.steps.rules:
                left += _rule_back(book, rule)
            for scene in done.steps.scenes:
                left += self._scene_back(connection, scene)
            for zone in done.steps.sites:
                left += _zone_back(connection, zone)
            for one in done.steps.cameras:
                left += self._camera_back(connection, one)
            left += restore_settings()
        return tuple(left)

    # ---------------------------------------------------------------- one thing

    def _camera(self, connection: Connection, step: CameraStep) -> CameraStep:
        if step.before is None:
            made = self._cameras.add_within(connection, step.uid or str(uuid.uuid4()), step.after)
            return replace(step, after=made.settings, camera_id=made.id, uid=made.uid)

        def change(now: object) -> CameraSettings:
            if getattr(now, "settings", None) != step.before:
                raise ChangedMeanwhile(step.after.name)
            return step.after

        _, after = self._cameras.change_within(connection, CameraId(step.camera_id), change)
        return replace(step, after=after.settings, uid=after.uid)

    def _camera_back(self, connection: Connection, step: CameraStep) -> list[str]:
        camera_id = CameraId(step.camera_id)

        def change(now: object) -> CameraSettings:
            if getattr(now, "settings", None) != step.after:
                raise ChangedMeanwhile(step.after.name)
            return step.after if step.before is None else step.before

        try:
            self._cameras.change_within(connection, camera_id, change)
            if step.before is None:
                self._cameras.remove_within(connection, camera_id)
        except (ChangedMeanwhile, NotFound):
            return [step.after.name]
        return []

    def _scene(self, connection: Connection, step: SceneStep, ids: Ids) -> SceneStep:
        camera_id = ids[0].get(place_key(step.camera))
        if camera_id is None:
            raise NotFound(tr("the camera “{camera}”", camera=step.camera))
        before = self._scenes.within(connection, camera_id)
        after = self._scenes.save_within(connection, camera_id, step.after).scene
        return replace(step, before=before, after=after, camera_id=camera_id)

    def _scene_back(self, connection: Connection, step: SceneStep) -> list[str]:
        camera_id = CameraId(step.camera_id)
        try:
            if self._scenes.within(connection, camera_id) != step.after:
                return [step.camera]
            self._scenes.save_within(connection, camera_id, step.before or Scene())
        except NotFound:
            return [step.camera]
        return []

    def _layout(self, connection: Connection, step: LayoutStep, ids: Ids) -> LayoutStep:
        tiles = list(step.after.tiles)
        for one in step.coming:
            camera_id = ids[0].get(place_key(one.camera))
            if camera_id is None:
                raise NotFound(tr("the camera “{camera}”", camera=one.camera))
            tiles.append(WallTile(camera_id, one.spot))
        after = check_wall(replace(step.after, tiles=tuple(tiles)))
        # The number of a wall of somebody else, which whoever imports does not see.
        if step.before is None and self._layouts.find_within(connection, after.uid) is not None:
            after = replace(after, uid="")
        return LayoutStep(self._layouts.put_within(connection, after), step.before)

    def _layout_back(self, connection: Connection, step: LayoutStep) -> list[str]:
        now = self._layouts.find_within(connection, step.after.uid)
        if now is None or now != step.after:
            return [step.after.name]
        if step.before is None:
            self._layouts.remove_within(connection, now.uid)
            return []
        try:
            self._layouts.put_within(connection, replace(step.before, version=now.version))
        except InvalidSetting:  # its old name was given to another one
            return [step.after.name]
        return []


def _ids(connection: Connection) -> Ids:
    cameras = select(camera.c.id, camera.c.name_key).where(camera.c.removed_at.is_(None))
    sites = select(site.c.id, site.c.name_key)
    return (
        {row.name_key: CameraId(row.id) for row in connection.execute(cameras)},
        {row.name_key: SiteId(row.id) for row in connection.execute(sites)},
    )


def _zone(connection: Connection, step: SiteStep) -> SiteStep:
    this = site.c.name_key == place_key(step.name)
    row = connection.execute(select(site).where(this)).first()
    if row is None:
        raise NotFound(tr("the site “{name}”", name=step.name))
    connection.execute(update(site).where(this).values(time_zone=step.after))
    return replace(step, before=row.time_zone)


def _zone_back(connection: Connection, step: SiteStep) -> list[str]:
    this = site.c.name_key == place_key(step.name), site.c.time_zone == step.after
    changed = connection.execute(update(site).where(*this).values(time_zone=step.before))
    return [] if changed.rowcount else [step.name]


def _rule_back(book: SetupBook, step: RuleStep) -> list[str]:
    now = book.rules.find(step.after.uid)
    if now is None or now != step.after:
        return [step.after.name]
    if step.before is None:
        book.rules.remove(now.uid)
    else:
        book.rules.put(replace(step.before, version=now.version))
    return []
