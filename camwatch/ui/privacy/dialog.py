"""The dialog in which is chosen what may be seen of people on one camera or several."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QMessageBox, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.privacy_check import PrivacyProof
from camwatch.commands.privacy_commands import PrivacyChange, StoredPictures
from camwatch.domain import Camera, utc_now
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.language import tr
from camwatch.scene import PrivacyMode, PrivacyRecord
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import field_sentence, text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import (
    BusyBar,
    CalmComboBox,
    Field,
    Notice,
    in_tab_order,
    plain_label,
    scrolled,
    set_role,
)
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.privacy.commands import PrivacyScreenCommands
from camwatch.ui.privacy.mode_list import ModeList
from camwatch.ui.privacy.words import NAMES, lifts_sentence

_WIDTH, _HEIGHT = 640, 780
_MINUTES = (5, 15, 30, 60, 120, 240, 480)
_CHECK_S = 10.0


class PrivacyDialog(QDialog):
    """Chooses, lifts and tests the privacy of cameras.

    Signals:
        changed: Something holds now that did not.

    Args:
        cameras: One or more.
        zone: The site's time zone.
    """

    changed = Signal()

    def __init__(  # noqa: PLR0917 - its edges, and what it is about
        self,
        commands: PrivacyScreenCommands,
        session: Session,
        background: Background,
        cameras: Sequence[Camera],
        parent: QWidget | None = None,
        zone: ZoneInfo | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._cameras = tuple(cameras)
        self._zone = zone
        self._clock = clock
        self._records: list[PrivacyRecord] = []
        self._stored = StoredPictures()
        self._cancel = threading.Event()
        self._may_change = session.may(Permission.EDIT_SCENES)
        self._may_lift = session.may(Permission.LIFT_PRIVACY)
        self._build()
        self._load()

    # ---------------------------------------------------------------- building

    @property
    def _is_one(self) -> bool:
        return len(self._cameras) == 1

    def _build(self) -> None:
        space = theme.current().space
        title = (
            tr("Privacy of {camera}", camera=self._cameras[0].name)
            if self._is_one
            else tr("Privacy of {count} cameras", count=len(self._cameras))
        )
        self.setWindowTitle(title)
        heading = plain_label(title, "title", self)
        self.about = plain_label("", "muted", self)
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, space, 0)
        column.setSpacing(2 * space)
        self.modes = ModeList(content)
        self.modes.changed.connect(self._show_state)
        self.reason_line = QLineEdit(content)
        self.reason = Field(
            tr("&Reason"),
            self.reason_line,
            content,
            hint=tr("Needed where less is hidden than before. It goes into the audit log."),
        )
        self.kept = plain_label(
            tr("Pictures that were kept or exported before stay as they are."), "muted", content
        )
        for part in (self.modes, self.reason, self.kept):
            column.addWidget(part)
        self._build_lift(column, content)
        self._build_stored(column, content)
        column.addStretch(1)
        self.notice = Notice(self)
        self.busy = BusyBar(self)
        self.save_button = make_button(tr("&Save"), "", self.save, self)
        self.save_button.setProperty("role", "primary")
        self.close_button = make_button(tr("Close"), "", self.reject, self)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.save_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        whole.setSpacing(space + space // 2)
        whole.addWidget(heading)
        whole.addWidget(self.about)
        whole.addWidget(scrolled(content, self), 1)
        whole.addWidget(self.notice)
        whole.addWidget(self.busy)
        whole.addLayout(buttons)
        in_tab_order(
            *self.modes.buttons.values(),
            self.reason_line,
            self.minutes,
            self.lift_line,
            self.lift_button,
            self.end_button,
            self.check_button,
            self.delete_button,
            self.close_button,
            self.save_button,
        )
        self.save_button.setVisible(self._may_change)
        fit(self, _WIDTH, _HEIGHT)

    def _build_lift(self, column: QVBoxLayout, content: QWidget) -> None:
        """Build what lifts privacy for a while."""
        space = theme.current().space
        self.lift_part = QWidget(content)
        part = QVBoxLayout(self.lift_part)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(space)
        part.addWidget(plain_label(tr("Lift it for a while"), "heading", self.lift_part))
        self.lift_about = plain_label("", "muted", self.lift_part)
        part.addWidget(self.lift_about)
        self.minutes = CalmComboBox(self.lift_part)
        for minutes in _MINUTES:
            words = (
                tr("{count} minutes", count=minutes)
                if minutes < 60
                else tr("{count} h", count=minutes // 60)
            )
            self.minutes.addItem(words, minutes)
        self.minutes.setCurrentIndex(1)
        self.lift_line = QLineEdit(self.lift_part)
        self.lift_minutes = Field(tr("For how &long"), self.minutes, self.lift_part)
        self.lift_reason = Field(tr("&Why"), self.lift_line, self.lift_part)
        row = QHBoxLayout()
        row.setSpacing(space + space // 2)
        row.addWidget(self.lift_minutes, 1)
        row.addWidget(self.lift_reason, 3)
        part.addLayout(row)
        self.lift_button = make_button(tr("Lift privacy"), "shield-off", self.lift, self.lift_part)
        self.end_button = make_button(tr("Let it hold again"), "", self.end_lift, self.lift_part)
        acts = QHBoxLayout()
        acts.addWidget(self.lift_button)
        acts.addWidget(self.end_button)
        acts.addStretch(1)
        part.addLayout(acts)
        self.lift_part.hide()
        column.addWidget(self.lift_part)

    def _build_stored(self, column: QVBoxLayout, content: QWidget) -> None:
        """Build the test, and what deletes pictures that are stored."""
        space = theme.current().space
        self.stored_part = QWidget(content)
        part = QVBoxLayout(self.stored_part)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(space)
        part.addWidget(plain_label(tr("What is stored"), "heading", self.stored_part))
        self.stored_about = plain_label("", "muted", self.stored_part)
        part.addWidget(self.stored_about)
        self.check_button = make_button(
            tr("&Test that no picture is stored"), "shield-check", self.check, self.stored_part
        )
        self.delete_button = make_button(
            tr("&Delete what is stored…"), "trash-2", self.ask_to_delete, self.stored_part
        )
        acts = QHBoxLayout()
        acts.setSpacing(space)
        acts.addWidget(self.check_button)
        acts.addWidget(self.delete_button)
        acts.addStretch(1)
        part.addLayout(acts)
        self.stored_part.hide()
        column.addWidget(self.stored_part)

    # ---------------------------------------------------------------- reading

    def _load(self) -> None:
        commands, session = self._commands, self._session
        wanted = {camera.id for camera in self._cameras}
        asks_stored = self._is_one and session.may(Permission.EDIT_CAMERAS)

        def read() -> tuple[list[PrivacyRecord], StoredPictures]:
            records = [one for one in commands.privacy(session) if one.camera_id in wanted]
            stored = StoredPictures()
            if asks_stored:
                stored = commands.stored_pictures(session, self._cameras[0].id)
            return records, stored

        self._run(read, self._on_read)

    def _run(self, job: Callable[[], object], done: Callable[..., None]) -> None:
        self._set_busy(True)
        self._background.run(job, done, self._on_failed, owner=self)

    def _set_busy(self, is_busy: bool) -> None:
        self.busy.setVisible(is_busy)
        for part in (self.modes, self.reason, self.lift_part, self.stored_part):
            part.setEnabled(not is_busy and (part is not self.modes or self._may_change))
        self.save_button.setEnabled(not is_busy)

    def _on_read(self, read: tuple[list[PrivacyRecord], StoredPictures]) -> None:
        self._set_busy(False)
        self._records, self._stored = read
        modes = {one.privacy.mode for one in self._records}
        self.modes.choose(modes.pop() if len(modes) == 1 else None)
        self._show_state()

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_busy(False)
        self._show_state()
        if isinstance(error, InvalidSetting) and error.field == "reason":
            field = self.lift_reason if self._is_lifting else self.reason
            field.show_problem(field_sentence(error))
            field.input.setFocus()
            return
        self.notice.show_error(text_for(error))

    # ---------------------------------------------------------------- showing

    _is_lifting = False

    @property
    def _hides_less(self) -> bool:
        chosen = self.modes.chosen
        return chosen is not None and any(
            chosen.rank < one.privacy.mode.rank for one in self._records
        )

    @Slot()
    def _show_state(self) -> None:
        """Show what holds, and what can be done."""
        chosen = self.modes.chosen
        modes = {one.privacy.mode for one in self._records}
        is_changed = chosen is not None and modes != {chosen}
        self.about.setText(
            tr("They differ now; what you choose will hold for all of them.")
            if len(modes) > 1
            else tr("It holds in all windows, on all workstations, and for all that is kept.")
        )
        self.reason.setVisible(self._hides_less)
        self.kept.setVisible(is_changed)
        may = self._may_lift or not self._hides_less
        self.save_button.setEnabled(is_changed and may)
        if not may:
            self.reason.hide()
            self.notice.show_text(
                "warning", tr("Your role may not let cameras hide less than they do.")
            )
        else:
            self.notice.hide()
        self._show_lift()
        self._show_stored()

    def _show_lift(self) -> None:
        record = self._records[0] if self._is_one and self._records else None
        if record is None or record.privacy.mode is PrivacyMode.OPEN:
            self.lift_part.hide()
            return
        is_lifted = record.present_lift(self._clock()) is not None
        self.lift_part.setVisible(self._may_lift or is_lifted)
        name = self._cameras[0].name
        self.lift_about.setText(
            lifts_sentence([(name, record)], self._clock(), self._zone)
            if is_lifted
            else tr(
                "People are then seen in the live view until the time is over, you end it, or "
                "you sign out. Everybody sees that it is lifted, by whom and why. What is kept "
                "stays hidden, and so do areas that are never shown."
            )
        )
        for part in (self.lift_minutes, self.lift_reason, self.lift_button):
            part.setVisible(not is_lifted and self._may_lift)
        self.end_button.setVisible(is_lifted)

    def _show_stored(self) -> None:
        may = self._is_one and self._session.may(Permission.EDIT_CAMERAS) and bool(self._records)
        self.stored_part.setVisible(may)
        if not may:
            return
        stored = self._stored
        self.stored_about.setText(
            tr("No picture of this camera is stored.")
            if stored.is_nothing
            else tr(
                "Stored of this camera: pictures of alerts: {evidence}; recordings for accuracy "
                "audits: {recordings}; pictures to look back at: {others}.",
                evidence=stored.evidence,
                recordings=stored.recordings,
                others=stored.others,
            )
        )
        self.delete_button.setVisible(not stored.is_nothing)
        self.check_button.setVisible(self._records[0].privacy.mode is PrivacyMode.COUNT_ONLY)

    # ---------------------------------------------------------------- doing

    @Slot()
    def save(self) -> None:
        """Let the chosen mode hold."""
        mode = self.modes.chosen
        if mode is None or not self.save_button.isEnabled():
            return
        self._is_lifting = False
        self.reason.clear_problem()
        ids = [camera.id for camera in self._cameras]
        reason = self.reason_line.text() if self._hides_less else ""
        self._run(
            lambda: self._commands.change_privacy(self._session, ids, PrivacyChange(mode), reason),
            self._on_done,
        )

    def _on_done(self, _result: object) -> None:
        self.reason_line.clear()
        self.lift_line.clear()
        self.changed.emit()
        self._load()

    @Slot()
    def lift(self) -> None:
        """Lift privacy for a while."""
        self._is_lifting = True
        self.lift_reason.clear_problem()
        minutes, reason = int(self.minutes.currentData()), self.lift_line.text()
        camera_id = self._cameras[0].id
        self._run(
            lambda: self._commands.lift_privacy(self._session, camera_id, minutes, reason),
            self._on_done,
        )

    @Slot()
    def end_lift(self) -> None:
        """Let privacy hold again."""
        camera_id = self._cameras[0].id
        self._run(lambda: self._commands.end_privacy_lift(self._session, camera_id), self._on_done)

    @Slot()
    def check(self) -> None:
        """Watch for a while that no picture is written."""
        camera_id, self._cancel = self._cameras[0].id, threading.Event()
        cancel = self._cancel
        self.notice.show_text(
            "info",
            tr("Testing for {seconds} seconds", seconds=f"{_CHECK_S:.0f}"),
            tr("All files of CamWatch are searched for pictures while this camera is counted."),
        )
        self._run(
            lambda: self._commands.check_privacy(self._session, camera_id, _CHECK_S, cancel=cancel),
            self._on_checked,
        )

    def _on_checked(self, proof: PrivacyProof) -> None:
        self._set_busy(False)
        self._show_state()
        facts = tr(
            "{counted} pictures were counted in {seconds} s, and {files} files were searched. "
            "The outcome is in the audit log.",
            counted=proof.counted,
            seconds=f"{proof.seconds:g}",
            files=proof.files,
        )
        if proof.is_passed:
            self.notice.show_text("ok", tr("Passed: no picture was written"), facts)
        elif proof.written:
            files = ", ".join(one.file.name for one in proof.written[:4])
            found = tr("A picture was found in: {files}. {facts}", files=files, facts=facts)
            self.notice.show_text("error", tr("Failed: a picture was written"), found)
        else:
            self.notice.show_text(
                "warning",
                tr("Nothing is proven"),
                tr(
                    "No picture of this camera was counted meanwhile, or a file was not readable. "
                    "{facts}",
                    facts=facts,
                ),
            )

    @Slot()
    def ask_to_delete(self) -> None:
        """Ask whether all that is stored of the camera is to be deleted."""
        name = self._cameras[0].name
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Warning)
        question.setWindowTitle(tr("Delete stored pictures"))
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(tr("Delete all pictures that are stored of “{camera}”?", camera=name))
        question.setInformativeText(
            tr(
                "{stored} This cannot be undone. Alerts, numbers and the audit log stay. Copies "
                "that were exported or mailed are not touched.",
                stored=self.stored_about.text(),
            )
        )
        delete = question.addButton(tr("Delete pictures"), QMessageBox.ButtonRole.DestructiveRole)
        set_role(delete, "danger")
        keep = question.addButton(tr("Keep them"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        delete.clicked.connect(self.delete_stored)
        question.open()

    @Slot()
    def delete_stored(self) -> None:
        """Delete all that is stored of the camera."""
        camera_id = self._cameras[0].id
        mode = self._records[0].privacy.mode
        reason = tr("asked for in the privacy dialog ({mode})", mode=NAMES[mode])
        self._run(
            lambda: self._commands.delete_stored_pictures(self._session, camera_id, reason),
            self._on_done,
        )

    def done(self, result: int, /) -> None:
        """Close, and give up a test that still runs."""
        self._cancel.set()
        super().done(result)
