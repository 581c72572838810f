"""How often the intervals of an audit hold the truth: `python benchmarks/audit_coverage.py`.

Audits are invented whose real accuracy is known, each many times; printed is the share of their
95 % intervals that hold it, for the accuracy, the signed and the absolute error, and how wide
the interval of the accuracy is (the median, in per cent points). The same seed
gives the same audits.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from camwatch.accuracy import Estimate
from camwatch.detect.confidence import INDEPENDENT, mean, row_of, share, signed_mean

Table = npt.NDArray[np.float64]
"""float64, shape (audits, intervals)."""

INTERVALS = (10, 20, 30, 60)


@dataclass(frozen=True, slots=True)
class Audits:
    """Invented audits.

    Attributes:
        truth: People in each interval.
        signed: Counted too many, below 0 too few.
        absolute: Size of the error.
    """

    truth: Table
    signed: Table
    absolute: Table


Inventor = Callable[[np.random.Generator, int, int], Audits]
"""Invents so many audits of so many intervals."""


@dataclass(frozen=True, slots=True)
class Passages:
    """People who pass a line: bursts of them, and intervals in which many are missed.

    Attributes:
        people: Mean number in an interval.
        burst: Shape of the gamma distribution of that mean; low is bursty, None is even.
        seen: Mean share of the people who are counted.
        alike: Sum of the two numbers of the beta distribution of that share.
        false: Mean number of false passages in an interval.
        memory: Correlation of that share from interval to interval.
    """

    people: float = 3.0
    burst: float | None = 1.0
    seen: float = 0.93
    alike: float = 10.0
    false: float = 0.05
    memory: float = 0.0

    def __call__(self, chance: np.random.Generator, audits: int, intervals: int) -> Audits:
        """Invent audits."""
        shape = (audits, intervals)
        level = np.full(shape, self.people)
        if self.burst:
            level = chance.gamma(self.burst, self.people / self.burst, shape)
        truth = chance.poisson(level)
        inwards = chance.binomial(truth, 0.5)
        seen = chance.beta(self.seen * self.alike, (1 - self.seen) * self.alike, shape)
        for index in range(1, intervals):
            is_same = chance.random(audits) < self.memory
            seen[:, index] = np.where(is_same, seen[:, index - 1], seen[:, index])
        error = np.zeros((2, *shape))
        for way, people in enumerate((inwards, truth - inwards)):
            counted = chance.binomial(people, seen) + chance.poisson(self.false / 2, shape)
            error[way] = counted - people
        return Audits(truth.astype(np.float64), error.sum(0), np.abs(error).sum(0))


@dataclass(frozen=True, slots=True)
class Pictures:
    """Single pictures at random: each person is found or not, and now and then a false one.

    Attributes:
        people: Mean number in a picture.
        burst: As for `Passages`.
        seen: Share of the people who are found.
        false: Mean number of false people.
    """

    people: float = 2.0
    burst: float = 1.0
    seen: float = 0.9
    false: float = 0.03

    def __call__(self, chance: np.random.Generator, audits: int, intervals: int) -> Audits:
        """Invent audits."""
        shape = (audits, intervals)
        truth = chance.poisson(chance.gamma(self.burst, self.people / self.burst, shape))
        error = chance.binomial(truth, self.seen) + chance.poisson(self.false, shape) - truth
        return Audits(
            truth.astype(np.float64), error.astype(np.float64), np.abs(error).astype(np.float64)
        )


@dataclass(frozen=True, slots=True)
class Occupancy:
    """People who come, stay and go; each is seen or overlooked for some time.

    Attributes:
        people: Mean number in view.
        stay_s: How long they stay on average.
        seen: Share of the time in which somebody is found.
        change_s: How long they are overlooked, or a false person is there, on average.
        false: Mean number of false people.
        interval_s: Length of an interval, whole seconds; one picture a second.
    """

    people: float = 3.0
    stay_s: float = 15.0
    seen: float = 0.92
    change_s: float = 8.0
    false: float = 0.05
    interval_s: int = 10

    def __call__(self, chance: np.random.Generator, audits: int, intervals: int) -> Audits:
        """Invent audits."""
        gone, changed = 1 - np.exp(-1 / self.stay_s), 1 - np.exp(-1 / self.change_s)
        found = chance.poisson(self.people * self.seen, audits)
        overlooked = chance.poisson(self.people * (1 - self.seen), audits)
        false = chance.poisson(self.false, audits)
        truth = np.zeros((audits, intervals, self.interval_s))
        counted = np.zeros_like(truth)
        for index in range(intervals):
            for second in range(self.interval_s):
                truth[:, index, second] = found + overlooked
                counted[:, index, second] = found + false
                found = chance.binomial(found, 1 - gone)
                overlooked = chance.binomial(overlooked, 1 - gone)
                lost = chance.binomial(found, (1 - self.seen) * changed)
                won = chance.binomial(overlooked, self.seen * changed)
                new = chance.poisson(self.people * gone, audits)
                new_found = chance.binomial(new, self.seen)
                found = found - lost + won + new_found
                overlooked = overlooked - won + lost + new - new_found
                false = chance.binomial(false, 1 - changed) + chance.poisson(
                    self.false * changed, audits
                )
        people = truth.mean(2)
        error = counted.mean(2) - people
        return Audits(people, error, np.abs(error))


SCENARIOS: dict[str, Inventor] = {
    "passages": Passages(),
    "passages, few people, hardly an error": Passages(0.7, 0.5, 0.97, 20, 0.02),
    "passages, errors in heaps": Passages(8, 2, 0.9, 5),
    "passages, even stream": Passages(5, None, 0.95, 200, 0.1),
    "passages, poor camera": Passages(5, 2, 0.7, 10, 0.5),
    "passages, errors that last": Passages(memory=0.5),
    "pictures": Pictures(),
    "pictures, mostly empty": Pictures(0.6, 0.4),
    "pictures, many people": Pictures(8, 1, 0.85),
    "occupancy": Occupancy(),
    "occupancy, errors that last": Occupancy(stay_s=30, change_s=20),
    "occupancy, short errors": Occupancy(stay_s=10, change_s=2),
    "occupancy, mostly empty": Occupancy(0.6, 20, 0.95),
    "occupancy, poor camera": Occupancy(5, 20, 0.75, 10, 0.3),
}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which share of the intervals held the truth.

    Attributes:
        accuracy: Of those of the accuracy.
        signed: Of those of the mean signed error.
        absolute: Of those of the mean absolute error.
        width: Median width of the accuracy's interval, 0 to 1.
        errors: Mean sum of the sizes of all errors of an audit.
    """

    accuracy: float
    signed: float
    absolute: float
    width: float
    errors: float


