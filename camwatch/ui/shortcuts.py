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

from camwatch.language import marked, tr
from camwatch.ui import theme


class Key(StrEnum):
    """What a key does; the value is what the operator reads."""

    LIVE_PAGE = marked("Live")
    CHARTS_PAGE = marked("Charts")
    ALERTS_PAGE = marked("Alerts")
    CAMERAS_PAGE = marked("Cameras")
    ACCURACY_PAGE = marked("Accuracy")
    USERS_PAGE = marked("Users")
    AUDIT_PAGE = marked("Who did what")
    ADD_CAMERA = marked("Add a camera")
    NEWEST_POPUP = marked("Go to the newest popup")
    FULL_SCREEN = marked("Full screen, and back")
    SHOW_KEYS = marked("Show these keys")
    LOCK = marked("Lock; unlock")
    QUIT = marked("Quit CamWatch")

    ONE = marked("One tile")
    FOUR = marked("Four tiles")
    NINE = marked("Nine tiles")
    SIXTEEN = marked("Sixteen tiles")
    NEXT_LAYOUT = marked("Next layout")
    NEXT_PAGE = marked("Next page of cameras")
    PREVIOUS_PAGE = marked("Previous page of cameras")
    BACK = marked("Back from one camera to all")
    BOXES = marked("Boxes around people, on and off")
    FIND = marked("Find a camera")
    LOOK_BACK = marked("Look back in time")

    BACK_TO_LIVE = marked("Back to live")
    PAST_PLAY = marked("Play, pause")
    PAST_STEP_BACK = marked("One measurement back")
    PAST_STEP_ON = marked("One measurement on")
    PAST_MINUTE_BACK = marked("One minute back")
    PAST_MINUTE_ON = marked("One minute on")
    PAST_HOUR_BACK = marked("One hour back")
    PAST_HOUR_ON = marked("One hour on")
    PAST_ALERT_BEFORE = marked("To the alert before")
    PAST_ALERT_AFTER = marked("To the next alert")
    PAST_GO_TO = marked("Enter a date and time")

    LINES_AND_ZONES = marked("Lines and zones of a camera")

    EARLIER = marked("The time before")
    LATER = marked("The time after")
    GO_TO_DAY = marked("Go to a day")
    WHOSE = marked("Choose whose numbers")
    READ_CHART = marked("Read the numbers again")
    COPY_CHART = marked("Copy the chart as a picture")
    SAVE_CHART = marked("Save the chart as a picture")
    PRINT_CHART = marked("Print the chart")

    ACKNOWLEDGE = marked("Acknowledge")
    ACKNOWLEDGE_NOTING = marked("Acknowledge with a comment")
    SHELVE = marked("Shelve")
    UNSHELVE = marked("Take off the shelf")
    OWN = marked("Take care of it; no longer")
    GIVE_OWNER = marked("Say who takes care of it")
    COMMENT = marked("Comment")
    NEXT_ALERT = marked("Next alert")
    PREVIOUS_ALERT = marked("Alert before")
    SELECT_ALERTS = marked("Select all alerts")
    EVIDENCE_BOXES = marked("Boxes in the picture, on and off")
    FIND_ALERT = marked("Find an alert")
    READ_ALERTS = marked("Read the alerts again")
    HAND_OVER = marked("Hand over the shift")
    BACK_TO_ALERTS = marked("Back to the list")

    ADD_USER = marked("Add a user")
    FIND_USER = marked("Find a user")


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
    Key.ADD_CAMERA: _Binding(("Ctrl+N",), "Ctrl+N"),
    Key.NEWEST_POPUP: _Binding(("F6",), "F6"),
    Key.FULL_SCREEN: _Binding(("F11",), "F11"),
    Key.SHOW_KEYS: _Binding(("?", "F1"), marked("?  or  F1")),
    Key.LOCK: _Binding(("Ctrl+L",), "Ctrl+L"),
    Key.QUIT: _Binding(("Ctrl+Q",), "Ctrl+Q"),
}
_LIVE = {
    Key.ONE: _Binding(("1",), "1"),
    Key.FOUR: _Binding(("2",), "2"),
    Key.NINE: _Binding(("3",), "3"),
    Key.SIXTEEN: _Binding(("4",), "4"),
    Key.NEXT_LAYOUT: _Binding(("L",), "L"),
    Key.NEXT_PAGE: _Binding(("PgDown",), marked("Page down")),
    Key.PREVIOUS_PAGE: _Binding(("PgUp",), marked("Page up")),
    Key.BACK: _Binding(("Esc",), marked("Esc")),
    Key.BOXES: _Binding(("B",), "B"),
    Key.FIND: _Binding(("Ctrl+F",), "Ctrl+F"),
    Key.LOOK_BACK: _Binding(("H",), "H"),
}
_PAST = {
    Key.BACK_TO_LIVE: _Binding(("Esc",), marked("Esc")),
    Key.PAST_PLAY: _Binding(("P",), "P"),
    Key.PAST_STEP_BACK: _Binding((",",), ","),
    Key.PAST_STEP_ON: _Binding((".",), "."),
    Key.PAST_MINUTE_BACK: _Binding(("Alt+Left",), "Alt+←"),
    Key.PAST_MINUTE_ON: _Binding(("Alt+Right",), "Alt+→"),
    Key.PAST_HOUR_BACK: _Binding(("Alt+Shift+Left",), "Alt+Shift+←"),
    Key.PAST_HOUR_ON: _Binding(("Alt+Shift+Right",), "Alt+Shift+→"),
    Key.PAST_ALERT_BEFORE: _Binding(("Shift+N",), "Shift+N"),
    Key.PAST_ALERT_AFTER: _Binding(("N",), "N"),
    Key.PAST_GO_TO: _Binding(("Ctrl+G",), "Ctrl+G"),
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
    Key.NEXT_ALERT: _Binding(("J",), marked("J  or  ↓")),
    Key.PREVIOUS_ALERT: _Binding(("K",), marked("K  or  ↑")),
    Key.SELECT_ALERTS: _Binding(("Ctrl+A",), "Ctrl+A"),
    Key.EVIDENCE_BOXES: _Binding(("B",), "B"),
    Key.FIND_ALERT: _Binding(("Ctrl+F",), "Ctrl+F"),
    Key.READ_ALERTS: _Binding(("F5",), "F5"),
    Key.HAND_OVER: _Binding(("Ctrl+H",), "Ctrl+H"),
    Key.BACK_TO_ALERTS: _Binding(("Esc",), marked("Esc")),
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
    marked("Come nearer, go farther"): "+  -",
    marked("Move what is in view"): marked("Shift+← →"),
    marked("Show the whole time"): marked("Home"),
    marked("From number to number"): "← →",
    marked("Details of a number"): marked("Enter"),
}
_OF_THE_INBOX = {marked("Read the details"): marked("Enter")}
_USERS = {
    Key.ADD_USER: _Binding(("Ctrl+Shift+N",), "Ctrl+Shift+N"),
    Key.FIND_USER: _Binding(("Ctrl+F",), "Ctrl+F"),
}
_ALL = _EVERYWHERE | _LIVE | _PAST | _CAMERAS | _CHARTS | _ALERTS | _USERS
_OF_THE_TILES = {
    marked("Go from tile to tile"): marked("Arrow keys"),
    marked("Open the tile alone"): marked("Enter"),
}
_OF_A_TABLE = {
    marked("Change what is selected"): marked("Enter"),
    marked("Remove it"): marked("Del"),
    marked("Read again"): "F5",
}
_OF_ONE_CAMERA = {
    marked("Zoom in, zoom out"): "+  -",
    marked("All of the picture"): "0",
    marked("Move the zoomed picture"): marked("Arrow keys"),
}
_WHILE_DRAWING = {
    marked("Select, line, gate, zone, mask"): "V  L  G  Z  M",
    marked("Put one in the middle; close it"): marked("Enter"),
    marked("Remove the last corner"): marked("Backspace"),
    marked("From shape to shape"): marked("Tab"),
    marked("From corner to corner"): marked("Space"),
    marked("Move; with Shift in small steps"): marked("Arrow keys"),
    marked("Remove"): marked("Del"),
    marked("Undo; with Shift redo"): "Ctrl+Z",
    marked("Save"): "Ctrl+S",
}


