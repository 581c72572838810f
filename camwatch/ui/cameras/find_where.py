"""The first step of finding cameras: where to look."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from camwatch.cameras.discovery import USUAL_PORTS, DiscoveryRequest
from camwatch.cameras.networks import OwnNetwork, addresses_in
from camwatch.errors import InvalidSetting
from camwatch.language import listed, marked, tr
from camwatch.ui import theme
from camwatch.ui.forms import Field, in_tab_order, plain_label, scrolled
from camwatch.ui.words import number

_INDENT = 24
_SECONDS_AN_ADDRESS = 0.05
_MULTICAST = marked(
    "One question to all; cameras that speak ONVIF answer by themselves, also in IPv6 networks. "
    "It does not pass routers."
)
_WHAT_HAPPENS = marked(
    "Each port of each address is tried, and what answers is asked whether it is a camera. "
    "No password is sent."
)
_COURSE = listed(
    lambda: (
        (
            tr("Nothing starts by itself"),
            tr("CamWatch searches only when you press the button, and only where you say."),
        ),
        (tr("What happens then"), tr(_WHAT_HAPPENS)),
        (
            tr("Ask first in a network that is not yours"),
            tr(
                "To a network that is watched for intruders, a search looks like the beginning of one."
            ),
        ),
    )
)


class WhereStep(QWidget):
    """Lets an administrator say where to look for cameras.

    Signals:
        changed: Something else is chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.networks: list[QCheckBox] = []
        form = QWidget(self)
        space = theme.current().space
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(space)
        column.addWidget(plain_label(tr("Networks of this computer"), "heading", form))
        self._networks_column = QVBoxLayout()
        self._networks_column.setSpacing(space)
        self.no_network = plain_label(tr("They are being looked up …"), "muted", form)
        self._networks_column.addWidget(self.no_network)
        column.addLayout(self._networks_column)
        column.addSpacing(space)
        column.addWidget(plain_label(tr("Elsewhere"), "heading", form))
        self.other = QLineEdit(form)
        self.other.setPlaceholderText("10.20.0.0/24, 10.20.1.7")
        self.other_field = Field(
            tr("&Other networks or addresses"),
            self.other,
            form,
            hint=tr("With commas between them. A network is written with its size, such as /24."),
        )
        self.ports = QLineEdit(", ".join(map(str, USUAL_PORTS)), form)
        self.ports_field = Field(tr("&Ports that are tried"), self.ports, form)
        self.allow_local = QCheckBox(tr("&Also this computer and link-local addresses"), form)
        column.addWidget(self.other_field)
        column.addWidget(self.ports_field)
        column.addWidget(self.allow_local)
        column.addSpacing(space)
        column.addWidget(plain_label(tr("By asking all at once"), "heading", form))
        self.multicast = QCheckBox(tr("Ask ONVIF cameras to answer (&multicast)"), form)
        self.multicast.setChecked(True)
        column.addWidget(self.multicast)
        column.addLayout(_indented(plain_label(tr(_MULTICAST), "muted", form)))
        column.addStretch(1)
        self.estimate = plain_label("", "", self)
        self._lay_out(form)
        for line in (self.other, self.ports):
            line.textChanged.connect(self._on_changed)
        for box in (self.allow_local, self.multicast):
            box.toggled.connect(self._on_changed)
        in_tab_order(self.other, self.ports, self.allow_local, self.multicast)
        self._on_changed()

    def _lay_out(self, form: QWidget) -> None:
        space = theme.current().space
        left = QVBoxLayout()
        left.setSpacing(space)
        left.addWidget(scrolled(form, self), 1)
        left.addWidget(self.estimate)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * space)
        row.addLayout(left, 3)
        row.addWidget(_course(self), 2, Qt.AlignmentFlag.AlignTop)

    def set_networks(self, networks: Sequence[OwnNetwork]) -> None:
        """Offer the networks of this computer; the first one is ticked."""
        for box in self.networks:
            box.deleteLater()
        self.networks = []
        for own in networks:
            part = tr(", the part this computer is in") if own.is_part else ""
            box = QCheckBox(f"{own.network}  ({own.interface}{part})", self)
            box.setProperty("network", own.network)
            box.setChecked(not self.networks)
            box.toggled.connect(self._on_changed)
            self._networks_column.addWidget(box)
            self.networks.append(box)
        self.no_network.setText("" if networks else tr("This computer is in no private network."))
        self.no_network.setVisible(not networks)
        in_tab_order(*self.networks, self.other)
        self._on_changed()

    def _wanted(self) -> list[str]:
        own = [str(box.property("network")) for box in self.networks if box.isChecked()]
        return [*own, *(part for part in re.split(r"[,;\s]+", self.other.text()) if part)]

    @property
    def is_empty(self) -> bool:
        """True if there is nowhere to look."""
        return not self._wanted() and not self.multicast.isChecked()

    def request(self) -> DiscoveryRequest | None:
        """Return what is wished; None with a message at the field that is wrong."""
        self.other_field.clear_problem()
        self.ports_field.clear_problem()
        numbers = [part for part in re.split(r"[,;\s]+", self.ports.text()) if part]
        if not all(part.isascii() and part.isdigit() and len(part) <= 5 for part in numbers):
            self.ports_field.show_problem(tr("The ports must be whole numbers from 1 to 65535."))
            self.ports.setFocus()
            return None
        return DiscoveryRequest(
            networks=tuple(dict.fromkeys(self._wanted())),
            ports=tuple(dict.fromkeys(map(int, numbers))) or USUAL_PORTS,
            use_multicast=self.multicast.isChecked(),
            allow_local=self.allow_local.isChecked(),
        )

    def show_problems(self, problems: Sequence[InvalidSetting]) -> None:
        """Say at the fields why the search was refused."""
        for problem in problems:
            is_port = problem.field == "ports"
            field = self.ports_field if is_port else self.other_field
            field.show_problem(
                tr("The ports {reason}.", reason=problem.reason)
                if is_port
                else tr("The networks {reason}.", reason=problem.reason)
            )
            field.input.setFocus()

    @Slot()
    def _on_changed(self) -> None:
        addresses = sum(addresses_in(network) for network in self._wanted())
        if addresses:
            seconds = max(addresses * _SECONDS_AN_ADDRESS, 5)
            about = (
                tr("{value:.0f} min", value=seconds / 60)
                if seconds >= 90
                else tr("{seconds:.0f} s", seconds=seconds)
            )
            self.estimate.setText(
                tr("1 address to be asked, about {about}.", about=about)
                if addresses == 1
                else tr(
                    "{number} addresses to be asked, about {about}.",
                    number=number(addresses),
                    about=about,
                )
            )
        else:
            self.estimate.setText("")
        self.changed.emit()


def _course(parent: QWidget) -> QFrame:
    """Return a card that tells what a search does."""
    space = theme.current().space
    card = QFrame(parent)
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
    column.setSpacing(space)
    for what, how in _COURSE:
        column.addWidget(plain_label(what, "heading", card))
        column.addWidget(plain_label(how, "muted", card))
        column.addSpacing(space)
    return card


def _indented(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(_INDENT, 0, 0, 0)
    row.addWidget(widget)
    return row
