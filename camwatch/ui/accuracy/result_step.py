"""The last step of an audit: how right the numbers are, and where they are not."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.accuracy import AuditKind, AuditReport, Truth
from camwatch.accuracy.keeping import OpenedRecording
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.accuracy.differences import Difference, differences, picture_at
from camwatch.ui.accuracy.interval_chart import interval_words
from camwatch.ui.accuracy.picture_view import PictureView
from camwatch.ui.accuracy.report_view import ReportView
from camwatch.ui.accuracy.wording import clock
from camwatch.ui.forms import Notice, plain_label, scrolled
from camwatch.ui.words import number

_LIST_HEIGHT = 150
_COMMENT_HEIGHT = 56
_BOXES = marked("The boxes show whom the program counted in this picture.")
_SAME = marked("There is no moment at which your count and the program's differ.")


class ResultStep(QWidget):
    """Shows what an audit found, before it is stored.

    Signals:
        store_requested: Store it.
        discard_requested: Delete recording and count.
        recount_requested: Go back to the counting.

    Args:
        opened: The recording.
        truth: What the operator counted.
        report: What the comparison found.
    """

    store_requested = Signal()
    discard_requested = Signal()
    recount_requested = Signal()

    def __init__(
        self,
        opened: OpenedRecording,
        truth: Truth,
        report: AuditReport,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._opened = opened
        self._report = report
        self.differences = differences(report, opened.recording, truth)
        self._picture = 0
        self._build()
        self.report_view.show_report(report)
        for one in self.differences:
            self.list.addItem(one.text)
        if self.differences:
            self.list.setCurrentRow(0)
        else:
            self._show_picture(0)

    def _build(self) -> None:
        space = theme.current().space
        self.report_view = ReportView(self)
        self.report_view.chart.interval_chosen.connect(self._on_interval)
        scroll = scrolled(self.report_view, self)
        upper = QHBoxLayout()
        upper.setSpacing(3 * space)
        upper.addWidget(scroll, 1)
        upper.addWidget(self._moments(), 1)
        self.notice = Notice(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(upper, 1)
        column.addWidget(self.notice)
        column.addLayout(self._foot())

    def _moments(self) -> QWidget:
        space = theme.current().space
        side = QFrame(self)
        side.setProperty("role", "card")
        self.list = QListWidget(side)
        self.list.setFixedHeight(theme.px(_LIST_HEIGHT))
        self.list.setAccessibleName(tr("Moments at which you and the program differ"))
        self.list.currentRowChanged.connect(self._on_row)
        self.view = PictureView(self._opened.folder, side)
        self.moment = plain_label("", "", side)
        self.before_button = QPushButton(tr("Picture before"), side)
        self.before_button.clicked.connect(lambda: self._show_picture(self._picture - 1))
        self.after_button = QPushButton(tr("Next picture"), side)
        self.after_button.clicked.connect(lambda: self._show_picture(self._picture + 1))
        steps = QHBoxLayout()
        steps.setSpacing(space)
        steps.addWidget(self.moment, 1)
        steps.addWidget(self.before_button)
        steps.addWidget(self.after_button)
        column = QVBoxLayout(side)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(tr("Where they differ"), "heading", side))
        if self.differences:
            column.addWidget(self.list)
        else:
            self.list.hide()
            column.addWidget(plain_label(tr(_SAME), "muted", side))
        column.addWidget(self.view, 1)
        column.addLayout(steps)
        column.addWidget(plain_label(tr(_BOXES), "muted", side))
        return side

    def _foot(self) -> QHBoxLayout:
        space = theme.current().space
        self.comment = QPlainTextEdit(self)
        self.comment.setPlaceholderText(
            tr("A comment for the report, such as the weather or an event")
        )
        self.comment.setAccessibleName(tr("Comment"))
        self.comment.setTabChangesFocus(True)
        self.comment.setFixedHeight(theme.px(_COMMENT_HEIGHT))
        self.keep = QCheckBox(tr("&Keep the recorded pictures; they are deleted otherwise"), self)
        self.keep.setToolTip(tr("They stay in their folder until somebody discards them."))
        self.discard_button = QPushButton(tr("&Discard"), self)
        self.discard_button.setProperty("role", "danger")
        self.discard_button.clicked.connect(self.discard_requested)
        self.recount_button = QPushButton(tr("&Back to the counting"), self)
        self.recount_button.clicked.connect(self.recount_requested)
        self.store_button = QPushButton(tr("&Store the audit"), self)
        self.store_button.setProperty("role", "primary")
        self.store_button.clicked.connect(self.store_requested)
        row = QHBoxLayout()
        row.setSpacing(space + space // 2)
        row.addWidget(self.comment, 1)
        row.addWidget(self.keep)
        row.addSpacing(space)
        row.addWidget(self.discard_button)
        row.addWidget(self.recount_button)
        row.addWidget(self.store_button)
        return row

    def set_busy(self, is_busy: bool) -> None:
        """Take no wish while one is carried out."""
        for widget in (self.comment, self.keep, self.discard_button, self.recount_button):
            widget.setEnabled(not is_busy)
        self.store_button.setEnabled(not is_busy)

    def close_step(self) -> None:
        """End the thread that loads pictures."""
        self.view.close_loader()

    @Slot(int)
    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self.differences):
            self._show(self.differences[row])

    def _show(self, difference: Difference) -> None:
        self._show_picture(difference.picture)

    @Slot(int)
    def _on_interval(self, index: int) -> None:
        """Show the middle of an interval that was clicked in the chart."""
        interval = self._report.intervals[index]
        middle_s = (interval.start_s + interval.end_s) / 2
        self._show_picture(picture_at(self._opened.recording, middle_s))
        self.moment.setText(interval_words(self._report, index))

    def _show_picture(self, index: int) -> None:
        recording = self._opened.recording
        pictures = recording.pictures
        self._picture = index = min(max(index, 0), len(pictures) - 1)
        picture = pictures[index]
        files = [one.file for one in pictures[index : index + 3]]
        self.view.show_picture(files, self._opened.boxes.get(picture.file, ()))
        self.before_button.setEnabled(index > 0)
        self.after_button.setEnabled(index + 1 < len(pictures))
        if recording.kind is AuditKind.PICTURES:
            when = tr("Picture {number}", number=number(index + 1))
        else:
            when = clock(recording.time_s(picture.at))
        self.moment.setText(tr("{when}: the program counted {raw}", when=when, raw=picture.raw))
