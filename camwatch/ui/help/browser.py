"""Shows one chapter: only what was read before, nothing from disk or network."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QImage, QTextBlock, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.help.chapters import Chapter, slug

_WIDEST_IMAGE = 760
_NARROWEST_IMAGE = 240


class ChapterBrowser(QTextBrowser):
    """A chapter with its pictures and links.

    Signals:
        chapter_wanted: A link to another chapter: its name, and a heading or "".
        outside_wanted: A link that leads out of the program: its address. It is not followed.
    """

    chapter_wanted = Signal(str, str)
    outside_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chapter: Chapter | None = None
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAccessibleName(tr("The chapter"))
        self.anchorClicked.connect(self._on_link)
        tokens = theme.current()
        self.document().setDefaultStyleSheet(f"a {{ color: {tokens.accent}; }}")
        self.document().setDocumentMargin(3 * tokens.space)
        self.setStyleSheet(
            f"QTextBrowser {{ background: {tokens.surface}; border: none; padding: 0; }}"
        )

    @property
    def chapter(self) -> Chapter | None:
        """What is shown."""
        return self._chapter

    def show_chapter(self, chapter: Chapter) -> None:
        """Show another chapter, from its beginning."""
        self._chapter = chapter
        self.setMarkdown(chapter.text)
        self._set_air()
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.verticalScrollBar().setValue(0)

    def _set_air(self) -> None:
        """Give lines and headings room: Markdown is set too tightly to be read at length."""
        space = theme.current().space
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        block = self.document().begin()
        while block.isValid():
            form = QTextBlockFormat(block.blockFormat())
            level = form.headingLevel()
            if not _has_picture(block):  # else a third of the picture is left empty below it
                form.setLineHeight(130, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            if level:
                form.setTopMargin((3 if level > 1 else 1) * space)
                form.setBottomMargin(space)
            cursor.setPosition(block.position())
            is_apart = block.textList() is not None or cursor.currentTable() is not None
            if not (level or is_apart or form.nonBreakableLines()):  # the latter are lines of code
                form.setBottomMargin(space)
            cursor.setBlockFormat(form)
            block = block.next()
        cursor.endEditBlock()

    def go_to(self, heading: str) -> bool:
        """Bring a heading to the top.

        Args:
            heading: As it stands in the text, or as a link names it.
        """
        wanted = slug(heading)
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().headingLevel() and slug(block.text()) == wanted:
                cursor = QTextCursor(block)
                self.setTextCursor(cursor)
                top = self.cursorRect(cursor).top() + self.verticalScrollBar().value()
                self.verticalScrollBar().setValue(top - theme.current().space)
                return True
            block = block.next()
        return False

    def find_next(self, text: str, *, backwards: bool = False) -> bool:
        """Select where a text stands next, from the start again after the last place."""
        if not text:
            return False
        flag = QTextDocument.FindFlag.FindBackward if backwards else QTextDocument.FindFlag(0)
        if self.find(text, flag):
            return True
        self.moveCursor(
            QTextCursor.MoveOperation.End if backwards else QTextCursor.MoveOperation.Start
        )
        return self.find(text, flag)

    def loadResource(self, _kind: int, name: QUrl | str, /) -> Any:
        """Return a picture of the chapter; nothing else is ever loaded."""
        chapter = self._chapter
        data = chapter.images.get(_address(name)) if chapter is not None else None
        if data is None:
            return None
        image = QImage.fromData(data)
        room = self.viewport().width() - 9 * theme.current().space
        widest = max(_NARROWEST_IMAGE, min(_WIDEST_IMAGE, room))
        if image.width() <= widest:
            return image
        return image.scaledToWidth(widest, Qt.TransformationMode.SmoothTransformation)

    @Slot(QUrl)
    def _on_link(self, link: QUrl) -> None:
        if link.scheme():
            self.outside_wanted.emit(link.toString())
            return
        path, heading = link.path(), link.fragment()
        if not path:
            self.go_to(heading)
        elif path.endswith(".md") and "/" not in path:
            self.chapter_wanted.emit(path.removesuffix(".md"), heading)
        else:
            self.outside_wanted.emit(link.toString())


def _has_picture(block: QTextBlock) -> bool:
    fragments = block.begin()
    while not fragments.atEnd():
        if fragments.fragment().charFormat().isImageFormat():
            return True
        fragments += 1
    return False


def _address(name: QUrl | str) -> str:
    return name if isinstance(name, str) else name.toString()
