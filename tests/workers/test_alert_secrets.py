"""Mail password, gateway token and signing secret, with servers that tell them back (I5)."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from camwatch.alerts.alert import AlertPart, Subject
from camwatch.alerts.channels import make_sender
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.notification import NotificationState
from camwatch.alerts.people import ChannelKind, Plan, PlanStep, Recipient
from camwatch.alerts.rules import USUAL_PLAN, Occupancy, Rule, Severity, Side
from camwatch.alerts.settings import (
    Channel,
    ChannelSettings,
    EmailSettings,
    Encryption,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.alerts.signals import Raised
from camwatch.auth.permissions import built_in_role
from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.commands import Commands
from camwatch.commands.camera_editing import KeepPassword
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.domain import Role, Secret
from camwatch.errors import DeliveryError
from camwatch.events import Bus
from camwatch.workers.delivery import Clocks, Delivery
from tests.auth.conftest import log_file
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, Clock, counting_in
from tests.data.values import settings
from tests.support.canaries import Canaries
from tests.support.certificates import Authority
from tests.support.fault_mail_server import FaultMailServer
from tests.support.fault_web_server import Asked, FaultWebServer, answer

__all__ = ["log_file"]

CROWD = Rule("", "Crowd", Occupancy(Side.ABOVE, 5))
USER = "cam"


def told_back(status: int) -> Callable[[Asked], bytes]:
    """Return what answers with all that it was asked."""

    def reply(asked: Asked) -> bytes:
        body = f"{asked.line} {asked.headers} ".encode() + asked.body
        return answer(status, body, X_Asked=asked.line)

    return reply


class Site:
    """The commands on a real history, all of whose files are in one folder."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.clock, self.bus, self.keyring = Clock(), Bus(), MemoryKeyring()
        self.database = stack.enter_context(
            Database.open(folder / "camwatch.sqlite3", clock=self.clock)
        )
        secrets = SecretStore(lambda: self.keyring)
        stack.callback(secrets.close)
        counting = counting_in(folder, self.bus)
        self.commands = Commands(
            self.database, secrets, CameraPolicy(), self.bus, counting, self.clock
        )
        user = self.database.operators.add("boss", Role.ADMINISTRATOR, "not to be signed in with")
        self.boss: Session = self.commands.guard._sessions.start(
            user, built_in_role(Role.ADMINISTRATOR), NOON
        )
        self.told: list[object] = []
        self.delivery = Delivery(
            self.commands.alert_desk,
            make_sender,
            lambda *words: self.told.append(words),
            lambda *words: self.told.append(words),
            Clocks(self.clock, self.now_s, random.Random(1)),
        )

    def now_s(self) -> float:
        return (self.clock() - NOON).total_seconds()

    def send_all(self, alert_uid: str) -> None:
        """Raise an alert, and send what is due then."""
        camera = self.database.cameras.all()[0]
        part = AlertPart(Subject.of_camera(camera.id), camera.name, self.clock(), 7.0)
        rule = next(one for one in self.commands.rules(self.boss) if one.name == CROWD.name)
        signal = Raised(alert_uid, rule.uid, True, Severity.WARNING, (part,), "", 7.0, 5.0)
        desk = self.commands.alert_desk
        desk.carry_out([signal], self.clock())
        for one in desk.due(self.clock(), is_local=False):
            self.delivery.deliver([one])

    def shown(self) -> str:
        """Return all that the commands show of what was sent, and what was told of it."""
        commands, boss = self.commands, self.boss
        alerts = commands.alerts(boss, AlertQuery())
        return repr(
            [
                commands.channels(boss),
                commands.channel_proofs(boss),
                commands.outbox(boss),
                [commands.alert_details(boss, one.uid) for one in alerts],
                self.database.audit.newest(100),
                self.told,
            ]
        )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(tmp_path, stack)


@pytest.mark.fault("F98", "F100")
@pytest.mark.expects_warning
def test_no_secret_of_a_channel_is_left_though_the_other_side_tells_it_back(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, site: Site, log_file: Path
) -> None:
    canaries, authority = Canaries(), Authority()
    password, token, secret, bearer = (
        canaries.new(name) for name in ("mail", "gateway", "signature", "header")
    )
    ca_file = tmp_path_factory.mktemp("authority") / "ca.pem"
    ca_file.write_bytes(authority.pem)
    plain = base64.b64encode(f"\0{USER}\0{password}".encode()).decode()
    commands, boss = site.commands, site.boss
    replies = {"AUTH": f"454 4.7.0 {password} or AUTH PLAIN {plain}?"}
    with (
        FaultMailServer(authority.context(), replies=replies) as mails,
        FaultWebServer(answer=told_back(500)) as web,
    ):
        fields = (("to", "$to"), ("text", "$text"), ("key", "$secret"))
        headers = (("Authorization", "Bearer $secret"),)
        hook = WebhookSettings(web.url, allow_private=True, allow_http=True)
        gateway = SmsSettings(
            SmsPreset.GET, web.url, fields=fields, allow_private=True, allow_http=True
        )
        twilio = replace(
            gateway, preset=SmsPreset.TWILIO, username="AC1", sender="+4930123456", fields=()
        )
        made: list[tuple[ChannelSettings, str]] = [
            (
                EmailSettings(
                    "127.0.0.1",
                    mails.port,
                    Encryption.STARTTLS,
                    "cam@site.example",
                    USER,
                    str(ca_file),
                ),
                password,
            ),
            (gateway, token),
            (twilio, token),
            (hook, secret),
            (replace(hook, headers=headers), bearer),
        ]
        site.database.cameras.add(replace(settings("Hall"), is_enabled=True))
        anna = commands.save_recipient(
            boss, Recipient("", "Anna", "anna@site.example", "+4915112345678")
        )
        channels = [
            commands.save_channel(boss, Channel("", f"Channel {at}", how), Secret(text))
            for at, (how, text) in enumerate(made)
        ]
        steps = [
            PlanStep(0, one.kind, one.uid, (anna.uid,) if one.kind.has_recipients else ())
            for one in channels
        ]
        commands.save_plan(boss, Plan(USUAL_PLAN, "All", tuple(steps)))
        commands.save_rule(boss, CROWD)
        errors: list[DeliveryError] = []
        for channel in channels:
            to = {ChannelKind.EMAIL: [anna.email], ChannelKind.SMS: [anna.phone]}
            with pytest.raises(DeliveryError) as failed:
                commands.test_channel(boss, channel, KeepPassword(), to.get(channel.kind, ()))
            errors.append(failed.value)
        site.send_all("refused")
        assert all(one.state is NotificationState.WAITING for one in commands.outbox(boss))

        site.clock.advance(hours=1)
        mails.replies["AUTH"] = f"235 2.7.0 welcome {password} {plain}"
        mails.replies["BODY"] = f"250 2.0.0 queued by {password}"
        web.answer = told_back(200)
        site.send_all("taken")
        assert any(one.state is NotificationState.DELIVERED for one in commands.outbox(boss))
        answers = [commands.test_channel(boss, channels[0], KeepPassword(), [anna.email])]
        asked = repr(web.asked)
    # They were told back, each in its own way, and each server got its own.
    assert all(one in asked for one in (token, bearer))
    shown = site.shown() + repr((errors, answers)) + "".join(str(one) for one in errors)
    assert shown.count("***") > 5
    assert canaries.in_bytes(shown.encode()) == []
    assert (tmp_path / "camwatch.sqlite3-wal").stat().st_size
    assert "did not take a message" in log_file.read_text()
    assert canaries.in_files([tmp_path]) == {}
    assert anna.phone not in log_file.read_text()
