"""The row of buttons above the alerts: what can be done to those that are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from camwatch.alerts.alert import Alert
from camwatch.auth.session import Session
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.alerts.inbox.acts import Act, why_not
from camwatch.ui.forms import plain_label
from camwatch.ui.shortcuts import Key, sequence_of
from camwatch.ui.words import tooltip

_SAID_MS = 15_000


class Toolbar(QWidget):
    """Buttons for what can be done, what was done last, and the way to take it back.

    Signals:
        act_requested: An `Act`.
        handover_requested: The hand-over sheet is wanted.
    """

    act_requested = Signal(object)
    handover_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._undo: Callable[[], object] | None = None
        space = theme.current().space
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space)
        self.buttons: dict[Act, QPushButton] = {}
        self.entries: dict[Act, QAction] = {}
        """The same, for the menu of a row."""
        for act in Act:
            entry = QAction(icons.icon(act.icon), f"{act.words}\t{sequence_of(act.key)}", self)
            entry.triggered.connect(partial(self._on_clicked, act))
            self.entries[act] = entry
            button = self._button(act.icon, act.words)
            button.clicked.connect(partial(self._on_clicked, act))
            self.buttons[act] = button
            row.addWidget(button)
        self.said = plain_label("", "muted", self)
        self.said.setWordWrap(False)  # the row must not jump; the tooltip has all of it
        self.said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.undo_button = self._button("undo-2", tr("Undo"))
        self.undo_button.setToolTip(tr("Take back what was done last"))
        self.undo_button.clicked.connect(self.undo)
        self.undo_button.hide()
        self.handover_button = self._button("printer", tr("Hand over…"))
        self.handover_button.setToolTip(
            tr(
                "Make the sheet for the next shift ({sequence_of})",
                sequence_of=sequence_of(Key.HAND_OVER),
            )
        )
        self.handover_button.clicked.connect(self.handover_requested)
        row.addWidget(self.said, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self.handover_button)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SAID_MS)
        self._timer.timeout.connect(self.forget)

    def _button(self, icon: str, words: str) -> QPushButton:
        button = QPushButton(icons.icon(icon), words, self)
        button.setIconSize(icons.button_size())
        button.setAutoDefault(False)
        return button

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """What takes the keyboard, in the order of the Tab key."""
        return (*self.buttons.values(), self.undo_button, self.handover_button)

    def show_chosen(self, alerts: Sequence[Alert], now: datetime, *, is_busy: bool) -> None:
        """Offer what can be done to these; say of the rest why not."""
        for act, button in self.buttons.items():
            reason = why_not(act, alerts, self._session, now)
            button.setEnabled(not reason and not is_busy)
            self.entries[act].setEnabled(button.isEnabled())
            button.setToolTip(reason or f"{act.hint} ({sequence_of(act.key)})")
            button.setAccessibleDescription(reason)

    def say(self, sentence: str, undo: Callable[[], object] | None) -> None:
        """Say for some seconds what was done, and offer to take it back."""
        self.said.setText(sentence)
        self.said.setToolTip(tooltip(sentence))
        self._undo = undo
        self.undo_button.setVisible(undo is not None)
        self._timer.start()

    @Slot()
    def forget(self) -> None:
        """Say nothing more, and offer nothing to take back."""
        self._timer.stop()
        self._undo = None
        self.said.setText("")
        self.undo_button.hide()

    @Slot()
    def undo(self) -> None:
        """Take back what was done last."""
        undo = self._undo
        self.forget()
        if undo is not None:
            undo()

    def _on_clicked(self, act: Act, _is_checked: bool = False) -> None:
        self.act_requested.emit(act)
