"""A drill: people appear on a simulated camera, everybody is told, and nothing is left open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from camwatch.alerts.alert import AlertState
from camwatch.alerts.drill import DRILL_RULE, DrillReport
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.notification import Answer, NotificationState
from camwatch.alerts.settings import Channel
from camwatch.commands.drill_desk import DrillDesk
from camwatch.config import CameraPolicy, Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.events import DrillProgressed, PopupDue
from camwatch.paths import bundled_models
from camwatch.workers.alerts import Gate
from camwatch.workers.drill import CAMERA, DrillBoard, DrillMeans, DrillWorker
from camwatch.workers.notifier import NotifierWorker
from tests.support.webhook_server import Reply, WebhookServer
from tests.workers.alert_site import UTC_ZONE, AlertSite, hook


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector(Detection(), bundled_models())


class Stage:
    """What a drill needs, with an operator at the screen who sees each popup."""

    def __init__(self, folder: Path, detector: Detector | None, *channels: Channel) -> None:
        self.site = AlertSite(folder, *channels)
        self.reports: list[DrillReport] = []
        self.site.bus.subscribe(DrillProgressed, lambda event: self.reports.append(event.report))
        self.site.bus.subscribe(PopupDue, self.see)
        self.board = DrillBoard(self.site.bus)
        self.notifier = NotifierWorker(self.site.desk, self.site.bus, Gate())
        means = DrillMeans(
            desk=DrillDesk(
                self.site.database, self.site.desk.reach, UTC_ZONE, CAMERA, self.site.bus
            ),
            detector=lambda: detector,
            limits=CameraPolicy(),
            threshold=lambda: 0.33,
            zone=UTC_ZONE,
            wake=self.notifier.wake,
        )
        self.worker = DrillWorker(self.board, means)
        self.notifier.start()
        self.worker.start()

    def see(self, event: PopupDue) -> None:
        answer = Answer("banner in the window")
        self.site.desk.delivered(event.notification.uid, answer, datetime.now(UTC))

    def stop(self) -> None:
        for worker in (self.worker, self.notifier):
            worker.request_stop()
            assert worker.wait(5000)
        self.site.close()

    def alerts(self) -> list[AlertState]:
        states = frozenset(AlertState)
        found = self.site.database.alerts.find(AlertQuery(states), datetime.now(UTC))
        assert all(one.is_drill and one.rule_uid == DRILL_RULE for one in found)
        return [one.state for one in found]


@pytest.fixture
def stages(qapp: object, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    with ExitStack() as stack:

        def make(detector: Detector | None, *channels: Channel) -> Stage:
            stage = Stage(tmp_path, detector, *channels)
            stack.callback(stage.stop)
            return stage

        yield make


@pytest.mark.expects_warning
def test_a_drill_goes_through_the_whole_chain_and_says_what_failed(
    qtbot: QtBot, stages: Callable[..., Stage], detector: Detector
) -> None:
    with WebhookServer() as server:
        server.replies["/broken"] = Reply(503, body=b"out of order")
        stage = stages(
            detector, hook("board", f"{server.url}/a"), hook("broken", f"{server.url}/broken")
        )
        assert stage.board.start("anna")
        assert not stage.board.start("ben")
        qtbot.waitUntil(lambda: bool(stage.reports) and stage.reports[-1].is_over, timeout=60_000)
        report = stage.reports[-1]
        assert [(step.name, step.ok) for step in report.steps] == [
            ("A simulated camera", True),
            ("A picture over HTTP", True),
            ("The check of the picture", True),
            ("Decoding", True),
            ("The search for people", True),
            ("The rule", True),
            ("The alert and its messages in the outbox", True),
            ("On the screens", True),
            ("Webhook “board”", True),
            ("Webhook “broken”", False),
            ("Closing the alert", True),
        ]
        assert not report.is_passed
        details = {step.name: step.detail for step in report.steps}
        assert details["On the screens"] == "banner in the window"
        assert details["Webhook “board”"] == "HTTP 200 taken"
        assert "HTTP 503 out of order" in details["Webhook “broken”"]
        assert all(step.seconds >= 0 for step in report.steps)
        (posted,) = server.of("/a")
        assert posted.body["data"]["is_drill"] is True
        assert posted.body["data"]["purpose"] == "drill"
        assert "This is a drill" in posted.body["message"]
    # Nothing is left open, and no real camera has anything to do with it.
    assert stage.alerts() == [AlertState.CLOSED]
    states = {one.new.channel_uid: one.state for one in stage.site.messages()}
    assert states["broken"] is NotificationState.CANCELLED
    assert [one.id for one in stage.site.database.cameras.all()] == [stage.site.camera.id]
    assert stage.site.desk.open_alerts() == []


def test_a_drill_without_a_detector_fails_at_that_step_and_tells_nobody(
    qtbot: QtBot, stages: Callable[..., Stage]
) -> None:
    stage = stages(None)
    stage.board.start("anna")
    qtbot.waitUntil(lambda: bool(stage.reports) and stage.reports[-1].is_over, timeout=30_000)
    last = stage.reports[-1].steps[-1]
    assert (last.name, last.ok) == ("The search for people", False)
    assert last.detail == "people are not counted now"
    assert stage.site.messages() == []
    assert stage.board.start("anna")  # the next one can begin


@pytest.mark.expects_warning
def test_a_drill_that_is_broken_off_leaves_nothing_open(
    qtbot: QtBot, stages: Callable[..., Stage], detector: Detector
) -> None:
    with WebhookServer() as server:
        server.replies["/hangs"] = Reply(hangs=True)
        stage = stages(detector, hook("hangs", f"{server.url}/hangs"))
        stage.board.start("anna")
        qtbot.waitUntil(lambda: bool(server.posted), timeout=30_000)
        stage.board.stop()
        qtbot.waitUntil(lambda: stage.reports[-1].is_over, timeout=10_000)
        assert stage.alerts() == [AlertState.CLOSED]
        assert stage.reports[-1].steps[-1].name == "Closing the alert"
