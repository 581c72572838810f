"""Cameras that lead astray: blocked, told nothing, and written down once, with real servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from camwatch.auth.secrets import SecretStore
from camwatch.commands.system import SystemAccess
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import (
    AuditEntry,
    Camera,
    CameraSettings,
    CameraState,
    Notice,
    Picture,
    Reason,
    Secret,
)
from camwatch.events import Bus, CameraStateChanged
from camwatch.workers.base import Worker
from camwatch.workers.poller import PollerWorker
from camwatch.workers.queries import QueryPool
from camwatch.workers.security_watch import SecurityWatch
from tests.auth.keyrings import MemoryKeyring
from tests.support.fault_camera import answer
from tests.support.tls_camera import TlsCamera, certificate

PASSWORD = "canary-never-sent-to-strangers"
OURS, THEIRS = certificate("ours"), certificate("theirs")
# The wait after a block is short, so that there are several polls to be silent about.
LIMITS = CameraPolicy(snapshot_timeout_s=5.0, breaker_pause_s=1.0)

pytestmark = pytest.mark.expects_warning


@dataclass
class Site:
    """One camera that is polled, with a history."""

    bus: Bus
    database: Database
    poller: PollerWorker
    states: list[CameraStateChanged]
    pictures: list[Picture]
    camera: Camera

    @property
    def audited(self) -> list[AuditEntry]:
        return self.database.audit.newest()


@pytest.fixture
def site(qtbot: QtBot, tmp_path: Path) -> Iterator[Callable[[CameraSettings], Site]]:
    """Give a function that polls a camera with these settings."""
    bus, pool = Bus(), QueryPool()
    workers: list[Worker] = [make() for make in pool.posts()]
    with Database.open(tmp_path / "camwatch.sqlite3") as database:
        secrets = SecretStore(MemoryKeyring)
        access = SystemAccess(database)

        def poll(settings: CameraSettings) -> Site:
            camera = database.cameras.add(settings, uid="the-uid")
            SecurityWatch(bus, pool, partial(access.note_blocked, camera), pool)
            pictures: list[Picture] = []
            poller = PollerWorker(LIMITS, lambda _camera: Secret(PASSWORD), pictures.append, bus)
            found = Site(bus, database, poller, [], pictures, camera)
            bus.subscribe(CameraStateChanged, found.states.append)
            poller.set_cameras([camera])
            workers.append(poller)
            for worker in workers:
                worker.start()
            return found

        yield poll
        end(reversed(workers))
        secrets.close()


def end(workers: Iterator[Worker]) -> None:
    for worker in workers:
        worker.request_stop()
        assert worker.wait(5000)


@pytest.mark.fault("F39")
def test_a_changed_certificate_is_a_state_of_its_own_and_is_written_down_once(
    site: Callable[[CameraSettings], Site], qtbot: QtBot
) -> None:
    with TlsCamera(OURS) as camera:
        here = site(camera.settings(username="operator", pin=OURS.fingerprint, interval_s=0.2))
        qtbot.waitUntil(lambda: len(here.pictures) >= 2)
        camera.shown = THEIRS
        camera.hang_up()
        told = camera.received
        qtbot.waitUntil(lambda: here.states[-1].state is CameraState.TLS_CHANGED)
        connections = camera.connections
        qtbot.waitUntil(lambda: len(here.audited) == 1 and camera.connections >= connections + 2)
        assert camera.received == told, "not a byte after the certificate changed"
        (entry,) = here.audited
        assert (entry.actor, entry.action, entry.target) == ("system", "camera_blocked", "TLS")
        assert entry.details["reason"] == "certificate_changed"
        assert OURS.fingerprint[:2].upper() in entry.details["detail"]
        camera.shown = OURS
        here.poller.retry_now(here.camera.id)
        qtbot.waitUntil(lambda: here.states[-1].state is CameraState.OK)
    states = [event.state for event in here.states]
    assert states == [
        CameraState.CONNECTING,
        CameraState.OK,
        CameraState.TLS_CHANGED,
        CameraState.OK,
    ]
    assert len(here.audited) == 1


@pytest.mark.fault("F32")
def test_a_redirect_out_of_encryption_is_written_down_once(
    site: Callable[[CameraSettings], Site], qtbot: QtBot
) -> None:
    with TlsCamera(OURS) as camera:
        camera.reply = lambda _head: answer(
            b"", "Location: http://127.0.0.1:9/open?token=canary", status="302 Found"
        )
        here = site(camera.settings(pin=OURS.fingerprint, interval_s=0.2))
        qtbot.waitUntil(lambda: bool(here.audited) and camera.received.count(b"GET ") >= 3)
    assert [(event.state, event.reason) for event in here.states[1:]] == [
        (CameraState.BLOCKED, Reason.REDIRECT)
    ]
    (entry,) = here.audited
    assert entry.details["reason"] == "redirect"
    assert entry.details["detail"] == "HTTP 302 to http://127.0.0.1, out of encryption"
    assert "canary" not in str(entry)


@pytest.mark.fault("F40")
def test_pictures_over_an_expired_certificate_that_is_pinned_say_so(
    site: Callable[[CameraSettings], Site], qtbot: QtBot
) -> None:
    old = certificate("old", ends=timedelta(days=-1))
    with TlsCamera(old) as camera:
        here = site(camera.settings(pin=old.fingerprint, interval_s=0.2))
        qtbot.waitUntil(lambda: bool(here.pictures))
    assert here.pictures[0].notices == {Notice.CERTIFICATE_EXPIRED}
    assert here.audited == []
