"""Who may see where people were, and what they see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.guard import Guard, who_may
from camwatch.commands.trail_commands import TrailCommands, TrailDesk
from camwatch.data.engine import Database
from camwatch.data.trails import TrailRepository, add_trails
from camwatch.domain import Camera, Role
from camwatch.errors import SessionExpired
from camwatch.scene import Scene, Zone
from camwatch.scene.dwell import Dwell, HourTrails
from tests.data.values import settings
from tests.scene.test_heat import some_heat, values

AT_NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUEUE = Zone("queue", ((0, 0), (0.5, 0), (0.5, 0.5)))
EXIT = Zone("Exit", ((0.5, 0.5), (1, 0.5), (1, 1)))


class Desk(TrailCommands):
    """The commands by themselves, on a real history."""

    def __init__(self, database: Database, guard: Guard) -> None:
        self.guard = guard
        self._trails = TrailDesk(TrailRepository(database._connections), database.scenes)


@pytest.fixture
def desk(database: Database, commands: Commands) -> Desk:
    return Desk(database, commands.guard)


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate"))


@pytest.mark.parametrize("role", list(Role))
def test_whoever_may_see_counts_sees_where_people_were(
    desk: Desk, database: Database, gate: Camera, sessions: dict[Role, Session], role: Role
) -> None:
    hour = int(AT_NINE.timestamp()) // 3600
    heats = [some_heat(1), some_heat(2)]
    with database._connections.writing() as connection:
        add_trails(
            connection,
            [HourTrails(gate.id, hour + index, heat) for index, heat in enumerate(heats)],
        )
    session = sessions[role]
    both = desk.heat(session, gate.id, AT_NINE, AT_NINE + 2 * HOUR)
    assert (values(both) == values(heats[0] + heats[1])).all()
    # Ten o'clock in Berlin.
    first = desk.heat(
        session, gate.id, AT_NINE, AT_NINE + 2 * HOUR, (10, 11), ZoneInfo("Europe/Berlin")
    )
    assert (values(first) == values(heats[0])).all()


def test_stays_are_those_of_the_zones_that_are_drawn_now(
    desk: Desk, database: Database, gate: Camera, sessions: dict[Role, Session]
) -> None:
    ids = database.scenes.save(gate.id, Scene(zones=(QUEUE, EXIT))).ids
    hour = int(AT_NINE.timestamp()) // 3600
    with database._connections.writing() as connection:
        add_trails(
            connection,
            [
                HourTrails(
                    gate.id, hour, some_heat(1), {ids["queue"]: Dwell.of(40), ids["Exit"]: Dwell()}
                )
            ],
        )
    viewer = sessions[Role.VIEWER]
    found = desk.dwell(viewer, gate.id, AT_NINE, AT_NINE + HOUR)
    assert [(one.zone, one.hours) for one in found] == [
        (EXIT, {AT_NINE: Dwell()}),
        (QUEUE, {AT_NINE: Dwell.of(40)}),
    ]
    moved = Zone("queue", ((0, 0), (0.6, 0), (0.6, 0.6)))
    database.scenes.save(gate.id, Scene(zones=(moved,)))
    assert [
        (one.zone, one.hours) for one in desk.dwell(viewer, gate.id, AT_NINE, AT_NINE + HOUR)
    ] == [(moved, {})]


def test_nobody_else_sees_it(
    desk: Desk, commands: Commands, gate: Camera, sessions: dict[Role, Session]
) -> None:
    assert who_may(TrailCommands.heat) is Permission.VIEW_COUNTS
    assert who_may(TrailCommands.dwell) is Permission.VIEW_COUNTS
    viewer = sessions[Role.VIEWER]
    commands.sign_out(viewer)
    with pytest.raises(SessionExpired):
        desk.heat(viewer, gate.id, AT_NINE, AT_NINE + HOUR)
    with pytest.raises(SessionExpired):
        desk.dwell(viewer, gate.id, AT_NINE, AT_NINE + HOUR)
