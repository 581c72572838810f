"""Pieces that forms are made of: fields that say what is wrong, notices, a busy bar."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QBoxLayout,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import tr
from camwatch.ui import icons, line_style, theme
from camwatch.ui.error_text import ErrorText

_NOTICE_ICON = 20
_CHECK_BOX_INDENT = 24


class _Upright(QScrollArea):
    """Scrolls up and down only, and so is as wide as its content must be."""

    def minimumSizeHint(self) -> QSize:
        """Ask for the width that nothing is cut off at."""
        least, content = super().minimumSizeHint(), self.widget()
        if content is None:
            return least
        width = content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return least.expandedTo(QSize(width, 0))


def scrolled(content: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """Return an area in which content scrolls up and down and shows what is behind it."""
    area = _Upright(parent)
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    content.setAutoFillBackground(False)
    return area


def plain_label(text: str = "", role: str = "", parent: QWidget | None = None) -> QLabel:
    """Return a label that wraps and takes no text for HTML.

    Args:
        text: May come from outside.
        role: How it looks: "heading", "title", "muted", "error" or ordinary.
        parent: Where it belongs.
    """
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if role:
        label.setProperty("role", role)
    return label


def warning_label(text: str, parent: QWidget | None = None) -> QLabel:
    """Return a label for what should be thought over before it is done."""
    label = plain_label(text, "", parent)
    label.setStyleSheet(f"color: {theme.current().warning};")
    label.setContentsMargins(_CHECK_BOX_INDENT, 0, 0, 0)
    return label


def set_role(widget: QWidget, role: str) -> None:
    """Change how a widget looks while it is shown."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class FocusGroup(QWidget):
    """Parts that belong together; the keyboard goes to one of them when it comes to the group.

    A focus proxy would do so too, but not around a part that has one itself, such as
    `PasswordEdit`: from there Tab would go round in circles and never reach the next part.
    """

    _first: QWidget | None = None

    def begin_at(self, first: QWidget) -> None:
        """Hand the keyboard to this part."""
        self._first = first

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason, /) -> None:
        """Give the keyboard to that part, also while the window does not have it."""
        if self._first is None:
            super().setFocus(reason)
        else:
            self._first.setFocus(reason)

    def focusInEvent(self, event: QFocusEvent, /) -> None:
        """Hand the keyboard on when it came by other ways, such as the letter of a label."""
        if self._first is not None:
            self._first.setFocus(event.reason())


