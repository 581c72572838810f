"""What the lists of this room have in common: reading, changing, saying what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from camwatch.errors import (
    CamWatchError,
    ChangedMeanwhile,
    InvalidSetting,
    InvalidSettings,
    NotFound,
)
from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.alerts.delivery.words import problem_sentence
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import BusyBar, Notice

T = TypeVar("T")


class Section(QWidget):
    """One of the lists; says when something was changed.

    Attributes:
        busy: Moves while something is under way.
        notice: Tells what went wrong.
        column: Where the parts go.

    Signals:
        changed: Something was stored; all lists are to be read again.
    """

    changed = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = background
        space = theme.current().space
        self.busy = BusyBar(self)
        self.notice = Notice(self)
        self.notice.action_requested.connect(self.notice.hide)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(space)

    def add_buttons(self, buttons: Sequence[QPushButton]) -> None:
        """Put a row of buttons under what is there."""
        row = FlowRow(theme.current().space)
        for button in buttons:
            row.addWidget(button)
        self.column.addLayout(row)

    def add_list(
        self, table: QWidget, details: Sequence[QWidget], empty: QWidget
    ) -> tuple[QStackedWidget, QFrame]:
        """Put busy bar, notice, and a list with what is known of the chosen row under what is there.

        Args:
            table: The list.
            details: Stand in a card below it.
            empty: Stands in the place of both.

        Returns:
            The two pages, list and empty; and the card.
        """
        space = theme.current().space
        self.column.addWidget(self.busy)
        self.column.addWidget(self.notice)
        card = QFrame(self)
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(2 * space, space, 2 * space, space)
        inside.setSpacing(space // 2)
        for part in details:
            inside.addWidget(part)
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space)
        column.addWidget(table, 1)
        column.addWidget(card)
        pages = QStackedWidget(self)
        pages.addWidget(page)
        pages.addWidget(empty)
        self.column.addWidget(pages, 1)
        return pages, card

    def open(self, dialog: QDialog) -> None:
        """Open a dialog over the page; it is gone once it is closed.

        What is shown may be older than what the dialog was refused for, so all is read again
        even if nothing was stored.
        """
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.rejected.connect(self.changed)
        dialog.open()

    def do(
        self,
        job: Callable[[], T],
        done: Callable[[T], object] | None = None,
        failed: Callable[[CamWatchError], object] | None = None,
    ) -> None:
        """Change something in the background.

        Args:
            job: May block; touches no widget.
            done: Called with its result, before `changed` is told.
            failed: Called instead with what went wrong; None shows it.
        """
        self.busy.show()
        self.notice.hide()

        def on_done(result: T) -> None:
            self.busy.hide()
            if done is not None:
                done(result)
            self.changed.emit()

        def on_failed(error: CamWatchError) -> None:
            self.busy.hide()
            (failed or self.show_error)(error)
            if isinstance(error, NotFound | ChangedMeanwhile):
                self.changed.emit()

        self._background.run(job, on_done, on_failed, owner=self)

    def show_error(self, error: CamWatchError) -> None:
        """Say what went wrong."""
        problems: tuple[InvalidSetting, ...] = ()
        if isinstance(error, InvalidSetting):
            problems = (error,)
        elif isinstance(error, InvalidSettings):
            problems = error.problems
        if problems:
            text = " ".join(map(problem_sentence, problems))
            self.notice.show_text("warning", tr("This cannot be done"), text, action=tr("Close"))
        else:
            self.notice.show_error(text_for(error), action=tr("Close"))


def delete_key(table: QWidget, call: Callable[[], object]) -> None:
    """Let the Delete key do something while a table has the keyboard."""
    action = QAction(tr("Remove"), table)
    action.setShortcut(QKeySequence(Qt.Key.Key_Delete))
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.triggered.connect(lambda _checked: call())
    table.addAction(action)


def allow(button: QPushButton, why_not: str, hint: str) -> None:
    """Let a button be pressed, or say why not.

    Args:
        button: The button.
        why_not: In a sentence; "" lets it be pressed.
        hint: What it does.
    """
    button.setEnabled(not why_not)
    button.setToolTip(why_not or hint)
    button.setAccessibleDescription(why_not)
