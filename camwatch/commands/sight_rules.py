"""What each type in the signature of a command means for who sees only some sites."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from camwatch.alerts.alert import Alert, SubjectKind
from camwatch.alerts.inbox import AlertDetails, Handover
from camwatch.alerts.rules import Rule, Scope
from camwatch.alerts.signals import RuleTrace
from camwatch.auth.permissions import OperatorRole
from camwatch.commands.alert_sight import trimmed, trimmed_details, trimmed_handover
from camwatch.data.sites import SiteRepository
from camwatch.domain import Camera, CameraId, CameraSettings, PlaceId, Site, SiteId
from camwatch.errors import InvalidSetting, InvalidSettings, NotFound
from camwatch.history.exports import ExportRequest
from camwatch.history.reports import ReportRequest
from camwatch.language import tr

if TYPE_CHECKING:  # they are commands, which are judged by what stands here
    from camwatch.cameras.found import Moved
    from camwatch.commands.camera_bulk import BulkChange, NewCamera
    from camwatch.commands.camera_table import ImportPreview

T = TypeVar("T")
CameraOf = Callable[[str], CameraId]
"""Tells the camera of a uid; raises NotFound if there is no such thing."""

NOT_YOUR_SITE = "must be one of the sites that your role sees"
NOT_YOUR_RULE = "is also about cameras that your role does not see, so it cannot be changed with it"


@dataclass(frozen=True, slots=True)
class Sight:
    """What is needed to find out to which site things belong.

    Attributes:
        sites: Of cameras, places and names.
        camera_of_recording: By the recording's uid.
        camera_of_audit: By the audit's uid.
        camera_of_correction: By the correction's uid.
        sees_alert: Tells by an alert's uid whether it is seen with some sites; no if it is gone.
        alerts_of_message: By the message's uid; none if it is about none. Raises NotFound.
        rule_of: By the rule's uid; None if there is none.
    """

    sites: SiteRepository
    camera_of_recording: CameraOf
    camera_of_audit: CameraOf
    camera_of_correction: CameraOf
    sees_alert: Callable[[str, Collection[SiteId]], bool]
    alerts_of_message: Callable[[str], Collection[str]]
    rule_of: Callable[[str], Rule | None]

    def sees(self, role: OperatorRole, site_id: SiteId | None) -> bool:
        """Tell whether a role sees a site; nobody sees None."""
        return site_id is not None and role.sees(site_id)

    def cameras(self, role: OperatorRole) -> frozenset[CameraId]:
        """Return the cameras that a role sees, of those that were removed too."""
        return self.sites.cameras(role.sites or ())

    def check_site(self, role: OperatorRole, name: str) -> None:
        """Refuse a site that a role does not see; a new one is not distinguished from others.

        Raises:
            InvalidSetting: "site": it does not.
        """
        if not self.sees(role, self.sites.named(name)):
            raise InvalidSetting("site", NOT_YOUR_SITE)

    def covers(self, role: OperatorRole, scope: Scope) -> bool:
        """Tell whether a role sees all that a rule is about."""
        if role.sites is None:
            return True
        return (
            not scope.is_everything
            and scope.sites <= role.sites
            and _cameras_of(scope) <= self.cameras(role)
        )

    def touches(self, role: OperatorRole, scope: Scope) -> bool:
        """Tell whether a rule is about anything that a role sees."""
        if role.sites is None or scope.is_everything:
            return True
        if scope.sites & role.sites:
            return True
        return bool(_cameras_of(scope) & self.cameras(role))


def _cameras_of(scope: Scope) -> frozenset[CameraId]:
    return scope.cameras | {place.camera_id for place in scope.places}


Judge = Callable[[Sight, OperatorRole, Any], Any]
"""Returns the argument as the command gets it, or raises NotFound or InvalidSetting."""
Filter = Callable[[Sight, OperatorRole, Any], Any]
"""Returns what is left of a result."""


def visible(role: OperatorRole, cameras: Sequence[Camera]) -> list[Camera]:
    """Return those of the cameras that a role sees."""
    return [camera for camera in cameras if role.sees(camera.site_id)]


# ---------------------------------------------------------------- arguments


def _camera(sight: Sight, role: OperatorRole, camera_id: CameraId) -> CameraId:
    # The same words as for a camera that never was: it is not told which of the two it is.
    if not sight.sees(role, sight.sites.of_camera(camera_id)):
        raise NotFound(tr("camera {camera_id}", camera_id=camera_id))
    return camera_id


def _camera_or_none(sight: Sight, role: OperatorRole, camera_id: CameraId | None) -> object:
    return None if camera_id is None else _camera(sight, role, camera_id)


def _cameras(sight: Sight, role: OperatorRole, camera_ids: Collection[CameraId]) -> list[CameraId]:
    wanted = list(camera_ids)
    seen = sight.cameras(role)
    for camera_id in wanted:
        if camera_id not in seen:
            raise NotFound(tr("camera {camera_id}", camera_id=camera_id))
    return wanted


def _cameras_or_all(
    sight: Sight, role: OperatorRole, camera_ids: Collection[CameraId] | None
) -> list[CameraId]:
    if camera_ids is None:
        return sorted(sight.cameras(role))
    return _cameras(sight, role, camera_ids)


def _place(sight: Sight, role: OperatorRole, place_id: PlaceId) -> PlaceId:
    if not sight.sees(role, sight.sites.of_place(place_id)):
        raise NotFound(tr("place {place_id}", place_id=place_id))
    return place_id


def _site(_sight: Sight, role: OperatorRole, site_id: SiteId) -> SiteId:
    if not role.sees(site_id):
        raise NotFound(tr("site {site_id}", site_id=site_id))
    return site_id


def _with_camera(sight: Sight, role: OperatorRole, thing: T) -> T:
    _camera(sight, role, thing.camera_id)  # type: ignore[attr-defined]
    return thing


def _settings(sight: Sight, role: OperatorRole, settings: CameraSettings) -> CameraSettings:
    sight.check_site(role, settings.site)
    return settings


def _new_cameras(sight: Sight, role: OperatorRole, new: Sequence[NewCamera]) -> Sequence[NewCamera]:
    found = list(new)
    for settings, _ in found:
        _named(sight, role, settings.site, settings.name)
    return found


def _preview(sight: Sight, role: OperatorRole, preview: ImportPreview) -> ImportPreview:
    for row in preview.good:
        if row.settings is not None:
            _named(sight, role, row.settings.site, f"line {row.line}")
    return preview


def _named(sight: Sight, role: OperatorRole, site: str, source: str) -> None:
    try:
        sight.check_site(role, site)
    except InvalidSetting as error:
        raise InvalidSettings([error], source) from error


def _change(sight: Sight, role: OperatorRole, change: BulkChange) -> BulkChange:
    if change.site is not None:
        sight.check_site(role, change.site)
    return change


def recording_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of a recording."""
    if not sight.sees(role, sight.sites.of_camera(sight.camera_of_recording(uid))):
        raise NotFound(tr("the recording"))
    return uid


