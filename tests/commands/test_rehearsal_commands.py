"""What is stored of a rule's subjects, and why a rule did not fire, from a real history."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from camwatch.alerts.alert import TOGETHER, Subject
from camwatch.alerts.rehearsal import rehearse
from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    ProgramTrouble,
    Rule,
    Scope,
    Side,
    Way,
)
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import (
    Camera,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    Reason,
    Sample,
    StateChange,
)
from camwatch.errors import InvalidSetting
from camwatch.scene import Line, Scene, Zone
from tests.commands.values import NOON, settings

UTC = ZoneInfo("UTC")
CROWD = Rule("crowd", "Crowd", Occupancy(Side.ABOVE, 30))
DOWN = Rule("down", "Down", CameraCondition(CameraTrouble.DOWN, after_s=300.0))


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate"))


@pytest.fixture
def hall(database: Database) -> Camera:
    return database.cameras.add(settings("Hall"))


def sample(camera: Camera, minutes_ago: float, count: int) -> Sample:
    at = NOON - timedelta(minutes=minutes_ago)
    return Sample(camera.id, at, count, 0.5, 0.01, 60.0)


def change(
    camera: Camera, minutes_ago: float, state: CameraState, reason: Reason = Reason.NONE
) -> StateChange:
    return StateChange(camera.id, NOON - timedelta(minutes=minutes_ago), state, reason)


def test_history_of_people_is_read_for_each_camera_or_added_up(
    commands: Commands, database: Database, boss: Session, gate: Camera, hall: Camera
) -> None:
    database.counts.save([sample(gate, 10, 20), sample(gate, 9, 25), sample(hall, 10, 15)], [])

    each = commands.stored_history(boss, CROWD, 1)
    both = commands.stored_history(boss, replace(CROWD, scope=Scope(is_together=True)), 1)

    assert each.start == NOON - timedelta(days=1)
    assert each.minutes == 1440
    assert {one.name for one in each.series.values()} == {"Gate", "Hall"}
    np.testing.assert_array_equal(
        each.series[Subject.of_camera(gate.id)].highest[-11:-8], [np.nan, 20, 25]
    )
    # Of the hall nothing is known in the second minute, so the sum is the least there can be.
    np.testing.assert_array_equal(both.series[TOGETHER].highest[-11:-8], [np.nan, 35, 25])
    whole = both.series[TOGETHER].is_whole
    assert whole is not None
    assert list(whole[-11:-8]) == [False, True, False]
    assert rehearse(CROWD, each, UTC).fired == 0
    assert rehearse(replace(CROWD, scope=Scope(is_together=True)), both, UTC).fired == 1


def test_history_of_lines_leaves_zones_out(
    commands: Commands, database: Database, boss: Session, gate: Camera
) -> None:
    scene = Scene(
        lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),),
        zones=(Zone("Queue", ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))),),
    )
    ids = database.scenes.save(gate.id, scene).ids
    at = NOON - timedelta(minutes=5)
    database.counts.save(
        [
            Sample(
                gate.id,
                at,
                1,
                0.5,
                0.01,
                60.0,
                zones=((ids["Queue"], 7),),
                watched=(ids["Door"],),
            )
        ],
        [],
        [Passage(ids["Door"], at, n, is_inwards=True) for n in range(3)],
    )
    rule = Rule("many", "Many", Crossings(Way.IN, Side.ABOVE, 3, 60.0))
    queue = replace(CROWD, scope=Scope(places=frozenset({PlaceRef(gate.id, "Queue")})))

    passed = commands.stored_history(boss, rule, 1)
    queued = commands.stored_history(boss, queue, 1)

    door = Subject.of_place(PlaceRef(gate.id, "Door"))
    assert [(key, one.name) for key, one in passed.series.items()] == [(door, "Gate: Door")]
    assert passed.series[door].passed_in[-5] == 3
    assert [one.name for one in queued.series.values()] == ["Gate: Queue"]
    assert np.nanmax(next(iter(queued.series.values())).highest) == 7


def test_a_camera_of_which_nobody_knows_anything_was_not_down(
    commands: Commands, database: Database, boss: Session, gate: Camera, hall: Camera
) -> None:
    # The program was away from 100 to 40 minutes ago; the last sign of life is the hall's.
    database.counts.save(
        [sample(hall, 101, 1)],
        [
            change(gate, 200, CameraState.OK),
            change(gate, 120, CameraState.OFFLINE, Reason.TIMEOUT),
            change(gate, 40, CameraState.CONNECTING, Reason.STARTING),
            change(gate, 39.5, CameraState.OK),
            change(gate, 30, CameraState.STALE, Reason.FROZEN),
            change(gate, 20, CameraState.OK),
        ],
        notices=[
            NoticeChange(gate.id, NOON - timedelta(minutes=10), Notice.COVERED, is_present=True),
            NoticeChange(gate.id, NOON - timedelta(minutes=8), Notice.COVERED, is_present=False),
        ],
    )
    subject = Subject.of_camera(gate.id)

    def troubled(trouble: CameraTrouble) -> list[float]:
        rule = replace(DOWN, condition=CameraCondition(trouble))
        return list(commands.stored_history(boss, rule, 1).series[subject].troubled)

    down = troubled(CameraTrouble.DOWN)
    assert down[-120:-100] == [1.0] * 20
    assert np.isnan(down[-100:-40]).all()
    assert down[-40:-30] == [0.0] * 10
    assert down[-30:-20] == [0.0] * 10
    frozen = troubled(CameraTrouble.FROZEN)
    assert frozen[-125] == 0.0
    assert np.isnan(frozen[-110])
    assert frozen[-25] == 1.0
    blind = troubled(CameraTrouble.BLIND)
    assert blind[-11:-7] == [0.0, 1.0, 1.0, 0.0]
    found = rehearse(DOWN, commands.stored_history(boss, DOWN, 1), UTC)
    # To be frozen is a trouble of its own.
    assert [one.at for one in found.alerts] == [NOON - timedelta(minutes=116)]
    # It was still down when the program ended, and is over when a picture is seen again.
    assert found.alerts[0].until == NOON - timedelta(minutes=40)


def test_people_that_are_counted_while_nobody_can_be_seen_passing_mean_too_slow(
    commands: Commands, database: Database, boss: Session, gate: Camera, hall: Camera
) -> None:
    ids = database.scenes.save(gate.id, Scene(lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),))).ids
    watched = replace(sample(gate, 3, 1), watched=(ids["Door"],))
    database.counts.save([watched, sample(gate, 2, 1), sample(hall, 2, 1)], [])
    rule = replace(DOWN, condition=CameraCondition(CameraTrouble.TOO_SLOW))

    history = commands.stored_history(boss, rule, 1)

    assert [one.name for one in history.series.values()] == ["Gate"]
    troubled = history.series[Subject.of_camera(gate.id)].troubled
    np.testing.assert_array_equal(troubled[-4:], [np.nan, 0.0, 1.0, np.nan])


def test_what_the_program_suffers_is_not_stored_and_that_is_said(
    commands: Commands, boss: Session
) -> None:
    rule = replace(DOWN, condition=ProgramCondition(ProgramTrouble.DISK))

    history = commands.stored_history(boss, rule, 30)

    assert history.series == {}
    assert "cannot be rehearsed" in rehearse(rule, history, UTC).note


@pytest.mark.parametrize("days", [0, 91])
def test_only_so_many_days_are_read(commands: Commands, boss: Session, days: int) -> None:
    with pytest.raises(InvalidSetting) as raised:
        commands.stored_history(boss, CROWD, days)

    assert raised.value.field == "days"
