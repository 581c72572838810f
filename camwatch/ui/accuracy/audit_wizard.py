"""The dialog that leads through an audit: what, record, count blind, result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QVBoxLayout,
    QWidget,
)

from camwatch.accuracy import AuditKind, AuditReport, Truth
from camwatch.accuracy.keeping import OpenedRecording
from camwatch.accuracy.plan import RecordingPlan, RecordingState, RecordingStatus
from camwatch.auth.session import Session
from camwatch.domain import Camera, utc_now
from camwatch.errors import CamWatchError, InvalidSetting, StorageError
from camwatch.language import marked, tr
from camwatch.scene import Scene
from camwatch.ui import theme
from camwatch.ui.accuracy.asking import ask
from camwatch.ui.accuracy.audited import audited_part
from camwatch.ui.accuracy.film_step import FilmStep
from camwatch.ui.accuracy.picture_step import PictureStep
from camwatch.ui.accuracy.plan_step import PlanStep
from camwatch.ui.accuracy.recording_step import RecordingStep
from camwatch.ui.accuracy.result_step import ResultStep
from camwatch.ui.accuracy.wizard_commands import TruthKeeper, WizardCommands
from camwatch.ui.accuracy.wizard_head import CountFoot, WizardHead
from camwatch.ui.accuracy.wording import subject
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice

_WIDTH, _HEIGHT = 1400, 900
_OTHER_SCENE = marked(
    "Lines, gates or masks of this camera were changed since it was recorded, so they cannot be "
    "shown where they were. Count as they were then, or discard the recording and begin anew."
)
_STILL_HERE = marked(
    "It is still in this window, and is saved with the next key you press once the disk works."
)


_Step = PlanStep | RecordingStep | FilmStep | PictureStep | ResultStep


class AuditWizard(QDialog):
    """One audit of one camera; may be closed at any time and opened again.

    Signals:
        audit_stored: The AuditReport that was stored.
        recordings_changed: A recording began, or was deleted.
        pictures_left: The CamWatchError for which pictures of a stored audit are still there.

    Args:
        camera: Which camera.
        status: Its recording that runs or waits to be counted; None begins a new one.
        clock: The wall clock, aware UTC.
    """

    audit_stored = Signal(object)
    recordings_changed = Signal()
    pictures_left = Signal(object)

    def __init__(
        self,
        commands: WizardCommands,
        session: Session,
        background: Background,
        camera: Camera,
        status: RecordingStatus | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera = camera
        self._clock = clock
        self._uid = status.uid if status is not None else ""
        self._opened: OpenedRecording | None = None
        self._truth: Truth | None = None
        self._keeper = TruthKeeper(lambda truth: commands.keep_truth(session, self._uid, truth))
        self.step: _Step | None = None
        self._says_not_kept = False
        """What is shown; None while it is being read."""
        self.setWindowTitle(tr("Audit of {name}", name=camera.name))
        self._build()
        if status is None:
            self._show_plan()
        else:
            self._follow(status)

    def _build(self) -> None:
        space = theme.current().space
        self.head = WizardHead(tr("Audit of {name}", name=self._camera.name), self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.ask_to_discard)
        self.busy = BusyBar(self)
        self._body = QVBoxLayout()
        self.foot = CountFoot(self)
        self.foot.later_button.clicked.connect(self.reject)
        self.foot.result_button.clicked.connect(self.show_result)
        self.foot.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(self.head)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addLayout(self._body, 1)
        column.addWidget(self.foot)
        fit(self, _WIDTH, _HEIGHT)

    def _show_step(self, step: _Step, number: int) -> None:
        old, self.step = self.step, step
        if old is not None:
            if not isinstance(old, PlanStep):
                old.close_step()
            self._body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._body.addWidget(step)
        self.head.show_step(number)
        self.foot.setVisible(isinstance(step, FilmStep | PictureStep))
        self.notice.hide()
        self.busy.hide()
        step.show()
        step.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self._says_not_kept = False
        self.notice.show_error(text_for(error))
        if isinstance(self.step, ResultStep):
            self.step.set_busy(False)

    def _on_kept(self, _none: None) -> None:
        if self._says_not_kept:
            self.notice.hide()

    def _on_not_kept(self, error: CamWatchError) -> None:
        """Say that the count is on the screen only."""
        if isinstance(error, StorageError):
            self.notice.show_text(
                "error", tr("What you counted is not saved"), f"{error}. {tr(_STILL_HERE)}"
            )
            self._says_not_kept = True
        else:
            self._failed(error)

    def _on_unreadable(self, error: CamWatchError) -> None:
        """Say that the recording cannot be counted, and let it be deleted."""
        self.busy.hide()
        self._says_not_kept = False
        if isinstance(error, StorageError | InvalidSetting):
            title = tr("The recording cannot be read")
            self.notice.show_text("error", title, f"{error}.", action=tr("Discard it"))
        else:
            self._failed(error)

    # ---------------------------------------------------------------- what to check

    def _show_plan(self) -> None:
        step = PlanStep(self._camera, self)
        step.plan_chosen.connect(self._start)
        self._show_step(step, 0)
        self._background.run(
            lambda: self._commands.scene(self._session, self._camera.id),
            lambda record: step.set_scene(record.scene),
            self._failed,
            owner=step,
        )

    @Slot(object)
    def _start(self, plan: RecordingPlan) -> None:
        step = self.step
        if not isinstance(step, PlanStep):
            return
        step.set_busy(True)
        self.busy.show()

        def job() -> tuple[Path, RecordingStatus]:
            uid = self._commands.start_recording(self._session, plan)
            return self._look(uid)

        def failed(error: CamWatchError) -> None:
            self.busy.hide()
            step.set_busy(False)
            step.show_error(error)

        self._background.run(job, self._on_started, failed, owner=self)

    def _look(self, uid: str) -> tuple[Path, RecordingStatus]:
        """Read how a recording is. Runs in the background."""
        found = self._commands.recordings(self._session)
        folder = self._commands.recording_folder(self._session, uid)
        return folder, next(one for one in found if one.uid == uid)

    def _on_started(self, answer: tuple[Path, RecordingStatus]) -> None:
        folder, status = answer
        self._uid = status.uid
        self._show_recording(folder, status)
        self.recordings_changed.emit()

    # ---------------------------------------------------------------- recording

    def _follow(self, status: RecordingStatus) -> None:
        """Show a recording that runs, or count one that is ready."""
        if status.state is RecordingState.READY and status.pictures:
            self.count()
            return
        self.busy.show()
        uid = status.uid
        self._background.run(
            lambda: self._look(uid),
            lambda answer: self._show_recording(*answer),
            self._failed,
            owner=self,
        )

    def _show_recording(self, folder: Path, status: RecordingStatus) -> None:
        step = RecordingStep(folder, status, self._clock, self)
        step.stop_requested.connect(self.ask_to_stop)
        step.discard_requested.connect(self.ask_to_discard)
        step.count_requested.connect(self.count)
        self._show_step(step, 1)

    @Slot(object)
    def on_recording_changed(self, status: RecordingStatus) -> None:
        """Show how the recording is now, if it is the one of this dialog."""
        if status.uid == self._uid and isinstance(self.step, RecordingStep):
            self.step.show_status(status)

    @Slot()
    def ask_to_stop(self) -> None:
        """Ask whether to end the recording early, and do it."""
        ask(
            self,
            tr("Stop this recording now?"),
            tr(
                "What is recorded so far can be counted. What is still to come is not recorded, and "
                "the recording cannot go on later."
            ),
            (tr("Stop now"), tr("Go on recording")),
            self._stop,
        )

    def _stop(self) -> None:
        uid = self._uid
        if isinstance(self.step, RecordingStep):
            self.step.show_stopping()
        self._background.run(
            lambda: self._commands.stop_recording(self._session, uid),
            lambda _none: None,
            self._failed,
            owner=self,
        )

    @Slot()
    def ask_to_discard(self) -> None:
        """Ask whether to delete recording and count, and do it."""
        ask(
            self,
            tr("Discard this recording?"),
            tr("Its pictures and what you counted are deleted. Audits that were stored stay."),
            (tr("Discard"), tr("Keep it")),
            self._discard,
        )

    @Slot()
    def _discard(self) -> None:
        uid = self._uid
        self.busy.show()
        self._keeper.put(None)
        self._background.run(
            lambda: self._commands.discard_recording(self._session, uid),
            lambda _none: self._on_discarded(),
            self._failed,
            owner=self,
        )

    def _on_discarded(self) -> None:
        self._uid = ""
        self.recordings_changed.emit()
        self.accept()

    # ---------------------------------------------------------------- counting

    @Slot()
    def count(self) -> None:
        """Read the recording and begin, or go on, to count."""
        uid = self._uid
        self.busy.show()
        self._background.run(
            lambda: (
                self._commands.open_recording(self._session, uid),
                self._commands.scene(self._session, self._camera.id).scene,
            ),
            self._on_opened,
            self._on_unreadable,
            owner=self,
        )

    def _on_opened(self, answer: tuple[OpenedRecording, Scene]) -> None:
        self._opened = opened = answer[0]
        scene = audited_part(answer[1], opened.recording)
        recording = opened.recording
        step: FilmStep | PictureStep
        if recording.kind is AuditKind.PICTURES:
            step = PictureStep(opened, scene, self)
        else:
            step = FilmStep(opened, scene, parent=self)
        step.draft_changed.connect(self._on_draft_changed)
        step.watched.connect(self._update_counted)
        self._show_step(step, 2)
        self._update_counted()
        if scene is None:
            self.notice.show_text("warning", tr("The lines are not drawn"), tr(_OTHER_SCENE))
        about = subject(recording.kind, recording.place)
        self.head.title.setText(tr("Audit of {name}: {about}", name=self._camera.name, about=about))

    @Slot()
    def _on_draft_changed(self) -> None:
        self._keep_truth()
        self._update_counted()

    def _keep_truth(self) -> None:
        """Keep what is counted so far, in the background."""
        step = self.step
        if isinstance(step, FilmStep | PictureStep) and self._uid and step.has_truth:
            self._keeper.put(step.truth())
            self._background.run(self._keeper.write, self._on_kept, self._on_not_kept, owner=self)

    @Slot()
    def _update_counted(self) -> None:
        step = self.step
        if isinstance(step, FilmStep | PictureStep):
            is_film = isinstance(step, FilmStep)
            rest = tr("the rest of the recording is") if is_film else tr("the other pictures are")
            self.foot.show_state(rest, is_whole=step.is_whole, has_truth=step.has_truth)

    # ---------------------------------------------------------------- result

    @Slot()
    def show_result(self) -> None:
        """Compare, and show what was found."""
        step, opened = self.step, self._opened
        if not isinstance(step, FilmStep | PictureStep) or opened is None or not step.has_truth:
            return
        if isinstance(step, FilmStep):
            step.pause()
        self._truth = truth = step.truth()
        self.busy.show()
        self._background.run(
            lambda: self._commands.preview_audit(self._session, opened.recording, truth),
            lambda report: self._on_compared(opened, truth, report),
            self._failed,
            owner=self,
        )

    def _on_compared(self, opened: OpenedRecording, truth: Truth, report: AuditReport) -> None:
        step = ResultStep(opened, truth, report, self)
        step.store_requested.connect(self.store)
        step.discard_requested.connect(self.ask_to_discard)
        step.recount_requested.connect(self.count)
        self._show_step(step, 3)
        # Not the button that stores: a second Enter must not store what nobody has looked at.
        first = step.list if step.differences else step.comment
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def store(self) -> None:
        """Store the audit; then its pictures are deleted or kept."""
        step, opened, truth = self.step, self._opened, self._truth
        if not isinstance(step, ResultStep) or opened is None or truth is None:
            return
        comment, is_kept = step.comment.toPlainText(), step.keep.isChecked()
        uid = self._uid
        step.set_busy(True)
        self.busy.show()

        def job() -> tuple[AuditReport, CamWatchError | None]:
            report = self._commands.store_audit(self._session, opened.recording, truth, comment)
            try:
                if is_kept:
                    self._commands.keep_recording(self._session, uid)
                else:
                    self._commands.discard_recording(self._session, uid)
            except CamWatchError as error:
                return report, error  # the audit is stored all the same
            return report, None

        self._background.run(job, self._on_stored, self._failed, owner=self)

    def _on_stored(self, answer: tuple[AuditReport, CamWatchError | None]) -> None:
        report, trouble = answer
        self._uid = ""
        self.accept()
        self.audit_stored.emit(report)
        if trouble is not None:
            self.pictures_left.emit(trouble)

    # ---------------------------------------------------------------- end

    def done(self, result: int, /) -> None:
        """Close; what was counted is kept, and a recording goes on."""
        self._keep_truth()
        step = self.step
        if step is not None and not isinstance(step, PlanStep):
            step.close_step()
        super().done(result)
