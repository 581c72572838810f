"""Settles which passages count: once a person, and not who turns round at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.scene import Crossing, Direction


@dataclass(slots=True)
class _Account:
    """What one person did.

    Attributes:
        pending: A passage that counts unless they come back soon.
        counted: Ways in which they were counted.
    """

    pending: Crossing | None = None
    counted: tuple[Direction, ...] = ()


class Ledger:
    """Takes in who passed, hands out what counts. What it keeps of people goes when they go.

    Args:
        once: Each person counts once in each direction at most.
        u_turn_s: Who comes back within so many seconds counts neither in nor out; 0 counts
            everything at once. Otherwise a passage counts so many seconds later, when it is
            certain, or when the person is gone.
    """

    def __init__(self, *, once: bool, u_turn_s: float) -> None:
        self._once = once
        self._u_turn_s = u_turn_s
        self._accounts: dict[int, _Account] = {}

    @property
    def remembered(self) -> int:
        """Of how many people something is kept."""
        return len(self._accounts)

    def passed(self, crossing: Crossing) -> Sequence[Crossing]:
        """Take in a passage; return what became certain by it."""
        if not self._u_turn_s:
            return self._counted(crossing)
        account = self._accounts.setdefault(crossing.track, _Account())
        before, account.pending = account.pending, crossing
        if before is None:
            return []
        is_back = before.direction is not crossing.direction
        if is_back and crossing.t_s - before.t_s <= self._u_turn_s:
            account.pending = None
            return []
        return self._counted(before)

    def settle(self, track: int, t_s: float) -> Sequence[Crossing]:
        """Return the passage of somebody who has not come back in time, and has not begun to.

        Args:
            track: Who.
            t_s: Up to when it is known that they are not on their way back, seconds.
        """
        account = self._accounts.get(track)
        if account is None or account.pending is None:
            return []
        if t_s - account.pending.t_s <= self._u_turn_s:
            return []
        crossing, account.pending = account.pending, None
        return self._counted(crossing)

    def end(self, track: int) -> Sequence[Crossing]:
        """Forget somebody who is gone; return the passage from which they did not come back."""
        account = self._accounts.get(track)
        last = self._counted(account.pending) if account and account.pending else []
        self._accounts.pop(track, None)
        return last

    def _counted(self, crossing: Crossing) -> Sequence[Crossing]:
        if not self._once:
            return [crossing]
        account = self._accounts.setdefault(crossing.track, _Account())
        if crossing.direction in account.counted:
            return []
        account.counted += (crossing.direction,)
        return [crossing]
