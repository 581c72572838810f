"""`camwatch audit`: says whether the audit log is the one that was written, and exports it."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from camwatch.auth.accounts import AuditQuery
from camwatch.auth.audit_check import AuditCheck, AuditState
from camwatch.auth.secrets import SecretStore
from camwatch.cli import application
from camwatch.cli.camera_desk import ACTOR, open_desk, print_json
from camwatch.cli.secret_input import VaultPassphrase, add_vault_option, vault_of
from camwatch.commands.audit_export import export_entries
from camwatch.commands.audit_keeper import verify_profile
from camwatch.commands.trail import Trail
from camwatch.commands.where import has_history, open_audit
from camwatch.config import load_settings
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSetting, StorageError
from camwatch.paths import Profile, profile_at
from camwatch.ui.audit.check_words import check_words, entries, finding_words

_EXIT = {AuditState.SOUND: 0, AuditState.BROKEN: 1, AuditState.UNCHECKED: 2}
_KEYRING_S = 30.0


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "audit",
        help="check that nobody has changed the audit log, or export it",
        description="The log of who did what. docs/audit.md says what each finding means.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser(
        "verify",
        help="check each entry, and that none is missing",
        description="It only reads, so CamWatch may be running with the profile.",
        epilog="Exit codes: 0 sound, 1 broken, 2 cannot be checked.",
    )
    verify.set_defaults(run=_verify)
    export = actions.add_parser(
        "export",
        help="write entries as a CSV file, oldest first",
        description="The export is an entry itself, so CamWatch must not be running with the "
        "profile; use its page then.",
    )
    export.add_argument("file", metavar="FILE", type=Path, help="replaced if it is there")
    for name, target, what in (
        ("--from", "start", "the first day or moment"),
        ("--to", "end", "the last day, or the moment after the last"),
    ):
        export.add_argument(
            name,
            dest=target,
            metavar="DATE",
            default="",
            help=f"{what}, such as 2026-03-01 or 2026-03-01T14:30, on this computer's clock",
        )
    export.set_defaults(run=_export)
    for part in (verify, export):
        part.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        application.add_profile_option(part, default=argparse.SUPPRESS)
    add_vault_option(verify)


def _told(error: CamWatchError, code: int) -> int:
    print(f"camwatch audit: {str(error).removesuffix('.')}.", file=sys.stderr)
    return code


def _export(arguments: argparse.Namespace) -> int:
    """Export entries; return the exit code: 0 done, 1 failed, 2 bad usage."""
    profile = profile_at(arguments.profile)
    try:
        query = AuditQuery(
            start=_moment("--from", arguments.start, timedelta()),
            end=_moment("--to", arguments.end, timedelta(days=1)),
        )
        if not _has_history(profile):
            raise StorageError(f"{profile.folder} holds no history")
        with open_desk(profile) as (_, database):
            trail = Trail(database.audit)
            count = export_entries(database.audit, trail, ACTOR, query, arguments.file)
    except CamWatchError as error:
        return _told(error, 2 if isinstance(error, InvalidSetting) else 1)
    if arguments.json:
        print_json({"file": str(arguments.file), "entries": count})
    else:
        print(f"{entries(count)} {'is' if count == 1 else 'are'} in {arguments.file}.")
    return 0


def _moment(name: str, text: str, whole_day: timedelta) -> datetime | None:
    """Read a day or a moment.

    Args:
        name: Of the option.
        text: As it was given; "" for none.
        whole_day: What is added to a day that is given without a time.

    Raises:
        InvalidSetting: It is neither.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        is_day = len(text) <= len("2026-03-01")
        return (moment + whole_day if is_day else moment).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidSetting(name, f"is no date such as 2026-03-01: {text}") from None


def _has_history(profile: Profile) -> bool:
    return has_history(profile, load_settings(profile.settings_file).history)


def _verify(arguments: argparse.Namespace) -> int:
    """Check the log; return the exit code: 0 sound, 1 broken, 2 cannot be checked."""
    try:
        passphrase = VaultPassphrase(arguments.vault_fd)
        check = _checked(profile_at(arguments.profile), passphrase)
    except CamWatchError as error:
        return _told(error, _EXIT[AuditState.UNCHECKED])
    words = check_words(check, None)
    if arguments.json:
        print_json(_as_json(check, words.title))
    else:
        print("\n".join(line for line in (words.title, words.text) if line))
    return _EXIT[check.state]


def _checked(profile: Profile, passphrase: VaultPassphrase) -> AuditCheck:
    """Check the log; without the passphrase of a vault as far as that goes."""
    history = load_settings(profile.settings_file).history
    secrets = SecretStore(deadline_s=_KEYRING_S, vault=vault_of(profile))
    try:
        if passphrase.can_be_read():
            passphrase.unlock(secrets)
        with open_audit(profile, history, lambda: secrets) as reader:
            return verify_profile(reader, secrets, profile.folder, utc_now)
    finally:
        secrets.close()


def _as_json(check: AuditCheck, title: str) -> dict[str, Any]:
    return {
        "state": check.state.value,
        "text": title,
        "checked_at": check.checked_at.isoformat(),
        "entries": check.entries,
        "without_key": check.without_key,
        "sealed_later": check.sealed_later,
        "known_outside": check.known_outside,
        "why": None if check.why is None else check.why.value,
        "first_broken": check.findings[0].first if check.findings else None,
        "findings": [
            {
                "fault": one.fault.value,
                "first": one.first,
                "last": one.last,
                "text": finding_words(one),
            }
            for one in check.findings
        ],
    }
