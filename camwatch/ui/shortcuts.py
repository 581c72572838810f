"""The keys: one table that both binds them and tells the operator about them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from camwatch.language import marked, table, tr
from camwatch.walls import around, even


class Key(StrEnum):
    """What a key does; the value is what the operator reads."""

    LIVE_PAGE = marked("Live")
    CHARTS_PAGE = marked("Charts")
    ALERTS_PAGE = marked("Alerts")
    CAMERAS_PAGE = marked("Cameras")
    ACCURACY_PAGE = marked("Accuracy")
    USERS_PAGE = marked("Users")
    AUDIT_PAGE = marked("Who did what")
    HEALTH_PAGE = marked("Health")
    SETTINGS_PAGE = marked("Settings")
    ADD_CAMERA = marked("Add a camera")
    NEWEST_POPUP = marked("Go to the newest popup")
    FULL_SCREEN = marked("Full screen, and back")
    FIND_ANYTHING = marked("Find anything: pages, actions, cameras, alerts, settings")
    UNDO = marked("Undo the last change")
    HELP = marked("Help on this page")
    SHOW_KEYS = marked("Show these keys")
    LOCK = marked("Lock; unlock")
    QUIT = marked("Quit CamWatch")

    ONE = marked("One tile")
    FOUR = marked("Four tiles")
    NINE = marked("Nine tiles")
    SIXTEEN = marked("Sixteen tiles")
    TWENTY_FIVE = marked("25 tiles")
    THIRTY_SIX = marked("36 tiles")
    FORTY_NINE = marked("49 tiles")
    SIXTY_FOUR = marked("64 tiles")
    ONE_LARGE = marked("One large tile, small ones round it")
    NEXT_LAYOUT = marked("Next layout")
    NEXT_PAGE = marked("Next page of cameras")
    PREVIOUS_PAGE = marked("Previous page of cameras")
    BACK = marked("Back from one camera to all")
    BOXES = marked("Boxes around people, on and off")
    FIND = marked("Find a camera")
    ARRANGE = marked("Arrange the tiles by hand")
    TOUR = marked("Begin or end a tour")
    TOUR_PAUSE = marked("Hold the tour, go on")
    SPOTLIGHT = marked("Enlarge what needs attention, on and off")
    OTHER_WINDOW = marked("Show the wall in another window")
    KIOSK = marked("Kiosk mode, and out of it")
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
    Key.HEALTH_PAGE: _Binding(("Ctrl+8",), "Ctrl+8"),
    Key.SETTINGS_PAGE: _Binding(("Ctrl+,", "Ctrl+9"), "Ctrl+,  or  Ctrl+9"),
    Key.ADD_CAMERA: _Binding(("Ctrl+N",), "Ctrl+N"),
    Key.NEWEST_POPUP: _Binding(("F6",), "F6"),
    Key.FULL_SCREEN: _Binding(("F11",), "F11"),
    Key.FIND_ANYTHING: _Binding(("Ctrl+K",), "Ctrl+K"),
    Key.UNDO: _Binding(("Ctrl+Z",), "Ctrl+Z"),
    Key.HELP: _Binding(("F1",), "F1"),
    Key.SHOW_KEYS: _Binding(("?",), "?"),
    Key.LOCK: _Binding(("Ctrl+L",), "Ctrl+L"),
    Key.QUIT: _Binding(("Ctrl+Q",), "Ctrl+Q"),
}
_LIVE = {
    Key.ONE: _Binding(("Alt+1",), "Alt+1"),
    Key.FOUR: _Binding(("Alt+2",), "Alt+2"),
    Key.NINE: _Binding(("Alt+3",), "Alt+3"),
    Key.SIXTEEN: _Binding(("Alt+4",), "Alt+4"),
    Key.TWENTY_FIVE: _Binding(("Alt+5",), "Alt+5"),
    Key.THIRTY_SIX: _Binding(("Alt+6",), "Alt+6"),
    Key.FORTY_NINE: _Binding(("Alt+7",), "Alt+7"),
    Key.SIXTY_FOUR: _Binding(("Alt+8",), "Alt+8"),
    Key.ONE_LARGE: _Binding(("Alt+9",), "Alt+9"),
    Key.NEXT_LAYOUT: _Binding(("L",), "L"),
    Key.NEXT_PAGE: _Binding(("PgDown",), "Page down"),
    Key.PREVIOUS_PAGE: _Binding(("PgUp",), "Page up"),
    Key.BACK: _Binding(("Esc",), "Esc"),
    Key.BOXES: _Binding(("B",), "B"),
    Key.FIND: _Binding(("Ctrl+F",), "Ctrl+F"),
    Key.ARRANGE: _Binding(("A",), "A"),
    Key.TOUR: _Binding(("T",), "T"),
    Key.TOUR_PAUSE: _Binding(("P",), "P"),
    Key.SPOTLIGHT: _Binding(("S",), "S"),
    Key.OTHER_WINDOW: _Binding(("W",), "W"),
    Key.KIOSK: _Binding(("Ctrl+F11",), "Ctrl+F11"),
    Key.LOOK_BACK: _Binding(("H",), "H"),
}
_PAST = {
    Key.BACK_TO_LIVE: _Binding(("Esc",), "Esc"),
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
LAYOUT_KEYS = (
    (even(1), Key.ONE),
    (even(2), Key.FOUR),
    (even(3), Key.NINE),
    (even(4), Key.SIXTEEN),
    (even(5), Key.TWENTY_FIVE),
    (even(6), Key.THIRTY_SIX),
    (even(7), Key.FORTY_NINE),
    (even(8), Key.SIXTY_FOUR),
    (around(4), Key.ONE_LARGE),
)
"""Which key takes which layout of the live page."""

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
    marked("Come nearer, go farther"): "+  -",
    marked("Move what is in view"): "Shift+← →",
    marked("Show the whole time"): "Home",
    marked("From number to number"): "← →",
    marked("Details of a number"): "Enter",
}
_OF_THE_INBOX = {marked("Read the details"): "Enter"}
_USERS = {
    Key.ADD_USER: _Binding(("Ctrl+Shift+N",), "Ctrl+Shift+N"),
    Key.FIND_USER: _Binding(("Ctrl+F",), "Ctrl+F"),
}
_ALL = _EVERYWHERE | _LIVE | _PAST | _CAMERAS | _CHARTS | _ALERTS | _USERS
_BOUND = "camwatchKey"
_NONE: Mapping[str, str] = MappingProxyType({})
_OF_THE_TILES = {
    marked("Go from tile to tile"): "Arrow keys",
    marked("Open the tile alone"): "Enter",
    marked("Go to the camera of this number"): "1 2 3 …",
}
_WHILE_ARRANGING = {
    marked("From place to place"): "Arrow keys",
    marked("Take hold of a tile, put it down"): "Space",
    marked("Make it larger, smaller"): "Shift+arrow keys",
    marked("Choose a camera for an empty place"): "Enter",
    marked("Take a tile off the wall"): "Del",
    marked("Undo; with Shift redo"): "Ctrl+Z",
    marked("Done"): "Ctrl+Enter",
    marked("Cancel"): "Esc",
}
_OF_A_TABLE = {
    marked("Change what is selected"): "Enter",
    marked("Remove it"): "Del",
    marked("Read again"): "F5",
}
_OF_ONE_CAMERA = {
    marked("Zoom in, zoom out"): "+  -",
    marked("All of the picture"): "0",
    marked("Move the zoomed picture"): "Arrow keys",
    marked("Move the camera, while held"): "Ctrl+arrow keys",
    marked("Zoom its lens, while held"): "Ctrl++  Ctrl+-",
    marked("Its home position"): "Ctrl+Home",
}
_WHILE_FINDING = {
    marked("From row to row"): "↑ ↓",
    marked("Go there, or do it"): "Enter",
    marked("Close"): "Esc",
}
_WHILE_DRAWING = {
    marked("Select, line, gate, zone, mask"): "V  L  G  Z  M",
    marked("Put one in the middle; close it"): "Enter",
    marked("Remove the last corner"): "Backspace",
    marked("From shape to shape"): "Tab",
    marked("From corner to corner"): "Space",
    marked("Move; with Shift in small steps"): "Arrow keys",
    marked("Remove"): "Del",
    marked("Undo; with Shift redo"): "Ctrl+Z",
    marked("Save"): "Ctrl+S",
}


_NAMES: Mapping[str, str] = table(
    lambda: {
        "Arrow keys": tr("Arrow keys"),
        "arrow keys": tr("arrow keys"),
        "Backspace": tr("Backspace"),
        "Del": tr("Del"),
        "Enter": tr("Enter"),
        "Esc": tr("Esc"),
        "Home": tr("Home"),
        "Page down": tr("Page down"),
        "Page up": tr("Page up"),
        "Space": tr("Space"),
        "Tab": tr("Tab"),
        "or": tr("or"),
    }
)
_MODIFIER = re.compile(r"\b(Ctrl|Shift|Alt)\+(?=\S)")


def spoken(keys: str) -> str:
    """Return keys as they are written on the keyboard of the language.

    Args:
        keys: As in the tables of this module: "Ctrl+N", or "Ctrl+,  or  Ctrl+9".

    Returns:
        "Strg+N" in German. The same words as in menus, for Qt writes those that are held.
    """
    for name, said in _NAMES.items():
        keys = re.sub(rf"(?<!\w){name}(?!\w)", said, keys)
    return _MODIFIER.sub(lambda found: _held(found[1]), keys)


def _held(name: str) -> str:
    shown = QKeySequence(f"{name}+A").toString(QKeySequence.SequenceFormat.NativeText)
    return shown.removesuffix("A")


def sequence_of(key: Key) -> str:
    """Return the key as operators write it, such as "Ctrl+N"."""
    return spoken(_ALL[key].shown)


def title_of(key: Key) -> str:
    """Say what a key does, in the operator's language."""
    return tr(key.value)


