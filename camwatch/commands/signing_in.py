"""Signing in, step by step, and out; and the first administrator."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from camwatch.auth.accounts import SecondFactorSetup
from camwatch.auth.names import check_operator_name
from camwatch.auth.one_time_codes import normal_code
from camwatch.auth.passwords import DUMMY_HASH, hash_password, needs_rehash, verify_password
from camwatch.auth.session import Session, Sessions
from camwatch.auth.tickets import Ticket, Tickets
from camwatch.commands.account_gate import AccountGate
from camwatch.commands.password_rules import PasswordRules
from camwatch.commands.role_book import RoleBook
from camwatch.commands.second_factors import SecondFactors, shown
from camwatch.commands.trail import ANONYMOUS, DENIED, DONE, FAILED, PENDING, Trail
from camwatch.data.operators import OperatorRecord, OperatorRepository
from camwatch.data.sign_ins import SignInRepository
from camwatch.domain import Role, Secret, User
from camwatch.errors import (
    BadCredentials,
    InvalidSetting,
    InvalidSettings,
    MoreNeeded,
    PermissionDenied,
    SessionExpired,
    SignInStep,
    StorageError,
    UserError,
)

log = logging.getLogger(__name__)

_SIGN_IN = "sign_in"
_SIGN_OUT = "sign_out"
_FIRST = "create_first_administrator"
_CHOOSE = "choose_password"
_NO_PROOF: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Access:
    """What signing in stands on.

    Attributes:
        operators: Their records.
        sign_ins: What signing in changes of them.
        roles: What they may do.
        sessions: Those of this run.
        gate: Counts what fails.
        rules: Which passwords may be chosen.
        second_factors: Checks codes.
        trail: The audit log.
        clock: The wall clock, aware UTC.
    """

    operators: OperatorRepository
    sign_ins: SignInRepository
    roles: RoleBook
    sessions: Sessions
    gate: AccountGate
    rules: PasswordRules
    second_factors: SecondFactors
    trail: Trail
    clock: Callable[[], datetime]


class SigningIn:
    """Opens sessions for operators who know their password, and have what else is needed.

    The steps are always in this order: password, code of the device, new password, setting a
    device up. Each returns the session, or raises MoreNeeded with a ticket for the next one.
    """

    def __init__(self, access: Access, tickets: Tickets | None = None) -> None:
        self._access = access
        self._tickets = Tickets() if tickets is None else tickets

    def is_first_start(self) -> bool:
        """Tell whether there is no operator yet."""
        is_first = self._access.operators.count() == 0
        if is_first:  # a password is chosen next
            self._access.rules.prepare()
        return is_first

    def create_first_administrator(self, name: str, password: str) -> Session:
        """See `Commands.create_first_administrator`."""
        access = self._access
        with access.gate.turn:
            if access.operators.count():
                access.trail.try_to_record(ANONYMOUS, _FIRST, "", DENIED)
                raise PermissionDenied(_FIRST)
            name = self._check_new_operator(name.strip(), password)
            stored = hash_password(password)
            # Audited first, for an operator cannot be taken back.
            access.trail.record(name, _FIRST, name, DONE, role=Role.ADMINISTRATOR.value)
            try:
                user = access.operators.add(name, Role.ADMINISTRATOR, stored)
            except (StorageError, UserError):
                access.trail.try_to_record(name, _FIRST, name, FAILED)
                raise
            now = access.clock()
            try:
                access.sign_ins.signed_in(user.id, now)
            except StorageError as error:
                log.warning("the first sign-in could not be noted: %s", error)
            return access.sessions.start(user, access.roles.role(user.role), now)

    def sign_in(self, name: str, password: str) -> Session:
        """See `Commands.sign_in`."""
        gate = self._access.gate
        with gate.turn:
            now = self._access.clock()
            gate.check_computer(now, _SIGN_IN)
            tried = gate.look_up(name.strip())
            gate.check(tried, now, _SIGN_IN)
            record = tried.record
            stored = DUMMY_HASH if record is None else record.password_hash
            code_until = self._code_until(record)
            if code_until is not None:  # however it was read aloud and typed
                password = normal_code(password)
            is_right = verify_password(stored, password)
            is_late = code_until is not None and now >= code_until
            if record is None or not is_right or is_late or record.user.is_disabled:
                gate.failed(tried, now, _SIGN_IN)
                raise BadCredentials
            self._renew(record, password)
            return self._go_on(record.user, now)

    def give_code(self, token: str, code: str) -> Session:
        """See `AccountCommands.give_code`."""
        access, step = self._access, SignInStep.CODE
        # The keyring may be slow, and others want their turn.
        secret = access.second_factors.secret_for(self._tickets.find(token, step).user, code)
        with access.gate.turn:
            now = access.clock()
            ticket = self._tickets.find(token, step)
            access.gate.check_computer(now, _SIGN_IN, ticket.user.name)
            tried, record = access.gate.own(ticket.user)
            access.gate.check(tried, now, _SIGN_IN)
            proof = access.second_factors.accept(record.user, code, secret, now)
            if proof is None:
                access.gate.failed(tried, now, _SIGN_IN, step=step.value)
                raise BadCredentials
            self._tickets.end(token)
            return self._go_on(record.user, now, proof, has_code=True)

    def choose_password(self, token: str, password: str) -> Session:
        """See `AccountCommands.choose_password`."""
        access = self._access
        with access.gate.turn:
            ticket = self._tickets.find(token, SignInStep.NEW_PASSWORD)
            _, record = access.gate.own(ticket.user)
            user = self.store_password(record, password, _CHOOSE)
            self._tickets.end(token)
            return self._go_on(user, access.clock(), ticket.proof, has_code=ticket.has_code)

    def begin_set_up_code(self, token: str) -> SecondFactorSetup:
        """See `AccountCommands.begin_set_up_code`."""
        ticket = self._tickets.find(token, SignInStep.SET_UP_CODE)
        _, record = self._access.gate.own(ticket.user)
        secret = ticket.secret
        if secret is None:
            secret = self._access.second_factors.begin()
            self._tickets.keep_secret(token, secret)
        return shown(secret, record.user)

    def finish_set_up_code(self, token: str, code: str) -> tuple[Session, list[Secret]]:
        """See `AccountCommands.finish_set_up_code`."""
        access = self._access
        with access.gate.turn:
            now = access.clock()
            ticket = self._tickets.find(token, SignInStep.SET_UP_CODE)
            _, record = access.gate.own(ticket.user)
            if ticket.secret is None:
                raise SessionExpired
            codes = access.second_factors.finish(record.user, ticket.secret, code, now)
            self._tickets.end(token)
            user = self.present(record.user)
            return self._go_on(user, now, ticket.proof, has_code=True), codes

    def sign_out(self, session: Session) -> None:
        """See `Commands.sign_out`."""
        ended = self._access.sessions.end(session)
        if ended is not None:
            self._access.trail.try_to_record(ended.actor, _SIGN_OUT, ended.user.name, DONE)

    def store_password(self, record: OperatorRecord, password: str, action: str) -> User:
        """Store a password that an operator chose, and return the new record.

        Raises:
            InvalidSetting: It is refused.
            StorageError: It was not stored.
        """
        access, name = self._access, record.user.name
        access.rules.check(name, password, record.password_hash)
        stored = hash_password(password)
        # Audited first: what was stored before is not kept, to be put back.
        access.trail.record(name, action, name, DONE)
        try:
            access.sign_ins.choose_password(record.user.id, stored)
        except (StorageError, UserError):
            access.trail.try_to_record(name, action, name, FAILED)
            raise
        return self.present(record.user)

    def present(self, user: User) -> User:
        """Return an operator's present record, after a change that was made here.

        Raises:
            SessionExpired: The operator is gone meanwhile, or disabled.
        """
        record = self._access.operators.find(user.name)
        if record is None or record.user.id != user.id or record.user.is_disabled:
            raise SessionExpired
        return record.user

    def _code_until(self, record: OperatorRecord | None) -> datetime | None:
        """Return until when the password is a one-time code; None if it is none."""
        if record is None:
            return None
        return self._access.sign_ins.code_expires_at(record.user.id)

    def _go_on(
        self,
        user: User,
        now: datetime,
        proof: Mapping[str, str] = _NO_PROOF,
        *,
        has_code: bool = False,
    ) -> Session:
        """Open the session, if no step is left.

        Raises:
            MoreNeeded: One is.
            StorageError: The sign-in cannot be recorded, so nobody is let in.
        """
        access = self._access
        role = access.roles.role(user.role)
        step: SignInStep | None = None
        if user.has_second_factor and not has_code:
            step = SignInStep.CODE
        elif user.must_change:
            step = SignInStep.NEW_PASSWORD
        elif role.needs_second_factor and not user.has_second_factor:
            step = SignInStep.SET_UP_CODE
        if step is None:
            # Only now are the failures forgotten: else a right password would let somebody
            # without the device try codes for ever.
            access.sign_ins.signed_in(user.id, now)
            access.trail.record(user.name, _SIGN_IN, user.name, DONE, **proof)
            return access.sessions.start(user, role, now)
        access.trail.record(user.name, _SIGN_IN, user.name, PENDING, step=step.value, **proof)
        if step is SignInStep.NEW_PASSWORD:
            access.rules.prepare()
        ticket = Ticket(user, step, has_code=has_code, proof=proof)
        raise MoreNeeded(step, self._tickets.issue(ticket))

    def _renew(self, record: OperatorRecord, password: str) -> None:
        """Hash the password at today's cost."""
        if needs_rehash(record.password_hash):
            try:
                self._access.operators.set_password_hash(record.user.id, hash_password(password))
            except StorageError as error:
                log.warning("a password hash could not be renewed: %s", error)

    def _check_new_operator(self, name: str, password: str) -> str:
        """Return the name as it is stored.

        Raises:
            InvalidSetting: One of the two is refused.
            InvalidSettings: Both are.
        """
        problems: list[InvalidSetting] = []
        kept = name
        try:
            kept = check_operator_name(name)
        except InvalidSetting as error:
            problems.append(error)
        try:
            self._access.rules.check(kept, password)
        except InvalidSetting as error:
            problems.append(error)
        if len(problems) > 1:
            raise InvalidSettings(problems)
        if problems:
            raise problems[0]
        return kept
