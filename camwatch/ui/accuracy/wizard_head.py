"""Head and foot of the dialog of an audit: at which step one is, and what can be done next."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from camwatch.language import listed, tr
from camwatch.ui import theme
from camwatch.ui.forms import plain_label, set_role

_STEPS = listed(lambda: (tr("1  What to check"), tr("2  Record"), tr("3  Count"), tr("4  Result")))


class WizardHead(QWidget):
    """A title, and the steps with the present one in bold."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain_label(title, "title", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.current().space)
        row.addWidget(self.title, 1)
        self._signs = [QLabel(words, self) for words in _STEPS]
        for sign in self._signs:
            row.addWidget(sign)

    def show_step(self, number: int) -> None:
        """Show at which step one is, from 0."""
        for index, sign in enumerate(self._signs):
            set_role(sign, "heading" if index == number else "muted")


class CountFoot(QWidget):
    """Under the counting: what is missing if one stops here, and the two ways to go on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.missing = plain_label("", "muted", self)
        self.later_button = QPushButton(tr("Close and go on &later"), self)
        self.later_button.setAutoDefault(False)
        self.result_button = QPushButton(self)
        self.result_button.setAutoDefault(False)
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space + space // 2)
        row.addWidget(self.missing, 1)
        row.addWidget(self.later_button)
        row.addWidget(self.result_button)

    def show_state(self, rest: str, *, is_whole: bool, has_truth: bool) -> None:
        """Show what can be done.

        Args:
            rest: What is left out when one stops here, with its verb.
            is_whole: All is counted.
            has_truth: There is something to compare.
        """
        stop = tr("Stop here, show the &result")
        self.missing.setText(
            tr("All is counted.")
            if is_whole
            else tr("If you stop here, {rest} left out.", rest=rest)
        )
        self.result_button.setText(tr("Show the &result") if is_whole else stop)
        self.result_button.setEnabled(has_truth)
        set_role(self.result_button, "primary" if is_whole else "")
