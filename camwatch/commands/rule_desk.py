"""Storing, switching and removing rules, and trying out what they would say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from camwatch.alerts.alert import TOGETHER, AlertPart, Subject, SubjectKind
from camwatch.alerts.checks import check_rule
from camwatch.alerts.rules import (
    USUAL_PLAN,
    Balance,
    CameraCondition,
    CameraTrouble,
    Condition,
    Crossings,
    Occupancy,
    PlaceRef,
    ProgramCondition,
    Rule,
    Scope,
    Side,
    Unusual,
)
from camwatch.alerts.signals import Raised, WatchedCamera
from camwatch.alerts.templates import check_template
from camwatch.alerts.texts import message_of, title_of
from camwatch.auth.permissions import OperatorRole
from camwatch.commands.setup_desk import SetupDesk
from camwatch.commands.trail import DONE, FAILED
from camwatch.data.alert_setup import SetupBook
from camwatch.data.cameras import CameraRepository
from camwatch.domain import CameraId, Notice, Reason, SiteId
from camwatch.errors import CamWatchError, InvalidSetting
from camwatch.language import tr

_EXAMPLE_CAMERA = WatchedCamera(CameraId(0), "Gate", SiteId(0), "North")
_EXAMPLE_PLACE = "Door"
_USUAL_EXAMPLE = 12.0

_REASONS = {
    CameraTrouble.DOWN: Reason.TIMEOUT.value,
    CameraTrouble.FROZEN: Reason.FROZEN.value,
    CameraTrouble.BLIND: Notice.COVERED.value,
    CameraTrouble.TOO_SLOW: "",
}


@dataclass(frozen=True, slots=True)
class RuleDesk:
    """What the commands about rules stand on.

    Attributes:
        setup: Stores them.
        cameras: Tells which cameras and sites there are.
        zone: The site's time zone.
    """

    setup: SetupDesk
    cameras: CameraRepository
    zone: ZoneInfo

    def save(self, actor: str, rule: Rule) -> Rule:
        """See `RuleCommands.save_rule`."""
        rule = check_rule(rule)

        def check(book: SetupBook) -> None:
            before = book.rules.find(rule.uid)
            if before is None or before.scope != rule.scope:
                self._check_scope(rule.scope)
            if rule.plan_uid != USUAL_PLAN and book.plans.find(rule.plan_uid) is None:
                raise InvalidSetting("plan_uid", tr("must be a plan that is there"))

        return self.setup.save(actor, "rule", rule, lambda book: book.rules, check=check)

    def switch(self, actor: str, uid: str, *, is_enabled: bool) -> Rule:
        """See `RuleCommands.switch_rule`; audited first, since it is always possible."""
        with self.setup.stored.changing() as book:
            before = book.rules.get(uid)
        if before.is_enabled == is_enabled:
            return before
        state = "on" if is_enabled else "off"
        self.setup.trail.record(actor, "switch_rule", before.name, DONE, uid=uid, switched=state)
        try:
            with self.setup.stored.changing() as book:
                after = book.rules.put(replace(book.rules.get(uid), is_enabled=is_enabled))
        except CamWatchError:
            self.setup.trail.try_to_record(actor, "switch_rule", before.name, FAILED, uid=uid)
            raise
        self.setup.tell()
        return after

    def remove(self, actor: str, uid: str) -> None:
        """See `RuleCommands.remove_rule`."""
        self.setup.remove(actor, "remove_rule", uid, lambda book: book.rules)

    def preview(self, rule: Rule, role: OperatorRole) -> tuple[str, str]:
        """See `RuleCommands.preview_text`; cameras that the role does not see are not named."""
        template = check_template(rule.template)
        watched = self._example_camera(rule.scope, role)
        signal = _example(rule, watched, self.setup.clock())
        rule = replace(rule, template=template)
        cameras = {watched.id: watched}
        return (
            title_of(signal, rule, cameras, self.zone),
            message_of(signal, rule, cameras, self.zone),
        )

    def _check_scope(self, scope: Scope) -> None:
        known = {camera.id for camera in self.cameras.all()}
        sites = {site.id for site in self.cameras.sites()}
        wanted = scope.cameras | {place.camera_id for place in scope.places}
        if gone := len(wanted - known) + len(scope.sites - sites):
            raise InvalidSetting(
                "scope", tr("has {gone} that no longer exist; choose anew", gone=gone)
            )

    def _example_camera(self, scope: Scope, role: OperatorRole) -> WatchedCamera:
        wanted = scope.cameras | {place.camera_id for place in scope.places}
        names = {site.id: site.name for site in self.cameras.sites()}
        for camera in self.cameras.all():
            is_meant = scope.is_everything or camera.id in wanted or camera.site_id in scope.sites
            if is_meant and role.sees(camera.site_id):
                site = names.get(camera.site_id, "")
                return WatchedCamera(camera.id, camera.name, camera.site_id, site)
        return _EXAMPLE_CAMERA


def _example(rule: Rule, camera: WatchedCamera, now: datetime) -> Raised:
    """Return what could raise an alert of a rule."""
    condition = rule.condition
    value, threshold = _numbers(condition)
    place = next(
        (
            one
            for one in sorted(rule.scope.places, key=lambda one: one.name)
            if one.camera_id == camera.id
        ),
        PlaceRef(camera.id, _EXAMPLE_PLACE),
    )
    reason = ""
    name = camera.name
    match condition:
        case ProgramCondition():
            subject, name = Subject(SubjectKind.PROGRAM, part=condition.trouble.value), ""
        case CameraCondition():
            subject, reason = Subject.of_camera(camera.id), _REASONS[condition.trouble]
        case _ if rule.scope.is_together:
            subject, name = TOGETHER, ""
        case Crossings() | Balance():
            subject = Subject.of_place(place)
        case _:
            is_zone = bool(rule.scope.places)
            subject = Subject.of_place(place) if is_zone else Subject.of_camera(camera.id)
    held_s = getattr(condition, "for_s", getattr(condition, "after_s", 0.0))
    part = AlertPart(subject, name, now - timedelta(seconds=held_s), value, reason)
    return Raised("", rule.uid, True, rule.severity, (part,), "", value, threshold)


def _numbers(condition: Condition) -> tuple[float | None, float | None]:
    """Return a number that would raise an alert, and its threshold."""
    match condition:
        case Occupancy() | Crossings() | Balance():
            beyond = 1 if condition.side is Side.ABOVE else -min(1, max(0, condition.threshold))
            return float(condition.threshold + beyond), float(condition.threshold)
        case Unusual():
            away = condition.spreads * 2.0
            usual = _USUAL_EXAMPLE
            limit = usual + away if condition.side is Side.ABOVE else max(0.0, usual - away)
            return (limit + 3 if condition.side is Side.ABOVE else max(0.0, limit - 3)), limit
        case _:
            return None, None
