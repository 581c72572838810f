"""What operators do with alerts: all or none, audited, and only with what they see."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from camwatch.alerts.alert import TOGETHER, Alert, AlertPart, AlertState, Deed, Subject, SubjectKind
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.notification import Notification, NotificationState, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Occupancy, ProgramCondition, ProgramTrouble, Rule, Severity, Side
from camwatch.alerts.signals import Raised, Returned
from camwatch.auth.passwords import hash_password
from camwatch.auth.permissions import Permission
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting
from camwatch.commands.access import AccessOptions
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.data.outbox import Queued
from camwatch.data.roles import RoleRecord
from camwatch.domain import Camera, Role
from camwatch.errors import InvalidSetting, NotFound, StorageError
from camwatch.events import AlertChanged, Bus
from tests.commands.alert_site import a_picture
from tests.commands.values import NOON, PASSWORD, Clock, forbid, heal, settings

CROWD = Rule("11111111-1111-4111-8111-111111111111", "Crowd", Occupancy(Side.ABOVE, 30))
DISK = Rule("22222222-2222-4222-8222-222222222222", "Disk", ProgramCondition(ProgramTrouble.DISK))
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

Raise = Callable[..., Alert]


@pytest.fixture
def commands(  # noqa: PLR0917 - one fixture each
    database: Database,
    secrets: SecretStore,
    bus: Bus,
    counting: Counting,
    clock: Clock,
    tmp_path: Path,
) -> Commands:
    with database.alert_setup.changing() as book:
        book.rules.put(CROWD)
        book.rules.put(DISK)
    access = AccessOptions(tmp_path, is_passing=True)
    return Commands(database, secrets, CameraPolicy(), bus, counting, clock, access)


@pytest.fixture
def told(bus: Bus) -> list[Alert]:
    found: list[Alert] = []
    bus.subscribe(AlertChanged, lambda event: found.append(event.alert))
    return found


@pytest.fixture
def here(database: Database) -> Camera:
    return database.cameras.add(dataclasses.replace(settings("Gate"), site="North"))


@pytest.fixture
def there(database: Database) -> Camera:
    return database.cameras.add(dataclasses.replace(settings("Vault"), site="South"))


@pytest.fixture
def north(database: Database, commands: Commands, boss: Session, here: Camera) -> Session:
    """Return a session of an operator of the site North."""
    names = frozenset({Permission.VIEW_ALERTS.value, Permission.HANDLE_ALERTS.value})
    sites = frozenset({here.site_id})
    database.roles.put(RoleRecord("north", "North", names, sites, False), "north")
    database.operators.add("guard", "north", hash_password(PASSWORD))
    return commands.sign_in("guard", PASSWORD)


def part(subject: Subject, name: str) -> AlertPart:
    return AlertPart(subject, name, NOON, 31.0)


@pytest.fixture
def raise_alert(commands: Commands, clock: Clock) -> Raise:
    """Return what raises an alert as the engine does."""

    def make(uid: str, *parts: AlertPart, severity: Severity = Severity.WARNING) -> Alert:
        is_program = parts[0].subject.kind is SubjectKind.PROGRAM
        rule = DISK if is_program else CROWD
        signal = Raised(uid, rule.uid, True, severity, parts, value=31.0, threshold=30.0)
        (alert,) = commands.alert_desk.carry_out([signal], clock())
        return alert

    return make


@pytest.fixture
def of_here(raise_alert: Raise, here: Camera) -> Alert:
    return raise_alert("here", part(Subject.of_camera(here.id), "Gate"))


@pytest.fixture
def of_both(raise_alert: Raise, here: Camera, there: Camera) -> Alert:
    return raise_alert(
        "both",
        part(Subject.of_camera(there.id), "Vault"),
        part(Subject.of_camera(here.id), "Gate"),
    )


def uids(alerts: Sequence[Alert]) -> list[str]:
    return [alert.uid for alert in alerts]


def newest(database: Database) -> tuple[str, str, str, str]:
    entry = database.audit.newest(1)[0]
    return entry.actor, entry.action, entry.target, entry.result


def popup_of(database: Database, alert: Alert) -> Notification:
    found = database.outbox.of_alert(alert.uid)
    return next(one for one in found if one.new.channel is ChannelKind.POPUP)


# ---------------------------------------------------------------- deeds


def test_acknowledging_is_noted_audited_and_told_and_ends_the_popups(
    commands: Commands, database: Database, boss: Session, told: list[Alert], of_here: Alert
) -> None:
    told.clear()
    (alert,) = commands.acknowledge_alerts(boss, ["here"], "I go there")
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, "boss")
    assert alert.version > of_here.version
    assert told == [alert]
    details = commands.alert_details(boss, "here")
    assert details.alert == alert
    last = details.entries[-1]
    assert (last.actor, last.deed, last.text) == ("boss", Deed.ACKNOWLEDGED, "I go there")
    assert popup_of(database, of_here).state is NotificationState.CANCELLED
    assert newest(database) == ("boss", "acknowledge_alerts", "alert 1", "done")
    # Again it changes nothing, and tells nobody.
    assert commands.acknowledge_alerts(boss, ["here"]) == [alert]
    assert told == [alert]


def test_each_deed_is_in_the_history_and_in_the_audit_log(
    commands: Commands, database: Database, boss: Session, clock: Clock, of_here: Alert
) -> None:
    commands.shelve_alerts(boss, ["here"], NOON + HOUR, "works on the door")
    assert newest(database)[1:] == ("shelve_alerts", "alert 1", "done")
    assert database.audit.newest(1)[0].details["reason"] == "works on the door"
    assert popup_of(database, of_here).state is NotificationState.CANCELLED
    assert commands.alerts(boss, AlertQuery(with_shelved=False)) == []
    commands.unshelve_alerts(boss, ["here"])
    assert newest(database)[1] == "unshelve_alerts"
    commands.own_alerts(boss, ["here"], "anna")
    assert database.audit.newest(1)[0].details["owner"] == "anna"
    alert = commands.comment_alert(boss, "here", "two lines\nof text")
    assert newest(database)[1] == "comment_alert"
    assert (alert.owner, alert.shelving) == ("anna", None)
    deeds = [one.deed for one in commands.alert_details(boss, "here").entries]
    wanted = [Deed.SHELVED, Deed.UNSHELVED, Deed.OWNED, Deed.COMMENTED]
    assert [one for one in deeds if one in wanted] == wanted


def test_of_several_all_or_none(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    database: Database,
    boss: Session,
    raise_alert: Raise,
    here: Camera,
    of_here: Alert,
) -> None:
    raise_alert("second", part(Subject.of_camera(here.id), "Gate"))
    with pytest.raises(NotFound):
        commands.acknowledge_alerts(boss, ["here", "never", "second"])
    assert {one.state for one in commands.alerts(boss, AlertQuery())} == {AlertState.UNACKNOWLEDGED}
    assert newest(database)[1] != "acknowledge_alerts"
    both = commands.acknowledge_alerts(boss, ["second", "here", "second"])
    assert uids(both) == ["second", "here"]
    entry = database.audit.newest(1)[0]
    assert (entry.target, entry.details["alerts"]) == ("2 alerts", "2, 1")
    assert commands.own_alerts(boss, [], "anna") == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("comment", lambda c, s: c.acknowledge_alerts(s, ["here"], "x" * 2001)),
        ("comment", lambda c, s: c.acknowledge_alerts(s, ["here"], "bell \a")),
        ("comment", lambda c, s: c.comment_alert(s, "here", "  ")),
        ("comment", lambda c, s: c.comment_alert(s, "here", "\u202ehidden")),
        ("reason", lambda c, s: c.shelve_alerts(s, ["here"], NOON + HOUR, "")),
        ("until", lambda c, s: c.shelve_alerts(s, ["here"], NOON, "why")),
        ("until", lambda c, s: c.shelve_alerts(s, ["here"], NOON + 169 * HOUR, "why")),
        ("owner", lambda c, s: c.own_alerts(s, ["here"], "x" * 1000)),
        ("how", lambda c, s: c.popup_shown(s, "never", "x" * 1000)),
        ("to_name", lambda c, s: c.handover(s, NOON, "line\nbreak")),
    ],
)
def test_what_cannot_be_entered_changes_nothing(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    database: Database,
    boss: Session,
    of_here: Alert,
    field: str,
    wrong: Callable[[Commands, Session], object],
) -> None:
    before = database.alerts.get("here"), len(database.audit.newest(100))
    with pytest.raises(InvalidSetting) as refused:
        wrong(commands, boss)
    assert refused.value.field == field
    assert (database.alerts.get("here"), len(database.audit.newest(100))) == before


def test_what_cannot_be_audited_is_not_done_and_what_fails_is_said(
    commands: Commands, database: Database, boss: Session, file: Path, of_here: Alert
) -> None:
    forbid(file, "INSERT", "audit")
    with pytest.raises(StorageError):
        commands.acknowledge_alerts(boss, ["here"])
    assert database.alerts.get("here") == of_here
    heal(file, "INSERT", "audit")
    forbid(file, "INSERT", "alert_entry")
    with pytest.raises(StorageError):
        commands.acknowledge_alerts(boss, ["here"])
    assert database.alerts.get("here") == of_here
    assert newest(database)[3] == "failed"


def test_a_popup_that_was_shown_counts_as_told_once(
    commands: Commands, database: Database, boss: Session, clock: Clock, of_here: Alert
) -> None:
    uid = popup_of(database, of_here).uid
    clock.advance(seconds=2)
    commands.popup_shown(boss, uid, "desktop notification")
    shown = database.outbox.get(uid)
    assert shown.state is NotificationState.DELIVERED
    assert shown.answer == "desktop notification, to boss"
    assert database.alerts.get("here").told_at == NOON + timedelta(seconds=2)
    clock.advance(seconds=9)
    commands.popup_shown(boss, uid, "banner in the window")
    assert database.outbox.get(uid) == shown
    assert database.alerts.get("here").told_at == NOON + timedelta(seconds=2)
    with pytest.raises(NotFound):
        commands.popup_shown(boss, "never", "banner")


def test_the_pictures_of_an_alert_are_shown_with_it(
    commands: Commands, boss: Session, here: Camera, of_here: Alert
) -> None:
    details = commands.alert_details(boss, "here")
    assert details.pictures == 0
    assert details.why_no_picture
    assert commands.alert_evidence(boss, "here") == []
    boxes = np.array([[0.1, 0.1, 0.2, 0.3]], np.float32)
    picture = a_picture(here.id)
    commands.alert_desk.keep_evidence("here", here.id, picture, boxes, 1, NOON)
    details = commands.alert_details(boss, "here")
    assert (details.pictures, details.why_no_picture) == (1, "")
    (kept,) = commands.alert_evidence(boss, "here")
    assert kept.data == picture.data
    with pytest.raises(NotFound):
        commands.alert_evidence(boss, "never")


def test_the_next_shift_learns_what_is_open_and_what_happened(  # noqa: PLR0917
    commands: Commands,
    boss: Session,
    clock: Clock,
    raise_alert: Raise,
    here: Camera,
    of_here: Alert,
) -> None:
    clock.advance(hours=2)
    subject = Subject.of_camera(here.id)
    raise_alert("over", part(subject, "Gate"))
    raise_alert("worst", part(subject, "Gate"), severity=Severity.CRITICAL)
    raise_alert("late", part(subject, "Gate"))
    commands.acknowledge_alerts(boss, ["over"], "seen to")
    gone = Returned("over", CROWD.uid, (subject,), is_over=True)
    commands.alert_desk.carry_out([gone], clock())
    clock.advance(hours=1)
    sheet = commands.handover(boss, NOON + HOUR, " Ben ")
    assert (sheet.from_name, sheet.to_name, sheet.until) == ("boss", "Ben", NOON + 3 * HOUR)
    assert uids(sheet.open) == ["worst", "here", "late"]
    assert uids(sheet.happened) == ["over", "worst", "late"]
    entries = dict(sheet.entries)
    assert set(entries) == {"over", "worst", "late"}
    texts = [one.text for one in entries["over"] if one.deed is Deed.ACKNOWLEDGED]
    assert texts == ["seen to"]


def test_a_viewer_may_acknowledge_and_the_history_says_who_it_was(
    commands: Commands, sessions: dict[Role, Session], of_here: Alert
) -> None:
    (alert,) = commands.acknowledge_alerts(sessions[Role.VIEWER], ["here"])
    assert alert.acknowledged_by == "viewer"


@pytest.mark.parametrize(
    "text", ["\ud800", "%", "_", "\\", "x" * 5000, "\u0390" * 5000, "y" * 10**6]
)
def test_whatever_is_searched_for_finds_what_holds_it(
    commands: Commands, boss: Session, north: Session, of_here: Alert, text: str
) -> None:
    for session in (boss, north):
        assert commands.alerts(session, AlertQuery(text=text)) == []
        assert uids(commands.alerts(session, AlertQuery(text=" GATE "))) == ["here"]


# ---------------------------------------------------------------- who sees what


@pytest.mark.fault("F130")
def test_an_operator_of_some_sites_sees_only_what_is_theirs(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    database: Database,
    boss: Session,
    north: Session,
    raise_alert: Raise,
    here: Camera,
    there: Camera,
    of_here: Alert,
    of_both: Alert,
) -> None:
    raise_alert("there", part(Subject.of_camera(there.id), "Vault"))
    raise_alert("program", part(Subject(SubjectKind.PROGRAM, part="disk"), "Disk"))
    raise_alert("sum", part(TOGETHER, "Crowd"))
    assert set(uids(commands.alerts(boss, AlertQuery()))) == {
        "here",
        "both",
        "there",
        "program",
        "sum",
    }
    # The sum adds up the cameras of both sites, so it tells of the other one as well.
    assert set(uids(commands.alerts(north, AlertQuery()))) == {"here", "both", "program"}
    assert commands.alerts(north, AlertQuery(camera_id=there.id)) == []
    assert commands.alerts(north, AlertQuery(text="vault")) == []
    assert set(uids(commands.alerts(north, AlertQuery(text="gate")))) == {"here", "both"}
    sheet = commands.handover(north, NOON - HOUR, "")
    assert set(uids(sheet.open)) == set(uids(sheet.happened)) == {"here", "both", "program"}
    for uid in ("there", "sum", "never"):
        for call in (
            lambda uid: commands.alert_details(north, uid),
            lambda uid: commands.alert_evidence(north, uid),
            lambda uid: commands.acknowledge_alerts(north, ["here", uid]),
            lambda uid: commands.comment_alert(north, uid, "x"),
        ):
            with pytest.raises(NotFound, match="the alert"):
                call(uid)
    assert newest(database)[3] == "denied"
    assert database.alerts.get("here") == of_here
    popup = popup_of(database, database.alerts.get("there"))
    with pytest.raises(NotFound):
        commands.popup_shown(north, popup.uid, "banner")
    commands.popup_shown(north, popup_of(database, of_here).uid, "banner")


@pytest.mark.fault("F130")
def test_of_an_alert_of_two_sites_nothing_names_the_other_one(  # noqa: PLR0917 - one fixture each
    commands: Commands,
    database: Database,
    boss: Session,
    north: Session,
    here: Camera,
    there: Camera,
    of_both: Alert,
) -> None:
    no_boxes = np.empty((0, 4), np.float32)
    for camera in (here, there):
        picture = a_picture(camera.id)
        commands.alert_desk.keep_evidence("both", camera.id, picture, no_boxes, 0, NOON)
    commands.comment_alert(boss, "both", "I look after it")
    assert "Vault" in repr(commands.alert_details(boss, "both"))
    details = commands.alert_details(north, "both")
    shown = (
        details,
        commands.alerts(north, AlertQuery()),
        commands.acknowledge_alerts(north, ["both"]),
        commands.handover(north, NOON - HOUR, ""),
        commands.alert_evidence(north, "both"),
    )
    for one in shown:
        assert "Vault" not in repr(one)
        assert "Gate" in repr(one)
    assert details.alert.camera_ids == (here.id,)
    assert details.pictures == 1
    assert "I look after it" in [entry.text for entry in details.entries]
    # What is stored, and what others see, is whole.
    assert database.alerts.get("both").camera_ids == (there.id, here.id)
    assert len(commands.alert_evidence(boss, "both")) == 2


@pytest.mark.fault("F130")
def test_what_tells_of_a_flood_names_nothing_of_others_and_can_be_shown_by_who_sees_any(  # noqa: PLR0917
    commands: Commands,
    database: Database,
    raise_alert: Raise,
    boss: Session,
    north: Session,
    here: Camera,
    there: Camera,
) -> None:
    # Ten popups a minute; what comes then is told of together, the first one that of the others.
    for number in range(10):
        raise_alert(f"before-{number}", part(Subject.of_camera(there.id), "Vault"))
    raise_alert("theirs", part(Subject.of_camera(there.id), "Vault"))
    raise_alert("ours", part(Subject.of_camera(here.id), "Gate"))
    (flood,) = (
        one
        for one in database.outbox.newest(100)
        if one.new.purpose is Purpose.FLOOD and one.new.channel is ChannelKind.POPUP
    )
    assert flood.new.alert_uids == ("theirs", "ours")
    # Both alerts say that they were told of by it, and to this operator nothing of the other.
    assert flood in commands.alert_details(boss, "theirs").notifications
    assert flood in commands.alert_details(boss, "ours").notifications
    assert flood not in commands.alert_details(boss, "before-9").notifications
    assert flood.uid in [one.uid for one in commands.alert_details(north, "ours").notifications]
    assert "Vault" not in repr(commands.alert_details(north, "ours"))
    raise_alert("more", part(Subject.of_camera(there.id), "Vault"))
    commands.popup_shown(north, flood.uid, "banner")
    assert database.outbox.get(flood.uid).state is NotificationState.DELIVERED
    # The other way round: what is about their own alert may tell of the others.
    with database.alerts.changing(NOON) as book:
        new = dataclasses.replace(flood.new, alert_uid="ours")
        book.queue([Queued(new, CROWD.uid)])
    details = commands.alert_details(north, "ours")
    assert len(details.notifications) == 2
    assert "Vault" not in repr(details)
