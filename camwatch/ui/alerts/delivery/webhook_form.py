"""How a webhook is entered."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from camwatch.alerts.channels.webhook import body_of
from camwatch.alerts.notification import NewNotification, Notification, Purpose
from camwatch.alerts.people import ChannelKind
from camwatch.alerts.rules import Severity
from camwatch.alerts.settings import Channel, WebhookSettings
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.channel_form import ChannelForm
from camwatch.ui.alerts.delivery.dialog import FileLine, heading, line_between, tool
from camwatch.ui.alerts.delivery.pairs_editor import PairsEditor
from camwatch.ui.forms import Field, in_a_row, plain_label
from camwatch.ui.operators.form_dialog import make_button

_SECRET_BYTES = 32
_EXAMPLE_HEIGHT = 300


def example() -> str:
    """Return what is posted of an alert, as it would be."""
    at = datetime(2026, 5, 4, 8, tzinfo=UTC)
    new = NewNotification(
        "5d0a7c1e-0000-4000-8000-00000000000a",
        Purpose.ALERT,
        ChannelKind.WEBHOOK,
        "",
        (),
        Severity.WARNING,
        tr("Hall: 31 people (limit 30)"),
        tr("31 people in the hall; the limit is 30."),
        at,
        data={"rule": tr("Hall full"), "kind": "occupancy", "value": 31, "threshold": 30},
    )
    message = Notification("6f1c2f8e-0000-4000-8000-000000000001", new, at)
    return json.dumps(json.loads(body_of(message, at)), indent=2)


class WebhookForm(ChannelForm):
    """Address, secret, headers, and what is sent there."""

    BLANK: ClassVar[WebhookSettings] = WebhookSettings("")
    """What it begins with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Se&cret"),
            tr(
                "Signs each message, so that the other side can tell that it comes from here. Enter "
                "the same one there. Without one, messages go unsigned."
            ),
            parent,
        )
        self.url = self.line("url", tr("&Address"), "", 2048, "https://hooks.example.org/camwatch")
        self.make = make_button(tr("&Make one"), "key-round", self.make_secret, self)
        self.make.setToolTip(tr("Make a secret that nobody can guess"))
        self.copy = tool("copy", tr("Copy the secret"), self)
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self.copy_secret)
        self.secret_edit.line.textChanged.connect(lambda text: self.copy.setEnabled(bool(text)))
        self.made = plain_label("", "muted", self)
        self.made.hide()
        self.sends = self.check(
            tr("Alerts are posted here"),
            tr("Off for an address that is only told that CamWatch is alive."),
        )
        self.alive = self.number(
            "alive_min",
            tr("Say “I am alive” every"),
            (0, 1440),
            tr(
                "A watcher there notices when these stop, even if this computer is dead. 0 for never."
            ),
            tr(" min"),
        )
        self.headers = PairsEditor(
            tr("Name, such as X-Site"), tr("Value"), tr("Add a &header"), self
        )
        self.headers.changed.connect(self.changed)
        self.headers.rearranged.connect(self.rearranged)
        self.fields["headers"] = Field(
            tr("More headers"),
            self.headers,
            self,
            hint=tr(
                "Sent with each message; Authorization and names that begin with X- are allowed. "
                "Write $secret where the secret from above belongs: it stays in the keyring."
            ),
        )
        self.http = self.check(
            tr("Allow http:// without encryption"),
            "",
            tr(
                "Whoever listens in the network reads the alerts and can change them on the way. The "
                "signature shows a change, if there is a secret."
            ),
        )
        self.private = self.check(
            tr("Allow an address in the local network"),
            "",
            tr(
                "CamWatch then posts to devices inside your network, this computer included. Tick "
                "this only if the address is yours."
            ),
        )
        self.ca = FileLine(
            tr("Certificates to trust"), tr("Certificates (*.pem *.crt *.cer)"), self
        )
        self.ca.line.textChanged.connect(self.changed)
        self.fields["ca_file"] = Field(
            tr("File of certificates"),
            self.ca,
            self,
            hint=tr("Only for a certificate of your own organisation, PEM."),
        )
        self.timeout = self.decimal(
            "timeout_s", tr("Wait at most"), (1.0, 30.0), tr("For the whole question."), " s"
        )
        self.example = QPlainTextEdit(example(), self)
        self.example.setReadOnly(True)
        self.example.setTabChangesFocus(True)
        self.example.setFont(theme.fixed_font())
        self.example.setAccessibleName(tr("Example of what is posted"))
        self.example.setFixedHeight(theme.px(_EXAMPLE_HEIGHT))
        self._lay_out()
        self._show(self.BLANK)

    def _lay_out(self) -> None:
        field, column = self.fields, self.column
        column.addWidget(heading(tr("Where to"), self))
        column.addWidget(field["url"])
        column.addWidget(field["secret"])
        row = QHBoxLayout()
        row.setSpacing(theme.current().space)
        row.addWidget(self.make)
        row.addWidget(self.copy)
        row.addWidget(self.made, 1)
        row.addStretch(0)
        column.addLayout(row)
        column.addWidget(self.http)
        column.addWidget(self.private)
        column.addWidget(line_between(self))
        column.addWidget(heading(tr("What is sent"), self))
        column.addWidget(self.sends)
        column.addWidget(field["alive_min"])
        column.addWidget(plain_label(tr("What is posted, for example:"), "muted", self))
        column.addWidget(self.example)
        column.addWidget(
            plain_label(
                tr(
                    "Each message has a key of its own: one that comes twice has the same key, and "
                    "need be taken only once. How to check the signature is in the documentation "
                    "of webhooks."
                ),
                "muted",
                self,
            )
        )
        column.addWidget(line_between(self))
        column.addWidget(heading(tr("If needed"), self))
        column.addWidget(field["headers"])
        column.addLayout(in_a_row([(field["ca_file"], 2), (field["timeout_s"], 1)]))
        column.addStretch(1)

    @Slot()
    def make_secret(self) -> None:
        """Make a secret, and show it: it must be entered at the other side, too."""
        self.secret_edit.line.setText(secrets.token_urlsafe(_SECRET_BYTES))
        self.secret_edit.show_button.setChecked(True)
        self.fields["secret"].clear_problem()
        self._tell(tr("Copy it to the other side before you save: it is not shown again."))
        self.changed.emit()

    @Slot()
    def copy_secret(self) -> None:
        """Put the secret into the clipboard."""
        QGuiApplication.clipboard().setText(self.secret_edit.text())
        self._tell(tr("It is in the clipboard now."))

    def _tell(self, text: str) -> None:
        self.made.setText(text)
        self.made.show()

    def show_settings(self, channel: Channel) -> None:
        """Show how a channel is set up."""
        if isinstance(channel.settings, WebhookSettings):
            self._show(channel.settings)

    def _show(self, settings: WebhookSettings) -> None:
        self.url.setText(settings.url)
        self.sends.box.setChecked(settings.sends_alerts)
        self.alive.setValue(settings.alive_min)
        self.headers.fill(settings.headers)
        self.http.box.setChecked(settings.allow_http)
        self.private.box.setChecked(settings.allow_private)
        self.ca.line.setText(settings.ca_file)
        self.timeout.setValue(settings.timeout_s)

    def settings(self) -> WebhookSettings:
        """Return how it is set up as it is entered now."""
        return WebhookSettings(
            url=self.url.text().strip(),
            headers=self.headers.pairs(),
            allow_private=self.private.box.isChecked(),
            allow_http=self.http.box.isChecked(),
            ca_file=self.ca.line.text().strip(),
            alive_min=self.alive.value(),
            sends_alerts=self.sends.box.isChecked(),
            timeout_s=self.timeout.value(),
        )
