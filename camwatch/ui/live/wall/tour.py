"""Turns over the pages of a layout, or several walls, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from camwatch.language import tr
from camwatch.ui.live.grid import CameraGrid
from camwatch.walls import Wall

_TICK_MS = 1000
USUAL_S = 15

_ACTS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.TouchBegin,
    }
)


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing that a tour shows.

    Attributes:
        name: What it is called.
        wall: Which wall; None for a page.
        page: Which page of the layout that fills itself, from 0.
    """

    name: str
    wall: Wall | None
    page: int = 0


class Tour(QObject):
    """Shows one stop after the other for so many seconds each.

    It waits while its page cannot be seen, as on a locked window, behind another page or while the
    past is in front of it, and ends as soon as somebody does something there: whoever looks at something is not to lose it.

    Args:
        grid: Where the stops are shown.
        page: What of the window belongs to the tour.

    Signals:
        changed: It began, ended, was held, or a second went by.
    """

    changed = Signal()

    def __init__(self, grid: CameraGrid, page: QWidget) -> None:
        super().__init__(page)
        self._grid = grid
        self._page = page
        self._stops: Callable[[], Sequence[Stop]] = list
        self._at = 0
        self._left_s = 0
        self.seconds = USUAL_S
        self.is_on = False
        self.is_held = False
        self.why_ended = ""
        """Why it ended by itself; "" if the operator ended it."""
        self._is_turning = False
        self._shown: tuple[object, ...] = ()
        grid.arranged.connect(self._on_arranged)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self, stops: Callable[[], Sequence[Stop]], seconds: int) -> None:
        """Begin a tour.

        Args:
            stops: Tells what there is to show; asked anew at each turn, for walls change.
            seconds: For each.
        """
        if len(stops()) < 2:
            self.end(tr("A tour needs two pages or walls at least."))
            return
        self._grid.close_camera()
        self._stops, self.seconds = stops, seconds
        self._at, self._left_s = 0, seconds
        self.is_on, self.is_held, self.why_ended = True, False, ""
        self._show(stops()[0])
        self._timer.start()
        if (application := QApplication.instance()) is not None:
            application.installEventFilter(self)
        self.changed.emit()

    @Slot()
    def end(self, why: str = "") -> None:
        """End it, and say why if it was not the operator."""
        was_on, self.is_on = self.is_on, False
        self.is_held = False
        self.why_ended = why
        self._timer.stop()
        if was_on and (application := QApplication.instance()) is not None:
            application.removeEventFilter(self)
        if was_on or why:
            self.changed.emit()

    @Slot()
    def hold(self) -> None:
        """Stay where it is, or go on."""
        if self.is_on:
            self.is_held = not self.is_held
            self.changed.emit()

    @Slot()
    def tick(self) -> None:
        """Let a second go by."""
        if not self.is_on or self.is_held or not self._page.isVisible():
            return
        self._left_s -= 1
        if self._left_s <= 0:
            stops = self._stops()
            if not stops:
                self.end(tr("The tour ended: nothing is left of what it showed."))
                return
            self._at = (self._at + 1) % len(stops)
            self._left_s = self.seconds
            self._show(stops[self._at])
        self.changed.emit()

    def _show(self, stop: Stop) -> None:
        self._is_turning = True
        if stop.wall is not None:
            self._grid.set_wall(stop.wall)
        else:
            self._grid.set_wall(None)
            self._grid.close_camera()
            self._grid.turn_page(stop.page - self._grid.page)
        self._is_turning = False
        self._shown = self._sight()

    def _sight(self) -> tuple[object, ...]:
        """Return what is looked at; a wall that was changed is still the same."""
        grid = self._grid
        uid = "" if grid.wall is None else grid.wall.uid
        return grid.opened, grid.page, grid.plan, uid

    @Slot()
    def _on_arranged(self) -> None:
        """End when somebody went elsewhere by a key, a button, the list or an alert."""
        if self.is_on and not self._is_turning and self._sight() != self._shown:
            self.end_for_act()

    @Slot()
    def end_for_act(self) -> None:
        """End it, since the operator did something."""
        if self.is_on:
            self.end(tr("The tour ended, since you did something."))

    def words(self) -> str:
        """Say what comes when; why it ended, once it did by itself."""
        stops = self._stops() if self.is_on else ()
        if not stops:
            return self.why_ended
        name = stops[(self._at + 1) % len(stops)].name
        if self.is_held:
            return tr("Tour held. Next: {name}", name=name)
        return tr("Next in {seconds} s: {name}", seconds=self._left_s, name=name)

    def eventFilter(self, watched: QObject, event: QEvent, /) -> bool:
        """End when the operator acts on the tour's page."""
        if event.type() in _ACTS and event.spontaneous():
            self.note(watched)
        return False

    def note(self, watched: QObject) -> None:
        """End it if somebody acted on this, and it belongs to what is shown."""
        is_inside = isinstance(watched, QWidget) and (
            watched is self._grid or self._grid.isAncestorOf(watched)
        )
        if is_inside:
            self.end_for_act()
