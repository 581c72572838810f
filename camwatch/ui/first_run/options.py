"""Whether and to whom the set-up is offered."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session

_NEEDED = (
    Permission.VIEW_CAMERAS,
    Permission.VIEW_COUNTS,
    Permission.VIEW_ALERTS,
    Permission.EDIT_CAMERAS,
    Permission.EDIT_SCENES,
    Permission.EDIT_RULES,
    Permission.MANAGE_CHANNELS,
)


@dataclass(frozen=True, slots=True)
class SetUpOptions:
    """Whether and how the set-up is offered.

    Attributes:
        is_offered: A profile without cameras is led through it without being asked.
        file: Where it is remembered how far it is; None remembers nothing.
        sample: The command that opens the sample in a process of its own; empty without.
    """

    is_offered: bool = False
    file: Path | None = None
    sample: tuple[str, ...] = ()


def may_set_up(session: Session) -> bool:
    """Tell whether an operator may do all that is done here."""
    return session.role.sites is None and all(session.may(one) for one in _NEEDED)
