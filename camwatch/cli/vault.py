"""`camwatch vault`: makes the vault for passwords and changes its passphrase, without a window."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import Vault, VaultState
from camwatch.cli import application
from camwatch.cli.camera_desk import ACTOR, print_json
from camwatch.cli.secret_input import VaultPassphrase, add_vault_option, vault_of
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_keeper import seal_log
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.commands.where import open_database
from camwatch.config import load_settings
from camwatch.domain import utc_now
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings
from camwatch.paths import Profile, profile_at


def add_parser(commands: Any) -> None:
    """Add the command.

    Args:
        commands: What `argparse.ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "vault",
        help="keep passwords in an encrypted file where there is no keyring",
        description="Where a computer has no keyring, passwords go into an encrypted file of the "
        "profile, the vault.",
        epilog="Passphrases are asked for, or read from a descriptor, one a line: to change it, "
        "first the present one, then the new one. docs/secrets.md tells more.",
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    parts = [
        actions.add_parser("status", help="tell whether there is a vault, and whether it is sound"),
        actions.add_parser("create", help="make one"),
        actions.add_parser("change", help="give it another passphrase"),
    ]
    for part in parts:
        part.add_argument("--json", action="store_true", help="print one JSON object, nothing else")
        application.add_profile_option(part, default=argparse.SUPPRESS)
    for part in parts[1:]:
        add_vault_option(part)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Carry the command out; return the exit code: 0 done, 1 failed, 2 bad usage."""
    actions = {"status": _status, "create": _create, "change": _change}
    try:
        words = actions[arguments.action](profile_at(arguments.profile), arguments)
    except (CamWatchError, OSError) as error:
        print(f"camwatch vault: {str(error).removesuffix('.')}.", file=sys.stderr)
        return 2 if isinstance(error, InvalidSetting | InvalidSettings) else 1
    if not arguments.json:
        print(words)
    return 0


def _status(profile: Profile, arguments: argparse.Namespace) -> str:
    vault = vault_of(profile)
    has_vault = vault.state is not VaultState.ABSENT
    if has_vault:
        vault.inspect()
    if arguments.json:
        print_json({"vault": str(vault.file) if has_vault else None})
    if not has_vault:
        return "This profile has no vault."
    return f"{vault.file} is a vault; its passphrase opens it."


def _create(profile: Profile, arguments: argparse.Namespace) -> str:
    profile.create()
    vault = vault_of(profile)
    passphrase = VaultPassphrase(arguments.vault_fd)
    new = passphrase.read("Passphrase of the new vault: ")
    if arguments.vault_fd is None and new != passphrase.read("Once more: "):
        raise InvalidSetting("passphrase", "was not the same both times")
    _audited(profile, vault, "create_vault", lambda: vault.create(new))
    if arguments.json:
        print_json({"vault": str(vault.file)})
    return f"{vault.file} is made. Keep its passphrase: nobody can find it out."


def _change(profile: Profile, arguments: argparse.Namespace) -> str:
    vault = vault_of(profile)
    vault.inspect()
    passphrase = VaultPassphrase(arguments.vault_fd)
    old = passphrase.read("Present passphrase: ")
    new = passphrase.read("New passphrase: ")
    if arguments.vault_fd is None and new != passphrase.read("Once more: "):
        raise InvalidSetting("passphrase", "was not the same both times")
    _audited(profile, vault, "change_vault_passphrase", lambda: vault.change_passphrase(old, new))
    if arguments.json:
        print_json({"vault": str(vault.file)})
    return "The passphrase is changed."


def _audited(profile: Profile, vault: Vault, action: str, work: Callable[[], None]) -> None:
    """Do it with an entry in the audit log; a vault has its own lock, so a window may be open."""
    history = load_settings(profile.settings_file).history
    secrets = SecretStore(vault=vault)
    try:
        with open_database(profile, history, lambda: secrets) as database:
            keeper = seal_log(database.audit, secrets, AccessOptions(profile.folder), utc_now)
            try:
                trail = Trail(database.audit)
                trail.record(ACTOR, action, "vault", DONE)
                _work(trail, action, work)
            finally:
                if keeper is not None:
                    keeper.close()
    finally:
        secrets.close()


def _work(trail: Trail, action: str, work: Callable[[], None]) -> None:
    """Do what was audited as done; where it fails, say so in the audit log."""
    try:
        work()
    except CamWatchError as error:
        why = "" if isinstance(error, InvalidSetting) else type(error).__name__
        trail.try_to_record(ACTOR, action, "vault", FAILED, why=why)
        raise
