"""What the alert workers may: store decisions once, tell in time, keep pictures, clear up."""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import TOGETHER, Alert, AlertPart, AlertState, Deed
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.notification import Answer, Notification, NotificationState, Purpose
from camwatch.alerts.people import ChannelKind, Plan, PlanStep
from camwatch.alerts.rules import USUAL_PLAN, PlaceRef, Rule, Scope, Severity, Side, Unusual
from camwatch.alerts.settings import (
    ENVIRONMENT,
    Channel,
    EmailSettings,
    Encryption,
    WebhookSettings,
)
from camwatch.alerts.signals import Returned, Signal
from camwatch.auth.secrets import SecretStore
from camwatch.cameras.decode import decode_bytes
from camwatch.commands.evidence_store import MOST_PICTURES
from camwatch.config import AlertPolicy
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, Passage, Sample, Secret
from camwatch.errors import (
    DeliveryError,
    DeliveryFault,
    FilesTroubled,
    SecretsUnavailable,
    StorageError,
)
from camwatch.events import Bus, RulesChanged
from camwatch.scene import Line, Scene, Zone
from tests.auth.keyrings import MemoryKeyring
from tests.commands.alert_site import LADDER, MAIL, RULE, Site, a_picture, raised, returned
from tests.commands.values import NOON, Clock, forbid, heal, settings, sql

NO_BOXES = np.empty((0, 4), np.float32)
MINUTE = timedelta(minutes=1)

MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(
    database: Database, secrets: SecretStore, bus: Bus, clock: Clock, tmp_path: Path
) -> MakeSite:
    def make(**options: object) -> Site:
        return Site(database, secrets, bus, clock, tmp_path / "evidence", **options)  # type: ignore[arg-type]

    return make


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site()


@pytest.fixture
def gate(database: Database) -> Camera:
    return database.cameras.add(settings("Gate"))


@pytest.fixture
def hall(database: Database) -> Camera:
    return database.cameras.add(settings("Hall"))


def everything(database: Database) -> tuple[object, ...]:
    """Return all that carrying out writes."""
    alerts = database.alerts.find(AlertQuery(states=frozenset(AlertState)), NOON)
    entries = database.alerts.entries([one.uid for one in alerts])
    return alerts, entries, database.outbox.newest(1000)


def by_channel(site: Site) -> dict[ChannelKind, Notification]:
    return {one.new.channel: one for one in site.database.outbox.newest(100)}


def deeds(site: Site) -> list[Deed]:
    return [one.deed for one in site.database.alerts.entries(["alert-1"])["alert-1"]]


# ---------------------------------------------------------------- decisions


def test_an_alert_is_stored_with_its_history_and_whom_to_tell(site: Site, gate: Camera) -> None:
    (alert,) = site.desk.carry_out([raised(gate.id)], NOON)
    assert site.told == [alert]
    assert site.desk.open_alerts() == [alert]
    assert (alert.number, alert.state) == (1, AlertState.UNACKNOWLEDGED)
    assert "Gate" in alert.title or "Camera" in alert.title
    assert deeds(site)[0] is Deed.RAISED
    found = by_channel(site)
    assert set(found) == {ChannelKind.POPUP, ChannelKind.EMAIL}
    assert found[ChannelKind.EMAIL].new.addresses == ("anna@example.org",)
    assert found[ChannelKind.EMAIL].new.alert_uid == alert.uid
    assert len(site.desk.due(NOON)) == 2


@pytest.mark.parametrize("count", range(1, 6))
def test_the_same_decisions_given_again_change_nothing(
    site: Site, database: Database, gate: Camera, hall: Camera, count: int
) -> None:
    life: list[Signal] = [
        raised(gate.id),
        raised(hall.id, at_s=1, is_new=False),
        returned(gate.id, is_over=False),
        raised(gate.id, at_s=3, is_new=False, severity=Severity.CRITICAL),
        returned(gate.id, hall.id),
    ]
    decided = life[:count]
    site.desk.carry_out(decided, NOON)
    before = everything(database)
    assert site.desk.carry_out(decided, NOON) == []
    assert everything(database) == before
    assert len(site.told) == 1
    # More of them behind those that were stored before: only they are carried out.
    more = [*decided, returned(gate.id, hall.id), raised(gate.id, at_s=9, is_new=False)]
    (alert,) = site.desk.carry_out(more, NOON)
    assert alert.version > site.told[0].version
    assert site.desk.carry_out(more, NOON) == []


