"""The box in which everything is found: type, choose, Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.floating import FloatingBox
from camwatch.ui.forms import name_line_buttons, plain_label
from camwatch.ui.palette.match import LONGEST_QUERY
from camwatch.ui.palette.ranking import Recent, ranked
from camwatch.ui.palette.results import Provider, Result
from camwatch.ui.palette.rows import ResultDelegate, ResultsModel, spoken

_WIDTH = 84  # of the grid
_LEAST_ROWS, _MOST_ROWS = 3, 11
_REST_MS = 150
"""Typing rests so long before the history is asked."""

_TO_THE_LIST = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp})


class PaletteBox(FloatingBox):
    """Asks all providers, and lists what answers.

    Signals:
        chosen: The Result that the operator wants; the box is closed by then.

    Args:
        host: The window that it lies over.
        recent: What was used lately.
    """

    chosen = Signal(object)

    def __init__(self, host: QWidget, recent: Recent) -> None:
        super().__init__(host)
        self._recent = recent
        self._providers: Sequence[Provider] = ()
        self.model = ResultsModel(self)
        self._build()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._look_further)
        self.setAccessibleName(tr("Find anything"))

    def _build(self) -> None:
        tokens = theme.current()
        space = tokens.space
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(tr("Find a page, an action, a camera, an alert, a setting…"))
        self.line.setAccessibleName(tr("What you look for"))
        self.line.setMaxLength(LONGEST_QUERY)
        self.line.setClearButtonEnabled(True)
        self.line.addAction(
            icons.icon("search", tokens.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.line)
        self.line.installEventFilter(self)
        self.line.textChanged.connect(self._on_typed)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(ResultDelegate(self.list))
        self.list.setAccessibleName(tr("What was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFocusProxy(self.line)  # its arrow keys choose here
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet(f"QListView {{ background: {tokens.raised}; }}")
        self.list.setMouseTracking(True)
        self.list.clicked.connect(self._on_clicked)
        self.list.selectionModel().currentChanged.connect(self._on_current)
        self.nothing = QFrame(self)
        column = QVBoxLayout(self.nothing)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        self.nothing_title = plain_label("", "heading", self.nothing)
        column.addWidget(self.nothing_title)
        self.nothing_text = plain_label(
            tr(
                "Fewer letters find more, and letters may be left out: “chrt” finds “Charts”. "
                "English words find things in every language. What your role does not let you see "
                "is not found here."
            ),
            "muted",
            self.nothing,
        )
        column.addWidget(self.nothing_text)
        column.addStretch(1)
        self.rooms = QStackedWidget(self)
        self.rooms.addWidget(self.list)
        self.rooms.addWidget(self.nothing)
        self.foot = plain_label(tr("↑ ↓ choose · Enter go there · Esc close"), "muted", self)
        self.foot.setContentsMargins(2 * space, space // 2, 2 * space, space // 2)
        head = QHBoxLayout()
        head.setContentsMargins(space, space, space, space)
        head.addWidget(self.line)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 1, 1, 1)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self.rooms, 1)
        whole.addWidget(self.foot)

    # ---------------------------------------------------------------- showing

    def open_with(self, providers: Sequence[Provider], text: str = "") -> None:
        """Show the box, and let the providers read anew.

        Args:
            providers: Whom to ask, in the order in which they are offered without a query.
            text: What stands in the line.
        """
        self._providers = providers
        self.line.setText(text)
        self.line.selectAll()
        self.renew()
        self.show_box()
        for one in providers:
            one.refresh(self._on_news)

    def first(self) -> QWidget:
        """Return the line to type in."""
        return self.line

    def place(self) -> None:
        """Lie in the upper middle of the window, as high as what was found needs."""
        host = self.parentWidget()
        if host is None:
            return
        space = theme.current().space
        width = min(_WIDTH * space, host.width() - 4 * space)
        rows = min(max(self.model.rowCount(), _LEAST_ROWS), _MOST_ROWS)
        row = self.list.sizeHintForRow(0) if self.model.rowCount() else 5 * space
        inner = rows * row + space // 2
        if self.rooms.currentWidget() is self.nothing:
            inner = max(self.nothing.heightForWidth(width), inner)
        bars = self.line.sizeHint().height() + 2 * space + self.foot.sizeHint().height() + 2
        height = min(inner + bars, host.height() - 10 * space)
        self.setGeometry((host.width() - width) // 2, 7 * space, width, height)

    @Slot()
    def renew(self) -> None:
        """List what is known now; the chosen row stays chosen if it is still there."""
        kept = self.current
        query = self.line.text()
        found = ranked(
            query, [result for one in self._providers for result in one.results()], self._recent
        )
        self.model.show_results(found)
        is_found = bool(found)
        self.rooms.setCurrentWidget(self.list if is_found else self.nothing)
        if not is_found:
            self.nothing_title.setText(
                tr("Nothing found for “{query}”", query=query.strip())
                if query.strip()
                else tr("There is nothing to find yet")
            )
        row = 0
        if kept is not None and self._is_moved:
            row = next((at for at, one in enumerate(found) if one.key == kept.key), 0)
        self.list.setCurrentIndex(self.model.index(row, 0))
        if not self.isHidden():
            self.place()

    _is_moved = False

    def _on_news(self) -> None:
        # A provider may answer long after the box was closed.
        if not self.isHidden():
            self.renew()

    @Slot(str)
    def _on_typed(self, _text: str) -> None:
        self._is_moved = False
        if self.isHidden():
            return
        self.renew()
        self._rest.start()

    @Slot()
    def _look_further(self) -> None:
        query = self.line.text().strip()
        if query and not self.isHidden():
            for one in self._providers:
                one.look_for(query, self._on_news)

    # ---------------------------------------------------------------- choosing

    @property
    def current(self) -> Result | None:
        """The row that Enter takes; None while nothing is listed."""
        return self.model.result_at(self.list.currentIndex().row())

    @Slot(QModelIndex)
    def _on_current(self, _index: QModelIndex) -> None:
        current = self.current
        said = spoken(current) if current is not None else ""
        self.line.setAccessibleDescription(said)
        if said and not self.isHidden():
            # The keyboard stays in the line: whoever hears the screen is told of the row.
            event = QAccessibleAnnouncementEvent(self.line, said)
            QAccessible.updateAccessibility(event)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.take()

    @Slot()
    def take(self) -> None:
        """Go to what is chosen; what cannot be done now only says why."""
        current = self.current
        if current is None or current.why_not:
            return
        self._recent.note(current.key)
        self.close_box()
        self.chosen.emit(current)

    def _hide(self) -> None:
        super()._hide()
        self._rest.stop()
        # What was found holds widgets of pages; nothing shall outlive the box being open.
        self._providers = ()
        self.model.show_results(())

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """Let the keys that choose a row choose one while the line has the keyboard."""
        if watched is self.line and isinstance(event, QKeyEvent):
            is_ours = self._is_ours(event)
            if event.type() == QEvent.Type.ShortcutOverride and is_ours:
                event.accept()  # or the window would take the key for itself
                return False
            if event.type() == QEvent.Type.KeyPress and is_ours:
                self._on_key(event)
                return True
        return super().eventFilter(watched, event)

    @staticmethod
    def _is_ours(event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and (
            event.key() in _TO_THE_LIST
            or event.key()
            in (
                Qt.Key.Key_Return,
                Qt.Key.Key_Enter,
                Qt.Key.Key_Escape,
                Qt.Key.Key_Tab,
                Qt.Key.Key_Backtab,
            )
        )

    def _on_key(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_box()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.take()
        elif key in _TO_THE_LIST:
            self._step(key)

    def _step(self, key: int) -> None:
        count = self.model.rowCount()
        if not count:
            return
        row = self.list.currentIndex().row()
        by = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: _MOST_ROWS - 1,
            Qt.Key.Key_PageUp: 1 - _MOST_ROWS,
        }[Qt.Key(key)]
        is_single = abs(by) == 1
        row = (row + by) % count if is_single else min(max(row + by, 0), count - 1)
        self._is_moved = True
        self.list.setCurrentIndex(self.model.index(row, 0))

    def event(self, event: QEvent, /) -> bool:
        """Keep Tab in the box: there is one thing to type in, and the arrows choose."""
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        """Return its size while it is placed by the window."""
        return self.size()
