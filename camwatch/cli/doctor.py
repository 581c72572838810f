"""`camwatch doctor`: says whether this computer is fit to run CamWatch, and what is not."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import Vault
from camwatch.commands.diagnostics import bundle_of_profile
from camwatch.commands.health_checks import (
    channels_unknown,
    check_channels,
    check_disk,
    check_model,
    check_secrets,
    check_settings,
    check_versions,
    no_model,
)
from camwatch.commands.health_history import words_of_history
from camwatch.commands.storage_opening import StorageOpening
from camwatch.commands.where import is_on_server, open_database
from camwatch.config import Detection, History, Settings
from camwatch.data.engine import Database
from camwatch.data.faults import damaged
from camwatch.detect.detector import open_detector
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, ModelError
from camwatch.health import Finding, Grade, Part
from camwatch.paths import Profile, bundled_models, profile_at
from camwatch.scene import PrivacyMode


@dataclass(frozen=True, slots=True)
class Check:
    """What came of looking at one thing.

    Attributes:
        status: "warning" is fit for use with a drawback, "failed" is not.
        message: A sentence for the administrator, with what to do where there is something.
    """

    status: Literal["ok", "warning", "failed"]
    message: str


def _check(finding: Finding) -> Check:
    status: dict[Grade, Literal["ok", "warning", "failed"]] = {
        Grade.OK: "ok",
        Grade.FAILED: "failed",
    }
    return Check(status.get(finding.grade, "warning"), finding.message)


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
    parser.add_argument(
        "--bundle",
        metavar="FILE",
        help="also write what support needs into this zip file: log, versions, settings, these "
        "checks; without passwords, pictures and people's names",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return 0 if all is healthy, else 1."""
    checks = examine(profile_at(arguments.profile), bundled_models())
    if (bundle := getattr(arguments, "bundle", None)) and not _write_bundle(
        Path(bundle), profile_at(arguments.profile), checks
    ):
        return 1
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
    settings, of_settings = check_settings(profile)
    return {
        "database": _database(profile, settings.history),
        "ai_model": _check(_model(settings.detection, models, profile.models_folder)),
        "keyring": _check(_keyring(profile)),
        "disk": _check(check_disk(profile)),
        "settings": _check(of_settings),
        "alerts": _check(_alerts(profile, settings)),
        "privacy": _privacy(profile, settings),
        "runtime": _check(check_versions()),
    }


def _write_bundle(file: Path, profile: Profile, checks: dict[str, Check]) -> bool:
    """Write what support needs, and say where it is; False if it could not be written."""
    lines = "".join(f"{one.status:8} {name:9} {one.message}\n" for name, one in checks.items())
    try:
        bundle = bundle_of_profile(profile, lines)
        bundle.write(file)
    except CamWatchError as error:
        print(f"camwatch: {error}", file=sys.stderr)
        return False
    # Not among what --json prints, which is one object.
    print(f"camwatch: {file} is written. Look into it before you send it.", file=sys.stderr)
    if bundle.note:
        print(f"camwatch: {bundle.note}", file=sys.stderr)
    return True


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


def _alerts(profile: Profile, settings: Settings) -> Finding:
    """Look whether alerts get out, as far as the history tells."""
    url = settings.history.database_url
    if not is_on_server(settings.history) and not _is_made(_file_of(profile, url), url):
        return Finding(Part.CHANNELS, Grade.OK, "No alert was sent yet, since there is no history.")
    try:
        with open_database(profile, settings.history) as database:
            return check_channels(database, settings)
    except CamWatchError:
        return channels_unknown()


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


def _model(settings: Detection, models: Path, own: Path) -> Finding:
    try:
        return check_model(open_detector(settings, models, own=own))
    except ModelError as error:
        return no_model(error)


def _keyring(profile: Profile) -> Finding:
    store = SecretStore(vault=Vault(profile.vault_file))
    try:
        return check_secrets(store)
    finally:
        store.close()
