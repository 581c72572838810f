"""Chooses whose numbers are exported: all cameras, or some of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QRadioButton, QVBoxLayout

from camwatch.domain import Camera, CameraId
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import FocusGroup

_HEIGHT = 150


class CameraPicker(FocusGroup):
    """All cameras, removed ones too, or those that are ticked.

    Signals:
        changed: Something else is chosen.

    Args:
        chosen: Ticked at first; None for all.
    """

    changed = Signal()

    def __init__(self, chosen: Collection[CameraId] | None) -> None:
        super().__init__()
        self._ticked = frozenset(chosen or ())
        self.all_button = QRadioButton(tr("&All cameras, removed ones too"), self)
        self.some_button = QRadioButton(tr("&Only these"), self)
        (self.all_button if chosen is None else self.some_button).setChecked(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Cameras"))
        self.list.setMinimumHeight(theme.px(_HEIGHT))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.current().space // 2)
        for part in (self.all_button, self.some_button):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        self.begin_at(self.all_button)
        self.all_button.toggled.connect(self._on_toggled)
        self.list.itemChanged.connect(lambda _item: self.changed.emit())
        self._on_toggled()

    def set_cameras(self, cameras: Sequence[Camera]) -> None:
        """Offer cameras, in their order; what is ticked stays so."""
        self.list.blockSignals(True)
        self.list.clear()
        for camera in cameras:
            site = camera.settings.site
            item = QListWidgetItem(f"{camera.name}  ·  {site}" if site else camera.name)
            item.setData(Qt.ItemDataRole.UserRole, int(camera.id))
            is_ticked = camera.id in self._ticked
            item.setCheckState(Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        self.list.blockSignals(False)
        self.changed.emit()

    @property
    def chosen(self) -> tuple[CameraId, ...] | None:
        """Whose numbers; None for all."""
        if self.all_button.isChecked():
            return None
        items = [self.list.item(row) for row in range(self.list.count())]
        if not items:
            return tuple(sorted(self._ticked))
        return tuple(
            CameraId(item.data(Qt.ItemDataRole.UserRole))
            for item in items
            if item.checkState() is Qt.CheckState.Checked
        )

    @Slot()
    def _on_toggled(self) -> None:
        self.list.setVisible(self.some_button.isChecked())
        self.changed.emit()
