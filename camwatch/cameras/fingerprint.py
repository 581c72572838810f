"""What a device's open ports say it is, before anybody signs in."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import aiohttp
from yarl import URL

from camwatch.cameras.connections import asking
from camwatch.cameras.http import read_body
from camwatch.cameras.makes import Make, make_from_words
from camwatch.cameras.onvif.client import SAID_IN_SOAP, OnvifClient
from camwatch.cameras.onvif.xml import one_line
from camwatch.cameras.policy import check_address
from camwatch.cameras.sign_in import parse_challenges
from camwatch.domain import CameraSettings, Reason
from camwatch.errors import CameraError
from camwatch.language import tr

RTSP_PORTS = frozenset({554, 7070, 8554, 10554})
"""Ports that are asked for streams first; on others HTTP is tried first."""

ODD_ONVIF_PORTS = (2020, 8899)
"""Where devices with streams are asked for ONVIF, too: Tapo, and many makes without a name."""

TLS_PORTS = frozenset({443, 8443})
LIMIT_S = 3.0
"""Longest time for one question, seconds."""

_MOST_PAGE_BYTES = 64 * 1024
_MOST_RTSP_BYTES = 8 * 1024
_TITLE = re.compile(rb"<title[^<>]{0,200}>([^<]{0,200})</title>", re.IGNORECASE)


@dataclass(slots=True)
class Fingerprint:
    """What the ports of one device said.

    Attributes:
        web: Ports that speak HTTP, with their scheme.
        rtsp_ports: Ports that speak RTSP.
        onvif: Its ONVIF service; None if it has none.
        words: What its servers say of themselves.
        problem: Why a port that is open told nothing, such as a certificate nobody vouches for.
    """

    web: dict[int, str] = field(default_factory=dict)
    rtsp_ports: list[int] = field(default_factory=list)
    onvif: CameraSettings | None = None
    words: list[str] = field(default_factory=list)
    problem: CameraError | None = None

    @property
    def make(self) -> Make | None:
        """The make that its words tell of."""
        return make_from_words(*self.words)

    @property
    def is_camera(self) -> bool:
        """True if it speaks as cameras do; a router or printer has web pages only."""
        return self.onvif is not None or bool(self.rtsp_ports) or self.make is not None


async def take_fingerprint(
    session: aiohttp.ClientSession, base: CameraSettings, ports: Sequence[int]
) -> Fingerprint:
    """Ask the open ports of a device what they are; nobody is signed in.

    Args:
        session: As `connections.open_session` makes it.
        base: Settings with the device's host.
        ports: That are open.
    """
    found = Fingerprint()
    for port in sorted(ports, key=lambda port: port in RTSP_PORTS):
        questions = [_ask_web, _ask_rtsp]
        if port in RTSP_PORTS:
            questions.reverse()
        for question in questions:
            if await question(session, base, port, found):
                break
    places = list(found.web.items())
    if found.rtsp_ports:
        places += [(port, "http") for port in ODD_ONVIF_PORTS if port not in found.web]
    for port, scheme in places:
        settings = with_onvif(base, scheme, port)
        answer = await speaks_onvif(session, settings)
        if answer is Onvif.YES:
            found.onvif = settings
            break
        if answer is Onvif.UNSURE and found.is_camera:
            found.onvif = found.onvif or settings
    return found


def with_onvif(
    base: CameraSettings, scheme: str, port: int, path: str = "/onvif/device_service"
) -> CameraSettings:
    """Return settings that name an ONVIF service."""
    return CameraSettings(
        name=base.name,
        location=base.location,
        host=base.host,
        username=base.username,
        allow_local=base.allow_local,
        onvif_scheme=scheme,
        onvif_port=port,
        onvif_path=path,
    )


class Onvif(Enum):
    """Whether a web server has an ONVIF service."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


async def speaks_onvif(session: aiohttp.ClientSession, settings: CameraSettings) -> Onvif:
    """Tell whether there is an ONVIF service, by asking it for its clock.

    UNSURE where the web server wants a sign-in for whatever it is asked.
    """
    try:
        await OnvifClient(session, settings, None, LIMIT_S).clock_ahead()
    except CameraError as error:
        if error.reason is not Reason.UNAUTHORIZED:
            return Onvif.NO
        return Onvif.YES if error.detail == SAID_IN_SOAP else Onvif.UNSURE
    return Onvif.YES


async def _ask_web(
    session: aiohttp.ClientSession, base: CameraSettings, port: int, found: Fingerprint
) -> bool:
    """Fetch the first page; True if the port surely speaks HTTP."""
    scheme = "https" if port in TLS_PORTS else "http"
    host = f"[{base.host}]" if ":" in base.host else base.host
    url = URL(f"{scheme}://{host}:{port}/", encoded=True)
    try:
        with asking(base.allow_local):
            async with (
                asyncio.timeout(LIMIT_S),
                session.get(url, allow_redirects=False) as response,
            ):
                found.web[port] = scheme
                # aiohttp takes an RTSP server's answer for HTTP, but that has no content.
                if "Content-Type" not in response.headers and not response.content_length:
                    return False
                found.words.append(one_line(response.headers.get("Server", "")))
                for offer in parse_challenges(response.headers.getall("WWW-Authenticate", ())):
                    found.words.append(one_line(offer.parameters.get("realm", "")))
                with contextlib.suppress(CameraError):
                    page = await read_body(response, _MOST_PAGE_BYTES)
                    if title := _TITLE.search(page):
                        found.words.append(one_line(title[1].decode("utf-8", "replace")))
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError):
        found.problem = CameraError(
            Reason.TLS, tr("the certificate of port {port} is not trusted", port=port)
        )
        return True
    except (aiohttp.ClientError, OSError):
        return port in found.web
    return True


async def _ask_rtsp(
    _session: aiohttp.ClientSession, base: CameraSettings, port: int, found: Fingerprint
) -> bool:
    """Ask for the options; True if the port speaks RTSP."""
    host = f"[{base.host}]" if ":" in base.host else base.host
    writer: asyncio.StreamWriter | None = None
    try:
        check_address(base.host, allow_local=base.allow_local)
        async with asyncio.timeout(LIMIT_S):
            reader, writer = await asyncio.open_connection(base.host, port, limit=_MOST_RTSP_BYTES)
            question = f"OPTIONS rtsp://{host}:{port}/ RTSP/1.0\r\nCSeq: 1\r\n\r\n"
            writer.write(question.encode())
            head = await reader.readuntil(b"\r\n\r\n")
    except (CameraError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return False
    finally:
        if writer is not None:
            writer.transport.abort()
    if not head.startswith(b"RTSP/1.0 "):
        return False
    found.web.pop(port, None)
    found.rtsp_ports.append(port)
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "server":
            found.words.append(one_line(value))
    return True
