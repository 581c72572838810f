"""Rules: stored, switched and removed by who may, each with its entry in the audit log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.alerts.people import ChannelKind, Plan, PlanStep
from camwatch.alerts.rules import (
    USUAL_PLAN,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    ProgramTrouble,
    Rule,
    Scope,
    Severity,
    Side,
    Unusual,
    Way,
)
from camwatch.auth.permissions import WHOLE_PROGRAM, Permission, built_in_role
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.sight_rules import NOT_YOUR_RULE, NOT_YOUR_SITE
from camwatch.data.engine import Database
from camwatch.data.roles import RoleRecord
from camwatch.domain import AuditEntry, Camera, CameraId, Role, SiteId
from camwatch.errors import (
    ChangedMeanwhile,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    StorageError,
)
from camwatch.events import Bus, RulesChanged
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, forbid, heal, settings

CROWD = Rule("", "Crowd", Occupancy(Side.ABOVE, 30, for_s=120))


@pytest.fixture
def boss(commands: Commands, database: Database) -> Session:
    """Return the session of an administrator, without the time that passwords take."""
    user = database.operators.add("boss", Role.ADMINISTRATOR, "not to be signed in with")
    return commands.guard._sessions.start(user, built_in_role(Role.ADMINISTRATOR), NOON)


@pytest.fixture
def told(bus: Bus) -> list[RulesChanged]:
    found: list[RulesChanged] = []
    bus.subscribe(RulesChanged, found.append)
    return found


@pytest.fixture
def cameras(database: Database) -> tuple[Camera, Camera]:
    """Return a camera of the site North, and one of South."""
    gate, vault = (
        replace(settings(name, username="", host=f"{name.lower()}.example"), site=site)
        for name, site in (("Gate", "North"), ("Vault", "South"))
    )
    return database.cameras.add(gate), database.cameras.add(vault)


@pytest.fixture
def guard(
    database: Database, commands: Commands, boss: Session, cameras: tuple[Camera, Camera]
) -> Session:
    """Return a session of an operator who may do everything, of the site North only."""
    names = frozenset(one.value for one in frozenset(Permission) - WHOLE_PROGRAM)
    role = RoleRecord("north", "North", names, frozenset({cameras[0].site_id}), False)
    database.roles.put(role, "north")
    user = database.operators.add("guard", "north", "not to be signed in with")
    found = commands.guard._roles.role("north")
    return commands.guard._sessions.start(user, found, NOON)


def newest(database: Database) -> AuditEntry:
    return database.audit.newest(1)[0]


def test_a_rule_is_stored_changed_and_removed(
    commands: Commands, database: Database, boss: Session, told: list[RulesChanged]
) -> None:
    stored = commands.save_rule(boss, replace(CROWD, name=" Crowd "))
    assert (stored.name, stored.version) == ("Crowd", 1)
    assert stored in commands.rules(boss)
    entry = newest(database)
    assert (entry.action, entry.target, entry.details["condition.threshold"]) == (
        "add_rule",
        "Crowd",
        "30",
    )
    changed = replace(stored, condition=Occupancy(Side.ABOVE, 40, for_s=120), name="Crowds")
    stored = commands.save_rule(boss, changed)
    entry = newest(database)
    assert (entry.action, entry.result, entry.target) == ("edit_rule", "done", "Crowds")
    assert entry.details == {
        "uid": stored.uid,
        "name": "Crowds",
        "name_before": "Crowd",
        "condition.threshold": "40",
        "condition.threshold_before": "30",
    }
    commands.remove_rule(boss, stored.uid)
    entry = newest(database)
    assert (entry.action, entry.details["condition.threshold_before"]) == ("remove_rule", "40")
    assert stored.uid not in {rule.uid for rule in commands.rules(boss)}
    assert len(told) == 3
    with pytest.raises(NotFound):
        commands.remove_rule(boss, stored.uid)
    with pytest.raises(NotFound):
        commands.save_rule(boss, stored)


def test_a_rule_is_switched_and_the_workers_read_it(
    commands: Commands, database: Database, boss: Session, told: list[RulesChanged]
) -> None:
    (blind,) = (one for one in commands.rules(boss) if one.name == "Camera cannot see")
    on = commands.switch_rule(boss, blind.uid, True)
    assert (on.is_enabled, on.version) == (True, blind.version + 1)
    assert newest(database).details == {"uid": blind.uid, "switched": "on"}
    assert commands.switch_rule(boss, blind.uid, True) == on
    assert len(told) == 1
    assert on in commands.alert_desk.world().rules
    with pytest.raises(NotFound):
        commands.switch_rule(boss, "gone", True)


def test_who_saw_an_older_rule_is_refused(commands: Commands, boss: Session) -> None:
    stored = commands.save_rule(boss, CROWD)
    commands.save_rule(boss, replace(stored, name="Crowds"))
    with pytest.raises(ChangedMeanwhile):
        commands.save_rule(boss, replace(stored, name="Other"))


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        (replace(CROWD, name=""), ["name"]),
        (replace(CROWD, name="camera DOWN"), ["name"]),
        (replace(CROWD, plan_uid="gone"), ["plan_uid"]),
        (replace(CROWD, scope=Scope(cameras=frozenset({CameraId(99)}))), ["scope"]),
        (replace(CROWD, scope=Scope(sites=frozenset({SiteId(99)}))), ["scope"]),
        (replace(CROWD, uid="../x"), ["uid"]),
        (
            replace(CROWD, name="", template="$x", cool_down_s=-1),
            ["name", "template", "cool_down_s"],
        ),
    ],
)
def test_rules_that_are_refused(
    commands: Commands, database: Database, boss: Session, rule: Rule, fields: list[str]
) -> None:
    before = commands.rules(boss)
    with pytest.raises(InvalidSettings) as refused:
        commands.save_rule(boss, rule)
    assert [one.field for one in refused.value.problems] == fields
    assert commands.rules(boss) == before


def test_a_rule_of_a_removed_camera_can_be_changed_otherwise(
    commands: Commands, boss: Session, cameras: tuple[Camera, Camera]
) -> None:
    scope = Scope(cameras=frozenset(one.id for one in cameras))
    stored = commands.save_rule(boss, replace(CROWD, scope=scope))
    commands.remove_camera(boss, cameras[1].id)
    commands.save_rule(boss, replace(stored, name="Crowds"))


def test_what_is_not_audited_is_not_done(
    commands: Commands, boss: Session, file: Path, told: list[RulesChanged]
) -> None:
    stored = commands.save_rule(boss, CROWD)
    before = {rule.uid: replace(rule, version=0) for rule in commands.rules(boss)}
    forbid(file, "INSERT", "audit")
    for deed in (
        lambda: commands.save_rule(boss, replace(CROWD, name="Other")),
        lambda: commands.save_rule(boss, replace(stored, name="Crowds")),
        lambda: commands.switch_rule(boss, stored.uid, False),
        lambda: commands.remove_rule(boss, stored.uid),
    ):
        with pytest.raises(StorageError):
            deed()
    heal(file, "INSERT", "audit")
    assert {rule.uid: replace(rule, version=0) for rule in commands.rules(boss)} == before


# ---------------------------------------------------------------- who sees what


def scope_of(camera: Camera) -> Scope:
    return Scope(cameras=frozenset({camera.id}))


@pytest.mark.fault("F130")
def test_an_operator_of_one_site_sees_and_changes_its_rules(
    commands: Commands,
    database: Database,
    boss: Session,
    guard: Session,
    cameras: tuple[Camera, Camera],
) -> None:
    here, there = cameras
    both = Scope(cameras=frozenset({here.id, there.id}))
    shared = commands.save_rule(boss, replace(CROWD, name="Both", scope=both))
    hidden = commands.save_rule(boss, replace(CROWD, name="Theirs", scope=scope_of(there)))
    own = commands.save_rule(guard, replace(CROWD, name="Own", scope=scope_of(here)))
    everything = next(one for one in commands.rules(boss) if one.name == "Camera down")
    names = {rule.name for rule in commands.rules(guard)}
    assert {"Both", "Own", "Camera down"} <= names
    assert "Theirs" not in names
    (seen,) = (rule for rule in commands.rules(guard) if rule.uid == shared.uid)
    assert seen.scope == scope_of(here)
    assert shared in commands.rules(boss)
    commands.switch_rule(guard, own.uid, False)
    for rule in (shared, everything):
        for deed in (
            lambda rule=rule: commands.save_rule(guard, replace(rule, scope=scope_of(here))),
            lambda rule=rule: commands.switch_rule(guard, rule.uid, False),
            lambda rule=rule: commands.remove_rule(guard, rule.uid),
        ):
            with pytest.raises(InvalidSetting) as refused:
                deed()
            assert refused.value.reason == NOT_YOUR_RULE
            assert newest(database).result == "denied"
    for hidden_deed in (
        lambda: commands.save_rule(guard, replace(hidden, scope=scope_of(here))),
        lambda: commands.switch_rule(guard, hidden.uid, False),
        lambda: commands.remove_rule(guard, hidden.uid),
    ):
        with pytest.raises(NotFound):
            hidden_deed()
    for scope in (Scope(), both, Scope(sites=frozenset({there.site_id}))):
        with pytest.raises(InvalidSetting) as refused:
            commands.save_rule(guard, replace(CROWD, name="New", scope=scope))
        assert refused.value.reason == NOT_YOUR_SITE


# ---------------------------------------------------------------- preview


@pytest.mark.parametrize(
    ("condition", "title"),
    [
        (Occupancy(Side.ABOVE, 30), "Gate: 31 people (limit 30)"),
        (Occupancy(Side.BELOW, 5), "Gate: only 4 people (limit 5)"),
        (Crossings(Way.IN, Side.ABOVE, 9, 60), "Door (Gate): 10 went in within 1 minute (limit 9)"),
        (Unusual(), "Gate: 23 people, more than usual at this hour (limit 20)"),
        (CameraCondition(CameraTrouble.DOWN), "Gate: no picture"),
        (ProgramCondition(ProgramTrouble.DISK), "The disk is nearly full"),
    ],
)
def test_a_preview_says_what_an_alert_would(
    commands: Commands,
    boss: Session,
    cameras: tuple[Camera, Camera],
    condition: Condition,
    title: str,
) -> None:
    shown, text = commands.preview_text(boss, replace(CROWD, condition=condition))
    assert shown == title
    assert text.startswith(f"{title}. Since ")


def test_a_preview_fills_the_template_and_names_no_camera_of_others(
    commands: Commands, boss: Session, guard: Session, cameras: tuple[Camera, Camera]
) -> None:
    _, there = cameras
    rule = replace(CROWD, scope=scope_of(there), template="$camera of $site: $value")
    assert commands.preview_text(boss, rule)[1] == "Vault of South: 31"
    assert commands.preview_text(guard, rule)[1] == "Gate of North: 31"
    place = Scope(places=frozenset({PlaceRef(there.id, "Safe")}), is_together=True)
    assert "Vault" not in "".join(commands.preview_text(guard, replace(CROWD, scope=place)))
    with pytest.raises(InvalidSetting) as refused:
        commands.preview_text(boss, replace(CROWD, template="$camra"))
    assert refused.value.field == "template"


# ---------------------------------------------------------------- plans


def test_plans_the_usual_one_first(
    commands: Commands, database: Database, boss: Session, keyring: MemoryKeyring
) -> None:
    (usual,) = commands.plans(boss)
    assert (usual.uid, usual.version) == (USUAL_PLAN, 0)
    loud = replace(usual, steps=(PlanStep(0, ChannelKind.SOUND),))
    stored = commands.save_plan(boss, loud)
    assert commands.plans(boss) == [stored]
    assert newest(database).action == "add_plan"
    night = commands.save_plan(boss, Plan("", "All night", (PlanStep(0, ChannelKind.POPUP),)))
    assert commands.plans(boss) == [stored, night]
    for step in (
        PlanStep(0, ChannelKind.EMAIL, "gone", ("gone",)),
        PlanStep(0, ChannelKind.WEBHOOK, "gone"),
    ):
        with pytest.raises(InvalidSettings) as refused:
            commands.save_plan(boss, replace(night, steps=(step,)))
        assert [one.field for one in refused.value.problems] == ["steps"]
    rule = commands.save_rule(boss, replace(CROWD, plan_uid=night.uid, severity=Severity.CRITICAL))
    with pytest.raises(InvalidSetting, match="“Crowd”"):
        commands.remove_plan(boss, night.uid)
    with pytest.raises(InvalidSetting):
        commands.remove_plan(boss, USUAL_PLAN)
    commands.remove_rule(boss, rule.uid)
    commands.remove_plan(boss, night.uid)
    assert keyring.writes == 0


def test_a_viewer_sees_rules_and_plans(commands: Commands, sessions: dict[Role, Session]) -> None:
    assert len(commands.rules(sessions[Role.VIEWER])) == 9
    assert len(commands.plans(sessions[Role.VIEWER])) == 1
