"""What the dialog of an audit asks of the commands, and how it keeps what was counted."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from camwatch.accuracy import AuditReport, Recording, Truth
from camwatch.accuracy.keeping import OpenedRecording
from camwatch.accuracy.plan import RecordingPlan, RecordingStatus
from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.scene import SceneRecord


class WizardCommands(Protocol):
    """What the dialog of an audit asks of `camwatch.commands.Commands`."""

    def scene(self, session: Session, camera_id: CameraId) -> SceneRecord:
        """Return what is counted in a camera's view."""
        ...

    def start_recording(self, session: Session, plan: RecordingPlan) -> str:
        """Begin a recording; returns its uid."""
        ...

    def stop_recording(self, session: Session, uid: str) -> None:
        """End a recording early."""
        ...

    def discard_recording(self, session: Session, uid: str) -> None:
        """Delete a recording with its pictures."""
        ...

    def keep_recording(self, session: Session, uid: str) -> None:
        """Keep a counted recording with its pictures."""
        ...

    def recordings(self, session: Session) -> list[RecordingStatus]:
        """Return all recordings, newest first."""
        ...

    def recording_folder(self, session: Session, uid: str) -> Path:
        """Return the folder of a recording's pictures."""
        ...

    def open_recording(self, session: Session, uid: str) -> OpenedRecording:
        """Read a finished recording."""
        ...

    def keep_truth(self, session: Session, uid: str, truth: Truth) -> None:
        """Keep what has been counted so far."""
        ...

    def preview_audit(self, session: Session, recording: Recording, truth: Truth) -> AuditReport:
        """Compare without storing."""
        ...

    def store_audit(
        self, session: Session, recording: Recording, truth: Truth, comment: str = ""
    ) -> AuditReport:
        """Compare and store."""
        ...


class TruthKeeper:
    """Writes what was counted from the threads of the pool: never an older one over a newer."""

    def __init__(self, write: Callable[[Truth], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._newest: Truth | None = None

    def put(self, truth: Truth | None) -> None:
        """Hand over what is to be kept; None if nothing is any more."""
        self._newest = truth

    def write(self) -> None:
        """Keep the newest, unless that was done already."""
        with self._lock:
            truth, self._newest = self._newest, None
            if truth is not None:
                self._write(truth)
