from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from camwatch.accuracy import (
    AuditKind,
    AuditReport,
    Doubt,
    PictureTruth,
    ThresholdAdvice,
    Truth,
)
from camwatch.detect.audit import Audit, compare
from camwatch.detect.calibration import fitting_audits, suggest_threshold
from camwatch.domain import CameraId
from tests.accuracy.values import REPORT_UID, SETUP, START, picture, recording

CAMERA = CameraId(3)
USUAL = 0.35


def audited(pictures: int, best: float, *, people: float = 2.0, seed: int = 1) -> AuditReport:
    """Return an audit of a camera on which this threshold counts right on average.

    People score around 0.15 above it, and there are as many false ones above it as people
    below it, about one in eight.
    """
    chance = np.random.default_rng(seed)
    recorded, truths = [], []
    for index in range(pictures):
        there = int(chance.poisson(people))
        real = chance.normal(best + 0.15, 0.13, there)
        false = best - np.abs(chance.normal(0.02, 0.08, chance.poisson(people / 2)))
        false = np.where(chance.random(len(false)) < 0.25, 2 * best - false, false)
        scores = np.sort(np.clip(np.concatenate([real, false]), 0, 1))[::-1].round(3)
        kept = tuple(float(score) for score in scores if score >= 0.15)
        recorded.append(picture(60 * index, sum(score >= USUAL for score in kept), scores=kept))
        truths.append(PictureTruth(index, there))
    return compare(
        recording(AuditKind.PICTURES, recorded, duration_s=60 * pictures),
        Truth(AuditKind.PICTURES, pictures=tuple(truths)),
        Audit(REPORT_UID, START, "Ada"),
    )


def advised(*audits: AuditReport, present: float = USUAL) -> ThresholdAdvice:
    return suggest_threshold(CAMERA, present, USUAL, audits)


@pytest.mark.parametrize("best", [0.25, 0.45])
def test_the_threshold_goes_where_too_many_and_too_few_are_even(best: float) -> None:
    advice = advised(audited(200, best))
    assert advice.doubt is None
    assert advice.suggested == pytest.approx(best, abs=0.05)
    assert advice.bias_now is not None
    assert advice.bias_then is not None
    assert (advice.bias_now.value > 0) is (best > USUAL)
    assert abs(advice.bias_then.value) < abs(advice.bias_now.value) / 2
    assert advice.change is not None
    assert advice.change.high < 0
    assert advice.pictures == 200


def test_a_camera_whose_threshold_is_right_is_left_alone() -> None:
    advice = advised(audited(200, USUAL))
    assert (advice.suggested, advice.doubt) == (None, Doubt.NO_GAIN)
    assert advice.bias_now is not None
    assert advice.bias_now.low < 0 < advice.bias_now.high


def test_with_few_pictures_the_suggestion_stays_nearer_to_the_usual_threshold() -> None:
    few = [advised(audited(40, 0.5, seed=seed)).suggested or USUAL for seed in range(8)]
    many = [advised(audited(600, 0.5, seed=seed)).suggested or USUAL for seed in range(8)]
    assert USUAL < np.mean(few) < np.mean(many)
    assert np.mean(many) == pytest.approx(0.5, abs=0.03)


def test_with_too_little_nothing_is_suggested() -> None:
    assert advised().doubt is Doubt.NO_DATA
    assert advised(audited(29, 0.5)).doubt is Doubt.TOO_FEW
    nobody = advised(audited(100, 0.5, people=0.01))
    assert (nobody.doubt, nobody.suggested) == (Doubt.TOO_FEW, None)
    assert nobody.pictures == 100


@pytest.mark.parametrize("best", [0.02, 0.9])
def test_no_suggestion_leaves_the_allowed_range(best: float) -> None:
    suggested = advised(audited(300, best)).suggested
    assert suggested is None or 0.15 <= suggested <= 0.6


def test_the_same_audits_give_the_same_advice() -> None:
    audit = audited(100, 0.45)
    assert advised(audit) == advised(audit)


def test_only_audits_that_still_hold_are_used() -> None:
    audit = audited(40, 0.4)
    assert fitting_audits([audit], replace(SETUP, threshold=0.6, smoothing_s=0.0)) == [audit]
    assert fitting_audits([audit], replace(SETUP, fingerprint="")) == []
    assert fitting_audits([audit], replace(SETUP, scene_key="")) == []
    assert fitting_audits([audit], replace(SETUP, far_people=True)) == []
    assert fitting_audits([replace(audit, scored=())], SETUP) == []
