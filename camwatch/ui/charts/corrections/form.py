"""The window in which numbers are corrected: whose, when, how, and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QDateTime, QSignalBlocker, QTime, QTimer, QTimeZone, Signal, Slot
from PySide6.QtWidgets import QDateTimeEdit, QFrame, QLineEdit, QVBoxLayout, QWidget

from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.history.corrections import (
    LONGEST_REASON,
    Correction,
    CorrectionDraft,
    CorrectionKind,
)
from camwatch.language import marked, tr
from camwatch.scene import PlaceRecord
from camwatch.ui import theme
from camwatch.ui.background import Background
from camwatch.ui.charts.corrections.commands import CorrectionsCommands
from camwatch.ui.charts.corrections.preview import preview
from camwatch.ui.charts.corrections.words import IN_VIEW, KINDS, Names, can_pass, place_label
from camwatch.ui.error_text import text_for
from camwatch.ui.fitting import fit
from camwatch.ui.forms import CalmComboBox, CalmSpinBox, Field, bare_line, in_a_row, plain_label
from camwatch.ui.operators.form_dialog import FormDialog

_FORMAT = marked("dd.MM.yyyy  HH:mm")
_MOST = 100_000
_SETTLE_MS = 300
"""So long nothing is asked while something is typed."""

_FIELDS = {"start": "corrected_start", "end": "corrected_end", "kind": "corrected_kind"}
_ABOUT = marked(
    "What was measured is never changed: a correction lies over it, with your name and reason, "
    "and can be withdrawn at any time."
)


class CorrectionForm(FormDialog):
    """Takes a new correction, and says what it would do while it is entered.

    Signals:
        added: It holds.

    Args:
        zone: The site's time zone.
        names: How cameras and places are called.
        draft: What to begin with.
    """

    added = Signal()

    def __init__(  # noqa: PLR0917 - what it works with, and what to begin with
        self,
        commands: CorrectionsCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        names: Names,
        draft: CorrectionDraft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(background, tr("Correct numbers"), tr(_ABOUT), tr("Correct"), parent)
        self._commands, self._session, self._zone = commands, session, zone
        self._names = names
        self._question = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SETTLE_MS)
        self._timer.timeout.connect(self._ask)
        self._build()
        self._fill(draft)
        fit(self, 640, 560)

    def begin(self) -> None:
        """Give the keyboard to what is still to be entered: mostly the reason alone."""
        self.reason.setFocus()

    def _build(self) -> None:
        space = theme.current().space
        self.camera = CalmComboBox(self)
        for camera_id, name in sorted(self._names.cameras.items(), key=lambda one: one[1].lower()):
            self.camera.addItem(name, int(camera_id))
        self.place = CalmComboBox(self)
        self.start, self.end = self._time(), self._time()
        self.kind = CalmComboBox(self)
        self.inwards, self.outwards = self._number(), self._number()
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(LONGEST_REASON)
        self.preview = plain_label("", "", self)
        box = QFrame(self)
        box.setProperty("role", "card")
        inner = QVBoxLayout(box)
        inner.addWidget(self.preview)
        fields = [
            ("camera_id", Field(tr("&Camera"), self.camera)),
            ("place_id", Field(tr("&Numbers of"), self.place)),
            ("corrected_start", Field(tr("&From"), self.start)),
            ("corrected_end", Field(tr("&Until"), self.end)),
            ("corrected_kind", Field(tr("&Kind of correction"), self.kind)),
            ("inwards", Field(tr("&In: more or fewer"), self.inwards)),
            ("outwards", Field(tr("&Out: more or fewer"), self.outwards)),
            ("reason", Field(tr("&Reason"), self.reason, hint=tr("Such as “The lens was dirty”."))),
        ]
        added = {name: self.add_field(name, field) for name, field in fields}
        self.body.setSpacing(space + space // 2)
        self.body.addLayout(in_a_row([(added["camera_id"], 1), (added["place_id"], 1)]))
        self.body.addLayout(in_a_row([(added["corrected_start"], 1), (added["corrected_end"], 1)]))
        self.body.addWidget(added["corrected_kind"])
        self.amounts = QWidget(self)
        row = in_a_row([(added["inwards"], 1), (added["outwards"], 1)])
        row.setContentsMargins(0, 0, 0, 0)
        self.amounts.setLayout(row)
        self.body.addWidget(self.amounts)
        self.body.addWidget(added["reason"])
        self.body.addWidget(box)
        self.body.addStretch(1)
        self.camera.currentIndexChanged.connect(self._on_camera)
        self.place.currentIndexChanged.connect(self._on_place)
        self.kind.currentIndexChanged.connect(self._on_kind)
        for name, entry in (("corrected_start", self.start), ("corrected_end", self.end)):
            entry.dateTimeChanged.connect(self.fields[name].clear_problem)
            entry.dateTimeChanged.connect(self._look_again)
        for name, spin in (("inwards", self.inwards), ("outwards", self.outwards)):
            spin.valueChanged.connect(self.fields[name].clear_problem)
            spin.valueChanged.connect(self._look_again)

    def _time(self) -> QDateTimeEdit:
        entry = QDateTimeEdit(self)
        entry.setDisplayFormat(tr(_FORMAT))
        entry.setCalendarPopup(True)
        bare_line(entry.lineEdit())
        # What is entered is the site's clock, whatever this computer's zone is.
        entry.setTimeZone(QTimeZone.utc())
        return entry

    def _number(self) -> CalmSpinBox:
        spin = CalmSpinBox(self)
        spin.setRange(-_MOST, _MOST)
        return spin

    # ---------------------------------------------------------------- what is entered

    def _fill(self, draft: CorrectionDraft) -> None:
        if self.camera.findData(int(draft.camera_id)) < 0:  # it was removed meanwhile
            self.camera.addItem(
                tr("Camera {camera_id}", camera_id=draft.camera_id), int(draft.camera_id)
            )
        self.camera.setCurrentIndex(self.camera.findData(int(draft.camera_id)))
        self._on_camera()
        if draft.place_id is not None:
            self.place.setCurrentIndex(max(0, self.place.findData(int(draft.place_id))))
        for entry, moment in ((self.start, draft.start), (self.end, draft.end)):
            wall = moment.astimezone(self._zone)
            entry.setDateTime(
                QDateTime(
                    QDate(wall.year, wall.month, wall.day),
                    QTime(wall.hour, wall.minute),
                    QTimeZone.utc(),
                )
            )
        self.kind.setCurrentIndex(max(0, self.kind.findData(draft.kind.value)))
        self.inwards.setValue(draft.inwards)
        self.outwards.setValue(draft.outwards)
        self.reason.setText(draft.reason)
        self._on_kind()

    @property
    def chosen_place(self) -> PlaceRecord | None:
        """The line, gate or zone; None for the people in view."""
        return self._names.places.get(self.place.currentData())

    @property
    def draft(self) -> CorrectionDraft:
        """What is entered, as it stands."""
        place = self.chosen_place
        kind = CorrectionKind(self.kind.currentData() or CorrectionKind.EXCLUDE.value)
        is_passed = kind is CorrectionKind.PASSED
        return CorrectionDraft(
            camera_id=CameraId(self.camera.currentData() or 0),
            place_id=None if place is None else place.id,
            start=self._moment(self.start),
            end=self._moment(self.end),
            kind=kind,
            reason=self.reason.text(),
            inwards=self.inwards.value() if is_passed else 0,
            outwards=self.outwards.value() if is_passed else 0,
        )

    def _moment(self, entry: QDateTimeEdit) -> datetime:
        day, time = entry.date(), entry.time()
        wall = datetime(
            day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=self._zone
        )
        return wall.astimezone(UTC)

    def entered(self) -> object:
        """Return all of it."""
        return self.draft

    @Slot()
    def _on_camera(self) -> None:
        camera_id = self.camera.currentData()
        mine = [one for one in self._names.places.values() if one.camera_id == camera_id]
        with QSignalBlocker(self.place):
            self.place.clear()
            self.place.addItem(tr(IN_VIEW), None)
            for one in _in_order(mine):
                self.place.addItem(place_label(one, self._zone), int(one.id))
        self._on_place()

    @Slot()
    def _on_place(self) -> None:
        before = self.kind.currentData()
        exclude = CorrectionKind.EXCLUDE
        kinds = KINDS if can_pass(self.chosen_place) else {exclude: KINDS[exclude]}
        with QSignalBlocker(self.kind):
            self.kind.clear()
            for kind, text in kinds.items():
                self.kind.addItem(text, kind.value)
            self.kind.setCurrentIndex(max(0, self.kind.findData(before)))
        self.kind.setEnabled(len(kinds) > 1)
        self._on_kind()

    @Slot()
    def _on_kind(self) -> None:
        self.amounts.setVisible(self.kind.currentData() == CorrectionKind.PASSED.value)
        self._look_again()

    # ---------------------------------------------------------------- what it would do

    @Slot()
    def _look_again(self) -> None:
        self._question += 1
        self._timer.start()

    @Slot()
    def _ask(self) -> None:
        draft, place = self.draft, self.chosen_place
        if draft.end <= draft.start:
            self.preview.setText(tr("The end must be after the start."))
            return
        commands, session, zone = self._commands, self._session, self._zone
        self._background.run(
            lambda: preview(commands, session, zone, draft, place),
            partial(self._on_preview, self._question),
            partial(self._on_no_preview, self._question),
            owner=self,
        )

    def _on_preview(self, question: int, text: str) -> None:
        if question == self._question:
            self.preview.setText(text)

    def _on_no_preview(self, question: int, error: CamWatchError) -> None:
        if question == self._question:
            self.preview.setText(text_for(error).whole)

    # ---------------------------------------------------------------- doing it

    @Slot()
    def submit(self) -> None:
        """Lay it over the numbers."""
        commands, session, draft = self._commands, self._session, self.draft
        self.run(lambda: commands.add_correction(session, draft), self._on_added)

    def _on_added(self, _made: Correction) -> None:
        self.added.emit()
        self.accept()

    def show_problems(self, problems: tuple[InvalidSetting, ...]) -> None:
        """Show refused values at their fields, which elsewhere have other names."""
        super().show_problems(
            tuple(InvalidSetting(_FIELDS.get(one.field, one.field), one.reason) for one in problems)
        )


def _in_order(places: Sequence[PlaceRecord]) -> list[PlaceRecord]:
    """Return those that count now first."""
    return sorted(places, key=lambda one: (one.retired_at is not None, one.name.casefold()))
