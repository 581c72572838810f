"""The pictures of docs/images: which they are, and how they are made small. See gallery.py --docs.

Those that are no page and no plain dialog are in the large gallery as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QTabWidget, QWidget

from camwatch.domain import CameraId, utc_now
from camwatch.ui.alerts.popups.toast import Toast
from camwatch.ui.banner import Banner
from camwatch.ui.help.viewer import HelpViewer
from camwatch.ui.main_window import MainWindow
from camwatch.ui.pages import (
    ALERTS,
    AUDIT,
    CAMERAS,
    CHARTS,
    HEALTH,
    LIVE,
    SETTINGS,
    USERS,
)
from camwatch.ui.shortcuts import Key, bound

MOST_BYTES = 120_000
"""One picture may be so large: the chapters ship with the program, 25 pictures are 3 MB."""

MOST_PICTURES = 25
_COLOURS = (256, 128, 96, 64)
_WIDTHS = (1280, 1120, 960, 800)
_SCENE_CAMERA = "Checkout"
_BUSY_CAMERA = "Hall"
_LOOK_BACK = timedelta(seconds=25)

Wait = Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class DocumentSight:
    """One picture of the documents.

    Attributes:
        name: Of the file, without ".png".
        show: Brings it up; returns what is to be seen, or None for the window itself.
        is_for_both: The large gallery has it from here; else as one of its pages and dialogs.
    """

    name: str
    show: Callable[[MainWindow, Wait], QWidget | None]
    is_for_both: bool = True


def _page(index: int) -> Callable[[MainWindow, Wait], None]:
    return lambda window, _wait: window.show_page(index)


def _camera(window: MainWindow, name: str) -> CameraId:
    found = (one for one in window.live_page.conditions if one.camera.settings.name == name)
    return next(found).camera.id


def _opened(window: MainWindow, wait: Wait) -> QWidget | None:
    """Return the dialog that has just been opened."""
    wait(1.0)
    opened = [one for one in window.findChildren(QDialog) if one.isVisible()]
    return opened[-1] if opened else QApplication.activeModalWidget()


def _tab(index: int) -> Callable[[MainWindow, Wait], None]:
    def show(window: MainWindow, _wait: Wait) -> None:
        window.show_page(ALERTS)
        tabs = window.alerts_page.findChild(QTabWidget)
        if isinstance(tabs, QTabWidget):
            tabs.setCurrentIndex(index)

    return show


def _one_camera(window: MainWindow, _wait: Wait) -> None:
    window.show_page(LIVE)
    window.live_page.show_camera(_camera(window, _BUSY_CAMERA))


def _live(window: MainWindow, _wait: Wait) -> None:
    window.show_page(LIVE)


def _arranging(window: MainWindow, wait: Wait) -> None:
    _live(window, wait)
    window.wall_room.arrange()


def _past(window: MainWindow, wait: Wait) -> None:
    _live(window, wait)
    window.places.look_back(utc_now() - _LOOK_BACK)


def _week(window: MainWindow, _wait: Wait) -> None:
    window.show_page(CHARTS)
    window.history_page.controls.week.click()


def _charts(window: MainWindow, wait: Wait) -> None:
    window.show_page(CHARTS)
    wait(1.0)
    # Yesterday, which is whole.
    bound(window)[Key.EARLIER].activated.emit()


def _inbox(window: MainWindow, wait: Wait) -> None:
    _tab(0)(window, wait)
    wait(1.0)
    window.alerts_page.inbox.table.selectRow(0)


def _privacy(window: MainWindow, wait: Wait) -> QWidget | None:
    window.show_page(CAMERAS)
    wait(0.5)
    window.cameras_page.table.selectRow(0)
    wait(0.5)
    window.cameras_page.privacy.open()
    return _opened(window, wait)


def _drawing(window: MainWindow, wait: Wait) -> QWidget | None:
    window.show_page(CAMERAS)
    wait(0.5)
    window.cameras_page.draw_in(_camera(window, _SCENE_CAMERA))
    return _opened(window, wait)


def _adding(window: MainWindow, wait: Wait) -> QWidget | None:
    window.places.add_camera()
    return _opened(window, wait)


def _palette(window: MainWindow, _wait: Wait) -> None:
    _live(window, _wait)
    window.palette_room.open_with("entr")


def _help(window: MainWindow, wait: Wait) -> QWidget | None:
    window.help_room.open_chapter("charts")
    wait(1.0)
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, HelpViewer)]
    return found[-1] if found else None


def _set_up(window: MainWindow, _wait: Wait) -> None:
    window.first_run.open()


def _dialog(opener: Callable[[MainWindow], object]) -> Callable[[MainWindow, Wait], QWidget | None]:
    def show(window: MainWindow, wait: Wait) -> QWidget | None:
        opener(window)
        return _opened(window, wait)

    return show


def clear(window: MainWindow) -> None:
    """Put away what comes and goes by itself: lines under the header, popups of alerts."""
    for one in (*window.findChildren(Banner), *window.findChildren(Toast)):
        one.hide()


def leave(window: MainWindow) -> None:
    """Go back to what is usual, whatever was shown."""
    if not window.palette_room.box.isHidden():
        window.palette_room.box.close_box()
    if window.wall_room.arranging.is_on:
        window.wall_room.arranging.cancel()
    window.live_room.back_to_live()
    window.live_page.go_back()
    window.history_page.controls.over_time.click()
    _tab(0)(window, lambda _seconds: False)
    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.show_page(LIVE)


def sights() -> Iterator[DocumentSight]:
    """Name the pictures in the order in which they are taken."""
    yield DocumentSight("live", _live, is_for_both=False)
    yield DocumentSight("one-camera", _one_camera)
    yield DocumentSight("time-machine", _past)
    yield DocumentSight("charts", _charts, is_for_both=False)
    yield DocumentSight("week-map", _week)
    yield DocumentSight("alerts", _inbox, is_for_both=False)
    yield DocumentSight("rules", _tab(1))
    yield DocumentSight("cameras", _page(CAMERAS), is_for_both=False)
    yield DocumentSight("privacy", _privacy)
    yield DocumentSight("scene-editor", _drawing)
    yield DocumentSight("add-camera", _adding, is_for_both=False)
    yield DocumentSight("users", _page(USERS), is_for_both=False)
    yield DocumentSight("audit", _page(AUDIT), is_for_both=False)
    yield DocumentSight("health", _page(HEALTH), is_for_both=False)
    yield DocumentSight("settings", _page(SETTINGS), is_for_both=False)
    yield DocumentSight(
        "storage", _dialog(lambda window: window.dialogs.show_storage()), is_for_both=False
    )
    yield DocumentSight("appearance", _dialog(lambda window: window.dialogs.show_appearance()))
    yield DocumentSight("finding", _palette)
    yield DocumentSight("help", _help)
    yield DocumentSight("arranging", _arranging)
    # The last: from then on a line under the header reminds of it.
    yield DocumentSight("first-steps", _set_up)


def _palette_of(pixels: np.ndarray, most: int) -> list[int]:
    """Return the colours that stand for a picture: its boxes of colours, cut in two in turn.

    Args:
        pixels: Red, green and blue in rows.
        most: So many colours at most.
    """
    shades, amounts = np.unique(pixels // 4 * 4, axis=0, return_counts=True)
    boxes = [(shades.astype(np.float64), amounts)]
    while len(boxes) < most:
        # What differs most, weighed by the root of how much of it there is: small signs stay.
        worth = [
            float(np.ptp(colours, axis=0).max() * np.sqrt(counts.sum()))
            for colours, counts in boxes
        ]
        widest = int(np.argmax(worth))
        if worth[widest] <= 0:
            break
        colours, counts = boxes.pop(widest)
        channel = int(np.argmax(np.ptp(colours, axis=0)))
        order = np.argsort(colours[:, channel])
        colours, counts = colours[order], counts[order]
        half = int(np.searchsorted(np.cumsum(counts), counts.sum() / 2))
        cut = min(max(half, 1), len(colours) - 1)
        boxes += [(colours[:cut], counts[:cut]), (colours[cut:], counts[cut:])]
    means = [np.average(colours, axis=0, weights=counts) for colours, counts in boxes]
    return [0xFF000000 | int(red) << 16 | int(green) << 8 | int(blue) for red, green, blue in means]


def reduced(image: QImage, colours: int) -> QImage:
    """Return a picture with so many colours at most."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), -1)
    pixels = rows[:, : 3 * plain.width()].reshape(-1, 3)
    return plain.convertToFormat(
        QImage.Format.Format_Indexed8,
        _palette_of(pixels, colours),
        Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither,
    )


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 0)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def save_small(image: QImage, file: Path) -> int:
    """Save a picture with as many colours and as large as fit; return its bytes.

    Raises:
        ValueError: It does not fit, however few colours it has.
    """
    for width in _WIDTHS:
        narrow = image
        if image.width() > width:
            narrow = image.scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
        for colours in _COLOURS:
            data = _png(reduced(narrow, colours))
            if len(data) <= MOST_BYTES:
                file.write_bytes(data)
                return len(data)
    raise ValueError(f"{file.name} does not fit into {MOST_BYTES} bytes")
