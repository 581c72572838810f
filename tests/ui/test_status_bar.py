from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from camwatch.domain import CameraState, Notice, Reason
from camwatch.errors import DatabaseBusy, DatabaseDamaged, DiskFull, ModelMissing
from camwatch.events import (
    DetectorChanged,
    HistorySaved,
    NoticesChanged,
    StorageTroubled,
    ThroughputMeasured,
)
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.status_bar import StatusBar
from tests.ui.live_edges import NOON, camera, conditions, in_state


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    made = StatusBar(ZoneInfo("Europe/Berlin"))
    qtbot.addWidget(made)
    return made


def test_it_sums_up_cameras_pictures_and_storage(bar: StatusBar) -> None:
    known = conditions(64)
    for condition in known:
        condition.take_state(in_state(CameraState.OK))
    known[3].take_state(in_state(CameraState.OFFLINE, Reason.TIMEOUT))
    bar.show_cameras(known)
    bar.show_throughput(ThroughputMeasured(NOON, 21.3, 0.58))
    bar.show_saved(HistorySaved(datetime(2026, 7, 1, 10, 4, 7, tzinfo=UTC), 20))

    assert bar.summary == "63 of 64 cameras live · 21 pictures/s · 58 % analysed · saved 12:04:07"
    assert bar.trouble == ""


def test_cameras_that_are_switched_off_are_not_missing(bar: StatusBar) -> None:
    live = CameraCondition(camera(1))
    live.take_state(in_state(CameraState.SLOW))
    bar.show_cameras([live, CameraCondition(camera(2, is_enabled=False))])

    assert bar.summary == "1 of 1 camera live · 1 switched off"
    bar.show_cameras([live, CameraCondition(replace(camera(2), workstation="Office"))])

    assert bar.summary == "1 of 1 camera live · 1 counted elsewhere"


def test_without_pictures_nothing_is_said_of_their_analysis(bar: StatusBar) -> None:
    bar.show_throughput(ThroughputMeasured(NOON, 0.0, None))

    assert bar.summary == "0.0 pictures/s"


def test_trouble_with_storage_comes_and_goes(bar: StatusBar) -> None:
    bar.show_storage(StorageTroubled(NOON, DiskFull("full"), 1200))
    assert bar.trouble == "The disk is full, not saving · 1\u202f200 counts wait on this computer"

    bar.show_storage(StorageTroubled(NOON, DatabaseBusy("held"), 0))
    assert bar.trouble == "Saving is delayed"

    bar.show_storage(StorageTroubled(NOON, DatabaseDamaged("bad"), 1, 0, 1))
    assert bar.trouble == "The history is not being saved · 1 count waits on this computer"

    # It works again, and what waits is being saved.
    bar.show_storage(StorageTroubled(NOON, None, 700, 0, 700))
    assert bar.trouble == "700 counts wait on this computer"

    bar.show_storage(StorageTroubled(NOON, None, 0))
    assert bar.trouble == ""


def test_counts_that_are_missing_or_poor_are_told(bar: StatusBar) -> None:
    bar.show_detector(DetectorChanged(NOON, "hog", "opencv", True))
    assert bar.trouble == "Poor counts: fallback model hog"

    bar.show_detector(DetectorChanged(NOON, "", "", False, ModelMissing(None, "gone")))
    assert bar.trouble == "View only: nobody is counted"

    bar.show_detector(DetectorChanged(NOON, "nanodet-g", "onnxruntime", False))
    assert bar.trouble == ""


@pytest.mark.fault("F25")
def test_cameras_with_a_bad_view_are_counted(bar: StatusBar) -> None:
    known = conditions(4)
    for condition in known:
        condition.take_state(in_state(CameraState.OK))
    for number, notice in enumerate([Notice.BLACK, Notice.DEFOCUSED, Notice.CERTIFICATE_EXPIRED]):
        camera_id = known[number].camera.id
        known[number].take_notices(NoticesChanged(NOON, camera_id, frozenset({notice})))
    bar.show_cameras(known)
    assert bar.trouble == "2 cameras with a bad view"
    bar.show_cameras(known[2:])
    assert bar.trouble == ""
