"""Makes the bundle that support needs: log, versions, settings, health, without any secret."""

from __future__ import annotations

import os
import platform
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from camwatch.auth.secrets import SecretStore
from camwatch.commands.health_checks import versions
from camwatch.commands.masking import HIDDEN, Masker
from camwatch.commands.where import has_history, open_database, secrets_of
from camwatch.config import PREFIX, Settings, load_settings
from camwatch.data.engine import Database
from camwatch.data.shape import MOST_COUNTED
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSettings, SecretsUnavailable
from camwatch.health.bundle import Bundle, BundleFile
from camwatch.health.last_run import CrashReport, last_crash
from camwatch.language import marked, tr
from camwatch.paths import Profile

_MOST_BYTES = 2 * 2**20
_NO_SECRETS = marked(
    "The keyring or vault could not be asked for the passwords that are kept, so they are hidden "
    "by their place in the text only. Look through the log with care."
)
# These name people, places of secrets, or hold addresses with passwords.
_HIDDEN_FIELDS = frozenset({"database_url", "server_user"})


@dataclass(frozen=True, slots=True)
class Known:
    """What must not be in a bundle, as far as it is known.

    Attributes:
        secrets: Passwords and tokens.
        people: Names, addresses and numbers of people.
        note: Why not all is known; "" if it is.
    """

    secrets: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """What a bundle is made from.

    Attributes:
        profile: Whose logs and settings they are.
        health: What was found out about it, as text.
        threads: What each thread is at, as text; "" where no window runs.
        database: The history; None if it cannot be opened.
        why_no_database: The reason of that.
        known: What must not be in it.
    """

    profile: Profile
    health: str
    threads: str = ""
    database: Database | None = None
    why_no_database: str = ""
    known: Known = field(default_factory=Known)


def known_of(database: Database | None, secrets: SecretStore) -> Known:
    """Return what must not be in a bundle: every kept password, and the names of people."""
    if database is None:
        return Known(note=tr(_NO_SECRETS))
    try:
        cameras = database.cameras.all()
        setup = database.alert_setup.read()
        people = {user.name for user in database.operators.all()}
    except CamWatchError:
        return Known(note=tr(_NO_SECRETS))
    for one in setup.recipients:
        people |= {one.name, one.email, one.phone}
    uids = [one.uid for one in cameras] + [one.uid for one in setup.channels]
    found: set[str] = set()
    note = ""
    for uid in [*uids, "database-server"]:
        try:
            secret = secrets.get(uid)
        except SecretsUnavailable:
            note = tr(_NO_SECRETS)
            break
        if secret is not None:
            found.add(secret.reveal())
    return Known(frozenset(found), frozenset(people - {""}), note)


def make_bundle(source: Source, *, with_names: bool = False) -> Bundle:
    """Make a bundle; takes a while, since whole logs are read and masked."""
    known = source.known
    masker = Masker(known.secrets, known.people, hides_people=not with_names)
    files = []
    for name, about, text in _texts(source):
        masked, count = masker.mask(text)
        files.append(BundleFile(name, about, masked, count))
    return Bundle(tuple(files), with_names, known.note)


def bundle_of_profile(profile: Profile, health: str, *, with_names: bool = False) -> Bundle:
    """Make the bundle of a profile that no CamWatch of this process has open."""
    secrets = secrets_of(profile)
    try:
        settings = load_settings(profile.settings_file)
    except InvalidSettings:
        settings = Settings()
    database, why = None, "There is no history yet."
    try:
        if has_history(profile, settings.history):
            database = open_database(profile, settings.history, lambda: secrets)
        known = known_of(database, secrets)
        return make_bundle(Source(profile, health, "", database, why, known), with_names=with_names)
    except CamWatchError as error:
        source = Source(profile, health, "", None, str(error), known_of(None, secrets))
        return make_bundle(source, with_names=with_names)
    finally:
        if database is not None:
            database.close()
        secrets.close()


