"""How the list of alerts looks, and how one moves in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from camwatch.alerts.alert import Alert
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.inbox.table_model import (
    SECOND_ROLE,
    STRONG_ROLE,
    AlertTableModel,
    Column,
)
from camwatch.ui.rows_view import RowsView

THUMBNAIL_WH = (64, 36)

_ROW_HEIGHT = 52
_WIDTHS: dict[int, int] = {
    Column.SEVERITY: 124,
    Column.PICTURE: 80,
    Column.STATE: 152,
    Column.SINCE: 112,
    Column.OWNER: 104,
}
_LEAST_TITLE = 236
_GIVEN_UP = (Column.OWNER, Column.PICTURE)
"""Columns that are left out where there is too little room, the first one first."""

_GAP = 8
# Texts come from outside: neither direction nor mnemonic may be theirs to choose.
_LINE = (
    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
).value | Qt.TextFlag.TextSingleLine.value
_ROWS = QItemSelectionModel.SelectionFlag.Rows
_SELECT = QItemSelectionModel.SelectionFlag.ClearAndSelect | _ROWS


class _Script:
    """Draws lines in one font, and remembers how much of a text fits."""

    _MOST_KEPT = 2000

    def __init__(self, font: QFont) -> None:
        self._font = font
        self._metrics = QFontMetrics(font)
        self._fitting: dict[tuple[str, int], str] = {}

    def draw(self, painter: QPainter, room: QRect, text: str, color: QColor) -> None:
        width = room.width()
        fitting = self._fitting.get((text, width))
        if fitting is None:
            if len(self._fitting) >= self._MOST_KEPT:
                self._fitting.clear()
            fitting = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._fitting[text, width] = fitting
        painter.setFont(self._font)
        painter.setPen(color)
        painter.drawText(room, _LINE, fitting)


class TwoLines(QStyledItemDelegate):
    """Paints a cell of two lines: what it is, and below it smaller what else is known.

    Each call of Qt can cost a turn of another thread, and in a storm of alerts all of them want
    one: what does not change from cell to cell is made once.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        tokens = theme.current()
        self._selection, self._raised = QColor(tokens.selection), QColor(tokens.raised)
        self._muted = QColor(tokens.muted)
        strong, small = QFont(parent.font()), QFont(parent.font())
        strong.setWeight(QFont.Weight.DemiBold)
        small.setPixelSize(tokens.font_small)
        self._usual = _Script(QFont(parent.font()))
        self._strong, self._small = _Script(strong), _Script(small)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
        /,
    ) -> None:
        """Paint a cell."""
        # The style would take longer for the ground than all the rest takes together, and a storm
        # of alerts paints all rows again and again. The colours are those of the style sheet.
        rect, state = option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, self._selection)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, self._raised)
        left = self._paint_mark(painter, rect, index)
        self._paint_words(painter, rect, left, index)

    def _paint_mark(
        self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> int:
        """Paint the icon or picture; returns where words begin."""
        mark = index.data(Qt.ItemDataRole.DecorationRole)
        left = rect.left() + _GAP
        if not isinstance(mark, QPixmap) or mark.isNull():
            return left
        size = mark.deviceIndependentSize()
        top = rect.top() + (rect.height() - size.height()) / 2
        if index.data(SECOND_ROLE) and size.height() <= rect.height() / 2:
            top = rect.top() + rect.height() / 4 + 4 - size.height() / 2
        painter.drawPixmap(left, round(top), mark)
        return left + round(size.width()) + _GAP

    def _paint_words(
        self,
        painter: QPainter,
        rect: QRect,
        left: int,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        first = str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        second = str(index.data(SECOND_ROLE) or "")
        top, height = rect.top() + 6, rect.height() - 12
        width = rect.right() - left - _GAP // 2
        color = index.data(Qt.ItemDataRole.ForegroundRole)
        script = self._strong if index.data(STRONG_ROLE) else self._usual
        if not second:
            script.draw(painter, QRect(left, top, width, height), first, color)
            return
        half = height // 2
        script.draw(painter, QRect(left, top, width, half), first, color)
        self._small.draw(painter, QRect(left, top + half, width, half), second, self._muted)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, /
    ) -> QSize:
        """Return a size without asking for the width of each title."""
        del option
        return QSize(theme.px(_WIDTHS.get(index.column(), _LEAST_TITLE)), theme.px(_ROW_HEIGHT))


class AlertTable(RowsView):
    """Rows of alerts; several can be selected.

    Signals:
        details_requested: Enter was pressed, or a row was clicked twice.

    Args:
        model: What is listed.
    """

    details_requested = Signal()

    def __init__(self, model: AlertTableModel, parent: QWidget | None = None) -> None:
        super().__init__(
            model, tr("Alerts"), theme.px(_ROW_HEIGHT), _WIDTHS, Column.WHAT, parent=parent
        )
        self._alerts = model
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(theme.px(_ROW_HEIGHT))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().setSectionsClickable(False)
        self.horizontalHeader().setMinimumSectionSize(theme.px(64))
        self.setItemDelegate(TwoLines(self))
        self.doubleClicked.connect(self.details_requested)

    # ---------------------------------------------------------------- what is chosen

    def chosen(self) -> list[Alert]:
        """Return the alerts that are selected, in the order of the rows."""
        # Ranges of whole rows: to ask about each row would take many times as long.
        ranges = self.selectionModel().selection().toList()
        rows = sorted({row for one in ranges for row in range(one.top(), one.bottom() + 1)})
        return [self._alerts.alert_at(row) for row in rows]

    def choose(self, uid: str) -> bool:
        """Select one alert and bring it into view; False if it is not listed."""
        row = self._alerts.row_of(uid)
        if row is None:
            return False
        self.choose_row(row)
        return True

    def choose_row(self, row: int) -> None:
        """Select one row, the last one if there are fewer, and bring it into view."""
        row = min(row, self._alerts.rows() - 1)
        if row < 0:
            return
        index = self._alerts.index(row, 0)
        selection = self.selectionModel()
        selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        selection.select(QItemSelection(index, index), _SELECT)
        self.scrollTo(index)

    def step(self, by: int) -> None:
        """Select the next alert, or the one before."""
        row = self.currentIndex().row()
        self.choose_row(max(row + by, 0) if self.chosen() else max(row, 0))

    # ---------------------------------------------------------------- keeping its place

    def show_alerts(self, alerts: Sequence[Alert]) -> None:
        """List these; who has scrolled down goes on seeing what is seen now."""
        bar = self.verticalScrollBar()
        place = bar.value()
        row, rest = divmod(place, theme.px(_ROW_HEIGHT))
        anchor = self._alerts.alert_at(row).uid if place and row < self._alerts.rows() else ""
        self._alerts.show_alerts(alerts)
        if not anchor:
            return
        self.updateGeometries()
        after = self._alerts.row_of(anchor)
        bar.setValue(place if after is None else after * theme.px(_ROW_HEIGHT) + rest)

    def seen_rows(self) -> tuple[int, int]:
        """Return the first and last row in view; the last is before the first if none is."""
        count = self._alerts.rows()
        if not count or not self.isVisible():
            return 0, -1
        last = self.rowAt(self.viewport().height() - 1)
        return max(self.rowAt(0), 0), count - 1 if last < 0 else last

    def seen(self) -> list[Alert]:
        """Return the alerts whose rows are in view."""
        first, last = self.seen_rows()
        return [self._alerts.alert_at(row) for row in range(first, last + 1)]

    # ---------------------------------------------------------------- Qt

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Open the details on Enter, of the first one if none is selected."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not self.chosen():
                self.step(1)
            self.details_requested.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Give columns up where there is too little room for the titles."""
        super().resizeEvent(event)
        free = self.viewport().width() - sum(map(theme.px, _WIDTHS.values()))
        for column in _GIVEN_UP:
            is_hidden = free < _LEAST_TITLE
            self.setColumnHidden(column, is_hidden)
            free += theme.px(_WIDTHS[column]) if is_hidden else 0
