"""Alerts, their history and the outbox within one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import (
    Connection,
    bindparam,
    insert,
    select,
    update,
)

from camwatch.alerts.alert import Alert, AlertEntry
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import Notification
from camwatch.alerts.planner import SentLately
from camwatch.data import channel_proofs, messages
from camwatch.data.alert_rows import alert_of, columns_of
from camwatch.data.messages import AT_ONCE, Merge, Queued
from camwatch.data.post import Post
from camwatch.data.schema import (
    alert,
    alert_camera,
    alert_entry,
    camera,
)
from camwatch.domain import CameraId
from camwatch.errors import ChangedMeanwhile, NotFound
from camwatch.language import tr


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


_UPDATE = update(alert).where(
    alert.c.uid == bindparam("this"), alert.c.version == bindparam("before")
)


class AlertBook:
    """Alerts, their history and the outbox within one transaction; see `AlertRepository`.

    What is stored and queued is written together at the end, or by `flush`: a thousand alerts
    at once are some twenty statements.

    Attributes:
        now: UTC.
    """

    def __init__(self, connection: Connection, now: datetime, station: int = 0) -> None:
        self._connection = connection
        self._station = station
        self.now = now
        self._known: dict[str, Alert | None] = {}
        self._changed: dict[str, _Changed] = {}
        self._cancelled: dict[str, str] = {}
        self._post = Post(connection, now, station)

    def load(self, uids: Collection[str]) -> None:
        """Read alerts together that will be asked for one by one."""
        missing = [uid for uid in uids if uid not in self._known]
        for start in range(0, len(missing), AT_ONCE):
            some = missing[start : start + AT_ONCE]
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
            raise NotFound(tr("the alert"))
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
        """Cancel what only calls for somebody: see `messages.cancel_of_alerts`."""
        self._post.take_back_calls(alert_uid)
        self._cancelled[alert_uid] = why

    def cancel_waiting(self, alert_uid: str, why: str) -> None:
        """Cancel all messages about an alert that wait, whatever they are for."""
        self.flush()
        messages.cancel_all_of_alert(self._connection, alert_uid, why)

    def note_delivered(self, uid: str, answer: str) -> Notification | None:
        """Note that a message got through, and that its channel works.

        Returns:
            The message as it was; None if that was noted before.

        Raises:
            NotFound: There is no such message.
        """
        message = messages.note_delivered(self._connection, uid, answer, self.now)
        if message is not None and not message.new.channel.is_local:
            channel_proofs.note_proven(self._connection, message.new.channel_uid, answer, self.now)
        return message

    def send_again(self, message: Notification, addresses: tuple[str, ...], at: datetime) -> None:
        """Let those addresses of a message be tried later that did not take it now."""
        rule_uid = messages.rule_of(self._connection, message.uid)
        self._post.put(messages.again(message, addresses, at, rule_uid))

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
        messages.cancel_of_alerts(self._connection, self._cancelled)
        self._post.flush()
        self._changed, self._cancelled = {}, {}

    def _write(self, changed: Sequence[_Changed], *, is_new: bool) -> None:
        if not changed:
            return
        if not is_new:
            rows = [
                {"this": one.alert.uid, "before": one.version, **columns_of(one.alert)}
                for one in changed
            ]
            if self._connection.execute(_UPDATE, rows).rowcount != len(rows):
                raise ChangedMeanwhile(tr("one of the alerts"))
            return
        rows = [
            {"uid": one.alert.uid, "workstation": self._station, **columns_of(one.alert)}
            for one in changed
        ]
        self._connection.execute(insert(alert), rows)
        by_uid = {one.alert.uid: one for one in changed}
        for start in range(0, len(changed), AT_ONCE):
            some = list(by_uid)[start : start + AT_ONCE]
            query = select(alert.c.uid, alert.c.id).where(alert.c.uid.in_(some))
            for uid, number in self._connection.execute(query):
                one = by_uid[uid]
                one.alert = self._known[uid] = replace(one.alert, number=number)

    def _write_cameras(self, changed: Sequence[_Changed]) -> None:
        wanted = {(one.alert.number, camera_id) for one in changed for camera_id in one.cameras}
        if not wanted:
            return
        numbers = sorted({number for number, _ in wanted})
        for start in range(0, len(numbers), AT_ONCE):
            known = select(alert_camera.c.alert_id, alert_camera.c.camera_id).where(
                alert_camera.c.alert_id.in_(numbers[start : start + AT_ONCE])
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
