"""The motion gate: a still scene is left alone, and nobody is overlooked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.simulator.ground import draw_ground
from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.scene import Scene
from camwatch.cameras.simulator.visitors import STANDING, Cutout, Look, cutout
from camwatch.cameras.stream import SourcePicture, VideoFile
from camwatch.config import Detection
from camwatch.detect.detector import Detector, open_detector
from camwatch.detect.motion import (
    GREY_WH,
    RECHECK_S,
    Grey,
    MotionGate,
    Verdict,
    by_block,
    fit_light,
)
from camwatch.domain import Boxes, Pixels, Reason
from camwatch.errors import CameraError
from camwatch.paths import bundled_models

WIDTH, HEIGHT = GREY_WH
NOBODY: Boxes = np.empty((0, 4), np.float32)
NEVER_S = 1e6
LUMA = np.array([0.114, 0.587, 0.299])


@cache
def ground(seed: int = 0) -> Pixels:
    picture = cv2.resize(draw_ground(seed, (960, 540)), GREY_WH, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


@cache
def figure(height: int, jacket: int = 0) -> Cutout:
    return cutout(Look(0, jacket, 0, 0, 0), STANDING, height, faces_left=False, light=0.9)


@dataclass
class Picture:
    """A small picture of a place; `foot` and `left` are in pixels."""

    values: npt.NDArray[np.float64] = field(default_factory=lambda: ground().astype(np.float64))
    noise: float = 1.0
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    visible: float = 0.0

    def person(self, left: float, foot: int, height: int, contrast: float = 1.0) -> Picture:
        """Lay a person into the picture; where they move by parts of a pixel, smoothly."""
        who = figure(height)
        start = int(np.floor(left))
        shift = np.array([[1, 0, left - start], [0, 1, 0]], np.float64)
        wide, high = who.wh[0] + 1, who.wh[1]
        solid = cv2.warpAffine(256.0 - who.clear[..., 0], shift, (wide, high)) / 256
        light = cv2.warpAffine(who.colour @ LUMA, shift, (wide, high)) / 256
        first, last = max(start, 0), min(start + wide, WIDTH)
        top = max(foot - high, 0)
        if first < last:
            source = np.s_[top - (foot - high) :, first - start : last - start]
            area = self.values[top:foot, first:last]
            area += (light[source] - area * solid[source]) * contrast
            self.boxes.append((first / WIDTH, top / HEIGHT, last / WIDTH, foot / HEIGHT))
            self.visible = max(0.0, min((left + wide) / wide, (WIDTH - left) / wide, 1.0))
        return self

    def lit(self, gain: float = 1.0, offset: float = 0.0) -> Picture:
        self.values = self.values * gain + offset
        return self

    def with_clock(self, second: int) -> Picture:
        """Write a clock of two digits, 5 by 9 pixels each, that looks otherwise each second."""
        shape = np.random.default_rng(second % 60).integers(0, 2, (9, 11))
        self.values[3:12, 3:14] = np.where(shape == 1, 235, 40)
        return self


def box(*people: tuple[float, ...]) -> Boxes:
    return np.array(people, np.float32).reshape(-1, 4)


class Camera:
    """Shows pictures to a gate, a second apart, and analyses those that must be."""

    def __init__(self, recheck_s: float = RECHECK_S, seed: int = 1) -> None:
        self.gate = MotionGate(recheck_s)
        self.at_s = 5000.0
        self.chance = np.random.default_rng(seed)
        self.verdicts: list[Verdict] = []

    def grey(self, picture: Picture) -> Grey:
        noise = self.chance.normal(0, picture.noise, picture.values.shape)
        return (picture.values + noise).round().clip(0, 255).astype(np.uint8)

    def shows(self, picture: Picture, found: Boxes | None = None, after_s: float = 1.0) -> Verdict:
        """Show a picture; the detector finds everybody in it unless told what it finds."""
        self.at_s += after_s
        grey = self.grey(picture)
        verdict = self.gate.look(grey.tobytes(), lambda: grey, self.at_s)
        if verdict.must_analyse:
            self.gate.analysed(box(*picture.boxes) if found is None else found)
        self.verdicts.append(verdict)
        return verdict

    def settles_on(self, make: Callable[[], Picture], found: Boxes | None = None) -> None:
        self.shows(make(), found)
        self.shows(make(), found)
        assert self.shows(make(), found) is Verdict.STILL

    @property
    def analyses(self) -> int:
        return sum(verdict.must_analyse for verdict in self.verdicts)


# ---------------------------------------------------------------- still scenes


def test_a_still_scene_is_analysed_until_two_agree_and_then_now_and_again() -> None:
    camera = Camera()
    for _ in range(62):
        camera.shows(Picture())
    assert camera.verdicts[:2] == [Verdict.FIRST, Verdict.SETTLING]
    rest = camera.verdicts[2:]
    assert [place for place, one in enumerate(rest) if one is Verdict.RECHECK] == [
        *range(9, 60, 10)
    ]
    assert rest.count(Verdict.STILL) == 54


@pytest.mark.parametrize("recheck_s", [3.0, 20.0])
def test_the_time_between_checks_can_be_set(recheck_s: float) -> None:
    camera = Camera(recheck_s)
    for _ in range(62):
        camera.shows(Picture())
    assert camera.verdicts.count(Verdict.RECHECK) == 60 // recheck_s


@pytest.mark.parametrize("noise", [0.5, 1.0, 2.0, 4.0, 6.0])
def test_noise_is_no_motion(noise: float) -> None:
    camera = Camera(NEVER_S)
    for _ in range(100):
        camera.shows(Picture(noise=noise))
    assert camera.analyses == 2


@pytest.mark.parametrize("quality", [20, 50, 85])
def test_the_artefacts_of_jpeg_are_no_motion(quality: int) -> None:
    place = draw_ground(0, (960, 540)).astype(np.float32)
    chance = np.random.default_rng(2)
    gate = MotionGate(NEVER_S)
    verdicts = []
    for second in range(12):
        noisy = place + chance.normal(0, 3, (540, 960, 1))
        data = encode_jpeg(noisy.clip(0, 255).astype(np.uint8), quality)
        small = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_4)
        grey: Grey = np.asarray(small, np.uint8)
        verdicts.append(gate.look(data, lambda grey=grey: grey, second))  # type: ignore[misc]
        if verdicts[-1].must_analyse:
            gate.analysed(NOBODY)
    assert [one for one in verdicts if one.must_analyse] == [Verdict.FIRST, Verdict.SETTLING]


def test_a_camera_that_shakes_by_less_than_half_a_pixel_is_still() -> None:
    camera = Camera(NEVER_S)
    for _ in range(100):
        across, down = camera.chance.uniform(-0.2, 0.2, 2)
        shift = np.array([[1, 0, across], [0, 1, down]])
        moved = cv2.warpAffine(
            ground().astype(np.float64), shift, GREY_WH, borderMode=cv2.BORDER_REPLICATE
        )
        camera.shows(Picture(np.asarray(moved)))
    assert camera.analyses <= 4


# ---------------------------------------------------------------- the same bytes


def unwanted() -> Grey:
    raise AssertionError("the picture was decoded")


def test_the_same_bytes_are_not_even_decoded() -> None:
    gate = MotionGate()
    grey = ground()
    assert gate.look(b"one", lambda: grey, 0.0) is Verdict.FIRST
    gate.analysed(NOBODY)
    for second in range(1, 60):
        assert gate.look(b"one", unwanted, float(second)) is Verdict.REPEATED
    assert not Verdict.REPEATED.must_analyse


def test_the_same_bytes_are_analysed_if_they_never_were_and_a_check_is_due() -> None:
    gate = MotionGate(10.0)
    grey = ground()
    for second, data in enumerate([b"one", b"two"]):
        gate.look(data, lambda: grey, float(second))
        gate.analysed(NOBODY)
    assert gate.look(b"three", lambda: grey, 2.0) is Verdict.STILL
    assert gate.look(b"three", unwanted, 10.9) is Verdict.REPEATED
    assert gate.look(b"three", lambda: grey, 11.0) is Verdict.RECHECK
    gate.analysed(NOBODY)
    assert gate.look(b"three", unwanted, 30.0) is Verdict.REPEATED


def test_the_same_bytes_are_analysed_if_that_failed_before() -> None:
    gate = MotionGate()
    assert gate.look(b"one", ground, 0.0) is Verdict.FIRST
    assert gate.look(b"one", ground, 1.0) is Verdict.FIRST


# ---------------------------------------------------------------- people


@pytest.mark.parametrize("height", [11, 20, 50, 100])
@pytest.mark.parametrize("left", [2, 97, 180])
def test_who_appears_and_who_leaves_is_motion(height: int, left: int) -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    assert camera.shows(Picture().person(left, 130, height)) is Verdict.MOTION
    assert camera.shows(Picture().person(left, 130, height)) is Verdict.SETTLING
    for _ in range(100):
        assert camera.shows(Picture().person(left, 130, height)) is Verdict.STILL
    assert camera.shows(Picture()) is Verdict.MOTION
    assert camera.shows(Picture()) is Verdict.SETTLING
    assert camera.shows(Picture()) is Verdict.STILL


@pytest.mark.parametrize(("height", "contrast"), [(16, 0.5), (50, 0.25), (120, 0.2)])
def test_who_hardly_stands_out_is_motion(height: int, contrast: float) -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    assert camera.shows(Picture().person(90, 125, height, contrast)) is Verdict.MOTION


def test_whom_nobody_could_see_is_found_by_the_next_check() -> None:
    camera = Camera(10.0)
    camera.settles_on(Picture)
    late = 0
    while not camera.shows(Picture().person(90, 125, 11, 0.02)).must_analyse:
        late += 1
    assert late < 10


@pytest.mark.parametrize("height", [14, 30, 60, 130])
@pytest.mark.parametrize(("speed", "pause_s"), [(2.4, 1.0), (2.4, 0.2), (2.4, 2.0), (0.6, 1.0)])
@pytest.mark.parametrize("is_left", [True, False])
@pytest.mark.parametrize("contrast", [1.0, 0.4])
def test_who_creeps_in_is_seen_before_a_third_of_them_is_in_view(
    height: int, speed: float, pause_s: float, is_left: bool, contrast: float
) -> None:
    """2.4 pixels a second are one hundredth of the width."""
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    wide = figure(height).wh[0] + 1
    walked, seen_at_s = 0.0, None
    while True:
        walked += speed * pause_s
        left = walked - wide if is_left else WIDTH - walked
        picture = Picture().person(left, 133, height, contrast)
        found = box(*picture.boxes) if picture.visible > 0.5 else NOBODY
        verdict = camera.shows(picture, found, pause_s)
        if picture.visible >= 0.3:
            seen_at_s = camera.at_s if seen_at_s is None else seen_at_s
            assert camera.at_s - seen_at_s <= max(2.0, 2.4 / speed)
            if verdict.must_analyse:
                break


def test_who_creeps_for_a_minute_is_followed() -> None:
    """So slow that no two pictures in a row differ: 30 pixels in 60 s."""
    camera = Camera(NEVER_S)
    camera.settles_on(lambda: Picture().person(20, 130, 60))
    analysed_at = [20.0]
    for second in range(60):
        left = 20 + second / 2
        if camera.shows(Picture().person(left, 130, 60)).must_analyse:
            analysed_at.append(left)
    gaps = np.diff(analysed_at)
    assert len(gaps) >= 6
    assert gaps.max() <= 5.0


def test_people_on_the_move_are_never_learned_as_unrest() -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    for second in range(600):
        place = 60 + 8 * (second % 7)
        assert camera.shows(Picture().person(place, 130, 70)) is Verdict.MOTION


def narrowed(x1: float, y1: float, x2: float, y2: float) -> tuple[float, ...]:
    wide, high = x2 - x1, y2 - y1
    return x1 + wide / 6, y1 + high / 6, x2 - wide / 6, y2 - high / 6


@pytest.mark.parametrize("height", [14, 20, 70])
def test_who_comes_and_goes_in_one_place_is_never_learned_as_unrest(height: int) -> None:
    """The boxes are too narrow, as a detector's often are."""
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    for second in range(300):
        picture = Picture()
        if second % 2 == 0:
            picture.person(90, 130, height)
        found = box(*[narrowed(*one) for one in picture.boxes])
        assert camera.shows(picture, found) is Verdict.MOTION