@lru_cache
def real_errors(invent: Inventor, seed: int) -> tuple[float, float, float]:
    """Return the real size of the errors per person, signed and absolute error of an interval.

    From 120 000 intervals: known ten times as exactly as from the longest audit.
    """
    long = invent(np.random.default_rng([seed, 1]), 2000, 60)
    return (
        float(long.absolute.sum() / long.truth.sum()),
        float(long.signed.mean()),
        float(long.absolute.mean()),
    )


def coverage(invent: Inventor, audits: int, intervals: int, seed: int) -> Coverage:
    """Invent audits and see how often their intervals hold the truth.

    Audits in which nobody came say nothing about accuracy, and are left out.
    """
    chance = np.random.default_rng([seed, intervals])
    real = real_errors(invent, seed)
    found = invent(chance, audits, intervals)
    held, widths = [], []
    is_row = isinstance(invent, Occupancy)
    for truth, signed, absolute in zip(found.truth, found.signed, found.absolute, strict=True):
        if not truth.any():
            continue
        sampling = row_of(truth) if is_row else INDEPENDENT
        rate = share(absolute, truth, sampling)
        estimates = rate, signed_mean(signed, sampling), mean(absolute, sampling)
        held.append([_holds(one, value) for one, value in zip(estimates, real, strict=True)])
        widths.append(min(rate.high, 1.0) - rate.low)
    accuracy, signed_error, absolute_error = (float(one) for one in np.mean(held, axis=0))
    return Coverage(
        accuracy,
        signed_error,
        absolute_error,
        width=float(np.median(widths)),
        errors=float(found.absolute.sum(1).mean()),
    )


def _holds(estimate: Estimate, value: float) -> bool:
    return estimate.low <= value <= estimate.high


def measured(names: Sequence[str], audits: int, seed: int) -> Iterator[dict[str, Any]]:
    """Measure scenarios at several numbers of intervals."""
    for name in names:
        for intervals in INTERVALS:
            found = coverage(SCENARIOS[name], audits, intervals, seed)
            yield {
                "scenario": name,
                "intervals": intervals,
                "errors": round(found.errors, 1),
                "accuracy": round(found.accuracy, 3),
                "signed": round(found.signed, 3),
                "absolute": round(found.absolute, 3),
                "width": round(found.width, 3),
            }


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--audits", type=int, default=4000, help="of each kind (4000)")
    parser.add_argument("--only", nargs="*", default=list(SCENARIOS), help="names of scenarios")
    parser.add_argument("--seed", type=int, default=7, help="other audits (7)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    rows = []
    if not arguments.json:
        print("| Scenario | Intervals | Errors | Accuracy | Signed | Absolute | Width |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in measured(arguments.only, arguments.audits, arguments.seed):
        rows.append(row)
        if not arguments.json:
            print("| " + " | ".join(str(value) for value in row.values()) + " |", flush=True)
    if arguments.json:
        print(json.dumps(rows, indent=2))
    else:
        for name in ("accuracy", "signed", "absolute"):
            values = [row[name] for row in rows]
            print(f"{name}: {min(values)} to {max(values)}, mean {np.mean(values):.3f}")


if __name__ == "__main__":
    main()
