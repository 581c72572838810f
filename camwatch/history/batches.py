"""What the recorder stores at once, and how it is written down while the history is away."""

from __future__ import annotations

import base64
import json
import time
import uuid
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from camwatch.domain import (
    CameraId,
    CameraState,
    Notice,
    NoticeChange,
    Passage,
    PlaceId,
    Reason,
    Sample,
    StateChange,
)
from camwatch.scene.dwell import Dwell, HourTrails
from camwatch.scene.heat import Heat

Row = Sample | StateChange | Passage | HourTrails | NoticeChange

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LEVEL = 1  # a batch of a second becomes a fifth as large, in a tenth of a millisecond


def new_uid() -> str:
    """Return a name nobody else has; later ones sort behind, so that an index grows at its end."""
    raw = time.time_ns() // 1_000_000 << 80 | uuid.uuid4().int & (1 << 80) - 1
    # Version 7 and variant of RFC 9562, section 5.7.
    raw = raw & ~(0xF << 76) | 0x7 << 76
    raw = raw & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=raw))


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are stored together or not at all.

    Attributes:
        uid: A batch given again under its uid changes nothing.
        rows: In the order they came.
    """

    uid: str
    rows: tuple[Row, ...]

    @property
    def samples(self) -> list[Sample]:
        """Its measurements."""
        return [row for row in self.rows if isinstance(row, Sample)]

    @property
    def changes(self) -> list[StateChange]:
        """Its changes of cameras' states."""
        return [row for row in self.rows if isinstance(row, StateChange)]

    @property
    def passages(self) -> list[Passage]:
        """Who passed."""
        return [row for row in self.rows if isinstance(row, Passage)]

    @property
    def trails(self) -> list[HourTrails]:
        """Where people were."""
        return [row for row in self.rows if isinstance(row, HourTrails)]

    @property
    def notices(self) -> list[NoticeChange]:
        """What became wrong with pictures, or right again."""
        return [row for row in self.rows if isinstance(row, NoticeChange)]


def to_bytes(batch: Batch) -> bytes:
    """Write a batch down; `from_bytes` gives back the very same rows."""
    whole = [batch.uid, [_write(row) for row in batch.rows]]
    return zlib.compress(json.dumps(whole, separators=(",", ":")).encode(), _LEVEL)


def from_bytes(data: bytes) -> Batch:
    """Read what `to_bytes` wrote.

    Raises:
        ValueError: It is no batch, or one of a newer CamWatch.
    """
    try:
        uid, rows = json.loads(zlib.decompress(data))
        return Batch(str(uid), tuple(_READ[row[0]](row[1:]) for row in rows))
    except (zlib.error, ValueError, KeyError, TypeError, IndexError, OverflowError) as error:
        raise ValueError(f"no batch of rows: {error}") from error


def _us(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND


def _at(us: int) -> datetime:
    return _EPOCH + us * _MICROSECOND


def _write(row: Row) -> list[Any]:  # a kind, and what is to be known of it
    match row:
        case Sample():
            return [
                "s",
                row.camera_id,
                _us(row.at),
                row.count,
                row.confidence,
                row.processing_s,
                row.interval_s,
                row.shown,
                int(row.is_carried),
                row.zones,
                row.watched,
                int(row.is_flagged),
            ]
        case StateChange():
            return ["c", row.camera_id, _us(row.at), row.state.value, row.reason.value]
        case Passage():
            return ["p", row.place_id, _us(row.at), row.track, int(row.is_inwards)]
        case NoticeChange():
            return ["n", row.camera_id, _us(row.at), row.notice.value, int(row.is_present)]
        case HourTrails():
            heat = base64.b85encode(row.heat.to_bytes()).decode()
            dwell = [
                (place_id, one.visits, one.dwell_ms, one.longest_ms, one.bins)
                for place_id, one in row.dwell.items()
            ]
            return ["t", row.camera_id, row.hour, heat, dwell]


def _read_sample(values: Sequence[Any]) -> Sample:
    (
        camera_id,
        at,
        count,
        confidence,
        processing_s,
        interval_s,
        shown,
        is_carried,
        zones,
        watched,
        is_flagged,
    ) = values
    return Sample(
        CameraId(camera_id),
        _at(at),
        count,
        confidence,
        processing_s,
        interval_s,
        shown,
        bool(is_carried),
        tuple((PlaceId(place_id), people) for place_id, people in zones),
        tuple(PlaceId(place_id) for place_id in watched),
        bool(is_flagged),
    )


def _read_change(values: Sequence[Any]) -> StateChange:
    camera_id, at, state, reason = values
    return StateChange(CameraId(camera_id), _at(at), CameraState(state), Reason(reason))


def _read_passage(values: Sequence[Any]) -> Passage:
    place_id, at, track, is_inwards = values
    return Passage(PlaceId(place_id), _at(at), track, bool(is_inwards))


def _read_notice(values: Sequence[Any]) -> NoticeChange:
    camera_id, at, notice, is_present = values
    return NoticeChange(CameraId(camera_id), _at(at), Notice(notice), bool(is_present))


def _read_trails(values: Sequence[Any]) -> HourTrails:
    camera_id, hour, heat, dwell = values
    return HourTrails(
        CameraId(camera_id),
        hour,
        Heat.from_bytes(base64.b85decode(heat)),
        {
            PlaceId(place_id): Dwell(visits, dwell_ms, longest_ms, tuple(bins))
            for place_id, visits, dwell_ms, longest_ms, bins in dwell
        },
    )


_READ: Mapping[str, Callable[[Sequence[Any]], Row]] = {
    "s": _read_sample,
    "c": _read_change,
    "p": _read_passage,
    "n": _read_notice,
    "t": _read_trails,
}
