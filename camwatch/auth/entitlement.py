"""Who may sign in while the login service is away, because it let them in lately.

The file is worth nothing without its key, which the keyring holds: a file that was edited, or is
from another computer, lets nobody in. Each change makes a new key, so that a copy of an older
file, with somebody in it who was taken out since, is worth nothing either.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets as random_secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from camwatch.auth.names import name_key
from camwatch.auth.passwords import DUMMY_HASH, hash_password, verify_password
from camwatch.auth.secrets import SecretStore
from camwatch.config import RemoteLogin
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable
from camwatch.files import write_aside

log = logging.getLogger(__name__)

ENTRY = "offline-sign-in-key"
"""The keyring's entry begins like this; each profile has its own."""

FILE = "offline-sign-in.json"
"""In the profile's folder."""

CLOCK_SLACK = timedelta(minutes=2)
_LARGEST_FILE = 2**20
_MOST_ENTRIES = 200
_FORM = 1


def entry_of(folder: Path) -> str:
    """Return the keyring's entry for the key of this profile's file."""
    place = str(folder.resolve()).encode("utf-8", "surrogateescape")
    return f"{ENTRY}-{hashlib.sha256(place).hexdigest()[:16]}"


class NotKept(Exception):
    """There is no safe place for it, so nobody can sign in without the service."""


class FileChanged(Exception):
    """The file is not as CamWatch left it: edited, old, damaged, or of another computer."""


class ClockSetBack(Exception):
    """The clock shows a time before one that was seen already."""


@dataclass(frozen=True, slots=True)
class Entitled:
    """Somebody the login service let in.

    Attributes:
        names: What was typed as the name, by which it is found again, as keys.
        name: As the service calls the operator.
        uid: Of the operator.
        role: Key of the role here.
        service: Which service with which settings let them in, as a digest.
        let_in_at: When, UTC, ISO 8601.
        expires_at: Until when it counts, UTC, ISO 8601.
        verifier: Argon2id hash of the password.
    """

    names: tuple[str, ...]
    name: str
    uid: str
    role: str
    service: str
    let_in_at: str
    expires_at: str
    verifier: str = field(repr=False)


@dataclass(slots=True)
class _Book:
    """What the file holds, with the key that signs it."""

    key: bytes = field(repr=False)
    entries: tuple[Entitled, ...]
    latest: datetime


def service_digest(settings: RemoteLogin) -> str:
    """Return what stands for a service and all settings that decide who is let in as what."""
    facts = [
        settings.url,
        settings.issuer,
        settings.audience,
        settings.roles_claim,
        list(settings.mapping.items()),
    ]
    return hashlib.sha256(json.dumps(facts).encode("utf-8")).hexdigest()


