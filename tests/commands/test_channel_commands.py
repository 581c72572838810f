"""Channels with their secrets, and whom they lead to."""

from __future__ import annotations

import math
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient, RecipientGroup
from camwatch.alerts.settings import (
    ENVIRONMENT,
    Channel,
    EmailSettings,
    Encryption,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands, Counting, KeepPassword
from camwatch.commands.alert_room import AlertOptions
from camwatch.config import CameraPolicy
from camwatch.data import channel_proofs
from camwatch.data.engine import Database
from camwatch.domain import AuditEntry, Role, Secret
from camwatch.errors import (
    ChangedMeanwhile,
    DeliveryError,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    PasswordNeeded,
    SecretsUnavailable,
    StorageError,
)
from camwatch.events import Bus, RulesChanged
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, Clock, forbid, heal
from tests.support.certificates import Authority
from tests.support.fault_web_server import SLOW, FaultWebServer, answer
from tests.support.mail_server import MailServer

SECRET = Secret("a secret of 21 signs.")
HOOK = WebhookSettings("https://board.example/alerts?token=4711")
WALL = Channel("", "Wall board", HOOK)
MAIL = Channel(
    "",
    "Office mail",
    EmailSettings("mail.example", 587, Encryption.STARTTLS, "cam@site.example", "cam"),
)
ANNA = Recipient("", "Anna", "anna@site.example", "+49 30 123456")


@pytest.fixture
def boss(commands: Commands, database: Database) -> Session:
    """Return the session of an administrator, without the time that passwords take."""
    user = database.operators.add("boss", Role.ADMINISTRATOR, "not to be signed in with")
    return commands.guard._sessions.start(user, built_in_role(Role.ADMINISTRATOR), NOON)


@pytest.fixture
def web() -> Iterator[FaultWebServer]:
    with FaultWebServer(answer=answer(200, b"thank you")) as server:
        yield server


def kept(keyring: MemoryKeyring, uid: str) -> str | None:
    return next((text for (_, name), text in keyring.entries.items() if name == uid), None)


def newest(database: Database) -> AuditEntry:
    return database.audit.newest(1)[0]


def local(server: FaultWebServer, **more: object) -> WebhookSettings:
    return replace(
        WebhookSettings(server.url, allow_private=True, allow_http=True),
        **more,  # type: ignore[arg-type]
    )


# ---------------------------------------------------------------- storing


def test_a_channel_is_stored_with_its_secret_in_the_keyring(
    commands: Commands, database: Database, boss: Session, keyring: MemoryKeyring, file: Path
) -> None:
    stored = commands.save_channel(boss, WALL, SECRET)
    assert stored.version == 1
    assert kept(keyring, stored.uid) == SECRET.reveal()
    (status,) = commands.channels(boss)
    assert (status.channel, status.has_secret, status.proof.waiting) == (stored, True, 0)
    entry = newest(database)
    assert (entry.action, entry.details["secret"]) == ("add_channel", "new")
    assert entry.details["url"] == "https://board.example"
    renamed = commands.save_channel(boss, replace(stored, name="Board"), KeepPassword())
    assert kept(keyring, stored.uid) == SECRET.reveal()
    assert newest(database).details["name_before"] == "Wall board"
    without = commands.save_channel(boss, renamed, None)
    assert kept(keyring, stored.uid) is None
    (status,) = commands.channels(boss)
    assert (status.channel, status.has_secret) == (without, False)
    assert SECRET.reveal().encode() not in file.read_bytes()
    assert "4711" not in str([entry.details for entry in database.audit.newest(50)])


def test_a_new_channel_never_takes_a_uid_that_something_else_may_have(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    uid = "5f7c9a52-3a54-4a53-8f8a-5d1f6a4f2f11"
    stored = commands.save_channel(boss, replace(WALL, uid=uid), SECRET)
    assert stored.uid != uid
    assert kept(keyring, uid) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://evil.example/alerts"},
        {"url": "http://board.example/alerts", "allow_http": True},
        {"url": "https://board.example:8443/alerts"},
    ],
)
def test_a_kept_secret_does_not_go_to_another_place(
    commands: Commands, boss: Session, keyring: MemoryKeyring, changes: dict[str, object]
) -> None:
    stored = commands.save_channel(boss, WALL, SECRET)
    moved = replace(stored, settings=replace(HOOK, **changes))  # type: ignore[arg-type]
    for deed in (
        lambda: commands.save_channel(boss, moved, KeepPassword()),
        lambda: commands.test_channel(boss, moved, KeepPassword(), ()),
    ):
        with pytest.raises(InvalidSettings) as refused:
            deed()
        assert [one.field for one in refused.value.problems] == ["secret"]
        assert "must be entered again" in str(refused.value)
    assert commands.channels(boss)[0].channel == stored
    assert commands.save_channel(boss, moved, SECRET).version == 2


