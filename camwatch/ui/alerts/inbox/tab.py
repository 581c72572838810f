"""The alerts that were raised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedLayout, QVBoxLayout, QWidget

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import MOST_ALERTS
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.handover.dialog import HandoverCommands, HandoverDialog
from camwatch.ui.alerts.inbox.acts import Act, InboxActCommands, InboxActs
from camwatch.ui.alerts.inbox.counter import UnseenCounter
from camwatch.ui.alerts.inbox.details import DetailsCommands, DetailsPane
from camwatch.ui.alerts.inbox.empty_words import nothing_words
from camwatch.ui.alerts.inbox.feed import AlertFeed
from camwatch.ui.alerts.inbox.filter_bar import AlertFilterBar, Wanted, Which
from camwatch.ui.alerts.inbox.listing import Listing
from camwatch.ui.alerts.inbox.pictures import AlertPictures
from camwatch.ui.alerts.inbox.reading import Answer, ReadingCommands, read_inbox
from camwatch.ui.alerts.inbox.table_model import AlertTableModel
from camwatch.ui.alerts.inbox.table_view import AlertTable
from camwatch.ui.alerts.inbox.toolbar import Toolbar
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.empty import EmptyTable
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order
from camwatch.ui.shortcuts import Key, bind

_TICK_MS = 1000
_DETAILS_WIDTH = 400


class InboxCommands(ReadingCommands, DetailsCommands, InboxActCommands, HandoverCommands, Protocol):
    """What this tab asks of `camwatch.commands.Commands`."""


class InboxTab(QWidget):
    """The inbox.

    Signals:
        camera_requested: CameraId: show this camera live.
        chart_requested: CameraId and a UTC datetime: show its chart at that time.
        moment_requested: A UTC datetime and a CameraId: show the wall as it was then.
        rule_requested: Uid of a rule, and a UTC datetime: show why it fired or did not.
        counts_changed: How many alerts are open and unacknowledged, and the severity of the
            most serious of them (None without).
    """

    camera_requested = Signal(object)
    chart_requested = Signal(object, object)
    moment_requested = Signal(object, object)
    rule_requested = Signal(str, object)
    counts_changed = Signal(int, object)

    def __init__(  # noqa: PLR0917 - all that a tab stands on
        self,
        commands: InboxCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        zone: ZoneInfo,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock = zone, clock
        # Each refusal is written into the audit log, so that nothing is asked in vain.
        self._may_look = session.may(Permission.VIEW_ALERTS)
        self._listing = Listing()
        self._wanted: Wanted | None = None
        self._question = 0
        self._is_read = self._is_reading = False
        self._is_busy = False
        self._to_show = ""
        self._wants_keyboard = False
        self.feed = AlertFeed(bridge, sees_all=session.role.sites is None, parent=self)
        self.counter = UnseenCounter(commands, session, background, self.feed, clock, self)
        self.acts = InboxActs(commands, session, background, zone, clock, self)
        self._build()
        self._connect(bridge)
        self._bind_keys()
        if self._may_look:
            # Not now: nobody listens yet.
            QTimer.singleShot(0, self.counter.read)

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        ratio = self.devicePixelRatioF()
        self.filter_bar = AlertFilterBar(self._zone, self._clock, self)
        self.toolbar = Toolbar(self._session, self)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.model = AlertTableModel(self._zone, self._clock, self, ratio=ratio)
        self.table = AlertTable(self.model, self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.table.addActions(list(self.toolbar.entries.values()))
        self.empty = EmptyTable("bell", self)
        self.details = DetailsPane(
            self._commands, self._session, self._background, self._zone, self._clock, self
        )
        self.pictures = AlertPictures(
            self._commands,
            self._session,
            self._background,
            self.table.seen,
            self._clock,
            self,
            ratio=ratio,
        )
        left = QWidget(self)
        self._stack = QStackedLayout(left)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self.details)
        self.splitter.setStretchFactor(0, 3)
        self.splitter.setStretchFactor(1, 2)
        self.splitter.setSizes([2 * theme.px(_DETAILS_WIDTH), theme.px(_DETAILS_WIDTH)])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, space + space // 2, 0, 0)
        column.setSpacing(space)
        for part in (self.filter_bar, self.toolbar, self.busy, self.notice):
            column.addWidget(part)
        column.addWidget(self.splitter, 1)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        in_tab_order(
            *self.filter_bar.widgets,
            *self.toolbar.widgets,
            self.table,
            self.empty.button,
            *self.details.buttons,
        )
        self._show_chosen()
        self.details.hide()
        self._tell_empty("", "")

    def _connect(self, bridge: EventBridge) -> None:
        self.filter_bar.changed.connect(self.load)
        self.toolbar.act_requested.connect(self._act)
        self.toolbar.handover_requested.connect(self.hand_over)
        self.notice.action_requested.connect(self.load)
        self.empty.pressed.connect(self._on_empty_pressed)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self.table.details_requested.connect(self.details.take_keyboard)
        self.details.camera_requested.connect(self.camera_requested)
        self.details.chart_requested.connect(self.chart_requested)
        self.details.moment_requested.connect(self.moment_requested)
        self.details.rule_requested.connect(self.rule_requested)
        self.pictures.made.connect(self.model.set_picture)
        self.counter.changed.connect(self.counts_changed)
        self.acts.began.connect(partial(self._set_busy, is_busy=True))
        self.acts.changed.connect(self._on_done)
        self.acts.said.connect(self.toolbar.say)
        self.acts.failed.connect(self._on_not_done)
        self.feed.changed.connect(self._on_changed)
        self.feed.stale.connect(self._on_stale)
        self._tick.timeout.connect(self._on_tick)
        bridge.cameras_changed.connect(self._on_stale)

    def _bind_keys(self) -> None:
        for act in Act:
            bind(self, act.key, partial(self._act, act))
        bind(self, Key.ACKNOWLEDGE_NOTING, self._acknowledge_noting)
        bind(self, Key.GIVE_OWNER, self._give_owner)
        bind(self, Key.NEXT_ALERT, partial(self._step, 1))
        bind(self, Key.PREVIOUS_ALERT, partial(self._step, -1))
        bind(self, Key.FIND_ALERT, self.filter_bar.search.setFocus)
        bind(self, Key.SELECT_ALERTS, self._select_all)
        bind(self, Key.EVIDENCE_BOXES, self.details.evidence.toggle_boxes)
        bind(self, Key.HAND_OVER, self.hand_over)
        bind(self, Key.READ_ALERTS, self.load)
        bind(self, Key.BACK_TO_ALERTS, self._back)

    # ---------------------------------------------------------------- reading

    @Slot()
    def load(self) -> None:
        """Read the alerts again."""
        wanted = self.filter_bar.wanted()
        if wanted is None or not self._may_look:
            return  # the field of the time says why, or the page
        self._question += 1
        self._is_reading = True
        self._wanted = wanted
        commands, session = self._commands, self._session
        self.busy.show()
        self._background.run(
            lambda: read_inbox(commands, session, wanted.query),
            partial(self._on_read, self._question, self.feed.taken),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _on_read(self, question: int, taken: int, answer: Answer) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self.notice.hide()
        self._is_read, self._is_reading = True, False
        newest = [self.feed.newest(alert) for alert in answer.alerts] + self.feed.since(taken)
        is_cut = len(answer.alerts) >= MOST_ALERTS
        self._listing.begin(newest, is_cut=is_cut, last=answer.last)
        if answer.cameras is not None:
            self.filter_bar.offer_cameras(answer.cameras)
        self._list()
        self._look_further()

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._is_reading = False
        text = text_for(error)
        if self._is_read:
            self.notice.show_error(text, action=tr("Try again"))
        else:
            words = tr(
                "{whole}\nError number: {error_id}", whole=text.whole, error_id=text.error_id
            )
            self._tell_empty(tr("The alerts cannot be read"), words, tr("Try again"))

    @Slot(object)
    def _on_changed(self, alerts: Sequence[Alert]) -> None:
        """Take in what changed; what is not wanted any more goes."""
        if not self._is_read:
            return
        self._listing.take(alerts)
        self._list()

    @Slot()
    def _on_stale(self) -> None:
        if self.isVisible():
            self.load()

    def _list(self) -> None:
        """Bring the table in line with what is known."""
        wanted, now = self._wanted, self._clock()
        if wanted is None:
            return
        fitting = self._listing.fitting(wanted, now)
        row = self.table.currentIndex().row()
        had_chosen = bool(self.table.chosen())
        self.table.show_alerts(fitting)
        if had_chosen and not self.table.chosen():
            self.table.choose_row(row)  # the next one has come to its place
        self.filter_bar.show_count(len(fitting), is_cut=self._listing.is_cut)
        self.details.setVisible(bool(fitting))
        if not fitting:
            which = self.filter_bar.wanted_states
            is_plain = not self.filter_bar.is_searching
            words = nothing_words(which, self._listing.last, self._zone, now, is_plain=is_plain)
            self._tell_empty(*words)
        else:
            self._stack.setCurrentWidget(self.table)
            if self._wants_keyboard:
                self.take_keyboard()
        if self._to_show and self.table.choose(self._to_show):
            self._to_show = ""
        self._show_chosen()

    def _tell_empty(self, title: str, text: str, action: str = "") -> None:
        self.empty.tell(title or tr("Reading the alerts…"), text, action)
        self._stack.setCurrentWidget(self.empty)

    @Slot()
    def _on_empty_pressed(self) -> None:
        if not self._is_read:
            self.load()
        elif self.filter_bar.is_searching or self.filter_bar.wanted_states is not Which.OPEN:
            self.filter_bar.clear()
        else:
            self.filter_bar.choose(Which.ALL)

    @Slot()
    def _on_tick(self) -> None:
        """Let ages go on; what comes from the shelf goes to its place."""
        now = self._clock()
        if self._listing.order(now) != [one.uid for one in self.model.alerts]:
            self._list()
        self.model.tick(*self.table.seen_rows())
        self.details.refresh()

    def showEvent(self, event: QShowEvent, /) -> None:
        """Keep up from now on."""
        super().showEvent(event)
        self._tick.start()
        self.pictures.set_looking(is_looking=self._may_look)

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Rest while nobody looks; the counting goes on."""
        self._tick.stop()
        self.pictures.set_looking(is_looking=False)
        super().hideEvent(event)

    # ---------------------------------------------------------------- choosing

    def show_alert(self, uid: str) -> None:
        """Select an alert and show its details."""
        self._to_show = "" if self.table.choose(uid) else uid
        if not self._is_read and not self._is_reading:
            self.load()
        elif not self._is_reading:
            self._look_further()
        self.table.setFocus()

    def _look_further(self) -> None:
        """Look among all alerts for the one that is to be shown: it may be closed by now."""
        if not self._to_show:
            return
        if self.filter_bar.is_searching or self.filter_bar.wanted_states is not Which.ALL:
            self.filter_bar.choose(Which.ALL)
        else:
            self._to_show = ""
            self.toolbar.say(
                tr("That alert is not here any more: it was deleted, or is too old."), None
            )

    @Slot()
    def _show_chosen(self) -> None:
        chosen = self.table.chosen()
        self.details.show_alerts(chosen)
        self.toolbar.show_chosen(chosen, self._clock(), is_busy=self._is_busy)

    def _step(self, by: int) -> None:
        self.table.step(by)
        self.table.setFocus()

    def _select_all(self) -> None:
        self.table.selectAll()
        self.table.setFocus()

    def take_keyboard(self) -> None:
        """Put the keyboard on the list, as soon as there is one."""
        self._wants_keyboard = self._stack.currentWidget() is not self.table
        if not self._wants_keyboard:
            self.table.setFocus()

    def _back(self) -> None:
        self.table.setFocus()

    # ---------------------------------------------------------------- doing

    @Slot(object)
    def _act(self, act: Act) -> None:
        if not self._is_busy:
            self.acts.do(act, self.table.chosen())

    def _acknowledge_noting(self) -> None:
        if not self._is_busy:
            self.acts.acknowledge_with_comment(self.table.chosen())

    def _give_owner(self) -> None:
        if not self._is_busy:
            self.acts.give_owner(self.table.chosen())

    def _set_busy(self, *, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        self._show_chosen()

    @Slot(object)
    def _on_done(self, alerts: Sequence[Alert]) -> None:
        self._set_busy(is_busy=False)
        self.notice.hide()
        self.feed.take(alerts)

    @Slot(object)
    def _on_not_done(self, error: CamWatchError) -> None:
        self._set_busy(is_busy=False)
        self.notice.show_error(text_for(error), action=tr("Read again"))

    @Slot()
    def hand_over(self) -> None:
        """Ask what the hand-over sheet is to tell, and save it."""
        if not self._may_look:
            return
        dialog = HandoverDialog(
            self._commands, self._session, self._background, self._zone, self._clock, self
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(
            lambda file: self.toolbar.say(tr("The hand-over is saved: {file}", file=file), None)
        )
        dialog.open()
