"""What the Health page calls things, and how it shows grades: by shape, word and colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from camwatch.health import Grade, Part
from camwatch.language import table, tr
from camwatch.ui import theme

PARTS: Mapping[Part, str] = table(
    lambda: {
        Part.CAMERAS: tr("Cameras"),
        Part.MODEL: tr("Model"),
        Part.WORKERS: tr("Workers"),
        Part.QUEUES: tr("Queues"),
        Part.DATABASE: tr("History"),
        Part.DISK: tr("Disk"),
        Part.CHANNELS: tr("Channels of alerts"),
        Part.SECRETS: tr("Passwords"),
        Part.LOG: tr("Log"),
        Part.CLOCK: tr("Clock"),
        Part.AWAKE: tr("Sleep of this computer"),
        Part.UPDATE: tr("Newer version"),
        Part.SETTINGS: tr("Settings"),
        Part.LAST_RUN: tr("Last run"),
        Part.VERSIONS: tr("Versions"),
    }
)

GRADES: Mapping[Grade, str] = table(
    lambda: {
        Grade.OK: tr("Good"),
        Grade.UNKNOWN: tr("Not known"),
        Grade.WARNING: tr("Attention"),
        Grade.FAILED: tr("Failed"),
    }
)


@dataclass(frozen=True, slots=True)
class GradeLook:
    """How a grade is shown.

    Attributes:
        icon: File name without ".svg"; each grade has another shape.
        color: Of the theme that is in use now.
    """

    icon: str
    color: str


def look_of(grade: Grade) -> GradeLook:
    """Return how a grade is shown in the theme that is in use now."""
    tokens = theme.current()
    return {
        Grade.OK: GradeLook("circle-check", tokens.ok),
        Grade.UNKNOWN: GradeLook("clock", tokens.muted),
        Grade.WARNING: GradeLook("triangle-alert", tokens.warning),
        Grade.FAILED: GradeLook("circle-x", tokens.critical),
    }[grade]


def overall(worst: Grade, troubled: int) -> str:
    """Say in a few words how CamWatch as a whole is doing."""
    if worst is Grade.OK or not troubled:
        return tr("All is well")
    if worst is Grade.FAILED:
        return (
            tr("1 thing has failed or wants attention")
            if troubled == 1
            else tr("{number} things have failed or want attention", number=troubled)
        )
    if troubled == 1:
        return tr("1 thing wants attention")
    return tr("{number} things want attention", number=troubled)
