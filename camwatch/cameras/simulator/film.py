"""Time cut into frames, and the pictures that belong to them."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from camwatch.cameras.simulator.known_plans import PlanKey
from camwatch.cameras.simulator.painter import Painter
from camwatch.cameras.simulator.quiet import EmptyPlace
from camwatch.cameras.simulator.scene import LOOP_S, Crossings, Scene, SimulatedPerson
from camwatch.cameras.simulator.schedule import MOST_AT_ONCE

MOST_SCENES = 8
"""So many different places there are at most; further cameras see them at another time."""

NAMES = (
    "Entrance",
    "Hall",
    "Gate 3",
    "Corridor",
    "Checkout",
    "Foyer",
    "Gallery",
    "Waiting area",
)

_BYTES_PER_PIXEL = 0.1  # of a picture once encoded; 0.085 to 0.1 measured
_LAG_S = 2.0  # cameras of the same place are so far apart: near enough to share most pictures
_PREPARED = 20
_NONE_CROSSED = Crossings(0, 0)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is true about a camera at one frame.

    Attributes:
        frame: Counts the frames since the site's start from 0.
        t: Time of the frame since the site's start, seconds.
        people: Everybody of whom something is in view.
        crossings: Since the site's start.
    """

    frame: int
    t: float
    people: tuple[SimulatedPerson, ...]
    crossings: Crossings

    @property
    def occupancy(self) -> int:
        """How many people have at least half of their width in view."""
        return sum(person.is_counted for person in self.people)


@dataclass(frozen=True, slots=True)
class Shot:
    """What one camera looks at.

    Attributes:
        scene: Index of the scene.
        phase: So many frames ahead of the scene's start it is.
        is_busy: People walk there; else it is the same place with nobody in it.
    """

    name: str
    scene: int
    phase: int
    is_busy: bool


class Film:
    """The pictures of all cameras of a site. May be used by several threads.

    Args:
        cameras: How many cameras there are, at least 1.
        size: Width and height of the pictures in pixels.
        fps: Frames per second.
        seed: Which places and people.
        cache_bytes: Pictures of so many bytes are kept at most.
        most_people: So many are in view of a camera at once at most, 1 or more.
        busy: Share of the cameras that see people, 0 to 1, spread evenly over their numbers.
    """

    def __init__(
        self,
        cameras: int,
        size: tuple[int, int],
        *,
        fps: float,
        seed: int,
        cache_bytes: int,
        most_people: int = MOST_AT_ONCE,
        busy: float = 1.0,
    ) -> None:
        self.size = size
        self.fps = fps
        self.loop_frames = max(1, round(LOOP_S * fps))
        self._cache_bytes = cache_bytes
        count = min(cameras, MOST_SCENES)
        if cameras > MOST_SCENES:
            # Many cameras are worth having only if most of their pictures are at hand.
            loop_bytes = size[0] * size[1] * _BYTES_PER_PIXEL * self.loop_frames
            count = min(count, max(2, int(cache_bytes / loop_bytes)))
        loop_s = self.loop_frames / fps
        self._painters = [
            Painter(Scene(seed * 1000 + index, size, loop_s, most_people), NAMES[index])
            for index in range(count)
        ]
        lag = max(1, round(_LAG_S * fps))
        self.shots: Sequence[Shot] = [
            Shot(
                NAMES[index % count] + (f" {index // count + 1}" if index >= count else ""),
                index % count,
                index // count * lag % self.loop_frames,
                _is_busy(index, busy),
            )
            for index in range(cameras)
        ]
        self._kept: OrderedDict[tuple[int, int], bytes] = OrderedDict()
        self._kept_bytes = 0
        self._lock = threading.Lock()
        self._painting = [threading.Lock() for _ in self._painters]
        self._empty: dict[int, EmptyPlace] = {}

    @property
    def plans(self) -> Sequence[PlanKey]:
        """What it hangs on who comes when, of each place."""
        return [painter.scene.plan for painter in self._painters]

    @property
    def scenes(self) -> int:
        """How many different places there are."""
        return len(self._painters)

    def prepare(self, scene: int, *, whole: bool = False) -> None:
        """Draw a place and its first pictures, so that the first polls need not wait.

        Args:
            scene: Index of the place.
            whole: Paint all its pictures, so that none is painted later; takes a while.
        """
        shots = [shot for shot in self.shots if shot.scene == scene]
        if not all(shot.is_busy for shot in shots):
            with self._painting[scene]:
                self._empty[scene] = EmptyPlace(self._painters[scene])
        last = max((shot.phase for shot in shots if shot.is_busy), default=-1)
        places = self.loop_frames if whole and last >= 0 else min(last + 1, _PREPARED)
        for place in range(places):
            self._paint(scene, place)

    def kept(self, camera: int, frame: int) -> bytes | None:
        """Return a picture if it is at hand; never waits for one to be painted."""
        shot = self.shots[camera]
        if not shot.is_busy:
            empty = self._empty.get(shot.scene)
            return None if empty is None else empty.picture(camera, frame)
        with self._lock:
            key = self._key(camera, frame)
            if (found := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
            return found

    def picture(self, camera: int, frame: int) -> bytes:
        """Return a picture as a JPEG file, painting it if it is not at hand.

        Args:
            camera: Index of the camera from 0.
            frame: Counts the frames since the site's start.
        """
        shot = self.shots[camera]
        if shot.is_busy:
            return self._paint(*self._key(camera, frame))
        with self._painting[shot.scene]:
            if shot.scene not in self._empty:
                self._empty[shot.scene] = EmptyPlace(self._painters[shot.scene])
        return self._empty[shot.scene].picture(camera, frame)

    def black(self, camera: int, frame: int) -> bytes:
        """Return a picture as if the lens were covered."""
        scene, place = self._key(camera, frame)
        return self._painters[scene].black(place / self.fps)

    def moment(self, camera: int, frame: int) -> Moment:
        """Return what is true about a camera at a frame."""
        shot = self.shots[camera]
        if not shot.is_busy:
            return Moment(frame, frame / self.fps, (), _NONE_CROSSED)
        scene = self._painters[shot.scene].scene
        begin, now = shot.phase / self.fps, (shot.phase + frame) / self.fps
        return Moment(
            frame,
            frame / self.fps,
            tuple(scene.people_at(now)),
            scene.crossings_at(now).since(scene.crossings_at(begin)),
        )

    def _key(self, camera: int, frame: int) -> tuple[int, int]:
        shot = self.shots[camera]
        return shot.scene, (shot.phase + frame) % self.loop_frames

    def _paint(self, scene: int, place: int) -> bytes:
        with self._painting[scene]:
            with self._lock:
                if (found := self._kept.get((scene, place))) is not None:
                    return found
            picture = self._painters[scene].jpeg(place / self.fps)
            with self._lock:
                self._kept[scene, place] = picture
                self._kept_bytes += len(picture)
                while self._kept_bytes > self._cache_bytes and len(self._kept) > 1:
                    _, dropped = self._kept.popitem(last=False)
                    self._kept_bytes -= len(dropped)
            return picture


def _is_busy(index: int, share: float) -> bool:
    """Tell whether a camera is one of this share of all; of any row of them about the share is."""
    # A hair more, so that a tenth of ten is one whatever the arithmetic makes of it.
    return math.floor((index + 1) * share + 1e-9) > math.floor(index * share + 1e-9)
