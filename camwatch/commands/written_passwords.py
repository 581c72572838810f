"""The passwords that one change of many cameras writes, to be taken back if it fails."""

from __future__ import annotations

import logging

from camwatch.auth.backends import KeyringAbsent, KeyringUnanswered
from camwatch.auth.secrets import SecretStore, TakeBack
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable
from camwatch.language import marked, tr

log = logging.getLogger(__name__)

_OLD_ONE_STAYS = marked(
    "The camera's old password cannot be removed from the keyring now, and it must not be sent "
    "to another address. Unlock the keyring and try again, or remove the camera and add it anew."
)


class WrittenPasswords:
    """Writes passwords, and knows how to take each back.

    Args:
        secrets: Where they go.
        in_memory: Keep them until the program ends only.
    """

    def __init__(self, secrets: SecretStore, *, in_memory: bool) -> None:
        self._secrets = secrets
        self._in_memory = in_memory
        self._written: list[tuple[str, TakeBack]] = []

    def write(self, name: str, uid: str, password: Secret, *, is_first: bool = False) -> None:
        """Keep the password of a camera.

        Args:
            name: Of the camera.
            uid: Of the camera.
            password: What to keep.
            is_first: The camera in the list had no sign-in: an entry that it has in the keyring
                is left over, and must not be found at the next start.

        Raises:
            SecretsUnavailable: It is not kept.
        """
        if self._in_memory and is_first:
            forget_old(self._secrets, uid)
        keep = self._secrets.remember if self._in_memory else self._secrets.put
        self._written.append((name, keep(uid, password)))

    def take_back(self) -> list[str]:
        """Make all of them what they were, the newest first.

        A keyring that does not answer is not asked again: with hundreds of cameras, each
        asking would wait for its deadline.

        Returns:
            Names of the cameras whose password may still be the new one.
        """
        left = []
        while self._written:
            name, step = self._written.pop()
            try:
                step()
            except KeyringUnanswered as error:
                log.warning("the keyring does not take passwords back: %s", error)
                left += [name, *(name for name, _ in reversed(self._written))]
                self._written.clear()
            except SecretsUnavailable as error:
                log.warning("a camera's password was not taken back: %s", error)
                left.append(name)
        return left[::-1]


def forget_old(secrets: SecretStore, uid: str) -> TakeBack:
    """Delete the keyring's entry of a camera whose new password is kept in memory only.

    At the next start the entry would be all there is, and would go wherever the camera is then.

    Returns:
        As `SecretStore.delete`.

    Raises:
        SecretsUnavailable: It may still be there.
    """
    try:
        return secrets.delete(uid)
    except KeyringAbsent:
        log.warning("there is no keyring to remove an old camera password from")
        return _nothing
    except SecretsUnavailable as error:
        raise SecretsUnavailable(tr(_OLD_ONE_STAYS)) from error


def _nothing() -> None:
    """Take nothing back."""
