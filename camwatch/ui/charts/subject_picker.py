"""A dialog in which cameras, sites and places are found and checked, also among hundreds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import cast

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from camwatch.domain import CameraId
from camwatch.language import tr
from camwatch.scene import PlaceKind
from camwatch.ui import icons, theme, words
from camwatch.ui.charts.place_box import PLACE_ICONS
from camwatch.ui.charts.subjects import ALL, ALL_CAMERAS, MOST_SUBJECTS, Known, Subject
from camwatch.ui.forms import name_line_buttons, plain_label, set_role

_SUBJECT = Qt.ItemDataRole.UserRole
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class SubjectPicker(QDialog):
    """Lists all cameras by site, with a field to find one. Subclasses say what checks mean.

    Args:
        title: Of the window.
        hint: What checking does, in whole sentences.
        known: What there is.
    """

    def __init__(self, title: str, hint: str, known: Known, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self._known = known
        space = theme.current().space
        self.find_field = QLineEdit(self)
        self.find_field.setPlaceholderText(tr("Find a camera, site or place"))
        self.find_field.setAccessibleName(tr("Find a camera, site or place"))
        self.find_field.setClearButtonEnabled(True)
        self.find_field.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.find_field)
        self.find_field.textChanged.connect(self._filter)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(tr("Cameras"))
        self.tree.setIconSize(icons.size(16))
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.itemChanged.connect(self._on_checked)
        self.message = plain_label("", "muted", self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        set_role(self.ok_button, "primary")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(hint, "muted", self))
        column.addWidget(self.find_field)
        column.addWidget(self.tree, 1)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(2 * space)
        self._foot.addWidget(self.message, 1)
        column.addLayout(self._foot)
        column.addWidget(self.buttons)
        self.resize(56 * space, 72 * space)

    def _link(self, text: str, call: Callable[[], None]) -> QPushButton:
        """Add a link beside the message."""
        button = QPushButton(text, self)
        button.setProperty("role", "link")
        button.setAutoDefault(False)
        button.clicked.connect(call)
        self._foot.addWidget(button)
        return button

    def _item(
        self, parent: QTreeWidget | QTreeWidgetItem, text: str, icon: str, subject: Subject
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [text])
        item.setIcon(0, icons.icon(icon, theme.current().muted))
        item.setData(0, _SUBJECT, subject)
        item.setToolTip(0, words.tooltip(text))
        return item

    def _by_site(self) -> Iterator[tuple[QTreeWidgetItem, CameraId, str]]:
        """Add the sites by name; yield each with its cameras, by name."""
        cameras = sorted(self._known.cameras.values(), key=lambda one: one.name.casefold())
        for site_id, name in sorted(self._known.sites.items(), key=lambda one: one[1].casefold()):
            mine = [one for one in cameras if one.site_id == site_id]
            if mine:
                site = self._item(self.tree, name, "house", Subject(site_id))
                for camera in mine:
                    yield site, camera.id, camera.name
                site.setExpanded(True)

    def items(self) -> Iterator[QTreeWidgetItem]:
        """Return all rows, top to bottom."""
        waiting = [self.tree.topLevelItem(row) for row in range(self.tree.topLevelItemCount())]
        while waiting:
            item = waiting.pop(0)
            if item is not None:
                yield item
                waiting = [item.child(row) for row in range(item.childCount())] + waiting

    def subject_of(self, item: QTreeWidgetItem) -> Subject:
        """Return what a row stands for."""
        return cast("Subject", item.data(0, _SUBJECT))

    def checked(self) -> list[QTreeWidgetItem]:
        """Return the rows that are checked, top to bottom."""
        return [item for item in self.items() if item.checkState(0) is _CHECKED]

    @Slot(str)
    def _filter(self, text: str) -> None:
        """Show only what the words are in, what is below that, and what that is below."""
        wanted = text.casefold().split()

        def look(item: QTreeWidgetItem, *, is_above_shown: bool) -> bool:
            own = item.text(0).casefold()
            is_hit = all(word in own for word in wanted)
            below = [
                look(child, is_above_shown=is_above_shown or is_hit)
                for row in range(item.childCount())
                if (child := item.child(row)) is not None
            ]
            is_shown = is_above_shown or is_hit or any(below)
            item.setHidden(not is_shown)
            if wanted and any(below) and not is_hit:
                item.setExpanded(True)
            return is_shown

        hits = [
            look(item, is_above_shown=False)
            for row in range(self.tree.topLevelItemCount())
            if (item := self.tree.topLevelItem(row)) is not None
        ]
        if wanted and (first := self._first_hit(wanted)) is not None:
            self.tree.setCurrentItem(first)
        self.message.setText("" if any(hits) else tr("Nothing is called that."))
        if any(hits):
            self._tell()

    def _first_hit(self, wanted: Sequence[str]) -> QTreeWidgetItem | None:
        return next(
            (
                item
                for item in self.items()
                if all(word in item.text(0).casefold() for word in wanted)
            ),
            None,
        )

    @Slot()
    def _on_checked(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """Say what is checked; subclasses do."""

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Go from the field down into the list with the arrow keys."""
        if event.key() == Qt.Key.Key_Down and self.find_field.hasFocus():
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)


