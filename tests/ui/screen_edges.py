"""Stand-ins for what lies behind the pages and dialogs: commands and background work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from PySide6.QtCore import QObject
from shiboken6 import isValid

from camwatch.accuracy import Badge
from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertQuery, Evidence
from camwatch.alerts.settings import ChannelProof
from camwatch.auth.accounts import SecondFactorSetup, SignInWays
from camwatch.auth.permissions import built_in_role
from camwatch.auth.session import Session, SignInKind
from camwatch.auth.vault import VaultState
from camwatch.cameras.discovery import DiscoveryRequest, Found, Moved, OnFound, OnProgress
from camwatch.cameras.trial import ConnectionTest
from camwatch.commands import KeepPassword
from camwatch.commands.camera_bulk import BulkChange, NewCamera
from camwatch.commands.camera_table import ImportPreview, read_list, write_list
from camwatch.commands.state_history import StateHistory, Stretch
from camwatch.commands.vault_commands import VaultStatus
from camwatch.domain import (
    Bucket,
    BucketSize,
    Camera,
    CameraId,
    CameraSettings,
    FlowBucket,
    PlaceId,
    Reason,
    Role,
    Secret,
    Site,
    SiteId,
    User,
    UserId,
)
from camwatch.errors import CamWatchError
from camwatch.health import HealthReport
from camwatch.health.bundle import Bundle
from camwatch.health.last_run import CrashReport
from camwatch.history.asking import Measurement, UsualPoint, WeekMap
from camwatch.history.corrections import Correction, CorrectionDraft
from camwatch.scene import PlaceRecord, Scene, SceneRecord
from camwatch.scene.dwell import ZoneDwell
from camwatch.scene.heat import Heat

T = TypeVar("T")

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
SETUP = SecondFactorSetup(
    Secret("otpauth://totp/CamWatch:maria?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=CamWatch"),
    Secret("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"),
)
CODES = tuple(Secret(f"{number}abcd-{number}efgh") for number in range(8))
SITES = [Site(SiteId(1), "Main site"), Site(SiteId(2), "Store North")]


class HeldWork:
    """Background work that waits until the test lets it happen, in any order."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], Any], Any, Any, QObject]] = []

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        self._waiting.append((job, done, failed, owner))

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def finish(self, number: int = 0) -> None:
        """Do one of the waiting jobs and bring its answer."""
        job, done, failed, owner = self._waiting.pop(number)
        try:
            answer = job()
        except CamWatchError as error:
            if isValid(owner):
                failed(error)
        else:
            if isValid(owner):
                done(answer)

    def finish_all(self) -> None:
        while self._waiting:
            self.finish()


class PromptWork(HeldWork):
    """Background work whose answer is there at once."""

    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[CamWatchError], None],
        *,
        owner: QObject,
    ) -> None:
        super().run(job, done, failed, owner=owner)
        self.finish()


