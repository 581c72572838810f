"""What the menu of the main window offers to do with walls, after the walls themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from camwatch.auth.permissions import Permission
from camwatch.language import tr
from camwatch.ui import icons
from camwatch.ui.pages import may_not
from camwatch.ui.shortcuts import Key, sequence_of

if TYPE_CHECKING:
    from camwatch.ui.live.wall.room import WallRoom


class WallMenu:
    """Fills the menu.

    Args:
        room: Does what is chosen.
    """

    def __init__(self, room: WallRoom) -> None:
        self._room = room

    def fill(self, menu: QMenu) -> None:
        """Put what can be done now at the menu's end."""
        room = self._room
        book, wall = room.book, room.shown
        why_not = "" if book.may_save else may_not(Permission.ARRANGE_WALLS)
        menu.addSeparator()
        self._add(
            menu, "pencil", tr("Arrange by hand…"), room.arrange, Key.ARRANGE, why_not=why_not
        )
        if wall is not None:
            why_no_change = "" if book.may_change(wall) else may_not(Permission.SHARE_WALLS)
            self._add(
                menu,
                "",
                tr("Name and sharing…"),
                partial(room.ask_name, wall, tr("Name and sharing")),
                why_not=why_no_change,
            )
            self._add(menu, "copy", tr("Copy…"), partial(room.copy, wall), why_not=why_not)
            self._add(menu, "file-down", tr("Export…"), partial(room.export, wall))
            self._add(
                menu, "trash-2", tr("Delete…"), partial(room.remove, wall), why_not=why_no_change
            )
        self._add(menu, "", tr("Import…"), room.take_in, why_not=why_not)
        menu.addSeparator()
        self._add(
            menu,
            "play",
            tr("End the tour") if room.tour.is_on else tr("Tour of the pages"),
            room.toggle_tour if wall is None or room.tour.is_on else room.ask_tour,
            Key.TOUR,
        )
        few = len(book.walls) < 2
        self._add(
            menu,
            "",
            tr("Tour of walls…"),
            room.ask_tour,
            why_not=tr("Save two walls first.") if few else "",
        )
        enlarge = self._add(
            menu, "", tr("Enlarge what needs attention"), room.toggle_spotlight, Key.SPOTLIGHT
        )
        enlarge.setCheckable(True)
        enlarge.setChecked(room.spotlight.is_enlarging)
        menu.addSeparator()
        self._add(
            menu,
            "",
            tr("Open in another window"),
            room.open_window,
            Key.OTHER_WINDOW,
            why_not="" if room.windows.can_open else tr("No more windows can be opened."),
        )
        self._add(menu, "maximize", tr("Kiosk mode"), room.kiosk.toggle, Key.KIOSK)

    @staticmethod
    def _add(
        menu: QMenu,
        icon: str,
        text: str,
        call: Callable[[], object],
        key: Key | None = None,
        *,
        why_not: str = "",
    ) -> QAction:
        action = menu.addAction(text + (f"\t{sequence_of(key)}" if key is not None else ""))
        if icon:
            action.setIcon(icons.icon(icon))
        action.setEnabled(not why_not)
        action.setToolTip(why_not)
        action.triggered.connect(lambda _=False: call())
        return action
