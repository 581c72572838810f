"""Cut the simulated site's visitors out of two free photographs.

The photographs show half figures, so each visitor is put together: head and upper body as
they were taken, legs and lower clothes laid out of the cloth in the same photographs.

Needs scikit-image (for its sample pictures) and OpenCV:

    python tools/make_simulator_assets.py resources/simulator

Writes one PNG a visitor. Its upper half holds the colours, its lower half the parts: blue is
the opacity, green says which part a pixel belongs to (see PARTS). Side by side stand the
poses: standing, a long step, a short step.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from skimage import data

Image = npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.floating[Any]]
Point = tuple[float, float]

PARTS = {"jacket": 60, "trousers": 120, "hair": 180, "skin": 240}
POSES = 3
SPRITE_H = 560


class Layer:
    """A picture being put together: colours BGR 0 to 255, opacity 0 to 1, part codes."""

    def __init__(self, height: int, width: int) -> None:
        self.colour: Image = np.zeros((height, width, 3), np.float32)
        self.alpha: Mask = np.zeros((height, width), np.float32)
        self.part = np.zeros((height, width), np.uint8)

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width in pixels."""
        return self.alpha.shape[0], self.alpha.shape[1]

    def paint(self, colour: Image, alpha: Mask, part: int | npt.NDArray[np.uint8]) -> None:
        """Lay colours over what is there, and take over the part where they cover it."""
        mix = alpha[..., None]
        self.colour = self.colour * (1 - mix) + colour * mix
        self.alpha = alpha + self.alpha * (1 - alpha)
        self.part = np.where(alpha > 0.5, np.asarray(part, np.uint8), self.part)

    def turned(self, degrees: float, about: Point) -> Layer:
        """Return it turned counter-clockwise."""
        height, width = self.shape
        turn = cv2.getRotationMatrix2D(about, degrees, 1.0)
        result = Layer(height, width)
        result.colour = cv2.warpAffine(
            self.colour,
            turn,
            (width, height),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ).clip(0, 255)
        result.alpha = cv2.warpAffine(self.alpha, turn, (width, height)).clip(0, 1)
        result.part = cv2.warpAffine(self.part, turn, (width, height), flags=cv2.INTER_NEAREST)
        return result

    def scaled(self, x: float, y: float) -> Layer:
        """Return it at another size."""
        height, width = self.shape
        size = (round(width * x), round(height * y))
        result = Layer(size[1], size[0])
        # Colours count by their opacity, or the background would shine through at the edge.
        alpha = cv2.resize(self.alpha, size, interpolation=cv2.INTER_AREA)
        colour = (
            cv2.resize(self.colour * self.alpha[..., None], size, interpolation=cv2.INTER_AREA)
            / np.maximum(alpha, 1e-3)[..., None]
        )
        result.colour, result.alpha = colour.clip(0, 255), alpha
        result.part = cv2.resize(self.part, size, interpolation=cv2.INTER_NEAREST)
        return result

    def put(self, other: Layer, left: int, top: int) -> None:
        """Paint another layer with its corner at this place, cut at the edges."""
        height, width = self.shape
        wide = Layer(height, width)
        oh, ow = other.shape
        y0, y1 = max(top, 0), min(top + oh, height)
        x0, x1 = max(left, 0), min(left + ow, width)
        source = np.s_[y0 - top : y1 - top, x0 - left : x1 - left]
        wide.colour[y0:y1, x0:x1] = other.colour[source]
        wide.alpha[y0:y1, x0:x1] = other.alpha[source]
        wide.part[y0:y1, x0:x1] = other.part[source]
        self.paint(wide.colour, wide.alpha, wide.part)


def area(shape: tuple[int, int], points: Sequence[Point], soft: float = 1.2) -> Mask:
    """Return a polygon's mask with soft edges."""
    height, width = shape
    big = np.zeros((height * 4, width * 4), np.uint8)
    cv2.fillPoly(big, [(np.array(points) * 4).astype(np.int32)], (255,))
    mask = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), soft))


