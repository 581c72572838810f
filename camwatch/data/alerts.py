"""The alerts that were raised, and what was done about each.

A change of an alert is one transaction with its history and its messages: `AlertBook`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    or_,
    select,
)

from camwatch.alerts.alert import Alert, AlertEntry, AlertState, Deed
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.data.alert_book import AlertBook
from camwatch.data.alert_rows import alert_of, sought
from camwatch.data.schema import (
    alert,
    alert_camera,
    alert_entry,
    alert_evidence,
    camera,
    notification,
)
from camwatch.data.store import Store
from camwatch.data.workstations import is_own
from camwatch.domain import SiteId
from camwatch.errors import NotFound
from camwatch.language import tr

_GREATEST_NUMBER = 2**31 - 1
_IS_OPEN = alert.c.state != AlertState.CLOSED.value


class AlertRepository:
    """The alerts of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    @contextmanager
    def changing(self, now: datetime) -> Iterator[AlertBook]:
        """Give the alerts to be changed in one transaction; an error in the block undoes all.

        Args:
            now: UTC.

        Raises:
            StorageError: Nothing was stored.
        """
        with self._connections.writing() as connection:
            book = AlertBook(connection, now, self._connections.station)
            yield book
            book.flush()

    def open(self) -> list[Alert]:
        """Return the alerts that are not closed, oldest first; only those of this workstation.

        Raises:
            StorageError: They cannot be read.
        """
        own = is_own(alert, self._connections.station)
        query = select(alert).where(_IS_OPEN, own).order_by(alert.c.id)
        with self._connections.reading() as connection:
            return [alert_of(row) for row in connection.execute(query)]

    def closed_lately(self, since: datetime, limit: int) -> list[Alert]:
        """Return alerts of this workstation that were closed since a moment, the last ones first.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(alert)
            .where(~_IS_OPEN, alert.c.closed_at >= since)
            .where(is_own(alert, self._connections.station))
            .order_by(alert.c.closed_at.desc())
            .limit(limit)
        )
        with self._connections.reading() as connection:
            return [alert_of(row) for row in connection.execute(query)]

    def get(self, uid: str) -> Alert:
        """Return an alert.

        Raises:
            NotFound: There is none.
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            row = connection.execute(select(alert).where(alert.c.uid == uid)).first()
        if row is None:
            raise NotFound(tr("the alert"))
        return alert_of(row)

    def find(
        self, wanted: AlertQuery, now: datetime, sites: Collection[SiteId] | None = None
    ) -> list[Alert]:
        """Return the alerts that fit, newest first.

        Args:
            wanted: Which ones.
            now: UTC; what is shelved is shelved then.
            sites: Only what an operator of these sites sees; None for all.

        Raises:
            ValueError: The limit is not from 1 to `MOST_ALERTS`.
            StorageError: They cannot be read.
        """
        if not 1 <= wanted.limit <= MOST_ALERTS:
            raise ValueError(f"limit: {wanted.limit}")
        query = (
            select(alert)
            .where(*_matching(wanted, now))
            .order_by(alert.c.raised_at.desc(), alert.c.id.desc())
            .limit(wanted.limit)
        )
        if sites is not None:
            query = query.where(_visible(sites))
        with self._connections.reading() as connection:
            return [alert_of(row) for row in connection.execute(query)]

    def open_at(
        self, moment: datetime, limit: int, sites: Collection[SiteId] | None = None
    ) -> tuple[list[Alert], int]:
        """Return the alerts that were open at a moment, newest first, and how many there were.

        Args:
            moment: UTC.
            limit: So many of them at most are returned.
            sites: Only what an operator of these sites sees; None for all.

        Raises:
            StorageError: They cannot be read.
        """
        was_open = or_(alert.c.closed_at.is_(None), alert.c.closed_at > moment)
        fitting = select(alert).where(alert.c.raised_at <= moment, was_open)
        if sites is not None:
            fitting = fitting.where(_visible(sites))
        newest = fitting.order_by(alert.c.raised_at.desc(), alert.c.id.desc()).limit(limit)
        counting = select(func.count()).select_from(fitting.subquery())
        with self._connections.reading() as connection:
            found = [alert_of(row) for row in connection.execute(newest)]
            if len(found) < limit:
                return found, len(found)
            return found, int(connection.execute(counting).scalar_one())

    def beside(
        self, moment: datetime, *, is_after: bool, sites: Collection[SiteId] | None = None
    ) -> Alert | None:
        """Return the first alert that was raised after a moment, or the last one before it.

        Args:
            moment: UTC; one that was raised at this very moment is neither.
            is_after: Which of the two.
            sites: Only what an operator of these sites sees; None for all.

        Raises:
            StorageError: It cannot be read.
        """
        raised = alert.c.raised_at
        query = select(alert).where(raised > moment if is_after else raised < moment)
        query = query.order_by(raised if is_after else raised.desc()).limit(1)
        if sites is not None:
            query = query.where(_visible(sites))
        with self._connections.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else alert_of(row)

    def changed_since(self, moment: datetime, limit: int) -> list[Alert]:
        """Return the alerts of all workstations that changed since a moment, oldest change first.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(alert)
            .where(alert.c.changed_at >= moment)
            .order_by(alert.c.changed_at, alert.c.id)
            .limit(limit)
        )
        with self._connections.reading() as connection:
            return [alert_of(row) for row in connection.execute(query)]

    def entries(self, uids: Sequence[str]) -> Mapping[str, tuple[AlertEntry, ...]]:
        """Return the history of each of some alerts, oldest entry first.

        Raises:
            StorageError: It cannot be read.
        """
        query = (
            select(alert.c.uid, alert_entry)
            .join(alert, alert.c.id == alert_entry.c.alert_id)
            .where(alert.c.uid.in_(uids))
            .order_by(alert_entry.c.id)
        )
        found: dict[str, list[AlertEntry]] = {uid: [] for uid in uids}
        with self._connections.reading() as connection:
            for row in connection.execute(query):
                found[row.uid].append(AlertEntry(row.at, row.actor, Deed(row.deed), row.text))
        return {uid: tuple(entries) for uid, entries in found.items()}

    def is_visible(self, uid: str, sites: Collection[SiteId]) -> bool:
        """Tell whether an operator of some sites sees an alert; False if there is none.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(alert.c.id).where(alert.c.uid == uid, _visible(sites))
        with self._connections.reading() as connection:
            return connection.execute(query).first() is not None

    def over(self, closed_before: datetime, limit: int) -> list[str]:
        """Return the uids of alerts that were closed before a moment, oldest first.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(alert.c.uid)
            .where(alert.c.closed_at < closed_before, ~_IS_OPEN)
            .order_by(alert.c.closed_at)
            .limit(limit)
        )
        with self._connections.reading() as connection:
            return list(connection.execute(query).scalars())

    def remove(self, uids: Sequence[str]) -> None:
        """Delete alerts with their history and messages; not the files of their pictures.

        Raises:
            StorageError: Nothing was deleted.
        """
        with self._connections.writing() as connection:
            theirs = select(alert.c.id).where(alert.c.uid.in_(uids))
            ids = list(connection.execute(theirs).scalars())
            for table in (alert_evidence, alert_entry, alert_camera):
                connection.execute(delete(table).where(table.c.alert_id.in_(ids)))
            connection.execute(delete(notification).where(notification.c.alert_uid.in_(uids)))
            connection.execute(delete(alert).where(alert.c.id.in_(ids)))


def _matching(wanted: AlertQuery, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states is None:
        found.append(_IS_OPEN)
    else:
        found.append(alert.c.state.in_([one.value for one in wanted.states]))
    if wanted.severities is not None:
        found.append(alert.c.severity.in_([one.rank for one in wanted.severities]))
    if wanted.camera_id is not None:
        about = _cameras().where(alert_camera.c.camera_id == wanted.camera_id)
        found.append(exists(about))
    if wanted.rule_uid:
        found.append(alert.c.rule_uid == wanted.rule_uid)
    if (text := sought(wanted.text)) is None:
        found.append(false())
    elif text:
        found.append(alert.c.searched.contains(text, autoescape=True))
    found += _numbered(wanted.number)
    if wanted.since is not None:
        found.append(alert.c.raised_at >= wanted.since)
    if wanted.until is not None:
        found.append(alert.c.raised_at < wanted.until)
    if not wanted.with_shelved:
        found.append(or_(alert.c.shelved_until.is_(None), alert.c.shelved_until <= now))
    return found


def _numbered(number: int | None) -> list[ColumnElement[bool]]:
    if number is None:
        return []
    # What no column of numbers holds is nobody's number; a server would refuse it.
    return [alert.c.id == number if 0 < number <= _GREATEST_NUMBER else false()]


def _cameras() -> Select[Any]:
    return (
        select(alert_camera.c.camera_id)
        .join(camera, camera.c.id == alert_camera.c.camera_id)
        .where(alert_camera.c.alert_id == alert.c.id)
        .correlate(alert)
    )


def _visible(sites: Collection[SiteId]) -> ColumnElement[bool]:
    """Tell what an operator of some sites sees.

    That is what is about no camera, what is about any of theirs, and a sum over none but theirs.
    """
    theirs = exists(_cameras().where(camera.c.site_id.in_(sites)))
    others = exists(_cameras().where(camera.c.site_id.not_in(sites)))
    return or_(
        and_(~theirs, ~others),
        and_(alert.c.is_together.is_(False), theirs),
        and_(alert.c.is_together.is_(True), ~others),
    )
