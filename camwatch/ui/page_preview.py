"""Shows sheets of paper one at a time, with buttons that turn the pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label, scrolled
from camwatch.ui.paper_view import PaperView


class PagePreview(QWidget):
    """The pages of what is about to be saved or printed.

    Args:
        name: For those who hear the screen.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages: Sequence[QImage] = ()
        self._count = self._page = 0
        space = theme.current().space
        self.paper = PaperView(self)
        self.paper.setAccessibleName(name)
        area = scrolled(self.paper, self)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.back_button = QPushButton(tr("Page before"), self)
        self.next_button = QPushButton(tr("Next page"), self)
        for button, by in ((self.back_button, -1), (self.next_button, 1)):
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._turn, by))
        self.page_label = plain_label("", "muted", self)
        self.page_label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.setSpacing(space)
        row.addWidget(self.back_button)
        row.addWidget(self.page_label, 1)
        row.addWidget(self.next_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(area, 1)
        column.addLayout(row)
        self.clear()

    def clear(self) -> None:
        """Show that the pages are being made."""
        self._page = 0
        self.show_pages((), 0)

    def show_pages(self, pages: Sequence[QImage], count: int) -> None:
        """Show other pages; the number of the page stays, as far as there is one.

        Args:
            pages: The first ones.
            count: How many there are in all.
        """
        self._pages, self._count = pages, count
        self._page = min(self._page, max(len(pages) - 1, 0))
        self._show_page()

    def _turn(self, by: int, _is_checked: bool = False) -> None:
        pressed, other = self.back_button, self.next_button
        if by > 0:
            pressed, other = other, pressed
        had_keyboard = pressed.hasFocus()
        self._page += by
        self._show_page()
        if had_keyboard and not pressed.isEnabled():
            # Else it would go on to whatever comes next, such as the button that prints.
            other.setFocus()

    def _show_page(self) -> None:
        shown = len(self._pages)
        self.back_button.setEnabled(self._page > 0)
        self.next_button.setEnabled(self._page + 1 < shown)
        if not shown:
            self.paper.show_page(QImage())
            self.page_label.setText(tr("Reading…"))
            return
        self.paper.show_page(self._pages[self._page])
        more = (
            tr(" (the preview shows the first {shown})", shown=shown) if self._count > shown else ""
        )
        self.page_label.setText(
            tr("Page {value} of {count}{more}", value=self._page + 1, count=self._count, more=more)
        )