def test_one_decision_by_one_and_all_at_once_lead_to_the_same(
    site: Site, database: Database, gate: Camera, hall: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    site.desk.carry_out([raised(hall.id, at_s=1, is_new=False)], NOON)
    site.desk.carry_out([returned(gate.id, is_over=False)], NOON)
    one = database.alerts.get("alert-1")
    again: list[Signal] = [
        raised(gate.id, uid="alert-2"),
        raised(hall.id, uid="alert-2", at_s=1, is_new=False),
        returned(gate.id, uid="alert-2", is_over=False),
    ]
    (other,) = site.desk.carry_out(again, NOON)
    assert (one.parts, one.state, one.times) == (other.parts, other.state, other.times)


def test_nothing_is_stored_if_anything_cannot_be(
    site: Site, database: Database, file: Path, gate: Camera
) -> None:
    forbid(file, "INSERT", "notification")
    with pytest.raises(StorageError):
        site.desk.carry_out([raised(gate.id)], NOON)
    assert everything(database) == ([], {}, [])
    assert site.told == []
    heal(file, "INSERT", "notification")
    assert len(site.desk.carry_out([raised(gate.id)], NOON)) == 1


def test_a_rule_that_was_removed_raises_nothing_but_what_is_open_returns(
    site: Site, gate: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    site.setup.all_rules = []
    site.bus.publish(RulesChanged(NOON))
    assert site.desk.carry_out([raised(gate.id, uid="alert-2")], NOON) == []
    assert site.desk.carry_out([returned(gate.id, uid="never")], NOON) == []
    (alert,) = site.desk.carry_out([returned(gate.id)], NOON)
    assert alert.state is AlertState.RETURNED


def test_a_sum_is_noted_with_the_cameras_that_it_adds_up(
    site: Site, database: Database, gate: Camera, hall: Camera
) -> None:
    site.change_rule(scope=Scope(cameras=frozenset({hall.id}), is_together=True))
    part = AlertPart(TOGETHER, "Too many", NOON, 31.0)
    site.desk.carry_out([dataclasses.replace(raised(), parts=(part,))], NOON)
    of_hall = AlertQuery(camera_id=hall.id)
    assert len(database.alerts.find(of_hall, NOON)) == 1
    assert database.alerts.find(AlertQuery(camera_id=gate.id), NOON) == []


def test_what_holds_still_is_told_anew_after_its_cool_down(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    for message in site.database.outbox.newest(9):
        site.desk.delivered(message.uid, Answer("250 OK"), NOON)
    reminder = raised(gate.id, is_new=False)
    later = NOON + 11 * MINUTE
    (alert,) = site.desk.carry_out([reminder], later)
    assert alert.changed_at == later
    count = len(site.database.outbox.newest(99))
    assert count > 2
    assert site.desk.carry_out([reminder], later) == []
    assert len(site.database.outbox.newest(99)) == count


# ---------------------------------------------------------------- telling


def test_what_was_told_begins_the_cool_down_and_is_noted_once(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    found = by_channel(site)
    later = NOON + 5 * MINUTE
    alert = site.desk.delivered(found[ChannelKind.EMAIL].uid, Answer("250 OK"), later)
    assert alert is not None
    assert (alert.told_at, alert.told_severity) == (later, Severity.WARNING)
    assert site.told[-1] == alert
    assert site.desk.delivered(found[ChannelKind.EMAIL].uid, Answer("x"), later + MINUTE) is None
    assert site.database.alerts.get("alert-1") == alert
    assert site.database.proofs.all().get("mail") is None  # it is set up in memory only
    assert site.desk.delivered("never", Answer(""), later) is None


def test_one_message_about_several_alerts_tells_of_each(site: Site, gate: Camera) -> None:
    for number in range(1, 4):
        site.desk.carry_out([raised(gate.id, uid=f"alert-{number}")], NOON)
    (flood,) = (one for one in site.database.outbox.newest(99) if one.new.purpose is Purpose.FLOOD)
    assert flood.new.due_at == NOON + MINUTE
    alert = site.desk.delivered(flood.uid, Answer("250 OK"), NOON + MINUTE)
    assert alert is not None
    assert alert.uid == "alert-2"
    told = {one.uid: one.told_at for one in site.desk.open_alerts()}
    assert told == {"alert-1": None, "alert-2": NOON + MINUTE, "alert-3": NOON + MINUTE}


def test_addresses_that_may_take_it_later_get_a_message_of_their_own(
    site: Site, gate: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    mail = by_channel(site)[ChannelKind.EMAIL]
    answer = Answer("250 OK", {"b@x.org": "450 busy", "c@x.org": "550 no"}, ("b@x.org",))
    site.desk.delivered(mail.uid, answer, NOON)
    assert site.database.outbox.get(mail.uid).answer == (
        "250 OK | Not to b@x.org: 450 busy | Not to c@x.org: 550 no"
    )
    (again,) = [
        one
        for one in site.database.outbox.newest(9)
        if one.new.channel is ChannelKind.EMAIL and one.uid != mail.uid
    ]
    assert again.new.addresses == ("b@x.org",)
    assert again.state is NotificationState.WAITING
    assert again.new.due_at == mail.new.due_at  # its life goes on
    assert again not in site.desk.due(NOON)
    assert again in site.desk.due(NOON + MINUTE)


def test_what_failed_says_why_and_comes_again(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    mail = by_channel(site)[ChannelKind.EMAIL]
    error = DeliveryError(DeliveryFault.SIGN_IN, "535 no")
    site.desk.not_delivered(mail.uid, error, NOON + MINUTE, NOON)
    assert site.database.outbox.get(mail.uid).answer == "sign in: 535 no"
    assert site.database.alerts.get("alert-1").told_at is None
    site.desk.not_delivered("never", error, None, NOON)
    assert mail.uid not in [one.uid for one in site.desk.due(NOON)]


def test_a_step_is_taken_when_it_is_due_and_nothing_is_written_before(
    site: Site, database: Database, gate: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    before = everything(database)
    assert site.desk.escalate(NOON + timedelta(seconds=59)) == []
    assert everything(database) == before
    (alert,) = site.desk.escalate(NOON + MINUTE)
    assert alert.step == 3
    sound = by_channel(site)[ChannelKind.SOUND]
    assert sound.new.purpose is Purpose.ESCALATION
    assert deeds(site)[-1] is Deed.ESCALATED
    assert site.told[-1] == alert
    assert site.desk.escalate(NOON + 2 * MINUTE) == []


def test_a_clock_that_is_set_back_does_not_put_the_plan_off(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    assert site.desk.escalate(NOON) == []
    (alert,) = site.desk.escalate(NOON - timedelta(days=300))
    assert alert.step == 3
    assert "-" not in by_channel(site)[ChannelKind.SOUND].new.text


def test_what_is_over_and_acknowledged_calls_for_nobody_any_more(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    site.keeping.change(["alert-1"], lambda one: lifecycle.acknowledged(one, "anna", NOON), NOON)
    found = by_channel(site)
    assert found[ChannelKind.POPUP].state is NotificationState.CANCELLED
    assert found[ChannelKind.EMAIL].state is NotificationState.WAITING
    (alert,) = site.desk.carry_out([returned(gate.id)], NOON + MINUTE)
    assert alert.state is AlertState.CLOSED
    assert site.desk.escalate(NOON + 9 * MINUTE) == []


def test_channels_that_are_left_alone_or_switched_off_keep_their_messages(
    site: Site, gate: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    assert len(site.desk.due(NOON, is_local=False)) == 1
    assert site.desk.due(NOON, is_local=False, without={"mail"}) == []
    site.change_mail(dataclasses.replace(MAIL, is_enabled=False))
    assert site.desk.due(NOON, is_local=False) == []
    assert site.desk.channel("mail") is None
    site.change_mail(MAIL)
    assert len(site.desk.due(NOON, is_local=False)) == 1


def test_mails_are_gathered_until_their_time_but_critical_ones_are_not(
    site: Site, gate: Camera, hall: Camera
) -> None:
    assert isinstance(MAIL.settings, EmailSettings)
    gathering = dataclasses.replace(MAIL.settings, digest_min=30)
    site.change_mail(dataclasses.replace(MAIL, settings=gathering))
    other = dataclasses.replace(RULE, uid="rule-2", name="Other")
    site.setup.all_rules = [RULE, other]
    site.bus.publish(RulesChanged(NOON))
    site.desk.carry_out([raised(gate.id)], NOON)
    more = dataclasses.replace(raised(hall.id, uid="alert-2"), rule_uid="rule-2")
    site.desk.carry_out([more], NOON + 10 * MINUTE)
    end = NOON + 30 * MINUTE
    assert site.desk.due(end - timedelta(seconds=1), is_local=False) == []
    first, second = site.desk.due(end, is_local=False)
    assert first.next_at == second.next_at == end
    assert not first.is_late(NOON + 80 * MINUTE)
    assert first.is_late(NOON + 91 * MINUTE)
    critical = raised(hall.id, uid="alert-3", severity=Severity.CRITICAL)
    site.desk.carry_out([dataclasses.replace(critical, rule_uid="rule-2")], NOON + 12 * MINUTE)
    (mail,) = site.desk.due(NOON + 12 * MINUTE, is_local=False)
    assert mail.new.alert_uid == "alert-3"
    # The next round begins with the next mail.
    site.desk.carry_out([raised(gate.id, uid="alert-4", at_s=1900)], NOON + 31 * MINUTE)
    newest = [one for one in site.database.outbox.of_alert("alert-4") if one.new.channel_uid]
    assert [one.next_at for one in newest] == [NOON + 61 * MINUTE]


# ---------------------------------------------------------------- channels


def test_a_channel_comes_with_its_secret(
    make_site: MakeSite, secrets: SecretStore, keyring: MemoryKeyring
) -> None:
    mail = Channel(
        ENVIRONMENT,
        "SMTP_HOST",
        EmailSettings("mail.example", 587, Encryption.STARTTLS, "camwatch@example.org"),
    )
    site = make_site(environment=(mail, Secret("from a variable")))
    assert site.desk.channel("mail") == (MAIL, None)
    secrets.put("mail", Secret("kept"))
    assert site.desk.channel("mail") == (MAIL, Secret("kept"))
    assert site.desk.channel(ENVIRONMENT) == (mail, Secret("from a variable"))
    assert site.desk.channel("never") is None
    assert ENVIRONMENT in site.desk.world().reach.channels
    site.desk.disable_channel(ENVIRONMENT, "HTTP 410", NOON)
    assert site.desk.channel(ENVIRONMENT) is None


@pytest.mark.expects_warning
def test_a_keyring_that_does_not_answer_is_told(
    site: Site, keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_service: str, _name: str) -> str:
        raise OSError

    monkeypatch.setattr(keyring, "get_password", broken)
    with pytest.raises(SecretsUnavailable):
        site.desk.channel("mail")


def test_a_channel_that_is_gone_is_switched_off_and_audited(site: Site, database: Database) -> None:
    site.desk.disable_channel(ENVIRONMENT, "it says that it is gone for good", NOON)
    site.desk.disable_channel(ENVIRONMENT, "once more", NOON)
    assert site.rules_changed == 1
    (entry,) = database.audit.newest(10)
    assert (entry.actor, entry.action, entry.result) == ("system", "disable_channel", "done")
    error = DeliveryError(DeliveryFault.CERTIFICATE, "self-signed")
    site.desk.note_unsafe("mail", error, NOON)
    entry = database.audit.newest(1)[0]
    assert (entry.action, entry.target, entry.result) == ("channel_unsafe", "Office", "denied")
    assert entry.details["reason"] == "certificate"


def test_the_daily_proof_is_queued_once_a_day_by_the_clocks_of_the_site(
    make_site: MakeSite, clock: Clock
) -> None:
    mail = dataclasses.replace(MAIL, uid=ENVIRONMENT)
    site = make_site(environment=(mail, None))
    hook = Channel("hook", "Hook", WebhookSettings("https://hook.example", sends_alerts=False))
    steps = (*LADDER.steps, PlanStep(5.0, ChannelKind.EMAIL, ENVIRONMENT, ("nobody", "anna")))
    unused = dataclasses.replace(MAIL, uid="unused")
    plan = Plan(USUAL_PLAN, "Ladder", tuple(one for one in steps if one.channel_uid != "mail"))
    site.setup.all_reach = dataclasses.replace(
        site.setup.all_reach,
        plans={USUAL_PLAN: plan},
        channels={"hook": hook, "unused": unused},
    )
    site.bus.publish(RulesChanged(NOON))
    eight = NOON.replace(hour=7, minute=59)  # in Berlin an hour later
    assert site.desk.queue_canaries(eight) == 0
    assert site.desk.queue_canaries(eight + MINUTE) == 1
    assert site.desk.queue_canaries(eight + 2 * MINUTE) == 0
    (proof,) = site.database.outbox.newest(10)
    assert (proof.new.purpose, proof.new.addresses) == (Purpose.CANARY, ("anna@example.org",))
    assert proof.new.channel_uid == ENVIRONMENT
    assert site.desk.queue_canaries(NOON.replace(hour=22, minute=59)) == 0
    assert site.desk.queue_canaries(NOON + timedelta(days=1)) == 1
    never = make_site(policy=AlertPolicy(canary_hour=-1), environment=(mail, None))
    assert never.desk.queue_canaries(NOON + timedelta(days=2)) == 0


# ---------------------------------------------------------------- pictures


def keep(site: Site, camera_id: CameraId, uid: str = "alert-1") -> bool:
    boxes = np.array([[0.25, 0.25, 0.5, 0.5]], np.float32)
    return site.desk.keep_evidence(uid, camera_id, a_picture(camera_id), boxes, 1, NOON)


def files(site: Site) -> list[Path]:
    return sorted(site.folder.iterdir()) if site.folder.is_dir() else []


def test_the_picture_of_the_moment_is_kept_as_the_camera_sent_it(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    assert keep(site, gate.id)
    assert keep(site, gate.id)  # and only once
    (file,) = files(site)
    assert file.stat().st_mode & 0o777 == 0o600
    assert site.folder.stat().st_mode & 0o777 == 0o700
    assert file.suffix == ".jpg"
    assert len(file.stem) == 36
    (kept,) = site.evidence.of("alert-1")
    assert kept.data == a_picture(gate.id).data
    assert (kept.camera_name, kept.count, kept.is_masked) == ("Gate", 1, False)
    assert np.array_equal(kept.boxes, [[0.25, 0.25, 0.5, 0.5]])
    assert kept.kept_until == NOON + timedelta(days=7)


def test_what_is_masked_is_not_in_the_picture(site: Site, database: Database, gate: Camera) -> None:
    half = Zone("Window", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    database.scenes.save(gate.id, Scene(masks=(half,)))
    site.desk.carry_out([raised(gate.id)], NOON)
    assert keep(site, gate.id)
    (kept,) = site.evidence.of("alert-1")
    assert kept.is_masked
    pixels = decode_bytes(kept.data)
    assert pixels.shape == (48, 64, 3)
    assert pixels[:, :28].max() < 80
    assert pixels[:, 40:].min() > 180
    assert files(site)[0].read_bytes() == kept.data


def test_a_masked_picture_that_cannot_be_painted_over_is_not_kept(
    site: Site, database: Database, gate: Camera
) -> None:
    half = Zone("Window", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    database.scenes.save(gate.id, Scene(masks=(half,)))
    site.desk.carry_out([raised(gate.id)], NOON)
    broken = dataclasses.replace(a_picture(gate.id), data=b"\xff\xd8\xff broken")
    assert not site.desk.keep_evidence("alert-1", gate.id, broken, NO_BOXES, None, NOON)
    assert files(site) == []


def test_no_picture_is_kept_where_it_is_not_wanted(
    make_site: MakeSite, site: Site, gate: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    assert not keep(site, gate.id, "never")
    assert not keep(make_site(policy=AlertPolicy(keep_pictures=False)), gate.id)
    site.change_rule(keeps_picture=False)
    assert not keep(site, gate.id)
    site.setup.all_rules = []
    site.bus.publish(RulesChanged(NOON))
    assert not keep(site, gate.id)
    assert files(site) == []


def test_of_many_cameras_a_few_pictures_are_kept(site: Site, database: Database) -> None:
    cameras = [database.cameras.add(settings(f"C{n}")).id for n in range(MOST_PICTURES + 2)]
    site.desk.carry_out([raised(*cameras)], NOON)
    assert [keep(site, one) for one in cameras].count(True) == MOST_PICTURES


def test_a_disk_that_fails_is_told_and_leaves_nothing_behind(
    site: Site, file: Path, gate: Camera, tmp_path: Path
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    site.folder.write_text("a file where the folder should be")
    with pytest.raises(FilesTroubled):
        keep(site, gate.id)
    site.folder.unlink()
    forbid(file, "INSERT", "alert_evidence")
    with pytest.raises(StorageError):
        keep(site, gate.id)
    assert files(site) == []


def test_a_picture_leaves_only_if_the_settings_allow_it(
    make_site: MakeSite, site: Site, gate: Camera
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    keep(site, gate.id)
    mail = by_channel(site)[ChannelKind.EMAIL]
    assert mail.new.has_picture
    assert site.desk.picture_for(mail) is None
    sending = make_site(policy=AlertPolicy(send_pictures=True))
    assert sending.desk.picture_for(mail) == a_picture(gate.id).data
    without = dataclasses.replace(mail, new=dataclasses.replace(mail.new, has_picture=False))
    assert sending.desk.picture_for(without) is None
    files(site)[0].unlink()
    assert sending.desk.picture_for(mail) is None


def test_why_there_is_no_picture_is_told_in_words(
    make_site: MakeSite, site: Site, gate: Camera
) -> None:
    (alert,) = site.desk.carry_out([raised(gate.id)], NOON)
    count = site.evidence.count
    assert count(alert, RULE, NOON) == (0, "There was no current picture at that moment.")
    assert "7 days" in count(alert, RULE, NOON + timedelta(days=8))[1]
    off = dataclasses.replace(RULE, keeps_picture=False)
    assert "keeps no picture" in count(alert, off, NOON)[1]
    switched_off = make_site(policy=AlertPolicy(keep_pictures=False)).evidence
    assert "switched off" in switched_off.count(alert, RULE, NOON)[1]
    program = dataclasses.replace(alert, parts=())
    assert "no single camera" in count(program, None, NOON)[1]
    keep(site, gate.id)
    assert count(alert, RULE, NOON) == (1, "")
    assert count(alert, RULE, NOON, lambda _camera: False)[0] == 0
    files(site)[0].unlink()
    assert count(alert, RULE, NOON) == (0, "The file of the picture is not there any more.")
    assert site.evidence.of("alert-1") == []


def test_what_is_old_is_deleted_and_what_is_left_over_too(
    make_site: MakeSite, site: Site, gate: Camera, hall: Camera
) -> None:
    site.desk.carry_out([raised(gate.id), raised(hall.id, uid="alert-2")], NOON)
    keep(site, gate.id)
    keep(site, hall.id, "alert-2")
    site.keeping.change(["alert-1"], lambda one: lifecycle.acknowledged(one, "anna", NOON), NOON)
    site.desk.carry_out([returned(gate.id)], NOON)
    new, left_over = site.folder / "new.jpg", site.folder / "left-over.jpg"
    for file in (new, left_over):
        file.write_bytes(b"x")
    hours_ago = time.time() - 7200
    os.utime(left_over, (hours_ago, hours_ago))
    assert site.desk.tidy(NOON + timedelta(days=6)) == 0
    assert len(files(site)) == 3
    assert not left_over.exists()
    assert site.desk.tidy(NOON + timedelta(days=8)) == 2
    assert files(site) == [new]
    keep(site, gate.id)
    short = make_site(policy=AlertPolicy(keep_days=10, picture_days=3650))
    keep(short, hall.id, "alert-2")
    # Closed alerts go with all that is theirs; open ones stay for as long as it takes.
    assert short.desk.tidy(NOON + timedelta(days=11)) >= 1
    assert [one.uid for one in site.desk.open_alerts()] == ["alert-2"]
    assert site.database.outbox.of_alert("alert-1") == []
    assert [one.camera_id for one in short.evidence.of("alert-2")] == [hall.id]


# ---------------------------------------------------------------- what rules are judged by


def test_rules_are_judged_by_cameras_places_and_who_passed_today(
    site: Site, database: Database, clock: Clock
) -> None:
    gate = database.cameras.add(dataclasses.replace(settings("Gate"), site="North"))
    door = Line("Door", (0.5, 0.1), (0.5, 0.9))
    ids = database.scenes.save(gate.id, Scene(lines=(door,))).ids
    # In Berlin the day begins an hour before it does in UTC.
    midnight = NOON.replace(hour=0) - timedelta(hours=1)
    passed = [(-1.0, True), (1.0, True), (2.0, True), (3.0, False)]
    passages = [
        Passage(ids["Door"], midnight + timedelta(minutes=after), track, is_inwards)
        for track, (after, is_inwards) in enumerate(passed)
    ]
    database.counts.save([], [], passages=passages)
    world = site.desk.world()
    assert world.rules == (RULE,)
    (camera,) = world.cameras
    assert (camera.name, camera.site, camera.places) == (
        "Gate",
        "North",
        (PlaceRef(gate.id, "Door"),),
    )
    assert world.passed_today == {PlaceRef(gate.id, "Door"): (2, 1)}
    assert world.usual == {}


def test_what_is_usual_is_read_again_after_a_change_and_once_an_hour(
    site: Site, database: Database, clock: Clock, file: Path
) -> None:
    gate = database.cameras.add(settings("Gate"))
    sql(file, "UPDATE camera SET created_at = 0")  # it was there all the time
    minutes = [
        Sample(gate.id, NOON - timedelta(weeks=week, minutes=-minute), 10 * week, 0.9, 0.01, 60.0)
        for week in (1, 2, 3)
        for minute in range(60)
    ]
    database.counts.save(minutes, [])
    unusual = Rule("rule-2", "Unusual", Unusual(Side.ABOVE), Scope(cameras=frozenset({gate.id})))
    site.setup.all_rules = [RULE, unusual]
    site.bus.publish(RulesChanged(NOON))
    usual = site.desk.world().usual
    found = usual[f"camera:{gate.id}", 13]  # Monday, in Berlin
    assert (found.median, found.weeks) == (20.0, 3)
    sql(file, "DELETE FROM minute")
    assert site.desk.world().usual == usual
    clock.advance(hours=1)
    assert site.desk.world().usual == {}
    site.setup.all_rules = [RULE]
    site.bus.publish(RulesChanged(NOON))
    assert site.desk.world().usual == {}


def test_messages_in_the_outbox_hold_no_secret(
    site: Site, secrets: SecretStore, gate: Camera, file: Path
) -> None:
    secrets.put("mail", Secret("hush-hush-secret"))
    site.desk.carry_out([raised(gate.id)], NOON)
    assert site.desk.channel("mail") is not None
    stored = [one.new.data for one in site.database.outbox.newest(9)]
    assert "hush-hush-secret" not in json.dumps([dict(one) for one in stored])
    assert b"hush-hush-secret" not in file.read_bytes()


def test_a_return_of_nothing_is_nothing(site: Site) -> None:
    empty = Returned("alert-1", "rule-1", (), is_over=True)
    assert site.desk.carry_out([empty], NOON) == []
    assert site.desk.carry_out([], NOON) == []


def test_alerts_told_of_are_as_they_are_stored(site: Site, gate: Camera) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    stored: list[Alert] = site.desk.open_alerts()
    assert site.told == stored


def test_while_no_step_is_due_alerts_are_not_read_each_second(
    site: Site, gate: Camera, hall: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.desk.carry_out([raised(gate.id)], NOON)
    assert site.desk.escalate(NOON + timedelta(seconds=1)) == []
    reads: list[int] = []
    read = site.database.alerts.open

    def count() -> list[Alert]:
        reads.append(1)
        return read()

    monkeypatch.setattr(site.database.alerts, "open", count)
    for second in (2, 10, 30):
        assert site.desk.escalate(NOON + timedelta(seconds=second)) == []
    assert reads == []
    assert site.desk.escalate(NOON + timedelta(seconds=32)) == []
    assert reads == [1]  # another computer may have done something meanwhile
    # A step that comes due is taken in time, and so is one of an alert that is new.
    site.desk.carry_out([raised(hall.id, uid="alert-2")], NOON + timedelta(seconds=40))
    assert [one.uid for one in site.desk.escalate(NOON + MINUTE)] == ["alert-1"]
    later = NOON + timedelta(seconds=100)
    assert [one.uid for one in site.desk.escalate(later)] == ["alert-2"]
