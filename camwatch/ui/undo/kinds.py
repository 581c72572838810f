"""What can be undone: for each command how it was before is read, compared and put back.

Names of commands that are not here either change nothing, or ask before they do something that
cannot be taken back: tests/ui/finding/test_destructive.py holds the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from camwatch.auth.accounts import RoleDraft
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands import KeepPassword
from camwatch.domain import Camera, CameraId
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui.undo.kind import Args, Commands, Kind
from camwatch.ui.undo.scenes import camera_name, scene_name
from camwatch.ui.undo.shelf import (
    CHANNEL,
    REPORT,
    RULE,
    WALL,
    of_people,
    removal_of_reached,
    switched_title,
)

# ------------------------------------------------------------------------------------- cameras


def _cameras(commands: Commands, session: Session, ids: Sequence[CameraId]) -> tuple[Camera, ...]:
    wanted = set(ids)
    return tuple(one for one in commands.cameras(session) if one.id in wanted)


def _has_same_sign_in(before: Camera, after: Camera, args: Args) -> bool:
    """Tell whether the password that is kept is that of before.

    A password that was overwritten is gone; and one is never sent to another address than the one
    for which it was entered, so the command would refuse.
    """
    old, new = before.settings, after.settings
    if old.username and not new.username:
        return False
    if not old.username:
        return True
    keeps = isinstance(args.get("password"), KeepPassword)
    return keeps and not old.reaches_beyond(new)


def _has_no_sign_in(before: Camera, _after: Camera, _args: Args) -> bool:
    return not before.settings.username


def _edited_camera(commands: Commands, session: Session, args: Args) -> Camera | None:
    found = _cameras(commands, session, (args["camera_id"],))
    return found[0] if found else None


def _put_camera_back(
    commands: Commands, session: Session, before: Camera, _now: Camera, _args: Args
) -> None:
    has_sign_in = bool(before.settings.username)
    commands.edit_camera(
        session, before.id, before.settings, KeepPassword() if has_sign_in else None
    )


def _camera_edit(
    names: tuple[str, ...], title: str, is_possible: Callable[[Camera, Camera, Args], bool]
) -> Kind:
    """Return how a change of one camera's settings is undone.

    Args:
        names: As in `Kind`.
        title: Marked for translation; says what was done to the camera {name}.
        is_possible: As in `Kind`.
    """
    return Kind(
        names,
        (Permission.EDIT_CAMERAS, Permission.VIEW_CAMERAS),
        _edited_camera,
        lambda _commands, _session, before, _after: tr(title, name=before.name),
        _put_camera_back,
        is_possible,
    )


def _put_cameras_back(
    commands: Commands,
    session: Session,
    before: tuple[Camera, ...],
    now: tuple[Camera, ...],
    args: Args,
) -> None:
    """Put several cameras back, all of them or none."""
    present = {camera.id: camera for camera in now}
    done: list[Camera] = []
    try:
        for camera in before:
            _put_camera_back(commands, session, camera, present[camera.id], args)
            done.append(camera)
    except CamWatchError:
        for camera in done:
            _put_camera_back(commands, session, present[camera.id], camera, args)
        raise


def _can_put_cameras_back(
    before: tuple[Camera, ...], after: tuple[Camera, ...], args: Args
) -> bool:
    change = args["change"]
    if change.password is not None:
        return False
    kept = {"password": KeepPassword()}
    pairs = {camera.id: camera for camera in after}
    return all(one.id in pairs and _has_same_sign_in(one, pairs[one.id], kept) for one in before)


def _cameras_title(
    _commands: Commands, _session: Session, before: tuple[Camera, ...], _after: object
) -> str:
    if len(before) == 1:
        return tr("“{name}” was changed", name=before[0].name)
    return tr("{count} cameras were changed", count=len(before))


# ----------------------------------------------------------------------------- users and the rest


def _account(commands: Commands, session: Session, args: Args) -> tuple[str, str, bool] | None:
    for account in commands.accounts(session):
        if account.user.id == args["user_id"]:
            return account.user.name, account.user.role, account.user.is_disabled
    return None


def _account_title(
    _commands: Commands,
    _session: Session,
    before: tuple[str, str, bool],
    after: tuple[str, str, bool],
) -> str:
    if before[2] != after[2]:
        return (
            tr("{name} may not sign in any more", name=after[0])
            if after[2]
            else tr("{name} may sign in again", name=after[0])
        )
    return tr("{name} has another role", name=after[0])


def _put_role_back(
    commands: Commands, session: Session, before: tuple[str, str, bool], _now: object, args: Args
) -> None:
    commands.set_role(session, args["user_id"], before[1])


def _put_disabled_back(
    commands: Commands, session: Session, before: tuple[str, str, bool], _now: object, args: Args
) -> None:
    commands.set_disabled(session, args["user_id"], is_disabled=before[2])


def _role(commands: Commands, session: Session, args: Args) -> Any:
    return next((one for one in commands.roles(session) if one.key == args["key"]), None)


def _put_draft_back(
    commands: Commands, session: Session, before: Any, _now: object, args: Args
) -> None:
    draft = RoleDraft(before.name, before.permissions, before.sites, before.needs_second_factor)
    commands.edit_role(session, args["key"], draft)


def _site(commands: Commands, session: Session, args: Args) -> Any:
    return next((one for one in commands.sites(session) if one.id == args["site_id"]), None)


def _station(commands: Commands, session: Session, args: Args) -> Any:
    known = commands.site_stations(session)
    return next((one for one in known if one.site_id == args["site_id"]), None)


def _no_shorter(before: Any, after: Any, _args: Args) -> bool:
    """Tell whether going back deletes nothing: what would needs the page, which says how much."""
    names = ("sample_days", "minute_days", "hour_days", "trail_days", "picture_days")
    return all(_days(before, name) >= _days(after, name) for name in names)


def _no_fewer(before: Any, after: Any, _args: Args) -> bool:
    """Tell whether going back deletes no picture."""
    if not before.every_s:
        return not after.every_s
    return bool(before.mib >= after.mib and before.days >= after.days)


def _days(retention: Any, name: str) -> float:
    days = getattr(retention, name)
    return float("inf") if days is None else float(days)


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "edit_camera": _camera_edit(
            ("camera_id", "settings", "password"), marked("“{name}” was changed"), _has_same_sign_in
        ),
        "trust_certificate": _camera_edit(
            ("camera_id", "fingerprint"),
            marked("Another certificate of “{name}” is trusted"),
            # With its former certificate it is another camera to the password: entered anew.
            _has_no_sign_in,
        ),
        "follow": _camera_edit(
            ("camera_id", "found"),
            marked("“{name}” is asked at another address"),
            _has_no_sign_in,
        ),
        "edit_cameras": Kind(
            ("camera_ids", "change"),
            (Permission.EDIT_CAMERAS, Permission.VIEW_CAMERAS),
            lambda commands, session, args: _cameras(commands, session, args["camera_ids"]),
            _cameras_title,
            _put_cameras_back,
            _can_put_cameras_back,
        ),
        **{
            name: Kind(
                ("camera_id", argument),
                (Permission.EDIT_SCENES, Permission.VIEW_CAMERAS),
                lambda commands, session, args: commands.scene(session, args["camera_id"]),
                lambda commands, session, _before, after: scene_name(
                    camera_name(commands, session, after.camera_id)
                ),
                lambda commands, session, before, _now, args: commands.save_scene(
                    session, args["camera_id"], before.scene
                ),
                # Places get numbers of their own each time; what is drawn counts.
                plain=lambda value: None if value is None else value.scene,
            )
            for name, argument in (("save_scene", "scene"), ("apply_threshold", "threshold"))
        },
        "save_rule": RULE("rule"),
        "remove_rule": RULE("rule_uid"),
        "switch_rule": replace(
            RULE("rule_uid"), names=("rule_uid", "is_enabled"), title=switched_title
        ),
        "save_plan": of_people("plan", "plans", "save_plan", "remove_plan"),
        "remove_plan": of_people("plan_uid", "plans", "save_plan", "remove_plan"),
        "save_recipient": of_people(
            "recipient", "recipients", "save_recipient", "remove_recipient"
        ),
        "remove_recipient": removal_of_reached("recipient_uid", "recipients", "save_recipient"),
        "save_recipient_group": of_people(
            "group", "recipient_groups", "save_recipient_group", "remove_recipient_group"
        ),
        "remove_recipient_group": removal_of_reached(
            "group_uid", "recipient_groups", "save_recipient_group"
        ),
        "save_wall": WALL,
        "save_report_plan": REPORT,
        "save_channel": CHANNEL,
        "set_picture_keeping": Kind(
            ("keeping",),
            (Permission.MANAGE_HISTORY,),
            lambda commands, session, _args: commands.picture_stock(session).keeping,
            lambda _commands, _session, _before, _after: tr("How pictures are kept was changed"),
            lambda commands, session, before, _now, _args: commands.set_picture_keeping(
                session, before
            ),
            _no_fewer,
        ),
        "set_role": Kind(
            ("user_id", "role"),
            (Permission.MANAGE_OPERATORS,),
            _account,
            _account_title,
            _put_role_back,
        ),
        "set_disabled": Kind(
            ("user_id",),
            (Permission.MANAGE_OPERATORS,),
            _account,
            _account_title,
            _put_disabled_back,
        ),
        "edit_role": Kind(
            ("key", "draft"),
            (Permission.MANAGE_OPERATORS,),
            _role,
            lambda _commands, _session, before, _after: tr(
                "The role “{name}” was changed", name=before.name
            ),
            _put_draft_back,
        ),
        "set_site_zone": Kind(
            ("site_id", "zone"),
            (Permission.EDIT_CAMERAS, Permission.VIEW_CAMERAS),
            _site,
            lambda _commands, _session, before, _after: tr(
                "The time zone of “{name}” was changed", name=before.name
            ),
            lambda commands, session, before, _now, args: commands.set_site_zone(
                session, args["site_id"], before.time_zone
            ),
        ),
        "assign_site": Kind(
            ("site_id", "number"),
            (Permission.MANAGE_HISTORY,),
            _station,
            lambda _commands, _session, before, _after: tr(
                "Another workstation counts “{name}”", name=before.name
            ),
            lambda commands, session, before, _now, args: commands.assign_site(
                session, args["site_id"], before.number
            ),
        ),
        "set_retention": Kind(
            ("retention", "seen"),
            (Permission.MANAGE_HISTORY,),
            lambda commands, session, _args: commands.storage_status(session).retention,
            lambda _commands, _session, _before, _after: tr(
                "How long the history is kept was changed"
            ),
            lambda commands, session, before, _now, _args: commands.set_retention(session, before),
            _no_shorter,
        ),
        "set_security": Kind(
            ("security",),
            (Permission.MANAGE_SECURITY,),
            lambda commands, session, _args: commands.security(session),
            lambda _commands, _session, _before, _after: tr("How people sign in was changed"),
            lambda commands, session, before, _now, _args: commands.set_security(session, before),
        ),
        "set_login_service": Kind(
            ("settings",),
            (Permission.MANAGE_SECURITY,),
            lambda commands, session, _args: commands.login_service(session),
            lambda _commands, _session, _before, _after: tr("The login service was changed"),
            lambda commands, session, before, _now, _args: commands.set_login_service(
                session, before
            ),
        ),
    }
)
"""By the name of the command."""
