"""From the outbox to real servers: retry, breaker, what hangs, and popups that nobody saw."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from camwatch.alerts.channels import make_sender
from camwatch.alerts.notification import (
    LIVES,
    Answer,
    Notification,
    NotificationState,
    Outgoing,
)
from camwatch.alerts.people import ChannelKind, Recipient
from camwatch.alerts.settings import Channel
from camwatch.alerts.signals import Returned
from camwatch.domain import Secret
from camwatch.errors import DatabaseBusy, DeliveryError, DeliveryFault, SecretsUnavailable
from camwatch.events import ChannelTroubled, PopupDue, RulesChanged
from camwatch.workers.alerts import Gate
from camwatch.workers.delivery import BACKOFF, Clocks, Delivery, words_of
from camwatch.workers.notifier import POPUP_AGAIN_S, NotifierWorker
from tests.data.values import Clock
from tests.support.certificates import Authority
from tests.support.fault_mail_server import USUAL, FaultMailServer
from tests.support.mail_server import MailServer
from tests.support.webhook_server import Reply, WebhookServer
from tests.workers.alert_site import CROWD, AlertSite, hook, mail

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Close = Callable[[object], None]


class Post:
    """A desk and what sends from its outbox, on clocks that are set by hand."""

    def __init__(self, folder: Path, *channels: Channel) -> None:
        self.clock = Clock(NOON)
        self.site = AlertSite(folder, *channels, clock=self.clock)
        self.troubles: list[ChannelTroubled] = []
        self.site.bus.subscribe(ChannelTroubled, self.troubles.append)
        self.settled: list[tuple[str, bool]] = []
        self.delivery = Delivery(
            self.site.desk,
            make_sender,
            lambda uid, name, why: self.troubles.append(
                ChannelTroubled(self.clock(), uid, name, why)
            ),
            lambda uid, is_through, _words: self.settled.append((uid, is_through)),
            Clocks(self.clock, self.now_s, random.Random(1)),
        )

    def now_s(self) -> float:
        return (self.clock.now - NOON).total_seconds()

    def raise_one(self, uid: str) -> None:
        self.site.desk.carry_out([self.site.raised(uid, self.clock.now)], self.clock.now)

    def pass_time(self, seconds: float) -> None:
        self.clock.now += timedelta(seconds=seconds)

    def send_due(self) -> list[Notification]:
        """Send what is due now, as the notifier would; returns what was tried."""
        due = self.site.desk.due(self.clock.now, is_local=False, without=self.delivery.resting())
        for one in due:
            if one.new.channel_uid not in self.delivery.resting():
                self.delivery.deliver([one])
        return due

    def live_on(self, seconds: float, step_s: float = 10.0) -> list[float]:
        """Let time pass; returns when something was tried, seconds since noon."""
        tried = []
        for _ in range(int(seconds / step_s)):
            self.pass_time(step_s)
            if self.send_due():
                tried.append(self.now_s())
        return tried


@pytest.fixture
def server() -> Iterator[WebhookServer]:
    with WebhookServer() as made:
        yield made


@pytest.fixture
def posts(tmp_path: Path) -> Iterator[Callable[..., Post]]:
    with ExitStack() as stack:

        def make(*channels: Channel) -> Post:
            post = Post(tmp_path, *channels)
            stack.callback(post.site.close)
            return post

        yield make


@pytest.mark.fault("F95", "F100")
@pytest.mark.expects_warning
def test_a_server_with_an_error_is_tried_from_a_minute_to_an_hour_apart_for_a_day(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    server.replies["/a"] = Reply(500, body=b"broken")
    post.raise_one("a1")
    post.send_due()
    tried = [0.0, *post.live_on(LIVES.total_seconds() + 3600, 60.0)]
    waits = [after - before for before, after in pairwise(tried)]
    # 1, 2, 4 ... minutes, each between half and all of it, with the grain of this clock.
    for failures, wait_s in enumerate(waits[:-1], start=1):
        full = min(BACKOFF.longest_s, BACKOFF.first_s * 2 ** (failures - 1))
        assert full / 2 <= wait_s <= full + 120.0, (failures, wait_s)
    assert max(waits) > 1800
    assert LIVES.total_seconds() - 3600 < tried[-1] <= LIVES.total_seconds()
    assert len(server.of("/a")) == len(tried)
    assert len({one.key for one in server.posted}) == 1
    (message,) = post.site.of("board")
    assert message.state is NotificationState.EXPIRED
    assert message.attempts == len(tried)
    # Told once, however often it failed; and the popup was not touched by any of it.
    assert [one.reason for one in post.troubles] == ["it has an error of its own: HTTP 500 broken"]
    (popup,) = post.site.of("")
    assert (popup.new.channel, popup.attempts) == (ChannelKind.POPUP, 0)


@pytest.mark.fault("F95", "F102")
@pytest.mark.expects_warning
def test_after_a_day_without_network_all_is_sent_once_and_says_that_it_is_late(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    server.replies["/a"] = Reply(503)
    for n in range(3):
        post.raise_one(f"a{n}")
        post.send_due()
        post.pass_time(120.0)
    post.live_on(22 * 3600, 60.0)
    before = len(server.posted)
    del server.replies["/a"]
    post.live_on(3600 + 120, 60.0)
    came = server.posted[before:]
    assert len(came) == 3
    assert {one.key for one in came} == {one.uid for one in post.site.of("board")}
    assert all(one.body["data"]["is_late"] for one in came)
    assert {one.state for one in post.site.of("board")} == {NotificationState.DELIVERED}
    assert [bool(one.reason) for one in post.troubles] == [True, False]


@pytest.mark.fault("F100")
@pytest.mark.expects_warning
def test_a_time_that_a_server_asks_for_is_kept_for_all_its_messages(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    server.replies["/a"] = Reply(429, (("Retry-After", "600"),))
    post.raise_one("a1")
    post.send_due()
    del server.replies["/a"]
    post.pass_time(70.0)
    post.raise_one("a2")  # a new one does not get around it
    assert post.live_on(520.0) == []
    assert len(server.posted) == 1
    assert post.live_on(60.0)
    post.live_on(30.0)
    assert {one.state for one in post.site.of("board")} == {NotificationState.DELIVERED}


@pytest.mark.fault("F100")
@pytest.mark.expects_warning
def test_a_server_that_is_gone_is_switched_off_with_a_notice(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    changes: list[RulesChanged] = []
    post.site.bus.subscribe(RulesChanged, changes.append)
    server.replies["/a"] = Reply(410)
    post.raise_one("a1")
    post.send_due()
    channel = post.site.database.alert_setup.channel("board")
    assert channel is not None
    assert (channel.is_enabled, channel.disabled_why) == (
        False,
        "it says that it is gone for good: HTTP 410 taken",
    )
    assert len(changes) == 1
    assert [one.action for one in post.site.database.audit.newest(10)] == ["disable_channel"]
    assert post.troubles[-1].reason.startswith("it says that it is gone for good")
    post.pass_time(120.0)
    post.raise_one("a2")
    assert post.live_on(7200.0, 60.0) == []
    assert len(server.posted) == 1


@pytest.mark.fault("F98")
@pytest.mark.expects_warning
def test_what_is_refused_for_good_is_not_tried_again_and_the_next_one_is(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    server.replies["/a"] = Reply(400)
    post.raise_one("a1")
    post.send_due()
    assert post.live_on(7200.0, 60.0) == []
    (first,) = post.site.of("board")
    assert first.state is NotificationState.FAILED
    assert post.troubles == []  # the server is well: it did not want this one
    del server.replies["/a"]
    post.raise_one("a2")
    post.send_due()
    assert post.site.of("board")[-1].state is NotificationState.DELIVERED


@pytest.mark.expects_warning
def test_a_server_that_keeps_failing_is_left_alone_and_probed_once(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    server.replies["/a"] = Reply(500)
    for n in range(8):
        post.raise_one(f"a{n}")
        post.pass_time(61.0)  # the flood limit lets one a minute and rule through
    for one in post.site.desk.due(post.clock.now, is_local=False):
        post.delivery.deliver([one])
    assert len(server.posted) == 5
    assert post.delivery.resting() == {"board"}
    post.pass_time(61.0)
    assert post.delivery.resting() == set()
    due = post.site.desk.due(post.clock.now, is_local=False)
    assert len(due) > 1
    for one in due:
        post.delivery.deliver([one])
    assert len(server.posted) == 6  # the probe failed, so the others are spared


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="module")
def ca_file(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("authority") / "ca.pem"
    file.write_bytes(authority.pem)
    return file


@pytest.mark.fault("F98")
@pytest.mark.expects_warning
def test_one_refused_for_good_and_one_for_now_of_three_leave_the_third_its_mail(
    posts: Callable[..., Post],
    authority: Authority,
    ca_file: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    replies = {
        "RCPT bert@site.example": "550 5.1.1 <bert@site.example> has no mailbox",
        "RCPT carl@site.example": "450 4.2.0 <carl@site.example> greylisted",
    }
    with FaultMailServer(authority.context(), replies=replies) as server:
        post = posts(mail("office", server.port, ca_file))
        post.site.tell_also(
            "office",
            Recipient("bert", "Bert", "bert@site.example"),
            Recipient("carl", "Carl", "carl@site.example"),
        )
        post.raise_one("a1")
        post.send_due()
        first, again = sorted(
            post.site.of("office"), key=lambda one: one.state is NotificationState.WAITING
        )
        assert first.state is NotificationState.DELIVERED
        assert "Not to bert@site.example: 550 5.1.1" in first.answer
        assert (again.state, again.new.addresses) == (
            NotificationState.WAITING,
            ("carl@site.example",),
        )
        # Still not: then it is tried again, and nobody else with it.
        post.live_on(90.0)
        del server.replies["RCPT carl@site.example"]
        assert len(server.bodies) == 1
        post.live_on(600.0)
        assert len(server.bodies) == 2
        assert {one.state for one in post.site.of("office")} == {NotificationState.DELIVERED}
        asked = [line for line, _ in server.heard if line.upper().startswith("RCPT")]
    assert sum("anna@" in line for line in asked) == sum("bert@" in line for line in asked) == 1
    assert post.troubles[-1].reason == ""
    # Nor does the log say whom CamWatch calls at night.
    assert "greylisted" in caplog.text
    assert "carl@" not in caplog.text


@pytest.mark.fault("F98")
@pytest.mark.expects_warning
@pytest.mark.parametrize(
    ("step", "words", "is_tried_again"),
    [
        ("AUTH", "535 5.7.8 wrong", False),
        ("BODY", "550 5.7.1 looks like spam", False),
        ("RCPT", "450 4.2.0 greylisted", True),
        ("BODY", "451 4.3.0 later", True),
    ],
)
def test_what_a_mail_server_says_decides_whether_it_is_tried_again(  # noqa: PLR0917
    posts: Callable[..., Post],
    authority: Authority,
    ca_file: Path,
    step: str,
    words: str,
    is_tried_again: bool,
) -> None:
    with FaultMailServer(authority.context(), replies={step: words}) as server:
        post = posts(mail("office", server.port, ca_file, username="cam"))
        post.site.secrets.put("office", Secret("not the right one"))
        post.raise_one("a1")
        post.send_due()
        server.replies[step] = USUAL[step]
        post.live_on(180.0)
        assert len(server.bodies) == int(is_tried_again)
    (message,) = post.site.of("office")
    expected = NotificationState.DELIVERED if is_tried_again else NotificationState.FAILED
    assert (message.state, message.attempts) == (expected, 1 + is_tried_again)


@pytest.mark.parametrize(
    "is_encrypted",
    [
        pytest.param(False, marks=pytest.mark.fault("F96")),
        pytest.param(True, marks=pytest.mark.fault("F97")),
    ],
)
@pytest.mark.expects_warning
def test_a_mail_server_that_is_not_safe_is_in_the_audit_log_once_an_outage(
    posts: Callable[..., Post], ca_file: Path, is_encrypted: bool
) -> None:
    context = Authority().context() if is_encrypted else None  # whom nobody here trusts
    offers = ("STARTTLS", "AUTH PLAIN") if is_encrypted else ("8BITMIME",)
    with FaultMailServer(context, offers=offers) as server:
        post = posts(mail("office", server.port, ca_file))
        post.raise_one("a1")
        tried = [0.0] if post.send_due() else []
        tried += post.live_on(4 * 3600, 60.0)
        assert len(tried) > 3
        assert all(one > 30 for one in _steps(tried))
        heard = " ".join(line for line, _ in server.heard)
    assert "MAIL" not in heard
    assert "AUTH" not in heard
    entries = post.site.database.audit.newest(100)
    assert [one.action for one in entries] == ["channel_unsafe"]
    fault = DeliveryFault.CERTIFICATE if is_encrypted else DeliveryFault.NO_ENCRYPTION
    assert entries[0].details["reason"] == fault.value
    (message,) = post.site.of("office")
    assert message.state is NotificationState.WAITING


def _steps(moments: list[float]) -> list[float]:
    return [after - before for before, after in pairwise(moments)]


class Running:
    """A notifier that runs, on the real clock."""

    def __init__(self, folder: Path, *channels: Channel) -> None:
        self.site = AlertSite(folder, *channels)
        self.gate = Gate()
        self.popups: list[PopupDue] = []
        self.troubles: list[ChannelTroubled] = []
        self.site.bus.subscribe(PopupDue, self.popups.append)
        self.site.bus.subscribe(ChannelTroubled, self.troubles.append)
        self.skipped_s = 0.0
        self.worker = self.make()

    def make(self) -> NotifierWorker:
        return NotifierWorker(
            self.site.desk,
            self.site.bus,
            self.gate,
            running_s=lambda: time.monotonic() + self.skipped_s,
        )

    def raise_one(self, uid: str) -> None:
        now = datetime.now(UTC)
        self.site.desk.carry_out([self.site.raised(uid, now)], now)
        self.worker.wake()


@pytest.fixture
def running(qapp: object, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    with ExitStack() as stack:

        def make(*channels: Channel) -> Running:
            made = Running(tmp_path, *channels)
            stack.callback(made.site.close)

            def stop() -> None:
                made.worker.request_stop()
                assert made.worker.wait(5000)

            stack.callback(stop)
            made.worker.start()
            return made

        yield make


@pytest.mark.fault("F99")
@pytest.mark.expects_warning
def test_one_hanging_server_delays_no_other_and_not_the_end_of_the_program(
    qtbot: QtBot, server: WebhookServer, running: Callable[..., Running]
) -> None:
    server.replies["/hangs"] = Reply(hangs=True)
    made = running(hook("hangs", f"{server.url}/hangs"), hook("board", f"{server.url}/a"))
    for n in range(3):
        made.raise_one(f"a{n}")
    qtbot.waitUntil(lambda: bool(server.of("/hangs")))
    qtbot.waitUntil(lambda: made.site.of("board")[0].state is NotificationState.DELIVERED)
    assert made.site.of("hangs")[0].state is NotificationState.WAITING
    assert len(server.of("/hangs")) == 1  # one message in flight a channel
    made.worker.request_stop()
    assert made.worker.wait(3000)
    # It was cut off by us, not refused: it stays as it was, and comes after the next start.
    (message, *_) = made.site.of("hangs")
    assert (message.state, message.attempts) == (NotificationState.WAITING, 0)
    assert made.troubles == [] or all(not one.reason for one in made.troubles)


def test_a_popup_is_told_of_again_until_somebody_has_seen_it_also_after_a_restart(
    qtbot: QtBot, running: Callable[..., Running]
) -> None:
    made = running()
    made.raise_one("a1")
    qtbot.waitUntil(lambda: len(made.popups) == 1)
    made.worker.wake()
    made.skipped_s += POPUP_AGAIN_S
    made.worker.wake()
    qtbot.waitUntil(lambda: len(made.popups) == 2)
    made.worker.request_stop()
    assert made.worker.wait(3000)
    made.worker = made.make()
    made.worker.start()
    qtbot.waitUntil(lambda: len(made.popups) == 3)
    uid = made.popups[0].notification.uid
    assert {one.notification.uid for one in made.popups} == {uid}
    made.site.desk.delivered(uid, Answer("banner in the window"), datetime.now(UTC))
    made.skipped_s += POPUP_AGAIN_S
    looked = threading.Event()
    made.site.bus.subscribe(PopupDue, lambda _event: looked.set())
    made.raise_one("a2")
    qtbot.waitUntil(looked.is_set)
    assert [one.notification.uid for one in made.popups].count(uid) == 3


@pytest.mark.expects_warning
def test_what_a_channel_did_not_deliver_is_tried_at_once_when_it_was_changed(
    qtbot: QtBot, server: WebhookServer, running: Callable[..., Running]
) -> None:
    server.replies["/fails"] = Reply(500)
    server.replies["/moved"] = Reply(302)  # not tried again as it is
    made = running(hook("one", f"{server.url}/fails"), hook("two", f"{server.url}/moved"))
    made.raise_one("a1")
    qtbot.waitUntil(
        lambda: [one.attempts for uid in ("one", "two") for one in made.site.of(uid)] == [1, 1]
    )
    assert made.site.of("two")[0].state is NotificationState.FAILED
    right = (hook("one", f"{server.url}/a"), hook("two", f"{server.url}/b"))
    made.site.set_up(*right, rules=(CROWD,))
    made.site.changed(datetime.now(UTC))
    qtbot.waitUntil(
        lambda: (
            {one.state for uid in ("one", "two") for one in made.site.of(uid)}
            == {NotificationState.DELIVERED}
        )
    )
    assert len(server.of("/fails")) == 1
    # It is stored first, and told a moment later.
    qtbot.waitUntil(
        lambda: {one.channel_uid for one in made.troubles if not one.reason} == {"one", "two"}
    )


def test_what_waits_for_a_channel_that_was_just_switched_off_does_so_until_it_is_on(
    server: WebhookServer, posts: Callable[..., Post]
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    post.raise_one("a1")
    due = post.site.desk.due(post.clock.now, is_local=False)
    post.site.set_up(replace(hook("board", f"{server.url}/a"), is_enabled=False), rules=(CROWD,))
    post.site.changed(post.clock.now)
    post.delivery.deliver(due)  # it was handed out before
    assert [(one.state, one.attempts) for one in post.site.of("board")] == [
        (NotificationState.WAITING, 0)
    ]
    assert post.troubles == []
    post.site.set_up(hook("board", f"{server.url}/a"), rules=(CROWD,))
    post.site.changed(post.clock.now)
    post.send_due()
    assert len(server.of("/a")) == 1


@pytest.mark.expects_warning
def test_a_channel_whose_secret_cannot_be_read_is_called_by_its_name(
    posts: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = posts(replace(hook("9b2e", "http://127.0.0.1:9/a"), name="Office"))

    def locked(_channel_uid: str) -> None:
        raise SecretsUnavailable("no keyring")

    monkeypatch.setattr(post.site.desk, "channel", locked)
    post.raise_one("a1")
    post.send_due()
    assert [one.name for one in post.troubles] == ["Office"]


def test_a_clock_that_is_set_forwards_ends_no_message(
    qtbot: QtBot, server: WebhookServer, posts: Callable[..., Post]
) -> None:
    board = hook("board", f"{server.url}/a")
    post = posts(board)
    post.raise_one("a1")
    post.site.set_up(replace(board, is_enabled=False), rules=(CROWD,))
    post.site.changed(post.clock.now)
    shown = threading.Event()
    post.site.bus.subscribe(PopupDue, lambda _event: shown.set())
    notifier = NotifierWorker(post.site.desk, post.site.bus, Gate(), clock=post.clock)
    notifier.start()
    try:
        qtbot.waitUntil(shown.is_set)
        post.pass_time(56 * 365 * 86_400.0)
        post.site.set_up(board, rules=(CROWD,))
        post.site.changed(post.clock.now)
        qtbot.waitUntil(lambda: len(server.of("/a")) == 1)
    finally:
        notifier.request_stop()
        assert notifier.wait(5000)


@pytest.mark.expects_warning
def test_a_probe_that_the_database_spoils_does_not_silence_its_channel_for_good(
    server: WebhookServer, posts: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    server.replies["/a"] = Reply(500)
    for n in range(5):
        post.raise_one(f"a{n}")
        post.pass_time(61.0)
    post.send_due()
    assert post.delivery.resting() == {"board"}
    post.pass_time(61.0)
    del server.replies["/a"]
    with monkeypatch.context() as patch:
        patch.setattr(post.delivery, "_picture_for", _busy)
        assert post.send_due()
    post.live_on(3600.0, 60.0)
    assert {one.state for one in post.site.of("board")} == {NotificationState.DELIVERED}


@pytest.mark.fault("F95", "F104")
@pytest.mark.expects_warning
def test_a_night_of_coming_and_going_without_a_mail_server_ends_in_a_handful_of_mails(
    qtbot: QtBot, posts: Callable[..., Post], tmp_path: Path
) -> None:
    authority = Authority()
    ca_file = tmp_path / "authority.pem"
    ca_file.write_bytes(authority.pem)
    server = MailServer(authority.context("127.0.0.1"))  # nobody answers there until it begins
    post = posts(mail("office", server.port, ca_file))
    desk = post.site.desk
    for n in range(45):  # an hour and a half
        flaps = post.site.raised("flaps", post.clock.now)
        desk.carry_out([replace(flaps, is_new=n == 0)], post.clock.now)
        if n % 15 == 0:
            post.raise_one(f"other {n}")
        post.pass_time(60.0)
        post.send_due()
        over = Returned("flaps", CROWD.uid, (flaps.parts[0].subject,), is_over=True)
        desk.carry_out([over], post.clock.now)
        post.pass_time(60.0)
        post.send_due()
    waiting = [one for one in post.site.messages() if one.state is NotificationState.WAITING]
    # One of each alert and way, and one that tells of what was held back.
    assert len([one for one in waiting if one.new.channel is ChannelKind.EMAIL]) <= 5
    assert len([one for one in waiting if one.new.channel is ChannelKind.POPUP]) == 4
    with server:
        notifier = NotifierWorker(desk, post.site.bus, Gate(), clock=post.clock)
        post.pass_time(3601.0)
        notifier.start()
        try:
            qtbot.waitUntil(
                lambda: all(
                    one.state is not NotificationState.WAITING for one in post.site.of("office")
                ),
                timeout=15_000,
            )
        finally:
            notifier.request_stop()
            assert notifier.wait(5000)
        assert 1 <= len(server.mails) <= 3
    told = {one.uid for one in desk.open_alerts() if one.told_at is not None}
    assert told == {"flaps", "other 0", "other 15", "other 30"}


def _busy(_message: Notification) -> bytes | None:
    raise DatabaseBusy("away")


def test_mail_waits_for_its_picture_and_popups_do_not(
    qtbot: QtBot, server: WebhookServer, running: Callable[..., Running]
) -> None:
    made = running(hook("board", f"{server.url}/a"))
    with made.gate.holding():
        made.raise_one("a1")
        qtbot.waitUntil(lambda: bool(made.popups))
        assert server.posted == []
    made.worker.wake()
    qtbot.waitUntil(lambda: bool(server.posted))


def test_mails_that_a_channel_gathers_are_one_mail_and_all_are_delivered(
    qtbot: QtBot, posts: Callable[..., Post], tmp_path: Path
) -> None:
    authority = Authority()
    ca_file = tmp_path / "authority.pem"
    ca_file.write_bytes(authority.pem)
    with MailServer(authority.context("127.0.0.1")) as server:
        post = posts(mail("office", server.port, ca_file, digest_min=5))
        for n in range(3):
            post.raise_one(f"a{n}")
            post.pass_time(61.0)
        notifier = NotifierWorker(post.site.desk, post.site.bus, Gate(), clock=post.clock)
        notifier.start()
        try:
            assert post.send_due() == []  # they are gathered
            post.pass_time(300.0)
            notifier.wake()
            qtbot.waitUntil(
                lambda: (
                    {one.state for one in post.site.of("office")} == {NotificationState.DELIVERED}
                )
            )
        finally:
            notifier.request_stop()
            assert notifier.wait(5000)
        (one_mail,) = server.mails
        assert "3" in str(one_mail["Subject"])
    assert len(post.site.of("office")) == 3


def test_a_sign_of_life_goes_past_the_outbox_and_waits_for_its_turn(
    qtbot: QtBot, server: WebhookServer, running: Callable[..., Running]
) -> None:
    made = running(hook("board", f"{server.url}/a"))
    made.raise_one("a1")
    made.worker.say_alive("board", "I am alive.")
    qtbot.waitUntil(lambda: len(server.posted) == 2)
    alive = next(one.body for one in server.posted if one.body["type"] == "system_status")
    assert (alive["message"], alive["data"]["purpose"]) == ("I am alive.", "alive")
    assert len(made.site.of("board")) == 1  # only the alert was in the outbox


@pytest.mark.expects_warning
def test_a_message_that_is_sent_but_not_noted_is_not_sent_again_in_this_run(
    server: WebhookServer, posts: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = posts(hook("board", f"{server.url}/a"))
    post.raise_one("a1")
    noted = post.site.desk.delivered

    def away(*_args: object) -> None:
        raise DatabaseBusy("away")

    monkeypatch.setattr(post.site.desk, "delivered", away)
    post.send_due()
    post.live_on(60.0)
    assert len(server.posted) == 1
    monkeypatch.setattr(post.site.desk, "delivered", noted)
    post.live_on(60.0)
    assert len(server.posted) == 1
    assert post.site.of("board")[0].state is NotificationState.DELIVERED


@pytest.mark.expects_warning
def test_a_sender_with_a_bug_ends_nothing_but_its_own_message(
    posts: Callable[..., Post],
) -> None:
    post = posts(hook("board", "http://127.0.0.1:9/a"))

    class Broken:
        def send(self, outgoing: Outgoing) -> None:
            raise ZeroDivisionError(outgoing)

        def close(self) -> None:
            """Nothing to close."""

    post.delivery._make_sender = lambda *_args: Broken()  # type: ignore[assignment]
    post.raise_one("a1")
    post.send_due()
    assert "an unforeseen error" in post.troubles[0].reason


def test_every_fault_has_words() -> None:
    for fault in DeliveryFault:
        assert words_of(DeliveryError(fault, "HTTP 1")).endswith(": HTTP 1")
