"""Asks what of the history is written into a file, writes it, and says where it is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDir, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.camera_bulk import Progress
from camwatch.domain import BucketSize, Camera, CameraId, utc_now
from camwatch.errors import CamWatchError, GivenUp, InvalidSetting
from camwatch.history.exports import ExportContent, ExportKind, ExportPreview, ExportRequest
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.dialog import CheckField
from camwatch.ui.alerts.inbox.dialogs import MomentEdit
from camwatch.ui.background import Background
from camwatch.ui.cameras.feedback import Feedback
from camwatch.ui.charts.ranges import Range
from camwatch.ui.choice_row import ChoiceRow
from camwatch.ui.export import words
from camwatch.ui.export.camera_picker import CameraPicker
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmComboBox, Field, in_a_row, plain_label, scrolled
from camwatch.ui.operators.form_dialog import FormDialog

_SIZE = 880, 700
_TYPING_MS = 400
_ABOUT = marked(
    "For other programs. What is not known is an empty cell, never 0, and each row says how much "
    "of its time was measured."
)


class ExportDialogCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return the cameras, by name."""
        ...

    def preview_export(
        self, session: Session, request: ExportRequest, file: Path | None
    ) -> ExportPreview:
        """Tell what an export would write, and whether there is room for it."""
        ...

    def export_history(
        self,
        session: Session,
        request: ExportRequest,
        file: Path,
        progress: Progress,
        cancelled: threading.Event,
    ) -> int:
        """Write the history into a file; return how many rows."""
        ...


