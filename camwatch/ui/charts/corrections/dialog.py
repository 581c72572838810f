"""The window in which numbers are corrected, and corrections are withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from camwatch.auth.session import Session
from camwatch.domain import CameraId, utc_now
from camwatch.history.corrections import Correction, CorrectionDraft
from camwatch.ui.background import Background
from camwatch.ui.charts.ranges import Range


class CorrectionsCommands(Protocol):
    """What this window asks of `camwatch.commands.Commands`."""

    def corrections(
        self,
        session: Session,
        camera_ids: Sequence[CameraId] | None,
        start: datetime,
        end: datetime,
    ) -> list[Correction]:
        """Return what was corrected in a stretch of time."""
        ...


class CorrectionsDialog(QDialog):
    """Lists the corrections of a stretch of time, and takes new ones.

    Signals:
        changed: A correction was added or withdrawn.

    Args:
        zone: The site's time zone.
        camera_ids: Whose corrections; None for all that the operator sees.
        stretch: Which time, UTC.
        draft: A correction to begin with, such as of the point that was clicked; its reason may
            be empty.
        clock: Tells the time, UTC.
    """

    changed = Signal()

    def __init__(  # noqa: PLR0917 - as all windows
        self,
        commands: CorrectionsCommands,
        session: Session,
        background: Background,
        zone: ZoneInfo,
        camera_ids: Sequence[CameraId] | None,
        stretch: Range,
        draft: CorrectionDraft | None = None,
        parent: QWidget | None = None,
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        raise NotImplementedError
