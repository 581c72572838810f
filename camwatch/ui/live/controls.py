"""Layout, paging and boxes: the few things to set on the live page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.live.grid import COLUMNS
from camwatch.ui.shortcuts import Key, sequence_of

_KEYS = (Key.ONE, Key.FOUR, Key.NINE, Key.SIXTEEN)


class GridControls(QFrame):
    """Chooses how many tiles there are, which page, and whether people are framed.

    Signals:
        columns_requested: Tiles along each side.
        page_requested: How many pages to turn on, negative for back.
        back_requested: From one camera to all.
        boxes_requested: Whether people are framed.
    """

    columns_requested = Signal(int)
    page_requested = Signal(int)
    back_requested = Signal()
    boxes_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(space // 2)

        self._back = self._button("arrow-left", tr("Back to all cameras"), Key.BACK)
        self._back.setText(tr(" All cameras"))
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._back.clicked.connect(self.back_requested)
        layout.addWidget(self._back)

        self._layouts = QButtonGroup(self)
        for side, key in zip(COLUMNS, _KEYS, strict=True):
            button = QToolButton()
            button.setText(f"{side}×{side}")
            button.setCheckable(True)
            button.setAccessibleName(tr(key.value))
            button.setToolTip(f"{tr(key.value)} ({sequence_of(key)})")
            self._layouts.addButton(button, side)
            layout.addWidget(button)
        self._layouts.idClicked.connect(self.columns_requested)
        layout.addStretch(1)

        self._previous = self._button("chevron-left", tr("Previous page"), Key.PREVIOUS_PAGE)
        self._previous.clicked.connect(lambda: self.page_requested.emit(-1))
        self._page = QLabel()
        self._page.setProperty("role", "muted")
        self._next = self._button("chevron-right", tr("Next page"), Key.NEXT_PAGE)
        self._next.clicked.connect(lambda: self.page_requested.emit(1))
        for widget in (self._previous, self._page, self._next):
            layout.addWidget(widget)
        layout.addSpacing(space)

        self._boxes = self._button("scan", tr("Boxes around people"), Key.BOXES)
        self._boxes.setText(tr(" Boxes"))
        self._boxes.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._boxes.setCheckable(True)
        self._boxes.setChecked(True)
        self._boxes.toggled.connect(self.boxes_requested)
        layout.addWidget(self._boxes)

    def _button(self, icon: str, name: str, key: Key) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(QSize(18, 18))
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({sequence_of(key)})")
        return button

    @property
    def page_text(self) -> str:
        """What it says of the pages; empty if there is only one."""
        return self._page.text() if not self._page.isHidden() else ""

    @property
    def are_boxes_shown(self) -> bool:
        """True while people are framed."""
        return self._boxes.isChecked()

    @Slot()
    def toggle_boxes(self) -> None:
        """Frame people, or stop it."""
        self._boxes.toggle()

    def set_boxes_shown(self, is_shown: bool) -> None:
        """Frame people or not, as the operator left it."""
        self._boxes.setChecked(is_shown)

    def show_state(self, columns: int, page: int, pages: int, *, is_open: bool) -> None:
        """Show the grid's layout and page, which is from 0."""
        self._layouts.button(columns).setChecked(True)
        self._back.setVisible(is_open)
        for side in COLUMNS:
            self._layouts.button(side).setVisible(not is_open)
        for widget in (self._previous, self._page, self._next):
            widget.setVisible(pages > 1)
        what = tr("Camera") if is_open else tr("Page")
        self._page.setText(tr("{what} {value} of {pages}", what=what, value=page + 1, pages=pages))
        self._previous.setEnabled(page > 0)
        self._next.setEnabled(page < pages - 1)
