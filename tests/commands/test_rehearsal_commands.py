"""What is stored of a rule's subjects, and why a rule did not fire, from a real history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from camwatch.alerts.alert import TOGETHER, Alert, AlertEntry, AlertPart, Deed, Subject
from camwatch.alerts.lifecycle import Change, shelved
from camwatch.alerts.notification import NewNotification, Purpose
from camwatch.alerts.people import ChannelKind
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
    Severity,
    Side,
    Way,
)
from camwatch.alerts.schedule import Schedule
from camwatch.alerts.signals import Block
from camwatch.auth.accounts import RoleDraft
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.domain import (
    Camera,
    CameraSettings,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    Reason,
    Sample,
    StateChange,
)
from camwatch.errors import InvalidSetting, NotFound
from camwatch.events import Bus, RulesChanged
from camwatch.scene import Line, Scene, Zone
from tests.commands.values import NOON, PASSWORD, Clock, settings

UTC = ZoneInfo("UTC")
CROWD = Rule("crowd", "Crowd", Occupancy(Side.ABOVE, 30))
DOWN = Rule("down", "Down", CameraCondition(CameraTrouble.DOWN, after_s=300.0))


def added(database: Database, clock: Clock, camera: CameraSettings) -> Camera:
    """Add a camera that has been there since the day before."""
    clock.now = NOON - timedelta(days=1)
    found = database.cameras.add(camera)
    clock.now = NOON
    return found


@pytest.fixture
def gate(database: Database, clock: Clock) -> Camera:
    return added(database, clock, settings("Gate"))


@pytest.fixture
def hall(database: Database, clock: Clock) -> Camera:
    return added(database, clock, settings("Hall"))


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


# ---------------------------------------------------------------- why, why not


def explains(commands: Commands, database: Database, bus: Bus, *rules: Rule) -> list[str]:
    """Store rules; return their uids."""
    with database.alert_setup.changing() as book:
        for rule in rules:
            book.rules.put(rule)
    bus.publish(RulesChanged(NOON))
    return [rule.uid for rule in rules]


def second(camera: Camera, seconds_ago: float, count: int) -> Sample:
    at = NOON - timedelta(seconds=seconds_ago)
    return Sample(camera.id, at, count, 0.5, 0.01, 1.0)


def alert_at(database: Database, rule: Rule, camera: Camera, raised_at: datetime) -> Alert:
    """Store an alert as the desk does."""
    part = AlertPart(Subject.of_camera(camera.id), camera.name, raised_at, 37.0)
    alert = Alert(
        uid="11111111-1111-4111-8111-111111111111",
        rule_uid=rule.uid,
        rule_name=rule.name,
        kind="occupancy",
        severity=Severity.WARNING,
        raised_at=raised_at,
        changed_at=raised_at,
        parts=(part,),
        title="Gate: 37 people",
        message="Gate: 37 people",
        told_at=raised_at + timedelta(seconds=5),
        told_severity=Severity.WARNING,
    )
    with database.alerts.changing(raised_at) as book:
        entry = AlertEntry(raised_at, "system", Deed.RAISED)
        book.store(None, Change(alert, (entry,)), [camera.id])
    return database.alerts.get(alert.uid)


def test_a_rule_that_has_not_held_long_enough_says_for_how_long_it_has(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    rule = replace(CROWD, condition=Occupancy(Side.ABOVE, 30, 2, for_s=60.0))
    explains(commands, database, bus, rule)
    database.counts.save(
        [second(gate, ago, 37 if ago <= 45 else 12) for ago in range(120, -1, -1)], []
    )

    (trace,) = commands.explain_rule(boss, rule.uid, NOON)

    found = trace.explanation
    assert (found.value, found.threshold, found.back_at) == (37, 30, 28)
    assert (found.held_s, found.needed_s) == (45, 60)
    assert found.block == Block.NOT_LONG_ENOUGH
    assert trace.seen_at == NOON
    (before,) = commands.explain_rule(boss, rule.uid, NOON - timedelta(seconds=50))
    assert before.explanation.block == Block.NOT_OVER_THRESHOLD
    assert before.explanation.value == 12


def test_a_gap_in_the_samples_is_no_data(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    explains(commands, database, bus, CROWD)
    database.counts.save([second(gate, ago, 12) for ago in range(60, 30, -1)], [])

    (trace,) = commands.explain_rule(boss, CROWD.uid, NOON)

    assert trace.explanation.block == Block.NO_DATA
    assert trace.explanation.value is None
    assert trace.seen_at == NOON - timedelta(seconds=31)


def test_schedule_and_switch_are_told_first(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    night = replace(CROWD, uid="night", name="Night", schedule=Schedule(week=(0,) * 7))
    off = replace(CROWD, uid="off", name="Off", is_enabled=False)
    explains(commands, database, bus, night, off)
    database.counts.save([second(gate, 0, 37)], [])

    assert [
        commands.explain_rule(boss, uid, NOON)[0].explanation.block for uid in ("night", "off")
    ] == [Block.NOT_SCHEDULED, Block.SWITCHED_OFF]


def test_an_open_alert_is_told_with_what_was_sent_and_who_put_it_aside(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    explains(commands, database, bus, CROWD)
    database.counts.save([second(gate, ago, 37) for ago in range(400, -1, -1)], [])
    raised_at = NOON - timedelta(seconds=300)
    stored = alert_at(database, CROWD, gate, raised_at)
    message = NewNotification(
        stored.uid,
        Purpose.ALERT,
        ChannelKind.EMAIL,
        "mail",
        ("gate@example.org",),
        Severity.WARNING,
        "Gate: 37 people",
        "Gate: 37 people",
        raised_at,
    )
    with database.alerts.changing(raised_at) as book:
        book.queue([Queued(message, CROWD.uid)])
    (queued,) = database.outbox.of_alert(stored.uid)
    told_at = raised_at + timedelta(seconds=5)
    with database.alerts.changing(told_at) as book:
        book.note_delivered(queued.uid, "250 OK")
        aside = shelved(stored, "boss", told_at, NOON + timedelta(hours=1), "a fire drill")
        book.store(stored, aside)

    (trace,) = commands.explain_rule(boss, CROWD.uid, NOON)
    (earlier,) = commands.explain_rule(boss, CROWD.uid, raised_at - timedelta(seconds=10))

    assert (trace.alert_number, trace.raised_at) == (stored.number, raised_at)
    assert trace.explanation.cool_down_left_s == 600 - 295
    assert trace.explanation.block == Block.SHELVED
    assert (trace.shelved_by, trace.shelved_why) == ("boss", "a fire drill")
    assert trace.shelved_until == NOON + timedelta(hours=1)
    (told,) = trace.told
    assert (told.way, told.to, told.state, told.answer) == (
        *("email", "gate@example.org", "delivered", "250 OK"),
    )
    # Ten seconds before it was raised there was no alert, and nothing had been sent.
    assert earlier.alert_number == 0
    assert earlier.told == ()
    assert earlier.explanation.cool_down_left_s == 0


def test_a_camera_that_is_down_is_seen_once_more(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    explains(commands, database, bus, DOWN)
    database.counts.save(
        [],
        [
            change(gate, 60, CameraState.OK),
            change(gate, 4, CameraState.OFFLINE, Reason.TIMEOUT),
        ],
    )

    (now,) = commands.explain_rule(boss, DOWN.uid, NOON)
    (before,) = commands.explain_rule(boss, DOWN.uid, NOON - timedelta(minutes=5))

    assert (now.explanation.held_s, now.explanation.block) == (240, Block.NOT_LONG_ENOUGH)
    assert (before.explanation.held_s, before.explanation.block) == (0, Block.NOT_OVER_THRESHOLD)


def test_who_passes_is_seen_once_more(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    rule = Rule("many", "Many", Crossings(Way.IN, Side.ABOVE, 3, 300.0))
    explains(commands, database, bus, rule)
    ids = database.scenes.save(gate.id, Scene(lines=(Line("Door", (0.5, 0.1), (0.5, 0.9)),))).ids
    watched = [
        replace(sample(gate, minutes, 1), watched=(ids["Door"],)) for minutes in range(10, -1, -1)
    ]
    passed = [
        Passage(ids["Door"], NOON - timedelta(seconds=ago), 1, is_inwards=True)
        for ago in (400, 200, 100, 30)
    ]
    database.counts.save(watched, [], passed)

    (trace,) = commands.explain_rule(boss, rule.uid, NOON)
    (before,) = commands.explain_rule(boss, rule.uid, NOON - timedelta(seconds=60))

    assert trace.explanation.value == 3
    assert trace.explanation.is_raised
    # Of the four, one is six minutes old by now.
    assert before.explanation.value == 2 + 0
    assert before.explanation.block == Block.NOT_OVER_THRESHOLD


def test_only_what_was_is_explained(
    commands: Commands, database: Database, boss: Session, gate: Camera, bus: Bus
) -> None:
    explains(commands, database, bus, CROWD)

    for at, words in (
        (NOON + timedelta(seconds=1), "future"),
        (NOON - timedelta(days=900), "before"),
    ):
        with pytest.raises(InvalidSetting, match=words) as raised:
            commands.explain_rule(boss, CROWD.uid, at)
        assert raised.value.field == "at"


def test_an_operator_of_one_site_learns_nothing_of_the_other(
    commands: Commands, database: Database, boss: Session, clock: Clock, bus: Bus
) -> None:
    north = added(database, clock, replace(settings("North gate"), site="North"))
    south = added(database, clock, replace(settings("South gate"), site="South"))
    database.counts.save([second(north, 0, 37), second(south, 0, 38)], [])
    of_south = replace(
        CROWD, uid="south", name="South", scope=Scope(sites=frozenset({south.site_id}))
    )
    both = replace(CROWD, uid="both", name="Both", scope=Scope(is_together=True))
    explains(commands, database, bus, CROWD, of_south, both)
    role = commands.add_role(
        boss,
        RoleDraft(
            "North only",
            frozenset({Permission.VIEW_ALERTS, Permission.EDIT_RULES, Permission.VIEW_CAMERAS}),
            frozenset({north.site_id}),
            needs_second_factor=False,
        ),
    )
    user = database.operators.add("nora", role.key, hash_password(PASSWORD))
    nora = commands.guard._sessions.start(user, role, NOON)

    traces = commands.explain_rule(nora, CROWD.uid, NOON)
    history = commands.stored_history(nora, of_south, 1)

    assert [trace.explanation.name for trace in traces] == ["North gate"]
    assert history.series == {}
    for hidden in ("south", "both", "there is none"):
        with pytest.raises(NotFound):
            commands.explain_rule(nora, hidden, NOON)
