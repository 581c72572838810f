"""Says above the audit log whether it is the one that was written."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.auth.audit_check import AuditCheck
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.audit.check_words import check_words
from camwatch.ui.error_text import ErrorText
from camwatch.ui.forms import plain_label

_ICON = 20


class StateBar(QFrame):
    """What came of the last check, and a button for the next one.

    Signals:
        check_requested: The operator wants it checked now.

    Args:
        zone: The site's time zone.
    """

    check_requested = Signal()

    def __init__(self, zone: ZoneInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self.setProperty("role", "card")
        self.setObjectName("auditState")
        self._icon = QLabel(self)
        self._icon.setFixedSize(icons.size(_ICON))
        self.title = plain_label(parent=self)
        self.text = plain_label("", "muted", self)
        for label in (self.title, self.text):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(tr("&Check again"), self)
        self.button.clicked.connect(self.check_requested)
        space = theme.current().space
        words = QVBoxLayout()
        words.setSpacing(space // 2)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(space + space // 2, space, space + space // 2, space)
        row.setSpacing(space + space // 2)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.show_checking()

    def show_checking(self) -> None:
        """Say that it is being checked."""
        self._say("info", tr("Checking that nobody has changed the log …"), "")
        self.button.setEnabled(False)

    def show_check(self, check: AuditCheck) -> None:
        """Say what came of it."""
        words = check_words(check, self._zone)
        self._say(words.kind, words.title, words.text)
        self.button.setEnabled(True)

    def show_failure(self, error: ErrorText) -> None:
        """Say that it could not be checked."""
        self._say("warning", tr("The log could not be checked"), error.whole)
        self.button.setEnabled(True)

    def _say(self, kind: str, title: str, text: str) -> None:
        tokens = theme.current()
        name, color = {
            "info": ("info", tokens.accent),
            "ok": ("shield-check", tokens.ok),
            "warning": ("triangle-alert", tokens.warning),
            "error": ("circle-alert", tokens.critical),
        }[kind]
        self._icon.setPixmap(icons.pixmap(name, _ICON, color, self.devicePixelRatioF()))
        self.setStyleSheet(f"QFrame#auditState {{ border-left: 3px solid {color}; }}")
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.setAccessibleName(f"{title}. {text}")