def smooth(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round off the corners of a line."""
    half = 12
    padded = np.pad(values, half, mode="reflect", reflect_type="odd")
    return np.convolve(padded, np.ones(2 * half + 1) / (2 * half + 1), "valid")


def limb(
    canvas: Layer,
    cloth: Image,
    spine: Sequence[Point],
    half_widths: Sequence[float],
    part: int,
    *,
    light: float = 1.0,
    edge: float = 0.5,
    fade_in: float = 0.0,
) -> None:
    """Wrap a piece of cloth along a line, shaded like a cylinder lit from the upper right.

    Args:
        canvas: Painted on.
        cloth: BGR, its rows run along the line.
        spine: Points of the line.
        half_widths: Half the limb's width at each point of the spine.
        part: Code of the part it is.
        light: What the cloth's brightness is multiplied by.
        edge: How much darker the edges are.
        fade_in: Share of the length over which it appears, so that no seam shows.
    """
    rows, columns = 240, 64
    along = np.linspace(0, 1, rows)
    at = np.linspace(0, 1, len(spine))
    x = smooth(np.interp(along, at, [point[0] for point in spine]))
    y = smooth(np.interp(along, at, [point[1] for point in spine]))
    half = smooth(np.interp(along, at, half_widths))
    dx, dy = np.gradient(x), np.gradient(y)
    length = np.hypot(dx, dy)
    across = np.linspace(-1, 1, columns)
    grid_x = (x[:, None] + (dy / length * half)[:, None] * across).astype(np.float32)
    grid_y = (y[:, None] - (dx / length * half)[:, None] * across).astype(np.float32)
    patch = cv2.resize(cloth, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    patch = patch * (1 - edge * np.abs(across - 0.25) ** 2.2).clip(0.2, 1.1)[None, :, None] * light

    colour = np.zeros((*canvas.shape, 3), np.float32)
    covered = np.zeros(canvas.shape, np.float32)
    opacity = np.zeros(canvas.shape, np.float32)
    for row in range(rows - 1):
        shown = 1.0 if fade_in == 0 else min(1.0, along[row] / fade_in)
        for column in range(columns - 1):
            corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)]
            quad = np.array([(grid_x[c], grid_y[c]) for c in corners])
            fixed = np.round(quad * 16).astype(np.int32)
            shade = patch[row, column].tolist()
            cv2.fillConvexPoly(colour, fixed, shade, lineType=cv2.LINE_8, shift=4)
            cv2.fillConvexPoly(covered, fixed, (1.0,), lineType=cv2.LINE_8, shift=4)
            cv2.fillConvexPoly(opacity, fixed, (shown,), lineType=cv2.LINE_8, shift=4)
    spread = cv2.GaussianBlur(colour, (0, 0), 3) / np.maximum(
        cv2.GaussianBlur(covered, (0, 0), 3)[..., None], 1e-3
    )
    colour = cv2.GaussianBlur(np.where(covered[..., None] > 0, colour, spread), (0, 0), 0.8)
    if fade_in:
        inside = cv2.GaussianBlur(opacity, (0, 0), 1.2)
    else:
        right, left = np.c_[grid_x[:, 0], grid_y[:, 0]], np.c_[grid_x[::-1, -1], grid_y[::-1, -1]]
        inside = area(canvas.shape, [(p[0], p[1]) for p in np.vstack([right, left])])
    canvas.paint(colour, inside, part)


# Where the feet are for each pose, as shares of the leg's length: (step, lift, bend) of the
# far leg and of the near leg.
_STEPS = (
    ((-0.11, 0.0, 0.02), (0.10, 0.0, -0.01)),
    ((-0.30, 0.03, -0.03), (0.34, 0.0, 0.05)),
    ((-0.16, 0.05, 0.06), (0.16, 0.0, 0.02)),
)


def legs(
    canvas: Layer, cloth: Image, hip: Point, *, width: float, length: float, pose: int
) -> None:
    """Paint two legs with shoes; the feet point to the right.

    Args:
        canvas: Painted on.
        cloth: Of the trousers.
        hip: Where the legs begin.
        width: Half the width of the hips.
        length: From the hip to the floor.
        pose: Index into the steps.
    """
    for is_near, (step, lift, bend) in zip((False, True), _STEPS[pose], strict=True):
        side = 1 if is_near else -1
        top = (hip[0] + side * width * 0.42, hip[1])
        knee = (
            top[0] - side * width * 0.06 + (step * 0.28 + bend * 0.5) * length,
            hip[1] + (0.5 - lift * 0.2) * length,
        )
        ankle = (
            hip[0] + side * width * 0.22 + step * 0.55 * length,
            hip[1] + (0.93 - lift) * length,
        )
        shoe(canvas, ankle, length)
        limb(
            canvas,
            cloth if is_near else cloth[:, ::-1],
            [
                top,
                middle(top, knee),
                knee,
                middle(knee, ankle),
                (ankle[0], ankle[1] + 0.03 * length),
            ],
            [width * share for share in (0.62, 0.52, 0.38, 0.31, 0.27)],
            PARTS["trousers"],
            light=1.0 if is_near else 0.78,
        )


def middle(a: Point, b: Point) -> Point:
    """Return the point half-way."""
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2


def shoe(canvas: Layer, ankle: Point, length: float) -> None:
    """Paint a dark shoe under an ankle, its toe to the right."""
    outline = [
        (-0.036, -0.03), (0.036, -0.03), (0.055, 0.018), (0.095, 0.038), (0.118, 0.056),
        (0.115, 0.068), (-0.05, 0.068), (-0.052, 0.02),
    ]  # fmt: skip
    points = [(ankle[0] + x * length, ankle[1] + y * length) for x, y in outline]
    rows = np.arange(canvas.shape[0], dtype=np.float32)[:, None]
    shade = (1.7 - (rows - ankle[1] + 0.03 * length) / (0.09 * length)).clip(0.5, 1.7)
    colour = np.broadcast_to(
        np.array([30, 28, 31], np.float32) * shade[..., None], (*canvas.shape, 3)
    )
    canvas.paint(colour.astype(np.float32), area(canvas.shape, points, 2.0), 0)


def grab(
    photo: npt.NDArray[np.uint8],
    box: tuple[int, int, int, int],
    inside: Sequence[Sequence[Point]],
    outside: Sequence[Sequence[Point]],
) -> Mask:
    """Find a person's outline from a box (x, y, width, height) and hints."""
    cv2.setRNGSeed(1)
    labels = np.full(photo.shape[:2], cv2.GC_BGD, np.uint8)
    x, y, width, height = box
    labels[y : y + height, x : x + width] = cv2.GC_PR_FGD
    for points, label in [(p, cv2.GC_FGD) for p in inside] + [(p, cv2.GC_BGD) for p in outside]:
        cv2.fillPoly(labels, [np.array(points, np.int32)], (int(label),))
    cv2.grabCut(photo, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 6, cv2.GC_INIT_WITH_MASK)
    found = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(found)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    mask = cv2.GaussianBlur((parts == largest).astype(np.float32), (0, 0), 1.4)
    return np.asarray((mask * 1.7 - 0.7).clip(0, 1))


def grey(image: npt.NDArray[np.uint8]) -> Image:
    """Return a picture without its colours, still of three channels."""
    single = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.cvtColor(single, cv2.COLOR_GRAY2BGR), np.float32)


