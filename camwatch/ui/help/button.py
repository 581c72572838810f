"""The small button that asks what a page or a field is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.forms import Field
from camwatch.ui.help.popover import HelpPopover
from camwatch.ui.help.topics import TOPICS

_ICON, _SMALL_ICON = 16, 14


class HelpButton(QToolButton):
    """A "?" beside what it explains; opens the explanation beside itself.

    Args:
        topic: Its name in `TOPICS`.
    """

    def __init__(self, topic: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.topic = topic
        title = TOPICS[topic].title
        self.setProperty("role", "foot")
        self.setIcon(icons.icon("circle-question-mark", theme.current().muted))
        self.setIconSize(icons.size(_ICON))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)
        self.setAccessibleName(tr("Help: {title}", title=title))
        self.setToolTip(tr("What is this? {title}", title=title))
        self.clicked.connect(self.explain)

    @Slot()
    def explain(self) -> None:
        """Show the explanation beside the button."""
        window = self.window()
        popover = window.findChild(
            HelpPopover, options=Qt.FindChildOption.FindDirectChildrenOnly
        ) or HelpPopover(window)
        popover.show_topic(TOPICS[self.topic], self)


def explain(field: Field, topic: str) -> HelpButton:
    """Put a help button behind the label of a field.

    Args:
        field: Of a form; its label stays the buddy of what is filled in.
        topic: Its name in `TOPICS`.
    """
    button = HelpButton(topic, field)
    column = field.layout()
    if isinstance(column, QBoxLayout):
        column.removeWidget(field.label)
        row = QHBoxLayout()
        row.setSpacing(theme.current().space // 2)
        row.addWidget(field.label)
        row.addWidget(button)
        row.addStretch(1)
        column.insertLayout(0, row)
    # As low as a label: what is filled in stays in line with the fields beside it.
    button.setProperty("role", "help")
    button.setIconSize(icons.size(_SMALL_ICON))
    return button
