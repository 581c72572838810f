"""What of a camera's pictures is seen: people and covered parts are gone from the pixels."""

from __future__ import annotations

import weakref
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from camwatch.cameras.decode import decode, decode_bytes, encode_jpeg, make_tile
from camwatch.cameras.privacy_gate import PrivacyGate
from camwatch.domain import Boxes, CameraId, Picture, TilePicture
from camwatch.events import CountMeasured
from camwatch.scene import Lift, Privacy, PrivacyMode, PrivacyRecord, Zone

CAMERA = CameraId(1)
AT = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PERSON = (0.4, 0.2, 0.6, 0.9)
CORNER = Zone("window", ((0.0, 0.0), (0.2, 0.0), (0.2, 0.2), (0.0, 0.2)))


def picture(seq: int = 1, at_s: float = 10.0, *, has_person: bool = True) -> Picture:
    """Return a picture of fine stripes, a finer pattern where the person is."""
    pixels = np.full((360, 640, 3), 120, np.uint8)
    pixels[:, ::8] = 90
    if has_person:
        left, top, right, bottom = (
            round(one * size) for one, size in zip(PERSON, (640, 360, 640, 360), strict=True)
        )
        rng = np.random.default_rng(7)
        pixels[top:bottom, left:right] = rng.choice(
            np.array([20, 235], np.uint8), (bottom - top, right - left, 1)
        )
    at = AT + timedelta(seconds=at_s)
    return Picture(CAMERA, seq, encode_jpeg(pixels, 95), (640, 360), at, at_s, 1.0)


def count(of: Picture, boxes: Boxes | None = None) -> CountMeasured:
    """Return the count of a picture with the person in it."""
    found = np.array([PERSON], np.float32) if boxes is None else boxes
    return CountMeasured(
        of.captured_at, CAMERA, of.seq, len(found), 0.9, 0.01, 1.0, found,
        np.full(len(found), 0.9, np.float32), "test", captured_s=of.captured_s,
    )  # fmt: skip


class Screen:
    """Takes what is shown."""

    def __init__(self) -> None:
        self.tiles: list[TilePicture] = []

    def offer(self, tile: TilePicture) -> None:
        self.tiles.append(tile)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.s = 10.0

    def monotonic(self) -> float:
        return self.s

    def wall(self) -> datetime:
        return AT + timedelta(seconds=self.s)


def gate_with(privacy: Privacy, lift: Lift | None = None) -> tuple[PrivacyGate, Clock]:
    clock = Clock()
    gate = PrivacyGate(clock.wall, clock.monotonic)
    gate.set_records([CAMERA], [PrivacyRecord(CAMERA, privacy, lift)])
    return gate, clock


def tile_of(one: Picture) -> TilePicture:
    return make_tile(decode(one, (640, 360)), (640, 360))


