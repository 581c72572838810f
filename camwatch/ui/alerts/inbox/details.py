"""All that is known of the chosen alert, and the ways that lead on from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFrame, QLabel, QMenu, QPushButton, QVBoxLayout, QWidget

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertDetails
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox import wording
from camwatch.ui.alerts.inbox.details_body import DetailsBody
from camwatch.ui.alerts.inbox.details_text import as_text
from camwatch.ui.alerts.inbox.dialogs import severities
from camwatch.ui.alerts.inbox.evidence_panel import EvidencePanel
from camwatch.ui.alerts.inbox.pictures import EvidenceCommands
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import Notice, plain_label, scrolled
from camwatch.ui.operators.wording import breakable
from camwatch.ui.pages import may_not
from camwatch.ui.words import shortened, without_mnemonic

_SETTLE_MS = 120
_AGAIN_MS = 3000
_COMES_WITHIN = timedelta(seconds=30)
_MOST_OFFERED = 30
_LONGEST_NAME = 40


class DetailsCommands(EvidenceCommands, Protocol):
    """What this pane asks of `camwatch.commands.Commands`."""

    def alert_details(self, session: Session, alert_uid: str) -> AlertDetails:
        """Return all that is known of an alert."""
        ...


class DetailsPane(QFrame):
    """The chosen alert: what it says, since when, where, what was done, who was told.

    What the list knows is shown at once, the rest as soon as it is read.

    Signals:
        camera_requested: CameraId: show this camera live.
        chart_requested: CameraId and a UTC datetime: show its chart at that time.
        moment_requested: A UTC datetime and a CameraId: show the wall as it was then.
        rule_requested: Uid of a rule and a UTC datetime: show why it fired.

    Args:
        zone: The site's time zone.
        clock: The wall clock, aware UTC.
    """

    camera_requested = Signal(object)
    chart_requested = Signal(object, object)
    moment_requested = Signal(object, object)
    rule_requested = Signal(str, object)

    def __init__(  # noqa: PLR0917 - who asks, where, whose clocks
        self,
        commands: DetailsCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands, self._session, self._background = commands, session, background
        self._zone, self._clock = zone, clock
        self._alert: Alert | None = None
        self._details: AlertDetails | None = None
        self._question = 0
        self.setProperty("role", "card")
        self.setMinimumWidth(40 * theme.current().space)
        self.evidence = EvidencePanel(commands, session, background, zone, self)
        self.body = DetailsBody(zone, self.evidence, self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.read)
        # The picture is written soon after its alert, and nothing tells of it.
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.read)
        self._build()
        self.show_alerts([])

    def _build(self) -> None:
        space = theme.current().space
        self.kicker = plain_label("", "muted", self)
        self.title = plain_label("", "heading", self)
        for label in (self.kicker, self.title):
            label.setMinimumWidth(1)  # a long word, such as an address, can be cut anywhere
        self.title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.camera_button = self._button(
            "cctv", tr("Show live"), tr("Show the camera as it is now")
        )
        self.chart_button = self._button(
            "chart-line", tr("Show chart"), tr("Show the camera's counts around that time")
        )
        self.wall_button = self._button(
            "history",
            tr("See the wall then"),
            tr("Show pictures, numbers and alerts of the moment in which it was raised"),
        )
        self.wall_button.clicked.connect(self._see_wall)
        self.why_button = self._button(
            "lightbulb",
            tr("Why did it fire?"),
            tr("Show how the rule stood at that moment, step by step"),
        )
        self.copy_button = self._button("copy", tr("Copy text"), tr("Copy all of this as text"))
        self.why_button.clicked.connect(self._ask_why)
        self.copy_button.clicked.connect(self.copy)
        self._menus: dict[QPushButton, QMenu] = {}
        for button in (self.camera_button, self.chart_button):
            self._menus[button] = QMenu(button)
            button.clicked.connect(partial(self._go, button))
        self._ways = QWidget(self)
        row = FlowRow(space, self._ways)
        for button in self.buttons:
            row.addWidget(button)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.read)
        self._scroll = scrolled(self.body, self)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName(tr("Details of the alert"))
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, space + space // 2, space, space)
        column.setSpacing(space)
        for part in (self.kicker, self.title, self._ways, self.notice):
            column.addWidget(part)
        column.addWidget(self._scroll, 1)

    def _button(self, icon: str, words: str, hint: str) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.button_size())
        button.setToolTip(hint)
        button.setProperty("hint", hint)
        button.setAutoDefault(False)
        return button

    @property
    def buttons(self) -> tuple[QPushButton, ...]:
        """What leads on, in the order of the Tab key."""
        return (
            self.camera_button,
            self.chart_button,
            self.wall_button,
            self.why_button,
            self.copy_button,
        )

    @property
    def alert(self) -> Alert | None:
        """The alert that is shown, None if it is none or several."""
        return self._alert

    def take_keyboard(self) -> None:
        """Put the keyboard here, so that its keys scroll the details."""
        self._scroll.setFocus()

    @property
    def has_keyboard(self) -> bool:
        """True if the keyboard is somewhere in here."""
        focused = QApplication.focusWidget()
        return focused is not None and self.isAncestorOf(focused)

    # ---------------------------------------------------------------- what is shown

    def show_alerts(self, alerts: Sequence[Alert]) -> None:
        """Show what is chosen: one alert, several, or none."""
        alert = alerts[0] if len(alerts) == 1 else None
        is_other = alert is None or self._alert is None or alert.uid != self._alert.uid
        is_newer = not is_other and self._alert is not alert
        self._alert = alert
        if is_other:
            self._again.stop()
            self._question += 1
            self._details = None
            self.notice.hide()
            self.evidence.clear()
            self._scroll.verticalScrollBar().setValue(0)
        self._ways.setVisible(alert is not None)
        if alert is None:
            self._settle.stop()
            self._show_none(alerts)
            return
        if is_other or is_newer:
            self._show()
            self._offer(alert)
            self._settle.start()

    def _show_none(self, alerts: Sequence[Alert]) -> None:
        self.body.clear()
        self.kicker.setText("")
        if alerts:
            self.title.setText(tr("{alerts} selected", alerts=wording.alerts(len(alerts))))
            self.body.say(
                tr(
                    "{severities}. What you do now is done to all of them.",
                    severities=severities(alerts),
                )
            )
        else:
            self.title.setText(tr("No alert selected"))
            self.body.say(tr("Select an alert to see all about it."))
        self.kicker.hide()

    @Slot()
    def refresh(self) -> None:
        """Bring ages up to now."""
        if self._alert is not None:
            self._show_head(self._alert)

    def _show_head(self, alert: Alert) -> None:
        now = self._clock()
        parts = [
            severity_look(alert.severity).word,
            wording.state_look(alert, now).word,
            tr("raised {age} ago", age=wording.age(alert, now))
            if alert.returned_at is None
            else tr("lasted {age}", age=wording.age(alert, now)),
            tr("no. {number}", number=alert.number) if alert.number else "",
        ]
        if alert.is_drill:
            parts.insert(0, tr("DRILL, not real"))
        self.kicker.setText(" · ".join(part for part in parts if part))
        self.kicker.setStyleSheet(f"color: {severity_look(alert.severity).color};")
        self.kicker.show()

    def _show(self) -> None:
        alert = self._alert
        if alert is None:
            return
        self._show_head(alert)
        self.title.setText(breakable(wording.title(alert)))
        self.body.show_alert(alert, self._details, self._clock())

    def _offer(self, alert: Alert) -> None:
        """Offer the alert's cameras where one can go to them."""
        names = {
            part.subject.camera_id: part.name
            for part in alert.parts
            if part.subject.camera_id is not None
        }
        needs = {
            self.camera_button: (Permission.VIEW_CAMERAS,),
            self.chart_button: (Permission.VIEW_CAMERAS, Permission.VIEW_COUNTS),
        }
        may_look = self._session.may(Permission.VIEW_CAMERAS)
        self.wall_button.setEnabled(may_look)
        self.wall_button.setToolTip(
            str(self.wall_button.property("hint") or "")
            if may_look
            else may_not(Permission.VIEW_CAMERAS)
        )
        for button, menu in self._menus.items():
            missing = [one for one in needs[button] if not self._session.may(one)]
            why_not = may_not(*missing) if missing else ""
            if not names:
                why_not = tr("It is about no camera.")
            button.setEnabled(not why_not)
            button.setToolTip(why_not or str(button.property("hint") or ""))
            menu.clear()
            for camera_id, name in list(names.items())[:_MOST_OFFERED]:
                words = without_mnemonic(shortened(wording.one_line(name), _LONGEST_NAME))
                menu.addAction(words, partial(self._go_to, button, camera_id))

    # ---------------------------------------------------------------- reading

    @Slot()
    def read(self) -> None:
        """Read history, messages and pictures of the chosen alert."""
        alert = self._alert
        if alert is None:
            return
        self._question += 1
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.alert_details(session, alert.uid),
            partial(self._on_read, self._question),
            partial(self._on_failed, self._question),
            owner=self,
        )

    def _on_read(self, question: int, details: AlertDetails) -> None:
        alert = self._alert
        if question != self._question or alert is None:
            return
        self.notice.hide()
        self._details = details
        if details.alert.version > alert.version:
            self._alert = details.alert
        self._show()
        if details.pictures:
            if self.evidence.count != details.pictures:
                self.evidence.show_alert(alert.uid, alert.raised_at)
            return
        self.evidence.say(details.why_no_picture or tr("No picture is kept."))
        if alert.camera_ids and self._clock() - alert.raised_at < _COMES_WITHIN:
            self._again.start()

    def _on_failed(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.notice.show_error(text_for(error), action=tr("Try again"))

    # ---------------------------------------------------------------- leading on

    def _go(self, button: QPushButton, _is_checked: bool = False) -> None:
        """Go to the alert's camera, or ask which one."""
        actions = self._menus[button].actions()
        if len(actions) == 1:
            actions[0].trigger()
        elif actions:
            self._menus[button].popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _go_to(self, button: QPushButton, camera_id: CameraId) -> None:
        if button is self.camera_button:
            self.camera_requested.emit(camera_id)
        elif self._alert is not None:
            self.chart_requested.emit(camera_id, self._alert.raised_at)

    @Slot()
    def _see_wall(self) -> None:
        """Go to the wall of that moment; to the camera alone, if it is about one."""
        if self._alert is not None:
            ids = self._alert.camera_ids
            self.moment_requested.emit(self._alert.raised_at, ids[0] if len(ids) == 1 else None)

    @Slot()
    def _ask_why(self) -> None:
        if self._alert is not None:
            self.rule_requested.emit(self._alert.rule_uid, self._alert.raised_at)

    @Slot()
    def copy(self) -> None:
        """Put all that is shown on the clipboard, as text."""
        if self._alert is not None:
            text = as_text(self._alert, self._details, self._zone, self._clock())
            QGuiApplication.clipboard().setText(text)

    def texts(self) -> list[str]:
        """Return what is shown, from the top."""
        labels = [self.kicker, self.title, *self.body.findChildren(QLabel)]
        return [one.text() for one in labels if one.isVisibleTo(self) and one.text()]
