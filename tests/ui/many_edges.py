"""What the dialogs for many cameras stand on: real commands, a real pool, a search that is ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.cameras.discovery import DiscoveryRequest, Found, Moved, OnFound, OnProgress
from camwatch.commands import Commands
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, CameraSettings, Reason, SourceKind
from camwatch.events import Bus
from camwatch.workers.queries import QueryPool
from camwatch.workers.supervisor import Supervisor
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, counting_in


def view(number: int) -> bytes:
    """Return a small picture as a search makes it."""
    pixels = np.full((90, 160, 3), (40 + 20 * (number % 8), 90, 160 - 12 * (number % 8)), np.uint8)
    cv2.rectangle(
        pixels, (20 + 10 * (number % 9), 40), (44 + 10 * (number % 9), 84), (60, 60, 60), -1
    )
    return bytes(cv2.imencode(".jpg", pixels)[1])


def found(number: int, **changes: object) -> Found:
    """Return camera `number`, at 10.0.0.(10 + number)."""
    host = f"10.0.0.{10 + number}"
    settings = CameraSettings(
        f"AXIS P32{number:02}",
        "",
        host,
        port=554,
        scheme="rtsp",
        kind=SourceKind.RTSP,
        stream_path="/axis-media/media.amp?resolution=640x360",
        snapshot_path="",
        status_path="",
        hardware_id=f"ac:cc:8e:00:00:{number:02x}",
    )
    one = Found(
        address=settings.origin,
        host=host,
        port=554,
        make="Axis",
        model=f"P32{number:02}",
        hardware_id=settings.hardware_id,
        name=settings.name,
        kind=settings.kind,
        settings=settings,
        preview=view(number),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def locked(number: int) -> Found:
    """Return camera `number` as it is found without a sign-in."""
    return found(
        number,
        preview=b"",
        problem=Reason.UNAUTHORIZED,
        detail="RTSP 401",
        needs_sign_in=True,
    )


@dataclass
class Search:
    """A search in a network of our own.

    Attributes:
        there: The cameras that are found without a sign-in.
        opened: What each is found as with the right sign-in, by host.
        sign_in: The right one.
        moved: Known cameras that are at other addresses.
        asked: The requests that came.
        may_end: While clear, a search waits at its end, unless it is given up.
        followed: Cameras that are asked at their new address.
        trouble: Raised by a search.
        ended: How many searches have ended.
    """

    there: list[Found] = field(default_factory=list)
    opened: dict[str, Found] = field(default_factory=dict)
    sign_in: tuple[str, str] = ("viewer", "right")
    moved: list[Moved] = field(default_factory=list)
    asked: list[DiscoveryRequest] = field(default_factory=list)
    may_end: threading.Event = field(default_factory=threading.Event)
    followed: list[CameraId] = field(default_factory=list)
    trouble: Exception | None = None
    ended: int = 0

    def run(
        self,
        request: DiscoveryRequest,
        on_found: OnFound,
        on_progress: OnProgress,
        cancel: threading.Event,
    ) -> list[Found]:
        self.asked.append(request)
        if self.trouble is not None:
            raise self.trouble
        result = []
        for number, one in enumerate(self.there):
            if request.username and one.host not in request.networks:
                continue
            password = request.password.reveal() if request.password else ""
            is_right = (request.username, password) == self.sign_in
            settled = self.opened.get(one.host, one) if is_right else one
            result.append(settled)
            on_found(settled)
            on_progress(number + 1, 254)
        while not self.may_end.wait(0.01):
            if cancel.is_set():
                break
        self.ended += 1
        return result


class Desk(Commands):
    """The commands, with a search that finds what the test says."""

    search: Search

    def discover_cameras(
        self,
        session: Session,
        request: DiscoveryRequest,
        on_found: OnFound,
        on_progress: OnProgress,
        cancel: threading.Event,
    ) -> list[Found]:
        return self.search.run(request, on_found, on_progress, cancel)

    def find_moved(
        self, session: Session, cancel: threading.Event, among: Sequence[Found] | None = None
    ) -> list[Moved]:
        return self.search.moved

    def follow(self, session: Session, camera_id: CameraId, found: Found) -> Camera:
        self.search.followed.append(camera_id)
        return next(one for one in self.cameras(session) if one.id == camera_id)


@dataclass
class ManyBench:
    """Everything behind the dialogs."""

    commands: Desk
    session: Session
    pool: QueryPool
    keyring: MemoryKeyring
    bus: Bus

    def cameras(self) -> list[Camera]:
        return self.commands.cameras(self.session)


@contextmanager
def many_bench(folder: Path) -> Iterator[ManyBench]:
    """Open a history, a keyring and a pool of threads; end all of it."""
    bus, keyring = Bus(), MemoryKeyring()
    store = SecretStore(lambda: keyring)
    pool, supervisor = QueryPool(), Supervisor(bus)
    for make in pool.posts():
        supervisor.add(make)
    supervisor.start()
    try:
        with Database.open(folder / "camwatch.sqlite3") as database:
            commands = Desk(database, store, CameraPolicy(), bus, counting_in(folder, bus))
            commands.search = Search()
            session = commands.create_first_administrator("boss", PASSWORD)
            yield ManyBench(commands, session, pool, keyring, bus)
            commands.search.may_end.set()
            keyring.may_write.set()
            assert supervisor.stop(5.0) == []
    finally:
        store.close()