@pytest.mark.parametrize("height", [16, 24, 70])
def test_who_sways_for_long_and_then_leaves_is_motion(height: int) -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    for second in range(300):
        picture = Picture().person(90 + 2 * (second % 3), 130, height)
        camera.shows(picture, box(*[narrowed(*one) for one in picture.boxes]))
    assert camera.shows(Picture()) is Verdict.MOTION


def test_another_place_is_motion() -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    elsewhere = np.ascontiguousarray(ground(1)[:, ::-1]).astype(np.float64)
    assert camera.shows(Picture(elsewhere)) is Verdict.MOTION


def test_one_whom_the_detector_misses_now_and_then_stays_motion() -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    for second in range(600):
        picture = Picture().person(20 + 9 * (second % 18), 130, 70)
        found = NOBODY if camera.chance.random() < 0.3 else box(*picture.boxes)
        assert camera.shows(picture, found) is Verdict.MOTION


# ---------------------------------------------------------------- counts that settle


def counts_of(*people: int) -> list[Boxes]:
    return [box(*[(0.1, 0.1, 0.2, 0.3)] * number) for number in people]


def test_after_motion_analyses_go_on_until_two_agree() -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    verdicts = [
        camera.shows(Picture().person(90, 130, 60), found) for found in counts_of(0, 1, 1, 1, 1)
    ]
    assert verdicts[:3] == [Verdict.MOTION, Verdict.SETTLING, Verdict.SETTLING]
    assert verdicts[3:] == [Verdict.STILL] * 2


