"""Begins and ends the arranging of tiles on the live page."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from camwatch.ui.live.condition import CameraCondition
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.arrange_bar import ArrangeBar
from camwatch.ui.live.wall.arranger import Arranger
from camwatch.ui.live.wall.draft import WallDraft
from camwatch.walls import Wall


class Arranging(QObject):
    """Puts its bar in the place of the controls while tiles are moved.

    Signals:
        finished: The `Wall` as it is to be stored; None if all stays as it was.
    """

    finished = Signal(object)

    def __init__(self, page: LivePage) -> None:
        super().__init__(page)
        self._page = page
        self._before: Wall | None = None
        self.arranger: Arranger | None = None
        self.bar: ArrangeBar | None = None

    @property
    def is_on(self) -> bool:
        """True while tiles are moved."""
        return self.arranger is not None

    def begin(self, wall: Wall, conditions: Sequence[CameraCondition]) -> None:
        """Begin with this wall."""
        if self.is_on:
            return
        self._before = self._page.grid.wall
        self.arranger = Arranger(self._page.grid, WallDraft(wall))
        self.bar = ArrangeBar(self.arranger, conditions)
        for asks in (self.arranger, self.bar):
            asks.done_requested.connect(self.done)
            asks.cancel_requested.connect(self.cancel)
        self._page.put_bar(self.bar)
        self.arranger.setFocus()

    @Slot()
    def done(self) -> None:
        """Keep it."""
        if self.arranger is not None:
            draft = self.arranger.draft
            self._end()
            is_new = not draft.wall.uid
            self.finished.emit(draft.wall if draft.is_changed or is_new else None)

    @Slot()
    def cancel(self) -> None:
        """Let all be as it was."""
        if self.arranger is not None:
            self._end()
            self._page.grid.set_wall(self._before)
            self.finished.emit(None)

    def _end(self) -> None:
        if self.arranger is not None:
            self.arranger.end()
            self.arranger = None
        if self.bar is not None:
            self.bar.hide()
            self.bar.deleteLater()
            self.bar = None
        self._page.put_bar(None)
        self._page.take_keyboard()
