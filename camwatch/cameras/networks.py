"""The networks this computer is in, as far as cameras may be looked for in them."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

import psutil

_MOST_BITS = 10
"""Larger networks, of more than 1024 addresses, are offered in part only."""
_PART = 24


@dataclass(frozen=True, slots=True)
class OwnNetwork:
    """One network of this computer.

    Attributes:
        interface: What the system calls the way into it, such as "eth0".
        network: Such as "192.168.1.0/24".
        is_part: It is larger; this is the part that this computer's own address is in.
    """

    interface: str
    network: str
    is_part: bool


def own_networks() -> list[OwnNetwork]:
    """Return the private IPv4 networks of the interfaces that are up, the smallest first.

    IPv6 networks are too large to be searched: cameras in them are found by multicast.
    """
    states = psutil.net_if_stats()
    found: dict[str, OwnNetwork] = {}
    for interface, addresses in psutil.net_if_addrs().items():
        if interface not in states or not states[interface].isup:
            continue
        for address in addresses:
            if address.family != socket.AF_INET or not address.netmask:
                continue
            own = ipaddress.IPv4Interface(f"{address.address}/{address.netmask}")
            is_wanted = own.is_private and not own.is_loopback and not own.is_link_local
            if not is_wanted or own.network.prefixlen > 30:
                continue
            is_part = own.network.prefixlen < 32 - _MOST_BITS
            network = (
                ipaddress.IPv4Network(f"{own.ip}/{_PART}", strict=False) if is_part else own.network
            )
            found.setdefault(str(network), OwnNetwork(interface, str(network), is_part))
    return sorted(found.values(), key=lambda one: (one.is_part, one.interface))


def addresses_in(network: str) -> int:
    """Return how many addresses of devices a network has, 0 if the text names none."""
    try:
        size = ipaddress.ip_network(network.strip(), strict=False).num_addresses
    except ValueError:
        return 0
    return size - 2 if size > 2 else size
