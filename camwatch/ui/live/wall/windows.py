"""Keeps the further windows of the program together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Slot

from camwatch.domain import CameraId
from camwatch.ui.live.feed import PictureFeed
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.book import WallBook
from camwatch.ui.live.wall.window import WallWindow
from camwatch.ui.locking import Locking

MOST_WINDOWS = 8


class ManyFeeds(Protocol):
    """Makes pictures for several windows, each in its own sizes."""

    def open_view(self) -> PictureFeed:
        """Begin to make pictures for a further window."""
        ...

    def close_view(self, view: QObject) -> None:
        """Make none for it any more."""
        ...


class WallWindows(QObject):
    """Opens further windows, covers them while the main one is locked, and closes them with it.

    Args:
        feeds: Where their pictures come from; None where only one window can be shown.
        page: The live page of the main window.
        book: The saved walls.
        locking: Of the main window.
        told: What they say of the program; "" for nothing.
    """

    def __init__(
        self,
        feeds: ManyFeeds | None,
        page: LivePage,
        book: WallBook,
        locking: Locking,
        *,
        told: str,
    ) -> None:
        super().__init__(page)
        self._feeds = feeds
        self._page = page
        self._book = book
        self._locking = locking
        self.told = told
        self.windows: list[WallWindow] = []
        locking.changed.connect(self._cover)

    @property
    def can_open(self) -> bool:
        """True if another window can be opened."""
        return self._feeds is not None and len(self.windows) < MOST_WINDOWS

    def open(self) -> WallWindow | None:
        """Open another window; None if there can be no more."""
        if self._feeds is None or not self.can_open:
            return None
        feed = self._feeds.open_view()
        window = WallWindow(feed, self._page, self._book, told=self.told)
        window.closed.connect(partial(self._forget, window, feed))
        window.lock_requested.connect(self._locking.lock)
        self.windows.append(window)
        self._cover()
        window.resize(960, 640)
        return window

    def _forget(self, window: WallWindow, feed: object) -> None:
        if window in self.windows:
            self.windows.remove(window)
            if self._feeds is not None and isinstance(feed, QObject):
                self._feeds.close_view(feed)
            window.deleteLater()

    @Slot()
    def _cover(self) -> None:
        for window in self.windows:
            window.cover_up(is_locked=self._locking.is_locked, is_hidden=self._locking.hides_live)

    @Slot(object)
    def enlarge(self, camera_id: CameraId | None) -> None:
        """Show a tile large in each window that shows it."""
        for window in self.windows:
            window.enlarge(camera_id)

    def close_all(self) -> None:
        """Close them all."""
        for window in list(self.windows):
            window.close()

    # ---------------------------------------------------------------- remembering

    def remembered(self) -> list[str]:
        """Return what each shows and where."""
        return [window.remembered() for window in self.windows]

    def bring_back(self, kept: Sequence[str]) -> None:
        """Open them again where they were."""
        for text in kept[:MOST_WINDOWS]:
            if (window := self.open()) is not None:
                window.take_up(text)
                # The keyboard stays where it is: in the window that the operator opened.
                window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, True)
                window.show()
                window.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)