class ExportDialog(FormDialog):
    """What, whose, from when to when, in which steps, as which kind of file.

    Args:
        commands: Where it is asked.
        session: Who asks.
        background: Where it is written.
        zone: Whose clocks.
        stretch: Proposed.
        camera_ids: Proposed; None for all.
        size: Proposed steps.
        content: Proposed.
        clock: Tells the present moment.

    Signals:
        written: The Path of a file that was written.
    """

    written = Signal(object)

    def __init__(  # noqa: PLR0917 - as all windows, and what they propose
        self,
        commands: ExportDialogCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        stretch: Range,
        parent: QWidget | None = None,
        *,
        camera_ids: Collection[CameraId] | None = None,
        size: BucketSize = BucketSize.HOUR,
        content: ExportContent = ExportContent.COUNTS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(background, tr("Export the history"), tr(_ABOUT), tr("Export…"), parent)
        self._commands, self._session = commands, session
        self._zone, self._clock = zone, clock
        self._question = 0
        self._feedback: Feedback | None = None
        self._file: Path | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.preview)
        self.cancel_button.setText(tr("Close"))
        self._build(stretch, camera_ids, size, content)
        fit(self, *_SIZE)
        self.contents.buttons[content].setFocus()
        background.run(
            lambda: commands.cameras(session), self.cameras.set_cameras, self.show_error, owner=self
        )
        self.preview()

    # ---------------------------------------------------------------- building

    def _build(
        self,
        stretch: Range,
        camera_ids: Collection[CameraId] | None,
        size: BucketSize,
        content: ExportContent,
    ) -> None:
        space = theme.current().space
        may_see_states = self._session.may(Permission.VIEW_CAMERA_STATES)
        offered = {
            one: about
            for one, about in words.CONTENTS.items()
            if may_see_states or one is not ExportContent.STATES
        }
        self.contents = ChoiceRow(tr("What"), offered, content, self)
        self.kinds = ChoiceRow(tr("As"), words.KINDS, ExportKind.CSV, self)
        self.start = MomentEdit(self._zone, self)
        self.start.set_moment(stretch.start)
        self.end = MomentEdit(self._zone, self)
        self.end.set_moment(stretch.end)
        self.steps = CalmComboBox(self)
        for step, name in words.STEPS.items():
            self.steps.addItem(name, step)
        self.steps.setCurrentIndex(list(words.STEPS).index(size))
        self.add_field("start", Field(tr("&From"), self.start, self))
        self.add_field(
            "export_end",
            Field(tr("&To"), self.end, self, hint=tr("Clocks of {key}.", key=self._zone.key)),
        )
        self.add_field("size", Field(tr("&Steps"), self.steps, self))
        self.cameras = CameraPicker(camera_ids)
        self.add_field("export_cameras", Field(tr("Cameras"), self.cameras, self))
        self.corrected = CheckField(
            tr("With &corrections"),
            tr("What people corrected is in the numbers; else they are as measured."),
            parent=self,
        )
        self.corrected.box.setChecked(True)
        self.estimate = plain_label("", "", self)
        self._build_progress()
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 2 * space, 0)
        column.setSpacing(space + space // 2)
        column.addWidget(self.contents.field)
        column.addLayout(
            in_a_row(
                [
                    (self.fields["start"], 3),
                    (self.fields["export_end"], 3),
                    (self.fields["size"], 2),
                ]
            )
        )
        column.addWidget(self.fields["export_cameras"])
        column.addWidget(self.kinds.field)
        column.addWidget(self.corrected)
        column.addStretch(1)
        self.body.addWidget(scrolled(inside, self), 1)
        self.body.addWidget(self.estimate)
        self.body.addWidget(self.running)
        for choice in (self.contents, self.kinds):
            choice.told.changed.connect(self._on_choice)
        for moment in (self.start, self.end):
            moment.dateTimeChanged.connect(self._typing.start)
        self.steps.currentIndexChanged.connect(self.preview)
        self.cameras.changed.connect(self._typing.start)
        self.notice.action_requested.connect(self.show_in_folder)
        self._on_choice()

    def _build_progress(self) -> None:
        self.running = QWidget(self)
        row = QHBoxLayout(self.running)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(tr("Rows written"))
        self.progress_words = plain_label("", "muted", self)
        self.stop_button = QPushButton(tr("&Stop"), self)
        self.stop_button.setAutoDefault(False)
        self.stop_button.clicked.connect(self.stop)
        row.addWidget(self.progress, 1)
        row.addWidget(self.progress_words)
        row.addWidget(self.stop_button)
        self.running.hide()

    # ---------------------------------------------------------------- what is chosen

    @property
    def request(self) -> ExportRequest:
        """What is asked for."""
        return ExportRequest(
            self.contents.chosen,
            self.kinds.chosen,
            self.cameras.chosen,
            self.start.moment(),
            self.end.moment(),
            BucketSize(self.steps.currentData()),
            self._zone,
            with_corrections=self.corrected.box.isChecked(),
        )

    @Slot()
    def _on_choice(self) -> None:
        content = self.contents.chosen
        self.fields["size"].setEnabled(content in words.HAS_STEPS)
        self.corrected.setEnabled(content is not ExportContent.STATES)
        self.preview()

    @Slot()
    def preview(self) -> None:
        """Tell about how much would be written."""
        self._typing.stop()
        if self.is_busy:
            return
        self.clear_problems()
        request = self.request
        if not self._is_sound(request):
            self.estimate.setText("")
            return
        self._question += 1
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.preview_export(session, request, None),
            partial(self._on_preview, self._question),
            partial(self._on_no_preview, self._question),
            owner=self,
        )

    def _is_sound(self, request: ExportRequest) -> bool:
        if request.end <= request.start:
            self.show_problems((InvalidSetting("export_end", tr("must be later than the start")),))
            return False
        if request.camera_ids == ():
            self.show_problems(
                (InvalidSetting("export_cameras", tr("are needed: tick one at least")),)
            )
            return False
        return True

    def _on_preview(self, question: int, preview: ExportPreview) -> None:
        if question != self._question:
            return
        self.estimate.setText(words.estimate(preview))
        self.do_button.setEnabled(not preview.trouble)
        if preview.trouble:
            name = words.KINDS[self.kinds.chosen][0]
            self.notice.show_text(
                "warning",
                tr("{name} cannot be written", name=name),
                tr("It {trouble}.", trouble=preview.trouble),
            )

    def _on_no_preview(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.show_error(error)

    # ---------------------------------------------------------------- writing

    @Slot()
    def submit(self) -> None:
        """Ask where to write it."""
        request = self.request
        if not self._is_sound(request):
            return
        kind = request.kind
        first = request.start.astimezone(self._zone)
        name = f"camwatch-{request.content.value}-{first:%Y-%m-%d}.{kind.value}"
        dialog = QFileDialog(self, tr("Export"), QDir.homePath(), words.FILTERS[kind])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(kind.value)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: self.export(Path(chosen)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, file: Path) -> None:
        """Write it there."""
        request = self.request
        feedback = self._feedback = Feedback(self)
        feedback.arrived.connect(self._on_progress)
        commands, session = self._commands, self._session
        self.progress.setRange(0, 0)
        self.progress_words.setText("")
        self.running.show()
        self.run(
            lambda: commands.export_history(session, request, file, feedback.tell, feedback.cancel),
            partial(self._on_written, file),
            self._on_not_written,
        )
        self.stop_button.setFocus()

    @Slot(object)
    def _on_progress(self, told: list[tuple[int, int]]) -> None:
        done, count = told[-1]
        # A bar's numbers are of 32 bits.
        self.progress.setRange(0, 1000)
        self.progress.setValue(1000 * done // max(count, 1))
        self.progress_words.setText(tr("{done:,} of about {count:,} rows", done=done, count=count))

    def _end_progress(self) -> None:
        self._feedback = None
        self.running.hide()

    def _on_written(self, file: Path, rows: int) -> None:
        self._end_progress()
        self._file = file
        size = file.stat().st_size if file.exists() else 0
        self.notice.show_text(
            "ok",
            tr("{name} is written", name=file.name),
            words.written(rows, size),
            action=tr("Show in folder"),
        )
        self.notice.button.setFocus()
        self.written.emit(file)

    def _on_not_written(self, error: CamWatchError) -> None:
        self._end_progress()
        if isinstance(error, GivenUp):
            self.notice.show_text("info", tr("Stopped"), tr("Nothing was written."))
        else:
            self.show_error(error)

    @Slot()
    def show_in_folder(self) -> None:
        """Open the folder of what was written."""
        if self._file is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._file.parent)))

    @Slot()
    def stop(self) -> None:
        """Give the export up."""
        if self._feedback is not None:
            self._feedback.cancel.set()
            self.progress_words.setText(tr("Stopping…"))

    def update_buttons(self) -> None:
        """Let nothing be changed while it is written."""
        self.cancel_button.setEnabled(True)

    def reject(self) -> None:
        """Close; what is being written is given up."""
        self.stop()
        super().reject()
