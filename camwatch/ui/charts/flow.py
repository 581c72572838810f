"""Passages of a line over time, ready to be drawn. Knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from camwatch.domain import FlowBucket
from camwatch.ui.charts.series import Flags, Values, begun_until, corrected_among, gaps


@dataclass(frozen=True, slots=True, eq=False)
class FlowLine:
    """Buckets of passages.

    Attributes:
        edges: Start of each bucket and the end of the last one, seconds since 1970.
        inwards: How many passed inwards, NaN where nobody could be counted.
        outwards: How many passed outwards, likewise.
        coverage: Time in which passing could be counted divided by time so far, 0 to 1.
        seconds: How long each bucket is, or was until now.
        corrected: True where people corrected what was counted.
    """

    edges: Values
    inwards: Values
    outwards: Values
    coverage: Values
    seconds: Values
    corrected: Flags

    def first(self, count: int) -> FlowLine:
        """Return its first so many buckets."""
        return FlowLine(
            self.edges[: count + 1],
            self.inwards[:count],
            self.outwards[:count],
            self.coverage[:count],
            self.seconds[:count],
            self.corrected[:count],
        )

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """The stretches in which nobody could be counted, seconds since 1970."""
        return gaps(self.edges, self.inwards)


@dataclass(frozen=True, slots=True)
class FlowTotals:
    """What a range of passages comes to.

    Attributes:
        inwards: How many passed inwards; None if nobody could be counted.
        outwards: How many passed outwards; likewise.
        coverage: Time in which passing could be counted divided by time, 0 to 1.
    """

    inwards: int | None
    outwards: int | None
    coverage: float


def flow_line(buckets: Sequence[FlowBucket], now: datetime) -> FlowLine:
    """Put buckets into arrays; those that have not begun yet are left out.

    Args:
        buckets: In the order of time, without holes between them.
        now: The running bucket counts until here, UTC.
    """
    begun, edges, seconds = begun_until(buckets, now)
    return FlowLine(
        edges=edges,
        inwards=_values([bucket.inwards for bucket in begun]),
        outwards=_values([bucket.outwards for bucket in begun]),
        coverage=np.array([bucket.coverage for bucket in begun], np.float64),
        seconds=seconds,
        corrected=corrected_among(begun),
    )


def _values(numbers: Sequence[int | None]) -> Values:
    return np.array([np.nan if one is None else one for one in numbers], np.float64)


def flow_totals(line: FlowLine) -> FlowTotals:
    """Sum up a range."""
    time_s = float(line.seconds.sum())
    coverage = float((line.coverage * line.seconds).sum()) / time_s if time_s else 0.0
    if np.isnan(line.inwards).all():
        return FlowTotals(None, None, coverage)
    return FlowTotals(int(np.nansum(line.inwards)), int(np.nansum(line.outwards)), coverage)
