"""How a gateway for text messages is entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from camwatch.alerts.settings import Channel, EmailSettings, SmsPreset, SmsSettings
from camwatch.language import marked, table, tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.channel_form import ChannelForm
from camwatch.ui.alerts.delivery.dialog import heading, line_between
from camwatch.ui.alerts.delivery.pairs_editor import PairsEditor
from camwatch.ui.alerts.delivery.phone_words import code_words
from camwatch.ui.alerts.delivery.sms_words import bill_words
from camwatch.ui.forms import Field, in_a_row, plain_label

EXAMPLE = marked("CamWatch, warning: Hall: 31 people (limit 30). Alert 214, 12:04.")

_PRESETS = table(
    lambda: {
        SmsPreset.TWILIO: tr("Twilio, or one that is asked like it"),
        SmsPreset.POST: tr("Any gateway, asked with POST"),
        SmsPreset.GET: tr("Any gateway, asked with GET"),
        SmsPreset.EMAIL: tr("A mail to number@gateway"),
    }
)
_ABOUT = table(
    lambda: {
        SmsPreset.TWILIO: tr(
            "The message is posted to /2010-04-01/Accounts/…/Messages.json below the "
            "address, signed in with account and token."
        ),
        SmsPreset.POST: tr(
            "The table of fields below is posted as a form. User name and password "
            "go along by HTTP Basic, unless the table names $secret."
        ),
        SmsPreset.GET: tr(
            "The table of fields below is put behind the address after a “?”. Choose POST "
            "where the gateway knows it: addresses end up in logs, secrets in them, too."
        ),
        SmsPreset.EMAIL: tr(
            "Each message is a mail to the number at the gateway's domain, sent by one "
            "of the e-mail channels."
        ),
    }
)
_URLS = table(
    lambda: {
        SmsPreset.TWILIO: (tr("&Address"), "https://api.twilio.com"),
        SmsPreset.POST: (tr("&Address"), "https://sms.example.org/send"),
        SmsPreset.GET: (tr("&Address"), "https://sms.example.org/send"),
        SmsPreset.EMAIL: (tr("&Domain of the gateway"), "sms.example.org"),
    }
)
_USERS = table(lambda: {SmsPreset.TWILIO: tr("Acco&unt (SID)")})
_TWILIO = "https://api.twilio.com"
_FIRST_FIELDS = (("to", "$to"), ("from", "$from"), ("text", "$text"))
_FIELDS_HINT = marked(
    "$to is the number, $from the sender, $text the message, $key the user name and $secret the "
    "password or token from above. All else stands for itself; $$ is a dollar."
)


class SmsForm(ChannelForm):
    """Kind of gateway, sign-in, fields, and what a message costs.

    Args:
        mail_channels: The e-mail channels there are, for messages by mail.
    """

    BLANK: ClassVar[SmsSettings] = SmsSettings(SmsPreset.TWILIO, _TWILIO)
    """What it begins with."""

    def __init__(self, mail_channels: Sequence[Channel], parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Pass&word or token"),
            tr("It is kept in this computer's keyring."),
            parent,
        )
        self.preset = self.choice("preset", tr("&Kind of gateway"))
        for value, words in _PRESETS.items():
            self.preset.addItem(words, value)
        self.about = plain_label("", "muted", self)
        self.url = self.line("url", tr("&Address"), "", 2048)
        self.username = self.line("username", tr("&User name"), "", 256)
        self.from_line = self.line(
            "sender",
            tr("Sen&der"),
            tr("Number or name that messages are from; empty if the gateway has its own."),
            32,
            "+49 30 123456",
        )
        self.pairs = PairsEditor(tr("Name"), tr("Value, such as $to"), tr("Add a &field"), self)
        self.pairs.changed.connect(self.changed)
        self.pairs.rearranged.connect(self.rearranged)
        self.fields["fields"] = Field(tr("Fields"), self.pairs, self, hint=tr(_FIELDS_HINT))
        self.mail = self.choice("email_uid", tr("&E-mail channel"))
        for one in mail_channels:
            if isinstance(one.settings, EmailSettings):
                self.mail.addItem(one.name, one.uid)
        self.region = self.line("region", tr("Count&ry of numbers without +"), "", 2, "DE")
        self.cost = self.decimal(
            "cost_per_part",
            tr("Cost of one part"),
            (0.0, 1e5),
            tr("In the smallest unit of the currency, such as cents. 0 if unknown."),
        )
        self.currency = self.line("currency", tr("Currency"), "", 3, "EUR")
        self.longest = self.number(
            "longest_parts",
            tr("Longest message"),
            (1, 10),
            tr("Longer ones are cut."),
            tr(" parts"),
        )
        self.http = self.check(
            tr("Allow http:// without encryption"),
            "",
            tr("Whoever listens in the network reads the messages, the numbers and the password."),
        )
        self.private = self.check(
            tr("Allow a gateway in the local network"),
            "",
            tr(
                "CamWatch then asks devices inside your network, this computer included. Tick this "
                "only for a gateway of your own."
            ),
        )
        self.timeout = self.decimal(
            "timeout_s", tr("Wait at most"), (1.0, 30.0), tr("For the whole question."), " s"
        )
        self.example = QPlainTextEdit(tr(EXAMPLE), self)
        self.example.setTabChangesFocus(True)
        self.example.setAccessibleName(tr("Example of a message"))
        self.example.setFixedHeight(theme.px(64))
        self.bill = plain_label("", "", self)
        self._lay_out()
        self.preset.currentIndexChanged.connect(self._on_preset)
        self.region.textEdited.connect(self._on_region)
        self.currency.textEdited.connect(lambda text: self.currency.setText(text.upper()))
        self.changed.connect(self._say_bill)
        self.example.textChanged.connect(self._say_bill)
        self._show(self.BLANK)

    def _lay_out(self) -> None:
        field, column = self.fields, self.column
        column.addWidget(heading(tr("Gateway"), self))
        for part in (field["preset"], self.about, field["email_uid"], field["url"]):
            column.addWidget(part)
        column.addLayout(in_a_row([(field["username"], 1), (field["secret"], 1)]))
        column.addLayout(in_a_row([(field["sender"], 1), (field["region"], 1)]))
        for box in (field["fields"], self.http, self.private):
            column.addWidget(box)
        column.addWidget(line_between(self))
        column.addWidget(heading(tr("Length and cost"), self))
        column.addLayout(
            in_a_row(
                [(field["cost_per_part"], 3), (field["currency"], 2), (field["longest_parts"], 3)]
            )
        )
        column.addWidget(
            plain_label(tr("A message, for example. Try your own words:"), "muted", self)
        )
        column.addWidget(self.example)
        column.addWidget(self.bill)
        column.addWidget(line_between(self))
        column.addWidget(heading(tr("If needed"), self))
        column.addWidget(field["timeout_s"])
        column.addStretch(1)

    @property
    def kind(self) -> SmsPreset:
        """The kind of gateway that is chosen."""
        return SmsPreset(self.preset.currentData())

    @Slot()
    def _on_preset(self) -> None:
        kind = self.kind
        if kind is SmsPreset.TWILIO and not self.url.text().strip():
            self.url.setText(_TWILIO)
        elif kind is not SmsPreset.TWILIO and self.url.text().strip() == _TWILIO:
            self.url.clear()
        if kind in (SmsPreset.POST, SmsPreset.GET) and not self.pairs.pairs():
            self.pairs.fill(_FIRST_FIELDS)
        self._show_parts()

    def _show_parts(self) -> None:
        """Show what this kind of gateway needs."""
        kind = self.kind
        is_mail = kind is SmsPreset.EMAIL
        self.about.setText(_ABOUT[kind])
        label, example = _URLS[kind]
        hint = tr("What stands behind the @ of its addresses.") if is_mail else ""
        self.fields["url"].rename(label, hint)
        self.url.setPlaceholderText(example)
        self.fields["username"].rename(_USERS.get(kind, tr("&User name")))
        self.fields["fields"].setVisible(kind in (SmsPreset.POST, SmsPreset.GET))
        self.fields["email_uid"].setVisible(is_mail)
        for name in ("username", "secret", "sender", "timeout_s"):
            self.fields[name].setVisible(not is_mail)
        for box in (self.http, self.private):
            box.setVisible(not is_mail)
        if is_mail and not self.mail.count():
            self.fields["email_uid"].show_problem(
                tr("There is no e-mail channel yet. Add one first.")
            )

    @Slot(str)
    def _on_region(self, text: str) -> None:
        self.region.setText(text.upper())
        self._say_region()

    def _say_region(self) -> None:
        hint = code_words(self.region.text()) or tr("Two letters, such as DE, FR or US.")
        self.fields["region"].rename(tr("Count&ry of numbers without +"), hint)

    @Slot()
    def _say_bill(self) -> None:
        self.bill.setText(bill_words(self.settings(), self.example.toPlainText()))

    def show_settings(self, channel: Channel) -> None:
        """Show how a channel is set up."""
        if isinstance(channel.settings, SmsSettings):
            self._show(channel.settings)

    def _show(self, settings: SmsSettings) -> None:
        self.pairs.fill(settings.fields)
        self.preset.setCurrentIndex(self.preset.findData(settings.preset))
        self.url.setText(settings.url)
        self.username.setText(settings.username)
        self.from_line.setText(settings.sender)
        if (place := self.mail.findData(settings.email_uid)) >= 0:
            self.mail.setCurrentIndex(place)
        self.region.setText(settings.region)
        self.cost.setValue(settings.cost_per_part)
        self.currency.setText(settings.currency)
        self.longest.setValue(settings.longest_parts)
        self.http.box.setChecked(settings.allow_http)
        self.private.box.setChecked(settings.allow_private)
        self.timeout.setValue(settings.timeout_s)
        self._show_parts()
        self._say_region()
        self._say_bill()

    def settings(self) -> SmsSettings:
        """Return how it is set up as it is entered now; what is not asked for is left out."""
        kind = self.kind
        is_mail, is_own = kind is SmsPreset.EMAIL, kind in (SmsPreset.POST, SmsPreset.GET)
        return SmsSettings(
            preset=kind,
            url=self.url.text().strip(),
            username="" if is_mail else self.username.text().strip(),
            sender="" if is_mail else self.from_line.text().strip(),
            fields=self.pairs.pairs() if is_own else (),
            email_uid=(self.mail.currentData() or "") if is_mail else "",
            region=self.region.text().strip(),
            cost_per_part=self.cost.value(),
            currency=self.currency.text().strip(),
            longest_parts=self.longest.value(),
            allow_private=not is_mail and self.private.box.isChecked(),
            allow_http=not is_mail and self.http.box.isChecked(),
            timeout_s=self.timeout.value(),
        )

    @property
    def uses_secret(self) -> bool:
        """A mail goes by its own channel's password."""
        return self.kind is not SmsPreset.EMAIL
