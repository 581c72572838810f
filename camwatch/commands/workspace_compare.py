"""Compares a workspace file with how things are here. Pure."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from zoneinfo import ZoneInfo

from camwatch.alerts.checks import check_rule
from camwatch.alerts.rules import USUAL_PLAN, Rule
from camwatch.alerts.stored import NotReadable, from_text, to_text
from camwatch.cameras.policy import LEFT_OUT, validate_camera, without_secrets
from camwatch.commands.camera_row import PATHS, path_of
from camwatch.commands.scene_commands import scene_texts
from camwatch.commands.workspace_diff import DiffBook, Part, flat, twice
from camwatch.commands.workspace_file import Workspace
from camwatch.commands.workspace_layouts import WallKeeper, compare_layouts
from camwatch.data.cameras import DEFAULT_SITE
from camwatch.data.names import place_key
from camwatch.data.workspaces import CameraStep, Ids, SceneStep, SiteStep
from camwatch.domain import Camera, CameraId, CameraSettings, Site, SiteId
from camwatch.errors import InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.scene import Scene
from camwatch.walls import Wall

_FIELDS = frozenset(one.name for one in fields(CameraSettings))
_OWN = frozenset({"uid", "has_password"})
_SCENE_FIELDS = frozenset(one.name for one in fields(Scene))


@dataclass(frozen=True, slots=True)
class Here:
    """How things are.

    Attributes:
        scenes: By camera; the usual one is left out.
        plans: Uids of the escalation plans.
        walls: That the keeper sees, own and shared.
        keeper: Who asks.
    """

    cameras: Sequence[Camera]
    sites: Sequence[Site]
    scenes: Mapping[CameraId, Scene]
    rules: Sequence[Rule]
    plans: frozenset[str]
    walls: Sequence[Wall]
    keeper: WallKeeper


# ---------------------------------------------------------------- writing


def camera_values(camera: Camera) -> dict[str, Any]:
    """Return a camera as the file holds it: no password, nor what looks like one in a path."""
    settings = camera.settings
    values: dict[str, Any] = {"uid": camera.uid}
    for name in sorted(_FIELDS):
        value = getattr(settings, name)
        values[name] = without_secrets(value) if name in PATHS else value
    values["kind"] = settings.kind.value
    values["has_password"] = bool(settings.username)
    return values


def scene_values(camera: str, scene: Scene) -> dict[str, Any]:
    """Return a scene as the file holds it."""
    return {"camera": camera, **json.loads(to_text(scene))}


def rule_values(rule: Rule, here: Here) -> dict[str, Any]:
    """Return a rule as the file holds it: names instead of numbers."""
    cameras = {one.id: one.name for one in here.cameras}
    sites = {one.id: one.name for one in here.sites}
    values: dict[str, Any] = json.loads(to_text(rule))
    del values["version"]
    scope = rule.scope
    values["scope"] = {
        "sites": sorted(sites[one] for one in scope.sites if one in sites),
        "cameras": sorted(cameras[one] for one in scope.cameras if one in cameras),
        "places": sorted(
            (
                {"camera": cameras[one.camera_id], "name": one.name}
                for one in scope.places
                if one.camera_id in cameras
            ),
            key=lambda one: (one["camera"], one["name"]),
        ),
        "is_together": scope.is_together,
    }
    return values


# ---------------------------------------------------------------- comparing


def compare(file: Workspace, here: Here) -> DiffBook:
    """Return what a file would change, but for the settings."""
    book = DiffBook()
    names = _compare_cameras(book, file, here)
    _compare_sites(book, file, here)
    _compare_scenes(book, file, here, names)
    _compare_rules(book, file, here, names)
    compare_layouts(book, file.layouts, here.walls, names, here.keeper)
    return book


def _compare_cameras(book: DiffBook, file: Workspace, here: Here) -> dict[str, Camera | None]:
    """Compare the cameras; return who each name of the file is, None for a new one."""
    found: dict[str, Camera | None] = {}
    doubled = twice([place_key(str(one.get("name", ""))) for one in file.cameras])
    doubled_uids = twice([str(one["uid"]) for one in file.cameras if one.get("uid")])
    matched: set[CameraId] = set()
    for values in file.cameras:
        name = str(values.get("name", ""))[:100]
        if place_key(name) in doubled or str(values.get("uid", "")) in doubled_uids:
            book.refuse(Part.CAMERAS, name, tr("is there twice in the file"))
            continue
        try:
            settings, known = _read_camera(values, here, matched)
        except (InvalidSetting, InvalidSettings) as error:
            book.refuse(Part.CAMERAS, name, error)
            continue
        _note_camera(book, settings, known)
        if known is not None:
            matched.add(known.id)
        found[place_key(settings.name)] = known
    named = {place_key(str(one.get("name", ""))) for one in file.cameras}
    uids = {str(one.get("uid", "")) for one in file.cameras}
    for camera in here.cameras:
        if camera.id not in matched:
            if place_key(camera.name) not in named and camera.uid not in uids:
                book.only_here(Part.CAMERAS, camera.name)
            found.setdefault(place_key(camera.name), camera)
    return found


def _read_camera(
    values: Mapping[str, Any], here: Here, matched: set[CameraId]
) -> tuple[CameraSettings, Camera | None]:
    """Return a camera of the file, and the one here that is meant.

    Raises:
        InvalidSetting: It cannot be taken.
        InvalidSettings: With every refused field.
    """
    settings = _camera_settings(values)
    known = _known(values, settings, here.cameras, matched)
    settings = _with_kept_paths(settings, known)
    holder = next(
        (one for one in here.cameras if place_key(one.name) == place_key(settings.name)), None
    )
    if holder is not None and (known is None or holder.id != known.id):
        raise InvalidSetting("name", tr("is that of another camera here"))
    return settings, known


def _note_camera(book: DiffBook, settings: CameraSettings, known: Camera | None) -> None:
    before = None if known is None else known.settings
    needs = bool(settings.username) and (
        before is None or not before.username or settings.reaches_beyond(before)
    )
    texts = None if before is None else _camera_texts(before)
    after = _camera_texts(settings)
    if book.note(Part.CAMERAS, settings.name, texts, after, needs_password=needs):
        book.cameras.append(
            CameraStep(
                settings,
                before,
                0 if known is None else known.id,
                str(uuid.uuid4()) if known is None else known.uid,
            )
        )


def _camera_settings(values: Mapping[str, Any]) -> CameraSettings:
    """Return checked settings.

    Raises:
        InvalidSetting: A field is not known, or is not of its kind.
        InvalidSettings: With every refused one.
    """
    unknown = values.keys() - _FIELDS - _OWN
    if unknown:
        raise InvalidSetting(min(unknown)[:40], tr("is no field of a camera"))
    given = {name: value for name, value in values.items() if name in _FIELDS}
    try:
        settings = from_text(CameraSettings, json.dumps(given))
    except NotReadable as error:
        place = str(error).partition(": ")[2]
        raise InvalidSetting(place, tr("is missing, or not of its kind")) from None
    return validate_camera(settings)


def _known(
    values: Mapping[str, Any],
    settings: CameraSettings,
    cameras: Sequence[Camera],
    matched: set[CameraId],
) -> Camera | None:
    """Return the camera here that is meant.

    The same record comes first, then the same device, then the same name, then the same address;
    of several that fit, none is.
    """
    place = settings.origin + path_of(settings)
    ways = (
        lambda one: bool(values.get("uid")) and one.uid == values["uid"],
        lambda one: bool(settings.hardware_id) and one.settings.hardware_id == settings.hardware_id,
        lambda one: place_key(one.name) == place_key(settings.name),
        lambda one: one.settings.origin + without_secrets(path_of(one.settings)) == place,
    )
    for fits in ways:
        found = [one for one in cameras if one.id not in matched and fits(one)]
        if len(found) == 1:
            return found[0]
    return None


def _with_kept_paths(settings: CameraSettings, known: Camera | None) -> CameraSettings:
    """Put back what was left out of paths, where the camera here has it.

    Raises:
        InvalidSetting: It has not.
    """
    kept: dict[str, Any] = {}
    for name in PATHS:
        path = getattr(settings, name)
        if f"={LEFT_OUT}" not in path:
            continue
        here = "" if known is None else getattr(known.settings, name)
        same_place = known is not None and not settings.reaches_beyond(known.settings)
        if not same_place or without_secrets(here) != path:
            raise InvalidSetting(
                name, tr("had a password that was left out of the file; add this camera by hand")
            )
        kept[name] = here
    return replace(settings, **kept)


def _camera_texts(settings: CameraSettings) -> dict[str, str]:
    texts = {}
    for name in sorted(_FIELDS):
        value = getattr(settings, name)
        text = without_secrets(value) if name in PATHS else str(value)
        if name == "site":
            text = text or DEFAULT_SITE
        texts[name] = text
    return texts


def _compare_sites(book: DiffBook, file: Workspace, here: Here) -> None:
    known = {place_key(one.name): one for one in here.sites}
    coming = {place_key(one.after.site or DEFAULT_SITE) for one in book.cameras}
    doubled = twice([place_key(str(one.get("name", ""))) for one in file.sites])
    for values in file.sites:
        name, zone = values.get("name"), values.get("time_zone", "")
        if (
            not isinstance(name, str)
            or not isinstance(zone, str)
            or set(values)
            - {
                "name",
                "time_zone",
            }
        ):
            book.refuse(Part.SITES, str(name), tr("is no site"))
            continue
        key = place_key(name)
        if key in doubled:
            book.refuse(Part.SITES, name, tr("is there twice in the file"))
        elif zone and not _is_zone(zone):
            book.refuse(Part.SITES, name, tr("has a time zone that is none"))
        elif key in known or key in coming:
            site = known.get(key)
            before = None if site is None else {"time_zone": site.time_zone}
            if book.note(Part.SITES, name, before, {"time_zone": zone}):
                book.sites.append(SiteStep(name, zone))
        # A site without cameras is not made: it would be shown nowhere.


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return False
    return True


def _compare_scenes(
    book: DiffBook, file: Workspace, here: Here, names: Mapping[str, Camera | None]
) -> None:
    doubled = twice([place_key(str(one.get("camera", ""))) for one in file.scenes])
    for values in file.scenes:
        name = str(values.get("camera", ""))[:100]
        key = place_key(name)
        if key in doubled:
            book.refuse(Part.SCENES, name, tr("is there twice in the file"))
            continue
        if key not in names:
            book.refuse(Part.SCENES, name, tr("is of a camera that is not there"))
            continue
        try:
            scene = _scene(values)
        except InvalidSetting as error:
            book.refuse(Part.SCENES, name, error)
            continue
        camera = names[key]
        before = Scene() if camera is None else here.scenes.get(camera.id, Scene())
        if book.note(Part.SCENES, name, scene_texts(before), scene_texts(scene)):
            book.scenes.append(SceneStep(name, scene))


def _scene(values: Mapping[str, Any]) -> Scene:
    """Return a checked scene.

    Raises:
        InvalidSetting: It is refused.
    """
    unknown = values.keys() - _SCENE_FIELDS - {"camera"}
    if unknown:
        raise InvalidSetting(min(unknown)[:40], tr("is no part of a view"))
    try:
        return from_text(Scene, json.dumps({k: v for k, v in values.items() if k != "camera"}))
    except NotReadable as error:
        raise InvalidSetting(str(error).partition(": ")[2], tr("is not of its kind")) from None


def _compare_rules(
    book: DiffBook, file: Workspace, here: Here, names: Mapping[str, Camera | None]
) -> None:
    doubled = twice([place_key(str(one.get("name", ""))) for one in file.rules])
    here_by_uid = {one.uid: one for one in here.rules}
    here_by_name = {place_key(one.name): one for one in here.rules}
    sites = {place_key(one.name) for one in here.sites} | {
        place_key(one.after.site or DEFAULT_SITE) for one in book.cameras
    }
    seen = set()
    for values in file.rules:
        name = str(values.get("name", ""))[:100]
        if place_key(name) in doubled:
            book.refuse(Part.RULES, name, tr("is there twice in the file"))
            continue
        known = here_by_uid.get(str(values.get("uid", ""))) or here_by_name.get(place_key(name))
        holder = here_by_name.get(place_key(name))
        if known is not None and holder is not None and holder.uid != known.uid:
            book.refuse(Part.RULES, name, tr("has the name of another rule here"))
            continue
        wanted = dict(values)
        wanted["uid"] = str(uuid.uuid4()) if known is None else known.uid
        reason = ""
        if wanted.get("plan_uid", USUAL_PLAN) not in {*here.plans, USUAL_PLAN}:
            wanted["plan_uid"] = USUAL_PLAN
            reason = tr("its escalation plan is not here: it takes the usual one")
        try:
            _check_names(wanted.get("scope"), names, sites)
            rule = check_rule(rule_from(wanted, _stand_in_ids(names, sites)))
        except (InvalidSetting, InvalidSettings) as error:
            book.refuse(Part.RULES, name, error)
            continue
        before = None if known is None else dict(flat(rule_values(known, here)))
        after = {**json.loads(to_text(rule)), "scope": wanted.get("scope", {})}
        del after["version"]
        if known is not None:
            seen.add(known.uid)
        if book.note(Part.RULES, name, before, dict(flat(after)), reason=reason):
            book.rules.append(wanted)
    for one in here.rules:
        if one.uid not in seen and place_key(one.name) not in doubled:
            book.only_here(Part.RULES, one.name)


def _check_names(scope: object, cameras: Mapping[str, Camera | None], sites: set[str]) -> None:
    """Refuse a rule about what is neither here nor comes.

    Raises:
        InvalidSetting: "scope".
    """
    if scope is None:
        return
    if not isinstance(scope, dict):
        raise InvalidSetting("scope", tr("is not of its kind"))
    places = scope.get("places", [])
    named = [*scope.get("cameras", []), *(one.get("camera") for one in places)]
    gone = [one for one in named if place_key(str(one)) not in cameras]
    gone += [one for one in scope.get("sites", []) if place_key(str(one)) not in sites]
    if gone:
        raise InvalidSetting("scope", tr("names “{name}”, which is not there", name=gone[0]))


def _stand_in_ids(cameras: Mapping[str, Camera | None], sites: set[str]) -> Ids:
    """Return numbers to try a rule with, before all that it names is there."""
    return (
        {key: CameraId(number) for number, key in enumerate(cameras, start=1)},
        {key: SiteId(number) for number, key in enumerate(sites, start=1)},
    )


def rule_from(values: Mapping[str, Any], ids: Ids) -> Rule:
    """Return a rule of the file with numbers instead of names.

    Raises:
        InvalidSetting: It names what is not there, or is not of its kind.
    """
    cameras, sites = ids
    scope = values.get("scope") or {}
    try:
        numbered = {
            **values,
            "version": 0,
            "scope": {
                "sites": [sites[place_key(str(one))] for one in scope.get("sites", [])],
                "cameras": [cameras[place_key(str(one))] for one in scope.get("cameras", [])],
                "places": [
                    {"camera_id": cameras[place_key(str(one["camera"]))], "name": one["name"]}
                    for one in scope.get("places", [])
                ],
                "is_together": scope.get("is_together", False),
            },
        }
        return from_text(Rule, json.dumps(numbered))
    except NotReadable as error:
        raise InvalidSetting(str(error).partition(": ")[2], tr("is not of its kind")) from None
    except (KeyError, TypeError, AttributeError):
        raise InvalidSetting("scope", tr("names what is not there")) from None
