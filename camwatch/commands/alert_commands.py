"""What operators do with alerts, each command with who may give it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from camwatch.alerts.alert import Alert
from camwatch.alerts.inbox import AlertDetails, AlertQuery, Evidence, Handover
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs


class AlertCommands:
    """Part of `Commands`; whoever inherits it calls `_init_alerts` and has a `guard`.

    An operator of some sites sees alerts about their cameras, with only the parts about those,
    and alerts about the program.
    """

    guard: Guard

    @needs(Permission.VIEW_ALERTS)
    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def alert_details(self, session: Session, alert_uid: str) -> AlertDetails:
        """Return all that is known of an alert.

        Raises:
            NotFound: There is no such alert, or this operator does not see it.
        """
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def alert_evidence(self, session: Session, alert_uid: str) -> list[Evidence]:
        """Return the pictures of the moment an alert was raised; none if none is kept.

        Raises:
            NotFound: See `alert_details`.
            FilesTroubled: A picture cannot be read.
        """
        raise NotImplementedError

    @needs(Permission.HANDLE_ALERTS)
    def acknowledge_alerts(
        self, session: Session, alert_uids: Sequence[str], comment: str = ""
    ) -> list[Alert]:
        """Say that somebody knows; one alert or several, all or none.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "comment" is too long or has control characters.
        """
        raise NotImplementedError

    @needs(Permission.HANDLE_ALERTS)
    def shelve_alerts(
        self, session: Session, alert_uids: Sequence[str], until: datetime, comment: str
    ) -> list[Alert]:
        """Put alerts aside until a moment, UTC, with the reason as comment; all or none.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "until" or "reason"; see `lifecycle.shelved`.
        """
        raise NotImplementedError

    @needs(Permission.HANDLE_ALERTS)
    def unshelve_alerts(self, session: Session, alert_uids: Sequence[str]) -> list[Alert]:
        """Take alerts out again; all or none.

        Raises:
            NotFound: See `alert_details`.
        """
        raise NotImplementedError

    @needs(Permission.HANDLE_ALERTS)
    def comment_alert(self, session: Session, alert_uid: str, comment: str) -> Alert:
        """Add a comment to an alert.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "comment"; see `lifecycle.commented`.
        """
        raise NotImplementedError

    @needs(Permission.HANDLE_ALERTS)
    def own_alerts(self, session: Session, alert_uids: Sequence[str], owner: str) -> list[Alert]:
        """Say who takes care of alerts; "" for nobody. All or none.

        Raises:
            NotFound: See `alert_details`.
            InvalidSetting: "owner" is too long.
        """
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def popup_shown(self, session: Session, notification_uid: str, how: str) -> None:
        """Say that a popup or sound was brought to the operator's attention.

        Harmless if it was said before, on whichever workstation.

        Args:
            session: Of the operator at the screen.
            notification_uid: Which message.
            how: By what, such as "desktop notification" or "banner in the window".
        """
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def handover(self, session: Session, since: datetime, to_name: str) -> Handover:
        """Return what the next shift must know.

        Args:
            session: Who leaves.
            since: Begin of the shift, UTC.
            to_name: Who takes over; may be empty.
        """
        raise NotImplementedError

    @needs(Permission.VIEW_ALERTS)
    def last_handover(self, session: Session) -> datetime | None:
        """Return when a shift was handed over last, UTC; None if none ever was."""
        raise NotImplementedError
