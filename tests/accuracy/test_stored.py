from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from camwatch.accuracy import (
    AuditKind,
    PictureTruth,
    RecordedPassage,
    Recording,
    Step,
    TruePassage,
    Truth,
)
from camwatch.errors import InvalidSetting
from tests.accuracy.values import IN, OUT, START, picture, recording

RECORDING = recording(
    AuditKind.PASSAGES,
    [picture(0, 1, scores=(0.8, 0.21), file="p0001.jpg"), picture(30.25, 2, file="p0002.jpg")],
    duration_s=60,
    passages=[(2.5, IN), (40, OUT)],
)


def test_a_recording_comes_back_as_it_was() -> None:
    assert Recording.from_json(RECORDING.to_json()) == RECORDING


@pytest.mark.parametrize(
    "truth",
    [
        Truth(AuditKind.OCCUPANCY, steps=(Step(0, 0), Step(2.5, 3)), until_s=12.5),
        Truth(AuditKind.PASSAGES, passages=(TruePassage(1, IN), TruePassage(1, OUT))),
        Truth(AuditKind.PICTURES, pictures=(PictureTruth(0, 4), PictureTruth(7, 0))),
    ],
)
def test_a_truth_comes_back_as_it_was(truth: Truth) -> None:
    assert Truth.from_json(truth.to_json()) == truth


def changed(**changes: Any) -> str:
    return json.dumps({**json.loads(RECORDING.to_json()), **changes})


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "camwatch-recording"),
        ("[]", "camwatch-recording"),
        (changed(format="camwatch-truth"), "camwatch-recording"),
        (changed(version=2), "camwatch-recording"),
        (changed(version=True), "camwatch-recording"),
        (changed(colour="red"), "camwatch-recording.colour"),
        (changed(camera_id="3"), "camwatch-recording.camera_id"),
        (changed(camera_id=True), "camwatch-recording.camera_id"),
        (changed(kind="dreams"), "camwatch-recording.kind"),
        (changed(started_at="2026-11-12T09:00:00"), "camwatch-recording.started_at"),
        (changed(ended_at="2026-11-12T08:00:00+00:00"), "ended_at"),
        (changed(uid="../../etc"), "uid"),
        (changed(place=None), "place"),
        (changed(pictures={}), "camwatch-recording.pictures"),
        (changed(pictures=[1]), "camwatch-recording.pictures[0]"),
        (RECORDING.to_json().replace("0.21", "NaN"), "camwatch-recording"),
        (RECORDING.to_json().replace("0.21", "1e999"), "camwatch-recording.pictures[0].scores[1]"),
        (RECORDING.to_json().replace("0.21", "1.5"), "scores"),
        (RECORDING.to_json().replace("p0001.jpg", "../p1.jpg"), "file"),
        (RECORDING.to_json().replace('"raw": 1, ', ""), "camwatch-recording.pictures[0].raw"),
        (RECORDING.to_json()[:-30], "camwatch-recording"),
        ("[" * 100_000, "camwatch-recording"),
    ],
)
def test_what_is_no_sound_recording_is_refused_with_the_place(text: str, field: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        Recording.from_json(text)
    assert caught.value.field == field


def test_a_recording_holds_only_what_belongs_to_it() -> None:
    elsewhere = RecordedPassage(START, "window", IN)
    with pytest.raises(InvalidSetting, match="another place"):
        replace(RECORDING, passages=(elsewhere,))
    with pytest.raises(InvalidSetting, match="order"):
        replace(RECORDING, pictures=RECORDING.pictures[::-1])
    with pytest.raises(InvalidSetting, match="recorded time"):
        replace(RECORDING, started_at=START + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"steps": (Step(1, 0),)}, "steps"),
        ({"steps": ()}, "steps"),
        ({"steps": (Step(0, 0), Step(0, 1))}, "steps"),
        ({"steps": (Step(0, -1),)}, "people"),
        ({"until_s": 0.0}, "until_s"),
        ({"pictures": (PictureTruth(0, 1),)}, "pictures"),
    ],
)
def test_a_truth_that_cannot_be_is_refused(change: dict[str, Any], field: str) -> None:
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0, 0),))
    with pytest.raises(InvalidSetting) as caught:
        replace(truth, **change)
    assert caught.value.field == field


def test_people_stay_until_the_next_step() -> None:
    truth = Truth(AuditKind.OCCUPANCY, steps=(Step(0, 2), Step(10, 5)))
    assert [truth.people_at(t_s) for t_s in (0, 9.99, 10, 1000)] == [2, 2, 5, 5]
