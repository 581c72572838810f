"""What an administrator can do to a user, and why not where it cannot be done."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

from camwatch.auth.accounts import Account
from camwatch.auth.permissions import OperatorRole
from camwatch.language import marked, table, tr
from camwatch.ui.operators.questions import Question

_SELECT = marked("Select a user in the list first.")
_LAST = marked(
    "This is the last administrator who can sign in, and one must stay. Give another user the "
    "role Administrator first."
)
_OWN_ACCESS = marked("This is your own account. Another administrator can do this.")
_OWN_PASSWORD = marked("This is your own account. Use “My account” in the menu at the top right.")


_BEYOND = marked(
    "This user may do more than you, so only somebody who may do as much can change this."
)


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


HINTS: Mapping[Act, str] = table(
    lambda: {
        Act.ROLE: tr("Give the user another role (Enter)"),
        Act.DISABLE: tr("Keep the user out and end all sessions, or let the user in again"),
        Act.RESET: tr("End the password and all sessions, and make a one-time code instead"),
        Act.FORCE: tr("End all sessions, and ask for another password at the next sign-in"),
        Act.FACTOR: tr("For a user who lost the device that makes the codes"),
        Act.REMOVE: tr("Remove the user from the list (Del)"),
    }
)
"""What each of them means, with its key where it has one."""

_OWN: Mapping[Act, str] = table(
    lambda: {
        Act.ROLE: tr(_OWN_ACCESS),
        Act.DISABLE: tr(_OWN_ACCESS),
        Act.REMOVE: tr(_OWN_ACCESS),
        Act.RESET: tr(_OWN_PASSWORD),
        Act.FORCE: tr(_OWN_PASSWORD),
        Act.FACTOR: tr(_OWN_PASSWORD),
    }
)
_NEEDLESS: Mapping[Act, str] = table(
    lambda: {
        Act.FORCE: tr("This user must choose a password at the next sign-in already."),
        Act.FACTOR: tr("This user has no second factor."),
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
        return tr(_SELECT)
    if account.is_last_administrator and act in _NOT_THE_LAST:
        return tr(_LAST)
    if is_own:
        return _OWN[act]
    if not reaches(own, account.role):
        return tr(_BEYOND)
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
        return tr(_LAST)
    if is_own:
        return tr(
            "This is your own account. You change your password and second factor under “My "
            "account” in the menu at the top right; for the rest ask another administrator."
        )
    return "" if reaches(own, account.role) else tr(_BEYOND)


def force_question(name: str) -> Question:
    """Return what is asked before somebody must choose another password."""
    return Question(
        tr("Another password"),
        tr("Must “{name}” choose another password?", name=name),
        tr(
            "At the next sign-in the present password is asked for once more, and ends. This cannot "
            "be called off."
        ),
        tr("Ask for another password"),
    )


def reset_question(name: str) -> Question:
    """Return what is asked before a password ends."""
    return Question(
        tr("Reset password"),
        tr("Reset the password of “{name}”?", name=name),
        tr(
            "The password and all open sessions end now. You get a one-time code with which the user "
            "signs in once, and then chooses a password."
        ),
        tr("Reset password"),
    )


def factor_question(name: str) -> Question:
    """Return what is asked before a second factor is taken away."""
    return Question(
        tr("Take away second factor"),
        tr("Take the second factor from “{name}”?", name=name),
        tr(
            "All open sessions end. From then on the password alone lets the user in, until a new device is set up; where the "
            "role needs a second factor, the next sign-in asks for that. Make sure that it is really "
            "this user who asks you."
        ),
        tr("Take away second factor"),
    )


def remove_question(name: str) -> Question:
    """Return what is asked before a user is removed."""
    return Question(
        tr("Remove user"),
        tr("Remove “{name}”?", name=name),
        tr(
            "The user can no longer sign in, and all open sessions end. What the user did stays in "
            "the audit log. To keep somebody out for a while, disable the user instead."
        ),
        tr("Remove user"),
        tr("Keep the user"),
    )
