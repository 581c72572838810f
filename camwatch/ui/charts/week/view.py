"""The map of the hours of the week, with its legend and its reading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.history.asking import WeekMap
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.charts.ranges import Range
from camwatch.ui.charts.week.grid import HOURS, WeekGrid
from camwatch.ui.charts.week.legend import WeekLegend
from camwatch.ui.charts.week.reading import stretch_words, summary
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label

_HINT = marked("Point at an hour to read it, or move with the arrow keys.")
_COPIED = marked("The map is in the clipboard as a picture.")


class WeekMapCommands(Protocol):
    """What this view asks of `camwatch.commands.Commands`."""

    def week_map(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekMap:
        """Return how many people there are at each hour of the week."""
        ...


class WeekMapView(QWidget):
    """Shows how many people there are at each hour of the week.

    It reads in the background; a newer question makes the answer to an older one worthless.

    Args:
        zone: The site's time zone.
        clock: Tells the time, UTC.

    Signals:
        moment_requested: The newest hour of the map that is like the chosen one, UTC: the wall is
            to be seen as it was then.
    """

    moment_requested = Signal(object)

    def __init__(
        self,
        commands: WeekMapCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone = zone
        self._clock = clock
        self._question = 0
        self._asked: tuple[Sequence[CameraId] | None, Range] | None = None
        self._build()

    def _build(self) -> None:
        space = theme.current().space
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.empty = EmptyTable("calendar-clock", self)
        self.panel = QWidget(self)
        """What a copy shows."""
        self.title = plain_label("", "heading", self.panel)
        self.about = plain_label("", "muted", self.panel)
        self.grid = WeekGrid(self.panel)
        self.legend = WeekLegend(self.panel)
        self.reading = plain_label(tr(_HINT), "", self)
        self.reading.setMinimumHeight(2 * space)
        self.grid.cell_read.connect(self._on_read)
        self.grid.copy_requested.connect(self.copy)
        self._make_buttons()

        inner = QVBoxLayout(self.panel)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(space)
        inner.addWidget(self.title)
        inner.addWidget(self.about)
        inner.addWidget(self.grid, 1)
        inner.addWidget(self.legend)
        inner.addStretch(0)
        below = QHBoxLayout()
        below.setSpacing(space)
        below.addWidget(self.reading, 1)
        below.addWidget(self.wall_button)
        below.addWidget(self.copy_button)
        self.body = QWidget(self)
        column = QVBoxLayout(self.body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(self.panel, 1)
        column.addLayout(below)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(self.body)
        self.pages.addWidget(self.empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(space)
        whole.addWidget(self.busy)
        whole.addWidget(self.notice)
        whole.addWidget(self.pages, 1)
        in_tab_order(self.notice.button, self.grid, self.wall_button, self.copy_button)

    def _make_buttons(self) -> None:
        self.copy_button = QToolButton(self)
        self.copy_button.setIcon(icons.icon("copy"))
        self.copy_button.setIconSize(icons.size(18))
        self.copy_button.setToolTip(tr("Copy as picture (Ctrl+C in the map)"))
        self.copy_button.setAccessibleName(tr("Copy as picture"))
        self.copy_button.clicked.connect(self.copy)

        self.wall_button = QPushButton(tr("See the wall at the last such hour"), self)
        self.wall_button.setToolTip(tr("Choose an hour with a click or the arrow keys"))
        self.wall_button.setEnabled(False)
        self.wall_button.clicked.connect(self._see_wall)

    def show_map(self, camera_ids: Sequence[CameraId] | None, title: str, stretch: Range) -> None:
        """Read and show the map of a stretch of time.

        Args:
            camera_ids: Which cameras are added up; None for all.
            title: What they are called together.
            stretch: UTC.
        """
        self._asked = camera_ids, stretch
        when = stretch_words(stretch.start, min(stretch.end, self._clock()), self._zone)
        self.title.setText(tr("{title}, hours of the week, {when}", title=title, when=when))
        self.reload()

    @Slot()
    def reload(self) -> None:
        """Read again what is shown."""
        if self._asked is None:
            return
        camera_ids, stretch = self._asked
        commands, session, zone = self._commands, self._session, self._zone
        self._question += 1
        self.notice.hide()
        self.busy.show()
        self._background.run(
            lambda: commands.week_map(session, camera_ids, stretch.start, stretch.end, zone),
            partial(self._on_answer, self._question),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _on_answer(self, question: int, week: WeekMap) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self.about.setText(summary(week))
        self.grid.show_week(week)
        self.legend.show_top(self.grid.top)
        if not (week.coverage > 0).any():
            self.empty.tell(
                tr("Nothing was measured in this time"),
                tr(
                    "The map fills as people are counted: an hour appears as soon as a part of it was "
                    "measured. Choose a longer time, or other cameras."
                ),
            )
            self.pages.setCurrentWidget(self.empty)
        else:
            self.pages.setCurrentWidget(self.body)

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Try again"))

    @Slot(str)
    def _on_read(self, words: str) -> None:
        self.reading.setText(words or tr(_HINT))
        self.wall_button.setEnabled(self._chosen_hour() is not None)

    def _chosen_hour(self) -> datetime | None:
        """Return when the newest hour of the map began that is like the chosen one, UTC."""
        cell, asked = self.grid.cursor_cell, self._asked
        if cell is None or asked is None or cell[1] >= HOURS:
            return None
        stretch = asked[1]
        end = min(stretch.end, self._clock())
        last = end.astimezone(self._zone)
        wall = last.replace(hour=cell[1], minute=0, second=0, microsecond=0)
        wall -= timedelta(days=(last.weekday() - cell[0]) % 7)
        if wall.astimezone(UTC) >= end:
            wall -= timedelta(days=7)
        begin = wall.astimezone(UTC)
        return begin if begin >= stretch.start else None

    @Slot()
    def _see_wall(self) -> None:
        begin = self._chosen_hour()
        if begin is not None:
            self.moment_requested.emit(begin)

    @Slot()
    def copy(self) -> None:
        """Put the map with title and legend into the clipboard, as a picture."""
        QGuiApplication.clipboard().setPixmap(self.panel.grab())
        self.reading.setText(tr(_COPIED))
