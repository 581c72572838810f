"""The page that says how right each camera's numbers are, and lets them be audited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSortFilterProxyModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.accuracy import AuditReport, Badge
from camwatch.accuracy.plan import RecordingState, RecordingStatus
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, utc_now
from camwatch.errors import CamWatchError, StorageError
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.accuracy.asking import ask
from camwatch.ui.accuracy.audit_wizard import AuditWizard
from camwatch.ui.accuracy.detail import CameraDetail, explanation_page
from camwatch.ui.accuracy.report_saving import ReportSaver, SavingCommands
from camwatch.ui.accuracy.table_model import (
    CAMERA_ROLE,
    SORT_ROLE,
    AccuracyTableModel,
    Column,
)
from camwatch.ui.accuracy.table_view import AccuracyTable
from camwatch.ui.accuracy.threshold_dialog import ThresholdCommands, ThresholdDialog
from camwatch.ui.accuracy.wizard_commands import WizardCommands
from camwatch.ui.accuracy.wording import KINDS, day
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.help.button import HelpButton
from camwatch.ui.words import cameras as cameras_words

_REFRESH_MS = 1000
_TABLE_HEIGHT = 278  # the heading and six cameras
_MAY_NOT = marked(
    "Your role lets you see the audits, and not make any. An administrator can give you another "
    "role."
)
_LEFT_OVER = marked(
    "The audit is stored, but its pictures could not be deleted or kept as you wished."
)


class AccuracyPageCommands(WizardCommands, ThresholdCommands, SavingCommands, Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def badges(self, session: Session) -> Mapping[CameraId, Badge]:
        """Return the badge of each camera that was ever audited."""
        ...

    def audits(self, session: Session, camera_id: CameraId) -> list[AuditReport]:
        """Return the audits of a camera, newest first."""
        ...


_Rows = tuple[Sequence[Camera], Mapping[CameraId, Badge], Sequence[RecordingStatus]]


class AccuracyPage(QWidget):
    """Lists the cameras with their badges; audits are made and looked at here.

    Reads only once it is shown. The recorder's `changed` is connected to
    `on_recording_changed`.

    Signals:
        badges_changed: Mapping of CameraId to Badge: as they are now.
        models_requested: Show the models.

    Args:
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
    """

    badges_changed = Signal(object)
    models_requested = Signal()

    def __init__(
        self,
        commands: AccuracyPageCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        *,
        zone: ZoneInfo,
        clock: Callable[[], datetime] = utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._clock = clock
        self._can_audit = session.may(Permission.AUDIT_ACCURACY)
        self._wanted: CameraId | None = None
        self._told_expired: set[str] = set()
        self.wizard: AuditWizard | None = None
        """The dialog of the audit that is under way; None while none is open."""
        self.model = AccuracyTableModel(zone, clock, self, ratio=self.devicePixelRatioF())
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.model)
        self.shown.setSortRole(SORT_ROLE)
        self._build()
        bridge.cameras_changed.connect(self._on_cameras_changed)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.model.refresh)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = QLabel(tr("Accuracy"), self)
        title.setProperty("role", "title")
        self.summary = plain_label("", "muted", self)
        self.models_button = QPushButton(tr("&Models…"), self)
        self.models_button.clicked.connect(self.models_requested)
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(title)
        head.addWidget(HelpButton("accuracy", self))
        head.addWidget(self.summary, 1)
        head.addWidget(self.models_button)
        explanation = plain_label(tr(_MAY_NOT), "muted", self)
        explanation.setVisible(not self._can_audit)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self._on_notice)
        self.table = AccuracyTable(self.shown, self)
        self.table.setColumnHidden(Column.RECORDING, not self._can_audit)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.table.activated.connect(lambda _index: self.open_audit())
        self.detail = CameraDetail(self._zone, can_audit=self._can_audit, parent=self)
        self.detail.audit_requested.connect(self.open_audit)
        self.detail.threshold_requested.connect(self.open_threshold)
        self.detail.pdf_requested.connect(self.save_report)
        self.detail.delete_kept_requested.connect(self.ask_to_delete_kept)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.detail)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([theme.px(_TABLE_HEIGHT), 10 * theme.px(_TABLE_HEIGHT)])
        self._stack = QStackedLayout()
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(explanation_page(tr("No cameras yet"), self))
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(explanation)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addLayout(self._stack, 1)

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read anew whenever somebody looks."""
        super().showEvent(event)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self.reload()

    @Slot()
    def _on_cameras_changed(self) -> None:
        if self.isVisible():
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read cameras, badges and recordings again."""
        session = self._session
        if not (session.may(Permission.VIEW_CAMERAS) and session.may(Permission.VIEW_ACCURACY)):
            return  # each refusal is written into the audit log: nothing is asked in vain
        self.busy.show()
        commands = self._commands

        def read() -> _Rows:
            recordings = commands.recordings(session) if self._can_audit else []
            return commands.cameras(session), commands.badges(session), recordings

        self._background.run(read, self._on_read, self._on_failed, owner=self)

    def _on_read(self, rows: _Rows) -> None:
        cameras, badges, recordings = rows
        self.busy.hide()
        self.notice.hide()
        chosen = self.chosen_camera()
        wanted = self._wanted or (chosen.id if chosen is not None else None)
        self._wanted = None
        self.model.set_rows(cameras, badges, recordings)
        self._stack.setCurrentIndex(0 if cameras else 1)
        self._choose(wanted)
        audited = sum(camera.id in badges for camera in cameras)
        self.summary.setText(
            tr(
                "{audited} of {cameras_words} audited",
                audited=audited,
                cameras_words=cameras_words(len(cameras)),
            )
        )
        self._tell_expired(recordings)
        self._follow_time()
        self.badges_changed.emit(badges)

    @Slot()
    def _on_notice(self) -> None:
        self.notice.hide()
        self.reload()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def _tell_expired(self, recordings: Sequence[RecordingStatus]) -> None:
        """Say once which recordings were deleted for their age."""
        expired = [
            one
            for one in recordings
            if one.state is RecordingState.EXPIRED and one.uid not in self._told_expired
        ]
        if not expired:
            return
        self._told_expired |= {one.uid for one in expired}
        lines = [
            f"{one.plan.camera_name}, {KINDS[one.plan.kind]}, {day(one.started_at, self._zone)}"
            for one in expired
        ]
        self.notice.show_text(
            "info",
            tr("Recordings that nobody counted for 7 days were deleted, with their pictures"),
            "\n".join(lines),
            action=tr("Understood"),
        )

    def _choose(self, camera_id: CameraId | None) -> None:
        row = None if camera_id is None else self.model.row_of(camera_id)
        if row is not None:
            self.table.setCurrentIndex(self.shown.mapFromSource(self.model.index(row, 0)))
        elif self.shown.rowCount():
            self.table.setCurrentIndex(self.shown.index(0, 0))

    def chosen_camera(self) -> Camera | None:
        """Return the camera that is selected, None if none is."""
        rows = self.table.selectionModel().selectedRows()
        camera = rows[0].data(CAMERA_ROLE) if rows else None
        return camera if isinstance(camera, Camera) else None

    # ---------------------------------------------------------------- showing

    @Slot()
    def _on_selected(self) -> None:
        camera = self.chosen_camera()
        if camera is None:
            return
        self._show_head(camera)
        self.detail.show_reports([])
        self._background.run(
            lambda: (camera.id, self._commands.audits(self._session, camera.id)),
            self._on_audits,
            self._on_failed,
            owner=self,
        )

    def _show_head(self, camera: Camera) -> None:
        model = self.model
        self.detail.show_camera(
            camera,
            model.badge_of(camera.id),
            model.recording_of(camera.id),
            model.kept_of(camera.id),
        )

    def _on_audits(self, answer: tuple[CameraId, list[AuditReport]]) -> None:
        camera_id, reports = answer
        camera = self.chosen_camera()
        if camera is not None and camera.id == camera_id:
            self.detail.show_reports(reports)

    @Slot(object)
    def on_recording_changed(self, status: RecordingStatus) -> None:
        """Show how a recording is now."""
        if self.wizard is not None:
            self.wizard.on_recording_changed(status)
        if not self._can_audit or not self.isVisible():
            return
        self.model.take_recording(status)
        if (camera := self.chosen_camera()) is not None:
            self._show_head(camera)
        self._follow_time()

    def _follow_time(self) -> None:
        """Count the minutes down while something is recorded."""
        if self.model.is_recording:
            self._timer.start()
        else:
            self._timer.stop()

    # ---------------------------------------------------------------- doing

    @Slot()
    def open_audit(self) -> None:
        """Begin an audit of the selected camera, or go on with it."""
        camera = self.chosen_camera()
        if camera is None or not self._can_audit or self.wizard is not None:
            return
        wizard = AuditWizard(
            self._commands,
            self._session,
            self._background,
            camera,
            self.model.recording_of(camera.id),
            clock=self._clock,
            parent=self,
        )
        wizard.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        wizard.audit_stored.connect(self._on_stored)
        wizard.recordings_changed.connect(self.reload)
        wizard.pictures_left.connect(self._on_pictures_left)
        wizard.finished.connect(self._on_wizard_closed)
        self.wizard = wizard
        wizard.open()

    @Slot()
    def _on_wizard_closed(self) -> None:
        self.wizard = None
        self.reload()

    @Slot(object)
    def _on_stored(self, report: AuditReport) -> None:
        self._wanted = report.camera_id
        self.reload()

    @Slot(object)
    def _on_pictures_left(self, error: CamWatchError) -> None:
        words = text_for(error)
        self.notice.show_text("warning", tr(_LEFT_OVER), f"{words.whole} ({words.error_id})")

    @Slot()
    def open_threshold(self) -> None:
        """Say which threshold fits the selected camera."""
        camera = self.chosen_camera()
        if camera is None or not self._can_audit:
            return
        dialog = ThresholdDialog(self._commands, self._session, self._background, camera, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.applied.connect(self.reload)
        dialog.open()

    @Slot(object)
    def save_report(self, report: AuditReport) -> None:
        """Ask where to save a report as a signed PDF file, and save it."""
        saver = ReportSaver(
            self._commands, self._session, self._background, report, self._zone, self
        )
        saver.saved.connect(self._on_saved)
        saver.not_saved.connect(self._on_not_saved)
        saver.open()

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.notice.show_text("ok", tr("The signed report is saved"), str(file), action=tr("Close"))

    @Slot(object)
    def _on_not_saved(self, error: CamWatchError) -> None:
        if isinstance(error, StorageError):
            self.notice.show_text(
                "error", tr("The report was not saved"), str(error), action=tr("Close")
            )
        else:
            self.notice.show_error(text_for(error), action=tr("Close"))

    @Slot()
    def ask_to_delete_kept(self) -> None:
        """Ask whether to delete the pictures that were kept, and do it."""
        camera = self.chosen_camera()
        if camera is None:
            return
        uids = [one.uid for one in self.model.kept_of(camera.id)]
        ask(
            self,
            tr("Delete the kept pictures of “{name}”?", name=camera.name),
            tr("The results of the audits stay."),
            (tr("Delete pictures"), tr("Keep them")),
            lambda: self._delete_kept(uids),
        )

    def _delete_kept(self, uids: Sequence[str]) -> None:
        def job() -> None:
            for uid in uids:
                self._commands.discard_recording(self._session, uid)

        self.busy.show()
        self._background.run(job, lambda _none: self.reload(), self._on_failed, owner=self)
