"""Stand-ins for the edges of the live screens, and the values they hand over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QObject, Signal

from camwatch.accuracy import Badge
from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery
from camwatch.alerts.settings import ChannelProof
from camwatch.auth.accounts import SignInWays
from camwatch.auth.permissions import built_in_role
from camwatch.auth.session import Session
from camwatch.commands.settings_state import SettingsState, states_of
from camwatch.config import Security, Settings
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Passed,
    PlaceId,
    Reason,
    Role,
    Site,
    SiteId,
    TilePicture,
    User,
    UserId,
)
from camwatch.errors import CamWatchError
from camwatch.events import CameraStateChanged, CountMeasured
from camwatch.health import HealthReport
from camwatch.scene import PlaceRecord, PrivacyRecord, SceneRecord
from camwatch.ui.live.condition import CameraCondition
from camwatch.walls import ImportedWall, Wall

T = TypeVar("T")

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


class PictureDesk(QObject):
    """A feed that holds what the test puts into it and remembers what tiles asked for."""

    picture_ready = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.wanted: dict[CameraId, tuple[int, int]] = {}
        self.told: list[tuple[CameraId, tuple[int, int] | None]] = []
        self._slots: dict[CameraId, TilePicture] = {}

    def show(self, camera_id: CameraId, wh: tuple[int, int] | None) -> None:
        self.told.append((camera_id, wh))
        if wh is None:
            self.wanted.pop(camera_id, None)
        else:
            self.wanted[camera_id] = wh

    def take(self, camera_id: CameraId) -> TilePicture | None:
        return self._slots.pop(camera_id, None)

    def put(self, picture: TilePicture) -> None:
        was_empty = picture.camera_id not in self._slots
        self._slots[picture.camera_id] = picture
        if was_empty:
            self.picture_ready.emit(picture.camera_id)


class HeldBackground:
    """Keeps the jobs of the screens until the test lets them run."""

    def __init__(self) -> None:
        self._jobs: list[Callable[[], None]] = []

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        def go() -> None:
            try:
                value = job()
            except CamWatchError as error:
                failed(error)
            else:
                done(value)

        self._jobs.append(go)

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._jobs)

    def finish(self) -> None:
        """Run all that waits, and what is asked for meanwhile."""
        while self._jobs:
            self._jobs.pop(0)()


@dataclass
class HandClock:
    """Both clocks of a tile, moved by hand."""

    seconds: float = 1000.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds - 1000.0)

    def monotonic_s(self) -> float:
        return self.seconds


@dataclass
class CameraShelf:
    """The commands that the live screens use."""

    stored: list[Camera] = field(default_factory=list)
    error: CamWatchError | None = None
    passing_error: CamWatchError | None = None
    drawn: list[SceneRecord] = field(default_factory=list)
    passed: dict[PlaceId, Passed] = field(default_factory=dict)
    asked_since: list[datetime] = field(default_factory=list)
    audited: dict[CameraId, Badge] = field(default_factory=dict)
    security_rules: Security = field(default_factory=Security)
    locks: int = 0
    confirmed: list[tuple[str, str]] = field(default_factory=list)
    confirm_error: CamWatchError | None = None

    def cameras(self, _session: Session) -> list[Camera]:
        if self.error is not None:
            raise self.error
        return list(self.stored)

    def health(self, _session: Session) -> HealthReport:
        return HealthReport(datetime.now(UTC), ())

    def last_crash(self, _session: Session) -> None:
        return None

    def alerts(self, _session: Session, _query: AlertQuery) -> list[Alert]:
        return []

    def sites(self, _session: Session) -> list[Site]:
        return [Site(SiteId(1), "Store North"), Site(SiteId(2), "Store South")]

    def walls(self, _session: Session) -> list[Wall]:
        return []

    def save_wall(self, _session: Session, wall: Wall) -> Wall:
        return wall

    def remove_wall(self, _session: Session, _uid: str) -> None:
        pass

    def export_wall(self, _session: Session, _uid: str) -> str:
        return "{}"

    def import_wall(self, _session: Session, _text: str) -> ImportedWall:
        return ImportedWall(Wall("", "Wall", 1, 1), ())

    def leave_kiosk(self, _session: Session) -> None:
        pass

    def scenes(self, _session: Session) -> list[SceneRecord]:
        return list(self.drawn)

    def privacy(self, _session: Session) -> list[PrivacyRecord]:
        return []

    def badges(self, _session: Session) -> Mapping[CameraId, Badge]:
        return self.audited

    def places(self, _session: Session) -> list[PlaceRecord]:
        return []

    def passed_since(self, _session: Session, start: datetime) -> Mapping[PlaceId, Passed]:
        self.asked_since.append(start)
        if self.passing_error is not None:
            raise self.passing_error
        return self.passed

    def settings_state(self, _session: Session) -> SettingsState:
        usual = Settings()
        return SettingsState(states_of(usual, usual, {}, {}), None, "as it is")

    def security(self, _session: Session) -> Security:
        return self.security_rules

    def channel_proofs(self, _session: Session) -> list[ChannelProof]:
        return []

    def lock(self, _session: Session) -> None:
        self.locks += 1

    def confirm_password(self, _session: Session, password: str, code: str = "") -> None:
        self.confirmed.append((password, code))
        if self.confirm_error is not None:
            raise self.confirm_error

    def sign_in_ways(self) -> SignInWays:
        return SignInWays(is_first_start=False, login_service="Campus login")

    def occupancy_series(
        self,
        _session: Session,
        _camera_ids: Sequence[CameraId] | None,
        _start: datetime,
        _end: datetime,
        _slot_s: int,
    ) -> list[tuple[CameraId, datetime, float, float]]:
        return []


def camera(
    number: int = 1, name: str = "Entrance", *, is_enabled: bool = True, interval_s: float = 1.0
) -> Camera:
    settings = CameraSettings(
        name, "Ground floor", "192.0.2.7", is_enabled=is_enabled, interval_s=interval_s
    )
    return Camera(CameraId(number), f"uid-{number}", SiteId(1), settings, NOON)


def cameras(count: int) -> list[Camera]:
    return [camera(number, f"Camera {number:02}") for number in range(1, count + 1)]


def conditions(count: int) -> list[CameraCondition]:
    return [CameraCondition(one) for one in cameras(count)]


def session(role: Role = Role.ADMINISTRATOR, name: str = "ada") -> Session:
    user = User(UserId(1), name, role, False, NOON)
    started_at = datetime.now(UTC)
    return Session(
        "0" * 43, user, started_at, started_at + timedelta(hours=12), built_in_role(role)
    )


def picture(
    wh: tuple[int, int],
    bgr: tuple[int, int, int] = (0, 128, 255),
    *,
    number: int = 1,
    seq: int = 1,
    captured_s: float = 1000.0,
) -> TilePicture:
    """A picture whose left half has this colour and whose right half is blue."""
    pixels = np.zeros((wh[1], wh[0], 4), np.uint8)
    pixels[:] = (*bgr, 255)
    pixels[:, wh[0] // 2 :] = (255, 0, 0, 255)
    pixels.setflags(write=False)
    return TilePicture(CameraId(number), pixels, seq, NOON, captured_s)


def counted(
    count: int,
    *,
    number: int = 1,
    seq: int = 1,
    at: datetime = NOON,
    boxes: Sequence[tuple[float, float, float, float]] = (),
) -> CountMeasured:
    found = np.array(boxes, np.float32).reshape(-1, 4)
    scores = np.ones(len(found), np.float32)
    return CountMeasured(
        at, CameraId(number), seq, count, 0.8, 0.03, 1.0, found, scores, "nanodet-g"
    )


def in_state(
    state: CameraState,
    reason: Reason = Reason.NONE,
    *,
    number: int = 1,
    since: datetime = NOON,
    detail: str = "",
    retry_at: datetime | None = None,
) -> CameraStateChanged:
    return CameraStateChanged(NOON, CameraId(number), state, reason, since, detail, retry_at)
