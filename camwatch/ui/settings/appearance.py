"""The dialog for how the screen looks; every operator may use it."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from camwatch.auth.session import Session
from camwatch.commands.settings_described import described
from camwatch.config import Display
from camwatch.errors import CamWatchError
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.choice_row import ChoiceRow
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.operators.form_dialog import FormDialog

_SIZES = (100, 125, 150, 175, 200)


class AppearanceCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def appearance(self, session: Session) -> Display:
        """Return how the screen looks."""
        ...

    def set_appearance(self, session: Session, display: Display) -> Display:
        """Change how the screen looks."""
        ...


class AppearanceDialog(FormDialog):
    """Language, colours, size of the text and motion; the window is made anew with them.

    Signals:
        saved: The Display section as it is now.
    """

    saved = Signal(object)

    def __init__(
        self,
        commands: AppearanceCommands,
        session: Session,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Appearance"),
            tr(
                "How CamWatch looks on this computer, for all who use it here. The window is made "
                "anew with it, and nothing is interrupted."
            ),
            tr("&Apply"),
            parent,
        )
        self._commands, self._session = commands, session
        self._display: Display | None = None
        self.language = _choices("display.language", tr("&Language"), self)
        self.theme = _choices("display.theme", tr("&Colours"), self)
        sizes = {str(one): (tr("{count} %", count=one), "") for one in _SIZES}
        self.text_size = ChoiceRow(tr("Size of the &text"), sizes, "100", self)
        self.motion = QCheckBox(tr("Less &motion: nothing moves that need not"), self)
        for row in (self.language, self.theme, self.text_size):
            self.body.addWidget(row.field)
        self.body.addWidget(self.motion)
        self.body.addStretch(1)
        self.notice.action_requested.connect(self.read)
        fit(self, 560, 480)
        self.read()

    @Slot()
    def read(self) -> None:
        """Read how it is now."""
        self.run(lambda: self._commands.appearance(self._session), self._on_read, self._on_not_read)

    def _on_read(self, display: Display) -> None:
        self._display = display
        self.language.buttons[display.language].setChecked(True)
        self.theme.buttons[display.theme].setChecked(True)
        nearest = min(_SIZES, key=lambda one: abs(one - display.text_percent))
        self.text_size.buttons[str(nearest)].setChecked(True)
        self.motion.setChecked(display.reduced_motion)
        self.update_buttons()
        # While it was read nothing but "Cancel" could have the keyboard.
        self.language.buttons[display.language].setFocus()

    def _on_not_read(self, error: CamWatchError) -> None:
        self.notice.show_error(text_for(error), action=tr("Read again"))

    def update_buttons(self) -> None:
        """Let nothing be saved that was not read before."""
        self.do_button.setEnabled(self._display is not None and not self.is_busy)

    @Slot()
    def submit(self) -> None:
        """Store it."""
        if self._display is None:
            return
        size = int(self.text_size.chosen)
        nearest = min(_SIZES, key=lambda one: abs(one - self._display_percent))
        display = self._display.model_copy(
            update={
                "language": self.language.chosen,
                "theme": self.theme.chosen,
                # A size between those that are offered stays unless another one is chosen.
                "text_percent": self._display_percent if size == nearest else size,
                "reduced_motion": self.motion.isChecked(),
            }
        )
        self.run(lambda: self._commands.set_appearance(self._session, display), self._on_saved)

    @property
    def _display_percent(self) -> int:
        return 100 if self._display is None else self._display.text_percent

    def _on_saved(self, display: Display) -> None:
        is_another = display != self._display
        self.accept()
        if is_another:
            self.saved.emit(display)


def _choices(key: str, label: str, parent: QWidget) -> ChoiceRow[str]:
    """Return a row of the words that a setting can be."""
    about = described(key)
    offered = {} if about is None else {one: (words, "") for one, words in about.choices}
    return ChoiceRow(label, offered, next(iter(offered)), parent)
