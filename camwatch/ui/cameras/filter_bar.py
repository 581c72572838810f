"""The bar above the list of cameras that says which of them are shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from camwatch.domain import SiteId, SourceKind
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.cameras.kinds import KINDS
from camwatch.ui.cameras.list_model import CameraFilter, Choice
from camwatch.ui.forms import CalmComboBox

_ALL_SITES = marked("All sites")
_ALL_KINDS = marked("All kinds")


class FilterBar(QWidget):
    """Buttons for states with how many cameras are in each, and boxes for site and kind.

    Signals:
        changed: Something else is wanted.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space)
        self.choices: dict[Choice, QPushButton] = {}
        self._group = QButtonGroup(self)
        for choice in Choice:
            button = QPushButton(tr(choice.value), self)
            button.setCheckable(True)
            button.setProperty("role", "choice")
            self._group.addButton(button)
            self.choices[choice] = button
            row.addWidget(button)
        self.choices[Choice.ALL].setChecked(True)
        self._group.buttonToggled.connect(self._on_toggled)
        row.addStretch(1)
        self.site = CalmComboBox(self)
        self.site.setAccessibleName(tr("Site"))
        self.site.addItem(tr(_ALL_SITES), None)
        self.kind = CalmComboBox(self)
        self.kind.setAccessibleName(tr("Kind of camera"))
        self.kind.addItem(tr(_ALL_KINDS), None)
        for kind, words in KINDS.items():
            self.kind.addItem(words.short, kind)
        for box in (self.site, self.kind):
            box.setMinimumWidth(18 * space)
            box.currentIndexChanged.connect(self.changed)
            row.addWidget(box)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """What the Tab key visits, in its order."""
        return (*self.choices.values(), self.site, self.kind)

    def wanted(self, words: str) -> CameraFilter:
        """Return which cameras are wanted.

        Args:
            words: What is searched for.
        """
        choice = next(choice for choice, button in self.choices.items() if button.isChecked())
        kind: SourceKind | None = self.kind.currentData()
        site: SiteId | None = self.site.currentData()
        return CameraFilter(words, choice, site, None if kind is None else SourceKind(kind))

    def set_sites(self, sites: Mapping[SiteId, str]) -> None:
        """Offer these sites; the chosen one stays if it is among them."""
        chosen = self.site.currentData()
        with QSignalBlocker(self.site):
            self.site.clear()
            self.site.addItem(tr(_ALL_SITES), None)
            for site_id, name in sorted(sites.items(), key=lambda item: item[1].casefold()):
                self.site.addItem(name, site_id)
            self.site.setCurrentIndex(max(self.site.findData(chosen), 0))

    def show_counts(self, counts: Mapping[Choice, int]) -> None:
        """Show how many cameras are in each state."""
        for choice, count in counts.items():
            button = self.choices[choice]
            button.setText(f"{tr(choice.value)}  {count}")
            button.setAccessibleName(f"{tr(choice.value)}: {count}")

    @Slot()
    def clear(self) -> None:
        """Want all cameras."""
        self.choices[Choice.ALL].setChecked(True)
        self.site.setCurrentIndex(0)
        self.kind.setCurrentIndex(0)

    def _on_toggled(self, _button: object, is_checked: bool) -> None:
        if is_checked:
            self.changed.emit()
