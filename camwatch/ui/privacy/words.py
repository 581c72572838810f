"""Privacy in the words of an operator, with a sign for each mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from camwatch.language import table, tr
from camwatch.scene import PrivacyMode, PrivacyRecord

ICONS: Mapping[PrivacyMode, str] = {
    PrivacyMode.OPEN: "eye",
    PrivacyMode.BLURRED: "grid-2x2",
    PrivacyMode.SILHOUETTES: "user-round",
    PrivacyMode.COUNT_ONLY: "hash",
}
LIFTED_ICON = "shield-off"
COVERED_ICON = "eye-off"

NAMES: Mapping[PrivacyMode, str] = table(
    lambda: {
        PrivacyMode.OPEN: tr("Open"),
        PrivacyMode.BLURRED: tr("Blurred"),
        PrivacyMode.SILHOUETTES: tr("Silhouettes"),
        PrivacyMode.COUNT_ONLY: tr("Count only"),
    }
)

EXPLAINED: Mapping[PrivacyMode, str] = table(
    lambda: {
        PrivacyMode.OPEN: tr("Pictures are shown and kept as the camera sends them."),
        PrivacyMode.BLURRED: tr(
            "People are made unrecognisable in all that is shown and kept; the place around them "
            "stays as it is."
        ),
        PrivacyMode.SILHOUETTES: tr(
            "People are drawn as shapes on a still view of the place. Nothing else that moves is "
            "seen."
        ),
        PrivacyMode.COUNT_ONLY: tr(
            "No picture of this camera is ever shown or kept, only numbers."
        ),
    }
)


def mark_of(record: PrivacyRecord | None, now: datetime) -> tuple[str, str] | None:
    """Return the sign and the words on a tile; None if there is nothing to say."""
    if record is None:
        return None
    if record.present_lift(now) is not None:
        return LIFTED_ICON, tr("Privacy lifted")
    if record.privacy.mode is not PrivacyMode.OPEN:
        return ICONS[record.privacy.mode], NAMES[record.privacy.mode]
    if record.privacy.covers:
        return COVERED_ICON, tr("Partly hidden")
    return None


def clock(at: datetime, zone: ZoneInfo | None) -> str:
    """Return a time of day by the clocks of the site."""
    return f"{at.astimezone(zone):%H:%M}"


def lifts_sentence(
    lifted: Sequence[tuple[str, PrivacyRecord]], now: datetime, zone: ZoneInfo | None
) -> str:
    """Say whose privacy is lifted now, by whom, why and until when; "" if none is.

    Args:
        lifted: Names of cameras, each with its record.
        now: UTC.
        zone: Of the site.
    """
    said = []
    for name, record in lifted:
        lift = record.present_lift(now)
        if lift is not None:
            said.append(
                tr(
                    "The privacy of {camera} is lifted until {until}, by {who}: {why}.",
                    camera=name,
                    until=clock(lift.until, zone),
                    who=lift.by,
                    why=lift.reason,
                )
            )
    return " ".join(said)
