"""`camwatch audit`: says whether the audit log is the one that was written."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from camwatch.auth.audit_check import AuditCheck, AuditState
from camwatch.auth.secrets import SecretStore
from camwatch.cli import application
from camwatch.cli.camera_desk import print_json
from camwatch.commands.audit_keeper import verify_profile
from camwatch.config import load_settings
from camwatch.data.engine import Database
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError
from camwatch.paths import Profile, profile_at
from camwatch.ui.audit.check_words import check_words, finding_words

_EXIT = {AuditState.SOUND: 0, AuditState.BROKEN: 1, AuditState.UNCHECKED: 2}
_KEYRING_S = 30.0


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "audit",
        help="check that nobody has changed the audit log",
        description="Checks the log of who did what. It only reads, so CamWatch may be running.",
        epilog="Exit codes: 0 sound, 1 broken, 2 cannot be checked. docs/audit.md says what each "
        "finding means.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    verify = actions.add_parser(
        "verify",
        help="check each entry, and that none is missing",
        epilog="Exit codes: 0 sound, 1 broken, 2 cannot be checked.",
    )
    verify.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
    application.add_profile_option(verify, default=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the log; return the exit code: 0 sound, 1 broken, 2 cannot be checked."""
    try:
        check = _checked(profile_at(arguments.profile))
    except CamWatchError as error:
        print(f"camwatch audit: {str(error).removesuffix('.')}.", file=sys.stderr)
        return _EXIT[AuditState.UNCHECKED]
    words = check_words(check, None)
    if arguments.json:
        print_json(_as_json(check, words.title))
    else:
        print("\n".join(line for line in (words.title, words.text) if line))
    return _EXIT[check.state]


def _checked(profile: Profile) -> AuditCheck:
    url = load_settings(profile.settings_file).history.database_url
    secrets = SecretStore(deadline_s=_KEYRING_S)
    try:
        with Database.open_audit(None if url else profile.database_file, url) as reader:
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
