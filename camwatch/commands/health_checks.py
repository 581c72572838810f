"""What is found out about a computer and a profile, by `camwatch doctor` and by the Health page.

One place for both, so that they can never say different things of the same state. Each check takes
what the running program has open already, or what `camwatch doctor` has opened for it.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
from datetime import datetime, timedelta
from importlib import metadata

from camwatch import __version__
from camwatch.alerts.settings import ENVIRONMENT, ChannelProof
from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import VaultState
from camwatch.config import Settings, load_settings
from camwatch.data.engine import Database
from camwatch.detect.detector import Detector
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSettings, SecretsUnavailable
from camwatch.health import Fact, Finding, Grade, Part
from camwatch.language import marked, tr
from camwatch.paths import Profile

_MIB = 1024 * 1024
_LITTLE_SPACE = 500 * _MIB
_NO_SPACE = 50 * _MIB
_PROOF_IS_OLD = timedelta(days=2)
_BY_VARIABLES = marked("E-mail of this computer")
NOT_FOUND = marked("not found")
# What the program consists of, and under which names each may be installed.
_PARTS = {
    "Qt": ("PySide6_Essentials", "PySide6"),
    "OpenCV": ("opencv-python", "opencv-python-headless"),
    "ONNX Runtime": ("onnxruntime",),
    "SQLAlchemy": ("SQLAlchemy",),
}


def check_settings(profile: Profile) -> tuple[Settings, Finding]:
    """Return the settings, the usual ones where they are refused, and what was found."""
    file = profile.settings_file
    try:
        settings = load_settings(file)
    except InvalidSettings as error:
        return Settings(), Finding(
            Part.SETTINGS,
            Grade.FAILED,
            tr("These settings must be put right: {problems}.", problems=error),
        )
    if not file.exists():
        sentence = tr("There is no {file}, so the usual settings apply.", file=file)
    else:
        sentence = tr("{file} can be used.", file=file)
    return settings, Finding(Part.SETTINGS, Grade.OK, sentence)


def check_channels(database: Database, settings: Settings) -> Finding:
    """Look whether alerts get out, as far as the history tells."""
    try:
        setup, proofs = database.alert_setup.read(), database.proofs.all()
        waiting = database.outbox.waiting()
        off = database.proofs.disabled()
    except CamWatchError:
        return channels_unknown()
    named = {step.channel_uid for plan in setup.plans for step in plan.steps} - {""}
    names = {channel.uid: channel.name for channel in setup.channels}
    names[ENVIRONMENT] = tr(_BY_VARIABLES)
    used = sorted(uid for uid in named if off.get(uid) != "")
    if not used:
        return Finding(
            Part.CHANNELS,
            Grade.OK,
            tr("Alerts are told on the screen only: no plan uses a channel."),
        )
    found = {
        uid: _trouble(proofs.get(uid, ChannelProof(uid)), off.get(uid, ""), waiting.get(uid, 0))
        for uid in used
    }
    facts = tuple(
        Fact(
            names.get(uid, uid),
            said or tr("last proven {moment}", moment=_moment_of(proofs[uid])),
            Grade.WARNING if said else Grade.OK,
        )
        for uid, said in found.items()
    )
    for uid, said in found.items():
        if said:
            sentence = tr("“{name}” {trouble}", name=names.get(uid, uid), trouble=said)
            return Finding(Part.CHANNELS, Grade.WARNING, sentence, facts=facts)
    oldest = min(moment for uid in used if (moment := proofs[uid].proven_at) is not None)
    if settings.alerts.canary_hour >= 0 and utc_now() - oldest > _PROOF_IS_OLD:
        sentence = tr(
            "Not all channels of alerts were proven since {moment}: CamWatch does it once a day "
            "while it runs.",
            moment=moment_words(oldest),
        )
        return Finding(Part.CHANNELS, Grade.WARNING, sentence, facts=facts)
    sentence = tr(
        "All {number} channels of alerts were last proven {moment}.",
        number=len(used),
        moment=moment_words(oldest),
    )
    return Finding(Part.CHANNELS, Grade.OK, sentence, facts=facts)


def channels_unknown() -> Finding:
    """Say that nobody can tell whether alerts get out."""
    return Finding(
        Part.CHANNELS,
        Grade.WARNING,
        tr("It is not known whether alerts get out: the history cannot be read."),
    )


def _trouble(proof: ChannelProof, why_off: str, waiting: int) -> str:
    """Say what is wrong with a channel; "" for nothing."""
    if why_off:
        return tr("has switched itself off: {why}.", why=why_off.removesuffix("."))
    if proof.failing_since is not None:
        return tr(
            "has delivered no alerts since {moment}; waiting: {waiting}. "
            "Look at the page Alerts, Delivery.",
            moment=moment_words(proof.failing_since),
            waiting=waiting,
        )
    return "" if proof.proven_at is not None else tr("has never delivered anything. Send a test.")


def _moment_of(proof: ChannelProof) -> str:
    return "" if proof.proven_at is None else moment_words(proof.proven_at)


def moment_words(moment: datetime) -> str:
    """Return a moment as `camwatch doctor` writes it: not by any site's clock."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def check_model(detector: Detector) -> Finding:
    """Say what counts people."""
    name = tr(
        "{model} ({precision}) runs in {runtime}",
        model=detector.name,
        precision=detector.precision,
        runtime=detector.runtime,
    )
    facts = (
        Fact(tr("Model"), detector.name),
        Fact(tr("Computes in"), detector.precision),
        Fact(tr("Run by"), detector.runtime),
    )
    if detector.is_poor:
        advice = tr("Its counts are poor; use the usual model if you can.")
        return Finding(Part.MODEL, Grade.WARNING, f"{name}.", advice, facts)
    return Finding(Part.MODEL, Grade.OK, f"{name}.", facts=facts)


