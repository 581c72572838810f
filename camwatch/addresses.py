"""What kind of address an IP literal is. Pure; each room decides for itself whom it may ask."""

from __future__ import annotations

import ipaddress
from enum import StrEnum
from functools import lru_cache

# Cloud hosts hand out credentials here; nothing that CamWatch may ask has these addresses.
_METADATA = frozenset({ipaddress.ip_address(one) for one in ("169.254.169.254", "fd00:ec2::254")})
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")


class AddressKind(StrEnum):
    """Where an address leads to."""

    PUBLIC = "public"
    PRIVATE = "private"
    """The local network, or another that the Internet does not know."""
    LOOPBACK = "loopback"
    """This computer."""
    LINK_LOCAL = "link_local"
    METADATA = "metadata"
    """What a cloud tells its machines, credentials among it."""
    NO_DEVICE = "no_device"
    """Multicast, unspecified, reserved, or another address in disguise."""
    NO_ADDRESS = "no_address"
    """No address at all, such as a name."""


@lru_cache(maxsize=4096)
def kind_of(address: str) -> AddressKind:
    """Tell where an address leads to.

    Args:
        address: IPv4 or IPv6 literal, the latter with or without a scope.
    """
    try:
        scoped = ipaddress.ip_address(address)
    except ValueError:
        return AddressKind.NO_ADDRESS
    # With a scope an address equals none without, so it would pass for another one.
    ip = type(scoped)(int(scoped))
    if isinstance(ip, ipaddress.IPv6Address):
        is_unfit = ip.ipv4_mapped is not None or ip.sixtofour is not None or ip.teredo is not None
    else:
        is_unfit = ip in _THIS_NETWORK
    # Disguises come first: newer Pythons call that of a loopback address loopback as well.
    kinds = (
        (ip in _METADATA, AddressKind.METADATA),
        (is_unfit or ip.is_multicast or ip.is_unspecified, AddressKind.NO_DEVICE),
        (ip.is_loopback, AddressKind.LOOPBACK),
        (ip.is_link_local, AddressKind.LINK_LOCAL),
        (ip.is_reserved, AddressKind.NO_DEVICE),
        (ip.is_global, AddressKind.PUBLIC),
    )
    return next((kind for is_one, kind in kinds if is_one), AddressKind.PRIVATE)
