"""A language that nobody speaks, and all texts that a window shows.

The pseudo-translation marks each text and makes it longer by two fifths, so that a test sees what
was forgotten, and a picture shows what has no room. From right to left it begins with Hebrew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCalendarWidget,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

from camwatch import language

BEGIN, END = "⟦", "⟧"
_HEBREW = "אבג "
_LONGER = 0.4
_WORDS = re.compile(r"[^\W\d_]{2,}")


def pseudo(text: str, *, is_rtl: bool = False) -> str:
    """Mark a text, and make it longer; what stands in its braces is kept."""
    if "|" in text and re.fullmatch(r"\w+\|\w+", text):  # the names of a day or month
        return text
    inner = text.strip(" \n")
    longer = "·" * round(len(inner) * _LONGER)
    marked = f"{BEGIN}{_HEBREW if is_rtl else ''}{inner}{longer}{END}"
    return text.replace(inner, marked) if inner else text


@contextmanager
def spoken(app: QApplication, *, is_rtl: bool = False) -> Iterator[None]:
    """Speak it for a while."""
    language.install("qq", lambda text: pseudo(text, is_rtl=is_rtl))
    app.setLayoutDirection(
        Qt.LayoutDirection.RightToLeft if is_rtl else Qt.LayoutDirection.LeftToRight
    )
    try:
        yield
    finally:
        language.install("en", None)
        app.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)


def _of_model(model: QAbstractItemModel | None, rows: int = 3) -> Iterator[str]:
    if model is None:
        return
    # Of a list, Qt lets nobody ask for the columns.
    is_list = isinstance(model, QAbstractListModel)
    for section in range(1 if is_list else model.columnCount(QModelIndex())):
        yield str(model.headerData(section, Qt.Orientation.Horizontal) or "")
        for row in range(min(rows, model.rowCount(QModelIndex()))):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                said = model.index(row, section).data(role)
                yield said if isinstance(said, str) else ""


def _own(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow():
        yield widget.windowTitle()
    match widget:
        case QLabel() | QAbstractButton():
            yield widget.text()
        case QLineEdit() | QPlainTextEdit():
            yield widget.placeholderText()
        case QComboBox():
            yield from (widget.itemText(index) for index in range(widget.count()))
        case QGroupBox():
            yield widget.title()
        case QTabWidget():
            yield from (widget.tabText(index) for index in range(widget.count()))
        case QAbstractItemView():
            yield from _of_model(widget.model())
        case _:
            pass


def _is_of_qt(widget: QWidget) -> bool:
    """Tell whether Qt made it by itself, with texts of its own translation."""
    at: QWidget | None = widget
    while at is not None:
        if at.objectName().startswith("qt_") and at.objectName() != "qt_msgbox_label":
            return not at.objectName().startswith(("qt_tab", "qt_scroll", "qt_msgbox"))
        if isinstance(at, QCalendarWidget):
            return True
        at = at.parentWidget()
    return False


def texts(root: QWidget) -> Iterator[tuple[QWidget, str]]:
    """Give every text of a window and of all in it, with the widget that shows it."""
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, QHeaderView) or _is_of_qt(widget):
            continue  # its table has said it
        for text in _own(widget):
            if text.strip():
                yield widget, re.sub(r"<[^>]+>", "", text)
    for action in root.findChildren(QAction):
        owner = action.parent()
        if isinstance(owner, QWidget) and not _is_of_qt(owner):
            yield from ((owner, text) for text in (action.text(), action.toolTip()))


def forgotten(root: QWidget, *known: str) -> list[str]:
    """Return the texts with a word that is neither translated nor known.

    Args:
        root: The window.
        known: Names from outside, and such as are the same in every language.
    """
    found = []
    names = sorted(known, key=len, reverse=True)
    for widget, text in texts(root):
        rest, whole = "", text.replace("\u200b", "")  # where a path may break
        while rest != whole:  # a translated text may stand in another one, the inner ones first
            rest, whole = whole, re.sub(rf"{BEGIN}[^{BEGIN}{END}]*{END}", "", whole)
        rest = re.sub(rf"{BEGIN}[^{END}]*$", "", rest)  # cut short, where the rest does not fit
        if not _WORDS.search(rest):
            continue
        for name in names:
            rest = rest.replace(name, "")
        if _WORDS.search(rest):
            found.append(f"{type(widget).__name__} {widget.objectName()}: {text}")
    return sorted(set(found))
