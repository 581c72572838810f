"""The explanation beside a place: what it is, why it matters, where more is said."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import theme
from camwatch.ui.floating import FloatingBox
from camwatch.ui.forms import plain_label
from camwatch.ui.help.topics import CHAPTERS, Topic
from camwatch.ui.words import without_mnemonic

_WIDTH = 46  # of the grid


class HelpPopover(FloatingBox):
    """Explains one topic; Esc or a click elsewhere closes it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        space = theme.current().space
        self._topic: Topic | None = None
        self._at = QPoint()
        self.title = plain_label("", "heading", self)
        self.what = plain_label("", "", self)
        self.why = plain_label("", "muted", self)
        self.more_button = QPushButton(self)
        self.more_button.setProperty("role", "link")
        self.more_button.setAutoDefault(False)
        self.more_button.clicked.connect(self._read_more)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, space + space // 2)
        column.setSpacing(space)
        for part in (self.title, self.what, self.why):
            column.addWidget(part)
        column.addWidget(self.more_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def show_topic(self, topic: Topic, beside: QWidget) -> None:
        """Explain a topic beside a widget; a second time closes it.

        Args:
            topic: What.
            beside: The button that asked.
        """
        if topic is self._topic and not self.isHidden():
            self.close_box()
            return
        self._topic = topic
        self.title.setText(topic.title)
        self.what.setText(topic.what)
        self.why.setText(topic.why)
        chapter = CHAPTERS.get(topic.chapter, topic.chapter)
        self.more_button.setText(without_mnemonic(tr("Read more: {chapter}", chapter=chapter)))
        self.setAccessibleName(topic.title)
        self.more_button.setAccessibleDescription(f"{topic.title}. {topic.what} {topic.why}")
        host = self.parentWidget()
        if host is not None:
            self._at = beside.mapTo(host, QPoint(0, beside.height()))
        self.show_box()

    def first(self) -> QWidget:
        """Return the way to the chapter."""
        return self.more_button

    def place(self) -> None:
        """Lie below the button, inside the window."""
        host = self.parentWidget()
        if host is None:
            return
        space = theme.current().space
        width = min(_WIDTH * space, host.width() - 2 * space)
        self.setFixedWidth(width)
        layout = self.layout()
        needed = layout.totalHeightForWidth(width) if layout is not None else 0
        height = min(max(needed, 12 * space), host.height() - 2 * space)
        self.resize(width, height)
        x = min(max(self._at.x() - space, space), host.width() - width - space)
        below = self._at.y() + space // 2
        y = below if below + height + space <= host.height() else host.height() - height - space
        self.move(x, max(y, space))

    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        """Read more by Enter as well: a button outside of dialogs takes only Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._read_more()
            event.accept()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _read_more(self) -> None:
        topic, host = self._topic, self.parentWidget()
        self.close_box()
        if topic is not None and host is not None:
            open_chapter(host, topic.chapter, topic.heading)


def open_chapter(host: QWidget, chapter: str, heading: str = "") -> None:
    """Open a chapter in the window's viewer, which belongs to the main window above the host."""
    from camwatch.ui.help.room import room_of  # noqa: PLC0415 - the room knows the popover, too

    room = room_of(host)
    if room is not None:
        room.open_chapter(chapter, heading, above=host)
