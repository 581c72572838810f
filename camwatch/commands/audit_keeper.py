"""Seals the audit log with the installation's key, and keeps its head outside of the history."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from camwatch.auth.audit_check import AuditCheck
from camwatch.auth.audit_key import AuditKey, AuditKeys, lasting_key
from camwatch.auth.secrets import SecretStore
from camwatch.commands.access import AccessOptions
from camwatch.commands.audit_head import Head, HeadFile, make_head, read_text
from camwatch.commands.audit_verify import KnownHead, check_log, misfit
from camwatch.data.audit import BREAK_FOUND, AuditReader, AuditRepository
from camwatch.data.audit_chain import START, Mark, NoSealer, PlainSeal, Seal
from camwatch.domain import Secret
from camwatch.errors import SecretsUnavailable, StorageError

log = logging.getLogger(__name__)

HEAD_ENTRY = "audit-head"
"""The keyring's entry begins like this; each profile has its own."""

_SYSTEM = "system"
_FAILED = "failed"
_OUT_EVERY_S = 3600.0
_ASK_AGAIN_S = 60.0
_FIRST_WAIT_S = 5.5  # a little more than a call of the keyring may take
_CLOSE_WAIT_S = 1.5


def head_entry(folder: Path) -> str:
    """Return the keyring's entry for the head of the log of this profile."""
    place = str(folder.expanduser().absolute()).encode("utf-8", "surrogateescape")
    return f"{HEAD_ENTRY}-{hashlib.sha256(place).hexdigest()[:16]}"


