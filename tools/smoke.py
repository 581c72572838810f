"""Starts an installed CamWatch as a user does, and sees it count people.

python tools/smoke.py PROGRAM...          # such as dist/camwatch/camwatch
python tools/smoke.py --root DIR camwatch # in the root file system DIR, as chroot(8) does

It opens the demonstration on a virtual screen, signs in, and looks at the screen as an operator
would: framed people must be seen, the numbers above them must be those that the program saves, and
the people must move. Then it closes the window. The program must end by itself within 3 seconds,
with 0, without a word on its standard error and without a warning in its log.

Exit codes: 0 all of that was seen, 1 it was not, with a sentence that says what was missing.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QImage, QPainter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from camwatch.ui import theme
from tests.support.screen import Screen, missing_tools, virtual_screen

Picture = npt.NDArray[np.uint8]

_END_WITHIN_S = 3.0
_LEAST_PEOPLE = 3
_LEAST_BOX = 20
"""Height of a framed person on the screen, pixels; words and buttons are lower."""
_ALIKE = 0.9
_HEADER_FONTS = (18, 22, 30)


class NotSeen(Exception):
    """Something that a working program shows was not there."""


def pixels_of(image: QImage) -> Picture:
    """Return a picture as uint8, shape (height, width, 3), RGB."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def framed_people(picture: Picture) -> list[tuple[int, int, int, int]]:
    """Find the frames that CamWatch draws around people.

    Args:
        picture: As `pixels_of` returns it.

    Returns:
        Left, top, width and height of each; two that overlap are one.
    """
    colour = QColor(theme.current().box)
    wanted = np.array([colour.red(), colour.green(), colour.blue()], np.int16)
    is_frame = (np.abs(picture.astype(np.int16) - wanted).max(axis=2) < 24).astype(np.uint8)
    _, _, areas, _ = cv2.connectedComponentsWithStats(is_frame, connectivity=8)
    return [
        (int(left), int(top), int(width), int(height))
        for left, top, width, height, area in areas[1:]
        # A frame is mostly hole: a filled mark or a word is not.
        if height >= _LEAST_BOX and width >= _LEAST_BOX // 3 and area < width * height * 0.6
    ]


def _digits(text: str, height: int) -> Picture:
    """Paint a number as the bar of a tile shows it."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(height)
    font.setBold(True)
    tokens = theme.current()
    image = QImage(height * len(text), height + 4, QImage.Format.Format_RGB32)
    image.fill(QColor(tokens.surface))
    with QPainter(image) as painter:
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        painter.drawText(QRectF(image.rect()), Qt.AlignmentFlag.AlignCenter, text)
    return pixels_of(image)


def shows_number(picture: Picture, number: int) -> bool:
    """Tell whether a tile's bar somewhere in a picture shows this number of people."""
    return any(
        float(cv2.matchTemplate(picture, _digits(str(number), height), cv2.TM_CCOEFF_NORMED).max())
        > _ALIKE
        for height in _HEADER_FONTS
    )


def have_moved(before: Picture, after: Picture) -> bool:
    """Tell whether framed people are at other places than before: a stopped window's are not."""
    first, second = set(framed_people(before)), set(framed_people(after))
    return bool(second) and len(second - first) * 2 >= len(second)


def newest_counts(home: Path) -> dict[int, int]:
    """Return how many people the running program saved last for each camera, by the camera's id."""
    for file in home.glob("camwatch-demo-*/camwatch.sqlite3"):
        query = "SELECT camera_id, count, max(ts) FROM sample GROUP BY camera_id"
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as history:
                return {camera: count for camera, count, _ in history.execute(query)}
        except sqlite3.OperationalError:
            pass  # not made yet, or just being made
    return {}