class Clock:
    """A clock that the test moves."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def a_session(role: Role = Role.ADMINISTRATOR) -> Session:
    user = User(UserId(1), "maria", role, is_disabled=False, created_at=NOON)
    return Session("s", user, NOON, NOON + timedelta(hours=12), built_in_role(role))


def a_camera(number: int, name: str = "", **settings: Any) -> Camera:
    """Make camera `number`, at 192.168.1.20 + number."""
    values = {"location": "Ground floor", "host": f"192.168.1.{20 + number}", **settings}
    entered = CameraSettings(name=name or f"Camera {number}", **values)
    site = SITES[number % len(SITES)]
    return Camera(CameraId(number), f"uid-{number}", site.id, entered, NOON)


class CommandDesk:
    """Commands that do what the test told them to, and remember what they were asked.

    Attributes:
        asked: Name of the command, then what it was given without the session.
        trouble: Raised by the named command, once for each entry.
        cancels: What ends each of the trials.
        scenes_stored: What is counted in the views of cameras.
        heat_seen: Where people were.
        vault: How the vault is.
        states: How any camera did from one moment to another.
    """

    def channel_proofs(self, _session: Session) -> list[ChannelProof]:
        return []

    def __init__(self, cameras: Sequence[Camera] = ()) -> None:
        self.stored = list(cameras)
        self.asked: list[tuple[Any, ...]] = []
        self.trouble: dict[str, list[CamWatchError]] = {}
        self.cancels: list[threading.Event | None] = []
        self.is_new = False
        self.report = HealthReport(NOON, ())
        self.bundle = Bundle(())
        self.vault = VaultStatus(VaultState.ABSENT)
        self.ways = SignInWays(is_first_start=False)
        self.answer = ConnectionTest(Reason.NONE, "", 80.0)
        self.buckets: Callable[..., list[Bucket]] = lambda *_: []
        self.is_corrected: list[bool] = []
        self.usual: Callable[..., list[UsualPoint]] = lambda *_: []
        self.drawn: list[PlaceRecord] = []
        self.flow: Callable[..., list[FlowBucket]] = lambda *_: []
        self.scenes_stored: dict[CameraId, Scene] = {}
        self.heat_seen = Heat.empty()
        self.states: Callable[[datetime, datetime], StateHistory] = lambda start, end: StateHistory(
            start, end, (Stretch(start, end, None),), ()
        )

    def fail(self, command: str, *errors: CamWatchError) -> None:
        self.trouble[command] = list(errors)

    def _ask(self, command: str, *given: Any) -> None:
        self.asked.append((command, *given))
        if self.trouble.get(command):
            raise self.trouble[command].pop(0)

    def is_first_start(self) -> bool:
        self._ask("is_first_start")
        return self.is_new

    def sign_in_ways(self) -> SignInWays:
        self._ask("sign_in_ways")
        return self.ways

    def create_first_administrator(self, name: str, password: str) -> Session:
        self._ask("create_first_administrator", name, password)
        return a_session()

    def sign_in(self, name: str, password: str) -> Session:
        self._ask("sign_in", name, password)
        return a_session()

    def health(self, _session: Session) -> HealthReport:
        return self.report

    def last_crash(self, _session: Session) -> CrashReport | None:
        return self.report.crash

    def dismiss_crash(self, _session: Session) -> None:
        self._ask("dismiss_crash")

    def diagnostics(self, _session: Session, *, with_names: bool) -> Bundle:
        self._ask("diagnostics", with_names)
        return self.bundle

    def save_diagnostics(self, _session: Session, bundle: Bundle, file: Path) -> Path:
        self._ask("save_diagnostics", bundle, file)
        bundle.write(file)
        return file

    def vault_status(self) -> VaultStatus:
        self._ask("vault_status")
        return self.vault

    def unlock_vault(self, passphrase: Secret, *, accepts_older: bool = False) -> None:
        self._ask("unlock_vault", passphrase, accepts_older)

    def create_vault(self, session: Session, passphrase: Secret) -> None:
        self._ask("create_vault", passphrase)

    def change_vault_passphrase(self, session: Session, old: Secret, new: Secret) -> None:
        self._ask("change_vault_passphrase", old, new)

    def move_vault_to_keyring(self, session: Session) -> int:
        self._ask("move_vault_to_keyring")
        self.vault = VaultStatus(VaultState.ABSENT)
        return 3

    def ask_keyring_again(self, session: Session) -> None:
        self._ask("ask_keyring_again")

    def sign_in_remotely(self, name: str, password: str) -> Session:
        self._ask("sign_in_remotely", name, password)
        return replace(a_session(), kind=SignInKind.REMOTE)

    def give_code(self, ticket: str, code: str) -> Session:
        self._ask("give_code", ticket, code)
        return a_session()

    def choose_password(self, ticket: str, password: str) -> Session:
        self._ask("choose_password", ticket, password)
        return a_session()

    def begin_set_up_code(self, ticket: str) -> SecondFactorSetup:
        self._ask("begin_set_up_code", ticket)
        return SETUP

    def finish_set_up_code(self, ticket: str, code: str) -> tuple[Session, list[Secret]]:
        self._ask("finish_set_up_code", ticket, code)
        return a_session(), list(CODES)

    def cameras(self, session: Session) -> list[Camera]:
        self._ask("cameras")
        return list(self.stored)

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        self._ask("alerts")
        return []

    def sites(self, session: Session) -> list[Site]:
        self._ask("sites")
        return SITES

    def set_site_zone(self, session: Session, site_id: SiteId, zone: str) -> None:
        self._ask("set_site_zone", site_id, zone)

    def add_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        *,
        keep_in_memory: bool = False,
    ) -> Camera:
        self._ask("add_camera", settings, password, keep_in_memory)
        camera = Camera(CameraId(90), "uid-90", SiteId(1), settings, NOON)
        self.stored.append(camera)
        return camera

    def edit_camera(
        self,
        session: Session,
        camera_id: CameraId,
        settings: CameraSettings,
        password: Secret | KeepPassword | None,
        *,
        keep_in_memory: bool = False,
    ) -> Camera:
        self._ask("edit_camera", camera_id, settings, password, keep_in_memory)
        return Camera(camera_id, "uid", SiteId(1), settings, NOON)

    def remove_camera(self, session: Session, camera_id: CameraId) -> None:
        self._ask("remove_camera", camera_id)
        self.stored = [camera for camera in self.stored if camera.id != camera_id]

    def preview_import(self, session: Session, data: bytes) -> ImportPreview:
        self._ask("preview_import", data)
        return read_list(data, self.stored)

    def import_cameras(self, session: Session, preview: ImportPreview, **how: Any) -> list[Camera]:
        self._ask("import_cameras", preview, how)
        return []

    def export_cameras(self, session: Session) -> bytes:
        self._ask("export_cameras")
        return write_list([camera.settings for camera in self.stored])

    def add_cameras(self, session: Session, new: Sequence[NewCamera], **how: Any) -> list[Camera]:
        self._ask("add_cameras", new, how)
        return []

    def discover_cameras(
        self,
        session: Session,
        request: DiscoveryRequest,
        on_found: OnFound,
        on_progress: OnProgress,
        cancel: threading.Event,
    ) -> list[Found]:
        self._ask("discover_cameras", request)
        return []

    def find_moved(
        self, session: Session, cancel: threading.Event, among: Sequence[Found] | None = None
    ) -> list[Moved]:
        self._ask("find_moved", among)
        return []

    def follow(self, session: Session, camera_id: CameraId, found: Found) -> Camera:
        self._ask("follow", camera_id, found)
        return next(camera for camera in self.stored if camera.id == camera_id)

    def edit_cameras(
        self,
        session: Session,
        camera_ids: Collection[CameraId],
        change: BulkChange,
        *,
        keep_in_memory: bool = False,
        cancel: threading.Event | None = None,
    ) -> list[Camera]:
        self.cancels.append(cancel)
        self._ask("edit_cameras", tuple(camera_ids), change, keep_in_memory)
        return [camera for camera in self.stored if camera.id in camera_ids]

    def remove_cameras(self, session: Session, camera_ids: Collection[CameraId]) -> None:
        self._ask("remove_cameras", tuple(camera_ids))
        self.stored = [camera for camera in self.stored if camera.id not in camera_ids]

    def test_camera(
        self,
        session: Session,
        settings: CameraSettings,
        password: Secret | None,
        camera_id: CameraId | None = None,
        *,
        cancel: threading.Event | None = None,
    ) -> ConnectionTest:
        self.cancels.append(cancel)
        self._ask("test_camera", settings, password, camera_id)
        return self.answer

    def trust_certificate(self, session: Session, camera_id: CameraId, fingerprint: str) -> Camera:
        self._ask("trust_certificate", camera_id, fingerprint)
        (old,) = (one for one in self.stored if one.id == camera_id)
        trusted = replace(old, settings=replace(old.settings, pin=fingerprint))
        self.stored = [trusted if one.id == camera_id else one for one in self.stored]
        return trusted

    def places(self, session: Session) -> list[PlaceRecord]:
        self._ask("places")
        return list(self.drawn)

    def flow_history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[FlowBucket]:
        self._ask("flow_history", place_id, size, start, end, zone)
        return self.flow(size, start, end)

    def zone_history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        place_id: PlaceId,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        self._ask("zone_history", place_id, size, start, end, zone)
        return self.buckets(size, start, end)

    def history(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
        *,
        is_corrected: bool = True,
    ) -> list[Bucket]:
        self._ask("history", camera_ids, size, start, end, zone)
        self.is_corrected.append(is_corrected)
        return self.buckets(size, start, end)

    def usual_band(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        size: BucketSize,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> list[UsualPoint]:
        self._ask("usual_band", camera_ids, size, start, end, zone)
        return self.usual(size, start, end)

    def week_map(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
        zone: ZoneInfo,
    ) -> WeekMap:
        self._ask("week_map", camera_ids, start, end, zone)
        nothing = np.full((7, 24), np.nan)
        return WeekMap(nothing, np.zeros((7, 24)), np.zeros((7, 24), np.int64))

    def measured_at(
        self, session: Session, camera_id: CameraId, at: datetime
    ) -> Measurement | None:
        self._ask("measured_at", camera_id, at)
        return None

    def corrections(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
    ) -> list[Correction]:
        self._ask("corrections", camera_ids, start, end)
        return []

    def alert_evidence(self, session: Session, alert_uid: str) -> list[Evidence]:
        self._ask("alert_evidence", alert_uid)
        return []

    def add_correction(self, session: Session, draft: CorrectionDraft) -> Correction:
        self._ask("add_correction", draft)
        return Correction("c-1", draft, "maria", NOON)

    def withdraw_correction(self, session: Session, uid: str, why: str) -> Correction:
        raise NotImplementedError

    def badges(self, session: Session) -> Mapping[CameraId, Badge]:
        self._ask("badges")
        return {}

    def scene(self, session: Session, camera_id: CameraId) -> SceneRecord:
        self._ask("scene", camera_id)
        return SceneRecord(camera_id, self.scenes_stored.get(camera_id, Scene()))

    def save_scene(self, session: Session, camera_id: CameraId, scene: Scene) -> SceneRecord:
        self._ask("save_scene", camera_id, scene)
        self.scenes_stored[camera_id] = scene
        return SceneRecord(camera_id, scene)

    def heat(  # noqa: PLR0917 - as the command has them
        self,
        session: Session,
        camera_id: CameraId,
        start: datetime,
        end: datetime,
        hours: tuple[int, int] | None = None,
        zone: ZoneInfo | None = None,
    ) -> Heat:
        self._ask("heat", camera_id, start, end, hours)
        return self.heat_seen

    def camera_states(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> StateHistory:
        self._ask("camera_states", camera_id, start, end)
        return self.states(start, end)

    def dwell(
        self, session: Session, camera_id: CameraId, start: datetime, end: datetime
    ) -> list[ZoneDwell]:
        self._ask("dwell", camera_id, start, end)
        return []
