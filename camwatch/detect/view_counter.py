"""Counts the people in one camera's view: which pictures are searched, who counts, who passes.

One picture after the other goes through the motion gate, the detector, what is masked, the
tracker with its lines and zones, and the smoothing. A still view takes over what was found in
it last; all that comes after the detector does not notice the difference.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from camwatch.detect.flow import FlowCounter, Movement
from camwatch.detect.modes import Pace
from camwatch.detect.motion import Grey, MotionGate
from camwatch.detect.smoothing import Smoother
from camwatch.detect.tiles import also_seen
from camwatch.detect.trails import TrailKeeper
from camwatch.detect.view_quality import ViewQuality
from camwatch.domain import Boxes, CameraId, Detections, Picture, Pixels, Scores
from camwatch.events import CountMeasured, PassageSeen, Passing, ZoneCount
from camwatch.scene import Crossing, Direction, Mode, SceneRecord
from camwatch.scene.dwell import HourTrails

_LONGEST_PAUSE_S = 10.0
_TURNS = 16
_UNGATED_EVERY_S = 2.0  # without a gate, a small picture is decoded so often to see how good it is
_NOBODY = Detections(np.empty((0, 4), np.float32), np.empty(0, np.float32))


@dataclass(frozen=True, slots=True)
class Eyes:
    """How a counter looks at a picture; both may be called, or neither.

    Attributes:
        grey: Gives the small picture for the motion gate: uint8, shape (height, width), of
            about `motion.GREY_WH`.
        search: Finds the people: boxes in parts of the picture, 0 to 1, from the given score
            on. It is told the score and where small people may be: float32, shape (n, 4), in
            parts of the picture; None for anywhere.

    Raises:
        CameraError: From both: the picture cannot be decoded.
        ModelError: From `search`: people cannot be found now.
    """

    grey: Callable[[], Grey]
    search: Callable[[float, Boxes | None], Detections]


class ViewCounter:
    """Counts in one view. Not for several threads at once.

    Args:
        record: What is counted, and how.
        threshold: Lowest score of a person, where the scene does not name one.
        owed: Passages that the counter before this one saw last; told with the first count.
        quality: Follows how good the pictures are, from one counter of the camera to the next.
    """

    def __init__(
        self,
        record: SceneRecord,
        threshold: float,
        owed: Sequence[PassageSeen] = (),
        quality: ViewQuality | None = None,
    ) -> None:
        scene = record.scene
        self.record = record
        self.usual = threshold
        self.threshold = threshold if scene.threshold is None else scene.threshold
        self._flow = FlowCounter(
            self.threshold, scene.lines, scene.zones, scene.gates, follows_all=True
        )
        self._smoother = Smoother(scene.smoothing_s)
        self._trails = TrailKeeper(
            record.camera_id, {record.ids[zone.name]: zone for zone in scene.zones}
        )
        self._passages = tuple(record.ids[one.name] for one in scene.passages)
        self._gate = self._new_gate()
        self.quality = quality or ViewQuality()
        self._looked_s = -np.inf
        self._owed = tuple(owed)
        # Since when in and out are counted, or are not; the last few times.
        self._turns: deque[tuple[float, bool]] = deque(maxlen=_TURNS)
        self._people = _NOBODY
        self._everybody: Boxes = _NOBODY.boxes
        self._model = ""
        self._last_s = -np.inf
        self._last_at: datetime | None = None

    def _new_gate(self) -> MotionGate | None:
        recheck_s = self.record.scene.recheck_s
        return MotionGate(recheck_s) if recheck_s > 0 else None

    def count(self, picture: Picture, eyes: Eyes, model: str) -> CountMeasured:
        """Count the people in the next picture.

        Args:
            picture: Its times only rise.
            eyes: How to look at it.
            model: Name of the model behind `eyes`.

        Raises:
            CameraError: The picture cannot be decoded; it counts as not seen.
            ModelError: People cannot be found now; likewise. It is never a count of zero.
        """
        t_s = picture.captured_s
        pause_s = max(_LONGEST_PAUSE_S, 3 * picture.interval_s)
        if not 0 <= t_s - self._last_s <= pause_s or model != self._model:
            # The camera was away: what was seen before says nothing about now. Nor does what
            # another model saw, whose people must not bear the name of this one.
            self._gate = self._new_gate()
            self._smoother.forget()
        small: list[Grey] = []

        def grey() -> Grey:
            small.append(eyes.grey())
            return small[-1]

        is_carried = (
            self._gate is not None and not self._gate.look(picture.data, grey, t_s).must_analyse
        )
        if self._gate is None and not 0 <= t_s - self._looked_s < _UNGATED_EVERY_S:
            self._looked_s = t_s
            grey()
        started_s = time.perf_counter()
        if not is_carried:
            self._search(eyes)
        processing_s = 0.0 if is_carried else time.perf_counter() - started_s
        self._last_s, self._last_at, self._model = t_s, picture.captured_at, model

        notices = self.quality.look(
            small[0] if small else None,
            t_s,
            picture.wh,
            picture.interval_s,
            tuple(self.record.ids.values()),
            picture.notices,
        )
        people = self._people
        is_sure = np.asarray(people.scores >= self.threshold)
        boxes: Boxes = people.boxes[is_sure]
        scores: Scores = people.scores[is_sure]
        movement = self._flow.add(t_s, people, (1, 1))
        self._trails.add(picture.captured_at, t_s, picture.interval_s, boxes, movement.progress)
        return CountMeasured(
            at=picture.captured_at,
            camera_id=picture.camera_id,
            seq=picture.seq,
            count=len(boxes),
            confidence=float(scores.mean()) if len(scores) else 0.0,
            processing_s=processing_s,
            interval_s=picture.interval_s,
            boxes=boxes,
            scores=scores,
            model=model,
            shown=self._smoother.add(t_s, len(boxes)),
            is_carried=is_carried,
            weak_scores=people.scores[~is_sure],
            zones=self._zone_counts(movement),
            passing=self._passing(picture, movement),
            notices=notices,
            everybody=self._everybody,
            captured_s=t_s,
        )

    def take_trails(self, now: datetime) -> Sequence[HourTrails]:
        """Hand over where people were since this was asked last."""
        return self._trails.take(now)

    def finish(self, now: datetime) -> Sequence[HourTrails]:
        """End all stays, before another counter takes over; hand over what is left."""
        return self._trails.finish(now)

    def last_passages(self) -> Sequence[PassageSeen]:
        """End all ways, before another counter takes over; return who had passed by then.

        Nobody is counted twice: whoever was on their way begins a new one in the next counter,
        on the side on which they are.
        """
        crossings = self._flow.finish()
        if self._last_at is None:
            return self._owed
        return (*self._owed, *self._seen(crossings, self._last_at, self._last_s))

    @property
    def remembered(self) -> int:
        """Of how many people and hours something is kept."""
        return self._flow.remembered + self._trails.remembered

    def _search(self, eyes: Eyes) -> None:
        """Find the people, leave out who is not to be counted, and tell the gate."""
        where = None if self._gate is None else self._gate.moved
        if where is not None:
            # Who stands still and far away is looked for again where they were.
            where = also_seen(where, self._people.boxes)
        found = eyes.search(self._flow.lowest_score, where)
        if self._gate is not None:
            # The gate is told of everybody, for those under a mask move as well.
            self._gate.analysed(found.boxes[found.scores >= self.threshold])
        self._everybody = found.boxes
        kept = self.record.scene.counted(found.boxes)
        self._people = Detections(found.boxes[kept], found.scores[kept])

    def _zone_counts(self, movement: Movement) -> tuple[ZoneCount, ...]:
        return tuple(
            ZoneCount(self.record.ids[zone.name], zone.name, count)
            for zone, count in zip(self.record.scene.zones, movement.zones, strict=True)
        )

    def _passing(self, picture: Picture, movement: Movement) -> Passing | None:
        """Tell who passed, unless in and out cannot be right at this pace."""
        owed, self._owed = self._owed, ()
        if not self.record.scene.counts_passages:
            return Passing(Mode.IN_OUT, passages=owed) if owed else None
        pace = self._pace_at_most(1 / picture.interval_s)
        is_in_out = pace.mode is Mode.IN_OUT
        if is_in_out is not self._is_in_out_at(picture.captured_s):
            self._turns.append((picture.captured_s, is_in_out))
        # Some became certain now, but passed when in and out were counted.
        seen = self._seen(movement.crossings, picture.captured_at, picture.captured_s)
        watched = self._passages if is_in_out else ()
        return Passing(pace.mode, pace.advice, watched, (*owed, *seen))

    def _is_in_out_at(self, t_s: float) -> bool:
        """Tell whether in and out were counted at a moment."""
        return next(
            (is_in_out for since_s, is_in_out in reversed(self._turns) if since_s <= t_s), False
        )

    def _pace_at_most(self, rate: float) -> Pace:
        """Return the pace, but no more pictures a second than the camera is asked for now.

        One that is asked less often from now on is slow at once, not when that shows.
        """
        pace = self._flow.steady_pace
        slower = replace(pace, rate=rate if pace.rate is None else min(pace.rate, rate))
        # That the pictures could come fast enough does not say that they do.
        return pace if pace.rate is None and slower.mode is Mode.IN_OUT else slower

    def _seen(
        self, crossings: Sequence[Crossing], at: datetime, t_s: float
    ) -> tuple[PassageSeen, ...]:
        """Return passages of this view's places; `at` and `t_s` are of the same moment.

        Who passed while in and out could not be right is left out.
        """
        return tuple(
            PassageSeen(
                place_id=self.record.ids[one.line],
                name=one.line,
                at=at + timedelta(seconds=one.t_s - t_s),
                track=one.track,
                is_inwards=one.direction is Direction.IN,
            )
            for one in crossings
            if self._is_in_out_at(one.t_s)
        )


@dataclass(frozen=True, slots=True)
class Left:
    """What is left when nothing is counted any more.

    Attributes:
        trails: Where people were.
        passages: Who had passed, but not for long enough to be certain of it before.
    """

    trails: Sequence[HourTrails] = ()
    passages: Sequence[PassageSeen] = ()


class ViewCounters:
    """The counters of all cameras. For any thread; each counter is used by one at a time.

    Args:
        threshold: Lowest score of a person, where a scene does not name one.
    """

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold
        self._lock = threading.Lock()
        self._records: dict[CameraId, SceneRecord] = {}
        self._counters: dict[CameraId, ViewCounter] = {}
        self._qualities: dict[CameraId, ViewQuality] = {}
        self._threads = 0

    def set_scenes(self, records: Sequence[SceneRecord]) -> None:
        """Count like this from now on; views that did not change go on undisturbed.

        The counter of a camera that is not named any more is let go, with what it gathered in
        its last minute: a thread may be using it just now.
        """
        with self._lock:
            self._records = {record.camera_id: record for record in records}
            for camera_id in self._counters.keys() - self._records.keys():
                del self._counters[camera_id]
            for camera_id in self._qualities.keys() - self._records.keys():
                del self._qualities[camera_id]

    def set_usual(self, threshold: float) -> None:
        """Count people from another score on, where a scene does not name one."""
        with self._lock:
            self._threshold = threshold

    def record_of(self, camera_id: CameraId) -> SceneRecord:
        """Return what is counted in a camera's view."""
        with self._lock:
            return self._records.get(camera_id) or SceneRecord(camera_id)

    def take(self, camera_id: CameraId, now: datetime) -> tuple[ViewCounter, Sequence[HourTrails]]:
        """Return the counter of a camera, for a thread that has the camera's turn.

        Returns:
            The counter, and what the one before it gathered, if the scene was changed.
        """
        with self._lock:
            record = self._records.get(camera_id) or SceneRecord(camera_id)
            present = self._counters.get(camera_id)
            wanted = record, self._threshold
            if present is not None and (present.record, present.usual) == wanted:
                return present, ()
            owed = () if present is None else present.last_passages()
            quality = self._qualities.setdefault(camera_id, ViewQuality())
            new = ViewCounter(record, self._threshold, owed, quality)
            self._counters[camera_id] = new
        return new, () if present is None else present.finish(now)

    def drop(self, camera_id: CameraId) -> None:
        """Begin anew with the camera's next picture, and forget what its counter gathered.

        What was told to be wrong with its pictures is kept, so that its end is told as well.
        """
        with self._lock:
            self._counters.pop(camera_id, None)

    def enter(self) -> None:
        """Tell that one more thread counts from now on."""
        with self._lock:
            self._threads += 1

    def hand_over(self) -> None:
        """Tell that a thread counts no more, and that another takes its place at once."""
        with self._lock:
            self._threads -= 1

    def leave(self, now: datetime) -> Left:
        """Tell that a thread counts no more; hand over all that is left to the last of them."""
        with self._lock:
            self._threads -= 1
            if self._threads:
                return Left()
            counters, self._counters = self._counters, {}
        return Left(
            [hour for counter in counters.values() for hour in counter.finish(now)],
            [one for counter in counters.values() for one in counter.last_passages()],
        )


def relative(found: Detections, pixels: Pixels) -> Detections:
    """Return the same people with boxes in parts of the picture."""
    return Detections(found.relative((pixels.shape[1], pixels.shape[0])), found.scores)
