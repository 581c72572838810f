"""How right a camera's numbers are: audits, what they found, and the badge, as values."""

from camwatch.accuracy.badge import FEWEST_INTERVALS, OLD_AFTER, Badge, badge_of
from camwatch.accuracy.folder import read_recording, write_recording
from camwatch.accuracy.light import brightness_and_colour
from camwatch.accuracy.recording import (
    AuditKind,
    Light,
    RecordedPassage,
    RecordedPicture,
    Recording,
)
from camwatch.accuracy.report import (
    AuditReport,
    Crowding,
    Estimate,
    GroupResult,
    Interval,
    PassageMatch,
    ScoredPicture,
)
from camwatch.accuracy.setup import Setup, SetupPart, scene_key
from camwatch.accuracy.threshold import Doubt, ThresholdAdvice
from camwatch.accuracy.truth import PictureTruth, Step, TruePassage, Truth

__all__ = [
    "FEWEST_INTERVALS",
    "OLD_AFTER",
    "AuditKind",
    "AuditReport",
    "Badge",
    "Crowding",
    "Doubt",
    "Estimate",
    "GroupResult",
    "Interval",
    "Light",
    "PassageMatch",
    "PictureTruth",
    "RecordedPassage",
    "RecordedPicture",
    "Recording",
    "ScoredPicture",
    "Setup",
    "SetupPart",
    "Step",
    "ThresholdAdvice",
    "TruePassage",
    "Truth",
    "badge_of",
    "brightness_and_colour",
    "read_recording",
    "scene_key",
    "write_recording",
]
