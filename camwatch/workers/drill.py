"""Plays a known event on a simulated camera through the whole chain, and times each step."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject

from camwatch.alerts.drill import DRILL_CAMERA, DRILL_CAMERA_NAME, RULE, DrillReport, DrillStep
from camwatch.alerts.engine import Engine, Now
from camwatch.alerts.notification import Notification, NotificationState
from camwatch.alerts.signals import CountFact, Raised, WatchedCamera
from camwatch.cameras.connections import open_session
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.gate import check_picture
from camwatch.cameras.http import HttpCamera
from camwatch.cameras.policy import parse_camera_url
from camwatch.config import CameraPolicy
from camwatch.detect.detector import Detector
from camwatch.domain import CameraSettings, SiteId, elapsed_s, utc_now
from camwatch.errors import CamWatchError
from camwatch.events import Bus, DrillProgressed
from camwatch.language import tr
from camwatch.workers.base import Worker
from camwatch.workers.pictures import DETECTOR_WH

if TYPE_CHECKING:
    from camwatch.cameras.simulator.site import ThreadedSite

log = logging.getLogger(__name__)

_WH = (960, 540)
_FPS = 4.0
_SEED = 7
_PEOPLE_WITHIN_S = 30.0
_SHOWN_WITHIN_S = 15.0
_SENT_WITHIN_S = 40.0
_ASK_EVERY_S = 0.1

CAMERA = WatchedCamera(DRILL_CAMERA, DRILL_CAMERA_NAME, SiteId(-1), "Drill")


class _StepFailed(Exception):
    """A step did not go as it should; the words say what was seen."""


class StoresDrills(Protocol):
    """Keeps the alert of a drill; see `commands.drill_desk`."""

    def begin(self, signal: Raised, now: datetime) -> tuple[str, list[tuple[str, Notification]]]:
        """Store the alert, and a message for each way in use with the name of the way."""

    def message(self, uid: str) -> Notification:
        """Return a message as it is now."""

    def end(self, alert_uid: str, actor: str, now: datetime) -> str:
        """Let the alert return, acknowledge it, cancel what waits; returns its state."""


@dataclass(frozen=True, slots=True)
class DrillMeans:
    """What a drill works with.

    Attributes:
        desk: Keeps its alert.
        detector: Returns what counts people now; None if nothing does.
        limits: How cameras are asked.
        threshold: Tells the lowest score of a person.
        zone: Of the site.
        wake: There is something new in the outbox; never waits.
    """

    desk: StoresDrills
    detector: Callable[[], Detector | None]
    limits: CameraPolicy
    threshold: Callable[[], float]
    zone: ZoneInfo
    wake: Callable[[], None]


class DrillBoard:
    """Where drills are asked for, and what is known of them. For any thread."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._stop = threading.Event()
        self._report: DrillReport | None = None

    def start(self, actor: str) -> bool:
        """Begin a drill; False if one is going on."""
        with self._lock:
            if self._report is not None and not self._report.is_over:
                return False
            number = 1 if self._report is None else self._report.number + 1
            self._report = DrillReport(number, actor, utc_now(), doing=tr("Beginning"))
            self._stop.clear()
            self._asked.set()
        self._bus.publish(DrillProgressed(utc_now(), self._report))
        return True

    def stop(self) -> None:
        """End the drill that is going on, as soon as can be."""
        self._stop.set()

    def report(self) -> DrillReport | None:
        """Return how far the newest drill is."""
        with self._lock:
            return self._report

    # What the worker needs.

    def wait(self, timeout_s: float) -> DrillReport | None:
        """Wait for a drill that is asked for; None if there is none."""
        if not self._asked.wait(timeout_s):
            return None
        self._asked.clear()
        return self.report()

    def wake(self) -> None:
        """Let whoever waits return, and the drill that is going on end."""
        self._stop.set()
        self._asked.set()

    @property
    def is_stopped(self) -> bool:
        """True if the drill is to end."""
        return self._stop.is_set()

    def pause(self, seconds: float) -> None:
        """Wait, but not when the drill is to end."""
        self._stop.wait(seconds)

    def tell(self, report: DrillReport) -> None:
        """Say how far a drill is."""
        with self._lock:
            self._report = report
        self._bus.publish(DrillProgressed(utc_now(), report))


class DrillWorker(Worker):
    """Plays the drills that are asked for, one after the other."""

    def __init__(self, board: DrillBoard, means: DrillMeans, parent: QObject | None = None) -> None:
        super().__init__("drill", parent)
        self._board = board
        self._means = means

    def request_stop(self) -> None:
        """Ask the worker to end; a drill that is going on is broken off."""
        super().request_stop()
        self._board.wake()

    def work(self) -> None:
        """Play until asked to stop."""
        while not self.stop_event.is_set():
            report = self._board.wait(3600.0)
            if report is not None and not report.is_over and not self.stop_event.is_set():
                _Drill(self._board, self._means, report).play()


