"""The window in which numbers are corrected, and corrections are withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.history.corrections import Correction, CorrectionDraft, CorrectionKind
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.charts.corrections.commands import CorrectionsCommands
from camwatch.ui.charts.corrections.form import CorrectionForm
from camwatch.ui.charts.corrections.table import WIDTHS, Column, CorrectionsModel
from camwatch.ui.charts.corrections.withdrawal import WithdrawalDialog
from camwatch.ui.charts.corrections.words import Names, stretch, whole
from camwatch.ui.charts.ranges import Range
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.operators.form_dialog import make_button
from camwatch.ui.operators.record_table import RecordProxy, RecordTable

_ABOUT = marked(
    "A correction lies over what was measured; nothing that was measured is changed. Charts, "
    "reports and exports show the corrected numbers and say so."
)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was read: the corrections, and how things are called."""

    found: list[Correction]
    names: Names


class CorrectionsDialog(QDialog):
    """Lists the corrections of a stretch of time, and takes new ones.

    Signals:
        changed: A correction was added or withdrawn.
        moment_requested: Camera id and the moment (UTC) from which a correction holds: the wall is
            to be seen as it was then.

    Args:
        zone: The site's time zone.
        camera_ids: Whose corrections; None for all that the operator sees.
        stretch: Which time, UTC.
        draft: A correction to begin with, such as of the point that was clicked; its reason may
            be empty.
        clock: Tells the time, UTC.
    """

    changed = Signal()
    moment_requested = Signal(object, object)

    def __init__(  # noqa: PLR0917 - as all windows
        self,
        commands: CorrectionsCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        camera_ids: Sequence[CameraId] | None,
        stretch: Range,
        draft: CorrectionDraft | None = None,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._camera_ids = camera_ids
        self._range = stretch
        self._draft = draft
        self._clock = clock
        self._question = 0
        self._names = Names({}, {})
        self._may_correct = session.may(Permission.CORRECT_COUNTS)
        self.setWindowTitle(tr("Corrections"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._build()
        fit(self, 1120, 640)

    def _build(self) -> None:
        space = theme.current().space
        when = stretch(self._range.start, self._range.end, self._zone)
        self.model = CorrectionsModel(self._zone, self)
        self.shown = RecordProxy(self.model, self)
        self.table: RecordTable[Correction] = RecordTable(
            self.shown, tr("Corrections"), WIDTHS, self, given_up=(Column.WHO,)
        )
        self.table.sortByColumn(Column.WHEN, Qt.SortOrder.DescendingOrder)
        self.table.chosen_changed.connect(self._on_chosen)
        self.empty = EmptyTable("pencil", self)
        self.empty.pressed.connect(self.correct)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.empty)
        self.details = plain_label("", "", self)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details.setMinimumHeight(7 * space)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.correct_button = make_button(tr("&Correct numbers…"), "pencil", self.correct, self)
        self.withdraw_button = make_button(tr("&Withdraw…"), "undo-2", self.withdraw, self)
        self.wall_button = make_button(tr("See the wa&ll then"), "history", self._see_wall, self)
        self.close_button = make_button(tr("Close"), "", self.accept, self)
        self.correct_button.setVisible(self._may_correct)
        self.withdraw_button.setVisible(self._may_correct)
        foot = QHBoxLayout()
        foot.setSpacing(space)
        foot.addWidget(self.correct_button)
        foot.addWidget(self.withdraw_button)
        foot.addWidget(self.wall_button)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(tr("Corrections"), "title", self))
        column.addWidget(plain_label(f"{when}. {tr(_ABOUT)}", "muted", self))
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.pages, 1)
        column.addWidget(self.details)
        column.addLayout(foot)
        self._on_chosen()

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read when it is opened."""
        super().showEvent(event)
        if not self._question:
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read again; the answer to an older question is thrown away."""
        self._question += 1
        self.notice.hide()
        self.busy.show()
        self._background.run(
            self._read,
            partial(self._on_answer, self._question),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _read(self) -> _Reading:
        """Ask for all that is shown; runs on a pool thread."""
        commands, session = self._commands, self._session
        found = commands.corrections(session, self._camera_ids, self._range.start, self._range.end)
        cameras = {}
        if session.may(Permission.VIEW_CAMERAS):
            cameras = {one.id: one.name for one in commands.cameras(session)}
        places = {one.id: one for one in commands.places(session)}
        return _Reading(found, Names(cameras, places))

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.busy.hide()
            self.notice.show_error(text_for(error), action=tr("Try again"))

    def _on_answer(self, question: int, reading: _Reading) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._names = self.model.names = reading.names
        self.table.set_records(self.model, reading.found, None)
        if reading.found:
            self.pages.setCurrentWidget(self.table)
        else:
            self.empty.tell(
                tr("Nothing was corrected in this time"),
                tr(
                    "Where a camera counted wrongly, such as with a dirty lens, its numbers can be "
                    "left out; where people were counted by hand, the difference can be added."
                )
                if self._may_correct
                else tr("All numbers of this time are as they were measured."),
                tr("Correct numbers…") if self._may_correct else "",
            )
            self.pages.setCurrentWidget(self.empty)
        self._on_chosen()
        if self._draft is not None and self._may_correct:
            draft, self._draft = self._draft, None
            self._open_form(draft)

    @Slot()
    def _on_chosen(self) -> None:
        chosen = self.table.chosen
        self.withdraw_button.setEnabled(chosen is not None and chosen.holds)
        self.wall_button.setEnabled(chosen is not None)
        self.correct_button.setEnabled(bool(self._names.cameras))
        self.details.setText("" if chosen is None else whole(chosen, self._names, self._zone))

    # ---------------------------------------------------------------- acting

    @Slot()
    def correct(self) -> None:
        """Open the form with the last hour of the shown time."""
        ids = self._camera_ids or list(self._names.cameras)
        if not ids:
            return
        end = min(self._range.end, self._clock()).replace(second=0, microsecond=0)
        start = max(self._range.start.replace(second=0, microsecond=0), end - _HOUR)
        self._open_form(CorrectionDraft(ids[0], None, start, end, CorrectionKind.EXCLUDE, ""))

    def _open_form(self, draft: CorrectionDraft) -> None:
        form = CorrectionForm(
            self._commands,
            self._session,
            self._background,
            self._zone,
            self._names,
            draft,
            self,
        )
        form.added.connect(self._on_changed)
        form.finished.connect(form.deleteLater)
        form.open()
        form.begin()

    @Slot()
    def _see_wall(self) -> None:
        chosen = self.table.chosen
        if chosen is not None:
            self.accept()
            self.moment_requested.emit(chosen.draft.camera_id, chosen.draft.start)

    @Slot()
    def withdraw(self) -> None:
        """Ask why the chosen correction is to hold no longer."""
        chosen = self.table.chosen
        if chosen is None or not chosen.holds:
            return
        dialog = WithdrawalDialog(
            self._commands,
            self._session,
            self._background,
            self._zone,
            chosen,
            self._names,
            self,
        )
        dialog.withdrawn.connect(self._on_changed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_changed(self) -> None:
        self.changed.emit()
        self.reload()
