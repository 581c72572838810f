"""What happened, as frozen values, and the bus that carries them between rooms."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import numpy as np

from camwatch.alerts.alert import Alert
from camwatch.alerts.drill import DrillReport
from camwatch.alerts.notification import Notification
from camwatch.domain import (
    Boxes,
    CameraId,
    CameraReading,
    CameraState,
    Notice,
    PlaceId,
    Reason,
    Scores,
)
from camwatch.errors import CamWatchError
from camwatch.scene import Mode
from camwatch.scene.dwell import HourTrails

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        at: When, UTC.
    """

    at: datetime


@dataclass(frozen=True, slots=True)
class ZoneCount:
    """How many people stood in one zone."""

    place_id: PlaceId
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class PassageSeen:
    """Somebody passed a line or a gate.

    Attributes:
        at: When their middle was on it, UTC; some pictures before it became certain.
        track: Tells people apart who passed at the same moment.
        is_inwards: Which way.
    """

    place_id: PlaceId
    name: str
    at: datetime
    track: int
    is_inwards: bool


@dataclass(frozen=True, slots=True)
class Passing:
    """Whether in and out can be counted in a view with lines or gates.

    Attributes:
        mode: What can be counted at the present pace.
        advice: Why in and out are not counted and what would help, as a sentence without its
            full stop; None if they are counted.
        watched: The lines and gates that were watched; none unless in and out can be right.
        passages: Who passed; none unless in and out could be right then. After a change of the
            scene, those too who had passed lines and gates that are not watched any more.
    """

    mode: Mode
    advice: str | None = None
    watched: tuple[PlaceId, ...] = ()
    passages: tuple[PassageSeen, ...] = ()


