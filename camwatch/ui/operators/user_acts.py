"""What an administrator can do to a user, and why not where it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from camwatch.auth.accounts import Account
from camwatch.auth.permissions import OperatorRole
from camwatch.ui.operators.questions import Question

_SELECT = "Select a user in the list first."
_LAST = (
    "This is the last administrator who can sign in, and one must stay. Give another user the "
    "role Administrator first."
)
_OWN_ACCESS = "This is your own account. Another administrator can do this."
_OWN_PASSWORD = "This is your own account. Use “My account” in the menu at the top right."  # noqa: S105 - advice


_BEYOND = "This user may do more than you, so only somebody who may do as much can change this."


def reaches(own: OperatorRole, role: OperatorRole) -> bool:
    """Tell whether a role goes no further than one's own.

    Only such roles can be given and changed, and only their users: else one could make a code
    for somebody who may do more, and sign in with it.
    """
    sees = own.sites is None or (role.sites is not None and role.sites <= own.sites)
    return sees and all(own.allows(one) for one in role.permissions)


class Act(Enum):
    """One thing that can be done to a user."""

    ROLE = auto()
    DISABLE = auto()
    RESET = auto()
    FORCE = auto()
    FACTOR = auto()
    REMOVE = auto()


HINTS: Mapping[Act, str] = MappingProxyType(
    {
        Act.ROLE: "Give the user another role (Enter)",
        Act.DISABLE: "Keep the user out and end all sessions, or let the user in again",
        Act.RESET: "End the password and all sessions, and make a one-time code instead",
        Act.FORCE: "End all sessions, and ask for another password at the next sign-in",
        Act.FACTOR: "For a user who lost the device that makes the codes",
        Act.REMOVE: "Remove the user from the list (Del)",
    }
)
"""What each of them means, with its key where it has one."""

_OWN: Mapping[Act, str] = MappingProxyType(
    {
        Act.ROLE: _OWN_ACCESS,
        Act.DISABLE: _OWN_ACCESS,
        Act.REMOVE: _OWN_ACCESS,
        Act.RESET: _OWN_PASSWORD,
        Act.FORCE: _OWN_PASSWORD,
        Act.FACTOR: _OWN_PASSWORD,
    }
)
_NEEDLESS: Mapping[Act, str] = MappingProxyType(
    {
        Act.FORCE: "This user must choose a password at the next sign-in already.",
        Act.FACTOR: "This user has no second factor.",
    }
)
_NOT_THE_LAST = frozenset({Act.ROLE, Act.DISABLE, Act.REMOVE})


def why_not(act: Act, account: Account | None, own: OperatorRole, *, is_own: bool) -> str:
    """Say in a sentence why something cannot be done to a user; "" if it can.

    Args:
        act: What.
        account: To whom; None if nobody is selected.
        own: The role of who wants it.
        is_own: It is the account of who wants it.
    """
    if account is None:
        return _SELECT
    if account.is_last_administrator and act in _NOT_THE_LAST:
        return _LAST
    if is_own:
        return _OWN[act]
    if not reaches(own, account.role):
        return _BEYOND
    return _NEEDLESS.get(act, "") if _is_needless(act, account) else ""


def _is_needless(act: Act, account: Account) -> bool:
    """Tell whether something would change nothing."""
    user = account.user
    if act is Act.FORCE:
        return user.must_change or account.code_expires_at is not None
    return act is Act.FACTOR and not user.has_second_factor


def about(account: Account, own: OperatorRole, *, is_own: bool) -> str:
    """Say of the selected user what can be done only elsewhere; "" if there is nothing to say."""
    if account.is_last_administrator:
        return _LAST
    if is_own:
        return (
            "This is your own account. You change your password and second factor under “My "
            "account” in the menu at the top right; for the rest ask another administrator."
        )
    return "" if reaches(own, account.role) else _BEYOND


def reset_question(name: str) -> Question:
    """Return what is asked before a password ends."""
    return Question(
        "Reset password",
        f"Reset the password of “{name}”?",
        "The password and all open sessions end now. You get a one-time code with which the user "
        "signs in once, and then chooses a password.",
        "Reset password",
    )


def factor_question(name: str) -> Question:
    """Return what is asked before a second factor is taken away."""
    return Question(
        "Take away second factor",
        f"Take the second factor from “{name}”?",
        "All open sessions end. From then on the password alone lets the user in, until a new device is set up; where the "
        "role needs a second factor, the next sign-in asks for that. Make sure that it is really "
        "this user who asks you.",
        "Take away second factor",
    )


def remove_question(name: str) -> Question:
    """Return what is asked before a user is removed."""
    return Question(
        "Remove user",
        f"Remove “{name}”?",
        "The user can no longer sign in, and all open sessions end. What the user did stays in "
        "the audit log. To keep somebody out for a while, disable the user instead.",
        "Remove user",
        "Keep the user",
    )
