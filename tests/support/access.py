"""What a screen reader and a keyboard find in a window."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QButtonGroup,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QTextEdit,
    QWidget,
)

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
)
_OF_PARTS = (QTabBar, QTabWidget, QScrollArea)
"""Have no name of their own: what lies in them has."""


def _seen(root: QWidget) -> Iterator[QWidget]:
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisible() and not isinstance(widget, QScrollBar):
            yield widget


def _is_part(widget: QWidget) -> bool:
    """Tell whether Qt made it as a part of a control: the line of a spin box, for example."""
    parent = widget.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractSpinBox | QComboBox | QAbstractItemView | QTabBar):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def _called(widget: QWidget) -> str:
    parents: list[str] = []
    at: QWidget | None = widget
    while at is not None and len(parents) < 3:
        parents.append(f"{type(at).__name__} {at.objectName()}".strip())
        at = at.parentWidget()
    return " in ".join(parents)


def spoken_name(widget: QWidget) -> str:
    """Return what a screen reader calls it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def nameless(root: QWidget) -> list[str]:
    """Return what takes the keyboard, or is pressed, and has no name."""
    found = [
        _called(widget)
        for widget in _seen(root)
        if (isinstance(widget, _CONTROLS) or _takes_tab(widget))
        and not isinstance(widget, _OF_PARTS)
        and not widget.isWindow()
        and not _is_part(widget)
        and not spoken_name(widget).strip()
    ]
    return sorted(set(found))


def roleless(root: QWidget) -> list[str]:
    """Return what takes the keyboard and is painted by the program, and nobody says what it is."""
    blank = (QAccessible.Role.NoRole, QAccessible.Role.Client, QAccessible.Role.Pane)
    found = []
    for widget in _seen(root):
        if not _takes_tab(widget) or widget.isWindow() or isinstance(widget, _OF_PARTS):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        is_blank = interface is None or interface.role() in blank
        if is_blank and not widget.accessibleDescription() and not _is_part(widget):
            found.append(_called(widget))
    return sorted(set(found))


def unreachable(root: QWidget) -> list[str]:
    """Return the controls to which no key leads."""
    found = [
        f"{_called(widget)}: {spoken_name(widget)}"
        for widget in _seen(root)
        if isinstance(widget, _CONTROLS)
        and widget.isEnabled()
        and not _takes_tab(widget)
        and not _is_part(widget)
        and not isinstance(widget.parentWidget(), QLineEdit)  # its own keys do the same
        and not (isinstance(widget, QAbstractButton) and _is_by_arrows(widget))
        and not _has_keys_elsewhere(widget)
    ]
    return sorted(set(found))


def _has_keys_elsewhere(widget: QWidget) -> bool:
    """Tell whether it leaves the keyboard to another one, from which it is used."""
    proxy = widget.focusProxy()
    return proxy is not None and _takes_tab(proxy)


def _is_by_arrows(button: QAbstractButton) -> bool:
    """Tell whether the arrow keys lead to it: another one of its group takes the tab key."""
    others: list[QAbstractButton] = []
    group = cast("QButtonGroup | None", button.group())
    parent = button.parentWidget()
    if group is not None and group.exclusive():
        others = group.buttons()
    elif group is None and button.autoExclusive() and parent is not None:
        others = parent.findChildren(QAbstractButton)
    return any(one is not button and _takes_tab(one) for one in others)


def traps(root: QWidget) -> list[str]:
    """Return what keeps the tab key for itself, so that nobody gets on."""
    found = []
    for widget in _seen(root):
        is_trap = False
        if isinstance(widget, QPlainTextEdit | QTextEdit):
            is_trap = not widget.isReadOnly() and not widget.tabChangesFocus()
        elif isinstance(widget, QAbstractItemView):
            is_trap = widget.tabKeyNavigation()
        if is_trap and not _is_part(widget):
            found.append(_called(widget))
    return sorted(set(found))


def mute_pictures(root: QWidget) -> list[str]:
    """Return pictures that nobody says, and beside which nothing stands that says the same."""
    found = []
    for widget in _seen(root):
        if isinstance(widget, QLabel) and not widget.pixmap().isNull():
            parent = widget.parentWidget()
            beside = parent.findChildren(QLabel) if parent is not None else []
            has_words = any(one.text().strip() for one in beside if one.isVisible())
            name = widget.accessibleName() or widget.toolTip()
            if not name and not has_words:
                found.append(_called(widget))
    return sorted(set(found))
