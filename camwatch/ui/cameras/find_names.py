"""The third step of finding cameras: what they are called, where they hang, how often they count."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from camwatch.cameras.policy import (
    LONGEST_INTERVAL_S,
    LONGEST_LOCATION,
    LONGEST_NAME,
    SHORTEST_INTERVAL_S,
)
from camwatch.commands.camera_bulk import NewCamera, problems_of
from camwatch.commands.camera_table import name_key
from camwatch.errors import InvalidSetting
from camwatch.language import marked, table, tr
from camwatch.ui import icons, theme
from camwatch.ui.cameras.find_table import FoundCamera
from camwatch.ui.error_text import field_sentence
from camwatch.ui.fitting import fit_columns
from camwatch.ui.forms import (
    CalmComboBox,
    CalmDoubleSpinBox,
    CalmSpinBox,
    Field,
    in_a_row,
    in_tab_order,
    plain_label,
)
from camwatch.ui.rows_model import Index, RowsModel
from camwatch.ui.words import cameras as cameras_words
from camwatch.ui.words import tooltip

_ROW_HEIGHT, _ICON = 34, 16
_SIGN = re.compile(r"\{(number|name|make|model|address)\}")
_PLACEHOLDERS = marked(
    "In names and locations {number}, {name}, {make}, {model} and {address} are filled in."
)
_EDIT_HINT = marked(
    "A name can also be changed by itself: double-click it, or press F2. Emptied, it follows the pattern again."
)


def filled_in(pattern: str, one: FoundCamera, number: int, width: int) -> str:
    """Return a text for one camera.

    Args:
        pattern: Such as "Gate {number}"; what is in no braces of ours stays as it is.
        one: Tells what the rest stands for.
        number: Of this camera.
        width: Digits of a number, filled up with noughts.
    """
    found = one.found
    known = {
        "number": f"{number:0{width}}",
        "name": found.name,
        "make": found.make,
        "model": found.model,
        "address": found.host,
    }
    # In one pass, so that what a camera says of itself is not filled in once more.
    return " ".join(_SIGN.sub(lambda sign: known[sign[1]], pattern).split())


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    LOCATION = 1
    ADDRESS = 2
    SIGN_IN = 3
    VERDICT = 4


_HEADINGS = table(
    lambda: {
        Column.NAME: tr("Name"),
        Column.LOCATION: tr("Location"),
        Column.ADDRESS: tr("Address"),
        Column.SIGN_IN: tr("Signs in as"),
        Column.VERDICT: tr("What is wrong"),
    }
)
_WIDTHS = {Column.NAME: 240, Column.LOCATION: 200, Column.ADDRESS: 200, Column.SIGN_IN: 110}


class NamesModel(RowsModel):
    """The cameras as they would be added.

    Signals:
        renamed: The number of a camera from 0, and its new name.
    """

    renamed = Signal(int, str)

    def __init__(self, parent: QObject | None = None, *, ratio: float = 1.0) -> None:
        super().__init__([_HEADINGS[column] for column in Column], parent)
        self._ratio = ratio
        self._rows: Sequence[tuple[NewCamera, tuple[InvalidSetting, ...]]] = ()

    def set_rows(self, rows: Sequence[tuple[NewCamera, tuple[InvalidSetting, ...]]]) -> None:
        """Show these cameras, each with what is wrong with it."""
        is_same_size = len(rows) == len(self._rows)
        if not is_same_size:
            self.beginResetModel()
        self._rows = rows
        if not is_same_size:
            self.endResetModel()
        elif rows:
            last = self.index(len(rows) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rows(self) -> int:
        """Return how many cameras there are."""
        return len(self._rows)

    def flags(self, index: Index, /) -> Qt.ItemFlag:
        """Let the names be changed."""
        flags = super().flags(index)
        is_name = index.isValid() and index.column() == Column.NAME
        return flags | Qt.ItemFlag.ItemIsEditable if is_name else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole, /) -> bool:
        """Tell of a name that was changed."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole:
            return False
        self.renamed.emit(index.row(), str(value))
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole, /) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        (settings, _), problems = self._rows[index.row()]
        texts = {
            Column.NAME: settings.name,
            Column.LOCATION: settings.location,
            Column.ADDRESS: settings.origin,
            Column.SIGN_IN: settings.username,
            Column.VERDICT: " ".join(map(field_sentence, problems)) or tr("Nothing"),
        }
        column = Column(index.column())
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return texts[column]
            case Qt.ItemDataRole.ToolTipRole:
                return tooltip(texts[column])
            case Qt.ItemDataRole.DecorationRole if column is Column.VERDICT:
                tokens = theme.current()
                if problems:
                    return icons.pixmap("circle-alert", _ICON, tokens.critical, self._ratio)
                return icons.pixmap("check", _ICON, tokens.ok, self._ratio)
            case _:
                return None


