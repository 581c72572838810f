"""The part of a view that an audit is about. Knows no Qt."""

from __future__ import annotations

from camwatch.accuracy import Recording, scene_key
from camwatch.scene import Scene


def audited_part(scene: Scene, recording: Recording) -> Scene | None:
    """Return what an operator must see to count as the program does.

    That is the line or gate of an audit of passages, or else the areas in which nobody is
    counted. None if the view was changed since the recording.

    Args:
        scene: As the view is now.
        recording: What is to be counted.
    """
    if scene_key(scene) != recording.setup.scene_key:
        return None
    if recording.place is None:
        return Scene(masks=scene.masks, never=scene.never)
    lines = tuple(line for line in scene.lines if line.name == recording.place)
    gates = tuple(gate for gate in scene.gates if gate.name == recording.place)
    # A name may change without the line: then nothing tells which one was meant.
    return Scene(lines=lines, gates=gates) if lines or gates else None
