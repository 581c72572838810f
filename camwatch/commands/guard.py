"""Says for each command who may give it, and holds to that."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Concatenate, ParamSpec, Protocol, TypeVar, cast

from camwatch.auth.permissions import WHILE_LOCKED, Permission
from camwatch.auth.session import Session, Sessions
from camwatch.commands.role_book import RoleBook
from camwatch.commands.session_register import SessionRegister
from camwatch.commands.sight import (
    About,
    Declaration,
    declare,
    judged_arguments,
    judged_result,
)
from camwatch.commands.sight_rules import Sight
from camwatch.commands.trail import DENIED, Trail
from camwatch.data.operators import OperatorRepository
from camwatch.errors import (
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PasswordNeeded,
    PermissionDenied,
    SessionExpired,
    SessionLocked,
)

_DECLARED = "who_may"
_SIGHT = "sight"
_TYPES_TELL = About()

P = ParamSpec("P")
R = TypeVar("R")


class Guard:
    """Lets a session through to a command, or not."""

    def __init__(  # noqa: PLR0917 - all that letting through stands on
        self,
        operators: OperatorRepository,
        roles: RoleBook,
        sessions: Sessions,
        trail: Trail,
        clock: Callable[[], datetime],
        register: SessionRegister,
        sight: Sight,
    ) -> None:
        self._operators = operators
        self._roles = roles
        self._sessions = sessions
        self._trail = trail
        self._clock = clock
        self._register = register
        self._sight = sight

    def admit(
        self, session: Session, permission: Permission, command: str, *, fresh: bool = False
    ) -> Session:
        """Check the session, and the role its operator has now.

        Args:
            session: As the caller has it.
            permission: What the command needs.
            command: Its name, for the audit log.
            fresh: The password must have been entered lately.

        Returns:
            The session as it was opened, with the operator's present record: whatever
            the caller wrote into its own copy is not used.

        Raises:
            SessionExpired: It has ended, or the operator is gone, disabled, or changed in a way
                that ends sessions.
            SessionLocked: It is locked.
            PasswordNeeded: The password was not entered lately.
            PermissionDenied: The role does not allow it; this is audited.
            StorageError: The operator's record cannot be read, so nobody is let through.
        """
        admitted = self.recognise(session)
        if not admitted.may(permission):
            self._trail.try_to_record(
                admitted.actor, command, "", DENIED, permission=permission.value
            )
            raise PermissionDenied(permission.value)
        if self._sessions.is_locked(admitted) and permission not in WHILE_LOCKED:
            raise SessionLocked
        if fresh:
            self.require_fresh(admitted)
        return admitted

    def require_fresh(self, session: Session) -> None:
        """Refuse an operator who has not entered the password lately.

        Raises:
            PasswordNeeded: Ask for it, see `Commands.confirm_password`, and try again.
        """
        if not self._sessions.is_confirmed(session):
            raise PasswordNeeded

    def recognise(self, session: Session) -> Session:
        """Return the session as it was opened, with its operator's present record and role.

        Raises:
            SessionExpired: It has ended, or was ended from another computer; or the operator is
                gone, disabled, or was changed so that sessions end.
            StorageError: The operator's record cannot be read, so nobody is let through.
        """
        known = self._sessions.check(session, self._clock())
        record = self._operators.find(known.user.name)
        if (
            record is None
            or record.user.id != known.user.id
            or record.user.is_disabled
            or record.user.version != known.user.version
        ):
            self._sessions.end(known)
            raise SessionExpired
        try:
            self._register.seen(known)
        except SessionExpired:
            self._sessions.end(known)
            raise
        return replace(known, user=record.user, role=self._roles.role(record.user.role))

    def carry_out(
        self,
        session: Session,
        declaration: Declaration,
        command: Callable[..., R],
        arguments: tuple[object, ...],
        keywords: dict[str, object],
    ) -> R:
        """Carry a command out for an operator who sees only some sites.

        Args:
            session: As it was admitted.
            declaration: How the command is judged.
            command: The method.
            arguments: What it is called with, from `self` on.
            keywords: The others.

        Raises:
            PermissionDenied: Nobody has said what the command is about; this is audited.
            NotFound: It is about something that this operator does not see; also audited.
            InvalidSetting: A camera would come to a site that this operator does not see;
                also audited.
        """
        name = command.__name__
        if declaration.unknown:
            self._trail.try_to_record(
                session.actor, name, "", DENIED, not_judged=", ".join(declaration.unknown)
            )
            raise PermissionDenied(name)
        bound = declaration.signature.bind(*arguments, **keywords)
        try:
            judged_arguments(declaration, self._sight, session.role, bound)
        except (NotFound, InvalidSetting, InvalidSettings):
            self._trail.try_to_record(session.actor, name, "", DENIED, sites="of another site")
            raise
        result = command(*bound.args, **bound.kwargs)
        return cast("R", judged_result(declaration, self._sight, session.role, result))


class Guarded(Protocol):
    """A class whose methods are commands."""

    @property
    def guard(self) -> Guard:
        """What checks sessions."""


C = TypeVar("C", bound=Guarded)
Command = Callable[Concatenate[C, Session, P], R]


@dataclass(frozen=True, slots=True)
class OpenToAll:
    """A command that needs no permission, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class OpenToSignedIn:
    """A command that any operator may give whose session is open, and why."""

    why: str


def needs(
    permission: Permission, *, fresh: bool = False, about: About = _TYPES_TELL
) -> Callable[[Command[C, P, R]], Command[C, P, R]]:
    """Let only operators with this permission give the command, about what they see.

    Args:
        permission: Which one.
        fresh: They must have entered their password lately.
        about: What the types of the arguments do not tell of the cameras that are meant.
    """

    def decorate(method: Command[C, P, R]) -> Command[C, P, R]:
        declaration = declare(method, permission, about)

        @functools.wraps(method)
        def guarded(self: C, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            admitted = self.guard.admit(session, permission, method.__name__, fresh=fresh)
            if admitted.role.sites is None or declaration.why_not:
                return method(self, admitted, *args, **kwargs)
            return self.guard.carry_out(
                admitted, declaration, method, (self, admitted, *args), kwargs
            )

        guarded.__dict__[_DECLARED] = permission
        guarded.__dict__[_SIGHT] = declaration
        return guarded

    return decorate


def open_to_signed_in(why: str) -> Callable[[Command[C, P, R]], Command[C, P, R]]:
    """Let every operator give the command, also while the session is locked."""

    def decorate(method: Command[C, P, R]) -> Command[C, P, R]:
        @functools.wraps(method)
        def guarded(self: C, session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
            return method(self, self.guard.recognise(session), *args, **kwargs)

        guarded.__dict__[_DECLARED] = OpenToSignedIn(why)
        return guarded

    return decorate


def open_to_all(why: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let everybody give the command."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        method.__dict__[_DECLARED] = OpenToAll(why)
        return method

    return decorate


def who_may(command: Callable[..., object]) -> Permission | OpenToSignedIn | OpenToAll | None:
    """Return what was declared for a command, None if nothing was."""
    declared = command.__dict__.get(_DECLARED)
    return declared if isinstance(declared, Permission | OpenToSignedIn | OpenToAll) else None


def sight_of(command: Callable[..., object]) -> Declaration | None:
    """Return how a command is judged, None if it has no permission to be judged with."""
    declared = command.__dict__.get(_SIGHT)
    return declared if isinstance(declared, Declaration) else None
