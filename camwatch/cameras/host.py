"""Whether this computer has a network at all, and which cameras need one.

While it has none, no camera can be blamed for giving no picture.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import psutil

from camwatch.domain import CameraSettings

LOOK_EVERY_S = 1.0
"""How often the network interfaces are looked at."""

_FRESH_S = 0.25


def has_network() -> bool:
    """Tell whether any network interface but loopback is up and running.

    Takes some tens of microseconds an interface. If nobody can tell, there is one: then the
    cameras' own failures say what is wrong.
    """
    try:
        interfaces = psutil.net_if_stats()
    except OSError:
        return True
    return any(one.isup and "loopback" not in one.flags for one in interfaces.values())


def needs_network(settings: CameraSettings) -> bool:
    """Tell whether a camera cannot be reached while this computer has no network."""
    if not settings.kind.is_networked:
        return False
    try:
        return not ipaddress.ip_address(settings.host.partition("%")[0]).is_loopback
    except ValueError:
        return settings.host.casefold().rstrip(".") != "localhost"


class NetworkPresence:
    """Remembers for a moment whether there is a network: many cameras ask in one instant.

    Args:
        look: Tells whether there is one; must not wait.
    """

    def __init__(self, look: Callable[[], bool] = has_network) -> None:
        self._look = look
        self._is_there = True
        self._looked_s = float("-inf")

    def is_there(self, now_s: float) -> bool:
        """Tell whether this computer has a network at this moment of the monotonic clock."""
        if now_s - self._looked_s >= _FRESH_S:
            self._looked_s = now_s
            self._is_there = self._look()
        return self._is_there
