"""The page on which cameras are listed, added, edited and removed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QModelIndex, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, Reason, Site
from camwatch.errors import CamWatchError
from camwatch.language import marked, tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.bridge import EventBridge
from camwatch.ui.cameras.bulk_edit import BulkCommands, BulkEditDialog
from camwatch.ui.cameras.certificate import CertificateAction, CertificateCommands
from camwatch.ui.cameras.editor import CameraEditor, EditorCommands
from camwatch.ui.cameras.empty import EmptyList
from camwatch.ui.cameras.filter_bar import FilterBar
from camwatch.ui.cameras.list_model import CameraFilter, CameraListModel, Choice
from camwatch.ui.cameras.list_table import CameraTable
from camwatch.ui.cameras.list_text import LIVE_COLUMNS
from camwatch.ui.cameras.many_actions import ManyActions, ManyCommands
from camwatch.ui.cameras.removal import ask_to_remove
from camwatch.ui.cameras.thumbnails import Thumbnails
from camwatch.ui.cameras.view_actions import ViewActions, ViewCommands
from camwatch.ui.error_text import text_for
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import BusyBar, Notice, in_tab_order, name_line_buttons, plain_label
from camwatch.ui.help.button import HelpButton
from camwatch.ui.privacy.action import PrivacyAction
from camwatch.ui.privacy.commands import PrivacyScreenCommands
from camwatch.ui.scene.live_view import LatestPictures
from camwatch.ui.words import cameras as cameras_words

_LOOK_MS = 1000
_ARRANGE_EVERY = 5
_SUMMARY_MS = 100
_MAY_NOT = marked(
    "Your role lets you see the cameras, and not add, change or remove them. An administrator can "
    "give you another role."
)


class CamerasCommands(
    EditorCommands,
    ViewCommands,
    ManyCommands,
    BulkCommands,
    CertificateCommands,
    PrivacyScreenCommands,
    Protocol,
):
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

    def remove_cameras(self, session: Session, camera_ids: Collection[CameraId]) -> None:
        """Remove several cameras, all of them or none."""
        ...


class CamerasPage(QWidget):
    """Lists the cameras with their states; administrators change them here.

    Supervisors draw here what is counted in a camera's view. While the page is seen, ages and
    small pictures are brought up to date once a second, and every five seconds the rows are put
    in order again, unless the pointer is over them.

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
        self._pictures = pictures
        self._may_edit = session.may(Permission.EDIT_CAMERAS)
        self._site_names: list[str] = []
        self._wanted: list[CameraId] = []
        self._looks = 0
        self.model = CameraListModel(self, ratio=self.devicePixelRatioF(), pictures=pictures)
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
        self.certificate = CertificateAction(
            commands, session, background, self, self.chosen_camera, self.model.reason_of
        )
        self.privacy = PrivacyAction(
            commands, session, background, self, self._chosen_cameras, zone
        )
        self._build()
        self._make_timers()
        self._update_buttons()
        bridge.cameras_changed.connect(self.reload)
        bridge.camera_state_changed.connect(self.model.take_state)
        bridge.notices_changed.connect(self.model.take_notices)
        bridge.cameras_measured.connect(self.model.take_readings)
        self.reload()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        title = QLabel(tr("Cameras"), self)
        title.setProperty("role", "title")
        self.summary = plain_label("", "muted", self)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search the cameras"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.search)
        self.search.setFixedWidth(30 * space)
        self.search.textChanged.connect(self._on_filter)
        self.add_button = self._button(tr("&Add camera"), "plus", self.add_camera)
        self.add_button.setProperty("role", "primary")
        self.add_button.setIcon(icons.icon("plus", theme.current().on_accent))
        self.edit_button = self._button(tr("&Edit"), "pencil", self.edit_camera)
        self.bulk_button = self._button(
            tr("&Change several…"), "sliders-horizontal", self.edit_several
        )
        self.remove_button = self._button(tr("&Remove"), "trash-2", self.remove_camera)
        self.filter_bar = FilterBar(self)
        self.filter_bar.changed.connect(self._on_filter)
        self.explanation = plain_label(tr(_MAY_NOT), "muted", self)
        self.explanation.setVisible(not self._may_edit)
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.reload)
        self.table = CameraTable(self.model, self.remove_camera, self)
        self.table.activated.connect(self._on_activated)
        down = QShortcut(QKeySequence(Qt.Key.Key_Down), self.search)
        down.setContext(Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self.table.enter)
        self.table.selectionModel().selectionChanged.connect(self._update_buttons)
        self.empty = EmptyList(self, may_edit=self._may_edit)
        self.empty.add_requested.connect(self.add_camera)
        self.empty.all_requested.connect(self.show_all)
        self._lay_out(title)

    def _lay_out(self, title: QLabel) -> None:
        space = theme.current().space
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(title)
        head.addWidget(HelpButton("cameras", self))
        head.addWidget(self.summary, 1)
        head.addWidget(self.search)
        head.addSpacing(space)
        head.addWidget(self.add_button)
        head.addWidget(self.many.button)
        buttons = (
            self.edit_button,
            self.bulk_button,
            *self.views.buttons,
            self.privacy.button,
            self.remove_button,
            self.certificate.button,  # last, for it comes and goes, and the others must not move
        )
        actions = FlowRow(space)
        for button in buttons:
            actions.addWidget(button)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * space, 2 * space, 3 * space, 2 * space)
        column.setSpacing(space)
        column.addLayout(head)
        column.addLayout(actions)
        column.addWidget(self.filter_bar)
        for part in (self.explanation, self.busy, self.notice, self.many.notice):
            column.addWidget(part)
        column.addLayout(self._stack, 1)
        in_tab_order(
            self.search,
            self.add_button,
            self.many.button,
            *buttons,
            *self.filter_bar.widgets,
            self.table,
            self.empty.button,
        )

    def _button(self, words: str, icon: str, slot: object) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.button_size())
        button.clicked.connect(slot)
        return button

    def _make_timers(self) -> None:
        self._look_timer = QTimer(self)
        self._look_timer.setInterval(_LOOK_MS)
        self._look_timer.timeout.connect(self.look)
        # A burst of states is summed up once.
        self._summary_timer = QTimer(self)
        self._summary_timer.setSingleShot(True)
        self._summary_timer.setInterval(_SUMMARY_MS)
        self._summary_timer.timeout.connect(self._update_summary)
        self.model.dataChanged.connect(self._on_data_changed)
        self._thumbnails: Thumbnails | None = None
        if self._pictures is not None:
            self._thumbnails = Thumbnails(
                self._pictures,
                self._background,
                self.table.seen,
                self,
                ratio=self.devicePixelRatioF(),
            )
            self._thumbnails.made.connect(self.model.show_thumbnail)

    # ---------------------------------------------------------------- keeping up to date

    def showEvent(self, event: QShowEvent, /) -> None:
        """Begin to keep ages and order up to date."""
        super().showEvent(event)
        self.model.arrange()
        self._look_timer.start()

    def hideEvent(self, event: QHideEvent, /) -> None:
        """Leave all as it is while nobody looks."""
        super().hideEvent(event)
        self._look_timer.stop()

    @Slot()
    def look(self) -> None:
        """Bring what is in view up to now; rows move only while the pointer is elsewhere."""
        self.model.show_ages(self.table.seen())
        if self._thumbnails is not None:
            self._thumbnails.look()
        self._looks += 1
        is_moving = (
            self.model.sorted_by in LIVE_COLUMNS or self.model.filter.choice is not Choice.ALL
        )
        if self._looks % _ARRANGE_EVERY == 0 and is_moving and not self.table.is_pointed_at:
            self.model.arrange()
            self._update_empty()

    @Slot()
    def reload(self) -> None:
        """Read the cameras again."""
        if not self._session.may(Permission.VIEW_CAMERAS):
            return  # each refusal is written into the audit log: nothing is asked in vain
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
        names = {site.id: site.name for site in sites}
        self._site_names = sorted(names.values(), key=str.casefold)
        self.filter_bar.set_sites(names)
        self.model.set_cameras(cameras, names)
        if self._wanted:
            self.table.choose(self._wanted)
            self._wanted = []
        self._update_summary()
        self._update_empty()
        self._update_buttons()

    def _on_failed(self, error: CamWatchError) -> None:
        self.busy.hide()
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def chosen_camera(self) -> Camera | None:
        """Return the camera that is selected, None if none or several are."""
        return self.table.chosen()[0] if self.table.chosen_count == 1 else None

    def _chosen_cameras(self) -> Sequence[Camera]:
        return self.table.chosen()

    # ---------------------------------------------------------------- showing

    @Slot()
    def _on_filter(self) -> None:
        self.model.set_filter(self.filter_bar.wanted(self.search.text()))
        self._update_empty()

    @Slot()
    def show_all(self) -> None:
        """Take search and filter away."""
        self.search.clear()
        self.filter_bar.clear()

    @Slot()
    def _on_data_changed(self) -> None:
        if not self._summary_timer.isActive():
            self._summary_timer.start()

    @Slot()
    def _update_summary(self) -> None:
        self.certificate.update()
        count = self.model.total
        self.summary.setText(
            tr(
                "{cameras_words}, {live} live",
                cameras_words=cameras_words(count),
                live=self.model.live,
            )
            if count
            else ""
        )
        self.filter_bar.setVisible(bool(count))
        self.filter_bar.show_counts({choice: self.model.count_of(choice) for choice in Choice})

    def _update_empty(self) -> None:
        is_empty = not self.model.rowCount()
        self._stack.setCurrentWidget(self.empty if is_empty else self.table)
        only_troubled = self.model.filter == CameraFilter(choice=Choice.ATTENTION)
        self.empty.tell_why(has_cameras=bool(self.model.total), needs_nobody=only_troubled)

    @Slot()
    def _update_buttons(self) -> None:
        count = self.table.chosen_count
        self.add_button.setEnabled(self._may_edit)
        self.edit_button.setEnabled(self._may_edit and count == 1)
        self.bulk_button.setEnabled(self._may_edit and count > 1)
        self.remove_button.setEnabled(self._may_edit and count > 0)
        self.bulk_button.setText(
            tr("&Change {count} cameras…", count=count) if count > 1 else tr("&Change several…")
        )
        self.remove_button.setText(
            tr("&Remove {count}", count=count) if count > 1 else tr("&Remove")
        )
        who = f" {cameras_words(count)}" if count > 1 else ""
        self.remove_button.setAccessibleName(tr("Remove{who}", who=who))
        hint = "" if self._may_edit else tr(_MAY_NOT)
        for button in (self.add_button, self.edit_button, self.remove_button):
            button.setToolTip(hint)
        several = tr("Select several rows with Ctrl or Shift, or all of them with Ctrl+A.")
        self.bulk_button.setToolTip(hint or several)
        self.views.update_buttons()
        self.privacy.update()
        self.certificate.update()

    # ---------------------------------------------------------------- changing

    @Slot(QModelIndex)
    def _on_activated(self, _index: QModelIndex) -> None:
        if self.table.chosen_count > 1:
            self.edit_several()
        else:
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

    @Slot(object)
    def edit_this(self, camera_id: CameraId) -> None:
        """Select a camera and open its editor, as if it had been found in the list."""
        if self._may_edit and self._go_to(camera_id):
            self.edit_camera()

    @Slot(object)
    def draw_in(self, camera_id: CameraId) -> None:
        """Select a camera and open the editor of its lines and zones."""
        if self._go_to(camera_id):
            self.views.edit_scene()

    @Slot(object)
    def privacy_of(self, camera_id: CameraId) -> None:
        """Select a camera and open its privacy."""
        if self._go_to(camera_id):
            self.privacy.open()

    def _go_to(self, camera_id: CameraId) -> bool:
        """Select one camera; False if it is not there."""
        self.show_all()
        self.table.choose([camera_id])
        chosen = self.chosen_camera()
        return chosen is not None and chosen.id == camera_id

    def _open_editor(self, camera: Camera | None) -> None:
        editor = CameraEditor(
            self._commands,
            self._session,
            self._background,
            camera,
            sites=self._site_names,
            reason=self.model.reason_of(camera.id) if camera is not None else Reason.NONE,
            pictures=self._pictures,
            parent=self,
        )
        editor.camera_saved.connect(self._on_saved)
        self._open(editor)

    @Slot()
    def edit_several(self) -> None:
        """Open the dialog that changes all selected cameras."""
        chosen = self.table.chosen()
        if self._may_edit and len(chosen) > 1:
            dialog = BulkEditDialog(
                self._commands, self._session, self._background, chosen, self._site_names, self
            )
            dialog.cameras_saved.connect(self._on_several_saved)
            self._open(dialog)

    @staticmethod
    def _open(dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot(object)
    def _on_saved(self, camera: Camera) -> None:
        self._on_several_saved([camera])

    @Slot(object)
    def _on_several_saved(self, cameras: Sequence[Camera]) -> None:
        self._wanted = [camera.id for camera in cameras]
        self.reload()

    @Slot()
    def remove_camera(self) -> None:
        """Ask whether to remove the selected cameras, and do it."""
        chosen = self.table.chosen()
        if self._may_edit and chosen:
            ask_to_remove(chosen, partial(self._remove, [camera.id for camera in chosen]), self)

    def _remove(self, camera_ids: Sequence[CameraId]) -> None:
        def job() -> None:
            if len(camera_ids) == 1:
                self._commands.remove_camera(self._session, camera_ids[0])
            else:
                self._commands.remove_cameras(self._session, camera_ids)

        self.busy.show()
        self._background.run(job, lambda _none: self.reload(), self._on_failed, owner=self)
