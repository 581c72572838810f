"""The window in which the chapters of the documents are read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.fitting import fit
from camwatch.ui.forms import name_line_buttons, plain_label
from camwatch.ui.help.browser import ChapterBrowser
from camwatch.ui.help.chapters import Chapter
from camwatch.ui.help.topics import CHAPTERS
from camwatch.ui.palette.match import folded
from camwatch.ui.shortcuts import spoken

_NAME = Qt.ItemDataRole.UserRole
_MOST_BACK = 50


class HelpViewer(QDialog):
    """Lists the chapters, shows one, finds words in all of them, and goes back.

    Args:
        above: The window that it belongs to.
    """

    def __init__(self, above: QWidget) -> None:
        super().__init__(above, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("CamWatch: help"))
        self._chapters: dict[str, Chapter] = {}
        self._folded: dict[str, str] = {}
        self._back: list[tuple[str, int]] = []
        self._wanted: tuple[str, str] = ("", "")
        self._build()
        fit(self, 1080, 760)

    def _build(self) -> None:
        space = theme.current().space
        self.back_button = QToolButton(self)
        self.back_button.setIcon(icons.icon("arrow-left"))
        self.back_button.setAccessibleName(tr("Back"))
        self.back_button.setToolTip(tr("{what} ({key})", what=tr("Back"), key=spoken("Alt+←")))
        self.back_button.setEnabled(False)
        self.back_button.clicked.connect(self.go_back)
        self.line = QLineEdit(self)
        self.line.setPlaceholderText(tr("Search all chapters"))
        self.line.setAccessibleName(tr("Search all chapters"))
        self.line.setToolTip(tr("Enter goes to the next place, Shift+Enter to the one before"))
        self.line.setClearButtonEnabled(True)
        self.line.addAction(
            icons.icon("search", theme.current().muted), QLineEdit.ActionPosition.LeadingPosition
        )
        name_line_buttons(self.line)
        self.line.textChanged.connect(self._on_typed)
        self.found = plain_label("", "muted", self)
        self.found.setWordWrap(False)
        self.list = QListWidget(self)
        self.list.setAccessibleName(tr("Chapters"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.browser = ChapterBrowser(self)
        self.browser.chapter_wanted.connect(self.show_chapter)
        self.browser.outside_wanted.connect(self._on_outside)
        self.outside = plain_label("", "muted", self)
        self.outside.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outside.setContentsMargins(2 * space, space // 2, 2 * space, space // 2)
        self.outside.hide()
        head = QHBoxLayout()
        head.setContentsMargins(space, space, 2 * space, space)
        head.setSpacing(space)
        head.addWidget(self.back_button)
        head.addWidget(self.line, 1)
        head.addWidget(self.found)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.browser)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([34 * space, 800])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.splitter, 1)
        column.addWidget(self.outside)
        self._bind_keys()

    def _bind_keys(self) -> None:
        for sequence, call in (
            ("Alt+Left", self.go_back),
            ("Ctrl+F", self._go_to_search),
            ("F3", self._next),
            ("Shift+F3", self._previous),
        ):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.activated.connect(call)
        for sequence, call in (("Return", self._next), ("Shift+Return", self._previous)):
            shortcut = QShortcut(QKeySequence(sequence), self.line)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(call)

    # ---------------------------------------------------------------- showing

    def set_chapters(self, chapters: Sequence[Chapter]) -> None:
        """Take the chapters that were read, and show the one that waits for them."""
        self._chapters = {one.name: one for one in chapters}
        self._folded = {one.name: folded_text(one) for one in chapters}
        self._fill(self._chapters)
        if not chapters:
            self.browser.setPlainText(tr("The documents did not come with this installation."))
            return
        name, heading = self._wanted
        self._show(name if name in self._chapters else next(iter(self._chapters)), heading)

    @Slot(str, str)
    def show_chapter(self, name: str, heading: str = "") -> None:
        """Show a chapter; the one before is a step back. Waits until the chapters are read."""
        self._wanted = (name, heading)
        if not self._chapters:
            return
        if name not in self._chapters:
            self._on_outside(f"{name}.md")
            return
        if self.browser.chapter is not None:
            bar = self.browser.verticalScrollBar()
            self._back.append((self.browser.chapter.name, bar.value()))
            del self._back[:-_MOST_BACK]
        self._show(name, heading)

    def _show(self, name: str, heading: str) -> None:
        self.outside.hide()
        self.browser.show_chapter(self._chapters[name])
        if heading:
            self.browser.go_to(heading)
        elif self.line.text().strip():
            self.browser.find_next(self.line.text().strip())
        self._choose(name)
        self.back_button.setEnabled(bool(self._back))

    def _choose(self, name: str) -> None:
        self.list.blockSignals(True)  # it follows what is shown, and shows nothing itself
        for row in range(self.list.count()):
            if self.list.item(row).data(_NAME) == name:
                self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    @Slot()
    def go_back(self) -> None:
        """Show what was shown before, as far down as it was read."""
        if not self._back:
            return
        name, at = self._back.pop()
        self.outside.hide()
        self.browser.show_chapter(self._chapters[name])
        self.browser.verticalScrollBar().setValue(at)
        self._choose(name)
        self.back_button.setEnabled(bool(self._back))

    @Slot(QListWidgetItem, QListWidgetItem)
    def _on_chosen(self, item: QListWidgetItem | None, _before: QListWidgetItem | None) -> None:
        if item is not None:
            self.show_chapter(str(item.data(_NAME)))

    @Slot(str)
    def _on_outside(self, address: str) -> None:
        """Name an address that lies outside: nothing is fetched, and no other program started."""
        self.outside.setText(
            tr("This leads out of CamWatch and is not opened: {address}", address=address)
        )
        self.outside.show()

    # ---------------------------------------------------------------- searching

    def _fill(self, names: Sequence[str] | dict[str, Chapter]) -> None:
        shown = self.browser.chapter
        self.list.blockSignals(True)
        self.list.clear()
        for name in names:
            item = QListWidgetItem(CHAPTERS.get(name, self._chapters[name].title))
            item.setData(_NAME, name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if shown is not None:
            self._choose(shown.name)

    @Slot(str)
    def _on_typed(self, text: str) -> None:
        """List the chapters that have all the words, and mark the first place in this one."""
        words = folded(text).split()
        names = [
            name for name, whole in self._folded.items() if all(word in whole for word in words)
        ]
        self._fill(names)
        if not words:
            self.found.setText("")
            return
        self.found.setText(
            tr("in no chapter")
            if not names
            else tr("in 1 chapter")
            if len(names) == 1
            else tr("in {count} chapters", count=len(names))
        )
        shown = self.browser.chapter
        if shown is not None and shown.name in names:
            self.browser.find_next(text.strip())
        elif names:
            self.browser.show_chapter(self._chapters[names[0]])
            self.browser.find_next(text.strip())
            self._choose(names[0])

    @Slot()
    def _next(self) -> None:
        self.browser.find_next(self.line.text().strip())

    @Slot()
    def _previous(self) -> None:
        self.browser.find_next(self.line.text().strip(), backwards=True)

    @Slot()
    def _go_to_search(self) -> None:
        self.line.setFocus()
        self.line.selectAll()


def folded_text(chapter: Chapter) -> str:
    """Return what of a chapter is searched, without capitals and accents."""
    return folded(f"{chapter.title}\n{chapter.text}")
