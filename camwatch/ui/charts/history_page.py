"""The page on which operators look back: whose numbers, which time, and what with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.events import CountMeasured
from camwatch.history.asking import UsualPoint
from camwatch.history.corrections import CorrectionDraft, CorrectionKind
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.accuracy.badge import BadgeText, badge_text
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.charts import reading
from camwatch.ui.charts.axis import step_text
from camwatch.ui.charts.badges import badge_of
from camwatch.ui.charts.chart_area import ChartArea
from camwatch.ui.charts.comparing import Compare
from camwatch.ui.charts.corrections import CorrectionsDialog
from camwatch.ui.charts.corrections.commands import CorrectionsCommands
from camwatch.ui.charts.output import ChartOutput
from camwatch.ui.charts.page_controls import PageControls
from camwatch.ui.charts.periods import Period
from camwatch.ui.charts.point.reading import PointCommands
from camwatch.ui.charts.ranges import Range, aligned
from camwatch.ui.charts.reading import Answer, Asked, other_part
from camwatch.ui.charts.side_panel import SidePanel
from camwatch.ui.charts.subjects import ALL, Known, Subject
from camwatch.ui.charts.unusual import has_band
from camwatch.ui.charts.week import WeekMapView
from camwatch.ui.charts.week.view import WeekMapCommands
from camwatch.ui.charts.zones import site_zone
from camwatch.ui.charts.zoom import View, fitted
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.shortcuts import Key, bind

_REFRESH_MS = 30_000
_ZOOM_MS = 150
_AROUND = timedelta(hours=1)  # before and after a moment that is to be looked at
_A_WEEK = timedelta(days=6, hours=22)  # with the hour that is missing in spring
_GOING_ON = frozenset(Period) - {
    Period.CUSTOM,
    Period.YESTERDAY,
    Period.LAST_WEEK,
    Period.LAST_MONTH,
}


class ChartsPageCommands(
    reading.HistoryCommands, PointCommands, WeekMapCommands, CorrectionsCommands, Protocol
):
    """What this page asks of `camwatch.commands.Commands`."""


class HistoryPage(QWidget):
    """Shows the history of a camera, some, a site or all, over a chosen time.

    Queries run in the background; a newer one makes the answer of an older one worthless, and
    the old picture stays until the new numbers are there. While the page is visible and shows a
    time that goes on, it reads again when something was saved, at most every half minute.

    Signals:
        alert_requested: Uid of an alert that is to be opened.
        moment_requested: A moment (UTC) at which the wall is to be seen, and a camera or None.
        export_requested: The `ExportRequest` of what is charted.
        report_requested: The `ReportRequest` of what is charted.

    Args:
        zone: The site's time zone; None is this computer's.
        clock: Tells the time, UTC.
    """

    alert_requested = Signal(str)
    moment_requested = Signal(object, object)
    export_requested = Signal(object)
    report_requested = Signal(object)

    def __init__(
        self,
        commands: ChartsPageCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        *,
        zone: ZoneInfo | None = None,
        parent: QWidget | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._zone = zone or site_zone()
        self._clock = clock
        # Each refusal is written into the audit log, so that nothing is asked in vain.
        self._may_look = session.may(Permission.VIEW_CAMERAS) and session.may(
            Permission.VIEW_COUNTS
        )
        self._may_see_states = session.may(Permission.VIEW_CAMERA_STATES)
        self._question = self._loading = 0
        self._view: View | None = None
        self._has_news = self._is_loaded = self._is_empty = False
        self._camera_to_show: CameraId | None = None
        self._looked_at_s: float | None = None  # what is beside the chart, if it has to be renewed
        self._point_s = 0.0
        self._badges: Mapping[CameraId, BadgeText] = {}
        self._not_audited = badge_text(None, self._zone)
        self._advice: dict[CameraId, str] = {}
        self._build()
        self.output = ChartOutput(self, background, session, self._zone, clock)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self._on_time)
        self._zoom_timer = QTimer(self)
        self._zoom_timer.setSingleShot(True)
        self._zoom_timer.setInterval(_ZOOM_MS)
        self._zoom_timer.timeout.connect(self._on_zoomed)
        self._connect(bridge)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        self.controls = PageControls(self._zone, self._clock, self)
        self.subjects, self.range = self.controls.subjects, self.controls.range
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.advice = plain_label("", "muted", self)
        self.advice.hide()
        self.area = ChartArea(self._zone, self)
        self.week_map = WeekMapView(
            self._commands, self._session, self._background, self._zone, self, clock=self._clock
        )
        self.side = SidePanel(self._commands, self._session, self._background, self._zone, self)
        over_time = QWidget(self)
        row = QHBoxLayout(over_time)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * space)
        row.addWidget(self.area, 1)
        row.addWidget(self.side)
        self.empty = EmptyTable("chart-line", self)
        self.empty.tell(
            tr("There is nothing to chart yet"),
            tr("Once a camera counts, its numbers appear here. Cameras are added under Cameras."),
        )
        self.rooms = QStackedWidget(self)
        for room in (over_time, self.week_map, self.empty):
            self.rooms.addWidget(room)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        for part in (self.controls, self.busy, self.notice, self.advice):
            column.addWidget(part)
        column.addWidget(self.rooms, 1)

    def _connect(self, bridge: EventBridge) -> None:
        controls, area, tools = self.controls, self.area, self.controls.tools
        self.notice.action_requested.connect(self.reload)
        controls.views.idClicked.connect(self._show_room)
        controls.corrections.clicked.connect(self.show_corrections)
        self.subjects.changed.connect(self._on_subjects)
        self.range.changed.connect(self._on_range)
        for wish in (self.range.compare_changed, controls.usual.toggled, controls.measured.toggled):
            wish.connect(self.reload)
        controls.steps.currentIndexChanged.connect(self.reload)
        area.view_changed.connect(self._on_view)
        area.point_chosen.connect(self._on_point)
        area.remove_requested.connect(self.subjects.remove)
        self.side.closed.connect(self._on_side_closed)
        self.side.alert_requested.connect(self.alert_requested)
        self.side.correct_requested.connect(self._correct)
        self.side.moment_requested.connect(self._see_wall)
        self.week_map.moment_requested.connect(partial(self._see_wall, None))
        for wished, call in (
            (tools.nearer, lambda: area.current.plot.zoom(0.5)),
            (tools.farther, lambda: area.current.plot.zoom(2.0)),
            (tools.all_wanted, self._show_all),
            (tools.refresh, self.reload),
            (tools.copy, self.output.copy),
            (tools.save, self.output.save),
            (tools.print_wanted, self.output.print_out),
            (tools.export, self.output.export),
            (tools.report, self.output.report),
        ):
            wished.connect(call)
        keys: tuple[tuple[Key, Callable[[], object]], ...] = (
            (Key.EARLIER, lambda: self.range.step(-1)),
            (Key.LATER, lambda: self.range.step(1)),
            (Key.GO_TO_DAY, self.range.day_button.open_calendar),
            (Key.WHOSE, self.subjects.choose_whose),
            (Key.READ_CHART, self.reload),
            (Key.COPY_CHART, self.output.copy),
            (Key.SAVE_CHART, self.output.save),
            (Key.PRINT_CHART, self.output.print_out),
        )
        for key, act in keys:
            bind(self, key, act)
        bridge.cameras_changed.connect(self._load_cameras)
        bridge.history_saved.connect(self._on_saved)
        bridge.corrections_changed.connect(self._on_corrected)
        bridge.counts_measured.connect(self._on_counts)

    def offer_files(self) -> None:
        """Show the buttons that make files and reports; someone listens to their signals."""
        may_export = self._session.may(Permission.EXPORT_HISTORY)
        self.controls.tools.export_button.setVisible(may_export)
        self.controls.tools.report_button.setVisible(may_export)

    # ---------------------------------------------------------------- choosing

    @property
    def period(self) -> Period:
        """Which of the named times is charted; CUSTOM for any other."""
        return self.range.period

    @property
    def is_zoomed(self) -> bool:
        """True if not all of the charted time is in view."""
        return self._view is not None

    @property
    def has_chart(self) -> bool:
        """True if there is a chart to make a picture of."""
        return self.rooms.currentIndex() == 0 and bool(self.area.lines)

    def show_at(self, camera_id: CameraId, at: datetime) -> None:
        """Show the hours around a moment of one camera.

        Args:
            camera_id: Which; it is chosen once the cameras are read.
            at: UTC.
        """
        end = min(at + _AROUND, self._clock())
        self.range.choose_compare(Compare.NOTHING)
        self.range.show_free(Range(min(at, end) - _AROUND, end))
        self.controls.over_time.setChecked(True)
        if camera_id not in self.subjects.known.cameras:
            self._camera_to_show = camera_id
            self._load_cameras()
            return
        self.subjects.show_subject(Subject(None, (camera_id,)))
        self._on_subjects()

    @Slot()
    def _on_subjects(self) -> None:
        self._show_badge()
        self._on_range()

    @Slot()
    def _on_range(self) -> None:
        """Show something else: what was looked at closely is not there any more."""
        self.side.hide()
        self.area.current.plot.point_at(None)
        self._view = None
        self.reload()

    @Slot()
    def _show_room(self) -> None:
        """Show the chosen view; of the hours of the week a few days tell nothing."""
        if self.controls.week.isChecked() and self.passed().length < _A_WEEK:
            self.range.choose(Period.LAST_30_DAYS)
        else:
            self.reload()

    # ---------------------------------------------------------------- cameras

    @Slot()
    def _load_cameras(self) -> None:
        if not self._may_look:
            return
        self._loading += 1
        self._background.run(
            partial(reading.read_known, self._commands, self._session),
            partial(self._show_cameras, self._loading),
            self._on_failed,
            owner=self,
        )

    def _show_cameras(self, number: int, known: Known) -> None:
        if number != self._loading:
            return  # asked before the last change; answers may overtake each other
        wanted, self._camera_to_show = self._camera_to_show, None
        was_empty, self._is_empty = self._is_empty, not known.cameras
        before = [self.subjects.known.ids_now(one) for one in self.subjects.subjects]
        is_other = self.subjects.set_known(known)
        # Sites and all: the peak of one camera is a number, that of several a limit.
        is_larger = before != [known.ids_now(one) for one in self.subjects.subjects]
        if wanted is not None:
            is_there = wanted in known.cameras
            self.subjects.show_subject(Subject(None, (wanted,)) if is_there else ALL)
        self._show_badge()
        if is_other or wanted is not None or was_empty is not self._is_empty:
            self._on_subjects()
        elif is_larger and self._is_loaded:
            self._ask(is_quiet=True)

    def set_badges(self, badges: Mapping[CameraId, BadgeText]) -> None:
        """Say beside the numbers how right they are."""
        self._badges = badges
        self._show_badge()

    def _badge(self, subject: Subject) -> BadgeText:
        return badge_of(subject, self.subjects.known, self._badges, self._not_audited)

    def _show_badge(self) -> None:
        text = self._badge(self.subjects.main)
        is_single = len(self.subjects.subjects) == 1
        warned = (
            tr("{short} · may not hold any more", short=text.short) if text.warning else text.short
        )
        self.controls.badge.setText(warned if is_single else "")
        self.controls.badge.setToolTip(words.tooltip(f"{text.long} {text.warning}".strip()))

    def _show_advice(self) -> None:
        """Say above a line's chart why in and out are not counted now, and what would help."""
        main = self.subjects.main
        text = ""
        if main.is_flow and main.camera_id is not None:
            text = self._advice.get(main.camera_id, "")
        self.advice.setText(tr("Now {text}.", text=text) if text else "")
        self.advice.setVisible(bool(text))

    # ---------------------------------------------------------------- asking

    @Slot()
    def reload(self) -> None:
        """Read what is chosen; the answer to an older question is thrown away."""
        self._ask(is_quiet=False)

    def passed(self) -> Range:
        """Return the charted time as far as it has passed."""
        return self.range.span.until(self._clock())

    def _ask(self, *, is_quiet: bool) -> None:
        if not self._may_look:
            return
        self._has_news, self._is_loaded = False, True
        is_week = self.controls.week.isChecked()
        is_single = len(self.subjects.subjects) == 1
        self.controls.show_view(is_week=is_week, is_single=is_single)
        self.controls.setVisible(not self._is_empty)
        if self._is_empty:
            self.busy.hide()
            self.rooms.setCurrentWidget(self.empty)
            return
        self.rooms.setCurrentIndex(1 if is_week else 0)
        if is_week:
            self._ask_week()
            return
        asked = self._make_question(is_single=is_single)
        if not is_quiet:
            self.notice.hide()
            self.busy.show()
        known = self.subjects.known
        self._background.run(
            partial(reading.read, self._commands, self._session, known, asked),
            partial(self._on_answer, asked, known),
            partial(self._on_failed, question=asked.number),
            owner=self,
        )

    def _make_question(self, *, is_single: bool) -> Asked:
        """Put together what is asked for, for the part that is in view."""
        now, span = self._clock(), self.range.span
        other = self.range.other() if is_single else None
        stretch = span.until(now) if other is None else Range(span.start, span.end)
        whole = stretch.start.timestamp(), stretch.end.timestamp()
        if self._view is not None:
            self._view = fitted(self._view, whole)
            if self._view == whole:
                self._view = None
        view = stretch if self._view is None else Range(*(_utc(one) for one in self._view))
        known = self.subjects.known
        cameras = sum(known.count(one) for one in self.subjects.subjects)
        size = self.controls.steps.offer(view, cameras)
        wide = aligned(view, size, self._zone)
        self._question += 1
        return Asked(
            number=self._question,
            subjects=tuple(self.subjects.subjects),
            size=size,
            wide=wide,
            whole=whole,
            span=span,
            other=other,
            other_wide=None if other is None else other_part(view, span, other, size, self._zone),
            zone=self._zone,
            as_measured=self.controls.measured.isChecked(),
            now=now,
        )

    def _ask_week(self) -> None:
        main = self.subjects.main
        known = self.subjects.known
        bare = Subject(main.site_id, main.camera_ids)
        self.week_map.show_map(known.ids(bare), known.name(bare), self.passed())

    # ---------------------------------------------------------------- answers

    def _on_answer(self, asked: Asked, known: Known, answer: Answer) -> None:
        if asked.number != self._question:
            return
        self.busy.hide()
        self.notice.hide()
        self._show_advice()
        badges = [self._badge(one) for one in asked.subjects]
        view = fitted(self._view or asked.whole, asked.whole)
        self.area.show_answer(
            asked,
            answer,
            known,
            [(one.number, f"{one.long} {one.warning}".strip()) for one in badges],
            view,
        )
        is_corrected = any(bool(line.corrected.any()) for line in answer.lines)
        self.controls.measured.setVisible(is_corrected or asked.as_measured)
        self.controls.tools.show_zoomed(is_zoomed=self._view is not None)
        self._renew_side()
        self._ask_more(asked, known, answer)

    def _renew_side(self) -> None:
        """Say anew what there is at a step whose numbers people corrected meanwhile."""
        moment_s, self._looked_at_s = self._looked_at_s, None
        edges = self.area.current.edges()
        if moment_s is None or self.side.isHidden() or not len(edges):
            return
        index = int((edges <= moment_s).sum()) - 1
        if 0 <= index < len(edges) - 1:
            self._on_point(index)

    def _ask_more(self, asked: Asked, known: Known, answer: Answer) -> None:
        """Ask for what lies under and over the numbers; they are seen meanwhile."""
        is_people = len(asked.subjects) == 1 and asked.subjects[0].place is None
        if self.controls.usual.isChecked() and is_people:
            if not has_band(asked.size):
                self._on_band(asked, [])
            else:
                self._background.run(
                    partial(reading.read_band, self._commands, self._session, known, asked),
                    partial(self._on_band, asked),
                    partial(self._on_failed, question=asked.number),
                    owner=self,
                )
        self.area.set_states({})
        ids = reading.cameras_to_explain(known, asked, answer) if self._may_see_states else []
        if ids:
            self._background.run(
                partial(reading.read_states, self._commands, self._session, known, asked, ids),
                self.area.set_states,
                partial(self._on_failed, question=asked.number),
                owner=self,
            )

    def _on_band(self, asked: Asked, points: Sequence[UsualPoint]) -> None:
        if asked.number == self._question and self.controls.usual.isChecked():
            self.area.show_band(points)

    def _on_failed(self, error: CamWatchError, question: int | None = None) -> None:
        if question is not None and question != self._question:
            return
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Try again"))

    # ---------------------------------------------------------------- zoom and points

    @Slot(object)
    def _on_view(self, view: View) -> None:
        self._view = view
        self.controls.tools.show_zoomed(is_zoomed=True)
        self._zoom_timer.start()

    @Slot()
    def _show_all(self) -> None:
        self.area.current.plot.show_all()

    @Slot()
    def _on_zoomed(self) -> None:
        self._ask(is_quiet=True)

    @Slot(object)
    def _on_point(self, index: int) -> None:
        """Show beside the chart what there is at a step."""
        chart, asked = self.area.current, self.area.asked
        edges = chart.edges()
        if asked is None or index >= len(edges) - 1:
            return
        middle = min(float(edges[index] + edges[index + 1]) / 2, asked.now.timestamp())
        self._point_s = middle
        ids = {known_id for one in asked.subjects for known_id in one.camera_ids}
        is_one = len(ids) == 1 and all(not one.is_all for one in asked.subjects)
        camera_id = next(iter(ids)) if is_one else None
        is_gap = any(start <= middle < end for start, end in self.area.gaps())
        self.side.show_step(
            step_text(edges, index, asked.size, self._zone),
            chart.said_at(index),
            camera_id,
            None if is_gap else _utc(middle),
            _utc(middle),
        )

    def _see_wall(self, camera_id: CameraId | None, at: datetime) -> None:
        self.moment_requested.emit(at, camera_id)

    @Slot()
    def _on_side_closed(self) -> None:
        self.area.current.plot.setFocus()

    # ---------------------------------------------------------------- corrections

    @Slot()
    def show_corrections(self) -> None:
        """Show what people corrected in the charted time."""
        self._open_corrections(None)

    @Slot(object, object)
    def _correct(self, camera_id: CameraId, at: datetime) -> None:
        start = at.replace(second=0, microsecond=0)
        draft = CorrectionDraft(
            camera_id, None, start, start + timedelta(minutes=1), CorrectionKind.EXCLUDE, ""
        )
        self._open_corrections(draft)

    def _open_corrections(self, draft: CorrectionDraft | None) -> None:
        dialog = CorrectionsDialog(
            self._commands,
            self._session,
            self._background,
            self._zone,
            self.subjects.known.ids(self.subjects.main),
            self.passed(),
            draft,
            self,
            clock=self._clock,
        )
        dialog.moment_requested.connect(self._see_wall)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_corrected(self) -> None:
        """Show the corrected numbers, whoever corrected them."""
        self._looked_at_s = self._point_s
        if self.isVisible():
            self._ask(is_quiet=True)
        else:
            self._is_loaded = False

    # ---------------------------------------------------------------- keeping up

    @Slot()
    def _on_saved(self) -> None:
        self._has_news = True

    @Slot(object)
    def _on_counts(self, events: Sequence[CountMeasured]) -> None:
        advices = {one.camera_id: (one.passing and one.passing.advice) or "" for one in events}
        if any(advice != self._advice.get(one, "") for one, advice in advices.items()):
            self._advice |= advices
            self._show_advice()

    @Slot()
    def _on_time(self) -> None:
        is_zooming = self._zoom_timer.isActive()
        if self._has_news and self.period in _GOING_ON and not is_zooming:
            self.range.keep_up()
            self._ask(is_quiet=True)

    def showEvent(self, event: QShowEvent, /) -> None:
        """Read at the first time, and keep up from now on."""
        super().showEvent(event)
        self._timer.start()
        if not self._is_loaded:
            self._load_cameras()
            self.reload()
        else:
            self._on_time()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Rest while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)


def _utc(moment_s: float) -> datetime:
    return datetime.fromtimestamp(moment_s, UTC)
