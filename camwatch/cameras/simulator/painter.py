"""Makes the pictures of a scene."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from camwatch.cameras.decode import encode_jpeg
from camwatch.cameras.simulator import lettering
from camwatch.cameras.simulator.ground import draw_ground
from camwatch.cameras.simulator.scene import Scene, SimulatedPerson
from camwatch.cameras.simulator.visitors import Cutout, Look, cutout
from camwatch.domain import Pixels

_LIGHT = 0.92
_NOISE = 1.5  # standard deviation of the sensor's noise
_NOISE_MARGIN = 64
_QUALITY = 82
_DAY_STARTS_S = 9 * 3600


class Painter:
    """Paints one scene; keeps its empty place and the people it painted last.

    Not to be used by several threads at once.

    Args:
        scene: What is seen.
        name: Written into each picture.
    """

    def __init__(self, scene: Scene, name: str) -> None:
        self.scene = scene
        self.name = name
        self._ground: Pixels | None = None
        self._noise = _noise(scene.size)

    def jpeg(self, t: float) -> bytes:
        """Return the picture at a moment as a JPEG file.

        Args:
            t: Seconds since the site's start.
        """
        return encode_jpeg(self.pixels(t), _QUALITY)

    def empty_jpeg(self, variant: int) -> bytes:
        """Return a JPEG file of the place without people and clock.

        Args:
            variant: Which noise.
        """
        picture = self._empty()
        self._add_noise(picture, variant)
        lettering.write(picture, self.name)
        return encode_jpeg(picture, _QUALITY)

    def _empty(self) -> Pixels:
        if self._ground is None:
            self._ground = draw_ground(self.scene.seed, self.scene.size)
        return self._ground.copy()

    def pixels(self, t: float) -> Pixels:
        """Return the picture at a moment: uint8, shape (height, width, 3), BGR."""
        picture = self._empty()
        people = self.scene.people_at(t)
        for person in people:
            self._shade(picture, person)
        for person in people:
            self._place(picture, person)
        self._add_noise(picture, t)
        self._caption(picture, t)
        return picture

    def black(self, t: float) -> bytes:
        """Return a JPEG file as if the lens were covered: all black but for name and clock."""
        picture = np.zeros((self.scene.size[1], self.scene.size[0], 3), np.uint8)
        self._caption(picture, t)
        return encode_jpeg(picture, _QUALITY)

    def _caption(self, picture: Pixels, t: float) -> None:
        seconds = int(_DAY_STARTS_S + t % self.scene.loop_s)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        lettering.write(picture, self.name)
        lettering.write(picture, clock, at_right=True)

    def _place(self, picture: Pixels, person: SimulatedPerson) -> None:
        """Lay a person into the picture."""
        frame_w, frame_h = self.scene.size
        height_px = round(person.height * frame_h)
        figure = _cutout(person.look, person.pose, height_px, person.faces_left)
        width, height = figure.wh
        left = round(person.x * frame_w - width / 2)
        top = round(person.box[3] * frame_h) - height
        x1, x2 = max(left, 0), min(left + width, frame_w)
        y1, y2 = max(top, 0), min(top + height, frame_h)
        if x1 >= x2 or y1 >= y2:
            return
        source = np.s_[y1 - top : y2 - top, x1 - left : x2 - left]
        area = picture[y1:y2, x1:x2]
        blend = area * figure.clear[source]
        blend += figure.colour[source]
        np.right_shift(blend, 8, out=blend)
        area[:] = blend

    def _shade(self, picture: Pixels, person: SimulatedPerson) -> None:
        """Darken the floor under and behind a person's feet."""
        frame_w, frame_h = self.scene.size
        shadow = _shadow(max(8, round(person.height * frame_h)))
        height, width = shadow.shape[:2]
        left = round(person.x * frame_w - width / 2)
        top = round(person.box[3] * frame_h - height * 0.62)
        x1, x2 = max(left, 0), min(left + width, frame_w)
        y1, y2 = max(top, 0), min(top + height, frame_h)
        if x1 >= x2 or y1 >= y2:
            return
        area = picture[y1:y2, x1:x2]
        area[:] = (area * shadow[y1 - top : y2 - top, x1 - left : x2 - left]) >> 8

    def _add_noise(self, picture: Pixels, t: float) -> None:
        """Add the sensor's noise, another part of it for each moment."""
        chance = np.random.default_rng([self.scene.seed, round(t % self.scene.loop_s * 1000)])
        down, right = (int(value) for value in chance.integers(0, _NOISE_MARGIN, 2))
        height, width = picture.shape[:2]
        # Ground and people keep clear of 0 and 255, so this cannot run over.
        np.add(picture, self._noise[down : down + height, right : right + width], out=picture)


@lru_cache(maxsize=64)  # of about 1 MB each, in a picture of 1080 lines
def _cutout(look: Look, pose: int, height: int, faces_left: bool) -> Cutout:
    return cutout(look, pose, height, faces_left=faces_left, light=_LIGHT)


@lru_cache(maxsize=4)
def _noise(size: tuple[int, int]) -> Pixels:
    """Return noise as uint8 that wraps: 255 stands for -1. Larger than the picture."""
    shape = (size[1] + _NOISE_MARGIN, size[0] + _NOISE_MARGIN, 1)
    noise = np.random.default_rng(5).normal(0, _NOISE, shape).round().clip(-6, 6)
    return np.repeat(noise.astype(np.int8).view(np.uint8), 3, axis=2)


@lru_cache(maxsize=256)
def _shadow(person_height: int) -> npt.NDArray[np.uint16]:
    """Return how bright the floor is around a person's feet: 0 to 256, shape (h, w, 1)."""
    width, height = round(person_height * 0.62), max(4, round(person_height * 0.15))
    y = np.linspace(-1, 1, height)[:, None]
    x = np.linspace(-1, 1, width)[None, :]
    wide = np.exp(-((x / 0.5) ** 2 + (y / 0.5) ** 2))
    tight = np.exp(-((x / 0.3) ** 2 + ((y - 0.2) / 0.22) ** 2))
    # Fades to nothing at its own edge, or the edge would show on the floor.
    fade = np.clip((1 - x**2) * 2, 0, 1) * np.clip((1 - y**2) * 2, 0, 1)
    dark = 1 - (0.3 * wide + 0.3 * tight) * fade
    return np.round(dark * 256).astype(np.uint16)[..., None]
