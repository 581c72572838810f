"""Rules, plans, recipients, groups and channels of alerts, as operators set them up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update

from camwatch.alerts.people import Plan, Recipient, RecipientGroup
from camwatch.alerts.planner import Reach
from camwatch.alerts.rules import Rule
from camwatch.alerts.settings import ENVIRONMENT, Channel
from camwatch.alerts.stored import to_text
from camwatch.data.bodies import read_body
from camwatch.data.names import place_key
from camwatch.data.schema import alert_channel, alert_plan, alert_rule, recipient, recipient_group
from camwatch.data.store import Store
from camwatch.errors import ChangedMeanwhile, InvalidSetting, NotFound
from camwatch.language import marked, table, tr

T = TypeVar("T", Rule, Plan, Recipient, RecipientGroup, Channel)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class AlertSetup:
    """All that was set up, as it was at one moment; each by name."""

    rules: tuple[Rule, ...]
    plans: tuple[Plan, ...]
    recipients: tuple[Recipient, ...]
    groups: tuple[RecipientGroup, ...]
    channels: tuple[Channel, ...]

    def reach(self, environment: Channel | None = None) -> Reach:
        """Return who and what can be reached.

        Args:
            environment: The channel that the environment sets up, if it does.
        """
        channels = (*self.channels, *([environment] if environment is not None else []))
        return Reach(
            {one.uid: one for one in self.plans},
            {one.uid: one for one in self.recipients},
            {one.uid: one for one in self.groups},
            {one.uid: one for one in channels},
        )


_THE = table(
    lambda: {
        "rule": tr("the rule"),
        "plan": tr("the plan"),
        "recipient": tr("the recipient"),
        "group": tr("the group"),
        "channel": tr("the channel"),
    }
)
_TAKEN = table(
    lambda: {
        "rule": tr("is already used by another rule"),
        "plan": tr("is already used by another plan"),
        "recipient": tr("is already used by another recipient"),
        "group": tr("is already used by another group"),
        "channel": tr("is already used by another channel"),
    }
)
_NAMED = {
    "rule": marked("rule “{name}”"),
    "plan": marked("plan “{name}”"),
    "recipient": marked("recipient “{name}”"),
    "group": marked("group “{name}”"),
    "channel": marked("channel “{name}”"),
}


class Shelf(Generic[T]):
    """One kind of them within one transaction.

    Args:
        connection: Of the transaction.
        kind: Its class.
        table: Where it is.
        what: How it is called: "rule".
    """

    def __init__(self, connection: Connection, kind: type[T], table: Table, what: str) -> None:
        self._connection = connection
        self._kind: type[T] = kind
        self._table = table
        self._what = what

    def all(self) -> tuple[T, ...]:
        """Return all of them, by name."""
        # The channel of the environment has a row for what was seen of it, but no settings.
        query = (
            select(self._table)
            .where(self._table.c.body != "")
            .order_by(self._table.c.name_key, self._table.c.uid)
        )
        return tuple(self._read(row) for row in self._connection.execute(query))

    def find(self, uid: str) -> T | None:
        """Return one, None if it is not there."""
        query = select(self._table).where(self._table.c.uid == uid, self._table.c.body != "")
        row = self._connection.execute(query).first()
        return None if row is None else self._read(row)

    def get(self, uid: str) -> T:
        """Return one.

        Raises:
            NotFound: It is not there.
        """
        found = self.find(uid)
        if found is None:
            raise NotFound(_THE[self._what])
        return found

    def count(self) -> int:
        """Return how many there are."""
        query = select(func.count()).select_from(self._table).where(self._table.c.body != "")
        return int(self._connection.execute(query).scalar_one())

    def put(self, value: T) -> T:
        """Store one, new (version 0) or changed.

        Returns:
            With its new version.

        Raises:
            InvalidSetting: "name": another one has it.
            NotFound: It was removed meanwhile.
            ChangedMeanwhile: Somebody else has changed it, or made it.
        """
        before = self.find(value.uid)
        if before is None and value.version:
            raise NotFound(_THE[self._what])
        if before is not None and before.version != value.version:
            raise ChangedMeanwhile(before.name)
        key = place_key(value.name)
        same = select(self._table.c.uid).where(
            self._table.c.name_key == key, self._table.c.uid != value.uid
        )
        if self._connection.execute(same).first() is not None:
            raise InvalidSetting("name", _TAKEN[self._what])
        stored: T = replace(value, version=value.version + 1)
        row = {"name": stored.name, "name_key": key, "version": stored.version}
        row |= {"body": to_text(stored), **_columns(stored)}
        if before is None:
            new = {**row, "uid": stored.uid}
            if self._table is alert_channel:
                new["answer"] = ""
            self._connection.execute(insert(self._table).values(**new))
        else:
            this = self._table.c.uid == stored.uid
            self._connection.execute(update(self._table).where(this).values(**row))
        return stored

    def remove(self, uid: str) -> T:
        """Remove one; returns what it was.

        Raises:
            NotFound: It is not there.
        """
        found = self.get(uid)
        self._connection.execute(delete(self._table).where(self._table.c.uid == uid))
        return found

    def _read(self, row: Row[tuple[object, ...]]) -> T:
        found = read_body(self._kind, row.body, tr(_NAMED[self._what], name=row.name))
        # The columns count: a switch is turned there without touching the rest.
        columns = {name: getattr(row, name) for name in _columns(found)}
        result: T = replace(found, name=row.name, version=row.version, **columns)
        return result


def _columns(value: object) -> dict[str, object]:
    """Return what is in columns of its own, beside name and version."""
    match value:
        case Rule():
            return {"is_enabled": value.is_enabled}
        case Channel():
            return {"is_enabled": value.is_enabled, "disabled_why": value.disabled_why}
        case _:
            return {}


class SetupBook:
    """All of them within one transaction; see `AlertSetupRepository`."""

    def __init__(self, connection: Connection) -> None:
        self.rules = Shelf(connection, Rule, alert_rule, "rule")
        self.plans = Shelf(connection, Plan, alert_plan, "plan")
        self.recipients = Shelf(connection, Recipient, recipient, "recipient")
        self.groups = Shelf(connection, RecipientGroup, recipient_group, "group")
        self.channels = Shelf(connection, Channel, alert_channel, "channel")

    def setup(self) -> AlertSetup:
        """Return all of them."""
        return AlertSetup(
            self.rules.all(),
            self.plans.all(),
            self.recipients.all(),
            self.groups.all(),
            self.channels.all(),
        )

    def plans_with(self, uid: str) -> list[Plan]:
        """Return the plans that name a channel, recipient or group."""
        return [
            plan
            for plan in self.plans.all()
            if any(uid == step.channel_uid or uid in step.to for step in plan.steps)
        ]

    def rules_with(self, plan_uid: str) -> list[Rule]:
        """Return the rules that go by a plan."""
        return [rule for rule in self.rules.all() if rule.plan_uid == plan_uid]

    def remove_from_plans(self, uid: str, field: str) -> None:
        """Take a recipient or group out of the plans.

        Raises:
            InvalidSetting: A step would tell nobody then; the reason names the plans.
        """
        stuck = []
        for plan in self.plans_with(uid):
            steps = tuple(
                replace(step, to=tuple(one for one in step.to if one != uid)) for step in plan.steps
            )
            if any(step.channel.has_recipients and not step.to for step in steps):
                stuck.append(plan.name)
            else:
                self.plans.put(replace(plan, steps=steps))
        if stuck:
            raise InvalidSetting(
                field,
                tr(
                    "is the only one in a step of {quoted}; change that first",
                    quoted=_quoted(stuck),
                ),
            )

    def remove_from_groups(self, recipient_uid: str) -> None:
        """Take a recipient out of the groups.

        Raises:
            InvalidSetting: "recipient": a group would be empty, and a step of a plan tells nobody
                else; the reason names the plans.
        """
        stuck: list[str] = []
        for group in self.groups.all():
            if recipient_uid not in group.members:
                continue
            left = tuple(one for one in group.members if one != recipient_uid)
            self.groups.put(replace(group, members=left))
            if not left:
                stuck += [
                    plan.name
                    for plan in self.plans_with(group.uid)
                    if any(step.to == (group.uid,) for step in plan.steps)
                ]
        if stuck:
            raise InvalidSetting(
                "recipient",
                tr(
                    "is the only one in a group that a step of {quoted} tells; change that first",
                    quoted=_quoted(stuck),
                ),
            )


def _quoted(names: Sequence[str]) -> str:
    told = [f"“{name}”" for name in dict.fromkeys(names)]
    if len(told) == 1:
        return tr("the plan {name}", name=told[0])
    return tr("the plans {names}", names=", ".join(told))


class AlertSetupRepository:
    """What was set up for the alerts of one history."""

    def __init__(self, connections: Store) -> None:
        self._connections = connections

    @contextmanager
    def changing(self) -> Iterator[SetupBook]:
        """Give a transaction in which all of them can be read and changed; all or none.

        Nothing else may be written from within, such as the audit log: it would wait for this.

        Raises:
            StorageError: Nothing was changed.
        """
        with self._connections.writing() as connection:
            yield SetupBook(connection)

    def rehearse(self, work: Callable[[SetupBook], R]) -> R:
        """Return what a change would come to, and change nothing.

        Raises:
            StorageError: It cannot be found out; and what the work raises.
        """
        with self._connections.writing() as connection:
            point = connection.begin_nested()
            try:
                return work(SetupBook(connection))
            finally:
                point.rollback()

    def read(self) -> AlertSetup:
        """Return all of them as they are at this moment.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            return SetupBook(connection).setup()

    def rules(self) -> Sequence[Rule]:
        """Return the rules, by name.

        Raises:
            StorageError: They cannot be read.
        """
        with self._connections.reading() as connection:
            return SetupBook(connection).rules.all()

    def rule(self, uid: str) -> Rule | None:
        """Return a rule, None if it is not there.

        Raises:
            StorageError: It cannot be read.
        """
        with self._connections.reading() as connection:
            return SetupBook(connection).rules.find(uid)

    def reach(self) -> Reach:
        """Return who and what can be reached, but for the channel of the environment.

        Raises:
            StorageError: It cannot be read.
        """
        return self.read().reach()

    def channel(self, uid: str) -> Channel | None:
        """Return a channel that is set up here; None if it is not there.

        Raises:
            StorageError: It cannot be read.
        """
        if uid == ENVIRONMENT:
            return None
        with self._connections.reading() as connection:
            return SetupBook(connection).channels.find(uid)