def test_after_three_analyses_that_disagree_the_scene_is_left_alone() -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    verdicts = [
        camera.shows(Picture().person(90, 130, 60), found) for found in counts_of(0, 1, 0, 1, 0, 1)
    ]
    assert verdicts == [Verdict.MOTION, *[Verdict.SETTLING] * 3, *[Verdict.STILL] * 2]


def test_a_check_that_finds_another_count_is_confirmed() -> None:
    camera = Camera(10.0)
    camera.settles_on(Picture)
    camera.shows(Picture(), after_s=8.0)
    verdicts = [camera.shows(Picture(), found) for found in counts_of(1, 1, 1)]
    assert verdicts == [Verdict.RECHECK, Verdict.SETTLING, Verdict.STILL]


def test_an_analysis_that_failed_is_asked_for_again() -> None:
    camera = Camera(10.0)
    camera.settles_on(Picture)
    for second in range(3):
        grey = camera.grey(Picture().person(90, 130, 60))
        verdict = camera.gate.look(grey.tobytes(), lambda grey=grey: grey, camera.at_s + second)  # type: ignore[misc]
        assert verdict is Verdict.MOTION


# ---------------------------------------------------------------- light


def step(second: int) -> tuple[float, float]:
    return (1.0, 0.0) if second // 15 % 2 else (0.75, 12.0)


