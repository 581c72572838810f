"""The key of the audit log, kept in the keyring."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from dataclasses import dataclass, field
from functools import cached_property

from camwatch.auth.secrets import SecretStore
from camwatch.domain import Secret

log = logging.getLogger(__name__)

ENTRY = "audit-key"
"""The keyring's entry; cameras have theirs under UUIDs."""

_FORM = "1"
_BYTES = 32
_NAME = b"camwatch audit key id"


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


def kept_key(store: SecretStore) -> AuditKey | None:
    """Return the key of this installation, None if there is none, or it is damaged.

    Raises:
        SecretsUnavailable: The keyring cannot be read now.
    """
    found = store.get(ENTRY)
    if found is None:
        return None
    form, _, text = found.reveal().partition(".")
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        key = b""
    if form != _FORM or len(key) != _BYTES:
        log.warning("the keyring's entry %s is damaged", ENTRY)
        return None
    return AuditKey(key)


def lasting_key(store: SecretStore) -> AuditKey:
    """Return the key of this installation, made new if there is none.

    Raises:
        SecretsUnavailable: The keyring cannot be read or written now.
    """
    found = kept_key(store)
    if found is not None:
        return found
    made = secrets.token_bytes(_BYTES)
    store.put(ENTRY, Secret(f"{_FORM}.{base64.b64encode(made).decode('ascii')}"))
    # Of two programs that make one at the same moment, the later one's is kept.
    return kept_key(store) or AuditKey(made)
