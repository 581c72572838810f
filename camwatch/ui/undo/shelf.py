"""How what has a uid and a version is put back: as it was, away, or here again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands import KeepPassword
from camwatch.language import tr
from camwatch.ui.undo.kind import Args, Commands, Kind


def _plain_version(value: Any) -> Any:
    return None if value is None else replace(value, version=0)


def _listed(commands: Commands, session: Session, listing: str) -> Sequence[Any]:
    return getattr(commands, listing)(session)  # type: ignore[no-any-return]


def _shelf(
    argument: str,
    needs: Permission,
    listing: str,
    save: str,
    remove: str,
    *,
    read_needs: Permission,
    known: Callable[[Commands, Session, str], Sequence[Any]] = _listed,
) -> Kind:
    """Return how a rule, plan, recipient or group is put back: as it was, away, or here again."""

    def find(commands: Commands, session: Session, args: Args) -> Any:
        given = args[argument]
        uid = given if isinstance(given, str) else given.uid
        there = known(commands, session, listing)
        if not uid:
            # New, and named by the command: told by its name, which is unique.
            return next((one for one in there if one.name == given.name), None)
        return next((one for one in there if one.uid == uid), None)

    def put_back(commands: Commands, session: Session, before: Any, now: Any, _args: Args) -> None:
        if before is None:
            getattr(commands, remove)(session, now.uid)
        else:
            version = 0 if now is None else now.version
            getattr(commands, save)(session, replace(before, version=version))

    def title(_commands: Commands, _session: Session, before: Any, after: Any) -> str:
        if before is None:
            return tr("“{name}” was added", name=after.name)
        if after is None:
            return tr("“{name}” was removed", name=before.name)
        return tr("“{name}” was changed", name=before.name)

    return Kind((argument,), (needs, read_needs), find, title, put_back, plain=_plain_version)


def switched_title(_commands: Commands, _session: Session, _before: Any, after: Any) -> str:
    """Say that something was switched on or off."""
    if after.is_enabled:
        return tr("“{name}” was switched on", name=after.name)
    return tr("“{name}” was switched off", name=after.name)


RULE = partial(
    _shelf,
    needs=Permission.EDIT_RULES,
    listing="rules",
    save="save_rule",
    remove="remove_rule",
    read_needs=Permission.VIEW_ALERTS,
)


def of_people(argument: str, listing: str, save: str, remove: str) -> Kind:
    """Return how a plan, recipient or group is put back."""
    return _shelf(
        argument,
        Permission.MANAGE_CHANNELS,
        listing,
        save,
        remove,
        read_needs=Permission.VIEW_ALERTS,
    )


def _own_walls(commands: Commands, session: Session, listing: str) -> Sequence[Any]:
    # Walls that others share may be called the same, and put back they would have another owner.
    return [one for one in _listed(commands, session, listing) if one.owner == session.actor]


def _without_state(commands: Commands, session: Session, listing: str) -> Sequence[Any]:
    return [one.plan for one in _listed(commands, session, listing)]


WALL = _shelf(
    "wall",
    Permission.ARRANGE_WALLS,
    "walls",
    "save_wall",
    "remove_wall",
    read_needs=Permission.VIEW_CAMERAS,
    known=_own_walls,
)
REPORT = _shelf(
    "plan",
    Permission.MANAGE_CHANNELS,
    "report_plans",
    "save_report_plan",
    "remove_report_plan",
    read_needs=Permission.EXPORT_HISTORY,
    known=_without_state,
)


# -------------------------------------------------------------------------------------- channels


def _channels(commands: Commands, session: Session, listing: str) -> Sequence[Any]:
    return [one.channel for one in _listed(commands, session, listing)]


def _put_channel_back(
    commands: Commands, session: Session, before: Any, now: Any, args: Args
) -> None:
    if before is None:
        commands.remove_channel(session, now.uid)
    else:
        keep = KeepPassword() if isinstance(args["secret"], KeepPassword) else None
        commands.save_channel(session, replace(before, version=now.version), keep)


def _has_same_secret(before: Any, after: Any, args: Args) -> bool:
    """Tell whether no secret went: one that was overwritten or forgotten is gone."""
    if before is None or isinstance(args["secret"], KeepPassword):
        return True
    has_none = (getattr(one.settings, "is_signed", True) is False for one in (before, after))
    return args["secret"] is None and all(has_none)


CHANNEL = replace(
    _shelf(
        "channel",
        Permission.MANAGE_CHANNELS,
        "channels",
        "save_channel",
        "remove_channel",
        read_needs=Permission.MANAGE_CHANNELS,
        known=_channels,
    ),
    names=("channel", "secret"),
    put_back=_put_channel_back,
    is_possible=_has_same_secret,
)


# ------------------------------------------------------------------------- recipients and groups


@dataclass(frozen=True, slots=True)
class _Reached:
    """Somebody who is told, or several, with all groups and plans that name them."""

    who: Any
    groups: tuple[Any, ...]
    plans: tuple[Any, ...]

    @property
    def name(self) -> str:
        """Of whom it is about."""
        return str(self.who.name)


def _plain_reached(value: _Reached | None) -> _Reached | None:
    if value is None:
        return None
    return _Reached(
        replace(value.who, version=0),
        tuple(replace(one, version=0) for one in value.groups),
        tuple(replace(one, version=0) for one in value.plans),
    )


def _without(uids: tuple[str, ...], uid: str) -> tuple[str, ...]:
    return tuple(one for one in uids if one != uid)


def _steps_without(plan: Any, uid: str) -> tuple[Any, ...]:
    return tuple(replace(step, to=_without(step.to, uid)) for step in plan.steps)


def removal_of_reached(argument: str, listing: str, save: str) -> Kind:
    """Return how a removed recipient or group comes back, also into what had named them.

    A group or plan that somebody has changed since is left as it is.
    """

    def find(commands: Commands, session: Session, args: Args) -> _Reached | None:
        uid = args[argument]
        who = next((one for one in _listed(commands, session, listing) if one.uid == uid), None)
        if who is None:
            return None
        groups = commands.recipient_groups(session)
        plans = commands.plans(session)
        return _Reached(
            who,
            tuple(one for one in groups if uid in one.members),
            tuple(one for one in plans if any(uid in step.to for step in one.steps)),
        )

    def put_back(
        commands: Commands, session: Session, before: _Reached, _now: object, args: Args
    ) -> None:
        uid = args[argument]
        getattr(commands, save)(session, replace(before.who, version=0))
        groups = {one.uid: one for one in commands.recipient_groups(session)}
        for group in before.groups:
            now = groups.get(group.uid)
            if now is not None and now.members == _without(group.members, uid):
                commands.save_recipient_group(session, replace(now, members=group.members))
        plans = {one.uid: one for one in commands.plans(session)}
        for plan in before.plans:
            now = plans.get(plan.uid)
            if now is not None and now.steps == _steps_without(plan, uid):
                commands.save_plan(session, replace(now, steps=plan.steps))

    def title(_commands: Commands, _session: Session, before: _Reached, _after: object) -> str:
        return tr("“{name}” was removed", name=before.name)

    needs = (Permission.MANAGE_CHANNELS, Permission.VIEW_ALERTS)
    return Kind((argument,), needs, find, title, put_back, plain=_plain_reached)
