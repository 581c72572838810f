"""What goes into the rule engine, and what comes out of it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from camwatch.alerts.alert import AlertPart, Subject
from camwatch.alerts.rules import PlaceRef, ProgramTrouble, Severity
from camwatch.domain import CameraId, CameraState, Notice, Reason, SiteId


@dataclass(frozen=True, slots=True)
class WatchedCamera:
    """A camera as rules see it.

    Attributes:
        is_enabled: False if it is switched off on purpose: then it is never down.
        places: Lines, gates and zones of its view, by name.
    """

    id: CameraId
    name: str
    site_id: SiteId
    site: str
    is_enabled: bool = True
    places: tuple[PlaceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class CountFact:
    """People were counted in one picture.

    Attributes:
        count: The number that is shown.
        interval_s: For so long it stands, seconds; twice as old it is unknown, but not before
            two seconds.
        zones: People in each zone, by its name.
        passed_in: Who passed each line or gate inwards since the fact before, by its name.
        passed_out: Likewise outwards.
        watched: Lines and gates that were watched well enough to count who passes.
        is_too_slow: Pictures come too seldom to count who passes this view's lines.
        at_once: The number of this very picture, which the number that is shown follows a
            picture later; None if it is the same. Conditions that wait for nothing go by it.
    """

    camera_id: CameraId
    count: int
    interval_s: float
    zones: Mapping[str, int] = field(default_factory=dict)
    passed_in: Mapping[str, int] = field(default_factory=dict)
    passed_out: Mapping[str, int] = field(default_factory=dict)
    watched: frozenset[str] = frozenset()
    is_too_slow: bool = False
    at_once: int | None = None


@dataclass(frozen=True, slots=True)
class StateFact:
    """A camera is in a state, for a reason."""

    camera_id: CameraId
    state: CameraState
    reason: Reason


@dataclass(frozen=True, slots=True)
class NoticeFact:
    """What is wrong with a camera's pictures now; nothing if the set is empty."""

    camera_id: CameraId
    notices: frozenset[Notice]


@dataclass(frozen=True, slots=True)
class CauseFact:
    """Cameras fail together, or came back: see `events.CommonCause`.

    Attributes:
        words: What they have in common, such as "network 10.0.3.0/24".
    """

    key: str
    camera_ids: tuple[CameraId, ...]
    words: str


@dataclass(frozen=True, slots=True)
class ProgramFact:
    """Something in the program or its computer is in trouble, or is well again.

    Attributes:
        part: Tells troubles of one kind apart, such as a channel's uid; usually "".
        name: What is in trouble, as shown; "" for the usual words.
        reason: Why, as a sentence without its full stop; "" when it is well.
        is_momentary: It happened and is over at once, such as a clock that was set.
    """

    trouble: ProgramTrouble
    is_troubled: bool
    part: str = ""
    name: str = ""
    reason: str = ""
    is_momentary: bool = False


@dataclass(frozen=True, slots=True)
class ClockFact:
    """The wall clock was set, forwards or backwards if negative, seconds.

    Rules about the clock go by a `ProgramFact` that is momentary.
    """

    by_s: float


Fact = CountFact | StateFact | NoticeFact | CauseFact | ProgramFact | ClockFact


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual at one hour of the week, from the stored weeks.

    Attributes:
        median: People.
        spread: Median absolute deviation times 1.4826, people.
        weeks: From how many weeks.
    """

    median: float
    spread: float
    weeks: int


@dataclass(frozen=True, slots=True)
class Raised:
    """A rule wants an alert, or wants one that is open to be told of anew.

    Attributes:
        alert_uid: Of the alert to be made, or of the open one that this belongs to.
        is_new: It is to be made.
        parts: All parts that are new or were raised again; not those that were there before.
        common: What the cameras have in common; "" for nothing or nothing new.
        is_worse: The severity is higher than before: it breaks through a cool-down.
    """

    alert_uid: str
    rule_uid: str
    is_new: bool
    severity: Severity
    parts: tuple[AlertPart, ...]
    common: str = ""
    value: float | None = None
    threshold: float | None = None
    coverage: float | None = None
    is_worse: bool = False


@dataclass(frozen=True, slots=True)
class Returned:
    """Subjects of an alert do not hold any more.

    Attributes:
        subjects: Which; each was told of in `Raised` before.
        is_over: None of the alert's subjects holds any more.
        why: "" usually; "rule removed", "camera switched off" and the like.
    """

    alert_uid: str
    rule_uid: str
    subjects: tuple[Subject, ...]
    is_over: bool
    why: str = ""


Signal = Raised | Returned


class Block:
    """Why a rule did not fire, as short stable words that `ui` turns into sentences."""

    SWITCHED_OFF = "switched_off"
    NOT_SCHEDULED = "not_scheduled"
    NO_DATA = "no_data"
    NOT_OVER_THRESHOLD = "not_over_threshold"
    NOT_LONG_ENOUGH = "not_long_enough"
    WITHIN_HYSTERESIS = "within_hysteresis"
    ALREADY_OPEN = "already_open"
    COOL_DOWN = "cool_down"
    SHELVED = "shelved"
    FLOOD = "flood"
    TOO_LITTLE_HISTORY = "too_little_history"
    NOT_IN_SCOPE = "not_in_scope"


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a rule stood with one subject at a moment.

    Attributes:
        value: What was measured; None if unknown.
        threshold: What it was compared with; None where there is nothing to compare.
        back_at: The number at which it is over (hysteresis).
        coverage: Share of the condition's time that was measured, 0 to 1.
        held_s: For how long it has held without a gap, seconds.
        needed_s: How long it must hold.
        is_scheduled: The schedule was on.
        usual: For `Unusual`: what is usual; None else.
        is_raised: An alert of it was open.
        cool_down_left_s: Until it may tell anew; 0 without.
        block: Why nothing fired, one of `Block`; "" if it fired or was open.
    """

    subject: Subject
    name: str
    value: float | None
    threshold: float | None
    back_at: float | None
    coverage: float | None
    held_s: float
    needed_s: float
    is_scheduled: bool
    usual: Usual | None
    is_raised: bool
    cool_down_left_s: float
    block: str


@dataclass(frozen=True, slots=True)
class Told:
    """A message about an alert, as far as a trace tells of it.

    Attributes:
        at: When it was delivered, or was to be; UTC.
        way: "popup", "sound", "email", "sms" or "webhook".
        to: Addresses or name of the channel; "" for the screens.
        state: Value of a `NotificationState`.
        answer: What the other side said, or what went wrong.
    """

    at: datetime
    way: str
    to: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """Why a rule fired or did not, for one subject at one moment.

    Attributes:
        explanation: How the rule stood by itself.
        at: The moment, UTC.
        seen_at: When its last number or state was measured, UTC; None if nothing was.
        alert_uid: Of the alert that was open about this subject; "" if none was.
        alert_number: Its number; 0 if none was open.
        raised_at: When it was raised, UTC.
        told_at: When it was last delivered before the moment, UTC; the cool-down counts from it.
        cool_down_s: Of the rule, seconds.
        shelved_by: Who had put the alert aside; "" if nobody had.
        shelved_until: Until when, UTC.
        shelved_why: The reason.
        told: What was sent until the moment and shortly after it, oldest first.
    """

    explanation: Explanation
    at: datetime
    seen_at: datetime | None = None
    alert_uid: str = ""
    alert_number: int = 0
    raised_at: datetime | None = None
    told_at: datetime | None = None
    cool_down_s: float = 0.0
    shelved_by: str = ""
    shelved_until: datetime | None = None
    shelved_why: str = ""
    told: tuple[Told, ...] = ()
