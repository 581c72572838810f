"""The past as it was: numbers, pictures, states and alerts of one moment, on a real history."""

from __future__ import annotations

import dataclasses
import os
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from camwatch.auth.session import Session
from camwatch.cameras.decode import decode_bytes, encode_jpeg
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.commands import Commands
from camwatch.commands.moment_desk import MomentDesk
from camwatch.commands.past_pictures import LONGEST_SIDE, PastPictureStore, Shot, as_allowed
from camwatch.config import History
from camwatch.data.counted_by import CountedBy
from camwatch.data.engine import Database
from camwatch.data.moment_pictures import PastPictureRow
from camwatch.domain import (
    Camera,
    CameraId,
    CameraState,
    Picture,
    Reason,
    Role,
    Sample,
    SiteId,
    StateChange,
)
from camwatch.errors import InvalidSettings
from camwatch.history.keeping import Retention
from camwatch.history.moments import Gap, NoPicture, PictureKeeping
from camwatch.scene import Privacy, PrivacyMode, Scene, Zone
from tests.commands.test_sight import raise_alert
from tests.commands.values import NOON, Clock, settings

SECOND = timedelta(seconds=1)
BOXES = np.array([[0.1, 0.2, 0.3, 0.9]], np.float32)


@pytest.fixture
def gate(database: Database, clock: Clock) -> Camera:
    clock.now = NOON - timedelta(days=1)
    found = database.cameras.add(settings(username=""))
    clock.now = NOON + timedelta(hours=1)
    return found


@pytest.fixture
def store(database: Database, tmp_path: Path, clock: Clock) -> PastPictureStore:
    return PastPictureStore(
        tmp_path / "past", database, History(), as_allowed(database, PrivacyGate()), clock
    )


@pytest.fixture
def desk(commands: Commands, database: Database, store: PastPictureStore) -> MomentDesk:
    commands.moments.pictures = store
    return commands.moments


def shot(camera: Camera, at_s: float, *, wh: tuple[int, int] = (1280, 720)) -> Shot:
    pixels = np.full((wh[1], wh[0], 3), 200, np.uint8)
    at = NOON + at_s * SECOND
    return Shot(Picture(camera.id, 1, encode_jpeg(pixels), wh, at, 0.0, 1.0), BOXES, 1)


def sample(camera: Camera, at_s: float, count: int) -> Sample:
    return Sample(camera.id, NOON + at_s * SECOND, count, 0.8, 0.02, 1.0, shown=count)


def ok(camera: Camera, at_s: float, reason: Reason = Reason.NONE) -> StateChange:
    state = CameraState.CONNECTING if reason is Reason.STARTING else CameraState.OK
    return StateChange(camera.id, NOON + at_s * SECOND, state, reason)


def test_a_moment_shows_what_the_wall_showed_then(
    commands: Commands,
    database: Database,
    desk: MomentDesk,
    gate: Camera,
    sessions: dict[Role, Session],
) -> None:
    viewer = sessions[Role.VIEWER]
    database.counted_by.add(CountedBy(NOON - timedelta(hours=1), "nanodet-g"))
    samples = [sample(gate, 0, 3), sample(gate, 1, 4)]
    database.counts.save(samples, [ok(gate, -60)])
    desk.pictures.keep([shot(gate, 0.5)])
    raise_alert(database, gate)
    then = commands.moment(viewer, NOON + 1.2 * SECOND, [gate.id]).cameras[gate.id]
    assert then.count is not None
    assert (then.count.number, then.count.model, then.count.is_of_minute) == (4, "nanodet-g", False)
    assert then.picture is not None
    assert then.picture.taken_at == NOON + 0.5 * SECOND
    np.testing.assert_array_equal(then.picture.boxes, BOXES)
    assert (then.state, then.gap) == (CameraState.OK, None)
    before = commands.moment(viewer, NOON + 0.4 * SECOND, [gate.id])
    earlier = before.cameras[gate.id]
    assert earlier.count is not None
    assert earlier.count.number == 3
    assert earlier.no_picture is NoPicture.NONE_KEPT
    assert [one.title for one in before.alerts] == [f"{gate.name} is down"]
    assert commands.moment(viewer, NOON - SECOND, [gate.id]).alerts == ()
    [stored] = commands.moment_pictures(viewer, NOON + SECOND, [gate.id]).values()
    assert max(decode_bytes(stored.data).shape[:2]) == LONGEST_SIDE


