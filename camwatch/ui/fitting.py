"""Sizes of windows that grow with the text, and never beyond the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHeaderView, QLayout, QScrollArea, QVBoxLayout, QWidget

from camwatch.ui import theme

Column = TypeVar("Column", bound=int)

_FRAME = 48  # what a window's title and edges take, logical pixels
_MOST = 16_777_215  # what Qt calls no limit


def room_for(window: QWidget) -> QSize:
    """Return how large a window may be on its screen, without title and edges."""
    room = (window.screen() or QGuiApplication.primaryScreen()).availableSize()
    return room - QSize(0, _FRAME)


def fit(window: QWidget, width: int, height: int) -> None:
    """Give a window a size that grows with the text, and keep it on its screen.

    Args:
        window: Not shown yet.
        width: Logical pixels at 100 %.
        height: The same.
    """
    wanted = QSize(theme.px(width), theme.px(height))
    window.resize(wanted.boundedTo(room_for(window)))
    keep_on_screen(window)


def fit_columns(header: QHeaderView, widths: Mapping[Column, int]) -> None:
    """Give columns of a table a width that grows with the text, and that their headings fit in.

    Args:
        header: Of the table; its headings, which are longer in some languages, are there already.
        widths: Logical pixels at 100 %, by column.
    """
    for column, width in widths.items():
        header.resizeSection(column, max(theme.px(width), header.sectionSizeHint(column)))


def keep_on_screen(window: QWidget) -> None:
    """Let a window scroll when it is shown on a screen that is too small for all of it."""
    window.installEventFilter(_Keeper(window))


class _Keeper(QObject):
    """Looks at a window just before it is shown first; what fits is left as it is."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._wanted: QSize | None = None

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Put what does not fit into an area that scrolls."""
        if isinstance(watched, QWidget):
            if event.type() == QEvent.Type.Polish and self._wanted is None:
                self._wanted = _keep(watched)
            elif event.type() == QEvent.Type.Show and self._wanted is not None:
                # Only now: Qt itself chooses a size between the two events.
                watched.resize(self._wanted)
                self._wanted = None
        return False


def _keep(window: QWidget) -> QSize | None:
    """Let a window scroll that does not fit; return its size then."""
    layout = window.layout()
    if layout is None or window.findChild(QScrollArea, "keeper") is not None:
        return None
    layout.activate()
    room = room_for(window)
    is_fixed = layout.sizeConstraint() == QLayout.SizeConstraint.SetFixedSize
    least = layout.totalSizeHint() if is_fixed else layout.totalMinimumSize()
    least = least.expandedTo(window.minimumSize())
    if layout.hasHeightForWidth():
        width = max(least.width(), 0 if is_fixed else min(window.width(), room.width()))
        least.setHeight(max(least.height(), layout.totalMinimumHeightForWidth(width)))
    if least.width() <= room.width() and least.height() <= room.height():
        return None
    layout.setSizeConstraint(QLayout.SizeConstraint.SetDefaultConstraint)
    had_keyboard = window.focusWidget()
    area = QScrollArea(window)
    area.setObjectName("keeper")
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what has the keyboard
    area.setWidgetResizable(True)
    inner = QWidget()
    inner.setLayout(layout)  # takes what is in it along
    area.setWidget(inner)
    outer = QVBoxLayout(window)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(area)
    if had_keyboard is not None:
        had_keyboard.setFocus()  # which moving it took away
    window.setMinimumSize(0, 0)
    window.setMaximumSize(_MOST, _MOST)
    wanted = least if is_fixed else least.expandedTo(window.size())
    bar = area.verticalScrollBar().sizeHint().width()
    return (wanted + QSize(bar, 0)).boundedTo(room)
