"""Puts reports of the history together, for the commands, the command line and the schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from camwatch.accuracy import AuditReport
from camwatch.alerts.alert import Alert, AlertState
from camwatch.alerts.inbox import MOST_ALERTS, AlertQuery
from camwatch.commands.alert_sight import trimmed
from camwatch.data.engine import Database
from camwatch.data.export_subjects import Place, Subject
from camwatch.domain import Bucket, CameraId, FlowBucket
from camwatch.errors import NotFound
from camwatch.history.asking import WeekMap
from camwatch.history.corrections import Correction
from camwatch.history.report_sums import flow_sum, flows_together, people_sum
from camwatch.history.report_words import accuracy_words, day_words
from camwatch.history.reports import Report, ReportAlert, ReportLine, ReportRequest, ReportSpan
from camwatch.history.spans import (
    FLOW_SIZE,
    OCCUPANCY_SIZE,
    first_day,
    first_day_before,
    limits,
    span_words,
)
from camwatch.language import tr

MOST_LISTED_ALERTS = 200
_ALL_STATES = frozenset(AlertState)


@dataclass(frozen=True, slots=True)
class Parts:
    """What of it the reader may see.

    Attributes:
        alerts: Alerts.
        accuracy: How right cameras are.
    """

    alerts: bool = True
    accuracy: bool = True


class ReportDesk:
    """Puts reports together. All methods block; for any thread.

    Args:
        database: The history.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clock = clock

    def make(self, request: ReportRequest, made_by: str, parts: Parts | None = None) -> Report:
        """Put a report together.

        Args:
            request: About what.
            made_by: Who wants it.
            parts: What of it the reader may see; None for all.

        Raises:
            NotFound: There is no such site or camera.
            StorageError: The history cannot be read.
        """
        parts = parts or Parts()
        now = self._clock()
        zone = request.zone
        first = first_day(request.span, request.first)
        start, end = limits(request.span, first, zone)
        earlier = limits(request.span, first_day_before(request.span, first), zone)
        about = self._about(request)
        cameras = [one for one in about if _was_there(one, start, end)]
        ids = [one.id for one in cameras]
        before_ids = [one.id for one in about if _was_there(one, *earlier)]
        audits = self._audits() if parts.accuracy else {}
        flow, lines = self._flow(request, cameras, start, end, now)
        occupancy = self._people(request, ids, start, end)
        corrections = tuple(
            one for one in self._database.corrections.between(ids, start, end) if one.holds
        )
        alerts, left_out = self._alerts(request, ids, start, end) if parts.alerts else ([], 0)
        return Report(
            title=f"{self._whose(request, about)}, {span_words(request.span, first)}",
            request=replace(request, first=first),
            start=start,
            end=end,
            made_at=now,
            made_by=made_by,
            size=OCCUPANCY_SIZE[request.span],
            occupancy=tuple(occupancy),
            before=tuple(self._people(request, before_ids, *earlier)),
            flow=flow,
            week=self._week(request, ids, start, end),
            cameras=tuple(
                self._camera_line(request, one, start, end, now, audits, parts, cameras)
                for one in cameras
            ),
            lines=lines,
            alerts=tuple(alerts),
            alerts_left_out=left_out,
            corrections=corrections,
            corrected=self._names_of(corrections, cameras),
        )

    # ---------------------------------------------------------------- whose

    def _about(self, request: ReportRequest) -> list[Subject]:
        wanted = request.camera_ids or None
        found = self._database.exports.cameras(wanted)
        if wanted is not None:
            known = {one.id for one in found}
            for camera_id in wanted:
                if camera_id not in known:
                    raise NotFound(tr("camera {camera_id}", camera_id=camera_id))
        if request.site_id is not None:
            if self._database.report_plans.zone_of(request.site_id) is None:
                raise NotFound(tr("the site"))
            found = [one for one in found if one.site_id == request.site_id]
        return found

    def _whose(self, request: ReportRequest, about: Sequence[Subject]) -> str:
        if len(request.camera_ids) == 1 and about:
            one = about[0]
            return f"{one.site}: {one.name}" if one.site else one.name
        sites = {one.site_id: one.site for one in about}
        if request.site_id is not None:
            named = {one.id: one.name for one in self._database.cameras.sites()}
            return named.get(request.site_id) or sites.get(request.site_id) or tr("Site")
        if len(sites) == 1:
            return next(iter(sites.values())) or tr("All cameras")
        return tr("All sites") if sites else tr("All cameras")

    def _audits(self) -> Mapping[CameraId, AuditReport]:
        return {one.camera_id: one for one in self._database.accuracy.newest_of_each()}

    def _names_of(
        self, corrections: Sequence[Correction], cameras: Sequence[Subject]
    ) -> tuple[str, ...]:
        if not corrections:
            return ()
        names = {one.id: _full_name(one, cameras) for one in cameras}
        places = {one.id: one.name for one in self._database.scenes.places()}
        found = []
        for one in corrections:
            name = names.get(one.camera_id, "?")
            place_id = one.draft.place_id
            found.append(name if place_id is None else f"{name}: {places.get(place_id, '?')}")
        return tuple(found)

    # ---------------------------------------------------------------- numbers

    def _people(
        self, request: ReportRequest, ids: Sequence[CameraId], start: datetime, end: datetime
    ) -> list[Bucket]:
        size = OCCUPANCY_SIZE[request.span]
        return self._database.corrected.buckets(ids, size, start, end, request.zone)

    def _week(
        self, request: ReportRequest, ids: Sequence[CameraId], start: datetime, end: datetime
    ) -> WeekMap | None:
        """Return the hours of the week as the charts show them; None for a day."""
        if request.span is ReportSpan.DAY:
            return None
        return self._database.week.map(ids, start, end, request.zone)

    def _camera_line(  # noqa: PLR0917 - of whom, from when to when, and what proves it
        self,
        request: ReportRequest,
        camera: Subject,
        start: datetime,
        end: datetime,
        now: datetime,
        audits: Mapping[CameraId, AuditReport],
        parts: Parts,
        cameras: Sequence[Subject],
    ) -> ReportLine:
        # Time in which it was not there yet, or not any more, is no gap of it.
        begins, ends = max(start, camera.created_at), min(end, camera.removed_at or end)
        total = people_sum(self._people(request, [camera.id], begins, max(ends, begins)), now)
        return ReportLine(
            name=_full_name(camera, cameras),
            mean=total.mean,
            peak=total.peak,
            peak_at=total.peak_at,
            inwards=None,
            outwards=None,
            coverage=total.coverage,
            accuracy=_accuracy(audits.get(camera.id), request, now, parts),
        )

    def _flow(
        self,
        request: ReportRequest,
        cameras: Sequence[Subject],
        start: datetime,
        end: datetime,
        now: datetime,
    ) -> tuple[tuple[FlowBucket, ...], tuple[ReportLine, ...]]:
        size = FLOW_SIZE[request.span]
        of_camera = {one.id: one for one in cameras}
        all_buckets, lines = [], []
        for place in self._database.exports.lines(cameras):
            if not _was_there(place, start, end):
                continue
            buckets = self._database.corrected.flow(place.id, size, start, end, request.zone)
            all_buckets.append(buckets)
            total = flow_sum(buckets, now)
            name = _full_name(of_camera[place.camera_id], cameras)
            lines.append(
                ReportLine(
                    name=f"{name}: {place.name}{_version(place, start, end, request)}",
                    mean=None,
                    peak=None,
                    peak_at=None,
                    inwards=total.inwards,
                    outwards=total.outwards,
                    coverage=total.coverage,
                    accuracy="",
                )
            )
        return flows_together(all_buckets), tuple(lines)

    # ---------------------------------------------------------------- alerts

    def _alerts(
        self,
        request: ReportRequest,
        ids: Sequence[CameraId],
        start: datetime,
        end: datetime,
    ) -> tuple[list[ReportAlert], int]:
        query = AlertQuery(states=_ALL_STATES, since=start, until=end, limit=MOST_ALERTS)
        found = [
            one for one in self._database.alerts.find(query, self._clock()) if not one.is_drill
        ]
        if request.site_id is not None or request.camera_ids:
            seen = frozenset(ids)
            found = [trimmed(one, seen) for one in found if _is_about(one, seen)]
        listed = [
            ReportAlert(
                at=one.raised_at,
                number=one.number,
                severity=one.severity.value,
                title=one.title,
                state=one.state.value.replace("_", " "),
            )
            for one in found[:MOST_LISTED_ALERTS]
        ]
        return listed, len(found) - len(listed)


