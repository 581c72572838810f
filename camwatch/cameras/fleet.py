"""Which cameras fail together, and what they have in common. Pure: time is an argument.

When a switch dies, fifty cameras do, and an operator needs one message, not fifty. Cameras
whose failures began within a short time are looked at together: if they sit at one address,
in one part of the network, or are all there are, they have one trouble. It keeps its key
while it grows and shrinks, and ends when hardly any of its cameras is left.
"""

from __future__ import annotations

import ipaddress
import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from camwatch.cameras.host import needs_network
from camwatch.domain import Camera, CameraId, CameraState, Reason
from camwatch.events import CommonCause

COMPUTER, HOST, NETWORK = "computer", "host", "network"

TOGETHER_S = 20.0
"""Failures that began no further apart have one cause; a hanging camera takes 10 s to fail."""

_FORMS_FOR_S = 60.0
"""So long after it began a trouble may turn out to be a wider one."""

_SETTLES_FOR_S = 90.0
"""So long after the first camera came back, what is left of a trouble is looked at anew."""

_SAME_AGAIN_S = 60.0
"""A trouble that comes back within this time at the same place is the same one."""

_MANY = 5
_FEW = 3
_LEFT_SHARE = 0.2

_ALIKE = frozenset(
    {
        Reason.REFUSED,
        Reason.TIMEOUT,
        Reason.UNREACHABLE,
        Reason.DISCONNECTED,
        Reason.PROTOCOL,
        Reason.TLS,
        Reason.STALLED,
        Reason.BUSY,
        Reason.SERVER_ERROR,
        Reason.READER_BROKE,
    }
)
"""Reasons that a dead switch or recorder gives, each to other cameras."""

_OF_COMPUTER = {
    Reason.HOST_OFFLINE: 1,
    Reason.OVERLOADED: 1,
    Reason.OPEN_FILES: _FEW,
    Reason.DNS: _FEW,
}
"""Reasons that lie here, or at the network's name server, with how many cameras show it."""

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Seat:
    """Where a camera is: its address, the networks around it, narrowest first."""

    host: str
    networks: tuple[str, ...]
    needs_network: bool


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a camera is out of order, and when the first of its failures in a row was."""

    reason: Reason
    since_s: float


@dataclass(frozen=True, slots=True)
class _Place:
    """What some cameras have in common; the reason, if it lies at this computer."""

    scope: str
    where: str = ""
    reason: Reason | None = None


@dataclass(slots=True)
class _Trouble:
    """One common cause that goes on."""

    key: str
    place: _Place
    members: set[CameraId]
    began_s: float
    peak: int = 0
    recovering_s: float | None = None
    told: tuple[_Place, frozenset[CameraId], Reason] | None = None
    since: datetime | None = None


@lru_cache(maxsize=4096)
def seat_of(host: str) -> tuple[str, ...]:
    """Return the networks an address is in, narrowest first; none for a name.

    They are /24 and /16 of IPv4, /64 and /48 of IPv6.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ()
    lengths = (24, 16) if address.version == 4 else (64, 48)
    return tuple(str(ipaddress.ip_network((address, one), strict=False)) for one in lengths)


