"""The models as a table: one row each, with what an administrator chooses by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import (
    QItemSelectionModel,
    QObject,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from camwatch import language
from camwatch.commands.model_commands import ModelInfo, ModelState
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.rows_model import Index, RowsModel

_ROW_HEIGHT, _ICON = 36, 16


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    STATE = 1
    FAMILY = 2
    RUNTIME = 3
    SPEED = 4
    SIZE = 5
    THRESHOLD = 6
    LICENCE = 7


_HEADINGS: Mapping[Column, tuple[str, str]] = table(
    lambda: {
        Column.NAME: (tr("Name"), tr("As in the settings")),
        Column.STATE: (tr("State"), tr("Whether it can count")),
        Column.FAMILY: (tr("Kind"), tr("Which family of networks it belongs to")),
        Column.RUNTIME: (tr("Runs in"), tr("What it computes in, and by which engine")),
        Column.SPEED: (tr("Time"), tr("Of the test picture, on this computer")),
        Column.SIZE: (tr("Size"), tr("Of its file")),
        Column.THRESHOLD: (
            tr("Counts from"),
            tr("The certainty from which it counts somebody as a person"),
        ),
        Column.LICENCE: (tr("Licence"), tr("Under which its author gives it away")),
    }
)

_AT_RIGHT = (Column.SPEED, Column.SIZE, Column.THRESHOLD)

_FAMILIES: Mapping[str, str] = table(
    lambda: {
        "nanodet": "NanoDet",
        "hog": "HOG",
        "yolox": "YOLOX",
        "yolox-decoded": "YOLOX",
        "yolov5": "YOLOv5",
        "yolov8": "YOLOv8",
        "yolo-end-to-end": tr("YOLO, end to end"),
        "ssd": "SSD",
        "tensorflow": tr("SSD, TensorFlow"),
        "detection-output": tr("SSD, Caffe"),
        "detr": "DETR",
        "detr-softmax": "DETR",
        "labelled": tr("Finished boxes"),
        "centernet": "CenterNet",
    }
)
_RUNTIMES: Mapping[str, str] = MappingProxyType(
    {
        "onnxruntime": "ONNX",
        "opencv": "OpenCV",
        "onnxruntime, opencv": "ONNX",
    }
)

STATES: Mapping[ModelState, tuple[str, str, str]] = table(
    lambda: {
        ModelState.READY: (tr("Ready"), "check", ""),
        ModelState.NEW: (
            tr("New"),
            "info",
            tr("It was put into the models folder. Test it: only then can it be used."),
        ),
        ModelState.WEAK: (
            tr("Not accepted"),
            "triangle-alert",
            tr("It did not find exactly the people of the test picture."),
        ),
        ModelState.CHANGED: (
            tr("Changed"),
            "triangle-alert",
            tr("Its file is not the one that was tested. If you changed it, test it again."),
        ),
        ModelState.MISSING: (tr("Missing"), "circle-alert", tr("Its file is gone. Put it back.")),
        ModelState.UNFIT: (tr("Cannot be used"), "circle-alert", ""),
    }
)
"""For each state its word, its icon, and what to do."""


def family_words(family: str) -> str:
    """Say a family as people know it."""
    return _FAMILIES.get(family, family)


def runtime_words(runtime: str, precision: str) -> str:
    """Say what a model runs in: "int8, ONNX"."""
    engine = _RUNTIMES.get(runtime, runtime)
    return engine if precision in ("", "-") else f"{precision.partition(',')[0]}, {engine}"


def certainty(threshold: float) -> str:
    """Say from which certainty a model counts: "33 %", as the editor of lines and zones has it."""
    return f"{language.number(100 * threshold, '.3g')} %"


def state_color(state: ModelState) -> str:
    """Return the colour of a state's icon."""
    tokens = theme.current()
    match state:
        case ModelState.READY:
            return tokens.ok
        case ModelState.NEW:
            return tokens.accent
        case ModelState.WEAK | ModelState.CHANGED:
            return tokens.warning
        case _:
            return tokens.critical