def flicker(second: int) -> tuple[float, float]:
    return 0.9 + 0.1 * float(np.sin(second * 2.3)), 0.0


def dusk(second: int) -> tuple[float, float]:
    return 0.65 + 0.3 * float(np.cos(second / 25)), 3.0


@pytest.mark.parametrize("light", [step, flicker, dusk])
def test_light_and_exposure_are_no_motion_but_a_person_in_them_is(
    light: Callable[[int], tuple[float, float]],
) -> None:
    camera = Camera(NEVER_S)
    for second in range(90):
        camera.shows(Picture().lit(*light(second)))
    assert camera.analyses <= 90 / RECHECK_S
    for second in range(90, 92):
        camera.shows(Picture().lit(*light(second)))
        verdict = camera.shows(Picture().person(100, 130, 25).lit(*light(second)))
        assert verdict is Verdict.MOTION


def test_clouds_do_not_trigger_for_ever_and_a_person_under_them_does() -> None:
    camera = Camera(NEVER_S)
    across = np.linspace(0, 1, WIDTH)

    def clouded(second: float, picture: Picture) -> Picture:
        """Darken by a fifth what a cloud with a soft edge, a minute long, covers by now."""
        edge = 1.4 * (second % 60) / 60 - 0.2
        picture.values *= 1 - 0.2 / (1 + np.exp(12 * (edge - across)))
        return picture

    for second in range(120):
        camera.shows(clouded(second, Picture()))
    assert camera.analyses <= 120 / 3
    for second in (120, 125, 130, 135):
        camera.shows(clouded(second, Picture()))
        verdict = camera.shows(clouded(second + 1, Picture().person(40 + second, 130, 20)))
        assert verdict is Verdict.MOTION


