"""Charts show what was counted, to whoever may see it."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.domain import BucketSize, CameraState, Reason, Role, Sample, StateChange
from tests.commands.values import NOON, Clock, settings


def test_a_viewer_reads_counts_and_a_supervisor_states(
    commands: Commands, sessions: dict[Role, Session], database: Database, clock: Clock
) -> None:
    viewer, supervisor = sessions[Role.VIEWER], sessions[Role.SUPERVISOR]
    gate = database.cameras.add(settings())
    hall = database.cameras.add(settings("Hall"))
    went = StateChange(gate.id, NOON, CameraState.OK, Reason.NONE)
    database.counts.save(
        [
            Sample(gate.id, NOON, 2, 0.5, 0.01, 1.0),
            Sample(gate.id, NOON + timedelta(seconds=1), 4, 0.5, 0.01, 1.0),
            Sample(hall.id, NOON + timedelta(seconds=1), 7, 0.5, 0.01, 1.0),
        ],
        [went],
    )
    clock.advance(minutes=1)
    end = NOON + timedelta(minutes=1)
    assert commands.occupancy_series(viewer, [gate.id], NOON, end, 10) == [
        (gate.id, NOON, 3.0, 2.0)
    ]
    assert {row[0] for row in commands.occupancy_series(viewer, None, NOON, end, 10)} == {
        gate.id,
        hall.id,
    }
    (bucket,) = commands.history(
        viewer, [gate.id], BucketSize.MINUTE, NOON, end, ZoneInfo("Europe/Berlin")
    )
    assert (bucket.start, bucket.mean, bucket.peak, bucket.samples) == (NOON, 3.0, 4, 2)
    assert commands.state_changes(supervisor, gate.id, NOON, end) == [went]
    assert commands.state_changes(supervisor, hall.id, NOON, end) == []
