"""The keys: one table that both binds them and tells the operator about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from camwatch.ui import theme


class Key(StrEnum):
    """What a key does; the value is what the operator reads."""

    LIVE_PAGE = "Live"
    CHARTS_PAGE = "Charts"
    ALERTS_PAGE = "Alerts"
    CAMERAS_PAGE = "Cameras"
    ACCURACY_PAGE = "Accuracy"
    USERS_PAGE = "Users"
    AUDIT_PAGE = "Who did what"
    SETTINGS_PAGE = "Settings"
    ADD_CAMERA = "Add a camera"
    NEWEST_POPUP = "Go to the newest popup"
    FULL_SCREEN = "Full screen, and back"
    SHOW_KEYS = "Show these keys"
    LOCK = "Lock; unlock"
    QUIT = "Quit CamWatch"

    ONE = "One tile"
    FOUR = "Four tiles"
    NINE = "Nine tiles"
    SIXTEEN = "Sixteen tiles"
    NEXT_LAYOUT = "Next layout"
    NEXT_PAGE = "Next page of cameras"
    PREVIOUS_PAGE = "Previous page of cameras"
    BACK = "Back from one camera to all"
    BOXES = "Boxes around people, on and off"
    FIND = "Find a camera"

    LINES_AND_ZONES = "Lines and zones of a camera"

    EARLIER = "The time before"
    LATER = "The time after"
    GO_TO_DAY = "Go to a day"
    WHOSE = "Choose whose numbers"
    READ_CHART = "Read the numbers again"
    COPY_CHART = "Copy the chart as a picture"
    SAVE_CHART = "Save the chart as a picture"
    PRINT_CHART = "Print the chart"

    ACKNOWLEDGE = "Acknowledge"
    ACKNOWLEDGE_NOTING = "Acknowledge with a comment"
    SHELVE = "Shelve"
    UNSHELVE = "Take off the shelf"
    OWN = "Take care of it; no longer"
    GIVE_OWNER = "Say who takes care of it"
    COMMENT = "Comment"
    NEXT_ALERT = "Next alert"
    PREVIOUS_ALERT = "Alert before"
    SELECT_ALERTS = "Select all alerts"
    EVIDENCE_BOXES = "Boxes in the picture, on and off"
    FIND_ALERT = "Find an alert"
    READ_ALERTS = "Read the alerts again"
    HAND_OVER = "Hand over the shift"
    BACK_TO_ALERTS = "Back to the list"

    ADD_USER = "Add a user"
    FIND_USER = "Find a user"


@dataclass(frozen=True, slots=True)
class _Binding:
    sequences: tuple[str, ...]
    shown: str


_EVERYWHERE = {
    Key.LIVE_PAGE: _Binding(("Ctrl+1",), "Ctrl+1"),
    Key.CHARTS_PAGE: _Binding(("Ctrl+2",), "Ctrl+2"),
    Key.ALERTS_PAGE: _Binding(("Ctrl+3",), "Ctrl+3"),
    Key.CAMERAS_PAGE: _Binding(("Ctrl+4",), "Ctrl+4"),
    Key.ACCURACY_PAGE: _Binding(("Ctrl+5",), "Ctrl+5"),
    Key.USERS_PAGE: _Binding(("Ctrl+6",), "Ctrl+6"),
    Key.AUDIT_PAGE: _Binding(("Ctrl+7",), "Ctrl+7"),
    Key.SETTINGS_PAGE: _Binding(("Ctrl+,", "Ctrl+9"), "Ctrl+,  or  Ctrl+9"),
    Key.ADD_CAMERA: _Binding(("Ctrl+N",), "Ctrl+N"),
    Key.NEWEST_POPUP: _Binding(("F6",), "F6"),
    Key.FULL_SCREEN: _Binding(("F11",), "F11"),
    Key.SHOW_KEYS: _Binding(("?", "F1"), "?  or  F1"),
    Key.LOCK: _Binding(("Ctrl+L",), "Ctrl+L"),
    Key.QUIT: _Binding(("Ctrl+Q",), "Ctrl+Q"),
}
_LIVE = {
    Key.ONE: _Binding(("1",), "1"),
    Key.FOUR: _Binding(("2",), "2"),
    Key.NINE: _Binding(("3",), "3"),
    Key.SIXTEEN: _Binding(("4",), "4"),
    Key.NEXT_LAYOUT: _Binding(("L",), "L"),
    Key.NEXT_PAGE: _Binding(("PgDown",), "Page down"),
    Key.PREVIOUS_PAGE: _Binding(("PgUp",), "Page up"),
    Key.BACK: _Binding(("Esc",), "Esc"),
    Key.BOXES: _Binding(("B",), "B"),
    Key.FIND: _Binding(("Ctrl+F",), "Ctrl+F"),
}
_CAMERAS = {
    Key.LINES_AND_ZONES: _Binding(("Ctrl+Shift+L",), "Ctrl+Shift+L"),
}
_ALERTS = {
    Key.ACKNOWLEDGE: _Binding(("A",), "A"),
    Key.ACKNOWLEDGE_NOTING: _Binding(("Shift+A",), "Shift+A"),
    Key.SHELVE: _Binding(("S",), "S"),
    Key.UNSHELVE: _Binding(("U",), "U"),
    Key.OWN: _Binding(("O",), "O"),
    Key.GIVE_OWNER: _Binding(("Shift+O",), "Shift+O"),
    Key.COMMENT: _Binding(("C",), "C"),
    Key.NEXT_ALERT: _Binding(("J",), "J  or  ↓"),
    Key.PREVIOUS_ALERT: _Binding(("K",), "K  or  ↑"),
    Key.SELECT_ALERTS: _Binding(("Ctrl+A",), "Ctrl+A"),
    Key.EVIDENCE_BOXES: _Binding(("B",), "B"),
    Key.FIND_ALERT: _Binding(("Ctrl+F",), "Ctrl+F"),
    Key.READ_ALERTS: _Binding(("F5",), "F5"),
    Key.HAND_OVER: _Binding(("Ctrl+H",), "Ctrl+H"),
    Key.BACK_TO_ALERTS: _Binding(("Esc",), "Esc"),
}
_CHARTS = {
    Key.EARLIER: _Binding(("Alt+Left",), "Alt+←"),
    Key.LATER: _Binding(("Alt+Right",), "Alt+→"),
    Key.GO_TO_DAY: _Binding(("Ctrl+G",), "Ctrl+G"),
    Key.WHOSE: _Binding(("Ctrl+F",), "Ctrl+F"),
    Key.READ_CHART: _Binding(("F5",), "F5"),
    Key.COPY_CHART: _Binding(("Ctrl+Shift+C",), "Ctrl+Shift+C"),
    Key.SAVE_CHART: _Binding(("Ctrl+S",), "Ctrl+S"),
    Key.PRINT_CHART: _Binding(("Ctrl+P",), "Ctrl+P"),
}
_OF_A_CHART = {
    "Come nearer, go farther": "+  -",
    "Move what is in view": "Shift+← →",
    "Show the whole time": "Home",
    "From number to number": "← →",
    "Details of a number": "Enter",
}
_OF_THE_INBOX = {"Read the details": "Enter"}
_USERS = {
    Key.ADD_USER: _Binding(("Ctrl+Shift+N",), "Ctrl+Shift+N"),
    Key.FIND_USER: _Binding(("Ctrl+F",), "Ctrl+F"),
}
_ALL = _EVERYWHERE | _LIVE | _CAMERAS | _CHARTS | _ALERTS | _USERS
_OF_THE_TILES = {"Go from tile to tile": "Arrow keys", "Open the tile alone": "Enter"}
_OF_A_TABLE = {"Change what is selected": "Enter", "Remove it": "Del", "Read again": "F5"}
_OF_ONE_CAMERA = {
    "Zoom in, zoom out": "+  -",
    "All of the picture": "0",
    "Move the zoomed picture": "Arrow keys",
}
_WHILE_DRAWING = {
    "Select, line, gate, zone, mask": "V  L  G  Z  M",
    "Put one in the middle; close it": "Enter",
    "Remove the last corner": "Backspace",
    "From shape to shape": "Tab",
    "From corner to corner": "Space",
    "Move; with Shift in small steps": "Arrow keys",
    "Remove": "Del",
    "Undo; with Shift redo": "Ctrl+Z",
    "Save": "Ctrl+S",
}


def sequence_of(key: Key) -> str:
    """Return the key as operators write it, such as "Ctrl+N"."""
    return _ALL[key].shown


def bind(owner: QWidget, key: Key, call: Callable[[], object]) -> None:
    """Call a function on this key, wherever the keyboard is while the owner is visible."""
    for sequence in _ALL[key].sequences:
        shortcut = QShortcut(QKeySequence(sequence), owner)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(call)


class KeysDialog(QDialog):
    """Lists all keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        space = theme.current().space
        columns = QHBoxLayout()
        columns.setSpacing(3 * space)
        everywhere = {key.value: binding.shown for key, binding in _EVERYWHERE.items()}
        live = {key.value: binding.shown for key, binding in _LIVE.items()}
        cameras = {key.value: binding.shown for key, binding in _CAMERAS.items()}
        users = {key.value: binding.shown for key, binding in _USERS.items()}
        alerts = {key.value: binding.shown for key, binding in _ALERTS.items()}
        charts = {key.value: binding.shown for key, binding in _CHARTS.items()}
        groups = (
            (
                ("Everywhere", everywhere),
                ("On the cameras page", cameras),
                ("With one camera open", _OF_ONE_CAMERA),
            ),
            (("On the live page", live | _OF_THE_TILES), ("While drawing", _WHILE_DRAWING)),
            (("On the charts page", charts | _OF_A_CHART),),
            (
                ("In the inbox of alerts", alerts | _OF_THE_INBOX),
                ("On the users page", users | _OF_A_TABLE),
            ),
        )
        for several in groups:
            column = QVBoxLayout()
            column.setSpacing(2 * space)
            columns.addLayout(column, 1)
            for place, (title, keys) in enumerate(several):
                column.addWidget(self._group(title, keys), 0 if place else 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        layout.setSpacing(2 * space)
        content = QWidget()
        content.setLayout(columns)
        columns.setContentsMargins(0, 0, space, 0)
        area = QScrollArea(self)
        area.setWidget(content)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        content.setAutoFillBackground(False)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        # All keys at once, where the screen is high enough.
        wanted = content.sizeHint() + QSize(8 * space, 14 * space)
        self.resize(wanted.boundedTo(self.screen().availableSize() - QSize(0, 6 * space)))
        area.setMinimumWidth(content.minimumSizeHint().width() + 2 * space)

    def _group(self, title: str, keys: dict[str, str]) -> QFrame:
        space = theme.current().space
        card = QFrame()
        card.setProperty("role", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        grid.setHorizontalSpacing(3 * space)
        grid.setVerticalSpacing(space // 2)
        heading = QLabel(title)
        heading.setProperty("role", "heading")
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, (does, key) in enumerate(keys.items(), start=1):
            name = QLabel(key)
            name.setProperty("role", "key")
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(QLabel(does), row, 1)
        grid.setRowStretch(len(keys) + 1, 1)
        grid.setColumnStretch(1, 1)
        return card
