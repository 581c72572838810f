"""An alert, from the moment it is raised until it is closed. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from camwatch.alerts.rules import PlaceRef, Severity
from camwatch.domain import CameraId


class AlertState(StrEnum):
    """Where an alert is in its life.

    Source:
        The states of IEC 62682 / ISA-18.2, without "normal", which is no alert.
    """

    UNACKNOWLEDGED = "unacknowledged"
    """It holds, and nobody has said that they know."""
    ACKNOWLEDGED = "acknowledged"
    """It holds, and somebody knows."""
    RETURNED = "returned"
    """It does not hold any more, but nobody has seen it yet: kept until somebody has."""
    CLOSED = "closed"
    """It does not hold any more, and somebody has seen it."""

    @property
    def is_open(self) -> bool:
        """True until it is closed."""
        return self is not AlertState.CLOSED

    @property
    def is_seen(self) -> bool:
        """True once somebody has said that they know."""
        return self in (AlertState.ACKNOWLEDGED, AlertState.CLOSED)


class SubjectKind(StrEnum):
    """What an alert can be about."""

    CAMERA = "camera"
    PLACE = "place"
    TOGETHER = "together"
    """All cameras or places of the rule, added up."""
    PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Subject:
    """What one line of an alert is about.

    Attributes:
        camera_id: Of a camera or place; None for the others.
        part: Of a place its name; of the program what is in trouble, such as "storage", or the
            channel's uid for a channel; "" for the others.
    """

    kind: SubjectKind
    camera_id: CameraId | None = None
    part: str = ""

    @property
    def key(self) -> str:
        """A text that tells subjects apart, such as "camera:3" or "place:3:Door"."""
        parts = [
            self.kind.value,
            *([str(self.camera_id)] if self.camera_id is not None else []),
            *([self.part] if self.part else []),
        ]
        return ":".join(parts)

    @classmethod
    def of_camera(cls, camera_id: CameraId) -> Subject:
        """Return the subject of a camera."""
        return cls(SubjectKind.CAMERA, camera_id)

    @classmethod
    def of_place(cls, place: PlaceRef) -> Subject:
        """Return the subject of a line, gate or zone."""
        return cls(SubjectKind.PLACE, place.camera_id, place.name)

    @classmethod
    def of_program(cls, part: str) -> Subject:
        """Return the subject of a part of the program."""
        return cls(SubjectKind.PROGRAM, None, part)


TOGETHER = Subject(SubjectKind.TOGETHER)
"""All of a rule's cameras or places, added up."""


@dataclass(frozen=True, slots=True)
class AlertPart:
    """One subject of an alert; 50 cameras behind one switch are 50 parts of one alert.

    Attributes:
        name: Of the camera, place or part of the program, as shown.
        since: Since when it holds, UTC.
        value: The number that was measured; None where there is none.
        reason: Why, of a camera or the program, such as "timeout"; "" if there is none.
        returned_at: Since when it does not hold any more, UTC; None while it does.
    """

    subject: Subject
    name: str
    since: datetime
    value: float | None = None
    reason: str = ""
    returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shelving:
    """An alert was put aside: it tells nobody until a moment.

    Attributes:
        until: UTC.
        by: The operator.
        reason: 1 to 500 characters.
    """

    until: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that somebody must know.

    Attributes:
        uid: UUID text.
        number: As people call it: "alert 214"; 0 until it is stored.
        rule_uid: Of the rule that raised it.
        rule_name: As it was called then.
        kind: The `kind` of the rule's condition, with the trouble where there is one:
            "occupancy", "camera:down", "program:disk".
        severity: The highest that it reached.
        raised_at: UTC.
        changed_at: When something about it changed last, UTC.
        parts: What it is about, in the order of their joining; at least one.
        title: One line, without the names of many cameras.
        message: The text of the rule's template, or the usual words.
        common: What its cameras have in common, such as "network 10.0.3.0/24"; "" for nothing.
        value: The number that raised it; None where there is none.
        threshold: The number that it was compared with.
        coverage: Share of the time that was measured, 0 to 1; None where nothing is measured.
        times: How often it was raised anew before anybody was told again.
        step: How many steps of the escalation plan were taken.
        acknowledged_at: UTC.
        acknowledged_by: The operator; "" while nobody has.
        returned_at: When the last part returned, UTC; None while one holds.
        closed_at: UTC.
        owner: Who takes care of it; "" for nobody.
        shelving: None if it is not shelved. One whose time is over counts no more.
        told_at: When it was last delivered to anybody, UTC: its cool-down begins then.
        told_severity: Its severity at that time.
        is_drill: It comes from a drill or a test; said wherever it is shown.
        version: Goes up with each change that is stored.
        again_at: When it last was raised anew after somebody had seen the time before, UTC: its
            escalation plan begins anew then.
    """

    uid: str
    rule_uid: str
    rule_name: str
    kind: str
    severity: Severity
    raised_at: datetime
    changed_at: datetime
    parts: tuple[AlertPart, ...]
    title: str
    message: str
    state: AlertState = AlertState.UNACKNOWLEDGED
    number: int = 0
    common: str = ""
    value: float | None = None
    threshold: float | None = None
    coverage: float | None = None
    times: int = 1
    step: int = 0
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    returned_at: datetime | None = None
    closed_at: datetime | None = None
    owner: str = ""
    shelving: Shelving | None = None
    told_at: datetime | None = None
    told_severity: Severity | None = None
    is_drill: bool = False
    version: int = 0
    again_at: datetime | None = None

    @property
    def camera_ids(self) -> tuple[CameraId, ...]:
        """The cameras it is about, each once, in the order of the parts."""
        ids = (part.subject.camera_id for part in self.parts)
        return tuple(dict.fromkeys(one for one in ids if one is not None))

    def is_shelved(self, now: datetime) -> bool:
        """Tell whether it is put aside at a moment."""
        return self.shelving is not None and now < self.shelving.until


class Deed(StrEnum):
    """What can happen to an alert."""

    RAISED = "raised"
    JOINED = "joined"
    RAISED_AGAIN = "raised_again"
    WORSENED = "worsened"
    PART_RETURNED = "part_returned"
    RETURNED = "returned"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    OWNED = "owned"
    COMMENTED = "commented"
    ESCALATED = "escalated"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AlertEntry:
    """One line of an alert's history.

    Attributes:
        at: UTC.
        actor: The operator, or "system".
        text: A comment, a reason, or the names that are meant; may be empty.
    """

    at: datetime
    actor: str
    deed: Deed
    text: str = ""