_NO_SCORES: Scores = np.empty(0, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class CountMeasured(Event):
    """People were counted in one picture; `at` is when the picture was taken.

    Attributes:
        seq: Which picture of the camera it was.
        count: People in view.
        confidence: Mean score of the counted boxes, 0.0 if none.
        processing_s: Time the detector took, seconds.
        interval_s: The time this measurement stands for, seconds.
        boxes: float32, shape (n, 4), x1 y1 x2 y2 relative to the picture, 0 to 1.
        scores: float32, shape (n,).
        model: Name of the model that counted.
        shown: The number to show: the median of the last seconds; None if it is the count.
        is_carried: The view was still, so the people of the picture before were taken over.
        weak_scores: float32, shape (m,): scores of what was seen but not counted, being below
            the camera's threshold.
        zones: People in each zone, in the order of the zones.
        passing: Of the lines and gates; None if the view has none.
        notices: What is wrong with the picture.
    """

    camera_id: CameraId
    seq: int
    count: int
    confidence: float
    processing_s: float
    interval_s: float
    boxes: Boxes
    scores: Scores
    model: str
    shown: int | None = None
    is_carried: bool = False
    weak_scores: Scores = field(default_factory=lambda: _NO_SCORES)
    zones: tuple[ZoneCount, ...] = ()
    passing: Passing | None = None
    notices: frozenset[Notice] = frozenset()

    @property
    def is_flagged(self) -> bool:
        """True if something was wrong with the picture, so that the count is doubtful."""
        return any(notice.is_of_view for notice in self.notices)

    @property
    def number(self) -> int:
        """How many people are shown to be in view."""
        return self.count if self.shown is None else self.shown


@dataclass(frozen=True, slots=True)
class CameraStateChanged(Event):
    """A camera is in another state, or in the same one for another reason.

    Attributes:
        since: When it went into this state, UTC (the state, not the reason).
        detail: Facts for the operator, such as "HTTP 503"; may be empty.
        retry_at: When it will be asked again, UTC; None if at the usual interval.
    """

    camera_id: CameraId
    state: CameraState
    reason: Reason
    since: datetime
    detail: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PollFailed(Event):
    """One poll gave no usable picture: a gap in the history, never a zero.

    Attributes:
        detail: Facts for the operator, such as "HTTP 503"; may be empty.
        retry_at: When the camera will be asked again, UTC; None if at the usual interval.
    """

    camera_id: CameraId
    reason: Reason
    detail: str = ""
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NoticesChanged(Event):
    """Other things than before are wrong with a camera's pictures.

    Attributes:
        notices: All that is wrong now; empty if nothing is.
    """

    camera_id: CameraId
    notices: frozenset[Notice]


@dataclass(frozen=True, slots=True, eq=False)
class CamerasMeasured(Event):
    """How the pictures of all cameras came in the last few seconds."""

    readings: Mapping[CameraId, CameraReading]


@dataclass(frozen=True, slots=True)
class CommonCause(Event):
    """Several cameras failed together, or came back: one trouble, not many.

    Attributes:
        key: Tells one trouble from another; the same when it grows and when it ends.
        scope: What they have in common: "computer" (this one has no network), "host" (one
            recorder or address), or "network" (a part of the network).
        where: The address or network, such as "10.0.3.0/24"; "" for this computer.
        camera_ids: Those that fail now; empty when it is over.
        reason: What most of them suffer from.
        since: When it was first told, UTC; None if that is `at`.
    """

    key: str
    scope: str
    where: str
    camera_ids: tuple[CameraId, ...]
    reason: Reason
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComputerResumed(Event):
    """This computer was asleep, or was stopped, and goes on.

    Attributes:
        asleep_s: For how long, seconds.
    """

    asleep_s: float


@dataclass(frozen=True, slots=True)
class ClockJumped(Event):
    """The wall clock was set.

    Attributes:
        by_s: Forwards, or backwards if negative, seconds.
    """

    by_s: float


@dataclass(frozen=True, slots=True)
class CamerasChanged(Event):
    """Cameras were added, edited or removed, or what is counted in their views.

    Whoever lists them reads them again.
    """


@dataclass(frozen=True, slots=True)
class HistorySaved(Event):
    """The recorder committed rows up to now."""

    rows: int


@dataclass(frozen=True, slots=True)
class StorageTroubled(Event):
    """Saving fails and rows wait, or works again; told anew while their number changes.

    Attributes:
        error: Why; None once it works again. What waited is being saved then.
        waiting_rows: Not stored yet.
        lost_rows: Found no room to wait and are lost, since saving began to fail.
        spooled_rows: Of those that wait, on the disk beside the history.
        since: When saving began to fail, UTC; None if it works.
    """

    error: CamWatchError | None
    waiting_rows: int
    lost_rows: int = 0
    spooled_rows: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class StorageSuspect(Event):
    """Something is wrong with where the history is kept, though nothing need be lost.

    Attributes:
        about: Which trouble it is; a newer one of the same kind replaces it.
        words: What happened and what to do, as sentences.
    """

    about: str
    words: str


@dataclass(frozen=True, slots=True)
class ReserveFreed(Event):
    """The disk was full, and the room held back for the history was given free.

    Whoever deletes old rows does it now: there is room for it, but not for long.

    Attributes:
        freed_bytes: So much there is.
    """

    freed_bytes: int


@dataclass(frozen=True, slots=True)
class HistoryDamaged(Event):
    """Faults were found inside the history while it is in use; counting goes on.

    Attributes:
        verdict: What was found; "ok" once it was looked through and is sound.
    """

    verdict: str


@dataclass(frozen=True, slots=True)
class DetectorChanged(Event):
    """Counting works with this model, or does not: then `error` says why.

    Attributes:
        model: Name of the model in use; "" if none is.
        runtime: What runs it: "onnxruntime", "opencv"; "" if nothing does.
        is_poor: True for a last resort whose counts are not to be trusted.
    """

    model: str
    runtime: str
    is_poor: bool
    error: CamWatchError | None = None


@dataclass(frozen=True, slots=True)
class CorrectionsChanged(Event):
    """A correction was laid over a camera's numbers, or withdrawn; whoever shows them reads anew.

    Attributes:
        camera_id: Whose numbers.
        start: UTC; of the stretch that is about.
        end: UTC; exclusive.
    """

    camera_id: CameraId
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ThroughputMeasured(Event):
    """How much was done in the last few seconds.

    Attributes:
        pictures_per_s: Good pictures that arrived.
        analysed_share: Pictures that were searched for people divided by those that
            arrived, 0 to 1; None if none arrived.
        still_share: Pictures of still views, whose people were taken over, likewise.
    """

    pictures_per_s: float
    analysed_share: float | None
    still_share: float = 0.0


@dataclass(frozen=True, slots=True)
class PassagesSettled(Event):
    """Who had passed when counting ended; no count tells of them any more."""

    passages: tuple[PassageSeen, ...]


@dataclass(frozen=True, slots=True)
class TrailsGathered(Event):
    """Where people were, and how long they stayed, since this was told last."""

    trails: tuple[HourTrails, ...]


@dataclass(frozen=True, slots=True)
class SessionChanged(Event):
    """A session is another one now, without its operator's doing.

    It ended, its role changed, or somebody else vouches for it: ask for the present session, or
    give any command, to see which.

    Attributes:
        user_uid: Of the operator.
    """

    user_uid: str


@dataclass(frozen=True, slots=True)
class WorkerStopped(Event):
    """A worker broke and was restarted, or, after too many times, is off."""

    worker: str
    error_id: str
    is_off: bool


@dataclass(frozen=True, slots=True)
class AlertChanged(Event):
    """An alert is new, or another one than before; whoever shows it takes it in.

    Events of one alert can come out of order: the highest version is the newest.
    """

    alert: Alert


@dataclass(frozen=True, slots=True)
class PopupDue(Event):
    """A message for the screens or loudspeakers of the workstations is due.

    Whoever has brought it to the operator's attention says so with the command `popup_shown`,
    else it comes again.
    """

    notification: Notification


@dataclass(frozen=True, slots=True)
class RulesChanged(Event):
    """Rules, plans, recipients or channels were changed; whoever uses them reads them again."""


@dataclass(frozen=True, slots=True)
class WallsChanged(Event):
    """Saved walls were changed; whoever shows them reads them again."""


@dataclass(frozen=True, slots=True)
class ChannelTroubled(Event):
    """A channel delivers nothing, or delivers again.

    Attributes:
        name: Of the channel.
        reason: Why, as a sentence without its full stop; "" if it works again.
    """

    channel_uid: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class DiskLow(Event):
    """Little room is left on the disk of the profile, or there is room again.

    Attributes:
        free_bytes: What is left.
        is_low: Less than the settings want.
    """

    free_bytes: int
    is_low: bool


@dataclass(frozen=True, slots=True)
class CountedElsewhere(Event):
    """How many people other workstations saw last, where several share the history.

    Attributes:
        counts: Of each camera, when its picture was taken (UTC), and the number that was shown.
    """

    counts: Mapping[CameraId, tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class HouseworkTroubled(Event):
    """Something that keeps the history in order failed, or works again.

    Attributes:
        chore: What, such as "Deleting what is too old".
        reason: Why, in words; "" if it works again.
    """

    chore: str
    reason: str


@dataclass(frozen=True, slots=True)
class DrillProgressed(Event):
    """A drill is one step further, or over."""

    report: DrillReport


E = TypeVar("E", bound=Event)


class Bus:
    """Carries events to whoever subscribed, in the publisher's thread.

    A subscriber must be quick and must not wait: it puts the event into a mailbox
    or emits a queued signal. One that raises is logged and does not stop the others.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: dict[type[Event], tuple[Callable[[Any], None], ...]] = {}

    def subscribe(self, kind: type[E], subscriber: Callable[[E], None]) -> Callable[[], None]:
        """Call the subscriber for each event of exactly this kind.

        Returns:
            A function that ends the subscription; harmless when called again.
        """
        with self._lock:
            self._subscribers[kind] = (*self._subscribers.get(kind, ()), subscriber)

        def unsubscribe() -> None:
            with self._lock:
                present = self._subscribers.get(kind, ())
                self._subscribers[kind] = tuple(one for one in present if one is not subscriber)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Hand the event to each subscriber of its kind."""
        for subscriber in self._subscribers.get(type(event), ()):
            try:
                subscriber(event)
            except Exception:  # a last resort: one broken listener must not stop the others
                log.exception("a subscriber of %s broke", type(event).__name__)
