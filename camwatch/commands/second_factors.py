"""The second factor: codes of an operator's device, and recovery codes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

from camwatch.auth.accounts import SecondFactorSetup
from camwatch.auth.secrets import SecretStore
from camwatch.auth.totp import (
    hash_recovery_code,
    looks_like_code,
    matching_recovery_code,
    matching_step,
    new_recovery_codes,
    new_secret,
    provisioning_uri,
    typed_form,
)
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.second_factors import SecondFactorRepository
from camwatch.domain import Secret, User
from camwatch.errors import BadCredentials, CamWatchError, SecretsUnavailable
from camwatch.language import marked, tr
from camwatch.logs import hide

log = logging.getLogger(__name__)

CODE = "code"
RECOVERY_CODE = "recovery code"

_SET_UP = "set_up_second_factor"
_DROP = "drop_second_factor"
_NEW_CODES = "new_recovery_codes"
_MISSING = marked(
    "The keyring has no secret for this user's second factor. Sign in with a recovery code and "
    "set the second factor up anew, or ask an administrator to take it away."
)
_MOST_PENDING = 64
_PENDING_S = 600.0


def entry_of(user: User) -> str:
    """Return the name of the keyring's entry that holds the secret of an operator's device."""
    return f"totp-{user.uid}"


class SecondFactors:
    """Checks and changes second factors.

    The secrets are in the keyring only. While that cannot be read no code of a device can be
    checked, so nobody comes in with one; recovery codes go on.

    Args:
        stored: What the history keeps of them.
        secrets: The keyring.
        trail: The audit log.
    """

    def __init__(
        self,
        stored: SecondFactorRepository,
        secrets: SecretStore,
        trail: Trail,
    ) -> None:
        self._stored = stored
        self._secrets = secrets
        self._trail = trail

    def secret_for(self, user: User, typed: str) -> Secret | None:
        """Return what the typed code is to be checked with; None for a recovery code.

        May take as long as the keyring does, so it is called before an account's turn.

        Raises:
            SecretsUnavailable: It is a device's code, and cannot be checked now.
        """
        if not looks_like_code(typed):
            return None
        secret = self._secrets.get(entry_of(user))
        if secret is None:
            raise SecretsUnavailable(tr(_MISSING))
        return secret

    def accept(
        self, user: User, typed: str, secret: Secret | None, now: datetime
    ) -> dict[str, str] | None:
        """Use up a code.

        Args:
            user: Whose.
            typed: A device's code, or a recovery code.
            secret: Of `secret_for` the same.
            now: UTC.

        Returns:
            How it was proven, for the audit log; None if the code is wrong, or was used before.

        Raises:
            StorageError: That it was used cannot be stored, so it is not accepted.
        """
        if secret is not None:
            step = matching_step(secret, typed, now, self._stored.last_step(user.id))
            if step is None or not self._stored.use_step(user.id, step):
                return None
            return {"second_factor": CODE}
        codes = self._stored.codes(user.id)
        found = matching_recovery_code(typed, [code.code_hash for code in codes])
        if found is None or not self._stored.use_code(codes[found].id):
            return None
        return {"second_factor": RECOVERY_CODE, "codes_left": str(len(codes) - 1)}

    def begin(self) -> Secret:
        """Make a secret for a device; nothing is kept of it yet.

        Raises:
            SecretsUnavailable: There is no safe place for it.
        """
        self._secrets.probe()
        secret = new_secret()
        hide(secret.reveal())
        return secret

    def finish(self, user: User, secret: Secret, typed: str, now: datetime) -> list[Secret]:
        """Switch the second factor on, if the code is one of this secret; its sessions end.

        A wrong code is not counted: it says nothing about the account, as the secret was
        just shown.

        Returns:
            Recovery codes; of older ones none holds any more.

        Raises:
            BadCredentials: The code is wrong.
            SecretsUnavailable: The secret was not kept, and nothing was switched on.
            StorageError: Nothing was switched on.
        """
        step = matching_step(secret, typed, now, 0)
        if step is None:
            raise BadCredentials
        codes, hashes = _fresh_codes()
        with ExitStack() as undo:
            undo.callback(_quietly, self._secrets.put(entry_of(user), secret))
            self._record(user, _SET_UP, lambda: self._stored.switch_on(user.id, step, hashes))
            undo.pop_all()
        return codes

    def take_away(self, actor: str, user: User) -> None:
        """Let an operator have no second factor any more.

        Args:
            actor: Who does it.
            user: Whose.

        Raises:
            StorageError: It is still there.
        """
        self._record(user, _DROP, lambda: self._stored.switch_off(user.id), actor)
        self.forget(user)

    def forget(self, user: User) -> None:
        """Delete what the keyring keeps of an operator's device.

        If that fails the entry stays, and means nothing without a second factor.
        """
        _quietly(lambda: self._secrets.forget(entry_of(user)))

    def renew_codes(self, user: User) -> list[Secret]:
        """Make new recovery codes; the old ones end.

        Raises:
            StorageError: The old ones hold.
        """
        codes, hashes = _fresh_codes()
        self._record(user, _NEW_CODES, lambda: self._stored.replace_codes(user.id, hashes))
        return codes

    def _record(self, user: User, action: str, change: Callable[[], None], actor: str = "") -> None:
        """Make a change that cannot be taken back: so it is audited first."""
        actor = actor or user.name
        self._trail.record(actor, action, user.name, DONE)
        try:
            change()
        except CamWatchError:
            self._trail.try_to_record(actor, action, user.name, FAILED)
            raise


class PendingSecrets:
    """Secrets of devices that operators who are in are setting up, for ten minutes.

    Args:
        monotonic_s: A clock that nobody can set, seconds.
    """

    def __init__(self, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._pending: dict[str, tuple[Secret, float]] = {}

    def put(self, session_id: str, secret: Secret) -> None:
        """Remember the secret of a session; of more than 64 the oldest is forgotten."""
        now_s = self._monotonic_s()
        with self._lock:
            self._pending.pop(session_id, None)
            self._pending = {key: one for key, one in self._pending.items() if one[1] > now_s}
            while len(self._pending) >= _MOST_PENDING:
                del self._pending[next(iter(self._pending))]
            self._pending[session_id] = (secret, now_s + _PENDING_S)

    def get(self, session_id: str) -> Secret | None:
        """Return the secret of a session, None if there is none (any more)."""
        with self._lock:
            secret, ends_s = self._pending.get(session_id, (None, 0.0))
        return secret if self._monotonic_s() < ends_s else None

    def drop(self, session_id: str) -> None:
        """Forget the secret of a session."""
        with self._lock:
            self._pending.pop(session_id, None)


def shown(secret: Secret, user: User) -> SecondFactorSetup:
    """Return what the operator's device needs."""
    uri, text = provisioning_uri(secret, user.name), typed_form(secret)
    hide(text.reveal())
    return SecondFactorSetup(uri, text)


def _fresh_codes() -> tuple[list[Secret], list[str]]:
    codes = new_recovery_codes()
    for code in codes:
        hide(code.reveal())
    return codes, [hash_recovery_code(code) for code in codes]


def _quietly(step: Callable[[], object]) -> None:
    try:
        step()
    except SecretsUnavailable as error:
        log.warning("tidying up after a change of a second factor failed: %s", error)
