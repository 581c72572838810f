"""Keeps open sessions to what the login service says of their operators."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from camwatch.auth.entitlement import NotKept
from camwatch.auth.remote.roles import operator_in
from camwatch.auth.remote.service import LoginService, TokenEnded, Vouched
from camwatch.auth.remote.tokens import merged
from camwatch.auth.session import SignInKind
from camwatch.commands.remote_book import RemoteSession
from camwatch.commands.remote_sign_in import RemoteDesk, leave
from camwatch.commands.trail import DENIED, DONE
from camwatch.domain import User
from camwatch.errors import (
    BadCredentials,
    LoginFault,
    LoginServiceError,
    SessionExpired,
    StorageError,
)
from camwatch.events import Bus, SessionChanged

log = logging.getLogger(__name__)

RECHECK_S = 20.0
"""So often the service is asked whether it still vouches for an operator."""

RETRY_S = 10.0
"""So often it is asked again while it is away."""

_NOTE_TIME_S = 300.0
_LEFT_SHARE = 1 / 3
_CLOSE_WITHIN_S = 1.0


class _Out(Exception):
    """The service no longer lets the operator in; the text says why, for the audit log."""


class RemoteWatch:
    """Asks the service about each open session, and gets the next token before one runs out.

    Not for two threads at once.

    Args:
        desk: What signing in stands on.
        bus: Told of sessions that end or change.
    """

    def __init__(self, desk: RemoteDesk, bus: Bus) -> None:
        self._desk = desk
        self._bus = bus
        self._time_noted_s = float("-inf")
        self._is_ending = False

    def look(self) -> None:
        """Look after all sessions once; to be called every few seconds. Takes seconds at times."""
        desk = self._desk
        now_s = desk.monotonic_s()
        if now_s - self._time_noted_s >= _NOTE_TIME_S:
            self._time_noted_s = now_s
            desk.access.entitlements.note_time()
        for known in desk.book.all():
            if self._is_ending:
                return
            try:
                self._look_at(known)
            except StorageError as error:
                # Nobody gets anything by it: each command reads the history as well.
                log.warning("a session could not be looked after: %s", error)

    def hurry(self) -> None:
        """Let a look that is on its way end soon, since the program does. Never waits."""
        self._is_ending = True
        self._desk.access.cut()

    def close(self) -> None:
        """Tell the service that all operators have left, in `_CLOSE_WITHIN_S` at most."""
        until_s = self._desk.monotonic_s() + _CLOSE_WITHIN_S
        for known in self._desk.book.all():
            self._let_go(known, until_s - self._desk.monotonic_s())

    # ------------------------------------------------------------ one session

    def _look_at(self, known: RemoteSession) -> None:
        desk = self._desk
        try:
            desk.sessions.check(known.session, desk.clock())
        except SessionExpired:
            self._let_go(known)
            return
        if known.ends_at is not None and desk.clock() >= known.ends_at:
            self._end(known, "the time without the login service is over")
            return
        period_s = RETRY_S if known.vouched is None or known.trouble else RECHECK_S
        if desk.monotonic_s() - known.checked_s < period_s and not self._runs_out(known):
            return
        try:
            service = desk.access.service()
            if known.vouched is None:
                self._come_back(service, known)
            else:
                self._recheck(service, known, known.vouched)
        except _Out as out:
            self._end(known, str(out))
        except LoginServiceError as error:
            self._trouble(known, error)

    def _runs_out(self, known: RemoteSession) -> bool:
        if known.vouched is None or known.trouble is not None:
            return False
        left_s = known.vouched.expires_s - self._desk.clock().timestamp()
        return left_s < known.vouched.life_s * _LEFT_SHARE

    def _recheck(self, service: LoginService, known: RemoteSession, vouched: Vouched) -> None:
        """Ask whether the token still holds; get another one if not, or before it runs out."""
        is_ended, said = False, None
        try:
            said = service.recheck(vouched.access)
        except TokenEnded:
            is_ended = True
        # A service that only says yes shows a new role in its next token and nowhere else.
        if is_ended or said is None or self._runs_out(known):
            vouched = self._renewed(service, known, vouched, must=is_ended)
            said = None
        self._apply(known, vouched, merged(vouched.claims, said))

    def _renewed(
        self, service: LoginService, known: RemoteSession, vouched: Vouched, *, must: bool
    ) -> Vouched:
        """Return the next token; the present one if there is none, and it need not be."""
        if vouched.refresh is None:
            if must:
                raise _Out("the login service no longer vouches for the operator")
            return vouched
        try:
            new = service.renew(vouched.refresh)
        except TokenEnded:
            raise _Out("the login service no longer vouches for the operator") from None
        if new.refresh is None:
            new = replace(new, refresh=vouched.refresh)
        # At once, whatever comes of it: the one before was used up.
        if not self._desk.book.change(known, lambda one: setattr(one, "vouched", new)):
            leave(service, new)
        return new

    def _come_back(self, service: LoginService, known: RemoteSession) -> None:
        """Ask a service that was away about an operator who was let in without it."""
        if known.password is None:
            raise _Out("the login service no longer vouches for the operator")
        try:
            vouched = service.login(known.typed, known.password.reveal())
        except BadCredentials:
            raise _Out("the login service refuses the operator") from None
        try:
            self._apply(known, vouched, vouched.claims)
        except _Out:
            leave(service, vouched)
            raise

    def _apply(self, known: RemoteSession, vouched: Vouched, claims: Mapping[str, Any]) -> None:
        """Let the session be what the service says now."""
        desk = self._desk
        before = known.session
        key = desk.access.role_in(claims)
        user = operator_in(claims, key, before.user.created_at)
        if user.uid != before.user.uid:
            raise _Out("the login service answered for somebody else")
        try:
            role = desk.access.role(key, SignInKind.REMOTE)
        except LoginServiceError:
            raise _Out("the operator's roles at the login service come to none here") from None
        user = replace(user, name=before.user.name)
        is_other = key != before.user.role or before.kind is not SignInKind.REMOTE
        if is_other:
            # Audited first: without the entry nothing changes, and it is tried again.
            self._record_change(known, user)
        if key != before.user.role:
            self._change_entitlement(user)
        after = desk.sessions.update(before, user, role, SignInKind.REMOTE)

        def change(one: RemoteSession) -> None:
            one.session = after or before
            one.vouched, one.password, one.ends_at = vouched, None, None
            one.checked_s, one.trouble = desk.monotonic_s(), None

        if after is None or not desk.book.change(known, change):
            leave(desk.access.service(), vouched)
        elif is_other:
            self._bus.publish(SessionChanged(desk.clock(), user.uid))

    def _record_change(self, known: RemoteSession, user: User) -> None:
        before = known.session
        self._desk.trail.record(
            before.actor,
            "sign_in_confirmed" if before.kind is SignInKind.OFFLINE else "role_changed",
            user.name,
            DONE,
            kind=SignInKind.REMOTE.value,
            before=before.user.role,
            role=user.role,
        )

    def _change_entitlement(self, user: User) -> None:
        """Let the operator have no more rights without the service than with it."""
        try:
            self._desk.access.entitlements.set_role(user.uid, user.role)
        except NotKept as error:
            log.info("nobody can sign in without the login service now: %s", error)

    # ------------------------------------------------------------ trouble and end

    def _trouble(self, known: RemoteSession, error: LoginServiceError) -> None:
        """Let the session be as it is: it ends at its own end, whoever cuts the network."""
        if known.trouble is not error.fault:
            level = logging.INFO if error.fault.is_away else logging.WARNING
            log.log(level, "the login service does not answer for an open session: %s", error)
            if not error.fault.is_away and error.fault is not LoginFault.TOO_MANY:
                self._desk.trail.try_to_record(
                    known.session.actor,
                    "login_service_refused",
                    self._desk.access.display_name,
                    DENIED,
                    fault=error.fault.value,
                    detail=error.detail,
                )
        now_s = self._desk.monotonic_s()

        def change(one: RemoteSession) -> None:
            one.trouble, one.checked_s = error.fault, now_s

        self._desk.book.change(known, change)

    def _end(self, known: RemoteSession, reason: str) -> None:
        desk = self._desk
        ended = desk.sessions.end(known.session)
        if ended is not None:
            desk.trail.try_to_record(
                ended.actor, "session_ended", ended.user.name, DENIED, reason=reason
            )
            try:
                desk.access.entitlements.drop(ended.user.uid)
            except NotKept as error:
                log.info("nobody was taken out of those who may sign in offline: %s", error)
            self._bus.publish(SessionChanged(desk.clock(), ended.user.uid))
        self._let_go(known)

    def _let_go(self, known: RemoteSession, within_s: float = 2.0) -> None:
        desk = self._desk
        taken = desk.book.pop(known.session)
        if taken is None or taken.vouched is None or taken.trouble is not None or within_s <= 0:
            return
        try:
            leave(desk.access.service(), taken.vouched, within_s)
        except LoginServiceError as error:
            log.info("the login service was not told of a sign-out: %s", error)
