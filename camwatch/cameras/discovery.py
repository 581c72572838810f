"""Looks for cameras in networks, when an administrator asks for it; never by itself.

ONVIF cameras are asked by multicast to say where they are, and each address of the given
networks is tried for open ports. What answers is then looked at by `survey`.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import aiohttp

from camwatch.cameras.connections import open_session
from camwatch.cameras.found import USUAL_PORTS, DiscoveryRequest, Found, Moved
from camwatch.cameras.open_files import with_reserve
from camwatch.cameras.policy import check_address, is_local, validate_camera
from camwatch.cameras.survey import Means, survey
from camwatch.cameras.ws_discovery import LISTENS_S, Announced, ask_all, own_addresses
from camwatch.domain import CameraSettings, Reason, Secret
from camwatch.errors import CameraError, CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.logs import log_crash

__all__ = [
    "USUAL_PORTS",
    "DiscoveryRequest",
    "Found",
    "Moved",
    "OnFound",
    "OnProgress",
    "check_request",
    "discover",
    "is_private",
]

OnFound = Callable[[Found], None]
OnProgress = Callable[[int, int], None]

MOST_ADDRESSES = 1024
"""Of one network: a /22."""

MOST_NETWORKS = 16
MOST_PORTS = 32

_AT_ONCE = 64
_PER_SECOND = 200.0
_CONNECTS_WITHIN_S = 1.0
_SILENT_PORTS = 3
_SURVEYS_AT_ONCE = 16
_STREAMS_AT_ONCE = 2
_CANCEL_CHECK_S = 0.1
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_private(address: str) -> bool:
    """Tell whether an address literal belongs to a network that is nobody's on the Internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip.version == network.version and ip in network for network in _PRIVATE)


def discover(
    request: DiscoveryRequest,
    on_found: OnFound,
    on_progress: OnProgress,
    cancel: threading.Event,
) -> list[Found]:
    """Look for cameras. Takes up to minutes; not for the GUI thread.

    Args:
        request: Where to look.
        on_found: Called in this thread with each camera, as it comes.
        on_progress: Called in this thread with how many addresses are done, and of how many.
        cancel: Set it when nobody waits any more: the search ends within half a second.

    Returns:
        All that were found, by address; when cancelled, those found until then.

    Raises:
        InvalidSettings: With every refused field of the request.
        CameraError: OPEN_FILES; this computer grants no more connections.
    """
    addresses = check_request(request)
    if request.username and request.password is None:
        request = replace(request, password=Secret(""))
    search = _Search(request, addresses, on_found, on_progress)
    asyncio.run(_until(cancel, search))
    return sorted(search.found, key=_order)


def _order(found: Found) -> tuple[int, int, int]:
    ip = ipaddress.ip_address(found.host)
    return ip.version, int(ip), found.view


async def _until(cancel: threading.Event, search: _Search) -> None:
    """Search until it is done or cancelled; the event is of another thread, so it is looked at."""
    task = asyncio.create_task(search.run())
    while not task.done():
        if cancel.is_set() and not task.cancelling():
            task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL_CHECK_S)
    if task.cancelled():
        return
    try:
        task.result()
    except ExceptionGroup as errors:
        foreseen, bugs = errors.split(CamWatchError)
        if foreseen is None or bugs is not None:
            raise
        # What keeps one part from going on keeps all: it is told once.
        raise _first_of(foreseen) from None


def _first_of(errors: ExceptionGroup[CamWatchError]) -> CamWatchError:
    first = errors.exceptions[0]
    return _first_of(first) if isinstance(first, ExceptionGroup) else first


def check_request(request: DiscoveryRequest) -> list[str]:
    """Check where is to be searched.

    Returns:
        Every address of the networks, once.

    Raises:
        InvalidSettings: With every refused field.
    """
    problems: list[InvalidSetting] = []
    networks: list[_Network] = []
    for text in request.networks:
        try:
            networks.append(_network(text, request))
        except InvalidSetting as error:
            problems.append(error)
    if not request.networks and not request.use_multicast:
        problems.append(
            InvalidSetting("networks", tr("are missing; name one, or ask all to answer"))
        )
    if len(networks) > MOST_NETWORKS:
        reason = tr(
            "are more than {most_networks}; search them one after the other",
            most_networks=MOST_NETWORKS,
        )
        problems.append(InvalidSetting("networks", reason))
    ports = request.ports
    if not 1 <= len(ports) <= MOST_PORTS or not all(1 <= port <= 65_535 for port in ports):
        reason = tr(
            "must be 1 to {most_ports} whole numbers from 1 to 65535", most_ports=MOST_PORTS
        )
        problems.append(InvalidSetting("ports", reason))
    try:
        validate_camera(CameraSettings("-", "-", "10.0.0.1", username=request.username))
    except InvalidSettings as error:
        problems.extend(error.problems)
    if problems:
        raise InvalidSettings(problems)
    hosts = (str(address) for network in networks for address in _hosts(network))
    return list(dict.fromkeys(hosts))


