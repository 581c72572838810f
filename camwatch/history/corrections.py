"""What people say of numbers that were counted wrongly. It lies over them: nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from camwatch.domain import CameraId, PlaceId

LONGEST_DAYS = 31
"""A correction is about so many days at most."""

LONGEST_REASON = 500
"""Characters."""


class CorrectionKind(StrEnum):
    """What is said of a stretch of time."""

    EXCLUDE = "exclude"
    """What was counted is wrong: it is a gap, with the reason."""

    PASSED = "passed"
    """More or fewer people passed a line or gate than were counted."""


@dataclass(frozen=True, slots=True)
class CorrectionDraft:
    """A correction as it is entered.

    Attributes:
        camera_id: Whose numbers.
        place_id: The line, gate or zone whose numbers; None for the people in view.
        start: UTC, a whole minute.
        end: UTC, a whole minute; exclusive.
        inwards: For PASSED: how many more passed inwards; negative for fewer.
        outwards: Likewise outwards.
        reason: Why, in the author's words; must not be empty.
    """

    camera_id: CameraId
    place_id: PlaceId | None
    start: datetime
    end: datetime
    kind: CorrectionKind
    reason: str
    inwards: int = 0
    outwards: int = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as it is stored.

    Attributes:
        draft: What was entered.
        author: Who entered it.
        made_at: UTC.
        withdrawn_at: UTC; None while it holds.
        withdrawn_by: Who withdrew it; "" while it holds.
        withdrawn_why: In their words.
    """

    uid: str
    draft: CorrectionDraft
    author: str
    made_at: datetime
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    withdrawn_why: str = ""

    @property
    def camera_id(self) -> CameraId:
        """Whose numbers."""
        return self.draft.camera_id

    @property
    def holds(self) -> bool:
        """True until it is withdrawn."""
        return self.withdrawn_at is None
