"""The window that shows how a camera did: its states over time, and when and why it was down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.commands.state_history import Outage, StateHistory
from camwatch.domain import Camera, CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.language import table, tr
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.cameras.state_bar import Legend, StateBar
from camwatch.ui.cameras.state_words import as_text, lasted, moment, reason_of, summary
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit, fit_columns
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label
from camwatch.ui.live.marks import mark_icon
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import REASONS, state_word, tooltip

_ROW_HEIGHT = 36
_SPANS = table(
    lambda: {
        "Last 24 hours": (timedelta(hours=24), tr("Last 24 hours"), tr("in the last 24 hours")),
        "Last 7 days": (timedelta(days=7), tr("Last 7 days"), tr("in the last 7 days")),
        "Last 30 days": (timedelta(days=30), tr("Last 30 days"), tr("in the last 30 days")),
    }
)
_USUAL_SPAN = "Last 7 days"


class StateCommands(Protocol):
    """What this window asks of `camwatch.commands.Commands`."""

    def camera_states(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> StateHistory:
        """Return how a camera did."""
        ...


class OutageColumn(IntEnum):
    """What stands in a column of the outages."""

    START = 0
    END = 1
    DURATION = 2
    STATE = 3
    REASON = 4


class OutageModel(RowsModel):
    """The outages, newest first.

    Args:
        zone: Whose clocks times are told by.
        ratio: Device pixels per logical pixel, for the marks of the states.
    """

    def __init__(self, zone: ZoneInfo, parent: QObject | None = None, *, ratio: float = 1) -> None:
        super().__init__([tr("From"), tr("To"), tr("Duration"), tr("State"), tr("Reason")], parent)
        self._zone = zone
        self._ratio = ratio
        self._outages: list[Outage] = []

    def show_outages(self, outages: Sequence[Outage]) -> None:
        """Show these."""
        self.beginResetModel()
        self._outages = list(reversed(outages))
        self.endResetModel()

    def outage_at(self, row: int) -> Outage:
        """Return the outage of a row."""
        return self._outages[row]

    def rows(self) -> int:
        """Return how many there are."""
        return len(self._outages)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        one, column = self._outages[index.row()], OutageColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(one, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            advice = REASONS[one.reason].advice if column is OutageColumn.REASON else ""
            parts = (self._text(one, column), advice)
            return tooltip("\n".join(part for part in parts if part))
        if role == Qt.ItemDataRole.DecorationRole and column is OutageColumn.STATE:
            return mark_icon(one.state, self._ratio)
        return None

    def _text(self, one: Outage, column: OutageColumn) -> str:
        match column:
            case OutageColumn.START:
                return moment(one.start, self._zone)
            case OutageColumn.END:
                return tr("not over yet") if one.goes_on else moment(one.end, self._zone)
            case OutageColumn.DURATION:
                return lasted(one.seconds)
            case OutageColumn.STATE:
                return state_word(one.state, one.reason)
            case OutageColumn.REASON:
                return reason_of(one)


class StateHistoryDialog(QDialog):
    """Shows how one camera did in the last day, week or month.

    All is read in the background; a newer question makes the answer to an older one worthless.

    Args:
        zone: The site's time zone; None is this computer's.
        clock: Tells the time, UTC.
    """

    def __init__(
        self,
        commands: StateCommands,
        session: Session,
        background: Background,
        camera: Camera,
        parent: QWidget | None = None,
        *,
        zone: ZoneInfo | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._camera = camera
        self._zone = zone or site_zone()
        self._clock = clock
        self._question = 0
        self._history: StateHistory | None = None
        self.setWindowTitle(tr("History of states – {name}", name=camera.name))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._build()
        fit(self, 1040, 680)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = plain_label(tr("History of states"), "title", self)
        title.setWordWrap(False)
        settings = self._camera.settings
        place = plain_label(f"{settings.name}, {settings.location}", "muted", self)
        choices = self._make_choices()
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.summary = plain_label("", "heading", self)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = StateBar(self._zone, self)
        self.legend = Legend(self)
        self.model = OutageModel(self._zone, self, ratio=self.devicePixelRatioF())
        self.table = self._make_table()
        self.nothing = plain_label(tr("It was not down in this time."), "muted", self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.nothing)
        self._make_buttons()

        head = QHBoxLayout()
        head.setSpacing(2 * space)
        head.addWidget(title, 0, Qt.AlignmentFlag.AlignBaseline)
        head.addWidget(place, 1, Qt.AlignmentFlag.AlignBaseline)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space + space // 2)
        column.addLayout(head)
        column.addLayout(choices)
        for part in (self.busy, self.notice, self.summary, self.bar, self.legend):
            column.addWidget(part)
        column.addLayout(self._stack, 1)
        column.addLayout(buttons)
        in_tab_order(
            *self.spans.values(),
            self.notice.button,
            self.table,
            self.copy_button,
            self.close_button,
        )

    def _make_choices(self) -> QHBoxLayout:
        space = theme.current().space
        self.spans: dict[str, QPushButton] = {}
        group = QButtonGroup(self)
        choices = QHBoxLayout()
        choices.setSpacing(space)
        for span, (_length, words, _within) in _SPANS.items():
            button = QPushButton(words, self)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("role", "choice")
            group.addButton(button)
            choices.addWidget(button)
            self.spans[span] = button
        self.spans[_USUAL_SPAN].setChecked(True)
        group.buttonToggled.connect(self._on_span)
        choices.addStretch(1)
        return choices

    def _make_buttons(self) -> None:
        self.copy_button = QPushButton(tr("&Copy as text"), self)
        self.copy_button.setAutoDefault(False)
        self.copy_button.setEnabled(False)
        self.copy_button.clicked.connect(self.copy)
        self.close_button = QPushButton(tr("Close"), self)
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.accept)

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setAccessibleName(tr("Times in which it was down"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(OutageColumn.REASON, QHeaderView.ResizeMode.Stretch)
        widths = {
            OutageColumn.START: 190,
            OutageColumn.END: 190,
            OutageColumn.DURATION: 130,
            OutageColumn.STATE: 170,
        }
        fit_columns(table.horizontalHeader(), widths)
        table.selectionModel().currentRowChanged.connect(self._on_row)
        return table

    # ---------------------------------------------------------------- reading

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read when it is opened."""
        super().showEvent(event)
        if not self._question:
            self.reload()

    @property
    def _span(self) -> tuple[timedelta, str]:
        """The chosen length of time, and how it is said."""
        chosen = next(span for span, button in self.spans.items() if button.isChecked())
        length, _words, within = _SPANS[chosen]
        return length, within

    def _on_span(self, _button: object, is_checked: bool) -> None:
        if is_checked:
            self.reload()

    @Slot()
    def reload(self) -> None:
        """Read what is chosen; the answer to an older question is thrown away."""
        length, span = self._span
        end = self._clock()
        start = end - length
        self._question += 1
        self.notice.hide()
        self.busy.show()
        self._background.run(
            lambda: self._commands.camera_states(self._session, self._camera.id, start, end),
            partial(self._on_answer, self._question, span),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.busy.hide()
            self.notice.show_error(text_for(error), action=tr("Try again"))

    def _on_answer(self, question: int, span: str, history: StateHistory) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._history = history
        words = summary(history, span, self._zone)
        self.summary.setText(words)
        self.bar.show_history(history, words)
        self.legend.show_history(history)
        self.model.show_outages(history.outages)
        self._stack.setCurrentWidget(self.table if history.outages else self.nothing)
        is_known = any(one.state is not None for one in history.stretches)
        self.nothing.setText(
            tr("It was not down in this time.")
            if is_known
            else tr("States are kept from the moment a camera is watched for the first time.")
        )
        self.copy_button.setEnabled(True)
        self.copy_button.setText(tr("&Copy as text"))

    @Slot(QModelIndex)
    def _on_row(self, index: QModelIndex) -> None:
        """Point to the chosen outage in the bar."""
        one = self.model.outage_at(index.row()) if index.isValid() else None
        self.bar.mark(one.start if one else None, one.end if one else None)

    @Slot()
    def copy(self) -> None:
        """Put the history as text on the clipboard."""
        if self._history is not None:
            text = as_text(self._camera, self._history, self._span[1], self._zone)
            QGuiApplication.clipboard().setText(text)
            self.copy_button.setText(tr("Copied"))