def _was_there(one: Subject | Place, start: datetime, end: datetime) -> bool:
    return one.created_at < end and (one.removed_at is None or one.removed_at > start)


def _full_name(camera: Subject, cameras: Sequence[Subject]) -> str:
    """Return a camera's name, behind that of its site where there are several."""
    is_one_site = len({one.site_id for one in cameras}) < 2
    name = camera.name if is_one_site or not camera.site else f"{camera.site} · {camera.name}"
    return name if camera.removed_at is None else tr("{name} (removed)", name=name)


def _version(place: Place, start: datetime, end: datetime, request: ReportRequest) -> str:
    """Say from when or until when a line was where it is, if that is within the report."""
    told = []
    if start < place.created_at < end:
        told.append(tr("from {when}", when=_when(place.created_at, request)))
    if place.removed_at is not None and start < place.removed_at < end:
        told.append(tr("until {when}", when=_when(place.removed_at, request)))
    return f" ({' '.join(told)})" if told else ""


def _when(at: datetime, request: ReportRequest) -> str:
    local = at.astimezone(request.zone)
    return f"{day_words(local.date())} {local:%H:%M}"


def _accuracy(
    report: AuditReport | None, request: ReportRequest, now: datetime, parts: Parts
) -> str:
    return accuracy_words(report, request.zone, now) if parts.accuracy else ""


def _is_about(alert: Alert, seen: frozenset[CameraId]) -> bool:
    return any(part.subject.camera_id in seen for part in alert.parts)
