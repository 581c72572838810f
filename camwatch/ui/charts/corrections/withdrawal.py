"""The window in which a correction is withdrawn, with a reason."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from camwatch.auth.session import Session
from camwatch.errors import InvalidSetting
from camwatch.history.corrections import LONGEST_REASON, Correction
from camwatch.language import tr
from camwatch.ui.background import Background
from camwatch.ui.charts.corrections.commands import CorrectionsCommands
from camwatch.ui.charts.corrections.words import Names, whole
from camwatch.ui.fitting import fit
from camwatch.ui.forms import Field
from camwatch.ui.operators.form_dialog import FormDialog


class WithdrawalDialog(FormDialog):
    """Asks why a correction is to hold no longer.

    Signals:
        withdrawn: It holds no longer.
    """

    withdrawn = Signal()

    def __init__(  # noqa: PLR0917 - what it works with, and which one
        self,
        commands: CorrectionsCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        correction: Correction,
        names: Names,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Withdraw a correction"),
            tr(
                "{whole}\n\nCharts and exports show what was measured again. "
                "The correction stays in the list, with your name and reason.",
                whole=whole(correction, names, zone),
            ),
            tr("Withdraw"),
            parent,
        )
        self._commands, self._session, self._correction = commands, session, correction
        self.why = QLineEdit(self)
        self.why.setMaxLength(LONGEST_REASON)
        self.body.addWidget(self.add_field("why", Field(tr("&Reason"), self.why)))
        fit(self, 560, 300)
        self.why.setFocus()

    def entered(self) -> object:
        """Return the reason."""
        return self.why.text()

    @Slot()
    def submit(self) -> None:
        """Withdraw it."""
        commands, session = self._commands, self._session
        uid, why = self._correction.uid, self.why.text().strip()
        if not why:
            self.show_problems((InvalidSetting("why", tr("is needed")),))
            return
        self.run(lambda: commands.withdraw_correction(session, uid, why), self._on_done)

    def _on_done(self, _after: Correction) -> None:
        self.withdrawn.emit()
        self.accept()
