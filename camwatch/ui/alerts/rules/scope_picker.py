"""The part of a rule's form that says which cameras or places it is about."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from camwatch.alerts.rules import (
    Balance,
    CameraCondition,
    Condition,
    Crossings,
    PlaceRef,
    ProgramCondition,
    Scope,
)
from camwatch.domain import CameraId, SiteId
from camwatch.language import tr
from camwatch.scene import PlaceKind
from camwatch.ui import theme
from camwatch.ui.alerts.rules.commands import Surroundings
from camwatch.ui.forms import CalmComboBox, plain_label

EVERYTHING, SOME, PLACES = "everything", "some", "places"
_THING = Qt.ItemDataRole.UserRole
_ROWS = 6
_ROW_HEIGHT = 30

Thing = SiteId | CameraId | PlaceRef


class ScopePicker(QWidget):
    """Everything, or ticks in a tree of sites and cameras, or of lines and zones.

    Signals:
        changed: Something else was chosen.
    """

    changed = Signal()

    def __init__(self, known: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known = known
        self._is_filling = False
        self._lines_only: bool | None = None
        self.mode = CalmComboBox(self)
        self.mode.setAccessibleName(tr("Where"))
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setFixedHeight(_ROWS * theme.px(_ROW_HEIGHT))
        self.tree.setProperty("role", "box")
        self.together = QCheckBox(tr("&Add the numbers of all of them up"), self)
        self.nothing = plain_label("", "muted", self)
        space = theme.current().space
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        for part in (self.mode, self.tree, self.nothing, self.together):
            column.addWidget(part)
        self.setFocusProxy(self.mode)
        self.mode.currentIndexChanged.connect(self._on_mode)
        self.tree.itemChanged.connect(self._on_ticked)
        self.together.toggled.connect(self._on_changed)

    # ---------------------------------------------------------------- what is chosen

    def scope(self) -> Scope:
        """Return what is chosen."""
        chosen = [] if self._mode == EVERYTHING else list(self._ticked())
        sites = [SiteId(one) for kind, one in chosen if kind == "site" and isinstance(one, int)]
        cameras = [
            CameraId(one) for kind, one in chosen if kind == "camera" and isinstance(one, int)
        ]
        together = self.together.isVisibleTo(self) and self.together.isChecked()
        return Scope(
            sites=frozenset(sites),
            cameras=frozenset(cameras),
            places=frozenset(one for _kind, one in chosen if isinstance(one, PlaceRef)),
            is_together=together,
        )

    @property
    def is_missing(self) -> bool:
        """True if something must be ticked, and nothing is."""
        return self._mode != EVERYTHING and not any(True for _ in self._ticked())

    @property
    def _mode(self) -> str:
        return str(self.mode.currentData() or EVERYTHING)

    def show_for(self, condition: Condition, scope: Scope) -> None:
        """Offer what a condition can be about, with these chosen."""
        self._is_filling = True
        lines = isinstance(condition, Crossings | Balance)
        self._lines_only = lines
        self.mode.clear()
        if lines:
            self.mode.addItem(tr("All lines and gates, also later ones"), EVERYTHING)
            self.mode.addItem(tr("All lines and gates of some sites or cameras"), SOME)
            self.mode.addItem(tr("Some lines and gates"), PLACES)
        else:
            self.mode.addItem(tr("All cameras, also later ones"), EVERYTHING)
            self.mode.addItem(tr("Some sites or cameras"), SOME)
            if not isinstance(condition, CameraCondition):
                self.mode.addItem(tr("Some zones"), PLACES)
        wanted = PLACES if scope.places else EVERYTHING if scope.is_everything else SOME
        self.mode.setCurrentIndex(max(self.mode.findData(wanted), 0))
        self.together.setVisible(not isinstance(condition, CameraCondition | ProgramCondition))
        self.together.setChecked(scope.is_together)
        self._build(scope)
        self._is_filling = False

    # ---------------------------------------------------------------- the tree

    def _items(self) -> Iterator[QTreeWidgetItem]:
        for place in range(self.tree.topLevelItemCount()):
            top = self.tree.topLevelItem(place)
            if top is not None:
                yield top
                children = (top.child(number) for number in range(top.childCount()))
                yield from (child for child in children if child is not None)

    def _ticked(self) -> Iterator[tuple[str, Thing]]:
        for item in self._items():
            thing = item.data(0, _THING)
            if thing is not None and item.checkState(0) is Qt.CheckState.Checked:
                yield thing

    def _build(self, scope: Scope) -> None:
        self.tree.clear()
        mode = self._mode
        if mode == SOME:
            self._build_cameras(scope)
        elif mode == PLACES:
            self._build_places(scope)
        self.tree.expandAll()
        has_rows = self.tree.topLevelItemCount() > 0
        self.tree.setVisible(mode != EVERYTHING and has_rows)
        self.nothing.setVisible(mode != EVERYTHING and not has_rows)
        if mode != PLACES:
            self.nothing.setText(tr("There are no cameras yet."))
        elif self._lines_only:
            self.nothing.setText(
                tr("No lines or gates are drawn yet. Draw some in the counting setup of a camera.")
            )
        else:
            self.nothing.setText(
                tr("No zones are drawn yet. Draw some in the counting setup of a camera.")
            )

    def _build_cameras(self, scope: Scope) -> None:
        known = self._known
        for site_id, site in known.sites.items():
            top = self._add(None, site, ("site", site_id), site_id in scope.sites)
            for camera in known.cameras.values():
                if camera.site_id == site_id:
                    self._add(top, camera.name, ("camera", camera.id), camera.id in scope.cameras)
        for gone in sorted(scope.sites - set(known.sites)):
            self._add(None, tr("Site {gone} (gone)", gone=gone), ("site", gone), True)
        for gone_camera in sorted(scope.cameras - set(known.cameras)):
            self._add(
                None,
                tr("Camera {gone_camera} (gone)", gone_camera=gone_camera),
                ("camera", gone_camera),
                True,
            )

    def _build_places(self, scope: Scope) -> None:
        left = set(scope.places)
        for camera in self._known.cameras.values():
            wanted = [
                PlaceRef(camera.id, name)
                for name, kind in self._known.places.get(camera.id, ())
                if (kind is not PlaceKind.ZONE) == self._lines_only
            ]
            if not wanted:
                continue
            top = self._add(None, camera.name, None, False)
            for ref in wanted:
                self._add(top, ref.name, ("place", ref), ref in scope.places)
                left.discard(ref)
        for ref in sorted(left, key=lambda one: (one.camera_id, one.name)):
            self._add(None, tr("{name} (gone)", name=ref.name), ("place", ref), True)

    def _add(
        self,
        above: QTreeWidgetItem | None,
        name: str,
        thing: tuple[str, Thing] | None,
        is_ticked: bool,
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem([name])
        item.setData(0, _THING, thing)
        if thing is None:
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        else:
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(0, Qt.CheckState.Checked if is_ticked else Qt.CheckState.Unchecked)
        if above is None:
            self.tree.addTopLevelItem(item)
        else:
            above.addChild(item)
        return item

    @Slot()
    def _on_mode(self) -> None:
        if self._is_filling:
            return
        self._is_filling = True
        self._build(Scope())
        self._is_filling = False
        self.changed.emit()

    @Slot()
    def _on_ticked(self) -> None:
        self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        if not self._is_filling:
            self.changed.emit()
