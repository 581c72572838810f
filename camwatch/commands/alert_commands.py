"""What operators do with alerts, each command with who may give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from camwatch.alerts import lifecycle
from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import MOST_ALERTS, AlertDetails, AlertQuery, Evidence, Handover
from camwatch.alerts.lifecycle import Change
from camwatch.alerts.notification import Answer
from camwatch.alerts.plain import checked
from camwatch.auth.accounts import AuditQuery
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.alert_keeping import AlertKeeping
from camwatch.commands.alert_setup import SetupReader
from camwatch.commands.alert_sight import trimmed
from camwatch.commands.evidence_store import EvidenceStore
from camwatch.commands.guard import Guard, needs
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import alert_uid, alert_uids, message_uid
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.alert_rows import mentions
from camwatch.data.engine import Database
from camwatch.domain import CameraId
from camwatch.errors import NotFound, StorageError

LONGEST_NAME = 100
"""Of who takes over."""

_HAND_OVER = "hand_over"
_MOST_NUMBERS = 50
_ONE = About(arguments={"alert_uid": alert_uid})
_SEVERAL = About(arguments={"alert_uids": alert_uids})
_WHEN = About(why="It tells a moment, and nothing of any camera.")
_MESSAGE = About(arguments={"notification_uid": message_uid})


@dataclass(frozen=True, slots=True)
class AlertHandling:
    """What these commands stand on."""

    database: Database
    setup: SetupReader
    evidence: EvidenceStore
    keeping: AlertKeeping
    trail: Trail
    clock: Callable[[], datetime]

    def do(
        self,
        actor: str,
        action: str,
        uids: Sequence[str],
        deed: Callable[[Alert], Change],
        **details: str,
    ) -> list[Alert]:
        """Do something with alerts, all or none; audited first, as all that cannot be undone.

        Raises:
            NotFound: One is not there.
            InvalidSetting: What the deed refuses.
            StorageError: Nothing was done.
        """
        alerts = [self.database.alerts.get(uid) for uid in dict.fromkeys(uids)]
        if not alerts:
            return []
        for alert in alerts:
            deed(alert)
        target = f"alert {alerts[0].number}" if len(alerts) == 1 else f"{len(alerts)} alerts"
        self.trail.record(actor, action, target, DONE, alerts=_numbers(alerts), **details)
        try:
            return self.keeping.change(uids, deed, self.clock())
        except (NotFound, StorageError):
            self.trail.try_to_record(actor, action, target, FAILED)
            raise


def _numbers(alerts: Sequence[Alert]) -> str:
    numbers = ", ".join(str(alert.number) for alert in alerts[:_MOST_NUMBERS])
    return numbers if len(alerts) <= _MOST_NUMBERS else f"{numbers}, …"


class AlertCommands:
    """Part of `Commands`; whoever inherits it calls `_init_alerts` and has a `guard`.

    An operator of some sites sees alerts about their cameras, with only the parts about those,
    and alerts about the program.
    """

    guard: Guard
    _alert_handling: AlertHandling

    def _init_alerts(self, handling: AlertHandling) -> None:
        """Take what these commands work with."""
        self._alert_handling = handling

    @needs(Permission.VIEW_ALERTS)
    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        handling = self._alert_handling
        seen = self._seen_cameras(session)
        if seen is None:
            return handling.database.alerts.find(query, handling.clock())
        if query.camera_id is not None and query.camera_id not in seen:
            return []
        found = handling.database.alerts.find(query, handling.clock(), session.role.sites)
        # Nobody finds out by searching what the part says that they do not see.
        return [alert for alert in found if mentions(trimmed(alert, seen), query.text)]

    @needs(Permission.VIEW_ALERTS, about=_ONE)
    def alert_details(self, session: Session, alert_uid: str) -> AlertDetails:
        """Return all that is known of an alert.

        Raises:
            NotFound: There is no such alert, or this operator does not see it.
        """
        handling = self._alert_handling
        alert = handling.database.alerts.get(alert_uid)
        rule = handling.setup.known().rules.get(alert.rule_uid)
        seen = self._seen_cameras(session)
        pictures, why_none = handling.evidence.count(
            alert, rule, handling.clock(), lambda camera_id: seen is None or camera_id in seen
        )
        return AlertDetails(
            alert,
            handling.database.alerts.entries([alert_uid])[alert_uid],
            tuple(handling.database.outbox.about(alert)),
            pictures,
            why_none,
        )

    def _seen_cameras(self, session: Session) -> frozenset[CameraId] | None:
        sites = session.role.sites
        return None if sites is None else self._alert_handling.database.sites.cameras(sites)

    @needs(Permission.VIEW_ALERTS, about=_ONE)
    def alert_evidence(self, session: Session, alert_uid: str) -> list[Evidence]:
        """Return the pictures of the moment an alert was raised; none if none is kept.

        Raises:
            NotFound: See `alert_details`.
            FilesTroubled: A picture cannot be read.
        """
        del session
        handling = self._alert_handling
        handling.database.alerts.get(alert_uid)
        return handling.evidence.of(alert_uid)

    @needs(Permission.HANDLE_ALERTS, about=_SEVERAL)
    def acknowledge_alerts(
        self, session: Session, alert_uids: Sequence[str], comment: str = ""
    ) -> list[Alert]:
        """Say that somebody knows; one alert or several, all or none.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "comment" is too long or has control characters.
        """
        handling = self._alert_handling
        deed = partial(
            lifecycle.acknowledged, actor=session.actor, at=handling.clock(), comment=comment
        )
        return handling.do(session.actor, "acknowledge_alerts", alert_uids, deed)

    @needs(Permission.HANDLE_ALERTS, about=_SEVERAL)
    def shelve_alerts(
        self, session: Session, alert_uids: Sequence[str], until: datetime, comment: str
    ) -> list[Alert]:
        """Put alerts aside until a moment, UTC, with the reason as comment; all or none.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "until" or "reason"; see `lifecycle.shelved`.
        """
        handling = self._alert_handling
        deed = partial(
            lifecycle.shelved,
            actor=session.actor,
            at=handling.clock(),
            until=until,
            reason=comment,
        )
        return handling.do(
            session.actor,
            "shelve_alerts",
            alert_uids,
            deed,
            until=until.isoformat(timespec="seconds"),
            reason=comment.strip(),
        )

    @needs(Permission.HANDLE_ALERTS, about=_SEVERAL)
    def unshelve_alerts(self, session: Session, alert_uids: Sequence[str]) -> list[Alert]:
        """Take alerts out again; all or none.

        Raises:
            NotFound: See `alert_details`.
        """
        handling = self._alert_handling
        deed = partial(lifecycle.unshelved, actor=session.actor, at=handling.clock())
        return handling.do(session.actor, "unshelve_alerts", alert_uids, deed)

    @needs(Permission.HANDLE_ALERTS, about=_ONE)
    def comment_alert(self, session: Session, alert_uid: str, comment: str) -> Alert:
        """Add a comment to an alert.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "comment"; see `lifecycle.commented`.
        """
        handling = self._alert_handling
        deed = partial(
            lifecycle.commented, actor=session.actor, at=handling.clock(), comment=comment
        )
        (alert,) = handling.do(session.actor, "comment_alert", [alert_uid], deed)
        return alert

    @needs(Permission.HANDLE_ALERTS, about=_SEVERAL)
    def own_alerts(self, session: Session, alert_uids: Sequence[str], owner: str) -> list[Alert]:
        """Say who takes care of alerts; "" for nobody. All or none.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "owner" is too long.
        """
        handling = self._alert_handling
        deed = partial(lifecycle.owned, actor=session.actor, at=handling.clock(), owner=owner)
        return handling.do(session.actor, "own_alerts", alert_uids, deed, owner=owner.strip())

    @needs(Permission.VIEW_ALERTS, about=_MESSAGE)
    def popup_shown(self, session: Session, notification_uid: str, how: str) -> None:
        """Say that a popup or sound was brought to the operator's attention.

        Harmless if it was said before, on whichever workstation.

        Args:
            session: Of the operator at the screen.
            notification_uid: Which message.
            how: By what, such as "desktop notification" or "banner in the window".

        Raises:
            NotFound: It was deleted, or this operator does not see its alert.
        """
        handling = self._alert_handling
        words = checked("how", how, LONGEST_NAME)
        answer = Answer(f"{words}, to {session.user.name}")
        handling.keeping.delivered(notification_uid, answer, handling.clock())

    @needs(Permission.VIEW_ALERTS)
    def handover(self, session: Session, since: datetime, to_name: str) -> Handover:
        """Return what the next shift must know.

        Args:
            session: Who leaves.
            since: Begin of the shift, UTC.
            to_name: Who takes over; may be empty.
        """
        return self._gathered(session, since, to_name)

    def _gathered(self, session: Session, since: datetime, to_name: str) -> Handover:
        handling = self._alert_handling
        alerts, until = handling.database.alerts, handling.clock()
        sites = session.role.sites
        now_open = alerts.find(AlertQuery(limit=MOST_ALERTS), until, sites)
        happened = alerts.find(
            AlertQuery(states=frozenset(AlertState), since=since, limit=MOST_ALERTS), until, sites
        )
        happened.reverse()
        return Handover(
            since=since,
            until=until,
            from_name=session.user.name,
            to_name=checked("to_name", to_name, LONGEST_NAME),
            # Of the same severity the oldest first, which waits longest.
            open=tuple(sorted(now_open, key=lambda one: (-one.severity.rank, one.raised_at))),
            happened=tuple(happened),
            entries=tuple(alerts.entries([one.uid for one in happened]).items()),
        )

    @needs(Permission.VIEW_ALERTS)
    def hand_over(self, session: Session, since: datetime, to_name: str) -> Handover:
        """Return what the next shift must know, and note that the shift is handed over now.

        Args:
            session: Who leaves.
            since: Begin of the shift, UTC.
            to_name: Who takes over; may be empty.

        Raises:
            InvalidSetting: "to_name" is too long or has control characters.
        """
        handling = self._alert_handling
        handover = self._gathered(session, since, to_name)
        handling.trail.record(
            session.actor,
            _HAND_OVER,
            handover.to_name,
            DONE,
            since=since.isoformat(timespec="seconds"),
        )
        return handover

    @needs(Permission.VIEW_ALERTS, about=_WHEN)
    def last_handover(self, session: Session) -> datetime | None:
        """Return when a shift was handed over last, by whomever, UTC; None if none ever was."""
        del session
        wanted = AuditQuery(action=_HAND_OVER, result=DONE)
        found = self._alert_handling.database.audit.find(wanted, limit=1)
        return found[0].at if found else None
