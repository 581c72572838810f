"""The rows of the box in which everything is found, and how one is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.palette.results import Result

ROLE = Qt.ItemDataRole.UserRole
_ICON = 18
_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()


class ResultsModel(QAbstractListModel):
    """What was found, the best first."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self._results: Sequence[Result] = ()

    def show_results(self, results: Sequence[Result]) -> None:
        """List these."""
        self.beginResetModel()
        self._results = results
        self.endResetModel()

    def result_at(self, row: int) -> Result | None:
        """Return what stands in a row; None beyond the last one."""
        return self._results[row] if 0 <= row < len(self._results) else None

    def rowCount(self, parent: _Index = _NO_INDEX, /) -> int:
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._results)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return the words of a row, for eyes and for ears."""
        result = self.result_at(index.row())
        if result is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return result.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(result)
        if role == ROLE:
            return result
        return None


def spoken(result: Result) -> str:
    """Say all that is known of a result in one line."""
    parts = [result.title, result.why_not or result.detail, result.group, result.keys]
    if result.why_not:
        parts.insert(1, tr("not possible now"))
    return ", ".join(part for part in parts if part)


class ResultDelegate(QStyledItemDelegate):
    """Paints a row: picture, title, what it is, and the key that does the same."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: _Index, /) -> QSize:
        """Return the height of a row; its width is the box's."""
        return QSize(10, QFontMetrics(option.font).height() + 2 * theme.current().space)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index, /) -> None:
        """Paint a row."""
        result = index.data(ROLE)
        if not isinstance(result, Result):
            return
        tokens = theme.current()
        space = tokens.space
        room = option.rect
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        color = tokens.disabled if result.why_not else tokens.text
        painter.save()
        if is_chosen:
            painter.fillRect(room, QColor(tokens.selection))
            painter.fillRect(QRect(room.topLeft(), QSize(3, room.height())), QColor(tokens.accent))
        ratio = painter.device().devicePixelRatio() if painter.device() else 1.0
        sign = icons.pixmap(
            result.icon, _ICON, tokens.disabled if result.why_not else tokens.muted, ratio
        )
        top = room.top() + (room.height() - _ICON) // 2
        painter.drawPixmap(QPoint(room.left() + 2 * space, top), sign)
        left = room.left() + 2 * space + _ICON + space + space // 2
        right = self._paint_right(painter, option, result, room)
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        metrics = QFontMetrics(font)
        width = max(right - left - space, 0)
        title = metrics.elidedText(result.title, Qt.TextElideMode.ElideRight, width)
        painter.setFont(font)
        painter.setPen(QColor(color))
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(QRect(left, room.top(), width, room.height()), middle, title)
        left += metrics.horizontalAdvance(title) + space + space // 2
        if (detail := result.why_not or result.detail) and right - left > 6 * space:
            painter.setFont(option.font)
            painter.setPen(QColor(tokens.muted))
            width = right - left - space
            detail = QFontMetrics(option.font).elidedText(
                detail, Qt.TextElideMode.ElideRight, width
            )
            painter.drawText(QRect(left, room.top(), width, room.height()), middle, detail)
        painter.restore()

    @staticmethod
    def _paint_right(
        painter: QPainter, option: QStyleOptionViewItem, result: Result, room: QRect
    ) -> int:
        """Paint the key, and before it the kind of thing; return where the words must end."""
        tokens = theme.current()
        space = tokens.space
        font = QFont(option.font)
        font.setPixelSize(tokens.font_small)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        right = room.right() - 2 * space
        if result.keys:
            width = metrics.horizontalAdvance(result.keys) + 2 * space
            height = metrics.height() + space // 2
            frame = QRect(right - width, room.center().y() - height // 2, width, height)
            painter.setPen(QColor(tokens.outline))
            painter.drawRoundedRect(frame, 4, 4)
            painter.setPen(QColor(tokens.text))
            painter.drawText(frame, int(Qt.AlignmentFlag.AlignCenter), result.keys)
            right = frame.left() - space
        width = metrics.horizontalAdvance(result.group)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(
            QRect(right - width, room.top(), width, room.height()),
            int(Qt.AlignmentFlag.AlignVCenter),
            result.group,
        )
        return right - width