class CommonCauses:
    """Groups the cameras that are out of order; used in one thread."""

    def __init__(self) -> None:
        self._seats: dict[CameraId, _Seat] = {}
        self._down: dict[CameraId, _Failure] = {}
        self._troubles: list[_Trouble] = []
        self._left_over: set[CameraId] = set()
        self._ended: dict[_Place, tuple[str, float]] = {}
        self._number = 0

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Watch these cameras; those switched off and those without a network are left out."""
        self._seats = {
            camera.id: _Seat(
                camera.settings.host,
                seat_of(camera.settings.host),
                needs_network(camera.settings),
            )
            for camera in cameras
            if camera.is_watched and camera.settings.kind.is_networked
        }
        for camera_id in self._down.keys() - self._seats.keys():
            del self._down[camera_id]

    def note(
        self, camera_id: CameraId, state: CameraState, reason: Reason, failing_since_s: float
    ) -> None:
        """Take note of a camera's state.

        Args:
            camera_id: Which camera.
            state: It is in.
            reason: Why.
            failing_since_s: When the first of its failures in a row was, monotonic clock.
        """
        counts = reason in _ALIKE or reason in _OF_COMPUTER
        # Pictures of a slow computer come all the same, but why they are few is one trouble.
        if not counts or (state.is_live and reason is not Reason.OVERLOADED):
            self._down.pop(camera_id, None)
        elif camera_id in self._seats:
            self._down[camera_id] = _Failure(reason, failing_since_s)

    def forget(self, reason: Reason) -> None:
        """Drop the failures for a reason that is over, whatever the cameras say by now."""
        self._down = {one: what for one, what in self._down.items() if what.reason is not reason}

    def check(self, now_s: float, at: datetime) -> list[CommonCause]:
        """Look at all failures; call it about once a second.

        Args:
            now_s: The monotonic clock, seconds.
            at: The same moment, UTC.

        Returns:
            What is new: troubles that began, grew, shrank or ended.
        """
        # What stayed away when its trouble ended has a trouble of its own until it is back.
        self._left_over &= self._down.keys()
        for trouble in self._troubles:
            left = {one for one in trouble.members if self._still_suffers(one, trouble.place)}
            if len(left) < len(trouble.members) and trouble.recovering_s is None:
                trouble.recovering_s = now_s
            trouble.members = left
        self._join_later_ones()
        self._look_anew(now_s)
        return [*self._end_small_ones(now_s, at), *self._tell(at)]

    def _still_suffers(self, camera_id: CameraId, place: _Place) -> bool:
        failure = self._down.get(camera_id)
        return failure is not None and place.reason in (None, failure.reason)

    # ---------------------------------------------------------------- grouping

    def _look_anew(self, now_s: float) -> None:
        """Group the cameras that no trouble has, with those whose trouble still takes shape."""
        forming = [one for one in self._troubles if self._may_change(one, now_s)]
        settled = set().union(*(one.members for one in self._troubles if one not in forming))
        pool = self._down.keys() - settled - self._left_over
        if not pool:
            return
        stale = [one for one in forming if one.recovering_s is not None]
        for members, place in self._groups(pool):
            shared = [one for one in forming if one.members & members]
            if shared:
                trouble = min(shared, key=lambda one: one.began_s)
                for other in shared:
                    other.members -= members
                trouble.place, trouble.members = place, members
            else:
                trouble = _Trouble(self._key_for(place, now_s), place, members, now_s)
                self._troubles.append(trouble)
            if trouble.recovering_s is not None:
                trouble.recovering_s, trouble.peak = None, 0
            trouble.peak = max(trouble.peak, len(members))
        for trouble in stale:
            if trouble.recovering_s is not None:
                trouble.members.clear()  # what is left has nothing in common any more

    @staticmethod
    def _may_change(trouble: _Trouble, now_s: float) -> bool:
        if trouble.recovering_s is None:
            return now_s - trouble.began_s <= _FORMS_FOR_S
        return now_s - trouble.recovering_s > _SETTLES_FOR_S

    def _groups(self, pool: Collection[CameraId]) -> Iterable[tuple[set[CameraId], _Place]]:
        """Yield cameras with what they have in common; a camera is in one group at most."""
        pool = set(pool)
        for reason, enough in _OF_COMPUTER.items():
            members = {one for one in pool if self._down[one].reason is reason}
            if len(members) >= enough:
                yield members, _Place(COMPUTER, reason=reason)
                pool -= members
        for together in self._by_time(pool):
            if self._are_all(together):
                yield together, _Place(COMPUTER)
                continue
            yield from self._by_network(together)

    def _by_time(self, pool: Iterable[CameraId]) -> list[set[CameraId]]:
        """Part the cameras where for a while no failure began."""
        parts: list[set[CameraId]] = []
        before_s = -math.inf
        for camera_id in sorted(pool, key=lambda one: self._down[one].since_s):
            since_s = self._down[camera_id].since_s
            if since_s - before_s > TOGETHER_S:
                parts.append(set())
            parts[-1].add(camera_id)
            before_s = since_s
        return parts

    def _are_all(self, members: set[CameraId]) -> bool:
        """Tell whether nothing that needs the network works, at more than one address."""
        needy = {one for one, seat in self._seats.items() if seat.needs_network}
        hosts = {self._seats[one].host for one in members}
        return len(needy) >= _FEW and len(hosts) > 1 and needy <= members

    def _by_network(self, members: set[CameraId]) -> Iterable[tuple[set[CameraId], _Place]]:
        """Yield the narrowest parts of the network that many of them share."""
        left = set(members)
        wide = self._parted(left, lambda seat: seat.networks[1] if seat.networks else None)
        for network, inside in wide.items():
            narrow = self._parted(inside, lambda seat: seat.networks[0])
            many = {name: some for name, some in narrow.items() if self._is_many(name, some)}
            if len(many) > 1:
                together = set().union(*many.values())
                yield together, _Place(NETWORK, network)
                left -= together
            for name, some in many.items() if len(many) == 1 else ():
                hosts = {self._seats[one].host for one in some}
                one_host = hosts.pop() if len(hosts) == 1 else None
                place = _Place(HOST, one_host) if one_host else _Place(NETWORK, name)
                yield some, place
                left -= some
        for host, some in self._parted(left, lambda seat: seat.host).items():
            there = sum(seat.host == host for seat in self._seats.values())
            if len(some) >= max(2, there / 2):
                yield some, _Place(HOST, host)

    def _parted(
        self, members: Iterable[CameraId], by: Callable[[_Seat], T | None]
    ) -> dict[T, set[CameraId]]:
        parts: dict[T, set[CameraId]] = {}
        for camera_id in members:
            if (name := by(self._seats[camera_id])) is not None:
                parts.setdefault(name, set()).add(camera_id)
        return parts

    def _is_many(self, network: str, members: Collection[CameraId]) -> bool:
        """Tell whether so many failures in one network are no chance."""
        there = sum(network in seat.networks for seat in self._seats.values())
        return len(members) >= _MANY or (len(members) >= _FEW and len(members) >= there / 2)

    def _join_later_ones(self) -> None:
        """Add cameras that fail where a trouble goes on: those asked seldom fail late."""
        taken = set().union(*(one.members for one in self._troubles))
        for camera_id in self._down.keys() - taken - self._left_over:
            failure, seat = self._down[camera_id], self._seats[camera_id]
            for trouble in self._troubles:
                place = trouble.place
                is_early = failure.since_s < trouble.began_s - _FORMS_FOR_S - TOGETHER_S
                if trouble.recovering_s is None and not is_early and _holds(place, seat, failure):
                    trouble.members.add(camera_id)
                    trouble.peak = max(trouble.peak, len(trouble.members))
                    break

    # ---------------------------------------------------------------- telling

    def _key_for(self, place: _Place, now_s: float) -> str:
        key, ended_s = self._ended.pop(place, ("", -math.inf))
        if now_s - ended_s <= _SAME_AGAIN_S:
            return key
        self._number += 1
        return str(self._number)

    def _end_small_ones(self, now_s: float, at: datetime) -> list[CommonCause]:
        told = []
        for trouble in list(self._troubles):
            least = _OF_COMPUTER.get(trouble.place.reason or Reason.NONE)
            if least is None:
                fewest = 2 if trouble.place.scope == HOST else _FEW
                least = max(fewest, math.ceil(_LEFT_SHARE * trouble.peak))
            if len(trouble.members) >= least:
                continue
            self._troubles.remove(trouble)
            self._left_over |= trouble.members
            if trouble.told is not None:
                place, _, reason = trouble.told
                self._ended[place] = (trouble.key, now_s)
                told.append(
                    CommonCause(
                        at, trouble.key, place.scope, place.where, (), reason, trouble.since
                    )
                )
        self._ended = {
            place: (key, ended_s)
            for place, (key, ended_s) in self._ended.items()
            if now_s - ended_s <= _SAME_AGAIN_S
        }
        return told

    def _tell(self, at: datetime) -> list[CommonCause]:
        told = []
        for trouble in self._troubles:
            reasons = Counter(self._down[one].reason for one in trouble.members)
            reason = trouble.place.reason or reasons.most_common(1)[0][0]
            new = (trouble.place, frozenset(trouble.members), reason)
            if new != trouble.told:
                trouble.told = new
                trouble.since = trouble.since or at
                ids = tuple(sorted(trouble.members))
                place = trouble.place
                told.append(
                    CommonCause(
                        at, trouble.key, place.scope, place.where, ids, reason, trouble.since
                    )
                )
        return told


def _holds(place: _Place, seat: _Seat, failure: _Failure) -> bool:
    """Tell whether a camera that fails is at a place."""
    if place.reason is not None:
        return failure.reason is place.reason
    if place.scope == HOST:
        return seat.host == place.where
    return place.scope == NETWORK and place.where in seat.networks
