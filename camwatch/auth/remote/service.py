"""The login service, as `docs/login-service.md` describes it."""

from __future__ import annotations

import logging
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from camwatch.auth.remote.address import check_address
from camwatch.auth.remote.keys import KeySet, fingerprints, pinned, read_key_set
from camwatch.auth.remote.line import Answer, Line
from camwatch.auth.remote.tokens import TokenRules, check_clock, check_token, merged
from camwatch.config import RemoteLogin
from camwatch.domain import Secret
from camwatch.errors import BadCredentials, InvalidSetting, LoginFault, LoginServiceError
from camwatch.language import tr
from camwatch.outgoing.tls import tls_context

log = logging.getLogger(__name__)

_PATHS = "/api/v1/auth"
_NO = frozenset({400, 401, 403, 422})
_KEYS_HOLD_S = 600.0
_USUAL_REST_S = 30.0
_LONGEST_REFRESH = 8 * 2**10


class TokenEnded(Exception):
    """The service no longer vouches for this token."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the service said of an operator.

    Attributes:
        access: The token that says it.
        refresh: Gets the next one; None if the service gives none.
        claims: What the token says, checked.
        expires_s: When the token runs out, seconds since 1970.
    """

    access: Secret
    refresh: Secret | None
    claims: Mapping[str, Any] = field(repr=False)

    @property
    def expires_s(self) -> float:
        """When the token runs out, seconds since 1970."""
        return float(self.claims["exp"])

    @property
    def life_s(self) -> float:
        """How long the token holds from when it was made, seconds."""
        return self.expires_s - float(self.claims["iat"])


