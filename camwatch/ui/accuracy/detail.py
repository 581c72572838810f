"""What is known of one camera's accuracy: its badge, a report, and the audits so far."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.accuracy import AuditReport, Badge
from camwatch.accuracy.plan import RecordingState, RecordingStatus
from camwatch.domain import Camera
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.accuracy.badge import badge_text
from camwatch.ui.accuracy.report_view import ReportView
from camwatch.ui.accuracy.wording import moment, percent, size, spread, subject
from camwatch.ui.forms import plain_label, scrolled

_HISTORY_WIDTH = 300
_TEXT_WIDTH = 560
_NOTHING = 2
"""The page on which there is nothing, as long as no camera is chosen."""

WHAT_IS_AN_AUDIT = marked(
    "An audit tells how right the numbers of a camera are. You record it for some minutes and "
    "count the people yourself, without seeing what the program counted. CamWatch compares the "
    "two and puts the result as a badge beside the camera's numbers."
)


class CameraDetail(QWidget):
    """Shows one camera; asks for nothing by itself.

    Signals:
        audit_requested: Begin an audit, or go on with the recording.
        threshold_requested: Say which threshold fits.
        pdf_requested: Save the AuditReport that is shown, signed.
        delete_kept_requested: Delete the pictures that were kept.

    Args:
        zone: Whose days are meant.
        can_audit: The operator may make audits.
    """

    audit_requested = Signal()
    threshold_requested = Signal()
    pdf_requested = Signal(object)
    delete_kept_requested = Signal()

    def __init__(self, zone: ZoneInfo, *, can_audit: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._can_audit = can_audit
        self._reports: Sequence[AuditReport] = ()
        self._build()

    def _build(self) -> None:
        space = theme.current().space
        self.name = plain_label("", "heading", self)
        self.words = plain_label("", "muted", self)
        self.warning = plain_label("", "", self)
        self.warning.setStyleSheet(f"color: {theme.current().warning};")
        self.audit_button = QPushButton(tr("Start an &audit…"), self)
        self.audit_button.setProperty("role", "primary")
        self.audit_button.clicked.connect(self.audit_requested)
        self.threshold_button = QPushButton(
            icons.icon("sliders-horizontal"), tr("&Threshold…"), self
        )
        self.threshold_button.setIconSize(icons.button_size())
        self.threshold_button.clicked.connect(self.threshold_requested)
        self.pdf_button = QPushButton(tr("Save the signed report as &PDF…"), self)
        self.pdf_button.clicked.connect(self._on_pdf)
        self.audit_button.setIconSize(icons.button_size())
        names = QVBoxLayout()
        names.setSpacing(space // 2)
        for label in (self.name, self.words, self.warning):
            names.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addLayout(names, 1)
        for button in (self.threshold_button, self.pdf_button, self.audit_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            button.setVisible(self._can_audit)
        self._stack = QStackedLayout()
        self._stack.addWidget(self._content())
        self._stack.addWidget(explanation_page(tr("Not audited yet"), self))
        self._stack.addWidget(QWidget(self))
        self._stack.setCurrentIndex(_NOTHING)
        self._let_press(is_chosen=False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space, 0, 0)
        column.setSpacing(space + space // 2)
        column.addLayout(head)
        column.addLayout(self._stack, 1)

    def _content(self) -> QWidget:
        space = theme.current().space
        page = QWidget(self)
        self.report_view = ReportView(page, is_wide=True)
        scroll = scrolled(self.report_view, page)
        side = QFrame(page)
        side.setProperty("role", "card")
        side.setFixedWidth(theme.px(_HISTORY_WIDTH))
        self.history = QListWidget(side)
        self.history.setAccessibleName(tr("Audits of this camera"))
        self.history.setWordWrap(True)
        self.history.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.history.setSpacing(space // 4)
        self.history.currentRowChanged.connect(self._show_report)
        self.facts = plain_label("", "muted", side)
        self.kept = plain_label("", "muted", side)
        self.delete_kept = QPushButton(tr("&Delete the kept pictures…"), side)
        self.delete_kept.clicked.connect(self.delete_kept_requested)
        column = QVBoxLayout(side)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(tr("Audits so far"), "heading", side))
        column.addWidget(self.history, 1)
        column.addWidget(self.facts)
        column.addWidget(self.kept)
        column.addWidget(self.delete_kept)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * space)
        row.addWidget(scroll, 1)
        row.addWidget(side)
        return page

    @property
    def report(self) -> AuditReport | None:
        """The report that is shown, None if there is none."""
        row = self.history.currentRow()
        return self._reports[row] if 0 <= row < len(self._reports) else None

    def _let_press(self, *, is_chosen: bool) -> None:
        """Offer nothing as long as nobody knows of which camera."""
        self.audit_button.setEnabled(is_chosen)
        self.threshold_button.setEnabled(is_chosen)
        self.pdf_button.setEnabled(False)

    def show_camera(
        self,
        camera: Camera,
        badge: Badge | None,
        recording: RecordingStatus | None,
        kept: Sequence[RecordingStatus],
    ) -> None:
        """Show the head: name, badge, and what can be done now."""
        words = badge_text(badge, self._zone)
        self._let_press(is_chosen=True)
        self.name.setText(camera.name)
        self.words.setText(words.long)
        self.warning.setText(words.warning)
        self.warning.setVisible(bool(words.warning))
        if recording is None:
            self.audit_button.setText(tr("Start an &audit…"))
        elif recording.state is RecordingState.RUNNING:
            self.audit_button.setText(tr("See the &recording…"))
        else:
            self.audit_button.setText(tr("&Count the recording…"))
        size_of_all = size(sum(one.size for one in kept))
        self.kept.setText(
            tr(
                "Pictures of {count} recordings are kept: {size_of_all}.",
                count=len(kept),
                size_of_all=size_of_all,
            )
        )
        self.kept.setVisible(bool(kept) and self._can_audit)
        self.delete_kept.setVisible(bool(kept) and self._can_audit)

    def show_reports(self, reports: Sequence[AuditReport]) -> None:
        """Show these audits, newest first."""
        chosen = self.report
        self._reports = reports
        self.history.blockSignals(True)
        self.history.clear()
        for report in reports:
            self.history.addItem(_history_line(report, self._zone))
        self.history.blockSignals(False)
        uids = [report.uid for report in reports]
        row = uids.index(chosen.uid) if chosen is not None and chosen.uid in uids else 0
        self.history.setCurrentRow(row if reports else -1)
        self._show_report(row if reports else -1)

    @Slot(int)
    def _show_report(self, row: int) -> None:
        is_there = 0 <= row < len(self._reports)
        self._stack.setCurrentIndex(0 if is_there else 1)
        self.pdf_button.setEnabled(is_there)
        if is_there:
            report = self._reports[row]
            self.report_view.show_report(report)
            about = subject(report.kind, report.place)
            comment = f"\n“{report.comment}”" if report.comment else ""
            self.facts.setText(
                tr(
                    "{made_by} counted {about}, recorded {moment}.{comment}",
                    made_by=report.made_by,
                    about=about,
                    moment=moment(report.started_at, self._zone),
                    comment=comment,
                )
            )

    @Slot()
    def _on_pdf(self) -> None:
        if self.report is not None:
            self.pdf_requested.emit(self.report)


def explanation_page(title: str, parent: QWidget) -> QWidget:
    """Return what stands where there is no audit: what one is."""
    space = theme.current().space
    page = QWidget(parent)
    sign = QLabel(page)
    sign.setPixmap(
        icons.pixmap("badge-check", 48, theme.current().muted, parent.devicePixelRatioF())
    )
    text = plain_label(tr(WHAT_IS_AN_AUDIT), "muted", page)
    text.setFixedWidth(theme.px(_TEXT_WIDTH))
    column = QVBoxLayout(page)
    column.setSpacing(space)
    column.addStretch(1)
    text.setAlignment(Qt.AlignmentFlag.AlignCenter)
    heading = plain_label(title, "heading", page)
    heading.setWordWrap(False)  # or it would get the width of its longest word
    for part in (sign, heading):
        part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
    # In a row of its own: an aligned widget gets no height for the width of its text.
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(text)
    row.addStretch(1)
    column.addLayout(row)
    column.addStretch(2)
    return page


def _history_line(report: AuditReport, zone: ZoneInfo) -> str:
    accuracy = report.overall.accuracy
    if accuracy is not None:
        found = f"{percent(accuracy)} {spread(accuracy)}"
    else:
        found = tr("nobody came") if report.overall.nobody_came else tr("too little to say")
    return f"{moment(report.made_at, zone)}  ·  {found}\n{subject(report.kind, report.place)}"
