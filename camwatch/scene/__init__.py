"""What is counted in a camera's view: lines, gates and zones as values, known to all rooms."""

from camwatch.scene.lines import Crossing, Direction, Gate, Line
from camwatch.scene.points import Point
from camwatch.scene.privacy import Lift, Privacy, PrivacyMode, PrivacyRecord
from camwatch.scene.view import Mode, PlaceKind, PlaceRecord, Scene, SceneRecord, SpotBox
from camwatch.scene.zones import Zone

__all__ = [
    "Crossing",
    "Direction",
    "Gate",
    "Lift",
    "Line",
    "Mode",
    "PlaceKind",
    "PlaceRecord",
    "Point",
    "Privacy",
    "PrivacyMode",
    "PrivacyRecord",
    "Scene",
    "SceneRecord",
    "SpotBox",
    "Zone",
]
