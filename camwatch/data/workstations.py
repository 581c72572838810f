"""The computers that share one history, and which of them counts which site.

A site is counted by one workstation. So no two store the same camera, raise the same alert or
send the same message, without having to agree about each of them.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Table, func, insert, select, true, update

from camwatch.data.schema import alert, camera, notification, site, workstation
from camwatch.data.store import Store
from camwatch.domain import CameraId, SiteId
from camwatch.errors import InvalidSetting, NotFound
from camwatch.history.keeping import WorkstationInfo
from camwatch.language import tr

MOST = 999
"""So many workstations share a history at most."""

_SEEN_EVERY = timedelta(seconds=30)


def is_own(table: Table, station: int) -> ColumnElement[bool]:
    """Tell what of a table this workstation sees to; all of it, if it has the history alone."""
    return table.c.workstation == station if station else true()


class WorkstationRepository:
    """The workstations of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    def join(self, uid: str, name: str, version: str, now: datetime) -> int:
        """Be one of the workstations from now on; returns its number.

        What nobody counts yet becomes this one's: after a history was moved from a file, the first
        workstation goes on with all of it.

        Args:
            uid: Of this workstation; it keeps its number.
            name: Of the computer.
            version: Of CamWatch.
            now: UTC.

        Raises:
            InvalidSetting: There are too many.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            number = _number_of(connection, uid)
            values = {"name": name, "version": version, "seen_at": now}
            if number is None:
                number = _free_number(connection)
                connection.execute(insert(workstation), {"number": number, "uid": uid, **values})
            else:
                mine = update(workstation).where(workstation.c.number == number)
                connection.execute(mine.values(values))
            for table in (site, alert, notification):
                nobodys = update(table).where(table.c.workstation == 0)
                connection.execute(nobodys.values(workstation=number))
        self._connections.station = number
        return number

    def note_seen(self, now: datetime) -> None:
        """Note that this workstation is there; at most every half minute is enough.

        Raises:
            StorageError: It is not noted.
        """
        station = self._connections.station
        if not station:
            return
        stale = update(workstation).where(
            workstation.c.number == station, workstation.c.seen_at < now - _SEEN_EVERY
        )
        with self._connections.writing() as connection:
            connection.execute(stale.values(seen_at=now))

    def all(self) -> list[WorkstationInfo]:
        """Return all workstations, by name; none if this one has the history alone.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(workstation).order_by(workstation.c.name, workstation.c.number)
        with self._connections.reading() as connection:
            return [
                WorkstationInfo(
                    row.number,
                    row.name,
                    row.version,
                    row.seen_at,
                    row.number == self._connections.station,
                )
                for row in connection.execute(query)
            ]

    def of_sites(self) -> dict[SiteId, int]:
        """Return the number of the workstation that counts each site; 0 for whichever is there.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            rows = connection.execute(select(site.c.id, site.c.workstation))
            return {SiteId(row.id): row.workstation for row in rows}

    def of_cameras(self) -> dict[CameraId, int]:
        """Return the number of the workstation that counts each camera, removed ones too.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(camera.c.id, site.c.workstation).join(site)
        with self._connections.reading() as connection:
            return {CameraId(row.id): row.workstation for row in connection.execute(query)}

    def assign(self, site_id: SiteId, number: int) -> None:
        """Let a workstation count a site from now on.

        Once a workstation counts nothing any more, its open alerts and waiting messages go along.

        Raises:
            NotFound: There is no such site or workstation.
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            known = select(workstation.c.number).where(workstation.c.number == number)
            if connection.execute(known).first() is None:
                raise NotFound(tr("workstation {number}", number=number))
            before = connection.execute(
                select(site.c.workstation).where(site.c.id == site_id)
            ).scalar()
            if before is None:
                raise NotFound(tr("site {site_id}", site_id=site_id))
            if before == number:
                return
            connection.execute(update(site).where(site.c.id == site_id).values(workstation=number))
            left = select(func.count()).select_from(site).where(site.c.workstation == before)
            if not connection.execute(left).scalar_one():
                for table in (alert, notification):
                    theirs = update(table).where(table.c.workstation == before)
                    connection.execute(theirs.values(workstation=number))


def _number_of(connection: Connection, uid: str) -> int | None:
    found = connection.execute(
        select(workstation.c.number).where(workstation.c.uid == uid)
    ).scalar()
    return None if found is None else int(found)


def _free_number(connection: Connection) -> int:
    newest = connection.execute(select(func.max(workstation.c.number))).scalar() or 0
    if newest >= MOST:
        raise InvalidSetting(
            "workstation", tr("is one too many: {most} share this history already", most=MOST)
        )
    return int(newest) + 1