def _watch(screen: Screen, home: Path, started_s: float) -> dict[str, float]:
    """Look until people are counted; return when what was seen, seconds after the start.

    Raises:
        NotSeen: They were not in a minute.
    """
    seen: dict[str, float] = {}
    missing = "no framed person is seen"
    before: Picture | None = None
    while time.monotonic() - started_s < 60:
        counts = newest_counts(home)
        picture = pixels_of(screen.picture("running"))
        people = framed_people(picture)
        if people and "first_person_s" not in seen:
            seen["first_person_s"] = round(time.monotonic() - started_s, 2)
        if len(people) < _LEAST_PEOPLE:
            missing = f"{len(people)} framed people are seen, not {_LEAST_PEOPLE}"
        elif sum(counts.values()) < _LEAST_PEOPLE:
            missing = f"the program saved these counts only: {counts}"
        elif unseen := [n for n in set(counts.values()) if not shows_number(picture, n)]:
            missing = f"it saved {counts}, but these numbers are not seen on a tile: {unseen}"
        elif before is None or not have_moved(before, picture):
            missing = "the people do not move"
            before = picture
            time.sleep(1)
            continue
        else:
            return {**seen, "people": len(people), "counted": sum(counts.values())}
        time.sleep(0.1)
    raise NotSeen(f"within a minute: {missing}")


def _close(screen: Screen, window: str, program: subprocess.Popen[str]) -> float:
    """Close the window; return how long the program took to end.

    Raises:
        NotSeen: It did not end in time, or not well.
    """
    screen.close(window)
    closed_s = time.monotonic()
    try:
        _, said = program.communicate(timeout=_END_WITHIN_S)
    except subprocess.TimeoutExpired as error:
        raise NotSeen(f"it did not end within {_END_WITHIN_S:.0f} s of closing") from error
    if program.returncode != 0:
        raise NotSeen(f"it ended with {program.returncode} and said: {said}")
    if said:
        raise NotSeen(f"it said on its standard error: {said}")
    return round(time.monotonic() - closed_s, 2)


def _warnings(home: Path) -> list[str]:
    logs = home.glob("camwatch-demo-*/logs/camwatch.log")
    lines = [line for log in logs for line in log.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if " WARNING " in line or " ERROR " in line]


def run(program: Sequence[str], root: Path | None, pictures: Path) -> dict[str, float]:
    """Start the program, see it count, close it.

    Args:
        program: The command; `--demo` is added.
        root: The root file system that it is in, else None.
        pictures: A folder for screenshots.

    Returns:
        What was seen and when, for the record.

    Raises:
        NotSeen: It does not do what it should.
    """
    inside = ["chroot", str(root)] if root is not None else []
    temporary = root / "tmp" if root is not None else None
    with (
        tempfile.TemporaryDirectory(prefix="smoke-", dir=temporary) as folder,
        virtual_screen(pictures, "1280x800") as screen,
    ):
        home = Path(folder)
        told = Path("/") / home.relative_to(root) if root is not None else home
        surroundings = {
            name: value
            for name, value in screen.environment.items()
            if name in {"DISPLAY", "LANG", "PATH"}
        }
        started_s = time.monotonic()
        process = subprocess.Popen(
            [*inside, *program, "--demo"],
            env={**surroundings, "TMPDIR": str(told), "HOME": str(told)},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            screen.wait_for_window("sign in")
            first_window_s = round(time.monotonic() - started_s, 2)
            screen.press("Return")
            window = screen.wait_for_window("CamWatch: demonstration")
            seen = _watch(screen, home, started_s)
            warned = _warnings(home)
            if warned:
                raise NotSeen(f"its log warns: {warned}")
            ended_s = _close(screen, window, process)
        except AssertionError as error:  # what the virtual screen waited for did not come
            process.kill()
            said = process.communicate()[1]
            raise NotSeen(f"{error}; it said: {said or 'nothing'}") from error
        finally:
            process.kill()
            process.wait()
        if left := list(home.glob("camwatch-demo-*")):
            raise NotSeen(f"a demonstration keeps nothing, but these are left: {left}")
    return {"first_window_s": first_window_s, **seen, "ended_s": ended_s}


def main() -> int:
    """Do what the arguments ask for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--root", type=Path, help="a root file system to start it in")
    parser.add_argument("--pictures", type=Path, help="folder for screenshots")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.program or missing_tools():
        print(f"smoke: name a program; not installed: {missing_tools()}", file=sys.stderr)
        return 1
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    painting = QGuiApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as spare:
        pictures = options.pictures or Path(spare)
        pictures.mkdir(parents=True, exist_ok=True)
        try:
            seen = run(options.program, options.root, pictures)
        except NotSeen as error:
            print(f"smoke: {error}", file=sys.stderr)
            return 1
        finally:
            del painting
    print(json.dumps(seen))
    return 0


if __name__ == "__main__":
    sys.exit(main())