def audit_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of an audit."""
    if not sight.sees(role, sight.sites.of_camera(sight.camera_of_audit(uid))):
        raise NotFound(tr("the audit"))
    return uid


def correction_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of a correction."""
    if not sight.sees(role, sight.sites.of_camera(sight.camera_of_correction(uid))):
        raise NotFound(tr("the correction"))
    return uid


def alert_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of an alert."""
    if not sight.sees_alert(uid, role.sites or ()):
        raise NotFound(tr("the alert"))
    return uid


def alert_uids(sight: Sight, role: OperatorRole, uids: Collection[str]) -> list[str]:
    """Judge the uids of alerts."""
    return [alert_uid(sight, role, uid) for uid in uids]


def message_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of a message in the outbox."""
    about = sight.alerts_of_message(uid)
    if about and not any(sight.sees_alert(one, role.sites or ()) for one in about):
        raise NotFound(tr("the message"))
    return uid


def rule_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of a rule that is only looked at."""
    rule = sight.rule_of(uid)
    if rule is None or not sight.touches(role, rule.scope):
        raise NotFound(tr("the rule"))
    return uid


def own_rule_uid(sight: Sight, role: OperatorRole, uid: str) -> str:
    """Judge the uid of a rule that is about to be changed."""
    rule = sight.rule_of(rule_uid(sight, role, uid))
    if rule is not None and not sight.covers(role, rule.scope):
        raise InvalidSetting("scope", NOT_YOUR_RULE)
    return uid


def _rule(sight: Sight, role: OperatorRole, rule: Rule) -> Rule:
    if sight.rule_of(rule.uid) is not None:
        own_rule_uid(sight, role, rule.uid)
    if not sight.covers(role, rule.scope):
        raise InvalidSetting("scope", NOT_YOUR_SITE)
    return rule


def _export(sight: Sight, role: OperatorRole, request: ExportRequest) -> ExportRequest:
    ids = _cameras_or_all(sight, role, request.camera_ids)
    return replace(request, camera_ids=tuple(ids))


def _report(sight: Sight, role: OperatorRole, request: ReportRequest) -> ReportRequest:
    if request.site_id is not None and not sight.sees(role, request.site_id):
        raise NotFound(tr("the site"))
    ids = _cameras_or_all(sight, role, request.camera_ids or None)
    if not ids:
        # None named means all, which must not come of a role that sees none.
        raise NotFound(tr("a camera that you see"))
    return replace(request, camera_ids=tuple(ids))


def anything(_sight: Sight, _role: OperatorRole, value: T) -> T:
    """Let an argument pass that would else be judged by its type."""
    return value


ARGUMENTS: Mapping[str, Judge] = MappingProxyType(
    {
        "CameraId": _camera,
        "CameraId | None": _camera_or_none,
        "Collection[CameraId]": _cameras,
        "Sequence[CameraId] | None": _cameras_or_all,
        "PlaceId": _place,
        "SiteId": _site,
        "Picture": _with_camera,
        "RecordingPlan": _with_camera,
        "Recording": _with_camera,
        "CorrectionDraft": _with_camera,
        "CameraSettings": _settings,
        "Sequence[NewCamera]": _new_cameras,
        "ImportPreview": _preview,
        "BulkChange": _change,
        "Rule": _rule,
        "ExportRequest": _export,
        "ReportRequest": _report,
    }
)

HARMLESS = frozenset(
    {
        "bool",
        "int",
        "float",
        "bytes",
        "datetime",
        "BucketSize",
        "ZoneInfo",
        "ZoneInfo | None",
        "tuple[int, int] | None",
        "threading.Event",
        "threading.Event | None",
        "Progress",
        "Scene",
        "Truth",
        "Path",
        "Path | None",
        "Secret | None",
        "Secret | KeepPassword | None",
        "Found",
        "AlertQuery",
    }
)
"""Types of arguments that mean no camera."""


# ---------------------------------------------------------------- results


def _seen_cameras(_sight: Sight, role: OperatorRole, cameras: Sequence[Camera]) -> list[Camera]:
    return visible(role, cameras)


def _seen_sites(_sight: Sight, role: OperatorRole, sites: Sequence[Site]) -> list[Site]:
    return [site for site in sites if role.sees(site.id)]


def _of_seen_cameras(sight: Sight, role: OperatorRole, things: Sequence[Any]) -> list[Any]:
    seen = sight.cameras(role)
    return [thing for thing in things if thing.camera_id in seen]


def _seen_recordings(sight: Sight, role: OperatorRole, statuses: Sequence[Any]) -> list[Any]:
    seen = sight.cameras(role)
    return [status for status in statuses if status.plan.camera_id in seen]


def _by_camera(
    sight: Sight, role: OperatorRole, found: Mapping[CameraId, T]
) -> Mapping[CameraId, T]:
    seen = sight.cameras(role)
    return {camera_id: value for camera_id, value in found.items() if camera_id in seen}


def _by_place(sight: Sight, role: OperatorRole, found: Mapping[PlaceId, T]) -> Mapping[PlaceId, T]:
    seen = sight.sites.places(role.sites or ())
    return {place_id: value for place_id, value in found.items() if place_id in seen}


def _seen_moves(_sight: Sight, role: OperatorRole, moves: Sequence[Moved]) -> list[Moved]:
    return [moved for moved in moves if role.sees(moved.camera.site_id)]


def _seen_alert(sight: Sight, role: OperatorRole, alert: Alert) -> Alert:
    return trimmed(alert, sight.cameras(role))


def _seen_alerts(sight: Sight, role: OperatorRole, alerts: Sequence[Alert]) -> list[Alert]:
    seen = sight.cameras(role)
    return [trimmed(alert, seen) for alert in alerts]


def _seen_details(sight: Sight, role: OperatorRole, details: AlertDetails) -> AlertDetails:
    return trimmed_details(details, sight.cameras(role))


def _seen_handover(sight: Sight, role: OperatorRole, handover: Handover) -> Handover:
    return trimmed_handover(handover, sight.cameras(role))


def _seen_rules(sight: Sight, role: OperatorRole, rules: Sequence[Rule]) -> list[Rule]:
    return [
        replace(rule, scope=_seen_scope(sight, role, rule.scope))
        for rule in rules
        if sight.touches(role, rule.scope)
    ]


def _seen_scope(sight: Sight, role: OperatorRole, scope: Scope) -> Scope:
    """Return what a rule is about without what the role does not see: places have names."""
    if role.sites is None:
        return scope
    seen = sight.cameras(role)
    return replace(
        scope,
        sites=scope.sites & role.sites,
        cameras=scope.cameras & seen,
        places=frozenset(place for place in scope.places if place.camera_id in seen),
    )


def _seen_traces(sight: Sight, role: OperatorRole, found: Sequence[RuleTrace]) -> list[RuleTrace]:
    seen = sight.cameras(role)
    # Of a sum the command looks itself whether all that is added up is seen.
    of_none = (SubjectKind.PROGRAM, SubjectKind.TOGETHER)
    return [
        one
        for one in found
        if (subject := one.explanation.subject).kind in of_none or subject.camera_id in seen
    ]


def _seen_plans(_sight: Sight, role: OperatorRole, found: Sequence[Any]) -> list[Any]:
    # One about all sites tells of those that the role does not see.
    return [
        one
        for one in found
        if role.sites is None or (one.plan.site_id is not None and role.sees(one.plan.site_id))
    ]


RESULTS: Mapping[str, Filter] = MappingProxyType(
    {
        "list[Camera]": _seen_cameras,
        "list[Site]": _seen_sites,
        "list[SceneRecord]": _of_seen_cameras,
        "list[PlaceRecord]": _of_seen_cameras,
        "list[Correction]": _of_seen_cameras,
        "list[RecordingStatus]": _seen_recordings,
        "Mapping[CameraId, Badge]": _by_camera,
        "Mapping[PlaceId, Passed]": _by_place,
        "Mapping[CameraId, StoredPicture]": _by_camera,
        "list[Moved]": _seen_moves,
        "Alert": _seen_alert,
        "list[Alert]": _seen_alerts,
        "AlertDetails": _seen_details,
        "list[Evidence]": _of_seen_cameras,
        "Handover": _seen_handover,
        "list[Rule]": _seen_rules,
        "list[RuleTrace]": _seen_traces,
        "list[ReportPlanStatus]": _seen_plans,
    }
)

BY_ARGUMENT = frozenset(
    {
        "Camera",
        "ConnectionTest",
        "list[tuple[CameraId, datetime, float, float]]",
        "list[Bucket]",
        "list[FlowBucket]",
        "WeekMap",
        "list[UsualPoint]",
        "Measurement | None",
        "Moment",
        "Correction",
        "list[StateChange]",
        "StateHistory",
        "SceneRecord",
        "Heat",
        "list[ZoneDwell]",
        "AuditReport",
        "list[AuditReport]",
        "ThresholdAdvice",
        "OpenedRecording",
        "PtzAbilities",
        "Rule",
        "StoredHistory",
        "tuple[str, str]",
        "Path",
        "bytes",
        "str",
        "int",
        "ExportPreview",
        "Report",
    }
)
"""Types of results that are about what the arguments name, which were judged before."""
