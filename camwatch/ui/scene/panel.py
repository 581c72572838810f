"""The panel beside the picture: all that is drawn, the form of what is chosen, the settings."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import scrolled
from camwatch.ui.scene.counting_form import CountingForm
from camwatch.ui.scene.model import NOTHING, Choice, SceneModel
from camwatch.ui.scene.shape_form import ShapeForm
from camwatch.ui.scene.words import KIND_ICONS, KINDS, SPOT

_CHOICE = Qt.ItemDataRole.UserRole
_ROW = 28
_MOST_ROWS = 7
WIDTH = 392


class ScenePanel(QTabWidget):
    """Lists what is drawn and lets it be changed by keys and numbers alone."""

    def __init__(self, model: SceneModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setFixedWidth(theme.px(WIDTH))
        self.setDocumentMode(True)
        self.tabBar().setDrawBase(False)
        self._build_list()
        self.form = ShapeForm(model)
        self.counting = CountingForm(model)
        places = QWidget()
        column = QVBoxLayout(places)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space)
        column.addWidget(self.list)
        self._form_area = _page(self.form)
        column.addWidget(self._form_area, 1)
        self.addTab(places, tr("Lines and &zones"))
        self.addTab(_page(self.counting), tr("Co&unting"))
        model.changed.connect(self._show_list)
        model.choice_changed.connect(self._show_choice)
        self._show_list()

    def _build_list(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(tr("What is drawn"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setUniformItemSizes(True)
        self.list.currentRowChanged.connect(self._on_row)
        remove = QAction(tr("Remove"), self.list)
        remove.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        remove.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        remove.triggered.connect(self._on_remove)
        self.list.addAction(remove)

    def set_far_advice(self, text: str) -> None:
        """Say whether it is worth looking for far people here, and what it costs."""
        self.counting.set_far_advice(text)

    def show_places(self) -> None:
        """Bring the form of what is chosen to the front."""
        self.setCurrentIndex(0)

    def show_counting(self) -> None:
        """Bring the settings of the camera as a whole to the front."""
        self.setCurrentIndex(1)

    # ---------------------------------------------------------------- the list

    @Slot()
    def _show_list(self) -> None:
        draft = self._model.draft
        problems = self._model.problems
        rows: list[tuple[str, str, str, Choice]] = []
        for shape in draft.shapes:
            is_wrong = shape.key in problems
            icon = "circle-alert" if is_wrong else KIND_ICONS[shape.kind]
            color = theme.current().critical if is_wrong else theme.current().text
            kind = KINDS[shape.kind]
            said = tr("{kind}, cannot be saved yet", kind=kind) if is_wrong else kind
            name = shape.name or tr("No name")
            rows.append((icon, color, f"{name}  ·  {said}", Choice(shape.key)))
        for number in range(len(draft.never)):
            choice = Choice(spot=number)
            rows.append(
                (
                    "user-x",
                    theme.current().text,
                    tr("{spot}  ·  Spot {value}", spot=SPOT, value=number + 1),
                    choice,
                )
            )
        with QSignalBlocker(self.list):
            while self.list.count() > len(rows):
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < len(rows):
                self.list.addItem(QListWidgetItem())
            for row, (icon, color, text, choice) in enumerate(rows):
                item = self.list.item(row)
                item.setIcon(icons.icon(icon, color))
                item.setText(text)
                item.setData(_CHOICE, choice)
        self.list.setVisible(bool(rows))
        self.list.setFixedHeight(min(len(rows), _MOST_ROWS) * theme.px(_ROW) + 4)
        self._show_row()

    @Slot()
    def _show_choice(self) -> None:
        self._show_row()
        if self._model.choice != NOTHING:
            self.show_places()

    def _show_row(self) -> None:
        choice = self._model.choice
        wanted = Choice(choice.shape, None, choice.spot)
        rows = [self.list.item(row).data(_CHOICE) for row in range(self.list.count())]
        row = rows.index(wanted) if wanted != NOTHING and wanted in rows else -1
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(row)
            if row < 0:
                self.list.clearSelection()

    @Slot(int)
    def _on_row(self, row: int) -> None:
        if row >= 0:
            self._model.choose(self.list.item(row).data(_CHOICE))

    @Slot()
    def _on_remove(self) -> None:
        if self._model.choice.shape is not None:
            self._model.remove_shape()
        else:
            self._model.remove_chosen()


def _page(content: QWidget) -> QScrollArea:
    holder = QWidget()
    column = QVBoxLayout(holder)
    space = theme.current().space
    column.setContentsMargins(space // 2, space, space, space)
    column.addWidget(content)
    area = scrolled(holder)
    area.setFrameShape(QFrame.Shape.NoFrame)
    return area
