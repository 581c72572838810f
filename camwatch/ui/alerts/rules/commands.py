"""What the screens about rules ask of `camwatch.commands.Commands`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.alerts.minutes import StoredHistory
from camwatch.alerts.people import Plan
from camwatch.alerts.rules import Rule
from camwatch.alerts.signals import RuleTrace
from camwatch.auth.permissions import Permission
from camwatch.auth.session import Session
from camwatch.domain import Camera, CameraId, Site, SiteId
from camwatch.scene import PlaceKind, PlaceRecord

LATELY = timedelta(days=7)


class RulesCommands(Protocol):
    """What this tab asks of `camwatch.commands.Commands`."""

    def rules(self, session: Session) -> list[Rule]:
        """Return the rules, by name."""
        ...

    def save_rule(self, session: Session, rule: Rule) -> Rule:
        """Store a rule, new or changed."""
        ...

    def switch_rule(self, session: Session, rule_uid: str, is_enabled: bool) -> Rule:
        """Switch a rule on or off."""
        ...

    def remove_rule(self, session: Session, rule_uid: str) -> None:
        """Remove a rule."""
        ...

    def preview_text(self, session: Session, rule: Rule) -> tuple[str, str]:
        """Return title and text of an example alert."""
        ...

    def stored_history(self, session: Session, rule: Rule, days: int) -> StoredHistory:
        """Return what is stored of a rule's subjects."""
        ...

    def explain_rule(self, session: Session, rule_uid: str, at: datetime) -> list[RuleTrace]:
        """Tell how a rule stood with each of its subjects at a moment."""
        ...

    def plans(self, session: Session) -> list[Plan]:
        """Return the escalation plans, the usual one first."""
        ...

    def alerts(self, session: Session, query: AlertQuery) -> list[Alert]:
        """Return alerts, newest first."""
        ...

    def cameras(self, session: Session) -> list[Camera]:
        """Return the cameras, by name."""
        ...

    def sites(self, session: Session) -> list[Site]:
        """Return the sites, by name."""
        ...

    def places(self, session: Session) -> list[PlaceRecord]:
        """Return all lines, gates and zones, ended ones too."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rules can be about and whom they tell, read together.

    Attributes:
        sites: Names.
        cameras: By id.
        places: Present lines, gates and zones of each camera: name and kind.
        plans: The usual one first.
        fired: How many alerts each rule raised in the last seven days, by its uid.
        is_all: False if there were more alerts than can be counted at once.
    """

    sites: Mapping[SiteId, str] = field(default_factory=dict)
    cameras: Mapping[CameraId, Camera] = field(default_factory=dict)
    places: Mapping[CameraId, tuple[tuple[str, PlaceKind], ...]] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    fired: Mapping[str, int] = field(default_factory=dict)
    is_all: bool = True


def read_surroundings(
    commands: RulesCommands, session: Session, clock: Callable[[], datetime]
) -> Surroundings:
    """Read what rules can be about; blocks."""
    may_see = session.may(Permission.VIEW_CAMERAS)
    places: dict[CameraId, list[tuple[str, PlaceKind]]] = {}
    for one in commands.places(session) if may_see else ():
        if one.retired_at is None:
            places.setdefault(one.camera_id, []).append((one.name, one.kind))
    lately = commands.alerts(
        session,
        AlertQuery(states=frozenset(AlertState), since=clock() - LATELY, limit=MOST_ALERTS),
    )
    fired: dict[str, int] = {}
    for alert in lately:
        if alert.is_drill:
            continue
        fired[alert.rule_uid] = fired.get(alert.rule_uid, 0) + 1
    return Surroundings(
        {site.id: site.name for site in commands.sites(session)} if may_see else {},
        {camera.id: camera for camera in commands.cameras(session)} if may_see else {},
        {camera_id: tuple(found) for camera_id, found in places.items()},
        tuple(commands.plans(session)),
        fired,
        len(lately) < MOST_ALERTS,
    )
