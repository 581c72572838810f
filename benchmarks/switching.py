"""Theme and language 200 times, dialogs 500 times: does memory stay flat, and is it quiet?

    xvfb-run -a .venv/bin/python benchmarks/switching.py [--switches 200] [--dialogs 500]

Runs the demonstration in this process, as `tools/gallery.py` does, and prints one JSON object:
memory of the process (RSS, MiB) while nothing is done, once its caches of pictures are full, and
what it grows by then (KiB a second); memory after a warm-up and at the end, what it grew by for
each switch and dialog (KiB), in how many seconds; how many widgets and window objects there are, and
all warnings of Qt and the log.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import logging
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
from PySide6.QtCore import QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from camwatch.app import Application
from camwatch.config import Display
from camwatch.ui.main_window import MainWindow
from tests.support.stage import put_away, sights, stage, wait

THEMES = ("dark", "light", "contrast")
LANGUAGES = ("en", "de")
_IDLE_S = 30.0
_STILL_MIB = 1.5
_WARM_UP = 0.25  # of all: caches fill, and memory comes to its usual height


class _Ears(logging.Handler):
    """Hears every warning."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def qt(self, kind: QtMsgType, _context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg:
            self.heard.append(f"Qt: {text}")


def _rss_mib() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss) / 2**20


def _repeat(times: int, act: Callable[[int], None]) -> dict[str, Any]:
    """Do something many times, and tell what it did to memory."""
    warm = max(1, round(times * _WARM_UP))
    for number in range(warm):
        act(number)
    before, began_s = _rss_mib(), time.monotonic()
    halves = []
    for number in range(warm, times):
        act(number)
        if number == (warm + times) // 2:
            halves.append(_rss_mib())
    after = _rss_mib()
    return {
        "times": times,
        "rss_mib": {
            "warm": round(before, 1),
            "middle": round(halves[0], 1),
            "end": round(after, 1),
        },
        "seconds": round(time.monotonic() - began_s),
        "grown_kib_each": round((after - before) * 1024 / max(1, times - warm), 1),
    }


def _settled(longest_s: float = 300.0) -> dict[str, Any]:
    """Wait until the demonstration has filled its caches of pictures; tell what it grows by."""
    end = time.monotonic() + longest_s
    before, grown = _rss_mib(), math.inf
    while grown > _STILL_MIB and time.monotonic() < end:
        wait(_IDLE_S)
        after = _rss_mib()
        before, grown = after, after - before
    return {"rss_mib": round(before, 1), "grown_kib_a_second": round(grown * 1024 / _IDLE_S, 1)}


def _window(run: Application) -> MainWindow:
    if run.window is None:
        raise RuntimeError("the window is gone")
    return run.window


def _windows_alive() -> int:
    gc.unfreeze()  # what was set aside is not among them
    gc.collect()
    return sum(isinstance(one, MainWindow) for one in gc.get_objects())


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--switches", type=int, default=200)
    parser.add_argument("--dialogs", type=int, default=500)
    given = parser.parse_args()
    ears = _Ears()
    looks = itertools.cycle(itertools.product(THEMES, LANGUAGES))
    with stage() as run:
        logging.getLogger().addHandler(ears)
        qInstallMessageHandler(ears.qt)

        def switch(_number: int) -> None:
            theme, language = next(looks)
            run.windows.set_display(Display(theme=theme, language=language))
            wait(0.25)

        dialogs = [one for one in sights() if one.name.startswith("dialog-")]

        def open_dialog(number: int) -> None:
            window = _window(run)
            dialogs[number % len(dialogs)].show(window)
            put_away(window)
            wait(0.05)

        outcome = {
            "idle": _settled(),
            "switches": _repeat(given.switches, switch),
            "dialogs": _repeat(given.dialogs, open_dialog),
            "windows_alive": _windows_alive(),
            "widgets": len(QApplication.allWidgets()),
            "warnings": sorted(set(ears.heard)),
        }
        qInstallMessageHandler(None)
    print(json.dumps(outcome, indent=2))


if __name__ == "__main__":
    main()
