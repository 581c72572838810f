"""The alerts that were raised, and what was done about each.

A change of an alert is one transaction with its history and its messages: `AlertBook`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    insert,
    or_,
    select,
    update,
)

from camwatch.alerts.alert import Alert, AlertEntry, AlertState, Deed, SubjectKind
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import Notification, Purpose
from camwatch.alerts.planner import SentLately
from camwatch.alerts.stored import to_text
from camwatch.data import channel_proofs, outbox
from camwatch.data.bodies import read_body
from camwatch.data.connections import Connections
from camwatch.data.names import place_key
from camwatch.data.outbox import Merge, Queued
from camwatch.data.schema import (
    alert,
    alert_camera,
    alert_entry,
    alert_evidence,
    camera,
    notification,
)
from camwatch.domain import CameraId, SiteId
from camwatch.errors import ChangedMeanwhile, NotFound

_IS_OPEN = alert.c.state != AlertState.CLOSED.value


class AlertBook:
    """Alerts, their history and the outbox within one transaction; see `AlertRepository`.

    Attributes:
        now: UTC.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now
        self._lately: list[SentLately] | None = None

    def find(self, uid: str) -> Alert | None:
        """Return an alert as it is now; None if there is none."""
        row = self._connection.execute(
            select(alert).where(alert.c.uid == uid).with_for_update()
        ).first()
        return None if row is None else alert_of(row)

    def get(self, uid: str) -> Alert:
        """Return an alert as it is now.

        Raises:
            NotFound: There is none.
        """
        found = self.find(uid)
        if found is None:
            raise NotFound("the alert")
        return found

    def open(self) -> list[Alert]:
        """Return the alerts that are not closed, oldest first."""
        query = select(alert).where(_IS_OPEN).order_by(alert.c.id).with_for_update()
        return [alert_of(row) for row in self._connection.execute(query)]

    def store(
        self, before: Alert | None, change: Change, cameras: Collection[CameraId] = ()
    ) -> Alert:
        """Store an alert and what was done; one that did not change is left as it is.

        Args:
            before: As it was read in this transaction; None if it is new.
            change: What became of it.
            cameras: It is about these cameras, too, whose numbers it adds up.

        Returns:
            As it is stored: with its number and its new version.

        Raises:
            ChangedMeanwhile: Another computer has changed it.
        """
        if before is not None and change.alert == before and not change.entries:
            return before
        stored = self._put(before, change.alert)
        self._put_cameras(stored, cameras)
        if change.entries:
            self._connection.execute(
                insert(alert_entry),
                [
                    {
                        "alert_id": stored.number,
                        "at": entry.at,
                        "actor": entry.actor,
                        "deed": entry.deed.value,
                        "text": entry.text,
                    }
                    for entry in change.entries
                ],
            )
        return stored

    def _put(self, before: Alert | None, changed: Alert) -> Alert:
        if before is None:
            stored = replace(changed, version=1)
            number = self._connection.execute(
                insert(alert).returning(alert.c.id), _columns(stored) | {"uid": stored.uid}
            ).scalar_one()
            return replace(stored, number=number)
        stored = replace(changed, number=before.number, version=before.version + 1)
        this = (alert.c.uid == stored.uid) & (alert.c.version == before.version)
        if not self._connection.execute(
            update(alert).where(this).values(_columns(stored))
        ).rowcount:
            raise ChangedMeanwhile(f"alert {before.number}")
        return stored

    def _put_cameras(self, stored: Alert, more: Collection[CameraId]) -> None:
        wanted = {*stored.camera_ids, *more}
        if not wanted:
            return
        known = select(alert_camera.c.camera_id).where(alert_camera.c.alert_id == stored.number)
        wanted -= set(self._connection.execute(known).scalars())
        if not wanted:
            return
        there = select(camera.c.id).where(camera.c.id.in_(wanted))
        rows = [
            {"alert_id": stored.number, "camera_id": camera_id}
            for camera_id in self._connection.execute(there).scalars()
        ]
        if rows:
            self._connection.execute(insert(alert_camera), rows)

    @property
    def lately(self) -> Sequence[SentLately]:
        """What was put into the outbox in the last ten minutes, also in this transaction."""
        if self._lately is None:
            self._lately = outbox.lately(self._connection, self.now)
        return self._lately

    def queue(self, messages: Sequence[Queued], merge: Merge | None = None) -> None:
        """Put messages into the outbox; what tells of a flood joins what waits of its kind.

        Args:
            messages: In their order.
            merge: See `outbox.merge_flood`; None keeps each by itself.
        """
        lately = list(self.lately)
        new = [
            one
            for one in messages
            if merge is None
            or one.new.purpose is not Purpose.FLOOD
            or not outbox.merge_flood(self._connection, one, merge)
        ]
        outbox.put(self._connection, new, self.now)
        lately += (
            SentLately(one.new.due_at, one.rule_uid, f"{one.new.channel}:{one.new.channel_uid}")
            for one in new
        )
        self._lately = lately

    def waiting_digest_at(self, channel_uid: str) -> datetime | None:
        """Return when the mails that a channel gathers now will be sent; None if none are."""
        return outbox.waiting_digest_at(self._connection, channel_uid, self.now)

    def cancel_calls(self, alert_uid: str, why: str) -> None:
        """Cancel what only calls for somebody: see `outbox.cancel_of_alert`."""
        outbox.cancel_of_alert(self._connection, alert_uid, why)

    def cancel_waiting(self, alert_uid: str, why: str) -> None:
        """Cancel all messages about an alert that wait, whatever they are for."""
        outbox.cancel_all_of_alert(self._connection, alert_uid, why)

    def note_delivered(self, uid: str, answer: str) -> Notification | None:
        """Note that a message got through, and that its channel works.

        Returns:
            The message as it was; None if that was noted before.

        Raises:
            NotFound: There is no such message.
        """
        message = outbox.note_delivered(self._connection, uid, answer, self.now)
        if message is not None and not message.new.channel.is_local:
            channel_proofs.note_proven(self._connection, message.new.channel_uid, answer, self.now)
        return message

    def send_again(self, message: Notification, addresses: tuple[str, ...], at: datetime) -> None:
        """Let those addresses of a message be tried later that did not take it now."""
        rule_uid = outbox.rule_of(self._connection, message.uid)
        outbox.put(self._connection, [outbox.again(message, addresses, at, rule_uid)], self.now)

    def note_canaries(self, channel_uids: Collection[str]) -> None:
        """Note that the daily proof of channels is in the outbox."""
        channel_proofs.note_canaries(self._connection, channel_uids, self.now)


