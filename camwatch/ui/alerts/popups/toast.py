"""Alerts at the lower right corner of the window, over whatever is shown there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QEnterEvent,
    QKeyEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from camwatch.alerts.rules import Severity
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.look import severity_look
from camwatch.ui.forms import plain_label
from camwatch.ui.shortcuts import Key, bind

MOST_SHOWN = 3
_WARM_UP_MS = 3000
_MOST_KEPT = 200
"""Of those that wait behind "more"; older ones are in the inbox."""

_WIDTH = 400
_LONGEST_TEXT = 240
_STAYS_MS: Mapping[Severity, int | None] = MappingProxyType(
    {Severity.INFORMATION: 10_000, Severity.WARNING: 30_000, Severity.CRITICAL: None}
)


@dataclass(frozen=True, slots=True)
class ToastContent:
    """What a toast says.

    Attributes:
        alert_uid: Whose alert; one toast an alert.
        title: One line or two.
        text: May be long; cut here.
        note: Small print, such as that it is late or a drill; "" for none.
    """

    alert_uid: str
    severity: Severity
    title: str
    text: str
    note: str = ""


class Toast(QFrame):
    """One alert.

    Signals:
        acknowledged: The operator says that they know.
        details_wanted: The operator wants to see more.
        closed: It goes: its time is over, or the operator closed it.
    """

    acknowledged = Signal()
    details_wanted = Signal()
    closed = Signal()

    def __init__(
        self, content: ToastContent, *, can_acknowledge: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.content = content
        tokens = theme.current()
        severity = content.severity
        look = severity_look(severity)
        word, color = look.word, look.color
        is_critical = severity is Severity.CRITICAL
        self.setObjectName("toast")
        self.setStyleSheet(
            f"#toast {{ background: {tokens.alarm if is_critical else tokens.raised};"
            f" border: 1px solid {color}; border-left: 6px solid {color};"
            f" border-radius: {tokens.radius}px; }}"
        )
        self.setFixedWidth(theme.px(_WIDTH))
        mark = tokens.text if is_critical else color
        kind = plain_label(word if not content.note else f"{word} · {content.note}")
        kind.setStyleSheet(f"color: {mark}; font-weight: 600;")
        self._can_acknowledge = can_acknowledge
        self._acknowledge = QPushButton(tr("Acknowledge"), self)
        self._acknowledge.setProperty("role", "primary")
        self._acknowledge.clicked.connect(self.acknowledged)
        self._acknowledge.setVisible(can_acknowledge)
        self._lay_out(icons.pixmap(look.icon, 20, mark, self.devicePixelRatioF()), kind)
        self.setAccessibleName(f"{word}: {content.title}")
        self.setAccessibleDescription(_cut(content.text))
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_time_over)
        self._stays_ms = _STAYS_MS[severity]
        self.stay()

    def _lay_out(self, drawn: QPixmap, kind: QLabel) -> None:
        content, space = self.content, theme.current().space
        symbol = QLabel()
        symbol.setPixmap(drawn)
        close = self._close = QToolButton()
        close.setIcon(icons.icon("x"))
        close.setAccessibleName(tr("Close this message; the alert stays in the inbox"))
        close.setToolTip(tr("Close this message; the alert stays in the inbox"))
        close.clicked.connect(self.closed)
        details = self._details = QPushButton(tr("Details"))
        details.clicked.connect(self.details_wanted)
        head = QHBoxLayout()
        head.setSpacing(space)
        head.addWidget(symbol)
        head.addWidget(kind, 1)
        head.addWidget(close)
        buttons = QHBoxLayout()
        buttons.setSpacing(space)
        buttons.addWidget(self._acknowledge)
        buttons.addWidget(details)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(space + space // 2, space // 2, space, space + space // 2)
        column.setSpacing(space // 2)
        column.addLayout(head)
        column.addWidget(plain_label(content.title, "heading"))
        if content.text and content.text != content.title:
            column.addWidget(plain_label(_cut(content.text)))
        column.addSpacing(space // 2)
        column.addLayout(buttons)

    def stay(self) -> None:
        """Let its time begin anew; critical ones stay until somebody does something."""
        if self._stays_ms is not None:
            self._timer.start(self._stays_ms)

    @Slot()
    def _on_time_over(self) -> None:
        """Go; but what nobody can see stays until it has been seen."""
        stack = self.parentWidget()
        if isinstance(stack, ToastStack) and not stack.can_be_seen:
            self.stay()
        else:
            self.closed.emit()

    def take_keyboard(self) -> None:
        """Put the keyboard on what can be done first."""
        offers = (self._acknowledge, self._details)
        next(one for one in offers if not one.isHidden()).setFocus(
            Qt.FocusReason.ShortcutFocusReason
        )

    def event(self, event: QEvent, /) -> bool:
        """Keep Enter and Esc for itself while the keyboard is here."""
        if event.type() is QEvent.Type.ShortcutOverride and _is_own_key(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Press the button on Enter, close on Esc."""
        if not _is_own_key(event):
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            focused = self.focusWidget()
            if isinstance(focused, QAbstractButton):
                focused.click()

    def set_locked(self, *, is_locked: bool) -> None:
        """Offer nothing that a locked window does not let happen."""
        self._acknowledge.setVisible(self._can_acknowledge and not is_locked)

    def enterEvent(self, event: QEnterEvent, /) -> None:
        """Stay while the pointer is over it: somebody reads."""
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent, /) -> None:
        """Go on."""
        super().leaveEvent(event)
        self.stay()