class LoginService:
    """One login service. May be used from any thread; all methods wait for answers.

    Every method can raise LoginServiceError.

    Args:
        settings: How it is set up; have been checked.
        on_pinned: Told the fingerprints of the keys that are trusted from now on, by kid, when
            a service shows its keys for the first time.
        trusts_offered: Believe whatever keys it shows; for a trial that lets nobody in.
        clock_s: The wall clock, seconds since 1970.
        monotonic_s: A clock that nobody can set, seconds.
    """

    def __init__(
        self,
        settings: RemoteLogin,
        on_pinned: Callable[[Mapping[str, str]], None] = lambda _pins: None,
        *,
        trusts_offered: bool = False,
        clock_s: Callable[[], float] = time.time,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            address = check_address(settings.url)
            self._line = Line(address, tls_context(settings.ca_file), settings.timeout_s)
        except InvalidSetting as error:
            raise LoginServiceError(LoginFault.NOT_SET_UP, error.reason) from error
        except (OSError, ssl.SSLError) as error:
            detail = f"the file {settings.ca_file} cannot be used"
            raise LoginServiceError(LoginFault.TLS, detail) from error
        self._rules = TokenRules(settings.issuer or address, settings.audience)
        self._on_pinned = on_pinned
        self._trusts_offered = trusts_offered
        self._clock_s = clock_s
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._pins = dict(settings.keys)
        self._keys: KeySet | None = None
        self._keys_until_s = float("-inf")
        self._rests_until_s = float("-inf")

    # ------------------------------------------------------------ operators

    def login(self, name: str, password: str) -> Vouched:
        """Let it vouch for an operator.

        Raises:
            BadCredentials: It refuses name or password.
        """
        # First, so that a service whose keys are not trusted never gets the password.
        keys = self._trusted_keys()
        begun_s = self._monotonic_s()
        answer = self._ask("/login", {"username": name, "password": password})
        if answer.status in _NO:
            raise BadCredentials
        return self._vouched(answer, keys, begun_s)

    def renew(self, refresh: Secret) -> Vouched:
        """Get the next token.

        Raises:
            TokenEnded: There is none for this operator.
        """
        keys = self._trusted_keys()
        begun_s = self._monotonic_s()
        answer = self._ask("/refresh", {"refresh_token": refresh.reveal()})
        if answer.status in _NO:
            raise TokenEnded
        return self._vouched(answer, keys, begun_s)

    def recheck(self, access: Secret) -> Mapping[str, Any] | None:
        """Ask whether a token still holds.

        Returns:
            What the service says of the operator now; None if it only says yes.

        Raises:
            TokenEnded: It does not.
        """
        answer = self._ask("/validate", {"token": access.reveal()})
        if answer.status in _NO:
            raise TokenEnded
        _expect_success(answer)
        if answer.value.get("valid") is not True:
            if answer.value.get("valid") is False:
                raise TokenEnded
            raise LoginServiceError(
                LoginFault.BAD_ANSWER, tr("it does not say whether a token holds")
            )
        claims = answer.value.get("claims")
        return claims if isinstance(claims, Mapping) else None

    def leave(self, vouched: Vouched, timeout_s: float | None = None) -> None:
        """Tell it that the operator has left."""
        question = {} if vouched.refresh is None else {"refresh_token": vouched.refresh.reveal()}
        self._ask("/logout", question, bearer=vouched.access, timeout_s=timeout_s)

    def cut(self) -> None:
        """Let all questions that are being asked end at once, as if the service were away."""
        self._line.cut()

    # ------------------------------------------------------------ keys

    def offered_keys(self) -> KeySet | None:
        """Return the keys it shows now; None if it has no key set, and vouches for each token."""
        answer = self._ask("/jwks")
        if answer.status in {404, 405, 410, 501}:
            return None
        _expect_success(answer)
        return read_key_set(answer.value) or None

    def _trusted_keys(self) -> KeySet | None:
        """Return the keys that tokens may be signed with; None if the service vouches itself."""
        with self._lock:
            if self._monotonic_s() < self._keys_until_s:
                return self._keys
        offered = self.offered_keys()
        with self._lock:
            new_pins = dict[str, str]()
            if self._trusts_offered:
                keys = offered
            elif self._pins:
                # Without its keys it would have to be believed everything: that is no way out.
                keys = pinned(offered or {}, self._pins)
                if not keys:
                    raise LoginServiceError(
                        LoginFault.KEYS_CHANGED, tr("it shows none that is trusted")
                    )
            else:
                keys = offered
                if offered is not None:
                    self._pins = new_pins = fingerprints(offered)
            self._keys = keys
            self._keys_until_s = self._monotonic_s() + _KEYS_HOLD_S
        if new_pins:
            self._on_pinned(new_pins)
        return keys

    # ------------------------------------------------------------ questions

    def _vouched(self, answer: Answer, keys: KeySet | None, begun_s: float) -> Vouched:
        """Check the tokens that came back.

        Args:
            answer: To a sign-in or a renewal.
            keys: The trusted ones.
            begun_s: When it was asked for.
        """
        _expect_success(answer)
        took_s = self._monotonic_s() - begun_s
        access, refresh = answer.value.get("access_token"), answer.value.get("refresh_token")
        if not isinstance(access, str) or not access:
            raise LoginServiceError(LoginFault.BAD_ANSWER, tr("there is no access token in it"))
        if refresh is not None and not (
            isinstance(refresh, str) and 0 < len(refresh) <= _LONGEST_REFRESH
        ):
            raise LoginServiceError(LoginFault.BAD_ANSWER, tr("its refresh token cannot be one"))
        claims = self._checked(access, keys)
        check_clock(claims, self._clock_s(), took_s)
        vouched = Vouched(Secret(access), None if refresh is None else Secret(refresh), claims)
        if keys is None:
            try:
                said = self.recheck(vouched.access)
            except TokenEnded as error:
                detail = "the login service does not vouch for it"
                raise LoginServiceError(LoginFault.TOKEN_REFUSED, detail) from error
            vouched = Vouched(vouched.access, vouched.refresh, merged(claims, said))
        return vouched

    def _checked(self, access: str, keys: KeySet | None) -> Mapping[str, Any]:
        try:
            return check_token(access, keys, self._rules)
        except LoginServiceError as error:
            if error.fault is not LoginFault.KEYS_CHANGED:
                raise
        # It may sign with another key of those that are trusted since the set was read.
        with self._lock:
            self._keys_until_s = float("-inf")
        return check_token(access, self._trusted_keys(), self._rules)

    def _ask(
        self,
        path: str,
        question: Mapping[str, str] | None = None,
        *,
        bearer: Secret | None = None,
        timeout_s: float | None = None,
    ) -> Answer:
        with self._lock:
            rest_s = self._rests_until_s - self._monotonic_s()
        if rest_s > 0:
            raise _too_many(rest_s)
        answer = self._line.ask(_PATHS + path, question, bearer=bearer, timeout_s=timeout_s)
        if answer.status == 429:
            rest_s = _USUAL_REST_S if answer.retry_after_s is None else answer.retry_after_s
            with self._lock:
                self._rests_until_s = self._monotonic_s() + rest_s
            raise _too_many(rest_s)
        return answer


def _too_many(rest_s: float) -> LoginServiceError:
    return LoginServiceError(
        LoginFault.TOO_MANY, tr("not before {value:.0f} s have passed", value=rest_s + 0.5)
    )


def _expect_success(answer: Answer) -> None:
    if answer.status != 200:
        raise LoginServiceError(LoginFault.BAD_ANSWER, f"HTTP {answer.status}")
