"""The history as the screens of the week, of a point and of corrections meet it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from camwatch.auth.permissions import Permission, built_in_role
from camwatch.auth.session import Session
from camwatch.domain import (
    Bucket,
    Camera,
    CameraId,
    CameraState,
    FlowBucket,
    Notice,
    PlaceId,
    Reason,
    Role,
    SiteId,
)
from camwatch.errors import CamWatchError
from camwatch.history.asking import Measurement, WeekMap
from camwatch.history.corrections import Correction, CorrectionDraft, CorrectionKind
from camwatch.scene import PlaceKind, PlaceRecord
from tests.data.values import NOON, settings

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
GATE, HALL = CameraId(1), CameraId(2)
DOOR, TILL = PlaceId(1), PlaceId(2)

MEASURED = Measurement(
    GATE,
    datetime(2026, 3, 2, 12, 0, 0, 250_000, UTC),
    3,
    2,
    0.71,
    0.031,
    2.0,
    True,
    True,
    "nanodet-g",
    "onnxruntime",
    0.33,
    CameraState.SLOW,
    Reason.BUSY,
    (Notice.DEFOCUSED,),
    ("an-alert",),
    (("Till", 1.2, 3),),
)


def week(mean: float = 4.0, coverage: float = 0.9, weeks: int = 5) -> WeekMap:
    return WeekMap(
        np.full((7, 24), mean), np.full((7, 24), coverage), np.full((7, 24), weeks, np.int64)
    )


def correction(uid: str = "u1", **changes: object) -> Correction:
    draft = CorrectionDraft(
        GATE, None, NOON - 3 * HOUR, NOON - HOUR, CorrectionKind.EXCLUDE, "The lens was dirty."
    )
    return replace(Correction(uid, draft, "anna", NOON), **changes)  # type: ignore[arg-type]


@dataclass
class HistoryShelf:
    """The commands that these screens use."""

    week: WeekMap = field(default_factory=week)
    measured: Measurement | None = MEASURED
    minute: Bucket | None = None
    stored: list[Correction] = field(default_factory=list)
    added: list[CorrectionDraft] = field(default_factory=list)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)
    error: CamWatchError | None = None
    asked: list[object] = field(default_factory=list)

    def _trouble(self) -> None:
        if self.error is not None:
            raise self.error

    def week_map(self, _session: Session, *asked: object) -> WeekMap:
        self._trouble()
        self.asked.append(asked)
        return self.week

    def measured_at(self, *_asked: object) -> Measurement | None:
        self._trouble()
        return self.measured

    def corrections(self, *_asked: object) -> list[Correction]:
        self._trouble()
        return self.stored

    def add_correction(self, _session: Session, draft: CorrectionDraft) -> Correction:
        self._trouble()
        self.added.append(draft)
        made = Correction(f"new {len(self.added)}", draft, "anna", NOON)
        self.stored = [made, *self.stored]
        return made

    def withdraw_correction(self, _session: Session, uid: str, why: str) -> Correction:
        self._trouble()
        self.withdrawn.append((uid, why))
        [old] = [one for one in self.stored if one.uid == uid]
        new = replace(old, withdrawn_at=NOON, withdrawn_by="anna", withdrawn_why=why)
        self.stored = [new if one is old else one for one in self.stored]
        return new

    def cameras(self, _session: Session) -> list[Camera]:
        names = ((GATE, "Gate north"), (HALL, "Hall"))
        return [Camera(one, str(one), SiteId(1), settings(name), NOON) for one, name in names]

    def places(self, _session: Session) -> list[PlaceRecord]:
        return [
            PlaceRecord(DOOR, GATE, PlaceKind.LINE, "Door", NOON, None),
            PlaceRecord(TILL, GATE, PlaceKind.ZONE, "Till", NOON, None),
        ]

    def history(self, *_asked: object, is_corrected: bool = True) -> list[Bucket]:
        if self.minute is not None:
            return [self.minute]
        return [Bucket(NOON, 3600.0, 3.2, 5, 2, 55, 0.93, is_corrected=False)]

    def zone_history(self, *_asked: object, is_corrected: bool = True) -> list[Bucket]:
        return self.history(is_corrected=is_corrected)

    def flow_history(self, *_asked: object, is_corrected: bool = True) -> list[FlowBucket]:
        inwards = 212 if is_corrected else 214
        return [FlowBucket(NOON, 3600.0, inwards, 202, 1.0, is_corrected)]

    def badges(self, _session: Session) -> dict[CameraId, object]:
        return {}

    def alert_evidence(self, *_asked: object) -> list[object]:
        return []


class RoleSession:
    """A session, as far as screens ask it."""

    def __init__(self, role: Role = Role.SUPERVISOR) -> None:
        self._role = built_in_role(role)

    def may(self, permission: Permission) -> bool:
        return self._role.allows(permission)
