"""Opens the window as the command line asks: which wall, on which screen."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from camwatch.language import tr
from camwatch.ui.live.page import LivePage
from camwatch.ui.live.wall.book import WallBook
from camwatch.walls import PLANS, plan_named

_MOST_NAMES = 12


def choose_layout(name: str, page: LivePage, book: WallBook) -> str:
    """Show the wall or the layout of this name; a wall comes first.

    Returns:
        What to say if there is none; then all stays as it is.
    """
    if (wall := book.named(name)) is not None:
        page.grid.set_wall(wall)
        return ""
    if (plan := plan_named(name)) is not None:
        page.set_plan(plan)
        return ""
    known = [wall.name for wall in book.walls][:_MOST_NAMES] + [plan.name for plan in PLANS]
    return tr(
        "There is no wall or layout “{name}”, so what you had is shown. There are: {known}.",
        name=name,
        known=", ".join(known),
    )


def go_to_screen(number: int, window: QWidget) -> str:
    """Put the window onto a screen, counted from 1.

    Returns:
        What to say if there is none; then the window stays where it is.
    """
    screens = QGuiApplication.screens()
    if not 1 <= number <= len(screens):
        return tr(
            "There is no screen {number}, so the window is where it was. There are: {known}.",
            number=number,
            known=", ".join(
                f"{place} ({screen.name()})" for place, screen in enumerate(screens, start=1)
            ),
        )
    room = screens[number - 1].availableGeometry()
    size = window.size().boundedTo(room.size())
    window.resize(size)
    window.move(room.center() - window.rect().center())
    return ""
