"""The icon in the desktop's tray, where there is one."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from camwatch.alerts.rules import Severity
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.look import severity_look

_SIZES = (16, 24, 32, 48, 64)


class TrayNotices(QObject):
    """Has notifications shown by the tray, where the system shows them surely.

    Those are Windows and macOS. On Linux a tray shows nothing on many desktops, and does not say
    so; there the desktop is asked over D-Bus (`workers.desktop_notices`).

    Signals:
        answered: Tag, and why it is not shown; "" if it is.
        clicked: Tag of what the operator clicked on: the one that was shown last.
    """

    answered = Signal(str, str)
    clicked = Signal(str)

    def __init__(self, icon: QSystemTrayIcon) -> None:
        super().__init__(icon)
        self._icon = icon
        self._newest = ""
        icon.messageClicked.connect(lambda: self.clicked.emit(self._newest))

    def show_notice(self, tag: str, title: str, text: str, severity: Severity) -> None:
        """Have a notification shown."""
        self._newest = tag
        kind = {
            Severity.CRITICAL: QSystemTrayIcon.MessageIcon.Critical,
            Severity.WARNING: QSystemTrayIcon.MessageIcon.Warning,
        }.get(severity, QSystemTrayIcon.MessageIcon.Information)
        self._icon.showMessage(title, text, kind)
        self.answered.emit(tag, "")

    def take_back(self, tag: str) -> None:
        """Do nothing: these systems take theirs back after some seconds."""


class Tray(QObject):
    """Shows the window and quits from the tray; does nothing on a desktop without one.

    Attributes:
        notices: Shows notifications; None where the tray does not surely show them.

    Signals:
        show_requested: Bring the window to the front.
        alerts_requested: Show the alerts.
        mute_requested: Mute the sounds of alerts for a while, or end that.
        health_requested: Show how CamWatch is doing.
        quit_requested: Close the program.
    """

    show_requested = Signal()
    alerts_requested = Signal()
    mute_requested = Signal()
    health_requested = Signal()
    quit_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None
        self._summary = ""
        self._alerts = ""
        self._health = ""
        self.notices: TrayNotices | None = None
        if not QSystemTrayIcon.isSystemTrayAvailable():
            return
        self._menu = QMenu(parent)
        self._menu.addAction(tr("Show CamWatch"), self.show_requested.emit)
        self._alerts_action = self._menu.addAction(tr("Alerts"), self.alerts_requested.emit)
        self._mute_action = self._menu.addAction(_mute_words(False), self.mute_requested.emit)
        self._health_action = self._menu.addAction(tr("Health"), self.health_requested.emit)
        self._menu.addSeparator()
        self._menu.addAction(tr("Quit CamWatch"), self.quit_requested.emit)
        self._icon = QSystemTrayIcon(icons.app_icon(), self)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._on_activated)
        self._icon.show()
        if sys.platform != "linux":
            self.notices = TrayNotices(self._icon)

    @property
    def is_there(self) -> bool:
        """Whether the desktop shows the icon now."""
        return self._icon is not None and QSystemTrayIcon.isSystemTrayAvailable()

    def take_away(self) -> None:
        """Show no icon any more: the window goes."""
        if self._icon is not None:
            self._icon.hide()

    def show_health(self, summary: str) -> None:
        """Say how CamWatch is doing."""
        self._health = summary
        if self._icon is not None:
            self._health_action.setText(tr("Health: {summary}", summary=summary))
        self._write()

    def show_muted(self, is_muted: bool) -> None:
        """Offer to mute the sounds of alerts, or to end that."""
        if self._icon is not None:
            self._mute_action.setText(_mute_words(is_muted))

    def say(self, summary: str) -> None:
        """Put a summary into the icon's tooltip, which is plain text on all desktops."""
        self._summary = summary
        self._write()

    @Slot(int, object)
    def show_alerts(self, count: int, worst: Severity | None) -> None:
        """Mark the icon while alerts want somebody, and say how many.

        Args:
            count: How many nobody has seen.
            worst: The severity of the most serious of them; None without.
        """
        self._alerts = {0: "", 1: tr("1 alert that nobody has seen")}.get(
            count, tr("{count} alerts that nobody has seen", count=count)
        )
        if self._icon is not None:
            self._alerts_action.setText(self._alerts or tr("Alerts"))
            is_marked = bool(count) and worst is not None
            self._icon.setIcon(marked_icon(worst) if is_marked and worst else icons.app_icon())
        self._write()

    @property
    def tooltip(self) -> str:
        """What it says when the pointer is over it."""
        return "\n".join(filter(None, ("CamWatch", self._alerts, self._summary, self._health)))

    def _write(self) -> None:
        if self._icon is not None:
            self._icon.setToolTip(self.tooltip)

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_requested.emit()


def _mute_words(is_muted: bool) -> str:
    return tr("Sound on again") if is_muted else tr("Mute alerts for 15 minutes")


def marked_icon(severity: Severity) -> QIcon:
    """Return the program's icon with a dot at its lower right, in the colour of a severity.

    It is a circle, or for critical alerts a square: colours alone do not tell them apart.
    """
    made = QIcon()
    color = QColor(severity_look(severity).color)
    edge = QColor(theme.current().background)
    for size in _SIZES:
        # A copy: the one that is kept would stay marked.
        drawn = icons.pixmap("app", size).copy()
        side = size * 0.5
        dot = QRectF(QPointF(size - side, size - side), QPointF(size, size))
        with QPainter(drawn) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            inner = dot.adjusted(size / 16, size / 16, 0, 0)
            for area, brush in ((dot, edge), (inner, color)):
                painter.setBrush(brush)
                if severity is Severity.CRITICAL:
                    painter.drawRect(area)
                else:
                    painter.drawEllipse(area)
        made.addPixmap(drawn)
    return made
