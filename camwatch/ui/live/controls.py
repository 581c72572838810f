"""Layout, paging and boxes: the few things to set on the live page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.help.button import HelpButton
from camwatch.ui.live.wall.plan_icon import plan_icon
from camwatch.ui.live.wall.wording import plan_words
from camwatch.ui.shortcuts import LAYOUT_KEYS, Key, sequence_of
from camwatch.walls import PLANS, SIDES, Plan


class GridControls(QFrame):
    """Chooses how many tiles there are, which page, and whether people are framed.

    Signals:
        plan_requested: The `Plan` of a layout.
        page_requested: How many pages to turn on, negative for back.
        back_requested: From one camera to all.
        boxes_requested: Whether people are framed.
    """

    plan_requested = Signal(object)
    page_requested = Signal(int)
    back_requested = Signal()
    boxes_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(space // 2)
        self._row = layout = QHBoxLayout()
        layout.setSpacing(space // 2)
        lines.addLayout(layout)
        self._second = QHBoxLayout()
        self._second.setSpacing(space // 2)
        lines.addLayout(self._second)

        self._back = self._button("arrow-left", tr("Back to all cameras"), Key.BACK)
        self._back.setText(" " + tr("All cameras"))
        self._back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._back.clicked.connect(self.back_requested)
        layout.addWidget(self._back)

        self._actions: dict[Plan, QAction] = {}
        self.layout_button = self._layout_button()
        layout.addWidget(self.layout_button)
        layout.addStretch(1)
        self._led = 1

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
        self._boxes.setText(" " + tr("Boxes"))
        self._boxes.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._boxes.setCheckable(True)
        self._boxes.setChecked(True)
        self._boxes.toggled.connect(self.boxes_requested)
        layout.addWidget(self._boxes)
        layout.addWidget(HelpButton("live", self))

    def _layout_button(self) -> QToolButton:
        menu = QMenu(self)
        group = QActionGroup(menu)
        keys = dict(LAYOUT_KEYS)
        for plan in PLANS:
            if plan == PLANS[len(SIDES)]:
                menu.addSeparator()
            text = plan_words(plan)
            if key := keys.get(plan):
                text += f"\t{sequence_of(key)}"
            action = QAction(plan_icon(plan, self.devicePixelRatioF()), text, menu)
            action.setCheckable(True)
            action.triggered.connect(lambda _=False, one=plan: self.plan_requested.emit(one))
            group.addAction(action)
            menu.addAction(action)
            self._actions[plan] = action
        button = QToolButton()
        button.setIconSize(icons.size(18))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setProperty("role", "menu")
        button.setAccessibleName(tr("Layout"))
        button.setToolTip(tr("Layout. {key}: the next one", key=sequence_of(Key.NEXT_LAYOUT)))
        return button

    def _button(self, icon: str, name: str, key: Key) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setAccessibleName(name)
        button.setToolTip(f"{name} ({sequence_of(key)})")
        return button

    def lead(self, widget: QWidget) -> None:
        """Put something more on the left, before the layout."""
        self._row.insertWidget(self._led, widget)
        self._led += 1

    def trail(self, widget: QWidget) -> None:
        """Put something more on the right end."""
        self._row.addWidget(widget)

    def put_below(self, *widgets: QWidget) -> None:
        """Put something in a line of its own, which takes no room while none of it is shown."""
        for place, widget in enumerate(widgets):
            self._second.addWidget(widget, 0 if place else 1)

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

    def show_state(
        self, plan: Plan, page: int, pages: int, *, is_open: bool, is_wall: bool
    ) -> None:
        """Show the grid's layout and page, which is from 0."""
        for one, action in self._actions.items():
            action.setChecked(one == plan and not is_wall)
        self._back.setVisible(is_open)
        self.layout_button.setVisible(not is_open)
        self.layout_button.setIcon(plan_icon(plan, self.devicePixelRatioF(), is_blank=is_wall))
        self.layout_button.setText(" " + (tr("By hand") if is_wall else plan_words(plan)))
        for widget in (self._previous, self._page, self._next):
            widget.setVisible(pages > 1)
        values = {"page": page + 1, "pages": pages}
        if is_open:
            self._page.setText(tr("Camera {page} of {pages}", **values))
        else:
            self._page.setText(tr("Page {page} of {pages}", **values))
        self._previous.setEnabled(page > 0)
        self._next.setEnabled(page < pages - 1)
