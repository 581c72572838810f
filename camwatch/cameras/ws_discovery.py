"""Asks all ONVIF devices in this computer's networks to say where they are."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import psutil

from camwatch.cameras.onvif.xml import Node, one_line, parse_xml
from camwatch.cameras.policy import LONGEST_PATH
from camwatch.errors import CameraError

GROUP = ("239.255.255.250", 3702)
LISTENS_S = 3.0
"""Devices may wait half a second before they answer, so as not to speak all at once."""

MOST_ANSWERS = 2000
MOST_PACKETS = 20_000
"""Of whatever kind: those that are no answer must not take the place of those that are."""

MOST_DEVICES = 1024
MOST_BYTES = 16 * 1024
"""A longer answer is not read."""

_TIMES = 2
_AGAIN_AFTER_S = 0.7
_TYPES = ("dn:NetworkVideoTransmitter", "tds:Device")
_NAME_SCOPE = "onvif://www.onvif.org/name/"
_HARDWARE_SCOPE = "onvif://www.onvif.org/hardware/"

AddressCheck = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Announced:
    """A device that answered.

    Attributes:
        host: The address its answer came from; what the answer itself names is not followed.
        scheme: "http" or "https" of its device service.
        port: Of that service.
        path: Of that service.
        name: As its scopes say; may be "".
        hardware: Likewise.
    """

    host: str
    scheme: str
    port: int
    path: str
    name: str
    hardware: str


def own_addresses() -> list[str]:
    """Return the IPv4 addresses of this computer's interfaces that are up."""
    stats = psutil.net_if_stats()
    return [
        address.address
        for name, addresses in psutil.net_if_addrs().items()
        if name in stats and stats[name].isup
        for address in addresses
        if address.family is socket.AF_INET
    ]


async def ask_all(
    interfaces: Sequence[str],
    is_allowed: AddressCheck,
    on_device: Callable[[Announced], None],
    listens_s: float = LISTENS_S,
) -> None:
    """Send probes, and listen for a while.

    Args:
        interfaces: Addresses of this computer to ask from.
        is_allowed: Tells whether an address may be asked; answers from others are dropped.
        on_device: Gets each device once.
        listens_s: For how long, seconds.
    """
    loop = asyncio.get_running_loop()
    probe = _Probe(is_allowed, on_device)
    transports = []
    try:
        for address in interfaces:
            with contextlib.suppress(OSError):  # an interface without multicast
                transport, _ = await loop.create_datagram_endpoint(
                    lambda: probe, sock=_socket(address)
                )
                transports.append(transport)
        for _ in range(_TIMES):
            for transport in transports:
                for kind in _TYPES:
                    transport.sendto(probe.message(kind), GROUP)
            await asyncio.sleep(_AGAIN_AFTER_S)
        await asyncio.sleep(max(listens_s - _TIMES * _AGAIN_AFTER_S, 0.0))
    finally:
        for transport in transports:
            transport.abort()


def _socket(address: str) -> socket.socket:
    """Make a socket that asks from one interface, in its own network only."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
        made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        made.bind((address, 0))
    except OSError:
        made.close()
        raise
    return made


class _Probe(asyncio.DatagramProtocol):
    """Reads the answers, up to the bounds."""

    def __init__(self, is_allowed: AddressCheck, on_device: Callable[[Announced], None]) -> None:
        self._is_allowed = is_allowed
        self._on_device = on_device
        self._ids: set[str] = set()
        self._packets = 0
        self._answers = 0
        self._known: set[tuple[str, int]] = set()

    def message(self, kind: str) -> bytes:
        """Return a probe for devices of a type."""
        number = str(uuid.uuid4())
        self._ids.add(number)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
            ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
            ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
            ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"'
            ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl"><e:Header>'
            f"<w:MessageID>uuid:{number}</w:MessageID>"
            '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
            '<w:Action e:mustUnderstand="true">'
            "http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
            f"<e:Body><d:Probe><d:Types>{kind}</d:Types><d:Scopes/></d:Probe></e:Body></e:Envelope>"
        ).encode()

    def error_received(self, exc: Exception) -> None:
        """Go on: that nobody could be asked on one interface is no reason to stop."""

    def datagram_received(self, data: bytes, addr: tuple[str | object, int]) -> None:
        """Take an answer."""
        self._packets += 1
        host = str(addr[0])
        is_full = self._answers >= MOST_ANSWERS or len(self._known) >= MOST_DEVICES
        is_too_much = is_full or self._packets > MOST_PACKETS
        if is_too_much or len(data) > MOST_BYTES or not self._is_allowed(host):
            return
        try:
            answer = parse_xml(data)
        except CameraError:
            return
        relates_to = next((node.text for node in answer.all("RelatesTo")), "")
        if not any(number in relates_to for number in self._ids):
            return
        self._answers += 1
        for match in answer.all("XAddrs"):
            device = _device(host, match, answer)
            if device is not None and (host, device.port) not in self._known:
                self._known.add((host, device.port))
                self._on_device(device)


def _device(host: str, addresses: Node, answer: Node) -> Announced | None:
    """Choose among the addresses that a device gives, its IPv4 ones first."""
    fit = [part for url in addresses.text.split()[:8] if (part := _parts(url)) is not None]
    if not fit:
        return None
    scheme, named, port, path = min(fit, key=lambda one: (one[1] != host, not _is_ipv4(one[1])))
    del named
    scopes = next((node.text.split()[:100] for node in answer.all("Scopes")), [])
    return Announced(
        host,
        scheme,
        port,
        path,
        _of_scopes(scopes, _NAME_SCOPE),
        _of_scopes(scopes, _HARDWARE_SCOPE),
    )


def _parts(url: str) -> tuple[str, str, int, str] | None:
    """Return scheme, host, port and path of an address, None if it is none of a service."""
    try:
        parts = urlsplit(url[:LONGEST_PATH])
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        return None
    path = parts.path or "/onvif/device_service"
    if not (path.isascii() and path.isprintable()):
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80), path


def _is_ipv4(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 4
    except ValueError:
        return False


def _of_scopes(scopes: Sequence[str], prefix: str) -> str:
    found = (scope[len(prefix) :] for scope in scopes if scope.startswith(prefix))
    return one_line(unquote(next(found, "")).replace("_", " "))
