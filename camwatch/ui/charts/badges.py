"""How right the numbers of a subject are, which may be many cameras. Knows no Qt."""

from __future__ import annotations

from collections.abc import Mapping

from camwatch.domain import CameraId
from camwatch.language import tr
from camwatch.ui.accuracy.badge import BadgeText
from camwatch.ui.charts.subjects import Known, Subject

_MOST_NAMES = 8


def badge_of(
    subject: Subject, known: Known, badges: Mapping[CameraId, BadgeText], not_audited: BadgeText
) -> BadgeText:
    """Return the badge of a camera, or say how many of several were audited.

    Args:
        subject: Whose numbers.
        known: The cameras there are.
        badges: Of the cameras that were audited.
        not_audited: Said of a camera that was not.
    """
    ids = known.ids(subject)
    cameras = list(known.cameras) if ids is None else ids
    if len(cameras) == 1:
        return badges.get(cameras[0], not_audited)
    audited = [one for one in cameras if one in badges]
    if not audited:
        return BadgeText(
            tr("not audited"),
            tr("No camera audited yet"),
            tr("Nobody has checked any of these cameras yet."),
        )
    told = [
        f"{known.cameras[one].name}: {badges[one].short}"
        for one in audited[:_MOST_NAMES]
        if one in known.cameras
    ]
    if len(audited) > _MOST_NAMES:
        told.append(tr("and {value} more", value=len(audited) - _MOST_NAMES))
    doubtful = sum(bool(badges[one].warning) for one in audited)
    warning = (
        tr("{doubtful} of the audits may not hold any more.", doubtful=doubtful) if doubtful else ""
    )
    number = tr("{count} of {count2} audited", count=len(audited), count2=len(cameras))
    return BadgeText(
        number,
        tr("{count} of {count2} cameras audited", count=len(audited), count2=len(cameras)),
        "\n".join(told),
        warning,
    )
