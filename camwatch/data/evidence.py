"""Which pictures of alerts are kept; the pictures themselves are files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Row, delete, func, insert, or_, select

from camwatch.data.schema import alert, alert_evidence
from camwatch.data.store import Store
from camwatch.domain import Boxes, CameraId
from camwatch.errors import NotFound
from camwatch.language import tr

_FLOATS = np.dtype("<f4")


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceRow:
    """A picture that is kept with an alert; see `alerts.inbox.Evidence` for its parts.

    Attributes:
        file: Its name in the folder of such pictures.
    """

    camera_id: CameraId
    camera_name: str
    captured_at: datetime
    file: str
    is_masked: bool
    boxes: Boxes
    count: int | None
    kept_until: datetime


class EvidenceRepository:
    """The pictures of one history's alerts."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def add(self, alert_uid: str, kept: EvidenceRow) -> None:
        """Note that a picture is kept.

        Raises:
            NotFound: There is no such alert.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            this = select(alert.c.id).where(alert.c.uid == alert_uid)
            alert_id = connection.execute(this).scalar()
            if alert_id is None:
                raise NotFound(tr("the alert"))
            connection.execute(
                insert(alert_evidence).values(
                    alert_id=alert_id,
                    camera_id=kept.camera_id,
                    camera_name=kept.camera_name,
                    captured_at=kept.captured_at,
                    file=kept.file,
                    is_masked=kept.is_masked,
                    boxes=np.ascontiguousarray(kept.boxes, _FLOATS).tobytes(),
                    count=kept.count,
                    kept_until=kept.kept_until,
                )
            )

    def of_alerts(self, uids: Sequence[str]) -> list[EvidenceRow]:
        """Return what is kept of some alerts, in the order in which it was kept.

        Raises:
            StorageError: It cannot be read.
        """
        query = (
            select(alert_evidence)
            .join(alert, alert.c.id == alert_evidence.c.alert_id)
            .where(alert.c.uid.in_(uids))
            .order_by(alert_evidence.c.id)
        )
        with self._connections.reading() as connection:
            return [_record(row) for row in connection.execute(query)]

    def outdated(self, now: datetime, captured_before: datetime, limit: int) -> list[str]:
        """Return the files whose time is over, oldest first.

        Args:
            now: What was to be kept until then.
            captured_before: And what is older than that, if less is kept now than before.
            limit: At most so many.

        Raises:
            StorageError: They cannot be read.
        """
        over = or_(
            alert_evidence.c.kept_until <= now, alert_evidence.c.captured_at < captured_before
        )
        query = select(alert_evidence.c.file).where(over).order_by(alert_evidence.c.id).limit(limit)
        with self._connections.reading() as connection:
            return list(connection.execute(query).scalars())

    def stock(self) -> tuple[int, datetime | None]:
        """Return how many pictures are kept, and when the oldest was taken; None without any.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(func.count(), func.min(alert_evidence.c.captured_at))
        with self._connections.reading() as connection:
            count, oldest = connection.execute(query).one()
        return int(count), oldest

    def known(self, files: Collection[str]) -> frozenset[str]:
        """Return which of some files are kept with an alert.

        Raises:
            StorageError: It cannot be found out.
        """
        query = select(alert_evidence.c.file).where(alert_evidence.c.file.in_(files))
        with self._connections.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def forget(self, files: Collection[str]) -> None:
        """Note that files are kept no more.

        Raises:
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            connection.execute(delete(alert_evidence).where(alert_evidence.c.file.in_(files)))


def _record(row: Row[Any]) -> EvidenceRow:
    return EvidenceRow(
        camera_id=CameraId(row.camera_id),
        camera_name=row.camera_name,
        captured_at=row.captured_at,
        file=row.file,
        is_masked=row.is_masked,
        boxes=np.frombuffer(row.boxes, _FLOATS).reshape(-1, 4),
        count=row._mapping["count"],  # noqa: SLF001 - its name is taken by a method
        kept_until=row.kept_until,
    )
