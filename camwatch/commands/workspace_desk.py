"""Takes a workspace out as a file, brings one in whole or not at all, and takes that back."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from camwatch.alerts.checks import check_rule
from camwatch.auth.secrets import SecretStore
from camwatch.commands.camera_editing import quietly
from camwatch.commands.settings_described import DESCRIBED, SettingValue, described
from camwatch.commands.settings_desk import SettingsDesk
from camwatch.commands.settings_state import value_of
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.commands.workspace_compare import (
    Here,
    camera_values,
    compare,
    rule_from,
    rule_values,
    scene_values,
)
from camwatch.commands.workspace_diff import (
    DiffBook,
    DiffItem,
    Part,
    Verdict,
    WorkspaceDiff,
)
from camwatch.commands.workspace_file import Workspace, read_workspace, write_workspace
from camwatch.commands.workspace_layouts import WallKeeper, layout_values
from camwatch.commands.written_passwords import WrittenPasswords
from camwatch.data.engine import Database
from camwatch.data.workspaces import Ids, RuleStep, SettingText, StoredImport, WorkspaceSteps
from camwatch.domain import Secret
from camwatch.errors import CamWatchError, ChangedMeanwhile, InvalidSetting, InvalidSettings
from camwatch.events import Bus, CamerasChanged, RulesChanged, WallsChanged
from camwatch.language import tr
from camwatch.scene import Scene

log = logging.getLogger(__name__)

_IMPORT = "import_workspace"
_EXPORT = "export_workspace"
_TAKE_BACK = "take_back_workspace"
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class WorkspaceImported:
    """What came of an import, or of taking one back.

    Attributes:
        at: When, UTC.
        changed: How many things are another now.
        need_password: Cameras whose password must be entered again.
        left: What was left as it is, because somebody has changed it since.
    """

    at: datetime
    changed: int
    need_password: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeBackOffer:
    """The import that can be taken back.

    Attributes:
        id: Its number.
        at: When it was, UTC.
        actor: Whose it was.
        is_about_shared: It changed walls that everybody sees.
    """

    id: int
    at: datetime
    actor: str
    is_about_shared: bool = False


class WorkspaceDesk:
    """For the commands and the command line; all methods block.

    Attributes:
        settings: The settings of this computer, which are a part of it.
    """

    def __init__(  # noqa: PLR0917 - all that a workspace is made of
        self,
        database: Database,
        secrets: SecretStore,
        settings: SettingsDesk,
        trail: Trail,
        bus: Bus,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._secrets = secrets
        self._settings = self.settings = settings
        self._trail = trail
        self._bus = bus
        self._clock = clock

    # ---------------------------------------------------------------- out

    def export(self, keeper: WallKeeper) -> bytes:
        """See `WorkspaceCommands.export_workspace`."""
        workspace = self._present(keeper)
        self._trail.record(
            keeper.actor,
            _EXPORT,
            "",
            DONE,
            cameras=str(len(workspace.cameras)),
            rules=str(len(workspace.rules)),
            layouts=str(len(workspace.layouts)),
        )
        return write_workspace(workspace, self._clock().isoformat(timespec="seconds"))

    def _present(self, keeper: WallKeeper) -> Workspace:
        here = self._here(keeper)
        names = {one.id: one.name for one in here.cameras}
        scenes = [
            scene_values(camera.name, scene)
            for camera in here.cameras
            if (scene := here.scenes.get(camera.id)) is not None
        ]
        return Workspace(
            tuple(camera_values(one) for one in here.cameras),
            tuple({"name": one.name, "time_zone": one.time_zone} for one in here.sites),
            tuple(scenes),
            tuple(rule_values(one, here) for one in here.rules),
            self._travelling(),
            tuple(layout_values(one, names) for one in here.walls),
        )

    def _here(self, keeper: WallKeeper) -> Here:
        database = self._database
        setup = database.alert_setup.read()
        return Here(
            database.cameras.all(),
            database.cameras.sites(),
            {one.camera_id: one.scene for one in database.scenes.all() if one.scene != Scene()},
            setup.rules,
            frozenset(one.uid for one in setup.plans),
            database.layouts.of(keeper.actor),
            keeper,
        )

    def _travelling(self) -> dict[str, SettingValue]:
        """Return what stands in the file of the settings and makes sense elsewhere."""
        written = self._settings.written()
        return {
            one.key: written[one.key]
            for one in DESCRIBED
            if one.key in written and one.about.travels and not one.about.opens
        }

    # ---------------------------------------------------------------- in

    def preview(self, data: bytes, keeper: WallKeeper) -> WorkspaceDiff:
        """See `WorkspaceCommands.preview_workspace`."""
        file = read_workspace(data)
        book = compare(file, self._here(keeper))
        changes = self._compare_settings(book, file.settings or {})
        order = list(Part)
        items = sorted(book.items, key=lambda one: order.index(one.part))
        steps = WorkspaceSteps(
            tuple(book.cameras),
            tuple(book.sites),
            tuple(book.scenes),
            settings={key: _plain(value) for key, value in changes.items()},
            layouts=tuple(book.layouts),
        )
        mark = self._mark(keeper)
        return WorkspaceDiff(tuple(items), steps, tuple(book.rules), mark, tuple(book.remarks))

    def _mark(self, keeper: WallKeeper) -> str:
        """Return what stands for how all is here."""
        present = write_workspace(self._present(keeper), "")
        return hashlib.sha256(present).hexdigest()

    def _compare_settings(
        self, book: DiffBook, wanted: Mapping[str, SettingValue]
    ) -> dict[str, SettingValue]:
        taken: dict[str, SettingValue] = {}
        state = {one.about.key: one for one in self._settings.state().settings}
        for key, value in wanted.items():
            about = described(key)
            if about is None or not about.about.travels or about.about.opens:
                book.refuse(Part.SETTINGS, key, tr("is no setting that a file brings in"))
                continue
            if not isinstance(value, str | int | float):
                book.refuse(Part.SETTINGS, key, tr("is not of its kind"))
                continue
            try:
                checked = value_of(self._settings.check({key: value}), about)
            except (InvalidSetting, InvalidSettings) as error:
                book.refuse(Part.SETTINGS, key, error)
                continue
            before = {key: str(state[key].value)}
            if book.note(Part.SETTINGS, key, before, {key: str(checked)}):
                taken[key] = checked
        for key in self._travelling():
            if key not in wanted:
                book.only_here(Part.SETTINGS, key)
        return taken

    def apply(
        self, keeper: WallKeeper, data: bytes, parts: Collection[Part], mark: str
    ) -> WorkspaceImported:
        """See `WorkspaceCommands.import_workspace`."""
        actor = keeper.actor
        diff = self.preview(data, keeper)
        if mark and diff.mark != mark:
            raise ChangedMeanwhile(tr("what the file would change"))
        if diff.refused and any(one.part in parts for one in diff.refused):
            problems = [
                InvalidSetting(one.name, one.reason) for one in diff.refused if one.part in parts
            ]
            raise InvalidSettings(problems, tr("the workspace file"))
        wanted = _only(diff, parts)
        told = [
            (one.name, _told(one))
            for one in diff.items
            if one.part in parts and one.verdict in {Verdict.ADDED, Verdict.CHANGED}
        ]
        if not told:
            return WorkspaceImported(self._clock(), 0)
        self._trail.record_all(actor, _IMPORT, DONE, told)
        try:
            done = self._store(actor, wanted, diff.rules if Part.RULES in parts else ())
        except CamWatchError:
            self._trail.try_to_record(actor, _IMPORT, "", FAILED, things=str(len(told)))
            raise
        self._tell(done)
        need = tuple(one.name for one in diff.items if one.needs_password and one.part in parts)
        return WorkspaceImported(done.imported_at, len(told), need)

    def _store(
        self, actor: str, wanted: WorkspaceSteps, rules: Sequence[Mapping[str, object]]
    ) -> StoredImport:
        changes = dict(wanted.settings or {})
        before = {one.uid: one for one in self._database.alert_setup.rules()}

        def rules_of(ids: Ids) -> list[RuleStep]:
            steps = []
            for values in rules:
                rule = check_rule(rule_from(values, ids))
                known = before.get(rule.uid)
                version = 0 if known is None else known.version
                steps.append(RuleStep(replace(rule, version=version), known))
            return steps

        with ExitStack() as undo:
            written = WrittenPasswords(self._secrets, in_memory=False)
            undo.callback(written.take_back)
            for step in wanted.cameras:
                # Whatever password was kept must never go to another address.
                is_new = step.before is None or not step.before.username
                moves = step.before is not None and step.after.reaches_beyond(step.before)
                if step.after.username and (is_new or moves):
                    written.write(step.after.name, step.uid, Secret(""))

            def write_settings() -> dict[str, SettingText | None]:
                if not changes:
                    return {}
                change = self._settings.write(changes)
                undo.callback(quietly, partial(self._settings.write, change.before))
                return {key: _plain(value) for key, value in change.before.items()}

            done = self._database.workspaces.apply(actor, wanted, rules_of, write_settings)
            undo.pop_all()
        for step in done.steps.cameras:
            if step.before is not None and step.before.username and not step.after.username:
                quietly(partial(self._secrets.forget, step.uid))
        return done

    def _tell(self, done: StoredImport) -> None:
        if done.steps.sites:
            self._database.rollups.rebuild_if_small()
        now = self._clock()
        self._bus.publish(CamerasChanged(now))
        if done.steps.rules:
            self._bus.publish(RulesChanged(now))
        if done.steps.layouts:
            self._bus.publish(WallsChanged(now))

    # ---------------------------------------------------------------- back

    def offer(self) -> TakeBackOffer | None:
        """See `WorkspaceCommands.workspace_to_take_back`."""
        found = self._database.workspaces.newest()
        if found is None:
            return None
        walls = [wall for one in found.steps.layouts for wall in (one.before, one.after)]
        is_about_shared = any(wall is not None and wall.is_shared for wall in walls)
        return TakeBackOffer(found.id, found.imported_at, found.actor, is_about_shared)

    def take_back(self, actor: str, import_id: int) -> WorkspaceImported:
        """See `WorkspaceCommands.take_back_workspace`."""
        found = self._database.workspaces.newest()
        if found is None or found.id != import_id:
            raise ChangedMeanwhile(tr("the newest import"))
        steps = found.steps
        self._trail.record(
            actor, _TAKE_BACK, "", DONE, imported_at=found.imported_at.isoformat(timespec="seconds")
        )
        need = []
        with ExitStack() as undo:
            written = WrittenPasswords(self._secrets, in_memory=False)
            undo.callback(written.take_back)
            for step in steps.cameras:
                before = step.before
                if before is not None and before.username and before.reaches_beyond(step.after):
                    written.write(step.after.name, step.uid, Secret(""))
                    need.append(before.name)
            try:
                left = self._database.workspaces.take_back(
                    found, partial(self._settings_back, steps, undo)
                )
            except CamWatchError:
                self._trail.try_to_record(actor, _TAKE_BACK, "", FAILED)
                raise
            undo.pop_all()
        for step in steps.cameras:
            if step.before is None and step.after.username and step.after.name not in left:
                quietly(partial(self._secrets.forget, step.uid))
        self._tell(found)
        count = len(steps.cameras) + len(steps.sites) + len(steps.scenes) + len(steps.rules)
        count += len(steps.settings or {}) + len(steps.layouts)
        return WorkspaceImported(self._clock(), count - len(left), tuple(need), left)

    def _settings_back(self, steps: WorkspaceSteps, undo: ExitStack) -> list[str]:
        """Put the settings back that are still as the import left them; return the others."""
        now = self._settings.written()
        after, before = steps.settings or {}, steps.settings_before or {}
        ours = {key: before.get(key) for key, value in after.items() if now.get(key) == value}
        if ours:
            change = self._settings.write(ours)
            undo.callback(quietly, partial(self._settings.write, change.before))
        return [key for key in after if key not in ours]


def _plain(value: SettingValue | None) -> SettingText | None:
    return value if value is None or isinstance(value, str | int | float) else json.dumps(value)


def _only(diff: WorkspaceDiff, parts: Collection[Part]) -> WorkspaceSteps:
    """Return what is to be done of the parts that are wanted.

    A new camera comes with the cameras only: without them, its view has no place to go, and its
    places on walls stay empty.
    """
    steps = diff.steps
    new = {one.after.name for one in steps.cameras if one.before is None}
    has_cameras = Part.CAMERAS in parts
    return WorkspaceSteps(
        steps.cameras if has_cameras else (),
        steps.sites if Part.SITES in parts else (),
        tuple(one for one in steps.scenes if has_cameras or one.camera not in new)
        if Part.SCENES in parts
        else (),
        settings=steps.settings if Part.SETTINGS in parts else {},
        layouts=tuple(one if has_cameras else replace(one, coming=()) for one in steps.layouts)
        if Part.LAYOUTS in parts
        else (),
    )


def _told(item: DiffItem) -> dict[str, str]:
    """Say for the audit log what became of a thing."""
    told = {"part": item.part.value, "verdict": item.verdict.value}
    for name, before, after in item.changes[:20]:
        told[name] = f"{before} -> {after}"[:_LONGEST]
    return told
