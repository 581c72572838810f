"""Asks what the hand-over sheet of a shift is to tell, shows it, and saves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import QSize, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.alerts.inbox import Handover
from camwatch.auth.session import Session
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.language import marked, tr
from camwatch.ui import theme
from camwatch.ui.alerts.handover.sheet import handover_sheet
from camwatch.ui.alerts.inbox.dialogs import MomentEdit, severities
from camwatch.ui.background import Background
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.flow_row import FlowRow
from camwatch.ui.forms import Field, plain_label
from camwatch.ui.operators.form_dialog import FormDialog
from camwatch.ui.page_preview import PagePreview
from camwatch.ui.paper import to_images, to_pdf
from camwatch.ui.saving import SheetSaver

_SIZE = 1080, 760
_FORM_WIDTH = 340
_PAGE_WIDTH = 620
_MOST_PAGES = 30
_SHIFT = timedelta(hours=8)
_LONGEST = timedelta(days=31)
_LONGEST_NAME = 100
_TYPING_MS = 400


class HandoverCommands(Protocol):
    """What this dialog asks of `camwatch.commands.Commands`."""

    def handover(self, session: Session, since: datetime, to_name: str) -> Handover:
        """Return what the next shift must know."""
        ...

    def hand_over(self, session: Session, since: datetime, to_name: str) -> Handover:
        """Return what the next shift must know, and note that it is handed over."""
        ...

    def last_handover(self, session: Session) -> datetime | None:
        """Return when a shift was handed over last."""
        ...


class Since(StrEnum):
    """When the shift began; the value is what the operator reads."""

    LAST = marked("Last hand-over")
    EIGHT_HOURS = marked("8 hours ago")
    DATE = marked("Other…")


class HandoverSaver(SheetSaver):
    """Asks where to save the sheet, and saves it there as it is at that moment.

    Args:
        read: Reads what the sheet tells; called on a thread of the background.
        zone: The site's time zone.
        name: What the file is called unless the operator says otherwise.
    """

    def __init__(
        self,
        read: Callable[[], Handover],
        zone: ZoneInfo,
        name: str,
        background: Background,
        parent: QWidget,
    ) -> None:
        super().__init__(
            tr("Save the hand-over"), tr("PDF files (*.pdf)"), name, background, parent
        )
        self._read = read
        self._zone = zone

    def read(self) -> Callable[[], bytes]:
        """Read what the sheet tells."""
        handover = self._read()
        return lambda: to_pdf(handover_sheet(handover, self._zone))


class HandoverDialog(FormDialog):
    """Since when, to whom; beside it the pages as they will be printed.

    Signals:
        saved: The Path of the file.

    Args:
        zone: The site's time zone.
        clock: The wall clock, aware UTC.
    """

    saved = Signal(object)

    def __init__(  # noqa: PLR0917 - who asks, where, whose clocks
        self,
        commands: HandoverCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            background,
            tr("Hand over the shift"),
            tr(
                "A sheet for the next shift: what is open, what happened, who did what, and two lines "
                "to sign."
            ),
            tr("Save as PDF…"),
            parent,
        )
        self._commands, self._session = commands, session
        self._zone, self._clock = zone, clock
        self._last: datetime | None = None
        # As of now, and not of each look, so that the preview need not be read again.
        self._eight_hours_ago = clock() - _SHIFT
        self._question = 0
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.preview)
        self._handover: Handover | None = None
        self._build()
        fit(self, *_SIZE)
        self.to_name.setFocus()
        self._read_last()

    # ---------------------------------------------------------------- building

    def _build(self) -> None:
        space = theme.current().space
        choices = QWidget(self)
        row = FlowRow(space, choices)
        group = QButtonGroup(self)
        self.choices: dict[Since, QPushButton] = {}
        for choice in Since:
            button = QPushButton(tr(choice.value), choices)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("role", "choice")
            group.addButton(button)
            row.addWidget(button)
            self.choices[choice] = button
        self.choices[Since.LAST].setEnabled(False)
        self.choices[Since.EIGHT_HOURS].setChecked(True)
        group.buttonToggled.connect(self._on_choice)
        self.moment = MomentEdit(self._zone, self)
        self.moment.set_moment(self._clock() - _SHIFT)
        self.moment.dateTimeChanged.connect(self._typing.start)
        self.to_name = QLineEdit(self)
        self.to_name.setMaxLength(_LONGEST_NAME)
        self.to_name.setPlaceholderText(tr("Name, or empty to write it by hand"))
        self.to_name.textEdited.connect(self._typing.start)
        since = Field(tr("The shift began"), choices)
        self._date = self.add_field("since", Field(tr("&Date and time"), self.moment))
        self._date.hide()
        to_name = self.add_field("to_name", Field(tr("&Taken over by"), self.to_name))
        self.summary = plain_label("", "", self)
        form = QVBoxLayout()
        form.setSpacing(2 * space)
        for part in (since, self._date, to_name, self.summary):
            part.setFixedWidth(theme.px(_FORM_WIDTH))
            form.addWidget(part)
        form.addStretch(1)
        self.pages = PagePreview(tr("Preview of the sheet"), self)
        halves = QHBoxLayout()
        halves.setSpacing(3 * space)
        halves.addLayout(form)
        halves.addWidget(self.pages, 1)
        self.body.addLayout(halves, 1)

    # ---------------------------------------------------------------- what is chosen

    @property
    def since(self) -> datetime:
        """When the shift began."""
        if self.choices[Since.LAST].isChecked() and self._last is not None:
            return self._last
        if self.choices[Since.EIGHT_HOURS].isChecked():
            return self._eight_hours_ago
        return self.moment.moment()

    def _read_last(self) -> None:
        commands, session = self._commands, self._session
        self._background.run(
            lambda: commands.last_handover(session), self._on_last, self._on_no_last, owner=self
        )

    def _on_last(self, last: datetime | None) -> None:
        now = self._clock()
        self._last = last if last is not None and now - _LONGEST < last < now else None
        button = self.choices[Since.LAST]
        button.setEnabled(self._last is not None)
        if self._last is None:
            button.setToolTip(tr("No shift was handed over in the last month."))
            self.preview()
            return
        button.setToolTip(f"{self._last.astimezone(self._zone):%Y-%m-%d %H:%M}")
        button.setChecked(True)  # which reads the preview

    def _on_no_last(self, _error: CamWatchError) -> None:
        self.preview()  # which meets the same trouble, and tells it

    @Slot(object, bool)
    def _on_choice(self, _button: object, is_checked: bool) -> None:
        if is_checked:
            self._date.setVisible(self.choices[Since.DATE].isChecked())
            self.preview()

    # ---------------------------------------------------------------- the preview

    @Slot()
    def preview(self) -> None:
        """Read what the sheet would tell, and show it."""
        self._typing.stop()
        self.clear_problems()
        since, name = self.since, self.to_name.text().strip()
        if not self._is_sound(since):
            return
        self._question += 1
        commands, session = self._commands, self._session
        known = self._handover

        def read() -> Handover:
            if known is not None and known.since == since:
                return replace(known, to_name=name)
            return commands.handover(session, since, name)

        self.busy.show()
        self._background.run(
            read,
            partial(self._on_read, self._question),
            partial(self._on_not_read, self._question),
            owner=self,
        )

    def _is_sound(self, since: datetime) -> bool:
        now = self._clock()
        if since >= now:
            self.show_problems((InvalidSetting("since", tr("is in the future")),))
            return False
        if now - since > _LONGEST:
            reason = tr("is more than {days} days ago", days=_LONGEST.days)
            self.show_problems((InvalidSetting("since", reason),))
            return False
        return True

    def _on_read(self, question: int, handover: Handover) -> None:
        if question != self._question:
            return
        self.busy.hide()
        self._handover = handover
        opened = severities(handover.open) if handover.open else tr("nothing")
        happened = severities(handover.happened) if handover.happened else tr("nothing")
        self.summary.setText(
            tr(
                "Open now: {opened}.\nRaised in the shift: {happened}.",
                opened=opened,
                happened=happened,
            )
        )
        # Here, not in the background: see `SheetSaver`.
        sheet = handover_sheet(handover, self._zone)
        self.pages.show_pages(*to_images(sheet, theme.px(_PAGE_WIDTH), _MOST_PAGES))

    def _on_not_read(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.busy.hide()
            self.notice.show_error(text_for(error))

    # ---------------------------------------------------------------- saving

    @Slot()
    def submit(self) -> None:
        """Ask where to save the sheet, and save it as things are then."""
        since, name = self.since, self.to_name.text().strip()
        self.clear_problems()
        if not self._is_sound(since):
            return
        commands, session = self._commands, self._session
        file = f"hand-over-{self._clock().astimezone(self._zone):%Y-%m-%d-%H%M}.pdf"
        saver = HandoverSaver(
            lambda: commands.hand_over(session, since, name),
            self._zone,
            file,
            self._background,
            self,
        )
        saver.saved.connect(self._on_saved)
        saver.not_saved.connect(self.show_error)
        saver.open()

    @Slot(object)
    def _on_saved(self, file: Path) -> None:
        self.saved.emit(file)
        self.accept()

    def sizeHint(self) -> QSize:
        """Return the size it opens with."""
        return QSize(*_SIZE)