class ModelTable(RowsModel):
    """All models, the chosen one in bold.

    Args:
        ratio: Device pixels per logical pixel, for the icons of the states.
    """

    def __init__(self, parent: QObject | None = None, *, ratio: float = 1.0) -> None:
        super().__init__([_HEADINGS[column][0] for column in Column], parent)
        self._ratio = ratio
        self._rows: Sequence[ModelInfo] = ()
        self._chosen = ""

    def set_models(self, models: Sequence[ModelInfo], chosen: str) -> None:
        """Show these models.

        Args:
            models: All that there are.
            chosen: What the settings ask for; "auto" is "nanodet".
        """
        self.beginResetModel()
        self._rows = models
        self._chosen = "nanodet" if chosen == "auto" else chosen
        self.endResetModel()

    def model_at(self, row: int) -> ModelInfo | None:
        """Return the model of a row, None if there is no such row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def row_of(self, name: str) -> int:
        """Return the row of a model, -1 if it is not there."""
        return next((row for row, one in enumerate(self._rows) if one.name == name), -1)

    @property
    def chosen(self) -> str:
        """Name of the model that counts."""
        return self._chosen

    def is_chosen(self, model: ModelInfo) -> bool:
        """Tell whether the settings ask for this model."""
        return model.name == self._chosen

    def rows(self) -> int:
        """Return how many models there are."""
        return len(self._rows)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
        /,
    ) -> Any:
        """Return the heading of a column."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _HEADINGS[Column(section)][0]
            case Qt.ItemDataRole.ToolTipRole:
                return _HEADINGS[Column(section)][1]
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(Column(section))
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what stands in a cell."""
        model = self.model_at(index.row()) if index.isValid() else None
        if model is None:
            return None
        column = Column(index.column())
        answer: Any = None
        if role == Qt.ItemDataRole.DisplayRole:
            answer = self._texts(model)[column]
        elif role == Qt.ItemDataRole.TextAlignmentRole:
            answer = _alignment(column)
        elif role == Qt.ItemDataRole.DecorationRole and column is Column.STATE:
            name, color = STATES[model.state][1], state_color(model.state)
            answer = icons.pixmap(name, _ICON, color, self._ratio)
        elif role == Qt.ItemDataRole.FontRole and self.is_chosen(model):
            answer = QFont(QApplication.font())
            answer.setBold(True)
        elif role == Qt.ItemDataRole.ToolTipRole:
            answer = STATES[model.state][2] or None
        return answer

    def _texts(self, model: ModelInfo) -> Mapping[Column, str]:
        is_in_use = model.is_usable and self.is_chosen(model)
        return {
            Column.NAME: model.name,
            Column.STATE: tr("In use") if is_in_use else STATES[model.state][0],
            Column.FAMILY: family_words(model.family) or "?",
            Column.RUNTIME: runtime_words(model.runtime, model.precision) or "?",
            Column.SPEED: "" if model.ms is None else tr("{ms:.0f} ms", ms=model.ms),
            Column.SIZE: tr("{value:.1f} MB", value=model.size_bytes / 1e6)
            if model.size_bytes
            else "",
            Column.THRESHOLD: "" if model.threshold is None else certainty(model.threshold),
            Column.LICENCE: model.licence or tr("not told"),
        }


class ModelView(QTableView):
    """Shows the models; one row can be selected."""

    def __init__(self, table: ModelTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(table)
        self._table = table
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(icons.size(_ICON))
        self.setTabKeyNavigation(False)
        self.setAccessibleName(tr("Models"))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)

    @property
    def selected(self) -> ModelInfo | None:
        """The model of the row that is selected."""
        return self._table.model_at(self.currentIndex().row())

    def select(self, name: str) -> None:
        """Select a model; the first one if it is not there."""
        index = self._table.index(max(self._table.row_of(name), 0), 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _AT_RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