def test_what_is_not_known_is_no_number_and_says_why(
    commands: Commands,
    database: Database,
    desk: MomentDesk,
    gate: Camera,
    sessions: dict[Role, Session],
) -> None:
    viewer = sessions[Role.VIEWER]
    database.counts.save([sample(gate, 0, 3)], [ok(gate, -60)])
    off = StateChange(gate.id, NOON + 100 * SECOND, CameraState.OFFLINE, Reason.TIMEOUT)
    database.counts.save([sample(gate, 99, 2)], [off])
    database.counts.save([], [ok(gate, 4000, Reason.STARTING), ok(gate, 4001)])

    def gap(at_s: float) -> Gap | None:
        then = commands.moment(viewer, NOON + at_s * SECOND, [gate.id]).cameras[gate.id]
        assert (then.count is None) == (then.gap is not None)
        return then.gap

    assert gap(9) is None  # as long as on the live wall
    assert gap(30) is Gap.NOT_MEASURED
    assert gap(101) is Gap.OUT_OF_ORDER  # though it was counted two seconds before
    assert gap(2000) is Gap.NOT_RUNNING  # the next run begins at 4000
    assert gap(-2 * 86_400) is Gap.NOT_THERE
    assert desk.moment(viewer, NOON, [CameraId(99)]).cameras == {}


def test_minutes_stand_in_only_where_measurements_are_not_kept_any_more(
    commands: Commands,
    database: Database,
    gate: Camera,
    sessions: dict[Role, Session],
    clock: Clock,
) -> None:
    viewer = sessions[Role.VIEWER]
    database.counts.save(
        [sample(gate, at, 4 if at % 2 else 2) for at in range(10)], [ok(gate, -60)]
    )
    at = NOON + 40 * SECOND
    assert commands.moment(viewer, at, [gate.id]).cameras[gate.id].gap is Gap.NOT_MEASURED
    clock.now = NOON + timedelta(days=20)
    for _ in database.retention.sweep(Retention(), clock()):
        pass
    then = commands.moments.moment(viewer, at, [gate.id]).cameras[gate.id].count
    assert then is not None
    assert then.is_of_minute
    assert (then.number, then.lowest, then.highest) == (3, 2, 4)
    assert 0 < then.coverage < 0.2


def test_numbers_and_alerts_are_for_who_may_see_them_and_opening_is_noted_once(
    commands: Commands, database: Database, gate: Camera, sessions: dict[Role, Session]
) -> None:
    viewer = sessions[Role.VIEWER]
    database.counts.save([sample(gate, 0, 3)], [ok(gate, -60)])
    raise_alert(database, gate)
    role = dataclasses.replace(
        viewer.role,
        permissions=frozenset(one for one in viewer.role.permissions if one == "view_cameras"),
    )
    poor = dataclasses.replace(viewer, role=role)
    found = commands.moments.moment(poor, NOON, [gate.id])
    assert found.cameras[gate.id].gap is Gap.MAY_NOT
    assert (found.alerts, found.alert_count) == ((), 0)
    commands.open_time_machine(viewer, NOON)
    for at_s in range(5):
        commands.moment(viewer, NOON + at_s * SECOND, [gate.id])
    actions = [entry.action for entry in database.audit.newest(20)]
    assert actions.count("open_time_machine") == 1
    assert "moment" not in actions
    assert commands.alert_beside(viewer, NOON - SECOND, True) == NOON
    assert commands.alert_beside(viewer, NOON, True) is None
    elsewhere = frozenset({SiteId(999)})
    alerts = commands.moments.database.alerts
    assert alerts.beside(NOON - SECOND, is_after=True, sites=elsewhere) is None
    assert alerts.open_at(NOON, 5, elsewhere) == ([], 0)


# ---------------------------------------------------------------- keeping pictures


