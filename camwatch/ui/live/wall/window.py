"""A further window that shows a wall, perhaps on another screen."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication
from PySide6.QtWidgets import QLabel, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from camwatch.domain import CameraId
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.live.controls import GridControls
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.grid import CameraGrid
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.book import WallBook
from camwatch.ui.live.wall.chooser import WallChooser
from camwatch.ui.live.wall.number_entry import NumberEntry
from camwatch.ui.shortcuts import LAYOUT_KEYS, Key, bind
from camwatch.walls import Plan, Wall, plan_named

_REFRESH_MS = 500


class WallWindow(QWidget):
    """Shows one wall; what it knows of the cameras is what the main window knows.

    Args:
        feed: Its own pictures, in its own sizes.
        page: The live page of the main window, which keeps what is known of the cameras.
        book: The saved walls.
        told: What it says of the program, such as that all is a demonstration; "" for nothing.

    Signals:
        closed: The operator closed it, or the program did.
        lock_requested: The operator leaves, and the keyboard was here.
    """

    closed = Signal()
    lock_requested = Signal()

    def __init__(self, feed: PictureFeed, page: LivePage, book: WallBook, *, told: str) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self._page = page
        self._book = book
        self._told = told
        self._title = ""
        self._build(feed)
        self._connect()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._refresh_next)
        self._timer.start(_REFRESH_MS)
        self._turn = 0
        self._on_cameras()
        self.cover_up(is_locked=False, is_hidden=False)

    def _build(self, feed: PictureFeed) -> None:
        space = theme.current().space
        self.setWindowIcon(icons.app_icon())
        self.setMinimumSize(60 * space, 40 * space)
        self.grid = CameraGrid(feed)
        self.controls = GridControls()
        self.chooser = WallChooser(self._book)
        self.controls.lead(self.chooser)
        self.full_button = QToolButton()
        self.full_button.setIcon(icons.icon("maximize"))
        self.full_button.setAccessibleName(tr("Full screen, and back"))
        self.full_button.setToolTip(tr("Full screen, and back (F11)"))
        self.full_button.clicked.connect(self.toggle_full_screen)
        self.controls.trail(self.full_button)
        self.mark = QLabel()
        self.mark.setProperty("role", "warning")
        self.mark.setTextFormat(Qt.TextFormat.PlainText)
        self.mark.setWordWrap(True)
        open_room = QWidget()
        layout = QVBoxLayout(open_room)
        layout.setContentsMargins(space, space // 2, space, space)
        layout.setSpacing(space // 2)
        layout.addWidget(self.mark)
        layout.addWidget(self.controls)
        layout.addWidget(self.grid, 1)
        self.cover = QLabel(
            tr("Locked. Enter your password in the main window of CamWatch to see this wall again.")
        )
        self.cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.cover.setWordWrap(True)
        self.cover.setProperty("role", "heading")
        self._rooms = QStackedWidget(self)
        self._rooms.addWidget(open_room)
        self._rooms.addWidget(self.cover)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._rooms)

    def _connect(self) -> None:
        self.grid.arranged.connect(self._on_arranged)
        self.controls.plan_requested.connect(self.grid.set_plan)
        self.controls.page_requested.connect(self.grid.turn_page)
        self.controls.back_requested.connect(self.grid.close_camera)
        self.controls.boxes_requested.connect(self.grid.set_boxes_shown)
        self.chooser.chosen.connect(self.grid.set_wall)
        self._page.cameras_set.connect(self._on_cameras)
        self._book.changed.connect(self._on_walls)
        bind(self, Key.NEXT_PAGE, lambda: self.grid.turn_page(1))
        bind(self, Key.PREVIOUS_PAGE, lambda: self.grid.turn_page(-1))
        bind(self, Key.BOXES, self.controls.toggle_boxes)
        bind(self, Key.BACK, self._go_back)
        for plan, key in LAYOUT_KEYS:
            bind(self, key, partial(self.grid.set_plan, plan))
        self.number_entry = NumberEntry(self, self.grid, self._page.name_of_number)
        self.number_entry.entered.connect(self._go_to)
        bind(self, Key.FULL_SCREEN, self.toggle_full_screen)
        bind(self, Key.LOCK, self.lock_requested.emit)

    # ---------------------------------------------------------------- what it is told

    @Slot()
    def _on_cameras(self) -> None:
        self.grid.set_conditions(self._page.conditions)

    @Slot()
    def _on_walls(self) -> None:
        """Show the wall as it is now, or all cameras if it is gone."""
        if self.grid.wall is not None and self.grid.opened is None:
            self.grid.set_wall(self._book.find(self.grid.wall.uid))

    @Slot()
    def _go_back(self) -> None:
        if self.number_entry.typed:
            self.number_entry.give_up()
        else:
            self.grid.close_camera()

    @Slot(int)
    def _go_to(self, number: int) -> None:
        camera_id = CameraId(number)
        if self.grid.opened is not None or not self.grid.shows(camera_id):
            self.grid.open_camera(camera_id)
        else:
            self.grid.go_to(camera_id)

    @Slot()
    def _on_arranged(self) -> None:
        grid = self.grid
        is_open, is_wall = grid.opened is not None, grid.wall is not None
        self.controls.show_state(grid.plan, grid.page, grid.pages, is_open=is_open, is_wall=is_wall)
        self.chooser.setVisible(not is_open)
        self.chooser.tell(grid.wall)
        self._title = tr("All cameras") if grid.wall is None else grid.wall.name
        self._tell_title()

    def _tell_title(self) -> None:
        title = tr("CamWatch: locked") if self.is_covered else f"CamWatch: {self._title}"
        self.setWindowTitle(title)

    def cover_up(self, *, is_locked: bool, is_hidden: bool) -> None:
        """Say that the main window is locked, or show nothing at all while that hides the view."""
        says = [self._told] if self._told else []
        if is_locked:
            says.append(tr("Locked. The live view can be looked at; all else needs your password."))
        self.mark.setText(" ".join(says))
        self.mark.setVisible(bool(says))
        self.controls.setEnabled(not is_locked)
        self._rooms.setCurrentIndex(1 if is_hidden else 0)
        self._tell_title()

    @property
    def is_covered(self) -> bool:
        """True while nothing of the wall is seen."""
        return self._rooms.currentIndex() == 1

    def enlarge(self, camera_id: CameraId | None) -> None:
        """Show a tile large, as the spotlight says."""
        self.grid.enlarge(camera_id)

    @Slot()
    def _refresh_next(self) -> None:
        """Bring one tile up to now, each twice a second in turn."""
        if not self.grid.isVisible():
            return
        visible = self.grid.visible_ids()
        if visible:
            self._turn = (self._turn + 1) % len(visible)
            self.grid.tile(visible[self._turn]).refresh()
        self._timer.setInterval(max(1, _REFRESH_MS // max(1, len(visible))))

    @Slot()
    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    # ---------------------------------------------------------------- remembering

    def remembered(self) -> str:
        """Return what it shows, and where it is."""
        wall = self.grid.wall
        return json.dumps(
            {
                "wall": "" if wall is None else wall.uid,
                "layout": self.grid.plan.name,
                "screen": self.screen().name(),
                "geometry": bytes(self.saveGeometry().toBase64().data()).decode(),
            }
        )

    def take_up(self, text: str) -> None:
        """Go to where it was, and show what it showed; nonsense is passed over."""
        try:
            kept: Any = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(kept, dict):
            return
        plan: Plan | None = plan_named(str(kept.get("layout", "")))
        if plan is not None:
            self.grid.set_plan(plan)
        wall: Wall | None = self._book.find(str(kept.get("wall", "")))
        if wall is not None:
            self.grid.set_wall(wall)
        screen = next(
            (one for one in QGuiApplication.screens() if one.name() == kept.get("screen")), None
        )
        if screen is not None:
            self.restoreGeometry(QByteArray.fromBase64(str(kept.get("geometry", "")).encode()))

    def closeEvent(self, event: QCloseEvent, /) -> None:
        """Ask for no more pictures."""
        self.grid.set_conditions([])
        super().closeEvent(event)
        self.closed.emit()
