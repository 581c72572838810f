"""Beside the chart: what is known of the step that was clicked, and the measurement in it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.charts.point import PointCard
from camwatch.ui.charts.point.reading import PointCommands
from camwatch.ui.forms import plain_label

_SEVERAL = marked("Choose one camera above to see the single measurement with its proof.")


class SidePanel(QWidget):
    """Says what there is at a step, and shows the measurement in its middle.

    Signals:
        closed: The operator does not need it any more.
        alert_requested: Uid of an alert that is to be opened.
        correct_requested: Camera id and moment (UTC) of a number that is to be corrected.
        moment_requested: Camera id or None, and a moment (UTC) at which the wall is to be seen.
    """

    closed = Signal()
    alert_requested = Signal(str)
    correct_requested = Signal(object, object)
    moment_requested = Signal(object, object)

    def __init__(
        self,
        commands: PointCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        step = QFrame(self)
        step.setProperty("role", "card")
        self.title = plain_label("", "heading", step)
        self.close_button = QToolButton(step)
        self.close_button.setIcon(icons.icon("x"))
        self.close_button.setIconSize(icons.size(16))
        self.close_button.setToolTip(tr("Close the details (Esc)"))
        self.close_button.setAccessibleName(tr("Close the details"))
        self.close_button.clicked.connect(self.leave)
        self.text = plain_label("", "", step)
        self._rest = plain_label(tr(_SEVERAL), "muted", step)
        self.card = PointCard(commands, session, background, zone, self)
        self.setFixedWidth(self.card.width())
        self.card.closed.connect(self.leave)
        # Both go together, and one button is enough.
        self.card.close_button.hide()
        self.card.alert_requested.connect(self.alert_requested)
        self.card.correct_requested.connect(self.correct_requested)
        self.card.moment_requested.connect(self.moment_requested)
        self._moment: datetime | None = None
        self.wall_button = QPushButton(tr("See the wall then"), step)
        self.wall_button.clicked.connect(self._see_wall)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        words_of_step = QVBoxLayout(step)
        words_of_step.setContentsMargins(2 * space, space, 2 * space, space + space // 2)
        words_of_step.setSpacing(space // 2)
        words_of_step.addLayout(head)
        words_of_step.addWidget(self.text)
        words_of_step.addWidget(self._rest)
        words_of_step.addWidget(self.wall_button, 0, Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(step)
        column.addWidget(self.card, 1)
        column.addStretch(0)
        self.hide()

    def show_step(
        self,
        when: str,
        said: str,
        camera_id: CameraId | None,
        at: datetime | None,
        moment: datetime | None = None,
    ) -> None:
        """Show a step.

        Args:
            when: Which it is, in words.
            said: What there is.
            camera_id: Whose; None for several.
            at: The moment whose measurement is shown, UTC; None if nothing was measured.
            moment: At which the wall can be seen again, UTC; None is `at`.
        """
        self._moment = at if moment is None else moment
        # The card of a single measurement has the same button, for its own moment.
        self.wall_button.setVisible(self._moment is not None and (camera_id is None or at is None))
        self.title.setText(when)
        self.text.setText("\n".join(part.strip() for part in said.strip().split("\n")))
        has_point = camera_id is not None and at is not None
        self.card.setVisible(has_point)
        self._rest.setVisible(camera_id is None)
        if camera_id is not None and at is not None:
            self.card.show_point(camera_id, at)
        self.setAccessibleName(f"{when}: {said}")
        self.show()

    @Slot()
    def _see_wall(self) -> None:
        if self._moment is not None:
            self.moment_requested.emit(None, self._moment)

    def leave(self) -> None:
        """Go away."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Go away with Escape."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)
