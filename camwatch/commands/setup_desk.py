"""Stores and removes what is set up for alerts, with its entry in the audit log."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.rules import USUAL_PLAN, Rule
from camwatch.alerts.settings import Channel
from camwatch.commands.setup_facts import changes, facts_of
from camwatch.commands.trail import DONE, FAILED, Trail
from camwatch.data.alert_setup import AlertSetupRepository, SetupBook, Shelf
from camwatch.errors import CamWatchError, InvalidSetting, InvalidSettings, StorageError
from camwatch.events import Bus, RulesChanged
from camwatch.language import tr

log = logging.getLogger(__name__)

T = TypeVar("T", Rule, Plan, Recipient, RecipientGroup, Channel)

_MOST = 500
"""Of each kind; far more than anybody keeps an overview of."""


@dataclass(frozen=True, slots=True)
class SetupDesk:
    """What these commands stand on.

    Attributes:
        stored: The history.
        trail: The audit log.
        bus: Told of each change.
        clock: The wall clock, aware UTC.
    """

    stored: AlertSetupRepository
    trail: Trail
    bus: Bus
    clock: Callable[[], datetime]

    def save(
        self,
        actor: str,
        noun: str,
        value: T,
        shelf: Callable[[SetupBook], Shelf[T]],
        *,
        check: Callable[[SetupBook], None] | None = None,
        details: dict[str, str] | None = None,
    ) -> T:
        """Store one, new (version 0) or changed.

        Args:
            actor: Who does it.
            noun: For the audit log: "rule" for "add_rule" and "edit_rule".
            value: Has been checked by itself.
            shelf: Where it belongs.
            check: Looks whether what it names is there; raises InvalidSetting.
            details: More for the audit log.

        Raises:
            InvalidSettings: It is refused.
            NotFound: It was removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it.
            StorageError: Nothing was changed.
        """
        value = _with_uid(value)
        try:
            with self.stored.changing() as book:
                before = shelf(book).find(value.uid)
                if before is None:
                    _check_room(shelf(book).count())
                if check is not None:
                    check(book)
                after = shelf(book).put(value)
        except InvalidSetting as error:
            raise InvalidSettings([error]) from error
        action = f"add_{noun}" if before is None else f"edit_{noun}"
        told = facts_of(after) if before is None else changes(before, after)
        try:
            self.trail.record(
                actor, action, after.name, DONE, uid=after.uid, **told, **details or {}
            )
        except StorageError:
            self._take_back(shelf, before, after)
            raise
        self.tell()
        return after

    def remove(
        self,
        actor: str,
        action: str,
        uid: str,
        shelf: Callable[[SetupBook], Shelf[T]],
        also: Callable[[SetupBook], None] | None = None,
        *,
        details: Mapping[str, str] | None = None,
    ) -> T:
        """Remove one; audited first, for a removal cannot be taken back.

        Args:
            actor: Who does it.
            action: For the audit log.
            uid: Which one.
            shelf: Where it is.
            also: What else has to be done for it, in the same transaction; may refuse.
            details: More for the audit log.

        Raises:
            NotFound: It is gone.
            InvalidSetting: It is needed.
            StorageError: Nothing was changed.
        """

        def take_out(book: SetupBook) -> T:
            found = shelf(book).get(uid)
            if also is not None:
                also(book)
            return shelf(book).remove(found.uid)

        found = self.stored.rehearse(take_out)
        name = found.name
        was = {f"{part}_before": text for part, text in facts_of(found).items() if text}
        self.trail.record(actor, action, name, DONE, uid=uid, **was, **details or {})
        try:
            with self.stored.changing() as book:
                removed = take_out(book)
        except CamWatchError:
            self.trail.try_to_record(actor, action, name, FAILED, uid=uid)
            raise
        self.tell()
        return removed

    def tell(self) -> None:
        """Let whoever goes by it read it anew."""
        self.bus.publish(RulesChanged(self.clock()))

    def _take_back(
        self, shelf: Callable[[SetupBook], Shelf[T]], before: T | None, after: T
    ) -> None:
        """Undo a change that is not in the audit log, as far as that can still be done."""
        try:
            with self.stored.changing() as book:
                if before is None:
                    shelf(book).remove(after.uid)
                else:
                    shelf(book).put(replace(before, version=after.version))
        except CamWatchError as error:
            log.warning("a change of “%s” could not be taken back: %s", after.name, error)
        self.tell()


def _check_room(count: int) -> None:
    if count >= _MOST:
        raise InvalidSetting("name", tr("is one too many: there are {most} already", most=_MOST))


def _with_uid(value: T) -> T:
    """Return it with a uid of its own if it is new and has none.

    Raises:
        InvalidSettings: "uid" is none.
    """
    if value.uid == USUAL_PLAN and isinstance(value, Plan):
        return value
    if not value.uid and not value.version:
        made: T = replace(value, uid=str(uuid.uuid4()))
        return made
    try:
        is_one = str(uuid.UUID(value.uid)) == value.uid
    except ValueError:
        is_one = False
    if not is_one:
        raise InvalidSettings([InvalidSetting("uid", tr("must be a UUID"))])
    return value
