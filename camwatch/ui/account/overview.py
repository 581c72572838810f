"""Who the operator is here, and what the role allows, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session, SignInKind
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.error_text import permission_words
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import plain_label
from camwatch.ui.session_words import SERVICE

_HERE = marked("This computer's own list of users")
_DEVICE_ON = marked("On: signing in asks for a code of your device as well as for your password.")
_DEVICE_OFF = marked(
    "Off: your password alone lets you in. With a device that makes codes, nobody gets in who "
    "only knows your password."
)
_DEVICE_NEEDED = marked("Your role needs it, so it cannot be switched off.")


def kind_words(session: Session, service: str) -> str:
    """Say who vouches for the operator."""
    match session.kind:
        case SignInKind.LOCAL:
            return tr(_HERE)
        case SignInKind.REMOTE:
            return _capital(service or tr(SERVICE))
        case SignInKind.OFFLINE:
            return tr(
                "What {value} said of you earlier: it is away, so users and security "
                "cannot be managed",
                value=service or tr(SERVICE),
            )


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def kept_elsewhere_words(service: str) -> str:
    """Say where password and second factor are, for those whom the login service knows."""
    name = service or tr(SERVICE)
    return tr(
        "Your password, your second factor and your role are kept by {name}. Change them there; "
        "CamWatch holds none of them.",
        name=name,
    )


def permission_lines(session: Session) -> list[str]:
    """List what the operator may do."""
    allowed = [permission_words(one.value) for one in Permission if session.may(one)]
    return [f"•  {one[0].upper()}{one[1:]}" for one in allowed] or [tr("Nothing")]


class Overview(QWidget):
    """Tells about the account, and offers what can be changed.

    Signals:
        password_requested: Change the password.
        device_requested: Set up the device that makes codes.
        drop_requested: Do without that device from now on.
        codes_requested: Make new recovery codes.
    """

    password_requested = Signal()
    device_requested = Signal()
    drop_requested = Signal()
    codes_requested = Signal()

    def __init__(self, session: Session, service: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(3 * space)
        self._grid.setVerticalSpacing(space)
        self._grid.setColumnStretch(1, 1)
        self._row(tr("Signed in as"), session.user.name)
        self._row(tr("Signed in with"), kind_words(session, service))
        self._row(tr("Role"), session.role.title)
        self._permissions(permission_lines(session))
        self.sites = self._row(
            tr("You see"), tr("All sites") if session.role.sites is None else "…"
        )
        started = session.started_at.astimezone()
        ends = session.expires_at.astimezone()
        self._row(
            tr("This session"),
            tr("From {started:%H:%M} until {ends:%H:%M} at most", started=started, ends=ends),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * space)
        column.addLayout(self._grid)
        self.elsewhere = plain_label(kept_elsewhere_words(service), "", self)
        self.password_button = self._button(tr("&Change password…"), "key-round")
        self.password_button.clicked.connect(self.password_requested)
        self.device_button = self._button(tr("&Set up a device…"), "shield-check")
        self.device_button.clicked.connect(self.device_requested)
        self.codes_button = self._button(tr("&New recovery codes…"), "refresh-cw")
        self.codes_button.clicked.connect(self.codes_requested)
        self.drop_button = self._button(tr("Switch &off…"), "x")
        self.drop_button.clicked.connect(self.drop_requested)
        self.device_state = plain_label("", "muted", self)
        self._cards = (
            self._card(
                tr("Password"),
                plain_label(tr("Only you should know it."), "muted", self),
                (self.password_button,),
            ),
            self._card(
                tr("Second factor"),
                self.device_state,
                (self.device_button, self.codes_button, self.drop_button),
            ),
        )
        column.addWidget(self.elsewhere)
        for card in self._cards:
            column.addWidget(card)
        is_local = session.kind is SignInKind.LOCAL
        self.elsewhere.setVisible(not is_local)
        for card in self._cards:
            card.setVisible(is_local)
        self.show_device(
            is_on=session.user.has_second_factor, is_needed=session.role.needs_second_factor
        )

    def _row(self, name: str, text: str) -> QLabel:
        value = plain_label(text, "", self)
        row = self._name(name)
        self._grid.addWidget(value, row, 1, 1, 2, Qt.AlignmentFlag.AlignTop)
        return value

    def _name(self, name: str) -> int:
        row = self._grid.rowCount()
        label = plain_label(name, "muted", self)
        label.setWordWrap(False)
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _permissions(self, lines: Sequence[str]) -> None:
        """Put the lines into two columns."""
        list_ = QGridLayout()
        list_.setHorizontalSpacing(3 * theme.current().space)
        list_.setVerticalSpacing(theme.current().space // 2)
        list_.setColumnStretch(0, 1)
        list_.setColumnStretch(1, 1)
        height = (len(lines) + 1) // 2
        for number, line in enumerate(lines):
            label = plain_label(line, "", self)
            list_.addWidget(label, number % height, number // height, Qt.AlignmentFlag.AlignTop)
        self._grid.addLayout(list_, self._name(tr("It lets you")), 1, 1, 2)

    def _button(self, words: str, icon: str) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.button_size())
        button.setAutoDefault(False)
        return button

    def _card(self, title: str, text: QWidget, buttons: Sequence[QPushButton]) -> QFrame:
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(title, "heading", self))
        column.addWidget(text)
        row = FlowRow(space)
        for button in buttons:
            row.addWidget(button)
        column.addLayout(row)
        return card

    def show_sites(self, names: Sequence[str]) -> None:
        """Say whose cameras the operator sees."""
        self.sites.setText(", ".join(names) if names else tr("No site"))

    def show_device(self, *, is_on: bool, is_needed: bool) -> None:
        """Say whether there is a second factor, and offer what can be done with it."""
        parts = [tr(_DEVICE_ON) if is_on else tr(_DEVICE_OFF)]
        if is_on and is_needed:
            parts.append(tr(_DEVICE_NEEDED))
        self.device_state.setText(" ".join(parts))
        self.device_button.setText(
            tr("&Set up another device…") if is_on else tr("&Set up a device…")
        )
        self.codes_button.setVisible(is_on)
        self.drop_button.setVisible(is_on)
        self.drop_button.setEnabled(not is_needed)
        self.drop_button.setToolTip(tr("Your role needs a second factor.") if is_needed else "")
