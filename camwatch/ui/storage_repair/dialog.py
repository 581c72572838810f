"""Asks what is to be done about a history that cannot be opened."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.errors import CamWatchError
from camwatch.history.repair import FileFault, RepairOffer, Salvage
from camwatch.language import tr
from camwatch.ui import icons, theme
from camwatch.ui.background import Background
from camwatch.ui.error_text import ErrorText, text_for
from camwatch.ui.fitting import keep_on_screen
from camwatch.ui.forms import BusyBar, Notice, plain_label
from camwatch.ui.storage_repair import wording
from camwatch.ui.storage_repair.choice import Choice

T = TypeVar("T")

_WIDTH = 560
_SYMBOL = 28
_LINES = 3


def _beginning(detail: str) -> str:
    """Return the first lines of a finding: a hundred of them would push the buttons off the screen."""
    lines = detail.splitlines()
    return detail if len(lines) <= _LINES else "\n".join([*lines[:_LINES], "…"])


class RepairCommands(Protocol):
    """What the dialog may ask for."""

    def offer(self, detail: str) -> RepairOffer:
        """Find out what is wrong and what can be put in its place."""
        ...

    def restore(self, copy: Path) -> Path:
        """Put a copy in the place of the history."""
        ...

    def salvage(self) -> Salvage:
        """Put what can be read in the place of the history."""
        ...

    def begin_anew(self) -> Path:
        """Set the history aside, and make a new one."""
        ...

    def leave_log(self) -> Path:
        """Set aside only the log."""
        ...


class RepairDialog(QDialog):
    """Accepted once the history can be opened; rejected if CamWatch is to end.

    Args:
        desk: What repairs.
        background: Runs what takes time.
        detail: What opening the file said.
        zone: Whose clocks are shown.
    """

    def __init__(
        self, desk: RepairCommands, background: Background, detail: str, zone: ZoneInfo
    ) -> None:
        super().__init__()
        self._desk = desk
        self._background = background
        self._detail = detail
        self._zone = zone
        self._is_busy = False
        self._offer: RepairOffer | None = None
        self.setWindowTitle(tr("CamWatch: the history is damaged"))
        self.setWindowIcon(icons.app_icon())
        self.title = plain_label(tr("The history is damaged"), "title", self)
        self.words = plain_label(tr("Looking at what is left of it, and at its copies…"), "", self)
        self.notice = Notice(self)
        self.leave_log, self.restore, self.salvage, self.anew = (Choice(self) for _ in range(4))
        self._choices = (self.leave_log, self.restore, self.salvage, self.anew)
        self.facts = plain_label("", "muted", self)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.status = plain_label("", "muted", self)
        self.status.hide()
        self.busy = BusyBar(self)
        self.quit_button = QPushButton(tr("&Quit"), self)
        self.open_button = QPushButton(tr("&Open CamWatch"), self)
        self.open_button.setProperty("role", "primary")
        self.open_button.hide()
        self._lay_out()
        self.leave_log.button.clicked.connect(self._leave_log)
        self.restore.button.clicked.connect(self._restore)
        self.salvage.button.clicked.connect(self._salvage)
        self.anew.button.clicked.connect(self._ask_to_begin_anew)
        self.quit_button.clicked.connect(self.reject)
        self.open_button.clicked.connect(self.accept)

    def _lay_out(self) -> None:
        tokens = theme.current()
        space = tokens.space
        symbol = QLabel(self)
        symbol.setPixmap(
            icons.pixmap("triangle-alert", _SYMBOL, tokens.critical, self.devicePixelRatioF())
        )
        head = QHBoxLayout()
        head.setSpacing(space + space // 2)
        head.addWidget(symbol)
        head.addWidget(self.title, 1)
        choices = QVBoxLayout()
        choices.setSpacing(space)
        for choice in self._choices:
            choices.addWidget(choice)
        buttons = QHBoxLayout()
        buttons.setSpacing(space + space // 2)
        buttons.addStretch(1)
        buttons.addWidget(self.quit_button)
        buttons.addWidget(self.open_button)
        content = QWidget(self)
        content.setFixedWidth(theme.px(_WIDTH))
        column = QVBoxLayout(content)
        column.setContentsMargins(3 * space, 3 * space, 3 * space, 2 * space)
        column.setSpacing(2 * space)
        column.addLayout(head)
        column.addWidget(self.words)
        column.addWidget(self.notice)
        column.addLayout(choices)
        for part in (self.facts, self.status, self.busy):
            column.addWidget(part)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        # The window is always as high as what it says.
        outer.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        keep_on_screen(self)

    def begin(self) -> None:
        """Find out what can be done; call it once the dialog is shown."""
        self._run(
            lambda: self._desk.offer(self._detail), self._on_offer, tr("This may take a minute.")
        )

    # ---------------------------------------------------------------- what is offered

    def _stay_on_screen(self) -> None:
        room, frame = self.screen().availableGeometry(), self.frameGeometry()
        if frame.bottom() > room.bottom():
            self.move(frame.left(), max(room.top(), room.bottom() - frame.height()))

    def _on_offer(self, offer: RepairOffer) -> None:
        self._set_busy(False)
        self._offer = offer
        fault = offer.damage.fault
        self.title.setText(wording.TITLE[fault])
        self.words.setText(wording.what_happened(offer))
        self.facts.setText(
            tr(
                "File: {file}\nFinding: {detail}",
                file=offer.damage.file,
                detail=_beginning(offer.damage.detail),
            )
        )
        self.facts.setToolTip(offer.damage.detail)
        # Once it has grown by what is offered: its buttons must not be below the screen.
        QTimer.singleShot(0, self, self._stay_on_screen)
        if fault is FileFault.LOG:
            self.leave_log.show_as(tr("Go on &without the log"), wording.log_words())
        self.restore.show_as(
            f"&{wording.restore_button(offer, self._zone)}",
            wording.restore_words(offer, self._zone),
            is_possible=offer.copy is not None,
        )
        if offer.damage.can_be_salvaged:
            self.salvage.show_as(tr("&Save what can be read"), wording.salvage_words())
        self.anew.show_as(tr("&Begin a new history"), wording.anew_words())
        best = next(one for one in self._offered() if one.is_possible)
        if best is self.anew:  # it is not what anybody should do by pressing Return
            self.quit_button.setFocus()
            return
        best.button.setProperty("role", "primary")
        best.button.style().polish(best.button)
        best.button.setDefault(True)
        best.button.setFocus()

    def _offered(self) -> list[Choice]:
        """Return what is offered, the best first."""
        return [one for one in self._choices if not one.isHidden()]

    # ---------------------------------------------------------------- what is done

    @Slot()
    def _restore(self) -> None:
        if self._offer is not None and self._offer.copy is not None:
            restore = partial(self._desk.restore, self._offer.copy.file)
            self._run(restore, lambda _aside: self.accept(), tr("The copy is being put in place…"))

    @Slot()
    def _salvage(self) -> None:
        self._run(self._desk.salvage, self._on_saved, tr("Reading row by row…"))

    @Slot()
    def _leave_log(self) -> None:
        self._run(self._desk.leave_log, lambda _aside: self.accept(), "")

    @Slot()
    def _ask_to_begin_anew(self) -> None:
        box = QMessageBox(
            QMessageBox.Icon.Warning, "CamWatch", tr("Begin a new history?"), parent=self
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(wording.anew_words())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        begin = box.addButton(tr("Begin a new history"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        begin.clicked.connect(self._begin_anew)
        box.open()

    @Slot()
    def _begin_anew(self) -> None:
        self._run(self._desk.begin_anew, lambda _aside: self.accept(), "")

    def _on_saved(self, saved: Salvage) -> None:
        """Say what was saved; the operator goes on when they have read it."""
        self._set_busy(False)
        for choice in self._choices:
            choice.hide()
        title, text = wording.saved_words(saved)
        self.title.setText(tr("The history was read"))
        self.words.setText(tr("What could be read is the history from now on."))
        is_whole = all(one.is_whole for one in saved.tables)
        self.notice.show_text("ok" if is_whole else "warning", title, text)
        self.facts.setText(tr("The damaged file is kept: {set_aside}", set_aside=saved.set_aside))
        self.open_button.show()
        self.open_button.setDefault(True)
        self.open_button.setFocus()

    def _run(self, job: Callable[[], T], done: Callable[[T], None], status: str) -> None:
        self.notice.hide()
        self.status.setText(status)
        self.status.setVisible(bool(status))
        self._set_busy(True)
        self._background.run(job, done, self._on_failed, owner=self)

    def _on_failed(self, error: CamWatchError) -> None:
        self._set_busy(False)
        text = text_for(error)
        # Which file and why is what helps here, more than the general words.
        shown = ErrorText(text.title, str(error), text.what_to_do, text.error_id)
        self.notice.show_error(shown)
        if self._offer is None:
            self.words.setText(tr("It could not be found out what is left of it."))

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self.busy.setVisible(is_busy)
        if not is_busy:
            self.status.hide()
        for choice in self._choices:
            choice.set_busy(is_busy)
        self.quit_button.setEnabled(not is_busy or self._offer is None)

    @Slot()
    def reject(self) -> None:
        """End; not while files are being put in place."""
        if not self._is_busy or self._offer is None:
            super().reject()
