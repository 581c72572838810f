"""The tools above the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.scene.draft import ShapeKind
from camwatch.ui.scene.words import KIND_ICONS, KINDS, WHAT_FOR

_KEYS: dict[ShapeKind | None, str] = {
    None: "V",
    ShapeKind.LINE: "L",
    ShapeKind.GATE: "G",
    ShapeKind.ZONE: "Z",
    ShapeKind.MASK: "M",
    ShapeKind.HIDDEN: "P",
}


class SceneToolbar(QWidget):
    """Chooses what is drawn, takes steps back, and asks for help.

    Signals:
        tool_requested: A ShapeKind to draw; None to select.
        undo_requested: Take back the last step.
        redo_requested: Do it again.
        suggestion_requested: Draw a line in a good place.
        heat_requested: Whether to show where people walk.
    """

    tool_requested = Signal(object)
    undo_requested = Signal()
    redo_requested = Signal()
    suggestion_requested = Signal()
    heat_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = FlowRow(theme.current().space // 2, self)
        self._group = QButtonGroup(self)
        self.buttons: dict[ShapeKind | None, QToolButton] = {}
        for kind, key in _KEYS.items():
            button = self._tool(kind, key)
            self._group.addButton(button)
            self.buttons[kind] = button
            row.addWidget(button)
        self.buttons[None].setChecked(True)
        self.undo_button = self._small("undo-2", tr("Undo"), "Ctrl+Z")
        self.undo_button.clicked.connect(self.undo_requested)
        self.redo_button = self._small("redo-2", tr("Redo"), "Ctrl+Shift+Z")
        self.redo_button.clicked.connect(self.redo_requested)
        row.addWidget(self.undo_button)
        row.addWidget(self.redo_button)
        self.suggest_button = self._worded("lightbulb", tr("Suggest a line"))
        self.suggest_button.setToolTip(tr("Draws a line where most people would pass it"))
        self.suggest_button.clicked.connect(self.suggestion_requested)
        self.heat_button = self._worded("footprints", tr("Where people walk"))
        self.heat_button.setToolTip(tr("Shows where people stand, and where they get lost"))
        self.heat_button.setCheckable(True)
        self.heat_button.toggled.connect(self.heat_requested)
        row.addWidget(self.suggest_button)
        row.addWidget(self.heat_button)

    def _tool(self, kind: ShapeKind | None, key: str) -> QToolButton:
        words = tr("Select") if kind is None else KINDS[kind]
        button = self._worded("mouse-pointer-2" if kind is None else KIND_ICONS[kind], words)
        about = tr("Chooses and moves what is drawn.") if kind is None else WHAT_FOR[kind]
        button.setToolTip(f"{words} ({key}): {about}")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.tool_requested.emit(kind))
        # Not the button's own shortcut, which would click it a tenth of a second later.
        QShortcut(QKeySequence(key), self).activated.connect(button.clicked)
        return button

    def _worded(self, icon: str, words: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setText(f" {words}")
        button.setAccessibleName(words)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _small(self, icon: str, words: str, key: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setAccessibleName(words)
        button.setToolTip(f"{words} ({key})")
        return button

    @Slot(object)
    def show_tool(self, kind: ShapeKind | None) -> None:
        """Show which tool is taken."""
        self.buttons[kind].setChecked(True)

    def show_steps(self, *, can_undo: bool, can_redo: bool) -> None:
        """Show whether there are steps to take back or to do again."""
        self.undo_button.setEnabled(can_undo)
        self.redo_button.setEnabled(can_redo)
