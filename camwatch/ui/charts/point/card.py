"""The card of one measurement: what was counted, when, by what, and the picture if it is kept."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError
from camwatch.history.asking import Measurement
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.charts.point.reading import PointCommands, PointReading, read_point
from camwatch.ui.charts.point.words import (
    correction_words,
    facts,
    heading,
    local_time,
    remarks,
    utc_time,
    without_measurement,
)
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label, scrolled

WIDTH = 360
_PICTURE_W = WIDTH - 48


class PointCard(QFrame):
    """Shows the measurement that stands for a moment of a camera.

    It reads in the background; a newer question makes the answer to an older one worthless.

    Signals:
        alert_requested: Uid of an alert that is to be opened.
        correct_requested: Camera id and moment (UTC) of a number that is to be corrected.
        moment_requested: Camera id and moment (UTC) at which the wall is to be seen again.
        closed: The operator does not need it any more.

    Args:
        zone: The site's time zone.
    """

    alert_requested = Signal(str)
    correct_requested = Signal(object, object)
    moment_requested = Signal(object, object)
    closed = Signal()

    def __init__(
        self,
        commands: PointCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._question = 0
        self._at: tuple[CameraId, datetime] | None = None
        self._alert_uid = ""
        self.setProperty("role", "card")
        self.setFixedWidth(theme.px(WIDTH))
        self.setAccessibleName(tr("What was counted"))
        self._build()

    def _build(self) -> None:
        space = theme.current().space
        self.camera = plain_label("", "heading", self)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icons.icon("x"))
        self.close_button.setIconSize(icons.size(18))
        self.close_button.setToolTip(tr("Close (Esc)"))
        self.close_button.setAccessibleName(tr("Close"))
        self.close_button.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(self.camera, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)

        self.body = scrolled(self._content(), self)
        self.alert_button = QPushButton(tr("Open the alert"), self)
        self.alert_button.clicked.connect(self._on_alert)
        self.correct_button = QPushButton(tr("Correct…"), self)
        self.correct_button.clicked.connect(self._on_correct)
        self.wall_button = QPushButton(tr("See the wall then"), self)
        self.wall_button.setToolTip(tr("Show pictures, numbers and alerts of this moment"))
        self.wall_button.clicked.connect(self._on_wall)
        foot = QHBoxLayout()
        foot.setSpacing(space)
        foot.addWidget(self.wall_button)
        foot.addWidget(self.correct_button)
        foot.addWidget(self.alert_button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.body, 1)
        column.addLayout(foot)
        in_tab_order(
            self.close_button,
            self.notice.button,
            self.wall_button,
            self.correct_button,
            self.alert_button,
        )
        self._clear()

    def _content(self) -> QWidget:
        """Return what scrolls: the number, when it was, and what proves it."""
        space = theme.current().space
        content = QWidget(self)
        self.count = plain_label("", "title", content)
        self.local = plain_label("", "", content)
        self.utc = plain_label("", "muted", content)
        self.remarks = plain_label("", "", content)
        self.correction = plain_label("", "", content)
        self.correction.setStyleSheet(f"color: {theme.current().warning};")
        self.picture = QLabel(content)
        self.picture.setAccessibleName(tr("Picture of the moment, kept with an alert"))
        self.picture_words = plain_label("", "muted", content)
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(2 * space)
        self._table.setVerticalSpacing(space // 2)
        self._table.setColumnStretch(1, 1)
        self.badge = plain_label("", "", content)
        self.badge_long = plain_label("", "muted", content)
        for label in (self.utc, self.local, self.remarks, self.badge_long):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        body = QVBoxLayout(content)
        body.setContentsMargins(0, 0, space, 0)
        body.setSpacing(space)
        body.addWidget(self.count)
        body.addWidget(self.local)
        body.addWidget(self.utc)
        body.addWidget(self.correction)
        body.addWidget(self.remarks)
        body.addWidget(self.picture)
        body.addWidget(self.picture_words)
        body.addLayout(self._table)
        body.addWidget(self.badge)
        body.addWidget(self.badge_long)
        body.addStretch(1)
        return content

    def _clear(self) -> None:
        for label in (
            self.count,
            self.local,
            self.utc,
            self.remarks,
            self.correction,
            self.picture_words,
            self.badge,
            self.badge_long,
        ):
            label.setText("")
            label.hide()
        self.picture.setPixmap(QPixmap())
        self.picture.hide()
        while (item := self._table.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._alert_uid = ""
        self.alert_button.hide()
        self.correct_button.hide()

    # ---------------------------------------------------------------- reading

    def show_point(self, camera_id: CameraId, at: datetime) -> None:
        """Read and show what was measured.

        Args:
            camera_id: Whose.
            at: UTC.
        """
        self._at = camera_id, at
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read again what is shown."""
        if self._at is None:
            return
        commands, session, zone = self._commands, self._session, self._zone
        camera_id, at = self._at
        self._question += 1
        self.notice.hide()
        self.busy.show()
        self._background.run(
            lambda: read_point(commands, session, zone, camera_id, at),
            partial(self._on_answer, self._question, at),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._clear()
        self.notice.show_error(text_for(error), action=tr("Try again"))

    def _on_answer(self, question: int, at: datetime, reading: PointReading) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._clear()
        found = reading.found
        moment = at if found is None else found.at
        _say(self.camera, reading.name)
        _say(self.count, heading(found, reading.minute))
        _say(self.local, local_time(moment, self._zone))
        _say(self.utc, utc_time(moment))
        if reading.excluded:
            _say(self.correction, "\n".join(map(correction_words, reading.excluded)))
        if found is None:
            _say(self.remarks, without_measurement(reading.minute))
        else:
            _say(self.remarks, "\n".join(remarks(found)))
            self._show_facts(found)
        if not reading.picture.isNull():
            self._show_picture(reading)
        _say(self.picture_words, reading.why_no_picture)
        if reading.badge is not None:
            _say(self.badge, tr("Accuracy: {short}", short=reading.badge.short))
            _say(self.badge_long, f"{reading.badge.long} {reading.badge.warning}".strip())
        may_correct = self._session.may(Permission.CORRECT_COUNTS)
        self.correct_button.setVisible(may_correct)

    def _show_facts(self, found: Measurement) -> None:
        for row, fact in enumerate(facts(found)):
            name = plain_label(fact.name, "muted", self.body.widget())
            text = plain_label(fact.text, "", self.body.widget())
            text.setAccessibleName(f"{fact.name}: {fact.text}")
            self._table.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._table.addWidget(text, row, 1)
            name.show()
            text.show()
        if found.alert_uids:
            self._alert_uid = found.alert_uids[0]
            self.alert_button.show()

    def _show_picture(self, reading: PointReading) -> None:
        ratio = self.devicePixelRatioF()
        image = reading.picture.scaledToWidth(
            round(_PICTURE_W * ratio), Qt.TransformationMode.SmoothTransformation
        )
        image.setDevicePixelRatio(ratio)
        self.picture.setPixmap(QPixmap.fromImage(image))
        self.picture.show()

    # ---------------------------------------------------------------- acting

    @Slot()
    def _on_alert(self) -> None:
        self.alert_requested.emit(self._alert_uid)

    @Slot()
    def _on_correct(self) -> None:
        if self._at is not None:
            self.correct_requested.emit(*self._at)

    @Slot()
    def _on_wall(self) -> None:
        if self._at is not None:
            self.moment_requested.emit(*self._at)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Close with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
