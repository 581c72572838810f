"""All cameras are polled from one loop, and what goes wrong with one stays with it."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from camwatch.cameras import health
from camwatch.cameras.decode import decode_bytes
from camwatch.cameras.polling import CameraPolling
from camwatch.config import CameraPolicy
from camwatch.domain import (
    Camera,
    CameraId,
    CameraSettings,
    CameraState,
    Picture,
    Reason,
    Secret,
    SiteId,
)
from camwatch.errors import CameraError, SecretsLocked, SecretsUnavailable
from camwatch.events import CameraStateChanged, Event, PollFailed
from tests.cameras.asking import until
from tests.cameras.watched import poll_while
from tests.support.fault_camera import (
    Connection,
    FaultCamera,
    answer,
    by_request,
    hang_after,
    jpeg,
    moving,
)

QUICK = CameraPolicy(snapshot_timeout_s=0.2, breaker_pause_s=0.3, auth_pause_s=600)
HALTS = pytest.mark.expects_warning


def camera(settings: CameraSettings, number: int = 1) -> Camera:
    return Camera(CameraId(number), f"uid-{number}", SiteId(1), settings, datetime.now(UTC))


class Watched:
    """A polling whose pictures and events are kept.

    Attributes:
        password: What the keyring gives; an exception is raised.
    """

    def __init__(self, limits: CameraPolicy = QUICK) -> None:
        self.pictures: list[Picture] = []
        self.events: list[Event] = []
        self.password: Secret | SecretsUnavailable | None = None
        self.password_reads = 0
        self.on_picture: Callable[[Picture], None] = self.pictures.append
        self.polling = CameraPolling(limits, self._read, self._deliver, self.events.append)

    def _deliver(self, picture: Picture) -> None:
        self.on_picture(picture)

    def _read(self, _camera: Camera) -> Secret | None:
        self.password_reads += 1
        if isinstance(self.password, SecretsUnavailable):
            raise self.password
        return self.password

    def states(self, number: int = 1) -> list[CameraState]:
        return [
            event.state
            for event in self.events
            if isinstance(event, CameraStateChanged) and event.camera_id == number
        ]

    def timed(self) -> Iterator[tuple[Picture, float]]:
        return zip(self.pictures, self.polling.stats().latency_ms, strict=True)

    def reasons(self) -> list[Reason]:
        return [event.reason for event in self.events if isinstance(event, PollFailed)]

    def run(
        self, cameras: Sequence[Camera], meanwhile: Callable[[], Coroutine[Any, Any, None]]
    ) -> None:
        """Poll the cameras until the coroutine is through."""
        poll_while(self.polling, cameras, meanwhile)

    async def has_pictures(self, count: int) -> None:
        await until(lambda: len(self.pictures) >= count)

    async def is_in(self, state: CameraState, number: int = 1) -> None:
        await until(lambda: self.states(number)[-1:] == [state])


def test_pictures_are_delivered_with_what_is_known_of_them() -> None:
    watched = Watched()
    with FaultCamera(moving()) as source:
        before = datetime.now(UTC)
        watched.run([camera(source.settings(), 7)], lambda: watched.has_pictures(3))
    first, second, third = watched.pictures[:3]
    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert {one.camera_id for one in watched.pictures} == {CameraId(7)}
    assert (first.data, first.wh, first.interval_s) == (jpeg(1), (64, 48), 0.2)
    assert before <= first.captured_at <= second.captured_at <= datetime.now(UTC)
    assert first.captured_s < second.captured_s < third.captured_s
    assert watched.states(7) == [CameraState.CONNECTING, CameraState.OK]
    stats = watched.polling.stats()
    assert stats.done == len(stats.latency_ms) == len(watched.pictures)
    assert stats.due - stats.done - stats.missed in (0, 1)
    assert all(latency_ms > 0 for latency_ms in stats.latency_ms)


@pytest.mark.fault("F03")
def test_a_camera_that_is_given_to_another_workstation_is_asked_there_and_not_here() -> None:
    watched = Watched()
    with FaultCamera(moving()) as source:
        here = camera(source.settings())
        elsewhere = replace(here, workstation="Office")

        async def give() -> None:
            await watched.has_pictures(1)
            watched.polling.set_cameras([elsewhere])
            await watched.is_in(CameraState.DISABLED)
            watched.polling.set_cameras([here])
            await watched.is_in(CameraState.OK)

        watched.run([here], give)
    began = [CameraState.CONNECTING, CameraState.OK]
    assert watched.states() == [*began, CameraState.DISABLED, *began]


@HALTS
def test_an_outage_is_told_once_and_ends_with_the_first_picture() -> None:
    watched = Watched()
    with FaultCamera(moving()) as source:

        async def outage() -> None:
            await watched.has_pictures(1)
            source.reply = hang_after()
            await watched.is_in(CameraState.OFFLINE)
            delivered = len(watched.pictures)
            failed = len(watched.reasons())
            await until(lambda: len(watched.reasons()) >= failed + 3)
            assert len(watched.pictures) == delivered
            source.reply = moving()
            await watched.is_in(CameraState.OK)
            await watched.has_pictures(delivered + 2)

        watched.run([camera(source.settings())], outage)
    assert watched.states() == [
        CameraState.CONNECTING,
        CameraState.OK,
        CameraState.OFFLINE,
        CameraState.OK,
    ]
    assert set(watched.reasons()) == {Reason.TIMEOUT}
    sequence = [one.seq for one in watched.pictures]
    assert sequence == list(range(1, len(sequence) + 1))


@HALTS
@pytest.mark.fault("F28")
def test_a_wait_is_told_with_the_failure() -> None:
    watched = Watched(CameraPolicy(breaker_failures=1, breaker_pause_s=60))
    reply = answer(b"", status="500 Broken")
    with FaultCamera(reply) as source:
        watched.run([camera(source.settings())], lambda: until(lambda: bool(watched.reasons())))
    (failed,) = [event for event in watched.events if isinstance(event, PollFailed)]
    assert (failed.reason, failed.detail) == (Reason.SERVER_ERROR, "HTTP 500")
    assert failed.retry_at is not None
    assert timedelta(seconds=29) < failed.retry_at - failed.at <= timedelta(seconds=57)


@pytest.mark.fault("F03", "L5")
@HALTS
@pytest.mark.fault("L5")
def test_cameras_that_hang_do_not_hold_up_the_others() -> None:
    watched = Watched(CameraPolicy(snapshot_timeout_s=30))
    with FaultCamera(hang_after()) as silent, FaultCamera(moving()) as sound:
        cameras = [camera(silent.settings(), number) for number in range(2, 12)]
        cameras.append(camera(sound.settings(), 1))
        watched.run(cameras, lambda: watched.has_pictures(5))
        assert watched.polling.stats().missed == 0
    assert {one.camera_id for one in watched.pictures} == {CameraId(1)}
    assert len(silent.requests) == 10


def test_polls_of_one_camera_never_overlap_and_what_is_missed_is_counted() -> None:
    watched = Watched(CameraPolicy(snapshot_timeout_s=5))
    running, most = 0, 0

    async def slow(connection: Connection, _head: str) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.5)
        running -= 1
        await connection.write(answer(jpeg(running)))

    with FaultCamera(slow) as source:
        watched.run(
            [camera(source.settings(interval_s=0.2))],
            lambda: until(lambda: watched.polling.stats().missed >= 3),
        )
    stats = watched.polling.stats()
    assert most == 1
    assert stats.due - stats.done - stats.missed in (0, 1)
    assert min(stats.latency_ms) >= 500


def test_first_polls_are_spread_over_the_interval() -> None:
    watched = Watched()
    with FaultCamera(moving()) as source:
        cameras = [camera(source.settings(interval_s=2.0), number) for number in range(1, 9)]
        watched.run(cameras, lambda: watched.has_pictures(8))
    assert [one.camera_id for one in watched.pictures[:8]] == list(range(1, 9))
    # Not how late each poll was, which depends on the machine, but when it was due.
    dues = [one.captured_s - late_ms / 1000 for one, late_ms in watched.timed()]
    gaps = [later - sooner for sooner, later in itertools.pairwise(dues)]
    assert gaps == pytest.approx([0.25] * 7, abs=0.1)


def test_cameras_can_be_added_edited_and_removed() -> None:
    watched = Watched()
    with FaultCamera(moving()) as source, FaultCamera(moving()) as other:
        one = camera(source.settings("/one"), 1)
        two = camera(source.settings("/two"), 2)

        async def changes() -> None:
            await watched.has_pictures(1)
            watched.polling.set_cameras([one, two])
            await watched.is_in(CameraState.OK, 2)
            renamed = replace(one, settings=replace(one.settings, name="New", location="Roof"))
            moved = replace(two, settings=replace(two.settings, port=other.port))
            watched.polling.set_cameras([renamed, moved])
            await until(lambda: bool(other.requests))
            watched.polling.set_cameras([moved])
            await until(lambda: not any("/one" in head for head in source.requests[-1:]))
            asked = len(source.requests)
            pictures = len(watched.pictures)
            await watched.has_pictures(pictures + 3)
            assert len(source.requests) == asked

        watched.run([one], changes)
    # A new name does not interrupt; a new address begins anew, with the count going on.
    assert watched.states(1) == [CameraState.CONNECTING, CameraState.OK]
    assert watched.states(2) == [CameraState.CONNECTING, CameraState.OK] * 2
    sequence = [picture.seq for picture in watched.pictures if picture.camera_id == 2]
    assert sequence == list(range(1, len(sequence) + 1))


def test_a_camera_that_is_switched_off_is_not_asked() -> None:
    watched = Watched()
    with FaultCamera(moving()) as source:
        off = camera(replace(source.settings(), is_enabled=False))

        async def switch() -> None:
            await watched.is_in(CameraState.DISABLED)
            watched.polling.retry_now(off.id)
            watched.polling.set_cameras([camera(source.settings())])
            await watched.has_pictures(1)
            watched.polling.set_cameras([off])
            await watched.is_in(CameraState.DISABLED)

        watched.run([off], switch)
    assert watched.states() == [
        CameraState.DISABLED,
        CameraState.CONNECTING,
        CameraState.OK,
        CameraState.DISABLED,
    ]


@HALTS
def test_a_frozen_picture_is_not_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FROZEN_FOR_S", 0.5)
    watched = Watched(CameraPolicy(frozen_after=3))
    with FaultCamera(answer(jpeg(1))) as source:

        async def freeze() -> None:
            await watched.is_in(CameraState.STALE)
            delivered, asked = len(watched.pictures), len(source.requests)
            await until(lambda: len(source.requests) >= asked + 3)
            assert len(watched.pictures) == delivered
            source.reply = moving()
            await watched.is_in(CameraState.OK)

        watched.run([camera(source.settings())], freeze)
    assert watched.states().count(CameraState.STALE) == 1


@pytest.mark.fault("F17")
@HALTS
def test_a_picture_the_decoder_refuses_counts_as_failed_and_does_not_flap() -> None:
    watched = Watched(CameraPolicy(breaker_failures=100))
    sound = jpeg(3, (640, 480))
    damaged = sound[:9000] + bytes(300) + sound[9300:]
    with FaultCamera(answer(damaged)) as source:

        def as_the_decoder_does(picture: Picture) -> None:
            watched.pictures.append(picture)
            try:
                decode_bytes(picture.data)
            except CameraError as error:
                watched.polling.picture_failed(picture, error)

        watched.on_picture = as_the_decoder_does

        async def damage() -> None:
            await until(lambda: len(watched.reasons()) >= 4)
            source.reply = answer(sound)
            await watched.is_in(CameraState.OK)
            await until(lambda: watched.pictures[-1].data == sound)

        watched.run([camera(source.settings())], damage)
    assert set(watched.reasons()) == {Reason.CORRUPT}
    # The first was let through by its header; the next ones had to prove themselves.
    assert [one.data for one in watched.pictures][:2] == [damaged, sound]
    assert watched.states() == [
        CameraState.CONNECTING,
        CameraState.OK,
        CameraState.BAD_DATA,
        CameraState.OK,
    ]


def basic(head: str) -> bytes:
    """Answer only to op with the password "right"."""
    if "Authorization: Basic b3A6cmlnaHQ=" in head:
        return answer(jpeg(len(head)))
    return answer(b"", 'WWW-Authenticate: Basic realm="c"', status="401 No")


@pytest.mark.fault("F26")
@HALTS
@pytest.mark.fault("F26")
def test_a_refused_password_is_tried_twice_and_a_new_one_at_once() -> None:
    watched = Watched()
    watched.password = Secret("wrong")
    with FaultCamera(by_request(basic)) as source:
        one = camera(source.settings(username="op", allow_basic=True))

        async def correct() -> None:
            await watched.is_in(CameraState.AUTH_FAILED)
            asked, read = len(source.requests), watched.password_reads
            watched.polling.set_cameras([one])  # another camera was edited
            await until(lambda: watched.password_reads > read)
            assert len(source.requests) == asked
            watched.password = Secret("right")
            watched.polling.set_cameras([one])
            await watched.is_in(CameraState.OK)
            # It goes on at its interval, not at the end of the pause that was cut short.
            asked = len(source.requests)
            await until(lambda: len(source.requests) >= asked + 3)

        watched.run([one], correct)
    assert watched.reasons() == [Reason.UNAUTHORIZED] * 2
    guesses = [head for head in source.requests if "Basic b3A6d3Jvbmc=" in head]
    assert len(guesses) == 2


@HALTS
@pytest.mark.fault("F89", "F91", "F92")
@pytest.mark.parametrize("is_stored_again", [True, False])
def test_a_camera_waits_for_its_password_unasked_and_goes_on_by_itself(
    is_stored_again: bool,
) -> None:
    watched = Watched()
    watched.password = SecretsLocked("the vault is locked")
    with FaultCamera(by_request(basic)) as source, FaultCamera(moving()) as open_source:
        locked = camera(source.settings(username="op", allow_basic=True))
        free = camera(open_source.settings(), 2)

        async def unlock() -> None:
            await until(lambda: bool(watched.reasons()))
            await watched.has_pictures(3)  # of the camera that needs no password
            assert source.requests == []
            watched.password = Secret("right")
            if is_stored_again:
                watched.polling.set_cameras([locked, free])  # as after `CamerasChanged`
            else:
                watched.polling.retry_now(locked.id)
            await until(lambda: any(one.camera_id == locked.id for one in watched.pictures))

        watched.run([locked, free], unlock)
    states = [
        (event.state, event.reason)
        for event in watched.events
        if isinstance(event, CameraStateChanged) and event.camera_id == locked.id
    ]
    assert states == [
        (CameraState.CONNECTING, Reason.STARTING),
        (CameraState.CONNECTING, Reason.PASSWORD_LOCKED),
        (CameraState.OK, Reason.NONE),
    ]
    assert set(watched.reasons()) == {Reason.PASSWORD_LOCKED}


@HALTS
@pytest.mark.fault("F93")
@pytest.mark.parametrize("stored", [None, SecretsUnavailable("this computer has no keyring")])
def test_a_password_that_is_not_there_is_missing_and_the_camera_is_not_asked(
    stored: SecretsUnavailable | None,
) -> None:
    watched = Watched()
    watched.password = stored
    with FaultCamera(by_request(basic)) as source:
        one = camera(source.settings(username="op", allow_basic=True))

        async def unlock() -> None:
            await watched.is_in(CameraState.AUTH_FAILED)
            assert source.requests == []
            watched.password = Secret("right")
            watched.polling.retry_now(one.id)
            await watched.is_in(CameraState.OK)

        watched.run([one], unlock)
    failed = [event for event in watched.events if isinstance(event, PollFailed)]
    assert {(event.reason, event.detail) for event in failed} == {(Reason.PASSWORD_MISSING, "")}


@HALTS
def test_a_password_that_was_changed_while_all_was_well_is_read_again() -> None:
    watched = Watched()
    watched.password = Secret("right")
    needed = "right"

    def camera_with_password(head: str) -> bytes:
        known = {"right": "b3A6cmlnaHQ=", "newer": "b3A6bmV3ZXI="}
        if f"Authorization: Basic {known[needed]}" in head:
            return answer(jpeg(len(source.requests)))
        return answer(b"", 'WWW-Authenticate: Basic realm="c"', status="401 No")

    with FaultCamera(by_request(camera_with_password)) as source:

        async def change() -> None:
            nonlocal needed
            await watched.has_pictures(1)
            watched.password = Secret("newer")
            needed = "newer"
            await until(lambda: bool(watched.reasons()))
            await watched.has_pictures(len(watched.pictures) + 1)

        watched.run([camera(source.settings(username="op", allow_basic=True))], change)
    assert watched.reasons() == [Reason.UNAUTHORIZED]
    assert watched.states() == [CameraState.CONNECTING, CameraState.OK]


def test_cameras_without_a_user_name_need_no_keyring() -> None:
    watched = Watched()
    watched.password = SecretsUnavailable("there is none")
    with FaultCamera(moving()) as source:
        watched.run([camera(source.settings())], lambda: watched.has_pictures(1))
    assert watched.password_reads == 0


def test_the_keyring_is_asked_for_one_password_at_a_time() -> None:
    watched = Watched()
    reading, most, lock = 0, 0, threading.Lock()

    def read(_camera: Camera) -> Secret:
        nonlocal reading, most
        with lock:
            reading += 1
            most = max(most, reading)
        threading.Event().wait(0.1)  # longer than from one first poll to the next
        with lock:
            reading -= 1
        return Secret("right")

    watched.polling = CameraPolling(QUICK, read, watched.pictures.append, watched.events.append)
    with FaultCamera(by_request(basic)) as source:
        settings = source.settings(username="op", allow_basic=True)
        cameras = [camera(settings, number) for number in range(1, 7)]
        watched.run(cameras, lambda: watched.has_pictures(6))
    assert most == 1


@HALTS
@pytest.mark.fault("F66")
def test_a_bug_that_one_camera_brings_out_does_not_end_the_polling() -> None:
    watched = Watched()

    def broken(picture: Picture) -> None:
        watched.pictures.append(picture)
        if picture.seq == 2:
            raise ZeroDivisionError

    watched.on_picture = broken
    with FaultCamera(moving()) as source:
        watched.run([camera(source.settings())], lambda: watched.has_pictures(4))
    (failed,) = [event for event in watched.events if isinstance(event, PollFailed)]
    assert failed.detail.startswith("unforeseen error ")


@HALTS
def test_an_operator_need_not_wait_for_the_next_try() -> None:
    watched = Watched(CameraPolicy(breaker_failures=1, breaker_pause_s=600))
    with FaultCamera(answer(b"", status="500 Broken")) as source:
        one = camera(source.settings())

        async def retry() -> None:
            await until(lambda: bool(watched.reasons()))
            source.reply = moving()
            watched.polling.retry_now(one.id)
            await watched.has_pictures(1)

        watched.run([one], retry)
    assert len(source.requests) == 2 + len(watched.pictures) - 1


@HALTS
def test_a_long_outage_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    watched = Watched(CameraPolicy(breaker_failures=100))
    with FaultCamera(answer(b"", status="404 Gone")) as source:
        watched.run([camera(source.settings())], lambda: until(lambda: len(watched.reasons()) >= 5))
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("camwatch")]
    assert lines == [
        "camera 1 'Gate' is connecting (starting)",
        "camera 1 'Gate': no picture: not_found: HTTP 404",
        "camera 1 'Gate' is offline (not_found, HTTP 404)",
    ]
