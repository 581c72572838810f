"""Gives help in a window: at the place, by F1, and the chapters in a window of their own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.help.button import HelpButton
from camwatch.ui.help.chapters import Chapter, read_chapters
from camwatch.ui.help.topics import CHAPTERS, PAGE_TOPICS, TOPICS
from camwatch.ui.help.viewer import HelpViewer
from camwatch.ui.palette.results import Result, StandingProvider

_NAME = "camwatchHelpRoom"


class HelpRoom(QObject):
    """Knows where the chapters are, and shows them.

    Args:
        window: Whose help it is; dialogs above it find it, too.
        folder: Where the chapters are.
        background: Reads them.

    Signals:
        chapter_wanted: A chapter and a heading that were found; connected to `open_chapter`.
    """

    chapter_wanted = Signal(str, str)

    def __init__(self, window: QWidget, folder: Path, background: Background) -> None:
        super().__init__(window)
        self.setObjectName(_NAME)
        self._folder = folder
        self._background = background
        self.viewer: HelpViewer | None = None
        """The window of chapters that is open; None while none is."""
        self.chapter_wanted.connect(self.open_chapter)

    def help_on_page(self, page: QWidget, index: int) -> None:
        """Explain a page beside its help button; where none is seen, open its chapter."""
        topic = PAGE_TOPICS.get(index, "live")
        for button in page.findChildren(HelpButton):
            if button.topic == topic and button.isVisible():
                button.explain()
                return
        self.open_chapter(TOPICS[topic].chapter)

    def open_chapter(
        self, chapter: str, heading: str = "", *, above: QWidget | None = None
    ) -> HelpViewer | None:
        """Show a chapter in the viewer, and the viewer in front.

        Args:
            chapter: File name without ".md".
            heading: Where in it; "" for its beginning.
            above: The window or dialog that asks; a dialog would else keep the viewer from
                being used.
        """
        # The window is not kept here as well: only the collector of cycles would free it then.
        window = above if above is not None else self.parent()
        if not isinstance(window, QWidget):
            return None
        viewer = self.viewer
        if viewer is None or not isValid(viewer) or viewer.parentWidget() is not window:
            if viewer is not None and isValid(viewer):
                viewer.close()
            viewer = self.viewer = HelpViewer(window)
            viewer.destroyed.connect(self._on_gone)
            order = tuple(CHAPTERS)
            self._background.run(
                partial(read_chapters, self._folder, order),
                viewer.set_chapters,
                lambda _error: None,  # reading files raises none of these
                owner=viewer,
            )
        viewer.show_chapter(chapter, heading)
        viewer.setWindowState(viewer.windowState() & ~Qt.WindowState.WindowMinimized)
        viewer.show()
        viewer.raise_()
        viewer.activateWindow()
        return viewer

    def close(self) -> None:
        """Close the window of chapters."""
        if self.viewer is not None and isValid(self.viewer):
            self.viewer.close()

    def _on_gone(self) -> None:
        viewer = self.viewer
        if viewer is not None and not isValid(viewer):
            self.viewer = None


def room_of(host: QWidget) -> HelpRoom | None:
    """Return the help of the main window that a window or dialog belongs to."""
    at: QWidget | None = host
    while at is not None:
        room = at.findChild(HelpRoom, _NAME, Qt.FindChildOption.FindDirectChildrenOnly)
        if room is not None:
            return room
        at = at.parentWidget()
    return None


class HelpProvider(StandingProvider):
    """Finds help: what is explained, and the chapters.

    Args:
        wanted: Emitted with the chapter and the heading.
    """

    def __init__(self, room: HelpRoom) -> None:
        self._open = room.chapter_wanted.emit

    def results(self) -> Sequence[Result]:
        """Return topics and chapters."""
        topics = [
            Result(
                f"help:topic:{name}",
                topic.title,
                tr("Help"),
                "circle-question-mark",
                partial(self._open, topic.chapter, topic.heading),
                detail=topic.what,
                synonyms=("help", *topic.synonyms),
                rank=5,
            )
            for name, topic in TOPICS.items()
        ]
        chapters = [
            Result(
                f"help:chapter:{name}",
                title,
                tr("Chapter"),
                "book-open",
                partial(self._open, name, ""),
                synonyms=("help", "manual", "documentation", name.replace("-", " ")),
                rank=6,
            )
            for name, title in CHAPTERS.items()
        ]
        return (*topics, *chapters)


__all__ = ["Chapter", "HelpProvider", "HelpRoom", "room_of"]
