"""The dialog that says for how long sessions stay open."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.config import Security
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmSpinBox, Field, plain_label
from camwatch.ui.operators.form_dialog import FormDialog

_LOCK = marked(
    "After so long without keys or mouse CamWatch locks itself. The user's password unlocks it; "
    "nothing that was being entered is lost. 1 to 720 minutes."
)
_LIVE = marked(
    "On: guards go on seeing pictures and counts, and nothing else. Off: a locked CamWatch shows "
    "only the field for the password."
)
_HOURS = marked(
    "After so long a user is signed out, however busy. 1 to 12 hours. Sessions that are open now "
    "keep the end they have."
)


class SecurityCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def security(self, session: Session) -> Security:
        """Return for how long sessions stay open."""
        ...

    def set_security(self, session: Session, security: Security) -> Security:
        """Change for how long sessions stay open."""
        ...


class SecurityDialog(FormDialog):
    """Locking, the live view meanwhile, and the longest session.

    Signals:
        saved: The Security as it is now.
    """

    saved = Signal(object)

    def __init__(
        self,
        commands: SecurityCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Security"),
            tr(
                "How long a session may be left alone, and how long it lasts, for all users of this "
                "computer."
            ),
            tr("&Save"),
            parent,
        )
        self._commands, self._session = commands, session
        self._security = Security()
        self._has_read = False
        self.lock_after = CalmSpinBox(self)
        self.lock_after.setRange(1, 720)
        self.lock_after.setSuffix(tr(" minutes"))
        self.live = QCheckBox(tr("The li&ve view stays visible while CamWatch is locked"), self)
        self.hours = CalmSpinBox(self)
        self.hours.setRange(1, 12)
        self.hours.setSuffix(tr(" hours"))
        for box in (self.lock_after, self.hours):
            box.setFixedWidth(theme.px(180))
        self.body.addWidget(
            self.add_field(
                "lock_after_min",
                Field(tr("&Lock after"), _at_left(self.lock_after), self, hint=tr(_LOCK)),
            )
        )
        self.body.addWidget(_explained(self.live, tr(_LIVE)))
        self.body.addWidget(
            self.add_field(
                "session_hours",
                Field(tr("Longest sess&ion"), _at_left(self.hours), self, hint=tr(_HOURS)),
            )
        )
        for name, box in (("lock_after_min", self.lock_after), ("session_hours", self.hours)):
            self.fields[name].input = box
            self.fields[name].label.setBuddy(box)
            box.setAccessibleName(self.fields[name].name)
        self.body.addStretch(1)
        self.notice.action_requested.connect(self.read)
        self._form = (self.lock_after, self.live, self.hours)
        fit(self, 560, 470)
        self.read()

    @Slot()
    def read(self) -> None:
        """Read how it is set now."""
        self._has_read = False
        self.run(lambda: self._commands.security(self._session), self._on_read, self._on_not_read)

    def _on_read(self, security: Security) -> None:
        self._has_read = True
        self._security = security
        self.lock_after.setValue(security.lock_after_min)
        self.live.setChecked(security.live_while_locked)
        self.hours.setValue(security.session_hours)
        self.update_buttons()
        self.lock_after.setFocus()

    def _on_not_read(self, error: CamWatchError) -> None:
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def update_buttons(self) -> None:
        """Let nothing be saved that was not read before."""
        is_ready = self._has_read and not self.is_busy
        self.do_button.setEnabled(is_ready)
        for widget in self._form:
            widget.setEnabled(is_ready)

    @Slot()
    def submit(self) -> None:
        """Store it."""
        security = self._security.model_copy(
            update={
                "lock_after_min": self.lock_after.value(),
                "live_while_locked": self.live.isChecked(),
                "session_hours": self.hours.value(),
            }
        )
        self.run(lambda: self._commands.set_security(self._session, security), self._on_saved)

    def _on_saved(self, security: Security) -> None:
        self.accept()
        self.saved.emit(security)


def _at_left(widget: QWidget) -> QWidget:
    """Keep a short field from becoming as wide as the dialog."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(widget)
    row.addStretch(1)
    box.setFocusProxy(widget)
    return box


def _explained(widget: QWidget, words: str) -> QWidget:
    """Put what a choice means under it."""
    space = theme.current().space
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space // 2)
    column.addWidget(widget)
    label = plain_label(words, "muted", box)
    label.setContentsMargins(3 * space, 0, 0, 0)
    column.addWidget(label)
    return box