class WhoseDialog(SubjectPicker):
    """Chooses whose numbers are charted: those of all that are checked, added up.

    Attributes:
        chosen: What was chosen; None before.
    """

    def __init__(self, known: Known, before: Subject, parent: QWidget | None = None) -> None:
        super().__init__(
            tr("Whose numbers"),
            tr("Enter or a double click shows one. What is checked is added up to one line."),
            known,
            parent,
        )
        self.chosen: Subject | None = None
        ids = known.ids(before)
        # All are chosen by their row; checks begin with none, so that few are quickly checked.
        is_before = set(ids or ())
        self.tree.blockSignals(True)
        self._all = self._item(self.tree, tr(ALL_CAMERAS), "cctv", ALL)
        for site, camera_id, name in self._by_site():
            site.setFlags(
                site.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate
            )
            item = self._item(site, name, "cctv", Subject(None, (camera_id,)))
            item.setCheckState(0, _CHECKED if camera_id in is_before else _UNCHECKED)
        self.tree.blockSignals(False)
        self.tree.itemActivated.connect(self._on_activated)
        self.check_shown = self._link(tr("Check all that are shown"), self._check_shown)
        self.check_none = self._link(tr("Check none"), self._check_none)
        self.find_field.returnPressed.connect(self._on_entered)
        self.ok_button.setAutoDefault(False)
        self.ok_button.setDefault(False)
        self._tell()
        self.find_field.setFocus()

    @Slot()
    def _check_shown(self) -> None:
        self._check(_CHECKED)

    @Slot()
    def _check_none(self) -> None:
        self._check(_UNCHECKED)

    def _check(self, state: Qt.CheckState) -> None:
        """Check the cameras that the search left, or none at all."""
        for item in list(self.items()):
            is_camera = self.subject_of(item).camera_id is not None
            if is_camera and (state is _UNCHECKED or not item.isHidden()):
                item.setCheckState(0, state)

    def _cameras_checked(self) -> list[CameraId]:
        return [
            camera_id
            for item in self.checked()
            if (camera_id := self.subject_of(item).camera_id) is not None
        ]

    def _tell(self) -> None:
        count = len(self._cameras_checked())
        self.ok_button.setText(
            tr("Show {cameras}", cameras=words.cameras(count)) if count else tr("Show")
        )
        self.ok_button.setEnabled(bool(count))
        self.message.setText(
            "" if count < 2 else tr("Their people are added up; the peak is an upper limit.")
        )

    def _of_checked(self) -> Subject:
        """Return all, a site or cameras, whatever is checked."""
        ids = self._cameras_checked()
        if len(ids) == len(self._known.cameras) and len(ids) > 1:
            return ALL
        sites = [self.subject_of(item) for item in self.checked() if item.childCount()]
        if len(sites) == 1 and len(ids) > 1 and self._known.count(sites[0]) == len(ids):
            return sites[0]
        return Subject(None, tuple(ids))

    def accept(self) -> None:
        """Take what is checked."""
        if self.chosen is None and self._cameras_checked():
            self.chosen = self._of_checked()
        super().accept()

    @Slot()
    def _on_entered(self) -> None:
        item = self.tree.currentItem()
        if item is not None and not item.isHidden():
            self._on_activated(item)

    @Slot(QTreeWidgetItem)
    def _on_activated(self, item: QTreeWidgetItem) -> None:
        self.chosen = self.subject_of(item)
        self.accept()


class CompareDialog(SubjectPicker):
    """Chooses what is compared with: each that is checked gets a line of its own.

    Attributes:
        chosen: What was chosen, top to bottom; None before.
    """

    def __init__(
        self,
        known: Known,
        main: Subject,
        before: Sequence[Subject],
        parent: QWidget | None = None,
    ) -> None:
        most = MOST_SUBJECTS - 1
        what = tr("lines and gates") if main.is_flow else tr("cameras, sites and zones")
        super().__init__(
            tr("Compare with {what}", what=what),
            tr(
                "Each that is checked gets a line of its own in the chart, {most} at most beside "
                "{name}.",
                most=most,
                name=known.name(main),
            ),
            known,
            parent,
        )
        self.chosen: list[Subject] | None = None
        self._most = most
        self.tree.blockSignals(True)
        self._fill(main, set(before))
        self.tree.blockSignals(False)
        self.ok_button.setText(tr("Compare"))
        self._tell()
        self.find_field.setFocus()

    def _fill(self, main: Subject, before: set[Subject]) -> None:
        if not main.is_flow and not main.is_all:
            self._offer(self._item(self.tree, tr(ALL_CAMERAS), "cctv", ALL), before)
        for site, camera_id, name in self._by_site():
            if not main.is_flow and self.subject_of(site) != main:
                self._offer(site, before)
            item = self._item(site, name, "cctv", Subject(None, (camera_id,)))
            if not main.is_flow and self.subject_of(item) != main:
                self._offer(item, before)
            for place in self._known.places:
                is_flow = place.kind is not PlaceKind.ZONE
                if place.camera_id != camera_id or is_flow is not main.is_flow:
                    continue
                subject = Subject(None, (camera_id,), place)
                if place.retired_at is None and subject != main:
                    row = self._item(item, place.name, PLACE_ICONS[place.kind], subject)
                    self._offer(row, before)
                    if main.is_flow or subject in before:
                        item.setExpanded(True)

    def _offer(self, item: QTreeWidgetItem, before: set[Subject]) -> None:
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        is_before = self.subject_of(item) in before
        item.setCheckState(0, _CHECKED if is_before else _UNCHECKED)

    def _tell(self) -> None:
        count = len(self.checked())
        too_many = count > self._most
        self.ok_button.setEnabled(not too_many)
        self.message.setText(
            tr(
                "{count} are checked, and there is room for {most}: please uncheck {value}.",
                count=count,
                most=self._most,
                value=count - self._most,
            )
            if too_many
            else tr("{count} of {most} checked", count=count, most=self._most)
        )

    def accept(self) -> None:
        """Take what is checked."""
        self.chosen = [self.subject_of(item) for item in self.checked()]
        super().accept()
