"""`camwatch doctor`: says whether this computer is fit to run CamWatch, and what is not."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from camwatch import __version__
from camwatch.alerts.settings import ENVIRONMENT, ChannelProof
from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import Vault, VaultState
from camwatch.cli.doctor_history import words_of_history
from camwatch.commands.storage_opening import StorageOpening
from camwatch.commands.where import is_on_server, open_database
from camwatch.config import Detection, History, Settings, load_settings
from camwatch.data.engine import Database
from camwatch.data.faults import damaged
from camwatch.detect.detector import open_detector
from camwatch.domain import utc_now
from camwatch.errors import (
    CamWatchError,
    InvalidSettings,
    ModelError,
    SecretsUnavailable,
)
from camwatch.paths import Profile, bundled_models, profile_at
from camwatch.scene import PrivacyMode

_MIB = 1024 * 1024
_LITTLE_SPACE = 500 * _MIB
_NO_SPACE = 50 * _MIB
_PROOF_IS_OLD = timedelta(days=2)
_BY_VARIABLES = "E-mail of this computer"
# What the program consists of, and under which names each may be installed.
_PARTS = {
    "Qt": ("PySide6_Essentials", "PySide6"),
    "OpenCV": ("opencv-python", "opencv-python-headless"),
    "ONNX Runtime": ("onnxruntime",),
    "SQLAlchemy": ("SQLAlchemy",),
}


@dataclass(frozen=True, slots=True)
class Check:
    """What came of looking at one thing.

    Attributes:
        status: "warning" is fit for use with a drawback, "failed" is not.
        message: A sentence for the administrator, with what to do where there is something.
    """

    status: Literal["ok", "warning", "failed"]
    message: str


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "doctor",
        help="look whether this computer is fit to run CamWatch",
        description="Looks at settings, history, detector, keyring, disk, installed parts, and "
        "whether alerts get out. "
        "Nothing is created; a history of an older CamWatch is brought up to date, as by a start.",
        epilog="Exit codes: 0 healthy, 1 unhealthy. A warning is healthy, but read it.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return 0 if all is healthy, else 1."""
    checks = examine(profile_at(arguments.profile), bundled_models())
    is_healthy = all(check.status != "failed" for check in checks.values())
    status = "healthy" if is_healthy else "unhealthy"
    if arguments.json:
        found = {name: asdict(check) for name, check in checks.items()}
        print(json.dumps({"status": status, "checks": found}, ensure_ascii=False, indent=2))
    else:
        for name, check in checks.items():
            print(f"{check.status:8} {name:9} {check.message}")
        print(f"CamWatch on this computer is {status}.")
    return 0 if is_healthy else 1


def examine(profile: Profile, models: Path) -> dict[str, Check]:
    """Look at everything.

    Args:
        profile: May not exist yet; nothing is created in it.
        models: Folder of the model files.
    """
    settings, of_settings = _settings(profile)
    return {
        "database": _database(profile, settings.history),
        "ai_model": _model(settings.detection, models, profile.models_folder),
        "keyring": _keyring(profile),
        "disk": _disk(profile),
        "settings": of_settings,
        "alerts": _alerts(profile, settings),
        "privacy": _privacy(profile, settings),
        "runtime": _runtime(),
    }


def _settings(profile: Profile) -> tuple[Settings, Check]:
    """Return the settings, the usual ones where they are refused, and what was found."""
    file = profile.settings_file
    try:
        settings = load_settings(file)
    except InvalidSettings as error:
        return Settings(), Check("failed", f"These settings must be put right: {error}.")
    if not file.exists():
        return settings, Check("ok", f"There is no {file}, so the usual settings apply.")
    return settings, Check("ok", f"{file} can be used.")