class Astronaut:
    """What is used of scikit-image's `astronaut` (NASA, public domain)."""

    def __init__(self) -> None:
        photo = np.ascontiguousarray(data.astronaut()[:, :, ::-1])
        self.alpha = grab(
            photo,
            (18, 10, 350, 502),
            [
                [(165, 50), (235, 30), (285, 70), (280, 110), (240, 190), (190, 190), (165, 110)],
                [(80, 260), (130, 200), (280, 210), (330, 280), (350, 400), (270, 500), (60, 480), (40, 400)],
            ],
            [
                [(300, 0), (512, 0), (512, 340), (372, 340), (366, 300), (330, 235), (308, 200), (300, 130)],
                [(0, 0), (140, 0), (148, 120), (171, 122), (173, 150), (140, 160), (122, 185), (95, 215), (40, 260), (20, 330), (18, 512), (0, 512)],
            ],
        )  # fmt: skip
        # Badges and name would tell whom the suit belongs to: the cloth goes on over them.
        badges = np.zeros(photo.shape[:2], np.uint8)
        cv2.circle(badges, (171, 386), 52, (255,), -1)
        for outline in (
            [(272, 332), (336, 340), (334, 385), (275, 380)],
            [(36, 322), (60, 322), (58, 396), (30, 396)],
        ):
            cv2.fillPoly(badges, [np.array(outline, np.int32)], (255,))
        self.photo = cv2.inpaint(photo, badges, 7, cv2.INPAINT_TELEA)
        self.sleeve = self.photo[340:480, 60:108].astype(np.float32)
        self.front_cloth = self.photo[300:430, 70:225].astype(np.float32)
        self.trouser_cloth = grey(photo[392:505, 30:112]) * 0.75

    def part_codes(self) -> npt.NDArray[np.uint8]:
        """Say which part each pixel of the photograph belongs to."""
        codes = np.full(self.photo.shape[:2], PARTS["jacket"], np.uint8)
        blue, green, red = (self.photo[..., i].astype(int) for i in range(3))
        is_orange = (red - blue > 60) & (red > 90) & (red - green > 25)
        rows = np.arange(512)[:, None]
        codes[(~is_orange) & (rows < 300)] = 0
        codes[:192] = 0
        face = area((512, 512), [(176, 108), (186, 80), (215, 76), (268, 80), (274, 112), (268, 140), (250, 185), (215, 190), (190, 170), (178, 130)], 0.5) > 0.5  # fmt: skip
        hair = area((512, 512), [(150, 10), (305, 10), (305, 130), (268, 138), (274, 90), (215, 78), (178, 92), (180, 124), (150, 124)], 0.5) > 0.5  # fmt: skip
        codes[face] = PARTS["skin"]
        codes[hair] = PARTS["hair"]
        return codes


