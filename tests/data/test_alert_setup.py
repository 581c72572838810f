"""What is set up for alerts: kept as it was, and never overwritten by who saw an older one."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from camwatch import language
from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.rules import (
    USUAL_PLAN,
    CameraTrouble,
    Occupancy,
    PlaceRef,
    ProgramTrouble,
    Rule,
    Scope,
    Severity,
    Side,
)
from camwatch.alerts.schedule import DayException, Schedule
from camwatch.alerts.settings import Channel, EmailSettings, Encryption
from camwatch.data.engine import Database
from camwatch.domain import CameraId, SiteId
from camwatch.errors import ChangedMeanwhile, DatabaseDamaged, InvalidSetting, NotFound
from tests.commands.values import sql

SCHEDULE = Schedule((1,) * 7, (DayException(date(2026, 12, 24), 0, "Eve"),))
RULE = Rule(
    str(uuid.uuid4()),
    "Crowd",
    Occupancy(Side.ABOVE, 30, critical_at=50),
    Scope(frozenset({SiteId(1)}), frozenset({CameraId(2)}), frozenset(), True),
    Severity.CRITICAL,
    SCHEDULE,
    "$subject",
)
ANNA = Recipient("anna", "Anna", "anna@site.example", on_call=SCHEDULE)
BEN = Recipient("ben", "Ben", "ben@site.example")
TEAM = RecipientGroup("team", "Team", ("anna", "ben"))
PLAN = Plan("p-1", "Night", (PlanStep(0, ChannelKind.EMAIL, "mail", ("team", "anna")),))
MAIL = Channel("mail", "Office", EmailSettings("h", 587, Encryption.STARTTLS, "a@b.example"))


def put_all(database: Database) -> None:
    with database.alert_setup.changing() as book:
        book.rules.put(RULE)
        for one in (ANNA, BEN):
            book.recipients.put(one)
        book.groups.put(TEAM)
        book.plans.put(PLAN)
        book.channels.put(MAIL)


def test_it_is_read_as_it_was_stored(database: Database) -> None:
    put_all(database)
    found = database.alert_setup.read()
    assert replace(RULE, version=1) in found.rules
    assert found.recipients == (replace(ANNA, version=1), replace(BEN, version=1))
    assert found.groups == (replace(TEAM, version=1),)
    assert found.plans == (replace(PLAN, version=1),)
    assert found.channels == (replace(MAIL, version=1),)
    environment = replace(MAIL, uid="environment")
    assert set(found.reach(environment).channels) == {"mail", "environment"}
    assert database.alert_setup.channel("mail") == replace(MAIL, version=1)
    assert database.alert_setup.channel("environment") is None


def test_places_and_sites_of_a_rule_are_kept(database: Database) -> None:
    rule = replace(RULE, scope=Scope(places=frozenset({PlaceRef(CameraId(1), "Door")})))
    with database.alert_setup.changing() as book:
        assert book.rules.get(book.rules.put(rule).uid) == replace(rule, version=1)


def test_who_saw_an_older_one_is_refused(database: Database) -> None:
    put_all(database)
    with database.alert_setup.changing() as book:
        first = book.rules.get(RULE.uid)
        second = book.rules.put(replace(first, name="Crowds"))
    assert second.version == 2
    for stale in (first, RULE):
        with pytest.raises(ChangedMeanwhile), database.alert_setup.changing() as book:
            book.rules.put(stale)
    with database.alert_setup.changing() as book:
        book.rules.remove(RULE.uid)
    with pytest.raises(NotFound), database.alert_setup.changing() as book:
        book.rules.put(second)


def test_a_name_is_used_once_whatever_its_case(database: Database) -> None:
    put_all(database)
    other = replace(RULE, uid="other", name="CROWD")
    with pytest.raises(InvalidSetting) as refused, database.alert_setup.changing() as book:
        book.rules.put(other)
    assert (refused.value.field, refused.value.reason) == (
        "name",
        "is already used by another rule",
    )


def test_a_change_is_all_or_nothing(database: Database) -> None:
    put_all(database)

    def remove_two() -> None:
        with database.alert_setup.changing() as book:
            book.recipients.remove("ben")
            book.recipients.remove("nobody")

    with pytest.raises(NotFound):
        remove_two()
    assert len(database.alert_setup.read().recipients) == 2


def test_who_is_removed_leaves_groups_and_plans(database: Database) -> None:
    put_all(database)
    with database.alert_setup.changing() as book:
        book.remove_from_groups("anna")
        book.remove_from_plans("anna", "recipient")
        book.recipients.remove("anna")
    found = database.alert_setup.read()
    assert found.groups[0].members == ("ben",)
    assert found.plans[0].steps[0].to == ("team",)
    with pytest.raises(InvalidSetting) as refused, database.alert_setup.changing() as book:
        book.remove_from_groups("ben")
    assert "“Night”" in refused.value.reason
    with pytest.raises(InvalidSetting), database.alert_setup.changing() as book:
        book.remove_from_plans("team", "group")
    assert database.alert_setup.read() == found


def test_the_row_of_the_environments_channel_is_no_channel_that_was_set_up(
    database: Database,
) -> None:
    database.proofs.disable("environment", "It is gone.")
    assert database.alert_setup.read().channels == ()


def test_a_channel_that_was_switched_off_by_itself_says_why(database: Database) -> None:
    put_all(database)
    database.proofs.disable("mail", "It is gone.")
    (channel,) = database.alert_setup.read().channels
    assert (channel.is_enabled, channel.disabled_why, channel.version) == (False, "It is gone.", 2)


def test_what_is_damaged_is_named(database: Database, file: Path) -> None:
    put_all(database)
    sql(file, "UPDATE alert_rule SET body = '{}' WHERE uid = ?", RULE.uid)
    with pytest.raises(DatabaseDamaged, match="Crowd"):
        database.alert_setup.read()


# ---------------------------------------------------------------- a new profile


def test_the_rules_of_a_new_profile(database: Database) -> None:
    rules = {rule.name: rule for rule in database.alert_setup.read().rules}
    on = {name for name, rule in rules.items() if rule.is_enabled}
    assert on == {
        "Camera down",
        "Camera frozen",
        "History not saved",
        "People not counted",
        "Alerts do not get through",
        "Disk nearly full",
    }
    assert set(rules) - on == {"Camera cannot see", "Camera too slow", "Clock was set"}
    troubles = {rule.condition.trouble for rule in rules.values()}  # type: ignore[union-attr]
    assert troubles == {*CameraTrouble, *ProgramTrouble}
    down = rules["Camera down"]
    assert (down.severity, down.condition.after_s) == (Severity.WARNING, 60.0)  # type: ignore[union-attr]
    assert rules["History not saved"].severity is Severity.CRITICAL
    assert all(rule.scope.is_everything and rule.schedule.is_always for rule in rules.values())
    assert {rule.plan_uid for rule in rules.values()} == {USUAL_PLAN}
    with database.alert_setup.changing() as book:  # so their keys are those of other names
        for rule in rules.values():
            assert book.rules.put(rule).version == 2
            with pytest.raises(InvalidSetting):
                book.rules.put(replace(rule, uid="other", version=0))


@pytest.mark.sqlite_only
def test_the_rules_of_a_new_profile_are_named_in_the_language_of_who_begins(tmp_path: Path) -> None:
    language.install("de", lambda text: {"Camera down": "Kamera ausgefallen"}.get(text, ""))
    try:
        with Database.open(tmp_path / "german.db") as database:
            rules = {rule.name: rule for rule in database.alert_setup.read().rules}
    finally:
        language.install("en", None)
    down = rules["Kamera ausgefallen"]
    assert down.uid == "14a03569-d26b-4496-92e5-dfe8cb1855fe"
    assert "Camera down" not in rules
    assert len(rules) == 9
    with Database.open(tmp_path / "german.db") as database:
        found = {rule.name for rule in database.alert_setup.read().rules}
    assert found == set(rules), "what was named is data, whatever language is spoken later"
