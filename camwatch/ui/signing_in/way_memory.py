"""Remembers on this computer where operators sign in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings

_KEY = "sign_in/remote"


class WayMemory:
    """Which tab of the sign-in window was used last, in the file of the window's layout.

    Args:
        file: None remembers nothing.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def _settings(self) -> QSettings | None:
        if self._file is None:
            return None
        return QSettings(str(self._file), QSettings.Format.IniFormat)

    @property
    def is_remote(self) -> bool:
        """True if the login service vouched for the last operator."""
        settings = self._settings()
        return settings is not None and str(settings.value(_KEY)).lower() == "true"

    def keep(self, *, is_remote: bool) -> None:
        """Remember it for the next time."""
        settings = self._settings()
        if settings is not None:
            settings.setValue(_KEY, is_remote)