@pytest.mark.parametrize(("gain", "offset"), [(1.0, 0.0), (1.3, -20.0), (0.6, 10.0), (1.0, 35.0)])
def test_light_is_told_from_what_covers_two_fifths_of_the_picture(
    gain: float, offset: float
) -> None:
    chance = np.random.default_rng(3)
    before = chance.uniform(30, 170, (27, 48)).astype(np.float32)
    after = gain * before + offset + chance.normal(0, 0.5, before.shape)
    after[:, :19] = 20.0
    found_gain, found_offset = fit_light(before, after.astype(np.float32))
    assert found_gain == pytest.approx(gain, abs=0.03)
    assert found_offset == pytest.approx(offset, abs=3)


def test_a_picture_of_one_grey_has_no_gain() -> None:
    before = np.full((27, 48), 80, np.float32)
    assert fit_light(before, before + 10) == (1.0, 10.0)


# ---------------------------------------------------------------- what never rests


def test_a_clock_is_learned_and_then_costs_nothing() -> None:
    camera = Camera()
    for second in range(40):
        camera.shows(Picture().with_clock(second))
    assert camera.verdicts[:10].count(Verdict.MOTION) >= 5
    camera.verdicts.clear()
    for second in range(40, 240):
        camera.shows(Picture().with_clock(second))
    assert camera.analyses <= 200 / RECHECK_S + 4


