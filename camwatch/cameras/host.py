"""Whether this computer has a network at all, and which cameras need one.

While it has none, no camera can be blamed for giving no picture.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import psutil

from camwatch.domain import CameraSettings

LOOK_EVERY_S = 1.0
"""How often the network interfaces are looked at."""

_FRESH_S = 0.25


def has_network() -> bool:
    """Tell whether any network interface but loopback is up, running, and has an address.

    Takes some hundred microseconds. If nobody can tell, there is one: then the cameras' own
    failures say what is wrong.
    """
    try:
        interfaces = psutil.net_if_stats()
        addresses = psutil.net_if_addrs()
    except OSError:
        return True
    return any(
        about.isup
        and not _is_loopback(name, about.flags)
        and any(_is_usable(one.family, one.address) for one in addresses.get(name, ()))
        for name, about in interfaces.items()
    )


def _is_loopback(name: str, flags: str) -> bool:
    # Windows tells no flags, but names it so.
    return "loopback" in flags or name.casefold().startswith("loopback")


def _is_usable(family: int, address: str) -> bool:
    """Tell whether an address leads anywhere.

    Link-local ones of IPv6 are on interfaces too that only serve the system itself.
    """
    if family == socket.AF_INET6:
        return not address.casefold().startswith("fe80:")
    return family == socket.AF_INET


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
