"""Leads from the settings to what is set up in places of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.language import listed, tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import plain_label


@dataclass(frozen=True, slots=True)
class SettingsLink:
    """A place where something is set up.

    Attributes:
        name: For `SettingsPage.dialog_wanted`.
        title: On its button.
        text: What is set up there.
        icon: File name without ".svg".
        needs: Who may.
    """

    name: str
    title: str
    text: str
    icon: str
    needs: Permission


LINKS: Sequence[SettingsLink] = listed(
    lambda: (
        SettingsLink(
            "storage",
            tr("History and storage…"),
            tr("For how long what is kept, copies, and a PostgreSQL server."),
            "database",
            Permission.MANAGE_HISTORY,
        ),
        SettingsLink(
            "vault",
            tr("Vault for passwords…"),
            tr("Where passwords are kept on a computer without a keyring."),
            "key-round",
            Permission.MANAGE_SECURITY,
        ),
        SettingsLink(
            "login_service",
            tr("Login service…"),
            tr("A service that also knows the users, and which roles it gives."),
            "users",
            Permission.MANAGE_SECURITY,
        ),
        SettingsLink(
            "models",
            tr("Models that count…"),
            tr("Which model finds people, and models of your own."),
            "badge-check",
            Permission.CHOOSE_MODEL,
        ),
        SettingsLink(
            "delivery",
            tr("Rules and delivery of alerts…"),
            tr("What raises alerts, and whom they are sent to and how."),
            "bell",
            Permission.VIEW_ALERTS,
        ),
        SettingsLink(
            "workspace",
            tr("Workspace file…"),
            tr(
                "Cameras, zones, rules, settings and saved walls as one file, to take along or bring in."
            ),
            "download",
            Permission.MANAGE_SETTINGS,
        ),
    )
)


class SettingsLinks(QFrame):
    """Lists those places that the operator may use.

    Signals:
        wanted: The name of one.
    """

    wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        self.setProperty("role", "card")
        grid = QGridLayout(self)
        grid.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        grid.setHorizontalSpacing(4 * space)
        grid.setVerticalSpacing(space)
        grid.addWidget(plain_label(tr("Set up elsewhere"), "heading", self), 0, 0, 1, 2)
        self.buttons: dict[str, QPushButton] = {}
        self._texts: dict[str, str] = {}
        for row, link in enumerate((one for one in LINKS if session.may(one.needs)), start=1):
            text = plain_label(link.text, "muted", self)
            button = QPushButton(icons.icon(link.icon), link.title, self)
            button.setIconSize(icons.button_size())
            button.setAccessibleDescription(link.text)
            button.clicked.connect(lambda _checked=False, name=link.name: self.wanted.emit(name))
            grid.addWidget(text, row, 0)
            grid.addWidget(button, row, 1)
            self.buttons[link.name] = button
            self._texts[link.name] = f"{link.title} {link.text}".casefold()
        grid.setColumnStretch(0, 1)

    def has(self, words: Sequence[str]) -> bool:
        """Tell whether one of them is looked for."""
        return any(all(word in text for word in words) for text in self._texts.values())
