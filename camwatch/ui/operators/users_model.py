"""The users as a table: who may sign in, as what, and since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor

from camwatch.auth.accounts import Account
from camwatch.domain import UserId
from camwatch.language import table, tr
from camwatch.ui import icons, theme
from camwatch.ui.operators.record_table import ICON, RecordProxy, RecordsModel
from camwatch.ui.operators.wording import (
    Standing,
    moment,
    standing,
    standing_hint,
    standing_words,
    whole_moment,
)
from camwatch.ui.rows_model import Index

_NONE = "–"
_NEVER = datetime.min.replace(tzinfo=UTC)
_ORDER = {one: place for place, one in enumerate(Standing)}


class Column(IntEnum):
    """What stands in a column."""

    NAME = 0
    ROLE = 1
    STATE = 2
    FACTOR = 3
    LAST = 4
    SESSIONS = 5


HEADINGS: Mapping[Column, str] = table(
    lambda: {
        Column.NAME: tr("Name"),
        Column.ROLE: tr("Role"),
        Column.STATE: tr("State"),
        Column.FACTOR: tr("Second factor"),
        Column.LAST: tr("Last sign-in"),
        Column.SESSIONS: tr("Open sessions"),
    }
)


def factor_words(account: Account) -> str:
    """Say whether signing in asks for a code of a device as well."""
    if account.user.has_second_factor:
        return tr("On")
    return tr("At next sign-in") if account.role.needs_second_factor else tr("Off")


class UsersModel(RecordsModel[Account]):
    """All users.

    Args:
        own: Who is signed in here.
        zone: Whose days are meant.
        clock: The wall clock, aware UTC.
        ratio: Device pixels per logical pixel, for the marks.
    """

    def __init__(
        self,
        own: UserId,
        zone: ZoneInfo,
        clock: Callable[[], datetime],
        parent: QObject | None = None,
        *,
        ratio: float = 1.0,
    ) -> None:
        super().__init__([HEADINGS[column] for column in Column], parent)
        self._own, self._zone, self._clock, self._ratio = own, zone, clock, ratio

    def key(self, record: Account) -> object:
        """Return the user's number."""
        return record.user.id

    def counts(self) -> Counter[Standing]:
        """Return how many users are in each state."""
        return Counter(self.standing_of(account) for account in self.records)

    def standing_of(self, account: Account) -> Standing:
        """Tell whether a user can sign in now."""
        return standing(account, self._clock())

    def text(self, record: Account, column: int) -> str:
        """Return the words of a cell."""
        match Column(column):
            case Column.NAME:
                is_own = record.user.id == self._own
                return tr("{name} (you)", name=record.user.name) if is_own else record.user.name
            case Column.ROLE:
                return record.role.title
            case Column.STATE:
                return standing_words(record, self._clock(), self._zone)
            case Column.FACTOR:
                return factor_words(record)
            case Column.LAST:
                at = record.user.signed_in_at
                return tr("Never") if at is None else moment(at, self._clock(), self._zone)
            case Column.SESSIONS:
                return str(record.open_sessions) if record.open_sessions else _NONE

    def hint(self, record: Account, column: int) -> str:
        """Say what a state means, and moments in full."""
        match Column(column):
            case Column.STATE:
                return standing_hint(record, self._clock())
            case Column.LAST if record.user.signed_in_at is not None:
                return whole_moment(record.user.signed_in_at, self._zone)
            case Column.FACTOR if record.role.needs_second_factor:
                return tr("The role “{name}” needs a second factor.", name=record.role.title)
            case _:
                return self.text(record, column)

    def sort_key(self, record: Account, column: int) -> Any:
        """Sort by moments and numbers as such."""
        match Column(column):
            case Column.STATE:
                return _ORDER[self.standing_of(record)]
            case Column.LAST:
                return record.user.signed_in_at or _NEVER
            case Column.SESSIONS:
                return record.open_sessions
            case _:
                return super().sort_key(record, column)

    def look(self, record: Account, column: int, role: int) -> Any:
        """Mark states, and let disabled users step back."""
        tokens = theme.current()
        if role == Qt.ItemDataRole.ForegroundRole and record.user.is_disabled:
            return QColor(tokens.muted)
        if role != Qt.ItemDataRole.DecorationRole or column != Column.STATE:
            return super().look(record, column, role)
        icon, color = {
            Standing.ACTIVE: ("check", tokens.ok),
            Standing.WAITING: ("key-round", tokens.accent),
            Standing.RENEWING: ("key-round", tokens.warning),
            Standing.LOCKED: ("triangle-alert", tokens.warning),
            Standing.DISABLED: ("user-x", tokens.muted),
        }[self.standing_of(record)]
        return icons.pixmap(icon, ICON, color, self._ratio)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which users are to be shown; all parts must fit.

    Attributes:
        text: Stands in the name or the name of the role, in capitals or not; "" for any.
        standing: None for any.
        role: Key of the role; "" for any.
    """

    text: str = ""
    standing: Standing | None = None
    role: str = ""


class UsersShown(RecordProxy):
    """The users that are wanted, in the wanted order."""

    def __init__(self, model: UsersModel, parent: Any = None) -> None:
        super().__init__(model, parent)
        self._users = model
        self.wanted = Wanted()

    def want(self, wanted: Wanted) -> None:
        """Show only these."""
        self.beginFilterChange()
        self.wanted = wanted
        self.endFilterChange()

    def filterAcceptsRow(self, row: int, _parent: Index, /) -> bool:
        """Tell whether a user is wanted."""
        account, wanted = self._users.records[row], self.wanted
        if wanted.role and account.role.key != wanted.role:
            return False
        if wanted.standing is not None and self._users.standing_of(account) != wanted.standing:
            return False
        return wanted.text.casefold() in f"{account.user.name}\n{account.role.title}".casefold()