def test_a_clock_is_learned_at_ten_pictures_a_second_too() -> None:
    camera = Camera()
    for tenth in range(400):
        camera.shows(Picture().with_clock(tenth // 10), after_s=0.1)
    camera.verdicts.clear()
    for tenth in range(400, 1400):
        camera.shows(Picture().with_clock(tenth // 10), after_s=0.1)
    assert camera.analyses <= 100 / RECHECK_S + 6


def settled_clock() -> Camera:
    camera = Camera(NEVER_S)
    for second in range(60):
        camera.shows(Picture().with_clock(second))
    assert camera.verdicts[-10:].count(Verdict.STILL) >= 9
    return camera


def test_a_person_beside_or_before_the_clock_is_motion() -> None:
    for left in (2, 12, 60):
        camera = settled_clock()
        picture = Picture().with_clock(60).person(left, 60, 50)
        assert camera.shows(picture) is Verdict.MOTION


def test_the_place_of_the_clock_has_news_beyond_its_usual_amount() -> None:
    camera = Camera(NEVER_S)
    for second in range(60):
        faint = Picture()
        faint.values[2:13, 2:15] += 25.0 * (second % 2)
        camera.shows(faint)
    assert camera.verdicts[-1] is Verdict.STILL
    bright = Picture()
    bright.values[2:13, 2:15] -= 90.0
    assert camera.shows(bright) is Verdict.MOTION


def test_a_usual_amount_that_is_not_usual_any_more_is_forgotten() -> None:
    camera = Camera(NEVER_S)

    def blinks(levels: float) -> Verdict:
        picture = Picture()
        picture.values[2:13, 2:15] += levels
        return camera.shows(picture)

    for second in range(60):
        blinks(-90.0 * (second % 2))
    assert blinks(60.0) is Verdict.STILL
    for second in range(3600):
        blinks(-25.0 * (second % 2))
    assert blinks(60.0) is Verdict.MOTION


def test_a_clock_that_stopped_is_forgotten() -> None:
    camera = settled_clock()
    for _ in range(100):
        camera.shows(Picture().with_clock(7))
        camera.shows(Picture().with_clock(7), after_s=NEVER_S)
    assert camera.shows(Picture().with_clock(8)) is Verdict.MOTION


def test_a_gate_that_would_be_blind_minds_every_change() -> None:
    camera = Camera(NEVER_S)
    for _ in range(120):
        waving = Picture()
        leaves = camera.chance.normal(0, 30, (HEIGHT // 5, WIDTH // 10))
        waving.values[:, : WIDTH // 2] += np.kron(leaves, np.ones((5, 5)))
        camera.shows(waving)
    assert camera.verdicts[1:] == [Verdict.MOTION] * 119


def test_a_few_leaves_are_learned() -> None:
    camera = Camera(NEVER_S)
    for second in range(300):
        waving = Picture()
        waving.values[:50, :60] += np.kron(camera.chance.normal(0, 20, (5, 6)), np.ones((10, 10)))
        camera.shows(waving)
        if second == 149:
            camera.verdicts.clear()
    assert camera.analyses <= 15
    assert camera.shows(Picture().person(150, 130, 30)) is Verdict.MOTION


# ---------------------------------------------------------------- borders


@pytest.mark.parametrize("shape", [(1080, 1920), (480, 480), (16, 16), (16, 400), (1, 1)])
def test_any_size_is_looked_at(shape: tuple[int, int]) -> None:
    gate = MotionGate()
    light, dark = np.full(shape, 200, np.uint8), np.full(shape, 30, np.uint8)
    assert gate.look(b"one", lambda: light, 0.0) is Verdict.FIRST
    gate.analysed(box((0.2, 0.1, 0.9, 1.0)))
    assert gate.look(b"two", lambda: dark, 1.0) is Verdict.SETTLING  # as when the light goes out
    gate.analysed(box((0.2, 0.1, 0.9, 1.0)))
    assert gate.look(b"three", lambda: dark, 2.0) is Verdict.STILL


def test_another_size_begins_anew() -> None:
    camera = Camera(NEVER_S)
    camera.settles_on(Picture)
    half: Grey = np.ascontiguousarray(ground()[::2, ::2])
    assert camera.gate.look(b"half", lambda: half, camera.at_s + 1) is Verdict.FIRST


def test_a_picture_that_cannot_be_decoded_counts_as_not_seen() -> None:
    gate = MotionGate()

    def corrupt() -> Grey:
        raise CameraError(Reason.CORRUPT, "bad Huffman code")

    with pytest.raises(CameraError):
        gate.look(b"one", corrupt, 0.0)
    with pytest.raises(ValueError, match="no picture"):
        gate.analysed(NOBODY)
    assert gate.look(b"one", ground, 1.0) is Verdict.FIRST


@pytest.mark.parametrize("recheck_s", [0.0, -1.0, float("nan")])
def test_a_time_between_checks_that_is_none_is_refused(recheck_s: float) -> None:
    with pytest.raises(ValueError, match="recheck_s"):
        MotionGate(recheck_s)


def test_blocks_are_means() -> None:
    grey = np.arange(100, dtype=np.uint8).reshape(10, 10)
    assert by_block(grey).tolist() == [[22.0, 27.0], [72.0, 77.0]]


# ---------------------------------------------------------------- the real detector


@dataclass
class Run:
    """What the gate made of a row of pictures.

    Attributes:
        counts: What the detector finds in each picture, and what the gate lets be shown.
        verdicts: One a picture.
        most_late_s: Longest time for which somebody who was found was not shown.
    """

    counts: list[tuple[int, int]] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    most_late_s: float = 0.0

    @property
    def analysed_share(self) -> float:
        return sum(one.must_analyse for one in self.verdicts) / len(self.verdicts)

    @property
    def differing_share(self) -> float:
        return sum(every != gated for every, gated in self.counts) / len(self.counts)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return open_detector(Detection(), bundled_models())


def gated(detector: Detector, pictures: Iterable[tuple[float, Pixels]]) -> Run:
    """Count in every picture, and beside it only where the gate says so."""
    run, gate = Run(), MotionGate()
    shown, late_since_s = 0, None
    for at_s, pixels in pictures:
        height, width = pixels.shape[:2]
        small = cv2.resize(pixels, GREY_WH, interpolation=cv2.INTER_AREA)
        grey: Grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        found = detector.detect(pixels, Detection().threshold)
        verdict = gate.look(grey.tobytes(), lambda grey=grey: grey, at_s)  # type: ignore[misc]
        if verdict.must_analyse:
            gate.analysed(found.relative((width, height)))
            shown = found.count
        run.verdicts.append(verdict)
        run.counts.append((found.count, shown))
        if shown >= found.count:
            late_since_s = None
        else:
            late_since_s = at_s if late_since_s is None else late_since_s
            run.most_late_s = max(run.most_late_s, at_s - late_since_s)
    return run


def test_a_picture_of_another_size_that_is_not_analysed_harms_nothing() -> None:
    gate = MotionGate(NEVER_S)
    chance = np.random.default_rng(2)
    usual = [chance.integers(0, 255, (HEIGHT, WIDTH), dtype=np.uint8) for _ in range(2)]
    other = chance.integers(0, 255, (180, 240), dtype=np.uint8)
    assert gate.look(b"a", lambda: usual[0], 0.0) is Verdict.FIRST
    gate.analysed(NOBODY)
    # Cut off, say: small it can be decoded, large it cannot.
    assert gate.look(b"b", lambda: other, 1.0) is Verdict.FIRST
    assert gate.look(b"c", lambda: usual[1], 2.0) is Verdict.FIRST
    gate.analysed(NOBODY)
    assert gate.look(b"d", lambda: usual[0], 3.0) is Verdict.MOTION


def simulated(size: tuple[int, int]) -> Iterable[tuple[float, Pixels]]:
    """Yield two pictures a second: people walk, stand still for long, walk on, are gone."""
    painter = Painter(Scene(3, size), "Hall")
    scene, chance = painter.scene, np.random.default_rng(4)
    busy = next(t for t in range(120) if scene.occupancy_at(t) == 3)
    empty = next(t for t in range(120) if not scene.people_at(t))
    now_s = 0.0
    for begin, is_moving in ((busy, True), (busy + 10, False), (busy + 10, True), (empty, False)):
        for half in range(20 if is_moving else 60):
            t = begin + half / 2 if is_moving else begin
            noise = chance.normal(0, 1.5, (size[1], size[0], 1))
            yield now_s, (painter.pixels(t) + noise).clip(0, 255).astype(np.uint8)
            now_s += 0.5


def test_the_simulated_site_is_counted_the_same_with_the_gate(detector: Detector) -> None:
    run = gated(detector, simulated((640, 360)))
    assert max(every for every, _ in run.counts) >= 3
    assert run.differing_share < 0.02  # two pictures of 160: someone near the threshold
    assert run.most_late_s <= RECHECK_S + 0.5
    moving, standing = run.verdicts[2:20], run.verdicts[24:80]
    assert sum(one.must_analyse for one in moving) >= 16
    assert sum(one.must_analyse for one in standing) <= 8
    assert run.analysed_share < 0.45


@pytest.mark.needs_shared
def test_real_footage_is_counted_the_same_with_the_gate(
    detector: Detector, shared_data: Path
) -> None:
    video = VideoFile(shared_data / "one-by-one-person-detection.mp4", 2.0)
    run = gated(
        detector,
        ((one.t_s, one.pixels) for one in video.pictures() if isinstance(one, SourcePicture)),
    )
    assert len(run.counts) == 279
    assert run.differing_share < 0.01
    assert run.most_late_s <= RECHECK_S + 0.5
    assert run.analysed_share < 0.85