def bind(owner: QWidget, key: Key, call: Callable[[], object]) -> None:
    """Call a function on this key, wherever the keyboard is while the owner is visible."""
    for sequence in _ALL[key].sequences:
        shortcut = QShortcut(QKeySequence(sequence), owner)
        shortcut.setProperty(_BOUND, key.name)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(call)


def bound(owner: QWidget) -> dict[Key, QShortcut]:
    """Return the keys that are bound in a widget, and in what lies in it and is not put away."""
    found: dict[Key, QShortcut] = {}
    for shortcut in owner.findChildren(QShortcut):
        name, holder = shortcut.property(_BOUND), shortcut.parent()
        if isinstance(name, str) and isinstance(holder, QWidget) and holder.isVisibleTo(owner):
            found.setdefault(Key[name], shortcut)
    return found


def bound_itself(owner: QWidget) -> dict[Key, QShortcut]:
    """Return the keys that are bound in a widget itself, and not in what lies in it."""
    own = owner.findChildren(QShortcut, options=Qt.FindChildOption.FindDirectChildrenOnly)
    names = ((shortcut.property(_BOUND), shortcut) for shortcut in own)
    return {Key[name]: shortcut for name, shortcut in names if isinstance(name, str)}


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """Keys that hold in one place.

    Attributes:
        title: Where.
        rows: What a key does, and the key.
        page: The key of the page where they hold; None for everywhere.
    """

    title: str
    rows: Sequence[tuple[str, str]]
    page: Key | None = None


