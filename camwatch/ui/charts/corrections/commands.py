"""What the windows of corrections ask of `camwatch.commands.Commands`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from camwatch.auth.session import Session
from camwatch.domain import CameraId
from camwatch.history.corrections import Correction, CorrectionDraft
from camwatch.ui.charts.count_commands import CountCommands


class CorrectionsCommands(CountCommands, Protocol):
    """Commands about corrections, and those that tell what they would do."""

    def corrections(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
    ) -> list[Correction]:
        """Return what was corrected in a stretch of time."""
        ...

    def add_correction(self, session: Session, draft: CorrectionDraft) -> Correction:
        """Lay a correction over the numbers of a stretch of time."""
        ...

    def withdraw_correction(self, session: Session, uid: str, why: str) -> Correction:
        """Let a correction hold no longer."""
        ...
