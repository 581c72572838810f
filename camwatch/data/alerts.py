"""The alerts that were raised, and what was done about each.

A change of an alert is one transaction with its history and its messages: `AlertBook`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    bindparam,
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
from camwatch.alerts.notification import Notification
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


_AT_ONCE = 500
"""So many are named in one statement."""


@dataclass(slots=True)
class _Changed:
    """An alert that is to be written.

    Attributes:
        version: That is stored; 0 for none.
        cameras: It is about these, those whose numbers it adds up too.
    """

    alert: Alert
    version: int
    entries: tuple[AlertEntry, ...] = ()
    cameras: set[CameraId] = field(default_factory=set)


class AlertBook:
    """Alerts, their history and the outbox within one transaction; see `AlertRepository`.

    What is stored and queued is written together at the end, or by `flush`: a thousand alerts
    at once are some twenty statements.

    Attributes:
        now: UTC.
    """

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self.now = now
        self._known: dict[str, Alert | None] = {}
        self._changed: dict[str, _Changed] = {}
        self._cancelled: dict[str, str] = {}
        self._post = outbox.Post(connection, now)

    def load(self, uids: Collection[str]) -> None:
        """Read alerts together that will be asked for one by one."""
        missing = [uid for uid in uids if uid not in self._known]
        for start in range(0, len(missing), _AT_ONCE):
            some = missing[start : start + _AT_ONCE]
            query = select(alert).where(alert.c.uid.in_(some)).with_for_update()
            self._known |= dict.fromkeys(some)
            self._known |= {row.uid: alert_of(row) for row in self._connection.execute(query)}

    def find(self, uid: str) -> Alert | None:
        """Return an alert as it is now; None if there is none. A new one has no number yet."""
        self.load([uid])
        return self._known[uid]

    def get(self, uid: str) -> Alert:
        """Return an alert as it is now.

        Raises:
            NotFound: There is none.
        """
        found = self.find(uid)
        if found is None:
            raise NotFound("the alert")
        return found

    def store(
        self, before: Alert | None, change: Change, cameras: Collection[CameraId] = ()
    ) -> Alert:
        """Store an alert and what was done; one that did not change is left as it is.

        Args:
            before: As `find` gave it; None if it is new.
            change: What became of it.
            cameras: It is about these cameras, too, whose numbers it adds up.

        Returns:
            With its new version; a new one gets its number by `flush`.
        """
        if before is not None and change.alert == before and not change.entries:
            return before
        uid = change.alert.uid
        number, version = (0, 0) if before is None else (before.number, before.version)
        stored = replace(change.alert, number=number, version=version + 1)
        changed = self._changed.get(uid)
        if changed is None:
            changed = self._changed[uid] = _Changed(stored, version)
        changed.alert = stored
        changed.entries += change.entries
        changed.cameras |= {*stored.camera_ids, *cameras}
        self._known[uid] = stored
        return stored

    @property
    def lately(self) -> Sequence[SentLately]:
        """What was put into the outbox in the last ten minutes, also in this transaction."""
        return self._post.lately

    def queue(self, messages: Sequence[Queued], merge: Merge | None = None) -> None:
        """Put messages into the outbox; what tells of a flood joins what waits of its kind.

        Args:
            messages: In their order.
            merge: Makes one of two that tell of a flood; None keeps each by itself.
        """
        for one in messages:
            self._post.put(one, merge)

    def waiting_digest_at(self, channel_uid: str) -> datetime | None:
        """Return when the mails that a channel gathers now will be sent; None if none are."""
        return self._post.digest_at(channel_uid)

    def cancel_calls(self, alert_uid: str, why: str) -> None:
        """Cancel what only calls for somebody: see `outbox.cancel_of_alerts`."""
        self._post.take_back_calls(alert_uid)
        self._cancelled[alert_uid] = why

    def cancel_waiting(self, alert_uid: str, why: str) -> None:
        """Cancel all messages about an alert that wait, whatever they are for."""
        self.flush()
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
        self._post.put(outbox.again(message, addresses, at, rule_uid))

    def note_canaries(self, channel_uids: Collection[str]) -> None:
        """Note that the daily proof of channels is in the outbox."""
        channel_proofs.note_canaries(self._connection, channel_uids, self.now)

    # ------------------------------------------------------------ writing

    def flush(self) -> None:
        """Write what is not written yet.

        Raises:
            ChangedMeanwhile: Another computer has changed one of the alerts.
        """
        changed = list(self._changed.values())
        if changed:
            self._write([one for one in changed if one.version], is_new=False)
            self._write([one for one in changed if not one.version], is_new=True)
            self._write_cameras(changed)
            self._write_entries(changed)
        outbox.cancel_of_alerts(self._connection, self._cancelled)
        self._post.flush()
        self._changed, self._cancelled = {}, {}

    def _write(self, changed: Sequence[_Changed], *, is_new: bool) -> None:
        if not changed:
            return
        if not is_new:
            rows = [
                {"this": one.alert.uid, "before": one.version, **_columns(one.alert)}
                for one in changed
            ]
            if self._connection.execute(_UPDATE, rows).rowcount != len(rows):
                raise ChangedMeanwhile("one of the alerts")
            return
        rows = [{"uid": one.alert.uid, **_columns(one.alert)} for one in changed]
        self._connection.execute(insert(alert), rows)
        by_uid = {one.alert.uid: one for one in changed}
        for start in range(0, len(changed), _AT_ONCE):
            some = list(by_uid)[start : start + _AT_ONCE]
            query = select(alert.c.uid, alert.c.id).where(alert.c.uid.in_(some))
            for uid, number in self._connection.execute(query):
                one = by_uid[uid]
                one.alert = self._known[uid] = replace(one.alert, number=number)

    def _write_cameras(self, changed: Sequence[_Changed]) -> None:
        wanted = {(one.alert.number, camera_id) for one in changed for camera_id in one.cameras}
        if not wanted:
            return
        numbers = sorted({number for number, _ in wanted})
        for start in range(0, len(numbers), _AT_ONCE):
            known = select(alert_camera.c.alert_id, alert_camera.c.camera_id).where(
                alert_camera.c.alert_id.in_(numbers[start : start + _AT_ONCE])
            )
            wanted -= {(row.alert_id, row.camera_id) for row in self._connection.execute(known)}
        ids = {camera_id for _, camera_id in wanted}
        there = set(
            self._connection.execute(select(camera.c.id).where(camera.c.id.in_(ids))).scalars()
        )
        rows = [
            {"alert_id": number, "camera_id": camera_id}
            for number, camera_id in sorted(wanted)
            if camera_id in there
        ]
        if rows:
            self._connection.execute(insert(alert_camera), rows)

    def _write_entries(self, changed: Sequence[_Changed]) -> None:
        rows = [
            {
                "alert_id": one.alert.number,
                "at": entry.at,
                "actor": entry.actor,
                "deed": entry.deed.value,
                "text": entry.text,
            }
            for one in changed
            for entry in one.entries
        ]
        if rows:
            self._connection.execute(insert(alert_entry), rows)


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
            book = AlertBook(connection, now)
            yield book
            book.flush()

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


_UPDATE = update(alert).where(
    alert.c.uid == bindparam("this"), alert.c.version == bindparam("before")
)


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