def _database(profile: Profile, settings: History) -> Check:
    if is_on_server(settings):
        return _server(profile, settings)
    url = settings.database_url
    file = _file_of(profile, url)
    if not _is_made(file, url) and not _is_lost(profile, settings):
        if url and not os.access(file.parent, os.W_OK | os.X_OK):
            return Check(
                "failed",
                f"{file} cannot be made: the folder {file.parent} is not there or may not be "
                "written. Make it, or name another file.",
            )
        return Check("ok", f"There is no history yet; {file} is made at the first start.")
    try:
        # Before anything is written: opening an empty file would make a new history of it.
        StorageOpening(profile, settings).look()
        with Database.open(None if url else file, url) as database:
            verdict = database.check()
            words = words_of_history(database, profile, settings)
    except CamWatchError as error:
        return Check("failed", f"{str(error).removesuffix('.')}.")
    if verdict != "ok":
        # The check that broke off comes as a whole sentence already.
        words = verdict if str(file) in verdict else str(damaged(file, verdict))
        return Check("failed", f"{words.removesuffix('.')}.")
    return Check("ok", words)


def _is_lost(profile: Profile, settings: History) -> bool:
    """Tell whether there was a history once, of which copies are left."""
    try:
        StorageOpening(profile, settings).look()
    except CamWatchError:
        return True
    return False


def _server(profile: Profile, settings: History) -> Check:
    try:
        with open_database(profile, settings) as database:
            database.check()
    except CamWatchError as error:
        return Check("failed", f"{str(error).removesuffix('.')}.")
    place = database.place
    return Check("ok", f"{place[:1].upper()}{place[1:]} can be used.")


def _file_of(profile: Profile, url: str) -> Path:
    return Path(url.removeprefix("sqlite:///")) if url else profile.database_file


def _is_made(file: Path, url: str) -> bool:
    """Tell whether there is a history; one on a server is taken to be there."""
    return file.exists() or bool(url and not url.startswith("sqlite:///"))


def _alerts(profile: Profile, settings: Settings) -> Check:
    """Look whether alerts get out, as far as the history tells."""
    url = settings.history.database_url
    if not is_on_server(settings.history) and not _is_made(_file_of(profile, url), url):
        return Check("ok", "No alert was sent yet, since there is no history.")
    try:
        with open_database(profile, settings.history) as database:
            setup, proofs = database.alert_setup.read(), database.proofs.all()
            waiting = database.outbox.waiting()
            off = database.proofs.disabled()
    except CamWatchError:
        return Check(
            "warning", "It is not known whether alerts get out: the history cannot be read."
        )
    named = {step.channel_uid for plan in setup.plans for step in plan.steps} - {""}
    names = {channel.uid: channel.name for channel in setup.channels} | {ENVIRONMENT: _BY_VARIABLES}
    used = sorted(uid for uid in named if off.get(uid) != "")
    if not used:
        return Check("ok", "Alerts are told on the screen only: no plan uses a channel.")
    for uid in used:
        proof = proofs.get(uid, ChannelProof(uid))
        if said := _trouble(proof, off.get(uid, ""), waiting.get(uid, 0)):
            return Check("warning", f"“{names.get(uid, uid)}” {said}")
    oldest = min(moment for uid in used if (moment := proofs[uid].proven_at) is not None)
    if settings.alerts.canary_hour >= 0 and utc_now() - oldest > _PROOF_IS_OLD:
        return Check(
            "warning",
            f"Not all channels of alerts were proven since {_moment(oldest)}: CamWatch does it "
            "once a day while it runs.",
        )
    return Check("ok", f"All {len(used)} channels of alerts were last proven {_moment(oldest)}.")