def _is_own_key(event: QEvent) -> bool:
    keys = (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return isinstance(event, QKeyEvent) and event.key() in keys


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_TEXT else f"{line[: _LONGEST_TEXT - 1]}…"


class ToastStack(QWidget):
    """The toasts of a window, the most serious and newest ones below; a few at a time.

    Only those in sight are made, and one in a turn of the event loop: in a storm of alerts the
    window goes on.

    Args:
        window: Whose lower right corner it stands in.
        foot: What it stands above, such as a status bar.

    Signals:
        acknowledged: Uid of an alert.
        details_wanted: Uid of an alert.
        all_wanted: The operator wants to see the inbox.
        arranged: What is to be in sight is there.
    """

    acknowledged = Signal(str)
    details_wanted = Signal(str)
    all_wanted = Signal()
    arranged = Signal()

    def __init__(self, window: QWidget, foot: QWidget | None = None) -> None:
        super().__init__(window)
        self._foot = foot
        self._contents: dict[str, _Shown] = {}
        self._toasts: dict[str, Toast] = {}
        self._is_locked = False
        self._is_hidden = False
        self._note = ""
        self._came_from: QWidget | None = None
        self._more = QPushButton(self)
        self._more.clicked.connect(self.all_wanted)
        self._more.hide()
        space = theme.current().space
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(space)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignRight)
        self._next = QTimer(self, singleShot=True, interval=0)
        self._next.timeout.connect(self._make_next)
        window.installEventFilter(self)
        bind(window, Key.NEWEST_POPUP, self.take_keyboard)
        self.hide()
        QTimer.singleShot(_WARM_UP_MS, self, self._warm_up)

    @Slot()
    def _warm_up(self) -> None:
        """Draw one of each where nobody sees it: the first time takes long, and is over then."""
        for severity in Severity:
            toast = Toast(
                ToastContent("", severity, "0123456789", tr("Ready")), can_acknowledge=True
            )
            toast.grab()
            toast.deleteLater()

    @property
    def contents(self) -> list[ToastContent]:
        """What is there, also what waits behind "more", in the order of coming."""
        return [one.content for one in self._contents.values()]

    @property
    def can_be_seen(self) -> bool:
        """True if there are some, and neither the lock nor a dialog covers half of them."""
        if not self.isVisible() or self.window().isMinimized():
            return False
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            return True
        here = QRect(self.mapToGlobal(QPoint()), self.size())
        covered = here.intersected(dialog.frameGeometry())
        return 2 * covered.width() * covered.height() < here.width() * here.height()

    def holds(self, alert_uid: str) -> bool:
        """Return whether an alert is still here."""
        return alert_uid in self._contents

    @Slot()
    def take_keyboard(self) -> None:
        """Put the keyboard on the lowest one; once that has gone it goes back."""
        shown = [toast for toast in self._toasts.values() if toast.isVisible()]
        if shown:
            before = QApplication.focusWidget()
            if before is not None and not self.isAncestorOf(before):
                self._came_from = before
            max(shown, key=lambda toast: toast.y()).take_keyboard()

    def tell(self, note: str) -> None:
        """Say something at each alert that comes from now on, such as what is seen behind it.

        Args:
            note: In small print; "" for nothing.
        """
        self._note = note

    def put(self, content: ToastContent, *, can_acknowledge: bool) -> None:
        """Show an alert; one that is shown already is replaced."""
        if self._note:
            notes = [one for one in (content.note, self._note) if one]
            content = replace(content, note=" · ".join(notes))
        self._drop(content.alert_uid)
        self._contents[content.alert_uid] = _Shown(content, can_acknowledge)
        while len(self._contents) > _MOST_KEPT:
            self._drop(next(iter(self._contents)))
        self._next.start()

    @Slot(str)
    def take_away(self, alert_uid: str) -> None:
        """Let the toast of an alert go; harmless if there is none."""
        if self._drop(alert_uid):
            self._next.start()

    def _drop(self, alert_uid: str) -> bool:
        toast = self._toasts.pop(alert_uid, None)
        if toast is not None:
            focused = QApplication.focusWidget()
            had_keyboard = focused is not None and toast.isAncestorOf(focused)
            before = self._came_from
            if had_keyboard and before is not None and isValid(before):
                before.setFocus()
            self._column.removeWidget(toast)
            toast.hide()
            toast.deleteLater()
        return self._contents.pop(alert_uid, None) is not None

    def set_locked(self, *, is_locked: bool, is_hidden: bool) -> None:
        """Offer nothing while the window is locked, and show nothing if nothing may be seen."""
        self._is_locked, self._is_hidden = is_locked, is_hidden
        for toast in self._toasts.values():
            toast.set_locked(is_locked=is_locked)
        self._arrange()

    def _wanted(self) -> list[str]:
        """Return the uids of those that are to be in sight, the lowest one last."""
        order = sorted(
            enumerate(self._contents.items()),
            key=lambda one: (one[1][1].content.severity.rank, one[0]),
        )
        return [uid for _, (uid, _) in order][-MOST_SHOWN:]

    @Slot()
    def _make_next(self) -> None:
        """Make one toast that is to be in sight and is not; more of them in the next turns."""
        missing = [uid for uid in reversed(self._wanted()) if uid not in self._toasts]
        if missing:
            self._make(missing[0])
        self._arrange()
        if len(missing) > 1:
            self._next.start()
        else:
            self.arranged.emit()

    def _make(self, uid: str) -> None:
        shown = self._contents[uid]
        toast = Toast(shown.content, can_acknowledge=shown.can_acknowledge, parent=self)
        toast.acknowledged.connect(lambda: self.acknowledged.emit(uid))
        toast.details_wanted.connect(lambda: self.details_wanted.emit(uid))
        toast.closed.connect(lambda: self.take_away(uid))
        toast.set_locked(is_locked=self._is_locked)
        self._toasts[uid] = toast
        # Screen readers tell of it without the keyboard going there.
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))

    def _arrange(self) -> None:
        wanted = self._wanted()
        for uid in [uid for uid in self._toasts if uid not in wanted]:
            toast = self._toasts.pop(uid)
            self._column.removeWidget(toast)
            toast.hide()
            toast.deleteLater()
        for uid in wanted:
            if (made := self._toasts.get(uid)) is not None:
                self._column.removeWidget(made)
                self._column.addWidget(made)
                made.show()
        more = len(self._contents) - len(wanted)
        self._more.setText(tr("1 more alert") if more == 1 else tr("{more} more alerts", more=more))
        self._more.setVisible(more > 0)
        self.setVisible(bool(self._toasts) and not self._is_hidden)
        self._place()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None or self.isHidden():
            return
        self.adjustSize()
        space = theme.current().space
        foot = self._foot.height() if self._foot is not None else 0
        place = window.rect().bottomRight()
        self.move(
            place.x() - self.width() - 2 * space, place.y() - self.height() - foot - 2 * space
        )
        self.raise_()

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Keep to the corner."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Keep to the corner when the window changes its size."""
        if watched is self.parent() and event.type() is QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What waits to be in sight."""

    content: ToastContent
    can_acknowledge: bool
