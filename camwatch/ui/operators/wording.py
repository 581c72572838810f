"""Users, roles and sessions in the words of an administrator."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from camwatch.auth.accounts import Account
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import SignInKind
from camwatch.domain import SiteId
from camwatch.language import listed, marked, table, tr
from camwatch.ui.error_text import permission_words
from camwatch.ui.words import sentence

_MOST_NAMED = 3
_CHUNK = 12
_LONG_WORD = re.compile(r"\S{25,}")


class Standing(Enum):
    """Whether a user can sign in; the value is what a filter is called."""

    ACTIVE = marked("Active")
    WAITING = marked("New code")
    RENEWING = marked("New password due")
    LOCKED = marked("Resting")
    DISABLED = marked("Disabled")


_GROUPS: Sequence[tuple[str, tuple[Permission, ...]]] = listed(
    lambda: (
        (
            tr("Watch"),
            (
                Permission.VIEW_CAMERAS,
                Permission.VIEW_COUNTS,
                Permission.VIEW_ACCURACY,
                Permission.VIEW_CAMERA_STATES,
                Permission.VIEW_ALERTS,
            ),
        ),
        (
            tr("Operate"),
            (
                Permission.HANDLE_ALERTS,
                Permission.ARRANGE_WALLS,
                Permission.MOVE_CAMERAS,
                Permission.SAVE_PICTURES,
                Permission.AUDIT_ACCURACY,
                Permission.CORRECT_COUNTS,
                Permission.EXPORT_HISTORY,
            ),
        ),
        (
            tr("Set up"),
            (
                Permission.SHARE_WALLS,
                Permission.EDIT_SCENES,
                Permission.EDIT_RULES,
                Permission.EDIT_CAMERAS,
                Permission.CHOOSE_MODEL,
            ),
        ),
        (
            tr("Administer"),
            (
                Permission.MANAGE_OPERATORS,
                Permission.MANAGE_SECURITY,
                Permission.MANAGE_CHANNELS,
                Permission.MANAGE_HISTORY,
                Permission.VIEW_HEALTH,
                Permission.MANAGE_SETTINGS,
                Permission.LIFT_PRIVACY,
                Permission.VIEW_AUDIT,
            ),
        ),
    )
)
_GROUPED = frozenset(one for _title, group in _GROUPS for one in group)
_MORE = tuple(one for one in Permission if one not in _GROUPED)

PERMISSION_GROUPS: Sequence[tuple[str, tuple[Permission, ...]]] = listed(
    lambda: (*_GROUPS, (tr("More"), _MORE)) if _MORE else _GROUPS
)
"""All permissions, those beside each other that belong together."""

KINDS: Mapping[SignInKind, str] = table(
    lambda: {
        SignInKind.LOCAL: tr("User of this list"),
        SignInKind.REMOTE: tr("Login service"),
        SignInKind.OFFLINE: tr("Login service, which is away"),
    }
)
"""Who vouched for the operator of a session."""


def permission_label(permission: Permission) -> str:
    """Say what a permission allows, as a line of a list: "See the cameras"."""
    return sentence(permission_words(permission.value))


def standing(account: Account, now: datetime) -> Standing:
    """Tell whether a user can sign in; what keeps a user out most comes first."""
    if account.user.is_disabled:
        return Standing.DISABLED
    if account.locked_until is not None and account.locked_until > now:
        return Standing.LOCKED
    if account.code_expires_at is not None:
        return Standing.WAITING
    return Standing.RENEWING if account.user.must_change else Standing.ACTIVE


def standing_words(account: Account, now: datetime, zone: ZoneInfo) -> str:
    """Say whether a user can sign in, and until when that is so."""
    match standing(account, now):
        case Standing.DISABLED:
            return tr("Disabled")
        case Standing.LOCKED if account.locked_until is not None:
            return tr("Rests until {moment}", moment=moment(account.locked_until, now, zone))
        case Standing.WAITING if account.code_expires_at is not None:
            if account.code_expires_at <= now:
                return tr("Code has run out")
            return tr(
                "Code holds until {moment}", moment=moment(account.code_expires_at, now, zone)
            )
        case Standing.RENEWING:
            return tr("Must choose a password")
        case _:
            return tr("Active")


def standing_hint(account: Account, now: datetime) -> str:
    """Say in sentences what a user's state means, and what helps."""
    match standing(account, now):
        case Standing.DISABLED:
            return tr("Cannot sign in. What this user did stays in the audit log.")
        case Standing.LOCKED:
            tries = (
                tr("{failures} wrong passwords", failures=account.failures)
                if account.failures
                else tr("wrong passwords")
            )
            return tr(
                "After {tries} no try is accepted for a while. “Reset password” ends the rest.",
                tries=tries,
            )
        case Standing.WAITING if (account.code_expires_at or now) <= now:
            return tr("The one-time code was not used in time. “Reset password” makes a new one.")
        case Standing.WAITING:
            return tr(
                "Signs in once with the one-time code, and then chooses a password. If the code "
                "is lost, “Reset password” makes a new one."
            )
        case Standing.RENEWING:
            return tr("Signs in with the present password, and then must choose another one.")
        case _:
            return tr("Can sign in.")


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Say when: "14:05" today, "yesterday 14:05", "12 Nov 14:05", "12 Nov 2024"."""
    local, today = at.astimezone(zone), now.astimezone(zone)
    clock = f"{local:%H:%M}"
    days = (local.date() - today.date()).days
    if days == 0:
        return clock
    if abs(days) == 1:
        return (
            tr("tomorrow {clock}", clock=clock)
            if days > 0
            else tr("yesterday {clock}", clock=clock)
        )
    day = tr("{day} {local:%b}", local=local, day=local.day)
    if abs(local - today) < timedelta(days=180):
        return f"{day} {clock}"
    return f"{day} {local.year}"


def whole_moment(at: datetime, zone: ZoneInfo) -> str:
    """Say when, in full: "12 Nov 2026, 14:05:33 (Europe/Berlin)"."""
    local = at.astimezone(zone)
    return tr("{day} {local:%b %Y, %H:%M:%S} ({zone})", local=local, day=local.day, zone=zone.key)


def users(count: int) -> str:
    """Say "1 user" or "12 users"."""
    return tr("1 user") if count == 1 else tr("{count} users", count=count)


def may_words(role: OperatorRole) -> str:
    """Say in short what the operators of a role may do."""
    count = len(role.permissions)
    if not count:
        return tr("nothing")
    if count == len(Permission):
        return tr("everything")
    group = [one for _title, ones in PERMISSION_GROUPS for one in ones if one in role.permissions]
    named = ", ".join(permission_words(one.value) for one in group[:_MOST_NAMED])
    return (
        named
        if count <= _MOST_NAMED
        else tr("{named} and {value} more", named=named, value=count - _MOST_NAMED)
    )


def breakable(text: str) -> str:
    """Let a long text without blanks, such as a name, go on in a next line of a label."""
    return _LONG_WORD.sub(lambda found: "\u200b".join(_chunks(found[0])), text)


def _chunks(word: str) -> list[str]:
    return [word[at : at + _CHUNK] for at in range(0, len(word), _CHUNK)]


def sees_words(role: OperatorRole, sites: Mapping[SiteId, str]) -> str:
    """Say whose cameras the operators of a role see."""
    if role.sites is None:
        return tr("All sites")
    names = sorted((sites[one] for one in role.sites if one in sites), key=str.casefold)
    if not names:
        return tr("{count} sites", count=len(role.sites)) if len(role.sites) > 1 else tr("1 site")
    named = ", ".join(names[:_MOST_NAMED])
    return (
        named
        if len(names) <= _MOST_NAMED
        else tr("{named} and {value} more", named=named, value=len(names) - _MOST_NAMED)
    )