def _privacy(profile: Profile, settings: Settings) -> Check:
    """Look whether pictures are stored of cameras that only count, and what is lifted."""
    url = settings.history.database_url
    if not is_on_server(settings.history) and not _is_made(_file_of(profile, url), url):
        return Check("ok", "No camera has any privacy to keep, since there is no history.")
    try:
        with open_database(profile, settings.history) as database:
            names = {camera.id: camera.name for camera in database.cameras.all()}
            records = database.privacy.all()
            only = [one.camera_id for one in records if one.privacy.mode is PrivacyMode.COUNT_ONLY]
            kept = {one: len(database.evidence.of_camera(one)) for one in only}
    except CamWatchError:
        return Check("warning", "It is not known what may be seen: the history cannot be read.")
    for camera_id, count in kept.items():
        if count:
            return Check(
                "warning",
                f"“{names.get(camera_id, camera_id)}” only counts, and {count} pictures from "
                "before are stored of it. Its privacy offers to delete them.",
            )
    lifted = [one for one in records if one.present_lift(utc_now()) is not None]
    if lifted:
        return Check("ok", f"Privacy is lifted now for {len(lifted)} cameras.")
    return Check(
        "ok", f"{len(only)} cameras only count, and no picture of an alert is stored of them."
    )


def _trouble(proof: ChannelProof, why_off: str, waiting: int) -> str:
    """Say what is wrong with a channel; "" for nothing."""
    if why_off:
        return f"has switched itself off: {why_off.removesuffix('.')}."
    if proof.failing_since is not None:
        return (
            f"has delivered no alerts since {_moment(proof.failing_since)}; waiting: {waiting}. "
            "Look at the page Alerts, Delivery."
        )
    return "" if proof.proven_at is not None else "has never delivered anything. Send a test."


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _model(settings: Detection, models: Path, own: Path) -> Check:
    try:
        detector = open_detector(settings, models, own=own)
    except ModelError as error:
        return Check("failed", f"People cannot be counted: {str(error).removesuffix('.')}.")
    name = f"{detector.name} ({detector.precision}) runs in {detector.runtime}"
    if detector.is_poor:
        return Check("warning", f"{name}. Its counts are poor; use the usual model if you can.")
    return Check("ok", f"{name}.")


def _keyring(profile: Profile) -> Check:
    vault = Vault(profile.vault_file)
    if vault.state is not VaultState.ABSENT:
        try:
            vault.inspect()
        except SecretsUnavailable as error:
            return Check("failed", str(error))
        return Check("ok", f"Passwords are kept in the vault {vault.file}.")
    store = SecretStore()
    try:
        name = store.probe()
    except SecretsUnavailable as error:
        return Check("warning", str(error))
    finally:
        store.close()
    return Check("ok", f"Camera passwords are kept in the desktop's keyring ({name}).")


def _disk(profile: Profile) -> Check:
    place = profile.folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return Check("failed", f"{place} is not a folder; choose another with --profile DIR.")
    if not os.access(place, os.W_OK | os.X_OK):
        return Check(
            "failed",
            f"{place} may not be written by you; allow that, or choose another folder with "
            "--profile DIR.",
        )
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Check("failed", f"{place} cannot be looked at: {error.strerror}.")
    words = f"{free / _MIB:,.0f} MiB are free for {profile.folder}"
    if free < _NO_SPACE:
        return Check("failed", f"{words}: too little to keep a history. Make room on this disk.")
    if free < _LITTLE_SPACE:
        return Check("warning", f"{words}. Make room on this disk soon.")
    return Check("ok", f"{words}.")


def _version(*names: str) -> str | None:
    """Return the version of the first of these packages that is installed."""
    for name in names:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def _runtime() -> Check:
    versions = {"CamWatch": __version__, "Python": platform.python_version()}
    versions |= {part: _version(*names) or "not found" for part, names in _PARTS.items()}
    versions["SQLite"] = sqlite3.sqlite_version
    words = ", ".join(f"{part} {version}" for part, version in versions.items())
    if versions["ONNX Runtime"] == "not found":
        return Check(
            "warning",
            f"{words}. Without ONNX Runtime counting takes three times as long; install it where "
            "it is to be had.",
        )
    return Check("ok", f"{words}.")
