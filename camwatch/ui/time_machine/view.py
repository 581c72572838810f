"""The wall of the past with its frame, its bar, its line of time and the alerts of then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QElapsedTimer, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QHideEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.errors import CamWatchError
from camwatch.history.moments import Moment
from camwatch.language import tr
from camwatch.ui import theme, words
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import Notice
from camwatch.ui.shortcuts import Key, bind
from camwatch.ui.time_machine.alerts_then import AlertsThen
from camwatch.ui.time_machine.bar import PastBar
from camwatch.ui.time_machine.commands import MomentCommands
from camwatch.ui.time_machine.history import TimelineReader
from camwatch.ui.time_machine.reader import MomentReader
from camwatch.ui.time_machine.timeline import Timeline, TimelineData
from camwatch.ui.time_machine.transport import Transport
from camwatch.ui.time_machine.wall import LiveWall, PastWall
from camwatch.ui.time_machine.words import day_and_time

_TICK_MS = 250
_SETTLED_MS = 150
_NOW = timedelta(seconds=2)
_STEPS = {
    Key.PAST_MINUTE_BACK: timedelta(minutes=-1),
    Key.PAST_MINUTE_ON: timedelta(minutes=1),
    Key.PAST_HOUR_BACK: timedelta(hours=-1),
    Key.PAST_HOUR_ON: timedelta(hours=1),
}
_SAMPLES = {Key.PAST_STEP_BACK: -1, Key.PAST_STEP_ON: 1}
_ALERTS = {Key.PAST_ALERT_BEFORE: False, Key.PAST_ALERT_AFTER: True}


class TimeMachine(QFrame):
    """Shows the past in the place of the live page; it says so all the time.

    Signals:
        left: The operator wants the present back.
        camera_wanted: CameraId: show it alone, or all again, on the live wall that lies below.
        alert_requested: Uid of an alert that is to be opened.

    Args:
        live: The live wall, whose places the past takes.
        zone: The site's time zone.
        clock: Tells the time, UTC.
    """

    left = Signal()
    camera_wanted = Signal(object)
    alert_requested = Signal(str)

    def __init__(  # noqa: PLR0917 - who asks, where, of which wall
        self,
        commands: MomentCommands,
        session: Session,
        background: Background,
        live: LiveWall,
        zone: ZoneInfo,
        clock: Callable[[], datetime] = utc_now,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock = zone, clock
        self._at = clock()
        self._begin: datetime | None = None
        self._asked_beside = 0
        self._since_tick = QElapsedTimer()
        self.setObjectName("past")
        self.reader = MomentReader(commands, session, background, self)
        self._history = TimelineReader(commands, session, background, zone, clock, self)
        self._may_see_alerts = session.may(Permission.VIEW_ALERTS)
        self.bar = PastBar(zone, self)
        self.notice = Notice(self)
        self.wall = PastWall(live, self.reader.cache, zone, self)
        self.alerts = AlertsThen(zone, self)
        self.alerts.setVisible(self._may_see_alerts)
        self.transport = Transport(self, has_alerts=self._may_see_alerts)
        self.timeline = Timeline(zone, self)
        self._lay_out()
        self._ticking = QTimer(self)
        self._ticking.setInterval(_TICK_MS)
        self._ticking.timeout.connect(self._tick)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self._read_stretch)
        self._connect()

    # ---------------------------------------------------------------- building

    def _lay_out(self) -> None:
        space = theme.current().space
        middle = QHBoxLayout()
        middle.setSpacing(space)
        middle.addWidget(self.wall, 1)
        middle.addWidget(self.alerts)
        inner = QVBoxLayout()
        inner.setContentsMargins(space, space // 2, space, space // 2)
        inner.setSpacing(space // 2)
        inner.addWidget(self.notice)
        inner.addLayout(middle, 1)
        inner.addWidget(self.transport)
        inner.addWidget(self.timeline)
        column = QVBoxLayout(self)
        column.setContentsMargins(space, space, space, space)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(inner, 1)

    def _connect(self) -> None:
        self.bar.back_requested.connect(self.left)
        self.bar.moment_entered.connect(self.go_to)
        self.timeline.moved.connect(self._on_dragged)
        self.transport.play_toggled.connect(self._on_play)
        self.transport.step_requested.connect(self.step)
        self.transport.length_chosen.connect(self._on_length)
        self.transport.boxes_toggled.connect(self.wall.set_boxes_shown)
        self.wall.wanted.connect(self._ask)
        self.wall.open_requested.connect(self.camera_wanted)
        self.alerts.alert_requested.connect(self.alert_requested)
        self.alerts.moment_requested.connect(self.go_to)
        self.reader.read.connect(self._on_read)
        self.reader.pictures_read.connect(self.wall.refresh)
        self.reader.failed.connect(self._on_failed)
        self._history.read.connect(self._on_stretch)
        self._history.failed.connect(self._on_failed)
        self.notice.action_requested.connect(self._ask)
        bind(self, Key.BACK_TO_LIVE, self.left.emit)
        bind(self, Key.PAST_PLAY, self.transport.play.toggle)
        bind(self, Key.PAST_GO_TO, self.bar.entry.setFocus)
        bind(self, Key.BOXES, self.transport.boxes.toggle)
        for key in (*_STEPS, *_SAMPLES, *_ALERTS):
            bind(self, key, partial(self.step, key))

    # ---------------------------------------------------------------- what is seen

    @property
    def at(self) -> datetime:
        """The moment that is looked at, UTC."""
        return self._at

    def set_cameras(self, names: Mapping[CameraId, str], badges: Mapping[CameraId, str]) -> None:
        """Know what the cameras are called, and how right their numbers are."""
        self.wall.set_cameras(names, badges)
        self.wall.arrange()

    def open_at(self, at: datetime) -> None:
        """Begin to look at the past."""
        self.reader.forget()
        self.wall.arrange()
        self._begin = None
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.open_time_machine(session, at),
            lambda _none: None,
            self._on_failed,
            owner=self,
        )
        self.go_to(at)

    @Slot(object)
    def go_to(self, at: datetime) -> None:
        """Show another moment; the future has not been yet."""
        self._at = min(at, self._clock())
        self.bar.show_at(self._at)
        self.timeline.set_at(self._at)
        if not self.timeline.is_dragged:
            self._keep_in_view()
        self._ask()

    @Slot(object)
    def _on_dragged(self, at: datetime) -> None:
        self.transport.play.setChecked(False)
        self.go_to(at)

    @Slot()
    def _ask(self) -> None:
        self.reader.ask(self._at, self.wall.camera_ids)

    def _keep_in_view(self) -> None:
        """Move the line of time on when the hand comes near its ends."""
        length, now = self.transport.chosen_length, self._clock()
        begin = self._begin
        edge = length / 20
        if begin is not None and begin + edge <= self._at <= min(begin + length - edge, now):
            return
        self._begin = min(self._at - length / 2, now - length * 0.9)
        self.timeline.set_stretch(self._begin, self._begin + length, now)
        self._settled.start()

    @Slot()
    def _read_stretch(self) -> None:
        if self._begin is not None:
            self._history.ask(self._begin, self.transport.chosen_length)

    @Slot(object)
    def _on_length(self, _length: timedelta) -> None:
        self._begin = None
        self.timeline.set_data(TimelineData(None, ()))
        self._keep_in_view()

    @Slot(object)
    def _on_stretch(self, data: TimelineData) -> None:
        self.timeline.set_data(data)

    @Slot(object)
    def _on_read(self, moment: Moment) -> None:
        self.notice.hide()
        self.wall.show_moment(moment)
        self.alerts.show_moment(moment)
        if self._session.may(Permission.VIEW_COUNTS):
            people, unknown = self.wall.total()
            said = tr("{people} in view then", people=words.people(people))
            if unknown and not self.wall.is_counted:
                said = tr("Not known how many people were in view then")
            elif unknown:
                said = tr(
                    "{people} in view then, not known of {cameras}",
                    people=words.people(people),
                    cameras=words.cameras(unknown),
                )
            self.transport.summary.setText(said)

    @Slot(object)
    def _on_failed(self, error: CamWatchError) -> None:
        self.transport.play.setChecked(False)
        self.notice.show_error(text_for(error), action=tr("Try again"))

    # ---------------------------------------------------------------- moving

    @Slot(object)
    def step(self, key: Key) -> None:
        """Go on or back by a measurement, a minute, an hour, or to an alert."""
        if key in _ALERTS:
            self._go_to_alert(is_after=_ALERTS[key])
            return
        self.transport.play.setChecked(False)
        by = _STEPS.get(key)
        self.go_to(self._at + (by if by is not None else _SAMPLES[key] * self._sample_step()))

    def _sample_step(self) -> timedelta:
        """Return the shortest time between two measurements of the cameras in view."""
        return timedelta(seconds=min(self.wall.intervals(), default=1.0))

    def _go_to_alert(self, *, is_after: bool) -> None:
        if not self._may_see_alerts:
            return
        self.transport.play.setChecked(False)
        self._asked_beside += 1
        commands, session, at = self._commands, self._session, self._at
        self._background.run(
            lambda: commands.alert_beside(session, at, is_after),
            partial(self._on_beside, self._asked_beside, is_after),
            self._on_failed,
            owner=self,
        )

    def _on_beside(self, question: int, is_after: bool, found: datetime | None) -> None:
        if question != self._asked_beside:
            return
        if found is not None:
            self.go_to(found)
        elif is_after:
            self.notice.show_text("info", tr("There is no later alert."))
        else:
            self.notice.show_text("info", tr("There is no earlier alert."))

    @Slot(bool)
    def _on_play(self, is_playing: bool) -> None:
        if is_playing:
            self._since_tick.start()
            self._ticking.start()
        else:
            self._ticking.stop()

    @Slot()
    def _tick(self) -> None:
        gone = timedelta(milliseconds=self._since_tick.restart())
        now = self._clock()
        at = self._at + self.transport.speed * gone
        if at >= now - _NOW:
            self.transport.play.setChecked(False)
            self.notice.show_text(
                "info",
                tr("You have come to the present."),
                tr("“Back to live” shows how it goes on."),
            )
            at = now - _NOW
        self.go_to(at)

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Play no further while nobody looks."""
        self.transport.play.setChecked(False)
        super().hideEvent(event)

    def paintEvent(self, _event: QPaintEvent, /) -> None:
        """Frame all of it in stripes, which nothing that is live has."""
        tokens = theme.current()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), QColor(tokens.warning))
            stripes = QBrush(QColor(tokens.background), Qt.BrushStyle.BDiagPattern)
            painter.fillRect(self.rect(), stripes)
            edge = tokens.space
            inside = self.rect().adjusted(edge, edge, -edge, -edge)
            painter.fillRect(QRect(inside), QColor(tokens.background))

    def note(self) -> str:
        """Say, for a popup, that the wall shows the past."""
        return tr("the wall shows the past: {when}", when=day_and_time(self._at, self._zone))