class NamesStep(QWidget):
    """Names the cameras that are to be added, and shows at once what is wrong with them.

    Signals:
        changed: There is another answer to `is_ready`, or another number of cameras.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: Sequence[FoundCamera] = ()
        self._own_names: dict[int, str] = {}
        self._is_pattern_own = False
        self._taken: Mapping[str, str] = {}
        self.new: list[NewCamera] = []
        """The cameras as they would be added."""
        self.bad = 0
        """How many of them cannot be added so."""
        self.name = QLineEdit("{name}", self)
        self.name.setMaxLength(LONGEST_NAME)
        self.first = CalmSpinBox(self)
        self.first.setRange(0, 9999)
        self.first.setValue(1)
        self.location = QLineEdit(self)
        self.location.setMaxLength(LONGEST_LOCATION)
        self.location.setPlaceholderText(tr("Such as Ground floor"))
        self.site = CalmComboBox(self)
        self.site.setEditable(True)
        if (line := self.site.lineEdit()) is not None:
            line.setPlaceholderText(tr("Main site"))
        self.interval = CalmDoubleSpinBox(self)
        self.interval.setRange(SHORTEST_INTERVAL_S, LONGEST_INTERVAL_S)
        self.interval.setValue(1.0)
        self.interval.setSuffix(" s")
        self.interval.setDecimals(1)
        self.name_field = Field(tr("&Name"), self.name, self)
        self.first_field = Field(tr("Numbered &from"), self.first, self)
        self.location_field = Field(tr("&Location"), self.location, self)
        self.site_field = Field(tr("&Site"), self.site, self)
        self.interval_field = Field(tr("&Time between two pictures"), self.interval, self)
        self.summary = plain_label("", "heading", self)
        self._make_table()
        self._lay_out()
        for signal in (
            self.name.textChanged,
            self.location.textChanged,
            self.first.valueChanged,
            self.interval.valueChanged,
            self.site.editTextChanged,
        ):
            signal.connect(self._on_changed)
        self.name.textEdited.connect(self._on_pattern_edited)
        in_tab_order(self.name, self.first, self.location, self.site, self.interval, self.table)

    def _make_table(self) -> None:
        self.model = NamesModel(self, ratio=self.devicePixelRatioF())
        self.model.renamed.connect(self._on_renamed)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setAccessibleName(tr("Cameras that are to be added"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(theme.px(_ROW_HEIGHT))
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        fit_columns(header, _WIDTHS)
        header.setSectionResizeMode(Column.VERDICT, QHeaderView.ResizeMode.Stretch)

    def _lay_out(self) -> None:
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.table)
        above = QHBoxLayout()
        above.addWidget(self.summary, 1)
        above.addWidget(plain_label(tr(_EDIT_HINT), "muted", self), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addLayout(
            in_a_row([(self.name_field, 3), (self.first_field, 1), (self.location_field, 3)])
        )
        column.addWidget(plain_label(tr(_PLACEHOLDERS), "muted", self))
        column.addLayout(in_a_row([(self.site_field, 3), (self.interval_field, 1), (QWidget(), 3)]))
        column.addSpacing(space)
        column.addLayout(above)
        column.addWidget(card, 1)

    def set_sites(self, sites: Sequence[str], taken: Mapping[str, str]) -> None:
        """Offer the sites there are, and know the names in use; see `names_in_use`."""
        text = self.site.currentText()
        self.site.clear()
        self.site.addItems(list(sites))
        self.site.setCurrentText(text or (sites[0] if sites else ""))
        self._taken = taken
        self._on_changed()

    def set_cameras(self, chosen: Sequence[FoundCamera]) -> None:
        """Show the cameras that are to be added."""
        if [one.found.address for one in chosen] != [one.found.address for one in self._chosen]:
            self._own_names.clear()
        self._chosen = chosen
        if not self._is_pattern_own:
            self.name.setText(self._usual_pattern())
        self._on_changed()

    def _usual_pattern(self) -> str:
        """Return a pattern that gives each camera a name of its own."""
        keys = {name_key(one.found.name) for one in self._chosen}
        is_enough = len(keys) == len(self._chosen) and not keys & self._taken.keys()
        return "{name}" if is_enough else tr("{name} {number}")

    @Slot()
    def _on_pattern_edited(self) -> None:
        self._is_pattern_own = True

    @property
    def is_ready(self) -> bool:
        """True if all of them can be added so."""
        return bool(self.new) and not self.bad

    @Slot(int, str)
    def _on_renamed(self, row: int, name: str) -> None:
        if name.strip():
            self._own_names[row] = name
        else:
            self._own_names.pop(row, None)
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        """Make the cameras anew, and look what is wrong with each."""
        first = self.first.value()
        width = len(str(first + max(len(self._chosen) - 1, 0)))
        taken = dict(self._taken)
        pattern, location = self.name.text(), self.location.text().strip()
        rows = []
        for row, one in enumerate(self._chosen):
            settings, password = one.signed_in()
            name = self._own_names.get(row, filled_in(pattern, one, first + row, width))
            new = (
                replace(
                    settings,
                    name=name[:LONGEST_NAME],
                    location=filled_in(location or settings.location, one, first + row, width),
                    site=self.site.currentText(),
                    interval_s=round(self.interval.value(), 1),
                ),
                password,
            )
            rows.append((new, problems_of(new, taken)))
            taken.setdefault(name_key(name), tr("another one of these cameras"))
        self.new = [new for new, _ in rows]
        self.bad = sum(bool(problems) for _, problems in rows)
        self.model.set_rows(rows)
        about = cameras_words(len(rows))
        self.summary.setText(
            tr("{about}, {bad} not fit yet", about=about, bad=self.bad) if self.bad else about
        )
        self.changed.emit()
