from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from camwatch.accuracy import (
    AuditKind,
    AuditReport,
    Crowding,
    Estimate,
    GroupResult,
    Interval,
    Light,
    SetupPart,
    badge_of,
    brightness_and_colour,
    scene_key,
)
from camwatch.domain import CameraId
from camwatch.scene import Gate, Line, Scene, Zone
from tests.accuracy.values import REPORT_UID, SETUP, START, UID

ALL = GroupResult(
    None,
    None,
    30,
    50.0,
    48.0,
    Estimate(-0.07, -0.2, 0.05),
    Estimate(0.1, 0.0, 0.2),
    Estimate(0.96, 0.94, 0.98),
)
REPORT = AuditReport(
    uid=REPORT_UID,
    recording_uid=UID,
    camera_id=CameraId(3),
    camera_name="Entrance",
    kind=AuditKind.OCCUPANCY,
    place=None,
    started_at=START,
    duration_s=300.0,
    interval_s=10.0,
    made_at=START + timedelta(hours=1),
    made_by="Ada",
    comment="",
    setup=SETUP,
    overall=ALL,
    by_light=(replace(ALL, light=Light.DAYLIGHT),),
    by_crowding=(replace(ALL, crowding=Crowding.FEW),),
    intervals=(Interval(0.0, 10.0, 1.5, 1.0, 0.5, Light.DAYLIGHT, Crowding.FEW),),
    passages=None,
)


def test_a_report_comes_back_as_it_was() -> None:
    assert AuditReport.from_json(REPORT.to_json()) == REPORT


def test_a_fresh_badge_carries_the_facts() -> None:
    badge = badge_of(REPORT, SETUP, REPORT.made_at + timedelta(days=90))
    assert not badge.is_stale
    assert badge.accuracy == Estimate(0.96, 0.94, 0.98)
    assert badge.lights == (Light.DAYLIGHT,)
    assert (badge.changed, badge.is_setup_known) == ((), True)


def test_a_badge_warns_of_what_changed_of_age_and_of_too_little() -> None:
    other = replace(SETUP, fingerprint="00" * 32, threshold=0.5, picture_wh=(640, 480))
    changed = badge_of(REPORT, other, REPORT.made_at)
    assert changed.changed == (SetupPart.MODEL, SetupPart.THRESHOLD, SetupPart.PICTURE_SIZE)
    assert changed.is_stale
    assert badge_of(REPORT, SETUP, REPORT.made_at + timedelta(days=90, seconds=1)).is_old
    short = replace(REPORT, overall=replace(ALL, intervals=9))
    assert badge_of(short, SETUP, REPORT.made_at).is_stale
    unknown = badge_of(REPORT, None, REPORT.made_at)
    assert (unknown.is_setup_known, unknown.is_stale) == (False, False)


def test_a_scene_has_another_key_when_a_number_may_change() -> None:
    line = Line("a", (0.5, 0), (0.5, 1))
    zone = Zone("z", ((0, 0), (1, 0), (1, 1)))
    scene = Scene(lines=(line, Line("b", (0.2, 0), (0.2, 1))), zones=(zone,))
    key = scene_key(scene)
    same = Scene(lines=(Line("B", (0.2, 0), (0.2, 1)), line), zones=(zone,), threshold=0.6)
    assert scene_key(same) == key
    others = [
        replace(scene, lines=(line,)),
        replace(scene, lines=(line.swapped, scene.lines[1])),
        replace(scene, lines=(replace(line, once=True), scene.lines[1])),
        replace(scene, zones=(), masks=(zone,)),
        replace(scene, never=((0.1, 0.1, 0.2, 0.2),)),
        replace(scene, lines=(), gates=(Gate.between("g", line, scene.lines[1]),)),
    ]
    assert len({key, *(scene_key(one) for one in others)}) == len(others) + 1


@pytest.mark.parametrize(
    ("value", "colour", "light"),
    [
        (200, (0, 20, 40), Light.DAYLIGHT),
        (60, (0, 10, 20), Light.DIM),
        (20, (0, 5, 20), Light.DARK),
        (200, (0, 0, 0), Light.DARK),  # infrared light: bright, but grey
    ],
)
def test_the_light_is_told_from_the_picture(
    value: int, colour: tuple[int, int, int], light: Light
) -> None:
    pixels = np.full((300, 400, 3), value, np.uint8) + np.array(colour, np.uint8)
    assert Light.of(*brightness_and_colour(pixels)) is light


def test_brightness_and_colour_are_means_from_0_to_1() -> None:
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[:128] = (255, 255, 0)
    brightness, colour = brightness_and_colour(pixels)
    assert brightness == pytest.approx(1 / 3)
    assert colour == pytest.approx(0.5)


def test_crowding_follows_the_number_of_people() -> None:
    numbers = [0, 0.2, 1, 2, 2.5, 3, 5, 5.5, 6, 40]
    assert [Crowding.of(number).value for number in numbers] == (
        ["empty", "few", "few", "few", "some", "some", "some", "many", "many", "many"]
    )
