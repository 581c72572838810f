"""What counted: the model and the settings that a number stands on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from camwatch.scene import Line, Scene


class SetupPart(StrEnum):
    """A part of a setup that may have changed since an audit."""

    MODEL = "model"
    RUNTIME = "runtime"
    THRESHOLD = "threshold"
    FAR_PEOPLE = "far_people"
    SCENE = "scene"
    SMOOTHING = "smoothing"
    PICTURE_SIZE = "picture_size"


@dataclass(frozen=True, slots=True)
class Setup:
    """What counted the people of one camera.

    Attributes:
        model: Name of the model.
        fingerprint: Of the model's file, as the detector tells it.
        runtime: What ran it, such as "onnxruntime".
        precision: Such as "int8".
        threshold: Lowest score of a person who was counted, 0 to 1.
        far_people: The picture was also searched in pieces.
        scene_key: Tells scenes apart; see `scene_key`.
        smoothing_s: The shown number was the median of so many seconds.
        picture_wh: Width and height of the camera's pictures, pixels.
    """

    model: str
    fingerprint: str
    runtime: str
    precision: str
    threshold: float
    far_people: bool
    scene_key: str
    smoothing_s: float
    picture_wh: tuple[int, int]

    def differences(self, other: Setup) -> tuple[SetupPart, ...]:
        """Return which parts are not the same in both, in the order of `SetupPart`."""
        pairs = {
            SetupPart.MODEL: (self.model, self.fingerprint) != (other.model, other.fingerprint),
            SetupPart.RUNTIME: (self.runtime, self.precision) != (other.runtime, other.precision),
            SetupPart.THRESHOLD: abs(self.threshold - other.threshold) > 1e-6,
            SetupPart.FAR_PEOPLE: self.far_people != other.far_people,
            SetupPart.SCENE: self.scene_key != other.scene_key,
            SetupPart.SMOOTHING: abs(self.smoothing_s - other.smoothing_s) > 1e-6,
            SetupPart.PICTURE_SIZE: self.picture_wh != other.picture_wh,
        }
        return tuple(part for part, is_changed in pairs.items() if is_changed)


def scene_key(scene: Scene) -> str:
    """Return 64 hexadecimal digits that change when a place, mask or spot of a scene changes.

    Neither names nor the order of places matter, for they change no number. Threshold,
    far people and smoothing stand in the setup by themselves.
    """
    parts = {
        "lines": sorted(_line(line) for line in scene.lines),
        "gates": sorted(
            [_line(gate.outer), _line(gate.inner), gate.within_s] for gate in scene.gates
        ),
        "zones": sorted(zone.points for zone in scene.zones),
        "masks": sorted(mask.points for mask in scene.masks),
        "never": sorted(scene.never),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _line(line: Line) -> list[float]:
    return [*line.start, *line.end, float(line.once), line.u_turn_s]
