"""Finds out what camera is at an address, and how its pictures are fetched.

The user's name and password are tried once on each device. Where they are refused, the
device is not asked as that user again: many cameras lock an account after a few tries.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace

import aiohttp

from camwatch.cameras.background import call_in_thread
from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.fingerprint import Fingerprint, take_fingerprint, with_onvif
from camwatch.cameras.found import DiscoveryRequest, Found
from camwatch.cameras.gate import check_picture
from camwatch.cameras.http import HttpCamera
from camwatch.cameras.identity import neighbours
from camwatch.cameras.makes import MAKES, OTHER, Make
from camwatch.cameras.onvif.client import OnvifClient
from camwatch.cameras.onvif.device import device_ids, device_information
from camwatch.cameras.onvif.media import View, ViewAddresses, addresses_of, views_of
from camwatch.cameras.policy import is_local
from camwatch.cameras.trial import test_connection
from camwatch.cameras.ws_discovery import Announced
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, Reason, Secret, SourceKind
from camwatch.errors import CameraError
from camwatch.language import tr

LIMITS = CameraPolicy(snapshot_timeout_s=4.0, status_timeout_s=4.0)
"""How long each device may take for an answer."""

STREAM_LIMITS = CameraPolicy(stream_open_timeout_s=8.0)
"""How long a stream may take for its first picture."""

_PREVIEW_WH = (320, 180)
_LONGEST_LABEL = 60
_REFUSED = (Reason.UNAUTHORIZED, Reason.FORBIDDEN)
_GONE = (Reason.TIMEOUT, Reason.REFUSED, Reason.UNREACHABLE, Reason.DISCONNECTED)


@dataclass(slots=True)
class _Device:
    """What is known of the device that is looked at.

    Attributes:
        base: Settings with its address.
        has_credentials: There is a user to sign in as, who was not refused here.
        ids: What it can be known again by, best first.
        onvif: Settings with its ONVIF service; None if it has none.
        problem: Why something of it is not known.
        needs_sign_in: It wants a sign-in, or another.
    """

    base: CameraSettings
    has_credentials: bool
    make: str = ""
    model: str = ""
    name: str = ""
    ids: tuple[str, ...] = ()
    onvif: CameraSettings | None = None
    problem: CameraError | None = None
    needs_sign_in: bool = False

    @property
    def label(self) -> str:
        """What it may be called."""
        label = self.name or f"{self.make} {self.model}".strip() or "Camera"
        return f"{label[:_LONGEST_LABEL]} ({self.base.host})"

    def refused(self, error: CameraError) -> None:
        """Take note that the device wants a sign-in, or another."""
        self.problem = error
        self.needs_sign_in = True
        self.has_credentials = False


@dataclass(frozen=True, slots=True)
class Means:
    """What all devices of one search are looked at with.

    Attributes:
        session: As `connections.open_session` makes it.
        request: With the user to sign in as.
        streams: Bounds how many streams are tried at once.
    """

    session: aiohttp.ClientSession
    request: DiscoveryRequest
    streams: asyncio.Semaphore


async def survey(
    means: Means,
    host: str,
    ports: Sequence[int],
    announced: Announced | None,
) -> AsyncIterator[Found]:
    """Look at one device.

    Args:
        means: With the user to sign in as.
        host: Address literal, checked.
        ports: That are open; none for a device that announced itself.
        announced: How it announced itself, if it did.

    Yields:
        Each of its views; nothing if this is no camera.
    """
    request = means.request
    base = CameraSettings(
        name=host,
        location=host,
        host=host,
        allow_local=request.allow_local and is_local(host),
    )
    device = _Device(base, has_credentials=bool(request.username))
    fingerprint = Fingerprint()
    if ports:
        fingerprint = await take_fingerprint(means.session, base, ports)
    device.onvif, device.problem = fingerprint.onvif, fingerprint.problem
    if announced is not None:
        device.name, device.model = announced.name, announced.hardware
        device.onvif = with_onvif(base, announced.scheme, announced.port, announced.path)
    if mac := neighbours().get(host, ""):
        device.ids = (mac,)
    look = _Look(means, device)
    is_found = False
    if device.onvif is not None:
        async for found in look.over_onvif(device.onvif):
            is_found = True
            yield found
    is_camera = fingerprint.is_camera or announced is not None
    if not is_found and (found_one := await look.by_its_ports(fingerprint, is_camera)) is not None:
        yield found_one


class _Look:
    """Looks at one device."""

    def __init__(self, means: Means, device: _Device) -> None:
        self._session = means.session
        self._streams = means.streams
        self._request = means.request
        self._device = device

    async def over_onvif(self, settings: CameraSettings) -> AsyncIterator[Found]:
        """Ask the device itself what it is, and where the pictures of its views are."""
        device, request = self._device, self._request
        client = OnvifClient(
            self._session,
            replace(settings, username=request.username),
            request.password,
            LIMITS.status_timeout_s,
        )
        views: list[View] = []
        try:
            information = await device_information(client)
            device.make, device.model = information.make, information.model
            views = await views_of(client)
            ids = await device_ids(client, information)
            device.ids = tuple(dict.fromkeys((*ids, *device.ids)))
        except CameraError as error:
            if error.reason in _REFUSED:
                device.refused(error)
            else:
                device.problem = error
        for number, view in enumerate(views, 1):
            named = replace(settings, username=request.username, name=device.label)
            if len(views) > 1:
                named = replace(named, name=f"{device.label}, view {number}")
            try:
                addresses = await addresses_of(
                    client, view, named, prefer_snapshots=request.prefer_snapshots
                )
            except CameraError as error:
                device.problem = error
                if error.reason in (*_REFUSED, *_GONE):
                    return
                continue
            yield await self._found_view(addresses, number if len(views) > 1 else 0)

    async def _found_view(self, addresses: ViewAddresses, number: int) -> Found:
        device = self._device
        preview, problem = b"", CameraError(Reason.NONE)
        settings = addresses.settings
        if addresses.snapshot is not None:
            preview, problem = await self._preview(addresses.snapshot)
        if settings.kind is SourceKind.RTSP and not preview and problem.reason not in _REFUSED:
            preview, problem = await self._preview(settings)
        if not device.has_credentials:
            settings = replace(settings, username="")
        return self._as_found(settings, preview, problem, number)

    async def by_its_ports(self, fingerprint: Fingerprint, is_camera: bool) -> Found | None:
        """Try the snapshots of known makes; else tell what the ports are open for."""
        device = self._device
        make = fingerprint.make
        if make is not None and not device.make:
            device.make = make.name
        for settings in self._candidates(fingerprint, make):
            preview, problem = await self._preview(settings)
            if preview:
                username = self._request.username if device.has_credentials else ""
                named = replace(settings, name=device.label, username=username)
                return self._as_found(named, preview, problem)
            is_over = problem.reason in (*_GONE, *_REFUSED, Reason.BASIC_NOT_ALLOWED)
            if is_over or make is not None:  # that other makes' paths lead nowhere is no problem
                device.problem = device.problem or problem
            if is_over:
                break
        if not is_camera:
            return None
        return await self._by_its_stream(fingerprint, make)

    def _candidates(self, fingerprint: Fingerprint, make: Make | None) -> Iterator[CameraSettings]:
        """Yield the addresses at which a snapshot may be."""
        makes = (OTHER, *MAKES) if make is None else (make,)
        paths = dict.fromkeys(one.snapshot_path for one in makes if one.snapshot_path)
        for port, scheme in fingerprint.web.items():
            for path in paths:
                yield replace(
                    self._device.base,
                    scheme=scheme,
                    port=port,
                    snapshot_path=path,
                    status_path="",
                )

    async def _by_its_stream(self, fingerprint: Fingerprint, make: Make | None) -> Found:
        """Return a camera without snapshots, with what is known of it."""
        device = self._device
        settings = replace(device.base, name=device.label, status_path="")
        onvif = device.onvif or device.base
        if not fingerprint.rtsp_ports:
            settings = replace(
                settings,
                scheme=next(iter(fingerprint.web.values()), onvif.onvif_scheme or "http"),
                port=next(iter(fingerprint.web), onvif.onvif_port),
                snapshot_path=OTHER.snapshot_path if make is None else make.snapshot_path or "/",
            )
            unknown = CameraError(Reason.NOT_FOUND, tr("where its pictures are, is not known"))
            return self._as_found(settings, b"", device.problem or unknown)
        settings = replace(
            settings,
            kind=SourceKind.RTSP,
            scheme="rtsp",
            port=fingerprint.rtsp_ports[0],
            stream_path="/" if make is None else make.rtsp_path or "/",
            main_path="" if make is None else make.rtsp_main_path,
            snapshot_path="",
        )
        if make is None or not make.rtsp_path:
            unknown = CameraError(Reason.NOT_FOUND, tr("where its stream is, is not known"))
            return self._as_found(settings, b"", device.problem or unknown)
        if device.needs_sign_in:
            return self._as_found(settings, b"", device.problem or CameraError(Reason.NONE))
        preview, problem = await self._preview(settings)
        if device.has_credentials:
            settings = replace(settings, username=self._request.username)
        return self._as_found(settings, preview, problem)

    async def _preview(self, settings: CameraSettings) -> tuple[bytes, CameraError]:
        """Fetch a picture and make a small one of it; signed in only where that is wanted.

        Returns:
            A JPEG file and an error of reason NONE; or b"" and why there is none.
        """
        device, request = self._device, self._request
        users = [""]
        if device.has_credentials and settings.kind is SourceKind.RTSP:
            users = [request.username]  # a stream takes a while, and asks only if it wants to
        elif device.has_credentials:
            users = ["", request.username]
        problem = CameraError(Reason.NONE)
        for user in users:
            try:
                picture = await self._picture(replace(settings, username=user))
            except CameraError as error:
                problem = error
                if error.reason not in _REFUSED:
                    return b"", error
            else:
                return picture, CameraError(Reason.NONE)
        device.refused(problem)
        return b"", problem

    async def _picture(self, settings: CameraSettings) -> bytes:
        """Fetch a picture; return a small one."""
        password = self._request.password if settings.username else None
        if settings.kind is SourceKind.RTSP:
            return await self._picture_of_stream(settings, password)
        data = await HttpCamera(settings, password, LIMITS).snapshot(self._session)
        check_picture(data, max_bytes=LIMITS.max_picture_bytes)
        return await call_in_thread("preview", lambda: encode_jpeg(decode_bytes(data, _PREVIEW_WH)))

    async def _picture_of_stream(self, settings: CameraSettings, password: Secret | None) -> bytes:
        """Try a stream as the editor does; few at a time, for each starts a process."""
        cancel = threading.Event()
        async with self._streams:
            try:
                test = await call_in_thread(
                    "preview",
                    lambda: test_connection(settings, password, STREAM_LIMITS, cancel=cancel),
                )
            finally:
                cancel.set()
        if not test.is_ok:
            raise CameraError(test.reason, test.detail)
        return test.preview

    def _as_found(
        self, settings: CameraSettings, preview: bytes, problem: CameraError, number: int = 0
    ) -> Found:
        device = self._device
        hardware_id = next(iter(device.ids), "")
        onvif = device.onvif
        if onvif is not None:
            settings = replace(
                settings,
                onvif_scheme=onvif.onvif_scheme,
                onvif_port=onvif.onvif_port,
                onvif_path=onvif.onvif_path,
            )
        settings = replace(settings, hardware_id=hardware_id)
        return Found(
            address=settings.origin,
            host=settings.host,
            port=settings.port,
            make=device.make,
            model=device.model,
            hardware_id=hardware_id,
            name=settings.name,
            kind=settings.kind,
            settings=settings,
            preview=preview,
            problem=problem.reason,
            detail=problem.detail,
            needs_sign_in=device.needs_sign_in,
            ids=frozenset(device.ids),
            view=number,
        )
