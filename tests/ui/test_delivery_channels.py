"""Channels on the screen: the list, the forms, and the test with the other side's answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from camwatch.alerts.notification import Answer
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.settings import (
    Channel,
    EmailSettings,
    Encryption,
    SmsPreset,
    SmsSettings,
    WebhookSettings,
)
from camwatch.commands import KeepPassword
from camwatch.domain import Secret
from camwatch.errors import (
    ChangedMeanwhile,
    DeliveryError,
    DeliveryFault,
    InvalidSetting,
    InvalidSettings,
    NotFound,
    SecretsLocked,
    SecretsUnavailable,
)
from camwatch.events import ChannelTroubled
from camwatch.ui.alerts.delivery.channel_dialog import ChannelDialog
from camwatch.ui.alerts.delivery.email_form import EmailForm
from camwatch.ui.alerts.delivery.sms_form import SmsForm
from camwatch.ui.alerts.delivery.webhook_form import WebhookForm
from camwatch.ui.vault.new_passphrase import CreateDialog
from tests.ui.delivery_bench import DeliveryBench, click, delivery_bench
from tests.ui.delivery_edges import MAIL, NOON, DeliveryDesk
from tests.ui.screen_edges import HeldWork


def names(bench: DeliveryBench) -> list[str]:
    shown = bench.tab.channels.table.model()
    return [shown.index(row, 0).data() for row in range(shown.rowCount())]


def choose(bench: DeliveryBench, name: str) -> None:
    bench.tab.channels.table.choose(names(bench).index(name))


def edit(bench: DeliveryBench, name: str) -> ChannelDialog:
    choose(bench, name)
    click(bench.tab.channels.edit_button)
    return bench.dialog(ChannelDialog)


def add(bench: DeliveryBench, kind: ChannelKind) -> ChannelDialog:
    click(bench.tab.channels.add_buttons_by_kind[kind])
    return bench.dialog(ChannelDialog)


def email_form(dialog: ChannelDialog) -> EmailForm:
    assert isinstance(dialog.form, EmailForm)
    return dialog.form


def sms_form(dialog: ChannelDialog) -> SmsForm:
    assert isinstance(dialog.form, SmsForm)
    return dialog.form


def hook_form(dialog: ChannelDialog) -> WebhookForm:
    assert isinstance(dialog.form, WebhookForm)
    return dialog.form


@pytest.fixture
def bench(qtbot: QtBot) -> DeliveryBench:
    return delivery_bench(qtbot)


@pytest.mark.fault("F100")
def test_the_list_says_how_each_channel_does(bench: DeliveryBench) -> None:
    shown = bench.tab.channels.table.model()
    rows = {
        shown.index(row, 0).data(): (shown.index(row, 3).data(), shown.index(row, 4).data())
        for row in range(shown.rowCount())
    }
    assert rows["Office mail"] == ("Proven today 09:00", "none")
    assert rows["Text messages"][0].startswith("Failing since today 08:12: server offers")
    assert rows["Text messages"][1] == "3"
    assert rows["Old hook"][0].startswith("Switched itself off: it answered")
    choose(bench, "Text messages")
    assert "3 messages wait for it" in bench.tab.channels.detail.text()
    assert bench.tab.channels.said.text() == "Last answer: Server offers no encryption"
    assert bench.tab.choices["Outbox"].text() == "Outbox (1 message waiting)"


def test_an_empty_list_leads_on(qtbot: QtBot) -> None:
    bench = delivery_bench(qtbot, DeliveryDesk())
    assert bench.tab.channels.pages.currentWidget() is bench.tab.channels.empty
    assert not bench.tab.prove_button.isEnabled()
    click(bench.tab.channels.empty.button)
    assert isinstance(bench.dialog(ChannelDialog).form, EmailForm)


def test_a_mail_server_is_added(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.EMAIL)
    form = email_form(dialog)
    dialog.name.setText("Second mail")
    form.host.setText("mail.example.com")
    form.username.setText("me")
    form.secret_edit.line.setText("geheim")
    form.from_line.setText("me@example.com")
    form.encryption.setCurrentIndex(form.encryption.findData(Encryption.TLS))
    click(dialog.do_button)
    assert not bench.is_open(ChannelDialog)
    channel, secret = bench.given("save_channel")
    assert isinstance(channel, Channel)
    assert channel.settings == EmailSettings(
        "mail.example.com", 465, Encryption.TLS, "me@example.com", "me"
    )
    assert secret == Secret("geheim")
    chosen = bench.tab.channels.table.chosen
    assert chosen is not None
    assert chosen.channel.name == "Second mail"


def test_the_port_follows_the_encryption_until_one_is_typed(bench: DeliveryBench) -> None:
    form = email_form(add(bench, ChannelKind.EMAIL))
    tls, starttls = (form.encryption.findData(one) for one in Encryption)
    form.encryption.setCurrentIndex(tls)
    assert form.port.value() == 465
    form.encryption.setCurrentIndex(starttls)
    assert form.port.value() == 587
    form.port.setValue(465)
    assert "465 usually goes with TLS" in form.fields["port"].message.text()
    form.port.setValue(2525)
    form.encryption.setCurrentIndex(tls)
    assert form.port.value() == 2525


def test_refused_values_are_told_at_their_fields_and_nothing_is_lost(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.EMAIL)
    form = email_form(dialog)
    form.host.setText("no host")
    form.secret_edit.line.setText("geheim")
    bench.desk.trouble["save_channel"] = [
        InvalidSettings(
            [InvalidSetting("name", "is needed"), InvalidSetting("settings.host", "is no host")]
        ),
        ChangedMeanwhile("Office mail"),
        SecretsLocked("The keyring is locked"),
    ]
    click(dialog.do_button)
    assert dialog.fields["name"].problem == "The name is needed."
    assert dialog.fields["host"].problem == "The mail server is no host."
    for title in ("It was changed meanwhile", "The keyring is locked or does not answer"):
        click(dialog.do_button)
        assert dialog.notice.title.text() == title
    assert (form.host.text(), form.secret_edit.text()) == ("no host", "geheim")
    click(dialog.do_button)
    assert not bench.is_open(ChannelDialog)


def test_where_no_password_can_be_kept_a_vault_is_offered(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.WEBHOOK)
    hook_form(dialog).url.setText("https://hooks.example.org/x")
    bench.desk.trouble["save_channel"] = [SecretsUnavailable("There is no keyring here")]
    click(dialog.do_button)
    assert dialog.notice.text.text() == "There is no keyring here. Nothing was stored."
    click(dialog.notice.button)
    vault = dialog.offer.dialog
    assert isinstance(vault, CreateDialog)
    vault.accept()
    assert bench.desk.times("save_channel") == 2
    assert not bench.is_open(ChannelDialog)


def test_a_kept_password_stays_and_is_never_shown(bench: DeliveryBench) -> None:
    dialog = edit(bench, "Office mail")
    form = email_form(dialog)
    assert form.secret_edit.text() == ""
    assert "never shown" in dialog.fields["secret"].message.text()
    form.digest.setValue(15)
    click(dialog.do_button)
    channel, secret = bench.given("save_channel")
    assert isinstance(secret, KeepPassword)
    assert isinstance(channel, Channel)
    settings = MAIL.settings
    assert isinstance(settings, EmailSettings)
    assert channel.settings == replace(settings, digest_min=15)


def test_without_a_user_no_password_is_kept(bench: DeliveryBench) -> None:
    dialog = edit(bench, "Office mail")
    email_form(dialog).username.clear()
    click(dialog.do_button)
    assert bench.given("save_channel")[1] is None


def test_the_answer_of_the_other_side_is_shown(bench: DeliveryBench) -> None:
    dialog = edit(bench, "Office mail")
    trial = dialog.trial
    click(trial.send_button)
    assert trial.to_field.problem == "Say first where the test is to go."
    trial.to.setText("anna@example.org; ben@example.org")
    click(trial.send_button)
    channel, secret, addresses = bench.given("test_channel")
    assert channel == MAIL
    assert isinstance(secret, KeepPassword)
    assert addresses == ("anna@example.org", "ben@example.org")
    assert trial.title.text() == "It got through"
    assert trial.said.text().replace("\u200b", "") == "250 2.0.0 Ok: queued as 4F1B2C"
    email_form(dialog).digest.setValue(3)
    assert trial.changed.isVisible()


def test_enter_sends_the_test_and_saves_nothing(bench: DeliveryBench) -> None:
    dialog = edit(bench, "Office mail")
    dialog.trial.to.setText("anna@example.org")
    QTest.keyClick(dialog.trial.to, Qt.Key.Key_Return)
    assert bench.desk.times("test_channel") == 1
    assert bench.desk.times("save_channel") == 0
    assert bench.is_open(ChannelDialog)


def test_tab_goes_through_a_form_as_it_is_read(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.SMS)
    form = sms_form(dialog)
    form.preset.setCurrentIndex(form.preset.findData(SmsPreset.GET))
    click(form.pairs.add_button)
    visited = []
    at = dialog.name.nextInFocusChain()
    while at is not None and at is not dialog.name:
        takes_tab = bool(at.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes_tab and at.isVisibleTo(dialog) and at.focusProxy() is None:
            visited.append(at)
        at = at.nextInFocusChain()
    wanted = [
        form.preset,
        form.url,
        form.username,
        form.secret_edit.line,
        form.from_line,
        form.region,
        *(part for one in form.pairs.lines for part in (one.name, one.value, one.remove)),
        form.pairs.add_button,
        form.http.box,
        form.private.box,
        form.cost,
        form.currency,
        form.longest,
        form.example,
        form.timeout,
        dialog.trial.to,
        dialog.trial.send_button,
        dialog.cancel_button,
        dialog.do_button,
    ]
    seen = [one for one in visited if one in wanted]
    assert seen == wanted


def test_a_refused_recipient_is_named(bench: DeliveryBench) -> None:
    bench.desk.reply = Answer("250 Ok", {"ben@example.org": "550 No such user"})
    dialog = edit(bench, "Office mail")
    dialog.trial.to.setText("anna@example.org, ben@example.org")
    click(dialog.trial.send_button)
    assert dialog.trial.title.text() == "It got through, but not to everybody"
    assert "ben@example.org: 550 No such user" in dialog.trial.said.text()


def test_a_failed_test_says_why_and_what_to_do(bench: DeliveryBench) -> None:
    bench.desk.trouble["test_channel"] = [
        DeliveryError(DeliveryFault.SIGN_IN, "535 5.7.8 Error: authentication failed"),
        InvalidSettings([InvalidSetting("sender", "has no @"), InvalidSetting("name", "is taken")]),
        InvalidSetting("addresses", "has no @"),
        SecretsLocked("The keyring is locked"),
    ]
    dialog = edit(bench, "Office mail")
    trial = dialog.trial
    trial.to.setText("anna@example.org")
    click(trial.send_button)
    assert trial.title.text() == "User name or password was refused"
    assert trial.said.text() == "535 5.7.8 Error: authentication failed"
    assert trial.advice.text().startswith("Enter both again.")
    assert dialog.do_button.isEnabled()
    click(trial.send_button)
    assert trial.title.text() == "Not sent"
    assert dialog.fields["sender"].problem == "The sender has no @."
    click(trial.send_button)
    assert trial.to_field.problem == "The address has no @."
    click(trial.send_button)
    assert trial.title.text().startswith("The keyring is locked")
    assert trial.number_label.isVisible()


def test_a_test_can_be_stopped_and_its_answer_is_not_waited_for(qtbot: QtBot) -> None:
    work = HeldWork()
    bench = delivery_bench(qtbot, work=work)
    work.finish_all()
    dialog = edit(bench, "Office mail")
    trial = dialog.trial
    trial.to.setText("anna@example.org")
    click(trial.send_button)
    assert trial.busy.isVisible()
    assert not trial.send_button.isVisible()
    click(trial.stop_button)
    assert trial.title.text() == "Stopped"
    work.finish_all()
    assert bench.desk.times("stop_test") == 1
    assert trial.title.text() == "Stopped"
    click(trial.send_button)
    dialog.reject()
    work.finish_all()
    assert bench.desk.times("stop_test") == 2


def test_escape_asks_before_a_channel_that_was_entered_is_lost(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.EMAIL)
    QTest.keyClicks(dialog.form.secret_edit.line, "typed")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    (question,) = dialog.findChildren(QMessageBox)
    assert dialog.isVisible()
    (discard,) = [one for one in question.buttons() if one.text() == "Discard"]
    click(discard)
    assert not dialog.isVisible()


def test_the_channel_of_the_environment_is_only_looked_at(bench: DeliveryBench) -> None:
    choose(bench, "Mail (environment)")
    assert not bench.tab.channels.remove_button.isEnabled()
    assert not bench.tab.channels.switch_button.isEnabled()
    assert "SMTP_" in bench.tab.channels.detail.text()
    dialog = edit(bench, "Mail (environment)")
    assert "SMTP_HOST" in dialog.about.text()
    assert not dialog.form.isEnabled()
    assert not dialog.do_button.isVisible()
    dialog.trial.to.setText("anna@example.org")
    click(dialog.trial.send_button)
    assert isinstance(bench.given("test_channel")[1], KeepPassword)
    dialog.submit()
    assert bench.desk.times("save_channel") == 0


def test_a_channel_is_switched_off_and_on(bench: DeliveryBench) -> None:
    choose(bench, "Office mail")
    click(bench.tab.channels.switch_button)
    channel, secret = bench.given("save_channel")
    assert isinstance(channel, Channel)
    assert not channel.is_enabled
    assert isinstance(secret, KeepPassword)
    assert bench.tab.channels.switch_button.text() == "Switch &on"
    choose(bench, "Old hook")
    click(bench.tab.channels.switch_button)
    channel, _secret = bench.given("save_channel")
    assert isinstance(channel, Channel)
    assert channel.is_enabled
    assert channel.disabled_why == ""


def test_a_channel_is_removed_unless_plans_use_it(bench: DeliveryBench) -> None:
    bench.desk.trouble["remove_channel"] = [
        InvalidSetting("channel", "is used by the plans “Night shift”")
    ]
    choose(bench, "Office mail")
    click(bench.tab.channels.remove_button)
    bench.answer("Cancel")
    assert bench.desk.times("remove_channel") == 0
    bench.qtbot.waitUntil(lambda: not bench.is_open(QMessageBox))
    click(bench.tab.channels.remove_button)
    bench.answer("Remove channel")
    assert "used by the plans “Night shift”" in bench.tab.channels.notice.text.text()
    assert "Office mail" in names(bench)
    bench.qtbot.waitUntil(lambda: not bench.is_open(QMessageBox))
    click(bench.tab.channels.remove_button)
    bench.answer("Remove channel")
    assert "Office mail" not in names(bench)


def test_what_is_gone_meanwhile_is_told_and_goes_from_the_list(bench: DeliveryBench) -> None:
    bench.desk.trouble["remove_channel"] = [NotFound("the channel")]
    choose(bench, "Office mail")
    bench.desk.statuses = [one for one in bench.desk.statuses if one.channel.uid != "mail"]
    click(bench.tab.channels.remove_button)
    bench.answer("Remove channel")
    assert bench.tab.channels.notice.title.text() == "It is gone"
    assert "Office mail" not in names(bench)


def test_a_gateway_is_entered_by_its_kind(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.SMS)
    form = sms_form(dialog)
    assert form.url.text() == "https://api.twilio.com"
    assert not form.fields["fields"].isVisible()
    form.preset.setCurrentIndex(form.preset.findData(SmsPreset.POST))
    assert form.url.text() == ""
    assert form.pairs.pairs() == (("to", "$to"), ("from", "$from"), ("text", "$text"))
    click(form.pairs.add_button)
    form.pairs.lines[-1].name.setText("token")
    form.pairs.lines[-1].value.setText("$secret")
    form.pairs.lines[1].remove.click()
    form.url.setText("https://sms.example.org/send")
    QTest.keyClicks(form.region, "de")
    QTest.keyClicks(form.currency, "eur")
    form.cost.setValue(7.5)
    assert "+49" in form.fields["region"].message.text()
    assert form.bill.text() == "64 characters, 1 part. EUR 0.075 for each recipient."
    dialog.trial.to.setText("030 123456, 089 123456")
    assert "EUR 0.15 for 2 recipients together" in dialog.trial.bill.text()
    assert "+49 30 123456, Germany" in dialog.trial.to_field.message.text()
    dialog.name.setText("Texts")
    click(dialog.do_button)
    channel, _secret = bench.given("save_channel")
    assert isinstance(channel, Channel)
    settings = channel.settings
    assert isinstance(settings, SmsSettings)
    assert settings.fields == (("to", "$to"), ("text", "$text"), ("token", "$secret"))
    assert (settings.region, settings.currency) == ("DE", "EUR")


def test_a_gateway_by_mail_uses_a_mail_channel(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.SMS)
    form = sms_form(dialog)
    form.preset.setCurrentIndex(form.preset.findData(SmsPreset.EMAIL))
    assert not form.fields["secret"].isVisible()
    form.url.setText("sms.example.org")
    form.mail.setCurrentIndex(form.mail.findData("mail"))
    click(dialog.do_button)
    channel, secret = bench.given("save_channel")
    assert isinstance(channel, Channel)
    settings = channel.settings
    assert isinstance(settings, SmsSettings)
    assert (settings.email_uid, secret) == ("mail", None)


def test_a_webhook_gets_a_secret_that_can_be_copied(bench: DeliveryBench) -> None:
    dialog = add(bench, ChannelKind.WEBHOOK)
    form = hook_form(dialog)
    assert not form.http.warning.isVisible()
    click(form.make)
    made = form.secret_edit.text()
    assert len(made) >= 32
    click(form.copy)
    assert QGuiApplication.clipboard().text() == made
    form.http.box.setChecked(True)
    assert form.http.warning.isVisible()
    form.url.setText("https://hooks.example.org/x")
    click(form.headers.add_button)
    form.headers.lines[0].name.setText("X-Site")
    form.headers.lines[0].value.setText("Berlin")
    form.alive.setValue(5)
    click(dialog.do_button)
    channel, secret = bench.given("save_channel")
    assert isinstance(channel, Channel)
    assert channel.settings == WebhookSettings(
        "https://hooks.example.org/x", (("X-Site", "Berlin"),), allow_http=True, alive_min=5
    )
    assert secret == Secret(made)


def test_the_list_is_read_again_when_a_channel_fails(bench: DeliveryBench) -> None:
    before = bench.desk.times("channels")
    bench.bus.publish(ChannelTroubled(NOON, "mail", "Office mail", "nobody answers"))
    bench.qtbot.waitUntil(lambda: bench.desk.times("channels") > before)
