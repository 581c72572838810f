"""How sure a mean or a share is that was found in a few intervals.

All intervals of confidence here are of 95 %. They are made for errors of counts: never below
zero, mostly zero, seldom large, and in a row of intervals often the same error several times.

1. The variance of a sum of errors is taken from its own residuals, each enlarged by its
   leverage (HC3 of MacKinnon and White, 1985). In a row it is the mean of the first few
   squared cosine transforms of the residuals instead, with as many degrees of freedom as
   there are transforms (the equal-weighted cosine estimator of Lazarus, Lewis, Stock and
   Watson, 2018): that holds when neighbours err alike.
2. One further error is added to those that were found, and its variance to theirs: nothing
   found is not nothing there. Without any error the upper end is then near 4 errors, as the
   rule of three has it for 95 % on one side (3.7 for 97.5 %).
3. The interval is symmetrical on the scale of square roots, on which such sums are, and not on
   their own.
4. A quantile of Student's t, of fewer degrees where a few residuals make up the variance.
5. An error with a sign is what was counted too many minus what was counted too few; their two
   intervals are put together as Zou and Donner (2008) do, with their correlation.

benchmarks/audit_coverage.py measures how often such an interval holds the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from camwatch.accuracy import Estimate

Values = npt.NDArray[np.float64]
"""float64, shape (n,): one number an interval."""

FEWEST = 5
"""Of fewer intervals nothing is said."""

_Z = 1.959963984540054  # quantile of the normal distribution, 97.5 %
_FEWEST_DEGREES = 4.0
_TRANSFORMS = 0.41  # times n ** (2 / 3), the rule of Lazarus et al.
_FEWEST_TRANSFORMS = 3


def t_quantile(degrees: float) -> float:
    """Return the 97.5 % quantile of Student's t; off by less than 1 % from 2 degrees on.

    Source:
        Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.

    Raises:
        ValueError: There are fewer than 2 degrees of freedom.
    """
    if degrees < 2:
        raise ValueError(f"degrees: {degrees}")
    z = _Z
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / degrees**power for power, term in enumerate(terms, 1))


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the intervals hang together.

    Attributes:
        is_row: They follow each other, and neighbours may err alike.
        clump: So large is one error, in what is summed up: 1 for a person who passed, more
            where one person stays for several intervals.
    """

    is_row: bool = False
    clump: float = 1.0


INDEPENDENT = Sampling()


def row_of(people: Values) -> Sampling:
    """Return how intervals of a row hang together in which so many people were in view.

    Whoever is overlooked for as long as they stay makes one error over all this time. How long
    people stay shows in how slowly their number changes: in a stream of people who come by
    chance, the variance of a sum is twice its mean times the intervals that one of them stays.
    """
    count, mean = len(people), float(people.mean())
    if mean <= 0:
        return Sampling(is_row=True)
    stay = _row_variance(people - mean) / (2 * count * mean)
    return Sampling(is_row=True, clump=float(np.clip(stay, 1, max(count / 4, 1))))


def share(parts: Values, wholes: Values, sampling: Sampling) -> Estimate:
    """Return the sum of the parts divided by the sum of the wholes.

    Args:
        parts: 0 or above.
        wholes: 0 or above, not all of them 0; as many, at least `FEWEST`.
        sampling: How they hang together.

    Returns:
        Low is 0 or above; high may be above 1.

    Raises:
        ValueError: There are too few, or all wholes are 0.
    """
    count, total, whole = len(parts), float(parts.sum()), float(wholes.sum())
    if count < FEWEST or len(wholes) != count:
        raise ValueError(f"{count} parts of {len(wholes)} wholes")
    if whole <= 0:
        raise ValueError("nothing to be a share of")
    residuals = parts - total / whole * wholes
    if sampling.is_row:
        degrees = float(_transforms(count))
        variance = _row_variance(residuals)
        clump = min(sampling.clump, max(total, 1.0)) if total else sampling.clump
    else:
        degrees = _degrees(residuals)
        leverage = np.minimum(wholes / whole, 0.9)
        variance = float(np.square(residuals / (1 - leverage)).sum())
        clump = sampling.clump
    root = float(np.sqrt(total + clump))
    reach = t_quantile(degrees) * float(np.sqrt(variance + clump**2)) / (2 * root)
    low = max(root - reach, 0.0) ** 2 if total else 0.0
    # The further error may lift the low end over what was found.
    return Estimate(total / whole, min(low, total) / whole, (root + reach) ** 2 / whole)


def mean(errors: Values, sampling: Sampling) -> Estimate:
    """Return the mean of errors of 0 or above; arguments and errors as for `share`."""
    return share(errors, np.ones(len(errors)), sampling)


def signed_mean(errors: Values, sampling: Sampling) -> Estimate:
    """Return the mean of errors of either sign; arguments and errors as for `share`."""
    over, under = np.maximum(errors, 0), np.maximum(-errors, 0)
    more, less = mean(over, sampling), mean(under, sampling)
    together = _correlation(over, under)
    value = more.value - less.value

    def reach(one: float, other: float) -> float:
        return float(np.sqrt(max(one**2 + other**2 - 2 * together * one * other, 0.0)))

    return Estimate(
        value,
        value - reach(more.value - more.low, less.high - less.value),
        value + reach(more.high - more.value, less.value - less.low),
    )


def _transforms(count: int) -> int:
    return max(_FEWEST_TRANSFORMS, round(_TRANSFORMS * math.pow(count, 2 / 3)))


def _row_variance(residuals: Values) -> float:
    """Return the variance of the sum of a row of residuals, whose neighbours may be alike."""
    count = len(residuals)
    orders = np.arange(1, _transforms(count) + 1)[:, None]
    cosines = np.cos(np.pi * orders * (np.arange(count) + 0.5) / count)
    return float(2 * np.square(cosines @ residuals).mean())


def _degrees(residuals: Values) -> float:
    """Return the degrees of freedom of a variance, fewer the farther single values stick out.

    The variance of a variance is (kurtosis - 1) / n of its square, for normal values 2 / n.
    """
    count = len(residuals)
    squares = np.square(residuals)
    if not squares.any():
        return float(count - 1)
    kurtosis = float(np.square(squares).mean() / squares.mean() ** 2)
    degrees = 2 * count / max(kurtosis - 1, 0.1)
    return float(min(max(degrees, _FEWEST_DEGREES), count - 1))


def _correlation(one: Values, other: Values) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt(np.square(one).sum() * np.square(other).sum()))
    return float((one * other).sum()) / size if size else 0.0
