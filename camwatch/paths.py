"""Where things are: the profile folder of a run, and the files that ship with CamWatch."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

PROFILE_VARIABLE = "CAMWATCH_PROFILE"


@dataclass(frozen=True, slots=True)
class Profile:
    """The folder that holds the settings, database, logs and pictures of a run."""

    folder: Path

    @property
    def settings_file(self) -> Path:
        """The administrator's settings; need not exist."""
        return self.folder / "settings.toml"

    @property
    def database_file(self) -> Path:
        """The history."""
        return self.folder / "camwatch.sqlite3"

    @property
    def spool_folder(self) -> Path:
        """Counts that wait for the history; need not exist."""
        return self.folder / "spool"

    @property
    def reserve_file(self) -> Path:
        """Room that is held back for the history; need not exist."""
        return self.folder / "reserve.bin"

    @property
    def vault_file(self) -> Path:
        """Passwords, encrypted, where there is no keyring; need not exist."""
        return self.folder / "vault.bin"

    @property
    def log_file(self) -> Path:
        """The newest log; older ones stand beside it."""
        return self.folder / "logs" / "camwatch.log"

    @property
    def models_folder(self) -> Path:
        """The administrator's own models; need not exist."""
        return self.folder / "models"

    @property
    def audits_folder(self) -> Path:
        """Recordings for audits of the accuracy; need not exist."""
        return self.folder / "audits"

    @property
    def evidence_folder(self) -> Path:
        """Pictures of the moments in which alerts were raised; need not exist."""
        return self.folder / "evidence"

    @property
    def past_folder(self) -> Path:
        """Small pictures of all cameras, to see the past again; need not exist."""
        return self.folder / "past"

    @property
    def workstation_file(self) -> Path:
        """Which workstation this is, where several share a history; need not exist."""
        return self.folder / "workstation.json"

    @property
    def backup_folder(self) -> Path:
        """Daily copies of the history, unless the settings name another; need not exist."""
        return self.folder / "backups"

    @property
    def snapshot_file(self) -> Path:
        """What is counted, as a database server told it last; need not exist."""
        return self.folder / "cameras.json"

    @property
    def window_file(self) -> Path:
        """How the operator left the window."""
        return self.folder / "window.ini"

    def create(self) -> None:
        """Make the folders, readable for their owner only.

        Raises:
            OSError: They cannot be made.
        """
        self.log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.name == "posix":
            self.folder.chmod(0o700)


def profile_at(folder: str | os.PathLike[str] | None = None) -> Profile:
    """Return the profile in this folder, else in CAMWATCH_PROFILE's, else in the usual place."""
    chosen = folder or os.environ.get(PROFILE_VARIABLE)
    if chosen:
        return Profile(Path(chosen).expanduser().absolute())
    return Profile(platformdirs.user_data_path("CamWatch", appauthor=False))


def state_folder() -> Path:
    """Return the folder for what must not be put back with an older copy of a profile."""
    return platformdirs.user_state_path("CamWatch", appauthor=False)


def _shipped(name: str) -> Path:
    """Return a folder that ships with CamWatch.

    It stands inside the package once installed or frozen, and beside it in a checkout.
    """
    package = Path(__file__).resolve().parent
    installed = package / name
    return installed if installed.is_dir() else package.parent / name


def resources() -> Path:
    """Return the folder of icons and other files that ship with CamWatch."""
    return _shipped("resources")


def bundled_models() -> Path:
    """Return the folder of models that ship with CamWatch."""
    return _shipped("models")


def documents() -> Path:
    """Return the folder of the chapters that ship with CamWatch."""
    return _shipped("docs")