def sequence_of(key: Key) -> str:
    """Return the key as operators write it, such as "Ctrl+N"."""
    return tr(_ALL[key].shown)


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
        self.setWindowTitle(tr("Keys"))
        space = theme.current().space
        columns = QHBoxLayout()
        columns.setSpacing(3 * space)
        everywhere = {key.value: binding.shown for key, binding in _EVERYWHERE.items()}
        live = {key.value: binding.shown for key, binding in _LIVE.items()}
        cameras = {key.value: binding.shown for key, binding in _CAMERAS.items()}
        users = {key.value: binding.shown for key, binding in _USERS.items()}
        alerts = {key.value: binding.shown for key, binding in _ALERTS.items()}
        charts = {key.value: binding.shown for key, binding in _CHARTS.items()}
        past = {key.value: binding.shown for key, binding in _PAST.items()}
        groups = (
            (
                (tr("Everywhere"), everywhere),
                (tr("On the cameras page"), cameras),
                (tr("With one camera open"), _OF_ONE_CAMERA),
            ),
            ((tr("On the live page"), live | _OF_THE_TILES), (tr("While drawing"), _WHILE_DRAWING)),
            (
                (tr("On the charts page"), charts | _OF_A_CHART),
                (tr("While the wall shows the past"), past),
            ),
            (
                (tr("In the inbox of alerts"), alerts | _OF_THE_INBOX),
                (tr("On the users page"), users | _OF_A_TABLE),
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
            name = QLabel(tr(key))
            name.setProperty("role", "key")
            grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(QLabel(tr(does)), row, 1)
        grid.setRowStretch(len(keys) + 1, 1)
        grid.setColumnStretch(1, 1)
        return card
