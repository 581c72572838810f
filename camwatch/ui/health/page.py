"""The page that shows how CamWatch itself is doing."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError
from camwatch.health import Grade, HealthReport, Part
from camwatch.health.last_run import CrashReport
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label, scrolled
from camwatch.ui.health.bundle_dialog import BundleDialog
from camwatch.ui.health.commands import HealthPageCommands
from camwatch.ui.health.crash_dialog import CrashDialog
from camwatch.ui.health.part_card import PartCard
from camwatch.ui.health.wording import look_of, overall
from camwatch.ui.help.button import HelpButton
from camwatch.ui.operators.form_dialog import make_button

_EVERY_MS = 4000
_TWO_COLUMNS = 110
_SIGN = 24
_BAD = (Grade.WARNING, Grade.FAILED)


class HealthPage(QWidget):
    """A card for each part; looks every few seconds while it is shown, and else never.

    Args:
        commands: What may be asked for.
        session: Whose.
        background: Where looking is done.
        zone: The site's time zone.

    Signals:
        dialog_made: A dialog that the window is to open.
        reported: A HealthReport was shown.
    """

    dialog_made = Signal(object)
    reported = Signal(object)

    def __init__(
        self,
        commands: HealthPageCommands,
        session: Session,
        background: Background,
        *,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.commands = self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone
        self._is_looking = False
        self._columns = 0
        self.report: HealthReport | None = None
        """What is shown; None before anything was found out."""
        self.cards = {part: PartCard(part, zone, self) for part in Part}
        self._build()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)

    def _build(self) -> None:
        space = theme.current().space
        self._sign = QLabel(self)
        self._sign.setFixedSize(icons.size(_SIGN))
        title = plain_label(tr("Health"), "title", self)
        title.setWordWrap(False)
        self.overall = plain_label(tr("Looking…"), "muted", self)
        self.crash_button = make_button(tr("Last &run…"), "history", self.show_crash, self)
        self.crash_button.hide()
        self.bundle_button = make_button(
            tr("&Diagnostics…"), "file-archive", self.show_bundle, self
        )
        self.bundle_button.setToolTip(tr("What support needs: look through it, then save it"))
        self.bundle_button.setVisible(self._session.may(Permission.MANAGE_SECURITY))
        self.look_button = make_button(tr("L&ook again"), "refresh-cw", self.look, self)
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        for part in (self._sign, title):
            head.addWidget(part)
        head.addWidget(HelpButton("health", self))
        head.addWidget(self.overall, 1)
        for button in (self.crash_button, self.bundle_button, self.look_button):
            head.addWidget(button)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.look)
        content = QWidget(self)
        self._grid = QGridLayout(content)
        self._grid.setContentsMargins(0, 0, space, 0)
        self._grid.setSpacing(space + space // 2)
        self._place(2)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(scrolled(content, self), 1)

    def _place(self, columns: int) -> None:
        """Lay the cards out in so many columns, each column for itself, without holes."""
        if columns == self._columns:
            return
        self._columns = columns
        while self._grid.takeAt(0) is not None:
            pass
        for number in range(2):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
        for number in range(columns):
            column = QVBoxLayout()
            column.setSpacing(self._grid.spacing())
            for card in list(self.cards.values())[number::columns]:
                column.addWidget(card)
            column.addStretch(1)
            self._grid.addLayout(column, 0, number)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Use one column where two would be cramped."""
        super().resizeEvent(event)
        wide = _TWO_COLUMNS * self.fontMetrics().averageCharWidth()
        self._place(2 if self.width() >= wide else 1)

    def showEvent(self, event: QShowEvent, /) -> None:
        """Look at once, and then every few seconds."""
        super().showEvent(event)
        self.look()
        self._timer.start(_EVERY_MS)

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Look no more: nobody sees it."""
        super().hideEvent(event)
        self._timer.stop()

    # ---------------------------------------------------------------- looking

    @Slot()
    def look(self) -> None:
        """Find out how everything is doing, in the background; one look at a time."""
        if self._is_looking:
            return
        self._is_looking = True
        self.busy.setVisible(self.report is None)
        session = self._session
        self._background.run(
            lambda: self._commands.health(session), self._on_report, self._on_failed, owner=self
        )

    def _on_report(self, report: HealthReport) -> None:
        self._is_looking = False
        self.busy.hide()
        self.notice.hide()
        self.report = report
        troubled = sum(one.grade in _BAD for one in report.findings)
        look = look_of(report.worst if troubled else Grade.OK)
        ratio = self.devicePixelRatioF()
        self._sign.setPixmap(icons.pixmap(look.icon, _SIGN, look.color, ratio))
        self.overall.setText(overall(report.worst, troubled))
        for part, card in self.cards.items():
            finding = report.of(part)
            card.setVisible(finding is not None)
            if finding is not None:
                card.show_report(report, finding)
        self.crash_button.setVisible(report.crash is not None)
        self.reported.emit(report)

    def _on_failed(self, error: CamWatchError) -> None:
        self._is_looking = False
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Look again"))

    # ---------------------------------------------------------------- dialogs

    @Slot()
    def show_bundle(self) -> None:
        """Show what support needs, before it is saved."""
        self.dialog_made.emit(
            BundleDialog(self._commands, self._session, self._background, self.window())
        )

    @Slot()
    def show_crash(self) -> None:
        """Show what is known of the last run that did not end as it should."""
        if self.report is not None and self.report.crash is not None:
            self.tell_crash(self.report.crash)

    def tell_crash(self, crash: CrashReport) -> None:
        """Show what is known of a run that did not end as it should."""
        dialog = CrashDialog(
            crash,
            self._commands,
            self._session,
            self._background,
            zone=self._zone,
            parent=self.window(),
        )
        dialog.bundle_requested.connect(self.show_bundle)
        self.dialog_made.emit(dialog)

    def sizeHint(self) -> QSize:
        """Return a size at which two columns fit."""
        return QSize(_TWO_COLUMNS * self.fontMetrics().averageCharWidth(), 480)
