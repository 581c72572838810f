"""How a mail server is entered."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from camwatch.alerts.settings import Channel, EmailSettings, Encryption
from camwatch.language import table, tr
from camwatch.ui.alerts.delivery.channel_form import ChannelForm
from camwatch.ui.alerts.delivery.dialog import FileLine, heading, line_between
from camwatch.ui.forms import Field, in_a_row

_PORTS = {Encryption.TLS: 465, Encryption.STARTTLS: 587}
_ENCRYPTIONS = table(
    lambda: {
        Encryption.TLS: tr("TLS from the start"),
        Encryption.STARTTLS: tr("STARTTLS, always"),
    }
)


class EmailForm(ChannelForm):
    """Server, sign-in, sender, and how mails look."""

    BLANK: ClassVar[EmailSettings] = EmailSettings(
        "", _PORTS[Encryption.STARTTLS], Encryption.STARTTLS, ""
    )
    """What it begins with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("&Password"),
            tr(
                "Many providers want a password made for programs. It is kept in this computer's "
                "keyring."
            ),
            parent,
        )
        self._has_own_port = False
        self.host = self.line("host", tr("Mail &server"), example="smtp.example.org")
        self.encryption = self.choice("encryption", tr("&Encryption"))
        for value, words in _ENCRYPTIONS.items():
            self.encryption.addItem(words, value)
        self.port = self.number("port", tr("P&ort"), (1, 65535))
        self.username = self.line(
            "username",
            tr("&User name"),
            tr("Often the whole e-mail address. Empty for a server that asks nobody to sign in."),
            320,
        )
        self.from_line = self.line(
            "sender",
            tr("Sen&der"),
            tr(
                "Whom mails are from, such as CamWatch <alerts@example.org>. Many servers take only "
                "the address that belongs to the user."
            ),
            400,
            tr("CamWatch <alerts@example.org>"),
        )
        self.ca = FileLine(
            tr("Certificates to trust"), tr("Certificates (*.pem *.crt *.cer)"), self
        )
        self.ca.line.textChanged.connect(self.changed)
        self.fields["ca_file"] = Field(
            tr("File of &certificates"),
            self.ca,
            self,
            hint=tr(
                "Only for a server whose certificate is of your own organisation, PEM. Empty "
                "trusts what this computer trusts."
            ),
        )
        self.digest = self.number(
            "digest_min",
            tr("&Gather mails for"),
            (0, 1440),
            tr(
                "Alerts that are less than critical go out together after this time. 0 sends each at "
                "once; critical ones never wait."
            ),
            tr(" min"),
        )
        self.timeout = self.decimal(
            "timeout_s",
            tr("Wait at most"),
            (1.0, 60.0),
            tr("For each step of talking to it."),
            " s",
        )
        self.picture = self.check(
            tr("Attach the picture of the moment"),
            tr(
                "Only if the settings let pictures leave this computer: send_pictures in the part "
                "[alerts] of the settings file, which is off at first. Masked parts stay masked."
            ),
        )
        self._lay_out()
        self.encryption.currentIndexChanged.connect(self._on_encryption)
        self.port.valueChanged.connect(self._on_port)
        self._show(self.BLANK)

    def _lay_out(self) -> None:
        field, column = self.fields, self.column
        column.addWidget(heading(tr("Server"), self))
        column.addWidget(field["host"])
        column.addLayout(in_a_row([(field["encryption"], 3), (field["port"], 2)]))
        column.addLayout(in_a_row([(field["username"], 1), (field["secret"], 1)]))
        column.addWidget(line_between(self))
        column.addWidget(heading(tr("Mails"), self))
        column.addWidget(field["sender"])
        column.addWidget(self.picture)
        column.addWidget(field["digest_min"])
        column.addWidget(line_between(self))
        column.addWidget(heading(tr("If needed"), self))
        column.addWidget(field["ca_file"])
        column.addWidget(field["timeout_s"])
        column.addStretch(1)

    @Slot()
    def _on_encryption(self) -> None:
        """Let the port follow, unless somebody has typed one."""
        if not self._has_own_port:
            self.port.setValue(_PORTS[self.encryption.currentData()])
        self._say_port()

    @Slot(int)
    def _on_port(self, port: int) -> None:
        self._has_own_port = port not in _PORTS.values()
        self._say_port()

    def _say_port(self) -> None:
        chosen = Encryption(self.encryption.currentData())
        port, usual = self.port.value(), _PORTS[chosen]
        others = {_PORTS[one]: _ENCRYPTIONS[one] for one in Encryption if one is not chosen}
        hint = tr("Usually {usual}.", usual=usual)
        if port in others:
            hint = tr(
                "Usually {usual}; {port} usually goes with {others}.",
                usual=usual,
                port=port,
                others=others[port],
            )
        self.fields["port"].rename(tr("P&ort"), hint)

    def show_settings(self, channel: Channel) -> None:
        """Show how a channel is set up."""
        if isinstance(channel.settings, EmailSettings):
            self._show(channel.settings)

    def _show(self, settings: EmailSettings) -> None:
        self.host.setText(settings.host)
        self.encryption.setCurrentIndex(self.encryption.findData(settings.encryption))
        self.port.setValue(settings.port)
        self.username.setText(settings.username)
        self.from_line.setText(settings.sender)
        self.ca.line.setText(settings.ca_file)
        self.digest.setValue(settings.digest_min)
        self.timeout.setValue(settings.timeout_s)
        self.picture.box.setChecked(settings.attaches_picture)
        self._say_port()

    def settings(self) -> EmailSettings:
        """Return how it is set up as it is entered now."""
        return EmailSettings(
            host=self.host.text().strip(),
            port=self.port.value(),
            encryption=Encryption(self.encryption.currentData()),
            sender=self.from_line.text().strip(),
            username=self.username.text().strip(),
            ca_file=self.ca.line.text().strip(),
            digest_min=self.digest.value(),
            attaches_picture=self.picture.box.isChecked(),
            timeout_s=self.timeout.value(),
        )

    @property
    def uses_secret(self) -> bool:
        """Only with a user name."""
        return bool(self.username.text().strip())
