"""Which file holds the history, by the settings."""

from __future__ import annotations

from pathlib import Path

from camwatch.config import History
from camwatch.paths import Profile


def history_file(profile: Profile, settings: History) -> Path | None:
    """Return the file that holds the history.

    Returns:
        None if a server holds it, or the settings name no file that can be used.
    """
    if settings.database_url:
        # Only for those who have one: every start asks, before there is a window.
        from sqlalchemy import make_url  # noqa: PLC0415
        from sqlalchemy.exc import ArgumentError  # noqa: PLC0415

        try:
            url = make_url(settings.database_url)
        except ArgumentError:
            return None
        name = url.database or ""
        is_file = url.get_backend_name() == "sqlite" and not name.startswith((":", "file:"))
        return Path(name).absolute() if is_file and name else None
    return None if settings.server_host else profile.database_file


def history_lock(profile: Profile, settings: History) -> Path | None:
    """Return the lock of a history file outside of the profile's folder.

    The lock of a profile does not keep a CamWatch with another one away from the same file, and
    two that write into it can damage it.

    Returns:
        None if the history is in the profile, or no file.
    """
    file = history_file(profile, settings)
    if file is None or file == profile.database_file:
        return None
    file = file.resolve()
    return file.with_name(f"{file.name}.lock")


def backup_folder(profile: Profile, settings: History) -> Path:
    """Return the folder of the daily copies."""
    named = settings.backup_folder
    return Path(named).expanduser().absolute() if named else profile.backup_folder
