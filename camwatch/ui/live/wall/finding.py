"""The saved walls as something that can be found."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from camwatch.auth.permissions import Permission
from camwatch.language import tr
from camwatch.ui.live.wall.book import WallBook
from camwatch.ui.palette.results import Result, StandingProvider
from camwatch.ui.palette.wishes import Wishes


class WallsProvider(StandingProvider):
    """Finds the operator's walls and the shared ones; the book reads them anew by itself.

    Args:
        book: The walls that this window knows.
        wishes: Told of the wall that was chosen.
    """

    def __init__(self, book: WallBook, wishes: Wishes) -> None:
        self._book = book
        self._wishes = wishes

    def results(self) -> Sequence[Result]:
        """Return the own walls, then the shared ones."""
        book = self._book
        if not book.session.may(Permission.VIEW_CAMERAS):
            return ()
        return [
            Result(
                f"wall:{wall.uid}",
                wall.name,
                tr("Wall"),
                "layout-grid",
                partial(self._wishes.wall.emit, wall.uid),
                detail="" if is_own else tr("shared by {owner}", owner=wall.owner),
                synonyms=("wall", "layout", "view"),
                rank=1,
            )
            for walls, is_own in ((book.own, True), (book.shared, False))
            for wall in walls
        ]
