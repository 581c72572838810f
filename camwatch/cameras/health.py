"""What a camera's polls say about its state, and when it is asked again.

Pure: time is an argument. One event a change: while a camera is down, another
cause must be seen twice running before it replaces the one that is shown.
"""

from __future__ import annotations

import random
from datetime import datetime

from camwatch.config import CameraPolicy
from camwatch.domain import CameraState, Reason
from camwatch.errors import CameraError
from camwatch.resilience import Backoff, BreakerState, CircuitBreaker

OFFLINE_AFTER = 3
"""So many failed polls in a row are an outage."""

AUTH_FAILED_AFTER = 2
"""So many refused passwords; a third may lock the account."""

FROZEN_FOR_S = 5.0
"""Identical pictures must span this long: at short intervals some cameras repeat one."""

LONGEST_RETRY_AFTER_S = 300.0
"""A camera may ask to be left alone no longer than this."""

SILENT_FOR_S = 10.0
"""A camera that let two questions go by without an answer, and gave no picture for so long, is
out of order: a third would make an operator wait for longer than 15 s to hear of it."""

STREAM_OFFLINE_AFTER = 2
"""So many times in a row a stream failed, each of which takes seconds, are an outage."""

_CONFIRMED_AFTER = 2
_BREAKER_SPREAD = (0.5, 0.95)
_UP_TO_SOMEBODY = frozenset(
    {CameraState.AUTH_FAILED, CameraState.TLS_CHANGED, CameraState.BLOCKED, CameraState.DISABLED}
)

_BAD_DATA = frozenset(
    {
        Reason.PROTOCOL,
        Reason.HEADERS_TOO_LARGE,
        Reason.ENCODED,
        Reason.WEB_PAGE,
        Reason.EMPTY,
        Reason.SHORT_BODY,
        Reason.TOO_LARGE,
        Reason.FORMAT,
        Reason.TRUNCATED,
        Reason.CORRUPT,
        Reason.TOO_SMALL,
        Reason.TOO_MANY_PIXELS,
        Reason.TOO_MANY_SCANS,
        Reason.UNSUPPORTED,
        Reason.MEMORY,
    }
)
_BLOCKED = frozenset(
    {Reason.ADDRESS, Reason.REDIRECT, Reason.CERTIFICATE_UNKNOWN, Reason.OTHER_DEVICE}
)
_OF_COMPUTER = frozenset({Reason.HOST_OFFLINE, Reason.ASLEEP})
_REFUSED = frozenset({Reason.UNAUTHORIZED, Reason.FORBIDDEN})
_NEEDS_SOMEBODY = _BLOCKED | {Reason.CERTIFICATE_CHANGED}
PASSWORD_DOUBTED = frozenset({Reason.UNAUTHORIZED, Reason.PASSWORD_MISSING, Reason.PASSWORD_LOCKED})
"""After these the password is read anew before the next try."""

_NOT_EVEN_TRIED = frozenset({Reason.PASSWORD_MISSING, Reason.BASIC_NOT_ALLOWED})


def state_for(reason: Reason) -> CameraState:
    """Return the state that a failure leads to once it is confirmed."""
    if reason in _BAD_DATA:
        return CameraState.BAD_DATA
    if reason in _BLOCKED:
        return CameraState.BLOCKED
    if reason is Reason.CERTIFICATE_CHANGED:
        return CameraState.TLS_CHANGED
    if reason in _REFUSED or reason in _NOT_EVEN_TRIED:
        return CameraState.AUTH_FAILED
    if reason is Reason.PASSWORD_LOCKED:
        return CameraState.CONNECTING
    return CameraState.OFFLINE


