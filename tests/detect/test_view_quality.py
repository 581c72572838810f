"""Pictures that do not show their view are named; all others are left in peace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from camwatch.cameras.decode import decode_grey, encode_jpeg
from camwatch.cameras.simulator.film import Film
from camwatch.detect.motion import GREY_WH, Grey
from camwatch.detect.view_counter import Eyes, ViewCounter, ViewCounters
from camwatch.detect.view_quality import ViewQuality
from camwatch.domain import Boxes, CameraId, Detections, Notice, Picture, PlaceId, utc_now
from camwatch.events import CountMeasured
from camwatch.scene import Scene, SceneRecord, Zone
from tests.data.values import NOON

GATE = CameraId(3)
SIZE = (1280, 720)
LEFT = Zone("Left", ((0, 0), (0.5, 0), (0.5, 1), (0, 1)))
RIGHT = Zone("Right", ((0.5, 0), (1, 0), (1, 1), (0.5, 1)))
NOTHING: frozenset[Notice] = frozenset()
Levels = npt.NDArray[np.floating]
Change = Callable[[Grey], Grey]


@cache
def views(place: int = 0) -> tuple[Grey, ...]:
    """Return the small pictures of a simulated place with people walking through."""
    film = Film(4, SIZE, fps=2, seed=5, cache_bytes=0)
    return tuple(decode_grey(film.picture(place, frame), GREY_WH) for frame in range(40))


def endless(change: Change = lambda grey: grey, place: int = 0) -> Iterator[Grey]:
    while True:
        for grey in views(place):
            yield change(grey)


class Watching:
    """One camera at one picture a second."""

    def __init__(self, interval_s: float = 1.0) -> None:
        self.quality = ViewQuality()
        self.t_s = 100.0
        self.interval_s = interval_s
        self.changes: list[frozenset[Notice]] = []

    def see(self, pictures: Iterator[Grey], seconds: float) -> frozenset[Notice]:
        """Look for some time; return what is wrong at the end."""
        seen = NOTHING
        for _ in range(round(seconds / self.interval_s)):
            self.t_s += self.interval_s
            seen = self.quality.look(next(pictures), self.t_s, SIZE, self.interval_s)
            if (change := self.quality.take_change()) is not None:
                self.changes.append(change)
        return seen


def noisy(grey: Grey | Levels, sigma: float) -> Grey:
    noise = np.random.default_rng(3).normal(0, sigma, grey.shape)
    return np.asarray(np.clip(grey + noise, 0, 255), np.uint8)


def black(grey: Grey) -> Grey:
    return noisy(np.full(grey.shape, 6.0), 3)


def white(grey: Grey) -> Grey:
    return np.asarray(np.clip(grey.astype(int) * 2 + 90, 0, 255), np.uint8)


def hand(grey: Grey) -> Grey:
    """A hand before the lens: light comes in at one edge, and nothing has an outline."""
    height, width = grey.shape
    y, x = np.mgrid[0:height, 0:width]
    return noisy(60 + 60 * x / width + 20 * y / height, 3)


def cloth(grey: Grey) -> Grey:
    """Something hangs so near that only soft blots are left of it."""
    height, width = grey.shape
    blots = np.random.default_rng(1).normal(110, 20, (5, 7))
    soft = cv2.resize(blots, (width, height), interpolation=cv2.INTER_CUBIC)
    return noisy(np.asarray(cv2.GaussianBlur(soft, (0, 0), width / 16), np.float64), 2)


def blurred(grey: Grey) -> Grey:
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.5), np.uint8)


def dim(share: float, sigma: float) -> Change:
    """Return dusk: less light, and the noise of a camera that makes the best of it."""
    return lambda grey: noisy(grey * share, sigma)


@pytest.mark.fault("F25")
@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (black, Notice.BLACK),
        (white, Notice.OVEREXPOSED),
        (hand, Notice.COVERED),
        (cloth, Notice.COVERED),
        (blurred, Notice.DEFOCUSED),
    ],
)
def test_a_picture_without_its_view_is_named_and_let_go_again(
    change: Change, notice: Notice
) -> None:
    camera = Watching()
    assert camera.see(endless(), 90) == NOTHING
    assert camera.see(endless(change), 10) == {notice}
    assert camera.see(endless(change), 300) == {notice}
    assert camera.see(endless(), 10) == NOTHING
    assert camera.changes == [{notice}, NOTHING]


@pytest.mark.fault("F25")
@pytest.mark.parametrize("change", [black, white, hand])
def test_what_is_wrong_from_the_start_is_seen_too(change: Change) -> None:
    assert Watching().see(endless(change), 10) != NOTHING


def test_a_short_moment_is_no_news() -> None:
    """Somebody walks close by the lens, a lamp flickers."""
    camera = Watching(0.5)
    camera.see(endless(), 90)
    for _ in range(5):
        camera.see(endless(hand), 4)
        camera.see(endless(), 1)
    assert camera.changes == []


def test_three_pictures_are_needed_however_slowly_they_come() -> None:
    camera = Watching(8.0)
    assert camera.see(endless(black), 16) == NOTHING
    assert camera.see(endless(black), 8) == {Notice.BLACK}


@pytest.mark.parametrize("interval_s", [60.0, 3600.0])
def test_a_camera_that_is_asked_seldom_is_judged_all_the_same(interval_s: float) -> None:
    camera = Watching(interval_s)
    assert camera.see(endless(), 30 * interval_s) == NOTHING
    assert camera.see(endless(blurred), 3 * interval_s) == {Notice.DEFOCUSED}
    assert camera.see(endless(), 3 * interval_s) == NOTHING


def test_what_was_seen_before_a_long_pause_does_not_count() -> None:
    camera = Watching()
    camera.see(endless(black), 5)
    camera.t_s += 60
    assert camera.see(endless(black), 2) == NOTHING


def test_the_same_picture_again_keeps_what_is_known() -> None:
    camera = Watching()
    camera.see(endless(black), 10)
    assert camera.quality.look(None, camera.t_s + 1, SIZE) == {Notice.BLACK}


@pytest.mark.parametrize("place", range(4))
def test_simulated_people_walking_by_are_no_fault(place: int) -> None:
    camera = Watching(0.5)
    camera.see(endless(place=place), 120)
    assert camera.changes == []


def test_a_camera_that_never_was_sharp_is_left_in_peace() -> None:
    def dull(grey: Grey) -> Grey:
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), 3), np.uint8)

    def duller(grey: Grey) -> Grey:
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), 6), np.uint8)

    camera = Watching()
    camera.see(endless(dull), 120)
    camera.see(endless(duller), 60)
    assert camera.changes == []


@pytest.mark.parametrize("sigma", [0.0, 1.0, 2.0])
def test_dusk_and_a_lamp_at_dawn_do_not_take_the_focus_away(sigma: float) -> None:
    camera = Watching()
    camera.see(endless(), 90)
    for share in (0.8, 0.6, 0.45, 0.3, 0.2):
        camera.see(endless(dim(share, sigma)), 120)
    camera.see(endless(dim(0.2, sigma)), 600)
    camera.see(endless(), 60)
    assert camera.changes == []


def test_a_blur_that_stays_is_not_taken_for_usual_within_an_hour() -> None:
    camera = Watching(5.0)
    camera.see(endless(), 300)
    assert camera.see(endless(blurred), 3600) == {Notice.DEFOCUSED}


@pytest.mark.needs_shared
def test_photographs_and_footage_are_no_fault(shared_data: Path) -> None:
    for file in sorted((shared_data / "people" / "images").glob("*.jpg")):
        grey = decode_grey(file.read_bytes(), GREY_WH)
        camera = Watching()
        camera.see(iter([grey] * 10), 10)
        assert camera.changes == [], file.name
    capture = cv2.VideoCapture(str(shared_data / "one-by-one-person-detection.mp4"))
    camera = Watching(0.1)
    while (read := capture.read())[0]:
        small = decode_grey(encode_jpeg(np.asarray(read[1], np.uint8)), GREY_WH)
        camera.see(iter([small]), 0.1)
    assert camera.t_s > 230
    assert camera.changes == []


# ---------------------------------------------------------------- counting


def data_of(grey: Grey, wh: tuple[int, int]) -> bytes:
    colour = cv2.cvtColor(cv2.resize(grey, wh), cv2.COLOR_GRAY2BGR)
    return encode_jpeg(np.asarray(colour, np.uint8))


def count(
    counter: ViewCounter,
    number: int,
    wh: tuple[int, int] = SIZE,
    change: Change = lambda grey: grey,
    notices: frozenset[Notice] = NOTHING,
) -> CountMeasured:
    """Count two people, one in each half of the picture, a second after the picture before."""
    data = data_of(change(views()[number % 40]), wh)

    def search(_lowest: float, _where: Boxes | None) -> Detections:
        boxes = np.array([[0.1, 0.4, 0.2, 0.9], [0.7, 0.4, 0.8, 0.9]], np.float32)
        return Detections(boxes, np.array([0.9, 0.8], np.float32))

    shown = Picture(GATE, number, data, wh, NOON, 100.0 + number, 1.0, notices)
    return counter.count(shown, Eyes(lambda: decode_grey(data, GREY_WH), search), "fixed")


def record(*zones: Zone, **changes: float) -> SceneRecord:
    ids = {zone.name: PlaceId(20 + number) for number, zone in enumerate(zones)}
    return SceneRecord(GATE, Scene(zones=zones, **changes), ids)  # type: ignore[arg-type]


@pytest.mark.fault("F22")
def test_zones_scale_with_the_picture_while_it_keeps_its_shape() -> None:
    counter = ViewCounter(record(LEFT, RIGHT), 0.3)
    for number, wh in enumerate([(1280, 720)] * 4 + [(640, 360)] * 8 + [(1920, 1080)] * 8):
        measured = count(counter, number, wh)
        assert [zone.count for zone in measured.zones] == [1, 1], wh
        assert measured.notices == NOTHING
    assert counter.quality.take_change() is None


@pytest.mark.fault("F22")
def test_another_shape_flags_the_counts_until_the_zones_are_drawn_again() -> None:
    counters = ViewCounters(0.3)
    counters.set_scenes([record(LEFT)])

    def see(numbers: range, wh: tuple[int, int]) -> CountMeasured:
        for number in numbers:
            measured = count(counters.take(GATE, NOON)[0], number, wh)
        return measured

    assert not see(range(8), (1280, 720)).is_flagged
    other = see(range(8, 16), (640, 480))
    assert (other.count, other.is_flagged) == (2, True)
    assert other.notices == {Notice.RESHAPED}
    counters.set_scenes([SceneRecord(GATE, Scene(zones=(LEFT,), threshold=0.4), record(LEFT).ids)])
    assert see(range(16, 24), (640, 480)).is_flagged, "nothing was drawn anew"
    counters.set_scenes([record(LEFT, RIGHT)])
    assert see(range(24, 32), (640, 480)).notices == NOTHING


def test_another_shape_does_not_matter_where_nothing_is_drawn() -> None:
    counter = ViewCounter(SceneRecord(GATE), 0.3)
    for number in range(20):
        wh = (1280, 720) if number < 8 else (640, 480)
        assert count(counter, number, wh).notices == NOTHING


@pytest.mark.fault("F25")
@pytest.mark.parametrize("recheck_s", [10.0, 0.0])
def test_a_black_picture_is_counted_and_flagged_with_or_without_the_gate(recheck_s: float) -> None:
    counter = ViewCounter(record(recheck_s=recheck_s), 0.3)
    measured = [count(counter, number, change=black) for number in range(12)]
    assert measured[-1].notices == {Notice.BLACK}
    assert measured[-1].is_flagged
    assert counter.quality.take_change() == frozenset({Notice.BLACK})
    assert counter.quality.take_change() is None


@pytest.mark.fault("F25")
def test_a_black_picture_that_never_changes_does_not_go_on_as_nobody_there() -> None:
    """The gate takes over the count of a still view; the flag must come all the same."""
    counter = ViewCounter(record(), 0.3)
    still = data_of(np.full((135, 240), 4, np.uint8), SIZE)

    def nobody(_lowest: float, _where: Boxes | None) -> Detections:
        return Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32))

    look = Eyes(lambda: decode_grey(still, GREY_WH), nobody)
    for number in range(9):
        shown = Picture(GATE, number, still, SIZE, NOON, 100.0 + number, 1.0)
        measured = counter.count(shown, look, "fixed")
    assert measured.is_carried
    assert (measured.count, measured.is_flagged) == (0, True)


@pytest.mark.fault("F40")
def test_what_is_known_from_how_a_picture_came_is_told_with_it() -> None:
    counter = ViewCounter(record(), 0.3)
    expired = frozenset({Notice.CERTIFICATE_EXPIRED})
    first = count(counter, 0, notices=expired)
    assert (first.notices, first.is_flagged) == (expired, False)
    assert counter.quality.take_change() is None
    for number in range(1, 8):
        count(counter, number, notices=expired)
    assert counter.quality.take_change() == expired
    assert count(counter, 8, notices=frozenset({Notice.DAMAGED})).is_flagged


def test_what_was_told_is_taken_back_after_a_counter_was_begun_anew() -> None:
    counters = ViewCounters(0.3)
    counter, _ = counters.take(CameraId(1), utc_now())
    black = np.zeros((90, 160), np.uint8)
    fine = np.random.default_rng(1).integers(0, 255, (90, 160), dtype=np.uint8)
    for second in range(12):
        counter.quality.look(black, float(second), (160, 90))
    assert counter.quality.take_change() == frozenset({Notice.BLACK})
    counters.drop(CameraId(1))  # as after a hanging search
    counter, _ = counters.take(CameraId(1), utc_now())
    for second in range(12, 40):
        counter.quality.look(fine, float(second), (160, 90))
    assert counter.quality.take_change() == frozenset()
