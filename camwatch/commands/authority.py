"""How far who manages operators may go: never further than their own role."""

from __future__ import annotations

from dataclasses import dataclass

from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.errors import InvalidSetting
from camwatch.language import tr


@dataclass(frozen=True, slots=True)
class Authority:
    """Who changes operators and roles.

    Attributes:
        actor: For the audit log.
        role: What they may do themselves; None for who holds the whole profile folder, as the
            command line does.
    """

    actor: str
    role: OperatorRole | None = None

    @classmethod
    def of(cls, session: Session) -> Authority:
        """Return the authority of a session that was let through."""
        return cls(session.actor, session.role)

    def missing(self, role: OperatorRole) -> Permission | None:
        """Return a permission that a role has and they have not, None if there is none.

        Who has every permission of a role and sees all its sites may give it, take it, and
        manage its operators: else one could make a code for somebody who may do more, and
        sign in with it.
        """
        if self.role is None:
            return None
        beyond = {one for one in role.permissions if not self.role.allows(one)}
        return min(beyond, default=None)

    def sees_all_of(self, role: OperatorRole) -> bool:
        """Tell whether they see all sites that a role sees."""
        if self.role is None or self.role.sites is None:
            return True
        return role.sites is not None and role.sites <= self.role.sites

    def reaches(self, role: OperatorRole) -> bool:
        """Tell whether a role goes no further than their own."""
        return self.missing(role) is None and self.sees_all_of(role)


def check_reach(by: Authority, role: OperatorRole, field: str) -> None:
    """Refuse a role that goes further than the giver's own.

    Raises:
        InvalidSetting: With this field.
    """
    if (missing := by.missing(role)) is not None:
        raise InvalidSetting(
            field,
            tr(
                "may do what you may not do yourself: {replace}",
                replace=missing.value.replace("_", " "),
            ),
        )
    if not by.sees_all_of(role):
        raise InvalidSetting(field, tr("sees sites that you do not see yourself"))
