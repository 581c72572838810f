"""The commands that judge rules by what is stored, each with who may give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.alerts.minutes import StoredHistory
from camwatch.alerts.rules import ProgramCondition, Rule
from camwatch.alerts.scopes import cameras_in
from camwatch.alerts.signals import RuleTrace, WatchedCamera
from camwatch.auth.permissions import OperatorRole, Permission
from camwatch.auth.session import Session
from camwatch.commands.guard import Guard, needs
from camwatch.commands.rule_traces import traces
from camwatch.commands.sight import About
from camwatch.commands.sight_rules import anything
from camwatch.commands.sight_rules import rule_uid as seen_rule
from camwatch.commands.stored_history import read_history
from camwatch.commands.watched import watched_cameras
from camwatch.data.engine import Database
from camwatch.errors import InvalidSetting, NotFound
from camwatch.language import tr

MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class RehearsalDesk:
    """What rules are judged by.

    Attributes:
        rule: Finds a rule by its uid.
        zone: The site's time zone.
    """

    database: Database
    rule: Callable[[str], Rule | None]
    zone: ZoneInfo
    clock: Callable[[], datetime]

    def cameras_for(self, role: OperatorRole) -> list[WatchedCamera]:
        """Return the cameras that a role sees.

        Raises:
            StorageError: They cannot be read.
        """
        cameras = watched_cameras(self.database).values()
        return [one for one in cameras if role.sees(one.site_id)]

    @staticmethod
    def may_see(rule: Rule, cameras: Sequence[WatchedCamera], role: OperatorRole) -> bool:
        """Tell whether a role may know how a rule stands.

        Args:
            rule: The rule.
            cameras: Those that the role sees.
            role: Of the operator.
        """
        if role.sites is None or isinstance(rule.condition, ProgramCondition):
            return True
        scope = rule.scope
        seen = {one.id for one in cameras}
        if scope.is_together:
            # The sum tells of all of them, so all must be seen.
            named = scope.cameras | {place.camera_id for place in scope.places}
            sites = scope.sites <= set(role.sites)
            return not scope.is_everything and sites and named <= seen
        if scope.places:
            return any(place.camera_id in seen for place in scope.places)
        return bool(cameras_in(scope, cameras))


class RehearsalCommands:
    """Part of `Commands`; whoever inherits it calls `_init_rehearsal` and has a `guard`."""

    guard: Guard
    _rehearsal: RehearsalDesk

    def _init_rehearsal(self, desk: RehearsalDesk) -> None:
        self._rehearsal = desk

    # Only cameras that the operator sees are read.
    @needs(Permission.EDIT_RULES, about=About(arguments={"rule": anything}))
    def stored_history(self, session: Session, rule: Rule, days: int) -> StoredHistory:
        """Return what is stored of a rule's subjects, to rehearse it against.

        Cameras that the operator does not see are left out.

        Args:
            session: Who asks.
            rule: As it is being edited; only its condition's kind and its scope count.
            days: The last so many, 1 to 90.

        Raises:
            InvalidSetting: "days".
        """
        if not 1 <= days <= MOST_DAYS:
            raise InvalidSetting("days", tr("must be from 1 to {most_days}", most_days=MOST_DAYS))
        desk = self._rehearsal
        cameras = desk.cameras_for(session.role)
        return read_history(desk.database, rule, cameras, days, desk.clock())

    @needs(Permission.VIEW_ALERTS, about=About(arguments={"rule_uid": seen_rule}))
    def explain_rule(self, session: Session, rule_uid: str, at: datetime) -> list[RuleTrace]:
        """Tell how a rule stood with each of its subjects at a moment, UTC.

        Found out by giving the engine once more what is stored of the time before. Shelving,
        cool-down and what was sent come from the alerts and the outbox. The rule is taken as it
        is now: how it was before is not stored.

        Raises:
            NotFound: There is no such rule, or this operator sees nothing that it is about.
            InvalidSetting: "at" lies in the future, or before the history.
        """
        desk = self._rehearsal
        rule = desk.rule(rule_uid)
        cameras = desk.cameras_for(session.role)
        if rule is None or not desk.may_see(rule, cameras, session.role):
            raise NotFound(tr("the rule"))
        if at > desk.clock():
            raise InvalidSetting("at", tr("lies in the future"))
        begin = desk.database.past.begin()
        if begin is None or at < begin:
            raise InvalidSetting("at", tr("lies before the history"))
        return traces(desk.database, rule, cameras, at, desk.zone)
