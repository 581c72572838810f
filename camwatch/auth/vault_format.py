"""What a vault file looks like: a head in the clear, and entries that are encrypted. Pure.

    magic and version   16 bytes   what it is
    uid                 16         tells one vault from another
    salt                16         of the key
    memory, rounds      4 + 4      cost of the key, KiB and number
    lanes               1
    generation          8          how often it was written
    nonce               12         of this writing
    check               16         tells a wrong passphrase from a damaged file
    checksum            32         SHA-256 of all that, tells damage from a wrong passphrase
    entries             the rest   JSON, AES-256-GCM with the whole head as associated data

Sources:
    Argon2id, RFC 9106 (the second recommended choice: 64 MiB, 3 rounds, 4 lanes);
    AES-GCM, NIST SP 800-38D; HKDF-Expand, RFC 5869.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import struct
from dataclasses import dataclass

from argon2 import Type
from argon2.exceptions import HashingError
from argon2.low_level import hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from camwatch.language import tr

Entries = dict[str, dict[str, str]]
"""Passwords, by service and by name."""

LARGEST_FILE = 16 * 2**20
"""Thousands of times what a site with a thousand cameras needs."""

_MAGIC = b"CamWatch vault\x00"
_VERSION = 1
_FIELDS = struct.Struct(">15sB16s16sIIBQ12s16s")
_CHECKSUM = 32
_HEAD = _FIELDS.size + _CHECKSUM
# The length of what is encrypted shall not tell how many passwords there are.
_BLOCK = 4096


class BadVault(ValueError):
    """These bytes are no sound vault; the text goes after the file's name, without a full stop."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What making a key from a passphrase costs.

    Attributes:
        memory_kib: Memory.
        rounds: How often it is gone through.
        lanes: How many parts of it can be worked on at once.
    """

    memory_kib: int
    rounds: int
    lanes: int


USUAL_COST = Cost(64 * 1024, 3, 4)
# What stands in a file is only believed within these bounds: a head that somebody has
# changed must not take all memory, or keep this computer busy for an hour.
_MOST = Cost(256 * 1024, 16, 16)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in the clear.

    Attributes:
        uid: Tells one vault from another.
        salt: Of the key.
        cost: Of the key.
        generation: How often the file was written.
        check: What `VaultKey.check` was of the key it was written with.
    """

    uid: bytes
    salt: bytes
    cost: Cost
    generation: int
    check: bytes


def read_head(data: bytes) -> Head:
    """Read the head of a file.

    Raises:
        BadVault: It is not a vault, of a newer version, or damaged.
    """
    if not data.startswith(_MAGIC):
        raise BadVault(tr("is not a vault of CamWatch, or its beginning is damaged"))
    if len(data) < _HEAD:
        raise BadVault(tr("is damaged: its end is missing"))
    magic_version, fields = data[len(_MAGIC)], _FIELDS.unpack_from(data)
    if magic_version != _VERSION:
        raise BadVault(tr("was written by a newer CamWatch; install that one"))
    checksum = data[_FIELDS.size : _HEAD]
    if hashlib.sha256(data[: _FIELDS.size]).digest() != checksum:
        raise BadVault(tr("is damaged: its head was changed"))
    _, _, uid, salt, memory_kib, rounds, lanes, generation, _, check = fields
    cost = Cost(memory_kib, rounds, lanes)
    if not (
        8 * lanes <= memory_kib <= _MOST.memory_kib
        and 1 <= rounds <= _MOST.rounds
        and 1 <= lanes <= _MOST.lanes
    ):
        raise BadVault(tr("was changed: it asks for more memory or time than any vault needs"))
    return Head(uid, salt, cost, generation, check)


class VaultKey:
    """The key of one vault. Making it takes a good part of a second, and much memory.

    Args:
        passphrase: As bytes, the same for all ways to type it.
        uid: Of the vault.
        salt: Of the key.
        cost: Of the key.

    Attributes:
        check: Tells whether another passphrase gives this key, but not the key.

    Raises:
        BadVault: It cannot be made at this cost.
    """

    def __init__(self, passphrase: bytes, uid: bytes, salt: bytes, cost: Cost) -> None:
        try:
            key = hash_secret_raw(
                passphrase,
                salt=salt,
                time_cost=cost.rounds,
                memory_cost=cost.memory_kib,
                parallelism=cost.lanes,
                hash_len=32,
                type=Type.ID,
            )
        except (HashingError, MemoryError) as error:
            raise BadVault(tr("needs more memory than this computer has now")) from error
        self.uid = uid
        self.salt = salt
        self.cost = cost
        self.check = _derived(key, b"camwatch vault: check", 16)
        self._mac_key = _derived(key, b"camwatch vault: seen", 32)
        self._cipher = AESGCM(_derived(key, b"camwatch vault: entries", 32))

    @classmethod
    def new(cls, passphrase: bytes, cost: Cost, uid: bytes | None = None) -> VaultKey:
        """Make a key with a new salt, of a new vault if no `uid` is given."""
        return cls(passphrase, uid or os.urandom(16), os.urandom(16), cost)

    @classmethod
    def of(cls, passphrase: bytes, head: Head) -> VaultKey:
        """Make the key that a file was written with, if the passphrase is the right one."""
        return cls(passphrase, head.uid, head.salt, head.cost)

    def fits(self, head: Head) -> bool:
        """Tell whether a file was written with this key, or claims to be."""
        return self.uid == head.uid and hmac.compare_digest(self.check, head.check)

    def mac(self, text: bytes) -> str:
        """Return what only who knows the passphrase can make for a text, in hexadecimal."""
        return hmac.new(self._mac_key, text, hashlib.sha256).hexdigest()

    def seal(self, entries: Entries, generation: int) -> bytes:
        """Return the bytes of a file, with a nonce of its own.

        Raises:
            BadVault: It would be too large.
        """
        nonce = os.urandom(12)
        cost = self.cost
        fields = _FIELDS.pack(
            _MAGIC,
            _VERSION,
            self.uid,
            self.salt,
            cost.memory_kib,
            cost.rounds,
            cost.lanes,
            generation,
            nonce,
            self.check,
        )
        head = fields + hashlib.sha256(fields).digest()
        plain = json.dumps(entries, separators=(",", ":")).encode("ascii")
        plain += b" " * (-len(plain) % _BLOCK)
        if len(plain) > LARGEST_FILE - 2 * _BLOCK:
            raise BadVault(tr("would become too large"))
        return head + self._cipher.encrypt(nonce, plain, head)

    def open(self, data: bytes) -> Entries:
        """Return the entries of a file.

        Raises:
            BadVault: They were not written with this key, or were changed since.
        """
        head = data[:_HEAD]
        nonce = _FIELDS.unpack_from(data)[8]
        try:
            plain = self._cipher.decrypt(nonce, data[_HEAD:], head)
            entries: Entries = json.loads(plain)
        except (InvalidTag, ValueError) as error:
            raise BadVault(tr("is damaged, or was changed by somebody else")) from error
        return entries


def _derived(key: bytes, purpose: bytes, length: int) -> bytes:
    """Return a key for one purpose only."""
    return HKDFExpand(hashes.SHA256(), length, purpose).derive(key)
