"""The first step: what will be done, and a look at a sample for those who want that first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.forms import plain_label

_ICON = 20


class WelcomeStep(Step):
    """Says what comes.

    Signals:
        sample_requested: The operator wants to look at a sample.

    Args:
        has_sample: A sample can be opened.
    """

    sample_requested = Signal()

    def __init__(
        self, means: Means, made: Made, parent: QWidget | None = None, *, has_sample: bool
    ) -> None:
        super().__init__(means, made, parent)
        self.heading = tr("Welcome to CamWatch")
        self.why = tr(
            "In about two minutes CamWatch counts people at your first camera and tells you when "
            "something happens. You can go back at any time, leave out what you do not need, and "
            "do the rest later."
        )
        self.action = tr("&Begin")
        tokens = theme.current()
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * tokens.space)
        grid.setVerticalSpacing(tokens.space + tokens.space // 2)
        grid.setColumnStretch(1, 1)
        for icon, color, title, text in (
            (
                "circle-check",
                tokens.ok,
                tr("Administrator"),
                tr(
                    "Done: you are signed in as {name}. Only administrators set up CamWatch; you "
                    "add other people on the page Users.",
                    name=means.session.user.name,
                ),
            ),
            (
                "cctv",
                tokens.accent,
                tr("A camera"),
                tr("One that you have, or a simulated one to try things out."),
            ),
            (
                "slash",
                tokens.accent,
                tr("A line or a zone"),
                tr("Who passes the line, or stands in the zone, is counted there."),
            ),
            (
                "bell",
                tokens.accent,
                tr("A rule and a test alert"),
                tr("What you want to be told of, and a proof that it reaches you."),
            ),
        ):
            row = grid.rowCount()
            sign = QLabel(self)
            sign.setPixmap(icons.pixmap(icon, _ICON, color, self.devicePixelRatioF()))
            words = QVBoxLayout()
            words.setSpacing(tokens.space // 4)
            words.addWidget(plain_label(title, "heading", self))
            words.addWidget(plain_label(text, "muted", self))
            grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addLayout(words, row, 1)
        self.body.addLayout(grid)
        self.sample_button = QPushButton(tr("&Open the sample"), self)
        self.sample_button.clicked.connect(self.sample_requested)
        if has_sample:
            self.body.addWidget(self._sample_card())
        else:
            self.sample_button.hide()
        self.body.addStretch(1)

    def _sample_card(self) -> QFrame:
        space = theme.current().space
        card = QFrame(self)
        card.setProperty("role", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
        column.setSpacing(space)
        column.addWidget(plain_label(tr("Only want to look around first?"), "heading", card))
        column.addWidget(
            plain_label(
                tr(
                    "The sample opens in a window of its own: six simulated cameras with two months "
                    "of made-up history. It lies apart from your cameras, says on every page that "
                    "it is a sample, and is removed as a whole when you close its window."
                ),
                "muted",
                card,
            )
        )
        column.addWidget(self.sample_button, 0, Qt.AlignmentFlag.AlignLeft)
        return card

    def say_sample(self, title: str, text: str) -> None:
        """Say what became of opening the sample."""
        self.notice.show_text("info", title, text)
