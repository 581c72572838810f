"""What can be done while tiles are arranged, above them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import CameraId
from camwatch.language import tr
from camwatch.ui import icons, theme, words
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import plain_label
from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.wall.arranger import Arranger
from camwatch.ui.live.wall.draft import WallDraft
from camwatch.walls import MOST_SIDE

_MENU_ROWS = 20


class ArrangeBar(QFrame):
    """Size of the wall, cameras that are not on it, a way back, and the two ways out.

    Args:
        arranger: Lies over the tiles.
        conditions: The cameras that there are.

    Signals:
        done_requested: Keep it.
        cancel_requested: Let it be as it was.
    """

    done_requested = Signal()
    cancel_requested = Signal()

    def __init__(
        self,
        arranger: Arranger,
        conditions: Sequence[CameraCondition],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        space = theme.current().space
        self._arranger = arranger
        self._names = {one.camera.id: one.camera.name for one in conditions}
        self.setProperty("role", "card")
        draft = arranger.draft
        title = QLabel(tr("Arrange the tiles"))
        title.setProperty("role", "heading")
        self.columns = self._spin(draft.wall.columns, tr("Columns"))
        self.rows = self._spin(draft.wall.rows, tr("Rows"))
        self.add_button = QPushButton(icons.icon("plus"), tr("Add a camera"))
        self.add_button.setIconSize(icons.button_size())
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self.add_button.setProperty("role", "menu")
        self.add_button.setMenu(self._menu)
        self.undo_button = self._tool("undo-2", tr("Undo (Ctrl+Z)"), draft.undo)
        self.redo_button = self._tool("redo-2", tr("Redo (Ctrl+Shift+Z)"), draft.redo)
        self.cancel_button = QPushButton(tr("Cancel"))
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.done_button = QPushButton(tr("Done"))
        self.done_button.setProperty("role", "primary")
        self.done_button.clicked.connect(self.done_requested)
        self.said = plain_label("", "muted")

        tools = FlowRow(space)
        for widget in (
            title,
            *self._labelled(tr("&Columns"), self.columns),
            *self._labelled(tr("&Rows"), self.rows),
            self.add_button,
            self.undo_button,
            self.redo_button,
        ):
            tools.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(space)
        row.addLayout(tools, 1)
        row.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.done_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(space, space, space, space)
        layout.setSpacing(space // 2)
        layout.addLayout(row)
        layout.addWidget(self.said)
        self.columns.valueChanged.connect(self._on_size)
        self.rows.valueChanged.connect(self._on_size)
        arranger.changed.connect(self.tell)
        arranger.camera_wanted.connect(self.choose_for)
        self.tell()

    def _spin(self, value: int, name: str) -> QSpinBox:
        spin = QSpinBox()
        spin.setRange(1, MOST_SIDE)
        spin.setValue(value)
        spin.setAccessibleName(name)
        return spin

    @staticmethod
    def _labelled(text: str, field: QWidget) -> tuple[QWidget, QWidget]:
        label = QLabel(text)
        # The row gives it the height that it asks for: that of what stands beside it.
        label.setMinimumHeight(theme.current().control_height)
        label.setBuddy(field)
        return label, field

    def _tool(self, icon: str, name: str, call: object) -> QToolButton:
        button = QToolButton()
        button.setIcon(icons.icon(icon))
        button.setIconSize(icons.size(18))
        button.setAccessibleName(name.partition(" (")[0])
        button.setToolTip(name)

        def on_clicked() -> None:
            if callable(call):
                call()
            self._arranger.take_up()

        button.clicked.connect(on_clicked)
        return button

    @property
    def _draft(self) -> WallDraft:
        return self._arranger.draft

    def missing(self) -> list[CameraId]:
        """Return the cameras that are not on the wall, in their order."""
        return [one for one in self._names if self._draft.wall.spot_of(one) is None]

    @Slot(int)
    def _on_size(self, _value: int) -> None:
        self._draft.set_size(self.columns.value(), self.rows.value())
        self._arranger.take_up()

    # ---------------------------------------------------------------- cameras to add

    @Slot()
    def _fill_menu(self) -> None:
        free = self._draft.wall.empty_cells()
        self._offer(*((free[0].row, free[0].column) if free else self._arranger.cursor_at))
        if self.missing() and free:
            self._menu.addSeparator()
            self._menu.addAction(tr("Fill the empty places"), self._fill)

    def _offer(self, row: int, column: int) -> None:
        self._menu.clear()
        missing = self.missing()
        menu = self._menu
        for place, camera_id in enumerate(missing):
            if place and place % _MENU_ROWS == 0:
                # A menu that is longer than the screen cannot be read.
                menu = menu.addMenu(tr("More cameras"))
            text = f"{int(camera_id)}  {words.without_mnemonic(self._names[camera_id])}"
            menu.addAction(text, partial(self._arranger.put, camera_id, row, column))
        if not missing:
            self._menu.addAction(tr("All cameras are on the wall")).setEnabled(False)

    @Slot(int, int)
    def choose_for(self, row: int, column: int) -> None:
        """Let a camera be chosen for a place."""
        self._offer(row, column)
        corner = self._arranger.mapToGlobal(self._arranger.rect_of(row, column).center())
        self._menu.popup(corner)

    def _fill(self) -> None:
        self._draft.fill(self.missing())
        self._arranger.take_up()

    # ---------------------------------------------------------------- what it says

    @Slot()
    def tell(self) -> None:
        """Say where the keyboard is, and what the last step did."""
        draft, arranger = self._draft, self._arranger
        for spin, value in ((self.columns, draft.wall.columns), (self.rows, draft.wall.rows)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        self.undo_button.setEnabled(draft.can_undo)
        self.redo_button.setEnabled(draft.can_redo)
        row, column = arranger.cursor_at
        here = arranger.chosen
        spot = None if here is None else draft.wall.spot_of(here)
        if here is None or spot is None:
            place = tr("Row {row}, column {column}: empty", row=row + 1, column=column + 1)
        else:
            place = tr(
                "Row {row}, column {column}: {name}, {wide} by {high}",
                row=spot.row + 1,
                column=spot.column + 1,
                name=self._names.get(here, ""),
                wide=spot.wide,
                high=spot.high,
            )
        arranger.setAccessibleDescription(place)
        self.said.setText(f"{place}. {self._hint()}")

    def _hint(self) -> str:
        if gone := [self._names.get(one, "") for one in self._draft.gone]:
            return tr("No room was left for {names}. Ctrl+Z brings it back.", names=", ".join(gone))
        if self._arranger.held is not None:
            return tr("The arrow keys move it; Space puts it down.")
        return tr(
            "Drag a tile to another place, or its corner to make it larger. By keyboard: Space"
            " takes hold of it, Shift and arrow keys make it larger, Del takes it off."
        )