class _Drill:
    """One drill."""

    def __init__(self, board: DrillBoard, means: DrillMeans, report: DrillReport) -> None:
        self._board = board
        self._means = means
        self._report = report
        self._began_s = 0.0

    # ---------------------------------------------------------------- steps

    def _begin(self, name: str) -> None:
        if self._board.is_stopped:
            raise _StepFailed(tr("it was broken off"))
        self._began_s = time.perf_counter()
        self._report = replace(self._report, doing=name)
        self._board.tell(self._report)

    def _done(self, detail: str, *, ok: bool = True, seconds: float | None = None) -> None:
        took_s = time.perf_counter() - self._began_s if seconds is None else seconds
        step = DrillStep(self._report.doing, ok, detail, took_s)
        self._report = replace(self._report, steps=(*self._report.steps, step))
        log.info("drill: %s: %s (%.3f s)", step.name, "done" if ok else detail, took_s)

    def play(self) -> None:
        """Play it; whatever goes wrong becomes a step that failed."""
        try:
            with_people = self._see_people()
            signal = self._judge(with_people)
            self._deliver(signal)
        except (CamWatchError, _StepFailed) as error:
            self._done(str(error), ok=False)
        finally:
            self._report = replace(self._report, doing="", is_over=True)
            self._board.tell(self._report)

    # ---------------------------------------------------------------- from camera to count

    def _see_people(self) -> int:
        """Fetch pictures over HTTP until people are counted in one; returns how many."""
        self._begin(tr("A simulated camera"))
        # Painting people takes OpenCV and a server, and drills are rare.
        from camwatch.cameras.simulator.site import ThreadedSite  # noqa: PLC0415

        with ThreadedSite(1, _WH, fps=_FPS, seed=_SEED) as site:
            self._done(tr("it answers on this computer, port {port}", port=site.port))
            where = parse_camera_url(site.base_url(1))
            settings = CameraSettings(
                name=DRILL_CAMERA_NAME,
                location=tr("Drill"),
                host=where.host,
                port=where.port,
                base_path=where.path,
                allow_local=True,
            )
            return asyncio.run(self._watch(settings, site))

    async def _watch(self, settings: CameraSettings, site: ThreadedSite) -> int:
        camera = HttpCamera(settings, None, self._means.limits)
        ends_s = time.monotonic() + _PEOPLE_WITHIN_S
        asked = len(self._report.steps)
        async with open_session() as session:
            while True:
                self._report = replace(self._report, steps=self._report.steps[:asked])
                self._begin(tr("A picture over HTTP"))
                data = await camera.snapshot(session)
                self._done(tr("{value:,.0f} KiB", value=len(data) / 1024))
                people = self._count(data)
                truth = site.truth(1).occupancy
                if people > 0:
                    return people
                if time.monotonic() > ends_s:
                    raise _StepFailed(
                        tr("nobody was found, and {truth} people were there", truth=truth)
                    )
                await asyncio.sleep(_ASK_EVERY_S)

    def _count(self, data: bytes) -> int:
        """Check, decode and search a picture."""
        self._begin(tr("The check of the picture"))
        wide, high = check_picture(data, max_bytes=self._means.limits.max_picture_bytes)
        self._done(tr("{wide} by {high} pixels", wide=wide, high=high))
        self._begin(tr("Decoding"))
        pixels = decode_bytes(data, DETECTOR_WH)
        self._done(
            tr("to {shape} by {shape2} pixels", shape=pixels.shape[1], shape2=pixels.shape[0])
        )
        self._begin(tr("The search for people"))
        detector = self._means.detector()
        if detector is None:
            raise _StepFailed(tr("people are not counted now"))
        found = detector.detect(pixels, self._means.threshold())
        count = len(found.boxes)
        self._done(tr("{count} found by {name}", count=count, name=detector.name), ok=count > 0)
        return count

    # ---------------------------------------------------------------- from count to people

    def _judge(self, people: int) -> Raised:
        """Let an engine of its own judge the count by a rule that only drills have."""
        self._begin(tr("The rule"))
        now = Now(utc_now(), elapsed_s())
        engine = Engine(self._means.zone, lambda: str(uuid.uuid4()))
        engine.set_cameras([CAMERA], now)
        engine.set_rules([RULE], now)
        signals = engine.take(CountFact(DRILL_CAMERA, people, 1.0), now)
        signals += engine.tick(now)
        raised = next((one for one in signals if isinstance(one, Raised)), None)
        if raised is None:
            raise _StepFailed(
                tr("no alert at {people} people, though one is enough", people=people)
            )
        self._done(
            tr("1 person, from 1 on it raises an alert")
            if people == 1
            else tr("{people} people, from 1 on it raises an alert", people=people)
        )
        return raised

    def _deliver(self, signal: Raised) -> None:
        """Store the alert with its messages, and wait for what comes of each."""
        self._begin(tr("The alert and its messages in the outbox"))
        alert_uid, messages = self._means.desk.begin(signal, utc_now())
        try:
            count = len(messages)
            self._done(tr("1 message") if count == 1 else tr("{count} messages", count=count))
            self._means.wake()
            began_s = time.perf_counter()
            for name, message in messages:
                self._await(name, message.uid, began_s)
        finally:
            self._report = replace(self._report, doing=tr("Closing the alert"))
            self._began_s = time.perf_counter()
            state = self._means.desk.end(alert_uid, self._report.actor, utc_now())
            self._done(tr("it is {state}", state=state), ok=state == "closed")

    def _await(self, name: str, uid: str, began_s: float) -> None:
        """Wait until a message got through, or was tried and did not."""
        try:
            self._begin(name)
        except _StepFailed as error:
            self._report = replace(self._report, doing=name)
            self._done(str(error), ok=False)
            return
        while True:
            message = self._means.desk.message(uid)
            seconds = time.perf_counter() - began_s
            if message.state is NotificationState.DELIVERED:
                self._done(message.answer, seconds=seconds)
                return
            limit_s = _SHOWN_WITHIN_S if message.new.channel.is_local else _SENT_WITHIN_S
            was_tried = message.attempts > 0 or message.state is not NotificationState.WAITING
            if was_tried or seconds > limit_s or self._board.is_stopped:
                words = message.answer or tr(
                    "nothing came of it within {seconds:.0f} s", seconds=seconds
                )
                self._done(words, ok=False, seconds=seconds)
                return
            self._board.pause(_ASK_EVERY_S)