def detail(pixels: np.ndarray) -> float:
    """Return how much neighbouring points differ where the person is."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = (
        round(one * size) for one, size in zip(PERSON, (width, height, width, height), strict=True)
    )
    inside = pixels[top:bottom, left:right, :3].astype(np.int16)
    return float(np.abs(np.diff(inside, axis=1)).mean())


def test_open_pictures_pass_as_they_are() -> None:
    gate, _ = gate_with(Privacy())
    one, screen = picture(), Screen()
    tile = tile_of(one)
    gate.pass_on(tile, screen)
    assert screen.tiles == [tile]
    assert gate.shown(one) is one
    assert gate.stored(one) is one.data


def test_a_camera_that_nothing_is_known_of_shows_nothing() -> None:
    gate, one, screen = PrivacyGate(), picture(), Screen()
    assert gate.shown(one) is None
    assert gate.stored(one) is None
    gate.pass_on(tile_of(one), screen)
    assert np.unique(screen.tiles[0].pixels.reshape(-1, 4), axis=0).shape[0] == 1


def test_people_are_blurred_in_what_is_shown_and_stored() -> None:
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED))
    one, screen = picture(), Screen()
    raw = detail(tile_of(one).pixels)
    gate.pass_on(tile_of(one), screen)
    assert not screen.tiles, "shown before it was known who is where"
    gate.take_count(count(one))
    shown, stored = gate.shown(one), gate.stored(one)
    assert shown is not None
    assert stored is not None
    for seen in (screen.tiles[0].pixels, decode_bytes(shown.data), decode_bytes(stored)):
        assert detail(seen) < raw / 10
        # Beside the person the stripes are there as ever.
        assert np.ptp(seen[200, :120, 0].astype(int)) > 15


@pytest.mark.parametrize("mode", [PrivacyMode.BLURRED, PrivacyMode.SILHOUETTES])
def test_what_is_hidden_does_not_depend_on_its_details(mode: PrivacyMode) -> None:
    """Two people who differ in every detail, and in no mean, look the same afterwards."""
    seen = []
    for seed in (1, 2):
        gate, _ = gate_with(Privacy(mode))
        pixels = np.full((360, 640, 3), 120, np.uint8)
        board = np.indices((252, 128)).sum(axis=0) % 2 == seed % 2
        pixels[72:324, 256:384] = np.where(board, 60, 180)[..., None]
        one = replace(picture(), data=encode_jpeg(pixels, 100))
        gate.take_count(count(one))
        stored = gate.stored(one)
        assert stored is not None
        seen.append(decode_bytes(stored).astype(np.int16))
    assert np.abs(seen[0] - seen[1]).max() <= 24


def test_a_picture_is_coarse_while_nobody_counts() -> None:
    gate, clock = gate_with(Privacy(PrivacyMode.BLURRED))
    screen = Screen()
    for seq in range(1, 5):
        clock.s = 10.0 + seq
        gate.pass_on(tile_of(picture(seq, clock.s)), screen)
    assert screen.tiles, "nothing is ever shown"
    for tile in screen.tiles:
        assert detail(tile.pixels) < 8
        assert np.abs(np.diff(tile.pixels[200, :24, 0].astype(int))).max() <= 16
    stored = gate.stored(picture(9))
    assert stored is not None
    assert detail(decode_bytes(stored)) < 8


def test_somebody_who_is_missed_in_one_picture_stays_hidden() -> None:
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED))
    first, second = picture(1, 10.0), picture(2, 11.0)
    gate.take_count(count(first))
    gate.take_count(count(second, np.empty((0, 4), np.float32)))
    stored = gate.stored(second)
    assert stored is not None
    assert detail(decode_bytes(stored)) < 8


def test_somebody_who_is_not_counted_is_hidden_as_well() -> None:
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED))
    one = picture()
    nobody = count(one, np.empty((0, 4), np.float32))
    gate.take_count(replace(nobody, everybody=np.array([PERSON], np.float32)))
    stored = gate.stored(one)
    assert stored is not None
    assert detail(decode_bytes(stored)) < 8


def test_silhouettes_stand_on_a_background_without_anybody() -> None:
    gate, clock = gate_with(Privacy(PrivacyMode.SILHOUETTES))
    for seq in range(1, 8):
        clock.s = 10.0 + 3 * seq
        one = picture(seq, clock.s)
        gate.take_count(count(one))
        stored = gate.stored(one)
    assert stored is not None
    seen = decode_bytes(stored)
    assert abs(int(seen[200, 60].mean()) - 117) < 12, "the background was not learned"
    assert detail(seen) < 8
    # Where the person always was nothing is known: an even surface behind the shape.
    assert abs(int(seen[100, 265].mean()) - 52) < 12


def test_covers_are_painted_over_in_every_mode_and_while_lifted() -> None:
    lift = Lift("anna", "a theft", AT, AT + timedelta(hours=1))
    for mode in (PrivacyMode.OPEN, PrivacyMode.BLURRED, PrivacyMode.SILHOUETTES):
        gate, _ = gate_with(Privacy(mode, (CORNER,)), lift)
        one, screen = picture(), Screen()
        gate.take_count(count(one))
        gate.pass_on(tile_of(one), screen)
        shown, stored = gate.shown(one), gate.stored(one)
        assert shown is not None
        assert stored is not None
        for seen in (screen.tiles[0].pixels, decode_bytes(shown.data), decode_bytes(stored)):
            assert np.ptp(seen[4:64, 4:120, :3].astype(int)) <= 12


def test_lifting_opens_the_live_view_until_it_ends_and_nothing_stored() -> None:
    lift = Lift("anna", "a theft", AT, AT + timedelta(seconds=60))
    gate, clock = gate_with(Privacy(PrivacyMode.BLURRED), lift)
    one, screen = picture(), Screen()
    gate.take_count(count(one))
    assert gate.shown(one) is one
    gate.pass_on(tile_of(one), screen)
    raw = detail(tile_of(one).pixels)
    assert detail(screen.tiles[0].pixels) == raw
    stored = gate.stored(one)
    assert stored is not None
    assert detail(decode_bytes(stored)) < raw / 10
    clock.s = 60.0
    shown = gate.shown(one)
    assert shown is not None
    assert detail(decode_bytes(shown.data)) < raw / 10


def test_count_only_shows_and_stores_nothing() -> None:
    gate, _ = gate_with(Privacy(PrivacyMode.COUNT_ONLY))
    one, screen = picture(), Screen()
    gate.take_count(count(one))
    assert gate.shown(one) is None
    assert gate.stored(one) is None
    gate.pass_on(tile_of(one), screen)
    assert np.unique(screen.tiles[0].pixels.reshape(-1, 4), axis=0).shape[0] == 1


def test_a_part_of_a_picture_is_hidden_at_its_place() -> None:
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED, (CORNER,)))
    one, screen = picture(), Screen()
    gate.take_count(count(one))
    part = (0.35, 0.1, 0.65, 0.95)
    tile = make_tile(decode(one, (640, 360)), (640, 360), part)
    gate.pass_on(tile, screen)
    middle = screen.tiles[0].pixels[200:400, 200:400, :3].astype(int)
    assert np.abs(np.diff(middle, axis=1)).mean() < 8


def test_small_pictures_are_made_of_what_may_be_kept() -> None:
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED))
    one = picture()
    gate.take_count(count(one))
    stored = gate.stored(one, wh=(160, 160))
    assert stored is not None
    assert decode_bytes(stored).shape == (90, 160, 3)


def test_pictures_that_were_shown_are_stored_by_what_holds_for_storing() -> None:
    """A picture that was seen while lifted is not kept open."""
    lift = Lift("anna", "a theft", AT, AT + timedelta(hours=1))
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED), lift)
    one = picture()
    gate.take_count(count(one))
    shown = gate.shown(one)
    assert shown is not None
    stored = gate.stored(shown)
    assert stored is not None
    assert detail(decode_bytes(stored)) < 8


def test_a_picture_that_nobody_counted_is_not_hidden_by_the_boxes_of_the_one_before() -> None:
    """Pictures of the main stream have the number of the last counted one."""
    lift = Lift("anna", "a theft", AT, AT + timedelta(seconds=60))
    gate, clock = gate_with(Privacy(PrivacyMode.BLURRED), lift)
    elsewhere = np.array([(0.0, 0.2, 0.1, 0.9)], np.float32)
    gate.take_count(count(picture(7, 10.0, has_person=False), elsewhere))
    of_main_stream = picture(7, 10.8)
    raw = detail(tile_of(of_main_stream).pixels)
    stored = gate.stored(of_main_stream)
    assert stored is not None
    assert detail(decode_bytes(stored)) < raw / 10
    clock.s = 61.0
    shown = gate.shown(of_main_stream)
    assert shown is not None
    assert detail(decode_bytes(shown.data)) < raw / 10
    screen = Screen()
    gate.pass_on(tile_of(of_main_stream), screen)
    clock.s = 70.0
    gate.pass_on(tile_of(of_main_stream), screen)
    assert [detail(tile.pixels) < raw / 10 for tile in screen.tiles] == [True]


def test_a_picture_is_kept_as_it_was_when_it_was_asked_for_however_late() -> None:
    """The operator thinks about the name of the file, and pictures come all the time."""
    lift = Lift("anna", "a theft", AT, AT + timedelta(hours=1))
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED), lift)
    one = picture()
    gate.take_count(count(one))
    asked = gate.as_kept(one)
    assert asked is not None
    assert not asked.is_png
    at_once = gate.stored(asked)
    for seq in range(2, 60):
        gate.take_count(count(picture(seq, 10.0 + seq)))
    assert gate.stored(asked) == at_once
    assert asked.data == at_once


def test_windows_that_were_closed_are_not_kept() -> None:
    gate, clock = gate_with(Privacy(PrivacyMode.BLURRED))
    closed, stays = Screen(), Screen()
    gone = weakref.ref(closed)
    gate.pass_on(tile_of(picture(1, 10.0)), closed)
    clock.s = 100.0
    gate.pass_on(tile_of(picture(90, 100.0)), stays)
    del closed
    assert gone() is None


def test_a_picture_of_which_only_the_counted_are_known_hides_the_others_too() -> None:
    """Who was found but not counted, such as outside the zones, is known for seconds only."""
    nobody = np.zeros((0, 4), np.float32)
    gate, _ = gate_with(Privacy(PrivacyMode.BLURRED))
    one = picture()
    assert gate.stored(one, boxes=nobody) == gate.stored(one)
    gate.take_count(count(one))
    assert gate.stored(one, boxes=nobody) != gate.stored(picture(2, 99.0))


def test_of_such_a_picture_no_still_background_is_learnt() -> None:
    nobody = np.zeros((0, 4), np.float32)
    gate, clock = gate_with(Privacy(PrivacyMode.SILHOUETTES))
    before = gate.stored(picture())
    for seq in range(1, 40):
        clock.s = 10.0 + seq
        stored = gate.stored(picture(seq, clock.s), boxes=nobody)
    assert stored == before
