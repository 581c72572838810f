"""How long people stay in a zone, and what is gathered of a camera's view hour by hour."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from camwatch.domain import CameraId, PlaceId
from camwatch.scene.heat import Heat
from camwatch.scene.zones import Zone

BIN_STARTS_S = (0, 5, 15, 30, 60, 120, 300, 900)
"""Where each bin of the histogram begins, seconds; the last one is open."""


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long visits to one zone were.

    Attributes:
        visits: How many there were.
        dwell_ms: How long they were together, milliseconds.
        longest_ms: The longest one, milliseconds.
        bins: How many visits were as long as each bin of `BIN_STARTS_S` says.

    Raises:
        ValueError: The numbers do not fit each other.
    """

    visits: int = 0
    dwell_ms: int = 0
    longest_ms: int = 0
    bins: tuple[int, ...] = (0,) * len(BIN_STARTS_S)

    def __post_init__(self) -> None:
        """Check that the numbers speak of the same visits."""
        if len(self.bins) != len(BIN_STARTS_S) or min(self.bins) < 0:
            raise ValueError(f"bins: {self.bins}")
        if sum(self.bins) != self.visits:
            raise ValueError(f"{self.visits} visits, but {sum(self.bins)} in the bins")
        if not 0 <= self.longest_ms <= self.dwell_ms:
            raise ValueError(f"the longest of {self.dwell_ms} ms is {self.longest_ms} ms")

    @classmethod
    def of(cls, seconds: float) -> Dwell:
        """Return one visit of this length, seconds."""
        length_ms = max(round(seconds * 1000), 0)
        # The rounded length decides, as it does for whoever reads it back.
        which = bisect_right(BIN_STARTS_S, length_ms / 1000) - 1
        return cls(
            1, length_ms, length_ms, tuple(int(k == which) for k in range(len(BIN_STARTS_S)))
        )

    def __add__(self, other: Dwell) -> Dwell:
        """Return the visits of both."""
        return Dwell(
            self.visits + other.visits,
            self.dwell_ms + other.dwell_ms,
            max(self.longest_ms, other.longest_ms),
            tuple(a + b for a, b in zip(self.bins, other.bins, strict=True)),
        )

    @property
    def mean_s(self) -> float | None:
        """How long a visit was on average, seconds; None if there was none."""
        return self.dwell_ms / self.visits / 1000 if self.visits else None

    @property
    def median_s(self) -> float | None:
        """About how long half of the visits were at least, seconds; None if there was none.

        Visits are taken as spread evenly over their bin, the longest one ending the last.
        """
        if not self.visits:
            return None
        longest_s = self.longest_ms / 1000
        half, before = self.visits / 2, 0
        for which, (start_s, number) in enumerate(zip(BIN_STARTS_S, self.bins, strict=True)):
            if number and before + number >= half:
                is_last = which == len(BIN_STARTS_S) - 1
                end_s = longest_s if is_last else min(BIN_STARTS_S[which + 1], longest_s)
                return start_s + (half - before) / number * max(end_s - start_s, 0.0)
            before += number
        raise AssertionError("the bins hold all visits")


@dataclass(frozen=True, slots=True)
class ZoneDwell:
    """How long people stayed in one zone, hour by hour.

    Attributes:
        zone: Which one, as it is drawn now.
        hours: Start of each hour, UTC, with the visits that began in it. An hour in which
            nobody could be followed is not there: nothing is known of it.
    """

    zone: Zone
    hours: Mapping[datetime, Dwell]


@dataclass(frozen=True, slots=True, eq=False)
class HourTrails:
    """What was gathered of one camera's view in one hour, or in a part of it.

    Attributes:
        camera_id: Whose view it is.
        hour: Which hour: hours since 1970 UTC.
        heat: Where people were.
        dwell: Visits that began in this hour and have ended, by zone. A zone with no visits
            was watched; one that is missing was not.
    """

    camera_id: CameraId
    hour: int
    heat: Heat
    dwell: Mapping[PlaceId, Dwell] = field(default_factory=dict)
