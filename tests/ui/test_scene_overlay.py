"""What is painted over a picture for lines, gates, zones and masks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from camwatch.scene import Gate, Line, Scene, Zone
from camwatch.ui.scene.overlay import Plates, draw_scene

WH = 640, 360
SQUARE = ((0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75))


def drawn(
    scene: Scene,
    *,
    compact: bool = False,
    readings: dict[str, str] | None = None,
    wh: tuple[int, int] = WH,
) -> npt.NDArray[np.uint8]:
    """Draw a scene on grey and return it as (height, width, 4) BGRA."""
    image = QImage(*wh, QImage.Format.Format_RGB32)
    image.fill(QColor(128, 128, 128))
    with QPainter(image) as painter:
        draw_scene(painter, QRectF(0, 0, *wh), scene, compact=compact, readings=readings)
    return np.frombuffer(image.constBits(), np.uint8).reshape(wh[1], wh[0], 4).copy()


def touched(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    changed: npt.NDArray[np.bool_] = (picture[..., :3] != 128).any(axis=2)
    return changed


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Painting words needs an application."""


def test_nothing_drawn_leaves_the_picture_alone() -> None:
    assert not touched(drawn(Scene())).any()


def test_the_arrow_inwards_is_full_and_on_the_inner_side() -> None:
    # Drawn downwards, in is to the right. The full head has more paint than the open one.
    line = Line("L", (0.5, 0.1), (0.5, 0.9))
    for shown, sign in ((line, 1), (line.swapped, -1)):
        picture = drawn(Scene(lines=(shown,)), compact=True)
        row = touched(picture)[150:210]
        right, left = row[:, 326:].sum(), row[:, :314].sum()
        assert (right > 100 and left == 0) if sign > 0 else (left > 100 and right == 0)


def test_tiles_say_less_than_the_editor() -> None:
    scene = Scene(lines=(Line("L", (0.5, 0.1), (0.5, 0.9)),), masks=(Zone("M", SQUARE),))
    full, compact = touched(drawn(scene)).sum(), touched(drawn(scene, compact=True)).sum()
    assert full > 5 * compact > 0


def test_a_zone_is_filled_lightly_and_a_mask_is_hatched() -> None:
    zone = drawn(Scene(zones=(Zone("Z", SQUARE),)))
    inside = zone[110:130, 200:300, :3].reshape(-1, 3)
    assert len(np.unique(inside, axis=0)) == 1
    blue, green, red = (int(value) for value in inside[0])
    assert green > 128 - 10
    assert green > red
    assert green > blue
    mask = drawn(Scene(masks=(Zone("M", SQUARE),)))[110:130, 200:300, :3].reshape(-1, 3)
    assert len(np.unique(mask, axis=0)) > 1
    assert int(mask.mean()) < 128


def test_a_gate_shows_both_its_lines() -> None:
    gate = Gate("G", Line("a", (0.4, 0.1), (0.4, 0.9)), Line("b", (0.6, 0.1), (0.6, 0.9)))
    row = touched(drawn(Scene(gates=(gate,)), compact=True))[100]
    assert row[256]
    assert row[384]
    assert row[320]  # the way between them
    assert not row[200]
    assert not row[450]


def test_readings_stand_at_their_places() -> None:
    scene = Scene(zones=(Zone("Z", SQUARE),))
    bare, read = drawn(scene), drawn(scene, readings={"Z": "12 people"})
    difference = (bare != read).any(axis=2)
    rows, columns = np.nonzero(difference)
    assert 160 < rows.mean() < 200
    assert 280 < columns.mean() < 360


def test_a_small_tile_has_room_for_numbers_but_not_for_names() -> None:
    scene = Scene(zones=(Zone("A rather long name", SQUARE),))
    small = 200, 112
    plain = drawn(scene, compact=True, wh=small)
    numbered = drawn(scene, compact=True, readings={"A rather long name": "4"}, wh=small)
    columns = np.nonzero((plain != numbered).any(axis=2))[1]
    assert 0 < np.ptp(columns) < 40


def test_plates_stay_in_the_picture_and_do_not_cover_each_other() -> None:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    room = QRectF(0, 0, 300, 200)
    with QPainter(image) as painter:
        plates = Plates(painter, room)
        found = [plates.put(point, "Entrance 12", "#ffffff") for point in [room.topLeft()] * 3]
        found.append(plates.put(room.bottomRight(), "A name far too long for it " * 9, "#ffffff"))
    for index, plate in enumerate(found):
        assert room.contains(plate)
        assert not any(plate.intersects(other) for other in found[:index])


def test_painting_leaves_the_painter_as_it_was() -> None:
    image = QImage(*WH, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        font, hints = painter.font(), painter.renderHints()
        draw_scene(painter, QRectF(0, 0, *WH), Scene(zones=(Zone("Z", SQUARE),)), compact=False)
        assert (painter.font(), painter.renderHints()) == (font, hints)
        assert not painter.hasClipping()