class CameraHealth:
    """The state of one camera.

    Attributes:
        state: Now.
        reason: Why; NONE while all is well.
        since: When it went into the state, UTC.
        detail: Facts about the reason; may be empty.
        not_before_s: Not to be asked before this moment of the monotonic clock.
        failures: Failed polls in a row.
        failing_since_s: When the first of them was, on the monotonic clock.
        strain: Why pictures come less often than was set, with facts; NONE if they do not.

    Args:
        limits: After how many failures, and for how long, it is left alone.
        chance: Spreads the waits of cameras that failed together.
        now_s: The monotonic clock, seconds.
        at: The same moment, UTC.
        offline_after: So many failures in a row are an outage.
        may_repeat: Identical pictures are no sign of a frozen camera.
    """

    def __init__(
        self,
        limits: CameraPolicy,
        chance: random.Random,
        now_s: float,
        at: datetime,
        *,
        offline_after: int = OFFLINE_AFTER,
        may_repeat: bool = False,
    ) -> None:
        self._offline_after = offline_after
        self._may_repeat = may_repeat
        self._limits = limits
        self._chance = chance
        self._backoff = Backoff(longest_s=limits.breaker_pause_s)
        # All cameras of a switch fail in one instant; they must not come back in one.
        pause_s = limits.breaker_pause_s * chance.uniform(*_BREAKER_SPREAD)
        self._breaker = CircuitBreaker(limits.breaker_failures, pause_s)
        self.state = CameraState.CONNECTING
        self.reason = Reason.STARTING
        self.since = at
        self.detail = ""
        self.not_before_s = now_s
        self.failures = 0
        self.failing_since_s = now_s
        self.strain = (Reason.NONE, "")
        self._good_s = now_s
        self._must_wait_until_s = now_s
        self._refusals = 0
        self._latest: Reason | None = None
        self._alike = 0
        self._picture: bytes | None = None
        self._identical = 0
        self._identical_since_s = now_s

    @property
    def is_suspect(self) -> bool:
        """True after a damaged picture: the next is proven by decoding it, not by its header."""
        return self._latest is Reason.CORRUPT

    def good_picture(self, data: bytes, now_s: float, at: datetime) -> bool:
        """Take note of a picture that passed.

        Args:
            data: The file; kept until the next one comes, to tell whether it changes.
            now_s: The monotonic clock, seconds.
            at: The same moment, UTC.

        Returns:
            True if the state changed.
        """
        self.failures = self._refusals = self._alike = 0
        self._latest = None
        self.not_before_s = self._good_s = self._must_wait_until_s = now_s
        self._breaker.succeeded()
        if data == self._picture:
            self._identical += 1
        else:
            self._picture, self._identical, self._identical_since_s = data, 1, now_s
        is_frozen = not self._may_repeat and (
            self._identical >= self._limits.frozen_after
            and now_s - self._identical_since_s >= FROZEN_FOR_S
        )
        if is_frozen:
            return self._go(CameraState.STALE, Reason.FROZEN, "", at)
        reason, detail = self.strain
        if reason is not Reason.NONE:
            return self._go(CameraState.SLOW, reason, detail, at)
        return self._go(CameraState.OK, Reason.NONE, "", at)

    def failed(
        self, error: CameraError, now_s: float, at: datetime, *, is_certain: bool = False
    ) -> bool:
        """Take note of a poll without a usable picture.

        Args:
            error: Why.
            now_s: The monotonic clock, seconds.
            at: The same moment, UTC.
            is_certain: The camera is down; no second failure is needed to be sure.

        Returns:
            True if the state or its reason changed.
        """
        reason = error.reason
        if reason is Reason.PASSWORD_LOCKED:
            # The camera was not asked, so this says nothing about it.
            self._must_wait_until_s = self.not_before_s = now_s + self._limits.breaker_pause_s
            return self._go(state_for(reason), reason, error.detail, at)
        if self.failures == 0:
            self.failing_since_s = now_s
        self.failures += 1
        self._alike = self._alike + 1 if reason is self._latest else 1
        self._latest = reason
        if reason in _REFUSED:
            self._refusals += 1
        self._breaker.failed(now_s)
        self.not_before_s = now_s + self._wait_s(error, now_s)
        if not (is_certain or self._is_confirmed(reason, now_s)):
            return False
        return self._go(state_for(reason), reason, error.detail, at)

    def not_watched(self, workstation: str, at: datetime) -> bool:
        """Take note that the camera is not to be polled; True if the state changed.

        Args:
            workstation: The other computer that watches it; "" if it is switched off.
            at: Now, UTC.
        """
        reason = Reason.ELSEWHERE if workstation else Reason.SWITCHED_OFF
        return self._go(CameraState.DISABLED, reason, workstation, at)

    def retry_now(self, now_s: float) -> None:
        """Let the next poll happen at once; an operator asked for it."""
        self.not_before_s = self._must_wait_until_s = now_s

    def paused(self, reason: Reason, at: datetime) -> bool:
        """Take note that it cannot be asked, for a reason that lies at this computer.

        Its failures so far are forgotten: nobody knows whether they were its own. Only what
        somebody has to put right, such as a refused password, goes on being shown.

        Returns:
            True if the state or its reason changed.
        """
        self.failures = self._alike = 0
        self._latest = None
        self._breaker.succeeded()
        if self.state in _UP_TO_SOMEBODY:
            return False
        return self._go(CameraState.OFFLINE, reason, "", at)

    def go_on(self, first_s: float) -> None:
        """Let it be asked again from this moment on, or when a longer wait is over."""
        self.not_before_s = max(first_s, self._must_wait_until_s)

    def _wait_s(self, error: CameraError, now_s: float) -> float:
        """Return for how long it is left alone; 0.0 for the usual interval."""
        must_s = 0.0
        waits = [0.0]
        if error.reason in _REFUSED and self._refusals >= AUTH_FAILED_AFTER:
            must_s = self._limits.auth_pause_s
        elif error.reason in _NOT_EVEN_TRIED or error.reason in _NEEDS_SOMEBODY:
            # Nothing changes here until somebody changes a setting.
            must_s = self._limits.breaker_pause_s
        elif self._breaker.state(now_s) is BreakerState.OPEN:
            waits.append(self._breaker.wait_s(now_s))
        elif self.failures >= self._offline_after:
            failures = self.failures - self._offline_after + 1
            waits.append(self._backoff.wait_s(failures, self._chance))
        if error.retry_after_s is not None:
            must_s = max(must_s, min(error.retry_after_s, LONGEST_RETRY_AFTER_S))
        self._must_wait_until_s = now_s + must_s
        return max(*waits, must_s)

    def _is_confirmed(self, reason: Reason, now_s: float) -> bool:
        """Tell whether a failure is enough for the state, or for another than is shown."""
        if self.reason in _OF_COMPUTER:
            return True  # it was asked again, so this is not what keeps it away any more
        if self._is_down:
            return reason is self.reason or self._alike >= _CONFIRMED_AFTER
        if self.failures >= self._offline_after:
            return True
        if reason is Reason.TIMEOUT and self._alike >= _CONFIRMED_AFTER:
            return now_s - self._good_s >= SILENT_FOR_S
        if reason in _REFUSED:
            return self._refusals >= AUTH_FAILED_AFTER
        return state_for(reason) is not CameraState.OFFLINE

    @property
    def _is_down(self) -> bool:
        return not self.state.is_live and self.state not in (
            CameraState.CONNECTING,
            CameraState.STALE,
            CameraState.DISABLED,
        )

    def _go(self, state: CameraState, reason: Reason, detail: str, at: datetime) -> bool:
        """Go into a state; True if the state or its reason is another."""
        has_changed = (state, reason) != (self.state, self.reason)
        if state is CameraState.SLOW:
            has_changed = has_changed or detail != self.detail  # it says how slow
        if state is not self.state:
            self.since = at
        self.state, self.reason, self.detail = state, reason, detail
        return has_changed
