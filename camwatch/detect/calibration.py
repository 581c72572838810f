"""Finds the threshold that fits a camera from audits of pictures whose people are known.

The best threshold is the one with which as many people are counted too many as too few, and of
several such ones the one with the smallest errors. With few pictures it is found by chance more
than by the camera; so the search is repeated on pictures drawn from them again and again, and
the more its results scatter, the nearer the suggestion stays to the program's own threshold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from camwatch.accuracy import (
    AuditKind,
    AuditReport,
    Doubt,
    ScoredPicture,
    Setup,
    SetupPart,
    ThresholdAdvice,
)
from camwatch.detect.confidence import (
    INDEPENDENT,
    Sampling,
    Values,
    mean,
    row_of,
    signed_mean,
)
from camwatch.domain import CameraId

LOWEST, HIGHEST = 0.15, 0.6
"""Nothing outside is suggested."""

FEWEST_PICTURES = 30
FEWEST_PEOPLE = 30
FEWEST_BLOCKS = 10

USUAL_SPREAD = 0.08
"""Best thresholds of cameras differ by so much from the program's own (standard deviation).

A careful guess, in the middle of what the bundled model shows between kinds of pictures: it
weighs the scatter of the search, and does not decide by itself.
"""

_STEP = 0.01
_CANDIDATES = np.round(np.arange(LOWEST, HIGHEST + _STEP / 2, _STEP), 2)
_DRAWS = 300
_SEED = 20261112
_BLOCK_S = 15.0  # pictures of a row within this time are drawn together
_FOLDS = 5
_SAME_BIAS = 0.005  # of the people; biases that differ by less are the same

_IRRELEVANT = {SetupPart.THRESHOLD, SetupPart.SMOOTHING, SetupPart.RUNTIME}
"""Parts of a setup that do not change which score a person gets."""

Errors = npt.NDArray[np.float64]
"""float64, shape (candidates, pictures): people counted too many."""


def fitting_audits(reports: Iterable[AuditReport], setup: Setup) -> list[AuditReport]:
    """Return the reports with scores that still hold for what counts now."""
    return [
        report
        for report in reports
        if report.scored and set(report.setup.differences(setup)) <= _IRRELEVANT
    ]


def suggest_threshold(
    camera_id: CameraId, present: float, usual: float, audits: Sequence[AuditReport]
) -> ThresholdAdvice:
    """Suggest a threshold.

    Args:
        camera_id: Which camera.
        present: The threshold that is used now.
        usual: The program's own, to which a doubtful suggestion leans.
        audits: Of this camera, each with its scored pictures; see `fitting_audits`.
    """
    known = _Known.of(audits)
    if known is None:
        return _doubtful(camera_id, present, Doubt.NO_DATA, None)
    if (
        len(known.people) < FEWEST_PICTURES
        or known.people.sum() < FEWEST_PEOPLE
        or known.blocks.max() + 1 < FEWEST_BLOCKS
    ):
        return _doubtful(camera_id, present, Doubt.TOO_FEW, known)
    errors, everything = known.all_errors(), np.ones(len(known.people))
    draws = _drawn_weights(known.blocks)
    suggested = _leaning(errors, known.people, everything, draws, usual)
    # Scores below the lowest were not recorded, so a lower threshold is judged as that one.
    now, then = known.errors(max(present, LOWEST)), known.errors(suggested)
    change = signed_mean(_checked_change(known, errors, now, usual), known.sampling)
    bias_now, bias_then = (signed_mean(one, known.sampling) for one in (now, then))
    error_now, error_then = (mean(np.abs(one), known.sampling) for one in (now, then))
    is_wrong_now = bias_now.low > 0 or bias_now.high < 0
    is_less_biased = abs(bias_then.value) < abs(bias_now.value)
    is_better = change.high < 0 or (is_wrong_now and is_less_biased and change.low <= 0)
    has_gain = is_better and abs(suggested - present) > _STEP / 2
    return ThresholdAdvice(
        camera_id=camera_id,
        present=present,
        suggested=suggested if has_gain else None,
        doubt=None if has_gain else Doubt.NO_GAIN,
        pictures=len(known.people),
        people=int(known.people.sum()),
        bias_now=bias_now,
        bias_then=bias_then if has_gain else None,
        error_now=error_now,
        error_then=error_then if has_gain else None,
        change=change if has_gain else None,
    )


def _doubtful(
    camera_id: CameraId, present: float, doubt: Doubt, known: _Known | None
) -> ThresholdAdvice:
    return ThresholdAdvice(
        camera_id=camera_id,
        present=present,
        suggested=None,
        doubt=doubt,
        pictures=0 if known is None else len(known.people),
        people=0 if known is None else int(known.people.sum()),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Pictures whose people are known, of several audits.

    Attributes:
        people: Shape (pictures,), how many there really were.
        scores: Of each picture, best first.
        blocks: Shape (pictures,), which pictures belong together, counted from 0.
        sampling: How the pictures hang together.
    """

    people: Values
    scores: Sequence[npt.NDArray[np.float64]]
    blocks: npt.NDArray[np.int64]
    sampling: Sampling

    @classmethod
    def of(cls, audits: Sequence[AuditReport]) -> _Known | None:
        """Put the pictures of audits together; None if there are none."""
        pictures: list[ScoredPicture] = []
        blocks: list[int] = []
        is_row = False
        for audit in audits:
            first = blocks[-1] + 1 if blocks else 0
            is_row |= audit.kind is AuditKind.OCCUPANCY
            for index, picture in enumerate(audit.scored):
                of_row = int(picture.t_s // _BLOCK_S)
                blocks.append(first + (of_row if audit.kind is AuditKind.OCCUPANCY else index))
                pictures.append(picture)
        if not pictures:
            return None
        people = np.array([one.people for one in pictures], np.float64)
        return cls(
            people,
            [np.array(one.scores, np.float64) for one in pictures],
            np.unique(blocks, return_inverse=True)[1],
            row_of(people) if is_row else INDEPENDENT,
        )

    def errors(self, threshold: float) -> Values:
        """Return how many people each picture would have too many; shape (pictures,)."""
        counts = [np.count_nonzero(scores >= threshold) for scores in self.scores]
        return np.array(counts, np.float64) - self.people

    def all_errors(self) -> Errors:
        """Return the errors with each candidate."""
        return np.array([self.errors(float(one)) for one in _CANDIDATES])


def _drawn_weights(blocks: npt.NDArray[np.int64]) -> Values:
    """Return how often each picture is drawn in each repetition; shape (draws, pictures)."""
    chance = np.random.default_rng(_SEED)
    count = int(blocks.max()) + 1
    drawn = chance.multinomial(count, np.full(count, 1 / count), _DRAWS)
    return drawn[:, blocks].astype(np.float64)


def _best(errors: Errors, people: Values, weights: Values, usual: float) -> Values:
    """Return the best candidate for each row of weights; shape (rows,).

    Args:
        errors: Of each candidate and picture.
        people: Really in each picture.
        weights: Shape (rows, pictures).
        usual: Decides between equals.
    """
    total = np.maximum(weights @ people, 1.0)[:, None]
    bias = np.abs(weights @ errors.T) / total
    size = (weights @ np.abs(errors).T) / total
    coarse = np.ceil(bias / _SAME_BIAS) * _SAME_BIAS
    away = np.abs(_CANDIDATES - usual)
    # One after the other decides: bias, size of the errors, distance from the usual one.
    rank = coarse * 1e6 + np.round(size, 4) * 1e2 + away
    best: Values = _CANDIDATES[rank.argmin(axis=1)]
    return best


def _leaning(errors: Errors, people: Values, weights: Values, draws: Values, usual: float) -> float:
    """Return the best threshold, the nearer to the usual one the more it is due to chance.

    Args:
        errors: Of each candidate and picture.
        people: Really in each picture.
        weights: Shape (pictures,); 0 leaves a picture out.
        draws: Shape (draws, pictures).
        usual: The program's own threshold.
    """
    best = float(_best(errors, people, weights[None], usual)[0])
    scatter = float(np.std(_best(errors, people, draws * weights, usual)))
    trust = USUAL_SPREAD**2 / (USUAL_SPREAD**2 + scatter**2)
    return round(min(max(usual + trust * (best - usual), LOWEST), HIGHEST), 2)


def _checked_change(known: _Known, errors: Errors, now: Values, usual: float) -> Values:
    """Return by how much each picture's error changes, with a threshold found without it.

    A threshold always fits the pictures it was found on; so a fifth of them, one after the
    other, is judged by what the other four suggest.
    """
    folds = known.blocks * _FOLDS // (int(known.blocks.max()) + 1)
    draws = _drawn_weights(known.blocks)
    change = np.zeros(len(known.people))
    for fold in range(_FOLDS):
        is_out = folds == fold
        weights = (~is_out).astype(np.float64)
        chosen = _leaning(errors, known.people, weights, draws, usual)
        change[is_out] = (np.abs(known.errors(chosen)) - np.abs(now))[is_out]
    return change
