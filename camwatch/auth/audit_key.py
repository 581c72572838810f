"""The keys of the audit log, kept in the keyring, else in the vault.

One seals; all that ever did are kept, each under its name. For a computer can come to have
several: a vault that is made while the keyring is away gets a key of its own, and later takes
the place of the keyring's. What was sealed with either one is not tampered with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import re
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from camwatch.auth.secrets import SecretStore
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable

log = logging.getLogger(__name__)

ENTRY = "audit-key"
"""The keyring's entry of the one that seals; cameras have theirs under UUIDs."""

_FORM = "1"
_BYTES = 32
_NAME = b"camwatch audit key id"
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_MOST_KEYS = 100


@dataclass(frozen=True)
class AuditKey:
    """Makes the codes that link the entries of the audit log.

    Attributes:
        key: 32 bytes; a secret.
    """

    key: bytes = field(repr=False)

    @cached_property
    def key_id(self) -> str:
        """Names the key without telling it, 16 hexadecimal digits."""
        return self.mac(_NAME)[:16]

    def mac(self, data: bytes) -> str:
        """Return the code of a text: HMAC-SHA256, 64 hexadecimal digits."""
        return hmac.new(self.key, data, hashlib.sha256).hexdigest()


def kept_key(store: SecretStore, key_id: str = "") -> AuditKey | None:
    """Return a key of this installation, None if there is none, or it is damaged.

    Args:
        store: Where it is.
        key_id: Which one; "" for the one that seals.

    Raises:
        SecretsUnavailable: The keyring cannot be read now.
    """
    entry = _entry_of(key_id) if key_id else ENTRY
    found = store.get(entry)
    if found is None:
        return None
    form, _, text = found.reveal().partition(".")
    try:
        key = AuditKey(base64.b64decode(text, validate=True))
    except ValueError:
        key = AuditKey(b"")
    is_right = form == _FORM and len(key.key) == _BYTES and key_id in {"", key.key_id}
    if not is_right:
        log.warning("the keyring's entry %s is damaged", entry)
        return None
    return key


def lasting_key(store: SecretStore) -> AuditKey:
    """Return the key that seals, made new if there is none.

    Raises:
        SecretsUnavailable: The keyring cannot be read or written now.
    """
    found = kept_key(store)
    if found is not None:
        return found
    made = AuditKey(secrets.token_bytes(_BYTES))
    text = Secret(f"{_FORM}.{base64.b64encode(made.key).decode('ascii')}")
    # First the one that stays when another takes the place of the one that seals.
    store.put(_entry_of(made.key_id), text)
    store.put(ENTRY, text)
    # Of two programs that make one at the same moment, the later one's is kept.
    return kept_key(store) or made


class AuditKeys:
    """All keys of this installation, each looked up when it is first needed.

    Args:
        store: Where they are; None if none is kept.

    Attributes:
        are_all_here: A key that was not found does not exist; False: it may be where nobody
            can look now.
    """

    def __init__(self, store: SecretStore | None) -> None:
        self.are_all_here = True
        self._store = store
        self._known: dict[str, AuditKey | None] = {}

    def find(self, key_id: str) -> AuditKey | None:
        """Return the key of this name, None if it is not at hand."""
        # The names are those of a log that anybody may have written.
        is_name = _KEY_ID.fullmatch(key_id) is not None
        if key_id not in self._known and is_name and len(self._known) < _MOST_KEYS:
            self._known[key_id] = self._looked_up(key_id)
        return self._known.get(key_id)

    def _looked_up(self, key_id: str) -> AuditKey | None:
        if self._store is None:
            return None
        try:
            found = kept_key(self._store)
            if found is None or found.key_id != key_id:
                found = kept_key(self._store, key_id)
            if found is None and not self._store.sees_all():
                self.are_all_here = False
        except SecretsUnavailable as error:
            log.info("the audit log is checked without one of its keys: %s", error)
            self.are_all_here = False
            return None
        return found


def _entry_of(key_id: str) -> str:
    return f"{ENTRY}-{key_id}"
