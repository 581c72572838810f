"""Connections to addresses that may be asked, and to no others."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass

from camwatch.addresses import AddressKind, kind_of
from camwatch.language import table, tr
from camwatch.outgoing.faults import OutgoingError, OutgoingFault


@dataclass(frozen=True, slots=True)
class Reach:
    """Which addresses may be asked.

    What hands out credentials in a cloud, multicast, unspecified, reserved and disguised
    addresses never may.

    Attributes:
        allows_private: This computer and the local network, too.
    """

    allows_private: bool = False

    def problem(self, address: str) -> str:
        """Tell what is wrong with an address, "" if nothing is.

        Args:
            address: IPv4 or IPv6 literal.
        """
        kind = kind_of(address)
        if self.allows_private and kind in _NEAR:
            return ""
        return _PROBLEMS.get(kind, "")


_NEAR = (AddressKind.PRIVATE, AddressKind.LOOPBACK, AddressKind.LINK_LOCAL)
_PROBLEMS: Mapping[AddressKind, str] = table(
    lambda: {
        AddressKind.PRIVATE: tr("is in the local network and not allowed"),
        AddressKind.LOOPBACK: tr("is this computer itself and not allowed"),
        AddressKind.LINK_LOCAL: tr("is in the local network and not allowed"),
        AddressKind.METADATA: tr("belongs to the host's own administration"),
        AddressKind.NO_DEVICE: tr("is no address of a computer"),
        AddressKind.NO_ADDRESS: tr("is no address"),
    }
)


def literal_of(host: str) -> str:
    """Return the address that a host is written as; "" if it is a name."""
    text = host.removeprefix("[").removesuffix("]")
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return ""
    return text


def connect(host: str, port: int, reach: Reach, timeout_s: float) -> socket.socket:
    """Connect to the first address of a host that answers.

    The name is looked up once; if one of its addresses may not be asked, none is. The connection
    goes to the very addresses that were looked at, so nobody can exchange them in between.

    Args:
        host: Name, or address literal with or without brackets.
        port: TCP.
        reach: Which addresses may be asked.
        timeout_s: For all attempts together, and later for each operation of the socket, seconds.

    Raises:
        OutgoingError: ADDRESS: it may not be asked.
        OSError: Nothing answers.
    """
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    for *_, end in found:
        if problem := reach.problem(str(end[0])):
            detail = (
                tr("{host} leads to {end}", host=host, end=end[0])
                if str(end[0]) != host.strip("[]")
                else host
            )
            raise OutgoingError(
                OutgoingFault.ADDRESS,
                tr("{detail}, which {problem}", detail=detail, problem=problem),
            )
    trouble: OSError = OSError("the name has no address")
    for family, kind, protocol, _, end in found:
        made = socket.socket(family, kind, protocol)
        try:
            # Behind an address that swallows everything another one may still answer in time.
            made.settimeout(timeout_s / len(found))
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            made.connect(end)
            made.settimeout(timeout_s)
        except OSError as error:
            made.close()
            trouble = error
        else:
            return made
    raise trouble
