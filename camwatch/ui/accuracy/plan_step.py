"""The first step of an audit: what is audited, how long, and what that means for privacy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from camwatch.accuracy import AuditKind
from camwatch.accuracy.plan import SETTLE_S, RecordingPlan
from camwatch.domain import Camera
from camwatch.errors import CamWatchError, DiskFull
from camwatch.language import listed, marked, table, tr
from camwatch.scene import Gate, Line, Scene
from camwatch.ui import theme
from camwatch.ui.accuracy.wording import size
from camwatch.ui.error_text import text_for
from camwatch.ui.forms import CalmComboBox, CalmSpinBox, Field, Notice, in_a_row, plain_label
from camwatch.ui.words import number

_USUAL_BYTES = 200_000  # of a picture of 1920 x 1080 pixels
_INDENT = 24
_WIDEST = 720

_CHOICES = table(
    lambda: {
        AuditKind.OCCUPANCY: (
            tr("People in &view"),
            tr("You say how many people are in view while the recording plays."),
        ),
        AuditKind.PASSAGES: (
            tr("People &passing a line"),
            tr("You press a key each time somebody passes, in or out."),
        ),
        AuditKind.PICTURES: (
            tr("&Single pictures at random moments"),
            tr(
                "You count people in pictures spread over hours: little work, and all kinds of light."
            ),
        ),
    }
)
_NO_LINE = marked("This camera has no line and no gate. Draw one on its picture first.")
_PRIVACY = marked(
    "The recorded pictures show people. They stay on this computer, in a folder that only "
    "CamWatch's account can read, and are deleted once the audit is stored, or after 7 days."
)
_COURSE = listed(
    lambda: (
        (
            tr("Record"),
            tr("CamWatch keeps the camera's pictures and, hidden from you, its own counts."),
        ),
        (tr("Count"), tr("You watch the recording as slowly as you like and count by keys.")),
        (tr("Compare"), tr("You see how right the numbers were, and where they were wrong.")),
        (tr("Store"), tr("The result becomes the badge beside the camera's numbers.")),
    )
)
_LITTLE_ROOM = marked(
    "A recording needs 500 MB of free room, so that the history never runs out of it. "
    "Make room on the disk and try again."
)


class PlanStep(QWidget):
    """Asks what is to be audited.

    Signals:
        plan_chosen: The RecordingPlan to begin with.

    Args:
        camera: Which camera.
    """

    plan_chosen = Signal(object)

    def __init__(self, camera: Camera, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._camera = camera
        self._places: dict[str, float] = {}
        self._build()
        self.set_scene(Scene())

    def _build(self) -> None:
        space = theme.current().space
        form = QWidget(self)
        form.setMaximumWidth(theme.px(_WIDEST))
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(space // 2)
        column.addWidget(plain_label(tr("What do you want to check?"), "heading", form))
        column.addSpacing(space // 2)
        self.kinds = QButtonGroup(self)
        self.radios: dict[AuditKind, QRadioButton] = {}
        self.place = CalmComboBox(form)
        self.place.setAccessibleName(tr("Line or gate"))
        self.no_line = plain_label(tr(_NO_LINE), "muted", form)
        for index, (kind, (words, explanation)) in enumerate(_CHOICES.items()):
            radio = QRadioButton(words, form)
            self.radios[kind] = radio
            self.kinds.addButton(radio, index)
            column.addWidget(radio)
            column.addLayout(_indented(plain_label(explanation, "muted", form)))
            if kind is AuditKind.PASSAGES:
                column.addLayout(_indented(self.place))
                column.addLayout(_indented(self.no_line))
            column.addSpacing(space)
        self.radios[AuditKind.OCCUPANCY].setChecked(True)
        self.kinds.idToggled.connect(self._update)
        column.addSpacing(space)
        column.addWidget(plain_label(tr("How long?"), "heading", form))
        column.addSpacing(space // 2)
        column.addLayout(self._lengths(form))
        self.estimate = plain_label("", "", form)
        column.addWidget(self.estimate)
        column.addSpacing(space)
        column.addWidget(plain_label(tr(_PRIVACY), "muted", form))
        self.notice = Notice(form)
        column.addSpacing(space)
        column.addWidget(self.notice)
        column.addStretch(1)
        self._lay_out(form)

    def _lay_out(self, form: QWidget) -> None:
        """Put the form, what it means, and the button into their places."""
        space = theme.current().space
        self.start_button = QPushButton(tr("Start &recording"), self)
        self.start_button.setProperty("role", "primary")
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self._on_start)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.start_button)
        middle = QHBoxLayout()
        middle.setSpacing(4 * space)
        middle.addWidget(form, 3)
        middle.addWidget(_course(self), 2, Qt.AlignmentFlag.AlignTop)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(middle, 1)
        whole.addLayout(foot)

    def _lengths(self, form: QWidget) -> QHBoxLayout:
        self.minutes = _spin(10, 1, 240, tr(" min"), form)
        self.pictures = _spin(40, 10, 500, tr(" pictures"), form)
        self.hours = _spin(8, 1, 168, " h", form)
        for spin in (self.minutes, self.pictures, self.hours):
            spin.valueChanged.connect(self._update)
        self.minutes_field = Field(tr("&Length of the recording"), self.minutes)
        self.pictures_field = Field(tr("&Number of pictures"), self.pictures)
        self.hours_field = Field(tr("Spread &over"), self.hours)
        row = QHBoxLayout()
        row.addLayout(
            in_a_row([(self.minutes_field, 1), (self.pictures_field, 1), (self.hours_field, 1)]),
            2,
        )
        row.addStretch(1)
        return row

    @property
    def kind(self) -> AuditKind:
        """What is chosen."""
        return list(_CHOICES)[self.kinds.checkedId()]

    def set_scene(self, scene: Scene) -> None:
        """Offer the lines and gates of this scene."""
        self._places = {
            place.name: _settle_s(place)
            for _, place in scene.places()
            if isinstance(place, Line | Gate)
        }
        self.place.clear()
        self.place.addItems(list(self._places))
        self.no_line.setVisible(not self._places)
        self.place.setVisible(bool(self._places))
        radio = self.radios[AuditKind.PASSAGES]
        radio.setEnabled(bool(self._places))
        if not self._places and radio.isChecked():
            self.radios[AuditKind.OCCUPANCY].setChecked(True)
        self._update()

    def plan(self) -> RecordingPlan:
        """Return what is chosen."""
        kind = self.kind
        is_sample = kind is AuditKind.PICTURES
        place = self.place.currentText() if kind is AuditKind.PASSAGES else None
        return RecordingPlan(
            camera_id=self._camera.id,
            camera_name=self._camera.name,
            kind=kind,
            place=place,
            seconds=self.hours.value() * 3600.0 if is_sample else self.minutes.value() * 60.0,
            pictures=self.pictures.value() if is_sample else None,
            settle_s=SETTLE_S if place is None else self._places[place],
        )

    def set_busy(self, is_busy: bool) -> None:
        """Take no wish while one is carried out."""
        self.setEnabled(not is_busy)

    def show_error(self, error: CamWatchError) -> None:
        """Say why the recording did not begin."""
        if isinstance(error, DiskFull):
            self.notice.show_text(
                "error", tr("There is too little room on the disk"), tr(_LITTLE_ROOM)
            )
        else:
            self.notice.show_error(text_for(error))

    @Slot()
    def _update(self) -> None:
        is_sample = self.kind is AuditKind.PICTURES
        self.minutes_field.setVisible(not is_sample)
        self.pictures_field.setVisible(is_sample)
        self.hours_field.setVisible(is_sample)
        self.place.setEnabled(self.kind is AuditKind.PASSAGES)
        pictures = self.pictures.value()
        if not is_sample:
            pictures = round(self.minutes.value() * 60 / self._camera.settings.interval_s)
        self.estimate.setText(
            tr(
                "About {number} pictures, roughly {size} on the disk.",
                number=number(pictures),
                size=size(pictures * _USUAL_BYTES),
            )
        )

    @Slot()
    def _on_start(self) -> None:
        self.notice.hide()
        self.plan_chosen.emit(self.plan())


def _settle_s(place: Line | Gate) -> float:
    """Return how much later than it happened a passage may become certain, seconds."""
    lines: Sequence[Line] = (place,) if isinstance(place, Line) else (place.outer, place.inner)
    return SETTLE_S + max(line.u_turn_s for line in lines)


def _course(parent: QWidget) -> QFrame:
    """Return a card that tells how an audit goes."""
    space = theme.current().space
    card = QFrame(parent)
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(2 * space, 2 * space, 2 * space, 2 * space)
    column.setSpacing(space)
    column.addWidget(plain_label(tr("How an audit goes"), "heading", card))
    for number_, (what, how) in enumerate(_COURSE, 1):
        column.addSpacing(space // 2)
        column.addWidget(plain_label(f"{number_}  {what}", "", card))
        column.addLayout(_indented(plain_label(how, "muted", card)))
    return card


def _spin(value: int, least: int, most: int, unit: str, parent: QWidget) -> CalmSpinBox:
    spin = CalmSpinBox(parent)
    spin.setRange(least, most)
    spin.setValue(value)
    spin.setSuffix(unit)
    spin.setAlignment(Qt.AlignmentFlag.AlignLeft)
    return spin


def _indented(widget: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(_INDENT, 0, 0, 0)
    row.addWidget(widget)
    return row
