"""The columns of exported files: a promise to whoever reads them with another program.

Within a version, columns are only ever added, behind those that are there. One that changes its
name, its unit or its meaning makes a new version of its content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType

from camwatch.history.exports import ExportContent


class ColumnKind(Enum):
    """What the cells of a column are."""

    MOMENT = auto()
    """A moment; written in UTC."""
    LOCAL = auto()
    """A moment; written on the clocks of the export's zone."""
    NAME = auto()
    """A text that people chose, which must never be taken for a formula."""
    WORD = auto()
    """A text of the program's own: lower-case ASCII."""
    WHOLE = auto()
    REAL = auto()
    SHARE = auto()
    """0 to 1."""
    YES_NO = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exported file.

    Attributes:
        name: In the header.
        about: What its cells say, for the documentation.
    """

    name: str
    kind: ColumnKind
    about: str


_WHEN = (
    Column("time_utc", ColumnKind.MOMENT, "first moment of the bucket, in UTC"),
    Column("time_local", ColumnKind.LOCAL, "the same moment on the clocks of the chosen zone"),
)
_WHO = (
    Column("site", ColumnKind.NAME, "the camera's site; empty is the site without a name"),
    Column("camera", ColumnKind.NAME, "the camera's name today"),
    Column("camera_id", ColumnKind.WORD, "its number for ever, a UUID; names may change"),
)
_PLACE = (
    Column("place", ColumnKind.NAME, "the name of the line, gate or zone"),
    Column("place_kind", ColumnKind.WORD, "line, gate or zone"),
    Column(
        "place_id",
        ColumnKind.WHOLE,
        "its number; one that was moved has another since then, so that both can be told apart",
    ),
)
_LENGTH = Column(
    "bucket_s", ColumnKind.WHOLE, "length of the bucket, seconds; a day can have 23 or 25 hours"
)
_PEOPLE = (
    Column("mean", ColumnKind.REAL, "people in view on average, over the measured time"),
    Column("peak", ColumnKind.WHOLE, "most people at once"),
    Column("lowest", ColumnKind.WHOLE, "fewest people at once"),
    Column("samples", ColumnKind.WHOLE, "how many measurements there are"),
)
_COVERAGE = Column(
    "coverage", ColumnKind.SHARE, "measured time divided by all the time of the bucket so far"
)
_PROOF = (
    Column(
        "accuracy",
        ColumnKind.SHARE,
        "how right the camera was when it was audited last; empty if it never was",
    ),
    Column("audit", ColumnKind.WORD, "what was audited: passages, occupancy or pictures"),
    Column("audited_at", ColumnKind.MOMENT, "when, in UTC"),
    Column("corrected", ColumnKind.YES_NO, "a correction by people touches this row"),
)
_FORMAT = Column("format", ColumnKind.WORD, "content and version of the columns, such as counts-1")

COLUMNS: Mapping[ExportContent, tuple[Column, ...]] = MappingProxyType(
    {
        ExportContent.COUNTS: (
            *_WHEN,
            *_WHO,
            _LENGTH,
            *_PEOPLE,
            _COVERAGE,
            Column(
                "still",
                ColumnKind.SHARE,
                "part of the measured time in which the view was still, so that people were taken "
                "over and not searched again",
            ),
            Column(
                "flagged",
                ColumnKind.SHARE,
                "part of the measured time in which something was wrong with the picture",
            ),
            *_PROOF,
            _FORMAT,
        ),
        ExportContent.PASSAGES: (
            *_WHEN,
            *_WHO,
            *_PLACE,
            _LENGTH,
            Column("inwards", ColumnKind.WHOLE, "who passed inwards"),
            Column("outwards", ColumnKind.WHOLE, "who passed outwards"),
            Column(
                "coverage",
                ColumnKind.SHARE,
                "time in which passing could be counted, divided by all the time of the bucket",
            ),
            *_PROOF,
            _FORMAT,
        ),
        ExportContent.ZONES: (
            *_WHEN,
            *_WHO,
            *_PLACE,
            _LENGTH,
            *_PEOPLE,
            _COVERAGE,
            *_PROOF,
            _FORMAT,
        ),
        ExportContent.SAMPLES: (
            Column("time_utc", ColumnKind.MOMENT, "when the picture was taken, in UTC"),
            _WHEN[1],
            *_WHO,
            Column("people", ColumnKind.WHOLE, "people in that picture"),
            Column("shown", ColumnKind.WHOLE, "what was shown: the median of the last seconds"),
            Column("confidence", ColumnKind.SHARE, "mean score of the counted boxes"),
            Column("interval_s", ColumnKind.REAL, "the time it stands for, seconds"),
            Column("still", ColumnKind.YES_NO, "the view was still; the count was taken over"),
            Column("flagged", ColumnKind.YES_NO, "something was wrong with the picture"),
            *_PROOF,
            _FORMAT,
        ),
        ExportContent.STATES: (
            Column("time_utc", ColumnKind.MOMENT, "when the camera went into this state, in UTC"),
            _WHEN[1],
            *_WHO,
            Column("state", ColumnKind.WORD, "ok, offline and so on"),
            Column("reason", ColumnKind.WORD, "why; none if there is no reason to tell"),
            Column(
                "lasted_s",
                ColumnKind.REAL,
                "until the next state, seconds; empty for the last one",
            ),
            _FORMAT,
        ),
    }
)
"""The columns of each content, in their order."""

VERSION: Mapping[ExportContent, int] = MappingProxyType(dict.fromkeys(ExportContent, 1))


def format_of(content: ExportContent) -> str:
    """Return what stands in the column `format`, and in the file's own properties."""
    return f"{content.value}-{VERSION[content]}"
