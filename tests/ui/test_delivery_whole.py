"""Delivery with everything real behind it: commands, history, threads, mail and web servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtWidgets import QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.notification import Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import Encryption
from camwatch.auth.secrets import SecretStore
from camwatch.commands import Commands
from camwatch.commands.drill_desk import DrillDesk
from camwatch.config import CameraPolicy
from camwatch.data.engine import Database
from camwatch.events import Bus
from camwatch.ui.alerts.delivery.channel_dialog import ChannelDialog
from camwatch.ui.alerts.delivery.drill_dialog import DrillDialog
from camwatch.ui.alerts.delivery.email_form import EmailForm
from camwatch.ui.alerts.delivery.plan_dialog import PlanDialog
from camwatch.ui.alerts.delivery.proof import ProofDialog
from camwatch.ui.alerts.delivery.recipient_dialog import RecipientDialog
from camwatch.ui.alerts.delivery.tab import DeliveryTab
from camwatch.ui.alerts.delivery.webhook_form import WebhookForm
from camwatch.ui.bridge import EventBridge
from camwatch.workers.alerts import Gate
from camwatch.workers.drill import CAMERA, DrillBoard, DrillMeans, DrillWorker
from camwatch.workers.notifier import NotifierWorker
from camwatch.workers.queries import QueryPool
from camwatch.workers.supervisor import Supervisor
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import PASSWORD, counting_in
from tests.support.certificates import Authority
from tests.support.mail_server import MailServer
from tests.support.webhook_server import Reply, WebhookServer
from tests.ui.delivery_bench import BERLIN, click

D = TypeVar("D", bound=QDialog)


class Whole:
    """The tab, and the commands behind it."""

    def __init__(self, qtbot: QtBot, commands: Commands, pool: QueryPool, bus: Bus) -> None:
        self.qtbot, self.commands = qtbot, commands
        self.session = commands.create_first_administrator("boss", PASSWORD)
        self.bridge = EventBridge(bus)
        self.tab = DeliveryTab(commands, self.session, pool, self.bridge, BERLIN)
        qtbot.addWidget(self.tab)
        self.tab.resize(1248, 640)
        self.tab.show()
        self.tab.load()
        self.until(lambda: len(self.tab.plans.model.records) > 0)

    def until(self, is_so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(is_so, timeout=20_000)

    def dialog(self, kind: type[D]) -> D:
        self.until(lambda: self.is_open(kind))
        return next(one for one in self.tab.findChildren(kind) if one.isVisible())

    def is_open(self, kind: type[QDialog]) -> bool:
        return any(one.isVisible() for one in self.tab.findChildren(kind))

    def store(self, dialog: ChannelDialog | PlanDialog | RecipientDialog) -> None:
        """Press the button, and wait until the dialog has closed."""
        kind = type(dialog)
        click(dialog.do_button)
        self.until(lambda: not self.is_open(kind))

    def send(self, dialog: ChannelDialog) -> str:
        """Send a test, and return what the other side said."""
        click(dialog.trial.send_button)
        self.until(lambda: not dialog.trial.is_running)
        return dialog.trial.said.text().replace("\u200b", "")


@pytest.fixture
def whole(qtbot: QtBot, tmp_path: Path) -> Iterator[Whole]:
    bus, keyring = Bus(), MemoryKeyring()
    store = SecretStore(lambda: keyring)
    pool, supervisor = QueryPool(), Supervisor(bus)
    for make in pool.posts():
        supervisor.add(make)
    supervisor.start()
    try:
        with Database.open(tmp_path / "camwatch.sqlite3") as database:
            commands = Commands(database, store, CameraPolicy(), bus, counting_in(tmp_path, bus))
            notifier = NotifierWorker(commands.alert_desk, bus, Gate())
            commands.drills = board = DrillBoard(bus)
            means = DrillMeans(
                desk=DrillDesk(database, commands.alert_desk.reach, BERLIN, CAMERA, bus),
                detector=lambda: None,
                limits=CameraPolicy(),
                threshold=lambda: 0.33,
                zone=BERLIN,
                wake=notifier.wake,
            )
            supervisor.add(lambda: notifier)
            supervisor.add(lambda: DrillWorker(board, means))
            supervisor.start()
            yield Whole(qtbot, commands, pool, bus)
            assert supervisor.stop(10.0) == []
    finally:
        store.close()


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def test_a_mail_server_is_tried_stored_used_and_removed(
    whole: Whole, authority: Authority, tmp_path: Path
) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(authority.pem)
    context = authority.context()
    with MailServer(context, user="cam", password="right-one") as server:
        click(whole.tab.channels.add_buttons_by_kind[ChannelKind.EMAIL])
        dialog = whole.dialog(ChannelDialog)
        form = dialog.form
        assert isinstance(form, EmailForm)
        dialog.name.setText("Office mail")
        form.host.setText("127.0.0.1")
        form.encryption.setCurrentIndex(form.encryption.findData(Encryption.STARTTLS))
        form.port.setValue(server.port)
        form.username.setText("cam")
        form.secret_edit.line.setText("wrong-one")
        dialog.trial.to.setText("anna@site.example")

        whole.send(dialog)
        assert dialog.fields["sender"].problem.startswith("The sender")
        form.from_line.setText("CamWatch <cam@site.example>")
        whole.send(dialog)
        assert dialog.trial.title.text() == "The other side cannot prove who it is"
        form.ca.line.setText(str(ca_file))
        assert whole.send(dialog).startswith("535 5.7.8")
        assert dialog.trial.title.text() == "User name or password was refused"
        form.secret_edit.line.setText("right-one")
        server.refused["ben@site.example"] = "550 5.1.1 No such user here"
        dialog.trial.to.setText("anna@site.example, ben@site.example")
        said = whole.send(dialog)
        assert dialog.trial.title.text() == "It got through, but not to everybody"
        assert "250 2.0.0 queued as 1" in said
        assert "ben@site.example: 550 5.1.1 No such user here" in said
        whole.store(dialog)

        # It is stored with its password in the keyring only, which goes to no other place.
        whole.until(lambda: len(whole.tab.channels.statuses) == 1)
        (status,) = whole.tab.channels.statuses
        assert status.has_secret
        assert b"right-one" not in (tmp_path / "camwatch.sqlite3").read_bytes()
        click(whole.tab.channels.edit_button)
        dialog = whole.dialog(ChannelDialog)
        assert dialog.form.secret_edit.text() == ""
        dialog.trial.to.setText("anna@site.example")
        assert whole.send(dialog).startswith("250")
        assert isinstance(dialog.form, EmailForm)
        dialog.form.host.setText("localhost")
        click(dialog.do_button)
        whole.until(lambda: "entered again" in dialog.fields["secret"].problem)
        click(dialog.cancel_button)

        _tell_anna(whole)
        click(whole.tab.prove_button)
        proof = whole.dialog(ProofDialog)
        click(proof.do_button)
        whole.until(lambda: proof.verdict.text() == "All channels in use work.")
        (words,) = proof.words().values()
        assert words.startswith("It works. 250 2.0.0 queued as 3")
        proof.reject()
        whole.until(lambda: "Proven today" in whole.tab.channels.detail.text())
        assert [one.new.purpose for one in whole.tab.outbox.model.records] == [Purpose.CANARY]

    whole.tab.show_section("Channels")
    click(whole.tab.channels.remove_button)
    box = whole.dialog(QMessageBox)
    click(next(one for one in box.buttons() if one.text() == "Remove channel"))
    whole.until(lambda: "“Day shift”" in whole.tab.channels.notice.text.text())
    assert whole.commands.channels(whole.session)


def _tell_anna(whole: Whole) -> None:
    """Add a recipient and a plan that tells her by mail, with the hands of an administrator."""
    whole.tab.show_section("Recipients")
    click(whole.tab.people.add_button)
    person = whole.dialog(RecipientDialog)
    person.name.setText("Anna")
    person.email.setText("anna@site.example")
    person.phone.setText("+49 30 123456")
    whole.store(person)
    whole.until(lambda: len(whole.tab.people.model.records) == 1)
    whole.tab.show_section("Plans")
    click(whole.tab.plans.new_button)
    dialog = whole.dialog(PlanDialog)
    dialog.name.setText("Day shift")
    click(dialog.add_button)
    click(dialog.do_button)
    whole.until(lambda: bool(dialog.fields["steps"].problem))
    (action,) = dialog.lines[-1].to.actions_by_uid.values()
    action.trigger()
    whole.store(dialog)
    whole.until(lambda: len(whole.tab.plans.model.records) == 2)
    (anna,) = whole.commands.recipients(whole.session)
    assert anna.phone == "+4930123456"
    plan = next(one for one in whole.commands.plans(whole.session) if one.name == "Day shift")
    assert plan.steps[-1].to == (anna.uid,)


def test_a_webhook_is_tried_and_a_test_that_hangs_is_stopped(whole: Whole) -> None:
    with WebhookServer() as server:
        click(whole.tab.channels.add_buttons_by_kind[ChannelKind.WEBHOOK])
        dialog = whole.dialog(ChannelDialog)
        form = dialog.form
        assert isinstance(form, WebhookForm)
        dialog.name.setText("Tickets")
        form.url.setText(f"{server.url}/ok")
        click(form.make)
        whole.send(dialog)
        assert dialog.trial.title.text() == "Not sent"
        form.http.box.setChecked(True)
        whole.send(dialog)
        assert dialog.trial.title.text() == "Not sent"
        assert "local network" in dialog.fields["url"].problem
        form.private.box.setChecked(True)
        assert "200" in whole.send(dialog)
        assert dialog.trial.title.text() == "It got through"
        assert server.posted[-1].body["data"]["purpose"] == "test"
        server.replies["/ok"] = Reply(410, body=b"moved away")
        assert "410" in whole.send(dialog)
        assert dialog.trial.title.text() == "It says that it is gone for good"
        server.replies["/ok"] = Reply(hangs=True)
        count = len(server.posted)
        click(dialog.trial.send_button)
        whole.until(lambda: len(server.posted) > count)
        click(dialog.trial.stop_button)
        assert dialog.trial.title.text() == "Stopped"
        server.replies["/ok"] = Reply(503)
        assert "503" in whole.send(dialog)
        whole.store(dialog)
        whole.until(lambda: len(whole.tab.channels.statuses) == 1)

        # No plan uses the channel; that is said.
        click(whole.tab.prove_button)
        proof = whole.dialog(ProofDialog)
        click(proof.do_button)
        whole.until(lambda: proof.verdict.text() == "No plan uses a channel yet.")
        proof.reject()
        click(whole.tab.channels.switch_button)
        whole.until(lambda: not whole.tab.channels.statuses[0].channel.is_enabled)
        assert whole.tab.channels.statuses[0].has_secret
        whole.until(lambda: not whole.tab.prove_button.isEnabled())


@pytest.mark.expects_warning
def test_a_drill_is_played_and_its_steps_are_shown(whole: Whole) -> None:
    click(whole.tab.drill_button)
    drill = whole.dialog(DrillDialog)
    whole.until(lambda: "No drill was played" in drill.said.text())
    click(drill.do_button)
    whole.until(lambda: drill.said.text().endswith("did not go as they should."))
    # Nothing counts people here: the steps up to there went well.
    assert drill.lines[0].startswith("A simulated camera")
    assert drill.lines[-1] == "The search for people: people are not counted now"
    assert drill.said.text() == f"1 of {len(drill.lines)} steps did not go as they should."
    assert drill.do_button.isEnabled()
    drill.reject()
