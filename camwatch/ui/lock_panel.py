"""What a locked window shows: who is to enter the password."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.forms import FocusGroup, plain_label
from camwatch.ui.signing_in.commands import ConfirmCommands
from camwatch.ui.signing_in.password_prompt import PasswordPrompt

_WIDTH = 340
_KEPT = marked("Everything stays as you left it, also what you have not saved.")


class LockPanel(FocusGroup):
    """Asks the operator of the locked session for the password.

    Signals:
        confirmed: The password was right.
        expired: The session has ended meanwhile.
        live_requested: Back to looking at the live view.
        sign_out_requested: Sign the operator out instead.
    """

    confirmed = Signal()
    expired = Signal()
    live_requested = Signal()
    sign_out_requested = Signal()

    def __init__(
        self,
        commands: ConfirmCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        tokens = theme.current()
        space = tokens.space
        self.prompt = PasswordPrompt(
            commands, session, background, action=tr("&Unlock"), parent=self
        )
        self.prompt.confirmed.connect(self.confirmed)
        self.prompt.expired.connect(self.expired)
        symbol = QLabel(self)
        symbol.setPixmap(icons.pixmap("lock", 40, tokens.accent, self.devicePixelRatioF()))
        symbol.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = plain_label(tr("Locked"), "title", self)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.who = plain_label(tr("{name}, enter your password.", name=session.user.name), "", self)
        self.who.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.kept = plain_label(tr(_KEPT), "muted", self)
        self.kept.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sign_out_button = QPushButton(icons.icon("log-out"), tr("&Sign out"), self)
        self.sign_out_button.setIconSize(icons.button_size())
        self.sign_out_button.clicked.connect(self.sign_out_requested)
        self.live_button = QPushButton(tr("Back to the &live view"), self)
        self.live_button.setProperty("role", "link")
        self.live_button.clicked.connect(self.live_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self.prompt.button, 1)
        buttons.addWidget(self.sign_out_button)
        card = QFrame(self)
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(4 * space, 4 * space, 4 * space, 3 * space)
        column.setSpacing(space + space // 2)
        for part in (symbol, title, self.who, self.kept, self.prompt):
            part.setFixedWidth(theme.px(_WIDTH))
            column.addWidget(part)
        column.addLayout(buttons)
        column.addWidget(self.live_button, 0, Qt.AlignmentFlag.AlignHCenter)
        outer = QVBoxLayout(self)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignCenter)
        self.begin_at(self.prompt)

    def set_session(self, session: Session) -> None:
        """Ask for this session's operator from now on."""
        self.prompt.set_session(session)
