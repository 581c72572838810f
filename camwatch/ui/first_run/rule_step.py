"""The step in which one ready-made rule gets its number."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from camwatch.alerts.rules import (
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    Rule,
    Scope,
    Severity,
    Side,
    Way,
)
from camwatch.domain import CameraId
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.language import tr
from camwatch.scene import Scene
from camwatch.ui import theme
from camwatch.ui.error_text import field_sentence
from camwatch.ui.first_run.step import Made, Means, Step
from camwatch.ui.forms import CalmSpinBox, Field, plain_label

_INDENT = 24
_STEADY_S = 2.0
_MINUTE_S = 60.0
_COOL_DOWN_S = 60.0
_MOST = 10_000


class Kind(StrEnum):
    """The rules that are offered."""

    CROWD = "crowd"
    LINE = "line"
    ZONE = "zone"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class _Offer:
    title: str
    label: str
    first: int
    least: int
    most: int


def _offers() -> dict[Kind, _Offer]:
    return {
        Kind.CROWD: _Offer(
            tr("When there are too &many people"),
            tr("Tell me when there are more people in view than"),
            5,
            0,
            _MOST - 1,
        ),
        Kind.LINE: _Offer(
            tr("When somebody passes the &line"),
            tr("Tell me when so many people have passed it within a minute"),
            1,
            1,
            _MOST,
        ),
        Kind.ZONE: _Offer(
            tr("When the &zone is full"),
            tr("Tell me when there are more people in it than"),
            2,
            0,
            _MOST - 1,
        ),
        Kind.DOWN: _Offer(
            tr("When the &camera goes down"),
            tr("Tell me when it has had no picture for so many seconds"),
            30,
            5,
            3600,
        ),
    }


def line_of(scene: Scene) -> str:
    """Return the name of the first line or gate; "" without any."""
    return next(iter([*(one.name for one in scene.lines), *(one.name for one in scene.gates)]), "")


def zone_of(scene: Scene) -> str:
    """Return the name of the first zone; "" without any."""
    return next((one.name for one in scene.zones), "")


def condition_of(kind: Kind, number: int) -> Condition:
    """Return what is watched for.

    Args:
        kind: Which of the rules.
        number: As it stands in its sentence.
    """
    match kind:
        case Kind.CROWD | Kind.ZONE:
            # "More than" is one more: a rule holds at its number already.
            return Occupancy(Side.ABOVE, number + 1, for_s=_STEADY_S)
        case Kind.LINE:
            return Crossings(Way.BOTH, Side.ABOVE, number, _MINUTE_S)
        case Kind.DOWN:
            return CameraCondition(CameraTrouble.DOWN, float(number))


def scope_of(kind: Kind, camera_id: CameraId, scene: Scene) -> Scope:
    """Return where it is watched for: at the camera, or at what is drawn in its view."""
    match kind:
        case Kind.LINE:
            return Scope(places=frozenset({PlaceRef(camera_id, line_of(scene))}))
        case Kind.ZONE:
            return Scope(places=frozenset({PlaceRef(camera_id, zone_of(scene))}))
        case _:
            return Scope(cameras=frozenset({camera_id}))


def offered_of(rule: Rule) -> tuple[Kind, int] | None:
    """Return which of the offered rules a stored one is, with its number; None if it is none."""
    match rule.condition:
        case Occupancy(side=Side.ABOVE, threshold=threshold):
            return (Kind.ZONE if rule.scope.places else Kind.CROWD), threshold - 1
        case Crossings(side=Side.ABOVE, threshold=threshold):
            return Kind.LINE, threshold
        case CameraCondition(trouble=CameraTrouble.DOWN, after_s=after_s):
            return Kind.DOWN, round(after_s)
        case _:
            return None


class RuleStep(Step):
    """Offers a few rules in plain words; each has one number to change."""

    def __init__(self, means: Means, made: Made, parent: QWidget | None = None) -> None:
        super().__init__(means, made, parent)
        self.heading = tr("What you want to be told of")
        self.why = tr(
            "A rule watches for you and raises an alert. Choose one and its number; on the page "
            "Alerts you can change it, and add others with times, people to tell, e-mail and more."
        )
        self.action = tr("&Next")
        self.skip = tr("Leave it &out")
        self.kinds: dict[Kind, QRadioButton] = {}
        self.numbers: dict[Kind, CalmSpinBox] = {}
        self.fields: dict[Kind, Field] = {}
        self._group = QButtonGroup(self)
        self._rooms: dict[Kind, QWidget] = {}
        space = theme.current().space
        self.body.setSpacing(space)
        for kind, offer in _offers().items():
            self.body.addWidget(self._room(kind, offer))
        self.empty = plain_label(
            tr("Add a camera first: a rule has to watch something."), "muted", self
        )
        self.body.addWidget(self.empty)
        self.body.addStretch(1)
        self._group.buttonToggled.connect(self._on_kind)
        self.kinds[Kind.CROWD].setChecked(True)

    def _room(self, kind: Kind, offer: _Offer) -> QWidget:
        space = theme.current().space
        room = QWidget(self)
        radio = QRadioButton(offer.title, room)
        number = CalmSpinBox(room)
        number.setRange(offer.least, offer.most)
        number.setValue(offer.first)
        number.valueChanged.connect(self.changed)
        number.setMaximumWidth(16 * space)
        field = Field(offer.label, number, room)
        column = QVBoxLayout(room)
        column.setContentsMargins(0, 0, 0, space)
        column.setSpacing(space // 2)
        column.addWidget(radio)
        inside = QVBoxLayout()
        inside.setContentsMargins(_INDENT, 0, 0, 0)
        inside.addWidget(field)
        column.addLayout(inside)
        self._group.addButton(radio)
        self.kinds[kind], self.numbers[kind], self.fields[kind] = radio, number, field
        self._rooms[kind] = room
        return room

    # ---------------------------------------------------------------- showing

    @property
    def kind(self) -> Kind:
        """The rule that is chosen."""
        return next(kind for kind, button in self.kinds.items() if button.isChecked())

    @property
    def is_ready(self) -> bool:
        """True if there is something to watch."""
        return self.made.camera is not None

    def enter(self) -> None:
        """Offer what fits what was set up so far."""
        camera, scene = self.made.camera, self.made.scene
        self.empty.setVisible(camera is None)
        offered = {
            Kind.CROWD: camera is not None,
            Kind.LINE: camera is not None and bool(line_of(scene)),
            Kind.ZONE: camera is not None and bool(zone_of(scene)),
            Kind.DOWN: camera is not None,
        }
        for kind, is_offered in offered.items():
            self._rooms[kind].setVisible(is_offered)
        if not offered[self.kind]:
            self.kinds[Kind.CROWD].setChecked(True)
        self._on_kind()
        if camera is not None:
            self.kinds[self.kind].setFocus()

    def show_rule(self, rule: Rule) -> None:
        """Show a rule that was stored before."""
        found = offered_of(rule)
        if found is not None:
            kind, number = found
            self.kinds[kind].setChecked(True)
            self.numbers[kind].setValue(number)

    @Slot()
    def _on_kind(self) -> None:
        for kind, field in self.fields.items():
            is_chosen = self.kinds[kind].isChecked()
            field.setVisible(is_chosen)
            field.clear_problem()
        self.notice.hide()
        self.changed.emit()

    # ---------------------------------------------------------------- saving

    def commit(self) -> None:
        """Store the rule; going back and choosing another changes the same one."""
        camera = self.made.camera
        if camera is None:
            return
        kind, number = self.kind, self.numbers[self.kind].value()
        self.fields[kind].clear_problem()
        before = self.made.rule or Rule(
            str(uuid.uuid4()),
            "",
            condition_of(kind, number),
            severity=Severity.WARNING,
            cool_down_s=_COOL_DOWN_S,
        )
        rule = replace(
            before,
            name=_name(kind, number, camera.name, self.made.scene),
            condition=condition_of(kind, number),
            scope=scope_of(kind, camera.id, self.made.scene),
        )
        if self.made.rule == rule:
            self.finished.emit()
            return
        commands, session = self.means.commands, self.means.session
        self.run(lambda: commands.save_rule(session, rule), self._on_saved)

    def _on_saved(self, rule: Rule) -> None:
        self.made.take_rule(rule)
        self.finished.emit()

    def show_error(self, error: CamWatchError) -> None:
        """Tell what is wrong with the number at the number."""
        problems: tuple[InvalidSetting, ...] = ()
        if isinstance(error, InvalidSettings):
            problems = error.problems
        elif isinstance(error, InvalidSetting):
            problems = (error,)
        here = [one for one in problems if one.field.startswith("condition")]
        if here:
            self.fields[self.kind].show_problem(field_sentence(here[0]))
        if not problems or len(here) < len(problems):
            super().show_error(error)


def _name(kind: Kind, number: int, camera: str, scene: Scene) -> str:
    match kind:
        case Kind.CROWD:
            return tr("More than {number} people: {camera}", number=number, camera=camera)[:100]
        case Kind.LINE:
            return tr("Passing {line}: {camera}", line=line_of(scene), camera=camera)[:100]
        case Kind.ZONE:
            return tr(
                "More than {number} people in {zone}: {camera}",
                number=number,
                zone=zone_of(scene),
                camera=camera,
            )[:100]
        case Kind.DOWN:
            return tr("No picture: {camera}", camera=camera)[:100]
