"""What came of audits of the cameras' accuracy: reports are added and read, never changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from camwatch.accuracy import AuditReport
from camwatch.data.schema import accuracy_audit
from camwatch.data.store import Store
from camwatch.domain import CameraId
from camwatch.errors import DatabaseDamaged, InvalidSetting, NotFound
from camwatch.language import tr


class AuditResultRepository:
    """The audits of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def add(self, report: AuditReport) -> None:
        """Store a report.

        Raises:
            StorageError: It is not stored.
        """
        row = {
            "uid": report.uid,
            "camera_id": report.camera_id,
            "made_at": report.made_at,
            "made_by": report.made_by,
            "kind": report.kind.value,
            "report": report.to_json(),
        }
        with self._connections.writing() as connection:
            connection.execute(insert(accuracy_audit), row)

    def get(self, uid: str) -> AuditReport:
        """Return a report.

        Raises:
            NotFound: There is none with this uid.
            StorageError: It cannot be read.
        """
        found = self._read(select(accuracy_audit).where(accuracy_audit.c.uid == uid))
        if not found:
            raise NotFound(tr("the audit"))
        return found[0]

    def of_camera(self, camera_id: CameraId, limit: int = 100) -> list[AuditReport]:
        """Return the reports of a camera, newest first.

        Args:
            camera_id: Which camera.
            limit: At most so many, 1 to 1000.

        Raises:
            ValueError: limit is not from 1 to 1000.
            StorageError: They cannot be read.
        """
        if not 1 <= limit <= 1000:
            raise ValueError(f"limit: {limit}")
        query = (
            select(accuracy_audit)
            .where(accuracy_audit.c.camera_id == camera_id)
            .order_by(accuracy_audit.c.made_at.desc(), accuracy_audit.c.id.desc())
            .limit(limit)
        )
        return self._read(query)

    def newest_of_each(self) -> list[AuditReport]:
        """Return the newest report of each camera that has one, by camera.

        Raises:
            StorageError: They cannot be read.
        """
        order = func.row_number().over(
            partition_by=accuracy_audit.c.camera_id,
            order_by=(accuracy_audit.c.made_at.desc(), accuracy_audit.c.id.desc()),
        )
        ranked = select(accuracy_audit.c.id, order.label("rank")).subquery()
        query = (
            select(accuracy_audit)
            .join(ranked, ranked.c.id == accuracy_audit.c.id)
            .where(ranked.c.rank == 1)
            .order_by(accuracy_audit.c.camera_id)
        )
        return self._read(query)

    def _read(self, query: Select[Any]) -> list[AuditReport]:
        with self._connections.reading() as connection:
            return [_report(row) for row in connection.execute(query)]


def _report(row: Row[Any]) -> AuditReport:
    try:
        return AuditReport.from_json(row.report)
    except InvalidSetting as error:
        raise DatabaseDamaged(
            tr("the audit {uid} cannot be read: {error}", uid=row.uid, error=error)
        ) from error
