"""Passwords and passphrases for commands: from a terminal, a descriptor or the standard input.

They never come from an argument or a variable: everybody on the computer can read the former,
and every program that is started can read the latter.
"""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import dataclass
from typing import Any

from camwatch.auth.passphrase import FIELD
from camwatch.auth.secrets import SecretStore
from camwatch.auth.vault import Vault, VaultState
from camwatch.domain import Secret
from camwatch.errors import InvalidSetting
from camwatch.paths import Profile, state_folder

_LONGEST_LINE = 64 * 1024
_NO_WAY_TO_ASK = (
    "of the vault is needed, and there is no terminal to ask for it: hand it over with --vault-fd"
)


def vault_of(profile: Profile) -> Vault:
    """Return the vault of a profile, which need not exist."""
    return Vault(profile.vault_file, state_folder())


def add_vault_option(parser: Any) -> None:
    """Add `--vault-fd`."""
    parser.add_argument(
        "--vault-fd",
        type=int,
        metavar="N",
        help="read the passphrase of the vault, if there is one, from this open file descriptor; "
        "without it, it is asked for",
    )


@dataclass(frozen=True, slots=True)
class VaultPassphrase:
    """Where the passphrase of the vault comes from.

    Attributes:
        descriptor: As given with `--vault-fd`; None asks at the terminal.
    """

    descriptor: int | None

    def can_be_read(self) -> bool:
        """Tell whether it was handed over, or somebody can be asked for it."""
        return self.descriptor is not None or sys.stdin.isatty()

    def unlock(self, secrets: SecretStore) -> None:
        """Open the vault, if there is one that is locked.

        Raises:
            InvalidSetting: "passphrase": it cannot be read.
            WrongPassphrase: It is another one.
            SecretsUnavailable: The vault cannot be used.
        """
        vault = secrets.vault
        if vault is not None and vault.state is VaultState.LOCKED:
            vault.inspect()
            vault.unlock(self.read("Passphrase of the vault: "))

    def read(self, prompt: str) -> Secret:
        """Return a passphrase.

        The standard input is not read for it: its first line is the camera's password.

        Raises:
            InvalidSetting: "passphrase": it cannot be read.
        """
        if not self.can_be_read():
            raise InvalidSetting(FIELD, _NO_WAY_TO_ASK)
        return Secret(secret_line(FIELD, self.descriptor, prompt))


def secret_line(field: str, descriptor: int | None, prompt: str) -> str:
    """Return a secret, from the descriptor, the terminal or the standard input.

    Of the descriptor and the standard input it is the first line.

    Args:
        field: What it is, for errors.
        descriptor: Where it is read from; None asks, or reads the standard input.
        prompt: What is asked at a terminal.

    Raises:
        InvalidSetting: It cannot be read.
    """
    if descriptor is None and sys.stdin.isatty():
        return getpass.getpass(prompt)
    if descriptor is not None and descriptor < 0:
        raise InvalidSetting(field, f"cannot be read from descriptor {descriptor}")
    try:
        if descriptor is None:
            line = sys.stdin.buffer.readline(_LONGEST_LINE)
        else:
            # Left open: it may hold further lines.
            with os.fdopen(os.dup(descriptor), "rb", buffering=0) as stream:
                line = _first_line(stream)
    except OverflowError:
        raise InvalidSetting(field, f"cannot be read from descriptor {descriptor}") from None
    except OSError as error:
        raise InvalidSetting(field, f"cannot be read: {error.strerror}") from error
    try:
        return line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:  # whose text would repeat it
        raise InvalidSetting(field, "is not UTF-8") from None


def _first_line(stream: Any) -> bytes:
    """Read up to the end of a line and no further: the next line may be another secret."""
    line = bytearray()
    while len(line) < _LONGEST_LINE and (byte := stream.read(1)):
        line += byte
        if byte == b"\n":
            break
    return bytes(line)
