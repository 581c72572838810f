"""All that is drawn on one camera's view, and how its people are counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from camwatch.domain import Boxes, CameraId, PlaceId
from camwatch.errors import InvalidSetting
from camwatch.language import tr
from camwatch.scene.lines import Gate, Line
from camwatch.scene.zones import Zone

MOST_PLACES = 32
"""Of each kind; more cannot be told apart on a picture."""

MOST_SPOTS = 64

LOWEST_THRESHOLD, HIGHEST_THRESHOLD = 0.05, 0.95
LONGEST_RECHECK_S = 600.0
LONGEST_SMOOTHING_S = 60.0

SpotBox = tuple[float, float, float, float]
"""x1 y1 x2 y2 in parts of the picture, 0 to 1."""

_SAME_SPOT = 0.5


class Mode(StrEnum):
    """What can be counted at the rate at which pictures come."""

    IN_OUT = "in_out"
    OCCUPANCY = "occupancy"
    TOO_SLOW = "too_slow"


class PlaceKind(StrEnum):
    """What a place on a view counts."""

    LINE = "line"
    GATE = "gate"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is counted in one camera's view, and how.

    Attributes:
        lines: Directed lines; who passes them is counted in and out.
        gates: Pairs of lines that must both be passed.
        zones: Areas whose people are counted by themselves; they may overlap.
        masks: Areas in which nobody is counted: who stands in one is left out of every number.
        never: Boxes that look like a person and are none; a person found just there is left
            out of every number.
        threshold: Lowest score of a person who is counted, 0.05 to 0.95; None is the
            program's setting.
        far_people: The picture is also searched in pieces, at full detail.
        recheck_s: A still view is searched again after so many seconds, 1 to 600; 0 searches
            every picture.
        smoothing_s: The shown number is the median of so many seconds, 0 to 60.

    Raises:
        InvalidSetting: A value is refused; the field says which.
    """

    lines: tuple[Line, ...] = ()
    gates: tuple[Gate, ...] = ()
    zones: tuple[Zone, ...] = ()
    masks: tuple[Zone, ...] = ()
    never: tuple[SpotBox, ...] = ()
    threshold: float | None = None
    far_people: bool = False
    recheck_s: float = 10.0
    smoothing_s: float = 3.0

    def __post_init__(self) -> None:
        """Check numbers and names."""
        for name, places in (
            ("lines", self.lines),
            ("gates", self.gates),
            ("zones", self.zones),
            ("masks", self.masks),
        ):
            if len(places) > MOST_PLACES:
                raise InvalidSetting(
                    name,
                    tr(
                        "are {count}, more than {most_places}",
                        count=len(places),
                        most_places=MOST_PLACES,
                    ),
                )
        if len(self.never) > MOST_SPOTS:
            raise InvalidSetting(
                "never",
                tr(
                    "are {count} spots, more than {most_spots}",
                    count=len(self.never),
                    most_spots=MOST_SPOTS,
                ),
            )
        for spot in self.never:
            x1, y1, x2, y2 = spot
            if not (0 <= x1 < x2 <= 1 and 0 <= y1 < y2 <= 1):
                raise InvalidSetting("never", tr("{spot} is no box inside the picture", spot=spot))
        self._check_numbers()
        seen: set[str] = set()
        for _, place in self.places():
            key = place.name.strip().casefold()
            if key in seen:
                raise InvalidSetting("name", tr("{name} is there twice", name=place.name))
            seen.add(key)

    def _check_numbers(self) -> None:
        if self.threshold is not None and not (
            LOWEST_THRESHOLD <= self.threshold <= HIGHEST_THRESHOLD
        ):
            raise InvalidSetting(
                "threshold",
                tr(
                    "{threshold:g} is not from {lowest_threshold} to {highest_threshold}",
                    threshold=self.threshold,
                    lowest_threshold=LOWEST_THRESHOLD,
                    highest_threshold=HIGHEST_THRESHOLD,
                ),
            )
        if self.recheck_s != 0 and not 1 <= self.recheck_s <= LONGEST_RECHECK_S:
            raise InvalidSetting(
                "recheck_s",
                tr(
                    "{recheck_s:g} is not from 1 to {longest_recheck_s:g}, or 0",
                    recheck_s=self.recheck_s,
                    longest_recheck_s=LONGEST_RECHECK_S,
                ),
            )
        if not 0 <= self.smoothing_s <= LONGEST_SMOOTHING_S:
            raise InvalidSetting(
                "smoothing_s",
                tr(
                    "{smoothing_s:g} is not from 0 to {longest_smoothing_s:g}",
                    smoothing_s=self.smoothing_s,
                    longest_smoothing_s=LONGEST_SMOOTHING_S,
                ),
            )

    def places(self) -> Iterator[tuple[PlaceKind, Line | Gate | Zone]]:
        """Yield all places that give numbers of their own: lines, gates, then zones."""
        for line in self.lines:
            yield PlaceKind.LINE, line
        for gate in self.gates:
            yield PlaceKind.GATE, gate
        for zone in self.zones:
            yield PlaceKind.ZONE, zone

    @property
    def passages(self) -> tuple[Line | Gate, ...]:
        """All that is passed: lines, then gates."""
        return (*self.lines, *self.gates)

    @property
    def counts_passages(self) -> bool:
        """True if there is a line or a gate."""
        return bool(self.passages)

    def counted(self, boxes: Boxes) -> npt.NDArray[np.bool_]:
        """Tell which boxes are counted at all: not masked, and not where nobody ever is.

        Args:
            boxes: float32, shape (n, 4), x1 y1 x2 y2 in parts of the picture; n may be 0.

        Returns:
            bool, shape (n,).
        """
        kept = np.ones(len(boxes), np.bool_)
        for mask in self.masks:
            kept &= ~mask.holds_feet(boxes)
        if self.never and len(boxes):
            spots = np.array(self.never, np.float32)
            kept &= (_shares(boxes, spots) <= _SAME_SPOT).all(axis=1)
        return kept


def _shares(boxes: Boxes, others: Boxes) -> npt.NDArray[np.float32]:
    """Return the intersection over union of each box with each of the others, (n, m)."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)[:, None]
    other_areas = (others[:, 2:] - others[:, :2]).prod(axis=1)[None, :]
    ratio: npt.NDArray[np.float32] = shared / np.maximum(areas + other_areas - shared, 1e-9)
    return ratio


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A line, gate or zone in one of its versions, as it is stored.

    Attributes:
        name: As it was called last.
        created_at: When it was drawn, UTC.
        retired_at: When it was moved or removed, UTC; None while it counts.
    """

    id: PlaceId
    camera_id: CameraId
    kind: PlaceKind
    name: str
    created_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True)
class SceneRecord:
    """A scene as it is stored.

    Attributes:
        camera_id: Whose view it is.
        scene: What is counted.
        ids: The stored place of each line, gate and zone, by its name.
    """

    camera_id: CameraId
    scene: Scene = field(default_factory=Scene)
    ids: Mapping[str, PlaceId] = field(default_factory=dict)