def no_model(error: CamWatchError) -> Finding:
    """Say that nothing counts people, and why."""
    sentence = tr("People cannot be counted: {why}.", why=str(error).removesuffix("."))
    return Finding(Part.MODEL, Grade.FAILED, sentence)


def check_secrets(store: SecretStore, *, may_probe: bool = True) -> Finding:
    """Say where passwords are kept, and whether they can be had.

    Args:
        store: Where they are.
        may_probe: Write, read and delete an entry to find out, which can make a locked keyring
            ask its question. Without that only what is known already is told.
    """
    vault = store.vault
    if vault is not None and vault.state is not VaultState.ABSENT:
        try:
            vault.inspect()
        except SecretsUnavailable as error:
            return Finding(Part.SECRETS, Grade.FAILED, str(error))
        sentence = tr("Passwords are kept in the vault {file}.", file=vault.file)
        if may_probe or vault.state is VaultState.OPEN:
            return Finding(Part.SECRETS, Grade.OK, sentence)
        advice = tr("It is locked: cameras with a password wait until its passphrase is entered.")
        return Finding(Part.SECRETS, Grade.WARNING, sentence, advice)
    return _probed(store) if may_probe else _unprobed(store)


def _unprobed(store: SecretStore) -> Finding:
    """Say what is known without asking the keyring."""
    if store.has_keyring():
        sentence = tr("Camera passwords are kept in the desktop's keyring.")
        return Finding(Part.SECRETS, Grade.OK, sentence)
    return Finding(
        Part.SECRETS,
        Grade.WARNING,
        tr("This computer offers no keyring, so passwords are kept until CamWatch ends."),
        tr("Make a vault in the operator menu if they are to stay."),
    )


def _probed(store: SecretStore) -> Finding:
    try:
        name = store.probe()
    except SecretsUnavailable as error:
        return Finding(Part.SECRETS, Grade.WARNING, str(error))
    sentence = tr("Camera passwords are kept in the desktop's keyring ({name}).", name=name)
    return Finding(Part.SECRETS, Grade.OK, sentence)


def check_disk(profile: Profile) -> Finding:
    """Look at the disk of the profile, and whether it may be written to."""
    place = profile.folder
    while not place.exists() and place != place.parent:
        place = place.parent
    if not place.is_dir():
        return _no_disk(
            tr("{folder} is not a folder; choose another with --profile DIR.", folder=place)
        )
    if not os.access(place, os.W_OK | os.X_OK):
        return _no_disk(
            tr(
                "{folder} may not be written by you; allow that, or choose another folder with "
                "--profile DIR.",
                folder=place,
            )
        )
    try:
        usage = shutil.disk_usage(place)
    except OSError as error:
        return _no_disk(
            tr("{folder} cannot be looked at: {why}.", folder=place, why=error.strerror)
        )
    free = _amount(usage.free)
    facts = (
        Fact(tr("Free"), free),
        Fact(tr("Size of the disk"), _amount(usage.total)),
        Fact(tr("Folder"), str(profile.folder)),
    )
    words = tr("{size} are free for {folder}", size=free, folder=profile.folder)
    if usage.free < _NO_SPACE:
        sentence = tr("{free}: too little to keep a history.", free=words)
        return Finding(
            Part.DISK, Grade.FAILED, sentence, tr("Make room on this disk."), facts=facts
        )
    if usage.free < _LITTLE_SPACE:
        advice = tr("Make room on this disk soon.")
        return Finding(Part.DISK, Grade.WARNING, f"{words}.", advice, facts)
    return Finding(Part.DISK, Grade.OK, f"{words}.", facts=facts)


def _amount(count: int) -> str:
    """Say "812 MiB" or "63.9 GiB"."""
    if count < _MIB * 1024:
        return tr("{value} MiB", value=round(count / _MIB))
    return tr("{value:.1f} GiB", value=count / (_MIB * 1024))


def _no_disk(sentence: str) -> Finding:
    return Finding(Part.DISK, Grade.FAILED, sentence)


def _version(*names: str) -> str | None:
    """Return the version of the first of these packages that is installed."""
    for name in names:
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return None


def versions() -> dict[str, str]:
    """Return the version of each part that CamWatch consists of, by its name."""
    found = {"CamWatch": __version__, "Python": platform.python_version()}
    found |= {part: _version(*names) or tr(NOT_FOUND) for part, names in _PARTS.items()}
    found["SQLite"] = sqlite3.sqlite_version
    return found


def check_versions() -> Finding:
    """Say what CamWatch consists of."""
    found = versions()
    words = ", ".join(f"{part} {version}" for part, version in found.items())
    facts = tuple(Fact(part, version) for part, version in found.items())
    if _version(*_PARTS["ONNX Runtime"]) is None:
        advice = tr(
            "Without ONNX Runtime counting takes three times as long; install it where it is to "
            "be had."
        )
        return Finding(Part.VERSIONS, Grade.WARNING, f"{words}.", advice, facts)
    return Finding(Part.VERSIONS, Grade.OK, f"{words}.", facts=facts)
