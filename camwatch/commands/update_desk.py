"""Asks once a day for news of a newer version, if the settings say so, and remembers the answer."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from camwatch import __version__
from camwatch.commands.trail import ALARM, DENIED, DONE, FAILED, SYSTEM, Trail
from camwatch.config import Updates
from camwatch.errors import InvalidSetting
from camwatch.files import write_aside
from camwatch.health import Fact, Finding, Grade, Part
from camwatch.language import table, tr
from camwatch.outgoing.updates import (
    Offer,
    Refusal,
    UpdateRefused,
    check,
    check_address,
    fetch,
    is_newer,
)

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
_RESULTS = {
    Refusal.UNREACHABLE: FAILED,
    Refusal.STATUS: FAILED,
    Refusal.CUT: FAILED,
    Refusal.NO_KEY: FAILED,
    Refusal.SIGNATURE: ALARM,
    Refusal.OLDER: ALARM,
}

REFUSALS: Mapping[Refusal, str] = table(
    lambda: {
        Refusal.NO_KEY: tr("this CamWatch came without a key to check such news with"),
        Refusal.UNREACHABLE: tr("nothing answers there"),
        Refusal.STATUS: tr("what answers there has no such file"),
        Refusal.CUT: tr("the answer broke off"),
        Refusal.NOT_ONE: tr(
            "what came is no such file, but perhaps a page to sign in to a network"
        ),
        Refusal.SIGNATURE: tr("its signature is not that of CamWatch's makers"),
        Refusal.EXPIRED: tr("it has expired, so it may be an old one that somebody repeats"),
        Refusal.OLDER: tr("it is older than one that was seen before"),
    }
)


@dataclass(frozen=True, slots=True)
class UpdateState:
    """What is known of newer versions.

    Attributes:
        is_on: It is asked for.
        asked_at: The last time, UTC; None if never.
        refusal: Why the last answer did not count; None if it did.
        offer: The newest that is published, if it is newer than this one and has not expired.
    """

    is_on: bool = False
    asked_at: datetime | None = None
    refusal: Refusal | None = None
    offer: Offer | None = None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is remembered from run to run."""

    asked_at: datetime | None = None
    refusal: Refusal | None = None
    sequence: int = 0
    offer: Offer | None = None


class UpdateDesk:
    """For one worker and any reader.

    Args:
        settings: Whether and where it asks.
        file: Where it remembers; None remembers nothing beyond this run.
        keys: Whose signatures count.
        trail: Where each answer is written down.
        clock: The wall clock, aware UTC.
        version: Of this CamWatch.
    """

    def __init__(  # noqa: PLR0917 - all that asking stands on
        self,
        settings: Updates,
        file: Path | None,
        keys: Mapping[str, Ed25519PublicKey],
        trail: Trail,
        clock: Callable[[], datetime],
        version: str = __version__,
    ) -> None:
        self._settings = settings
        self._file = file
        self._keys = keys
        self._trail = trail
        self._clock = clock
        self._version = version
        self._lock = threading.Lock()
        self._kept = _read(file)

    @property
    def is_on(self) -> bool:
        """Whether it asks at all."""
        return self._settings.check and bool(self._settings.address)

    def state(self) -> UpdateState:
        """Tell what is known."""
        with self._lock:
            kept = self._kept
        offer = kept.offer
        if offer is not None and (
            offer.expires_at <= self._clock() or not is_newer(offer.version, self._version)
        ):
            offer = None
        return UpdateState(self.is_on, kept.asked_at, kept.refusal, offer)

    def ask_if_due(self) -> UpdateState | None:
        """Ask if a day has passed since the last time; waits for seconds.

        Returns:
            What is known then; None if it was not asked.
        """
        now, last = self._clock(), self._kept.asked_at
        # A clock that was set back must not stop it for years.
        if not self.is_on or (last is not None and timedelta() <= now - last < EVERY):
            return None
        try:
            address = check_address(self._settings.address)
            offer = check(fetch(address), self._keys, now, self._kept.sequence)
        except UpdateRefused as error:
            self._refuse(now, error.refusal, error.detail)
        except InvalidSetting as error:
            self._refuse(now, Refusal.UNREACHABLE, str(error))
        else:
            self._take(now, offer)
        return self.state()

    def _refuse(self, now: datetime, refusal: Refusal, detail: str) -> None:
        log.info("news of newer versions do not count: %s (%s)", refusal.value, detail)
        self._trail.try_to_record(
            SYSTEM,
            "check_update",
            "",
            _RESULTS.get(refusal, DENIED),
            reason=refusal.value,
            detail=detail[:200],
        )
        self._keep(replace(self._kept, asked_at=now, refusal=refusal))

    def _take(self, now: datetime, offer: Offer) -> None:
        self._trail.try_to_record(
            SYSTEM, "check_update", "", DONE, version=offer.version, sequence=str(offer.sequence)
        )
        self._keep(_Kept(now, None, offer.sequence, offer))

    def _keep(self, kept: _Kept) -> None:
        with self._lock:
            self._kept = kept
        if self._file is None:
            return
        values = asdict(kept)
        try:
            write_aside(self._file, json.dumps(values, default=str, indent=1).encode())
        except OSError as error:
            log.info("%s cannot be written: %s", self._file, error)


def _read(file: Path | None) -> _Kept:
    if file is None:
        return _Kept()
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        offer = values["offer"]
        if offer is not None:
            offer["expires_at"] = datetime.fromisoformat(offer["expires_at"])
        asked_at, refusal = values["asked_at"], values["refusal"]
        return _Kept(
            asked_at and datetime.fromisoformat(asked_at),
            refusal and Refusal(refusal),
            int(values["sequence"]),
            offer and Offer(**offer),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return _Kept()


def check_update(state: UpdateState) -> Finding:
    """Say whether there is a newer version, as far as that is known."""
    if not state.is_on:
        return Finding(
            Part.UPDATE,
            Grade.OK,
            tr("CamWatch does not ask for newer versions: it is switched off."),
        )
    if state.offer is not None:
        facts = tuple(
            Fact(name, text)
            for name, text in (
                (tr("What is new"), state.offer.summary),
                (tr("More of it"), state.offer.notes_url),
            )
            if text
        )
        named = {"version": state.offer.version}
        if state.offer.is_security:
            sentence = tr("CamWatch {version} is there, and closes a security hole.", **named)
            grade = Grade.WARNING
        else:
            sentence, grade = tr("CamWatch {version} is there.", **named), Grade.OK
        advice = tr("Whoever looks after this computer installs it; CamWatch never does by itself.")
        return Finding(Part.UPDATE, grade, sentence, advice, facts)
    if state.asked_at is None:
        return Finding(Part.UPDATE, Grade.UNKNOWN, tr("It was not asked yet for newer versions."))
    if state.refusal is not None:
        return Finding(
            Part.UPDATE,
            Grade.WARNING,
            tr(
                "Whether there is a newer version is not known: {why}.", why=REFUSALS[state.refusal]
            ),
            tr("It is asked again tomorrow; this version goes on."),
        )
    return Finding(Part.UPDATE, Grade.OK, tr("There is no newer version."))