class Photographer:
    """What is used of scikit-image's `camera` (CC0, by Lav Varshney)."""

    def __init__(self) -> None:
        self.photo = cv2.cvtColor(data.camera(), cv2.COLOR_GRAY2BGR)
        body = [
            (0, 262), (8, 247), (24, 222), (45, 185), (62, 160), (82, 142), (104, 131), (130, 124),
            (142, 114), (154, 107), (161, 107), (168, 130), (200, 180), (216, 193), (236, 199),
            (243, 206), (243, 220), (234, 228), (224, 250), (212, 280), (198, 302), (180, 324),
            (160, 350), (143, 378), (147, 420), (152, 512), (0, 512),
        ]  # fmt: skip
        head = [
            (161, 112), (163, 100), (172, 85), (185, 74), (200, 67), (215, 66), (232, 72), (246, 83),
            (258, 98), (267, 112), (270, 122), (267, 131), (257, 131), (254, 138), (252, 147),
            (254, 158), (255, 165), (251, 170), (247, 173), (246, 178), (243, 184), (240, 191),
            (234, 197), (226, 199), (205, 198), (180, 190), (160, 140),
        ]  # fmt: skip
        self.body = area((512, 512), body, 0.9)
        self.head = area((512, 512), head, 0.9)
        self.coat_cloth = grey(self.photo[290:420, 20:120])

    def layer(self) -> Layer:
        """Return head and coat, the skin coloured."""
        result = Layer(512, 512)
        colour = self.photo.astype(np.float32)
        face = area((512, 512), [(203, 150), (206, 132), (225, 126), (256, 130), (262, 165), (248, 198), (215, 200), (180, 188), (176, 160), (182, 128), (196, 128)], 2.0)  # fmt: skip
        is_skin = face * ((colour[..., 0] - 45) / 30).clip(0, 1)
        skin = colour * np.array([0.66, 0.82, 1.12], np.float32)
        colour = colour * (1 - is_skin[..., None]) + skin * is_skin[..., None]
        codes = np.full((512, 512), PARTS["jacket"], np.uint8)
        codes[colour[..., 1] > 110] = 0
        hair = self.head > 0.5
        codes[hair] = PARTS["hair"]
        codes[(is_skin > 0.3)] = PARTS["skin"]
        shirt = area((512, 512), [(160, 145), (178, 160), (190, 185), (192, 200), (179, 214), (170, 190)], 0.5) > 0.5  # fmt: skip
        codes[shirt & (colour[..., 0] > 90)] = 0
        result.paint(colour, np.maximum(self.body, self.head), codes)
        return result

    def head_layer(self) -> Layer:
        """Return the head with the collar alone."""
        result = self.layer()
        cut = area((512, 512), [(120, 40), (290, 40), (290, 200), (236, 199), (216, 196), (196, 196), (178, 216), (150, 190), (150, 107)], 1.0)  # fmt: skip
        result.alpha = result.alpha * cut
        return result


