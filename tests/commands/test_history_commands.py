"""Corrections as they are entered, and what proves a number, on a real history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from camwatch.alerts.inbox import AlertQuery
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.counted_by import CountedBy
from camwatch.data.engine import Database
from camwatch.data.evidence import EvidenceRow
from camwatch.domain import (
    BucketSize,
    Camera,
    CameraId,
    CameraState,
    Notice,
    NoticeChange,
    PlaceId,
    Reason,
    Role,
    Sample,
    StateChange,
)
from camwatch.errors import ChangedMeanwhile, InvalidSettings, NotFound
from camwatch.events import Bus, CorrectionsChanged
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.scene import Line, Scene, Zone
from tests.commands.test_sight import raise_alert
from tests.commands.values import NOON, Clock, settings

UTC = ZoneInfo("UTC")
HOUR = timedelta(hours=1)
SCENE = Scene(
    lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),),
    zones=(Zone("Till", ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4))),),
)


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings(username=""))


@pytest.fixture
def places(database: Database, gate: Camera) -> dict[str, PlaceId]:
    return dict(database.scenes.save(gate.id, SCENE).ids)


@pytest.fixture
def supervisor(sessions: dict[Role, Session]) -> Session:
    return sessions[Role.SUPERVISOR]


@pytest.fixture
def told(bus: Bus) -> list[CorrectionsChanged]:
    found: list[CorrectionsChanged] = []
    bus.subscribe(CorrectionsChanged, found.append)
    return found


def draft(camera: Camera, place_id: PlaceId | None = None, **changes: Any) -> CorrectionDraft:
    wanted = CorrectionDraft(
        camera.id, place_id, NOON - HOUR, NOON, CorrectionKind.EXCLUDE, "A dirty lens."
    )
    return replace(wanted, **changes)


def test_a_correction_is_audited_told_of_and_seen_in_the_history(
    commands: Commands,
    supervisor: Session,
    gate: Camera,
    database: Database,
    told: list[CorrectionsChanged],
) -> None:
    database.counts.save([Sample(gate.id, NOON - HOUR / 2, 7, 0.9, 0.01, 60.0)], [])
    made = commands.add_correction(supervisor, draft(gate, reason="  A dirty\nlens. "))
    assert (made.author, made.made_at, made.draft.reason) == (
        "supervisor",
        NOON,
        "A dirty\nlens.",
    )
    entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("supervisor", "add_correction", "Gate")
    assert entry.details["kind"] == "exclude"
    assert told == [CorrectionsChanged(NOON, gate.id, NOON - HOUR, NOON)]
    asked = (supervisor, [gate.id], BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    assert commands.history(*asked)[0].mean is None
    assert commands.history(*asked, is_corrected=False)[0].mean == 7.0
    assert np.isnan(commands.week_map(supervisor, None, NOON - HOUR, NOON, UTC).mean).all()

    ended = commands.withdraw_correction(supervisor, made.uid, "It was clean.")
    assert commands.corrections(supervisor, None, NOON - HOUR, NOON) == [ended]
    entry = database.audit.newest(1)[0]
    assert (entry.action, entry.details["why"]) == ("withdraw_correction", "It was clean.")
    assert len(told) == 2
    assert commands.history(*asked)[0].mean == 7.0
    with pytest.raises(ChangedMeanwhile):
        commands.withdraw_correction(supervisor, made.uid, "Once more.")
    with pytest.raises(InvalidSettings, match="why: is needed"):
        commands.withdraw_correction(supervisor, made.uid, "  ")


def test_lines_and_zones_are_read_as_corrected_or_as_measured(
    commands: Commands, supervisor: Session, gate: Camera, places: dict[str, PlaceId]
) -> None:
    commands.add_correction(
        supervisor, draft(gate, places["Door"], kind=CorrectionKind.PASSED, inwards=4)
    )
    commands.add_correction(supervisor, draft(gate, places["Till"]))
    stretch = (BucketSize.HOUR, NOON - HOUR, NOON, UTC)
    [door] = commands.flow_history(supervisor, places["Door"], *stretch)
    assert (door.inwards, door.outwards, door.is_corrected) == (4, 0, True)
    [door] = commands.flow_history(supervisor, places["Door"], *stretch, is_corrected=False)
    assert (door.inwards, door.is_corrected) == (None, False)
    [till] = commands.zone_history(supervisor, places["Till"], *stretch)
    assert till.is_corrected
    [till] = commands.zone_history(supervisor, places["Till"], *stretch, is_corrected=False)
    assert not till.is_corrected


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"start": NOON - timedelta(seconds=90)}, ["start"]),
        ({"start": NOON.replace(tzinfo=None)}, ["start"]),
        ({"end": NOON - HOUR}, ["end"]),
        ({"end": NOON + timedelta(minutes=1)}, ["end"]),
        ({"start": NOON - timedelta(days=31, minutes=1)}, ["end"]),
        ({"reason": " \n "}, ["reason"]),
        ({"reason": "x" * 501}, ["reason"]),
        ({"inwards": 1}, ["inwards"]),
        ({"kind": CorrectionKind.PASSED, "inwards": 1}, ["kind"]),
        ({"end": NOON - HOUR, "inwards": 1, "reason": ""}, ["end", "inwards", "reason"]),
    ],
)
def test_every_wrong_field_of_a_correction_is_named(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    supervisor: Session,
    gate: Camera,
    told: list[CorrectionsChanged],
    changes: dict[str, Any],
    fields: list[str],
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        commands.add_correction(supervisor, draft(gate, **changes))
    assert [one.field for one in refused.value.problems] == fields
    assert commands.corrections(supervisor, None, NOON - 999 * HOUR, NOON + HOUR) == []
    assert told == []


def test_a_correction_fits_its_place(
    commands: Commands,
    supervisor: Session,
    gate: Camera,
    places: dict[str, PlaceId],
    database: Database,
) -> None:
    hall = database.cameras.add(settings("Hall", username="", host="10.0.0.8"))
    more: dict[str, Any] = {"kind": CorrectionKind.PASSED, "inwards": 3}
    with pytest.raises(InvalidSettings, match="only a line or a gate"):
        commands.add_correction(supervisor, draft(gate, places["Till"], **more))
    with pytest.raises(InvalidSettings, match="is needed"):
        commands.add_correction(supervisor, draft(gate, places["Door"], kind=more["kind"]))
    with pytest.raises(InvalidSettings, match="must be from"):
        commands.add_correction(
            supervisor, draft(gate, places["Door"], kind=more["kind"], outwards=100_001)
        )
    with pytest.raises(InvalidSettings, match="only 0 were counted"):
        commands.add_correction(
            supervisor, draft(gate, places["Door"], kind=more["kind"], outwards=-1)
        )
    assert database.audit.newest(1)[0].result == "failed"
    with pytest.raises(NotFound):
        commands.add_correction(supervisor, draft(hall, places["Door"], **more))
    with pytest.raises(NotFound):
        commands.add_correction(supervisor, replace(draft(gate), camera_id=CameraId(99)))
    # What a removed camera counted can still be put right.
    commands.remove_camera(commands.sign_in("boss", "brown kettle sings"), gate.id)
    assert commands.add_correction(supervisor, draft(gate, places["Door"], **more)).holds


def test_a_measurement_comes_with_all_that_proves_it(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    sessions: dict[Role, Session],
    gate: Camera,
    places: dict[str, PlaceId],
    database: Database,
    clock: Clock,
) -> None:
    at = NOON
    clock.now = NOON + HOUR
    database.counts.save(
        [
            Sample(
                gate.id,
                at,
                3,
                0.71,
                0.031,
                2.0,
                shown=2,
                is_carried=True,
                zones=((places["Till"], 1),),
                is_flagged=True,
            )
        ],
        [StateChange(gate.id, at, CameraState.SLOW, Reason.BUSY)],
        notices=[NoticeChange(gate.id, at, Notice.DEFOCUSED, True)],
    )
    database.counted_by.add(CountedBy(at - HOUR, "nanodet-g", "onnxruntime", "int8", 0.33))
    uid, _ = raise_alert(database, gate)
    [alert] = commands.alerts(sessions[Role.VIEWER], AlertQuery())
    viewer = sessions[Role.VIEWER]
    found = commands.measured_at(viewer, gate.id, at + timedelta(seconds=1.9))
    assert found is not None
    assert found.alert_uids == ()  # there is no picture of it
    database.evidence.add(
        uid,
        EvidenceRow(
            gate.id, "Gate", at, "a.jpg", False, np.zeros((0, 4), np.float32), 3, NOON + 99 * HOUR
        ),
    )
    found = commands.measured_at(viewer, gate.id, at + timedelta(seconds=1.9))
    assert found is not None
    assert (found.at, found.count, found.shown, found.confidence) == (at, 3, 2, 0.71)
    assert (found.processing_s, found.interval_s) == (0.031, 2.0)
    assert (found.is_carried, found.is_flagged) == (True, True)
    assert (found.model, found.runtime, found.threshold) == ("nanodet-g", "onnxruntime", 0.33)
    assert (found.state, found.reason) == (CameraState.SLOW, Reason.BUSY)
    assert found.notices == (Notice.DEFOCUSED,)
    assert found.zones == (("Till", 1.0, 1),)
    assert found.alert_uids == (alert.uid,)
    assert found.workstation == ""
    assert commands.measured_at(viewer, gate.id, at + timedelta(seconds=2)) is None


def test_the_threshold_of_a_view_counts_where_it_is_known(
    commands: Commands, boss: Session, gate: Camera, database: Database, clock: Clock
) -> None:
    database.counted_by.add(CountedBy(NOON - HOUR, "nanodet-g", "onnxruntime", "int8", 0.33))
    database.scenes.save(gate.id, replace(SCENE, threshold=0.5))
    database.counts.save([Sample(gate.id, NOON, 3, 0.7, 0.03, 60.0)], [])
    clock.now = NOON + HOUR
    found = commands.measured_at(boss, gate.id, NOON)
    assert found is not None
    assert found.threshold == 0.5
    database.scenes.save(gate.id, replace(SCENE, threshold=0.6))
    found = commands.measured_at(boss, gate.id, NOON)
    assert found is not None
    assert found.threshold is None  # it was changed since: nobody knows
