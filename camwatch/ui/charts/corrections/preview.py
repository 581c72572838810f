"""Finds out what a correction would do, before it is made; runs beside the GUI thread."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from camwatch.auth.session import Session
from camwatch.domain import BucketSize
from camwatch.history.corrections import CorrectionDraft
from camwatch.scene import PlaceRecord
from camwatch.ui.charts.corrections.commands import CorrectionsCommands
from camwatch.ui.charts.corrections.words import can_pass, flow_preview, people_preview


def preview(
    commands: CorrectionsCommands,
    session: Session,
    zone: ZoneInfo,
    draft: CorrectionDraft,
    place: PlaceRecord | None,
) -> str:
    """Say what was measured in the stretch of a correction, and what would be known then.

    Raises:
        CamWatchError: It cannot be found out.
    """
    sizes = (BucketSize.MINUTE, BucketSize.HOUR)  # hours, where minutes are not kept any more
    said = ""
    for size in sizes:
        stretch = (size, draft.start, draft.end, zone)
        if place is not None and can_pass(place):
            flows = commands.flow_history(session, place.id, *stretch, is_corrected=False)
            now = commands.flow_history(session, place.id, *stretch)
            said = flow_preview(flows, now, draft.kind, draft.inwards, draft.outwards)
            if any(one.inwards is not None for one in flows):
                return said
            continue
        if place is not None:
            found = commands.zone_history(session, place.id, *stretch, is_corrected=False)
            people = commands.zone_history(session, place.id, *stretch)
        else:
            whose = [draft.camera_id]
            found = commands.history(session, whose, *stretch, is_corrected=False)
            people = commands.history(session, whose, *stretch)
        said = people_preview(found, people)
        if any(one.mean is not None for one in found):
            return said
    return said
