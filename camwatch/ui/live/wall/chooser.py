"""The button that says which wall is shown, and offers the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, words
from camwatch.ui.live.wall.book import WallBook
from camwatch.walls import Wall

_LONGEST_NAME = 28


class WallChooser(QToolButton):
    """Offers all cameras, own walls and shared ones.

    Args:
        book: The saved walls.
        more: Puts more into the menu, at its end.

    Signals:
        chosen: A `Wall`, or None for all cameras.
    """

    chosen = Signal(object)

    def __init__(
        self,
        book: WallBook,
        more: Callable[[QMenu], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._more = more
        self._shown: Wall | None = None
        self.setIcon(icons.icon("layout-grid"))
        self.setIconSize(icons.size(18))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setProperty("role", "menu")
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self.fill)
        self.setMenu(menu)
        self.tell(None)

    def tell(self, wall: Wall | None) -> None:
        """Say which wall is shown."""
        self._shown = wall
        name = tr("All cameras") if wall is None else wall.name or tr("New wall")
        self.setText(" " + words.without_mnemonic(words.shortened(name, _LONGEST_NAME)))
        self.setAccessibleName(tr("Wall: {name}", name=name))
        self.setToolTip(words.tooltip(tr("Wall: {name}", name=name)))

    @Slot()
    def fill(self) -> None:
        """Fill the menu with what there is now."""
        menu = self.menu()
        menu.clear()
        self._add(menu, tr("All cameras"), None)
        self._section(menu, tr("Your walls"), self._book.own)
        self._section(menu, tr("Shared by others"), self._book.shared)
        if self._more is not None:
            self._more(menu)

    def _section(self, menu: QMenu, title: str, walls: Sequence[Wall]) -> None:
        if walls:
            menu.addSeparator()
            menu.addAction(title).setEnabled(False)
            for wall in walls:
                self._add(menu, wall.name, wall)

    def _add(self, menu: QMenu, name: str, wall: Wall | None) -> None:
        action = menu.addAction(words.without_mnemonic(name))
        action.setCheckable(True)
        shown = "" if self._shown is None else self._shown.uid
        action.setChecked(shown == ("" if wall is None else wall.uid))
        if wall is not None and wall.owner != self._book.session.actor:
            action.setToolTip(words.tooltip(tr("Shared by {owner}", owner=wall.owner)))
        action.triggered.connect(lambda _=False: self.chosen.emit(wall))
