"""Says that the last run of CamWatch did not end as it should, and what is known of it."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.diagnostics import crash_text
from camwatch.errors import CamWatchError
from camwatch.health.last_run import CrashReport
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Notice, plain_label
from camwatch.ui.health.commands import HealthPageCommands
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.storage.words import moment_of

log = logging.getLogger(__name__)


class CrashDialog(QDialog):
    """Nothing of it is sent; it can be copied, or saved with the diagnostics.

    Signals:
        bundle_requested: Show the diagnostics.
    """

    bundle_requested = Signal()

    def __init__(
        self,
        crash: CrashReport,
        commands: HealthPageCommands,
        session: Session,
        background: Background,
        *,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._known = crash_text(crash)
        self.setWindowTitle(tr("The last run"))
        space = theme.current().space
        title = plain_label(tr("CamWatch did not end as it should the last time"), "heading", self)
        self.text = plain_label(_what_happened(crash, zone), "", self)
        self.view = QPlainTextEdit(self._known, self)
        self.view.setReadOnly(True)
        self.view.setFont(theme.fixed_font())
        self.view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.view.setAccessibleName(tr("What is known of it"))
        self.notice = Notice(self)
        self.never = QCheckBox(tr("Do not show &again for this one"), self)
        self.never.setChecked(crash.is_dismissed)
        self.never.setEnabled(not crash.is_dismissed)
        copy = make_button(tr("Co&py"), "copy", self._copy, self)
        bundle = make_button(tr("&Diagnostics…"), "file-archive", self._on_bundle, self)
        bundle.setVisible(session.may(Permission.MANAGE_SECURITY))
        self.close_button = make_button(tr("&Close"), "", self.accept, self)
        self.close_button.setDefault(True)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self.never)
        buttons.addStretch(1)
        for button in (copy, bundle, self.close_button):
            buttons.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        for part in (title, self.text, self.notice):
            column.addWidget(part)
        column.addWidget(self.view, 1)
        column.addLayout(buttons)
        fit(self, 800, 512)
        self.finished.connect(self._on_finished)

    @Slot()
    def _copy(self) -> None:
        QApplication.clipboard().setText(self._known)
        self.notice.show_text("ok", tr("Copied"))

    @Slot()
    def _on_bundle(self) -> None:
        self.accept()
        self.bundle_requested.emit()

    @Slot()
    def _on_finished(self) -> None:
        if not (self.never.isChecked() and self.never.isEnabled()):
            return
        session = self._session
        parent = self.parent() or self
        self._background.run(
            lambda: self._commands.dismiss_crash(session),
            lambda _none: None,
            _log_only,
            owner=parent,
        )


def _log_only(error: CamWatchError) -> None:
    """Let it be told at the next start once more, which is all that follows."""
    log.warning("a crash is told of once more: %s", error)


def _what_happened(crash: CrashReport, zone: ZoneInfo) -> str:
    alive = moment_of(crash.alive_at, zone)
    if crash.fault:
        what = tr(
            "A fault inside CamWatch or one of its parts ended it about {moment}: {fault}.",
            moment=alive,
            fault=crash.fault,
        )
    else:
        what = tr(
            "It was still running about {moment}. Nothing says what ended it: the power may have "
            "failed, or somebody or the system may have ended it by force.",
            moment=alive,
        )
    parts = [what, tr("What was counted and saved until then is still there.")]
    if crash.error_id:
        parts.append(tr("Something had gone wrong before, error {error}.", error=crash.error_id))
    parts.append(tr("Nothing of this was sent to anybody."))
    return " ".join(parts)
