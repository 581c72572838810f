"""Which workstation this is, where several share a history."""

from __future__ import annotations

import json
import platform
import uuid
from dataclasses import dataclass
from pathlib import Path

from camwatch.files import write_aside


@dataclass(frozen=True, slots=True)
class Workstation:
    """One computer with one profile.

    Attributes:
        uid: UUID text.
        computer: The name of the computer.
    """

    uid: str
    computer: str


def this_workstation(file: Path) -> Workstation:
    """Return which workstation this is; the first time it becomes one.

    A profile that was copied to another computer makes another workstation of that one: two that
    pass for one would get in each other's way.

    Args:
        file: Where it is remembered; its folder exists.

    Raises:
        OSError: It cannot be remembered.
    """
    computer = platform.node()[:255] or "this computer"
    try:
        known = json.loads(file.read_bytes())
        if known["computer"] == computer:
            return Workstation(str(uuid.UUID(known["uid"])), computer)
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        pass  # not one yet, or nothing that could be read
    new = Workstation(str(uuid.uuid4()), computer)
    write_aside(file, json.dumps({"uid": new.uid, "computer": new.computer}).encode())
    return new