class PasswordEdit(QWidget):
    """A line for a password, with a button that shows what was typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit(self)
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.show_button = QToolButton(self)
        self.show_button.setCheckable(True)
        self.show_button.setIconSize(icons.size(18))
        self.show_button.toggled.connect(self._on_show_toggled)
        self._on_show_toggled(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.current().space // 2)
        row.addWidget(self.line, 1)
        row.addWidget(self.show_button)
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """Return what was typed, byte for byte."""
        return self.line.text()

    def _on_show_toggled(self, is_shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if is_shown else QLineEdit.EchoMode.Password
        self.line.setEchoMode(mode)
        self.show_button.setIcon(icons.icon("eye-off" if is_shown else "eye"))
        what = tr("Hide the password") if is_shown else tr("Show the password")
        self.show_button.setToolTip(what)
        self.show_button.setAccessibleName(what)


class Field(QWidget):
    """A label, what is entered, and what is wrong with it.

    Attributes:
        input: What takes the keyboard.

    Args:
        label: With an & before the letter that jumps here.
        entry: The widget that is filled in.
        hint: Said under the field while nothing is wrong.
    """

    def __init__(
        self, label: str, entry: QWidget, parent: QWidget | None = None, *, hint: str = ""
    ) -> None:
        super().__init__(parent)
        proxy = entry.focusProxy()
        self.input = proxy if isinstance(proxy, QLineEdit) else entry
        self.name = label.replace("&", "")
        self._hint = hint
        self.label = QLabel(label, self)
        self.label.setBuddy(self.input)
        self.input.setAccessibleName(self.name)
        self.message = plain_label("", "muted", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space // 2)
        column.addWidget(self.label)
        column.addWidget(entry)
        column.addWidget(self.message)
        column.addStretch(1)
        self.clear_problem()

    def rename(self, label: str, hint: str = "") -> None:
        """Ask for the same under another name; a message goes away.

        Args:
            label: With an & before the letter that jumps here.
            hint: Said under the field while nothing is wrong.
        """
        self.name = label.replace("&", "")
        self._hint = hint
        self.label.setText(label)
        self.input.setAccessibleName(self.name)
        self.clear_problem()

    @property
    def problem(self) -> str:
        """What is wrong with it; empty if nothing is."""
        return self.message.text() if self.message.property("role") == "error" else ""

    def show_problem(self, sentence: str) -> None:
        """Say under the field what is wrong with it."""
        set_role(self.input, "error")
        set_role(self.message, "error")
        self._say(sentence)

    def clear_problem(self) -> None:
        """Take the message away; the hint comes back."""
        set_role(self.input, "")
        set_role(self.message, "muted")
        self._say(self._hint)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.input.setAccessibleDescription(text)


class Notice(QFrame):
    """A box in a form or on a page that tells what happened, and what to do.

    Signals:
        action_requested: Its button was pressed.
    """

    action_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setObjectName("notice")
        self._icon = QLabel(self)
        self._icon.setFixedSize(icons.size(_NOTICE_ICON))
        self.title = plain_label(parent=self)
        self.text = plain_label("", "muted", self)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.action_requested)
        space = theme.current().space
        words = QVBoxLayout()
        words.setSpacing(space // 2)
        words.addWidget(self.title)
        words.addWidget(self.text)
        words.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(space + space // 2, space, space + space // 2, space)
        row.setSpacing(space + space // 2)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.hide()

    def show_text(self, kind: str, title: str, text: str = "", *, action: str = "") -> None:
        """Tell something.

        Args:
            kind: "info", "ok", "warning" or "error".
            title: A few words.
            text: Whole sentences.
            action: Words of a button; none without.
        """
        tokens = theme.current()
        name, color = {
            "info": ("info", tokens.accent),
            "ok": ("check", tokens.ok),
            "warning": ("triangle-alert", tokens.warning),
            "error": ("circle-alert", tokens.critical),
        }[kind]
        self._icon.setPixmap(icons.pixmap(name, _NOTICE_ICON, color, self.devicePixelRatioF()))
        self.setStyleSheet(f"QFrame#notice {{ border-left: 3px solid {color}; }}")
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self.setAccessibleName(f"{title}. {text}")
        self.show()

    def show_error(self, error: ErrorText, *, action: str = "") -> None:
        """Tell of an error, with the number under which it stands in the log."""
        text = tr("{whole}\nError number:\n{error_id}", whole=error.whole, error_id=error.error_id)
        self.show_text("error", error.title, text, action=action)


class BusyBar(QProgressBar):
    """A thin bar that moves while something is under way; its place stays when it rests."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setFixedHeight(theme.px(4))
        self.setAccessibleName(tr("Please wait"))
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        self.setSizePolicy(policy)
        self.hide()


class CalmSpinBox(QSpinBox):
    """A number that the wheel changes only when the field has the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _calm(self)

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Let the page scroll instead."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmDoubleSpinBox(QDoubleSpinBox):
    """A number with decimals that the wheel changes only when the field has the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        _calm(self)

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Let the page scroll instead."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmComboBox(QComboBox):
    """A choice that the wheel changes only when the field has the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def setEditable(self, editable: bool, /) -> None:
        """Let own words be typed, too."""
        super().setEditable(editable)
        bare_line(self.lineEdit())

    def wheelEvent(self, event: QWheelEvent, /) -> None:
        """Let the page scroll instead."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def bare_line(line: QLineEdit | None, indent: int = 0) -> None:
    """Take the frame from a line inside another field: that one has its own.

    Args:
        line: The line; nothing happens for None.
        indent: Pixels before its text, where the outer field leaves none.
    """
    if line is not None:
        line.setStyleSheet(
            f"border: none; background: transparent; padding: 0 0 0 {indent}px; min-height: 0;"
        )


def _calm(box: QAbstractSpinBox) -> None:
    bare_line(box.lineEdit(), 6)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)


def in_a_row(parts: Sequence[tuple[QWidget, int]]) -> QBoxLayout:
    """Lay fields out beside each other, each with its share of the width."""
    row = QHBoxLayout()
    row.setSpacing(2 * theme.current().space)
    for part, share in parts:
        row.addWidget(part, share)
    return row


def in_tab_order(*widgets: QWidget) -> None:
    """Let the Tab key visit these widgets in this order."""
    for before, after in itertools.pairwise(widgets):
        QWidget.setTabOrder(before, after)


def name_line_buttons(line: QLineEdit) -> None:
    """Name the small buttons in a field, and let them grow with the text: Qt does neither."""
    line_style.give(line)
    for button in line.findChildren(QToolButton):
        button.setAccessibleName(tr("Find or clear"))
