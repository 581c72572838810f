"""Reports that are sent by themselves, and which of their spans were."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from camwatch.alerts.stored import to_text
from camwatch.data.bodies import read_body
from camwatch.data.names import place_key
from camwatch.data.schema import report_plan, site
from camwatch.data.store import Store
from camwatch.domain import SiteId
from camwatch.errors import ChangedMeanwhile, InvalidSetting, NotFound
from camwatch.history.reports import ReportPlan
from camwatch.language import tr

MOST_PLANS = 100


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan, and how far it is.

    Attributes:
        begins_at: Spans that ended before then are not sent: it was made, or switched on, then.
        sent_until: End of the last span that was sent, or is being sent, UTC; None without.
        last_answer: What came of the last try, in words.
    """

    plan: ReportPlan
    begins_at: datetime
    sent_until: datetime | None
    last_answer: str

    @property
    def done_until(self) -> datetime:
        """Only spans that end later are still to be sent."""
        return self.begins_at if self.sent_until is None else max(self.begins_at, self.sent_until)


@dataclass(frozen=True, slots=True)
class _Body:
    """What the table keeps as text."""

    plan: ReportPlan
    begins_at: datetime


class ReportPlanRepository:
    """The plans of one history."""

    def __init__(self, connections: Store, clock: Callable[[], datetime]) -> None:
        self._connections = connections
        self._clock = clock

    def all(self) -> list[StoredPlan]:
        """Return all plans, by name.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(report_plan).order_by(report_plan.c.name_key, report_plan.c.uid)
        with self._connections.reading() as connection:
            return [_read(row) for row in connection.execute(query)]

    def find(self, uid: str) -> StoredPlan | None:
        """Return a plan; None if there is none of this uid.

        Raises:
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return _find(connection, uid)

    def zone_of(self, site_id: SiteId) -> str | None:
        """Return the IANA name of a site's clocks, "" for the program's; None without such a site.

        Raises:
            StorageError: It cannot be read.
        """
        query = select(site.c.time_zone).where(site.c.id == site_id)
        with self._connections.reading() as connection:
            return connection.execute(query).scalar()

    def put(self, plan: ReportPlan) -> ReportPlan:
        """Store a plan, new (version 0) or changed.

        Returns:
            With its uid and new version.

        Raises:
            InvalidSetting: "name": another one has it, or there are too many.
            NotFound: It was removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
            StorageError: Nothing was stored.
        """
        now = self._clock()
        with self._connections.writing() as connection:
            before = _find(connection, plan.uid)
            if before is None and plan.version:
                raise NotFound(tr("the report"))
            if before is not None and before.plan.version != plan.version:
                raise ChangedMeanwhile(before.plan.name)
            if before is None and _count(connection) >= MOST_PLANS:
                raise InvalidSetting(
                    "name",
                    tr("cannot be added: there are {most_plans} already", most_plans=MOST_PLANS),
                )
            key = place_key(plan.name)
            same = select(report_plan.c.uid).where(
                report_plan.c.name_key == key, report_plan.c.uid != plan.uid
            )
            if connection.execute(same).first() is not None:
                raise InvalidSetting("name", tr("is already used by another report"))
            stored = replace(plan, uid=plan.uid or str(uuid.uuid4()), version=plan.version + 1)
            row = {
                "name": stored.name,
                "name_key": key,
                "body": to_text(_Body(stored, _begins_at(before, stored, now))),
                "is_enabled": stored.is_enabled,
                "version": stored.version,
            }
            if before is None:
                connection.execute(
                    insert(report_plan).values(uid=stored.uid, last_answer="", **row)
                )
            else:
                this = report_plan.c.uid == stored.uid
                connection.execute(update(report_plan).where(this).values(**row))
            return stored

    def remove(self, uid: str) -> ReportPlan:
        """Remove a plan; returns what it was.

        Raises:
            NotFound: There is none of this uid.
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            found = _find(connection, uid)
            if found is None:
                raise NotFound(tr("the report"))
            connection.execute(delete(report_plan).where(report_plan.c.uid == uid))
            return found.plan

    def claim(self, known: StoredPlan, until: datetime, answer: str) -> bool:
        """Take a span before its report is sent, so that nobody else sends it, too.

        Args:
            known: The plan as it was read.
            until: The end of the span.
            answer: What is said of it meanwhile.

        Returns:
            False if somebody else was faster, or the plan was changed or removed.

        Raises:
            StorageError: It is not known whether it is taken; it must not be sent.
        """
        was = report_plan.c.sent_until
        statement = (
            update(report_plan)
            .where(
                report_plan.c.uid == known.plan.uid,
                report_plan.c.version == known.plan.version,
                report_plan.c.is_enabled,
                was.is_(None) if known.sent_until is None else was == known.sent_until,
            )
            .values(sent_until=until, last_answer=answer)
        )
        with self._connections.writing() as connection:
            return connection.execute(statement).rowcount == 1

    def settle(self, uid: str, answer: str) -> None:
        """Note what came of a report that was sent, or asked for out of turn.

        Raises:
            StorageError: It is not noted.
        """
        with self._connections.writing() as connection:
            statement = update(report_plan).where(report_plan.c.uid == uid)
            connection.execute(statement.values(last_answer=answer))

    def release(self, known: StoredPlan, until: datetime, answer: str) -> None:
        """Give a span back that was taken and could not be sent; it is tried again.

        Raises:
            StorageError: It stays taken.
        """
        statement = (
            update(report_plan)
            .where(report_plan.c.uid == known.plan.uid, report_plan.c.sent_until == until)
            .values(sent_until=known.sent_until, last_answer=answer)
        )
        with self._connections.writing() as connection:
            connection.execute(statement)


def _begins_at(before: StoredPlan | None, plan: ReportPlan, now: datetime) -> datetime:
    """Return from when on spans are sent: what is past when it is switched on is not sent."""
    if before is None:
        return now
    is_new = plan.is_enabled and not before.plan.is_enabled
    is_other = plan.span is not before.plan.span
    return now if is_new or is_other else before.begins_at


def _count(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(report_plan)).scalar_one())


def _find(connection: Connection, uid: str) -> StoredPlan | None:
    row = connection.execute(select(report_plan).where(report_plan.c.uid == uid)).first()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> StoredPlan:
    body = read_body(_Body, row.body, tr("report “{name}”", name=row.name))
    plan = replace(
        body.plan, name=row.name, is_enabled=bool(row.is_enabled), version=row.version, uid=row.uid
    )
    return StoredPlan(plan, body.begins_at.astimezone(UTC), row.sent_until, row.last_answer)