@pytest.mark.expects_warning
def test_a_channel_that_leads_elsewhere_without_a_secret_takes_none_with_it(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    stored = commands.save_channel(boss, WALL, SECRET)
    moved = replace(stored, settings=replace(HOOK, url="https://other.example/"))
    keyring.is_locked = True
    with pytest.raises(SecretsUnavailable):
        commands.save_channel(boss, moved, None)
    keyring.is_locked = False
    assert commands.channels(boss)[0].channel == stored
    commands.save_channel(boss, moved, None)
    assert kept(keyring, stored.uid) is None


@pytest.mark.expects_warning
def test_a_secret_that_is_not_kept_leaves_no_channel(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    keyring.is_locked = True
    with pytest.raises(SecretsUnavailable):
        commands.save_channel(boss, WALL, SECRET)
    assert commands.channels(boss) == []


@pytest.mark.expects_warning
def test_while_the_keyring_is_locked_what_needs_none_is_changed_and_nobody_knows_of_secrets(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    stored = commands.save_channel(boss, WALL, SECRET)
    keyring.is_locked = True
    commands.save_channel(boss, replace(stored, name="Board"), KeepPassword())
    (status,) = commands.channels(boss)
    assert (status.channel.name, status.has_secret) == ("Board", None)


@pytest.mark.expects_warning
def test_a_webhook_without_a_secret_needs_no_keyring(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    unsigned = commands.save_channel(boss, WALL, None)
    signed = commands.save_channel(boss, replace(WALL, name="Signed"), SECRET)
    keyring.is_locked = True
    assert commands.alert_desk.channel(unsigned.uid) == (unsigned, None)
    with pytest.raises(SecretsUnavailable):
        commands.alert_desk.channel(signed.uid)
    found = {one.channel.uid: one.has_secret for one in commands.channels(boss)}
    assert found == {unsigned.uid: False, signed.uid: None}


def test_what_is_not_audited_is_not_done(
    commands: Commands, boss: Session, keyring: MemoryKeyring, file: Path
) -> None:
    stored = commands.save_channel(boss, WALL, SECRET)
    forbid(file, "INSERT", "audit")
    other = Secret("another secret of signs")
    with pytest.raises(StorageError):
        commands.save_channel(boss, replace(stored, name="Board"), other)
    with pytest.raises(StorageError):
        commands.save_channel(boss, replace(WALL, name="New"), other)
    with pytest.raises(StorageError):
        commands.remove_channel(boss, stored.uid)
    heal(file, "INSERT", "audit")
    (status,) = commands.channels(boss)
    assert status.channel.name == "Wall board"
    assert list(keyring.entries.values()) == [SECRET.reveal()]


def test_all_mistakes_are_told_at_once(commands: Commands, boss: Session) -> None:
    bad = Channel("", "", replace(HOOK, url="ftp://x", headers=(("Host", "x"),)))
    with pytest.raises(InvalidSettings) as refused:
        commands.save_channel(boss, bad, Secret("abc"))
    assert [one.field for one in refused.value.problems] == ["secret", "name", "url", "headers"]
    assert "abc" not in str(refused.value)
    with pytest.raises(InvalidSettings, match="user name"):
        commands.save_channel(boss, MAIL, None)
    commands.save_channel(boss, WALL, None)
    with pytest.raises(InvalidSettings, match="already used"):
        commands.save_channel(boss, replace(WALL, name="WALL board"), None)


def test_conflicts(commands: Commands, boss: Session) -> None:
    stored = commands.save_channel(boss, WALL, None)
    commands.save_channel(boss, replace(stored, name="Board"), None)
    with pytest.raises(ChangedMeanwhile):
        commands.save_channel(boss, replace(stored, name="Other"), None)
    commands.remove_channel(boss, stored.uid)
    for deed in (
        lambda: commands.save_channel(boss, stored, None),
        lambda: commands.test_channel(boss, stored, None, ()),
        lambda: commands.remove_channel(boss, stored.uid),
    ):
        with pytest.raises(NotFound):
            deed()


def test_switching_a_channel_on_again_forgets_why_it_was_off(
    commands: Commands, database: Database, boss: Session
) -> None:
    stored = commands.save_channel(boss, WALL, None)
    database.proofs.disable(stored.uid, "It is gone.")
    (status,) = commands.channels(boss)
    assert status.channel.disabled_why == "It is gone."
    on = commands.save_channel(boss, replace(status.channel, is_enabled=True), None)
    assert on.disabled_why == ""


def test_changing_a_channel_needs_a_password_that_was_entered_lately(
    commands: Commands, boss: Session
) -> None:
    sessions = commands.guard._sessions
    sessions._open[boss.id].confirmed_s = -math.inf
    for deed in (
        lambda: commands.save_channel(boss, WALL, None),
        lambda: commands.remove_channel(boss, "gone"),
    ):
        with pytest.raises(PasswordNeeded):
            deed()
    sessions.confirm(boss)
    commands.save_channel(boss, WALL, None)


def test_a_channel_in_use_is_not_removed(
    commands: Commands, database: Database, boss: Session, keyring: MemoryKeyring
) -> None:
    stored = commands.save_channel(boss, WALL, SECRET)
    step = PlanStep(0, ChannelKind.WEBHOOK, stored.uid)
    plan = commands.save_plan(boss, Plan("", "Night", (step,)))
    with pytest.raises(InvalidSetting, match="“Night”"):
        commands.remove_channel(boss, stored.uid)
    commands.prove_channels(boss)
    (message,) = commands.outbox(boss)
    assert message.state.value == "waiting"
    assert commands.channel_proofs(boss)[0].waiting == 1
    commands.remove_plan(boss, plan.uid)
    commands.remove_channel(boss, stored.uid)
    assert kept(keyring, stored.uid) is None
    assert commands.outbox(boss)[0].state.value == "cancelled"
    assert newest(database).action == "remove_channel"


def test_text_messages_by_mail_need_the_mail_channel(commands: Commands, boss: Session) -> None:
    mail = commands.save_channel(boss, MAIL, SECRET)
    sms = Channel("", "Phones", SmsSettings(SmsPreset.EMAIL, "sms.example", email_uid=mail.uid))
    commands.save_channel(boss, sms, None)
    with pytest.raises(InvalidSetting, match="“Phones”"):
        commands.remove_channel(boss, mail.uid)
    gone = replace(sms, name="Other", settings=replace(sms.settings, email_uid="gone"))  # type: ignore[arg-type]
    with pytest.raises(InvalidSettings) as refused:
        commands.save_channel(boss, gone, None)
    assert refused.value.problems[0].field == "email_uid"


def test_who_may_not_manage_channels_learns_only_whether_they_work(
    commands: Commands, database: Database, boss: Session, sessions: dict[Role, Session]
) -> None:
    stored = commands.save_channel(boss, WALL, None)
    commands.save_plan(boss, Plan("", "Night", (PlanStep(0, ChannelKind.WEBHOOK, stored.uid),)))
    with database.alerts.changing(Clock()()) as book:
        channel_proofs.note_failing(
            book._connection, stored.uid, "550 anna@site.example", Clock()()
        )
    assert commands.channel_proofs(boss)[0].answer == "550 anna@site.example"
    (proof,) = commands.channel_proofs(sessions[Role.VIEWER])
    assert (proof.answer, proof.failing_since) == ("", Clock()())


@pytest.mark.fault("F100")
def test_only_channels_that_somebody_is_told_by_are_missed(
    commands: Commands, database: Database, boss: Session
) -> None:
    stored = commands.save_channel(boss, WALL, None)
    assert commands.channel_proofs(boss) == []  # no plan names it
    commands.save_plan(boss, Plan("", "Night", (PlanStep(0, ChannelKind.WEBHOOK, stored.uid),)))
    assert [one.channel_uid for one in commands.channel_proofs(boss)] == [stored.uid]
    off = commands.save_channel(boss, replace(stored, is_enabled=False), None)
    assert commands.channel_proofs(boss) == []
    commands.save_channel(boss, replace(off, is_enabled=True), None)
    database.proofs.disable(stored.uid, "It is gone.")
    assert [one.channel_uid for one in commands.channel_proofs(boss)] == [stored.uid]
    alive = replace(HOOK, url="https://alive.example/", alive_min=5, sends_alerts=False)
    other = commands.save_channel(boss, Channel("", "Alive", alive), None)
    assert other.uid in [one.channel_uid for one in commands.channel_proofs(boss)]


# ---------------------------------------------------------------- the environment


@pytest.fixture
def by_environment(
    database: Database, secrets: SecretStore, bus: Bus, counting: Counting, clock: Clock
) -> Commands:
    channel = replace(MAIL, uid=ENVIRONMENT, name="E-mail of this computer")
    options = AlertOptions(environment=(channel, SECRET))
    policy = CameraPolicy()
    return Commands(database, secrets, policy, bus, counting, clock, alerts=options)


def test_the_channel_of_the_environment_is_shown_and_used_but_not_changed(
    by_environment: Commands, database: Database, keyring: MemoryKeyring
) -> None:
    commands = by_environment
    user = database.operators.add("boss", Role.ADMINISTRATOR, "not to be signed in with")
    boss = commands.guard._sessions.start(user, built_in_role(Role.ADMINISTRATOR), NOON)
    (status,) = commands.channels(boss)
    assert (status.channel.uid, status.has_secret) == (ENVIRONMENT, True)
    with pytest.raises(InvalidSettings, match="SMTP_HOST"):
        commands.save_channel(boss, status.channel, KeepPassword())
    with pytest.raises(InvalidSetting, match="SMTP_HOST"):
        commands.remove_channel(boss, ENVIRONMENT)
    anna = commands.save_recipient(boss, ANNA)
    step = PlanStep(0, ChannelKind.EMAIL, ENVIRONMENT, (anna.uid,))
    commands.save_plan(boss, Plan("", "Mail", (step,)))
    assert keyring.writes == 0


# ---------------------------------------------------------------- testing


def test_a_test_shows_what_the_other_side_says(
    commands: Commands, database: Database, boss: Session, web: FaultWebServer
) -> None:
    found = commands.test_channel(boss, replace(WALL, settings=local(web)), SECRET, ())
    assert "thank you" in found.text
    (asked,) = web.asked
    assert asked.json["data"]["purpose"] == "test"
    assert asked.headers["x-camwatch-signature"].startswith("sha256=")
    entry = newest(database)
    assert (entry.action, entry.result, entry.details) == (
        "test_channel",
        "done",
        {"kind": "webhook"},
    )
    assert commands.channels(boss) == []


def test_a_test_that_fails_says_why_and_is_audited(
    commands: Commands, database: Database, boss: Session, web: FaultWebServer
) -> None:
    web.answer = answer(500, b"oh no")
    with pytest.raises(DeliveryError) as failed:
        commands.test_channel(boss, replace(WALL, settings=local(web)), None, ())
    assert failed.value.fault.value == "server_error"
    assert newest(database).details == {"kind": "webhook", "reason": "server_error"}


def test_a_test_uses_the_kept_secret(
    commands: Commands, boss: Session, web: FaultWebServer
) -> None:
    stored = commands.save_channel(boss, replace(WALL, settings=local(web)), SECRET)
    changed = replace(stored, settings=local(web, headers=(("X-Key", "$secret"),)))
    commands.test_channel(boss, changed, KeepPassword(), ())
    assert web.asked[-1].headers["x-key"] == SECRET.reveal()


def test_a_test_can_be_stopped(commands: Commands, boss: Session, web: FaultWebServer) -> None:
    web.answer = SLOW
    channel = replace(WALL, settings=local(web, timeout_s=60.0))
    ended: list[Exception] = []

    def run() -> None:
        try:
            commands.test_channel(boss, channel, None, ())
        except DeliveryError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert web.reached.wait(30)
    commands.stop_test(boss)
    thread.join(30)
    assert not thread.is_alive()
    assert len(ended) == 1
    commands.stop_test(boss)


def test_a_test_mail_arrives(commands: Commands, boss: Session, tmp_path: Path) -> None:
    authority = Authority()
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.pem)
    with MailServer(authority.context(), user="cam", password=SECRET.reveal()) as server:
        settings = EmailSettings(
            "127.0.0.1",
            server.port,
            Encryption.STARTTLS,
            "cam@site.example",
            "cam",
            str(ca_file),
        )
        channel = Channel("", "Mail", settings)
        answered = commands.test_channel(
            boss, channel, SECRET, ["anna@site.example", "anna@site.example"]
        )
        assert "queued" in answered.text
        (mail,) = server.mails
        assert "test" in mail["Subject"]
        assert len(server.envelopes[0].rcpt_tos) == 1


@pytest.mark.parametrize(
    ("channel", "addresses"),
    [
        (MAIL, []),
        (MAIL, ["a@b\r\nBcc: x@y.example"]),
        (MAIL, ["a@b.example"] * 51),
        (
            Channel("", "SMS", SmsSettings(SmsPreset.TWILIO, "https://a.example", "A", "+491")),
            ["1"],
        ),
    ],
)
def test_a_test_needs_somebody(
    commands: Commands, boss: Session, channel: Channel, addresses: list[str]
) -> None:
    with pytest.raises(InvalidSettings) as refused:
        commands.test_channel(boss, channel, SECRET, addresses)
    assert {one.field for one in refused.value.problems} == {"addresses"}


# ---------------------------------------------------------------- people


def test_recipients_and_groups(commands: Commands, database: Database, boss: Session) -> None:
    told: list[RulesChanged] = []
    commands._bus.subscribe(RulesChanged, told.append)
    anna = commands.save_recipient(boss, ANNA)
    assert anna.phone == "+4930123456"
    entry = newest(database)
    assert (entry.details["email"], entry.details["phone"]) == ("a…@site.example", "…456")
    other = commands.save_recipient(boss, replace(anna, email="andy@site.example"))
    assert newest(database).details == {"uid": anna.uid, "changed": "addresses"}
    ben = commands.save_recipient(boss, Recipient("", "Ben", "ben@site.example"))
    assert commands.recipients(boss) == [other, ben]
    team = commands.save_recipient_group(boss, RecipientGroup("", "Team", (anna.uid, ben.uid)))
    with pytest.raises(InvalidSettings) as refused:
        commands.save_recipient_group(boss, replace(team, members=("gone",)))
    assert refused.value.problems[0].field == "members"
    mail = commands.save_channel(boss, MAIL, SECRET)
    step = PlanStep(0, ChannelKind.EMAIL, mail.uid, (team.uid,))
    commands.save_plan(boss, Plan("", "Night", (step,)))
    with pytest.raises(InvalidSetting, match="“Night”"):
        commands.remove_recipient_group(boss, team.uid)
    commands.remove_recipient(boss, anna.uid)
    entry = newest(database)
    assert (entry.action, entry.details["groups_before"]) == ("remove_recipient", "“Team”")
    assert entry.details["email_before"] == "a…@site.example"
    assert commands.recipient_groups(boss)[0].members == (ben.uid,)
    with pytest.raises(InvalidSetting, match="“Night”"):
        commands.remove_recipient(boss, ben.uid)
    assert commands.recipients(boss) == [ben]
    assert len(told) == 7
    assert "ben@site.example" not in str([entry.details for entry in database.audit.newest(50)])


def test_a_step_that_can_reach_nobody_is_refused(commands: Commands, boss: Session) -> None:
    ben = commands.save_recipient(boss, Recipient("", "Ben", "", "+4930123456"))
    mail = commands.save_channel(boss, MAIL, SECRET)
    wall = commands.save_channel(boss, WALL, None)
    for step, reason in (
        (PlanStep(0, ChannelKind.EMAIL, mail.uid, (ben.uid,)), "nobody has an e-mail address"),
        (PlanStep(0, ChannelKind.EMAIL, wall.uid, (ben.uid,)), "a channel of another kind"),
        (PlanStep(0, ChannelKind.EMAIL, mail.uid, ("gone",)), "1 recipients no longer exist"),
    ):
        with pytest.raises(InvalidSettings, match=reason):
            commands.save_plan(boss, Plan("", "Night", (step,)))


def test_more_than_fifty_are_not_told_by_one_message(
    commands: Commands, database: Database, boss: Session
) -> None:
    mail = commands.save_channel(boss, MAIL, SECRET)
    uids = [str(uuid.uuid4()) for _ in range(51)]
    with database.alert_setup.changing() as book:
        for n, uid in enumerate(uids):
            book.recipients.put(Recipient(uid, f"R{n}", f"r{n}@site.example"))
    first = commands.save_recipient_group(boss, RecipientGroup("", "First", tuple(uids[:50])))
    step = PlanStep(0, ChannelKind.EMAIL, mail.uid, (first.uid, uids[50]))
    with pytest.raises(InvalidSettings, match="would tell 51 in step 1"):
        commands.save_plan(boss, Plan("", "Night", (step,)))