def woman_in_jacket(source: Astronaut, pose: int) -> Layer:
    """The astronaut, without helmet and badges, in trousers."""
    photo, alpha = source.photo.astype(np.float32), source.alpha
    # The helmet hides the right side: the left one is mirrored there.
    axis = 386
    shift = np.array([[1, 0, axis - 511], [0, 1, 0]], np.float32)
    mirrored = cv2.warpAffine(photo[:, ::-1], shift, (512, 512))
    mirrored_alpha = cv2.warpAffine(alpha[:, ::-1], shift, (512, 512))
    hidden = area((512, 512), [(330, 325), (300, 370), (278, 400), (262, 440), (262, 512), (512, 512), (512, 300), (372, 300)], 4)  # fmt: skip
    photo = photo * (1 - hidden[..., None]) + mirrored * hidden[..., None]
    alpha = alpha * (1 - hidden) + mirrored_alpha * hidden

    canvas = Layer(1260, 560)
    offset, axis_x = 80, 80 + axis / 2
    legs(canvas, source.trouser_cloth, (axis_x, 560), width=128, length=660, pose=pose)
    upper = Layer(512, 512)
    fade = ((500 - np.arange(512)) / 40).clip(0, 1).astype(np.float32)[:, None]
    upper.paint(photo, alpha * fade, source.part_codes())
    for side in (-1, 1):
        limb(
            canvas,
            source.sleeve[:, ::side],
            [(axis_x + side * 66, 400), (axis_x + side * 70, 520), (axis_x + side * 68, 632)],
            [78, 76, 74],
            PARTS["jacket"],
            light=0.86,
            edge=0.25,
        )
    canvas.put(upper, offset, 0)
    for side in (-1, 1):
        limb(
            canvas,
            source.sleeve[:, ::side],
            [(axis_x + side * 66, 420), (axis_x + side * 70, 520), (axis_x + side * 68, 632)],
            [78, 76, 74],
            PARTS["jacket"],
            light=0.9,
            edge=0.25,
            fade_in=0.25,
        )
    for side in (-1, 1):
        limb(
            canvas,
            source.sleeve[:, ::side],
            [
                (axis_x + side * 128, 420),
                (axis_x + side * 128, 520),
                (axis_x + side * 116, 590),
                (axis_x + side * 100, 650),
            ],
            [42, 40, 34, 28],
            PARTS["jacket"],
            edge=0.45,
            fade_in=0.3,
        )
    return canvas


def man_in_coat(source: Photographer, cloth: Image, pose: int) -> Layer:
    """The photographer, upright and without his tripod, a hand at his chin."""
    canvas = Layer(1040, 560)
    offset = 130
    turned = Layer(700, 560)
    turned.put(source.layer(), offset, 0)
    turned = turned.turned(9, (offset + 150, 200))
    hip = (offset + 122, 520.0)
    legs(canvas, cloth, hip, width=74, length=490, pose=pose)
    limb(
        canvas,
        source.coat_cloth,
        [(offset + 118, 400), (offset + 124, 500), (offset + 130, 600), (offset + 132, 660)],
        [84, 84, 92, 96],
        PARTS["jacket"],
        edge=0.5,
    )
    # The front of the coat, which the stoop and the other arm hid.
    limb(
        canvas,
        source.coat_cloth,
        [(offset + 176, 220), (offset + 178, 320), (offset + 176, 420), (offset + 174, 560)],
        [30, 40, 42, 44],
        PARTS["jacket"],
        edge=0.6,
    )
    canvas.put(turned, 0, 0)
    limb(
        canvas,
        source.coat_cloth,
        [(offset + 124, 380), (offset + 127, 480), (offset + 129, 580), (offset + 132, 660)],
        [80, 86, 90, 96],
        PARTS["jacket"],
        edge=0.5,
        fade_in=0.35,
    )
    return canvas