class Entitlements:
    """Keeps who may sign in without the service. May be used from any thread.

    Args:
        folder: Of the profile; None keeps nothing.
        secrets: Keeps the key.
        computer: Its name.
        clock: The wall clock, aware UTC.
    """

    def __init__(
        self,
        folder: Path | None,
        secrets: SecretStore,
        computer: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._file = None if folder is None else folder / FILE
        self._entry = ENTRY if folder is None else entry_of(folder)
        self._secrets = secrets
        self._computer = computer
        self._clock = clock
        self._lock = threading.Lock()
        self._book: _Book | None = None

    def keep(self, typed: str, password: str, entitled: Entitled) -> None:
        """Keep that somebody was let in.

        Args:
            typed: The name as it was typed.
            password: The right one.
            entitled: Who, without names and verifier.

        Raises:
            NotKept: There is no keyring, or the file cannot be written.
            ValueError: The password cannot be one.
        """
        verifier = hash_password(password)
        with self._lock:
            try:
                entries = self._read().entries
            except FileChanged:
                entries = ()
            known = next((one for one in entries if one.uid == entitled.uid), None)
            names = {name_key(typed), name_key(entitled.name)}
            if known is not None and known.service == entitled.service:
                names |= set(known.names)
            new = replace(entitled, names=tuple(sorted(names)), verifier=verifier)
            now = self._clock()
            others = [
                one
                for one in entries
                if one.uid != new.uid
                and one.service == new.service
                and datetime.fromisoformat(one.expires_at) > now
            ]
            # The service's clock has just agreed with this one, whatever was seen before.
            self._write((new, *others[: _MOST_ENTRIES - 1]), now)

    def drop(self, uid: str) -> None:
        """Take out somebody whom the service refuses.

        Raises:
            NotKept: The file cannot be read or written; it is removed if that is possible.
        """
        self._change(uid, None)

    def set_role(self, uid: str, role: str) -> None:
        """Let somebody have another role, since the service says so.

        Raises:
            NotKept: The file cannot be read or written; it is removed if that is possible.
        """
        self._change(uid, role)

    def _change(self, uid: str, role: str | None) -> None:
        with self._lock:
            try:
                book = self._read()
            except FileChanged:
                return
            except NotKept:
                # Whoever is in it would be let in again as soon as the key is at hand.
                self._remove()
                raise
            others = tuple(one for one in book.entries if one.uid != uid)
            mine = tuple(one for one in book.entries if one.uid == uid)
            if not mine:
                return
            kept = () if role is None else tuple(replace(one, role=role) for one in mine)
            try:
                self._write((*kept, *others), max(book.latest, self._clock()))
            except NotKept:
                self._remove()
                raise

    def find(self, typed: str, password: str, service: str, hours: int) -> Entitled | None:
        """Return who this is; None if it is nobody who may sign in without the service.

        Takes as long for a name that nobody has.

        Args:
            typed: The name as it was typed.
            password: As typed.
            service: Its digest.
            hours: For how long it may be away at most, by the present settings.

        Raises:
            NotKept: There is no keyring that has the key.
            FileChanged: The file is not as CamWatch left it.
            ClockSetBack: The name and the password are right, but the clock is not.
        """
        with self._lock:
            book = self._read()
            latest = book.latest
        key = name_key(typed)
        entry = next(
            (one for one in book.entries if key in one.names and one.service == service), None
        )
        is_right = verify_password(DUMMY_HASH if entry is None else entry.verifier, password)
        if entry is None or not is_right:
            return None
        now = self._clock()
        let_in_at = datetime.fromisoformat(entry.let_in_at)
        if now < max(latest, let_in_at) - CLOCK_SLACK:
            raise ClockSetBack
        until = min(datetime.fromisoformat(entry.expires_at), let_in_at + timedelta(hours=hours))
        return replace(entry, expires_at=until.isoformat()) if now < until else None

    def has_any(self) -> bool:
        """Tell whether there is a file at all."""
        return self._file is not None and self._file.exists()

    def note_time(self) -> None:
        """Remember that it is this late, so that the clock cannot be set back unseen."""
        with self._lock:
            if not self.has_any():
                return
            try:
                book = self._read()
                now = self._clock()
                if now > book.latest:
                    self._store(replace(book, latest=now))
            except (FileChanged, NotKept) as error:
                log.info("the time is not noted for signing in offline: %s", error)

    def forget(self) -> None:
        """Let nobody sign in without the service.

        Raises:
            NotKept: The file cannot be removed.
        """
        with self._lock:
            self._remove()

    # ------------------------------------------------------------ the file

    def _remove(self) -> None:
        self._book = None
        if self._file is not None:
            try:
                self._file.unlink(missing_ok=True)
            except OSError as error:
                raise NotKept(f"{self._file} cannot be removed: {error.strerror}") from error

    def _read(self) -> _Book:
        """Read the file; without one nobody is in it.

        Raises:
            NotKept: There is no keyring, or no file to keep it in.
            FileChanged: It is not as CamWatch left it.
        """
        if self._file is None:
            raise NotKept("this run keeps no files")
        try:
            data = self._file.read_bytes() if self._file.exists() else None
        except OSError as error:
            raise FileChanged(f"cannot be read: {error.strerror}") from error
        if data is None:
            return _Book(b"", (), self._clock())
        if len(data) > _LARGEST_FILE:
            raise FileChanged("is too large")
        return self._verified(data, self._key())

    def _key(self) -> bytes:
        if self._book is not None:
            return self._book.key
        try:
            secret = self._secrets.get(self._entry)
        except SecretsUnavailable as error:
            raise NotKept(str(error)) from error
        if secret is None:
            raise FileChanged("is not of this computer: its key is not here")
        try:
            return bytes.fromhex(secret.reveal())
        except ValueError as error:
            raise FileChanged("has a key that is damaged") from error

    def _verified(self, data: bytes, key: bytes) -> _Book:
        try:
            sealed = json.loads(data)
            body, mac = sealed["body"], sealed["mac"]
            is_whole = hmac.compare_digest(str(mac), _mac(key, body))
            if not is_whole or body["form"] != _FORM or body["computer"] != self._computer:
                raise FileChanged("was changed from outside")
            entries = tuple(
                Entitled(**{**entry, "names": tuple(entry["names"])}) for entry in body["entries"]
            )
            return _Book(key, entries, datetime.fromisoformat(body["latest"]))
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise FileChanged("is damaged") from error

    def _write(self, entries: tuple[Entitled, ...], latest: datetime) -> None:
        """Write the file with a new key.

        Raises:
            NotKept: It was not written.
        """
        if self._file is None:
            raise NotKept("this run keeps no files")
        book = _Book(random_secrets.token_bytes(32), entries, latest)
        try:
            take_back = self._secrets.put(self._entry, Secret(book.key.hex()))
        except SecretsUnavailable as error:
            raise NotKept(str(error)) from error
        try:
            self._store(book)
        except NotKept:
            try:
                take_back()
            except SecretsUnavailable:
                log.info("the key for signing in offline is the new one; the file is void")
            raise

    def _store(self, book: _Book) -> None:
        if self._file is None:
            return
        body: dict[str, Any] = {
            "form": _FORM,
            "computer": self._computer,
            "latest": book.latest.isoformat(),
            "entries": [{**asdict(one), "names": list(one.names)} for one in book.entries],
        }
        sealed = {"body": body, "mac": _mac(book.key, body)}
        try:
            write_aside(self._file, json.dumps(sealed, indent=1).encode("utf-8"))
        except OSError as error:
            raise NotKept(f"{self._file} cannot be written: {error.strerror}") from error
        self._book = book


def _mac(key: bytes, body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hmac.digest(key, text.encode("utf-8"), "sha256").hex()
