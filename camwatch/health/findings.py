"""What can be found out about how CamWatch is doing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from camwatch.health.last_run import CrashReport


class Grade(StrEnum):
    """How good it is; from the best to the worst, with what nobody knows in between."""

    OK = "ok"
    UNKNOWN = "unknown"
    """Nobody could look: neither good nor bad is claimed."""
    WARNING = "warning"
    """It works, with a drawback."""
    FAILED = "failed"


_ORDER = list(Grade)


class Part(StrEnum):
    """What is looked at, in the order in which it is shown."""

    CAMERAS = "cameras"
    MODEL = "model"
    WORKERS = "workers"
    QUEUES = "queues"
    DATABASE = "database"
    DISK = "disk"
    CHANNELS = "channels"
    SECRETS = "secrets"
    LOG = "log"
    CLOCK = "clock"
    AWAKE = "awake"
    UPDATE = "update"
    SETTINGS = "settings"
    LAST_RUN = "last_run"
    VERSIONS = "versions"


@dataclass(frozen=True, slots=True)
class Fact:
    """One number or name that a finding rests on.

    Attributes:
        name: What it is.
        value: As read by people.
        grade: How good it is; None where that is not judged.
    """

    name: str
    value: str
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is doing.

    Attributes:
        sentence: What was found, a whole sentence.
        advice: What to do; "" for nothing.
        facts: What it rests on.
        since: When it began to be so, UTC; None if that is not known.
    """

    part: Part
    grade: Grade
    sentence: str
    advice: str = ""
    facts: tuple[Fact, ...] = ()
    since: datetime | None = None

    @property
    def message(self) -> str:
        """What was found and what to do, as sentences."""
        return f"{self.sentence} {self.advice}".strip()


@dataclass(frozen=True, slots=True)
class WorkerReading:
    """One thread that works beside the window.

    Attributes:
        name: Of the thread.
        is_running: It works; a post that broke too often stays empty.
        restarts: So often it was made anew in this run.
        native_id: The system's number of the thread; None if it does not run.
        busy: Share of one processor core that it used lately, 0 to 1; None if not known.
    """

    name: str
    is_running: bool
    restarts: int = 0
    native_id: int | None = None
    busy: float | None = None


@dataclass(frozen=True, slots=True)
class QueueReading:
    """One place where work waits.

    Attributes:
        name: What waits, in the words of `camwatch.commands.health_words`' table.
        length: So much waits now.
        bound: Never more than so much; None if it grows with the number of cameras.
        dropped: So much found no room, or was replaced, in this run.
        is_loss: What is dropped is lost, while a picture that a newer one replaces is not missed.
    """

    name: str
    length: int
    bound: int | None
    dropped: int
    is_loss: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A part went from one grade to another.

    Attributes:
        at: UTC.
        part: Which.
        grade: From then on.
    """

    at: datetime
    part: Part
    grade: Grade


@dataclass(frozen=True, slots=True)
class HealthReport:
    """How everything was doing at a moment.

    Attributes:
        at: UTC.
        findings: One for each part that was looked at.
        changes: What changed in the last days, the oldest first.
        known_from: Since when changes are known, UTC.
        crash: The last run that did not end as it should; None if all did.
    """

    at: datetime
    findings: tuple[Finding, ...]
    changes: Mapping[Part, tuple[Change, ...]] = field(default_factory=dict)
    known_from: datetime | None = None
    crash: CrashReport | None = None

    @property
    def worst(self) -> Grade:
        """The worst of all grades."""
        return worst_of(one.grade for one in self.findings)

    def of(self, part: Part) -> Finding | None:
        """Return what was found of a part; None if it was not looked at."""
        return next((one for one in self.findings if one.part is part), None)


def worst_of(grades: Iterable[Grade]) -> Grade:
    """Return the worst of some grades; `OK` of none."""
    return max(grades, key=_ORDER.index, default=Grade.OK)