class AlertRepository:
    """The alerts of one history."""

    def __init__(self, connections: Connections) -> None:
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
            yield AlertBook(connection, now)

    def open(self) -> list[Alert]:
        """Return the alerts that are not closed, oldest first.

        Raises:
            StorageError: They cannot be read.
        """
        query = select(alert).where(_IS_OPEN).order_by(alert.c.id)
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
            raise NotFound("the alert")
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


def alert_of(row: Row[Any]) -> Alert:
    """Return the alert of a row of the table."""
    found = read_body(Alert, row.body, f"alert {row.id}")
    return replace(found, number=row.id, version=row.version)


def _columns(stored: Alert) -> dict[str, Any]:
    return {
        "rule_uid": stored.rule_uid,
        "state": stored.state.value,
        "severity": stored.severity.rank,
        "raised_at": stored.raised_at,
        "changed_at": stored.changed_at,
        "closed_at": stored.closed_at,
        "shelved_until": stored.shelving and stored.shelving.until,
        "is_together": any(one.subject.kind is SubjectKind.TOGETHER for one in stored.parts),
        "searched": _folded(stored),
        "body": to_text(stored),
        "version": stored.version,
    }


def _folded(stored: Alert) -> str:
    texts = (
        stored.title,
        stored.message,
        stored.rule_name,
        stored.common,
        stored.owner,
        *(one.name for one in stored.parts),
    )
    return place_key("\n".join(texts)).encode("utf-8", "replace").decode()


def mentions(alert: Alert, text: str) -> bool:
    """Tell whether a text stands in what is searched of an alert; any does if it is empty."""
    return place_key(text.strip()) in _folded(alert)


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
    if text := place_key(wanted.text.strip()):
        found.append(alert.c.searched.contains(text, autoescape=True))
    if wanted.since is not None:
        found.append(alert.c.raised_at >= wanted.since)
    if wanted.until is not None:
        found.append(alert.c.raised_at < wanted.until)
    if not wanted.with_shelved:
        found.append(or_(alert.c.shelved_until.is_(None), alert.c.shelved_until <= now))
    return found


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
