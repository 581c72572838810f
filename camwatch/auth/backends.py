"""Which keyring of this computer is trusted with passwords."""

from __future__ import annotations

import importlib
from typing import Protocol

import keyring.core
from keyring.backend import KeyringBackend

from camwatch.errors import SecretsLocked, SecretsUnavailable
from camwatch.language import marked, tr

# A list of what is trusted, not of what is refused: a package that is installed later
# may bring a keyring that writes plain files, and would be taken silently.
TRUSTED = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.kwallet.DBusKeyringKWallet4",
    "keyring.backends.libsecret.Keyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
)

_ABSENT = marked(
    "This computer offers no keyring, so CamWatch has no safe place for passwords. "
    "Start the desktop's keyring (such as GNOME Keyring or KWallet), or make a vault of "
    "CamWatch's own."
)
_UNTRUSTED = marked(
    "The keyring that is chosen on this computer ({name}) does not keep passwords safe, so "
    "CamWatch does not use it. Choose the desktop's own keyring, or make a vault of CamWatch's "
    "own."
)
_BROKEN_CHOICE = marked(
    "The keyring that is chosen on this computer cannot be used. Correct "
    "PYTHON_KEYRING_BACKEND or keyringrc.cfg, or remove them."
)


class KeyringAbsent(SecretsUnavailable):
    """This computer runs no keyring at all, so none can hold a password now."""


class KeyringUnanswered(SecretsLocked):
    """The keyring is locked or silent: each further question would wait as long as this one."""


class Backend(Protocol):
    """What is needed of a keyring; `keyring.backend.KeyringBackend` has it."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password, None if there is no such entry."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write an entry, or write over it."""

    def delete_password(self, service: str, username: str) -> None:
        """Delete an entry; it is an error if there is none."""


def backend_name(backend: object) -> str:
    """Return the full name of the backend's class."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _chosen() -> KeyringBackend | None:
    """Return the keyring that a variable or the user's keyringrc.cfg names, if one does."""
    try:
        return keyring.core.load_env() or keyring.core.load_config()
    except (ImportError, AttributeError, ValueError, RuntimeError) as error:
        raise SecretsUnavailable(tr(_BROKEN_CHOICE)) from error


def trusted_backend() -> Backend:
    """Return this computer's keyring. Talks to the desktop, so it may wait.

    Raises:
        KeyringAbsent: There is none.
        SecretsUnavailable: The chosen one is not to be trusted.
    """
    chosen = _chosen()
    if chosen is not None:
        if backend_name(chosen) not in TRUSTED:
            raise SecretsUnavailable(tr(_UNTRUSTED).format(name=backend_name(chosen)))
        return chosen
    found: list[type[KeyringBackend]] = []
    for name in TRUSTED:
        module, _, kind = name.rpartition(".")
        backend: type[KeyringBackend] = getattr(importlib.import_module(module), kind)
        # Asked anew each time: a keyring that was not running may run now.
        if backend.viable:
            found.append(backend)
    if not found:
        raise KeyringAbsent(tr(_ABSENT))
    return max(found, key=lambda backend: float(backend.priority))()