def _texts(source: Source) -> Iterator[tuple[str, str, str]]:
    """Yield name, what it is for, and the unmasked text of each file."""
    yield "about.txt", tr("What this is"), _about()
    yield "health.txt", tr("How CamWatch is doing"), source.health
    yield "versions.txt", tr("Versions and computer"), _versions()
    yield "settings.txt", tr("Settings in effect, without secrets"), _settings(source.profile)
    yield "history.txt", tr("Tables and numbers of rows, no contents"), _shape(source)
    if source.threads:
        yield "threads.txt", tr("What each thread is doing"), source.threads
    crash = last_crash(source.profile.folder)
    if crash is not None:
        yield (
            "last-crash.txt",
            tr("The last run that did not end as it should"),
            crash_text(crash),
        )
    folder = source.profile.log_file.parent
    for file in sorted(folder.glob("*.log*")) if folder.is_dir() else ():
        if text := _read_end(file):
            yield f"logs/{file.name}", tr("Log"), text


def crash_text(crash: CrashReport) -> str:
    """Return all that is known of a crash."""
    return "\n".join(
        (
            f"started {crash.started_at:%Y-%m-%d %H:%M:%S} UTC",
            f"last alive {crash.alive_at:%Y-%m-%d %H:%M:%S} UTC",
            f"version {crash.version}",
            f"fault {crash.fault or 'not known'}",
            f"uncaught error {crash.error_id or 'none'}",
            "",
            crash.trace,
            "",
            crash.log_tail,
            "",
        )
    )


def _about() -> str:
    return (
        "What CamWatch wrote down for support, made by its operator on their own computer.\n"
        f"Made {utc_now():%Y-%m-%d %H:%M:%S} UTC.\n\n"
        f"Passwords, tokens and what addresses carry of them are replaced by {HIDDEN}. There are\n"
        "no pictures and no counts in it, and no names of people unless the operator chose so.\n"
    )


def _versions() -> str:
    lines = [f"{part}: {version}" for part, version in versions().items()]
    lines += [
        f"System: {platform.platform()}",
        f"Processor: {platform.machine()}, {os.cpu_count()} cores",
        f"Frozen: {'yes' if getattr(sys, 'frozen', False) else 'no'}",
        "Variables that are set: "
        + (", ".join(sorted(one for one in os.environ if one.startswith(PREFIX))) or "none"),
    ]
    return "\n".join(lines) + "\n"


def _settings(profile: Profile) -> str:
    try:
        settings = load_settings(profile.settings_file)
    except InvalidSettings as error:
        return f"They are refused: {error}\n"
    lines: list[str] = []
    for section, values in settings.model_dump().items():
        lines.append(f"[{section}]")
        lines += [f"{name} = {_plain_value(name, value)}" for name, value in values.items()]
        lines.append("")
    return "\n".join(lines)


def _plain_value(name: str, value: Any) -> str:
    if name in _HIDDEN_FIELDS:
        return "set, not shown" if value else '""'
    if isinstance(value, dict):
        return f"{len(value)} entries, not shown" if value else "{}"
    return repr(value.value if isinstance(value, StrEnum) else value)


def _shape(source: Source) -> str:
    if source.database is None:
        return f"{source.why_no_database}\n"
    try:
        shape = source.database.shape()
    except CamWatchError as error:
        return f"{error}\n"
    lines = [f"schema {shape.revision}", ""]
    for table in shape.tables:
        rows = f"{table.rows:,}" if table.rows <= MOST_COUNTED else f"more than {MOST_COUNTED:,}"
        lines += [f"{table.name}: {rows} rows", *(f"    {one}" for one in table.columns)]
    return "\n".join(lines) + "\n"


def _read_end(file: Path) -> str:
    """Return the last part of a log file, from the beginning of a line."""
    try:
        with file.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - _MOST_BYTES))
            text = stream.read().decode("utf-8", "replace")
    except OSError as error:
        return f"{file.name} cannot be read: {error.strerror}\n"
    return text if size <= _MOST_BYTES else text.partition("\n")[2]


def thread_text(names: Iterable[str] = ()) -> str:
    """Say where each thread of this process is: functions and lines, no values."""
    frames = sys._current_frames()  # noqa: SLF001 - the only way to it, also in the documentation
    lines = [*names, ""]
    for thread in threading.enumerate():
        lines.append(f"{thread.name} ({thread.native_id})")
        frame = frames.get(thread.ident or 0)
        if frame is not None:
            stack = traceback.StackSummary.extract(traceback.walk_stack(frame), lookup_lines=False)
            lines += [
                f"    {Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(stack)
            ]
        lines.append("")
    return "\n".join(lines)
