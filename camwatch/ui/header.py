"""The bar at the top: the program, its pages, the operator."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.ui import icons, theme, words
from camwatch.ui.shortcuts import Key, sequence_of


class Header(QFrame):
    """Shows where the operator is and who the operator is.

    Args:
        pages: Name, icon and key of each page.
        session: Who is signed in.

    Signals:
        page_requested: The page's place in the row, from 0.
        keys_requested: Show the keys.
        about_requested: Show what this program is.
        sign_out_requested: Sign the operator out.
    """

    page_requested = Signal(int)
    keys_requested = Signal()
    about_requested = Signal()
    sign_out_requested = Signal()

    def __init__(
        self, pages: Sequence[tuple[str, str, Key]], session: Session, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        tokens = theme.current()
        space = tokens.space
        self.setObjectName("header")
        self.setFixedHeight(6 * space)

        symbol = QLabel()
        symbol.setPixmap(icons.pixmap("app", 24, ratio=self.devicePixelRatioF()))
        name = QLabel("CamWatch")
        name.setProperty("role", "heading")

        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * space, 0, space, 0)
        layout.setSpacing(space)
        layout.addWidget(symbol)
        layout.addWidget(name)
        layout.addSpacing(3 * space)
        self._pages = QButtonGroup(self)
        for index, (title, icon, key) in enumerate(pages):
            button = QToolButton()
            button.setProperty("role", "page")
            button.setText(f" {title}")  # the style leaves no room after the icon
            button.setAccessibleName(title)
            button.setIcon(icons.icon(icon))
            button.setIconSize(QSize(18, 18))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setToolTip(f"{title} ({sequence_of(key)})")
            button.setFixedHeight(6 * space)
            self._pages.addButton(button, index)
            layout.addWidget(button)
        self._pages.idClicked.connect(self.page_requested)
        layout.addStretch(1)
        layout.addWidget(self._operator_button(session))

    def _operator_button(self, session: Session) -> QToolButton:
        menu = QMenu(self)
        user, role = session.user, session.role.name
        who = menu.addAction(words.without_mnemonic(f"{user.name} · {role}"))
        who.setEnabled(False)
        menu.addSeparator()
        keys = menu.addAction(icons.icon("keyboard"), "Keys", self.keys_requested.emit)
        keys.setShortcutVisibleInContextMenu(True)
        menu.addAction(icons.icon("info"), "About CamWatch", self.about_requested.emit)
        menu.addSeparator()
        menu.addAction(icons.icon("log-out"), "Sign out", self.sign_out_requested.emit)
        button = QToolButton()
        button.setText(" " + words.without_mnemonic(_short(user.name)))
        button.setIcon(icons.icon("circle-user"))
        button.setIconSize(QSize(20, 20))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setProperty("role", "menu")
        button.setAccessibleName("Operator menu")
        button.setToolTip(words.tooltip(f"{user.name}, {role}"))
        return button

    def show_page(self, index: int) -> None:
        """Mark the page that is shown."""
        self._pages.button(index).setChecked(True)

    def close_page(self, index: int, why: str) -> None:
        """Let nobody go to a page, and say why where its button is."""
        button = self._pages.button(index)
        button.setEnabled(False)
        button.setToolTip(words.tooltip(why))

    def has_page(self, index: int) -> bool:
        """Tell whether the operator may go to a page."""
        return self._pages.button(index).isEnabled()


def _short(name: str, most: int = 24) -> str:
    """Cut a long name, which would push the pages out of the window."""
    return name if len(name) <= most else f"{name[: most - 1]}…"
