"""The commands that look for cameras and follow them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from camwatch.auth.secrets import SecretStore
from camwatch.auth.session import Session
from camwatch.cameras.discovery import DiscoveryRequest, Found
from camwatch.commands import Commands
from camwatch.commands.discovery_commands import _known_as
from camwatch.data.engine import Database
from camwatch.domain import Camera, CameraId, CameraState, Reason, Secret, SiteId, SourceKind
from camwatch.errors import InvalidSetting, InvalidSettings, NotFound
from camwatch.events import Bus, CamerasChanged, CameraStateChanged
from tests.auth.keyrings import MemoryKeyring
from tests.commands.values import NOON, found_at, settings
from tests.support.onvif_device import SECRET, USERNAME, OnvifDevice

MAC = "ac:cc:8e:12:34:56"


@pytest.fixture
def is_now(bus: Bus) -> Callable[[Camera, CameraState, Reason], None]:
    """Tell the commands how a camera is, as the polling does."""

    def tell(camera: Camera, state: CameraState, reason: Reason) -> None:
        bus.publish(CameraStateChanged(NOON, camera.id, state, reason, NOON))

    return tell


def find(commands: Commands, session: Session, port: int, **more: object) -> list[Found]:
    request = DiscoveryRequest(("127.0.0.1",), (port,), use_multicast=False, allow_local=True)
    return commands.discover_cameras(
        session,
        replace(request, **more),  # type: ignore[arg-type]
        lambda _found: None,
        lambda _done, _of: None,
        threading.Event(),
    )


def test_a_search_is_audited_without_the_password(
    commands: Commands, boss: Session, database: Database
) -> None:
    with OnvifDevice("token") as device:
        (found,) = find(commands, boss, device.port, username=USERNAME, password=SECRET)
    assert (found.known_as, found.preview != b"") == ("", True)
    entry = database.audit.newest(1)[0]
    assert (entry.actor, entry.action, entry.target) == ("boss", "discover_cameras", "127.0.0.1")
    assert entry.details == {
        "ports": str(device.port),
        "multicast": "no",
        "username": USERNAME,
    }


def test_a_search_that_is_refused_is_not_audited(
    commands: Commands, boss: Session, database: Database
) -> None:
    before = len(database.audit.newest(100))
    with pytest.raises(InvalidSettings):
        find(commands, boss, 80, networks=("8.8.8.8",))
    assert len(database.audit.newest(100)) == before


def test_what_is_found_and_added_is_known_from_then_on(commands: Commands, boss: Session) -> None:
    with OnvifDevice(sources=2) as device:
        first, second = find(commands, boss, device.port)
        commands.add_camera(boss, replace(first.settings, name="Gate"), None)
        again = find(commands, boss, device.port)
    assert [one.known_as for one in again] == ["Gate", ""]
    assert second.settings != first.settings


@pytest.mark.parametrize(
    ("hardware_id", "port", "is_known"),
    [("", 80, True), ("", 8080, False), ("aa:aa:aa:aa:aa:aa", 80, False), ("S/N 4711", 80, True)],
    ids=["its place", "another port", "another device there", "cannot be compared"],
)
def test_a_camera_is_known_by_its_device_or_else_by_its_place(
    hardware_id: str, port: int, is_known: bool
) -> None:
    there = replace(settings(username=""), hardware_id=hardware_id, port=port)
    camera = Camera(CameraId(1), "uid", SiteId(1), there, NOON)
    here = replace(found_at(there.host, MAC), settings=replace(there, port=80, hardware_id=MAC))
    assert _known_as(here, [camera]) == (camera.name if is_known else "")


def test_a_camera_with_a_new_address_is_found_and_followed_with_its_password(  # noqa: PLR0917
    commands: Commands,
    boss: Session,
    secrets: SecretStore,
    database: Database,
    is_now: Callable[..., None],
    changes: list[CamerasChanged],
) -> None:
    here = settings("Gate", host="10.0.0.7")
    wanted = replace(here, hardware_id=MAC, scheme="https", port=443, pin="ab" * 32)
    camera = commands.add_camera(boss, wanted, Secret("kept"))
    other = commands.add_camera(boss, settings("Yard", host="10.0.0.9", username=""), None)
    among = [found_at("10.0.0.8", "other"), found_at("10.0.0.23", "serial 7", MAC)]
    assert commands.find_moved(boss, threading.Event(), among) == [], "it is where it was"
    for one in (camera, other):
        is_now(one, CameraState.OFFLINE, Reason.TIMEOUT)
    (moved,) = commands.find_moved(boss, threading.Event(), among)
    assert (moved.camera.id, moved.found.host) == (camera.id, "10.0.0.23")
    changes.clear()
    followed = commands.follow(boss, camera.id, moved.found)
    assert followed.settings == replace(camera.settings, host="10.0.0.23")
    assert followed.settings.pin == "ab" * 32, "another certificate there is still noticed"
    assert secrets.get(camera.uid) == Secret("kept")
    assert len(changes) == 1
    entry = database.audit.newest(1)[0]
    assert (entry.action, entry.target) == ("follow_camera", "Gate")
    assert entry.details["address"] == "https://10.0.0.23:443"
    assert entry.details["address_before"] == "https://10.0.0.7:443"


@pytest.mark.parametrize("state", [CameraState.BLOCKED, CameraState.AUTH_FAILED])
def test_another_device_at_the_old_address_sets_the_search_going_too(
    commands: Commands, boss: Session, is_now: Callable[..., None], state: CameraState
) -> None:
    camera = commands.add_camera(boss, replace(settings(username=""), hardware_id=MAC), None)
    is_now(camera, state, Reason.OTHER_DEVICE)
    assert commands.find_moved(boss, threading.Event(), [found_at("10.0.0.23", MAC)])
    assert commands.find_moved(boss, threading.Event(), [found_at("10.0.0.7", MAC)]) == []


def test_a_missing_camera_is_searched_for_without_any_password(
    commands: Commands, boss: Session, is_now: Callable[..., None], database: Database
) -> None:
    with OnvifDevice("token") as device:
        gone = replace(device.settings(), host="localhost", hardware_id=MAC)
        camera = commands.add_camera(boss, gone, SECRET)
        is_now(camera, CameraState.OFFLINE, Reason.REFUSED)
        cancel = threading.Event()
        cancel.set()
        assert commands.find_moved(boss, cancel) == []
        assert device.calls == []
    assert database.audit.newest(1)[0].action == "find_moved"


@pytest.mark.parametrize("ids", [(), ("aa:aa:aa:aa:aa:aa",)])
def test_another_device_is_not_followed(
    commands: Commands, boss: Session, database: Database, ids: tuple[str, ...]
) -> None:
    camera = commands.add_camera(boss, replace(settings(username=""), hardware_id=MAC), None)
    with pytest.raises(InvalidSetting, match="another device"):
        commands.follow(boss, camera.id, found_at("10.0.0.23", *ids))
    assert database.cameras.get(camera.id) == camera


def test_an_address_that_may_not_be_asked_is_not_followed(
    commands: Commands, boss: Session
) -> None:
    camera = commands.add_camera(boss, replace(settings(username=""), hardware_id=MAC), None)
    with pytest.raises(InvalidSettings):
        commands.follow(boss, camera.id, found_at("127.0.0.1", MAC))


def test_a_camera_that_is_gone_is_not_followed(commands: Commands, boss: Session) -> None:
    camera = commands.add_camera(boss, replace(settings(username=""), hardware_id=MAC), None)
    commands.remove_camera(boss, camera.id)
    with pytest.raises(NotFound):
        commands.follow(boss, camera.id, found_at("10.0.0.23", MAC))


def test_the_keyring_is_not_touched_by_a_search(
    commands: Commands, boss: Session, keyring: MemoryKeyring
) -> None:
    with OnvifDevice() as device:
        (found,) = find(commands, boss, device.port)
    assert found.kind is SourceKind.RTSP
    assert keyring.writes == 0
