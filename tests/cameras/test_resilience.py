"""What happens to many cameras at once: a dead switch, no network, sleep, too few files."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from camwatch.cameras import lanes as lanes_module
from camwatch.cameras import pace as pace_module
from camwatch.cameras.host import has_network, needs_network
from camwatch.cameras.lanes import MOST_AT_ONCE, Lanes
from camwatch.config import CameraPolicy
from camwatch.domain import CameraSettings, CameraState, Reason, SourceKind
from camwatch.events import CamerasMeasured
from tests.cameras.watched import Watched, fleet, until
from tests.support.fault_camera import (
    Connection,
    FaultCamera,
    Reply,
    answer,
    close_after,
    hang_after,
    jpeg,
    moving,
)

ROOT = Path(__file__).resolve().parents[2]
QUICK = CameraPolicy(snapshot_timeout_s=2.0, breaker_pause_s=2.0)
OFFLINE = pytest.mark.expects_warning


def child(name: str, *words: str, before: Sequence[str] = ()) -> Any:
    """Run a script of this folder, and return what it wrote."""
    done = subprocess.run(
        [*before, sys.executable, "-m", f"tests.cameras.{name}", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def after(seconds: float) -> Reply:
    """Send a picture after a while."""
    inner = moving()

    async def reply(connection: Connection, head: str) -> None:
        await asyncio.sleep(seconds)
        await inner(connection, head)

    return reply


# ---------------------------------------------------------------- together


@OFFLINE
@pytest.mark.fault("F54", "F55", "L6")
def test_a_dead_switch_is_one_trouble_and_the_others_go_on() -> None:
    watched = Watched(QUICK)
    back_s: dict[int, float] = {}
    with (
        FaultCamera(moving(), address="0.0.0.0") as floor,
        FaultCamera(moving(), address="0.0.0.0") as cellar,
    ):
        lost = fleet(floor.settings(interval_s=0.5), [f"127.0.3.{n}" for n in range(1, 51)])
        kept = fleet(
            cellar.settings(interval_s=0.5), [f"127.0.9.{n}" for n in range(1, 15)], first=51
        )

        async def outage() -> None:
            await until(lambda: len(watched.in_state(CameraState.OK)) == 64)
            floor.reply = close_after()
            down = (CameraState.OFFLINE, Reason.DISCONNECTED)
            await until(lambda: len(watched.in_state(*down)) == 50)
            await until(lambda: bool(watched.causes) and len(watched.causes[-1].camera_ids) == 50)
            seen = len(watched.pictures)
            floor.reply = moving()
            await until(lambda: len(watched.in_state(CameraState.OK)) == 64)
            await until(lambda: not watched.causes[-1].camera_ids)
            for picture in watched.pictures[seen:]:
                back_s.setdefault(picture.camera_id, picture.captured_s)

        watched.run([*lost, *kept], outage)
    assert {(one.key, one.scope, one.where) for one in watched.causes} == {
        ("1", "network", "127.0.3.0/24")
    }
    ups_and_downs = [CameraState.CONNECTING, CameraState.OK, CameraState.OFFLINE, CameraState.OK]
    for one in lost:
        assert [state for state, _ in watched.states(one.id)] == ups_and_downs
    # The simulation proves a fifth in any second; here a busy machine may bunch some.
    first = [back_s[one.id] for one in lost]
    assert max(sum(at_s <= other < at_s + 1.0 for other in first) for at_s in first) <= 0.3 * 64
    for one in kept:
        assert [state for state, _ in watched.states(one.id)] == ups_and_downs[:2]


@OFFLINE
@pytest.mark.fault("L5", "F03")
def test_half_that_hang_leave_the_others_alone() -> None:
    watched = Watched(CameraPolicy(snapshot_timeout_s=30))
    with FaultCamera(hang_after()) as silent, FaultCamera(moving()) as sound:
        hanging = fleet(silent.settings(interval_s=0.5), ["127.0.0.1"] * 64)
        good = fleet(sound.settings(interval_s=0.5), ["127.0.0.1"] * 64, first=65)

        async def poll() -> None:
            await until(lambda: len(silent.requests) == 64)
            await until(lambda: len(watched.pictures) >= 64 * 6)

        watched.run([*hanging, *good], poll)
        assert len(silent.requests) == silent.connections == 64
    each = Counter(one.camera_id for one in watched.pictures)
    assert set(each) == {one.id for one in good}
    assert max(each.values()) - min(each.values()) <= 2


# ---------------------------------------------------------------- this computer


needs_namespaces = pytest.mark.skipif(
    sys.platform != "linux"
    or shutil.which("ip") is None
    or subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0,
    reason="no network namespace can be made here",
)


@needs_namespaces
@pytest.mark.fault("F56")
def test_a_computer_without_network_blames_no_camera_and_recovers_soon() -> None:
    facts = child("network_child", before=["unshare", "-n"])
    assert facts["noticed_s"] < 5.0
    assert facts["delivered_meanwhile"] >= 5
    assert facts["by"] == [21]  # the camera of this very computer goes on
    assert facts["causes"][-1] == ["1", "computer", "host_offline", 20]
    assert {cause[0] for cause in facts["causes"]} == {"1"}
    # Once down, once up, and for this one reason.
    assert [json.loads(states) for states in facts["states"]] == [
        [["connecting", "starting"], ["ok", "none"], ["offline", "host_offline"], ["ok", "none"]]
    ]
    assert facts["own_failures"] == []
    assert facts["missed"] == 0
    assert facts["recovered_s"] <= 5.0


LOOK = "from camwatch.cameras.host import has_network; print(has_network())"
PAIR = "ip link add v0 type veth peer name v1"
UP = "ip link set v0 up && ip link set v1 up"
ADDRESS = "ip addr add 10.77.3.1/24 dev v0"


@needs_namespaces
@pytest.mark.fault("F56")
@pytest.mark.parametrize(
    ("before", "is_there"),
    [
        ("ip link set lo up", False),
        (f"{PAIR} && {ADDRESS}", False),
        (f"{PAIR} && {UP}", False),
        (f"{PAIR} && {UP} && {ADDRESS}", True),
    ],
    ids=["loopback", "down", "without address", "up"],
)
def test_a_network_is_an_interface_that_is_up_and_has_an_address(
    before: str, is_there: bool
) -> None:
    done = subprocess.run(
        ["unshare", "-n", "sh", "-c", f'{before} && exec "$0" -c "{LOOK}"', sys.executable],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == str(is_there)


def test_loopback_is_no_network_and_cameras_of_this_computer_need_none() -> None:
    assert isinstance(has_network(), bool)
    lan = CameraSettings("Gate", "Wall", "10.0.0.7")
    assert needs_network(lan)
    assert needs_network(replace(lan, host="camera.shop"))
    for host in ("127.0.0.1", "127.3.2.1", "::1", "localhost"):
        assert not needs_network(replace(lan, host=host))
    assert not needs_network(replace(lan, kind=SourceKind.USB, host=""))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows stops no process by a signal")
@pytest.mark.fault("F57")
def test_a_process_that_was_stopped_has_one_gap_and_no_missed_polls() -> None:
    with (
        FaultCamera(moving()) as source,
        subprocess.Popen(
            [sys.executable, "-m", "tests.cameras.stopped_child", str(source.port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        assert process.stdout.readline() == "live\n"
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(4.0)  # it is the time that must pass
        os.kill(process.pid, signal.SIGCONT)
        said, _ = process.communicate("\n", timeout=60)
    facts = json.loads(said)
    assert [json.loads(states) for states in facts["states"]] == [
        [["connecting", "starting"], ["ok", "none"], ["offline", "asleep"], ["ok", "none"]]
    ]
    assert facts["failures"] == []
    assert facts["missed"] == 0
    assert 0 <= facts["running"] <= 20


@OFFLINE
@pytest.mark.fault("F57")
def test_after_sleep_all_connections_are_made_anew_and_no_poll_counts_as_missed() -> None:
    watched = Watched(QUICK)
    with FaultCamera(moving()) as source:
        cameras = fleet(source.settings(interval_s=1.0), ["127.0.0.1"] * 8)

        async def sleep() -> None:
            await until(lambda: len(watched.in_state(CameraState.OK)) == 8)
            before = source.connections
            watched.polling.resumed(8 * 3600.0)
            assert len(watched.in_state(CameraState.OFFLINE, Reason.ASLEEP)) == 8
            watched.polling.resumed(8 * 3600.0)  # told twice, by the clocks and by the loop
            await until(lambda: len(watched.in_state(CameraState.OK)) == 8)
            assert source.connections > before

        watched.run(cameras, sleep)
    for one in cameras:
        states = [state for state, _ in watched.states(one.id)]
        assert states == [
            CameraState.CONNECTING,
            CameraState.OK,
            CameraState.OFFLINE,
            CameraState.OK,
        ]
    assert watched.polling.stats().missed == 0
    assert watched.causes == []


@OFFLINE
@pytest.mark.fault("F26", "F56")
def test_a_refused_password_is_not_tried_anew_because_the_network_was_away() -> None:
    there = True
    watched = Watched(QUICK, lambda: there)
    watched.polling._password_for = lambda _camera: None
    reply = answer(b"", 'WWW-Authenticate: Digest realm="c", nonce="1"', status="401 No")
    with FaultCamera(reply) as source:
        (one,) = fleet(source.settings(), ["127.0.0.1"])

        async def sleep() -> None:
            await until(lambda: len(source.requests) >= 2)
            await until(
                lambda: bool(watched.in_state(CameraState.AUTH_FAILED, Reason.UNAUTHORIZED))
            )
            asked = len(source.requests)
            watched.polling.resumed(3600.0)
            await asyncio.sleep(1.0)
            assert len(source.requests) == asked
            assert bool(watched.in_state(CameraState.AUTH_FAILED, Reason.UNAUTHORIZED))

        watched.run([one], sleep)


@OFFLINE
@pytest.mark.fault("F60")
def test_a_loop_that_lags_is_told_once_and_the_newest_pictures_go_on() -> None:
    watched = Watched(QUICK)
    with FaultCamera(moving()) as source:
        cameras = fleet(source.settings(interval_s=1.0), ["127.0.0.1"] * 3)

        async def starve() -> None:
            await until(lambda: len(watched.in_state(CameraState.OK)) == 3)
            while len(watched.in_state(CameraState.SLOW, Reason.OVERLOADED)) < 3:
                time.sleep(1.8)  # noqa: ASYNC251 - holds up the loop on purpose
                await asyncio.sleep(0.3)
            await until(lambda: bool(watched.causes))

        watched.run(cameras, starve)
    (cause,) = {(one.key, one.scope, one.reason) for one in watched.causes}
    assert cause == ("1", "computer", Reason.OVERLOADED)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
@pytest.mark.fault("F62")
def test_too_few_open_files_leave_the_history_alive(tmp_path: Path) -> None:
    with FaultCamera(after(2.5)) as source:
        facts = child("open_files_child", str(source.port), str(tmp_path))
    assert facts["saved"] == 9
    assert (tmp_path / "camwatch.log").read_text() == "alive\n"
    assert facts["offline"] > 3
    assert facts["live"] > 3
    assert facts["causes"] == [["1", "computer", "open_files"]]
    assert facts["reasons"] == ["open_files"]
    assert facts["limit"] >= 256


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root can become nobody"
)
@pytest.mark.fault("F63")
def test_a_look_up_without_a_thread_is_named_and_the_others_go_on() -> None:
    with FaultCamera(moving()) as source:
        found = child("threads_child", str(source.port))
    assert found == [["open_files", "this computer grants no more threads"]]


# ---------------------------------------------------------------- politeness


@OFFLINE
@pytest.mark.fault("F28")
@pytest.mark.parametrize("status", ["503 Busy", "429 Too Many Requests"])
def test_a_camera_that_says_when_to_come_again_is_left_alone_until_then(status: str) -> None:
    watched = Watched(QUICK)
    with FaultCamera(answer(b"", "Retry-After: 2", status=status)) as source:

        async def wait() -> None:
            await until(lambda: bool(watched.failures))
            refused_s = time.monotonic()
            source.reply = moving()
            await until(lambda: bool(watched.pictures))
            assert time.monotonic() - refused_s >= 1.8

        watched.run(fleet(source.settings(), ["127.0.0.1"]), wait)
    assert len(source.requests) == 1 + len(watched.pictures)
    assert watched.failures[0].reason is Reason.BUSY


@pytest.mark.expects_warning
def test_a_slow_camera_is_asked_less_often_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace_module, "_LEAST_JUDGED_S", 0.0)
    watched = Watched(QUICK)
    with FaultCamera(after(0.25)) as source:

        async def poll() -> None:
            await until(lambda: watched.state(1) == (CameraState.SLOW, Reason.BUSY))
            await until(lambda: watched.pictures[-1].interval_s == pytest.approx(0.4))
            missed = watched.polling.stats().missed
            seen = len(watched.pictures)
            await until(lambda: len(watched.pictures) >= seen + 4)
            assert watched.polling.stats().missed == missed
            source.reply = moving()

        watched.run(fleet(source.settings(interval_s=0.2), ["127.0.0.1"]), poll)
    assert watched.pictures[0].interval_s == 0.2


def test_a_camera_for_one_client_finds_no_idle_connection() -> None:
    watched = Watched(QUICK)
    with FaultCamera(moving()) as source:

        async def poll() -> None:
            await until(lambda: len(watched.pictures) >= 4)

        settings = replace(source.settings(), one_session=True)
        watched.run(fleet(settings, ["127.0.0.1"]), poll)
        assert all("connection: close" in head.lower() for head in source.requests)
        assert source.connections == len(source.requests)


def test_one_recorder_is_not_stampeded_and_hanging_channels_hold_up_no_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes_module, "LONGEST_TURN_S", 0.2)
    settings = CameraSettings("Gate", "Wall", "10.0.0.9")
    channels = fleet(settings, ["10.0.0.9"] * 16)
    lone = fleet(settings, ["10.0.0.8"] * MOST_AT_ONCE, first=20)
    lanes = Lanes()
    lanes.set_cameras([*channels, *lone])
    inside, most = 0, 0

    async def poll(settings: CameraSettings, takes_s: float) -> None:
        nonlocal inside, most
        async with lanes.turn(settings):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(takes_s)
            inside -= 1

    async def all_at_once(takes_s: float) -> None:
        async with asyncio.TaskGroup() as group:
            for one in channels:
                group.create_task(poll(one.settings, takes_s))

    async def run() -> None:
        nonlocal most
        await all_at_once(0.01)
        assert most == MOST_AT_ONCE
        async with asyncio.TaskGroup() as group:
            hanging = [
                group.create_task(poll(one.settings, 30.0)) for one in channels[:MOST_AT_ONCE]
            ]
            await asyncio.sleep(0)
            async with asyncio.timeout(5.0):
                await poll(channels[9].settings, 0.0)
            for task in hanging:
                task.cancel()
        lanes.set_cameras([*channels, *lone])  # whoever waits keeps waiting in the same lane
        async with asyncio.timeout(5.0), lanes.turn(lone[0].settings):
            pass

    asyncio.run(run())


def test_channels_that_hang_give_their_places_to_those_that_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes_module, "LONGEST_TURN_S", 0.3)
    channels = fleet(CameraSettings("Gate", "Wall", "10.0.0.9"), ["10.0.0.9"] * 16)
    lanes = Lanes()
    lanes.set_cameras(channels)

    async def hang(settings: CameraSettings) -> None:
        async with lanes.turn(settings):
            await asyncio.sleep(30.0)

    async def run() -> list[bool]:
        hanging = [asyncio.create_task(hang(one.settings)) for one in channels[:MOST_AT_ONCE]]
        await asyncio.sleep(0.5)  # they have hung for longer than a turn
        entered = []
        for one in channels[MOST_AT_ONCE:]:
            try:
                async with asyncio.timeout(0.1), lanes.turn(one.settings):
                    entered.append(True)
            except TimeoutError:
                entered.append(False)
        for task in hanging:
            task.cancel()
        return entered

    assert all(asyncio.run(run()))


def test_a_site_behind_one_port_of_this_computer_makes_all_its_polls() -> None:
    watched = Watched(QUICK)
    with FaultCamera(answer(jpeg())) as source:
        cameras = fleet(source.settings(interval_s=4.0), ["127.0.0.1"] * 256)

        async def poll() -> None:
            await until(lambda: len({one.camera_id for one in watched.pictures}) == 256)

        started_s = time.monotonic()
        watched.run(cameras, poll)
    # Their first polls are spread over the interval, no more than five seconds.
    firsts = sorted(one.captured_s - started_s for one in watched.pictures[:256])
    assert firsts[-1] >= 3.5
    assert watched.polling.stats().missed == 0


@OFFLINE
@pytest.mark.fault("F35", "F34")
def test_a_name_that_hangs_has_one_thread_however_often_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    may_end = threading.Event()
    asked: list[str] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            asked.append(host)
            may_end.wait(30.0)
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    watched = Watched(CameraPolicy(snapshot_timeout_s=0.2), lambda: True)
    with FaultCamera(moving()) as source:
        names = [f"camera-{number}.invalid" for number in range(64)]
        cameras = fleet(source.settings(), [*names, "localhost"])

        async def poll() -> None:
            await until(lambda: len({one.camera_id for one in watched.failures}) == 64)
            await until(lambda: max(Counter(f.camera_id for f in watched.failures).values()) >= 3)
            await until(lambda: len(watched.pictures) >= 3)
            assert Counter(asked) == dict.fromkeys(names, 1)
            may_end.set()
            await until(lambda: any(one.reason is Reason.DNS for one in watched.failures))

        watched.run(cameras, poll)
    assert {one.camera_id for one in watched.pictures} == {65}


# ---------------------------------------------------------------- told of


def test_latency_and_rate_of_each_camera_are_told_every_two_seconds() -> None:
    watched = Watched(QUICK)
    with FaultCamera(moving()) as source:

        def told() -> list[CamerasMeasured]:
            return [event for event in watched.events if isinstance(event, CamerasMeasured)]

        async def poll() -> None:
            await until(lambda: len(told()) >= 2)

        watched.run(fleet(source.settings(), ["127.0.0.1"] * 2), poll)
    first, second = told()[:2]
    assert (second.at - first.at).total_seconds() >= 1.5
    for reading in second.readings.values():
        assert reading.latency_ms is not None
        assert reading.latency_ms > 0
        assert reading.pictures_per_s > 0.5
    assert set(second.readings) == {1, 2}