def man_in_jacket(source: Photographer, suit: Astronaut, pose: int) -> Layer:
    """The photographer's head on a jacket and trousers, seen from the side."""
    canvas = Layer(1040, 560)
    offset = 130
    x = offset + 172
    legs(canvas, suit.trouser_cloth * 0.9, (x, 510), width=62, length=490, pose=pose)
    swing = (0, 26, 12)[pose]
    arm = [
        (x + 2, 236.0),
        (x - 4 + swing * 0.2, 330.0),
        (x + 14 + swing, 420.0),
        (x + 30 + swing * 1.6, 480.0),
    ]
    back_arm = [(2 * x - p[0] + 10, p[1]) for p in arm]
    limb(canvas, suit.sleeve[:, ::-1], back_arm, [30, 30, 26, 22], PARTS["jacket"], light=0.6)
    limb(
        canvas,
        suit.front_cloth,
        [(x - 14, 172), (x - 6, 205), (x, 260), (x + 2, 390), (x - 2, 540)],
        [30, 56, 72, 72, 74],
        PARTS["jacket"],
        light=0.85,
        edge=0.55,
    )
    limb(canvas, suit.sleeve, arm, [34, 33, 28, 23], PARTS["jacket"], edge=0.5)
    head = Layer(700, 560)
    head.put(source.head_layer(), offset, 0)
    canvas.put(head.turned(8, (offset + 190, 190)), -14, 12)
    return canvas


def sheet(poses: Sequence[Layer]) -> npt.NDArray[np.uint8]:
    """Lay the poses of one visitor side by side, colours above, parts below."""
    covered = [np.argwhere(pose.alpha > 0.04) for pose in poses]
    top = min(int(c[:, 0].min()) for c in covered)
    bottom = max(int(c[:, 0].max()) for c in covered) + 1
    left = min(int(c[:, 1].min()) for c in covered)
    right = max(int(c[:, 1].max()) for c in covered) + 1
    scale = SPRITE_H / (bottom - top)
    columns = []
    for pose in poses:
        cut = Layer(bottom - top, right - left)
        cut.colour = pose.colour[top:bottom, left:right]
        cut.alpha = pose.alpha[top:bottom, left:right]
        cut.part = pose.part[top:bottom, left:right]
        small = cut.scaled(scale, scale)
        alpha = np.round(small.alpha * 255).astype(np.uint8)
        colour = np.round(small.colour).astype(np.uint8) * (alpha[..., None] > 0)
        parts = np.dstack([alpha, small.part * (alpha > 0), np.zeros_like(alpha)])
        columns.append(np.vstack([colour, parts]))
    return np.hstack(columns)


def main() -> None:
    """Write the sheets into the folder given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    suit, photographer = Astronaut(), Photographer()
    cloth = suit.trouser_cloth * 0.7
    visitors = {
        "woman-jacket": [woman_in_jacket(suit, pose) for pose in range(POSES)],
        "man-coat": [man_in_coat(photographer, cloth, pose) for pose in range(POSES)],
        "man-jacket": [man_in_jacket(photographer, suit, pose) for pose in range(POSES)],
    }
    for name, poses in visitors.items():
        file = folder / f"{name}.png"
        cv2.imwrite(str(file), sheet(poses), [cv2.IMWRITE_PNG_COMPRESSION, 9])
        print(file, file.stat().st_size)


if __name__ == "__main__":
    main()