def _rows(
    bindings: Mapping[Key, _Binding], others: Mapping[str, str] = _NONE
) -> tuple[tuple[str, str], ...]:
    return (
        *((title_of(key), sequence_of(key)) for key in bindings),
        *((tr(does), spoken(key)) for does, key in others.items()),
    )


def groups() -> tuple[KeyGroup, ...]:
    """Return all keys, by the places where they hold."""
    return (
        KeyGroup(tr("Everywhere"), _rows(_EVERYWHERE)),
        KeyGroup(tr("On the live page"), _rows(_LIVE, _OF_THE_TILES), Key.LIVE_PAGE),
        KeyGroup(tr("While arranging"), _rows({}, _WHILE_ARRANGING), Key.LIVE_PAGE),
        KeyGroup(tr("While the wall shows the past"), _rows(_PAST), Key.LIVE_PAGE),
        KeyGroup(tr("With one camera open"), _rows({}, _OF_ONE_CAMERA), Key.LIVE_PAGE),
        KeyGroup(tr("On the charts page"), _rows(_CHARTS, _OF_A_CHART), Key.CHARTS_PAGE),
        KeyGroup(tr("In the inbox of alerts"), _rows(_ALERTS, _OF_THE_INBOX), Key.ALERTS_PAGE),
        KeyGroup(tr("On the cameras page"), _rows(_CAMERAS), Key.CAMERAS_PAGE),
        KeyGroup(tr("While drawing"), _rows({}, _WHILE_DRAWING), Key.CAMERAS_PAGE),
        KeyGroup(tr("On the users page"), _rows(_USERS, _OF_A_TABLE), Key.USERS_PAGE),
        KeyGroup(tr("Where something is found"), _rows({}, _WHILE_FINDING)),
    )
