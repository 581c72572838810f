"""The page on which cameras are listed, added, edited and removed."""

from __future__ import annotations

from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission, allows
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, Reason, Site
from camwatch.errors import CamWatchError
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.editor import CameraEditor, EditorCommands
from camwatch.ui.cameras.list_model import CAMERA_ROLE, SORT_ROLE, CameraListModel, Column
from camwatch.ui.cameras.many_actions import ManyActions, ManyCommands
from camwatch.ui.cameras.view_actions import ViewActions, ViewCommands
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, plain_label, set_role
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.words import cameras as cameras_words

_ROW_HEIGHT = 40
_MAY_NOT = (
    "Your role lets you see the cameras. Only an administrator can add, change or remove them."
)


class CamerasCommands(EditorCommands, ViewCommands, ManyCommands, Protocol):
    """What this page asks of `camwatch.commands.Commands`."""

    def cameras(self, session: Session) -> list[Camera]:
        """Return all cameras."""
        ...

    def sites(self, session: Session) -> list[Site]:
        """Return all sites."""
        ...

    def remove_camera(self, session: Session, camera_id: CameraId) -> None:
        """Remove a camera; its history stays."""
        ...


class CamerasPage(QWidget):
    """Lists the cameras with their states; administrators change them here.

    Supervisors draw here what is counted in a camera's view.

    Args:
        pictures: Where the newest pictures are; without it, no view can be looked at.
        zone: The site's time zone; None is this computer's.
    """

    def __init__(
        self,
        commands: CamerasCommands,
        session: Session,
        background: Background,
        bridge: EventBridge,
        parent: QWidget | None = None,
        *,
        pictures: LatestPictures | None = None,
        zone: ZoneInfo | None = None,
    ) -> None:
        super().__init__(parent)
        self._commands = commands
        self._session = session
        self._background = background
        self._may_edit = allows(session.user.role, Permission.EDIT_CAMERAS)
        self._site_names: list[str] = []
        self._wanted: CameraId | None = None
        self._to_remove: CameraId | None = None
        self.model = CameraListModel(self, ratio=self.devicePixelRatioF())
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.model)
        self.shown.setSortRole(SORT_ROLE)
        self.shown.setFilterKeyColumn(-1)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.views = ViewActions(
            commands,
            session,
            background,
            bridge,
            self,
            chosen=self.chosen_camera,
            pictures=pictures,
            zone=zone,
        )
        self.many = ManyActions(commands, session, background, self)
        self._build()
        self._update_buttons()
        bridge.cameras_changed.connect(self.reload)
        bridge.camera_state_changed.connect(self.model.take_state)
        self.model.dataChanged.connect(self._update_summary)
        self.reload()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = QLabel("Cameras", self)
        title.setProperty("role", "title")
        self.summary = plain_label("", "muted", self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName("Search the cameras")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.search.setFixedWidth(30 * space)
        self.search.textChanged.connect(self._on_search)
        self.add_button = self._button("&Add camera", "plus", self.add_camera)
        self.add_button.setProperty("role", "primary")
        self.add_button.setIcon(icons.icon("plus", theme.current().on_accent))
        self.edit_button = self._button("&Edit", "pencil", self.edit_camera)
        self.remove_button = self._button("&Remove", "trash-2", self.remove_camera)
        self.explanation = plain_label(_MAY_NOT, "muted", self)
        self.explanation.setVisible(not self._may_edit)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self._build_table()
        self._build_empty()

        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(title)
        head.addWidget(self.summary, 1)
        head.addWidget(self.search)
        head.addSpacing(space)
        head.addWidget(self.add_button)
        head.addWidget(self.many.button)
        actions = QHBoxLayout()
        actions.setSpacing(space)
        for button in (
            self.edit_button,
            self.views.scene_button,
            self.views.heat_button,
            self.remove_button,
        ):
            actions.addWidget(button)
        actions.addStretch(1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addLayout(actions)
        column.addWidget(self.explanation)
        column.addWidget(self.busy)
        column.addWidget(self.notice)
        column.addWidget(self.many.notice)
        column.addLayout(self._stack, 1)
        in_tab_order(
            self.search,
            self.add_button,
            self.many.button,
            self.edit_button,
            self.views.scene_button,
            self.views.heat_button,
            self.remove_button,
            self.table,
            self.empty_button,
        )

    def _button(self, words: str, icon: str, slot: object) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.BUTTON)
        button.clicked.connect(slot)
        return button

    def _build_table(self) -> None:
        self.table = QTableView(self)
        self.table.setModel(self.shown)
        self.table.setAccessibleName("Cameras")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.STATE, QHeaderView.ResizeMode.Stretch)
        widths = {Column.NAME: 200, Column.SITE: 170, Column.LOCATION: 220, Column.ADDRESS: 200}
        for column, width in widths.items():
            self.table.setColumnWidth(column, width)
        self.table.setColumnWidth(Column.SINCE, 140)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(Column.NAME, Qt.SortOrder.AscendingOrder)
        self.table.activated.connect(self._on_activated)
        self.table.selectionModel().selectionChanged.connect(self._update_buttons)
        delete = QAction("Remove", self.table)
        delete.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        delete.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        delete.triggered.connect(self.remove_camera)
        self.table.addAction(delete)

    def _build_empty(self) -> None:
        space = theme.current().space
        self.empty = QWidget(self)
        sign = QLabel(self.empty)
        sign.setPixmap(icons.pixmap("cctv", 48, theme.current().muted, self.devicePixelRatioF()))
        self.empty_title = plain_label("", "heading", self.empty)
        self.empty_text = plain_label("", "muted", self.empty)
        self.empty_button = QPushButton(self.empty)
        self.empty_button.setProperty("role", "primary")
        self.empty_button.clicked.connect(self._on_empty_button)
        column = QVBoxLayout(self.empty)
        column.setSpacing(space)
        column.addStretch(1)
        for part in (sign, self.empty_title, self.empty_text):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(part)
        column.addSpacing(space)
        column.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    # ---------------------------------------------------------------- reading

    @Slot()
    def reload(self) -> None:
        """Read the cameras again."""
        self.busy.show()
        self._background.run(
            lambda: (self._commands.cameras(self._session), self._commands.sites(self._session)),
            self._on_read,
            self._on_failed,
            owner=self,
        )

    def _on_read(self, answer: tuple[list[Camera], list[Site]]) -> None:
        cameras, sites = answer
        self.busy.hide()
        self.notice.hide()
        wanted = self._wanted
        if wanted is None and (chosen := self.chosen_camera()) is not None:
            wanted = chosen.id
        self._wanted = None
        self._site_names = sorted((site.name for site in sites), key=str.casefold)
        self.model.set_cameras(cameras, {site.id: site.name for site in sites})
        self._choose(wanted)
        self._update_summary()
        self._update_empty()
        self._update_buttons()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action="Read again")

    def _choose(self, camera_id: CameraId | None) -> None:
        row = None if camera_id is None else self.model.row_of(camera_id)
        if row is not None:
            index = self.shown.mapFromSource(self.model.index(row, 0))
            if index.isValid():
                self.table.setCurrentIndex(index)

    def chosen_camera(self) -> Camera | None:
        """Return the camera that is selected, None if none is."""
        rows = self.table.selectionModel().selectedRows()
        camera = rows[0].data(CAMERA_ROLE) if rows else None
        return camera if isinstance(camera, Camera) else None

    # ---------------------------------------------------------------- showing

    @Slot(str)
    def _on_search(self, text: str) -> None:
        self.shown.setFilterFixedString(text.strip())
        self._update_empty()

    @Slot()
    def _update_summary(self) -> None:
        count = self.model.rowCount()
        self.summary.setText(f"{cameras_words(count)}, {self.model.live} live" if count else "")

    def _update_empty(self) -> None:
        self._stack.setCurrentWidget(self.table if self.shown.rowCount() else self.empty)
        if self.model.rowCount():
            self.empty_title.setText("No camera matches")
            self.empty_text.setText("Try another word, or part of a name, place or address.")
            self.empty_button.setText("Show all cameras")
            self.empty_button.show()
        else:
            self.empty_title.setText("No cameras yet")
            self.empty_text.setText(
                "Add the first one: all you need is its address, and its user name and password."
                if self._may_edit
                else "An administrator can add them here."
            )
            self.empty_button.setText("Add camera")
            self.empty_button.setVisible(self._may_edit)

    @Slot()
    def _update_buttons(self) -> None:
        is_chosen = self.chosen_camera() is not None
        self.add_button.setEnabled(self._may_edit)
        self.edit_button.setEnabled(self._may_edit and is_chosen)
        self.remove_button.setEnabled(self._may_edit and is_chosen)
        hint = "" if self._may_edit else _MAY_NOT
        for button in (self.add_button, self.edit_button, self.remove_button):
            button.setToolTip(hint)
        self.views.update_buttons()

    # ---------------------------------------------------------------- changing

    @Slot()
    def _on_empty_button(self) -> None:
        if self.model.rowCount():
            self.search.clear()
        else:
            self.add_camera()

    @Slot(QModelIndex)
    def _on_activated(self, _index: QModelIndex) -> None:
        self.edit_camera()

    @Slot()
    def add_camera(self) -> None:
        """Open the editor for a new camera."""
        if self._may_edit:
            self._open_editor(None)

    @Slot()
    def edit_camera(self) -> None:
        """Open the editor for the selected camera."""
        camera = self.chosen_camera()
        if self._may_edit and camera is not None:
            self._open_editor(camera)

    def _open_editor(self, camera: Camera | None) -> None:
        editor = CameraEditor(
            self._commands,
            self._session,
            self._background,
            camera,
            sites=self._site_names,
            reason=self.model.reason_of(camera.id) if camera is not None else Reason.NONE,
            parent=self,
        )
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        editor.camera_saved.connect(self._on_saved)
        editor.open()

    @Slot(object)
    def _on_saved(self, camera: Camera) -> None:
        self._wanted = camera.id
        self.reload()

    @Slot()
    def remove_camera(self) -> None:
        """Ask whether to remove the selected camera, and do it."""
        camera = self.chosen_camera()
        if not self._may_edit or camera is None:
            return
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setIcon(QMessageBox.Icon.Warning)
        question.setWindowTitle("Remove camera")
        question.setStyleSheet("QLabel#qt_msgbox_informativelabel { min-width: 340px; }")
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(f"Remove “{camera.name}”?")
        question.setInformativeText(
            "It is no longer watched, and its password is forgotten. "
            "Its history is kept: what was counted so far can still be looked at."
        )
        remove = question.addButton("Remove camera", QMessageBox.ButtonRole.DestructiveRole)
        set_role(remove, "danger")
        keep = question.addButton("Keep it", QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(keep)
        question.setEscapeButton(keep)
        self._to_remove = camera.id
        remove.clicked.connect(self._remove)
        question.open()

    @Slot()
    def _remove(self) -> None:
        camera_id = self._to_remove
        if camera_id is None:
            return
        self._to_remove = None
        self.busy.show()
        self._background.run(
            lambda: self._commands.remove_camera(self._session, camera_id),
            lambda _none: self.reload(),
            self._on_failed,
            owner=self,
        )
