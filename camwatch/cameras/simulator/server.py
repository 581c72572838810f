"""Answers HTTP requests for the simulated cameras."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from camwatch.cameras.simulated import PREFIX
from camwatch.cameras.simulator.faults import (
    RETRY_AFTER_S,
    SLOW_S,
    TRICKLE_S,
    WEB_PAGE,
    Fault,
    claim_huge,
)
from camwatch.cameras.simulator.film import Film
from camwatch.cameras.simulator.sign_in import Gatekeeper, Verdict

_BOUNDARY = "camwatch-frame"
_JPEG = "image/jpeg"


@dataclass(slots=True)
class Served:
    """How many requests one camera has had since the site's start.

    Attributes:
        snapshots: Pictures asked for, faults included.
        statuses: Status pages asked for.
        streams: Streams begun.
        refused: Of all these, those refused for want of a right password.
    """

    snapshots: int = 0
    statuses: int = 0
    streams: int = 0
    refused: int = 0


class SimulatedCamera:
    """The state of one camera of the site.

    Attributes:
        index: Counts from 0; addresses count from 1.
        served: What it was asked for.
    """

    def __init__(self, index: int, fault: Fault | None) -> None:
        self.index = index
        self.served = Served()
        self.frozen: tuple[int, bytes] | None = None
        self._fault = fault

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it now."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        self.frozen = None
        self._fault = fault


class SiteServer:
    """The request handlers of a site.

    Args:
        film: The pictures.
        gatekeeper: Who may have them.
        cameras: Their state.
        now: Gives the seconds since the site's start.
        started_at: Unix time of the site's start, seconds.
        painters: Where pictures that are not at hand are painted.
    """

    def __init__(
        self,
        film: Film,
        gatekeeper: Gatekeeper,
        cameras: list[SimulatedCamera],
        *,
        now: Callable[[], float],
        started_at: float,
        painters: Executor,
    ) -> None:
        self._film = film
        self._gatekeeper = gatekeeper
        self._cameras = cameras
        self._now = now
        self._started_at = started_at
        self._painters = painters
        self._stopping = asyncio.Event()

    def application(self) -> web.Application:
        """Return the application with all addresses."""
        application = web.Application()
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/truth", self._truth),
                *(
                    route
                    for before in ("", PREFIX)
                    for route in (
                        web.get(rf"{before}/cam/{{number:\d+}}/snapshot", self._snapshot),
                        web.get(rf"{before}/cam/{{number:\d+}}/status", self._status),
                        web.get(rf"{before}/cam/{{number:\d+}}/stream.mjpg", self._stream),
                    )
                ),
                web.post(r"/cam/{number:\d+}/fault", self._set_fault),
                web.delete(r"/cam/{number:\d+}/fault", self._clear_fault),
            ]
        )
        return application

    def stop(self) -> None:
        """Let every answer that is under way end; called in the event loop."""
        self._stopping.set()

    # What is asked for without a password: it is not part of the cameras.

    async def _index(self, _request: web.Request) -> web.Response:
        listed = [
            {
                "number": camera.index + 1,
                "name": self._film.shots[camera.index].name,
                "snapshot": f"/cam/{camera.index + 1}/snapshot",
                "fault": camera.fault,
                "served": camera.served.snapshots,
            }
            for camera in self._cameras
        ]
        return web.json_response({"cameras": listed, "truth": "/truth"})

    async def _truth(self, request: web.Request) -> web.Response:
        try:
            frame = self._frame_of(request.query.get("at"))
            wanted = request.query.get("camera")
            cameras = self._cameras if wanted is None else [self._numbered(wanted)]
        except ValueError as error:
            return web.json_response({"error": str(error)}, status=400)
        t = frame / self._film.fps
        return web.json_response(
            {
                "t": t,
                "at": self._started_at + t,
                "frame": frame,
                "fps": self._film.fps,
                "started_at": self._started_at,
                "cameras": {
                    str(camera.index + 1): self._truth_about(camera, frame) for camera in cameras
                },
            },
            headers={"Cache-Control": "no-store"},
        )

    def _truth_about(self, camera: SimulatedCamera, frame: int) -> dict[str, Any]:
        moment = self._film.moment(camera.index, frame)
        return {
            "name": self._film.shots[camera.index].name,
            "occupancy": moment.occupancy,
            "people": [
                {
                    "id": person.id,
                    "box": [round(edge, 5) for edge in person.box],
                    "visible": round(person.visible, 4),
                }
                for person in moment.people
            ],
            "crossings": {"in": moment.crossings.inwards, "out": moment.crossings.outwards},
        }

    async def _set_fault(self, request: web.Request) -> web.Response:
        camera = self._camera(request)
        try:
            wanted = await request.json()
            camera.fault = Fault(wanted["fault"])
        except (ValueError, KeyError, TypeError):
            known = ", ".join(Fault)
            return web.json_response(
                {"error": f'send {{"fault": NAME}} with one of: {known}'}, status=400
            )
        return web.json_response({"camera": camera.index + 1, "fault": camera.fault})

    async def _clear_fault(self, request: web.Request) -> web.Response:
        camera = self._camera(request)
        camera.fault = None
        return web.json_response({"camera": camera.index + 1, "fault": None})

    # The cameras.

    async def _status(self, request: web.Request) -> web.StreamResponse:
        camera = self._camera(request)
        camera.served.statuses += 1
        if (refusal := await self._refusal(request, camera, is_status=True)) is not None:
            return refusal
        width, height = self._film.size
        return web.json_response(
            {
                "status": "online",
                "name": self._film.shots[camera.index].name,
                "fps": self._film.fps,
                "resolution": f"{width}x{height}",
                "model": "CamWatch simulated camera",
                "uptime_s": int(self._now()),
            },
            headers={"Cache-Control": "no-store"},
        )

    async def _snapshot(self, request: web.Request) -> web.StreamResponse:
        camera = self._camera(request)
        camera.served.snapshots += 1
        if (refusal := await self._refusal(request, camera)) is not None:
            return refusal
        frame, picture = await self._picture(camera)
        headers = self._headers(frame)
        match camera.fault:
            case Fault.HTML:
                return web.Response(body=WEB_PAGE, content_type="text/html", headers=headers)
            case Fault.REDIRECT:
                raise web.HTTPFound(f"/cam/{camera.index + 1}/snapshot?again=1")
            case Fault.CUT:
                return await self._cut(request, picture, headers)
            case Fault.TRICKLE:
                return await self._trickle(request, picture, headers)
        return web.Response(body=picture, content_type=_JPEG, headers=headers)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Send one frame after the other until the client leaves or the site stops."""
        camera = self._camera(request)
        camera.served.streams += 1
        if (refusal := await self._refusal(request, camera)) is not None:
            return refusal
        response = web.StreamResponse(
            headers={
                "Content-Type": f"multipart/x-mixed-replace; boundary={_BOUNDARY}",
                "Cache-Control": "no-store",
            }
        )
        await response.prepare(request)
        sent = -1
        while not self._stopping.is_set():
            frame, picture = await self._picture(camera)
            lines = [f"--{_BOUNDARY}", f"Content-Type: {_JPEG}", f"Content-Length: {len(picture)}"]
            lines += [f"{name}: {value}" for name, value in self._headers(frame).items()]
            head = "\r\n".join(lines).encode() + b"\r\n\r\n"
            if camera.fault is Fault.CUT:
                await response.write(head + picture[: len(picture) // 2])
                _hang_up(request)
                break
            await response.write(head + picture + b"\r\n")
            sent = max(sent, self._frame())
            await self._pause((sent + 1) / self._film.fps - self._now())
        return response

    async def _refusal(
        self, request: web.Request, camera: SimulatedCamera, *, is_status: bool = False
    ) -> web.StreamResponse | None:
        """Return the answer of a camera that gives nothing, None if it gives something."""
        fault = camera.fault
        if is_status and fault is not None and fault.spares_status:
            fault = None
        if fault is Fault.HANG:
            await self._stopping.wait()
            _hang_up(request)
            return web.Response(status=503)
        if fault is Fault.SLOW:
            await self._pause(SLOW_S)
        if fault is Fault.BUSY:
            return web.Response(
                status=503, text="busy", headers={"Retry-After": str(RETRY_AFTER_S)}
            )
        if fault is Fault.UNAUTHORIZED:
            verdict = self._gatekeeper.refusal()
        else:
            verdict = self._gatekeeper.check(
                request.method, request.raw_path, request.headers.get("Authorization")
            )
        if verdict.is_allowed:
            return None
        camera.served.refused += 1
        return _unauthorized(verdict)

    async def _picture(self, camera: SimulatedCamera) -> tuple[int, bytes]:
        """Return the newest frame's number and its picture, with the camera's fault in it."""
        frame, fault = self._frame(), camera.fault
        if fault is Fault.FROZEN:
            if camera.frozen is None:
                camera.frozen = frame, await self._painted(camera.index, frame)
            return camera.frozen
        if fault is Fault.BLACK:
            return frame, self._film.black(camera.index, frame)
        picture = await self._painted(camera.index, frame)
        if fault is Fault.HUGE:
            return frame, claim_huge(picture)
        if fault is Fault.TRUNCATED:
            return frame, picture[: len(picture) // 2]
        return frame, picture

    async def _painted(self, camera: int, frame: int) -> bytes:
        if (picture := self._film.kept(camera, frame)) is not None:
            return picture
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._painters, self._film.picture, camera, frame)

    async def _cut(
        self, request: web.Request, picture: bytes, headers: dict[str, str]
    ) -> web.StreamResponse:
        response = await self._begin(request, picture, headers)
        await response.write(picture[: len(picture) // 2])
        _hang_up(request)
        return response

    async def _trickle(
        self, request: web.Request, picture: bytes, headers: dict[str, str]
    ) -> web.StreamResponse:
        response = await self._begin(request, picture, headers)
        for at in range(len(picture)):
            await response.write(picture[at : at + 1])
            await self._pause(TRICKLE_S)
            if self._stopping.is_set():
                _hang_up(request)
                break
        return response

    async def _begin(
        self, request: web.Request, picture: bytes, headers: dict[str, str]
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": _JPEG, **headers})
        response.content_length = len(picture)
        await response.prepare(request)
        return response

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than until the site stops."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._stopping.wait()
        except TimeoutError:
            return

    # Time and addresses.

    def _frame(self) -> int:
        return int(self._now() * self._film.fps)

    def _frame_of(self, at: str | None) -> int:
        """Return the frame at a moment given in Unix seconds, the newest for None.

        Raises:
            ValueError: It is no number, or lies before the site's start.
        """
        if at is None:
            return self._frame()
        since_s = float(at) - self._started_at
        # A frame's own time may come back a hair too small after all the arithmetic.
        frame = since_s * self._film.fps + 1e-3
        if not math.isfinite(frame) or frame < 0:
            raise ValueError(f"at={at}: the site started at {self._started_at}")
        return int(frame)

    def _headers(self, frame: int) -> dict[str, str]:
        return {
            "X-Camwatch-Frame": str(frame),
            "X-Camwatch-Time": repr(self._started_at + frame / self._film.fps),
            "Cache-Control": "no-store",
        }

    def _camera(self, request: web.Request) -> SimulatedCamera:
        try:
            return self._numbered(request.match_info["number"])
        except ValueError as error:
            raise web.HTTPNotFound(text=str(error)) from error

    def _numbered(self, number: str) -> SimulatedCamera:
        """Return a camera by its number.

        Raises:
            ValueError: There is none of that number.
        """
        if not (number.isascii() and number.isdecimal() and len(number) <= 6):
            raise ValueError(f"camera={number[:40]}: not a number")
        if not 1 <= int(number) <= len(self._cameras):
            raise ValueError(f"camera={number}: there are 1 to {len(self._cameras)}")
        return self._cameras[int(number) - 1]


def _unauthorized(verdict: Verdict) -> web.Response:
    response = web.Response(status=401, text="user name and password, please")
    for challenge in verdict.challenges:
        response.headers.add("WWW-Authenticate", challenge)
    return response


def _hang_up(request: web.Request) -> None:
    """Close the connection at once, whatever was promised."""
    if request.transport is not None:
        request.transport.close()