def _network(text: str, request: DiscoveryRequest) -> _Network:
    try:
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        reason = tr(
            "cannot be read: {text!r}; write them like 192.168.1.0/24", text=text.strip()[:50]
        )
        raise InvalidSetting("networks", reason) from None
    if network.num_addresses > MOST_ADDRESSES:
        reason = tr(
            "may have {most_addresses:,} addresses each (a /22), and {network} has "
            "{num_addresses:,}; search it in parts",
            most_addresses=MOST_ADDRESSES,
            network=network,
            num_addresses=network.num_addresses,
        )
        raise InvalidSetting("networks", reason)
    ends = (str(network[0]), str(network[-1]))
    if any(is_local(end) for end in ends):
        if not request.allow_local:
            reason = tr("must not be this computer's own: {network} is local", network=network)
            raise InvalidSetting("networks", reason)
    elif not all(is_private(end) for end in ends) and not request.allow_public:
        reason = tr("must be private, and {network} belongs to the Internet", network=network)
        raise InvalidSetting("networks", reason)
    return network


def _hosts(network: _Network) -> Iterable[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    return network.hosts() if network.num_addresses > 2 else network


@dataclass(slots=True)
class _Pace:
    """Spreads new connections in time.

    Attributes:
        per_second: So many at most.
    """

    per_second: float
    _next_s: float = 0.0

    async def turn(self) -> None:
        """Wait until one more connection may be made."""
        now_s = asyncio.get_running_loop().time()
        at_s = max(self._next_s, now_s)
        self._next_s = at_s + 1 / self.per_second
        if at_s > now_s:
            await asyncio.sleep(at_s - now_s)


class _Search:
    """One search; lives in one event loop.

    Attributes:
        found: What was found so far.
    """

    def __init__(
        self,
        request: DiscoveryRequest,
        addresses: list[str],
        on_found: OnFound,
        on_progress: OnProgress,
    ) -> None:
        self.found: list[Found] = []
        self._request = request
        self._addresses = dict.fromkeys(addresses)
        self._on_found = on_found
        self._on_progress = on_progress
        self._pace = _Pace(_PER_SECOND)
        self._surveys = asyncio.Semaphore(_SURVEYS_AT_ONCE)
        self._streams = asyncio.Semaphore(_STREAMS_AT_ONCE)
        self._announced: set[str] = set()
        self._total = len(addresses)
        self._done = 0

    async def run(self) -> None:
        """Search until all is done."""
        self._on_progress(0, self._total)
        async with open_session() as session, asyncio.TaskGroup() as tasks:
            asked = tasks.create_task(self._ask_all(session, tasks))
            waiting = iter(tuple(self._addresses))
            for _ in range(min(_AT_ONCE, len(self._addresses))):
                tasks.create_task(self._sweep(session, waiting, asked))

    async def _ask_all(self, session: aiohttp.ClientSession, tasks: asyncio.TaskGroup) -> None:
        """Let devices announce themselves; each is looked at at once."""
        if not self._request.use_multicast:
            return

        def on_device(device: Announced) -> None:
            if device.host in self._announced:
                return
            self._announced.add(device.host)
            if device.host not in self._addresses:
                self._total += 1
            tasks.create_task(self._survey(session, device.host, (), device))

        interfaces = [one for one in own_addresses() if self._is_allowed(one)]
        await ask_all(interfaces, self._is_allowed, on_device, LISTENS_S)

    def _is_allowed(self, address: str) -> bool:
        """Tell whether a device of this address may be asked."""
        request = self._request
        try:
            check_address(address, allow_local=request.allow_local)
        except CameraError:
            return False
        return is_local(address) or is_private(address) or request.allow_public

    async def _sweep(
        self,
        session: aiohttp.ClientSession,
        waiting: Iterable[str],
        asked: asyncio.Task[None],
    ) -> None:
        """Try one address after the other, as long as there are any."""
        for host in waiting:
            ports = await self._open_ports(host)
            if ports:
                await asyncio.wait({asked})  # what announced itself is looked at already
            if ports and host not in self._announced:
                await self._survey(session, host, ports, None)
            elif host not in self._announced:
                self._count()

    async def _open_ports(self, host: str) -> list[int]:
        """Return the ports at which somebody answers; a host that is silent is given up soon."""
        found: list[int] = []
        silent = 0
        if not self._is_allowed(host):  # one of a network whose ends are
            return found
        for port in self._request.ports:
            await self._pace.turn()
            try:
                is_open = await _connects(host, port)
            except TimeoutError:
                silent += 1
                if silent >= _SILENT_PORTS and not found:
                    break
                continue
            if is_open:
                found.append(port)
        return found

    async def _survey(
        self,
        session: aiohttp.ClientSession,
        host: str,
        ports: Iterable[int],
        announced: Announced | None,
    ) -> None:
        try:
            means = Means(session, self._request, self._streams)
            async with self._surveys:
                async for found in survey(means, host, tuple(ports), announced):
                    self.found.append(found)
                    self._on_found(found)
        except Exception as error:  # noqa: BLE001 - one device's answer must not end the search
            log_crash(f"looking at {host}", error)
        self._count()

    def _count(self) -> None:
        self._done += 1
        self._on_progress(self._done, self._total)


async def _connects(host: str, port: int) -> bool:
    """Tell whether somebody accepts a connection.

    Raises:
        TimeoutError: Nobody said yes or no.
        CameraError: OPEN_FILES.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with with_reserve(socket.socket(family, socket.SOCK_STREAM)) as probe:
            probe.setblocking(False)
            async with asyncio.timeout(_CONNECTS_WITHIN_S):
                await asyncio.get_running_loop().sock_connect(probe, (host, port))
    except TimeoutError:
        raise
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise CameraError(Reason.OPEN_FILES, error.strerror or "") from error
        return False
    return True