class AuditKeeper:
    """Seals what one program adds to the log of one profile. May be used from any thread.

    The key is fetched in the background from the moment this is made. Only the first entry
    waits for it, and once at most: a keyring that does not answer holds up nobody twice.
    Without it entries are linked all the same, without a key; it is asked again a minute
    later at the earliest, while nobody waits.

    Args:
        audit: The log.
        secrets: Keeps the key, and the head from time to time.
        folder: The profile's folder.
        clock: The wall clock, aware UTC.
        is_passing: The profile is thrown away at the end, so its head is not put into the
            keyring.
        monotonic_s: A clock that nobody can set, seconds.
    """

    def __init__(
        self,
        audit: AuditRepository,
        secrets: SecretStore,
        folder: Path,
        clock: Callable[[], datetime],
        *,
        is_passing: bool = False,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._audit = audit
        self._secrets = secrets
        self._folder = folder
        self._file = HeadFile(folder)
        self._clock = clock
        self._is_passing = is_passing
        self._monotonic_s = monotonic_s
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._key: AuditKey | None = None
        self._asked_s = 0.0
        self._is_asking = False
        self._first_answer = threading.Event()
        # What `check` came upon in the file, until it is written down and replaced.
        self._misfit_text: str | None = None
        self._told_text: str | None = None
        self._newest: tuple[Seal, Mark] | None = None
        self._sent: Mark | None = None
        self._sent_s: float | None = None
        self._ask_for_key()

    # ---------------------------------------------------------------- the key

    def seal(self) -> Seal:
        """Return the key, or what links without one while there is no keyring."""
        if not self._first_answer.wait(_FIRST_WAIT_S):
            self._first_answer.set()  # nobody waits a second time
        with self._lock:
            key = self._key
            is_due = self._monotonic_s() - self._asked_s > _ASK_AGAIN_S
        if key is not None:
            return key
        if is_due:
            self._ask_for_key()
        return PlainSeal()

    def look_again(self) -> None:
        """Fetch the key now if it was not to be had: the vault that holds it was opened.

        Takes as long as the keyring does.
        """
        with self._lock:
            is_here = self._key is not None
        if not is_here and self._begin_asking():
            self._fetch_key()

    def _begin_asking(self) -> bool:
        """Tell whether nobody else is at it."""
        with self._lock:
            if self._is_asking:
                return False
            self._is_asking = True
            self._asked_s = self._monotonic_s()
            return True

    def _ask_for_key(self) -> None:
        if not self._begin_asking():
            return
        threading.Thread(target=self._fetch_key, name="audit key", daemon=True).start()

    def _fetch_key(self) -> None:
        key = None
        try:
            key = lasting_key(self._secrets)
        except SecretsUnavailable as error:
            log.info("the audit log is linked without a key: %s", error)
        finally:
            with self._lock:
                self._key = key
                self._is_asking = False
            self._first_answer.set()

    # ---------------------------------------------------------------- the head

    def check(
        self, seal: Seal, newest: Mark, mark_at: Callable[[int], Mark | None]
    ) -> Mapping[str, str] | None:
        """Compare the log with the head in the profile; see `camwatch.data.audit_chain`."""
        try:
            head, is_there = self._file.read()
        except OSError as error:
            log.warning("%s cannot be read: %s", self._file.file, error.strerror)
            return None
        is_begun = newest != START
        if not is_begun and (not is_there or (head is not None and head.seq == 0)):
            # A log that begins now: whoever removes the file later is found out.
            if head is None or head.key_id != seal.key_id:
                self._file.write(make_head(START, seal, self._clock()))
            fault = None
        else:
            fault = misfit(KnownHead("file", head, is_there), seal, newest, mark_at)
        text = head.text() if head is not None else ""
        with self._lock:
            self._misfit_text = text if fault is not None else None
            if fault is None or text == self._told_text:
                return None
        return _facts(fault.value, "file", head, newest)

    def appended(self, seal: Seal, newest: Mark) -> None:
        """Note the newest entry in the profile, and now and then in log and keyring."""
        with self._lock:
            self._newest = seal, newest
            self._write(seal, newest)
            now_s = self._monotonic_s()
            if self._sent_s is not None and now_s - self._sent_s < _OUT_EVERY_S:
                return
            self._sent_s = now_s
        threading.Thread(target=self._send_out, name="audit head", daemon=True).start()

    def _write(self, seal: Seal, newest: Mark) -> None:
        """Write the file, unless another program has already noted a newer entry."""
        if self._misfit_text is None:
            try:
                known, _ = self._file.read()
            except OSError:
                known = None
            if known is not None and known.seq >= newest.seq:
                return
        if self._file.write(make_head(newest, seal, self._clock())):
            self._misfit_text = self._told_text = None
        elif self._misfit_text is not None:
            self._told_text = self._misfit_text

    def _send_out(self) -> None:
        """Note the newest entry in the log file and in the keyring. Runs in its own thread."""
        with self._sending:
            self._send()

    def _send(self) -> None:
        with self._lock:
            if self._newest is None or self._newest[1] == self._sent:
                return
            seal, newest = self._newest
            self._sent = newest
        head = make_head(newest, seal, self._clock())
        log.info("audit log: the newest entry is %d, its code %s", head.seq, head.mac)
        if self._is_passing:
            return
        entry = head_entry(self._folder)
        try:
            kept = self._secrets.get(entry)
            if kept is not None:
                self._look_back(read_text(kept.reveal()), seal)
            # What was written down just now is newer still.
            with self._lock:
                seal, newest = self._newest
                self._sent = newest
            self._secrets.put(entry, Secret(make_head(newest, seal, self._clock()).text()))
        except SecretsUnavailable as error:
            log.info("the head of the audit log is not in the keyring: %s", error)
        except StorageError as error:
            log.info("the head in the keyring could not be compared with the log: %s", error)

    def _look_back(self, head: Head | None, seal: Seal) -> None:
        """Compare the log with what the keyring knows of it, before that is replaced.

        Raises:
            StorageError: What does not fit could not be written down, so it must stay.
        """
        newest = _mark_of(self._audit, self._audit.newest_number()) or START
        fault = misfit(
            KnownHead("keyring", head, is_there=True),
            seal,
            newest,
            lambda seq: _mark_of(self._audit, seq),
        )
        if fault is not None:
            facts = _facts(fault.value, "keyring", head, newest)
            self._audit.append(_SYSTEM, BREAK_FOUND, "", _FAILED, facts)

    def close(self, wait_s: float = _CLOSE_WAIT_S) -> None:
        """Note the newest entry in log and keyring at the end.

        Args:
            wait_s: How long at most; a keyring that hangs must not hold up the end.
        """
        until_s = time.monotonic() + wait_s
        self._first_answer.wait(wait_s)
        thread = threading.Thread(target=self._send_out, name="audit head", daemon=True)
        thread.start()
        thread.join(max(until_s - time.monotonic(), 0.0))

    # ---------------------------------------------------------------- checking

    def verify(self) -> AuditCheck:
        """Check the whole log. Takes seconds when it is long.

        Raises:
            StorageError: The log cannot be read.
        """
        return verify_profile(self._audit, self._secrets, self._folder, self._clock)


def seal_log(
    audit: AuditRepository,
    secrets: SecretStore,
    access: AccessOptions,
    clock: Callable[[], datetime],
) -> AuditKeeper | None:
    """Seal what is added to a log from now on, as far as this run keeps anything outside.

    Returns:
        What must be closed at the end, before the history is; None if nothing is kept.
    """
    if access.profile is None:
        audit.seal_with(NoSealer(), access.computer)
        return None
    keeper = AuditKeeper(audit, secrets, access.profile, clock, is_passing=access.is_passing)
    audit.seal_with(keeper, access.computer)
    return keeper


def verify_profile(
    reader: AuditReader | None,
    secrets: SecretStore | None,
    folder: Path | None,
    clock: Callable[[], datetime],
) -> AuditCheck:
    """Check a log against the key and against what is known of it outside.

    Args:
        reader: Reads the log; None if there is no history.
        secrets: Where key and head are; None if neither is kept.
        folder: The profile's folder; None if no head is kept.
        clock: The wall clock, aware UTC.

    Raises:
        StorageError: The log cannot be read.
    """
    heads = [] if folder is None else [_head_in_file(folder)]
    if secrets is not None:
        try:
            kept = None if folder is None else secrets.get(head_entry(folder))
            if kept is not None:
                heads.append(KnownHead("keyring", read_text(kept.reveal()), is_there=True))
        except SecretsUnavailable as error:
            log.info("the audit log is checked without its head in the keyring: %s", error)
    return check_log(reader, AuditKeys(secrets), heads, clock())


def _head_in_file(folder: Path) -> KnownHead:
    try:
        return KnownHead("file", *HeadFile(folder).read())
    except OSError as error:
        log.warning("the head of the audit log cannot be read: %s", error.strerror)
        return KnownHead("file", None, is_there=False)


def _mark_of(reader: AuditReader, seq: int) -> Mark | None:
    found = reader.links(seq - 1, 1)
    if not found or found[0].seq != seq:
        return None
    return Mark(found[0].seq, found[0].key_id, found[0].mac)


def _facts(fault: str, where: str, head: Head | None, newest: Mark) -> dict[str, str]:
    known = {} if head is None else {"known": str(head.seq), "noted_at": head.at}
    return {"fault": fault, "where": where, "newest": str(newest.seq), **known}