def test_pictures_are_the_owners_alone_and_masked_parts_are_not_in_them(
    database: Database, store: PastPictureStore, gate: Camera, tmp_path: Path
) -> None:
    half = Zone("Desk", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
    database.scenes.save(gate.id, Scene(masks=(half,)))
    assert store.keep([shot(gate, 0)]) == 1
    [file] = (tmp_path / "past").rglob("*.jpg")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "past").stat().st_mode) == 0o700
    pixels = decode_bytes(file.read_bytes())
    assert pixels[:, : LONGEST_SIDE // 2 - 8].max() < 90
    assert pixels[:, LONGEST_SIDE // 2 + 8 :].min() > 180


def test_of_a_camera_that_may_not_be_stored_no_file_is_written(
    database: Database,
    desk: MomentDesk,
    gate: Camera,
    tmp_path: Path,
    sessions: dict[Role, Session],
) -> None:
    desk.pictures.keep([shot(gate, -600)])
    database.privacy.save([gate.id], lambda _old: Privacy(PrivacyMode.COUNT_ONLY))
    assert desk.pictures.keep([shot(gate, 0)]) == 0
    assert len(list((tmp_path / "past").rglob("*.*"))) == 1  # of before
    assert desk.files(sessions[Role.VIEWER], NOON, [gate.id]) == {}
    then = desk.moment(sessions[Role.VIEWER], NOON, [gate.id]).cameras[gate.id]
    assert then.no_picture is NoPicture.COUNT_ONLY


def test_the_oldest_go_first_when_all_take_too_much(
    database: Database, store: PastPictureStore, gate: Camera, tmp_path: Path
) -> None:
    store.keep([shot(gate, at) for at in range(3)])
    size = database.past_pictures.stock()[1] // 3
    # As if each of them were 16 MiB less a third of that.
    large = [dataclasses.replace(one, size=8 * 2**20) for one in rows_of(gate)]
    database.past_pictures.forget([one.key for one in large])
    database.past_pictures.add(large)
    fresh = PastPictureStore(
        tmp_path / "past", database, History(picture_mib=16), store.storable, lambda: NOON
    )
    assert size > 0
    for _ in fresh.tidy(lambda: False):
        pass
    assert database.past_pictures.stock()[0] == 0
    assert list((tmp_path / "past").rglob("*.jpg")) == []


def rows_of(camera: Camera) -> list[PastPictureRow]:
    return [PastPictureRow(camera.id, NOON + at * SECOND, 1, 1, False, BOXES) for at in range(3)]


def test_pictures_go_after_their_days_and_files_of_none_after_an_hour(
    database: Database, store: PastPictureStore, gate: Camera, tmp_path: Path, clock: Clock
) -> None:
    store.keep([shot(gate, 0), shot(gate, 7000)])
    stray = tmp_path / "past" / str(gate.id) / "1" / "86400001.jpg"
    stray.parent.mkdir()
    stray.write_bytes(b"left over")
    os.utime(stray, (1, 1))
    clock.now = NOON + timedelta(days=7, hours=1)
    for _ in store.tidy(lambda: False):
        pass
    [left] = (tmp_path / "past").rglob("*.jpg")
    assert store.read(gate.id, NOON + 7000 * SECOND) == left.read_bytes()
    assert store.read(gate.id, NOON) is None


@pytest.mark.parametrize("free", [0, 100 * 2**20])
def test_on_a_full_disk_no_picture_is_kept_and_it_is_told(
    store: PastPictureStore, gate: Camera, monkeypatch: pytest.MonkeyPatch, free: int
) -> None:
    usage = shutil.disk_usage("/")._replace(free=free)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda _folder: usage)
        assert store.keep([shot(gate, 0)]) == 0
        assert "nearly full" in store.stock(1).stopped
    assert store.keep([shot(gate, 0)]) == 1
    assert not store.stock(1).stopped


def test_the_keeping_is_changed_with_an_entry_and_nonsense_is_refused(
    commands: Commands, database: Database, desk: MomentDesk, sessions: dict[Role, Session]
) -> None:
    boss = sessions[Role.ADMINISTRATOR]
    commands.set_picture_keeping(boss, PictureKeeping(30, 512, 3))
    assert commands.picture_stock(boss).keeping == PictureKeeping(30, 512, 3)
    entry = database.audit.newest(1)[0]
    assert entry.details == {
        "picture_every_s": "60 -> 30",
        "picture_mib": "2048 -> 512",
        "picture_days": "7 -> 3",
    }
    with pytest.raises(InvalidSettings):
        commands.set_picture_keeping(boss, PictureKeeping(30, 1, 3))
    assert desk.pictures.keeping.mib == 512
